/* test_contacts.c - each disk operation and each allocation of making indexes, finding and expiring fails once. What is found is right or
 * refused, never less; no index is left that does not fit; and the next try does it all. So do the commands about it, each in a process of
 * its own: they give the same bytes, or say why not. */
#include "tests/test.h"
#include <fcntl.h>
#include <ftw.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "app/commands.h"
#include "base/file.h"
#include "base/mem.h"
#include "journal/contacts.h"
#include "tests/sim/disk_virtual.h"
#include "tests/unit/contacts_world.h"

/* A disk whose nth operation fails, reads too. */
struct failing {
	struct disk inner;
	uint64_t n, at; /* operations so far; which one fails, 0: none */
};

static bool fails(struct failing *f)
{
	return ++f->n == f->at;
}

static enum err f_open(void *ctx, const char *name, enum disk_mode mode, int *fd)
{
	struct failing *f = ctx;

	return fails(f) ? ERR_IO : f->inner.open(f->inner.ctx, name, mode, fd);
}

static enum err f_read_at(void *ctx, int fd, uint64_t at, void *p, size_t n, size_t *got)
{
	struct failing *f = ctx;

	*got = 0;
	return fails(f) ? ERR_IO : f->inner.read_at(f->inner.ctx, fd, at, p, n, got);
}

static enum err f_write_at(void *ctx, int fd, uint64_t at, const void *p, size_t n)
{
	struct failing *f = ctx;

	return fails(f) ? ERR_IO : f->inner.write_at(f->inner.ctx, fd, at, p, n);
}

static enum err f_sync(void *ctx, int fd)
{
	struct failing *f = ctx;

	return fails(f) ? ERR_IO : f->inner.sync(f->inner.ctx, fd);
}

static enum err f_size(void *ctx, int fd, uint64_t *bytes)
{
	struct failing *f = ctx;

	return fails(f) ? ERR_IO : f->inner.size(f->inner.ctx, fd, bytes);
}

static enum err f_truncate(void *ctx, int fd, uint64_t bytes)
{
	struct failing *f = ctx;

	return fails(f) ? ERR_IO : f->inner.truncate(f->inner.ctx, fd, bytes);
}

static void f_close(void *ctx, int fd)
{
	struct failing *f = ctx;

	f->inner.close(f->inner.ctx, fd);
}

static enum err f_rename(void *ctx, const char *from, const char *to)
{
	struct failing *f = ctx;

	return fails(f) ? ERR_IO : f->inner.rename(f->inner.ctx, from, to);
}

static enum err f_remove(void *ctx, const char *name)
{
	struct failing *f = ctx;

	return fails(f) ? ERR_IO : f->inner.remove(f->inner.ctx, name);
}

static enum err f_make_folder(void *ctx, const char *name)
{
	struct failing *f = ctx;

	return fails(f) ? ERR_IO : f->inner.make_folder(f->inner.ctx, name);
}

static enum err f_sync_folder(void *ctx, const char *name)
{
	struct failing *f = ctx;

	return fails(f) ? ERR_IO : f->inner.sync_folder(f->inner.ctx, name);
}

static enum err f_list(void *ctx, const char *folder, void (*visit)(void *ctx, const char *name), void *visit_ctx)
{
	struct failing *f = ctx;

	return fails(f) ? ERR_IO : f->inner.list(f->inner.ctx, folder, visit, visit_ctx);
}

static enum err f_free_bytes(void *ctx, uint64_t *bytes)
{
	struct failing *f = ctx;

	return fails(f) ? ERR_IO : f->inner.free_bytes(f->inner.ctx, bytes);
}

static void f_will_read(void *ctx, int fd, uint64_t at, uint64_t n)
{
	struct failing *f = ctx;

	f->inner.will_read(f->inner.ctx, fd, at, n);
}

struct stage {
	struct disk_virtual *v;
	struct failing failing;
	struct disk disk;
	struct world w;
};

static void raise_curtain(struct stage *s)
{
	s->v = disk_virtual_new(1);
	s->failing = (struct failing){ .inner = disk_virtual_disk(s->v) };
	s->disk =
		(struct disk){ &s->failing, f_open,   f_read_at,     f_write_at,    f_sync, f_size,       f_truncate, f_close,
		               f_rename,    f_remove, f_make_folder, f_sync_folder, f_list, f_free_bytes, f_will_read };
	world_begin(&s->w, 1, &s->disk, 4000);
	world_grow(&s->w, 180);
}

static void drop_curtain(struct stage *s)
{
	world_end(&s->w);
	disk_virtual_free(s->v);
}

/* From here on the nth disk operation or allocation fails; 0: none. */
static void fail_at(struct stage *s, bool memory, uint64_t nth)
{
	s->failing.n = 0;
	s->failing.at = memory ? 0 : nth;
	mem_fail_at(memory ? nth : 0);
}

static uint64_t done_so_far(const struct stage *s, bool memory)
{
	return memory ? mem_count() : s->failing.n;
}

/* Without failures: everything is found, and no index is in the way. */
static void sound(struct stage *s, uint64_t nth)
{
	struct contacts_query q = {
		.kind = CONTACTS_ANY_KIND, .from_us = INT64_MIN, .to_us = INT64_MAX, .end = UINT64_MAX, .most = UINT64_MAX
	};

	for (int t = 0; t < WORLD_POOL; t++) {
		struct contacts_stats stats;
		const char *wrong;
		enum err e;

		q.token = s->w.pool[t];
		wrong = world_check(&s->w, &q, &stats, &e);
		if (e != ERR_OK || wrong != NULL || stats.unfit > 0)
			fail_msg("after failure %llu: %s", (unsigned long long)nth, wrong ? wrong : "an index does not fit");
	}
}

static void make_failing(bool memory)
{
	uint64_t failed = 0, total = 0;

	for (uint64_t nth = 0; nth <= total; nth++) { /* the first run only counts */
		struct stage s;
		uint32_t made = 0;
		enum err e;

		raise_curtain(&s);
		fail_at(&s, memory, nth);
		e = contacts_index_all(&s.disk, NULL, &made, NULL);
		total = nth == 0 ? done_so_far(&s, memory) : total;
		fail_at(&s, memory, 0);
		failed += e != ERR_OK;
		sound(&s, nth);
		assert_int_equal(contacts_index_all(&s.disk, NULL, &made, NULL), ERR_OK);
		sound(&s, nth);
		drop_curtain(&s);
	}
	print_message("%llu failures, %llu of them told\n", (unsigned long long)total, (unsigned long long)failed);
	assert_true(failed > 10);
}

static void test_making_while_the_disk_fails(void **state)
{
	(void)state;
	make_failing(false);
}

static void test_making_without_memory(void **state)
{
	(void)state;
	make_failing(true);
}

static void find_failing(bool memory, bool indexes)
{
	uint64_t failed = 0, total = 0;
	struct stage s;

	raise_curtain(&s);
	if (indexes)
		assert_int_equal(contacts_index_all(&s.disk, NULL, NULL, NULL), ERR_OK);
	for (uint64_t nth = 0; nth <= total; nth++) { /* the first run only counts */
		struct contacts_query q = { .token = s.w.pool[nth % 3],
			                        .kind = CONTACTS_ANY_KIND,
			                        .from_us = INT64_MIN,
			                        .to_us = INT64_MAX,
			                        .end = nth % 2 == 0 ? UINT64_MAX : 100,
			                        .most = UINT64_MAX };
		struct contacts_stats stats;
		const char *wrong;
		enum err e;

		fail_at(&s, memory, nth);
		wrong = world_check(&s.w, &q, &stats, &e);
		total = nth == 0 ? done_so_far(&s, memory) : total;
		fail_at(&s, memory, 0);
		if (wrong != NULL)
			fail_msg("failure %llu: %s", (unsigned long long)nth, wrong);
		failed += e != ERR_OK;
	}
	print_message("%llu failures, %llu of them told\n", (unsigned long long)total, (unsigned long long)failed);
	assert_true(failed > 10);
	drop_curtain(&s);
}

static void test_finding_while_the_disk_fails(void **state)
{
	(void)state;
	find_failing(false, true);
	find_failing(false, false);
}

static void test_finding_without_memory(void **state)
{
	(void)state;
	find_failing(true, true);
	find_failing(true, false);
}

static void see_lonely(void *ctx, const char *name)
{
	uint64_t *last = ctx;

	if (strstr(name, ".idx") != NULL) /* the index of a segment stands before it, in byte order */
		*last = strtoull(name, NULL, 10);
	else if (strstr(name, ".seg") != NULL && *last == strtoull(name, NULL, 10))
		*last = 0;
	else if (*last != 0)
		*last = UINT64_MAX;
}

static void test_expiring_while_the_disk_fails(void **state)
{
	uint64_t total = 0;

	(void)state;
	for (uint64_t nth = 0; nth <= total; nth++) { /* the first run only counts */
		struct journal_audit audit;
		uint64_t lonely = 0;
		uint32_t removed;
		struct stage s;
		enum err e;

		raise_curtain(&s);
		assert_int_equal(contacts_index_all(&s.disk, NULL, NULL, NULL), ERR_OK);
		fail_at(&s, false, nth);
		e = journal_expire(s.w.journal, 6, UINT64_MAX, &removed);
		total = nth == 0 ? s.failing.n : total;
		fail_at(&s, false, 0);
		assert_true((e == ERR_OK) == (nth == 0));
		disk_virtual_crash(s.v);
		assert_int_equal(journal_verify(&s.disk, NULL, &audit, NULL, NULL), ERR_OK);
		assert_int_equal(audit.wrong, 0);
		assert_int_equal(s.disk.list(s.disk.ctx, "journal", see_lonely, &lonely), ERR_OK);
		assert_int_equal(lonely, 0); /* no index without its segment */
		assert_int_equal(journal_expire(s.w.journal, 6, UINT64_MAX, &removed), ERR_OK);
		drop_curtain(&s);
	}
	assert_true(total > 10);
}

/* ---- the commands ---- */

enum {
	OUT_MAX = 1 << 20
};

struct play { /* a journal in a real directory, and what a command wrote there */
	char dir[64], out[80], err[80], token[40];
	uint64_t *count; /* shared with the child */
	char *want, *got;
};

static void open_play(struct play *p)
{
	struct disk d;
	struct world w;

	snprintf(p->dir, sizeof(p->dir), "/tmp/duanka-contacts-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->out, sizeof(p->out), "%s/out", p->dir);
	snprintf(p->err, sizeof(p->err), "%s/err", p->dir);
	assert_int_equal(disk_real_open(&d, p->dir), ERR_OK);
	world_begin(&w, 1, &d, 4000);
	world_grow(&w, 200);
	assert_int_equal(contacts_index_all(&d, NULL, NULL, NULL), ERR_OK);
	snprintf(p->token, sizeof(p->token), "%016llx%016llx", (unsigned long long)w.pool[0].w[0],
	         (unsigned long long)w.pool[0].w[1]);
	world_end(&w);
	disk_real_close(&d);
	p->count = mmap(NULL, sizeof(*p->count), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	p->want = malloc(OUT_MAX);
	p->got = malloc(OUT_MAX);
	assert_true(p->count != MAP_FAILED && p->want != NULL && p->got != NULL);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static void close_play(struct play *p)
{
	assert_int_equal(nftw(p->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	munmap(p->count, sizeof(*p->count));
	free(p->want);
	free(p->got);
}

static void read_file(const char *path, char *to)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, to, OUT_MAX - 1);

	assert_true(n >= 0);
	to[n] = 0;
	close(fd);
}

/* Exit status of the command with its nth allocation, or write, failing. */
static int run_command(struct play *p, int (*command)(int, char **), char **argv, bool memory, uint64_t nth)
{
	int argc = 0, status;
	pid_t pid;

	while (argv[argc] != NULL)
		argc++;
	fflush(stdout);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int out = open(p->out, O_WRONLY | O_CREAT | O_TRUNC, 0600),
			err = open(p->err, O_WRONLY | O_CREAT | O_TRUNC, 0600);

		if (dup2(out, 1) != 1 || dup2(err, 2) != 2)
			_exit(99);
		mem_fail_at(memory ? nth : 0);
		file_fail_at(memory ? 0 : nth);
		status = command(argc, argv);
		*p->count = memory ? mem_count() : file_count();
		fflush(stderr);
		_exit(status);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void fail_command(int (*command)(int, char **), bool memory, bool about_token)
{
	struct play p;
	char *contacts[] = { "contacts", "--data", p.dir,        "--token", p.token, "--kind",
		                 "phone",    "--from", "2020-01-01", "--json",  NULL };
	char *tail[] = { "tail", "--data", p.dir, "-n", "40", NULL };
	char **argv = about_token ? contacts : tail;
	uint64_t total = 0, failed = 0;

	open_play(&p);
	for (uint64_t nth = 0; nth <= total; nth++) {
		int status = run_command(&p, command, argv, memory, nth);

		read_file(p.out, nth == 0 ? p.want : p.got);
		if (nth == 0) {
			total = *p.count;
			assert_int_equal(status, EXIT_ACCEPTED);
			assert_true(strlen(p.want) > 1000);
			continue;
		}
		if (status == EXIT_ACCEPTED) {
			assert_string_equal(p.got, p.want);
			continue;
		}
		failed++;
		assert_int_equal(status, EXIT_COULD_NOT_RUN);
		read_file(p.err, p.got);
		assert_true(strncmp(p.got, "duanka", 6) == 0);
	}
	print_message("%s: %llu failures, %llu of them told\n", argv[0], (unsigned long long)total,
	              (unsigned long long)failed);
	assert_true(failed > 0);
	close_play(&p);
}

static void test_commands_without_memory(void **state)
{
	(void)state;
	fail_command(cmd_contacts, true, true);
	fail_command(cmd_tail, true, false);
}

static void test_commands_that_cannot_write(void **state)
{
	(void)state;
	fail_command(cmd_contacts, false, true);
	fail_command(cmd_tail, false, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_making_while_the_disk_fails),   cmocka_unit_test(test_making_without_memory),
		cmocka_unit_test(test_finding_while_the_disk_fails),  cmocka_unit_test(test_finding_without_memory),
		cmocka_unit_test(test_expiring_while_the_disk_fails), cmocka_unit_test(test_commands_without_memory),
		cmocka_unit_test(test_commands_that_cannot_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
