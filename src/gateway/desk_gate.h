/* desk_gate.h - the way into the desk for everybody who commands it: people over HTTP, connectors, the command line.
 *
 * A command is encoded, journaled in the writer's next group like an event (so that many commands share a sync with each other and with events), applied by the
 * projector, and answered with what came of it. What is refused was journaled all the same: the refusal follows from the journal.
 * An idempotency key belongs to the organisation of the command: the same key again answers what came of the first and changes nothing. Keys of events are others. */
#ifndef DUANKA_GATEWAY_DESK_GATE_H
#define DUANKA_GATEWAY_DESK_GATE_H
#include "desk/desk.h"
#include "gateway/projector.h"
#include "gateway/writer.h"

enum {
	DESK_GATE_MAX = 500,           /* commands in one call */
	DESK_GATE_BEHIND_MAX = 1 << 20 /* records that the projector may be behind */
};

struct desk_gate;
/* All borrowed. */
enum err desk_gate_new(struct desk_gate **out, struct writer *w, struct projector *p,
                       int64_t (*now_us)(void)) MUST_CHECK;
void desk_gate_free(struct desk_gate *g); /* NULL is fine; nobody may be inside */

struct desk_order {
	struct desk_command command;
	bool keyed;
	unsigned char key[RECORD_KEY_BYTES];
	/* out */
	uint64_t position; /* of its record, or of the first one with this key */
	bool repeated;
	struct desk_outcome outcome;
};
/* Journals n <= DESK_GATE_MAX commands in order, in one group if they fit, and waits until all were applied. Blocks: any thread but the writer's, the projector's and
 * HTTP's own. lane: as of struct ask. Each command's values must be such as desk_value_ok accepts, and its roles without ROLE_SYSTEM: CHECKed.
 * ERR_CAP: no room in the queue, or the projector is DESK_GATE_BEHIND_MAX records behind: nothing was journaled, come again. ERR_STOPPED: the service stops or died, or the registry can't be
 * written now; what was journaled is applied later, and the same key asks again. ERR_ABSENT: the first command with one of these keys lies before everything that the registry knows. */
enum err desk_gate_do(struct desk_gate *g, uint32_t lane, struct desk_order *order, uint32_t n) MUST_CHECK;

#endif
