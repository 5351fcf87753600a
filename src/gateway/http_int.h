/* http_int.h - a request on its way; shared by http.c (connections), http_routes.c (what each path does) and answer.c (bodies). */
#ifndef DUANKA_GATEWAY_HTTP_INT_H
#define DUANKA_GATEWAY_HTTP_INT_H
#include <microhttpd.h>
#include <stdatomic.h>
#include "event/event_build.h"
#include "event/json.h"
#include "gateway/http.h"
#include "gateway/http_slow.h"

enum {
	LINES_TOLD_MAX = 1000, /* bad lines told in one answer */
	ANSWER_BYTES_MAX = 64 << 20,
	HELD_BYTES_MAX = 1 << 30 /* over all requests: more are turned away */
};

struct http_counts {
	_Atomic uint64_t requests, by_class[6], bad_records, unauthorised, streams, on_the_way, too_slow;
	_Atomic int64_t held_bytes; /* bodies and events of requests on the way */
};

struct http {
	struct http_options o;
	size_t body_bytes_max;
	int64_t request_us; /* for a request to come in, idle waiting before it included */
	struct slow slow;
	struct MHD_Daemon *daemon;
	struct http_counts counts;
	_Atomic bool stopping;
};

struct taken { /* one event of a request */
	struct event event;
	char bytes[EVENT_BUILD_BYTES];
	char *scratch; /* decoded escapes; NULL: none */
	uint64_t line;
};

struct request {
	struct http *h;
	struct MHD_Connection *connection;
	const struct route *route;
	const struct in_force *in_force; /* a reference, from its first byte to its answer */
	const struct key_entry *who;     /* in it; NULL: not asked for */
	struct buf body, out;
	unsigned status;
	const char *type; /* of the answer */
	bool too_large, ready;
	const char *path_rest; /* behind a route that ends in / */
	char url[512];
	/* events on the way */
	struct ask ask;
	struct shard_item *item;
	struct taken *taken;
	uint32_t n, cap;
	bool keyed;
	unsigned char key[RECORD_KEY_BYTES];
	/* a batch: where the next line begins, and what came of those before */
	size_t at;
	uint64_t line, accepted, repeated, late, refused, bad, told;
	struct buf lines, alerts;
	bool shed;
	int64_t held_bytes; /* of this request */
};

struct route {
	const char *method, *path;      /* a path that ends in / takes what follows */
	uint32_t scope;                 /* 0: anybody */
	void (*run)(struct request *r); /* sets status and out, or suspends */
	bool stream;
};
const struct route *route_find(const char *method, const char *url, bool *other_method, const char **rest);
/* For tests and documents: the table, its end has no method. */
extern const struct route routes[];

/* answer.c */
void answer_problem(struct request *r, unsigned status, const char *type, const char *title, const char *detail);
void answer_bad(struct request *r, const struct bad *bad);
void answer_decision(struct request *r);
void answer_batch(struct request *r);
void answer_line_bad(struct request *r, const struct bad *bad);
void answer_line_alerts(struct request *r, uint64_t line, const struct shard_answer *a);
void answer_metrics(struct request *r);

/* Suspends the request and hands its items to the writer; the request goes on at route->run's side of done. False: shed. */
void http_submit(struct request *r, void (*done)(void *ctx, enum err e));
void http_resume(struct request *r);
/* Counts memory that a request is about to hold. False: all requests together hold too much; the answer is set. */
bool http_hold(struct request *r, size_t bytes);

#endif
