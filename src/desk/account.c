/* account.c - bank and payment accounts; see account.h. */
#include "desk/account.h"
#include "desk/desk_int.h"

static enum desk_refusal verify_at_level(struct desk_turn *t)
{
	if (!desk_has(t->o, ACCOUNT_F_METHOD))
		desk_set_i(t->o, ACCOUNT_F_METHOD, desk_i(t->o, ACCOUNT_F_LEVEL) + 1);
	return DESK_OK;
}

static enum desk_refusal restrict_to(struct desk_turn *t, enum desk_measure measure, int64_t end,
                                     enum desk_message_kind message, bool ordered)
{
	struct imposed i = { .measure = measure,
		                 .end_us = end,
		                 .basis = ACCOUNT_F_BASIS,
		                 .evidence = ACCOUNT_F_EVIDENCE,
		                 .reason = ACCOUNT_F_REASON,
		                 .ordered = ordered,
		                 .automatic = turn_automatic(t) };
	enum desk_refusal no = turn_end_measure(t, ACCOUNT_F_MEASURE, CAUSE_REPLACED);

	desk_set_i(t->o, ACCOUNT_F_END, end);
	turn_timer(t, ACCOUNT_T_VERIFY, 0);
	turn_timer(t, ACCOUNT_T_END, 0);
	turn_timer(t, ACCOUNT_T_RECEIPT, t->now + turn_limit(t, LIMIT_ACCOUNT_RECEIPT));
	turn_send(t, message, 0);
	return no == DESK_OK ? turn_impose(t, ACCOUNT_F_MEASURE, &i) : no;
}

static enum desk_refusal hold(struct desk_turn *t, enum desk_measure measure, enum desk_message_kind message,
                              bool ordered)
{
	int64_t end = t->now + turn_limit(t, LIMIT_ACCOUNT_HOLD);
	enum desk_refusal no = restrict_to(t, measure, end, message, ordered);

	turn_timer(t, ACCOUNT_T_END, end);
	return no;
}

static enum desk_refusal notify(struct desk_turn *t)
{
	int64_t end = t->now + turn_limit(t, LIMIT_ACCOUNT_VERIFY);
	uint32_t basis = (uint32_t)desk_i(t->o, ACCOUNT_F_BASIS);
	enum desk_refusal no;

	if (!desk_basis_allows(basis, MEASURE_OF_LIMIT) || !desk_basis_allows(basis, MEASURE_OF_COUNTER_ONLY))
		return DESK_REFUSED_NO_BASIS; /* what follows by itself must be allowed too */
	(void)verify_at_level(t);
	desk_set_i(t->o, ACCOUNT_F_NOTIFIED, t->now);
	no = restrict_to(t, MEASURE_OF_REVERIFY, end, DESK_MESSAGE_BANK_VERIFY, false);
	turn_timer(t, ACCOUNT_T_VERIFY, end);
	return no;
}

static enum desk_refusal free_again(struct desk_turn *t, enum measure_cause cause)
{
	for (uint32_t i = 0; i < t->m->n_timers; i++)
		turn_timer(t, i, 0);
	desk_unset(t->o, ACCOUNT_F_END);
	t->o->proposer = t->o->approver = 0; /* what was asked for before is over */
	if (t->before == ACCOUNT_LIMITED || t->before == ACCOUNT_COUNTER_ONLY)
		turn_send(t, DESK_MESSAGE_BANK_RESTORE, 0);
	return turn_end_measure(t, ACCOUNT_F_MEASURE, cause);
}

static enum desk_refusal pass(struct desk_turn *t)
{
	desk_set_i(t->o, ACCOUNT_F_VERIFIED, t->now);
	return free_again(t, CAUSE_VERIFIED);
}

static enum desk_refusal lift(struct desk_turn *t)
{
	return free_again(t, CAUSE_LIFTED);
}

static enum desk_refusal release_by_appeal(struct desk_turn *t)
{
	return free_again(t, CAUSE_APPEAL);
}

static enum desk_refusal expire(struct desk_turn *t)
{
	return free_again(t, CAUSE_EXPIRED);
}

/* Not verified, or not in time: what the notice said would follow, follows. */
static enum desk_refusal not_verified(struct desk_turn *t)
{
	return hold(t, turn_automatic(t) ? MEASURE_OF_COUNTER_ONLY : MEASURE_OF_LIMIT,
	            turn_automatic(t) ? DESK_MESSAGE_BANK_COUNTER_ONLY : DESK_MESSAGE_BANK_LIMIT, false);
}

static enum desk_refusal limit(struct desk_turn *t)
{
	return hold(t, MEASURE_OF_LIMIT, DESK_MESSAGE_BANK_LIMIT, false);
}

static enum desk_refusal counter_only(struct desk_turn *t)
{
	if (t->o->proposer == 0)
		return DESK_REFUSED_STATE;
	desk_copy(t->o, ACCOUNT_F_BASIS, t->o, ACCOUNT_F_ASKED_BASIS);
	return hold(t, MEASURE_OF_COUNTER_ONLY, DESK_MESSAGE_BANK_COUNTER_ONLY, true);
}

static enum desk_refusal asked(struct desk_turn *t)
{
	bool allowed = desk_basis_allows((uint32_t)desk_i(t->o, ACCOUNT_F_ASKED_BASIS), MEASURE_OF_COUNTER_ONLY);

	return allowed ? DESK_OK : DESK_REFUSED_NO_BASIS;
}

static enum desk_refusal involve(struct desk_turn *t)
{
	enum desk_refusal no;

	if (desk_i(t->was, ACCOUNT_F_INVOLVED))
		return DESK_REFUSED_SAME;
	desk_set_i(t->o, ACCOUNT_F_INVOLVED, 1);
	no = turn_propose_others(t, desk_entity_of(t->o, ACCOUNT_F_PERSON));
	turn_send(t, DESK_MESSAGE_BANK_LIST, DESK_LIST_BLACK);
	return no;
}

/* An institution says that it is involved. A person confirms it or does not; until then it is known, and nothing follows. */
static enum desk_refusal reported(struct desk_turn *t)
{
	turn_send(t, DESK_MESSAGE_PROPOSAL, MEASURE_OF_VERIFY);
	return DESK_OK;
}

static enum desk_refusal unreported(struct desk_turn *t)
{
	desk_unset(t->o, ACCOUNT_F_REPORTED);
	desk_unset(t->o, ACCOUNT_F_REPORTED_AS);
	return DESK_OK;
}

static enum desk_refusal propose(struct desk_turn *t)
{
	turn_send(t, DESK_MESSAGE_PROPOSAL, (uint32_t)desk_i(t->o, ACCOUNT_F_PROPOSED));
	return DESK_OK;
}

static enum desk_refusal receipt(struct desk_turn *t)
{
	turn_timer(t, ACCOUNT_T_RECEIPT, 0);
	return DESK_OK;
}

static enum desk_refusal close_account(struct desk_turn *t)
{
	if (desk_has(t->o, ACCOUNT_F_STOP) || desk_has(t->o, ACCOUNT_F_FREEZE))
		return DESK_REFUSED_OTHER_OPEN;
	return turn_end_measure(t, ACCOUNT_F_MEASURE, CAUSE_LIFTED);
}

/* Counts each stop that came into force, an extension too. */
static enum desk_refusal stop_began(struct desk_turn *t)
{
	int64_t stops = desk_i(t->o, ACCOUNT_F_STOPS) + 1;

	if (stops > turn_limit(t, LIMIT_STOP_TIMES))
		return DESK_REFUSED_STOP_TIMES;
	desk_set_i(t->o, ACCOUNT_F_STOPS, stops);
	return DESK_OK;
}

static enum desk_refusal stop_ended(struct desk_turn *t)
{
	desk_unset(t->o, ACCOUNT_F_STOP);
	return DESK_OK;
}

static enum desk_refusal freeze_ended(struct desk_turn *t)
{
	desk_unset(t->o, ACCOUNT_F_FREEZE);
	return DESK_OK;
}

static enum desk_refusal discipline_end(struct desk_turn *t)
{
	desk_unset(t->o, ACCOUNT_F_DISCIPLINED);
	return DESK_OK;
}

enum desk_refusal turn_account(struct desk_turn *t, struct desk_entity account, uint32_t bank, uint64_t *id)
{
	struct desk_command c;

	*id = turn_open_about(t, DESK_ACCOUNT, account);
	if (*id)
		return DESK_OK;
	turn_command(t, &c, DESK_ACCOUNT, ACCOUNT_DO_REGISTER, 0);
	desk_give_token(&c, ACCOUNT_F_ACCOUNT, account.token);
	if (bank)
		desk_give_i(&c, ACCOUNT_F_BANK, bank);
	return turn_do(t, &c, id);
}

/* An account that was closed and comes back keeps the number of its stops. */
static enum desk_refusal make_account(struct desk_turn *t)
{
	enum desk_refusal no = desk_only_one(t);
	const struct desk_object *old;

	if (no != DESK_OK || t->before != 0)
		return no;
	old = turn_peek(t, turn_about(t, DESK_ACCOUNT, t->o->subject, t->o->id));
	if (old)
		desk_copy(t->o, ACCOUNT_F_STOPS, old, ACCOUNT_F_STOPS);
	return DESK_OK;
}

static enum desk_refusal watch(struct desk_turn *t)
{
	if (turn_given(t, ACCOUNT_F_PROPOSED))
		(void)propose(t);
	return make_account(t);
}

static const struct desk_choice class_choice[] = {
	[1] = { "class-1", "Ⅰ类户" },    [2] = { "class-2", "Ⅱ类户" },      [3] = { "class-3", "Ⅲ类户" },
	[4] = { "payment", "支付账户" }, [5] = { "corporate", "对公账户" }, [6] = { "wallet", "数字人民币钱包" },
};
static const struct desk_choices classes = { ARRAY_LEN(class_choice), class_choice };
static const struct desk_choice method_choice[] = {
	[1] = { "message", "短信核验" },
	[2] = { "app", "线上核验" },
	[3] = { "video", "视频核验" },
	[4] = { "counter", "柜面核验" },
};
const struct desk_choices desk_verify_methods = { ARRAY_LEN(method_choice), method_choice };

static const struct desk_state state[ACCOUNT_STATES] = {
	[ACCOUNT_NORMAL] = { "normal", "正常", false },
	[ACCOUNT_WATCHED] = { "watched", "关注", false },
	[ACCOUNT_NOTIFIED] = { "notified", "待核实身份", false },
	[ACCOUNT_LIMITED] = { "limited", "限额", false },
	[ACCOUNT_COUNTER_ONLY] = { "counter-only", "只收不付", false },
	[ACCOUNT_CLOSED] = { "closed", "已销户", true },
};
static const struct desk_field field[ACCOUNT_F_FIELDS] = {
	[ACCOUNT_F_ACCOUNT] = { "account", "账户", DESK_ENTITY, DESK_BANK_ACCOUNT },
	[ACCOUNT_F_BANK] = { "bank", "开户机构", DESK_INTEGER, .min = 1, .max = 65535 },
	[ACCOUNT_F_PERSON] = { "person", "持有人", DESK_ENTITY, DESK_PERSON },
	[ACCOUNT_F_LEVEL] = { "level", "风险等级", DESK_INTEGER, .max = 3 },
	[ACCOUNT_F_CLASS] = { "class", "账户类别", DESK_CHOICE, .choices = &classes },
	[ACCOUNT_F_BASIS] = { "basis", "法律依据", DESK_CHOICE, .choices = &desk_bases },
	[ACCOUNT_F_EVIDENCE] = { "evidence", "证据", DESK_POSITIONS },
	[ACCOUNT_F_RULE] = { "rule", "规则", DESK_CODE },
	[ACCOUNT_F_REASON] = { "reason", "理由", DESK_REF },
	[ACCOUNT_F_DAILY_LIMIT] = { "daily_limit", "非柜面日限额", DESK_MONEY },
	[ACCOUNT_F_INVOLVED] = { "involved", "涉案", DESK_INTEGER, .max = 1 },
	[ACCOUNT_F_CHAIN_LEVEL] = { "chain_level", "资金链级数", DESK_INTEGER, .max = 20 },
	[ACCOUNT_F_CASE_NO] = { "case_no", "案件编号", DESK_CODE },
	[ACCOUNT_F_STOPS] = { "stops", "止付次数", DESK_INTEGER, .max = 100 },
	[ACCOUNT_F_STOP] = { "stop", "生效止付", DESK_OBJECT, DESK_STOP },
	[ACCOUNT_F_FREEZE] = { "freeze", "生效冻结", DESK_OBJECT, DESK_FREEZE },
	[ACCOUNT_F_MEASURE] = { "measure", "台账", DESK_OBJECT, DESK_MEASURE },
	[ACCOUNT_F_END] = { "end", "到期时间", DESK_TIME },
	[ACCOUNT_F_NOTIFIED] = { "notified", "通知时间", DESK_TIME },
	[ACCOUNT_F_VERIFIED] = { "verified", "核实时间", DESK_TIME },
	[ACCOUNT_F_PROPOSED_BY] = { "proposed_by", "建议来源", DESK_OBJECT },
	[ACCOUNT_F_PROPOSED] = { "proposed", "建议措施", DESK_CHOICE, .choices = &desk_measures },
	[ACCOUNT_F_RECEIPT] = { "receipt", "执行回执", DESK_CODE },
	[ACCOUNT_F_METHOD] = { "method", "核实方式", DESK_CHOICE, .choices = &desk_verify_methods },
	[ACCOUNT_F_DISTRICT] = { "district", "辖区", DESK_INTEGER, .max = 65535 },
	[ACCOUNT_F_REMARK] = { "remark", "备注", DESK_REF },
	[ACCOUNT_F_ASKED_BASIS] = { "asked_basis", "申请依据", DESK_CHOICE, .choices = &desk_bases },
	[ACCOUNT_F_DISCIPLINED] = { "disciplined", "惩戒至", DESK_TIME },
	[ACCOUNT_F_REPORTED] = { "reported", "涉案上报", DESK_OBJECT, DESK_CLUE },
	[ACCOUNT_F_REPORTED_AS] = { "reported_as", "上报特征码", DESK_INTEGER, .max = 9999 },
};
#define BANKS (R(BANK_DESK) | R(ANALYST))
#define WHY (F(ACCOUNT_F_BASIS) | F(ACCOUNT_F_EVIDENCE))
#define ABOUT \
	(F(ACCOUNT_F_PERSON) | F(ACCOUNT_F_LEVEL) | F(ACCOUNT_F_CLASS) | F(ACCOUNT_F_DISTRICT) | F(ACCOUNT_F_REMARK))
#define OPEN \
	(S(ACCOUNT_NORMAL) | S(ACCOUNT_WATCHED) | S(ACCOUNT_NOTIFIED) | S(ACCOUNT_LIMITED) | S(ACCOUNT_COUNTER_ONLY))
#define HELD (S(ACCOUNT_NOTIFIED) | S(ACCOUNT_LIMITED) | S(ACCOUNT_COUNTER_ONLY))
static const struct desk_step step[ACCOUNT_DO_STEPS] = {
	[ACCOUNT_DO_REGISTER] = { "register", "登记", S_NEW, S(ACCOUNT_NORMAL), BANKS | R(BANK_OUTLET), 0,
	                          F(ACCOUNT_F_ACCOUNT), F(ACCOUNT_F_BANK) | ABOUT | F(ACCOUNT_F_DAILY_LIMIT), NULL,
	                          make_account },
	[ACCOUNT_DO_WATCH] = { "watch", "列入关注", S_NEW | S(ACCOUNT_NORMAL) | S(ACCOUNT_WATCHED), S(ACCOUNT_WATCHED),
	                       BANKS | R(STOP_SEAT), 0, WHY,
	                       F(ACCOUNT_F_ACCOUNT) | F(ACCOUNT_F_BANK) | ABOUT | F(ACCOUNT_F_RULE) | F(ACCOUNT_F_REASON) |
	                           F(ACCOUNT_F_PROPOSED),
	                       "AFL 18", watch },
	[ACCOUNT_DO_UNWATCH] = { "unwatch", "取消关注", S(ACCOUNT_WATCHED), S(ACCOUNT_NORMAL), BANKS, 0, 0,
	                         F(ACCOUNT_F_REMARK), NULL, NULL },
	[ACCOUNT_DO_NOTIFY] = { "notify", "通知核实身份", S(ACCOUNT_NORMAL) | S(ACCOUNT_WATCHED), S(ACCOUNT_NOTIFIED),
	                        R(BANK_DESK), 0, WHY,
	                        F(ACCOUNT_F_METHOD) | F(ACCOUNT_F_LEVEL) | F(ACCOUNT_F_REASON) | F(ACCOUNT_F_PERSON),
	                        "YF-2016-261", notify },
	[ACCOUNT_DO_PASS] = { "pass", "核实通过", HELD, S(ACCOUNT_NORMAL), R(BANK_DESK) | R(BANK_OUTLET) | R(CONNECTOR), 0,
	                      0, F(ACCOUNT_F_REMARK), "AFL 32", pass },
	[ACCOUNT_DO_FAIL] = { "fail", "核实未通过", S(ACCOUNT_NOTIFIED), S(ACCOUNT_LIMITED),
	                      R(BANK_DESK) | R(BANK_OUTLET) | R(CONNECTOR), 0, 0,
	                      F(ACCOUNT_F_REMARK) | F(ACCOUNT_F_DAILY_LIMIT), "AFL 18", not_verified },
	[ACCOUNT_DO_OVERDUE] = { "overdue", "核实逾期", S(ACCOUNT_NOTIFIED), S(ACCOUNT_COUNTER_ONLY), 0, DESK_BY_TIMER, 0,
	                         0, "YF-2016-261", not_verified },
	[ACCOUNT_DO_LIMIT] = { "limit", "限额", S(ACCOUNT_NORMAL) | S(ACCOUNT_WATCHED) | S(ACCOUNT_NOTIFIED),
	                       S(ACCOUNT_LIMITED), R(BANK_DESK), 0, WHY | F(ACCOUNT_F_DAILY_LIMIT),
	                       F(ACCOUNT_F_REASON) | F(ACCOUNT_F_PERSON), "AFL 18", limit },
	[ACCOUNT_DO_ASK_COUNTER_ONLY] = { "ask-counter-only", "申请只收不付", OPEN & ~S(ACCOUNT_COUNTER_ONLY), 0,
	                                  BANKS | R(STOP_SEAT), DESK_PROPOSES,
	                                  F(ACCOUNT_F_ASKED_BASIS) | F(ACCOUNT_F_EVIDENCE),
	                                  F(ACCOUNT_F_REASON) | F(ACCOUNT_F_PERSON), "AFL 18", asked },
	[ACCOUNT_DO_COUNTER_ONLY] = { "counter-only", "只收不付", OPEN & ~S(ACCOUNT_COUNTER_ONLY), S(ACCOUNT_COUNTER_ONLY),
	                              R(BANK_DESK) | R(LEADER), DESK_FOUR_EYES, 0, 0, "AFL 18", counter_only },
	[ACCOUNT_DO_LIFT] = { "lift", "解除", HELD, S(ACCOUNT_NORMAL), R(BANK_DESK) | R(LEADER), 0, 0,
	                      F(ACCOUNT_F_REMARK) | F(ACCOUNT_F_REASON), "AFL 20, 32", lift },
	[ACCOUNT_DO_RELEASE_BY_APPEAL] = { "release-by-appeal", "申诉解除", HELD, S(ACCOUNT_NORMAL), 0, DESK_INTERNAL, 0, 0,
	                                   "AFL 32", release_by_appeal },
	[ACCOUNT_DO_EXPIRE] = { "expire", "到期解除", S(ACCOUNT_LIMITED) | S(ACCOUNT_COUNTER_ONLY), S(ACCOUNT_NORMAL), 0,
	                        DESK_BY_TIMER, 0, 0, NULL, expire },
	[ACCOUNT_DO_INVOLVE] = { "involve", "认定涉案", OPEN, 0, R(ANALYST) | R(LEADER) | R(STOP_SEAT), 0,
	                         F(ACCOUNT_F_CASE_NO) | F(ACCOUNT_F_EVIDENCE), F(ACCOUNT_F_CHAIN_LEVEL) | ABOUT,
	                         "YF-2016-261", involve },
	[ACCOUNT_DO_PROPOSE] = { "propose", "系统建议", OPEN, 0, 0, DESK_INTERNAL, F(ACCOUNT_F_PROPOSED),
	                         F(ACCOUNT_F_PROPOSED_BY) | F(ACCOUNT_F_RULE), NULL, propose },
	[ACCOUNT_DO_RECEIPT] = { "receipt", "执行回执", OPEN, 0, R(CONNECTOR) | R(BANK_DESK), 0, F(ACCOUNT_F_RECEIPT),
	                         F(ACCOUNT_F_REMARK), NULL, receipt },
	[ACCOUNT_DO_UNANSWERED] = { "unanswered", "回执超时", OPEN, 0, 0, DESK_BY_TIMER, 0, 0, NULL, turn_alarm },
	[ACCOUNT_DO_CLOSE] = { "close", "销户", OPEN, S(ACCOUNT_CLOSED), R(BANK_DESK), 0, 0, F(ACCOUNT_F_REMARK), NULL,
	                       close_account },
	[ACCOUNT_DO_STOP_BEGAN] = { "stop-began", "止付生效", OPEN, 0, 0, DESK_INTERNAL, F(ACCOUNT_F_STOP), 0, "YF-2016-86",
	                            stop_began },
	[ACCOUNT_DO_STOP_ENDED] = { "stop-ended", "止付结束", OPEN, 0, 0, DESK_INTERNAL, F(ACCOUNT_F_STOP), 0, NULL,
	                            stop_ended },
	[ACCOUNT_DO_FREEZE_BEGAN] = { "freeze-began", "冻结生效", OPEN, 0, 0, DESK_INTERNAL, F(ACCOUNT_F_FREEZE), 0, NULL,
	                              NULL },
	[ACCOUNT_DO_FREEZE_ENDED] = { "freeze-ended", "冻结结束", OPEN, 0, 0, DESK_INTERNAL, F(ACCOUNT_F_FREEZE), 0, NULL,
	                              freeze_ended },
	[ACCOUNT_DO_DISCIPLINE] = { "discipline", "列入惩戒", OPEN, 0, 0, DESK_INTERNAL, F(ACCOUNT_F_DISCIPLINED), 0,
	                            "JOINT-2024", NULL },
	[ACCOUNT_DO_REPORT] = { "report", "机构上报涉案", OPEN, 0, 0, DESK_INTERNAL, F(ACCOUNT_F_REPORTED),
	                        F(ACCOUNT_F_REPORTED_AS), "AFL 26", reported },
	[ACCOUNT_DO_UNREPORT] = { "unreport", "机构撤销上报", OPEN, 0, 0, DESK_INTERNAL, 0, 0, NULL, unreported },
	[ACCOUNT_DO_DISCIPLINE_END] = { "discipline-end", "惩戒结束", OPEN, 0, 0, DESK_INTERNAL, 0, 0, "JOINT-2024",
	                                discipline_end },
};
static const struct desk_timer timer[ACCOUNT_T_TIMERS] = {
	[ACCOUNT_T_VERIFY] = { "verify", "核实时限", ACCOUNT_DO_OVERDUE },
	[ACCOUNT_T_END] = { "end", "限制到期", ACCOUNT_DO_EXPIRE },
	[ACCOUNT_T_RECEIPT] = { "receipt", "回执时限", ACCOUNT_DO_UNANSWERED },
};

const struct desk_machine desk_account = {
	.kind = DESK_ACCOUNT,
	.letters = "A",
	.name = "account",
	.zh = "账户",
	.route = "accounts",
	.in_head = { .subject = { ACCOUNT_F_ACCOUNT },
	             .also = { ACCOUNT_F_PERSON },
	             .organisation = ACCOUNT_F_BANK,
	             .district = ACCOUNT_F_DISTRICT,
	             .grade = ACCOUNT_F_LEVEL },
	.n_states = ACCOUNT_STATES,
	.n_fields = ACCOUNT_F_FIELDS,
	.n_steps = ACCOUNT_DO_STEPS,
	.n_timers = ACCOUNT_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
