/* test_chance.c - tests of shares against sums over all outcomes, figures from the literature, and how often they are wrong. */
#include "tests/test.h"
#include <math.h>
#include "base/check.h"
#include "base/rng.h"
#include "outreach/chance.h"

#define NEAR(a, b, e) assert_true(fabs((a) - (b)) <= (e))

static void the_usual_quantiles(void **state)
{
	(void)state;
	NEAR(chance_normal_quantile(0.975), 1.959963984540054, 1e-9);
	NEAR(chance_normal(-1.2815515655446004), 0.1, 1e-12);
	NEAR(chance_student_quantile(0.975, 1), 12.706204736432095, 1e-7);
	NEAR(chance_student_quantile(0.975, 10), 2.228138851964939, 1e-9);
	NEAR(chance_student_quantile(0.975, 1e6), chance_normal_quantile(0.975), 1e-5);
	for (double p = 0.001; p < 1; p += 0.0173) {
		NEAR(chance_normal(chance_normal_quantile(p)), p, 1e-12);
		NEAR(chance_student(chance_student_quantile(p, 7), 7), p, 1e-10);
		NEAR(chance_student_quantile(p, 3) + chance_student_quantile(1 - p, 3), 0, 1e-7);
	}
}

/* C(n, k) by Pascal's triangle. */
static double choose(uint32_t n, uint32_t k)
{
	double c = 1;

	for (uint32_t i = 0; i < k; i++)
		c = c * (n - i) / (i + 1);
	return k > n ? 0 : c;
}

static double naive_p(uint32_t xa, uint32_t na, uint32_t xb, uint32_t nb)
{
	double low = 0, high = 0, all = choose(na + nb, xa + xb);

	for (uint32_t x = 0; x <= xa + xb && x <= na; x++) {
		double p = xa + xb - x > nb ? 0 : choose(na, x) * choose(nb, xa + xb - x) / all;

		low += x <= xa ? p : 0;
		high += x >= xa ? p : 0;
	}
	low = low < high ? low : high;
	return low > 0.5 ? 1 : 2 * low;
}

static void the_exact_test_is_the_sum_of_its_tail(void **state)
{
	(void)state;
	for (uint32_t na = 1; na < 14; na++)
		for (uint32_t nb = 1; nb < 14; nb++)
			for (uint32_t xa = 0; xa <= na; xa++)
				for (uint32_t xb = 0; xb <= nb; xb++) {
					struct chance_share a = { xa, na }, b = { xb, nb };
					double p = chance_exact_p(a, b);

					NEAR(p, naive_p(xa, na, xb, nb), 1e-9);
					NEAR(p, chance_exact_p(b, a), 1e-9);
					NEAR(p, chance_exact_p((struct chance_share){ na - xa, na }, (struct chance_share){ nb - xb, nb }),
					     1e-9);
					assert_true(p >= chance_exact_least(xa + xb, na, nb) - 1e-12);
				}
	/* Fisher's tea: 3 of 4 and 1 of 4, one tail 17/70 */
	NEAR(chance_exact_p((struct chance_share){ 3, 4 }, (struct chance_share){ 1, 4 }), 34.0 / 70, 1e-12);
	assert_true(isnan(chance_exact_p((struct chance_share){ 0, 0 }, (struct chance_share){ 1, 4 })));
	/* ten million people, a dozen cases */
	assert_true(chance_exact_p((struct chance_share){ 2, 8000000 }, (struct chance_share){ 10, 2000000 }) < 1e-4);
	NEAR(chance_exact_p((struct chance_share){ 8, 8000000 }, (struct chance_share){ 2, 2000000 }), 1, 1e-6);
}

static void the_interval_is_the_published_one(void **state)
{
	struct chance_interval i =
		chance_difference((struct chance_share){ 56, 70 }, (struct chance_share){ 48, 80 }, 0.05);

	(void)state;
	/* Newcombe 1998, table II, method 6: Miettinen and Nurminen */
	NEAR(i.low, 0.0528, 5e-5);
	NEAR(i.high, 0.3382, 5e-5);
	i = chance_difference((struct chance_share){ 0, 10 }, (struct chance_share){ 0, 10 }, 0.05);
	assert_true(i.low < -0.2 && i.high > 0.2 && fabs(i.low + i.high) < 1e-9);
	i = chance_difference((struct chance_share){ 10, 10 }, (struct chance_share){ 0, 10 }, 0.05);
	assert_true(i.high == 1 && i.low > 0.5);
	i = chance_difference((struct chance_share){ 0, 0 }, (struct chance_share){ 0, 10 }, 0.05);
	assert_true(isnan(i.low) && isnan(i.high));
}

static uint64_t draw(struct rng *r, uint64_t n, uint32_t per_million)
{
	uint64_t x = 0;

	for (uint64_t i = 0; i < n; i++)
		x += rng_chance(r, per_million);
	return x;
}

/* Whoever swaps the groups turns the interval round; what is certain lies in it; a smaller alpha widens it. */
static void intervals_keep_their_order(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(1));
	for (uint64_t i = 0; i < test_cases(2000); i++) {
		struct chance_share a = { .n = 1 + rng_below(&r, 3000) }, b = { .n = 1 + rng_below(&r, 3000) };
		struct chance_interval d, e, wide;
		double diff;

		a.x = rng_below(&r, a.n + 1);
		b.x = rng_below(&r, b.n + 1);
		if (rng_chance(&r, 300000))
			a.x = b.x = 0;
		d = chance_difference(a, b, 0.05);
		e = chance_difference(b, a, 0.05);
		wide = chance_difference(a, b, 0.01);
		diff = (double)a.x / (double)a.n - (double)b.x / (double)b.n;
		NEAR(d.low, -e.high, 1e-9);
		NEAR(d.high, -e.low, 1e-9);
		assert_true(d.low <= diff && diff <= d.high && d.low >= -1 && d.high <= 1);
		assert_true(wide.low <= d.low + 1e-12 && wide.high >= d.high - 1e-12);
	}
}

/* In how many of many repetitions the interval has the truth; binomial noise of three sigmas is allowed. */
static void intervals_cover_what_is_true(void **state)
{
	static const struct {
		uint32_t na, nb, pa, pb;
	} worlds[] = {
		{ 400, 100, 5000, 10000 },  { 2000, 500, 1000, 2000 },  { 100, 100, 300000, 200000 },
		{ 900, 100, 20000, 20000 }, { 50, 50, 500000, 400000 },
	};
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(2));
	for (size_t w = 0; w < ARRAY_LEN(worlds); w++) {
		uint64_t n = test_cases(2000), in = 0;
		double truth = ((double)worlds[w].pa - worlds[w].pb) / 1e6, share;

		for (uint64_t i = 0; i < n; i++) {
			struct chance_share a = { draw(&r, worlds[w].na, worlds[w].pa), worlds[w].na };
			struct chance_share b = { draw(&r, worlds[w].nb, worlds[w].pb), worlds[w].nb };
			struct chance_interval d = chance_difference(a, b, 0.05);

			in += d.low <= truth && truth <= d.high;
		}
		share = (double)in / (double)n;
		print_message("%u/%u at %u/%u per million: covered %.3f\n", worlds[w].na, worlds[w].nb, worlds[w].pa,
		              worlds[w].pb, share);
		assert_true(share >= 0.94 - 3 * sqrt(0.95 * 0.05 / (double)n));
	}
}

static double naive_power(uint32_t na, uint32_t nb, double pa, double pb, double alpha)
{
	double power = 0;

	for (uint32_t x = 0; x <= na; x++)
		for (uint32_t y = 0; y <= nb; y++)
			if (naive_p(x, na, y, nb) <= alpha * (1 + 1e-9))
				power +=
					choose(na, x) * pow(pa, x) * pow(1 - pa, na - x) * choose(nb, y) * pow(pb, y) * pow(1 - pb, nb - y);
	return power;
}

static void power_is_the_sum_over_the_region(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(3));
	for (uint64_t i = 0; i < test_cases(60); i++) {
		uint32_t na = 1 + (uint32_t)rng_below(&r, 40), nb = 1 + (uint32_t)rng_below(&r, 40);
		double pa = (double)rng_below(&r, 1001) / 1000, pb = (double)rng_below(&r, 1001) / 1000;
		double alpha = (1 + (double)rng_below(&r, 100)) / 1000;

		NEAR(chance_power(na, nb, pa, pb, alpha), naive_power(na, nb, pa, pb, alpha), 1e-6);
	}
}

static void power_keeps_the_error_and_grows(void **state)
{
	static const double ps[] = { 0.00001, 0.001, 0.02, 0.3 };
	uint64_t n;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ps); i++)
		for (uint64_t size = 100; size <= 1000000; size *= 10) {
			assert_true(chance_power(size, size / 4, ps[i], ps[i], 0.05) <= 0.05 + 1e-9);
			assert_true(chance_power(10 * size, 10 * size / 4, ps[i], ps[i] / 2, 0.05) + 0.02 >=
			            chance_power(size, size / 4, ps[i], ps[i] / 2, 0.05));
		}
	n = chance_size(0.0004, 0.0008, 0.2, 0.05, 0.8, 100000000);
	assert_true(chance_power(n - n / 5, n / 5, 0.0004, 0.0008, 0.05) >= 0.799);
	assert_true(chance_power(n / 2 - n / 10, n / 10, 0.0004, 0.0008, 0.05) < 0.8);
	assert_int_equal(chance_size(0.1, 0.1, 0.2, 0.05, 0.8, 100000), 0);
	assert_true(chance_power(0, 10, 0.1, 0.2, 0.05) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_usual_quantiles),
		cmocka_unit_test(the_exact_test_is_the_sum_of_its_tail),
		cmocka_unit_test(the_interval_is_the_published_one),
		cmocka_unit_test(intervals_keep_their_order),
		cmocka_unit_test(intervals_cover_what_is_true),
		cmocka_unit_test(power_is_the_sum_over_the_region),
		cmocka_unit_test(power_keeps_the_error_and_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
