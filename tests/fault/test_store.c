/* test_store.c - dictionary and quarantine while SQLite's writes, syncs and allocations, and our own allocations, fail one after the other. Whatever
 * was said to be done is there after opening again; whatever was said to have failed is there as a whole or not at all; and the
 * failure of one operation does not hinder the next. */
#include "tests/test.h"
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/mem.h"
#include "store/held.h"
#include "tests/sim/sqlite_faults.h"

enum {
	BATCHES = 4,
	EACH = 20,
	PEOPLE = BATCHES * EACH,
	RECORDS = 6,
	DAY = 20000
};

static const unsigned char master[2][DICTIONARY_MASTER_BYTES] = { "a", "b" };
static char folder[] = "/tmp/duanka-store-XXXXXX", path[64], held_path[64];

enum truth {
	NOT_THERE,
	THERE,
	EITHER /* it failed on the way */
};

struct life {
	struct dictionary *d;
	struct held_box *h;
	uint64_t position;
	enum truth person[PEOPLE];
	enum truth record[RECORDS];
	bool dropped; /* record 1 was */
	int masters;  /* 0: the first; 1: the second; 2: either */
	uint64_t failures;
};

static void clean(void)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	char z[80];

	for (size_t i = 0; i < 3; i++) {
		snprintf(z, sizeof(z), "%s%s", path, ends[i]);
		unlink(z);
		snprintf(z, sizeof(z), "%s%s", held_path, ends[i]);
		unlink(z);
	}
}

static struct dictionary_entry entry(uint64_t i, char z[24])
{
	snprintf(z, 24, "1380013%04llu", (unsigned long long)i);
	return (struct dictionary_entry){ .token = { { hash_mix(i + 1), i } }, .kind = 1, .plain = text_z(z) };
}

static enum err done(struct life *l, enum err e)
{
	l->failures += e != ERR_OK;
	return e;
}

/* ---- what is done ---- */

static enum err open_both(struct life *l, const unsigned char *with)
{
	struct buf why;
	enum err e;

	buf_init(&why, 4096);
	l->d = NULL;
	l->h = NULL;
	e = dictionary_open(&l->d, path, with, &why);
	if (e == ERR_OK)
		e = held_open(&l->h, held_path, l->d, &why);
	buf_release(&why);
	return e;
}

static void close_both(struct life *l)
{
	held_close(l->h);
	dictionary_close(l->d);
}

static void fold_batch(struct life *l, int batch)
{
	struct dictionary_entry e[EACH];
	struct dictionary_folded f;
	char z[EACH][24];
	struct buf b;
	struct text t;
	enum err err;

	buf_init(&b, 1 << 20);
	for (int i = 0; i < EACH; i++)
		e[i] = entry((uint64_t)(batch * EACH + i), z[i]);
	err = done(l, dictionary_pack(l->d, e, EACH, DAY + batch, &b));
	if (err == ERR_OK) {
		t = buf_view(&b);
		assert_true(t.n > 0); /* after a failure all count as new again */
		err = done(l, dictionary_fold(l->d, &t, 1, l->position + 10, &f));
		l->position += err == ERR_OK ? 10 : 0;
		assert_true(dictionary_position(l->d) == l->position);
		for (int i = 0; i < EACH; i++)
			l->person[batch * EACH + i] = err == ERR_OK ? THERE : EITHER;
	}
	buf_release(&b);
}

static void erase(struct life *l, uint64_t who)
{
	char z[24];
	struct dictionary_entry x = entry(who, z);
	uint32_t number;
	enum err e = done(l, dictionary_turn(l->d, &number));

	if (e != ERR_OK)
		return;
	dictionary_forget(l->d, x.token, x.kind, DAY);
	e = dictionary_erase(l->d, x.token, x.kind, number);
	if (e == ERR_OK || e == ERR_ABSENT) {
		assert_true(e == ERR_OK || l->person[who] != THERE);
		l->person[who] = NOT_THERE;
	} else {
		l->failures++;
		l->person[who] = EITHER;
	}
}

static void tend(struct life *l, int32_t before)
{
	struct dictionary_tended t;
	enum err e;

	do
		e = done(l, dictionary_tend(l->d, before, 0, 7, &t));
	while (e == ERR_OK && !t.round);
	for (int i = 0; i < PEOPLE; i++)
		if (DAY + i / EACH < before && l->person[i] != NOT_THERE)
			l->person[i] = e == ERR_OK ? NOT_THERE : EITHER;
}

static void hold(struct life *l, int first, int n)
{
	unsigned char key[RECORDS][HELD_KEY_BYTES] = { { 0 } };
	struct bad bad[RECORDS];
	uint64_t added;
	enum err e;

	for (int i = 0; i < n; i++)
		key[i][0] = (unsigned char)(1 + first + i);
	for (int i = 0; i < n; i++)
		bad[i] = (struct bad){ .reason = BAD_MISSING, .field = TEXT("callee"), .raw = TEXT("caller 13800138000") };
	e = done(l,
	         held_add(l->h, bad, (const unsigned char(*)[HELD_KEY_BYTES])key, (size_t)n, DAY * US_PER_DAY, 3, &added));
	for (int i = 0; i < n; i++)
		l->record[first + i] = e == ERR_OK ? THERE : EITHER;
}

static void rewrap(struct life *l)
{
	l->masters = done(l, dictionary_rewrap(l->d, master[1])) == ERR_OK ? 1 : 2;
}

/* ---- what is there ---- */

static void check_people(const struct life *l)
{
	for (uint64_t i = 0; i < PEOPLE; i++) {
		char z[24], plain[DICTIONARY_PLAIN_MAX];
		struct dictionary_entry x = entry(i, z);
		size_t n = 0;
		enum err e = dictionary_reveal(l->d, x.token, x.kind, plain, &n);

		if (l->person[i] != EITHER)
			assert_int_equal(e, l->person[i] == THERE ? ERR_OK : ERR_ABSENT);
		assert_true(e == ERR_OK || e == ERR_ABSENT);
		if (e == ERR_OK) {
			assert_int_equal(n, x.plain.n);
			assert_memory_equal(plain, z, n);
		}
	}
}

static void check_count(const struct life *l)
{
	sqlite3_stmt *q;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM entry", -1, &q, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int64(q, 0), dictionary_count(l->d));
	sqlite3_finalize(q);
	sqlite3_close(db);
}

static void count_record(void *ctx, const struct held *x)
{
	int *n = ctx;

	(void)x;
	++*n;
}

static void check_records(struct life *l)
{
	int all = 0, there = 0, either = 0;
	struct buf raw;

	for (int i = 0; i < RECORDS; i++) {
		there += l->record[i] == THERE;
		either += l->record[i] == EITHER;
	}
	buf_init(&raw, 1 << 16);
	assert_int_equal(held_list(l->h, HELD_ALL, 0, HELD_STATES, 100, count_record, &all), ERR_OK);
	assert_true(all == there || all == there + either); /* those that failed together: all or none */
	for (int i = 1; i <= all; i++) {
		assert_int_equal(held_record(l->h, (uint64_t)i, &raw, NULL, NULL), ERR_OK);
		if (i > 1)
			assert_text(buf_view(&raw), "caller 13800138000");
		else if (l->dropped)
			assert_int_equal(raw.n, 0);
	}
	all = 0;
	assert_int_equal(held_list(l->h, HELD_ALL, 0, HELD_OPEN, 100, count_record, &all), ERR_OK);
	assert_int_equal(all, held_open_count(l->h));
	buf_release(&raw);
}

/* ---- a life ---- */

/* False: it could not even be opened. */
static bool live(struct life *l, bool unharmed)
{
	uint64_t removed;

	memset(l, 0, sizeof(*l));
	if (done(l, open_both(l, master[0])) != ERR_OK) {
		close_both(l);
		return false;
	}
	fold_batch(l, 0);
	fold_batch(l, 1);
	hold(l, 0, 1);
	hold(l, 1, RECORDS - 1);
	erase(l, 3);
	(void)done(l, dictionary_rotate(l->d));
	fold_batch(l, 2);
	l->dropped = done(l, held_settle(l->h, 1, HELD_DROPPED, 0)) == ERR_OK;
	tend(l, DAY + 1);
	erase(l, EACH + 3);
	fold_batch(l, 3);
	rewrap(l);
	(void)done(l, held_expire(l->h, 0, 100, &removed));
	if (unharmed) { /* what is kept in memory agrees with what is in the files */
		check_people(l);
		check_count(l);
		check_records(l);
	}
	close_both(l);
	return true;
}

static void check(struct life *l)
{
	enum err e = open_both(l, master[l->masters == 1]);

	if (e == ERR_FORMAT && l->masters == 2) {
		close_both(l);
		e = open_both(l, master[1]);
	}
	assert_int_equal(e, ERR_OK);
	check_people(l);
	check_count(l);
	check_records(l);
	/* And all goes on. */
	l->failures = 0;
	l->position = dictionary_position(l->d);
	fold_batch(l, 0);
	assert_int_equal(l->failures, 0);
	close_both(l);
}

static void run(void (*fail_at)(uint64_t nth), uint64_t (*count)(void), uint64_t step)
{
	static struct life l;
	uint64_t total = 0, failed = 0, tried = 0;

	for (uint64_t n = 0; n == 0 || n <= total; n += n == 0 ? 1 : step) {
		clean();
		fail_at(n);
		live(&l, n == 0);
		if (n == 0) {
			total = count();
			assert_int_equal(l.failures, 0);
		}
		fail_at(0);
		tried++;
		failed += l.failures > 0;
		check(&l);
	}
	print_message("%llu operations, %llu made to fail, %llu felt it\n", (unsigned long long)total,
	              (unsigned long long)tried - 1, (unsigned long long)failed);
	assert_true(failed > tried / 4);
}

static void test_files(void **state)
{
	(void)state;
	run(sqlite_fail_at, sqlite_count, 100 / test_cases(100));
}

static void test_memory_of_sqlite(void **state)
{
	(void)state;
	run(sqlite_memory_fail_at, sqlite_memory_count, 7 * (100 / test_cases(100)));
}

static void test_own_memory(void **state)
{
	(void)state;
	run(mem_fail_at, mem_count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_memory_of_sqlite),
		cmocka_unit_test(test_own_memory),
	};
	int status;

	umask(077);
	sqlite_faults_install();
	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(path, sizeof(path), "%s/d.sqlite", folder);
	snprintf(held_path, sizeof(held_path), "%s/q.sqlite", folder);
	status = cmocka_run_group_tests(tests, NULL, NULL);
	clean();
	rmdir(folder);
	return status;
}
