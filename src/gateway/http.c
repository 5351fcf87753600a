/* http.c - connections: who asks, how much, and when an answer is ready; see http.h. */
#include "gateway/http.h"
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/mem.h"
#include "gateway/http_int.h"

enum {
	CONNECTION_BYTES = 32 * 1024,
	REPEAT_KEY_MAX = 255,
	STOP_MS = 20000,
	NAME_SPACE_REPEATS = 0x52455054 /* keeps idempotency keys apart from tokens */
};

/* ---- requests ---- */

void http_resume(struct request *r)
{
	MHD_resume_connection(r->connection);
}

void http_turned_away(struct request *r, const char *type, const char *title, const char *detail)
{
	r->shed = true;
	if (r->accepted + r->repeated + r->late + r->refused + r->bad > 0)
		answer_batch(r); /* what was taken before stays taken, and is told */
	else
		answer_problem(r, 503, type, title, detail);
	r->ready = true;
}

void http_submit(struct request *r, void (*done)(void *ctx, enum err e))
{
	r->ask = (struct ask){ .item = r->item, .n = r->n, .done = done, .ctx = r };
	MHD_suspend_connection(r->connection);
	if (writer_submit(r->h->o.writer, &r->ask))
		return;
	http_turned_away(r, "overload", "The service is overloaded or stopping",
	                 "nothing of this request was taken; try again after a second");
	MHD_resume_connection(r->connection);
}

static void carry_on(void *ctx)
{
	struct request *r = ctx;

	r->later(r);
	r->ready = r->ready || r->status != 0;
	http_resume(r);
}

void http_later(struct request *r, void (*later)(struct request *r))
{
	r->work = (struct work){ .run = carry_on, .ctx = r };
	r->later = later;
	MHD_suspend_connection(r->connection);
	if (workers_submit(r->h->workers, &r->work))
		return;
	http_turned_away(r, "overload", "The service is overloaded",
	                 "too many slow requests wait; try again after a second");
	http_resume(r);
}

bool http_hold(struct request *r, size_t bytes)
{
	int64_t all = atomic_fetch_add(&r->h->counts.held_bytes, (int64_t)bytes) + (int64_t)bytes;

	r->held_bytes += (int64_t)bytes;
	if (all <= HELD_BYTES_MAX)
		return true;
	answer_problem(r, 503, "overload", "The service is overloaded",
	               "too many large requests at a time; nothing of this one was taken");
	return false;
}

static void request_free(struct request *r)
{
	atomic_fetch_sub(&r->h->counts.held_bytes, r->held_bytes);

	for (uint32_t i = 0; r->taken != NULL && i < r->cap; i++)
		mem_free(r->taken[i].scratch);
	for (uint32_t i = 0; r->unfit_scratch != NULL && i < r->cap; i++)
		mem_free(r->unfit_scratch[i]);
	mem_free(r->unfit);
	mem_free(r->unfit_scratch);
	mem_free(r->taken);
	mem_free(r->item);
	buf_release(&r->body);
	buf_release(&r->out);
	buf_release(&r->lines);
	buf_release(&r->alerts);
	mem_free(r);
}

static void completed(void *cls, struct MHD_Connection *c, void **con_cls, enum MHD_RequestTerminationCode why)
{
	(void)c;
	(void)why;
	if (*con_cls == NULL)
		return;
	((struct http *)cls)->counts.on_the_way--;
	request_free(*con_cls);
	*con_cls = NULL;
}

static const char *header(struct MHD_Connection *c, const char *name)
{
	return MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
}

/* 0 = let through; else the status to refuse with. */
static unsigned authorise(struct http *h, struct MHD_Connection *c, const struct route *t, const struct key_entry **who)
{
	const char *z = header(c, "Authorization");

	*who = NULL;
	if (t->scope == 0 || h->o.keys == NULL)
		return 0;
	if (z == NULL || strncmp(z, "Bearer ", 7) != 0)
		return 401;
	*who = keys_check(h->o.keys, text_z(z + 7), h->o.now_us());
	if (*who == NULL)
		return 401;
	return ((*who)->scopes & t->scope) != 0 ? 0 : 403;
}

static void note_caller(struct request *r, const struct key_entry *who)
{
	r->who = (struct caller){ .scopes = who == NULL ? SCOPES : who->scopes };
	if (who == NULL)
		return;
	memcpy(r->who.key_id, who->id, sizeof(r->who.key_id));
	memcpy(r->who.tenant, who->tenant, sizeof(r->who.tenant));
}

static bool take_idempotency_key(struct request *r)
{
	const char *z = header(r->connection, "Idempotency-Key");
	char joined[TENANT_NAME_MAX + 1 + REPEAT_KEY_MAX + 1];
	struct token t;
	int n;

	if (z == NULL)
		return true;
	if (strlen(z) == 0 || strlen(z) > REPEAT_KEY_MAX)
		return false;
	n = snprintf(joined, sizeof(joined), "%s\n%s", r->who.tenant, z); /* each organisation has its own keys */
	t = hash_token(r->h->o.key, NAME_SPACE_REPEATS, text_of(joined, (size_t)n));
	memcpy(r->key, &t, sizeof(r->key));
	r->keyed = true;
	return true;
}

static void check_start(struct request *r, const char *method, const char *url)
{
	const struct key_entry *who;
	const char *length = header(r->connection, "Content-Length");
	bool other_method;
	unsigned status;

	snprintf(r->url, sizeof(r->url), "%s", url);
	r->route = route_find(method, r->url, &other_method, r->arg);
	r->ready = true;
	if (r->route == NULL) {
		if (other_method)
			answer_problem(r, 405, "method", "Method not allowed", "the path is right, the method is not");
		else
			answer_problem(r, 404, "unknown", "No such path", "doc/http-api.md lists them");
		return;
	}
	status = authorise(r->h, r->connection, r->route, &who);
	note_caller(r, who);
	if (r->h->stopping) {
		answer_problem(r, 503, "stopping", "The service is stopping",
		               "nothing of this request was taken; try again after a second");
	} else if (status == 401) {
		r->h->counts.unauthorised++;
		answer_problem(r, 401, "key", "A valid key is needed",
		               "send Authorization: Bearer and a key made by duanka keys add");
	} else if (status == 403) {
		answer_problem(r, 403, "scope", "This key may not do that", scope_name(r->route->scope));
	} else if (length != NULL && strtoull(length, NULL, 10) > r->h->o.body_bytes_max) {
		answer_problem(r, 413, "size", "The body is too large", "split the batch");
	} else if (!take_idempotency_key(r)) {
		answer_problem(r, 400, "idempotency-key", "Idempotency-Key is not usable", "it has 1 to 255 bytes");
	} else {
		r->ready = false;
		r->status = 0;
	}
}

static struct request *request_new(struct http *h, struct MHD_Connection *c)
{
	struct request *r = mem_alloc(sizeof(*r));

	if (r == NULL)
		return NULL;
	r->h = h;
	r->connection = c;
	r->type = "application/json";
	buf_init(&r->body, h->o.body_bytes_max);
	buf_init(&r->out, ANSWER_BYTES_MAX);
	buf_init(&r->lines, ANSWER_BYTES_MAX);
	buf_init(&r->alerts, ANSWER_BYTES_MAX);
	return r;
}

static enum MHD_Result send_answer(struct request *r)
{
	struct MHD_Response *m;
	enum MHD_Result ok;

	if (r->out.err != ERR_OK)
		answer_problem(r, 500, "memory", "Out of memory", "the answer did not fit");
	m = MHD_create_response_from_buffer(r->out.n, r->out.p, MHD_RESPMEM_MUST_COPY);
	if (m == NULL)
		return MHD_NO;
	r->h->counts.requests++;
	r->h->counts.by_class[r->status / 100]++;
	MHD_add_response_header(m, "Content-Type", r->type);
	MHD_add_response_header(m, "Cache-Control", "no-store");
	MHD_add_response_header(m, "X-Content-Type-Options", "nosniff");
	if (r->h->stopping)
		MHD_add_response_header(m, "Connection", "close");
	if (r->status == 503)
		MHD_add_response_header(m, "Retry-After", "1");
	if (r->status == 401)
		MHD_add_response_header(m, "WWW-Authenticate", "Bearer");
	ok = MHD_queue_response(r->connection, r->status, m);
	MHD_destroy_response(m);
	return ok;
}

/* ---- the stream of alerts: Server-Sent Events, id = the alert's number ---- */

struct stream {
	struct alertlog_waiter waiter; /* first: the waiter is the stream */
	struct http *h;
	struct MHD_Connection *connection;
	uint64_t number;
	struct buf line, out;
	size_t sent;
	bool slept;
};

static void stream_sleep(struct alertlog_waiter *w)
{
	MHD_suspend_connection(((struct stream *)(void *)w)->connection);
}

static void stream_wake(struct alertlog_waiter *w)
{
	MHD_resume_connection(((struct stream *)(void *)w)->connection);
}

static void stream_fill(struct stream *s)
{
	uint64_t position;

	s->sent = 0;
	buf_clear(&s->out);
	if (alertlog_read(s->h->o.log, s->number, &s->line, &position) == ERR_OK) {
		s->number++;
		buf_printf(&s->out, "id: %" PRIu64 "\nevent: alert\ndata: ", s->number);
		buf_add(&s->out, s->line.p, s->line.n);
		buf_char(&s->out, '\n');
	} else if (s->slept) {
		buf_z(&s->out, ": still here\n\n");
	}
	s->slept = false;
}

static ssize_t stream_read(void *cls, uint64_t pos, char *buf, size_t max)
{
	struct stream *s = cls;
	size_t n;

	(void)pos;
	if (s->h->stopping)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (s->sent == s->out.n)
		stream_fill(s);
	if (s->sent == s->out.n) {
		s->slept = true;
		alertlog_wait(s->h->o.log, s->number, &s->waiter, stream_sleep);
		return 0;
	}
	n = s->out.n - s->sent < max ? s->out.n - s->sent : max;
	memcpy(buf, s->out.p + s->sent, n);
	s->sent += n;
	return (ssize_t)n;
}

static void stream_free(void *cls)
{
	struct stream *s = cls;

	s->h->counts.streams--;
	buf_release(&s->line);
	buf_release(&s->out);
	mem_free(s);
}

static enum MHD_Result send_stream(struct request *r)
{
	const char *last = header(r->connection, "Last-Event-ID");
	const char *from = MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, "cursor");
	struct stream *s = mem_alloc(sizeof(*s));
	struct MHD_Response *m;
	enum MHD_Result ok;

	if (s == NULL)
		return MHD_NO;
	*s = (struct stream){ .waiter = { .wake = stream_wake }, .h = r->h, .connection = r->connection };
	s->number = last != NULL   ? strtoull(last, NULL, 10)
	            : from != NULL ? strtoull(from, NULL, 10)
	                           : alertlog_count(r->h->o.log);
	buf_init(&s->line, ALERTLOG_LINE_MAX);
	buf_init(&s->out, 2 * ALERTLOG_LINE_MAX);
	buf_z(&s->out, "retry: 2000\n\n");
	r->h->counts.streams++;
	r->h->counts.requests++;
	m = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 16 * 1024, stream_read, s, stream_free);
	if (m == NULL) {
		stream_free(s);
		return MHD_NO;
	}
	MHD_add_response_header(m, "Content-Type", "text/event-stream");
	MHD_add_response_header(m, "Cache-Control", "no-store");
	ok = MHD_queue_response(r->connection, 200, m);
	MHD_destroy_response(m);
	return ok;
}

/* ---- the handler ---- */

static enum MHD_Result handle(void *cls, struct MHD_Connection *c, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_n, void **con_cls)
{
	struct request *r = *con_cls;

	(void)version;
	if (r == NULL) {
		r = *con_cls = request_new(cls, c);
		if (r == NULL)
			return MHD_NO;
		r->h->counts.on_the_way++;
		check_start(r, method, url);
		return r->ready && r->status == 413 ? send_answer(r) : MHD_YES;
	}
	if (*upload_n > 0) {
		if (!r->ready && !http_hold(r, *upload_n))
			r->ready = true;
		if (!r->ready && !r->too_large)
			buf_add(&r->body, upload, *upload_n);
		if (r->body.err != ERR_OK && !r->ready) {
			r->too_large = true;
			r->ready = true;
			answer_problem(r, 413, "size", "The body is too large", "split the batch");
		}
		*upload_n = 0;
		return MHD_YES;
	}
	if (r->ready)
		return send_answer(r);
	if (r->route->kind == ROUTE_STREAM)
		return send_stream(r);
	if (r->route->kind == ROUTE_SLOW)
		http_later(r, r->route->run);
	else
		r->route->run(r);
	if (MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_SUSPENDED)->suspended == MHD_YES)
		return MHD_YES;
	return r->ready || r->status != 0 ? send_answer(r) : MHD_YES;
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

enum err http_start(struct http **out, const struct http_options *o, struct buf *why)
{
	struct http *h = mem_alloc(sizeof(*h));
	unsigned flags =
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC | (o->tls_key != NULL ? MHD_USE_TLS : 0);
	struct sockaddr_storage address;
	struct MHD_OptionItem tls[] = { { MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)o->tls_key },
		                            { MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)o->tls_certificate },
		                            { MHD_OPTION_END, 0, NULL } };

	if (h == NULL)
		return ERR_MEMORY;
	h->o = *o;
	CHECK(pthread_mutex_init(&h->askers_lock, NULL) == 0);
	if (!address_of(o->address, o->port, &address, &flags)) {
		buf_printf(why, "%s: not an IP address", o->address);
		mem_free(h);
		return ERR_FORMAT;
	}
	if (o->tls_key == NULL)
		tls[0].option = MHD_OPTION_END;
	if (workers_start(&h->workers, o->workers, WORKERS_QUEUE_MAX) != ERR_OK) {
		mem_free(h);
		return ERR_MEMORY;
	}
	h->daemon = MHD_start_daemon(flags, o->port, NULL, NULL, handle, h, MHD_OPTION_SOCK_ADDR,
	                             (struct sockaddr *)&address, MHD_OPTION_THREAD_POOL_SIZE, o->threads,
	                             MHD_OPTION_CONNECTION_LIMIT, o->connections_max, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
	                             o->connections_per_address_max, MHD_OPTION_CONNECTION_TIMEOUT, o->idle_s,
	                             MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
	                             MHD_OPTION_NOTIFY_COMPLETED, completed, h, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
	if (h->daemon == NULL) {
		buf_printf(why, "%s port %u: can't listen: %s", o->address, o->port,
		           errno != 0 ? strerror(errno) : "the TLS files do not fit");
		workers_stop(h->workers);
		mem_free(h);
		return ERR_IO;
	}
	*out = h;
	return ERR_OK;
}

uint16_t http_port(const struct http *h)
{
	const union MHD_DaemonInfo *i = MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_BIND_PORT);

	return i == NULL ? 0 : i->port;
}

void http_stop(struct http *h)
{
	MHD_socket s = MHD_quiesce_daemon(h->daemon);

	h->stopping = true;
	/* A daemon must not be stopped while connections sleep: they are woken by the writer and the workers, and streams by us. */
	for (int i = 0; i < STOP_MS && h->counts.on_the_way + h->counts.streams > 0; i++) {
		alertlog_wake(h->o.log);
		poll(NULL, 0, 1);
	}
	MHD_stop_daemon(h->daemon);
	workers_stop(h->workers);
	if (s != MHD_INVALID_SOCKET)
		shutdown(s, SHUT_RDWR);
	mem_free(h);
}
