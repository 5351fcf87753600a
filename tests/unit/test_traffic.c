/* test_traffic.c - sums of traffic in the registry: random ones judged by a plain array, over transactions that are undone and files that are opened again; when there is no room; a registry of before. */
#include "tests/test.h"
#include <sqlite3.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/rng.h"
#include "store/registry.h"

enum {
	HOURS = 20,
	NAMES = 6,
	ORGANISATIONS = 3
};

static const char *const name[NAMES] = { "call", "sms", "transfer", "red", "warn", "" };
static char folder[48], path[64];
static int64_t sum[HOURS][TRAFFIC_PROPOSED + 1][NAMES][ORGANISATIONS];

static struct registry *open_it(void)
{
	struct registry *r;
	struct buf why;

	buf_init(&why, 4096);
	assert_int_equal(registry_open(&r, path, &why), ERR_OK);
	buf_release(&why);
	return r;
}

static int64_t hour(uint32_t i)
{
	return (int64_t)1772380800 * US_PER_SECOND + i * US_PER_HOUR;
}

static void take(void *ctx, const struct registry_traffic_row *x)
{
	uint32_t h = (uint32_t)((x->start_us - hour(0)) / US_PER_HOUR), n = 0;

	(void)ctx;
	while (n < NAMES && !text_eq(x->name, text_z(name[n])))
		n++;
	assert_true(h < HOURS && n < NAMES && x->organisation < ORGANISATIONS && x->n != 0);
	sum[h][x->what][n][x->organisation] -= x->n;
}

static void test_random_sums(void **state)
{
	struct rng rng;
	struct registry *r = open_it();
	static int64_t waiting[HOURS][TRAFFIC_PROPOSED + 1][NAMES][ORGANISATIONS];
	uint64_t n = test_cases(3000);

	(void)state;
	rng_seed(&rng, test_seed(3));
	memset(sum, 0, sizeof(sum));
	memset(waiting, 0, sizeof(waiting));
	for (uint64_t i = 0; i < n; i++) {
		uint32_t h = (uint32_t)rng_below(&rng, HOURS), what = 1 + (uint32_t)rng_below(&rng, TRAFFIC_PROPOSED),
				 k = (uint32_t)rng_below(&rng, NAMES), o = (uint32_t)rng_below(&rng, ORGANISATIONS);
		int64_t add = rng_chance(&rng, 100000) ? -1 : 1;

		assert_int_equal(registry_traffic_add(r, hour(h) + rng_between(&rng, 0, US_PER_HOUR - 1), (uint16_t)o,
		                                      (enum registry_traffic_what)what, text_z(name[k]), add),
		                 ERR_OK);
		waiting[h][what][k][o] += add;
		if (!rng_chance(&rng, 20000))
			continue;
		assert_int_equal(registry_begin(r), ERR_OK);
		if (rng_chance(&rng, 300000)) {
			registry_rollback(r);
		} else {
			assert_int_equal(registry_commit(r, i + 1, hour(0)), ERR_OK);
			for (size_t at = 0; at < sizeof(sum) / sizeof(int64_t); at++)
				((int64_t *)sum)[at] += ((int64_t *)waiting)[at];
		}
		memset(waiting, 0, sizeof(waiting));
		if (rng_chance(&rng, 200000)) {
			registry_close(r);
			r = open_it();
		}
	}
	assert_int_equal(registry_traffic(r, hour(0), hour(HOURS), take, NULL), ERR_OK);
	for (size_t at = 0; at < sizeof(sum) / sizeof(int64_t); at++)
		assert_int_equal(((int64_t *)sum)[at], 0);
	registry_close(r);
}

static void count_rows(void *ctx, const struct registry_traffic_row *x)
{
	(void)x;
	++*(uint32_t *)ctx;
}

/* What does not fit into memory waits for a transaction, and then nothing is lost. */
static void test_no_room(void **state)
{
	struct registry *r;
	uint32_t n = 0, rows = 0;

	(void)state;
	unlink(path);
	r = open_it();
	while (registry_traffic_add(r, hour(n), 0, TRAFFIC_EVENTS, TEXT("call"), 1) == ERR_OK)
		assert_true(n++ < 100000);
	assert_int_equal(registry_traffic_add(r, hour(n), 0, TRAFFIC_EVENTS, TEXT("call"), 1), ERR_CAP);
	assert_int_equal(registry_begin(r), ERR_OK);
	for (uint32_t end = 3 * n; n < end; n++)
		assert_int_equal(registry_traffic_add(r, hour(n), 0, TRAFFIC_EVENTS, TEXT("call"), 1), ERR_OK);
	assert_int_equal(registry_commit(r, 1, hour(0)), ERR_OK);
	assert_int_equal(registry_traffic(r, hour(0), hour(n), count_rows, &rows), ERR_OK);
	assert_int_equal(rows, n);
	assert_int_equal(registry_begin(r), ERR_OK); /* 400 days later, those of before are gone */
	assert_int_equal(registry_commit(r, 2, hour(24 * 400 + 100)), ERR_OK);
	rows = 0;
	assert_int_equal(registry_traffic(r, hour(0), hour(n), count_rows, &rows), ERR_OK);
	assert_int_equal(rows, n - 100);
	registry_close(r);
}

/* One that was made before there were these sums counts from its place on. */
static void test_registry_of_before(void **state)
{
	struct registry *r;
	sqlite3 *db;
	uint64_t position = 9;
	int64_t time_us = 9;

	(void)state;
	unlink(path);
	r = open_it();
	assert_int_equal(registry_traffic_since(r, &position, &time_us), ERR_OK);
	assert_true(position == 0 && time_us == 0);
	assert_int_equal(registry_begin(r), ERR_OK);
	assert_int_equal(registry_commit(r, 77, hour(5)), ERR_OK);
	registry_close(r);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "DROP TABLE traffic; DROP TABLE traffic_from", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	for (int i = 0; i < 2; i++) { /* and says so for ever */
		r = open_it();
		assert_int_equal(registry_traffic_since(r, &position, &time_us), ERR_OK);
		assert_true(position == 77 && time_us == hour(5));
		assert_int_equal(registry_begin(r), ERR_OK);
		assert_int_equal(registry_commit(r, 78, hour(6)), ERR_OK);
		registry_close(r);
	}
}

static int set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/duanka-traffic-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/r.sqlite", folder);
	return 0;
}

static int take_down(void **state)
{
	char z[80];

	(void)state;
	unlink(path);
	snprintf(z, sizeof(z), "%s-wal", path);
	unlink(z);
	snprintf(z, sizeof(z), "%s-shm", path);
	unlink(z);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_random_sums), cmocka_unit_test(test_no_room),
		                                cmocka_unit_test(test_registry_of_before) };

	return cmocka_run_group_tests(tests, set_up, take_down);
}
