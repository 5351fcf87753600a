/* mapping_lex.c - a mapping file's lines into words: bare ones, quoted ones with \" \\ \t, and the signs = != -> , */
#include <stdio.h>
#include "event/mapping_parse.h"

void map_start(struct map_lexer *l, struct text in, struct arena *a, struct mapping_error *error)
{
	*l = (struct map_lexer){ .in = in, .line = 1, .arena = a, .error = error };
	if (text_starts(in, TEXT("\xef\xbb\xbf")))
		l->at = l->line_start = 3;
}

static bool fail(struct map_lexer *l, uint32_t line, uint32_t col, const char *fmt, va_list ap)
{
	if (l->err == ERR_OK) {
		l->err = ERR_FORMAT;
		l->error->line = line ? line : 1;
		l->error->col = col ? col : 1;
		vsnprintf(l->error->text, sizeof l->error->text, fmt, ap);
		/* a cut must not leave half a character */
		size_t n = strlen(l->error->text);
		while (n && !text_utf8_valid(text_of(l->error->text, n)))
			l->error->text[--n] = 0;
	}
	return false;
}

bool map_fail(struct map_lexer *l, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	fail(l, l->word.line, l->word.col, fmt, ap);
	va_end(ap);
	return false;
}

bool map_fail_at(struct map_lexer *l, const struct word *at, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	fail(l, at->line, at->col, fmt, ap);
	va_end(ap);
	return false;
}

static char peek(const struct map_lexer *l, size_t ahead)
{
	return l->at + ahead < l->in.n ? l->in.p[l->at + ahead] : '\n';
}

static void quoted(struct map_lexer *l)
{
	size_t from = ++l->at, n = 0;
	while (peek(l, 0) != '"' && peek(l, 0) != '\n')
		l->at += peek(l, 0) == '\\' && peek(l, 1) != '\n' ? 2 : 1;
	char *out = arena_alloc(l->arena, l->at - from + 1);
	if (!out) {
		l->err = l->err == ERR_OK ? ERR_MEMORY : l->err;
		return;
	}
	for (size_t i = from; i < l->at; i++) {
		char c = l->in.p[i];
		if (c == '\\' && i + 1 < l->at) {
			c = l->in.p[++i];
			c = c == 't' ? '\t' : c;
		}
		out[n++] = c;
	}
	if (peek(l, 0) != '"') {
		map_fail(l, "a quoted text has to end on its line with \"");
		return;
	}
	l->at++;
	l->word.kind = WORD_QUOTED;
	l->word.text = text_of(out, n);
}

static bool ends_bare(char c, char following)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '=' || c == ',' || c == '"' || c == '#' ||
	       (c == '!' && following == '=') || (c == '-' && following == '>');
}

void map_next(struct map_lexer *l)
{
	while (peek(l, 0) == ' ' || peek(l, 0) == '\t' || peek(l, 0) == '\r')
		l->at++;
	l->word = (struct word){ .kind = WORD_END,
		                     .line = l->line,
		                     .col = (uint32_t)(l->at - l->line_start) + 1,
		                     .text = TEXT("the end of the line") };
	char c = peek(l, 0);
	if (c == '\n' || c == '#')
		return;
	if (c == '"') {
		quoted(l);
		return;
	}
	size_t n = c == '=' || c == ',' ? 1 : ends_bare(c, peek(l, 1)) ? 2 : 0;
	l->word.kind = n ? WORD_SIGN : WORD_BARE;
	while (n == 0 || (l->word.kind == WORD_BARE && !ends_bare(peek(l, n), peek(l, n + 1))))
		n++;
	l->word.text = text_of(l->in.p + l->at, n);
	l->at += n;
}

bool map_next_line(struct map_lexer *l)
{
	for (;;) {
		bool first = l->word.line == 0;
		if (!first) {
			while (peek(l, 0) != '\n')
				l->at++;
			if (l->at >= l->in.n)
				return false;
			l->at++;
			l->line++;
			l->line_start = l->at;
		}
		if (l->at >= l->in.n)
			return false;
		map_next(l);
		if (l->err != ERR_OK)
			return false;
		if (l->word.kind != WORD_END)
			return true;
	}
}

bool map_is(const struct map_lexer *l, const char *z)
{
	return (l->word.kind == WORD_BARE || l->word.kind == WORD_SIGN) && text_eq(l->word.text, text_z(z));
}

bool map_accept(struct map_lexer *l, const char *z)
{
	if (!map_is(l, z))
		return false;
	map_next(l);
	return true;
}
