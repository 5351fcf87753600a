/* lex.h - bytes into tokens, one at a time, each with its place in line and character.
 *
 * Units belong to the number: 5min, 100 yuan and 22:00 are one token each. What people type by habit (full-width
 * punctuation, ==, &&, curly quotes) is reported with the right spelling and then read as meant, so that one slip costs
 * one message. Not here: which words are keywords where; apart from the reserved ones that is the parser's business. */
#ifndef DUANKA_POLICY_LEX_H
#define DUANKA_POLICY_LEX_H
#include "policy/front.h"

/* X(name, as messages call it) */
/* clang-format off */
#define TOKENS(X) \
	X(END, "the end of the file") X(IDENT, "a name") X(RESERVED, "a reserved word") \
	X(STRING, "a text in quotes") X(INT, "a whole number") X(DECIMAL, "a decimal number") \
	X(PERCENT, "a percentage") X(DURATION, "a duration") X(MONEY, "an amount") X(DATE, "a date") \
	X(INSTANT, "a date and time") X(TOD, "a time of day") X(LBRACE, "{") X(RBRACE, "}") X(LPAREN, "(") \
	X(RPAREN, ")") X(COMMA, ",") X(COLON, ":") X(DOT, ".") X(QUESTION, "?") X(PLUS, "+") X(MINUS, "-") \
	X(STAR, "*") X(SLASH, "/") X(EQ, "=") X(NE, "!=") X(LT, "<") X(LE, "<=") X(GT, ">") X(GE, ">=") \
	X(ARROW, "->")
/* clang-format on */

enum token_kind {
#define X(name, text) TOKEN_##name,
	TOKENS(X)
#undef X
	TOKEN_KINDS
};

struct lexeme {
	enum token_kind kind;
	struct span span;
	struct text text;   /* IDENT, RESERVED: the word; STRING: without quotes and escapes */
	int64_t i;          /* INT; MONEY in fen; DURATION and TOD in microseconds */
	double r;           /* DECIMAL, PERCENT */
	struct civil civil; /* DATE, INSTANT */
};

struct lexer {
	struct front *f;
	struct text src;
	uint32_t file, line, col, at;
};

void lex_init(struct lexer *lx, struct front *f, uint32_t file);
void lex_next(struct lexer *lx, struct lexeme *out);
const char *lex_kind_name(enum token_kind k);
bool lex_is_declaration(struct text word); /* entity, event, rule, ...: where the parser finds its feet again */
bool lex_is_reserved(struct text word);
bool lex_is_letter(uint32_t c); /* may start a name: letters and ideographs, not signs */
/* One code point of valid UTF-8 at p; *n = its bytes. */
uint32_t lex_utf8(const char *p, size_t left, uint32_t *n);

#endif
