/* test_effect.c - what may be claimed: how often an effect is claimed that is not there, how often one that is there is found, for people and for districts, and what is refused. */
#include "tests/test.h"
#include <math.h>
#include "base/rng.h"
#include "outreach/effect.h"

static const struct effect_plan usual = {
	.outcome = CAMPAIGN_CONVERSION, .alpha = 0.05, .power = 0.8, .effect = 0.5, .base = 0.1, .contact = 0.5, .held = 0.3
};

static uint64_t draw(struct rng *r, uint64_t n, double p)
{
	uint64_t x = 0;

	for (uint64_t i = 0; i < n; i++)
		x += rng_chance(r, (uint32_t)(1e6 * p + 0.5));
	return x;
}

static struct effect_arm arm(struct rng *r, uint64_t people, double contact, double rate, double reached)
{
	struct effect_arm a = { .people = people };

	a.contacted = draw(r, people, contact);
	a.victims = a.contacted_victims = draw(r, a.contacted, rate);
	a.reached = draw(r, people, reached);
	a.contacted_reached = draw(r, a.contacted, reached);
	a.reports = draw(r, people, rate);
	return a;
}

static double claims(struct rng *r, const struct effect_plan *p, uint64_t people, double rate, uint64_t n,
                     uint64_t *wrong)
{
	uint64_t held = (uint64_t)((double)people * p->held), hits = 0;

	*wrong = 0;
	for (uint64_t i = 0; i < n; i++) {
		struct effect_arm a = arm(r, people - held, p->contact, rate, 0.9), h = arm(r, held, p->contact, p->base, 0);
		struct effect e;

		effect_judge(p, EFFECT_OVER, &a, &h, &e);
		hits += e.verdict == CAMPAIGN_HELPED;
		*wrong += e.verdict == CAMPAIGN_HARMED;
	}
	return (double)hits / (double)n;
}

static void effects_are_found_as_often_as_computed(void **state)
{
	struct rng r;
	uint64_t n = test_cases(1500), wrong;
	double noise = 3 * sqrt(0.25 / (double)n);

	(void)state;
	rng_seed(&r, test_seed(4));
	for (uint64_t people = 600; people <= 4800; people *= 2) {
		struct effect_power w;
		double found, false_claims;

		effect_plan_power(&usual, people, &w);
		found = claims(&r, &usual, people, w.rate, n, &wrong);
		assert_int_equal(wrong, 0);
		false_claims = claims(&r, &usual, people, usual.base, n, &wrong) + (double)wrong / (double)n;
		print_message("%llu people: computed %.3f, found %.3f, claimed where there is none %.3f\n",
		              (unsigned long long)people, w.power, found, false_claims);
		assert_true(fabs(found - w.power) <= 0.03 + noise);
		assert_true(false_claims <= 0.05 + 3 * sqrt(0.05 * 0.95 / (double)n));
	}
}

static void nothing_is_claimed_too_early(void **state)
{
	struct effect_arm a = { .people = 1000, .contacted = 500, .contacted_victims = 5 },
					  h = { .people = 1000, .contacted = 500, .contacted_victims = 50 };
	struct effect e;

	(void)state;
	effect_judge(&usual, EFFECT_OVER, &a, &h, &e);
	assert_int_equal(e.verdict, CAMPAIGN_HELPED);
	effect_judge(&usual, EFFECT_TOO_EARLY, &a, &h, &e);
	assert_int_equal(e.verdict, CAMPAIGN_NOT_SHOWN);
	effect_judge(&usual, EFFECT_STOPPED, &a, &h, &e);
	assert_int_equal(e.verdict, CAMPAIGN_NOT_SHOWN);
	effect_judge(&usual, EFFECT_OVER, &h, &a, &e);
	assert_int_equal(e.verdict, CAMPAIGN_HARMED);
}

static void too_few_is_said(void **state)
{
	struct effect_arm none = { .people = 0 }, a = { .people = 1000, .contacted = 500, .contacted_victims = 0 };
	struct effect_arm h = { .people = 1000, .contacted = 500, .contacted_victims = 4 };
	struct effect e;

	(void)state;
	effect_judge(&usual, EFFECT_OVER, &a, &h, &e); /* four cases can't, however they fall */
	assert_int_equal(e.verdict, CAMPAIGN_TOO_FEW);
	effect_judge(&usual, EFFECT_OVER, &none, &h, &e);
	assert_int_equal(e.verdict, CAMPAIGN_TOO_FEW);
	assert_true(isnan(e.rate) && isnan(e.compliers));
	h.contacted_victims = 30;
	a.contacted_victims = 28;
	effect_judge(&usual, EFFECT_OVER, &a, &h, &e);
	assert_int_equal(e.verdict, CAMPAIGN_NOT_SHOWN);
	assert_false(e.rules_out_worth);
	a = (struct effect_arm){ .people = 100000, .contacted = 50000, .contacted_victims = 3000 };
	h = (struct effect_arm){ .people = 100000, .contacted = 50000, .contacted_victims = 3010 };
	effect_judge(&usual, EFFECT_OVER, &a, &h, &e);
	assert_true(e.verdict == CAMPAIGN_NOT_SHOWN && e.rules_out_worth);
}

/* As many victims, but more people counted as contacted: conversion falls, and nobody was helped. */
static void more_reports_are_no_help(void **state)
{
	struct effect_arm a = {
		.people = 50000, .contacted = 5600, .contacted_victims = 1250, .victims = 1250, .reports = 900
	};
	struct effect_arm h = {
		.people = 50000, .contacted = 5000, .contacted_victims = 1250, .victims = 1250, .reports = 300
	};
	struct effect_plan p = usual;
	struct effect e;

	(void)state;
	effect_judge(&p, EFFECT_OVER, &a, &h, &e);
	assert_true(e.p < 0.002 && e.contact_p < 1e-8);
	assert_int_equal(e.verdict, CAMPAIGN_NOT_COMPARABLE);
	effect_judge(&p, EFFECT_OVER, &h, &a, &e); /* nor did it harm the other way round */
	assert_int_equal(e.verdict, CAMPAIGN_NOT_COMPARABLE);
	effect_judge(&p, EFFECT_TOO_EARLY, &a, &h, &e);
	assert_int_equal(e.verdict, CAMPAIGN_NOT_SHOWN);
	p.outcome = CAMPAIGN_VICTIMS; /* among all, whoever was contacted */
	effect_judge(&p, EFFECT_OVER, &a, &h, &e);
	assert_int_equal(e.verdict, CAMPAIGN_NOT_SHOWN);
	a.victims = 1000;
	effect_judge(&p, EFFECT_OVER, &a, &h, &e);
	assert_int_equal(e.verdict, CAMPAIGN_HELPED);
}

static void more_reports_are_good(void **state)
{
	struct effect_plan p = usual;
	struct effect_arm a = { .people = 1000, .reports = 60 }, h = { .people = 1000, .reports = 20 };
	struct effect e;

	(void)state;
	p.outcome = CAMPAIGN_REPORTS;
	effect_judge(&p, EFFECT_OVER, &a, &h, &e);
	assert_int_equal(e.verdict, CAMPAIGN_HELPED);
}

static void what_reaching_did(void **state)
{
	struct effect_arm a = {
		.people = 2000, .contacted = 1000, .contacted_victims = 50, .reached = 1000, .contacted_reached = 500
	};
	struct effect_arm h = { .people = 2000, .contacted = 1000, .contacted_victims = 100 };
	struct effect e;

	(void)state;
	effect_judge(&usual, EFFECT_OVER, &a, &h, &e);
	assert_true(fabs(e.difference + 0.05) < 1e-12 && fabs(e.compliers + 0.1) < 1e-12);
	assert_true(fabs(e.compliers_interval.low - 2 * e.interval.low) < 1e-12);
	h.contacted_reached = 600; /* more held out ones were reached than assigned ones: nothing to be said */
	effect_judge(&usual, EFFECT_OVER, &a, &h, &e);
	assert_true(isnan(e.compliers));
}

/* ---- districts ---- */

struct city {
	uint32_t n, periods, waves;
	double base, spread, effect, trend;
	uint64_t people;
};

/* Districts differ, and there are more frauds from period to period; who begins when is dealt. */
static void city_draw(struct rng *r, const struct city *c, struct cluster *out)
{
	for (uint32_t k = 0; k < c->n; k++)
		out[k].starts = k * (c->waves + (c->waves == 1)) / c->n;
	for (uint32_t k = c->n - 1; k > 0; k--) {
		uint32_t j = (uint32_t)rng_below(r, k + 1), was = out[k].starts;

		out[k].starts = out[j].starts;
		out[j].starts = was;
	}
	for (uint32_t k = 0; k < c->n; k++) {
		double own = c->base * (1 + c->spread * (2.0 * (double)rng_below(r, 1000001) / 1e6 - 1));

		for (uint32_t s = 0; s < c->periods; s++) {
			out[k].n[s] = c->people;
			out[k].x[s] = draw(r, c->people, own * (1 + c->trend * s) * (out[k].starts <= s ? 1 - c->effect : 1));
		}
	}
}

static void districts_keep_the_error(void **state)
{
	static const struct city cities[] = {
		{ 10, 1, 1, 0.05, 0.3, 0, 0, 300 },
		{ 10, 1, 1, 0.05, 0.3, 0.5, 0, 600 },
		{ 12, 4, 4, 0.05, 0.3, 0, 0.3, 150 },
		{ 12, 4, 4, 0.05, 0.3, 0.5, 0.3, 150 },
	};
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(5));
	for (size_t w = 0; w < ARRAY_LEN(cities); w++) {
		uint64_t n = test_cases(120), claimed = 0, covered = 0;
		double truth = -cities[w].effect * cities[w].base * (1 + cities[w].trend);

		for (uint64_t i = 0; i < n; i++) {
			struct cluster c[CLUSTERS_MAX] = { 0 };
			struct cluster_effect e;

			city_draw(&r, &cities[w], c);
			assert_int_equal(cluster_judge(&usual, c, cities[w].n, cities[w].periods, i, &e), ERR_OK);
			claimed += e.verdict == CAMPAIGN_HELPED || e.verdict == CAMPAIGN_HARMED;
			assert_true(cities[w].effect == 0 || e.verdict != CAMPAIGN_HARMED);
			covered += e.interval.low <= truth && truth <= e.interval.high;
			assert_true(e.interval.low <= e.difference && e.difference <= e.interval.high);
		}
		print_message("%u districts, %u waves, effect %.1f: claimed %.3f, covered %.3f\n", cities[w].n, cities[w].waves,
		              cities[w].effect, (double)claimed / (double)n, (double)covered / (double)n);
		if (cities[w].effect == 0) {
			assert_true((double)claimed / (double)n <= 0.05 + 3 * sqrt(0.05 * 0.95 / (double)n));
			assert_true((double)covered / (double)n >= 0.95 - 3 * sqrt(0.05 * 0.95 / (double)n));
		} else {
			assert_true(claimed * 10 >= n * 7);
		}
	}
}

/* Districts with as many victims and twice as many contacted: not comparable, as long as it is asked. */
static void districts_contacted_unlike_are_not_compared(void **state)
{
	struct cluster c[12] = { 0 };
	struct cluster_effect e;

	(void)state;
	for (uint32_t k = 0; k < 12; k++)
		c[k] = (struct cluster){ .starts = k % 2, .x = { 50 + k }, .n = { k % 2 ? 500 + k : 1000 + k } };
	assert_int_equal(cluster_judge(&usual, c, 12, 1, 1, &e), ERR_OK);
	assert_true(e.verdict == CAMPAIGN_HELPED && isnan(e.contact_p));
	for (uint32_t k = 0; k < 12; k++)
		c[k].people = 10000;
	assert_int_equal(cluster_judge(&usual, c, 12, 1, 1, &e), ERR_OK);
	assert_true(e.contact_p <= 0.05 && e.p <= 0.05);
	assert_int_equal(e.verdict, CAMPAIGN_NOT_COMPARABLE);
	for (uint32_t k = 0; k < 12; k++)
		c[k].n[0] = 1000 + 7 * (k * 5 % 12);
	assert_int_equal(cluster_judge(&usual, c, 12, 1, 1, &e), ERR_OK);
	assert_int_equal(e.verdict, CAMPAIGN_NOT_SHOWN);
}

static void too_few_districts_show_nothing(void **state)
{
	struct cluster c[6] = { 0 };
	struct cluster_effect e;

	(void)state;
	for (uint32_t k = 0; k < 6; k++)
		c[k] = (struct cluster){ .starts = k % 2, .x = { k % 2 ? 500 : 10 }, .n = { 1000 } };
	assert_int_equal(cluster_judge(&usual, c, 4, 1, 1, &e), ERR_OK); /* 6 ways to deal, 2 of them as unusual */
	assert_int_equal(e.verdict, CAMPAIGN_TOO_FEW);
	assert_true(fabs(e.least_p - 1.0 / 3) < 1e-9);
	assert_int_equal(cluster_judge(&usual, c, 6, 1, 1, &e), ERR_OK);
	assert_true(fabs(e.least_p - 0.1) < 1e-9 && e.verdict == CAMPAIGN_TOO_FEW);
	c[0].starts = c[1].starts = c[2].starts = c[3].starts = c[4].starts = c[5].starts = 1;
	assert_int_equal(cluster_judge(&usual, c, 6, 1, 1, &e), ERR_OK); /* nobody has it */
	assert_true(e.verdict == CAMPAIGN_TOO_FEW && isnan(e.difference));
	assert_true(cluster_power(&usual, 2, 1000, 0) == 0);
	assert_true(cluster_power(&usual, 40, 1000, 0.001) > cluster_power(&usual, 40, 1000, 0.05));
	assert_true(cluster_power(&usual, 40, 1000, 0.001) > cluster_power(&usual, 10, 1000, 0.001));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(effects_are_found_as_often_as_computed),
		cmocka_unit_test(nothing_is_claimed_too_early),
		cmocka_unit_test(too_few_is_said),
		cmocka_unit_test(more_reports_are_good),
		cmocka_unit_test(more_reports_are_no_help),
		cmocka_unit_test(districts_contacted_unlike_are_not_compared),
		cmocka_unit_test(what_reaching_did),
		cmocka_unit_test(districts_keep_the_error),
		cmocka_unit_test(too_few_districts_show_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
