/* test_desk_training.c - draws and drills by their properties; courses, questions and attempts against a small model of one person's days; hostile answers. */
#include "tests/test.h"
#include "tests/unit/desk_world.h"
#include "base/clock.h"
#include "base/rng.h"
#include "desk/attempt.h"
#include "desk/course.h"
#include "desk/desk_int.h"
#include "desk/question.h"
#include "desk/user.h"

#define D US_PER_DAY

static struct bench b;

/* ---- draws ---- */

static void draw_pool(struct rng *r, struct quiz_pool *p)
{
	uint64_t id = 1;

	memset(p, 0, sizeof(*p));
	for (uint32_t c = 1; c < DESK_SCAMS; c++) {
		p->n[c] = rng_chance(r, 400000) ? 0 : (uint32_t)rng_below(r, rng_chance(r, 100000) ? QUIZ_CLASS_MAX + 1 : 6);
		for (uint32_t i = 0; i < p->n[c]; i++)
			p->id[c][i] = (uint64_t)c << 32 | id++;
	}
}

static bool in(const uint64_t *id, uint32_t n, uint64_t x)
{
	for (uint32_t i = 0; i < n; i++)
		if (id[i] == x)
			return true;
	return false;
}

/* All of the pool, none twice, no class left out for another's third, never the same twice in a row. */
static void draws_are_fair_and_differ(void **state)
{
	struct quiz_pool p;
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(31));
	for (uint64_t k = test_cases(20000); k > 0; k--) {
		uint64_t one[QUIZ_QUESTIONS_MAX], two[QUIZ_QUESTIONS_MAX], again[QUIZ_QUESTIONS_MAX], seed = rng_next(&r);
		uint32_t of[DESK_SCAMS] = { 0 }, most = 0, n, same = 0;

		draw_pool(&r, &p);
		if (quiz_pool_size(&p) == 0)
			continue;
		n = quiz_pool_size(&p) < QUIZ_QUESTIONS_MAX ? quiz_pool_size(&p) : QUIZ_QUESTIONS_MAX;
		n = 1 + (uint32_t)rng_below(&r, n);
		quiz_draw(&p, seed, n, NULL, 0, one);
		quiz_draw(&p, seed, n, NULL, 0, again);
		assert_memory_equal(one, again, n * sizeof(*one));
		for (uint32_t i = 0; i < n; i++) {
			uint32_t c = (uint32_t)(one[i] >> 32);

			assert_true(in(p.id[c], p.n[c], one[i]));
			assert_false(in(one, i, one[i]));
			most = ++of[c] > most ? of[c] : most;
		}
		for (uint32_t c = 1; c < DESK_SCAMS; c++)
			assert_true(of[c] + 1 >= most || of[c] == p.n[c]);
		/* the worst that can come: the same seed once more */
		quiz_draw(&p, rng_chance(&r, 500000) ? seed : rng_next(&r), n, one, n, two);
		for (uint32_t i = 0; i < n; i++) {
			assert_false(in(two, i, two[i]));
			same += in(one, n, two[i]);
		}
		if (quiz_pool_size(&p) > n)
			assert_true(same < n);
		else if (n > 1)
			assert_true(memcmp(one, two, n * sizeof(*one)) != 0);
	}
}

static void choices_are_in_any_order(void **state)
{
	uint32_t first[QUIZ_CHOICES_MAX] = { 0 };

	(void)state;
	for (uint64_t seed = 0; seed < 6000; seed++) {
		uint8_t order[QUIZ_CHOICES_MAX], bits = 0;

		quiz_order(seed, (uint32_t)seed % QUIZ_QUESTIONS_MAX, QUIZ_CHOICES_MAX, order);
		for (uint32_t i = 0; i < QUIZ_CHOICES_MAX; i++)
			bits |= (uint8_t)(1u << order[i]);
		assert_int_equal(bits, 0x3f);
		first[order[0]]++;
	}
	for (uint32_t i = 0; i < QUIZ_CHOICES_MAX; i++) /* 1000 expected, sd 29 */
		assert_true(first[i] > 850 && first[i] < 1150);
}

static void a_share_is_exact(void **state)
{
	(void)state;
	for (int64_t of = 1; of <= 20; of++)
		for (int64_t got = 0; got <= of; got++)
			for (int64_t percent = 50; percent <= 100; percent++) /* got / of >= percent / 100, by counting */
				assert_int_equal(quiz_reaches(got, of, percent), got * 100 - of * percent >= 0);
	assert_true(quiz_reaches(4, 5, 80) && !quiz_reaches(2, 3, 67) && quiz_reaches(2, 3, 66) && !quiz_reaches(0, 0, 50));
}

/* ---- drills ---- */

struct walk {
	int64_t best;
	uint32_t ends, fatal;
};

/* Every path, by recursion; the grade of its letters is what the moves add up to. */
static void walk(uint32_t number, uint64_t seed, uint32_t at, char *letters, uint32_t n, int64_t points, bool fatal,
                 struct walk *w)
{
	const struct drill *d = drill_find(number);
	struct drill_result x;

	if (at == 0) {
		assert_true(drill_grade(number, seed, text_of(letters, n), &x));
		assert_int_equal(x.points, points);
		assert_int_equal(x.fatal, fatal);
		assert_false(drill_grade(number, seed, text_of(letters, n - 1), &x));
		letters[n] = 'A';
		assert_false(drill_grade(number, seed, text_of(letters, n + 1), &x));
		w->ends++;
		w->fatal += fatal;
		w->best = !fatal && points > w->best ? points : w->best;
		return;
	}
	for (uint32_t k = 0; k < drill_choices(&d->step[at - 1]); k++) {
		uint8_t order[QUIZ_CHOICES_MAX];
		const struct drill_choice *c;

		quiz_order(seed, at - 1, drill_choices(&d->step[at - 1]), order);
		c = &d->step[at - 1].choice[order[k]];
		letters[n] = (char)('A' + k);
		walk(number, seed, c->next, letters, n + 1, points + drill_moves[c->move].points,
		     fatal || drill_moves[c->move].fatal, w);
	}
}

static void there_is_a_sound_drill_for_each_class(void **state)
{
	(void)state;
	for (uint32_t i = 1; i < DRILL_NAMES; i++) {
		const struct drill *d = drill_find(i);
		char letters[DRILL_STEPS_MAX + 1];
		struct walk w = { 0 };

		assert_non_null(d);
		assert_int_equal(desk_choice_find(&desk_scams, text_z(drill_names.choice[i].name)), i);
		for (uint32_t s = 0; s < drill_steps(d); s++) {
			assert_true(drill_choices(&d->step[s]) >= 2 && text_utf8_valid(text_z(d->step[s].zh)));
			for (uint32_t k = 0; k < drill_choices(&d->step[s]); k++) {
				const struct drill_choice *c = &d->step[s].choice[k];

				assert_true(c->move > DRILL_NONE && c->move < DRILL_MOVES);
				assert_true(c->next == 0 ? s + 1 == drill_steps(d) : c->next > s + 1 && c->next <= drill_steps(d));
				assert_true(strlen(c->zh) > 0 && strlen(c->en) > 0);
			}
		}
		walk(i, 77 + i, 1, letters, 0, 0, false, &w);
		assert_int_equal(w.best, drill_points(i));
		assert_true(w.best >= 5 && w.ends > 8 && w.fatal > 0);
	}
	assert_null(drill_find(0));
	assert_null(drill_find(DRILL_NAMES));
	assert_int_equal(drill_points(0), 0);
}

/* ---- a bank and courses ---- */

static uint64_t question(uint32_t scam, uint32_t n_choices, uint32_t right, uint32_t code)
{
	struct desk_command *c = say(&b, DESK_QUESTION, QUESTION_DO_PROPOSE, 0, ROLE_TRAINER);
	char z[32];
	uint64_t id;

	snprintf(z, sizeof(z), "q-%u", code);
	desk_give_code(c, QUESTION_F_CODE, text_z(z));
	desk_give_i(c, QUESTION_F_SCAM, scam);
	for (uint32_t f = QUESTION_F_ZH; f <= QUESTION_F_WHY_EN; f++)
		if (f != QUESTION_F_N_CHOICES && f != QUESTION_F_RIGHT)
			give_ref(c, f);
	desk_give_i(c, QUESTION_F_N_CHOICES, n_choices);
	desk_give_i(c, QUESTION_F_RIGHT, right);
	id = must(&b);
	say(&b, DESK_QUESTION, QUESTION_DO_APPROVE, id, ROLE_TRAINER);
	refuse(&b, DESK_REFUSED_FOUR_EYES);
	say(&b, DESK_QUESTION, QUESTION_DO_APPROVE, id, ROLE_EDITOR);
	must(&b);
	return id;
}

static uint64_t draft_course(uint32_t scams, uint32_t audience, uint32_t questions, uint32_t pass_mark)
{
	struct desk_command *c = say(&b, DESK_COURSE, COURSE_DO_DRAFT, 0, ROLE_TRAINER);

	give_ref(c, COURSE_F_TITLE);
	desk_give_i(c, COURSE_F_AUDIENCE, audience);
	desk_give_i(c, COURSE_F_SCAMS, scams);
	desk_give_i(c, COURSE_F_QUESTIONS, questions);
	desk_give_i(c, COURSE_F_PASS, pass_mark);
	desk_give_i(c, COURSE_F_MONTHS, 12);
	desk_give_i(c, COURSE_F_MINUTES, 20);
	return must(&b);
}

static uint64_t course(uint32_t scams, uint32_t audience, uint32_t questions, uint32_t pass_mark)
{
	uint64_t id = draft_course(scams, audience, questions, pass_mark);

	say(&b, DESK_COURSE, COURSE_DO_PROPOSE, id, ROLE_TRAINER);
	must(&b);
	say(&b, DESK_COURSE, COURSE_DO_APPROVE, id, ROLE_TRAINER);
	refuse(&b, DESK_REFUSED_FOUR_EYES);
	say(&b, DESK_COURSE, COURSE_DO_APPROVE, id, ROLE_LEADER);
	must(&b);
	return id;
}

/* Four of tasks and four of loans, three choices each; the right one goes round. */
static void a_bank(void)
{
	for (uint32_t i = 0; i < 8; i++)
		question(i < 4 ? SCAM_TASKS : SCAM_LOAN, 3, 1 + i % 3, i);
}

#define BOTH (1u << SCAM_TASKS | 1u << SCAM_LOAN)

static struct desk_command *start(uint64_t course_id, uint64_t seed, enum desk_role role)
{
	struct desk_command *c = say(&b, DESK_ATTEMPT, ATTEMPT_DO_START, 0, role);

	desk_give_id(c, ATTEMPT_F_COURSE, course_id);
	desk_give_i(c, ATTEMPT_F_SEED, (int64_t)(seed & INT64_MAX));
	return c;
}

static struct desk_command *answer(uint64_t id, const char *letters, enum desk_role role)
{
	struct desk_command *c = say(&b, DESK_ATTEMPT, ATTEMPT_DO_ANSWER, id, role);

	desk_give_code(c, ATTEMPT_F_ANSWERS, text_z(letters));
	return c;
}

/* Letters of which the first n are right. */
static void letters_of(uint64_t id, uint32_t n_right, char *out)
{
	const struct desk_object a = *the(&b, id);
	uint32_t n = attempt_questions(&a);

	for (uint32_t i = 0; i < n; i++) {
		const struct desk_object *q = the(&b, desk_id(&a, ATTEMPT_F_QUESTION + i));
		uint8_t order[QUIZ_CHOICES_MAX];
		uint32_t k = 0;

		quiz_order((uint64_t)desk_i(&a, ATTEMPT_F_SEED), i, (uint32_t)desk_i(q, QUESTION_F_N_CHOICES), order);
		while ((order[k] + 1 == desk_i(q, QUESTION_F_RIGHT)) != (i < n_right))
			k++;
		out[i] = (char)('A' + k);
	}
	out[n] = 0;
}

static void a_course_needs_questions_and_four_eyes(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t id = draft_course(BOTH, COURSE_FOR_OUTLETS, 2, 80);
	say(&b, DESK_COURSE, COURSE_DO_PROPOSE, id, ROLE_TRAINER);
	refuse(&b, DESK_REFUSED_FEW_QUESTIONS);
	uint64_t q = question(SCAM_TASKS, 2, 2, 1);
	question(SCAM_POLICE, 2, 1, 2);
	say(&b, DESK_COURSE, COURSE_DO_PROPOSE, id, ROLE_TRAINER);
	refuse(&b, DESK_REFUSED_FEW_QUESTIONS);
	question(SCAM_LOAN, 2, 1, 3);
	say(&b, DESK_COURSE, COURSE_DO_PROPOSE, id, ROLE_TRAINER);
	must(&b);
	start(id, 1, ROLE_BANK_OUTLET);
	refuse(&b, DESK_REFUSED_NOT_IN_FORCE);
	say(&b, DESK_QUESTION, QUESTION_DO_WITHDRAW, q, ROLE_TRAINER);
	must(&b);
	say(&b, DESK_COURSE, COURSE_DO_APPROVE, id, ROLE_LEADER);
	refuse(&b, DESK_REFUSED_FEW_QUESTIONS);
	/* a right choice that is none of the choices */
	struct desk_command *c = say(&b, DESK_QUESTION, QUESTION_DO_PROPOSE, 0, ROLE_TRAINER);
	desk_give_code(c, QUESTION_F_CODE, TEXT("x"));
	desk_give_i(c, QUESTION_F_SCAM, SCAM_TASKS);
	for (uint32_t f = QUESTION_F_ZH; f <= QUESTION_F_WHY_EN; f++)
		if (f != QUESTION_F_N_CHOICES && f != QUESTION_F_RIGHT)
			give_ref(c, f);
	desk_give_i(c, QUESTION_F_N_CHOICES, 2);
	desk_give_i(c, QUESTION_F_RIGHT, 3);
	refuse(&b, DESK_REFUSED_FIELD_VALUE);
	assert_int_equal(b.out.field, QUESTION_F_RIGHT);
}

static void answers_are_graded_exactly(void **state)
{
	char letters[QUIZ_QUESTIONS_MAX + 1];

	(void)state;
	for (uint32_t n = 1; n <= 6; n++)
		for (uint32_t right = 0; right <= n; right++) {
			bench_clear(&b, T0);
			a_bank();
			uint64_t c = course(BOTH, COURSE_FOR_OUTLETS, n, 67);
			start(c, 1000 + n * 10 + right, ROLE_OPERATOR_OUTLET);
			uint64_t id = must(&b);
			assert_int_equal(attempt_questions(the(&b, id)), n);
			letters_of(id, right, letters);
			answer(id, letters, ROLE_OPERATOR_OUTLET);
			must(&b);
			assert_int_equal(desk_i(the(&b, id), ATTEMPT_F_GOT), right);
			assert_int_equal(state_of(&b, id), right * 100 >= n * 67 ? ATTEMPT_PASSED : ATTEMPT_FAILED);
			assert_int_equal(desk_has(the(&b, id), ATTEMPT_F_UNTIL), right * 100 >= n * 67);
		}
}

static void a_pass_lasts_to_its_very_microsecond(void **state)
{
	char letters[QUIZ_QUESTIONS_MAX + 1];

	(void)state;
	bench_clear(&b, T0);
	a_bank();
	uint64_t c = course(BOTH, COURSE_FOR_BANKS, 4, 100);
	start(c, 5, ROLE_OPERATOR_OUTLET);
	refuse(&b, DESK_REFUSED_USER); /* not for them */
	start(c, 5, ROLE_BANK_OUTLET);
	uint64_t id = must(&b);
	letters_of(id, 4, letters);
	pass(&b, 20 * US_PER_MINUTE - 1);
	answer(id, letters, ROLE_BANK_OUTLET);
	must(&b);
	assert_int_equal(state_of(&b, id), ATTEMPT_PASSED);
	int64_t until = desk_months_after(b.now, 12);
	pass(&b, until - b.now - 1);
	assert_int_equal(state_of(&b, id), ATTEMPT_PASSED);
	pass(&b, 1);
	assert_int_equal(state_of(&b, id), ATTEMPT_EXPIRED);
}

/* Twice, too late, somebody else's, letters that are none, too many, too few. */
static void hostile_answers_are_refused(void **state)
{
	static const char *const wrong[] = { "A", "AAAAA", "AAAD", "AAAa", "AAA.", "AAA1", "----A" };
	char letters[QUIZ_QUESTIONS_MAX + 1];

	(void)state;
	bench_clear(&b, T0);
	a_bank();
	uint64_t c = course(BOTH, COURSE_FOR_ALL, 4, 100);
	start(c, 6, ROLE_BANK_OUTLET);
	uint64_t id = must(&b);
	letters_of(id, 4, letters);
	for (uint32_t i = 0; i < ARRAY_LEN(wrong); i++) {
		answer(id, wrong[i], ROLE_BANK_OUTLET);
		refuse(&b, DESK_REFUSED_FIELD_VALUE);
		assert_int_equal(b.out.field, ATTEMPT_F_ANSWERS);
	}
	answer(id, letters, ROLE_BANK_OUTLET)->user = 999; /* a colleague with the same role, of the same organisation */
	refuse(&b, DESK_REFUSED_SCOPE);
	answer(id, letters, ROLE_TRAINER); /* who reaches everything answers for nobody */
	refuse(&b, DESK_REFUSED_SCOPE);
	start(c, 7, ROLE_BANK_OUTLET); /* not two at once */
	refuse(&b, DESK_REFUSED_OTHER_OPEN);
	desk_give_id(answer(id, letters, ROLE_BANK_OUTLET), ATTEMPT_F_PERSON, 999);
	refuse(&b, DESK_REFUSED_FIELD_EXTRA);
	answer(id, "----", ROLE_BANK_OUTLET);
	must(&b);
	assert_int_equal(state_of(&b, id), ATTEMPT_FAILED);
	answer(id, letters, ROLE_BANK_OUTLET); /* now that what is right can be read */
	refuse(&b, DESK_REFUSED_STATE);
	start(c, 6, ROLE_BANK_OUTLET);
	uint64_t late = must(&b);
	letters_of(late, 4, letters);
	b.now += 20 * US_PER_MINUTE; /* no tick in between: the time limit is first all the same */
	answer(late, letters, ROLE_BANK_OUTLET);
	assert_int_equal(hear(&b), DESK_REFUSED_STATE);
	assert_int_equal(state_of(&b, late), ATTEMPT_LAPSED);
	/* the same seed did not bring the same questions */
	uint32_t same = 0;
	for (uint32_t i = 0; i < 4; i++)
		for (uint32_t k = 0; k < 4; k++)
			same += desk_id(the(&b, id), ATTEMPT_F_QUESTION + i) == desk_id(the(&b, late), ATTEMPT_F_QUESTION + k);
	assert_true(same < 4);
	start(c, 8, ROLE_CONNECTOR);
	refuse(&b, DESK_REFUSED_ROLE);
}

/* What runs is graded by the questions that it began with. */
static void withdrawn_questions_still_count_for_who_has_them(void **state)
{
	char letters[QUIZ_QUESTIONS_MAX + 1];

	(void)state;
	bench_clear(&b, T0);
	a_bank();
	uint64_t c = course(BOTH, COURSE_FOR_ALL, 4, 100);
	start(c, 6, ROLE_GRID);
	uint64_t id = must(&b);
	for (uint32_t i = 0; i < 4; i++) {
		say(&b, DESK_QUESTION, QUESTION_DO_WITHDRAW, desk_id(the(&b, id), ATTEMPT_F_QUESTION + i), ROLE_TRAINER);
		must(&b);
	}
	letters_of(id, 4, letters);
	answer(id, letters, ROLE_GRID);
	must(&b);
	assert_int_equal(state_of(&b, id), ATTEMPT_PASSED);
	say(&b, DESK_QUESTION, QUESTION_DO_WITHDRAW, desk_id(the(&b, id), ATTEMPT_F_QUESTION), ROLE_TRAINER);
	refuse(&b, DESK_REFUSED_STATE);
}

/* ---- a person's days, against a model ---- */

struct model {
	uint64_t open; /* 0: none */
	int64_t ends;
	uint32_t today;
	int64_t day;
};

static void model_time(struct model *m)
{
	if (m->open != 0 && b.now >= m->ends)
		m->open = 0;
	if (desk_day(b.now) != m->day) {
		m->day = desk_day(b.now);
		m->today = 0;
	}
}

static void days_of_a_clerk(void **state)
{
	uint64_t course_id[2], started = 0, refused = 0;
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(32));
	for (uint64_t k = test_cases(300); k > 0; k--) {
		struct model m[2] = { { 0 }, { 0 } };

		bench_clear(&b, T0);
		a_bank();
		course_id[0] = course(BOTH, COURSE_FOR_OUTLETS, 4, 75);
		course_id[1] = course(1u << SCAM_LOAN, COURSE_FOR_ALL, 4, 75);
		for (uint32_t i = 0; i < 60; i++) {
			uint32_t c = (uint32_t)rng_below(&r, 2);
			char letters[QUIZ_QUESTIONS_MAX + 1];

			b.now +=
				rng_chance(&r, 200000) ? (int64_t)rng_below(&r, D / 2) : (int64_t)rng_below(&r, 25) * US_PER_MINUTE;
			model_time(&m[0]);
			model_time(&m[1]);
			if (rng_chance(&r, 600000)) {
				enum desk_refusal no = m[c].open != 0    ? DESK_REFUSED_OTHER_OPEN
				                       : m[c].today == 3 ? DESK_REFUSED_ATTEMPTS
				                                         : DESK_OK;

				start(course_id[c], rng_next(&r), ROLE_BANK_OUTLET);
				assert_int_equal(hear(&b), no);
				if (no == DESK_OK)
					m[c] = (struct model){ b.out.object, b.now + 20 * US_PER_MINUTE, m[c].today + 1, m[c].day };
				started += no == DESK_OK;
				refused += no != DESK_OK;
			} else if (m[c].open != 0) {
				letters_of(m[c].open, (uint32_t)rng_below(&r, 5), letters);
				answer(m[c].open, letters, ROLE_BANK_OUTLET);
				must(&b);
				m[c].open = 0;
			}
			pass(&b, 0);
			check_world(&b);
		}
	}
	assert_true(started > 0 && refused > 0);
	print_message("%llu started, %llu refused\n", (unsigned long long)started, (unsigned long long)refused);
}

static void a_drill_is_rehearsed(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	struct desk_command *c = say(&b, DESK_ATTEMPT, ATTEMPT_DO_REHEARSE, 0, ROLE_BANK_OUTLET);
	desk_give_i(c, ATTEMPT_F_DRILL, SCAM_POLICE);
	desk_give_i(c, ATTEMPT_F_SEED, 9);
	uint64_t id = must(&b);
	/* the best path, by hand: stop, stop, call */
	char letters[DRILL_STEPS_MAX + 1] = { 0 };
	static const uint8_t moves[] = { DRILL_ASK, DRILL_STOP, DRILL_CALL };
	uint32_t at = 0, n = 0;
	for (; n < ARRAY_LEN(moves); n++) {
		const struct drill_step *s = &drill_find(SCAM_POLICE)->step[at];
		uint8_t order[QUIZ_CHOICES_MAX];
		uint32_t k = 0;
		quiz_order(9, at, drill_choices(s), order);
		while (s->choice[order[k]].move != moves[n])
			k++;
		letters[n] = (char)('A' + k);
		at = s->choice[order[k]].next - 1u;
	}
	answer(id, "A", ROLE_BANK_OUTLET);
	refuse(&b, DESK_REFUSED_FIELD_VALUE);
	desk_give_i(answer(id, letters, ROLE_BANK_OUTLET), ATTEMPT_F_TOOK, 41 * US_PER_SECOND);
	must(&b);
	assert_int_equal(desk_i(the(&b, id), ATTEMPT_F_GOT), 6);
	assert_int_equal(state_of(&b, id),
	                 quiz_reaches(6, drill_points(SCAM_POLICE), 80) ? ATTEMPT_PASSED : ATTEMPT_FAILED);
	assert_int_equal(desk_i(the(&b, id), ATTEMPT_F_FATAL), 0);
}

static int setup(void **state)
{
	(void)state;
	bench_init(&b, T0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	bench_release(&b);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draws_are_fair_and_differ),
		cmocka_unit_test(choices_are_in_any_order),
		cmocka_unit_test(a_share_is_exact),
		cmocka_unit_test(there_is_a_sound_drill_for_each_class),
		cmocka_unit_test(a_course_needs_questions_and_four_eyes),
		cmocka_unit_test(answers_are_graded_exactly),
		cmocka_unit_test(a_pass_lasts_to_its_very_microsecond),
		cmocka_unit_test(hostile_answers_are_refused),
		cmocka_unit_test(withdrawn_questions_still_count_for_who_has_them),
		cmocka_unit_test(days_of_a_clerk),
		cmocka_unit_test(a_drill_is_rehearsed),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
