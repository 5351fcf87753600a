/* http.h - the service's HTTP interface. Routes, status codes and bodies are in doc/http-api.md.
 *
 * libmicrohttpd's threads read requests and decode events; a request that needs the writer is suspended until its group is durable, or until its
 * organisation's budget of time is over, so a thread never waits. Errors are RFC 9457 problem documents. */
#ifndef DUANKA_GATEWAY_HTTP_H
#define DUANKA_GATEWAY_HTTP_H
#include "gateway/desk_gate.h"
#include "gateway/keeping.h"
#include "gateway/matches.h"
#include "gateway/outbox_thread.h"
#include "shard/fill.h"
#include "store/files.h"
#include "store/motions.h"
#include "store/views.h"
#include "store/plays.h"

struct console;
struct http_options {
	/* Settings and keys. Those that can't change (listen, threads, connections, idle, body) are taken at the start; each request is judged by
	 * what was in force when it began. */
	struct live *live;
	const char *tls_certificate, *tls_key; /* PEM texts; NULL: no TLS */
	const char *tls_client_ca;             /* PEM: who signs client certificates; NULL: none are asked for */
	struct writer *writer;
	struct alertlog *log;
	struct edition *edition; /* in force at the start; kept */
	struct fill_options
		fill; /* the shard's: for policies made ready beside the one in force, and for reading the journal */
	const struct hash_key *key;
	int64_t (*now_us)(void);
	struct keeping *keep; /* dictionary and quarantine */
	/* The desk; all NULL: there is none, and its paths answer 503. */
	struct registry *registry;
	struct texts *texts;
	struct files *files;
	struct desk_gate *gate;
	struct projector *projector;
	struct outbox_thread *outbox; /* NULL: messages stay where they are */
	struct delivery *delivery;
	struct credentials *credentials; /* who may log in */
	struct credentials *members;     /* residents of the public board; NULL: there are no pages */
	struct views *views;
	struct plays *plays;           /* what screens have shown */
	struct matches *matches;       /* NULL: there is no private matching */
	const struct console *console; /* its pages; NULL: there are none */
	struct motions *motions;       /* changes of the policy that wait for somebody else */
	/* Reads settings and keys again; from a worker's thread. why: what is wrong, or what takes effect only after a new start. On
	 * error nothing has changed. NULL: there is nothing to reload. */
	enum err (*reload)(void *ctx, struct buf *why);
	void *ctx;
};

struct http;
enum err http_start(struct http **out, const struct http_options *o, struct buf *why) MUST_CHECK;
/* Every route as a line "METHOD PATH SCOPE": for the test of the interface's document. */
void http_routes(struct buf *out);
uint16_t http_port(const struct http *h);
/* Finishes what was begun, and takes as long as that does: a request whose event is with the writer ends when the disk has answered. The writer must still run. */
void http_stop(struct http *h);

#endif
