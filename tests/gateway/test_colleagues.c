/* test_colleagues.c - who is told the name of whom: colleagues who are logged in, and those whom one's roles reach;
 * nobody else, however they ask. And what organisations are called. */
#include "tests/test.h"
#include "tests/gateway/served.h"

#define R(role) (1u << ROLE_##role)

enum { /* keys */
	ADMIN,
	ADMIN_2,
	LEADERS_KEY,
	NO_ROLES
};

static const struct asker { /* people who are logged in */
	unsigned roles, organisation, district;
} leader = { R(LEADER), 13, 0 }, bank = { R(BANK_DESK), 11, 0 }, other_bank = { R(BANK_DESK) | R(BANK_OUTLET), 12, 0 },
  station_7 = { R(STATION), 14, 7 }, station_8 = { R(STATION), 12, 8 }, station_nowhere = { R(STATION), 12, 0 },
  media = { R(MEDIA), 13, 0 }, citizen = { R(CITIZEN), 11, 0 }, connector = { R(CONNECTOR), 11, 0 },
  bank_leader = { R(LEADER) | R(AUDITOR), 11, 0 },
  nobodys_leader = { R(LEADER), 15, 0 }; /* of an organisation that is gone */

static const struct tenant tenants[] = {
	{ .name = "police", .title = "市反诈中心", .number = 13, .n_sees = 1, .sees = { "*:*.*" } },
	{ .name = "bank", .number = 11, .n_sees = 1, .sees = { "self:*.*" } },
	{ .name = "other", .title = "乙银行", .number = 12, .n_sees = 1, .sees = { "self:*.*" } },
	{ .name = "station", .number = 14, .n_sees = 1, .sees = { "self:*.*" } },
};

static const struct served_options options = {
	.policy = "entity phone, person, account\nevent call { caller: phone, callee: phone, talk: duration? }\n"
			  "rule often on call about caller when count(call by caller over 1h) >= 3 then alert red because \"x\"\n",
	.tenants = tenants,
	.n_tenants = ARRAY_LEN(tenants),
	.desk = true,
	.key = { { "police", SCOPE_DESK, R(ADMIN), 0 },
	         { "police", SCOPE_DESK, R(ADMIN), 0 },
	         { "police", SCOPE_DESK, R(LEADER), 0 },
	         { "bank", SCOPE_DECIDE, 0, 0 } },
};

static struct served s;
static struct heard h;
static char analyst[24], clerk[24], officer[24], resident[24], machine[24], all[192];

static void by_key(int who, const char *path)
{
	served_ask(&s, path, s.key[who], "", NULL, &h);
}

static void make(char id[24], const char *member, unsigned roles, unsigned organisation, unsigned district)
{
	char z[256];

	snprintf(z, sizeof(z), "{%s,\"roles\":%u,\"organisation\":%u,\"district\":%u}", member, roles, organisation,
	         district);
	served_ask(&s, "/v1/users", s.key[ADMIN], "", z, &h);
	heard_status(&h, 201);
	snprintf(id, 24, "%s", heard_member(&h, "object.id"));
}

/* A user of this kind logs in and asks. */
static void get(const struct asker *who, const char *path)
{
	static unsigned n;
	char id[24], z[96], token[SESSION_CHARS + 1];
	uint64_t user;
	uint32_t kind;

	snprintf(z, sizeof(z), "\"login\":\"asker-%u\"", ++n);
	make(id, z, who->roles, who->organisation, who->district);
	snprintf(z, sizeof(z), "/v1/users/%s/activate", id);
	served_ask(&s, z, s.key[ADMIN_2], "If-Match: *\r\n", "", &h);
	heard_status(&h, 200);
	assert_int_equal(desk_id_parse(text_z(id), &kind, &user), ERR_OK);
	assert_int_equal(credentials_session_begin(s.credentials, user, (uint16_t)who->organisation, served_clock, token),
	                 ERR_OK);
	served_ask(&s, path, token, "", NULL, &h);
}

static int set_up(void **state)
{
	(void)state;
	served_start(&s, &options);
	heard_init(&h);
	make(analyst, "\"login\":\"zhang.san\",\"name\":\"张三\"", R(ANALYST), 13, 0);
	make(clerk, "\"login\":\"li.si\",\"name\":\"李四\"", R(BANK_DESK), 11, 0);
	make(officer, "\"login\":\"wang.wu\"", R(STATION) | R(CITIZEN), 13, 7);
	make(resident, "\"login\":\"zhao.liu\",\"name\":\"赵六\"", R(CITIZEN), 13, 7);
	make(machine, "\"login\":\"front\",\"name\":\"前置机\"", R(CITIZEN) | R(CONNECTOR), 11, 0);
	snprintf(all, sizeof(all), "/v1/desk/names?users=%s,%s,%s,%s,%s", analyst, clerk, resident, officer, machine);
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	heard_release(&h);
	served_stop(&s);
	return 0;
}

static void is(const char *member, const char *value)
{
	assert_string_equal(heard_member(&h, member), value);
}

/* Who reaches the user, or is of the same organisation; in the order that was asked. */
static void test_colleagues(void **state)
{
	(void)state;
	get(&leader, all);
	heard_status(&h, 200);
	is("users.0.user", analyst);
	is("users.0.name", "张三");
	is("users.0.login", "zhang.san");
	is("users.0.organisation", "13");
	is("users.1.name", "李四");
	is("users.1.organisation", "11");
	is("users.2.login", "wang.wu");
	is("users.3.user", "");          /* residents and machines are none of anybody's */
	heard_says(&h, "\"name\":null"); /* none was given */
	get(&bank, all);
	is("users.0.name", "李四");
	is("users.1.user", "");
	get(&bank_leader, all); /* what reaches everybody does so where everything is seen */
	is("users.0.name", "李四");
	is("users.1.user", "");
	get(&station_7, all); /* the officer of its district */
	is("users.0.user", officer);
	is("users.1.user", "");
	get(&media, all); /* who reaches no user has colleagues all the same */
	is("users.0.name", "张三");
	is("users.1.user", officer);
	is("users.2.user", "");
}

/* What is out of reach reads like what is not there, and like what is something else. */
static void test_strangers(void **state)
{
	static const struct asker *const nobodys[] = { &other_bank, &station_8,       &citizen,
		                                           &connector,  &station_nowhere, &nobodys_leader };
	char z[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(nobodys); i++) {
		get(nobodys[i], all);
		heard_status(&h, 200);
		assert_string_equal(h.body.p, "{\"users\":[]}\n");
	}
	snprintf(z, sizeof(z), "{\"channel\":\"110\",\"caller\":\"13800138000\",\"district\":7,\"scam\":\"loan\"}");
	served_ask(&s, "/v1/incidents", s.key[LEADERS_KEY], "", z, &h);
	heard_status(&h, 201);
	snprintf(z, sizeof(z), "/v1/desk/names?users=U-%s,U-1,U-9223372036854775807",
	         strchr(heard_member(&h, "object.id"), '-') + 1);
	get(&leader, z);
	heard_status(&h, 200);
	assert_string_equal(h.body.p, "{\"users\":[]}\n");
	by_key(NO_ROLES, all);
	heard_status(&h, 403);
	by_key(LEADERS_KEY, all); /* a leader's roles, but nobody who is logged in */
	heard_status(&h, 200);
	assert_string_equal(h.body.p, "{\"users\":[]}\n");
}

static void test_wrong(void **state)
{
	static const char *const wrong[] = { "", "?users=", "?users=,", "?users=W-65536", "?users=key-3", "?users=65536" };
	char z[1024];
	int n = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		snprintf(z, sizeof(z), "/v1/desk/names%s", wrong[i]);
		get(&leader, z);
		heard_status(&h, 400);
	}
	for (int i = 0; i < 101; i++)
		n += snprintf(z + n, sizeof(z) - (size_t)n, "%s%s", i == 0 ? "/v1/desk/names?users=" : ",", "U-1");
	get(&leader, z);
	heard_status(&h, 400);
	z[n - 4] = 0;
	get(&leader, z);
	heard_status(&h, 200);
}

/* No store of a browser or of anybody between keeps names. */
static void test_not_kept(void **state)
{
	(void)state;
	get(&leader, all);
	assert_non_null(strstr(h.head.p, "no-store"));
}

static void test_organisations(void **state)
{
	(void)state;
	get(&bank, "/v1/desk/organisations");
	heard_status(&h, 200);
	is("organisations.0.number", "13");
	is("organisations.0.title", "市反诈中心");
	is("organisations.1.title", "bank"); /* it has no other */
	is("organisations.3.number", "14");
	by_key(NO_ROLES, "/v1/desk/organisations");
	heard_status(&h, 403);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_colleagues), cmocka_unit_test(test_strangers),     cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_not_kept),   cmocka_unit_test(test_organisations),
	};

	return cmocka_run_group_tests(tests, set_up, take_down);
}
