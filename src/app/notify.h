/* notify.h - telling the service manager how we are: datagrams of NAME=VALUE lines to $NOTIFY_SOCKET (sd_notify(3) tells the protocol).
 *
 * Without $NOTIFY_SOCKET nobody wants to know, and every call does nothing. A manager that does not listen never holds us up for more
 * than a second; that it could not be told is said once on standard error. Any thread may call. */
#ifndef DUANKA_APP_NOTIFY_H
#define DUANKA_APP_NOTIFY_H
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>
#include "base/check.h"

enum {
	NOTIFY_BYTES = 512 /* of one message; what is longer is cut */
};

struct notify {
	int fd; /* -1: nobody wants to know */
	struct sockaddr_un to;
	socklen_t to_n;
	int64_t watchdog_us; /* WATCHDOG=1 is expected this often ($WATCHDOG_USEC, if $WATCHDOG_PID is ours); 0: never */
	_Atomic bool failed; /* said already */
};

void notify_open(struct notify *n);
void notify_close(struct notify *n);
/* Lines with line ends between: "READY=1\nSTATUS=..." */
void notify_say(struct notify *n, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* A reload begins; READY=1 ends it. */
void notify_reloading(struct notify *n);

#endif
