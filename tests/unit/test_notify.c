/* test_notify.c - what a service manager hears: the protocol's datagrams at a socket of our own, as a file and as an abstract name, and
 * silence where nobody listens. */
#include "tests/test.h"
#include <errno.h>
#include <unistd.h>
#include "app/notify.h"
#include "base/check.h"

static char folder[] = "/tmp/duanka-notify-XXXXXX";

static int set_up(void **state)
{
	(void)state;
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	return mkdtemp(folder) == NULL;
}

static int tear_down(void **state)
{
	(void)state;
	return rmdir(folder);
}

/* A socket under a path of ours, or under an abstract name made of it. */
static int listen_at(char *z, size_t cap, bool file)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	socklen_t n;

	snprintf(z, cap, "%s%s/s", file ? "" : "@", folder);
	snprintf(a.sun_path, sizeof(a.sun_path), "%s", z);
	if (!file)
		a.sun_path[0] = 0;
	n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(z) + file);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, n), 0);
	return fd;
}

static void hears(int fd, const char *z)
{
	char got[1024];
	ssize_t n = recv(fd, got, sizeof(got) - 1, 0);

	assert_true(n >= 0);
	got[n] = 0;
	assert_string_equal(got, z);
}

static void say_all(bool file)
{
	char z[120], got[200];
	struct notify n;
	int fd = listen_at(z, sizeof(z), file);
	long long us;

	setenv("NOTIFY_SOCKET", z, 1);
	notify_open(&n);
	assert_int_equal(n.watchdog_us, 0);
	notify_say(&n, "READY=1\nSTATUS=%s", "listening");
	hears(fd, "READY=1\nSTATUS=listening");
	notify_reloading(&n);
	memset(got, 0, sizeof(got));
	assert_true(recv(fd, got, sizeof(got) - 1, 0) > 0);
	assert_int_equal(sscanf(got, "RELOADING=1\nMONOTONIC_USEC=%lld", &us), 1);
	assert_true(us > 0);
	notify_say(&n, "STATUS=%0*d", 2 * NOTIFY_BYTES, 0); /* cut, not dropped */
	assert_int_equal(recv(fd, got, sizeof(got), MSG_TRUNC), NOTIFY_BYTES - 1);
	notify_close(&n);
	notify_say(&n, "READY=1");
	assert_int_equal(recv(fd, got, sizeof(got), 0), -1);
	assert_int_equal(errno, EAGAIN);
	close(fd);
	if (file)
		unlink(z);
}

static void test_file(void **state)
{
	(void)state;
	say_all(true);
}

static void test_abstract(void **state)
{
	(void)state;
	say_all(false);
}

static void test_nobody(void **state)
{
	static const char *const no[] = { "", "/", "relative", "vsock:2:1234" };
	struct notify n;
	char z[200];

	(void)state;
	unsetenv("NOTIFY_SOCKET");
	notify_open(&n);
	assert_int_equal(n.fd, -1);
	assert_false(n.failed);
	notify_say(&n, "READY=1");
	notify_close(&n);
	for (size_t i = 0; i < ARRAY_LEN(no); i++) {
		setenv("NOTIFY_SOCKET", no[i], 1);
		notify_open(&n);
		assert_int_equal(n.fd, -1);
		assert_true(n.failed);
	}
	snprintf(z, sizeof(z), "/%0150d", 0); /* longer than an address can be */
	setenv("NOTIFY_SOCKET", z, 1);
	notify_open(&n);
	assert_int_equal(n.fd, -1);
	setenv("NOTIFY_SOCKET", "/nowhere/at/all", 1);
	notify_open(&n);
	assert_true(n.fd >= 0);
	notify_say(&n, "READY=1"); /* goes on without it */
	assert_true(n.failed);
	notify_close(&n);
}

static void test_watchdog(void **state)
{
	static const struct {
		const char *usec;
		bool ours;
		int64_t want;
	} cases[] = { { "30000000", true, 30000000 },
		          { "30000000", false, 0 },
		          { "0", true, 0 },
		          { "-1", true, 0 },
		          { "x", true, 0 },
		          { "1x", true, 0 } };
	char z[120], pid[32];
	int fd = listen_at(z, sizeof(z), true);
	struct notify n;

	(void)state;
	setenv("NOTIFY_SOCKET", z, 1);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		snprintf(pid, sizeof(pid), "%ld", (long)getpid() + !cases[i].ours);
		setenv("WATCHDOG_USEC", cases[i].usec, 1);
		setenv("WATCHDOG_PID", pid, 1);
		notify_open(&n);
		assert_int_equal(n.watchdog_us, cases[i].want);
		notify_close(&n);
	}
	unsetenv("WATCHDOG_PID"); /* then it is for whoever reads it */
	setenv("WATCHDOG_USEC", "5", 1);
	notify_open(&n);
	assert_int_equal(n.watchdog_us, 5);
	notify_close(&n);
	close(fd);
	unlink(z);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_abstract),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_watchdog),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
