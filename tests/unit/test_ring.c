/* test_ring.c - rings against a model that keeps every event for ever and computes each answer by its definition.
 *
 * Random plans (functions, filters, columns, windows, caps) meet random streams (ties, bursts, pauses, late events, reads at
 * times already passed, expiry). The model shares nothing with the code under test but the final division and root. */
#include <math.h>
#include "base/mem.h"
#include "base/rng.h"
#include "engine/ring_int.h"
#include "tests/test.h"

enum {
	EVENTS_MAX = 600,
	SECOND = 1000000
};

struct model_event {
	int64_t time_us, col[RING_COLS_MAX];
	uint32_t mask;
};

struct model {
	uint32_t n;
	struct model_event e[EVENTS_MAX]; /* in order of arrival */
};

static bool counts(const struct model_event *e, const struct ring_plan *p, const struct ring_acc *a, int64_t t_us)
{
	return e->time_us <= t_us && e->time_us > t_us - p->window_us[a->window] &&
	       (a->filter == RING_ALL || (e->mask & 1u << a->filter) != 0);
}

/* The events of an acc's window in (time, arrival) order. */
static uint32_t select_events(const struct model *m, const struct ring_plan *p, const struct ring_acc *a, int64_t t_us,
                              const struct model_event **out)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < m->n; i++) {
		uint32_t at = n;

		if (!counts(&m->e[i], p, a, t_us))
			continue;
		for (n++; at > 0 && out[at - 1]->time_us > m->e[i].time_us; at--)
			out[at] = out[at - 1];
		out[at] = &m->e[i];
	}
	return n;
}

static union value model_column(const struct ring_acc *a, const struct model_event **w, uint32_t n)
{
	__int128 sum = 0, sumsq = 0;
	int64_t least = VALUE_MISSING, most = VALUE_MISSING;
	uint64_t known = 0, distinct = 0;

	for (uint32_t i = 0; i < n; i++) {
		int64_t v = w[i]->col[a->col];
		bool fresh = true;

		if (v == VALUE_MISSING)
			continue;
		known++;
		sum += v;
		sumsq += (__int128)v * v;
		if (known == 1 || v < least)
			least = v;
		if (known == 1 || v > most)
			most = v;
		for (uint32_t k = 0; k < i; k++)
			fresh &= w[k]->col[a->col] != v;
		distinct += fresh;
	}
	switch ((enum ring_func)a->func) {
	case RING_COUNT: return (union value){ .i = (int64_t)known };
	case RING_SUM: return (union value){ .i = ring_saturate(sum) };
	case RING_AVG: return (union value){ .r = ring_avg(sum, known) };
	case RING_STDDEV: return (union value){ .r = ring_stddev(sum, sumsq, known) };
	case RING_MIN: return (union value){ .i = least };
	case RING_MAX: return (union value){ .i = most };
	case RING_DISTINCT: return (union value){ .i = (int64_t)distinct };
	case RING_FIRST: return (union value){ .i = n ? w[0]->col[a->col] : VALUE_MISSING };
	default: return (union value){ .i = n ? w[n - 1]->col[a->col] : VALUE_MISSING };
	}
}

static union value model_answer(const struct model *m, const struct ring_plan *p, const struct ring_acc *a,
                                int64_t t_us)
{
	static const struct model_event *w[EVENTS_MAX];
	uint32_t n = select_events(m, p, a, t_us, w);
	__int128 sum = 0, sumsq = 0;
	int64_t least = VALUE_MISSING, most = VALUE_MISSING;

	if (a->col != RING_NONE)
		return model_column(a, w, n);
	for (uint32_t i = 1; i < n; i++) {
		int64_t gap = w[i]->time_us - w[i - 1]->time_us;

		sum += gap;
		sumsq += (__int128)gap * gap;
		if (i == 1 || gap < least)
			least = gap;
		if (i == 1 || gap > most)
			most = gap;
	}
	switch ((enum ring_func)a->func) {
	case RING_COUNT: return (union value){ .i = n };
	case RING_GAP_AVG: return (union value){ .r = ring_avg(sum, n ? n - 1 : 0) };
	case RING_GAP_STDDEV: return (union value){ .r = ring_stddev(sum, sumsq, n ? n - 1 : 0) };
	case RING_GAP_MIN: return (union value){ .i = least };
	default: return (union value){ .i = most };
	}
}

static bool needs_col(uint32_t func)
{
	return func != RING_COUNT && func < RING_GAP_AVG;
}

static bool is_real(uint32_t func)
{
	return func == RING_AVG || func == RING_STDDEV || func == RING_GAP_AVG || func == RING_GAP_STDDEV;
}

static void add_acc(struct ring_plan *p, struct ring_acc a)
{
	for (uint32_t i = 0; i < p->n_accs; i++)
		if (memcmp(&p->acc[i], &a, sizeof(a)) == 0)
			return; /* the planner never asks for one twice */
	p->acc[p->n_accs++] = a;
}

static void random_plan(struct rng *r, struct ring_plan *p)
{
	static const uint8_t width[] = { 1, 4, 5, 6, 8 };

	bool incremental = rng_below(r, 3) > 0; /* without the functions that always need a scan */

	*p = (struct ring_plan){ .cap = RING_EVENTS_MAX, .keep_unfiltered = true, .sketch_col = RING_NONE };
	p->n_cols = (uint32_t)rng_below(r, 4);
	for (uint32_t i = 0; i < p->n_cols; i++)
		p->col[i] = (struct ring_col){ .width = width[rng_below(r, 5)], .is_signed = rng_below(r, 2) };
	p->n_filters = (uint32_t)rng_below(r, 12);
	p->n_windows = 1 + (uint32_t)rng_below(r, 4);
	for (uint32_t i = 0; i < p->n_windows; i++)
		p->window_us[i] = (i ? p->window_us[i - 1] : 0) + 1 + (int64_t)rng_below(r, 60) * SECOND;
	p->lateness_us = (int64_t)rng_below(r, 30) * SECOND;
	for (uint32_t i = 0, want = 1 + (uint32_t)rng_below(r, 20); i < want; i++) {
		struct ring_acc a = { .func = (uint8_t)rng_below(r, RING_FUNC_COUNT), .filter = RING_ALL, .col = RING_NONE };

		a.window = (uint8_t)rng_below(r, p->n_windows);
		if (p->n_filters > 0 && rng_below(r, 2))
			a.filter = (uint8_t)rng_below(r, p->n_filters);
		if (p->n_cols > 0 && (needs_col(a.func) || (a.func == RING_COUNT && rng_below(r, 2))))
			a.col = (uint8_t)rng_below(r, p->n_cols);
		if (needs_col(a.func) && a.col == RING_NONE)
			continue;
		if (is_real(a.func) && (a.func == RING_GAP_MIN || rng_below(r, 4) == 0))
			a.func = RING_COUNT;
		if (!incremental || a.func < RING_GAP_MIN)
			add_acc(p, a);
	}
	assert_int_equal(ring_plan_finish(p), ERR_OK);
}

static int64_t random_value(struct rng *r, const struct ring_col *c)
{
	static const int64_t least[] = {
		[1] = -127, [4] = -2147483647, [5] = -549755813887, [6] = -NUMBER_MAX, [8] = -NUMBER_MAX
	};

	if (rng_below(r, 10) == 0)
		return VALUE_MISSING;
	if (rng_below(r, 2))
		return (int64_t)rng_below(r, 6) - (c->is_signed ? 3 : 0);
	if (c->is_signed)
		return rng_between(r, least[c->width], -least[c->width]);
	return (int64_t)rng_below(r, (uint64_t)-least[c->width] * 2);
}

static void check_read(struct ring_store *s, const struct ring_plan *p, uint32_t *slot, const struct model *m,
                       int64_t t_us)
{
	union value got[RING_ACCS_MAX], naive[RING_ACCS_MAX];

	assert_int_equal(ring_read(s, p, slot, t_us, got), 0);
	ring_read_naive(s, p, *slot, t_us, naive);
	for (uint32_t i = 0; i < p->n_accs; i++) {
		union value want = model_answer(m, p, &p->acc[i], t_us);
		bool missing = is_real(p->acc[i].func) && isnan(want.r);

		if (missing ? !isnan(got[i].r) || !isnan(naive[i].r) : got[i].i != want.i || naive[i].i != want.i)
			fail_msg("acc %u (func %u, window %u, filter %u) of %u events at %lld: got %lld, naive %lld, want %lld", i,
			         p->acc[i].func, p->acc[i].window, p->acc[i].filter, m->n, (long long)t_us, (long long)got[i].i,
			         (long long)naive[i].i, (long long)want.i);
	}
}

static uint32_t one_stream(struct rng *r, struct slab *slab)
{
	static struct model m;
	struct ring_store s = { .slab = slab };
	struct ring_plan p;
	uint32_t slot = 0, bigs = 0,
			 events = rng_below(r, 4) ? (uint32_t)rng_below(r, 60) : (uint32_t)rng_below(r, EVENTS_MAX);
	int64_t now = TIME_US_MIN + (int64_t)rng_below(r, 1ULL << 45), pace = 1 + (int64_t)rng_below(r, 5 * SECOND);

	random_plan(r, &p);
	m.n = 0;
	for (uint32_t i = 0; i < events; i++) {
		struct model_event *e = &m.e[m.n++];

		if (rng_below(r, 3))
			now += rng_below(r, 8) == 0 ? rng_between(r, 0, 100 * SECOND) : rng_between(r, 0, pace);
		if (rng_below(r, 200) == 0)
			now += 1000000LL * SECOND;
		e->time_us = rng_below(r, 8) == 0 ? now - rng_between(r, 0, p.lateness_us) : now;
		e->mask = (uint32_t)rng_next(r) & ((1u << p.n_filters) - 1);
		for (uint32_t k = 0; k < p.n_cols; k++)
			e->col[k] = random_value(r, &p.col[k]);
		assert_int_equal(ring_insert(&s, &p, &slot, e->time_us, e->mask, e->col, now - p.keep_us), ERR_OK);
		if (rng_below(r, 4) == 0)
			check_read(&s, &p, &slot, &m, e->time_us);
		if (rng_below(r, 8) == 0)
			check_read(&s, &p, &slot, &m, now);
		if (rng_below(r, 8) == 0)
			check_read(&s, &p, &slot, &m, now - rng_between(r, 0, p.lateness_us));
		if (rng_below(r, 20) == 0)
			ring_expire(&s, &p, &slot, now - p.keep_us);
		bigs += slot != 0 && ((struct ring_head *)slab_at(slab, slot))->big != 0;
	}
	ring_expire(&s, &p, &slot, INT64_MAX);
	assert_int_equal(slot, 0);
	assert_int_equal(slab->live, 0);
	return bigs;
}

static void test_rings_answer_by_definition(void **state)
{
	struct slab slab;
	struct rng r;
	uint64_t cases = test_cases(6000), bigs = 0;

	(void)state;
	rng_seed(&r, test_seed(20260302));
	assert_int_equal(slab_init(&slab, 1 << 28), ERR_OK);
	for (uint64_t i = 0; i < cases; i++)
		bigs += one_stream(&r, &slab);
	assert_true(bigs > cases); /* the incremental path was really taken */
	slab_release(&slab);
}

/* The slab runs full at every point of a stream in turn: answers stay right for what was taken. */
static void test_no_room_changes_nothing(void **state)
{
	struct ring_plan p = { .cap = RING_EVENTS_MAX, .keep_unfiltered = true, .n_cols = 1, .n_windows = 1, .n_accs = 3 };
	struct slab slab;

	(void)state;
	p.col[0] = (struct ring_col){ .width = 4 };
	p.window_us[0] = 100 * SECOND;
	p.acc[0] = (struct ring_acc){ .func = RING_COUNT, .filter = RING_ALL, .col = RING_NONE };
	p.acc[1] = (struct ring_acc){ .func = RING_DISTINCT, .filter = RING_ALL, .col = 0 };
	p.acc[2] = (struct ring_acc){ .func = RING_MAX, .filter = RING_ALL, .col = 0 };
	assert_int_equal(ring_plan_finish(&p), ERR_OK);
	for (size_t room = 64; room < 20000; room += 64) {
		struct ring_store s = { .slab = &slab };
		uint32_t slot = 0, taken = 0;
		union value out[3];

		assert_int_equal(slab_init(&slab, room), ERR_OK);
		for (int64_t i = 0; i < 200; i++) {
			taken += ring_insert(&s, &p, &slot, TIME_US_MIN + i, 0, &i, 0) == ERR_OK;
			ring_read(&s, &p, &slot, TIME_US_MIN + i, out);
			assert_int_equal(out[0].i, taken);
			assert_int_equal(out[1].i, taken);
		}
		assert_int_equal(s.counts.no_memory, 200 - taken);
		slab_release(&slab);
	}
}

static void capped(struct ring_plan *p, uint32_t cap, enum ring_full full)
{
	*p = (struct ring_plan){
		.cap = cap, .full = full, .keep_unfiltered = true, .n_cols = 1, .n_windows = 1, .n_accs = 2
	};
	p->col[0] = (struct ring_col){ .width = 4 };
	p->window_us[0] = 1000000LL * SECOND;
	p->acc[0] = (struct ring_acc){ .func = RING_COUNT, .filter = RING_ALL, .col = RING_NONE };
	p->acc[1] = (struct ring_acc){ .func = RING_DISTINCT, .filter = RING_ALL, .col = 0 };
	assert_int_equal(ring_plan_finish(p), ERR_OK);
}

static void test_caps_do_what_they_say(void **state)
{
	struct slab slab;
	struct ring_plan p;
	union value out[2];

	(void)state;
	for (uint32_t cap = 3; cap < 200; cap += 49)
		for (enum ring_full full = RING_EVICT; full <= RING_REFUSE; full++) {
			struct ring_store s = { 0 };
			uint32_t slot = 0;

			assert_int_equal(slab_init(&slab, 1 << 24), ERR_OK);
			s.slab = &slab;
			capped(&p, cap, full);
			for (int64_t i = 0; i < 500; i++) {
				enum err e = ring_insert(&s, &p, &slot, TIME_US_MIN + i, 0, &i, 0);

				assert_int_equal(e, full == RING_REFUSE && i >= cap ? ERR_CAP : ERR_OK);
				assert_int_equal(ring_read(&s, &p, &slot, TIME_US_MIN + i, out), i < cap ? 0
				                                                                 : full == RING_EVICT
				                                                                     ? RING_FLAG_EVICTED
				                                                                     : RING_FLAG_REFUSED);
				assert_int_equal(out[0].i, i < cap ? i + 1 : cap);
				assert_int_equal(out[1].i, i < cap ? i + 1 : cap);
			}
			assert_int_equal(full == RING_EVICT ? s.counts.evicted : s.counts.refused, 500 - cap);
			slab_release(&slab);
		}
}

/* The stated error of a sketch: about 1/sqrt(values kept); five of these are allowed, over 40 runs. */
static void test_sketch_keeps_its_error(void **state)
{
	struct slab slab;
	struct ring_plan p;
	union value out[2];
	double worst = 0;

	(void)state;
	capped(&p, 2000, RING_SKETCH);
	p.sketch_col = 0;
	for (int64_t run = 0; run < 40; run++) {
		struct ring_store s = { .slab = &slab };
		uint32_t slot = 0;
		enum err e;

		assert_int_equal(slab_init(&slab, 1 << 26), ERR_OK);
		for (int64_t i = 0; i < 40000; i++) {
			int64_t v = run * 1000003 + i / 2;

			e = ring_insert(&s, &p, &slot, TIME_US_MIN + i, 0, &v, 0);
			assert_true(e == ERR_OK || e == ERR_CAP);
		}
		assert_int_equal(ring_read(&s, &p, &slot, TIME_US_MIN + 40000, out), RING_FLAG_SKETCH);
		worst = fmax(worst, fabs((double)out[1].i - 20000) / 20000);
		assert_true(s.counts.sketched > 0);
		slab_release(&slab);
	}
	assert_true(worst < 5 / sqrt(500));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rings_answer_by_definition),
		cmocka_unit_test(test_no_room_changes_nothing),
		cmocka_unit_test(test_caps_do_what_they_say),
		cmocka_unit_test(test_sketch_keeps_its_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
