/* segment.c - heads of segments and batches as bytes, and reading one batch; see journal.h for the layout. */
#include "journal/segment_int.h"
#include <endian.h>
#include <inttypes.h>
#include <sodium/crypto_generichash.h>
#include <stdio.h>
#include <xxhash.h>
#include "base/mem.h"

enum {
	CHECKSUMMED_BYTES = 24 /* of a batch's head */
};

static void put32(unsigned char *p, uint32_t v)
{
	v = htole32(v);
	memcpy(p, &v, sizeof(v));
}

static void put64(unsigned char *p, uint64_t v)
{
	v = htole64(v);
	memcpy(p, &v, sizeof(v));
}

static uint32_t get32(const unsigned char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return le32toh(v);
}

static uint64_t get64(const unsigned char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return le64toh(v);
}

void segment_head_put(unsigned char out[JOURNAL_SEGMENT_HEAD_BYTES], const struct segment_head *h)
{
	memset(out, 0, JOURNAL_SEGMENT_HEAD_BYTES);
	memcpy(out, SEGMENT_MAGIC, 8);
	memcpy(out + 8, h->id, sizeof(h->id));
	put64(out + 24, h->first);
	put64(out + 32, (uint64_t)h->made_us);
	memcpy(out + 40, h->chain, sizeof(h->chain));
	put64(out + 120, XXH3_64bits(out, 120));
}

bool segment_head_take(const unsigned char in[JOURNAL_SEGMENT_HEAD_BYTES], struct segment_head *h)
{
	if (memcmp(in, SEGMENT_MAGIC, 8) != 0 || get64(in + 120) != XXH3_64bits(in, 120))
		return false;
	memcpy(h->id, in + 8, sizeof(h->id));
	h->first = get64(in + 24);
	h->made_us = (int64_t)get64(in + 32);
	memcpy(h->chain, in + 40, sizeof(h->chain));
	return h->first > 0;
}

/* Of all of the head but itself, and the payload: a torn write may lose any part of a batch. */
static uint64_t checksum(const unsigned char *head, struct text payload)
{
	uint64_t seed = XXH3_64bits_withSeed(head + 32, JOURNAL_CHAIN_BYTES, XXH3_64bits(head, CHECKSUMMED_BYTES));

	return XXH3_64bits_withSeed(payload.p, payload.n, seed);
}

void batch_chain(const unsigned char before[JOURNAL_CHAIN_BYTES], const unsigned char head[JOURNAL_BATCH_HEAD_BYTES],
                 struct text payload, unsigned char out[JOURNAL_CHAIN_BYTES])
{
	crypto_generichash_state s;
	unsigned char chain[JOURNAL_CHAIN_BYTES];

	crypto_generichash_init(&s, NULL, 0, JOURNAL_CHAIN_BYTES);
	crypto_generichash_update(&s, before, JOURNAL_CHAIN_BYTES);
	crypto_generichash_update(&s, head, CHECKSUMMED_BYTES);
	crypto_generichash_update(&s, (const unsigned char *)payload.p, payload.n);
	crypto_generichash_final(&s, chain, sizeof(chain));
	memcpy(out, chain, sizeof(chain));
}

void batch_head_put(unsigned char out[JOURNAL_BATCH_HEAD_BYTES], struct batch_head *h, struct text payload)
{
	put32(out, BATCH_MAGIC);
	put32(out + 4, (uint32_t)payload.n);
	put32(out + 8, h->records);
	put32(out + 12, h->flags);
	put64(out + 16, h->first);
	batch_chain(h->chain, out, payload, h->chain);
	memcpy(out + 32, h->chain, sizeof(h->chain));
	h->checksum = checksum(out, payload);
	put64(out + 24, h->checksum);
}

bool batch_head_take(const unsigned char in[JOURNAL_BATCH_HEAD_BYTES], struct batch_head *h)
{
	*h = (struct batch_head){ .payload_bytes = get32(in + 4),
		                      .records = get32(in + 8),
		                      .flags = get32(in + 12),
		                      .first = get64(in + 16),
		                      .checksum = get64(in + 24) };
	memcpy(h->chain, in + 32, sizeof(h->chain));
	return get32(in) == BATCH_MAGIC && h->payload_bytes <= JOURNAL_BATCH_MAX && h->records > 0 &&
	       h->flags <= BATCH_PREAMBLE && h->payload_bytes / RECORD_HEAD_BYTES >= h->records;
}

bool batch_checksum_ok(const unsigned char head[JOURNAL_BATCH_HEAD_BYTES], const struct batch_head *h,
                       struct text payload)
{
	return checksum(head, payload) == h->checksum;
}

void segment_name(uint64_t first, char name[JOURNAL_NAME_BYTES])
{
	snprintf(name, JOURNAL_NAME_BYTES, JOURNAL_FOLDER "/%020" PRIu64 ".seg", first);
}

void index_name(uint64_t first, char name[JOURNAL_NAME_BYTES])
{
	snprintf(name, JOURNAL_NAME_BYTES, JOURNAL_FOLDER "/%020" PRIu64 ".idx", first);
}

bool segment_name_take(const char *name, const char *ending, uint64_t *first)
{
	if (strspn(name, "0123456789") != 20 || strcmp(name + 20, ending) != 0)
		return false;
	*first = 0;
	for (int i = 0; i < 20; i++)
		if (__builtin_mul_overflow(*first, (uint64_t)10, first) ||
		    __builtin_add_overflow(*first, (uint64_t)(name[i] - '0'), first))
			return false;
	return true;
}

struct listing {
	uint64_t *first;
	size_t n, cap;
	enum err err;
};

static void see_name(void *ctx, const char *name)
{
	struct listing *l = ctx;
	uint64_t first;

	if (l->err != ERR_OK || !segment_name_take(name, ".seg", &first))
		return;
	if (l->n == l->cap) {
		size_t cap = l->cap == 0 ? 64 : 2 * l->cap;
		uint64_t *more = cap > SEGMENT_NAMES_MAX ? NULL : mem_resize(l->first, cap * sizeof(*more));

		if (more == NULL) {
			l->err = ERR_MEMORY;
			return;
		}
		l->first = more;
		l->cap = cap;
	}
	l->first[l->n++] = first;
}

enum err journal_segments(struct disk *d, uint64_t **first, size_t *n)
{
	struct listing l = { .n = 0 };
	enum err e = d->list(d->ctx, JOURNAL_FOLDER, see_name, &l);

	if (e == ERR_OK)
		e = l.err;
	if (e != ERR_OK) {
		mem_free(l.first);
		l = (struct listing){ .n = 0 };
	}
	*first = l.first;
	*n = l.n;
	return e;
}

enum err segment_head_read(struct disk *d, int fd, struct segment_head *h)
{
	unsigned char raw[JOURNAL_SEGMENT_HEAD_BYTES];
	size_t got;
	enum err e = d->read_at(d->ctx, fd, 0, raw, sizeof(raw), &got);

	if (e != ERR_OK)
		return e;
	return got == sizeof(raw) && segment_head_take(raw, h) ? ERR_OK : ERR_FORMAT;
}

enum err batch_read(struct disk *d, int fd, uint64_t at, struct buf *b, struct batch_head *h,
                    unsigned char head[JOURNAL_BATCH_HEAD_BYTES])
{
	size_t got;
	enum err e = d->read_at(d->ctx, fd, at, head, JOURNAL_BATCH_HEAD_BYTES, &got);

	if (e != ERR_OK)
		return e;
	if (got == 0)
		return ERR_ABSENT;
	if (got < JOURNAL_BATCH_HEAD_BYTES || !batch_head_take(head, h))
		return ERR_FORMAT;
	buf_clear(b);
	if (b->cap <= h->payload_bytes) {
		char *more = mem_resize(b->p, (size_t)h->payload_bytes + 1);

		if (more == NULL)
			return ERR_MEMORY;
		b->p = more;
		b->cap = (size_t)h->payload_bytes + 1;
	}
	e = d->read_at(d->ctx, fd, at + JOURNAL_BATCH_HEAD_BYTES, b->p, h->payload_bytes, &got);
	if (e != ERR_OK)
		return e;
	b->n = got;
	b->p[got] = 0;
	return got == h->payload_bytes && batch_checksum_ok(head, h, buf_view(b)) ? ERR_OK : ERR_FORMAT;
}

enum err batch_follows(struct disk *d, int fd, uint64_t at, struct buf *scratch, bool *follows)
{
	enum {
		STEP = 1 << 20
	};
	char *p = mem_alloc(STEP + 3);
	enum err e = p == NULL ? ERR_MEMORY : ERR_OK;
	uint32_t magic = BATCH_MAGIC;

	*follows = false;
	for (size_t got = STEP; e == ERR_OK && !*follows && got >= STEP; at += STEP) {
		e = d->read_at(d->ctx, fd, at, p, STEP + 3, &got);
		for (size_t i = 0; e == ERR_OK && !*follows && i + 4 <= got && i < STEP; i++) {
			unsigned char head[JOURNAL_BATCH_HEAD_BYTES];
			struct batch_head h;

			if (memcmp(p + i, &magic, 4) != 0)
				continue;
			e = batch_read(d, fd, at + i, scratch, &h, head);
			*follows = e == ERR_OK;
			e = e == ERR_FORMAT || e == ERR_ABSENT ? ERR_OK : e;
		}
	}
	mem_free(p);
	return e;
}

enum err batch_read_last(struct disk *d, int fd, uint64_t at, struct buf *b, struct batch_head *h,
                         unsigned char head[JOURNAL_BATCH_HEAD_BYTES])
{
	enum err e = batch_read(d, fd, at, b, h, head);
	bool follows;

	if (e != ERR_FORMAT)
		return e;
	e = batch_follows(d, fd, at + 1, b, &follows);
	if (e != ERR_OK || !follows)
		return e == ERR_OK ? ERR_ABSENT : e;
	return batch_read(d, fd, at, b, h, head); /* the writer may have finished this one and the next meanwhile */
}
