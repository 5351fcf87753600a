/* completion.c - sums by outlet; see completion.h. */
#include <stdlib.h>
#include "outreach/completion.h"

static int compare_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_tokens(struct token a, struct token b)
{
	int c = compare_u64(a.w[0], b.w[0]);

	return c != 0 ? c : compare_u64(a.w[1], b.w[1]);
}

static int by_outlet_and_user(const void *x, const void *y)
{
	const struct completion_member *a = x, *b = y;
	int c = compare_tokens(a->outlet, b->outlet);

	return c != 0 ? c : compare_u64(a->user, b->user);
}

uint32_t completion_count(struct completion_member *m, uint32_t n, int64_t now_us, struct completion_outlet *out)
{
	uint32_t outlets = 0;

	if (n > 0)
		qsort(m, n, sizeof(*m), by_outlet_and_user);
	for (uint32_t i = 0; i < n; i++) {
		struct completion_outlet *o;

		if (outlets == 0 || !token_eq(out[outlets - 1].outlet, m[i].outlet))
			out[outlets++] = (struct completion_outlet){ .outlet = m[i].outlet, .first = i };
		o = &out[outlets - 1];
		o->staff++;
		if (m[i].until_us > now_us) {
			o->passed++;
			o->until_us = o->until_us == 0 || m[i].until_us < o->until_us ? m[i].until_us : o->until_us;
		}
		o->complete = o->passed == o->staff;
	}
	return outlets;
}

static int by_outlet_and_clerk(const void *x, const void *y)
{
	const struct guided *a = x, *b = y;
	int c = compare_tokens(a->outlet, b->outlet);

	return c != 0 ? c : compare_u64(a->clerk, b->clerk);
}

static int most_confirmed_first(const void *x, const void *y)
{
	const struct guided_sum *a = x, *b = y;
	int c = compare_u64(b->n[GUIDANCE_CONFIRMED], a->n[GUIDANCE_CONFIRMED]);

	c = c != 0 ? c : compare_tokens(a->outlet, b->outlet);
	return c != 0 ? c : compare_u64(a->clerk, b->clerk);
}

uint32_t guided_count(struct guided *g, uint32_t n, bool by_clerk, struct guided_sum *out)
{
	uint32_t sums = 0;

	if (n > 0)
		qsort(g, n, sizeof(*g), by_outlet_and_clerk);
	for (uint32_t i = 0; i < n; i++) {
		uint64_t clerk = by_clerk ? g[i].clerk : 0;

		if (sums == 0 || !token_eq(out[sums - 1].outlet, g[i].outlet) || out[sums - 1].clerk != clerk)
			out[sums++] = (struct guided_sum){ .outlet = g[i].outlet, .clerk = clerk };
		out[sums - 1].n[g[i].state]++;
		out[sums - 1].confirmed[g[i].what] += g[i].state == GUIDANCE_CONFIRMED;
	}
	if (sums > 0)
		qsort(out, sums, sizeof(*out), most_confirmed_first);
	return sums;
}
