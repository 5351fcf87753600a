/* codegen_cond.c - conditions into jumps, and what can be known of them before a window is read.
 *
 * A condition is left as soon as it can't hold any more. What decides cheaply comes first: comparisons of fields and attributes; then
 * the cheap parts of alternatives, one of which must hold; then bounds. A bound is what must stand in a window before a condition can
 * be anything but false: count(..) >= 5 wants five events since the window's beginning, whatever its filter. A ring tells that by one
 * look at its fifth newest event, and for most events it is all that a rule asks. */
#include "policy/codegen_int.h"

static void bounds_raise(struct bounds *b, struct plan_bound x)
{
	for (uint32_t i = 0; i < b->n; i++)
		if (b->of[i].view == x.view && b->of[i].window_us == x.window_us) {
			if (b->of[i].least < x.least)
				b->of[i].least = x.least;
			return;
		}
	if (b->n < BOUNDS_MAX) /* past it one is not used: slower, never wrong */
		b->of[b->n++] = x;
}

/* Either is so: what both want, the lesser of it. */
static void bounds_either(struct bounds *b, const struct bounds *left, const struct bounds *right)
{
	for (uint32_t i = 0; i < left->n; i++)
		for (uint32_t k = 0; k < right->n; k++) {
			const struct plan_bound *l = &left->of[i], *r = &right->of[k];

			if (l->view == r->view)
				bounds_raise(
					b, (struct plan_bound){ .view = l->view,
				                            .least = l->least < r->least ? l->least : r->least,
				                            .window_us = l->window_us > r->window_us ? l->window_us : r->window_us });
		}
}

/* count or distinct against a constant: what must stand in the window for it to be at least that, or with `above` more than that. */
static bool bound_of(const struct gen *g, const struct expr *agg, const struct expr *constant, bool above,
                     struct plan_bound *out)
{
	uint32_t view, acc;

	if (agg->op != X_AGG || constant->op != X_INT || constant->i >= RING_EVENTS_MAX || constant->i + above <= 0 ||
	    (agg->agg->func != RING_COUNT && agg->agg->func != RING_DISTINCT))
		return false;
	for (uint32_t i = 0; i < agg->agg->n_keys; i++)
		if (expr_level(agg->lookup[i]) > 0) /* its row is only known from another window */
			return false;
	if (!plan_find(g->p, g->context, agg, &view, &acc))
		return false;
	*out = (struct plan_bound){ view, (uint32_t)(constant->i + above), agg->agg->window_us };
	return true;
}

/* What must be met for a comparison to hold (least), or for it not to hold (!least), either way round. */
static bool bound_of_comparison(const struct gen *g, const struct expr *e, bool least, struct plan_bound *out)
{
	switch (e->op) {
	case X_GE: return least ? bound_of(g, e->a, e->b, false, out) : bound_of(g, e->b, e->a, true, out);
	case X_GT: return least ? bound_of(g, e->a, e->b, true, out) : bound_of(g, e->b, e->a, false, out);
	case X_LE: return least ? bound_of(g, e->b, e->a, false, out) : bound_of(g, e->a, e->b, true, out);
	case X_LT: return least ? bound_of(g, e->b, e->a, true, out) : bound_of(g, e->a, e->b, false, out);
	default: return false;
	}
}

void gen_bounds(const struct gen *g, const struct expr *e, struct bounds *b)
{
	struct bounds left = { 0 }, right = { 0 };
	struct plan_bound own;

	switch (e->op) {
	case X_GE:
	case X_GT:
	case X_LE:
	case X_LT:
		if (bound_of_comparison(g, e, true, &own))
			bounds_raise(b, own);
		break;
	case X_AND:
		gen_bounds(g, e->a, b);
		gen_bounds(g, e->b, b);
		break;
	case X_OR:
		gen_bounds(g, e->a, &left);
		gen_bounds(g, e->b, &right);
		bounds_either(b, &left, &right);
		break;
	default: break;
	}
}

static uint32_t bound_number(struct gen *g, const struct plan_bound *b)
{
	struct plan *p = g->p;
	uint32_t i = 0;

	while (i < p->n_bounds &&
	       (p->bound[i].view != b->view || p->bound[i].least != b->least || p->bound[i].window_us != b->window_us))
		i++;
	if (i == PLAN_BOUNDS_MAX) {
		if (g->err == ERR_OK)
			buf_printf(g->errors, "error: the rules compare windows with more than %d bounds; split or drop rules\n",
			           PLAN_BOUNDS_MAX);
		g->err = ERR_CAP;
		return 0;
	}
	if (i == p->n_bounds)
		p->bound[p->n_bounds++] = *b;
	return i;
}

uint32_t gen_unless_holds(struct gen *g, const struct plan_bound *b, uint16_t d)
{
	const struct plan_view *v = &g->p->view[b->view];

	if (!v->before || g->before_insert)
		gen_key(g, v->key);
	g->p->view[b->view].sure |= g->surely;
	return gen_emit(g, OP_UNLESS_HOLDS, 0, d, bound_number(g, b), 0);
}

static uint32_t unless(struct gen *g, const struct expr *e)
{
	uint16_t a, b;

	if (e->op == X_LT || e->op == X_GT || e->op == X_LE || e->op == X_GE || (e->op == X_EQ && !gen_compares_real(e))) {
		switch (gen_comparison(g, e, &a, &b)) {
		case OP_LT_I: return gen_emit(g, OP_UNLESS_LT_I, 0, a, b, 0);
		case OP_LE_I: return gen_emit(g, OP_UNLESS_LE_I, 0, a, b, 0);
		case OP_LT_R: return gen_emit(g, OP_UNLESS_LT_R, 0, a, b, 0);
		case OP_LE_R: return gen_emit(g, OP_UNLESS_LE_R, 0, a, b, 0);
		default: return gen_emit(g, OP_UNLESS_EQ_I, 0, a, b, 0);
		}
	}
	return gen_emit(g, OP_UNLESS, 0, 0, gen_expr(g, e), 0);
}

void gen_jump(struct gen *g, struct jumps *j, uint32_t at)
{
	if (j->n < ARRAY_LEN(j->at))
		j->at[j->n++] = at;
	else
		g->err = ERR_CAP;
}

/* One of several conditions, cheap ones first, or a jump away. */
static void unless_any(struct gen *g, const struct expr *e, struct jumps *out)
{
	const struct expr *alt[TERMS_MAX];
	uint32_t m = gen_flatten(g, e, X_OR, alt, 0), done[TERMS_MAX], before = 0;

	gen_order_by_cost(alt, m);
	for (uint32_t k = 0; k + 1 < m; k++) {
		done[k] = gen_emit(g, OP_IF, 0, 0, gen_expr(g, alt[k]), 0);
		g->always = g->surely = false;
		if (k == 0)
			before = g->n_cache;
	}
	gen_jump(g, out, unless(g, alt[m - 1]));
	for (uint32_t k = 0; k + 1 < m; k++)
		gen_land(g, done[k]);
	g->n_cache = before; /* later alternatives may not have run */
}

/* One condition, or a jump away. count(..) <= 5 holds without being read when the window does not even hold six events. */
static void unless_one(struct gen *g, const struct expr *e, struct jumps *out)
{
	struct plan_bound b;
	uint32_t holds, kept;

	if (!bound_of_comparison(g, e, false, &b)) {
		gen_jump(g, out, unless(g, e));
		return;
	}
	holds = gen_unless_holds(g, &b, gen_temp(g));
	kept = g->n_cache;
	g->always = g->surely = false;
	gen_jump(g, out, unless(g, e));
	gen_land(g, holds);
	g->n_cache = kept;
}

/* Whether each alternative has something cheap to it. */
static bool has_cheap_part(struct gen *g, const struct expr *e)
{
	const struct expr *term[TERMS_MAX];
	uint32_t n = 0;

	if (e->op == X_OR)
		return has_cheap_part(g, e->a) && has_cheap_part(g, e->b);
	n = gen_flatten(g, e, X_AND, term, 0);
	for (uint32_t i = 0; i < n; i++)
		if (gen_cost(term[i]) < COST_DEAR)
			return true;
	return false;
}

/* The cheap parts of several conditions: when none holds, none of the whole ones can. Nothing that runs here is sure to run. */
static void unless_any_cheap(struct gen *g, const struct expr *e, struct jumps *out)
{
	const struct expr *alt[TERMS_MAX], *term[TERMS_MAX];
	uint32_t m = gen_flatten(g, e, X_OR, alt, 0), kept = g->n_cache;
	struct jumps some = { 0 };

	g->always = g->surely = false;
	for (uint32_t k = 0; k < m; k++) {
		uint32_t n = gen_flatten(g, alt[k], X_AND, term, 0);
		struct jumps next = { 0 };

		for (uint32_t i = 0; i < n; i++)
			if (gen_cost(term[i]) < COST_DEAR)
				gen_jump(g, k + 1 == m ? out : &next, unless(g, term[i]));
		if (k + 1 < m)
			gen_jump(g, &some, gen_emit(g, OP_JUMP, 0, 0, 0, 0));
		for (uint32_t i = 0; i < next.n; i++)
			gen_land(g, next.at[i]);
		g->n_cache = kept;
	}
	for (uint32_t i = 0; i < some.n; i++)
		gen_land(g, some.at[i]);
}

void gen_condition(struct gen *g, const struct expr *e, struct jumps *out, uint32_t *sure)
{
	const struct expr *term[TERMS_MAX];
	uint32_t n = gen_flatten(g, e, X_AND, term, 0), asked = 0;
	struct bounds b = { 0 };
	bool first = true, weighed = false;

	gen_bounds(g, e, &b);
	gen_order_by_cost(term, n);
	for (uint32_t i = 0; i < n; i++) {
		for (; !weighed && gen_cost(term[i]) >= COST_DEAR; weighed = true)
			for (uint32_t k = i; k < n; k++)
				if (term[k]->op == X_OR && out->n < TERMS_MAX && has_cheap_part(g, term[k])) {
					if (first)
						*sure = g->n_cache;
					first = false;
					unless_any_cheap(g, term[k], out);
				}
		for (; asked < b.n && gen_cost(term[i]) >= COST_DEAR; asked++) {
			gen_jump(g, out, gen_unless_holds(g, &b.of[asked], gen_temp(g)));
			if (first)
				*sure = g->n_cache;
			first = g->always = g->surely = false;
		}
		if (term[i]->op == X_OR)
			unless_any(g, term[i], out);
		else
			unless_one(g, term[i], out);
		if (first)
			*sure = g->n_cache;
		first = g->always = g->surely = false;
	}
}

uint16_t gen_truth(struct gen *g, const struct expr *e)
{
	uint16_t d;
	struct jumps no = { 0 };
	uint32_t sure;
	bool always = g->always, surely = g->surely;

	if (gen_cost(e) < COST_DEAR || (e->op != X_AND && e->op != X_OR))
		return gen_expr(g, e);
	d = gen_temp(g);
	gen_emit(g, OP_MOVE, 0, d, gen_constant(g, 0), 0);
	sure = g->n_cache;
	gen_condition(g, e, &no, &sure);
	gen_emit(g, OP_MOVE, 0, d, gen_constant(g, 1), 0);
	for (uint32_t i = 0; i < no.n; i++)
		gen_land(g, no.at[i]);
	if (g->n_cache > sure)
		g->n_cache = sure;
	g->always = always;
	g->surely = surely;
	return d;
}
