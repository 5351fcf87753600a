/* fuzz_segment.c - any bytes as the segment of a journal. Input: a byte of flags, then the file. With the first flag the checksums are made right, so
 * that what lies behind them is reached. Whatever it is: reading ends, the audit ends, and a journal that opens takes a record and has it afterwards. */
#include <sodium/core.h>
#include <stdlib.h>
#include "base/mem.h"
#include "journal/segment_int.h"
#include "tests/sim/disk_virtual.h"

enum {
	FIX = 1,
	FILE_MAX = 1 << 16
};

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static uint32_t get32(const unsigned char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* Heads get right checksums and a right chain; lengths, counts, positions and records stay what they are. */
static void fix(unsigned char *p, size_t n)
{
	struct segment_head h = { .first = 1 };
	unsigned char chain[JOURNAL_CHAIN_BYTES];
	size_t at = JOURNAL_SEGMENT_HEAD_BYTES;

	if (n < at)
		return;
	memcpy(h.id, p + 8, sizeof(h.id));
	memcpy(h.chain, p + 40, sizeof(h.chain));
	memcpy(chain, h.chain, sizeof(chain));
	segment_head_put(p, &h);
	while (n - at >= JOURNAL_BATCH_HEAD_BYTES) {
		size_t left = n - at - JOURNAL_BATCH_HEAD_BYTES, bytes = get32(p + at + 4);
		struct batch_head b = { .records = get32(p + at + 8), .flags = get32(p + at + 12) };

		if (get32(p + at) != BATCH_MAGIC)
			return;
		bytes = bytes < left ? bytes : left;
		memcpy(&b.first, p + at + 16, sizeof(b.first));
		memcpy(b.chain, chain, sizeof(chain));
		batch_head_put(p + at, &b, text_of((const char *)p + at + JOURNAL_BATCH_HEAD_BYTES, bytes));
		memcpy(chain, b.chain, sizeof(chain));
		at += JOURNAL_BATCH_HEAD_BYTES + bytes;
	}
}

static uint64_t read_all(struct disk *d, enum err *last)
{
	struct journal_reader *r;
	struct record record;
	struct buf why;
	uint64_t n = 0, sum = 0;

	buf_init(&why, 4096);
	*last = journal_reader_open(&r, d, 0, UINT64_MAX);
	if (*last != ERR_OK)
		return 0;
	while ((*last = journal_read(r, &record, &why)) == ERR_OK) {
		for (size_t i = 0; i < record.payload.n; i++)
			sum += (unsigned char)record.payload.p[i];
		n += record.position != 0;
	}
	CHECK(sum < UINT64_MAX);
	journal_reader_close(r);
	buf_release(&why);
	return n;
}

static void open_and_go_on(struct disk *d)
{
	struct journal_options o = { .segment_bytes_max = 1 << 20, .id = { 7 }, .now_us = 5 };
	struct record tick = { .kind = RECORD_TICK, .time = 9 };
	struct journal_found f;
	struct journal_audit audit;
	struct journal *j;
	struct buf b, why;
	uint64_t next;
	enum err e, last;

	buf_init(&b, 4096);
	buf_init(&why, 4096);
	e = journal_open(&j, d, &o, TEXT("schema"), &f, &why);
	if (e == ERR_OK) {
		next = journal_next(j);
		record_put(&b, &tick);
		CHECK(journal_commit(j, buf_view(&b), 1) == ERR_OK && journal_next(j) == next + 1);
		journal_close(j);
		CHECK(journal_verify(d, NULL, &audit, NULL, NULL) == ERR_OK && audit.last == next);
		e = journal_open(&j, d, &o, TEXT("schema"), &f, &why);
		CHECK(e == ERR_OK && journal_next(j) == next + 1);
		journal_close(j);
		(void)read_all(d, &last); /* batches are whole; what stands in them may be no records */
	} else {
		CHECK(why.n > 0);
	}
	buf_release(&b);
	buf_release(&why);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct disk_virtual *v;
	struct disk d;
	struct journal_audit audit;
	unsigned char *file;
	enum err last;
	int fd;

	if (n < 1 || n > FILE_MAX)
		return 0;
	CHECK(sodium_init() >= 0);
	file = malloc(n);
	CHECK(file != NULL);
	memcpy(file, p + 1, n - 1);
	if ((p[0] & FIX) != 0)
		fix(file, n - 1);
	v = disk_virtual_new(1);
	d = disk_virtual_disk(v);
	CHECK(d.make_folder(d.ctx, "journal") == ERR_OK);
	CHECK(d.open(d.ctx, "journal/00000000000000000001.seg", DISK_NEW, &fd) == ERR_OK);
	CHECK(d.write_at(d.ctx, fd, 0, file, n - 1) == ERR_OK);
	d.close(d.ctx, fd);
	(void)read_all(&d, &last);
	CHECK(last == ERR_ABSENT || last == ERR_FORMAT || last == ERR_MEMORY);
	CHECK(journal_verify(&d, NULL, &audit, NULL, NULL) == ERR_OK);
	open_and_go_on(&d);
	disk_virtual_free(v);
	free(file);
	return 0;
}
