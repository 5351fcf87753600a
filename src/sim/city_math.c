/* city_math.c - exponentials, logarithms and what is made of them, by basic IEEE operations alone: they are exact to the
 * last bit on every machine (no libm, no contraction), so that the same seed gives the same city everywhere. Good to about
 * 1e-12, which nobody here needs. */
#include "sim/city_int.h"

static const double ln2 = 0.69314718055994530942;

double math_exp(double x)
{
	if (x < -700)
		return 0;
	int64_t k = (int64_t)(x / ln2 + (x < 0 ? -0.5 : 0.5));
	double r = x - (double)k * ln2, term = 1, sum = 1;
	for (int i = 1; i < 16; i++) {
		term *= r / i;
		sum += term;
	}
	for (; k > 0; k--)
		sum *= 2;
	for (; k < 0; k++)
		sum /= 2;
	return sum;
}

double math_log(double x)
{
	int k = 0;

	CHECK(x > 0);
	for (; x > 1.5; k++)
		x /= 2;
	for (; x < 0.75; k--)
		x *= 2;
	double y = (x - 1) / (x + 1), power = y, sum = 0; /* log x = 2 artanh y */
	for (int i = 1; i < 40; i += 2) {
		sum += power / i;
		power *= y * y;
	}
	return 2 * sum + k * ln2;
}

/* Tocher 1963: the logistic distribution of the normal's spread; tails a little heavier. */
double math_normal(double p)
{
	return 0.5513 * math_log(p / (1 - p));
}

void math_poisson(uint16_t out[8], double mean)
{
	double term = math_exp(-mean), sum = 0;

	for (int k = 0; k < 8; k++) {
		sum += term;
		term *= mean / (k + 1);
		out[k] = sum >= 1 ? 65535 : (uint16_t)(sum * 65535);
	}
	out[7] = 65535;
}
