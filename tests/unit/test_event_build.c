/* test_event_build.c - texts into typed fields: units, times, limits, and whole events by name. */
#include "tests/test.h"
#include "base/money.h"
#include "base/rng.h"
#include "event/event_build.h"
#include "tests/unit/schema_default.h"

static void test_decimal(void **state)
{
	(void)state;
	static const struct {
		const char *z;
		int64_t scale;
		enum err e;
		int64_t v;
	} c[] = { { "0", 1, ERR_OK, 0 },
		      { "1.5", 60000000, ERR_OK, 90000000 },
		      { "1.5", 1000000, ERR_OK, 1500000 },
		      { "-1.5", 10, ERR_OK, -15 },
		      { "0.000001", 1000000, ERR_OK, 1 },
		      { "0.0000010000", 1000000, ERR_OK, 1 },
		      { "0.0000001", 1000000, ERR_CAP, 0 },
		      { "0.05", 10, ERR_CAP, 0 },
		      { "7.00", 1, ERR_OK, 7 },
		      { "99999999999999999999", 1, ERR_RANGE, 0 },
		      { "9999999999999", 1000000, ERR_RANGE, 0 },
		      { "", 1, ERR_FORMAT, 0 },
		      { "-", 1, ERR_FORMAT, 0 },
		      { "1.", 1, ERR_FORMAT, 0 },
		      { ".5", 10, ERR_FORMAT, 0 },
		      { "1e3", 1, ERR_FORMAT, 0 },
		      { "1,5", 10, ERR_FORMAT, 0 },
		      { "0x10", 1, ERR_FORMAT, 0 } };
	for (size_t i = 0; i < ARRAY_LEN(c); i++) {
		int64_t v = 0;
		assert_int_equal(value_decimal(text_z(c[i].z), c[i].scale, &v), c[i].e);
		assert_int_equal(v, c[i].v);
	}
}

/* Two readers of yuan agree. */
static void test_decimal_as_money(void **state)
{
	(void)state;
	struct rng r;
	rng_seed(&r, test_seed(14));
	for (uint64_t k = 0, n = test_cases(100000); k < n; k++) {
		char z[24];
		size_t len = (size_t)rng_below(&r, 18);
		for (size_t i = 0; i < len; i++)
			z[i] = "0123456789.-"[rng_below(&r, 12)];
		int64_t a = 0, b = 0;
		enum err x = money_parse_yuan(text_of(z, len), &a), y = value_decimal(text_of(z, len), 100, &b);
		if (x == ERR_OK) {
			assert_int_equal(y, ERR_OK);
			assert_int_equal(a, b);
		} else if (x == ERR_FORMAT) {
			assert_true(y != ERR_OK || memchr(z, '.', len) != NULL); /* 1.000 */
		}
	}
}

static enum bad_reason time_of(const char *z, enum time_form form, const char *pattern, int64_t *us)
{
	const char *why;
	struct field_format f = { .time_form = form,
		                      .pattern = pattern ? text_z(pattern) : TEXT(""),
		                      .since_us = 1577808000 * US_PER_SECOND };
	return value_time(text_z(z), &f, us, &why);
}

static void test_times(void **state)
{
	(void)state;
	int64_t us;
	const int64_t t = 1772323200 * US_PER_SECOND; /* 2026-03-01T00:00:00Z */
	assert_int_equal(time_of("2026-03-01T08:00:00+08:00", TIME_OWN, NULL, &us), BAD_NONE);
	assert_int_equal(us, t);
	assert_int_equal(time_of("2026-03-01 08:00:00", TIME_OWN, NULL, &us), BAD_NONE);
	assert_int_equal(us, t);
	assert_int_equal(time_of("1772323200000000", TIME_OWN, NULL, &us), BAD_NONE);
	assert_int_equal(us, t);
	assert_int_equal(time_of("1772323200", TIME_EPOCH_S, NULL, &us), BAD_NONE);
	assert_int_equal(us, t);
	assert_int_equal(time_of("1772323200.25", TIME_EPOCH_S, NULL, &us), BAD_NONE);
	assert_int_equal(us, t + 250000);
	assert_int_equal(time_of("1772323200000", TIME_EPOCH_MS, NULL, &us), BAD_NONE);
	assert_int_equal(us, t);
	assert_int_equal(time_of("1772323200", TIME_EPOCH_AUTO, NULL, &us), BAD_NONE);
	assert_int_equal(us, t);
	assert_int_equal(time_of("1772323200000", TIME_EPOCH_AUTO, NULL, &us), BAD_NONE);
	assert_int_equal(us, t);
	assert_int_equal(time_of("1772323200000000", TIME_EPOCH_AUTO, NULL, &us), BAD_NONE);
	assert_int_equal(us, t);
	assert_int_equal(time_of("01/03/2026 08.00.00,5", TIME_PATTERN, "%d/%m/%Y %H.%M.%S,%f", &us), BAD_NONE);
	assert_int_equal(us, t + 500000);
	assert_int_equal(time_of("20260301", TIME_PATTERN, "%Y%m%d", &us), BAD_NONE);
	assert_int_equal(us, t - 8 * US_PER_HOUR);
	assert_int_equal(time_of("60", TIME_SINCE, NULL, &us), BAD_NONE);
	assert_int_equal(us, 1577808060 * US_PER_SECOND);
	assert_int_equal(time_of("2026-02-30 00:00:00", TIME_OWN, NULL, &us), BAD_TIME);
	assert_int_equal(time_of("yesterday", TIME_OWN, NULL, &us), BAD_TIME);
	assert_int_equal(time_of("20260230", TIME_PATTERN, "%Y%m%d", &us), BAD_TIME);
	assert_int_equal(time_of("2026033", TIME_PATTERN, "%Y%m%d", &us), BAD_NONE); /* a one-digit day is one */
	assert_int_equal(time_of("20260301x", TIME_PATTERN, "%Y%m%d", &us), BAD_TIME);
	assert_int_equal(time_of("1999-12-31T23:59:59Z", TIME_OWN, NULL, &us), BAD_TIME_RANGE);
	assert_int_equal(time_of("2100-01-01T00:00:00Z", TIME_OWN, NULL, &us), BAD_TIME_RANGE);
	assert_int_equal(time_of("99999999999999", TIME_EPOCH_S, NULL, &us), BAD_TIME_RANGE);
	assert_int_equal(time_of("12", TIME_EPOCH_S, NULL, &us), BAD_TIME_RANGE);
}

static void test_fields(void **state)
{
	(void)state;
	static const struct {
		const char *z;
		enum dim dim;
		enum unit unit;
		enum bad_reason r;
		int64_t v;
	} c[] = { { "12.34", DIM_MONEY, UNIT_DEFAULT, BAD_NONE, 1234 },
		      { "1234", DIM_MONEY, UNIT_FEN, BAD_NONE, 1234 },
		      { "1.5", DIM_MONEY, UNIT_WAN, BAD_NONE, 1500000 },
		      { "12.345", DIM_MONEY, UNIT_YUAN, BAD_AMOUNT, 0 },
		      { "1.5", DIM_MONEY, UNIT_FEN, BAD_AMOUNT, 0 },
		      { "9999999999999999", DIM_MONEY, UNIT_YUAN, BAD_RANGE, 0 },
		      { "100000001", DIM_MONEY, UNIT_WAN, BAD_RANGE, 0 },
		      { "60", DIM_DURATION, UNIT_DEFAULT, BAD_NONE, 60000000 },
		      { "60", DIM_DURATION, UNIT_MS, BAD_NONE, 60000 },
		      { "1.5", DIM_DURATION, UNIT_MIN, BAD_NONE, 90000000 },
		      { "-1", DIM_DURATION, UNIT_S, BAD_NEGATIVE, 0 },
		      { "0.0000001", DIM_DURATION, UNIT_S, BAD_NUMBER, 0 },
		      { "99999999", DIM_DURATION, UNIT_S, BAD_RANGE, 0 },
		      { "7", DIM_NUMBER, UNIT_DEFAULT, BAD_NONE, 7 },
		      { "7.5", DIM_NUMBER, UNIT_DEFAULT, BAD_NUMBER, 0 },
		      { "999999999999999", DIM_NUMBER, UNIT_DEFAULT, BAD_RANGE, 0 },
		      { "true", DIM_BOOL, UNIT_DEFAULT, BAD_NONE, 1 },
		      { "no", DIM_BOOL, UNIT_DEFAULT, BAD_NONE, 0 },
		      { "maybe", DIM_BOOL, UNIT_DEFAULT, BAD_BOOL, 0 } };
	for (size_t i = 0; i < ARRAY_LEN(c); i++) {
		struct field_format f = { .unit = c[i].unit };
		const char *why;
		int64_t v = 0;
		enum bad_reason r = value_parse(text_z(c[i].z), c[i].dim, &f, &v, &why);
		if (r != c[i].r || (r == BAD_NONE && v != c[i].v))
			fail_msg("%s: %s, %lld", c[i].z, bad_reason_name(r), (long long)v);
	}
}

static void test_build(void **state)
{
	(void)state;
	struct schema s = schema_default();
	char bytes[EVENT_BUILD_BYTES];
	struct event_builder b = { .schema = &s, .key = &test_key, .bytes = bytes, .cap = sizeof bytes };
	struct event ev;
	struct text field;
	struct event_pair p[] = { { TEXT("time"), TEXT("2026-03-01T08:00:00+08:00") },
		                      { TEXT("caller"), TEXT("13800138000") },
		                      { TEXT("callee"), TEXT("+8613912345678") },
		                      { TEXT("talk"), TEXT("5.5") } };
	assert_int_equal(event_build(&b, p, 4, &ev, &field), BAD_NONE);
	assert_int_equal(ev.type, EVENT_CALL);
	assert_int_equal(ev.value[2], 5500000);
	assert_true(ev.value[3] == VALUE_MISSING && ev.value[0] == 0);
	assert_text(ev.ident[1].plain, "13912345678");
	b.used = 0;
	assert_int_equal(event_build(&b, p, 3, &ev, &field), BAD_EVENT_TYPE); /* without talk it fits nothing */
	struct event_pair sms[] = { { TEXT("event"), TEXT("sms") },
		                        { TEXT("time"), TEXT("2026-03-01T08:00:00Z") },
		                        { TEXT("sender"), TEXT("95588") },
		                        { TEXT("receiver"), TEXT("13800138000") },
		                        { TEXT("body"), TEXT("") } };
	b.used = 0;
	assert_int_equal(event_build(&b, sms, 5, &ev, &field), BAD_NONE);
	assert_int_equal(ev.type, EVENT_SMS);
	assert_int_equal(ev.str[0].n, 0);
	assert_true(ev.value[2] != VALUE_MISSING && ev.value[3] == VALUE_MISSING);
	b.used = 0;
	assert_int_equal(event_build(&b, sms, 4, &ev, &field), BAD_MISSING);
	assert_text(field, "body");
	sms[4].name = TEXT("boby");
	b.used = 0;
	assert_int_equal(event_build(&b, sms, 5, &ev, &field), BAD_UNKNOWN_FIELD);
	assert_text(field, "boby");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decimal), cmocka_unit_test(test_decimal_as_money),
		cmocka_unit_test(test_times),   cmocka_unit_test(test_fields),
		cmocka_unit_test(test_build),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
