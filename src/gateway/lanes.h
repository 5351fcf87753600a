/* lanes.h - asks that wait for the writer: a lane for each organisation, taken in turn.
 *
 * Room is shared (share.h): whatever the others send, max / 2 / lanes events of each organisation may wait. A group takes one ask of each
 * lane in turn until it is full; a lane whose next ask does not fit into what is left comes first in the next group. So a lane's first
 * ask waits for at most one group for each other lane, however long the others are; within a lane the order is that of coming. Not thread-safe. */
#ifndef DUANKA_GATEWAY_LANES_H
#define DUANKA_GATEWAY_LANES_H
#include "gateway/share.h"
#include "shard/shard.h"

struct ask {
	struct ask *next;
	struct shard_item *item; /* n <= SHARD_ITEMS_MAX, the asker's */
	uint32_t n, lane;        /* lane < SHARE_HOLDERS_MAX */
	/* On the writer's thread; the answers' alerts are good for this call only. e: ERR_OK, or ERR_STOPPED and nothing was answered. */
	void (*done)(void *ctx, enum err e);
	void *ctx;
};

struct lane {
	struct ask *first, **last;
	struct lane *next; /* in turn, if anything waits in it */
};

struct lanes {
	struct share share; /* counts events */
	struct lane lane[SHARE_HOLDERS_MAX];
	struct lane *turn, **last_turn;
};

void lanes_init(struct lanes *l, uint64_t events_max, uint32_t lanes);
/* False: there is no room for it now. */
bool lanes_put(struct lanes *l, struct ask *a);
/* The next group, linked by next: as many asks as fit into `most` >= SHARD_ITEMS_MAX events. NULL: nothing waits. *n: their events. */
struct ask *lanes_take(struct lanes *l, uint32_t most, uint32_t *n);

#endif
