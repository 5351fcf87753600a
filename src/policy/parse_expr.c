/* parse_expr.c - expressions: one function a level of precedence, lowest first.
 *
 * Words such as count, clock and age are not reserved: they mean something only before their parenthesis (or before
 * `between`), so that an event may have a field of that name. */
#include "policy/parse.h"

static struct ast *parse_sum(struct parser *ps);

static struct ast *node(struct parser *ps, enum ast_kind kind, struct span start)
{
	struct ast *x = front_alloc(ps->f, sizeof(*x));
	x->kind = kind;
	x->span = start;
	return x;
}

static struct ast *done(struct parser *ps, struct ast *x)
{
	if (ps->failed)
		return NULL;
	x->span = parse_span_from(ps, x->span);
	return x;
}

static bool deeper(struct parser *ps)
{
	if (ps->failed)
		return false;
	if (ps->depth < POLICY_DEPTH_MAX) {
		ps->depth++;
		return true;
	}
	front_error(ps->f, ps->tok.span, "more than %d levels are nested here; give a part a name with let",
	            POLICY_DEPTH_MAX);
	ps->failed = true;
	return false;
}

/* ---- literals and paths ---- */

struct ast *parse_literal(struct parser *ps)
{
	static const struct {
		enum token_kind token;
		enum ast_kind kind;
	} literals[] = {
		{ TOKEN_INT, AST_INT },     { TOKEN_DECIMAL, AST_REAL }, { TOKEN_PERCENT, AST_REAL },
		{ TOKEN_STRING, AST_TEXT }, { TOKEN_MONEY, AST_MONEY },  { TOKEN_DURATION, AST_DURATION },
		{ TOKEN_TOD, AST_TOD },     { TOKEN_DATE, AST_TIME },    { TOKEN_INSTANT, AST_TIME },
	};
	struct ast *x = node(ps, AST_BOOL, ps->tok.span);
	if (parse_at(ps, "true") || parse_at(ps, "false")) {
		x->i = parse_at(ps, "true");
		parse_step(ps);
		return x;
	}
	for (size_t i = 0; i < ARRAY_LEN(literals); i++) {
		if (ps->tok.kind != literals[i].token)
			continue;
		x->kind = literals[i].kind;
		x->i = ps->tok.i;
		x->r = ps->tok.r;
		x->text = ps->tok.text;
		x->civil = ps->tok.civil;
		parse_step(ps);
		return x;
	}
	return NULL;
}

struct ast *parse_path(struct parser *ps)
{
	struct ast *x = node(ps, AST_PATH, ps->tok.span);
	struct ast_name **tail = &x->names;
	if (ps->failed)
		return NULL;
	if (parse_take_word(ps, "this")) {
		x->this_ = true;
		if (!parse_token(ps, TOKEN_DOT, ". and a field after this, as in this.caller"))
			return NULL;
	}
	do {
		*tail = front_alloc(ps->f, sizeof(**tail));
		if (!parse_name(ps, "a field such as caller or callee.holder", *tail))
			return NULL;
		tail = &(*tail)->next;
	} while (parse_take(ps, TOKEN_DOT));
	return done(ps, x);
}

/* ---- aggregates and their kin ---- */

static const char *const func_names[] = { "count", "sum",  "avg",     "stddev",     "min",     "max",    "distinct",
	                                      "first", "last", "gap_avg", "gap_stddev", "gap_min", "gap_max" };

static int func_find(struct text name)
{
	for (int i = 0; i < RING_FUNC_COUNT; i++)
		if (text_eq(name, text_z(policy_func_name((enum ring_func)i))))
			return i;
	return -1;
}

_Static_assert(ARRAY_LEN(func_names) == RING_FUNC_COUNT, "each function has a name");

const char *policy_func_name(enum ring_func f)
{
	return func_names[f];
}

static void parse_keys(struct parser *ps, struct ast *x)
{
	struct ast **tail = &x->list;
	do {
		struct ast *k = node(ps, AST_KEY, ps->tok.span);
		k->a = parse_path(ps);
		if (!ps->failed && parse_take(ps, TOKEN_EQ))
			k->b = parse_sum(ps);
		if (!done(ps, k))
			return;
		*tail = k;
		tail = &k->next;
	} while (parse_take(ps, TOKEN_COMMA));
}

static void parse_window(struct parser *ps, struct ast *x, const char *word, const char *why)
{
	if (!parse_word(ps, word, why))
		return;
	x->op_span = ps->tok.span;
	x->i = parse_duration(ps, "a duration such as 1h or 30d");
}

static struct ast *parse_aggregate(struct parser *ps, int func)
{
	struct ast *x = node(ps, AST_AGG, ps->tok.span);
	x->share = func < 0;
	x->func = func < 0 ? RING_COUNT : (enum ring_func)func;
	bool counts = !x->share && (x->func == RING_COUNT || x->func >= RING_GAP_AVG);
	parse_step(ps);
	parse_step(ps);
	if (counts && !parse_at(ps, "by")) {
		if (ps->tok.kind == TOKEN_IDENT && ps->ahead.kind == TOKEN_RPAREN) {
			parse_step(ps);
			parse_wrong(ps, "by and a key, as in count(call by caller over 1h)");
			return NULL;
		}
		parse_name(ps, "an event and by, as in count(call by caller over 1h)", &x->event);
	} else if (!counts) {
		x->a = parse_expr(ps);
		if (!ps->failed && parse_take_word(ps, "of"))
			parse_name(ps, "an event after of", &x->event);
	}
	if (!parse_word(ps, "by", "by and a key, as in count(call by caller over 1h)"))
		return NULL;
	parse_keys(ps, x);
	parse_window(ps, x, "over", "over and a window, as in over 1h");
	while (!ps->failed && !parse_at(ps, ")")) {
		if (parse_take_word(ps, "where")) {
			struct ast *w = parse_expr(ps);
			if (w && x->b) {
				struct ast *both = node(ps, AST_BINARY, x->b->span);
				both->op = X_AND;
				both->op_span = w->span;
				both->a = x->b;
				both->b = w;
				w = done(ps, both);
			}
			x->b = w;
		} else if (parse_take_word(ps, "excluding")) {
			parse_word(ps, "this", "this after excluding");
			x->excluding = true;
		} else {
			break;
		}
	}
	parse_token(ps, TOKEN_RPAREN, "), where or excluding this after the window");
	return done(ps, x);
}

static struct ast *parse_preceded(struct parser *ps)
{
	struct ast *x = node(ps, AST_PRECEDED, ps->tok.span);
	struct ast **tail = &x->list;
	parse_step(ps);
	if (!parse_word(ps, "by", "by, as in preceded by call(callee = caller) within 2h") ||
	    !parse_name(ps, "an event after preceded by", &x->event) ||
	    !parse_token(ps, TOKEN_LPAREN, "( and the conditions"))
		return NULL;
	do {
		struct ast *c = parse_expr(ps);
		if (c == NULL)
			return NULL;
		*tail = c;
		tail = &c->next;
	} while (parse_take(ps, TOKEN_COMMA));
	if (!parse_token(ps, TOKEN_RPAREN, ", or ) after the condition"))
		return NULL;
	parse_window(ps, x, "within", "within and a duration, as in within 2h");
	return done(ps, x);
}

static struct ast *parse_first(struct parser *ps)
{
	struct ast *x = node(ps, AST_FIRST, ps->tok.span);
	parse_step(ps);
	parse_step(ps);
	x->a = parse_path(ps);
	if (!parse_token(ps, TOKEN_ARROW, "->, as in first_time(payer -> payee over 90d)"))
		return NULL;
	x->b = parse_path(ps);
	parse_window(ps, x, "over", "over and a window, as in first_time(payer -> payee over 90d)");
	if (!ps->failed && parse_take_word(ps, "of"))
		parse_name(ps, "an event after of", &x->event);
	parse_token(ps, TOKEN_RPAREN, ") after the window");
	return done(ps, x);
}

static int64_t parse_tod(struct parser *ps)
{
	int64_t us = ps->tok.i;
	return parse_token(ps, TOKEN_TOD, "a time of day such as 22:00") ? us : 0;
}

static struct ast *parse_clock(struct parser *ps)
{
	struct ast *x = node(ps, AST_CLOCK, ps->tok.span);
	parse_step(ps);
	parse_step(ps);
	x->i = parse_tod(ps);
	parse_word(ps, "and", "and, as in clock between 22:00 and 06:00");
	x->until_us = parse_tod(ps);
	if (!ps->failed && parse_at(ps, "in") && ps->ahead.kind == TOKEN_STRING) {
		parse_step(ps);
		x->text_span = ps->tok.span;
		parse_text(ps, "a time zone", &x->text);
	}
	return done(ps, x);
}

static struct ast *parse_of_path(struct parser *ps, enum ast_kind kind)
{
	struct ast *x = node(ps, kind, ps->tok.span);
	parse_step(ps);
	parse_step(ps);
	x->a = parse_path(ps);
	parse_token(ps, TOKEN_RPAREN, ")");
	return done(ps, x);
}

/* cuont(call by caller ...): only aggregates have `by`. */
static void wrong_aggregate(struct parser *ps, const struct ast *x)
{
	struct nearest near;

	nearest_init(&near, x->text);
	for (size_t i = 0; i < ARRAY_LEN(func_names); i++)
		nearest_try(&near, text_z(func_names[i]));
	nearest_try(&near, TEXT("share"));
	ps->failed = true;
	front_error(ps->f, x->text_span, "%.*s is not a function over events%s", TX(x->text),
	            near.best.n ? nearest_hint(ps->f, &near)
	                        : "; these are count sum avg min max stddev distinct first last share gap_avg gap_stddev "
	                          "gap_min gap_max");
}

static struct ast *parse_call(struct parser *ps)
{
	struct ast *x = node(ps, AST_CALL, ps->tok.span);
	struct ast **tail = &x->list;
	x->text = ps->tok.text;
	x->text_span = ps->tok.span;
	parse_step(ps);
	parse_step(ps);
	while (!ps->failed && ps->tok.kind != TOKEN_RPAREN) {
		*tail = parse_expr(ps);
		if (*tail == NULL)
			return NULL;
		tail = &(*tail)->next;
		if (parse_at(ps, "by") || parse_at(ps, "of") || parse_at(ps, "over"))
			wrong_aggregate(ps, x);
		if (!parse_take(ps, TOKEN_COMMA))
			break;
	}
	parse_token(ps, TOKEN_RPAREN, ", or ) after the argument");
	return done(ps, x);
}

static struct ast *parse_word_call(struct parser *ps)
{
	int func = func_find(ps->tok.text);
	if (func >= 0)
		return parse_aggregate(ps, func);
	if (parse_at(ps, "share"))
		return parse_aggregate(ps, -1);
	if (parse_at(ps, "first_time"))
		return parse_first(ps);
	if (parse_at(ps, "age"))
		return parse_of_path(ps, AST_AGE);
	if (parse_at(ps, "risk"))
		return parse_of_path(ps, AST_RISK);
	return parse_call(ps);
}

/* ---- operators ---- */

static struct ast *parse_primary(struct parser *ps)
{
	if (ps->failed)
		return NULL;
	struct ast *x = parse_literal(ps);
	if (x)
		return x;
	if (ps->tok.kind == TOKEN_LPAREN) {
		parse_step(ps);
		x = parse_expr(ps);
		parse_token(ps, TOKEN_RPAREN, ") to close the parenthesis");
		return ps->failed ? NULL : x;
	}
	if (parse_at(ps, "preceded"))
		return parse_preceded(ps);
	if (parse_at(ps, "this"))
		return parse_path(ps);
	if (ps->tok.kind != TOKEN_IDENT) {
		parse_wrong(ps, "a value: a field, a number with its unit, a text or a function such as count(...)");
		return NULL;
	}
	if (parse_at(ps, "clock") && ps->ahead.kind == TOKEN_RESERVED && text_eq(ps->ahead.text, TEXT("between")))
		return parse_clock(ps);
	return ps->ahead.kind == TOKEN_LPAREN ? parse_word_call(ps) : parse_path(ps);
}

static struct ast *parse_unary(struct parser *ps)
{
	if (ps->tok.kind != TOKEN_MINUS)
		return parse_primary(ps);
	struct ast *x = node(ps, AST_UNARY, ps->tok.span);
	x->op = X_NEG;
	x->op_span = ps->tok.span;
	if (!deeper(ps))
		return NULL;
	parse_step(ps);
	x->a = parse_unary(ps);
	ps->depth--;
	return done(ps, x);
}

/* A chain of left-associative operators also nests, in the tree: it counts as depth. */
static struct ast *binary(struct parser *ps, enum expr_op op, struct ast *a, struct ast *right(struct parser *))
{
	struct ast *x = node(ps, AST_BINARY, a ? a->span : ps->tok.span);
	x->op = op;
	x->op_span = ps->tok.span;
	parse_step(ps);
	x->a = a;
	x->b = right(ps);
	return done(ps, x);
}

static struct ast *parse_term(struct parser *ps)
{
	uint32_t depth = ps->depth;
	struct ast *a = parse_unary(ps);
	while (a && (ps->tok.kind == TOKEN_STAR || ps->tok.kind == TOKEN_SLASH) && deeper(ps))
		a = binary(ps, ps->tok.kind == TOKEN_STAR ? X_MUL : X_DIV, a, parse_unary);
	ps->depth = depth;
	return ps->failed ? NULL : a;
}

static struct ast *parse_sum(struct parser *ps)
{
	uint32_t depth = ps->depth;
	struct ast *a = parse_term(ps);
	while (a && (ps->tok.kind == TOKEN_PLUS || ps->tok.kind == TOKEN_MINUS) && deeper(ps))
		a = binary(ps, ps->tok.kind == TOKEN_PLUS ? X_ADD : X_SUB, a, parse_term);
	ps->depth = depth;
	return ps->failed ? NULL : a;
}

static struct ast *parse_in(struct parser *ps, struct ast *a, bool negated)
{
	struct ast *x = node(ps, AST_IN_LIST, a->span);
	x->a = a;
	x->negated = negated;
	parse_step(ps);
	if (parse_take_word(ps, "list")) {
		x->text_span = ps->tok.span;
		parse_text(ps, "the list's name in quotes", &x->text);
		return done(ps, x);
	}
	struct ast **tail = &x->list;
	x->kind = AST_IN;
	if (!parse_token(ps, TOKEN_LPAREN, "list \"name\" or values in parentheses after in"))
		return NULL;
	do {
		*tail = parse_sum(ps);
		if (*tail == NULL)
			return NULL;
		tail = &(*tail)->next;
	} while (parse_take(ps, TOKEN_COMMA));
	parse_token(ps, TOKEN_RPAREN, ", or ) after the value");
	return done(ps, x);
}

static struct ast *parse_between(struct parser *ps, struct ast *a, bool negated)
{
	struct ast *x = node(ps, AST_BETWEEN, a->span);
	x->op_span = ps->tok.span;
	x->a = a;
	x->negated = negated;
	parse_step(ps);
	x->b = parse_sum(ps);
	parse_word(ps, "and", "and, as in amount between 100 yuan and 500 yuan");
	x->c = parse_sum(ps);
	return done(ps, x);
}

static struct ast *parse_is(struct parser *ps, struct ast *a)
{
	struct ast *x = node(ps, AST_KNOWN, a->span);
	x->a = a;
	parse_step(ps);
	bool negated = parse_take_word(ps, "not");
	if (parse_take_word(ps, "missing"))
		x->negated = !negated;
	else if (parse_take_word(ps, "known"))
		x->negated = negated;
	else
		parse_wrong(ps, "missing or known after is; equality is written =");
	return done(ps, x);
}

static struct ast *parse_compare(struct parser *ps)
{
	static const struct {
		enum token_kind token;
		enum expr_op op;
	} compare[] = {
		{ TOKEN_EQ, X_EQ }, { TOKEN_NE, X_NE }, { TOKEN_LT, X_LT },
		{ TOKEN_LE, X_LE }, { TOKEN_GT, X_GT }, { TOKEN_GE, X_GE },
	};
	struct ast *a = parse_sum(ps);
	if (a == NULL)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(compare); i++) {
		if (ps->tok.kind != compare[i].token)
			continue;
		a = binary(ps, compare[i].op, a, parse_sum);
		for (size_t j = 0; a && j < ARRAY_LEN(compare); j++) {
			if (ps->tok.kind != compare[j].token || ps->failed)
				continue;
			front_error(ps->f, ps->tok.span,
			            "comparisons are not chained; write 5 < x and x < 9, or x between 5 and 9");
			ps->failed = true;
		}
		return ps->failed ? NULL : a;
	}
	if (parse_at(ps, "is"))
		return parse_is(ps, a);
	bool negated = parse_at(ps, "not") && ps->ahead.kind == TOKEN_RESERVED &&
	               (text_eq(ps->ahead.text, TEXT("in")) || text_eq(ps->ahead.text, TEXT("between")));
	if (negated)
		parse_step(ps);
	if (parse_at(ps, "in"))
		return parse_in(ps, a, negated);
	return parse_at(ps, "between") ? parse_between(ps, a, negated) : a;
}

static struct ast *parse_not(struct parser *ps)
{
	if (!parse_at(ps, "not"))
		return parse_compare(ps);
	struct ast *x = node(ps, AST_UNARY, ps->tok.span);
	x->op = X_NOT;
	x->op_span = ps->tok.span;
	if (!deeper(ps))
		return NULL;
	parse_step(ps);
	x->a = parse_not(ps);
	ps->depth--;
	return done(ps, x);
}

static struct ast *parse_and(struct parser *ps)
{
	uint32_t depth = ps->depth;
	struct span at = ps->tok.span;
	bool top = ps->top;
	ps->top = false;
	struct ast *a = parse_not(ps);
	for (;;) {
		if (a && top)
			parse_piece(ps, OUTLINE_CONDITION, parse_span_from(ps, at));
		at = ps->ahead.span;
		if (a == NULL || !parse_at(ps, "and") || !deeper(ps))
			break;
		a = binary(ps, X_AND, a, parse_not);
	}
	ps->depth = depth;
	return ps->failed ? NULL : a;
}

static struct ast *parse_or(struct parser *ps)
{
	uint32_t depth = ps->depth;
	struct ast *a = parse_and(ps);
	while (a && parse_at(ps, "or") && deeper(ps))
		a = binary(ps, X_OR, a, parse_and);
	ps->depth = depth;
	return ps->failed ? NULL : a;
}

struct ast *parse_expr(struct parser *ps)
{
	if (!deeper(ps))
		return NULL;
	struct ast *a = parse_or(ps);
	if (a && parse_at(ps, "else"))
		a = binary(ps, X_ELSE, a, parse_or);
	ps->depth--;
	return ps->failed ? NULL : a;
}

/* Only what is joined by nothing but `and` falls into pieces: a or b and c is one. */
struct ast *parse_condition(struct parser *ps)
{
	struct ast_decl *d = ps->decl;
	struct ast_piece **before = d->pieces_tail;
	uint32_t n = d->n_pieces;
	struct span at = ps->tok.span;

	ps->top = true;
	struct ast *a = parse_expr(ps);
	ps->top = false;
	if (a && a->kind == AST_BINARY && a->op == X_AND)
		return a;
	*before = NULL;
	d->pieces_tail = before;
	d->n_pieces = n;
	if (a)
		parse_piece(ps, OUTLINE_CONDITION, parse_span_from(ps, at));
	return a;
}
