/* fuzz_truth.c - any bytes as a truth file: each row is taken or told, what was taken is in order, and a score over it, with
 * alerts about what it names, comes to figures that add up. */
#include "base/mem.h"
#include "score/score_int.h"
#include "score/score_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void on_bad(void *ctx, uint64_t line, const char *what)
{
	uint64_t *told = ctx;

	CHECK(line > 0 && what[0] != 0);
	(*told)++;
}

static void check_truth(const struct truth *t)
{
	for (size_t i = 0; i < t->n_rows; i++) {
		CHECK(t->row[i].entity > 0 && t->row[i].entity < t->n_entities && t->row[i].crime < t->n_crimes);
		CHECK(i == 0 || t->row[i - 1].entity <= t->row[i].entity);
		CHECK(t->row[i].scenario < t->n_scenarios);
	}
	for (size_t i = 0; i < t->n_events; i++) {
		CHECK(t->event[i].entity < t->n_entities && t->event[i].same <= t->n_events);
		CHECK(i == 0 || t->event[i - 1].crime <= t->event[i].crime);
		CHECK(truth_event_find(t, t->event[i].place) != NULL);
	}
	for (uint32_t i = 1; i < t->n_entities; i++)
		CHECK(truth_entity_find(t, t->entity[i].kind, t->entity[i].token) == i && t->entity[i].n_rows > 0);
}

static void check_group(const struct score_group *g)
{
	for (uint32_t i = 0; i < g->n_rows; i++) {
		const struct score_entities *r = &g->row[i];

		CHECK(r->recall.hit <= r->recall.all && r->precision.hit + r->false_entities == r->precision.all);
		CHECK(r->false_alerts <= r->alerts && r->within_30min.hit <= r->recall.hit);
	}
	CHECK(g->victims.before.hit <= g->victims.ever.hit && g->victims.ever.hit <= g->victims.ever.all);
	CHECK(g->victims.gone_fen >= 0 && g->victims.spared_fen >= 0 && g->delays.delayed_fen >= 0);
}

static void score_it(const struct truth *t)
{
	struct score_figures *f;
	struct score_options o;
	struct score *s;
	struct buf b;

	score_options_default(&o);
	CHECK(score_new(&s, t, &o) == ERR_OK);
	for (uint32_t i = 1; i < t->n_entities; i++) {
		const struct truth_entity *e = &t->entity[i];
		struct score_alert a = { .time_us = t->row[e->row_at].time_us + (i % 3) * US_PER_MINUTE,
			                     .kind = e->kind,
			                     .token = e->token,
			                     .rule = i % 2 ? TEXT("one") : TEXT("two"),
			                     .warns = i % 4 == 0,
			                     .delays = i % 5 == 0,
			                     .points = i,
			                     .severity = (enum score_severity)(i % 5),
			                     .source = TEXT("t.csv"),
			                     .line = i };
		enum err e_alert = score_alert(s, &a);

		CHECK(e_alert == ERR_OK || e_alert == ERR_RANGE);
	}
	CHECK(score_finish(s, &f) == ERR_OK);
	check_group(&f->live);
	for (uint32_t i = 0; i < f->n_rules; i++)
		check_group(&f->rule[i]);
	buf_init(&b, 64 << 20);
	score_json(&b, f);
	CHECK(b.err == ERR_OK);
	buf_release(&b);
	score_figures_free(f);
	score_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct hash_key key = { "0123456789abcde" };
	struct text rest = text_of((const char *)p, n);
	struct truth_kinds kinds;
	uint64_t told = 0, lines = 0;
	struct truth_sink sink = { &told, on_bad };
	struct truth *t;
	enum err e;

	truth_kinds_default(&kinds);
	CHECK(truth_new(&t, &kinds, &key, &sink) == ERR_OK);
	for (e = ERR_OK; rest.n > 0 && e == ERR_OK; lines++) {
		const char *nl = memchr(rest.p, '\n', rest.n);
		size_t take = nl != NULL ? (size_t)(nl - rest.p) : rest.n;

		e = truth_line(t, text_of(rest.p, take));
		rest = text_of(rest.p + take + (nl != NULL), rest.n - take - (nl != NULL));
	}
	if (e == ERR_OK)
		e = truth_finish(t);
	CHECK(e == ERR_OK || (e == ERR_FORMAT && told == 1));
	CHECK(told == truth_bad(t) && truth_bad(t) + truth_rows(t) <= lines + 1);
	if (e == ERR_OK) {
		check_truth(t);
		score_it(t);
	}
	truth_free(t);
	return 0;
}
