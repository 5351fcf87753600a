/* ring.c - a ring's block: putting in, dropping, growing, thinning, walking, and which path a read takes. */
#include "base/hash.h"
#include "engine/ring_int.h"

enum {
	FIRST_ROOM = 1, /* and as many more as the block's cache line has room for */
	SKETCH_K_MAX = 30
};
_Static_assert(sizeof(struct ring_head) == 24, "a ring of one or two events fits a cache line");
_Static_assert(SLAB_SLACK >= 7, "the last column of the last block is loaded as 8 bytes");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "tuples keep the low bytes of values first");

static struct ring_head *head_of(const struct ring_store *s, uint32_t slot)
{
	return slab_at(s->slab, slot);
}

static size_t block_bytes(const struct ring_plan *p, uint32_t room)
{
	return sizeof(struct ring_head) + (size_t)room * p->tuple_bytes;
}

/* Tuples that fit the ring's block, dropped ones in front included. */
static uint32_t room_of(const struct ring_plan *p, const struct ring_head *h)
{
	return (uint32_t)((size_t)h->units * 16 - sizeof(*h)) / p->tuple_bytes;
}

static void encode(uint8_t *t, const struct ring_plan *p, int64_t time_us, uint32_t mask, const int64_t *cols)
{
	ring_put(t, (uint64_t)time_us, p->time_bytes);
	ring_put(t + p->time_bytes, mask, p->mask_bytes);
	for (uint32_t i = 0; i < p->n_cols; i++) {
		const struct ring_col *c = &p->col[i];
		uint64_t v = (uint64_t)cols[i];

		if (cols[i] == VALUE_MISSING)
			v = c->is_signed ? 1ULL << (8 * c->width - 1) : ~0ULL;
		ring_put(t + c->off, v, c->width);
	}
}

static void give_back(struct ring_store *s, const struct ring_plan *p, uint32_t *slot)
{
	struct ring_head *h = head_of(s, *slot);

	if (h->big != 0)
		ring_big_free(s, p, h);
	slab_free(s->slab, *slot, (size_t)h->units * 16);
	*slot = 0;
}

static void drop(struct ring_store *s, const struct ring_plan *p, struct ring_head *h, uint32_t n)
{
	if (n > 0 && h->big != 0)
		ring_big_pass(s, p, h, n);
	h->first += n;
	h->count -= n;
	if (h->big != 0 && h->count < RING_SMALL / 2)
		ring_big_free(s, p, h);
}

static void drop_until(struct ring_store *s, const struct ring_plan *p, struct ring_head *h, int64_t horizon_us)
{
	uint32_t n = 0;

	while (n < h->count && ring_time(h, p, ring_tuple(h, p, n)) <= horizon_us)
		n++;
	if (n > 0)
		drop(s, p, h, n);
}

/* Room for one more: the gap in front, or a larger block. */
static enum err make_room(struct ring_store *s, const struct ring_plan *p, uint32_t *slot)
{
	struct ring_head *h = head_of(s, *slot), *bigger;
	size_t got;
	uint32_t to, room = room_of(p, h);

	if ((uint32_t)h->first + h->count < room)
		return ERR_OK;
	if (h->first > room / 4) {
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
	bigger->units = (uint32_t)(got / 16);
	slab_free(s->slab, *slot, (size_t)h->units * 16);
	*slot = to;
	return ERR_OK;
}

static enum err begin(struct ring_store *s, const struct ring_plan *p, uint32_t *slot, int64_t time_us)
{
	size_t got;
	uint32_t b = slab_alloc(s->slab, block_bytes(p, FIRST_ROOM), &got);

	if (b == 0)
		return ERR_CAP;
	*head_of(s, b) = (struct ring_head){ .last_us = time_us, .units = (uint32_t)(got / 16) };
	*slot = b;
	return ERR_OK;
}

static bool in_sample(const struct ring_plan *p, uint32_t k, int64_t time_us, int64_t value)
{
	uint64_t x = p->sketch_col == RING_NONE ? (uint64_t)time_us : (uint64_t)value;

	return (hash_mix(x ^ 0x5bd1e995a7c3f1d7ULL) & ((1ULL << k) - 1)) == 0;
}

/* Halves the sample until there is room; values that stay keep all their events. */
static void thin(struct ring_store *s, const struct ring_plan *p, struct ring_head *h)
{
	while (h->count >= p->cap && h->sketch_k < SKETCH_K_MAX) {
		uint32_t kept = 0;

		h->sketch_k++;
		for (uint32_t i = 0; i < h->count; i++) {
			const uint8_t *t = ring_tuple(h, p, i);
			int64_t v = p->sketch_col == RING_NONE ? 0 : ring_value(&p->col[p->sketch_col], t);

			if (in_sample(p, h->sketch_k, ring_time(h, p, t), v))
				memmove(ring_tuple(h, p, kept++), t, p->tuple_bytes);
		}
		s->counts.sketched += h->count - kept;
		h->count = kept;
		h->flags |= RING_FLAG_SKETCH;
		if (h->big != 0)
			ring_big_stale(s, h);
	}
}

/* What the cap says about one more event. ERR_CAP: it stays out. */
static enum err ask_cap(struct ring_store *s, const struct ring_plan *p, struct ring_head *h, int64_t time_us,
                        const int64_t *cols)
{
	int64_t v = p->sketch_col == RING_NONE ? 0 : cols[p->sketch_col];

	if (h->count >= p->cap && p->full == RING_SKETCH)
		thin(s, p, h);
	if (h->sketch_k > 0 && !in_sample(p, h->sketch_k, time_us, v)) {
		s->counts.sketched++;
		return ERR_CAP;
	}
	if (h->count < p->cap)
		return ERR_OK;
	if (p->full == RING_REFUSE) {
		s->counts.refused++;
		h->flags |= RING_FLAG_REFUSED;
		return ERR_CAP;
	}
	s->counts.evicted++;
	h->flags |= RING_FLAG_EVICTED;
	drop(s, p, h, 1);
	return ERR_OK;
}

static void put_in(struct ring_store *s, const struct ring_plan *p, struct ring_head *h, int64_t time_us, uint32_t mask,
                   const int64_t *cols)
{
	uint32_t at = h->count;

	while (at > 0 && ring_time(h, p, ring_tuple(h, p, at - 1)) > time_us)
		at--;
	if (at < h->count)
		memmove(ring_tuple(h, p, at + 1), ring_tuple(h, p, at), (size_t)(h->count - at) * p->tuple_bytes);
	if (h->count == 0 || time_us > h->last_us)
		h->last_us = time_us;
	encode(ring_tuple(h, p, at), p, time_us, mask, cols);
	h->count++;
	if (h->big == 0)
		return;
	if (at + 1 == h->count)
		ring_big_append(s, p, h);
	else
		ring_big_stale(s, h);
}

enum err ring_insert(struct ring_store *s, const struct ring_plan *p, uint32_t *slot, int64_t time_us, uint32_t mask,
                     const int64_t *cols, int64_t horizon_us)
{
	if (*slot != 0)
		drop_until(s, p, head_of(s, *slot), horizon_us);
	if (*slot == 0 ? begin(s, p, slot, time_us) != ERR_OK : make_room(s, p, slot) != ERR_OK) {
		s->counts.no_memory++;
		return ERR_CAP;
	}
	if (ask_cap(s, p, head_of(s, *slot), time_us, cols) != ERR_OK)
		return ERR_CAP;
	put_in(s, p, head_of(s, *slot), time_us, mask, cols);
	return ERR_OK;
}

void ring_scale(const struct ring_plan *p, uint32_t k, union value *out)
{
	for (uint32_t i = 0; i < p->n_accs; i++)
		if (p->acc[i].func == RING_COUNT || p->acc[i].func == RING_SUM || p->acc[i].func == RING_DISTINCT)
			out[i].i = ring_saturate((__int128)out[i].i << k);
}

uint32_t ring_read(struct ring_store *s, const struct ring_plan *p, uint32_t *slot, int64_t t_us, union value *out)
{
	struct ring_head *h = *slot == 0 ? NULL : head_of(s, *slot);

	if (h != NULL && h->count > RING_SMALL && h->big == 0 && !ring_big_needs_scan(p))
		ring_big_make(s, p, h);
	if (h == NULL || h->big == 0 || !ring_big_read(s, p, h, t_us, out))
		ring_scan(s, p, h, t_us, out);
	if (h == NULL)
		return 0;
	if (h->sketch_k > 0)
		ring_scale(p, h->sketch_k, out);
	return h->flags;
}

void ring_expire(struct ring_store *s, const struct ring_plan *p, uint32_t *slot, int64_t horizon_us)
{
	if (*slot == 0)
		return;
	drop_until(s, p, head_of(s, *slot), horizon_us);
	if (head_of(s, *slot)->count == 0)
		give_back(s, p, slot);
}

void ring_each(const struct ring_store *s, const struct ring_plan *p, uint32_t slot, int64_t t_us, int64_t window_us,
               uint8_t filter, ring_visit *visit, void *ctx)
{
	const struct ring_head *h = slot == 0 ? NULL : head_of(s, slot);
	int64_t cols[RING_COLS_MAX];

	for (uint32_t i = 0; h != NULL && i < h->count; i++) {
		const uint8_t *t = ring_tuple(h, p, i);
		int64_t time_us = ring_time(h, p, t);

		if (time_us <= t_us - window_us || time_us > t_us || !ring_passes(ring_mask(p, t), filter))
			continue;
		for (uint32_t k = 0; k < p->n_cols; k++)
			cols[k] = ring_value(&p->col[k], t);
		visit(ctx, time_us, ring_mask(p, t), cols);
	}
}

size_t ring_bytes(const struct ring_store *s, const struct ring_plan *p, uint32_t slot)
{
	const struct ring_head *h = slot == 0 ? NULL : head_of(s, slot);

	if (h == NULL)
		return 0;
	return (size_t)h->units * 16 + (h->big != 0 ? ring_big_bytes(s, p, h) : 0);
}

/* Events stand in order of time: at least n are newer if the nth newest is. A sample stands for 2^k times as many. */
bool ring_holds(const struct ring_store *s, const struct ring_plan *p, uint32_t slot, uint32_t least, int64_t since_us)
{
	const struct ring_head *h = head_of(s, slot);
	uint32_t n = least;

	if (h->sketch_k > 0)
		n = (uint32_t)(((uint64_t)least + (1ULL << h->sketch_k) - 1) >> h->sketch_k);
	return h->count >= n && (n == 0 || ring_time(h, p, ring_tuple(h, p, h->count - n)) > since_us);
}

uint32_t ring_events(const struct ring_store *s, uint32_t slot)
{
	return slot == 0 ? 0 : head_of(s, slot)->count;
}
