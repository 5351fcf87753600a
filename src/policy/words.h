/* words.h - the words of the policy language, each once, with what they say to whoever completes them: the lexer takes its reserved words from here, and a form its help. */
#ifndef DUANKA_POLICY_WORDS_H
#define DUANKA_POLICY_WORDS_H
#include "policy/policy.h"

enum word_class {
	WORD_DECLARATION, /* reserved; begins a declaration */
	WORD_RESERVED,    /* never a name */
	WORD_CLAUSE,      /* means something at its place only */
	WORD_CLASSES
};

struct policy_word {
	enum word_class class;
	const char *word, *form; /* form: how it is used */
	const char *en, *zh;
};

enum function_class {
	FUNCTION_SCALAR,    /* of values */
	FUNCTION_AGGREGATE, /* over the events of a window */
	FUNCTION_FORM       /* with words between its parts */
};

struct policy_function {
	enum function_class class;
	const char *name, *form, *en, *zh;
};

/* Declarations first, then reserved words, then clauses. NULL behind the last. */
const struct policy_word *policy_word(uint32_t i);
/* NULL behind the last. */
const struct policy_function *policy_function(uint32_t i, struct policy_function *room);
/* Units of durations (size in microseconds) and of money (in fen). NULL behind the last. */
const char *policy_unit(uint32_t i, int64_t *size, bool *money);
/* What an identifier of this form tells by itself: the attribute's name, number i; NULL behind the last. */
const char *policy_ident_attr(enum ident_form form, uint32_t i, struct type *type);

#endif
