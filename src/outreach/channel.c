/* channel.c - see channel.h. */
#include "outreach/channel.h"
#include "base/clock.h"
#include "desk/publication.h"

struct channel_limits channel_limits(int64_t channel)
{
	static const struct channel_limits limits[PUBLICATION_CHANNELS] = {
		[CHANNEL_NEWSPAPER] = { 200, 2000, 20000 },
		[CHANNEL_WECHAT] = { 64, 120, 20000 },
		[CHANNEL_WEIBO] = { 32, 140, 2000 },
		[CHANNEL_DOUYIN] = { 30, 55, 1000 },
		[CHANNEL_SMS] = { 30, 280, 1 },
		[CHANNEL_EMAIL] = { 100, 1000, 20000 },
	};

	return channel > 0 && channel < PUBLICATION_CHANNELS ? limits[channel] : (struct channel_limits){ 0, 0, 0 };
}

static size_t length_at(struct text t, size_t i)
{
	unsigned char c = (unsigned char)t.p[i];
	size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	return i + n <= t.n && text_utf8_valid(text_of(t.p + i, n)) ? n : 0;
}

static bool vanishes(struct text t, size_t i)
{
	unsigned char c = (unsigned char)t.p[i];

	return (c < 0x20 && c != '\n') || c == 0x7f;
}

void channel_cut(struct buf *out, struct text t, uint32_t n)
{
	uint32_t count = 0;
	size_t last = out->n;

	for (size_t i = 0, k; i < t.n; i += k) {
		k = length_at(t, i);
		if (k == 0 || vanishes(t, i)) {
			k = k == 0 ? 1 : k;
			continue;
		}
		if (count == n) { /* the last one gives way */
			if (out->err == ERR_OK)
				out->n = last;
			buf_z(out, n > 0 ? "…" : "");
			return;
		}
		last = out->n;
		buf_add(out, t.p + i, k);
		count++;
	}
}

/* ---- e-mail ---- */

static bool of_address(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
	       c == '_' || c == '%' || c == '+';
}

bool mail_address_ok(struct text t)
{
	size_t at = 0, n_at = 0;

	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] == '@') {
			at = i;
			n_at++;
		} else if (!of_address(t.p[i])) {
			return false;
		}
	}
	return t.n <= 254 && n_at == 1 && at > 0 && at + 1 < t.n && t.p[0] != '-' && t.p[0] != '.' && t.p[at + 1] != '.' &&
	       t.p[at + 1] != '-';
}

static void base64(struct buf *out, struct text t)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < t.n; i += 3) {
		uint32_t v = (uint32_t)(unsigned char)t.p[i] << 16;

		v |= i + 1 < t.n ? (uint32_t)(unsigned char)t.p[i + 1] << 8 : 0;
		v |= i + 2 < t.n ? (uint32_t)(unsigned char)t.p[i + 2] : 0;
		buf_char(out, letters[v >> 18]);
		buf_char(out, letters[v >> 12 & 63]);
		buf_char(out, i + 1 < t.n ? letters[v >> 6 & 63] : '=');
		buf_char(out, i + 2 < t.n ? letters[v & 63] : '=');
	}
}

/* Encoded words of at most 75 characters, each of whole characters (RFC 2047). Always encoded: then there is one path, and no text is ever written as it is. */
static void encoded(struct buf *out, struct text t)
{
	enum {
		WORD_BYTES = 42
	};
	size_t i = 0;

	if (t.n == 0)
		buf_z(out, "=?UTF-8?B?PQ==?=");
	while (i < t.n) {
		size_t n = t.n - i < WORD_BYTES ? t.n - i : WORD_BYTES;

		while (i + n < t.n && n > 1 && ((unsigned char)t.p[i + n] & 0xc0) == 0x80)
			n--;
		buf_z(out, i > 0 ? "\r\n =?UTF-8?B?" : "=?UTF-8?B?");
		base64(out, text_of(t.p + i, n));
		buf_z(out, "?=");
		i += n;
	}
}

static void lines(struct buf *out, struct text t)
{
	enum {
		LINE_BYTES = 57
	}; /* 76 characters */

	for (size_t i = 0; i < t.n; i += LINE_BYTES) {
		base64(out, text_of(t.p + i, t.n - i < LINE_BYTES ? t.n - i : LINE_BYTES));
		buf_z(out, "\r\n");
	}
}

void mail_put(struct buf *out, const struct mail *m)
{
	static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
		                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	const char *domain = memchr(m->from.p, '@', m->from.n);
	struct civil c;

	CHECK(mail_address_ok(m->from) && mail_address_ok(m->to));
	CHECK(strspn(m->id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-") == strlen(m->id));
	clock_to_civil(m->time_us, 8 * 3600, &c);
	buf_printf(out, "Date: %s, %02d %s %04d %02d:%02d:%02d +0800\r\n", days[c.weekday - 1], (int)c.day,
	           months[c.month - 1], (int)c.year, (int)c.hour, (int)c.minute, (int)c.second);
	buf_printf(out, "From: <%.*s>\r\nTo: <%.*s>\r\n", (int)m->from.n, m->from.p, (int)m->to.n, m->to.p);
	buf_printf(out, "Message-ID: <%s%.*s>\r\nSubject: ", m->id, (int)(m->from.p + m->from.n - domain), domain);
	encoded(out, m->subject);
	buf_z(out,
	      "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n"
	      "Auto-Submitted: auto-generated\r\n\r\n");
	lines(out, m->body);
}
