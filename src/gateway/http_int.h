/* http_int.h - a request on its way; shared by http.c (connections), route.c (which path is meant), answer.c (bodies) and one file for each
 * group of paths: http_decide.c, http_alerts.c, http_state.c, http_policy.c, http_lists.c, http_jobs.c, http_quarantine.c,
 * http_reveal.c. A new group is one file with a table, and one line in route.c. */
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
	WORKERS_QUEUE_MAX = 256,
	ASKERS_MAX = 256
};

struct http_counts {
	_Atomic uint64_t requests, by_class[6], bad_records, unauthorised, streams, on_the_way;
	_Atomic int64_t held_bytes; /* bodies and events of requests on the way */
};

enum deed { /* what is counted of a key */
	DEED_REVEAL,
	DEED_ERASE,
	DEED_TOKEN,
	DEED_TOKEN_REFUSED,
	DEEDS
};

struct asker { /* what a key did with identifiers, and how many tokens it may still ask for */
	char key_id[KEY_ID_CHARS + 1];
	uint64_t done[DEEDS];
	struct rate tokens_left;
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
	pthread_mutex_t askers_lock;
	uint32_t n_askers;
	struct asker asker[ASKERS_MAX]; /* keys beyond these share the last */
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
	struct work work;                /* on its way to a worker, which does: */
	void (*later)(struct request *r);
	char url[512];
	/* events on the way */
	struct edition *edition; /* by which they were read */
	struct ask ask;
	struct shard_item *item;
	struct taken *taken;
	uint32_t n, cap;
	bool keyed;
	unsigned char key[RECORD_KEY_BYTES];
	/* of those, what could not be taken; kept before the others go to the writer */
	struct bad *unfit;
	char **unfit_scratch;
	uint32_t n_unfit;
	bool decoded; /* a chunk of a batch is, and not submitted yet */
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
	http_state_routes[], http_policy_routes[], http_lists_routes[], http_jobs_routes[], http_quarantine_routes[],
	http_reveal_routes[];

/* What follows ? in the address: NULL if it is not there. A number: `otherwise` if it is not there or none, `most` if it is more. */
const char *request_header(struct request *r, const char *name); /* NULL: it is not there */
const char *request_query(struct request *r, const char *name);
uint64_t request_number(struct request *r, const char *name, uint64_t otherwise, uint64_t most);
uint64_t query_number(const char *z, uint64_t otherwise,
                      uint64_t most); /* the same of a value; NULL: it is not there */

/* A flat JSON object of texts as the body. False: it is not one, one that is needed is missing or empty, one is not known or too long; the answer is set. */
struct body_member {
	const char *name;
	size_t max; /* bytes */
	bool needed;
	struct text value; /* empty if it is not there; lives as long as the request */
};
bool request_body(struct request *r, struct body_member *m, size_t n);

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
void answer_put(struct buf *b, const struct shard_answer *a); /* members of an object */
void answer_metrics(struct request *r);
/* What came of jobs_submit: 202 with the job's number, 409 if another one is in the way, 503. */
void answer_job(struct request *r, enum err e, uint64_t id);

/* backtest_job.c: POST /v1/backtests */
void backtest_job_begin(struct request *r);

/* The body as a JSON object (JSON_REJECT_DUPLICATES); NULL, and the answer is set, if it is none. */
json_t *request_json(struct request *r);
/* Its member "why": 1 to ACT_WHY_MAX bytes. False: the answer is set. */
bool request_why(struct request *r, const json_t *body, struct text *why);

/* The policy in force now, by which the request reads from here on; what it read by an older one must be done with. Dropped with the request. */
const struct policy *request_policy(struct request *r);
/* One record, by what request_policy said last: into t, or false and bad. */
bool http_decode(const struct request *r, struct text record, uint64_t line, struct taken *t, struct bad *bad);
/* Journals an act (released in any case) and calls `with` (may be NULL) on the writer's thread before anything else is journaled. False: it could not be
 * journaled; the answer is set. On a worker's thread. */
bool http_act(struct request *r, struct buf *act, void (*with)(void *ctx), void *ctx, uint64_t *position);
void reveal_metrics(struct request *r);

/* Suspends the request and has `later` called on a worker's thread; if it sets no answer, the route runs again. Too many wait: shed. */
void http_later(struct request *r, void (*later)(struct request *r));
/* The answer to a request that is turned away: 503, with what of a batch was taken before. */
void http_turned_away(struct request *r, const char *type, const char *title, const char *detail);
/* Suspends the request and hands its items to the writer; the request goes on at route->run's side of done. False: shed. */
void http_submit(struct request *r, void (*done)(void *ctx, enum err e));
void http_resume(struct request *r);
enum MHD_Result http_send(struct request *r); /* its answer */
/* http_stream.c: ROUTE_STREAM */
enum MHD_Result http_stream(struct request *r);
/* Counts memory that a request is about to hold. False: all requests together hold too much; the answer is set. */
bool http_hold(struct request *r, size_t bytes);

#endif
