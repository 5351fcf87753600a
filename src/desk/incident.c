/* incident.c - reports of fraud; see incident.h. */
#include "desk/incident.h"
#include "desk/account.h"
#include "desk/desk_int.h"
#include "desk/stop.h"
#include "desk/warning.h"

/* A person who was warned and cheated after all: the warning remembers. */
static enum desk_refusal mark_warned(struct desk_turn *t)
{
	static const uint8_t who[] = { INCIDENT_F_VICTIM, INCIDENT_F_CALLER };

	for (uint32_t i = 0; i < ARRAY_LEN(who) && !desk_has(t->o, INCIDENT_F_WARNED); i++) {
		uint64_t id = turn_about(t, DESK_WARNING, desk_entity_of(t->o, who[i]), UINT64_MAX);
		const struct desk_object *w = turn_peek(t, id);
		struct desk_command c;
		enum desk_refusal no;

		if (!w || !desk_has(w, WARNING_F_ISSUED) || desk_has(w, WARNING_F_VICTIM) ||
		    t->now - desk_i(w, WARNING_F_ISSUED) > turn_limit(t, LIMIT_WARNING_VICTIM))
			continue;
		turn_command(t, &c, DESK_WARNING, WARNING_DO_VICTIMISED, id);
		desk_give_id(&c, WARNING_F_INCIDENT, t->o->id);
		no = turn_do(t, &c, NULL);
		if (no != DESK_OK)
			return no;
		desk_set_id(t->o, INCIDENT_F_WARNED, id);
	}
	return DESK_OK;
}

static enum desk_refusal draft_stop(struct desk_turn *t)
{
	static const uint8_t same[][2] = { { STOP_F_ACCOUNT, INCIDENT_F_PAYEE },
		                               { STOP_F_BANK, INCIDENT_F_PAYEE_BANK },
		                               { STOP_F_AMOUNT, INCIDENT_F_AMOUNT },
		                               { STOP_F_PAYER, INCIDENT_F_PAYER },
		                               { STOP_F_PAID, INCIDENT_F_PAID },
		                               { STOP_F_CASE_NO, INCIDENT_F_CASE_NO },
		                               { STOP_F_ACCOUNT_NAME, INCIDENT_F_PAYEE_NAME },
		                               { STOP_F_EVIDENCE, INCIDENT_F_EVIDENCE } };
	uint64_t here = t->d->position;
	struct desk_command c;

	turn_command(t, &c, DESK_STOP, STOP_DO_DRAFT, 0);
	desk_give_positions(&c, STOP_F_EVIDENCE, &here, 1); /* the report itself, unless it names more */
	for (uint32_t i = 0; i < ARRAY_LEN(same); i++)
		turn_give(t, &c, same[i][0], same[i][1]);
	desk_give_i(&c, STOP_F_BASIS, BASIS_YF_2016_86);
	desk_give_id(&c, STOP_F_INCIDENT, t->o->id);
	return turn_do(t, &c, NULL);
}

/* All that a stop order needs is known: it is drafted now. If one is open already, this report joins it; if the account has had its stops, a freeze is proposed. */
static enum desk_refusal stop_if_complete(struct desk_turn *t)
{
	static const uint64_t facts =
		F(INCIDENT_F_PAYEE) | F(INCIDENT_F_PAYEE_BANK) | F(INCIDENT_F_AMOUNT) | F(INCIDENT_F_PAID);
	struct desk_entity payee = desk_entity_of(t->o, INCIDENT_F_PAYEE);
	const struct desk_object *a;
	uint64_t open;

	if ((t->o->has & facts) != facts || desk_has(t->o, INCIDENT_F_STOP))
		return DESK_OK;
	open = turn_open_about(t, DESK_STOP, payee);
	if (open) {
		desk_set_id(t->o, INCIDENT_F_STOP, open);
		t->o->state = INCIDENT_DISPATCHED;
		turn_timer(t, INCIDENT_T_STOP, 0);
		return DESK_OK;
	}
	a = turn_peek(t, turn_open_about(t, DESK_ACCOUNT, payee));
	if (a && desk_i(a, ACCOUNT_F_STOPS) >= turn_limit(t, LIMIT_STOP_TIMES)) {
		turn_send(t, DESK_MESSAGE_PROPOSAL, MEASURE_OF_FREEZE);
		return DESK_OK;
	}
	return draft_stop(t);
}

static enum desk_refusal facts(struct desk_turn *t)
{
	enum desk_refusal no = mark_warned(t);

	return no == DESK_OK ? stop_if_complete(t) : no;
}

static enum desk_refusal receive(struct desk_turn *t)
{
	t->o->state = INCIDENT_RECEIVED;
	if (t->o->subject.kind == DESK_ENTITY_NONE)
		return turn_missing(t, INCIDENT_F_CALLER);
	if (desk_has(t->o, INCIDENT_F_PAID) && desk_i(t->o, INCIDENT_F_PAID) > t->now)
		return DESK_REFUSED_TIME;
	turn_timer(t, INCIDENT_T_STOP, t->now + turn_limit(t, LIMIT_INCIDENT_STOP));
	return facts(t);
}

static enum desk_refusal capture(struct desk_turn *t)
{
	if (desk_has(t->o, INCIDENT_F_PAID) && desk_i(t->o, INCIDENT_F_PAID) > t->now)
		return DESK_REFUSED_TIME;
	t->o->state = t->before == INCIDENT_RECEIVED || t->before == INCIDENT_JOINED ? INCIDENT_CAPTURED : t->before;
	return facts(t);
}

static enum desk_refusal stop_drafted(struct desk_turn *t)
{
	if (desk_has(t->was, INCIDENT_F_STOP)) /* the first one stays */
		t->o->value[INCIDENT_F_STOP] = t->was->value[INCIDENT_F_STOP];
	desk_set_i(t->o, INCIDENT_F_STOPS, desk_i(t->o, INCIDENT_F_STOPS) + 1);
	t->o->state = t->before == INCIDENT_FILED ? INCIDENT_FILED : INCIDENT_DISPATCHED;
	turn_timer(t, INCIDENT_T_STOP, 0);
	return DESK_OK;
}

static enum desk_refusal file(struct desk_turn *t)
{
	turn_timer(t, INCIDENT_T_STOP, 0);
	return DESK_OK;
}

static enum desk_refusal merge(struct desk_turn *t)
{
	const struct desk_object *into = turn_peek(t, desk_id(t->o, INCIDENT_F_MERGED_INTO));

	if (!into || into->kind != DESK_INCIDENT || into->id == t->o->id)
		return DESK_REFUSED_ABSENT;
	return into->state == INCIDENT_MERGED ? DESK_REFUSED_NOT_IN_FORCE : DESK_OK;
}

/* No fraud after all: the order that this report led to is taken back in the same step. */
static enum desk_refusal not_fraud(struct desk_turn *t)
{
	static const uint8_t undo[STOP_STATES] = { [STOP_DRAFT] = STOP_DO_CANCEL,
		                                       [STOP_SENT] = STOP_DO_RECALL,
		                                       [STOP_LANDED] = STOP_DO_RECALL,
		                                       [STOP_STOPPED] = STOP_DO_RELEASE };
	const struct desk_object *s = turn_peek(t, desk_id(t->o, INCIDENT_F_STOP));
	struct desk_command c;

	if (!s || !undo[s->state] || desk_id(s, STOP_F_INCIDENT) != t->o->id)
		return DESK_OK;
	turn_command(t, &c, DESK_STOP, undo[s->state], s->id);
	desk_give_i(&c, STOP_F_CAUSE, STOP_CAUSE_NOT_FRAUD);
	return turn_do(t, &c, NULL);
}

static enum desk_refusal late(struct desk_turn *t)
{
	desk_set_i(t->o, INCIDENT_F_LATE, 1);
	return turn_alarm(t);
}

const struct desk_choice desk_scam_names[DESK_SCAMS] = {
	[SCAM_TASKS] = { "tasks", "刷单返利" },
	[SCAM_CUSTOMER_SERVICE] = { "customer-service", "冒充电商物流客服" },
	[SCAM_INVESTMENT] = { "investment", "虚假网络投资理财" },
	[SCAM_LOAN] = { "loan", "贷款、代办信用卡" },
	[SCAM_CREDIT_RECORD] = { "credit-record", "虚假征信" },
	[SCAM_SHOPPING] = { "shopping", "虚假购物、服务" },
	[SCAM_POLICE] = { "police", "冒充公检法" },
	[SCAM_ACQUAINTANCE] = { "acquaintance", "冒充领导熟人" },
	[SCAM_GAME] = { "game", "游戏虚假交易" },
	[SCAM_DATING] = { "dating", "网络婚恋交友" },
	[SCAM_CYBER_CRIME] = { "cyber-crime", "网黑案件" },
	[SCAM_MILITARY] = { "military", "冒充军警购物" },
	[SCAM_OTHER] = { "other", "其他" },
};
const struct desk_choices desk_scams = { DESK_SCAMS, desk_scam_names };
static const struct desk_choice channel_choice[] = {
	[1] = { "110", "110" },     [2] = { "96110", "96110" },    [3] = { "bank", "银行" },
	[4] = { "online", "网上" }, [5] = { "station", "派出所" },
};
static const struct desk_choices channels = { ARRAY_LEN(channel_choice), channel_choice };
static const struct desk_choice leak_choice[] = {
	[1] = { "unknown", "不明" }, [2] = { "shop", "电商" },    [3] = { "courier", "快递" },
	[4] = { "telecom", "通信" }, [5] = { "finance", "金融" }, [6] = { "school", "学校" },
	[7] = { "medical", "医疗" }, [8] = { "travel", "出行" },  [9] = { "other", "其他" },
};
static const struct desk_choices leaks = { ARRAY_LEN(leak_choice), leak_choice };

static const struct desk_state state[INCIDENT_STATES] = {
	[INCIDENT_RECEIVED] = { "received", "已接警", false },
	[INCIDENT_JOINED] = { "joined", "三方通话", false },
	[INCIDENT_CAPTURED] = { "captured", "要素已录入", false },
	[INCIDENT_DISPATCHED] = { "dispatched", "已发起止付", false },
	[INCIDENT_FILED] = { "filed", "已立案", false },
	[INCIDENT_MERGED] = { "merged", "已并案", true },
	[INCIDENT_NOT_FRAUD] = { "not-fraud", "非诈骗", true },
	[INCIDENT_CLOSED] = { "closed", "已办结", true },
};
static const struct desk_field field[INCIDENT_F_FIELDS] = {
	[INCIDENT_F_CHANNEL] = { "channel", "来源", DESK_CHOICE, .choices = &channels },
	[INCIDENT_F_CALLER] = { "caller", "报警电话", DESK_ENTITY, DESK_PHONE },
	[INCIDENT_F_VICTIM] = { "victim", "受害人", DESK_ENTITY, DESK_PERSON },
	[INCIDENT_F_VICTIM_NAME] = { "victim_name", "受害人姓名", DESK_REF },
	[INCIDENT_F_PAYER] = { "payer", "付款账户", DESK_ENTITY, DESK_BANK_ACCOUNT },
	[INCIDENT_F_PAYEE] = { "payee", "收款账户", DESK_ENTITY, DESK_BANK_ACCOUNT },
	[INCIDENT_F_AMOUNT] = { "amount", "金额", DESK_MONEY },
	[INCIDENT_F_PAID] = { "paid", "转账时间", DESK_TIME },
	[INCIDENT_F_PAYER_BANK] = { "payer_bank", "付款银行", DESK_INTEGER, .min = 1, .max = 65535 },
	[INCIDENT_F_PAYEE_BANK] = { "payee_bank", "收款银行", DESK_INTEGER, .min = 1, .max = 65535 },
	[INCIDENT_F_SUSPECT] = { "suspect", "嫌疑号码", DESK_ENTITY, DESK_PHONE },
	[INCIDENT_F_LINK] = { "link", "涉诈网址或应用", DESK_ENTITY, DESK_NET },
	[INCIDENT_F_SCAM] = { "scam", "诈骗类型", DESK_CHOICE, .choices = &desk_scams },
	[INCIDENT_F_NOTE] = { "note", "案情", DESK_REF },
	[INCIDENT_F_EVIDENCE] = { "evidence", "证据", DESK_POSITIONS },
	[INCIDENT_F_STOP] = { "stop", "首次止付", DESK_OBJECT, DESK_STOP },
	[INCIDENT_F_CASE_NO] = { "case_no", "案件编号", DESK_CODE },
	[INCIDENT_F_MERGED_INTO] = { "merged_into", "并入", DESK_OBJECT, DESK_INCIDENT },
	[INCIDENT_F_DISTRICT] = { "district", "辖区", DESK_INTEGER, .max = 65535 },
	[INCIDENT_F_WARNED] = { "warned", "此前预警", DESK_OBJECT, DESK_WARNING },
	[INCIDENT_F_HARDSHIP] = { "hardship", "生活困难", DESK_INTEGER, .max = 1 },
	[INCIDENT_F_PAYEE_NAME] = { "payee_name", "收款户名", DESK_REF },
	[INCIDENT_F_STOPS] = { "stops", "止付数", DESK_INTEGER, .max = 1000000 },
	[INCIDENT_F_DATA_SOURCE] = { "data_source", "信息泄露源", DESK_CHOICE, .choices = &leaks },
	[INCIDENT_F_LOSS] = { "loss", "损失金额", DESK_MONEY },
	[INCIDENT_F_LATE] = { "late", "止付超时", DESK_INTEGER, .max = 1 },
};
#define FACTS                                                                                                          \
	(F(INCIDENT_F_CALLER) | F(INCIDENT_F_VICTIM) | F(INCIDENT_F_VICTIM_NAME) | F(INCIDENT_F_PAYER) |                   \
	 F(INCIDENT_F_PAYEE) | F(INCIDENT_F_AMOUNT) | F(INCIDENT_F_PAID) | F(INCIDENT_F_PAYER_BANK) |                      \
	 F(INCIDENT_F_PAYEE_BANK) | F(INCIDENT_F_SUSPECT) | F(INCIDENT_F_LINK) | F(INCIDENT_F_SCAM) | F(INCIDENT_F_NOTE) | \
	 F(INCIDENT_F_EVIDENCE) | F(INCIDENT_F_DISTRICT) | F(INCIDENT_F_HARDSHIP) | F(INCIDENT_F_PAYEE_NAME) |             \
	 F(INCIDENT_F_DATA_SOURCE) | F(INCIDENT_F_LOSS))
#define SEATS (R(INTAKE) | R(LEADER) | R(STOP_SEAT))
#define LIVE (S(INCIDENT_RECEIVED) | S(INCIDENT_JOINED) | S(INCIDENT_CAPTURED) | S(INCIDENT_DISPATCHED))
static const struct desk_step step[INCIDENT_DO_STEPS] = {
	[INCIDENT_DO_RECEIVE] = { "receive", "接警", S_NEW, S(INCIDENT_RECEIVED) | S(INCIDENT_DISPATCHED),
	                          SEATS | R(STATION), 0, F(INCIDENT_F_CHANNEL), FACTS, "AFL 20", receive },
	[INCIDENT_DO_JOIN] = { "join", "三方通话", S(INCIDENT_RECEIVED), S(INCIDENT_JOINED), SEATS, 0, 0, FACTS, NULL,
	                       NULL },
	[INCIDENT_DO_CAPTURE] = { "capture", "录入要素", LIVE | S(INCIDENT_FILED),
	                          S(INCIDENT_CAPTURED) | S(INCIDENT_DISPATCHED) | S(INCIDENT_FILED), SEATS | R(STATION), 0,
	                          0, FACTS, NULL, capture },
	[INCIDENT_DO_STOP_DRAFTED] = { "stop-drafted", "已拟止付", LIVE | S(INCIDENT_FILED),
	                               S(INCIDENT_DISPATCHED) | S(INCIDENT_FILED), 0, DESK_INTERNAL, F(INCIDENT_F_STOP), 0,
	                               NULL, stop_drafted },
	[INCIDENT_DO_FILE] = { "file", "立案", LIVE, S(INCIDENT_FILED), SEATS | R(STATION), 0, F(INCIDENT_F_CASE_NO),
	                       F(INCIDENT_F_LOSS) | F(INCIDENT_F_SCAM) | F(INCIDENT_F_NOTE), NULL, file },
	[INCIDENT_DO_MERGE] = { "merge", "并案", LIVE | S(INCIDENT_FILED), S(INCIDENT_MERGED), SEATS, 0,
	                        F(INCIDENT_F_MERGED_INTO), F(INCIDENT_F_NOTE), NULL, merge },
	[INCIDENT_DO_NOT_FRAUD] = { "not-fraud", "认定非诈骗", LIVE | S(INCIDENT_FILED), S(INCIDENT_NOT_FRAUD),
	                            R(LEADER) | R(STOP_SEAT), 0, 0, F(INCIDENT_F_NOTE), "AFL 20, 32", not_fraud },
	[INCIDENT_DO_CLOSE] = { "close", "办结", LIVE | S(INCIDENT_FILED), S(INCIDENT_CLOSED), SEATS, 0, 0,
	                        F(INCIDENT_F_NOTE) | F(INCIDENT_F_LOSS), NULL, NULL },
	[INCIDENT_DO_LATE] = { "late", "止付超时", LIVE, 0, 0, DESK_BY_TIMER, 0, 0, NULL, late },
};
static const struct desk_timer timer[INCIDENT_T_TIMERS] = {
	[INCIDENT_T_STOP] = { "stop", "首次止付时限", INCIDENT_DO_LATE },
};

const struct desk_machine desk_incident = {
	.kind = DESK_INCIDENT,
	.letters = "I",
	.name = "incident",
	.zh = "警情",
	.route = "incidents",
	.in_head = { .subject = { INCIDENT_F_VICTIM, INCIDENT_F_CALLER },
	             .also = { INCIDENT_F_PAYEE, INCIDENT_F_CALLER, INCIDENT_F_VICTIM },
	             .district = INCIDENT_F_DISTRICT },
	.n_states = INCIDENT_STATES,
	.n_fields = INCIDENT_F_FIELDS,
	.n_steps = INCIDENT_DO_STEPS,
	.n_timers = INCIDENT_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
