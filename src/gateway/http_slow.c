/* http_slow.c - see http_slow.h. libmicrohttpd tells that a connection is closed before it closes the socket, so a descriptor in the list
 * is still that connection's. */
#include "gateway/http_slow.h"
#include <stdatomic.h>
#include <sys/socket.h>
#include "base/mem.h"

struct slow_one {
	struct slow_one *next, **here;
	int fd;
	_Atomic int64_t since_us; /* INT64_MAX: not awaited */
};

void slow_init(struct slow *s, int64_t (*now_us)(void))
{
	*s = (struct slow){ .now_us = now_us };
	CHECK(pthread_mutex_init(&s->lock, NULL) == 0);
}

void slow_release(struct slow *s)
{
	CHECK(s->first == NULL);
	pthread_mutex_destroy(&s->lock);
}

static void begin(struct slow *s, int fd, void **socket_context)
{
	struct slow_one *o = mem_alloc(sizeof(*o));

	*socket_context = o;
	if (o == NULL) { /* nobody would watch it */
		shutdown(fd, SHUT_RDWR);
		return;
	}
	o->fd = fd;
	o->since_us = s->now_us();
	pthread_mutex_lock(&s->lock);
	o->next = s->first;
	o->here = &s->first;
	if (o->next != NULL)
		o->next->here = &o->next;
	s->first = o;
	pthread_mutex_unlock(&s->lock);
}

static void end(struct slow *s, struct slow_one *o)
{
	if (o == NULL)
		return;
	pthread_mutex_lock(&s->lock);
	*o->here = o->next;
	if (o->next != NULL)
		o->next->here = o->here;
	pthread_mutex_unlock(&s->lock);
	mem_free(o);
}

void slow_connection(void *cls, struct MHD_Connection *c, void **socket_context,
                     enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		end(cls, *socket_context);
		*socket_context = NULL;
	} else {
		begin(cls, MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd, socket_context);
	}
}

static void await(struct MHD_Connection *c, int64_t since_us)
{
	struct slow_one *o = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;

	if (o != NULL)
		o->since_us = since_us;
}

void slow_whole(struct MHD_Connection *c)
{
	await(c, INT64_MAX);
}

void slow_again(struct slow *s, struct MHD_Connection *c)
{
	await(c, s->now_us());
}

uint32_t slow_end(struct slow *s, int64_t longer_than_us)
{
	int64_t before_us = s->now_us() - longer_than_us;
	uint32_t n = 0;

	pthread_mutex_lock(&s->lock);
	for (struct slow_one *o = s->first; o != NULL; o = o->next)
		if (o->since_us < before_us) {
			shutdown(o->fd, SHUT_RDWR);
			o->since_us = INT64_MAX; /* once */
			n++;
		}
	pthread_mutex_unlock(&s->lock);
	return n;
}
