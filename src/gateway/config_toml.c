/* config_toml.c - a strict subset of TOML 1.0 as items: [table], [tenant.NAME] and key = value, each word with its place.
 *
 * What is read here is read by every TOML parser the same way. What TOML has and the settings don't need (dates, tables in braces, literal
 * and long strings, other bases, arrays of tables) is refused with what to write instead. Nothing here knows a setting. The input is UTF-8
 * (config_read has looked). */
#include <stdarg.h>
#include <stdio.h>
#include "gateway/config_int.h"

void toml_start(struct toml *t, struct text in)
{
	*t = (struct toml){ .in = in, .line = 1 };
	if (text_starts(in, TEXT("\xef\xbb\xbf")))
		t->at = t->line_start = 3;
}

/* The end of the file looks like the end of a line. */
static char peek(const struct toml *t, size_t ahead)
{
	return ahead < t->in.n - t->at ? t->in.p[t->at + ahead] : '\n';
}

static struct toml_word word_at(const struct toml *t, size_t at, struct text text)
{
	struct toml_word w = { text, t->line, 1 };

	for (size_t i = t->line_start; i < at; i++)
		w.col += (t->in.p[i] & 0xc0) != 0x80;
	return w;
}

static bool wrong_vat(struct toml *t, struct toml_word where, const char *fmt, va_list ap)
{
	int n = vsnprintf(t->message, sizeof(t->message), fmt, ap);

	where.text = text_of(t->message, n < 0 ? 0 : (size_t)n < sizeof(t->message) ? (size_t)n : sizeof(t->message) - 1);
	t->wrong = where;
	return false;
}

static PRINTF_LIKE(3, 4) bool wrong_at(struct toml *t, struct toml_word where, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	wrong_vat(t, where, fmt, ap);
	va_end(ap);
	return false;
}

static PRINTF_LIKE(2, 3) bool wrong(struct toml *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	wrong_vat(t, word_at(t, t->at, TEXT("")), fmt, ap);
	va_end(ap);
	return false;
}

/* ---- blanks, comments, ends of lines ---- */

static bool is_control(char c)
{
	return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

static bool at_line_end(const struct toml *t)
{
	return peek(t, 0) == '\n' || (peek(t, 0) == '\r' && peek(t, 1) == '\n');
}

static void blanks(struct toml *t)
{
	while (peek(t, 0) == ' ' || peek(t, 0) == '\t')
		t->at++;
}

static void next_line(struct toml *t)
{
	t->at += peek(t, 0) == '\r';
	t->at += t->at < t->in.n;
	t->line++;
	t->line_start = t->at;
}

/* Blanks and a comment up to the end of the line, and over it. */
static bool line_end(struct toml *t)
{
	blanks(t);
	if (peek(t, 0) == '#')
		while (!at_line_end(t)) {
			if (is_control(peek(t, 0)))
				return wrong(t, "a control character (0x%02x); a settings file is plain text",
				             (unsigned)(unsigned char)peek(t, 0));
			t->at++;
		}
	if (!at_line_end(t))
		return wrong(t, "something follows on the line; begin a new line, or a comment with #");
	next_line(t);
	return true;
}

/* ---- texts and names ---- */

static bool keep(struct toml *t, struct toml_word *w, const char *p, size_t n)
{
	if (w->text.n + n >= CONFIG_TEXT_MAX)
		return wrong_at(t, *w, "the text is too long; %d bytes is the most", CONFIG_TEXT_MAX - 1);
	if (t->scratch_n + n > sizeof(t->scratch))
		return wrong_at(t, *w, "the list is too long; all its texts have at most %d bytes", TOML_SCRATCH_BYTES);
	memcpy(t->scratch + t->scratch_n, p, n);
	t->scratch_n += n;
	w->text.n += n;
	return true;
}

static bool keep_code_point(struct toml *t, struct toml_word *w, uint32_t c)
{
	char p[4] = { (char)c };
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = n; n > 1 && i-- > 0; c >>= 6)
		p[i] = (char)(i > 0 ? 0x80 | (c & 0x3f) : (0xf00 >> n & 0xff) | c);
	return keep(t, w, p, n);
}

static bool unicode_escape(struct toml *t, struct toml_word *w, size_t digits)
{
	uint32_t c = 0;

	for (size_t i = 0; i < digits; i++) {
		char h = peek(t, 2 + i);
		uint32_t d = h >= '0' && h <= '9'   ? (uint32_t)(h - '0')
		             : h >= 'a' && h <= 'f' ? (uint32_t)(h - 'a') + 10
		             : h >= 'A' && h <= 'F' ? (uint32_t)(h - 'A') + 10
		                                    : 16;
		if (d == 16)
			return wrong(t, "this escape is not whole; \\%c takes %zu hexadecimal digits", peek(t, 1), digits);
		c = c << 4 | d;
	}
	if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return wrong(t, "this is no character of Unicode; write the character itself");
	t->at += 2 + digits;
	return keep_code_point(t, w, c);
}

static bool escape(struct toml *t, struct toml_word *w)
{
	static const char letters[] = "btnfr\"\\", meant[] = "\b\t\n\f\r\"\\";
	char c = peek(t, 1);
	const char *l = c == 0 ? NULL : strchr(letters, c);

	if (c == 'u' || c == 'U')
		return unicode_escape(t, w, c == 'u' ? 4 : 8);
	if (l == NULL)
		return wrong(t, "there is no such escape; there are \\\" \\\\ \\b \\t \\n \\f \\r \\uXXXX \\UXXXXXXXX");
	t->at += 2;
	return keep(t, w, &meant[l - letters], 1);
}

static bool quoted(struct toml *t, struct toml_word *w)
{
	*w = word_at(t, t->at, text_of(t->scratch + t->scratch_n, 0));
	if (peek(t, 1) == '"' && peek(t, 2) == '"')
		return wrong(t, "texts over several lines are not taken; write it on one line in double quotes");
	for (t->at++; peek(t, 0) != '"';) {
		char c = peek(t, 0);
		bool ok;

		if (at_line_end(t))
			return wrong_at(t, *w, "the text does not end on its line; close it with \"");
		if (is_control(c))
			return wrong(t, "a control character (0x%02x); a settings file is plain text", (unsigned)(unsigned char)c);
		ok = c == '\\' ? escape(t, w) : keep(t, w, &c, 1);
		if (!ok)
			return false;
		t->at += c != '\\';
	}
	t->at++;
	return true;
}

static bool is_bare(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static bool name(struct toml *t, struct toml_item *i)
{
	size_t n = 0;

	blanks(t);
	if (i->n_names == TOML_NAMES_MAX)
		return wrong(t, "this name has too many parts; %d with a dot between is the most", TOML_NAMES_MAX);
	if (peek(t, 0) == '"') {
		if (!quoted(t, &i->name[i->n_names]))
			return false;
	} else {
		while (is_bare(peek(t, n)))
			n++;
		if (n == 0)
			return wrong(t, "a name is missing; names are letters, digits, - and _, or stand in double quotes");
		i->name[i->n_names] = word_at(t, t->at, text_of(t->in.p + t->at, n));
		t->at += n;
	}
	i->n_names++;
	blanks(t);
	return true;
}

static bool names(struct toml *t, struct toml_item *i)
{
	bool ok = name(t, i);

	while (ok && peek(t, 0) == '.') {
		t->at++;
		ok = name(t, i);
	}
	return ok;
}

/* ---- values ---- */

/* The list's texts and commas; lines may end anywhere between. */
static bool between(struct toml *t, struct toml_word open)
{
	blanks(t);
	while (at_line_end(t) || peek(t, 0) == '#') {
		if (t->at >= t->in.n)
			return wrong_at(t, open, "the list does not end; close it with ]");
		if (!line_end(t))
			return false;
		blanks(t);
	}
	return true;
}

static bool list(struct toml *t, struct toml_item *i)
{
	struct toml_word open = word_at(t, t->at, TEXT(""));

	i->kind = TOML_TEXTS;
	t->in_list = true;
	t->at++;
	while (between(t, open)) {
		if (peek(t, 0) == ']') {
			t->at++;
			t->in_list = false;
			return true;
		}
		if (peek(t, 0) != '"')
			return wrong(t,
			             "this is no text; a list holds texts in double quotes with commas between, and ends with ]");
		if (i->n_values == TOML_TEXTS_MAX)
			return wrong(t, "this is one text too many; a list holds at most %d", TOML_TEXTS_MAX);
		if (!quoted(t, &i->value[i->n_values++]) || !between(t, open))
			return false;
		if (peek(t, 0) == ',')
			t->at++;
		else if (peek(t, 0) != ']')
			return wrong(t, "a comma is missing after a text of the list; write , or ]");
	}
	return false;
}

/* TOML: digits with single _ between them, no 0 before others. */
static bool number(struct toml *t, struct toml_word *w, struct text z)
{
	bool ok = z.n > 0 && !(z.p[0] == '0' && z.n > 1);

	w->text = text_of(t->scratch + t->scratch_n, 0);
	for (size_t i = 0; ok && i < z.n; i++) {
		bool digit = z.p[i] >= '0' && z.p[i] <= '9';

		ok = digit || (z.p[i] == '_' && i > 0 && i + 1 < z.n && z.p[i - 1] != '_');
		if (digit && !keep(t, w, z.p + i, 1))
			return false;
	}
	return ok ||
	       wrong_at(t, *w, "%.*s is no number that is taken here; write decimal digits, or a text in double quotes",
	                SHOWN(z));
}

static bool plain(struct toml *t, struct toml_item *i)
{
	struct toml_word *w = &i->value[0];
	size_t n = 0;

	while (strchr(" \t\r\n#,]=\"'", peek(t, n)) == NULL)
		n++;
	*w = word_at(t, t->at, text_of(t->in.p + t->at, n));
	i->n_values = 1;
	i->kind = text_eq(w->text, TEXT("true")) || text_eq(w->text, TEXT("false")) ? TOML_SWITCH : TOML_NUMBER;
	t->at += n;
	if (i->kind == TOML_SWITCH)
		return true;
	if (n == 0)
		return wrong(t, "a value is missing after =; write a number, true, false, a text \"...\" or a list [\"...\"]");
	if (strchr("0123456789+-", w->text.p[0]) == NULL)
		return wrong_at(t, *w, "%.*s is neither a number nor true or false; a text stands in double quotes",
		                SHOWN(w->text));
	return number(t, w, w->text);
}

static bool value(struct toml *t, struct toml_item *i)
{
	blanks(t);
	i->value_at = word_at(t, t->at, TEXT(""));
	switch (peek(t, 0)) {
	case '"':
		i->kind = TOML_TEXT;
		i->n_values = 1;
		return quoted(t, &i->value[0]);
	case '[': return list(t, i);
	case '\'': return wrong(t, "texts in single quotes are not taken; write it in double quotes");
	case '{': return wrong(t, "tables in braces are not taken; write [TABLE] on a line of its own and its keys below");
	default: return plain(t, i);
	}
}

/* ---- items ---- */

static bool header(struct toml *t, struct toml_item *i)
{
	i->header = true;
	if (peek(t, 1) == '[')
		return wrong(t, "lists of tables are not taken; write one pair of brackets");
	t->at++;
	if (!names(t, i))
		return false;
	if (peek(t, 0) != ']')
		return wrong(t, "the name of the table does not end; close it with ]");
	t->at++;
	return line_end(t);
}

static bool pair(struct toml *t, struct toml_item *i)
{
	if (!names(t, i))
		return false;
	if (peek(t, 0) != '=')
		return wrong(t, "a = is missing after the name; write NAME = VALUE");
	t->at++;
	return value(t, i) && line_end(t);
}

/* Over the rest of what was wrong: to the next line, or behind the list that it stood in. */
static void recover(struct toml *t)
{
	bool list = t->in_list;

	t->in_list = false;
	do {
		while (!at_line_end(t))
			t->at++;
		next_line(t);
		blanks(t);
		list = list && t->at < t->in.n && (at_line_end(t) || strchr("\"#]", peek(t, 0)) != NULL);
		if (list && peek(t, 0) == ']') {
			t->at++;
			break;
		}
	} while (list);
}

enum toml_next toml_next(struct toml *t, struct toml_item *out)
{
	*out = (struct toml_item){ 0 };
	t->scratch_n = 0;
	for (;;) {
		bool ok;

		blanks(t);
		if (t->at >= t->in.n)
			return TOML_END;
		if (at_line_end(t) || peek(t, 0) == '#') {
			if (line_end(t))
				continue;
			recover(t);
			return TOML_WRONG;
		}
		ok = peek(t, 0) == '[' ? header(t, out) : pair(t, out);
		if (!ok)
			recover(t);
		return ok ? TOML_ITEM : TOML_WRONG;
	}
}
