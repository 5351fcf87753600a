/* outlet.c - outlets and agents; see outlet.h. */
#include "desk/outlet.h"
#include "desk/correction.h"
#include "desk/desk_int.h"
#include "desk/supply.h"

/* ---- the kit and the supplies ---- */

/* The kit in force for the type; a flagship that has none of its own has the ordinary one. 0: none. */
static uint64_t kit_of(struct desk_turn *t)
{
	for (int flagship = desk_i(t->o, OUTLET_F_FLAGSHIP) != 0; flagship >= 0; flagship--) {
		struct desk_entity key = kit_key((uint32_t)desk_i(t->o, OUTLET_F_TYPE), flagship);
		uint64_t id = UINT64_MAX;

		for (uint32_t i = 0; i < DESK_ABOUT_MAX; i++) {
			const struct desk_object *k;

			id = turn_about(t, DESK_KIT, key, id);
			k = turn_peek(t, id);
			if (!k)
				break;
			if (k->state == KIT_APPROVED)
				return id;
		}
	}
	return 0;
}

/* The outlet's supply of each item; 0: there is none. */
static void supplies_of(struct desk_turn *t, uint64_t supply[KIT_ITEMS])
{
	uint64_t id = UINT64_MAX;

	memset(supply, 0, KIT_ITEMS * sizeof(supply[0]));
	for (uint32_t i = 0; i < DESK_ABOUT_MAX; i++) {
		const struct desk_object *s;

		id = turn_about(t, DESK_SUPPLY, desk_thing(t->o->id), id);
		s = turn_peek(t, id);
		if (!s)
			break;
		if (s->state != SUPPLY_CLOSED)
			supply[desk_i(s, SUPPLY_F_ITEM)] = id;
	}
}

static enum desk_refusal want(struct desk_turn *t, uint32_t item, uint64_t supply, int64_t pieces)
{
	struct desk_command c;

	turn_command(t, &c, DESK_SUPPLY, supply ? SUPPLY_DO_WANT_ANEW : SUPPLY_DO_WANT, supply);
	if (!supply) {
		desk_give_id(&c, SUPPLY_F_OUTLET, t->o->id);
		desk_give_i(&c, SUPPLY_F_ITEM, item);
	}
	desk_give_i(&c, SUPPLY_F_WANTED, pieces);
	desk_give_i(&c, SUPPLY_F_ORGANISATION, t->o->organisation);
	desk_give_i(&c, SUPPLY_F_DISTRICT, t->o->district);
	turn_give(t, &c, SUPPLY_F_KIT, OUTLET_F_KIT);
	return turn_do(t, &c, NULL);
}

/* Supplies of this outlet are as the kit in force wants them. *no_kit (may be NULL): there is none for its type. */
static enum desk_refusal follow(struct desk_turn *t, bool *no_kit)
{
	int64_t pieces[KIT_ITEMS];
	uint64_t supply[KIT_ITEMS];
	const struct desk_object *k = turn_peek(t, kit_of(t));
	enum desk_refusal no = DESK_OK;

	if (no_kit)
		*no_kit = !k;
	if (!k)
		return DESK_OK;
	for (uint32_t i = 1; i < KIT_ITEMS; i++)
		pieces[i] = kit_pieces(k, i);
	desk_set_i(t->o, OUTLET_F_KIT, desk_i(k, KIT_F_VERSION));
	supplies_of(t, supply);
	for (uint32_t i = 1; i < KIT_ITEMS && no == DESK_OK; i++)
		if (supply[i] || pieces[i] > 0)
			no = want(t, i, supply[i], pieces[i]);
	return no;
}

/* ---- what it is ---- */

/* A member lists and corrects its own outlets only. */
static bool foreign(const struct desk_turn *t)
{
	return (t->c->roles & (R(INSPECTOR) | R(LEADER))) == 0 && t->o->organisation != t->c->organisation;
}

static void licence(struct desk_turn *t)
{
	int64_t end = desk_i(t->o, OUTLET_F_LICENCE_END);

	if (turn_given(t, OUTLET_F_LICENCE_END)) {
		turn_ahead(t, OUTLET_T_LICENCE_SOON, end, turn_limit(t, LIMIT_OUTLET_LICENCE));
		turn_timer(t, OUTLET_T_LICENCE_OVER, end);
	}
}

static enum desk_refusal list(struct desk_turn *t)
{
	enum desk_refusal no = desk_only_one(t);

	if (no != DESK_OK)
		return no;
	if (foreign(t))
		return DESK_REFUSED_SCOPE;
	licence(t);
	return follow(t, NULL);
}

/* Another type, district or organisation is another kit, or another's supplies. */
static enum desk_refusal correct(struct desk_turn *t)
{
	if (foreign(t))
		return DESK_REFUSED_SCOPE;
	licence(t);
	return follow(t, NULL);
}

static enum desk_refusal follow_kit(struct desk_turn *t)
{
	bool no_kit;
	enum desk_refusal no = follow(t, &no_kit);

	return no_kit ? turn_missing(t, OUTLET_F_KIT) : no;
}

static enum desk_refusal license(struct desk_turn *t)
{
	if (desk_i(t->o, OUTLET_F_LICENCE_END) <= t->now)
		return DESK_REFUSED_TIME;
	licence(t);
	return DESK_OK;
}

/* All that is needed is up: there is something, and nothing is short. */
static enum desk_refusal equip(struct desk_turn *t)
{
	uint64_t supply[KIT_ITEMS];
	uint32_t n = 0;

	supplies_of(t, supply);
	for (uint32_t i = 1; i < KIT_ITEMS; i++) {
		const struct desk_object *s = turn_peek(t, supply[i]);

		if (s && s->state == SUPPLY_SHORT)
			return DESK_REFUSED_OUTCOME;
		n += s != NULL;
	}
	return n > 0 ? DESK_OK : turn_missing(t, OUTLET_F_KIT);
}

/* ---- inspection, award, talk ---- */

/* Good marks bring an outlet up to inspected, never down from demo. */
static enum desk_refusal pass(struct desk_turn *t)
{
	t->o->state = t->before == OUTLET_DEMO ? OUTLET_DEMO : OUTLET_INSPECTED;
	return DESK_OK;
}

/* Others take the rank away that an earlier inspection gave. */
static enum desk_refusal score(struct desk_turn *t)
{
	bool had = t->before == OUTLET_INSPECTED || t->before == OUTLET_DEMO;

	t->o->state = had ? OUTLET_EQUIPPED : t->before;
	return DESK_OK;
}

/* By somebody who has neither done nor confirmed the inspection. */
static enum desk_refusal award(struct desk_turn *t)
{
	const struct desk_object *n = turn_peek(t, desk_id(t->o, OUTLET_F_INSPECTION));

	if (!n || n->proposer == t->c->user || n->approver == t->c->user)
		return DESK_REFUSED_FOUR_EYES;
	if (desk_i(t->o, OUTLET_F_SCORE) < turn_limit(t, LIMIT_INSPECTION_DEMO))
		return DESK_REFUSED_OUTCOME;
	return turn_open_about(t, DESK_CORRECTION, desk_thing(t->o->id)) ? DESK_REFUSED_OTHER_OPEN : DESK_OK;
}

/* Its evidence is its own: what a suspension is asked for with stays as it was proposed. */
static enum desk_refusal warn(struct desk_turn *t)
{
	if (turn_given(t, OUTLET_F_EVIDENCE)) {
		desk_copy(t->o, OUTLET_F_TALK_EVIDENCE, t->o, OUTLET_F_EVIDENCE);
		desk_unset(t->o, OUTLET_F_EVIDENCE);
		desk_copy(t->o, OUTLET_F_EVIDENCE, t->was, OUTLET_F_EVIDENCE);
	}
	turn_send(t, DESK_MESSAGE_NOTICE, 0);
	return DESK_OK;
}

/* ---- suspension ---- */

static enum desk_refusal ask_suspension(struct desk_turn *t)
{
	int64_t until = desk_i(t->o, OUTLET_F_UNTIL);

	if (!desk_basis_allows((uint32_t)desk_i(t->o, OUTLET_F_BASIS), MEASURE_OF_SUSPEND_OPENINGS))
		return DESK_REFUSED_NO_BASIS;
	if (until <= t->now || until > desk_months_after(t->now, turn_limit(t, LIMIT_OUTLET_SUSPENSION)))
		return DESK_REFUSED_NO_END;
	return DESK_OK;
}

static enum desk_refusal suspend(struct desk_turn *t)
{
	struct imposed i = { .measure = MEASURE_OF_SUSPEND_OPENINGS,
		                 .end_us = desk_i(t->o, OUTLET_F_UNTIL),
		                 .basis = OUTLET_F_BASIS,
		                 .evidence = OUTLET_F_EVIDENCE,
		                 .reason = OUTLET_F_GROUNDS,
		                 .ordered = true };

	if (!desk_has(t->o, OUTLET_F_UNTIL) || t->o->proposer == 0)
		return DESK_REFUSED_STATE;
	if (i.end_us <= t->now)
		return DESK_REFUSED_NO_END;
	desk_set_i(t->o, OUTLET_F_BEFORE, t->before);
	turn_timer(t, OUTLET_T_SUSPENSION, i.end_us);
	return turn_impose(t, OUTLET_F_MEASURE, &i);
}

static enum desk_refusal refuse_suspension(struct desk_turn *t)
{
	if (!desk_has(t->o, OUTLET_F_UNTIL))
		return DESK_REFUSED_STATE;
	desk_unset(t->o, OUTLET_F_UNTIL);
	t->o->proposer = 0;
	return DESK_OK;
}

/* Openings are allowed again. */
static enum desk_refusal open_again(struct desk_turn *t, uint32_t state_then, enum measure_cause cause)
{
	t->o->state = (uint8_t)state_then;
	turn_timer(t, OUTLET_T_SUSPENSION, 0);
	desk_unset(t->o, OUTLET_F_UNTIL);
	desk_unset(t->o, OUTLET_F_BEFORE);
	t->o->proposer = t->o->approver = 0; /* what was asked for before is over */
	return turn_end_measure(t, OUTLET_F_MEASURE, cause);
}

static uint32_t before(const struct desk_turn *t)
{
	return desk_has(t->o, OUTLET_F_BEFORE) ? (uint32_t)desk_i(t->o, OUTLET_F_BEFORE) : OUTLET_WARNED;
}

static enum desk_refusal lift(struct desk_turn *t)
{
	return open_again(t, before(t), CAUSE_LIFTED);
}

static enum desk_refusal release_by_appeal(struct desk_turn *t)
{
	return open_again(t, before(t), CAUSE_APPEAL);
}

static enum desk_refusal end_suspension(struct desk_turn *t)
{
	return open_again(t, OUTLET_WARNED, CAUSE_EXPIRED);
}

static enum desk_refusal cancel(struct desk_turn *t)
{
	uint64_t supply[KIT_ITEMS];
	enum desk_refusal no = DESK_OK;

	if (foreign(t))
		return DESK_REFUSED_SCOPE;
	if (t->before == OUTLET_SUSPENDED && (t->c->roles & (R(LEADER) | R(CITY_LEADER))) == 0)
		return DESK_REFUSED_ROLE; /* else it would be listed anew, free of the measure */
	supplies_of(t, supply);
	for (uint32_t i = 1; i < KIT_ITEMS && no == DESK_OK; i++)
		if (supply[i])
			no = turn_step(t, DESK_SUPPLY, SUPPLY_DO_CLOSE, supply[i]);
	for (uint64_t c; no == DESK_OK && (c = turn_open_about(t, DESK_CORRECTION, desk_thing(t->o->id))) != 0;)
		no = turn_step(t, DESK_CORRECTION, CORRECTION_DO_VOID, c);
	return no == DESK_OK ? open_again(t, OUTLET_CANCELLED, CAUSE_LIFTED) : no;
}

/* ---- the table ---- */

static const struct desk_state state[OUTLET_STATES] = {
	[OUTLET_LISTED] = { "listed", "已登记", false },
	[OUTLET_TRAINED] = { "trained", "已培训", false },
	[OUTLET_EQUIPPED] = { "equipped", "已配备", false },
	[OUTLET_INSPECTED] = { "inspected", "检查合格", false },
	[OUTLET_DEMO] = { "demo", "示范网点", false },
	[OUTLET_WARNED] = { "warned", "已告诫谈话", false },
	[OUTLET_SUSPENDED] = { "suspended", "暂停开户开卡", false },
	[OUTLET_CANCELLED] = { "cancelled", "已注销", true },
};
static const struct desk_field field[OUTLET_F_FIELDS] = {
	[OUTLET_F_PLACE] = { "outlet", "网点编号", DESK_ENTITY, DESK_PLACE },
	[OUTLET_F_AGENT] = { "agent", "代理编号", DESK_ENTITY, DESK_AGENT },
	[OUTLET_F_ORGANISATION] = { "organisation", "单位", DESK_INTEGER, .max = 65535 },
	[OUTLET_F_DISTRICT] = { "district", "辖区", DESK_INTEGER, .max = 65535 },
	[OUTLET_F_TYPE] = { "type", "网点类型", DESK_CHOICE, .choices = &outlet_types },
	[OUTLET_F_FLAGSHIP] = { "flagship", "旗舰", DESK_INTEGER, .max = 1 },
	[OUTLET_F_NAME] = { "name", "名称", DESK_TEXT },
	[OUTLET_F_ADDRESS] = { "address", "地址", DESK_TEXT },
	[OUTLET_F_CLERK] = { "clerk", "负责人", DESK_REF },
	[OUTLET_F_LICENCE] = { "licence", "开户许可", DESK_CODE },
	[OUTLET_F_LICENCE_END] = { "licence_end", "许可到期", DESK_TIME },
	[OUTLET_F_KIT] = { "kit", "标准版本", DESK_INTEGER, .max = 1000000 },
	[OUTLET_F_STAFF] = { "staff", "已培训人数", DESK_INTEGER, .max = 100000 },
	[OUTLET_F_SCORE] = { "score", "检查得分", DESK_INTEGER, .max = 100 },
	[OUTLET_F_INSPECTION] = { "inspection", "检查", DESK_OBJECT, DESK_INSPECTION },
	[OUTLET_F_REASON] = { "reason", "理由", DESK_TEXT },
	[OUTLET_F_TALK] = { "talk", "谈话记录", DESK_REF },
	[OUTLET_F_BASIS] = { "basis", "法律依据", DESK_CHOICE, .choices = &desk_bases },
	[OUTLET_F_EVIDENCE] = { "evidence", "证据", DESK_POSITIONS },
	[OUTLET_F_UNTIL] = { "until", "暂停至", DESK_TIME },
	[OUTLET_F_MEASURE] = { "measure", "台账", DESK_OBJECT, DESK_MEASURE },
	[OUTLET_F_BEFORE] = { "before", "暂停前状态", DESK_INTEGER, .min = 1, .max = OUTLET_STATES - 1 },
	[OUTLET_F_NOTE] = { "note", "说明", DESK_TEXT },
	[OUTLET_F_CODE] = { "code", "编号", DESK_TEXT },
	[OUTLET_F_GROUNDS] = { "grounds", "暂停理由", DESK_REF },
	[OUTLET_F_TALK_EVIDENCE] = { "talk_evidence", "谈话依据", DESK_POSITIONS },
};
#define RANKS (S(OUTLET_LISTED) | S(OUTLET_TRAINED) | S(OUTLET_EQUIPPED) | S(OUTLET_INSPECTED) | S(OUTLET_DEMO))
#define WORKING (RANKS | S(OUTLET_WARNED))
#define OPEN (WORKING | S(OUTLET_SUSPENDED))
#define FACTS                                                                                                      \
	(F(OUTLET_F_FLAGSHIP) | F(OUTLET_F_ADDRESS) | F(OUTLET_F_CLERK) | F(OUTLET_F_DISTRICT) | F(OUTLET_F_LICENCE) | \
	 F(OUTLET_F_LICENCE_END) | F(OUTLET_F_NOTE))
#define KEEPERS (R(CHANNEL) | R(INSPECTOR) | R(LEADER))
static const struct desk_step step[OUTLET_DO_STEPS] = {
	[OUTLET_DO_LIST] = { "list", "登记", S_NEW, S(OUTLET_LISTED), KEEPERS, 0, F(OUTLET_F_TYPE) | F(OUTLET_F_NAME),
	                     F(OUTLET_F_PLACE) | F(OUTLET_F_AGENT) | F(OUTLET_F_ORGANISATION) | F(OUTLET_F_CODE) | FACTS,
	                     "AFL 9", list },
	[OUTLET_DO_CORRECT] = { "correct", "更正", OPEN, 0, KEEPERS, 0, 0, F(OUTLET_F_TYPE) | F(OUTLET_F_NAME) | FACTS,
	                        NULL, correct },
	[OUTLET_DO_FOLLOW_KIT] = { "follow-kit", "按标准配置", OPEN, 0, KEEPERS, 0, 0, 0, NULL, follow_kit },
	[OUTLET_DO_LICENSE] = { "license", "开户许可", OPEN, 0, KEEPERS, 0, F(OUTLET_F_LICENCE) | F(OUTLET_F_LICENCE_END),
	                        0, NULL, license },
	[OUTLET_DO_TRAIN] = { "train", "培训合格", S(OUTLET_LISTED), S(OUTLET_TRAINED), R(TRAINER) | R(INSPECTOR), 0,
	                      F(OUTLET_F_STAFF), F(OUTLET_F_NOTE), "AFL 8, 30", NULL },
	[OUTLET_DO_EQUIP] = { "equip", "配备齐全", S(OUTLET_TRAINED), S(OUTLET_EQUIPPED), R(CHANNEL) | R(INSPECTOR), 0, 0,
	                      F(OUTLET_F_NOTE), NULL, equip },
	[OUTLET_DO_PASS] = { "pass", "检查合格", WORKING, S(OUTLET_INSPECTED) | S(OUTLET_DEMO), 0, DESK_INTERNAL,
	                     F(OUTLET_F_SCORE) | F(OUTLET_F_INSPECTION), 0, NULL, pass },
	[OUTLET_DO_SCORE] = { "score", "记录得分", OPEN, OPEN & ~(S(OUTLET_INSPECTED) | S(OUTLET_DEMO)), 0, DESK_INTERNAL,
	                      F(OUTLET_F_SCORE) | F(OUTLET_F_INSPECTION), 0, NULL, score },
	[OUTLET_DO_AWARD] = { "award", "授予示范网点", S(OUTLET_INSPECTED), S(OUTLET_DEMO), R(LEADER) | R(SECRETARY),
	                      DESK_BY_PERSON, 0, F(OUTLET_F_NOTE), NULL, award },
	[OUTLET_DO_END_AWARD] = { "end-award", "撤销示范网点", S(OUTLET_DEMO), S(OUTLET_INSPECTED),
	                          R(LEADER) | R(SECRETARY) | R(INSPECTOR), 0, F(OUTLET_F_REASON), 0, NULL, NULL },
	[OUTLET_DO_WARN] = { "warn", "告诫谈话", WORKING, S(OUTLET_WARNED), R(INSPECTOR) | R(LEADER), 0, F(OUTLET_F_REASON),
	                     F(OUTLET_F_TALK) | F(OUTLET_F_EVIDENCE), NULL, warn },
	[OUTLET_DO_ASK_SUSPENSION] = { "ask-suspension", "申请暂停开户开卡", WORKING, 0,
	                               R(INSPECTOR) | R(LEADER) | R(ANALYST), DESK_PROPOSES,
	                               F(OUTLET_F_BASIS) | F(OUTLET_F_EVIDENCE) | F(OUTLET_F_UNTIL) | F(OUTLET_F_GROUNDS),
	                               0, "AFL 9; YF-2016-261", ask_suspension },
	[OUTLET_DO_SUSPEND] = { "suspend", "暂停开户开卡", WORKING, S(OUTLET_SUSPENDED), R(LEADER) | R(CITY_LEADER),
	                        DESK_FOUR_EYES, 0, 0, "AFL 9; YF-2016-261", suspend },
	[OUTLET_DO_REFUSE_SUSPENSION] = { "refuse-suspension", "不予暂停", WORKING, 0, R(LEADER) | R(CITY_LEADER), 0,
	                                  F(OUTLET_F_NOTE), 0, NULL, refuse_suspension },
	[OUTLET_DO_LIFT] = { "lift", "恢复开户开卡", S(OUTLET_SUSPENDED), WORKING, R(LEADER) | R(CITY_LEADER), 0, 0,
	                     F(OUTLET_F_NOTE), NULL, lift },
	[OUTLET_DO_RELEASE_BY_APPEAL] = { "release-by-appeal", "申诉解除", S(OUTLET_SUSPENDED), WORKING, 0, DESK_INTERNAL,
	                                  0, 0, "AFL 32", release_by_appeal },
	[OUTLET_DO_END_SUSPENSION] = { "end-suspension", "暂停期满", S(OUTLET_SUSPENDED), S(OUTLET_WARNED), 0,
	                               DESK_BY_TIMER, 0, 0, NULL, end_suspension },
	[OUTLET_DO_CANCEL] = { "cancel", "注销", OPEN, S(OUTLET_CANCELLED), KEEPERS, 0, F(OUTLET_F_REASON), 0, NULL,
	                       cancel },
	[OUTLET_DO_LICENCE_SOON] = { "licence-soon", "许可即将到期", OPEN, 0, 0, DESK_BY_TIMER, 0, 0, NULL, turn_alarm },
	[OUTLET_DO_LICENCE_OVER] = { "licence-over", "许可已到期", OPEN, 0, 0, DESK_BY_TIMER, 0, 0, NULL, turn_alarm },
};
static const struct desk_timer timer[OUTLET_T_TIMERS] = {
	[OUTLET_T_SUSPENSION] = { "suspension", "暂停期满", OUTLET_DO_END_SUSPENSION },
	[OUTLET_T_LICENCE_SOON] = { "licence-soon", "许可到期提醒", OUTLET_DO_LICENCE_SOON },
	[OUTLET_T_LICENCE_OVER] = { "licence-over", "许可到期", OUTLET_DO_LICENCE_OVER },
};

const struct desk_machine desk_outlet = {
	.kind = DESK_OUTLET,
	.letters = "OU",
	.name = "outlet",
	.zh = "网点渠道",
	.route = "outlets",
	.in_head = { .subject = { OUTLET_F_PLACE, OUTLET_F_AGENT },
	             .also = { OUTLET_F_AGENT },
	             .organisation = OUTLET_F_ORGANISATION,
	             .district = OUTLET_F_DISTRICT },
	.n_states = OUTLET_STATES,
	.n_fields = OUTLET_F_FIELDS,
	.n_steps = OUTLET_DO_STEPS,
	.n_timers = OUTLET_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
