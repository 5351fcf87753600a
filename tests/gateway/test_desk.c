/* test_desk.c - the desk over HTTP: objects, steps, versions, batches, reach, and that nobody is named. */
#include "tests/test.h"
#include <jansson.h>
#include "base/clock.h"
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
	NO_ROLES
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
	         { "police", SCOPE_DECIDE, 0, 0 } },
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

/* A member of the answer: "object.id". */
static const char *member(const char *path)
{
	static char z[256];
	json_t *all = json_loadb(h.body.p, h.body.n, 0, NULL), *j = all;

	while (j != NULL && *path != 0) {
		size_t n = strcspn(path, ".");
		char name[64];

		snprintf(name, sizeof(name), "%.*s", (int)n, path);
		j = json_object_get(j, name);
		path += n + (path[n] == '.');
	}
	snprintf(z, sizeof(z), "%s", json_is_string(j) ? json_string_value(j) : "");
	if (json_is_integer(j))
		snprintf(z, sizeof(z), "%lld", (long long)json_integer_value(j));
	json_decref(all);
	return z;
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
	snprintf(id, sizeof(id), "%s", member("object.id"));
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
	assert_string_equal(member("object.state.name"), "joined");
	post(INTAKE, path, "If-Match: *\r\n", "");
	heard_status(&h, 409);
	heard_says(&h, "urn:duanka:problem:desk-state");
	snprintf(path, sizeof(path), "/v1/incidents/%s/history", id);
	get(INTAKE, path);
	heard_says(&h, "\"step\":{\"name\":\"join\",\"zh\":\"三方通话\"},\"before\":\"received\"");
	heard_says(&h, "\"user\":\"key-1\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_incident, set_up, take_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
