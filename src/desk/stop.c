/* stop.c - stop orders; see stop.h. The law is in four functions: may_stop (twice an account), answer (a mismatch never stops), begin (48 hours from the stop
 * moment) and again (at most three more attempts). */
#include "desk/stop.h"
#include "desk/account.h"
#include "desk/desk_int.h"
#include "desk/freeze.h"
#include "desk/incident.h"

/* The account's object, and whether it may be stopped once more. */
static enum desk_refusal may_stop(struct desk_turn *t, uint64_t *account)
{
	struct desk_entity e = desk_entity_of(t->o, STOP_F_ACCOUNT);
	enum desk_refusal no = turn_account(t, e, (uint32_t)desk_i(t->o, STOP_F_BANK), account);
	const struct desk_object *a = no == DESK_OK ? turn_peek(t, *account) : NULL;

	if (no != DESK_OK)
		return no;
	return a && desk_i(a, ACCOUNT_F_STOPS) < turn_limit(t, LIMIT_STOP_TIMES) ? DESK_OK : DESK_REFUSED_STOP_TIMES;
}

static enum desk_refusal account_step(struct desk_turn *t, uint32_t account_step)
{
	struct desk_command c;
	uint64_t account;
	enum desk_refusal no =
		turn_account(t, desk_entity_of(t->o, STOP_F_ACCOUNT), (uint32_t)desk_i(t->o, STOP_F_BANK), &account);

	if (no != DESK_OK)
		return no;
	turn_command(t, &c, DESK_ACCOUNT, account_step, account);
	desk_give_id(&c, ACCOUNT_F_STOP, t->o->id);
	return turn_do(t, &c, NULL);
}

static enum desk_refusal draft(struct desk_turn *t)
{
	struct desk_command c;
	uint64_t account;
	enum desk_refusal no;

	if (!desk_basis_allows((uint32_t)desk_i(t->o, STOP_F_BASIS), MEASURE_OF_STOP))
		return DESK_REFUSED_NO_BASIS;
	if (turn_open_about(t, DESK_STOP, t->o->subject))
		return DESK_REFUSED_OTHER_OPEN;
	no = may_stop(t, &account);
	if (no != DESK_OK || !desk_has(t->o, STOP_F_INCIDENT))
		return no;
	turn_command(t, &c, DESK_INCIDENT, INCIDENT_DO_STOP_DRAFTED, desk_id(t->o, STOP_F_INCIDENT));
	desk_give_id(&c, INCIDENT_F_STOP, t->o->id);
	return turn_do(t, &c, NULL);
}

static void order(struct desk_turn *t)
{
	int64_t tries = desk_i(t->o, STOP_F_TRIES);

	turn_send(t, DESK_MESSAGE_BANK_STOP, (uint32_t)tries);
	desk_set_i(t->o, STOP_F_TRIES, tries + 1);
	turn_timer(t, STOP_T_ANSWER, t->now + turn_limit(t, LIMIT_STOP_ANSWER));
}

static enum desk_refusal approve(struct desk_turn *t)
{
	uint64_t account;
	enum desk_refusal no = may_stop(t, &account);

	if (no != DESK_OK)
		return no;
	desk_set_i(t->o, STOP_F_SENT, t->now);
	order(t);
	return DESK_OK;
}

static enum desk_refusal give_up(struct desk_turn *t)
{
	t->o->state = STOP_FAILED;
	turn_send(t, DESK_MESSAGE_ALARM, 0);
	return DESK_OK;
}

/* No answer, or none that says anything: once more, if it may be. */
static enum desk_refusal again(struct desk_turn *t)
{
	if (desk_i(t->o, STOP_F_TRIES) > turn_limit(t, LIMIT_STOP_RETRIES))
		return give_up(t);
	t->o->state = STOP_SENT;
	order(t);
	return DESK_OK;
}

static void arm(struct desk_turn *t)
{
	int64_t end = desk_i(t->o, STOP_F_END);

	turn_timer(t, STOP_T_ANSWER, 0);
	turn_timer(t, STOP_T_EXPIRE, end);
	turn_ahead(t, STOP_T_ALARM_1, end, turn_limit(t, LIMIT_STOP_ALARM_1));
	turn_ahead(t, STOP_T_ALARM_2, end, turn_limit(t, LIMIT_STOP_ALARM_2));
	turn_ahead(t, STOP_T_ALARM_3, end, turn_limit(t, LIMIT_STOP_ALARM_3));
}

/* The account is stopped, since `from`. What must not be is undone at the bank at once. */
static enum desk_refusal begin(struct desk_turn *t, int64_t from, bool papers)
{
	struct imposed i = { .measure = MEASURE_OF_STOP,
		                 .basis = STOP_F_BASIS,
		                 .evidence = STOP_F_EVIDENCE,
		                 .reason = STOP_F_REASON,
		                 .start_us = from,
		                 .end_us = from + turn_limit(t, LIMIT_STOP_PERIOD),
		                 .ordered = true,
		                 .late_papers = !papers };
	uint64_t account;
	enum desk_refusal no = may_stop(t, &account);

	if (no == DESK_REFUSED_STOP_TIMES && papers) { /* the limit was lowered since: never a third stop */
		turn_send(t, DESK_MESSAGE_BANK_STOP_RELEASE, 0);
		return give_up(t);
	}
	if (no != DESK_OK)
		return no;
	t->o->state = STOP_STOPPED;
	desk_set_i(t->o, STOP_F_STOPPED, from);
	desk_set_i(t->o, STOP_F_END, i.end_us);
	desk_set_i(t->o, STOP_F_PAPERS, papers ? STOP_PAPERS_COMPLETE : STOP_PAPERS_MISSING);
	arm(t);
	no = account_step(t, ACCOUNT_DO_STOP_BEGAN);
	return no == DESK_OK ? turn_impose(t, STOP_F_MEASURE, &i) : no;
}

/* The stop moment is the bank's, but never before the order went out nor after now: clocks differ. */
static int64_t stop_moment(const struct desk_turn *t)
{
	int64_t at = desk_i(t->o, STOP_F_STOPPED), sent = desk_i(t->o, STOP_F_SENT);

	at = at < sent ? sent : at;
	return at > t->now ? t->now : at;
}

static enum desk_refusal answer(struct desk_turn *t)
{
	switch (t->c->value[STOP_F_RESULT].i) {
	case RETURN_OK: break;
	case RETURN_DUPLICATE: t->o->state = STOP_LANDED; return DESK_OK; /* the bank has it; its answer is still to come */
	case RETURN_TIMEOUT:
	case RETURN_NETWORK: return again(t);
	case RETURN_NOT_FOUND: t->o->state = STOP_NOT_FOUND; return DESK_OK;
	default: return give_up(t);
	}
	if (!turn_given(t, STOP_F_MATCH))
		return turn_missing(t, STOP_F_MATCH);
	if (desk_i(t->o, STOP_F_MATCH) != STOP_MATCHED) {
		t->o->state = STOP_MISMATCH;
		if (turn_given(t, STOP_F_STOPPED)) /* it stopped all the same: it must not */
			turn_send(t, DESK_MESSAGE_BANK_STOP_RELEASE, 0);
		return DESK_OK;
	}
	if (!turn_given(t, STOP_F_STOPPED))
		return turn_missing(t, STOP_F_STOPPED);
	return begin(t, stop_moment(t), true);
}

static enum desk_refusal act_first(struct desk_turn *t)
{
	static const uint8_t must[] = { STOP_F_ACCOUNT, STOP_F_BANK, STOP_F_AMOUNT };
	int64_t at = desk_i(t->o, STOP_F_STOPPED);

	for (uint32_t i = 0; i < ARRAY_LEN(must); i++)
		if (!desk_has(t->o, must[i]))
			return turn_missing(t, must[i]);
	if (at > t->now || at <= t->now - turn_limit(t, LIMIT_STOP_PERIOD))
		return DESK_REFUSED_TIME;
	if (!desk_basis_allows((uint32_t)desk_i(t->o, STOP_F_BASIS), MEASURE_OF_STOP))
		return DESK_REFUSED_NO_BASIS;
	if (turn_open_about(t, DESK_STOP, t->o->subject))
		return DESK_REFUSED_OTHER_OPEN;
	turn_timer(t, STOP_T_PAPERS, t->now + turn_limit(t, LIMIT_STOP_PAPERS));
	return begin(t, at, false);
}

static enum desk_refusal papers(struct desk_turn *t)
{
	struct desk_command c;

	if (desk_i(t->o, STOP_F_PAPERS) != STOP_PAPERS_MISSING)
		return DESK_REFUSED_SAME;
	desk_set_i(t->o, STOP_F_PAPERS, STOP_PAPERS_COMPLETE);
	turn_timer(t, STOP_T_PAPERS, 0);
	turn_command(t, &c, DESK_MEASURE, MEASURE_DO_APPROVE, desk_id(t->o, STOP_F_MEASURE));
	desk_give_i(&c, MEASURE_F_APPROVER, (int64_t)t->c->user);
	return turn_do(t, &c, NULL);
}

static enum desk_refusal ask_extension(struct desk_turn *t)
{
	uint64_t account;
	enum desk_refusal no;

	if (desk_i(t->o, STOP_F_PAPERS) == STOP_PAPERS_MISSING)
		return DESK_REFUSED_NO_PAPERS;
	if (desk_i(t->o, STOP_F_EXTENSION) == STOP_EXTENSION_SENT)
		return DESK_REFUSED_SAME;
	no = may_stop(t, &account);
	if (no == DESK_OK)
		desk_set_i(t->o, STOP_F_EXTENSION, STOP_EXTENSION_ASKED);
	return no;
}

static enum desk_refusal extend(struct desk_turn *t)
{
	uint64_t account;

	if (desk_i(t->o, STOP_F_EXTENSION) != STOP_EXTENSION_ASKED)
		return DESK_REFUSED_STATE;
	desk_set_i(t->o, STOP_F_EXTENSION, STOP_EXTENSION_SENT);
	turn_send(t, DESK_MESSAGE_BANK_STOP_EXTEND, 0);
	return may_stop(t, &account);
}

/* The bank's answer to an extension: the second stop of this account, from the end of the first. */
static enum desk_refusal extended(struct desk_turn *t)
{
	struct desk_command c;
	uint64_t account;
	enum desk_refusal no;

	if (desk_i(t->o, STOP_F_EXTENSION) != STOP_EXTENSION_SENT)
		return DESK_REFUSED_STATE;
	if (desk_i(t->o, STOP_F_RESULT) != RETURN_OK) {
		desk_unset(t->o, STOP_F_EXTENSION);
		turn_send(t, DESK_MESSAGE_ALARM, 0);
		return DESK_OK;
	}
	no = may_stop(t, &account);
	if (no != DESK_OK)
		return no;
	desk_set_i(t->o, STOP_F_EXTENSION, STOP_EXTENSION_GIVEN);
	desk_set_i(t->o, STOP_F_END, desk_i(t->o, STOP_F_END) + turn_limit(t, LIMIT_STOP_PERIOD));
	arm(t);
	no = account_step(t, ACCOUNT_DO_STOP_BEGAN);
	if (no != DESK_OK)
		return no;
	turn_command(t, &c, DESK_MEASURE, MEASURE_DO_PROLONG, desk_id(t->o, STOP_F_MEASURE));
	desk_give_i(&c, MEASURE_F_END, desk_i(t->o, STOP_F_END));
	return turn_do(t, &c, NULL);
}

/* Asks for a freeze; the stop stays in force until the bank has frozen, or its own end. */
static enum desk_refusal convert(struct desk_turn *t)
{
	static const uint8_t same[][2] = {
		{ FREEZE_F_ACCOUNT, STOP_F_ACCOUNT },          { FREEZE_F_BANK, STOP_F_BANK },
		{ FREEZE_F_CASE_NO, STOP_F_CASE_NO },          { FREEZE_F_REASON, STOP_F_REASON },
		{ FREEZE_F_EVIDENCE, STOP_F_EVIDENCE },        { FREEZE_F_MONTHS, STOP_F_MONTHS },
		{ FREEZE_F_INCIDENT, STOP_F_INCIDENT },        { FREEZE_F_OFFICER_1, STOP_F_OFFICER_1 },
		{ FREEZE_F_OFFICER_2, STOP_F_OFFICER_2 },      { FREEZE_F_PERSON, STOP_F_PERSON },
		{ FREEZE_F_ACCOUNT_NAME, STOP_F_ACCOUNT_NAME }
	};
	const struct desk_object *f = turn_peek(t, desk_id(t->o, STOP_F_FREEZE));
	struct desk_command c;
	enum desk_refusal no;
	uint64_t made;

	if (desk_i(t->o, STOP_F_PAPERS) == STOP_PAPERS_MISSING)
		return DESK_REFUSED_NO_PAPERS;
	if (f && (f->state == FREEZE_DRAFT || f->state == FREEZE_SENT || f->state == FREEZE_QUEUED))
		return DESK_REFUSED_OTHER_OPEN;
	turn_command(t, &c, DESK_FREEZE, FREEZE_DO_REQUEST, 0);
	for (uint32_t i = 0; i < ARRAY_LEN(same); i++)
		turn_give(t, &c, same[i][0], same[i][1]);
	desk_give_i(&c, FREEZE_F_BASIS, BASIS_CPL_144);
	desk_give_i(&c, FREEZE_F_SCOPE, FREEZE_FULL);
	desk_give_id(&c, FREEZE_F_STOP, t->o->id);
	no = turn_do(t, &c, &made);
	if (no == DESK_OK)
		desk_set_id(t->o, STOP_F_FREEZE, made);
	return no;
}

static enum desk_refusal over(struct desk_turn *t, enum measure_cause cause)
{
	enum desk_refusal no;

	desk_set_i(t->o, STOP_F_RELEASED, t->now);
	no = account_step(t, ACCOUNT_DO_STOP_ENDED);
	return no == DESK_OK ? turn_end_measure(t, STOP_F_MEASURE, cause) : no;
}

static enum desk_refusal converted(struct desk_turn *t)
{
	return over(t, CAUSE_CONVERTED);
}

static enum desk_refusal release(struct desk_turn *t)
{
	turn_send(t, DESK_MESSAGE_BANK_STOP_RELEASE, 0);
	return over(t, CAUSE_LIFTED);
}

static enum desk_refusal release_by_appeal(struct desk_turn *t)
{
	desk_set_i(t->o, STOP_F_CAUSE, STOP_CAUSE_APPEAL);
	return release(t);
}

static enum desk_refusal expire(struct desk_turn *t)
{
	return over(t, CAUSE_EXPIRED);
}

static enum desk_refusal recall(struct desk_turn *t)
{
	turn_send(t, DESK_MESSAGE_BANK_STOP_RELEASE, 0);
	return DESK_OK;
}

static enum desk_refusal stray_answer(struct desk_turn *t)
{
	if (desk_i(t->o, STOP_F_RESULT) == RETURN_OK)
		turn_send(t, DESK_MESSAGE_BANK_STOP_RELEASE, 0);
	return DESK_OK;
}

static const struct desk_choice urgency_choice[] = { [1] = { "normal", "一般" }, [2] = { "urgent", "紧急" } };
static const struct desk_choices urgencies = { ARRAY_LEN(urgency_choice), urgency_choice };
static const struct desk_choice application_choice[] = {
	[1] = { "00", "首次（人民币活期）" }, [2] = { "01", "首次（外币或定期）" },
	[3] = { "02", "银行举报" },           [4] = { "03", "银行举报（外币或定期）" },
	[5] = { "04", "事后补手续" },         [6] = { "05", "事后补手续（外币或定期）" },
};
static const struct desk_choices applications = { ARRAY_LEN(application_choice), application_choice };
static const struct desk_choice papers_choice[] = {
	[STOP_PAPERS_COMPLETE] = { "complete", "齐备" },
	[STOP_PAPERS_MISSING] = { "missing", "待补" },
};
static const struct desk_choices papers_choices = { ARRAY_LEN(papers_choice), papers_choice };
static const struct desk_choice match_choice[] = {
	[STOP_MATCHED] = { "matched", "相符" },
	[STOP_NAME_DIFFERS] = { "name-differs", "户名不符" },
	[STOP_NUMBER_DIFFERS] = { "number-differs", "账号不符" },
	[STOP_AMOUNT_DIFFERS] = { "amount-differs", "金额不符" },
	[STOP_TIME_DIFFERS] = { "time-differs", "时间不符" },
};
static const struct desk_choices matches = { ARRAY_LEN(match_choice), match_choice };
static const struct desk_choice extension_choice[] = {
	[STOP_EXTENSION_ASKED] = { "asked", "待审批" },
	[STOP_EXTENSION_SENT] = { "sent", "已发送" },
	[STOP_EXTENSION_GIVEN] = { "given", "已延期" },
};
static const struct desk_choices extensions = { ARRAY_LEN(extension_choice), extension_choice };
static const struct desk_choice cause_choice[] = {
	[STOP_CAUSE_DECIDED] = { "decided", "决定解除" },
	[STOP_CAUSE_APPEAL] = { "appeal", "申诉成立" },
	[STOP_CAUSE_NOT_FRAUD] = { "not-fraud", "非诈骗" },
};
static const struct desk_choices stop_causes = { ARRAY_LEN(cause_choice), cause_choice };

static const struct desk_state state[STOP_STATES] = {
	[STOP_DRAFT] = { "draft", "待审批", false },          [STOP_SENT] = { "sent", "已发送", false },
	[STOP_LANDED] = { "landed", "银行已落地", false },    [STOP_STOPPED] = { "stopped", "止付中", false },
	[STOP_MISMATCH] = { "mismatch", "核对不符", true },   [STOP_NOT_FOUND] = { "not-found", "账户不存在", true },
	[STOP_FAILED] = { "failed", "止付失败", true },       [STOP_RELEASED] = { "released", "已解除", true },
	[STOP_CONVERTED] = { "converted", "已转冻结", true }, [STOP_EXPIRED] = { "expired", "到期自动解除", true },
	[STOP_CANCELLED] = { "cancelled", "已撤销", true },
};
static const struct desk_field field[STOP_F_FIELDS] = {
	[STOP_F_ACCOUNT] = { "account", "止付账户", DESK_ENTITY, DESK_BANK_ACCOUNT },
	[STOP_F_BANK] = { "bank", "开户银行", DESK_INTEGER, .min = 1, .max = 65535 },
	[STOP_F_AMOUNT] = { "amount", "金额", DESK_MONEY },
	[STOP_F_INCIDENT] = { "incident", "警情", DESK_OBJECT, DESK_INCIDENT },
	[STOP_F_CASE_NO] = { "case_no", "案件编号", DESK_CODE },
	[STOP_F_URGENCY] = { "urgency", "紧急程度", DESK_CHOICE, .choices = &urgencies },
	[STOP_F_REASON] = { "reason", "止付事由", DESK_REF },
	[STOP_F_EVIDENCE] = { "evidence", "证据", DESK_POSITIONS },
	[STOP_F_BASIS] = { "basis", "法律依据", DESK_CHOICE, .choices = &desk_bases },
	[STOP_F_ACCOUNT_NAME] = { "account_name", "户名", DESK_REF },
	[STOP_F_PAYER] = { "payer", "转出账户", DESK_ENTITY, DESK_BANK_ACCOUNT },
	[STOP_F_PAID] = { "paid", "转出时间", DESK_TIME },
	[STOP_F_APPLICATION] = { "application", "申请类型", DESK_CHOICE, .choices = &applications },
	[STOP_F_OFFICER_1] = { "officer_1", "经办人一", DESK_REF },
	[STOP_F_OFFICER_2] = { "officer_2", "经办人二", DESK_REF },
	[STOP_F_PAPERS] = { "papers", "手续", DESK_CHOICE, .choices = &papers_choices },
	[STOP_F_ATTACHMENTS] = { "attachments", "附件", DESK_REF },
	[STOP_F_RESULT] = { "result", "返回码", DESK_INTEGER, .max = 999999 },
	[STOP_F_MATCH] = { "match", "核对结果", DESK_CHOICE, .choices = &matches },
	[STOP_F_BALANCE] = { "balance", "止付前余额", DESK_MONEY },
	[STOP_F_STOPPED] = { "stopped", "止付时间", DESK_TIME },
	[STOP_F_END] = { "end", "到期时间", DESK_TIME },
	[STOP_F_TRIES] = { "tries", "发送次数", DESK_INTEGER, .max = 100 },
	[STOP_F_EXTENSION] = { "extension", "延期", DESK_CHOICE, .choices = &extensions },
	[STOP_F_FREEZE] = { "freeze", "转冻结", DESK_OBJECT, DESK_FREEZE },
	[STOP_F_MEASURE] = { "measure", "台账", DESK_OBJECT, DESK_MEASURE },
	[STOP_F_RELEASE_REASON] = { "release_reason", "解除事由", DESK_REF },
	[STOP_F_BANK_REMARK] = { "bank_remark", "银行备注", DESK_REF },
	[STOP_F_RELEASED] = { "released", "解除时间", DESK_TIME },
	[STOP_F_BANK_OFFICER] = { "bank_officer", "银行经办人", DESK_REF },
	[STOP_F_REQUEST_STATE] = { "request_state", "请求状态", DESK_INTEGER, .max = 99 },
	[STOP_F_PERSON] = { "person", "账户持有人", DESK_ENTITY, DESK_PERSON },
	[STOP_F_SENT] = { "sent", "首次发送时间", DESK_TIME },
	[STOP_F_MONTHS] = { "months", "冻结月数", DESK_INTEGER, .min = 1, .max = 6 },
	[STOP_F_CAUSE] = { "cause", "解除原因", DESK_CHOICE, .choices = &stop_causes },
};
#define FACTS                                                                                                 \
	(F(STOP_F_INCIDENT) | F(STOP_F_CASE_NO) | F(STOP_F_URGENCY) | F(STOP_F_REASON) | F(STOP_F_ACCOUNT_NAME) | \
	 F(STOP_F_PAYER) | F(STOP_F_PAID) | F(STOP_F_APPLICATION) | F(STOP_F_OFFICER_1) | F(STOP_F_OFFICER_2) |   \
	 F(STOP_F_ATTACHMENTS) | F(STOP_F_PERSON))
#define FEEDBACK                                                                                                \
	(F(STOP_F_MATCH) | F(STOP_F_BALANCE) | F(STOP_F_STOPPED) | F(STOP_F_BANK_REMARK) | F(STOP_F_BANK_OFFICER) | \
	 F(STOP_F_REQUEST_STATE))
#define BANK (R(CONNECTOR) | R(BANK_DESK))
#define ASKED (S(STOP_SENT) | S(STOP_LANDED))
static const struct desk_step step[STOP_DO_STEPS] = {
	[STOP_DO_DRAFT] = { "draft", "拟止付", S_NEW, S(STOP_DRAFT), R(STOP_SEAT) | R(INTAKE), DESK_PROPOSES,
	                    F(STOP_F_ACCOUNT) | F(STOP_F_BANK) | F(STOP_F_AMOUNT) | F(STOP_F_BASIS) | F(STOP_F_EVIDENCE),
	                    FACTS, "AFL 20; YF-2016-86", draft },
	[STOP_DO_APPROVE] = { "approve", "审批发送", S(STOP_DRAFT), S(STOP_SENT), R(LEADER), DESK_FOUR_EYES, 0,
	                      FACTS & ~F(STOP_F_INCIDENT), "YF-2016-86", approve },
	[STOP_DO_CANCEL] = { "cancel", "撤销", S(STOP_DRAFT), S(STOP_CANCELLED), R(STOP_SEAT) | R(INTAKE) | R(LEADER), 0, 0,
	                     F(STOP_F_CAUSE) | F(STOP_F_RELEASE_REASON), NULL, NULL },
	[STOP_DO_LANDED] = { "landed", "银行落地", S(STOP_SENT), S(STOP_LANDED), BANK, 0, 0, F(STOP_F_REQUEST_STATE),
	                     "100102", NULL },
	[STOP_DO_ANSWER] = { "answer", "止付反馈", ASKED,
	                     S(STOP_SENT) | S(STOP_LANDED) | S(STOP_STOPPED) | S(STOP_MISMATCH) | S(STOP_NOT_FOUND) |
	                         S(STOP_FAILED),
	                     BANK, 0, F(STOP_F_RESULT), FEEDBACK, "YF-2016-86", answer },
	[STOP_DO_ATTEMPT_FAILED] = { "attempt-failed", "发送失败", ASKED, S(STOP_SENT) | S(STOP_FAILED), R(CONNECTOR), 0, 0,
	                             F(STOP_F_RESULT), "603202", again },
	[STOP_DO_OVERDUE] = { "overdue", "反馈超时", ASKED, S(STOP_SENT) | S(STOP_FAILED), 0, DESK_BY_TIMER, 0, 0, NULL,
	                      again },
	[STOP_DO_ACT_FIRST] = { "act-first", "先行止付", S_NEW | S(STOP_DRAFT), S(STOP_STOPPED), R(BANK_DESK),
	                        DESK_PROPOSES, F(STOP_F_STOPPED) | F(STOP_F_BASIS) | F(STOP_F_EVIDENCE),
	                        FACTS | F(STOP_F_ACCOUNT) | F(STOP_F_BANK) | F(STOP_F_AMOUNT) | F(STOP_F_BALANCE),
	                        "YF-2016-86", act_first },
	[STOP_DO_PAPERS] = { "papers", "补手续", S(STOP_STOPPED), 0, R(LEADER), DESK_FOUR_EYES, 0,
	                     F(STOP_F_ATTACHMENTS) | F(STOP_F_CASE_NO) | F(STOP_F_OFFICER_1) | F(STOP_F_OFFICER_2),
	                     "YF-2016-86", papers },
	[STOP_DO_ASK_EXTENSION] = { "ask-extension", "申请延期", S(STOP_STOPPED), 0, R(STOP_SEAT), DESK_PROPOSES, 0,
	                            F(STOP_F_REASON), "100105", ask_extension },
	[STOP_DO_EXTEND] = { "extend", "审批延期", S(STOP_STOPPED), 0, R(LEADER), DESK_FOUR_EYES, 0, 0, "100105", extend },
	[STOP_DO_EXTENDED] = { "extended", "延期反馈", S(STOP_STOPPED), 0, BANK, 0, F(STOP_F_RESULT),
	                       F(STOP_F_BANK_REMARK) | F(STOP_F_BANK_OFFICER) | F(STOP_F_REQUEST_STATE), "100106",
	                       extended },
	[STOP_DO_CONVERT] = { "convert", "转冻结", S(STOP_STOPPED), 0, R(STOP_SEAT) | R(LEADER), 0,
	                      F(STOP_F_CASE_NO) | F(STOP_F_MONTHS),
	                      F(STOP_F_REASON) | F(STOP_F_OFFICER_1) | F(STOP_F_OFFICER_2) | F(STOP_F_ATTACHMENTS),
	                      "AFL 20", convert },
	[STOP_DO_CONVERTED] = { "converted", "已转冻结", S(STOP_STOPPED), S(STOP_CONVERTED), 0, DESK_INTERNAL, 0, 0, NULL,
	                        converted },
	[STOP_DO_RELEASE] = { "release", "解除止付", S(STOP_STOPPED), S(STOP_RELEASED), R(STOP_SEAT) | R(LEADER), 0,
	                      F(STOP_F_CAUSE), F(STOP_F_RELEASE_REASON), "AFL 20, 32", release },
	[STOP_DO_RELEASE_BY_APPEAL] = { "release-by-appeal", "申诉解除", S(STOP_STOPPED), S(STOP_RELEASED), 0,
	                                DESK_INTERNAL, 0, 0, "AFL 32", release_by_appeal },
	[STOP_DO_EXPIRE] = { "expire", "到期解除", S(STOP_STOPPED), S(STOP_EXPIRED), 0, DESK_BY_TIMER, 0, 0, "YF-2016-86",
	                     expire },
	[STOP_DO_ALARM_1] = { "alarm-1", "到期首次提醒", S(STOP_STOPPED), 0, 0, DESK_BY_TIMER, 0, 0, NULL, turn_alarm },
	[STOP_DO_ALARM_2] = { "alarm-2", "到期二次提醒", S(STOP_STOPPED), 0, 0, DESK_BY_TIMER, 0, 0, NULL, turn_alarm },
	[STOP_DO_ALARM_3] = { "alarm-3", "到期三次提醒", S(STOP_STOPPED), 0, 0, DESK_BY_TIMER, 0, 0, NULL, turn_alarm },
	[STOP_DO_RECALL] = { "recall", "撤回", ASKED, S(STOP_CANCELLED), R(STOP_SEAT) | R(LEADER), 0, 0,
	                     F(STOP_F_CAUSE) | F(STOP_F_RELEASE_REASON), "100103", recall },
	[STOP_DO_STRAY_ANSWER] = { "stray-answer", "迟到反馈",
	                           S(STOP_FAILED) | S(STOP_CANCELLED) | S(STOP_MISMATCH) | S(STOP_NOT_FOUND) |
	                               S(STOP_RELEASED) | S(STOP_EXPIRED),
	                           0, BANK, 0, F(STOP_F_RESULT), F(STOP_F_BANK_REMARK) | F(STOP_F_REQUEST_STATE), "AFL 32",
	                           stray_answer },
	[STOP_DO_PAPERS_LATE] = { "papers-late", "补手续超时", S(STOP_STOPPED), 0, 0, DESK_BY_TIMER, 0, 0, NULL,
	                          turn_alarm },
};
static const struct desk_timer timer[STOP_T_TIMERS] = {
	[STOP_T_ANSWER] = { "answer", "反馈时限", STOP_DO_OVERDUE },
	[STOP_T_EXPIRE] = { "expire", "到期", STOP_DO_EXPIRE },
	[STOP_T_ALARM_1] = { "alarm-1", "到期首次提醒", STOP_DO_ALARM_1 },
	[STOP_T_ALARM_2] = { "alarm-2", "到期二次提醒", STOP_DO_ALARM_2 },
	[STOP_T_ALARM_3] = { "alarm-3", "到期三次提醒", STOP_DO_ALARM_3 },
	[STOP_T_PAPERS] = { "papers", "补手续时限", STOP_DO_PAPERS_LATE },
};

const struct desk_machine desk_stop = {
	.kind = DESK_STOP,
	.letters = "S",
	.name = "stop",
	.zh = "止付",
	.route = "stops",
	.in_head = { .subject = { STOP_F_ACCOUNT }, .also = { STOP_F_PERSON }, .organisation = STOP_F_BANK },
	.n_states = STOP_STATES,
	.n_fields = STOP_F_FIELDS,
	.n_steps = STOP_DO_STEPS,
	.n_timers = STOP_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
