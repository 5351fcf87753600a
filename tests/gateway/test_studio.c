/* test_studio.c - writing policies over HTTP: outlines, words, tests; who may, by key and by session; a change that one person proposes and another approves; what a backtest says of labels. */
#include "tests/test.h"
#include <unistd.h>
#include "base/clock.h"
#include "journal/journal.h"
#include "tests/gateway/served.h"

#define R(role) (1u << ROLE_##role)
#define SCHEMA                                                                              \
	"entity phone, person\\nevent call { caller: phone, callee: phone, talk: duration }\\n" \
	"event label { by_rule: text, right: bool, phone: phone? }\\n"
#define RULE(n)                                                               \
	"rule many on call about caller when count(call by caller over 1h) >= " n \
	" then alert red, score 70 because \\\"many\\\"\\n"
#define FILES(n) "\"files\":[{\"path\":\"a.dk\",\"text\":\"" SCHEMA RULE(n) "\"}]"

enum {
	KEY,
	OTHER_KEY,
	ADMIN,
	ADMIN_2,
	ANALYST = 0,
	LEADER,
	INTAKE,
	AUDITOR,
	BANKER,
	PEOPLE
};

static const struct tenant tenants[] = {
	{ .name = "bank", .number = 11, .n_sees = 1, .sees = { "self:*.*" } },
	{ .name = "police", .number = 13, .n_sees = 1, .sees = { "*:*.*" } },
};
static uint64_t eyes = 2;
static void tune(struct config *c)
{
	c->policy_eyes = eyes;
}
static const struct served_options options = {
	.policy =
		"entity phone, person\nevent call { caller: phone, callee: phone, talk: duration }\n"
		"event label { by_rule: text, right: bool, phone: phone? }\n"
		"rule many on call about caller when count(call by caller over 1h) >= 2 then alert red, score 70 because \"many\"\n",
	.tenants = tenants,
	.n_tenants = ARRAY_LEN(tenants),
	.desk = true,
	.tune = tune,
	.key = { { "police", SCOPE_POLICIES | SCOPE_DECIDE | SCOPE_EVENTS, 0, 0 },
	         { "police", SCOPE_POLICIES, 0, 0 },
	         { "police", SCOPE_DESK, R(ADMIN), 0 },
	         { "police", SCOPE_DESK, R(ADMIN), 0 } },
};

static struct served s;
static struct heard h;
static char token[PEOPLE][SESSION_CHARS + 1], user[PEOPLE][32];

static void by_key(int key, const char *path, const char *body, int status)
{
	served_ask(&s, path, s.key[key], "", body, &h);
	heard_status(&h, status);
}

static void by(int person, const char *path, const char *body, int status)
{
	served_ask(&s, path, token[person], "", body, &h);
	heard_status(&h, status);
}

/* A user whom one administrator asked for and another activated, logged in. */
static void make_person(int person, const char *login, uint32_t roles, uint32_t organisation)
{
	char body[200], path[80];
	uint32_t kind;
	uint64_t id;

	snprintf(body, sizeof(body), "{\"login\":\"%s\",\"roles\":%u,\"organisation\":%u}", login, roles, organisation);
	by_key(ADMIN, "/v1/users", body, 201);
	snprintf(user[person], sizeof(user[person]), "%s", heard_member(&h, "object.id"));
	snprintf(path, sizeof(path), "/v1/users/%s/activate", user[person]);
	served_ask(&s, path, s.key[ADMIN_2], "If-Match: *\r\n", "", &h);
	heard_status(&h, 200);
	assert_int_equal(desk_id_parse(text_z(user[person]), &kind, &id), ERR_OK);
	assert_int_equal(credentials_session_begin(s.credentials, id, (uint16_t)organisation, served_clock, token[person]),
	                 ERR_OK);
}

/* The job that was begun last, until it is over. */
static void await_job(int key, const char *state)
{
	char path[80];

	snprintf(path, sizeof(path), "/v1/jobs/%s", heard_member(&h, "job"));
	do
		by_key(key, path, NULL, 200);
	while (strcmp(heard_member(&h, "state"), "waiting") == 0 || strcmp(heard_member(&h, "state"), "running") == 0);
	if (strcmp(heard_member(&h, "state"), state) != 0)
		fail_msg("%s", h.body.p);
}

static const char *proposal(int id, const char *rest)
{
	static char z[80];

	snprintf(z, sizeof(z), "/v1/policies/proposals/%d%s", id, rest);
	return z;
}

/* How many acts of this name the journal has. */
static uint32_t acts(const char *name)
{
	struct journal_reader *reader;
	struct record x;
	char act[64];
	uint32_t n = 0;

	snprintf(act, sizeof(act), "{\"act\":\"%s\",", name);
	assert_int_equal(journal_reader_open(&reader, &s.disk, 0, UINT64_MAX), ERR_OK);
	while (journal_read(reader, &x, NULL) == ERR_OK)
		n += x.position != 0 && x.kind == RECORD_ACT && x.payload.n > strlen(act) &&
		     memcmp(x.payload.p, act, strlen(act)) == 0;
	journal_reader_close(reader);
	return n;
}

static int set_up(void **state)
{
	(void)state;
	eyes = 2;
	served_start(&s, &options);
	heard_init(&h);
	make_person(ANALYST, "an.na", R(ANALYST), 13);
	make_person(LEADER, "li.da", R(LEADER), 13);
	make_person(INTAKE, "in.ge", R(INTAKE), 13);
	make_person(AUDITOR, "au.di", R(AUDITOR), 13);
	make_person(BANKER, "ba.nk", R(ANALYST), 11);
	return 0;
}

/* Nobody logs in yet. */
static int set_up_empty(void **state)
{
	(void)state;
	eyes = 2;
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

static void test_who_may(void **state)
{
	static const char outline[] = "{" FILES("2") "}";

	(void)state;
	by(ANALYST, "/v1/policy", NULL, 200);
	by(LEADER, "/v1/policies/outline", outline, 200);
	by(AUDITOR, "/v1/policies/current", NULL, 200);
	by(AUDITOR, "/v1/policies/outline", outline, 403);
	heard_says(&h, "urn:duanka:problem:scope");
	by(INTAKE, "/v1/policy", NULL, 403);
	by(BANKER, "/v1/policy", NULL, 403);
	heard_says(&h, "urn:duanka:problem:visibility");
	by(ANALYST, "/v1/quarantine", NULL, 403); /* not of its roles */
	by_key(ADMIN, "/v1/policies/proposals", NULL, 403);
}

static void test_studio(void **state)
{
	(void)state;
	by_key(
		KEY, "/v1/policies/outline",
		"{\"files\":[{\"path\":\"a.dk\",\"text\":\"# who\\nrule a on call about caller when talk > 1s and x then\\n\"}]}",
		200);
	heard_says(&h, "\"name\":\"a\",\"line\":2,\"from\":6,");
	heard_says(&h, "\"whole\":false,\"comment\":{\"from\":0,\"to\":5,\"text\":\"# who\"}");
	heard_says(&h, "{\"part\":\"condition\",\"from\":39,\"to\":48,\"text\":\"talk > 1s\"}");
	heard_says(&h, "\"errors\":[{\"path\":\"a.dk\",\"line\":");
	by(ANALYST, "/v1/policy/vocabulary", NULL, 200);
	heard_says(&h, "{\"name\":\"label\",\"fields\":[{\"name\":\"by_rule\",\"type\":\"text\",\"optional\":false}");
	heard_says(&h, "{\"name\":\"suspend\",\"zh\":\"暂停服务\"}");
	heard_says(&h, "{\"name\":\"gap_max\",\"class\":\"aggregate\"");
	heard_says(&h, "{\"name\":\"carrier\",\"type\":\"text\",\"set_by\":\"identifier\"}");
	by(ANALYST, "/v1/policies/validate", "{" FILES("2") "}", 200);
	heard_says(
		&h,
		"\"windows\":[{\"aggregate\":\"count(call by caller over 1h)\",\"function\":\"count\",\"of\":\"call\",\"window_us\":3600000000}]");
}

#define CALL "call { caller: \\\"13800138000\\\", callee: \\\"13900139000\\\", talk: 60s } at 2026-03-01 08:00"
#define TWELVE(x) x x x x x x x x x x x x
static void test_tests(void **state)
{
	(void)state;
	by(ANALYST, "/v1/policies/test",
	   "{" FILES("2") ",\"tests\":[{\"path\":\"t.dk\",\"text\":\"test \\\"once\\\" { " CALL " expect no many }\\n"
	                  "test \\\"twice\\\" { " CALL " repeat 2 every 1s expect many because \\\"few\\\" }\"}]}",
	   200);
	heard_says(&h, "{\"name\":\"once\",\"path\":\"t.dk\",\"line\":1,\"ok\":true,\"events\":1,\"faults\":[]}");
	heard_says(&h, "\"message\":\"many fired, but not because of \\\"few\\\"\",\"detail\":\"    because many\\n");
	heard_says(&h, "\"passed\":1,\"failed\":1,\"untold\":0}");
	by(ANALYST, "/v1/policies/test",
	   "{" FILES("2") ",\"tests\":[{\"path\":\"t.dk\",\"text\":\"test \\\"often\\\" { " CALL
	                  " repeat 30000 every 1s expect many }\"}]}",
	   202);
	await_job(KEY, "done");
	assert_string_equal(heard_member(&h, "result.passed"), "1");
	by(ANALYST, "/v1/policies/test", "{" FILES("2") ",\"tests\":{}}", 400);
	by(ANALYST, "/v1/policies/test",
	   "{" FILES("2") ",\"tests\":[{\"path\":\"t.dk\",\"text\":\"test \\\"for ever\\\" { " TWELVE(
		   CALL " repeat 90000 every 1s ") "expect many }\"}]}",
	   422);
	heard_says(&h, "1080000 events, and 1000000 are tried at most");
}

/* A test has the entries that it names; a list's file among the files puts nothing on it. */
#define KNOWN                                                                             \
	"list \\\"known\\\" of phone from \\\"known.csv\\\"\\n"                               \
	"rule listed on call about caller when caller in list \\\"known\\\" then alert blue " \
	"because \\\"x\\\"\\n"
static void test_lists_of_tests(void **state)
{
	(void)state;
	by(ANALYST, "/v1/policies/test",
	   "{\"files\":[{\"path\":\"a.dk\",\"text\":\"" SCHEMA KNOWN
	   "\"},{\"path\":\"known.csv\",\"text\":\"value\\n13800138000\\n\"}],\"tests\":[{\"path\":\"t.dk\",\"text\":\""
	   "test \\\"named\\\" { list \\\"known\\\" has \\\"+86 138 0013 8000\\\" " CALL " expect listed 1 times }\\n"
	   "test \\\"another\\\" { list \\\"known\\\" has \\\"13800138001\\\" " CALL " expect no listed }\\n"
	   "test \\\"nobody\\\" { " CALL " expect no listed }\"}]}",
	   200);
	heard_says(&h, "\"passed\":3,\"failed\":0,\"untold\":0}");
	by(ANALYST, "/v1/policies/test",
	   "{\"files\":[{\"path\":\"a.dk\",\"text\":\"" SCHEMA KNOWN
	   "test \\\"t\\\" { list \\\"known\\\" has \\\"nobody\\\" expect no listed }\"}]}",
	   422);
}

static void test_four_eyes(void **state)
{
	(void)state;
	by(ANALYST, "/v1/policies", "{" FILES("3") ",\"why\":\"x\"}", 403);
	heard_says(&h, "urn:duanka:problem:four-eyes");
	by(LEADER, "/v1/rules/many/mode", "{\"mode\":\"off\",\"why\":\"x\"}", 403);
	by(LEADER, "/v1/policies/rollback", "{\"to\":1,\"why\":\"x\"}", 403);
	by(ANALYST, "/v1/policies/proposals", "{" FILES("3") ",\"why\":\"two are too few\"}", 201);
	assert_string_equal(heard_member(&h, "id"), "1");
	by(ANALYST, "/v1/policies/proposals", "{\"rule\":\"many\",\"mode\":\"shadow\",\"why\":\"try\"}", 201);
	by(ANALYST, "/v1/policies/proposals", "{\"rule\":\"many\",\"mode\":\"live\",\"why\":\"try\"}", 409);
	by(ANALYST, "/v1/policies/proposals", "{\"rule\":\"many\",\"mode\":\"off\",\"to\":1,\"why\":\"try\"}", 400);
	by(ANALYST, "/v1/policies/proposals", "{\"rule\":\"none\",\"mode\":\"off\",\"why\":\"try\"}", 404);
	by(ANALYST, "/v1/policies/proposals", "{" FILES("3") "}", 400);
	assert_int_equal(acts("policy-proposed"), 2);
	by(ANALYST, proposal(1, "/approve"), "{\"why\":\"mine\"}", 403);
	by(AUDITOR, proposal(1, "/approve"), "{\"why\":\"no\"}", 403);
	by(AUDITOR, proposal(1, ""), NULL, 200);
	heard_says(&h, "\"state\":\"waiting\",\"act\":\"policy\"");
	heard_says(&h, "over 1h) >= 3 then");
	heard_says(&h, "\"own\":false");
	by(LEADER, proposal(99, "/approve"), "{\"why\":\"x\"}", 404);
	by(LEADER, proposal(1, "/approve"), "{}", 400);
	by(LEADER, proposal(1, "/approve"), "{\"why\":\"right\"}", 202);
	await_job(KEY, "done");
	by(LEADER, "/v1/policies/proposals", NULL, 200);
	assert_string_equal(heard_member(&h, "proposals.0.state"), "stale");
	assert_string_equal(heard_member(&h, "proposals.1.state"), "in-force");
	assert_string_equal(heard_member(&h, "proposals.1.user"), user[ANALYST]);
	assert_string_equal(heard_member(&h, "proposals.1.decided.user"), user[LEADER]);
	by(LEADER, "/v1/jobs", NULL, 200);
	assert_string_equal(heard_member(&h, "jobs.0.user"), user[LEADER]);
	by(AUDITOR, "/v1/policies", NULL, 200);
	assert_string_equal(heard_member(&h, "policies.0.user"), user[LEADER]);
	assert_string_equal(heard_member(&h, "policies.0.proposed_user"), user[ANALYST]);
	heard_says(&h, "\"user\":null,\"proposed_by\":null,\"proposed_user\":null"); /* the first, which nobody put there */
	by(LEADER, "/v1/policies/proposals", NULL, 200);
	by(LEADER, proposal(1, "/approve"), "{\"why\":\"again\"}", 409);
	by(LEADER, proposal(2, "/approve"), "{\"why\":\"x\"}", 409);
	heard_says(&h, "urn:duanka:problem:changed");
	by(LEADER, proposal(2, "/refuse"), "{\"why\":\"stale\"}", 200);
	by(LEADER, proposal(2, "/refuse"), "{\"why\":\"stale\"}", 409);
	assert_int_equal(acts("policy-refused"), 1);
	by_key(KEY, "/v1/policies/current", NULL, 200);
	heard_says(&h, "\"act\":\"policy\"");
	heard_says(&h, "over 1h) >= 3 then");
}

/* Who proposed takes it back: nobody approves it any more. */
static void test_withdrawn(void **state)
{
	(void)state;
	by(ANALYST, "/v1/policies/proposals", "{" FILES("3") ",\"why\":\"two are too few\"}", 201);
	by(ANALYST, proposal(1, "/refuse"), "{\"why\":\"a slip\"}", 200);
	heard_says(&h, "{\"id\":1,\"state\":\"withdrawn\"}");
	by(LEADER, proposal(1, "/approve"), "{\"why\":\"right\"}", 409);
	heard_says(&h, "it is withdrawn");
	by(LEADER, proposal(1, ""), NULL, 200);
	heard_says(&h, "\"state\":\"withdrawn\"");
	heard_says(&h, "\"decided\":{\"approved\":false,");
	assert_int_equal(acts("policy-withdrawn"), 1);
	assert_int_equal(acts("policy-refused"), 0);
}

/* Approved and refused at once, one of them is, and nothing of the other: no act, no job. */
static void test_race(void **state)
{
	enum {
		ROUNDS = 12
	};
	uint32_t refused = 0;

	(void)state;
	for (int i = 1; i <= ROUNDS; i++) {
		struct text why = TEXT("{\"why\":\"now\"}");
		struct heard other;
		int fd[2];

		by(ANALYST, "/v1/policies/proposals",
		   i % 2 != 0 ? "{" FILES("3") ",\"why\":\"x\"}" : "{" FILES("4") ",\"why\":\"x\"}", 201);
		heard_init(&other);
		fd[0] = served_connect(&s);
		fd[1] = served_connect(&s);
		served_halt(&s);
		served_send(fd[i % 2], "POST", proposal(i, i % 2 == 0 ? "/approve" : "/refuse"), token[LEADER], "", why);
		served_send(fd[1 - i % 2], "POST", proposal(i, i % 2 == 0 ? "/refuse" : "/approve"), token[LEADER], "", why);
		served_go(&s);
		served_hear(fd[0], &h);
		served_hear(fd[1], &other);
		close(fd[0]);
		close(fd[1]);
		if (!((h.status == 202 && other.status == 409) || (h.status == 409 && other.status == 200)))
			fail_msg("round %d: approve %u %s, refuse %u %s", i, h.status, h.body.p, other.status, other.body.p);
		refused += other.status == 200;
		if (h.status == 202)
			await_job(KEY, "done");
		by(LEADER, proposal(i, ""), NULL, 200);
		assert_string_equal(heard_member(&h, "state"), other.status == 200 ? "refused" : "in-force");
		assert_int_equal(acts("policy-refused"), refused);
		heard_release(&other);
	}
}

/* Keys begin: one proposes, another approves; and directly. Once there are people they do neither, but where one is enough. */
static void test_keys(void **state)
{
	(void)state;
	by_key(KEY, "/v1/policies/proposals", "{\"rule\":\"many\",\"mode\":\"shadow\",\"why\":\"try\"}", 201);
	by_key(KEY, proposal(1, "/approve"), "{\"why\":\"mine\"}", 403);
	by_key(OTHER_KEY, proposal(1, "/approve"), "{\"why\":\"right\"}", 202);
	await_job(KEY, "done");
	by_key(KEY, "/v1/policy", NULL, 200);
	heard_says(&h, "\"mode\":\"shadow\"");
	by_key(KEY, "/v1/policies", "{" FILES("3") ",\"why\":\"x\"}", 202);
	await_job(KEY, "done");
	by_key(KEY, "/v1/policies/proposals", "{\"rule\":\"many\",\"mode\":\"off\",\"why\":\"try\"}", 201);
	make_person(INTAKE, "in.ge", R(INTAKE), 13); /* who may change no policy */
	by_key(KEY, "/v1/policies/proposals", "{\"rule\":\"many\",\"mode\":\"off\",\"why\":\"try\"}", 201);
	make_person(ANALYST, "an.na", R(ANALYST), 13);
	by_key(KEY, "/v1/policies", "{" FILES("4") ",\"why\":\"x\"}", 403);
	heard_says(&h, "urn:duanka:problem:desk-log-in");
	by_key(KEY, "/v1/rules/many/mode", "{\"mode\":\"off\",\"why\":\"x\"}", 403);
	by_key(KEY, "/v1/policies/rollback", "{\"to\":1,\"why\":\"x\"}", 403);
	by_key(KEY, "/v1/policies/proposals", "{\"rule\":\"many\",\"mode\":\"off\",\"why\":\"try\"}", 403);
	by_key(OTHER_KEY, proposal(2, "/approve"), "{\"why\":\"x\"}", 403);
	heard_says(&h, "urn:duanka:problem:desk-log-in");
	by(ANALYST, proposal(2, "/approve"), "{\"why\":\"x\"}", 403); /* whose is the key? */
	heard_says(&h, "urn:duanka:problem:four-eyes");
	by(ANALYST, proposal(2, "/refuse"), "{\"why\":\"x\"}", 200);
	heard_says(&h, "\"refused\"");
	by_key(KEY, "/v1/policies/validate", "{" FILES("4") "}", 200);
	eyes = 1;
	served_reload(&s, &options);
	by_key(KEY, "/v1/policies", "{" FILES("4") ",\"why\":\"x\"}", 202);
	await_job(KEY, "done");
	by(ANALYST, "/v1/policies/proposals", "{\"rule\":\"many\",\"mode\":\"off\",\"why\":\"try\"}", 201);
	by(ANALYST, proposal(4, "/approve"), "{\"why\":\"alone\"}", 202);
	await_job(KEY, "done");
	by(ANALYST, "/v1/rules/many/mode", "{\"mode\":\"live\",\"why\":\"alone\"}", 202);
	await_job(KEY, "done");
}

/* What was proposed outlives the service, whole, and what came of it is read off the journal. */
static void test_restart(void **state)
{
	(void)state;
	by(ANALYST, "/v1/policies/proposals", "{" FILES("4") ",\"why\":\"two are too few\"}", 201);
	served_restart(&s, &options);
	by(LEADER, proposal(1, ""), NULL, 200);
	heard_says(&h, "over 1h) >= 4 then");
	by(LEADER, proposal(1, "/approve"), "{\"why\":\"right\"}", 202);
	await_job(KEY, "done");
	served_restart(&s, &options);
	by(LEADER, proposal(1, ""), NULL, 200);
	assert_string_equal(heard_member(&h, "state"), "in-force");
}

/* So many of one proposer wait; those that are stale take nobody's place. */
static void test_bounds(void **state)
{
	static const char off[] = "{\"rule\":\"many\",\"mode\":\"off\",\"why\":\"try\"}";

	(void)state;
	for (int i = 0; i < MOTIONS_OWN_MAX; i++)
		by(ANALYST, "/v1/policies/proposals", "{\"rule\":\"many\",\"mode\":\"shadow\",\"why\":\"try\"}", 201);
	by(ANALYST, "/v1/policies/proposals", off, 409);
	heard_says(&h, "5 of one proposer");
	by(LEADER, "/v1/policies/proposals", off, 201);
	by(ANALYST, proposal(2, "/refuse"), "{\"why\":\"no\"}", 200);
	by(ANALYST, "/v1/policies/proposals", off, 201);
	by(LEADER, proposal(1, "/approve"), "{\"why\":\"yes\"}", 202);
	await_job(KEY, "done");
	for (int i = 0; i < MOTIONS_OWN_MAX; i++)
		by(ANALYST, "/v1/policies/proposals", off, 201);
	by(ANALYST, "/v1/policies/proposals", off, 409);
}

static void event(const char *body)
{
	by_key(KEY, "/v1/decide", body, 200);
}

/* Two were hit, and a third would be; of one it was found right, of another wrong, of a third, whom nobody had seen, right. */
static void test_backtest(void **state)
{
	static const char *const labels[][2] = { { "13800138001", "true" },
		                                     { "13800138002", "false" },
		                                     { "13800138007", "true" } };
	static const char *const callers[] = { "13800138001", "13800138001", "13800138002", "13800138002", "13800138003" };
	char z[256], time[64];
	struct buf b;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(callers); i++)
		event(call_json(z, callers[i], "13900139000"));
	buf_init(&b, 64);
	clock_format(&b, served_clock, &clock_shanghai);
	snprintf(time, sizeof(time), "%.*s", (int)b.n, b.p);
	buf_release(&b);
	for (size_t i = 0; i < ARRAY_LEN(labels); i++) {
		snprintf(z, sizeof(z),
		         "{\"event\":\"label\",\"time\":\"%s\",\"by_rule\":\"many\",\"right\":%s,\"phone\":\"%s\"}", time,
		         labels[i][1], labels[i][0]);
		event(z);
	}
	by(ANALYST, "/v1/backtests", "{" FILES("1") "}", 202);
	await_job(KEY, "done");
	heard_says(&h, "\"labels\":{\"right\":2,\"wrong\":1}");
	heard_says(
		&h,
		"\"old\":[{\"threshold\":70,\"alerts\":2,\"entities\":2,\"true\":1,\"false\":1,\"precision\":0.500000,\"recall\":0.500000},{\"threshold\":0,");
	heard_says(
		&h,
		"\"new\":[{\"threshold\":70,\"alerts\":5,\"entities\":3,\"true\":1,\"false\":1,\"precision\":0.500000,\"recall\":0.500000}");
	heard_says(&h, "\"old\":2,\"new\":5}]");
	heard_says(&h, "\"hits\":[{\"score\":70,\"alerts\":2,\"found\":\"right\",\"alert\":{");
	heard_says(&h, "\"found\":null,");
	heard_hides(&h, "13800138001");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_who_may, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_studio, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_tests, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_lists_of_tests, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_four_eyes, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_withdrawn, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_race, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_keys, set_up_empty, take_down),
		cmocka_unit_test_setup_teardown(test_restart, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_bounds, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_backtest, set_up, take_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
