/* test_sessions.c - what people may ask besides the desk: each role with each route, by what stands here and not by the table that the service goes by; that a page of another site can make nobody do
 * anything; that what people do is journaled with the user; and that what was begun ends with the session or the role. */
#include "tests/test.h"
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "desk/desk.h"
#include "gateway/http_int.h"
#include "gateway/session_scopes.h"
#include "journal/journal.h"
#include "tests/gateway/served.h"

#define R(role) (1u << ROLE_##role)

enum {
	ADMIN,
	ADMIN_2,
	POLICE,
	BANK,
	READER
};

static const struct tenant tenants[] = { { .name = "police", .number = 13, .n_sees = 1, .sees = { "*:*.*" } },
	                                     { .name = "bank", .number = 11, .n_sees = 1, .sees = { "self:*.*" } } };
static const struct served_options options = {
	.tenants = tenants,
	.n_tenants = ARRAY_LEN(tenants),
	.desk = true,
	.key = { { "police", SCOPE_DESK, R(ADMIN), 0 },
	         { "police", SCOPE_DESK, R(ADMIN), 0 },
	         { "police", SCOPE_DECIDE, 0, 0 },
	         { "bank", SCOPE_DECIDE, 0, 0 },
	         { "police", SCOPE_ALERTS, 0, 0 } },
};

static struct served s;
static struct heard h;

struct person {
	uint64_t id;
	char user[32], token[SESSION_CHARS + 1], csrf[SESSION_CSRF_CHARS + 1];
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

static void post(int who, const char *path, const char *body)
{
	served_ask(&s, path, s.key[who], "If-Match: *\r\n", body, &h);
}

static void step(int who, const struct person *p, const char *name, const char *body)
{
	char path[96];

	snprintf(path, sizeof(path), "/v1/users/%s/%s", p->user, name);
	post(who, path, body);
	heard_status(&h, 200);
}

static void begin_session(struct person *p, uint16_t organisation)
{
	assert_int_equal(credentials_session_begin(s.credentials, p->id, organisation, served_clock, p->token), ERR_OK);
	credentials_csrf(text_z(p->token), p->csrf);
}

/* A user with these roles, logged in. */
static void make_person(struct person *p, const char *login, uint32_t roles, uint16_t organisation)
{
	uint32_t kind;
	char body[160];

	snprintf(body, sizeof(body), "{\"login\":\"%s\",\"roles\":%u,\"organisation\":%u}", login, roles, organisation);
	post(ADMIN, "/v1/users", body);
	heard_status(&h, 201);
	snprintf(p->user, sizeof(p->user), "%s", heard_member(&h, "object.id"));
	assert_int_equal(desk_id_parse(text_z(p->user), &kind, &p->id), ERR_OK);
	step(ADMIN_2, p, "activate", "");
	begin_session(p, organisation);
}

static void ask(const char *method, const char *path, const char *headers, const char *body)
{
	int fd = served_connect(&s);

	served_send(fd, method, path, NULL, headers, text_z(body));
	served_hear(fd, &h);
	close(fd);
}

/* By the cookie, with this token beside it (NULL: none). */
static void by_cookie(const struct person *p, const char *csrf, const char *method, const char *path, const char *body)
{
	char headers[256];
	int n = snprintf(headers, sizeof(headers), "Cookie: a=b; duanka_session=%s\r\nIf-Match: *\r\n", p->token);

	if (csrf != NULL)
		snprintf(headers + n, sizeof(headers) - (size_t)n, "X-CSRF-Token: %s\r\n", csrf);
	ask(method, path, headers, body);
}

/* An address that the route answers, with something for each mark. */
static void path_of(const struct route *t, char out[256])
{
	char *to = out;

	for (const char *p = t->path; *p != 0; p++) {
		const char *word = *p == '*'                ? "1"
		                   : *p == '%' || *p == '+' ? "users"
		                   : *p == '@'              ? "lock"
		                   : *p == '#'              ? "name"
		                                            : NULL;

		if (word == NULL)
			*to++ = *p;
		else
			to = stpcpy(to, word);
	}
	*to = 0;
}

/* ---- roles and routes ---- */

static const struct {
	const char *role, *may, *reads;
} wanted[] = {
	{ "stop-seat", "desk entities", "alerts" },
	{ "dissuasion", "desk entities", "alerts" },
	{ "analyst", "desk alerts entities policies lists match", "" },
	{ "leader", "desk alerts entities policies", "" },
	{ "city-leader", "desk policies", "" },
	{ "appeals", "desk", "alerts" },
	{ "quality", "desk alerts", "" },
	{ "bank-desk", "desk", "alerts" },
	{ "operator-desk", "desk", "alerts" },
	{ "auditor", "desk", "alerts policies" },
	{ "admin", "desk metrics quarantine policies admin", "" },
	{ "delegate", "desk match", "" },
};

static bool has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = words; (p = strstr(p, word)) != NULL; p += n)
		if ((p == words || p[-1] == ' ') && (p[n] == ' ' || p[n] == 0))
			return true;
	return false;
}

static bool is_allowed(uint32_t role, const struct route *t)
{
	const char *scope = scope_name(t->scope);

	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		if (strcmp(wanted[i].role, desk_roles[role].name) == 0)
			return has_word(wanted[i].may, scope) ||
			       (has_word(wanted[i].reads, scope) && strcmp(t->method, "GET") == 0);
	return t->scope == SCOPE_DESK;
}

static uint32_t ask_all(const struct person *p, uint32_t role)
{
	const struct route *t;
	char path[256];
	uint32_t n = 0;

	for (uint32_t i = 0; (t = route_at(i)) != NULL; i++) {
		bool refused;

		if (t->scope == 0 || t->scope == SCOPE_DESK ||
		    t->scope == SCOPE_MATCH) /* the last two ask by roles themselves */
			continue;
		path_of(t, path);
		by_cookie(p, p->csrf, t->method, path, "");
		refused = h.status == 403 && strstr(h.body.p, "urn:duanka:problem:scope\"") != NULL;
		if (refused == is_allowed(role, t) || h.status == 401 || h.status == 405 ||
		    (h.body.p != NULL && strstr(h.body.p, "problem:csrf") != NULL))
			fail_msg("%s, %s %s: %d %s", desk_roles[role].name, t->method, path, h.status, h.body.p);
		n++;
	}
	return n;
}

/* What the console is told is what holds. */
static void tells(const struct person *p, uint32_t role)
{
	const char *may = "desk", *reads = "";
	char line[64];

	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		if (strcmp(wanted[i].role, desk_roles[role].name) == 0) {
			may = wanted[i].may;
			reads = wanted[i].reads;
		}
	by_cookie(p, NULL, "GET", "/v1/me", "");
	heard_status(&h, 200);
	for (uint32_t bit = 1; bit <= SCOPES; bit <<= 1) {
		char *scopes = strstr(h.body.p, "\"scopes\":["), *only = strstr(h.body.p, "\"read_only\":[");
		bool reading = has_word(reads, scope_name(bit));

		assert_non_null(scopes);
		assert_non_null(only);
		snprintf(line, sizeof(line), "\"%s\"", scope_name(bit));
		scopes = strstr(scopes, line);
		if ((scopes != NULL && scopes < only) != (reading || has_word(may, scope_name(bit))) ||
		    (strstr(only, line) != NULL) != reading)
			fail_msg("%s, %s: %s", desk_roles[role].name, line, h.body.p);
	}
	snprintf(line, sizeof(line), "\"login\":\"role.%u\"", role);
	heard_says(&h, line);
}

static void test_roles(void **state)
{
	struct person p;
	char login[16];
	uint32_t n = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		assert_true(desk_role_find(text_z(wanted[i].role)) < DESK_ROLES);
	for (uint32_t k = 1; k <= DESK_ROLES; k++) {
		uint32_t role = k == DESK_ROLES ? (uint32_t)ROLE_ADMIN : k; /* last: keys make no users beside people */

		if (k == ROLE_ADMIN)
			continue;
		snprintf(login, sizeof(login), "role.%u", role);
		make_person(&p, login, 1u << role, 13);
		n = ask_all(&p, role);
		tells(&p, role);
	}
	assert_true(n > 30);
}

static void test_document(void **state)
{
	const char *root = getenv("SOURCE_DIR");
	struct buf table, all;
	char path[512];

	(void)state;
	buf_init(&table, 1 << 16);
	buf_init(&all, 1 << 20);
	session_scopes_print(&table);
	snprintf(path, sizeof(path), "%s/doc/desk-api.md", root != NULL ? root : ".");
	assert_int_equal(file_read_all(path, 1 << 20, &all), ERR_OK);
	if (!text_contains(buf_view(&all), buf_view(&table)))
		fail_msg("doc/desk-api.md lacks this table:\n%s", table.p);
	buf_release(&table);
	buf_release(&all);
}

static void test_keys_are_as_before(void **state)
{
	(void)state;
	served_ask(&s, "/v1/alerts", s.key[READER], "", NULL, &h);
	heard_status(&h, 200);
	served_ask(&s, "/v1/alerts", s.key[ADMIN], "", NULL, &h);
	heard_status(&h, 403);
	heard_says(&h, "This key may not do that");
	served_ask(&s, "/v1/me", s.key[ADMIN], "", NULL, &h);
	heard_status(&h, 200);
	heard_says(&h, "\"login\":null,\"scopes\":[\"desk\"],\"read_only\":[]");
}

/* ---- other sites ---- */

static void head_is_ok(const char *path, const char *headers)
{
	char bytes[4096];
	int fd = served_connect(&s);
	size_t n = 0;
	ssize_t k;

	served_send(fd, "HEAD", path, NULL, headers, TEXT(""));
	while ((k = recv(fd, bytes + n, sizeof(bytes) - 1 - n, 0)) > 0)
		n += (size_t)k;
	close(fd);
	assert_true(n > 12 && memcmp(bytes, "HTTP/1.1 200", 12) == 0);
}

static void test_csrf(void **state)
{
	struct person p, other;
	const struct route *t;
	char path[256], wrong[SESSION_CSRF_CHARS + 1];
	uint32_t n = 0;

	(void)state;
	make_person(&other, "other", R(ANALYST), 13);
	make_person(&p, "li.lei", R(ANALYST) | R(LEADER) | R(ADMIN) | R(DELEGATE), 13);
	memcpy(wrong, p.csrf, sizeof(wrong));
	wrong[SESSION_CSRF_CHARS - 1] ^= 1;
	for (uint32_t i = 0; (t = route_at(i)) != NULL; i++) {
		const char *tokens[] = { NULL, "", wrong, other.csrf, p.token };

		if (t->scope == 0 || strcmp(t->method, "GET") == 0)
			continue;
		path_of(t, path);
		for (size_t k = 0; k < ARRAY_LEN(tokens); k++) {
			by_cookie(&p, tokens[k], t->method, path, "{}");
			if (h.status != 403 || strstr(h.body.p, "urn:duanka:problem:csrf\"") == NULL)
				fail_msg("%s %s: %d %s", t->method, path, h.status, h.body.p);
		}
		n++;
	}
	assert_true(n > 30);
	by_cookie(&p, NULL, "GET", "/v1/alerts", "");
	heard_status(&h, 200);
	snprintf(path, sizeof(path), "Cookie: duanka_session=%s\r\nConnection: close\r\n", p.token);
	head_is_ok("/v1/alerts", path);
	by_cookie(&p, NULL, "POST", "/v1/policies/validate", "{}");
	heard_status(&h, 403);
	by_cookie(&p, p.csrf, "POST", "/v1/policies/validate", "{}");
	heard_status(&h, 400);
	served_ask(&s, "/v1/policies/validate", p.token, "", "{}", &h); /* no browser sends this by itself */
	heard_status(&h, 400);
}

/* A login that another site's page sends is refused whatever it says; what people and programs send is looked at. */
static void test_login_from_elsewhere(void **state)
{
	static const char body[] = "{\"login\":\"li.lei\",\"password\":\"correct horse battery\",\"totp\":\"123456\"}";

	(void)state;
	ask("POST", "/v1/login", "Sec-Fetch-Site: cross-site\r\n", body);
	heard_status(&h, 403);
	heard_says(&h, "urn:duanka:problem:csrf");
	ask("POST", "/v1/login", "Sec-Fetch-Site: same-site\r\n", body);
	heard_status(&h, 403);
	ask("POST", "/v1/login", "Sec-Fetch-Site: same-origin\r\n", body);
	heard_status(&h, 401);
	heard_hides(&h, "Set-Cookie");
	ask("POST", "/v1/login", "", body);
	heard_status(&h, 401);
}

static void test_brute_force(void **state)
{
	char body[128];
	uint32_t n = 0;

	(void)state;
	for (int i = 0; i < 100 && h.status != 429; i++) {
		snprintf(body, sizeof(body), "{\"login\":\"li.lei\",\"password\":\"correct horse %d\",\"totp\":\"123456\"}", i);
		ask("POST", "/v1/login", "", body);
		assert_true(h.status == 401 || h.status == 429);
		n++;
	}
	assert_int_equal(n, 21);
	heard_says(&h, "urn:duanka:problem:guessing");
	heard_says(&h, "Retry-After: 60\r\n");
}

/* ---- what is done is done by somebody ---- */

/* The last act of this name has this member. */
static void act_says(const char *name, const char *member)
{
	struct journal_reader *reader;
	struct record x;
	char act[64];
	bool says = false;

	snprintf(act, sizeof(act), "{\"act\":\"%s\",", name);
	assert_int_equal(journal_reader_open(&reader, &s.disk, 0, UINT64_MAX), ERR_OK);
	while (journal_read(reader, &x, NULL) == ERR_OK)
		if (x.position != 0 && x.kind == RECORD_ACT && x.payload.n > strlen(act) &&
		    memcmp(x.payload.p, act, strlen(act)) == 0)
			says = memmem(x.payload.p, x.payload.n, member, strlen(member)) != NULL;
	journal_reader_close(reader);
	assert_true(says);
}

static void test_acts(void **state)
{
	struct person p;
	char member[64];

	(void)state;
	make_person(&p, "li.lei", R(ANALYST), 13);
	snprintf(member, sizeof(member), "\"user\":\"%s\"", p.user);
	by_cookie(&p, p.csrf, "POST", "/v1/token", "{\"kind\":\"phone\",\"value\":\"13800138000\"}");
	heard_status(&h, 200);
	act_says("token", member);
	by_cookie(&p, p.csrf, "POST", "/v1/logout", "");
	heard_status(&h, 200);
	by_cookie(&p, p.csrf, "GET", "/v1/alerts", "");
	heard_status(&h, 401);
}

/* ---- the stream, and whose alerts are shown ---- */

static void raise_alert(int who, unsigned n)
{
	char caller[16], body[256];

	snprintf(caller, sizeof(caller), "138%08u", n);
	for (int i = 0; i < 3; i++) {
		post(who, "/v1/decide", call_json(body, caller, "13900139000"));
		heard_status(&h, 200);
	}
	heard_says(&h, "\"rule\":\"often\"");
}

static int follow(const struct person *p, struct heard *e)
{
	char headers[128];
	int fd = served_connect(&s);

	snprintf(headers, sizeof(headers), "Cookie: duanka_session=%s\r\n", p->token);
	served_send(fd, "GET", "/v1/alerts/stream?cursor=0", NULL, headers, TEXT(""));
	served_hear(fd, e);
	heard_status(e, 200);
	return fd;
}

static void hear_end(int fd, struct heard *e)
{
	served_hear_until(fd, e, "\r\n0\r\n\r\n");
	close(fd);
}

static void test_stream(void **state)
{
	struct person p, bank, locked;
	struct heard e[3];
	int fd[3];

	(void)state;
	make_person(&p, "li.lei", R(ANALYST), 13);
	make_person(&bank, "bank.desk", R(BANK_DESK), 11);
	make_person(&locked, "han.mei", R(LEADER), 13);
	raise_alert(POLICE, 1);
	for (int i = 0; i < 3; i++) {
		heard_init(&e[i]);
		fd[i] = follow(i == 0 ? &p : i == 1 ? &bank : &locked, &e[i]);
	}
	served_hear_until(fd[0], &e[0], "id: 1\n");
	served_hear_until(fd[1], &e[1], "id: 1\n");
	served_hear_until(fd[2], &e[2], "event: alert");
	heard_hides(&e[1], "event: alert"); /* another organisation's */
	raise_alert(BANK, 2);
	served_hear_until(fd[0], &e[0], "id: 2\n");
	served_hear_until(fd[1], &e[1], "event: alert");
	served_hear_until(fd[2], &e[2], "id: 2\n");
	step(ADMIN, &locked, "lock", "");
	raise_alert(BANK, 3);
	hear_end(fd[2], &e[2]);
	heard_hides(&e[2], "id: 3\n");
	by_cookie(&p, p.csrf, "POST", "/v1/logout", "");
	heard_status(&h, 200);
	hear_end(fd[0], &e[0]); /* at once: nothing else happens */
	served_hear_until(fd[1], &e[1], "id: 3\n");
	step(ADMIN, &bank, "ask-roles", "{\"new_roles\":32768}"); /* bank-outlet */
	step(ADMIN_2, &bank, "give-roles", "");
	raise_alert(BANK, 4);
	hear_end(fd[1], &e[1]);
	heard_hides(&e[1], "id: 4\n");
	for (int i = 0; i < 3; i++)
		heard_release(&e[i]);
}

static void test_organisations(void **state)
{
	struct person police, bank, strange;

	(void)state;
	make_person(&police, "li.lei", R(ANALYST), 13);
	make_person(&bank, "bank.desk", R(BANK_DESK), 11);
	make_person(&strange, "han.mei", R(ANALYST), 99); /* of an organisation that the settings don't know */
	raise_alert(POLICE, 1);
	by_cookie(&police, NULL, "GET", "/v1/alerts", "");
	heard_says(&h, "\"rule\":\"often\"");
	by_cookie(&bank, NULL, "GET", "/v1/alerts", "");
	heard_status(&h, 200);
	heard_hides(&h, "often");
	by_cookie(&strange, NULL, "GET", "/v1/alerts", "");
	heard_status(&h, 200);
	heard_hides(&h, "often");
	by_cookie(&strange, NULL, "GET", "/v1/entities/phone/00000000000000000000000000000000", "");
	heard_status(&h, 403);
	heard_says(&h, "urn:duanka:problem:visibility");
	step(ADMIN, &police, "move", "{\"organisation\":11}"); /* what counts is where one belongs now */
	by_cookie(&police, NULL, "GET", "/v1/alerts", "");
	heard_status(&h, 200);
	heard_hides(&h, "often");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_roles, set_up, take_down),
		cmocka_unit_test(test_document),
		cmocka_unit_test_setup_teardown(test_keys_are_as_before, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_csrf, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_login_from_elsewhere, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_brute_force, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_acts, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_stream, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_organisations, set_up, take_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
