/* ring_big.c - running totals for busy rings.
 *
 * Tuples are named by sequence numbers that grow by one an event; seq0 belongs to the oldest kept. Each window has a tail,
 * the first tuple inside it. An arriving tuple is added to every window's accs at once; a tail moves on when a later time
 * is read, and each tuple that it passes is taken away again. So a tuple is touched once a window on the way in and once on the
 * way out, whatever the ring's size.
 * min and max keep a monotone deque: the candidates that a later tuple has not beaten. A distinct count asks the map where a
 * value was last seen: before the tail means new to this window; a leaving tuple that is the last of its value takes the
 * value along. All windows share the map, and values leave it with the longest one.
 * Gap minima and maxima have no such trick and are left to the scan (ring_big_needs_scan).
 * Whatever disturbs the order (a late tuple, a thinning) makes the state stale; the next read in order builds it anew. */
#include "engine/ring_int.h"

struct big {
	int64_t now_us; /* windows are advanced to this time */
	uint32_t seq0;  /* of the oldest tuple kept */
	uint32_t stale;
	uint32_t pad[4];
	uint32_t tail[]; /* by window: sequence numbers; then accs and maps at the plan's offsets */
};
_Static_assert(sizeof(struct big) == 32, "ring_plan_finish counts on it");

/* Accs' states, at most 48 bytes each (ring_plan_finish). */
struct totals {
	__int128 sum, sumsq;
	uint64_t n;
};
struct count {
	uint64_t n;
};
struct edge {             /* FIRST, LAST, and the gaps' ends: tuples that pass the filter */
	uint32_t first, last; /* sequence numbers; last = 0: none ever */
	uint64_t n;
};
struct gaps {
	__int128 sumsq;
	struct edge edge;
};

static struct big *big_of(const struct ring_store *s, const struct ring_head *h)
{
	return slab_at(s->slab, h->big);
}
static void *state_of(const struct ring_plan *p, struct big *b, uint32_t acc)
{
	return (char *)b + p->acc_off[acc];
}
static struct ring_map *map_of(const struct ring_plan *p, struct big *b, uint32_t map)
{
	return (struct ring_map *)(void *)((char *)b + p->map_off) + map;
}

/* The view of one state during one call. */
struct work {
	struct ring_store *s;
	const struct ring_plan *p;
	struct ring_head *h;
	struct big *b;
	bool failed; /* out of memory: the state must go */
};

static const uint8_t *tuple_at(const struct work *w, uint32_t seq)
{
	return ring_tuple(w->h, w->p, seq - w->b->seq0);
}
static uint32_t end_seq(const struct work *w)
{
	return w->b->seq0 + w->h->count;
}
static int64_t time_at(const struct work *w, uint32_t seq)
{
	return ring_time(w->h, w->p, tuple_at(w, seq));
}
static bool passes_at(const struct work *w, uint32_t seq, uint8_t filter)
{
	return ring_passes(ring_mask(w->p, tuple_at(w, seq)), filter);
}

static void deque_add(struct work *w, const struct ring_acc *a, struct ring_deque *d, uint32_t seq, int64_t v)
{
	const struct ring_col *c = &w->p->col[a->col];

	while (d->n > 0) {
		int64_t back = ring_value(c, tuple_at(w, *ring_deque_at(w->s->slab, d, d->n - 1)));

		if (a->func == RING_MAX ? back > v : back < v)
			break;
		d->n--;
	}
	w->failed |= !ring_deque_push(w->s->slab, d, seq);
}

/* The edge's `first` moves on to the next tuple that passes, or to the end. */
static void edge_settle(struct work *w, const struct ring_acc *a, struct edge *e)
{
	uint32_t end = end_seq(w);

	if (e->first < w->b->tail[a->window])
		e->first = w->b->tail[a->window];
	while (e->first < end && !passes_at(w, e->first, a->filter))
		e->first++;
}

static void square_gap(struct gaps *g, int64_t gap, int sign)
{
	g->sumsq += (__int128)gap * gap * sign;
}

static void add(struct work *w, uint32_t acc, uint32_t seq, int64_t time_us, int64_t v)
{
	const struct ring_acc *a = &w->p->acc[acc];
	void *state = state_of(w->p, w->b, acc);
	struct totals *t = state;
	struct edge *e = state;
	struct gaps *g = state;

	switch ((enum ring_func)a->func) {
	case RING_COUNT: ((struct count *)state)->n += a->col == RING_NONE || v != VALUE_MISSING; break;
	case RING_SUM: *(__int128 *)state += v == VALUE_MISSING ? 0 : v; break;
	case RING_AVG:
	case RING_STDDEV:
		if (v == VALUE_MISSING)
			break;
		t->sum += v;
		if (a->func == RING_STDDEV) {
			t->sumsq += (__int128)v * v;
			t->n++;
		} else {
			((uint64_t *)state)[2]++;
		}
		break;
	case RING_MIN:
	case RING_MAX:
		if (v != VALUE_MISSING)
			deque_add(w, a, state, seq, v);
		break;
	case RING_FIRST:
	case RING_LAST:
		e->n++;
		e->last = seq;
		break;
	case RING_GAP_STDDEV:
		if (g->edge.n > 0)
			square_gap(g, time_us - time_at(w, g->edge.last), 1);
		e = &g->edge;
		/* fall through */
	case RING_GAP_AVG:
		e->n++;
		e->last = seq;
		break;
	default: break; /* DISTINCT goes by its map, GAP_MIN and GAP_MAX by the scan */
	}
}

static void take(struct work *w, uint32_t acc, uint32_t seq, int64_t time_us, int64_t v)
{
	const struct ring_acc *a = &w->p->acc[acc];
	void *state = state_of(w->p, w->b, acc);
	struct totals *t = state;
	struct ring_deque *d = state;
	struct edge *e = state;
	struct gaps *g = state;

	switch ((enum ring_func)a->func) {
	case RING_COUNT: ((struct count *)state)->n -= a->col == RING_NONE || v != VALUE_MISSING; break;
	case RING_SUM: *(__int128 *)state -= v == VALUE_MISSING ? 0 : v; break;
	case RING_AVG:
	case RING_STDDEV:
		if (v == VALUE_MISSING)
			break;
		t->sum -= v;
		if (a->func == RING_STDDEV) {
			t->sumsq -= (__int128)v * v;
			t->n--;
		} else {
			((uint64_t *)state)[2]--;
		}
		break;
	case RING_MIN:
	case RING_MAX:
		if (d->n > 0 && *ring_deque_at(w->s->slab, d, 0) == seq) {
			d->head++;
			d->n--;
		}
		break;
	case RING_DISTINCT:
		if (v == VALUE_MISSING || ring_map_get(w->s->slab, map_of(w->p, w->b, w->p->map_of[acc]), v) != seq)
			break;
		((struct count *)state)->n--;
		if (a->window == w->p->map_window[w->p->map_of[acc]])
			ring_map_drop(w->s->slab, map_of(w->p, w->b, w->p->map_of[acc]), v);
		break;
	case RING_FIRST:
	case RING_LAST: e->n--; break;
	case RING_GAP_STDDEV:
		g->edge.n--;
		if (g->edge.n > 0) {
			g->edge.first = seq + 1;
			edge_settle(w, a, &g->edge);
			square_gap(g, time_at(w, g->edge.first) - time_us, -1);
		}
		break;
	case RING_GAP_AVG: e->n--; break;
	default: break;
	}
}

static int64_t acc_value(const struct work *w, const struct ring_acc *a, const uint8_t *t)
{
	return a->col == RING_NONE ? 0 : ring_value(&w->p->col[a->col], t);
}

/* Distinct counts: one look at the map serves every window. */
static void add_to_maps(struct work *w, uint32_t seq, const uint8_t *t, uint32_t mask)
{
	const struct ring_plan *p = w->p;
	uint64_t done = 0;

	for (uint32_t i = 0; i < p->n_accs; i++) {
		const struct ring_acc *a = &p->acc[i];
		uint32_t before;
		int64_t v;

		if (a->func != RING_DISTINCT || (done >> (p->map_of[i] & 63) & 1) != 0 || !ring_passes(mask, a->filter))
			continue;
		v = ring_value(&p->col[a->col], t);
		if (p->map_of[i] < 64)
			done |= 1ULL << p->map_of[i];
		if (v == VALUE_MISSING)
			continue;
		if (!ring_map_put(w->s->slab, map_of(p, w->b, p->map_of[i]), v, seq, &before)) {
			w->failed = true;
			return;
		}
		for (uint32_t k = i; k < p->n_accs; k++)
			if (p->acc[k].func == RING_DISTINCT && p->map_of[k] == p->map_of[i] &&
			    (before == 0 || before < w->b->tail[p->acc[k].window]))
				((struct count *)state_of(p, w->b, k))->n++;
	}
}

static void add_tuple(struct work *w, uint32_t seq)
{
	const struct ring_plan *p = w->p;
	const uint8_t *t = tuple_at(w, seq);
	uint32_t mask = ring_mask(p, t);
	int64_t time_us = ring_time(w->h, p, t);

	if (p->n_maps > 0)
		add_to_maps(w, seq, t, mask);
	for (uint32_t i = 0; i < p->n_accs && !w->failed; i++)
		if (p->acc[i].func != RING_DISTINCT && ring_passes(mask, p->acc[i].filter))
			add(w, i, seq, time_us, acc_value(w, &p->acc[i], t));
}

/* Window v's tail passes one tuple. */
static void pass_one(struct work *w, uint32_t v)
{
	const struct ring_plan *p = w->p;
	uint32_t seq = w->b->tail[v]++;
	const uint8_t *t = tuple_at(w, seq);
	uint32_t mask = ring_mask(p, t);
	int64_t time_us = ring_time(w->h, p, t);

	for (uint32_t i = p->window_accs[v]; i < p->window_accs[v + 1]; i++) {
		uint32_t acc = p->acc_by_window[i];

		if (ring_passes(mask, p->acc[acc].filter))
			take(w, acc, seq, time_us, acc_value(w, &p->acc[acc], t));
	}
}

static void advance(struct work *w, int64_t now_us)
{
	uint32_t end = end_seq(w);

	for (uint32_t v = 0; v < w->p->n_windows; v++)
		while (w->b->tail[v] < end && time_at(w, w->b->tail[v]) <= now_us - w->p->window_us[v])
			pass_one(w, v);
	w->b->now_us = now_us;
}

static void release_parts(struct work *w)
{
	const struct ring_plan *p = w->p;

	for (uint32_t i = 0; i < p->n_maps; i++)
		ring_map_free(w->s->slab, map_of(p, w->b, i));
	for (uint32_t i = 0; i < p->n_accs; i++)
		if (p->acc[i].func == RING_MIN || p->acc[i].func == RING_MAX)
			ring_deque_free(w->s->slab, state_of(p, w->b, i));
}

/* From nothing: all tuples are added, in order. */
static void rebuild(struct work *w)
{
	const struct ring_plan *p = w->p;

	release_parts(w);
	memset(w->b, 0, p->big_bytes);
	w->b->seq0 = 1;
	w->b->now_us = INT64_MIN;
	for (uint32_t v = 0; v < p->n_windows; v++)
		w->b->tail[v] = 1;
	for (uint32_t i = 0; i < p->n_maps; i++)
		map_of(p, w->b, i)->wide = p->col[p->map_col[i]].width > 4;
	for (uint32_t i = 0; i < w->h->count && !w->failed; i++)
		add_tuple(w, 1 + i);
}

static void settle(struct work *w)
{
	if (w->failed)
		ring_big_free(w->s, w->p, w->h);
}

void ring_big_make(struct ring_store *s, const struct ring_plan *p, struct ring_head *h)
{
	size_t got;
	struct work w = { .s = s, .p = p, .h = h };

	h->big = slab_alloc(s->slab, p->big_bytes, &got);
	if (h->big == 0)
		return;
	w.b = big_of(s, h);
	memset(w.b, 0, p->big_bytes);
	rebuild(&w);
	settle(&w);
}

void ring_big_free(struct ring_store *s, const struct ring_plan *p, struct ring_head *h)
{
	struct work w = { .s = s, .p = p, .h = h, .b = big_of(s, h) };

	release_parts(&w);
	slab_free(s->slab, h->big, p->big_bytes);
	h->big = 0;
}

void ring_big_stale(struct ring_store *s, struct ring_head *h)
{
	big_of(s, h)->stale = 1;
}

void ring_big_append(struct ring_store *s, const struct ring_plan *p, struct ring_head *h)
{
	struct work w = { .s = s, .p = p, .h = h, .b = big_of(s, h) };

	if (w.b->stale)
		return;
	if (end_seq(&w) >= UINT32_MAX / 2) { /* sequence numbers run out after two thousand million events: begin again */
		w.b->stale = 1;
		return;
	}
	add_tuple(&w, end_seq(&w) - 1);
	settle(&w);
}

void ring_big_pass(struct ring_store *s, const struct ring_plan *p, struct ring_head *h, uint32_t n)
{
	struct work w = { .s = s, .p = p, .h = h, .b = big_of(s, h) };

	if (w.b->stale)
		return;
	for (uint32_t v = 0; v < p->n_windows; v++)
		while (w.b->tail[v] < w.b->seq0 + n)
			pass_one(&w, v);
	w.b->seq0 += n;
}

static union value answer(struct work *w, uint32_t acc)
{
	const struct ring_acc *a = &w->p->acc[acc];
	void *state = state_of(w->p, w->b, acc);
	struct totals *t = state;
	struct ring_deque *d = state;
	struct edge *e = state;
	struct gaps *g = state;
	int64_t span_us;

	switch ((enum ring_func)a->func) {
	case RING_COUNT:
	case RING_DISTINCT: return (union value){ .i = (int64_t)((struct count *)state)->n };
	case RING_SUM: return (union value){ .i = ring_saturate(*(__int128 *)state) };
	case RING_AVG: return (union value){ .r = ring_avg(t->sum, ((uint64_t *)state)[2]) };
	case RING_STDDEV: return (union value){ .r = ring_stddev(t->sum, t->sumsq, t->n) };
	case RING_MIN:
	case RING_MAX:
		if (d->n == 0)
			return (union value){ .i = VALUE_MISSING };
		return (union value){ .i = ring_value(&w->p->col[a->col], tuple_at(w, *ring_deque_at(w->s->slab, d, 0))) };
	case RING_FIRST:
	case RING_LAST:
		if (e->n == 0)
			return (union value){ .i = VALUE_MISSING };
		edge_settle(w, a, e);
		return (union value){ .i = ring_value(&w->p->col[a->col],
			                                  tuple_at(w, a->func == RING_FIRST ? e->first : e->last)) };
	default:
		if (a->func == RING_GAP_STDDEV)
			e = &g->edge;
		if (e->n < 2)
			return (union value){ .r = ring_avg(0, 0) };
		edge_settle(w, a, e);
		span_us = time_at(w, e->last) - time_at(w, e->first);
		if (a->func == RING_GAP_AVG)
			return (union value){ .r = ring_avg(span_us, e->n - 1) };
		return (union value){ .r = ring_stddev(span_us, g->sumsq, e->n - 1) };
	}
}

bool ring_big_needs_scan(const struct ring_plan *p)
{
	for (uint32_t i = 0; i < p->n_accs; i++)
		if (p->acc[i].func == RING_GAP_MIN || p->acc[i].func == RING_GAP_MAX)
			return true;
	return false;
}

size_t ring_big_bytes(const struct ring_store *s, const struct ring_plan *p, const struct ring_head *h)
{
	struct big *b = big_of(s, h);
	size_t n = slab_round(p->big_bytes);

	for (uint32_t i = 0; i < p->n_maps; i++)
		if (map_of(p, b, i)->block != 0)
			n += (size_t)(map_of(p, b, i)->wide ? 16 : 8) << map_of(p, b, i)->cap_log2;
	for (uint32_t i = 0; i < p->n_accs; i++) {
		const struct ring_deque *d = state_of(p, b, i);

		if ((p->acc[i].func == RING_MIN || p->acc[i].func == RING_MAX) && d->block != 0)
			n += (size_t)4 << d->cap_log2;
	}
	return n;
}

bool ring_big_read(struct ring_store *s, const struct ring_plan *p, struct ring_head *h, int64_t t_us, union value *out)
{
	struct work w = { .s = s, .p = p, .h = h, .b = big_of(s, h) };

	if (t_us < h->last_us || (!w.b->stale && t_us < w.b->now_us))
		return false;
	if (w.b->stale) {
		rebuild(&w);
		settle(&w);
		if (w.failed)
			return false;
	}
	advance(&w, t_us);
	for (uint32_t i = 0; i < p->n_accs; i++)
		out[i] = answer(&w, i);
	return true;
}
