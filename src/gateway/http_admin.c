/* http_admin.c - what an operator asks of a running service: a snapshot now, its settings and keys read again. */
#include <inttypes.h>
#include "gateway/http_int.h"

static void run_snapshot(struct request *r)
{
	struct writer_snapshot s;
	enum err e = writer_snapshot(r->h->o.writer, &s);

	if (e == ERR_CAP) {
		answer_problem(r, 409, "busy", "A snapshot is being written", "somebody else asked for one; wait for it");
	} else if (e == ERR_STOPPED) {
		answer_problem(r, 503, "stopping", "The service is stopping", "it takes a snapshot at its end");
	} else if (e != ERR_OK) {
		answer_problem(r, 503, "snapshot", "The snapshot could not be written",
		               "older ones are kept; look whether the disk is full");
	} else {
		buf_printf(&r->out, "{\"position\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"duration_us\":%" PRId64 "}\n",
		           s.position, s.bytes, s.duration_us);
		r->status = 200;
	}
}

struct noted {
	struct request *r;
	enum err err;
};

static void note_reload(void *ctx, struct shard *s)
{
	struct noted *n = ctx;
	struct buf act;

	act_begin(&act, "reload", &n->r->who, TEXT(""));
	n->err = act_note(&act, s, n->r->h->o.now_us(), &n->r->who);
}

static void run_reload(struct request *r)
{
	struct noted n = { .r = r };
	struct buf why;
	enum err e;

	if (r->h->o.reload == NULL) {
		answer_problem(r, 501, "reload", "Nothing can be reloaded", "start the service anew to change its settings");
		return;
	}
	if (!writer_do(r->h->o.writer, note_reload, &n) || n.err != ERR_OK) {
		answer_problem(r, 503, "journal", "The journal can't be written", "nothing was reloaded");
		return;
	}
	buf_init(&why, 1 << 20);
	e = r->h->o.reload(r->h->o.ctx, &why);
	if (e == ERR_OK) {
		buf_z(&r->out, "{\"reloaded\":true,\"note\":");
		buf_json(&r->out, buf_view(&why));
		buf_z(&r->out, "}\n");
		r->status = 200;
	} else {
		answer_problem(r, e == ERR_MEMORY ? 503 : 422, "reload", "Nothing was changed",
		               why.n > 0 ? why.p : err_name(e));
	}
	buf_release(&why);
}

const struct route http_admin_routes[] = {
	{ "POST", "/v1/snapshot", SCOPE_ADMIN, ROUTE_SLOW, run_snapshot },
	{ "POST", "/v1/reload", SCOPE_ADMIN, ROUTE_SLOW, run_reload },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
