/* test_detect.c - every allocation and every write of a run fails once: no crash, no hang, no leak (under ASan), an error or a
 * counted loss, and the next run is right again. */
#include "tests/test.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "app/run.h"
#include "base/clock.h"
#include "base/mem.h"

struct place {
	char dir[64], policy[80], schema[120], rules[120], list[120], calls[120], sms[120], alerts[120], quarantine[120],
		key[120];
};

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static int make_place(void **state)
{
	static struct place p;
	FILE *f;

	snprintf(p.dir, sizeof(p.dir), "/tmp/duanka-fault-XXXXXX");
	assert_non_null(mkdtemp(p.dir));
	snprintf(p.policy, sizeof(p.policy), "%s/policy", p.dir);
	assert_int_equal(mkdir(p.policy, 0700), 0);
	snprintf(p.rules, sizeof(p.rules), "%s/rules.dk", p.policy);
	snprintf(p.list, sizeof(p.list), "%s/known.csv", p.policy);
	snprintf(p.calls, sizeof(p.calls), "%s/calls.csv", p.dir);
	snprintf(p.sms, sizeof(p.sms), "%s/sms.ndjson", p.dir);
	snprintf(p.alerts, sizeof(p.alerts), "%s/alerts.ndjson", p.dir);
	snprintf(p.quarantine, sizeof(p.quarantine), "%s/quarantine.ndjson", p.dir);
	snprintf(p.key, sizeof(p.key), "%s/key", p.dir);
	put(p.rules,
	    "entity phone { holder: person }, person\n"
	    "event call { caller: phone, callee: phone, talk: duration }\n"
	    "event sms { sender: phone, receiver: phone, body: text }\n"
	    "list \"known\" of phone from \"known.csv\"\n"
	    "rule often on call about caller when count(call by caller over 1h) >= 3 and distinct(callee by caller over 1d) >= 2\n"
	    "  then alert red, score 5 because \"{count(call by caller over 1h)} calls\"\n"
	    "rule mass on sms about sender when count(sms by sender over 1h where length(body) > 2) >= 2\n"
	    "  then alert blue because \"{length(body)}\"\n"
	    "exempt some on call about caller until 2030-01-01 when caller in list \"known\" from often\n");
	put(p.list, "value,until,note\n13800000009,,x\n");
	put(p.sms,
	    "{\"event\":\"sms\",\"time\":\"2026-03-02T08:00:00+08:00\",\"sender\":\"13800000001\",\"receiver\":\"13900000002\",\"body\":\"abc\"}\n"
	    "{\"event\":\"sms\",\"time\":\"2026-03-02T08:00:30+08:00\",\"sender\":\"13800000001\",\"receiver\":\"13900000002\",\"body\":\"abc\"}\n"
	    "{\"event\":\"sms\"\n");
	put(p.key, "0123456789abcdef");
	assert_int_equal(chmod(p.key, 0600), 0);
	f = fopen(p.calls, "w");
	assert_non_null(f);
	fprintf(f, "time,caller,callee,talk\n");
	for (int i = 0; i < 300; i++)
		fprintf(f, "2026-03-02 08:%02d:%02d,1380000000%d,139000000%02d,%d\n", i / 60, i % 60, i % 3, i % 50, i % 40);
	fprintf(f, "2026-02-30 08:00:00,13800000001,13900000001,1\n");
	assert_int_equal(fclose(f), 0);
	*state = &p;
	return 0;
}

static int drop_place(void **state)
{
	const struct place *p = *state;
	const char *const files[] = { p->rules, p->list, p->calls, p->sms, p->alerts, p->quarantine, p->key };

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		unlink(files[i]);
	rmdir(p->policy);
	return rmdir(p->dir);
}

/* One run in-process; true if all went well. */
static bool run(const struct place *p, uint64_t *alerts)
{
	static struct run_options o;
	static struct run r;
	bool more = true, ok = true;

	o = (struct run_options){ .policy_dir = p->policy,
		                      .key_path = p->key,
		                      .path = { p->calls, p->sms },
		                      .n_paths = 2,
		                      .alerts_path = p->alerts,
		                      .quarantine_path = p->quarantine,
		                      .batch = 16,
		                      .decoders = 1,
		                      .lateness_us = 600 * US_PER_SECOND,
		                      .evidence_max = 5,
		                      .state_bytes_max = 1 << 20 };
	if (!run_open(&r, &o))
		return false;
	while (ok && more)
		ok = run_step(&r, &more);
	ok &= run_close(&r);
	if (ok)
		assert_int_equal(r.counts.read, r.accepted + r.counts.bad + r.late + r.refused + r.counts.skipped);
	*alerts = r.n_alerts;
	run_release(&r);
	return ok;
}

/* What the code under test says of its failures is not this test's output. */
static int silence(void)
{
	int kept = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);

	assert_true(kept >= 0 && null >= 0);
	dup2(null, STDERR_FILENO);
	close(null);
	return kept;
}

static void speak(int kept)
{
	dup2(kept, STDERR_FILENO);
	close(kept);
}

static off_t bytes_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

static void fail_each(const struct place *p, void (*fail_at)(uint64_t), uint64_t (*count)(void), const char *what)
{
	uint64_t want = 0, alerts, total, failed = 0, lost = 0, step = 1;
	off_t bytes;
	int kept;

	fail_at(0);
	assert_true(run(p, &want));
	total = count();
	bytes = bytes_of(p->alerts);
	assert_true(want > 10 && total > 3);
	step = total * test_cases(100) / 100 > 0 ? 100 / test_cases(100) : 1;
	kept = silence();
	for (uint64_t n = 1; n <= total; n += step) {
		fail_at(n);
		if (!run(p, &alerts))
			failed++;
		else if (alerts != want || bytes_of(p->alerts) != bytes) /* it could do without: then nothing may be lost */
			lost++;
	}
	fail_at(0);
	speak(kept);
	print_message("%llu %s, %llu of the runs failed with an error\n", (unsigned long long)total, what,
	              (unsigned long long)failed);
	assert_true(failed > 0);
	assert_int_equal(lost, 0);
	assert_true(run(p, &alerts));
	assert_int_equal(alerts, want);
}

static void test_every_allocation_fails_once(void **state)
{
	fail_each(*state, mem_fail_at, mem_count, "allocations");
}

static void test_every_write_fails_once(void **state)
{
	fail_each(*state, file_fail_at, file_count, "writes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_allocation_fails_once),
		cmocka_unit_test(test_every_write_fails_once),
	};

	return cmocka_run_group_tests(tests, make_place, drop_place);
}
