/* test_command.c - a small run of `duanka detect`, once for each allocation and each write in it, with that one failing.
 *
 * Unlike test_detect.c, each run is a process of its own: a crash is seen as one, and the sanitizers look for leaks at
 * its end. A run whose allocation failed either says so on standard error and exits with 1, or has found another way and
 * gives the same bytes as the run without a failure. A run with a failed write must always say so: its output is not whole. */
#include "tests/test.h"
#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "app/commands.h"
#include "base/file.h"
#include "base/mem.h"

enum {
	RUNS_MAX = 20000,
	PATH_BYTES = 256,
	OUT_MAX = 1 << 20
};

static const char policy[] =
	"entity phone { holder: person, opened: time }, account, person\n"
	"event call { caller: phone, callee: phone, talk: duration, note: text? }\n"
	"event transfer { payer: account, payee: account, amount: money }\n"
	"event bind { person: person, phone: phone } sets phone.holder = person, phone.opened = time\n"
	"list \"white\" of phone from \"white.csv\"\n"
	"let busy = count(call by caller over 1h where callee.holder is missing)\n"
	"feature calls on call = busy\n"
	"rule many on call about caller when busy >= 3 and caller not in list \"white\"\n"
	"  then alert red, score 60, propose warn(caller) basis \"law\" because en \"{busy} calls\" zh \"{busy} 次\"\n"
	"rule pair on transfer about payer when first_time(payer -> payee over 1d) and risk(payer) = 0\n"
	"  then alert blue, score 5 every 1min because \"new\"\n"
	"exempt shop on call about caller until 2027-01-01 when distinct(callee by caller over 1h) > 30 from many\n";
static const char calls[] = "time,caller,callee,talk,note\n"
							"2026-03-02T08:00:00,13800000001,13900000001,5,a\n"
							"2026-03-02T08:00:01,13800000001,13900000002,0,\n"
							"2026-03-02T08:00:02,13800000001,139x,7,\n"
							"2026-03-02T08:00:02,13800000001,13900000003,7,\"b, c\"\n"
							"2026-03-02T08:00:03,13800000001,13900000004,8,d\n";
static const char transfers[] =
	"{\"event\":\"transfer\",\"time\":\"2026-03-02T08:00:01\",\"payer\":\"6222020200112233445\",\"payee\":\"62170001\",\"amount\":1.5}\n"
	"{\"event\":\"bind\",\"time\":\"2026-03-02T08:00:01\",\"person\":\"11010119900307803X\",\"phone\":\"13900000002\"}\n"
	"{\"event\":\"transfer\",\"time\":\"2026-03-02T07:00:01\",\"payer\":\"6222020200112233445\",\"payee\":\"62170001\",\"amount\":2}\n";

struct place {
	char dir[PATH_BYTES];
	uint64_t *count; /* shared with the child: operations it made */
};

static const char *const outputs[] = { "alerts.ndjson", "quarantine.ndjson", "features.ndjson" };

static const char *in(const struct place *p, const char *name)
{
	static char path[8][2 * PATH_BYTES];
	static unsigned next;
	char *z = path[next++ % 8];

	snprintf(z, 2 * PATH_BYTES, "%s/%s", p->dir, name);
	return z;
}

static void put(const struct place *p, const char *name, const char *z)
{
	assert_int_equal(file_write_all(in(p, name), text_z(z)), ERR_OK);
}

static int set_up(void **state)
{
	const char *tmp = getenv("TMPDIR");
	struct place *p = mem_alloc(sizeof(*p));

	snprintf(p->dir, sizeof(p->dir), "%s/duanka-fault-XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(p->dir));
	p->count = mmap(NULL, sizeof(*p->count), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(p->count != MAP_FAILED);
	assert_int_equal(mkdir(in(p, "policy"), 0700), 0);
	put(p, "policy/a.dk", policy);
	put(p, "policy/white.csv", "value,until\n13800000009,\n13800000008,2026-05-01\n");
	put(p, "calls.csv", calls);
	put(p, "transfers.ndjson", transfers);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	static const char *const files[] = { "policy/a.dk",
		                                 "policy/white.csv",
		                                 "calls.csv",
		                                 "transfers.ndjson",
		                                 "alerts.ndjson",
		                                 "quarantine.ndjson",
		                                 "features.ndjson",
		                                 "key",
		                                 "out",
		                                 "err" };
	struct place *p = *state;

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		unlink(in(p, files[i]));
	rmdir(in(p, "policy"));
	rmdir(in(p, "duanka"));
	rmdir(p->dir);
	munmap(p->count, sizeof(*p->count));
	mem_free(p);
	return 0;
}

static void redirect(const struct place *p, const char *name, int to)
{
	int fd = open(in(p, name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || dup2(fd, to) < 0)
		_exit(99);
	close(fd);
}

static void child(const struct place *p, uint64_t mem_nth, uint64_t file_nth)
{
	char z[8][2 * PATH_BYTES];
	char *argv[] = { "detect",      "--policy", z[0],     "-o", z[1],         "--quarantine", z[2],
		             "--features",  z[3],       "--lang", "en", "--lateness", "1h",           "--no-progress",
		             "--state-max", "1MiB",     z[4],     z[5], NULL };
	static const char *const names[] = { "policy",          "alerts.ndjson", "quarantine.ndjson",
		                                 "features.ndjson", "calls.csv",     "transfers.ndjson" };
	int status;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		snprintf(z[i], sizeof(z[i]), "%s", in(p, names[i]));
	redirect(p, "out", STDOUT_FILENO);
	redirect(p, "err", STDERR_FILENO);
	unsetenv("DUANKA_KEY_FILE");
	setenv("XDG_STATE_HOME", p->dir, 1); /* where the token key is made */
	mem_fail_at(mem_nth);
	file_fail_at(file_nth);
	status = cmd_detect((int)ARRAY_LEN(argv) - 1, argv);
	*p->count = file_nth != 0 ? file_count() : mem_count();
	mem_fail_at(0);
	file_fail_at(0);
	exit(status); /* not _exit: the leak check runs at exit */
}

/* The exit status; fails on a signal. */
static int run(const struct place *p, uint64_t mem_nth, uint64_t file_nth)
{
	int status;
	pid_t pid;

	*p->count = 0;
	for (size_t i = 0; i < ARRAY_LEN(outputs); i++)
		unlink(in(p, outputs[i]));
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		child(p, mem_nth, file_nth);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFEXITED(status))
		fail_msg("allocation %" PRIu64 ", write %" PRIu64 ": killed by signal %d", mem_nth, file_nth, WTERMSIG(status));
	return WEXITSTATUS(status);
}

static void read_file(const struct place *p, const char *name, struct buf *b)
{
	buf_clear(b);
	if (file_read_all(in(p, name), OUT_MAX, b) == ERR_ABSENT)
		buf_z(b, "(absent)");
}

static void check_failure_is_said(const struct place *p, uint64_t mem_nth, uint64_t file_nth, struct buf *b)
{
	read_file(p, "err", b);
	if (b->n == 0)
		fail_msg("allocation %" PRIu64 ", write %" PRIu64 " failed: exit status 1 without a word", mem_nth, file_nth);
	if (memmem(b->p, b->n, "Success", 7) != NULL) /* errno of something else */
		fail_msg("allocation %" PRIu64 ", write %" PRIu64 " failed: %.*s", mem_nth, file_nth, (int)b->n, b->p);
	if (memmem(b->p, b->n, "Sanitizer", 9) != NULL)
		fail_msg("allocation %" PRIu64 ", write %" PRIu64 " failed: %.*s", mem_nth, file_nth, (int)b->n, b->p);
}

static void check_same_outputs(const struct place *p, struct buf *whole, uint64_t mem_nth, struct buf *b)
{
	for (size_t i = 0; i < ARRAY_LEN(outputs); i++) {
		read_file(p, outputs[i], b);
		if (!text_eq(buf_view(b), buf_view(&whole[i])))
			fail_msg("allocation %" PRIu64
			         " failed, exit status as if nothing had happened, but %s is\n%.*s\nand not\n%.*s",
			         mem_nth, outputs[i], (int)b->n, b->p, (int)whole[i].n, whole[i].p);
	}
}

static void test_each_allocation(void **state)
{
	const struct place *p = *state;
	struct buf whole[ARRAY_LEN(outputs)], b;
	int status = run(p, 0, 0); /* makes the key */
	uint64_t nth, tolerated = 0, failures = 0;

	assert_int_equal(status, EXIT_SOME_QUARANTINED);
	buf_init(&b, OUT_MAX);
	for (size_t i = 0; i < ARRAY_LEN(outputs); i++) {
		buf_init(&whole[i], OUT_MAX);
		read_file(p, outputs[i], &whole[i]);
		assert_true(whole[i].n > 100);
	}
	for (nth = 1; nth < RUNS_MAX; nth++) {
		status = run(p, nth, 0);
		if (status == EXIT_COULD_NOT_RUN) {
			check_failure_is_said(p, nth, 0, &b);
			failures++;
			continue;
		}
		if (status != EXIT_SOME_QUARANTINED)
			check_failure_is_said(p, nth, 0, &b);
		assert_int_equal(status, EXIT_SOME_QUARANTINED);
		check_same_outputs(p, whole, nth, &b);
		if (*p->count < nth)
			break;
		tolerated++;
	}
	printf("%" PRIu64 " allocations: %" PRIu64 " failures said, %" PRIu64 " without effect\n", nth - 1, failures,
	       tolerated);
	assert_true(nth > 20 && nth < RUNS_MAX);
	for (size_t i = 0; i < ARRAY_LEN(outputs); i++)
		buf_release(&whole[i]);
	buf_release(&b);
}

static void test_each_write(void **state)
{
	const struct place *p = *state;
	uint64_t nth;
	struct buf b;

	buf_init(&b, OUT_MAX);
	for (nth = 1; nth < RUNS_MAX; nth++) {
		int status;

		unlink(in(p, "duanka/token.key")); /* making it is writing, too */
		status = run(p, 0, nth);
		if (*p->count < nth && status != EXIT_COULD_NOT_RUN) {
			assert_int_equal(status, EXIT_SOME_QUARANTINED);
			break;
		}
		if (status != EXIT_COULD_NOT_RUN)
			fail_msg("write %" PRIu64 " failed and the exit status is %d", nth, status);
		check_failure_is_said(p, 0, nth, &b);
	}
	printf("%" PRIu64 " writes, each failure said\n", nth - 1);
	assert_true(nth > 5 && nth < RUNS_MAX);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_each_allocation), cmocka_unit_test(test_each_write) };

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
