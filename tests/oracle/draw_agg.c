/* draw_agg.c - aggregates by chance: which event, by which keys, looked up by what, over which window, with which filter. */
#include "tests/oracle/oracle.h"
#include "base/clock.h"
#include <stdio.h>
#include <string.h>

enum {
	TRANSFER = 2, /* the two events that share a field, payer */
	CASH = 3,
	KEYS_MAX = 4
};

static void event_name(struct draw *d, uint32_t event)
{
	buf_text(&d->text, d->w->policy.schema.event[event].name);
}

static uint32_t an_event(struct draw *d, uint32_t context)
{
	uint32_t e = draw_chance(d, d->busy ? 95 : 55) ? context : (uint32_t)draw_below(d, WORLD_EVENTS);

	d->used[e]++;
	d->seen[SEEN_OTHER_EVENT] += e != context;
	return e;
}

static void window(struct draw *d)
{
	static const struct {
		const char *text;
		int64_t us;
	} usual[] = { { "1s", 1 },    { "1 s", 1 },     { "2s", 2 },       { "5s", 5 },       { "10s", 10 },
		          { "1min", 60 }, { "10min", 600 }, { "1 h", 3600 },   { "1d", 86400 },   { "1w", 604800 },
		          { "30s", 30 },  { "3s", 3 },      { "1小时", 3600 }, { "90d", 7776000 } };
	int64_t us;

	if (draw_chance(d, 80)) {
		uint64_t i = draw_below(d, sizeof(usual) / sizeof(usual[0]));

		buf_z(&d->text, usual[i].text);
		us = usual[i].us * US_PER_SECOND;
	} else {
		us = US_PER_SECOND + (int64_t)draw_below(d, 20 * US_PER_SECOND);
		buf_printf(&d->text, "%lldus", (long long)us);
	}
	if (d->n_windows < DRAWN_WINDOWS_MAX)
		d->window_us[d->n_windows++] = us;
}

static struct type key_type(struct draw *d)
{
	return draw_chance(d, 20) ? (struct type){ .dim = DIM_TEXT }
	                          : (struct type){ .dim = DIM_ENTITY, .entity = (uint8_t)draw_below(d, 4) };
}

/* What a key is looked up by, in the reader's event. */
static void lookup(struct draw *d, uint32_t context, struct type t, bool excluding, int depth)
{
	const struct path *p = draw_path(d, context, t);
	bool saved = d->excluding;
	uint64_t aggs = d->n_windows;

	if (p != NULL && draw_chance(d, 75)) {
		buf_z(&d->text, p->text);
		return;
	}
	d->seen[SEEN_LOOKUP_EXPR]++;
	d->excluding |= excluding;
	draw_expr(d, context, t, depth < 2 ? depth : 2);
	d->excluding = saved;
	d->seen[SEEN_LOOKUP_AGG] += d->n_windows > aggs;
}

static bool has_path(const struct draw *d, uint32_t context, const struct path *p)
{
	for (uint32_t i = 0; i < d->w->n_paths[context]; i++)
		if (strcmp(d->w->path[context][i].text, p->text) == 0 && draw_same_type(d->w->path[context][i].type, p->type))
			return true;
	return false;
}

static void keys(struct draw *d, uint32_t event, uint32_t context, bool excluding, int depth)
{
	uint32_t want = draw_chance(d, 70) ? 1 : 2 + (uint32_t)draw_below(d, 3), n = 0;
	const struct path *taken[KEYS_MAX];

	buf_z(&d->text, " by ");
	for (int tries = 0; n < want && (tries < 8 || n == 0); tries++) {
		const struct path *p = draw_path(d, event, key_type(d));
		bool twice = p == NULL;

		for (uint32_t i = 0; i < n; i++)
			twice |= taken[i] == p;
		if (twice)
			continue;
		taken[n++] = p;
		buf_printf(&d->text, "%s%s", n > 1 ? ", " : "", p->text);
		d->seen[SEEN_PATH_KEY] += p->steps > 1;
		d->seen[SEEN_TEXT_KEY] += p->type.dim == DIM_TEXT;
		if (has_path(d, context, p) && draw_chance(d, 60))
			continue;
		buf_z(&d->text, " = ");
		lookup(d, context, p->type, excluding, depth - 1);
	}
	d->seen[SEEN_MANY_KEYS] += n > 1;
}

/* Everything after the subject. The filter is read in the aggregated event. */
static void tail(struct draw *d, uint32_t event, uint32_t context, int depth)
{
	bool excluding = d->excluding || draw_chance(d, 30), first = draw_chance(d, 50), saved = d->excluding;
	bool in_value = d->in_value;

	keys(d, event, context, excluding, depth);
	buf_z(&d->text, " over ");
	window(d);
	d->seen[SEEN_EXCLUDING] += excluding;
	if (excluding && first)
		buf_z(&d->text, " excluding this");
	if (draw_chance(d, 45)) {
		d->seen[SEEN_FILTER]++;
		buf_z(&d->text, " where ");
		d->level++;
		d->excluding = d->in_value = false;
		draw_bool(d, event, depth - 1);
		d->level--;
		d->excluding = saved;
		d->in_value = in_value;
	}
	if (excluding && !first)
		buf_z(&d->text, " excluding this");
	buf_char(&d->text, ')');
}

static void value(struct draw *d, uint32_t event, uint32_t context, struct type t, int depth)
{
	bool excluding = d->excluding, in_value = d->in_value;
	uint32_t aggs = d->n_windows;

	d->level++;
	d->excluding = false;
	d->in_value = true;
	draw_expr(d, event, t, d->huge || d->level > d->level_max ? 0 : depth - 1);
	d->level--;
	d->excluding = excluding;
	d->in_value = in_value;
	d->seen[SEEN_VALUE_NESTED] += d->n_windows > aggs;
	if (event != context || draw_chance(d, 50)) {
		buf_z(&d->text, " of ");
		event_name(d, event);
	}
}

static void begin(struct draw *d)
{
	d->seen[SEEN_NESTED] += d->level == 1;
	d->seen[SEEN_NESTED_TWICE] += d->level >= 2;
	if (d->level + 1 > d->deepest)
		d->deepest = d->level + 1;
}

/* count, and the gaps: no value. */
static void of_events(struct draw *d, uint32_t context, const char *func, int depth)
{
	uint32_t event = an_event(d, context);

	buf_printf(&d->text, "%s(", func);
	if (event != context || draw_chance(d, 80))
		event_name(d, event);
	tail(d, event, context, depth);
}

static void of_values(struct draw *d, uint32_t context, const char *func, struct type t, int depth)
{
	uint32_t event = an_event(d, context);

	buf_printf(&d->text, "%s(", func);
	value(d, event, context, t, depth);
	tail(d, event, context, depth);
}

static bool measured(struct draw *d, uint32_t context, struct type t, int depth)
{
	static const char *const whole[] = { "sum", "min", "max", "first", "last" }, *const real[] = { "avg", "stddev" },
							 *const gaps[] = { "gap_min", "gap_max", "gap_avg", "gap_stddev" };
	static const enum seen whole_seen[] = { SEEN_SUM, SEEN_MIN, SEEN_MAX, SEEN_FIRST, SEEN_LAST };
	uint64_t f = draw_below(d, t.real ? 2 : 5);

	if (t.dim == DIM_DURATION && draw_chance(d, 40)) {
		d->seen[SEEN_GAP]++;
		of_events(d, context, gaps[2 * t.real + draw_below(d, 2)], depth);
		return true;
	}
	if (d->in_value && f == 0 && !t.real)
		f = 1; /* sums of sums could leave what a ring stores */
	d->seen[t.real ? (f == 0 ? SEEN_AVG : SEEN_STDDEV) : whole_seen[f]]++;
	of_values(d, context, t.real ? real[f] : whole[f], (struct type){ .dim = t.dim }, depth);
	return true;
}

static void counted(struct draw *d, uint32_t context, int depth)
{
	struct type t = { .dim = (enum dim)draw_below(d, 7) };

	if (draw_chance(d, 60)) {
		d->seen[SEEN_COUNT]++;
		of_events(d, context, "count", depth);
		return;
	}
	if (t.dim == DIM_ENTITY)
		t.entity = (uint8_t)draw_below(d, 4);
	d->seen[SEEN_DISTINCT]++;
	of_values(d, context, "distinct", t, depth);
}

bool draw_agg(struct draw *d, uint32_t context, struct type t, int depth)
{
	if (d->level > d->level_max || depth <= 0 || d->text.n > 3000)
		return false;
	begin(d);
	if (t.dim == DIM_NUMBER && !t.real && draw_chance(d, 60)) {
		counted(d, context, depth);
		return true;
	}
	if (t.dim == DIM_NUMBER || t.dim == DIM_MONEY || t.dim == DIM_DURATION)
		return measured(d, context, t, depth);
	if (t.dim == DIM_TIME && draw_chance(d, 50)) {
		bool least = draw_chance(d, 50);

		d->seen[least ? SEEN_MIN : SEEN_MAX]++;
		of_values(d, context, least ? "min" : "max", t, depth);
		return true;
	}
	bool first = draw_chance(d, 50);

	d->seen[first ? SEEN_FIRST : SEEN_LAST]++;
	of_values(d, context, first ? "first" : "last", t, depth);
	return true;
}

void draw_share(struct draw *d, uint32_t context, int depth)
{
	uint32_t event = an_event(d, context);
	bool excluding = d->excluding;

	begin(d);
	d->seen[SEEN_SHARE]++;
	buf_z(&d->text, "share(");
	d->level++;
	d->excluding = false;
	draw_bool(d, event, depth < 1 ? depth : 1);
	d->level--;
	d->excluding = excluding;
	if (event != context || draw_chance(d, 50)) {
		buf_z(&d->text, " of ");
		event_name(d, event);
	}
	tail(d, event, context, depth < 2 ? depth : 2);
}

void draw_preceded(struct draw *d, uint32_t context, int depth)
{
	uint32_t event = an_event(d, context), n = 0, want = 1 + (uint32_t)draw_below(d, 2);
	bool shared = event != context && (event == TRANSFER || event == CASH) && (context == TRANSFER || context == CASH);
	const struct path *taken[2] = { NULL, NULL };

	begin(d);
	d->seen[SEEN_PRECEDED]++;
	buf_z(&d->text, "(preceded by ");
	event_name(d, event);
	buf_char(&d->text, '(');
	while (n < want) {
		const struct path *key = draw_path(d, event, key_type(d)),
						  *look = key ? draw_path(d, context, key->type) : NULL;

		if (look == NULL || key == taken[0])
			continue;
		taken[n] = key;
		buf_printf(&d->text, "%s%s = %s%s", n > 0 ? ", " : "", key->text,
		           event == context || shared || draw_chance(d, 50) ? "this." : "", look->text);
		n++;
	}
	if (!shared && draw_chance(d, 60)) { /* with a shared name, a condition could be read as a key */
		bool excluding = d->excluding;

		buf_z(&d->text, ", ");
		d->level++;
		d->excluding = false;
		draw_bool(d, event, depth - 1);
		d->level--;
		d->excluding = excluding;
	}
	buf_z(&d->text, ") within ");
	window(d);
	buf_char(&d->text, ')');
}

void draw_first_time(struct draw *d, uint32_t context)
{
	const struct path *a = NULL, *b = NULL;

	begin(d);
	d->seen[SEEN_FIRST_TIME]++;
	while (a == NULL || a == b) {
		a = draw_path(d, context, key_type(d));
		b = draw_path(d, context, key_type(d));
		if (b == NULL)
			a = NULL;
	}
	buf_printf(&d->text, "first_time(%s -> %s over ", a->text, b->text);
	window(d);
	if ((context == TRANSFER || context == CASH) && draw_chance(d, 30) && has_path(d, TRANSFER + CASH - context, a) &&
	    has_path(d, TRANSFER + CASH - context, b)) {
		buf_z(&d->text, " of ");
		event_name(d, TRANSFER + CASH - context);
	}
	buf_char(&d->text, ')');
}
