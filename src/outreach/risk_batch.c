/* risk_batch.c - openings in batches, and findings in order; see risk.h. */
#include <stdlib.h>
#include "base/clock.h"
#include "outreach/risk.h"

static int by_token(struct token x, struct token y)
{
	for (int i = 0; i < 2; i++)
		if (x.w[i] != y.w[i])
			return x.w[i] < y.w[i] ? -1 : 1;
	return 0;
}

static int by_time(int64_t x, int64_t y)
{
	return (x > y) - (x < y);
}

static int by_moment(const void *a, const void *b)
{
	const struct risk_moment *x = a, *y = b;
	int by = by_token(x->key, y->key);

	by = by ? by : by_time(x->time_us, y->time_us);
	return by ? by : (x->opening > y->opening) - (x->opening < y->opening);
}

/* Of each window of `least` in a row, if it is no longer than an hour, all are marked. */
void risk_batches(struct risk_moment *m, size_t n, uint32_t least, bool *marks)
{
	size_t marked = 0; /* those below, of this key, need no mark any more */

	CHECK(least > 1);
	if (n > 0)
		qsort(m, n, sizeof(*m), by_moment);
	for (size_t i = least - 1; i < n; i++) {
		size_t first = i + 1 - least;

		if (!token_eq(m[first].key, m[i].key) || m[i].time_us - m[first].time_us > US_PER_HOUR)
			continue;
		for (size_t k = first > marked ? first : marked; k <= i; k++)
			marks[m[k].opening] = true;
		marked = i + 1;
	}
}

static int by_thing(const void *a, const void *b)
{
	const struct risk_finding *x = a, *y = b;
	int by = x->thing.kind - y->thing.kind;

	by = by ? by : by_token(x->thing.token, y->thing.token);
	by = by ? by : by_time(x->found_us, y->found_us);
	return by ? by : (x->object > y->object) - (x->object < y->object);
}

void risk_findings_sort(struct risk_finding *f, size_t n)
{
	if (n > 0)
		qsort(f, n, sizeof(*f), by_thing);
}

bool risk_finding_first(const struct risk_finding *f, size_t i, int64_t opened_us)
{
	const struct risk_finding *was = i == 0 ? NULL : &f[i - 1];

	return f[i].found_us >= opened_us && (was == NULL || was->thing.kind != f[i].thing.kind ||
	                                      !token_eq(was->thing.token, f[i].thing.token) || was->found_us < opened_us);
}
