/* test_rng.c - the published vectors of xoshiro256** and splitmix64, the bounds, and the mean of the exponential. */
#include "tests/test.h"
#include "base/check.h"
#include "base/rng.h"

static void test_reference(void **state)
{
	(void)state;
	static const uint64_t expected[] = { 11520,
		                                 0,
		                                 1509978240,
		                                 1215971899390074240ULL,
		                                 1216172134540287360ULL,
		                                 607988272756665600ULL,
		                                 16172922978634559625ULL,
		                                 8476171486693032832ULL,
		                                 10595114339597558777ULL,
		                                 2904607092377533576ULL };
	struct rng r = { { 1, 2, 3, 4 } };
	for (size_t i = 0; i < ARRAY_LEN(expected); i++)
		assert_true(rng_next(&r) == expected[i]);
}

static void test_seed_reference(void **state)
{
	(void)state;
	struct rng r; /* splitmix64 from seed 1234567, as its author's C code prints them */
	rng_seed(&r, 1234567);
	assert_true(r.s[0] == 6457827717110365317ULL);
	assert_true(r.s[1] == 3203168211198807973ULL);
	assert_true(r.s[2] == 9817491932198370423ULL);
	assert_true(r.s[3] == 4593380528125082431ULL);
}

static void test_bounds(void **state)
{
	(void)state;
	struct rng r;
	rng_seed(&r, 1);
	uint64_t seen[6] = { 0 };
	for (int i = 0; i < 60000; i++)
		seen[rng_below(&r, 6)]++;
	for (int i = 0; i < 6; i++)
		assert_in_range(seen[i], 9500, 10500);
	for (int i = 0; i < 1000; i++) {
		assert_true(rng_below(&r, 1) == 0);
		assert_true(rng_below(&r, ((uint64_t)1 << 63) + 1) <= (uint64_t)1 << 63);
		int64_t v = rng_between(&r, -3, 3);
		assert_true(v >= -3 && v <= 3);
		assert_true(rng_between(&r, INT64_MIN, INT64_MIN) == INT64_MIN);
		(void)rng_between(&r, INT64_MIN, INT64_MAX);
		assert_false(rng_chance(&r, 0));
		assert_true(rng_chance(&r, 1000000));
	}
}

static void test_exponential(void **state)
{
	(void)state;
	struct rng r;
	rng_seed(&r, 2);
	int64_t sum = 0, above = 0;
	for (int i = 0; i < 100000; i++) {
		int64_t x = rng_exponential(&r, 1000000);
		assert_true(x >= 0);
		sum += x;
		above += x > 693147; /* the median */
	}
	assert_in_range(sum / 100000, 985000, 1015000); /* 4.7 standard errors */
	assert_in_range(above, 49200, 50800);
	assert_true(rng_exponential(&r, 0) == 0);
	for (int i = 0; i < 1000; i++)
		assert_true(rng_exponential(&r, INT64_MAX) >= 0);
	rng_seed(&r, 42); /* pinned: the same on every machine, or every recorded simulation changes */
	int64_t first = rng_exponential(&r, 1000000000);
	rng_seed(&r, 42);
	assert_int_equal(first, rng_exponential(&r, 1000000000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reference),
		cmocka_unit_test(test_seed_reference),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_exponential),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
