/* test_alertlog.c - the file of alerts beside the list of all that were ever told: whatever is cut off, deleted or expired, a number means the same alert for
 * ever, and after the replay none is missing and none is double. */
#include "tests/test.h"
#include "base/rng.h"
#include "tests/unit/alertlog_world.h"

/* ---- the tests ---- */

static void wake(struct alertlog_waiter *w)
{
	w->wake = NULL;
}

static void sleeps(struct alertlog_waiter *w)
{
	(void)w;
}

static void test_plain(void **state)
{
	struct alertlog_waiter waiter = { .wake = wake };
	struct world w;
	struct disk_virtual *v = world_make(&w, 1);
	uint64_t number = 0, position;
	struct buf b;

	(void)state;
	buf_init(&b, 1024);
	world_check(&w);
	assert_int_equal(alertlog_read(w.log, &number, &b, &position), ERR_ABSENT);
	assert_true(alertlog_wait(w.log, 0, &waiter, sleeps));
	assert_int_equal(world_go_on(&w, 20), ERR_OK);
	assert_null(waiter.wake);
	waiter.wake = wake;
	assert_false(alertlog_wait(w.log, 0, &waiter, sleeps));
	world_check(&w);
	while (w.position < WORLD_POSITIONS)
		assert_int_equal(world_go_on(&w, 7), ERR_OK);
	world_check(&w);
	assert_int_equal(world_snapshot(&w), ERR_OK);
	world_stop(&w);
	assert_int_equal(world_start(&w), ERR_OK);
	assert_false(alertlog_lacks(w.log));
	world_check(&w);
	number = UINT64_MAX >> 1;
	assert_int_equal(alertlog_read(w.log, &number, &b, &position), ERR_ABSENT);
	assert_int_equal(number, UINT64_MAX >> 1);
	world_stop(&w);
	buf_release(&b);
	disk_virtual_free(v);
}

static bool is_lines(const char *name)
{
	return strcmp(name + strlen(name) - 7, ".ndjson") == 0;
}

/* One file is deleted or shortened: what is derived is made anew at once, what is not is told again. */
static void lose_one(struct world *w, const char *name)
{
	uint64_t bytes = 0;
	int fd;

	if (rng_chance(&w->rng, 500000)) {
		assert_int_equal(w->disk.remove(w->disk.ctx, name), ERR_OK);
		return;
	}
	assert_int_equal(w->disk.open(w->disk.ctx, name, DISK_WRITE, &fd), ERR_OK);
	assert_int_equal(w->disk.size(w->disk.ctx, fd, &bytes), ERR_OK);
	if (bytes > 0)
		assert_int_equal(w->disk.truncate(w->disk.ctx, fd, rng_below(&w->rng, bytes)), ERR_OK);
	assert_int_equal(w->disk.sync(w->disk.ctx, fd), ERR_OK);
	w->disk.close(w->disk.ctx, fd);
}

static void test_lost_files(void **state)
{
	static struct world_names k;
	struct world w;
	struct disk_virtual *v;

	(void)state;
	for (uint64_t seed = test_seed(1), i = 0; i < test_cases(100); i++) {
		bool lines;
		const char *name;

		v = world_make(&w, seed + i);
		while (w.position < WORLD_POSITIONS / 2)
			assert_int_equal(world_go_on(&w, 1 + rng_below(&w.rng, 20)), ERR_OK);
		assert_int_equal(world_snapshot(&w), ERR_OK);
		world_stop(&w);
		assert_true(world_list(&w, &k) > 8);
		name = k.name[rng_below(&w.rng, k.n)];
		lines = is_lines(name);
		lose_one(&w, name);
		assert_int_equal(world_start(&w), ERR_OK);
		assert_true(lines || !alertlog_lacks(w.log));
		world_check(&w);
		world_stop(&w); /* not synced since: the whole is told once more */
		assert_int_equal(world_start(&w), ERR_OK);
		world_check(&w);
		assert_int_equal(world_snapshot(&w), ERR_OK);
		world_stop(&w);
		assert_int_equal(world_start(&w), ERR_OK);
		assert_false(alertlog_lacks(w.log));
		world_check(&w);
		world_stop(&w);
		disk_virtual_free(v);
	}
}

static void test_all_lost(void **state)
{
	static struct world_names k;
	struct world w;
	struct disk_virtual *v = world_make(&w, 1);

	(void)state;
	assert_int_equal(world_go_on(&w, 100), ERR_OK);
	assert_int_equal(world_snapshot(&w), ERR_OK);
	world_stop(&w);
	for (uint32_t n = world_list(&w, &k), i = 0; i < n; i++)
		assert_int_equal(w.disk.remove(w.disk.ctx, k.name[i]), ERR_OK);
	assert_int_equal(world_start(&w), ERR_OK);
	assert_true(alertlog_lacks(w.log));
	world_check(&w);
	world_stop(&w);
	disk_virtual_free(v);
}

/* Alerts go with their records, at once; their files when they hold nothing else. Numbers stay. */
static void test_expiry(void **state)
{
	static struct world_names before, after;
	struct world w;
	struct disk_virtual *v = world_make(&w, 1);
	uint64_t number = 0, position;
	struct buf b;

	(void)state;
	buf_init(&b, 1024);
	while (w.position < WORLD_POSITIONS)
		assert_int_equal(world_go_on(&w, 10), ERR_OK);
	assert_int_equal(world_snapshot(&w), ERR_OK);
	for (uint64_t from = 2; from <= WORLD_POSITIONS; from += 37) {
		world_keep_from(&w, from);
		world_list(&w, &before);
		assert_int_equal(alertlog_expire(w.log), ERR_OK);
		assert_true(world_list(&w, &after) <= before.n);
		world_check(&w);
		number = 0; /* a reader of long ago */
		assert_int_equal(alertlog_read(w.log, &number, &b, &position), ERR_OK);
		assert_int_equal(number, world_number_of(from));
		assert_true(position >= from);
		if (from % 2 == 0) {
			world_stop(&w);
			assert_int_equal(world_start(&w), ERR_OK);
			assert_false(alertlog_lacks(w.log));
			world_check(&w);
		}
	}
	assert_true(after.n < 20);
	world_keep_from(&w, WORLD_POSITIONS + 1); /* none is left, and the next one has the next number */
	assert_int_equal(alertlog_expire(w.log), ERR_OK);
	number = 0;
	assert_int_equal(alertlog_read(w.log, &number, &b, &position), ERR_ABSENT);
	assert_int_equal(number, 0);
	world_stop(&w);
	assert_int_equal(world_start(&w), ERR_OK);
	assert_false(alertlog_lacks(w.log));
	assert_int_equal(world_go_on(&w, 10), ERR_OK);
	world_check(&w);
	world_stop(&w);
	buf_release(&b);
	disk_virtual_free(v);
}

/* The journal has no beginning any more: what is lost then is lost, and nobody else gets its numbers. */
static void test_lost_for_good(void **state)
{
	static struct world_names k;
	struct world w;
	struct disk_virtual *v = world_make(&w, 1);

	(void)state;
	while (w.position < WORLD_POSITIONS / 2)
		assert_int_equal(world_go_on(&w, 10), ERR_OK);
	world_keep_from(&w, 50);
	assert_int_equal(alertlog_expire(w.log), ERR_OK);
	assert_int_equal(world_snapshot(&w), ERR_OK);
	world_stop(&w);
	for (uint32_t n = world_list(&w, &k), i = 0; i < n; i++)
		if (i == 4 || i == 5 || i + 2 >= n)
			assert_int_equal(w.disk.remove(w.disk.ctx, k.name[i]), ERR_OK);
	w.lost_from = strtoull(k.name[4] + 7, NULL, 10);
	w.lost_to = strtoull(k.name[6] + 7, NULL, 10);
	assert_int_equal(world_start(&w), ERR_OK);
	assert_true(alertlog_lacks(w.log));
	assert_int_equal(alertlog_count(w.log), world_number_of(w.position + 1)); /* as if they were there */
	assert_int_equal(world_go_on(&w, 10), ERR_OK);
	assert_int_equal(alertlog_count(w.log), world_number_of(w.position + 1));
	world_keep_from(&w, WORLD_POSITIONS / 2 + 1); /* until they would have gone anyway */
	assert_int_equal(alertlog_expire(w.log), ERR_OK);
	world_check(&w);
	world_stop(&w);
	assert_int_equal(world_start(&w), ERR_OK);
	world_check(&w);
	world_stop(&w);
	disk_virtual_free(v);
}

static void put_file(struct world *w, const char *name, struct text t)
{
	int fd;

	assert_int_equal(w->disk.open(w->disk.ctx, name, DISK_WRITE, &fd), ERR_OK);
	assert_int_equal(w->disk.truncate(w->disk.ctx, fd, 0), ERR_OK);
	assert_int_equal(w->disk.write_at(w->disk.ctx, fd, 0, t.p, t.n), ERR_OK);
	w->disk.close(w->disk.ctx, fd);
}

/* What an older version left: one file, and a note of its bytes. */
static void test_taken_over(void **state)
{
	(void)state;
	for (int cut = 0; cut < 5; cut++) {
		struct world w = {
			.segment_bytes = 2000, .lost_from = UINT64_MAX, .lost_to = UINT64_MAX, .position = 100, .snapshot = 100
		};
		struct disk_virtual *v = disk_virtual_new(1);
		struct buf all, line;
		char note[32];

		w.disk = disk_virtual_disk(v);
		world_keep_from(&w, 1);
		buf_init(&all, 1 << 20);
		buf_init(&line, 1024);
		for (uint64_t p = 1; p <= 100; p++)
			for (uint32_t i = 0; i < world_alerts_at(p); i++) {
				world_line(&line, p, i);
				buf_text(&all, buf_view(&line));
			}
		snprintf(note, sizeof(note), cut == 4 ? "?" : "%zu\n", all.n);
		put_file(&w, "alerts.ndjson", text_of(all.p, all.n - (cut == 1 ? 30 : 0))); /* 1: shortened */
		if (cut == 2) /* a torn end behind what was synced */
			buf_z(&all, "{\"id\":\"99");
		if (cut != 1)
			put_file(&w, "alerts.ndjson", buf_view(&all));
		if (cut != 3)
			put_file(&w, "alerts.synced", text_z(note));
		assert_int_equal(world_start(&w), ERR_OK);
		assert_int_equal(alertlog_lacks(w.log), cut == 1 || cut == 4);
		world_check(&w);
		assert_int_equal(world_go_on(&w, 50), ERR_OK);
		assert_int_equal(world_snapshot(&w), ERR_OK);
		world_stop(&w);
		assert_int_equal(world_start(&w), ERR_OK);
		assert_false(alertlog_lacks(w.log));
		world_check(&w);
		assert_int_equal(disk_virtual_bytes(v, "alerts.ndjson"), 0);
		world_stop(&w);
		buf_release(&all);
		buf_release(&line);
		disk_virtual_free(v);
	}
}

static void test_foreign(void **state)
{
	struct world w = { .segment_bytes = 2000, .lost_from = UINT64_MAX };
	struct disk_virtual *v = disk_virtual_new(1);

	(void)state;
	w.disk = disk_virtual_disk(v);
	put_file(&w, "alerts.ndjson", TEXT("{\"duanka\":\"alerts/1\"}\n"));
	assert_int_equal(world_start(&w), ERR_FORMAT);
	assert_int_equal(world_start(&w), ERR_FORMAT);
	disk_virtual_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),   cmocka_unit_test(test_lost_files),    cmocka_unit_test(test_all_lost),
		cmocka_unit_test(test_expiry),  cmocka_unit_test(test_lost_for_good), cmocka_unit_test(test_taken_over),
		cmocka_unit_test(test_foreign),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
