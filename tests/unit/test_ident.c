/* test_ident.c - one thing, one token, however it is written; and what is derived on the way. */
#include "tests/test.h"
#include "base/rng.h"
#include "event/ident.h"
#include "tests/unit/schema_default.h"

static enum err make(enum ident_form form, const char *z, char *scratch, struct ident *out, const char **why)
{
	return ident_make(&test_key, form, (uint32_t)form, IDENT_STRICT, text_z(z), scratch, out, why);
}

static void test_phones(void **state)
{
	(void)state;
	static const struct {
		const char *z, *canonical, *kind, *region, *carrier, *shown;
	} c[] = {
		{ "13800138000", "13800138000", "mobile", "北京", "移动", "138****8000" },
		{ "+86 138-0013-8000", "13800138000", "mobile", "北京", "移动", "138****8000" },
		{ "008613800138000", "13800138000", "mobile", "北京", "移动", "138****8000" },
		{ "8613800138000", "13800138000", "mobile", "北京", "移动", "138****8000" },
		{ "013800138000", "13800138000", "mobile", "北京", "移动", "138****8000" },
		{ "1795113800138000", "13800138000", "mobile", "北京", "移动", "138****8000" },
		{ "17012345678", "17012345678", "mobile", NULL, "虚拟", "170****5678" },
		{ "19212345678", "19212345678", "mobile", NULL, "广电", "192****5678" },
		{ "0532-88886666", "053288886666", "landline", "青岛", "", NULL },
		{ "(0532) 88886666", "053288886666", "landline", "青岛", "", NULL },
		{ "+86 532 88886666", "053288886666", "landline", "青岛", "", NULL },
		{ "8653288886666", "053288886666", "landline", "青岛", "", NULL },
		{ "01088886666", "01088886666", "landline", "北京", "", NULL },
		{ "88886666", "88886666", "landline", "", "", NULL },
		{ "110", "110", "short_code", "", "", "110" },
		{ "96110", "96110", "short_code", "", "", "96110" },
		{ "95588", "95588", "short_code", "", "", "95588" },
		{ "10086", "10086", "short_code", "", "", "10086" },
		{ "4001234567", "4001234567", "service", "", "", NULL },
		{ "10690123456", "10690123456", "service", "", "", NULL },
		{ "1064812345678", "1064812345678", "iot", "", "", NULL },
		{ "1440123456789", "1440123456789", "iot", "", "", NULL },
		{ "+14155552671", "+14155552671", "overseas", "美国或加拿大", "", NULL },
		{ "0085291234567", "+85291234567", "overseas", "中国香港", "", NULL },
		{ "+110", "+110", "spoofed", "", "", NULL },
		{ "0096110", "0096110", "spoofed", "", "", NULL },
		{ "+8696110", "+8696110", "spoofed", "", "", NULL },
		{ "+8695588", "+8695588", "spoofed", "", "", NULL },
		{ "138001380001", "138001380001", "spoofed", "", "", NULL },
		{ "8001", "8001", "", "", "", "8001" },
	};
	for (size_t i = 0; i < ARRAY_LEN(c); i++) {
		char scratch[EVENT_IDENT_MAX];
		struct ident id;
		const char *why;
		assert_int_equal(make(IDENT_PHONE, c[i].z, scratch, &id, &why), ERR_OK);
		assert_text(id.plain, c[i].canonical);
		assert_string_equal(ident_kind_name(id.attrs.kind), c[i].kind);
		if (c[i].region)
			assert_string_equal(ident_region_name(id.attrs.region), c[i].region);
		assert_string_equal(ident_carrier_name(id.attrs.carrier), c[i].carrier);
		if (c[i].shown)
			assert_string_equal(id.shown, c[i].shown);
	}
}

/* The longest that is a number, with all that may be dialled before it; and one digit more. */
static void test_phones_too_long(void **state)
{
	static const struct {
		const char *lead, *number, *kind;
	} c[] = {
		{ "", "999999999999999", "spoofed" },        { "+", "441234567890123", "overseas" },
		{ "00", "441234567890123", "overseas" },     { "17951", "999999999999999", "spoofed" },
		{ "1795100", "441234567890123", "spoofed" }, { "", "10690123456789012345", "service" },
	};
	char z[64], scratch[EVENT_IDENT_MAX];
	const char *why;
	struct ident id;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(c); i++) {
		snprintf(z, sizeof(z), "%s%s", c[i].lead, c[i].number);
		assert_int_equal(make(IDENT_PHONE, z, scratch, &id, &why), ERR_OK);
		assert_string_equal(ident_kind_name(id.attrs.kind), c[i].kind);
		for (uint32_t more = 1; more < 20; more++) {
			snprintf(z, sizeof(z), "%s%s%.*s", c[i].lead, c[i].number, (int)more, "12345678901234567890");
			assert_int_equal(make(IDENT_PHONE, z, scratch, &id, &why), ERR_FORMAT);
			assert_non_null(strstr(why, "more than 15 digits"));
		}
	}
	assert_int_equal(make(IDENT_PHONE, "9999999999999999999999999x", scratch, &id, &why), ERR_FORMAT);
	assert_null(strstr(why, "15"));
}

static void test_spoofed_keeps_apart(void **state)
{
	(void)state;
	char s1[EVENT_IDENT_MAX], s2[EVENT_IDENT_MAX];
	struct ident a, b;
	const char *why;
	assert_int_equal(make(IDENT_PHONE, "110", s1, &a, &why), ERR_OK);
	assert_int_equal(make(IDENT_PHONE, "+110", s2, &b, &why), ERR_OK);
	assert_false(token_eq(a.token, b.token));
	assert_int_equal(make(IDENT_PHONE, "+8613800138000", s1, &a, &why), ERR_OK);
	assert_int_equal(make(IDENT_PHONE, "13800138000", s2, &b, &why), ERR_OK);
	assert_true(token_eq(a.token, b.token));
	assert_int_equal(make(IDENT_ACCOUNT, "13800138000", s2, &b, &why), ERR_OK);
	assert_false(token_eq(a.token, b.token));
}

static void test_others(void **state)
{
	(void)state;
	char s[EVENT_IDENT_MAX];
	struct ident id;
	const char *why;
	assert_int_equal(make(IDENT_ACCOUNT, "6222 0200 1234 5678 901", s, &id, &why), ERR_OK);
	assert_text(id.plain, "6222020012345678901");
	assert_string_equal(ident_bank_name(id.attrs.bank), "中国工商银行");
	assert_string_equal(id.shown, "622202****8901");
	assert_int_equal(make(IDENT_ACCOUNT, "alipay_bob-1@x.com", s, &id, &why), ERR_OK);
	assert_text(id.plain, "alipay_bob-1@x.com");
	assert_int_equal(make(IDENT_PERSON, "11010519491231002x", s, &id, &why), ERR_OK);
	assert_text(id.plain, "11010519491231002X");
	assert_int_equal(id.attrs.birth_year, 1949);
	assert_string_equal(id.shown, "110105********002X");
	assert_int_equal(make(IDENT_PERSON, "110105491231002", s, &id, &why), ERR_OK);
	assert_text(id.plain, "11010519491231002X");
	assert_int_equal(make(IDENT_DEVICE, "35-209900-176148-1", s, &id, &why), ERR_OK);
	assert_text(id.plain, "35209900176148");
	assert_int_equal(make(IDENT_DEVICE, "AA:BB:CC:00:11:22", s, &id, &why), ERR_OK);
	assert_text(id.plain, "aabbcc001122");
	assert_int_equal(make(IDENT_CELL, "460-00-青岛-1", s, &id, &why), ERR_OK);
	assert_string_equal(id.shown, "46***-1");
	assert_int_equal(ident_make(&test_key, IDENT_PHONE, 0, IDENT_ANY, TEXT("user#77"), s, &id, &why), ERR_OK);
	assert_string_equal(ident_kind_name(id.attrs.kind), "opaque");
	assert_string_equal(id.shown, "user#77");
}

static void test_refused(void **state)
{
	(void)state;
	static const struct {
		enum ident_form form;
		const char *z;
	} c[] = { { IDENT_PHONE, "" },
		      { IDENT_PHONE, "+" },
		      { IDENT_PHONE, "anonymous" },
		      { IDENT_PHONE, "138+001" },
		      { IDENT_PHONE, "1234567890123456789012345" },
		      { IDENT_ACCOUNT, "" },
		      { IDENT_ACCOUNT, "--" },
		      { IDENT_ACCOUNT, "a/b" },
		      { IDENT_ACCOUNT, "12345678901234567890123456789012345" },
		      { IDENT_PERSON, "110105194912310021" },
		      { IDENT_PERSON, "11010519490230002X" },
		      { IDENT_PERSON, "123" },
		      { IDENT_DEVICE, "12345" },
		      { IDENT_DEVICE, "zz:bb:cc:00:11:22" },
		      { IDENT_CELL, "a\x01" },
		      { IDENT_CELL, "\xff" },
		      { IDENT_CELL, "a\xc2\x85" },
		      { IDENT_OPAQUE, " " } };
	for (size_t i = 0; i < ARRAY_LEN(c); i++) {
		char scratch[EVENT_IDENT_MAX];
		struct ident id;
		const char *why = NULL;
		if (make(c[i].form, c[i].z, scratch, &id, &why) != ERR_FORMAT)
			fail_msg("taken: %s", c[i].z);
		assert_non_null(why);
	}
}

/* A canonical form is its own canonical form, and masks end. */
static void test_idempotent(void **state)
{
	(void)state;
	struct rng r;
	rng_seed(&r, test_seed(13));
	for (uint64_t k = 0, n = test_cases(300000); k < n; k++) {
		static const char *const start[] = { "",  "0",  "00",  "+",  "86", "+86",   "0086",
			                                 "1", "10", "106", "95", "96", "17951", "400" };
		char z[40] = "", s1[EVENT_IDENT_MAX], s2[EVENT_IDENT_MAX];
		snprintf(z, sizeof z, "%s", start[rng_below(&r, ARRAY_LEN(start))]);
		for (size_t i = strlen(z), end = i + 1 + (size_t)rng_below(&r, 16); i < end; i++)
			z[i] = (char)('0' + rng_below(&r, 10)), z[i + 1] = 0;
		struct ident a, b;
		const char *why;
		if (make(IDENT_PHONE, z, s1, &a, &why) != ERR_OK) {
			assert_true(strspn(z, "+0123456789") > 15 && strstr(why, "more than 15 digits") != NULL);
			continue;
		}
		assert_true(strlen(a.shown) < IDENT_SHOWN_BYTES);
		char again[EVENT_IDENT_MAX + 1] = "";
		memcpy(again, a.plain.p, a.plain.n);
		assert_int_equal(make(IDENT_PHONE, again, s2, &b, &why), ERR_OK);
		if (!text_eq(a.plain, b.plain) || a.attrs.kind != b.attrs.kind)
			fail_msg("%s -> %s (%s) -> %.*s (%s)", z, again, ident_kind_name(a.attrs.kind), (int)b.plain.n, b.plain.p,
			         ident_kind_name(b.attrs.kind));
	}
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(ident_region_name(0), "");
	assert_string_equal(ident_bank_name(0), "");
	assert_string_equal(ident_carrier_name(0), "");
	assert_true(ident_region_count() > 400 && ident_region_count() < 1000);
	assert_true(ident_bank_count() > 100);
	assert_string_equal(ident_region_name(ident_region_count()), "");
	for (uint32_t i = 1; i < ident_region_count(); i++)
		assert_true(strlen(ident_region_name(i)) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_phones),
		cmocka_unit_test(test_phones_too_long),
		cmocka_unit_test(test_spoofed_keeps_apart),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_idempotent),
		cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
