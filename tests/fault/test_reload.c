/* test_reload.c - settings and keys read again, once for each allocation in it, with that one failing: either all of the new ones are in force, or
 * all of the old ones are, and it is said. */
#include "tests/test.h"
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>
#include "app/serve_reload.h"
#include "base/file.h"
#include "base/mem.h"
#include "tests/sim/disk_virtual.h"

static char folder[] = "/tmp/duanka-reload-XXXXXX", file[64], keys_file[64], quiet[64];
static struct disk_virtual *virtual; /* for the alerts */
static struct disk disk;
static int own, elsewhere; /* standard error */
static struct notify notify;
static struct reload reload = { .notify = &notify, .lock = PTHREAD_MUTEX_INITIALIZER };
static struct serve_options options;
static char *argv[] = { "serve", "-c", file, "--data", folder, NULL };

static void put_settings(int minutes)
{
	char z[400];

	snprintf(z, sizeof(z), "[engine]\nskew = \"%dmin\"\n[tenant.bank-1]\nnumber = %d\n", minutes, minutes);
	assert_int_equal(file_write_all(file, text_z(z)), ERR_OK);
}

static void put_keys(uint32_t n)
{
	struct keys k = { 0 };
	struct buf b;

	buf_init(&b, 1 << 16);
	for (uint32_t i = 0; i < n; i++) {
		struct key_entry e = { .tenant = "bank-1", .scopes = SCOPE_DECIDE, .until_us = INT64_MAX };
		unsigned char random[KEY_RANDOM_BYTES] = { (unsigned char)i, 1 };
		char z[KEY_CHARS + 1];

		assert_int_equal(keys_make(&k, &e, random, z), ERR_OK);
	}
	keys_print(&k, &b);
	assert_int_equal(file_write_all(keys_file, buf_view(&b)), ERR_OK);
	buf_release(&b);
	keys_release(&k);
}

static int set_up(void **state)
{
	struct in_force *first;
	struct buf why;

	(void)state;
	unsetenv("DUANKA_TEST_SEED"); /* they are not settings */
	unsetenv("DUANKA_TEST_PERCENT");
	unsetenv("NOTIFY_SOCKET");
	assert_true(sodium_init() >= 0);
	assert_non_null(mkdtemp(folder));
	snprintf(file, sizeof(file), "%s/duanka.toml", folder);
	snprintf(keys_file, sizeof(keys_file), "%s/api-keys.ndjson", folder);
	snprintf(quiet, sizeof(quiet), "%s/err", folder);
	put_settings(1);
	put_keys(1);
	notify_open(&notify);
	buf_init(&why, CONFIG_MESSAGES_MAX);
	assert_int_equal(serve_options_read(&options, ARRAY_LEN(argv) - 1, argv), -1);
	first = serve_in_force(&options, &why);
	assert_non_null(first);
	assert_int_equal(live_new(&reload.live, first), ERR_OK);
	virtual = disk_virtual_new(1);
	disk = disk_virtual_disk(virtual);
	assert_int_equal(alertlog_open(&reload.log, &disk, 0, &why), ERR_OK);
	buf_release(&why);
	reload.options = &options;
	elsewhere = open(quiet, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	own = dup(STDERR_FILENO);
	return elsewhere < 0 || own < 0;
}

static int tear_down(void **state)
{
	(void)state;
	close(own);
	close(elsewhere);
	live_free(reload.live);
	alertlog_close(reload.log);
	disk_virtual_free(virtual);
	unlink(file);
	unlink(keys_file);
	unlink(quiet);
	return rmdir(folder);
}

static void is_in_force(int minutes, uint32_t n_keys)
{
	const struct in_force *f = live_take(reload.live);

	assert_int_equal(f->config.skew_us, minutes * (int64_t)60000000);
	assert_int_equal(f->config.n_tenants, 1);
	assert_int_equal(f->config.tenant[0].number, minutes);
	assert_int_equal(f->keys.n, n_keys);
	in_force_free(f);
}

/* What the many runs say on standard error goes elsewhere. */
static bool reload_quietly(struct buf *why)
{
	bool ok;

	assert_true(dup2(elsewhere, STDERR_FILENO) >= 0);
	ok = service_reload(&reload, why);
	assert_true(dup2(own, STDERR_FILENO) >= 0);
	return ok;
}

static bool again(void)
{
	struct buf why;
	bool ok;

	buf_init(&why, CONFIG_MESSAGES_MAX);
	ok = reload_quietly(&why);
	buf_release(&why);
	return ok;
}

static void test_each_allocation_fails_once(void **state)
{
	uint64_t n, refused = 0;
	int minutes = 1;

	(void)state;
	mem_fail_at(0);
	assert_true(again());
	n = mem_count();
	assert_true(n > 5);
	for (uint64_t i = 1; i <= n + 2; i++) {
		int old = minutes++;
		bool ok;

		put_settings(minutes);
		put_keys((uint32_t)minutes);
		mem_fail_at(i);
		ok = again();
		mem_fail_at(0);
		refused += !ok;
		is_in_force(ok ? minutes : old, (uint32_t)(ok ? minutes : old));
		minutes = ok ? minutes : old;
	}
	assert_true(refused > 3);
}

static void test_refused(void **state)
{
	const struct in_force *f = live_take(reload.live);
	int minutes = (int)(f->config.skew_us / 60000000);
	uint32_t n = f->keys.n;
	struct buf why;

	(void)state;
	in_force_free(f);
	buf_init(&why, CONFIG_MESSAGES_MAX);
	assert_int_equal(file_write_all(file, TEXT("[http]\nthreads = 3\n[engine]\nstate = \"1GiB\"\n")), ERR_OK);
	assert_false(reload_quietly(&why));
	assert_string_equal(
		why.p, "settings: error: a running service can't change http.threads, engine.state; start it again, or put "
			   "back what was there\n");
	is_in_force(minutes, n);
	put_settings(minutes + 1);
	assert_int_equal(file_write_all(keys_file, TEXT("{\"id\":1}\n")), ERR_OK);
	buf_clear(&why);
	assert_false(reload_quietly(&why));
	assert_true(strstr(why.p, "api-keys.ndjson: error: line 1: \"id\" is a text of 8 characters") != NULL);
	is_in_force(minutes, n);
	put_keys(1);
	buf_clear(&why);
	assert_true(reload_quietly(&why));
	assert_string_equal(why.p, "engine.skew, tenant");
	is_in_force(minutes + 1, 1);
	buf_release(&why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_allocation_fails_once),
		cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
