/* alert_json.c - see alert_json.h. Keys stand in a fixed order, numbers are exact, so that equal runs give equal bytes. */
#include "show/alert_json.h"
#include <inttypes.h>
#include "base/clock.h"
#include "show/reads.h"

/* ,"key": or "key": for the first of an object */
static void key(struct buf *b, const char *name)
{
	char last = b->n > 0 ? b->p[b->n - 1] : 0;

	if (last != '{' && last != '[' && last != 0 && last != '\n')
		buf_char(b, ',');
	buf_printf(b, "\"%s\":", name);
}

static void next_in_array(struct buf *b)
{
	if (b->n > 0 && b->p[b->n - 1] != '[') /* empty after a failed allocation */
		buf_char(b, ',');
}

static void put_text(struct buf *b, const char *name, struct text t)
{
	key(b, name);
	buf_json(b, t);
}

static void put_z(struct buf *b, const char *name, const char *z)
{
	put_text(b, name, text_z(z));
}

static void put_int(struct buf *b, const char *name, int64_t v)
{
	key(b, name);
	buf_int(b, v);
}

static void put_time(struct buf *b, const char *name, int64_t us)
{
	key(b, name);
	buf_char(b, '"');
	clock_format(b, us, &clock_shanghai);
	buf_char(b, '"');
}

/* Shown texts go through a scratch so that they are escaped like any other. */
struct scratch {
	struct buf b;
	enum err err; /* the first failure: clearing the buffer forgets its own */
};

static void scratch_clear(struct scratch *x)
{
	if (x->err == ERR_OK)
		x->err = x->b.err;
	buf_clear(&x->b);
}

static struct text scratch_value(struct scratch *x, const struct shower *s, const struct engine *g, struct type t,
                                 union value v, const struct expr *from, const struct event *e)
{
	scratch_clear(x);
	show_value(&x->b, s, g, t, v, from, e);
	return buf_view(&x->b);
}

static void put_scam(struct buf *b, const struct rule *r)
{
	if (r->scam.n > 0)
		put_text(b, "scam", r->scam);
}

static void put_rule(struct buf *b, const struct policy *p, const struct rule *r)
{
	buf_json(b, r->name);
	buf_z(b, ":{");
	put_text(b, "written", r->written);
	put_text(b, "source", r->source);
	put_text(b, "file", p->file[r->span.file].path);
	put_int(b, "line", r->span.line);
	put_z(b, "mode", policy_mode_name(r->mode));
	put_z(b, "severity", policy_severity_name(r->severity));
	put_int(b, "score", r->score);
	put_scam(b, r);
	buf_char(b, '}');
}

void alert_json_header(struct buf *b, const struct policy *p, int64_t lateness_us)
{
	buf_char(b, '{');
	put_z(b, "duanka", "alerts/1");
	put_int(b, "lateness_us", lateness_us);
	key(b, "entities"); /* in the order that is part of each token */
	buf_char(b, '[');
	for (uint32_t i = 0; i < p->schema.n_entities; i++) {
		if (i > 0)
			buf_char(b, ',');
		buf_json(b, p->schema.entity[i].name);
	}
	buf_char(b, ']');
	key(b, "rules");
	buf_char(b, '{');
	for (uint32_t i = 0; i < p->n_rules; i++) {
		if (i > 0)
			buf_char(b, ',');
		put_rule(b, p, &p->rule[i]);
	}
	buf_z(b, "}}\n");
}

/* "name":[what the expressions read] */
static void put_reads(struct buf *b, const char *name, const struct shower *s, uint32_t event, const struct reads *r)
{
	if (!s->provenance)
		return;
	key(b, name);
	reads_json(b, s->policy, event, r);
}

/* An expression in the context of the alert's event. */
static void put_reads_of(struct buf *b, const struct shower *s, const struct alert *a, const struct expr *e)
{
	struct reads r = { .risk = false };

	if (!s->provenance)
		return;
	reads_add(&r, s->policy, a->event->type, true, e);
	put_reads(b, "reads", s, a->event->type, &r);
}

/* Left open, so that more may follow. */
static void put_entity(struct buf *b, const char *name, const struct shower *s, const struct engine *g,
                       struct entity_ref e)
{
	struct entity_view v;

	engine_entity(g, e, &v);
	key(b, name);
	buf_char(b, '{');
	put_text(b, "kind", s->policy->schema.entity[e.kind].name);
	buf_printf(b, ",\"token\":\"%016" PRIx64 "%016" PRIx64 "\"", v.token.w[0], v.token.w[1]);
	put_z(b, "shown", v.shown);
	if (s->reveal && v.plain.p != NULL)
		put_text(b, "plain", v.plain);
}

static void put_about(struct buf *b, const struct shower *s, const struct alert *a)
{
	put_entity(b, "about", s, a->engine, a->about);
	put_reads_of(b, s, a, s->policy->rule[a->rule].about);
	buf_char(b, '}');
}

static void put_event(struct buf *b, const struct shower *s, const struct alert *a, struct scratch *x)
{
	const struct schema_event *t = &s->policy->schema.event[a->event->type];

	key(b, "event");
	buf_char(b, '{');
	put_text(b, "type", t->name);
	for (uint32_t i = 0; i < t->n_fields; i++) {
		const struct schema_field *f = &t->field[i];
		char name[SCHEMA_NAME_MAX + 1];
		union value v = { .i = a->event->value[i] };

		if (v.i == VALUE_MISSING)
			continue;
		memcpy(name, f->name.p, f->name.n < SCHEMA_NAME_MAX ? f->name.n : SCHEMA_NAME_MAX);
		name[f->name.n < SCHEMA_NAME_MAX ? f->name.n : SCHEMA_NAME_MAX] = 0;
		if (f->type.dim == DIM_ENTITY) {
			put_entity(b, name, s, a->engine, engine_find(a->engine, f->type.entity, a->event->ident[f->slot].token));
			buf_char(b, '}');
		} else if (f->type.dim == DIM_TEXT) {
			put_text(b, name, a->event->str[f->slot]);
		} else {
			put_text(b, name, scratch_value(x, s, a->engine, f->type, v, NULL, NULL));
		}
	}
	buf_char(b, '}');
}

static void put_because(struct buf *b, const struct shower *s, const struct alert *a, struct scratch *x)
{
	const struct rule *rule = &s->policy->rule[a->rule];
	const struct template_part *both[] = { rule->because_en, rule->because_zh };
	struct reads r = { .risk = false };

	key(b, "because");
	buf_char(b, '{');
	scratch_clear(x);
	show_because(&x->b, s, a, LANG_EN);
	put_text(b, "en", buf_view(&x->b));
	scratch_clear(x);
	show_because(&x->b, s, a, LANG_ZH);
	put_text(b, "zh", buf_view(&x->b));
	for (size_t i = 0; s->provenance && i < ARRAY_LEN(both); i++)
		for (const struct template_part *t = both[i]; t != NULL; t = t->next)
			reads_add(&r, s->policy, a->event->type, true, t->expr);
	put_reads(b, "reads", s, a->event->type, &r);
	buf_char(b, '}');
}

static void put_side(struct buf *b, const char *name, const struct shower *s, const struct alert *a,
                     const struct expr *e, union value v, struct scratch *x)
{
	if (e == NULL)
		return;
	put_text(b, name, scratch_value(x, s, a->engine, e->type, v, e, a->event));
}

static void put_values(struct buf *b, const struct shower *s, const struct alert *a, struct scratch *x)
{
	key(b, "values");
	buf_char(b, '[');
	for (uint32_t i = 0; i < a->n_comparisons; i++) {
		const struct comparison *c = &a->comparison[i];
		bool compares = c->expr->op >= X_EQ && c->expr->op <= X_GE;

		next_in_array(b);
		buf_char(b, '{');
		scratch_clear(x);
		show_source(&x->b, s->policy, c->expr->span);
		put_text(b, "text", buf_view(&x->b));
		if (compares || c->expr->op == X_IN_LIST || c->expr->op == X_KNOWN)
			put_side(b, "left", s, a, c->expr->a, c->left, x);
		put_z(b, "op",
		      compares || c->expr->op == X_IN_LIST || c->expr->op == X_KNOWN ? policy_op_symbol(c->expr->op) : "");
		if (compares)
			put_side(b, "right", s, a, c->expr->b, c->right, x);
		key(b, "truth");
		buf_z(b, c->truth == 1 ? "true" : c->truth == 0 ? "false" : "null");
		put_reads_of(b, s, a, c->expr);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static void put_measures(struct buf *b, const struct shower *s, const struct alert *a)
{
	const struct rule *r = &s->policy->rule[a->rule];

	key(b, "measures");
	buf_char(b, '[');
	for (uint32_t i = 0; i < r->n_measures; i++) {
		next_in_array(b);
		buf_char(b, '{');
		put_z(b, "measure", policy_measure_name(r->measure[i].measure));
		put_z(b, "measure_zh", policy_measure_name_zh(r->measure[i].measure));
		if (a->target[i].index != 0) {
			put_entity(b, "target", s, a->engine, a->target[i]);
			put_reads_of(b, s, a, r->measure[i].target);
			buf_char(b, '}');
		} else { /* whose card or account it was is known all the same */
			put_reads_of(b, s, a, r->measure[i].target);
		}
		if (r->measure[i].duration_us != 0)
			put_int(b, "duration_us", r->measure[i].duration_us);
		put_text(b, "basis", r->measure[i].basis);
		buf_char(b, '}');
	}
	buf_char(b, ']');
	key(b, "notify");
	buf_char(b, '[');
	for (uint32_t i = 0; i < r->n_notify; i++) {
		next_in_array(b);
		buf_json(b, r->notify[i]);
	}
	buf_char(b, ']');
}

struct item_writer {
	struct buf *b;
	const struct shower *s;
	const struct alert *a;
	struct scratch *x;
	uint32_t n; /* columns, once an item was told */
	const struct expr *const *column;
};

static void put_item(void *ctx, const struct evidence_event *e)
{
	struct item_writer *w = ctx;

	w->n = e->n;
	w->column = e->column;
	next_in_array(w->b);
	buf_char(w->b, '{');
	put_time(w->b, "time", e->time_us);
	for (uint32_t i = 0; i < e->n; i++) {
		union value v = { .i = e->value[i] };

		if (show_missing(e->column[i]->type, v))
			continue;
		scratch_clear(w->x);
		show_source(&w->x->b, w->s->policy, e->column[i]->span);
		buf_char(w->b, ',');
		buf_json(w->b, buf_view(&w->x->b));
		buf_char(w->b, ':');
		buf_json(w->b, scratch_value(w->x, w->s, w->a->engine, e->column[i]->type, v, e->column[i], NULL));
	}
	buf_char(w->b, '}');
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* As show_source writes them: blanks of any kind and number are one. */
static bool written_alike(const struct policy *p, const struct expr *x, const struct expr *y)
{
	struct text a = policy_span_text(p, x->span), b = policy_span_text(p, y->span);
	size_t i = 0, k = 0;

	while (i < a.n && k < b.n && (a.p[i] == b.p[k] || (blank(a.p[i]) && blank(b.p[k])))) {
		bool run = blank(a.p[i]);

		do
			i++;
		while (run && i < a.n && blank(a.p[i]));
		do
			k++;
		while (run && k < b.n && blank(b.p[k]));
	}
	return i == a.n && k == b.n;
}

/* "columns":{"callee":[...]}: what each column of the items reads. Those that are written alike stand under one name. */
static void put_columns(const struct item_writer *w, uint32_t event)
{
	const struct policy *p = w->s->policy;

	key(w->b, "columns");
	buf_char(w->b, '{');
	for (uint32_t i = 0; i < w->n; i++) {
		struct reads r = { .risk = false };
		bool told = false;

		for (uint32_t k = 0; k < w->n; k++) {
			if (!written_alike(p, w->column[i], w->column[k]))
				continue;
			told |= k < i;
			reads_add(&r, p, event, false, w->column[k]);
		}
		if (told)
			continue;
		if (w->b->n > 0 && w->b->p[w->b->n - 1] != '{')
			buf_char(w->b, ',');
		scratch_clear(w->x);
		show_source(&w->x->b, p, w->column[i]->span);
		buf_json(w->b, buf_view(&w->x->b));
		buf_char(w->b, ':');
		reads_json(w->b, p, w->a->event->type, &r);
	}
	buf_char(w->b, '}');
}

static void put_flags(struct buf *b, uint32_t flags)
{
	static const char *const names[] = { "evicted", "refused", "sketch" };

	key(b, "flags");
	buf_char(b, '[');
	for (uint32_t i = 0; i < 3; i++)
		if ((flags >> i & 1) != 0) {
			next_in_array(b);
			buf_json(b, text_z(names[i]));
		}
	buf_char(b, ']');
}

static void put_evidence(struct buf *b, const struct shower *s, const struct alert *a, uint32_t most, struct scratch *x)
{
	key(b, "evidence");
	buf_char(b, '[');
	for (uint32_t i = 0; i < engine_evidence_count(a); i++) {
		struct item_writer w = { b, s, a, x, 0, NULL };
		struct evidence e;

		engine_evidence(a, i, 0, &e, NULL, NULL);
		next_in_array(b);
		buf_char(b, '{');
		scratch_clear(x);
		show_source(&x->b, s->policy, e.expr->span);
		put_text(b, "aggregate", buf_view(&x->b));
		put_text(b, "of", s->policy->schema.event[e.expr->agg->event].name);
		put_text(b, "value", scratch_value(x, s, a->engine, e.expr->type, e.value, NULL, NULL));
		put_int(b, "window_us", e.expr->agg->window_us);
		put_int(b, "events", (int64_t)e.events);
		put_flags(b, e.flags);
		key(b, "items");
		buf_char(b, '[');
		engine_evidence(a, i, most, &e, put_item, &w);
		buf_char(b, ']');
		put_reads_of(b, s, a, e.expr);
		if (s->provenance)
			put_columns(&w, e.expr->agg->event);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

void alert_json(struct buf *b, const struct shower *s, const struct alert *a, const char *where, uint32_t evidence_max)
{
	const struct rule *r = &s->policy->rule[a->rule];
	struct scratch x = { .err = ERR_OK };

	buf_init(&x.b, 1 << 20);
	buf_char(b, '{');
	key(b, "id");
	buf_printf(b, "\"%" PRIu64 ".%.*s\"", a->event->position, (int)r->name.n, r->name.p);
	put_int(b, "position", (int64_t)a->event->position);
	put_time(b, "time", a->event->time);
	put_text(b, "rule", r->name);
	put_z(b, "mode", policy_mode_name(a->mode));
	put_z(b, "severity", policy_severity_name(r->severity));
	put_int(b, "score", r->score);
	key(b, "decision");
	buf_char(b, '{');
	put_int(b, "score", a->decision_score);
	put_z(b, "severity", policy_severity_name(a->decision_severity));
	buf_char(b, '}');
	put_about(b, s, a);
	put_because(b, s, a, &x);
	put_z(b, "source", where);
	put_int(b, "line", (int64_t)a->event->line);
	if (s->provenance) {
		put_int(b, "organisation", a->event->source);
		put_text(b, "on", s->policy->schema.event[a->event->type].name); /* again, where no field can have that name */
	}
	put_scam(b, r);
	put_event(b, s, a, &x);
	put_values(b, s, a, &x);
	put_measures(b, s, a);
	put_flags(b, a->flags);
	put_evidence(b, s, a, evidence_max, &x);
	buf_z(b, "}\n");
	scratch_clear(&x);
	if (x.err != ERR_OK && b->err == ERR_OK)
		b->err = x.err;
	buf_release(&x.b);
}

void alert_json_brief(struct buf *b, const struct shower *s, const struct alert *a, const char *where)
{
	const struct rule *r = &s->policy->rule[a->rule];
	struct scratch x = { .err = ERR_OK };

	buf_init(&x.b, 1 << 20);
	buf_char(b, '{');
	put_time(b, "time", a->event->time);
	put_text(b, "rule", r->name);
	put_z(b, "mode", policy_mode_name(a->mode));
	put_z(b, "severity", policy_severity_name(r->severity));
	put_int(b, "score", r->score);
	put_about(b, s, a);
	put_because(b, s, a, &x);
	put_z(b, "source", where);
	put_int(b, "line", (int64_t)a->event->line);
	put_scam(b, r);
	put_measures(b, s, a);
	buf_char(b, '}');
	scratch_clear(&x);
	if (x.err != ERR_OK && b->err == ERR_OK)
		b->err = x.err;
	buf_release(&x.b);
}
