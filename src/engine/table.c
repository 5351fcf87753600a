/* table.c - linear hashing over dense rows; see table.h. */
#include "engine/table.h"
#include "base/hash.h"
#include "base/mem.h"

enum {
	FULL = 4 /* rows a bucket, on average, before one more is split */
};

struct link { /* behind the key words */
	uint32_t next;
	uint32_t in_use;
};

static struct link *link_of(const struct table *t, uint32_t row)
{
	return (struct link *)(void *)(table_row(t, row) + 8 * t->key_words);
}

/* Buckets, and as many overflow buckets: one row can't need more than one of them. */
static size_t buckets_max(const struct table *t)
{
	return (size_t)t->rows_max / FULL + 2;
}

static size_t overflow_max(const struct table *t)
{
	return (size_t)t->rows_max / TABLE_SLOTS + 2;
}

enum err table_init(struct table *t, uint32_t key_words, uint32_t row_bytes, uint64_t rows_max)
{
	*t = (struct table){ .key_words = key_words, .row_bytes = row_bytes, .n_buckets = 1 };
	if (rows_max >= UINT32_MAX - 1)
		return ERR_RANGE;
	t->rows_max = (uint32_t)rows_max;
	t->rows = mem_area((size_t)(rows_max + 1) * row_bytes);
	t->bucket = mem_area(buckets_max(t) * sizeof(*t->bucket));
	t->overflow = mem_area(overflow_max(t) * sizeof(*t->overflow));
	if (t->rows == NULL || t->bucket == NULL || t->overflow == NULL) {
		table_release(t);
		return ERR_MEMORY;
	}
	return ERR_OK;
}

void table_release(struct table *t)
{
	if (t->rows != NULL)
		mem_area_free(t->rows, ((size_t)t->rows_max + 1) * t->row_bytes);
	if (t->bucket != NULL)
		mem_area_free(t->bucket, buckets_max(t) * sizeof(*t->bucket));
	if (t->overflow != NULL)
		mem_area_free(t->overflow, overflow_max(t) * sizeof(*t->overflow));
	t->rows = NULL;
	t->bucket = t->overflow = NULL;
}

uint64_t table_hash(const struct table *t, const uint64_t *key)
{
	uint64_t h = key[0];

	if (t->hashed)
		return h;
	for (uint32_t i = 1; i < t->key_words; i++)
		h = hash_mix(h + 0x9e3779b97f4a7c15ULL) ^ key[i];
	return hash_mix(h + 0x9e3779b97f4a7c15ULL);
}

static bool key_is(const struct table *t, uint32_t row, const uint64_t *key)
{
	const uint64_t *k = (const uint64_t *)(const void *)table_row(t, row);

	for (uint32_t i = 0; i < t->key_words; i++)
		if (k[i] != key[i])
			return false;
	return true;
}

uint32_t table_find(const struct table *t, const uint64_t *key, uint64_t hash)
{
	const struct table_bucket *b = table_bucket(t, hash);

	for (;; b = &t->overflow[b->more]) {
		for (uint32_t i = 0; i < b->n; i++)
			if (b->hash[i] == (uint32_t)hash && key_is(t, b->row[i], key))
				return b->row[i];
		if (b->more == 0)
			return 0;
	}
}

/* A bucket's chain fills from the front: only its last bucket may have room. Overflow buckets hold at least one row each and all
 * before the last are full, so there are never more than overflow_max of them. */
static void bucket_add(struct table *t, struct table_bucket *b, uint32_t hash, uint32_t row)
{
	while (b->n == TABLE_SLOTS) {
		if (b->more == 0) {
			uint32_t fresh = t->free_overflow;

			if (fresh != 0)
				t->free_overflow = t->overflow[fresh].more;
			else
				fresh = ++t->overflow_used;
			CHECK(fresh < overflow_max(t));
			t->overflow[fresh] = (struct table_bucket){ 0 };
			b->more = fresh;
		}
		b = &t->overflow[b->more];
	}
	b->hash[b->n] = hash;
	b->row[b->n++] = row;
}

/* One more bucket: the pairs of the bucket it splits from are dealt out between the two. */
static void split(struct table *t)
{
	uint32_t mask = 2 * t->level_mask + 1, fresh = t->n_buckets;
	struct table_bucket *old = &t->bucket[fresh & t->level_mask], *new = &t->bucket[fresh], from = *old;

	old->n = old->more = 0;
	for (;;) {
		uint32_t more = from.more;

		for (uint32_t i = 0; i < from.n; i++)
			bucket_add(t, (from.hash[i] & mask) == fresh ? new : old, from.hash[i], from.row[i]);
		if (more == 0)
			break;
		from = t->overflow[more];
		t->overflow[more].more = t->free_overflow;
		t->free_overflow = more;
	}
	if (++t->n_buckets > mask)
		t->level_mask = mask;
}

uint32_t table_get(struct table *t, const uint64_t *key, uint64_t hash, bool *made)
{
	uint32_t r = table_find(t, key, hash);
	struct link *l;

	*made = false;
	if (r != 0)
		return r;
	if (t->free_row != 0) {
		r = t->free_row;
		t->free_row = link_of(t, r)->next;
		memset(table_row(t, r), 0, t->row_bytes);
	} else if (t->used < t->rows_max) {
		r = ++t->used;
	} else {
		return 0;
	}
	if (++t->live > FULL * t->n_buckets)
		split(t);
	memcpy(table_row(t, r), key, 8 * (size_t)t->key_words);
	l = link_of(t, r);
	l->next = 0;
	l->in_use = 1;
	bucket_add(t, table_bucket(t, hash), (uint32_t)hash, r);
	*made = true;
	return r;
}

/* The last pair of the chain takes the place of the one that goes; an emptied overflow bucket is given back. */
static void bucket_drop(struct table *t, struct table_bucket *b, uint32_t row)
{
	struct table_bucket *at = NULL, *last = b, *before = NULL;
	uint32_t place = 0;

	for (;; before = last, last = &t->overflow[last->more]) {
		for (uint32_t i = 0; i < last->n; i++)
			if (last->row[i] == row) {
				at = last;
				place = i;
			}
		if (last->more == 0)
			break;
	}
	CHECK(at != NULL);
	last->n--;
	at->hash[place] = last->hash[last->n];
	at->row[place] = last->row[last->n];
	if (last->n == 0 && before != NULL) {
		last->more = t->free_overflow;
		t->free_overflow = before->more;
		before->more = 0;
	}
}

void table_remove(struct table *t, uint32_t row)
{
	uint64_t h = table_hash(t, (const uint64_t *)(const void *)table_row(t, row));
	struct link *l = link_of(t, row);

	bucket_drop(t, table_bucket(t, h), row);
	l->next = t->free_row;
	l->in_use = 0;
	t->free_row = row;
	t->live--;
}

bool table_in_use(const struct table *t, uint32_t row)
{
	return link_of(t, row)->in_use != 0;
}

size_t table_bytes(const struct table *t)
{
	return (size_t)t->used * t->row_bytes + ((size_t)t->n_buckets + t->overflow_used) * sizeof(*t->bucket);
}
