/* check_expr.c - types of expressions: which measures may meet, and what comes out. */
#include <stdio.h>
#include "policy/check_int.h"

enum {
	IN_MAX = 64
};

/* ---- operators ---- */

static struct expr *refuse(struct front *f, struct span at, const struct expr *e, const char *right)
{
	front_error(f, at, "%.*s is %s; %s", TX(front_span(f, e->span)), type_phrase(f, e->type), right);
	return NULL;
}

static struct expr *add_sub(struct front *f, enum expr_op op, struct span at, struct expr *a, struct expr *b)
{
	enum dim x = a->type.dim, y = b->type.dim;
	if (x == DIM_TIME && y == DIM_TIME && op == X_SUB)
		return make2(f, op, at, type_of(DIM_DURATION), a, b);
	if ((x == DIM_TIME && y == DIM_DURATION) || (op == X_ADD && x == DIM_DURATION && y == DIM_TIME)) {
		const struct expr *d = x == DIM_TIME ? b : a;
		if (!d->type.real)
			return make2(f, op, at, type_of(DIM_TIME), a, b);
		front_error(f, at, "%.*s may be a fraction of a microsecond; write round(...) around it to move a time by it",
		            TX(front_span(f, d->span)));
		return NULL;
	}
	if (x == DIM_TIME && y == DIM_TIME) {
		front_error(f, at, "two times cannot be added; subtract them for the time between, or add a duration");
		return NULL;
	}
	if (!type_measures(a->type))
		return refuse(f, at, a, "only numbers, money, durations and times are added or subtracted");
	if (!type_measures(b->type))
		return refuse(f, at, b, "only numbers, money, durations and times are added or subtracted");
	if (!make_alike(f, &a, &b)) {
		type_clash(f, at, a, b);
		return NULL;
	}
	return make2(f, op, at, a->type, a, b);
}

static struct expr *mul(struct front *f, struct span at, struct expr *a, struct expr *b)
{
	static const char *const right = "only numbers, money and durations are multiplied";
	if (!type_measures(a->type))
		return refuse(f, at, a, right);
	if (!type_measures(b->type))
		return refuse(f, at, b, right);
	if (a->type.dim != DIM_NUMBER && b->type.dim != DIM_NUMBER) {
		front_error(f, at, "%.*s is %s and %.*s is %s; one side of * must be a number", TX(front_span(f, a->span)),
		            type_phrase(f, a->type), TX(front_span(f, b->span)), type_phrase(f, b->type));
		return NULL;
	}
	if (a->type.real != b->type.real) {
		a = make_real(f, a);
		b = make_real(f, b);
	}
	struct type t = a->type.dim == DIM_NUMBER ? b->type : a->type;
	return make2(f, X_MUL, at, t, a, b);
}

static struct expr *divide(struct front *f, struct span at, struct expr *a, struct expr *b)
{
	static const char *const right = "only numbers, money and durations are divided";
	if (!type_measures(a->type))
		return refuse(f, at, a, right);
	if (!type_measures(b->type))
		return refuse(f, at, b, right);
	if (b->type.dim != DIM_NUMBER && a->type.dim != b->type.dim) {
		front_error(f, at, "%.*s is %s and %.*s is %s; divide by a number, or by the same measure for a ratio",
		            TX(front_span(f, a->span)), type_phrase(f, a->type), TX(front_span(f, b->span)),
		            type_phrase(f, b->type));
		return NULL;
	}
	struct type t = a->type.dim == b->type.dim ? type_of(DIM_NUMBER) : a->type;
	t.real = true;
	return make2(f, X_DIV, at, t, make_real(f, a), make_real(f, b));
}

static struct expr *compare(struct front *f, enum expr_op op, struct span at, struct expr *a, struct expr *b)
{
	if (!make_alike(f, &a, &b)) {
		type_clash(f, at, a, b);
		return NULL;
	}
	if (op != X_EQ && op != X_NE && !type_measures(a->type) && a->type.dim != DIM_TIME)
		return refuse(f, at, a, "there is no larger or smaller among these; only = and != compare them");
	return make2(f, op, at, type_of(DIM_BOOL), a, b);
}

static struct expr *logic(struct front *f, enum expr_op op, struct span at, struct expr *a, struct expr *b)
{
	const struct expr *wrong = a->type.dim != DIM_BOOL ? a : b->type.dim != DIM_BOOL ? b : NULL;
	if (wrong) {
		front_error(f, wrong->span, "%.*s is %s and no condition; %s joins conditions such as amount > 100 yuan",
		            TX(front_span(f, wrong->span)), type_phrase(f, wrong->type), policy_op_symbol(op));
		return NULL;
	}
	return make2(f, op, at, type_of(DIM_BOOL), a, b);
}

struct expr *check_binary(struct front *f, enum expr_op op, struct span at, struct expr *a, struct expr *b)
{
	if (a == NULL || b == NULL)
		return NULL;
	switch (op) {
	case X_ADD:
	case X_SUB: return add_sub(f, op, at, a, b);
	case X_MUL: return mul(f, at, a, b);
	case X_DIV: return divide(f, at, a, b);
	case X_AND:
	case X_OR: return logic(f, op, at, a, b);
	case X_ELSE:
		if (!make_alike(f, &a, &b)) {
			type_clash(f, at, a, b);
			return NULL;
		}
		return make2(f, op, at, a->type, a, b);
	default: return compare(f, op, at, a, b);
	}
}

static struct expr *check_unary(struct front *f, const struct ctx *c, const struct ast *x)
{
	if (x->op == X_NOT) {
		struct expr *a = check_bool(f, c, x->a, "not");
		return a ? make1(f, X_NOT, x->span, type_of(DIM_BOOL), a) : NULL;
	}
	struct expr *a = check_expr(f, c, x->a);
	if (a && !type_measures(a->type))
		return refuse(f, x->span, a, "only numbers, money and durations can be negative");
	return a ? make1(f, X_NEG, x->span, a->type, a) : NULL;
}

/* ---- in, between, is ---- */

static struct expr *negate(struct front *f, const struct ast *x, struct expr *e)
{
	return e && x->negated ? make1(f, X_NOT, x->span, type_of(DIM_BOOL), e) : e;
}

static struct expr *check_in_list(struct front *f, const struct ctx *c, const struct ast *x)
{
	struct expr *a = check_expr(f, c, x->a);
	int list = check_list(f, x->text, x->text_span);
	if (a == NULL || list < 0)
		return NULL;
	struct type t = f->p->list[list].type;
	if (a->type.dim != t.dim || (t.dim == DIM_ENTITY && a->type.entity != t.entity)) {
		front_error(f, x->span, "%.*s is %s and list \"%.*s\" holds %s; look up one of these",
		            TX(front_span(f, a->span)), type_phrase(f, a->type), TX(x->text),
		            t.dim == DIM_TEXT ? "texts" : type_phrase(f, t));
		return NULL;
	}
	struct expr *e = make1(f, X_IN_LIST, x->span, type_of(DIM_BOOL), a);
	e->index = (uint32_t)list;
	return negate(f, x, e);
}

/* A balanced tree of ors, so that a long list nests little. */
static struct expr *any_of(struct front *f, struct span at, struct expr **e, uint32_t n)
{
	if (n == 1)
		return e[0];
	struct expr *a = any_of(f, at, e, n / 2), *b = any_of(f, at, e + n / 2, n - n / 2);
	return make2(f, X_OR, at, type_of(DIM_BOOL), a, b);
}

/* The left side is checked anew for each use, so that the result is a tree; see check_agg. */
static struct expr *check_in(struct front *f, const struct ctx *c, const struct ast *x)
{
	struct expr *each[IN_MAX];
	uint32_t n = 0;

	for (const struct ast *v = x->list; v; v = v->next) {
		if (n == IN_MAX) {
			front_error(f, v->span, "in (...) takes %d values; put them on a list and write in list \"name\"", IN_MAX);
			return NULL;
		}
		struct expr *a = check_expr(f, c, x->a), *b = a ? check_expr(f, c, v) : NULL;
		each[n] = check_binary(f, X_EQ, v->span, a, b);
		if (each[n++] == NULL)
			return NULL;
	}
	return negate(f, x, any_of(f, x->span, each, n));
}

static struct expr *check_between(struct front *f, const struct ctx *c, const struct ast *x)
{
	struct expr *b = check_expr(f, c, x->b), *d = check_expr(f, c, x->c);
	struct expr *low = check_binary(f, X_GE, x->span, check_expr(f, c, x->a), b);
	struct expr *high = low ? check_binary(f, X_LE, x->span, check_expr(f, c, x->a), d) : NULL;

	if (high == NULL)
		return NULL;
	if (b->op == X_INT && d->op == X_INT && b->i > d->i) {
		front_error(f, x->span, "nothing lies between %.*s and %.*s; write the smaller one first",
		            TX(front_span(f, b->span)), TX(front_span(f, d->span)));
		return NULL;
	}
	return negate(f, x, make2(f, X_AND, x->span, type_of(DIM_BOOL), low, high));
}

static struct expr *check_age(struct front *f, const struct ctx *c, const struct ast *x)
{
	struct expr *a = check_entity(f, c, x->a, "age");
	if (a == NULL)
		return NULL;
	const struct schema_entity *en = &f->p->schema.entity[a->type.entity];
	int i = schema_attr_find(en, TEXT("opened"));
	if (i < 0 || en->attr[i].type.dim != DIM_TIME) {
		front_error(
			f, x->span,
			"%.*s doesn't know when it was opened; declare entity %.*s { opened: time } and an event that sets it",
			TX(en->name), TX(en->name));
		return NULL;
	}
	struct expr *opened = make1(f, X_ATTR, x->span, type_of(DIM_TIME), a);
	opened->index = (uint32_t)i;
	return make2(f, X_SUB, x->span, type_of(DIM_DURATION), make(f, X_TIME, x->span, type_of(DIM_TIME)), opened);
}

static struct expr *check_literal(struct front *f, const struct ast *x)
{
	static const enum dim dim[] = {
		[AST_INT] = DIM_NUMBER,   [AST_MONEY] = DIM_MONEY, [AST_DURATION] = DIM_DURATION,
		[AST_TOD] = DIM_DURATION, [AST_TIME] = DIM_TIME,   [AST_BOOL] = DIM_BOOL,
	};
	struct expr *e;
	if (x->kind == AST_REAL) {
		e = make(f, X_REAL, x->span, (struct type){ .dim = DIM_NUMBER, .real = true });
		e->r = x->r;
	} else if (x->kind == AST_TEXT) {
		e = make(f, X_TEXT, x->span, type_of(DIM_TEXT));
		e->text = front_keep_text(f, x->text);
	} else {
		e = make_int(f, x->span, dim[x->kind], x->i);
		if (x->kind == AST_TIME && clock_from_local(&f->p->zone[0], &x->civil, &e->i) != ERR_OK)
			e->i = 0; /* the lexer has reported it */
	}
	return e;
}

static struct expr *check_known(struct front *f, const struct ctx *c, const struct ast *x)
{
	struct expr *a = check_expr(f, c, x->a);
	return a ? negate(f, x, make1(f, X_KNOWN, x->span, type_of(DIM_BOOL), a)) : NULL;
}

static struct expr *check_risk(struct front *f, const struct ctx *c, const struct ast *x)
{
	struct expr *a = check_entity(f, c, x->a, "risk");
	return a ? make1(f, X_RISK, x->span, type_of(DIM_NUMBER), a) : NULL;
}

static struct expr *check_two(struct front *f, const struct ctx *c, const struct ast *x)
{
	struct expr *a = check_expr(f, c, x->a), *b = check_expr(f, c, x->b);
	return check_binary(f, x->op, x->span, a, b);
}

struct expr *check_expr(struct front *f, const struct ctx *c, const struct ast *x)
{
	if (x == NULL)
		return NULL;
	switch (x->kind) {
	case AST_PATH: return check_path(f, c, x);
	case AST_CALL: return check_call(f, c, x);
	case AST_UNARY: return check_unary(f, c, x);
	case AST_BINARY: return check_two(f, c, x);
	case AST_IN_LIST: return check_in_list(f, c, x);
	case AST_IN: return check_in(f, c, x);
	case AST_KNOWN: return check_known(f, c, x);
	case AST_BETWEEN: return check_between(f, c, x);
	case AST_AGG: return check_agg(f, c, x);
	case AST_PRECEDED: return check_preceded(f, c, x);
	case AST_FIRST: return check_first(f, c, x);
	case AST_CLOCK: return check_clock(f, c, x);
	case AST_AGE: return check_age(f, c, x);
	case AST_RISK: return check_risk(f, c, x);
	default: return check_literal(f, x);
	}
}

struct expr *check_bool(struct front *f, const struct ctx *c, const struct ast *x, const char *what)
{
	struct expr *e = check_expr(f, c, x);
	if (e == NULL || e->type.dim == DIM_BOOL)
		return e;
	front_error(f, e->span,
	            "%s needs a condition and %.*s is %s; compare it with something, or ask whether it is known", what,
	            TX(front_span(f, e->span)), type_phrase(f, e->type));
	return NULL;
}

struct expr *check_entity(struct front *f, const struct ctx *c, const struct ast *x, const char *what)
{
	struct expr *e = check_expr(f, c, x);
	if (e == NULL || e->type.dim == DIM_ENTITY)
		return e;
	front_error(f, e->span, "%s needs an entity such as a phone or an account, and %.*s is %s", what,
	            TX(front_span(f, e->span)), type_phrase(f, e->type));
	return NULL;
}
