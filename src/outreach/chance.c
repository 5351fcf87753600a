/* chance.c - see chance.h. */
#include "outreach/chance.h"
#include <math.h>
#include "base/check.h"
#include "base/mem.h"

/* Beyond so many standard deviations nothing is summed: what is left out is below 1e-15. */
#define SPREAD 9.0
#define EXACT_EVENTS_MAX 2e6

/* ---- distributions ---- */

double chance_normal(double z)
{
	return 0.5 * erfc(-z / M_SQRT2);
}

/* The point where a rising function of x reaches p. */
static double reach(double (*f)(double x, double with), double with, double p)
{
	double low = -1, high = 1;

	while (f(low, with) > p && low > -1e9)
		low *= 2;
	while (f(high, with) < p && high < 1e9)
		high *= 2;
	for (int i = 0; i < 100; i++) {
		double middle = 0.5 * (low + high);

		*(f(middle, with) < p ? &low : &high) = middle;
	}
	return 0.5 * (low + high);
}

static double normal_with(double x, double with)
{
	(void)with;
	return chance_normal(x);
}

double chance_normal_quantile(double p)
{
	return reach(normal_with, 0, p);
}

static double log_gamma(double x)
{
	int sign;

	return lgamma_r(x, &sign);
}

/* The continued fraction of the incomplete beta function, by Lentz's method (NIST DLMF 8.17.22). */
static double beta_fraction(double a, double b, double x)
{
	double c = 1, d = 1 - (a + b) * x / (a + 1), f;

	d = 1 / (fabs(d) < 1e-300 ? 1e-300 : d);
	f = d;
	for (int m = 1; m <= 500; m++) {
		for (int odd = 0; odd < 2; odd++) {
			double k = odd ? -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
			               : m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));

			d = 1 + k * d;
			c = 1 + k / c;
			d = 1 / (fabs(d) < 1e-300 ? 1e-300 : d);
			c = fabs(c) < 1e-300 ? 1e-300 : c;
			f *= c * d;
		}
		if (fabs(c * d - 1) < 1e-15)
			break;
	}
	return f;
}

static double beta_share(double a, double b, double x)
{
	double front;

	if (x <= 0 || x >= 1)
		return x <= 0 ? 0 : 1;
	front = exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * log(x) + b * log1p(-x));
	return x < (a + 1) / (a + b + 2) ? front * beta_fraction(a, b, x) / a : 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double chance_student(double t, double df)
{
	double tail = 0.5 * beta_share(0.5 * df, 0.5, df / (df + t * t));

	return t > 0 ? 1 - tail : tail;
}

double chance_student_quantile(double p, double df)
{
	return reach(chance_student, df, p);
}

static double log_choose(double n, double k)
{
	return log_gamma(n + 1) - log_gamma(k + 1) - log_gamma(n - k + 1);
}

/* ---- the exact test ---- */

/* Of m events among na + nb people: the chance that x of them are a's. */
static double hyper(double na, double nb, double m, double x)
{
	if (x < 0 || x > na || m - x < 0 || m - x > nb)
		return 0;
	return exp(log_choose(na, x) + log_choose(nb, m - x) - log_choose(na + nb, m));
}

/* P(X <= x): from x downwards, until what comes adds nothing. Only tails up to one half are asked for, so that terms fall. */
static double hyper_below(double na, double nb, double m, double x)
{
	double term = hyper(na, nb, m, x), sum = term;

	for (; x > 0 && term > sum * 1e-17; x--) {
		term *= x * (nb - m + x) / ((na - x + 1) * (m - x + 1));
		sum += term;
	}
	return sum;
}

/* P(X >= x) is P(the other group's share of them <= m - x). */
static double hyper_above(double na, double nb, double m, double x)
{
	return hyper_below(nb, na, m, m - x);
}

double chance_exact_p(struct chance_share a, struct chance_share b)
{
	double na = (double)a.n, nb = (double)b.n, m = (double)a.x + (double)b.x, x = (double)a.x, tail;

	CHECK(a.x <= a.n && b.x <= b.n);
	if (a.n == 0 || b.n == 0)
		return NAN;
	tail = x * (na + nb) < m * na ? hyper_below(na, nb, m, x) : hyper_above(na, nb, m, x);
	return tail > 0.5 ? 1 : 2 * tail;
}

double chance_exact_least(uint64_t events, uint64_t na, uint64_t nb)
{
	uint64_t most = events < na ? events : na, least = events > nb ? events - nb : 0;
	double up, down;

	if (na == 0 || nb == 0 || events > na + nb)
		return 1;
	up = chance_exact_p((struct chance_share){ most, na }, (struct chance_share){ events - most, nb });
	down = chance_exact_p((struct chance_share){ least, na }, (struct chance_share){ events - least, nb });
	return up < down ? up : down;
}

/* ---- the interval of the difference ---- */

/* pb that is likeliest when pa = pb + d; the closed form of Farrington and Manning 1990. */
static double restricted(double xa, double na, double xb, double nb, double d)
{
	double n = na + nb, l3 = n, l2 = (na + 2 * nb) * d - n - xa - xb, l1 = (nb * d - n - 2 * xb) * d + xa + xb;
	double l0 = xb * d * (1 - d), c = l2 / (3 * l3), q = c * c * c - l1 * l2 / (6 * l3 * l3) + l0 / (2 * l3);
	double p2 = c * c - l1 / (3 * l3), p = sqrt(p2 > 0 ? p2 : 0), cosine, pb;

	p = q < 0 ? -p : p;
	cosine = p == 0 ? 0 : q / (p * p * p);
	cosine = cosine > 1 ? 1 : cosine < -1 ? -1 : cosine;
	pb = 2 * p * cos((M_PI + acos(cosine)) / 3) - c;
	if (pb < (d < 0 ? -d : 0))
		pb = d < 0 ? -d : 0;
	return pb > (d > 0 ? 1 - d : 1) ? (d > 0 ? 1 - d : 1) : pb;
}

static double score_z(struct chance_share a, struct chance_share b, double d)
{
	double xa = (double)a.x, na = (double)a.n, xb = (double)b.x, nb = (double)b.n, n = na + nb;
	double pb = restricted(xa, na, xb, nb, d), pa = pb + d, v = (pa * (1 - pa) / na + pb * (1 - pb) / nb) * n / (n - 1);
	double diff = xa / na - xb / nb - d;

	if (v <= 0)
		return diff == 0 ? 0 : diff > 0 ? INFINITY : -INFINITY;
	return diff / sqrt(v);
}

struct chance_interval chance_difference(struct chance_share a, struct chance_share b, double alpha)
{
	double z = chance_normal_quantile(1 - alpha / 2), middle, end[2];

	CHECK(a.x <= a.n && b.x <= b.n);
	if (a.n == 0 || b.n == 0)
		return (struct chance_interval){ NAN, NAN };
	middle = (double)a.x / (double)a.n - (double)b.x / (double)b.n;
	for (int side = 0; side < 2; side++) {
		double in = middle, out = side ? 1 : -1;

		for (int i = 0; i < 60; i++) {
			double d = 0.5 * (in + out);

			*(fabs(score_z(a, b, d)) <= z ? &in : &out) = d;
		}
		end[side] = in;
	}
	return (struct chance_interval){ end[0], end[1] };
}

/* ---- power ---- */

struct spread { /* chances of a binomial from `first` on */
	uint64_t first, n;
	double *p;
};

static bool spread_make(struct spread *s, double n, double p)
{
	double middle = n * p, wide = SPREAD * sqrt(n * p * (1 - p)) + 20, low = floor(middle - wide),
		   high = ceil(middle + wide);

	low = low < 0 ? 0 : low;
	high = high > n ? n : high;
	s->first = (uint64_t)low;
	s->n = (uint64_t)(high - low) + 1;
	s->p = mem_alloc_array(s->n, sizeof(*s->p));
	for (uint64_t i = 0; s->p != NULL && i < s->n; i++) {
		double x = low + (double)i;

		s->p[i] = p <= 0 ? x == 0 : p >= 1 ? x == n : exp(log_choose(n, x) + x * log(p) + (n - x) * log1p(-p));
	}
	return s->p != NULL;
}

static double spread_at(const struct spread *s, double x)
{
	return x < (double)s->first || x >= (double)(s->first + s->n) ? 0 : s->p[(uint64_t)x - s->first];
}

static double normal_power(double na, double nb, double pa, double pb, double alpha)
{
	double z = chance_normal_quantile(1 - alpha / 2), mean = (na * pa + nb * pb) / (na + nb);
	double null = sqrt(mean * (1 - mean) * (1 / na + 1 / nb)), se = sqrt(pa * (1 - pa) / na + pb * (1 - pb) / nb);

	return chance_normal((fabs(pa - pb) - z * null) / se) + chance_normal((-fabs(pa - pb) - z * null) / se);
}

/* For each total the critical region is two tails whose ends move by no or one place when the total grows by one; so they are followed, not searched. */
static double exact_power(double na, double nb, const struct spread *a, const struct spread *b, double alpha)
{
	double first = (double)(a->first + b->first), last = first + (double)(a->n + b->n) - 2, power = 0;
	double low = (double)a->first - 1, high = (double)a->first; /* reject x <= low, x >= high */

	for (double m = first; m <= last; m++) {
		double mean = m * na / (na + nb);

		while (low + 1 < mean && (low + 1 < m - nb || hyper_below(na, nb, m, low + 1) <= alpha / 2))
			low++;
		high = high < mean ? ceil(mean) : high;
		while (high <= m && high <= na && hyper_above(na, nb, m, high) > alpha / 2)
			high++;
		for (uint64_t i = 0; i < a->n; i++) {
			double x = (double)(a->first + i);

			if (x <= low || x >= high)
				power += a->p[i] * spread_at(b, m - x);
		}
	}
	return power > 1 ? 1 : power;
}

double chance_power(uint64_t na, uint64_t nb, double pa, double pb, double alpha)
{
	struct spread a = { .p = NULL }, b = { .p = NULL };
	double power = NAN, x = (double)na, y = (double)nb;

	if (na == 0 || nb == 0)
		return 0;
	if (x * pa > EXACT_EVENTS_MAX || y * pb > EXACT_EVENTS_MAX)
		return normal_power(x, y, pa, pb, alpha);
	if (spread_make(&a, x, pa) && spread_make(&b, y, pb))
		power = exact_power(x, y, &a, &b, alpha);
	mem_free(a.p);
	mem_free(b.p);
	return power;
}

uint64_t chance_size(double pa, double pb, double held, double alpha, double power, uint64_t most)
{
	uint64_t low = 2, high = 2;

	for (;;) {
		uint64_t b = (uint64_t)llround((double)high * held);

		if (chance_power(high - b, b, pa, pb, alpha) >= power)
			break;
		if (high >= most)
			return 0;
		low = high;
		high = high > most / 2 ? most : 2 * high;
	}
	while (high - low > 1 + high / 1000) {
		uint64_t n = low + (high - low) / 2, b = (uint64_t)llround((double)n * held);

		*(chance_power(n - b, b, pa, pb, alpha) >= power ? &high : &low) = n;
	}
	return high;
}
