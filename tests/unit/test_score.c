/* test_score.c - truth files, and figures judged by hand and by a naive count over everything. */
#include <math.h>
#include "tests/test.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "event/ident.h"
#include "score/alert_read.h"
#include "score/score_int.h"
#include "score/score_json.h"

static const struct hash_key test_key = { "0123456789abcde" };
static const char header[] = "kind,identifier,time,scenario,crime,role,level,stage,about,amount";

struct told {
	unsigned n;
	uint64_t line;
	char what[400];
};

static void on_bad(void *ctx, uint64_t line, const char *what)
{
	struct told *t = ctx;

	t->n++;
	t->line = line;
	snprintf(t->what, sizeof(t->what), "%s", what);
}

static enum err read_truth(const char *text, struct told *told, struct truth **out)
{
	struct truth_sink sink = { told, on_bad };
	struct truth_kinds kinds;
	enum err e;

	truth_kinds_default(&kinds);
	*told = (struct told){ 0 };
	e = truth_new(out, &kinds, &test_key, &sink);
	while (*text != 0 && e == ERR_OK) {
		size_t n = strcspn(text, "\n");

		e = truth_line(*out, text_of(text, n));
		text += n + (text[n] == '\n');
	}
	return e == ERR_OK ? truth_finish(*out) : e;
}

static int64_t at(const char *clock)
{
	char z[40];
	int64_t us;

	snprintf(z, sizeof(z), "2026-03-02T%s+08:00", clock);
	assert_int_equal(clock_parse(text_z(z), &clock_shanghai, &us), ERR_OK);
	return us;
}

static struct token token_of(uint32_t kind, const char *z)
{
	static const enum ident_form forms[] = { IDENT_PHONE, IDENT_ACCOUNT, IDENT_PERSON };
	char scratch[EVENT_IDENT_MAX];
	struct ident id;
	const char *why;

	assert_int_equal(ident_make(&test_key, forms[kind], kind, IDENT_STRICT, text_z(z), scratch, &id, &why), ERR_OK);
	return id.token;
}

static void alert(struct score *s, const char *rule, uint32_t kind, const char *about, int64_t time_us, bool warns,
                  uint64_t delayed_line)
{
	struct score_alert a = { .time_us = time_us,
		                     .kind = kind,
		                     .token = token_of(kind, about),
		                     .rule = text_z(rule),
		                     .warns = warns,
		                     .delays = delayed_line > 0,
		                     .points = 10,
		                     .severity = SCORE_SEVERITY_YELLOW,
		                     .source = TEXT("some/folder/transfers.csv.gz"),
		                     .line = delayed_line };

	assert_int_equal(score_alert(s, &a), ERR_OK);
}

static void assert_near(double a, double b)
{
	if (!(fabs(a - b) < 5e-5)) {
		print_error("%.6f is not %.6f\n", a, b);
		fail();
	}
}

static void test_rates(void **state)
{
	(void)state;
	/* the interval's values as in Newcombe, Stat. Med. 17 (1998) 857-872, method 3 */
	struct score_rate r = score_rate_of(81, 263);
	int64_t v[] = { 5, 1, 4, 2, 3, 9, 7, 6, 8, 10 };

	assert_near(r.low, 0.2553);
	assert_near(r.high, 0.3662);
	r = score_rate_of(15, 148);
	assert_near(r.low, 0.0624);
	assert_near(r.high, 0.1605);
	r = score_rate_of(0, 20);
	assert_true(r.low == 0);
	assert_near(r.high, 0.1611);
	r = score_rate_of(1, 29);
	assert_near(r.low, 0.0061);
	assert_near(r.high, 0.1718);
	r = score_rate_of(0, 0);
	assert_true(isnan(r.value) && isnan(r.low) && isnan(r.high));
	assert_int_equal(rate_percentile(v, 10, 50), 5);
	assert_int_equal(rate_percentile(v, 10, 90), 9);
	assert_int_equal(rate_percentile(v, 1, 90), 1);
	assert_int_equal(rate_percentile(v, 0, 90), -1);
	/* of a million, 1,000 are guilty: 900 found, and 999 of 999,000 besides */
	assert_near(rate_projected(0.9, 0.001, 1000), 900.0 / 1899.0);
	assert_true(isnan(rate_projected(0.9, 0.001, 0)));
}

static void test_bad_rows(void **state)
{
	static const struct {
		const char *row, *says;
	} cases[] = {
		{ "phone,13800000001,2026-03-02T08:00:00+08:00,x,1,mule,1,,", "9 columns" },
		{ "phone,13800000001,yesterday,x,1,mule,1,,,", "not a time" },
		{ "phone,13800000001,2026-02-30T08:00:00+08:00,x,1,mule,1,,,", "not a time" },
		{ "phone,13800000001,2026-03-02T08:00:00+08:00,,1,mule,1,,,", "scenario" },
		{ "phone,13800000001,2026-03-02T08:00:00+08:00,x,-1,mule,1,,,", "crime" },
		{ "phone,13800000001,2026-03-02T08:00:00+08:00,x,99999999999999999999,mule,1,,,", "crime" },
		{ "phone,13800000001,2026-03-02T08:00:00+08:00,x,1,boss,1,,,", "no role \"boss\"" },
		{ "phone,13800000001,2026-03-02T08:00:00+08:00,x,1,,1,,,", "needs a role" },
		{ "phone,13800000001,2026-03-02T08:00:00+08:00,x,1,mule,100,,,", "level" },
		{ "phone,,2026-03-02T08:00:00+08:00,x,1,mule,1,,,", "phone" },
		{ "person,370202198001010011,2026-03-02T08:00:00+08:00,x,1,victim,,,,", "person" },
		{ "robot,1,2026-03-02T08:00:00+08:00,x,1,mule,1,,,", "\"robot\"" },
		{ "call,calls.csv,2026-03-02T08:00:00+08:00,x,1,caller,,contact,,", "FILE:LINE" },
		{ "call,calls.csv:0,2026-03-02T08:00:00+08:00,x,1,caller,,contact,,", "FILE:LINE" },
		{ "call,:2,2026-03-02T08:00:00+08:00,x,1,caller,,contact,,", "FILE:LINE" },
		{ "call,c.csv:2,2026-03-02T08:00:00+08:00,x,1,caller,,hello,,", "no stage" },
		{ "transfer,t.csv:2,2026-03-02T08:00:00+08:00,x,1,victim,,transfer,,", "has an amount" },
		{ "transfer,t.csv:2,2026-03-02T08:00:00+08:00,x,1,victim,,transfer,,1.234", "not money" },
		{ "transfer,t.csv:2,2026-03-02T08:00:00+08:00,x,1,victim,,transfer,,-1", "not money" },
		{ "population,phone,2026-03-02T08:00:00+08:00,,,,,,,", "needs its count" },
		{ "population,robot,2026-03-02T08:00:00+08:00,,,,,,,5", "\"robot\"" },
		{ "phone,\"1380\"\"0000001\",2026-03-02T08:00:00+08:00,x,1,mule,1,,,", "quote" },
		{ "phone,\"13800000001,2026-03-02T08:00:00+08:00,x,1,mule,1,,,", "quoted" },
		{ "phone,\xff\xfe,2026-03-02T08:00:00+08:00,x,1,mule,1,,,", "UTF-8" },
	};
	char text[600];
	struct told told;
	struct truth *t;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		snprintf(text, sizeof(text), "%s\r\n%s\n\nphone,13800000009,2026-03-02T08:00:00+08:00,x,1,mule,1,,,\n", header,
		         cases[i].row);
		assert_int_equal(read_truth(text, &told, &t), ERR_OK);
		if (told.n != 1 || told.line != 2 || strstr(told.what, cases[i].says) == NULL) {
			print_error("%s\n%u, line %u: %s\n", cases[i].row, told.n, (unsigned)told.line, told.what);
			fail();
		}
		assert_int_equal(truth_bad(t), 1);
		assert_int_equal(truth_rows(t), 1);
		truth_free(t);
	}
	assert_int_equal(read_truth("", &told, &t), ERR_FORMAT);
	assert_int_equal(told.n, 1);
	truth_free(t);
	assert_int_equal(read_truth("kind,identifier\n", &told, &t), ERR_FORMAT);
	assert_int_equal(told.n, 1);
	truth_free(t);
}

/* One case with two transfers, its victim, a SIM box behind the call, a mule. */
static const char case_rows[] =
	"population,phone,2026-03-02T00:00:00+08:00,,,,,,,1000003\n"
	"population,account,2026-03-02T00:00:00+08:00,,,,,,,1000002\n"
	"population,transfer,2026-03-02T00:00:00+08:00,,,,,,,500\n"
	"phone,13800000001,2026-03-02T08:00:00+08:00,box,17,simbox,,,,\n"
	"phone,13800000002,2026-03-02T08:00:00+08:00,box,17,simbox,,,,\n"
	"phone,13900000001,2026-03-02T08:10:00+08:00,police,231,victim,,,,\n"
	"account,6217000000000101,2026-03-02T08:10:00+08:00,police,231,victim,,,,\n"
	"account,6217000000000201,2026-03-02T09:00:00+08:00,police,231,mule,1,,,\n"
	"call,calls.csv:2,2026-03-02T08:00:00+08:00,box,17,simbox,,contact,13800000001,\n"
	"call,calls.csv:3,2026-03-02T08:10:00+08:00,police,231,simbox,,contact,13800000001,\n"
	"call,calls.csv:4,2026-03-02T08:20:00+08:00,box,17,simbox,,contact,13800000001,\n"
	"transfer,transfers.csv:2,2026-03-02T09:00:00+08:00,police,231,victim,,transfer,6217000000000101,100.00\n"
	"transfer,transfers.csv:3,2026-03-02T09:10:00+08:00,police,231,mule,1,layer,6217000000000201,90.00\n"
	"transfer,transfers.csv:4,2026-03-02T09:20:00+08:00,police,231,mule,1,layer,6217000000000201,5.00\n"
	"transfer,transfers.csv:5,2026-03-02T10:00:00+08:00,police,231,victim,,transfer,6217000000000101,50.00\n";

static void begin_case(struct truth **t, struct score **s)
{
	struct score_options o;
	struct told told;
	char text[4000];

	snprintf(text, sizeof(text), "%s\n%s", header, case_rows);
	assert_int_equal(read_truth(text, &told, t), ERR_OK);
	assert_int_equal(told.n, 0);
	score_options_default(&o);
	assert_int_equal(score_new(s, *t, &o), ERR_OK);
}

static void end_case(struct truth *t, struct score *s, struct score_figures *f)
{
	score_figures_free(f);
	score_free(s);
	truth_free(t);
}

/* A sister card of the box that rang leads to the victim, in time; but who rang wasn't stopped. */
static void test_case_by_sister(void **state)
{
	struct score_figures *f;
	struct truth *t;
	struct score *s;

	(void)state;
	begin_case(&t, &s);
	alert(s, "box", 0, "13800000002", at("08:05:00"), false, 0);
	alert(s, "box", 0, "13900000001", at("08:05:00"), false, 0); /* accuses a victim */
	assert_int_equal(score_finish(s, &f), ERR_OK);
	assert_int_equal(f->n_rules, 1);
	assert_int_equal(f->rule[0].n_rows, 1);
	assert_int_equal(f->rule[0].row[0].recall.hit, 1);
	assert_int_equal(f->rule[0].row[0].recall.all, 2);
	assert_int_equal(f->rule[0].row[0].false_entities, 1);
	assert_int_equal(f->rule[0].row[0].innocent, 1000000);
	assert_int_equal(f->live.victims.before.hit, 1);
	assert_int_equal(f->live.victims.spared, 0);
	assert_int_equal(f->live.victims.spared_fen, 15000);
	assert_int_equal(f->targets.cards.hit, 1);
	assert_int_equal(f->targets.cards.all, 2);
	assert_int_equal(f->targets.mules.hit, 0);
	assert_int_equal(f->targets.coached.all, 1);
	assert_int_equal(f->targets.coached.hit, 0);
	end_case(t, s, f);
}

/* An alert at the very event: an accusation comes too late for its money, a delay does not. */
static void test_case_at_the_transfer(void **state)
{
	struct score_figures *f;
	struct truth *t;
	struct score *s;

	(void)state;
	begin_case(&t, &s);
	alert(s, "caller", 0, "13800000001", at("08:00:00"), false, 0);
	alert(s, "taker", 1, "6217000000000201", at("09:00:00"), false, 0);
	alert(s, "coached", 1, "6217000000000101", at("10:00:00"), true, 5);
	alert(s, "coached", 1, "6217000000000102", at("10:00:00"), true, 6);
	alert(s, "coached", 1, "6217000000000102", at("10:00:00"), true, 6); /* the same transfer */
	assert_int_equal(score_finish(s, &f), ERR_OK);
	assert_int_equal(f->n_rules, 3);
	assert_text(f->rule[0].name, "caller");
	assert_int_equal(f->rule[0].victims.before.hit, 1);
	assert_int_equal(f->rule[0].victims.spared, 1); /* the contact at 8:10 came after */
	assert_int_equal(f->rule[0].row[0].calls_before, 1);
	assert_int_equal(f->rule[0].row[0].calls_after, 2);
	assert_text(f->rule[1].name, "coached");
	assert_int_equal(f->rule[1].victims.before.hit, 0);
	assert_int_equal(f->rule[1].victims.ever.hit, 1);
	assert_int_equal(f->rule[1].victims.gone_fen, 10000);
	assert_int_equal(f->rule[1].victims.spared_fen, 5000);
	assert_int_equal(f->rule[1].delays.crimes.hit, 1);
	assert_int_equal(f->rule[1].delays.delayed_fen, 5000);
	assert_int_equal(f->rule[1].delays.all_fen, 15000);
	assert_int_equal(f->rule[1].delays.false_transfers, 1);
	assert_near(f->rule[1].delays.false_permillion, 2000);
	assert_int_equal(f->rule[2].victims.before.hit, 0);
	assert_int_equal(f->rule[2].victims.gone_fen, 10000);
	assert_int_equal(f->targets.mules.hit, 1);
	assert_int_equal(f->targets.coached.hit, 0);
	assert_int_equal(f->targets.coached_any.hit, 1);
	assert_int_equal(f->targets.coached_spared_fen, 5000);
	end_case(t, s, f);
}

static void test_scope(void **state)
{
	struct score_options o;
	struct score_figures *f;
	struct truth *t;
	struct score *s;

	(void)state;
	begin_case(&t, &s);
	alert(s, "box", 0, "13800000001", at("08:00:00") - US_PER_DAY, false, 0); /* history */
	alert(s, "box", 0, "13800000001", at("07:59:59"), false, 0);              /* before its first act */
	assert_int_equal(score_finish(s, &f), ERR_OK);
	assert_int_equal(f->alerts, 1);
	assert_int_equal(f->alerts_outside, 1);
	assert_int_equal(f->live.row[0].recall.hit, 0);
	assert_int_equal(f->live.row[0].false_entities, 1);
	score_figures_free(f);
	score_free(s);
	score_options_default(&o);
	o.from_us = at("08:15:00");
	o.until_us = at("09:00:00");
	assert_int_equal(score_new(&s, t, &o), ERR_OK);
	assert_int_equal(score_finish(s, &f), ERR_OK);
	assert_int_equal(f->live.n_rows, 1);            /* no account was a suspect before 9:00 */
	assert_int_equal(f->live.row[0].recall.all, 1); /* the other card did nothing from 8:15 on */
	assert_int_equal(f->live.victims.ever.all, 0);
	end_case(t, s, f);
}

/* ---- against a naive count ---- */

enum {
	PHONES = 60,
	ROWS = 90,
	ALERTS = 400,
	RULES = 5
};

struct naive {
	struct {
		unsigned phone;
		int64_t time_us;
		bool suspect;
	} row[ROWS];
	struct {
		unsigned phone, rule;
		int64_t time_us;
		bool warns;
	} alert[ALERTS];
};

static void phone_name(unsigned i, char *out)
{
	snprintf(out, 16, "138%08u", i);
}

static void draw(struct naive *n, struct rng *r)
{
	for (int i = 0; i < ROWS; i++) {
		n->row[i].phone = (unsigned)rng_below(r, PHONES / 2);
		n->row[i].time_us = at("00:00:00") + (int64_t)rng_below(r, 86400) * US_PER_SECOND;
		n->row[i].suspect = rng_below(r, 3) > 0;
	}
	for (int i = 0; i < ALERTS; i++) {
		n->alert[i].phone = (unsigned)rng_below(r, PHONES);
		n->alert[i].rule = (unsigned)rng_below(r, RULES);
		n->alert[i].time_us = at("00:00:00") + (int64_t)rng_below(r, 86400) * US_PER_SECOND;
		n->alert[i].warns = n->alert[i].rule == 0;
	}
}

/* The rows' crimes have no events, so that a crime ends with its only row. */
static bool naive_true(const struct naive *n, int a)
{
	for (int i = 0; i < ROWS; i++)
		if (n->row[i].phone == n->alert[a].phone && n->row[i].suspect != n->alert[a].warns &&
		    n->row[i].time_us <= n->alert[a].time_us)
			return true;
	return false;
}

static void naive_check(const struct naive *n, unsigned rule, const struct score_group *g)
{
	unsigned found = 0, wrong = 0, all = 0;

	for (unsigned p = 0; p < PHONES; p++) {
		bool alerted = false, real = false, labelled = false;

		for (int i = 0; i < ALERTS; i++)
			if (n->alert[i].phone == p && n->alert[i].rule == rule) {
				alerted = true;
				real |= naive_true(n, i);
			}
		for (int i = 0; i < ROWS; i++)
			labelled |= n->row[i].phone == p && n->row[i].suspect == (rule != 0);
		found += real;
		wrong += alerted && !real;
		all += labelled;
	}
	assert_int_equal(g->row[0].recall.hit, found);
	assert_int_equal(g->row[0].recall.all, all);
	assert_int_equal(g->row[0].false_entities, wrong);
	assert_int_equal(g->row[0].precision.all, found + wrong);
}

static struct score_figures *naive_score(const struct naive *n, bool backwards, struct truth **t, struct score **s)
{
	char text[16000], name[16];
	struct score_options o;
	struct told told;
	struct buf b;

	buf_init(&b, sizeof(text) - 1);
	buf_printf(&b, "%s\n", header);
	for (int k = 0; k < ROWS; k++) {
		int i = backwards ? ROWS - 1 - k : k;

		phone_name(n->row[i].phone, name);
		buf_printf(&b, "phone,%s,", name);
		clock_format(&b, n->row[i].time_us, &clock_shanghai);
		buf_printf(&b, ",sc%d,%d,%s,,,,\n", i % 7, i, n->row[i].suspect ? "caller" : "target");
	}
	assert_int_equal(b.err, ERR_OK);
	assert_int_equal(read_truth(b.p, &told, t), ERR_OK);
	buf_release(&b);
	assert_int_equal(told.n, 0);
	score_options_default(&o);
	o.from_us = at("00:00:00");
	assert_int_equal(score_new(s, *t, &o), ERR_OK);
	for (int k = 0; k < ALERTS; k++) {
		int i = backwards ? ALERTS - 1 - k : k;
		char rule[8];

		snprintf(rule, sizeof(rule), "r%u", n->alert[i].rule);
		phone_name(n->alert[i].phone, name);
		alert(*s, rule, 0, name, n->alert[i].time_us, n->alert[i].warns, 0);
	}
	struct score_figures *f;
	assert_int_equal(score_finish(*s, &f), ERR_OK);
	return f;
}

static void test_naive(void **state)
{
	struct buf forth, back;
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(1));
	buf_init(&forth, 1 << 20);
	buf_init(&back, 1 << 20);
	for (uint64_t round = test_cases(60); round > 0; round--) {
		struct score_figures *f;
		static struct naive n;
		struct truth *t;
		struct score *s;

		draw(&n, &r);
		f = naive_score(&n, false, &t, &s);
		assert_int_equal(f->n_rules, RULES);
		for (unsigned k = 0; k < RULES; k++)
			naive_check(&n, k, &f->rule[k]);
		buf_clear(&forth);
		score_json(&forth, f);
		end_case(t, s, f);
		f = naive_score(&n, true, &t, &s); /* the order of rows and alerts means nothing */
		buf_clear(&back);
		score_json(&back, f);
		end_case(t, s, f);
		assert_true(forth.err == ERR_OK && text_eq(buf_view(&forth), buf_view(&back)));
	}
	buf_release(&forth);
	buf_release(&back);
}

/* ---- when there is no memory ---- */

static enum err whole_run(void)
{
	struct score_alert a = { .time_us = at("09:00:00"),
		                     .kind = 1,
		                     .rule = TEXT("r"),
		                     .warns = true,
		                     .delays = true,
		                     .points = 5,
		                     .source = TEXT("transfers.csv"),
		                     .line = 2,
		                     .severity = SCORE_SEVERITY_RED };
	struct score_figures *f = NULL;
	struct score_options o;
	struct truth *t = NULL;
	struct score *s = NULL;
	struct told told;
	char text[4000];
	enum err e;

	a.token = token_of(1, "6217000000000101");
	snprintf(text, sizeof(text), "%s\n%s", header, case_rows);
	score_options_default(&o);
	e = read_truth(text, &told, &t);
	e = e == ERR_OK ? score_new(&s, t, &o) : e;
	e = e == ERR_OK ? score_alert(s, &a) : e;
	e = e == ERR_OK ? score_finish(s, &f) : e;
	end_case(t, s, f);
	return e;
}

static void test_memory(void **state)
{
	uint64_t nth = 0;
	enum err e;

	(void)state;
	do {
		mem_fail_at(++nth);
		e = whole_run();
		assert_true(e == ERR_OK || e == ERR_MEMORY);
	} while (e == ERR_MEMORY);
	mem_fail_at(0);
	assert_true(nth > 20);
}

/* ---- lines of alerts.ndjson ---- */

#define ALERT_LINE(time, mode, line, about, score)                                                     \
	"{\"position\":1,\"time\":\"" time "\",\"rule\":\"r\",\"mode\":\"" mode "\",\"severity\":\"red\"," \
	"\"score\":" score ",\"about\":" about ",\"source\":\"t.csv\",\"line\":" line                      \
	",\"event\":{\"type\":\"transfer\"},\"measures\":[{\"measure\":\"delay\"},{\"measure\":\"warn\"}]}"
#define GOOD_TIME "2026-03-02T08:00:00+08:00"
#define GOOD_ABOUT "{\"kind\":\"account\",\"token\":\"0123456789abcdef00000000000000ff\"}"

static void test_alert_lines(void **state)
{
	static const char *const bad[] = {
		"",
		"[]",
		"{",
		"{}",
		ALERT_LINE("noon", "live", "2", GOOD_ABOUT, "5"),
		ALERT_LINE(GOOD_TIME, "off", "2", GOOD_ABOUT, "5"),
		ALERT_LINE(GOOD_TIME, "live", "-2", GOOD_ABOUT, "5"),
		ALERT_LINE(GOOD_TIME, "live", "\"2\"", GOOD_ABOUT, "5"),
		ALERT_LINE(GOOD_TIME, "live", "999999999999999", GOOD_ABOUT, "5"),
		ALERT_LINE(GOOD_TIME, "live", "2", "{\"kind\":\"robot\",\"token\":\"0123456789abcdef00000000000000ff\"}", "5"),
		ALERT_LINE(GOOD_TIME, "live", "2", "{\"kind\":\"account\",\"token\":\"0123\"}", "5"),
		ALERT_LINE(GOOD_TIME, "live", "2", "{\"kind\":\"account\",\"token\":\"0123456789abcdef0000000000000 ff\"}",
		           "5"),
		ALERT_LINE(GOOD_TIME, "live", "2", "7", "5"),
		ALERT_LINE(GOOD_TIME, "live", "2", GOOD_ABOUT, "5.5"),
		ALERT_LINE(GOOD_TIME, "live", "2", GOOD_ABOUT, "5") "x",
	};
	struct alert_reader r;
	struct score_alert a;
	const char *why;

	(void)state;
	alert_reader_init(&r);
	assert_int_equal(
		alert_reader_header(&r, TEXT("{\"duanka\":\"alerts/1\",\"entities\":[\"person\",\"account\"]}"), &why), ERR_OK);
	assert_int_equal(alert_reader_alert(&r, TEXT(ALERT_LINE(GOOD_TIME, "shadow", "2", GOOD_ABOUT, "5")), &a, &why),
	                 ERR_OK);
	assert_true(a.shadow && a.warns && a.delays && a.kind == 1 && a.line == 2 && a.points == 5);
	assert_true(a.token.w[0] == 0x0123456789abcdef && a.token.w[1] == 0xff && a.time_us == at("08:00:00"));
	assert_text(a.source, "t.csv");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		why = NULL;
		if (alert_reader_alert(&r, text_z(bad[i]), &a, &why) != ERR_FORMAT || why == NULL) {
			print_error("taken: %s\n", bad[i]);
			fail();
		}
	}
	assert_int_equal(alert_reader_header(&r, TEXT("{\"id\":\"1.r\"}"), &why), ERR_FORMAT);
	assert_int_equal(alert_reader_header(&r, TEXT("{\"duanka\":\"alerts/1\",\"entities\":[\"a\",\"a\"]}"), &why),
	                 ERR_FORMAT);
	assert_int_equal(alert_reader_header(&r, TEXT("{\"duanka\":\"alerts/1\",\"entities\":[]}"), &why), ERR_FORMAT);
	alert_reader_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates),          cmocka_unit_test(test_bad_rows),
		cmocka_unit_test(test_case_by_sister), cmocka_unit_test(test_case_at_the_transfer),
		cmocka_unit_test(test_scope),          cmocka_unit_test(test_naive),
		cmocka_unit_test(test_memory),         cmocka_unit_test(test_alert_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
