/* test_texts.c - sealed texts: what was added is there until it is erased, nothing of it lies in the file in plain, a text cannot stand for another, and whatever fails leaves all or nothing. */
#include "tests/test.h"
#include <sqlite3.h>
#include <unistd.h>
#include "tests/sim/sqlite_faults.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/rng.h"
#include "store/texts.h"

enum {
	TEXTS = 40,
	DAY = 20000
};

static const unsigned char master[DICTIONARY_MASTER_BYTES] = "a";
static char folder[] = "/tmp/duanka-texts-XXXXXX", path[64], dictionary_path[64];
static struct dictionary *dictionary;
static struct texts *texts;
static struct buf why, plain;

static void clean(void)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	char z[80];

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		snprintf(z, sizeof(z), "%s%s", path, ends[i]);
		unlink(z);
		snprintf(z, sizeof(z), "%s%s", dictionary_path, ends[i]);
		unlink(z);
	}
}

static void open_both(void)
{
	buf_clear(&why);
	if (dictionary_open(&dictionary, dictionary_path, master, &why) != ERR_OK ||
	    texts_open(&texts, path, dictionary, &why) != ERR_OK)
		fail_msg("%s", why.p);
}

static void close_both(void)
{
	texts_close(texts);
	dictionary_close(dictionary);
	texts = NULL;
	dictionary = NULL;
}

static void ref_of(uint32_t i, unsigned char ref[TEXT_REF_BYTES])
{
	uint64_t w[2] = { hash_mix(i + 1), i + 1 };

	memcpy(ref, w, TEXT_REF_BYTES);
}

static struct text text_i(uint32_t i, char z[64])
{
	return text_of(z, (size_t)snprintf(z, 64, "the victim %u lives in Dongxiang, 学府路 %u", i, i));
}

static enum err add(uint32_t i, int32_t day)
{
	unsigned char ref[1][TEXT_REF_BYTES];
	char z[64];
	struct text t = text_i(i, z);

	ref_of(i, ref[0]);
	return texts_add(texts, ref, &t, 1, (int64_t)day * US_PER_DAY);
}

static enum err read_i(uint32_t i)
{
	unsigned char ref[TEXT_REF_BYTES];

	ref_of(i, ref);
	buf_clear(&plain);
	return texts_read(texts, ref, &plain);
}

static void is_there(uint32_t i)
{
	char z[64];

	assert_int_equal(read_i(i), ERR_OK);
	assert_true(text_eq(buf_view(&plain), text_i(i, z)));
}

static enum err erase(uint32_t i)
{
	unsigned char ref[TEXT_REF_BYTES];

	ref_of(i, ref);
	return texts_erase(texts, ref);
}

static void no_file_has(const char *z)
{
	static const char *const ends[] = { "", "-wal" };
	struct buf b;
	char name[80];

	buf_init(&b, (size_t)16 << 20);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		buf_clear(&b);
		(void)!file_read_all(name, b.max, &b);
		assert_false(text_contains(buf_view(&b), text_z(z)));
	}
	buf_release(&b);
}

static void texts_stay_until_erased(void **state)
{
	static char large[TEXT_BYTES_MAX + 1];
	unsigned char ref[2][TEXT_REF_BYTES];
	struct text two[2] = { { large, TEXT_BYTES_MAX }, { large, TEXT_BYTES_MAX + 1 } };

	(void)state;
	clean();
	open_both();
	for (uint32_t i = 0; i < TEXTS; i++)
		assert_int_equal(add(i, DAY), ERR_OK);
	assert_int_equal(add(3, DAY), ERR_IO); /* the reference is taken */
	memset(large, 'x', sizeof(large));
	ref_of(TEXTS, ref[0]);
	ref_of(TEXTS + 1, ref[1]);
	assert_int_equal(texts_add(texts, ref, two, 2, 0), ERR_RANGE); /* none of them */
	assert_int_equal(read_i(TEXTS), ERR_ABSENT);
	assert_int_equal(texts_add(texts, ref, two, 1, 0), ERR_OK);
	assert_int_equal(read_i(TEXTS), ERR_OK);
	assert_int_equal(plain.n, TEXT_BYTES_MAX);
	assert_int_equal(texts_count(texts), TEXTS + 1);
	no_file_has("Dongxiang");
	no_file_has("xxxxxxxx");
	assert_int_equal(erase(7), ERR_OK);
	assert_int_equal(erase(7), ERR_ABSENT);
	assert_int_equal(texts_count(texts), TEXTS);
	close_both();
	open_both();
	assert_int_equal(texts_count(texts), TEXTS);
	for (uint32_t i = 0; i < TEXTS; i++) {
		if (i == 7)
			assert_int_equal(read_i(i), ERR_ABSENT);
		else
			is_there(i);
	}
	close_both();
}

static void run_sql(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void a_text_is_no_other(void **state)
{
	(void)state;
	clean();
	open_both();
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(add(i, DAY), ERR_OK);
	close_both();
	run_sql("UPDATE texts SET box = (SELECT box FROM texts WHERE rowid = 2) WHERE rowid = 1");
	open_both();
	assert_int_equal(read_i(0), ERR_FORMAT);
	is_there(1);
	close_both();
}

/* Texts that are renewed in time outlive the keys under which they were sealed first. */
static void renewed_texts_outlive_their_keys(void **state)
{
	struct dictionary_tended tended;
	uint32_t n, damaged = 2;

	(void)state;
	clean();
	open_both();
	for (uint32_t i = 0; i < 5; i++)
		assert_int_equal(add(i, DAY), ERR_OK);
	assert_int_equal(add(5, DAY + 300), ERR_OK);
	close_both();
	run_sql("UPDATE texts SET box = x'00' WHERE rowid = 3");
	open_both();
	assert_int_equal(dictionary_rotate(dictionary), ERR_OK);
	assert_int_equal(texts_renew(texts, DAY + 200, DAY + 300, 3, &n), ERR_OK);
	assert_int_equal(n, 3);
	assert_int_equal(texts_renew(texts, DAY + 200, DAY + 300, 100, &n), ERR_OK);
	assert_int_equal(n, 2);
	assert_int_equal(texts_renew(texts, DAY + 200, DAY + 300, 100, &n), ERR_OK);
	assert_int_equal(n, 0);
	assert_int_equal(dictionary_tend(dictionary, DAY - 1000, DAY + 200, 1000, &tended), ERR_OK);
	for (uint32_t i = 0; i < 5; i++) {
		if (i == damaged)
			assert_int_equal(read_i(i), ERR_FORMAT);
		else
			is_there(i);
	}
	close_both();
}

static void what_fails_is_undone(void **state)
{
	static void (*const fail_at[])(uint64_t) = { sqlite_fail_at, sqlite_memory_fail_at, mem_fail_at };
	static uint64_t (*const counted[])(void) = { sqlite_count, sqlite_memory_count, mem_count };
	uint64_t failures = 0;
	uint32_t n;

	(void)state;
	for (uint32_t k = 0; k < ARRAY_LEN(fail_at); k++) {
		for (uint64_t nth = 1;; nth++) {
			enum err e[3];
			bool over;

			clean();
			open_both();
			assert_int_equal(add(0, DAY), ERR_OK);
			fail_at[k](nth);
			e[0] = add(1, DAY);
			e[1] = texts_renew(texts, DAY + 1, DAY + 1, 10, &n);
			e[2] = erase(0);
			over = counted[k]() < nth;
			fail_at[k](0);
			failures += (e[0] != ERR_OK) + (e[1] != ERR_OK) + (e[2] != ERR_OK);
			close_both();
			open_both();
			if (e[0] == ERR_OK)
				is_there(1);
			if (e[2] == ERR_OK)
				assert_int_equal(read_i(0), ERR_ABSENT);
			else if (read_i(0) != ERR_ABSENT) /* the row may be gone, and what it left in the log not yet */
				is_there(0);
			if (e[0] != ERR_OK) {
				assert_int_equal(read_i(1), ERR_ABSENT);
				assert_int_equal(add(1, DAY), ERR_OK);
			}
			close_both();
			if (over)
				break;
		}
	}
	print_message("%llu failures\n", (unsigned long long)failures);
	assert_true(failures > 20);
}

static int setup(void **state)
{
	(void)state;
	sqlite_faults_install();
	buf_init(&why, 4096);
	buf_init(&plain, TEXT_BYTES_MAX);
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/texts.sqlite", folder);
	snprintf(dictionary_path, sizeof(dictionary_path), "%s/dictionary.sqlite", folder);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	buf_release(&why);
	buf_release(&plain);
	clean();
	rmdir(folder);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_stay_until_erased),
		cmocka_unit_test(a_text_is_no_other),
		cmocka_unit_test(renewed_texts_outlive_their_keys),
		cmocka_unit_test(what_fails_is_undone),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
