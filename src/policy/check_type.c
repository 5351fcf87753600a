/* check_type.c - nodes of the checked tree, and how types meet. */
#include <stdio.h>
#include "policy/check_int.h"

struct type type_of(enum dim dim)
{
	return (struct type){ .dim = dim };
}

bool type_measures(struct type t)
{
	return t.dim == DIM_NUMBER || t.dim == DIM_MONEY || t.dim == DIM_DURATION;
}

struct expr *make(struct front *f, enum expr_op op, struct span span, struct type type)
{
	if (++f->n_nodes > FRONT_NODES_MAX) {
		front_error(
			f, span,
			"with its lets written out, the policy has more than %d parts; split the lets that use lets many times",
			FRONT_NODES_MAX);
		longjmp(f->no_memory, 2);
	}
	struct expr *e = front_keep(f, sizeof(*e));
	e->op = op;
	e->span = span;
	e->type = type;
	return e;
}

struct expr *make1(struct front *f, enum expr_op op, struct span span, struct type type, struct expr *a)
{
	struct expr *e = make(f, op, span, type);
	e->a = a;
	return e;
}

struct expr *make2(struct front *f, enum expr_op op, struct span span, struct type type, struct expr *a, struct expr *b)
{
	struct expr *e = make1(f, op, span, type, a);
	e->b = b;
	return e;
}

struct expr *make_int(struct front *f, struct span span, enum dim dim, int64_t i)
{
	struct expr *e = make(f, X_INT, span, type_of(dim));
	e->i = i;
	return e;
}

struct expr *make_real(struct front *f, struct expr *a)
{
	if (a->type.real)
		return a;
	struct type t = a->type;
	t.real = true;
	return make1(f, X_TOREAL, a->span, t, a);
}

bool make_alike(struct front *f, struct expr **a, struct expr **b)
{
	struct type x = (*a)->type, y = (*b)->type;
	if (x.dim != y.dim || (x.dim == DIM_ENTITY && x.entity != y.entity))
		return false;
	if (x.real != y.real) {
		*a = make_real(f, *a);
		*b = make_real(f, *b);
	}
	return true;
}

const char *type_phrase(struct front *f, struct type t)
{
	static const char *const phrase[] = { "a number", "money", "a duration", "a time", "true or false", "a text" };
	if (t.dim != DIM_ENTITY)
		return phrase[t.dim];
	struct text name = f->p->schema.entity[t.entity].name;
	char *z = front_alloc(f, name.n + 4);
	bool vowel = name.n && strchr("aeiou", name.p[0]);
	snprintf(z, name.n + 4, "%s%.*s", (unsigned char)name.p[0] >= 0x80 ? "" : vowel ? "an " : "a ", TX(name));
	return z;
}

/* What would be right, when a and b should be alike and are not. */
static const char *clash_remedy(struct front *f, const struct expr *a, const struct expr *b)
{
	enum dim x = a->type.dim, y = b->type.dim;
	char *z = front_alloc(f, 160);
	if (x == DIM_ENTITY && y == DIM_ENTITY)
		snprintf(z, 160, "compare things of one kind, for instance their holders");
	else if (x == DIM_ENTITY)
		snprintf(z, 160, "put the value on a list and write %.*s in list \"name\"", TX(front_span(f, a->span)));
	else if (y == DIM_NUMBER && b->op == X_INT && x == DIM_MONEY)
		snprintf(z, 160, "write %lld yuan or %lld fen", (long long)b->i, (long long)b->i);
	else if (y == DIM_NUMBER && b->op == X_INT && x == DIM_DURATION)
		snprintf(z, 160, "write %llds, %lldmin, %lldh or %lldd", (long long)b->i, (long long)b->i, (long long)b->i,
		         (long long)b->i);
	else if (x == DIM_TIME && y == DIM_DURATION)
		snprintf(z, 160, "write clock between 22:00 and 06:00 for the time of day, age(...) for how old something is");
	else if (x == DIM_TEXT)
		snprintf(z, 160, "a text is compared with a text, such as \"...\"");
	else if (x == DIM_BOOL)
		snprintf(z, 160, "join conditions with and, or");
	else
		snprintf(z, 160, "both must measure the same");
	return z;
}

void type_clash(struct front *f, struct span at, const struct expr *a, const struct expr *b)
{
	const struct expr *first = a, *second = b; /* the remedy is looked up with the constant second */
	if (a->op == X_INT || a->op == X_TEXT || (b->type.dim == DIM_ENTITY && a->type.dim != DIM_ENTITY) ||
	    (b->type.dim == DIM_TIME && a->type.dim != DIM_TIME)) {
		first = b;
		second = a;
	}
	front_error(f, at, "%.*s is %s and %.*s is %s; %s", TX(front_span(f, a->span)), type_phrase(f, a->type),
	            TX(front_span(f, b->span)), type_phrase(f, b->type), clash_remedy(f, first, second));
}

bool agg_same(const struct agg *a, const struct agg *b)
{
	if (a->func != b->func || a->event != b->event || a->n_keys != b->n_keys || a->window_us != b->window_us ||
	    !expr_same(a->value, b->value) || !expr_same(a->filter, b->filter))
		return false;
	for (uint32_t i = 0; i < a->n_keys; i++)
		if (!expr_same(a->key[i], b->key[i]))
			return false;
	return true;
}

bool expr_same(const struct expr *a, const struct expr *b)
{
	if (a == b || a == NULL || b == NULL)
		return a == b;
	if (a->op != b->op || a->type.dim != b->type.dim || a->type.real != b->type.real ||
	    a->type.entity != b->type.entity || a->i != b->i || a->index != b->index ||
	    memcmp(&a->r, &b->r, sizeof(a->r)) != 0 || !text_eq(a->text, b->text) || a->n_args != b->n_args ||
	    a->excluding_this != b->excluding_this)
		return false;
	if (!expr_same(a->a, b->a) || !expr_same(a->b, b->b))
		return false;
	for (uint32_t i = 0; i < a->n_args; i++)
		if (!expr_same(a->arg[i], b->arg[i]))
			return false;
	if (a->op != X_AGG)
		return true;
	if (a->agg != b->agg && !agg_same(a->agg, b->agg))
		return false;
	for (uint32_t i = 0; i < a->agg->n_keys; i++)
		if (!expr_same(a->lookup[i], b->lookup[i]))
			return false;
	return true;
}
