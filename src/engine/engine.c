/* engine.c - making an engine, its numbers, and the path of an event on one screen: engine_apply. */
#include "base/mem.h"
#include "engine/engine_int.h"

#define SWEEP_PERIOD_US_MIN (6 * US_PER_HOUR)

void engine_options_default(struct engine_options *o)
{
	*o = (struct engine_options){ .state_bytes_max = (size_t)4 << 30, .entities_max = 16 << 20 };
}

static void sweeps_init(struct engine *g)
{
	for (uint32_t i = 0; i < g->plan->n_spaces; i++) {
		const struct plan_space *s = &g->plan->space[i];
		int64_t longest = 0;

		for (uint32_t k = 0; k < s->n_rings; k++)
			if (g->plan->ring[s->ring[k]].rp.keep_us > longest)
				longest = g->plan->ring[s->ring[k]].rp.keep_us;
		if (s->n_rings > 0)
			g->sweep[i].period_us = longest / 4 < SWEEP_PERIOD_US_MIN ? SWEEP_PERIOD_US_MIN : longest / 4;
	}
}

static enum err engine_init(struct engine *g)
{
	const struct plan *p = g->plan;
	uint32_t alert_accs = 1;
	enum err e;

	g->reg = mem_alloc_array(p->n_regs + 1, sizeof(*g->reg));
	g->view = mem_alloc_array(p->n_views + 1, sizeof(*g->view));
	g->key_row = mem_alloc_array(p->n_keys + 1, sizeof(*g->key_row));
	g->inserted = mem_alloc_array(p->n_rings + 1, sizeof(*g->inserted));
	g->hit = mem_alloc_array(g->policy->n_rules + 1, sizeof(*g->hit));
	g->rule_stats = mem_alloc_array(g->policy->n_rules + 1, sizeof(*g->rule_stats));
	g->alert = mem_alloc(sizeof(*g->alert));
	g->alert_out = mem_alloc_array(alert_accs, sizeof(*g->alert_out));
	g->feature_out = mem_alloc_array(64, sizeof(*g->feature_out));
	if (!g->reg || !g->view || !g->key_row || !g->inserted || !g->hit || !g->rule_stats || !g->alert || !g->alert_out ||
	    !g->feature_out)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < p->n_consts; i++)
		g->reg[p->n_temps + i] = p->constant[i];
	e = slab_init(&g->slab, g->options.state_bytes_max);
	if (e != ERR_OK)
		return e;
	g->store.slab = &g->slab;
	e = entity_tables_init(g);
	sweeps_init(g);
	return e;
}

enum err engine_new(struct engine **out, const struct plan *plan, const struct hash_key *key,
                    const struct engine_options *o, const struct engine_sink *sink)
{
	struct engine *g = mem_alloc(sizeof(*g));
	enum err e;

	if (g == NULL)
		return ERR_MEMORY;
	g->plan = plan;
	g->policy = plan_policy(plan);
	g->key = *key;
	g->options = *o;
	g->sink = *sink;
	e = engine_init(g);
	if (e != ERR_OK) {
		engine_free(g);
		return e;
	}
	*out = g;
	return ERR_OK;
}

void engine_free(struct engine *g)
{
	if (g == NULL)
		return;
	entity_tables_release(g);
	slab_release(&g->slab);
	mem_free(g->reg);
	mem_free(g->view);
	mem_free(g->key_row);
	mem_free(g->inserted);
	mem_free(g->hit);
	mem_free(g->rule_stats);
	mem_free(g->alert);
	mem_free(g->alert_out);
	mem_free(g->feature_out);
	mem_free(g);
}

/* The entities of one event, by ident slot; 0 = not named. */
struct named {
	uint32_t row[SCHEMA_IDENTS_MAX];
};

static const struct schema_event *type_of(const struct engine *g, const struct event *e)
{
	return &g->policy->schema.event[e->type];
}

/* The entities that an event names: f is a struct plan_ident. */
#define EACH_IDENT(g, e, f)                                                                                            \
	for (const struct plan_ident *f = (g)->plan->program[(e)->type].ident, *const f##_end =                            \
	                                                                           f +                                     \
	                                                                           (g)->plan->program[(e)->type].n_idents; \
	     f < f##_end; f++)                                                                                             \
		if ((e)->value[f->field] != VALUE_MISSING)

static void prefetch_buckets(struct engine *g, const struct event *e)
{
	EACH_IDENT(g, e, f)
	table_prefetch_bucket(&g->table[f->kind], entity_hash(e->ident[f->slot].token));
}

static void prefetch_rows(struct engine *g, const struct event *e)
{
	EACH_IDENT(g, e, f)
	table_prefetch_row(&g->table[f->kind], entity_hash(e->ident[f->slot].token));
}

static bool resolve(struct engine *g, const struct event *e, struct named *n)
{
	bool ok = true;

	EACH_IDENT(g, e, f)
	{
		n->row[f->slot] = entity_resolve(g, f->kind, &e->ident[f->slot]);
		ok &= n->row[f->slot] != 0;
	}
	return ok;
}

static void prefetch_rings(struct engine *g, const struct event *e, const struct named *n)
{
	const struct plan_program *pr = &g->plan->program[e->type];

	for (uint32_t i = 0; i < pr->n_prefetch; i++) {
		const struct plan_prefetch *f = &pr->prefetch[i];
		const uint8_t *row = table_row(&g->table[f->space], n->row[f->ident]);
		uint32_t slot;

		memcpy(&slot, row + g->plan->space[f->space].slot_off + 4 * f->slot, 4);
		ring_prefetch(&g->store, slot);
	}
}

/* Keys made of fields and their attributes are known before the program runs. False: a part is missing. */
static bool early_key(const struct engine *g, const struct event *e, const struct named *n, uint32_t key, uint64_t *out)
{
	const struct plan_key *k = &g->plan->row_key[key];

	for (uint32_t i = 0; i < k->n; i++) {
		const struct expr *x = k->expr[i]->op == X_ATTR ? k->expr[i]->a : k->expr[i];
		const struct schema_field *f = &type_of(g, e)->field[x->index];
		int64_t v = e->value[x->index];

		if (v != VALUE_MISSING && f->type.dim == DIM_ENTITY)
			v = n->row[f->slot];
		if (v != VALUE_MISSING && k->expr[i]->op == X_ATTR)
			v = entity_attr(g, f->type.entity, v, k->expr[i]->index);
		if (v == VALUE_MISSING)
			return false;
		out[i] = (uint64_t)v;
	}
	return true;
}

enum early_stage {
	EARLY_BUCKET,
	EARLY_ROW,
	EARLY_RINGS
};

static void prefetch_row(const struct table *t, uint32_t row)
{
	for (uint32_t at = 0; at < t->row_bytes; at += 64)
		__builtin_prefetch(table_row(t, row) + at);
}

static void prefetch_key(struct engine *g, const struct plan_space *s, const struct table *t, const uint64_t *key,
                         enum early_stage stage)
{
	uint64_t hash = s->entity ? 0 : table_hash(t, key);
	const uint32_t *slot;
	uint32_t row;

	if (stage == EARLY_BUCKET && !s->entity)
		table_prefetch_bucket(t, hash);
	if (stage == EARLY_ROW && s->entity)
		prefetch_row(t, (uint32_t)key[0]);
	if (stage == EARLY_ROW && !s->entity)
		table_prefetch_row(t, hash);
	if (stage != EARLY_RINGS)
		return;
	row = s->entity ? (uint32_t)key[0] : table_find(t, key, hash);
	slot = (const uint32_t *)(const void *)(table_row(t, row) + s->slot_off); /* row 0 is there, and empty */
	for (uint32_t k = 0; k < s->n_rings; k++)
		ring_prefetch(&g->store, slot[k]);
}

static void prefetch_early(struct engine *g, const struct event *e, const struct named *n, enum early_stage stage)
{
	const struct plan_program *pr = &g->plan->program[e->type];
	uint64_t key[POLICY_KEYS_MAX];

	for (uint32_t i = 0; i < pr->n_early; i++) {
		uint32_t space = g->plan->row_key[pr->early[i]].space;

		if (early_key(g, e, n, pr->early[i], key))
			prefetch_key(g, &g->plan->space[space], &g->table[space], key, stage);
	}
}

static void load_registers(struct engine *g, const struct event *e, const struct named *n)
{
	const struct schema_event *t = type_of(g, e);

	g->reg[PLAN_REG_TIME].i = e->time;
	for (uint32_t i = 0; i < t->n_fields; i++) {
		int64_t v = e->value[i];

		if (v != VALUE_MISSING && t->field[i].type.dim == DIM_ENTITY)
			v = n->row[t->field[i].slot];
		g->reg[PLAN_REG_FIELD + i].i = v;
	}
}

static void tell_features(struct engine *g, const struct event *e)
{
	const struct plan_program *pr = &g->plan->program[e->type];

	vm_run(g, pr->code_feature);
	for (uint32_t i = 0; i < pr->n_features; i++)
		g->feature_out[i] = g->reg[pr->feature_reg[i]];
	g->sink.features(g->sink.ctx, e, g->feature_out, pr->n_features);
}

/* Which rows the sweep may know of: it must not depend on how events are grouped. */
static void meet_rows(struct engine *g, const struct event *e, const struct named *n)
{
	EACH_IDENT(g, e, f)
	if (n->row[f->slot] > g->rows_met[f->kind])
		g->rows_met[f->kind] = n->row[f->slot];
}

/* One accepted event: attributes, windows, rules, what is told of them. */
static void apply_one(struct engine *g, struct event *e, const struct named *n)
{
	g->position = e->position == 0 ? g->position + 1 : e->position;
	e->position = g->position;
	g->stats.accepted++;
	g->event = e;
	g->serial++;
	g->n_hits = 0;
	load_registers(g, e, n);
	vm_run(g, g->plan->program[e->type].code);
	if (g->sink.features != NULL && g->plan->program[e->type].n_features > 0)
		tell_features(g, e);
	if (g->n_hits > 0)
		alert_tell(g);
	window_sweep(g);
}

/* The stages run over the whole batch one after the other, so that each event's cache misses overlap with the others'. An
 * event leaves early when it is late, or when it names an entity that there is no room for. */
void engine_apply(struct engine *g, struct event *const *events, uint32_t n, enum err *outcome)
{
	struct named named[ENGINE_BATCH_MAX];
	int64_t newest_us = g->newest_us;

	CHECK(n <= ENGINE_BATCH_MAX);
	g->event = NULL;
	memset(named, 0, n * sizeof(named[0]));
	for (uint32_t i = 0; i < n; i++) {
		outcome[i] = newest_us != 0 && events[i]->time < newest_us - g->plan->lateness_us ? ERR_LATE : ERR_OK;
		if (outcome[i] == ERR_OK && events[i]->time > newest_us)
			newest_us = events[i]->time;
	}
	for (uint32_t i = 0; i < n; i++)
		prefetch_buckets(g, events[i]);
	for (uint32_t i = 0; i < n; i++)
		prefetch_rows(g, events[i]);
	for (uint32_t i = 0; i < n; i++)
		if (outcome[i] == ERR_OK && !resolve(g, events[i], &named[i]))
			outcome[i] = ERR_CAP;
	for (uint32_t i = 0; i < n; i++)
		if (outcome[i] == ERR_OK)
			prefetch_early(g, events[i], &named[i], EARLY_BUCKET);
	for (uint32_t i = 0; i < n; i++)
		if (outcome[i] == ERR_OK)
			prefetch_early(g, events[i], &named[i], EARLY_ROW);
	for (uint32_t i = 0; i < n; i++)
		if (outcome[i] == ERR_OK) {
			prefetch_rings(g, events[i], &named[i]);
			prefetch_early(g, events[i], &named[i], EARLY_RINGS);
		}
	for (uint32_t i = 0; i < n; i++) {
		if (outcome[i] != ERR_LATE && events[i]->time > g->newest_us)
			g->newest_us = events[i]->time;
		if (outcome[i] != ERR_LATE)
			meet_rows(g, events[i], &named[i]);
		if (outcome[i] == ERR_OK)
			apply_one(g, events[i], &named[i]);
		g->stats.late += outcome[i] == ERR_LATE;
		g->stats.refused += outcome[i] == ERR_CAP;
	}
}

int64_t engine_earliest_us(const struct engine *g)
{
	return g->newest_us == 0 ? INT64_MIN : g->newest_us - g->plan->lateness_us;
}

int64_t engine_newest_us(const struct engine *g)
{
	return g->newest_us == 0 ? INT64_MAX : g->newest_us;
}

void engine_stats(const struct engine *g, struct engine_stats *out)
{
	*out = g->stats;
	out->newest_us = g->newest_us;
	out->evicted = g->store.counts.evicted;
	out->ring_refused = g->store.counts.refused;
	out->sketched = g->store.counts.sketched;
	out->no_memory += g->store.counts.no_memory;
	out->state_bytes = g->slab.live;
	for (uint32_t i = 0; i < g->plan->n_spaces; i++) {
		const struct table *t = &g->table[i];

		out->entity_bytes += table_bytes(t);
		if (g->plan->space[i].entity) {
			out->entities[i] = t->live;
			out->entity_bytes += (size_t)t->used * sizeof(struct cold);
		} else {
			out->keys += t->live;
		}
	}
}

const struct engine_rule_stats *engine_rule_stats(const struct engine *g, uint32_t rule)
{
	return &g->rule_stats[rule];
}
