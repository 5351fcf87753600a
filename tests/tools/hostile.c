/* hostile.c - a client that does what no good one does, over bare sockets to 127.0.0.1: for tests/e2e/hostile.sh.
 *
 *   hostile PORT send ANSWERS < BYTES      sends the bytes as they are; prints what comes back until so many answers are whole (0: until the end of
 *                                          the connection), then "[open]" or "[closed]"
 *   hostile PORT drip < BYTES              sends them one by one, ten a second, the last one again and again; "[closed]" once the service has enough
 *   hostile PORT sip < BYTES               sends them, then takes one byte of the answer ten times a second; ends with the connection or with SIGTERM
 *   hostile PORT hold N                    N connections that send nothing; prints "[held]" when they are there, "[closed] M" once the standard input
 *                                          has ended: how many of them the service has closed
 * Nothing is decided by time: what waits waits for the service. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	BYTES_MAX = 64 << 20,
	HOLD_MAX = 20000,
	PAUSE_MS = 100
};

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "hostile: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int reach(int port, int receive_bytes)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0)
		give_up("socket");
	if (receive_bytes > 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof(receive_bytes));
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		give_up("connect");
	return fd;
}

static size_t read_input(char **out)
{
	size_t n = 0, k;
	char *p = malloc(BYTES_MAX);

	if (p == NULL)
		give_up("memory");
	while ((k = fread(p + n, 1, BYTES_MAX - n, stdin)) > 0)
		n += k;
	*out = p;
	return n;
}

/* False: the service does not want more. */
static bool put(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t k = send(fd, p, n, MSG_NOSIGNAL);

		if (k <= 0)
			return false;
		p += k;
		n -= (size_t)k;
	}
	return true;
}

/* How many whole answers begin at p: heads by their blank line, bodies by Content-Length; those of 1xx have none. */
static int answers_in(const char *p, size_t n)
{
	int count = 0;

	for (;;) {
		const char *end = memmem(p, n, "\r\n\r\n", 4), *length;
		size_t body = 0;

		if (end == NULL)
			return count;
		length = memmem(p, (size_t)(end - p), "Content-Length: ", 16);
		if (length != NULL)
			body = strtoull(length + 16, NULL, 10);
		if ((size_t)(end + 4 - p) + body > n)
			return count;
		count += n > 9 && p[9] != '1';
		n -= (size_t)(end + 4 - p) + body;
		p = end + 4 + body;
	}
}

static void do_send(int port, int answers)
{
	char *bytes, *got = malloc(BYTES_MAX);
	size_t n = read_input(&bytes), have = 0;
	int fd = reach(port, 0);
	ssize_t k = 1;

	if (got == NULL)
		give_up("memory");
	put(fd, bytes, n); /* the answer may come before all of it is wanted */
	while (have < BYTES_MAX && (answers == 0 || answers_in(got, have) < answers) &&
	       (k = recv(fd, got + have, BYTES_MAX - have, 0)) > 0)
		have += (size_t)k;
	fwrite(got, 1, have, stdout);
	printf("\n%s\n", k > 0 ? "[open]" : "[closed]");
	free(bytes);
	free(got);
}

static bool ended(int fd, int wait_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char byte;

	return poll(&p, 1, wait_ms) > 0 && recv(fd, &byte, 1, 0) <= 0;
}

static void do_drip(int port)
{
	char *bytes;
	size_t n = read_input(&bytes), at = 0;
	int fd = reach(port, 0);

	while (put(fd, bytes + at, 1) && !ended(fd, PAUSE_MS))
		at += at + 1 < n;
	printf("[closed]\n");
	free(bytes);
}

static void do_sip(int port)
{
	char *bytes;
	size_t n = read_input(&bytes);
	int fd = reach(port, 4096);

	put(fd, bytes, n);
	while (!ended(fd, -1))
		poll(NULL, 0, PAUSE_MS);
	free(bytes);
}

static void do_hold(int port, int n)
{
	static int fd[HOLD_MAX];
	struct rlimit l;
	int closed = 0;

	if (getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur < (rlim_t)n + 64) {
		l.rlim_cur = (rlim_t)n + 64;
		if (setrlimit(RLIMIT_NOFILE, &l) != 0)
			give_up("descriptors");
	}
	for (int i = 0; i < n && i < HOLD_MAX; i++)
		fd[i] = reach(port, 0);
	printf("[held]\n");
	fflush(stdout);
	while (getchar() != EOF)
		;
	for (int i = 0; i < n && i < HOLD_MAX; i++)
		closed += ended(fd[i], 0);
	printf("[closed] %d\n", closed);
}

int main(int argc, char **argv)
{
	int port = argc > 2 ? (int)strtol(argv[1], NULL, 10) : 0, n = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 0;
	const char *what = argc > 2 ? argv[2] : "";

	signal(SIGPIPE, SIG_IGN);
	if (strcmp(what, "send") == 0)
		do_send(port, n);
	else if (strcmp(what, "drip") == 0)
		do_drip(port);
	else if (strcmp(what, "sip") == 0)
		do_sip(port);
	else if (strcmp(what, "hold") == 0)
		do_hold(port, n);
	else
		return fprintf(stderr, "hostile: see the head of hostile.c\n"), 1;
	return 0;
}
