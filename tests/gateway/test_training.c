/* test_training.c - installs and follows after their period, over HTTP: the number that the journal has heard of since is confirmed, the one that it has not is held for a person; who may ask, and what is counted. */
#include "tests/test.h"
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/mem.h"
#include "tests/gateway/served.h"

#define R(role) (1u << ROLE_##role)
#define DESK (SCOPE_DESK | SCOPE_DECIDE | SCOPE_EVENTS)

enum {
	CLERK,
	TRAINER,
	LEADER,
	CONNECTOR
};

static const struct tenant tenants[] = {
	{ .name = "bank", .number = 11, .n_sees = 1, .sees = { "self:*.*" } },
	{ .name = "police", .number = 13, .n_sees = 1, .sees = { "*:*.*" } },
};
static const struct served_options options = {
	.policy =
		"entity phone, person\n"
		"event call { caller: phone, callee: phone, talk: duration }\n"
		"rule many on call about caller when count(call by caller over 1h) >= 100 then alert red because \"many\"\n",
	.tenants = tenants,
	.n_tenants = ARRAY_LEN(tenants),
	.desk = true,
	.key = { { "bank", DESK, R(BANK_OUTLET), 0 },
	         { "police", DESK, R(TRAINER), 0 },
	         { "police", DESK | SCOPE_METRICS, R(LEADER), 0 },
	         { "bank", DESK, R(CONNECTOR), 0 } },
};

static struct served s;
static struct heard h;

static void report(const char *phone, int status)
{
	char body[128];

	snprintf(body, sizeof(body), "{\"what\":\"app\",\"phone\":\"%s\"}", phone);
	served_ask(&s, "/v1/guidances", s.key[CLERK], "", body, &h);
	heard_status(&h, status);
}

static void check(const char *answer)
{
	served_ask(&s, "/v1/desk/guidance/check?limit=2", s.key[TRAINER], "", "", &h);
	heard_status(&h, 200);
	heard_says(&h, answer);
}

/* Whether a number lives is what the journal says, not what a trainer or a bank's own connector says. */
static void nobody_settles_by_hand(void)
{
	static const int who[] = { TRAINER, CONNECTOR };
	char id[32], path[64], batch[128];

	served_ask(&s, "/v1/guidances?state=due", s.key[TRAINER], "", NULL, &h);
	heard_status(&h, 200);
	snprintf(id, sizeof(id), "%s", heard_member(&h, "objects.0.id"));
	snprintf(path, sizeof(path), "/v1/guidances/%s/settle", id);
	snprintf(batch, sizeof(batch), "{\"object\":\"%s\",\"step\":\"settle\",\"version\":0,\"fields\":{\"active\":1}}\n",
	         id);
	for (size_t i = 0; i < ARRAY_LEN(who); i++) {
		served_ask(&s, path, s.key[who[i]], "If-Match: *\r\n", "{\"active\":1}", &h);
		heard_status(&h, 404);
		served_ask(&s, "/v1/commands", s.key[who[i]], "", batch, &h);
		heard_says(&h, "internal");
		snprintf(path, sizeof(path), "/v1/guidances/%s", id);
		served_ask(&s, path, s.key[TRAINER], "", NULL, &h);
		assert_string_equal(heard_member(&h, "state.name"), "due");
		heard_hides(&h, "\"settle\"");
		snprintf(path, sizeof(path), "/v1/guidances/%s/settle", id);
	}
}

/* Of one outlet, and of the time in which it was reported. */
static void rankings_are_narrowed(void)
{
	static const struct {
		const char *query, *says;
	} asked[] = {
		{ "?from=2020-01-01", "\"confirmed\":1,\"held\":2" },
		{ "?from=2020-01-01&to=2020-01-02", "\"ranking\":[]" },
		{ "?from=2035-01-01", "\"ranking\":[]" },
		{ "?outlet=outlet:B370200-11", "\"ranking\":[]" },
	};
	char path[128];

	for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
		snprintf(path, sizeof(path), "/v1/desk/guidance%s", asked[i].query);
		served_ask(&s, path, s.key[TRAINER], "", NULL, &h);
		heard_status(&h, 200);
		heard_says(&h, asked[i].says);
	}
	served_ask(&s, "/v1/desk/guidance?from=soon", s.key[TRAINER], "", NULL, &h);
	heard_status(&h, 400);
	served_ask(&s, "/v1/desk/guidance?outlet=B370200-11", s.key[TRAINER], "", NULL, &h);
	heard_status(&h, 400);
}

static void test_check(void **state)
{
	char z[256];

	(void)state;
	served_ask(&s, "/v1/decide", s.key[LEADER], "", call_json(z, "13800138001", "13800138009"),
	           &h); /* before it was installed: tells nothing */
	heard_status(&h, 200);
	served_clock += US_PER_MINUTE;
	report("13800138001", 201);
	report("13800138002", 201);
	report("13800138003", 201);
	report("13800138001", 409);
	check("{\"confirmed\":0,\"held\":0,\"refused\":0,\"more\":false}");
	served_clock += US_PER_HOUR;
	served_ask(&s, "/v1/decide", s.key[LEADER], "", call_json(z, "13800138009", "13800138002"),
	           &h); /* called is alive, too */
	heard_status(&h, 200);
	served_clock += 14 * US_PER_DAY;
	report("13800138004", 201); /* the desk hears what time it is; this one waits */
	nobody_settles_by_hand();
	check("{\"confirmed\":1,\"held\":1,\"refused\":0,\"more\":true}");
	check("{\"confirmed\":0,\"held\":1,\"refused\":0,\"more\":false}");
	check("{\"confirmed\":0,\"held\":0,\"refused\":0,\"more\":false}");
	served_ask(&s, "/v1/guidances?state=held", s.key[TRAINER], "", NULL, &h);
	heard_status(&h, 200);
	heard_says(&h, "\"findings\":4");
	served_ask(&s, "/v1/desk/guidance", s.key[TRAINER], "", NULL, &h);
	heard_status(&h, 200);
	heard_says(&h, "\"app\":1,\"service_account\":0,\"reported\":1,\"due\":0,\"confirmed\":1,\"held\":2");
	rankings_are_narrowed();
	served_ask(&s, "/v1/desk/guidance?by=planet", s.key[TRAINER], "", NULL, &h);
	heard_status(&h, 400);
	served_ask(&s, "/v1/desk/guidance/check", s.key[CLERK], "", "", &h);
	heard_status(&h, 403);
}

/* The status, by a client without memory of its own; 0: the connection was closed. */
static int ask_plainly(const char *path)
{
	static char request[512], answer[1 << 16];
	int fd = served_connect(&s);
	size_t n = 0;
	ssize_t k;

	k = snprintf(request, sizeof(request),
	             "GET %s HTTP/1.1\r\nHost: t\r\nConnection: close\r\nAuthorization: Bearer %s\r\n\r\n", path,
	             s.key[TRAINER]);
	assert_int_equal(send(fd, request, (size_t)k, MSG_NOSIGNAL), k);
	while (n + 1 < sizeof(answer) && (k = recv(fd, answer + n, sizeof(answer) - 1 - n, 0)) > 0)
		n += (size_t)k;
	answer[n] = 0;
	close(fd);
	return strncmp(answer, "HTTP/1.1 ", 9) == 0 ? (int)strtol(answer + 9, NULL, 10) : 0;
}

/* Each allocation fails once while it is asked: an answer that says so, or none; then the same again, whole. */
static void test_memory(void **state)
{
	static const char *const path[] = { "/v1/desk/guidance", "/v1/desk/drills", NULL, NULL };
	char completion[96], questions[96];

	(void)state;
	served_ask(
		&s, "/v1/courses", s.key[TRAINER], "",
		"{\"title\":\"x\",\"audience\":\"all\",\"scams\":2,\"questions\":1,\"pass\":80,\"months\":12,\"minutes\":20}",
		&h);
	heard_status(&h, 201);
	snprintf(completion, sizeof(completion), "/v1/courses/%s/completion", heard_member(&h, "object.id"));
	served_ask(&s, "/v1/attempts", s.key[TRAINER], "", "{\"step\":\"rehearse\",\"drill\":\"loan\"}", &h);
	heard_status(&h, 201);
	snprintf(questions, sizeof(questions), "/v1/attempts/%s/questions", heard_member(&h, "object.id"));
	for (size_t i = 0; i < ARRAY_LEN(path); i++) {
		const char *p = path[i] != NULL ? path[i] : i == 2 ? completion : questions;
		uint64_t n = 0, spent;

		do {
			int status;

			mem_fail_at(++n);
			status = ask_plainly(p);
			spent = mem_count();
			mem_fail_at(0);
			assert_true(status == 200 || status == 500 || status == 503 || status == 0);
		} while (spent >= n);
		served_ask(&s, p, s.key[TRAINER], "", NULL, &h);
		heard_status(&h, 200);
		assert_true(n > 2);
	}
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
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_check), cmocka_unit_test(test_memory) };

	return cmocka_run_group_tests(tests, set_up, take_down);
}
