/* http_int.h - a request on its way; shared by
 *
 *   http.c            connections and the daemon
 *   http_request.c    the life of a request: memory, the writer, workers, the clock
 *   http_key.c        who asks: keys, client certificates, guessing
 *   http_tenant.c     organisations: their limits and what is counted of them
 *   http_exception.c  answers without a decision
 *   http_sse.c        what streams have in common
 *   http_stream.c     the stream of alerts
 *   route.c, answer.c which path is meant; bodies
 * and one file for each group of paths: http_decide.c, http_alerts.c, http_state.c, http_policy.c, http_lists.c, http_jobs.c, http_quarantine.c,
 * http_reveal.c ... A new group is one file with a table, and one line in route.c.
 *
 * A request that waits for the writer is held twice: by its connection, until the answer has been sent, and by the writer, until it has told
 * what came of it. Both may want to answer, and so may the clock: its deadline (deadlines.h) lets exactly one of them. Who ended it sets status and
 * out and resumes the connection; after that, only the connection's thread may touch either. The last who lets go frees it. */
#ifndef DUANKA_GATEWAY_HTTP_INT_H
#define DUANKA_GATEWAY_HTTP_INT_H
#include <jansson.h>
#include <microhttpd.h>
#include <stdatomic.h>
#include "gateway/act.h"
#include "gateway/connections.h"
#include "gateway/deadlines.h"
#include "gateway/decode.h"
#include "gateway/guesses.h"
#include "gateway/http.h"
#include "gateway/jobs.h"
#include "gateway/projector.h"
#include "gateway/reading.h"
#include "gateway/tender.h"
#include "gateway/view.h"
#include "gateway/workers.h"
#include "store/credentials.h"

enum {
	LINES_TOLD_MAX = 1000, /* bad lines told in one answer */
	ANSWER_BYTES_MAX = 64 << 20,
	HELD_BYTES_MAX = 1 << 30, /* over all requests: more are turned away */
	ROUTE_ARGS_MAX = 3,
	ROUTE_ALLOW_BYTES = 64,
	ETAG_BYTES = 24,
	STREAMS_MAX = 256,
	WORKERS_QUEUE_MAX = 256,
	ASKERS_MAX = 256,
	BUDGET_MS_MAX = 60000,
	CONSOLE_NONCE_HEX = 32 /* digits: 128 bits */
};

#define SESSION_COOKIE "duanka_session"

struct http_counts {
	_Atomic uint64_t requests, by_class[6], bad_records, unauthorised, guessing, streams, on_the_way, pages, page_us;
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
	struct share bytes, slow,
		streams; /* of bodies and events on the way, slow requests that wait, open streams; by slot */
	struct organisation of[SHARE_HOLDERS_MAX];
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

struct assigned;
struct board;
struct desk_stream;
struct screens;
struct public_desk;
struct followers { /* who follows the desk's objects */
	pthread_mutex_t lock;
	uint64_t position; /* committed up to here */
	struct desk_stream *asleep;
	struct projector_listener listener;
};

struct http {
	struct http_options o;
	size_t body_bytes_max;
	struct MHD_Daemon *daemon;
	struct workers *workers;
	struct connections *connections;
	struct jobs *jobs;
	struct tender *tender;                     /* what the service does by itself through them */
	int64_t methods_begun_us, methods_last_us; /* its thread's */
	struct reading reading;
	struct deadlines *deadlines;
	struct followers followers;
	struct public_desk *public_desk; /* NULL: there is no desk */
	struct board *board;             /* the same */
	struct screens *screens;         /* likewise */
	struct assigned *assigned;       /* likewise */
	struct guesses *guesses;
	struct organisations organisations;
	struct http_counts counts;
	_Atomic bool stopping;
	pthread_mutex_t judging; /* one verdict about an alert at a time */
	pthread_mutex_t askers_lock;
	uint32_t n_askers;
	struct asker asker[ASKERS_MAX]; /* keys beyond these share the last */
};

struct request {
	struct deadline deadline; /* first: the deadline is the request */
	_Atomic uint32_t holders;
	struct http *h;
	struct MHD_Connection *connection;
	struct connection *link;
	const struct route *route;
	const struct in_force *in_force; /* a reference, from its first byte to its answer */
	const struct key_entry *entry;   /* in it; NULL: not asked for */
	struct buf body, out;
	unsigned status;
	const char *type;      /* of the answer */
	int64_t retry_after_s; /* of a 429 */
	uint64_t etag;         /* of the object shown; 0: none */
	struct text lent;      /* the answer's bytes instead of out, if p is not NULL; they live as long as the daemon */
	char nonce[CONSOLE_NONCE_HEX + 1];  /* of a page of the console; "": none */
	bool varies, zipped;                /* the answer goes by Accept-Encoding; it is in gzip's format */
	const char *keeps;                  /* its Cache-Control; NULL: by may_keep */
	const char *content_policy;         /* Content-Security-Policy of a page; NULL: none */
	bool may_keep;                      /* the answer is about nobody: clients may store it, and ask with its ETag */
	struct credentials_session session; /* by which it is let in; user 0: by a key */
	struct text session_token;
	bool by_cookie;
	char set_cookie[192];     /* "": none */
	char location[256];       /* of a redirect; "": none */
	bool begun;               /* its head is here */
	bool last;                /* the connection ends with the answer */
	const char *target_wrong; /* NULL: fine */
	bool target_too_long, too_large, ready, suspended;
	char allow[ROUTE_ALLOW_BYTES]; /* methods of the path, if this one has it not */
	struct caller who;
	const struct tenant
		*tenant;   /* of who, in in_force; NULL: there are no organisations, and nothing is limited or hidden */
	uint32_t slot; /* in organisations */
	struct text arg[ROUTE_ARGS_MAX]; /* what stands for each * of the route */
	struct work work;                /* on its way to a worker, which does: */
	void (*later)(struct request *r);
	char url[512];
	/* events on the way */
	struct edition *edition; /* by which they were read */
	struct ask ask;
	void (*done)(void *ctx, enum err e);
	int64_t begun_us, budget_us; /* 0: it waits as long as it takes */
	bool rehearsed;
	struct shard_item *item;
	struct taken *taken;
	uint32_t n, cap;
	bool keyed;
	unsigned char key[RECORD_KEY_BYTES];
	/* of those, what could not be taken; kept before the others go to the writer */
	struct bad *unfit;
	unsigned char (*unfit_key)[RECORD_KEY_BYTES];
	char **unfit_scratch;
	uint32_t n_unfit;
	bool decoded;      /* a chunk of a batch is, and not submitted yet */
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
	ROUTE_QUICK,      /* run on HTTP's thread: it must not wait. Sets status and out, or suspends (http_submit) */
	ROUTE_SLOW,       /* run on a worker's thread, and may wait. Sets status and out */
	ROUTE_PUBLIC,     /* slow, and for anybody: http_public_admit lets it in */
	ROUTE_PAGE,       /* the same as HTML: http_page_admit; answers and problems are pages */
	ROUTE_CONSOLE,    /* quick, and for anybody: a file of the console's pages */
	ROUTE_STREAM,     /* the stream of alerts */
	ROUTE_DESK_STREAM /* of the desk's objects */
};

struct route {
	/* Each * stands for one or more characters without /, % for the route of a kind of the desk, + for that of one that somebody can make, @ behind it for one of its steps that
	 * somebody may take, # for one of its fields that holds a file. */
	const char *method, *path;
	uint32_t scope; /* 0: anybody */
	enum route_kind kind;
	void (*run)(struct request *r);
};
/* NULL: none; allow then has the methods that the path is known with, "" if it is not. What answers GET answers HEAD. arg points into url. */
const struct route *route_find(const char *method, const char *url, char allow[ROUTE_ALLOW_BYTES],
                               struct text arg[ROUTE_ARGS_MAX]);
/* Route number i of all; NULL behind the last. */
const struct route *route_at(uint32_t i);
/* The groups; each table ends with a route without method. */
extern const struct route http_admin_routes[], http_audit_routes[], http_keys_routes[], http_overview_routes[],
	http_decide_routes[], http_alerts_routes[], http_entities_routes[], http_state_routes[], http_policy_routes[],
	http_studio_routes[], http_motions_routes[], http_lists_routes[], http_jobs_routes[], http_quarantine_routes[],
	http_reveal_routes[], http_contacts_routes[], http_explain_routes[], http_desk_routes[], http_session_routes[],
	http_verdict_routes[], http_views_routes[], http_timeline_routes[], http_trail_routes[], http_console_routes[],
	http_connector_routes[], http_messages_routes[], http_files_routes[], http_figures_routes[],
	http_outlet_risk_routes[], http_matches_routes[], http_completion_routes[], http_training_routes[],
	http_public_routes[], http_methods_routes[], http_campaigns_routes[], http_publicity_routes[],
	http_screens_routes[], http_sheets_routes[], http_page_routes[], http_page_account_routes[],
	http_page_appeal_routes[], http_page_tell_routes[], http_page_board_routes[], http_page_member_routes[],
	http_page_public_routes[];

/* Whether If-None-Match names the answer's ETag, or any. */
bool request_has_it(const struct request *r);
/* What follows ? in the address: NULL if it is not there. */
const char *request_header(const struct request *r, const char *name); /* NULL: it is not there */
const char *request_query(struct request *r, const char *name);
/* A number that follows it: `otherwise` if it is not there. False: it is no whole number from 0 to `most`; the answer is set. */
bool request_number(struct request *r, const char *name, uint64_t otherwise, uint64_t most, uint64_t *out);
/* "limit", where more than `most` is as good as `most`. */
bool request_limit(struct request *r, uint64_t otherwise, uint64_t most, uint64_t *out);
/* The same of a value that stands elsewhere; NULL: it is not there. */
bool number_of(struct request *r, const char *name, const char *z, uint64_t otherwise, uint64_t most, uint64_t *out);

/* Digits that say a number up to `most`. False: *out is 0 if it is none, UINT64_MAX if it is more. */
bool query_number(const char *z, uint64_t most, uint64_t *out);

/* A flat JSON object of texts as the body. False: it is not one, one that is needed is missing or empty, one is not known or too long; the answer is set. */
struct body_member {
	const char *name;
	size_t max;          /* bytes */
	bool needed, reason; /* reason: request_reason() is asked */
	bool number;         /* a JSON number, as it is written; null is as good as not there */
	struct text value;   /* empty if it is not there; lives as long as the request */
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
/* Members of an object, with alerts as the asker may see them. */
void answer_put(struct request *r, struct buf *b, const struct shard_answer *a);
void answer_metrics(struct request *r);
/* What came of jobs_submit: 202 with the job's number, 409 if another one is in the way, 503. */
void answer_job(struct request *r, enum err e, uint64_t id);

/* backtest_job.c: POST /v1/backtests */
void backtest_job_begin(struct request *r);

/* The body as a JSON object (JSON_REJECT_DUPLICATES); NULL, and the answer is set, if it is none. */
json_t *request_json(struct request *r);
/* Its member "why": 1 to ACT_WHY_MAX bytes. False: the answer is set. */
bool request_why(struct request *r, const json_t *body, struct text *why);
/* Whether what a person gave as a reason, under this name, may stand in the journal: numbers of people may not. False: the answer is set. */
bool request_reason(struct request *r, const char *name, struct text why);

/* The policy in force now, by which the request reads from here on; what it read by an older one must be done with. Dropped with the request. */
const struct policy *request_policy(struct request *r);
/* One record, by what request_policy said last: into t, or false and bad. */
bool http_decode(const struct request *r, struct text record, uint64_t line, struct taken *t, struct bad *bad);
/* Journals an act (released in any case) and calls `with` (may be NULL) on the writer's thread before anything else is journaled. False: it could not be
 * journaled; the answer is set. On a worker's thread. */
bool http_act(struct request *r, struct buf *act, void (*with)(void *ctx), void *ctx, uint64_t *position);
/* Somebody asks by a plain identifier: counted, with a rate for each key and user. False: too often; the answer is set. */
bool http_token_asked(struct request *r);
void reveal_metrics(struct request *r);

/* http_verdict.c: adds "verdict" to an alert at this position as it is shown, without line end: the last verdict about it, or null. On a worker's thread. */
enum err verdict_show(struct request *r, uint64_t position, struct buf *shown) MUST_CHECK;

/* http_request.c */
/* NULL: no memory, or the connection has no place and is on its way out, though bytes of it may still be read. */
struct request *request_new(struct http *h, struct MHD_Connection *c);
void request_drop(struct request *r); /* one holder less */
/* Suspends the request and has `later` called on a worker's thread; if it sets no answer, the route runs again. Too many wait: shed. */
void http_later(struct request *r, void (*later)(struct request *r));
/* Suspends the request and hands its items to the writer. Then one of these, once: done on the writer's thread; an answer without a decision
 * (http_exception.c); that there was no room. done must end in http_resume; the route runs again unless it set an answer. */
void http_submit(struct request *r, void (*done)(void *ctx, enum err e));
/* A request sleeps until whoever answers it wakes it, once. */
void http_suspend(struct request *r);
void http_resume(struct request *r);
/* Keeps the answers of a group beyond the writer's call: briefs are copied. */
void http_keep_answers(struct request *r);
/* The answer to a request that is turned away: 503, with what of a batch was taken before. */
void http_turned_away(struct request *r, const char *type, const char *title, const char *detail);
void deadline_passed(struct deadline *d);     /* on the clock's thread */
enum MHD_Result http_send(struct request *r); /* its answer */

/* http_key.c: sets entry, who, tenant and slot. False: refused, the answer is set. */
bool http_admit(struct request *r);
/* Whether the roles that the session's user has now may do what the route does; true of keys, and where the route asks the desk itself. False: the answer is set. Reads the registry. */
bool http_session_may(struct request *r);
/* 401, or 429 when too many such requests came from the address. Returns false. */
bool http_refuse(struct request *r, const char *type, const char *title, const char *detail);
bool authorities_ok(const char *pem); /* at least one certificate stands there; the HTTP library takes anything */

/* http_tenant.c */
void organisations_init(struct http *h, const struct config *c);
void organisations_release(struct http *h);
/* The organisation of a request's key: the only place that looks for it. NULL: there are no keys, or no organisations. */
const struct tenant *request_tenant(const struct request *r);
uint32_t organisation_slot(struct http *h, const struct tenant *t);
struct organisation *request_organisation(struct request *r);
struct viewer viewer_in(const struct in_force *f, const char *name); /* points into f; name: of the organisation */
struct viewer request_viewer(const struct request *r);
/* For what is made of all organisations' events and can't be shown in part. False: the answer is set. */
bool request_sees_all(struct request *r);
/* False: more than the organisation's rate; the answer is set. */
bool http_rate(struct request *r, uint32_t events);
/* Counts memory that a request is about to hold. False: too much is held, by all or by this organisation; the answer is set. */
bool http_hold(struct request *r, size_t bytes);
void http_held(struct request *r, size_t bytes); /* what it holds already, whether there is room or not */
void http_unhold(struct request *r);             /* all of it */
bool share_slow(struct request *r);              /* room among the slow requests */
void unshare_slow(struct request *r);
bool share_stream(struct request *r); /* room for one more stream; it outlives the request, so its slot gives it back */
void unshare_stream(struct http *h, uint32_t slot);
void organisations_metrics(struct http *h, struct buf *b);

/* http_exception.c */
bool take_budget(struct request *r); /* false: the header is wrong; the answer is set */
void answer_exception(struct request *r, enum exception_why why);
/* There is no room: an answer without a decision if the request has a budget, else 503. */
void answer_shed(struct request *r, const char *detail);

/* http_sse.c */
void http_wake_streams(struct http *h); /* who listens is looked at again */
struct sse {                            /* the first member of a stream; all but the three functions is its own */
	/* The next piece into out, which is empty; none if there is no news. False: the stream ends. */
	bool (*fill)(struct sse *s);
	/* There was no news: suspends the connection until there may be, phase CONNECTION_QUIET; or does not, and fill is asked again at once (slept is set: clear it). */
	void (*rest)(struct sse *s);
	void (*end)(struct sse *s); /* sse_release, and frees the whole */
	struct http *h;
	struct MHD_Connection *connection;
	struct connection *link;
	uint32_t slot; /* of the organisation that it is counted for */
	size_t piece_max, sent;
	struct buf out;
	bool slept;
};
/* The functions are set. False: too many streams are open; there is nothing to release. */
bool sse_init(struct sse *s, struct request *r, size_t piece_max);
void sse_release(struct sse *s);
/* Answers the request with the stream, which ends by itself from then on. */
enum MHD_Result sse_begin(struct request *r, struct sse *s);

/* http_stream.c: ROUTE_STREAM */
enum MHD_Result http_stream(struct request *r);

/* http_public.c: ROUTE_PUBLIC, before its body: sets how large that may be. False: the answer is set. */
bool http_public_admit(struct request *r);

/* http_page.c: ROUTE_PAGE, the same; what pages have beside the others in their head; and a problem as a page. */
bool http_page_admit(struct request *r);
bool http_page_meant(const struct request *r); /* by a person with a browser, found or not */
void http_page_run(struct request *r);         /* its route, with the time that takes */
void http_page_headers(struct MHD_Response *m);
void http_page_problem(struct request *r, unsigned status, const char *title, const char *detail);

/* http_console.c: whether the address is one of the console's, found or not; what its answers have beside the others in their head; and the way to its first page. */
bool http_console_meant(const struct request *r);
void http_console_headers(const struct request *r, struct MHD_Response *m);
void http_console_begin(struct request *r);

/* http_desk_stream.c: ROUTE_DESK_STREAM */
enum MHD_Result http_desk_stream(struct request *r);
void followers_begin(struct http *h);
void followers_wake(struct http *h);
void followers_end(struct http *h);

/* method_job.c: looks for new methods from time to time. */
struct tender_duty methods_duty(struct http *h);

#endif
