/* ring_int.h - the block of a ring and how its tuples are read; shared by ring*.c.
 *
 * ring.c        putting in, dropping, growing, walking, and which path a read takes
 * ring_scan.c   reads by walking the tuples: the definition
 * ring_big.c    reads from running totals, for busy rings
 * ring_map.c    the growable parts of that: value maps and deques */
#ifndef DUANKA_ENGINE_RING_INT_H
#define DUANKA_ENGINE_RING_INT_H
#include <stdbool.h>
#include <string.h>
#include "engine/ring.h"

struct ring_head {
	int64_t last_us;       /* time of the newest tuple: the others' times unwrap from it */
	uint32_t first : 27;   /* index of the oldest tuple kept; at most room */
	uint32_t sketch_k : 5; /* one in 2^k is kept */
	uint32_t count : 29;   /* at most RING_EVENTS_MAX */
	uint32_t flags : 3;    /* enum ring_flag: what a cap has done since the ring was last empty */
	uint32_t big;          /* slab handle of the incremental state; 0 = none */
	uint32_t units;        /* size of this block in 16 bytes */
};
enum {
	RING_SMALL = 32, /* up to here a scan is as fast as the incremental state, and needs none */
};

/* A load of 8 bytes, whatever the width: behind the last tuple it may touch the next block, or the slab's slack. */
static inline uint64_t ring_load(const uint8_t *p, uint32_t width)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return width == 8 ? v : v & ((1ULL << 8 * width) - 1);
}
static inline void ring_put(uint8_t *p, uint64_t v, uint32_t width)
{
	memcpy(p, &v, width); /* little endian; a static assertion in ring.c says so */
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

/* From exact sums to what an acc answers; the only place where a division or a root is taken. */
int64_t ring_saturate(__int128 v);
double ring_avg(__int128 sum, uint64_t n);                    /* NaN if n is 0 */
double ring_stddev(__int128 sum, __int128 sumsq, uint64_t n); /* NaN if n is 0 */

void ring_scan(struct ring_store *s, const struct ring_plan *p, const struct ring_head *h, int64_t t_us,
               union value *out);
void ring_scale(const struct ring_plan *p, uint32_t k, union value *out); /* what a sample of one in 2^k stands for */

/* The incremental state. Functions that can run out of memory drop it (h->big = 0): reads fall back to the scan. */
void ring_big_make(struct ring_store *s, const struct ring_plan *p, struct ring_head *h);
void ring_big_free(struct ring_store *s, const struct ring_plan *p, struct ring_head *h);
void ring_big_append(struct ring_store *s, const struct ring_plan *p, struct ring_head *h); /* the newest tuple */
void ring_big_stale(struct ring_store *s, struct ring_head *h);                             /* tuples were moved */
void ring_big_pass(struct ring_store *s, const struct ring_plan *p, struct ring_head *h,
                   uint32_t n); /* the n oldest go */
/* False: only a scan can answer at t. */
bool ring_big_read(struct ring_store *s, const struct ring_plan *p, struct ring_head *h, int64_t t_us,
                   union value *out);
bool ring_big_needs_scan(const struct ring_plan *p);
size_t ring_big_bytes(const struct ring_store *s, const struct ring_plan *p, const struct ring_head *h);

/* ring_map.c: value -> sequence number of its last occurrence. */
struct ring_map {
	uint32_t block, cap_log2, n, wide; /* wide: 16-byte slots for values over 32 bits */
};
bool ring_map_put(struct slab *s, struct ring_map *m, int64_t value, uint32_t seq,
                  uint32_t *before);                                                  /* false: no memory */
uint32_t ring_map_get(const struct slab *s, const struct ring_map *m, int64_t value); /* 0: not there */
void ring_map_drop(struct slab *s, struct ring_map *m, int64_t value);
void ring_map_free(struct slab *s, struct ring_map *m);

/* A double-ended queue of sequence numbers. */
struct ring_deque {
	uint32_t block, cap_log2, head, n;
};
bool ring_deque_push(struct slab *s, struct ring_deque *d, uint32_t seq);              /* false: no memory */
uint32_t *ring_deque_at(const struct slab *s, const struct ring_deque *d, uint32_t i); /* from the front */
void ring_deque_free(struct slab *s, struct ring_deque *d);

#endif
