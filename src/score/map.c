/* map.c - see map.h. */
#include "score/map.h"
#include "base/hash.h"
#include "base/mem.h"

enum {
	CAP_FIRST = 64
};

void map_init(struct map *m, uint64_t seed, uint64_t n_max)
{
	*m = (struct map){ .seed = seed, .n_max = n_max };
}

void map_release(struct map *m)
{
	mem_free(m->entry);
	*m = (struct map){ 0 };
}

static uint64_t home(const struct map *m, const struct map_key *k)
{
	uint64_t h = hash_mix(k->w[0] ^ m->seed);

	h = hash_mix(k->w[1] + h * 0x9e3779b97f4a7c15ULL);
	h = hash_mix(k->w[2] + h * 0x9e3779b97f4a7c15ULL);
	return h & (m->cap - 1);
}

/* The entry of k, or the free one where it would stand. cap > 0. */
static struct map_entry *probe(const struct map *m, const struct map_key *k)
{
	uint64_t i = home(m, k);

	while (m->entry[i].used && memcmp(&m->entry[i].key, k, sizeof(*k)) != 0)
		i = (i + 1) & (m->cap - 1);
	return &m->entry[i];
}

const uint32_t *map_find(const struct map *m, struct map_key k)
{
	const struct map_entry *e = m->cap ? probe(m, &k) : NULL;

	return e != NULL && e->used ? &e->value : NULL;
}

static enum err grow(struct map *m)
{
	struct map next = *m;

	next.cap = m->cap ? 2 * m->cap : CAP_FIRST;
	next.entry = mem_alloc_array(next.cap, sizeof(*next.entry));
	if (next.entry == NULL)
		return ERR_MEMORY;
	for (uint64_t i = 0; i < m->cap; i++)
		if (m->entry[i].used)
			*probe(&next, &m->entry[i].key) = m->entry[i];
	mem_free(m->entry);
	*m = next;
	return ERR_OK;
}

enum err map_put(struct map *m, struct map_key k, uint32_t **value, bool *fresh)
{
	struct map_entry *e = m->cap ? probe(m, &k) : NULL;

	*fresh = e == NULL || !e->used;
	if (*fresh) {
		if (m->n >= m->n_max)
			return ERR_CAP;
		if (2 * (m->n + 1) > m->cap && grow(m) != ERR_OK)
			return ERR_MEMORY;
		e = probe(m, &k);
		*e = (struct map_entry){ .key = k, .used = 1 };
		m->n++;
	}
	*value = &e->value;
	return ERR_OK;
}

enum err map_grow(void **p, size_t *cap, size_t n, size_t size, size_t n_max)
{
	size_t next = *cap < 32 ? 64 : *cap * 2;
	void *q;

	if (n >= n_max)
		return ERR_CAP;
	if (n < *cap)
		return ERR_OK;
	q = mem_resize(*p, next * size);
	if (q == NULL)
		return ERR_MEMORY;
	*p = q;
	*cap = next;
	return ERR_OK;
}
