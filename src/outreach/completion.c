/* completion.c - sums by outlet; see completion.h. */
#include "outreach/completion.h"
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"

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

static int most_confirmed_first(const void *x, const void *y)
{
	const struct guided_sum *a = x, *b = y;
	int c = compare_u64(b->n[GUIDANCE_CONFIRMED], a->n[GUIDANCE_CONFIRMED]);

	c = c != 0 ? c : compare_tokens(a->outlet, b->outlet);
	return c != 0 ? c : compare_u64(a->clerk, b->clerk);
}

void guided_init(struct guided_table *t, bool by_clerk, uint32_t most)
{
	*t = (struct guided_table){ .by_clerk = by_clerk, .most = most };
}

void guided_release(struct guided_table *t)
{
	mem_free(t->sum);
	mem_free(t->at);
	*t = (struct guided_table){ .sum = NULL };
}

/* Where the sum stands in `at`, which has two places for each of cap, or where it would: sum + 1, 0 is free. */
static uint32_t *place(const struct guided_sum *sum, uint32_t *at, uint32_t cap, struct token outlet, uint64_t clerk)
{
	uint32_t mask = 2 * cap - 1, i = (uint32_t)hash_mix(outlet.w[0] ^ hash_mix(clerk)) & mask;

	while (at[i] != 0 && !(token_eq(sum[at[i] - 1].outlet, outlet) && sum[at[i] - 1].clerk == clerk))
		i = (i + 1) & mask;
	return &at[i];
}

static enum err grow(struct guided_table *t)
{
	uint32_t cap = t->cap == 0 ? 64 : 2 * t->cap, *at = mem_alloc_array(2 * (size_t)cap, sizeof(*at));
	struct guided_sum *sum = at == NULL ? NULL : mem_resize(t->sum, cap * sizeof(*sum));

	if (sum == NULL) {
		mem_free(at);
		return ERR_MEMORY;
	}
	memset(at, 0, 2 * (size_t)cap * sizeof(*at));
	for (uint32_t i = 0; i < t->n; i++)
		*place(sum, at, cap, sum[i].outlet, sum[i].clerk) = i + 1;
	mem_free(t->at);
	t->sum = sum;
	t->at = at;
	t->cap = cap;
	return ERR_OK;
}

enum err guided_add(struct guided_table *t, const struct guided *g)
{
	uint64_t clerk = t->by_clerk ? g->clerk : 0;
	uint32_t *at = t->cap == 0 ? NULL : place(t->sum, t->at, t->cap, g->outlet, clerk);
	struct guided_sum *s;
	enum err e = ERR_OK;

	if (at == NULL || *at == 0) {
		if (t->n == t->most)
			return ERR_CAP;
		if (t->n == t->cap) {
			e = grow(t);
			if (e != ERR_OK)
				return e;
			at = place(t->sum, t->at, t->cap, g->outlet, clerk);
		}
		t->sum[t->n++] = (struct guided_sum){ .outlet = g->outlet, .clerk = clerk };
		*at = t->n;
	}
	s = &t->sum[*at - 1];
	s->n[g->state]++;
	s->confirmed[g->what] += g->state == GUIDANCE_CONFIRMED;
	return ERR_OK;
}

void guided_rank(struct guided_table *t)
{
	if (t->n > 0)
		qsort(t->sum, t->n, sizeof(*t->sum), most_confirmed_first);
}
