/* codegen.c - from expressions to register bytecode, one program an event type.
 *
 * A program runs in four steps: set attributes; read the windows that exclude this event; put the event into its
 * rings, lowest level first; test the rules. Values are computed once: an expression seen before in code that surely ran
 * is a register already. Conditions jump out as soon as they can't hold any more, cheap parts first. Behind the hot
 * part come the features, and for each rule a cold program that computes every value its explanation tells.
 * While code is made, a constant's register is CONST | index; place_constants puts them behind the temporaries. */
#include "base/mem.h"
#include "policy/arith.h"
#include "policy/plandata.h"

enum { CONST = 0x8000, CACHE_MAX = 8192, TERMS_MAX = 128 };

struct cached {
	const struct expr *e;
	uint16_t reg;
};

struct gen {
	struct plan *p;
	struct buf *errors;
	uint32_t context;
	uint32_t next; /* next free temporary */
	uint32_t n_cache;
	struct cached cache[CACHE_MAX];
	bool before_insert;
	enum err err;
};

static void fail_at(struct gen *g, struct span s, const char *what)
{
	const struct policy *po = g->p->policy;

	if (g->err == ERR_OK)
		buf_printf(g->errors, "%s:%u:%u: error: %s\n", po->file[s.file].path.p, s.line, s.col, what);
	g->err = ERR_FORMAT;
}

static uint32_t emit(struct gen *g, enum opcode op, uint32_t k, uint32_t a, uint32_t b, uint32_t c)
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

static void land(struct gen *g, uint32_t jump)
{
	g->p->insn[jump].c = (uint16_t)g->p->n_insns;
}

static uint16_t temp(struct gen *g)
{
	if (g->next >= PLAN_REGS_MAX) {
		if (g->err == ERR_OK)
			buf_printf(g->errors, "error: the rules on one event need more than %d registers; split them\n", PLAN_REGS_MAX);
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

static uint16_t constant_int(struct gen *g, int64_t i) { return constant(g, (union value){ .i = i }, false); }

static bool lookup_cache(struct gen *g, const struct expr *e, uint16_t *reg)
{
	for (uint32_t i = g->n_cache; i-- > 0;)
		if (expr_equal(g->cache[i].e, e)) {
			*reg = g->cache[i].reg;
			return true;
		}
	return false;
}

static uint16_t remember(struct gen *g, const struct expr *e, uint16_t reg)
{
	if (g->n_cache < CACHE_MAX) /* past it, values are computed again: slower, never wrong */
		g->cache[g->n_cache++] = (struct cached){ e, reg };
	return reg;
}

static uint16_t compile(struct gen *g, const struct expr *e);

static uint16_t compile_real(struct gen *g, const struct expr *e)
{
	uint16_t r = compile(g, e), d;

	if (e->type.real)
		return r;
	if (r & CONST)
		return constant(g, (union value){ .r = value_real(g->p->constant[r & ~CONST].i) }, true);
	d = temp(g);
	emit(g, OP_TOREAL, 0, d, r, 0);
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
	static const enum opcode whole[] = { [X_NEG] = OP_NEG_I, [X_ADD] = OP_ADD_I, [X_SUB] = OP_SUB_I, [X_MUL] = OP_MUL_I };
	static const enum opcode real[] = { [X_NEG] = OP_NEG_R, [X_ADD] = OP_ADD_R, [X_SUB] = OP_SUB_R,
		                            [X_MUL] = OP_MUL_R, [X_DIV] = OP_DIV_R };
	uint16_t a = e->type.real ? compile_real(g, e->a) : compile(g, e->a), b = 0, d;

	if (e->b != NULL)
		b = e->type.real ? compile_real(g, e->b) : compile(g, e->b);
	if (fold(g, e, a, b, &d))
		return d;
	d = temp(g);
	emit(g, e->type.real ? real[e->op] : whole[e->op], 0, d, a, b);
	return d;
}

static bool compares_real(const struct expr *e) { return e->a->type.real || e->b->type.real; }

/* A comparison as (less-than family, operands in order): a > b is b < a. */
static enum opcode comparison(struct gen *g, const struct expr *e, uint16_t *a, uint16_t *b)
{
	bool real = compares_real(e), swap = e->op == X_GT || e->op == X_GE;
	uint16_t x = real ? compile_real(g, e->a) : compile(g, e->a);
	uint16_t y = real ? compile_real(g, e->b) : compile(g, e->b);

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

	if (p->n_calls == PLAN_CALLS_MAX) {
		fail_at(g, e->span, "too many function calls; at most 1024 fit a policy");
		return 0;
	}
	*call = (struct plan_call){ .f = (enum builtin)e->index, .zone = &p->policy->zone[e->i], .field = { 0xff, 0xff, 0xff } };
	p->n_calls++;
	call->n_args = n;
	for (uint32_t i = 0; i < n; i++) {
		call->real |= e->arg[i]->type.real;
		call->field[i] = text_field_slot(g, e->arg[i]);
		if (e->arg[i]->op == X_TEXT)
			call->constant[i] = e->arg[i]->text;
	}
	for (uint32_t i = 0; i < n; i++)
		arg[i] = call->real ? compile_real(g, e->arg[i]) : compile(g, e->arg[i]);
	first = (uint16_t)g->next;
	for (uint32_t i = 0; i < 3; i++)
		temp(g);
	for (uint32_t i = 0; i < n; i++)
		emit(g, OP_MOVE, 0, first + i, arg[i], 0);
	d = temp(g);
	emit(g, OP_CALL, n, d, first, (uint32_t)(call - p->call));
	return d;
}

static uint16_t view_key(struct gen *g, struct plan_view *v, uint32_t k)
{
	uint16_t r = compile(g, v->lookup[k]);

	if (v->lookup[k]->op == X_FIELD)
		return v->key_reg[k] = r;
	emit(g, OP_MOVE, 0, v->key_reg[k], r, 0);
	return v->key_reg[k];
}

static uint16_t compile_agg(struct gen *g, const struct expr *e)
{
	uint32_t view, acc;
	uint16_t d;
	struct plan_view *v;

	CHECK(plan_find(g->p, g->context, e, &view, &acc));
	v = &g->p->view[view];
	if (!v->before && g->before_insert && g->p->ring[v->ring].event == g->context) {
		fail_at(g, e->span,
		        "this aggregate includes the event at hand but is used as a key of one that excludes it; "
		        "write `excluding this` here too");
		return 0;
	}
	if (!v->before)
		for (uint32_t k = 0; k < g->p->ring[v->ring].n_keys; k++)
			view_key(g, v, k);
	d = temp(g);
	emit(g, OP_AGG, 0, d, view, acc);
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
	case X_GE:
		op = comparison(g, e, &a, &b);
		break;
	case X_ELSE:
		op = e->type.real ? OP_ELSE_R : OP_ELSE_I;
		a = e->type.real ? compile_real(g, e->a) : compile(g, e->a);
		b = e->type.real ? compile_real(g, e->b) : compile(g, e->b);
		break;
	case X_AND:
	case X_OR:
		op = e->op == X_AND ? OP_AND : OP_OR;
		a = compile(g, e->a);
		b = compile(g, e->b);
		break;
	case X_NOT:
	case X_KNOWN:
		op = e->op == X_NOT ? OP_NOT : e->a->type.real ? OP_KNOWN_R : OP_KNOWN_I;
		a = compile(g, e->a);
		b = 0;
		break;
	case X_ATTR:
	case X_IDENT:
		op = e->op == X_ATTR ? OP_ATTR : OP_IDENT;
		a = compile(g, e->a);
		b = (uint16_t)e->index;
		break;
	case X_RISK:
		op = OP_RISK;
		a = compile(g, e->a);
		b = 0;
		break;
	default:
		CHECK(e->op == X_IN_LIST);
		op = OP_IN_LIST;
		a = compile(g, e->a);
		b = (uint16_t)e->index;
		break;
	}
	d = temp(g);
	emit(g, op, e->a->type.dim == DIM_ENTITY ? e->a->type.entity : 0, d, a, b);
	return d;
}

static uint16_t compile(struct gen *g, const struct expr *e)
{
	uint16_t r;

	switch (e->op) {
	case X_INT: return constant(g, (union value){ .i = e->i }, false);
	case X_REAL: return constant(g, (union value){ .r = e->r }, true);
	case X_TEXT: return constant_int(g, hash_fingerprint(&g->p->key, e->text));
	case X_FIELD: return (uint16_t)(PLAN_REG_FIELD + e->index);
	case X_TIME: return PLAN_REG_TIME;
	default: break;
	}
	if (lookup_cache(g, e, &r))
		return r;
	return remember(g, e, compile_new(g, e));
}

/* How dear a condition is, for putting cheap ones first. */
static uint32_t cost(const struct expr *e)
{
	uint32_t n = 1;

	if (e == NULL)
		return 0;
	if (e->op == X_AGG)
		return e->excluding_this ? 4 : 40;
	if (e->op == X_RISK)
		return 30;
	if (e->op == X_ATTR || e->op == X_IDENT)
		n = 3;
	if (e->op == X_IN_LIST)
		n = 10;
	if (e->op == X_CALL)
		n = 8;
	for (uint32_t i = 0; i < e->n_args; i++)
		n += cost(e->arg[i]);
	return n + cost(e->a) + cost(e->b);
}

static uint32_t flatten(struct gen *g, const struct expr *e, enum expr_op op, const struct expr **out, uint32_t n)
{
	if (e->op == op)
		return flatten(g, e->b, op, out, flatten(g, e->a, op, out, n));
	if (n == TERMS_MAX) {
		fail_at(g, e->span, "more than 128 conditions are joined here; move some into a list or another rule");
		return n;
	}
	out[n++] = e;
	return n;
}

static void order_by_cost(const struct expr **t, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++)
		for (uint32_t k = i; k > 0 && cost(t[k]) < cost(t[k - 1]); k--) {
			const struct expr *x = t[k];

			t[k] = t[k - 1];
			t[k - 1] = x;
		}
}

static uint32_t unless(struct gen *g, const struct expr *e)
{
	uint16_t a, b;

	if (e->op == X_LT || e->op == X_GT || e->op == X_LE || e->op == X_GE || (e->op == X_EQ && !compares_real(e))) {
		switch (comparison(g, e, &a, &b)) {
		case OP_LT_I: return emit(g, OP_UNLESS_LT_I, 0, a, b, 0);
		case OP_LE_I: return emit(g, OP_UNLESS_LE_I, 0, a, b, 0);
		case OP_LT_R: return emit(g, OP_UNLESS_LT_R, 0, a, b, 0);
		case OP_LE_R: return emit(g, OP_UNLESS_LE_R, 0, a, b, 0);
		default: return emit(g, OP_UNLESS_EQ_I, 0, a, b, 0);
		}
	}
	return emit(g, OP_UNLESS, 0, 0, compile(g, e), 0);
}

struct jumps {
	uint32_t n;
	uint32_t at[TERMS_MAX * 2];
};

static void jump_add(struct gen *g, struct jumps *j, uint32_t at)
{
	if (j->n < ARRAY_LEN(j->at))
		j->at[j->n++] = at;
	else
		g->err = ERR_CAP;
}

/* Code that goes on behind itself when e is true and leaves by one of out's jumps when not. *sure is the number of cached
 * values that are computed whatever happens. */
static void compile_condition(struct gen *g, const struct expr *e, struct jumps *out, uint32_t *sure)
{
	const struct expr *term[TERMS_MAX];
	uint32_t n = flatten(g, e, X_AND, term, 0);
	bool first = true;

	order_by_cost(term, n);
	for (uint32_t i = 0; i < n; i++) {
		if (term[i]->op == X_OR) {
			const struct expr *alt[TERMS_MAX];
			uint32_t m = flatten(g, term[i], X_OR, alt, 0), done[TERMS_MAX], before = 0;

			order_by_cost(alt, m);
			for (uint32_t k = 0; k + 1 < m; k++) {
				done[k] = emit(g, OP_IF, 0, 0, compile(g, alt[k]), 0);
				if (k == 0)
					before = g->n_cache;
			}
			jump_add(g, out, unless(g, alt[m - 1]));
			for (uint32_t k = 0; k + 1 < m; k++)
				land(g, done[k]);
			g->n_cache = before; /* later alternatives may not have run */
		} else {
			jump_add(g, out, unless(g, term[i]));
		}
		if (first)
			*sure = g->n_cache;
		first = false;
	}
}

static void compile_exemptions(struct gen *g, uint32_t rule, uint16_t about, struct jumps *end)
{
	const struct policy *po = g->p->policy;
	const struct rule *r = &po->rule[rule];

	for (uint32_t i = 0; i < po->n_exempts; i++) {
		const struct exempt *x = &po->exempt[i];
		struct jumps no = { 0 };
		bool meant = x->n_rules == 0;
		uint32_t kept = g->n_cache, sure;
		uint16_t who;

		for (uint32_t k = 0; k < x->n_rules; k++)
			meant |= x->rule[k] == rule;
		if (!meant || x->event != r->event || x->about->type.entity != r->about->type.entity)
			continue;
		jump_add(g, &no, emit(g, OP_UNLESS_LT_I, 0, PLAN_REG_TIME, constant_int(g, x->until_us), 0));
		who = compile(g, x->about);
		if (who != about)
			jump_add(g, &no, emit(g, OP_UNLESS_EQ_I, 0, who, about, 0));
		compile_condition(g, x->when, &no, &sure);
		emit(g, OP_EXEMPT, 0, 0, rule, 0);
		jump_add(g, end, emit(g, OP_JUMP, 0, 0, 0, 0));
		for (uint32_t k = 0; k < no.n; k++)
			land(g, no.at[k]);
		g->n_cache = kept;
	}
}

static void compile_rule(struct gen *g, uint32_t rule)
{
	const struct rule *r = &g->p->policy->rule[rule];
	struct jumps end = { 0 };
	uint32_t sure = g->n_cache;
	uint16_t about;

	compile_condition(g, r->when, &end, &sure);
	about = compile(g, r->about);
	compile_exemptions(g, rule, about, &end);
	emit(g, OP_HIT, 0, about, rule, 0);
	for (uint32_t i = 0; i < end.n; i++)
		land(g, end.at[i]);
	if (g->n_cache > sure)
		g->n_cache = sure;
}

static void compile_setters(struct gen *g)
{
	const struct policy *po = g->p->policy;
	const struct setters *s = &po->setters[g->context];

	for (uint32_t i = 0; i < s->n; i++) {
		const struct schema_field *f = &po->schema.event[g->context].field[s->set[i].field];

		emit(g, OP_SET, f->type.entity, PLAN_REG_FIELD + s->set[i].field, compile(g, s->set[i].value), s->set[i].attr);
	}
	g->n_cache = 0; /* attributes may have changed */
}

static void compile_reads(struct gen *g)
{
	g->before_insert = true;
	for (uint32_t i = 0; i < g->p->n_views; i++) {
		struct plan_view *v = &g->p->view[i];

		if (v->context != g->context || !v->before)
			continue;
		for (uint32_t k = 0; k < g->p->ring[v->ring].n_keys; k++)
			view_key(g, v, k);
		emit(g, OP_READ, 0, 0, i, 0);
	}
	g->before_insert = false;
}

static uint16_t compile_col(struct gen *g, const struct expr *e, struct ring_col col)
{
	uint16_t r = compile(g, e), d;

	if (e->op == X_FIELD || col.width != 6)
		return r;
	d = temp(g);
	emit(g, OP_CLAMP, 0, d, r, 0);
	return d;
}

static void compile_inserts(struct gen *g)
{
	struct plan *p = g->p;
	struct plan_program *pr = &p->program[g->context];

	for (uint32_t level = 1; level <= POLICY_DEPTH_MAX; level++)
		for (uint32_t i = 0; i < p->n_rings; i++) {
			struct plan_ring *r = &p->ring[i];

			if (r->alerts || r->event != g->context || r->level != level)
				continue;
			for (uint32_t k = 0; k < r->n_keys; k++)
				r->key_reg[k] = compile(g, r->key[k]);
			for (uint32_t k = 0; k < r->rp.n_cols; k++)
				r->col_reg[k] = compile_col(g, r->col[k], r->rp.col[k]);
			for (uint32_t k = 0; k < r->rp.n_filters; k++)
				r->filter_reg[k] = compile(g, r->filter[k]);
			emit(g, OP_INSERT, 0, i, 0, 0);
			if (pr->n_rings < ARRAY_LEN(pr->ring))
				pr->ring[pr->n_rings++] = i;
		}
}

static void compile_features(struct gen *g)
{
	const struct policy *po = g->p->policy;
	struct plan_program *pr = &g->p->program[g->context];

	pr->code_feature = g->p->n_insns;
	for (uint32_t i = 0; i < po->n_features; i++) {
		if (po->feature[i].event != g->context)
			continue;
		if (pr->n_features == ARRAY_LEN(pr->feature)) {
			fail_at(g, po->feature[i].span, "too many features on one event; at most 64 fit");
			return;
		}
		pr->feature[pr->n_features] = i;
		pr->feature_reg[pr->n_features++] = compile(g, po->feature[i].expr);
	}
	emit(g, OP_END, 0, 0, 0, 0);
}

static void tell(struct gen *g, struct plan_rule *pr, const struct expr *e)
{
	if (e == NULL || pr->n_values == PLAN_EXPLAIN_MAX)
		return;
	for (uint32_t i = 0; i < pr->n_values; i++)
		if (pr->value[i].expr == e)
			return;
	pr->value[pr->n_values++] = (struct plan_explain){ e, compile(g, e) };
}

static void explain_condition(struct gen *g, struct plan_rule *pr, const struct expr *e)
{
	if (e->op == X_AND || e->op == X_OR || e->op == X_NOT) {
		explain_condition(g, pr, e->a);
		if (e->b != NULL)
			explain_condition(g, pr, e->b);
		return;
	}
	if (pr->n_comparisons == PLAN_EXPLAIN_MAX)
		return;
	pr->comparison[pr->n_comparisons++] = e;
	tell(g, pr, e);
	tell(g, pr, e->a);
	tell(g, pr, e->b);
}

static void collect_agg(void *ctx, const struct expr *e)
{
	struct plan_rule *pr = ctx;

	for (uint32_t i = 0; i < pr->n_aggs; i++)
		if (e->op != X_AGG || expr_equal(pr->agg[i], e))
			return;
	if (e->op == X_AGG && pr->n_aggs < PLAN_EXPLAIN_MAX)
		pr->agg[pr->n_aggs++] = e;
}

static void compile_explain(struct gen *g, uint32_t rule)
{
	const struct rule *r = &g->p->policy->rule[rule];
	struct plan_rule *pr = &g->p->rule[rule];

	g->n_cache = 0;
	pr->code = g->p->n_insns;
	explain_condition(g, pr, r->when);
	expr_walk(r->when, collect_agg, pr);
	for (uint32_t i = 0; i < pr->n_aggs; i++)
		tell(g, pr, pr->agg[i]);
	for (const struct template_part *t = r->because_en; t != NULL; t = t->next)
		tell(g, pr, t->expr);
	for (const struct template_part *t = r->because_zh; t != NULL; t = t->next)
		tell(g, pr, t->expr);
	for (uint32_t i = 0; i < r->n_measures; i++)
		pr->target_reg[i] = compile(g, r->measure[i].target);
	emit(g, OP_END, 0, 0, 0, 0);
}

static void find_prefetches(struct plan *p, uint32_t context)
{
	struct plan_program *pr = &p->program[context];

	for (uint32_t i = 0; i < p->n_views + p->n_rings; i++) {
		const struct plan_view *v = i < p->n_views ? &p->view[i] : NULL;
		const struct plan_ring *r = v ? &p->ring[v->ring] : &p->ring[i - p->n_views];
		const struct expr *key = v ? v->lookup[0] : r->key[0];
		struct plan_prefetch f;
		bool known = false;

		if (r->alerts || r->n_keys != 1 || (v ? v->context : r->event) != context || key->op != X_FIELD ||
		    key->type.dim != DIM_ENTITY)
			continue;
		f = (struct plan_prefetch){ .ident = p->policy->schema.event[context].field[key->index].slot,
			                    .space = (uint8_t)r->space,
			                    .slot = (uint16_t)r->slot };
		for (uint32_t k = 0; k < pr->n_prefetch; k++)
			known |= pr->prefetch[k].ident == f.ident && pr->prefetch[k].slot == f.slot;
		if (!known && pr->n_prefetch < ARRAY_LEN(pr->prefetch))
			pr->prefetch[pr->n_prefetch++] = f;
	}
}

static void compile_program(struct gen *g, uint32_t context)
{
	const struct policy *po = g->p->policy;
	uint32_t main_end;

	g->context = context;
	g->next = PLAN_REG_TEMP;
	g->n_cache = 0;
	for (uint32_t i = 0; i < g->p->n_views; i++) /* keys get registers of their own: readings from several places meet there */
		for (uint32_t k = 0; g->p->view[i].context == context && k < POLICY_KEYS_MAX; k++)
			g->p->view[i].key_reg[k] = temp(g);
	g->p->program[context].code = g->p->n_insns;
	compile_setters(g);
	compile_reads(g);
	compile_inserts(g);
	for (uint32_t i = 0; i < po->n_rules; i++)
		if (po->rule[i].event == context && po->rule[i].mode != RULE_OFF)
			compile_rule(g, i);
	emit(g, OP_END, 0, 0, 0, 0);
	g->p->program[context].code_end = g->p->n_insns;
	main_end = g->next;
	compile_features(g);
	for (uint32_t i = 0; i < po->n_rules; i++)
		if (po->rule[i].event == context && po->rule[i].mode != RULE_OFF) {
			g->next = main_end;
			compile_explain(g, i);
		}
	find_prefetches(g->p, context);
}

static void place(const struct plan *p, uint16_t *reg)
{
	if (*reg & CONST)
		*reg = (uint16_t)(p->n_temps + (*reg & ~CONST));
}

static void place_constants(struct plan *p)
{
	static const char *const operands[] = {
#define X(name, ops, meaning) ops,
		OPCODES(X)
#undef X
	};

	for (uint32_t i = 0; i < p->n_insns; i++) {
		const char *o = operands[p->insn[i].op];

		if (o[1] == 'r')
			place(p, &p->insn[i].a);
		if (o[2] == 'r')
			place(p, &p->insn[i].b);
		if (o[3] == 'r')
			place(p, &p->insn[i].c);
	}
	for (uint32_t i = 0; i < p->n_rings; i++) {
		for (uint32_t k = 0; k < RING_COLS_MAX; k++)
			place(p, &p->ring[i].col_reg[k]);
		for (uint32_t k = 0; k < RING_FILTERS_MAX; k++)
			place(p, &p->ring[i].filter_reg[k]);
		for (uint32_t k = 0; k < POLICY_KEYS_MAX; k++)
			place(p, &p->ring[i].key_reg[k]);
	}
	for (uint32_t i = 0; i < p->policy->n_rules; i++) {
		for (uint32_t k = 0; k < p->rule[i].n_values; k++)
			place(p, &p->rule[i].value[k].reg);
		for (uint32_t k = 0; k < POLICY_MEASURES_MAX; k++)
			place(p, &p->rule[i].target_reg[k]);
	}
	for (uint32_t i = 0; i < p->policy->schema.n_events; i++)
		for (uint32_t k = 0; k < p->program[i].n_features; k++)
			place(p, &p->program[i].feature_reg[k]);
	p->n_regs = p->n_temps + p->n_consts;
}

enum err plan_codegen(struct plan *p, struct buf *errors)
{
	struct gen *g = mem_alloc(sizeof(*g));
	enum err e;

	if (g == NULL)
		return ERR_MEMORY;
	g->p = p;
	g->errors = errors;
	p->n_temps = PLAN_REG_TEMP;
	for (uint32_t i = 0; i < p->policy->schema.n_events && g->err == ERR_OK; i++)
		compile_program(g, i);
	e = g->err;
	mem_free(g);
	if (e == ERR_OK)
		place_constants(p);
	return e;
}
