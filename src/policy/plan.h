/* plan.h - a policy compiled: where state lies and what runs for each event type.
 *
 * The planner (plan*.c) turns the checked tree into flat tables: key spaces, rings (one for each event type and key), views
 * (a ring looked up by a key of the event at hand), and one program an event type in register bytecode. A program only jumps
 * forward, so its length bounds the work an event can cause. plan_verify proves what the VM relies on. */
#ifndef DUANKA_POLICY_PLAN_H
#define DUANKA_POLICY_PLAN_H
#include "base/hash.h"
#include "policy/policy.h"
#include "policy/opcodes.h"

struct plan;
enum err plan_new(struct plan **out, const struct policy *p, const struct hash_key *key, int64_t lateness_us,
                  struct buf *errors) MUST_CHECK;
void plan_free(struct plan *p);
const struct policy *plan_policy(const struct plan *p);
/* For `duanka policy explain`: layout (bytes per entity, shared rings, tuple layout), then each program's opcodes. */
void plan_print(struct buf *b, const struct plan *p);

#endif
