/* arena.h - allocate often, free once. The arena owns every byte it hands out until arena_clear or arena_release. */
#ifndef DUANKA_BASE_ARENA_H
#define DUANKA_BASE_ARENA_H
#include <stddef.h>
#include "base/text.h"

struct arena_chunk;
struct arena {
	struct arena_chunk *head; /* newest first */
	size_t used_bytes;        /* handed out */
	size_t bytes_max;         /* the cap: past it arena_alloc fails */
};

void arena_init(struct arena *a, size_t bytes_max);
void *arena_alloc(struct arena *a, size_t n) MUST_CHECK; /* zeroed, 16-byte aligned; NULL at the cap or out of memory */
struct text arena_text(struct arena *a, struct text t) MUST_CHECK; /* a NUL-terminated copy; .p NULL on failure */
void arena_clear(struct arena *a);                                 /* forget everything, keep one chunk for reuse */
void arena_release(struct arena *a);                               /* give everything back */

#endif
