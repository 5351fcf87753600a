/* test_alertlog_lives.c - the file of alerts through whole lives: writes that are refused, crashes that lose what was not synced in part, each changing operation on a
 * real directory failing once, and little memory. What is judged is alertlog_world.h's: none missing, none double. */
#include "tests/test.h"
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"
#include "tests/unit/alertlog_world.h"

/* ---- lives ---- */

static void live_on(struct world *w, struct disk_virtual *v)
{
	enum err e = ERR_OK;

	disk_virtual_faults(v, (uint32_t)rng_below(&w->rng, 3) * 10000);
	for (uint64_t steps = 1 + rng_below(&w->rng, 20); steps > 0 && e == ERR_OK; steps--) {
		uint64_t what = rng_below(&w->rng, 10);

		if (what == 0)
			e = world_snapshot(w);
		else if (what == 1 && w->snapshot > w->kept_from) {
			disk_virtual_faults(v, 0);
			world_keep_from(w, w->kept_from + rng_below(&w->rng, w->snapshot - w->kept_from));
			disk_virtual_faults(v, 20000);
			if (alertlog_expire(w->log) != ERR_OK)
				continue; /* tried again */
		} else {
			e = world_go_on(w, 1 + rng_below(&w->rng, 12));
		}
	}
	disk_virtual_faults(v, 0);
}

static void start_again(struct world *w, struct disk_virtual *v)
{
	enum err e;

	disk_virtual_faults(v, (uint32_t)rng_below(&w->rng, 2) * 5000);
	while ((e = world_start(w)) != ERR_OK) { /* the disk is mended, or the power goes once more */
		assert_true(e == ERR_IO || e == ERR_STOPPED);
		disk_virtual_faults(v, 0);
		if (rng_chance(&w->rng, 500000))
			disk_virtual_crash(v);
	}
	disk_virtual_faults(v, 0);
	assert_int_equal(alertlog_expire(w->log), ERR_OK);
}

static enum err (*real_sync)(void *ctx, int fd);
static bool refuse;

static enum err sync_or_not(void *ctx, int fd)
{
	return refuse ? ERR_IO : real_sync(ctx, fd);
}

/* What the disk has made of it is anybody's guess, so nothing may be noted as safe afterwards, nor told. */
static void test_failed_sync(void **state)
{
	struct world w;
	struct disk_virtual *v = world_make(&w, 1);

	(void)state;
	real_sync = w.disk.sync;
	w.disk.sync = sync_or_not;
	assert_int_equal(world_go_on(&w, 50), ERR_OK);
	refuse = true;
	assert_int_equal(world_snapshot(&w), ERR_IO);
	refuse = false;
	assert_int_equal(world_snapshot(&w), ERR_IO);
	assert_int_equal(world_go_on(&w, 5), ERR_IO);
	world_stop(&w);
	disk_virtual_crash(v);
	assert_int_equal(world_start(&w), ERR_OK);
	world_check(&w);
	world_stop(&w);
	disk_virtual_free(v);
}

static void test_lives(void **state)
{
	uint64_t seed = test_seed(1);

	(void)state;
	for (uint64_t i = 0; i < test_cases(300); i++) {
		struct world w;
		struct disk_virtual *v = world_make(&w, seed + i);

		w.segment_bytes += (seed + i) % 4 * 4000; /* an index of some blocks, which a crash may lose apart */
		while (w.position < WORLD_POSITIONS / 2) {
			live_on(&w, v);
			world_stop(&w);
			if (rng_chance(&w.rng, 500000))
				disk_virtual_crash(v);
			start_again(&w, v);
			world_check(&w);
		}
		world_stop(&w);
		disk_virtual_free(v);
	}
}

/* ---- a real directory, and each changing operation refused once ---- */

static enum err short_life(struct world *w)
{
	enum err e = world_start(w);

	for (int i = 0; i < 6 && e == ERR_OK; i++)
		e = world_go_on(w, 8);
	if (e == ERR_OK)
		e = world_snapshot(w);
	if (e == ERR_OK) {
		uint64_t kept = w->kept_from;

		file_fail_at(0); /* the journal's own names are not what is tested */
		world_keep_from(w, w->position - 10);
		assert_true(kept < w->kept_from);
	}
	world_stop(w);
	return e;
}

static void clean(struct world *w)
{
	static struct world_names k;

	for (uint32_t n = world_list(w, &k), i = 0; i < n; i++)
		assert_int_equal(w->disk.remove(w->disk.ctx, k.name[i]), ERR_OK);
	(void)!w->disk.remove(w->disk.ctx, "alerts.synced");
	(void)!w->disk.remove(w->disk.ctx, "alerts.synced.tmp");
}

static void test_refused_writes(void **state)
{
	char folder[] = "/tmp/duanka-alertlog-XXXXXX", path[80];
	struct world w = { .segment_bytes = 2000, .lost_from = UINT64_MAX, .lost_to = UINT64_MAX };
	uint64_t nth = 1, refused = 0;
	bool reached = true;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(disk_real_open(&w.disk, folder), ERR_OK);
	for (; reached; nth++) {
		enum err e;

		world_keep_from(&w, 1);
		w.position = w.snapshot = 0;
		file_fail_at(nth);
		e = short_life(&w);
		reached = e != ERR_OK;
		file_fail_at(0);
		refused += reached;
		assert_int_equal(world_start(&w), ERR_OK);
		world_check(&w);
		assert_int_equal(alertlog_expire(w.log), ERR_OK);
		world_check(&w);
		world_stop(&w);
		clean(&w);
	}
	assert_true(refused > 30);
	snprintf(path, sizeof(path), "journal/%020" PRIu64 ".seg", w.kept_from);
	assert_int_equal(w.disk.remove(w.disk.ctx, path), ERR_OK);
	disk_real_close(&w.disk);
	snprintf(path, sizeof(path), "%s/journal", folder);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/alerts", folder);
	rmdir(path);
	assert_int_equal(rmdir(folder), 0);
}

/* ---- readers beside the thread that tells and lets go ---- */

struct reader {
	struct world *w;
	_Atomic bool ended; /* no more are told */
	uint64_t read;
};

static void *read_on(void *arg)
{
	struct reader *r = arg;
	uint64_t number = 0, position;
	struct buf got, want;
	bool ended = false;

	buf_init(&got, 1024);
	buf_init(&want, 1024);
	for (;;) {
		uint64_t at = number;
		enum err e = alertlog_read(r->w->log, &at, &got, &position);

		if (e == ERR_ABSENT && ended)
			break;
		ended = r->ended; /* then look once more */
		if (e == ERR_ABSENT) {
			sched_yield();
			continue;
		}
		CHECK(e == ERR_OK && at >= number);
		world_line(&want, position, (uint32_t)(at - world_number_of(position)));
		CHECK(text_eq(buf_view(&got), buf_view(&want)));
		number = at + 1;
		r->read++;
	}
	CHECK(number == world_number_of(r->w->position + 1));
	buf_release(&got);
	buf_release(&want);
	return NULL;
}

static void test_readers(void **state)
{
	char folder[] = "/tmp/duanka-alertlog-XXXXXX", path[80];
	struct world w = { .segment_bytes = 2000, .lost_from = UINT64_MAX, .lost_to = UINT64_MAX };
	struct reader r[3];
	pthread_t thread[ARRAY_LEN(r)];

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(disk_real_open(&w.disk, folder), ERR_OK);
	world_keep_from(&w, 1);
	assert_int_equal(world_start(&w), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(r); i++) {
		r[i] = (struct reader){ .w = &w };
		assert_int_equal(pthread_create(&thread[i], NULL, read_on, &r[i]), 0);
	}
	while (w.position < WORLD_POSITIONS) {
		assert_int_equal(world_go_on(&w, 5), ERR_OK);
		if (w.position % 50 == 0) {
			assert_int_equal(world_snapshot(&w), ERR_OK);
			world_keep_from(&w, w.position - 20);
			assert_int_equal(alertlog_expire(w.log), ERR_OK);
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(r); i++)
		r[i].ended = true;
	for (size_t i = 0; i < ARRAY_LEN(r); i++) {
		assert_int_equal(pthread_join(thread[i], NULL), 0);
		assert_true(r[i].read > 0);
	}
	world_check(&w);
	world_stop(&w);
	clean(&w);
	snprintf(path, sizeof(path), "journal/%020" PRIu64 ".seg", w.kept_from);
	assert_int_equal(w.disk.remove(w.disk.ctx, path), ERR_OK);
	disk_real_close(&w.disk);
	snprintf(path, sizeof(path), "%s/journal", folder);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/alerts", folder);
	rmdir(path);
	assert_int_equal(rmdir(folder), 0);
}

/* Little memory: either it opens and is whole, or it says so, and the next start is as ever. */
static void test_little_memory(void **state)
{
	struct world w;
	struct disk_virtual *v = world_make(&w, 1);
	enum err e = ERR_MEMORY;

	(void)state;
	assert_int_equal(world_go_on(&w, 100), ERR_OK);
	assert_int_equal(world_snapshot(&w), ERR_OK);
	assert_int_equal(world_go_on(&w, 50), ERR_OK);
	world_stop(&w);
	for (uint64_t nth = 1; e != ERR_OK; nth++) {
		mem_fail_at(nth);
		e = world_start(&w);
		mem_fail_at(0);
		assert_true(e == ERR_OK || e == ERR_MEMORY);
	}
	world_check(&w);
	world_stop(&w);
	disk_virtual_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_failed_sync), cmocka_unit_test(test_lives),         cmocka_unit_test(test_refused_writes),
		cmocka_unit_test(test_readers),     cmocka_unit_test(test_little_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
