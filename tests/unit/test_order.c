/* test_order.c - the kit and print order against a naive one, in any order of the supplies; and tables of outlets, taken and refused. */
#include "tests/test.h"
#include "base/rng.h"
#include "outreach/outlet_lines.h"
#include "outreach/order.h"

enum {
	SUPPLIES = 400
};

static struct order_supply supply[SUPPLIES];
static struct order_row row[SUPPLIES];

static struct order_supply draw(struct rng *r)
{
	struct order_supply s = { .outlet = 1 + rng_below(r, 30),
		                      .organisation = (uint16_t)(1 + rng_below(r, 3)),
		                      .district = (uint16_t)rng_below(r, 3),
		                      .item = (uint8_t)(1 + rng_below(r, KIT_ITEMS - 1)),
		                      .needed = (int64_t)rng_below(r, 12) };

	s.ordered = (int64_t)rng_below(r, 20);
	s.received = (int64_t)rng_below(r, (uint64_t)s.ordered + 1);
	s.placed = (int64_t)rng_below(r, (uint64_t)s.received + 1);
	s.lost = (int64_t)rng_below(r, (uint64_t)(s.received - s.placed) + 1);
	return s;
}

/* Piece by piece: everything that was ordered and is not lost counts. */
static struct order_sums naive(const struct order_supply *s, uint32_t n, const struct order_row *of)
{
	struct order_sums x = { 0 };

	for (uint32_t i = 0; i < n; i++) {
		if (s[i].organisation != of->organisation || s[i].district != of->district || s[i].item != of->item)
			continue;
		x.needed += s[i].needed;
		x.placed += s[i].placed;
		x.in_store += s[i].received - s[i].lost - s[i].placed;
		x.on_the_way += s[i].ordered - s[i].received;
		for (int64_t have = s[i].ordered - s[i].lost; have < s[i].needed; have++)
			x.to_order++;
		for (int64_t have = s[i].ordered - s[i].lost; have > s[i].needed; have--)
			x.spare++;
		x.outlets += s[i].needed > 0 || s[i].ordered - s[i].lost > 0;
	}
	return x;
}

static void as_a_naive_plan_says(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(31));
	for (uint64_t c = test_cases(2000); c > 0; c--) {
		uint32_t n = (uint32_t)rng_below(&r, SUPPLIES), rows;
		struct order_sums all = { 0 }, sum = { 0 };

		for (uint32_t i = 0; i < n; i++) {
			supply[i] = draw(&r);
			assert_true(order_supply_ok(&supply[i]));
		}
		rows = order_rows(supply, n, row);
		for (uint32_t i = 0; i < rows; i++) {
			struct order_sums x = naive(supply, n, &row[i]), y = row[i].sums;

			assert_memory_equal(&x, &y, sizeof(x));
			assert_int_equal(y.needed + y.spare, y.placed + y.in_store + y.on_the_way + y.to_order);
			assert_true(y.to_order >= 0 && y.spare >= 0 && y.in_store >= 0 && y.on_the_way >= 0);
			order_add(&sum, &y);
		}
		for (uint32_t i = 0; i < n; i++) { /* nothing is forgotten, nothing double */
			struct order_sums y = order_of(&supply[i]);

			order_add(&all, &y);
		}
		assert_memory_equal(&all, &sum, sizeof(all));
		for (uint32_t i = 1; i < rows; i++)
			assert_true(row[i - 1].organisation < row[i].organisation ||
			            (row[i - 1].organisation == row[i].organisation &&
			             (row[i - 1].district < row[i].district ||
			              (row[i - 1].district == row[i].district && row[i - 1].item < row[i].item))));
	}
}

static void counts_that_cannot_be(void **state)
{
	struct order_supply s = { .item = ITEM_QUIZ, .ordered = 5, .received = 4, .placed = 3, .lost = 1 };

	(void)state;
	assert_true(order_supply_ok(&s));
	s.lost = 2;
	assert_false(order_supply_ok(&s));
	s.lost = -1;
	assert_false(order_supply_ok(&s));
	s = (struct order_supply){ .item = ITEM_QUIZ, .ordered = 5, .received = 6 };
	assert_false(order_supply_ok(&s));
	s = (struct order_supply){ .item = KIT_ITEMS };
	assert_false(order_supply_ok(&s));
	s = (struct order_supply){ .item = 1, .ordered = INT64_MAX, .received = INT64_MAX, .placed = INT64_MAX, .lost = 1 };
	assert_false(order_supply_ok(&s));
}

/* Tables. */

static void opens(bool kits, const char *table, const char *why)
{
	struct outlet_lines o;
	struct outlet_fault f;

	assert_int_equal(outlet_lines_open(&o, kits, text_z(table), &f), why == NULL);
	if (why != NULL)
		assert_non_null(strstr(f.why, why));
}

static void headers(void **state)
{
	(void)state;
	opens(false, "code,type,name\n", NULL);
	opens(false,
	      "\xef\xbb\xbf"
	      "name , type,code\r\n",
	      NULL);
	opens(true, "type,paper_sign\n", NULL);
	opens(false, "", "empty");
	opens(false, "code,type\n", "the column name is missing");
	opens(false, "code,type,name,code\n", "there twice");
	opens(false, "code,type,name,colour\n", "\"colour\" is no column");
	opens(true, "type,code\n", "\"code\" is no column");
}

static void a_line(const char *cells, const char *field)
{
	static struct outlet_line l;
	static char table[20000];
	struct outlet_lines o;
	struct outlet_fault f;

	snprintf(
		table, sizeof(table),
		"code,type,name,organisation,district,flagship,licence,licence_end,paper_sign,reason\n%s\nZ,agent,z,,,,,,,\n",
		cells);
	assert_true(outlet_lines_open(&o, false, text_z(table), &f));
	if (field == NULL) {
		enum outlet_got got = outlet_lines_next(&o, &l, &f);

		if (got != OUTLET_LINE)
			print_message("%s: %s: %s\n", cells, f.field, f.why);
		assert_int_equal(got, OUTLET_LINE);
		assert_int_equal(l.line, 2);
	} else {
		assert_int_equal(outlet_lines_next(&o, &l, &f), OUTLET_FAULT);
		assert_string_equal(f.field, field);
		assert_int_equal(f.line, 2);
		assert_true(f.why[0] != 0);
	}
	assert_int_equal(outlet_lines_next(&o, &l, &f), OUTLET_LINE); /* the rest goes on */
	assert_true(text_eq(l.value[COLUMN_CODE], TEXT("Z")));
	assert_int_equal(l.number[COLUMN_ITEM + ITEM_PAPER_SIGN], -1);
	assert_int_equal(outlet_lines_next(&o, &l, &f), OUTLET_END);
}

static void lines(void **state)
{
	char longer[9000];

	(void)state;
	a_line("A-1,bank-outlet,一号,11,202,1,L-7,2027-12-31T00:00:00+08:00,9,two floors", NULL);
	a_line("A-1,bank-outlet,\"an \"\"old\"\" one, by the sea\",,,,,,,", NULL);
	a_line("A-1,bank-outlet,x,,,,,,0,nothing here", NULL);
	a_line(",bank-outlet,x,,,,,,,", "code");
	a_line("A 1,bank-outlet,x,,,,,,,", "code");
	a_line("A-1,,x,,,,,,,", "type");
	a_line("A-1,shop,x,,,,,,,", "type");
	a_line("A-1,agent,,,,,,,,", "name");
	a_line("A-1,agent,x\xff,,,,,,,", "name");
	a_line("A-1,agent,x,0,,,,,,", "organisation");
	a_line("A-1,agent,x,65536,,,,,,", "organisation");
	a_line("A-1,agent,x,,370202,,,,,", "district");
	a_line("A-1,agent,x,,,2,,,,", "flagship");
	a_line("A-1,agent,x,,,,13800138000,,,", "licence");
	a_line("A-1,agent,x,,,,,soon,,", "licence_end");
	a_line("A-1,agent,x,,,,,,-1,why", "paper_sign");
	a_line("A-1,agent,x,,,,,,100001,why", "paper_sign");
	a_line("A-1,agent,x,,,,,,9,", "reason");
	a_line("A-1,agent,x,,,,,,,why", "reason");
	a_line("A-1,agent,x", "");
	a_line("A-1,agent,x,,,,,,,,", "");
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = 0;
	a_line(longer, "");
	memcpy(longer, "A-1,agent,", 10);
	memcpy(longer + 500, ",,,,,,,", 8);
	a_line(longer, "name");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_a_naive_plan_says),
		cmocka_unit_test(counts_that_cannot_be),
		cmocka_unit_test(headers),
		cmocka_unit_test(lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
