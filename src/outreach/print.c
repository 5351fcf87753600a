/* print.c - see print.h. */
#include "outreach/print.h"

/* The next character from *i on, which moves behind it; U+FFFD for a byte that belongs to none. */
static uint32_t next(struct text t, size_t *i)
{
	unsigned char c = (unsigned char)t.p[(*i)++];
	size_t n = c < 0x80 ? 0 : c >= 0xc2 && c < 0xe0 ? 1 : c >= 0xe0 && c < 0xf0 ? 2 : c >= 0xf0 && c < 0xf5 ? 3 : 4;
	uint32_t u = n == 0 ? c : c & (0x3fu >> n);

	if (n == 4 || t.n - *i < n || !text_utf8_valid(text_of(t.p + *i - 1, n + 1)))
		return 0xfffd;
	for (size_t k = 0; k < n; k++)
		u = u << 6 | ((unsigned char)t.p[*i + k] & 0x3f);
	*i += n;
	return u;
}

static bool combines(uint32_t u)
{
	return (u >= 0x300 && u < 0x370) || (u >= 0x200b && u <= 0x200f) || (u >= 0x20d0 && u < 0x2100) ||
	       (u >= 0xfe00 && u < 0xfe10) || u == 0xfeff;
}

static bool control(uint32_t u)
{
	return u < 0x20 || (u >= 0x7f && u < 0xa0) || (u >= 0x202a && u <= 0x202e) || (u >= 0x2066 && u <= 0x2069);
}

/* East Asian Wide and Fullwidth, by the blocks that texts here use (Unicode 15, UAX 11). */
static uint32_t width_of(uint32_t u)
{
	if (control(u) || combines(u))
		return 0;
	return (u >= 0x1100 && u < 0x1160) || (u >= 0x2e80 && u < 0x303f) || (u >= 0x3041 && u < 0xa4d0) ||
	               (u >= 0xac00 && u < 0xd7a4) || (u >= 0xf900 && u < 0xfb00) || (u >= 0xfe30 && u < 0xfe70) ||
	               (u >= 0xff00 && u < 0xff61) || (u >= 0xffe0 && u < 0xffe7) || (u >= 0x1f300 && u < 0x1faff) ||
	               (u >= 0x20000 && u < 0x3fffe) || u == 0x2014 || u == 0x2026 || u == 0x201c || u == 0x201d ||
	               u == 0x2018 || u == 0x2019
	           ? 2
	           : 1;
}

static bool among(uint32_t u, const uint32_t *set, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (set[i] == u)
			return true;
	return false;
}

/* May not begin a line. */
static bool closes(uint32_t u)
{
	static const uint32_t set[] = { 0x3001, 0x3002, 0xff0c, 0xff0e, 0xff1a, 0xff1b, 0xff01, 0xff1f, 0xff09, 0x300b,
		                            0x300d, 0x300f, 0x3011, 0x3015, 0x201d, 0x2019, 0x2026, 0x2014, 0xff05, ',',
		                            '.',    ';',    ':',    '!',    '?',    ')',    ']',    '}',    '%',    0xb7 };

	return among(u, set, sizeof(set) / sizeof(*set));
}

/* May not end one. */
static bool opens(uint32_t u)
{
	static const uint32_t set[] = { 0xff08, 0x300a, 0x300c, 0x300e, 0x3010, 0x3014, 0x201c, 0x2018, '(', '[', '{' };

	return among(u, set, sizeof(set) / sizeof(*set));
}

static bool latin(uint32_t u)
{
	return (u >= '0' && u <= '9') || (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || u == '-' || u == '\'' ||
	       u == '_' || u == '@' || u == '/' || (u >= 0xc0 && u < 0x250);
}

uint64_t print_columns(struct text t)
{
	uint64_t n = 0;

	for (size_t i = 0; i < t.n;)
		n += width_of(next(t, &i));
	return n;
}

uint64_t print_characters(struct text t)
{
	uint64_t n = 0;

	for (size_t i = 0; i < t.n;) {
		uint32_t u = next(t, &i);

		n += !control(u) && !combines(u);
	}
	return n;
}

/* ---- lines ---- */

static void put(struct buf *out, struct text t, size_t from, size_t to, struct print_count *count)
{
	while (from < to) {
		size_t at = from;
		uint32_t u = next(t, &from);

		if (control(u))
			continue;
		if (u == 0xfffd)
			buf_z(out, "\xef\xbf\xbd");
		else
			buf_add(out, t.p + at, from - at);
		count->characters += u != ' ' && u != 0x3000 && !combines(u);
	}
}

/* Where the line that begins at `from` ends: before the first character that is too much, moved back to where a line may end. */
static size_t line_end(struct text t, size_t from, uint32_t width, size_t *next_from)
{
	uint32_t columns = 0, before = 0, u;
	size_t good = 0, i = from, at;

	for (; i < t.n; before = u) {
		at = i;
		u = next(t, &i);
		columns += width_of(u);
		if (at > from && !combines(u) && !closes(u) && !opens(before) && !(latin(u) && latin(before)))
			good = at;
		if (columns > width) {
			i = good != 0 ? good : at > from ? at : i;
			*next_from = i;
			while (i > from && t.p[i - 1] == ' ')
				i--;
			while (*next_from < t.n && t.p[*next_from] == ' ')
				++*next_from;
			return i;
		}
	}
	*next_from = t.n;
	return t.n;
}

static void paragraph(struct buf *out, struct text t, uint32_t width, struct print_count *count)
{
	size_t at = 0;

	do {
		size_t after, end = line_end(t, at, width, &after);

		put(out, t, at, end, count);
		buf_char(out, '\n');
		count->lines++;
		at = after;
	} while (at < t.n);
}

void print_set(struct buf *out, struct text t, uint32_t width, struct print_count *count)
{
	width = width < PRINT_WIDTH_LEAST ? PRINT_WIDTH_LEAST : width > PRINT_WIDTH_MOST ? PRINT_WIDTH_MOST : width;
	for (size_t i = 0; i < t.n;) {
		const char *end = memchr(t.p + i, '\n', t.n - i);
		size_t n = end == NULL ? t.n - i : (size_t)(end - (t.p + i));

		paragraph(out, text_trim(text_of(t.p + i, n)), width, count);
		i += n + 1;
	}
}

void print_markdown(struct buf *out, struct text t)
{
	for (size_t i = 0; i < t.n;) {
		size_t at = i;
		uint32_t u = next(t, &i);

		if (u == '\n')
			buf_char(out, ' ');
		else if (u == 0xfffd)
			buf_z(out, "\xef\xbf\xbd");
		else if (!control(u)) {
			if (u < 0x80 && strchr("\\`*_{}[]()#+-.!|<>~&", (int)u) != NULL)
				buf_char(out, '\\');
			buf_add(out, t.p + at, i - at);
		}
	}
}
