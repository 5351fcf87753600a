/* appeal.c - objections; see appeal.h. grant is where a measure ends in the same step. */
#include "desk/appeal.h"
#include "desk/desk_int.h"
#include "desk/discipline.h"

static enum desk_refusal tell_measure(struct desk_turn *t, uint32_t step_of, enum measure_appeal appeal)
{
	const struct desk_object *m = turn_peek(t, desk_id(t->o, APPEAL_F_TARGET));
	struct desk_command c;

	if (!m || m->kind != DESK_MEASURE || (step_of == MEASURE_DO_APPEAL_FILED && m->state != MEASURE_IN_FORCE))
		return DESK_OK;
	turn_command(t, &c, DESK_MEASURE, step_of, m->id);
	desk_give_i(&c, MEASURE_F_APPEAL, appeal);
	if (step_of == MEASURE_DO_APPEAL_FILED)
		desk_give_id(&c, MEASURE_F_APPEAL_OBJECT, t->o->id);
	return turn_do(t, &c, NULL);
}

/* One open objection to a target: it is found by the target's subject. */
static bool other_open(struct desk_turn *t)
{
	uint64_t id = UINT64_MAX;

	for (uint32_t i = 0; i < DESK_ABOUT_MAX; i++) {
		const struct desk_object *a;

		id = turn_about(t, DESK_APPEAL, t->o->subject, id);
		a = turn_peek(t, id);
		if (!a)
			return false;
		if (a->id != t->o->id && !desk_machine(DESK_APPEAL)->state[a->state].final &&
		    desk_id(a, APPEAL_F_TARGET) == desk_id(t->o, APPEAL_F_TARGET))
			return true;
	}
	return false;
}

static enum desk_refusal file(struct desk_turn *t)
{
	const struct desk_object *m = turn_peek(t, desk_id(t->o, APPEAL_F_TARGET));
	static const uint8_t to[DESK_ENTITY_KINDS] = {
		[DESK_PHONE] = APPEAL_F_PHONE, [DESK_BANK_ACCOUNT] = APPEAL_F_ACCOUNT, [DESK_PERSON] = APPEAL_F_PERSON
	};

	if (!m || (m->kind != DESK_MEASURE && m->kind != DESK_DISCIPLINE))
		return DESK_REFUSED_ABSENT;
	if (m->kind == DESK_MEASURE ? m->state != MEASURE_IN_FORCE : m->state != DISCIPLINE_NOTICED)
		return DESK_REFUSED_NOT_IN_FORCE;
	if (m->subject.kind == DESK_ENTITY_NONE)
		return DESK_REFUSED_ABSENT;
	t->o->subject =
		m->subject; /* what the measure is about: whoever the appellant says to be, the objection lies with the measure */
	if (to[m->subject.kind]) {
		t->o->value[to[m->subject.kind]].token = m->subject.token;
		t->o->has |= F(to[m->subject.kind]);
	}
	if (other_open(t))
		return DESK_REFUSED_OTHER_OPEN;
	turn_timer(t, APPEAL_T_ACCEPT, t->now + turn_limit(t, LIMIT_APPEAL_ACCEPT));
	turn_send(t, DESK_MESSAGE_RECEIPT, 0);
	return tell_measure(t, MEASURE_DO_APPEAL_FILED, APPEAL_STATE_OPEN);
}

static enum desk_refusal accept(struct desk_turn *t)
{
	desk_set_i(t->o, APPEAL_F_ACCEPTED, t->now);
	turn_timer(t, APPEAL_T_ACCEPT, 0);
	turn_timer(t, APPEAL_T_DECIDE, t->now + turn_limit(t, LIMIT_APPEAL_DECIDE));
	return DESK_OK;
}

static enum desk_refusal reject(struct desk_turn *t)
{
	turn_send(t, DESK_MESSAGE_FEEDBACK, 0);
	return tell_measure(t, MEASURE_DO_APPEAL_DECIDED, APPEAL_STATE_DENIED);
}

static enum desk_refusal withdraw(struct desk_turn *t)
{
	return tell_measure(t, MEASURE_DO_APPEAL_DECIDED, APPEAL_STATE_NONE);
}

/* Whoever proposed or approved the measure, or has denied the objection before, does not decide. */
static enum desk_refusal other_eyes(struct desk_turn *t)
{
	const struct desk_object *m = turn_peek(t, desk_id(t->o, APPEAL_F_TARGET));
	uint64_t user = t->c->user;
	bool mine = false;

	if (m && m->kind == DESK_MEASURE)
		mine = (uint64_t)desk_i(m, MEASURE_F_ACTOR) == user || (uint64_t)desk_i(m, MEASURE_F_APPROVER) == user;
	else if (m)
		mine = m->proposer == user || m->approver == user;
	mine = mine || (desk_has(t->was, APPEAL_F_DECIDER) && (uint64_t)desk_i(t->was, APPEAL_F_DECIDER) == user);
	return mine ? DESK_REFUSED_FOUR_EYES : DESK_OK;
}

static void decided(struct desk_turn *t, bool automatic)
{
	desk_set_i(t->o, APPEAL_F_DECIDED, t->now);
	desk_set_i(t->o, APPEAL_F_DECIDER, automatic ? 0 : (int64_t)t->c->user);
	desk_set_i(t->o, APPEAL_F_AUTOMATIC, automatic);
	turn_timer(t, APPEAL_T_ACCEPT, 0);
	turn_timer(t, APPEAL_T_DECIDE, 0);
	turn_send(t, DESK_MESSAGE_FEEDBACK, 0);
}

/* The objection holds: what it objects to ends in this step. */
static enum desk_refusal let_go(struct desk_turn *t)
{
	const struct desk_object *m = turn_peek(t, desk_id(t->o, APPEAL_F_TARGET));

	if (m && m->kind == DESK_MEASURE)
		return m->state == MEASURE_IN_FORCE ? turn_step(t, DESK_MEASURE, MEASURE_DO_RELEASE_BY_APPEAL, m->id)
		                                    : tell_measure(t, MEASURE_DO_APPEAL_DECIDED, APPEAL_STATE_GRANTED);
	if (m && (m->state == DISCIPLINE_NOTICED || m->state == DISCIPLINE_ACTIVE))
		return turn_step(t, DESK_DISCIPLINE, DISCIPLINE_DO_RELEASE_BY_APPEAL, m->id);
	return DESK_OK;
}

static enum desk_refusal grant(struct desk_turn *t)
{
	enum desk_refusal no = other_eyes(t);

	decided(t, false);
	return no == DESK_OK ? let_go(t) : no;
}

static enum desk_refusal auto_grant(struct desk_turn *t)
{
	decided(t, true);
	return let_go(t);
}

static enum desk_refusal denied(struct desk_turn *t, bool automatic)
{
	decided(t, automatic);
	turn_timer(t, APPEAL_T_CLOSE, t->now + turn_limit(t, LIMIT_APPEAL_RECONSIDER));
	return tell_measure(t, MEASURE_DO_APPEAL_DECIDED, APPEAL_STATE_DENIED);
}

static enum desk_refusal deny(struct desk_turn *t)
{
	enum desk_refusal no = other_eyes(t);

	return no == DESK_OK ? denied(t, false) : no;
}

static enum desk_refusal auto_deny(struct desk_turn *t)
{
	return desk_i(t->o, APPEAL_F_BY_PERSON) ? DESK_REFUSED_PERSON_MUST : denied(t, true);
}

/* The appellant wants a person to decide (PIPL 24): a machine's denial is then none. */
static enum desk_refusal refer(struct desk_turn *t)
{
	desk_set_i(t->o, APPEAL_F_BY_PERSON, 1);
	t->o->state = t->before;
	if (t->before != APPEAL_DENIED)
		return desk_i(t->was, APPEAL_F_BY_PERSON) ? DESK_REFUSED_SAME : DESK_OK;
	if (desk_i(t->o, APPEAL_F_AUTOMATIC) == 0)
		return DESK_REFUSED_STATE;
	t->o->state = APPEAL_CHECKING;
	desk_unset(t->o, APPEAL_F_DECIDER);
	turn_timer(t, APPEAL_T_CLOSE, 0);
	turn_timer(t, APPEAL_T_DECIDE, t->now + turn_limit(t, LIMIT_APPEAL_DECIDE));
	return tell_measure(t, MEASURE_DO_APPEAL_FILED, APPEAL_STATE_OPEN);
}

static enum desk_refusal reconsider(struct desk_turn *t)
{
	turn_timer(t, APPEAL_T_CLOSE, 0);
	turn_timer(t, APPEAL_T_DECIDE, t->now + turn_limit(t, LIMIT_APPEAL_DECIDE));
	turn_send(t, DESK_MESSAGE_RECEIPT, 0);
	return tell_measure(t, MEASURE_DO_APPEAL_FILED, APPEAL_STATE_OPEN);
}

static enum desk_refusal uphold(struct desk_turn *t)
{
	enum desk_refusal no = other_eyes(t);

	decided(t, false);
	return no == DESK_OK ? tell_measure(t, MEASURE_DO_APPEAL_DECIDED, APPEAL_STATE_DENIED) : no;
}

static enum desk_refusal late(struct desk_turn *t)
{
	desk_set_i(t->o, APPEAL_F_LATE, 1);
	return turn_alarm(t);
}

static const struct desk_choice channel_choice[] = {
	[1] = { "96110", "96110" },     [2] = { "counter", "窗口" },  [3] = { "online", "网上" },
	[4] = { "operator", "营业厅" }, [5] = { "bank", "银行网点" }, [6] = { "post", "信函" },
};
static const struct desk_choices channels = { ARRAY_LEN(channel_choice), channel_choice };

static const struct desk_state state[APPEAL_STATES] = {
	[APPEAL_FILED] = { "filed", "已提交", false },
	[APPEAL_ACCEPTED] = { "accepted", "已受理", false },
	[APPEAL_CHECKING] = { "checking", "核查中", false },
	[APPEAL_GRANTED] = { "granted", "成立并解除", true },
	[APPEAL_DENIED] = { "denied", "不成立（可复核）", false },
	[APPEAL_RECONSIDERING] = { "reconsidering", "复核中", false },
	[APPEAL_UPHELD] = { "upheld", "维持", true },
	[APPEAL_WITHDRAWN] = { "withdrawn", "已撤回", true },
	[APPEAL_REJECTED] = { "rejected", "不予受理", true },
};
static const struct desk_field field[APPEAL_F_FIELDS] = {
	[APPEAL_F_TARGET] = { "target", "申诉对象", DESK_OBJECT },
	[APPEAL_F_PERSON] = { "person", "申诉人", DESK_ENTITY, DESK_PERSON },
	[APPEAL_F_CONTACT] = { "contact", "联系电话", DESK_REF },
	[APPEAL_F_REASON] = { "reason", "申诉理由", DESK_REF },
	[APPEAL_F_PAPERS] = { "papers", "申诉材料", DESK_REF },
	[APPEAL_F_CHANNEL] = { "channel", "申诉渠道", DESK_CHOICE, .choices = &channels },
	[APPEAL_F_RECEIPT] = { "receipt", "回执号", DESK_CODE },
	[APPEAL_F_DECISION] = { "decision", "决定理由", DESK_REF },
	[APPEAL_F_BY_PERSON] = { "by_person", "要求人工处理", DESK_INTEGER, .max = 1 },
	[APPEAL_F_ACCEPTED] = { "accepted", "受理时间", DESK_TIME },
	[APPEAL_F_DECIDED] = { "decided", "决定时间", DESK_TIME },
	[APPEAL_F_DECIDER] = { "decider", "决定人", DESK_INTEGER, .max = INT64_MAX },
	[APPEAL_F_AUTOMATIC] = { "automatic", "自动决定", DESK_INTEGER, .max = 1 },
	[APPEAL_F_FINDING] = { "finding", "核查结果", DESK_REF },
	[APPEAL_F_LATE] = { "late", "超时", DESK_INTEGER, .max = 1 },
	[APPEAL_F_PHONE] = { "phone", "号码", DESK_ENTITY, DESK_PHONE },
	[APPEAL_F_ACCOUNT] = { "account", "账户", DESK_ENTITY, DESK_BANK_ACCOUNT },
#define PAPER(zh, n)                                       \
	{                                                      \
		"paper_" #n, "材料" zh, DESK_FILE, .guarded = true \
	}
	[APPEAL_F_PAPER_1] = PAPER("一", 1),
	[APPEAL_F_PAPER_1 + 1] = PAPER("二", 2),
	[APPEAL_F_PAPER_1 + 2] = PAPER("三", 3),
	[APPEAL_F_PAPER_1 + 3] = PAPER("四", 4),
	[APPEAL_F_PAPER_1 + 4] = PAPER("五", 5),
	[APPEAL_F_PAPER_1 + 5] = PAPER("六", 6),
	[APPEAL_F_PAPER_1 + 6] = PAPER("七", 7),
	[APPEAL_F_PAPER_1 + 7] = PAPER("八", 8),
};
#define OFFICE R(APPEALS)
#define PAPERS (F(APPEAL_F_PAPERS) | (F(APPEAL_F_FIELDS) - F(APPEAL_F_PAPER_1)))
#define FILERS                                                                                                \
	(R(CITIZEN) | R(APPEALS) | R(INTAKE) | R(DISSUASION) | R(BANK_DESK) | R(BANK_OUTLET) | R(OPERATOR_DESK) | \
	 R(OPERATOR_OUTLET) | R(STATION))
#define BEFORE (S(APPEAL_FILED) | S(APPEAL_ACCEPTED) | S(APPEAL_CHECKING))
static const struct desk_step step[APPEAL_DO_STEPS] = {
	[APPEAL_DO_FILE] = { "file", "提交申诉", S_NEW, S(APPEAL_FILED), FILERS, 0, F(APPEAL_F_TARGET) | F(APPEAL_F_REASON),
	                     F(APPEAL_F_PERSON) | F(APPEAL_F_CONTACT) | PAPERS | F(APPEAL_F_CHANNEL) | F(APPEAL_F_RECEIPT) |
	                         F(APPEAL_F_BY_PERSON),
	                     "AFL 31, 32", file },
	[APPEAL_DO_ACCEPT] = { "accept", "受理", S(APPEAL_FILED), S(APPEAL_ACCEPTED), OFFICE, 0, 0, PAPERS, "AFL 32",
	                       accept },
	[APPEAL_DO_REJECT] = { "reject", "不予受理", S(APPEAL_FILED), S(APPEAL_REJECTED), OFFICE, 0, F(APPEAL_F_DECISION),
	                       0, "AFL 32", reject },
	[APPEAL_DO_CHECK] = { "check", "核查", S(APPEAL_ACCEPTED), S(APPEAL_CHECKING), OFFICE, 0, 0,
	                      F(APPEAL_F_FINDING) | PAPERS, "AFL 32", NULL },
	[APPEAL_DO_REFER] = { "refer", "转人工", BEFORE | S(APPEAL_DENIED), BEFORE, R(CITIZEN) | OFFICE, 0, 0, PAPERS,
	                      "PIPL 24", refer },
	[APPEAL_DO_GRANT] = { "grant", "申诉成立", S(APPEAL_CHECKING) | S(APPEAL_RECONSIDERING), S(APPEAL_GRANTED), OFFICE,
	                      0, F(APPEAL_F_DECISION), F(APPEAL_F_FINDING), "AFL 32", grant },
	[APPEAL_DO_DENY] = { "deny", "申诉不成立", S(APPEAL_CHECKING), S(APPEAL_DENIED), OFFICE, 0, F(APPEAL_F_DECISION),
	                     F(APPEAL_F_FINDING), "AFL 32", deny },
	[APPEAL_DO_RECONSIDER] = { "reconsider", "申请复核", S(APPEAL_DENIED), S(APPEAL_RECONSIDERING), R(CITIZEN) | OFFICE,
	                           0, 0, PAPERS, "AFL 32", reconsider },
	[APPEAL_DO_UPHOLD] = { "uphold", "复核维持", S(APPEAL_RECONSIDERING), S(APPEAL_UPHELD), OFFICE, 0,
	                       F(APPEAL_F_DECISION), F(APPEAL_F_FINDING), "AFL 32", uphold },
	[APPEAL_DO_WITHDRAW] = { "withdraw", "撤回", BEFORE | S(APPEAL_DENIED) | S(APPEAL_RECONSIDERING),
	                         S(APPEAL_WITHDRAWN), R(CITIZEN) | OFFICE, 0, 0, 0, NULL, withdraw },
	[APPEAL_DO_AUTO_GRANT] = { "auto-grant", "自动核验成立", BEFORE, S(APPEAL_GRANTED), R(CONNECTOR), 0, 0, 0, "AFL 32",
	                           auto_grant },
	[APPEAL_DO_AUTO_DENY] = { "auto-deny", "自动核验不成立", S(APPEAL_ACCEPTED) | S(APPEAL_CHECKING), S(APPEAL_DENIED),
	                          R(CONNECTOR), 0, F(APPEAL_F_DECISION), 0, "PIPL 24", auto_deny },
	[APPEAL_DO_LATE_ACCEPT] = { "late-accept", "受理超时", S(APPEAL_FILED), 0, 0, DESK_BY_TIMER, 0, 0, NULL, late },
	[APPEAL_DO_LATE_DECIDE] = { "late-decide", "办结超时",
	                            S(APPEAL_ACCEPTED) | S(APPEAL_CHECKING) | S(APPEAL_RECONSIDERING), 0, 0, DESK_BY_TIMER,
	                            0, 0, NULL, late },
	[APPEAL_DO_CLOSE] = { "close", "逾期未申请复核", S(APPEAL_DENIED), S(APPEAL_UPHELD), 0, DESK_BY_TIMER, 0, 0, NULL,
	                      NULL },
};
static const struct desk_timer timer[APPEAL_T_TIMERS] = {
	[APPEAL_T_ACCEPT] = { "accept", "受理时限", APPEAL_DO_LATE_ACCEPT },
	[APPEAL_T_DECIDE] = { "decide", "办结时限", APPEAL_DO_LATE_DECIDE },
	[APPEAL_T_CLOSE] = { "close", "申请复核期限", APPEAL_DO_CLOSE },
};

const struct desk_machine desk_appeal = {
	.kind = DESK_APPEAL,
	.letters = "P",
	.name = "appeal",
	.zh = "申诉",
	.route = "appeals",
	.in_head = { .also = { APPEAL_F_PERSON, APPEAL_F_PHONE, APPEAL_F_ACCOUNT } },
	.n_states = APPEAL_STATES,
	.n_fields = APPEAL_F_FIELDS,
	.n_steps = APPEAL_DO_STEPS,
	.n_timers = APPEAL_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
