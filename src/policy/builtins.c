/* builtins.c - the scalar functions, one block each; see builtins.h.
 *
 * template(text) answers "were these written from one template?": scam messages differ in amounts, codes, links and
 * decoration. What stays is letters and ideographs. In detail:
 *  - a run of ASCII characters that may stand in a link is dropped whole if it starts with http:// https:// www. or has a
 *    dot between a letter or digit and at least two letters (t.cn/Ab1, bank-95588.top);
 *  - dropped: ASCII and full-width digits, blanks, control characters, punctuation (ASCII, general, CJK, full-width),
 *    symbols, enclosed numbers, emoji, joiners and variation selectors;
 *  - ASCII and full-width Latin letters become small ASCII letters; every other letter and ideograph stays as it is, Chinese
 *    numerals too: they are words.
 * Letters beyond ASCII are not folded, nor traditional characters into simplified ones. Past EVENT_TEXT_MAX bytes the rest
 * is ignored. */
#include <math.h>
#include "event/event.h"
#include "policy/builtins.h"
#include "policy/lex.h"

static const char *const names[] = {
#define X(id, name, sig, doc, doc_zh) name,
	BUILTINS(X)
#undef X
};

const char *builtin_name(enum builtin f)
{
	return names[f];
}

int builtin_find(struct text name)
{
	for (int i = 0; i < BUILTIN_COUNT; i++)
		if (text_eq(name, text_z(names[i])))
			return i;
	return -1;
}

static union value whole(int64_t i)
{
	return (union value){ .i = i };
}

static union value missing(bool real)
{
	return real ? (union value){ .r = __builtin_nan("") } : whole(VALUE_MISSING);
}

/* ---- hour, weekday, clock ---- */

static int64_t floor_mod(int64_t a, int64_t b)
{
	int64_t r = a % b;
	return r < 0 ? r + b : r;
}

static union value local_time(enum builtin f, const struct builtin_args *a)
{
	int64_t local, t = a->v[0].i;
	if (t == VALUE_MISSING || __builtin_add_overflow(t, clock_offset(a->zone, t) * US_PER_SECOND, &local))
		return missing(false);
	int64_t of_day = floor_mod(local, US_PER_DAY);
	if (f == BUILTIN_CLOCK)
		return whole(of_day);
	if (f == BUILTIN_HOUR)
		return whole(of_day / US_PER_HOUR);
	int64_t days = local / US_PER_DAY - (local % US_PER_DAY < 0); /* 1970-01-01 was a Thursday */
	return whole(floor_mod(days + 3, 7) + 1);
}

/* ---- abs, round, least, greatest ---- */

static union value absolute(const struct builtin_args *a)
{
	if (a->real)
		return (union value){ .r = fabs(a->v[0].r) };
	return whole(a->v[0].i < 0 && a->v[0].i != VALUE_MISSING ? -a->v[0].i : a->v[0].i);
}

static union value rounded(const struct builtin_args *a)
{
	double r = a->v[0].r;
	if (r != r)
		return missing(false);
	r = round(r);
	if (r >= 9223372036854775807.0 || r <= -9223372036854775807.0)
		return whole(r < 0 ? -INT64_MAX : INT64_MAX);
	return whole((int64_t)r);
}

static union value extreme(bool least, const struct builtin_args *a)
{
	if (a->real) {
		double x = a->v[0].r, y = a->v[1].r;
		if (x != x || y != y)
			return missing(true);
		return (union value){ .r = (x < y) == least ? x : y };
	}
	if (a->v[0].i == VALUE_MISSING || a->v[1].i == VALUE_MISSING)
		return missing(false);
	return (a->v[0].i < a->v[1].i) == least ? a->v[0] : a->v[1];
}

/* ---- length, contains, starts_with ---- */

static int64_t code_points(struct text t)
{
	int64_t n = 0;
	for (size_t i = 0; i < t.n; i++)
		n += ((unsigned char)t.p[i] & 0xc0) != 0x80;
	return n;
}

/* ---- template ---- */

static bool letter_or_digit(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static bool letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool may_stand_in_link(char c)
{
	return letter_or_digit(c) || (c != 0 && strchr("-._~:/?#@!$&'*+,;=%", c) != NULL);
}

static bool starts_like(struct text t, const char *small)
{
	size_t n = strlen(small);
	for (size_t i = 0; i < n; i++)
		if (i >= t.n || (letter(t.p[i]) ? (t.p[i] | 0x20) : t.p[i]) != small[i])
			return false;
	return true;
}

static bool is_link(struct text run)
{
	if (starts_like(run, "http://") || starts_like(run, "https://") || starts_like(run, "www."))
		return true;
	for (size_t i = 1; i + 2 < run.n; i++)
		if (run.p[i] == '.' && (letter_or_digit(run.p[i - 1]) || run.p[i - 1] == '*') && letter(run.p[i + 1]) &&
		    letter(run.p[i + 2])) /* a masked digit is a digit */
			return true;
	return false;
}

/* Bytes kept of one code point: out has room for n. */
static size_t keep(uint32_t c, const char *p, uint32_t n, char *out)
{
	if (c >= 0xff21 && c <= 0xff5a) /* full-width Latin, with some signs between */
		c -= 0xfee0;
	if (c < 0x80) {
		if (!letter((char)c))
			return 0;
		out[0] = (char)(c | 0x20);
		return 1;
	}
	if (!lex_is_letter(c) || (c >= 0x3200 && c <= 0x33ff))
		return 0;
	memcpy(out, p, n);
	return n;
}

size_t builtin_template(struct text t, char *out)
{
	size_t n = 0;
	uint32_t bytes;
	if (t.n > EVENT_TEXT_MAX)
		t.n = EVENT_TEXT_MAX;
	for (size_t at = 0, run_end = 0; at < t.n; at += bytes) {
		if (at >= run_end) {
			for (run_end = at; run_end < t.n && may_stand_in_link(t.p[run_end]); run_end++)
				;
			bytes = (uint32_t)(run_end - at);
			if (bytes && is_link(text_of(t.p + at, bytes)))
				continue;
			run_end = run_end > at ? run_end : at + 1;
		}
		uint32_t c = lex_utf8(t.p + at, t.n - at, &bytes);
		n += keep(c, t.p + at, bytes, out + n);
	}
	return n;
}

static int64_t template_fingerprint(const struct builtin_args *a)
{
	char out[EVENT_TEXT_MAX];
	return hash_fingerprint(a->key, text_of(out, builtin_template(a->bytes[0], out)));
}

static union value of_field(enum builtin f, const struct builtin_args *a)
{
	if (a->v[0].i == VALUE_MISSING)
		return missing(false);
	switch (f) {
	case BUILTIN_LENGTH: return whole(code_points(a->bytes[0]));
	case BUILTIN_CONTAINS: return whole(text_contains(a->bytes[0], a->bytes[1]));
	case BUILTIN_STARTS_WITH: return whole(text_starts(a->bytes[0], a->bytes[1]));
	default: return whole(template_fingerprint(a));
	}
}

union value builtin_eval(enum builtin f, const struct builtin_args *a)
{
	switch (f) {
	case BUILTIN_HOUR:
	case BUILTIN_WEEKDAY:
	case BUILTIN_CLOCK: return local_time(f, a);
	case BUILTIN_ABS: return absolute(a);
	case BUILTIN_ROUND: return rounded(a);
	case BUILTIN_LEAST:
	case BUILTIN_GREATEST: return extreme(f == BUILTIN_LEAST, a);
	default: return of_field(f, a);
	}
}
