/* test_alliance.c - the alliance over HTTP: what each role reads of what is another's and of what is shared, sealed names, minutes and the month's report in each format. */
#include "tests/test.h"
#include "base/clock.h"
#include "tests/gateway/served.h"

#define R(role) (1u << ROLE_##role)

enum {
	SECRETARY,
	BANK,
	OPERATOR,
	CITIZEN,
	STATION,
	CITY,
	LEADER,
	ASKERS
};

static const struct tenant tenants[] = {
	{ .name = "bank", .number = 11 },
	{ .name = "operator", .number = 21 },
	{ .name = "centre", .number = 13, .n_sees = 1, .sees = { "*:*.*" } },
};

static const struct served_options options = {
	.policy = "entity phone\nevent call { caller: phone, callee: phone }\n"
			  "rule r on call about caller when true then alert blue because \"x\"\n",
	.tenants = tenants,
	.n_tenants = ARRAY_LEN(tenants),
	.desk = true,
	.key = { { "centre", SCOPE_DESK, R(SECRETARY), 0 },
	         { "bank", SCOPE_DESK, R(DELEGATE), 0 },
	         { "operator", SCOPE_DESK, R(DELEGATE), 0 },
	         { "centre", SCOPE_DESK, R(CITIZEN), 0 },
	         { "centre", SCOPE_DESK, R(STATION), 202 },
	         { "centre", SCOPE_DESK, R(CITY_LEADER), 0 },
	         { "centre", SCOPE_DESK, R(LEADER), 0 } },
};

static struct served s;
static struct heard h;

static void ask(int who, const char *path, const char *body)
{
	served_ask(&s, path, s.key[who], body == NULL ? "" : "If-Match: *\r\n", body, &h);
}

static void make(int who, const char *kind, const char *body, char id[32])
{
	char path[64];

	snprintf(path, sizeof(path), "/v1/%s", kind);
	served_ask(&s, path, s.key[who], "", body, &h);
	heard_status(&h, 201);
	snprintf(id, 32, "%s", heard_member(&h, "object.id"));
	assert_string_not_equal(id, "");
}

static void step(int who, const char *kind, const char *id, const char *name, const char *body, int status)
{
	char path[128];

	snprintf(path, sizeof(path), "/v1/%s/%s/%s", kind, id, name);
	ask(who, path, body);
	heard_status(&h, status);
}

static int status_of(int who, const char *kind, const char *id, const char *more)
{
	char path[128];

	snprintf(path, sizeof(path), "/v1/%s/%s%s", kind, id, more);
	ask(who, path, NULL);
	return h.status;
}

/* What is only its maker's is not there for any other member, whichever way they ask; what is shared is read by all and stepped by none of them. */
static void own_and_shared(void **state)
{
	static const int others[] = { OPERATOR, CITIZEN, STATION };
	char id[32], path[128];

	(void)state;
	make(BANK, "matters",
	     "{\"step\":\"raise\",\"sort\":\"matter\",\"title\":\"one list of agents\",\"text\":\"kept apart today\"}", id);
	assert_int_equal(status_of(BANK, "matters", id, ""), 200);
	heard_says(&h, "one list of agents");
	assert_int_equal(status_of(SECRETARY, "matters", id, ""), 200);
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		assert_int_equal(status_of(others[i], "matters", id, ""), 404);
		heard_hides(&h, "agents");
		assert_int_equal(status_of(others[i], "matters", id, "/history"), 404);
		assert_int_equal(status_of(others[i], "matters", id, "/files/paper"), 404);
		ask(others[i], "/v1/matters", NULL);
		heard_hides(&h, "MT-");
		step(others[i], "matters", id, "withdraw", "{}", i == 0 ? 404 : 403);
		snprintf(path, sizeof(path), "{\"step\":\"raise\",\"sort\":\"proposal\",\"title\":\"x\",\"about\":\"%s\"}", id);
		served_ask(&s, "/v1/matters", s.key[others[i]], "", path, &h);
		assert_int_equal(h.status, i == 0 ? 404 : 403);
		heard_hides(&h, "agents");
	}
	step(SECRETARY, "matters", id, "list", "{}", 200);
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		assert_int_equal(status_of(others[i], "matters", id, ""), 200);
		heard_says(&h, "one list of agents");
		step(others[i], "matters", id, "decline", "{\"reason\":\"x\"}", 403);
	}
	step(SECRETARY, "matters", id, "decide",
	     "{\"decision\":\"build it\",\"owner\":21,\"deadline\":\"2036-01-01T00:00:00+08:00\"}", 200);
	step(BANK, "matters", id, "finish", "{\"result\":\"done\"}", 403); /* raised by it, owned by the operator */
	step(OPERATOR, "matters", id, "finish", "{\"result\":\"done\"}", 200);
}

static const char view[] =
	"{\"object\":\"%s\",\"fields\":[\"%s\"],\"purpose\":\"sign-in sheet\",\"case\":\"A-2026-0301-0017\"}";

static void views(int who, const char *id, const char *field, int status)
{
	char body[256];

	snprintf(body, sizeof(body), view, id, field);
	served_ask(&s, "/v1/desk/views", s.key[who], "", body, &h);
	heard_status(&h, status);
}

static void names_stay_sealed(void **state)
{
	char event[32], meeting[32];

	(void)state;
	make(SECRETARY, "meetings",
	     "{\"sort\":\"joint\",\"title\":\"third meeting\",\"when\":\"2026-01-01T09:00:00+08:00\"}", meeting);
	assert_int_equal(status_of(BANK, "meetings", meeting, ""), 404);
	assert_int_equal(status_of(BANK, "meetings", meeting, "/minutes.md"), 404);
	step(SECRETARY, "meetings", meeting, "call", "{\"invited\":\"all\"}", 200);
	step(SECRETARY, "meetings", meeting, "hold", "{\"present\":\"bank, operator\",\"names\":\"Li Lei; Han Meimei\"}",
	     200);
	assert_int_equal(status_of(BANK, "meetings", meeting, ""), 200);
	heard_says(&h, "bank, operator");
	heard_hides(&h, "Han Meimei");
	views(SECRETARY, meeting, "names", 200);
	heard_says(&h, "Han Meimei");
	for (int who = BANK; who <= STATION; who++) {
		views(who, meeting, "names", 403); /* shared opens what is not sealed */
		heard_hides(&h, "Han Meimei");
	}
	make(BANK, "joint-events", "{\"sort\":\"fair\",\"title\":\"square\",\"when\":\"2026-01-01T09:00:00+08:00\"}",
	     event);
	step(BANK, "joint-events", event, "propose", "{}", 200);
	assert_int_equal(status_of(OPERATOR, "joint-events", event, ""), 404);
	step(SECRETARY, "joint-events", event, "open", "{}", 200);
	step(BANK, "joint-events", event, "press", "{\"press\":\"reporter Wang\",\"press_n\":1}", 200);
	assert_int_equal(status_of(OPERATOR, "joint-events", event, ""), 200);
	heard_hides(&h, "Wang");
	views(BANK, event, "press", 200);
	heard_says(&h, "reporter Wang");
	/* Nobody of the alliance's sees who people are. */
	make(CITIZEN, "clues", "{\"what\":\"other\",\"note\":\"neighbour Zhao\"}", meeting);
	views(SECRETARY, meeting, "note", 403);
	views(LEADER, meeting, "note", 200);
	views(OPERATOR, event, "press", 403);
	views(CITIZEN, event, "press", 403);
}

static void minutes_in_each_format(void **state)
{
	char meeting[32], open[32], hidden[32], body[256], path[96];

	(void)state;
	make(SECRETARY, "meetings",
	     "{\"sort\":\"joint\",\"title\":\"<b>fourth</b> meeting\",\"when\":\"2026-01-01T09:00:00+08:00\"}", meeting);
	step(SECRETARY, "meetings", meeting, "call", "{\"agenda\":\"agents\"}", 200);
	make(BANK, "matters", "{\"step\":\"raise\",\"sort\":\"matter\",\"title\":\"listed matter\"}", open);
	snprintf(body, sizeof(body), "{\"meeting\":\"%s\"}", meeting);
	step(SECRETARY, "matters", open, "list", body, 200);
	step(SECRETARY, "matters", open, "decide",
	     "{\"decision\":\"one table\",\"owner\":21,\"deadline\":\"2036-01-01T00:00:00+08:00\"}", 200);
	snprintf(body, sizeof(body),
	         "{\"step\":\"raise\",\"sort\":\"proposal\",\"title\":\"secret thought\",\"about\":\"%s\"}", meeting);
	make(BANK, "matters", body, hidden); /* about the meeting, not listed: the bank's own */
	step(SECRETARY, "meetings", meeting, "hold", "{\"present\":\"bank\",\"names\":\"Li Lei\"}", 200);
	step(SECRETARY, "meetings", meeting, "minute", "{\"minutes\":\"First.\\n\\n# no heading\",\"decisions\":\"more\"}",
	     200);
	assert_int_equal(status_of(OPERATOR, "meetings", meeting, "/minutes.md?lang=en"), 200);
	heard_says(&h, "text/markdown");
	heard_says(&h, "# \\<b\\>fourth\\</b\\> meeting");
	heard_says(&h, "Draft");
	heard_says(&h, "listed matter | one table | operator |");
	heard_says(&h, "\\# no heading");
	heard_hides(&h, "secret thought");
	heard_hides(&h, "Li Lei");
	assert_int_equal(status_of(BANK, "meetings", meeting, "/minutes.md"), 200);
	heard_says(&h, "secret thought");
	assert_int_equal(status_of(OPERATOR, "meetings", meeting, "/minutes.html"), 200);
	heard_says(&h, "text/html");
	heard_says(&h, "&lt;b&gt;fourth");
	heard_says(&h, "会议纪要");
	assert_int_equal(status_of(OPERATOR, "meetings", meeting, "/minutes.pdf"), 200);
	heard_says(&h, "application/pdf");
	heard_says(&h, "%PDF-");
	step(CITY, "meetings", meeting, "confirm", "{}", 200);
	assert_int_equal(status_of(OPERATOR, "meetings", meeting, "/minutes.md?lang=en"), 200);
	heard_hides(&h, "Draft");
	assert_int_equal(status_of(OPERATOR, "meetings", meeting, "/minutes.doc"), 404);
	assert_int_equal(status_of(OPERATOR, "meetings", meeting, "/minutes.md?lang=fr"), 400);
	snprintf(path, sizeof(path), "/v1/meetings/%s/minutes.md", open); /* not a meeting */
	ask(SECRETARY, path, NULL);
	heard_status(&h, 404);
}

static void the_month_and_who_may(void **state)
{
	(void)state;
	ask(SECRETARY, "/v1/reports/month.html?month=2026-03&lang=en", NULL);
	heard_status(&h, 200);
	heard_says(&h, "Joint anti-fraud report, 2026-03");
	heard_says(&h, "Left out, the registry has nothing of it: Outlets.");
	heard_says(&h, "matter</td>");
	heard_hides(&h, "<script");
	ask(CITY, "/v1/reports/month.pdf?month=2026-03", NULL);
	heard_status(&h, 200);
	heard_says(&h, "%PDF-");
	ask(CITY, "/v1/reports/month.md?month=2026-03", NULL);
	heard_says(&h, "反诈联盟月报");
	ask(BANK, "/v1/reports/month.md?month=2026-03", NULL);
	heard_status(&h, 200);
	heard_says(&h, "仅限单位11");
	ask(BANK, "/v1/reports/month.md?month=2026-03&organisation=21", NULL);
	heard_status(&h, 403);
	ask(STATION, "/v1/reports/month.md?month=2026-03&lang=en", NULL);
	heard_says(&h, "Of district 202 only.");
	ask(CITIZEN, "/v1/reports/month.md?month=2026-03", NULL);
	heard_status(&h, 403);
	ask(CITY, "/v1/reports/month.md?month=1970-01", NULL);
	heard_status(&h, 400);
	ask(CITY, "/v1/reports/month.md", NULL);
	heard_status(&h, 400);
	ask(CITY, "/v1/reports/month.xls?month=2026-03", NULL);
	heard_status(&h, 404);
}

static int set_up(void **state)
{
	(void)state;
	served_start(&s, &options);
	heard_init(&h);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	heard_release(&h);
	served_stop(&s);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_and_shared),
		cmocka_unit_test(names_stay_sealed),
		cmocka_unit_test(minutes_in_each_format),
		cmocka_unit_test(the_month_and_who_may),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
