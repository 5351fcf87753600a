/* table.c - a map from 64-bit keys to 32-bit values: open addressing, linear probing, at most two thirds full. It owns
 * its two arrays; keys are never removed. */
#include "base/hash.h"
#include "base/mem.h"
#include "bench/calibration/calibration.h"

enum {
	CAP_FIRST = 1024
};

static uint64_t slot_of(const struct map *m, uint64_t key)
{
	uint64_t i = hash_mix(key) & (m->cap - 1);
	while (m->key[i] != 0 && m->key[i] != key)
		i = (i + 1) & (m->cap - 1);
	return i;
}

static bool grow(struct map *m)
{
	struct map bigger = { .n = m->n, .cap = m->cap ? m->cap * 2 : CAP_FIRST };
	bigger.key = mem_alloc_array(bigger.cap, sizeof(*bigger.key));
	bigger.value = mem_alloc_array(bigger.cap, sizeof(*bigger.value));
	if (!bigger.key || !bigger.value) {
		map_release(&bigger);
		return false;
	}
	for (uint64_t i = 0; i < m->cap; i++) {
		if (m->key[i] == 0)
			continue;
		uint64_t to = slot_of(&bigger, m->key[i]);
		bigger.key[to] = m->key[i];
		bigger.value[to] = m->value[i];
	}
	map_release(m);
	*m = bigger;
	return true;
}

uint32_t *map_at(struct map *m, uint64_t key, bool *fresh)
{
	if (m->n * 3 >= m->cap * 2 && !grow(m))
		return NULL;
	uint64_t i = slot_of(m, key);
	*fresh = m->key[i] == 0;
	m->key[i] = key;
	m->n += *fresh;
	return &m->value[i];
}

void map_release(struct map *m)
{
	mem_free(m->key);
	mem_free(m->value);
	*m = (struct map){ 0 };
}
