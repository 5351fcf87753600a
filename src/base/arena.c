/* arena.c - chunks in a list; the newest is cut from the front. A chunk that is used again after arena_clear remembers
 * how far it is dirty, so that fresh memory (which the system has zeroed) is not zeroed twice. */
#include "base/arena.h"
#include "base/mem.h"

enum {
	ARENA_ALIGN = 16,
	ARENA_CHUNK_MIN = 4096,
	ARENA_CHUNK_MAX = 1 << 20
};

struct arena_chunk {
	struct arena_chunk *next; /* older */
	size_t size, used, dirty; /* bytes of data */
	size_t unused_for_alignment;
	_Alignas(ARENA_ALIGN) unsigned char data[];
};

void arena_init(struct arena *a, size_t bytes_max)
{
	*a = (struct arena){ .bytes_max = bytes_max };
}

static struct arena_chunk *add_chunk(struct arena *a, size_t n)
{
	size_t size = a->head ? a->head->size * 2 : ARENA_CHUNK_MIN;
	if (size > ARENA_CHUNK_MAX)
		size = ARENA_CHUNK_MAX;
	if (size < n)
		size = n;
	struct arena_chunk *c = mem_alloc(sizeof *c + size);
	if (!c)
		return NULL;
	c->size = size;
	c->next = a->head;
	a->head = c;
	return c;
}

void *arena_alloc(struct arena *a, size_t n)
{
	if (n > a->bytes_max)
		return NULL;
	size_t rounded = n ? (n + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1) : ARENA_ALIGN;
	if (rounded > a->bytes_max - a->used_bytes)
		return NULL;
	struct arena_chunk *c = a->head;
	if (!c || c->size - c->used < rounded)
		c = add_chunk(a, rounded);
	if (!c)
		return NULL;
	unsigned char *p = c->data + c->used;
	if (c->used < c->dirty)
		memset(p, 0, rounded < c->dirty - c->used ? rounded : c->dirty - c->used);
	c->used += rounded;
	a->used_bytes += rounded;
	return p;
}

struct text arena_text(struct arena *a, struct text t)
{
	char *p = t.n < SIZE_MAX ? arena_alloc(a, t.n + 1) : NULL;
	if (!p)
		return (struct text){ NULL, 0 };
	if (t.n)
		memcpy(p, t.p, t.n);
	return text_of(p, t.n);
}

void arena_clear(struct arena *a)
{
	struct arena_chunk *keep = a->head;
	if (keep) {
		struct arena_chunk *c = keep->next;
		while (c) {
			struct arena_chunk *next = c->next;
			mem_free(c);
			c = next;
		}
		keep->next = NULL;
		if (keep->used > keep->dirty)
			keep->dirty = keep->used;
		keep->used = 0;
	}
	a->used_bytes = 0;
}

void arena_release(struct arena *a)
{
	arena_clear(a);
	mem_free(a->head);
	a->head = NULL;
}
