/* test_match_steps.c - the command's files of a private matching: each write of each step made to fail once, and each allocation. The step says so, leaves no half of a file
 * and no message without its state, and the same words again bring it to its end. */
#include "tests/test.h"
#include <dirent.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "app/match_steps.h"
#include "base/file.h"
#include "base/mem.h"

enum {
	ITEMS = 100
};

static char folder[64], before[256];

static void list(const char *name, int first)
{
	struct buf b;

	buf_init(&b, 1 << 16);
	buf_z(&b, "value\n");
	for (int i = first; i < first + ITEMS; i++)
		buf_printf(&b, "139%08d\n", i);
	assert_int_equal(file_write_all(name, buf_view(&b)), ERR_OK);
	buf_release(&b);
}

static void start(void)
{
	assert_non_null(getcwd(before, sizeof(before)));
	snprintf(folder, sizeof(folder), "/tmp/match-steps.XXXXXX");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	list("a.csv", 0);
	list("b.csv", 40);
}

static bool there(const char *name)
{
	return access(name, F_OK) == 0;
}

/* None of these, but for lists, may be left; all: not even what belongs to a session. */
static uint32_t left_over(const char *end)
{
	uint32_t n = 0;
	DIR *d = opendir(".");

	assert_non_null(d);
	for (const struct dirent *f = readdir(d); f != NULL; f = readdir(d)) {
		size_t k = strlen(f->d_name), m = strlen(end);

		n += k > m && strcmp(f->d_name + k - m, end) == 0;
	}
	closedir(d);
	return n;
}

static void stop(void)
{
	DIR *d = opendir(".");

	assert_non_null(d);
	assert_int_equal(left_over(".tmp"), 0);
	for (const struct dirent *f = readdir(d); f != NULL; f = readdir(d))
		if (f->d_name[0] != '.')
			assert_int_equal(unlink(f->d_name), 0);
	closedir(d);
	assert_int_equal(chdir(before), 0);
	assert_int_equal(rmdir(folder), 0);
}

static struct match_asked asked(const char *list_name, const char *state, const char *in, const char *out,
                                const char *result)
{
	struct match_asked a = { .list = list_name, .state = state, .in = in, .out = out, .result = result };

	a.agree = true;
	a.limits = (struct match_limits){ MATCH_ITEMS_LEAST, MATCH_ITEMS_MOST, MATCH_RATIO_MOST };
	a.terms = (struct match_terms){ .form = IDENT_PHONE, .learns = MATCH_BOTH };
	a.terms.purpose = TEXT("payees that are suspected");
	a.terms.basis = TEXT("Art 16");
	return a;
}

static bool offer(void)
{
	struct match_asked a = asked("a.csv", "a.state", NULL, "1.offer", "a.found");

	return match_steps_offer(&a);
}

static bool answer(void)
{
	struct match_asked a = asked("b.csv", "b.state", "1.offer", "1.answer", "b.found");

	return match_steps_answer(&a);
}

static bool finish(void)
{
	struct match_asked a = asked("a.csv", "a.state", "1.answer", "1.finish", "a.found");

	return match_steps_finish(&a);
}

static bool learn(void)
{
	struct match_asked a = asked("b.csv", "b.state", "1.finish", NULL, "b.found");

	return match_steps_finish(&a);
}

static void found(const char *name)
{
	struct buf b;
	uint32_t lines = 0;

	buf_init(&b, 1 << 16);
	assert_int_equal(file_read_all(name, 1 << 16, &b), ERR_OK);
	for (size_t i = 0; i < b.n; i++)
		lines += b.p[i] == '\n';
	assert_int_equal(lines, 1 + 60);
	buf_release(&b);
}

struct fault {
	void (*at)(uint64_t nth);
	uint64_t (*count)(void);
	uint64_t left; /* operations until it happens; 0: it has */
};

/* Runs the step with the fault armed, and again if it failed. done: what is there when only the state was left to be removed; NULL: a step that begins. A failure of such a
 * one leaves state and out, or the state alone, or none. */
static void through(struct fault *f, bool (*step)(void), const char *state, const char *out, const char *done)
{
	uint64_t n;
	bool ok;

	f->at(f->left);
	ok = step();
	n = f->count();
	f->at(0);
	assert_int_equal(left_over(".tmp"), 0);
	if (f->left == 0 || n < f->left) {
		assert_true(ok);
		f->left -= f->left > n ? n : 0;
		return;
	}
	f->left = 0;
	if (ok)
		return;
	assert_false(there(out) && !there(state));
	if (done != NULL && there(done) && (out[0] == 0 || there(out)))
		assert_true(match_steps_wipe(state)); /* as the step has said */
	else
		assert_true(step());
}

static void each_fails(void (*at)(uint64_t), uint64_t (*count)(void), uint64_t least)
{
	bool happened = true;

	for (uint64_t nth = 1; happened; nth++) {
		struct fault f = { at, count, nth };

		start();
		through(&f, offer, "a.state", "1.offer", NULL);
		through(&f, answer, "b.state", "1.answer", NULL);
		through(&f, finish, "a.state", "1.finish", "a.found");
		through(&f, learn, "b.state", "", "b.found");
		found("a.found");
		found("b.found");
		assert_false(there("a.state") || there("b.state"));
		happened = f.left == 0;
		assert_true(happened || nth > least);
		stop();
	}
}

static void each_write_fails(void **state)
{
	(void)state;
	each_fails(file_fail_at, file_count, 30);
}

static void each_allocation_fails(void **state)
{
	int64_t live = mem_live();

	(void)state;
	each_fails(mem_fail_at, mem_count, 30);
	assert_int_equal(mem_live(), live);
}

/* A process is killed just as it has written the secret under its first name: the next step wipes that. */
static void killed(void **state)
{
	char name[64];
	int status;
	pid_t pid;

	(void)state;
	start();
	assert_true(offer());
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	snprintf(name, sizeof(name), "a.state.%ld.0.tmp", (long)pid); /* of one that is no more */
	assert_int_equal(link("a.state", name), 0);
	assert_int_equal(unlink("a.state"), 0);
	assert_int_equal(link(name, "kept"), 0);
	assert_int_equal(unlink("1.offer"), 0);
	assert_true(offer());
	assert_false(there(name));
	{
		struct buf b;

		buf_init(&b, MATCH_STATE_BYTES_MAX);
		assert_int_equal(file_read_all("kept", MATCH_STATE_BYTES_MAX, &b), ERR_OK);
		for (size_t i = 0; i < b.n; i++)
			assert_int_equal(b.p[i], 0);
		buf_release(&b);
	}
	assert_true(answer() && finish() && learn());
	found("a.found");
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_write_fails),
		cmocka_unit_test(each_allocation_fails),
		cmocka_unit_test(killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
