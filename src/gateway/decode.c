/* decode.c - see decode.h. */
#include "gateway/decode.h"
#include "base/mem.h"
#include "event/json.h"

bool decode_event(const struct decoder *d, struct text line, struct taken *t, struct bad *bad)
{
	struct event_builder b = { .schema = d->schema, .key = d->key, .bytes = t->bytes, .cap = sizeof(t->bytes) };
	struct json_pair pair[JSON_PAIRS_MAX];
	struct event_pair p[JSON_PAIRS_MAX];
	size_t n, at;
	bool escapes = line.n > 0 && memchr(line.p, '\\', line.n) != NULL;

	*bad = (struct bad){ .path = TEXT("http"), .raw = line, .field = TEXT("") };
	if (line.n > EVENT_RAW_MAX) {
		bad->reason = BAD_TOO_LONG;
		bad->raw.n = EVENT_RAW_MAX; /* what is kept of it */
	} else if (line.n > 0 && memchr(line.p, 0, line.n) != NULL) {
		bad->reason = BAD_NUL;
	}
	if (bad->reason != BAD_NONE)
		return false;
	t->scratch = escapes ? mem_alloc(line.n + 1) : NULL;
	if ((escapes && t->scratch == NULL) ||
	    json_flat(line, pair, &n, escapes ? t->scratch : (char *)(uintptr_t)line.p, &bad->why, &at) != ERR_OK) {
		bad->reason = text_utf8_valid(line) ? BAD_JSON : BAD_ENCODING;
		return false;
	}
	for (size_t i = 0; i < n; i++)
		p[i] = (struct event_pair){ pair[i].key, pair[i].kind == JSON_KIND_NULL ? TEXT("") : pair[i].value };
	bad->reason = event_build(&b, p, n, &t->event, &bad->field);
	bad->why = b.why;
	if (bad->reason == BAD_NONE && t->event.time > d->latest_us) {
		bad->reason = BAD_TIME_AHEAD;
		bad->field = TEXT("time");
	}
	return bad->reason == BAD_NONE;
}
