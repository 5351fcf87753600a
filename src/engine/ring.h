/* ring.h - exact aggregates over sliding windows of one key's events.
 *
 * For a read at time t, window W means the stored events with t - W < time <= t; "stored" is "at an earlier position, or
 * this one", because the caller inserts in order of position. Two paths compute the same thing:
 *  - scan: walk the tuples from the newest to the oldest once and take each window's totals on the way. For small rings
 *    (almost all), and for reads at a time before one already read (late events): it is the definition itself.
 *  - incremental: above a threshold a ring gets running totals for each acc, a tail for each window, a monotone deque for
 *    min and max and a value -> last-occurrence map for distinct counts (one map serves all windows: an arriving value is
 *    new to a window if its last occurrence lies before the tail; a leaving tuple takes a value away if it is the last
 *    occurrence). O(1) an event, amortised. A late insertion rebuilds it at the next in-order read.
 * Not here: who the key is, what the columns mean.
 * A slot is 4 bytes in the caller's record, 0 = no events; the ring owns the blocks behind it. */
#ifndef DUANKA_ENGINE_RING_H
#define DUANKA_ENGINE_RING_H
#include <stdbool.h>
#include "base/mem.h"
#include "engine/slab.h"
#include "policy/ringplan.h"

struct ring_counts { /* what caps did, over all rings of a store */
	uint64_t evicted, refused, sketched, no_memory;
};

struct ring_store {
	struct slab *slab;
	struct ring_counts counts;
};

enum ring_flag { /* how a result may differ from the exact one */
	RING_FLAG_EVICTED = 1,
	RING_FLAG_REFUSED = 2,
	RING_FLAG_SKETCH = 4
};

/* Adds one event. time: any, late or not, within the plan's lateness of the newest time seen by the whole engine.
 * mask: bit i = filter i passed. cols: VALUE_MISSING or a value that fits the column's width.
 * horizon_us: tuples with time <= horizon_us serve nobody any more and may be dropped (the engine's newest time - keep_us).
 * ERR_CAP: refused by the cap or for want of memory, and counted; the ring is as before. */
enum err ring_insert(struct ring_store *s, const struct ring_plan *p, uint32_t *slot, int64_t time_us, uint32_t mask,
                     const int64_t *cols, int64_t horizon_us);

/* out[i] = acc i at time t. An empty slot gives the empty results. Returns enum ring_flag bits. */
uint32_t ring_read(struct ring_store *s, const struct ring_plan *p, uint32_t *slot, int64_t t_us, union value *out);

/* Same by definition only: one plain loop for each acc, nothing incremental, nothing changed. Slow; the judge in tests. */
void ring_read_naive(const struct ring_store *s, const struct ring_plan *p, uint32_t slot, int64_t t_us,
                     union value *out);

/* Drops what lies at or before the horizon; gives the blocks back when nothing is left. */
void ring_expire(struct ring_store *s, const struct ring_plan *p, uint32_t *slot, int64_t horizon_us);

/* The tuples inside a window, oldest first, for explanations. cols has plan->n_cols values. */
typedef void ring_visit(void *ctx, int64_t time_us, uint32_t mask, const int64_t *cols);
void ring_each(const struct ring_store *s, const struct ring_plan *p, uint32_t slot, int64_t t_us, int64_t window_us,
               uint8_t filter, ring_visit *visit, void *ctx);

static inline void ring_prefetch(const struct ring_store *s, uint32_t slot)
{
	if (slot != 0) {
		mem_touch(slab_at(s->slab, slot));
		__builtin_prefetch((char *)slab_at(s->slab, slot) + 64);
	}
}

size_t ring_bytes(const struct ring_store *s, const struct ring_plan *p, uint32_t slot); /* all blocks of one ring */
uint32_t ring_events(const struct ring_store *s, uint32_t slot);
/* False: no count and no distinct count over the events after since_us reaches `least`, by what ring_read could answer. */
bool ring_holds(const struct ring_store *s, const struct ring_plan *p, uint32_t slot, uint32_t least, int64_t since_us);

#endif
