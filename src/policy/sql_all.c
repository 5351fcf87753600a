/* sql_all.c - the tables that the printed SQL speaks of, and one statement for each aggregate of a policy. */
#include "policy/check_int.h"
#include "policy/sql.h"

void policy_sql_schema(struct buf *b, const struct policy *p)
{
	for (uint32_t i = 0; i < p->schema.n_events; i++) {
		const struct schema_event *ev = &p->schema.event[i];
		buf_z(b, "CREATE TABLE \"");
		buf_text(b, ev->name);
		buf_z(b, "\"(pos INTEGER PRIMARY KEY, t INTEGER NOT NULL");
		for (uint32_t k = 0; k < ev->n_fields; k++) {
			buf_z(b, ", \"");
			buf_text(b, ev->field[k].name);
			buf_char(b, '"');
		}
		buf_z(b, ");\n");
	}
	buf_z(b, "CREATE TABLE alert(pos INTEGER, t INTEGER, kind, about, rule, score INTEGER);\n"
	         "CREATE TABLE list(name, value, until INTEGER);\n"
	         "CREATE TABLE ident(kind, id, number_kind, region, carrier, bank, birth_year INTEGER);\n");
}

struct all {
	struct buf *b;
	const struct policy *p;
	const struct expr *seen[POLICY_AGGS_MAX];
	uint32_t seen_context[POLICY_AGGS_MAX], n;
};

static void statement(struct all *a, uint32_t context, const struct expr *e)
{
	struct text written = policy_span_text(a->p, e->agg->span);
	buf_z(a->b, "-- ");
	buf_text(a->b, a->p->file[e->agg->span.file].path);
	buf_printf(a->b, ":%u:%u ", e->agg->span.line, e->agg->span.col);
	for (size_t i = 0; i < written.n; i++) /* on one line, or the comment would end */
		buf_char(a->b, written.p[i] == '\n' || written.p[i] == '\r' || written.p[i] == '\t' ? ' ' : written.p[i]);
	buf_z(a->b, "\nSELECT e.pos, ");
	policy_sql_expr(a->b, a->p, context, e, "e");
	buf_z(a->b, " AS value FROM \"");
	buf_text(a->b, a->p->schema.event[context].name);
	buf_z(a->b, "\" AS e ORDER BY e.pos;\n\n");
}

static void visit(struct all *a, uint32_t context, const struct expr *e)
{
	if (e == NULL)
		return;
	if (e->op == X_AGG) {
		for (uint32_t i = 0; i < a->n; i++)
			if (a->seen_context[i] == context && expr_same(a->seen[i], e))
				return;
		if (a->n == POLICY_AGGS_MAX)
			return;
		a->seen_context[a->n] = context;
		a->seen[a->n++] = e;
		statement(a, context, e);
		for (uint32_t i = 0; i < e->agg->n_keys; i++) {
			visit(a, context, e->lookup[i]);
			visit(a, e->agg->event, e->agg->key[i]);
		}
		visit(a, e->agg->event, e->agg->value);
		visit(a, e->agg->event, e->agg->filter);
		return;
	}
	visit(a, context, e->a);
	visit(a, context, e->b);
	for (uint32_t i = 0; i < e->n_args; i++)
		visit(a, context, e->arg[i]);
}

static void visit_parts(struct all *a, uint32_t context, const struct template_part *t)
{
	for (; t; t = t->next)
		visit(a, context, t->expr);
}

void policy_sql_all(struct buf *b, const struct policy *p)
{
	struct all a = { .b = b, .p = p };
	for (uint32_t i = 0; i < p->n_rules; i++) {
		const struct rule *r = &p->rule[i];
		visit(&a, r->event, r->about);
		visit(&a, r->event, r->when);
		for (uint32_t k = 0; k < r->n_measures; k++)
			visit(&a, r->event, r->measure[k].target);
		visit_parts(&a, r->event, r->because_en);
		visit_parts(&a, r->event, r->because_zh);
	}
	for (uint32_t i = 0; i < p->n_exempts; i++)
		visit(&a, p->exempt[i].event, p->exempt[i].when);
	for (uint32_t i = 0; i < p->n_features; i++)
		visit(&a, p->feature[i].event, p->feature[i].expr);
}
