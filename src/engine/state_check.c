/* state_check.c - whether a loaded state stays inside its areas: counts, indexes and handles in range, chains that end.
 *
 * A snapshot is authentic or it is not read at all (a keyed checksum), so this is a second net: for bytes that a faulty machine changed before they were
 * sealed. It is not a proof. Believed without a look: that no two rings share a block, what stands inside the running totals of busy rings, entity
 * numbers inside tuples, and that a row lies in the bucket of its key. */
#include "engine/engine_int.h"
#include "engine/ring_int.h"

#define STATE_TIME_MAX (INT64_C(1) << 52) /* events end with the year 2099 */

static bool time_sane(int64_t us)
{
	return us >= 0 && us <= STATE_TIME_MAX;
}

static bool block_inside(const struct slab *s, uint32_t handle, size_t bytes)
{
	return handle != 0 && (size_t)handle * 16 <= s->used && bytes <= s->used - (size_t)handle * 16;
}

/* A free block begins with the handle of the next one; no chain is longer than blocks fit. */
static bool slab_sane(const struct slab *s)
{
	size_t left = s->used / 64 + 1;

	for (uint32_t c = 0; c < SLAB_CLASSES; c++)
		for (uint32_t h = s->free_head[c]; h != 0; left--) {
			if (left == 0 || !block_inside(s, h, 64))
				return false;
			memcpy(&h, slab_at(s, h), sizeof(h));
		}
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

static bool ring_sane(const struct slab *s, const struct ring_plan *p, uint32_t slot)
{
	const struct ring_head *h = slab_at(s, slot);
	size_t bytes, room;

	if (!block_inside(s, slot, sizeof(*h)))
		return false;
	bytes = (size_t)h->units * 16;
	if (bytes < sizeof(*h) || !block_inside(s, slot, bytes))
		return false;
	room = (bytes - sizeof(*h)) / p->tuple_bytes;
	return h->first <= room && h->count <= room - h->first && time_sane(h->last_us) &&
	       (h->big == 0 || block_inside(s, h->big, p->big_bytes));
}

static bool row_sane(const struct engine *g, uint32_t space, uint32_t row)
{
	const struct plan_space *s = &g->plan->space[space];
	const uint8_t *p = table_row(&g->table[space], row);
	const uint32_t *slot = (const uint32_t *)(const void *)(p + s->slot_off);
	const struct schema_entity *e = &g->policy->schema.entity[space];

	for (uint32_t i = 0; i < s->n_rings; i++)
		if (slot[i] != 0 && !ring_sane(&g->slab, &g->plan->ring[s->ring[i]].rp, slot[i]))
			return false;
	for (uint32_t i = 0; s->entity && i < e->n_attrs; i++) {
		int64_t v = entity_attr(g, space, row, i);

		if (v != VALUE_MISSING && e->attr[i].type.dim == DIM_ENTITY &&
		    (v <= 0 || v > g->table[e->attr[i].type.entity].used))
			return false;
	}
	return !s->entity || g->cold[space][row].shown[IDENT_SHOWN_BYTES - 1] == 0;
}

static bool rows_sane(const struct engine *g, uint32_t space)
{
	for (uint32_t row = 1; row <= g->table[space].used; row++)
		if (table_in_use(&g->table[space], row) && !row_sane(g, space, row))
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

bool state_sane(const struct engine *g)
{
	bool ok = slab_sane(&g->slab) && time_sane(g->newest_us);

	for (uint32_t i = 0; ok && i < g->plan->n_spaces; i++)
		ok = time_sane(g->sweep[i].credit_us) && time_sane(g->sweep[i].period_us);
	for (uint32_t i = 0; ok && i < g->plan->n_spaces; i++)
		ok = table_sane(&g->table[i]);
	for (uint32_t i = 0; ok && i < g->plan->n_spaces; i++)
		ok = rows_sane(g, i);
	for (uint32_t i = 0; ok && i < g->policy->n_lists; i++)
		ok = list_sane(&g->list[i]);
	return ok;
}
