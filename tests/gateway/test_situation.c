/* test_situation.c - what a wall shows: events and decisions of today and the days before by the hour, over restarts, beside the desk's own figures; who sees whose. */
#include "tests/test.h"
#include "base/clock.h"
#include "desk/desk.h"
#include "tests/gateway/served.h"

#define R(role) (1u << ROLE_##role)

enum {
	POLICE,
	BANK,
	LEADER,
	BANK_DESK,
	STATION,
	INTAKE,
	BANK_LEADER,
	NOBODYS
};

static const struct tenant tenants[] = {
	{ .name = "police", .number = 13, .n_sees = 1, .sees = { "*:*.*" } },
	{ .name = "bank", .number = 11, .n_sees = 1, .sees = { "self:*.*" } },
};
static const struct served_options options = {
	.policy =
		"entity phone, person, account\nevent call { caller: phone, callee: phone, talk: duration? }\n"
		"event sms { from: phone, to: phone }\n"
		"rule often on call about caller when count(call by caller over 1h) >= 2 then alert blue, score 4, propose suspend(caller) basis \"反电信网络诈骗法 Art 11\" because \"2\"\n"
		"rule more on call about caller when count(call by caller over 1h) >= 3 then alert red, score 40 because \"3\"\n"
		"rule quiet shadow on call about caller when count(call by caller over 1h) >= 1 then alert purple because \"1\"\n",
	.tenants = tenants,
	.n_tenants = ARRAY_LEN(tenants),
	.desk = true,
	.key = { { "police", SCOPE_DECIDE, 0, 0 },
	         { "bank", SCOPE_DECIDE, 0, 0 },
	         { "police", SCOPE_DESK, R(LEADER), 0 },
	         { "bank", SCOPE_DESK, R(BANK_DESK), 0 },
	         { "police", SCOPE_DESK, R(STATION), 202 },
	         { "police", SCOPE_DESK, R(INTAKE), 0 },
	         { "bank", SCOPE_DESK, R(LEADER) | R(AUDITOR), 0 },
	         { "unknown", SCOPE_DESK, R(LEADER) | R(AUDITOR), 0 } },
};

static struct served s;
static struct heard h;
static char z[512];

static void call_at(int who, int64_t time_us, const char *caller)
{
	struct buf b;

	buf_init(&b, 512);
	buf_z(&b, "{\"event\":\"call\",\"time\":\"");
	clock_format(&b, time_us, &clock_shanghai);
	buf_printf(&b, "\",\"caller\":\"%s\",\"callee\":\"13900139001\"}", caller);
	served_ask(&s, "/v1/decide", s.key[who], "", b.p, &h);
	heard_status(&h, 200);
	buf_release(&b);
}

/* A command is answered when everything before it is in the registry. */
static void report(const char *caller, unsigned district)
{
	snprintf(z, sizeof(z), "{\"channel\":\"110\",\"caller\":\"%s\",\"district\":%u,\"scam\":\"loan\"}", caller,
	         district);
	served_ask(&s, "/v1/incidents", s.key[INTAKE], "", z, &h);
	heard_status(&h, 201);
}

static void look(int who)
{
	served_ask(&s, "/v1/situation", s.key[who], "", NULL, &h);
	heard_status(&h, 200);
}

static void is(const char *member, const char *value)
{
	if (strcmp(heard_member(&h, member), value) != 0)
		print_message("%s is %s\n", member, heard_member(&h, member));
	assert_string_equal(heard_member(&h, member), value);
}

static int set_up(void **state)
{
	int64_t week_us, day_us;

	(void)state;
	served_start(&s, &options);
	heard_init(&h);
	served_clock = desk_day(served_clock) + 10 * US_PER_HOUR + 20 * US_PER_MINUTE;
	week_us = served_clock - 7 * US_PER_DAY;
	day_us = served_clock - US_PER_DAY;
	call_at(POLICE, week_us, "13800138001");
	call_at(POLICE, week_us + 5 * US_PER_HOUR, "13800138002");
	call_at(BANK, day_us, "13800138003");
	for (int i = 0; i < 4; i++) /* nothing, blue, red, red */
		call_at(i == 0 ? BANK : POLICE, served_clock - 30 * US_PER_MINUTE + i * US_PER_SECOND, "13800138000");
	report("13800138010", 202);
	report("13800138011", 285);
	report("13800138012", 7);
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	heard_release(&h);
	served_stop(&s);
	return 0;
}

static void all_is_there(void)
{
	look(LEADER);
	is("today.events.all", "4");
	is("today.events.by.call", "4");
	is("today.decisions.all", "3");
	is("today.decisions.by.blue", "1");
	is("today.decisions.by.red", "2");
	is("today.alerts.all", "5");
	is("today.alerts.by.blue", "3");
	is("today.proposed.by.suspend", "3");
	is("today_full_hours.events.all", "4");
	is("today_full_hours.figures.incidents.all", "0"); /* they came in the hour that runs */
	is("yesterday.events.all", "0");                   /* both days up to the end of the last full hour */
	is("week_ago.events.all", "0");
	is("hours.yesterday.10.events", "1");
	is("hours.week_ago.10.events", "1");
	is("hours.week_ago.15.events", "1");
	is("hours.today.9.events", "4");
	is("hours.today.9.alerts", "5");
	is("hours.yesterday.23.events", "0");
	is("hours.today.11", "");
	is("today.figures.incidents.all", "3");
	is("today.figures.incidents.loan", "3");
	is("districts.0.code", "370202");
	is("districts.0.zh", "市南区");
	is("districts.0.en", "Shinan");
	is("districts.0.figures.incidents.all", "1");
	is("districts.9.figures.incidents.all", "1");
	is("districts.10.figures.incidents.all", "1");
	is("funnel.3.step", "lost");
	is("since", "");
	heard_says(&h, "\"since\":null");
	heard_hides(&h, "13800138");
}

static void test_counted(void **state)
{
	(void)state;
	all_is_there();
}

/* The desk's own figures now: today's full hours, beside as many of both days. */
static void now_is_compared(const char *until, const char *incidents)
{
	static const char *const ends[] = { "today_full_hours.to", "today_full_hours.compared.day.to",
		                                "today_full_hours.compared.week.to" };

	served_ask(&s, "/v1/figures/now", s.key[LEADER], "", NULL, &h);
	heard_status(&h, 200);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		assert_memory_equal(heard_member(&h, ends[i]) + 11, until, 8);
	is("today_full_hours.figures.incidents.all", incidents);
	is("today.compared.week", "");
	look(LEADER);
}

/* The same span of both days: what came yesterday in the hour that runs today is compared when that is full. */
static void test_same_span(void **state)
{
	int64_t clock = served_clock;

	(void)state;
	look(LEADER);
	is("yesterday.events.all", "0");
	snprintf(z, sizeof(z), "%s", heard_member(&h, "today_full_hours.to"));
	assert_memory_equal(z + 11, "10:00:00", 8);
	assert_memory_equal(heard_member(&h, "yesterday.to") + 11, "10:00:00", 8);
	now_is_compared("10:00:00", "0");
	served_clock += US_PER_HOUR;
	report("13800138015", 202); /* moves the desk's clock */
	now_is_compared("11:00:00", "5");
	look(LEADER);
	is("yesterday.events.all", "1");
	is("week_ago.events.all", "1");
	is("today_full_hours.figures.incidents.all", "5"); /* of all tests before */
	is("today.figures.incidents.all", "6");
	served_clock = clock;
}

/* The same figures as the desk's own answer. */
static void test_figures_agree(void **state)
{
	static const char *const figures[] = { "warnings.all", "warnings_open.all", "incidents.all",
		                                   "measures.all", "stops.all",         "hits.all" };
	char kept[ARRAY_LEN(figures)][32];

	(void)state;
	look(LEADER);
	for (size_t i = 0; i < ARRAY_LEN(figures); i++) {
		snprintf(z, sizeof(z), "today.figures.%s", figures[i]);
		snprintf(kept[i], sizeof(kept[i]), "%s", heard_member(&h, z));
		assert_true(kept[i][0] != 0);
	}
	served_ask(&s, "/v1/figures/now", s.key[LEADER], "", NULL, &h);
	heard_status(&h, 200);
	for (size_t i = 0; i < ARRAY_LEN(figures); i++) {
		snprintf(z, sizeof(z), "today.figures.%s", figures[i]);
		is(z, kept[i]);
	}
}

static void test_reach(void **state)
{
	(void)state;
	look(BANK_DESK);
	is("organisation", "11");
	is("today.events.all", "1");
	is("today.figures.incidents.all", "0");
	look(BANK_LEADER); /* no more, whatever the role */
	is("organisation", "11");
	is("today.events.all", "1");
	served_ask(&s, "/v1/situation?organisation=13", s.key[BANK_LEADER], "", NULL, &h);
	heard_status(&h, 403);
	served_ask(&s, "/v1/situation", s.key[NOBODYS], "", NULL, &h);
	heard_status(&h, 403);
	look(STATION);
	is("district", "202");
	heard_says(&h, "\"events\":null");
	is("today.figures.incidents.all", "1");
	is("districts.9.figures.incidents.all", "0");
	served_ask(&s, "/v1/situation?district=285", s.key[STATION], "", NULL, &h);
	heard_status(&h, 403);
	served_ask(&s, "/v1/situation", s.key[INTAKE], "", NULL, &h);
	heard_status(&h, 403);
	served_ask(&s, "/v1/situation", s.key[POLICE], "", NULL, &h);
	heard_status(&h, 403);
}

static void test_kept(void **state)
{
	char header[64] = "", *etag;

	(void)state;
	look(LEADER);
	etag = strstr(h.head.p, "ETag: ");
	assert_non_null(etag);
	snprintf(header, sizeof(header), "If-None-Match: %.*s\r\n", (int)strcspn(etag + 6, "\r\n"), etag + 6);
	served_ask(&s, "/v1/situation", s.key[LEADER], header, NULL, &h);
	heard_status(&h, 304);
	report("13800138013", 203);
	served_ask(&s, "/v1/situation", s.key[LEADER], header, NULL, &h);
	heard_status(&h, 200);
	is("districts.1.figures.incidents.all", "1");
}

/* What was counted is there again, once; also what had not been written when the service ended. */
static void test_restarted(void **state)
{
	int64_t clock = served_clock;

	(void)state;
	call_at(BANK, clock - US_PER_MINUTE, "13800138009");
	served_restart(&s, &options);
	served_clock = clock;
	report("13800138014", 204);
	look(LEADER);
	is("today.events.all", "5");
	is("today.decisions.all", "3");
	is("today.alerts.all", "5");
	is("today.proposed.all", "3");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_counted),   cmocka_unit_test(test_figures_agree),
		                                cmocka_unit_test(test_reach),     cmocka_unit_test(test_kept),
		                                cmocka_unit_test(test_restarted), cmocka_unit_test(test_same_span) };

	return cmocka_run_group_tests(tests, set_up, take_down);
}
