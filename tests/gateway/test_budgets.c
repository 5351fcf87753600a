/* test_budgets.c - the answer is not there in time, or there is no room for the event: what the asker is told instead, that it is told once,
 * and that the event is journaled and decided all the same. The writer is halted by the test, so nothing depends on how fast anything is. */
#include "tests/test.h"
#include "base/clock.h"
#include "tests/gateway/served.h"
#include <sched.h>
#include <unistd.h>

#define ALL (SCOPE_DECIDE | SCOPE_EVENTS | SCOPE_ALERTS | SCOPE_METRICS)

enum {
	OPEN,
	CLOSED,
	LAST,
	REHEARSAL,
	PATIENT, /* has a budget that is never over in a test */
	NONE,    /* has no budget */
	TENANTS
};

static const struct tenant tenants[TENANTS] = {
	{ .name = "open", .number = 1, .budget_us = 1000, .exception = EXCEPTION_FAIL_OPEN },
	{ .name = "closed", .number = 2, .budget_us = 1000, .exception = EXCEPTION_FAIL_CLOSED },
	{ .name = "last", .number = 3, .budget_us = 1000, .exception = EXCEPTION_LAST_KNOWN },
	{ .name = "rehearsal", .number = 4, .exception = EXCEPTION_FAIL_CLOSED, .simulate = true },
	{ .name = "patient", .number = 5, .budget_us = US_PER_HOUR, .n_sees = 1, .sees = { "*:call.*" } },
	{ .name = "none", .number = 6 },
};

static const struct served_options options = { .tenants = tenants,
	                                           .n_tenants = TENANTS,
	                                           .key = { { "open", ALL },
	                                                    { "closed", ALL },
	                                                    { "last", ALL },
	                                                    { "rehearsal", ALL },
	                                                    { "patient", ALL },
	                                                    { "none", ALL } },
	                                           .queue = 512 };

static struct served s;
static struct heard h;
static char z[256];

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

static int64_t exceptions(const char *tenant, const char *policy, const char *why)
{
	char name[160];

	snprintf(name, sizeof(name), "duanka_exceptions_total{tenant=\"%s\",policy=\"%s\",why=\"%s\"}", tenant, policy,
	         why);
	return served_metric(&s, s.key[NONE], name);
}

static void decide(int who, const char *caller, const char *headers)
{
	served_ask(&s, "/v1/decide", s.key[who], headers, call_json(z, caller, "13900139000"), &h);
}

/* Again and again until there is a decision. */
static void decide_at_last(int who, const char *caller, const char *headers)
{
	do
		decide(who, caller, headers);
	while (strstr(h.body.p, "\"outcome\":\"exception\"") != NULL);
}

/* While the writer stands still the budget runs out; afterwards the same key gets the decision. */
static void test_budget_is_over(void **state)
{
	(void)state;
	served_halt(&s);
	decide(OPEN, "13800138000", "Idempotency-Key: a\r\n");
	heard_status(&h, 200);
	heard_says(
		&h, "\"outcome\":\"exception\",\"exception\":\"fail-open\",\"why\":\"budget\",\"taken\":true,\"durable\":false,"
			"\"severity\":\"none\",\"score\":0,\"alerts\":[]");
	decide(CLOSED, "13800138000", "");
	heard_says(
		&h,
		"\"exception\":\"fail-closed\",\"why\":\"budget\",\"taken\":true,\"durable\":false,\"severity\":\"purple\"");
	decide(LAST, "13800138000", "");
	heard_says(&h, "\"exception\":\"last-known\"");
	heard_says(&h, "\"severity\":\"none\"");
	heard_hides(&h, "explanation");
	served_await_queued(&s, 3); /* all three wait to be journaled */
	served_go(&s);
	decide(PATIENT, "13800138000", "");
	heard_says(&h, "\"position\":6,");                   /* behind POLICY, SCHEMA and the three */
	heard_says(&h, "\"severity\":\"red\",\"score\":40"); /* which have been counted */
	decide(PATIENT, "13800138000", "X-Budget-Ms: 60000\r\nIdempotency-Key: a\r\n");
	heard_says(&h, "\"repeated\":false"); /* each organisation has its own keys */
	assert_int_equal(exceptions("open", "fail-open", "budget"), 1);
	assert_int_equal(exceptions("closed", "fail-closed", "budget"), 1);
	assert_int_equal(exceptions("last", "last-known", "budget"), 1);
	assert_int_equal(exceptions("patient", "fail-open", "budget"), -1);
	assert_int_equal(served_metric(&s, s.key[OPEN], "duanka_events_accepted_total"), 5);
	decide_at_last(OPEN, "13800138000", "Idempotency-Key: a\r\n");
	heard_says(&h, "\"position\":3,\"outcome\":\"accepted\",\"repeated\":true");
}

/* The header lowers a budget, gives one where there is none, and never raises it. */
static void test_header(void **state)
{
	static const char *const wrong[] = { "0", "60001", "-1", "1.5", "x", "", "99999999999999999999" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		char line[80];

		snprintf(line, sizeof(line), "X-Budget-Ms: %s\r\n", wrong[i]);
		decide(NONE, "13800138000", line);
		heard_status(&h, 400);
		heard_says(&h, "urn:duanka:problem:budget");
	}
	served_halt(&s);
	decide(PATIENT, "13800138000", "X-Budget-Ms: 1\r\n");
	heard_says(&h, "\"why\":\"budget\"");
	decide(NONE, "13800138000", "X-Budget-Ms: 1\r\n");
	heard_says(&h, "\"exception\":\"fail-open\",\"why\":\"budget\"");
	decide(OPEN, "13800138000", "X-Budget-Ms: 60000\r\n");
	heard_says(&h, "\"why\":\"budget\"");
	served_go(&s);
	decide(NONE, "13800138000", "");
	heard_says(&h, "\"position\":6,\"outcome\":\"accepted\"");
}

/* The decision about the caller, told before, is told again, also after a restart. */
static void test_last_known(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		decide(NONE, "13800138001", "");
	heard_says(&h, "\"severity\":\"red\",\"score\":40");
	for (int round = 0; round < 2; round++) {
		served_halt(&s);
		decide(LAST, "13800138001", "");
		heard_says(
			&h,
			"\"exception\":\"last-known\",\"why\":\"budget\",\"taken\":true,\"durable\":false,\"severity\":\"red\",\"score\":40");
		heard_says(&h, round == 0 ? "\"explanation\":\"5\"" : "\"explanation\":\"6\"");
		decide(LAST, "13800138002", ""); /* nothing is known about this one */
		heard_says(&h, "\"severity\":\"none\",\"score\":0,\"alerts\"");
		served_go(&s);
		served_restart(&s, &options);
	}
	served_clock += 31 * US_PER_DAY; /* what was said a month ago says nothing now */
	served_halt(&s);
	decide(LAST, "13800138001", "");
	heard_says(&h, "\"severity\":\"none\"");
	served_go(&s);
}

/* No room: an organisation with a budget is told so by its policy, one without gets the status it had before there were budgets. */
static void test_shed(void **state)
{
	uint32_t own = 512 / 2 / (TENANTS + 1), common = 512 - own * (TENANTS + 1), n = own + common;
	struct buf batch;
	int fd[2];

	(void)state;
	buf_init(&batch, 1 << 20);
	for (uint32_t i = 0; i < n; i++)
		buf_printf(&batch, "%s\n", call_json(z, "13800138000", "13900139000"));
	served_halt(&s);
	fd[0] = served_connect(&s); /* takes all that is common, and its own part */
	served_send(fd[0], "POST", "/v1/events", s.key[PATIENT], "", buf_view(&batch));
	served_await_queued(&s, n);
	decide(PATIENT, "13800138000", "Idempotency-Key: shed\r\n");
	heard_status(&h, 200);
	heard_says(&h,
	           "\"exception\":\"fail-open\",\"why\":\"shed\",\"taken\":false,\"durable\":false,\"severity\":\"none\"");
	batch.n = 0;
	for (uint32_t i = 0; i < own; i++)
		buf_printf(&batch, "%s\n", call_json(z, "13800138000", "13900139000"));
	fd[1] = served_connect(&s); /* its own part was kept for it */
	served_send(fd[1], "POST", "/v1/events", s.key[NONE], "", buf_view(&batch));
	served_await_queued(&s, n + own);
	decide(NONE, "13800138000", "");
	heard_status(&h, 503);
	heard_says(&h, "Retry-After: 1");
	heard_says(&h, "urn:duanka:problem:overload");
	decide(NONE, "13800138000", "X-Budget-Ms: 60000\r\n");
	heard_says(&h, "\"why\":\"shed\",\"taken\":false");
	served_go(&s);
	for (int i = 0; i < 2; i++) {
		served_hear(fd[i], &h);
		heard_says(&h, "\"complete\":true");
		close(fd[i]);
	}
	decide(PATIENT, "13800138000", "Idempotency-Key: shed\r\n");
	heard_says(&h, "\"outcome\":\"accepted\",\"repeated\":false"); /* it had not been taken */
	assert_int_equal(served_metric(&s, s.key[OPEN], "duanka_tenant_shed_total{tenant=\"patient\"}"), 1);
	assert_int_equal(served_metric(&s, s.key[OPEN], "duanka_tenant_shed_total{tenant=\"none\"}"), 2);
	assert_int_equal(exceptions("patient", "fail-open", "shed"), 1);
	buf_release(&batch);
}

/* An organisation that rehearses is always told its exception; what it sends is decided. */
static void test_rehearsal(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		decide(REHEARSAL, "13800138003", i == 0 ? "Idempotency-Key: r\r\n" : "");
		heard_status(&h, 200);
		heard_says(
			&h,
			"\"exception\":\"fail-closed\",\"why\":\"simulated\",\"taken\":true,\"durable\":false,\"severity\":\"purple\",\"score\":1000");
	}
	served_halt(&s); /* each is in a lane of its own: let those go first */
	served_go(&s);
	decide(PATIENT, "13800138003", "");
	heard_says(&h, "\"position\":6,");
	decide(PATIENT, "13800138003", "");
	heard_says(&h, "5 calls");
	served_ask(&s, "/v1/events", s.key[REHEARSAL], "", call_json(z, "13800138003", "13900139000"), &h);
	heard_says(&h, "\"accepted\":1"); /* decisions only are rehearsed */
	assert_int_equal(exceptions("rehearsal", "fail-closed", "simulated"), 3);
	served_halt(&s); /* whose asker has long gone when the writer comes to it */
	decide(REHEARSAL, "13800138003", "");
	heard_says(&h, "\"why\":\"simulated\"");
	served_go(&s);
	decide(PATIENT, "13800138003", "");
	heard_says(&h, "8 calls");
}

enum {
	CLIENTS = 4,
	EACH = 150
};

struct client {
	pthread_t thread;
	uint32_t number, exceptions, decisions;
};

/* Budgets of a millisecond against a writer that is halted now and then: each request is answered, once. */
static void *ask_many(void *arg)
{
	struct client *c = arg;
	struct heard mine;
	char event[256], header[64];
	int fd = served_connect(&s);

	heard_init(&mine);
	for (uint32_t i = 0; i < EACH; i++) {
		snprintf(header, sizeof(header), "Idempotency-Key: %u-%u\r\nX-Budget-Ms: %u\r\n", c->number, i, 1 + i % 3);
		call_json(event, "13800138004", "13900139000");
		served_send(fd, "POST", "/v1/decide", s.key[i % TENANTS == REHEARSAL ? NONE : i % TENANTS], header,
		            text_z(event));
		served_hear(fd, &mine);
		if (mine.status == 200 && strstr(mine.body.p, "\"outcome\":\"exception\"") != NULL)
			c->exceptions++;
		else if (mine.status == 200 && strstr(mine.body.p, "\"outcome\":\"accepted\"") != NULL)
			c->decisions++;
	}
	close(fd);
	heard_release(&mine);
	return NULL;
}

static void test_races(void **state)
{
	struct client client[CLIENTS] = { { .number = 0 } };
	struct writer_counts counts;
	uint32_t exceptions = 0, decisions = 0;

	(void)state;
	for (uint32_t i = 0; i < CLIENTS; i++) {
		client[i].number = i;
		assert_int_equal(pthread_create(&client[i].thread, NULL, ask_many, &client[i]), 0);
	}
	for (int i = 0; i < 100; i++) {
		served_halt(&s);
		for (int k = 0; k < 200; k++)
			sched_yield();
		served_go(&s);
	}
	for (uint32_t i = 0; i < CLIENTS; i++) {
		pthread_join(client[i].thread, NULL);
		exceptions += client[i].exceptions;
		decisions += client[i].decisions;
	}
	assert_int_equal(exceptions + decisions, CLIENTS * EACH);
	served_halt(&s); /* whatever was left unanswered has been decided by now */
	served_go(&s);
	do
		writer_counts(s.writer, &counts);
	while (counts.queued > 0 || counts.accepted < CLIENTS * EACH);
	assert_int_equal(counts.accepted, CLIENTS * EACH);
	print_message("%u decisions, %u exceptions\n", decisions, exceptions);
}

/* It is stopped while askers wait and while the writer still has requests whose askers were told. */
static void test_stop(void **state)
{
	int fd;

	(void)state;
	served_halt(&s);
	decide(OPEN, "13800138005", "");
	decide(OPEN, "13800138005", "");
	fd = served_connect(&s);
	served_send(fd, "POST", "/v1/decide", s.key[PATIENT], "", text_z(call_json(z, "13800138005", "13900139000")));
	served_await_queued(&s, 3);
	served_go(&s);
	served_restart(&s, &options);
	served_hear(fd, &h);
	heard_says(&h, "\"position\":4,\"outcome\":\"accepted\""); /* its lane came second */
	close(fd);
	decide(PATIENT, "13800138005", "");
	heard_says(&h, "\"position\":6,");
	heard_says(&h, "4 calls");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_budget_is_over, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_header, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_last_known, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_shed, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_rehearsal, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_races, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_stop, set_up, take_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
