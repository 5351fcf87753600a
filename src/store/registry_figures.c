/* registry_figures.c - the figures of the desk (desk/figure.h) as sums by hour and by day, kept in the transactions that change what is counted.
 *
 * Entries gather in a table of open addressing and are written at the end of the transaction, or when it is full, in order of the key; so a burst of thousands of records changes few rows. A span is
 * read as the days within it and the hours at its ends. Rows whose sum came to nothing may stay: readers and the digest pass them over. */
#include <stdlib.h>
#include "base/clock.h"
#include "base/mem.h"
#include "desk/stop.h"
#include "store/registry_int.h"

enum {
	SLOTS = 1 << 13, /* a power of two */
	FULL = SLOTS / 4 * 3
};

enum err registry_tallies_open(struct registry_tallies *t)
{
	t->slot = mem_alloc_array(SLOTS, sizeof(*t->slot));
	return t->slot == NULL ? ERR_MEMORY : ERR_OK;
}

void registry_tallies_close(struct registry_tallies *t)
{
	mem_free(t->slot);
}

void registry_tallies_forget(struct registry_tallies *t)
{
	if (t->n > 0)
		memset(t->slot, 0, SLOTS * sizeof(*t->slot));
	t->n = 0;
}

static int64_t hour_of(int64_t us)
{
	int64_t into = us % US_PER_HOUR;

	return us - (into < 0 ? into + US_PER_HOUR : into);
}

/* Organisation, district, figure and part: 48 bits. */
static int64_t what_of(const struct desk_entry *x)
{
	return (int64_t)x->organisation << 32 | (int64_t)x->district << 16 | (int64_t)x->figure << 8 | x->part;
}

static bool same(const struct registry_tally *x, const struct registry_tally *y)
{
	return x->start_us == y->start_us && x->what == y->what && x->at == y->at && x->day == y->day;
}

static void tally(struct registry_tallies *t, const struct registry_tally *x)
{
	uint64_t h = hash_mix((uint64_t)x->start_us ^ (uint64_t)x->at << 32);
	uint32_t i;

	h = hash_mix(h ^ (uint64_t)x->what << 1 ^ x->day);
	for (i = (uint32_t)h & (SLOTS - 1); t->slot[i].what != 0; i = (i + 1) & (SLOTS - 1))
		if (same(&t->slot[i], x)) {
			t->slot[i].n += x->n;
			return;
		}
	t->slot[i] = *x;
	t->n++;
}

static int by_number(int64_t x, int64_t y)
{
	return (x > y) - (x < y);
}

static int by_key(const void *a, const void *b)
{
	const struct registry_tally *x = a, *y = b;
	int by = by_number(x->day, y->day);

	by = by ? by : by_number(x->start_us, y->start_us);
	by = by ? by : by_number(x->what, y->what);
	return by ? by : by_number(x->at, y->at);
}

enum err registry_tallies_flush(struct registry *r)
{
	struct registry_tallies *t = &r->tallies;
	uint32_t n = 0;
	enum err e = ERR_OK;

	for (uint32_t i = 0; i < SLOTS && t->n > 0; i++)
		if (t->slot[i].what != 0 && t->slot[i].n != 0)
			t->slot[n++] = t->slot[i];
	qsort(t->slot, n, sizeof(*t->slot), by_key);
	for (uint32_t i = 0; i < n && e == ERR_OK; i++) {
		const struct registry_tally *x = &t->slot[i];
		sqlite3_stmt *q = r->store.statement[x->day ? W_FIGURE_DAY : W_FIGURE_HOUR];

		sqlite3_bind_int64(q, 1, x->start_us);
		sqlite3_bind_int64(q, 2, x->what);
		sqlite3_bind_int64(q, 3, x->at);
		sqlite3_bind_int64(q, 4, x->n);
		e = store_do(q);
	}
	registry_tallies_forget(t);
	return e;
}

static void add(void *ctx, const struct desk_entry *x)
{
	struct registry *r = ctx;
	struct registry_tally y = { .start_us = hour_of(x->time_us), .what = what_of(x), .at = x->at, .n = x->n };
	enum err e;

	if (r->tallies.n + 2 > FULL && r->failed == ERR_OK && (e = registry_tallies_flush(r)) != ERR_OK)
		r->failed = e;
	if (r->failed != ERR_OK)
		return;
	tally(&r->tallies, &y);
	y.day = true;
	y.start_us = desk_day(x->time_us);
	tally(&r->tallies, &y);
}

/* What an order's report says stays as it is, so the entries taken away later are those that were added. */
static enum err reported(struct registry *r, const struct desk_object *o, int64_t *us)
{
	struct registry_slot *s;
	enum err e;

	*us = 0;
	if (o->kind != DESK_STOP || desk_id(o, STOP_F_INCIDENT) == 0)
		return ERR_OK;
	e = registry_slot_of(r, desk_id(o, STOP_F_INCIDENT), &s);
	if (e == ERR_OK)
		*us = s->object.made_us;
	return e == ERR_ABSENT ? ERR_OK : e;
}

enum err registry_count_save(struct registry *r, const struct desk_object *before, const struct desk_object *o,
                             const struct desk_trace *t)
{
	const struct desk_counter to = { add, r };
	int64_t was_us = 0, is_us = 0;
	enum err e = before == NULL ? ERR_OK : reported(r, before, &was_us);

	if (e == ERR_OK)
		e = reported(r, o, &is_us);
	if (e != ERR_OK)
		return e;
	if (before != NULL)
		desk_count_object(before, was_us, -1, &to);
	desk_count_object(o, is_us, 1, &to);
	desk_count_step(before, o, t, &to);
	return r->failed;
}

enum err registry_count_send(struct registry *r, const struct desk_message *m, const struct desk_object *o)
{
	const struct desk_counter to = { add, r };

	desk_count_message(m, o, &to);
	return r->failed;
}

/* ---- reading ---- */

/* False: no such figure. */
static bool take_row(sqlite3_stmt *q, struct desk_entry *x)
{
	int64_t what = sqlite3_column_int64(q, 1);

	*x = (struct desk_entry){ .time_us = sqlite3_column_int64(q, 0),
		                      .organisation = (uint16_t)(what >> 32),
		                      .district = (uint16_t)(what >> 16),
		                      .figure = (uint8_t)(what >> 8),
		                      .part = (uint8_t)what,
		                      .at = sqlite3_column_int64(q, 2),
		                      .n = sqlite3_column_int64(q, 3) };
	return what >> 48 == 0 && x->figure > 0 && x->figure < DESK_FIGURES && x->part < FIGURE_PARTS_MAX;
}

static enum err read_part(struct registry_reader *d, const char *sql, const struct registry_span *s, int64_t from_us,
                          int64_t to_us, void (*visit)(void *ctx, const struct desk_entry *x), void *ctx)
{
	struct desk_entry x;
	sqlite3_stmt *q;
	enum err e = from_us < to_us ? registry_reader_statement(d, sql, &q) : ERR_ABSENT;

	if (e != ERR_OK)
		return e == ERR_ABSENT ? ERR_OK : e;
	sqlite3_bind_int64(q, 1, from_us);
	sqlite3_bind_int64(q, 2, to_us);
	while ((e = store_step(q)) == ERR_OK) {
		if (!take_row(q, &x)) {
			e = ERR_FORMAT;
			break;
		}
		if (x.n != 0 && (!s->of_organisation || x.organisation == s->organisation) &&
		    (!s->of_district || x.district == s->district))
			visit(ctx, &x);
	}
	sqlite3_reset(q);
	return e == ERR_ABSENT ? ERR_OK : e;
}

enum err registry_figures(struct registry *r, const struct registry_span *s,
                          void (*visit)(void *ctx, const struct desk_entry *x), void *ctx)
{
	static const char hours[] = "SELECT start, what, at, n FROM figure_hour WHERE start >= ?1 AND start < ?2",
					  days[] = "SELECT start, what, at, n FROM figure_day WHERE start >= ?1 AND start < ?2";
	int64_t first = desk_day(s->from_us), last = desk_day(s->to_us);
	struct registry_reader *d;
	enum err e;

	first += first < s->from_us ? US_PER_DAY : 0;
	if (s->hours || first >= last) /* no whole day in it */
		first = last = s->to_us;
	e = registry_reader_take(r, &d);
	if (e != ERR_OK)
		return e;
	e = store_run(&d->store, "BEGIN"); /* of one moment */
	if (e == ERR_OK)
		e = read_part(d, hours, s, s->from_us, first, visit, ctx);
	if (e == ERR_OK)
		e = read_part(d, days, s, first, last, visit, ctx);
	if (e == ERR_OK)
		e = read_part(d, hours, s, last, s->to_us, visit, ctx);
	sqlite3_exec(d->store.db, "ROLLBACK", NULL, NULL, NULL);
	registry_reader_give(r, d);
	return e;
}

static enum err recent_objects(sqlite3_stmt *q, int64_t since_us, uint32_t most, const struct desk_counter *to)
{
	struct desk_object o;
	enum err e;

	sqlite3_bind_int64(q, 1, most);
	while ((e = store_step(q)) == ERR_OK) {
		e = desk_object_take(registry_column(q, 0), &o);
		if (e != ERR_OK || o.made_us < since_us)
			break;
		desk_count_object(&o, 0, 1, to);
	}
	sqlite3_reset(q);
	return e == ERR_ABSENT ? ERR_OK : e;
}

static enum err recent_messages(sqlite3_stmt *q, int64_t since_us, uint32_t most, const struct desk_counter *to)
{
	struct desk_message m;
	struct desk_object o;
	enum err e;

	sqlite3_bind_int64(q, 1, most);
	while ((e = store_step(q)) == ERR_OK) {
		e = desk_message_take(registry_column(q, 0), &m);
		if (e == ERR_OK)
			e = desk_object_take(registry_column(q, 1), &o);
		if (e != ERR_OK || m.time_us < since_us)
			break;
		desk_count_message(&m, &o, to);
	}
	sqlite3_reset(q);
	return e == ERR_ABSENT ? ERR_OK : e;
}

/* Objects and messages come in order of time but for alerts whose events were late. */
enum err registry_recent(struct registry *r, int64_t since_us, uint32_t most, const struct desk_counter *to)
{
	struct registry_reader *d;
	sqlite3_stmt *q;
	enum err e = registry_reader_take(r, &d);

	if (e != ERR_OK)
		return e;
	e = registry_reader_statement(d, "SELECT body FROM object ORDER BY id DESC LIMIT ?1", &q);
	if (e == ERR_OK)
		e = recent_objects(q, since_us, most, to);
	if (e == ERR_OK)
		e = registry_reader_statement(d, "SELECT body, object FROM message ORDER BY id DESC LIMIT ?1", &q);
	if (e == ERR_OK)
		e = recent_messages(q, since_us, most, to);
	registry_reader_give(r, d);
	return e;
}
