/* contacts_int.h - index files as bytes; see contacts.h for the layout. Shared by contacts.c, which reads them, and contacts_index.c, which
 * makes them. */
#ifndef DUANKA_JOURNAL_CONTACTS_INT_H
#define DUANKA_JOURNAL_CONTACTS_INT_H
#include "journal/contacts.h"
#include "journal/segment_int.h"

#define INDEX_TEMPORARY ".idx-new"

enum {
	INDEX_HEAD_BYTES = 128,
	INDEX_BUCKET_MAX = 1 << 30,
	INDEX_SEGMENT_BYTES_PER_BUCKET = 65536
};

struct index_head {
	uint64_t first, next, bytes, events, schemas;
	int64_t least_us, greatest_us;
	unsigned char chain[JOURNAL_CHAIN_BYTES];
	uint64_t checksum;
};

void index_head_put(unsigned char out[INDEX_HEAD_BYTES], struct index_head *h); /* fills in h->checksum */
bool index_head_take(const unsigned char in[INDEX_HEAD_BYTES], struct index_head *h);
/* Head of the index of a segment that ends where `after` begins. *fits: it is there and belongs to it; then *fd is open. Errors of the
 * disk only mean that it does not fit; *absent: there is no such file. */
enum err index_open(struct disk *d, uint64_t first, const struct segment_head *after, struct index_head *h, int *fd,
                    bool *fits, bool *absent) MUST_CHECK;
uint64_t index_buckets(
	const struct index_head *h); /* of tokens: their numbers are 0 to below this, and this is that of the schemas */
uint64_t index_bucket(const struct index_head *h, uint64_t word);
uint64_t index_bucket_checksum(const struct index_head *h, uint64_t bucket, struct text entries);

/* Places as numbers that ascend as they do in the segment. */
enum {
	PLACE_INDEX_BITS = 24 /* a batch of 64 MiB has fewer records */
};
#define PLACE_OFFSET_MAX (((uint64_t)1 << (64 - PLACE_INDEX_BITS)) - 1)

struct places {
	uint64_t *at;
	size_t n, cap;
};
static inline uint64_t place_make(uint64_t batch_at, uint32_t index)
{
	return batch_at << PLACE_INDEX_BITS | index;
}
static inline uint64_t place_batch(uint64_t place)
{
	return place >> PLACE_INDEX_BITS;
}
static inline uint32_t place_index(uint64_t place)
{
	return (uint32_t)(place & (((uint64_t)1 << PLACE_INDEX_BITS) - 1));
}
enum err places_add(struct places *p, uint64_t place) MUST_CHECK;
void places_release(struct places *p);

void index_varint(struct buf *b, uint64_t v);
void index_place_put(struct buf *b, uint64_t before, uint64_t place); /* before: 0 for the first */
/* Appends the places of a word to *out. ERR_FORMAT: the bucket is not what it should be. scratch is overwritten. */
enum err index_find(struct disk *d, int fd, const struct index_head *h, uint64_t bucket, uint64_t word,
                    struct buf *scratch, struct places *out) MUST_CHECK;
/* contacts_index for a segment that ends where `after` begins, with memory for so many places (or one bucket's). */
enum err index_make(struct disk *d, uint64_t first, const struct segment_head *after, uint64_t places_at_once,
                    const atomic_bool *stop, struct buf *why) MUST_CHECK;

/* Where the bytes of a bucket lie. ERR_FORMAT: nowhere. */
enum err index_bucket_find(struct disk *d, int fd, uint64_t bucket, uint64_t *from, uint64_t *n) MUST_CHECK;

/* Asks the disk for all that a search for a token in these segments is going to read, at once: what is read one after the other on a cold
 * disk costs a wait each. Nothing depends on it. from_us and to_us as in the query. contacts_ahead.c */
void contacts_ahead(struct disk *d, const uint64_t *first, size_t n, uint64_t word, int64_t from_us, int64_t to_us);
enum {
	AHEAD_SEGMENTS_MAX = 32,
	AHEAD_PLACES = 32 /* of one segment, the newest */
};

/* ---- records by their places: contacts_batch.c ---- */

struct batches {
	struct disk *d;
	int fd;            /* of the segment; the caller's */
	uint64_t batch_at; /* of the batch at hand; 0: none */
	struct batch_head h;
	struct text payload; /* in the window or in `batch` */
	uint32_t *offset;    /* of its records */
	size_t offset_cap;
	struct buf batch;
	char *window; /* bytes of the segment */
	uint64_t window_at;
	size_t window_n, usual; /* usual: bytes of the batch before */
};
enum err batches_init(struct batches *b, struct disk *d) MUST_CHECK;
void batches_release(struct batches *b);
void batches_begin(struct batches *b, int fd); /* another segment */
/* The record at a place; its payload lives until the next call. many: others before it, and near it, will be asked for next. ERR_FORMAT:
 * there is no such record. */
enum err batches_record(struct batches *b, uint64_t place, bool many, struct record *r) MUST_CHECK;
/* Whether enough of the places up to the nth lie so near each other that reading them one by one would be slower. */
bool batches_many(const struct places *p, size_t n);

#endif
