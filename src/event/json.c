/* json.c - the parser of json.h: one pass, no allocation, every byte of the line accounted for. */
#include "event/json.h"

struct json {
	const char *p, *end;
	char *scratch;
	const char *why;
};

static bool fail(struct json *j, const char *why)
{
	j->why = why;
	return false;
}

static void blanks(struct json *j)
{
	while (j->p < j->end && (*j->p == ' ' || *j->p == '\t' || *j->p == '\r' || *j->p == '\n'))
		j->p++;
}

static bool hex4(struct json *j, unsigned *out)
{
	unsigned v = 0;
	if (j->end - j->p < 4)
		return fail(j, "\\u needs four hexadecimal digits");
	for (int i = 0; i < 4; i++) {
		char c = *j->p++;
		unsigned d = (unsigned)(c - '0');
		if (d > 9) {
			d = (unsigned)((c | 0x20) - 'a') + 10;
			if (d < 10 || d > 15)
				return fail(j, "\\u needs four hexadecimal digits");
		}
		v = v << 4 | d;
	}
	*out = v;
	return true;
}

static char *put_utf8(char *out, unsigned u)
{
	if (u < 0x80) {
		*out++ = (char)u;
	} else if (u < 0x800) {
		*out++ = (char)(0xc0 | u >> 6);
		*out++ = (char)(0x80 | (u & 0x3f));
	} else if (u < 0x10000) {
		*out++ = (char)(0xe0 | u >> 12);
		*out++ = (char)(0x80 | (u >> 6 & 0x3f));
		*out++ = (char)(0x80 | (u & 0x3f));
	} else {
		*out++ = (char)(0xf0 | u >> 18);
		*out++ = (char)(0x80 | (u >> 12 & 0x3f));
		*out++ = (char)(0x80 | (u >> 6 & 0x3f));
		*out++ = (char)(0x80 | (u & 0x3f));
	}
	return out;
}

/* After \u. */
static bool unicode_escape(struct json *j, char **out)
{
	unsigned u, low;
	if (!hex4(j, &u))
		return false;
	if (u == 0)
		return fail(j, "a NUL character");
	if (u >= 0xdc00 && u <= 0xdfff)
		return fail(j, "a lone surrogate");
	if (u >= 0xd800 && u <= 0xdbff) {
		if (j->end - j->p < 2 || j->p[0] != '\\' || j->p[1] != 'u')
			return fail(j, "a lone surrogate");
		j->p += 2;
		if (!hex4(j, &low))
			return false;
		if (low < 0xdc00 || low > 0xdfff)
			return fail(j, "a lone surrogate");
		u = 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00);
	}
	*out = put_utf8(*out, u);
	return true;
}

static bool escape(struct json *j, char **out)
{
	if (j->p == j->end)
		return fail(j, "a string that does not end");
	char c = *j->p++;
	switch (c) {
	case '"':
	case '\\':
	case '/': *(*out)++ = c; return true;
	case 'b': *(*out)++ = '\b'; return true;
	case 'f': *(*out)++ = '\f'; return true;
	case 'n': *(*out)++ = '\n'; return true;
	case 'r': *(*out)++ = '\r'; return true;
	case 't': *(*out)++ = '\t'; return true;
	case 'u': return unicode_escape(j, out);
	default: j->p--; return fail(j, "an unknown escape");
	}
}

/* At the opening quote. */
static bool string(struct json *j, struct text *out)
{
	const char *from = ++j->p;
	while (j->p < j->end && *j->p != '"' && *j->p != '\\' && (unsigned char)*j->p >= 0x20)
		j->p++;
	if (j->p < j->end && *j->p == '"') {
		*out = text_of(from, (size_t)(j->p++ - from));
		return true;
	}
	if (j->p == j->end)
		return fail(j, "a string that does not end");
	if (*j->p != '\\') /* scratch is written for escapes only: callers without any give the line itself */
		return fail(j, "a control character in a string");
	char *start = j->scratch, *o = start;
	memcpy(o, from, (size_t)(j->p - from));
	o += j->p - from;
	for (;;) {
		if (j->p == j->end)
			return fail(j, "a string that does not end");
		char c = *j->p;
		if ((unsigned char)c < 0x20)
			return fail(j, "a control character in a string");
		j->p++;
		if (c == '"')
			break;
		if (c != '\\')
			*o++ = c;
		else if (!escape(j, &o))
			return false;
	}
	*out = text_of(start, (size_t)(o - start));
	j->scratch = o;
	return true;
}

static size_t digits(struct json *j)
{
	const char *from = j->p;
	while (j->p < j->end && (unsigned char)(*j->p - '0') <= 9)
		j->p++;
	return (size_t)(j->p - from);
}

static bool number(struct json *j, struct text *out)
{
	const char *from = j->p;
	j->p += *j->p == '-';
	const char *first = j->p;
	size_t n = digits(j);
	if (n == 0 || (n > 1 && *first == '0'))
		return fail(j, "a malformed number");
	if (j->p < j->end && *j->p == '.') {
		j->p++;
		if (digits(j) == 0)
			return fail(j, "a malformed number");
	}
	if (j->p < j->end && (*j->p | 0x20) == 'e') {
		j->p++;
		if (j->p < j->end && (*j->p == '+' || *j->p == '-'))
			j->p++;
		if (digits(j) == 0)
			return fail(j, "a malformed number");
	}
	*out = text_of(from, (size_t)(j->p - from));
	return true;
}

static bool literal(struct json *j, const char *word, struct text *out)
{
	size_t n = strlen(word);
	if ((size_t)(j->end - j->p) < n || memcmp(j->p, word, n) != 0)
		return fail(j, "not a JSON value");
	*out = text_of(j->p, n);
	j->p += n;
	return true;
}

static bool value(struct json *j, struct json_pair *pair)
{
	if (j->p == j->end)
		return fail(j, "a value is missing");
	switch (*j->p) {
	case '"': pair->kind = JSON_KIND_STRING; return string(j, &pair->value);
	case 't': pair->kind = JSON_KIND_BOOL; return literal(j, "true", &pair->value);
	case 'f': pair->kind = JSON_KIND_BOOL; return literal(j, "false", &pair->value);
	case 'n':
		pair->kind = JSON_KIND_NULL;
		if (!literal(j, "null", &pair->value))
			return false;
		pair->value = (struct text){ NULL, 0 };
		return true;
	case '{':
	case '[': return fail(j, "a nested value: one flat object a line is expected");
	default: pair->kind = JSON_KIND_NUMBER; return number(j, &pair->value);
	}
}

static bool expect(struct json *j, char c, const char *why)
{
	blanks(j);
	if (j->p == j->end || *j->p != c)
		return fail(j, why);
	j->p++;
	return true;
}

/* One "key": value, which no pair before it has. */
static bool pair_into(struct json *j, struct json_pair *pairs, size_t n)
{
	blanks(j);
	if (j->p == j->end || *j->p != '"')
		return fail(j, "a key in quotes is missing");
	if (!string(j, &pairs[n].key))
		return false;
	for (size_t i = 0; i < n; i++)
		if (text_eq(pairs[i].key, pairs[n].key))
			return fail(j, "a key that is there twice");
	if (!expect(j, ':', "a colon is missing after a key"))
		return false;
	blanks(j);
	return value(j, &pairs[n]);
}

enum err json_flat(struct text line, struct json_pair *pairs, size_t *n, char *scratch, const char **why, size_t *at)
{
	struct json j = { .p = line.p, .end = line.p + line.n, .scratch = scratch, .why = NULL };
	size_t k = 0;
	*at = 0;
	if (!text_utf8_valid(line)) {
		*why = "not UTF-8";
		return ERR_FORMAT;
	}
	bool ok = expect(&j, '{', "not a JSON object");
	blanks(&j);
	if (ok && j.p < j.end && *j.p == '}') {
		j.p++;
	} else if (ok) {
		bool more = true;
		while (ok && more) {
			if (k == JSON_PAIRS_MAX) {
				*why = "more than 64 keys";
				return ERR_CAP;
			}
			ok = pair_into(&j, pairs, k);
			k += ok;
			blanks(&j);
			more = ok && j.p < j.end && *j.p == ',';
			j.p += more;
		}
		ok = ok && expect(&j, '}', "a comma or a closing brace is missing");
	}
	blanks(&j);
	if (ok && j.p != j.end)
		ok = fail(&j, "bytes after the object");
	*n = k;
	*why = j.why;
	*at = (size_t)(j.p - line.p);
	return ok ? ERR_OK : ERR_FORMAT;
}
