/* table.c - linear hashing over dense rows; see table.h. */
#include "engine/table.h"
#include "base/hash.h"
#include "base/mem.h"

struct link { /* behind the key words */
	uint32_t next;
	uint32_t in_use;
};

static struct link *link_of(const struct table *t, uint32_t row)
{
	return (struct link *)(void *)(table_row(t, row) + 8 * t->key_words);
}

enum err table_init(struct table *t, uint32_t key_words, uint32_t row_bytes, uint64_t rows_max)
{
	*t = (struct table){ .key_words = key_words, .row_bytes = row_bytes, .n_buckets = 1 };
	if (rows_max >= UINT32_MAX - 1)
		return ERR_RANGE;
	t->rows_max = (uint32_t)rows_max;
	t->rows = mem_area((size_t)(rows_max + 1) * row_bytes);
	t->head = mem_area((size_t)(rows_max + 1) * sizeof(*t->head));
	if (t->rows == NULL || t->head == NULL) {
		table_release(t);
		return ERR_MEMORY;
	}
	return ERR_OK;
}

void table_release(struct table *t)
{
	if (t->rows != NULL)
		mem_area_free(t->rows, (size_t)(t->rows_max + 1) * t->row_bytes);
	if (t->head != NULL)
		mem_area_free(t->head, (size_t)(t->rows_max + 1) * sizeof(*t->head));
	t->rows = NULL;
	t->head = NULL;
}

uint64_t table_hash(const struct table *t, const uint64_t *key)
{
	uint64_t h = key[0];

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
	uint32_t r = t->head[table_bucket(t, hash)];

	while (r != 0 && !key_is(t, r, key))
		r = link_of(t, r)->next;
	return r;
}

/* One more bucket: the rows of the bucket it splits from are dealt out between the two. */
static void split(struct table *t)
{
	uint32_t mask = 2 * t->level_mask + 1, fresh = t->n_buckets, old = fresh & t->level_mask, r = t->head[old];
	uint32_t *tail_old = &t->head[old], *tail_new = &t->head[fresh];

	*tail_old = *tail_new = 0;
	while (r != 0) {
		struct link *l = link_of(t, r);
		uint32_t next = l->next;
		uint64_t h = table_hash(t, (const uint64_t *)(const void *)table_row(t, r));
		uint32_t **tail = ((uint32_t)h & mask) == fresh ? &tail_new : &tail_old;

		**tail = r;
		l->next = 0;
		*tail = &l->next;
		r = next;
	}
	if (++t->n_buckets > mask)
		t->level_mask = mask;
}

uint32_t table_get(struct table *t, const uint64_t *key, uint64_t hash, bool *made)
{
	uint32_t r = table_find(t, key, hash), b;
	struct link *l;

	*made = false;
	if (r != 0)
		return r;
	if (t->free_first != 0) {
		r = t->free_first;
		t->free_first = link_of(t, r)->next;
		memset(table_row(t, r), 0, t->row_bytes);
	} else if (t->used < t->rows_max) {
		r = ++t->used;
	} else {
		return 0;
	}
	if (++t->live > t->n_buckets && t->n_buckets <= t->rows_max)
		split(t);
	memcpy(table_row(t, r), key, 8 * (size_t)t->key_words);
	b = table_bucket(t, hash);
	l = link_of(t, r);
	l->next = t->head[b];
	l->in_use = 1;
	t->head[b] = r;
	*made = true;
	return r;
}

void table_remove(struct table *t, uint32_t row)
{
	uint64_t h = table_hash(t, (const uint64_t *)(const void *)table_row(t, row));
	uint32_t *p = &t->head[table_bucket(t, h)];
	struct link *l = link_of(t, row);

	while (*p != row) {
		CHECK(*p != 0);
		p = &link_of(t, *p)->next;
	}
	*p = l->next;
	l->next = t->free_first;
	l->in_use = 0;
	t->free_first = row;
	t->live--;
}

bool table_in_use(const struct table *t, uint32_t row)
{
	return link_of(t, row)->in_use != 0;
}

size_t table_bytes(const struct table *t)
{
	return (size_t)t->used * t->row_bytes + (size_t)t->n_buckets * sizeof(*t->head);
}
