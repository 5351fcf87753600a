/* look.c - see look.h. Which expressions read an aggregate is not kept anywhere: rules, exemptions and features are walked for it each time,
 * since people ask seldom and the engine should not carry it. */
#include "engine/look.h"
#include "base/mem.h"
#include "engine/engine_int.h"
#include "engine/ring_int.h"

enum {
	SETS = POLICY_RULES_MAX / 64,
	NO_RULE = UINT32_MAX
};

struct use { /* of one accumulator */
	const struct expr *expr;
	uint64_t rules[SETS];
};

struct uses { /* of all accumulators of a key space */
	const struct plan *plan;
	uint32_t space, context, rule;
	uint32_t first[PLAN_SPACE_RINGS_MAX]; /* where a ring's accumulators begin, by its slot */
	struct use *use;
};

static void note(void *ctx, const struct expr *e);

static void walk(struct uses *u, uint32_t context, const struct expr *e)
{
	uint32_t saved = u->context;

	u->context = context;
	expr_walk(e, note, u);
	u->context = saved;
}

static void note(void *ctx, const struct expr *e)
{
	struct uses *u = ctx;
	uint32_t view, acc;

	if (e->op != X_AGG)
		return;
	if (plan_find(u->plan, u->context, e, &view, &acc)) {
		const struct plan_ring *r = &u->plan->ring[u->plan->view[view].ring];
		struct use *use = r->space != u->space ? NULL : &u->use[u->first[r->slot] + acc];

		if (use != NULL && use->expr == NULL)
			use->expr = e;
		if (use != NULL && u->rule != NO_RULE)
			use->rules[u->rule / 64] |= 1ULL << u->rule % 64;
	}
	for (uint32_t i = 0; i < e->agg->n_keys; i++)
		walk(u, e->agg->event, e->agg->key[i]);
	walk(u, e->agg->event, e->agg->value);
	walk(u, e->agg->event, e->agg->filter);
}

static void walk_parts(struct uses *u, uint32_t context, const struct template_part *t)
{
	for (; t != NULL; t = t->next)
		walk(u, context, t->expr);
}

static void walk_all(struct uses *u, const struct policy *p)
{
	for (u->rule = 0; u->rule < p->n_rules; u->rule++) {
		const struct rule *r = &p->rule[u->rule];

		if (r->mode == RULE_OFF)
			continue;
		walk(u, r->event, r->when);
		walk(u, r->event, r->about);
		for (uint32_t i = 0; i < r->n_measures; i++)
			walk(u, r->event, r->measure[i].target);
		walk_parts(u, r->event, r->because_en);
		walk_parts(u, r->event, r->because_zh);
	}
	u->rule = NO_RULE;
	for (uint32_t i = 0; i < p->n_exempts; i++) {
		walk(u, p->exempt[i].event, p->exempt[i].about);
		walk(u, p->exempt[i].event, p->exempt[i].when);
	}
	for (uint32_t i = 0; i < p->n_features; i++)
		walk(u, p->feature[i].event, p->feature[i].expr);
}

static enum err find_uses(struct uses *u, const struct engine *g, uint32_t space)
{
	const struct plan_space *s = &g->plan->space[space];
	uint32_t n = 0;

	*u = (struct uses){ .plan = g->plan, .space = space };
	for (uint32_t i = 0; i < s->n_rings; i++) {
		u->first[i] = n;
		n += g->plan->ring[s->ring[i]].rp.n_accs;
	}
	u->use = mem_alloc_array(n + 1, sizeof(*u->use));
	if (u->use == NULL)
		return ERR_MEMORY;
	walk_all(u, g->policy);
	return ERR_OK;
}

/* The scan takes tables for distinct values from a slab: it gets one of its own, as large as it can need. */
static enum err read_values(const struct ring_plan *p, const struct ring_head *h, int64_t t_us, union value *out)
{
	struct slab scratch;
	struct ring_store own = { .slab = &scratch };
	size_t bytes = 64;
	enum err e;

	for (uint32_t i = 0; i < p->n_groups; i++)
		if (p->group[i].distinct)
			bytes += slab_round((size_t)8 << (33 - (uint32_t)__builtin_clz(h->count | 1)));
	e = slab_init(&scratch, bytes);
	if (e != ERR_OK)
		return e;
	ring_scan(&own, p, h, t_us, out);
	if (h->sketch_k > 0)
		ring_scale(p, h->sketch_k, out);
	slab_release(&scratch);
	return ERR_OK;
}

static void count_events(const struct ring_plan *p, const struct ring_head *h, int64_t t_us, uint32_t acc,
                         struct look *l)
{
	int64_t from_us = t_us - p->window_us[p->acc[acc].window];

	for (uint32_t i = h->count; i-- > 0;) {
		const uint8_t *t = ring_tuple(h, p, i);
		int64_t time_us = ring_time(h, p, t);

		if (time_us <= from_us)
			break;
		if (time_us > t_us || !ring_passes(ring_mask(p, t), p->acc[acc].filter))
			continue;
		l->events++;
		if (l->n_times < LOOK_TIMES_MAX)
			l->time_us[l->n_times++] = time_us;
	}
}

static uint32_t rules_of(const struct use *u, uint32_t *rule)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < POLICY_RULES_MAX; i++)
		if ((u->rules[i / 64] >> i % 64 & 1) != 0)
			rule[n++] = i;
	return n;
}

static const uint32_t *slot_of(const struct engine *g, struct entity_ref e, uint32_t ring)
{
	const struct plan_space *s = &g->plan->space[e.kind];

	return (const uint32_t *)(const void *)(table_row(&g->table[e.kind], e.index) + s->slot_off) +
	       g->plan->ring[ring].slot;
}

static const struct ring_head *ring_of(const struct engine *g, struct entity_ref e, uint32_t ring)
{
	static const struct ring_head none;
	uint32_t slot = *slot_of(g, e, ring);

	return slot == 0 ? &none : slab_at(&g->slab, slot);
}

static enum err look_ring(const struct engine *g, struct entity_ref e, const struct plan_ring *r, const struct use *use,
                          void (*visit)(void *ctx, const struct look *l), void *ctx)
{
	const struct ring_head *h = ring_of(g, e, (uint32_t)(r - g->plan->ring));
	union value value[RING_ACCS_MAX];
	uint32_t rule[POLICY_RULES_MAX];
	bool known = h->count <= LOOK_EVENTS_MAX;
	enum err err = known ? read_values(&r->rp, h, g->newest_us, value) : ERR_OK;

	for (uint32_t i = 0; i < r->rp.n_accs && err == ERR_OK; i++) {
		struct look l = { .expr = use[i].expr, .known = known, .stored = h->count, .flags = h->flags };

		CHECK(l.expr != NULL); /* the planner makes accumulators for what is read only */
		l.n_rules = rules_of(&use[i], rule);
		l.rule = rule;
		if (known) {
			l.value = value[i];
			count_events(&r->rp, h, g->newest_us, i, &l);
		}
		visit(ctx, &l);
	}
	return err;
}

enum err look_entity(const struct engine *g, struct entity_ref e, void (*visit)(void *ctx, const struct look *l),
                     void *ctx)
{
	const struct plan_space *s = &g->plan->space[e.kind];
	struct uses u;
	enum err err;

	CHECK(e.index != 0 && e.index <= g->table[e.kind].used);
	err = find_uses(&u, g, e.kind);
	if (err != ERR_OK)
		return err;
	for (uint32_t i = 0; i < s->n_rings && err == ERR_OK; i++)
		if (!g->plan->ring[s->ring[i]].alerts)
			err = look_ring(g, e, &g->plan->ring[s->ring[i]], u.use + u.first[i], visit, ctx);
	mem_free(u.use);
	return err;
}

bool look_attr(const struct engine *g, struct entity_ref e, uint32_t attr, int64_t *value, int64_t *set_us)
{
	const struct plan_space *s = &g->plan->space[e.kind];

	CHECK(e.index != 0 && attr < g->policy->schema.entity[e.kind].n_attrs);
	memcpy(set_us, table_row(&g->table[e.kind], e.index) + s->attr_time_off + 8 * attr, 8);
	*value = entity_attr(g, e.kind, e.index, attr);
	return *set_us != 0;
}

bool look_list(const struct engine *g, uint32_t list, struct entity_ref e, int64_t *until_us)
{
	struct entity_view v;

	engine_entity(g, e, &v);
	return engine_list_until(g, list, v.token, 0, until_us);
}

int64_t look_risk(const struct engine *g, struct entity_ref e)
{
	uint32_t ring = g->plan->alert_ring[e.kind];
	union value v = { .i = VALUE_MISSING };
	struct ring_store none = { 0 }; /* a maximum needs no table */

	if (ring != UINT32_MAX)
		ring_scan(&none, &g->plan->ring[ring].rp, ring_of(g, e, ring), g->newest_us, &v);
	return v.i == VALUE_MISSING ? 0 : v.i;
}
