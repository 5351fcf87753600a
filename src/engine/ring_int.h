/* ring_int.h - the block of a ring and how its tuples are read; shared by ring*.c. */
#ifndef DUANKA_ENGINE_RING_INT_H
#define DUANKA_ENGINE_RING_INT_H
#include "engine/ring.h"
#include <stdbool.h>
#include <string.h>

struct ring_head {
	int64_t last_us; /* time of the newest tuple: the others' times unwrap from it */
	uint32_t first;  /* index of the oldest tuple kept */
	uint32_t count;
	uint32_t room;  /* tuples that fit the block, dropped ones in front included */
	uint32_t big;   /* slab handle of the incremental state; 0 = none */
	uint32_t units; /* size of this block in 16 bytes */
	uint32_t spare;
};
enum {
	RING_PAD = 8
}; /* behind the tuples: an 8-byte load of the last column stays inside */

static inline uint64_t ring_load(const uint8_t *p, uint32_t width)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return width == 8 ? v : v & ((1ULL << 8 * width) - 1);
}
static inline void ring_store_bytes(uint8_t *p, uint64_t v, uint32_t width)
{
	memcpy(p, &v, width); /* little endian, as all machines this runs on */
}
static inline uint8_t *ring_tuple(const struct ring_head *h, const struct ring_plan *p, uint32_t i)
{
	return (uint8_t *)(uintptr_t)(h + 1) + (size_t)(h->first + i) * p->tuple_bytes;
}
static inline int64_t ring_time(const struct ring_head *h, const struct ring_plan *p, const uint8_t *t)
{
	uint64_t mask = (1ULL << 8 * p->time_bytes) - 1;

	return h->last_us - (int64_t)(((uint64_t)h->last_us - ring_load(t, p->time_bytes)) & mask);
}
static inline uint32_t ring_mask(const struct ring_plan *p, const uint8_t *t)
{
	return p->mask_bytes == 0 ? 0 : (uint32_t)ring_load(t + p->time_bytes, p->mask_bytes);
}
static inline int64_t ring_value(const struct ring_col *c, const uint8_t *t)
{
	uint64_t v = ring_load(t + c->off, c->width), top = 1ULL << (8 * c->width - 1);

	if (!c->is_signed)
		return v == (top << 1) - 1 ? VALUE_MISSING : (int64_t)v;
	if (c->width < 8)
		return v == top ? VALUE_MISSING : (int64_t)((v ^ top) - top);
	return (int64_t)v;
}
static inline bool ring_passes(uint32_t mask, uint8_t filter)
{
	return filter == RING_ALL || (mask >> filter & 1) != 0;
}
void ring_decode(const struct ring_head *h, const struct ring_plan *p, uint32_t i, int64_t *time_us, uint32_t *mask,
                 int64_t *cols);

#endif
