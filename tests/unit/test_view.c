/* test_view.c - alerts as organisations see them. A bank's transfer, an operator's calls and a binding by the police raise an alert; each of
 * its secrets has a mark of its own. For every set of patterns it is said which marks may be seen; and random sets of patterns are
 * judged by a simple rule beside the real one: a mark that may not be seen stands nowhere in what is shown. */
#include "tests/test.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "event/event_build.h"
#include "gateway/view.h"
#include "shard/shard.h"
#include "tests/sim/disk_virtual.h"

enum {
	BANK = 1,
	TELECOM = 2,
	POLICE = 3,
	REMOVED = 9 /* an organisation that the settings no longer have */
};

static const struct hash_key key = { { 7 } };
static const char policy[] =
	"entity phone { holder: person }, account { holder: person }, person\n"
	"event call { caller: phone, callee: phone, talk: duration }\n"
	"event transfer { payer: account, payee: account, amount: money, type: text? }\n"
	"event bind { person: person, phone: phone?, account: account? } sets phone.holder = person, account.holder = person\n"
	"rule late on transfer about payer\n"
	"  when amount >= 100 yuan and max(talk of call by callee.holder = payer.holder over 2h) >= 5min\n"
	"   and last(caller of call by callee.holder = payer.holder over 2h) is known and risk(payee) < 50\n"
	"  then alert red, score 40, propose delay(payee, 30min) basis \"Art 18\", propose warn(payer.holder) basis \"Art 34\"\n"
	"  because \"{amount} after {max(talk of call by callee.holder = payer.holder over 2h)}\"\n"
	"rule plain on transfer about payer.holder when amount >= 100 yuan then alert blue, score 1 because \"a large sum\"\n";

/* A mark: a text that gives one secret away, and what has to be seen for it. */
struct mark {
	const char *name, *reads[8];
	char text[64];
};

/* Whose calls: those to phones of the holder of the payer's account. */
#define CALL_WINDOW \
	"*:call.callee", "*:call.time", "*:bind.person", "*:bind.phone", "*:bind.account", "this:transfer.payer"

enum {
	CALLER = 4,
	TALK,
	CALL_TIME
};

static struct mark marks[] = {
	{ "payer", { "this:transfer.payer" } },
	{ "payee", { "this:transfer.payee" } },
	{ "amount", { "this:transfer.amount" } },
	{ "type", { "this:transfer.type" } },
	{ "caller", { CALL_WINDOW, "*:call.caller" } },
	{ "talk", { CALL_WINDOW, "*:call.talk" } },
	{ "call time", { NULL } }, /* with the caller or with the talk: an item is shown with its window */
	{ "holder", { "this:transfer.payer", "*:bind.person", "*:bind.account" } },
};

struct told {
	struct buf line[8], briefs;
	uint32_t n;
};

static struct tenant tenants[3] = { { .name = "bank-1", .number = BANK },
	                                { .name = "telecom-1", .number = TELECOM },
	                                { .name = "police-1", .number = POLICE } };

static enum err no_zone(void *ctx, struct arena *a, struct text name, struct text *out)
{
	(void)ctx;
	(void)a;
	(void)name;
	(void)out;
	return ERR_ABSENT;
}

static void hear(void *ctx, uint64_t position, struct text line)
{
	struct told *t = ctx;

	(void)position;
	assert_true(t->n < ARRAY_LEN(t->line));
	buf_init(&t->line[t->n], 1 << 20);
	buf_text(&t->line[t->n++], line);
}

static void say(struct shard *s, uint16_t organisation, const char *const *pairs, struct buf *briefs)
{
	static char bytes[EVENT_BUILD_BYTES];
	struct event event;
	struct event_builder b = {
		.schema = &shard_policy_in_force(s)->schema, .key = &key, .bytes = bytes, .cap = sizeof(bytes)
	};
	struct shard_item item = { .event = &event, .organisation = organisation };
	struct event_pair p[8];
	struct text wrong;
	size_t n = 0;

	for (; pairs[2 * n] != NULL; n++)
		p[n] = (struct event_pair){ text_z(pairs[2 * n]), text_z(pairs[2 * n + 1]) };
	assert_int_equal(event_build(&b, p, n, &event, &wrong), BAD_NONE);
	assert_int_equal(shard_apply(s, &item, 1), ERR_OK);
	if (briefs != NULL)
		buf_text(briefs, item.answer.alerts);
}

#define SAY(s, who, briefs, ...) say(s, who, (const char *const[]){ __VA_ARGS__, NULL, NULL }, briefs)

static void token_mark(const char *name, uint32_t kind, const char *plain)
{
	struct token t = hash_token(&key, kind, text_z(plain));

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (strcmp(marks[i].name, name) == 0)
			snprintf(marks[i].text, sizeof(marks[i].text), "%016llx%016llx", (unsigned long long)t.w[0],
			         (unsigned long long)t.w[1]);
}

static void text_mark(const char *name, const char *text)
{
	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (strcmp(marks[i].name, name) == 0)
			snprintf(marks[i].text, sizeof(marks[i].text), "%s", text);
}

/* `who` brings the transfer. */
static void tell(struct told *t, uint16_t who)
{
	struct disk_virtual *v = disk_virtual_new(1);
	struct disk disk = disk_virtual_disk(v);
	struct policy_file file = { TEXT("a.dk"), TEXT(policy) };
	struct buf payload, why;
	struct shard_found found;
	struct shard *s;
	struct shard_options o = { .disk = &disk,
		                       .key = &key,
		                       .read_zone = no_zone,
		                       .lateness_us = US_PER_HOUR,
		                       .engine = { .state_bytes_max = 1 << 20, .entities_max = 1024 },
		                       .evidence_max = 5,
		                       .alert = hear,
		                       .ctx = t };

	buf_init(&payload, 1 << 16);
	buf_init(&why, 1 << 16);
	buf_init(&t->briefs, 1 << 16);
	t->n = 0;
	edition_put_files(&payload, &file, 1);
	o.policy = buf_view(&payload);
	if (shard_open(&s, &o, &found, &why) != ERR_OK)
		fail_msg("%s", why.p);
	SAY(s, POLICE, NULL, "event", "bind", "time", "2026-03-02T10:00:00+08:00", "person", "110101199003074514", "phone",
	    "13900139000", "account", "6222021234567890128");
	SAY(s, TELECOM, NULL, "event", "call", "time", "2026-03-02T10:01:07+08:00", "caller", "13800138001", "callee",
	    "13900139000", "talk", "373");
	SAY(s, who, &t->briefs, "event", "transfer", "time", "2026-03-02T10:20:00+08:00", "payer", "6222021234567890128",
	    "payee", "6222029876543210986", "amount", "54321.09", "type", "call");
	shard_close(s);
	buf_release(&payload);
	buf_release(&why);
	disk_virtual_free(v);
	token_mark("payer", 1, "6222021234567890128");
	token_mark("payee", 1, "6222029876543210986");
	token_mark("holder", 2, "110101199003074514");
	text_mark("caller", "8001");
	text_mark("amount", "54,321.09");
	text_mark("talk", "6min 13s");
	text_mark("call time", "10:01:07");
	text_mark("type", "\"type\":\"call\"");
	assert_int_equal(t->n, 2);
}

static void forget(struct told *t)
{
	for (uint32_t i = 0; i < t->n; i++)
		buf_release(&t->line[i]);
	buf_release(&t->briefs);
}

static struct tenant reader(const char *name, const char *const *sees, size_t n)
{
	struct tenant t = { .number = 1 };

	snprintf(t.name, sizeof(t.name), "%s", name);
	for (size_t i = 0; i < n && sees[i] != NULL; i++)
		snprintf(t.sees[t.n_sees++], sizeof(t.sees[0]), "%s", sees[i]);
	return t;
}

static enum err shown(const struct tenant *who, const struct buf *line, struct buf *out)
{
	struct viewer v = { who, tenants, ARRAY_LEN(tenants) };

	return view_alert(&v, buf_view(line), out);
}

/* What everybody with the right key sees has every mark: the marks are real. */
static void test_whole(void **state)
{
	struct told t;
	struct buf out;
	struct tenant all = reader("x", (const char *const[]){ "*:*.*" }, 1);

	(void)state;
	tell(&t, BANK);
	buf_init(&out, 1 << 20);
	assert_int_equal(shown(NULL, &t.line[0], &out), ERR_OK);
	assert_memory_equal(out.p, t.line[0].p, out.n);
	assert_int_equal(shown(&all, &t.line[0], &out), ERR_OK);
	assert_memory_equal(out.p, t.line[0].p, out.n);
	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (strstr(out.p, marks[i].text) == NULL)
			fail_msg("%s (%s) is not in %s", marks[i].name, marks[i].text, out.p);
	assert_non_null(strstr(out.p, "\"organisation\":1,\"on\":\"transfer\""));
	assert_non_null(strstr(out.p, "\"reads\":[\"this:transfer.payer\"]"));
	buf_release(&out);
	forget(&t);
}

/* One row a reader. Columns: sees it at all, then the marks in their order. */
static void test_matrix(void **state)
{
	static const struct {
		const char *name, *sees[8], *marks;
	} rows[] = {
		{ "bank-1", { "self:*.*" }, "1 11110000" },
		{ "bank-1", { NULL }, "0" },
		{ "bank-1", { "self:call.*" }, "0" },
		{ "bank-1", { "self:transfer.payer" }, "1 10000000" },
		{ "bank-1", { "self:transfer.type" }, "1 00010000" },
		{ "bank-2", { "self:*.*" }, "0" },
		{ "bank-2", { "bank-1:transfer.*" }, "1 11110000" },
		{ "bank-2", { "*:transfer.amount" }, "1 00100000" },
		{ "telecom-1", { "self:*.*" }, "0" }, /* its calls are evidence, the alert is the bank's */
		{ "telecom-1",
		  { "self:*.*", "bank-1:transfer.payee" },
		  "1 01000000" }, /* whose calls stood in the window is not known */
		{ "bank-1", { "self:*.*", "*:bind.*" }, "1 11110001" },
		{ "bank-1", { "self:*.*", "*:call.*" }, "1 11110000" }, /* the window's key is what a binding said */
		{ "bank-1", { "self:*.*", "*:call.*", "*:bind.*" }, "1 11111111" },
		{ "bank-1", { "self:*.*", "*:call.callee", "*:call.caller", "*:call.time", "*:bind.*" }, "1 11111011" },
		{ "bank-1", { "self:*.*", "*:call.callee", "*:call.talk", "*:call.time", "*:bind.*" }, "1 11110111" },
		{ "bank-1", { "self:*.*", "*:call.callee", "*:call.talk", "*:call.caller", "*:bind.*" }, "1 11110001" },
		{ "bank-1",
		  { "self:*.*", "telecom-1:*.*", "police-1:*.*" },
		  "1 11110000" }, /* by name does not do: it might be another's */
		{ "police-1", { "*:*.*" }, "1 11111111" },
	};
	struct told t;
	struct buf out;

	(void)state;
	tell(&t, BANK);
	buf_init(&out, 1 << 20);
	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		struct tenant who = reader(rows[r].name, rows[r].sees, ARRAY_LEN(rows[r].sees));
		enum err e = shown(&who, &t.line[0], &out);

		assert_int_equal(e, rows[r].marks[0] == '1' ? ERR_OK : ERR_ABSENT);
		if (e != ERR_OK)
			assert_int_equal(out.n, 0);
		for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(marks); i++)
			if ((strstr(out.p, marks[i].text) != NULL) != (rows[r].marks[2 + i] == '1'))
				fail_msg("row %zu, %s: %s", r, marks[i].name, out.p);
	}
	buf_release(&out);
	forget(&t);
}

static bool may(const struct tenant *who, const char *organisation, size_t mark)
{
	const struct mark *m = &marks[mark];

	if (mark == CALL_TIME)
		return may(who, organisation, CALLER) || may(who, organisation, TALK);
	for (size_t i = 0; i < ARRAY_LEN(m->reads) && m->reads[i] != NULL; i++) {
		const char *z = m->reads[i], *colon = strchr(z, ':'), *dot = strchr(z, '.');

		if (!tenant_sees(who, z[0] == '*' ? NULL : organisation, text_of(colon + 1, (size_t)(dot - colon) - 1),
		                 text_z(dot + 1)))
			return false;
	}
	return true;
}

static void test_random(void **state)
{
	static const char *const organisations[] = { "self", "bank-1", "telecom-1", "*", "*", "*" };
	static const char *const events[] = { "call", "transfer", "bind", "alert", "*" };
	static const char *const fields[] = { "caller",  "callee", "talk",  "payer", "payee", "amount", "type",
		                                  "account", "person", "score", "time",  "*",     "*" };
	static const uint16_t from[] = { BANK, TELECOM, REMOVED, 0 };
	uint64_t seed = test_seed(3), n = test_cases(4000), whole = 0, none = 0;
	struct rng rng;
	struct buf out;

	(void)state;
	rng_seed(&rng, seed);
	buf_init(&out, 1 << 20);
	for (size_t f = 0; f < ARRAY_LEN(from); f++) {
		const struct tenant *brought = tenant_numbered(tenants, ARRAY_LEN(tenants), from[f]);
		const char *organisation = brought == NULL ? "" : brought->name;
		struct told t;

		tell(&t, from[f]);
		for (uint64_t c = 0; c < n / ARRAY_LEN(from); c++) {
			struct tenant who = { .name = "bank-1", .number = BANK };
			bool any = false;
			enum err e;

			for (uint64_t k = 1 + rng_below(&rng, 12); k > 0; k--)
				snprintf(who.sees[who.n_sees++], sizeof(who.sees[0]), "%s:%s.%s", organisations[rng_below(&rng, 6)],
				         events[rng_below(&rng, 5)], fields[rng_below(&rng, 13)]);
			for (size_t i = 0; i < 4; i++)
				any |= may(&who, organisation, i);
			any |= tenant_sees(&who, organisation, TEXT("transfer"), TEXT(""));
			e = shown(&who, &t.line[0], &out);
			assert_int_equal(e, any ? ERR_OK : ERR_ABSENT);
			none += !any;
			whole += tenant_sees_all(&who);
			for (size_t i = 0; any && i < ARRAY_LEN(marks); i++)
				if ((strstr(out.p, marks[i].text) != NULL) != may(&who, organisation, i))
					fail_msg("case %llu, from %u, %s: %s", (unsigned long long)c, from[f], marks[i].name, out.p);
		}
		forget(&t);
	}
	assert_true(none > 0 && whole > 0);
	buf_release(&out);
}

/* Who sent the event is told what came of it: fields of the event are the sender's; the rest is as elsewhere. */
static void test_briefs(void **state)
{
	struct tenant own = reader("bank-1", (const char *const[]){ "self:*.*" }, 1);
	struct tenant nothing = { .name = "nobody" };
	struct tenant all = reader("bank-1", (const char *const[]){ "*:call.*", "*:bind.*" }, 2);
	const struct tenant *who[] = { &own, &nothing };
	struct told t;
	struct buf out;

	(void)state;
	tell(&t, BANK);
	buf_init(&out, 1 << 20);
	for (size_t i = 0; i < ARRAY_LEN(who); i++) {
		buf_clear(&out);
		assert_int_equal(view_briefs(&(struct viewer){ who[i], tenants, 3 }, buf_view(&t.briefs), &out), ERR_OK);
		assert_non_null(strstr(out.p, "\"rule\":\"late\""));
		assert_non_null(strstr(out.p, "\"rule\":\"plain\""));
		assert_non_null(strstr(out.p, "\"because\":{\"hidden\":true}"));
		assert_non_null(strstr(out.p, "\"because\":{\"en\":\"a large sum\",\"zh\":\"a large sum\"}"));
		assert_non_null(strstr(out.p, marks[0].text)); /* payer: about */
		assert_non_null(strstr(out.p, "\"about\":{\"hidden\":true}"));
		assert_non_null(strstr(out.p, marks[1].text)); /* payee: a target */
		assert_null(strstr(out.p, marks[7].text));     /* holder: told by a binding */
		assert_null(strstr(out.p, "reads"));
	}
	buf_clear(&out);
	assert_int_equal(view_briefs(&(struct viewer){ &all, tenants, 3 }, buf_view(&t.briefs), &out), ERR_OK);
	assert_null(strstr(out.p, "hidden"));
	assert_non_null(strstr(out.p, "6min 13s"));
	buf_clear(&out);
	assert_int_equal(view_briefs(&(struct viewer){ NULL, NULL, 0 }, buf_view(&t.briefs), &out), ERR_OK);
	assert_null(strstr(out.p, "reads"));
	assert_non_null(strstr(
		out.p,
		"\"shown\":\"622202****0128\"},\"because\":{\"en\":\"¥54,321.09 after 6min 13s\",\"zh\":\"¥54,321.09 after 6min 13s\"}"));
	buf_clear(&out);
	assert_int_equal(
		view_briefs(
			&(struct viewer){ NULL, NULL, 0 },
			TEXT("{\"x\":\"y\\\",\\\"reads\\\":[\",\"reads\":[\"*:list.a]\\\"b\"],\"z\":1},{\"k\":2,\"reads\":[]}"),
			&out),
		ERR_OK);
	assert_text(buf_view(&out), "{\"x\":\"y\\\",\\\"reads\\\":[\",\"z\":1},{\"k\":2}");
	buf_clear(&out);
	assert_int_equal(view_briefs(&(struct viewer){ &own, tenants, 3 }, TEXT(""), &out), ERR_OK);
	assert_int_equal(out.n, 0);
	assert_int_equal(view_briefs(&(struct viewer){ &own, tenants, 3 }, TEXT("{\"rule\":"), &out), ERR_FORMAT);
	buf_release(&out);
	forget(&t);
}

/* What is not understood is not shown. */
static void test_damaged(void **state)
{
	struct tenant who = reader("bank-1", (const char *const[]){ "self:*.*", "*:call.*", "*:bind.*" }, 3);
	static const char *const lines[] = {
		"",
		"[]",
		"{",
		"7",
		"null",
		"{}",
		"{\"id\":\"1.r\",\"event\":{\"type\":\"call\"}}",         /* without provenance */
		"{\"organisation\":1,\"event\":{\"type\":\"transfer\"}}", /* the type where a field could stand */
		"{\"organisation\":\"1\",\"on\":\"transfer\",\"event\":{\"type\":\"transfer\"}}",
		"{\"organisation\":65537,\"on\":\"transfer\",\"event\":{\"type\":\"transfer\"}}",
		"{\"organisation\":-1,\"on\":\"transfer\"}",
		"{\"organisation\":1,\"on\":7}",
	};
	struct buf out, line;

	(void)state;
	buf_init(&out, 1 << 16);
	buf_init(&line, 1 << 16);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		buf_clear(&line);
		buf_z(&line, lines[i]);
		assert_int_not_equal(shown(&who, &line, &out), ERR_OK);
		assert_int_equal(out.n, 0);
	}
	buf_clear(&line); /* parts that do not say what they read are hidden one by one */
	buf_z(
		&line,
		"{\"organisation\":1,\"on\":\"transfer\",\"about\":{\"token\":\"SECRET\"},\"because\":\"SECRET\",\"event\":7,"
		"\"values\":[{\"left\":\"SECRET\"},{\"left\":\"SECRET\",\"reads\":[7]},{\"left\":\"SECRET\",\"reads\":[\"call.talk\"]},"
		"{\"left\":\"SECRET\",\"reads\":[\"*:call\"]},{\"left\":\"SECRET\",\"reads\":[\"other:call.talk\"]},\"SECRET\"],"
		"\"measures\":[{\"target\":\"SECRET\"}],\"evidence\":[\"SECRET\",{\"value\":\"SECRET\",\"reads\":[]},"
		"{\"of\":\"call\",\"reads\":[],\"items\":[{\"time\":\"ok\",\"x\":\"SECRET\"}],\"columns\":{}}]}");
	assert_int_equal(shown(&who, &line, &out), ERR_OK);
	assert_null(strstr(out.p, "SECRET"));
	assert_non_null(strstr(out.p, "ok"));
	buf_release(&out);
	buf_release(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_whole), cmocka_unit_test(test_matrix),
		                                cmocka_unit_test(test_random), cmocka_unit_test(test_briefs),
		                                cmocka_unit_test(test_damaged) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
