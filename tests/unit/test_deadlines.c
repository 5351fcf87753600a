/* test_deadlines.c - the heap against a plain search; and that each deadline ends exactly once, whoever comes first. */
#include "tests/test.h"
#include <pthread.h>
#include <sched.h>
#include "base/rng.h"
#include "gateway/deadlines.h"

enum {
	MANY = 300
};

static void test_heap(void **state)
{
	uint64_t seed = test_seed(9), n = test_cases(300);

	(void)state;
	for (uint64_t c = 0; c < n; c++) {
		struct deadline d[MANY] = { { .place = 0 } }, *slot[MANY];
		struct deadline_heap h = { .slot = slot, .cap = MANY };
		bool in[MANY] = { false };
		struct rng rng;
		uint32_t count = 0;

		rng_seed(&rng, seed + c);
		for (int step = 0; step < 1000; step++) {
			uint32_t i = (uint32_t)rng_below(&rng, MANY);
			int64_t nearest = INT64_MAX;

			if (rng_chance(&rng, 200000) && h.n > 0)
				i = (uint32_t)(h.slot[0] - d); /* what the watching thread does */
			if (in[i]) {
				deadline_heap_drop(&h, &d[i]);
				deadline_heap_drop(&h, &d[i]); /* once more does nothing */
			} else {
				deadline_begin(&d[i], rng_between(&rng, 0, 50));
				deadline_heap_put(&h, &d[i]);
			}
			in[i] = !in[i];
			count += in[i] ? 1 : (uint32_t)-1;
			assert_int_equal(h.n, count);
			for (uint32_t k = 0; k < MANY; k++) {
				assert_int_equal(d[k].place != 0, in[k]);
				if (in[k])
					assert_ptr_equal(h.slot[d[k].place - 1], &d[k]);
				if (in[k] && d[k].at_us < nearest)
					nearest = d[k].at_us;
			}
			assert_true(count == 0 || h.slot[0]->at_us == nearest);
		}
	}
}

struct watched {
	struct deadline deadline; /* first: the deadline is the thing */
	_Atomic int passed, ended;
};

static void passed(struct deadline *d)
{
	((struct watched *)(void *)d)->passed++;
}

static void until(const _Atomic int *n, int value)
{
	while (*n != value)
		sched_yield();
}

static void test_ends_once(void **state)
{
	struct deadlines *ds;
	struct watched past = { .passed = 0 }, far = past, never = past, early = past;

	(void)state;
	assert_int_equal(deadlines_start(&ds, 4, passed), ERR_OK);
	deadline_begin(&far.deadline, deadlines_now_us() + ((int64_t)1 << 50));
	deadlines_add(ds, &far.deadline);
	deadline_begin(&past.deadline, 0); /* nearer than the top: the thread wakes up */
	deadlines_add(ds, &past.deadline);
	until(&past.passed, 1);
	assert_false(deadlines_end(ds, &past.deadline));
	assert_true(deadlines_end(ds, &far.deadline));
	assert_false(deadlines_end(ds, &far.deadline));
	deadline_begin(&never.deadline, DEADLINE_NEVER);
	deadlines_add(ds, &never.deadline);
	assert_int_equal(never.deadline.place, 0);
	assert_true(deadlines_end(ds, &never.deadline));
	deadline_begin(&early.deadline, 0); /* the answer was there before it was watched */
	assert_true(deadlines_end(ds, &early.deadline));
	deadlines_add(ds, &early.deadline);
	deadline_begin(&past.deadline, 0); /* and again */
	deadlines_add(ds, &past.deadline);
	until(&past.passed, 2);
	deadline_begin(&far.deadline, INT64_MAX - 1);
	deadlines_add(ds, &far.deadline);
	deadlines_stop(ds); /* with one that is still there */
	assert_int_equal(far.passed, 0);
	assert_int_equal(early.passed, 0);
	deadlines_stop(NULL);
}

struct race {
	struct deadlines *ds;
	struct watched *w;
};

static void *end_all(void *arg)
{
	struct race *r = arg;

	for (int i = 0; i < MANY; i++)
		if (deadlines_end(r->ds, &r->w[i].deadline))
			r->w[i].ended++;
	return NULL;
}

/* Deadlines about now, added while another thread ends them and the clock runs: one end each. */
static void test_race(void **state)
{
	static struct watched w[MANY];
	uint64_t rounds = test_cases(50);
	int by_clock = 0;

	(void)state;
	for (uint64_t round = 0; round < rounds; round++) {
		struct race r = { .w = w };
		pthread_t other;

		assert_int_equal(deadlines_start(&r.ds, MANY, passed), ERR_OK);
		for (int i = 0; i < MANY; i++) {
			w[i].passed = w[i].ended = 0;
			deadline_begin(&w[i].deadline, deadlines_now_us() + (i % 7 == 0 ? 0 : i));
		}
		assert_int_equal(pthread_create(&other, NULL, end_all, &r), 0);
		for (int i = 0; i < MANY; i++)
			deadlines_add(r.ds, &w[i].deadline);
		pthread_join(other, NULL);
		deadlines_stop(r.ds);
		for (int i = 0; i < MANY; i++) {
			assert_int_equal(w[i].passed + w[i].ended, 1);
			by_clock += w[i].passed;
		}
	}
	print_message("%d of %d ended by the clock\n", by_clock, (int)rounds * MANY);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_heap), cmocka_unit_test(test_ends_once),
		                                cmocka_unit_test(test_race) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
