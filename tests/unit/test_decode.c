/* test_decode.c - events as they come over HTTP: what was refused is kept as it came, to the byte. */
#include "tests/test.h"
#include "base/clock.h"
#include "base/mem.h"
#include "gateway/decode.h"
#include "tests/unit/schema_default.h"

static enum bad_reason decode(const char *z, struct taken *t)
{
	static char line[1 << 17];
	struct schema s = schema_default();
	struct decoder d = { .schema = &s, .key = &test_key, .latest_us = 1800000000 * US_PER_SECOND };
	struct bad bad;
	bool ok;

	snprintf(line, sizeof(line), "%s", z);
	t->scratch = NULL;
	ok = decode_event(&d, text_z(line), t, &bad);
	assert_text(text_z(line), z);
	assert_true(ok == (bad.reason == BAD_NONE));
	assert_text(bad.raw, z);
	return bad.reason;
}

static void test_refused_as_it_came(void **state)
{
	static struct taken t;
	static const char *const bad[] = { "",
		                               "{",
		                               "{\"even{",
		                               "{\"event\":\"call",
		                               "{\"event\":\"c\\",
		                               "{\"event\":\"c\\ud800\"}",
		                               "{\"a\":\"b\tc\"}",
		                               "[]",
		                               "{}x",
		                               "{\"event\":\"\xc0\xaf\"}",
		                               "{\"a\":{}}" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_true(decode(bad[i], &t) != BAD_NONE);
		mem_free(t.scratch);
	}
}

static void test_taken(void **state)
{
	static struct taken t;

	(void)state;
	assert_int_equal(
		decode("{\"event\":\"sms\",\"time\":1772409600000000,\"sender\":\"13800138000\",\"receiver\":\"13900139000\","
	           "\"body\":\"a\\u4f60\\n\",\"url\":null}",
	           &t),
		BAD_NONE);
	assert_int_equal(t.event.time, 1772409600000000);
	assert_text(t.event.str[0], "a\xe4\xbd\xa0\n");
	assert_int_equal(t.event.value[3], VALUE_MISSING);
	mem_free(t.scratch);
	assert_int_equal(
		decode("{\"event\":\"sms\",\"time\":1800000000000001,\"sender\":\"13800138000\",\"receiver\":\"13900139000\","
	           "\"body\":\"\"}",
	           &t),
		BAD_TIME_AHEAD);
}

static void test_no_memory(void **state)
{
	static struct taken t;

	(void)state;
	mem_fail_at(1);
	assert_int_equal(decode("{\"a\":\"\\n\"}", &t), BAD_JSON);
	mem_fail_at(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_refused_as_it_came), cmocka_unit_test(test_taken),
		                                cmocka_unit_test(test_no_memory) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
