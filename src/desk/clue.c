/* clue.c - clues and the answers to them; see clue.h. */
#include "desk/clue.h"
#include "desk/account.h"
#include "desk/desk_int.h"

#define INSTITUTIONS (R(CONNECTOR) | R(BANK_DESK) | R(BANK_OUTLET) | R(OPERATOR_DESK) | R(OPERATOR_OUTLET))

enum { /* of the case platform */
	FORM_INVOLVED = 100404,
	FEATURE_INVOLVED = 2001
};

static bool says_involved(const struct desk_object *o)
{
	return desk_has(o, CLUE_F_ACCOUNT) &&
	       (desk_i(o, CLUE_F_FORM) == FORM_INVOLVED || desk_i(o, CLUE_F_FEATURE) == FEATURE_INVOLVED);
}

static enum desk_refusal flag(struct desk_turn *t)
{
	struct desk_command c;
	uint64_t id;
	enum desk_refusal no = turn_account(t, desk_entity_of(t->o, CLUE_F_ACCOUNT), 0, &id);

	if (no != DESK_OK)
		return no;
	turn_command(t, &c, DESK_ACCOUNT, ACCOUNT_DO_REPORT, id);
	desk_give_id(&c, ACCOUNT_F_REPORTED, t->o->id);
	turn_give(t, &c, ACCOUNT_F_REPORTED_AS, CLUE_F_FEATURE);
	return turn_do(t, &c, NULL);
}

static enum desk_refusal report(struct desk_turn *t)
{
	enum desk_refusal no;

	turn_timer(t, CLUE_T_CHECK, t->now + turn_limit(t, LIMIT_CLUE_CHECK));
	turn_timer(t, CLUE_T_FEEDBACK, t->now + turn_limit(t, LIMIT_CLUE_FEEDBACK));
	turn_send(t, DESK_MESSAGE_RECEIPT, 0);
	if ((t->c->roles & INSTITUTIONS) && t->c->organisation != 0)
		desk_set_i(t->o, CLUE_F_INSTITUTION, t->c->organisation);
	if (desk_has(t->o, CLUE_F_PAID) && (no = turn_alarm(t)) != DESK_OK) /* money has gone: somebody must look at once */
		return no;
	return says_involved(t->o) ? flag(t) : DESK_OK;
}

/* What the report flagged is no longer flagged by it. */
static enum desk_refusal withdraw(struct desk_turn *t)
{
	const struct desk_object *a;
	uint64_t id;

	/* The outbox has made sure whose report it is; any other connector takes back its own only. */
	if (t->c->user != DESK_USER_OUTBOX && desk_i(t->o, CLUE_F_INSTITUTION) != t->c->organisation)
		return DESK_REFUSED_ROLE;
	turn_timer(t, CLUE_T_CHECK, 0);
	turn_timer(t, CLUE_T_FEEDBACK, 0);
	id = turn_open_about(t, DESK_ACCOUNT, desk_entity_of(t->o, CLUE_F_ACCOUNT));
	a = turn_peek(t, id);
	if (a == NULL || desk_id(a, ACCOUNT_F_REPORTED) != t->o->id)
		return DESK_OK;
	return turn_step(t, DESK_ACCOUNT, ACCOUNT_DO_UNREPORT, id);
}

static enum desk_refusal pass_on(struct desk_turn *t)
{
	t->o->organisation = (uint16_t)desk_i(t->o, CLUE_F_PASSED_TO);
	turn_send(t, DESK_MESSAGE_PROPOSAL, MEASURE_OF_VERIFY);
	return DESK_OK;
}

static enum desk_refusal checked(struct desk_turn *t)
{
	turn_timer(t, CLUE_T_CHECK, 0);
	return DESK_OK;
}

static enum desk_refusal feed_back(struct desk_turn *t)
{
	turn_send(t, DESK_MESSAGE_FEEDBACK, 0);
	return DESK_OK;
}

static enum desk_refusal late(struct desk_turn *t)
{
	desk_set_i(t->o, CLUE_F_LATE, desk_i(t->o, CLUE_F_LATE) | (t->c->step == CLUE_DO_LATE_CHECK ? 1 : 2));
	return turn_alarm(t);
}

static const struct desk_choice what_choice[] = {
	[1] = { "phone", "电话" },   [2] = { "message", "短信" },
	[3] = { "account", "账户" }, [4] = { "link", "网址" },
	[5] = { "app", "应用" },     [6] = { "person", "人员" },
	[7] = { "place", "窝点" },   [8] = { "card-trade", "买卖两卡" },
	[9] = { "other", "其他" },
};
static const struct desk_choices whats = { ARRAY_LEN(what_choice), what_choice };
static const struct desk_choice finding_choice[] = {
	[1] = { "fraud", "属实" },
	[2] = { "not-fraud", "不属实" },
	[3] = { "known", "已掌握" },
	[4] = { "unclear", "无法核实" },
};
static const struct desk_choices findings = { ARRAY_LEN(finding_choice), finding_choice };

static const struct desk_state state[CLUE_STATES] = {
	[CLUE_RECEIVED] = { "received", "已接收", false }, [CLUE_PASSED_ON] = { "passed-on", "已转办", false },
	[CLUE_VERIFIED] = { "verified", "已核实", false }, [CLUE_REJECTED] = { "rejected", "不属实", false },
	[CLUE_FED_BACK] = { "fed-back", "已反馈", true },  [CLUE_WITHDRAWN] = { "withdrawn", "已撤销", true },
};
static const struct desk_field field[CLUE_F_FIELDS] = {
	[CLUE_F_WHAT] = { "what", "线索类型", DESK_CHOICE, .choices = &whats },
	[CLUE_F_PHONE] = { "phone", "号码", DESK_ENTITY, DESK_PHONE },
	[CLUE_F_ACCOUNT] = { "account", "账户", DESK_ENTITY, DESK_BANK_ACCOUNT },
	[CLUE_F_LINK] = { "link", "网址或应用", DESK_ENTITY, DESK_NET },
	[CLUE_F_PERSON] = { "person", "人员", DESK_ENTITY, DESK_PERSON },
	[CLUE_F_NOTE] = { "note", "内容", DESK_REF },
	[CLUE_F_REPORTER] = { "reporter", "提供人联系方式", DESK_REF },
	[CLUE_F_RECEIPT] = { "receipt", "回执号", DESK_CODE },
	[CLUE_F_FINDING] = { "finding", "核查结果", DESK_CHOICE, .choices = &findings },
	[CLUE_F_FEEDBACK] = { "feedback", "反馈内容", DESK_REF },
	[CLUE_F_PASSED_TO] = { "passed_to", "转办单位", DESK_INTEGER, .min = 1, .max = 65535 },
	[CLUE_F_DISTRICT] = { "district", "辖区", DESK_INTEGER, .max = 65535 },
	[CLUE_F_EVIDENCE] = { "evidence", "证据", DESK_POSITIONS },
	[CLUE_F_CASE_NO] = { "case_no", "案件编号", DESK_CODE },
	[CLUE_F_LATE] = { "late", "超时", DESK_INTEGER, .max = 3 },
	[CLUE_F_WHEN] = { "when", "发生时间", DESK_TIME },
	[CLUE_F_AMOUNT] = { "amount", "损失金额", DESK_MONEY },
	[CLUE_F_PAID] = { "paid", "转账时间", DESK_TIME },
	[CLUE_F_REWARD] = { "reward", "奖励金额", DESK_MONEY },
	[CLUE_F_INSTITUTION] = { "institution", "提供单位", DESK_INTEGER, .min = 1, .max = 65535 },
	[CLUE_F_APPLICATION] = { "application", "业务申请编号", DESK_REF },
	[CLUE_F_FORM] = { "form", "报文类型", DESK_INTEGER, .min = 100401, .max = 100405 },
	[CLUE_F_FEATURE] = { "feature", "事件特征码", DESK_INTEGER, .max = 9999 },
};
#define ANYBODY                                                                                        \
	(R(CITIZEN) | R_CENTRE | R(STATION) | R(GRID) | R(BANK_DESK) | R(BANK_OUTLET) | R(OPERATOR_DESK) | \
	 R(OPERATOR_OUTLET) | R(MEDIA) | R(CONNECTOR))
#define CHECKERS (R(ANALYST) | R(LEADER) | R(STATION) | R(BANK_DESK) | R(OPERATOR_DESK))
static const struct desk_step step[CLUE_DO_STEPS] = {
	[CLUE_DO_REPORT] = { "report", "举报", S_NEW, S(CLUE_RECEIVED), ANYBODY, 0, F(CLUE_F_WHAT),
	                     F(CLUE_F_PHONE) | F(CLUE_F_ACCOUNT) | F(CLUE_F_LINK) | F(CLUE_F_PERSON) | F(CLUE_F_NOTE) |
	                         F(CLUE_F_REPORTER) | F(CLUE_F_RECEIPT) | F(CLUE_F_DISTRICT) | F(CLUE_F_EVIDENCE) |
	                         F(CLUE_F_WHEN) | F(CLUE_F_AMOUNT) | F(CLUE_F_PAID) | F(CLUE_F_APPLICATION) |
	                         F(CLUE_F_FORM) | F(CLUE_F_FEATURE),
	                     "AFL 25, 26", report },
	[CLUE_DO_PASS_ON] = { "pass-on", "转办", S(CLUE_RECEIVED) | S(CLUE_PASSED_ON), S(CLUE_PASSED_ON),
	                      R(ANALYST) | R(DISPATCHER) | R(LEADER), 0, F(CLUE_F_PASSED_TO),
	                      F(CLUE_F_NOTE) | F(CLUE_F_DISTRICT), "AFL 26", pass_on },
	[CLUE_DO_VERIFY] = { "verify", "核实", S(CLUE_RECEIVED) | S(CLUE_PASSED_ON), S(CLUE_VERIFIED), CHECKERS, 0,
	                     F(CLUE_F_FINDING), F(CLUE_F_NOTE) | F(CLUE_F_EVIDENCE) | F(CLUE_F_CASE_NO), NULL, checked },
	[CLUE_DO_REJECT] = { "reject", "不属实", S(CLUE_RECEIVED) | S(CLUE_PASSED_ON), S(CLUE_REJECTED), CHECKERS, 0,
	                     F(CLUE_F_FINDING), F(CLUE_F_NOTE), NULL, checked },
	[CLUE_DO_FEED_BACK] = { "feed-back", "反馈", S(CLUE_VERIFIED) | S(CLUE_REJECTED), S(CLUE_FED_BACK),
	                        R_CENTRE | R(STATION), 0, F(CLUE_F_FEEDBACK), F(CLUE_F_CASE_NO) | F(CLUE_F_REWARD),
	                        "AFL 26", feed_back },
	[CLUE_DO_WITHDRAW] = { "withdraw", "撤销上报",
	                       S(CLUE_RECEIVED) | S(CLUE_PASSED_ON) | S(CLUE_VERIFIED) | S(CLUE_REJECTED),
	                       S(CLUE_WITHDRAWN), R(CONNECTOR), 0, 0, F(CLUE_F_NOTE), NULL, withdraw },
	[CLUE_DO_LATE_CHECK] = { "late-check", "核查超时", S(CLUE_RECEIVED) | S(CLUE_PASSED_ON), 0, 0, DESK_BY_TIMER, 0, 0,
	                         NULL, late },
	[CLUE_DO_LATE_FEEDBACK] = { "late-feedback", "反馈超时",
	                            S(CLUE_RECEIVED) | S(CLUE_PASSED_ON) | S(CLUE_VERIFIED) | S(CLUE_REJECTED), 0, 0,
	                            DESK_BY_TIMER, 0, 0, NULL, late },
};
static const struct desk_timer timer[CLUE_T_TIMERS] = {
	[CLUE_T_CHECK] = { "check", "核查时限", CLUE_DO_LATE_CHECK },
	[CLUE_T_FEEDBACK] = { "feedback", "反馈时限", CLUE_DO_LATE_FEEDBACK },
};

const struct desk_machine desk_clue = {
	.kind = DESK_CLUE,
	.letters = "L",
	.name = "clue",
	.zh = "线索",
	.route = "clues",
	.in_head = { .subject = { CLUE_F_PHONE, CLUE_F_ACCOUNT, CLUE_F_LINK, CLUE_F_PERSON },
	             .also = { CLUE_F_ACCOUNT, CLUE_F_LINK, CLUE_F_PERSON },
	             .district = CLUE_F_DISTRICT },
	.n_states = CLUE_STATES,
	.n_fields = CLUE_F_FIELDS,
	.n_steps = CLUE_DO_STEPS,
	.n_timers = CLUE_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
