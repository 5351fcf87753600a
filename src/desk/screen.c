/* screen.c - screens at outlets; see screen.h. */
#include "desk/screen.h"
#include "desk/desk_int.h"

/* Where the outlet is, it is. */
static enum desk_refusal place(struct desk_turn *t)
{
	const struct desk_object *outlet =
		desk_has(t->o, SCREEN_F_OUTLET) ? turn_peek(t, desk_id(t->o, SCREEN_F_OUTLET)) : NULL;

	if (desk_has(t->o, SCREEN_F_OUTLET) && (!outlet || outlet->kind != DESK_OUTLET))
		return DESK_REFUSED_ABSENT;
	if (outlet && (t->c->roles & (R(EDITOR) | R(INSPECTOR))) == 0 && outlet->organisation != t->c->organisation)
		return DESK_REFUSED_ROLE; /* another member's */
	if (outlet && outlet->organisation)
		desk_set_i(t->o, SCREEN_F_ORGANISATION, outlet->organisation);
	if (outlet && outlet->district)
		desk_set_i(t->o, SCREEN_F_DISTRICT, outlet->district);
	if (!desk_has(t->o, SCREEN_F_ORGANISATION) && t->c->organisation)
		desk_set_i(t->o, SCREEN_F_ORGANISATION, t->c->organisation);
	return DESK_OK;
}

static enum desk_refusal set_up(struct desk_turn *t)
{
	desk_set_i(t->o, SCREEN_F_TURN, 1);
	return place(t);
}

static enum desk_refusal rotate(struct desk_turn *t)
{
	desk_set_i(t->o, SCREEN_F_TURN, desk_i(t->o, SCREEN_F_TURN) + 1);
	return DESK_OK;
}

static const struct desk_choice language_choice[] = {
	[SCREEN_ZH] = { "zh", "中文" },
	[SCREEN_EN] = { "en", "英文" },
	[SCREEN_BOTH] = { "both", "中英文" },
};
static const struct desk_choices languages = { ARRAY_LEN(language_choice), language_choice };

static const struct desk_state state[SCREEN_STATES] = {
	[SCREEN_ACTIVE] = { "active", "使用中", false },
	[SCREEN_RETIRED] = { "retired", "已停用", true },
};
static const struct desk_field field[SCREEN_F_FIELDS] = {
	[SCREEN_F_NAME] = { "name", "名称", DESK_TEXT },
	[SCREEN_F_OUTLET] = { "outlet", "网点", DESK_OBJECT, DESK_OUTLET },
	[SCREEN_F_ORGANISATION] = { "organisation", "单位", DESK_INTEGER, .min = 1, .max = 65535 },
	[SCREEN_F_DISTRICT] = { "district", "辖区", DESK_INTEGER, .max = 65535 },
	[SCREEN_F_LANGUAGE] = { "language", "语言", DESK_CHOICE, .choices = &languages },
	[SCREEN_F_TURN] = { "turn", "地址轮次", DESK_INTEGER, .min = 1, .max = INT32_MAX },
	[SCREEN_F_REASON] = { "reason", "理由", DESK_TEXT },
};
#define KEEPERS (R(CHANNEL) | R(EDITOR) | R(INSPECTOR))
#define PLACED (F(SCREEN_F_OUTLET) | F(SCREEN_F_ORGANISATION) | F(SCREEN_F_DISTRICT) | F(SCREEN_F_LANGUAGE))
static const struct desk_step step[SCREEN_DO_STEPS] = {
	[SCREEN_DO_SET_UP] = { "set-up", "设置", S_NEW, S(SCREEN_ACTIVE), KEEPERS, 0, F(SCREEN_F_NAME), PLACED, NULL,
	                       set_up },
	[SCREEN_DO_CHANGE] = { "change", "变更", S(SCREEN_ACTIVE), 0, KEEPERS, 0, 0,
	                       F(SCREEN_F_NAME) | F(SCREEN_F_LANGUAGE), NULL, NULL },
	[SCREEN_DO_ROTATE] = { "rotate", "更换地址", S(SCREEN_ACTIVE), 0, KEEPERS, 0, 0, F(SCREEN_F_REASON), NULL, rotate },
	[SCREEN_DO_RETIRE] = { "retire", "停用", S(SCREEN_ACTIVE), S(SCREEN_RETIRED), KEEPERS, 0, 0, F(SCREEN_F_REASON),
	                       NULL, NULL },
};

const struct desk_machine desk_screen = {
	.kind = DESK_SCREEN,
	.letters = "SC",
	.name = "screen",
	.zh = "网点屏幕",
	.route = "screens",
	.in_head = { .subject = { SCREEN_F_OUTLET }, .organisation = SCREEN_F_ORGANISATION, .district = SCREEN_F_DISTRICT },
	.n_states = SCREEN_STATES,
	.n_fields = SCREEN_F_FIELDS,
	.n_steps = SCREEN_DO_STEPS,
	.state = state,
	.field = field,
	.step = step,
};
