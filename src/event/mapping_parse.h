/* mapping_parse.h - the words of a mapping file's line. Private to mapping_parse.c and mapping_lex.c. */
#ifndef DUANKA_EVENT_MAPPING_PARSE_H
#define DUANKA_EVENT_MAPPING_PARSE_H
#include "event/mapping.h"

enum word_kind {
	WORD_END, /* of the line */
	WORD_BARE,
	WORD_QUOTED,
	WORD_SIGN /* = != -> , */
};

struct word {
	enum word_kind kind;
	struct text text; /* quoted ones: without quotes and escapes, in the arena */
	uint32_t line, col;
};

struct map_lexer {
	struct text in;
	size_t at;
	uint32_t line;
	size_t line_start;
	struct arena *arena;
	struct word word; /* the one looked at */
	struct mapping_error *error;
	enum err err; /* the first failure sticks */
};

void map_start(struct map_lexer *l, struct text in, struct arena *a, struct mapping_error *error);
void map_next(struct map_lexer *l);      /* the next word of this line */
bool map_next_line(struct map_lexer *l); /* to the first word of the next line that has one; false at the end */
bool map_is(const struct map_lexer *l, const char *bare_or_sign);
bool map_accept(struct map_lexer *l, const char *bare_or_sign);
/* Records the first error, at the present word or at `at`. Always false. */
bool map_fail(struct map_lexer *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
bool map_fail_at(struct map_lexer *l, const struct word *at, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
