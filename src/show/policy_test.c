/* policy_test.c - see policy_test.h.
 *
 * Each test gets an engine of its own. Its steps are spread out by their repetitions and applied one by one in order of time.
 * While they run, every rule that the test expects is asked what it compared, and the event where most of its comparisons held is
 * kept: that is what a failure shows. */
#include "show/policy_test.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "show/show.h"
#include "base/mem.h"
#include "event/event_build.h"
#include "event/list.h"

enum {
	FAULT_BYTES = 1 << 20,
	EXPECTS_MAX = 64,
	VALUE_BYTES = 512,
	IDENTS_BYTES = 2 * EVENT_BUILD_BYTES + EVENT_MASKED_BYTES,
	ENTITIES_MAX = 1 << 18,
	STATE_BYTES = 32 << 20
};

struct fact { /* one alert told */
	uint32_t rule;
	char about[EVENT_IDENT_MAX + 1];
	struct buf because; /* both languages */
};

struct nearest { /* for one expectation */
	int held;
	uint64_t number; /* of the event */
	struct buf text;
};

struct moment {
	int64_t time_us;
	uint32_t step, repetition;
};

struct test_run {
	const struct policy_tests *of;
	const struct ptest *t;
	struct engine *engine;
	struct shower shower;
	struct moment *moment;
	uint32_t n_moments;
	struct fact *fact;
	uint32_t n_facts, facts_cap;
	struct nearest nearest[EXPECTS_MAX];
	struct alert alert; /* large */
	struct policy_test_result *result;
	bool failed;
};

/* The fault's detail may be added to; NULL: no memory. */
static struct buf *complain(struct test_run *r, struct span s, const char *what)
{
	struct policy_test_result *to = r->result;

	r->failed = true;
	if (to->n_faults == to->cap) {
		struct policy_test_fault *more = mem_resize(to->fault, (to->cap * 2 + 4) * sizeof(*more));

		if (more == NULL)
			return NULL;
		to->fault = more;
		to->cap = to->cap * 2 + 4;
	}
	struct policy_test_fault *f = &to->fault[to->n_faults++];

	f->span = s;
	buf_init(&f->what, FAULT_BYTES);
	buf_init(&f->detail, FAULT_BYTES);
	buf_z(&f->what, what);
	return &f->detail;
}

/* ---- {i}, {i+5}, {i%7}, {i/7}, each also with :width ---- */

static size_t hole(const char *z, size_t n, uint32_t i, struct buf *out)
{
	size_t at = 2, width = 0;
	uint64_t v = i, k = 0;
	char op = 0;

	if (n < 3 || z[0] != '{' || z[1] != 'i')
		return 0;
	if (strchr("+%/", z[at]) != NULL && z[at] != 0) {
		op = z[at++];
		while (at < n && z[at] >= '0' && z[at] <= '9' && k < 1000000000000)
			k = k * 10 + (uint64_t)(z[at++] - '0');
	}
	if (at < n && z[at] == ':')
		for (at++; at < n && z[at] >= '0' && z[at] <= '9' && width < 64; at++)
			width = width * 10 + (size_t)(z[at] - '0');
	if (at >= n || z[at] != '}')
		return 0;
	v = op == '+' ? v + k : op == '%' && k > 0 ? v % k : op == '/' && k > 0 ? v / k : v;
	buf_printf(out, "%0*" PRIu64, (int)width, v);
	return at + 1;
}

static struct text expand(struct text t, uint32_t i, char *to)
{
	struct buf b;
	size_t n;

	buf_init(&b, VALUE_BYTES - 1);
	for (size_t at = 0; at < t.n;) {
		size_t used = hole(t.p + at, t.n - at, i, &b);

		if (used == 0)
			buf_char(&b, t.p[at]);
		at += used ? used : 1;
	}
	n = b.n;
	memcpy(to, n ? b.p : "", n);
	buf_release(&b);
	return text_of(to, n);
}

/* ---- what the engine tells ---- */

static void see(void *ctx, const struct alert *a)
{
	struct test_run *r = ctx;
	struct fact *f;
	struct entity_view view;

	if (r->n_facts == r->facts_cap) {
		struct fact *more = mem_resize(r->fact, (r->facts_cap * 2 + 16) * sizeof(*more));

		if (more == NULL) {
			r->failed = true;
			return;
		}
		r->fact = more;
		r->facts_cap = r->facts_cap * 2 + 16;
	}
	f = &r->fact[r->n_facts++];
	f->rule = a->rule;
	engine_entity(a->engine, a->about, &view);
	snprintf(f->about, sizeof(f->about), "%.*s", (int)view.plain.n, view.plain.p ? view.plain.p : "");
	buf_init(&f->because, 1 << 16);
	show_because(&f->because, &r->shower, a, LANG_EN);
	buf_char(&f->because, '\n');
	show_because(&f->because, &r->shower, a, LANG_ZH);
}

static void describe(struct test_run *r, const struct alert *a, struct buf *b)
{
	for (uint32_t i = 0; i < a->n_comparisons; i++) {
		const struct comparison *c = &a->comparison[i];

		buf_printf(b, "    %s ", c->truth == 1 ? "+" : c->truth == 0 ? "-" : "?");
		show_source(b, r->of->policy, c->expr->span);
		if (c->expr->op >= X_EQ && c->expr->op <= X_GE) {
			buf_z(b, "   ");
			show_value(b, &r->shower, r->engine, c->expr->a->type, c->left, c->expr->a, a->event);
			buf_printf(b, " %s ", policy_op_symbol(c->expr->op));
			show_value(b, &r->shower, r->engine, c->expr->b->type, c->right, c->expr->b, a->event);
		}
		buf_char(b, '\n');
	}
}

static void ask_expected(struct test_run *r, uint64_t number)
{
	struct alert *a = &r->alert;

	for (uint32_t i = 0; i < r->t->n_expects && i < EXPECTS_MAX; i++) {
		struct nearest *n = &r->nearest[i];
		int held = 0;

		if (!r->t->expect[i].fires || !engine_compare(r->engine, r->t->expect[i].rule, a))
			continue;
		for (uint32_t k = 0; k < a->n_comparisons; k++)
			held += a->comparison[k].truth == 1;
		if (held < n->held)
			continue;
		n->held = held;
		n->number = number;
		buf_clear(&n->text);
		describe(r, a, &n->text);
	}
}

/* ---- lists: what the test names, and nothing else ---- */

static bool fill_lists(struct test_run *r)
{
	for (uint32_t i = 0; i < r->t->n_entries; i++) {
		const struct ptest_entry *x = &r->t->entry[i];
		struct list_reader reader = policy_list_reader(r->of->policy, x->list, r->of->key);
		char plain[EVENT_IDENT_MAX];
		struct ident id;
		struct list_value v;
		const char *why;

		CHECK(list_value_make(&reader, x->value, plain, &id, &v, &why)); /* the policy is checked */
		if (engine_list_add(r->engine, x->list, v.ident, v.fingerprint, v.until_us) != ERR_OK) {
			complain(r, r->t->span, "not enough memory for the entries of lists");
			return false;
		}
	}
	return true;
}

/* ---- events ---- */

static int by_time(const void *a, const void *b)
{
	const struct moment *x = a, *y = b;

	if (x->time_us != y->time_us)
		return x->time_us < y->time_us ? -1 : 1;
	if (x->step != y->step)
		return x->step < y->step ? -1 : 1;
	return x->repetition < y->repetition ? -1 : x->repetition > y->repetition;
}

static bool spread(struct test_run *r)
{
	uint64_t n = r->result->events;

	if (n > POLICY_TEST_EVENTS_MAX) {
		complain(r, r->t->span, "the test has over 100,000 events; repeat less often");
		return false;
	}
	r->moment = mem_alloc_array(n + 1, sizeof(*r->moment));
	if (r->moment == NULL)
		return false;
	for (uint32_t i = 0; i < r->t->n_steps; i++)
		for (uint32_t k = 0; k < r->t->step[i].repeat; k++)
			r->moment[r->n_moments++] =
				(struct moment){ r->t->step[i].at_us + (int64_t)k * r->t->step[i].every_us, i, k };
	qsort(r->moment, r->n_moments, sizeof(*r->moment), by_time);
	return true;
}

static bool fill_event(struct test_run *r, const struct moment *m, struct event *e, char *values, char *idents)
{
	const struct ptest_step *s = &r->t->step[m->step];
	const struct schema *schema = &r->of->policy->schema;
	struct event_builder b = { .schema = schema, .key = r->of->key, .bytes = idents, .cap = IDENTS_BYTES };
	uint32_t field = 0;
	char what[300];

	event_begin(schema, s->event, e);
	e->time = m->time_us;
	for (uint32_t i = 0; i < s->n_fields; i++) {
		struct text v = expand(s->field[i].value, m->repetition, values + (size_t)i * VALUE_BYTES);
		int at = schema_field_find(&schema->event[s->event], s->field[i].name);
		enum bad_reason bad = event_set(&b, e, (uint32_t)at, v, &field_format_own);

		if (bad == BAD_NONE)
			continue;
		snprintf(what, sizeof(what), "\"%.*s\" is not a %.*s: %s", (int)v.n, v.p, (int)s->field[i].name.n,
		         s->field[i].name.p, b.why ? b.why : bad_reason_name(bad));
		complain(r, s->field[i].span, what);
		return false;
	}
	if (event_finish(schema, e, &field) == BAD_NONE)
		return true;
	snprintf(what, sizeof(what), "the event lacks %.*s", (int)schema->event[s->event].field[field].name.n,
	         schema->event[s->event].field[field].name.p);
	complain(r, s->span, what);
	return false;
}

static bool apply_all(struct test_run *r)
{
	struct event *e = mem_alloc(sizeof(*e));
	char *values = mem_alloc(SCHEMA_FIELDS_MAX * VALUE_BYTES), *idents = mem_alloc(IDENTS_BYTES);
	bool ok = e != NULL && values != NULL && idents != NULL;

	for (uint32_t i = 0; ok && i < r->n_moments; i++) {
		enum err outcome;

		ok = fill_event(r, &r->moment[i], e, values, idents);
		if (!ok)
			break;
		engine_apply(r->engine, &e, 1, &outcome);
		if (outcome != ERR_OK) {
			complain(r, r->t->step[r->moment[i].step].span,
			         "the engine refused this event: too late, or too many entities");
			ok = false;
			break;
		}
		ask_expected(r, i + 1);
	}
	mem_free(e);
	mem_free(values);
	mem_free(idents);
	return ok;
}

/* ---- verdict ---- */

static bool fact_fits(const struct test_run *r, const struct fact *f, const struct ptest_expect *x, bool with_because)
{
	const struct policy *p = r->of->policy;
	const struct rule *rule = &p->rule[x->rule];
	const struct schema_entity *kind = &p->schema.entity[rule->about->type.entity];
	char scratch[EVENT_IDENT_MAX];
	struct ident id;
	const char *why;

	if (f->rule != x->rule)
		return false;
	if (x->about.n > 0) { /* however it is written, it is the same entity */
		if (ident_make(r->of->key, kind->form, rule->about->type.entity, IDENT_STRICT, x->about, scratch, &id, &why) !=
		    ERR_OK)
			return text_eq(x->about, text_z(f->about));
		if (!text_eq(id.plain, text_z(f->about)))
			return false;
	}
	return !with_because || x->because.n == 0 || text_contains(buf_view(&f->because), x->because);
}

static void judge(struct test_run *r, uint32_t i)
{
	const struct ptest_expect *x = &r->t->expect[i];
	struct text name = r->of->policy->rule[x->rule].name;
	int64_t fired = 0, fitting = 0;
	struct buf *detail;
	char what[400];

	if (x->fires && r->of->policy->rule[x->rule].mode ==
	                    RULE_OFF) { /* no error of the policy: a rule may be switched off in a hurry */
		snprintf(what, sizeof(what), "rule %.*s is off and never fires; make it live or shadow, or remove this line",
		         (int)name.n, name.p);
		complain(r, x->span, what);
		return;
	}
	for (uint32_t k = 0; k < r->n_facts; k++) {
		fired += fact_fits(r, &r->fact[k], x, false);
		fitting += fact_fits(r, &r->fact[k], x, true);
	}
	if (!x->fires ? fired == 0 : x->times >= 0 ? fitting == x->times : fitting > 0)
		return;
	if (!x->fires)
		snprintf(what, sizeof(what), "%.*s fired %" PRId64 " times and should not", (int)name.n, name.p, fired);
	else if (fired == fitting)
		snprintf(what, sizeof(what), "%.*s fired %" PRId64 " times and should fire %s", (int)name.n, name.p, fired,
		         x->times >= 0 ? "another number of times" : "at least once");
	else
		snprintf(what, sizeof(what), "%.*s fired, but not because of \"%.*s\"", (int)name.n, name.p, (int)x->because.n,
		         x->because.p);
	detail = complain(r, x->span, what);
	for (uint32_t k = 0; detail != NULL && k < r->n_facts && fired > 0; k++)
		if (fact_fits(r, &r->fact[k], x, false)) {
			buf_printf(detail, "    because %.*s\n", (int)r->fact[k].because.n, r->fact[k].because.p);
			break;
		}
	if (detail != NULL && x->fires && i < EXPECTS_MAX && r->nearest[i].number > 0)
		buf_printf(detail, "  at event %" PRIu64 " it compared:\n%.*s", r->nearest[i].number, (int)r->nearest[i].text.n,
		           r->nearest[i].text.p ? r->nearest[i].text.p : "");
}

uint64_t policy_test_events(const struct policy *p, uint32_t i)
{
	uint64_t n = 0;

	for (uint32_t k = 0; k < p->test[i].n_steps; k++)
		n += (uint64_t)p->test[i].step[k].repeat;
	return n;
}

static void run(struct test_run *r)
{
	struct engine_options o = { .state_bytes_max = STATE_BYTES, .entities_max = ENTITIES_MAX, .keep_plain = true };
	struct engine_sink sink = { .ctx = r, .alert = see };

	if (engine_new(&r->engine, r->of->plan, r->of->key, &o, &sink) != ERR_OK)
		complain(r, r->t->span, "not enough memory for an engine");
	else if (fill_lists(r) && spread(r) && apply_all(r))
		for (uint32_t i = 0; i < r->t->n_expects; i++)
			judge(r, i);
	else
		r->failed = true;
	engine_free(r->engine);
}

void policy_test_one(const struct policy_tests *t, uint32_t i, struct policy_test_result *out)
{
	struct test_run *r = mem_alloc(sizeof(*r));

	*out = (struct policy_test_result){ .events = policy_test_events(t->policy, i) };
	if (r == NULL)
		return;
	*r = (struct test_run){ .of = t, .t = &t->policy->test[i], .result = out, .shower = { t->policy, true } };
	for (uint32_t k = 0; k < EXPECTS_MAX; k++)
		buf_init(&r->nearest[k].text, 1 << 16);
	run(r);
	out->ok = !r->failed;
	for (uint32_t k = 0; k < EXPECTS_MAX; k++)
		buf_release(&r->nearest[k].text);
	for (uint32_t k = 0; k < r->n_facts; k++)
		buf_release(&r->fact[k].because);
	mem_free(r->fact);
	mem_free(r->moment);
	mem_free(r);
}

void policy_test_release(struct policy_test_result *r)
{
	for (uint32_t i = 0; i < r->n_faults; i++) {
		buf_release(&r->fault[i].what);
		buf_release(&r->fault[i].detail);
	}
	mem_free(r->fault);
	*r = (struct policy_test_result){ .ok = false };
}

/* ---- told ---- */

bool policy_test_run(struct buf *b, const struct policy_tests *t)
{
	uint32_t passed = 0, n = t->policy->n_tests;

	for (uint32_t i = 0; i < n; i++) {
		struct text name = t->policy->test[i].name;
		struct policy_test_result r;

		policy_test_one(t, i, &r);
		buf_printf(b, "%s  %.*s\n", r.ok ? "ok  " : "FAIL", (int)name.n, name.p);
		for (uint32_t k = 0; k < r.n_faults; k++) {
			const struct policy_test_fault *f = &r.fault[k];

			buf_text(b, t->policy->file[f->span.file].path);
			buf_printf(b, ":%u:%u: ", f->span.line, f->span.col);
			buf_text(b, buf_view(&f->what));
			buf_char(b, '\n');
			buf_text(b, buf_view(&f->detail));
		}
		passed += r.ok;
		policy_test_release(&r);
	}
	buf_printf(b, "%u passed, %u failed\n", passed, n - passed);
	return passed == n;
}

static void put_place(struct buf *b, const struct policy *p, struct span s)
{
	buf_z(b, "\"path\":");
	buf_json(b, p->file[s.file].path);
	buf_printf(b, ",\"line\":%u", s.line);
}

void policy_test_json(struct buf *b, const struct policy *p, uint32_t i, const struct policy_test_result *r)
{
	buf_z(b, "{\"name\":");
	buf_json(b, p->test[i].name);
	buf_char(b, ',');
	put_place(b, p, p->test[i].span);
	buf_printf(b, ",\"ok\":%s,\"events\":%" PRIu64 ",\"faults\":[", r->ok ? "true" : "false", r->events);
	for (uint32_t k = 0; k < r->n_faults; k++) {
		const struct policy_test_fault *f = &r->fault[k];

		buf_z(b, k > 0 ? ",{" : "{");
		put_place(b, p, f->span);
		buf_printf(b, ",\"column\":%u,\"message\":", f->span.col);
		buf_json(b, buf_view(&f->what));
		buf_z(b, ",\"detail\":");
		buf_json(b, buf_view(&f->detail));
		buf_char(b, '}');
	}
	buf_z(b, "]}");
}
