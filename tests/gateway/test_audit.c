/* test_audit.c - what auditors, administrators and analysts ask over HTTP: verdicts about alerts and the events that they become, who saw whose data, what was done about a person, the chain of
 * the journal, organisations and the state of the service. Nothing personal is in what they get, and each look at a person is an act. */
#include "tests/test.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "gateway/access.h"
#include "gateway/keys_file.h"
#include "tests/gateway/served.h"
#include <stdlib.h>

static struct served s;
static struct heard h;

static const struct tenant tenants[] = {
	{ .name = "bank",
	  .number = 11,
	  .n_sees = 1,
	  .sees = { "self:*.*" },
	  .rate = 100,
	  .connector = CONNECTOR_COMMANDS,
	  .connector_url = "https://user:secret@bank.example:8443/orders?key=hidden" },
	{ .name = "police", .number = 13, .n_sees = 1, .sees = { "*:*.*" } },
	{ .name = "other", .number = 14, .n_sees = 2, .sees = { "self:*.*", "*:call.callee" } },
};

enum {
	BANK,
	POLICE,
	OTHER,
	AUDITOR,
	DISCIPLINE,
	ANALYST,
	BANK_AUDITOR,
	NOBODYS,
	ADMIN,
	ADMIN_2
};

static void data_here(struct config *c)
{
	snprintf(c->data, sizeof(c->data), "%s", s.directory);
}

#define ASKS (SCOPE_DECIDE | SCOPE_ALERTS)

static struct served_options options = {
	.policy =
		"entity phone\nentity person\nevent call { caller: phone, callee: phone, talk: duration? }\n"
		"event label { by_rule: text, right: bool, phone: phone?, person: person? }\n"
		"rule often on call about caller when count(call by caller over 1h) >= 1 then alert red, score 40 because \"often\"\n"
		"rule missed on label about phone when count(label by phone over 1h) >= 1 and not right then alert blue, score 1 because \"missed\"\n",
	.tenants = tenants,
	.n_tenants = ARRAY_LEN(tenants),
	.key = { { "bank", ASKS | SCOPE_ADMIN },
	         { "police", ASKS | SCOPE_ADMIN | SCOPE_REVEAL },
	         { "other", ASKS },
	         { "police", SCOPE_DESK, 1u << ROLE_AUDITOR },
	         { "police", SCOPE_DESK, 1u << ROLE_DISCIPLINE },
	         { "police", SCOPE_DESK, 1u << ROLE_ANALYST },
	         { "bank", SCOPE_DESK, 1u << ROLE_AUDITOR | 1u << ROLE_LEADER },
	         { "unknown", SCOPE_DESK, 1u << ROLE_AUDITOR | 1u << ROLE_LEADER },
	         { "police", SCOPE_DESK, 1u << ROLE_ADMIN },
	         { "police", SCOPE_DESK, 1u << ROLE_ADMIN } },
	.desk = true,
	.tune = data_here,
};

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

static long number(const char *z)
{
	return strtol(z, NULL, 10);
}

static void get(int who, const char *path)
{
	served_ask(&s, path, s.key[who], "", NULL, &h);
}

static void post(int who, const char *path, const char *body)
{
	served_ask(&s, path, s.key[who], "", body, &h);
}

static void decide(int who, char id[32])
{
	char z[256];

	post(who, "/v1/decide", call_json(z, "13800138000", "13900139001"));
	heard_status(&h, 200);
	snprintf(id, 32, "%s.often", heard_member(&h, "position"));
}

static void judge(int who, const char *id, const char *verdict, int status)
{
	char path[128], body[128];

	snprintf(path, sizeof(path), "/v1/alerts/%s/verdict", id);
	snprintf(body, sizeof(body), "{\"verdict\":\"%s\",\"why\":\"asked the caller\"}", verdict);
	post(who, path, body);
	heard_status(&h, status);
}

static uint32_t records_of(enum record_kind kind, const char *part)
{
	struct journal_reader *reader;
	struct record x;
	uint32_t n = 0;

	assert_int_equal(journal_reader_open(&reader, &s.disk, 0, UINT64_MAX), ERR_OK);
	while (journal_read(reader, &x, NULL) == ERR_OK)
		n += x.position != 0 && x.kind == kind && memmem(x.payload.p, x.payload.n, part, strlen(part)) != NULL;
	journal_reader_close(reader);
	return n;
}

/* The verdict is an act, becomes an event once, is shown where the alert is, and is known after a restart. */
static void test_verdict(void **state)
{
	char id[32], path[64];

	(void)state;
	decide(BANK, id);
	get(POLICE, "/v1/alerts");
	heard_says(&h, "\"verdict\":null}");
	judge(POLICE, id, "true", 200);
	heard_says(&h,
	           "\"verdict\":{\"verdict\":\"true\",\"by\":\"police/02000000\",\"time\":\"2026-03-02T08:00:00+08:00\"}");
	assert_int_equal(number(heard_member(&h, "label")), number(heard_member(&h, "act")) + 1);
	judge(POLICE, id, "true", 200); /* nothing new */
	heard_says(&h, "\"label\":null}");
	assert_int_equal(records_of(RECORD_EVENT, "often"), 1);
	judge(BANK, id, "false", 200); /* of its own event, whose caller it knows */
	assert_true(heard_member(&h, "label")[0] != 0);
	assert_int_equal(records_of(RECORD_EVENT, "often"), 2);
	assert_int_equal(records_of(RECORD_ACT, "{\"act\":\"verdict\",\"who\":"), 3);
	get(POLICE, "/v1/alerts?rule=often");
	heard_says(&h, "\"verdict\":{\"verdict\":\"false\",\"by\":\"bank/01000000\",");
	get(OTHER, "/v1/alerts?rule=often");
	heard_says(&h, "\"verdict\":{\"verdict\":\"false\",\"by\":null,");
	get(POLICE, "/v1/alerts?rule=missed"); /* the rules have heard */
	heard_says(&h, "\"rule\":\"missed\"");
	snprintf(path, sizeof(path), "/v1/explain/%s", id);
	get(BANK, path);
	heard_says(&h, "\"verdict\":{\"verdict\":\"false\",\"by\":\"bank/01000000\",");
	served_restart(&s, &options);
	get(POLICE, "/v1/alerts?rule=often");
	heard_says(&h, "\"verdict\":{\"verdict\":\"false\",");
	judge(POLICE, id, "true", 200);
	assert_true(heard_member(&h, "label")[0] != 0);
	assert_int_equal(records_of(RECORD_EVENT, "often"), 3);
}

static void test_verdict_refused(void **state)
{
	char id[32], other[36];

	(void)state;
	decide(BANK, id);
	judge(OTHER, id, "true", 403); /* it sees that there is one, not about whom */
	heard_says(&h, "urn:duanka:problem:visibility");
	judge(POLICE, id, "maybe", 400);
	judge(POLICE, "999999.often", "true", 404);
	judge(POLICE, "often", "true", 404);
	for (size_t i = 0; i < 2; i++) { /* an alert has one id */
		snprintf(other, sizeof(other), "%s%s", i == 0 ? "0" : "+", id);
		judge(POLICE, other, "true", 404);
	}
	judge(AUDITOR, id, "true", 403); /* without the scope */
	assert_int_equal(records_of(RECORD_ACT, "verdict"), 0);
}

/* What is found now is no later than the newest event: a feed that lags by hours is taken as before. */
static void test_verdict_makes_nothing_late(void **state)
{
	char id[32], other[32];
	int64_t clock = served_clock;

	(void)state;
	decide(BANK, id);
	served_clock = clock + 3 * US_PER_HOUR;
	judge(POLICE, id, "true", 200);
	assert_true(heard_member(&h, "label")[0] != 0);
	served_clock = clock + US_PER_SECOND;
	decide(BANK, other);
	heard_says(&h, "\"outcome\":\"accepted\"");
}

/* Newest first, page by page, over segments; by person, user and time. */
static void test_access(void **state)
{
	char id[32], path[160], token[64];
	struct served_options o = options;

	(void)state;
	o.segment_bytes = 4096;
	served_restart(&s, &o);
	for (int i = 0; i < 60; i++) {
		decide(BANK, id);
		snprintf(path, sizeof(path), "/v1/explain/%.20s?reason=look+%d", heard_member(&h, "position"), i);
		get(i % 2 == 0 ? POLICE : BANK, path);
		heard_status(&h, 200);
	}
	snprintf(token, sizeof(token), "%s", heard_member(&h, "alerts.0.about.token"));
	assert_int_equal(strlen(token), 32);
	get(AUDITOR, "/v1/audit/access?limit=7");
	heard_status(&h, 200);
	heard_says(&h, "\"why\":\"look 59\"");
	heard_says(&h, "\"why\":\"look 53\"");
	heard_hides(&h, "\"why\":\"look 52\"");
	heard_hides(&h, "13800138000");
	assert_true(strstr(h.body.p, "look 59") < strstr(h.body.p, "look 58"));
	for (int i = 52; i >= 0;) { /* the rest, each once */
		int before = i;
		char why[32];

		assert_true(heard_member(&h, "cursor")[0] != 0);
		snprintf(path, sizeof(path), "/v1/audit/access?limit=7&cursor=%.20s", heard_member(&h, "cursor"));
		get(AUDITOR, path);
		for (snprintf(why, sizeof(why), "\"look %d\"", i); i >= 0 && strstr(h.body.p, why) != NULL;)
			snprintf(why, sizeof(why), "\"look %d\"", --i);
		assert_true(before - i <= 7);
	}
	snprintf(path, sizeof(path), "/v1/audit/access?token=%s&user=police/02000000&limit=500", token);
	get(AUDITOR, path);
	heard_says(&h, "\"look 58\"");
	heard_hides(&h, "\"look 59\"");
	get(AUDITOR, "/v1/audit/access?from=2001-01-01T00:00:00&to=2002-01-01T00:00:00");
	heard_says(&h, "{\"acts\":[],\"cursor\":null}");
	get(DISCIPLINE, "/v1/audit/access");
	heard_status(&h, 403);
	get(BANK_AUDITOR, "/v1/audit/access?limit=500"); /* its own organisation's acts */
	heard_status(&h, 200);
	heard_says(&h, "\"look 59\"");
	heard_says(&h, "\"look 1\"");
	heard_hides(&h, "\"look 58\"");
	heard_hides(&h, "\"organisation\":13");
	get(NOBODYS, "/v1/audit/access");
	heard_status(&h, 403);
	get(AUDITOR, "/v1/audit/access?token=13800138000");
	heard_status(&h, 400);
}

static void test_person(void **state)
{
	char path[160], token[64];

	(void)state;
	post(
		ANALYST, "/v1/cards",
		"{\"step\":\"list\",\"phone\":\"13800138000\",\"operator\":11,\"level\":1,\"basis\":\"AFL-11\",\"evidence\":[1]}");
	heard_status(&h, 201);
	snprintf(token, sizeof(token), "%s", heard_member(&h, "object.fields.phone.token"));
	assert_int_equal(strlen(token), 32);
	snprintf(path, sizeof(path), "/v1/audit/person/phone/%s?reason=objection+A-7", token);
	get(ANALYST, path);
	heard_status(&h, 403);
	assert_int_equal(records_of(RECORD_ACT, "audit-person"), 0);
	get(BANK_AUDITOR, path); /* what was done about a person all have done */
	heard_status(&h, 403);
	get(NOBODYS, path);
	heard_status(&h, 403);
	assert_int_equal(records_of(RECORD_ACT, "audit-person"), 0);
	get(DISCIPLINE, path);
	heard_status(&h, 200);
	heard_says(&h, "{\"kind\":\"phone\",\"token\":\"");
	heard_says(&h, "\"objects\":[{\"object\":{\"id\":\"C");
	heard_says(&h, "\"step\":{\"name\":\"list\",");
	heard_says(&h, ",\"more\":false}");
	heard_hides(&h, "13800138000");
	assert_int_equal(records_of(RECORD_ACT, "\"act\":\"audit-person\""), 1);
	get(AUDITOR, "/v1/audit/access");
	heard_says(&h, "\"act\":\"audit-person\"");
	heard_says(&h, "A-7");
	get(AUDITOR, "/v1/audit/person/planet/0123456789abcdef0123456789abcdef");
	heard_status(&h, 404);
	get(AUDITOR, "/v1/audit/person/phone/13800138000");
	heard_status(&h, 404);
}

static void await_verified(void)
{
	do
		get(AUDITOR, "/v1/audit/chain");
	while (strcmp(heard_member(&h, "job"), "") != 0);
	heard_status(&h, 200);
}

/* What was walked is told, also after a restart; a byte that was changed is found. */
static void test_chain(void **state)
{
	char id[32];
	uint64_t bytes;
	int fd;
	char byte;
	size_t got;

	(void)state;
	decide(BANK, id);
	get(AUDITOR, "/v1/audit/chain");
	heard_says(&h, "\"verified\":null,\"job\":null}");
	post(ANALYST, "/v1/audit/chain/verify", "{}");
	heard_status(&h, 403);
	post(AUDITOR, "/v1/audit/chain/verify", "{\"why\":\"the yearly audit\"}");
	heard_status(&h, 202);
	await_verified();
	heard_says(&h, "\"whole\":true");
	heard_says(&h, "\"wrong\":0,\"lines\":[]}");
	assert_int_equal(number(heard_member(&h, "verified.last")) + 1, number(heard_member(&h, "next")));
	assert_int_equal(records_of(RECORD_ACT, "\"act\":\"verify\""), 1);
	served_restart(&s, &options);
	get(AUDITOR, "/v1/audit/chain");
	heard_says(&h, "\"whole\":true");
	assert_int_equal(s.disk.open(s.disk.ctx, "journal/00000000000000000001.seg", DISK_WRITE, &fd), ERR_OK);
	assert_int_equal(s.disk.size(s.disk.ctx, fd, &bytes), ERR_OK);
	assert_int_equal(s.disk.read_at(s.disk.ctx, fd, 300, &byte, 1, &got), ERR_OK);
	byte ^= 1;
	assert_int_equal(s.disk.write_at(s.disk.ctx, fd, 300, &byte, 1), ERR_OK);
	post(AUDITOR, "/v1/audit/chain/verify", "{}");
	heard_status(&h, 202);
	await_verified();
	heard_says(&h, "\"whole\":false");
	heard_says(&h, "journal/00000000000000000001.seg: byte ");
	byte ^= 1;
	assert_int_equal(s.disk.write_at(s.disk.ctx, fd, 300, &byte, 1), ERR_OK);
	s.disk.close(s.disk.ctx, fd);
}

/* No secrets, and not for those who do not see everything. */
static void test_overview(void **state)
{
	char id[32];

	(void)state;
	decide(BANK, id);
	get(POLICE, "/v1/organisations");
	heard_status(&h, 200);
	heard_says(&h, "{\"name\":\"bank\",\"number\":11,\"rate\":100,");
	heard_says(&h, "\"connector\":{\"kind\":\"commands\",\"host\":\"bank.example:8443\",");
	heard_says(&h, "\"keys\":2,\"events\":1,");
	heard_hides(&h, "secret");
	heard_hides(&h, "hidden");
	get(POLICE, "/v1/health/details");
	heard_status(&h, 200);
	heard_says(&h, "{\"journal\":{\"first\":1,\"next\":");
	heard_says(&h, "\"segments\":1,");
	heard_says(&h, "\"failing\":false,");
	get(POLICE, "/v1/keys");
	heard_status(&h, 200);
	heard_says(
		&h,
		"{\"id\":\"04000000\",\"tenant\":\"police\",\"scopes\":[\"desk\"],\"roles\":[\"auditor\"],\"user\":\"key-1\"");
	heard_hides(&h, "hash");
	heard_hides(&h, s.key[AUDITOR] + 12);
	post(POLICE, "/v1/keys", "{\"tenant\":\"t\",\"scopes\":[\"decide\"],\"why\":\"x\"}");
	heard_status(&h, 422); /* no organisation of the settings */
	post(POLICE, "/v1/keys", "{\"tenant\":\"bank\",\"scopes\":[\"decide\"],\"why\":\"x\"}");
	heard_status(&h, 501); /* nobody reads keys again here; tests/e2e/admin.sh has it */
	get(BANK, "/v1/organisations");
	heard_status(&h, 403);
	get(BANK, "/v1/keys");
	heard_status(&h, 403);
	get(BANK, "/v1/health/details");
	heard_status(&h, 403);
}

/* Once an administrator logs in, no key is made with which its maker would be another person; those of programs are. */
static void test_keys_of_people(void **state)
{
	static const char *const personal[] = { "\"scopes\":[\"policies\"]", "\"scopes\":[\"alerts\",\"reveal\"]",
		                                    "\"scopes\":[\"admin\"]", "\"scopes\":[\"desk\"],\"roles\":[\"leader\"]",
		                                    "\"scopes\":[\"connector\"],\"roles\":[\"bank-desk\"]" },
							 *const others[] = { "\"scopes\":[\"decide\",\"alerts\"]",
		                                         "\"scopes\":[\"connector\"],\"roles\":[\"connector\"]" };
	char z[160];

	(void)state;
	for (int people = 0; people < 2; people++) {
		for (size_t i = 0; i < ARRAY_LEN(personal); i++) {
			snprintf(z, sizeof(z), "{\"tenant\":\"bank\",%s,\"why\":\"x\"}", personal[i]);
			post(POLICE, "/v1/keys", z);
			heard_status(&h, people ? 403 : 501);
			heard_says(&h, people ? "four-eyes" : "reload");
		}
		for (size_t i = 0; i < ARRAY_LEN(others); i++) {
			snprintf(z, sizeof(z), "{\"tenant\":\"bank\",%s,\"why\":\"x\"}", others[i]);
			post(POLICE, "/v1/keys", z);
			heard_status(&h, 501);
		}
		if (people)
			break;
		snprintf(z, sizeof(z), "{\"login\":\"ad.min\",\"roles\":%u,\"organisation\":13}", 1u << ROLE_ADMIN);
		post(ADMIN, "/v1/users", z);
		heard_status(&h, 201);
		snprintf(z, sizeof(z), "/v1/users/%s/activate", heard_member(&h, "object.id"));
		served_ask(&s, z, s.key[ADMIN_2], "If-Match: *\r\n", "", &h);
		heard_status(&h, 200);
	}
}

/* Each allocation fails once: an error, and nothing leaks. */
static void test_access_memory(void **state)
{
	struct access_query q = { .from_us = ACCESS_ALWAYS_US, .until_us = INT64_MAX };
	char id[32], path[64];
	enum err e = ERR_MEMORY;
	uint64_t n = 0;

	(void)state;
	decide(BANK, id);
	snprintf(path, sizeof(path), "/v1/explain/%s", id);
	get(BANK, path);
	heard_status(&h, 200);
	while (e != ERR_OK) {
		uint64_t before = UINT64_MAX;
		struct buf out, why;
		uint32_t k = 0;

		buf_init(&out, 1 << 20);
		buf_init(&why, 4096);
		mem_fail_at(++n);
		e = access_page(&s.disk, &q, 10, &before, &out, &k, &why);
		mem_fail_at(0);
		if (e == ERR_OK)
			assert_int_equal(k, 1);
		else
			assert_int_equal(e, ERR_MEMORY);
		buf_release(&out);
		buf_release(&why);
	}
	assert_true(n > 4);
}

/* A change that can't be written leaves the file as it was; of one whose folder can't be synced, the new file is there. */
static void test_keys_file(void **state)
{
	static const unsigned char random[KEY_RANDOM_BYTES] = { 9 };
	struct key_entry as = { .scopes = SCOPE_ALERTS, .until_us = INT64_MAX, .tenant = "bank" };
	char z[KEY_CHARS + 1];
	struct keys_file f;
	enum err e = ERR_IO;
	struct buf why;
	uint32_t stood = 0; /* failures after which the new file was there */

	(void)state;
	buf_init(&why, 1 << 16);
	for (uint64_t n = 1; e != ERR_OK; n++) {
		assert_int_equal(keys_file_open(&f, s.directory, true, &why), ERR_OK);
		stood += f.keys.n;
		keys_release(&f.keys);
		assert_int_equal(keys_make(&f.keys, &as, random, z), ERR_OK);
		file_fail_at(n);
		e = keys_file_store(&f, &why);
		file_fail_at(0);
		assert_true(e == ERR_OK || why.n > 0);
		buf_clear(&why);
		keys_file_close(&f);
	}
	assert_int_equal(keys_file_open(&f, s.directory, false, &why), ERR_OK);
	assert_int_equal(f.keys.n, 1);
	assert_int_equal(stood, 1);
	keys_file_close(&f);
	buf_release(&why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_verdict, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_verdict_refused, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_verdict_makes_nothing_late, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_keys_of_people, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_access, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_person, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_chain, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_overview, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_access_memory, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_keys_file, set_up, take_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
