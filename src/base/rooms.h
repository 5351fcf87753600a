/* rooms.h - something bounded that many fill: who gives way when it is full.
 *
 * Each holder may fill what is free. When all of them hold more than there is room for, the one that holds the most gives way with its oldest; of those that
 * hold equally much, the one with the lowest number. So whatever others do, each keeps room / holders, and one that is alone keeps all. There is
 * nothing to be set for it, and what stays is known by how much each has brought: in which order, and after how many more each
 * time something goes, makes no difference. That is what lets a replay come to the same.
 * Counts only; the things themselves are elsewhere. Not thread-safe. */
#ifndef DUANKA_BASE_ROOMS_H
#define DUANKA_BASE_ROOMS_H
#include <stdint.h>
#include "base/check.h"
#include "base/err.h"

struct room {
	uint32_t number;      /* of the holder */
	uint32_t first, last; /* the user's: where its oldest and its newest are. 0 in a new room */
	uint64_t held;
};

struct rooms {         /* zeroed: empty */
	struct room *room; /* by ascending number */
	uint32_t n, cap;
	uint64_t total;
};

/* The room of a holder, a new one if it had none; good until the next call with a number that has none. ERR_MEMORY: nothing has changed. */
enum err rooms_of(struct rooms *r, uint32_t number, struct room **out) MUST_CHECK;
void rooms_add(struct rooms *r, struct room *o, uint64_t n);
void rooms_take(struct rooms *r, struct room *o, uint64_t n); /* n <= held */
/* Who gives way. NULL: nobody holds anything. */
struct room *rooms_fullest(struct rooms *r);
void rooms_clear(struct rooms *r); /* nobody holds anything */
void rooms_release(struct rooms *r);

#endif
