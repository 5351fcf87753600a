/* beta.c - see beta.h. */
#include "outreach/beta.h"
#include <math.h>
#include <stdint.h>

enum {
	FRACTION_STEPS_MAX = 2000000, /* far above sqrt(BETA_MAX); never met before it converges */
	QUANTILE_STEPS_MAX = 1200     /* bisection alone ends within 1100: the exponents and the digits of a double */
};
#define LARGE 20
#define HALF_LOG_2PI 0.91893853320467274178
#define SMALL 1e-300
#define EXACT 1e-15

/* What Stirling's series adds to its plain formula (A&S 6.1.41): from LARGE on to within 1e-17. */
static double stirling(double x)
{
	double y = 1 / (x * x);

	return (1.0 / 12 - y * (1.0 / 360 - y * (1.0 / 1260 - y * (1.0 / 1680 - y * (1.0 / 1188))))) / x;
}

/* ln of the gamma function; what is small is brought to LARGE by the recurrence. Only basic arithmetic and log, so that no C library's own idea of lgamma shows. */
static double log_gamma(double x)
{
	double below = 1;

	for (; x < LARGE; x++)
		below *= x;
	return (x - 0.5) * log(x) - x + HALF_LOG_2PI + stirling(x) - log(below);
}

/* log_gamma(a + b) - log_gamma(b) for a large b, where the two are nearly the same. */
static double log_rise(double a, double b)
{
	return (b - 0.5) * log1p(a / b) + a * log(a + b) - a + stirling(a + b) - stirling(b);
}

/* ln of x^a (1-x)^b / B(a, b). For large a and b by what remains when Stirling's terms are taken against each other, about the mean: the plain sum would lose as many digits as a and b have. */
static double log_front(double a, double b, double x)
{
	double off = x - a / (a + b), low = a < b ? a : b, high = a < b ? b : a;

	if (low >= LARGE)
		return a * log1p(off * (a + b) / a) + b * log1p(-off * (a + b) / b) + 0.5 * (log(a) + log(b) - log(a + b)) -
		       HALF_LOG_2PI + stirling(a + b) - stirling(a) - stirling(b);
	return (high >= LARGE ? log_rise(low, high) : log_gamma(a + b) - log_gamma(high)) - log_gamma(low) + a * log(x) +
	       b * log1p(-x);
}

static double away(double x)
{
	return fabs(x) < SMALL ? SMALL : x;
}

/* Lentz, with the even and the odd step of A&S 26.5.8 together. */
static double fraction(double a, double b, double x)
{
	double c = 1, d = 1 / away(1 - (a + b) * x / (a + 1)), h = d;

	for (uint32_t i = 1; i < FRACTION_STEPS_MAX; i++) {
		double m = i, even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)), by;

		d = 1 / away(1 + even * d);
		c = away(1 + even / c);
		h *= d * c;
		d = 1 / away(1 + odd * d);
		c = away(1 + odd / c);
		by = d * c;
		h *= by;
		if (fabs(by - 1) < EXACT)
			break;
	}
	return h;
}

double beta_below(double a, double b, double x)
{
	double p;

	CHECK(a > 0 && b > 0 && a <= BETA_MAX && b <= BETA_MAX);
	if (!(x > 0))
		return 0;
	if (x >= 1)
		return 1;
	p = exp(log_front(a, b, x));
	p = x <= (a + 1) / (a + b + 2) ? p * fraction(a, b, x) / a : 1 - p * fraction(b, a, 1 - x) / b;
	return p < 0 ? 0 : p > 1 ? 1 : p;
}

double beta_quantile(double a, double b, double p)
{
	double low = 0, high = 1, x = a / (a + b);

	CHECK(p >= 0 && p <= 1);
	if (p == 0 || p == 1)
		return p;
	for (int i = 0; i < QUANTILE_STEPS_MAX; i++) {
		double off = beta_below(a, b, x) - p, slope = exp(log_front(a, b, x)) / (x * (1 - x)), next = x - off / slope;

		if (off == 0 || fabs(next - x) <= 1e-14 * x)
			break;
		if (off < 0)
			low = x;
		else
			high = x;
		if (!(next > low && next < high)) /* also where the slope is nothing */
			next = low > 0 ? low + (high - low) / 2 : high / 16;
		if (next == x)
			break;
		x = next;
	}
	return x;
}
