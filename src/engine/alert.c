/* alert.c - from the rules that held to decisions and alerts.
 *
 * The rules of one event that hold about the same entity make one decision: scores of live rules add up, the highest
 * severity counts. Then each rule's alert is told, with what it compared, unless `every` says that the same was told lately.
 * At last the alerts go into the entity's own ring, where risk() and `every` of later events find them. Nothing here is on
 * the hot path: most events hit nothing. */
#include "engine/engine_int.h"

struct repeat {
	uint32_t rule;
	bool found;
};

static void see_repeat(void *ctx, int64_t time_us, uint32_t mask, const int64_t *cols)
{
	struct repeat *r = ctx;

	(void)time_us;
	(void)mask;
	r->found |= cols[0] == r->rule;
}

static bool told_lately(struct engine *g, const struct hit *h)
{
	const struct rule *r = &g->policy->rule[h->rule];
	uint32_t kind = r->about->type.entity;
	const uint32_t *slot = window_alert_slot(g, kind, h->about);
	struct repeat seen = { .rule = h->rule };

	if (r->every_us == 0 || slot == NULL || *slot == 0)
		return false;
	ring_each(&g->store, &g->plan->ring[g->plan->alert_ring[kind]].rp, *slot, g->event->time, r->every_us, RING_ALL,
	          see_repeat, &seen);
	return seen.found;
}

static bool same_about(const struct engine *g, const struct hit *a, const struct hit *b)
{
	return a->about == b->about &&
	       g->policy->rule[a->rule].about->type.entity == g->policy->rule[b->rule].about->type.entity;
}

static void decide(const struct engine *g, const struct hit *h, struct alert *a)
{
	a->decision_score = 0;
	a->decision_severity = SEVERITY_NONE;
	for (uint32_t i = 0; i < g->n_hits; i++) {
		const struct rule *r = &g->policy->rule[g->hit[i].rule];

		if (r->mode != RULE_LIVE || !same_about(g, h, &g->hit[i]))
			continue;
		a->decision_score += r->score;
		if (r->severity > a->decision_severity)
			a->decision_severity = r->severity;
	}
}

static bool value_of(const struct engine *g, uint32_t rule, const struct expr *e, union value *out)
{
	const struct plan_rule *pr = &g->plan->rule[rule];

	for (uint32_t i = 0; e != NULL && i < pr->n_values; i++)
		if (pr->value[i].expr == e) {
			*out = g->reg[pr->value[i].reg];
			return true;
		}
	return false;
}

static void fill(struct engine *g, const struct hit *h, struct alert *a)
{
	const struct rule *r = &g->policy->rule[h->rule];
	const struct plan_rule *pr = &g->plan->rule[h->rule];

	vm_run(g, pr->code);
	a->engine = g;
	a->event = g->event;
	a->rule = h->rule;
	a->about = (struct entity_ref){ .kind = r->about->type.entity, .index = h->about };
	a->mode = r->mode;
	a->flags = 0;
	a->n_comparisons = 0;
	for (uint32_t i = 0; i < pr->n_comparisons && i < ENGINE_COMPARISONS_MAX; i++) {
		struct comparison *c = &a->comparison[a->n_comparisons++];
		union value truth = { .i = VALUE_MISSING };

		*c = (struct comparison){ .expr = pr->comparison[i] };
		value_of(g, h->rule, c->expr->a, &c->left);
		value_of(g, h->rule, c->expr->b, &c->right);
		value_of(g, h->rule, c->expr, &truth);
		c->truth = truth.i == VALUE_MISSING ? -1 : (int)truth.i;
	}
	for (uint32_t i = 0; i < r->n_measures; i++) {
		int64_t v = g->reg[pr->target_reg[i]].i;

		a->target[i] = (struct entity_ref){ .kind = r->measure[i].target->type.entity,
			                                .index = v == VALUE_MISSING ? 0 : (uint32_t)v };
	}
	for (uint32_t i = 0; i < pr->n_aggs; i++) {
		uint32_t view, acc;

		if (plan_find(g->plan, r->event, pr->agg[i], &view, &acc))
			a->flags |= g->view[view].flags;
	}
}

static void remember(struct engine *g, const struct hit *h, int64_t score)
{
	const struct rule *r = &g->policy->rule[h->rule];
	uint32_t kind = r->about->type.entity;
	const struct ring_plan *rp = &g->plan->ring[g->plan->alert_ring[kind]].rp;
	int64_t col[2] = { h->rule, r->mode == RULE_LIVE ? score : VALUE_MISSING };
	enum err e = ring_insert(&g->store, rp, window_alert_slot(g, kind, h->about), g->event->time, 0, col,
	                         g->newest_us - rp->keep_us);

	(void)e; /* no room: counted by the ring store and shown in the summary; the alert itself has been told */
}

void alert_tell(struct engine *g)
{
	struct alert *a = g->alert;

	for (uint32_t i = 0; i < g->n_hits; i++)
		g->hit[i].silent = told_lately(g, &g->hit[i]);
	for (uint32_t i = 0; i < g->n_hits; i++) {
		struct engine_rule_stats *s = &g->rule_stats[g->hit[i].rule];

		if (g->hit[i].silent) {
			s->suppressed++;
			continue;
		}
		s->alerts++;
		decide(g, &g->hit[i], a);
		fill(g, &g->hit[i], a);
		if (g->sink.alert != NULL)
			g->sink.alert(g->sink.ctx, a);
	}
	for (uint32_t i = 0; i < g->n_hits; i++)
		if (!g->hit[i].silent) {
			decide(g, &g->hit[i], a);
			remember(g, &g->hit[i], a->decision_score);
		}
}

bool engine_compare(struct engine *g, uint32_t rule, struct alert *out)
{
	const struct rule *r = &g->policy->rule[rule];
	struct hit h = { .rule = rule };

	if (g->event == NULL || g->event->type != r->event || r->mode == RULE_OFF)
		return false;
	fill(g, &h, out);
	decide(g, &h, out);
	return true;
}

uint32_t engine_evidence_count(const struct alert *a)
{
	return a->engine->plan->rule[a->rule].n_aggs;
}

union value engine_value(const struct alert *a, const struct expr *e)
{
	union value v = { .i = VALUE_MISSING };

	if (!value_of(a->engine, a->rule, e, &v) && e->type.real)
		v.r = value_real(VALUE_MISSING);
	return v;
}

struct telling {         /* one pass over a window */
	uint64_t seen, skip; /* events so far; how many of the oldest to leave out */
	uint64_t stop;       /* events that count: the event at hand is not among them when it is excluded */
	void (*visit)(void *ctx, const struct evidence_event *e);
	void *ctx;
	struct evidence_event e;
};

static void see(void *ctx, int64_t time_us, uint32_t mask, const int64_t *cols)
{
	struct telling *t = ctx;

	(void)mask;
	t->seen++;
	if (t->visit == NULL || t->seen <= t->skip || t->seen > t->stop)
		return;
	t->e.time_us = time_us;
	t->e.value = cols;
	t->visit(t->ctx, &t->e);
}

/* A view that excludes the event at hand was read before it went in. By now it stands in the ring as the newest of its
 * time: leave it out again if it went into this very row and passes the filter. */
static bool holds_this(const struct engine *g, const struct plan_view *v, uint32_t row, uint8_t filter)
{
	const struct inserted *in = &g->inserted[v->ring];

	return v->before && in->serial == g->serial && in->row == row &&
	       (filter == RING_ALL || (in->mask >> filter & 1) != 0);
}

void engine_evidence(const struct alert *a, uint32_t i, uint32_t most, struct evidence *out,
                     void (*visit)(void *ctx, const struct evidence_event *e), void *ctx)
{
	struct engine *g = (struct engine *)a->engine; /* looking up a slot changes nothing */
	const struct expr *e = g->plan->rule[a->rule].agg[i];
	struct telling t = { .visit = NULL, .ctx = ctx };
	uint32_t view, acc, row = 0, *slot;
	const struct plan_view *v;
	const struct plan_ring *r;

	*out = (struct evidence){ .expr = e, .value = engine_value(a, e) };
	if (!plan_find(g->plan, g->event->type, e, &view, &acc))
		return;
	v = &g->plan->view[view];
	r = &g->plan->ring[v->ring];
	out->flags = g->view[view].flags;
	slot = window_slot(g, v->ring, v->key, false, &row);
	if (slot == NULL || *slot == 0)
		return;
	t.e.n = r->rp.n_cols;
	t.e.column = (const struct expr *const *)r->col;
	ring_each(&g->store, &r->rp, *slot, g->event->time, e->agg->window_us, r->rp.acc[acc].filter, see, &t);
	t.stop = t.seen - holds_this(g, v, row, r->rp.acc[acc].filter);
	out->events = t.stop;
	t.skip = t.stop > most ? t.stop - most : 0;
	t.seen = 0;
	t.visit = visit;
	if (visit != NULL)
		ring_each(&g->store, &r->rp, *slot, g->event->time, e->agg->window_us, r->rp.acc[acc].filter, see, &t);
}
