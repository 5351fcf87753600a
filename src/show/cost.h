/* cost.h - what a policy costs: for each rule its aggregates, the rings that they read and the bytes that an event takes there; for each kind
 * of entity the bytes of one that is idle. Rings are shared: the bytes of two rules do not add up. */
#ifndef DUANKA_SHOW_COST_H
#define DUANKA_SHOW_COST_H
#include "policy/plan.h"

/* As `duanka policy check` prints it. */
void cost_text(struct buf *b, const struct plan *p);
/* Of a rule also: state_bytes, what one busy key of each of its rings takes besides its events; instructions of the program that tells its values; windows, each different aggregate.
 * "rules":[...],"aggregates":N,"rings":N,"entities":[...] : members of an object. */
void cost_json(struct buf *b, const struct plan *p);

#endif
