/* test_desk_stream.c - who follows the desk: misses nothing, whatever ends in between; is told what a GET would show, and no more; is cut off when the key, the session or the user ends; and takes no more
 * than a part of what there is. */
#include "tests/test.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/rng.h"
#include "tests/gateway/served.h"

#define R(role) (1u << ROLE_##role)

enum {
	POLICE,
	STATION_7,
	STATION_8,
	BANK,
	OTHER_BANK,
	CITIZEN,
	KEYS,
	ADMIN = KEYS,
	ADMIN_2,
	STREAMS_MOST = 300
};

static const struct tenant tenants[] = { { .name = "police", .number = 13 },
	                                     { .name = "bank", .number = 11 },
	                                     { .name = "bank-2", .number = 12 } };
static struct served_options options = {
	.tenants = tenants,
	.n_tenants = ARRAY_LEN(tenants),
	.policy = "entity phone, person, account\nevent call { caller: phone, callee: phone, talk: duration? }\n"
			  "rule often on call about caller when count(call by caller over 1h) >= 3 then alert red because \"x\"\n",
	.desk = true,
	.key = { { "police", SCOPE_DESK, R(INTAKE) | R(STOP_SEAT) | R(ANALYST) | R(LEADER), 0 },
	         { "police", SCOPE_DESK, R(STATION), 7 },
	         { "police", SCOPE_DESK, R(STATION), 8 },
	         { "bank", SCOPE_DESK, R(BANK_DESK), 0 },
	         { "bank-2", SCOPE_DESK, R(BANK_DESK), 0 },
	         { "police", SCOPE_DESK, R(CITIZEN), 0 },
	         { "police", SCOPE_DESK, R(ADMIN), 0 },
	         { "police", SCOPE_DESK, R(ADMIN), 0 } },
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

static void post(int who, const char *path, const char *body)
{
	served_ask(&s, path, who < 0 ? NULL : s.key[who], "If-Match: *\r\n", body, &h);
}

static int follow(const char *key, const char *from, struct heard *e)
{
	char headers[96] = "";
	int fd = served_connect(&s);

	if (from != NULL)
		snprintf(headers, sizeof(headers), "Last-Event-ID: %s\r\n", from);
	served_send(fd, "GET", "/v1/desk/stream", key, headers, TEXT(""));
	served_hear(fd, e);
	return fd;
}

/* The last chunk: the stream is over. */
static void hear_end(int fd, struct heard *e)
{
	served_hear_until(fd, e, "\r\n0\r\n\r\n");
	close(fd);
}

static uint64_t position_of(void)
{
	return strtoull(heard_member(&h, "position"), NULL, 10);
}

/* An incident of a district (0: none), its id. */
static const char *make(int who, unsigned n, unsigned district)
{
	static char id[32];
	char body[256];

	snprintf(body, sizeof(body), "{\"channel\":\"110\",\"caller\":\"138%08u\",\"district\":%u}", n, district);
	post(who, "/v1/incidents", body);
	heard_status(&h, 201);
	snprintf(id, sizeof(id), "%s", heard_member(&h, "object.id"));
	return id;
}

/* The chunks put together, as far as they are there. */
static void whole(struct heard *e)
{
	size_t from = 0, to = 0;

	while (from < e->body.n) {
		char *end;
		size_t n = strtoull(e->body.p + from, &end, 16);

		from = (size_t)(end - e->body.p) + 2;
		if (n == 0 || from >= e->body.n)
			break;
		n = n < e->body.n - from ? n : e->body.n - from;
		memmove(e->body.p + to, e->body.p + from, n);
		to += n;
		from += n + 2;
	}
	e->body.n = to;
	e->body.p[to] = 0;
}

/* What the stream has told of this object: how often, and the last version. */
static uint32_t told(const struct heard *e, const char *id, unsigned *version)
{
	char want[48];
	const char *p = e->body.p, *end = p + e->body.n;
	uint32_t n = 0;

	snprintf(want, sizeof(want), "data: {\"id\":\"%s\"", id);
	while ((p = memmem(p, (size_t)(end - p), want, strlen(want))) != NULL) {
		const char *v = memmem(p, (size_t)(end - p), "\"version\":", 10);

		n++;
		p += strlen(want);
		if (version != NULL && v != NULL)
			*version = (unsigned)strtoul(v + 10, NULL, 10);
	}
	return n;
}

/* ---- what is told ---- */

/* Whoever follows is told of an object just if a GET by the same key would show it. */
static void test_reach(void **state)
{
	static struct heard e[KEYS];
	char ids[12][32], last[40], path[64];
	int fd[KEYS], n = 0;

	(void)state;
	for (int k = 0; k < KEYS; k++) {
		heard_init(&e[k]);
		fd[k] = follow(s.key[k], NULL, &e[k]);
		assert_int_equal(e[k].status, 200);
	}
	for (unsigned d = 0; d < 9; d++)
		if (d == 0 || d >= 7)
			snprintf(ids[n++], 32, "%s", make(POLICE, d, d));
	post(CITIZEN, "/v1/clues", "{\"what\":\"phone\",\"phone\":\"13800138999\"}");
	heard_status(&h, 201);
	snprintf(ids[n++], 32, "%s", heard_member(&h, "object.id"));
	for (int k = BANK; k <= OTHER_BANK; k++) {
		char body[256];

		snprintf(body, sizeof(body), "{\"step\":\"register\",\"account\":\"62220212345678901%02d\",\"bank\":%d}", k,
		         k == BANK ? 11 : 12);
		post(k, "/v1/accounts", body);
		heard_status(&h, 201);
		snprintf(ids[n++], 32, "%s", heard_member(&h, "object.id"));
	}
	snprintf(ids[n++], 32, "%s", make(POLICE, 100, 8));
	snprintf(last, sizeof(last), "id: %llu\n", (unsigned long long)position_of());
	for (int k = 0; k < KEYS; k++) {
		uint32_t shown = 0;

		served_hear_until(fd[k], &e[k], last);
		close(fd[k]);
		whole(&e[k]);
		for (int i = 0; i < n; i++) {
			const char *route = ids[i][0] == 'I' ? "incidents" : ids[i][0] == 'A' ? "accounts" : "clues";

			snprintf(path, sizeof(path), "/v1/%s/%.24s", route, ids[i]);
			served_ask(&s, path, s.key[k], "", NULL, &h);
			assert_true(h.status == 200 || h.status == 404);
			shown += h.status == 200;
			if ((told(&e[k], ids[i], NULL) > 0) != (h.status == 200))
				fail_msg("key %d, %s: %d", k, ids[i], h.status);
		}
		if (k == STATION_7 || k == BANK)
			assert_true(shown > 0 && shown < (uint32_t)n);
		heard_hides(&e[k], "6222021234567890");
		heard_release(&e[k]);
	}
}

/* ---- nothing is missed ---- */

static void lose_registry(void)
{
	static const char *const end[] = { "", "-wal", "-shm" };
	char path[128];

	for (size_t i = 0; i < ARRAY_LEN(end); i++) {
		snprintf(path, sizeof(path), "%s/registry.sqlite%s", s.directory, end[i]);
		unlink(path);
	}
}

/* A client that breaks off anywhere, and a service that starts anew, once with a registry that has to be made again: the last version of each object comes. */
static void test_resume(void **state)
{
	static char ids[40][32];
	char from[24] = "0", last[40], path[96];
	unsigned version[40] = { 0 };
	struct heard e;
	struct rng r;
	uint64_t newest;
	int fd;

	(void)state;
	rng_seed(&r, test_seed(41));
	heard_init(&e);
	for (unsigned turn = 0; turn < 4; turn++) {
		for (unsigned i = 0; i < 5 && turn > 0; i++) { /* older ones change too */
			snprintf(path, sizeof(path), "/v1/incidents/%.24s/capture", ids[rng_below(&r, 10 * turn)]);
			post(POLICE, path, "{\"amount\":7}");
			heard_status(&h, 200);
		}
		for (unsigned i = 0; i < 10; i++)
			snprintf(ids[10 * turn + i], 32, "%s", make(POLICE, 10 * turn + i, 7));
		newest = position_of();
		snprintf(last, sizeof(last), "\nid: %llu\n", (unsigned long long)newest);
		if (turn == 2) /* the projector has everything still to do */
			lose_registry();
		if (turn > 0)
			served_restart(&s, &options);
		for (unsigned part = 0; part < 3; part++) { /* breaks off somewhere, and takes the last id that it saw */
			const char *p, *at = NULL;

			fd = follow(s.key[STATION_7], from, &e);
			if (strtoull(from, NULL, 10) < newest)
				served_hear_until(fd, &e, part == 2 ? last : "\nid: ");
			close(fd);
			whole(&e);
			for (p = e.body.p; (p = memmem(p, (size_t)(e.body.p + e.body.n - p), "\nid: ", 5)) != NULL; p += 5)
				at = p + 5;
			for (unsigned i = 0; i < 10 * turn + 10; i++)
				(void)told(&e, ids[i], &version[i]);
			if (at != NULL)
				snprintf(from, sizeof(from), "%llu", strtoull(at, NULL, 10));
		}
	}
	for (unsigned i = 0; i < ARRAY_LEN(ids); i++) {
		snprintf(path, sizeof(path), "/v1/incidents/%.24s", ids[i]);
		served_ask(&s, path, s.key[STATION_7], "", NULL, &h);
		heard_status(&h, 200);
		if (strtoul(heard_member(&h, "version"), NULL, 10) != version[i])
			fail_msg("%s: told up to %u: %s", ids[i], version[i], h.body.p);
	}
	/* an id that no record has yet is one of another journal: what is new comes */
	fd = follow(s.key[STATION_7], "999999999999", &e);
	snprintf(path, sizeof(path), "data: {\"id\":\"%s\"", make(POLICE, 999, 7));
	served_hear_until(fd, &e, path);
	close(fd);
	heard_release(&e);
}

enum {
	MANY = 3200
};

/* One record changes more than a piece holds, and while the reader is slow some of that changes again: all of it comes. */
static void test_slow(void **state)
{
	static char ids[MANY][24];
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(s.port) };
	char path[96], last[40];
	struct heard e;
	struct buf lines;
	const char *p;
	int small = 4096, fd;
	uint32_t n = 0;

	(void)state;
	heard_init(&e);
	buf_init(&lines, 1 << 20);
	for (uint32_t i = 0; i < MANY; i++)
		buf_printf(&lines,
		           "{\"kind\":\"incident\",\"fields\":{\"channel\":\"110\",\"caller\":\"139%08u\",\"district\":7}}\n",
		           i);
	post(POLICE, "/v1/commands", lines.p);
	heard_status(&h, 200);
	for (p = h.body.p; n < MANY && (p = strstr(p, "\"object\":\"")) != NULL; n++) {
		p += strlen("\"object\":\"");
		snprintf(ids[n], sizeof(ids[n]), "%.*s", (int)strcspn(p, "\""), p);
	}
	assert_int_equal(n, MANY);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); /* takes little at a time */
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	served_send(fd, "GET", "/v1/desk/stream", s.key[STATION_7], "", TEXT(""));
	served_hear(fd, &e);
	served_clock += US_PER_HOUR; /* all of them are late: the next record says so of each */
	make(POLICE, 1, 8);
	served_hear_until(fd, &e, "event: object");
	for (uint32_t i = 0; i < 20; i++) { /* of those that were told already, and of those that were not */
		snprintf(path, sizeof(path), "/v1/incidents/%.24s/capture", ids[i % 2 == 0 ? i : MANY - 1 - i]);
		post(POLICE, path, "{\"amount\":7}");
		heard_status(&h, 200);
	}
	snprintf(last, sizeof(last), "id: %llu\n", (unsigned long long)position_of());
	served_hear_until(fd, &e, last);
	close(fd);
	whole(&e);
	assert_true(e.body.n > 1 << 20);
	n = 0;
	for (p = e.body.p; (p = memmem(p, (size_t)(e.body.p + e.body.n - p), "data: {\"id\":\"", 13)) != NULL; p += 13)
		n++;
	for (uint32_t i = 0; i < MANY; i++)
		if (told(&e, ids[i], NULL) == 0)
			fail_msg("%s, number %u, was never told of", ids[i], i);
	assert_true(n <= MANY + 20);
	buf_release(&lines);
	heard_release(&e);
}

/* ---- who may not any more ---- */

static unsigned char seed[TOTP_SEED_BYTES];
static char user[32], token[64];

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

static void log_in(void)
{
	char body[256];

	served_clock += 31 * US_PER_SECOND;
	snprintf(body, sizeof(body), "{\"login\":\"li.lei\",\"password\":\"correct horse battery\",\"totp\":\"%06u\"}",
	         totp_code(seed, sizeof(seed), (uint64_t)(served_clock / US_PER_SECOND / TOTP_STEP_S)));
	post(-1, "/v1/login", body);
	heard_status(&h, 200);
	snprintf(token, sizeof(token), "%s", heard_member(&h, "token"));
}

static void make_user(void)
{
	char path[96], body[256];

	post(ADMIN, "/v1/users", "{\"login\":\"li.lei\",\"roles\":4}");
	snprintf(user, sizeof(user), "%s", heard_member(&h, "object.id"));
	snprintf(path, sizeof(path), "/v1/users/%s/activate", user);
	post(ADMIN_2, path, "");
	snprintf(path, sizeof(path), "/v1/users/%s/invitation", user);
	post(ADMIN_2, path, "");
	snprintf(body, sizeof(body), "{\"login\":\"li.lei\",\"code\":\"%s\",\"password\":\"correct horse battery\"}",
	         heard_member(&h, "code"));
	post(-1, "/v1/invitations", body);
	unbase32(heard_member(&h, "totp_seed"), seed);
	log_in();
}

static void test_cut_off(void **state)
{
	static const struct served_options nobody = {
		.tenants = tenants, .n_tenants = ARRAY_LEN(tenants), .desk = true, .key = { { "police", SCOPE_DECIDE, 0, 0 } }
	};
	char path[96];
	struct heard e;
	int fd;

	(void)state;
	heard_init(&e);
	make_user();
	fd = follow(token, NULL, &e); /* logs out: at once, though there is no news */
	assert_int_equal(e.status, 200);
	served_ask(&s, "/v1/logout", token, "", "", &h);
	heard_status(&h, 200);
	hear_end(fd, &e);
	log_in(); /* another login from the same browser takes the session's place */
	fd = follow(token, NULL, &e);
	snprintf(path, sizeof(path), "Cookie: duanka_session=%s\r\n", token);
	served_clock += 31 * US_PER_SECOND;
	{
		char body[256];

		snprintf(body, sizeof(body), "{\"login\":\"li.lei\",\"password\":\"correct horse battery\",\"totp\":\"%06u\"}",
		         totp_code(seed, sizeof(seed), (uint64_t)(served_clock / US_PER_SECOND / TOTP_STEP_S)));
		served_ask(&s, "/v1/login", NULL, path, body, &h);
		heard_status(&h, 200);
		snprintf(token, sizeof(token), "%s", heard_member(&h, "token"));
	}
	hear_end(fd, &e);
	fd = follow(token, NULL, &e); /* a stream is no use of the session, however much it tells */
	for (int i = 0; i < 3; i++) {
		served_clock += SESSION_IDLE_US / 3;
		snprintf(path, sizeof(path), "data: {\"id\":\"%s\"", make(POLICE, (unsigned)i, 7));
		if (i < 2)
			served_hear_until(fd, &e, path);
	}
	hear_end(fd, &e);
	heard_hides(&e, path); /* and the last one is told to nobody */
	log_in();
	fd = follow(token, NULL, &e);
	snprintf(path, sizeof(path), "/v1/users/%s/lock", user);
	post(ADMIN, path, "");
	heard_status(&h, 200);
	hear_end(fd, &e);
	fd = follow(s.key[POLICE], NULL, &e); /* a reload takes the keys away */
	served_reload(&s, &nobody);
	{
		struct desk_order o = { .keyed = false };

		desk_command_init(&o.command, DESK_INCIDENT, 1, 0);
		o.command.user = 1;
		o.command.roles = R(INTAKE);
		desk_give_i(&o.command, 1, 1);
		assert_int_equal(desk_gate_do(s.gate, 0, &o, 1), ERR_OK);
	}
	hear_end(fd, &e);
	heard_hides(&e, "event: object");
	heard_release(&e);
}

/* ---- many ---- */

static void test_many(void **state)
{
	int fd[STREAMS_MOST], n = 0, other;
	char last[48];
	struct heard e;

	(void)state;
	heard_init(&e);
	do
		fd[n] = follow(s.key[POLICE], NULL, &e);
	while (e.status == 200 && ++n < STREAMS_MOST - 1);
	heard_status(&e, 503); /* one organisation does not get all */
	heard_says(&e, "Too many streams");
	close(fd[n]);
	assert_true(n > 100);
	other = follow(s.key[BANK], NULL, &e);
	assert_int_equal(e.status, 200);
	close(other);
	make(POLICE, 1, 7);
	snprintf(last, sizeof(last), "id: %llu\n", (unsigned long long)position_of());
	for (int i = 0; i < n; i++) { /* each of them hears of it */
		buf_clear(&e.body);
		served_hear_until(fd[i], &e, last);
		close(fd[i]);
	}
	for (int tries = 0; tries < 100000; tries++) { /* and gives its place back when it is noticed */
		make(POLICE, 2, 7);
		fd[0] = follow(s.key[POLICE], NULL, &e);
		close(fd[0]);
		if (e.status == 200)
			break;
	}
	assert_int_equal(e.status, 200);
	heard_release(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_reach, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_resume, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_slow, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_cut_off, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_many, set_up, take_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
