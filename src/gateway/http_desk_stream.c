/* http_desk_stream.c - GET /v1/desk/stream: objects as they change, as Server-Sent Events; id = the journal position whose changes have all been told.
 *
 * Whoever comes back with the last id misses nothing. A record may change more objects than fit into one piece; its id is told behind the last of them, and the next piece goes on behind the last object
 * that was told, which stays right whatever changed again meanwhile: that comes later, by its new position. Each object is shown if it is in reach when it is sent, by the roles, keys and session of that
 * moment; that it flows does not keep a session alive. A stream sleeps until the projector has committed more, or a session ended. How streams begin, go on and end: http_sse.c. */
#include <inttypes.h>
#include "base/mem.h"
#include "gateway/http_desk_int.h"

enum {
	STREAM_LOOKED_AT = 100, /* at a time */
	PIECE_FULL = 1 << 20,   /* bytes: no further object in this piece */
	PIECE_MAX = 8 << 20
};

struct desk_stream {
	struct sse sse;           /* first: the stream is its events */
	struct desk_stream *next; /* of those who sleep */
	uint64_t position;        /* all of it has been told */
	uint64_t cut_at, cut_id;  /* of what this record changed all up to this object has been told, too */
	uint64_t seen_upto;       /* the projector, when the last piece was begun */
	bool more;                /* what was looked at last was not all */
	struct key_entry who;
	char token[SESSION_CHARS + 1]; /* "": a key's */
	/* while a piece is made */
	struct desk_asker asker;
	struct desk_shower shower;
	uint64_t at;
	uint32_t seen;
	bool cut; /* it is full */
};

/* ---- who sleeps ---- */

static void wake_all(struct followers *f)
{
	while (f->asleep != NULL) {
		struct desk_stream *s = f->asleep;

		f->asleep = s->next;
		MHD_resume_connection(s->sse.connection);
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

/* Unless there is more already. */
static void stream_rest(struct sse *sse)
{
	struct desk_stream *s = (struct desk_stream *)(void *)sse;
	struct followers *f = &sse->h->followers;

	if (s->more) {
		sse->slept = false;
		return;
	}
	pthread_mutex_lock(&f->lock);
	if (f->position <= s->seen_upto && !sse->h->stopping) {
		connection_enter(sse->link, CONNECTION_QUIET);
		MHD_suspend_connection(sse->connection);
		s->next = f->asleep;
		f->asleep = s;
	}
	pthread_mutex_unlock(&f->lock);
}

/* ---- pieces ---- */

static void told(struct desk_stream *s)
{
	if (s->at > s->position) {
		buf_printf(&s->sse.out, "id: %" PRIu64 "\n\n", s->at);
		s->position = s->at;
	}
}

/* Objects come by position, those of one position by id. */
static bool see(void *ctx, uint64_t position, const struct desk_object *o)
{
	struct desk_stream *s = ctx;
	struct buf *out = &s->sse.out;

	if (out->n > PIECE_FULL) {
		s->cut = true;
		return false;
	}
	if (position != s->at) {
		told(s);
		s->at = position;
	}
	s->seen++;
	if (position == s->cut_at && o->id <= s->cut_id)
		return true;
	s->cut_at = position;
	s->cut_id = o->id;
	if (!desk_reaches(&s->asker, o))
		return true;
	buf_z(out, "event: object\ndata: ");
	desk_put_object(out, &s->shower, o, false);
	buf_z(out, "\n\n");
	return true;
}

/* Who listens, as of now. */
static bool look_up(struct desk_stream *s)
{
	struct http *h = s->sse.h;
	const struct in_force *f = live_take(h->o.live);
	int64_t now_us = h->o.now_us();
	struct credentials_session session = { .user = 0 };
	const struct key_entry *who = s->token[0] == 0 ? keys_again(&f->keys, &s->who, now_us) : NULL;
	bool ok = s->token[0] == 0 ? who != NULL && (who->scopes & SCOPE_DESK) != 0
	                           : credentials_session_lasts(h->o.credentials, text_z(s->token), now_us, &session);
	const struct tenant *t = who == NULL ? NULL : tenant_find(f->config.tenant, f->config.n_tenants, who->tenant);
	const char *why;

	ok = ok && desk_asker_of(h, who, t == NULL ? 0 : t->number, session.user, &s->asker, &why) == ERR_OK;
	in_force_free(f);
	return ok;
}

/* False: who listened may not any more, or the registry can't be read. */
static bool stream_fill(struct sse *sse)
{
	struct desk_stream *s = (struct desk_stream *)(void *)sse;
	struct http *h = sse->h;
	struct edition *edition;
	enum err e;

	pthread_mutex_lock(&h->followers.lock);
	s->seen_upto = h->followers.position;
	pthread_mutex_unlock(&h->followers.lock);
	if (!look_up(s))
		return false;
	edition = reading_take(&h->reading);
	s->shower = (struct desk_shower){ .registry = h->o.registry,
		                              .dictionary = h->o.keep->dictionary,
		                              .key = h->o.key,
		                              .schema = &edition->policy.schema,
		                              .delivery = h->o.delivery,
		                              .now_us = h->o.now_us() };
	s->at = s->position;
	s->seen = 0;
	s->cut = false;
	e = registry_changes(h->o.registry, s->position, STREAM_LOOKED_AT, see, s);
	edition_drop(edition);
	if (e != ERR_OK)
		return false;
	if (!s->cut)
		told(s);
	s->more = s->cut || s->seen >= STREAM_LOOKED_AT;
	return true;
}

static void stream_end(struct sse *sse)
{
	struct desk_stream *s = (struct desk_stream *)(void *)sse;

	sse_release(sse);
	explicit_bzero(s->token, sizeof(s->token));
	mem_free(s);
}

/* ---- its beginning ---- */

/* False: the answer is set. */
static bool begin_at(struct request *r, struct desk_stream *s)
{
	const char *last = request_header(r, "Last-Event-ID"), *from = request_query(r, "cursor");
	struct writer_counts c;
	uint64_t newest;
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
	e = registry_place(r->h->o.registry, &newest, &now_us);
	if (e != ERR_OK) {
		desk_answer_store(r, e);
		return false;
	}
	if (!number_of(r, last != NULL ? "Last-Event-ID" : "cursor", last != NULL ? last : from, newest, INT64_MAX,
	               &s->position))
		return false;
	writer_counts(r->h->o.writer, &c);
	if (s->position >= c.next) /* no such record is there yet: an id of another journal would wait for ever */
		s->position = newest;
	return true;
}

enum MHD_Result http_desk_stream(struct request *r)
{
	struct desk_stream *s = mem_alloc(sizeof(*s));

	if (s == NULL)
		return MHD_NO;
	*s = (struct desk_stream){ .sse = { .fill = stream_fill, .rest = stream_rest, .end = stream_end } };
	if (!sse_init(&s->sse, r, PIECE_MAX)) {
		mem_free(s);
		answer_problem(r, 503, "overload", "Too many streams are open", "ask for what changed with changed_from");
		return http_send(r);
	}
	if (!begin_at(r, s)) {
		stream_end(&s->sse);
		return http_send(r);
	}
	return sse_begin(r, &s->sse);
}
