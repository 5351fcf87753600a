/* complaints.c - see complaints.h. */
#include "show/complaints.h"
#include <inttypes.h>

/* Digits and a colon from the front of t. */
static bool take_number(struct text *t, int64_t *out)
{
	const char *colon = t->n == 0 ? NULL : memchr(t->p, ':', t->n);
	size_t n = colon == NULL ? 0 : (size_t)(colon - t->p);

	if (n == 0 || text_to_int(text_of(t->p, n), out) != ERR_OK)
		return false;
	*t = text_of(t->p + n + 1, t->n - n - 1);
	return true;
}

/* "what is wrong; what would be right". */
static void put_message(struct buf *b, struct text message)
{
	size_t at = message.n;

	while (at > 0 && !(at >= 2 && message.p[at - 2] == ';' && message.p[at - 1] == ' '))
		at--;
	buf_json(b, message);
	buf_z(b, ",\"remedy\":");
	if (at > 0)
		buf_json(b, text_of(message.p + at, message.n - at));
	else
		buf_z(b, "null");
}

static void one_complaint(struct buf *b, struct text line)
{
	const char *colon = memchr(line.p, ':', line.n);
	struct text path = text_of(line.p, colon == NULL ? 0 : (size_t)(colon - line.p));
	struct text rest = colon == NULL ? line : text_of(colon + 1, line.n - path.n - 1);
	int64_t row, col;
	bool note, placed = colon != NULL && take_number(&rest, &row) && take_number(&rest, &col);

	note = placed && text_starts(rest, TEXT(" note: "));
	if (!placed || (!note && !text_starts(rest, TEXT(" error: ")))) {
		buf_z(b, "{\"kind\":\"error\",\"message\":");
		put_message(b, line);
		buf_char(b, '}');
		return;
	}
	rest = note ? text_of(rest.p + 7, rest.n - 7) : text_of(rest.p + 8, rest.n - 8);
	buf_z(b, "{\"path\":");
	buf_json(b, path);
	buf_printf(b, ",\"line\":%" PRId64 ",\"column\":%" PRId64 ",\"kind\":\"%s\",\"message\":", row, col,
	           note ? "note" : "error");
	put_message(b, rest);
	buf_char(b, '}');
}

void complaints_json(struct buf *b, struct text m)
{
	const char *comma = "";

	buf_char(b, '[');
	while (m.n > 0) {
		const char *end = memchr(m.p, '\n', m.n);
		size_t n = end == NULL ? m.n : (size_t)(end - m.p);

		if (n > 0) {
			buf_z(b, comma);
			one_complaint(b, text_of(m.p, n));
			comma = ",";
		}
		m = text_of(m.p + n + (end != NULL), m.n - n - (end != NULL));
	}
	buf_char(b, ']');
}
