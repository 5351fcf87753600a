/* test_scan.c - the scanner of the house: what its exit status comes to, what it gets, and that it never keeps anybody waiting beyond its time or sees anything of the service's. */
#include "tests/test.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "gateway/scan.h"

static char directory[] = "/tmp/duanka-scan-XXXXXX";
static char command[512];

/* A scanner made of a few lines for sh. */
static const char *scanner(const char *body)
{
	FILE *f;

	snprintf(command, sizeof(command), "%s/scanner", directory);
	(void)unlink(command);
	f = fopen(command, "w");
	assert_non_null(f);
	fprintf(f, "#!/bin/sh\n%s\n", body);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(command, 0700), 0);
	return command;
}

static void exit_statuses(void **state)
{
	(void)state;
	assert_int_equal(scan_bytes("", TEXT("x"), US_PER_MINUTE), SCAN_CLEAN); /* none is set */
	assert_int_equal(scan_bytes("true", TEXT("x"), US_PER_MINUTE), SCAN_CLEAN);
	assert_int_equal(scan_bytes("false", TEXT("x"), US_PER_MINUTE), SCAN_INFECTED);
	assert_int_equal(scan_bytes(scanner("exit 2"), TEXT("x"), US_PER_MINUTE), SCAN_UNKNOWN);
	assert_int_equal(scan_bytes(scanner("kill -9 $$"), TEXT("x"), US_PER_MINUTE), SCAN_UNKNOWN);
	assert_int_equal(scan_bytes("/no/such/scanner", TEXT("x"), US_PER_MINUTE), SCAN_UNKNOWN);
	assert_int_equal(scan_bytes("  ", TEXT("x"), US_PER_MINUTE), SCAN_UNKNOWN);
	assert_int_equal(scan_bytes("true 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6", TEXT("x"), US_PER_MINUTE), SCAN_UNKNOWN);
	assert_int_equal(scan_bytes("true ; false", TEXT("x"), US_PER_MINUTE), SCAN_CLEAN); /* no shell reads it */
}

static void it_gets_all_the_bytes(void **state)
{
	static char large[3 << 20];

	(void)state;
	memset(large, 'a', sizeof(large));
	assert_int_equal(scan_bytes(scanner("! grep -q EICAR"), text_of(large, sizeof(large)), US_PER_MINUTE), SCAN_CLEAN);
	memcpy(large + sizeof(large) - 5, "EICAR", 5);
	assert_int_equal(scan_bytes(scanner("! grep -q EICAR"), text_of(large, sizeof(large)), US_PER_MINUTE),
	                 SCAN_INFECTED);
	assert_int_equal(scan_bytes(scanner("exit 0"), text_of(large, sizeof(large)), US_PER_MINUTE),
	                 SCAN_CLEAN); /* reads nothing */
	assert_int_equal(scan_bytes(scanner("[ $(wc -c) = 3145728 ]"), text_of(large, sizeof(large)), US_PER_MINUTE),
	                 SCAN_CLEAN);
	assert_int_equal(scan_bytes(scanner("[ $(wc -c) = 0 ]"), TEXT(""), US_PER_MINUTE), SCAN_CLEAN);
}

/* It neither reads nor ends, and what it started holds the pipe: all of it is gone when the answer is there. */
static void too_slow(void **state)
{
	static char large[1 << 20];
	char path[128], body[600];
	pid_t pid = 0;
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%.64s/pid", directory);
	snprintf(body, sizeof(body), "sleep 1000 & echo $! >%s.new; mv %s.new %s; wait", path, path, path);
	assert_int_equal(scan_bytes(scanner(body), text_of(large, sizeof(large)), 2 * US_PER_SECOND), SCAN_UNKNOWN);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%d", &pid), 1);
	fclose(f);
	unlink(path);
	for (int i = 0; i < 1000000 && kill(pid, 0) == 0; i++) { /* killed, and soon reaped by whoever inherits it */
		char stat[64], zombie = 0;

		snprintf(stat, sizeof(stat), "/proc/%d/stat", pid);
		f = fopen(stat, "r");
		if (f != NULL && fscanf(f, "%*d %*s %c", &zombie) == 1 && zombie == 'Z')
			i = 1000000;
		if (f != NULL)
			fclose(f);
	}
	assert_int_equal(scan_bytes("sleep 1000", TEXT("x"), 0), SCAN_UNKNOWN);
}

static void nothing_leaks(void **state)
{
	int secret = open("/dev/null", O_RDONLY); /* without O_CLOEXEC */

	(void)state;
	assert_true(secret > 2);
	assert_int_equal(setenv("DUANKA_API_KEY", "secret", 1), 0);
	assert_int_equal(scan_bytes(scanner("[ -z \"$DUANKA_API_KEY\" ] && [ -n \"$PATH\" ]"), TEXT("x"), US_PER_MINUTE),
	                 SCAN_CLEAN);
	snprintf(command + 256, 256, "[ ! -e /proc/self/fd/%d ]", secret);
	assert_int_equal(scan_bytes(scanner(command + 256), TEXT("x"), US_PER_MINUTE), SCAN_CLEAN);
	close(secret);
}

static int set_up(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN); /* as the service does */
	return mkdtemp(directory) == NULL;
}

static int take_down(void **state)
{
	(void)state;
	snprintf(command, sizeof(command), "%s/scanner", directory);
	(void)unlink(command);
	return rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exit_statuses),
		cmocka_unit_test(it_gets_all_the_bytes),
		cmocka_unit_test(too_slow),
		cmocka_unit_test(nothing_leaks),
	};
	return cmocka_run_group_tests(tests, set_up, take_down);
}
