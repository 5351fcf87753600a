/* chance.h - what counts say and what they leave open: the distributions and tests that campaigns are judged by. Pure functions of their arguments.
 *
 * Rare outcomes are the rule here (a dozen victims among thousands), so that nothing rests on a normal approximation where it can be avoided: the test of two shares is the exact conditional one, its
 * power is summed over its own critical region, and the interval is the score interval of Miettinen and Nurminen. doc/campaigns.md has each formula with its source. */
#ifndef DUANKA_OUTREACH_CHANCE_H
#define DUANKA_OUTREACH_CHANCE_H
#include <stdbool.h>
#include <stdint.h>

struct chance_interval {
	double low, high;
};
struct chance_share { /* x of n */
	uint64_t x, n;
};

double chance_normal(double z);          /* P(Z <= z) */
double chance_normal_quantile(double p); /* 0 < p < 1 */
double chance_student(double t, double df);
double chance_student_quantile(double p, double df); /* 0 < p < 1, df > 0 */

/* Two-sided p of the exact conditional test that both shares come from one and the same chance: twice the smaller tail of the hypergeometric distribution, at most 1. NAN if a n is 0. */
double chance_exact_p(struct chance_share a, struct chance_share b);
/* The smallest p that so many events in both groups together could give, however they fell. */
double chance_exact_least(uint64_t events, uint64_t na, uint64_t nb);
/* Of a/na - b/nb, at level 1 - alpha; Miettinen and Nurminen 1985. NAN if a n is 0. */
struct chance_interval chance_difference(struct chance_share a, struct chance_share b, double alpha);
/* How likely chance_exact_p <= alpha is when the true chances are pa and pb. Exact up to 2,000,000 expected events in each group, beyond them by the normal approximation. */
double chance_power(uint64_t na, uint64_t nb, double pa, double pb, double alpha);
/* The least number of people in both groups together, a share `held` of them in b, with which the power is reached; 0: not even with `most`. Power is a saw: it is the first n
 * that a bisection finds, and larger ones may lack a little. */
uint64_t chance_size(double pa, double pb, double held, double alpha, double power, uint64_t most);

#endif
