/* discipline.c - listings for joint discipline; see discipline.h. */
#include "desk/discipline.h"
#include "desk/account.h"
#include "desk/card.h"
#include "desk/desk_int.h"

static enum desk_refusal propose(struct desk_turn *t)
{
	if (!desk_basis_allows((uint32_t)desk_i(t->o, DISCIPLINE_F_BASIS), MEASURE_OF_DISCIPLINE))
		return DESK_REFUSED_NO_BASIS;
	return desk_only_one(t);
}

/* The city identifies by count or judgement; what is below the count but serious goes to the province. */
static enum desk_refusal identify(struct desk_turn *t)
{
	int64_t count = turn_limit(t, LIMIT_DISCIPLINE_COUNT);
	bool counted = desk_i(t->o, DISCIPLINE_F_ITEMS) >= count || desk_i(t->o, DISCIPLINE_F_TIMES) >= count ||
	               desk_i(t->o, DISCIPLINE_F_PEOPLE) >= count;

	t->o->state = DISCIPLINE_IDENTIFIED;
	switch (desk_i(t->o, DISCIPLINE_F_GROUND)) {
	case GROUND_PUNISHED: return desk_has(t->o, DISCIPLINE_F_JUDGEMENT) ? DESK_OK : DESK_REFUSED_GROUND;
	case GROUND_TRADED:
	case GROUND_REAL_NAME_HELP: return counted ? DESK_OK : DESK_REFUSED_GROUND;
	case GROUND_FALSE_IDENTITY: return DESK_OK;
	default: t->o->state = DISCIPLINE_TO_PROVINCE; return DESK_OK;
	}
}

static enum desk_refusal notify(struct desk_turn *t)
{
	desk_set_i(t->o, DISCIPLINE_F_NOTICED, t->now);
	turn_send(t, DESK_MESSAGE_NOTICE, 0);
	return DESK_OK;
}

/* The chain of listings that this one follows without a gap: begins where the first of them began. */
static void follow(struct desk_turn *t)
{
	uint64_t id = UINT64_MAX;

	for (uint32_t i = 0; i < DESK_ABOUT_MAX; i++) {
		const struct desk_object *d;

		id = turn_about(t, DESK_DISCIPLINE, t->o->subject, id);
		d = turn_peek(t, id);
		if (!d)
			break;
		if (d->state == DISCIPLINE_EXPIRED && d->id != t->o->id &&
		    t->now - desk_i(d, DISCIPLINE_F_END) <= turn_limit(t, LIMIT_DISCIPLINE_GAP)) {
			desk_set_i(t->o, DISCIPLINE_F_CHAIN_START, desk_i(d, DISCIPLINE_F_CHAIN_START));
			desk_set_id(t->o, DISCIPLINE_F_PREVIOUS, d->id);
			return;
		}
	}
	desk_set_i(t->o, DISCIPLINE_F_CHAIN_START, t->now);
}

/* Cards and accounts of the person that the registry knows: marked until then (0: no longer), but for the one card that is kept. */
static enum desk_refusal mark(struct desk_turn *t, int64_t until)
{
	static const struct {
		uint8_t kind, on, off, field;
	} to[] = { { DESK_CARD, CARD_DO_DISCIPLINE, CARD_DO_DISCIPLINE_END, CARD_F_DISCIPLINED },
		       { DESK_ACCOUNT, ACCOUNT_DO_DISCIPLINE, ACCOUNT_DO_DISCIPLINE_END, ACCOUNT_F_DISCIPLINED } };
	struct desk_entity kept = desk_entity_of(t->o, DISCIPLINE_F_KEPT_CARD);
	enum desk_refusal no = DESK_OK;

	for (uint32_t k = 0; k < ARRAY_LEN(to); k++) {
		uint64_t id = turn_about(t, to[k].kind, t->o->subject, UINT64_MAX);

		for (uint32_t i = 0; id && i < DESK_PROPOSALS_MAX && no == DESK_OK; i++) {
			const struct desk_object *o = turn_peek(t, id);
			bool keep = kept.kind == o->subject.kind && token_eq(kept.token, o->subject.token);
			struct desk_command c;

			if (!desk_machine(o->kind)->state[o->state].final && !keep) {
				turn_command(t, &c, to[k].kind, until ? to[k].on : to[k].off, id);
				if (until)
					desk_give_i(&c, to[k].field, until);
				no = turn_do(t, &c, NULL);
			}
			id = turn_about(t, to[k].kind, t->o->subject, id);
		}
	}
	return no;
}

static bool kept_card_involved(struct desk_turn *t)
{
	const struct desk_object *c =
		turn_peek(t, turn_open_about(t, DESK_CARD, desk_entity_of(t->o, DISCIPLINE_F_KEPT_CARD)));

	return c && desk_i(c, CARD_F_INVOLVED) != 0;
}

static enum desk_refusal activate(struct desk_turn *t)
{
	uint32_t period =
		desk_i(t->o, DISCIPLINE_F_GROUND) == GROUND_PUNISHED ? LIMIT_DISCIPLINE_LONG : LIMIT_DISCIPLINE_SHORT;
	struct imposed i = { .measure = MEASURE_OF_DISCIPLINE,
		                 .basis = DISCIPLINE_F_BASIS,
		                 .evidence = DISCIPLINE_F_EVIDENCE,
		                 .reason = DISCIPLINE_F_REASON,
		                 .notice_us = desk_i(t->o, DISCIPLINE_F_NOTICED),
		                 .ordered = true };
	int64_t most;
	enum desk_refusal no;

	if (t->now < i.notice_us + turn_limit(t, LIMIT_DISCIPLINE_WAIT))
		return DESK_REFUSED_TOO_EARLY;
	if (kept_card_involved(t))
		return DESK_REFUSED_KEPT_CARD;
	follow(t);
	most = desk_months_after(desk_i(t->o, DISCIPLINE_F_CHAIN_START), turn_limit(t, LIMIT_DISCIPLINE_CHAIN));
	i.end_us = desk_months_after(t->now, turn_limit(t, period));
	i.end_us = i.end_us < most ? i.end_us : most;
	if (i.end_us <= t->now)
		return DESK_REFUSED_CHAIN;
	desk_set_i(t->o, DISCIPLINE_F_START, t->now);
	desk_set_i(t->o, DISCIPLINE_F_END, i.end_us);
	turn_timer(t, DISCIPLINE_T_EXPIRE, i.end_us);
	turn_send(t, DESK_MESSAGE_DISCIPLINE, 0);
	no = mark(t, i.end_us);
	return no == DESK_OK ? turn_impose(t, DISCIPLINE_F_MEASURE, &i) : no;
}

static enum desk_refusal over(struct desk_turn *t, enum measure_cause cause)
{
	enum desk_refusal no;

	if (t->before != DISCIPLINE_ACTIVE)
		return DESK_OK;
	turn_send(t, DESK_MESSAGE_DISCIPLINE_END, 0);
	no = mark(t, 0);
	return no == DESK_OK ? turn_end_measure(t, DISCIPLINE_F_MEASURE, cause) : no;
}

static enum desk_refusal revoke(struct desk_turn *t)
{
	return over(t, CAUSE_LIFTED);
}

static enum desk_refusal release_by_appeal(struct desk_turn *t)
{
	return over(t, CAUSE_APPEAL);
}

static enum desk_refusal expire(struct desk_turn *t)
{
	return over(t, CAUSE_EXPIRED);
}

static enum desk_refusal ask_repair(struct desk_turn *t)
{
	desk_set_i(t->o, DISCIPLINE_F_REPAIR, 1);
	return DESK_OK;
}

static enum desk_refusal repair(struct desk_turn *t)
{
	return desk_i(t->o, DISCIPLINE_F_REPAIR) ? over(t, CAUSE_LIFTED) : DESK_REFUSED_STATE;
}

static const struct desk_choice ground_choice[] = {
	[GROUND_PUNISHED] = { "punished", "因电信网络诈骗及关联犯罪受刑事处罚" },
	[GROUND_TRADED] = { "traded", "买卖、出租、出借达标" },
	[GROUND_REAL_NAME_HELP] = { "real-name-help", "提供实名核验帮助达标" },
	[GROUND_FALSE_IDENTITY] = { "false-identity", "假冒身份或虚构代理" },
	[GROUND_SERIOUS] = { "serious", "未达标但情节严重" },
};
static const struct desk_choices grounds = { ARRAY_LEN(ground_choice), ground_choice };

static const struct desk_state state[DISCIPLINE_STATES] = {
	[DISCIPLINE_PROPOSED] = { "proposed", "已提出", false },
	[DISCIPLINE_IDENTIFIED] = { "identified", "已认定", false },
	[DISCIPLINE_TO_PROVINCE] = { "to-province", "报省级审批", false },
	[DISCIPLINE_NOTICED] = { "noticed", "已书面告知", false },
	[DISCIPLINE_ACTIVE] = { "active", "惩戒中", false },
	[DISCIPLINE_REVOKED] = { "revoked", "已撤销", true },
	[DISCIPLINE_EXPIRED] = { "expired", "期满解除", true },
	[DISCIPLINE_REPAIRED] = { "repaired", "信用修复", true },
	[DISCIPLINE_REJECTED] = { "rejected", "不予认定", true },
};
static const struct desk_field field[DISCIPLINE_F_FIELDS] = {
	[DISCIPLINE_F_PERSON] = { "person", "惩戒对象", DESK_ENTITY, DESK_PERSON },
	[DISCIPLINE_F_GROUND] = { "ground", "认定情形", DESK_CHOICE, .choices = &grounds },
	[DISCIPLINE_F_ITEMS] = { "items", "张（户）数", DESK_INTEGER, .max = 1000000 },
	[DISCIPLINE_F_TIMES] = { "times", "次数", DESK_INTEGER, .max = 1000000 },
	[DISCIPLINE_F_PEOPLE] = { "people", "涉及人数", DESK_INTEGER, .max = 1000000 },
	[DISCIPLINE_F_JUDGEMENT] = { "judgement", "裁判文书号", DESK_CODE },
	[DISCIPLINE_F_EVIDENCE] = { "evidence", "证据", DESK_POSITIONS },
	[DISCIPLINE_F_BASIS] = { "basis", "法律依据", DESK_CHOICE, .choices = &desk_bases },
	[DISCIPLINE_F_REASON] = { "reason", "理由", DESK_REF },
	[DISCIPLINE_F_NOTICE] = { "notice", "书面告知书", DESK_REF },
	[DISCIPLINE_F_NOTICED] = { "noticed", "告知时间", DESK_TIME },
	[DISCIPLINE_F_START] = { "start", "起", DESK_TIME },
	[DISCIPLINE_F_END] = { "end", "止", DESK_TIME },
	[DISCIPLINE_F_CHAIN_START] = { "chain_start", "连续惩戒起点", DESK_TIME },
	[DISCIPLINE_F_MEASURE] = { "measure", "台账", DESK_OBJECT, DESK_MEASURE },
	[DISCIPLINE_F_KEPT_CARD] = { "kept_card", "保留号码", DESK_ENTITY, DESK_PHONE },
	[DISCIPLINE_F_PROVINCE_NO] = { "province_no", "省级审批文号", DESK_CODE },
	[DISCIPLINE_F_DISTRICT] = { "district", "辖区", DESK_INTEGER, .max = 65535 },
	[DISCIPLINE_F_REMARK] = { "remark", "备注", DESK_REF },
	[DISCIPLINE_F_CASE_NO] = { "case_no", "案件编号", DESK_CODE },
	[DISCIPLINE_F_PREVIOUS] = { "previous", "上一次惩戒", DESK_OBJECT, DESK_DISCIPLINE },
	[DISCIPLINE_F_REPAIR] = { "repair", "申请信用修复", DESK_INTEGER, .max = 1 },
};
#define COUNTS                                                                                            \
	(F(DISCIPLINE_F_ITEMS) | F(DISCIPLINE_F_TIMES) | F(DISCIPLINE_F_PEOPLE) | F(DISCIPLINE_F_JUDGEMENT) | \
	 F(DISCIPLINE_F_REASON) | F(DISCIPLINE_F_CASE_NO) | F(DISCIPLINE_F_REMARK))
static const struct desk_step step[DISCIPLINE_DO_STEPS] = {
	[DISCIPLINE_DO_PROPOSE] = { "propose", "提出", S_NEW, S(DISCIPLINE_PROPOSED),
	                            R(STATION) | R(DISCIPLINE) | R(ANALYST), DESK_PROPOSES,
	                            F(DISCIPLINE_F_PERSON) | F(DISCIPLINE_F_GROUND) | F(DISCIPLINE_F_EVIDENCE) |
	                                F(DISCIPLINE_F_BASIS),
	                            COUNTS | F(DISCIPLINE_F_DISTRICT), "AFL 31", propose },
	[DISCIPLINE_DO_ADD_EVIDENCE] = { "add-evidence", "补充证据", S(DISCIPLINE_PROPOSED), 0, R(STATION) | R(DISCIPLINE),
	                                 0, F(DISCIPLINE_F_EVIDENCE), COUNTS, NULL, NULL },
	[DISCIPLINE_DO_IDENTIFY] = { "identify", "市级认定", S(DISCIPLINE_PROPOSED),
	                             S(DISCIPLINE_IDENTIFIED) | S(DISCIPLINE_TO_PROVINCE), R(DISCIPLINE), DESK_FOUR_EYES, 0,
	                             F(DISCIPLINE_F_REASON) | F(DISCIPLINE_F_REMARK), "AFL 31; JOINT-2024", identify },
	[DISCIPLINE_DO_REJECT] = { "reject", "不予认定", S(DISCIPLINE_PROPOSED) | S(DISCIPLINE_TO_PROVINCE),
	                           S(DISCIPLINE_REJECTED), R(DISCIPLINE) | R(PROVINCE), 0, F(DISCIPLINE_F_REMARK), 0, NULL,
	                           NULL },
	[DISCIPLINE_DO_APPROVE_PROVINCE] = { "approve-province", "省级批准", S(DISCIPLINE_TO_PROVINCE),
	                                     S(DISCIPLINE_IDENTIFIED), R(PROVINCE), DESK_FOUR_EYES,
	                                     F(DISCIPLINE_F_PROVINCE_NO), F(DISCIPLINE_F_REMARK), "JOINT-2024", NULL },
	[DISCIPLINE_DO_NOTIFY] = { "notify", "书面告知", S(DISCIPLINE_IDENTIFIED), S(DISCIPLINE_NOTICED), R(DISCIPLINE), 0,
	                           F(DISCIPLINE_F_NOTICE), F(DISCIPLINE_F_KEPT_CARD), "JOINT-2024 12", notify },
	[DISCIPLINE_DO_ACTIVATE] = { "activate", "生效", S(DISCIPLINE_NOTICED), S(DISCIPLINE_ACTIVE), R(DISCIPLINE), 0, 0,
	                             F(DISCIPLINE_F_KEPT_CARD), "AFL 31; JOINT-2024", activate },
	[DISCIPLINE_DO_REVOKE] = { "revoke", "撤销",
	                           S(DISCIPLINE_IDENTIFIED) | S(DISCIPLINE_TO_PROVINCE) | S(DISCIPLINE_NOTICED) |
	                               S(DISCIPLINE_ACTIVE),
	                           S(DISCIPLINE_REVOKED), R(DISCIPLINE), 0, F(DISCIPLINE_F_REMARK), 0, "AFL 31, 32",
	                           revoke },
	[DISCIPLINE_DO_RELEASE_BY_APPEAL] = { "release-by-appeal", "申诉解除", S(DISCIPLINE_NOTICED) | S(DISCIPLINE_ACTIVE),
	                                      S(DISCIPLINE_REVOKED), 0, DESK_INTERNAL, 0, 0, "AFL 31, 32",
	                                      release_by_appeal },
	[DISCIPLINE_DO_EXPIRE] = { "expire", "期满", S(DISCIPLINE_ACTIVE), S(DISCIPLINE_EXPIRED), 0, DESK_BY_TIMER, 0, 0,
	                           "JOINT-2024", expire },
	[DISCIPLINE_DO_ASK_REPAIR] = { "ask-repair", "申请信用修复", S(DISCIPLINE_ACTIVE), 0, R(DISCIPLINE) | R(APPEALS),
	                               DESK_PROPOSES, 0, F(DISCIPLINE_F_REMARK), "AFL 31", ask_repair },
	[DISCIPLINE_DO_REPAIR] = { "repair", "信用修复", S(DISCIPLINE_ACTIVE), S(DISCIPLINE_REPAIRED), R(DISCIPLINE),
	                           DESK_FOUR_EYES, 0, F(DISCIPLINE_F_REMARK), "AFL 31", repair },
};
static const struct desk_timer timer[DISCIPLINE_T_TIMERS] = {
	[DISCIPLINE_T_EXPIRE] = { "expire", "期满", DISCIPLINE_DO_EXPIRE },
};

const struct desk_machine desk_discipline = {
	.kind = DESK_DISCIPLINE,
	.letters = "D",
	.name = "discipline",
	.zh = "联合惩戒",
	.route = "disciplines",
	.in_head = { .subject = { DISCIPLINE_F_PERSON }, .district = DISCIPLINE_F_DISTRICT },
	.n_states = DISCIPLINE_STATES,
	.n_fields = DISCIPLINE_F_FIELDS,
	.n_steps = DISCIPLINE_DO_STEPS,
	.n_timers = DISCIPLINE_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
