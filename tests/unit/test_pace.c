/* test_pace.c - how long a job sleeps to stay within its share; by arithmetic, nothing is timed. */
#include "tests/test.h"
#include "gateway/pace.h"

enum {
	MS = 1000000
};

static void test_pause(void **state)
{
	(void)state;
	assert_int_equal(pace_pause_ns(1, 5 * MS, 5 * MS), 0);          /* it may have all of a processor */
	assert_int_equal(pace_pause_ns(0.25, 5 * MS, 5 * MS), 15 * MS); /* 5 of 20 */
	assert_int_equal(pace_pause_ns(0.25, 5 * MS, 12 * MS), 8 * MS); /* 7 it had waited already */
	assert_int_equal(pace_pause_ns(0.25, 5 * MS, 20 * MS), 0);
	assert_int_equal(pace_pause_ns(0.25, 5 * MS, 900 * MS), 0); /* no debt of the others is kept */
	assert_int_equal(pace_pause_ns(0.25, 0, 0), 0);
	assert_int_equal(pace_pause_ns(0.0001, 500 * MS, 500 * MS), 200 * MS); /* soon it looks whether it was given up */
	assert_int_equal(pace_pause_ns(0.15, INT64_MAX, 0), 200 * MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pause),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
