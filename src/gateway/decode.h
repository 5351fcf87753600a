/* decode.h - one event as it comes over HTTP, a flat JSON object, into a typed event or the reason why not. No sockets: any bytes will do. */
#ifndef DUANKA_GATEWAY_DECODE_H
#define DUANKA_GATEWAY_DECODE_H
#include "event/bad.h"
#include "event/event_build.h"

struct decoder { /* borrowed, and the same for all events of a service */
	const struct schema *schema;
	const struct hash_key *key;
	int64_t latest_us; /* an event with a later time is ahead of our clock */
};

struct taken {
	struct event event; /* its texts point into the line, or into scratch */
	char bytes[EVENT_BUILD_BYTES];
	char *scratch; /* decoded escapes and masked texts; NULL: none. The caller's to free, also after a failure */
	uint64_t line;
};

/* line: as it came; it must live as long as the event. False: *bad says why; its raw is the line, cut to EVENT_RAW_MAX. t->scratch must be NULL. */
bool decode_event(const struct decoder *d, struct text line, struct taken *t, struct bad *bad) MUST_CHECK;

#endif
