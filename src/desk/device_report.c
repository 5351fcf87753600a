/* device_report.c - reports of forbidden devices; see device_report.h. */
#include "desk/device_report.h"
#include "desk/desk_int.h"

static enum desk_refusal report(struct desk_turn *t)
{
	enum desk_refusal no = desk_only_one(t);

	turn_timer(t, DEVICE_T_RECEIVE, t->now + turn_limit(t, LIMIT_DEVICE_RECEIVE));
	turn_send(t, DESK_MESSAGE_RECEIPT, 0);
	return no;
}

static enum desk_refusal receive(struct desk_turn *t)
{
	turn_timer(t, DEVICE_T_RECEIVE, 0);
	turn_timer(t, DEVICE_T_VISIT, t->now + turn_limit(t, LIMIT_DEVICE_VISIT));
	turn_send(t, DESK_MESSAGE_DISPATCH, 0);
	return DESK_OK;
}

static enum desk_refusal settled(struct desk_turn *t)
{
	turn_timer(t, DEVICE_T_VISIT, 0);
	turn_send(t, DESK_MESSAGE_FEEDBACK, 0); /* to the operator that reported, Art 26 */
	return DESK_OK;
}

static enum desk_refusal label(struct desk_turn *t, uint32_t right)
{
	struct desk_message *m;

	if (!desk_has(t->o, DEVICE_F_RULE))
		return DESK_OK;
	m = turn_send(t, DESK_MESSAGE_LABEL, right);
	m->about = t->o->subject;
	m->rule = t->o->value[DEVICE_F_RULE].code;
	return DESK_OK;
}

static enum desk_refusal found(struct desk_turn *t)
{
	(void)settled(t);
	return label(t, 1);
}

static enum desk_refusal not_found(struct desk_turn *t)
{
	return settled(t);
}

static enum desk_refusal late_receive(struct desk_turn *t)
{
	desk_set_i(t->o, DEVICE_F_LATE, desk_i(t->o, DEVICE_F_LATE) | 1);
	return turn_alarm(t);
}

static enum desk_refusal late_visit(struct desk_turn *t)
{
	desk_set_i(t->o, DEVICE_F_LATE, desk_i(t->o, DEVICE_F_LATE) | 2);
	return turn_alarm(t);
}

static const struct desk_choice what_choice[] = {
	[1] = { "sim-box", "猫池、GoIP" },
	[2] = { "gateway-pair", "简易组网、手机口" },
	[3] = { "number-changer", "改号软件" },
	[4] = { "code-platform", "接码平台" },
	[5] = { "account-switcher", "批量账号切换" },
	[6] = { "fake-base-station", "伪基站" },
	[7] = { "other", "其他" },
};
static const struct desk_choices whats = { ARRAY_LEN(what_choice), what_choice };

static const struct desk_state state[DEVICE_STATES] = {
	[DEVICE_REPORTED] = { "reported", "已报告", false },   [DEVICE_RECEIVED] = { "received", "已签收", false },
	[DEVICE_VISITING] = { "visiting", "现场处置", false }, [DEVICE_FOUND] = { "found", "已查获", false },
	[DEVICE_NOT_FOUND] = { "not-found", "未查获", false }, [DEVICE_CLOSED] = { "closed", "已办结", true },
};
static const struct desk_field field[DEVICE_F_FIELDS] = {
	[DEVICE_F_DEVICE] = { "device", "设备", DESK_ENTITY, DESK_DEVICE },
	[DEVICE_F_CELL] = { "cell", "基站", DESK_ENTITY, DESK_CELL },
	[DEVICE_F_WHAT] = { "what", "设备类型", DESK_CHOICE, .choices = &whats },
	[DEVICE_F_CARDS] = { "cards", "卡数", DESK_INTEGER, .max = 1000000 },
	[DEVICE_F_OPERATOR] = { "operator", "运营商", DESK_INTEGER, .min = 1, .max = 65535 },
	[DEVICE_F_ADDRESS] = { "address", "地址", DESK_REF },
	[DEVICE_F_EVIDENCE] = { "evidence", "证据", DESK_POSITIONS },
	[DEVICE_F_RULE] = { "rule", "规则", DESK_CODE },
	[DEVICE_F_DISTRICT] = { "district", "辖区", DESK_INTEGER, .max = 65535 },
	[DEVICE_F_NOTE] = { "note", "说明", DESK_REF },
	[DEVICE_F_CASE_NO] = { "case_no", "案件编号", DESK_CODE },
	[DEVICE_F_FINDING] = { "finding", "现场情况", DESK_REF },
	[DEVICE_F_PHONE] = { "phone", "号码", DESK_ENTITY, DESK_PHONE },
	[DEVICE_F_LATE] = { "late", "超时", DESK_INTEGER, .max = 3 },
};
#define POLICE (R(STATION) | R(DISPATCHER) | R(LEADER) | R(ANALYST))
static const struct desk_step step[DEVICE_DO_STEPS] = {
	[DEVICE_DO_REPORT] = { "report", "报告公安机关", S_NEW, S(DEVICE_REPORTED), R(OPERATOR_DESK) | R(ANALYST), 0,
	                       F(DEVICE_F_WHAT) | F(DEVICE_F_EVIDENCE),
	                       F(DEVICE_F_DEVICE) | F(DEVICE_F_CELL) | F(DEVICE_F_CARDS) | F(DEVICE_F_OPERATOR) |
	                           F(DEVICE_F_ADDRESS) | F(DEVICE_F_RULE) | F(DEVICE_F_DISTRICT) | F(DEVICE_F_NOTE) |
	                           F(DEVICE_F_PHONE),
	                       "AFL 14", report },
	[DEVICE_DO_RECEIVE] = { "receive", "签收", S(DEVICE_REPORTED), S(DEVICE_RECEIVED), POLICE, 0, 0,
	                        F(DEVICE_F_DISTRICT) | F(DEVICE_F_NOTE), "AFL 14", receive },
	[DEVICE_DO_VISIT] = { "visit", "出警", S(DEVICE_RECEIVED), S(DEVICE_VISITING), R(STATION), 0, 0, F(DEVICE_F_NOTE),
	                      NULL, NULL },
	[DEVICE_DO_FOUND] = { "found", "查获", S(DEVICE_VISITING), S(DEVICE_FOUND), R(STATION), 0, 0,
	                      F(DEVICE_F_FINDING) | F(DEVICE_F_CASE_NO) | F(DEVICE_F_CARDS), "AFL 14, 26", found },
	[DEVICE_DO_NOT_FOUND] = { "not-found", "未查获", S(DEVICE_VISITING), S(DEVICE_NOT_FOUND), R(STATION), 0,
	                          F(DEVICE_F_FINDING), 0, "AFL 26", not_found },
	[DEVICE_DO_CLOSE] = { "close", "办结", S(DEVICE_FOUND) | S(DEVICE_NOT_FOUND), S(DEVICE_CLOSED), POLICE, 0, 0,
	                      F(DEVICE_F_NOTE) | F(DEVICE_F_CASE_NO), NULL, NULL },
	[DEVICE_DO_LATE_RECEIVE] = { "late-receive", "签收超时", S(DEVICE_REPORTED), 0, 0, DESK_BY_TIMER, 0, 0, NULL,
	                             late_receive },
	[DEVICE_DO_LATE_VISIT] = { "late-visit", "处置超时", S(DEVICE_RECEIVED) | S(DEVICE_VISITING), 0, 0, DESK_BY_TIMER,
	                           0, 0, NULL, late_visit },
};
static const struct desk_timer timer[DEVICE_T_TIMERS] = {
	[DEVICE_T_RECEIVE] = { "receive", "签收时限", DEVICE_DO_LATE_RECEIVE },
	[DEVICE_T_VISIT] = { "visit", "处置时限", DEVICE_DO_LATE_VISIT },
};

const struct desk_machine desk_device_report = {
	.kind = DESK_DEVICE_REPORT,
	.letters = "R",
	.name = "device-report",
	.zh = "涉诈设备报告",
	.route = "device-reports",
	.in_head = { .subject = { DEVICE_F_DEVICE, DEVICE_F_CELL, DEVICE_F_PHONE },
	             .also = { DEVICE_F_CELL, DEVICE_F_PHONE },
	             .organisation = DEVICE_F_OPERATOR,
	             .district = DEVICE_F_DISTRICT },
	.n_states = DEVICE_STATES,
	.n_fields = DEVICE_F_FIELDS,
	.n_steps = DEVICE_DO_STEPS,
	.n_timers = DEVICE_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
