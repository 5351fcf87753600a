/* notify.c - see notify.h. */
#include "app/notify.h"
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"

static void fail(struct notify *n, const char *what)
{
	if (!atomic_exchange(&n->failed, true))
		fprintf(stderr, "duanka: the service manager can't be told at $NOTIFY_SOCKET: %s\n", what);
}

/* /path, or @name for a name that is no file. */
static bool address_of(const char *z, struct notify *n)
{
	size_t length = strlen(z);

	if ((z[0] != '/' && z[0] != '@') || length < 2 || length >= sizeof(n->to.sun_path))
		return false;
	n->to.sun_family = AF_UNIX;
	memcpy(n->to.sun_path, z, length + 1);
	if (z[0] == '@')
		n->to.sun_path[0] = 0;
	n->to_n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + (z[0] == '/'));
	return true;
}

static int64_t watchdog(void)
{
	const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
	char *end;
	int64_t v;

	if (usec == NULL || (pid != NULL && strtoll(pid, NULL, 10) != (long long)getpid()))
		return 0;
	v = strtoll(usec, &end, 10);
	return end == usec || *end != 0 || v <= 0 ? 0 : v;
}

void notify_open(struct notify *n)
{
	const char *z = getenv("NOTIFY_SOCKET");
	struct timeval most = { .tv_sec = 1 };

	*n = (struct notify){ .fd = -1 };
	if (z == NULL)
		return;
	if (!address_of(z, n)) {
		fail(n, "it is neither /PATH nor @NAME");
		return;
	}
	n->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (n->fd < 0 || setsockopt(n->fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof(most)) != 0)
		fail(n, strerror(errno));
	n->watchdog_us = n->fd < 0 ? 0 : watchdog();
}

void notify_close(struct notify *n)
{
	if (n->fd >= 0)
		close(n->fd);
	n->fd = -1;
}

void notify_say(struct notify *n, const char *fmt, ...)
{
	char z[NOTIFY_BYTES];
	va_list ap;
	int length;

	if (n->fd < 0)
		return;
	va_start(ap, fmt);
	length = vsnprintf(z, sizeof(z), fmt, ap);
	va_end(ap);
	if (length >= NOTIFY_BYTES)
		length = NOTIFY_BYTES - 1;
	if (length > 0 && sendto(n->fd, z, (size_t)length, MSG_NOSIGNAL, (struct sockaddr *)&n->to, n->to_n) < 0)
		fail(n, strerror(errno));
}

void notify_reloading(struct notify *n)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	notify_say(n, "RELOADING=1\nMONOTONIC_USEC=%" PRId64, (int64_t)t.tv_sec * US_PER_SECOND + t.tv_nsec / 1000);
}
