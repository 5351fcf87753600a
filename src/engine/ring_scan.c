/* ring_scan.c - windows read by definition. */
#include "engine/ring_int.h"
#include <math.h>
struct tot {
	uint64_t n, known, gaps;
	__int128 sum, sumsq, gs, gq;
	int64_t min, max, first, last, pt, gmin, gmax;
	uint64_t distinct;
};
static double sd(__int128 S, __int128 Q, uint64_t n)
{
	__int128 q = S / (__int128)n;
	if (S < 0 && q * (__int128)n != S)
		q--;
	__int128 r = S - q * (__int128)n;
	__int128 V = Q - q * (S + r);
	double d = ((double)V - (double)r * (double)r / (double)n) / (double)n;
	return d <= 0 ? 0 : sqrt(d);
}
static int64_t sat(__int128 v)
{
	return v > INT64_MAX ? INT64_MAX : v < -INT64_MAX ? -INT64_MAX : (int64_t)v;
}
void ring_read_naive(const struct ring_store *s, const struct ring_plan *p, uint32_t slot, int64_t t, union value *out)
{
	struct ring_head *h = slot ? slab_at(s->slab, slot) : NULL;
	uint32_t n = h ? h->count : 0;
	for (uint32_t a = 0; a < p->n_accs; a++) {
		const struct ring_acc *A = &p->acc[a];
		int64_t W = p->window_us[A->window];
		struct tot T = { .min = VALUE_MISSING,
			             .max = VALUE_MISSING,
			             .first = VALUE_MISSING,
			             .last = VALUE_MISSING,
			             .gmin = VALUE_MISSING,
			             .gmax = VALUE_MISSING };
		for (uint32_t i = 0; i < n; i++) {
			const uint8_t *q = ring_tuple(h, p, i);
			int64_t at = ring_time(h, p, q);
			if (at <= t - W || at > t || !ring_passes(ring_mask(p, q), A->filter))
				continue;
			if (T.n) {
				int64_t x = at - T.pt;
				T.gaps++;
				T.gs += x;
				T.gq += (__int128)x * x;
				if (T.gmin == VALUE_MISSING || x < T.gmin)
					T.gmin = x;
				if (T.gmax == VALUE_MISSING || x > T.gmax)
					T.gmax = x;
			}
			T.pt = at;
			T.n++;
			if (A->col == RING_NONE)
				continue;
			int64_t x = ring_value(&p->col[A->col], q);
			if (T.n == 1)
				T.first = x;
			T.last = x;
			if (x == VALUE_MISSING)
				continue;
			T.known++;
			T.sum += x;
			T.sumsq += (__int128)x * x;
			if (T.min == VALUE_MISSING || x < T.min)
				T.min = x;
			if (T.max == VALUE_MISSING || x > T.max)
				T.max = x;
			if (A->func == RING_DISTINCT) {
				int seen = 0;
				for (uint32_t k = 0; k < i && !seen; k++) {
					const uint8_t *u = ring_tuple(h, p, k);
					int64_t ut = ring_time(h, p, u);
					seen = ut > t - W && ut <= t && ring_passes(ring_mask(p, u), A->filter) &&
					       ring_value(&p->col[A->col], u) == x;
				}
				T.distinct += !seen;
			}
		}
		switch ((enum ring_func)A->func) {
		case RING_COUNT: out[a].i = (int64_t)(A->col == RING_NONE ? T.n : T.known); break;
		case RING_SUM: out[a].i = sat(T.sum); break;
		case RING_AVG: out[a].r = T.known ? (double)T.sum / (double)T.known : NAN; break;
		case RING_STDDEV: out[a].r = T.known ? sd(T.sum, T.sumsq, T.known) : NAN; break;
		case RING_MIN: out[a].i = T.min; break;
		case RING_MAX: out[a].i = T.max; break;
		case RING_DISTINCT: out[a].i = (int64_t)T.distinct; break;
		case RING_FIRST: out[a].i = T.first; break;
		case RING_LAST: out[a].i = T.last; break;
		case RING_GAP_AVG: out[a].r = T.gaps ? (double)T.gs / (double)T.gaps : NAN; break;
		case RING_GAP_STDDEV: out[a].r = T.gaps ? sd(T.gs, T.gq, T.gaps) : NAN; break;
		case RING_GAP_MIN: out[a].i = T.gmin; break;
		default: out[a].i = T.gmax;
		}
	}
}
uint32_t ring_read(struct ring_store *s, const struct ring_plan *p, uint32_t *slot, int64_t t, union value *out)
{
	ring_read_naive(s, p, *slot, t, out);
	return 0;
}
size_t ring_bytes(const struct ring_store *s, const struct ring_plan *p, uint32_t slot)
{
	(void)p;
	return slot ? ((struct ring_head *)slab_at(s->slab, slot))->units * 16u : 0;
}
uint32_t ring_events(const struct ring_store *s, uint32_t slot)
{
	return slot ? ((struct ring_head *)slab_at(s->slab, slot))->count : 0;
}
