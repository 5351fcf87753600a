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

static void completed(void *cls, struct MHD_Connection *c, void **con_cls, enum MHD_RequestTerminationCode why)
{
	(void)cls;
	(void)c;
	(void)why;
	if (*con_cls == NULL)
		return;
	request_drop(*con_cls);
	*con_cls = NULL;
}

static bool take_idempotency_key(struct request *r)
{
	const char *z = request_header(r, "Idempotency-Key");
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
	const char *length = request_header(r, "Content-Length");
	bool other_method;

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
	if (r->h->stopping) {
		answer_problem(r, 503, "stopping", "The service is stopping",
		               "nothing of this request was taken; try again after a second");
	} else if (!http_admit(r) || !take_budget(r)) {
		return;
	} else if (length != NULL && strtoull(length, NULL, 10) > r->h->o.body_bytes_max) {
		answer_problem(r, 413, "size", "The body is too large", "split the batch");
	} else if (!take_idempotency_key(r)) {
		answer_problem(r, 400, "idempotency-key", "Idempotency-Key is not usable", "it has 1 to 255 bytes");
	} else {
		r->ready = false;
		r->status = 0;
	}
}

static const char *retry_after(const struct request *r, char z[24])
{
	snprintf(z, 24, "%" PRId64, r->status == 429 ? r->retry_after_s : 1);
	return z;
}

static enum MHD_Result send_answer(struct request *r)
{
	char after[24];
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
	if (r->status == 503 || r->status == 429)
		MHD_add_response_header(m, "Retry-After", retry_after(r, after));
	if (r->status == 401)
		MHD_add_response_header(m, "WWW-Authenticate", "Bearer");
	ok = MHD_queue_response(r->connection, r->status, m);
	MHD_destroy_response(m);
	return ok;
}

/* ---- the handler ---- */

static void carry_on(void *ctx)
{
	struct request *r = ctx;

	r->route->run(r);
	unshare_slow(r);
	r->ready = true;
	http_resume(r);
}

static void hand_over(struct request *r)
{
	bool room = share_slow(r);

	r->work = (struct work){ .run = carry_on, .ctx = r };
	http_suspend(r);
	if (room && workers_submit(r->h->workers, &r->work))
		return;
	if (room)
		unshare_slow(r);
	answer_problem(r, 503, "overload", "The service is overloaded",
	               "too many slow requests wait; try again after a second");
	r->ready = true;
	http_resume(r);
}

static enum MHD_Result handle(void *cls, struct MHD_Connection *c, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_n, void **con_cls)
{
	struct request *r = *con_cls;

	(void)version;
	if (r == NULL) {
		r = *con_cls = request_new(cls, c);
		if (r == NULL)
			return MHD_NO;
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
			if (r->body.err == ERR_CAP)
				answer_problem(r, 413, "size", "The body is too large", "split the batch");
			else
				answer_shed(r, "out of memory; nothing of this request was taken; try again after a second");
		}
		*upload_n = 0;
		return MHD_YES;
	}
	if (r->ready)
		return send_answer(r);
	if (r->route->kind == ROUTE_STREAM)
		return send_stream(r);
	if (r->route->kind == ROUTE_SLOW)
		hand_over(r);
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

static void release(struct http *h)
{
	deadlines_stop(h->deadlines);
	workers_stop(h->workers);
	guesses_free(h->guesses);
	organisations_release(h);
	mem_free(h);
}

static enum err prepare(struct http *h)
{
	enum err e = organisations_init(h);

	CHECK(e == ERR_OK);
	e = workers_start(&h->workers, h->o.workers, WORKERS_QUEUE_MAX);
	if (e == ERR_OK)
		e = deadlines_start(&h->deadlines, h->o.connections_max, deadline_passed);
	if (e == ERR_OK)
		e = guesses_new(&h->guesses, h->o.key);
	return e;
}

static bool listen_on(struct http *h, struct buf *why)
{
	const struct http_options *o = &h->o;
	unsigned flags =
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC | (o->tls_key != NULL ? MHD_USE_TLS : 0);
	struct sockaddr_storage address;
	struct MHD_OptionItem tls[] = { { MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)o->tls_key },
		                            { MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)o->tls_certificate },
		                            { MHD_OPTION_HTTPS_MEM_TRUST, 0, (void *)(uintptr_t)o->tls_client_ca },
		                            { MHD_OPTION_END, 0, NULL } };

	if (!address_of(o->address, o->port, &address, &flags)) {
		buf_printf(why, "%s: not an IP address", o->address);
		return false;
	}
	if (o->tls_client_ca != NULL && o->tls_key == NULL) {
		buf_z(why, "an authority for client certificates goes with TLS only: name certificate and key, too");
		return false;
	}
	if (o->tls_client_ca == NULL)
		tls[2].option = MHD_OPTION_END;
	if (o->tls_key == NULL)
		tls[0].option = MHD_OPTION_END;
	h->daemon = MHD_start_daemon(
		flags, o->port, NULL, NULL, handle, h, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
		MHD_OPTION_THREAD_POOL_SIZE, o->threads, MHD_OPTION_CONNECTION_LIMIT, o->connections_max,
		MHD_OPTION_PER_IP_CONNECTION_LIMIT, o->connections_per_address_max, MHD_OPTION_CONNECTION_TIMEOUT, o->idle_s,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES, MHD_OPTION_NOTIFY_COMPLETED, completed, h,
		MHD_OPTION_NOTIFY_CONNECTION, peer_notify, h, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
	if (h->daemon == NULL)
		buf_printf(why, "%s port %u: can't listen: %s", o->address, o->port,
		           errno != 0 ? strerror(errno) : "the TLS files do not fit");
	return h->daemon != NULL;
}

enum err http_start(struct http **out, const struct http_options *o, struct buf *why)
{
	struct http *h = mem_alloc(sizeof(*h));
	enum err e;

	if (h == NULL)
		return ERR_MEMORY;
	h->o = *o;
	e = prepare(h);
	if (e == ERR_OK && !listen_on(h, why))
		e = ERR_IO;
	if (e != ERR_OK) {
		release(h);
		return e;
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
	/* A daemon must not be stopped while connections sleep: they are woken by the writer, the clock and the workers, and streams by us. Nor
	 * may what they hold outlive it: the writer may have requests whose askers were told long ago. */
	for (int i = 0; i < STOP_MS && h->counts.on_the_way + h->counts.streams > 0; i++) {
		alertlog_wake(h->o.log);
		poll(NULL, 0, 1);
	}
	deadlines_stop(h->deadlines); /* whoever resumes a connection has returned before the daemon ends */
	workers_stop(h->workers);
	h->deadlines = NULL;
	h->workers = NULL;
	MHD_stop_daemon(h->daemon);
	if (s != MHD_INVALID_SOCKET)
		shutdown(s, SHUT_RDWR);
	release(h);
}
