/* test_figures.c - the figures of random lives of a desk beside a naive count over everything that was ever saved and sent; spans, comparisons, spreads, and what happens when memory runs out. */
#include "tests/test.h"
#include <jansson.h>
#include "base/clock.h"
#include "base/mem.h"
#include "desk/account.h"
#include "desk/appeal.h"
#include "desk/card.h"
#include "desk/clue.h"
#include "desk/device_report.h"
#include "desk/discipline.h"
#include "desk/freeze.h"
#include "desk/incident.h"
#include "desk/measure.h"
#include "desk/stop.h"
#include "desk/warning.h"
#include "gateway/figures.h"
#include "show/figures.h"
#include "tests/unit/figures_naive.h"
#include "tests/unit/registry_life.h"

/* ---- the whole history: every version of every object, in the order of saving ---- */

static struct history history;
static struct desk_world watched;

static enum err watch_save(void *ctx, const struct desk_object *o, const struct desk_trace *t)
{
	const struct desk_world *w = registry_world(ctx);

	assert_true(history.n < HISTORY_MAX);
	history.version[history.n++] = (struct saved){ *o, *t };
	return w->save(w->ctx, o, t);
}
static enum err watch_load(void *ctx, uint64_t id, struct desk_object *o)
{
	const struct desk_world *w = registry_world(ctx);

	return w->load(w->ctx, id, o);
}
static enum err watch_about(void *ctx, uint8_t kind, struct desk_entity e, uint64_t before, uint64_t *id)
{
	const struct desk_world *w = registry_world(ctx);

	return w->about(w->ctx, kind, e, before, id);
}
static enum err watch_due(void *ctx, int64_t until_us, struct desk_due *out)
{
	const struct desk_world *w = registry_world(ctx);

	return w->due(w->ctx, until_us, out);
}
static enum err watch_send(void *ctx, const struct desk_message *m)
{
	const struct desk_world *w = registry_world(ctx);

	assert_true(history.n_messages < WORLD_MESSAGES_MAX);
	history.message[history.n_messages++] = *m;
	return w->send(w->ctx, m);
}

static enum err relive_one(const struct deed *d)
{
	struct desk_outcome out;

	if (d->what == TICK)
		return desk_tick(&life.desk, d->position, d->time_us);
	if (d->what == ALERT)
		return desk_alert(&life.desk, &d->alert, &out);
	return desk_apply(&life.desk, d->position, d->time_us, &d->command, &out);
}

/* A life, and the registry of it, whose every save and message was seen. */
static struct registry *lived(struct rng *r, uint32_t n)
{
	struct registry *g;

	life_live(r, n);
	life_clean();
	g = life_open();
	history.n = history.n_messages = 0;
	watched = (struct desk_world){ g, watch_load, watch_about, watch_due, watch_save, watch_send };
	desk_init(&life.desk, &watched, T0);
	assert_int_equal(registry_begin(g), ERR_OK);
	assert_int_equal(desk_start(&life.desk), ERR_OK);
	for (uint32_t i = 0; i < life.n_deeds; i++) {
		assert_int_equal(relive_one(&life.deed[i]), ERR_OK);
		if (rng_chance(r, 100000)) {
			assert_int_equal(registry_commit(g, life.deed[i].position, life.desk.now_us), ERR_OK);
			assert_int_equal(registry_begin(g), ERR_OK);
		}
	}
	assert_int_equal(registry_commit(g, life.b.position, life.desk.now_us), ERR_OK);
	return g;
}

/* ---- the same cells ---- */

static void take(void *ctx, const struct desk_entry *x)
{
	figures_add(ctx, 0, x->figure, x->part, x->at, x->n);
}

struct naive {
	struct figures f;
	const struct registry_span *s;
};
static void take_naive(void *ctx, const struct desk_entry *x)
{
	struct naive *n = ctx;

	if (x->time_us >= n->s->from_us && x->time_us < n->s->to_us &&
	    (!n->s->of_organisation || x->organisation == n->s->organisation) &&
	    (!n->s->of_district || x->district == n->s->district))
		figures_add(&n->f, 0, x->figure, x->part, x->at, x->n);
}

static uint64_t contained(const struct figures *x, const struct figures *y)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < x->n; i++) {
		const struct figures_cell *c = &x->cell[i];

		if (figures_at(y, 0, c->figure, c->part, c->at) != c->n)
			fail_msg("%s, part %u, at %lld: %lld and %lld", desk_figures[c->figure].name, c->part, (long long)c->at,
			         (long long)c->n, (long long)figures_at(y, 0, c->figure, c->part, c->at));
		n += c->n != 0;
	}
	return n;
}

static struct registry_span draw_span(struct rng *r)
{
	int64_t hour = T0 / US_PER_HOUR * US_PER_HOUR;
	struct registry_span s = { .from_us = 0, .to_us = TIME_US_MAX };

	if (rng_chance(r, 800000)) {
		s.from_us = hour + ((int64_t)rng_below(r, 2000) - 1000) * US_PER_HOUR;
		s.to_us = s.from_us + (1 + (int64_t)rng_below(r, rng_chance(r, 500000) ? 30 : 3000)) * US_PER_HOUR;
	}
	s.hours = rng_chance(r, 300000);
	s.of_organisation = rng_chance(r, 200000);
	s.organisation = rng_chance(r, 500000) ? BANK_ORG : 0;
	s.of_district = rng_chance(r, 200000);
	s.district = (uint16_t)rng_below(r, 4);
	return s;
}

static void sums_are_those_of_a_count(void **state)
{
	uint64_t cells = 0;
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(61));
	for (uint64_t n = test_cases(60); n > 0; n--) {
		static const uint32_t sizes[] = { 2, 5, REGISTRY_SLOTS };
		struct registry *g;

		life.slots = sizes[n % ARRAY_LEN(sizes)];
		g = lived(&r, RECORDS_MAX);
		for (uint32_t i = 0; i < 12; i++) {
			struct registry_span s = draw_span(&r);
			struct naive naive = { .s = &s };
			struct figures f;

			figures_init(&f);
			figures_init(&naive.f);
			assert_int_equal(registry_figures(g, &s, take, &f), ERR_OK);
			naive_count(&history, &(struct desk_counter){ take_naive, &naive });
			assert_int_equal(figures_settle(&f), ERR_OK);
			assert_int_equal(figures_settle(&naive.f), ERR_OK);
			cells += contained(&f, &naive.f);
			contained(&naive.f, &f);
			figures_release(&f);
			figures_release(&naive.f);
		}
		registry_close(g);
	}
	life.slots = REGISTRY_SLOTS;
	print_message("%llu sums\n", (unsigned long long)cells);
}

/* An object of any content, such as lives seldom come to. */
static struct desk_object draw_object(struct rng *r)
{
	struct desk_object o = { .id = 1, .made_us = T0 };
	const struct desk_machine *m;

	do
		o.kind = (uint8_t)(1 + rng_below(r, DESK_MEASURE)); /* those that figures are of */
	while ((m = desk_machine(o.kind)) == NULL);
	o.state = (uint8_t)(1 + rng_below(r, m->n_states - 1));
	o.grade = (uint8_t)rng_below(r, FIGURE_GRADES);
	for (uint32_t f = 1; f < m->n_fields; f++) {
		const struct desk_field *field = &m->field[f];

		if (field->name == NULL || rng_chance(r, 400000))
			continue;
		o.has |= (uint64_t)1 << f;
		if (field->type == DESK_CHOICE)
			o.value[f].i = 1 + (int64_t)rng_below(r, field->choices->n - 1u);
		else if (field->type == DESK_TIME)
			o.value[f].i = T0 + (int64_t)rng_below(r, 1000) * US_PER_SECOND;
		else if (field->type == DESK_INTEGER || field->type == DESK_MONEY)
			o.value[f].i = (int64_t)rng_below(r, 8);
		else if (field->type == DESK_OBJECT)
			o.value[f].id = 99;
	}
	return o;
}

static void any_object_counts_alike(void **state)
{
	const struct registry_span always = { .from_us = INT64_MIN, .to_us = INT64_MAX };
	uint32_t seen[DESK_FIGURES] = { 0 };
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(66));
	for (uint64_t n = test_cases(40000); n > 0; n--) {
		struct saved *v = &history.version[0];
		struct naive naive = { .s = &always };
		struct figures f, none;

		*v = (struct saved){ draw_object(&r), { .time_us = T0 + 5 * US_PER_SECOND } };
		history.n = 1;
		history.n_messages = 0;
		figures_init(&f);
		figures_init(&none);
		figures_init(&naive.f);
		desk_count_object(&v->o, 0, 1, &(struct desk_counter){ take, &f });
		desk_count_step(NULL, &v->o, &v->t, &(struct desk_counter){ take, &f });
		for (int sign = -1; sign < 2; sign += 2)
			desk_count_object(&v->o, T0, sign, &(struct desk_counter){ take, &none });
		naive_count(&history, &(struct desk_counter){ take_naive, &naive });
		assert_true(figures_settle(&f) == ERR_OK && figures_settle(&naive.f) == ERR_OK &&
		            figures_settle(&none) == ERR_OK);
		contained(&f, &naive.f);
		contained(&naive.f, &f);
		for (uint32_t i = 0; i < none.n; i++)
			assert_int_equal(none.cell[i].n, 0);
		for (uint32_t i = 0; i < f.n; i++)
			seen[f.cell[i].figure]++;
		figures_release(&f);
		figures_release(&none);
		figures_release(&naive.f);
	}
	for (uint32_t k = 1; k < FIGURE_MESSAGES && test_cases(40000) == 40000;
	     k++) { /* a part of the cases need not meet all */
		if (seen[k] == 0 && k != FIGURE_LABELS && k != FIGURE_TIME_TO_ANSWER && k != FIGURE_REPORT_TO_STOP)
			fail_msg("never seen: %s", desk_figures[k].name);
	}
}

/* ---- spreads, by sorting ---- */

static int ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void spreads_are_exact(void **state)
{
	int64_t v[200];
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(62));
	for (uint64_t n = test_cases(300); n > 0; n--) {
		uint32_t count = (uint32_t)rng_below(&r, ARRAY_LEN(v) + 1), within = 0;
		struct figures_spread s;
		struct figures f;

		figures_init(&f);
		for (uint32_t i = 0; i < count; i++) {
			v[i] = (int64_t)rng_below(&r, rng_chance(&r, 500000) ? 10 : 1000) - 3;
			within += v[i] <= desk_figures[FIGURE_TIME_TO_FIRST_STOP].within_s[0];
			figures_add(&f, 3, FIGURE_TIME_TO_FIRST_STOP, (uint32_t)rng_below(&r, 3), v[i], 1);
			figures_add(&f, 4, FIGURE_TIME_TO_FIRST_STOP, 0, 7, 1); /* others */
			figures_add(&f, 3, FIGURE_TIME_TO_ANSWER, 0, 7, 1);
		}
		assert_int_equal(figures_settle(&f), ERR_OK);
		figures_spread(&f, 3, FIGURE_TIME_TO_FIRST_STOP, FIGURES_ALL_PARTS, &s);
		qsort(v, count, sizeof(*v), ascending);
		assert_int_equal(s.n, count);
		if (count > 0) {
			assert_int_equal(s.median_s, v[(count - 1) / 2]);
			assert_int_equal(s.p90_s, v[(count - 1) * 9 / 10]);
			assert_int_equal(s.most_s, v[count - 1]);
			assert_int_equal(s.within[0], within);
		}
		figures_release(&f);
	}
}

/* ---- spans ---- */

static int64_t at(const char *z)
{
	int64_t us;

	assert_int_equal(clock_parse(text_z(z), &clock_shanghai, &us), ERR_OK);
	return us;
}

static void compared_spans_are_those_of_the_calendar(void **state)
{
	static const struct {
		const char *from, *to;
		enum figures_compared with;
		const char *other_from, *other_to;
	} rows[] = {
		{ "2026-03-02T00:00:00", "2026-03-03T00:00:00", FIGURES_BEFORE, "2026-03-01T00:00:00", "2026-03-02T00:00:00" },
		{ "2026-03-02T00:00:00", "2026-03-03T00:00:00", FIGURES_WEEK, "2026-02-23T00:00:00", "2026-02-24T00:00:00" },
		{ "2026-03-01T00:00:00", "2026-04-01T00:00:00", FIGURES_BEFORE, "2026-02-01T00:00:00", "2026-03-01T00:00:00" },
		{ "2026-03-01T00:00:00", "2026-04-01T00:00:00", FIGURES_MONTH, "2026-02-01T00:00:00", "2026-03-01T00:00:00" },
		{ "2026-01-01T00:00:00", "2026-04-01T00:00:00", FIGURES_BEFORE, "2025-10-01T00:00:00", "2026-01-01T00:00:00" },
		{ "2024-02-01T00:00:00", "2024-03-01T00:00:00", FIGURES_YEAR, "2023-02-01T00:00:00", "2023-03-01T00:00:00" },
		{ "2026-03-31T00:00:00", "2026-04-01T00:00:00", FIGURES_MONTH, "2026-02-28T00:00:00", "2026-03-01T00:00:00" },
		{ "2026-03-02T08:00:00", "2026-03-02T10:00:00", FIGURES_DAY, "2026-03-01T08:00:00", "2026-03-01T10:00:00" },
		{ "2026-03-02T08:00:00", "2026-03-02T10:00:00", FIGURES_BEFORE, "2026-03-02T06:00:00", "2026-03-02T08:00:00" },
		{ "2026-03-02T00:00:00", "2026-03-09T00:00:00", FIGURES_YEAR, "2025-03-02T00:00:00", "2025-03-09T00:00:00" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct figures_question q = { .from_us = at(rows[i].from), .to_us = at(rows[i].to) };
		int64_t from_us, to_us;

		figures_other(&q, rows[i].with, &from_us, &to_us);
		assert_int_equal(from_us, at(rows[i].other_from));
		assert_int_equal(to_us, at(rows[i].other_to));
	}
}

static void wrong_questions_are_told(void **state)
{
	const int64_t t = at("2026-03-02T00:00:00");
	uint32_t compared = 0;
	enum figures_by by = FIGURES_BY_NOTHING;

	(void)state;
	assert_null(figures_wrong(&(struct figures_question){ .from_us = t, .to_us = t + US_PER_HOUR }));
	assert_non_null(figures_wrong(&(struct figures_question){ .from_us = t, .to_us = t }));
	assert_non_null(figures_wrong(&(struct figures_question){ .from_us = t + 1, .to_us = t + US_PER_DAY }));
	assert_non_null(figures_wrong(&(struct figures_question){ .from_us = t, .to_us = t + 3701 * US_PER_DAY }));
	assert_null(figures_wrong(
		&(struct figures_question){ .from_us = t, .to_us = t + 800 * US_PER_HOUR, .by = FIGURES_BY_HOUR }));
	assert_non_null(figures_wrong(
		&(struct figures_question){ .from_us = t, .to_us = t + 801 * US_PER_HOUR, .by = FIGURES_BY_HOUR }));
	assert_true(figures_compared_parse("before,year", &compared));
	assert_int_equal(compared, 1u << FIGURES_BEFORE | 1u << FIGURES_YEAR);
	assert_false(figures_compared_parse("before,decade", &compared));
	assert_true(figures_by_parse("hour", &by));
	assert_int_equal(by, FIGURES_BY_HOUR);
	assert_false(figures_by_parse("minute", &by));
	assert_int_equal(by, FIGURES_BY_HOUR);
}

/* ---- answers ---- */

static int64_t member(const json_t *figures, const char *figure)
{
	return json_integer_value(json_object_get(json_object_get(figures, figure), "all"));
}

/* Groups add up to the whole, however it is divided; each answer is JSON. */
static void groups_add_up(void **state)
{
	struct rng r;
	struct registry *g;

	(void)state;
	rng_seed(&r, test_seed(63));
	g = lived(&r, RECORDS_MAX);
	for (uint32_t by = FIGURES_BY_DISTRICT; by < FIGURES_BYS; by++) {
		struct figures_question q = { .from_us = at("2026-02-27T05:00:00"),
			                          .to_us = at("2026-03-25T07:00:00"),
			                          .by = (enum figures_by)by,
			                          .compared = (1u << FIGURES_COMPARED) - 1 };
		const char *figure[] = { "warnings", "incidents", "stops", "messages", "alarms" };
		struct buf out;
		json_t *j, *group;
		size_t n, i;

		buf_init(&out, 64 << 20);
		assert_int_equal(figures_answer(g, NULL, &q, &out, &n), ERR_OK);
		j = json_loadb(out.p, out.n, JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(j);
		assert_true(n < out.n && json_object_size(json_object_get(j, "compared")) == FIGURES_COMPARED);
		assert_int_equal(json_object_size(json_object_get(j, "figures")), DESK_FIGURES - 1);
		for (size_t k = 0; k < ARRAY_LEN(figure); k++) {
			int64_t sum = 0;

			json_array_foreach(json_object_get(j, "groups"), i, group) sum +=
				member(json_object_get(group, "figures"), figure[k]);
			assert_int_equal(sum, member(json_object_get(j, "figures"), figure[k]));
		}
		json_decref(j);
		buf_release(&out);
	}
	registry_close(g);
}

/* The member of the answer about now is the answer to that question. */
static void is_answer(struct registry *g, const json_t *now, const char *name, const struct figures_question *q)
{
	struct buf out;
	json_t *j;
	size_t n;

	buf_init(&out, 64 << 20);
	assert_int_equal(figures_answer(g, NULL, q, &out, &n), ERR_OK);
	j = json_loadb(out.p, out.n, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(j);
	assert_true(json_equal(j, json_object_get(now, name)));
	json_decref(j);
	buf_release(&out);
}

/* Today as far as it came is compared with nothing; its full hours are, with as many of yesterday and a week ago. */
static void is_like_with_like(struct registry *g, const json_t *now)
{
	struct figures_question q = { .from_us = desk_day(life.desk.now_us),
		                          .to_us = life.desk.now_us - life.desk.now_us % US_PER_HOUR,
		                          .compared = 1u << FIGURES_DAY | 1u << FIGURES_WEEK };
	int64_t from_us, to_us;

	is_answer(g, now, "today_full_hours", &q);
	figures_other(&q, FIGURES_WEEK, &from_us, &to_us);
	assert_true(to_us % US_PER_HOUR == 0 && to_us + 7 * US_PER_DAY <= life.desk.now_us);
	q.to_us += US_PER_HOUR;
	q.by = FIGURES_BY_HOUR;
	q.compared = 0;
	is_answer(g, now, "today", &q);
}

/* Now: today is the span of today, and the last minutes are what came in them. */
static void now_is_today(void **state)
{
	const struct figures_question all = { .by = FIGURES_BY_NOTHING };
	struct rng r;
	struct registry *g;
	struct buf out;
	json_t *j, *minute;
	size_t i;
	int64_t sum = 0, want = 0, from_us;

	(void)state;
	rng_seed(&r, test_seed(64));
	g = lived(&r, 200);
	buf_init(&out, 64 << 20);
	assert_int_equal(figures_now(g, NULL, &all, &out), ERR_OK);
	j = json_loadb(out.p, out.n, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(j);
	is_like_with_like(g, j);
	assert_int_equal(json_array_size(json_object_get(j, "minutes")), 15);
	json_array_foreach(json_object_get(j, "minutes"), i, minute) sum +=
		member(json_object_get(minute, "figures"), "messages");
	from_us = life.desk.now_us - life.desk.now_us % US_PER_MINUTE - 14 * US_PER_MINUTE;
	for (uint32_t k = 0; k < history.n_messages; k++)
		want += history.message[k].time_us >= from_us;
	assert_int_equal(sum, want);
	json_decref(j);
	buf_release(&out);
	registry_close(g);
}

static void no_memory_is_told(void **state)
{
	struct figures_question q = { .from_us = at("2026-02-01T00:00:00"),
		                          .to_us = at("2026-04-01T00:00:00"),
		                          .by = FIGURES_BY_DAY,
		                          .compared = 1u << FIGURES_BEFORE };
	struct registry *g;
	struct rng r;
	uint64_t failures = 0;
	size_t n;

	(void)state;
	rng_seed(&r, test_seed(65));
	g = lived(&r, 200);
	for (uint64_t nth = 1; nth < 1000; nth++) {
		struct buf out;
		enum err e;
		bool over;

		buf_init(&out, 64 << 20);
		mem_fail_at(nth);
		e = figures_answer(g, NULL, &q, &out, &n);
		over = mem_count() < nth;
		mem_fail_at(0);
		buf_release(&out);
		assert_true(over ? e == ERR_OK : e == ERR_MEMORY);
		failures += e != ERR_OK;
		if (over)
			break;
	}
	assert_true(failures > 5);
	registry_close(g);
}

/* Each figure has all its words, and is found by its name. */
static void every_figure_is_told(void **state)
{
	const char *zh;

	(void)state;
	for (uint32_t i = 1; i < DESK_FIGURES; i++) {
		const struct desk_figure_info *f = &desk_figures[i];

		assert_true(f->name != NULL && f->en != NULL && f->zh != NULL && f->what != NULL && f->from != NULL);
		assert_int_equal(desk_figure_find(text_z(f->name)), i);
		assert_true((f->parts == FIGURE_WHOLE) == (desk_figure_part(f, 1, &zh) == NULL));
		assert_true((f->unit == FIGURE_CHOICE) == (desk_figure_choice(f, 1, &zh) != NULL));
		assert_null(desk_figure_part(f, 255, &zh));
		assert_null(desk_figure_choice(f, 255, &zh));
		assert_null(desk_figure_choice(f, -1, &zh));
	}
	assert_int_equal(desk_figure_find(TEXT("none")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_are_those_of_a_count),
		cmocka_unit_test(any_object_counts_alike),
		cmocka_unit_test(spreads_are_exact),
		cmocka_unit_test(compared_spans_are_those_of_the_calendar),
		cmocka_unit_test(wrong_questions_are_told),
		cmocka_unit_test(groups_add_up),
		cmocka_unit_test(now_is_today),
		cmocka_unit_test(no_memory_is_told),
		cmocka_unit_test(every_figure_is_told),
	};
	int failed;

	history.version = mem_alloc_array(HISTORY_MAX, sizeof(*history.version));
	history.message = mem_alloc_array(WORLD_MESSAGES_MAX, sizeof(*history.message));
	failed = cmocka_run_group_tests(tests, life_setup, life_teardown);
	mem_free(history.version);
	mem_free(history.message);
	return failed;
}
