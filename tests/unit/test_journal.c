/* test_journal.c - records in and out, segments, and every single flipped bit: a journal is never read as something it was not. */
#include "tests/test.h"
#include "base/mem.h"
#include "journal/journal.h"
#include "tests/sim/disk_virtual.h"

enum {
	BATCHES = 12
};

static void put(struct buf *b, uint32_t i)
{
	char z[32];
	struct record r = { .kind = RECORD_ACT, .time = (int64_t)i * 1000, .organisation = (uint16_t)i };

	snprintf(z, sizeof(z), "{\"n\":%u}", i);
	r.payload = text_z(z);
	record_put(b, &r);
}

static enum err open_journal(struct journal **j, struct disk *d, struct journal_found *f, struct buf *why)
{
	struct journal_options o = { .segment_bytes_max = 700, .id = { 7 }, .now_us = 5 };

	return journal_open(j, d, &o, TEXT("schema"), f, why);
}

static void fill(struct disk *d)
{
	struct journal_found f;
	struct journal *j;
	struct buf b, why;

	buf_init(&b, 1 << 16);
	buf_init(&why, 1 << 12);
	assert_int_equal(open_journal(&j, d, &f, &why), ERR_OK);
	assert_true(f.made);
	for (uint32_t i = 0; i < BATCHES; i++) {
		buf_clear(&b);
		put(&b, 2 * i);
		put(&b, 2 * i + 1);
		assert_int_equal(journal_commit(j, buf_view(&b), 2), ERR_OK);
	}
	assert_int_equal(journal_next(j), 2 * BATCHES + 1);
	journal_close(j);
	buf_release(&b);
	buf_release(&why);
}

/* Reads from a position to the end; how many records came, all of them as written. */
static uint32_t read_all(struct disk *d, uint64_t from, enum err *last)
{
	struct journal_reader *r;
	struct record record;
	struct buf why;
	uint32_t n = 0;

	buf_init(&why, 4096);
	*last = journal_reader_open(&r, d, from, UINT64_MAX);
	if (*last != ERR_OK)
		return 0;
	while ((*last = journal_read(r, &record, &why)) == ERR_OK) {
		char z[32];

		if (record.kind == RECORD_SCHEMA) {
			assert_int_equal(record.position, 0);
			assert_text(record.payload, "schema");
			continue;
		}
		snprintf(z, sizeof(z), "{\"n\":%u}", (unsigned)record.position - 1);
		assert_text(record.payload, z);
		assert_int_equal(record.position, (from == 0 ? 1 : from) + n);
		assert_int_equal(record.time, (int64_t)(record.position - 1) * 1000);
		n++;
	}
	journal_reader_close(r);
	buf_release(&why);
	return n;
}

static void names(void *ctx, const char *name)
{
	char(*out)[64] = ctx;

	for (int i = 0; i < 32; i++)
		if (out[i][0] == 0) {
			snprintf(out[i], sizeof(out[i]), "journal/%s", name);
			return;
		}
}

static void test_reads_what_was_written(void **state)
{
	struct disk_virtual *v = disk_virtual_new(1);
	struct disk d = disk_virtual_disk(v);
	char name[32][64] = { { 0 } };
	enum err e;

	(void)state;
	fill(&d);
	for (uint64_t from = 0; from <= 2 * BATCHES; from++) {
		assert_int_equal(read_all(&d, from, &e), 2 * BATCHES - (from == 0 ? 0 : from - 1));
		assert_int_equal(e, ERR_ABSENT);
	}
	assert_int_equal(d.list(d.ctx, "journal", names, name), ERR_OK);
	assert_true(name[2][0] != 0); /* several segments */
	disk_virtual_free(v);
}

static uint64_t complaints(struct disk *d, const unsigned char *head)
{
	struct journal_audit a;

	assert_int_equal(journal_verify(d, head, &a, NULL, NULL), ERR_OK);
	return a.wrong;
}

static void test_every_flipped_bit_is_seen(void **state)
{
	struct disk_virtual *v = disk_virtual_new(2);
	struct disk d = disk_virtual_disk(v);
	char name[32][64] = { { 0 } };
	uint64_t flips = 0, step = 100 / test_cases(100);
	enum err e;

	(void)state;
	fill(&d);
	assert_int_equal(complaints(&d, NULL), 0);
	assert_int_equal(d.list(d.ctx, "journal", names, name), ERR_OK);
	for (int i = 0; i < 32 && name[i][0] != 0; i++)
		for (uint64_t bit = 0; bit < 8 * disk_virtual_bytes(v, name[i]); bit += step) {
			assert_true(disk_virtual_flip(v, name[i], bit / 8, bit % 8));
			if (complaints(&d, NULL) == 0)
				fail_msg("%s: bit %llu flipped and nobody saw it", name[i], (unsigned long long)bit);
			read_all(&d, 0, &e); /* checks that what it gives is as written */
			assert_true(disk_virtual_flip(v, name[i], bit / 8, bit % 8));
			flips++;
		}
	assert_int_equal(complaints(&d, NULL), 0);
	print_message("%llu flipped bits\n", (unsigned long long)flips);
	disk_virtual_free(v);
}

/* Damage in the last segment: with whole batches behind it the journal does not open; in the last batch it is a torn tail. */
static void test_opening_after_damage(void **state)
{
	struct disk_virtual *v = disk_virtual_new(3);
	struct disk d = disk_virtual_disk(v);
	char name[32][64] = { { 0 } };
	struct journal_found f;
	struct journal *j;
	struct buf why;
	uint64_t end;
	int last = 0;

	(void)state;
	buf_init(&why, 4096);
	fill(&d);
	assert_int_equal(d.list(d.ctx, "journal", names, name), ERR_OK);
	while (last + 1 < 32 && name[last + 1][0] != 0)
		last++;
	end = disk_virtual_bytes(v, name[last]);
	assert_true(disk_virtual_flip(v, name[last], JOURNAL_SEGMENT_HEAD_BYTES + 100, 3));
	assert_int_equal(open_journal(&j, &d, &f, &why), ERR_FORMAT);
	assert_non_null(strstr(why.p, "restore the file"));
	assert_true(disk_virtual_flip(v, name[last], JOURNAL_SEGMENT_HEAD_BYTES + 100, 3));
	assert_true(disk_virtual_flip(v, name[last], end - 1, 0));
	buf_clear(&why);
	assert_int_equal(open_journal(&j, &d, &f, &why), ERR_OK);
	assert_true(f.torn_bytes > 0);
	assert_true(disk_virtual_bytes(v, f.torn_name) == f.torn_bytes);
	assert_int_equal(f.next, 2 * BATCHES - 1);
	journal_close(j);
	buf_release(&why);
	disk_virtual_free(v);
}

static void test_expiry_keeps_the_last_segment(void **state)
{
	struct disk_virtual *v = disk_virtual_new(4);
	struct disk d = disk_virtual_disk(v);
	struct journal_found f;
	struct journal *j;
	struct buf why;
	uint32_t removed;
	enum err e;

	(void)state;
	buf_init(&why, 4096);
	fill(&d);
	assert_int_equal(open_journal(&j, &d, &f, &why), ERR_OK);
	assert_int_equal(journal_expire(j, 5, UINT64_MAX, &removed), ERR_OK);
	assert_int_equal(removed, 0); /* made at 5: not older */
	assert_int_equal(journal_expire(j, 6, UINT64_MAX, &removed), ERR_OK);
	assert_true(removed > 0);
	assert_int_equal(journal_next(j), 2 * BATCHES + 1);
	journal_close(j);
	assert_int_equal(complaints(&d, NULL), 0);
	assert_int_equal(read_all(&d, 1, &e), 0);
	assert_int_equal(e, ERR_ABSENT);
	buf_release(&why);
	disk_virtual_free(v);
}

/* Segments of different times, against a look at all heads; a moment before all of them, and no journal. */
static void test_since_a_moment(void **state)
{
	struct disk_virtual *v = disk_virtual_new(7);
	struct disk d = disk_virtual_disk(v);
	struct journal_found f;
	struct journal *j;
	struct buf b, why;
	uint64_t *first, since;
	size_t n;

	(void)state;
	buf_init(&b, 1 << 16);
	buf_init(&why, 4096);
	assert_int_equal(journal_since(&d, 100, &since), ERR_ABSENT);
	assert_int_equal(open_journal(&j, &d, &f, &why), ERR_OK);
	for (uint32_t i = 0; i < 3 * BATCHES; i++) {
		journal_now(j, 10 * (i / 3)); /* some begin at the same moment */
		buf_clear(&b);
		put(&b, i);
		assert_int_equal(journal_commit(j, buf_view(&b), 1), ERR_OK);
	}
	journal_close(j);
	assert_int_equal(journal_segments(&d, &first, &n), ERR_OK);
	assert_true(n > 5);
	for (int64_t then = -5; then < 10 * BATCHES + 5; then++) {
		uint64_t right = first[0];
		int64_t begun;

		for (size_t i = 0; i < n; i++) {
			assert_int_equal(journal_begun(&d, first[i], &begun), ERR_OK);
			right = begun <= then ? first[i] : right;
		}
		assert_int_equal(journal_since(&d, then, &since), ERR_OK);
		assert_int_equal(since, right);
	}
	mem_free(first);
	buf_release(&b);
	buf_release(&why);
	disk_virtual_free(v);
}

/* A reader beside a writer that is caught at every byte of a write: it sees what was whole, waits, and goes on. A segment that is just
 * being begun is such a moment too. */
static void test_reads_beside_a_write(void **state)
{
	struct disk_virtual *v = disk_virtual_new(5), *half = disk_virtual_new(6);
	struct disk d = disk_virtual_disk(v), h = disk_virtual_disk(half);
	char name[32][64] = { { 0 } }, bytes[4096];
	struct journal_reader *r;
	struct record record;
	uint32_t n = 0, moments = 0;
	enum err e = ERR_ABSENT;
	int fd;

	(void)state;
	fill(&d);
	assert_int_equal(d.list(d.ctx, "journal", names, name), ERR_OK);
	assert_int_equal(h.open(h.ctx, name[0], DISK_WRITE, &fd), ERR_OK);
	assert_int_equal(journal_reader_open(&r, &h, 0, UINT64_MAX), ERR_ABSENT);
	for (int i = 0; i < 32 && name[i][0] != 0; i++) {
		size_t size, got;
		int from;

		assert_int_equal(d.open(d.ctx, name[i], DISK_READ, &from), ERR_OK);
		assert_int_equal(d.read_at(d.ctx, from, 0, bytes, sizeof(bytes), &size), ERR_OK);
		assert_int_equal(h.open(h.ctx, name[i], DISK_WRITE, &fd), ERR_OK);
		for (got = 0; got < size; got++) {
			assert_int_equal(h.write_at(h.ctx, fd, got, bytes + got, 1), ERR_OK);
			if (i == 0 && got < JOURNAL_SEGMENT_HEAD_BYTES - 1)
				continue;
			if (i == 0 && got == JOURNAL_SEGMENT_HEAD_BYTES - 1)
				assert_int_equal(journal_reader_open(&r, &h, 0, UINT64_MAX), ERR_OK);
			while ((e = journal_read(r, &record, NULL)) == ERR_OK)
				n += record.kind != RECORD_SCHEMA;
			assert_int_equal(e, ERR_ABSENT);
			moments++;
		}
	}
	assert_int_equal(n, 2 * BATCHES);
	assert_true(moments > 1000);
	journal_reader_close(r);
	disk_virtual_free(v);
	disk_virtual_free(half);
}

static void test_a_missing_segment_is_told(void **state)
{
	struct disk_virtual *v = disk_virtual_new(7);
	struct disk d = disk_virtual_disk(v);
	char name[32][64] = { { 0 } };
	enum err e;

	(void)state;
	fill(&d);
	assert_int_equal(d.list(d.ctx, "journal", names, name), ERR_OK);
	assert_int_equal(d.remove(d.ctx, name[1]), ERR_OK);
	assert_true(read_all(&d, 0, &e) < 2 * BATCHES);
	assert_int_equal(e, ERR_FORMAT);
	disk_virtual_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_what_was_written), cmocka_unit_test(test_every_flipped_bit_is_seen),
		cmocka_unit_test(test_opening_after_damage),   cmocka_unit_test(test_expiry_keeps_the_last_segment),
		cmocka_unit_test(test_reads_beside_a_write),   cmocka_unit_test(test_a_missing_segment_is_told),
		cmocka_unit_test(test_since_a_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
