/* sample_day.c - makes a day after the other: plan the crimes and the history, add ordinary life, sort, write.
 *
 * Only one day's records are in memory, besides the plan. Bad lines go between good ones at fixed distances, so that
 * the files stay the same whatever is around them. */
#include "sim/sample_day_int.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include <stdlib.h>

enum {
	RECS_MAX = 1 << 30,
	TRUTH_MAX_BYTES = 1 << 26,
	BAD_EVERY = 40,
	AHEAD = 12,
	LATE_S = 2 * HOUR_S
};

static void recs_add(struct city *c, struct recs *l, const struct rec *r)
{
	if (l->n == l->cap && !c->err) {
		uint64_t cap = l->cap ? l->cap * 2 : 4096;
		struct rec *p = cap > RECS_MAX ? NULL : mem_resize(l->p, cap * sizeof(*p));
		if (!p) {
			c->err = cap > RECS_MAX ? ERR_CAP : ERR_MEMORY;
			return;
		}
		l->p = p;
		l->cap = cap;
	}
	if (!c->err)
		l->p[l->n++] = *r;
}

void day_add(struct city *c, const struct rec *r)
{
	recs_add(c, &c->today, r);
}

void plan_add(struct city *c, const struct rec *r)
{
	recs_add(c, &c->plan, r);
}

void truth_text(struct city *c, const char *kind, const char *what, const char *role, const char *scenario)
{
	buf_printf(&c->truth, "%s,%s,%s,%s\n", kind, what, role, scenario);
}

void truth_phone(struct city *c, uint64_t phone, const char *role, const char *scenario)
{
	char t[25] = { 0 };
	ident_phone_text(phone, t);
	truth_text(c, "phone", t, role, scenario);
}

void truth_account(struct city *c, uint64_t account, const char *role, const char *scenario)
{
	buf_printf(&c->truth, "account,%llu,%s,%s\n", (unsigned long long)account, role, scenario);
}

void truth_person(struct city *c, uint64_t person, const char *role, const char *scenario)
{
	char t[19] = { 0 };
	ident_person_text(person - 1, t);
	truth_text(c, "person", t, role, scenario);
}

/* The time, and where the record was made, which breaks ties. */
struct order {
	int64_t time_s;
	uint64_t at;
};

static int order_cmp(const void *pa, const void *pb)
{
	const struct order *a = pa, *b = pb;
	if (a->time_s != b->time_s)
		return a->time_s < b->time_s ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

enum {
	COUNTED_S = 2 * DAY_S
}; /* sort by counting the records of each second, if they are of a day or two */

/* Fills o from l in order of time; false when there is no memory. */
static bool order_count(struct order *o, const struct recs *l, int64_t from_s)
{
	uint64_t *next = mem_alloc_array(COUNTED_S + 1, sizeof(*next));
	if (!next)
		return false;
	for (uint64_t i = 0; i < l->n; i++)
		next[l->p[i].time_s - from_s + 1]++;
	for (int64_t s = 0; s < COUNTED_S; s++)
		next[s + 1] += next[s];
	for (uint64_t i = 0; i < l->n; i++)
		o[next[l->p[i].time_s - from_s]++] = (struct order){ l->p[i].time_s, i };
	mem_free(next);
	return true;
}

/* NULL on ERR_MEMORY, which is noted. */
static struct order *recs_order(struct city *c, const struct recs *l)
{
	struct order *o = mem_alloc_array(l->n + 1, sizeof(*o));
	if (!o) {
		c->err = ERR_MEMORY;
		return NULL;
	}
	int64_t from_s = INT64_MAX, to_s = INT64_MIN;
	for (uint64_t i = 0; i < l->n; i++) {
		from_s = l->p[i].time_s < from_s ? l->p[i].time_s : from_s;
		to_s = l->p[i].time_s > to_s ? l->p[i].time_s : to_s;
	}
	if (l->n && to_s - from_s < COUNTED_S && order_count(o, l, from_s))
		return o;
	for (uint64_t i = 0; i < l->n; i++)
		o[i] = (struct order){ l->p[i].time_s, i };
	qsort(o, l->n, sizeof(*o), order_cmp);
	return o;
}

struct writer {
	struct outfile file[OUT_FILES];
	uint64_t lines[OUT_FILES];
	uint32_t bad[OUT_FILES];
	bool want_bad;
	struct buf line;
	struct sample_counts counts;
};

static enum err writer_put(struct writer *w, enum out_file f)
{
	if (w->line.err)
		return w->line.err;
	w->counts.bytes += w->line.n;
	return outfile_text(&w->file[f], buf_view(&w->line));
}

static enum err writer_bad(struct writer *w, enum out_file f, const struct rec *r)
{
	const char *z = format_bad(f, w->bad[f]);
	if (!z)
		return ERR_OK;
	w->bad[f]++;
	w->counts.bad++;
	buf_clear(&w->line);
	for (const char *p = z; *p; p++) { /* @ is the time of the record before */
		if (*p == '@')
			format_time(r->time_s, &w->line);
		else
			buf_char(&w->line, *p);
	}
	if (!*z) { /* this one again, as if it had come two hours late */
		struct rec late = *r;
		late.time_s -= LATE_S;
		format_rec(&late, &w->line);
	}
	return writer_put(w, f);
}

static enum err writer_rec(struct writer *w, const struct rec *r)
{
	enum out_file f = format_file(r);
	buf_clear(&w->line);
	format_rec(r, &w->line);
	w->counts.events++;
	enum err err = writer_put(w, f);
	if (!err && w->want_bad && ++w->lines[f] % BAD_EVERY == BAD_EVERY / 2)
		err = writer_bad(w, f, r);
	return err;
}

static enum err writer_open(struct writer *w, const char *dir)
{
	static const char *const name[OUT_FILES] = { "calls.csv",    "sms.ndjson", "transfers.csv", "cash.csv",
		                                         "openings.csv", "binds.csv",  "truth.csv" };
	struct buf path;
	buf_init(&path, 4096);
	buf_init(&w->line, 65536);
	enum err err = ERR_OK;
	for (int f = 0; f < OUT_FILES && !err; f++) {
		buf_clear(&path);
		buf_printf(&path, "%s/%s", dir, name[f]);
		err = path.err ? path.err : outfile_open(&w->file[f], path.p);
		if (!err)
			err = outfile_text(&w->file[f], text_z(format_header((enum out_file)f)));
	}
	buf_release(&path);
	return err;
}

/* The day's records and the plan's up to its end, by time. */
static enum err write_day(struct city *c, struct writer *w, const struct order *plan, uint64_t *planned, int64_t end_s)
{
	struct order *today = recs_order(c, &c->today);
	if (!today)
		return ERR_MEMORY;
	uint64_t i = 0, p = *planned;
	enum err err = ERR_OK;
	while (!err) {
		if (i + AHEAD < c->today.n) /* records lie in the order of their making: fetch them before they are needed */
			__builtin_prefetch(&c->today.p[today[i + AHEAD].at]);
		bool more_plan = p < c->plan.n && plan[p].time_s < end_s;
		if (i == c->today.n && !more_plan)
			break;
		if (more_plan && (i == c->today.n || plan[p].time_s <= today[i].time_s))
			err = writer_rec(w, &c->plan.p[plan[p++].at]);
		else
			err = writer_rec(w, &c->today.p[today[i++].at]);
	}
	*planned = p;
	mem_free(today);
	return err;
}

static enum err write_days(struct city *c, struct writer *w)
{
	life_history(c);
	for (int64_t d = 0; d < c->days; d++) {
		crime_day(c, c->start_s + d * DAY_S);
		crime_money_day(c, c->start_s + d * DAY_S);
	}
	struct order *plan = c->err ? NULL : recs_order(c, &c->plan);
	uint64_t planned = 0;
	enum err err = c->err;
	for (int64_t d = 0; d < c->days && !err; d++) {
		int64_t day_s = c->start_s + d * DAY_S;
		c->today.n = 0;
		life_day(c, day_s);
		work_day(c, day_s);
		err = c->err ? c->err : write_day(c, w, plan, &planned, d + 1 == c->days ? INT64_MAX : day_s + DAY_S);
	}
	mem_free(plan);
	if (!err)
		err = c->truth.err ? c->truth.err : outfile_text(&w->file[OUT_TRUTH], buf_view(&c->truth));
	return err;
}

static enum err city_init(struct city *c, const struct sample_options *o)
{
	if (o->people < SAMPLE_PEOPLE_MIN || o->people > SAMPLE_PEOPLE_MAX || o->days < 1 || o->days > SAMPLE_DAYS_MAX)
		return ERR_RANGE;
	*c = (struct city){ .people = o->people, .days = o->days };
	c->works = o->people / 12;
	c->couriers = 4 + o->people / 500;
	c->spare = (uint64_t)o->people * 2;
	c->start_s = clock_days_from_civil(2026, 3, 2) * DAY_S - 8 * HOUR_S;
	rng_seed(&c->rng, o->seed);
	for (size_t i = 0; i < ARRAY_LEN(c->friend_at); i++)
		c->friend_at[i] = rng_below(&c->rng, (uint64_t)o->people);
	buf_init(&c->truth, TRUTH_MAX_BYTES);
	return ERR_OK;
}

enum err sample_day_write(const struct sample_options *o, const char *dir, struct sample_counts *counts)
{
	struct city c;
	enum err err = city_init(&c, o);
	if (err)
		return err;
	struct writer w = { .want_bad = o->bad_lines != 0 };
	for (int f = 0; f < OUT_FILES; f++)
		w.file[f].fd = -1;
	err = writer_open(&w, dir);
	if (!err)
		err = write_days(&c, &w);
	for (int f = 0; f < OUT_FILES; f++) {
		enum err closed = outfile_close(&w.file[f]);
		if (!err)
			err = closed;
	}
	*counts = w.counts;
	buf_release(&w.line);
	buf_release(&c.truth);
	mem_free(c.today.p);
	mem_free(c.plan.p);
	return err;
}
