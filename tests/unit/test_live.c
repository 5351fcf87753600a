/* test_live.c - settings in force: readers that come while they are swapped see one whole piece, and the older ones go with their last
 * reader; a key that was taken away is not found again. */
#include "tests/test.h"
#include <pthread.h>
#include "base/mem.h"
#include "gateway/live.h"

enum {
	READERS = 4,
	SWAPS = 200
};

static struct in_force *made(uint64_t n)
{
	struct in_force *f = in_force_new();

	assert_non_null(f);
	f->config.threads = n;
	f->config.queue = n;
	f->keys.key = mem_alloc(sizeof(*f->keys.key));
	assert_non_null(f->keys.key);
	f->keys.n = 1;
	f->keys.key[0].until_us = (int64_t)n;
	return f;
}

struct reader {
	struct live *live;
	_Atomic bool *over;
	uint64_t seen, torn, back;
};

static void *read_on(void *arg)
{
	struct reader *r = arg;
	uint64_t last = 0;

	do {
		const struct in_force *f = live_take(r->live);

		r->torn += f->config.threads != f->config.queue || f->keys.key[0].until_us != (int64_t)f->config.queue ||
		           f->generation != f->config.threads;
		r->back += f->generation < last;
		last = f->generation;
		r->seen++;
		in_force_free(f);
	} while (!*r->over);
	return NULL;
}

static void test_swaps(void **state)
{
	struct reader reader[READERS];
	pthread_t thread[READERS];
	_Atomic bool over = false;
	struct live *live = NULL;

	(void)state;
	assert_int_equal(live_new(&live, made(0)), ERR_OK);
	for (int i = 0; i < READERS; i++) {
		reader[i] = (struct reader){ .live = live, .over = &over };
		assert_int_equal(pthread_create(&thread[i], NULL, read_on, &reader[i]), 0);
	}
	for (uint64_t n = 1; n <= SWAPS; n++)
		live_swap(live, made(n));
	over = true;
	for (int i = 0; i < READERS; i++) {
		assert_int_equal(pthread_join(thread[i], NULL), 0);
		assert_int_equal(reader[i].torn, 0);
		assert_int_equal(reader[i].back, 0);
		assert_true(reader[i].seen > 0);
	}
	live_free(live);
}

static void test_references(void **state)
{
	const struct in_force *old, *again, *fresh;
	struct live *live = NULL;

	(void)state;
	assert_int_equal(live_new(&live, made(0)), ERR_OK);
	old = live_take(live);
	again = live_take(live);
	assert_ptr_equal(old, again);
	live_swap(live, made(1));
	fresh = live_take(live);
	assert_int_equal(old->config.threads, 0); /* still good */
	assert_int_equal(fresh->generation, 1);
	live_free(live);
	assert_int_equal(fresh->config.threads, 1);
	in_force_free(old);
	in_force_free(again);
	in_force_free(fresh);
	in_force_free(NULL);
	live_free(NULL);
}

static void test_no_memory(void **state)
{
	struct in_force *f;
	struct live *live = NULL;

	(void)state;
	mem_fail_at(1);
	assert_null(in_force_new());
	mem_fail_at(0);
	f = made(0);
	mem_fail_at(1);
	assert_int_equal(live_new(&live, f), ERR_MEMORY);
	mem_fail_at(0);
	in_force_free(f); /* still ours */
}

static void test_keys_again(void **state)
{
	struct key_entry e[3] = { { .id = "aaaaaaaa", .hash = { 1 }, .until_us = 100 },
		                      { .id = "bbbbbbbb", .hash = { 2 }, .until_us = 100 },
		                      { .id = "cccccccc", .hash = { 3 }, .until_us = 100, .revoked = true } };
	struct key_entry was = e[1], other = e[1];
	struct keys k = { 3, e };

	(void)state;
	assert_ptr_equal(keys_again(&k, &was, 99), &e[1]);
	assert_null(keys_again(&k, &was, 100)); /* over */
	assert_null(keys_again(&k, &e[2], 0));  /* revoked */
	other.hash[31] = 1;
	assert_null(keys_again(&k, &other, 0)); /* another key under this id */
	k.n = 1;
	assert_null(keys_again(&k, &was, 0)); /* gone */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_swaps),
		cmocka_unit_test(test_references),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_keys_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
