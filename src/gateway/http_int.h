/* http_int.h - a request on its way; shared by
 *
 *   http.c            connections and the daemon
 *   http_request.c    the life of a request: memory, the writer, the clock
 *   http_key.c        who asks: keys, client certificates, guessing
 *   http_tenant.c     organisations: their limits and what is counted of them
 *   http_exception.c  answers without a decision
 *   http_stream.c     the stream of alerts
 *   route.c, answer.c which path is meant; bodies
 * and one file for each group of paths: http_decide.c, http_alerts.c, http_state.c. A new group is one file with a table, and one line in route.c.
 *
 * A request that waits for the writer is held twice: by its connection, until the answer has been sent, and by the writer, until it has told
 * what came of it. Both may want to answer, and so may the clock: its deadline (deadlines.h) lets exactly one of them. Who ended it sets status and
 * out and resumes the connection; after that, only the connection's thread may touch either. The last who lets go frees it. */
#ifndef DUANKA_GATEWAY_HTTP_INT_H
#define DUANKA_GATEWAY_HTTP_INT_H
#include <microhttpd.h>
#include <stdatomic.h>
#include "event/event_build.h"
#include "event/json.h"
#include "gateway/act.h"
#include "gateway/deadlines.h"
#include "gateway/guesses.h"
#include "gateway/http.h"
#include "gateway/view.h"
#include "gateway/workers.h"

enum {
	LINES_TOLD_MAX = 1000, /* bad lines told in one answer */
	ANSWER_BYTES_MAX = 64 << 20,
	HELD_BYTES_MAX = 1 << 30, /* over all requests: more are turned away */
	ROUTE_ARGS_MAX = 3,
	WORKERS_QUEUE_MAX = 256,
	BUDGET_MS_MAX = 60000
};

struct http_counts {
	_Atomic uint64_t requests, by_class[6], bad_records, unauthorised, guessing, streams, on_the_way;
};

enum exception_why {     /* why a decision could not be told */
	EXCEPTION_BUDGET,    /* it was not there in time */
	EXCEPTION_SHED,      /* there was no room: the event was not taken */
	EXCEPTION_REHEARSED, /* the organisation's setting `simulate` */
	EXCEPTION_WHYS
};

enum organisation_count { /* of events */
	ORGANISATION_EVENTS,  /* let in */
	ORGANISATION_LIMITED, /* turned away because of the rate */
	ORGANISATION_SHED,    /* ... because the queue, or the organisation's part of it, was full */
	ORGANISATION_COUNTS
};

struct organisation { /* what is kept of one while the service runs, whatever becomes of its settings */
	char name[TENANT_NAME_MAX + 1];
	struct rate rate;
	_Atomic uint64_t count[ORGANISATION_COUNTS], exceptions[3][EXCEPTION_WHYS]; /* by policy and why */
};

struct organisations {    /* in slots; slot 0 is for all that have no number */
	pthread_mutex_t lock; /* of all but the counts */
	uint32_t n;
	uint16_t slot[UINT16_MAX + 1]; /* by number; 0: none yet */
	struct share bytes, slow;      /* of bodies and events on the way, and of slow requests that wait; by slot */
	struct organisation of[SHARE_HOLDERS_MAX];
};

struct http {
	struct http_options o;
	struct MHD_Daemon *daemon;
	struct workers *workers;
	struct deadlines *deadlines;
	struct guesses *guesses;
	struct organisations organisations;
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
	struct deadline deadline; /* first: the deadline is the request */
	_Atomic uint32_t holders;
	struct http *h;
	struct MHD_Connection *connection;
	const struct route *route;
	struct buf body, out;
	unsigned status;
	const char *type;      /* of the answer */
	int64_t retry_after_s; /* of a 429 */
	bool too_large, ready, suspended;
	struct caller who;
	const struct tenant *tenant;     /* of who; NULL: there are no organisations, and nothing is limited or hidden */
	uint32_t slot;                   /* in organisations */
	struct text arg[ROUTE_ARGS_MAX]; /* what stands for each * of the route */
	struct work work;                /* of a slow route */
	char url[512];
	/* events on the way */
	struct ask ask;
	void (*done)(void *ctx, enum err e);
	int64_t begun_us, budget_us; /* 0: it waits as long as it takes */
	bool rehearsed;
	struct shard_item *item;
	struct taken *taken;
	uint32_t n, cap;
	bool keyed;
	unsigned char key[RECORD_KEY_BYTES];
	struct buf briefs; /* alerts of the items, as the writer told them */
	bool decided;      /* the writer has answered the items; they have not been looked at yet */
	/* a batch: where the next line begins, and what came of those before */
	size_t at;
	uint64_t line, accepted, repeated, late, refused, bad, told;
	struct buf lines, alerts;
	bool shed;
	uint64_t held_bytes; /* of this request */
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
/* NULL: none; *other_method: the path is known with another method. arg points into url. */
const struct route *route_find(const char *method, const char *url, bool *other_method,
                               struct text arg[ROUTE_ARGS_MAX]);
/* Route number i of all, for documents and tests; NULL behind the last. */
const struct route *route_at(uint32_t i);
/* The groups; each table ends with a route without method. */
extern const struct route http_decide_routes[], http_alerts_routes[], http_state_routes[];

/* What follows ? in the address: NULL if it is not there. A number: `otherwise` if it is not there or none, `most` if it is more. */
const char *request_query(struct request *r, const char *name);
uint64_t request_number(struct request *r, const char *name, uint64_t otherwise, uint64_t most);

/* answer.c */
void answer_problem(struct request *r, unsigned status, const char *type, const char *title, const char *detail);
void answer_bad(struct request *r, const struct bad *bad);
void answer_decision(struct request *r);
void answer_batch(struct request *r);
void answer_line_bad(struct request *r, const struct bad *bad);
void answer_line_alerts(struct request *r, uint64_t line, const struct shard_answer *a);
void answer_metrics(struct request *r);

/* http_request.c */
struct request *request_new(struct http *h, struct MHD_Connection *c);
void request_drop(struct request *r); /* one holder less */
/* Suspends the request and hands its items to the writer. Then one of these, once: done on the writer's thread; an answer without a decision
 * (http_exception.c); that there was no room. done must end in http_resume. */
void http_submit(struct request *r, void (*done)(void *ctx, enum err e));
/* A request sleeps until whoever answers it wakes it, once. */
void http_suspend(struct request *r);
void http_resume(struct request *r);
/* Keeps the answers of a group beyond the writer's call: briefs are copied. */
void http_keep_answers(struct request *r);
/* Counts memory that a request is about to hold. False: too much is held, by all or by this organisation; the answer is set. */
bool http_hold(struct request *r, size_t bytes);
void deadline_passed(struct deadline *d); /* on the clock's thread */

/* http_key.c: sets who, tenant and slot. False: refused, the answer is set. */
bool http_admit(struct request *r);
const char *request_header(const struct request *r, const char *name); /* NULL: none */
void peer_notify(void *cls, struct MHD_Connection *c, void **context, enum MHD_ConnectionNotificationCode code);

/* http_tenant.c */
enum err organisations_init(struct http *h) MUST_CHECK;
void organisations_release(struct http *h);
/* The organisation of a request's key as the settings have it now: the only place that looks for it. NULL: there are no keys, or no organisations. */
const struct tenant *request_tenant(const struct request *r);
uint32_t organisation_slot(struct http *h, const struct tenant *t);
struct organisation *request_organisation(struct request *r);
struct viewer request_viewer(const struct request *r);
/* False: more than the organisation's rate; the answer is set. */
bool http_rate(struct request *r, uint32_t events);
bool share_slow(struct request *r); /* room among the slow requests */
void unshare_slow(struct request *r);
void organisations_metrics(struct http *h, struct buf *b);

/* http_exception.c */
bool take_budget(struct request *r); /* false: the header is wrong; the answer is set */
void answer_exception(struct request *r, enum exception_why why);
/* There is no room: an answer without a decision if the request has a budget, else 503. */
void answer_shed(struct request *r, const char *detail);

/* http_stream.c */
enum MHD_Result send_stream(struct request *r);

#endif
