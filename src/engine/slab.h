/* slab.h - blocks of a few size classes in one area of fixed maximum size, named by 32-bit handles.
 *
 * Idea: state is many small growing arrays. A handle is the offset in 16-byte units, so that a slot in an entity costs 4
 * bytes and the area reaches 64 GiB. Classes grow by about a quarter, freed blocks go to their class's list. No malloc, no
 * system call after slab_init (whose area costs no memory until touched). Deterministic: same calls, same handles. */
#ifndef DUANKA_ENGINE_SLAB_H
#define DUANKA_ENGINE_SLAB_H
#include "base/check.h"
#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

enum {
	SLAB_CLASSES = 160,
	SLAB_SLACK = 16 /* readable bytes behind the last block */
};

struct slab {
	uint8_t *base;
	size_t cap;  /* bytes */
	size_t used; /* bytes handed out of the area so far, free blocks included */
	size_t live; /* bytes in blocks that are in use */
	uint32_t free_head[SLAB_CLASSES];
};

enum err slab_init(struct slab *s, size_t cap_bytes) MUST_CHECK;
void slab_release(struct slab *s);
/* A block of at least n bytes (not zeroed); *got says how many. 0 = the cap was met. */
uint32_t slab_alloc(struct slab *s, size_t n, size_t *got) MUST_CHECK;
void slab_free(struct slab *s, uint32_t handle, size_t n); /* n as asked for or as got */
size_t slab_round(size_t n);                               /* what slab_alloc would give */
size_t slab_class_bytes(uint32_t c);                       /* of the blocks in free_head[c] */
static inline void *slab_at(const struct slab *s, uint32_t handle)
{
	return s->base + (size_t)handle * 16;
}

#endif
