/* check_test.c - policy tests: events to feed, entries of lists, what is expected of rules.
 *
 * Values become the plain texts that event_build takes: money in yuan (100.00), durations in seconds (1.5), times in
 * ISO 8601 with the default zone's offset, truth as true and false. Texts in quotes go through as they are; {i} in them is
 * filled in when the test runs. */
#include <stdio.h>
#include "event/list.h"
#include "policy/check_int.h"

/* ---- {i}: the number of the repetition, with simple arithmetic ---- */

static bool digits_at(struct text t, size_t *at)
{
	size_t start = *at;
	while (*at < t.n && t.p[*at] >= '0' && t.p[*at] <= '9')
		(*at)++;
	return *at > start && *at - start <= 9;
}

/* i [ (+|%|/) number ] [ : width ] and nothing else; division by 0 is no arithmetic. */
static bool hole_is_good(struct text t)
{
	size_t at = 1;
	if (t.n == 0 || t.p[0] != 'i')
		return false;
	if (at < t.n && (t.p[at] == '+' || t.p[at] == '%' || t.p[at] == '/')) {
		char op = t.p[at++];
		size_t from = at;
		if (!digits_at(t, &at))
			return false;
		bool zero = true;
		for (size_t i = from; i < at; i++)
			zero &= t.p[i] == '0';
		if (zero && op != '+')
			return false;
	}
	if (at < t.n && t.p[at] == ':') {
		size_t width = ++at;
		if (!digits_at(t, &at) || at - width > 2)
			return false;
	}
	return at == t.n;
}

static void check_holes(struct front *f, struct text t, struct span at)
{
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] != '{')
			continue;
		const char *close = memchr(t.p + i, '}', t.n - i);
		if (close == NULL || !hole_is_good(text_of(t.p + i + 1, (size_t)(close - t.p) - i - 1))) {
			front_error(
				f, at,
				"in a test, { opens the number of the repetition; write {i}, {i:8}, {i+5}, {i%%7}, {i/7} or {i%%7:4}");
			return;
		}
	}
}

/* ---- values ---- */

static struct text fixed(struct front *f, int64_t v, int64_t unit, int places)
{
	char z[48];
	bool minus = v < 0;
	uint64_t u = minus ? -(uint64_t)v : (uint64_t)v;
	int n = snprintf(z, sizeof(z), "%s%llu.%0*llu", minus ? "-" : "", (unsigned long long)(u / (uint64_t)unit), places,
	                 (unsigned long long)(u % (uint64_t)unit));
	if (places == 6) { /* whole seconds without a fraction */
		while (z[n - 1] == '0')
			n--;
		n -= z[n - 1] == '.';
	}
	return front_keep_text(f, text_of(z, (size_t)n));
}

static struct text instant(struct front *f, const struct civil *c)
{
	int64_t us;
	struct text t = TEXT("");
	if (clock_from_local(&f->p->zone[0], c, &us) != ERR_OK)
		return t;
	struct buf b;
	buf_init(&b, 64);
	clock_format(&b, us, &f->p->zone[0]);
	char z[64] = "";
	size_t n = b.n < sizeof(z) ? b.n : 0;
	bool failed = b.err != ERR_OK;
	if (n)
		memcpy(z, b.p, n);
	buf_release(&b);
	if (failed)
		longjmp(f->no_memory, 1);
	return front_keep_text(f, text_of(z, n));
}

static bool value_text(struct front *f, const struct ast *v, struct text *out)
{
	int64_t i = v->negated ? -v->i : v->i;
	if (v->negated && v->kind != AST_INT && v->kind != AST_MONEY && v->kind != AST_DURATION)
		return false;
	switch (v->kind) {
	case AST_MONEY: *out = fixed(f, i, 100, 2); return true;
	case AST_DURATION: *out = fixed(f, i, US_PER_SECOND, 6); return true;
	case AST_TIME: *out = instant(f, &v->civil); return true;
	case AST_TEXT:
		check_holes(f, v->text, v->span);
		*out = front_keep_text(f, v->text);
		return true;
	case AST_BOOL:
	case AST_INT: *out = front_keep_text(f, policy_span_text(f->p, v->span)); return true;
	default: return false;
	}
}

static bool value_fits(const struct ast *v, struct type t)
{
	static const enum ast_kind kind[] = { AST_INT, AST_MONEY, AST_DURATION, AST_TIME, AST_BOOL, AST_TEXT, AST_TEXT };
	return v->kind == AST_TEXT || v->kind == kind[t.dim];
}

static const char *const value_forms[] = { "a number such as 5",
	                                       "an amount such as 100 yuan",
	                                       "a duration such as 30s",
	                                       "a time such as 2026-03-01 08:00",
	                                       "true or false",
	                                       "a text in quotes",
	                                       "an identifier in quotes, such as \"13800138000\"" };

static void check_step_field(struct front *f, const struct schema_event *ev, const struct ast_field *x,
                             struct ptest_step *s)
{
	int i = schema_field_find(ev, x->name.text);
	if (i < 0) {
		struct nearest near;
		nearest_init(&near, x->name.text);
		for (uint32_t k = 0; k < ev->n_fields; k++)
			nearest_try(&near, ev->field[k].name);
		front_unknown(f, x->name.span, "%.*s has no field %.*s%s", TX(ev->name), TX(x->name.text),
		              nearest_hint(f, &near));
		return;
	}
	for (uint32_t k = 0; k < s->n_fields; k++)
		if (text_eq(s->field[k].name, ev->field[i].name)) {
			front_error(f, x->name.span, "%.*s is given twice; remove one", TX(x->name.text));
			return;
		}
	struct ptest_field *pf = &s->field[s->n_fields];
	if (!value_fits(x->value, ev->field[i].type) || !value_text(f, x->value, &pf->value)) {
		front_error(f, x->value->span, "%.*s needs %s", TX(x->name.text), value_forms[ev->field[i].type.dim]);
		return;
	}
	pf->name = ev->field[i].name;
	pf->span = x->value->span;
	s->n_fields++;
}

static void check_step(struct front *f, const struct ast_step *x, struct ptest_step *s)
{
	int event = check_event(f, &x->name);
	*s = (struct ptest_step){ .repeat = x->repeat, .every_us = x->every_us, .span = x->span };
	if (event < 0)
		return;
	s->event = (uint32_t)event;
	if (clock_from_local(&f->p->zone[0], &x->at, &s->at_us) != ERR_OK)
		s->at_us = 0;
	const struct schema_event *ev = &f->p->schema.event[event];
	uint32_t before = f->n_diags;
	for (const struct ast_field *v = x->fields; v; v = v->next)
		check_step_field(f, ev, v, s);
	for (uint32_t i = 0; i < ev->n_fields && f->n_diags == before; i++) {
		bool given = ev->field[i].optional;
		for (uint32_t k = 0; k < s->n_fields; k++)
			given |= text_eq(s->field[k].name, ev->field[i].name);
		if (!given)
			front_error(f, x->name.span, "%.*s needs its field %.*s; write %.*s: and %s", TX(ev->name),
			            TX(ev->field[i].name), TX(ev->field[i].name), value_forms[ev->field[i].type.dim]);
	}
}

static void check_list_step(struct front *f, const struct ast_step *x, struct ptest *t)
{
	static const struct hash_key any; /* whether a value is right does not depend on it */
	int list = check_list(f, x->name.text, x->name.span);
	if (list < 0)
		return;
	struct list_reader r = policy_list_reader(f->p, (uint32_t)list, &any);
	for (const struct ast_name *v = x->entries; v; v = v->next) {
		char plain[EVENT_IDENT_MAX];
		struct ident id;
		struct list_value value;
		const char *why;
		if (list_value_make(&r, v->text, plain, &id, &value, &why))
			t->entry[t->n_entries++] = (struct ptest_entry){ (uint32_t)list, front_keep_text(f, v->text) };
		else
			front_error(f, v->span, "%s", why);
	}
}

static void check_expect(struct front *f, const struct ast_step *x, struct ptest_expect *e)
{
	int rule = check_rule_name(f, &x->name);
	*e = (struct ptest_expect){ .fires = x->fires, .times = x->times, .span = x->span };
	if (rule < 0)
		return;
	e->rule = (uint32_t)rule;
	e->about = front_keep_text(f, x->about);
	e->because = front_keep_text(f, x->because);
}

static void check_test(struct front *f, struct ast_decl *d, struct ptest *t)
{
	uint32_t n[STEP_EXPECT + 1] = { 0 }, n_entries = 0;
	const struct ast_decl *first = check_find(f, DECL_TEST, d->name.text);
	if (first != d)
		front_error(f, d->name.span, "a test of this name stands already at %s; give it another name",
		            front_place(f, first->name.span));
	for (const struct ast_step *x = d->steps; x; x = x->next) {
		n[x->kind]++;
		for (const struct ast_name *v = x->entries; v; v = v->next)
			if (++n_entries == POLICY_TEST_ENTRIES_MAX + 1)
				front_error(f, v->span,
				            "a test puts at most %d entries on lists; leave out those that none of its events needs",
				            POLICY_TEST_ENTRIES_MAX);
	}
	*t = (struct ptest){ .name = front_keep_text(f, d->name.text), .span = d->span };
	t->step = front_keep(f, (n[STEP_EVENT] + 1) * sizeof(*t->step));
	t->entry = front_keep(f, (n_entries + 1) * sizeof(*t->entry));
	t->expect = front_keep(f, (n[STEP_EXPECT] + 1) * sizeof(*t->expect));
	for (const struct ast_step *x = d->steps; x; x = x->next) {
		if (x->kind == STEP_EXPECT)
			check_expect(f, x, &t->expect[t->n_expects++]);
		else if (x->kind == STEP_LIST)
			check_list_step(f, x, t);
		else
			check_step(f, x, &t->step[t->n_steps++]);
	}
	if (n[STEP_EXPECT] == 0)
		front_error(f, d->name.span, "this test expects nothing; add expect RULE or expect no RULE");
}

void check_tests(struct front *f)
{
	f->p->test = front_keep(f, (check_count(f, DECL_TEST) + 1) * sizeof(*f->p->test));
	for (struct ast_decl *d = f->first; d; d = d->next)
		if (d->kind == DECL_TEST)
			check_test(f, d, &f->p->test[f->p->n_tests++]);
}
