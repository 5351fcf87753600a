/* contacts_format.c - index files as bytes. Every length is checked before it is followed: an index is a hint that anybody may have
 * damaged. */
#include <endian.h>
#include <xxhash.h>
#include "base/mem.h"
#include "journal/contacts_int.h"
#include "journal/record_int.h"

#define INDEX_MAGIC "DKIDX001"

static void put64(unsigned char *p, uint64_t v)
{
	v = htole64(v);
	memcpy(p, &v, sizeof(v));
}

static uint64_t get64(const unsigned char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return le64toh(v);
}

/* ---- head ---- */

void index_head_put(unsigned char out[INDEX_HEAD_BYTES], struct index_head *h)
{
	memset(out, 0, INDEX_HEAD_BYTES);
	memcpy(out, INDEX_MAGIC, 8);
	put64(out + 8, h->first);
	put64(out + 16, h->next);
	put64(out + 24, h->bytes);
	put64(out + 32, h->events);
	put64(out + 40, (uint64_t)h->least_us);
	put64(out + 48, (uint64_t)h->greatest_us);
	put64(out + 56, h->schemas);
	memcpy(out + 64, h->chain, sizeof(h->chain));
	h->checksum = XXH3_64bits(out, 120);
	put64(out + 120, h->checksum);
}

bool index_head_take(const unsigned char in[INDEX_HEAD_BYTES], struct index_head *h)
{
	*h = (struct index_head){ .first = get64(in + 8),
		                      .next = get64(in + 16),
		                      .bytes = get64(in + 24),
		                      .events = get64(in + 32),
		                      .least_us = (int64_t)get64(in + 40),
		                      .greatest_us = (int64_t)get64(in + 48),
		                      .schemas = get64(in + 56),
		                      .checksum = get64(in + 120) };
	memcpy(h->chain, in + 64, sizeof(h->chain));
	return memcmp(in, INDEX_MAGIC, 8) == 0 && h->checksum == XXH3_64bits(in, 120) && h->bytes <= PLACE_OFFSET_MAX;
}

enum err index_open(struct disk *d, uint64_t first, const struct segment_head *after, struct index_head *h, int *fd,
                    bool *fits, bool *absent)
{
	unsigned char raw[INDEX_HEAD_BYTES];
	char name[JOURNAL_NAME_BYTES];
	size_t got = 0;
	enum err e;

	index_name(first, name);
	*fits = *absent = false;
	e = d->open(d->ctx, name, DISK_READ, fd);
	if (e != ERR_OK) {
		*absent = e == ERR_ABSENT;
		return e == ERR_MEMORY ? e : ERR_OK;
	}
	e = d->read_at(d->ctx, *fd, 0, raw, sizeof(raw), &got);
	*fits = e == ERR_OK && got == sizeof(raw) && index_head_take(raw, h) && h->first == first &&
	        h->next == after->first && memcmp(h->chain, after->chain, sizeof(h->chain)) == 0;
	if (!*fits)
		d->close(d->ctx, *fd);
	return e == ERR_MEMORY ? e : ERR_OK;
}

uint64_t index_buckets(const struct index_head *h)
{
	return 1 + h->bytes / INDEX_SEGMENT_BYTES_PER_BUCKET;
}

uint64_t index_bucket(const struct index_head *h, uint64_t word)
{
	return (uint64_t)((unsigned __int128)word * index_buckets(h) >> 64);
}

uint64_t index_bucket_checksum(const struct index_head *h, uint64_t bucket, struct text entries)
{
	return XXH3_64bits_withSeed(entries.p, entries.n, h->checksum + bucket);
}

/* ---- places ---- */

enum err places_add(struct places *p, uint64_t place)
{
	if (p->n == p->cap) {
		size_t cap = p->cap == 0 ? 64 : 2 * p->cap;
		uint64_t *more = mem_resize(p->at, cap * sizeof(*more));

		if (more == NULL)
			return ERR_MEMORY;
		p->at = more;
		p->cap = cap;
	}
	p->at[p->n++] = place;
	return ERR_OK;
}

void places_release(struct places *p)
{
	mem_free(p->at);
	*p = (struct places){ .n = 0 };
}

void index_varint(struct buf *b, uint64_t v)
{
	char z[10];
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		z[n++] = (char)(v | 0x80);
	z[n++] = (char)v;
	buf_add(b, z, n);
}

static bool take_varint(struct text *t, uint64_t *v)
{
	*v = 0;
	for (uint32_t i = 0; i < t->n && i < 9; i++) {
		*v |= (uint64_t)(t->p[i] & 0x7f) << 7 * i;
		if ((t->p[i] & 0x80) == 0) {
			t->p += i + 1;
			t->n -= i + 1;
			return true;
		}
	}
	return false;
}

void index_place_put(struct buf *b, uint64_t before, uint64_t place)
{
	uint64_t distance = place_batch(place) - place_batch(before);

	index_varint(b, distance);
	index_varint(b, distance == 0 ? place_index(place) - place_index(before) - 1 : place_index(place));
}

static enum err take_places(struct text t, const struct index_head *h, struct places *out)
{
	uint64_t at = 0, index = 0;

	while (t.n > 0) {
		uint64_t distance, number;
		enum err e;

		if (!take_varint(&t, &distance) || !take_varint(&t, &number) || distance > h->bytes - at)
			return ERR_FORMAT;
		index = distance == 0 ? index + 1 + number : number;
		at += distance;
		if (at < JOURNAL_SEGMENT_HEAD_BYTES || number >> PLACE_INDEX_BITS != 0 || index >> PLACE_INDEX_BITS != 0)
			return ERR_FORMAT;
		e = places_add(out, place_make(at, (uint32_t)index));
		if (e != ERR_OK)
			return e;
	}
	return ERR_OK;
}

/* ---- buckets ---- */

enum err index_bucket_find(struct disk *d, int fd, uint64_t bucket, uint64_t *from, uint64_t *n)
{
	unsigned char raw[16];
	uint64_t bytes;
	size_t got = 0;
	enum err e = d->size(d->ctx, fd, &bytes);

	if (e == ERR_OK)
		e = d->read_at(d->ctx, fd, INDEX_HEAD_BYTES + 8 * bucket, raw, sizeof(raw), &got);
	if (e != ERR_OK || got < sizeof(raw))
		return e == ERR_OK ? ERR_FORMAT : e;
	*from = get64(raw);
	*n = get64(raw + 8) - *from;
	return get64(raw + 8) > bytes || *from > bytes || *n < 8 || *n > INDEX_BUCKET_MAX ? ERR_FORMAT : ERR_OK;
}

/* The entries of a bucket, their checksum seen to be right, into b. */
static enum err read_bucket(struct disk *d, int fd, const struct index_head *h, uint64_t bucket, struct buf *b,
                            struct text *entries)
{
	uint64_t from, n, sum;
	size_t got;
	enum err e = index_bucket_find(d, fd, bucket, &from, &n);

	if (e != ERR_OK)
		return e;
	buf_clear(b);
	if (b->cap <= n) {
		char *more = mem_resize(b->p, n + 1);

		if (more == NULL)
			return ERR_MEMORY;
		b->p = more;
		b->cap = n + 1;
	}
	e = d->read_at(d->ctx, fd, from, b->p, n, &got);
	if (e != ERR_OK || got < n)
		return e == ERR_OK ? ERR_FORMAT : e;
	b->n = n;
	b->p[n] = 0;
	sum = get64((const unsigned char *)b->p);
	*entries = text_of(b->p + 8, n - 8);
	return sum == index_bucket_checksum(h, bucket, *entries) ? ERR_OK : ERR_FORMAT;
}

enum err index_find(struct disk *d, int fd, const struct index_head *h, uint64_t bucket, uint64_t word,
                    struct buf *scratch, struct places *out)
{
	struct text t, places;
	uint64_t at, n, before = 0;
	bool first = true;
	enum err e = read_bucket(d, fd, h, bucket, scratch, &t);

	while (e == ERR_OK && t.n > 0) {
		if (!record_get_u64(&t, &at) || !take_varint(&t, &n) || !record_get_bytes(&t, n, &places) ||
		    (!first && at <= before))
			return ERR_FORMAT;
		if (at == word)
			return take_places(places, h, out);
		if (at > word)
			return ERR_OK;
		before = at;
		first = false;
	}
	return e;
}
