/* frame.h - what a request's frame must be like before anybody looks at what it asks: its target, and the headers that say where it ends and who sends it.
 *
 * Two programs that read one request differently are how requests are smuggled past a proxy. So what could be read in two ways is refused,
 * and the connection ends with the answer. */
#ifndef DUANKA_GATEWAY_FRAME_H
#define DUANKA_GATEWAY_FRAME_H
#include <stdbool.h>
#include <stdint.h>
#include "base/text.h"

enum {
	FRAME_PATH_MAX = 511 /* bytes of a path */
};

struct frame { /* how often headers came that may come only once */
	uint32_t content_length, transfer_encoding, host, authorization, idempotency_key;
	bool chunked;
	bool odd; /* a name that is none: a blank before the colon */
};

/* NULL: fine; else what is wrong with a target as it came, before anything in it was decoded: no path at its begin, a path that is too long, control
 * characters, a % without two digits, or one that stands for NUL, and in the path for / or \. *too_long tells that case apart. */
const char *frame_target(const char *target, bool *too_long);
/* Notes one header. */
void frame_header(struct frame *f, struct text name, struct text value);
/* NULL: fine; else what is wrong with them together. */
const char *frame_headers(const struct frame *f, const char *version);

#endif
