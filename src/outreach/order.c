/* order.c - see order.h. */
#include "outreach/order.h"
#include <stdlib.h>

bool order_supply_ok(const struct order_supply *s)
{
	const int64_t most = 1000000000; /* as the supply's fields have it */

	return s->item > 0 && s->item < KIT_ITEMS && s->needed >= 0 && s->needed <= KIT_PIECES_MAX && s->placed >= 0 &&
	       s->placed <= most && s->lost >= 0 && s->lost <= most && s->placed + s->lost <= s->received &&
	       s->received <= s->ordered && s->ordered <= most;
}

struct order_sums order_of(const struct order_supply *s)
{
	struct order_sums p = { .outlets = 1,
		                    .needed = s->needed,
		                    .placed = s->placed,
		                    .in_store = s->received - s->placed - s->lost,
		                    .on_the_way = s->ordered - s->received };
	int64_t have = p.placed + p.in_store + p.on_the_way;

	p.to_order = p.needed > have ? p.needed - have : 0;
	p.spare = have > p.needed ? have - p.needed : 0;
	p.outlets = p.needed > 0 || have > 0;
	return p;
}

void order_add(struct order_sums *to, const struct order_sums *s)
{
	to->outlets += s->outlets;
	to->needed += s->needed;
	to->placed += s->placed;
	to->in_store += s->in_store;
	to->on_the_way += s->on_the_way;
	to->to_order += s->to_order;
	to->spare += s->spare;
}

static int by_number(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_place(const void *x, const void *y)
{
	const struct order_supply *a = x, *b = y;
	int c = by_number(a->organisation, b->organisation);

	c = c ? c : by_number(a->district, b->district);
	c = c ? c : by_number(a->item, b->item);
	return c ? c : by_number(a->outlet, b->outlet);
}

uint32_t order_rows(struct order_supply *s, uint32_t n, struct order_row *row)
{
	uint32_t rows = 0;

	CHECK(n <= ORDER_SUPPLIES_MAX);
	if (n > 1)
		qsort(s, n, sizeof(*s), by_place);
	for (uint32_t i = 0; i < n; i++) {
		struct order_sums p = order_of(&s[i]);
		struct order_row *r = rows ? &row[rows - 1] : NULL;

		if (!r || r->organisation != s[i].organisation || r->district != s[i].district || r->item != s[i].item) {
			r = &row[rows++];
			*r = (struct order_row){ s[i].organisation, s[i].district, s[i].item, { 0 } };
		}
		order_add(&r->sums, &p);
	}
	return rows;
}
