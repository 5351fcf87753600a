/* rate.c - quotients of counts, and what a small count leaves open. */
#include <math.h>
#include <stdlib.h>
#include "score/score_int.h"

/* E. B. Wilson, Probable inference, the law of succession, and statistical inference, J. Am. Stat. Assoc. 22 (1927) 209-212:
 * the interval (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n), here with z of 95 %. It stays within 0 and 1 and is
 * useful for a handful of cases, which p -+ 2 sigma is not. */
struct score_rate score_rate_of(uint64_t hit, uint64_t all)
{
	static const double z = 1.959963984540054;
	struct score_rate r = { .hit = hit, .all = all, .value = NAN, .low = NAN, .high = NAN };
	double n = (double)all, p, middle, half;

	if (all == 0)
		return r;
	p = (double)hit / n;
	middle = (p + z * z / (2 * n)) / (1 + z * z / n);
	half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n);
	r.value = p;
	r.low = hit == 0 ? 0 : middle - half;
	r.high = hit == all ? 1 : middle + half;
	return r;
}

static int compare(const void *p, const void *q)
{
	int64_t a = *(const int64_t *)p, b = *(const int64_t *)q;

	return (a > b) - (a < b);
}

int64_t rate_percentile(int64_t *v, size_t n, uint32_t percent)
{
	if (n == 0)
		return -1;
	qsort(v, n, sizeof(*v), compare);
	return v[(n * percent + 99) / 100 - (percent > 0)];
}

double rate_permillion(uint64_t hit, int64_t all)
{
	return all > 0 ? 1e6 * (double)hit / (double)all : NAN;
}

/* Bayes: of those alerted in a population where base are guilty, the share of the guilty. */
double rate_projected(double recall, double false_rate, uint64_t base_permillion)
{
	double b = (double)base_permillion / 1e6, caught = recall * b, wrong = false_rate * (1 - b);

	return base_permillion > 0 && caught + wrong > 0 ? caught / (caught + wrong) : NAN;
}
