/* test_lanes.c - what lanes promise, counted: a part of the room that nobody else can take; turns, so that nobody waits for more than one
 * group of each other; nothing lost, nothing double, each lane in its order. */
#include "tests/test.h"
#include "base/mem.h"
#include "base/rng.h"
#include "gateway/lanes.h"

enum {
	LANES = 7,
	ASKS = 4000
};

static struct lanes lanes; /* large */

static struct ask *new_ask(uint32_t lane, uint32_t n)
{
	struct ask *a = mem_alloc(sizeof(*a));

	*a = (struct ask){ .lane = lane, .n = n };
	return a;
}

/* Puts asks of n until it is refused; how many events came in. */
static uint64_t flood(uint32_t lane, uint32_t n)
{
	uint64_t events = 0;

	for (;;) {
		struct ask *a = new_ask(lane, n);

		if (!lanes_put(&lanes, a)) {
			mem_free(a);
			return events;
		}
		events += n;
	}
}

static uint64_t drain(void)
{
	uint64_t events = 0;
	uint32_t n;

	for (struct ask *a; (a = lanes_take(&lanes, SHARD_ITEMS_MAX, &n)) != NULL;) {
		assert_true(n > 0 && n <= SHARD_ITEMS_MAX);
		events += n;
		for (struct ask *next; a != NULL; a = next) {
			next = a->next;
			mem_free(a);
		}
	}
	return events;
}

static void test_room(void **state)
{
	(void)state;
	lanes_init(&lanes, 1000, 1); /* alone: all of it */
	assert_int_equal(flood(0, 1), 1000);
	assert_int_equal(drain(), 1000);
	lanes_init(&lanes, 1000, 4); /* own part 125, common 500 */
	assert_int_equal(flood(2, 1), 625);
	assert_int_equal(flood(0, 1), 125); /* the flood has not touched it */
	assert_int_equal(flood(1, 50), 100);
	assert_int_equal(flood(3, 125), 125);
	assert_int_equal(flood(1, 1), 25);
	assert_int_equal(lanes.share.total, 1000);
	assert_int_equal(flood(2, 1), 0);
	assert_int_equal(drain(), 1000);
	assert_int_equal(lanes.share.common, 0);
	lanes_init(&lanes, 512, 1024); /* too little for so many: own part 0, but nothing breaks */
	assert_int_equal(flood(1023, 512), 512);
	assert_int_equal(flood(5, 1), 0);
	assert_int_equal(drain(), 512);
}

/* What is there can be counted beyond all room; nobody gets more until it is given back. */
static void test_beyond(void **state)
{
	struct share s;

	(void)state;
	share_init(&s, 100, 2); /* own part 25, common 50 */
	share_add(&s, 0, 300);
	assert_int_equal(s.total, 300);
	assert_false(share_take(&s, 0, 1));
	assert_false(share_take(&s, 1, 1));
	share_give(&s, 0, 270);
	assert_true(share_take(&s, 1, 25));
	assert_true(share_take(&s, 0, 45));
	assert_false(share_take(&s, 0, 1));
	share_give(&s, 0, 75);
	share_give(&s, 1, 25);
	assert_int_equal(s.total, 0);
	assert_int_equal(s.common, 0);
}

static void test_divided_anew(void **state)
{
	(void)state;
	lanes_init(&lanes, 1000, 2);
	assert_int_equal(flood(0, 1), 750);
	share_divide(&lanes.share, 5); /* own 100, common 500: lane 0 has 650 of the common part */
	assert_int_equal(flood(1, 1), 100);
	assert_int_equal(flood(4, 1), 100);
	assert_int_equal(flood(3, 1), 50); /* until lane 0 has given back what is no longer its own */
	assert_int_equal(drain(), 1000);
	assert_int_equal(flood(0, 1), 600);
	for (uint32_t i = 1; i < 5; i++)
		assert_int_equal(flood(i, 1), 100);
	assert_int_equal(drain(), 1000);
}

/* One floods with the largest asks; another's single event is in the second group at the latest. */
static void test_turns(void **state)
{
	uint32_t n;
	struct ask *group;

	(void)state;
	lanes_init(&lanes, 1 << 16, 2);
	flood(0, SHARD_ITEMS_MAX);
	assert_true(lanes_put(&lanes, new_ask(1, 1)));
	group = lanes_take(&lanes, SHARD_ITEMS_MAX, &n);
	assert_int_equal(group->lane, 0);
	assert_null(group->next);
	mem_free(group);
	group = lanes_take(&lanes, SHARD_ITEMS_MAX, &n);
	assert_int_equal(group->lane, 1);
	assert_int_equal(n, 1); /* the large one did not fit beside it ... */
	mem_free(group);
	group = lanes_take(&lanes, SHARD_ITEMS_MAX, &n);
	assert_int_equal(group->lane, 0); /* ... and is not put off again, though more small ones come */
	mem_free(group);
	drain();
	flood(0, 1); /* small asks: half and half */
	flood(1, 1);
	for (uint32_t g = 0; g < 8; g++) {
		uint32_t of[2] = { 0 };

		group = lanes_take(&lanes, SHARD_ITEMS_MAX, &n);
		for (struct ask *next; group != NULL; group = next) {
			next = group->next;
			of[group->lane]++;
			mem_free(group);
		}
		assert_int_equal(of[0], SHARD_ITEMS_MAX / 2);
		assert_int_equal(of[1], SHARD_ITEMS_MAX / 2);
	}
	drain();
}

struct model {
	uint32_t first[LANES], last[LANES]; /* numbers of asks that wait, in order */
	uint32_t waited[LANES];             /* groups that took nothing of a lane since its first ask came to the front */
	uint64_t held[LANES], total;
};

static void put_one(struct model *m, struct rng *rng, uint32_t lane_sizes)
{
	uint32_t lane = (uint32_t)rng_below(rng, LANES);
	uint32_t n = rng_chance(rng, lane_sizes) ? (uint32_t)rng_between(rng, 1, SHARD_ITEMS_MAX) : 1;
	struct ask *a = new_ask(lane, n);
	bool fits_own = m->held[lane] + n <= share_own(&lanes.share);

	a->ctx = (void *)(uintptr_t)m->last[lane];
	if (!lanes_put(&lanes, a)) {
		assert_false(fits_own); /* the own part is never refused */
		mem_free(a);
		return;
	}
	m->last[lane]++;
	m->held[lane] += n;
	m->total += n;
}

static void take_group(struct model *m)
{
	bool had[LANES] = { false }, waits[LANES];
	uint32_t n, sum = 0, waiting = 0;
	struct ask *a;

	for (uint32_t i = 0; i < LANES; i++) {
		waits[i] = m->first[i] < m->last[i];
		waiting += waits[i];
	}
	a = lanes_take(&lanes, SHARD_ITEMS_MAX, &n);
	assert_int_equal(a != NULL, waiting > 0);
	for (struct ask *next; a != NULL; a = next) {
		next = a->next;
		assert_int_equal((uintptr_t)a->ctx, m->first[a->lane]++);
		m->held[a->lane] -= a->n;
		m->total -= a->n;
		sum += a->n;
		had[a->lane] = true;
		mem_free(a);
	}
	assert_int_equal(sum, n);
	assert_true(n <= SHARD_ITEMS_MAX);
	for (uint32_t i = 0; i < LANES; i++) {
		m->waited[i] = waits[i] && !had[i] ? m->waited[i] + 1 : 0;
		assert_true(m->waited[i] < LANES); /* at most one group for each other lane */
	}
}

static void test_random(void **state)
{
	uint64_t seed = test_seed(5), n = test_cases(200);

	(void)state;
	for (uint64_t c = 0; c < n; c++) {
		struct model m = { .total = 0 };
		struct rng rng;
		uint32_t sizes, pace;

		rng_seed(&rng, seed + c);
		sizes = (uint32_t)rng_below(&rng, 1000000);
		pace = (uint32_t)rng_below(&rng, 1000000);
		lanes_init(&lanes, (uint64_t)rng_between(&rng, 512, 1 << 14), LANES);
		for (int i = 0; i < ASKS; i++) {
			if (rng_chance(&rng, pace / 100))
				take_group(&m);
			else
				put_one(&m, &rng, sizes);
			assert_int_equal(lanes.share.total, m.total);
			assert_true(m.total <= lanes.share.max);
		}
		while (m.total > 0)
			take_group(&m);
		for (uint32_t i = 0; i < LANES; i++)
			assert_int_equal(m.first[i], m.last[i]);
		assert_int_equal(lanes.share.common, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_room), cmocka_unit_test(test_beyond),
		                                cmocka_unit_test(test_divided_anew), cmocka_unit_test(test_turns),
		                                cmocka_unit_test(test_random) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
