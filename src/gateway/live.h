/* live.h - the settings and API keys in force: one immutable piece that a reload swaps as a whole.
 *
 * A reader takes a reference, reads as long as it likes, and gives it back; what it has never changes under it. A request keeps one from
 * its first byte to its answer, so that it is judged by one set of settings and keys. A swap waits for nobody: whoever has the older piece
 * finishes on it, and it goes with its last reference. Any thread may call. */
#ifndef DUANKA_GATEWAY_LIVE_H
#define DUANKA_GATEWAY_LIVE_H
#include <stdatomic.h>
#include "gateway/config.h"

struct in_force {
	struct config config;
	struct keys keys;
	uint64_t generation; /* 0 at the start, then counts swaps; live_swap sets it */
	_Atomic uint32_t references;
};

/* Zeroed settings and no keys, to be filled before anybody else sees it; one reference, the caller's. NULL: no memory. */
struct in_force *in_force_new(void) MUST_CHECK;
/* Gives a reference back. NULL is fine. */
void in_force_free(const struct in_force *f);

struct live;
/* Takes over the caller's reference, but not on failure. */
enum err live_new(struct live **out, struct in_force *first) MUST_CHECK;
/* A reference to what is in force now: the caller gives it back by in_force_free. */
const struct in_force *live_take(struct live *l);
/* Takes over the caller's reference; whoever takes from now on gets next. */
void live_swap(struct live *l, struct in_force *next);
/* Nobody may take any more; references that were taken stay good. NULL is fine. */
void live_free(struct live *l);

#endif
