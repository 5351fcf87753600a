/* http_slow.h - no request may take for ever to come in: a client that sends a byte now and then is never idle, and would hold its connection
 * for days.
 *
 * A connection is awaited from its beginning, and again from the end of each answer, until the next request has come in whole. Idle waiting
 * before the first byte counts too, so the limit that a caller gives is request time and idle time together. What is too late is shut
 * down from outside: the connection's own thread then sees its end and cleans up. */
#ifndef DUANKA_GATEWAY_HTTP_SLOW_H
#define DUANKA_GATEWAY_HTTP_SLOW_H
#include <microhttpd.h>
#include <pthread.h>
#include <stdint.h>

struct slow {
	pthread_mutex_t lock; /* of the list */
	struct slow_one *first;
	int64_t (*now_us)(void);
};

void slow_init(struct slow *s, int64_t (*now_us)(void));
void slow_release(struct slow *s); /* after all connections have ended */
/* For MHD_OPTION_NOTIFY_CONNECTION: cls is the struct slow. */
void slow_connection(void *cls, struct MHD_Connection *c, void **socket_context,
                     enum MHD_ConnectionNotificationCode code);
void slow_whole(struct MHD_Connection *c);                 /* the request is here: from now on it waits for us */
void slow_again(struct slow *s, struct MHD_Connection *c); /* it was answered: the next one is awaited */
/* Shuts down what was awaited for longer than that; how many. */
uint32_t slow_end(struct slow *s, int64_t longer_than_us);

#endif
