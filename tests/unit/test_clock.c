/* test_clock.c - the calendar against a naive one that walks day by day, zones against the C library's. */
#include "tests/test.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/rng.h"
#include <time.h>

static int month_days(int y, int m)
{
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
	if (m == 2)
		return leap ? 29 : 28;
	return m == 4 || m == 6 || m == 9 || m == 11 ? 30 : 31;
}

/* Every day from 1 January 1900 (a Monday, 25567 days before the epoch) to the end of 2400. */
static void test_every_day(void **state)
{
	(void)state;
	int64_t day = -25567;
	int weekday = 1;
	for (int y = 1900; y <= 2400; y++)
		for (int m = 1; m <= 12; m++)
			for (int d = 1; d <= month_days(y, m); d++) {
				struct civil c,
					in = { .year = y, .month = m, .day = d, .hour = 23, .minute = 59, .second = 58, .us = 7 };
				int64_t us;
				assert_int_equal(clock_days_from_civil(y, m, d), day);
				assert_int_equal(clock_from_civil(&in, 0, &us), ERR_OK);
				assert_int_equal(us, day * US_PER_DAY + 86398 * US_PER_SECOND + 7);
				clock_to_civil(us, 0, &c);
				assert_true(c.year == y && c.month == m && c.day == d && c.weekday == weekday);
				assert_true(c.hour == 23 && c.minute == 59 && c.second == 58 && c.us == 7);
				clock_to_civil(us, 8 * 3600, &c);
				assert_true(c.hour == 7 && c.weekday == weekday % 7 + 1);
				day++;
				weekday = weekday % 7 + 1;
			}
}

static void test_impossible(void **state)
{
	(void)state;
	static const struct civil bad[] = {
		{ 2026, 2, 29, 0, 0, 0, 0, 0 },    { 2026, 2, 30, 0, 0, 0, 0, 0 }, { 2100, 2, 29, 0, 0, 0, 0, 0 },
		{ 2026, 4, 31, 0, 0, 0, 0, 0 },    { 2026, 13, 1, 0, 0, 0, 0, 0 }, { 2026, 0, 1, 0, 0, 0, 0, 0 },
		{ 2026, 1, 0, 0, 0, 0, 0, 0 },     { 2026, 1, 32, 0, 0, 0, 0, 0 }, { 2026, 1, 1, 24, 0, 0, 0, 0 },
		{ 2026, 1, 1, 0, 60, 0, 0, 0 },    { 2026, 1, 1, 0, 0, 60, 0, 0 }, { 2026, 1, 1, 0, 0, 0, 1000000, 0 },
		{ 2026, 1, 1, -1, 0, 0, 0, 0 },    { 2026, 1, 1, 0, -1, 0, 0, 0 }, { 2026, 1, 1, 0, 0, 0, -1, 0 },
		{ 0, 1, 1, 0, 0, 0, 0, 0 },        { 10000, 1, 1, 0, 0, 0, 0, 0 }, { INT32_MAX, 1, 1, 0, 0, 0, 0, 0 },
		{ INT32_MIN, 1, 1, 0, 0, 0, 0, 0 }
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		int64_t us = 5;
		assert_int_equal(clock_from_civil(&bad[i], 0, &us), ERR_RANGE);
		assert_int_equal(clock_from_local(&clock_shanghai, &bad[i], &us), ERR_RANGE);
		assert_int_equal(us, 5);
	}
	struct civil leap = { 2000, 2, 29, 0, 0, 0, 0, 0 };
	int64_t us;
	assert_int_equal(clock_from_civil(&leap, 0, &us), ERR_OK);
}

#define AT(s) ((int64_t)(s)*US_PER_SECOND)

static void test_parse(void **state)
{
	(void)state;
	static const struct {
		const char *z;
		enum err e;
		int64_t us;
	} c[] = { { "2026-03-01 08:00:00", ERR_OK, AT(1772323200) },
		      { "2026-03-01T08:00:00", ERR_OK, AT(1772323200) },
		      { "2026-03-01t08:00:00z", ERR_OK, AT(1772352000) },
		      { "2026-03-01T00:00:00Z", ERR_OK, AT(1772323200) },
		      { "2026-03-01T08:00:00+08:00", ERR_OK, AT(1772323200) },
		      { "2026-03-01T08:00:00+0800", ERR_OK, AT(1772323200) },
		      { "2026-02-28T20:30:00-03:30", ERR_OK, AT(1772323200) },
		      { "2026-03-01 08:00:00.5", ERR_OK, AT(1772323200) + 500000 },
		      { "2026-03-01 08:00:00.000001", ERR_OK, AT(1772323200) + 1 },
		      { "2026-03-01 08:00:00.123456+08:00", ERR_OK, AT(1772323200) + 123456 },
		      { "1970-01-01T00:00:00Z", ERR_OK, 0 },
		      { "1969-12-31T23:59:59.999999Z", ERR_OK, -1 },
		      { "2026-03-01 08:00:00.1234567", ERR_FORMAT, 0 },
		      { "2026-03-01 08:00:00.", ERR_FORMAT, 0 },
		      { "2026-03-01 08:00:00.Z", ERR_FORMAT, 0 },
		      { "2026-03-01 08:00", ERR_FORMAT, 0 },
		      { "2026-03-01", ERR_FORMAT, 0 },
		      { "", ERR_FORMAT, 0 },
		      { "2026-3-01 08:00:00", ERR_FORMAT, 0 },
		      { "2026/03/01 08:00:00", ERR_FORMAT, 0 },
		      { "2026-03-01_08:00:00", ERR_FORMAT, 0 },
		      { "2026-03-01 08:00:0x", ERR_FORMAT, 0 },
		      { "2026-03-01 08-00-00", ERR_FORMAT, 0 },
		      { " 2026-03-01 08:00:00", ERR_FORMAT, 0 },
		      { "2026-03-01 08:00:00 ", ERR_FORMAT, 0 },
		      { "2026-03-01 08:00:00ZZ", ERR_FORMAT, 0 },
		      { "2026-03-01 08:00:00+08", ERR_FORMAT, 0 },
		      { "2026-03-01 08:00:00+8:00", ERR_FORMAT, 0 },
		      { "2026-03-01 08:00:00+08-00", ERR_FORMAT, 0 },
		      { "2026-03-01 08:00:00+0x:00", ERR_FORMAT, 0 },
		      { "-026-03-01 08:00:00", ERR_FORMAT, 0 },
		      { "2026-03-01 08:00:00+24:00", ERR_RANGE, 0 },
		      { "2026-03-01 08:00:00+08:60", ERR_RANGE, 0 },
		      { "2026-02-30 08:00:00", ERR_RANGE, 0 },
		      { "2026-03-01 24:00:00", ERR_RANGE, 0 },
		      { "2026-03-01 08:00:60", ERR_RANGE, 0 },
		      { "0000-03-01 08:00:00", ERR_RANGE, 0 } };
	for (size_t i = 0; i < ARRAY_LEN(c); i++) {
		int64_t us = 5;
		if (clock_parse(text_z(c[i].z), &clock_shanghai, &us) != c[i].e || us != (c[i].e == ERR_OK ? c[i].us : 5))
			fail_msg("%s: %lld", c[i].z, (long long)us);
	}
}

static void test_format(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 200);
	clock_format(&b, AT(1772323200), &clock_shanghai);
	assert_text(buf_view(&b), "2026-03-01T08:00:00+08:00");
	buf_clear(&b);
	clock_format(&b, AT(1772323200) + 42, &clock_utc);
	assert_text(buf_view(&b), "2026-03-01T00:00:00.000042+00:00");
	buf_clear(&b);
	clock_format_short(&b, AT(1772323200), &clock_shanghai);
	assert_text(buf_view(&b), "2026-03-01 08:00:00");
	struct rng r;
	rng_seed(&r, test_seed(2));
	for (int i = 0; i < 10000; i++) { /* what is written reads back the same */
		int64_t us = rng_between(&r, -62135500000 * US_PER_SECOND, 253402200000 * US_PER_SECOND), back;
		buf_clear(&b);
		clock_format(&b, us, &clock_shanghai);
		assert_int_equal(clock_parse(buf_view(&b), &clock_utc, &back), ERR_OK);
		assert_int_equal(back, us);
	}
	struct civil c;
	clock_to_civil(INT64_MIN, INT32_MIN, &c); /* no overflow: the sanitizer watches */
	clock_to_civil(INT64_MAX, INT32_MAX, &c);
	buf_release(&b);
}

static void test_duration(void **state)
{
	(void)state;
	static const struct {
		int64_t us;
		const char *z;
	} c[] = { { 0, "0s" },
		      { 1, "1us" },
		      { 250000, "250ms" },
		      { 1500000, "1s 500ms" },
		      { 303 * US_PER_SECOND, "5min 3s" },
		      { 26 * US_PER_HOUR, "1d 2h" },
		      { US_PER_DAY, "1d" },
		      { US_PER_DAY + 1, "1d" },
		      { -5 * US_PER_MINUTE, "-5min" },
		      { INT64_MIN, "-106751991d 4h" } };
	struct buf b;
	buf_init(&b, 100);
	for (size_t i = 0; i < ARRAY_LEN(c); i++) {
		buf_clear(&b);
		clock_format_duration(&b, c[i].us);
		assert_text(buf_view(&b), c[i].z);
	}
	buf_release(&b);
}

static bool load_zone(const char *name, struct zone *z, struct arena *a)
{
	char path[100];
	snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
	struct buf b;
	buf_init(&b, 1 << 20);
	enum err e = file_read_all(path, 1 << 20, &b);
	bool ok = e == ERR_OK && clock_zone_parse(z, a, text_z(name), buf_view(&b)) == ERR_OK;
	buf_release(&b);
	return ok;
}

/* Instants around every transition and random ones, up to 2037: there the file's table ends. */
static void compare_zone(const char *name)
{
	struct arena a;
	struct zone z;
	struct rng r;
	arena_init(&a, 1 << 20);
	assert_true(load_zone(name, &z, &a));
	setenv("TZ", name, 1);
	tzset();
	rng_seed(&r, test_seed(3));
	size_t random = (size_t)test_cases(20000);
	for (size_t i = 0; i < z.n * 2 + random; i++) {
		time_t s = i < z.n * 2 ? z.at_s[i / 2] - (time_t)(i % 2) : rng_between(&r, -2208988800, 2114380800);
		if (s < -2208988800 || s > 2114380800)
			continue;
		struct tm tm;
		assert_non_null(localtime_r(&s, &tm));
		assert_int_equal(clock_offset(&z, AT(s)), tm.tm_gmtoff);
		struct civil c;
		clock_to_civil(AT(s), clock_offset(&z, AT(s)), &c);
		assert_true(c.year == tm.tm_year + 1900 && c.month == tm.tm_mon + 1 && c.day == tm.tm_mday);
		assert_true(c.hour == tm.tm_hour && c.minute == tm.tm_min && c.weekday % 7 == tm.tm_wday);
		int64_t us;
		assert_int_equal(clock_from_local(&z, &c, &us), ERR_OK);
		/* the same instant, or the earlier of two that the wall clock shows alike */
		if (us != AT(s))
			assert_true(us < AT(s) && clock_offset(&z, us) > clock_offset(&z, AT(s)));
	}
	arena_release(&a);
}

static void test_zones(void **state)
{
	(void)state;
	compare_zone("Asia/Shanghai");
	compare_zone("America/New_York");
	compare_zone("Europe/Dublin");
	compare_zone("Australia/Lord_Howe"); /* half an hour of daylight saving */
	compare_zone("UTC");
}

static void test_gap_and_overlap(void **state)
{
	(void)state;
	struct arena a;
	struct zone z;
	int64_t us;
	arena_init(&a, 1 << 20);
	assert_true(load_zone("America/New_York", &z, &a));
	/* 2026-03-08 02:00 -05:00 becomes 03:00 -04:00; 2026-11-01 02:00 -04:00 becomes 01:00 -05:00. */
	assert_int_equal(clock_parse(TEXT("2026-03-08 01:59:59"), &z, &us), ERR_OK);
	assert_int_equal(us, AT(1772953199));
	assert_int_equal(clock_parse(TEXT("2026-03-08 02:30:00"), &z, &us), ERR_OK); /* never shown: as if still -05:00 */
	assert_int_equal(us, AT(1772955000));
	assert_int_equal(clock_parse(TEXT("2026-03-08 03:00:00"), &z, &us), ERR_OK);
	assert_int_equal(us, AT(1772953200));
	assert_int_equal(clock_parse(TEXT("2026-11-01 01:30:00"), &z, &us), ERR_OK); /* shown twice: the first, -04:00 */
	assert_int_equal(us, AT(1793511000));
	assert_int_equal(clock_parse(TEXT("2026-11-01 02:00:00"), &z, &us), ERR_OK);
	assert_int_equal(us, AT(1793516400));
	arena_release(&a);
}

/* A damaged file is refused or gives some zone; nothing is read outside it. The copy is on the heap for the sanitizer. */
static void test_damaged_zone(void **state)
{
	(void)state;
	struct buf b;
	struct rng r;
	buf_init(&b, 1 << 20);
	assert_int_equal(file_read_all("/usr/share/zoneinfo/America/New_York", 1 << 20, &b), ERR_OK);
	rng_seed(&r, test_seed(4));
	uint64_t cases = test_cases(20000);
	for (uint64_t i = 0; i < cases + b.n; i++) {
		size_t n = i < b.n ? i : b.n;
		char *copy = malloc(n + 1);
		memcpy(copy, b.p, n);
		if (i >= b.n)
			for (int j = 0; j < 3; j++)
				copy[rng_below(&r, j ? 120 : n)] = (char)rng_next(&r);
		struct arena a;
		struct zone z;
		arena_init(&a, 1 << 20);
		enum err e = clock_zone_parse(&z, &a, TEXT("x"), text_of(copy, n));
		if (e == ERR_OK)
			(void)clock_offset(&z, AT(1772323200));
		arena_release(&a);
		free(copy);
	}
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_day),       cmocka_unit_test(test_impossible),   cmocka_unit_test(test_parse),
		cmocka_unit_test(test_format),          cmocka_unit_test(test_duration),     cmocka_unit_test(test_zones),
		cmocka_unit_test(test_gap_and_overlap), cmocka_unit_test(test_damaged_zone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
