/* test_desk_session.c - users of the desk: invited by one, activated by another; passwords, codes, locks, sessions, cookies. The clock is the test's. */
#include "tests/test.h"
#include "base/clock.h"
#include "journal/journal.h"
#include "tests/gateway/served.h"

#define R(role) (1u << ROLE_##role)

enum {
	ADMIN,
	ADMIN_2,
	INTAKE
};

static const struct tenant tenants[] = { { .name = "police", .number = 13 } };
static const struct served_options options = {
	.tenants = tenants,
	.n_tenants = 1,
	.desk = true,
	.key = { { "police", SCOPE_DESK, R(ADMIN), 0 },
	         { "police", SCOPE_DESK, R(ADMIN), 0 },
	         { "police", SCOPE_DESK, R(INTAKE), 0 } },
};
static const char password[] = "correct horse battery";

static struct served s;
static struct heard h;
static char user[32], seed_chars[64], token[64], csrf[64];
static unsigned char seed[TOTP_SEED_BYTES];

static void post(int who, const char *path, const char *headers, const char *body)
{
	served_ask(&s, path, who < 0 ? NULL : s.key[who], headers, body, &h);
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

/* POST or GET by the session, as a bearer or as a cookie. */
static void by_bearer(const char *path, const char *body)
{
	served_ask(&s, path, token, "", body, &h);
}

static void by_cookie(const char *path, const char *more, const char *body)
{
	char headers[512];

	snprintf(headers, sizeof(headers), "Cookie: duanka_session=%s\r\n%s", token, more);
	served_ask(&s, path, NULL, headers, body, &h);
}

/* How many acts of this name the journal has, all of them by this user ("null": by nobody who is known). Their texts are searched for secrets. */
static uint32_t acts(const char *name, const char *by)
{
	struct journal_reader *reader;
	struct record x;
	char act[64], user_member[64];
	uint32_t n = 0;

	snprintf(act, sizeof(act), "{\"act\":\"%s\",", name);
	snprintf(user_member, sizeof(user_member), "\"user\":%s", by);
	assert_int_equal(journal_reader_open(&reader, &s.disk, 0, UINT64_MAX), ERR_OK);
	while (journal_read(reader, &x, NULL) == ERR_OK) {
		if (x.position == 0 || x.kind != RECORD_ACT)
			continue;
		assert_null(memmem(x.payload.p, x.payload.n, "horse", 5));
		assert_null(memmem(x.payload.p, x.payload.n, "li.lei", 6));
		if (x.payload.n < strlen(act) || memcmp(x.payload.p, act, strlen(act)) != 0)
			continue;
		n++;
		if (memmem(x.payload.p, x.payload.n, user_member, strlen(user_member)) == NULL)
			fail_msg("%.*s", (int)x.payload.n, x.payload.p);
	}
	journal_reader_close(reader);
	return n;
}

static const char *quoted_user(void)
{
	static char z[40];

	snprintf(z, sizeof(z), "\"%s\"", user);
	return z;
}

static void user_path(char z[128], const char *step)
{
	snprintf(z, 128, "/v1/users/%s%s", user, step);
}

static void try_login(const char *login, const char *secret, uint32_t code)
{
	char body[512];

	snprintf(body, sizeof(body), "{\"login\":\"%s\",\"password\":\"%s\",\"totp\":\"%06u\"}", login, secret, code);
	post(-1, "/v1/login", "", body);
}

static uint32_t code_now(void)
{
	return totp_code(seed, sizeof(seed), (uint64_t)(served_clock / US_PER_SECOND / TOTP_STEP_S));
}

static void log_in(void)
{
	served_clock += 31 * US_PER_SECOND; /* a code counts once */
	try_login("li.lei", password, code_now());
	heard_status(&h, 200);
	snprintf(token, sizeof(token), "%s", heard_member(&h, "token"));
	snprintf(csrf, sizeof(csrf), "%s", heard_member(&h, "csrf"));
}

static void accept_invitation(const char *code, const char *secret, int status)
{
	char body[512];

	snprintf(body, sizeof(body), "{\"login\":\"li.lei\",\"code\":\"%s\",\"password\":\"%s\"}", code, secret);
	post(-1, "/v1/invitations", "", body);
	heard_status(&h, status);
	if (status != 200)
		return;
	snprintf(seed_chars, sizeof(seed_chars), "%s", heard_member(&h, "totp_seed"));
	assert_int_equal(strlen(seed_chars), TOTP_SEED_CHARS);
	unbase32(seed_chars, seed);
	heard_says(&h, "otpauth://totp/duanka:li.lei?secret=");
}

static int set_up(void **state)
{
	char path[128], code[64];

	(void)state;
	served_start(&s, &options);
	heard_init(&h);
	post(ADMIN, "/v1/users", "", "{\"login\":\"li.lei\",\"roles\":4,\"secret\":\"correct horse battery\"}");
	heard_status(&h, 422);
	heard_hides(&h, "horse");
	post(ADMIN, "/v1/users", "", "{\"login\":\"li.lei\",\"roles\":4,\"organisation\":13,\"district\":2}");
	heard_status(&h, 201);
	snprintf(user, sizeof(user), "%s", heard_member(&h, "object.id"));
	user_path(path, "/activate");
	post(ADMIN, path, "If-Match: *\r\n", "");
	heard_status(&h, 403);
	heard_says(&h, "desk-four-eyes");
	post(ADMIN_2, path, "If-Match: *\r\n", "");
	heard_status(&h, 200);
	user_path(path, "/invitation");
	post(INTAKE, path, "", "");
	heard_status(&h, 403);
	post(ADMIN, path, "", ""); /* who asked for the roles doesn't give the code */
	heard_status(&h, 403);
	post(ADMIN_2, path, "", "");
	heard_status(&h, 200);
	snprintf(code, sizeof(code), "%s", heard_member(&h, "code"));
	accept_invitation("00000000000000000000000000000000", password, 401);
	accept_invitation(code, "short", 422);
	accept_invitation(code, password, 200);
	accept_invitation(code, password, 401); /* once */
	log_in();
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	heard_release(&h);
	served_stop(&s);
	return 0;
}

static void test_me(void **state)
{
	(void)state;
	by_bearer("/v1/me", NULL);
	heard_status(&h, 200);
	assert_string_equal(heard_member(&h, "user"), user);
	heard_says(&h, "\"roles\":[\"intake\"],\"organisation\":13,\"district\":2");
	assert_string_equal(heard_member(&h, "csrf"), csrf);
	by_bearer("/v1/incidents", "{\"channel\":\"110\",\"caller\":\"13800138000\"}");
	heard_status(&h, 201);
	assert_string_equal(heard_member(&h, "object.made_by"), user);
	by_bearer("/v1/stops/S-1", NULL);
	heard_status(&h, 404);
	by_bearer("/v1/ready", NULL);
	by_bearer("/v1/lists", NULL); /* a session is for the desk */
	heard_status(&h, 403);
	by_bearer("/v1/logout", "");
	heard_status(&h, 200);
	by_bearer("/v1/me", NULL);
	heard_status(&h, 401);
}

static void test_cookie(void **state)
{
	char header[128];

	(void)state;
	served_clock += 31 * US_PER_SECOND;
	try_login("li.lei", password, code_now());
	assert_non_null(strstr(h.head.p, "Set-Cookie: duanka_session=ds_"));
	assert_non_null(strstr(h.head.p, "HttpOnly; SameSite=Strict"));
	by_cookie("/v1/me", "", NULL);
	heard_status(&h, 200);
	by_cookie("/v1/incidents", "", "{\"channel\":\"110\",\"caller\":\"13800138000\"}");
	heard_status(&h, 403);
	heard_says(&h, "urn:duanka:problem:csrf");
	by_cookie("/v1/incidents", "X-CSRF-Token: AAAAAAAAAAAAAAAAAAAAAA\r\n",
	          "{\"channel\":\"110\",\"caller\":\"13800138000\"}");
	heard_status(&h, 403);
	snprintf(header, sizeof(header), "X-CSRF-Token: %s\r\n", csrf);
	by_cookie("/v1/incidents", header, "{\"channel\":\"110\",\"caller\":\"13800138000\"}");
	heard_status(&h, 201);
}

/* Whoever planted a session has nothing of what the victim then does: a login makes a new one and ends the one that came along. */
static void test_fixation(void **state)
{
	char planted[64], headers[256], body[512];

	(void)state;
	post(-1, "/v1/login", "Sec-Fetch-Site: cross-site\r\n", "{\"login\":\"x\",\"password\":\"y\",\"totp\":\"123456\"}");
	heard_status(&h, 403);
	memcpy(planted, token, sizeof(planted));
	served_clock += 31 * US_PER_SECOND;
	snprintf(headers, sizeof(headers), "Cookie: duanka_session=%s\r\n", planted);
	snprintf(body, sizeof(body), "{\"login\":\"li.lei\",\"password\":\"%s\",\"totp\":\"%06u\"}", password, code_now());
	post(-1, "/v1/login", headers, body);
	heard_status(&h, 200);
	assert_string_not_equal(heard_member(&h, "token"), planted);
	by_bearer("/v1/me", NULL); /* the planted one */
	heard_status(&h, 401);
	snprintf(headers, sizeof(headers), "Cookie: duanka_session=ds_%043d\r\n", 7);
	served_ask(&s, "/v1/me", NULL, headers, NULL, &h);
	heard_status(&h, 401);
}

static void test_expiry(void **state)
{
	(void)state;
	served_clock += SESSION_IDLE_US - 1;
	by_bearer("/v1/me", NULL);
	heard_status(&h, 200);
	served_clock += SESSION_IDLE_US;
	by_bearer("/v1/me", NULL);
	heard_status(&h, 401);
	log_in();
	for (int64_t at = 0; at + SESSION_IDLE_US / 2 < SESSION_US; at += SESSION_IDLE_US / 2) {
		served_clock += SESSION_IDLE_US / 2;
		by_bearer("/v1/me", NULL);
		heard_status(&h, at + SESSION_IDLE_US / 2 < SESSION_US ? 200 : 401);
	}
	served_clock += SESSION_IDLE_US / 2;
	by_bearer("/v1/me", NULL); /* however busy */
	heard_status(&h, 401);
}

static void test_lock_out(void **state)
{
	const char *by = quoted_user();
	int64_t waits[] = { 30, 60, 120, 240, 480, 960, 1920, 3600, 3600 };
	char header[64];

	(void)state;
	for (int i = 0; i < LOGIN_FREE - 1; i++) {
		try_login("li.lei", "wrong horse battery", 0);
		heard_status(&h, 401);
		assert_int_equal(acts("login-refused", by), 1); /* not one for each guess */
	}
	assert_int_equal(acts("login-locked", by), 0);
	for (size_t i = 0; i < ARRAY_LEN(waits); i++) {
		served_clock += 61 * US_PER_SECOND * (i > 0 ? 0 : 1);
		try_login("li.lei", "wrong horse battery", 0);
		assert_true(h.status == 401 || h.status == 429); /* the address is noticed, too */
		try_login("li.lei", password, code_now());
		heard_status(&h, 429);
		heard_says(&h, "urn:duanka:problem:locked");
		snprintf(header, sizeof(header), "Retry-After: %lld\r\n", (long long)waits[i]);
		if (strstr(h.head.p, header) == NULL)
			fail_msg("%zu: %s", i, h.head.p);
		served_clock += waits[i] * US_PER_SECOND;
		assert_int_equal(acts("login-locked", by), i + 1);
	}
	assert_int_equal(acts("login-refused", by), 1 + ARRAY_LEN(waits));
	try_login("li.lei", password, code_now());
	heard_status(&h, 200);
	try_login("nobody", password, 0);
	assert_true(h.status == 401 || h.status == 429);
}

/* Who guesses keeps nobody out but at the own address. */
static void test_lock_is_of_a_place(void **state)
{
	(void)state;
	s.from = "127.0.0.2";
	for (int i = 0; i < LOGIN_FREE; i++)
		try_login("li.lei", "wrong horse battery", 0);
	served_clock += 29 * US_PER_SECOND;
	try_login("li.lei", password, code_now()); /* even with what is right */
	heard_status(&h, 429);
	heard_says(&h, "urn:duanka:problem:locked");
	for (int i = 3; i < 5; i++) { /* one that was used before, and one that never was */
		s.from = i == 3 ? NULL : "127.0.0.3";
		served_clock += 31 * US_PER_SECOND * (i - 3);
		try_login("li.lei", password, code_now());
		heard_status(&h, 200);
	}
	assert_int_equal(acts("login-locked", quoted_user()), 1);
}

static void test_codes(void **state)
{
	uint32_t code;

	(void)state;
	served_clock += 31 * US_PER_SECOND;
	code = code_now();
	try_login("li.lei", password, (code + 1) % 1000000);
	heard_status(&h, 401);
	try_login("li.lei", password, code);
	heard_status(&h, 200);
	try_login("li.lei", password, code); /* replayed */
	heard_status(&h, 401);
	served_clock += 30 * US_PER_SECOND;
	try_login("li.lei", password, code); /* still within a step, and used */
	heard_status(&h, 401);
	code = code_now();
	served_clock += 30 * US_PER_SECOND;
	try_login("li.lei", password, code); /* one step late */
	heard_status(&h, 200);
	served_clock += 120 * US_PER_SECOND;
	code = totp_code(seed, sizeof(seed), (uint64_t)(served_clock / US_PER_SECOND / TOTP_STEP_S) - 2);
	try_login("li.lei", password, code); /* two */
	heard_status(&h, 401);
}

static void test_password(void **state)
{
	char old[64], body[512];

	(void)state;
	memcpy(old, token, sizeof(old));
	log_in();
	by_bearer("/v1/password", "{\"old\":\"wrong horse battery\",\"password\":\"another horse entirely\"}");
	heard_status(&h, 401);
	snprintf(body, sizeof(body), "{\"old\":\"%s\",\"password\":\"%s\"}", password, password);
	by_bearer("/v1/password", body);
	heard_status(&h, 422);
	assert_int_equal(acts("password-refused", quoted_user()), 2);
	assert_int_equal(acts("password", quoted_user()), 0);
	snprintf(body, sizeof(body), "{\"old\":\"%s\",\"password\":\"another horse entirely\"}", password);
	by_bearer("/v1/password", body);
	heard_status(&h, 200);
	assert_int_equal(acts("password-refused", quoted_user()), 2);
	assert_int_equal(acts("password", quoted_user()), 1);
	by_bearer("/v1/me", NULL); /* this one goes on, the others end */
	heard_status(&h, 200);
	served_ask(&s, "/v1/me", old, "", NULL, &h);
	heard_status(&h, 401);
	served_clock += 31 * US_PER_SECOND;
	try_login("li.lei", password, code_now());
	heard_status(&h, 401);
	try_login("li.lei", "another horse entirely", code_now());
	heard_status(&h, 200);
}

/* Guesses at logins that nobody has leave one act, and no name. */
static void test_nobody(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		char login[16];

		snprintf(login, sizeof(login), "horse-%d", i);
		try_login(login, password, 0);
		assert_true(h.status == 401 || h.status == 429);
	}
	assert_int_equal(acts("login-refused", "null"), 1);
}

static void refused_to_key(int who, const char *path, const char *body)
{
	post(who, path, "If-Match: *\r\n", body);
	heard_status(&h, 403);
	heard_says(&h, "urn:duanka:problem:desk-log-in");
}

/* Two keys make the first administrator; from then on what two people do is done by people. */
static void test_keys_are_nobody(void **state)
{
	char path[128], line[256];

	(void)state;
	user_path(path, "/ask-roles");
	post(ADMIN, path, "If-Match: *\r\n", "{\"new_roles\":4194308}"); /* admin, intake */
	heard_status(&h, 200);
	user_path(path, "/give-roles");
	post(ADMIN_2, path, "If-Match: *\r\n", "");
	heard_status(&h, 200);
	refused_to_key(ADMIN, "/v1/users", "{\"login\":\"han.mei\",\"roles\":4}");
	by_bearer("/v1/users", "{\"login\":\"han.mei\",\"roles\":4}");
	heard_status(&h, 201);
	snprintf(line, sizeof(line), "{\"object\":\"%s\",\"step\":\"activate\"}\n", heard_member(&h, "object.id"));
	snprintf(path, sizeof(path), "/v1/users/%s/activate", heard_member(&h, "object.id"));
	refused_to_key(ADMIN, path, ""); /* proposed by a session, approved by a key: it could be one person */
	post(ADMIN, "/v1/commands", "", line);
	heard_says(&h, "{\"line\":1,\"refused\":\"log-in\"");
	snprintf(strrchr(path, '/'), 16, "/invitation");
	refused_to_key(ADMIN, path, "");
	user_path(path, "/invitation"); /* the only administrator, who has lost the code */
	post(ADMIN_2, path, "", "");
	heard_status(&h, 200);
	user_path(path, "/lock"); /* takes one; and then there is no administrator */
	post(ADMIN, path, "If-Match: *\r\n", "");
	heard_status(&h, 200);
	post(ADMIN, "/v1/users", "", "{\"login\":\"li.hua\",\"roles\":4}");
	heard_status(&h, 201);
}

static void served_alone(bool alone)
{
	heard_check(&h, "\"warning\":{\"type\":\"nobody-approves\"", alone, __FILE__, __LINE__);
	if (alone)
		heard_says(&h, "\"roles\":[\"admin\"]}");
}

/* The only administrator proposes, and is told that nobody could approve. Two keys lead out: they lock that one, and begin again. */
static void test_alone(void **state)
{
	char path[128], other[32], third[32];

	(void)state;
	user_path(path, "/ask-roles");
	post(ADMIN, path, "If-Match: *\r\n", "{\"new_roles\":4194308}"); /* admin, intake */
	heard_status(&h, 200);
	served_alone(false); /* the other key can */
	user_path(path, "/give-roles");
	post(ADMIN_2, path, "If-Match: *\r\n", "");
	heard_status(&h, 200);
	served_alone(false); /* no proposal */
	by_bearer("/v1/users", "{\"login\":\"han.mei\",\"roles\":4}");
	heard_status(&h, 201);
	served_alone(true);
	snprintf(third, sizeof(third), "%s", heard_member(&h, "object.id"));
	/* out of it */
	user_path(path, "/lock");
	post(ADMIN, path, "If-Match: *\r\n", "");
	heard_status(&h, 200);
	post(ADMIN, "/v1/users", "", "{\"login\":\"li.hua\",\"roles\":4194304}");
	heard_status(&h, 201);
	served_alone(false);
	snprintf(other, sizeof(other), "%s", heard_member(&h, "object.id"));
	user_path(path, "/unlock"); /* before there is another administrator */
	post(ADMIN_2, path, "If-Match: *\r\n", "");
	heard_status(&h, 200);
	snprintf(path, sizeof(path), "/v1/users/%s/activate", other);
	served_clock += 31 * US_PER_SECOND;
	by_bearer(path, "");
	heard_status(&h, 428);
	served_ask(&s, path, token, "If-Match: *\r\n", "", &h);
	heard_status(&h, 200);
	snprintf(path, sizeof(path), "/v1/users/%s/ask-roles", other); /* now there are two */
	served_ask(&s, path, token, "If-Match: *\r\n", "{\"new_roles\":4194308}", &h);
	heard_status(&h, 200);
	served_alone(false);
	snprintf(path, sizeof(path), "/v1/users/%s/lock", other);
	served_ask(&s, path, token, "If-Match: *\r\n", "", &h);
	heard_status(&h, 200);
	snprintf(path, sizeof(path), "/v1/users/%s/activate", third);
	served_ask(&s, path, token, "If-Match: *\r\n", "", &h);
	heard_says(&h, "desk-four-eyes");
}

/* Whoever left gives the login up to whoever comes; what was done stays with the one who did it. */
static void test_login_moves(void **state)
{
	char path[128], again[32], invited[64], old[64], code[64];

	(void)state;
	memcpy(old, token, sizeof(old));
	post(ADMIN, "/v1/users", "", "{\"login\":\"li.lei\",\"roles\":4}");
	heard_status(&h, 201);
	snprintf(again, sizeof(again), "%s", heard_member(&h, "object.id"));
	snprintf(invited, sizeof(invited), "/v1/users/%s/invitation", again);
	post(ADMIN_2, invited, "", "");
	heard_status(&h, 409);
	heard_says(&h, "urn:duanka:problem:login");
	user_path(path, "/leave");
	post(ADMIN, path, "If-Match: *\r\n", "");
	heard_status(&h, 200);
	by_bearer("/v1/me", NULL);
	heard_status(&h, 403);
	post(ADMIN_2, invited, "", "");
	heard_status(&h, 200);
	snprintf(code, sizeof(code), "%s", heard_member(&h, "code"));
	assert_int_equal(acts("login-moved", "\"key-"), 1);
	served_ask(&s, "/v1/me", old, "", NULL, &h); /* its session is no one's */
	heard_status(&h, 401);
	snprintf(path, sizeof(path), "/v1/users/%s/activate", again);
	post(ADMIN_2, path, "If-Match: *\r\n", "");
	heard_status(&h, 200);
	accept_invitation(code, password, 200);
	log_in();
	by_bearer("/v1/me", NULL);
	assert_string_equal(heard_member(&h, "user"), again);
	assert_string_not_equal(again, user);
	assert_int_equal(acts("login", "\"U-"), 2);
}

/* Roles count as they are, not as they were at the login; whoever left is out at once. */
static void test_user_changes(void **state)
{
	char path[128];

	(void)state;
	user_path(path, "/ask-roles");
	post(ADMIN, path, "If-Match: *\r\n", "{\"new_roles\":524288}");
	heard_status(&h, 200);
	by_bearer("/v1/me", NULL);
	heard_says(&h, "\"roles\":[\"intake\"]");
	user_path(path, "/give-roles");
	post(ADMIN_2, path, "If-Match: *\r\n", "");
	heard_status(&h, 200);
	by_bearer("/v1/me", NULL);
	heard_says(&h, "\"roles\":[\"auditor\"]");
	by_bearer("/v1/incidents", "{\"channel\":\"110\",\"caller\":\"13800138000\"}");
	heard_status(&h, 403);
	user_path(path, "/leave");
	post(ADMIN, path, "If-Match: *\r\n", "");
	heard_status(&h, 200);
	by_bearer("/v1/me", NULL);
	heard_status(&h, 403);
	served_clock += 31 * US_PER_SECOND;
	try_login("li.lei", password, code_now());
	heard_status(&h, 403);
}

/* A session outlives the service; the dictionary of these tests does not, so nobody logs in anew. */
static void test_restart(void **state)
{
	(void)state;
	served_restart(&s, &options);
	by_bearer("/v1/me", NULL);
	heard_status(&h, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_me, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_cookie, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_fixation, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_expiry, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_lock_out, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_lock_is_of_a_place, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_codes, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_password, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_nobody, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_keys_are_nobody, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_alone, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_login_moves, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_user_changes, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_restart, set_up, take_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
