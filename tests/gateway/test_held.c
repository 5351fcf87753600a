/* test_held.c - records that could not be taken: sent again under the same key they are held and mended once and answered the same, and each
 * organisation sees its own, however many others stand between them. */
#include "tests/test.h"
#include "base/clock.h"
#include "tests/gateway/served.h"

#define ALL (SCOPE_DECIDE | SCOPE_EVENTS | SCOPE_METRICS | SCOPE_QUARANTINE)
#define UNDER_A_KEY "Idempotency-Key: once\r\n"

enum {
	FLOOD,
	QUIET,
	POLICE
};

static const struct tenant tenants[] = {
	{ .name = "flood", .number = 20 },
	{ .name = "quiet", .number = 21 },
	{ .name = "police", .number = 22, .n_sees = 1, .sees = { "*:*.*" } },
};

static const struct served_options options = { .tenants = tenants,
	                                           .n_tenants = ARRAY_LEN(tenants),
	                                           .key = { { "flood", ALL }, { "quiet", ALL }, { "police", ALL } } };

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

static void ask(int who, const char *path, const char *headers, const char *body)
{
	served_ask(&s, path, s.key[who], headers, body, &h);
}

/* How many records an answer lists. */
static uint32_t records(int who, const char *path)
{
	uint32_t n = 0;

	ask(who, path, "", NULL);
	heard_status(&h, 200);
	for (const char *at = h.body.p; (at = strstr(at, "\"number\":")) != NULL; at++)
		n++;
	return n;
}

/* z with a reason, as the body of a mending. */
static void mend(const char *path)
{
	struct buf b;

	buf_init(&b, 1 << 12);
	buf_z(&b, "{\"record\":");
	buf_json(&b, text_z(z));
	buf_z(&b, ",\"reason\":\"callee\"}");
	ask(QUIET, path, "", b.p);
	heard_status(&h, 200);
	buf_release(&b);
}

static void test_held_once_mended_once(void **state)
{
	struct buf first;

	(void)state;
	buf_init(&first, 1 << 16);
	ask(QUIET, "/v1/decide", UNDER_A_KEY, "{\"event\":\"call\",\"caller\":\"13800138000\"}");
	heard_status(&h, 422);
	buf_text(&first, buf_view(&h.body));
	for (int i = 0; i < 2; i++) {
		ask(QUIET, "/v1/decide", UNDER_A_KEY, "{\"event\":\"call\",\"caller\":\"13800138000\"}");
		heard_status(&h, 422);
		assert_string_equal(h.body.p, first.p);
	}
	assert_int_equal(records(QUIET, "/v1/quarantine"), 1);
	ask(FLOOD, "/v1/decide", UNDER_A_KEY, "{\"event\":\"call\",\"caller\":\"13800138000\"}"); /* its own keys */
	assert_int_equal(records(POLICE, "/v1/quarantine"), 2);
	call_json(z, "13800138000", "13900139000");
	mend("/v1/quarantine/1/mend");
	heard_says(&h, "\"repeated\":false");
	ask(QUIET, "/v1/decide", UNDER_A_KEY, "{\"event\":\"call\",\"caller\":\"13800138000\"}");
	heard_status(&h, 422);
	assert_int_equal(records(QUIET, "/v1/quarantine"), 0); /* and none is open */
	assert_int_equal(records(QUIET, "/v1/quarantine?state=all"), 1);
	ask(QUIET, "/v1/decide", UNDER_A_KEY, z); /* the sender mends it, too: it was taken already */
	heard_status(&h, 200);
	heard_says(&h, "\"repeated\":true");
	assert_int_equal(served_metric(&s, s.key[POLICE], "duanka_events_accepted_total"), 1);
	buf_release(&first);
}

/* The sender mends first, then somebody here does. */
static void test_mended_by_its_sender(void **state)
{
	(void)state;
	ask(QUIET, "/v1/decide", UNDER_A_KEY, "{\"event\":\"call\",\"caller\":\"13800138000\"}");
	heard_status(&h, 422);
	ask(QUIET, "/v1/decide", UNDER_A_KEY, call_json(z, "13800138000", "13900139000"));
	heard_says(&h, "\"repeated\":false");
	mend("/v1/quarantine/1/mend");
	heard_says(&h, "\"repeated\":true");
	assert_int_equal(served_metric(&s, s.key[POLICE], "duanka_events_accepted_total"), 1);
}

static void test_a_batch_again(void **state)
{
	struct buf batch, first;

	(void)state;
	buf_init(&batch, 1 << 16);
	buf_init(&first, 1 << 16);
	for (int i = 0; i < 9; i++)
		buf_printf(&batch, "%s\n", i % 3 == 1 ? "{\"caller\":\"1\"}" : call_json(z, "13800138000", "13900139000"));
	ask(QUIET, "/v1/events", UNDER_A_KEY, batch.p);
	heard_says(&h, "\"accepted\":6");
	ask(QUIET, "/v1/events", UNDER_A_KEY, batch.p);
	heard_says(&h, "\"repeated\":6");
	buf_text(&first, buf_view(&h.body));
	ask(QUIET, "/v1/events", UNDER_A_KEY, batch.p);
	assert_string_equal(h.body.p, first.p);
	assert_int_equal(records(QUIET, "/v1/quarantine"), 3);
	ask(QUIET, "/v1/events", "", batch.p); /* without a key each is a record of its own */
	assert_int_equal(records(QUIET, "/v1/quarantine"), 6);
	buf_release(&batch);
	buf_release(&first);
}

/* The limit counts what the asker sees. */
static void test_the_list_is_ones_own(void **state)
{
	struct buf flood;

	(void)state;
	buf_init(&flood, 1 << 20);
	for (int i = 0; i < 1500; i++)
		buf_z(&flood, "{}\n");
	ask(FLOOD, "/v1/events", "", flood.p);
	ask(QUIET, "/v1/decide", "", "{}");
	ask(FLOOD, "/v1/events", "", flood.p);
	ask(QUIET, "/v1/decide", "", "{}");
	assert_int_equal(records(QUIET, "/v1/quarantine?limit=1"), 1);
	heard_says(&h, "\"after\":1501");
	assert_int_equal(records(QUIET, "/v1/quarantine?limit=10"), 2);
	assert_int_equal(records(QUIET, "/v1/quarantine?limit=10&after=1501"), 1);
	assert_int_equal(records(FLOOD, "/v1/quarantine?limit=1000&after=1400"), 1000);
	assert_int_equal(records(POLICE, "/v1/quarantine?limit=1000&after=2500"), 502);
	buf_release(&flood);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_held_once_mended_once, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_mended_by_its_sender, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_a_batch_again, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_the_list_is_ones_own, set_up, take_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
