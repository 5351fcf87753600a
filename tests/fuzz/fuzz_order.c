/* fuzz_order.c - any bytes as supplies of outlets: what is ordered and what is spare adds up for each row and in all, whatever the order in which they come. Input: 14 bytes a supply. */
#include "outreach/order.h"
#include "base/check.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

enum {
	SUPPLY_BYTES = 14,
	MOST = 256
};

static bool adds_up(const struct order_sums *s)
{
	return s->needed + s->spare == s->placed + s->in_store + s->on_the_way + s->to_order && s->to_order >= 0 &&
	       s->spare >= 0;
}

static void take(const uint8_t *p, uint64_t outlet, struct order_supply *s)
{
	*s = (struct order_supply){ .outlet = outlet, .organisation = p[0] & 7, .district = p[1] & 7 };
	s->item = (uint8_t)(1 + p[2] % (KIT_ITEMS - 1));
	s->needed = p[3] | p[4] << 8;
	s->ordered = (int8_t)p[5] * 100 + p[6];
	s->received = (int8_t)p[7] * 100 + p[8];
	s->placed = (int8_t)p[9] * 100 + p[10];
	s->lost = (int8_t)p[11] + p[12] - p[13];
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct order_supply s[2][MOST];
	static struct order_row row[2][MOST];
	struct order_sums all = { 0 }, rows = { 0 };
	uint32_t k = 0, count[2];

	for (size_t at = 0; at + SUPPLY_BYTES <= n && k < MOST; at += SUPPLY_BYTES) {
		struct order_sums one;

		take(p + at, at / SUPPLY_BYTES + 1, &s[0][k]);
		if (!order_supply_ok(&s[0][k]))
			continue;
		one = order_of(&s[0][k]);
		CHECK(adds_up(&one));
		order_add(&all, &one);
		k++;
	}
	for (uint32_t i = 0; i < k; i++)
		s[1][i] = s[0][k - 1 - i];
	for (int i = 0; i < 2; i++)
		count[i] = order_rows(s[i], k, row[i]);
	CHECK(count[0] == count[1] && count[0] <= k);
	for (uint32_t i = 0; i < count[0]; i++) {
		const struct order_row *a = &row[0][i], *b = &row[1][i];

		CHECK(a->organisation == b->organisation && a->district == b->district && a->item == b->item);
		CHECK(memcmp(&a->sums, &b->sums, sizeof(a->sums)) == 0 && adds_up(&a->sums));
		order_add(&rows, &a->sums);
	}
	CHECK(rows.needed == all.needed && rows.to_order == all.to_order && rows.spare == all.spare &&
	      rows.placed == all.placed);
	return 0;
}
