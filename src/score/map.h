/* map.h - from three words to a small number: the one hash table of this folder.
 *
 * Open addressing with linear probing, at most half full, doubled when needed. Keys are compared whole, so that nothing
 * depends on luck; the seed keeps those who choose keys from choosing collisions. Entries are never removed. */
#ifndef DUANKA_SCORE_MAP_H
#define DUANKA_SCORE_MAP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/check.h"

struct map_key {
	uint64_t w[3];
};

struct map_entry {
	struct map_key key;
	uint32_t value;
	uint32_t used;
};

struct map {
	struct map_entry *entry; /* owned */
	uint64_t cap, n, n_max;  /* cap is a power of two, or 0 */
	uint64_t seed;
};

void map_init(struct map *m, uint64_t seed, uint64_t n_max);
void map_release(struct map *m);
const uint32_t *map_find(const struct map *m, struct map_key k); /* NULL: not there */
/* The place of k's value; *fresh if it was made now, with value 0. ERR_MEMORY, ERR_CAP: nothing changed. */
enum err map_put(struct map *m, struct map_key k, uint32_t **value, bool *fresh) MUST_CHECK;

/* Room for one more element of size bytes in a growing array: ERR_CAP at n_max elements, ERR_MEMORY. New memory isn't
 * zeroed. */
enum err map_grow(void **p, size_t *cap, size_t n, size_t size, size_t n_max) MUST_CHECK;

#endif
