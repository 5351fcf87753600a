/* json.h - one flat JSON object in a line (RFC 8259), strictly: no nesting, no duplicate keys, no bytes around it, no lone
 * surrogates, no NUL, valid UTF-8. Numbers stay text, so that amounts never pass through a double. */
#ifndef DUANKA_EVENT_JSON_H
#define DUANKA_EVENT_JSON_H
#include "base/text.h"

enum {
	JSON_PAIRS_MAX = 64
};

enum json_kind {
	JSON_KIND_STRING,
	JSON_KIND_NUMBER,
	JSON_KIND_BOOL, /* value is "true" or "false" */
	JSON_KIND_NULL  /* value is empty, with p NULL */
};

struct json_pair {
	struct text key, value;
	enum json_kind kind;
};

/* Keys and values point into line, or into scratch (at least line.n bytes) where they held escapes; without a backslash in the line, scratch is
 * not touched. ERR_FORMAT: *why says
 * what is wrong and *at where; ERR_CAP: more than JSON_PAIRS_MAX pairs. */
enum err json_flat(struct text line, struct json_pair *pairs, size_t *n, char *scratch, const char **why,
                   size_t *at) MUST_CHECK;

#endif
