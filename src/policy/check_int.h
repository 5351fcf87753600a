/* check_int.h - the checker's parts among themselves. Private to this folder.
 *
 * Every check_* takes syntax and gives checked expressions, or NULL after a message (given here or further down). */
#ifndef DUANKA_POLICY_CHECK_INT_H
#define DUANKA_POLICY_CHECK_INT_H
#include "policy/ast.h"

struct ctx { /* where names are looked up */
	uint32_t event;
	bool no_this; /* in an aggregate: the reader's event is out of sight */
};

/* check_schema.c: entities, events, sets, lists, zones, the cap. First of all. */
void check_schema(struct front *f);
int check_zone(struct front *f, struct text name, struct span at); /* index into policy.zone, or -1 */
int check_event(struct front *f, const struct ast_name *name);     /* or -1 */
int check_list(struct front *f, struct text name, struct span at);

/* check_expr.c */
struct expr *check_expr(struct front *f, const struct ctx *c, const struct ast *x);
struct expr *check_bool(struct front *f, const struct ctx *c, const struct ast *x, const char *what);
struct expr *check_entity(struct front *f, const struct ctx *c, const struct ast *x, const char *what);
struct expr *check_binary(struct front *f, enum expr_op op, struct span span, struct expr *a, struct expr *b);

/* check_type.c: nodes and types */
struct expr *make(struct front *f, enum expr_op op, struct span span, struct type type);
struct expr *make1(struct front *f, enum expr_op op, struct span span, struct type type, struct expr *a);
struct expr *make2(struct front *f, enum expr_op op, struct span span, struct type type, struct expr *a,
                   struct expr *b);
struct expr *make_int(struct front *f, struct span span, enum dim dim, int64_t i);
struct expr *make_real(struct front *f, struct expr *a);            /* a as a real value */
bool make_alike(struct front *f, struct expr **a, struct expr **b); /* same type, or false */
struct type type_of(enum dim dim);
bool type_measures(struct type t);                       /* number, money or duration */
const char *type_phrase(struct front *f, struct type t); /* "a number", "money", "a phone" */
void type_clash(struct front *f, struct span at, const struct expr *a, const struct expr *b);
bool expr_same(const struct expr *a, const struct expr *b);
bool agg_same(const struct agg *a, const struct agg *b);

/* check_path.c */
struct expr *check_path(struct front *f, const struct ctx *c, const struct ast *x);
bool check_field_exists(const struct front *f, uint32_t event, struct text name);
struct ast_decl *check_find(const struct front *f, enum ast_decl_kind kind, struct text name);

/* check_agg.c */
struct expr *check_agg(struct front *f, const struct ctx *c, const struct ast *x);
struct expr *check_preceded(struct front *f, const struct ctx *c, const struct ast *x);
struct expr *check_first(struct front *f, const struct ctx *c, const struct ast *x);

/* check_call.c */
struct expr *check_call(struct front *f, const struct ctx *c, const struct ast *x);
struct expr *check_clock(struct front *f, const struct ctx *c, const struct ast *x);

/* check_rule.c, check_test.c */
void check_lets(struct front *f);
void check_rules(struct front *f);
void check_tests(struct front *f);
int check_rule_name(struct front *f, const struct ast_name *n); /* index into policy.rule, or -1 */

/* check.c */
void check_all(struct front *f);
uint32_t check_count(const struct front *f, enum ast_decl_kind kind);

#endif
