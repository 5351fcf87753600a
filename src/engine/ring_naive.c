/* ring_naive.c - the judge: each acc by its definition, one plain loop, oldest tuple first. Slow on purpose; it shares nothing
 * with the paths that it judges but the tuples and the final division. */
#include "engine/ring_int.h"

struct naive {
	uint64_t n, known, gaps, distinct;
	__int128 sum, sumsq, gap_sum, gap_sumsq;
	int64_t min, max, first, last, before_us, gap_min, gap_max;
};

static bool inside(const struct ring_head *h, const struct ring_plan *p, const struct ring_acc *a, const uint8_t *t,
                   int64_t t_us)
{
	int64_t time_us = ring_time(h, p, t);

	return time_us > t_us - p->window_us[a->window] && time_us <= t_us && ring_passes(ring_mask(p, t), a->filter);
}

static bool met_before(const struct ring_head *h, const struct ring_plan *p, const struct ring_acc *a, uint32_t at,
                       int64_t v, int64_t t_us)
{
	for (uint32_t i = 0; i < at; i++)
		if (inside(h, p, a, ring_tuple(h, p, i), t_us) && ring_value(&p->col[a->col], ring_tuple(h, p, i)) == v)
			return true;
	return false;
}

static int64_t lesser(int64_t a, int64_t b)
{
	return a == VALUE_MISSING || b < a ? b : a;
}
static int64_t greater(int64_t a, int64_t b)
{
	return a == VALUE_MISSING || b > a ? b : a;
}

static void take_in(struct naive *x, const struct ring_head *h, const struct ring_plan *p, const struct ring_acc *a,
                    uint32_t at, int64_t t_us)
{
	const uint8_t *t = ring_tuple(h, p, at);
	int64_t time_us = ring_time(h, p, t), gap = time_us - x->before_us, v;

	if (x->n++ > 0) {
		x->gaps++;
		x->gap_sum += gap;
		x->gap_sumsq += (__int128)gap * gap;
		x->gap_min = lesser(x->gap_min, gap);
		x->gap_max = greater(x->gap_max, gap);
	}
	x->before_us = time_us;
	if (a->col == RING_NONE)
		return;
	v = ring_value(&p->col[a->col], t);
	x->first = x->n == 1 ? v : x->first;
	x->last = v;
	if (v == VALUE_MISSING)
		return;
	x->known++;
	x->sum += v;
	x->sumsq += (__int128)v * v;
	x->min = lesser(x->min, v);
	x->max = greater(x->max, v);
	if (a->func == RING_DISTINCT)
		x->distinct += !met_before(h, p, a, at, v, t_us);
}

static union value answer(const struct naive *x, const struct ring_acc *a)
{
	switch ((enum ring_func)a->func) {
	case RING_COUNT: return (union value){ .i = (int64_t)(a->col == RING_NONE ? x->n : x->known) };
	case RING_SUM: return (union value){ .i = ring_saturate(x->sum) };
	case RING_AVG: return (union value){ .r = ring_avg(x->sum, x->known) };
	case RING_STDDEV: return (union value){ .r = ring_stddev(x->sum, x->sumsq, x->known) };
	case RING_MIN: return (union value){ .i = x->min };
	case RING_MAX: return (union value){ .i = x->max };
	case RING_DISTINCT: return (union value){ .i = (int64_t)x->distinct };
	case RING_FIRST: return (union value){ .i = x->first };
	case RING_LAST: return (union value){ .i = x->last };
	case RING_GAP_AVG: return (union value){ .r = ring_avg(x->gap_sum, x->gaps) };
	case RING_GAP_STDDEV: return (union value){ .r = ring_stddev(x->gap_sum, x->gap_sumsq, x->gaps) };
	case RING_GAP_MIN: return (union value){ .i = x->gap_min };
	default: return (union value){ .i = x->gap_max };
	}
}

void ring_read_naive(const struct ring_store *s, const struct ring_plan *p, uint32_t slot, int64_t t_us,
                     union value *out)
{
	const struct ring_head *h = slot == 0 ? NULL : slab_at(s->slab, slot);

	for (uint32_t k = 0; k < p->n_accs; k++) {
		const int64_t none = VALUE_MISSING;
		struct naive x = { .min = none, .max = none, .first = none, .last = none, .gap_min = none, .gap_max = none };

		for (uint32_t i = 0; h != NULL && i < h->count; i++)
			if (inside(h, p, &p->acc[k], ring_tuple(h, p, i), t_us))
				take_in(&x, h, p, &p->acc[k], i, t_us);
		out[k] = answer(&x, &p->acc[k]);
	}
}
