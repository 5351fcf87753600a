/* mask.c - see mask.h. Most texts have few digits: what lies between them is passed over eight bytes at once. */
#include "event/mask.h"

enum {
	HIDDEN_MIN = 7, /* digits of a number that is hidden: the shortest landline */
	KEPT = 3,
	SERVICE_LINE = 10,
	IDENTITY = 17, /* digits before an X */
	BETWEEN_MAX = 3
};

/* One character: how many bytes, and what it is to a number. */
enum what {
	OTHER,
	DIGIT,
	BETWEEN,
	AN_X
};

struct glyph {
	uint8_t bytes, digit;
	enum what what;
};

static struct glyph other(unsigned char lead)
{
	return (struct glyph){ .bytes = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4, .what = OTHER };
}

static struct glyph ascii(unsigned char c)
{
	return (struct glyph){ .bytes = 1,
		                   .digit = (uint8_t)(c - '0'),
		                   .what = (unsigned char)(c - '0') <= 9 ? DIGIT
		                           : c == ' ' || c == '-'        ? BETWEEN
		                           : (c | 0x20) == 'x'           ? AN_X
		                                                         : OTHER };
}

static struct glyph wide(const unsigned char *p)
{
	struct glyph g = { .bytes = 3, .what = OTHER };

	if (p[0] == 0xef && p[1] == 0xbc && p[2] >= 0x90 && p[2] <= 0x99) { /* U+FF10 to U+FF19 */
		g.what = DIGIT;
		g.digit = p[2] - 0x90;
	} else if (p[0] == 0xef && ((p[1] == 0xbc && p[2] == 0xb8) || (p[1] == 0xbd && p[2] == 0x98))) {
		g.what = AN_X; /* U+FF38, U+FF58 */
	} else if ((p[0] == 0xef && p[1] == 0xbc && p[2] == 0x8d) || (p[0] == 0xe3 && p[1] == 0x80 && p[2] == 0x80) ||
	           (p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0x90 && p[2] <= 0x95)) {
		g.what = BETWEEN; /* the full-width hyphen, the ideographic space, U+2010 to U+2015 */
	}
	return g;
}

static struct glyph glyph_at(struct text t, size_t at)
{
	const unsigned char *p = (const unsigned char *)t.p + at;

	if (*p < 0x80)
		return ascii(*p);
	if (*p == 0xc2 && t.n - at >= 2 && p[1] == 0xa0) /* a blank that does not break */
		return (struct glyph){ .bytes = 2, .what = BETWEEN };
	return *p >= 0xe0 && *p < 0xf0 && t.n - at >= 3 ? wide(p) : other(*p);
}

struct number {
	size_t end; /* behind its last digit, or its X */
	uint32_t digits, first;
};

/* The number that begins with the digit at `at`. */
static struct number number_at(struct text t, size_t at)
{
	struct number n = { .end = at };
	uint32_t between = 0;

	while (at < t.n && between <= BETWEEN_MAX) {
		struct glyph g = glyph_at(t, at);

		if (g.what == AN_X && between == 0 && n.digits >= IDENTITY)
			n.end = at + g.bytes;
		if (g.what == OTHER || g.what == AN_X)
			break;
		at += g.bytes;
		if (g.what == BETWEEN) {
			between++;
			continue;
		}
		between = 0;
		n.first = n.digits < KEPT ? n.first * 10 + g.digit : n.first;
		n.digits++;
		n.end = at;
	}
	return n;
}

static bool hidden(struct number n)
{
	return n.digits >= HIDDEN_MIN && !(n.digits == SERVICE_LINE && (n.first == 400 || n.first == 800));
}

static bool letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool in_host(char c)
{
	return letter(c) || (unsigned char)(c - '0') <= 9 || c == '-' || c == '.';
}

/* Somebody's name before a host: user@, user:secret@. */
static bool at_sign_follows(struct text t, size_t at)
{
	for (; at < t.n && t.p[at] > ' ' && strchr("/?#", t.p[at]) == NULL; at++)
		if (t.p[at] == '@')
			return true;
	return false;
}

/* The end of the host's name that begins at `at`; `at` if that is none. */
static size_t host_end(struct text t, size_t at)
{
	size_t end = at, label = at;

	for (; end < t.n && in_host(t.p[end]); end++)
		if (t.p[end] == '.' && end + 1 < t.n && in_host(t.p[end + 1]) && t.p[end + 1] != '.')
			label = end + 1;
	return label > at && letter(t.p[label]) && !at_sign_follows(t, end) ? end : at;
}

/* The end of the host's name that the digit at `at` is part of; `at` if it is part of none. */
static size_t behind_host(struct text t, size_t at)
{
	size_t from = at, end;

	while (from > 0 && in_host(t.p[from - 1]))
		from--;
	if (!(from >= 3 && memcmp(t.p + from - 3, "://", 3) == 0) &&
	    !(t.n - from > 4 && (t.p[from] | 0x20) == 'w' && (t.p[from + 1] | 0x20) == 'w' &&
	      (t.p[from + 2] | 0x20) == 'w' && t.p[from + 3] == '.'))
		return at;
	end = host_end(t, from);
	return end > at ? end : at;
}

#define EACH(byte) (0x0101010101010101 * (uint64_t)(byte))

/* High bits of the bytes of w that lie in 0..most, most < 0x80. */
static uint64_t up_to(uint64_t w, unsigned most)
{
	return ~(((w & EACH(0x7f)) + EACH(0x7f - most)) | w) & EACH(0x80);
}

static bool may_be_digit(unsigned char c)
{
	return (unsigned char)(c - '0') <= 9 || c == 0xef; /* full-width ones begin with it */
}

/* The next byte, from `at` on, with which a digit may begin; eight at once. */
static size_t next_digit(struct text t, size_t at)
{
	uint64_t w;

	for (; t.n - at >= sizeof(w); at += sizeof(w)) {
		memcpy(&w, t.p + at, sizeof(w));
		if ((up_to(w ^ EACH('0'), 9) | up_to(w ^ EACH(0xef), 0)) != 0)
			break;
	}
	while (at < t.n && !may_be_digit((unsigned char)t.p[at]))
		at++;
	return at;
}

/* The next number that is hidden, from *at on. *at goes behind it. */
static bool next(struct text t, size_t *at, size_t *from)
{
	while ((*at = next_digit(t, *at)) < t.n) {
		struct number n = number_at(t, *at);
		size_t end;

		if (n.digits == 0) {
			++*at;
			continue;
		}
		end = hidden(n) ? behind_host(t, *at) : *at;
		*from = *at;
		*at = end > *at ? end : n.end;
		if (hidden(n) && end == *from)
			return true;
	}
	return false;
}

bool mask_finds(struct text t)
{
	size_t at = 0, from;

	return t.n >= HIDDEN_MIN && next(t, &at, &from);
}

static void hide(struct text t, size_t from, size_t end, char *out)
{
	uint32_t seen = 0;

	while (from < end) {
		struct glyph g = glyph_at(t, from);

		if (g.what != BETWEEN && ++seen > KEPT)
			memcpy(out + from, g.bytes == 1 ? "*" : "\xef\xbc\x8a", g.bytes);
		from += g.bytes;
	}
}

void mask_put(struct text t, char *out)
{
	size_t at = 0, from;

	if (t.n > 0)
		memcpy(out, t.p, t.n);
	while (next(t, &at, &from))
		hide(t, from, at, out);
}
