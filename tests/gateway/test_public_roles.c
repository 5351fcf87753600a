/* test_public_roles.c - those who stand nearest to citizens: editors of the media, outlets of banks and of operators. Each is invited, logs in with password and code, and does what the role may; what it
 * may not is refused, and what is others' is not there. */
#include "tests/test.h"
#include "base/clock.h"
#include "tests/gateway/served.h"

#define R(role) (1u << ROLE_##role)

enum {
	ADMIN,
	ADMIN_2,
	BANK,
	OPERATOR,
	OTHER_BANK,
	OTHER_OPERATOR
};

static const struct tenant tenants[] = {
	{ .name = "police", .number = 13 }, { .name = "bank", .number = 11 },     { .name = "bank-2", .number = 12 },
	{ .name = "mobile", .number = 21 }, { .name = "mobile-2", .number = 22 },
};
static const struct served_options options = {
	.policy = "entity phone, person, account\nevent call { caller: phone, callee: phone, talk: duration? }\n"
			  "rule often on call about caller when count(call by caller over 1h) >= 3 then alert red because \"x\"\n",
	.tenants = tenants,
	.n_tenants = ARRAY_LEN(tenants),
	.desk = true,
	.key = { { "police", SCOPE_DESK, R(ADMIN), 0 },
	         { "police", SCOPE_DESK, R(ADMIN), 0 },
	         { "bank", SCOPE_DESK, R(BANK_DESK), 0 },
	         { "mobile", SCOPE_DESK, R(OPERATOR_DESK), 0 },
	         { "bank-2", SCOPE_DESK, R(BANK_DESK), 0 },
	         { "mobile-2", SCOPE_DESK, R(OPERATOR_DESK), 0 } },
};
static const char password[] = "correct horse battery";

static struct served s;
static struct heard h;
static char token[64];

static void by_key(int who, const char *path, const char *body)
{
	served_ask(&s, path, s.key[who], "If-Match: *\r\n", body, &h);
}

static void mine(const char *path, const char *body, int status)
{
	served_ask(&s, path, token, "If-Match: *\r\n", body, &h);
	if (h.status != status)
		fail_msg("%s: %d instead of %d: %s", path, h.status, status, h.body.p);
}

static void unbase32(const char *z, unsigned char *out)
{
	uint32_t bits = 0, n = 0;

	for (; *z != 0; z++) {
		bits = bits << 5 | (uint32_t)(*z >= 'A' ? *z - 'A' : *z - '2' + 26);
		n += 5;
		if (n >= 8) {
			n -= 8;
			*out++ = (unsigned char)(bits >> n);
		}
	}
}

/* One administrator asks for the user, the other activates and invites; then they set a password and log in. */
static void log_in(const char *login, enum desk_role role, int organisation)
{
	unsigned char seed[TOTP_SEED_BYTES];
	char body[512], user[32], path[96];

	snprintf(body, sizeof(body), "{\"login\":\"%s\",\"roles\":%u,\"organisation\":%d,\"district\":2}", login,
	         1u << role, organisation);
	by_key(ADMIN, "/v1/users", body);
	heard_status(&h, 201);
	snprintf(user, sizeof(user), "%s", heard_member(&h, "object.id"));
	snprintf(path, sizeof(path), "/v1/users/%s/activate", user);
	by_key(ADMIN_2, path, "");
	heard_status(&h, 200);
	snprintf(path, sizeof(path), "/v1/users/%s/invitation", user);
	by_key(ADMIN_2, path, "");
	heard_status(&h, 200);
	snprintf(body, sizeof(body), "{\"login\":\"%s\",\"code\":\"%s\",\"password\":\"%s\"}", login,
	         heard_member(&h, "code"), password);
	served_ask(&s, "/v1/invitations", NULL, "", body, &h);
	heard_status(&h, 200);
	unbase32(heard_member(&h, "totp_seed"), seed);
	served_clock += 31 * US_PER_SECOND;
	snprintf(body, sizeof(body), "{\"login\":\"%s\",\"password\":\"%s\",\"totp\":\"%06u\"}", login, password,
	         totp_code(seed, sizeof(seed), (uint64_t)(served_clock / US_PER_SECOND / TOTP_STEP_S)));
	served_ask(&s, "/v1/login", NULL, "", body, &h);
	heard_status(&h, 200);
	snprintf(token, sizeof(token), "%s", heard_member(&h, "token"));
	mine("/v1/me", NULL, 200);
	assert_string_equal(heard_member(&h, "user"), user);
	snprintf(body, sizeof(body), "\"roles\":[\"%s\"]", desk_roles[role].name);
	heard_says(&h, body);
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

static void new_password(void)
{
	mine("/v1/password", "{\"old\":\"correct horse battery\",\"password\":\"another horse battery\"}", 200);
}

/* An editor passes on what readers send in, follows it, and reads the scripts; nobody's data. */
static void test_media(void **state)
{
	char id[32], path[96], body[128];

	(void)state;
	by_key(BANK, "/v1/clues", "{\"what\":\"phone\",\"phone\":\"13800138009\"}");
	heard_status(&h, 201);
	snprintf(id, sizeof(id), "%s", heard_member(&h, "object.id"));
	log_in("editor", ROLE_MEDIA, 13);
	snprintf(path, sizeof(path), "/v1/clues/%s", id);
	mine(path, NULL, 404); /* another's */
	mine("/v1/clues", "{\"what\":\"link\",\"link\":\"http://x.example/a\",\"note\":\"a reader sent this\"}", 201);
	snprintf(id, sizeof(id), "%s", heard_member(&h, "object.id"));
	mine("/v1/clues", NULL, 200);
	assert_string_equal(heard_member(&h, "objects.0.id"), id);
	assert_string_equal(heard_member(&h, "objects.1.id"), "");
	snprintf(path, sizeof(path), "/v1/clues/%s/history", id);
	mine(path, NULL, 200);
	mine("/v1/desk/scripts", NULL, 200);
	mine("/v1/desk/permissions", NULL, 200);
	heard_says(&h, "\"reach\":{\"media\":");
	snprintf(body, sizeof(body), "{\"object\":\"%s\",\"purpose\":\"look\",\"case\":\"A-1\"}", id);
	mine("/v1/desk/views", body, 403);
	snprintf(path, sizeof(path), "/v1/clues/%s/verify", id);
	mine(path, "{\"finding\":\"fraud\"}", 403);
	mine("/v1/incidents", "{\"channel\":\"110\",\"caller\":\"13800138000\"}", 403);
	mine("/v1/warnings", NULL, 200);
	assert_string_equal(heard_member(&h, "objects.0.id"), "");
	new_password();
}

/* The measure behind a notified card or account of the organisation, as its desk makes it. */
static void notify(int who, const char *route, const char *make, const char *then, const char *with, const char *how,
                   char id[32], char m[32])
{
	char path[96];

	snprintf(path, sizeof(path), "/v1/%s", route);
	by_key(who, path, make);
	heard_status(&h, 201);
	snprintf(id, 32, "%s", heard_member(&h, "object.id"));
	if (then != NULL) {
		snprintf(path, sizeof(path), "/v1/%s/%s/%s", route, id, then);
		by_key(who, path, with);
		heard_status(&h, 200);
	}
	snprintf(path, sizeof(path), "/v1/%s/%s/notify", route, id);
	by_key(who, path, how);
	heard_status(&h, 200);
	snprintf(m, 32, "%s", heard_member(&h, "object.fields.measure"));
}

/* What both kinds of outlet do alike: object for a customer, verify the holder, report; theirs only. */
static void at_the_counter(const char *route, const char *id, const char *m, const char *others)
{
	char path[96], body[160];

	snprintf(path, sizeof(path), "/v1/%s/%s", route, others);
	mine(path, NULL, 404);
	snprintf(path, sizeof(path), "/v1/%s/%s/pass", route, others);
	mine(path, "{}", 404);
	snprintf(path, sizeof(path), "/v1/%s/%s", route, id);
	mine(path, NULL, 200);
	snprintf(body, sizeof(body), "{\"target\":\"%s\",\"reason\":\"the customer says so\",\"channel\":\"counter\"}", m);
	mine("/v1/appeals", body, 201);
	snprintf(path, sizeof(path), "/v1/%s/%s/pass", route, id);
	mine(path, "{}", 200);
	assert_string_equal(heard_member(&h, "object.state.name"), "normal");
	snprintf(body, sizeof(body), "{\"object\":\"%s\",\"purpose\":\"at the counter\",\"case\":\"A-1\"}", id);
	mine("/v1/desk/views", body, 200);
	mine("/v1/clues", "{\"what\":\"card-trade\",\"note\":\"wants to sell cards\"}", 201);
	snprintf(path, sizeof(path), "/v1/%s/%s/lift", route, id);
	mine(path, "{}", 403);
	new_password();
}

static void test_bank_outlet(void **state)
{
	static const char how[] = "{\"reason\":\"to be looked at\",\"basis\":\"AFL-18\",\"evidence\":[1]}";
	static const char watch[] = "{\"basis\":\"AFL-18\",\"evidence\":[1]}";
	char id[32], m[32], others[32], other_m[32];

	(void)state;
	notify(BANK, "accounts", "{\"step\":\"register\",\"account\":\"6222021234567890123\",\"bank\":11}", "watch", watch,
	       how, id, m);
	notify(OTHER_BANK, "accounts", "{\"step\":\"register\",\"account\":\"6222021234567890124\",\"bank\":12}", "watch",
	       watch, how, others, other_m);
	log_in("teller", ROLE_BANK_OUTLET, 11);
	mine("/v1/accounts", "{\"step\":\"register\",\"account\":\"6222021234567890125\",\"bank\":11}", 201);
	mine("/v1/accounts", "{\"step\":\"watch\",\"account\":\"6222021234567890126\",\"bank\":11}", 403);
	at_the_counter("accounts", id, m, others);
}

static void test_operator_outlet(void **state)
{
	static const char how[] = "{\"method\":\"counter\",\"reason\":\"to be looked at\"}";
	char id[32], m[32], others[32], other_m[32];

	(void)state;
	notify(
		OPERATOR, "cards",
		"{\"step\":\"list\",\"phone\":\"13800138002\",\"operator\":21,\"level\":1,\"basis\":\"AFL-11\",\"evidence\":[1]}",
		NULL, NULL, how, id, m);
	notify(
		OTHER_OPERATOR, "cards",
		"{\"step\":\"list\",\"phone\":\"13800138003\",\"operator\":22,\"level\":1,\"basis\":\"AFL-11\",\"evidence\":[1]}",
		NULL, NULL, how, others, other_m);
	log_in("agent", ROLE_OPERATOR_OUTLET, 21);
	mine("/v1/cards", "{\"step\":\"register\",\"phone\":\"13800138004\",\"operator\":21}", 201);
	mine(
		"/v1/cards",
		"{\"step\":\"list\",\"phone\":\"13800138005\",\"operator\":21,\"level\":1,\"basis\":\"AFL-11\",\"evidence\":[1]}",
		403);
	at_the_counter("cards", id, m, others);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_media, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_bank_outlet, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_operator_outlet, set_up, take_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
