/* check_agg.c - aggregates, and the two sentences that stand for one: preceded by, first_time.
 *
 * An aggregate joins two places: its keys, value and filter are read at the aggregated event, what it looks its keys up by is
 * read at the event at hand. Equal aggregates become one struct agg. */
#include <stdio.h>
#include "policy/check_int.h"

int check_event(struct front *f, const struct ast_name *name)
{
	int i = schema_event_find(&f->p->schema, name->text);
	if (i >= 0)
		return i;
	struct nearest near;
	nearest_init(&near, name->text);
	for (uint32_t k = 0; k < f->p->schema.n_events; k++)
		nearest_try(&near, f->p->schema.event[k].name);
	front_unknown(f, name->span, "no event is called %.*s%s", TX(name->text),
	              near.best.n ? nearest_hint(f, &near) : "; declare it: event name { field: type, ... }");
	return -1;
}

/* ---- building ---- */

static struct expr *agg_node(struct front *f, struct agg *a, struct expr **lookup, bool excluding, struct span at)
{
	struct type t = type_of(a->func >= RING_GAP_AVG ? DIM_DURATION : DIM_NUMBER);
	if (a->value && a->func != RING_DISTINCT)
		t = a->value->type;
	t.real = a->func == RING_AVG || a->func == RING_STDDEV || a->func == RING_GAP_AVG || a->func == RING_GAP_STDDEV;
	struct expr *e = make(f, X_AGG, at, t);
	e->excluding_this = excluding;
	memcpy(e->lookup, lookup, a->n_keys * sizeof(*lookup));
	for (uint32_t i = 0; i < f->n_aggs; i++) {
		e->agg = f->agg[i];
		if (agg_same(a, e->agg))
			return e;
	}
	if (f->n_aggs == POLICY_AGGS_MAX) {
		front_error(f, at, "the policy has more than %d different aggregates; share some", POLICY_AGGS_MAX);
		longjmp(f->no_memory, 2);
	}
	f->agg[f->n_aggs++] = a;
	e->agg = a;
	return e;
}

static bool check_window(struct front *f, struct span at, int64_t us)
{
	if (us >= WINDOW_US_MIN && us <= WINDOW_US_MAX)
		return true;
	front_error(f, at, "a window of %.*s is too %s; windows go from 1s to 90d", TX(front_span(f, at)),
	            us < WINDOW_US_MIN ? "short" : "long");
	return false;
}

/* Adds key = lookup. */
static bool add_key(struct front *f, struct agg *a, struct expr **lookup, struct expr *key, struct expr *look,
                    struct span at)
{
	if (key == NULL || look == NULL)
		return false;
	if (key->type.dim != DIM_ENTITY && key->type.dim != DIM_TEXT) {
		front_error(f, key->span, "%.*s is %s; a key is an entity or a text, such as caller or callee.holder",
		            TX(front_span(f, key->span)), type_phrase(f, key->type));
		return false;
	}
	if (key->type.dim != look->type.dim || (key->type.dim == DIM_ENTITY && key->type.entity != look->type.entity)) {
		front_error(f, at, "the key %.*s is %s and %.*s is %s; look a key up by its own kind",
		            TX(front_span(f, key->span)), type_phrase(f, key->type), TX(front_span(f, look->span)),
		            type_phrase(f, look->type));
		return false;
	}
	if (a->n_keys == POLICY_KEYS_MAX) {
		front_error(f, at, "an aggregate has at most %d keys; move a condition to where", POLICY_KEYS_MAX);
		return false;
	}
	for (uint32_t i = 0; i < a->n_keys; i++)
		if (expr_same(a->key[i], key)) {
			front_error(f, at, "%.*s is a key already; remove one", TX(front_span(f, key->span)));
			return false;
		}
	a->key[a->n_keys] = key;
	lookup[a->n_keys++] = look;
	return true;
}

/* The same path in the reader's event; says which one lacks it. */
static struct expr *look_up_same(struct front *f, const struct ctx *reader, uint32_t event, const struct ast *path)
{
	struct text head = path->names->text;
	if (reader->event != event && !check_field_exists(f, reader->event, head) && !text_eq(head, TEXT("time")) &&
	    check_find(f, DECL_LET, head) == NULL) {
		struct text key = front_span(f, path->span);
		front_error(f, path->span, "%.*s has no field %.*s to look the key up by; write by %.*s = and a field of %.*s",
		            TX(f->p->schema.event[reader->event].name), TX(head), TX(key),
		            TX(f->p->schema.event[reader->event].name));
		return NULL;
	}
	return check_path(f, reader, path);
}

/* ---- count, sum, ... ---- */

static const char *value_remedy(enum ring_func func, struct type t)
{
	bool measures = type_measures(t), ordered = measures || t.dim == DIM_TIME;
	if (t.real)
		return "it is not a whole value; write round(...) around it";
	if ((func == RING_SUM || func == RING_AVG || func == RING_STDDEV) && !measures)
		return "this function needs a number, money or a duration; distinct counts different values, count counts events";
	if ((func == RING_MIN || func == RING_MAX) && !ordered)
		return "this function needs a number, money, a duration or a time; first and last take any value";
	return NULL;
}

static bool check_value(struct front *f, const struct ctx *in, const struct ast *x, struct agg *a)
{
	a->value = check_expr(f, in, x->a);
	if (a->value == NULL)
		return false;
	const char *remedy = value_remedy(a->func, a->value->type);
	if (remedy)
		front_error(f, a->value->span, "%s of %.*s, which is %s: %s", policy_func_name(a->func),
		            TX(front_span(f, a->value->span)), type_phrase(f, a->value->type), remedy);
	return remedy == NULL;
}

/* count(callee by ...): what was meant is distinct. */
static int subject_event(struct front *f, const struct ctx *c, const struct ast *x)
{
	if (x->event.text.p == NULL)
		return (int)c->event;
	if (!x->a && !x->share && schema_event_find(&f->p->schema, x->event.text) < 0 &&
	    check_field_exists(f, c->event, x->event.text)) {
		front_error(f, x->event.span,
		            "%s is about events and %.*s is a field; write %s(%.*s by ...), or distinct(%.*s by ...) for how "
		            "many different ones",
		            policy_func_name(x->func), TX(x->event.text), policy_func_name(x->func),
		            TX(f->p->schema.event[c->event].name), TX(x->event.text));
		return -1;
	}
	return check_event(f, &x->event);
}

/* One aggregate read at c; with_cond: of a share, only the events that meet its condition. */
static struct expr *one_agg(struct front *f, const struct ctx *c, const struct ast *x, uint32_t event, bool with_cond)
{
	struct ctx in = { .event = event, .no_this = true }, reader = { .event = c->event };
	struct expr *lookup[POLICY_KEYS_MAX] = { 0 }, *cond;
	struct agg *a = front_keep(f, sizeof(*a));
	bool ok = check_window(f, x->op_span, x->i);

	*a = (struct agg){ .func = x->func, .event = event, .window_us = x->i, .span = x->span };
	for (const struct ast *k = x->list; k; k = k->next) {
		struct expr *key = check_path(f, &in, k->a);
		struct expr *look = k->b ? check_expr(f, &reader, k->b) : key ? look_up_same(f, &reader, event, k->a) : NULL;
		ok &= add_key(f, a, lookup, key, look, k->span);
	}
	if (x->a && !x->share)
		ok &= check_value(f, &in, x, a);
	if (x->b)
		ok &= (a->filter = check_bool(f, &in, x->b, "where")) != NULL;
	if (with_cond) {
		ok &= (cond = check_bool(f, &in, x->a, "share")) != NULL;
		a->filter = x->b ? check_binary(f, X_AND, x->span, a->filter, cond) : cond;
	}
	return ok ? agg_node(f, a, lookup, x->excluding, x->span) : NULL;
}

/* Nothing is shared between the two counts of a share but by being equal: a tree without joints has no more paths than
 * nodes, and the nodes are counted. */
struct expr *check_agg(struct front *f, const struct ctx *c, const struct ast *x)
{
	int event = subject_event(f, c, x);

	if (event < 0)
		return NULL;
	struct expr *e = one_agg(f, c, x, (uint32_t)event, x->share);
	return e && x->share ? check_binary(f, X_DIV, x->span, e, one_agg(f, c, x, (uint32_t)event, false)) : e;
}

/* ---- preceded by ---- */

/* Whether x names something of the event at hand: by `this.`, or a field it has (told apart only if the events differ). */
static bool mentions_reader(const struct front *f, const struct ast *x, uint32_t reader, uint32_t event)
{
	if (x == NULL || x->kind == AST_AGG || x->kind == AST_PRECEDED || x->kind == AST_FIRST)
		return false;
	if (x->kind == AST_PATH)
		return x->this_ || (reader != event && check_field_exists(f, reader, x->names->text));
	for (const struct ast *k = x->list; k; k = k->next)
		if (mentions_reader(f, k, reader, event))
			return true;
	return mentions_reader(f, x->a, reader, event) || mentions_reader(f, x->b, reader, event) ||
	       mentions_reader(f, x->c, reader, event);
}

static bool is_path_of(const struct front *f, const struct ast *x, uint32_t event)
{
	return x->kind == AST_PATH && !x->this_ && check_field_exists(f, event, x->names->text);
}

/* path = what ties it to the event at hand, either way round; false if cond is a plain condition. */
static bool correlation(const struct front *f, const struct ast *cond, uint32_t reader, uint32_t event,
                        const struct ast **key, const struct ast **look)
{
	if (cond->kind != AST_BINARY || cond->op != X_EQ)
		return false;
	const struct ast *side[2] = { cond->a, cond->b };
	for (int i = 0; i < 2; i++) {
		*key = side[i];
		*look = side[1 - i];
		if (is_path_of(f, *key, event) && mentions_reader(f, *look, reader, event))
			return true;
	}
	return false;
}

struct expr *check_preceded(struct front *f, const struct ctx *c, const struct ast *x)
{
	int event = check_event(f, &x->event);
	if (event < 0)
		return NULL;
	struct ctx in = { .event = (uint32_t)event, .no_this = true }, reader = { .event = c->event };
	struct agg *a = front_keep(f, sizeof(*a));
	struct expr *lookup[POLICY_KEYS_MAX] = { 0 };
	a->func = RING_COUNT;
	a->event = in.event;
	a->window_us = x->i;
	a->span = x->span;
	bool ok = check_window(f, x->op_span, x->i);
	uint32_t n = 0;
	for (const struct ast *k = x->list; k; k = k->next) {
		const struct ast *key, *look;
		if (correlation(f, k, c->event, in.event, &key, &look)) {
			n++;
			ok &= add_key(f, a, lookup, check_path(f, &in, key), check_expr(f, &reader, look), k->span);
			continue;
		}
		struct expr *cond = check_bool(f, &in, k, "preceded by");
		ok &= cond != NULL;
		a->filter = a->filter && cond ? make2(f, X_AND, x->span, type_of(DIM_BOOL), a->filter, cond) : cond;
	}
	if (n == 0 && ok) {
		struct text name = f->p->schema.event[event].name;
		bool same = in.event == c->event;
		front_error(f, x->span, "nothing ties the earlier %.*s to this event; write one of its fields = %s", TX(name),
		            same ? "this.field of this one, as in callee = this.caller" : "a field of this event");
		ok = false;
	}
	if (!ok)
		return NULL;
	struct expr *count = agg_node(f, a, lookup, true, x->span);
	return make2(f, X_GT, x->span, type_of(DIM_BOOL), count, make_int(f, x->span, DIM_NUMBER, 0));
}

struct expr *check_first(struct front *f, const struct ctx *c, const struct ast *x)
{
	int event = x->event.text.p ? check_event(f, &x->event) : (int)c->event;
	if (event < 0)
		return NULL;
	struct ctx in = { .event = (uint32_t)event, .no_this = true }, reader = { .event = c->event };
	struct agg *a = front_keep(f, sizeof(*a));
	struct expr *lookup[POLICY_KEYS_MAX] = { 0 };
	const struct ast *side[2] = { x->a, x->b };
	a->func = RING_COUNT;
	a->event = in.event;
	a->window_us = x->i;
	a->span = x->span;
	bool ok = check_window(f, x->op_span, x->i);
	for (int i = 0; i < 2; i++) {
		struct expr *key = check_path(f, &in, side[i]);
		ok &= add_key(f, a, lookup, key, key ? look_up_same(f, &reader, in.event, side[i]) : NULL, side[i]->span);
	}
	if (!ok)
		return NULL;
	struct expr *count = agg_node(f, a, lookup, true, x->span);
	return make2(f, X_EQ, x->span, type_of(DIM_BOOL), count, make_int(f, x->span, DIM_NUMBER, 0));
}
