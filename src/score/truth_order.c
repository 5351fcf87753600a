/* truth_order.c - after the last row: who acted in which event, what belongs to which crime, where each event stands.
 *
 * Everything is sorted by keys that leave no ties, so that the order of the rows in the file makes no difference. */
#include <stdlib.h>
#include "base/mem.h"
#include "score/truth_int.h"

static int by_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_rows(const void *p, const void *q)
{
	const struct truth_row *a = p, *b = q;
	int c = by_number(a->entity, b->entity);

	c = c ? c : by_number(a->time_us, b->time_us);
	c = c ? c : by_number(a->crime, b->crime);
	c = c ? c : by_number(a->role, b->role);
	c = c ? c : by_number(a->scenario, b->scenario);
	return c ? c : by_number(a->level, b->level);
}

static int compare_events(const void *p, const void *q)
{
	const struct truth_event *a = p, *b = q;
	int c = by_number(a->crime, b->crime);

	c = c ? c : by_number(a->time_us, b->time_us);
	c = c ? c : memcmp(&a->place, &b->place, sizeof(a->place));
	c = c ? c : by_number(a->stage, b->stage);
	return c ? c : by_number(a->entity, b->entity);
}

static int compare_row_crimes(const void *p, const void *q, void *ctx)
{
	const struct truth *t = ctx;
	uint32_t i = *(const uint32_t *)p, k = *(const uint32_t *)q;
	int c = by_number(t->row[i].crime, t->row[k].crime);

	return c ? c : by_number(i, k);
}

static int compare_event_entities(const void *p, const void *q, void *ctx)
{
	const struct truth *t = ctx;
	uint32_t i = *(const uint32_t *)p, k = *(const uint32_t *)q;
	int c = by_number(t->event[i].entity, t->event[k].entity);

	c = c ? c : by_number(t->event[i].time_us, t->event[k].time_us);
	return c ? c : by_number(i, k);
}

static int compare_names(const void *p, const void *q, void *ctx)
{
	const struct truth *t = ctx;

	return text_cmp(t->scenario[*(const uint32_t *)p], t->scenario[*(const uint32_t *)q]);
}

/* Scenarios by name, and the rows' and events' numbers of them with it. */
static void order_scenarios(struct truth *t)
{
	uint32_t order[TRUTH_SCENARIOS_MAX], now[TRUTH_SCENARIOS_MAX];
	struct text name[TRUTH_SCENARIOS_MAX];

	for (uint32_t i = 0; i < t->n_scenarios; i++)
		order[i] = i;
	qsort_r(order, t->n_scenarios, sizeof(order[0]), compare_names, t);
	for (uint32_t i = 0; i < t->n_scenarios; i++) {
		now[order[i]] = i;
		name[i] = t->scenario[order[i]];
	}
	memcpy(t->scenario, name, t->n_scenarios * sizeof(name[0]));
	for (size_t i = 0; i < t->n_rows; i++)
		t->row[i].scenario = now[t->row[i].scenario];
	for (size_t i = 0; i < t->n_events; i++)
		t->event[i].scenario = now[t->event[i].scenario];
	for (size_t i = 1; i < t->n_crimes; i++)
		t->crime[i].scenario = now[t->crime[i].scenario];
}

static void find_actors(struct truth *t)
{
	for (size_t i = 0; i < t->n_events; i++) {
		const uint32_t *at = map_find(&t->entity_map, t->event[i].about);

		t->event[i].entity = at != NULL ? *at : 0;
	}
}

static enum err index_places(struct truth *t)
{
	for (size_t i = 0; i < t->n_events; i++) {
		uint32_t *at;
		bool fresh;
		enum err e = map_put(&t->place_map, t->event[i].place, &at, &fresh);

		if (e != ERR_OK)
			return e;
		t->event[i].same = fresh ? 0 : *at + 1;
		*at = (uint32_t)i;
	}
	return ERR_OK;
}

/* A crime goes by the scenario of its victim, else by that of its first row. */
static void describe_crime(struct truth_crime *c, const struct truth_row *r, bool first)
{
	if (first || (r->role == ROLE_VICTIM && !c->victim))
		c->scenario = r->scenario;
	c->victim |= r->role == ROLE_VICTIM;
}

static void describe_rows(struct truth *t)
{
	for (size_t i = 0; i < t->n_rows; i++) {
		struct truth_entity *e = &t->entity[t->row[i].entity];
		struct truth_crime *c = &t->crime[t->row[t->by_crime[i]].crime];

		if (e->n_rows++ == 0)
			e->row_at = (uint32_t)i;
		if (c->n_rows++ == 0)
			c->row_at = (uint32_t)i;
		describe_crime(c, &t->row[t->by_crime[i]], c->n_rows == 1);
	}
}

static void describe_events(struct truth *t)
{
	for (size_t i = 1; i < t->n_crimes; i++) {
		t->crime[i].transfer_first_us = TIME_US_MAX;
		t->crime[i].transfer_last_us = TIME_US_MIN;
		t->crime[i].last_us = TIME_US_MIN;
	}
	for (size_t i = 0; i < t->n_events; i++) {
		const struct truth_event *v = &t->event[i];
		struct truth_entity *e = &t->entity[t->event[t->by_entity[i]].entity];
		struct truth_crime *c = &t->crime[v->crime];

		if (e->n_events++ == 0)
			e->event_at = (uint32_t)i;
		if (c->n_events++ == 0) {
			c->event_at = (uint32_t)i;
			if (c->n_rows == 0)
				c->scenario = v->scenario;
		}
		t->newest_us = v->time_us > t->newest_us ? v->time_us : t->newest_us;
		c->last_us = v->time_us > c->last_us ? v->time_us : c->last_us;
		if (v->stage != STAGE_TRANSFER)
			continue;
		c->transfer_first_us = v->time_us < c->transfer_first_us ? v->time_us : c->transfer_first_us;
		c->transfer_last_us = v->time_us > c->transfer_last_us ? v->time_us : c->transfer_last_us;
		truth_add_fen(&c->transfer_fen, v->amount_fen);
	}
	for (size_t i = 0; i < t->n_rows; i++) {
		struct truth_crime *c = &t->crime[t->row[i].crime];

		if (t->n_events == 0 && t->row[i].time_us > t->newest_us)
			t->newest_us = t->row[i].time_us;
		if (c->n_events == 0 && t->row[i].time_us > c->last_us)
			c->last_us = t->row[i].time_us;
	}
}

enum err truth_order(struct truth *t)
{
	t->by_crime = mem_alloc_array(t->n_rows + 1, sizeof(*t->by_crime));
	t->by_entity = mem_alloc_array(t->n_events + 1, sizeof(*t->by_entity));
	if (t->by_crime == NULL || t->by_entity == NULL)
		return ERR_MEMORY;
	order_scenarios(t);
	find_actors(t);
	if (t->n_rows > 0)
		qsort(t->row, t->n_rows, sizeof(*t->row), compare_rows);
	if (t->n_events > 0)
		qsort(t->event, t->n_events, sizeof(*t->event), compare_events);
	for (size_t i = 0; i < t->n_rows; i++)
		t->by_crime[i] = (uint32_t)i;
	for (size_t i = 0; i < t->n_events; i++)
		t->by_entity[i] = (uint32_t)i;
	qsort_r(t->by_crime, t->n_rows, sizeof(*t->by_crime), compare_row_crimes, t);
	qsort_r(t->by_entity, t->n_events, sizeof(*t->by_entity), compare_event_entities, t);
	describe_rows(t);
	describe_events(t);
	t->finished = true;
	return index_places(t);
}

uint32_t truth_entity_find(const struct truth *t, uint32_t kind, struct token token)
{
	const uint32_t *at = map_find(&t->entity_map, (struct map_key){ { token.w[0], token.w[1], kind } });

	return at != NULL ? *at : 0;
}

const struct truth_event *truth_event_find(const struct truth *t, struct map_key place)
{
	const uint32_t *at = map_find(&t->place_map, place);

	return at != NULL ? &t->event[*at] : NULL;
}
