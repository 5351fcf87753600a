/* scan.c - see scan.h. */
#include "gateway/scan.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"

enum {
	COMMAND_MAX = 1024
};

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * US_PER_SECOND + t.tv_nsec / 1000;
}

/* Milliseconds until then, for poll: 0 if it is over. */
static int left_ms(int64_t until_us)
{
	int64_t us = until_us - now_us();

	return us <= 0 ? 0 : us > US_PER_HOUR ? (int)(US_PER_HOUR / 1000) : (int)((us + 999) / 1000);
}

/* False: too long, or too many words, or none. */
static bool split(const char *command, char words[COMMAND_MAX], char *argv[SCAN_WORDS_MAX + 1])
{
	uint32_t n = 0;
	char *rest = words, *word;

	if ((size_t)snprintf(words, COMMAND_MAX, "%s", command) >= COMMAND_MAX)
		return false;
	while ((word = strtok_r(rest, " ", &rest)) != NULL) {
		if (n == SCAN_WORDS_MAX)
			return false;
		argv[n++] = word;
	}
	argv[n] = NULL;
	return n > 0;
}

/* The child with `in` as its standard input. 0: it could not be started. */
static pid_t start(char *const argv[], int in)
{
	char path[COMMAND_MAX];
	char *environment[] = { path, NULL };
	const char *own = getenv("PATH");
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t set;
	pid_t pid = 0;
	bool ok;

	if ((size_t)snprintf(path, sizeof(path), "PATH=%s", own == NULL ? "/usr/bin:/bin" : own) >= sizeof(path) ||
	    posix_spawn_file_actions_init(&files) != 0)
		return 0;
	if (posix_spawnattr_init(&attributes) != 0) {
		posix_spawn_file_actions_destroy(&files);
		return 0;
	}
	sigfillset(&set);
	ok = posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO) == 0 &&
	     posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) == 0 &&
	     posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO) == 0 &&
	     posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1) == 0 &&
	     posix_spawnattr_setsigdefault(&attributes, &set) == 0;
	sigemptyset(&set);
	ok = ok && posix_spawnattr_setsigmask(&attributes, &set) == 0 && posix_spawnattr_setpgroup(&attributes, 0) == 0 &&
	     posix_spawnattr_setflags(&attributes,
	                              POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK) == 0 &&
	     posix_spawnp(&pid, argv[0], &files, &attributes, argv, environment) == 0;
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return ok ? pid : 0;
}

/* Until all is written, the scanner wants no more, or the time is over. */
static void feed(int to, struct text bytes, int64_t until_us)
{
	while (bytes.n > 0) {
		struct pollfd p = { .fd = to, .events = POLLOUT };
		int ms = left_ms(until_us);
		ssize_t n;

		if (ms == 0 || (poll(&p, 1, ms) < 0 && errno != EINTR))
			return;
		n = write(to, bytes.p, bytes.n);
		if (n > 0)
			bytes = text_of(bytes.p + n, bytes.n - (size_t)n);
		else if (n < 0 && errno != EAGAIN && errno != EINTR)
			return; /* it has closed its end: its status says why */
	}
}

static bool ended(int watch, int64_t until_us)
{
	struct pollfd p = { .fd = watch, .events = POLLIN };
	int n;

	do
		n = poll(&p, 1, left_ms(until_us));
	while (n < 0 && errno == EINTR);
	return n > 0;
}

static enum scan_verdict verdict(pid_t pid, int64_t until_us)
{
	int watch = pidfd_open(pid, 0), status = 0;
	bool in_time = watch >= 0 && ended(watch, until_us);

	(void)kill(-pid, SIGKILL); /* what it started too, and itself if it is late */
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (watch >= 0)
		close(watch);
	if (!in_time || !WIFEXITED(status))
		return SCAN_UNKNOWN;
	return WEXITSTATUS(status) == 0 ? SCAN_CLEAN : WEXITSTATUS(status) == 1 ? SCAN_INFECTED : SCAN_UNKNOWN;
}

enum scan_verdict scan_bytes(const char *command, struct text bytes, int64_t most_us)
{
	int64_t until_us = now_us() + most_us;
	char words[COMMAND_MAX], *argv[SCAN_WORDS_MAX + 1];
	int pipe_of[2];
	pid_t pid;

	if (command[0] == 0)
		return SCAN_CLEAN;
	if (!split(command, words, argv) || pipe2(pipe_of, O_CLOEXEC) != 0)
		return SCAN_UNKNOWN;
	pid = fcntl(pipe_of[1], F_SETFL, O_NONBLOCK) == 0 ? start(argv, pipe_of[0]) : 0;
	close(pipe_of[0]);
	if (pid > 0)
		feed(pipe_of[1], bytes, until_us);
	close(pipe_of[1]);
	return pid > 0 ? verdict(pid, until_us) : SCAN_UNKNOWN;
}
