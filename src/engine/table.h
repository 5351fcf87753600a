/* table.h - rows found by a key of a few 64-bit words: entities by token, combined keys by their parts.
 *
 * Idea: linear hashing (Litwin 1980) over buckets of one cache line. Rows have dense indexes from 1 and never move. A bucket
 * holds up to seven (hash, row) pairs, so that a row is only visited when it is the right one, and a bucket is split from its
 * own line; what does not fit goes on in an overflow bucket. One bucket is split whenever buckets are four full on average: no
 * rehash that stalls. About 16 bytes a row beyond the row itself.
 * Areas are reserved for rows_max at table_init and cost memory only where touched. Keys are hashes already, or trusted
 * integers that are mixed. Row: key words, link (4), flags (4, 1 = in use), then the owner's bytes, zero at first. */
#ifndef DUANKA_ENGINE_TABLE_H
#define DUANKA_ENGINE_TABLE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/check.h"
#include "base/err.h"

enum {
	TABLE_SLOTS = 7
};

struct table_bucket {
	uint32_t hash[TABLE_SLOTS]; /* low half */
	uint32_t row[TABLE_SLOTS];  /* filled from the front */
	uint32_t n;
	uint32_t more; /* overflow bucket, 0 = none */
};
_Static_assert(sizeof(struct table_bucket) == 64, "a bucket is a cache line");

struct table {
	uint8_t *rows;
	struct table_bucket *bucket;   /* by hash */
	struct table_bucket *overflow; /* from 1 */
	uint32_t key_words, row_bytes;
	bool hashed; /* the first key word is a keyed hash already (tokens): it needs no mixing */
	uint32_t rows_max;
	uint32_t used;       /* rows ever given out: indexes 1..used */
	uint32_t live;       /* in use now */
	uint32_t free_row;   /* chain of given-back rows */
	uint32_t n_buckets;  /* now */
	uint32_t level_mask; /* 2^k - 1, with 2^k <= n_buckets < 2^(k+1) */
	uint32_t overflow_used, free_overflow;
};

enum err table_init(struct table *t, uint32_t key_words, uint32_t row_bytes, uint64_t rows_max) MUST_CHECK;
void table_release(struct table *t);
uint64_t table_hash(const struct table *t, const uint64_t *key);
uint32_t table_find(const struct table *t, const uint64_t *key, uint64_t hash); /* 0: not there */
/* The row of this key, made if need be (*made says so); 0: rows_max is reached. */
uint32_t table_get(struct table *t, const uint64_t *key, uint64_t hash, bool *made);
void table_remove(struct table *t, uint32_t row); /* the index may be given out again */
size_t table_bytes(const struct table *t);        /* touched by rows and buckets */
bool table_in_use(const struct table *t, uint32_t row);

static inline uint8_t *table_row(const struct table *t, uint32_t row)
{
	return t->rows + (size_t)row * t->row_bytes;
}
static inline struct table_bucket *table_bucket(const struct table *t, uint64_t hash)
{
	uint32_t b = (uint32_t)hash & (2 * t->level_mask + 1);

	return &t->bucket[b < t->n_buckets ? b : (uint32_t)hash & t->level_mask];
}
static inline void table_prefetch_bucket(const struct table *t, uint64_t hash)
{
	__builtin_prefetch(table_bucket(t, hash));
}
/* Once the bucket is here: the row that has this hash. */
static inline void table_prefetch_row(const struct table *t, uint64_t hash)
{
	const struct table_bucket *b = table_bucket(t, hash);

	for (uint32_t i = 0; i < b->n; i++)
		if (b->hash[i] == (uint32_t)hash) {
			const uint8_t *r = table_row(t, b->row[i]);

			for (uint32_t at = 0; at < t->row_bytes; at += 64)
				__builtin_prefetch(r + at);
			__builtin_prefetch(r + t->row_bytes - 1);
		}
}

#endif
