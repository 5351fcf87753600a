/* test_dictionary.c - what goes in comes out, nothing stands in the file in plain, rows can't be exchanged or changed, keys rotate, people
 * are erased; quarantined records are sealed the same way. */
#include "tests/test.h"
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "store/held.h"

static char folder[] = "/tmp/duanka-dictionary-XXXXXX", path[64], held_path[64];
static const unsigned char master[DICTIONARY_MASTER_BYTES] = "a master key of thirty-two bytes",
						   other[DICTIONARY_MASTER_BYTES] = "b";

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

static struct dictionary *opened(const unsigned char *with)
{
	struct dictionary *d = NULL;
	struct buf why;

	buf_init(&why, 1024);
	assert_int_equal(dictionary_open(&d, path, with, &why), ERR_OK);
	buf_release(&why);
	return d;
}

static struct dictionary_entry entry(uint64_t i, char z[24])
{
	snprintf(z, 24, "1380013%04llu", (unsigned long long)i);
	return (
		struct dictionary_entry){ .token = { { hash_mix(i + 1), i } }, .kind = (uint8_t)(i % 3), .plain = text_z(z) };
}

static void expect(struct dictionary *d, uint64_t i, enum err want)
{
	char z[24], plain[DICTIONARY_PLAIN_MAX];
	struct dictionary_entry x = entry(i, z);
	size_t n = 0;

	assert_int_equal(dictionary_reveal(d, x.token, x.kind, plain, &n), want);
	if (want == ERR_OK) {
		assert_int_equal(n, x.plain.n);
		assert_memory_equal(plain, z, n);
	}
}

/* Packed and folded, each by itself. Returns how many were packed. */
static uint64_t add(struct dictionary *d, uint64_t from, uint64_t to, int32_t day)
{
	struct dictionary_folded f;
	struct buf b;
	uint64_t packed = 0;

	buf_init(&b, 1 << 20);
	for (uint64_t i = from; i < to; i++) {
		char z[24];
		struct dictionary_entry x = entry(i, z);
		struct text t;

		buf_clear(&b);
		assert_int_equal(dictionary_pack(d, &x, 1, day, &b), ERR_OK);
		if (b.n == 0)
			continue;
		packed++;
		t = buf_view(&b);
		assert_null(memmem(b.p, b.n, z, strlen(z)));
		assert_int_equal(dictionary_fold(d, &t, 1, dictionary_position(d) + 1, &f), ERR_OK);
		assert_int_equal(f.unopened, 0);
	}
	buf_release(&b);
	return packed;
}

static bool stands_in_file(const char *name, const char *needle)
{
	struct buf b;
	bool found;

	buf_init(&b, 64 << 20);
	if (file_read_all(name, 64 << 20, &b) != ERR_OK)
		return false;
	found = memmem(b.p, b.n, needle, strlen(needle)) != NULL;
	buf_release(&b);
	return found;
}

static void test_round_trip(void **state)
{
	struct dictionary *d;

	(void)state;
	clean();
	d = opened(master);
	assert_int_equal(dictionary_position(d), 0);
	assert_int_equal(add(d, 0, 500, 100), 500);
	assert_int_equal(add(d, 250, 500, 100), 0); /* again: nothing is packed */
	assert_int_equal(dictionary_count(d), 500);
	for (uint64_t i = 0; i < 500; i++)
		expect(d, i, ERR_OK);
	expect(d, 500, ERR_ABSENT);
	dictionary_close(d);
	assert_false(stands_in_file(path, "1380013"));
	d = opened(master);
	assert_int_equal(dictionary_count(d), 500);
	assert_int_equal(dictionary_position(d), 500);
	expect(d, 499, ERR_OK);
	assert_int_equal(add(d, 499, 501, 100),
	                 2); /* who was packed lately is not kept over a restart; nothing is there twice */
	assert_int_equal(dictionary_count(d), 501);
	dictionary_close(d);
}

static void test_wrong_master(void **state)
{
	struct dictionary *d = NULL;
	struct buf why;

	(void)state;
	clean();
	dictionary_close(opened(master));
	buf_init(&why, 1024);
	assert_int_equal(dictionary_open(&d, path, other, &why), ERR_FORMAT);
	assert_non_null(strstr(why.p, "master key"));
	buf_release(&why);
}

/* A row under another token, another kind, or with a changed byte is not believed. */
static void test_changed_rows(void **state)
{
	static const char *const harm[] = {
		"UPDATE entry SET box = (SELECT e.box FROM entry e WHERE e.token <> entry.token LIMIT 1) WHERE kind = 0",
		"UPDATE entry SET kind = 2 WHERE kind = 0",
		"UPDATE entry SET box = substr(box, 1, 30) || x'00' || substr(box, 32) WHERE kind = 0",
		"UPDATE entry SET box = substr(box, 1, 30) WHERE kind = 0",
		"UPDATE entry SET key = 77 WHERE kind = 0",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(harm) / sizeof(*harm); i++) {
		struct dictionary *d;
		sqlite3 *db;
		char z[24], plain[DICTIONARY_PLAIN_MAX];
		struct dictionary_entry x = entry(0, z);
		size_t n;

		clean();
		d = opened(master);
		add(d, 0, 2, 1);
		dictionary_close(d);
		assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db, harm[i], NULL, NULL, NULL), SQLITE_OK);
		sqlite3_close(db);
		d = opened(master);
		assert_int_equal(dictionary_reveal(d, x.token, i == 1 ? 2 : 0, plain, &n), ERR_FORMAT);
		expect(d, 1, ERR_OK);
		dictionary_close(d);
	}
}

static void test_rotation(void **state)
{
	struct dictionary_tended t;
	struct dictionary *d;
	uint64_t renewed = 0, seen = 0;

	(void)state;
	clean();
	d = opened(master);
	add(d, 0, 100, 10);
	assert_int_equal(dictionary_rotate(d), ERR_OK);
	add(d, 100, 200, 11);
	do {
		assert_int_equal(dictionary_tend(d, 0, 0, 7, &t), ERR_OK);
		renewed += t.renewed;
		seen += t.seen;
		assert_int_equal(t.expired, 0);
	} while (!t.round);
	assert_int_equal(renewed, 100);
	assert_int_equal(seen, 200);
	for (uint64_t i = 0; i < 200; i++)
		expect(d, i, ERR_OK);
	assert_int_equal(dictionary_rewrap(d, other), ERR_OK);
	expect(d, 3, ERR_OK);
	dictionary_close(d);
	d = opened(other);
	expect(d, 150, ERR_OK);
	/* The day last seen counts: 50 of the older come again, the rest go. */
	add(d, 0, 50, 12);
	do
		assert_int_equal(dictionary_tend(d, 11, 0, 1000, &t), ERR_OK);
	while (!t.round);
	assert_int_equal(t.expired, 50);
	expect(d, 49, ERR_OK);
	expect(d, 50, ERR_ABSENT);
	expect(d, 100, ERR_OK);
	dictionary_close(d);
}

static void test_erasure(void **state)
{
	struct dictionary *d;
	uint32_t number;
	char z[24];
	struct dictionary_entry x = entry(5, z);

	(void)state;
	clean();
	d = opened(master);
	add(d, 0, 10, 1);
	assert_int_equal(dictionary_turn(d, &number), ERR_OK);
	dictionary_forget(d, x.token, x.kind, 1);
	assert_int_equal(dictionary_erase(d, x.token, x.kind, number), ERR_OK);
	expect(d, 5, ERR_ABSENT);
	expect(d, 6, ERR_OK);
	assert_int_equal(dictionary_count(d), 9);
	assert_int_equal(dictionary_erase(d, x.token, x.kind, number), ERR_ABSENT);
	assert_int_equal(add(d, 4, 7, 1),
	                 1); /* who calls again is known again; of the others nobody needs to be told anew */
	expect(d, 5, ERR_OK);
	dictionary_close(d);
}

struct seen {
	uint32_t n;
	uint64_t last;
	enum held_state state;
};

static void see(void *ctx, const struct held *x)
{
	struct seen *s = ctx;

	s->n++;
	s->last = x->number;
	s->state = x->state;
	assert_text(x->reason, "missing");
	assert_text(x->field, "callee");
}

static void test_held(void **state)
{
	struct bad bad = {
		.reason = BAD_MISSING, .line = 3, .field = TEXT("callee"), .raw = TEXT("{\"caller\":\"13800138000\"}")
	};
	struct seen s = { .n = 0 };
	struct dictionary *d;
	struct held_box *h;
	struct buf b;
	uint64_t n;

	(void)state;
	clean();
	d = opened(master);
	buf_init(&b, 1 << 20);
	assert_int_equal(held_open(&h, held_path, d, &b), ERR_OK);
	for (int i = 0; i < 10; i++)
		assert_int_equal(held_add(h, &bad, NULL, 1, 1000 * i, 4, &n), ERR_OK);
	assert_int_equal(dictionary_rotate(d), ERR_OK);
	assert_int_equal(dictionary_tend(d, 0, 0, 10, &(struct dictionary_tended){ .seen = 0 }),
	                 ERR_OK); /* its key stays */
	assert_int_equal(held_record(h, 2, &b, see, &s), ERR_OK);
	assert_text(buf_view(&b), "{\"caller\":\"13800138000\"}");
	assert_int_equal(held_record(h, 11, &b, NULL, NULL), ERR_ABSENT);
	assert_int_equal(held_settle(h, 2, HELD_MENDED, 77), ERR_OK);
	assert_int_equal(held_settle(h, 2, HELD_DROPPED, 0), ERR_ABSENT);
	s.n = 0;
	assert_int_equal(held_list(h, HELD_ALL, 0, HELD_OPEN, 100, see, &s), ERR_OK);
	assert_int_equal(s.n, 9);
	s.n = 0;
	assert_int_equal(held_list(h, HELD_ALL, 1, HELD_STATES, 1, see, &s), ERR_OK);
	assert_int_equal(s.last, 2);
	assert_int_equal(s.state, HELD_MENDED);
	assert_int_equal(held_expire(h, 3000, 1000, &n), ERR_OK);
	assert_int_equal(n, 3);
	assert_int_equal(held_expire(h, 0, 2, &n), ERR_OK);
	assert_int_equal(n, 5);
	assert_int_equal(held_open_count(h), 2);
	held_close(h);
	dictionary_close(d);
	assert_false(stands_in_file(held_path, "13800138000"));
	buf_release(&b);
}

static uint32_t held_of(struct held_box *h, int32_t organisation, uint32_t most)
{
	struct seen s = { .n = 0 };

	assert_int_equal(held_list(h, organisation, 0, HELD_STATES, most, see, &s), ERR_OK);
	return s.n;
}

static void see_key(void *ctx, const struct held *x)
{
	assert_non_null(x->key);
	assert_memory_equal(x->key, ctx, HELD_KEY_BYTES);
}

/* One organisation floods; the other's stay, and are found whatever stands between them. */
static void test_held_rooms(void **state)
{
	static struct bad many[500];
	struct dictionary *d;
	struct held_box *h;
	struct buf b;
	uint64_t n;

	(void)state;
	clean();
	d = opened(master);
	buf_init(&b, 1 << 20);
	for (int i = 0; i < 500; i++)
		many[i] = (struct bad){ .reason = BAD_MISSING, .line = 1, .field = TEXT("callee"), .raw = TEXT("{}") };
	assert_int_equal(held_open(&h, held_path, d, &b), ERR_OK);
	assert_int_equal(held_add(h, many, NULL, 5, 1000, 4, &n), ERR_OK);
	assert_int_equal(held_add(h, many, NULL, 500, 2000, 9, &n), ERR_OK);
	assert_int_equal(held_add(h, many, NULL, 3, 3000, 4, &n), ERR_OK);
	assert_int_equal(held_of(h, 4, 8), 8);
	assert_int_equal(held_of(h, 9, 1000), 500);
	assert_int_equal(held_of(h, HELD_ALL, 1000), 508);
	assert_int_equal(held_of(h, 5, 1000), 0);
	assert_int_equal(held_expire(h, 0, 100, &n), ERR_OK);
	assert_int_equal(n, 408);
	assert_int_equal(held_of(h, 4, 1000), 8);
	assert_int_equal(held_of(h, 9, 1000), 92);
	held_close(h); /* and the same when it was counted anew */
	assert_int_equal(held_open(&h, held_path, d, &b), ERR_OK);
	assert_int_equal(held_expire(h, 0, 12, &n), ERR_OK);
	assert_int_equal(n, 88);
	assert_int_equal(held_of(h, 4, 1000), 6);
	assert_int_equal(held_of(h, 9, 1000), 6);
	assert_int_equal(held_expire(h, 0, 12, &n), ERR_OK);
	assert_int_equal(n, 0);
	held_close(h);
	dictionary_close(d);
	buf_release(&b);
}

/* A record that is sent again is held once, in whatever state it is; one that has gone may come again. */
static void test_held_once(void **state)
{
	unsigned char key[3][HELD_KEY_BYTES] = { { 1 }, { 2 }, { 1 } };
	struct bad bad[3];
	struct dictionary *d;
	struct held_box *h;
	struct buf b;
	uint64_t n;

	(void)state;
	clean();
	d = opened(master);
	buf_init(&b, 1 << 20);
	for (int i = 0; i < 3; i++)
		bad[i] = (struct bad){ .reason = BAD_MISSING, .line = 1, .field = TEXT("callee"), .raw = TEXT("{}") };
	assert_int_equal(held_open(&h, held_path, d, &b), ERR_OK);
	for (int again = 0; again < 3; again++) {
		assert_int_equal(held_add(h, bad, (const unsigned char(*)[HELD_KEY_BYTES])key, 3, 1000, 4, &n), ERR_OK);
		assert_int_equal(n, again == 0 ? 2 : 0);
		assert_int_equal(held_of(h, 4, 1000), 2);
		assert_int_equal(held_open_count(h), 2 - again);
		assert_int_equal(held_record(h, 2, &b, see_key, key[1]), ERR_OK);
		if (again < 2)
			assert_int_equal(held_settle(h, 1 + (uint64_t)again, again == 0 ? HELD_MENDED : HELD_DROPPED, 7), ERR_OK);
	}
	assert_int_equal(held_expire(h, 2000, 100, &n), ERR_OK);
	assert_int_equal(n, 2);
	assert_int_equal(held_add(h, bad, (const unsigned char(*)[HELD_KEY_BYTES])key, 3, 1000, 4, &n), ERR_OK);
	assert_int_equal(n, 2);
	held_close(h);
	dictionary_close(d);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_held_rooms),   cmocka_unit_test(test_held_once),    cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_wrong_master), cmocka_unit_test(test_changed_rows), cmocka_unit_test(test_rotation),
		cmocka_unit_test(test_erasure),      cmocka_unit_test(test_held),
	};
	int failed;

	umask(077);
	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(path, sizeof(path), "%s/d.sqlite", folder);
	snprintf(held_path, sizeof(held_path), "%s/q.sqlite", folder);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	clean();
	rmdir(folder);
	return failed;
}
