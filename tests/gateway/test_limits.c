/* test_limits.c - an organisation that sends too much, one that floods, and an address that guesses keys: told so, counted, and nobody else
 * is the worse for it. What is just is counted, not timed. */
#include "tests/test.h"
#include "base/clock.h"
#include "tests/gateway/served.h"
#include <unistd.h>

#define ALL (SCOPE_DECIDE | SCOPE_EVENTS | SCOPE_METRICS)

enum {
	LIMITED,
	FLOOD,
	QUIET,
	NAMELESS, /* has a key and no table */
	WEAK,
	CERTIFIED,
	CHUNKS = 20, /* batches of the flood */
	CHUNK = SHARD_ITEMS_MAX,
	QUIET_ONES = 10
};

static const struct tenant tenants[] = { { .name = "limited \"1\"", .number = 700, .rate = 10, .burst = 5 },
	                                     { .name = "flood", .number = 20 },
	                                     { .name = "quiet", .number = 65535 },
	                                     { .name = "certified", .number = 30, .client_cn = "c.example" } };

static const struct served_options options = { .tenants = tenants,
	                                           .n_tenants = ARRAY_LEN(tenants),
	                                           .key = { { "limited \"1\"", ALL },
	                                                    { "flood", ALL },
	                                                    { "quiet", ALL },
	                                                    { "nameless", ALL },
	                                                    { "quiet", SCOPE_METRICS },
	                                                    { "certified", ALL } },
	                                           .queue = 8192 };

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

static void decide(int who)
{
	served_ask(&s, "/v1/decide", s.key[who], "", call_json(z, "13800138000", "13900139000"), &h);
}

static struct buf batch_of(uint32_t n)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	for (uint32_t i = 0; i < n; i++)
		buf_printf(&b, "%s\n", call_json(z, "13800138000", "13900139000"));
	return b;
}

static void test_rate(void **state)
{
	struct buf five = batch_of(5), six = batch_of(6);

	(void)state;
	for (int i = 0; i < 5; i++) {
		decide(LIMITED);
		heard_status(&h, 200);
	}
	for (int i = 0; i < 2; i++) {
		decide(LIMITED);
		heard_status(&h, 429);
		heard_says(&h, "Retry-After: 1\r\n");
		heard_says(&h, "Content-Type: application/problem+json");
		heard_says(&h, "urn:duanka:problem:rate");
	}
	decide(QUIET); /* others are not concerned */
	heard_status(&h, 200);
	served_clock += 100000;
	decide(LIMITED);
	heard_status(&h, 200);
	decide(LIMITED);
	heard_status(&h, 429);
	served_clock += US_PER_SECOND;
	buf_z(&five, "\n\r\n\n"); /* lines with nothing in them are no events */
	served_ask(&s, "/v1/events", s.key[LIMITED], "", five.p, &h);
	heard_says(&h, "\"accepted\":5");
	served_ask(&s, "/v1/events", s.key[LIMITED], "", five.p, &h);
	heard_status(&h, 429);
	served_clock += US_PER_DAY;
	served_ask(&s, "/v1/events", s.key[LIMITED], "", six.p, &h); /* never */
	heard_status(&h, 413);
	heard_says(&h, "at most 5 events at once");
	heard_says(&h, "\"detail_zh\":\"一次最多 5 个事件，请分批发送\"");
	heard_hides(&h, "Retry-After");
	assert_int_equal(served_metric(&s, s.key[QUIET], "duanka_tenant_events_total{tenant=\"limited \\\"1\\\"\"}"), 11);
	assert_int_equal(served_metric(&s, s.key[QUIET], "duanka_tenant_limited_total{tenant=\"limited \\\"1\\\"\"}"), 14);
	assert_int_equal(served_metric(&s, s.key[QUIET], "duanka_tenant_limited_total{tenant=\"quiet\"}"), 0);
	assert_int_equal(served_metric(&s, s.key[QUIET], "duanka_events_accepted_total"), 12);
	buf_release(&five);
	buf_release(&six);
}

static uint64_t position(void)
{
	const char *at = strstr(h.body.p, "\"position\":");

	assert_non_null(at);
	return strtoull(at + 11, NULL, 10);
}

/* One sends as many large batches as it can; another's decisions come behind one group of them, and all of them are taken. */
static void test_flood(void **state)
{
	struct buf chunk = batch_of(CHUNK);
	uint32_t lanes = ARRAY_LEN(tenants) + 1; /* the nameless have one, too */
	uint32_t own = 8192 / 2 / lanes, most = (8192 - own * lanes + own) / CHUNK;
	int flood[CHUNKS], quiet[QUIET_ONES];
	uint32_t refused = 0;

	(void)state;
	served_halt(&s);
	for (uint32_t i = 0; i < CHUNKS; i++) {
		flood[i] = served_connect(&s);
		served_send(flood[i], "POST", "/v1/events", s.key[FLOOD], "", buf_view(&chunk));
		if (i < most) {
			served_await_queued(&s, (i + 1) * CHUNK);
			continue;
		}
		served_hear(flood[i], &h); /* more than its part, and all that is common */
		heard_status(&h, 503);
		refused++;
	}
	assert_int_equal(refused, CHUNKS - most);
	for (uint32_t i = 0; i < QUIET_ONES; i++) {
		quiet[i] = served_connect(&s);
		served_send(quiet[i], "POST", "/v1/decide", s.key[i % 2 ? QUIET : NAMELESS], "",
		            text_z(call_json(z, "13800138001", "13900139000")));
		served_await_queued(&s, most * CHUNK + i + 1);
	}
	served_go(&s);
	for (uint32_t i = 0; i < QUIET_ONES; i++) {
		served_hear(quiet[i], &h);
		heard_status(&h, 200);
		assert_in_range(position(), 3 + CHUNK, 3 + CHUNK + QUIET_ONES - 1); /* behind one batch, before all others */
		close(quiet[i]);
	}
	for (uint32_t i = 0; i < CHUNKS; i++) {
		if (i < most) {
			served_hear(flood[i], &h);
			heard_says(&h, "\"complete\":true");
		}
		close(flood[i]);
	}
	assert_int_equal(served_metric(&s, s.key[QUIET], "duanka_tenant_shed_total{tenant=\"flood\"}"), refused * CHUNK);
	assert_int_equal(served_metric(&s, s.key[QUIET], "duanka_tenant_shed_total{tenant=\"quiet\"}"), 0);
	assert_int_equal(served_metric(&s, s.key[QUIET], "duanka_tenant_shed_total{tenant=\"\"}"), 0);
	buf_release(&chunk);
}

/* Each of four may fill its part, and what is common goes to whoever comes. */
static void test_own_parts(void **state)
{
	struct buf chunk = batch_of(CHUNK);
	int fd[2 * 4];
	uint32_t n = 0;

	(void)state;
	served_halt(&s);
	served_clock += US_PER_DAY;
	for (int who = FLOOD; who <= NAMELESS; who++)
		for (int k = 0; k < 2; k++, n++) {
			fd[n] = served_connect(&s);
			served_send(fd[n], "POST", "/v1/events", s.key[who], "", buf_view(&chunk));
			served_await_queued(&s, (n + 1) * CHUNK);
		}
	served_go(&s);
	for (uint32_t i = 0; i < n; i++) {
		served_hear(fd[i], &h);
		heard_says(&h, "\"complete\":true");
		close(fd[i]);
	}
	buf_release(&chunk);
}

/* An organisation that has to show a certificate can't do so without TLS: its keys open nothing. */
static void test_certificate_without_tls(void **state)
{
	(void)state;
	decide(CERTIFIED);
	heard_status(&h, 401);
	heard_says(&h, "urn:duanka:problem:certificate");
}

static void test_guesses(void **state)
{
	char wrong[KEY_CHARS + 1];

	(void)state;
	snprintf(wrong, sizeof(wrong), "%s", s.key[QUIET]);
	wrong[KEY_CHARS - 1] = wrong[KEY_CHARS - 1] == 'A' ? 'B' : 'A';
	for (int i = 0; i < 20; i++) {
		served_ask(&s, "/v1/decide", i % 2 ? wrong : NULL, "", call_json(z, "1", "2"), &h);
		heard_status(&h, 401);
		heard_says(&h, "WWW-Authenticate: Bearer");
	}
	for (int i = 0; i < 5; i++) {
		served_ask(&s, "/v1/decide", wrong, "", call_json(z, "1", "2"), &h);
		heard_status(&h, 429);
		heard_says(&h, "Retry-After: 60\r\n");
		heard_says(&h, "urn:duanka:problem:guessing");
		decide(QUIET); /* a right key is never locked out */
		heard_status(&h, 200);
		served_ask(&s, "/v1/decide", s.key[WEAK], "", call_json(z, "1", "2"), &h);
		heard_status(&h, 403);              /* a right key that may not do that is no guess */
		served_clock += 30 * US_PER_SECOND; /* each further guess begins the minute anew */
	}
	served_clock += 31 * US_PER_SECOND;
	served_ask(&s, "/v1/decide", wrong, "", call_json(z, "1", "2"), &h);
	heard_status(&h, 401);
	assert_int_equal(served_metric(&s, s.key[QUIET], "duanka_http_guessing_total"), 5);
	assert_int_equal(served_metric(&s, s.key[QUIET], "duanka_http_unauthorised_total"), 26);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_rate, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_flood, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_own_parts, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_certificate_without_tls, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_guesses, set_up, take_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
