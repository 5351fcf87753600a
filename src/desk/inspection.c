/* inspection.c - visits to outlets; see inspection.h. */
#include "desk/inspection.h"
#include "desk/correction.h"
#include "desk/desk_int.h"
#include "desk/outlet.h"
#include "desk/supply.h"

uint32_t inspection_weight(uint32_t item)
{
	static const uint8_t weight[KIT_ITEMS] = { 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3 };

	return weight[item];
}

uint32_t inspection_score(uint32_t right, uint32_t wrong, uint32_t missing)
{
	uint32_t points = 0, most = 0;

	for (uint32_t i = 1; i < KIT_ITEMS; i++) {
		uint32_t bit = 1u << (i - 1), weight = inspection_weight(i);

		points += (right & bit ? 2 : wrong & bit ? 1 : 0) * weight;
		most += ((right | wrong | missing) & bit) ? 2 * weight : 0;
	}
	CHECK(most > 0);
	return 100 * points / most;
}

/* Bits of the items that the outlet needs at least one piece of. */
static uint32_t needed_at(struct desk_turn *t)
{
	uint64_t id = UINT64_MAX;
	uint32_t bits = 0;

	for (uint32_t i = 0; i < DESK_ABOUT_MAX; i++) {
		const struct desk_object *s;

		id = turn_about(t, DESK_SUPPLY, t->o->subject, id);
		s = turn_peek(t, id);
		if (!s)
			break;
		if (s->state != SUPPLY_CLOSED && supply_needed(s) > 0)
			bits |= 1u << (desk_i(s, SUPPLY_F_ITEM) - 1);
	}
	return bits;
}

/* Whose outlet it is: theirs is the inspection. */
static enum desk_refusal plan(struct desk_turn *t)
{
	const struct desk_object *u = turn_peek(t, desk_id(t->o, INSPECTION_F_OUTLET));

	if (!u || u->kind != DESK_OUTLET || u->state == OUTLET_CANCELLED)
		return DESK_REFUSED_ABSENT;
	desk_set_i(t->o, INSPECTION_F_ORGANISATION, u->organisation);
	desk_set_i(t->o, INSPECTION_F_DISTRICT, u->district);
	turn_timer(t, INSPECTION_T_DO, desk_i(t->o, INSPECTION_F_PLANNED) + turn_limit(t, LIMIT_INSPECTION_LATE));
	return desk_only_one(t);
}

static enum desk_refusal move(struct desk_turn *t)
{
	turn_timer(t, INSPECTION_T_DO, desk_i(t->o, INSPECTION_F_PLANNED) + turn_limit(t, LIMIT_INSPECTION_LATE));
	return DESK_OK;
}

/* Each item that is needed is one of the three, nothing else is. */
static enum desk_refusal done(struct desk_turn *t)
{
	uint32_t right = (uint32_t)desk_i(t->o, INSPECTION_F_RIGHT), wrong = (uint32_t)desk_i(t->o, INSPECTION_F_WRONG);
	uint32_t missing = (uint32_t)desk_i(t->o, INSPECTION_F_MISSING), needed = needed_at(t);

	t->d->bad_field = (right & wrong) ? INSPECTION_F_WRONG : INSPECTION_F_MISSING;
	if ((right & wrong) || ((right | wrong) & missing) || (right | wrong | missing) != needed || needed == 0)
		return DESK_REFUSED_FIELD_VALUE;
	t->d->bad_field = 0;
	desk_set_i(t->o, INSPECTION_F_SCORE, inspection_score(right, wrong, missing));
	turn_timer(t, INSPECTION_T_DO, 0);
	turn_timer(t, INSPECTION_T_CONFIRM, t->now + turn_limit(t, LIMIT_INSPECTION_CONFIRM));
	return DESK_OK;
}

static enum desk_refusal send_back(struct desk_turn *t)
{
	turn_timer(t, INSPECTION_T_CONFIRM, 0);
	turn_timer(t, INSPECTION_T_DO, t->now + turn_limit(t, LIMIT_INSPECTION_LATE));
	return DESK_OK;
}

static enum desk_refusal set_corrections(struct desk_turn *t)
{
	uint32_t wrong = (uint32_t)desk_i(t->o, INSPECTION_F_WRONG), missing = (uint32_t)desk_i(t->o, INSPECTION_F_MISSING);
	enum desk_refusal no = DESK_OK;

	for (uint32_t i = 1; i < KIT_ITEMS && no == DESK_OK; i++) {
		struct desk_command c;

		if (((wrong | missing) >> (i - 1) & 1) == 0 || correction_open(t, desk_id(t->o, INSPECTION_F_OUTLET), i))
			continue; /* it is right, or an earlier one runs on */
		turn_command(t, &c, DESK_CORRECTION, CORRECTION_DO_SET, 0);
		desk_give_id(&c, CORRECTION_F_OUTLET, desk_id(t->o, INSPECTION_F_OUTLET));
		desk_give_id(&c, CORRECTION_F_INSPECTION, t->o->id);
		desk_give_i(&c, CORRECTION_F_ITEM, i);
		desk_give_i(&c, CORRECTION_F_FAULT, missing >> (i - 1) & 1 ? FAULT_MISSING : FAULT_WRONG);
		turn_give(t, &c, CORRECTION_F_DEADLINE, INSPECTION_F_DEADLINE);
		no = turn_do(t, &c, NULL);
	}
	return no;
}

static enum desk_refusal confirm(struct desk_turn *t)
{
	int64_t score = desk_i(t->o, INSPECTION_F_SCORE);
	const struct desk_object *u = turn_peek(t, desk_id(t->o, INSPECTION_F_OUTLET));
	bool passed = score >= turn_limit(t, LIMIT_INSPECTION_PASS) && u && u->state != OUTLET_SUSPENDED;
	struct desk_command c;
	enum desk_refusal no;

	if (!u || u->state == OUTLET_CANCELLED)
		return DESK_REFUSED_ABSENT;
	turn_command(t, &c, DESK_OUTLET, passed ? OUTLET_DO_PASS : OUTLET_DO_SCORE, u->id);
	desk_give_i(&c, OUTLET_F_SCORE, score);
	desk_give_id(&c, OUTLET_F_INSPECTION, t->o->id);
	no = turn_do(t, &c, NULL);
	if (no == DESK_OK)
		no = set_corrections(t);
	if (score < turn_limit(t, LIMIT_INSPECTION_TALK))
		turn_send(t, DESK_MESSAGE_ALARM, 0);
	return no;
}

static enum desk_refusal late(struct desk_turn *t)
{
	desk_set_i(t->o, INSPECTION_F_LATE, desk_i(t->o, INSPECTION_F_LATE) | (t->c->step == INSPECTION_DO_LATE ? 1 : 2));
	return turn_alarm(t);
}

static const struct desk_state state[INSPECTION_STATES] = {
	[INSPECTION_PLANNED] = { "planned", "已计划", false },
	[INSPECTION_DONE] = { "done", "待确认", false },
	[INSPECTION_CONFIRMED] = { "confirmed", "已确认", true },
	[INSPECTION_CANCELLED] = { "cancelled", "已取消", true },
};
#define BITS(name, zh)                                            \
	{                                                             \
		name, zh, DESK_INTEGER, .max = (1 << (KIT_ITEMS - 1)) - 1 \
	}
static const struct desk_field field[INSPECTION_F_FIELDS] = {
	[INSPECTION_F_OUTLET] = { "outlet", "网点", DESK_OBJECT, DESK_OUTLET },
	[INSPECTION_F_PLANNED] = { "planned", "计划时间", DESK_TIME },
	[INSPECTION_F_RIGHT] = BITS("right", "合格项"),
	[INSPECTION_F_WRONG] = BITS("wrong", "不合格项"),
	[INSPECTION_F_MISSING] = BITS("missing", "缺失项"),
	[INSPECTION_F_SCORE] = { "score", "得分", DESK_INTEGER, .max = 100 },
	[INSPECTION_F_PHOTO_1] = { "photo_1", "照片一", DESK_FILE },
	[INSPECTION_F_PHOTO_2] = { "photo_2", "照片二", DESK_FILE },
	[INSPECTION_F_PHOTO_3] = { "photo_3", "照片三", DESK_FILE },
	[INSPECTION_F_FINDING] = { "finding", "检查情况", DESK_TEXT },
	[INSPECTION_F_NOTE] = { "note", "说明", DESK_TEXT },
	[INSPECTION_F_DEADLINE] = { "deadline", "整改期限", DESK_TIME },
	[INSPECTION_F_ORGANISATION] = { "organisation", "单位", DESK_INTEGER, .max = 65535 },
	[INSPECTION_F_DISTRICT] = { "district", "辖区", DESK_INTEGER, .max = 65535 },
	[INSPECTION_F_LATE] = { "late", "超时", DESK_INTEGER, .max = 3 },
};
#define PLANNERS (R(INSPECTOR) | R(LEADER))
static const struct desk_step step[INSPECTION_DO_STEPS] = {
	[INSPECTION_DO_PLAN] = { "plan", "计划", S_NEW, S(INSPECTION_PLANNED), PLANNERS, 0,
	                         F(INSPECTION_F_OUTLET) | F(INSPECTION_F_PLANNED), F(INSPECTION_F_NOTE), NULL, plan },
	[INSPECTION_DO_MOVE] = { "move", "改期", S(INSPECTION_PLANNED), 0, PLANNERS, 0, F(INSPECTION_F_PLANNED),
	                         F(INSPECTION_F_NOTE), NULL, move },
	[INSPECTION_DO_DO] = { "do", "检查", S(INSPECTION_PLANNED), S(INSPECTION_DONE), R(INSPECTOR), DESK_PROPOSES,
	                       F(INSPECTION_F_RIGHT) | F(INSPECTION_F_WRONG) | F(INSPECTION_F_MISSING),
	                       F(INSPECTION_F_PHOTO_1) | F(INSPECTION_F_PHOTO_2) | F(INSPECTION_F_PHOTO_3) |
	                           F(INSPECTION_F_FINDING) | F(INSPECTION_F_DEADLINE),
	                       NULL, done },
	[INSPECTION_DO_SEND_BACK] = { "send-back", "退回", S(INSPECTION_DONE), S(INSPECTION_PLANNED), PLANNERS, 0,
	                              F(INSPECTION_F_NOTE), 0, NULL, send_back },
	[INSPECTION_DO_CONFIRM] = { "confirm", "确认", S(INSPECTION_DONE), S(INSPECTION_CONFIRMED),
	                            PLANNERS | R(CHANNEL) | R(BANK_DESK) | R(OPERATOR_DESK), DESK_FOUR_EYES, 0,
	                            F(INSPECTION_F_NOTE), NULL, confirm },
	[INSPECTION_DO_CANCEL] = { "cancel", "取消", S(INSPECTION_PLANNED) | S(INSPECTION_DONE), S(INSPECTION_CANCELLED),
	                           PLANNERS, 0, F(INSPECTION_F_NOTE), 0, NULL, NULL },
	[INSPECTION_DO_LATE] = { "late", "检查超时", S(INSPECTION_PLANNED), 0, 0, DESK_BY_TIMER, 0, 0, NULL, late },
	[INSPECTION_DO_LATE_CONFIRM] = { "late-confirm", "确认超时", S(INSPECTION_DONE), 0, 0, DESK_BY_TIMER, 0, 0, NULL,
	                                 late },
};
static const struct desk_timer timer[INSPECTION_T_TIMERS] = {
	[INSPECTION_T_DO] = { "do", "检查时限", INSPECTION_DO_LATE },
	[INSPECTION_T_CONFIRM] = { "confirm", "确认时限", INSPECTION_DO_LATE_CONFIRM },
};

const struct desk_machine desk_inspection = {
	.kind = DESK_INSPECTION,
	.letters = "IN",
	.name = "inspection",
	.zh = "网点检查",
	.route = "inspections",
	.in_head = { .subject = { INSPECTION_F_OUTLET },
	             .organisation = INSPECTION_F_ORGANISATION,
	             .district = INSPECTION_F_DISTRICT },
	.n_states = INSPECTION_STATES,
	.n_fields = INSPECTION_F_FIELDS,
	.n_steps = INSPECTION_DO_STEPS,
	.n_timers = INSPECTION_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
