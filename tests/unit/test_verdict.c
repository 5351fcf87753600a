/* test_verdict.c - what names an alert: one form, and what a record says of it; and what people may ask by their roles. */
#include "tests/test.h"
#include "desk/desk.h"
#include "gateway/session_scopes.h"
#include "gateway/tenants.h"
#include "gateway/verdict.h"

static void test_one_form(void **state)
{
	static const char *const none[] = { "017.each", "+17.each", " 17.each", "-17.each",
		                                "0.each",   "17.",      "17",       ".each",
		                                "",         "17e.each", "x.each",   "99999999999999999999.each" };
	uint64_t position = 0;
	struct text rule;

	(void)state;
	assert_true(verdict_alert(TEXT("17.each"), &position, &rule));
	assert_int_equal(position, 17);
	assert_text(rule, "each");
	assert_true(verdict_alert(TEXT("9223372036854775807.a.b"), &position, &rule));
	assert_int_equal(position, INT64_MAX);
	assert_text(rule, "a.b");
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		assert_false(verdict_alert(text_z(none[i]), &position, &rule));
}

static bool says(const char *payload, struct registry_verdict *v)
{
	struct record r = { .kind = RECORD_ACT, .position = 40, .organisation = 13, .time = 7, .payload = text_z(payload) };

	return verdict_take(&r, v);
}

static void test_record(void **state)
{
	struct registry_verdict v;

	(void)state;
	assert_true(says(
		"{\"act\":\"verdict\",\"who\":\"police/ab\",\"user\":\"U-1\",\"alert\":\"17.each\",\"verdict\":\"true\"}", &v));
	assert_int_equal(v.alert, 17);
	assert_int_equal(v.act, 40);
	assert_int_equal(v.organisation, 13);
	assert_true(v.right);
	assert_string_equal(v.by, "U-1");
	assert_string_equal(v.rule, "each");
	assert_true(says("{\"act\":\"verdict\",\"who\":\"police/ab\",\"alert\":\"17.each\",\"verdict\":\"false\"}", &v));
	assert_false(v.right);
	assert_string_equal(v.by, "police/ab");
	assert_false(says("{\"act\":\"verdict\",\"who\":\"a\",\"alert\":\"017.each\",\"verdict\":\"true\"}", &v));
	assert_false(says("{\"act\":\"verdict\",\"who\":\"a\",\"alert\":\"17.each\",\"verdict\":\"maybe\"}", &v));
	assert_false(says("{\"act\":\"view\",\"who\":\"a\",\"alert\":\"17.each\",\"verdict\":\"true\"}", &v));
}

/* Who may change the policy, and so counts as people for whom keys stand back; who only reads it. */
static void test_scopes(void **state)
{
	const uint32_t writers = 1u << ROLE_ANALYST | 1u << ROLE_LEADER | 1u << ROLE_CITY_LEADER | 1u << ROLE_ADMIN;
	struct session_scopes s = session_scopes(1u << ROLE_AUDITOR);

	(void)state;
	assert_int_equal(session_scopes_roles(SCOPE_POLICIES), writers);
	assert_int_equal(session_scopes_roles(SCOPE_REVEAL | SCOPE_DECIDE | SCOPE_EVENTS | SCOPE_CONNECTOR), 0);
	assert_true(session_scopes_allow(s, SCOPE_POLICIES, "GET"));
	assert_false(session_scopes_allow(s, SCOPE_POLICIES, "POST"));
	assert_true(session_scopes_allow(s, SCOPE_DESK, "POST"));
	s = session_scopes(1u << ROLE_AUDITOR | 1u << ROLE_LEADER);
	assert_true(session_scopes_allow(s, SCOPE_POLICIES, "POST"));
	assert_int_equal(s.reads & s.may, 0);
	assert_int_equal(session_scopes(0).may, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_one_form), cmocka_unit_test(test_record),
		                                cmocka_unit_test(test_scopes) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
