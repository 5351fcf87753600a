/* freeze.c - freezes; see freeze.h. One freeze of an account is in force at a time; those behind it wait and take their turn, oldest first. */
#include "desk/freeze.h"
#include "desk/account.h"
#include "desk/desk_int.h"
#include "desk/stop.h"

/* As asked for, but no more than the limit is by now. */
static int64_t months_of(const struct desk_turn *t, uint32_t field_of)
{
	int64_t months = desk_i(t->o, field_of), most = turn_limit(t, LIMIT_FREEZE_MONTHS);

	return months < most ? months : most;
}

static enum desk_refusal account_of(struct desk_turn *t, uint64_t *id)
{
	return turn_account(t, desk_entity_of(t->o, FREEZE_F_ACCOUNT), (uint32_t)desk_i(t->o, FREEZE_F_BANK), id);
}

/* Our freeze that is in force on the account; 0: none. */
static uint64_t in_force(struct desk_turn *t)
{
	uint64_t id;
	const struct desk_object *a = account_of(t, &id) == DESK_OK ? turn_peek(t, id) : NULL;

	return a ? desk_id(a, ACCOUNT_F_FREEZE) : 0;
}

static enum desk_refusal request(struct desk_turn *t)
{
	uint64_t account;

	if (!desk_basis_allows((uint32_t)desk_i(t->o, FREEZE_F_BASIS), MEASURE_OF_FREEZE))
		return DESK_REFUSED_NO_BASIS;
	if (desk_i(t->o, FREEZE_F_MONTHS) > turn_limit(t, LIMIT_FREEZE_MONTHS))
		return DESK_REFUSED_PERIOD;
	if (desk_i(t->o, FREEZE_F_SCOPE) == FREEZE_LIMITED && !desk_has(t->o, FREEZE_F_AMOUNT))
		return turn_missing(t, FREEZE_F_AMOUNT);
	return account_of(t, &account);
}

static void order(struct desk_turn *t)
{
	int64_t tries = desk_i(t->o, FREEZE_F_TRIES);

	turn_send(t, DESK_MESSAGE_BANK_FREEZE, (uint32_t)tries);
	desk_set_i(t->o, FREEZE_F_TRIES, tries + 1);
	turn_timer(t, FREEZE_T_ANSWER, t->now + turn_limit(t, LIMIT_FREEZE_ANSWER));
}

static enum desk_refusal approve(struct desk_turn *t)
{
	order(t);
	return DESK_OK;
}

static enum desk_refusal again(struct desk_turn *t)
{
	if (desk_i(t->o, FREEZE_F_TRIES) > turn_limit(t, LIMIT_FREEZE_RETRIES)) {
		t->o->state = FREEZE_REFUSED;
		turn_send(t, DESK_MESSAGE_ALARM, 0);
	} else {
		t->o->state = FREEZE_SENT;
		order(t);
	}
	return DESK_OK;
}

static void arm(struct desk_turn *t)
{
	int64_t end = desk_i(t->o, FREEZE_F_END);

	turn_timer(t, FREEZE_T_ANSWER, 0);
	turn_timer(t, FREEZE_T_QUEUE, 0);
	turn_timer(t, FREEZE_T_EXPIRE, end);
	turn_ahead(t, FREEZE_T_ALARM_1, end, turn_limit(t, LIMIT_FREEZE_ALARM_1));
	turn_ahead(t, FREEZE_T_ALARM_2, end, turn_limit(t, LIMIT_FREEZE_ALARM_2));
}

/* In force from then on: months by the calendar; the stop that it was converted from has done its work. */
static enum desk_refusal begin(struct desk_turn *t, int64_t from)
{
	struct imposed i = { .measure = MEASURE_OF_FREEZE,
		                 .basis = FREEZE_F_BASIS,
		                 .evidence = FREEZE_F_EVIDENCE,
		                 .reason = FREEZE_F_REASON,
		                 .start_us = from,
		                 .end_us = desk_months_after(from, months_of(t, FREEZE_F_MONTHS)),
		                 .ordered = true };
	const struct desk_object *stop = turn_peek(t, desk_id(t->o, FREEZE_F_STOP));
	struct desk_command c;
	enum desk_refusal no = DESK_OK;
	uint64_t account;

	t->o->state = FREEZE_FROZEN;
	desk_set_i(t->o, FREEZE_F_FROZEN, from);
	desk_set_i(t->o, FREEZE_F_END, i.end_us);
	desk_unset(t->o, FREEZE_F_BEHIND);
	arm(t);
	if (stop && stop->state == STOP_STOPPED)
		no = turn_step(t, DESK_STOP, STOP_DO_CONVERTED, stop->id);
	if (no == DESK_OK)
		no = account_of(t, &account);
	if (no != DESK_OK)
		return no;
	turn_command(t, &c, DESK_ACCOUNT, ACCOUNT_DO_FREEZE_BEGAN, account);
	desk_give_id(&c, ACCOUNT_F_FREEZE, t->o->id);
	no = turn_do(t, &c, NULL);
	return no == DESK_OK ? turn_impose(t, FREEZE_F_MEASURE, &i) : no;
}

/* Behind whom: ours if one is in force, else somebody else's until the time that the bank tells. */
static enum desk_refusal queue(struct desk_turn *t, uint64_t ours)
{
	int64_t until = desk_i(t->o, FREEZE_F_EARLIER_UNTIL);

	t->o->state = FREEZE_QUEUED;
	turn_timer(t, FREEZE_T_ANSWER, 0);
	turn_timer(t, FREEZE_T_QUEUE, until > t->now ? until : 0);
	if (ours)
		desk_set_id(t->o, FREEZE_F_BEHIND, ours);
	else
		desk_unset(t->o, FREEZE_F_BEHIND);
	return DESK_OK;
}

static enum desk_refusal answer(struct desk_turn *t)
{
	int64_t at = desk_i(t->o, FREEZE_F_FROZEN);
	uint64_t ours = in_force(t);
	bool earlier = turn_given(t, FREEZE_F_EARLIER_UNTIL) ? desk_i(t->o, FREEZE_F_EARLIER_UNTIL) > t->now
	                                                     : turn_given(t, FREEZE_F_EARLIER_FREEZER);

	switch (t->c->value[FREEZE_F_RESULT].i) {
	case RETURN_OK: break;
	case RETURN_DUPLICATE: t->o->state = t->before; return DESK_OK;
	case RETURN_TIMEOUT:
	case RETURN_NETWORK: t->o->state = t->before; return t->before == FREEZE_SENT ? again(t) : DESK_OK;
	default:
		t->o->state = FREEZE_REFUSED;
		turn_send(t, DESK_MESSAGE_ALARM, 0);
		return DESK_OK;
	}
	if (earlier || ours)
		return queue(t, ours);
	if (!turn_given(t, FREEZE_F_FROZEN))
		return turn_missing(t, FREEZE_F_FROZEN);
	at = at > t->now ? t->now : at < t->o->made_us ? t->o->made_us : at;
	return begin(t, at);
}

/* The freeze before this one is over, as far as we know. */
static enum desk_refusal turn(struct desk_turn *t)
{
	uint64_t ours = in_force(t);

	if (ours || desk_i(t->o, FREEZE_F_EARLIER_UNTIL) > t->now)
		return queue(t, ours);
	return begin(t, t->now);
}

/* The oldest that waits behind the freeze that has just ended. */
static enum desk_refusal next_in_turn(struct desk_turn *t)
{
	uint64_t id = UINT64_MAX, oldest = 0;

	for (uint32_t i = 0; i < DESK_ABOUT_MAX; i++) {
		const struct desk_object *f;

		id = turn_about(t, DESK_FREEZE, t->o->subject, id);
		f = turn_peek(t, id);
		if (!f)
			break;
		if (f->state == FREEZE_QUEUED && f->id != t->o->id)
			oldest = f->id;
	}
	return oldest ? turn_step(t, DESK_FREEZE, FREEZE_DO_TURN, oldest) : DESK_OK;
}

static enum desk_refusal over(struct desk_turn *t, enum measure_cause cause)
{
	struct desk_command c;
	uint64_t account;
	enum desk_refusal no;

	desk_set_i(t->o, FREEZE_F_RELEASED, t->now);
	if (t->before != FREEZE_FROZEN)
		return DESK_OK;
	no = account_of(t, &account);
	if (no != DESK_OK)
		return no;
	turn_command(t, &c, DESK_ACCOUNT, ACCOUNT_DO_FREEZE_ENDED, account);
	desk_give_id(&c, ACCOUNT_F_FREEZE, t->o->id);
	no = turn_do(t, &c, NULL);
	if (no == DESK_OK)
		no = turn_end_measure(t, FREEZE_F_MEASURE, cause);
	return no == DESK_OK ? next_in_turn(t) : no;
}

static enum desk_refusal release(struct desk_turn *t)
{
	turn_send(t, DESK_MESSAGE_BANK_FREEZE_RELEASE, 0);
	return over(t, CAUSE_LIFTED);
}

static enum desk_refusal expire(struct desk_turn *t)
{
	return over(t, CAUSE_EXPIRED);
}

static enum desk_refusal ask_renewal(struct desk_turn *t)
{
	if (desk_i(t->o, FREEZE_F_RENEWAL) == FREEZE_RENEWAL_SENT)
		return DESK_REFUSED_SAME;
	if (desk_i(t->o, FREEZE_F_RENEW_MONTHS) > turn_limit(t, LIMIT_FREEZE_MONTHS))
		return DESK_REFUSED_PERIOD;
	if (desk_i(t->o, FREEZE_F_END) - t->now > turn_limit(t, LIMIT_FREEZE_RENEW))
		return DESK_REFUSED_TOO_EARLY;
	desk_set_i(t->o, FREEZE_F_RENEWAL, FREEZE_RENEWAL_ASKED);
	return DESK_OK;
}

static enum desk_refusal renew(struct desk_turn *t)
{
	if (desk_i(t->o, FREEZE_F_RENEWAL) != FREEZE_RENEWAL_ASKED)
		return DESK_REFUSED_STATE;
	desk_set_i(t->o, FREEZE_F_RENEWAL, FREEZE_RENEWAL_SENT);
	turn_send(t, DESK_MESSAGE_BANK_FREEZE_RENEW, 0);
	return DESK_OK;
}

static enum desk_refusal renewed(struct desk_turn *t)
{
	struct desk_command c;

	if (desk_i(t->o, FREEZE_F_RENEWAL) != FREEZE_RENEWAL_SENT)
		return DESK_REFUSED_STATE;
	desk_unset(t->o, FREEZE_F_RENEWAL);
	if (desk_i(t->o, FREEZE_F_RESULT) != RETURN_OK) {
		turn_send(t, DESK_MESSAGE_ALARM, 0);
		return DESK_OK;
	}
	desk_set_i(t->o, FREEZE_F_END, desk_months_after(desk_i(t->o, FREEZE_F_END), months_of(t, FREEZE_F_RENEW_MONTHS)));
	desk_set_i(t->o, FREEZE_F_RENEWALS, desk_i(t->o, FREEZE_F_RENEWALS) + 1);
	arm(t);
	turn_command(t, &c, DESK_MEASURE, MEASURE_DO_PROLONG, desk_id(t->o, FREEZE_F_MEASURE));
	desk_give_i(&c, MEASURE_F_END, desk_i(t->o, FREEZE_F_END));
	return turn_do(t, &c, NULL);
}

static enum desk_refusal recall(struct desk_turn *t)
{
	turn_send(t, DESK_MESSAGE_BANK_FREEZE_RELEASE, 0);
	return DESK_OK;
}

static enum desk_refusal stray_answer(struct desk_turn *t)
{
	if (desk_i(t->o, FREEZE_F_RESULT) == RETURN_OK)
		turn_send(t, DESK_MESSAGE_BANK_FREEZE_RELEASE, 0);
	return DESK_OK;
}

static const struct desk_choice scope_choice[] = {
	[FREEZE_LIMITED] = { "limited", "限额冻结" },
	[FREEZE_FULL] = { "full", "全额冻结" },
};
static const struct desk_choices freeze_scopes = { ARRAY_LEN(scope_choice), scope_choice };
static const struct desk_choice renewal_choice[] = {
	[FREEZE_RENEWAL_ASKED] = { "asked", "待审批" },
	[FREEZE_RENEWAL_SENT] = { "sent", "已发送" },
};
static const struct desk_choices renewals = { ARRAY_LEN(renewal_choice), renewal_choice };

static const struct desk_state state[FREEZE_STATES] = {
	[FREEZE_DRAFT] = { "draft", "待审批", false },      [FREEZE_SENT] = { "sent", "已发送", false },
	[FREEZE_QUEUED] = { "queued", "轮候", false },      [FREEZE_FROZEN] = { "frozen", "冻结中", false },
	[FREEZE_RELEASED] = { "released", "已解除", true }, [FREEZE_EXPIRED] = { "expired", "到期自动解除", true },
	[FREEZE_REFUSED] = { "refused", "冻结失败", true }, [FREEZE_CANCELLED] = { "cancelled", "已撤销", true },
};
static const struct desk_field field[FREEZE_F_FIELDS] = {
	[FREEZE_F_ACCOUNT] = { "account", "冻结账户", DESK_ENTITY, DESK_BANK_ACCOUNT },
	[FREEZE_F_BANK] = { "bank", "开户银行", DESK_INTEGER, .min = 1, .max = 65535 },
	[FREEZE_F_SCOPE] = { "scope", "冻结方式", DESK_CHOICE, .choices = &freeze_scopes },
	[FREEZE_F_AMOUNT] = { "amount", "申请金额", DESK_MONEY },
	[FREEZE_F_INCIDENT] = { "incident", "警情", DESK_OBJECT, DESK_INCIDENT },
	[FREEZE_F_STOP] = { "stop", "原止付", DESK_OBJECT, DESK_STOP },
	[FREEZE_F_CASE_NO] = { "case_no", "案件编号", DESK_CODE },
	[FREEZE_F_REASON] = { "reason", "事由", DESK_REF },
	[FREEZE_F_EVIDENCE] = { "evidence", "证据", DESK_POSITIONS },
	[FREEZE_F_BASIS] = { "basis", "法律依据", DESK_CHOICE, .choices = &desk_bases },
	[FREEZE_F_MONTHS] = { "months", "冻结月数", DESK_INTEGER, .min = 1, .max = 6 },
	[FREEZE_F_OFFICER_1] = { "officer_1", "经办人一", DESK_REF },
	[FREEZE_F_OFFICER_2] = { "officer_2", "经办人二", DESK_REF },
	[FREEZE_F_ATTACHMENTS] = { "attachments", "附件", DESK_REF },
	[FREEZE_F_RESULT] = { "result", "返回码", DESK_INTEGER, .max = 999999 },
	[FREEZE_F_FROZEN_AMOUNT] = { "frozen_amount", "执行冻结金额", DESK_MONEY },
	[FREEZE_F_AVAILABLE] = { "available", "可用余额", DESK_MONEY },
	[FREEZE_F_EARLIER_FREEZER] = { "earlier_freezer", "在先冻结机关", DESK_CODE },
	[FREEZE_F_EARLIER_AMOUNT] = { "earlier_amount", "在先冻结金额", DESK_MONEY },
	[FREEZE_F_EARLIER_UNTIL] = { "earlier_until", "在先冻结到期", DESK_TIME },
	[FREEZE_F_FROZEN] = { "frozen", "冻结时间", DESK_TIME },
	[FREEZE_F_END] = { "end", "到期时间", DESK_TIME },
	[FREEZE_F_TRIES] = { "tries", "发送次数", DESK_INTEGER, .max = 100 },
	[FREEZE_F_MEASURE] = { "measure", "台账", DESK_OBJECT, DESK_MEASURE },
	[FREEZE_F_RELEASE_REASON] = { "release_reason", "解除事由", DESK_REF },
	[FREEZE_F_RELEASED] = { "released", "解除时间", DESK_TIME },
	[FREEZE_F_PERSON] = { "person", "账户持有人", DESK_ENTITY, DESK_PERSON },
	[FREEZE_F_RENEWALS] = { "renewals", "续冻次数", DESK_INTEGER, .max = 1000 },
	[FREEZE_F_RENEW_MONTHS] = { "renew_months", "续冻月数", DESK_INTEGER, .min = 1, .max = 6 },
	[FREEZE_F_RENEWAL] = { "renewal", "续冻", DESK_CHOICE, .choices = &renewals },
	[FREEZE_F_ACCOUNT_NAME] = { "account_name", "户名", DESK_REF },
	[FREEZE_F_BEHIND] = { "behind", "轮候于", DESK_OBJECT, DESK_FREEZE },
	[FREEZE_F_BANK_REMARK] = { "bank_remark", "银行备注", DESK_REF },
};
#define BANK (R(CONNECTOR) | R(BANK_DESK))
#define OFFICE (R(STOP_SEAT) | R(LEADER))
static const struct desk_step step[FREEZE_DO_STEPS] = {
	[FREEZE_DO_REQUEST] = { "request", "拟冻结", S_NEW, S(FREEZE_DRAFT), OFFICE, DESK_PROPOSES,
	                        F(FREEZE_F_ACCOUNT) | F(FREEZE_F_BANK) | F(FREEZE_F_SCOPE) | F(FREEZE_F_CASE_NO) |
	                            F(FREEZE_F_EVIDENCE) | F(FREEZE_F_BASIS) | F(FREEZE_F_MONTHS),
	                        F(FREEZE_F_AMOUNT) | F(FREEZE_F_INCIDENT) | F(FREEZE_F_STOP) | F(FREEZE_F_REASON) |
	                            F(FREEZE_F_OFFICER_1) | F(FREEZE_F_OFFICER_2) | F(FREEZE_F_ATTACHMENTS) |
	                            F(FREEZE_F_PERSON) | F(FREEZE_F_ACCOUNT_NAME),
	                        "AFL 20; CPL-144", request },
	[FREEZE_DO_APPROVE] = { "approve", "审批发送", S(FREEZE_DRAFT), S(FREEZE_SENT), R(LEADER), DESK_FOUR_EYES, 0, 0,
	                        "100201", approve },
	[FREEZE_DO_CANCEL] = { "cancel", "撤销", S(FREEZE_DRAFT), S(FREEZE_CANCELLED), OFFICE, 0, 0,
	                       F(FREEZE_F_RELEASE_REASON), NULL, NULL },
	[FREEZE_DO_LANDED] = { "landed", "银行落地", S(FREEZE_SENT), 0, BANK, 0, 0, F(FREEZE_F_BANK_REMARK), "100202",
	                       NULL },
	[FREEZE_DO_ANSWER] = { "answer", "冻结反馈", S(FREEZE_SENT) | S(FREEZE_QUEUED),
	                       S(FREEZE_SENT) | S(FREEZE_QUEUED) | S(FREEZE_FROZEN) | S(FREEZE_REFUSED), BANK, 0,
	                       F(FREEZE_F_RESULT),
	                       F(FREEZE_F_FROZEN) | F(FREEZE_F_FROZEN_AMOUNT) | F(FREEZE_F_AVAILABLE) |
	                           F(FREEZE_F_EARLIER_FREEZER) | F(FREEZE_F_EARLIER_AMOUNT) | F(FREEZE_F_EARLIER_UNTIL) |
	                           F(FREEZE_F_BANK_REMARK),
	                       "100202", answer },
	[FREEZE_DO_ATTEMPT_FAILED] = { "attempt-failed", "发送失败", S(FREEZE_SENT), S(FREEZE_SENT) | S(FREEZE_REFUSED),
	                               R(CONNECTOR), 0, 0, F(FREEZE_F_RESULT), "603202", again },
	[FREEZE_DO_OVERDUE] = { "overdue", "反馈超时", S(FREEZE_SENT), S(FREEZE_SENT) | S(FREEZE_REFUSED), 0, DESK_BY_TIMER,
	                        0, 0, NULL, again },
	[FREEZE_DO_TURN] = { "turn", "轮候生效", S(FREEZE_QUEUED), S(FREEZE_QUEUED) | S(FREEZE_FROZEN), 0, DESK_BY_TIMER, 0,
	                     0, NULL, turn },
	[FREEZE_DO_ASK_RENEWAL] = { "ask-renewal", "申请续冻", S(FREEZE_FROZEN), 0, R(STOP_SEAT), DESK_PROPOSES,
	                            F(FREEZE_F_RENEW_MONTHS), F(FREEZE_F_REASON), "100205", ask_renewal },
	[FREEZE_DO_RENEW] = { "renew", "审批续冻", S(FREEZE_FROZEN), 0, R(LEADER), DESK_FOUR_EYES, 0, 0, "100205", renew },
	[FREEZE_DO_RENEWED] = { "renewed", "续冻反馈", S(FREEZE_FROZEN), 0, BANK, 0, F(FREEZE_F_RESULT),
	                        F(FREEZE_F_BANK_REMARK), "100206", renewed },
	[FREEZE_DO_RELEASE] = { "release", "解除冻结", S(FREEZE_FROZEN) | S(FREEZE_QUEUED), S(FREEZE_RELEASED), OFFICE, 0,
	                        0, F(FREEZE_F_RELEASE_REASON), "AFL 20, 32", release },
	[FREEZE_DO_RELEASE_BY_APPEAL] = { "release-by-appeal", "申诉解除", S(FREEZE_FROZEN), S(FREEZE_RELEASED), 0,
	                                  DESK_INTERNAL, 0, 0, "AFL 32", release },
	[FREEZE_DO_EXPIRE] = { "expire", "到期解除", S(FREEZE_FROZEN), S(FREEZE_EXPIRED), 0, DESK_BY_TIMER, 0, 0, NULL,
	                       expire },
	[FREEZE_DO_ALARM_1] = { "alarm-1", "到期首次提醒", S(FREEZE_FROZEN), 0, 0, DESK_BY_TIMER, 0, 0, NULL, turn_alarm },
	[FREEZE_DO_ALARM_2] = { "alarm-2", "到期二次提醒", S(FREEZE_FROZEN), 0, 0, DESK_BY_TIMER, 0, 0, NULL, turn_alarm },
	[FREEZE_DO_RECALL] = { "recall", "撤回", S(FREEZE_SENT), S(FREEZE_CANCELLED), OFFICE, 0, 0,
	                       F(FREEZE_F_RELEASE_REASON), "100203", recall },
	[FREEZE_DO_STRAY_ANSWER] = { "stray-answer", "迟到反馈",
	                             S(FREEZE_RELEASED) | S(FREEZE_EXPIRED) | S(FREEZE_REFUSED) | S(FREEZE_CANCELLED), 0,
	                             BANK, 0, F(FREEZE_F_RESULT), F(FREEZE_F_BANK_REMARK), "AFL 32", stray_answer },
};
static const struct desk_timer timer[FREEZE_T_TIMERS] = {
	[FREEZE_T_ANSWER] = { "answer", "反馈时限", FREEZE_DO_OVERDUE },
	[FREEZE_T_QUEUE] = { "queue", "轮候到期", FREEZE_DO_TURN },
	[FREEZE_T_EXPIRE] = { "expire", "到期", FREEZE_DO_EXPIRE },
	[FREEZE_T_ALARM_1] = { "alarm-1", "到期首次提醒", FREEZE_DO_ALARM_1 },
	[FREEZE_T_ALARM_2] = { "alarm-2", "到期二次提醒", FREEZE_DO_ALARM_2 },
};

const struct desk_machine desk_freeze = {
	.kind = DESK_FREEZE,
	.letters = "F",
	.name = "freeze",
	.zh = "冻结",
	.route = "freezes",
	.in_head = { .subject = { FREEZE_F_ACCOUNT }, .also = { FREEZE_F_PERSON }, .organisation = FREEZE_F_BANK },
	.n_states = FREEZE_STATES,
	.n_fields = FREEZE_F_FIELDS,
	.n_steps = FREEZE_DO_STEPS,
	.n_timers = FREEZE_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
