/* test_institutions.c - which banks and operators there are, and whose an account or a phone is. */
#include "tests/test.h"
#include "tests/gateway/served.h"

#define R(role) (1u << ROLE_##role)

enum {
	BANK,
	NO_ROLES
};

static const struct tenant tenants[] = {
	{ .name = "bank", .number = 11, .banks = "中国工商银行", .n_sees = 1, .sees = { "self:*.*" } },
	{ .name = "carrier", .number = 12, .carriers = "联通, 移动", .n_sees = 1, .sees = { "self:*.*" } },
};

static const struct served_options options = {
	.policy = "entity phone, person, account\nevent call { caller: phone, callee: phone, talk: duration? }\n"
			  "rule often on call about caller when count(call by caller over 1h) >= 3 then alert red because \"x\"\n",
	.tenants = tenants,
	.n_tenants = ARRAY_LEN(tenants),
	.desk = true,
	.key = { { "bank", SCOPE_DESK, R(BANK_DESK), 0 }, { "bank", SCOPE_DECIDE, 0, 0 } },
};

static struct served s;
static struct heard h;

static void get(int who, const char *path)
{
	served_ask(&s, path, s.key[who], "", NULL, &h);
}

static void post(int who, const char *path, const char *headers, const char *body)
{
	served_ask(&s, path, s.key[who], headers, body, &h);
}

/* Whose an account or a phone is, by its first digits and the settings; what can't be one is told. */
static void test_whose(void **state)
{
	(void)state;
	get(BANK, "/v1/desk/institutions");
	heard_status(&h, 200);
	assert_string_equal(heard_member(&h, "institutions.0.number"), "11");
	assert_string_equal(heard_member(&h, "institutions.0.banks.0"), "中国工商银行");
	assert_string_equal(heard_member(&h, "institutions.1.carriers.1"), "移动");
	post(BANK, "/v1/desk/whose", "", "{\"account\":\"6222 0210 0111 6245 702\"}");
	heard_status(&h, 200);
	assert_string_equal(heard_member(&h, "house"), "中国工商银行");
	assert_string_equal(heard_member(&h, "organisation"), "11");
	post(BANK, "/v1/desk/whose", "", "{\"account\":\"6217001111111111111\"}");
	assert_string_equal(heard_member(&h, "house"), "中国建设银行");
	heard_says(&h, "\"organisation\":null");
	post(BANK, "/v1/desk/whose", "", "{\"account\":\"9999999999999999999\"}");
	heard_says(&h, "{\"house\":null,\"organisation\":null}");
	post(BANK, "/v1/desk/whose", "", "{\"phone\":\"+86 138 0013 8000\"}");
	assert_string_equal(heard_member(&h, "organisation"), "12");
	for (size_t i = 0; i < 6; i++) {
		static const char *const wrong[] = { "{}",
			                                 "[]",
			                                 "{\"account\":1}",
			                                 "{\"account\":\"\"}",
			                                 "{\"account\":\"6222021001116245702\",\"phone\":\"13800138000\"}",
			                                 "{\"person\":\"6222021001116245702\"}" };

		post(BANK, "/v1/desk/whose", "", wrong[i]);
		heard_status(&h, 400);
	}
	post(NO_ROLES, "/v1/desk/whose", "", "{\"account\":\"6222021001116245702\"}");
	heard_status(&h, 403);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_whose) };
	int failed;

	served_start(&s, &options);
	heard_init(&h);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	heard_release(&h);
	served_stop(&s);
	return failed;
}
