/* ast.h - the syntax tree: what was written, before any name is looked up. Private to this folder; dies with policy_load.
 *
 * One node type for expressions and one for declarations, with the fields each kind uses named here. Lists are linked by
 * `next`. */
#ifndef DUANKA_POLICY_AST_H
#define DUANKA_POLICY_AST_H
#include "policy/front.h"
#include "policy/outline.h"

struct ast_name {
	struct text text; /* .p NULL: not written */
	struct span span;
	struct ast_name *next;
};

enum ast_kind {
	AST_INT,
	AST_REAL,
	AST_TEXT,
	AST_MONEY,
	AST_DURATION,
	AST_TOD,
	AST_TIME,
	AST_BOOL,    /* i, r, text, civil */
	AST_PATH,    /* names, this_ */
	AST_CALL,    /* text, list */
	AST_UNARY,   /* op (X_NEG, X_NOT), a */
	AST_BINARY,  /* op, a, b */
	AST_IN_LIST, /* a, text, negated */
	AST_IN,      /* a, list, negated */
	AST_KNOWN,   /* a; negated: is missing */
	AST_BETWEEN, /* a, b, c, negated */
	AST_AGG, /* func, a = value, event, list of AST_KEY, b = where, i = window, excluding, share: a is the condition */
	AST_KEY, /* a = path, b = looked-up expression or NULL */
	AST_PRECEDED, /* event, list = conditions, i = window */
	AST_FIRST,    /* a -> b, event, i = window */
	AST_CLOCK,    /* i, until_us, text = zone or nothing */
	AST_AGE,      /* a */
	AST_RISK,     /* a */
};

struct ast {
	enum ast_kind kind;
	enum expr_op op;
	struct span span, op_span;
	struct ast *a, *b, *c, *list, *next;
	struct ast_name *names, event;
	struct text text;
	struct span text_span;
	int64_t i, until_us;
	double r;
	struct civil civil;
	enum ring_func func;
	bool share, negated, this_, excluding;
};

struct ast_field { /* of an event, or an attribute of an entity; in tests: a value */
	struct ast_name name, type;
	bool optional;
	struct ast *value; /* tests */
	struct ast_field *next;
};

struct ast_set {
	struct ast_name field, attr;
	struct ast *value;
	struct ast_set *next;
};

struct ast_measure {
	enum measure measure;
	struct ast *target;
	int64_t duration_us;
	struct text basis;
	struct span span;
	struct ast_measure *next;
};

struct ast_part { /* of a because text */
	struct text text;
	struct ast *expr;
	struct ast_part *next;
};

enum ast_step_kind {
	STEP_EVENT,
	STEP_LIST, /* list "name" has "..." */
	STEP_EXPECT
};

struct ast_step {
	enum ast_step_kind kind;
	bool fires;
	struct ast_name name;     /* event, list or rule */
	struct ast_field *fields; /* STEP_EVENT */
	struct ast_name *entries; /* STEP_LIST: texts in quotes */
	struct civil at;
	int64_t repeat, every_us, times;
	struct text about, because;
	struct span span;
	struct ast_step *next;
};

struct ast_piece { /* a part of a declaration as written: see outline.h */
	enum outline_kind kind;
	struct span span;
	const char *word;
	struct ast_piece *next;
};

enum ast_decl_kind {
	DECL_ENTITY,
	DECL_EVENT,
	DECL_LIST,
	DECL_LET,
	DECL_RULE,
	DECL_EXEMPT,
	DECL_FEATURE,
	DECL_ZONE,
	DECL_CAP,
	DECL_TEST
};

struct ast_decl {
	enum ast_decl_kind kind;
	struct span span; /* the whole declaration */
	struct ast_name name;
	struct ast_decl *next;
	bool whole; /* no error in its form */
	uint32_t n_pieces;
	struct ast_piece *pieces, **pieces_tail;
	struct ast_field *fields; /* entity, event */
	struct ast_set *sets;     /* event */
	struct ast_name type;     /* list: of */
	struct text path;         /* list: from */
	struct span path_span;
	struct ast_name event;    /* rule, exempt, feature: on */
	struct ast *about, *expr; /* rule and exempt: expr = when; let, feature: the value */
	enum rule_mode mode;
	struct span mode_span;
	enum severity severity;
	int64_t score, every_us;
	struct ast_measure *measures;
	uint32_t n_notify;
	struct text notify[4];
	struct ast_part *because_en, *because_zh;
	bool because;
	struct text source;
	struct ast_name scam;   /* rule; nothing: not written */
	struct civil until;     /* exempt */
	struct ast_name *rules; /* exempt; NULL: all */
	int64_t cap;
	enum ring_full ring_full;
	struct ast_step *steps; /* test */
	uint32_t index;         /* checker: where it went in the policy */
	bool busy, used;        /* checker: let being expanded; let used */
};

#endif
