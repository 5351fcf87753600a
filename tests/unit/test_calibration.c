/* test_calibration.c - the calibration report: quantiles by nearest rank, the features of a tiny hand-made city counted by
 * hand, the kept quantiles read and written without a change, bounds on both sides of their edge, and no failed allocation
 * unnoticed. */
#include "tests/test.h"
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"
#include "bench/calibration/calibration.h"

static const struct {
	const char *name, *text;
} city[] = {
	{ "calls.csv",
	  "time,caller,callee,talk,device,cell,roaming\n"
	  /* A = 13800000001 calls B twice, from two devices, and B calls A; 23:30 UTC is 07:30 of the next day */
	  "2026-03-02T08:00:00+08:00,13800000001,13800000002,10,111111111111111,532-1,\n"
	  "2026-03-02T08:59:59+08:00,+8613800000001,013800000002,20,222222222222222,532-1,\n"
	  "2026-04-02T23:30:00Z,13800000002,13800000001,61,333333333333333,532-1,\n"
	  /* and a landline, which answers; a call that nobody takes; one from the landline, no subscriber */
	  "2026-03-03T20:00:00+08:00,13800000001,053212345678,33,111111111111111,,\n"
	  "2026-03-03T21:00:00+08:00,13800000001,13800000003,0,444444444444444,,\n"
	  "2026-03-03T22:00:00+08:00,053212345678,13800000002,5,,,\n"
	  /* F is a SIM box, M a mule: left out; bad records */
	  "2026-03-04T10:00:00+08:00,13900000001,13800000001,7,555555555555555,,\n"
	  "2026-03-04T10:01:00+08:00,13900000001,13800000002,7,555555555555555,,\n"
	  "2026-03-04T10:02:00+08:00,13700000001,13800000002,9,666666666666666,,\n"
	  "2026-03-04T10:02:00+08:00,13700000001\n"
	  "yesterday,13800000001,13800000002,10,,,\n"
	  "2026-03-04T10:02:00+08:00,13800000001,13800000002,-1,,,\n"
	  "2026-03-04T10:02:00+08:00,13800000001,+8613800000001,9,,,\n" },
	{ "sms.ndjson",
	  "{\"event\":\"sms\",\"time\":\"2026-05-01T08:00:00+08:00\",\"sender\":\"13800000001\",\"receiver\":\"13800000002\","
	  "\"body\":\"在吗\"}\n"
	  "{\"event\":\"sms\",\"time\":\"2026-03-05T08:00:00+08:00\",\"sender\":\"1069001\",\"receiver\":\"13800000001\"}\n"
	  "{\"event\":\"sms\",\"time\":\"2026-03-05T09:00:00+08:00\",\"sender\":\"1069001\",\"receiver\":\"13800000001\"}\n"
	  "not a message\n" },
	{ "truth.csv", "kind,identifier,time,scenario,crime,role,level,stage,about,amount\n"
	               "population,phone,2026-03-02T00:00:00+08:00,,,,,,,4\n"
	               "phone,13900000001,2026-03-02T00:00:00+08:00,simbox,1,simbox,,,,\n"
	               "phone,13700000001,2026-03-02T00:00:00+08:00,fan,2,mule,,,,\n"
	               "phone,13800000002,2026-03-02T00:00:00+08:00,coached,3,victim,,,,\n" },
	{ "binds.csv", "event,time,person,phone,account\n"
	               "bind,2026-03-01T00:00:00+08:00,P1,13800000001,1\n"
	               "bind,2026-03-01T00:00:00+08:00,P1,+8613800000001,2\n"
	               "bind,2026-03-01T00:00:00+08:00,P1,13800000009,3\n"
	               "bind,2026-03-01T00:00:00+08:00,P2,13800000002,4\n" },
};

static void make(char *dir, size_t files)
{
	char path[256];
	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < files; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, city[i].name);
		assert_int_equal(file_write_all(path, text_z(city[i].text)), ERR_OK);
	}
}

static void forget(const char *dir)
{
	char path[256];
	for (size_t i = 0; i < ARRAY_LEN(city); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, city[i].name);
		unlink(path);
	}
	rmdir(dir);
}

static void test_quantiles(void **state)
{
	(void)state;
	double v[] = { 9, 1, 8, 2, 7, 3, 6, 4, 5, 10 };
	struct summary s;
	summary_of(&s, v, 10, 3);
	assert_true(s.n == 10 && s.missing == 3 && s.mean == 5.5);
	/* ceil(.05 * 10) = 1, ceil(.1 * 10) = 1, ceil(2.5) = 3, 5, ceil(7.5) = 8, 9, ceil(9.5) = 10, ceil(9.9) = 10 */
	static const double want[LEVELS] = { 1, 1, 3, 5, 8, 9, 10, 10 };
	for (int i = 0; i < LEVELS; i++)
		assert_true(s.q[i] == want[i]);
	summary_of(&s, v, 1, 0);
	assert_true(s.q[LEVEL_P5] == 1 && s.q[LEVEL_P99] == 1);
	summary_of(&s, v, 0, 7);
	assert_true(isnan(s.mean) && isnan(s.q[LEVEL_P50]) && s.missing == 7);
}

/* Of the two ordinary subscribers A (the lower value here: p5) and B. */
static void expect(const struct figures *f, enum feature which, double low, double high)
{
	const struct summary *s = &f->feature[which][CLASS_ORDINARY];
	if (s->n != 2 || fabs(s->q[LEVEL_P5] - low) > 1e-9 || fabs(s->q[LEVEL_P99] - high) > 1e-9)
		fail_msg("%s: %g %g, not %g %g", features[which].name, s->q[LEVEL_P5], s->q[LEVEL_P99], low, high);
}

static void test_features(void **state)
{
	(void)state;
	char dir[] = "/tmp/calibration-XXXXXX";
	struct figures f;
	struct city_counts n;
	struct buf problem;
	buf_init(&problem, 4096);
	make(dir, ARRAY_LEN(city));
	assert_int_equal(city_read(dir, true, &f, &n, &problem), ERR_OK);
	assert_true(n.calls == 9 && n.answered == 8 && n.sms == 3 && n.bad == 5 && n.left_out == 1);
	assert_true(n.subscribers[CLASS_ORDINARY] == 2 && n.subscribers[CLASS_FRAUD] == 1 && n.has_cards);
	/* A: out 10 20 33, in 61 7; B: out 61, in 10 20 5 7 9 */
	expect(&f, FEATURE_CALLS, 5, 6);
	expect(&f, FEATURE_OPPOSITES, 3, 4);
	expect(&f, FEATURE_OUTGOING, 1. / 6, 3. / 5);
	expect(&f, FEATURE_PER_OPPOSITE, 6. / 4, 5. / 3);
	expect(&f, FEATURE_PER_OPPOSITE_MAX, 3, 3);
	expect(&f, FEATURE_TALK_MEAN, 112. / 6, 131. / 5);
	expect(&f, FEATURE_TALK_MEDIAN, 9.5, 20);
	expect(&f, FEATURE_HOURS, 4, 4);   /* A 8 20 7 10, B 8 7 22 10 */
	expect(&f, FEATURE_DAYS, 3, 3);    /* both 2 3 4, 3 April too */
	expect(&f, FEATURE_DEVICES, 1, 2); /* an unanswered call shows no device */
	expect(&f, FEATURE_SMS, 1, 3);
	expect(&f, FEATURE_SMS_PEERS, 1, 2);
	expect(&f, FEATURE_MONTHS, 3, 3);
	assert_true(f.feature[FEATURE_SMS_RECEIVED][CLASS_ORDINARY].q[LEVEL_P5] == 2. / 3);
	assert_true(f.feature[FEATURE_CALLS][CLASS_FRAUD].q[LEVEL_P50] == 2);
	assert_true(f.feature[FEATURE_SMS][CLASS_FRAUD].n == 0 && f.feature[FEATURE_SMS][CLASS_FRAUD].missing == 1);
	/* An ordinary subscriber stands for 4144 / 2, the fraud for 1962. */
	assert_true(fabs(f.overall[OVERALL_OUTGOING].mean - (4 * 2072 + 2 * 1962) / (11 * 2072. + 2 * 1962)) < 1e-9);
	assert_true(f.overall[OVERALL_SMS_SENT].mean == .25);
	assert_true(f.overall[OVERALL_CARDS_1].mean == .5 && f.overall[OVERALL_CARDS_2].mean == .5);
	assert_true(f.overall[OVERALL_TALK].n == 13 && f.overall[OVERALL_TALK].q[LEVEL_P99] == 61);
	buf_release(&problem);
	forget(dir);
}

static void test_missing_files(void **state)
{
	(void)state;
	char dir[] = "/tmp/calibration-XXXXXX";
	struct figures f;
	struct city_counts n;
	struct buf problem;
	buf_init(&problem, 4096);
	make(dir, 3); /* nothing about cards is no fault */
	assert_int_equal(city_read(dir, true, &f, &n, &problem), ERR_OK);
	assert_true(!n.has_cards && isnan(f.overall[OVERALL_CARDS_1].mean) && problem.n == 0);
	forget(dir);
	assert_int_equal(city_read("/nonexistent", true, &f, &n, &problem), ERR_ABSENT);
	assert_non_null(strstr(problem.p, "/nonexistent/calls.csv: No such file"));
	buf_release(&problem);
}

static void test_kept_quantiles(void **state)
{
	(void)state;
	char path[512];
	struct figures f;
	struct buf problem, kept, again;
	const char *source = getenv("SOURCE_DIR");
	snprintf(path, sizeof(path), "%s/bench/calibration/sichuan-quantiles.csv", source ? source : ".");
	buf_init(&problem, 4096);
	buf_init(&kept, 1 << 20);
	buf_init(&again, 1 << 20);
	assert_int_equal(reference_read(path, &f, &problem), ERR_OK);
	assert_true(f.feature[FEATURE_CALLS][CLASS_FRAUD].q[LEVEL_P50] == 207 &&
	            f.overall[OVERALL_TALK].q[LEVEL_P50] == 34);
	assert_true(isnan(f.overall[OVERALL_TALK].q[LEVEL_P90]));
	assert_int_equal(file_read_all(path, 1 << 20, &kept), ERR_OK);
	reference_write(&f, &again);
	assert_true(text_eq(buf_view(&kept), buf_view(&again)));
	assert_int_equal(reference_read("/dev/null", &f, &problem), ERR_FORMAT);
	buf_release(&problem);
	buf_release(&kept);
	buf_release(&again);
}

static void test_bounds(void **state)
{
	(void)state;
	struct figures f;
	struct verdict v;
	figures_init(&f);
	struct summary *real = &f.feature[0][0], *simulated = &f.feature[0][1];
	real->q[LEVEL_P50] = 100;
	simulated->n = CLASS_ENOUGH;
	simulated->q[LEVEL_P50] = 150; /* just a factor of 1.5 */
	judge_feature(FEATURE_CALLS, real, simulated, &v);
	assert_true(v.judged && v.within && v.worst == LEVEL_P50 && fabs(v.distance - log(1.5)) < 1e-9);
	simulated->q[LEVEL_P50] = 151;
	judge_feature(FEATURE_CALLS, real, simulated, &v);
	assert_true(v.judged && !v.within && v.broken[LEVEL_P50] && !v.broken[LEVEL_P25]);
	real->q[LEVEL_P50] = 1, simulated->q[LEVEL_P50] = 2; /* the slack of devices */
	judge_feature(FEATURE_DEVICES, real, simulated, &v);
	assert_true(v.within);
	real->q[LEVEL_P50] = .5, simulated->q[LEVEL_P50] = .61;
	judge_feature(FEATURE_OUTGOING, real, simulated, &v);
	assert_true(!v.within && fabs(v.distance - .11) < 1e-9);
	simulated->n = CLASS_ENOUGH - 1;
	judge_feature(FEATURE_OUTGOING, real, simulated, &v);
	assert_true(!v.judged && !strcmp(v.why, "too few"));
	simulated->n = CLASS_ENOUGH;
	judge_feature(FEATURE_MONTHS, real, simulated, &v);
	assert_true(!v.judged && !strcmp(v.why, "no bound"));
	real = &f.overall[OVERALL_SMS_SENT];
	struct summary other = *real;
	real->mean = .09, other.mean = .15;
	judge_overall(OVERALL_SMS_SENT, real, &other, &v);
	assert_true(v.judged && v.mean_broken && v.worst == LEVELS);
}

static void test_reports(void **state)
{
	(void)state;
	char dir[] = "/tmp/calibration-XXXXXX";
	struct figures real, simulated;
	struct city_counts n;
	struct buf b;
	buf_init(&b, 1 << 20);
	make(dir, 3);
	figures_init(&real);
	real.feature[FEATURE_CALLS][CLASS_ORDINARY].q[LEVEL_P50] = 467;
	assert_int_equal(city_read(dir, true, &simulated, &n, &b), ERR_OK);
	const struct comparison c = { dir, &real, &simulated, &n };
	assert_true(report_broken(&c, &b) == 2); /* neither class has enough subscribers */
	assert_non_null(strstr(b.p, "outside: ordinary: 2 subscribers, 50 are needed to judge\n"));
	buf_clear(&b);
	report_markdown(&c, &b);
	assert_true(b.err == ERR_OK && strstr(b.p, "| – | – | – | 467 |") && strstr(b.p, "too few"));
	buf_clear(&b);
	report_json(&c, &b);
	assert_true(b.err == ERR_OK && strstr(b.p, "\"name\":\"opposite_count\"") && !strstr(b.p, "nan"));
	buf_clear(&b);
	report_svg(&c, &b);
	assert_true(b.err == ERR_OK && strstr(b.p, "</svg>") && !strstr(b.p, "nan") && !strstr(b.p, "inf"));
	buf_release(&b);
	forget(dir);
}

static void test_faults(void **state)
{
	(void)state;
	char dir[] = "/tmp/calibration-XXXXXX";
	struct figures f;
	struct city_counts n;
	enum err err = ERR_MEMORY;
	make(dir, ARRAY_LEN(city));
	for (uint64_t nth = 1; err; nth++) {
		struct buf problem;
		assert_true(nth < 1000);
		buf_init(&problem, 4096);
		mem_fail_at(nth);
		err = city_read(dir, true, &f, &n, &problem);
		assert_true(err == ERR_OK || err == ERR_MEMORY);
		buf_release(&problem);
	}
	mem_fail_at(0);
	forget(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quantiles),      cmocka_unit_test(test_features), cmocka_unit_test(test_missing_files),
		cmocka_unit_test(test_kept_quantiles), cmocka_unit_test(test_bounds),   cmocka_unit_test(test_reports),
		cmocka_unit_test(test_faults),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
