/* test_money.c - amounts to the fen, good and bad, both ways. */
#include "tests/test.h"
#include "base/money.h"
#include "base/rng.h"
#include "base/value.h"

static void test_parse(void **state)
{
	(void)state;
	static const struct {
		const char *z;
		enum err e;
		int64_t fen;
	} c[] = { { "0", ERR_OK, 0 },
		      { "12", ERR_OK, 1200 },
		      { "1234.5", ERR_OK, 123450 },
		      { "-3.00", ERR_OK, -300 },
		      { "0.01", ERR_OK, 1 },
		      { "-0.01", ERR_OK, -1 },
		      { "-0", ERR_OK, 0 },
		      { "0.07", ERR_OK, 7 },
		      { "0.29", ERR_OK, 29 },
		      { "1.15", ERR_OK, 115 },
		      { "0000000000000000000000000007.10", ERR_OK, 710 },
		      { "1000000000000", ERR_OK, MONEY_FEN_MAX },
		      { "-1000000000000.00", ERR_OK, -MONEY_FEN_MAX },
		      { "1000000000000.01", ERR_RANGE, 0 },
		      { "1000000000001", ERR_RANGE, 0 },
		      { "99999999999999999999999999999999999999", ERR_RANGE, 0 },
		      { "184467440737095516.16", ERR_RANGE, 0 },
		      { "99999999999999999999999999999999999999.123", ERR_FORMAT, 0 },
		      { "", ERR_FORMAT, 0 },
		      { "-", ERR_FORMAT, 0 },
		      { ".", ERR_FORMAT, 0 },
		      { ".5", ERR_FORMAT, 0 },
		      { "5.", ERR_FORMAT, 0 },
		      { "1.234", ERR_FORMAT, 0 },
		      { "1.2.3", ERR_FORMAT, 0 },
		      { "1.-2", ERR_FORMAT, 0 },
		      { "1. 2", ERR_FORMAT, 0 },
		      { "1.2 ", ERR_FORMAT, 0 },
		      { " 1", ERR_FORMAT, 0 },
		      { "+1", ERR_FORMAT, 0 },
		      { "--1", ERR_FORMAT, 0 },
		      { "1,000", ERR_FORMAT, 0 },
		      { "1e5", ERR_FORMAT, 0 },
		      { "¥1", ERR_FORMAT, 0 },
		      { "NaN", ERR_FORMAT, 0 },
		      { "１", ERR_FORMAT, 0 } };
	for (size_t i = 0; i < ARRAY_LEN(c); i++) {
		int64_t fen = 5;
		if (money_parse_yuan(text_z(c[i].z), &fen) != c[i].e || fen != (c[i].e == ERR_OK ? c[i].fen : 5))
			fail_msg("%s: %lld", c[i].z, (long long)fen);
	}
	int64_t fen;
	assert_int_equal(money_parse_yuan(TEXT("1\0"), &fen), ERR_FORMAT);
	assert_int_equal(money_parse_yuan(text_of(NULL, 0), &fen), ERR_FORMAT);
}

static void test_format(void **state)
{
	(void)state;
	static const struct {
		int64_t fen;
		const char *z;
	} c[] = { { 0, "¥0.00" },
		      { 7, "¥0.07" },
		      { -7, "-¥0.07" },
		      { 99999, "¥999.99" },
		      { 100000, "¥1,000.00" },
		      { 1234567, "¥12,345.67" },
		      { -100000000, "-¥1,000,000.00" },
		      { INT64_MIN, "-¥92,233,720,368,547,758.08" } };
	struct buf b;
	buf_init(&b, 100);
	for (size_t i = 0; i < ARRAY_LEN(c); i++) {
		buf_clear(&b);
		money_format(&b, c[i].fen);
		assert_text(buf_view(&b), c[i].z);
	}
	buf_release(&b);
}

static void test_round_trip(void **state)
{
	(void)state;
	struct rng r;
	rng_seed(&r, test_seed(5));
	for (uint64_t i = 0, n = test_cases(100000); i < n; i++) {
		int64_t fen = rng_between(&r, -MONEY_FEN_MAX, MONEY_FEN_MAX) >> rng_below(&r, 47), back;
		char z[40];
		int64_t u = fen < 0 ? -fen : fen;
		snprintf(z, sizeof z, "%s%lld.%02d", fen < 0 ? "-" : "", (long long)(u / 100), (int)(u % 100));
		assert_int_equal(money_parse_yuan(text_z(z), &back), ERR_OK);
		assert_int_equal(back, fen);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_round_trip),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
