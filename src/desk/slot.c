/* slot.c - lines of playlists; see slot.h. */
#include "desk/slot.h"
#include "desk/desk_int.h"
#include "desk/material.h"

static enum desk_refusal wrong(struct desk_turn *t, uint32_t field, enum desk_refusal no)
{
	t->d->bad_field = (uint8_t)field;
	return no;
}

static enum desk_refusal plan(struct desk_turn *t)
{
	const struct desk_object *m = turn_peek(t, desk_id(t->o, SLOT_F_MATERIAL));

	if (!m || m->kind != DESK_MATERIAL)
		return wrong(t, SLOT_F_MATERIAL, DESK_REFUSED_ABSENT);
	if (desk_has(t->o, SLOT_F_UNTIL) &&
	    (desk_i(t->o, SLOT_F_UNTIL) <= t->now || desk_i(t->o, SLOT_F_UNTIL) <= desk_i(t->o, SLOT_F_STARTS)))
		return wrong(t, SLOT_F_UNTIL, DESK_REFUSED_TIME);
	return DESK_OK;
}

static enum desk_refusal on(struct desk_turn *t)
{
	const struct desk_object *m = turn_peek(t, desk_id(t->o, SLOT_F_MATERIAL));

	if (!m || m->state != MATERIAL_APPROVED)
		return wrong(t, SLOT_F_MATERIAL, DESK_REFUSED_NOT_IN_FORCE);
	if (desk_has(t->o, SLOT_F_UNTIL) && desk_i(t->o, SLOT_F_UNTIL) <= t->now)
		return wrong(t, SLOT_F_UNTIL, DESK_REFUSED_TOO_LATE);
	turn_timer(t, SLOT_T_END, desk_i(t->o, SLOT_F_UNTIL));
	return DESK_OK;
}

static enum desk_refusal override(struct desk_turn *t)
{
	enum desk_refusal no = plan(t);

	desk_set_i(t->o, SLOT_F_EMERGENCY, 1);
	if (no == DESK_OK && desk_i(t->o, SLOT_F_UNTIL) - t->now > turn_limit(t, LIMIT_SCREEN_OVERRIDE))
		return wrong(t, SLOT_F_UNTIL, DESK_REFUSED_PERIOD);
	return no == DESK_OK ? on(t) : no;
}

static enum desk_refusal over(struct desk_turn *t)
{
	turn_timer(t, SLOT_T_END, 0);
	return DESK_OK;
}

static const struct desk_state state[SLOT_STATES] = {
	[SLOT_PLANNED] = { "planned", "待审批", false },
	[SLOT_ON] = { "on", "播放中", false },
	[SLOT_ENDED] = { "ended", "已结束", true },
	[SLOT_WITHDRAWN] = { "withdrawn", "已撤下", true },
};
static const struct desk_field field[SLOT_F_FIELDS] = {
	[SLOT_F_MATERIAL] = { "material", "素材", DESK_OBJECT, DESK_MATERIAL },
	[SLOT_F_SCREEN] = { "screen", "屏幕", DESK_OBJECT, DESK_SCREEN },
	[SLOT_F_OUTLET] = { "outlet", "网点", DESK_OBJECT, DESK_OUTLET },
	[SLOT_F_ORGANISATION] = { "organisation", "单位", DESK_INTEGER, .min = 1, .max = 65535 },
	[SLOT_F_DISTRICT] = { "district", "辖区", DESK_INTEGER, .min = 1, .max = 65535 },
	[SLOT_F_STARTS] = { "starts", "开始时间", DESK_TIME },
	[SLOT_F_UNTIL] = { "until", "截止时间", DESK_TIME },
	[SLOT_F_WEEKDAYS] = { "weekdays", "星期", DESK_INTEGER, .min = 1, .max = 127 },
	[SLOT_F_FROM_HOUR] = { "from_hour", "每日开始时刻", DESK_INTEGER, .max = 23 },
	[SLOT_F_TO_HOUR] = { "to_hour", "每日结束时刻", DESK_INTEGER, .min = 1, .max = 24 },
	[SLOT_F_SECONDS] = { "seconds", "每次秒数", DESK_INTEGER, .min = SLOT_SECONDS_LEAST, .max = SLOT_SECONDS_MOST },
	[SLOT_F_PRIORITY] = { "priority", "优先级", DESK_INTEGER, .max = 9 },
	[SLOT_F_EMERGENCY] = { "emergency", "紧急插播", DESK_INTEGER, .max = 1 },
	[SLOT_F_REASON] = { "reason", "理由", DESK_TEXT },
};
#define FOR (F(SLOT_F_SCREEN) | F(SLOT_F_OUTLET) | F(SLOT_F_ORGANISATION) | F(SLOT_F_DISTRICT))
#define WHEN                                                                                             \
	(F(SLOT_F_STARTS) | F(SLOT_F_UNTIL) | F(SLOT_F_WEEKDAYS) | F(SLOT_F_FROM_HOUR) | F(SLOT_F_TO_HOUR) | \
	 F(SLOT_F_SECONDS) | F(SLOT_F_PRIORITY))
#define PLANNERS (R(CHANNEL) | R(MEDIA) | R(EDITOR))
static const struct desk_step step[SLOT_DO_STEPS] = {
	[SLOT_DO_PLAN] = { "plan", "排播", S_NEW, S(SLOT_PLANNED), PLANNERS, DESK_PROPOSES, F(SLOT_F_MATERIAL), FOR | WHEN,
	                   NULL, plan },
	[SLOT_DO_APPROVE] = { "approve", "批准", S(SLOT_PLANNED), S(SLOT_ON), R(EDITOR) | R(LEADER), DESK_FOUR_EYES, 0, 0,
	                      NULL, on },
	[SLOT_DO_OVERRIDE] = { "override", "紧急插播", S_NEW, S(SLOT_ON), R(LEADER) | R(CITY_LEADER), 0,
	                       F(SLOT_F_MATERIAL) | F(SLOT_F_UNTIL) | F(SLOT_F_REASON), FOR | F(SLOT_F_SECONDS), NULL,
	                       override },
	[SLOT_DO_WITHDRAW] = { "withdraw", "撤下", S(SLOT_PLANNED) | S(SLOT_ON), S(SLOT_WITHDRAWN), PLANNERS | R(LEADER), 0,
	                       0, F(SLOT_F_REASON), NULL, over },
	[SLOT_DO_END] = { "end", "到期结束", S(SLOT_ON), S(SLOT_ENDED), 0, DESK_BY_TIMER, 0, 0, NULL, NULL },
};
static const struct desk_timer timer[SLOT_T_TIMERS] = {
	[SLOT_T_END] = { "end", "截止时间", SLOT_DO_END },
};

const struct desk_machine desk_slot = {
	.kind = DESK_SLOT,
	.letters = "SL",
	.name = "slot",
	.zh = "排播",
	.route = "slots",
	.in_head = { .subject = { SLOT_F_MATERIAL },
	             .also = { SLOT_F_SCREEN, SLOT_F_OUTLET },
	             .organisation = SLOT_F_ORGANISATION,
	             .district = SLOT_F_DISTRICT },
	.n_states = SLOT_STATES,
	.n_fields = SLOT_F_FIELDS,
	.n_steps = SLOT_DO_STEPS,
	.n_timers = SLOT_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
