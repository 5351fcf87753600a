/* decode.c - see decode.h. */
#include "gateway/decode.h"
#include "base/mem.h"
#include "event/json.h"

/* Scratch of n bytes; its first line.n + 1 are for decoded escapes, the rest for the builder. */
static enum bad_reason build(struct event_builder *b, struct text line, size_t scratch_n, struct taken *t,
                             struct bad *bad)
{
	struct json_pair pair[JSON_PAIRS_MAX];
	struct event_pair p[JSON_PAIRS_MAX];
	size_t n, at;

	mem_free(t->scratch);
	t->scratch = scratch_n > 0 ? mem_alloc(scratch_n) : NULL;
	if ((scratch_n > 0 && t->scratch == NULL) ||
	    json_flat(line, pair, &n, scratch_n > 0 ? t->scratch : (char *)(uintptr_t)line.p, &bad->why, &at) != ERR_OK)
		return text_utf8_valid(line) ? BAD_JSON : BAD_ENCODING;
	for (size_t i = 0; i < n; i++)
		p[i] = (struct event_pair){ pair[i].key, pair[i].kind == JSON_KIND_NULL ? TEXT("") : pair[i].value };
	if (scratch_n > line.n + 1) {
		b->bytes = t->scratch + line.n + 1;
		b->cap = scratch_n - line.n - 1;
		b->used = 0;
	}
	bad->reason = event_build(b, p, n, &t->event, &bad->field);
	bad->why = b->why;
	return bad->reason;
}

bool decode_event(const struct decoder *d, struct text line, struct taken *t, struct bad *bad)
{
	struct event_builder b = { .schema = d->schema, .key = d->key, .bytes = t->bytes, .cap = sizeof(t->bytes) };
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
	bad->reason = build(&b, line, escapes ? line.n + 1 : 0, t, bad);
	if (UNLIKELY(b.full)) /* few texts have to be masked: only for them there is room */
		bad->reason = build(&b, line, 2 * (line.n + 1 + EVENT_BUILD_BYTES), t, bad);
	if (bad->reason == BAD_NONE && t->event.time > d->latest_us) {
		bad->reason = BAD_TIME_AHEAD;
		bad->field = TEXT("time");
	}
	return bad->reason == BAD_NONE;
}
