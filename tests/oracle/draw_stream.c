/* draw_stream.c - streams that hurt: few entities, equal times, gaps of exactly a window of the policy (and a microsecond more
 * or less), repeated records, records late up to and beyond the lateness, missing fields, bindings in between. */
#include "tests/oracle/oracle.h"

struct stream {
	struct draw *d;
	struct oracle_case *c;
	int64_t newest_us, pace_us;
	uint32_t entities;
	uint32_t weight[WORLD_EVENTS], weights;
	uint32_t bindings; /* still to come before anything else */
	bool busy;
	struct type ending; /* of the list entry that ends at this event, for it to be in the event; a number: none */
	int64_t entry;
};

enum {
	BIND = 4 /* and open */
};

static bool chance(struct stream *s, uint32_t percent)
{
	return draw_chance(s->d, percent);
}

/* A window of the policy, short enough not to leave the era. */
static int64_t a_window(struct stream *s)
{
	int64_t us = s->d->n_windows ? s->d->window_us[draw_below(s->d, s->d->n_windows)] : 5 * US_PER_SECOND;

	return us <= US_PER_HOUR || (!s->busy && chance(s, 10)) ? us : US_PER_SECOND;
}

static int64_t late(struct stream *s)
{
	int64_t by = s->c->lateness_us, back;

	switch (draw_below(s->d, 5)) {
	case 0: back = by; break;
	case 1: back = by + 1; break;
	case 2: back = 1; break;
	case 3: back = by == 0 ? 0 : (int64_t)draw_below(s->d, (uint64_t)by + 2); break;
	default: back = (int64_t)draw_below(s->d, 20) * US_PER_SECOND; break;
	}
	s->d->seen[back <= by ? SEEN_LATE : SEEN_TOO_LATE] += back > 0;
	return s->newest_us - back;
}

static int64_t next_time(struct stream *s, uint32_t i)
{
	uint64_t k = draw_below(s->d, 100);
	int64_t t;

	if (i == 0)
		return world_start_us + (int64_t)draw_below(s->d, (uint64_t)(chance(s, 50) ? US_PER_MINUTE : US_PER_DAY));
	if (k < 12)
		return late(s);
	if (k < 16) { /* when an entry of a list ends */
		uint32_t list = (uint32_t)draw_below(s->d, WORLD_LISTS);

		s->entry = world_entry(list, 1 + (uint32_t)draw_below(s->d, WORLD_ENTRIES - 1), &t);
		if (t >= s->newest_us && t < s->newest_us + US_PER_HOUR) {
			s->ending = s->d->w->policy.list[list].type;
			return t;
		}
	}
	if (k < 35) {
		s->d->seen[SEEN_TIE]++;
		return s->newest_us;
	}
	if (k < 60) { /* on the edge of a window that ends at an earlier event */
		t = s->c->event[draw_below(s->d, i)].time_us + a_window(s) + (int64_t)draw_below(s->d, 3) - 1;
		s->d->seen[SEEN_EDGE]++;
		if (t >= s->newest_us - s->c->lateness_us && t <= s->newest_us + 2 * US_PER_HOUR)
			return t;
	}
	if (k < 62 && !s->busy)
		return s->newest_us + a_window(s);
	if (k < 70)
		return s->newest_us + 1;
	return s->newest_us + (int64_t)draw_below(s->d, (uint64_t)s->pace_us) / US_PER_SECOND * US_PER_SECOND;
}

static int64_t measured(struct stream *s, enum dim dim)
{
	static const int64_t most[] = {
		[DIM_NUMBER] = NUMBER_MAX, [DIM_MONEY] = MONEY_FEN_MAX, [DIM_DURATION] = DURATION_US_MAX
	};
	static const int64_t unit[] = { [DIM_NUMBER] = 1, [DIM_MONEY] = 50, [DIM_DURATION] = US_PER_SECOND };
	int64_t v;

	if (s->d->huge && chance(s, 50))
		return most[dim] - (int64_t)draw_below(s->d, 3);
	v = (int64_t)draw_below(s->d, chance(s, 70) ? 8 : 1000) * unit[dim];
	if (chance(s, 10))
		v += (int64_t)draw_below(s->d, (uint64_t)unit[dim]);
	return dim == DIM_NUMBER && chance(s, 5) ? -v : v;
}

static int64_t a_value(struct stream *s, const struct schema_field *f, int64_t time_us)
{
	if (f->optional && chance(s, 25)) {
		s->d->seen[SEEN_MISSING_FIELD]++;
		return VALUE_MISSING;
	}
	switch (f->type.dim) {
	case DIM_ENTITY: return (int64_t)draw_below(s->d, chance(s, 3) ? 40 : s->entities);
	case DIM_TEXT: return (int64_t)draw_below(s->d, chance(s, 60) ? 3 : WORLD_TAGS);
	case DIM_BOOL: return (int64_t)draw_below(s->d, 2);
	case DIM_TIME: return time_us + ((int64_t)draw_below(s->d, 200) - 100) * US_PER_SECOND;
	default: return measured(s, f->type.dim);
	}
}

static uint32_t a_type(struct stream *s)
{
	uint64_t k = draw_below(s->d, s->weights);
	uint32_t i = 0;

	if (s->bindings > 0) { /* many attributes known from the start */
		s->bindings--;
		return BIND + (uint32_t)draw_below(s->d, 2);
	}
	for (; k >= s->weight[i]; i++)
		k -= s->weight[i];
	return i;
}

static void fill(struct stream *s, struct plain_event *e, uint32_t i)
{
	const struct schema_event *t;

	if (i > 0 && chance(s, 6)) { /* sent twice */
		s->d->seen[SEEN_DUPLICATE]++;
		*e = s->c->event[i - 1];
		return;
	}
	e->type = a_type(s);
	s->ending = (struct type){ .dim = DIM_NUMBER };
	e->time_us = next_time(s, i);
	t = &s->d->w->policy.schema.event[e->type];
	for (uint32_t k = 0; k < WORLD_FIELDS; k++) {
		e->value[k] = k < t->n_fields ? a_value(s, &t->field[k], e->time_us) : VALUE_MISSING;
		if (s->ending.dim != DIM_NUMBER && k < t->n_fields && draw_same_type(t->field[k].type, s->ending))
			e->value[k] = s->entry;
	}
}

void draw_stream(struct draw *d, struct oracle_case *c)
{
	static const int64_t lateness_s[] = { 0, 5, 600, 600, 600, 7200 };
	struct stream s = { .d = d, .c = c, .newest_us = 0 };

	/* Nested windows cost SQLite the stream's length to the power of the depth. */
	s.busy = d->busy && d->deepest <= 1;
	c->n_events = s.busy ? 200 + (uint32_t)draw_below(d, 80) : 6 + (uint32_t)draw_below(d, d->deepest > 1 ? 16 : 40);
	s.entities = s.busy ? 1 + (uint32_t)draw_below(d, 2) : 1 + (uint32_t)draw_below(d, 4);
	s.pace_us = (1 + (int64_t)draw_below(d, 12)) * US_PER_SECOND;
	s.bindings = draw_chance(d, 60) ? (uint32_t)draw_below(d, 3 * s.entities + 1) : 0;
	c->n_events += s.bindings;
	d->seen[SEEN_BUSY] += s.busy;
	c->lateness_us = lateness_s[draw_below(d, 6)] * US_PER_SECOND;
	c->batch_max = 1 + (uint32_t)draw_below(d, ENGINE_BATCH_MAX);
	c->batch_seed = rng_next(&d->rng);
	for (uint32_t i = 0; i < WORLD_EVENTS; i++) {
		s.weight[i] = s.busy && i == d->busy_event ? 200 : 1 + 4 * d->used[i];
		s.weights += s.weight[i];
	}
	for (uint32_t i = 0; i < c->n_events; i++) {
		fill(&s, &c->event[i], i);
		if (c->event[i].time_us > s.newest_us)
			s.newest_us = c->event[i].time_us;
	}
}
