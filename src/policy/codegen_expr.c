/* codegen_expr.c - expressions into instructions.
 *
 * A value is computed once: an expression seen before in code that surely ran is a register already; constants fold. `and` and `or`
 * have no side effects, so their order is the compiler's: cheap parts first. */
#include "policy/arith.h"
#include "policy/codegen_int.h"

void gen_fail(struct gen *g, struct span s, const char *what)
{
	const struct policy *po = g->p->policy;

	if (g->err == ERR_OK)
		buf_printf(g->errors, "%s:%u:%u: error: %s\n", po->file[s.file].path.p, s.line, s.col, what);
	g->err = ERR_FORMAT;
}

uint32_t gen_emit(struct gen *g, enum opcode op, uint32_t k, uint32_t a, uint32_t b, uint32_t c)
{
	struct plan *p = g->p;

	if (p->n_insns >= PLAN_INSNS_MAX - 1) {
		if (g->err == ERR_OK)
			buf_printf(g->errors, "error: the policy compiles to more than %d instructions; split or drop rules\n",
			           PLAN_INSNS_MAX);
		g->err = ERR_CAP;
		return p->n_insns - 1;
	}
	p->insn[p->n_insns] =
		(struct insn){ .op = (uint8_t)op, .k = (uint8_t)k, .a = (uint16_t)a, .b = (uint16_t)b, .c = (uint16_t)c };
	return p->n_insns++;
}

void gen_land(struct gen *g, uint32_t jump)
{
	g->p->insn[jump].c = (uint16_t)g->p->n_insns;
}

uint16_t gen_temp(struct gen *g)
{
	if (g->next >= PLAN_REGS_MAX) {
		if (g->err == ERR_OK)
			buf_printf(g->errors, "error: the rules on one event need more than %d registers; split them\n",
			           PLAN_REGS_MAX);
		g->err = ERR_CAP;
		return PLAN_REG_TEMP;
	}
	if (g->next + 1 > g->p->n_temps)
		g->p->n_temps = g->next + 1;
	return (uint16_t)g->next++;
}

static uint16_t constant(struct gen *g, union value v, bool real)
{
	struct plan *p = g->p;

	for (uint32_t i = 0; i < p->n_consts; i++)
		if (p->constant[i].i == v.i && p->constant_real[i] == real)
			return (uint16_t)(CONST | i);
	if (p->n_consts == PLAN_REGS_MAX) {
		g->err = ERR_CAP;
		return CONST;
	}
	p->constant[p->n_consts] = v;
	p->constant_real[p->n_consts] = real;
	return (uint16_t)(CONST | p->n_consts++);
}

uint16_t gen_constant(struct gen *g, int64_t i)
{
	return constant(g, (union value){ .i = i }, false);
}

static bool lookup_cache(struct gen *g, const struct expr *e, uint16_t *reg)
{
	for (uint32_t i = g->n_cache; i-- > 0;)
		if (g->cache[i].e != NULL && expr_equal(g->cache[i].e, e)) {
			*reg = g->cache[i].reg;
			return true;
		}
	return false;
}

static uint16_t remember(struct gen *g, const struct expr *e, uint16_t reg)
{
	if (g->n_cache < CACHE_MAX) /* past it, values are computed again: slower, never wrong */
		g->cache[g->n_cache++] = (struct cached){ .e = e, .reg = reg };
	return reg;
}

/* From here on the view's accumulators are in their registers. */
static void need(struct gen *g, uint32_t view)
{
	for (uint32_t i = g->n_cache; i-- > 0;)
		if (g->cache[i].e == NULL && g->cache[i].view == view)
			return;
	gen_emit(g, OP_NEED, 0, 0, view, 0);
	g->p->view[view].sure |= g->surely;
	if (g->n_cache < CACHE_MAX)
		g->cache[g->n_cache++] = (struct cached){ .view = view };
}

static uint16_t compile_real(struct gen *g, const struct expr *e)
{
	uint16_t r = gen_expr(g, e), d;

	if (e->type.real)
		return r;
	if (r & CONST)
		return constant(g, (union value){ .r = value_real(g->p->constant[r & ~CONST].i) }, true);
	d = gen_temp(g);
	gen_emit(g, OP_TOREAL, 0, d, r, 0);
	return d;
}

/* Both operands constant: the result is, too. */
static bool fold(struct gen *g, const struct expr *e, uint16_t a, uint16_t b, uint16_t *out)
{
	union value x, y = { 0 };

	if (!(a & CONST) || (e->b != NULL && !(b & CONST)))
		return false;
	x = g->p->constant[a & ~CONST];
	if (e->b != NULL)
		y = g->p->constant[b & ~CONST];
	switch (e->op) {
	case X_NEG: x = e->type.real ? (union value){ .r = -x.r } : (union value){ .i = arith_neg(x.i) }; break;
	case X_ADD: x = e->type.real ? (union value){ .r = x.r + y.r } : (union value){ .i = arith_add(x.i, y.i) }; break;
	case X_SUB: x = e->type.real ? (union value){ .r = x.r - y.r } : (union value){ .i = arith_sub(x.i, y.i) }; break;
	case X_MUL: x = e->type.real ? (union value){ .r = x.r * y.r } : (union value){ .i = arith_mul(x.i, y.i) }; break;
	case X_DIV: x.r = arith_div(x.r, y.r); break;
	default: return false;
	}
	*out = constant(g, x, e->type.real);
	return true;
}

static uint16_t compile_arith(struct gen *g, const struct expr *e)
{
	static const enum opcode whole[] = {
		[X_NEG] = OP_NEG_I, [X_ADD] = OP_ADD_I, [X_SUB] = OP_SUB_I, [X_MUL] = OP_MUL_I
	};
	static const enum opcode real[] = {
		[X_NEG] = OP_NEG_R, [X_ADD] = OP_ADD_R, [X_SUB] = OP_SUB_R, [X_MUL] = OP_MUL_R, [X_DIV] = OP_DIV_R
	};
	uint16_t a = e->type.real ? compile_real(g, e->a) : gen_expr(g, e->a), b = 0, d;

	if (e->b != NULL)
		b = e->type.real ? compile_real(g, e->b) : gen_expr(g, e->b);
	if (fold(g, e, a, b, &d))
		return d;
	d = gen_temp(g);
	gen_emit(g, e->type.real ? real[e->op] : whole[e->op], 0, d, a, b);
	return d;
}

bool gen_compares_real(const struct expr *e)
{
	return e->a->type.real || e->b->type.real;
}

enum opcode gen_comparison(struct gen *g, const struct expr *e, uint16_t *a, uint16_t *b)
{
	bool real = gen_compares_real(e), swap = e->op == X_GT || e->op == X_GE;
	uint16_t x = real ? compile_real(g, e->a) : gen_expr(g, e->a);
	uint16_t y = real ? compile_real(g, e->b) : gen_expr(g, e->b);

	*a = swap ? y : x;
	*b = swap ? x : y;
	switch (e->op) {
	case X_EQ: return real ? OP_EQ_R : OP_EQ_I;
	case X_NE: return real ? OP_NE_R : OP_NE_I;
	case X_LT:
	case X_GT: return real ? OP_LT_R : OP_LT_I;
	default: return real ? OP_LE_R : OP_LE_I;
	}
}

static uint8_t text_field_slot(struct gen *g, const struct expr *e)
{
	if (e->op != X_FIELD || e->type.dim != DIM_TEXT)
		return 0xff;
	return g->p->policy->schema.event[g->context].field[e->index].slot;
}

static uint16_t compile_call(struct gen *g, const struct expr *e)
{
	struct plan *p = g->p;
	struct plan_call *call = &p->call[p->n_calls];
	uint16_t arg[3] = { 0 }, first, d;
	uint32_t n = e->n_args;
	bool zoned = e->index == BUILTIN_HOUR || e->index == BUILTIN_WEEKDAY || e->index == BUILTIN_CLOCK;

	if (p->n_calls == PLAN_CALLS_MAX) {
		gen_fail(g, e->span, "too many function calls; at most 1024 fit a policy");
		return 0;
	}
	*call = (struct plan_call){ .f = (enum builtin)e->index,
		                        .zone = &p->policy->zone[zoned && n > 1 ? e->arg[1]->i : 0],
		                        .field = { 0xff, 0xff, 0xff } };
	p->n_calls++;
	call->n_args = n;
	for (uint32_t i = 0; i < n; i++) {
		call->real |= e->arg[i]->type.real;
		call->field[i] = text_field_slot(g, e->arg[i]);
		if (e->arg[i]->op == X_TEXT)
			call->constant[i] = e->arg[i]->text;
	}
	for (uint32_t i = 0; i < n; i++)
		arg[i] = call->real ? compile_real(g, e->arg[i]) : gen_expr(g, e->arg[i]);
	first = (uint16_t)g->next;
	for (uint32_t i = 0; i < 3; i++)
		gen_temp(g);
	for (uint32_t i = 0; i < n; i++)
		gen_emit(g, OP_MOVE, 0, first + i, arg[i], 0);
	d = gen_temp(g);
	gen_emit(g, OP_CALL, n, d, first, (uint32_t)(call - p->call));
	return d;
}

void gen_key(struct gen *g, uint32_t key)
{
	struct plan_key *k = &g->p->row_key[key];

	if (g->key_ready[key])
		return;
	for (uint32_t i = 0; i < k->n; i++) {
		uint16_t r = gen_expr(g, k->expr[i]);

		if (k->expr[i]->op == X_FIELD)
			k->reg[i] = r;
		else
			gen_emit(g, OP_MOVE, 0, k->reg[i], r, 0);
	}
	g->key_ready[key] = g->always;
}

static uint16_t compile_agg(struct gen *g, const struct expr *e)
{
	uint32_t view, acc;
	struct plan_view *v;

	CHECK(plan_find(g->p, g->context, e, &view, &acc));
	v = &g->p->view[view];
	if (!v->before && g->before_insert && g->p->ring[v->ring].event == g->context) {
		gen_fail(g, e->span,
		         "this aggregate includes the event at hand but is used as a key of one that excludes it; "
		         "write `excluding this` here too");
		return 0;
	}
	if (!v->before || g->before_insert) /* as a key of another reading it may be wanted before its own key is ready */
		gen_key(g, v->key);
	need(g, view);
	return (uint16_t)(OUT | (v->out + acc));
}

/* Code that may be skipped: what it computes is not known behind it. */
struct skippable {
	uint32_t sure, jumps, at[TERMS_MAX + BOUNDS_MAX];
	bool always, surely;
};

static void skip_by(struct gen *g, struct skippable *s, uint32_t jump)
{
	if (s->jumps == 0)
		s->sure = g->n_cache;
	s->at[s->jumps++] = jump;
	g->always = g->surely = false;
}

static void skip_from(const struct gen *g, struct skippable *s)
{
	s->jumps = 0;
	s->always = g->always;
	s->surely = g->surely;
}

static void skip_to(struct gen *g, const struct skippable *s)
{
	for (uint32_t i = 0; i < s->jumps; i++)
		gen_land(g, s->at[i]);
	if (s->jumps > 0)
		g->n_cache = s->sure;
	g->always = s->always;
	g->surely = s->surely;
}

static void skip_unless_held(struct gen *g, const struct expr *e, struct skippable *s, uint16_t d)
{
	struct bounds b = { 0 };

	gen_bounds(g, e, &b);
	for (uint32_t i = 0; i < b.n; i++)
		skip_by(g, s, gen_unless_holds(g, &b.of[i], d));
}

/* A conjunction as a value, cheap terms first; a dear one is skipped when the rest is false already. */
static uint16_t compile_and(struct gen *g, const struct expr *e)
{
	const struct expr *term[TERMS_MAX];
	uint32_t n = gen_flatten(g, e, X_AND, term, 0);
	uint16_t d = gen_temp(g), r;
	bool asked = false;
	struct skippable s;

	skip_from(g, &s);
	gen_order_by_cost(term, n);
	for (uint32_t i = 0; i < n; i++) {
		bool dear = gen_cost(term[i]) >= COST_DEAR;

		if (i > 0 && dear)
			skip_by(g, &s, gen_emit(g, OP_UNTIL_FALSE, 0, 0, d, 0));
		if (dear && !asked)
			skip_unless_held(g, e, &s, d);
		asked |= dear;
		r = gen_expr(g, term[i]);
		gen_emit(g, i == 0 ? OP_MOVE : OP_AND, 0, d, i == 0 ? r : d, i == 0 ? 0 : r);
	}
	skip_to(g, &s);
	return d;
}

static uint16_t compile_or(struct gen *g, const struct expr *e)
{
	uint16_t d = gen_temp(g), a, b;
	struct skippable s;

	skip_from(g, &s);
	skip_unless_held(g, e, &s, d);
	a = gen_expr(g, e->a);
	b = gen_expr(g, e->b);
	gen_emit(g, OP_OR, 0, d, a, b);
	skip_to(g, &s);
	return d;
}

static uint16_t compile_new(struct gen *g, const struct expr *e)
{
	uint16_t a, b, d;
	enum opcode op;

	switch (e->op) {
	case X_AGG: return compile_agg(g, e);
	case X_CALL: return compile_call(g, e);
	case X_NEG:
	case X_ADD:
	case X_SUB:
	case X_MUL:
	case X_DIV: return compile_arith(g, e);
	case X_TOREAL: return compile_real(g, e->a);
	case X_EQ:
	case X_NE:
	case X_LT:
	case X_LE:
	case X_GT:
	case X_GE: op = gen_comparison(g, e, &a, &b); break;
	case X_ELSE:
		op = e->type.real ? OP_ELSE_R : OP_ELSE_I;
		a = e->type.real ? compile_real(g, e->a) : gen_expr(g, e->a);
		b = e->type.real ? compile_real(g, e->b) : gen_expr(g, e->b);
		break;
	case X_AND: return compile_and(g, e);
	case X_OR: return compile_or(g, e);
	case X_NOT:
	case X_KNOWN:
		op = e->op == X_NOT ? OP_NOT : e->a->type.real ? OP_KNOWN_R : OP_KNOWN_I;
		a = gen_expr(g, e->a);
		b = 0;
		break;
	case X_ATTR:
	case X_IDENT:
		op = e->op == X_ATTR ? OP_ATTR : OP_IDENT;
		a = gen_expr(g, e->a);
		b = (uint16_t)e->index;
		break;
	case X_RISK:
		op = OP_RISK;
		a = gen_expr(g, e->a);
		b = 0;
		break;
	default:
		CHECK(e->op == X_IN_LIST);
		op = OP_IN_LIST;
		a = gen_expr(g, e->a);
		b = (uint16_t)e->index;
		break;
	}
	d = gen_temp(g);
	gen_emit(g, op, e->a->type.dim == DIM_ENTITY ? e->a->type.entity : 0, d, a, b);
	return d;
}

uint16_t gen_expr(struct gen *g, const struct expr *e)
{
	uint16_t r;

	switch (e->op) {
	case X_INT: return constant(g, (union value){ .i = e->i }, false);
	case X_REAL: return constant(g, (union value){ .r = e->r }, true);
	case X_TEXT: return gen_constant(g, hash_fingerprint(&g->p->key, e->text));
	case X_FIELD: return (uint16_t)(PLAN_REG_FIELD + e->index);
	case X_TIME: return PLAN_REG_TIME;
	default: break;
	}
	if (lookup_cache(g, e, &r))
		return r;
	return remember(g, e, compile_new(g, e));
}

uint32_t gen_cost(const struct expr *e)
{
	uint32_t n = 1;

	if (e == NULL)
		return 0;
	if (e->op == X_AGG)
		return 40;
	if (e->op == X_RISK)
		return 30;
	if (e->op == X_ATTR || e->op == X_IDENT)
		n = 3;
	if (e->op == X_IN_LIST)
		n = 10;
	if (e->op == X_CALL)
		n = 8;
	for (uint32_t i = 0; i < e->n_args; i++)
		n += gen_cost(e->arg[i]);
	return n + gen_cost(e->a) + gen_cost(e->b);
}

uint32_t gen_flatten(struct gen *g, const struct expr *e, enum expr_op op, const struct expr **out, uint32_t n)
{
	if (e->op == op)
		return gen_flatten(g, e->b, op, out, gen_flatten(g, e->a, op, out, n));
	if (n == TERMS_MAX) {
		gen_fail(g, e->span, "more than 128 conditions are joined here; move some into a list or another rule");
		return n;
	}
	out[n++] = e;
	return n;
}

void gen_order_by_cost(const struct expr **t, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++)
		for (uint32_t k = i; k > 0 && gen_cost(t[k]) < gen_cost(t[k - 1]); k--) {
			const struct expr *x = t[k];

			t[k] = t[k - 1];
			t[k - 1] = x;
		}
}
