/* supply.c - items at outlets; see supply.h. Each movement is worked out, and what would break the order of the counts is refused. */
#include "desk/supply.h"
#include "desk/desk_int.h"

bool supply_sound(const struct desk_object *o)
{
	int64_t placed = desk_i(o, SUPPLY_F_PLACED), lost = desk_i(o, SUPPLY_F_LOST);
	int64_t received = desk_i(o, SUPPLY_F_RECEIVED), ordered = desk_i(o, SUPPLY_F_ORDERED);
	bool complete = placed >= supply_needed(o);

	return placed >= 0 && lost >= 0 && placed + lost <= received && received <= ordered &&
	       (o->state == SUPPLY_CLOSED || (o->state == SUPPLY_COMPLETE) == complete);
}

static enum desk_refusal counted(struct desk_turn *t)
{
	t->o->state = desk_i(t->o, SUPPLY_F_PLACED) >= supply_needed(t->o) ? SUPPLY_COMPLETE : SUPPLY_SHORT;
	t->d->bad_field = SUPPLY_F_PIECES;
	if (!supply_sound(t->o))
		return DESK_REFUSED_FIELD_VALUE;
	t->d->bad_field = 0;
	return DESK_OK;
}

/* Adds the pieces of the step to one count and takes them from another. A count that is full, or has too few, is a wrong number of pieces. */
static enum desk_refusal move(struct desk_turn *t, uint32_t to, uint32_t from)
{
	int64_t n = desk_i(t->o, SUPPLY_F_PIECES);

	if (to)
		desk_set_i(t->o, to, desk_i(t->o, to) + n);
	if (from)
		desk_set_i(t->o, from, desk_i(t->o, from) - n);
	t->d->bad_field = SUPPLY_F_PIECES;
	return to && desk_i(t->o, to) > t->m->field[to].max ? DESK_REFUSED_FIELD_VALUE : counted(t);
}

static enum desk_refusal want(struct desk_turn *t)
{
	for (uint32_t f = SUPPLY_F_ORDERED; f <= SUPPLY_F_LOST; f++)
		desk_set_i(t->o, f, 0);
	return counted(t);
}

static enum desk_refusal want_anew(struct desk_turn *t)
{
	return counted(t);
}

static enum desk_refusal ask_local(struct desk_turn *t)
{
	return desk_i(t->o, SUPPLY_F_ASKED) == supply_needed(t->o) ? DESK_REFUSED_SAME : DESK_OK;
}

static enum desk_refusal approve_local(struct desk_turn *t)
{
	if (!desk_has(t->o, SUPPLY_F_ASKED))
		return DESK_REFUSED_STATE;
	desk_set_i(t->o, SUPPLY_F_LOCAL, desk_i(t->o, SUPPLY_F_ASKED));
	desk_unset(t->o, SUPPLY_F_ASKED);
	return counted(t);
}

static enum desk_refusal refuse_local(struct desk_turn *t)
{
	if (!desk_has(t->o, SUPPLY_F_ASKED))
		return DESK_REFUSED_STATE;
	desk_unset(t->o, SUPPLY_F_ASKED);
	return DESK_OK;
}

static enum desk_refusal order(struct desk_turn *t)
{
	return move(t, SUPPLY_F_ORDERED, 0);
}

static enum desk_refusal cancel_order(struct desk_turn *t)
{
	return move(t, 0, SUPPLY_F_ORDERED);
}

static enum desk_refusal receive(struct desk_turn *t)
{
	return move(t, SUPPLY_F_RECEIVED, 0);
}

static enum desk_refusal place(struct desk_turn *t)
{
	return move(t, SUPPLY_F_PLACED, 0);
}

static enum desk_refusal take_down(struct desk_turn *t)
{
	return move(t, 0, SUPPLY_F_PLACED);
}

static enum desk_refusal lose(struct desk_turn *t)
{
	return move(t, SUPPLY_F_LOST, 0);
}

static enum desk_refusal spoil(struct desk_turn *t)
{
	return move(t, SUPPLY_F_LOST, SUPPLY_F_PLACED);
}

static const struct desk_state state[SUPPLY_STATES] = {
	[SUPPLY_SHORT] = { "short", "未配齐", false },
	[SUPPLY_COMPLETE] = { "complete", "已配齐", false },
	[SUPPLY_CLOSED] = { "closed", "已撤销", true },
};
#define COUNT(name, zh)                           \
	{                                             \
		name, zh, DESK_INTEGER, .max = 1000000000 \
	}
static const struct desk_field field[SUPPLY_F_FIELDS] = {
	[SUPPLY_F_OUTLET] = { "outlet", "网点", DESK_OBJECT, DESK_OUTLET },
	[SUPPLY_F_ITEM] = { "item", "物料", DESK_CHOICE, .choices = &kit_items },
	[SUPPLY_F_WANTED] = { "wanted", "标准数量", DESK_INTEGER, .max = KIT_PIECES_MAX },
	[SUPPLY_F_LOCAL] = { "local", "本地调整数量", DESK_INTEGER, .max = KIT_PIECES_MAX },
	[SUPPLY_F_ASKED] = { "asked", "申请数量", DESK_INTEGER, .max = KIT_PIECES_MAX },
	[SUPPLY_F_REASON] = { "reason", "调整理由", DESK_TEXT },
	[SUPPLY_F_ORDERED] = COUNT("ordered", "已订购"),
	[SUPPLY_F_RECEIVED] = COUNT("received", "已到货"),
	[SUPPLY_F_PLACED] = COUNT("placed", "已布放"),
	[SUPPLY_F_LOST] = COUNT("lost", "丢失损坏"),
	[SUPPLY_F_PIECES] = { "pieces", "本次数量", DESK_INTEGER, .min = 1, .max = KIT_PIECES_MAX },
	[SUPPLY_F_PHOTO] = { "photo", "照片", DESK_FILE },
	[SUPPLY_F_NOTE] = { "note", "说明", DESK_TEXT },
	[SUPPLY_F_ORGANISATION] = { "organisation", "单位", DESK_INTEGER, .max = 65535 },
	[SUPPLY_F_DISTRICT] = { "district", "辖区", DESK_INTEGER, .max = 65535 },
	[SUPPLY_F_KIT] = { "kit", "标准版本", DESK_INTEGER, .max = 1000000 },
};
#define OPEN (S(SUPPLY_SHORT) | S(SUPPLY_COMPLETE))
#define MEMBERS (R(CHANNEL) | R(BANK_DESK) | R(BANK_OUTLET) | R(OPERATOR_DESK) | R(OPERATOR_OUTLET))
#define BUYERS (R(CHANNEL) | R(INSPECTOR) | R(SECRETARY))
#define HANDS (MEMBERS | R(INSPECTOR))
#define MOVES(name, zh, roles, more, rule)                                                        \
	{                                                                                             \
		name, zh, OPEN, OPEN, roles, 0, F(SUPPLY_F_PIECES) | (more), F(SUPPLY_F_NOTE), NULL, rule \
	}
static const struct desk_step step[SUPPLY_DO_STEPS] = {
	[SUPPLY_DO_WANT] = { "want", "按标准配置", S_NEW, OPEN, 0, DESK_INTERNAL,
	                     F(SUPPLY_F_OUTLET) | F(SUPPLY_F_ITEM) | F(SUPPLY_F_WANTED) | F(SUPPLY_F_ORGANISATION) |
	                         F(SUPPLY_F_DISTRICT) | F(SUPPLY_F_KIT),
	                     0, NULL, want },
	[SUPPLY_DO_WANT_ANEW] = { "want-anew", "标准变更", OPEN, OPEN, 0, DESK_INTERNAL, F(SUPPLY_F_WANTED),
	                          F(SUPPLY_F_ORGANISATION) | F(SUPPLY_F_DISTRICT) | F(SUPPLY_F_KIT), NULL, want_anew },
	[SUPPLY_DO_ASK_LOCAL] = { "ask-local", "申请局部调整", OPEN, 0, MEMBERS | R(INSPECTOR), DESK_PROPOSES,
	                          F(SUPPLY_F_ASKED) | F(SUPPLY_F_REASON), 0, NULL, ask_local },
	[SUPPLY_DO_APPROVE_LOCAL] = { "approve-local", "批准局部调整", OPEN, OPEN, R(INSPECTOR) | R(SECRETARY) | R(LEADER),
	                              DESK_FOUR_EYES, 0, F(SUPPLY_F_NOTE), NULL, approve_local },
	[SUPPLY_DO_REFUSE_LOCAL] = { "refuse-local", "不批准局部调整", OPEN, 0, R(INSPECTOR) | R(SECRETARY) | R(LEADER), 0,
	                             F(SUPPLY_F_NOTE), 0, NULL, refuse_local },
	[SUPPLY_DO_ORDER] = MOVES("order", "订购", BUYERS, 0, order),
	[SUPPLY_DO_CANCEL_ORDER] = MOVES("cancel-order", "取消订购", BUYERS, 0, cancel_order),
	[SUPPLY_DO_RECEIVE] = MOVES("receive", "到货", HANDS, 0, receive),
	[SUPPLY_DO_PLACE] = MOVES("place", "布放", HANDS, F(SUPPLY_F_PHOTO), place),
	[SUPPLY_DO_TAKE_DOWN] = MOVES("take-down", "撤下", HANDS, 0, take_down),
	[SUPPLY_DO_LOSE] = MOVES("lose", "库存丢失损坏", HANDS, 0, lose),
	[SUPPLY_DO_SPOIL] = MOVES("spoil", "布放后丢失损坏", HANDS, 0, spoil),
	[SUPPLY_DO_CLOSE] = { "close", "撤销", OPEN, S(SUPPLY_CLOSED), 0, DESK_INTERNAL, 0, 0, NULL, NULL },
};

const struct desk_machine desk_supply = {
	.kind = DESK_SUPPLY,
	.letters = "SU",
	.name = "supply",
	.zh = "网点物料",
	.route = "supplies",
	.in_head = { .subject = { SUPPLY_F_OUTLET }, .organisation = SUPPLY_F_ORGANISATION, .district = SUPPLY_F_DISTRICT },
	.n_states = SUPPLY_STATES,
	.n_fields = SUPPLY_F_FIELDS,
	.n_steps = SUPPLY_DO_STEPS,
	.n_timers = 0,
	.state = state,
	.field = field,
	.step = step,
	.timer = NULL,
};
