/* http.c - connections: who asks, how much, and when an answer is ready; see http.h. */
#include "gateway/http.h"
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/clock.h"
#include "base/mem.h"
#include "gateway/assigned.h"
#include "gateway/board.h"
#include "gateway/frame.h"
#include "gateway/http_int.h"
#include "gateway/public.h"
#include "gateway/screens.h"
#include "gateway/tender.h"
#include "store/plays.h"

#define STOP_RECEIVING_US (2 * US_PER_SECOND) /* so long a request that has begun to come in may go on coming, */
#define STOP_SENDING_US (20 * US_PER_SECOND)  /* and so long an answer may go on being taken */

enum {
	CONNECTION_BYTES = 32 * 1024,
	REPEAT_KEY_MAX = 255,
	DESCRIPTORS_OTHER = 512,        /* files, pipes, the library's own */
	NAME_SPACE_REPEATS = 0x52455054 /* keeps idempotency keys apart from tokens */
};

static void completed(void *cls, struct MHD_Connection *c, void **con_cls, enum MHD_RequestTerminationCode why)
{
	struct request *r = *con_cls;

	(void)cls;
	(void)c;
	(void)why;
	if (r == NULL)
		return;
	connection_enter(r->link, CONNECTION_WAITING);
	request_drop(r);
	*con_cls = NULL;
}

static bool take_idempotency_key(struct request *r)
{
	const char *z = request_header(r, "Idempotency-Key");
	char joined[TENANT_NAME_MAX + 1 + 21 + REPEAT_KEY_MAX + 1];
	struct token t;
	int n;

	if (z == NULL)
		return true;
	if (strlen(z) == 0 || strlen(z) > REPEAT_KEY_MAX)
		return false;
	/* Each organisation has its own keys, and so has each user of the desk. */
	if (r->session.user != 0)
		n = snprintf(joined, sizeof(joined), "%s\n%" PRIu64 "\n%s", r->who.tenant, r->session.user, z);
	else
		n = snprintf(joined, sizeof(joined), "%s\n%s", r->who.tenant, z);
	t = hash_token(r->h->o.key, NAME_SPACE_REPEATS, text_of(joined, (size_t)n));
	memcpy(r->key, &t, sizeof(r->key));
	r->keyed = true;
	return true;
}

static enum MHD_Result see_header(void *ctx, enum MHD_ValueKind kind, const char *name, size_t name_n,
                                  const char *value, size_t value_n)
{
	(void)kind;
	frame_header(ctx, text_of(name, name_n), text_of(value, value_n));
	return MHD_YES;
}

/* False: it is refused, and the connection ends with that, since it is not known where the next request would begin. */
static bool frame_ok(struct request *r, const char *version)
{
	struct frame f = { 0 };
	const char *wrong;

	MHD_get_connection_values_n(r->connection, MHD_HEADER_KIND, see_header, &f);
	wrong = frame_headers(&f, version);
	if (wrong != NULL)
		answer_problem(r, 400, "frame", "The request can be read in two ways", wrong);
	else if (r->target_too_long)
		answer_problem(r, 414, "target", "The address is too long", r->target_wrong);
	else if (r->target_wrong != NULL)
		answer_problem(r, 400, "target", "The address is not usable", r->target_wrong);
	r->last = r->ready = wrong != NULL || r->target_wrong != NULL;
	return !r->ready;
}

static void check_start(struct request *r, const char *method, const char *url)
{
	const char *length = request_header(r, "Content-Length");

	snprintf(r->url, sizeof(r->url), "%s", url); /* not longer than what it was decoded from */
	r->route = route_find(method, r->url, r->allow, r->arg);
	r->ready = true;
	if (r->route == NULL) {
		if (r->allow[0] != 0)
			answer_problem(r, 405, "method", "Method not allowed", "the path is right, the method is not");
		else
			answer_problem(r, 404, "unknown", "No such path", "doc/http-api.md lists them");
		return;
	}
	if (r->h->stopping) {
		answer_problem(r, 503, "stopping", "The service is stopping",
		               "nothing of this request was taken; try again after a second");
	} else if ((r->route->kind == ROUTE_PUBLIC && !http_public_admit(r)) ||
	           (r->route->kind == ROUTE_PAGE && !http_page_admit(r)) || !http_admit(r) || !take_budget(r)) {
		return;
	} else if (length != NULL && strtoull(length, NULL, 10) > r->body.max) {
		answer_problem(r, 413, "size", "The body is too large", "split the batch");
	} else if (!take_idempotency_key(r)) {
		answer_problem(r, 400, "idempotency-key", "Idempotency-Key is not usable", "it has 1 to 255 bytes");
	} else {
		r->ready = false;
		r->status = 0;
	}
}

/* The body goes over to the library, which frees it; it counts as held until the request is over. */
static struct MHD_Response *response_of(struct request *r)
{
	struct MHD_Response *m = MHD_create_response_from_buffer_with_free_callback(r->out.n, r->out.p, mem_free);

	if (m == NULL)
		return NULL;
	http_held(r, r->out.n);
	buf_init(&r->out, ANSWER_BYTES_MAX);
	return m;
}

static struct MHD_Response *lent_response(struct text t)
{
	return MHD_create_response_from_buffer(t.n, (void *)(uintptr_t)t.p, MHD_RESPMEM_PERSISTENT);
}

static const char *retry_after(const struct request *r, char z[24])
{
	snprintf(z, 24, "%" PRId64, r->status == 429 ? r->retry_after_s : 1);
	return z;
}

enum MHD_Result http_send(struct request *r)
{
	char after[24], etag[ETAG_BYTES];
	struct MHD_Response *m;
	enum MHD_Result ok;

	if (r->out.err != ERR_OK && r->out.err != ERR_MEMORY && r->out.err != ERR_CAP)
		answer_problem(r, 503, "store", "Something of the answer can't be read now", err_name(r->out.err));
	else if (r->out.err != ERR_OK)
		answer_problem(r, 500, "memory", "Out of memory", "the answer did not fit");
	m = r->lent.p != NULL ? lent_response(r->lent) : response_of(r);
	if (m == NULL)
		return MHD_NO;
	connection_enter(r->link, CONNECTION_SENDING);
	r->h->counts.requests++;
	r->h->counts.by_class[r->status / 100]++;
	MHD_add_response_header(m, "Content-Type", r->type);
	MHD_add_response_header(m, "Cache-Control",
	                        r->keeps != NULL && r->status < 400 ? r->keeps
	                        : r->may_keep                       ? "private, no-cache"
	                                                            : "no-store");
	if (r->content_policy != NULL) {
		MHD_add_response_header(m, "Content-Security-Policy", r->content_policy);
		MHD_add_response_header(m, "Referrer-Policy", "no-referrer");
	}
	MHD_add_response_header(m, "X-Content-Type-Options", "nosniff");
	if (r->h->stopping || r->last)
		MHD_add_response_header(m, "Connection", "close");
	if (r->status == 405)
		MHD_add_response_header(m, "Allow", r->allow);
	if (r->status == 503 || r->status == 429)
		MHD_add_response_header(m, "Retry-After", retry_after(r, after));
	if (r->etag != 0) {
		snprintf(etag, sizeof(etag), "\"%" PRIu64 "\"", r->etag);
		MHD_add_response_header(m, "ETag", etag);
	}
	if (r->set_cookie[0] != 0)
		MHD_add_response_header(m, "Set-Cookie", r->set_cookie);
	if (r->location[0] != 0)
		MHD_add_response_header(m, "Location", r->location);
	if (http_console_meant(r))
		http_console_headers(r, m);
	if (http_page_meant(r))
		http_page_headers(m);
	else if (r->status == 401)
		MHD_add_response_header(m, "WWW-Authenticate", "Bearer");
	ok = MHD_queue_response(r->connection, r->status, m);
	MHD_destroy_response(m);
	return ok;
}

/* ---- the handler ---- */

/* The first that is known of a request: its target as it came. */
static void *begin(void *cls, const char *target, struct MHD_Connection *c)
{
	struct request *r = request_new(cls, c);

	if (r != NULL)
		r->target_wrong = frame_target(target, &r->target_too_long);
	return r;
}

static void take_body(struct request *r, const char *upload, size_t n)
{
	if (!r->ready && !http_hold(r, n))
		r->ready = true;
	if (!r->ready && !r->too_large)
		buf_add(&r->body, upload, n);
	if (r->body.err != ERR_OK && !r->ready) {
		r->too_large = true;
		r->ready = true;
		if (r->body.err == ERR_CAP)
			answer_problem(r, 413, "size", "The body is too large", "split the batch");
		else
			answer_shed(r, "out of memory; nothing of this request was taken; try again after a second");
	}
}

static void run_slowly(struct request *r)
{
	/* Policies are made of what all organisations sent, and decide for all: a person's organisation has to see all of it. */
	if (http_session_may(r) && (r->session.user == 0 || r->route->scope != SCOPE_POLICIES || request_sees_all(r)))
		r->route->run(r);
}

static enum MHD_Result handle(void *cls, struct MHD_Connection *c, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_n, void **con_cls)
{
	struct request *r = *con_cls;

	(void)cls;
	if (r == NULL) /* begin could not make one */
		return MHD_NO;
	if (!r->begun) {
		r->begun = true;
		r->h->counts.on_the_way++;
		connection_enter(r->link, CONNECTION_RECEIVING);
		if (frame_ok(r, version))
			check_start(r, method, url);
		return r->ready && (r->last || r->status == 413) ? http_send(r) : MHD_YES;
	}
	if (*upload_n > 0) {
		take_body(r, upload, *upload_n);
		*upload_n = 0;
		return MHD_YES;
	}
	connection_enter(r->link, CONNECTION_BUSY);
	if (r->ready)
		return http_send(r);
	if (r->route->kind == ROUTE_STREAM)
		return http_stream(r);
	if (r->route->kind == ROUTE_DESK_STREAM)
		return http_desk_stream(r);
	if (r->route->kind == ROUTE_SLOW || r->route->kind == ROUTE_PUBLIC || r->route->kind == ROUTE_PAGE ||
	    r->session.user != 0)
		http_later(r, r->route->kind == ROUTE_PAGE ? http_page_run : run_slowly);
	else
		r->route->run(r);
	if (MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_SUSPENDED)->suspended == MHD_YES)
		return MHD_YES;
	return r->ready || r->status != 0 ? http_send(r) : MHD_YES;
}

/* ---- the daemon ---- */

static bool address_of(const char *z, uint16_t port, struct sockaddr_storage *out, unsigned *flags)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)out;

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, z, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		return true;
	}
	if (inet_pton(AF_INET6, z, &v6->sin6_addr) != 1)
		return false;
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(port);
	*flags |= MHD_USE_IPv6;
	return true;
}

/* Nobody new once it stops. The listening socket stays until the daemon ends: MHD_quiesce_daemon, made for this, takes it out of a thread's epoll set while
 * that thread may be doing the same, and whoever comes second ends the process (libmicrohttpd 0.9.75, daemon.c:5531). */
static enum MHD_Result admit(void *cls, const struct sockaddr *from, socklen_t n)
{
	const struct http *h = cls;

	(void)from;
	(void)n;
	return h->stopping ? MHD_NO : MHD_YES;
}

static void come_and_go(void *cls, struct MHD_Connection *c, void **context, enum MHD_ConnectionNotificationCode what)
{
	struct http *h = cls;
	int fd = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;

	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		connections_remove(h->connections, *context);
		*context = NULL;
		return;
	}
	*context = connections_add(h->connections, fd,
	                           MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr);
	if (*context == NULL)
		shutdown(fd, SHUT_RDWR);
}

static enum err start_daemon(struct http *h, const struct config *c, struct buf *why)
{
	const struct http_options *o = &h->o;
	unsigned flags =
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC | (o->tls_key != NULL ? MHD_USE_TLS : 0);
	/* The library closes what comes beyond; where one address may have all places, connections_add finds one. */
	unsigned per_address = c->connections_per_address < c->connections ? (unsigned)c->connections_per_address : 0;
	struct MHD_OptionItem tls[] = { { MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)o->tls_key },
		                            { MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)o->tls_certificate },
		                            { MHD_OPTION_HTTPS_MEM_TRUST, 0, (void *)(uintptr_t)o->tls_client_ca },
		                            { MHD_OPTION_END, 0, NULL } };
	struct sockaddr_storage address;
	char z[64];
	uint16_t port;

	if (!config_address(c, z, &port) || !address_of(z, port, &address, &flags)) {
		buf_printf(why, "%s: not ADDRESS:PORT", c->listen);
		return ERR_FORMAT;
	}
	if (o->tls_client_ca != NULL && !authorities_ok(o->tls_client_ca)) {
		buf_printf(why, "%s: no certificates of authorities stand there", c->tls_client_ca);
		return ERR_FORMAT;
	}
	if (o->tls_client_ca == NULL)
		tls[2].option = MHD_OPTION_END;
	if (o->tls_key == NULL)
		tls[0].option = MHD_OPTION_END;
	errno = 0;
	h->daemon =
		MHD_start_daemon(flags, port, admit, h, handle, h, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
	                     MHD_OPTION_THREAD_POOL_SIZE, (unsigned)c->threads, MHD_OPTION_CONNECTION_LIMIT,
	                     (unsigned)c->connections + CONNECTIONS_SPARE, MHD_OPTION_PER_IP_CONNECTION_LIMIT, per_address,
	                     MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)(c->idle_us / US_PER_SECOND),
	                     MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES, MHD_OPTION_STRICT_FOR_CLIENT, 1,
	                     MHD_OPTION_NOTIFY_COMPLETED, completed, h, MHD_OPTION_NOTIFY_CONNECTION, come_and_go, h,
	                     MHD_OPTION_URI_LOG_CALLBACK, begin, h, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
	if (h->daemon != NULL)
		return ERR_OK;
	buf_printf(why, "%s: can't listen: %s", c->listen, errno != 0 ? strerror(errno) : "the TLS files do not fit");
	return ERR_IO;
}

static void release(struct http *h)
{
	tender_stop(h->tender);
	deadlines_stop(h->deadlines);
	workers_stop(h->workers);
	jobs_stop(h->jobs);
	connections_stop(h->connections);
	followers_end(h);
	guesses_free(h->guesses);
	screens_stop(h->screens);
	public_free(h->public_desk);
	board_free(h->board);
	assigned_free(h->assigned);
	organisations_release(h);
	reading_release(&h->reading);
	mem_free(h);
}

static enum err assigned_of(struct http *h, const struct config *c)
{
	char folder[CONFIG_TEXT_MAX + 16];

	snprintf(folder, sizeof(folder), "%s/campaigns", c->data);
	return assigned_new(&h->assigned, folder);
}

/* Sums of what screens showed long ago go. */
static enum err expire_plays(void *ctx, const atomic_bool *stop, struct buf *why)
{
	struct http *h = ctx;
	const struct in_force *f = live_take(h->o.live);
	int64_t before_us = h->o.now_us() - f->config.plays_keep_us;

	(void)stop;
	(void)why;
	in_force_free(f);
	return plays_expire(h->o.plays, before_us / US_PER_HOUR);
}

static void tell_failure(const char *name, enum err e, const char *why)
{
	fprintf(stderr, "duanka: %s failed: %s\n", name, why[0] != 0 ? why : err_name(e));
}

/* What the desk does by itself. */
static enum err tend(struct http *h)
{
	struct tender_duty duty[2] = { methods_duty(h) };
	uint32_t n = 1;

	if (h->o.plays != NULL)
		duty[n++] = (struct tender_duty){
			.name = "forgetting what screens showed", .run = expire_plays, .ctx = h, .every_us = 6 * US_PER_HOUR
		};
	return tender_start(&h->tender, duty, n, tell_failure);
}

static enum err prepare(struct http *h, const struct config *c, struct buf *why)
{
	enum err e = connections_allow((uint32_t)c->connections, DESCRIPTORS_OTHER, why) ? ERR_OK : ERR_CAP;

	if (e == ERR_OK)
		e = jobs_start(&h->jobs, h->o.now_us);
	if (e == ERR_OK)
		e = workers_start(&h->workers, (uint32_t)c->workers, WORKERS_QUEUE_MAX);
	if (e == ERR_OK)
		e = deadlines_start(&h->deadlines, (uint32_t)c->connections + CONNECTIONS_SPARE, deadline_passed);
	if (e == ERR_OK)
		e = guesses_new(&h->guesses, h->o.key);
	if (e == ERR_OK && h->o.registry != NULL)
		e = public_new(&h->public_desk, &(struct public_options){ .registry = h->o.registry,
		                                                          .texts = h->o.texts,
		                                                          .gate = h->o.gate,
		                                                          .writer = h->o.writer,
		                                                          .names = h->o.keep->names,
		                                                          .files = h->o.files,
		                                                          .key = h->o.key,
		                                                          .now_us = h->o.now_us });
	if (e == ERR_OK && h->o.registry != NULL)
		e = assigned_of(h, c);
	if (e == ERR_OK && h->o.registry != NULL)
		e = board_new(&h->board, h->o.registry, h->o.texts, h->o.views, BOARD_POSTS_MAX);
	if (e == ERR_OK && h->o.registry != NULL)
		e = screens_start(&h->screens, &(struct screens_options){ .registry = h->o.registry,
		                                                          .texts = h->o.texts,
		                                                          .plays = h->o.plays,
		                                                          .projector = h->o.projector,
		                                                          .key = h->o.key,
		                                                          .now_us = h->o.now_us });
	if (e == ERR_OK)
		e = connections_start(&h->connections, (uint32_t)c->connections, c->request_us, h->o.key);
	if (e == ERR_OK && h->o.registry != NULL && h->o.gate != NULL)
		e = tend(h);
	return e == ERR_OK ? start_daemon(h, c, why) : e;
}

enum err http_start(struct http **out, const struct http_options *o, struct buf *why)
{
	struct http *h = mem_alloc(sizeof(*h));
	const struct in_force *f;
	enum err e;

	if (h == NULL)
		return ERR_MEMORY;
	f = live_take(o->live);
	h->o = *o;
	h->body_bytes_max = f->config.body_bytes;
	CHECK(pthread_mutex_init(&h->askers_lock, NULL) == 0 && pthread_mutex_init(&h->judging, NULL) == 0);
	reading_init(&h->reading, o->edition);
	organisations_init(h, &f->config);
	followers_begin(h);
	e = prepare(h, &f->config, why);
	in_force_free(f);
	if (e == ERR_OK)
		*out = h;
	else
		release(h);
	return e;
}

uint16_t http_port(const struct http *h)
{
	const union MHD_DaemonInfo *i = MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_BIND_PORT);

	return i == NULL ? 0 : i->port;
}

/* A daemon must not be stopped while connections sleep: they are woken by the writer, the clock and the workers, and streams by us. Nor may what they
 * hold outlive it: the writer may have requests whose askers were told long ago. So nothing is taken down before the last request is over, however long a
 * disk takes to answer; what the other side could draw out, sending and taking, has its time. */
static void finish(struct http *h)
{
	int64_t begun_us = deadlines_now_us();

	connections_hurry(h->connections, STOP_SENDING_US);
	while (h->counts.on_the_way + h->counts.streams > 0) {
		connections_end(h->connections, deadlines_now_us() - begun_us >= STOP_RECEIVING_US);
		http_wake_streams(h);
		poll(NULL, 0, 1);
	}
	http_wake_streams(h); /* whoever woke the last stream has come back from it */
}

void http_stop(struct http *h)
{
	h->stopping = true;
	tender_stop(h->tender);
	h->tender = NULL;
	finish(h);
	deadlines_stop(h->deadlines); /* whoever resumes a connection has returned before the daemon ends */
	workers_stop(h->workers);
	h->deadlines = NULL;
	h->workers = NULL;
	MHD_stop_daemon(h->daemon);
	release(h);
}
