/* risk.c - see risk.h. Units lie in an array that grows, found through a table of open addressing; the month's openings are kept for their batches. */
#include "outreach/risk.h"
#include <math.h>
#include <stdlib.h>
#include "base/clock.h"
#include "base/mem.h"
#include "outreach/beta.h"

enum {
	UNITS_FIRST = 1024,
	MONTH_FIRST = 4096,
	THINGS = DESK_BANK_ACCOUNT + 1
};

const char *const risk_level_names[RISK_LEVELS] = { "outlet", "agent", "clerk", "organisation" };
const char *const risk_level_zh[RISK_LEVELS] = { "网点", "代理", "经办人", "单位" };

struct risk {
	int64_t from_us, before_us, month_us, until_us, year_us, year_until_us; /* before_us: the month before begins */
	struct risk_unit *unit;
	uint32_t n_units, cap_units;
	uint32_t *table; /* unit + 1; 0: free. Twice as many as cap_units */
	struct desk_opening *month;
	size_t n_month, cap_month;
	struct risk_prior prior[2][RISK_LEVELS][THINGS];
};

enum err risk_new(struct risk **out, int64_t month_us)
{
	struct risk *r = mem_alloc(sizeof(*r));

	if (r == NULL)
		return ERR_MEMORY;
	r->month_us = month_us;
	r->until_us = desk_months_after(month_us, 1);
	r->before_us = desk_months_after(month_us, -1);
	r->from_us = desk_months_after(month_us, -RISK_YEAR_MONTHS);
	r->year_us = r->from_us;
	r->year_until_us = desk_months_after(month_us, 1 - RISK_YEAR_MONTHS);
	r->cap_units = UNITS_FIRST;
	r->cap_month = MONTH_FIRST;
	r->unit = mem_alloc_array(r->cap_units, sizeof(*r->unit));
	r->table = mem_alloc_array((size_t)r->cap_units * 2, sizeof(*r->table));
	r->month = mem_alloc_array(r->cap_month, sizeof(*r->month));
	if (r->unit == NULL || r->table == NULL || r->month == NULL) {
		risk_free(r);
		return ERR_MEMORY;
	}
	*out = r;
	return ERR_OK;
}

void risk_free(struct risk *r)
{
	if (r == NULL)
		return;
	mem_free(r->unit);
	mem_free(r->table);
	mem_free(r->month);
	mem_free(r);
}

int64_t risk_from_us(const struct risk *r)
{
	return r->from_us;
}

int64_t risk_until_us(const struct risk *r)
{
	return r->until_us;
}

/* ---- units ---- */

static bool same(const struct risk_unit *x, const struct risk_unit *y)
{
	return x->level == y->level && x->thing == y->thing && x->organisation == y->organisation &&
	       token_eq(x->token, y->token);
}

static uint32_t *place(const struct risk *r, const struct risk_unit *u)
{
	uint64_t h =
		hash_mix(u->token.w[0] ^
	             hash_mix(u->token.w[1] + ((uint64_t)u->organisation << 16 | (uint64_t)u->level << 8 | u->thing)));
	uint32_t mask = r->cap_units * 2 - 1, i = (uint32_t)h & mask;

	while (r->table[i] != 0 && !same(&r->unit[r->table[i] - 1], u))
		i = (i + 1) & mask;
	return &r->table[i];
}

static enum err grow(struct risk *r)
{
	uint32_t cap = r->cap_units * 2, *table;
	struct risk_unit *unit;

	if (r->n_units == RISK_UNITS_MAX)
		return ERR_CAP;
	table = mem_alloc_array((size_t)cap * 2, sizeof(*table));
	unit = table == NULL ? NULL : mem_resize(r->unit, cap * sizeof(*unit));
	if (unit == NULL) {
		mem_free(table);
		return ERR_MEMORY;
	}
	mem_free(r->table);
	r->table = table;
	r->unit = unit;
	r->cap_units = cap;
	for (uint32_t i = 0; i < r->n_units; i++)
		*place(r, &unit[i]) = i + 1;
	return ERR_OK;
}

static enum err unit_of(struct risk *r, const struct risk_unit *key, struct risk_unit **out)
{
	uint32_t *at = place(r, key);
	enum err e;

	if (*at == 0 && r->n_units == r->cap_units) {
		e = grow(r);
		if (e != ERR_OK)
			return e;
		at = place(r, key);
	}
	if (*at == 0) {
		r->unit[r->n_units] = *key;
		*at = ++r->n_units;
	}
	*out = &r->unit[*at - 1];
	return ERR_OK;
}

/* The opening's unit of that level. ERR_ABSENT: nobody told. */
static enum err unit_at(struct risk *r, const struct desk_opening *o, enum risk_level level, struct risk_unit **out)
{
	const struct token token[RISK_LEVELS] = { o->outlet, o->agent, o->clerk, { { 0, 0 } } };
	struct risk_unit key = {
		.level = (uint8_t)level, .thing = o->thing.kind, .organisation = o->organisation, .token = token[level]
	};

	CHECK(o->thing.kind == DESK_PHONE || o->thing.kind == DESK_BANK_ACCOUNT);
	if (level == RISK_ORGANISATION ? o->organisation == 0 : key.token.w[0] == 0 && key.token.w[1] == 0)
		return ERR_ABSENT;
	return unit_of(r, &key, out);
}

/* ---- what is fed ---- */

static bool at_night(int64_t us)
{
	struct civil c;

	clock_to_civil(us, clock_offset(&clock_shanghai, us), &c);
	return c.hour >= RISK_NIGHT_FROM || c.hour < RISK_NIGHT_TO;
}

static enum err keep(struct risk *r, const struct desk_opening *o)
{
	struct desk_opening *more;

	if (r->n_month == RISK_MONTH_MAX)
		return ERR_CAP;
	if (r->n_month == r->cap_month) {
		more = mem_resize(r->month, r->cap_month * 2 * sizeof(*more));
		if (more == NULL)
			return ERR_MEMORY;
		r->month = more;
		r->cap_month *= 2;
	}
	r->month[r->n_month++] = *o;
	return ERR_OK;
}

/* The two years that matter end with the month, and with the one before it. */
static bool within(const struct risk *r, int64_t us, enum risk_span span)
{
	return span == RISK_NOW ? us >= r->year_until_us && us < r->until_us : us >= r->from_us && us < r->month_us;
}

enum err risk_open(struct risk *r, const struct desk_opening *o)
{
	bool month = o->time_us >= r->month_us && o->time_us < r->until_us;
	struct risk_unit *u;
	enum err e = month ? keep(r, o) : ERR_OK;

	if (o->time_us < r->from_us || o->time_us >= r->until_us)
		return ERR_OK;
	for (int level = 0; level < RISK_LEVELS && e == ERR_OK; level++) {
		e = unit_at(r, o, (enum risk_level)level, &u);
		if (e == ERR_ABSENT) {
			e = ERR_OK;
			continue;
		}
		if (e != ERR_OK)
			break;
		for (int s = 0; s <= RISK_BEFORE; s++)
			u->opened[s] += within(r, o->time_us, (enum risk_span)s);
		u->month += month;
		u->night += month && at_night(o->time_us);
		u->remote += month && o->remote;
	}
	return e;
}

static bool span_of(const struct risk *r, int64_t us, enum risk_span *out)
{
	if (us >= r->month_us && us < r->until_us)
		*out = RISK_NOW;
	else if (us >= r->before_us && us < r->month_us)
		*out = RISK_BEFORE;
	else if (us >= r->year_us && us < r->year_until_us)
		*out = RISK_YEAR;
	else
		return false;
	return true;
}

bool risk_counts(const struct risk *r, int64_t found_us)
{
	enum risk_span span;

	return span_of(r, found_us, &span);
}

enum err risk_find(struct risk *r, const struct desk_opening *o, int64_t found_us)
{
	enum risk_span span;
	struct risk_unit *u;
	enum err e = ERR_OK;

	if (!span_of(r, found_us, &span))
		return ERR_OK;
	for (int level = 0; level < RISK_LEVELS && e == ERR_OK; level++) {
		e = unit_at(r, o, (enum risk_level)level, &u);
		if (e == ERR_OK) {
			u->found[span]++;
			u->early += span == RISK_NOW && found_us - o->time_us <= RISK_EARLY_DAYS * US_PER_DAY;
			if (span != RISK_YEAR)
				u->involved[span] += within(r, o->time_us, span);
		}
		e = e == ERR_ABSENT ? ERR_OK : e;
	}
	return e;
}

/* ---- batches ---- */

static struct token key_of(const struct desk_opening *o, int by)
{
	return by == 0 ? o->person : by == 1 ? o->agent : o->clerk;
}

static enum err batches(struct risk *r)
{
	struct risk_moment *m = mem_alloc_array(r->n_month + 1, sizeof(*m));
	bool *marks = mem_alloc_array(r->n_month + 1, sizeof(*marks));
	enum err e = m == NULL || marks == NULL ? ERR_MEMORY : ERR_OK;
	struct risk_unit *u;

	for (int by = 0; by < 3 && e == ERR_OK; by++) {
		size_t n = 0;

		for (size_t i = 0; i < r->n_month; i++) {
			struct token key = key_of(&r->month[i], by);

			if (key.w[0] != 0 || key.w[1] != 0)
				m[n++] = (struct risk_moment){ key, r->month[i].time_us, (uint32_t)i };
		}
		risk_batches(m, n, by == 0 ? RISK_BATCH_PERSON : RISK_BATCH_SELLER, marks);
	}
	for (size_t i = 0; i < r->n_month && e == ERR_OK; i++)
		for (int level = 0; level < RISK_LEVELS && marks[i]; level++)
			if (unit_at(r, &r->month[i], (enum risk_level)level, &u) == ERR_OK) /* it is there: the opening made it */
				u->batch++;
	mem_free(m);
	mem_free(marks);
	return e;
}

/* ---- estimates ---- */

/* Without spread beyond chance, or where it can't be told, the prior is worth all that was opened; it is never worth less than one involved. */
struct risk_prior risk_fit(const struct risk_sums *s)
{
	struct risk_prior p = { .units = s->units, .opened = s->n, .involved = s->k };
	double mean, square, spread, worth, most = (double)s->n + 2;

	if (s->n == 0)
		return p;
	mean = ((double)s->k + 0.5) / ((double)s->n + 1); /* Jeffreys', so that it is neither 0 nor 1 */
	square = s->nn == 0 ? 0 : (double)s->kk / (double)s->nn;
	spread = square - mean * mean;
	worth = spread > 0 ? mean * (1 - mean) / spread - 1 : most;
	worth = worth > most ? most : worth;
	worth = worth * mean < 1 ? 1 / mean : worth;
	p.a = worth * mean;
	p.b = worth - p.a;
	return p;
}

static void fit(struct risk *r)
{
	for (int s = 0; s < 2; s++) {
		struct risk_sums sums[RISK_LEVELS][THINGS] = { 0 };

		for (uint32_t i = 0; i < r->n_units; i++) {
			const struct risk_unit *u = &r->unit[i];
			struct risk_sums *x = &sums[u->level][u->thing];
			unsigned __int128 n = u->opened[s], k = u->involved[s];

			if (n == 0)
				continue;
			x->units++;
			x->n += u->opened[s];
			x->k += u->involved[s];
			x->nn += n * (n - 1);
			x->kk += k == 0 ? 0 : k * (k - 1);
		}
		for (int level = 0; level < RISK_LEVELS; level++)
			for (int thing = 0; thing < THINGS; thing++)
				r->prior[s][level][thing] = risk_fit(&sums[level][thing]);
	}
}

/* The limit of the month before is needed for its ranks only. */
static void estimate(const struct risk *r, struct risk_unit *u, enum risk_span s)
{
	const struct risk_prior *p = &r->prior[s][u->level][u->thing];
	double a, b;

	u->lower = -1;
	if (u->opened[s] == 0)
		return;
	a = p->a + (double)u->involved[s];
	b = p->b + (double)(u->opened[s] - u->involved[s]);
	u->estimate = a / (a + b);
	u->lower = beta_quantile(a, b, RISK_LIMIT);
	u->upper = s == RISK_NOW ? beta_quantile(a, b, 1 - RISK_LIMIT) : 0;
}

static int by_number(double x, double y)
{
	return (x > y) - (x < y);
}

static int by_rank(const void *a, const void *b)
{
	const struct risk_unit *x = a, *y = b;
	int by = x->level - y->level;

	by = by ? by : x->thing - y->thing;
	by = by ? by : by_number(y->lower, x->lower);
	by = by ? by : by_number(y->estimate, x->estimate);
	by = by ? by : x->organisation - y->organisation;
	for (int i = 0; i < 2 && by == 0; i++)
		by = (x->token.w[i] > y->token.w[i]) - (x->token.w[i] < y->token.w[i]);
	return by;
}

/* Sorted, so that each group's ranks count from its first. */
static void rank(struct risk *r, enum risk_span s)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < r->n_units; i++)
		estimate(r, &r->unit[i], s);
	if (r->n_units > 0)
		qsort(r->unit, r->n_units, sizeof(*r->unit), by_rank);
	for (uint32_t i = 0; i < r->n_units; i++) {
		struct risk_unit *u = &r->unit[i];
		const struct risk_prior *p = &r->prior[s][u->level][u->thing];
		uint64_t most = (p->units * RISK_TOP_PERCENT + 99) / 100;

		at = i > 0 && u[-1].level == u->level && u[-1].thing == u->thing ? at + 1 : 1;
		u->rank[s] = u->opened[s] == 0 ? 0 : at;
		u->top[s] = u->opened[s] > 0 && at <= most && u->lower > p->a / (p->a + p->b);
	}
}

enum err risk_settle(struct risk *r)
{
	enum err e = batches(r);

	if (e != ERR_OK)
		return e;
	fit(r);
	rank(r, RISK_BEFORE);
	rank(r, RISK_NOW);
	memset(r->table, 0, (size_t)r->cap_units * 2 * sizeof(*r->table));
	for (uint32_t i = 0; i < r->n_units; i++)
		*place(r, &r->unit[i]) = i + 1;
	return ERR_OK;
}

const struct risk_unit *risk_units(const struct risk *r, uint32_t *n)
{
	*n = r->n_units;
	return r->unit;
}

const struct risk_prior *risk_prior(const struct risk *r, enum risk_level level, uint8_t thing, enum risk_span span)
{
	CHECK(span <= RISK_BEFORE && thing < THINGS);
	return &r->prior[span][level][thing];
}
