/* test_assessment.c - monthly sheets: the scores against their formula in other words, what must hold of them, and the life of a sheet. */
#include "tests/test.h"
#include "base/clock.h"
#include "base/rng.h"
#include "desk/assessment.h"
#include "desk/outlet.h"
#include "tests/unit/desk_world.h"

static struct bench b;

/* ---- scores ---- */

static uint64_t bit(uint32_t field)
{
	return (uint64_t)1 << field;
}

static void known_scores(void **state)
{
	int64_t v[ASSESSMENT_F_FIELDS] = { 0 };
	struct assessment_scores s = assessment_scores(v, 0);

	(void)state;
	assert_true(s.performance == -1 && s.security == -1); /* nothing opened, nothing found: nothing to go by */
	s = assessment_scores(v, bit(ASSESSMENT_F_COMPLAINTS));
	assert_int_equal(s.performance, -1); /* that nobody objected says nothing alone */
	v[ASSESSMENT_F_INSPECTION] = 80;
	assert_int_equal(assessment_scores(v, bit(ASSESSMENT_F_INSPECTION)).performance, -1);
	s = assessment_scores(v, bit(ASSESSMENT_F_COMPLAINTS) | bit(ASSESSMENT_F_INSPECTION));
	assert_int_equal(s.performance, 8800); /* 44 of 50 */
	v[ASSESSMENT_F_ORDERS] = 40;
	v[ASSESSMENT_F_ORDERS_IN_TIME] = 30; /* 22.5 of 30 */
	v[ASSESSMENT_F_INSPECTION] = 90;     /* 27 of 30 */
	v[ASSESSMENT_F_COMPLAINTS] = 1;      /* 16 of 20 */
	s = assessment_scores(v, bit(ASSESSMENT_F_ORDERS) | bit(ASSESSMENT_F_INSPECTION) | bit(ASSESSMENT_F_COMPLAINTS));
	assert_int_equal(s.performance, 8187); /* 65.5 of 80 */
	v[ASSESSMENT_F_STAFF] = 10;
	v[ASSESSMENT_F_TRAINED] = 5; /* 10 of 20 */
	s = assessment_scores(v, bit(ASSESSMENT_F_ORDERS) | bit(ASSESSMENT_F_INSPECTION) | bit(ASSESSMENT_F_COMPLAINTS) |
	                             bit(ASSESSMENT_F_STAFF));
	assert_int_equal(s.performance, 7550); /* 75.5 of 100 */
	v[ASSESSMENT_F_OPENED] = 1000;
	v[ASSESSMENT_F_ESTIMATE] = 1000;
	v[ASSESSMENT_F_MEAN] = 500; /* 25 of 50 */
	v[ASSESSMENT_F_FOUND] = 9;  /* 10 of 20: (4 + 1) / (9 + 1) */
	v[ASSESSMENT_F_FOUND_BEFORE] = 4;
	v[ASSESSMENT_F_FOUND_YEAR] = 20; /* 20 of 20 */
	v[ASSESSMENT_F_TOP] = 1;         /* 5 of 10 */
	assert_int_equal(assessment_scores(v, 0).security, 6000);
	v[ASSESSMENT_F_TOP] = 2;
	assert_int_equal(assessment_scores(v, 0).security, 5500);
}

/* Within 0..100; better figures never make a score worse. */
static void scores_are_monotone(void **state)
{
	static const struct {
		uint32_t field;
		int better;
	} way[] = { { ASSESSMENT_F_ORDERS_IN_TIME, 1 }, { ASSESSMENT_F_INSPECTION, 1 },
		        { ASSESSMENT_F_TRAINED, 1 },        { ASSESSMENT_F_COMPLAINTS, -1 },
		        { ASSESSMENT_F_ESTIMATE, -1 },      { ASSESSMENT_F_MEAN, 1 },
		        { ASSESSMENT_F_FOUND, -1 },         { ASSESSMENT_F_FOUND_BEFORE, 1 },
		        { ASSESSMENT_F_FOUND_YEAR, 1 },     { ASSESSMENT_F_TOP, -1 } };
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(91));
	for (int i = 0; i < 20000; i++) {
		int64_t v[ASSESSMENT_F_FIELDS] = { 0 };
		uint64_t has = rng_next(&r);
		struct assessment_scores s, t;

		for (uint32_t f = ASSESSMENT_FIGURES_FIRST; f <= ASSESSMENT_FIGURES_LAST; f++)
			v[f] = rng_below(&r, 4) ? (int64_t)rng_below(&r, 50) : (int64_t)rng_below(&r, ASSESSMENT_COUNT_MAX);
		v[ASSESSMENT_F_TOP] = (int64_t)rng_below(&r, 3);
		v[ASSESSMENT_F_INSPECTION] = (int64_t)rng_below(&r, 101);
		s = assessment_scores(v, has);
		assert_true(s.performance >= -1 && s.performance <= ASSESSMENT_SCORE_MAX);
		assert_true(v[ASSESSMENT_F_OPENED] == 0 ? s.security == -1
		                                        : s.security >= 0 && s.security <= ASSESSMENT_SCORE_MAX);
		for (size_t k = 0; k < ARRAY_LEN(way); k++) {
			int64_t was = v[way[k].field];

			if (was + way[k].better < 0 || (way[k].field == ASSESSMENT_F_TOP && was == 0) ||
			    (way[k].field == ASSESSMENT_F_ESTIMATE && was == 1))
				continue; /* an estimate of nothing is none */
			v[way[k].field] = was + way[k].better;
			t = assessment_scores(v, has);
			v[way[k].field] = was;
			assert_true(t.performance >= s.performance && t.security >= s.security);
		}
	}
}

/* ---- a sheet's life ---- */

static int64_t month_us;

static struct desk_command *compute(uint16_t organisation, int64_t month)
{
	struct desk_command *c = say(&b, DESK_ASSESSMENT, ASSESSMENT_DO_COMPUTE, 0, ROLE_INSPECTOR);

	desk_give_i(c, ASSESSMENT_F_MONTH, month);
	desk_give_i(c, ASSESSMENT_F_ORGANISATION, organisation);
	desk_give_i(c, ASSESSMENT_F_POSITION, 1);
	desk_give_code(c, ASSESSMENT_F_DIGEST, TEXT("abcdefgh"));
	for (uint32_t f = ASSESSMENT_F_OPENED; f <= ASSESSMENT_F_TOP; f++)
		desk_give_i(c, f, f == ASSESSMENT_F_TOP ? 2 : 100);
	return c;
}

static void start(void)
{
	struct civil c;

	bench_clear(&b, T0);
	clock_to_civil(b.now, clock_offset(&clock_shanghai, b.now), &c);
	month_us = desk_months_after(desk_day(b.now) - (c.day - 1) * US_PER_DAY, -1);
}

static uint64_t proposed(uint64_t by)
{
	struct desk_command *c;
	uint64_t id;

	start();
	compute(11, month_us);
	id = must(&b);
	c = say(&b, DESK_ASSESSMENT, ASSESSMENT_DO_PROPOSE, id, ROLE_INSPECTOR);
	c->user = by;
	must(&b);
	return id;
}

static void figures_become_scores(void **state)
{
	uint64_t id;
	const struct desk_object *o;

	(void)state;
	start();
	compute(11, month_us);
	id = must(&b);
	o = the(&b, id);
	assert_int_equal(desk_i(o, ASSESSMENT_F_SECURITY), 9000); /* all but the ten of the top group */
	assert_int_equal(desk_i(o, ASSESSMENT_F_TALK), 1);
	assert_false(desk_has(o, ASSESSMENT_F_PERFORMANCE));
	assert_int_equal(o->organisation, 11);
	compute(11, month_us);
	refuse(&b, DESK_REFUSED_OTHER_OPEN); /* one a month */
	compute(12, month_us);
	must(&b);
	compute(11, desk_months_after(month_us, -1));
	must(&b);
	compute(11, month_us + US_PER_DAY);
	refuse(&b, DESK_REFUSED_FIELD_VALUE);
	compute(11, desk_months_after(month_us, 1));
	refuse(&b, DESK_REFUSED_TOO_EARLY);
}

static void without_objection_it_waits_for_its_time(void **state)
{
	uint64_t id = proposed(3);
	struct desk_command *c = say(&b, DESK_ASSESSMENT, ASSESSMENT_DO_DECIDE, id, ROLE_LEADER);

	(void)state;
	c->user = 4;
	refuse(&b, DESK_REFUSED_TOO_EARLY);
	pass(&b, 7 * US_PER_DAY);
	c = say(&b, DESK_ASSESSMENT, ASSESSMENT_DO_DECIDE, id, ROLE_LEADER);
	c->user = 3;
	refuse(&b, DESK_REFUSED_FOUR_EYES);
	c = say(&b, DESK_ASSESSMENT, ASSESSMENT_DO_DECIDE, id, ROLE_LEADER);
	c->user = 4;
	must(&b);
	assert_int_equal(desk_i(the(&b, id), ASSESSMENT_F_DECIDED_SECURITY), 9000);
	assert_false(desk_has(the(&b, id), ASSESSMENT_F_DECIDED_PERFORMANCE));
	say(&b, DESK_ASSESSMENT, ASSESSMENT_DO_PUBLISH, id, ROLE_INSPECTOR);
	must(&b);
	assert_int_equal(the(&b, id)->state, ASSESSMENT_PUBLISHED);
}

static void an_objection_wants_a_reason(void **state)
{
	static const unsigned char text[DESK_REF_BYTES] = { 1 };
	uint64_t id = proposed(3);
	struct desk_command *c = say(&b, DESK_ASSESSMENT, ASSESSMENT_DO_OBJECT, id, ROLE_CHANNEL);

	(void)state;
	c->organisation = 12; /* another member's */
	desk_give_ref(c, ASSESSMENT_F_OBJECTION, text);
	refuse(&b, DESK_REFUSED_SCOPE);
	c = say(&b, DESK_ASSESSMENT, ASSESSMENT_DO_OBJECT, id, ROLE_CHANNEL);
	c->organisation = 11;
	desk_give_ref(c, ASSESSMENT_F_OBJECTION, text);
	must(&b);
	c = say(&b, DESK_ASSESSMENT, ASSESSMENT_DO_DECIDE, id, ROLE_LEADER);
	c->user = 4;
	desk_give_i(c, ASSESSMENT_F_DECIDED_SECURITY, 9500);
	refuse(&b, DESK_REFUSED_FIELD_MISSING);
	c = say(&b, DESK_ASSESSMENT, ASSESSMENT_DO_DECIDE, id, ROLE_LEADER);
	c->user = 4;
	desk_give_i(c, ASSESSMENT_F_DECIDED_SECURITY, 9500);
	desk_give_ref(c, ASSESSMENT_F_REASON, text);
	must(&b);
	assert_int_equal(desk_i(the(&b, id), ASSESSMENT_F_SECURITY), 9000); /* what was computed stays */
	assert_int_equal(desk_i(the(&b, id), ASSESSMENT_F_DECIDED_SECURITY), 9500);
}

static void too_late_is_too_late_and_withdrawn_makes_room(void **state)
{
	static const unsigned char text[DESK_REF_BYTES] = { 1 };
	uint64_t id = proposed(3);
	struct desk_command *c;

	(void)state;
	pass(&b, 7 * US_PER_DAY);
	c = say(&b, DESK_ASSESSMENT, ASSESSMENT_DO_OBJECT, id, ROLE_CHANNEL);
	c->organisation = 11;
	desk_give_ref(c, ASSESSMENT_F_OBJECTION, text);
	refuse(&b, DESK_REFUSED_TOO_LATE);
	c = say(&b, DESK_ASSESSMENT, ASSESSMENT_DO_WITHDRAW, id, ROLE_INSPECTOR);
	desk_give_ref(c, ASSESSMENT_F_REASON, text);
	must(&b);
	compute(11, month_us);
	must(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_scores),
		cmocka_unit_test(scores_are_monotone),
		cmocka_unit_test(figures_become_scores),
		cmocka_unit_test(without_objection_it_waits_for_its_time),
		cmocka_unit_test(an_objection_wants_a_reason),
		cmocka_unit_test(too_late_is_too_late_and_withdrawn_makes_room),
	};
	int failed;

	bench_init(&b, T0);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	bench_release(&b);
	return failed;
}
