/* test_alertlog.c - the file of alerts beside the list of all that were ever told: whatever is cut off, deleted, expired, refused by the disk or lost in a crash, a number
 * means the same alert for ever, and after the replay none is missing and none is double.
 *
 * A world knows all alerts of all positions by arithmetic. It tells them, takes snapshots (no more than a position here), lets the journal's beginning go (names of
 * segments, since the alerts look no deeper), and ends in some way; after each start the replay tells what a shard would tell. */
#include "tests/test.h"
#include <inttypes.h>
#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/rng.h"
#include "gateway/alertlog.h"
#include "tests/sim/disk_virtual.h"

enum {
	POSITIONS = 600,
	SEGMENT = 2000 /* bytes */
};

struct world {
	struct rng rng;
	struct disk disk;
	struct alertlog *log;
	uint64_t position; /* the last that is in the journal */
	uint64_t snapshot; /* of this position; 0: none */
	uint64_t kept_from;
	uint64_t lost_from, lost_to; /* numbers that nobody can tell again */
};

/* ---- the truth ---- */

static uint32_t alerts_at(uint64_t position)
{
	return (uint32_t)(position * 2654435761U >> 7) % 4; /* 0 to 3 */
}

static void put_line(struct buf *b, uint64_t position, uint32_t i)
{
	buf_clear(b);
	buf_printf(b, "{\"id\":\"%" PRIu64 ".rule%u\",\"rest\":\"%.*s\"}\n", position, i, (int)(position * 7 % 90),
	           "------------------------------------------------------------------------------------------");
}

static uint64_t number_of(uint64_t position)
{
	uint64_t n = 0;

	for (uint64_t p = 1; p < position; p++)
		n += alerts_at(p);
	return n;
}

static void tell(struct world *w, uint64_t from, uint64_t to)
{
	struct buf b;

	buf_init(&b, 1024);
	for (uint64_t p = from; p <= to; p++)
		for (uint32_t i = 0; i < alerts_at(p); i++) {
			put_line(&b, p, i);
			alertlog_hear(w->log, p, buf_view(&b));
		}
	buf_release(&b);
}

/* ---- a start, and what must hold then ---- */

static enum err start(struct world *w)
{
	struct buf why;
	enum err e;

	w->log = NULL;
	buf_init(&why, 4096);
	e = alertlog_open(&w->log, &w->disk, SEGMENT, &why);
	if (e == ERR_OK) { /* as shard_open does */
		bool all = (alertlog_lacks(w->log) && w->kept_from <= 1) || w->snapshot == 0;

		tell(w, all ? 1 : w->snapshot + 1, w->position);
		e = alertlog_flush(w->log);
	}
	if (e != ERR_OK) {
		alertlog_close(w->log);
		w->log = NULL;
	}
	buf_release(&why);
	return e;
}

static void stop(struct world *w)
{
	alertlog_close(w->log);
	w->log = NULL;
}

static void check(struct world *w)
{
	uint64_t number = 0, first = alertlog_first(w->log), expect = 0, position, found;
	struct buf want, got;

	buf_init(&want, 1024);
	buf_init(&got, 1024);
	assert_int_equal(alertlog_count(w->log), number_of(w->position + 1));
	assert_int_equal(first, w->kept_from <= 1 ? 0 : number_of(w->kept_from));
	for (uint64_t p = 1; p <= w->position; p++) {
		assert_int_equal(alertlog_find(w->log, p, &found), ERR_OK);
		if (expect >= first && (expect < w->lost_from || expect > w->lost_to))
			assert_int_equal(found, expect);
		for (uint32_t i = 0; i < alerts_at(p); i++, expect++) {
			if (expect < first || (expect >= w->lost_from && expect < w->lost_to))
				continue;
			assert_int_equal(alertlog_read(w->log, &number, &got, &position), ERR_OK);
			assert_int_equal(number++, expect);
			assert_int_equal(position, p);
			put_line(&want, p, i);
			assert_text(buf_view(&got), want.p);
		}
	}
	found = number;
	assert_int_equal(alertlog_read(w->log, &number, &got, &position), ERR_ABSENT);
	assert_int_equal(number, found);
	buf_release(&want);
	buf_release(&got);
}

/* What the journal keeps: names are all that is looked at. */
static void keep_from(struct world *w, uint64_t position)
{
	char name[64];
	int fd;

	snprintf(name, sizeof(name), "journal/%020" PRIu64 ".seg", position);
	assert_int_equal(w->disk.make_folder(w->disk.ctx, "journal"), ERR_OK);
	assert_int_equal(w->disk.open(w->disk.ctx, name, DISK_WRITE, &fd), ERR_OK);
	w->disk.close(w->disk.ctx, fd);
	if (w->kept_from != 0 && w->kept_from != position) {
		snprintf(name, sizeof(name), "journal/%020" PRIu64 ".seg", w->kept_from);
		assert_int_equal(w->disk.remove(w->disk.ctx, name), ERR_OK);
	}
	assert_int_equal(w->disk.sync_folder(w->disk.ctx, "journal"), ERR_OK);
	w->kept_from = position;
}

/* A group of events; on failure the service is dead. */
static enum err go_on(struct world *w, uint64_t n)
{
	uint64_t from = w->position + 1;

	w->position += n;
	tell(w, from, w->position);
	return alertlog_flush(w->log);
}

static enum err take_snapshot(struct world *w)
{
	enum err e = alertlog_sync(w->log);

	if (e == ERR_OK)
		w->snapshot = w->position;
	return e;
}

static struct disk_virtual *make(struct world *w, uint64_t seed)
{
	struct disk_virtual *v = disk_virtual_new(seed);

	*w = (struct world){ .disk = disk_virtual_disk(v), .lost_from = UINT64_MAX, .lost_to = UINT64_MAX };
	rng_seed(&w->rng, seed);
	keep_from(w, 1);
	assert_int_equal(start(w), ERR_OK);
	return v;
}

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
	struct disk_virtual *v = make(&w, 1);
	uint64_t number = 0, position;
	struct buf b;

	(void)state;
	buf_init(&b, 1024);
	check(&w);
	assert_int_equal(alertlog_read(w.log, &number, &b, &position), ERR_ABSENT);
	assert_true(alertlog_wait(w.log, 0, &waiter, sleeps));
	assert_int_equal(go_on(&w, 20), ERR_OK);
	assert_null(waiter.wake);
	waiter.wake = wake;
	assert_false(alertlog_wait(w.log, 0, &waiter, sleeps));
	check(&w);
	while (w.position < POSITIONS)
		assert_int_equal(go_on(&w, 7), ERR_OK);
	check(&w);
	assert_int_equal(take_snapshot(&w), ERR_OK);
	stop(&w);
	assert_int_equal(start(&w), ERR_OK);
	assert_false(alertlog_lacks(w.log));
	check(&w);
	number = UINT64_MAX >> 1;
	assert_int_equal(alertlog_read(w.log, &number, &b, &position), ERR_ABSENT);
	assert_int_equal(number, UINT64_MAX >> 1);
	stop(&w);
	buf_release(&b);
	disk_virtual_free(v);
}

struct names {
	char name[200][64];
	uint32_t n;
};

static void see_name(void *ctx, const char *name)
{
	struct names *k = ctx;

	assert_true(k->n < ARRAY_LEN(k->name));
	snprintf(k->name[k->n++], sizeof(k->name[0]), "alerts/%s", name);
}

static uint32_t list(struct world *w, struct names *k)
{
	k->n = 0;
	assert_int_equal(w->disk.list(w->disk.ctx, "alerts", see_name, k), ERR_OK);
	return k->n;
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
	static struct names k;
	struct world w;
	struct disk_virtual *v;

	(void)state;
	for (uint64_t seed = test_seed(1), i = 0; i < test_cases(100); i++) {
		bool lines;
		const char *name;

		v = make(&w, seed + i);
		while (w.position < POSITIONS / 2)
			assert_int_equal(go_on(&w, 1 + rng_below(&w.rng, 20)), ERR_OK);
		assert_int_equal(take_snapshot(&w), ERR_OK);
		stop(&w);
		assert_true(list(&w, &k) > 8);
		name = k.name[rng_below(&w.rng, k.n)];
		lines = is_lines(name);
		lose_one(&w, name);
		assert_int_equal(start(&w), ERR_OK);
		assert_true(lines || !alertlog_lacks(w.log));
		check(&w);
		stop(&w); /* not synced since: the whole is told once more */
		assert_int_equal(start(&w), ERR_OK);
		check(&w);
		assert_int_equal(take_snapshot(&w), ERR_OK);
		stop(&w);
		assert_int_equal(start(&w), ERR_OK);
		assert_false(alertlog_lacks(w.log));
		check(&w);
		stop(&w);
		disk_virtual_free(v);
	}
}

static void test_all_lost(void **state)
{
	static struct names k;
	struct world w;
	struct disk_virtual *v = make(&w, 1);

	(void)state;
	assert_int_equal(go_on(&w, 100), ERR_OK);
	assert_int_equal(take_snapshot(&w), ERR_OK);
	stop(&w);
	for (uint32_t n = list(&w, &k), i = 0; i < n; i++)
		assert_int_equal(w.disk.remove(w.disk.ctx, k.name[i]), ERR_OK);
	assert_int_equal(start(&w), ERR_OK);
	assert_true(alertlog_lacks(w.log));
	check(&w);
	stop(&w);
	disk_virtual_free(v);
}

/* Alerts go with their records, at once; their files when they hold nothing else. Numbers stay. */
static void test_expiry(void **state)
{
	static struct names before, after;
	struct world w;
	struct disk_virtual *v = make(&w, 1);
	uint64_t number = 0, position;
	struct buf b;

	(void)state;
	buf_init(&b, 1024);
	while (w.position < POSITIONS)
		assert_int_equal(go_on(&w, 10), ERR_OK);
	assert_int_equal(take_snapshot(&w), ERR_OK);
	for (uint64_t from = 2; from <= POSITIONS; from += 37) {
		keep_from(&w, from);
		list(&w, &before);
		assert_int_equal(alertlog_expire(w.log), ERR_OK);
		assert_true(list(&w, &after) <= before.n);
		check(&w);
		number = 0; /* a reader of long ago */
		assert_int_equal(alertlog_read(w.log, &number, &b, &position), ERR_OK);
		assert_int_equal(number, number_of(from));
		assert_true(position >= from);
		if (from % 2 == 0) {
			stop(&w);
			assert_int_equal(start(&w), ERR_OK);
			assert_false(alertlog_lacks(w.log));
			check(&w);
		}
	}
	assert_true(after.n < 20);
	keep_from(&w, POSITIONS + 1); /* none is left, and the next one has the next number */
	assert_int_equal(alertlog_expire(w.log), ERR_OK);
	number = 0;
	assert_int_equal(alertlog_read(w.log, &number, &b, &position), ERR_ABSENT);
	assert_int_equal(number, 0);
	stop(&w);
	assert_int_equal(start(&w), ERR_OK);
	assert_false(alertlog_lacks(w.log));
	assert_int_equal(go_on(&w, 10), ERR_OK);
	check(&w);
	stop(&w);
	buf_release(&b);
	disk_virtual_free(v);
}

/* The journal has no beginning any more: what is lost then is lost, and nobody else gets its numbers. */
static void test_lost_for_good(void **state)
{
	static struct names k;
	struct world w;
	struct disk_virtual *v = make(&w, 1);

	(void)state;
	while (w.position < POSITIONS / 2)
		assert_int_equal(go_on(&w, 10), ERR_OK);
	keep_from(&w, 50);
	assert_int_equal(alertlog_expire(w.log), ERR_OK);
	assert_int_equal(take_snapshot(&w), ERR_OK);
	stop(&w);
	for (uint32_t n = list(&w, &k), i = 0; i < n; i++)
		if (i == 4 || i == 5 || i + 2 >= n)
			assert_int_equal(w.disk.remove(w.disk.ctx, k.name[i]), ERR_OK);
	w.lost_from = strtoull(k.name[4] + 7, NULL, 10);
	w.lost_to = strtoull(k.name[6] + 7, NULL, 10);
	assert_int_equal(start(&w), ERR_OK);
	assert_true(alertlog_lacks(w.log));
	assert_int_equal(alertlog_count(w.log), number_of(w.position + 1)); /* as if they were there */
	assert_int_equal(go_on(&w, 10), ERR_OK);
	assert_int_equal(alertlog_count(w.log), number_of(w.position + 1));
	keep_from(&w, POSITIONS / 2 + 1); /* until they would have gone anyway */
	assert_int_equal(alertlog_expire(w.log), ERR_OK);
	check(&w);
	stop(&w);
	assert_int_equal(start(&w), ERR_OK);
	check(&w);
	stop(&w);
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
		struct world w = { .lost_from = UINT64_MAX, .lost_to = UINT64_MAX, .position = 100, .snapshot = 100 };
		struct disk_virtual *v = disk_virtual_new(1);
		struct buf all, line;
		char note[32];

		w.disk = disk_virtual_disk(v);
		keep_from(&w, 1);
		buf_init(&all, 1 << 20);
		buf_init(&line, 1024);
		for (uint64_t p = 1; p <= 100; p++)
			for (uint32_t i = 0; i < alerts_at(p); i++) {
				put_line(&line, p, i);
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
		assert_int_equal(start(&w), ERR_OK);
		assert_int_equal(alertlog_lacks(w.log), cut == 1 || cut == 4);
		check(&w);
		assert_int_equal(go_on(&w, 50), ERR_OK);
		assert_int_equal(take_snapshot(&w), ERR_OK);
		stop(&w);
		assert_int_equal(start(&w), ERR_OK);
		assert_false(alertlog_lacks(w.log));
		check(&w);
		assert_int_equal(disk_virtual_bytes(v, "alerts.ndjson"), 0);
		stop(&w);
		buf_release(&all);
		buf_release(&line);
		disk_virtual_free(v);
	}
}

static void test_foreign(void **state)
{
	struct world w = { .lost_from = UINT64_MAX };
	struct disk_virtual *v = disk_virtual_new(1);

	(void)state;
	w.disk = disk_virtual_disk(v);
	put_file(&w, "alerts.ndjson", TEXT("{\"duanka\":\"alerts/1\"}\n"));
	assert_int_equal(start(&w), ERR_FORMAT);
	assert_int_equal(start(&w), ERR_FORMAT);
	disk_virtual_free(v);
}

/* ---- lives ---- */

static void live_on(struct world *w, struct disk_virtual *v)
{
	enum err e = ERR_OK;

	disk_virtual_faults(v, (uint32_t)rng_below(&w->rng, 3) * 10000);
	for (uint64_t steps = 1 + rng_below(&w->rng, 20); steps > 0 && e == ERR_OK; steps--) {
		uint64_t what = rng_below(&w->rng, 10);

		if (what == 0)
			e = take_snapshot(w);
		else if (what == 1 && w->snapshot > w->kept_from) {
			disk_virtual_faults(v, 0);
			keep_from(w, w->kept_from + rng_below(&w->rng, w->snapshot - w->kept_from));
			disk_virtual_faults(v, 20000);
			if (alertlog_expire(w->log) != ERR_OK)
				continue; /* tried again */
		} else {
			e = go_on(w, 1 + rng_below(&w->rng, 12));
		}
	}
	disk_virtual_faults(v, 0);
}

static void start_again(struct world *w, struct disk_virtual *v)
{
	enum err e;

	disk_virtual_faults(v, (uint32_t)rng_below(&w->rng, 2) * 5000);
	while ((e = start(w)) != ERR_OK) { /* the disk is mended, or the power goes once more */
		assert_true(e == ERR_IO || e == ERR_STOPPED);
		disk_virtual_faults(v, 0);
		if (rng_chance(&w->rng, 500000))
			disk_virtual_crash(v);
	}
	disk_virtual_faults(v, 0);
	assert_int_equal(alertlog_expire(w->log), ERR_OK);
}

static void test_lives(void **state)
{
	uint64_t seed = test_seed(1);

	(void)state;
	for (uint64_t i = 0; i < test_cases(300); i++) {
		struct world w;
		struct disk_virtual *v = make(&w, seed + i);

		while (w.position < POSITIONS / 3) {
			live_on(&w, v);
			stop(&w);
			if (rng_chance(&w.rng, 500000))
				disk_virtual_crash(v);
			start_again(&w, v);
			check(&w);
		}
		stop(&w);
		disk_virtual_free(v);
	}
}

/* ---- a real directory, and each changing operation refused once ---- */

static enum err short_life(struct world *w)
{
	enum err e = start(w);

	for (int i = 0; i < 6 && e == ERR_OK; i++)
		e = go_on(w, 8);
	if (e == ERR_OK)
		e = take_snapshot(w);
	if (e == ERR_OK) {
		uint64_t kept = w->kept_from;

		file_fail_at(0); /* the journal's own names are not what is tested */
		keep_from(w, w->position - 10);
		assert_true(kept < w->kept_from);
	}
	stop(w);
	return e;
}

static void clean(struct world *w)
{
	static struct names k;

	for (uint32_t n = list(w, &k), i = 0; i < n; i++)
		assert_int_equal(w->disk.remove(w->disk.ctx, k.name[i]), ERR_OK);
	(void)!w->disk.remove(w->disk.ctx, "alerts.synced");
	(void)!w->disk.remove(w->disk.ctx, "alerts.synced.tmp");
}

static void test_refused_writes(void **state)
{
	char folder[] = "/tmp/duanka-alertlog-XXXXXX", path[80];
	struct world w = { .lost_from = UINT64_MAX, .lost_to = UINT64_MAX };
	uint64_t nth = 1, refused = 0;
	bool reached = true;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(disk_real_open(&w.disk, folder), ERR_OK);
	for (; reached; nth++) {
		enum err e;

		keep_from(&w, 1);
		w.position = w.snapshot = 0;
		file_fail_at(nth);
		e = short_life(&w);
		reached = e != ERR_OK;
		file_fail_at(0);
		refused += reached;
		assert_int_equal(start(&w), ERR_OK);
		check(&w);
		assert_int_equal(alertlog_expire(w.log), ERR_OK);
		check(&w);
		stop(&w);
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

/* Little memory: either it opens and is whole, or it says so, and the next start is as ever. */
static void test_little_memory(void **state)
{
	struct world w;
	struct disk_virtual *v = make(&w, 1);
	enum err e = ERR_MEMORY;

	(void)state;
	assert_int_equal(go_on(&w, 100), ERR_OK);
	assert_int_equal(take_snapshot(&w), ERR_OK);
	assert_int_equal(go_on(&w, 50), ERR_OK);
	stop(&w);
	for (uint64_t nth = 1; e != ERR_OK; nth++) {
		mem_fail_at(nth);
		e = start(&w);
		mem_fail_at(0);
		assert_true(e == ERR_OK || e == ERR_MEMORY);
	}
	check(&w);
	stop(&w);
	disk_virtual_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),          cmocka_unit_test(test_lost_files),
		cmocka_unit_test(test_all_lost),       cmocka_unit_test(test_expiry),
		cmocka_unit_test(test_lost_for_good),  cmocka_unit_test(test_taken_over),
		cmocka_unit_test(test_foreign),        cmocka_unit_test(test_lives),
		cmocka_unit_test(test_refused_writes), cmocka_unit_test(test_little_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
