/* gen.c - see gen.h. */
#include "tests/oracle/gen.h"
#include <stdio.h>

const char gen_schema[] =
	"entity phone { holder: person, opened: time }, account { holder: person }, person, device\n"
	"event call { caller: phone, callee: phone, talk: duration, n: number, device: device?, tag: text? }\n"
	"event transfer { payer: account, payee: account, amount: money, tag: text? }\n"
	"event bind { person: person, phone: phone?, account: account? } sets phone.holder = person, account.holder = person, "
	"phone.opened = time\n"
	"list \"known\" of phone from \"known.csv\"\n"
	"rule loud on call about caller when talk >= 40s then alert blue, score 20 because \"x\"\n"
	"rule rich on transfer about payer.holder when amount >= 300 yuan then alert red, score 50 because \"x\"\n"
	"rule louder on call about caller when n >= 7 then alert blue, score 15 every 20s because \"x\"\n";

const char *const gen_tags[GEN_TAGS] = { "alpha", "beta 1", "beta 2", "\xe7\x81\xb0\xe5\xba\xa6", "gamma" };

void gen_name(char *z, size_t n, char kind, int64_t i)
{
	snprintf(z, n, "%c%d", kind, (int)i);
}

static uint64_t below(struct gen *g, uint64_t n)
{
	return rng_below(&g->rng, n);
}
static bool chance(struct gen *g, uint32_t percent)
{
	return below(g, 100) < percent;
}
static const char *pick(struct gen *g, const char *const *z, uint32_t n)
{
	return z[below(g, n)];
}
#define PICK(g, list) pick(g, list, (uint32_t)(sizeof(list) / sizeof((list)[0])))

enum {
	CALL,
	TRANSFER
};

static void condition(struct gen *g, struct buf *b, int event, int depth);
static void aggregate(struct gen *g, struct buf *b, int context, int depth, bool numeric);

static void window(struct gen *g, struct buf *b)
{
	static const char *const windows[] = { "1s", "2s", "5s", "9s", "10s", "30s", "1min", "90s", "5min", "1h", "1d" };

	buf_z(b, PICK(g, windows));
}

/* A key of the aggregated event and, where the reader's event lacks it or by choice, what it is looked up by. */
static void key(struct gen *g, struct buf *b, int event, int context)
{
	static const char *const phones[] = { "caller", "callee" }, *const holders[] = { "caller.holder", "callee.holder" },
							 *const accounts[] = { "payer", "payee" },
							 *const owners[] = { "payer.holder", "payee.holder" };
	const char *const *mine = event == CALL ? phones : accounts, *const *mine_held = event == CALL ? holders : owners;
	const char *const *their = context == CALL ? phones : accounts, *const *their_held =
																		context == CALL ? holders : owners;
	uint32_t kind = (uint32_t)below(g, 10);

	if (event != context) {
		g->seen[GEN_CROSS_EVENT]++;
		if (kind < 3) {
			g->seen[GEN_TEXT_KEY]++;
			buf_z(b, "tag");
		} else {
			g->seen[GEN_PATH_KEY]++;
			buf_printf(b, "%s = %s", mine_held[below(g, 2)], their_held[below(g, 2)]);
		}
	} else if (kind < 5) {
		buf_z(b, mine[below(g, 2)]);
		if (chance(g, 30))
			buf_printf(b, " = %s", their[below(g, 2)]);
	} else if (kind < 7) {
		g->seen[GEN_PATH_KEY]++;
		buf_z(b, mine_held[below(g, 2)]);
		if (chance(g, 40))
			buf_printf(b, " = %s", their_held[below(g, 2)]);
	} else if (kind < 8) {
		g->seen[GEN_TEXT_KEY]++;
		buf_z(b, "tag");
	} else if (kind < 9) {
		g->seen[GEN_PAIR_KEY]++;
		buf_printf(b, "%s, %s", mine[0], mine[1]);
	} else if (event == CALL) {
		buf_z(b, "device");
	} else {
		g->seen[GEN_PAIR_KEY]++;
		buf_z(b, "payee, tag");
	}
}

static void function(struct gen *g, struct buf *b, int event, int depth, bool numeric)
{
	static const char *const sums[] = { "sum", "avg", "stddev" }, *const extremes[] = { "min", "max" },
							 *const ends[] = { "first", "last" },
							 *const gaps[] = { "gap_avg", "gap_min", "gap_max", "gap_stddev" },
							 *const call_values[] = { "talk", "n", "n * 3 - 7", "talk + 2s" },
							 *const call_any[] = { "callee", "caller", "tag", "device", "n", "caller.holder", "talk" },
							 *const money[] = { "amount", "amount * 2", "amount - 10 yuan" },
							 *const money_any[] = { "payee", "payer", "tag", "amount", "payee.holder" };
	const char *value = event == CALL ? PICK(g, call_values) : PICK(g, money);
	const char *any = event == CALL ? PICK(g, call_any) : PICK(g, money_any);
	const char *name = event == CALL ? "call" : "transfer";
	uint32_t f = (uint32_t)below(g, numeric ? 9 : 12);

	if (f < 3) {
		buf_printf(b, "count(%s ", name);
	} else if (f < 5) {
		g->seen[GEN_DISTINCT]++;
		buf_printf(b, "distinct(%s of %s ", any, name);
	} else if (f < 6) {
		g->seen[GEN_SPREAD]++;
		buf_printf(b, "%s(%s of %s ", PICK(g, sums), value, name);
	} else if (f < 7) {
		g->seen[GEN_EXTREME]++;
		buf_printf(b, "%s(%s of %s ", PICK(g, extremes), value, name);
	} else if (f < 8) {
		g->seen[GEN_SHARE]++;
		buf_z(b, "share(");
		condition(g, b, event, depth + 1);
		buf_printf(b, " of %s ", name);
	} else if (f < 9 || f == 11) {
		g->seen[GEN_GAP]++;
		buf_printf(b, "%s(%s ", PICK(g, gaps), name);
	} else {
		g->seen[GEN_EDGE]++;
		buf_printf(b, "%s(%s of %s ", PICK(g, ends), any, name);
	}
}

static void aggregate(struct gen *g, struct buf *b, int context, int depth, bool numeric)
{
	int event = chance(g, 65) ? context : 1 - context;

	function(g, b, event, depth, numeric);
	buf_z(b, "by ");
	key(g, b, event, context);
	buf_z(b, " over ");
	window(g, b);
	if (chance(g, 45)) {
		g->seen[GEN_FILTER]++;
		buf_z(b, " where ");
		condition(g, b, event, depth + 1);
	}
	if (chance(g, 30)) {
		g->seen[GEN_EXCLUDING]++;
		buf_z(b, " excluding this");
	}
	buf_z(b, ")");
}

static void nested(struct gen *g, struct buf *b, int event, int depth)
{
	g->seen[GEN_NESTED]++;
	buf_printf(b, "count(%s by ", event == CALL ? "call" : "transfer");
	key(g, b, event, event);
	buf_z(b, " over ");
	window(g, b);
	if (depth < 2 && chance(g, 30)) {
		buf_z(b, " where ");
		condition(g, b, event, depth + 1);
	}
	buf_printf(b, "%s) >= %d", chance(g, 30) ? " excluding this" : "", (int)below(g, 5));
}

static void condition(struct gen *g, struct buf *b, int event, int depth)
{
	uint32_t c = (uint32_t)below(g, depth > 2 ? 9 : 13);

	if (c < 3)
		event == CALL ? buf_printf(b, "talk >= %ds", (int)below(g, 60))
					  : buf_printf(b, "amount < %d yuan", (int)below(g, 500));
	else if (c < 4)
		event == CALL ? buf_printf(b, "n between %d and %d", (int)below(g, 4), 4 + (int)below(g, 5))
					  : buf_printf(b, "amount * 2 > %d yuan", (int)below(g, 900));
	else if (c < 5)
		buf_z(b, chance(g, 50) ? "tag is known" : "tag = \"alpha\"");
	else if (c < 6)
		buf_z(b, event == CALL ? "caller.holder = callee.holder" : "payer.holder != payee.holder");
	else if (c < 7 && event == CALL) {
		g->seen[GEN_LIST]++;
		buf_z(b, chance(g, 50) ? "caller in list \"known\"" : "callee not in list \"known\"");
	} else if (c < 8) {
		g->seen[GEN_RISK]++;
		buf_printf(b, "risk(%s) >= %d", event == CALL ? "caller" : "payer.holder", (int)below(g, 70));
	} else if (c < 9) {
		g->seen[GEN_CLOCK]++;
		buf_z(b, chance(g, 50) ? "hour(time) >= 9" : "clock between 07:00 and 23:30");
	} else if (c < 11) {
		nested(g, b, event, depth);
	} else {
		buf_z(b, chance(g, 30) ? "not (" : "(");
		condition(g, b, event, depth + 1);
		buf_z(b, chance(g, 50) ? " and " : " or ");
		condition(g, b, event, depth + 1);
		buf_z(b, ")");
	}
}

static void sugar(struct gen *g, struct buf *b, int context)
{
	if (chance(g, 50)) {
		g->seen[GEN_FIRST_TIME]++;
		buf_printf(b, "first_time(%s over ", context == CALL ? "caller -> callee" : "payer -> payee");
		window(g, b);
		buf_z(b, ")");
		return;
	}
	g->seen[GEN_PRECEDED]++;
	buf_printf(b, "preceded by %s(%s, ", context == CALL ? "transfer" : "call",
	           context == CALL ? "payee.holder = caller.holder" : "callee.holder = payer.holder");
	condition(g, b, 1 - context, 1);
	buf_z(b, ") within ");
	window(g, b);
}

static void feature(struct gen *g, struct buf *b, int context)
{
	uint32_t k = (uint32_t)below(g, 10);

	if (k < 5) {
		aggregate(g, b, context, 0, false);
	} else if (k < 6) {
		sugar(g, b, context);
	} else if (k < 7) {
		g->seen[GEN_REAL]++;
		buf_z(b, "count(");
		buf_printf(b, "%s by ", context == CALL ? "call" : "transfer");
		key(g, b, context, context);
		buf_z(b, " over ");
		window(g, b);
		buf_printf(b, ") / %d + 0.25", (int)below(g, 4));
	} else if (k < 8 && context == CALL) {
		g->seen[GEN_AGE]++;
		buf_z(b, chance(g, 50) ? "age(caller)" : "age(callee) > 1min");
	} else if (k < 9) {
		g->seen[GEN_ELSE]++;
		buf_printf(b, "(%s(%s by ", chance(g, 50) ? "max" : "min",
		           context == CALL ? "n of call" : "amount of transfer");
		key(g, b, context, context);
		buf_z(b, " over ");
		window(g, b);
		buf_printf(b, " excluding this) else %s)", context == CALL ? "5" : "1 yuan");
	} else {
		g->seen[GEN_TEMPLATE]++;
		buf_printf(b, "distinct(template(tag) of %s by ", context == CALL ? "call" : "transfer");
		key(g, b, context, context);
		buf_z(b, " over ");
		window(g, b);
		buf_z(b, ")");
	}
}

void gen_policy(struct gen *g, struct buf *b)
{
	buf_z(b, gen_schema);
	for (int i = 0; i < GEN_FEATURES; i++) {
		int context = (int)below(g, 2);

		buf_printf(b, "feature f%d on %s = ", i, context == CALL ? "call" : "transfer");
		feature(g, b, context);
		buf_char(b, '\n');
	}
}

/* ---- streams ---- */

static int64_t tag(struct gen *g)
{
	return chance(g, 30) ? VALUE_MISSING : (int64_t)below(g, GEN_TAGS);
}

static void fill(struct gen *g, struct gen_event *e, uint32_t entities)
{
	for (int i = 0; i < 6; i++)
		e->value[i] = VALUE_MISSING;
	if (e->type == 0) {
		e->value[0] = (int64_t)below(g, entities);
		e->value[1] = (int64_t)below(g, entities);
		e->value[2] = (int64_t)below(g, 60) * US_PER_SECOND;
		e->value[3] = (int64_t)below(g, 9);
		e->value[4] = chance(g, 40) ? VALUE_MISSING : (int64_t)below(g, 3);
		e->value[5] = tag(g);
	} else if (e->type == 1) {
		e->value[0] = (int64_t)below(g, entities);
		e->value[1] = (int64_t)below(g, entities);
		e->value[2] = (int64_t)below(g, 50000);
		e->value[3] = tag(g);
	} else {
		e->value[0] = (int64_t)below(g, 3);
		e->value[1] = chance(g, 40) ? VALUE_MISSING : (int64_t)below(g, entities);
		e->value[2] = chance(g, 40) ? VALUE_MISSING : (int64_t)below(g, entities);
	}
}

uint32_t gen_stream(struct gen *g, struct gen_event *out)
{
	bool busy = chance(g, 3);
	uint32_t n = busy ? 300 + (uint32_t)below(g, GEN_EVENTS_MAX - 300) : 8 + (uint32_t)below(g, 40);
	uint32_t entities = busy ? 1 + (uint32_t)below(g, 2) : 2 + (uint32_t)below(g, 4), pace = 1 + (uint32_t)below(g, 12);
	int64_t now = (int64_t)1772380800 + (int64_t)below(g, 200000);

	g->seen[GEN_BUSY] += busy;
	for (uint32_t i = 0; i < n; i++) {
		int64_t at;

		if (chance(g, 70))
			now += (int64_t)below(g, pace + 1);
		else
			g->seen[GEN_TIE]++;
		if (chance(g, 2))
			now += (int64_t)below(g, 4000);
		at = now;
		if (chance(g, busy ? 4 : 15)) {
			at -= (int64_t)below(g, chance(g, 50) ? 20 : GEN_LATENESS_S + 100);
			g->seen[GEN_LATE]++;
		}
		out[i].type = chance(g, 12) ? 2 : chance(g, 65) ? 0 : 1;
		out[i].time_us = at * US_PER_SECOND + (chance(g, 5) ? 1 : 0);
		fill(g, &out[i], entities);
		if (i > 0 && chance(g, 4)) /* a record sent twice */
			out[i] = out[i - 1];
	}
	return n;
}
