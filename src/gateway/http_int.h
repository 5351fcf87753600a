/* http_int.h - a request on its way; shared by http.c (connections), route.c (which path is meant), answer.c (bodies) and one file for each
 * group of paths: http_decide.c, http_alerts.c, http_state.c, http_policy.c, http_lists.c, http_jobs.c. A new group is one file with a table, and one line in route.c. */
#ifndef DUANKA_GATEWAY_HTTP_INT_H
#define DUANKA_GATEWAY_HTTP_INT_H
#include <jansson.h>
#include <microhttpd.h>
#include <stdatomic.h>
#include "gateway/act.h"
#include "gateway/connections.h"
#include "gateway/decode.h"
#include "gateway/http.h"
#include "gateway/jobs.h"
#include "gateway/reading.h"
#include "gateway/workers.h"

enum {
	LINES_TOLD_MAX = 1000, /* bad lines told in one answer */
	ANSWER_BYTES_MAX = 64 << 20,
	HELD_BYTES_MAX = 1 << 30, /* over all requests: more are turned away */
	ROUTE_ARGS_MAX = 3,
	ROUTE_ALLOW_BYTES = 64,
	STREAMS_MAX = 256,
	WORKERS_QUEUE_MAX = 256
};

struct http_counts {
	_Atomic uint64_t requests, by_class[6], bad_records, unauthorised, streams, on_the_way;
	_Atomic int64_t held_bytes; /* bodies and events of requests on the way */
};

struct http {
	struct http_options o;
	size_t body_bytes_max;
	struct MHD_Daemon *daemon;
	struct workers *workers;
	struct connections *connections;
	struct jobs *jobs;
	struct reading reading;
	struct http_counts counts;
	_Atomic bool stopping;
};

struct request {
	struct http *h;
	struct MHD_Connection *connection;
	struct connection *link;
	const struct route *route;
	const struct in_force *in_force; /* a reference, from its first byte to its answer */
	const struct key_entry *entry;   /* in it; NULL: not asked for */
	struct buf body, out;
	unsigned status;
	const char *type;         /* of the answer */
	bool begun;               /* its head is here */
	bool last;                /* the connection ends with the answer */
	const char *target_wrong; /* NULL: fine */
	bool target_too_long, too_large, ready;
	char allow[ROUTE_ALLOW_BYTES]; /* methods of the path, if this one has it not */
	struct caller who;
	struct text arg[ROUTE_ARGS_MAX]; /* what stands for each * of the route */
	struct work work;                /* of a slow route */
	char url[512];
	/* events on the way */
	struct edition *edition; /* by which they were read */
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

enum route_kind {
	ROUTE_QUICK, /* run on HTTP's thread: it must not wait. Sets status and out, or suspends (http_submit) */
	ROUTE_SLOW,  /* run on a worker's thread, and may wait. Sets status and out */
	ROUTE_STREAM /* the stream of alerts */
};

struct route {
	const char *method, *path; /* each * stands for one or more characters without / */
	uint32_t scope;            /* 0: anybody */
	enum route_kind kind;
	void (*run)(struct request *r);
};
/* NULL: none; allow then has the methods that the path is known with, "" if it is not. What answers GET answers HEAD. arg points into url. */
const struct route *route_find(const char *method, const char *url, char allow[ROUTE_ALLOW_BYTES],
                               struct text arg[ROUTE_ARGS_MAX]);
/* Route number i of all, for documents and tests; NULL behind the last. */
const struct route *route_at(uint32_t i);
/* The groups; each table ends with a route without method. */
extern const struct route http_admin_routes[], http_decide_routes[], http_alerts_routes[], http_entities_routes[],
	http_state_routes[], http_policy_routes[], http_lists_routes[], http_jobs_routes[];

/* What follows ? in the address: NULL if it is not there. A number: `otherwise` if it is not there or none, `most` if it is more. */
const char *request_query(struct request *r, const char *name);
uint64_t request_number(struct request *r, const char *name, uint64_t otherwise, uint64_t most);
uint64_t query_number(const char *z, uint64_t otherwise,
                      uint64_t most); /* the same of a value; NULL: it is not there */

/* answer.c */
void answer_problem(struct request *r, unsigned status, const char *type, const char *title, const char *detail);
/* The same with one more member: its name, and its value as JSON. */
void answer_problem_with(struct request *r, unsigned status, const char *type, const char *title, const char *detail,
                         const char *member, struct text json);
void answer_bad(struct request *r, const struct bad *bad);
void answer_decision(struct request *r);
void answer_batch(struct request *r);
void answer_line_bad(struct request *r, const struct bad *bad);
void answer_line_alerts(struct request *r, uint64_t line, const struct shard_answer *a);
void answer_metrics(struct request *r);
/* What came of jobs_submit: 202 with the job's number, 409 if another one is in the way, 503. */
void answer_job(struct request *r, enum err e, uint64_t id);

/* backtest_job.c: POST /v1/backtests */
void backtest_job_begin(struct request *r);

/* The body as a JSON object (JSON_REJECT_DUPLICATES); NULL, and the answer is set, if it is none. */
json_t *request_json(struct request *r);
/* Its member "why": 1 to ACT_WHY_MAX bytes. False: the answer is set. */
bool request_why(struct request *r, const json_t *body, struct text *why);

/* Suspends the request and hands its items to the writer; the request goes on at route->run's side of done. False: shed. */
void http_submit(struct request *r, void (*done)(void *ctx, enum err e));
void http_resume(struct request *r);
/* Counts memory that a request is about to hold. False: all requests together hold too much; the answer is set. */
bool http_hold(struct request *r, size_t bytes);

#endif
