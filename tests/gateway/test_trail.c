/* test_trail.c - the money trail and the time line over HTTP: random transfers judged by a naive reading of the definition; what is shown to whom; what is asked wrongly; limits. */
#include "tests/test.h"
#include <jansson.h>
#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "gateway/trail.h"
#include "tests/gateway/served.h"

enum {
	ACCOUNTS = 14,
	MOVES = 500,
	POLICE = 0,
	BANK,
	OTHER,
	NO_SCOPE,
	STRANGER,
	NONE = 99
};

static const struct tenant tenants[] = {
	{ .name = "police", .number = 13, .n_sees = 1, .sees = { "*:*.*" } },
	{ .name = "bank", .number = 11, .n_sees = 1, .sees = { "self:*.*" } },
	{ .name = "bank-2", .number = 12, .n_sees = 1, .sees = { "self:*.*" } },
	{ .name = "bank-3", .number = 14, .n_sees = 1, .sees = { "self:*.*" } },
};
static const struct served_options options = {
	.policy = "entity phone, account, person\n"
			  "event transfer { payer: account, payee: account, amount: money, channel: text? }\n"
			  "event cash { account: account, amount: money }\n"
			  "event call { caller: phone, callee: phone, talk: duration? }\n"
			  "rule big on transfer about payee when amount >= 9000 yuan then alert red, score 40 because \"much\"\n",
	.tenants = tenants,
	.n_tenants = ARRAY_LEN(tenants),
	.desk = true,
	.segment_bytes = 8192,
	.key = { { "police", SCOPE_EVENTS | SCOPE_ENTITIES | SCOPE_DESK, (1u << ROLE_INTAKE) | (1u << ROLE_STOP_SEAT), 0 },
	         { "bank", SCOPE_EVENTS | SCOPE_ENTITIES, 0, 0 },
	         { "bank-2", SCOPE_EVENTS | SCOPE_ENTITIES, 0, 0 },
	         { "police", SCOPE_EVENTS, 0, 0 },
	         { "bank-3", SCOPE_ENTITIES, 0, 0 } },
};

struct move {
	uint32_t from, to; /* to NONE: cash */
	int64_t fen, time_us;
	uint32_t who;
};
struct judged {
	uint32_t level[ACCOUNTS]; /* NONE: in none */
	int64_t since[ACCOUNTS], in[ACCOUNTS], out[ACCOUNTS], cash[ACCOUNTS], followed[ACCOUNTS];
	uint32_t edges;
};

static struct served s;
static struct heard h;
static struct rng rng;
static struct move move[MOVES];
static char token[ACCOUNTS][TOKEN_HEX + 1];

static void number_of_account(char z[32], uint32_t i)
{
	snprintf(z, 32, "62284800000000000%02u", i);
}

static void put_move(struct buf *b, const struct move *m)
{
	char from[32], to[32];

	number_of_account(from, m->from);
	buf_z(b, "{\"time\":\"");
	clock_format(b, m->time_us, &clock_shanghai);
	buf_printf(b, "\",\"amount\":%lld.%02d,", (long long)(m->fen / 100), (int)(m->fen % 100));
	if (m->to == NONE) {
		buf_printf(b, "\"event\":\"cash\",\"account\":\"%s\"}\n", from);
		return;
	}
	number_of_account(to, m->to);
	buf_printf(b, "\"event\":\"transfer\",\"payer\":\"%s\",\"payee\":\"%s\"}\n", from, to);
}

static void send_moves(uint32_t n)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	for (uint32_t i = 0; i < n; i++) {
		buf_clear(&b);
		for (uint32_t who = move[i].who; i < n && move[i].who == who; i++)
			put_move(&b, &move[i]);
		i--;
		served_ask(&s, "/v1/events", s.key[move[i].who], "", b.p, &h);
		heard_status(&h, 200);
		heard_says(&h, "\"quarantined\":0");
	}
	buf_release(&b);
}

static int set_up(void **state)
{
	uint64_t seed = test_seed(7);

	(void)state;
	served_start(&s, &options);
	heard_init(&h);
	rng_seed(&rng, seed);
	for (uint32_t i = 0; i < MOVES; i++)
		move[i] = (struct move){ .from = (uint32_t)rng_below(&rng, ACCOUNTS),
			                     .to = rng_chance(&rng, 150000) ? NONE : (uint32_t)rng_below(&rng, ACCOUNTS),
			                     .fen = rng_between(&rng, 1, 1000000),
			                     .time_us = served_clock - 4 * US_PER_HOUR +
			                                (28 * i + rng_between(&rng, 0, 500)) * US_PER_SECOND,
			                     .who = rng_chance(&rng, 500000) ? BANK : OTHER };
	send_moves(MOVES);
	for (uint32_t i = 0; i < ACCOUNTS; i++) {
		char z[128], number[32];

		number_of_account(number, i);
		snprintf(z, sizeof(z), "{\"kind\":\"account\",\"value\":\"%s\"}", number);
		served_ask(&s, "/v1/token", s.key[POLICE], "", z, &h);
		heard_status(&h, 200);
		snprintf(token[i], sizeof(token[i]), "%s", heard_member(&h, "token"));
	}
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	heard_release(&h);
	served_stop(&s);
	return 0;
}

/* ---- by the words of the definition ---- */

static bool counts(const struct move *m, int64_t to_us, uint32_t who)
{
	return m->time_us <= to_us && (who == POLICE || m->who == who);
}

static void judge(struct judged *j, uint32_t root, int64_t from_us, int64_t to_us, uint32_t levels, uint32_t who)
{
	memset(j, 0, sizeof(*j));
	for (uint32_t a = 0; a < ACCOUNTS; a++)
		j->level[a] = a == root ? 0 : NONE;
	j->since[root] = from_us;
	for (uint32_t k = 0; k < levels; k++)
		for (uint32_t i = 0; i < MOVES; i++) {
			const struct move *m = &move[i];

			if (m->to == NONE || !counts(m, to_us, who) || j->level[m->from] != k || m->time_us < j->since[m->from])
				continue;
			j->edges++;
			if (j->level[m->to] == NONE || (j->level[m->to] == k + 1 && m->time_us < j->since[m->to])) {
				j->level[m->to] = k + 1;
				j->since[m->to] = m->time_us;
			}
		}
	for (uint32_t i = 0; i < MOVES; i++) {
		const struct move *m = &move[i];
		bool out = counts(m, to_us, who) && j->level[m->from] != NONE && m->time_us >= j->since[m->from];

		if (out)
			*(m->to == NONE ? &j->cash[m->from] : &j->out[m->from]) += m->fen;
		if (m->to == NONE || !counts(m, to_us, who) || j->level[m->to] == NONE || m->time_us < j->since[m->to])
			continue;
		j->in[m->to] += m->fen;
		j->followed[m->to] += out && j->level[m->from] < levels ? m->fen : 0;
	}
}

static uint32_t account_of(const json_t *t)
{
	uint32_t a = 0;

	while (a < ACCOUNTS && strcmp(json_string_value(t), token[a]) != 0)
		a++;
	assert_true(a < ACCOUNTS);
	return a;
}

static int64_t whole(const json_t *o, const char *name)
{
	assert_true(json_is_integer(json_object_get(o, name)));
	return json_integer_value(json_object_get(o, name));
}

static void compare(const struct judged *j)
{
	json_t *answer = json_loadb(h.body.p, h.body.n, 0, NULL), *level, *account;
	uint32_t n = 0, expected = 0;
	size_t i, k;

	assert_non_null(answer);
	assert_true(json_is_false(json_object_get(answer, "truncated")));
	json_array_foreach(json_object_get(answer, "levels"), i, level)
	{
		int64_t before = INT64_MAX;

		assert_int_equal(whole(level, "level"), i);
		json_array_foreach(json_object_get(level, "accounts"), k, account)
		{
			uint32_t a = account_of(json_object_get(account, "token"));

			assert_int_equal(j->level[a], i);
			assert_int_equal(whole(account, "in"), j->in[a]);
			assert_int_equal(whole(account, "out"), j->out[a]);
			assert_int_equal(whole(account, "cash"), j->cash[a]);
			assert_int_equal(whole(account, "followed"), j->followed[a]);
			assert_int_equal(whole(account, "left_known"), j->in[a] - j->out[a] - j->cash[a]);
			assert_true(whole(account, "left_known") <= before);
			before = whole(account, "left_known");
			n++;
		}
	}
	for (uint32_t a = 0; a < ACCOUNTS; a++)
		expected += j->level[a] != NONE;
	assert_int_equal(n, expected);
	assert_int_equal(json_array_size(json_object_get(answer, "edges")), j->edges);
	json_decref(answer);
}

static void ask_trail(uint32_t who, uint32_t root, int64_t from_us, int64_t to_us, uint32_t levels)
{
	struct buf b;

	buf_init(&b, 1024);
	buf_printf(&b, "{\"account\":\"%s\",\"reason\":\"report 4711\",\"levels\":%u,\"from\":\"", token[root], levels);
	clock_format(&b, from_us, &clock_shanghai);
	buf_z(&b, "\",\"to\":\"");
	clock_format(&b, to_us, &clock_shanghai);
	buf_z(&b, "\"}");
	served_ask(&s, "/v1/trail", s.key[who], "", b.p, &h);
	heard_status(&h, 200);
	buf_release(&b);
}

static void test_as_defined(void **state)
{
	struct judged j;

	(void)state;
	for (uint32_t i = 0; i < 40; i++) {
		uint32_t root = (uint32_t)rng_below(&rng, ACCOUNTS), levels = 1 + (uint32_t)rng_below(&rng, 5),
				 who = (uint32_t)rng_below(&rng, 3);
		int64_t from_us = served_clock - 4 * US_PER_HOUR + rng_between(&rng, 0, 13900) * US_PER_SECOND,
				to_us = from_us + rng_between(&rng, 1, 9000) * US_PER_SECOND;

		judge(&j, root, from_us, to_us, levels, who);
		ask_trail(who, root, from_us, to_us, levels);
		compare(&j);
	}
}

/* ---- the desk, the act, what is wrong ---- */

static void test_stops_are_told(void **state)
{
	char z[512], number[32];

	(void)state;
	number_of_account(number, 3);
	snprintf(
		z, sizeof(z),
		"{\"step\":\"draft\",\"account\":\"%s\",\"bank\":11,\"amount\":\"1000.00\",\"evidence\":[3],\"basis\":\"AFL-20\"}",
		number);
	served_ask(&s, "/v1/stops", s.key[POLICE], "", z, &h);
	heard_status(&h, 201);
	ask_trail(POLICE, 3, served_clock - US_PER_HOUR, served_clock, 1);
	heard_says(&h, "\"state\":\"draft\",\"in_force\":false");
	ask_trail(BANK, 3, served_clock - US_PER_HOUR, served_clock, 1);
	heard_says(&h, "\"state\":\"draft\"");
	ask_trail(OTHER, 3, served_clock - US_PER_HOUR, served_clock, 1);
	heard_hides(&h, "\"state\":\"draft\"");
	heard_hides(&h, "62284800");
}

static void expect(uint32_t who, const char *path, const char *body, int status, const char *says)
{
	served_ask(&s, path, s.key[who], "", body, &h);
	heard_status(&h, status);
	heard_says(&h, says);
}

static void test_wrong(void **state)
{
	(void)state;
	expect(NO_SCOPE, "/v1/trail", "{\"account\":\"6228480000000000001\",\"reason\":\"x\"}", 403, "scope");
	expect(POLICE, "/v1/trail", "{\"account\":\"6228480000000000001\"}", 400, "reason");
	expect(POLICE, "/v1/timeline", "{\"kind\":\"phone\",\"value\":\"somebody\",\"reason\":\"x\"}", 422, "value");
	expect(POLICE, "/v1/trail", "{\"account\":\"6228480000000000001\",\"reason\":\"x\",\"levels\":6}", 400, "levels");
	expect(POLICE, "/v1/trail", "{\"account\":\"6228480000000000001\",\"reason\":\"x\",\"levels\":0}", 400, "levels");
	expect(POLICE, "/v1/trail", "{\"account\":\"6228480000000000001\",\"reason\":\"x\",\"levels\":\"2\"}", 400,
	       "number");
	expect(POLICE, "/v1/trail", "{\"account\":\"6228480000000000001\",\"reason\":\"call 13800138000\"}", 422, "reason");
	expect(POLICE, "/v1/trail", "{\"account\":\"6228480000000000001\",\"reason\":\"x\",\"from\":\"soon\"}", 400,
	       "from");
	expect(POLICE, "/v1/timeline", "{\"kind\":\"account\",\"reason\":\"x\"}", 400, "one of the two");
	expect(POLICE, "/v1/timeline", "{\"kind\":\"planet\",\"token\":\"00\",\"reason\":\"x\"}", 400, "kind");
	expect(POLICE, "/v1/timeline", "{\"kind\":\"account\",\"token\":\"00\",\"reason\":\"x\"}", 400, "token");
	expect(POLICE, "/v1/timeline",
	       "{\"kind\":\"account\",\"value\":\"6228480000000000001\",\"reason\":\"x\",\"limit\":0}", 400, "limit");
	expect(NO_SCOPE, "/v1/timeline", "{\"kind\":\"account\",\"value\":\"6228480000000000001\",\"reason\":\"x\"}", 403,
	       "scope");
}

/* ---- the time line ---- */

/* All pages of it: how many events, in order of their positions from the newest on. */
static uint32_t pages(uint32_t who, uint32_t account, uint32_t limit, uint32_t *alerts)
{
	char z[512], cursor[32] = "null";
	uint64_t before = UINT64_MAX;
	uint32_t n = 0;

	*alerts = 0;
	do {
		json_t *answer, *event;
		size_t i;

		snprintf(z, sizeof(z),
		         "{\"kind\":\"account\",\"token\":\"%s\",\"reason\":\"report 4711\",\"limit\":%u,\"cursor\":%s}",
		         token[account], limit, cursor);
		served_ask(&s, "/v1/timeline", s.key[who], "", z, &h);
		heard_status(&h, 200);
		heard_hides(&h, "62284800000000");
		answer = json_loadb(h.body.p, h.body.n, 0, NULL);
		assert_true(json_array_size(json_object_get(answer, "events")) <= limit);
		json_array_foreach(json_object_get(answer, "events"), i, event)
		{
			assert_true((uint64_t)whole(event, "position") < before);
			before = (uint64_t)whole(event, "position");
			*alerts += (uint32_t)json_array_size(json_object_get(event, "alerts"));
			assert_non_null(json_object_get(json_object_get(event, "fields"), "amount"));
			n++;
		}
		snprintf(cursor, sizeof(cursor), "%s", heard_member(&h, "cursor"));
		json_decref(answer);
	} while (cursor[0] >= '0' && cursor[0] <= '9');
	return n;
}

static void test_timeline(void **state)
{
	(void)state;
	for (uint32_t who = POLICE; who <= OTHER; who++)
		for (uint32_t a = 0; a < 4; a++) {
			uint32_t expected = 0, big = 0, alerts;

			for (uint32_t i = 0; i < MOVES; i++) {
				bool of = (move[i].from == a || move[i].to == a) && (who == POLICE || move[i].who == who);

				expected += of;
				big += of && move[i].to != NONE && move[i].fen >= 900000;
			}
			assert_int_equal(pages(who, a, 7 + who * 40, &alerts), expected);
			assert_int_equal(alerts, big);
		}
}

/* One page of a bank, whose cursor may be the position of what was shown, or a boundary of a block: nothing else. */
static uint32_t page_of(uint32_t who, const char *whom, const char *cursor)
{
	enum {
		BLOCK = 16384
	};
	char z[256];
	json_t *answer, *event;
	uint64_t last = 0, next;
	size_t i, n;

	snprintf(z, sizeof(z),
	         "{\"kind\":\"account\",\"token\":\"%s\",\"reason\":\"report 4711\",\"limit\":2,\"cursor\":%s}", whom,
	         cursor);
	served_ask(&s, "/v1/timeline", s.key[who], "", z, &h);
	heard_status(&h, 200);
	answer = json_loadb(h.body.p, h.body.n, 0, NULL);
	json_array_foreach(json_object_get(answer, "events"), i, event)
	{
		last = (uint64_t)whole(event, "position");
		assert_int_equal(whole(event, "organisation"), 11);
	}
	next = strtoull(heard_member(&h, "cursor"), NULL, 10);
	assert_true(next == 0 || next == last || next % BLOCK == 0);
	n = json_array_size(json_object_get(answer, "events"));
	json_decref(answer);
	return (uint32_t)n;
}

/* What others sent does not show, neither by a cursor that stands at it nor by one that is there at all. */
static void test_cursor_tells_nothing(void **state)
{
	enum {
		MANY = 80000,
		TOGETHER = 2000,
		OWN = 9
	};
	struct served_options o = options;
	char cursor[32] = "null";
	uint32_t n = 0, pages = 0;
	struct buf b;

	(void)state;
	assert_int_equal(page_of(STRANGER, token[5], cursor), 0); /* a bank of which nothing came */
	heard_says(&h, "\"events\":[],\"cursor\":null}");
	assert_int_equal(page_of(STRANGER, "0123456789abcdef0123456789abcdef", cursor), 0);
	heard_says(&h, "\"events\":[],\"cursor\":null}");
	o.segment_bytes = 0;
	served_restart(&s, &o);
	buf_init(&b, 4 << 20);
	for (uint32_t i = 0; i < MANY; i += TOGETHER) {
		buf_clear(&b);
		for (uint32_t k = 0; k < TOGETHER; k++)
			put_move(&b, &(struct move){ .from = 5, .to = 6, .fen = 100, .time_us = served_clock });
		served_ask(&s, "/v1/events", s.key[OTHER], "", b.p, &h);
		heard_status(&h, 200);
		if (i / TOGETHER % (MANY / TOGETHER / (OWN - 1)) != 0)
			continue;
		buf_clear(&b);
		put_move(&b, &(struct move){ .from = 5, .to = 6, .fen = 100, .time_us = served_clock });
		served_ask(&s, "/v1/events", s.key[BANK], "", b.p, &h);
		heard_status(&h, 200);
	}
	buf_release(&b);
	for (uint32_t i = 0; i < MOVES; i++)
		n += move[i].who == BANK && (move[i].from == 5 || move[i].to == 5);
	n += MANY / TOGETHER / (MANY / TOGETHER / (OWN - 1));
	for (uint32_t seen = 0; cursor[0] != 0; pages++) {
		seen += page_of(BANK, token[5], cursor);
		snprintf(cursor, sizeof(cursor), "%s", heard_member(&h, "cursor"));
		if (cursor[0] == 0)
			assert_int_equal(seen, n);
	}
	assert_true(pages > 2);
}

/* ---- more transfers than are followed ---- */

static void test_largest_are_followed(void **state)
{
	struct trail *t = mem_alloc(sizeof(*t));
	struct token level[TRAIL_ACCOUNTS_MAX];
	int64_t since_us, least = INT64_MAX, all = 0;
	enum {
		MANY = 9001
	};

	(void)state;
	assert_non_null(t);
	trail_init(t, (struct token){ { 1, 1 } }, 10, 2);
	for (uint32_t i = 0; i < MANY; i++) { /* 7919 is a prime: all amounts from 1 on, mixed */
		struct trail_move m = { .payer = { { 1, 1 } },
			                    .payee = { { 2, i + 2 } },
			                    .amount_fen = 1 + (int64_t)i * 7919 % MANY,
			                    .time_us = 10 + i,
			                    .position = i + 1 };

		trail_take(t, &m);
		all += m.amount_fen;
	}
	trail_next(t);
	assert_int_equal(trail_level(t, level, &since_us), TRAIL_EDGES_MAX);
	trail_next(t);
	assert_int_equal(trail_level(t, level, &since_us), 0);
	trail_settle(t);
	assert_true(t->truncated);
	assert_int_equal(t->n_edges, TRAIL_EDGES_MAX);
	for (uint32_t i = 0; i < t->n_edges; i++) {
		least = t->edge[i].amount_fen < least ? t->edge[i].amount_fen : least;
		assert_true(i == 0 || t->edge[i].time_us > t->edge[i - 1].time_us);
	}
	assert_int_equal(least, MANY - TRAIL_EDGES_MAX + 1);
	assert_int_equal(t->order[0]->out_fen, all); /* sums are of all, followed or not */
	mem_free(t);
}

/* What does not fit into 64 bits is told, not wrapped. */
static void test_too_much_money(void **state)
{
	struct trail *t = mem_alloc(sizeof(*t));
	struct trail_move m = {
		.payer = { { 1, 1 } }, .payee = { { 2, 2 } }, .amount_fen = INT64_MAX - 5, .time_us = 10, .position = 1
	};

	(void)state;
	assert_non_null(t);
	trail_init(t, m.payer, 10, 1);
	trail_take(t, &m);
	assert_false(t->truncated);
	trail_take(t, &m);
	assert_true(t->truncated);
	trail_next(t);
	trail_settle(t);
	assert_true(t->order[0]->out_fen == INT64_MAX);
	mem_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_defined),
		cmocka_unit_test(test_stops_are_told),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_timeline),
		cmocka_unit_test(test_cursor_tells_nothing),
		cmocka_unit_test(test_largest_are_followed),
		cmocka_unit_test(test_too_much_money),
	};

	return cmocka_run_group_tests(tests, set_up, take_down);
}
