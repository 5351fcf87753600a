/* http_stream.c - the stream of alerts: Server-Sent Events, id = the alert's number. It sleeps in the file of alerts until there is a next one.
 *
 * Each alert is shown as the asker's organisation may see it when it is sent, by the settings and keys of that moment. Alerts that it may not
 * see move the id on and are not told. Who comes with an id whose alert is no longer kept goes on at the next, and is told how many are gone. */
#include <inttypes.h>
#include "base/mem.h"
#include "gateway/http_int.h"

enum {
	STREAM_LOOKED_AT = 200 /* at a time: a thread is not held by alerts that nobody is shown */
};

struct stream {
	struct alertlog_waiter waiter; /* first: the waiter is the stream */
	struct http *h;
	struct MHD_Connection *connection;
	struct connection *link;
	uint32_t slot; /* of the organisation that it is counted for */
	uint64_t number;
	struct buf line, shown, out;
	size_t sent;
	bool slept;
	struct key_entry who; /* looked at again, since a reload may take the key away; without an id: none was asked for */
};

static void stream_sleep(struct alertlog_waiter *w)
{
	connection_enter(((struct stream *)(void *)w)->link, CONNECTION_QUIET);
	MHD_suspend_connection(((struct stream *)(void *)w)->connection);
}

static void stream_wake(struct alertlog_waiter *w)
{
	MHD_resume_connection(((struct stream *)(void *)w)->connection);
}

/* The next piece. False: the key may not listen any more, or the alerts can't be read. */
static bool stream_fill(struct stream *s)
{
	const struct in_force *f = live_take(s->h->o.live);
	const struct key_entry *who = keys_again(&f->keys, &s->who, s->h->o.now_us());
	bool allowed = s->who.id[0] == 0 || (who != NULL && (who->scopes & SCOPE_ALERTS) != 0);
	struct viewer v = viewer_in(f, s->who.tenant);
	uint64_t position, at, gone = 0;
	enum err e = ERR_ABSENT, read = ERR_OK;

	s->sent = 0;
	buf_clear(&s->out);
	for (uint32_t i = 0; allowed && i < STREAM_LOOKED_AT && e != ERR_OK; i++) {
		at = s->number;
		read = alertlog_read(s->h->o.log, &at, &s->line, &position);
		if (read != ERR_OK)
			break;
		gone += at - s->number;
		s->number = at + 1;
		e = view_alert(&v, buf_view(&s->line), &s->shown);
		buf_clear(&s->out);
		if (gone > 0)
			buf_printf(&s->out, "event: gone\ndata: {\"gone\":%" PRIu64 "}\n\n", gone);
		buf_printf(&s->out, "id: %" PRIu64 "\n", s->number);
	}
	in_force_free(f);
	if (e == ERR_OK) {
		buf_z(&s->out, "event: alert\ndata: ");
		buf_text(&s->out, buf_view(&s->shown));
		buf_z(&s->out, "\n\n");
	} else if (s->out.n > 0) {
		buf_char(&s->out, '\n'); /* none of these was for this asker */
	} else if (s->slept) {
		buf_z(&s->out, ": still here\n\n");
	}
	s->slept = false;
	return allowed && (read == ERR_OK || read == ERR_ABSENT);
}

static ssize_t stream_read(void *cls, uint64_t pos, char *buf, size_t max)
{
	struct stream *s = cls;
	size_t n;

	(void)pos;
	if (s->h->stopping || (s->sent == s->out.n && !stream_fill(s)))
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (s->sent == 0) {
		connection_enter(s->link, CONNECTION_SENDING); /* each piece has its own time */
	}
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

	unshare_stream(s->h, s->slot);
	s->h->counts.streams--;
	buf_release(&s->line);
	buf_release(&s->shown);
	buf_release(&s->out);
	mem_free(s);
}

enum MHD_Result http_stream(struct request *r)
{
	const char *last = request_header(r, "Last-Event-ID");
	const char *from = request_query(r, "cursor");
	struct stream *s;
	struct MHD_Response *m;
	enum MHD_Result ok;
	uint64_t number;

	if (!number_of(r, last != NULL ? "Last-Event-ID" : "cursor", last != NULL ? last : from,
	               alertlog_count(r->h->o.log), INT64_MAX, &number))
		return http_send(r);
	if (!share_stream(r)) {
		answer_problem(r, 503, "overload", "Too many streams are open", "take alerts by /v1/alerts and its cursor");
		return http_send(r);
	}
	s = mem_alloc(sizeof(*s));
	if (s == NULL) {
		unshare_stream(r->h, r->slot);
		return MHD_NO;
	}
	*s = (struct stream){
		.waiter = { .wake = stream_wake }, .h = r->h, .connection = r->connection, .link = r->link, .slot = r->slot
	};
	if (r->entry != NULL)
		s->who = *r->entry;
	s->number = number;
	buf_init(&s->line, ALERTLOG_LINE_MAX);
	buf_init(&s->shown, ALERTLOG_LINE_MAX);
	buf_init(&s->out, 2 * ALERTLOG_LINE_MAX);
	buf_z(&s->out, "retry: 2000\n\n");
	r->h->counts.streams++;
	r->h->counts.requests++;
	connection_enter(r->link, CONNECTION_SENDING);
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
