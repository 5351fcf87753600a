/* text.c - questions about bytes that somebody else owns. text_utf8_valid and text_to_int see every field of every
 * record; the rest is for cold places. */
#include "base/text.h"
#include "base/utf8_int.h"

int text_cmp(struct text a, struct text b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	if (c != 0)
		return c < 0 ? -1 : 1;
	return (a.n > b.n) - (a.n < b.n);
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct text text_trim(struct text t)
{
	while (t.n && is_blank(t.p[0])) {
		t.p++;
		t.n--;
	}
	while (t.n && is_blank(t.p[t.n - 1]))
		t.n--;
	return t;
}

bool text_starts(struct text t, struct text prefix)
{
	return t.n >= prefix.n && (prefix.n == 0 || memcmp(t.p, prefix.p, prefix.n) == 0);
}

bool text_contains(struct text t, struct text needle)
{
	if (needle.n == 0)
		return true;
	if (t.n < needle.n)
		return false;
	return memmem(t.p, t.n, needle.p, needle.n) != NULL;
}

bool text_utf8_valid(struct text t)
{
	const unsigned char *p = (const unsigned char *)t.p;
	size_t n = t.n;
	while (n) {
		while (n >= 8) { /* most records are ASCII */
			uint64_t w;
			memcpy(&w, p, 8);
			if (w & 0x8080808080808080ULL)
				break;
			p += 8;
			n -= 8;
		}
		if (n == 0)
			break;
		size_t k = utf8_length(p, n);
		if (k == 0)
			return false;
		p += k;
		n -= k;
		while (n && *p >= 0x80) { /* a run of Chinese needs no look at 8 bytes before each character */
			k = utf8_length(p, n);
			if (k == 0)
				return false;
			p += k;
			n -= k;
		}
	}
	return true;
}

/* INT64_MIN stands for a missing value everywhere (value.h), so it counts as out of range. */
enum err text_to_int(struct text t, int64_t *out)
{
	size_t i = 0;
	bool negative = false;
	if (t.n && (t.p[0] == '-' || t.p[0] == '+')) {
		negative = t.p[0] == '-';
		i = 1;
	}
	if (i == t.n)
		return ERR_FORMAT;
	uint64_t v = 0;
	bool over = false;
	size_t quick = t.n - i <= 18 ? t.n : i + 18; /* 18 digits cannot overflow */
	for (; i < quick; i++) {
		unsigned d = (unsigned char)t.p[i] - (unsigned)'0';
		if (d > 9)
			return ERR_FORMAT;
		v = v * 10 + d;
	}
	for (; i < t.n; i++) {
		unsigned d = (unsigned char)t.p[i] - (unsigned)'0';
		if (d > 9)
			return ERR_FORMAT;
		over = over || v > ((uint64_t)INT64_MAX - d) / 10;
		v = over ? v : v * 10 + d;
	}
	if (over)
		return ERR_RANGE;
	*out = negative ? -(int64_t)v : (int64_t)v;
	return ERR_OK;
}
