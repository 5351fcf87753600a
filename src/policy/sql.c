/* sql.c - the checked tree as SQL: a second, independent reading, straight from the definitions.
 *
 * No cleverness: each aggregate is a correlated subquery over the whole table of its event, with the window, the key and
 * the filter as conditions; each attribute is the newest of all rows that ever set it. Row aliases are p1, p2, ... inwards,
 * so that no inner name hides an outer one. Dialect: SQLite 3.40 with its mathematical functions (sqrt), plus a function
 * template(text) that the caller registers. Whole sums that leave 64 bits are an error there and saturate in the engine. */
#include "policy/builtins.h"
#include "policy/policy.h"
#include "policy/sql.h"

struct sql {
	struct buf *b;
	const struct policy *p;
	uint32_t context;  /* event type of the row at hand */
	const char *alias; /* and its name */
	uint32_t depth;    /* of the innermost alias p<depth> */
};

enum {
	ALIAS_BYTES = 16
};

static void put(struct sql *s, const struct expr *e);

/* ---- names and constants ---- */

static void quoted(struct buf *b, struct text t, char quote)
{
	buf_char(b, quote);
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] == quote)
			buf_char(b, quote);
		buf_char(b, t.p[i]);
	}
	buf_char(b, quote);
}

static void real(struct buf *b, double r)
{
	char z[40];
	snprintf(z, sizeof(z), "%.17g", r);
	buf_z(b, z);
	if (strpbrk(z, ".e") == NULL)
		buf_z(b, ".0");
}

static void alias_name(char *out, uint32_t depth)
{
	snprintf(out, ALIAS_BYTES, "p%u", depth);
}

static void table(struct sql *s, uint32_t event)
{
	quoted(s->b, s->p->schema.event[event].name, '"');
}

static void column(struct sql *s, const char *alias, uint32_t event, uint32_t field)
{
	buf_printf(s->b, "%s.", alias);
	quoted(s->b, s->p->schema.event[event].field[field].name, '"');
}

/* ---- aggregates ---- */

/* FROM "call" AS p1 WHERE ... : the events in the window of the row at hand. `in` is the row inside. */
static void window(struct sql *s, struct sql *in, const struct expr *e)
{
	const struct agg *a = e->agg;
	const char *p = in->alias, *o = s->alias;
	buf_z(s->b, " FROM ");
	table(s, a->event);
	buf_printf(s->b, " AS %s WHERE %s.pos <= %s.pos", p, p, o);
	if (e->excluding_this && a->event == s->context)
		buf_printf(s->b, " AND %s.pos <> %s.pos", p, o);
	buf_printf(s->b, " AND %s.t > %s.t - %lld AND %s.t <= %s.t", p, o, (long long)a->window_us, p, o);
	uint32_t depth = s->depth;
	s->depth = in->depth; /* a lookup is read at the outer row, but its own aliases must be new */
	for (uint32_t i = 0; i < a->n_keys; i++) {
		buf_z(s->b, " AND ");
		put(in, a->key[i]);
		buf_z(s->b, " = ");
		put(s, e->lookup[i]);
	}
	s->depth = depth;
	if (a->filter) {
		buf_z(s->b, " AND ");
		put(in, a->filter);
	}
}

/* Rows (v): the values, or the gaps between neighbours in time. */
static void values(struct sql *s, struct sql *in, const struct expr *e)
{
	const char *p = in->alias;
	if (e->agg->func >= RING_GAP_AVG) {
		buf_printf(s->b, "SELECT %s.t - lag(%s.t) OVER (ORDER BY %s.t, %s.pos) AS v", p, p, p, p);
	} else {
		buf_z(s->b, "SELECT ");
		put(in, e->agg->value);
		buf_z(s->b, " AS v");
	}
	window(s, in, e);
}

/* Of the population, from exact sums: q = floor(S / n), r = S - q n, sqrt((sum (v - q)^2 - r^2 / n) / n). */
static void stddev(struct sql *s, struct sql *in, const struct expr *e)
{
	buf_z(s->b, "(WITH x(v) AS (");
	values(s, in, e);
	buf_z(
		s->b,
		"), m(n, r, s) AS (SELECT count(v), (sum(v) % count(v) + count(v)) % count(v), sum(v) FROM x), "
		"q(n, r, q) AS (SELECT n, r, (s - r) / n FROM m) "
		"SELECT sqrt((sum(CAST(v - q AS REAL) * (v - q)) - CAST(r * r AS REAL) / n) / n) FROM x, q WHERE v IS NOT NULL)");
}

static void aggregate(struct sql *s, const struct expr *e)
{
	static const char *const over_values[] = {
		[RING_COUNT] = "count(v)",
		[RING_SUM] = "coalesce(sum(v), 0)",
		[RING_AVG] = "CAST(sum(v) AS REAL) / count(v)",
		[RING_MIN] = "min(v)",
		[RING_MAX] = "max(v)",
		[RING_DISTINCT] = "count(DISTINCT v)",
		[RING_GAP_AVG] = "CAST(sum(v) AS REAL) / count(v)",
		[RING_GAP_MIN] = "min(v)",
		[RING_GAP_MAX] = "max(v)",
	};
	char alias[ALIAS_BYTES];
	struct sql in = *s;
	in.depth++;
	in.context = e->agg->event;
	in.alias = alias;
	alias_name(alias, in.depth);
	enum ring_func f = e->agg->func;
	if (f == RING_STDDEV || f == RING_GAP_STDDEV) {
		stddev(s, &in, e);
	} else if (f == RING_COUNT && e->agg->value == NULL) {
		buf_z(s->b, "(SELECT count(*)");
		window(s, &in, e);
		buf_char(s->b, ')');
	} else if (f == RING_FIRST || f == RING_LAST) {
		const char *way = f == RING_LAST ? " DESC" : "";
		buf_char(s->b, '(');
		values(s, &in, e);
		buf_printf(s->b, " ORDER BY %s.t%s, %s.pos%s LIMIT 1)", alias, way, alias, way);
	} else {
		buf_printf(s->b, "(SELECT %s FROM (", over_values[f]);
		values(s, &in, e);
		buf_z(s->b, "))");
	}
}

/* ---- what the engine remembers ---- */

/* The newest row, by time and position, among all that set this attribute of this kind up to this position. */
static void attribute(struct sql *s, const struct expr *e)
{
	char rows[ALIAS_BYTES], row[ALIAS_BYTES];
	uint32_t kind = e->a->type.entity, n = 0;
	alias_name(rows, s->depth + 1);
	alias_name(row, s->depth + 2);
	buf_printf(s->b, "(SELECT %s.v FROM (", rows);
	for (uint32_t i = 0; i < s->p->schema.n_events; i++) {
		for (uint32_t k = 0; k < s->p->setters[i].n; k++) {
			const struct setter *set = &s->p->setters[i].set[k];
			if (set->attr != e->index || s->p->schema.event[i].field[set->field].type.entity != kind)
				continue;
			struct sql in = { s->b, s->p, i, row, s->depth + 2 };
			buf_printf(s->b, "%sSELECT %s.t AS t, %s.pos AS pos, %u AS k, ", n++ ? " UNION ALL " : "", row, row, k);
			column(s, row, i, set->field);
			buf_z(s->b, " AS id, ");
			put(&in, set->value);
			buf_z(s->b, " AS v FROM ");
			table(s, i);
			buf_printf(s->b, " AS %s", row);
		}
	}
	if (n == 0)
		buf_z(s->b, "SELECT NULL AS t, NULL AS pos, NULL AS k, NULL AS id, NULL AS v");
	uint32_t depth = s->depth;
	s->depth += 1;
	buf_printf(s->b, ") AS %s WHERE %s.pos <= %s.pos AND %s.v IS NOT NULL AND %s.id = ", rows, rows, s->alias, rows,
	           rows);
	put(s, e->a);
	s->depth = depth;
	buf_printf(s->b, " ORDER BY %s.t DESC, %s.pos DESC, %s.k DESC LIMIT 1)", rows, rows, rows);
}

static void identifier(struct sql *s, const struct expr *e)
{
	static const char *const columns[] = { "number_kind", "region", "carrier", "bank", "birth_year" };
	buf_printf(s->b, "(SELECT %s FROM ident WHERE ident.kind = ", columns[e->index]);
	quoted(s->b, s->p->schema.entity[e->a->type.entity].name, '\'');
	buf_z(s->b, " AND ident.id = ");
	put(s, e->a);
	buf_char(s->b, ')');
}

static void risk(struct sql *s, const struct expr *e)
{
	buf_z(s->b, "coalesce((SELECT max(alert.score) FROM alert WHERE alert.kind = ");
	quoted(s->b, s->p->schema.entity[e->a->type.entity].name, '\'');
	buf_z(s->b, " AND alert.about = ");
	put(s, e->a);
	buf_printf(s->b, " AND alert.pos < %s.pos AND alert.t > %s.t - %lld AND alert.t <= %s.t), 0)", s->alias, s->alias,
	           (long long)(30 * US_PER_DAY), s->alias);
}

static void in_list(struct sql *s, const struct expr *e)
{
	buf_z(s->b, "CASE WHEN ");
	put(s, e->a);
	buf_z(s->b, " IS NULL THEN NULL ELSE EXISTS (SELECT 1 FROM list WHERE list.name = ");
	quoted(s->b, s->p->list[e->index].name, '\'');
	buf_z(s->b, " AND list.value = ");
	put(s, e->a);
	buf_printf(s->b, " AND (list.until IS NULL OR list.until > %s.t)) END", s->alias);
}

/* ---- builtins ---- */

/* Offset in microseconds of the instant x: a number, or a CASE over the transitions since 2000. */
static void offset(struct buf *b, const struct zone *z)
{
	size_t first = 0;
	int32_t before = z->first_off_s;
	while (first < z->n && z->at_s[first] <= TIME_US_MIN / US_PER_SECOND)
		before = z->off_s[first++];
	if (first == z->n) {
		buf_int(b, before * US_PER_SECOND);
		return;
	}
	buf_z(b, "CASE");
	for (size_t i = first; i < z->n; before = z->off_s[i++])
		buf_printf(b, " WHEN x < %lld THEN %lld", (long long)(z->at_s[i] * US_PER_SECOND),
		           (long long)(before * US_PER_SECOND));
	buf_printf(b, " ELSE %lld END", (long long)(before * US_PER_SECOND));
}

/* Remainders are made non-negative, so that instants before 1970 come out right, too. */
static void local_time(struct sql *s, const struct expr *e)
{
	const struct zone *z = &s->p->zone[e->n_args > 1 ? e->arg[1]->i : 0];
	long long day = US_PER_DAY;
	if (e->index == BUILTIN_WEEKDAY)
		buf_printf(s->b, "(SELECT ((((y - (y %% %lld + %lld) %% %lld) / %lld + 3) %% 7 + 7) %% 7) + 1", day, day, day,
		           day);
	else
		buf_printf(s->b, "(SELECT (y %% %lld + %lld) %% %lld", day, day, day);
	if (e->index == BUILTIN_HOUR)
		buf_printf(s->b, " / %lld", (long long)US_PER_HOUR);
	buf_z(s->b, " FROM (SELECT x + ");
	offset(s->b, z);
	buf_z(s->b, " AS y FROM (SELECT ");
	put(s, e->arg[0]);
	buf_z(s->b, " AS x)))");
}

static void call1(struct sql *s, const char *before, const struct expr *e, const char *after)
{
	buf_z(s->b, before);
	put(s, e->arg[0]);
	buf_z(s->b, after);
}

static void call2(struct sql *s, const char *before, const struct expr *e)
{
	call1(s, before, e, ", ");
	put(s, e->arg[1]);
	buf_char(s->b, ')');
}

static void starts_with(struct sql *s, const struct expr *e)
{
	call1(s, "(substr(", e, ", 1, length(");
	put(s, e->arg[1]);
	buf_z(s->b, ")) = ");
	put(s, e->arg[1]);
	buf_char(s->b, ')');
}

static void builtin(struct sql *s, const struct expr *e)
{
	switch ((enum builtin)e->index) {
	case BUILTIN_HOUR:
	case BUILTIN_WEEKDAY:
	case BUILTIN_CLOCK: local_time(s, e); break;
	case BUILTIN_ABS: call1(s, "abs(", e, ")"); break;
	case BUILTIN_ROUND: call1(s, "CAST(round(", e, ") AS INTEGER)"); break;
	case BUILTIN_LEAST: call2(s, "min(", e); break;
	case BUILTIN_GREATEST: call2(s, "max(", e); break;
	case BUILTIN_LENGTH: call1(s, "length(", e, ")"); break;
	case BUILTIN_CONTAINS:
		buf_char(s->b, '(');
		call2(s, "instr(", e);
		buf_z(s->b, " > 0)");
		break;
	case BUILTIN_STARTS_WITH: starts_with(s, e); break;
	case BUILTIN_TEMPLATE: call1(s, "template(", e, ")"); break;
	default: CHECK(!"a builtin without SQL");
	}
}

/* ---- everything else ---- */

static void infix(struct sql *s, const struct expr *e, const char *symbol)
{
	buf_char(s->b, '(');
	put(s, e->a);
	buf_printf(s->b, " %s ", symbol);
	put(s, e->b);
	buf_char(s->b, ')');
}

static void around(struct sql *s, const char *before, const struct expr *e, const char *after)
{
	buf_z(s->b, before);
	put(s, e->a);
	buf_z(s->b, after);
}

static void put(struct sql *s, const struct expr *e)
{
	if (s->b->err) /* no room: stop walking, too */
		return;
	switch (e->op) {
	case X_INT: buf_int(s->b, e->i); break;
	case X_REAL: real(s->b, e->r); break;
	case X_TEXT: quoted(s->b, e->text, '\''); break;
	case X_FIELD: column(s, s->alias, s->context, e->index); break;
	case X_TIME: buf_printf(s->b, "%s.t", s->alias); break;
	case X_ATTR: attribute(s, e); break;
	case X_IDENT: identifier(s, e); break;
	case X_RISK: risk(s, e); break;
	case X_AGG: aggregate(s, e); break;
	case X_NEG: around(s, "(- ", e, ")"); break;
	case X_NOT: around(s, "(NOT ", e, ")"); break;
	case X_KNOWN: around(s, "(", e, " IS NOT NULL)"); break;
	case X_TOREAL: around(s, "CAST(", e, " AS REAL)"); break;
	case X_AND: infix(s, e, "AND"); break;
	case X_OR: infix(s, e, "OR"); break;
	case X_NE: infix(s, e, "<>"); break;
	case X_DIV:
		if (e->a->type.real)
			around(s, "(", e, " / ");
		else
			around(s, "(CAST(", e, " AS REAL) / ");
		put(s, e->b);
		buf_char(s->b, ')');
		break;
	case X_ELSE:
		around(s, "coalesce(", e, ", ");
		put(s, e->b);
		buf_char(s->b, ')');
		break;
	case X_IN_LIST: in_list(s, e); break;
	case X_CALL: builtin(s, e); break;
	default: infix(s, e, policy_op_symbol(e->op)); break;
	}
}

void policy_sql_expr(struct buf *b, const struct policy *p, uint32_t context, const struct expr *e, const char *alias)
{
	struct sql s = { b, p, context, alias, 0 };
	put(&s, e);
}
