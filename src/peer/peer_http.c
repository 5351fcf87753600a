/* peer_http.c - a peer's server: a thread a connection, which may hang as long as it likes; see peer.h. */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include "base/file.h"
#include "base/mem.h"
#include "peer/peer.h"

enum {
	HANG_S = 20, /* longer than anybody waits */
	TARGET_MAX = 1024
};

struct incoming { /* made when the first line is there */
	struct buf body;
	bool begun;
	char target[TARGET_MAX]; /* path and query, as they came */
};

static const char *header(struct MHD_Connection *c, const char *name)
{
	const char *z = MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);

	return z == NULL ? "" : z;
}

static enum MHD_Result reply(struct MHD_Connection *c, struct peer_answer *a)
{
	struct MHD_Response *m;
	enum MHD_Result r;

	if (a->hang) {
		struct timespec t = { .tv_sec = HANG_S };

		nanosleep(&t, NULL);
		return MHD_NO;
	}
	if (a->status == 0)
		return MHD_NO;
	m = MHD_create_response_from_buffer(a->body.n, a->body.p, MHD_RESPMEM_MUST_COPY);
	if (m == NULL)
		return MHD_NO;
	MHD_add_response_header(m, "Content-Type", a->type == NULL ? "text/plain" : a->type);
	r = MHD_queue_response(c, a->status, m);
	MHD_destroy_response(m);
	return r;
}

static enum MHD_Result answer(struct peer *p, struct MHD_Connection *c, const char *method, struct incoming *in)
{
	const char *id = MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, p->o.operator? "id" : "application");
	const char *code = MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, "code");
	struct peer_request r = { .poll = strcmp(method, "GET") == 0,
		                      .body = buf_view(&in->body),
		                      .id = text_z(id == NULL ? "" : id),
		                      .code = text_z(code == NULL ? "" : code) };
	struct peer_answer a = { .status = 0 };
	struct sign_request what;
	enum MHD_Result result;
	enum sign_verdict v;

	buf_init(&a.body, PEER_BODY_MAX);
	pthread_mutex_lock(&p->lock);
	p->requests++;
	what = (struct sign_request){ text_z(method), text_z(in->target), r.body };
	v = sign_check(&p->secret, peer_now_us(), text_z(header(c, SIGN_TIME_HEADER)), text_z(header(c, SIGN_HEADER)),
	               &what);
	if (v != SIGN_OK) {
		a.status = 401;
		sign_explain(v, text_z(header(c, SIGN_TIME_HEADER)), &what, &a.body);
	} else if (p->o.operator)
		operator_answer(p, &r, &a);
	else
		bank_answer(p, &r, &a);
	pthread_mutex_unlock(&p->lock);
	result = reply(c, &a);
	buf_release(&a.body);
	return result;
}

/* The first line, before anything is decoded: what it has the request keeps. */
static void *first_line(void *ctx, const char *target, struct MHD_Connection *c)
{
	struct incoming *in = mem_alloc(sizeof(*in));

	(void)ctx;
	(void)c;
	if (in != NULL) {
		buf_init(&in->body, PEER_BODY_MAX);
		snprintf(in->target, sizeof(in->target), "%s", target);
	}
	return in;
}

static enum MHD_Result handle(void *ctx, struct MHD_Connection *c, const char *url, const char *method,
                              const char *version, const char *data, size_t *n, void **kept)
{
	struct incoming *in = *kept;

	(void)url;
	(void)version;
	if (in == NULL)
		return MHD_NO; /* no memory for it */
	if (!in->begun) {
		in->begun = true;
		return MHD_YES;
	}
	if (*n > 0) {
		buf_add(&in->body, data, *n);
		*n = 0;
		return in->body.err == ERR_OK ? MHD_YES : MHD_NO;
	}
	return answer(ctx, c, method, in);
}

static void completed(void *ctx, struct MHD_Connection *c, void **kept, enum MHD_RequestTerminationCode why)
{
	struct incoming *in = *kept;

	(void)ctx;
	(void)c;
	(void)why;
	if (in != NULL)
		buf_release(&in->body);
	mem_free(in);
	*kept = NULL;
}

static bool address(const char *listen, struct sockaddr_in *out)
{
	const char *colon = strrchr(listen, ':');
	char host[64];
	int64_t port;

	*out = (struct sockaddr_in){ .sin_family = AF_INET };
	if (colon == NULL || (size_t)(colon - listen) >= sizeof(host) || text_to_int(text_z(colon + 1), &port) != ERR_OK ||
	    port < 0 || port > 65535)
		return false;
	memcpy(host, listen, (size_t)(colon - listen));
	host[colon - listen] = 0;
	out->sin_port = htons((uint16_t)port);
	return inet_pton(AF_INET, host, &out->sin_addr) == 1;
}

static bool say_ready(struct peer *p, struct MHD_Daemon *d, const struct sockaddr_in *a)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT);
	char host[64], z[96];

	inet_ntop(AF_INET, &a->sin_addr, host, sizeof(host));
	snprintf(z, sizeof(z), "%s:%u\n", host, info->port);
	fprintf(stderr, "duanka simulate: listening on %s", z);
	return p->o.ready == NULL || file_write_all(p->o.ready, text_z(z)) == ERR_OK;
}

bool peer_serve(struct peer *p)
{
	struct sockaddr_in at;
	struct MHD_Daemon *d;
	pthread_t caller;
	sigset_t set;
	int got;
	bool ok;

	if (!address(p->o.listen, &at)) {
		fprintf(stderr, "duanka simulate: --listen takes ADDRESS:PORT, as 127.0.0.1:0\n");
		return false;
	}
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->change, NULL);
	d = MHD_start_daemon(MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD, ntohs(at.sin_port), NULL,
	                     NULL, handle, p, MHD_OPTION_SOCK_ADDR, &at, MHD_OPTION_URI_LOG_CALLBACK, first_line, NULL,
	                     MHD_OPTION_NOTIFY_COMPLETED, completed, NULL, MHD_OPTION_CONNECTION_TIMEOUT, 60u,
	                     MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u, MHD_OPTION_END);
	if (d == NULL) {
		fprintf(stderr, "duanka simulate: %s: %s\n", p->o.listen, strerror(errno));
		return false;
	}
	ok = pthread_create(&caller, NULL, peer_caller, p) == 0;
	if (ok && say_ready(p, d, &at))
		sigwait(&set, &got);
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_cond_signal(&p->change);
	pthread_mutex_unlock(&p->lock);
	if (ok)
		pthread_join(caller, NULL);
	MHD_stop_daemon(d);
	return ok;
}
