/* show.c - values for people; see show.h. */
#include "show/show.h"
#include <math.h>
#include <stdio.h>
#include "base/clock.h"
#include "base/money.h"

bool show_missing(struct type t, union value v)
{
	return t.real ? value_real_missing(v.r) : v.i == VALUE_MISSING;
}

void show_entity(struct buf *b, const struct shower *s, const struct engine *g, struct entity_ref e)
{
	struct entity_view view;

	engine_entity(g, e, &view);
	if (s->reveal && view.plain.p != NULL)
		buf_text(b, view.plain);
	else
		buf_z(b, view.shown);
}

static void show_number(struct buf *b, double r)
{
	char z[40];

	snprintf(z, sizeof(z), "%.3f", r);
	for (size_t n = strlen(z); n > 1 && (z[n - 1] == '0' || z[n - 1] == '.'); n--) {
		bool point = z[n - 1] == '.';

		z[n - 1] = 0;
		if (point)
			break;
	}
	buf_z(b, z);
}

static void show_text(struct buf *b, const struct shower *s, const struct engine *g, union value v,
                      const struct expr *from, const struct event *event)
{
	if (from != NULL && from->op == X_TEXT)
		buf_text(b, from->text);
	else if (from != NULL && from->op == X_FIELD && event != NULL)
		buf_text(b, event->str[s->policy->schema.event[event->type].field[from->index].slot]);
	else if (from != NULL && from->op == X_IDENT)
		buf_z(b, engine_ident_name(g, (enum ident_attr)from->index, v.i));
	else
		buf_printf(b, "#%016llx", (unsigned long long)v.i); /* only its fingerprint is kept */
}

void show_value(struct buf *b, const struct shower *s, const struct engine *g, struct type t, union value v,
                const struct expr *from, const struct event *event)
{
	int64_t whole = t.real ? 0 : v.i;

	if (show_missing(t, v)) {
		buf_z(b, "?");
		return;
	}
	if (t.real && t.dim != DIM_NUMBER)
		whole = (int64_t)llround(v.r);
	switch (t.dim) {
	case DIM_MONEY: money_format(b, whole); break;
	case DIM_DURATION: clock_format_duration(b, t.real && whole > US_PER_SECOND ? whole / 1000 * 1000 : whole); break;
	case DIM_TIME: clock_format_short(b, whole, &s->policy->zone[0]); break;
	case DIM_BOOL: buf_z(b, whole ? "true" : "false"); break;
	case DIM_TEXT: show_text(b, s, g, v, from, event); break;
	case DIM_ENTITY: show_entity(b, s, g, (struct entity_ref){ .kind = t.entity, .index = (uint32_t)whole }); break;
	default:
		if (t.real)
			show_number(b, v.r);
		else
			buf_int(b, whole);
		break;
	}
}

void show_because(struct buf *b, const struct shower *s, const struct alert *a, enum lang l)
{
	const struct rule *r = &s->policy->rule[a->rule];
	const struct template_part *t = l == LANG_ZH ? r->because_zh : r->because_en;

	if (t == NULL)
		t = l == LANG_ZH ? r->because_en : r->because_zh;
	for (; t != NULL; t = t->next) {
		if (t->expr == NULL)
			buf_text(b, t->text);
		else
			show_value(b, s, a->engine, t->expr->type, engine_value(a, t->expr), t->expr, a->event);
	}
}

void show_source(struct buf *b, const struct policy *p, struct span at)
{
	struct text t = policy_span_text(p, at);
	bool blank = false;

	for (size_t i = 0; i < t.n; i++) {
		bool space = t.p[i] == ' ' || t.p[i] == '\t' || t.p[i] == '\n' || t.p[i] == '\r';

		if (!space)
			buf_char(b, t.p[i]);
		else if (!blank)
			buf_char(b, ' ');
		blank = space;
	}
}
