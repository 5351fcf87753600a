/* parse.h - tokens into the syntax tree, by recursive descent with one token of lookahead. Private to this folder.
 *
 * After a mistake the parser reports once and skips to the next word that starts a declaration; those words are reserved
 * for that. Nesting is bounded by POLICY_DEPTH_MAX, so that no input can exhaust the stack. */
#ifndef DUANKA_POLICY_PARSE_H
#define DUANKA_POLICY_PARSE_H
#include "policy/ast.h"
#include "policy/lex.h"

struct parser {
	struct front *f;
	struct lexer lx;
	struct lexeme tok, ahead;
	struct span last; /* of the token before tok */
	uint32_t end;     /* byte offset where a piece of text ends (because); else the file's size */
	uint32_t depth;
	bool failed;           /* the declaration at hand is lost */
	struct ast_decl *decl; /* being read */
	bool top;              /* at the condition itself: what `and` joins are its pieces */
};

/* Appends the declarations of a file to f. */
void parse_file(struct front *f, uint32_t file);

/* parse.c, for the others */
void parse_start(struct parser *ps, struct front *f, struct lexer lx, uint32_t end);
void parse_step(struct parser *ps);
bool parse_at(const struct parser *ps, const char *word);    /* an IDENT or RESERVED of that spelling */
bool parse_third(const struct parser *ps, const char *word); /* behind tok and ahead stands such a one */
bool parse_take_word(struct parser *ps, const char *word);
bool parse_take(struct parser *ps, enum token_kind k);
bool parse_word(struct parser *ps, const char *word, const char *why); /* or reports */
bool parse_token(struct parser *ps, enum token_kind k, const char *why);
void parse_wrong(struct parser *ps, const char *expected); /* reports "expected ..., found ..." once a declaration */
bool parse_name(struct parser *ps, const char *what, struct ast_name *out);
int64_t parse_duration(struct parser *ps, const char *why);
bool parse_text(struct parser *ps, const char *why, struct text *out);
struct span parse_span_from(const struct parser *ps, struct span start); /* from start to the last token */

/* Notes a piece of the declaration at hand, unless that is lost. Never NULL. */
struct ast_piece *parse_piece(struct parser *ps, enum outline_kind kind, struct span span);

/* parse_expr.c */
struct ast *parse_expr(struct parser *ps);
struct ast *parse_condition(struct parser *ps); /* the same, with its pieces noted */
struct ast *parse_path(struct parser *ps);
struct ast *parse_literal(struct parser *ps); /* NULL without a message if there is none */

/* parse_rule.c */
void parse_rule(struct parser *ps, struct ast_decl *d);
void parse_exempt(struct parser *ps, struct ast_decl *d);
void parse_test(struct parser *ps, struct ast_decl *d);

#endif
