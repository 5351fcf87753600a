/* expr.c - questions about checked expressions: are two the same, how deep do aggregates nest, what lies below.
 *
 * Sameness is structural and ignores where something was written; it is what lets two rules share a window. */
#include "policy/plandata.h"

static bool agg_equal(const struct agg *a, const struct agg *b)
{
	if (a == b)
		return true;
	if (a->func != b->func || a->event != b->event || a->n_keys != b->n_keys || a->window_us != b->window_us)
		return false;
	for (uint32_t i = 0; i < a->n_keys; i++)
		if (!expr_equal(a->key[i], b->key[i]))
			return false;
	return expr_equal(a->value, b->value) && expr_equal(a->filter, b->filter);
}

bool expr_equal(const struct expr *a, const struct expr *b)
{
	if (a == b)
		return true;
	if (a == NULL || b == NULL || a->op != b->op || a->type.dim != b->type.dim || a->type.real != b->type.real)
		return false;
	if (a->type.dim == DIM_ENTITY && a->type.entity != b->type.entity)
		return false;
	switch (a->op) {
	case X_INT: return a->i == b->i;
	case X_REAL: return a->r == b->r;
	case X_TEXT: return text_eq(a->text, b->text);
	case X_FIELD: return a->index == b->index;
	case X_TIME: return true;
	case X_AGG:
		if (a->excluding_this != b->excluding_this || !agg_equal(a->agg, b->agg))
			return false;
		for (uint32_t i = 0; i < a->agg->n_keys; i++)
			if (!expr_equal(a->lookup[i], b->lookup[i]))
				return false;
		return true;
	case X_CALL:
		if (a->index != b->index || a->i != b->i || a->n_args != b->n_args)
			return false;
		for (uint32_t i = 0; i < a->n_args; i++)
			if (!expr_equal(a->arg[i], b->arg[i]))
				return false;
		return true;
	default: return a->index == b->index && expr_equal(a->a, b->a) && expr_equal(a->b, b->b);
	}
}

static uint32_t level_max(uint32_t n, const struct expr *e)
{
	uint32_t l = expr_level(e);

	return l > n ? l : n;
}

uint32_t expr_level(const struct expr *e)
{
	uint32_t n = 0;

	if (e == NULL)
		return 0;
	if (e->op == X_AGG) {
		for (uint32_t i = 0; i < e->agg->n_keys; i++)
			n = level_max(n, e->agg->key[i]);
		n = level_max(level_max(n, e->agg->value), e->agg->filter) + 1;
		for (uint32_t i = 0; i < e->agg->n_keys; i++)
			n = level_max(n, e->lookup[i]);
		return n;
	}
	for (uint32_t i = 0; i < e->n_args; i++)
		n = level_max(n, e->arg[i]);
	return level_max(level_max(n, e->a), e->b);
}

void expr_walk(const struct expr *e, void (*f)(void *ctx, const struct expr *e), void *ctx)
{
	if (e == NULL)
		return;
	f(ctx, e);
	expr_walk(e->a, f, ctx);
	expr_walk(e->b, f, ctx);
	for (uint32_t i = 0; i < e->n_args; i++)
		expr_walk(e->arg[i], f, ctx);
	if (e->op == X_AGG)
		for (uint32_t i = 0; i < e->agg->n_keys; i++)
			expr_walk(e->lookup[i], f, ctx);
}
