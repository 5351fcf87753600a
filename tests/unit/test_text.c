/* test_text.c - text views: order, trimming, UTF-8 by the book's bad sequences and by a naive decoder, whole numbers. */
#include "tests/test.h"
#include "base/rng.h"
#include "base/text.h"

static void test_order(void **state)
{
	(void)state;
	assert_int_equal(text_cmp(TEXT("a"), TEXT("b")), -1);
	assert_int_equal(text_cmp(TEXT("b"), TEXT("a")), 1);
	assert_int_equal(text_cmp(TEXT("a"), TEXT("ab")), -1);
	assert_int_equal(text_cmp(TEXT("ab"), TEXT("a")), 1);
	assert_int_equal(text_cmp(TEXT(""), TEXT("")), 0);
	assert_int_equal(text_cmp(text_of(NULL, 0), TEXT("a")), -1);
	assert_int_equal(text_cmp(TEXT("\x7f"), TEXT("\x80")), -1);
	assert_true(text_eq(text_of(NULL, 0), TEXT("")));
}

static void test_parts(void **state)
{
	(void)state;
	assert_text(text_trim(TEXT(" \t\r\n a b \v\f")), "a b");
	assert_text(text_trim(TEXT("  ")), "");
	assert_text(text_trim(TEXT("")), "");
	assert_true(text_starts(TEXT("abc"), TEXT("ab")));
	assert_true(text_starts(TEXT("abc"), TEXT("")));
	assert_false(text_starts(TEXT("ab"), TEXT("abc")));
	assert_true(text_contains(TEXT("冒充公检法"), TEXT("公检")));
	assert_true(text_contains(TEXT(""), TEXT("")));
	assert_false(text_contains(TEXT("ab"), TEXT("abc")));
	assert_true(text_contains(TEXT("a\0b"), TEXT("\0b")));
}

static void test_utf8_known(void **state)
{
	(void)state;
	static const struct text good[] = { TEXT(""),
		                                TEXT("a\0b"),
		                                TEXT("断卡行动"),
		                                TEXT("\xC2\x80"),
		                                TEXT("\xDF\xBF"),
		                                TEXT("\xE0\xA0\x80"),
		                                TEXT("\xED\x9F\xBF"),
		                                TEXT("\xEE\x80\x80"),
		                                TEXT("\xEF\xBF\xBF"),
		                                TEXT("\xF0\x90\x80\x80"),
		                                TEXT("\xF4\x8F\xBF\xBF"),
		                                TEXT("\xEF\xBB\xBF") };
	static const struct text bad[] = { TEXT("\x80"),
		                               TEXT("\xBF"),
		                               TEXT("\xC0\x80"),
		                               TEXT("\xC0\xAF"),
		                               TEXT("\xC1\xBF"),
		                               TEXT("\xC2"),
		                               TEXT("\xC2\x41"),
		                               TEXT("\xC2\xC0"),
		                               TEXT("\xE0\x80\xAF"),
		                               TEXT("\xE0\x9F\xBF"),
		                               TEXT("\xE1\x80"),
		                               TEXT("\xE4\xBD"),
		                               TEXT("\xED\xA0\x80"),
		                               TEXT("\xED\xBF\xBF"),
		                               TEXT("\xED\xA0\xBD\xED\xB8\x80"),
		                               TEXT("\xF0\x80\x80\xAF"),
		                               TEXT("\xF0\x8F\xBF\xBF"),
		                               TEXT("\xF0\x90\x80"),
		                               TEXT("\xF4\x90\x80\x80"),
		                               TEXT("\xF5\x80\x80\x80"),
		                               TEXT("\xF8\x88\x80\x80\x80"),
		                               TEXT("\xFC\x84\x80\x80\x80\x80"),
		                               TEXT("\xFE"),
		                               TEXT("\xFF"),
		                               TEXT("\xD6\xD0\xB9\xFA") /* GB18030 */ };
	char room[64];
	for (size_t pad = 0; pad < 20; pad++) { /* at every place relative to the 8 bytes that are read at once */
		memset(room, 'x', sizeof room);
		for (size_t i = 0; i < ARRAY_LEN(good); i++) {
			memcpy(room + pad, good[i].p, good[i].n);
			assert_true(text_utf8_valid(text_of(room, pad + good[i].n)));
			memset(room, 'x', sizeof room);
		}
		for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
			memcpy(room + pad, bad[i].p, bad[i].n);
			assert_false(text_utf8_valid(text_of(room, pad + bad[i].n)));
			assert_false(text_utf8_valid(text_of(room, pad + bad[i].n + 9)));
			memset(room, 'x', sizeof room);
		}
	}
}

/* The naive judge: decode by arithmetic, then ask whether the code point needed that many bytes. */
static bool naive_utf8(const unsigned char *p, size_t n)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	for (size_t i = 0; i < n;) {
		size_t k = p[i] < 0x80 ? 1 : p[i] >> 5 == 6 ? 2 : p[i] >> 4 == 14 ? 3 : p[i] >> 3 == 30 ? 4 : 0;
		if (k == 0 || k > n - i)
			return false;
		uint32_t cp = k == 1 ? p[i] : p[i] & (0x7fu >> k);
		for (size_t j = 1; j < k; j++) {
			if (p[i + j] >> 6 != 2)
				return false;
			cp = cp << 6 | (p[i + j] & 0x3f);
		}
		if (cp < least[k] || cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
			return false;
		i += k;
	}
	return true;
}

static void test_utf8_random(void **state)
{
	(void)state;
	static const unsigned char edge[] = { 0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf,
		                                  0xe0, 0xe4, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff };
	struct rng r;
	rng_seed(&r, test_seed(1));
	uint64_t valid = 0, cases = test_cases(2000000);
	for (uint64_t i = 0; i < cases; i++) {
		unsigned char b[12];
		size_t n = rng_below(&r, sizeof b + 1);
		for (size_t j = 0; j < n; j++)
			b[j] = edge[rng_below(&r, sizeof edge)];
		bool expected = naive_utf8(b, n);
		valid += expected;
		assert_int_equal(text_utf8_valid(text_of((const char *)b, n)), expected);
	}
	assert_true(valid > cases / 100 && valid < cases);
}

static void test_utf8_every_short(void **state)
{
	(void)state;
	for (uint32_t v = 0; v < 1u << 24; v += 1) {
		unsigned char b[3] = { (unsigned char)(v >> 16), (unsigned char)(v >> 8), (unsigned char)v };
		if (text_utf8_valid(text_of((const char *)b, 3)) != naive_utf8(b, 3))
			fail_msg("%06x", v);
	}
}

static void test_int(void **state)
{
	(void)state;
	static const struct {
		const char *z;
		enum err e;
		int64_t v;
	} c[] = { { "0", ERR_OK, 0 },
		      { "-0", ERR_OK, 0 },
		      { "+7", ERR_OK, 7 },
		      { "-42", ERR_OK, -42 },
		      { "000000000000000000000012", ERR_OK, 12 },
		      { "999999999999999999", ERR_OK, 999999999999999999 },
		      { "9223372036854775807", ERR_OK, INT64_MAX },
		      { "-9223372036854775807", ERR_OK, -INT64_MAX },
		      { "9223372036854775808", ERR_RANGE, 0 },
		      { "-9223372036854775808", ERR_RANGE, 0 },
		      { "18446744073709551616", ERR_RANGE, 0 },
		      { "99999999999999999999999999999999", ERR_RANGE, 0 },
		      { "99999999999999999999999999999x", ERR_FORMAT, 0 },
		      { "", ERR_FORMAT, 0 },
		      { "-", ERR_FORMAT, 0 },
		      { "+", ERR_FORMAT, 0 },
		      { "--1", ERR_FORMAT, 0 },
		      { " 1", ERR_FORMAT, 0 },
		      { "1 ", ERR_FORMAT, 0 },
		      { "1.0", ERR_FORMAT, 0 },
		      { "0x10", ERR_FORMAT, 0 },
		      { "1e3", ERR_FORMAT, 0 },
		      { "１", ERR_FORMAT, 0 } };
	for (size_t i = 0; i < ARRAY_LEN(c); i++) {
		int64_t v = 77;
		assert_int_equal(text_to_int(text_z(c[i].z), &v), c[i].e);
		assert_int_equal(v, c[i].e == ERR_OK ? c[i].v : 77);
	}
	int64_t v;
	assert_int_equal(text_to_int(TEXT("1\0"), &v), ERR_FORMAT);
	assert_int_equal(text_to_int(text_of(NULL, 0), &v), ERR_FORMAT);
}

static void test_err_names(void **state)
{
	(void)state;
	for (int e = 0; e < ERR_COUNT; e++)
		assert_true(strlen(err_name((enum err)e)) > 1);
	assert_string_equal(err_name(ERR_COUNT), "unknown error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_utf8_known),
		cmocka_unit_test(test_utf8_random),
		cmocka_unit_test(test_utf8_every_short),
		cmocka_unit_test(test_int),
		cmocka_unit_test(test_err_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
