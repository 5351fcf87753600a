/* http_stream.c - the stream of alerts: Server-Sent Events, id = the alert's number. It sleeps in the file of alerts until there is a next one.
 *
 * Each alert is shown as the asker's organisation may see it when it is sent, by the settings, keys, sessions and roles of that moment; that a stream flows does not keep a session alive. Alerts that it may not
 * see move the id on and are not told. How streams begin, go on and end: http_sse.c. Who comes with an id whose alert is no longer kept goes on at the next, and is told how many are gone. */
#include <inttypes.h>
#include <stddef.h>
#include "base/mem.h"
#include "gateway/http_desk_int.h"
#include "gateway/session_scopes.h"

enum {
	STREAM_LOOKED_AT = 200 /* at a time: a thread is not held by alerts that nobody is shown */
};

struct stream {
	struct sse sse; /* first: the stream is its events */
	struct alertlog_waiter waiter;
	uint64_t number;
	struct buf line, shown;
	/* Who listens: looked at again with each piece, since a reload may take the key away, and a session or a role may end. */
	struct key_entry who;            /* without an id: no key was asked for */
	char session[SESSION_CHARS + 1]; /* "": by no session */
};

static struct stream *stream_of(struct alertlog_waiter *w)
{
	return (struct stream *)(void *)((char *)w - offsetof(struct stream, waiter));
}

static void stream_sleep(struct alertlog_waiter *w)
{
	connection_enter(stream_of(w)->sse.link, CONNECTION_QUIET);
	MHD_suspend_connection(stream_of(w)->sse.connection);
}

static void stream_wake(struct alertlog_waiter *w)
{
	MHD_resume_connection(stream_of(w)->sse.connection);
}

/* As of now; the viewer points into f. */
static bool may_listen(const struct stream *s, const struct in_force *f, struct viewer *v)
{
	struct http *h = s->sse.h;
	const struct key_entry *key;
	const struct tenant *t;
	struct credentials_session session;
	struct desk_asker a;
	const char *why;

	if (s->session[0] == 0) {
		key = keys_again(&f->keys, &s->who, h->o.now_us());
		*v = viewer_in(f, s->who.tenant);
		return s->who.id[0] == 0 || (key != NULL && (key->scopes & SCOPE_ALERTS) != 0);
	}
	if (!credentials_session_lasts(h->o.credentials, text_z(s->session), h->o.now_us(), &session) ||
	    desk_asker_of(h, NULL, 0, session.user, &a, &why) != ERR_OK)
		return false;
	t = tenant_numbered(f->config.tenant, f->config.n_tenants, a.organisation);
	*v = viewer_in(f, t == NULL ? "" : t->name);
	return session_scopes_allow(session_scopes(a.roles), SCOPE_ALERTS, "GET");
}

/* The next piece. False: who listens may not listen any more, or the alerts can't be read. */
static bool stream_fill(struct sse *sse)
{
	struct stream *s = (struct stream *)(void *)sse;
	struct http *h = sse->h;
	struct buf *out = &sse->out;
	const struct in_force *f = live_take(h->o.live);
	struct viewer v;
	bool allowed = may_listen(s, f, &v);
	uint64_t position, at, gone = 0;
	enum err e = ERR_ABSENT, read = ERR_OK;

	for (uint32_t i = 0; allowed && i < STREAM_LOOKED_AT && e != ERR_OK; i++) {
		at = s->number;
		read = alertlog_read(h->o.log, &at, &s->line, &position);
		if (read != ERR_OK)
			break;
		gone += at - s->number;
		s->number = at + 1;
		e = view_alert(&v, buf_view(&s->line), &s->shown);
		buf_clear(out);
		if (gone > 0)
			buf_printf(out, "event: gone\ndata: {\"gone\":%" PRIu64 "}\n\n", gone);
		buf_printf(out, "id: %" PRIu64 "\n", s->number);
	}
	in_force_free(f);
	if (e == ERR_OK) {
		buf_z(out, "event: alert\ndata: ");
		buf_text(out, buf_view(&s->shown));
		buf_z(out, "\n\n");
	} else if (out->n > 0) {
		buf_char(out, '\n'); /* none of these was for this asker */
	}
	return allowed && (read == ERR_OK || read == ERR_ABSENT);
}

static void stream_rest(struct sse *sse)
{
	struct stream *s = (struct stream *)(void *)sse;

	alertlog_wait(sse->h->o.log, s->number, &s->waiter, stream_sleep);
}

static void stream_end(struct sse *sse)
{
	struct stream *s = (struct stream *)(void *)sse;

	sse_release(sse);
	explicit_bzero(s->session, sizeof(s->session));
	buf_release(&s->line);
	buf_release(&s->shown);
	mem_free(s);
}

enum MHD_Result http_stream(struct request *r)
{
	const char *last = request_header(r, "Last-Event-ID");
	const char *from = request_query(r, "cursor");
	struct stream *s;
	uint64_t number;

	if (!http_session_may(r))
		return http_send(r);
	if (!number_of(r, last != NULL ? "Last-Event-ID" : "cursor", last != NULL ? last : from,
	               alertlog_count(r->h->o.log), INT64_MAX, &number))
		return http_send(r);
	s = mem_alloc(sizeof(*s));
	if (s == NULL)
		return MHD_NO;
	*s = (struct stream){ .sse = { .fill = stream_fill, .rest = stream_rest, .end = stream_end },
		                  .waiter = { .wake = stream_wake },
		                  .number = number };
	if (!sse_init(&s->sse, r, 2 * ALERTLOG_LINE_MAX)) {
		mem_free(s);
		answer_problem(r, 503, "overload", "Too many streams are open", "take alerts by /v1/alerts and its cursor");
		return http_send(r);
	}
	if (r->entry != NULL)
		s->who = *r->entry;
	if (r->session.user != 0)
		memcpy(s->session, r->session_token.p, SESSION_CHARS);
	buf_init(&s->line, ALERTLOG_LINE_MAX);
	buf_init(&s->shown, ALERTLOG_LINE_MAX);
	return sse_begin(r, &s->sse);
}
