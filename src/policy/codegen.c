/* codegen.c - one program an event type, from rules, rings and features.
 *
 * A program runs in four steps: set attributes; name the rows of windows that exclude this event, which are read before it goes
 * into their ring; put the event into its rings, lowest level first; test the rules. Behind the hot part come the features, and for each rule a cold program that
 * computes every value its explanation tells. While code is made, a constant's register is CONST | index and
 * an accumulator's OUT | index; place_constants puts them behind the temporaries. */
#include "base/mem.h"
#include "policy/codegen_int.h"

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
		gen_jump(g, &no, gen_emit(g, OP_UNLESS_LT_I, 0, PLAN_REG_TIME, gen_constant(g, x->until_us), 0));
		who = gen_expr(g, x->about);
		if (who != about)
			gen_jump(g, &no, gen_emit(g, OP_UNLESS_EQ_I, 0, who, about, 0));
		gen_condition(g, x->when, &no, &sure);
		gen_emit(g, OP_EXEMPT, 0, 0, rule, 0);
		gen_jump(g, end, gen_emit(g, OP_JUMP, 0, 0, 0, 0));
		for (uint32_t k = 0; k < no.n; k++)
			gen_land(g, no.at[k]);
		g->n_cache = kept;
	}
}

static void compile_rule(struct gen *g, uint32_t rule)
{
	const struct rule *r = &g->p->policy->rule[rule];
	struct jumps end = { 0 };
	uint32_t sure = g->n_cache;
	uint16_t about;

	g->surely = true;
	gen_condition(g, r->when, &end, &sure);
	about = gen_expr(g, r->about);
	compile_exemptions(g, rule, about, &end);
	gen_emit(g, OP_HIT, 0, about, rule, 0);
	for (uint32_t i = 0; i < end.n; i++)
		gen_land(g, end.at[i]);
	if (g->n_cache > sure)
		g->n_cache = sure;
}

static void compile_setters(struct gen *g)
{
	const struct policy *po = g->p->policy;
	const struct setters *s = &po->setters[g->context];

	for (uint32_t i = 0; i < s->n; i++) {
		const struct schema_field *f = &po->schema.event[g->context].field[s->set[i].field];

		gen_emit(g, OP_SET, f->type.entity, PLAN_REG_FIELD + s->set[i].field, gen_expr(g, s->set[i].value),
		         s->set[i].attr);
	}
	g->n_cache = 0; /* attributes may have changed */
}

/* Windows without the event at hand are read when a rule asks, but at the latest when the event goes into their ring: their keys
 * are ready before. */
static void compile_before(struct gen *g)
{
	g->before_insert = true;
	for (uint32_t i = 0; i < g->p->n_views; i++) {
		struct plan_view *v = &g->p->view[i];

		if (v->context != g->context || !v->before)
			continue;
		gen_key(g, v->key);
		v->next_before = g->p->ring[v->ring].before;
		g->p->ring[v->ring].before = i + 1;
	}
	g->before_insert = false;
}

static uint16_t compile_col(struct gen *g, const struct expr *e, struct ring_col col)
{
	uint16_t r = gen_expr(g, e), d;

	if (e->op == X_FIELD || col.width != 6)
		return r;
	d = gen_temp(g);
	gen_emit(g, OP_CLAMP, 0, d, r, 0);
	return d;
}

static void compile_insert(struct gen *g, uint32_t ring)
{
	struct plan_ring *r = &g->p->ring[ring];

	for (uint32_t k = 0; k < r->rp.n_cols; k++)
		r->col_reg[k] = compile_col(g, r->col[k], r->rp.col[k]);
	gen_emit(g, OP_INSERT, 0, ring, 0, 0);
}

/* A ring with one filter and nothing beside it: most events leave at the filter's first word. */
static void compile_insert_if(struct gen *g, uint32_t ring)
{
	struct plan_ring *r = &g->p->ring[ring];
	uint32_t sure = g->n_cache;
	struct jumps no = { 0 };

	r->filter_reg[0] = gen_constant(g, 1);
	gen_condition(g, r->filter[0], &no, &sure);
	g->always = false;
	compile_insert(g, ring);
	for (uint32_t i = 0; i < no.n; i++)
		gen_land(g, no.at[i]);
	if (g->n_cache > sure)
		g->n_cache = sure;
	g->always = g->surely = true;
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
			gen_key(g, r->insert_key);
			for (uint32_t k = 0; k < r->rp.n_filters && (r->rp.n_filters > 1 || r->rp.keep_unfiltered); k++)
				r->filter_reg[k] = gen_truth(g, r->filter[k]);
			if (r->rp.n_filters == 1 && !r->rp.keep_unfiltered)
				compile_insert_if(g, i);
			else
				compile_insert(g, i);
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
			gen_fail(g, po->feature[i].span, "too many features on one event; at most 64 fit");
			return;
		}
		pr->feature[pr->n_features] = i;
		pr->feature_reg[pr->n_features++] = gen_expr(g, po->feature[i].expr);
	}
	gen_emit(g, OP_END, 0, 0, 0, 0);
}

static void tell(struct gen *g, struct plan_rule *pr, const struct expr *e)
{
	if (e == NULL || pr->n_values == PLAN_EXPLAIN_MAX)
		return;
	for (uint32_t i = 0; i < pr->n_values; i++)
		if (pr->value[i].expr == e)
			return;
	pr->value[pr->n_values++] = (struct plan_explain){ e, gen_expr(g, e) };
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
		pr->target_reg[i] = gen_expr(g, r->measure[i].target);
	gen_emit(g, OP_END, 0, 0, 0, 0);
}

/* A row that every event of the type visits. */
static bool key_is_sure(const struct plan *p, uint32_t key)
{
	bool sure = false;

	for (uint32_t i = 0; i < p->n_views; i++)
		sure |= p->view[i].key == key && p->view[i].sure;
	for (uint32_t i = 0; i < p->n_rings; i++)
		sure |= !p->ring[i].alerts && p->ring[i].insert_key == key && p->ring[i].rp.keep_unfiltered;
	return sure;
}

/* What nearly every event of the type touches is asked for early. What only some touch is not: most of it would be fetched for
 * nothing, and a fetch is what time is made of here. */
static void find_prefetches(struct plan *p, uint32_t context)
{
	const struct schema_event *t = &p->policy->schema.event[context];
	struct plan_program *pr = &p->program[context];

	for (uint32_t i = 0; i < t->n_fields; i++)
		if (t->field[i].type.dim == DIM_ENTITY)
			pr->ident[pr->n_idents++] = (struct plan_ident){ (uint8_t)i, t->field[i].slot, t->field[i].type.entity };

	for (uint32_t i = 0; i < p->n_views + p->n_rings; i++) {
		const struct plan_view *v = i < p->n_views ? &p->view[i] : NULL;
		const struct plan_ring *r = v ? &p->ring[v->ring] : &p->ring[i - p->n_views];
		const struct expr *key = v ? v->lookup[0] : r->key[0];
		struct plan_prefetch f;
		bool known = false;

		if (r->alerts || r->n_keys != 1 || (v ? v->context : r->event) != context || key->op != X_FIELD ||
		    key->type.dim != DIM_ENTITY || !(v ? v->sure : r->rp.keep_unfiltered))
			continue;
		f = (struct plan_prefetch){ .ident = p->policy->schema.event[context].field[key->index].slot,
			                        .space = (uint8_t)r->space,
			                        .slot = (uint16_t)r->slot };
		for (uint32_t k = 0; k < pr->n_prefetch; k++)
			known |= pr->prefetch[k].ident == f.ident && pr->prefetch[k].slot == f.slot;
		if (!known && pr->n_prefetch < ARRAY_LEN(pr->prefetch))
			pr->prefetch[pr->n_prefetch++] = f;
	}
	for (uint32_t i = 0; i < p->n_keys; i++)
		if (p->row_key[i].context == context && p->row_key[i].early && key_is_sure(p, i) &&
		    pr->n_early < PLAN_EARLY_MAX &&
		    (p->row_key[i].n > 1 || p->row_key[i].expr[0]->op == X_ATTR || p->row_key[i].expr[0]->type.dim == DIM_TEXT))
			pr->early[pr->n_early++] = i;
}

static void compile_program(struct gen *g, uint32_t context)
{
	const struct policy *po = g->p->policy;
	uint32_t main_end;

	g->context = context;
	g->next = PLAN_REG_TEMP;
	g->n_cache = 0;
	/* Keys get registers of their own: readings from several places meet there. */
	for (uint32_t i = 0; i < g->p->n_keys; i++)
		for (uint32_t k = 0; g->p->row_key[i].context == context && k < g->p->row_key[i].n; k++)
			g->p->row_key[i].reg[k] = gen_temp(g);
	g->p->program[context].code = g->p->n_insns;
	g->always = g->surely = true;
	compile_setters(g);
	compile_before(g);
	compile_inserts(g);
	g->always = g->surely = false;
	for (uint32_t i = 0; i < po->n_rules; i++)
		if (po->rule[i].event == context && po->rule[i].mode != RULE_OFF)
			compile_rule(g, i);
	gen_emit(g, OP_END, 0, 0, 0, 0);
	g->p->program[context].code_end = g->p->n_insns;
	main_end = g->next;
	g->surely = true;
	compile_features(g);
	g->surely = false;
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
	else if (*reg & OUT)
		*reg = (uint16_t)(p->n_temps + p->n_consts + (*reg & ~OUT));
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
	}
	for (uint32_t i = 0; i < p->n_keys; i++)
		for (uint32_t k = 0; k < p->row_key[i].n; k++)
			place(p, &p->row_key[i].reg[k]);
	for (uint32_t i = 0; i < p->policy->n_rules; i++) {
		for (uint32_t k = 0; k < p->rule[i].n_values; k++)
			place(p, &p->rule[i].value[k].reg);
		for (uint32_t k = 0; k < POLICY_MEASURES_MAX; k++)
			place(p, &p->rule[i].target_reg[k]);
	}
	for (uint32_t i = 0; i < p->policy->schema.n_events; i++)
		for (uint32_t k = 0; k < p->program[i].n_features; k++)
			place(p, &p->program[i].feature_reg[k]);
	for (uint32_t i = 0; i < p->n_views; i++)
		p->view[i].out += p->n_temps + p->n_consts;
	p->n_regs = p->n_temps + p->n_consts + p->n_out;
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
