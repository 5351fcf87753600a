/* event_build.h - one struct event from named texts. Decoders, policy tests and servers all fill events through here, so
 * that a value means the same wherever it came from.
 *
 * This is also where numbers in texts are hidden (mask.h): an event never holds a text as it came if it has one, only its fingerprint, so that equality,
 * lists and counts of different texts are as exact as before.
 *
 * The builder borrows everything: the bytes it writes identifiers and masked texts to, and the field texts, which an event's text fields
 * point into. All of them must live as long as the event. */
#ifndef DUANKA_EVENT_EVENT_BUILD_H
#define DUANKA_EVENT_EVENT_BUILD_H
#include "event/event_value.h"

enum {
	EVENT_BUILD_BYTES = SCHEMA_IDENTS_MAX * EVENT_IDENT_MAX, /* what one event's identifiers need */
	EVENT_MASKED_BYTES = SCHEMA_TEXTS_MAX * EVENT_TEXT_MAX   /* and, beside it, what its masked texts may need */
};

struct event_builder {
	const struct schema *schema;
	const struct hash_key *key;
	char *bytes; /* where identifiers go, at least EVENT_BUILD_BYTES before each event_begin, and masked texts */
	size_t used, cap;
	bool full; /* a text had to be masked and found no room: BAD_TEXT. With EVENT_MASKED_BYTES more that can't be */
	const char *why; /* after a failure: a phrase that says more, or NULL */
};

struct event_pair {
	struct text name, value;
};

/* Every field missing, also those that a schema that extends s adds; time, position, source, line, offset and raw are the caller's to set. */
void event_begin(const struct schema *s, uint32_t type, struct event *ev);
/* An empty value leaves the field missing, except that a required text may be empty. */
enum bad_reason event_set(struct event_builder *b, struct event *ev, uint32_t field, struct text value,
                          const struct field_format *f) MUST_CHECK;
/* BAD_NONE, or BAD_MISSING and which field. */
enum bad_reason event_finish(const struct schema *s, const struct event *ev, uint32_t *field) MUST_CHECK;

/* The one event type whose required fields are all among the names and which knows all of them; "time" and "event" are
 * not looked at. -1: none, -2: several. */
int event_infer(const struct schema *s, const struct text *names, size_t n);

/* A whole event in the project's own formats: type from the pair "event", or by event_infer; "time" is required. On
 * failure *field names the culprit (empty if it is the event as a whole). */
enum bad_reason event_build(struct event_builder *b, const struct event_pair *pairs, size_t n, struct event *out,
                            struct text *field) MUST_CHECK;

#endif
