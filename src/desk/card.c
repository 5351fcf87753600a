/* card.c - phone cards; see card.h. */
#include "desk/card.h"
#include "desk/account.h"
#include "desk/desk_int.h"

/* Ends the measure before and enters the next one; each restriction of a person is an entry of its own. */
static enum desk_refusal restrict_to(struct desk_turn *t, enum desk_measure measure, int64_t end,
                                     enum desk_message_kind message, bool ordered)
{
	struct imposed i = { .measure = measure,
		                 .end_us = end,
		                 .basis = CARD_F_BASIS,
		                 .evidence = CARD_F_EVIDENCE,
		                 .reason = CARD_F_REASON,
		                 .ordered = ordered,
		                 .automatic = turn_automatic(t) };
	enum desk_refusal no = turn_end_measure(t, CARD_F_MEASURE, CAUSE_REPLACED);

	desk_set_i(t->o, CARD_F_END, end);
	turn_timer(t, CARD_T_VERIFY, 0);
	turn_timer(t, CARD_T_SUSPEND, 0);
	turn_timer(t, CARD_T_END, measure == MEASURE_OF_REVERIFY ? 0 : end);
	turn_timer(t, CARD_T_RECEIPT, t->now + turn_limit(t, LIMIT_CARD_RECEIPT));
	turn_send(t, message, 0);
	return no == DESK_OK ? turn_impose(t, CARD_F_MEASURE, &i) : no;
}

static int64_t hold_end(const struct desk_turn *t)
{
	return t->now + turn_limit(t, LIMIT_CARD_HOLD);
}

static enum desk_measure suspension(const struct desk_object *o)
{
	return desk_i(o, CARD_F_THING) ? MEASURE_OF_SUSPEND_THING : MEASURE_OF_SUSPEND;
}

/* What follows by itself if nobody verifies must be allowed by the basis too. */
static enum desk_refusal notify(struct desk_turn *t)
{
	int64_t end = t->now + turn_limit(t, LIMIT_CARD_VERIFY);
	uint32_t basis = (uint32_t)desk_i(t->o, CARD_F_BASIS);
	enum desk_refusal no;

	if (!desk_basis_allows(basis, MEASURE_OF_BAR_OUTGOING) || !desk_basis_allows(basis, suspension(t->o)))
		return DESK_REFUSED_NO_BASIS;
	if (!desk_has(t->o, CARD_F_METHOD)) /* graded by risk, Art 11 */
		desk_set_i(t->o, CARD_F_METHOD, desk_i(t->o, CARD_F_LEVEL) + 1);
	desk_set_i(t->o, CARD_F_NOTIFIED, t->now);
	no = restrict_to(t, MEASURE_OF_REVERIFY, end, DESK_MESSAGE_OPERATOR_VERIFY, false);
	turn_timer(t, CARD_T_VERIFY, end);
	return no;
}

/* Not passed, or the time is over: outgoing only is barred, and suspension follows if nothing happens. */
static enum desk_refusal bar(struct desk_turn *t)
{
	enum desk_refusal no = restrict_to(t, MEASURE_OF_BAR_OUTGOING, hold_end(t), DESK_MESSAGE_OPERATOR_BAR, false);

	turn_timer(t, CARD_T_SUSPEND, t->now + turn_limit(t, LIMIT_CARD_SUSPEND));
	return no;
}

static enum desk_refusal suspend_due(struct desk_turn *t)
{
	return restrict_to(t, suspension(t->o), hold_end(t), DESK_MESSAGE_OPERATOR_SUSPEND, false);
}

static enum desk_refusal ask_suspension(struct desk_turn *t)
{
	return desk_basis_allows((uint32_t)desk_i(t->o, CARD_F_ASKED_BASIS), suspension(t->o)) ? DESK_OK
	                                                                                       : DESK_REFUSED_NO_BASIS;
}

static enum desk_refusal suspend(struct desk_turn *t)
{
	if (t->o->proposer == 0)
		return DESK_REFUSED_STATE;
	desk_copy(t->o, CARD_F_BASIS, t->o, CARD_F_ASKED_BASIS);
	return restrict_to(t, suspension(t->o), hold_end(t), DESK_MESSAGE_OPERATOR_SUSPEND, true);
}

/* A card of a thing that does what people do is suspended on the spot (Art 12). */
static enum desk_refusal violation(struct desk_turn *t)
{
	if (desk_i(t->o, CARD_F_THING) == 0)
		return DESK_REFUSED_STATE;
	return restrict_to(t, MEASURE_OF_SUSPEND_THING, hold_end(t), DESK_MESSAGE_OPERATOR_SUSPEND, false);
}

static enum desk_refusal free_again(struct desk_turn *t, enum measure_cause cause)
{
	for (uint32_t i = 0; i < t->m->n_timers; i++)
		turn_timer(t, i, 0);
	desk_unset(t->o, CARD_F_END);
	t->o->proposer = t->o->approver = 0; /* what was asked for before is over */
	if (t->before == CARD_RESTRICTED || t->before == CARD_SUSPENDED)
		turn_send(t, DESK_MESSAGE_OPERATOR_RESTORE, 0);
	return turn_end_measure(t, CARD_F_MEASURE, cause);
}

static enum desk_refusal pass(struct desk_turn *t)
{
	desk_set_i(t->o, CARD_F_VERIFIED, t->now);
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

static enum desk_refusal wake(struct desk_turn *t)
{
	desk_set_i(t->o, CARD_F_VERIFIED, t->now);
	return DESK_OK;
}

static enum desk_refusal propose_one(struct desk_turn *t, uint32_t kind, uint32_t step_of, uint32_t by, uint32_t what,
                                     uint64_t id)
{
	struct desk_command c;

	turn_command(t, &c, kind, step_of, id);
	desk_give_id(&c, by, t->o->id);
	desk_give_i(&c, what, MEASURE_OF_REVERIFY);
	return turn_do(t, &c, NULL);
}

enum desk_refusal turn_propose_others(struct desk_turn *t, struct desk_entity person)
{
	static const struct {
		uint8_t kind, step, by, what;
	} to[] = { { DESK_CARD, CARD_DO_PROPOSE, CARD_F_PROPOSED_BY, CARD_F_PROPOSED },
		       { DESK_ACCOUNT, ACCOUNT_DO_PROPOSE, ACCOUNT_F_PROPOSED_BY, ACCOUNT_F_PROPOSED } };
	enum desk_refusal no = DESK_OK;

	for (uint32_t k = 0; k < ARRAY_LEN(to) && person.kind != DESK_ENTITY_NONE; k++) {
		uint64_t id = turn_about(t, to[k].kind, person, UINT64_MAX);

		for (uint32_t i = 0; id && i < DESK_PROPOSALS_MAX && no == DESK_OK; i++) {
			const struct desk_object *o = turn_peek(t, id);
			bool open = o && !desk_machine(o->kind)->state[o->state].final;

			if (open && id != t->o->id)
				no = propose_one(t, to[k].kind, to[k].step, to[k].by, to[k].what, id);
			id = turn_about(t, to[k].kind, person, id);
		}
	}
	return no;
}

static enum desk_refusal involve(struct desk_turn *t)
{
	enum desk_refusal no;

	if (desk_i(t->was, CARD_F_INVOLVED))
		return DESK_REFUSED_SAME;
	desk_set_i(t->o, CARD_F_INVOLVED, 1);
	turn_send(t, DESK_MESSAGE_INTERNET_CHECK, 0);
	no = turn_propose_others(t, desk_entity_of(t->o, CARD_F_PERSON));
	if (desk_has(t->o, CARD_F_PERSON)) /* banks know people and accounts, no cards */
		turn_send(t, DESK_MESSAGE_BANK_LIST, DESK_LIST_GREY);
	return no;
}

static enum desk_refusal propose(struct desk_turn *t)
{
	turn_send(t, DESK_MESSAGE_PROPOSAL, (uint32_t)desk_i(t->o, CARD_F_PROPOSED));
	return DESK_OK;
}

static enum desk_refusal list(struct desk_turn *t)
{
	if (turn_given(t, CARD_F_PROPOSED))
		(void)propose(t);
	return desk_only_one(t);
}

static enum desk_refusal receipt(struct desk_turn *t)
{
	turn_timer(t, CARD_T_RECEIPT, 0);
	return DESK_OK;
}

static enum desk_refusal cancel(struct desk_turn *t)
{
	return turn_end_measure(t, CARD_F_MEASURE, CAUSE_LIFTED);
}

static enum desk_refusal discipline_end(struct desk_turn *t)
{
	desk_unset(t->o, CARD_F_DISCIPLINED);
	return DESK_OK;
}

static const struct desk_choice scene_choice[] = {
	[1] = { "meter", "表计" },     [2] = { "vehicle", "车联网" }, [3] = { "payment", "支付终端" },
	[4] = { "tracker", "定位器" }, [5] = { "wearable", "穿戴" },  [6] = { "camera", "摄像头" },
	[7] = { "industry", "工业" },  [8] = { "other", "其他" },
};
static const struct desk_choices scenes = { ARRAY_LEN(scene_choice), scene_choice };
static const struct desk_choice function_choice[] = {
	[1] = { "data", "仅数据" },
	[2] = { "data-sms", "数据和短信" },
	[3] = { "data-voice", "数据和定向语音" },
	[4] = { "all", "全部" },
};
static const struct desk_choices functions = { ARRAY_LEN(function_choice), function_choice };
static const struct desk_choice violation_choice[] = {
	[1] = { "voice", "语音" },           [2] = { "message", "短信" },      [3] = { "device-change", "机卡分离" },
	[4] = { "outside-scene", "超场景" }, [5] = { "internet", "访问公网" },
};
static const struct desk_choices violations = { ARRAY_LEN(violation_choice), violation_choice };

static const struct desk_state state[CARD_STATES] = {
	[CARD_NORMAL] = { "normal", "正常", false },           [CARD_SUSPECT] = { "suspect", "涉诈风险", false },
	[CARD_NOTIFIED] = { "notified", "待实人认证", false }, [CARD_RESTRICTED] = { "restricted", "限制呼出", false },
	[CARD_SUSPENDED] = { "suspended", "停机", false },     [CARD_CANCELLED] = { "cancelled", "已销号", true },
	[CARD_SLEEPING] = { "sleeping", "睡眠", false },
};
static const struct desk_field field[CARD_F_FIELDS] = {
	[CARD_F_PHONE] = { "phone", "号码", DESK_ENTITY, DESK_PHONE },
	[CARD_F_OPERATOR] = { "operator", "运营商", DESK_INTEGER, .min = 1, .max = 65535 },
	[CARD_F_PERSON] = { "person", "机主", DESK_ENTITY, DESK_PERSON },
	[CARD_F_LEVEL] = { "level", "风险等级", DESK_INTEGER, .max = 3 },
	[CARD_F_METHOD] = { "method", "核验方式", DESK_CHOICE, .choices = &desk_verify_methods },
	[CARD_F_BASIS] = { "basis", "法律依据", DESK_CHOICE, .choices = &desk_bases },
	[CARD_F_EVIDENCE] = { "evidence", "证据", DESK_POSITIONS },
	[CARD_F_RULE] = { "rule", "规则", DESK_CODE },
	[CARD_F_REASON] = { "reason", "理由", DESK_REF },
	[CARD_F_THING] = { "thing", "物联网卡", DESK_INTEGER, .max = 1 },
	[CARD_F_SCENE] = { "scene", "使用场景", DESK_CHOICE, .choices = &scenes },
	[CARD_F_DEVICE] = { "device", "绑定设备", DESK_ENTITY, DESK_DEVICE },
	[CARD_F_FUNCTIONS] = { "functions", "开通功能", DESK_CHOICE, .choices = &functions },
	[CARD_F_DISTRICT] = { "district", "辖区", DESK_INTEGER, .max = 65535 },
	[CARD_F_NOTIFIED] = { "notified", "通知时间", DESK_TIME },
	[CARD_F_VERIFIED] = { "verified", "核验时间", DESK_TIME },
	[CARD_F_MEASURE] = { "measure", "台账", DESK_OBJECT, DESK_MEASURE },
	[CARD_F_INVOLVED] = { "involved", "涉案", DESK_INTEGER, .max = 1 },
	[CARD_F_CASE_NO] = { "case_no", "案件编号", DESK_CODE },
	[CARD_F_PROPOSED_BY] = { "proposed_by", "建议来源", DESK_OBJECT },
	[CARD_F_PROPOSED] = { "proposed", "建议措施", DESK_CHOICE, .choices = &desk_measures },
	[CARD_F_RECEIPT] = { "receipt", "执行回执", DESK_CODE },
	[CARD_F_END] = { "end", "到期时间", DESK_TIME },
	[CARD_F_DISCIPLINED] = { "disciplined", "惩戒至", DESK_TIME },
	[CARD_F_REMARK] = { "remark", "备注", DESK_REF },
	[CARD_F_VIOLATION] = { "violation", "违规用途", DESK_CHOICE, .choices = &violations },
	[CARD_F_ASKED_BASIS] = { "asked_basis", "申请依据", DESK_CHOICE, .choices = &desk_bases },
	[CARD_F_CELL] = { "cell", "基站", DESK_ENTITY, DESK_CELL },
};
#define OPERATOR (R(OPERATOR_DESK) | R(ANALYST))
#define CHECKERS (R(OPERATOR_DESK) | R(OPERATOR_OUTLET) | R(CONNECTOR))
#define WHY (F(CARD_F_BASIS) | F(CARD_F_EVIDENCE))
#define ABOUT                                                                                       \
	(F(CARD_F_PERSON) | F(CARD_F_DISTRICT) | F(CARD_F_THING) | F(CARD_F_SCENE) | F(CARD_F_DEVICE) | \
	 F(CARD_F_FUNCTIONS) | F(CARD_F_REMARK) | F(CARD_F_CELL))
#define OPEN \
	(S(CARD_NORMAL) | S(CARD_SUSPECT) | S(CARD_NOTIFIED) | S(CARD_RESTRICTED) | S(CARD_SUSPENDED) | S(CARD_SLEEPING))
#define HELD (S(CARD_NOTIFIED) | S(CARD_RESTRICTED) | S(CARD_SUSPENDED))
static const struct desk_step step[CARD_DO_STEPS] = {
	[CARD_DO_REGISTER] = { "register", "登记", S_NEW, S(CARD_NORMAL), OPERATOR | R(OPERATOR_OUTLET), 0, F(CARD_F_PHONE),
	                       F(CARD_F_OPERATOR) | F(CARD_F_LEVEL) | ABOUT, "AFL 9, 12", desk_only_one },
	[CARD_DO_LIST] = { "list", "列为涉诈风险", S_NEW | S(CARD_NORMAL) | S(CARD_SLEEPING) | S(CARD_SUSPECT),
	                   S(CARD_SUSPECT), OPERATOR, 0, F(CARD_F_LEVEL) | WHY,
	                   F(CARD_F_PHONE) | F(CARD_F_OPERATOR) | F(CARD_F_RULE) | F(CARD_F_REASON) | F(CARD_F_PROPOSED) |
	                       ABOUT,
	                   "AFL 11", list },
	[CARD_DO_CLEAR] = { "clear", "排除风险", S(CARD_SUSPECT), S(CARD_NORMAL), OPERATOR, 0, 0, F(CARD_F_REMARK), NULL,
	                    NULL },
	[CARD_DO_NOTIFY] = { "notify", "通知实人认证", S(CARD_SUSPECT), S(CARD_NOTIFIED), R(OPERATOR_DESK), 0, 0,
	                     F(CARD_F_METHOD) | F(CARD_F_LEVEL) | F(CARD_F_REASON) | WHY, "AFL 11; MIIT-2021", notify },
	[CARD_DO_PASS] = { "pass", "认证通过", HELD, S(CARD_NORMAL), CHECKERS, 0, 0, F(CARD_F_REMARK), "AFL 32", pass },
	[CARD_DO_FAIL] = { "fail", "认证未通过", S(CARD_NOTIFIED), S(CARD_RESTRICTED), CHECKERS, 0, 0, F(CARD_F_REMARK),
	                   "AFL 11", bar },
	[CARD_DO_OVERDUE] = { "overdue", "认证逾期", S(CARD_NOTIFIED), S(CARD_RESTRICTED), 0, DESK_BY_TIMER, 0, 0,
	                      "MIIT-2021", bar },
	[CARD_DO_SUSPEND_DUE] = { "suspend-due", "逾期停机", S(CARD_RESTRICTED), S(CARD_SUSPENDED), 0, DESK_BY_TIMER, 0, 0,
	                          "AFL 11", suspend_due },
	[CARD_DO_ASK_SUSPENSION] = { "ask-suspension", "申请停机", OPEN & ~(S(CARD_SUSPENDED) | S(CARD_SLEEPING)), 0,
	                             OPERATOR | R(STATION), DESK_PROPOSES, F(CARD_F_ASKED_BASIS) | F(CARD_F_EVIDENCE),
	                             F(CARD_F_REASON) | F(CARD_F_RULE) | F(CARD_F_CELL), "AFL 11, 14", ask_suspension },
	[CARD_DO_SUSPEND] = { "suspend", "停机", OPEN & ~(S(CARD_SUSPENDED) | S(CARD_SLEEPING)), S(CARD_SUSPENDED),
	                      R(LEADER) | R(OPERATOR_DESK), DESK_FOUR_EYES, 0, 0, "AFL 11, 14", suspend },
	[CARD_DO_VIOLATION] = { "violation", "违规停机",
	                        S(CARD_NORMAL) | S(CARD_SUSPECT) | S(CARD_NOTIFIED) | S(CARD_RESTRICTED), S(CARD_SUSPENDED),
	                        R(OPERATOR_DESK), 0, F(CARD_F_VIOLATION) | WHY,
	                        F(CARD_F_REASON) | F(CARD_F_RULE) | F(CARD_F_DEVICE), "AFL 12; IOT-2020", violation },
	[CARD_DO_LIFT] = { "lift", "解除", HELD, S(CARD_NORMAL), OPERATOR | R(LEADER), 0, 0,
	                   F(CARD_F_REMARK) | F(CARD_F_REASON), "AFL 32", lift },
	[CARD_DO_RELEASE_BY_APPEAL] = { "release-by-appeal", "申诉解除", HELD, S(CARD_NORMAL), 0, DESK_INTERNAL, 0, 0,
	                                "AFL 32", release_by_appeal },
	[CARD_DO_EXPIRE] = { "expire", "到期恢复", S(CARD_RESTRICTED) | S(CARD_SUSPENDED), S(CARD_NORMAL), 0, DESK_BY_TIMER,
	                     0, 0, NULL, expire },
	[CARD_DO_INVOLVE] = { "involve", "认定涉案", OPEN, 0, R(ANALYST) | R(LEADER) | R(STATION), 0,
	                      F(CARD_F_CASE_NO) | F(CARD_F_EVIDENCE), F(CARD_F_PERSON), "AFL 24", involve },
	[CARD_DO_PROPOSE] = { "propose", "系统建议", OPEN, 0, 0, DESK_INTERNAL, F(CARD_F_PROPOSED),
	                      F(CARD_F_PROPOSED_BY) | F(CARD_F_RULE), NULL, propose },
	[CARD_DO_SLEEP] = { "sleep", "转睡眠卡", S(CARD_NORMAL), S(CARD_SLEEPING), R(OPERATOR_DESK), 0, 0, F(CARD_F_REMARK),
	                    NULL, NULL },
	[CARD_DO_WAKE] = { "wake", "睡眠卡激活", S(CARD_SLEEPING), S(CARD_NORMAL), R(OPERATOR_DESK) | R(OPERATOR_OUTLET), 0,
	                   0, F(CARD_F_REMARK), "MIIT-2021", wake },
	[CARD_DO_RECEIPT] = { "receipt", "执行回执", OPEN, 0, R(CONNECTOR) | R(OPERATOR_DESK), 0, F(CARD_F_RECEIPT),
	                      F(CARD_F_REMARK), NULL, receipt },
	[CARD_DO_UNANSWERED] = { "unanswered", "回执超时", OPEN, 0, 0, DESK_BY_TIMER, 0, 0, NULL, turn_alarm },
	[CARD_DO_CANCEL] = { "cancel", "销号", OPEN, S(CARD_CANCELLED), R(OPERATOR_DESK), 0, 0, F(CARD_F_REMARK), NULL,
	                     cancel },
	[CARD_DO_DISCIPLINE] = { "discipline", "列入惩戒", OPEN, 0, 0, DESK_INTERNAL, F(CARD_F_DISCIPLINED), 0,
	                         "JOINT-2024", NULL },
	[CARD_DO_DISCIPLINE_END] = { "discipline-end", "惩戒结束", OPEN, 0, 0, DESK_INTERNAL, 0, 0, "JOINT-2024",
	                             discipline_end },
};
static const struct desk_timer timer[CARD_T_TIMERS] = {
	[CARD_T_VERIFY] = { "verify", "认证时限", CARD_DO_OVERDUE },
	[CARD_T_SUSPEND] = { "suspend", "停机时限", CARD_DO_SUSPEND_DUE },
	[CARD_T_END] = { "end", "到期", CARD_DO_EXPIRE },
	[CARD_T_RECEIPT] = { "receipt", "回执时限", CARD_DO_UNANSWERED },
};

const struct desk_machine desk_card = {
	.kind = DESK_CARD,
	.letters = "C",
	.name = "card",
	.zh = "电话卡",
	.route = "cards",
	.in_head = { .subject = { CARD_F_PHONE },
	             .also = { CARD_F_PERSON },
	             .organisation = CARD_F_OPERATOR,
	             .district = CARD_F_DISTRICT,
	             .grade = CARD_F_LEVEL },
	.n_states = CARD_STATES,
	.n_fields = CARD_F_FIELDS,
	.n_steps = CARD_DO_STEPS,
	.n_timers = CARD_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
