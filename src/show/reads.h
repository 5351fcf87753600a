/* reads.h - which fields of which events a value was computed from, told from the rule alone.
 *
 * An organisation may see some fields of some events. Whether it may see a value that a rule compared follows from everything that the
 * value's expression reads: the event at hand, whose organisation is known; events in windows, whose organisations are not, because rings
 * do not keep them; attributes, by the events that set them. Written as texts of the same form as the patterns of what an organisation
 * may see: "this:call.caller" is a field of the event at hand, "*:call.talk" one of any organisation's events, "*:alert.score" a risk score, and
 * "*:list.NAME" who stands in a list (alert and list are no names that an event can have).
 * A superset, never less: a field counts as read though the value it had may not have mattered. */
#ifndef DUANKA_SHOW_READS_H
#define DUANKA_SHOW_READS_H
#include "base/buf.h"
#include "policy/policy.h"

struct reads {
	uint32_t this;                       /* bits: fields of the event at hand; bit SCHEMA_FIELDS_MAX: its time */
	uint32_t others[SCHEMA_EVENTS_MAX];  /* of events of each type, whoever brought them */
	uint16_t attrs[SCHEMA_ENTITIES_MAX]; /* attributes that are in already */
	uint64_t lists;                      /* by index */
	bool risk;
};

/* Adds what e reads to r. Its context is an event of type `event`: the one at hand (ours), or any of that type. e NULL reads nothing. */
void reads_add(struct reads *r, const struct policy *p, uint32_t event, bool ours, const struct expr *e);
/* The list as a JSON array. event: type of the event at hand. */
void reads_json(struct buf *b, const struct policy *p, uint32_t event, const struct reads *r);

#endif
