/* correction.c - what outlets have to put right; see correction.h. */
#include "desk/correction.h"
#include "desk/desk_int.h"
#include "desk/outlet.h"

static void until(struct desk_turn *t)
{
	int64_t at = desk_i(t->o, CORRECTION_F_DEADLINE);

	turn_ahead(t, CORRECTION_T_SOON, at, turn_limit(t, LIMIT_CORRECTION_SOON));
	turn_timer(t, CORRECTION_T_LATE, at);
}

bool correction_open(struct desk_turn *t, uint64_t outlet, uint32_t item)
{
	uint64_t id = UINT64_MAX;

	for (uint32_t i = 0; i < DESK_ABOUT_MAX; i++) {
		const struct desk_object *c;

		id = turn_about(t, DESK_CORRECTION, desk_thing(outlet), id);
		c = turn_peek(t, id);
		if (!c)
			return false;
		if (id != t->o->id && desk_i(c, CORRECTION_F_ITEM) == item &&
		    !desk_machine(DESK_CORRECTION)->state[c->state].final)
			return true;
	}
	return false;
}

static enum desk_refusal set(struct desk_turn *t)
{
	const struct desk_object *u = turn_peek(t, desk_id(t->o, CORRECTION_F_OUTLET));

	if (!u || u->kind != DESK_OUTLET || u->state == OUTLET_CANCELLED)
		return DESK_REFUSED_ABSENT;
	desk_set_i(t->o, CORRECTION_F_ORGANISATION, u->organisation);
	desk_set_i(t->o, CORRECTION_F_DISTRICT, u->district);
	if (!desk_has(t->o, CORRECTION_F_DEADLINE) || (t->depth > 0 && desk_i(t->o, CORRECTION_F_DEADLINE) <= t->now))
		desk_set_i(t->o, CORRECTION_F_DEADLINE, t->now + turn_limit(t, LIMIT_CORRECTION));
	if (desk_i(t->o, CORRECTION_F_DEADLINE) <= t->now)
		return DESK_REFUSED_TIME;
	until(t);
	return correction_open(t, t->o->subject.token.w[1], (uint32_t)desk_i(t->o, CORRECTION_F_ITEM))
	           ? DESK_REFUSED_OTHER_OPEN
	           : DESK_OK;
}

/* The clock stands while somebody else looks. */
static enum desk_refusal report(struct desk_turn *t)
{
	turn_timer(t, CORRECTION_T_SOON, 0);
	turn_timer(t, CORRECTION_T_LATE, 0);
	return DESK_OK;
}

static enum desk_refusal send_back(struct desk_turn *t)
{
	if (desk_i(t->o, CORRECTION_F_DEADLINE) <= t->now)
		return DESK_REFUSED_TIME;
	until(t);
	return DESK_OK;
}

static enum desk_refusal late(struct desk_turn *t)
{
	desk_set_i(t->o, CORRECTION_F_LATE, 1);
	return turn_alarm(t);
}

static const struct desk_choice fault_choice[] = {
	[FAULT_WRONG] = { "wrong", "不合格" },
	[FAULT_MISSING] = { "missing", "缺失" },
};
static const struct desk_choices faults = { ARRAY_LEN(fault_choice), fault_choice };

static const struct desk_state state[CORRECTION_STATES] = {
	[CORRECTION_OPEN] = { "open", "待整改", false },
	[CORRECTION_REPORTED] = { "reported", "待复核", false },
	[CORRECTION_DONE] = { "done", "已整改", true },
	[CORRECTION_VOID] = { "void", "已撤销", true },
};
static const struct desk_field field[CORRECTION_F_FIELDS] = {
	[CORRECTION_F_OUTLET] = { "outlet", "网点", DESK_OBJECT, DESK_OUTLET },
	[CORRECTION_F_INSPECTION] = { "inspection", "检查", DESK_OBJECT, DESK_INSPECTION },
	[CORRECTION_F_ITEM] = { "item", "物料", DESK_CHOICE, .choices = &kit_items },
	[CORRECTION_F_FAULT] = { "fault", "问题", DESK_CHOICE, .choices = &faults },
	[CORRECTION_F_DEADLINE] = { "deadline", "整改期限", DESK_TIME },
	[CORRECTION_F_PHOTO] = { "photo", "照片", DESK_FILE },
	[CORRECTION_F_NOTE] = { "note", "说明", DESK_TEXT },
	[CORRECTION_F_LATE] = { "late", "超时", DESK_INTEGER, .max = 1 },
	[CORRECTION_F_ORGANISATION] = { "organisation", "单位", DESK_INTEGER, .max = 65535 },
	[CORRECTION_F_DISTRICT] = { "district", "辖区", DESK_INTEGER, .max = 65535 },
};
#define CHECKERS (R(INSPECTOR) | R(LEADER))
#define OUTLETS (R(CHANNEL) | R(BANK_DESK) | R(BANK_OUTLET) | R(OPERATOR_DESK) | R(OPERATOR_OUTLET))
static const struct desk_step step[CORRECTION_DO_STEPS] = {
	[CORRECTION_DO_SET] = { "set", "下达整改", S_NEW, S(CORRECTION_OPEN), CHECKERS, 0,
	                        F(CORRECTION_F_OUTLET) | F(CORRECTION_F_ITEM) | F(CORRECTION_F_FAULT),
	                        F(CORRECTION_F_INSPECTION) | F(CORRECTION_F_DEADLINE) | F(CORRECTION_F_NOTE), NULL, set },
	[CORRECTION_DO_REPORT] = { "report", "报告整改", S(CORRECTION_OPEN), S(CORRECTION_REPORTED), OUTLETS | R(INSPECTOR),
	                           DESK_PROPOSES, F(CORRECTION_F_PHOTO), F(CORRECTION_F_NOTE), NULL, report },
	[CORRECTION_DO_ACCEPT] = { "accept", "复核通过", S(CORRECTION_REPORTED), S(CORRECTION_DONE), CHECKERS,
	                           DESK_FOUR_EYES, 0, F(CORRECTION_F_NOTE), NULL, NULL },
	[CORRECTION_DO_SEND_BACK] = { "send-back", "退回整改", S(CORRECTION_REPORTED), S(CORRECTION_OPEN), CHECKERS, 0,
	                              F(CORRECTION_F_DEADLINE) | F(CORRECTION_F_NOTE), 0, NULL, send_back },
	[CORRECTION_DO_WAIVE] = { "waive", "免予整改", S(CORRECTION_OPEN) | S(CORRECTION_REPORTED), S(CORRECTION_VOID),
	                          CHECKERS, 0, F(CORRECTION_F_NOTE), 0, NULL, NULL },
	[CORRECTION_DO_VOID] = { "void", "撤销", S(CORRECTION_OPEN) | S(CORRECTION_REPORTED), S(CORRECTION_VOID), 0,
	                         DESK_INTERNAL, 0, 0, NULL, NULL },
	[CORRECTION_DO_SOON] = { "soon", "即将到期", S(CORRECTION_OPEN), 0, 0, DESK_BY_TIMER, 0, 0, NULL, turn_alarm },
	[CORRECTION_DO_LATE] = { "late", "整改超时", S(CORRECTION_OPEN), 0, 0, DESK_BY_TIMER, 0, 0, NULL, late },
};
static const struct desk_timer timer[CORRECTION_T_TIMERS] = {
	[CORRECTION_T_SOON] = { "soon", "整改提醒", CORRECTION_DO_SOON },
	[CORRECTION_T_LATE] = { "late", "整改期限", CORRECTION_DO_LATE },
};

const struct desk_machine desk_correction = {
	.kind = DESK_CORRECTION,
	.letters = "CO",
	.name = "correction",
	.zh = "网点整改",
	.route = "corrections",
	.in_head = { .subject = { CORRECTION_F_OUTLET },
	             .organisation = CORRECTION_F_ORGANISATION,
	             .district = CORRECTION_F_DISTRICT },
	.n_states = CORRECTION_STATES,
	.n_fields = CORRECTION_F_FIELDS,
	.n_steps = CORRECTION_DO_STEPS,
	.n_timers = CORRECTION_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
