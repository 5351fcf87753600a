/* http_sse.c - what all streams of Server-Sent Events have in common: their place in the budget, their beginning, pieces that are sent bit by bit, and their end.
 *
 * A stream makes a piece (fill) whenever the one before was taken, and rests (rest) when there was nothing to make. Each piece has a request's time to be taken in: who reads slower than that is cut off. What a
 * large piece took is given back before a stream rests, so that many quiet ones cost little. */
#include "gateway/http_int.h"

enum {
	RESTING_BYTES_MAX = 64 << 10
};

void http_wake_streams(struct http *h)
{
	alertlog_wake(h->o.log);
	followers_wake(h);
}

bool sse_init(struct sse *s, struct request *r, size_t piece_max)
{
	if (!share_stream(r))
		return false;
	s->h = r->h;
	s->connection = r->connection;
	s->link = r->link;
	s->slot = r->slot;
	s->piece_max = piece_max;
	buf_init(&s->out, piece_max);
	s->h->counts.streams++;
	return true;
}

void sse_release(struct sse *s)
{
	unshare_stream(s->h, s->slot);
	s->h->counts.streams--;
	buf_release(&s->out);
}

static void give_back(struct sse *s)
{
	if (s->out.cap <= RESTING_BYTES_MAX)
		return;
	buf_release(&s->out);
	buf_init(&s->out, s->piece_max);
	s->sent = 0;
}

static bool next_piece(struct sse *s)
{
	bool slept = s->slept, ok;

	s->sent = 0;
	s->slept = false;
	buf_clear(&s->out);
	ok = s->fill(s) && s->out.err == ERR_OK;
	if (ok && s->out.n == 0 && slept)
		buf_z(&s->out, ": still here\n\n");
	return ok;
}

static ssize_t read_on(void *cls, uint64_t pos, char *buf, size_t max)
{
	struct sse *s = cls;
	size_t n;

	(void)pos;
	if (s->h->stopping || (s->sent == s->out.n && !next_piece(s)))
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (s->sent == 0)
		connection_enter(s->link, CONNECTION_SENDING); /* each piece has its own time */
	if (s->sent == s->out.n) {
		give_back(s);
		s->slept = true;
		s->rest(s);
		return 0;
	}
	n = s->out.n - s->sent < max ? s->out.n - s->sent : max;
	memcpy(buf, s->out.p + s->sent, n);
	s->sent += n;
	return (ssize_t)n;
}

static void end(void *cls)
{
	struct sse *s = cls;

	s->end(s);
}

enum MHD_Result sse_begin(struct request *r, struct sse *s)
{
	struct MHD_Response *m;
	enum MHD_Result ok;

	buf_z(&s->out, "retry: 2000\n\n");
	s->h->counts.requests++;
	connection_enter(s->link, CONNECTION_SENDING);
	m = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 16 * 1024, read_on, s, end);
	if (m == NULL) {
		s->end(s);
		return MHD_NO;
	}
	MHD_add_response_header(m, "Content-Type", "text/event-stream");
	MHD_add_response_header(m, "Cache-Control", "no-store");
	ok = MHD_queue_response(r->connection, 200, m);
	MHD_destroy_response(m);
	return ok;
}
