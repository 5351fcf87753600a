/* test_districts.c - from events over HTTP to the seat that is handed the warning: the station of the district where the person lives and no other; where nobody knows the
 * district, the centre's dispatcher, who hands it on; and which script it says to read. */
#include "tests/test.h"
#include "base/clock.h"
#include "tests/gateway/served.h"

#define R(role) (1u << ROLE_##role)
#define DESK (SCOPE_DESK | SCOPE_DECIDE | SCOPE_EVENTS)

enum {
	BANK,
	SOUTH, /* 市南 */
	NORTH, /* 市北 */
	DISPATCHER,
	LEADER
};

static const struct tenant tenants[] = {
	{ .name = "bank", .number = 11, .n_sees = 1, .sees = { "self:*.*" } },
	{ .name = "police", .number = 13, .n_sees = 1, .sees = { "*:*.*" } },
};

static const struct served_options options = {
	.policy =
		"entity phone, person, account { holder: person }, outlet, cell\n"
		"event transfer { payer: account, payee: account, amount: money }\n"
		"event open_account { account: account, person: person, outlet: outlet?, district: text? } sets account.holder = person\n"
		"event place { outlet: outlet?, cell: cell?, district: text }\n"
		"rule paid on transfer about payer when amount >= 1000 yuan\n"
		"  then alert red, propose warn(payer.holder) basis \"AFL Art 34\" scam \"police\" because \"{amount}\"\n"
		"rule paid_little on transfer about payer when amount between 100 yuan and 1000 yuan\n"
		"  then alert red, propose warn(payer.holder) basis \"AFL Art 34\" scam \"witchcraft\" because \"{amount}\"\n",
	.tenants = tenants,
	.n_tenants = ARRAY_LEN(tenants),
	.desk = true,
	.key = { { "bank", DESK, R(BANK_DESK), 0 },
	         { "police", DESK, R(STATION), 202 },
	         { "police", DESK, R(STATION), 203 },
	         { "police", DESK, R(DISPATCHER), 0 },
	         { "police", DESK | SCOPE_METRICS, R(LEADER), 0 } },
};

static struct served s;
static struct heard h;

static void decide(const char *event)
{
	char body[512];

	served_clock += US_PER_SECOND;
	snprintf(body, sizeof(body), "{%s,\"time\":\"%lld\"}", event, (long long)served_clock);
	served_ask(&s, "/v1/decide", s.key[BANK], "", body, &h);
	heard_status(&h, 200);
	while (served_metric(&s, s.key[LEADER], "duanka_desk_behind") != 0) /* the desk is told after the answer */
		;
}

/* The warning that this seat is handed next; "" none. */
static const char *next(int who)
{
	served_ask(&s, "/v1/warnings/next", s.key[who], "", NULL, &h);
	heard_status(&h, 200);
	return heard_member(&h, "object.id");
}

static int status_of(int who, const char *id)
{
	char path[96];

	snprintf(path, sizeof(path), "/v1/warnings/%s", id);
	served_ask(&s, path, s.key[who], "", NULL, &h);
	return h.status;
}

static void step(int who, const char *id, const char *name, const char *body)
{
	char path[96];

	snprintf(path, sizeof(path), "/v1/warnings/%s/%s", id, name);
	served_ask(&s, path, s.key[who], "If-Match: *\r\n", body, &h);
	heard_status(&h, 200);
}

static void the_district_of_the_person(void **state)
{
	char id[32];

	(void)state;
	decide(
		"\"event\":\"open_account\",\"account\":\"6222020012345678901\",\"person\":\"110101199003070134\",\"district\":\"370202\"");
	decide("\"event\":\"transfer\",\"payer\":\"6222020012345678901\",\"payee\":\"6217000012345678\",\"amount\":2000");
	assert_string_equal(next(NORTH), "");
	snprintf(id, sizeof(id), "%s", next(SOUTH));
	assert_string_not_equal(id, "");
	assert_string_equal(heard_member(&h, "object.district"), "202");
	assert_string_equal(heard_member(&h, "object.fields.scam.name"), "police");
	assert_string_equal(heard_member(&h, "object.script"), "police");
	assert_int_equal(status_of(SOUTH, id), 200);
	assert_int_equal(status_of(NORTH, id), 404);
	step(SOUTH, id, "sign", "{}");
}

/* A feed without districts: the outlets' are told once. */
static void the_district_of_the_outlet(void **state)
{
	(void)state;
	decide("\"event\":\"place\",\"outlet\":\"WD00002\",\"district\":\"市北区\"");
	decide(
		"\"event\":\"open_account\",\"account\":\"6222020012345678902\",\"person\":\"11010519491231002X\",\"outlet\":\"WD00002\"");
	decide("\"event\":\"transfer\",\"payer\":\"6222020012345678902\",\"payee\":\"6217000012345678\",\"amount\":2000");
	assert_string_equal(next(SOUTH), "");
	assert_string_not_equal(next(NORTH), "");
	assert_string_equal(heard_member(&h, "object.district"), "203");
}

static void nobody_knows_where(void **state)
{
	char id[32];

	(void)state;
	decide(
		"\"event\":\"open_account\",\"account\":\"6222020012345678903\",\"person\":\"110101198001010010\",\"district\":\"Atlantis\"");
	decide("\"event\":\"transfer\",\"payer\":\"6222020012345678903\",\"payee\":\"6217000012345678\",\"amount\":200");
	assert_int_equal(served_metric(&s, s.key[LEADER], "duanka_desk_unknown_districts_total"), 1);
	assert_int_equal(served_metric(&s, s.key[LEADER], "duanka_desk_unknown_scams_total"), 1);
	assert_string_equal(next(SOUTH), "");
	assert_string_equal(next(NORTH), "");
	snprintf(id, sizeof(id), "%s", next(DISPATCHER));
	assert_string_not_equal(id, "");
	assert_string_equal(heard_member(&h, "object.district"), "0");
	assert_string_equal(heard_member(&h, "object.script"), "unknown");
	step(DISPATCHER, id, "transfer", "{\"to_district\":203}");
	step(LEADER, id, "accept-transfer", "{}");
	assert_string_equal(next(SOUTH), "");
	assert_string_equal(next(NORTH), id);
}

static int set_up(void **state)
{
	(void)state;
	served_start(&s, &options);
	heard_init(&h);
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	heard_release(&h);
	served_stop(&s);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_district_of_the_person, set_up, take_down),
		cmocka_unit_test_setup_teardown(the_district_of_the_outlet, set_up, take_down),
		cmocka_unit_test_setup_teardown(nobody_knows_where, set_up, take_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
