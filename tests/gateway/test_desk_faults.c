/* test_desk_faults.c - each allocation, each write of a file, each write and each allocation of SQLite's fails once while the desk answers a typical request. Afterwards the service answers as if nothing had
 * been; what a command was told came to pass, all of it and once, and the registry is what its journal says.
 *
 * A failure may hit any thread of the service. Where it hits the journal the service ends, as it must, and starts again on its directory. */
#include "tests/test.h"
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "tests/gateway/served.h"
#include "tests/sim/sqlite_faults.h"

#define R(role) (1u << ROLE_##role)

enum {
	DESK_KEY,
	ADMIN,
	ADMIN_2,
	TRIES_MOST = 20000
};

static const struct tenant tenants[] = { { .name = "police", .number = 13, .n_sees = 1, .sees = { "*:*.*" } } };
static const struct served_options options = {
	.policy = "entity phone, person, account\nevent call { caller: phone, callee: phone, talk: duration? }\n"
			  "rule often on call about caller when count(call by caller over 1h) >= 3 then alert red because \"x\"\n",
	.tenants = tenants,
	.n_tenants = ARRAY_LEN(tenants),
	.desk = true,
	.outbox = true,
	.threads = 1,
	.key = { { "police", SCOPE_DESK, R(INTAKE) | R(STOP_SEAT) | R(LEADER) | R(ANALYST) | R(DISPATCHER), 0 },
	         { "police", SCOPE_DESK, R(ADMIN), 0 },
	         { "police", SCOPE_DESK, R(ADMIN), 0 } },
};
static struct served s;
static char answer[1 << 20], again[1 << 20];

enum fault {
	FAULT_MEMORY,
	FAULT_FILES,
	FAULT_SQLITE,
	FAULT_SQLITE_MEMORY,
	FAULTS
};
static const char *const fault_name[FAULTS] = { "allocation", "write", "write of SQLite", "allocation of SQLite" };

static void fail_at(enum fault f, uint64_t n)
{
	switch (f) {
	case FAULT_MEMORY: mem_fail_at(n); break;
	case FAULT_FILES: file_fail_at(n); break;
	case FAULT_SQLITE: sqlite_fail_at(n); break;
	default: sqlite_memory_fail_at(n);
	}
}

static uint64_t counted(enum fault f)
{
	switch (f) {
	case FAULT_MEMORY: return mem_count();
	case FAULT_FILES: return file_count();
	case FAULT_SQLITE: return sqlite_count();
	default: return sqlite_memory_count();
	}
}

/* ---- a client without memory of its own ---- */

struct asking {
	const char *method, *path, *headers, *body;
	int key;
};

/* The status; 0: the connection was closed. */
static int ask(const struct asking *a, char *out, size_t size)
{
	static char request[8192];
	char bearer[128] = "";
	int fd = served_connect(&s);
	size_t n = 0;
	ssize_t k;

	if (a->key >= 0)
		snprintf(bearer, sizeof(bearer), "Authorization: Bearer %s\r\n", s.key[a->key]);
	k = snprintf(request, sizeof(request),
	             "%s %s HTTP/1.1\r\nHost: t\r\nConnection: close\r\n%s%sContent-Length: %zu\r\n\r\n%s", a->method,
	             a->path, bearer, a->headers, strlen(a->body), a->body);
	assert_true(k > 0 && (size_t)k < sizeof(request));
	assert_int_equal(send(fd, request, (size_t)k, MSG_NOSIGNAL), k);
	while (n + 1 < size && (k = recv(fd, out + n, size - 1 - n, 0)) > 0)
		n += (size_t)k;
	out[n] = 0;
	close(fd);
	return strncmp(out, "HTTP/1.1 ", 9) == 0 ? (int)strtol(out + 9, NULL, 10) : 0;
}

static const char *body_of(const char *z)
{
	const char *b = strstr(z, "\r\n\r\n");

	return b == NULL ? "" : b + 4;
}

static void member(const char *z, const char *name, char *out, size_t size)
{
	char want[64];
	const char *p;

	snprintf(want, sizeof(want), "\"%s\":\"", name);
	p = strstr(z, want);
	assert_non_null(p);
	p += strlen(want);
	snprintf(out, size, "%.*s", (int)strcspn(p, "\""), p);
}

/* ---- what there is to ask about ---- */

static char incident[32], user[32], login[32], seat_message[32];
static unsigned char seed[TOTP_SEED_BYTES];
static uint64_t rounds;

static void well(struct asking a, const char *name, char *out, size_t size)
{
	int status = ask(&a, answer, sizeof(answer));

	if (status != 200 && status != 201)
		fail_msg("%s: %s", a.path, answer);
	if (name != NULL)
		member(body_of(answer), name, out, size);
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

static void make_user(void)
{
	char path[96], body[256], code[64], z[64];

	snprintf(login, sizeof(login), "li.lei-%u", (unsigned)++rounds);
	snprintf(body, sizeof(body), "{\"login\":\"%s\",\"roles\":4}", login);
	well((struct asking){ "POST", "/v1/users", "", body, ADMIN }, "id", user, sizeof(user));
	snprintf(path, sizeof(path), "/v1/users/%s/activate", user);
	well((struct asking){ "POST", path, "If-Match: *\r\n", "", ADMIN_2 }, NULL, NULL, 0);
	snprintf(path, sizeof(path), "/v1/users/%s/invitation", user);
	well((struct asking){ "POST", path, "", "", ADMIN_2 }, "code", code, sizeof(code));
	snprintf(body, sizeof(body), "{\"login\":\"%s\",\"code\":\"%s\",\"password\":\"correct horse battery\"}", login,
	         code);
	well((struct asking){ "POST", "/v1/invitations", "", body, -1 }, "totp_seed", z, sizeof(z));
	unbase32(z, seed);
}

/* A dictionary of these tests does not outlive the service: after a new start everything is made anew. */
static void make_all(void)
{
	char body[256];

	make_user();
	well((struct asking){ "POST", "/v1/incidents", "",
	                      "{\"channel\":\"110\",\"caller\":\"13900139000\",\"victim_name\":\"张三丰\"}", DESK_KEY },
	     "id", incident, sizeof(incident));
	snprintf(body, sizeof(body), "{\"phone\":\"139%08u\",\"grade\":2,\"type\":\"contact\",\"evidence\":[1]}",
	         (unsigned)++rounds);
	well((struct asking){ "POST", "/v1/warnings", "", body, DESK_KEY }, NULL, NULL, 0);
	do {
		well((struct asking){ "GET", "/v1/desk/messages?state=seat", "", "", DESK_KEY }, NULL, NULL, 0);
		sched_yield();
	} while (strstr(answer, "\"id\":\"X-") == NULL);
	member(answer, "id", seat_message, sizeof(seat_message));
}

static void start(void)
{
	served_start(&s, &options);
	make_all();
}

/* A service that could not journal has ended: another one goes on. True: so it was. */
static bool revive(void)
{
	struct writer_counts c;

	writer_counts(s.writer, &c);
	if (!c.dead)
		return false;
	s.may_die = true;
	served_restart(&s, &options);
	s.may_die = false;
	make_all();
	return true;
}

/* ---- what is asked ---- */

enum {
	MAKE,  /* texts and identifiers come along */
	STEP,  /* on an object of its own */
	BATCH, /* two lines, and a wrong one between them */
	INVITE,
	LOGIN,
	VIEW,
	READ,
	ONE, /* from here on the answer is the same each time */
	HISTORY,
	LIST,
	NEXT,
	MACHINES,
	MESSAGE,
	REQUESTS
};
static const char *const request_name[REQUESTS] = { "make", "step",    "batch", "invite", "login",    "view",   "read",
	                                                "one",  "history", "list",  "next",   "machines", "message" };

struct round {
	int what;
	enum fault fault;
	uint64_t n;
	unsigned long long phone; /* of this round alone */
	char path[128], headers[256], body[1024];
	struct asking ask;
};

static void build_command(struct round *r)
{
	char id[32];

	snprintf(r->path, sizeof(r->path), r->what == BATCH ? "/v1/commands" : "/v1/incidents");
	snprintf(r->headers, sizeof(r->headers), "Idempotency-Key: k-%llu\r\n", r->phone);
	snprintf(
		r->body, sizeof(r->body),
		r->what == BATCH
			? "{\"kind\":\"incident\",\"fields\":{\"channel\":\"110\",\"caller\":\"%llu\",\"note\":\"a\"}}\n{\"kind\":7}\n"
			  "{\"kind\":\"incident\",\"fields\":{\"channel\":\"96110\",\"caller\":\"%llu\",\"note\":\"b\"}}\n"
			: "{\"channel\":\"110\",\"caller\":\"%llu\",\"amount\":1234.5,\"victim_name\":\"张三丰\"}",
		r->phone, r->phone);
	if (r->what != STEP)
		return;
	well(r->ask, "id", id, sizeof(id));
	snprintf(r->path, sizeof(r->path), "/v1/incidents/%s/join", id);
	snprintf(r->headers, sizeof(r->headers), "If-Match: *\r\nIdempotency-Key: s-%llu\r\n", r->phone);
	r->body[0] = 0;
}

static void build(struct round *r)
{
	r->ask = (struct asking){ r->what <= READ ? "POST" : "GET", r->path, r->headers, r->body, DESK_KEY };
	switch (r->what) {
	case MAKE:
	case STEP:
	case BATCH: build_command(r); break;
	case INVITE:
		r->ask.key = ADMIN_2;
		snprintf(r->path, sizeof(r->path), "/v1/users/%s/invitation", user);
		break;
	case LOGIN:
		r->ask.key = -1;
		snprintf(r->path, sizeof(r->path), "/v1/login");
		snprintf(r->body, sizeof(r->body),
		         "{\"login\":\"%s\",\"password\":\"correct horse battery\",\"totp\":\"%06u\"}", login,
		         totp_code(seed, sizeof(seed), (uint64_t)(served_clock / US_PER_SECOND / TOTP_STEP_S)));
		break;
	case VIEW:
		snprintf(r->path, sizeof(r->path), "/v1/desk/views");
		snprintf(r->body, sizeof(r->body), "{\"object\":\"%s\",\"purpose\":\"call back\",\"case\":\"A-1\"}", incident);
		break;
	case READ: snprintf(r->path, sizeof(r->path), "/v1/desk/messages/%s/read", seat_message); break;
	case ONE: snprintf(r->path, sizeof(r->path), "/v1/incidents/%s", incident); break;
	case HISTORY: snprintf(r->path, sizeof(r->path), "/v1/incidents/%s/history", incident); break;
	case LIST: snprintf(r->path, sizeof(r->path), "/v1/warnings"); break;
	case NEXT: snprintf(r->path, sizeof(r->path), "/v1/warnings/next"); break;
	case MACHINES: snprintf(r->path, sizeof(r->path), "/v1/desk/machines"); break;
	default: snprintf(r->path, sizeof(r->path), "/v1/desk/messages/%s", seat_message);
	}
}

/* ---- what has to come of it ---- */

#define wrong(r, z)                                                                                                 \
	fail_msg("%s, %s %llu: %s: %s", request_name[(r)->what], fault_name[(r)->fault], (unsigned long long)(r)->n, z, \
	         answer)

static uint32_t count(const char *z, const char *part)
{
	uint32_t n = 0;

	for (; (z = strstr(z, part)) != NULL; z += strlen(part))
		n++;
	return n;
}

/* An answer that can be believed: it was done, or not (or nobody knows). Nothing that was not asked for is refused. */
static bool judge_first(const struct round *r, int status)
{
	bool good = status == 200 || status == 201;

	if (!good && status != 0 && status != 500 && status != 503)
		wrong(r, "an answer that is not so");
	if (good && r->what == VIEW && (strstr(answer, "张三丰") == NULL || strstr(answer, "13900139000") == NULL))
		wrong(r, "not all was shown");
	if (good && r->what == BATCH && strstr(answer, "try again") != NULL)
		return false;
	if (good && r->what == BATCH &&
	    (strstr(answer, "\"accepted\":2,\"refused\":0,\"wrong\":1") == NULL || count(answer, "\"line\":") != 3))
		wrong(r, "a line is not told of");
	return good;
}

/* Once, and with all that belongs to it. */
static void judge_command(const struct round *r)
{
	char path[128], body[256], id[32];
	uint32_t n = r->what == BATCH ? 2 : 1;

	snprintf(path, sizeof(path), "/v1/incidents?entity=phone:%llu", r->phone);
	well((struct asking){ "GET", path, "", "", DESK_KEY }, "id", id, sizeof(id));
	if (count(answer, "\"kind\":\"incident\"") != n ||
	    (r->what == STEP && strstr(answer, "\"name\":\"joined\"") == NULL))
		wrong(r, "not what was asked for");
	snprintf(body, sizeof(body), "{\"object\":\"%s\",\"purpose\":\"call back\",\"case\":\"A-1\"}", id);
	well((struct asking){ "POST", "/v1/desk/views", "", body, DESK_KEY }, NULL, NULL, 0);
	snprintf(path, sizeof(path), "\"caller\":\"%llu\"", r->phone);
	if (strstr(answer, path) == NULL || strstr(answer, r->what == BATCH ? "\"note\":\"" : "张三丰") == NULL)
		wrong(r, "something of it is lost");
}

/* The same again, until it is done: somebody may still have to get on. */
static void ask_again(struct round *r, bool revived)
{
	uint32_t tries = 0;
	int status;

	do {
		if (r->what == LOGIN || revived) { /* a code counts once; ids are others now */
			served_clock += 31 * US_PER_SECOND;
			if (r->what != MAKE && r->what != BATCH && r->what != STEP)
				build(r);
		}
		status = ask(&r->ask, again, sizeof(again));
		sched_yield();
	} while (status != 200 && status != 201 && (status == 0 || status >= 500) && ++tries < TRIES_MOST);
	if (status != 200 && status != 201)
		fail_msg("%s, %s %llu: afterwards: %s", request_name[r->what], fault_name[r->fault], (unsigned long long)r->n,
		         again);
}

/* False: there is no nth. */
static bool one_round(int what, enum fault f, uint64_t n)
{
	struct round r = { .what = what, .fault = f, .n = n, .phone = 13800000000 + ++rounds };
	bool reached, good, revived;

	served_clock += 31 * US_PER_SECOND;
	build(&r);
	fail_at(f, n);
	good = judge_first(&r, ask(&r.ask, answer, sizeof(answer)));
	reached = counted(f) >= n;
	fail_at(f, 0);
	revived = revive();
	ask_again(&r, revived);
	if (good && !revived && what >= ONE && strcmp(body_of(answer), body_of(again)) != 0)
		wrong(&r, again);
	if (good && what < INVITE && strstr(again, "\"repeated\":true") == NULL)
		wrong(&r, "it was done, and done again");
	if (what < INVITE && !revived) /* what was sealed before can't be read after a new start: see make_all */
		judge_command(&r);
	return reached;
}

/* What a registry made of the journal in one go would hold. */
static void judge_registry(void)
{
	unsigned char ours[REGISTRY_DIGEST_BYTES], theirs[REGISTRY_DIGEST_BYTES];
	struct projector_log log;
	struct projecting_options o = { .journal = &s.disk, .alerts = projector_alerts(&log, s.log) };
	struct projector_counts c;
	struct projecting *p;
	char path[128];
	uint64_t begins, position;
	int64_t now_us;
	bool more = true;
	struct buf why;

	buf_init(&why, 4096);
	do {
		projector_counts(s.projector, &c);
		sched_yield();
	} while (c.failing || c.position + 1 < c.next);
	assert_int_equal(registry_place(s.registry, &position, &now_us),
	                 ERR_OK); /* what needs nothing written is not waited for */
	snprintf(path, sizeof(path), "%s/judge.sqlite", s.directory);
	assert_int_equal(registry_open(&o.registry, path, &why), ERR_OK);
	assert_int_equal(projecting_open(&p, &o, &begins), ERR_OK);
	while (more)
		assert_int_equal(projecting_batch(p, position + 1, &more), ERR_OK);
	assert_int_equal(registry_digest(o.registry, theirs), ERR_OK);
	assert_int_equal(registry_digest(s.registry, ours), ERR_OK);
	assert_memory_equal(ours, theirs, sizeof(ours));
	projecting_close(p);
	registry_close(o.registry);
	unlink(path);
	buf_release(&why);
}

static void test_all(enum fault f)
{
	uint64_t all = 0, most = test_cases(400);

	start();
	judge_registry();
	for (int what = 0; what < REQUESTS; what++) {
		uint64_t n = 1;

		while (one_round(what, f, n) && n < most)
			n += 1 + n / 32; /* SQLite allocates a lot, and by then the same again */
		print_message("%s: %llu\n", request_name[what], (unsigned long long)n - 1);
		all += n - 1;
	}
	assert_true(all > 0);
	judge_registry();
	served_stop(&s);
}

static void test_memory(void **state)
{
	(void)state;
	test_all(FAULT_MEMORY);
}

static void test_files(void **state)
{
	(void)state;
	test_all(FAULT_FILES);
}

static void test_sqlite(void **state)
{
	(void)state;
	test_all(FAULT_SQLITE);
}

static void test_sqlite_memory(void **state)
{
	(void)state;
	test_all(FAULT_SQLITE_MEMORY);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_memory), cmocka_unit_test(test_files),
		                                cmocka_unit_test(test_sqlite), cmocka_unit_test(test_sqlite_memory) };

	sqlite_faults_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
