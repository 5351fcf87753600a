/* share.c - see share.h. */
#include "gateway/share.h"

uint64_t share_own(const struct share *s)
{
	return s->max / 2 / s->holders;
}

static uint64_t beyond(const struct share *s, uint64_t held)
{
	return held > share_own(s) ? held - share_own(s) : 0;
}

void share_init(struct share *s, uint64_t max, uint32_t holders)
{
	CHECK(holders >= 1 && holders <= SHARE_HOLDERS_MAX);
	*s = (struct share){ .max = max, .holders = holders };
}

void share_divide(struct share *s, uint32_t holders)
{
	CHECK(holders >= 1 && holders <= SHARE_HOLDERS_MAX);
	s->holders = holders;
	s->common = 0;
	for (uint32_t i = 0; i < SHARE_HOLDERS_MAX; i++)
		s->common += beyond(s, s->held[i]);
}

void share_add(struct share *s, uint32_t holder, uint64_t n)
{
	CHECK(holder < SHARE_HOLDERS_MAX);
	s->common += beyond(s, s->held[holder] + n) - beyond(s, s->held[holder]);
	s->held[holder] += n;
	s->total += n;
}

bool share_take(struct share *s, uint32_t holder, uint64_t n)
{
	uint64_t more;

	CHECK(holder < SHARE_HOLDERS_MAX);
	more = beyond(s, s->held[holder] + n) - beyond(s, s->held[holder]);
	if (s->total > s->max || n > s->max - s->total ||
	    (more > 0 && s->common + more > s->max - share_own(s) * s->holders))
		return false;
	share_add(s, holder, n);
	return true;
}

void share_give(struct share *s, uint32_t holder, uint64_t n)
{
	CHECK(holder < SHARE_HOLDERS_MAX && n <= s->held[holder]);
	s->common -= beyond(s, s->held[holder]) - beyond(s, s->held[holder] - n);
	s->held[holder] -= n;
	s->total -= n;
}
