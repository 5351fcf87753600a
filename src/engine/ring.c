/* ring.c - a ring's block: putting in, dropping, growing, walking. What windows see is in ring_scan.c. */
#include "engine/ring_int.h"

static struct ring_head *head_of(const struct ring_store *s, uint32_t slot)
{
	return slab_at(s->slab, slot);
}

static size_t block_bytes(const struct ring_plan *p, uint32_t room)
{
	return sizeof(struct ring_head) + (size_t)room * p->tuple_bytes + RING_PAD;
}

static uint32_t room_in(const struct ring_plan *p, size_t bytes)
{
	return (uint32_t)((bytes - sizeof(struct ring_head) - RING_PAD) / p->tuple_bytes);
}

static void encode(uint8_t *t, const struct ring_plan *p, int64_t time_us, uint32_t mask, const int64_t *cols)
{
	ring_store_bytes(t, (uint64_t)time_us, p->time_bytes);
	ring_store_bytes(t + p->time_bytes, mask, p->mask_bytes);
	for (uint32_t i = 0; i < p->n_cols; i++) {
		const struct ring_col *c = &p->col[i];
		uint64_t v = (uint64_t)cols[i];

		if (cols[i] == VALUE_MISSING)
			v = c->is_signed ? 1ULL << (8 * c->width - 1) : ~0ULL;
		ring_store_bytes(t + c->off, v, c->width);
	}
}

void ring_decode(const struct ring_head *h, const struct ring_plan *p, uint32_t i, int64_t *time_us, uint32_t *mask,
                 int64_t *cols)
{
	const uint8_t *t = ring_tuple(h, p, i);

	*time_us = ring_time(h, p, t);
	*mask = ring_mask(p, t);
	for (uint32_t k = 0; k < p->n_cols; k++)
		cols[k] = ring_value(&p->col[k], t);
}

static void drop_front(struct ring_head *h, const struct ring_plan *p, int64_t horizon_us)
{
	uint32_t n = 0;

	while (n < h->count && ring_time(h, p, ring_tuple(h, p, n)) <= horizon_us)
		n++;
	h->first += n;
	h->count -= n;
}

/* Room for one more: the front's gap, or a larger block. */
static enum err make_room(struct ring_store *s, const struct ring_plan *p, uint32_t *slot)
{
	struct ring_head *h = head_of(s, *slot), *bigger;
	size_t got;
	uint32_t to;

	if (h->first + h->count < h->room)
		return ERR_OK;
	if (h->first > h->room / 4) {
		memmove(h + 1, ring_tuple(h, p, 0), (size_t)h->count * p->tuple_bytes);
		h->first = 0;
		return ERR_OK;
	}
	to = slab_alloc(s->slab, block_bytes(p, h->count + h->count / 4 + 2), &got);
	if (to == 0)
		return ERR_CAP;
	bigger = head_of(s, to);
	*bigger = *h;
	memcpy(bigger + 1, ring_tuple(h, p, 0), (size_t)h->count * p->tuple_bytes);
	bigger->first = 0;
	bigger->room = room_in(p, got);
	bigger->units = (uint32_t)(got / 16);
	slab_free(s->slab, *slot, (size_t)h->units * 16);
	*slot = to;
	return ERR_OK;
}

static enum err start(struct ring_store *s, const struct ring_plan *p, uint32_t *slot, int64_t time_us)
{
	size_t got;
	uint32_t b = slab_alloc(s->slab, block_bytes(p, 3), &got);

	if (b == 0)
		return ERR_CAP;
	*head_of(s, b) = (struct ring_head){ .last_us = time_us, .room = room_in(p, got), .units = (uint32_t)(got / 16) };
	*slot = b;
	return ERR_OK;
}

enum err ring_insert(struct ring_store *s, const struct ring_plan *p, uint32_t *slot, int64_t time_us, uint32_t mask,
                     const int64_t *cols, int64_t horizon_us)
{
	struct ring_head *h;
	uint32_t at;

	if (*slot != 0)
		drop_front(head_of(s, *slot), p, horizon_us);
	if (*slot == 0 ? start(s, p, slot, time_us) != ERR_OK : make_room(s, p, slot) != ERR_OK) {
		s->counts.no_memory++;
		return ERR_CAP;
	}
	h = head_of(s, *slot);
	if (h->count == p->cap) {
		if (p->full == RING_REFUSE) {
			s->counts.refused++;
			return ERR_CAP;
		}
		s->counts.evicted++;
		h->first++;
		h->count--;
	}
	for (at = h->count; at > 0 && ring_time(h, p, ring_tuple(h, p, at - 1)) > time_us; at--)
		;
	memmove(ring_tuple(h, p, at + 1), ring_tuple(h, p, at), (size_t)(h->count - at) * p->tuple_bytes);
	if (h->count == 0 || time_us > h->last_us)
		h->last_us = time_us;
	encode(ring_tuple(h, p, at), p, time_us, mask, cols);
	h->count++;
	return ERR_OK;
}

void ring_expire(struct ring_store *s, const struct ring_plan *p, uint32_t *slot, int64_t horizon_us)
{
	struct ring_head *h;

	if (*slot == 0)
		return;
	h = head_of(s, *slot);
	drop_front(h, p, horizon_us);
	if (h->count == 0) {
		slab_free(s->slab, *slot, (size_t)h->units * 16);
		*slot = 0;
	}
}

void ring_each(const struct ring_store *s, const struct ring_plan *p, uint32_t slot, int64_t t_us, int64_t window_us,
               uint8_t filter, ring_visit *visit, void *ctx)
{
	int64_t cols[RING_COLS_MAX], time_us;
	uint32_t mask;

	if (slot == 0)
		return;
	for (uint32_t i = 0; i < head_of(s, slot)->count; i++) {
		ring_decode(head_of(s, slot), p, i, &time_us, &mask, cols);
		if (time_us > t_us - window_us && time_us <= t_us && ring_passes(mask, filter))
			visit(ctx, time_us, mask, cols);
	}
}
