/* check_call.c - builtin functions: arguments checked here, meaning in builtins.c.
 *
 * X_CALL of hour, weekday and clock: arg[0] is the instant; arg[1], if there, an X_INT, the zone's index in policy.zone. */
#include "policy/builtins.h"
#include "policy/check_int.h"

static struct expr *call_node(struct front *f, const struct ast *x, enum builtin b, struct type t, struct expr *a,
                              struct expr *c)
{
	struct expr *e = make(f, X_CALL, x->span, t);
	e->index = b;
	e->arg[0] = a;
	e->arg[1] = c;
	e->n_args = 1 + (c != NULL);
	return e;
}

static struct expr *zone_arg(struct front *f, const struct ast *x, int zone)
{
	return zone ? make_int(f, x->span, DIM_NUMBER, zone) : NULL;
}

static struct expr *wrong_arg(struct front *f, const struct expr *a, enum builtin b, const char *right)
{
	front_error(f, a->span, "%.*s is %s; %s needs %s", TX(front_span(f, a->span)), type_phrase(f, a->type),
	            builtin_name(b), right);
	return NULL;
}

static struct expr *local_time(struct front *f, const struct ctx *c, const struct ast *x, enum builtin b)
{
	const struct ast *at = x->list, *zone = at ? at->next : NULL;
	struct expr *t = at ? check_expr(f, c, at) : make(f, X_TIME, x->span, type_of(DIM_TIME));
	int z = 0;
	if (t == NULL)
		return NULL;
	if (t->type.dim != DIM_TIME)
		return wrong_arg(f, t, b, "a time, as in hour(time)");
	if (zone && zone->kind != AST_TEXT) {
		front_error(f, zone->span, "the time zone is a text in quotes, as in %s(time, \"Asia/Shanghai\")",
		            builtin_name(b));
		return NULL;
	}
	if (zone && (z = check_zone(f, zone->text, zone->span)) < 0)
		return NULL;
	return call_node(f, x, b, type_of(b == BUILTIN_CLOCK ? DIM_DURATION : DIM_NUMBER), t, zone_arg(f, x, z));
}

static struct expr *arithmetic(struct front *f, const struct ctx *c, const struct ast *x, enum builtin b)
{
	struct expr *a = check_expr(f, c, x->list), *d = x->list->next ? check_expr(f, c, x->list->next) : NULL;
	bool two = b == BUILTIN_LEAST || b == BUILTIN_GREATEST;
	if (a == NULL || (two && d == NULL))
		return NULL;
	if (!type_measures(a->type) && !(two && a->type.dim == DIM_TIME))
		return wrong_arg(f, a, b, "a number, money or a duration");
	if (two && !make_alike(f, &a, &d)) {
		type_clash(f, x->span, a, d);
		return NULL;
	}
	if (b == BUILTIN_ROUND && !a->type.real)
		return a; /* is whole */
	return call_node(f, x, b, b == BUILTIN_ROUND ? type_of(a->type.dim) : a->type, a, d);
}

static struct expr *of_field(struct front *f, const struct ctx *c, const struct ast *x, enum builtin b)
{
	static const enum dim result[] = { [BUILTIN_LENGTH] = DIM_NUMBER,
		                               [BUILTIN_CONTAINS] = DIM_BOOL,
		                               [BUILTIN_STARTS_WITH] = DIM_BOOL,
		                               [BUILTIN_TEMPLATE] = DIM_TEXT };
	struct expr *a = check_expr(f, c, x->list), *d = NULL;
	if (a == NULL)
		return NULL;
	if (a->type.dim != DIM_TEXT || a->op != X_FIELD)
		return wrong_arg(f, a, b, "a text field of the event, such as body");
	if (b == BUILTIN_CONTAINS || b == BUILTIN_STARTS_WITH) {
		d = check_expr(f, c, x->list->next);
		if (d && d->op != X_TEXT)
			return wrong_arg(f, d, b, "a text in quotes to look for");
		if (d && d->text.n == 0)
			return wrong_arg(f, d, b, "at least one character to look for");
		if (d == NULL)
			return NULL;
	}
	return call_node(f, x, b, type_of(result[b]), a, d);
}

static const struct {
	uint32_t least, most;
} arg_counts[] = {
	[BUILTIN_HOUR] = { 0, 2 },        [BUILTIN_WEEKDAY] = { 0, 2 },  [BUILTIN_CLOCK] = { 0, 2 },
	[BUILTIN_ABS] = { 1, 1 },         [BUILTIN_ROUND] = { 1, 1 },    [BUILTIN_LEAST] = { 2, 2 },
	[BUILTIN_GREATEST] = { 2, 2 },    [BUILTIN_LENGTH] = { 1, 1 },   [BUILTIN_CONTAINS] = { 2, 2 },
	[BUILTIN_STARTS_WITH] = { 2, 2 }, [BUILTIN_TEMPLATE] = { 1, 1 },
};
_Static_assert(ARRAY_LEN(arg_counts) == BUILTIN_COUNT, "each builtin has its number of arguments");

static void unknown_function(struct front *f, const struct ast *x)
{
	static const char *const others[] = { "share", "first_time", "age", "risk" };
	struct nearest near;
	nearest_init(&near, x->text);
	for (int i = 0; i < BUILTIN_COUNT; i++)
		nearest_try(&near, text_z(builtin_name((enum builtin)i)));
	for (int i = 0; i < RING_FUNC_COUNT; i++)
		nearest_try(&near, text_z(policy_func_name((enum ring_func)i)));
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		nearest_try(&near, text_z(others[i]));
	front_error(
		f, x->text_span, "no function is called %.*s%s", TX(x->text),
		near.best.n
			? nearest_hint(f, &near)
			: "; there are count sum avg min max stddev distinct first last share gap_avg gap_stddev gap_min gap_max first_time "
			  "age risk hour weekday clock abs round least greatest length contains starts_with template");
}

struct expr *check_call(struct front *f, const struct ctx *c, const struct ast *x)
{
	int found = builtin_find(x->text);
	uint32_t n = 0;
	if (found < 0) {
		unknown_function(f, x);
		return NULL;
	}
	enum builtin b = (enum builtin)found;
	for (const struct ast *a = x->list; a; a = a->next)
		n++;
	if (n < arg_counts[b].least || n > arg_counts[b].most) {
		front_error(f, x->span, "%s takes %u argument%s, not %u", builtin_name(b), arg_counts[b].most,
		            arg_counts[b].most == 1    ? ""
		            : arg_counts[b].least == 0 ? "s at most"
		                                       : "s",
		            n);
		return NULL;
	}
	if (b <= BUILTIN_CLOCK)
		return local_time(f, c, x, b);
	return b <= BUILTIN_GREATEST ? arithmetic(f, c, x, b) : of_field(f, c, x, b);
}

/* clock between 22:00 and 06:00: from the first to before the second, over midnight if the second is earlier. */
struct expr *check_clock(struct front *f, const struct ctx *c, const struct ast *x)
{
	(void)c;
	int z = x->text.p ? check_zone(f, x->text, x->text_span) : 0;
	if (z < 0)
		return NULL;
	if (x->i == x->until_us) {
		front_error(
			f, x->span,
			"clock between a time and the same time is empty; write 00:00 and 24:00 for the whole day, or leave it out");
		return NULL;
	}
	struct type t = type_of(DIM_BOOL);
	struct expr *bound[2];
	for (int i = 0; i < 2; i++) {
		struct expr *now = make(f, X_TIME, x->span, type_of(DIM_TIME));
		struct expr *at = call_node(f, x, BUILTIN_CLOCK, type_of(DIM_DURATION), now, zone_arg(f, x, z));
		bound[i] =
			make2(f, i ? X_LT : X_GE, x->span, t, at, make_int(f, x->span, DIM_DURATION, i ? x->until_us : x->i));
	}
	return make2(f, x->i < x->until_us ? X_AND : X_OR, x->span, t, bound[0], bound[1]);
}
