/* slab.c - size classes in one area; see slab.h.
 *
 * Classes: whole cache lines, four to each doubling as soon as there are as many (64, 128, 192, 256, 320, ...), and every block begins
 * at a line. A free block's first four bytes link to the next free one of its class. */
#include "engine/slab.h"
#include "base/mem.h"
#include <string.h>

enum {
	LINE_LOG2 = 6,
	PER_DOUBLING = 4
};

/* Classes 0 to 3 are that many lines and one; from there on four to each doubling. */
static uint32_t class_of(size_t n)
{
	size_t lines = (n - (n != 0)) >> LINE_LOG2; /* and one */
	uint32_t k;

	if (lines < PER_DOUBLING)
		return (uint32_t)lines;
	k = 63 - (uint32_t)__builtin_clzll((unsigned long long)lines); /* 2^k <= lines < 2^(k+1) */
	return (k - 1) * PER_DOUBLING + (uint32_t)((lines - ((size_t)1 << k)) >> (k - 2));
}

size_t slab_class_bytes(uint32_t c)
{
	uint32_t k = c / PER_DOUBLING + 1, j = c % PER_DOUBLING + 1;

	return c < PER_DOUBLING ? (size_t)(c + 1) << LINE_LOG2 : (((size_t)1 << k) + ((size_t)j << (k - 2))) << LINE_LOG2;
}

enum err slab_init(struct slab *s, size_t cap_bytes)
{
	*s = (struct slab){ .cap = cap_bytes, .used = (size_t)1 << LINE_LOG2 }; /* handle 0 means none */
	if (cap_bytes / 16 > UINT32_MAX)
		return ERR_RANGE;
	s->base = mem_area(cap_bytes + SLAB_SLACK);
	return s->base == NULL ? ERR_MEMORY : ERR_OK;
}

void slab_release(struct slab *s)
{
	if (s->base != NULL)
		mem_area_free(s->base, s->cap + SLAB_SLACK);
	*s = (struct slab){ 0 };
}

size_t slab_round(size_t n)
{
	return slab_class_bytes(class_of(n));
}

uint32_t slab_alloc(struct slab *s, size_t n, size_t *got)
{
	uint32_t c = class_of(n), handle;
	size_t bytes = slab_class_bytes(c);

	if (c >= SLAB_CLASSES)
		return 0;
	handle = s->free_head[c];
	if (handle != 0) {
		memcpy(&s->free_head[c], slab_at(s, handle), sizeof(s->free_head[c]));
	} else {
		if (bytes > s->cap - s->used)
			return 0;
		handle = (uint32_t)(s->used / 16);
		s->used += bytes;
	}
	s->live += bytes;
	*got = bytes;
	return handle;
}

void slab_free(struct slab *s, uint32_t handle, size_t n)
{
	uint32_t c = class_of(n);

	CHECK(handle != 0 && c < SLAB_CLASSES);
	memcpy(slab_at(s, handle), &s->free_head[c], sizeof(s->free_head[c]));
	s->free_head[c] = handle;
	s->live -= slab_class_bytes(c);
}
