/* state_check.c - whether a loaded state stays inside its areas: counts, indexes and handles in range, chains that end, no block twice.
 *
 * A snapshot is authentic or it is not read at all (a keyed checksum), so this is a second net: for bytes that a faulty machine changed before they were
 * sealed. It is not a proof. Believed without a look: what stands inside the running totals of busy rings, entity numbers
 * inside tuples, and that a row lies in the bucket of its key. */
#include "base/mem.h"
#include "engine/engine_int.h"
#include "engine/ring_int.h"

static bool time_sane(int64_t us)
{
	return us >= 0 && us <= TIME_US_MAX;
}

struct blocks { /* one bit for each 16 bytes of the slab: whose they are already */
	const struct slab *slab;
	uint64_t *claimed;
};

static bool block_inside(const struct slab *s, uint32_t handle, size_t bytes)
{
	return handle != 0 && (size_t)handle * 16 <= s->used && bytes <= s->used - (size_t)handle * 16;
}

/* False: it is outside, or a part of it is another's. */
static bool claim(struct blocks *b, uint32_t handle, size_t bytes)
{
	if (!block_inside(b->slab, handle, bytes))
		return false;
	for (size_t i = handle; i < handle + bytes / 16; i++) {
		if ((b->claimed[i / 64] >> i % 64 & 1) != 0)
			return false;
		b->claimed[i / 64] |= 1ULL << i % 64;
	}
	return true;
}

/* A free block begins with the handle of the next one of its size. */
static bool slab_sane(struct blocks *b)
{
	for (uint32_t c = 0; c < SLAB_CLASSES; c++)
		for (uint32_t h = b->slab->free_head[c]; h != 0; memcpy(&h, slab_at(b->slab, h), sizeof(h)))
			if (!claim(b, h, slab_class_bytes(c))) /* a chain that comes back has claimed its blocks before */
				return false;
	return true;
}

static bool bucket_sane(const struct table *t, const struct table_bucket *b)
{
	if (b->n > TABLE_SLOTS || b->more > t->overflow_used)
		return false;
	for (uint32_t i = 0; i < b->n; i++)
		if (b->row[i] == 0 || b->row[i] > t->used)
			return false;
	return true;
}

/* Every chain of overflow buckets ends: together they are no longer than there are such buckets. */
static bool chains_sane(const struct table *t)
{
	uint32_t left = t->overflow_used;

	for (uint32_t i = 0; i < t->n_buckets; i++)
		for (const struct table_bucket *b = &t->bucket[i]; b->more != 0; b = &t->overflow[b->more])
			if (left-- == 0)
				return false;
	for (uint32_t i = t->free_overflow, n = t->overflow_used; i != 0; i = t->overflow[i].more)
		if (i > t->overflow_used || n-- == 0)
			return false;
	return true;
}

static bool free_rows_sane(const struct table *t)
{
	uint32_t left = t->used;

	for (uint32_t row = t->free_row; row != 0; memcpy(&row, table_row(t, row) + 8 * t->key_words, sizeof(row)))
		if (row > t->used || left-- == 0 || table_in_use(t, row))
			return false;
	return true;
}

static bool table_sane(const struct table *t)
{
	if ((t->level_mask & (t->level_mask + 1)) != 0 || t->level_mask >= t->n_buckets ||
	    t->n_buckets > 2 * ((uint64_t)t->level_mask + 1))
		return false;
	for (uint32_t i = 0; i < t->n_buckets; i++)
		if (!bucket_sane(t, &t->bucket[i]))
			return false;
	for (uint32_t i = 1; i <= t->overflow_used; i++)
		if (!bucket_sane(t, &t->overflow[i]))
			return false;
	return chains_sane(t) && free_rows_sane(t);
}

static bool ring_sane(struct blocks *b, const struct ring_plan *p, uint32_t slot)
{
	const struct ring_head *h = slab_at(b->slab, slot);
	size_t bytes, room;

	if (!block_inside(b->slab, slot, sizeof(*h)))
		return false;
	bytes = (size_t)h->units * 16;
	if (bytes < sizeof(*h) || slab_round(bytes) != bytes || !claim(b, slot, bytes))
		return false;
	if (h->big != 0 && h->count < RING_SMALL / 2 &&
	    p->full != RING_SKETCH) /* only thinning leaves them to a small ring */
		return false;
	if (h->big != 0 && !claim(b, h->big, slab_round(p->big_bytes)))
		return false;
	room = (bytes - sizeof(*h)) / p->tuple_bytes;
	return h->first <= room && h->count <= room - h->first && time_sane(h->last_us);
}

static bool row_sane(struct blocks *b, const struct engine *g, uint32_t space, uint32_t row)
{
	const struct plan_space *s = &g->plan->space[space];
	const uint8_t *p = table_row(&g->table[space], row);
	const uint32_t *slot = (const uint32_t *)(const void *)(p + s->slot_off);
	const struct schema_entity *e = &g->policy->schema.entity[space];

	for (uint32_t i = 0; i < s->n_rings; i++)
		if (slot[i] != 0 && !ring_sane(b, &g->plan->ring[s->ring[i]].rp, slot[i]))
			return false;
	for (uint32_t i = 0; s->entity && i < e->n_attrs; i++) {
		int64_t v = entity_attr(g, space, row, i);

		if (v != VALUE_MISSING && e->attr[i].type.dim == DIM_ENTITY &&
		    (v <= 0 || v > g->table[e->attr[i].type.entity].used))
			return false;
	}
	return !s->entity || g->cold[space][row].shown[IDENT_SHOWN_BYTES - 1] == 0;
}

static bool rows_sane(struct blocks *b, const struct engine *g, uint32_t space)
{
	for (uint32_t row = 1; row <= g->table[space].used; row++)
		if (table_in_use(&g->table[space], row) && !row_sane(b, g, space, row))
			return false;
	return true;
}

/* A search ends at an empty place: there has to be one. */
static bool list_sane(const struct list_set *l)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < l->cap; i++)
		n += l->key[i] != 0;
	return n == l->n && (l->cap == 0 || n < l->cap);
}

enum err state_check(const struct engine *g)
{
	struct blocks b = { .slab = &g->slab, .claimed = mem_alloc_array(g->slab.used / 16 / 64 + 1, 8) };
	bool ok = b.claimed != NULL && slab_sane(&b) && time_sane(g->newest_us);

	for (uint32_t i = 0; ok && i < g->plan->n_spaces; i++)
		ok = time_sane(g->sweep[i].credit_us) && time_sane(g->sweep[i].period_us) && table_sane(&g->table[i]);
	for (uint32_t i = 0; ok && i < g->plan->n_spaces; i++)
		ok = rows_sane(&b, g, i);
	for (uint32_t i = 0; ok && i < g->policy->n_lists; i++)
		ok = list_sane(&g->list[i]);
	mem_free(b.claimed);
	return ok ? ERR_OK : b.claimed == NULL ? ERR_MEMORY : ERR_FORMAT;
}
