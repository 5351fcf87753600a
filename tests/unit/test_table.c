/* Tables against a plain array: what was put in is found, what was taken out is not, indexes stay dense. */
#include "base/mem.h"
#include "base/rng.h"
#include "engine/table.h"
#include "tests/test.h"

enum {
	KEYS = 5000,
	ROWS_MAX = 3000
};

static void test_finds_what_is_there(void **state)
{
	struct table t;
	struct rng r;
	uint32_t row_of[KEYS] = { 0 }, live = 0;

	(void)state;
	rng_seed(&r, 7);
	assert_int_equal(table_init(&t, 2, 40, ROWS_MAX), ERR_OK);
	for (int i = 0; i < 200000; i++) {
		uint32_t k = (uint32_t)rng_below(&r, KEYS);
		uint64_t key[2] = { k, k * 3 };
		uint64_t h = table_hash(&t, key);
		bool made;

		assert_int_equal(table_find(&t, key, h), row_of[k]);
		if (row_of[k] != 0 && rng_chance(&r, 400000)) {
			table_remove(&t, row_of[k]);
			assert_false(table_in_use(&t, row_of[k]));
			row_of[k] = 0;
			live--;
		} else {
			uint32_t row = table_get(&t, key, h, &made);

			assert_int_equal(made, row_of[k] == 0 && live < ROWS_MAX);
			if (row == 0)
				assert_int_equal(live, ROWS_MAX);
			live += made;
			row_of[k] = row;
		}
		assert_int_equal(t.live, live);
		assert_true(t.used <= ROWS_MAX);
	}
	table_release(&t);
}

static void test_new_rows_are_clean(void **state)
{
	struct table t;
	uint64_t key[1] = { 9 };
	bool made;
	uint32_t row;

	(void)state;
	assert_int_equal(table_init(&t, 1, 32, 10), ERR_OK);
	row = table_get(&t, key, table_hash(&t, key), &made);
	memset(table_row(&t, row) + 16, 0xee, 16);
	table_remove(&t, row);
	key[0] = 10;
	assert_int_equal(table_get(&t, key, table_hash(&t, key), &made), row);
	for (int i = 16; i < 32; i++)
		assert_int_equal(table_row(&t, row)[i], 0);
	table_release(&t);
}

static void test_no_memory_is_an_error(void **state)
{
	struct table t;

	(void)state;
	assert_int_equal(table_init(&t, 1, 32, UINT32_MAX), ERR_RANGE);
	for (uint64_t n = 1; n <= 3; n++) {
		mem_fail_at(n);
		assert_int_equal(table_init(&t, 1, 32, 10), ERR_MEMORY);
	}
	mem_fail_at(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finds_what_is_there),
		cmocka_unit_test(test_new_rows_are_clean),
		cmocka_unit_test(test_no_memory_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
