/* ring_scan.c - windows read by walking the tuples.
 *
 * One pass from the newest tuple to the oldest: windows are tails, so when the walk leaves the shortest window its answers
 * are complete, and the walk goes on for the next. Accs that look at the same tuples (same filter and column: a group) share
 * their totals. Distinct values are remembered in a small array, in large rings in a table borrowed from the slab.
 * ring_read_naive is the judge: one plain loop for each acc, oldest first, sharing nothing with the rest but the tuples. */
#include <math.h>
#include "base/hash.h"
#include "engine/ring_int.h"

struct seen { /* values met so far */
	uint32_t n;
	uint32_t block, cap_log2; /* large rings */
};

struct group_totals {
	uint64_t n, known, distinct;
	struct seen seen;
	__int128 sum, sumsq, gap_sumsq;
	/* set by the first tuple, or the first known value */
	int64_t min, max, newest, oldest; /* columns; extremes are missing while nothing is known */
	int64_t newest_us, oldest_us;     /* times of passing tuples */
	int64_t gap_min, gap_max;
};

struct scan {
	struct ring_store *s;
	const struct ring_plan *p;
	const struct ring_head *h;
	int64_t t_us;
	struct group_totals *total;
	int64_t (*small)[RING_SMALL];
};

int64_t ring_saturate(__int128 v)
{
	return v > INT64_MAX ? INT64_MAX : v < -INT64_MAX ? -INT64_MAX : (int64_t)v;
}

double ring_avg(__int128 sum, uint64_t n)
{
	return n == 0 ? __builtin_nan("") : (double)sum / (double)n;
}

/* Around q = floor(S/n), so that large values with a small spread lose nothing. */
double ring_stddev(__int128 sum, __int128 sumsq, uint64_t n)
{
	__int128 count = (__int128)n, q, r;
	double variance;

	if (n == 0)
		return __builtin_nan("");
	q = sum / count;
	if (sum < 0 && q * count != sum)
		q--;
	r = sum - q * count;
	variance = ((double)(sumsq - q * (sum + r)) - (double)r * (double)r / (double)n) / (double)n;
	return variance <= 0 ? 0 : sqrt(variance);
}

static bool seen_before(struct scan *c, uint32_t group, int64_t v, bool *known)
{
	struct seen *s = &c->total[group].seen;
	uint64_t *slot, mask = (1ULL << s->cap_log2) - 1, key = v == 0 ? 1ULL << 63 : (uint64_t)v;

	*known = true;
	if (s->block == 0) {
		for (uint32_t i = 0; i < s->n && i < RING_SMALL; i++)
			if (c->small[group][i] == v)
				return true;
		*known = s->n < RING_SMALL;
		if (*known)
			c->small[group][s->n++] = v;
		return false;
	}
	slot = slab_at(c->s->slab, s->block);
	for (uint64_t i = hash_mix(key) & mask;; i = (i + 1) & mask) {
		if (slot[i] == key)
			return true;
		if (slot[i] == 0) {
			slot[i] = key;
			return false;
		}
	}
}

/* Without memory for a table: whether a newer passing tuple inside the walk had the value. */
static bool seen_by_walking(const struct scan *c, uint32_t group, uint32_t at, int64_t v)
{
	const struct ring_group *g = &c->p->group[group];

	for (uint32_t i = at + 1; i < c->h->count; i++) {
		const uint8_t *t = ring_tuple(c->h, c->p, i);

		if (ring_time(c->h, c->p, t) > c->t_us)
			break;
		if (ring_passes(ring_mask(c->p, t), g->filter) && ring_value(&c->p->col[g->col], t) == v)
			return true;
	}
	return false;
}

static void group_gap(struct group_totals *a, int64_t time_us)
{
	if (a->n > 0) {
		int64_t gap = a->oldest_us - time_us;

		a->gap_sumsq += (__int128)gap * gap;
		a->gap_min = a->n == 1 || gap < a->gap_min ? gap : a->gap_min;
		a->gap_max = a->n == 1 || gap > a->gap_max ? gap : a->gap_max;
	} else {
		a->newest_us = time_us;
	}
	a->oldest_us = time_us;
}

static void group_value(struct scan *c, uint32_t group, uint32_t at, const uint8_t *t)
{
	const struct ring_group *g = &c->p->group[group];
	struct group_totals *a = &c->total[group];
	int64_t v = ring_value(&c->p->col[g->col], t);
	bool known;

	a->newest = a->n == 1 ? v : a->newest;
	a->oldest = v;
	if (v == VALUE_MISSING)
		return;
	a->known++;
	if (g->sums) {
		a->sum += v;
		a->sumsq += (__int128)v * v;
	}
	if (g->extremes) {
		a->min = a->known == 1 || v < a->min ? v : a->min;
		a->max = a->known == 1 || v > a->max ? v : a->max;
	}
	if (g->distinct) {
		bool old = seen_before(c, group, v, &known);

		if (!known)
			old = seen_by_walking(c, group, at, v);
		a->distinct += !old;
	}
}

static void group_add(struct scan *c, uint32_t group, uint32_t at, const uint8_t *t, int64_t time_us)
{
	const struct ring_group *g = &c->p->group[group];
	struct group_totals *a = &c->total[group];

	if (g->gaps)
		group_gap(a, time_us);
	a->n++;
	if (g->col != RING_NONE)
		group_value(c, group, at, t);
}

static union value group_answer(const struct group_totals *a, const struct ring_acc *acc)
{
	uint64_t gaps = a->n == 0 ? 0 : a->n - 1;
	int64_t span_us = a->newest_us - a->oldest_us;

	switch ((enum ring_func)acc->func) {
	case RING_COUNT: return (union value){ .i = (int64_t)(acc->col == RING_NONE ? a->n : a->known) };
	case RING_SUM: return (union value){ .i = ring_saturate(a->sum) };
	case RING_AVG: return (union value){ .r = ring_avg(a->sum, a->known) };
	case RING_STDDEV: return (union value){ .r = ring_stddev(a->sum, a->sumsq, a->known) };
	case RING_MIN: return (union value){ .i = a->known ? a->min : VALUE_MISSING };
	case RING_MAX: return (union value){ .i = a->known ? a->max : VALUE_MISSING };
	case RING_DISTINCT: return (union value){ .i = (int64_t)a->distinct };
	case RING_FIRST: return (union value){ .i = a->n ? a->oldest : VALUE_MISSING };
	case RING_LAST: return (union value){ .i = a->n ? a->newest : VALUE_MISSING };
	case RING_GAP_AVG: return (union value){ .r = ring_avg(span_us, gaps) };
	case RING_GAP_STDDEV: return (union value){ .r = ring_stddev(span_us, a->gap_sumsq, gaps) };
	case RING_GAP_MIN: return (union value){ .i = gaps ? a->gap_min : VALUE_MISSING };
	default: return (union value){ .i = gaps ? a->gap_max : VALUE_MISSING };
	}
}

static void window_answers(const struct scan *c, uint32_t window, union value *out)
{
	const struct ring_plan *p = c->p;

	for (uint32_t i = p->window_accs[window]; i < p->window_accs[window + 1]; i++) {
		uint32_t acc = p->acc_by_window[i];

		out[acc] = group_answer(&c->total[p->group_of[acc]], &p->acc[acc]);
	}
}

static void seen_tables(struct scan *c, bool make)
{
	for (uint32_t i = 0; i < c->p->n_groups; i++) {
		struct seen *s = &c->total[i].seen;
		size_t bytes, got;

		if (!c->p->group[i].distinct || (!make && s->block == 0))
			continue;
		if (make) {
			s->cap_log2 = 33 - (uint32_t)__builtin_clz(c->h->count);
			s->block = slab_alloc(c->s->slab, (size_t)8 << s->cap_log2, &got);
		}
		bytes = (size_t)8 << s->cap_log2;
		if (s->block == 0)
			continue;
		if (make)
			memset(slab_at(c->s->slab, s->block), 0, bytes);
		else
			slab_free(c->s->slab, s->block, bytes);
	}
}

static void group_begin(struct group_totals *a)
{
	a->n = a->known = a->distinct = 0;
	a->seen = (struct seen){ 0 };
	a->sum = a->sumsq = a->gap_sumsq = 0;
}

void ring_scan(struct ring_store *s, const struct ring_plan *p, const struct ring_head *h, int64_t t_us,
               union value *out)
{
	struct group_totals total[RING_ACCS_MAX];
	int64_t small[RING_ACCS_MAX][RING_SMALL];
	struct scan c = { .s = s, .p = p, .h = h, .t_us = t_us, .total = total, .small = small };
	uint32_t window = 0, count = h == NULL ? 0 : h->count;

	if (count == 0) {
		memcpy(out, p->empty, p->n_accs * sizeof(out[0]));
		return;
	}
	for (uint32_t g = 0; g < p->n_groups; g++)
		group_begin(&total[g]);
	if (count > RING_SMALL)
		seen_tables(&c, true);
	for (uint32_t i = count; i-- > 0;) {
		const uint8_t *t = ring_tuple(h, p, i);
		int64_t time_us = ring_time(h, p, t);
		uint32_t mask = ring_mask(p, t);

		if (time_us > t_us)
			continue;
		while (window < p->n_windows && time_us <= t_us - p->window_us[window])
			window_answers(&c, window++, out);
		if (window == p->n_windows)
			break;
		for (uint32_t g = 0; g < p->n_groups; g++)
			if (ring_passes(mask, p->group[g].filter))
				group_add(&c, g, i, t, time_us);
	}
	while (window < p->n_windows)
		window_answers(&c, window++, out);
	if (count > RING_SMALL)
		seen_tables(&c, false);
}
