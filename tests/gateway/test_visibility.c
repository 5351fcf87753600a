/* test_visibility.c - whose event it was stands in the journal and in the alert; each organisation is shown what it may see through every door:
 * the list, its filters, explanations, the stream, and the answer to its own event; and nothing of what others sent through the doors beside. */
#include "tests/test.h"
#include "base/clock.h"
#include "gateway/act.h"
#include "tests/gateway/served.h"
#include <unistd.h>

#define ALL \
	(SCOPE_DECIDE | SCOPE_EVENTS | SCOPE_ALERTS | SCOPE_METRICS | SCOPE_QUARANTINE | SCOPE_ENTITIES | SCOPE_POLICIES)

enum {
	BANK,
	TELECOM,
	POLICE,
	NAMELESS
};

static const struct tenant tenants[] = {
	{ .name = "bank", .number = 11, .n_sees = 1, .sees = { "self:*.*" } },
	{ .name = "telecom", .number = 12, .n_sees = 1, .sees = { "self:call.callee" } },
	{ .name = "police", .number = 13, .n_sees = 1, .sees = { "*:*.*" } },
};

static const struct served_options options = {
	.policy =
		"entity phone\nevent call { caller: phone, callee: phone, talk: duration? }\n"
		"rule often on call about caller when count(call by caller over 1h) >= 3 then alert red, score 40 because \"{count(call by caller over 1h)} calls\"\n"
		"rule short on call about callee when talk = 12s and count(call by caller over 1h) >= 3 then alert blue because \"short\"\n",
	.tenants = tenants,
	.n_tenants = ARRAY_LEN(tenants),
	.key = { { "bank", ALL }, { "telecom", ALL }, { "police", ALL }, { "nameless", ALL } },
};

static struct served s;
static struct heard h;
static char z[256];

/* Positions 3, 4 the bank's; 5 the bank's with two alerts; 6 the telecom's, 7 the nameless one's, with two each. */
static int set_up(void **state)
{
	static const int who[] = { BANK, BANK, BANK, TELECOM, NAMELESS };

	(void)state;
	served_start(&s, &options);
	heard_init(&h);
	for (size_t i = 0; i < ARRAY_LEN(who); i++) {
		served_ask(&s, "/v1/decide", s.key[who[i]], "", call_json(z, "13800138000", "13900139001"), &h);
		heard_status(&h, 200);
	}
	heard_says(&h, "\"position\":7");
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

static void note_act(void *ctx, struct shard *shard)
{
	struct caller who = { .key_id = "12345678", .tenant = "police", .organisation = 13 };
	struct buf b;

	act_begin(&b, "test", &who, TEXT("why not"));
	*(enum err *)ctx = act_note(&b, shard, served_clock, &who);
}

static void test_journal(void **state)
{
	static const struct {
		enum record_kind kind;
		uint16_t organisation;
	} want[] = { { RECORD_POLICY, 0 }, { RECORD_SCHEMA, 0 }, { RECORD_EVENT, 11 }, { RECORD_EVENT, 11 },
		         { RECORD_EVENT, 11 }, { RECORD_EVENT, 12 }, { RECORD_EVENT, 0 },  { RECORD_ACT, 13 } };
	struct journal_reader *reader;
	struct record r;
	enum err e = ERR_IO;

	(void)state;
	assert_true(writer_do(s.writer, note_act, &e));
	assert_int_equal(e, ERR_OK);
	assert_int_equal(journal_reader_open(&reader, &s.disk, 0, UINT64_MAX), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		do
			assert_int_equal(journal_read(reader, &r, NULL), ERR_OK);
		while (r.position == 0);
		assert_int_equal(r.position, i + 1);
		assert_int_equal(r.kind, want[i].kind);
		assert_int_equal(r.organisation, want[i].organisation);
	}
	journal_reader_close(reader);
}

static void test_list(void **state)
{
	(void)state;
	get(POLICE, "/v1/alerts");
	for (int position = 5; position <= 7; position++) {
		snprintf(z, sizeof(z), "\"id\":\"%d.often\"", position);
		heard_says(&h, z);
	}
	heard_says(&h, "\"organisation\":11,");
	heard_says(&h, "\"organisation\":0,");
	heard_hides(&h, "hidden");
	get(BANK, "/v1/alerts");
	heard_says(&h, "\"id\":\"5.often\"");
	heard_says(&h, "\"because\":{\"hidden\":true}"); /* others' calls may have been counted */
	heard_says(&h, "138****8000");                   /* its own caller */
	heard_says(&h, "\"talk\":\"12s\"");
	heard_says(&h, "\"evidence\":[{\"hidden\":true}]");
	heard_hides(&h, "\"id\":\"6.");
	heard_hides(&h, "\"id\":\"7.");
	heard_says(&h, "\"cursor\":6"); /* it goes on over what is not shown */
	get(TELECOM, "/v1/alerts");
	heard_says(&h, "\"id\":\"6.often\"");
	heard_says(&h, "\"id\":\"6.short\"");
	heard_hides(&h, "\"id\":\"5.");
	heard_hides(&h, "138****8000"); /* it may see whom its customers called, not who */
	heard_says(&h, "139****9001");
	get(NAMELESS, "/v1/alerts");
	heard_says(&h, "{\"alerts\":[],\"cursor\":6,\"oldest\":0,\"gone\":0}");
}

/* What is hidden can't be found out by asking for it. */
static void test_filters(void **state)
{
	struct token caller = hash_token(&s.token_key, 0, TEXT("13800138000"));

	(void)state;
	snprintf(z, sizeof(z), "/v1/alerts?token=%016llx%016llx", (unsigned long long)caller.w[0],
	         (unsigned long long)caller.w[1]);
	get(BANK, z);
	heard_says(&h, "\"id\":\"5.often\"");
	heard_hides(&h, "\"id\":\"5.short\""); /* about the callee */
	get(TELECOM, z);
	heard_says(&h, "{\"alerts\":[],");
	get(TELECOM, "/v1/alerts?rule=often&severity=red&mode=live");
	heard_says(&h, "\"id\":\"6.often\"");
	heard_hides(&h, "short");
	get(TELECOM, "/v1/alerts?severity=blue");
	heard_says(&h, "\"id\":\"6.short\"");
	heard_hides(&h, "often");
	get(POLICE, "/v1/alerts?rule=short&limit=2");
	heard_says(&h, "\"id\":\"6.short\"");
	heard_hides(&h, "\"id\":\"7.short\"");
}

static void test_explain(void **state)
{
	(void)state;
	get(TELECOM, "/v1/explain/5.often"); /* as if there were none */
	heard_status(&h, 404);
	get(TELECOM, "/v1/explain/5.nothing");
	heard_status(&h, 404);
	get(TELECOM, "/v1/explain/5");
	heard_status(&h, 404);
	heard_hides(&h, "event");
	get(TELECOM, "/v1/explain/1"); /* neither that it is an event, nor that it is none */
	heard_status(&h, 404);
	heard_says(&h, "urn:duanka:problem:unknown");
	get(TELECOM, "/v1/explain/6");
	heard_says(
		&h,
		"\"organisation\":12,\"outcome\":\"accepted\",\"event\":\"call\",\"fields\":{\"caller\":{\"hidden\":true},\"callee\":{");
	heard_says(&h, "\"talk\":{\"hidden\":true}}}");
	get(TELECOM, "/v1/explain/6.often");
	heard_says(&h, "\"about\":{\"hidden\":true}");
	heard_hides(&h, "\"rule\":\"short\"");
	get(BANK, "/v1/explain/5.short");
	heard_says(&h, "139****9001");
	get(POLICE, "/v1/explain/6");
	heard_says(&h, "\"id\":\"6.often\"");
	heard_says(&h, "\"id\":\"6.short\"");
	heard_says(&h, "4 calls");
	heard_says(&h, "\"caller\":{\"kind\":\"phone\",\"token\":\"");
	get(NAMELESS, "/v1/explain/7"); /* its own, but that can't be known: it has no number */
	heard_status(&h, 404);
}

static void test_stream(void **state)
{
	struct heard stream;
	int fd = served_connect(&s);

	(void)state;
	heard_init(&stream);
	served_send(fd, "GET", "/v1/alerts/stream?cursor=0", s.key[TELECOM], "", TEXT(""));
	served_hear(fd, &stream);
	served_hear_until(fd, &stream, "id: 4\nevent: alert\n");
	served_hear_until(fd, &stream, "id: 6\n\n"); /* the nameless one's two: passed over */
	heard_says(&stream, "\"id\":\"6.often\"");
	heard_says(&stream, "\"id\":\"6.short\"");
	heard_hides(&stream, "\"id\":\"5.");
	heard_hides(&stream, "\"id\":\"7.");
	heard_hides(&stream, "138****8000");
	served_ask(&s, "/v1/decide", s.key[TELECOM], "", call_json(z, "13800138000", "13900139002"), &h);
	served_hear_until(fd, &stream, "139****9002"); /* live */
	heard_release(&stream);
	close(fd);
}

/* Settings that are read again count for the next request, and for the next piece of a stream. */
static void test_reload(void **state)
{
	struct tenant other[] = { tenants[BANK], tenants[TELECOM], tenants[POLICE], { .name = "nameless", .number = 14 } };
	struct served_options changed = options;
	struct heard stream;
	int fd = served_connect(&s);

	(void)state;
	heard_init(&stream);
	snprintf(other[TELECOM].sees[0], sizeof(other[0].sees[0]), "bank:call.caller");
	snprintf(other[NAMELESS].sees[other[NAMELESS].n_sees++], sizeof(other[0].sees[0]), "self:*.*");
	changed.tenants = other;
	changed.n_tenants = ARRAY_LEN(other);
	served_send(fd, "GET", "/v1/alerts/stream?cursor=4", s.key[TELECOM], "", TEXT(""));
	served_hear(fd, &stream);
	served_hear_until(fd, &stream, "id: 6\n\n");
	served_reload(&s, &changed);
	served_ask(&s, "/v1/decide", s.key[BANK], "", call_json(z, "13800138000", "13900139003"), &h);
	heard_status(&h, 200);
	served_hear_until(fd, &stream, "138****8000");
	heard_hides(&stream, "139****9003");
	heard_release(&stream);
	close(fd);
	served_ask(&s, "/v1/decide", s.key[NAMELESS], "", call_json(z, "13800138000", "13900139004"), &h);
	get(NAMELESS, "/v1/alerts?cursor=8"); /* it has a number from now on */
	heard_says(&h, "\"organisation\":14,");
	heard_says(&h, "139****9004");
	get(TELECOM, "/v1/alerts");
	heard_says(&h, "\"id\":\"5.often\"");
	heard_hides(&h, "\"id\":\"6."); /* its own no longer */
}

static void test_own_answer(void **state)
{
	(void)state;
	served_ask(&s, "/v1/decide", s.key[BANK], "Idempotency-Key: k\r\n", call_json(z, "13800138000", "13900139001"), &h);
	for (int again = 0; again < 2; again++) {
		heard_says(&h, "\"severity\":\"red\",\"score\":40");
		heard_says(&h, "\"because\":{\"hidden\":true}");
		heard_says(&h, "\"because\":{\"en\":\"short\"");
		heard_says(&h, "138****8000");
		heard_hides(&h, "6 calls");
		heard_hides(&h, "reads");
		served_ask(&s, "/v1/decide", s.key[BANK], "Idempotency-Key: k\r\n", call_json(z, "13800138000", "13900139001"),
		           &h);
		heard_says(&h, "\"repeated\":true");
	}
	served_ask(&s, "/v1/events", s.key[BANK], "", call_json(z, "13800138000", "13900139001"), &h);
	heard_says(&h, "\"because\":{\"hidden\":true}");
	heard_hides(&h, "7 calls");
	served_ask(&s, "/v1/events", s.key[POLICE], "", call_json(z, "13800138000", "13900139001"), &h);
	heard_says(&h, "8 calls");
}

static void collect(void *ctx, uint64_t position, struct text line)
{
	(void)position;
	buf_text(ctx, line);
}

/* A replay tells the same alerts, with their organisations. */
static void test_replay(void **state)
{
	struct buf told, again, line, why;
	uint64_t position;
	struct shard_replay r = { .disk = &s.disk,
		                      .key = &s.token_key,
		                      .read_zone = served_no_zone,
		                      .engine = { .state_bytes_max = 1 << 24, .entities_max = 1 << 16 },
		                      .lateness_us = 10 * US_PER_MINUTE,
		                      .evidence_max = 5,
		                      .end = 8,
		                      .alert = collect,
		                      .ctx = &again };

	(void)state;
	buf_init(&told, 1 << 20);
	buf_init(&again, 1 << 20);
	buf_init(&line, 1 << 20);
	buf_init(&why, 1 << 16);
	for (uint64_t i = 0; alertlog_read(s.log, &i, &line, &position) == ERR_OK; i++)
		buf_text(&told, buf_view(&line));
	assert_int_equal(shard_replay(&r, &why), ERR_OK);
	assert_int_equal(r.alerts, 6);
	assert_int_equal(again.n, told.n);
	assert_memory_equal(again.p, told.p, told.n);
	assert_non_null(strstr(again.p, "\"organisation\":12,"));
	buf_release(&told);
	buf_release(&again);
	buf_release(&line);
	buf_release(&why);
}

static void test_quarantine(void **state)
{
	static const int others[] = { TELECOM, NAMELESS };

	(void)state;
	served_ask(&s, "/v1/decide", s.key[BANK], "", "{\"event\":\"call\",\"caller\":\"13800138000\"}", &h);
	heard_status(&h, 422);
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		get(others[i], "/v1/quarantine");
		heard_says(&h, "\"records\":[],\"after\":0}");
		get(others[i], "/v1/quarantine/1?reason=curious");
		heard_status(&h, 404);
		served_ask(&s, "/v1/quarantine/1/mend", s.key[others[i]], "", "{}", &h);
		heard_status(&h, 404);
		served_ask(&s, "/v1/quarantine/1/drop", s.key[others[i]], "", "{\"reason\":\"mine\"}", &h);
		heard_status(&h, 404);
	}
	get(POLICE, "/v1/quarantine");
	heard_says(&h, "\"number\":1,");
	get(BANK, "/v1/quarantine/1?reason=mending");
	heard_status(&h, 200);
	heard_says(&h, "13800138000");
	served_ask(&s, "/v1/quarantine/1/mend", s.key[BANK], "", "{}", &h);
	heard_status(&h, 422); /* still nothing but what was sent */
	served_ask(&s, "/v1/quarantine/1/drop", s.key[BANK], "", "{\"reason\":\"a test\"}", &h);
	heard_says(&h, "\"state\":\"dropped\"");
}

static void test_of_all(void **state)
{
	static const char entity[] = "/v1/entities/phone/00000000000000000000000000000000";

	(void)state;
	for (int who = BANK; who <= NAMELESS; who++) {
		get(who, entity);
		heard_status(&h, who == POLICE ? 404 : 403);
		served_ask(&s, "/v1/backtests", s.key[who], "", "{}", &h);
		heard_status(&h, who == POLICE ? 400 : 403);
		if (who != POLICE)
			heard_says(&h, "urn:duanka:problem:visibility");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_journal, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_list, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_filters, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_explain, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_stream, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_reload, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_own_answer, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_replay, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_quarantine, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_of_all, set_up, take_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
