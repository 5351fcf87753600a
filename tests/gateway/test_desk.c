/* test_desk.c - the desk over HTTP: objects, steps, versions, batches, reach, and that nobody is named. */
#include "tests/test.h"
#include <ftw.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "desk/script.h"
#include "tests/gateway/served.h"

#define R(role) (1u << ROLE_##role)
#define DESK (SCOPE_DESK | SCOPE_DECIDE)

enum {
	INTAKE,
	LEADER,
	STATION,
	BANK,
	OTHER_BANK,
	ADMIN,
	ADMIN_2,
	NO_ROLES,
	ANALYST
};

static const struct tenant tenants[] = {
	{ .name = "police", .number = 13, .n_sees = 1, .sees = { "*:*.*" } },
	{ .name = "bank", .number = 11, .n_sees = 1, .sees = { "self:*.*" } },
	{ .name = "bank-2", .number = 12, .n_sees = 1, .sees = { "self:*.*" } },
};

static const struct served_options options = {
	.policy = "entity phone, person, account\nevent call { caller: phone, callee: phone, talk: duration? }\n"
			  "rule often on call about caller when count(call by caller over 1h) >= 3 then alert red because \"x\"\n",
	.tenants = tenants,
	.n_tenants = ARRAY_LEN(tenants),
	.desk = true,
	.key = { { "police", DESK, R(INTAKE) | R(STOP_SEAT), 0 },
	         { "police", DESK, R(LEADER), 0 },
	         { "police", DESK, R(STATION), 7 },
	         { "bank", DESK, R(BANK_DESK), 0 },
	         { "bank-2", DESK, R(BANK_DESK), 0 },
	         { "police", DESK, R(ADMIN), 0 },
	         { "police", DESK, R(ADMIN), 0 },
	         { "police", SCOPE_DECIDE, 0, 0 },
	         { "police", DESK, R(ANALYST), 0 } },
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

static void post(int who, const char *path, const char *headers, const char *body)
{
	served_ask(&s, path, s.key[who], headers, body, &h);
}

static void test_incident(void **state)
{
	char id[32], path[128];

	(void)state;
	post(INTAKE, "/v1/incidents", "",
	     "{\"channel\":\"110\",\"caller\":\"13800138000\",\"amount\":1234.5,\"note\":\"he said his name is 张三丰\","
	     "\"victim_name\":\"张三丰\",\"district\":7}");
	heard_status(&h, 201);
	heard_says(&h, "\"kind\":\"incident\",\"kind_zh\":\"警情\"");
	heard_says(&h, "\"state\":{\"name\":\"received\",\"zh\":\"已接警\",\"final\":false}");
	heard_says(&h, "\"shown\":\"138****8000\"");
	heard_says(&h, "\"amount\":1234.5");
	heard_says(&h, "\"victim_name\":{\"sealed\":true}");
	heard_hides(&h, "张三丰");
	heard_hides(&h, "13800138000");
	snprintf(id, sizeof(id), "%s", heard_member(&h, "object.id"));
	snprintf(path, sizeof(path), "/v1/incidents/%s", id);
	get(INTAKE, path);
	heard_status(&h, 200);
	assert_non_null(strstr(h.head.p, "ETag: \"1\"\r\n"));
	heard_says(&h, "{\"name\":\"join\",\"zh\":\"三方通话\"");
	get(STATION, path);
	heard_status(&h, 200); /* its district */
	get(BANK, path);
	heard_status(&h, 404);
	snprintf(path, sizeof(path), "/v1/incidents/%s/join", id);
	post(INTAKE, path, "", "{}");
	heard_status(&h, 428);
	post(INTAKE, path, "If-Match: \"9\"\r\n", "{}");
	heard_status(&h, 412);
	heard_says(&h, "urn:duanka:problem:desk-version");
	post(INTAKE, path, "If-Match: \"1\"\r\n", "{}");
	heard_status(&h, 200);
	assert_string_equal(heard_member(&h, "object.state.name"), "joined");
	post(INTAKE, path, "If-Match: *\r\n", "");
	heard_status(&h, 409);
	heard_says(&h, "urn:duanka:problem:desk-state");
	snprintf(path, sizeof(path), "/v1/incidents/%s/history", id);
	get(INTAKE, path);
	heard_says(&h, "\"step\":{\"name\":\"join\",\"zh\":\"三方通话\"},\"before\":\"received\"");
	heard_says(&h, "\"user\":\"key-1\"");
}

static void make_incident(int who, const char *caller, int district)
{
	char body[256];

	snprintf(body, sizeof(body), "{\"channel\":\"110\",\"caller\":\"%s\",\"district\":%d}", caller, district);
	post(who, "/v1/incidents", "", body);
	heard_status(&h, 201);
}

static void test_lists(void **state)
{
	char first[32], path[256], cursor[128];

	(void)state;
	for (int i = 0; i < 5; i++) {
		char caller[16];

		snprintf(caller, sizeof(caller), "1380013800%d", i);
		served_clock += US_PER_SECOND;
		make_incident(INTAKE, caller, i < 3 ? 7 : 8);
		if (i == 0)
			snprintf(first, sizeof(first), "%s", heard_member(&h, "object.id"));
	}
	get(INTAKE, "/v1/incidents?limit=2");
	assert_string_equal(heard_member(&h, "objects.0.id"), first);
	snprintf(cursor, sizeof(cursor), "%s", heard_member(&h, "cursor"));
	snprintf(path, sizeof(path), "/v1/incidents?limit=2&cursor=%s", cursor);
	get(INTAKE, path);
	assert_string_equal(heard_member(&h, "objects.2.id"), "");
	assert_string_not_equal(heard_member(&h, "objects.0.id"), first);
	snprintf(path, sizeof(path), "/v1/incidents?limit=2&cursor=%s", heard_member(&h, "cursor"));
	get(INTAKE, path);
	assert_string_not_equal(heard_member(&h, "objects.0.id"), "");
	assert_string_equal(heard_member(&h, "objects.1.id"), "");
	assert_string_equal(heard_member(&h, "cursor"), "");
	snprintf(path, sizeof(path), "/v1/incidents?sort=changed&cursor=%s", cursor);
	get(INTAKE, path);
	heard_status(&h, 400);
	get(INTAKE, "/v1/incidents?entity=phone:13800138000");
	assert_string_equal(heard_member(&h, "objects.0.id"), first);
	assert_string_equal(heard_member(&h, "objects.1.id"), "");
	for (int i = 0; i < 59; i++)
		get(INTAKE, "/v1/incidents?entity=phone:13800138000");
	heard_status(&h, 200);
	get(INTAKE, "/v1/incidents?entity=phone:13800138000");
	heard_status(&h, 429); /* who tries them all is slowed down, and each try is an act */
	get(STATION, "/v1/incidents");
	assert_string_not_equal(heard_member(&h, "objects.2.id"), "");
	assert_string_equal(heard_member(&h, "objects.3.id"), "");
	get(STATION, "/v1/incidents?district=8");
	assert_string_equal(heard_member(&h, "objects.0.id"), "");
	get(INTAKE, "/v1/incidents?district=8&state=received,joined&open=true&sort=urgency&mine=true");
	assert_string_not_equal(heard_member(&h, "objects.1.id"), "");
	get(INTAKE, "/v1/incidents?state=closed");
	assert_string_equal(heard_member(&h, "objects.0.id"), "");
	get(INTAKE, "/v1/incidents?mine=maybe");
	heard_status(&h, 400);
	heard_says(&h, "\"detail\":\"mine is true or false\",\"detail_zh\":\"mine 为 true 或 false\"");
	get(LEADER, "/v1/incidents?mine=1");
	assert_string_equal(heard_member(&h, "objects.0.id"), "");
	get(INTAKE, "/v1/incidents?due=2030-01-01T00:00:00%2B08:00&limit=3");
	assert_string_not_equal(heard_member(&h, "objects.2.id"), "");
	get(INTAKE, "/v1/incidents?due=2020-01-01T00:00:00%2B08:00");
	assert_string_equal(heard_member(&h, "objects.0.id"), "");
	get(INTAKE, "/v1/incidents/next");
	assert_string_equal(heard_member(&h, "object.id"), first);
	get(BANK, "/v1/incidents/next");
	heard_says(&h, "{\"object\":null}");
	get(INTAKE, "/v1/incidents?state=bogus");
	heard_status(&h, 400);
	get(INTAKE, "/v1/incidents?grade=x");
	heard_status(&h, 400);
	get(INTAKE, "/v1/incidents?entity=phone");
	heard_status(&h, 400);
	get(NO_ROLES, "/v1/incidents");
	heard_status(&h, 403);
}

/* Two saw the same version; one is faster. */
static void test_race(void **state)
{
	char path[128], key[96];

	(void)state;
	make_incident(INTAKE, "13800138000", 7);
	snprintf(path, sizeof(path), "/v1/incidents/%s/capture", heard_member(&h, "object.id"));
	post(INTAKE, path, "If-Match: \"1\"\r\n", "{\"loss\":10}");
	heard_status(&h, 200);
	post(LEADER, path, "If-Match: \"1\"\r\n", "{\"loss\":20}");
	heard_status(&h, 412);
	post(LEADER, path, "If-Match: nonsense\r\n", "{\"loss\":20}");
	heard_status(&h, 400);
	/* the same order twice is one; another organisation's key of that name is another */
	snprintf(key, sizeof(key), "If-Match: \"2\"\r\nIdempotency-Key: once\r\n");
	post(LEADER, path, key, "{\"loss\":20}");
	heard_status(&h, 200);
	heard_says(&h, "\"repeated\":false");
	post(LEADER, path, key, "{\"loss\":20}");
	heard_status(&h, 200);
	heard_says(&h, "\"repeated\":true");
	heard_says(&h, "\"version\":3");
	heard_says(&h, "\"loss\":20");
}

static void test_fields(void **state)
{
	static const struct {
		const char *body, *says;
	} wrong[] = {
		{ "{\"caller\":\"13800138000\"}", "\"field\":\"channel\"" },
		{ "{\"channel\":\"bogus\",\"caller\":\"13800138000\"}", "\"field\":\"channel\"" },
		{ "{\"channel\":\"110\",\"caller\":\"not a phone\"}", "\"field\":\"caller\"" },
		{ "{\"channel\":\"110\",\"caller\":\"13800138000\",\"amount\":1.005}", "\"field\":\"amount\"" },
		{ "{\"channel\":\"110\",\"caller\":\"13800138000\",\"amount\":-1}", "\"field\":\"amount\"" },
		{ "{\"channel\":\"110\",\"caller\":\"13800138000\",\"paid\":\"yesterday\"}", "\"field\":\"paid\"" },
		{ "{\"channel\":\"110\",\"caller\":\"13800138000\",\"evidence\":[0]}", "\"field\":\"evidence\"" },
		{ "{\"channel\":\"110\",\"caller\":\"13800138000\",\"evidence\":[3,2]}", "\"field\":\"evidence\"" },
		{ "{\"channel\":\"110\",\"caller\":\"13800138000\",\"evidence\":[1,4000000]}", "beyond the newest record" },
		{ "{\"channel\":\"110\",\"caller\":\"abc\"}", "\"field\":\"caller\"" },
		{ "{\"channel\":\"110\",\"caller\":\"13800138000\",\"payee\":\"他的账户\"}", "\"field\":\"payee\"" },
		{ "{\"channel\":\"110\",\"caller\":\"13800138000\",\"note\":\"\"}", "\"field\":\"note\"" },
		{ "{\"channel\":\"110\",\"caller\":\"13800138000\",\"district\":65536}", "\"field\":\"district\"" },
		{ "{\"channel\":\"110\",\"caller\":\"13800138000\",\"hm\":1}", "desk-field-extra" },
		{ "{\"channel\":\"110\",\"caller\":\"13800138000\",\"case_no\":\"A\"}", "\"field\":\"case_no\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		post(INTAKE, "/v1/incidents", "", wrong[i].body);
		heard_status(&h, 422);
		heard_says(&h, wrong[i].says);
		heard_says(&h, "\"message_zh\":");
	}
	post(INTAKE, "/v1/incidents", "", "[]");
	heard_status(&h, 400);
	post(INTAKE, "/v1/incidents", "", "{\"step\":\"close\"}");
	heard_status(&h, 422);
	post(
		INTAKE, "/v1/incidents", "",
		"{\"channel\":{\"name\":\"96110\"},\"caller\":{\"plain\":\"138 0013 8000\"},\"payee\":{\"token\":\"00112233445566778899aabbccddeeff\"},"
		"\"amount\":\"12.34\",\"paid\":\"2026-03-01T08:00:00+08:00\",\"evidence\":[1,2]}");
	heard_status(&h, 201);
	heard_says(&h, "\"payee\":{\"kind\":\"account\",\"token\":\"00112233445566778899aabbccddeeff\",\"shown\":null}");
	heard_says(&h, "\"amount\":12.34,\"paid\":\"2026-03-01T08:00:00+08:00\"");
}

/* A token that is known, but of another kind of thing; and one that nobody knows. */
static void test_kinds(void **state)
{
	char body[256], phone[40];

	(void)state;
	make_incident(INTAKE, "13800138000", 7);
	snprintf(phone, sizeof(phone), "%s", heard_member(&h, "object.fields.caller.token"));
	snprintf(body, sizeof(body), "{\"channel\":\"110\",\"caller\":\"%s\",\"payee\":\"%s\"}", phone, phone);
	post(INTAKE, "/v1/incidents", "", body);
	heard_status(&h, 422);
	heard_says(&h, "\"field\":\"payee\"");
	heard_says(&h, "another kind");
	heard_says(&h, "\"detail_zh\":\"此令牌属于另一类别\"");
	post(INTAKE, "/v1/incidents", "", "{\"channel\": <1> is true or false");
	heard_status(&h, 400);
	heard_says(&h, "\"detail\":\"the body is no JSON: line 1, column 13: ");
	heard_says(&h, "\"detail_zh\":\"请求内容不是 JSON：第 1 行第 13 列：invalid token near '<'");
	snprintf(body, sizeof(body), "{\"channel\":\"110\",\"caller\":\"%s\"}", phone);
	post(INTAKE, "/v1/incidents", "", body);
	heard_status(&h, 201);
}

static void test_batch(void **state)
{
	char body[2048], id[32];

	(void)state;
	make_incident(INTAKE, "13800138000", 7);
	snprintf(id, sizeof(id), "%s", heard_member(&h, "object.id"));
	snprintf(body, sizeof(body),
	         "{\"kind\":\"incident\",\"fields\":{\"channel\":\"110\",\"caller\":\"13800138001\",\"note\":\"x\"}}\n"
	         "\n"
	         "{\"object\":\"%s\",\"step\":\"join\",\"version\":1}\n"
	         "{\"object\":\"%s\",\"step\":\"join\",\"version\":1}\n"
	         "{\"object\":\"%s\",\"step\":\"bogus\"}\n"
	         "{\"object\":\"I-999\",\"step\":\"join\"}\n"
	         "{\"object\":\"%s\",\"step\":\"capture\",\"fields\":{\"amount\":\"x\"}}\n"
	         "nonsense\n",
	         id, id, id, id);
	post(INTAKE, "/v1/commands", "Idempotency-Key: batch\r\n", body);
	heard_status(&h, 200);
	heard_says(&h, "{\"line\":1,\"object\":\"I-");
	heard_says(&h, "\"state\":\"joined\"");
	heard_says(&h, "{\"line\":4,\"refused\":\"version\"");
	heard_says(&h, "{\"line\":5,\"refused\":\"no-such-step\"");
	heard_says(&h, "{\"line\":6,\"refused\":\"absent\"");
	heard_says(&h, "{\"line\":7,\"refused\":\"field-value\"");
	heard_says(&h, "{\"line\":8,\"wrong\":");
	heard_says(&h, "{\"complete\":true,\"lines\":8,\"accepted\":2,\"refused\":4,\"wrong\":1}");
	post(INTAKE, "/v1/commands", "Idempotency-Key: batch\r\n", body);
	heard_says(&h, "\"repeated\":true");
	get(INTAKE, "/v1/incidents");
	assert_string_not_equal(heard_member(&h, "objects.1.id"), "");
	assert_string_equal(heard_member(&h, "objects.2.id"), "");
	get(STATION, "/v1/commands");
	heard_status(&h, 405);
}

/* A thousand lines go in groups. */
static void test_many(void **state)
{
	struct buf body;

	(void)state;
	buf_init(&body, 1 << 20);
	for (int i = 0; i < 1201; i++)
		buf_printf(&body, "{\"kind\":\"incident\",\"fields\":{\"channel\":\"110\",\"caller\":\"138%08d\"}}\n", i);
	post(INTAKE, "/v1/commands", "", body.p);
	heard_says(&h, "{\"complete\":true,\"lines\":1201,\"accepted\":1201,\"refused\":0,\"wrong\":0}");
	buf_release(&body);
}

static void test_stream(void **state)
{
	char id[32], last[64], headers[96];
	struct heard e;
	int fd = served_connect(&s);

	(void)state;
	heard_init(&e);
	served_send(fd, "GET", "/v1/desk/stream", s.key[STATION], "", TEXT(""));
	served_hear(fd, &e);
	assert_int_equal(e.status, 200);
	make_incident(INTAKE, "13800138000", 8); /* another district's */
	make_incident(INTAKE, "13800138001", 7);
	snprintf(id, sizeof(id), "\"id\":\"%s\"", heard_member(&h, "object.id"));
	snprintf(last, sizeof(last), "id: %s\n", heard_member(&h, "position"));
	served_hear_until(fd, &e, last);
	heard_says(&e, id);
	heard_hides(&e, "\"district\":8");
	close(fd);
	/* from the position on: this one, once more, and what came later */
	snprintf(headers, sizeof(headers), "Last-Event-ID: %lld\r\n",
	         (long long)strtoll(heard_member(&h, "position"), NULL, 10) - 1);
	fd = served_connect(&s);
	served_send(fd, "GET", "/v1/desk/stream", s.key[STATION], headers, TEXT(""));
	served_hear(fd, &e);
	served_hear_until(fd, &e, last);
	heard_says(&e, id);
	close(fd);
	heard_release(&e);
}

static void test_views(void **state)
{
	char id[32], body[512];

	(void)state;
	post(INTAKE, "/v1/incidents", "",
	     "{\"channel\":\"110\",\"caller\":\"13800138000\",\"victim_name\":\"张三丰\",\"district\":7}");
	snprintf(id, sizeof(id), "%s", heard_member(&h, "object.id"));
	snprintf(body, sizeof(body), "{\"object\":\"%s\",\"case\":\"A-1\"}", id);
	post(LEADER, "/v1/desk/views", "", body);
	heard_status(&h, 422);
	heard_says(&h, "\"detail_zh\":\"\\\"purpose\\\" 为 1 至 200 字节的文本");
	heard_says(&h, "problem:purpose");
	snprintf(body, sizeof(body), "{\"object\":\"%s\",\"purpose\":\"call back\"}", id);
	post(LEADER, "/v1/desk/views", "", body);
	heard_status(&h, 422);
	heard_says(&h, "problem:case");
	snprintf(body, sizeof(body), "{\"object\":\"%s\",\"purpose\":\"call 13800138000\",\"case\":\"A-1\"}", id);
	post(LEADER, "/v1/desk/views", "", body); /* it would stand in the journal in plain */
	heard_status(&h, 422);
	heard_says(&h, "problem:purpose");
	snprintf(body, sizeof(body), "{\"object\":\"%s\",\"purpose\":\"call back\",\"case\":\"A13800138000\"}", id);
	post(LEADER, "/v1/desk/views", "", body);
	heard_status(&h, 422);
	heard_says(&h, "problem:case");
	snprintf(body, sizeof(body), "{\"object\":\"%s\",\"purpose\":\"call back\",\"case\":\"A-1\"}", id);
	post(ADMIN, "/v1/desk/views", "", body);
	heard_status(&h, 403);
	post(BANK, "/v1/desk/views", "", body);
	heard_status(&h, 404);
	post(LEADER, "/v1/desk/views", "", body);
	heard_status(&h, 200);
	assert_string_equal(heard_member(&h, "plain.caller"), "13800138000");
	assert_string_equal(heard_member(&h, "plain.victim_name"), "张三丰");
	assert_string_not_equal(heard_member(&h, "act"), "");
	snprintf(body, sizeof(body),
	         "{\"object\":\"%s\",\"purpose\":\"call back\",\"case\":\"A-1\",\"fields\":[\"caller\"]}", id);
	post(STATION, "/v1/desk/views", "", body);
	heard_status(&h, 200);
	heard_hides(&h, "victim_name");
	snprintf(body, sizeof(body),
	         "{\"object\":\"%s\",\"purpose\":\"call back\",\"case\":\"A-1\",\"fields\":[\"channel\"]}", id);
	post(STATION, "/v1/desk/views", "", body);
	heard_status(&h, 422);
}

static bool holds(const char *path, const char *plain)
{
	struct buf b;
	bool found;

	buf_init(&b, 1 << 28);
	assert_int_equal(file_read_all(path, 1 << 28, &b), ERR_OK);
	found = b.n > 0 && memmem(b.p, b.n, plain, strlen(plain)) != NULL;
	buf_release(&b);
	return found;
}

static const char *const planted[] = { "13912345678", "6222021234567890123", "11010119900307771", "李雷韩梅梅" };
static uint32_t files_seen;

static int look_into(const char *path, const struct stat *st, int what, struct FTW *at)
{
	(void)st;
	(void)at;
	if (what != FTW_F)
		return 0;
	files_seen++;
	for (size_t i = 0; i < ARRAY_LEN(planted); i++)
		if (holds(path, planted[i]))
			fail_msg("%s holds %s", path, planted[i]);
	return 0;
}

/* Plain numbers and names are planted; they stand in no answer but a view's, and in no file: journal, registry, texts, alerts. */
static void test_planted(void **state)
{
	static const char *const paths[] = { "/v1/incidents",        "/v1/stops",          "/v1/accounts",
		                                 "/v1/measures",         "/v1/incidents/next", "/v1/desk/machines",
		                                 "/v1/desk/permissions", "/v1/metrics" };
	char path[128];

	(void)state;
	post(
		INTAKE, "/v1/incidents", "",
		"{\"channel\":\"110\",\"caller\":\"139 1234 5678\",\"victim\":\"110101199003077715\",\"victim_name\":\"李雷韩梅梅\","
		"\"payee\":\"6222021234567890123\",\"payee_bank\":11,\"payee_name\":\"李雷韩梅梅\",\"amount\":5,"
		"\"paid\":\"2026-03-01T08:00:00+08:00\",\"note\":\"李雷韩梅梅 13912345678\",\"district\":7,\"evidence\":[1]}");
	heard_status(&h, 201);
	for (size_t i = 0; i < ARRAY_LEN(planted); i++)
		heard_hides(&h, planted[i]);
	heard_says(&h, "139****5678");
	snprintf(path, sizeof(path), "/v1/incidents/%s/history", heard_member(&h, "object.id"));
	get(INTAKE, path);
	for (size_t i = 0; i < ARRAY_LEN(planted); i++)
		heard_hides(&h, planted[i]);
	post(INTAKE, "/v1/incidents", "", "{\"channel\":\"110\",\"caller\":\"13912345678\",\"case_no\":\"13912345678\"}");
	for (size_t i = 0; i < ARRAY_LEN(planted); i++)
		heard_hides(&h, planted[i]);
	for (size_t k = 0; k < ARRAY_LEN(paths); k++) {
		get(LEADER, paths[k]);
		for (size_t i = 0; i < ARRAY_LEN(planted); i++)
			heard_hides(&h, planted[i]);
	}
	served_restart(&s, &options); /* everything is in the files */
	files_seen = 0;
	assert_int_equal(nftw(s.directory, look_into, 8, FTW_PHYS), 0);
	assert_true(files_seen >= 4);
}

/* The tables as clients get them are whole, and so are everybody's permissions. */
static void test_tables(void **state)
{
	(void)state;
	get(BANK, "/v1/desk/machines");
	heard_status(&h, 200);
	for (uint32_t k = desk_kind_after(0); k != 0; k = desk_kind_after(k)) {
		heard_says(&h, desk_machine(k)->route);
		heard_says(&h, desk_machine(k)->zh);
	}
	assert_string_equal(heard_member(&h, "machines.0.states.0.name"), "received");
	get(BANK, "/v1/desk/limits");
	heard_status(&h, 200);
	for (uint32_t n = 1; n < DESK_LIMITS; n++)
		if (desk_limit_infos[n].name != NULL)
			heard_says(&h, desk_limit_infos[n].name);
	assert_string_equal(heard_member(&h, "limits.0.name"), "stop_period");
	assert_string_equal(heard_member(&h, "limits.0.unit"), "duration");
	assert_string_equal(heard_member(&h, "limits.0.usual"), "172800000000");
	get(BANK, "/v1/desk/permissions");
	heard_status(&h, 200);
	heard_says(&h, "\"reach\":{\"bank-desk\":\"organisation\"}");
	heard_says(&h, "\"organisation\":11");
	get(OTHER_BANK, "/v1/desk/permissions");
	heard_says(&h, "\"organisation\":12");
}

/* Scripts for whoever has roles, to be kept and asked for by their ETag; a warning says which one is to be read. */
static void test_scripts(void **state)
{
	char etag[64], header[128], path[64];
	const char *at;

	(void)state;
	get(STATION, "/v1/desk/scripts");
	heard_status(&h, 200);
	for (uint32_t scam = 0; scam < DESK_SCAMS; scam++) {
		snprintf(header, sizeof(header), "{\"script\":\"%s\"", script_name(scam));
		heard_says(&h, header);
	}
	assert_non_null(strstr(h.head.p, "Cache-Control: private, no-cache\r\n"));
	at = strstr(h.head.p, "ETag: ");
	assert_non_null(at);
	snprintf(etag, sizeof(etag), "%.*s", (int)strcspn(at + 6, "\r"), at + 6);
	snprintf(header, sizeof(header), "If-None-Match: \"x\", W/%s\r\n", etag);
	served_ask(&s, "/v1/desk/scripts", s.key[BANK], header, NULL, &h);
	heard_status(&h, 304);
	assert_int_equal(h.body.n, 0);
	assert_non_null(strstr(h.head.p, etag));
	served_ask(&s, "/v1/desk/scripts", s.key[BANK], "If-None-Match: *\r\n", NULL, &h);
	heard_status(&h, 304);
	served_ask(&s, "/v1/desk/scripts/police", s.key[BANK], header, NULL, &h);
	heard_status(&h, 200); /* another text, another ETag */
	assert_string_equal(heard_member(&h, "script"), "police");
	assert_string_equal(heard_member(&h, "parts.0.part"), "call");
	heard_says(&h, "安全账户");
	heard_says(&h, "\"if_yes\":\"police\"");
	get(BANK, "/v1/desk/scripts/unknown");
	heard_status(&h, 200);
	heard_says(&h, "\"if_yes\":\"tasks\"");
	get(BANK, "/v1/desk/scripts/lottery");
	heard_status(&h, 404);
	get(BANK, "/v1/desk/machines");
	assert_non_null(strstr(h.head.p, "Cache-Control: no-store\r\n"));
	get(NO_ROLES, "/v1/desk/scripts");
	heard_status(&h, 403);
	get(NO_ROLES, "/v1/desk/scripts/police");
	heard_status(&h, 403);

	post(ANALYST, "/v1/warnings", "",
	     "{\"grade\":2,\"type\":\"contact\",\"evidence\":[1],\"phone\":\"13800138001\",\"district\":7}");
	heard_status(&h, 201);
	snprintf(path, sizeof(path), "/v1/warnings/%s", heard_member(&h, "object.id"));
	get(STATION, path);
	assert_string_equal(heard_member(&h, "script"), "unknown");
	post(ANALYST, "/v1/warnings", "",
	     "{\"grade\":3,\"type\":\"fund\",\"evidence\":[1],\"phone\":\"13800138002\",\"district\":7,"
	     "\"scam\":\"dating\"}");
	heard_status(&h, 201);
	get(STATION, "/v1/warnings/next");
	assert_string_equal(heard_member(&h, "object.script"), "dating");
	get(STATION, "/v1/warnings");
	heard_hides(&h, "\"script\"");
	post(ADMIN, "/v1/users", "", "{\"login\":\"li.lei\",\"roles\":4}");
	heard_status(&h, 201);
	heard_hides(&h, "\"script\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_incident, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_lists, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_race, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_fields, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_kinds, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_batch, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_many, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_stream, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_views, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_planted, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_tables, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_scripts, set_up, take_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
