/* quarantine.c - the lines of the quarantine file. */
#include "event/quarantine.h"

static void base64(struct buf *b, struct text t)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < t.n; i += 3) {
		size_t n = t.n - i < 3 ? t.n - i : 3;
		uint32_t v = 0;
		for (size_t k = 0; k < 3; k++)
			v = v << 8 | (k < n ? (unsigned char)t.p[i + k] : 0);
		char out[4] = { digit[v >> 18], digit[v >> 12 & 63], n > 1 ? digit[v >> 6 & 63] : '=',
			            n > 2 ? digit[v & 63] : '=' };
		buf_add(b, out, sizeof out);
	}
}

static void message(struct buf *b, const struct bad *bad, void (*say)(struct buf *, const struct bad *))
{
	struct buf m;
	buf_init(&m, 1024);
	say(&m, bad);
	if (m.err != ERR_OK && b->err == ERR_OK)
		b->err = m.err;
	buf_json(b, buf_view(&m));
	buf_release(&m);
}

void quarantine_line(struct buf *b, const struct bad *bad)
{
	buf_z(b, "{\"source\":");
	buf_json(b, bad->path);
	buf_z(b, ",\"line\":");
	buf_int(b, (int64_t)bad->line);
	buf_z(b, ",\"offset\":");
	buf_int(b, (int64_t)bad->offset);
	buf_z(b, ",\"reason\":");
	buf_json(b, text_z(bad_reason_name(bad->reason)));
	buf_z(b, ",\"field\":");
	buf_json(b, bad->field);
	buf_z(b, ",\"message_en\":");
	message(b, bad, bad_message_en);
	buf_z(b, ",\"message_zh\":");
	message(b, bad, bad_message_zh);
	quarantine_raw(b, "raw", bad->raw);
	buf_z(b, "}\n");
}

void quarantine_raw(struct buf *b, const char *name, struct text raw)
{
	buf_printf(b, ",\"%s", name);
	/* JSON can say \u0000, but few readers and no text column of a database can hold it. */
	if (text_utf8_valid(raw) && !memchr(raw.p, 0, raw.n)) {
		buf_z(b, "\":");
		buf_json(b, raw);
	} else {
		buf_z(b, "_base64\":\"");
		base64(b, raw);
		buf_char(b, '"');
	}
}
