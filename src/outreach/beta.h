/* beta.h - the beta distribution: how likely a share is, given how often something was seen, and between which limits it lies.
 *
 * The regularised incomplete beta function by its continued fraction (Abramowitz and Stegun 26.5.8, evaluated by Lentz's method), on the side of the mean where it converges in about
 * sqrt(max(a, b)) steps. Quantiles by Newton's steps held in a bracket that only shrinks, so that they end in the same place on every machine that rounds as IEEE 754 does. */
#ifndef DUANKA_OUTREACH_BETA_H
#define DUANKA_OUTREACH_BETA_H
#include "base/check.h"

#define BETA_MAX 1e12 /* of a and b */

/* P(X <= x) of X ~ Beta(a, b); 0 < a, b <= BETA_MAX: CHECKed. x outside of 0..1: 0 or 1. Absolute error below 1e-10 up to a + b = 1e8 (measured against another method). */
double beta_below(double a, double b, double x);
/* The x with beta_below(a, b, x) = p, 0 <= p <= 1. Relative error below 1e-9 where x > 1e-300. */
double beta_quantile(double a, double b, double p);

#endif
