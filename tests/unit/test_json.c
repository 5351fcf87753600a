/* test_json.c - flat JSON objects: what is taken, what is refused and why, and the same as jansson says. */
#include "tests/test.h"
#include "base/rng.h"
#include "tests/unit/json_jansson.h"

static enum err parse(const char *z, struct json_pair *pair, size_t *n, const char **why)
{
	static char scratch[4096];
	size_t at;
	return json_flat(text_z(z), pair, n, scratch, why, &at);
}

static void test_values(void **state)
{
	(void)state;
	struct json_pair p[JSON_PAIRS_MAX];
	size_t n;
	const char *why;
	assert_int_equal(
		parse(" {\"a\":\"x\\n\\u4f60\\ud83d\\ude00\\\"\", \"b\" : -12.50e+3,\"c\":true,\"d\":false,\"e\":null} ", p, &n,
	          &why),
		ERR_OK);
	assert_int_equal(n, 5);
	assert_text(p[0].value, "x\n你😀\"");
	assert_text(p[1].value, "-12.50e+3");
	assert_int_equal(p[1].kind, JSON_KIND_NUMBER);
	assert_text(p[2].value, "true");
	assert_text(p[3].value, "false");
	assert_int_equal(p[4].kind, JSON_KIND_NULL);
	assert_null(p[4].value.p);
	assert_int_equal(parse("{}", p, &n, &why), ERR_OK);
	assert_int_equal(n, 0);
}

static void test_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"",
		"{",
		"}",
		"[]",
		"1",
		"{\"a\"}",
		"{\"a\":}",
		"{\"a\":1,}",
		"{,}",
		"{\"a\":1}x",
		"{\"a\":1}{}",
		"{\"a\":{}}",
		"{\"a\":[1]}",
		"{\"a\":1,\"a\":2}",
		"{\"a\":1,\"\\u0061\":2}",
		"{\"a\":01}",
		"{\"a\":1.}",
		"{\"a\":.5}",
		"{\"a\":+1}",
		"{\"a\":1e}",
		"{\"a\":NaN}",
		"{\"a\":Infinity}",
		"{\"a\":tru}",
		"{\"a\":\"\\ud800\"}",
		"{\"a\":\"\\udc00\"}",
		"{\"a\":\"\\ud800\\u0041\"}",
		"{\"a\":\"\\u0000\"}",
		"{\"a\":\"\\x\"}",
		"{\"a\":\"\t\"}",
		"{\"a\":\"x}",
		"{'a':1}",
		"{\"a\":\"\xff\"}",
		"{\"a\":\"\xed\xa0\x80\"}",
		"{\"a\":\"\xc0\x80\"}",
		"{\"a\":1 \"b\":2}",
		"{a:1}",
		"{\"a\":\"\\u12g4\"}",
		"{\"a\":-}",
		"{\"a\":\"\\",
		"{\"a\":\"\\u1",
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct json_pair p[JSON_PAIRS_MAX];
		size_t n;
		const char *why = NULL;
		if (parse(bad[i], p, &n, &why) != ERR_FORMAT)
			fail_msg("taken: %s", bad[i]);
		assert_non_null(why);
	}
}

static void test_too_many_keys(void **state)
{
	(void)state;
	struct json_pair p[JSON_PAIRS_MAX];
	char z[2000] = "{";
	size_t n;
	const char *why;
	for (int i = 0; i < 65; i++)
		snprintf(z + strlen(z), 20, "%s\"k%d\":%d", i ? "," : "", i, i);
	snprintf(z + strlen(z), 2, "}");
	assert_int_equal(parse(z, p, &n, &why), ERR_CAP);
}

static const char *const seeds[] = {
	"{\"event\":\"call\",\"time\":\"2026-03-01T08:00:00+08:00\",\"caller\":\"13800138000\",\"talk\":12.5}",
	"{\"a\":\"\\ud83d\\ude00\\u4f60\",\"b\":null,\"c\":true,\"d\":-0.5e-3}",
	"{ \"k\" : \"\\\\\\/\\b\\f\\n\\r\\t\" , \"k2\" : 0 }",
	"{\"\xe4\xbd\xa0\":\"\xf0\x9f\x98\x80\",\"x\":\"\",\"y\":false}",
};

static void test_against_jansson(void **state)
{
	(void)state;
	struct rng r;
	rng_seed(&r, test_seed(12));
	static const char special[] = "{}[]\",:\\u0d8e+-.ntf \x01\xff\xed\x80\0";
	uint64_t taken = 0;
	for (uint64_t k = 0, cases = test_cases(200000); k < cases; k++) {
		char p[200], scratch[200];
		const char *seed = seeds[rng_below(&r, ARRAY_LEN(seeds))];
		size_t n = strlen(seed);
		memcpy(p, seed, n);
		for (uint64_t m = rng_below(&r, 4); m > 0; m--) {
			size_t at = (size_t)rng_below(&r, n);
			if (rng_chance(&r, 700000)) {
				p[at] = special[rng_below(&r, sizeof special)];
			} else if (n > 2) {
				memmove(p + at, p + at + 1, n - at - 1);
				n--;
			}
		}
		bool accepted;
		const char *differs = json_compare(p, n, scratch, &accepted);
		taken += accepted;
		if (differs)
			fail_msg("case %llu: %s: %.*s", (unsigned long long)k, differs, (int)n, p);
	}
	assert_true(taken > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_too_many_keys),
		cmocka_unit_test(test_against_jansson),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
