/* window.c - rings put to use: which slot belongs to the keys at hand, reading a view, putting an event in, and the sweep.
 *
 * The sweep gives memory back that nobody asks for any more. It is paid for by event time, not by the clock: within one
 * period (a quarter of the longest retention of a key space's rings, at least 6 hours) the hand passes every row once. So it
 * is as deterministic as everything else, and it never changes a result: what it drops lies before every window. */
#include "engine/engine_int.h"

enum {
	SWEEP_AHEAD = 8,
	SWEEP_ROWS_MAX = 1024 /* a jump in time is paid off over the next events */
};

static int64_t horizon(const struct engine *g, const struct ring_plan *rp)
{
	return g->newest_us - rp->keep_us;
}

/* The row of a combined key; 0 when a part is missing, when it is absent and not to be made, or when there is no room. */
static uint32_t combined_row(struct engine *g, uint32_t key_index, bool make)
{
	const struct plan_key *k = &g->plan->row_key[key_index];
	struct table *t = &g->table[k->space];
	struct key_row *known = &g->key_row[key_index];
	uint64_t hash, key[POLICY_KEYS_MAX];
	bool made;

	if (known->serial == g->serial)
		return known->row;
	for (uint32_t i = 0; i < k->n; i++) {
		int64_t v = g->reg[k->reg[i]].i;

		if (v == VALUE_MISSING)
			return 0;
		key[i] = (uint64_t)v;
	}
	hash = table_hash(t, key);
	*known = (struct key_row){ g->serial, make ? table_get(t, key, hash, &made) : table_find(t, key, hash) };
	if (known->row == 0) {
		g->stats.no_memory += make;
		known->serial = 0; /* another key may yet make it */
	}
	return known->row;
}

/* The slot of a ring for the key in registers; NULL when a part is missing, or the row absent and not to be made. */
uint32_t *window_slot(struct engine *g, uint32_t ring, uint32_t key_index, bool make, uint32_t *row)
{
	const struct plan_key *k = &g->plan->row_key[key_index];

	if (k->entity) {
		if (g->reg[k->reg[0]].i == VALUE_MISSING)
			return NULL;
		*row = (uint32_t)g->reg[k->reg[0]].i;
	} else {
		*row = combined_row(g, key_index, make);
		if (*row == 0)
			return NULL;
	}
	return (uint32_t *)(void *)(table_row(&g->table[k->space], *row) + g->plan->ring[ring].slot_at);
}

void window_read(struct engine *g, uint32_t view)
{
	const struct plan_view *v = &g->plan->view[view];
	uint32_t none = 0, row, *slot = window_slot(g, v->ring, v->key, false, &row);

	g->view[view].flags =
		ring_read(&g->store, &g->plan->ring[v->ring].rp, slot ? slot : &none, g->event->time, &g->reg[v->out]);
	g->view[view].read_serial = g->serial;
}

bool window_holds(struct engine *g, const struct plan_bound *b)
{
	const struct plan_view *v = &g->plan->view[b->view];
	struct view_state *s = &g->view[b->view];
	uint32_t row, *slot;

	if (s->read_serial == g->serial) /* the values themselves are asked next, and this event may have gone in by now */
		return true;
	if (s->slot_serial != g->serial) {
		slot = window_slot(g, v->ring, v->key, false, &row);
		s->slot = slot == NULL ? 0 : *slot;
		s->slot_serial = g->serial;
	}
	return s->slot != 0 &&
	       ring_holds(&g->store, &g->plan->ring[v->ring].rp, s->slot, b->least, g->event->time - b->window_us);
}

/* The event is about to go into this row: whoever leaves it out is read now. */
static void read_before(struct engine *g, const struct plan_ring *r, uint32_t row)
{
	for (uint32_t i = r->before; i != 0; i = g->plan->view[i - 1].next_before) {
		const struct plan_view *v = &g->plan->view[i - 1];
		uint32_t its = 0;

		if (g->view[i - 1].read_serial != g->serial && window_slot(g, v->ring, v->key, false, &its) != NULL &&
		    its == row)
			window_read(g, i - 1);
	}
}

void window_insert(struct engine *g, uint32_t ring)
{
	const struct plan_ring *r = &g->plan->ring[ring];
	int64_t col[RING_COLS_MAX];
	uint32_t mask = 0, row, *slot;

	for (uint32_t k = 0; k < r->rp.n_filters; k++)
		mask |= (uint32_t)(g->reg[r->filter_reg[k]].i == 1) << k;
	if (mask == 0 && !r->rp.keep_unfiltered)
		return;
	slot = window_slot(g, ring, r->insert_key, true, &row);
	if (slot == NULL)
		return;
	if (r->before != 0)
		read_before(g, r, row);
	for (uint32_t k = 0; k < r->rp.n_cols; k++)
		col[k] = g->reg[r->col_reg[k]].i;
	if (ring_insert(&g->store, &r->rp, slot, g->event->time, mask, col, horizon(g, &r->rp)) == ERR_OK)
		g->inserted[ring] = (struct inserted){ .serial = g->serial, .row = row, .mask = mask };
}

uint32_t *window_alert_slot(struct engine *g, uint32_t kind, uint32_t entity)
{
	const struct plan *p = g->plan;

	if (p->alert_ring[kind] == UINT32_MAX)
		return NULL;
	return (uint32_t *)(void *)(table_row(&g->table[kind], entity) + p->space[kind].slot_off) +
	       p->ring[p->alert_ring[kind]].slot;
}

int64_t window_risk(struct engine *g, uint32_t kind, int64_t entity)
{
	uint32_t *slot;

	if (entity == VALUE_MISSING)
		return 0;
	slot = window_alert_slot(g, kind, (uint32_t)entity);
	if (slot == NULL || *slot == 0)
		return 0;
	ring_read(&g->store, &g->plan->ring[g->plan->alert_ring[kind]].rp, slot, g->event->time, g->alert_out);
	return g->alert_out[0].i == VALUE_MISSING ? 0 : g->alert_out[0].i;
}

/* Expires the rings of one row; a combined key without any event left gives its row back. */
static void sweep_row(struct engine *g, uint32_t space, uint32_t row)
{
	const struct plan_space *s = &g->plan->space[space];
	struct table *t = &g->table[space];
	uint32_t *slot = (uint32_t *)(void *)(table_row(t, row) + s->slot_off);
	bool empty = true;

	if (!table_in_use(t, row))
		return;
	for (uint32_t i = 0; i < s->n_rings; i++) {
		const struct ring_plan *rp = &g->plan->ring[s->ring[i]].rp;

		if (slot[i] != 0)
			ring_expire(&g->store, rp, &slot[i], horizon(g, rp));
		empty &= slot[i] == 0;
	}
	if (empty && !s->entity)
		table_remove(t, row);
}

/* The hand comes to this row soon: its rings lie anywhere. */
static void sweep_ahead(struct engine *g, uint32_t space, uint32_t row)
{
	const struct plan_space *s = &g->plan->space[space];
	const uint32_t *slot;

	if (row > g->table[space].used)
		return;
	slot = (const uint32_t *)(const void *)(table_row(&g->table[space], row) + s->slot_off);
	for (uint32_t i = 0; i < s->n_rings; i++)
		if (slot[i] != 0)
			mem_touch(slab_at(&g->slab, slot[i]));
}

/* One key space an event, in turn. */
void window_sweep(struct engine *g)
{
	uint32_t space = (uint32_t)(g->position % g->plan->n_spaces), budget = SWEEP_ROWS_MAX;
	struct sweep *w = &g->sweep[space];
	uint32_t rows = g->plan->space[space].entity ? g->rows_met[space] : g->table[space].used;
	int64_t price;

	if (rows == 0 || w->period_us == 0) {
		w->credit_us = g->newest_us;
		return;
	}
	price = w->period_us / rows + 1;
	while (w->credit_us + price <= g->newest_us && budget-- > 0) {
		w->credit_us += price;
		w->next = w->next >= rows ? 1 : w->next + 1;
		sweep_ahead(g, space, w->next + SWEEP_AHEAD);
		sweep_row(g, space, w->next);
	}
	if (g->newest_us - w->credit_us > w->period_us) /* more than a whole round is owed: one round is enough */
		w->credit_us = g->newest_us - w->period_us;
}
