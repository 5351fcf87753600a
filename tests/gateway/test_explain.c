/* test_explain.c - every decision that the journal still has is explained, whether it raised alerts or not: what came of it, by which policy, what
 * its record says; and each position that holds no decision is answered by what it is. The clock stands still; segments of the journal are let go by the test. */
#include "tests/test.h"
#include "base/clock.h"
#include "journal/journal.h"
#include "tests/gateway/served.h"
#include <unistd.h>

#define ALL (SCOPE_DECIDE | SCOPE_ALERTS | SCOPE_POLICIES | SCOPE_ENTITIES | SCOPE_LISTS)

static const struct tenant tenants[] = {
	{ .name = "bank", .number = 11, .n_sees = 1, .sees = { "self:*.*" } },
	{ .name = "police", .number = 13, .n_sees = 1, .sees = { "*:*.*" } },
};

enum {
	BANK,
	POLICE
};

static const struct served_options options = {
	.policy =
		"entity phone\nevent call { caller: phone, callee: phone, talk: duration? }\n"
		"rule often on call about caller when count(call by caller over 1h) >= 3 then alert red, score 40 because \"often\"\n"
		"rule quiet shadow on call about callee when count(call by caller over 1h) >= 3 then alert blue, score 1 because \"quiet\"\n",
	.tenants = tenants,
	.n_tenants = ARRAY_LEN(tenants),
	.key = { { "bank", ALL }, { "police", ALL } },
};

static struct served s;
static struct heard h;

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

static void get(int who, const char *path)
{
	served_ask(&s, path, s.key[who], "", NULL, &h);
}

static void decide(const char *headers, int64_t ago_us)
{
	char z[256];

	served_clock -= ago_us;
	call_json(z, "13800138000", "13900139001");
	served_clock += ago_us;
	served_ask(&s, "/v1/decide", s.key[BANK], headers, z, &h);
	heard_status(&h, 200);
}

/* 1 the policy, 2 its schema; then the first event is 3. */
static void test_outcomes(void **state)
{
	(void)state;
	decide("Idempotency-Key: k\r\n", 0);
	decide("Idempotency-Key: k\r\n", 0); /* a repeat leaves no record */
	decide("", US_PER_HOUR);
	heard_says(&h, "\"position\":4,\"outcome\":\"late\"");
	get(POLICE, "/v1/explain/3");
	heard_status(&h, 200);
	heard_says(
		&h,
		"{\"position\":3,\"record\":{\"position\":3,\"time\":\"2026-03-02T08:00:00+08:00\",\"kind\":\"event\","
		"\"organisation\":11,\"outcome\":\"accepted\",\"event\":\"call\",\"fields\":{\"caller\":{\"kind\":\"phone\",");
	heard_says(&h, "\"shown\":\"138****8000\"}");
	heard_says(&h,
	           ",\"outcome\":\"accepted\",\"severity\":\"none\",\"score\":0,\"policy\":{\"position\":1,\"time\":\"");
	heard_says(&h, "\"digest\":\"");
	heard_says(&h, ",\"alerts\":[]}");
	heard_hides(&h, "13800138000");
	get(BANK, "/v1/explain/4");
	heard_says(&h, ",\"outcome\":\"late\",\"severity\":\"none\",\"score\":0,");
	get(BANK, "/v1/explain/3.often");
	heard_status(&h, 404);
	heard_says(&h, "No such alert");
	decide("", 0);
	decide("", 0);
	heard_says(&h, "\"position\":8,"); /* each explanation has left an act */
	get(BANK, "/v1/explain/8");
	heard_says(&h, ",\"outcome\":\"accepted\",\"severity\":\"red\",\"score\":40,");
	heard_says(&h, "\"id\":\"8.often\"");
	heard_says(&h, "\"id\":\"8.quiet\"");
	get(BANK, "/v1/explain/8.quiet");
	heard_says(&h, ",\"severity\":\"red\",\"score\":40,"); /* of the decision, as when it was told */
	heard_says(&h, "\"id\":\"8.quiet\"");
	heard_hides(&h, "\"id\":\"8.often\"");
	served_restart(&s, &options);
	get(BANK, "/v1/explain/4");
	heard_says(&h, ",\"outcome\":\"late\",");
	get(BANK, "/v1/explain/8");
	heard_says(&h, "\"id\":\"8.often\"");
}

static void note_tick(void *ctx, struct shard *shard)
{
	*(enum err *)ctx = shard_note(shard, RECORD_TICK, served_clock, 0, TEXT(""));
}

static void note_act(void *ctx, struct shard *shard)
{
	*(enum err *)ctx = shard_note(shard, RECORD_ACT, served_clock, 11, TEXT("{\"act\":\"test\"}"));
}

static uint32_t acts_of(const char *part, const char *more)
{
	struct journal_reader *reader;
	struct record x;
	uint32_t n = 0;

	assert_int_equal(journal_reader_open(&reader, &s.disk, 0, UINT64_MAX), ERR_OK);
	while (journal_read(reader, &x, NULL) == ERR_OK)
		n += x.position != 0 && x.kind == RECORD_ACT && memmem(x.payload.p, x.payload.n, part, strlen(part)) != NULL &&
		     memmem(x.payload.p, x.payload.n, more, strlen(more)) != NULL;
	journal_reader_close(reader);
	return n;
}

/* Whoever is shown a decision about somebody has left an act first: who, about whom, and why. */
static void test_act(void **state)
{
	char path[128], event[256];

	(void)state;
	served_ask(&s, "/v1/decide", s.key[0], "", call_json(event, "13800138000", "13900139000"), &h);
	heard_status(&h, 200);
	snprintf(path, sizeof(path), "/v1/explain/%.20s?reason=objection+A-7", heard_member(&h, "position"));
	served_ask(&s, path, s.key[0], "", NULL, &h);
	heard_status(&h, 200);
	assert_int_equal(acts_of("{\"act\":\"explain\",\"who\":", "\"tokens\":\"phone:"), 1);
	assert_int_equal(acts_of("\"act\":\"explain\"", "A-7"), 1);
	snprintf(path, sizeof(path), "%s", "/v1/explain/1?reason=13800138000");
	served_ask(&s, path, s.key[0], "", NULL, &h);
	heard_status(&h, 422);
	served_ask(&s, "/v1/explain/999999", s.key[0], "", NULL, &h); /* nothing was shown */
	heard_status(&h, 404);
	assert_int_equal(acts_of("{\"act\":\"explain\"", ""), 1);
}

static void test_no_decision(void **state)
{
	static const struct {
		const char *path, *says;
	} wrong[] = {
		{ "/v1/explain/1", "urn:duanka:problem:no-decision" },
		{ "/v1/explain/1", "\"kind\":\"policy\"" },
		{ "/v1/explain/2", "\"kind\":\"schema\"" },
		{ "/v1/explain/3", "\"kind\":\"tick\"" },
		{ "/v1/explain/4.often", "\"kind\":\"act\"" },
		{ "/v1/explain/5", "nothing has this position yet" },
		{ "/v1/explain/99999999999999999999", "nothing has this position yet" },
		{ "/v1/explain/0", "named by its position" },
		{ "/v1/explain/x", "named by its position" },
		{ "/v1/explain/1x", "named by its position" },
	};
	enum err e = ERR_IO;

	(void)state;
	assert_true(writer_do(s.writer, note_tick, &e));
	assert_int_equal(e, ERR_OK);
	assert_true(writer_do(s.writer, note_act, &e));
	assert_int_equal(e, ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		get(POLICE, wrong[i].path);
		heard_status(&h, 404);
		heard_says(&h, "application/problem+json");
		heard_says(&h, wrong[i].says);
	}
	get(BANK, "/v1/explain/4"); /* its own act */
	heard_says(&h, "\"kind\":\"act\"");
	get(BANK, "/v1/explain/3");
	heard_status(&h, 404);
	heard_hides(&h, "tick");
}

static const struct served_options other = {
	.policy = "entity phone\nevent call { caller: phone, callee: phone, talk: duration? }\n"
			  "rule any on call about caller when talk >= 1s then alert blue, score 2 because \"any\"\n",
	.tenants = tenants,
	.n_tenants = ARRAY_LEN(tenants),
	.key = { { "bank", ALL }, { "police", ALL } },
};

static void change_policy(void *ctx, struct shard *shard)
{
	struct policy_file file = { TEXT("test.dk"), text_z(other.policy) };
	struct shard_act act = { .time_us = served_clock };
	struct buf payload, errors;

	buf_init(&payload, 1 << 16);
	buf_init(&errors, 1 << 16);
	edition_put_files(&payload, &file, 1);
	*(enum err *)ctx = shard_policy(shard, buf_view(&payload), &act, &errors);
	buf_release(&payload);
	buf_release(&errors);
}

/* Each decision names the policy that it was made by, not the one of today. */
static void test_policies(void **state)
{
	char first[300], *digest;
	enum err e = ERR_IO;

	(void)state;
	decide("", 0);
	get(BANK, "/v1/explain/3");
	digest = strstr(h.body.p, "\"policy\":");
	assert_non_null(digest);
	snprintf(first, sizeof(first), "%.*s", (int)strcspn(digest, "}"), digest);
	assert_true(writer_do(s.writer, change_policy, &e));
	assert_int_equal(e, ERR_OK);
	decide("", 0);
	heard_says(&h, "\"position\":7,");
	get(BANK, "/v1/explain/3");
	heard_says(&h, first);
	get(BANK, "/v1/explain/7.any");
	heard_says(&h, "\"policy\":{\"position\":5,");
	heard_hides(&h, first);
}

/* On the writer's thread, as it does once an hour. */
static void let_go(void *ctx, struct shard *shard)
{
	uint32_t removed = 0;

	*(enum err *)ctx = shard_expire(shard, INT64_MAX, UINT64_MAX, &removed);
	assert_true(removed > 0);
	if (*(enum err *)ctx == ERR_OK)
		*(enum err *)ctx = alertlog_expire(s.log);
}

static uint64_t oldest_record(void)
{
	struct journal_reader *reader;
	struct record record;
	uint64_t position;

	assert_int_equal(journal_reader_open(&reader, &s.disk, 0, UINT64_MAX), ERR_OK);
	do
		assert_int_equal(journal_read(reader, &record, NULL), ERR_OK);
	while (record.position == 0);
	position = record.position;
	journal_reader_close(reader);
	return position;
}

/* Thirty decisions by the first policy, some by a second one, and the journal has let go of what it may. */
static void expire(struct served_options *small)
{
	struct writer_snapshot taken;
	enum err e = ERR_IO;

	*small = options;
	small->segment_bytes = 2000;
	served_restart(&s, small);
	for (int i = 0; i < 30; i++)
		decide("", 0);
	assert_true(writer_do(s.writer, change_policy, &e));
	assert_int_equal(e, ERR_OK);
	small->policy = other.policy;
	for (int i = 0; i < 3; i++) { /* two are kept */
		decide("", 0);
		assert_int_equal(writer_snapshot(s.writer, &taken), ERR_OK);
	}
	get(BANK, "/v1/alerts");
	heard_says(&h, "{\"alerts\":[{\"id\":\"5.often\"");
	heard_says(&h, "\"oldest\":0,\"gone\":0}");
	assert_true(writer_do(s.writer, let_go, &e));
	assert_int_equal(e, ERR_OK);
}

/* Of the alerts: a cursor of long ago goes on at the oldest; who names none has missed nothing. */
static void check_cursors(int oldest, int position)
{
	char z[200];

	get(BANK, "/v1/alerts?cursor=1&limit=1");
	snprintf(z, sizeof(z), "\"cursor\":%d,\"oldest\":%d,\"gone\":%d}", oldest + 1, oldest, oldest - 1);
	heard_says(&h, z);
	snprintf(z, sizeof(z), "{\"alerts\":[{\"id\":\"%d.", position);
	heard_says(&h, z);
	get(BANK, "/v1/alerts?limit=1");
	heard_says(&h, z);
	heard_says(&h, "\"gone\":0}");
	snprintf(z, sizeof(z), "/v1/explain/%d", position);
	get(BANK, z);
	heard_status(&h, 200);
	heard_says(&h, "\"alerts\":[{");
}

/* The newest first, one at a time down to the oldest that is kept; a cursor behind the end is the end. */
static void check_newest(int oldest)
{
	int count = (int)alertlog_count(s.log);
	struct buf line;
	char z[200];

	buf_init(&line, ALERTLOG_LINE_MAX);
	for (int cursor = count; cursor > oldest; cursor--) {
		uint64_t number = (uint64_t)cursor - 1, position;

		snprintf(z, sizeof(z), "/v1/alerts?newest=true&limit=1&cursor=%d", cursor);
		get(BANK, cursor == count ? "/v1/alerts?newest=true&limit=1" : z);
		assert_int_equal(alertlog_read(s.log, &number, &line, &position), ERR_OK);
		snprintf(z, sizeof(z), "{\"alerts\":[{\"id\":\"%d.", (int)position);
		heard_says(&h, z);
		snprintf(z, sizeof(z), "\"cursor\":%d,\"oldest\":%d,\"gone\":0}", cursor - 1, oldest);
		heard_says(&h, z);
	}
	buf_release(&line);
	snprintf(z, sizeof(z), "/v1/alerts?newest=true&cursor=%d", oldest);
	get(BANK, z);
	snprintf(z, sizeof(z), "{\"alerts\":[],\"cursor\":%d,\"oldest\":%d,\"gone\":0}", oldest, oldest);
	heard_says(&h, z);
	get(BANK, "/v1/alerts?newest=true&limit=1&cursor=1000000");
	snprintf(z, sizeof(z), "\"cursor\":%d,", count - 1);
	heard_says(&h, z);
}

static void check_stream(int oldest)
{
	int fd = served_connect(&s);
	struct heard stream;
	char z[200];

	heard_init(&stream);
	served_send(fd, "GET", "/v1/alerts/stream", s.key[BANK], "Last-Event-ID: 2\r\n", TEXT(""));
	served_hear(fd, &stream);
	snprintf(z, sizeof(z), "event: gone\ndata: {\"gone\":%d}\n\nid: %d\nevent: alert\n", oldest - 2, oldest + 1);
	served_hear_until(fd, &stream, z);
	snprintf(z, sizeof(z), "id: %d\nevent: alert\n", oldest + 2);
	served_hear_until(fd, &stream, z);
	heard_release(&stream);
	close(fd);
}

/* Segments that the journal has let go of take their alerts along, and every answer says so; after a restart, too. */
static void test_expired(void **state)
{
	struct served_options small;
	struct buf line;

	(void)state;
	buf_init(&line, ALERTLOG_LINE_MAX);
	expire(&small);
	for (int again = 0; again < 2; again++) {
		uint64_t number = 0, position;

		assert_int_equal(alertlog_read(s.log, &number, &line, &position), ERR_OK);
		assert_int_equal(number, alertlog_first(s.log));
		assert_true(number > 2 && position >= oldest_record());
		get(BANK, "/v1/explain/3");
		heard_status(&h, 404);
		heard_says(&h, "urn:duanka:problem:expired");
		heard_says(&h, "journal.keep");
		get(BANK, "/v1/explain/5.often");
		heard_status(&h, 404);
		check_cursors((int)number, (int)position);
		check_newest((int)number);
		check_stream((int)number);
		served_restart(&s, &small);
	}
	buf_release(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_outcomes, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_act, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_no_decision, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_policies, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_expired, set_up, take_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
