/* fill_int.h - the inside of a fill, for the change that takes it over. */
#ifndef DUANKA_SHARD_FILL_INT_H
#define DUANKA_SHARD_FILL_INT_H
#include "shard/fill.h"
#include "shard/replay_int.h"

enum {
	FILL_TAIL_MAX = 3 << 20 /* bytes of LIST records that came meanwhile: they go into one batch with the policy */
};

struct fill {
	struct generation_options o;
	struct generation *g;
	struct replay replay;
	void (*event)(void *ctx, const struct policy *p, const struct event *e);
	uint64_t base, since;
	struct buf tail; /* LIST records from `since` on */
	uint32_t n_tail;
	bool taken; /* the tail is in the engine: adopted, or of no use any more */
};

#endif
