/* threshold.c - changed limits; see threshold.h. The interpreter takes a value over when it has been written (desk.c, work_write). */
#include "desk/threshold.h"
#include "desk/desk_int.h"

static enum desk_refusal in_range(struct desk_turn *t)
{
	struct desk_limits l;
	uint64_t n = t->o->value[THRESHOLD_F_LIMIT].token.w[1];

	t->d->bad_field = THRESHOLD_F_LIMIT;
	if (t->o->value[THRESHOLD_F_LIMIT].token.w[0] != 0 || n >= DESK_LIMITS)
		return DESK_REFUSED_FIELD_VALUE;
	t->d->bad_field = THRESHOLD_F_VALUE;
	if (desk_limits_set(&l, (uint32_t)n, desk_i(t->o, THRESHOLD_F_VALUE)) != ERR_OK)
		return DESK_REFUSED_FIELD_VALUE;
	t->d->bad_field = 0;
	return DESK_OK;
}

static enum desk_refusal approve(struct desk_turn *t)
{
	uint64_t id = UINT64_MAX;
	enum desk_refusal no = in_range(t);

	for (uint32_t i = 0; i < DESK_ABOUT_MAX && no == DESK_OK; i++) {
		const struct desk_object *o;

		id = turn_about(t, DESK_LIMIT, t->o->subject, id);
		o = turn_peek(t, id);
		if (!o)
			break;
		if (o->id != t->o->id && o->state == THRESHOLD_IN_FORCE)
			no = turn_step(t, DESK_LIMIT, THRESHOLD_DO_REPLACE, o->id);
	}
	return no;
}

static const struct desk_state state[THRESHOLD_STATES] = {
	[THRESHOLD_ASKED] = { "asked", "待审批", false },
	[THRESHOLD_IN_FORCE] = { "in-force", "生效", false },
	[THRESHOLD_WITHDRAWN] = { "withdrawn", "已撤回", true },
	[THRESHOLD_REPLACED] = { "replaced", "已被替代", true },
};
static const struct desk_field field[THRESHOLD_F_FIELDS] = {
	[THRESHOLD_F_LIMIT] = { "limit", "限值项", DESK_ENTITY, DESK_NUMBER },
	[THRESHOLD_F_VALUE] = { "value", "限值", DESK_INTEGER, .min = 0, .max = INT64_MAX },
	[THRESHOLD_F_REASON] = { "reason", "理由", DESK_REF },
};
static const struct desk_step step[THRESHOLD_DO_STEPS] = {
	[THRESHOLD_DO_ASK] = { "ask", "申请变更", S_NEW, S(THRESHOLD_ASKED), R(ADMIN) | R(LEADER), DESK_PROPOSES,
	                       F(THRESHOLD_F_LIMIT) | F(THRESHOLD_F_VALUE), F(THRESHOLD_F_REASON), NULL, in_range },
	[THRESHOLD_DO_APPROVE] = { "approve", "审批", S(THRESHOLD_ASKED), S(THRESHOLD_IN_FORCE), R(ADMIN) | R(CITY_LEADER),
	                           DESK_FOUR_EYES, 0, 0, NULL, approve },
	[THRESHOLD_DO_WITHDRAW] = { "withdraw", "撤回", S(THRESHOLD_ASKED), S(THRESHOLD_WITHDRAWN),
	                            R(ADMIN) | R(LEADER) | R(CITY_LEADER), 0, 0, F(THRESHOLD_F_REASON), NULL, NULL },
	[THRESHOLD_DO_REPLACE] = { "replace", "替代", S(THRESHOLD_IN_FORCE), S(THRESHOLD_REPLACED), 0, DESK_INTERNAL, 0, 0,
	                           NULL, NULL },
};

const struct desk_machine desk_threshold = {
	.kind = DESK_LIMIT,
	.letters = "T",
	.name = "limit",
	.zh = "限值",
	.route = "limits",
	.in_head = { .subject = { THRESHOLD_F_LIMIT } },
	.n_states = THRESHOLD_STATES,
	.n_fields = THRESHOLD_F_FIELDS,
	.n_steps = THRESHOLD_DO_STEPS,
	.n_timers = 0,
	.state = state,
	.field = field,
	.step = step,
	.timer = NULL,
};
