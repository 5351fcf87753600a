/* look.h - an entity as it stands: its attributes, every aggregate over its windows, its lists. For people who ask; it changes nothing.
 *
 * Values are those that a rule would read on an event of this entity at the newest time, after the events so far (nothing is left out, as
 * "excluding this" would). They are read by the scan, which is the definition, with a table of its own for distinct values, so that not one
 * byte of the engine's state is another afterwards and replays stay equal. The cost goes with the events in the entity's windows:
 * whoever calls between groups of events makes these wait, hence LOOK_EVENTS_MAX. */
#ifndef DUANKA_ENGINE_LOOK_H
#define DUANKA_ENGINE_LOOK_H
#include "engine/engine.h"

enum {
	LOOK_TIMES_MAX = 5,
	LOOK_EVENTS_MAX = 1 << 15 /* in one ring; where more lie, it is told how many, and no value */
};

struct look {                /* one aggregate */
	const struct expr *expr; /* the X_AGG node as the policy's text has it first */
	bool known;              /* false: more than LOOK_EVENTS_MAX events; value, events and times are not told */
	union value value;
	uint64_t stored; /* events that the ring holds, for all its aggregates */
	uint64_t events; /* in the window, filter applied */
	uint32_t flags;  /* enum ring_flag */
	uint32_t n_times;
	int64_t time_us[LOOK_TIMES_MAX]; /* of the newest events in the window, newest first */
	uint32_t n_rules;
	const uint32_t
		*rule; /* indexes into policy.rule: those that read it, also inside the filter of another aggregate */
};

/* Visits the aggregates whose key is this entity alone, in the order of the plan. e must have been found (engine_find). ERR_MEMORY: visited
 * in part. */
enum err look_entity(const struct engine *g, struct entity_ref e, void (*visit)(void *ctx, const struct look *l),
                     void *ctx) MUST_CHECK;
/* A declared attribute as last set, entities as index. False: it never was. */
bool look_attr(const struct engine *g, struct entity_ref e, uint32_t attr, int64_t *value, int64_t *set_us);
/* False: it is not in this list (index into policy.list; of the entity's kind). until_us may lie in the past: then it no longer counts. */
bool look_list(const struct engine *g, uint32_t list, struct entity_ref e, int64_t *until_us);
/* As risk(): the highest decision score about it within 30 days before the newest event. */
int64_t look_risk(const struct engine *g, struct entity_ref e);

#endif
