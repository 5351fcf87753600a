/* test_scorecard.c - the judges of bench/quality on cases small enough to work out by hand, without any data. */
#include "tests/test.h"
#include "base/rng.h"
#include "bench/quality/cross.h"
#include <math.h>

#define assert_near(a, b, within) assert_true(fabs((a) - (b)) <= (within))

static void test_wilson(void **state)
{
	(void)state;
	/* Newcombe 1998, table I: 81 of 263 and 0 of 20. */
	struct measure_range r = measure_wilson(81, 263);
	assert_near(r.low, 0.2553, 5e-5);
	assert_near(r.high, 0.3662, 5e-5);
	r = measure_wilson(0, 20);
	assert_near(r.low, 0, 0);
	assert_near(r.high, 0.1611, 5e-5);
	r = measure_wilson(20, 20);
	assert_near(r.high, 1, 0);
	r = measure_wilson(0, 0);
	assert_near(r.high - r.low, 1, 0);
	assert_near(measure_precision_at_base(0.5, 0.001, 0.001), 0.5 / (0.5 + 0.999), 1e-12);
	assert_true(isnan(measure_precision_at_base(0, 0, 0.001)));
}

static void test_ranking(void **state)
{
	(void)state;
	struct measure_row perfect[] = { { 1, 0 }, { 2, 0 }, { 3, 1 }, { 4, 1 } };
	assert_near(measure_auc(perfect, 4), 1, 1e-12);
	assert_near(measure_average_precision(perfect, 4), 1, 1e-12);
	assert_near(measure_recall_at_fpr(perfect, 4, 0), 1, 1e-12);
	/* Falling: 1 0 1 0. Pairs in order: 3 of 4. Precision at the hits: 1 and 2/3. */
	struct measure_row mixed[] = { { 1, 0 }, { 4, 1 }, { 3, 0 }, { 2, 1 } };
	assert_near(measure_auc(mixed, 4), 0.75, 1e-12);
	assert_near(measure_average_precision(mixed, 4), 5.0 / 6, 1e-12);
	assert_near(measure_recall_at_fpr(mixed, 4, 0.49), 0.5, 1e-12);
	assert_near(measure_recall_at_fpr(mixed, 4, 0.5), 1, 1e-12);
	/* All alike: nothing is known. */
	struct measure_row same[] = { { 7, 0 }, { 7, 1 }, { 7, 0 }, { 7, 1 } };
	assert_near(measure_auc(same, 4), 0.5, 1e-12);
	assert_near(measure_average_precision(same, 4), 0.5, 1e-12);
	assert_near(measure_recall_at_fpr(same, 4, 0.9), 0, 1e-12);
	struct measure_row one_class[] = { { 1, 1 }, { 2, 1 } };
	assert_true(isnan(measure_auc(one_class, 2)));
}

static void test_auc_by_pairs(void **state)
{
	(void)state;
	enum {
		N = 200
	};
	struct measure_row row[N];
	struct rng rng;
	rng_seed(&rng, test_seed(41));
	for (uint64_t run = 0; run < test_cases(50); run++) {
		double right = 0, pairs = 0;
		for (int i = 0; i < N; i++)
			row[i] = (struct measure_row){ (double)rng_below(&rng, 1 + run), rng_chance(&rng, 300000) };
		for (int i = 0; i < N; i++)
			for (int j = 0; j < N; j++)
				if (row[i].label && !row[j].label) {
					pairs++;
					right += row[i].score > row[j].score ? 1 : row[i].score == row[j].score ? 0.5 : 0;
				}
		assert_near(measure_auc(row, N), right / pairs, 1e-12);
	}
}

static void test_counts(void **state)
{
	(void)state;
	struct measure_row row[] = { { 1, 1 }, { 1, 0 }, { 0, 1 }, { -1, 0 }, { -1, 0 }, { -1, 1 } };
	struct measure_counts c = measure_at(row, 6, 0);
	assert_int_equal(c.tp, 2);
	assert_int_equal(c.fp, 1);
	assert_int_equal(c.fn, 1);
	assert_int_equal(c.tn, 2);
	assert_near(measure_accuracy(&c), 4.0 / 6, 1e-12);
	assert_near(measure_f1(&c), 2.0 / 3, 1e-12);
	assert_near(measure_f1_macro(&c), 2.0 / 3, 1e-12);
}

static void test_logistic(void **state)
{
	(void)state;
	/* One feature of two values, 1 of 4 and 3 of 4 hits: weights are the differences of log odds. */
	double x[8] = { 0, 0, 0, 0, 1, 1, 1, 1 }, w[2] = { 0, 0 };
	signed char y[8] = { 1, 0, 0, 0, 1, 1, 1, 0 };
	assert_true(card_logistic(x, y, 8, 1, 0, w) > 0);
	assert_near(w[1], -log(3), 1e-4);
	assert_near(w[0], 2 * log(3), 1e-4);
	/* A penalty pulls towards 0; separable data stays finite with one. */
	double pulled[2] = { 0, 0 };
	assert_true(card_logistic(x, y, 8, 1, 5, pulled) > 0);
	assert_true(pulled[0] > 0 && pulled[0] < w[0]);
	signed char split[8] = { 0, 0, 0, 0, 1, 1, 1, 1 };
	double finite[2] = { 0, 0 };
	assert_true(card_logistic(x, split, 8, 1, 1, finite) > 0);
	assert_true(finite[0] > 1 && finite[0] < 10);
	/* Twice the same feature: the matrix is singular but for the penalty, and the weight is shared. */
	double twice[16], shared[3] = { 0, 0, 0 };
	for (int i = 0; i < 16; i++)
		twice[i] = x[i / 2];
	assert_true(card_logistic(twice, y, 8, 2, 1e-6, shared) > 0);
	assert_near(shared[0], shared[1], 1e-6);
	assert_near(shared[0] + shared[1], w[0], 1e-3);
}

static void test_woe(void **state)
{
	(void)state;
	assert_near(card_woe(10, 10, 10, 10), 0, 1e-12);
	assert_near(card_woe(30, 10, 100, 100), log(30.5 / 10.5), 1e-12);
	assert_true(isfinite(card_woe(0, 10, 10, 10)) && card_woe(0, 10, 10, 10) < 0);
}

enum {
	ROWS = 400
};

/* v < 10: 10 % fraud, v >= 10: 90 %; every tenth value missing and half fraud. noise tells nothing. */
static void make(struct sheet *s, signed char *label, uint32_t *rows)
{
	assert_true(sheet_init(s, ROWS));
	struct sheet_column *v = sheet_add(s, "v"), *noise = sheet_add(s, "noise");
	assert_non_null(v);
	assert_non_null(noise);
	for (uint32_t i = 0; i < ROWS; i++) {
		rows[i] = i;
		uint32_t turn = i / 40;
		if (i % 10 == 0) {
			label[i] = turn % 2 == 0;
		} else {
			v->v[i] = i % 2 ? 5 + i % 4 : 15 + i % 4;
			label[i] = i % 2 ? turn == 3 : turn != 3;
		}
		noise->v[i] = (double)(i * 7919 % 101);
	}
}

static void test_card(void **state)
{
	(void)state;
	struct sheet s;
	signed char label[ROWS];
	uint32_t rows[ROWS];
	bool skip[SHEET_COLUMNS_MAX] = { false };
	struct card_options o = card_defaults();
	struct card k, again;
	make(&s, label, rows);
	assert_true(card_fit(&k, &s, label, rows, ROWS, skip, &o));
	const struct card_feature *f = &k.feature[0];
	assert_int_equal(f->column, 0);
	assert_int_equal(f->n_bins, 3); /* missing, low, high: neighbours alike were merged */
	assert_true(f->edge[0] > 8 && f->edge[0] <= 15);
	assert_int_equal(f->rows[0], 40);
	assert_int_equal(f->fraud[0], 20);
	assert_true(f->points[1] < 0 && f->points[2] > 0);
	assert_int_equal(card_bin(f, NAN), 0);
	assert_int_equal(card_bin(f, -1e300), 1);
	assert_int_equal(card_bin(f, f->edge[0]), 2);
	assert_true(card_score(&k, &s, 1) < 0 && card_score(&k, &s, 2) > 0);
	assert_near(card_probability(0), 0.5, 1e-12);
	assert_near(card_probability(CARD_POINTS_TO_DOUBLE), 2.0 / 3, 1e-12);
	/* The same rows in another order make the same card. */
	for (uint32_t i = 0; i < ROWS; i++)
		rows[i] = ROWS - 1 - i;
	assert_true(card_fit(&again, &s, label, rows, ROWS, skip, &o));
	for (size_t i = 0; i < ROWS; i++)
		assert_int_equal(card_score(&k, &s, i), card_score(&again, &s, i));
	card_release(&again);
	o.missing_is_nothing = true;
	assert_int_not_equal(k.feature[0].points[0], 0);
	assert_true(card_fit(&again, &s, label, rows, ROWS, skip, &o));
	assert_int_equal(again.feature[0].points[0], 0);
	card_release(&again);
	card_release(&k);
	/* One class only: no card. */
	memset(label, 0, sizeof label);
	assert_false(card_fit(&k, &s, label, rows, ROWS, skip, &o));
	sheet_release(&s);
}

static void test_coded(void **state)
{
	(void)state;
	struct sheet s;
	signed char label[90];
	uint32_t rows[90];
	bool skip[SHEET_COLUMNS_MAX] = { false };
	struct card_options o = card_defaults();
	struct card k;
	assert_true(sheet_init(&s, 90));
	struct sheet_column *c = sheet_add(&s, "shop");
	c->coded = true;
	c->codes = 4; /* code 3 never seen in training */
	for (uint32_t i = 0; i < 90; i++) {
		rows[i] = i;
		c->v[i] = i % 3;
		label[i] = i % 3 == 0 && i % 2 == 0;
	}
	assert_true(card_fit(&k, &s, label, rows, 90, skip, &o));
	const struct card_feature *f = &k.feature[0];
	assert_true(f->points[1] > 0 && f->points[2] < 0);
	assert_int_equal(f->points[4], 0);
	assert_int_equal(card_bin(f, 7), 0); /* a code that nobody declared */
	card_release(&k);
	sheet_release(&s);
}

static void test_folds(void **state)
{
	(void)state;
	struct sheet s;
	signed char label[ROWS];
	uint32_t rows[ROWS];
	bool skip[SHEET_COLUMNS_MAX] = { false };
	struct card_options o = card_defaults();
	struct cross_result a, b;
	make(&s, label, rows);
	assert_true(cross_validate(&a, &s, label, rows, ROWS, skip, &o, 1));
	assert_true(cross_validate(&b, &s, label, rows, ROWS, skip, &o, 1));
	assert_int_equal(a.n, ROWS); /* every row is tested once */
	double auc = measure_auc(a.row, a.n);
	assert_true(auc > 0.8 && auc < 1);
	assert_near(auc, measure_auc(b.row, b.n), 0);
	cross_release(&a);
	cross_release(&b);
	sheet_release(&s);
}

static void test_sheet(void **state)
{
	(void)state;
	struct text rest = TEXT("a,,b\r\nc\n\nlast"), line, cell[4];
	assert_true(sheet_line(&rest, &line));
	assert_int_equal(sheet_cells(line, cell, 4), 3);
	assert_text(cell[0], "a");
	assert_text(cell[1], "");
	assert_text(cell[2], "b");
	assert_true(sheet_line(&rest, &line));
	assert_text(line, "c");
	assert_true(sheet_line(&rest, &line));
	assert_text(line, "");
	assert_true(sheet_line(&rest, &line));
	assert_text(line, "last");
	assert_false(sheet_line(&rest, &line));
	assert_near(sheet_number(TEXT("-1.5e2")), -150, 0);
	assert_true(isnan(sheet_number(TEXT("1x"))));
	assert_true(isnan(sheet_number(TEXT(""))));
	assert_true(isnan(sheet_number(TEXT("inf"))));
	struct sheet_codes c;
	assert_true(sheet_codes_init(&c, 3));
	assert_int_equal(sheet_code(&c, TEXT("x")), 0);
	assert_int_equal(sheet_code(&c, TEXT("y")), 1);
	assert_int_equal(sheet_code(&c, TEXT("x")), 0);
	sheet_codes_release(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wilson), cmocka_unit_test(test_ranking),  cmocka_unit_test(test_auc_by_pairs),
		cmocka_unit_test(test_counts), cmocka_unit_test(test_logistic), cmocka_unit_test(test_woe),
		cmocka_unit_test(test_card),   cmocka_unit_test(test_coded),    cmocka_unit_test(test_folds),
		cmocka_unit_test(test_sheet),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
