/* connections.h - who is connected, how long each may take, and who has to go when there is no room.
 *
 * The HTTP library closes a connection on which nothing moves. It does not mind one that moves a byte now and then and so holds its place
 * for ever, and when all places are taken it lets newcomers wait. Both are answered here:
 *
 * - A request, head and body, has to be in whole within request_us of its first byte; an answer has to be taken within request_us. A thread
 *   looks at all connections several times in that span and shuts those down that take longer. When a head's first byte came is asked of the system
 *   (TCP_INFO), since nobody is told of it. What a connection is doing is one atomic number, so that requests pay no lock for this.
 * - When connections_max are there, a newcomer takes the place of one that waits for a request or is being sent one: of the address with the
 *   most connections, the one that has waited longest. So whoever sends a request at once is served, however many others hold connections
 *   and send nothing; nobody who is being answered is cut off.
 *
 * A descriptor is shut down only under the lock under which connections leave, and they leave before their descriptor is closed: its
 * number can't belong to another by then. */
#ifndef DUANKA_GATEWAY_CONNECTIONS_H
#define DUANKA_GATEWAY_CONNECTIONS_H
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/socket.h>
#include "base/buf.h"
#include "base/hash.h"

enum {
	CONNECTIONS_SPARE = 256, /* places for those that are shut down and not yet gone */
	CONNECTION_PEER_BYTES = 65
};

enum connection_phase {
	CONNECTION_WAITING,   /* for a head, or in the middle of one */
	CONNECTION_RECEIVING, /* the head is here */
	CONNECTION_BUSY,      /* the request is whole; it is our turn */
	CONNECTION_SENDING,   /* an answer, or a piece of a stream */
	CONNECTION_QUIET      /* a stream without news */
};

struct connection {
	int fd;
	uint32_t index, bucket; /* in the registry; of its address */
	_Atomic uint64_t word;  /* turn << 3 | phase; a turn begins when a deadline begins anew */
	_Atomic int64_t waiting_us;
	/* the looker's, under the lock */
	uint64_t seen, bytes;
	int64_t since_us;
	bool running, gone;
	/* its own thread's: the name in a client certificate, once it was looked at; "": none that is trusted (http_key.c) */
	bool peer_known;
	char peer[CONNECTION_PEER_BYTES];
};

struct connections;
struct connections_counts {
	uint64_t now, slow, for_room; /* connected; shut down because they took too long; to make room */
};

enum err connections_start(struct connections **out, uint32_t max, int64_t request_us,
                           const struct hash_key *key) MUST_CHECK;
void connections_stop(struct connections *c); /* all have left; NULL is fine */
/* A new connection. NULL: it has no place and has to be shut down by the caller. */
struct connection *connections_add(struct connections *c, int fd, const struct sockaddr *from);
void connections_remove(struct connections *c, struct connection *k); /* before fd is closed; frees k; NULL is fine */
void connection_enter(struct connection *k, enum connection_phase phase);
void connections_counts(struct connections *c, struct connections_counts *out);
/* At the end of the service: shuts down all that wait for a request, and those that are being sent one, too, if so wished. */
void connections_end(struct connections *c, bool receiving);
/* From now on requests and answers have this much time at most, from their beginning on. */
void connections_hurry(struct connections *c, int64_t request_us);
/* A connection is a descriptor: sees to it that as many may be open, and `others`. False: the system does not allow it; why says how to. */
bool connections_allow(uint32_t max, uint32_t others, struct buf *why);

/* Whether a connection has taken too long, as of now_us; received: bytes that came on it so far. Pure but for k's own numbers. */
bool connection_overdue(struct connection *k, int64_t now_us, int64_t request_us, uint64_t received);
/* Which one of n has to make room; UINT32_MAX: none may be cut off. count: connections by bucket. */
uint32_t connections_victim(struct connection *const *k, uint32_t n, const uint32_t *count);

#endif
