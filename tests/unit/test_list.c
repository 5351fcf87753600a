/* test_list.c - list files: values, expiry, and errors that cost one line each. */
#include "tests/test.h"
#include "base/clock.h"
#include "event/list.h"
#include "tests/unit/schema_default.h"

struct seen {
	unsigned values, errors;
	char plain[8][80];
	int64_t until[8];
	uint32_t line[8], col[8];
};

static void on_value(void *context, const struct list_value *v)
{
	struct seen *s = context;
	if (v->ident)
		snprintf(s->plain[s->values], sizeof s->plain[0], "%.*s", (int)v->ident->plain.n, v->ident->plain.p);
	s->until[s->values++] = v->until_us;
}

static void on_error(void *context, uint32_t line, uint32_t col, const char *message)
{
	struct seen *s = context;
	assert_non_null(message);
	s->line[s->errors] = line;
	s->col[s->errors++] = col;
}

static enum err read(const char *z, bool text, struct seen *s, struct list_counts *c)
{
	*s = (struct seen){ 0 };
	struct list_reader r = {
		.text = text, .form = IDENT_PHONE, .key = &test_key, .context = s, .value = on_value, .error = on_error
	};
	return list_read(&r, text_z(z), c);
}

static void test_phones(void **state)
{
	(void)state;
	struct seen s;
	struct list_counts c;
	assert_int_equal(read("\xef\xbb\xbfvalue,until,note\r\n+86 13800138000,2026-12-31,\"a, b\"\r\n\r\n110,,\nnobody,,\n"
	                      "13900139000,2026-02-30,\n13900139001,2026-12-31T12:00:00+08:00,x\n13900139002\n",
	                      false, &s, &c),
	                 ERR_OK);
	assert_int_equal(c.values, 3);
	assert_int_equal(c.bad, 3);
	assert_string_equal(s.plain[0], "13800138000");
	assert_int_equal(s.until[0], 1798732800 * US_PER_SECOND - 1); /* 2027-01-01 00:00 in Shanghai, less one */
	assert_true(s.until[1] == INT64_MAX);
	assert_int_equal(s.until[2], 1798689600 * US_PER_SECOND);
	assert_int_equal(s.line[0], 5);
	assert_int_equal(s.line[1], 6);
	assert_int_equal(s.col[1], 13);
	assert_int_equal(s.line[2], 8);
}

static void test_texts(void **state)
{
	(void)state;
	struct seen s;
	struct list_counts c;
	assert_int_equal(read("note,value\nx,安全账户\ny,\"two \"\"words\"\"\"\n", true, &s, &c), ERR_OK);
	assert_int_equal(c.values, 2);
	assert_int_equal(c.bad, 0);
}

static void test_headers(void **state)
{
	(void)state;
	struct seen s;
	struct list_counts c;
	static const char *const bad[] = { "", "\n\n", "13800138000\n", "until,note\n", "value,value\n", "\"value\n" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(read(bad[i], false, &s, &c), ERR_FORMAT);
		assert_int_equal(c.values, 0);
		assert_true(s.errors > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_phones),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_headers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
