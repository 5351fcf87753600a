/* test_backtest_score.c - days, labels and the curve of a backtest, against a count that looks at everybody for every threshold. */
#include "tests/test.h"
#include <jansson.h>
#include "base/mem.h"
#include "base/rng.h"
#include "show/backtest_score.h"

enum {
	PEOPLE = 40,
	ALERTS = 200
};

static void note(struct backtest_side *s, uint64_t who, uint32_t score, int32_t day)
{
	s->p[s->n] = (struct backtest_record){ .about.w = { who, 7 }, .score = score, .day = day, .order = s->n + 1 };
	s->p[s->n].text_at = s->text_bytes;
	s->p[s->n].text_n = 2;
	fputs("{}", s->texts);
	s->text_bytes += 2;
	s->n++;
}

static json_t *tell(struct backtest_side *old, struct backtest_side *new, struct backtest_labels *l)
{
	struct buf b;
	json_t *j;

	buf_init(&b, 1 << 20);
	buf_z(&b, "{\"x\":1");
	assert_int_equal(backtest_scores_json(&b, old, new, l), ERR_OK);
	buf_char(&b, '}');
	j = json_loadb(b.p, b.n, 0, NULL);
	if (j == NULL)
		fail_msg("%.*s", (int)b.n, b.p);
	buf_release(&b);
	return j;
}

static int64_t number(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

/* labels: 0 none, 1 right, 2 wrong, by person. */
static void check_curve(const json_t *curve, const struct backtest_side *s, const int *label, int64_t right)
{
	int64_t last = INT64_MAX;
	size_t i;
	json_t *p;

	json_array_foreach(curve, i, p)
	{
		int64_t t = number(p, "threshold"), alerts = 0, n[3] = { 0 };

		assert_true(t < last && t % BACKTEST_STEP == 0);
		last = t;
		for (uint64_t k = 0; k < s->n; k++)
			alerts += s->p[k].score >= t;
		for (uint64_t who = 0; who < PEOPLE; who++) {
			bool hit = false;

			for (uint64_t k = 0; k < s->n; k++)
				hit = hit || (s->p[k].about.w[0] == who && s->p[k].score >= t);
			n[label[who]] += hit;
		}
		assert_int_equal(number(p, "alerts"), alerts);
		assert_int_equal(number(p, "entities"), n[0] + n[1] + n[2]);
		assert_int_equal(number(p, "true"), n[1]);
		assert_int_equal(number(p, "false"), n[2]);
		assert_true(json_is_null(json_object_get(p, "recall")) == (right == 0));
		if (right > 0)
			assert_true(json_real_value(json_object_get(p, "recall")) - (double)n[1] / (double)right < 1e-6);
	}
	assert_int_equal(last, 0); /* everybody is in the last point */
}

static void test_random(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, test_seed(11));
	for (uint64_t round = test_cases(200); round > 0; round--) {
		struct backtest_side side[2];
		struct backtest_labels l = { .p = NULL };
		int label[PEOPLE] = { 0 };
		int64_t right = 0, old = 0, new = 0;
		json_t *j, *d;
		size_t i;

		for (int k = 0; k < 2; k++) {
			uint64_t n = rng_below(&rng, ALERTS);

			assert_int_equal(backtest_open(&side[k]), ERR_OK);
			side[k].p = mem_alloc_array(ALERTS, sizeof(*side[k].p));
			for (uint64_t left = n; left > 0; left--)
				note(&side[k], rng_below(&rng, PEOPLE), (uint32_t)rng_below(&rng, 1300),
				     20000 + (int32_t)rng_below(&rng, 5));
		}
		for (uint64_t n = rng_below(&rng, 60); n > 0; n--) {
			uint64_t who = rng_below(&rng, PEOPLE);
			bool good = rng_below(&rng, 2) == 1;

			backtest_label(&l, (struct token){ { who, 7 } }, good);
			label[who] = good ? 1 : 2;
		}
		for (int k = 0; k < PEOPLE; k++)
			right += label[k] == 1;
		j = tell(&side[0], &side[1], &l);
		assert_int_equal(number(json_object_get(j, "labels"), "right"), right);
		check_curve(json_object_get(json_object_get(j, "curve"), "old"), &side[0], label, right);
		check_curve(json_object_get(json_object_get(j, "curve"), "new"), &side[1], label, right);
		json_array_foreach(json_object_get(j, "days"), i, d)
		{
			old += number(d, "old");
			new += number(d, "new");
		}
		assert_int_equal(old, (int64_t)side[0].n);
		assert_int_equal(new, (int64_t)side[1].n);
		json_decref(j);
		backtest_labels_release(&l);
		for (int k = 0; k < 2; k++)
			backtest_release(&side[k]);
	}
}

static void test_no_memory(void **state)
{
	struct backtest_side side[2];
	struct backtest_labels l = { .p = NULL };
	enum err e = ERR_MEMORY;
	uint64_t n = 0;

	(void)state;
	for (int k = 0; k < 2; k++) {
		assert_int_equal(backtest_open(&side[k]), ERR_OK);
		side[k].p = mem_alloc_array(ALERTS, sizeof(*side[k].p));
		note(&side[k], 1, 50, 20000);
	}
	backtest_label(&l, (struct token){ { 1, 7 } }, true);
	while (e != ERR_OK) {
		struct buf b;

		buf_init(&b, 1 << 20);
		mem_fail_at(++n);
		e = backtest_scores_json(&b, &side[0], &side[1], &l);
		mem_fail_at(0);
		assert_true(e == ERR_OK || e == ERR_MEMORY);
		buf_release(&b);
	}
	assert_true(n > 5);
	backtest_labels_release(&l);
	for (int k = 0; k < 2; k++)
		backtest_release(&side[k]);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_random), cmocka_unit_test(test_no_memory) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
