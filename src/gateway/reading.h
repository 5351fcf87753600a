/* reading.h - the policy in force, for all who read by it and don't decide: decoders, lists, what the rules are.
 *
 * It is swapped on the writer's thread right behind the engine's own change. Whoever took the one before may finish by it: a running service only
 * takes schemas that extend the one in force (schema.h), so an event read by an old one is an event of the new one that lacks the new fields. */
#ifndef DUANKA_GATEWAY_READING_H
#define DUANKA_GATEWAY_READING_H
#include <pthread.h>
#include "shard/edition.h"

struct reading {
	pthread_mutex_t lock;
	struct edition *now;
};

void reading_init(struct reading *r, struct edition *first);
void reading_release(struct reading *r);
struct edition *reading_take(struct reading *r); /* any thread; edition_drop it */
void reading_swap(struct reading *r, struct edition *e);

#endif
