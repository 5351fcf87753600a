/* http_desk_stream.c - GET /v1/desk/stream: objects as they change, as Server-Sent Events; id = the journal position whose changes have all been told.
 *
 * Whoever comes back with the last id misses nothing. A record may change more objects than fit into one piece; its id is told behind the last of them. Each object is shown if it is in
 * reach when it is sent, by the roles, keys and session of that moment. A stream sleeps until the projector has committed more. */
#include <inttypes.h>
#include "base/mem.h"
#include "gateway/http_desk_int.h"

enum {
	STREAM_LOOKED_AT = 100, /* at a time */
	PIECE_FULL = 1 << 20,   /* bytes: no further object in this piece */
	PIECE_MAX = 8 << 20
};

struct desk_stream {
	struct desk_stream *next; /* of those who sleep */
	struct http *h;
	struct MHD_Connection *connection;
	struct connection *link;
	uint32_t slot;
	uint64_t position; /* all of it has been told */
	uint32_t skip;     /* objects of the next one that have been told, too */
	struct buf out;
	size_t sent;
	bool slept, cut,
		more; /* cut: a piece ended within what one record changed; more: what was looked at last was not all */
	struct key_entry who;
	char token[SESSION_CHARS + 1]; /* "": a key's */
	/* while a piece is made */
	struct desk_asker asker;
	struct desk_shower shower;
	uint64_t at;
	uint32_t seen, of_this;
};

/* ---- who sleeps ---- */

static void wake_all(struct followers *f)
{
	while (f->asleep != NULL) {
		struct desk_stream *s = f->asleep;

		f->asleep = s->next;
		MHD_resume_connection(s->connection);
	}
}

static void committed(void *ctx, uint64_t position)
{
	struct followers *f = ctx;

	pthread_mutex_lock(&f->lock);
	f->position = position;
	wake_all(f);
	pthread_mutex_unlock(&f->lock);
}

void followers_begin(struct http *h)
{
	struct followers *f = &h->followers;

	CHECK(pthread_mutex_init(&f->lock, NULL) == 0);
	f->listener = (struct projector_listener){ .committed = committed, .ctx = f };
	if (h->o.projector != NULL)
		projector_listen(h->o.projector, &f->listener);
}

void followers_wake(struct http *h)
{
	pthread_mutex_lock(&h->followers.lock);
	wake_all(&h->followers);
	pthread_mutex_unlock(&h->followers.lock);
}

void followers_end(struct http *h)
{
	if (h->o.projector != NULL)
		projector_unlisten(h->o.projector, &h->followers.listener);
	pthread_mutex_destroy(&h->followers.lock);
}

static void sleep_until_more(struct desk_stream *s, uint64_t position)
{
	struct followers *f = &s->h->followers;

	pthread_mutex_lock(&f->lock);
	if (f->position <= position && !s->h->stopping) {
		connection_enter(s->link, CONNECTION_QUIET);
		MHD_suspend_connection(s->connection);
		s->next = f->asleep;
		f->asleep = s;
	}
	pthread_mutex_unlock(&f->lock);
}

/* ---- pieces ---- */

static void told(struct desk_stream *s)
{
	if (s->at > s->position) {
		buf_printf(&s->out, "id: %" PRIu64 "\n\n", s->at);
		s->position = s->at;
		s->skip = 0;
	}
}

static bool see(void *ctx, uint64_t position, const struct desk_object *o)
{
	struct desk_stream *s = ctx;

	if (s->out.n > PIECE_FULL) {
		s->cut = true;
		return false;
	}
	if (position != s->at) {
		told(s);
		s->at = position;
		s->of_this = 0;
	}
	s->seen++;
	s->of_this++;
	if (s->of_this <= s->skip || !desk_reaches(&s->asker, o))
		return true;
	buf_z(&s->out, "event: object\ndata: ");
	desk_put_object(&s->out, &s->shower, o, false);
	buf_z(&s->out, "\n\n");
	return true;
}

/* Who listens, as of now. */
static bool look_up(struct desk_stream *s)
{
	const struct in_force *f = live_take(s->h->o.live);
	int64_t now_us = s->h->o.now_us();
	struct credentials_session session = { .user = 0 };
	const struct key_entry *who = s->token[0] == 0 ? keys_again(&f->keys, &s->who, now_us) : NULL;
	bool ok = s->token[0] == 0 ? who != NULL && (who->scopes & SCOPE_DESK) != 0
	                           : credentials_session(s->h->o.credentials, text_z(s->token), now_us, &session);
	const struct tenant *t = who == NULL ? NULL : tenant_find(f->config.tenant, f->config.n_tenants, who->tenant);
	const char *why;

	ok = ok && desk_asker_of(s->h, who, t == NULL ? 0 : t->number, session.user, &s->asker, &why) == ERR_OK;
	in_force_free(f);
	return ok;
}

/* False: who listened may not any more, or the registry can't be read. */
static bool fill(struct desk_stream *s)
{
	struct edition *edition;
	enum err e;

	s->sent = 0;
	buf_clear(&s->out);
	if (!look_up(s))
		return false;
	edition = reading_take(&s->h->reading);
	s->shower =
		(struct desk_shower){ s->h->o.registry, s->h->o.keep->dictionary, s->h->o.key, &edition->policy.schema, NULL };
	s->at = s->position;
	s->seen = s->of_this = 0;
	s->cut = false;
	e = registry_changes(s->h->o.registry, s->position, STREAM_LOOKED_AT, see, s);
	edition_drop(edition);
	if (e != ERR_OK || s->out.err != ERR_OK)
		return false;
	if (s->cut)
		s->skip = s->of_this;
	else
		told(s);
	s->more = s->cut || s->seen >= STREAM_LOOKED_AT;
	if (s->out.n == 0 && s->slept)
		buf_z(&s->out, ": still here\n\n");
	s->slept = false;
	return true;
}

static ssize_t stream_read(void *cls, uint64_t pos, char *buf, size_t max)
{
	struct desk_stream *s = cls;
	uint64_t before;
	size_t n;

	(void)pos;
	pthread_mutex_lock(&s->h->followers.lock);
	before = s->h->followers.position;
	pthread_mutex_unlock(&s->h->followers.lock);
	if (s->h->stopping || (s->sent == s->out.n && !fill(s)))
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (s->sent == 0)
		connection_enter(s->link, CONNECTION_SENDING);
	if (s->sent == s->out.n) {
		if (!s->more) {
			s->slept = true;
			sleep_until_more(s, before);
		}
		return 0;
	}
	n = s->out.n - s->sent < max ? s->out.n - s->sent : max;
	memcpy(buf, s->out.p + s->sent, n);
	s->sent += n;
	return (ssize_t)n;
}

static void stream_free(void *cls)
{
	struct desk_stream *s = cls;

	unshare_stream(s->h, s->slot);
	s->h->counts.streams--;
	buf_release(&s->out);
	explicit_bzero(s->token, sizeof(s->token));
	mem_free(s);
}

/* ---- its beginning ---- */

/* False: the answer is set. */
static bool begin_at(struct request *r, struct desk_stream *s)
{
	const char *last = request_header(r, "Last-Event-ID"), *from = request_query(r, "cursor");
	int64_t now_us;
	enum err e;

	if (r->h->o.registry == NULL) {
		answer_problem(r, 503, "desk", "There is no desk here", "this service was started without it");
		return false;
	}
	if (r->entry != NULL)
		s->who = *r->entry;
	if (r->session.user != 0)
		memcpy(s->token, r->session_token.p, SESSION_CHARS);
	if (!look_up(s)) {
		answer_problem(r, 403, "desk-user", "The desk does not know who asks",
		               "the key has no roles, or the user is not active");
		return false;
	}
	e = registry_place(r->h->o.registry, &s->position, &now_us);
	if (e != ERR_OK)
		desk_answer_store(r, e);
	s->position = query_number(last != NULL ? last : from, s->position, UINT64_MAX >> 1);
	return e == ERR_OK;
}

static enum MHD_Result refuse(struct request *r, struct desk_stream *s)
{
	if (s != NULL)
		stream_free(s);
	return http_send(r);
}

enum MHD_Result http_desk_stream(struct request *r)
{
	struct desk_stream *s;
	struct MHD_Response *m;
	enum MHD_Result ok;

	if (!share_stream(r)) {
		answer_problem(r, 503, "overload", "Too many streams are open", "ask for what changed with changed_from");
		return refuse(r, NULL);
	}
	s = mem_alloc(sizeof(*s));
	if (s == NULL) {
		unshare_stream(r->h, r->slot);
		return MHD_NO;
	}
	*s = (struct desk_stream){ .h = r->h, .connection = r->connection, .link = r->link, .slot = r->slot };
	buf_init(&s->out, PIECE_MAX);
	r->h->counts.streams++;
	if (!begin_at(r, s))
		return refuse(r, s);
	buf_z(&s->out, "retry: 2000\n\n");
	s->more = true; /* nothing was looked at yet */
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
