/* test_file.c - files in a temporary folder: whole ones, buffered output, a full disk at every step. */
#include "tests/test.h"
#include "base/file.h"
#include "base/mem.h"
#include <errno.h>
#include <dirent.h>
#include <unistd.h>

struct place {
	char folder[64];
	char path[96];
};

static int set_up(void **state)
{
	struct place *p = mem_alloc(sizeof *p);
	if (!p)
		return -1;
	snprintf(p->folder, sizeof p->folder, "/tmp/duanka-test-XXXXXX");
	if (!mkdtemp(p->folder))
		return -1;
	snprintf(p->path, sizeof p->path, "%s/out", p->folder);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;
	unlink(p->path);
	int e = rmdir(p->folder); /* fails if a temporary file was left behind */
	mem_free(p);
	return e;
}

static void assert_file(const char *path, const char *content)
{
	struct buf b;
	buf_init(&b, 1 << 20);
	assert_int_equal(file_read_all(path, 1 << 20, &b), ERR_OK);
	assert_text(buf_view(&b), content);
	buf_release(&b);
}

static void test_whole(void **state)
{
	struct place *p = *state;
	struct buf b;
	buf_init(&b, 8);
	assert_int_equal(file_read_all(p->path, 100, &b), ERR_ABSENT);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(file_read_all(p->folder, 100, &b), ERR_IO);
	assert_int_equal(errno, EISDIR);
	assert_int_equal(file_write_all(p->path, TEXT("12345678")), ERR_OK);
	assert_int_equal(file_read_all(p->path, 7, &b), ERR_CAP);
	buf_clear(&b);
	assert_int_equal(file_read_all(p->path, 8, &b), ERR_OK);
	buf_clear(&b);
	assert_int_equal(file_write_all(p->path, TEXT("123456789")), ERR_OK);
	assert_int_equal(file_read_all(p->path, 100, &b), ERR_CAP); /* the buffer's own maximum */
	buf_release(&b);
	assert_int_equal(file_write_all(p->path, TEXT("")), ERR_OK);
	assert_file(p->path, "");
	assert_int_equal(file_write_all("/no/such/folder/x", TEXT("")), ERR_IO);
	assert_int_equal(errno, ENOENT);
}

static void test_whole_failing(void **state)
{
	struct place *p = *state;
	assert_int_equal(file_write_all(p->path, TEXT("old")), ERR_OK);
	enum err e = ERR_IO;
	uint64_t nth = 1;
	for (; e != ERR_OK; nth++) {
		file_fail_at(nth);
		e = file_write_all(p->path, TEXT("new"));
		bool reached = file_count() >= nth;
		file_fail_at(0);
		assert_int_equal(e, reached ? ERR_IO : ERR_OK);
		if (reached) {
			assert_int_equal(errno, ENOSPC);
			struct buf b;
			buf_init(&b, 100);
			assert_int_equal(file_read_all(p->path, 100, &b), ERR_OK);
			/* only the last step, syncing the folder, comes after the rename */
			assert_true(text_eq(buf_view(&b), TEXT("old")) || (nth == 6 && text_eq(buf_view(&b), TEXT("new"))));
			buf_release(&b);
		}
	}
	assert_int_equal(nth, 8); /* open, write, sync, close, rename, sync of the folder; the seventh round succeeds */
	assert_file(p->path, "new");
}

/* Writes 700 kB in small and large pieces. */
static enum err write_much(struct outfile *o, const char *path, const char *large)
{
	enum err e = outfile_open(o, path);
	for (int i = 0; e == ERR_OK && i < 100000; i++)
		e = outfile_write(o, "abc", 3);
	if (e == ERR_OK)
		e = outfile_text(o, text_of(large, 400000));
	if (e == ERR_OK)
		e = outfile_flush(o);
	enum err closed = outfile_close(o);
	return e != ERR_OK ? e : closed;
}

static void test_out(void **state)
{
	struct place *p = *state;
	struct outfile o;
	char *large = mem_alloc(400000);
	assert_non_null(large);
	memset(large, 'L', 400000);
	enum err e = ERR_IO;
	int failures = 0;
	for (uint64_t nth = 1; e != ERR_OK; nth++) {
		file_fail_at(nth);
		e = write_much(&o, p->path, large);
		bool reached = file_count() >= nth;
		file_fail_at(0);
		assert_int_equal(e, reached ? ERR_IO : ERR_OK);
		if (reached) {
			assert_int_equal(errno, ENOSPC);
			assert_int_equal(outfile_close(&o), ERR_IO); /* closed already: nothing but the old failure */
			failures++;
		}
	}
	assert_int_equal(failures, 5); /* open, two buffers, the large piece, close */
	assert_int_equal(o.written_bytes, 700000);
	struct buf b;
	buf_init(&b, 1 << 20);
	assert_int_equal(file_read_all(p->path, 1 << 20, &b), ERR_OK);
	assert_int_equal(b.n, 700000);
	assert_memory_equal(b.p + 299997, "abcLLL", 6);
	buf_release(&b);
	mem_fail_at(1);
	assert_int_equal(outfile_open(&o, p->path), ERR_MEMORY);
	mem_fail_at(0);
	assert_int_equal(outfile_close(&o), ERR_MEMORY);
	assert_int_equal(outfile_open(&o, "/no/such/folder/x"), ERR_IO);
	assert_int_equal(errno, ENOENT);
	mem_free(large);
}

static void test_full_disk(void **state)
{
	(void)state;
	struct outfile o;
	if (access("/dev/full", W_OK) != 0)
		skip();
	assert_int_equal(outfile_open(&o, "/dev/full"), ERR_OK);
	assert_int_equal(outfile_write(&o, "x", 1), ERR_OK);
	assert_int_equal(outfile_flush(&o), ERR_IO);
	assert_int_equal(errno, ENOSPC);
	errno = 0;
	assert_int_equal(outfile_write(&o, "x", 1), ERR_IO);
	assert_int_equal(errno, ENOSPC);
	assert_int_equal(outfile_close(&o), ERR_IO);
}

static void wiped(void **state)
{
	struct place *p = *state;
	char big[200000];
	struct buf b;
	(void)memset(big, 'x', sizeof big);
	assert_int_equal(file_wipe(p->path), ERR_ABSENT);
	for (uint64_t nth = 1;; nth++) {
		assert_int_equal(file_write_all(p->path, text_of(big, sizeof big)), ERR_OK);
		file_fail_at(nth);
		enum err e = file_wipe(p->path);
		file_fail_at(0);
		if (e == ERR_OK) {
			assert_true(nth > 4);
			break;
		}
		assert_int_equal(errno, ENOSPC);
		buf_init(&b, 1 << 20);
		assert_int_equal(file_read_all(p->path, 1 << 20, &b), ERR_OK); /* there, and as long as it was */
		assert_int_equal(b.n, sizeof big);
		assert_int_equal(b.p[b.n - 1], nth > 4 ? 0 : 'x');
		buf_release(&b);
	}
	assert_int_equal(access(p->path, F_OK), -1);
}

/* Another name of the same file has the zeros: they went over the bytes and not into a new file. */
static void wiped_under_its_other_name(void **state)
{
	struct place *p = *state;
	char other[128];
	struct buf b;
	snprintf(other, sizeof other, "%s.other", p->path);
	assert_int_equal(file_write_all(p->path, TEXT("secret")), ERR_OK);
	assert_int_equal(link(p->path, other), 0);
	assert_int_equal(file_wipe(p->path), ERR_OK);
	buf_init(&b, 100);
	assert_int_equal(file_read_all(other, 100, &b), ERR_OK);
	assert_int_equal(b.n, 6);
	assert_memory_equal(b.p, "\0\0\0\0\0\0", 6);
	buf_release(&b);
	unlink(other);
}

/* What a killed process has left goes; what somebody still writes, and what only looks like it, stays. */
static void stale(void **state)
{
	static const char *const kept[] = {
		"out.tmp", "out.12.tmp", "out.x.0.tmp", "out.0.0.tmp", "other.2147483646.0.tmp", "out.2147483646.0.tmpx"
	};
	struct place *p = *state;
	char path[160];
	uint32_t n;
	snprintf(path, sizeof path, "%s.%ld.0.tmp", p->path,
	         2147483646L); /* no process can have it: /proc/sys/kernel/pid_max */
	assert_int_equal(file_write_all(path, TEXT("secret")), ERR_OK);
	snprintf(path, sizeof path, "%s.%ld.3.tmp", p->path, (long)getppid());
	assert_int_equal(file_write_all(path, TEXT("being written")), ERR_OK);
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
		snprintf(path, sizeof path, "%s/%s", p->folder, kept[i]);
		assert_int_equal(file_write_all(path, TEXT("another's")), ERR_OK);
	}
	file_fail_at(1);
	assert_int_equal(file_wipe_stale(p->path, &n), ERR_IO);
	file_fail_at(0);
	assert_int_equal(n, 0);
	assert_int_equal(file_wipe_stale(p->path, &n), ERR_OK);
	assert_int_equal(n, 1);
	assert_int_equal(file_wipe_stale(p->path, &n), ERR_OK);
	assert_int_equal(n, 0);
	snprintf(path, sizeof path, "%s.%ld.3.tmp", p->path, (long)getppid());
	assert_int_equal(unlink(path), 0);
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
		snprintf(path, sizeof path, "%s/%s", p->folder, kept[i]);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(file_wipe_stale("/nonexistent/folder/state", &n), ERR_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_whole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_whole_failing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(wiped, set_up, tear_down),
		cmocka_unit_test_setup_teardown(wiped_under_its_other_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(stale, set_up, tear_down),
		cmocka_unit_test(test_full_disk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
