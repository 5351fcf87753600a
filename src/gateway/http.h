/* http.h - the service's HTTP interface. Routes, status codes and bodies are in doc/http-api.md.
 *
 * libmicrohttpd's threads read requests and decode events; a request that needs the writer is suspended until its group is durable, or until its
 * organisation's budget of time is over, so a thread never waits. Errors are RFC 9457 problem documents. */
#ifndef DUANKA_GATEWAY_HTTP_H
#define DUANKA_GATEWAY_HTTP_H
#include "event/bad.h"
#include "gateway/tenants.h"
#include "gateway/writer.h"

struct http_options {
	const char *address; /* an IPv4 or IPv6 address */
	uint16_t port;       /* 0: any free one */
	uint32_t threads, workers, connections_max, connections_per_address_max, idle_s;
	size_t body_bytes_max;
	const char *tls_certificate, *tls_key; /* PEM texts; NULL: no TLS */
	const char *tls_client_ca;             /* PEM: who signs client certificates; NULL: none are asked for */
	struct writer *writer;
	struct alertlog *log;
	const struct policy *policy; /* in force; does not change while the service runs */
	const struct hash_key *key;
	const struct keys *keys; /* NULL: anybody may ask (loopback only) */
	const struct tenant *tenants;
	uint32_t n_tenants;
	int64_t skew_us;  /* an event whose time is further ahead of our clock is refused */
	int64_t stall_us; /* with events waiting and no group done for so long, readiness fails */
	int64_t (*now_us)(void);
	/* Keeps a record that could not be taken, from any thread; false: it could not be written. */
	bool (*quarantine)(void *ctx, const struct bad *bad);
	void *ctx;
};

struct http;
enum err http_start(struct http **out, const struct http_options *o, struct buf *why) MUST_CHECK;
uint16_t http_port(const struct http *h);
void http_stop(struct http *h); /* finishes what was begun; the writer must still run */

#endif
