/* plan.c - from the checked policy to state: which key spaces, rings and views there are, and where each lies.
 *
 * Idea: every aggregate of the policy, wherever it stands, is one accumulator of a ring. A ring is named by (event type, level, keys);
 * the level is how deep aggregates nest inside, so that rings can be filled from the lowest level up and an aggregate
 * inside a `where` is always read after the event went into its own ring. A view is a ring read with the keys of some
 * event type. Not here: instructions (codegen.c), text for people (plan_print.c). */
#include "base/mem.h"
#include "event/ident.h"
#include "policy/plandata.h"

enum {
	LINE = 64 /* rows that need more than one cache line get whole ones */
};

struct collect {
	struct plan *p;
	struct buf *errors;
	uint32_t context;
	bool failed;
};

static void fail(struct collect *c, struct span s, const char *what)
{
	const struct policy *po = c->p->policy;

	buf_printf(c->errors, "%s:%u:%u: error: %s\n", po->file[s.file].path.p, s.line, s.col, what);
	c->failed = true;
}

static bool same_keys(const struct plan_ring *r, const struct agg *a)
{
	for (uint32_t i = 0; i < r->n_keys; i++)
		if (!expr_equal(r->key[i], a->key[i]))
			return false;
	return true;
}

static uint32_t find_or_add_space(struct collect *c, struct span at, const struct agg *a)
{
	struct plan *p = c->p;
	struct plan_space *s;

	if (a->n_keys == 1 && a->key[0]->type.dim == DIM_ENTITY)
		return a->key[0]->type.entity;
	for (uint32_t i = p->policy->schema.n_entities; i < p->n_spaces; i++) {
		bool same = p->space[i].n_keys == a->n_keys;

		for (uint32_t k = 0; same && k < a->n_keys; k++)
			same = p->space[i].key_type[k].dim == a->key[k]->type.dim &&
			       p->space[i].key_type[k].entity == a->key[k]->type.entity;
		if (same)
			return i;
	}
	if (p->n_spaces == PLAN_SPACES_MAX) {
		fail(c, at, "too many different kinds of combined keys; at most 64 fit, counting entities");
		return 0;
	}
	s = &p->space[p->n_spaces];
	s->n_keys = a->n_keys;
	for (uint32_t k = 0; k < a->n_keys; k++)
		s->key_type[k] = a->key[k]->type;
	return p->n_spaces++;
}

/* The width a ring gives a column. Field values have known bounds; computed ones are clamped to 48 bits on the way in. */
static struct ring_col column_of(const struct expr *e)
{
	switch (e->type.dim) {
	case DIM_ENTITY: return (struct ring_col){ .width = 4 };
	case DIM_BOOL: return (struct ring_col){ .width = 1 };
	case DIM_TEXT:
	case DIM_TIME: return (struct ring_col){ .width = 8, .is_signed = true };
	case DIM_DURATION:
		if (e->op == X_FIELD)
			return (struct ring_col){ .width = 5 };
		break;
	default: break;
	}
	return (struct ring_col){ .width = 6, .is_signed = true };
}

static uint8_t find_or_add_col(struct plan_ring *r, struct expr *e)
{
	if (e == NULL)
		return RING_NONE;
	for (uint32_t i = 0; i < r->rp.n_cols; i++)
		if (expr_equal(r->col[i], e))
			return (uint8_t)i;
	r->col[r->rp.n_cols] = e;
	r->rp.col[r->rp.n_cols] = column_of(e);
	return (uint8_t)r->rp.n_cols++;
}

static uint8_t find_or_add_filter(struct plan_ring *r, struct expr *e)
{
	if (e == NULL)
		return RING_ALL;
	for (uint32_t i = 0; i < r->rp.n_filters; i++)
		if (expr_equal(r->filter[i], e))
			return (uint8_t)i;
	r->filter[r->rp.n_filters] = e;
	return (uint8_t)r->rp.n_filters++;
}

static uint8_t find_or_add_window(struct plan_ring *r, int64_t us)
{
	uint32_t i = 0;

	while (i < r->rp.n_windows && r->rp.window_us[i] < us)
		i++;
	if (i < r->rp.n_windows && r->rp.window_us[i] == us)
		return (uint8_t)i;
	for (uint32_t k = r->rp.n_windows++; k > i; k--)
		r->rp.window_us[k] = r->rp.window_us[k - 1];
	r->rp.window_us[i] = us;
	for (uint32_t k = 0; k < r->rp.n_accs; k++)
		if (r->rp.acc[k].window >= i)
			r->rp.acc[k].window++;
	return (uint8_t)i;
}

static uint32_t find_or_add_acc(struct plan_ring *r, const struct agg *a)
{
	struct ring_acc acc = { .func = (uint8_t)a->func,
		                    .filter = find_or_add_filter(r, a->filter),
		                    .col = find_or_add_col(r, a->value),
		                    .window = find_or_add_window(r, a->window_us) };

	if (acc.filter == RING_ALL)
		r->rp.keep_unfiltered = true;
	for (uint32_t i = 0; i < r->rp.n_accs; i++) {
		const struct ring_acc *b = &r->rp.acc[i];

		if (b->func == acc.func && b->filter == acc.filter && b->col == acc.col && b->window == acc.window)
			return i;
	}
	r->rp.acc[r->rp.n_accs] = acc;
	return r->rp.n_accs++;
}

static bool has_room(const struct plan_ring *r)
{
	return r->rp.n_cols < RING_COLS_MAX && r->rp.n_filters < RING_FILTERS_MAX && r->rp.n_windows < RING_WINDOWS_MAX &&
	       r->rp.n_accs < RING_ACCS_MAX;
}

static uint32_t new_ring(struct collect *c, struct span at, uint32_t space)
{
	struct plan *p = c->p;
	struct plan_space *s = &p->space[space];
	struct plan_ring *r = &p->ring[p->n_rings];

	if (p->n_rings == PLAN_RINGS_MAX || s->n_rings == PLAN_SPACE_RINGS_MAX) {
		fail(c, at, "too many different windows for one key; at most 64 rings fit a key: drop or merge aggregates");
		return 0;
	}
	r->space = space;
	r->slot = s->n_rings;
	s->ring[s->n_rings++] = p->n_rings;
	r->rp.lateness_us = p->lateness_us;
	r->rp.cap = p->policy->ring_cap;
	r->rp.full = p->policy->ring_full;
	r->rp.sketch_col = RING_NONE;
	return p->n_rings++;
}

static uint32_t agg_level(const struct agg *a)
{
	struct expr e = { .op = X_AGG, .agg = (struct agg *)a };

	/* Lookups belong to the reader, not to the ring: leave them out by asking about a node that has none. */
	return expr_level(&e);
}

static uint32_t find_or_add_key(struct plan *p, uint32_t context, uint32_t space, struct expr *const *e, uint32_t n)
{
	struct plan_key *k;

	for (uint32_t i = 0; i < p->n_keys; i++) {
		bool same = p->row_key[i].context == context && p->row_key[i].space == space && p->row_key[i].n == n;

		for (uint32_t j = 0; same && j < n; j++)
			same = expr_equal(p->row_key[i].expr[j], e[j]);
		if (same)
			return i;
	}
	CHECK(p->n_keys < PLAN_KEYS_MAX); /* no more than rings and views together */
	k = &p->row_key[p->n_keys];
	*k = (struct plan_key){
		.context = context, .space = space, .n = n, .entity = space < p->policy->schema.n_entities, .early = true
	};
	for (uint32_t j = 0; j < n; j++) {
		k->expr[j] = e[j];
		k->early &= e[j]->op == X_FIELD || (e[j]->op == X_ATTR && e[j]->a->op == X_FIELD);
	}
	return p->n_keys++;
}

static uint32_t find_or_add_ring(struct collect *c, struct span at, struct agg *a)
{
	struct plan *p = c->p;
	uint32_t level = agg_level(a), i;
	struct plan_ring *r;

	for (i = 0; i < p->n_rings; i++) {
		r = &p->ring[i];
		if (!r->alerts && r->event == a->event && r->level == level && r->n_keys == a->n_keys && same_keys(r, a) &&
		    has_room(r))
			return i;
	}
	i = new_ring(c, at, find_or_add_space(c, at, a));
	r = &p->ring[i];
	r->event = a->event;
	r->level = level;
	r->n_keys = a->n_keys;
	for (uint32_t k = 0; k < a->n_keys; k++)
		r->key[k] = a->key[k];
	r->insert_key = find_or_add_key(p, a->event, r->space, a->key, a->n_keys);
	return i;
}

static bool view_is(const struct plan_view *v, uint32_t context, uint32_t ring, bool before, const struct expr *e)
{
	if (v->context != context || v->ring != ring || v->before != before)
		return false;
	for (uint32_t k = 0; k < e->agg->n_keys; k++)
		if (!expr_equal(v->lookup[k], e->lookup[k]))
			return false;
	return true;
}

static void add_view(struct collect *c, uint32_t ring, const struct expr *e)
{
	struct plan *p = c->p;
	bool before = e->excluding_this && p->ring[ring].event == c->context;

	for (uint32_t i = 0; i < p->n_views; i++)
		if (view_is(&p->view[i], c->context, ring, before, e))
			return;
	if (p->n_views == PLAN_VIEWS_MAX) {
		fail(c, e->span, "too many aggregates are read; at most 1024 different readings fit");
		return;
	}
	p->view[p->n_views] = (struct plan_view){ .context = c->context, .ring = ring, .before = before };
	for (uint32_t k = 0; k < e->agg->n_keys; k++)
		p->view[p->n_views].lookup[k] = e->lookup[k];
	p->view[p->n_views].key = find_or_add_key(p, c->context, p->ring[ring].space, e->lookup, e->agg->n_keys);
	p->n_views++;
}

/* The acc of an aggregate in a ring that already has it; UINT32_MAX if it has not. Pure. */
static uint32_t acc_in(const struct plan_ring *r, const struct agg *a)
{
	for (uint32_t i = 0; i < r->rp.n_accs; i++) {
		const struct ring_acc *c = &r->rp.acc[i];
		const struct expr *filter = c->filter == RING_ALL ? NULL : r->filter[c->filter];
		const struct expr *col = c->col == RING_NONE ? NULL : r->col[c->col];

		if (c->func == a->func && r->rp.window_us[c->window] == a->window_us && expr_equal(filter, a->filter) &&
		    expr_equal(col, a->value))
			return i;
	}
	return UINT32_MAX;
}

static void visit(void *ctx, const struct expr *e);

static void collect_in(struct collect *c, uint32_t context, const struct expr *e)
{
	uint32_t saved = c->context;

	c->context = context;
	expr_walk(e, visit, c);
	c->context = saved;
}

static void visit(void *ctx, const struct expr *e)
{
	struct collect *c = ctx;
	struct agg *a = e->agg;
	uint32_t ring = UINT32_MAX;

	if (e->op != X_AGG || c->failed)
		return;
	for (uint32_t i = 0; i < c->p->n_rings && ring == UINT32_MAX; i++) {
		struct plan_ring *r = &c->p->ring[i];

		if (!r->alerts && r->event == a->event && r->n_keys == a->n_keys && same_keys(r, a) &&
		    acc_in(r, a) != UINT32_MAX)
			ring = i;
	}
	if (ring == UINT32_MAX) {
		for (uint32_t k = 0; k < a->n_keys; k++)
			collect_in(c, a->event, a->key[k]);
		collect_in(c, a->event, a->value);
		collect_in(c, a->event, a->filter);
		ring = find_or_add_ring(c, e->span, a);
		if (c->failed)
			return;
		find_or_add_acc(&c->p->ring[ring], a);
	}
	add_view(c, ring, e);
}

static void collect_parts(struct collect *c, uint32_t context, const struct template_part *t)
{
	for (; t != NULL; t = t->next)
		collect_in(c, context, t->expr);
}

static void collect_all(struct collect *c)
{
	const struct policy *po = c->p->policy;

	for (uint32_t i = 0; i < po->n_rules; i++) {
		const struct rule *r = &po->rule[i];

		if (r->mode == RULE_OFF)
			continue;
		collect_in(c, r->event, r->when);
		collect_in(c, r->event, r->about);
		for (uint32_t k = 0; k < r->n_measures; k++)
			collect_in(c, r->event, r->measure[k].target);
		collect_parts(c, r->event, r->because_en);
		collect_parts(c, r->event, r->because_zh);
	}
	for (uint32_t i = 0; i < po->n_exempts; i++) {
		collect_in(c, po->exempt[i].event, po->exempt[i].about);
		collect_in(c, po->exempt[i].event, po->exempt[i].when);
	}
	for (uint32_t i = 0; i < po->n_features; i++)
		collect_in(c, po->feature[i].event, po->feature[i].expr);
	for (uint32_t i = 0; i < po->schema.n_events; i++)
		for (uint32_t k = 0; k < po->setters[i].n; k++)
			if (expr_level(po->setters[i].set[k].value) > 0)
				fail(c, po->setters[i].set[k].value->span,
				     "an attribute can't be set from an aggregate; set it from a field or the time");
}

/* One ring of alerts for each entity kind that a rule is about: what risk() and `every` read. */
static void add_alert_rings(struct collect *c)
{
	const struct policy *po = c->p->policy;

	for (uint32_t i = 0; i < SCHEMA_ENTITIES_MAX; i++)
		c->p->alert_ring[i] = UINT32_MAX;
	for (uint32_t i = 0; i < po->n_rules && !c->failed; i++) {
		const struct rule *r = &po->rule[i];
		uint8_t kind = r->about->type.entity;
		struct ring_plan *rp;

		if (r->mode == RULE_OFF)
			continue;
		if (c->p->alert_ring[kind] == UINT32_MAX) {
			uint32_t ring = new_ring(c, r->span, kind);

			c->p->ring[ring].alerts = true;
			c->p->alert_ring[kind] = ring;
			rp = &c->p->ring[ring].rp;
			rp->n_cols = 2; /* rule, decision score (missing for shadow rules) */
			rp->col[0] = (struct ring_col){ .width = 4 };
			rp->col[1] = (struct ring_col){ .width = 4 };
			rp->keep_unfiltered = true;
			rp->n_accs = 1;
			rp->n_windows = 1;
			rp->window_us[0] = PLAN_RISK_WINDOW_US;
			rp->acc[0] = (struct ring_acc){ .func = RING_MAX, .filter = RING_ALL, .col = 1, .window = 0 };
		}
		rp = &c->p->ring[c->p->alert_ring[kind]].rp;
		if (r->every_us > rp->window_us[rp->n_windows - 1]) /* keep long enough for the longest `every` */
			find_or_add_window(&c->p->ring[c->p->alert_ring[kind]], r->every_us);
	}
}

/* The values, widest first so that each is aligned; the end. */
static uint32_t lay_attributes(struct plan_space *sp, const struct schema_entity *e, uint32_t at)
{
	for (uint32_t width = 8; width > 0; width /= 2)
		for (uint32_t i = 0; i < e->n_attrs; i++) {
			enum dim d = e->attr[i].type.dim;

			if (width != (d == DIM_ENTITY ? 4 : d == DIM_BOOL ? 1 : 8))
				continue;
			sp->attr_off[i] = at;
			sp->attr_width[i] = (uint8_t)width;
			at += width;
		}
	return at;
}

static enum err finish_layout(struct plan *p, struct buf *errors)
{
	const struct schema *s = &p->policy->schema;

	for (uint32_t i = 0; i < p->n_rings; i++) {
		struct plan_ring *r = &p->ring[i];
		enum err e;

		for (uint32_t k = 0; k < r->rp.n_accs; k++)
			if (r->rp.acc[k].func == RING_DISTINCT)
				r->rp.sketch_col = r->rp.acc[k].col;
		e = ring_plan_finish(&r->rp);
		if (e != ERR_OK)
			return e;
	}
	for (uint32_t i = 0; i < p->n_spaces; i++) {
		struct plan_space *sp = &p->space[i];
		uint32_t at;

		sp->entity = i < s->n_entities;
		sp->entity_kind = (uint8_t)i;
		at = table_head_bytes(sp->entity ? 2 : sp->n_keys);
		if (sp->entity) {
			uint32_t n = s->entity[i].n_attrs;

			sp->ident_off = at;
			sp->attr_time_off = at + (uint32_t)sizeof(struct ident_attrs);
			at = lay_attributes(sp, &s->entity[i], sp->attr_time_off + 8 * n);
		}
		sp->slot_off = (at + 3) & ~3u;
		at = sp->slot_off + 4 * sp->n_rings;
		sp->row_bytes = at > LINE ? (at + LINE - 1) & ~(LINE - 1u) : (at + 7) & ~7u;
	}
	for (uint32_t i = 0; i < p->n_rings; i++)
		p->ring[i].slot_at = p->space[p->ring[i].space].slot_off + 4 * p->ring[i].slot;
	for (uint32_t i = 0; i < p->n_views; i++) {
		p->view[i].out = p->n_out;
		p->n_out += p->ring[p->view[i].ring].rp.n_accs;
	}
	if (p->n_out <= PLAN_REGS_MAX)
		return ERR_OK;
	buf_printf(errors,
	           "error: the readings of the policy's windows have %u values; at most %d fit: drop rules or aggregates\n",
	           p->n_out, PLAN_REGS_MAX);
	return ERR_CAP;
}

static int64_t *name_fingerprints(struct plan *p, const char *(*name)(uint32_t), uint32_t n)
{
	int64_t *fp = arena_alloc(&p->arena, (n + 1) * sizeof(*fp));

	for (uint32_t i = 0; fp != NULL && i < n; i++)
		fp[i] = i == 0 ? VALUE_MISSING : hash_fingerprint(&p->key, text_z(name(i)));
	return fp;
}

/* What an identifier tells by itself, as the texts that policies compare it with. */
static enum err plan_names(struct plan *p)
{
	p->kind_fp = name_fingerprints(p, ident_kind_name, NUMBER_KINDS);
	p->carrier_fp = name_fingerprints(p, ident_carrier_name, ident_carrier_count());
	p->region_fp = name_fingerprints(p, ident_region_name, ident_region_count());
	p->bank_fp = name_fingerprints(p, ident_bank_name, ident_bank_count());
	return p->kind_fp && p->carrier_fp && p->region_fp && p->bank_fp ? ERR_OK : ERR_MEMORY;
}

static enum err plan_fill(struct plan *p, struct buf *errors)
{
	struct collect c = { .p = p, .errors = errors };
	enum err e;

	p->n_spaces = p->policy->schema.n_entities;
	add_alert_rings(&c);
	collect_all(&c);
	if (c.failed)
		return ERR_FORMAT;
	e = finish_layout(p, errors);
	if (e == ERR_OK)
		e = plan_names(p);
	if (e == ERR_OK)
		e = plan_codegen(p, errors);
	if (e == ERR_OK)
		e = plan_verify(p, errors);
	return e;
}

enum err plan_new(struct plan **out, const struct policy *po, const struct hash_key *key, int64_t lateness_us,
                  struct buf *errors)
{
	struct plan *p = mem_alloc(sizeof(*p));
	enum err e = ERR_MEMORY;

	if (p == NULL)
		return ERR_MEMORY;
	arena_init(&p->arena, 256 << 20);
	p->policy = po;
	p->key = *key;
	p->lateness_us = lateness_us;
	p->ring = arena_alloc(&p->arena, PLAN_RINGS_MAX * sizeof(*p->ring));
	p->view = arena_alloc(&p->arena, PLAN_VIEWS_MAX * sizeof(*p->view));
	p->row_key = arena_alloc(&p->arena, PLAN_KEYS_MAX * sizeof(*p->row_key));
	p->insn = arena_alloc(&p->arena, PLAN_INSNS_MAX * sizeof(*p->insn));
	p->constant = arena_alloc(&p->arena, PLAN_REGS_MAX * sizeof(*p->constant));
	p->constant_real = arena_alloc(&p->arena, PLAN_REGS_MAX * sizeof(*p->constant_real));
	p->call = arena_alloc(&p->arena, PLAN_CALLS_MAX * sizeof(*p->call));
	p->bound = arena_alloc(&p->arena, PLAN_BOUNDS_MAX * sizeof(*p->bound));
	p->rule = arena_alloc(&p->arena, (po->n_rules + 1) * sizeof(*p->rule));
	if (p->ring && p->view && p->row_key && p->insn && p->constant && p->constant_real && p->call && p->bound &&
	    p->rule)
		e = plan_fill(p, errors);
	if (e != ERR_OK) {
		plan_free(p);
		return e;
	}
	*out = p;
	return ERR_OK;
}

void plan_free(struct plan *p)
{
	if (p == NULL)
		return;
	arena_release(&p->arena);
	mem_free(p);
}

const struct policy *plan_policy(const struct plan *p)
{
	return p->policy;
}

bool plan_find(const struct plan *p, uint32_t context, const struct expr *e, uint32_t *view, uint32_t *acc)
{
	for (uint32_t i = 0; i < p->n_views; i++) {
		const struct plan_view *v = &p->view[i];
		const struct plan_ring *r = &p->ring[v->ring];

		if (r->event != e->agg->event || r->n_keys != e->agg->n_keys || !same_keys(r, e->agg))
			continue;
		if (!view_is(v, context, v->ring, e->excluding_this && r->event == context, e))
			continue;
		*acc = acc_in(r, e->agg);
		*view = i;
		if (*acc != UINT32_MAX)
			return true;
	}
	return false;
}
