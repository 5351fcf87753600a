/* test_desk_figures.c - the desk's figures over HTTP: what is counted, who sees whose, what is asked wrongly, and answers that the asker has already. */
#include "tests/test.h"
#include "desk/machine.h"
#include "tests/gateway/served.h"

#define R(role) (1u << ROLE_##role)
#define SPAN "from=2026-01-01&to=2027-01-01"

enum {
	INTAKE,
	LEADER,
	ANALYST,
	AUDITOR,
	STATION_7,
	STATION_8,
	BANK,
	OTHER_BANK,
	NO_DISTRICT
};

static const struct tenant tenants[] = {
	{ .name = "police", .number = 13, .n_sees = 1, .sees = { "*:*.*" } },
	{ .name = "bank", .number = 11, .n_sees = 1, .sees = { "self:*.*" } },
	{ .name = "bank-2", .number = 12, .n_sees = 1, .sees = { "self:*.*" } },
};

static const struct served_options options = {
	.policy = "entity phone, person, account\nevent call { caller: phone, callee: phone, talk: duration? }\n",
	.tenants = tenants,
	.n_tenants = ARRAY_LEN(tenants),
	.desk = true,
	.key = { { "police", SCOPE_DESK, R(INTAKE) | R(STOP_SEAT), 0 },
	         { "police", SCOPE_DESK, R(LEADER), 0 },
	         { "police", SCOPE_DESK, R(ANALYST), 0 },
	         { "police", SCOPE_DESK, R(AUDITOR), 0 },
	         { "police", SCOPE_DESK, R(STATION), 7 },
	         { "police", SCOPE_DESK, R(STATION), 8 },
	         { "bank", SCOPE_DESK, R(BANK_DESK), 0 },
	         { "bank-2", SCOPE_DESK, R(BANK_DESK), 0 },
	         { "police", SCOPE_DESK, R(STATION), 0 } },
};

static struct served s;
static struct heard h;

static void get(int who, const char *path)
{
	served_ask(&s, path, s.key[who], "", NULL, &h);
}

static void counts(int who, const char *path, const char *member, const char *n)
{
	get(who, path);
	heard_status(&h, 200);
	assert_string_equal(heard_member(&h, member), n);
}

static int set_up(void **state)
{
	static const char *const made[] = {
		"{\"channel\":\"110\",\"caller\":\"13800138000\",\"district\":7,\"scam\":\"loan\"}",
		"{\"channel\":\"110\",\"caller\":\"13800138001\",\"district\":7}",
		"{\"channel\":\"96110\",\"caller\":\"13800138002\",\"district\":8}"
	};

	(void)state;
	served_start(&s, &options);
	heard_init(&h);
	for (size_t i = 0; i < ARRAY_LEN(made); i++) {
		served_ask(&s, "/v1/incidents", s.key[INTAKE], "", made[i], &h);
		heard_status(&h, 201);
	}
	served_ask(
		&s, "/v1/stops", s.key[INTAKE], "",
		"{\"step\":\"draft\",\"account\":\"6222021234567890124\",\"bank\":11,\"amount\":\"1000.00\",\"evidence\":[1],"
		"\"basis\":\"AFL-20\"}",
		&h);
	heard_status(&h, 201);
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	heard_release(&h);
	served_stop(&s);
	return 0;
}

static void test_counted(void **state)
{
	(void)state;
	counts(LEADER, "/v1/figures?" SPAN, "figures.incidents.all", "3");
	counts(LEADER, "/v1/figures?" SPAN, "figures.incidents.loan", "1");
	counts(ANALYST, "/v1/figures?" SPAN, "figures.incident_states.all.received", "3");
	counts(AUDITOR, "/v1/figures?" SPAN, "figures.stops.all", "1");
	counts(LEADER, "/v1/figures?from=2025-01-01&to=2026-01-01", "figures.incidents.all", "0");
	counts(LEADER, "/v1/figures?from=2027-01-01&to=2028-01-01&compare=before,year",
	       "compared.year.figures.incidents.all", "3");
	counts(LEADER, "/v1/figures?" SPAN "&district=7", "figures.incidents.all", "2");
	counts(LEADER, "/v1/figures?" SPAN "&organisation=11", "figures.stops.all", "1");
	counts(LEADER, "/v1/figures?" SPAN "&by=district", "groups.1.figures.incidents.all", "2");
	counts(LEADER, "/v1/figures?" SPAN "&by=district", "groups.1.district", "7");
	counts(LEADER, "/v1/figures?" SPAN "&by=organisation", "groups.0.organisation", "11");
	counts(LEADER, "/v1/figures/now", "today.figures.incidents.all", "3");
	counts(LEADER, "/v1/figures/now", "minutes.14.figures.incidents.all", "3");
	heard_hides(&h, "13800138000");
	get(BANK, "/v1/figures/meanings");
	heard_status(&h, 200);
	heard_says(&h, "\"name\":\"incidents\"");
}

static void test_reach(void **state)
{
	(void)state;
	counts(STATION_7, "/v1/figures?" SPAN, "figures.incidents.all", "2");
	counts(STATION_7, "/v1/figures?" SPAN, "district", "7");
	counts(STATION_7, "/v1/figures?" SPAN "&district=7", "figures.incidents.all", "2");
	counts(STATION_8, "/v1/figures/now", "today.figures.incidents.all", "1");
	counts(STATION_8, "/v1/figures/now", "minutes.14.figures.incidents.all", "1");
	get(STATION_8, "/v1/figures?" SPAN "&by=district");
	heard_hides(&h, "{\"district\":7");
	get(STATION_7, "/v1/figures?" SPAN "&district=8");
	heard_status(&h, 403);
	get(STATION_7, "/v1/figures/now?district=8");
	heard_status(&h, 403);
	counts(BANK, "/v1/figures?" SPAN, "figures.stops.all", "1");
	counts(BANK, "/v1/figures?" SPAN, "figures.incidents.all", "0");
	counts(OTHER_BANK, "/v1/figures?" SPAN, "figures.stops.all", "0");
	get(OTHER_BANK, "/v1/figures?" SPAN "&organisation=11");
	heard_status(&h, 403);
	get(INTAKE, "/v1/figures?" SPAN);
	heard_status(&h, 403);
	get(NO_DISTRICT, "/v1/figures?" SPAN);
	heard_status(&h, 403);
}

static void test_wrong(void **state)
{
	static const char *const wrong[] = { "",
		                                 "?from=2026-01-01",
		                                 "?from=2026-01-02&to=2026-01-01",
		                                 "?from=2026-01-01T00:30:00&to=2026-01-02",
		                                 "?from=soon&to=later",
		                                 "?from=1990-01-01&to=2026-01-01",
		                                 "?" SPAN "&by=minute",
		                                 "?" SPAN "&by=hour",
		                                 "?" SPAN "&compare=decade",
		                                 "?" SPAN "&district=65536",
		                                 "?" SPAN "&organisation=x" };
	char path[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		snprintf(path, sizeof(path), "/v1/figures%s", wrong[i]);
		get(LEADER, path);
		heard_status(&h, 400);
	}
}

/* What the asker has already comes once, until a figure is another one. */
static void test_kept(void **state)
{
	char header[64] = "", *etag;

	(void)state;
	get(LEADER, "/v1/figures?" SPAN);
	etag = strstr(h.head.p, "ETag: ");
	assert_non_null(etag);
	snprintf(header, sizeof(header), "If-None-Match: %.*s\r\n", (int)strcspn(etag + 6, "\r\n"), etag + 6);
	served_ask(&s, "/v1/figures?" SPAN, s.key[LEADER], header, NULL, &h);
	heard_status(&h, 304);
	served_ask(&s, "/v1/figures?" SPAN "&district=8", s.key[LEADER], header, NULL, &h);
	heard_status(&h, 200);
	served_ask(&s, "/v1/incidents", s.key[INTAKE], "",
	           "{\"channel\":\"110\",\"caller\":\"13800138003\",\"district\":8}", &h);
	heard_status(&h, 201);
	served_ask(&s, "/v1/figures?" SPAN, s.key[LEADER], header, NULL, &h);
	heard_status(&h, 200);
	assert_string_equal(heard_member(&h, "figures.incidents.all"), "4");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_counted), cmocka_unit_test(test_reach),
		                                cmocka_unit_test(test_wrong), cmocka_unit_test(test_kept) };

	return cmocka_run_group_tests(tests, set_up, take_down);
}
