/* matches.c - the sessions; see matches.h. Whatever is to be true is noted in the journal first (the note), then stored, then true in memory; a session whose
 * storing fails is as it was, and the journal then holds an act that came to nothing.
 *
 * The lock is held for looking and for small records only. Who has to wait for the journal or for a message's bytes takes the session first: it works on a copy, without
 * the lock, and gives it back. Others who want to take that one session wait; nobody else does. */
#include "gateway/matches.h"
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/mem.h"
#include "gateway/matches_int.h"

struct slot {
	struct match_session s;
	bool taken; /* somebody works on a copy: it is neither changed nor removed here */
};

struct matches {
	pthread_mutex_t lock;
	pthread_cond_t given_back;
	struct disk *d;
	int64_t (*now_us)(void);
	struct slot *slot; /* oldest first */
	uint32_t n;
};

const char *const match_phase_names[] = { "proposed", "agreed", "offered", "answered", "finished", "ended", NULL };

static void point_texts(struct match_session *s)
{
	s->terms.purpose.p = s->text[0];
	s->terms.basis.p = s->text[1];
}

static void copy(struct match_session *to, const struct match_session *from)
{
	*to = *from;
	point_texts(to);
}

/* ---- opening ---- */

struct opening {
	struct matches *m;
	struct buf *why;
	enum err e;
};

static void visit_name(void *ctx, const char *name)
{
	struct opening *o = ctx;
	struct match_session *s = &o->m->slot[o->m->n].s;
	size_t n = strlen(name);
	char path[MATCH_NAME_BYTES];

	if (o->e != ERR_OK || n != MATCH_ID_CHARS + 5 || strcmp(name + n - 5, ".json") != 0)
		return;
	if (o->m->n == MATCHES_MAX) {
		o->e = ERR_CAP;
		return;
	}
	snprintf(path, sizeof(path), "matches/%s", name);
	o->e = match_load(o->m->d, path, s);
	if (o->e == ERR_OK)
		point_texts(s), o->m->n++;
	else
		buf_printf(o->why, "%s: %s", path,
		           o->e == ERR_FORMAT ? "not the record of a session; remove it" : err_name(o->e));
}

static int by_age(const void *a, const void *b)
{
	const struct match_session *x = &((const struct slot *)a)->s, *y = &((const struct slot *)b)->s;

	return x->made_us < y->made_us ? -1 : x->made_us > y->made_us ? 1 : strcmp(x->id, y->id);
}

enum err matches_open(struct matches **out, struct disk *d, int64_t (*now_us)(void), struct buf *why)
{
	struct matches *m = mem_alloc(sizeof(*m));
	struct opening o = { .m = m, .why = why };

	*out = NULL;
	if (m == NULL)
		return ERR_MEMORY;
	m->d = d;
	m->now_us = now_us;
	m->slot = mem_alloc_array(MATCHES_MAX + 1, sizeof(*m->slot));
	CHECK(pthread_mutex_init(&m->lock, NULL) == 0 && pthread_cond_init(&m->given_back, NULL) == 0);
	o.e = m->slot == NULL ? ERR_MEMORY : d->make_folder(d->ctx, "matches");
	if (o.e == ERR_OK) {
		enum err e = d->list(d->ctx, "matches", visit_name, &o);

		o.e = o.e == ERR_OK ? e : o.e;
	}
	if (o.e != ERR_OK) {
		matches_close(m);
		return o.e;
	}
	qsort(m->slot, m->n, sizeof(*m->slot), by_age);
	for (uint32_t i = 0; i < m->n; i++)
		point_texts(&m->slot[i].s);
	*out = m;
	return ERR_OK;
}

void matches_close(struct matches *m)
{
	if (m == NULL)
		return;
	pthread_cond_destroy(&m->given_back);
	pthread_mutex_destroy(&m->lock);
	mem_free(m->slot);
	mem_free(m);
}

/* ---- time ---- */

/* Messages go first: a session that says that it is ended has none. */
static enum err end(struct disk *d, struct match_session *s)
{
	struct match_session ended;
	enum err e = match_remove_messages(d, s);

	copy(&ended, s);
	ended.phase = MATCH_ENDED;
	memset(ended.bytes, 0, sizeof(ended.bytes));
	if (e == ERR_OK)
		e = match_store(d, &ended);
	if (e == ERR_OK)
		copy(s, &ended);
	return e;
}

static enum err tend(struct matches *m, int64_t now_us)
{
	uint32_t kept = 0;
	enum err e = ERR_OK;

	for (uint32_t i = 0; i < m->n; i++) {
		struct slot *at = &m->slot[i];
		bool over = !at->taken && at->s.phase == MATCH_ENDED && now_us - at->s.until_us >= MATCHES_KEEP_US;
		enum err one = ERR_OK;

		if (!at->taken && at->s.phase != MATCH_ENDED && now_us >= at->s.until_us)
			one = end(m->d, &at->s);
		else if (over)
			one = match_remove(m->d, &at->s);
		e = e == ERR_OK ? one : e;
		if (over && one == ERR_OK)
			continue;
		m->slot[kept] = *at;
		point_texts(&m->slot[kept++].s);
	}
	m->n = kept;
	return e;
}

static enum err run_tending(void *ctx, const atomic_bool *stop, struct buf *why)
{
	struct matches *m = ctx;
	enum err e;

	(void)stop;
	pthread_mutex_lock(&m->lock);
	e = tend(m, m->now_us());
	pthread_mutex_unlock(&m->lock);
	if (e != ERR_OK)
		buf_printf(why, "matches: %s", err_name(e));
	return e;
}

struct tender_duty matches_tending(struct matches *m)
{
	return (struct tender_duty){ .name = "private matching", .run = run_tending, .ctx = m, .every_us = US_PER_MINUTE };
}

/* ---- finding ---- */

static enum err fail(const char **why, enum err e, const char *what)
{
	*why = what;
	return e;
}

/* *side: 0 the offerer, 1 the answerer. NULL: there is none that `who` takes part in. */
static struct slot *find(struct matches *m, struct text id, const char *who, int *side)
{
	for (uint32_t i = 0; i < m->n; i++) {
		struct slot *at = &m->slot[i];

		if (!text_eq(id, text_z(at->s.id)))
			continue;
		*side = strcmp(who, at->s.side[0]) == 0 ? 0 : 1;
		return strcmp(who, at->s.side[*side]) == 0 ? at : NULL;
	}
	return NULL;
}

/* A copy in *s, until it is given back. */
static enum err take(struct matches *m, struct text id, const char *who, int64_t now_us, int *side,
                     struct match_session *s)
{
	struct slot *at = NULL;
	enum err e;

	pthread_mutex_lock(&m->lock);
	e = tend(m, now_us);
	while (e == ERR_OK && (at = find(m, id, who, side)) != NULL && at->taken)
		pthread_cond_wait(&m->given_back, &m->lock);
	if (at != NULL) {
		at->taken = true;
		copy(s, &at->s);
	} else if (e == ERR_OK) {
		e = ERR_ABSENT;
	}
	pthread_mutex_unlock(&m->lock);
	return e;
}

/* As *s is now. Returns e. */
static enum err give(struct matches *m, const struct match_session *s, enum err e)
{
	struct slot *at;
	int side;

	pthread_mutex_lock(&m->lock);
	at = find(m, text_z(s->id), s->side[0], &side);
	CHECK(at != NULL && at->taken);
	copy(&at->s, s);
	at->taken = false;
	pthread_cond_broadcast(&m->given_back);
	pthread_mutex_unlock(&m->lock);
	return e;
}

static enum err leave(struct matches *m, enum err e)
{
	pthread_mutex_unlock(&m->lock);
	return e;
}

enum err matches_get(struct matches *m, struct text id, const char *who, int64_t now_us, struct match_session *out)
{
	const struct slot *at;
	int side;
	enum err e;

	pthread_mutex_lock(&m->lock);
	e = tend(m, now_us);
	at = e == ERR_OK ? find(m, id, who, &side) : NULL;
	if (at != NULL)
		copy(out, &at->s);
	return leave(m, e == ERR_OK && at == NULL ? ERR_ABSENT : e);
}

void matches_each(struct matches *m, const char *who, int64_t now_us,
                  void (*visit)(void *ctx, const struct match_session *s), void *ctx)
{
	enum err e;

	pthread_mutex_lock(&m->lock);
	e = tend(m, now_us);
	(void)e; /* what could not be removed is shown as it is, and tried again */
	for (uint32_t i = 0; i < m->n; i++)
		if (strcmp(who, m->slot[i].s.side[0]) == 0 || strcmp(who, m->slot[i].s.side[1]) == 0)
			visit(ctx, &m->slot[i].s);
	pthread_mutex_unlock(&m->lock);
}

/* ---- agreeing ---- */

static bool same_pair(const struct match_session *a, const struct match_session *b)
{
	return (strcmp(a->side[0], b->side[0]) == 0 && strcmp(a->side[1], b->side[1]) == 0) ||
	       (strcmp(a->side[0], b->side[1]) == 0 && strcmp(a->side[1], b->side[0]) == 0);
}

static enum err check_room(const struct matches *m, const struct match_session *as, uint64_t per_day, const char **why)
{
	uint64_t today = 0, open = 0;

	for (uint32_t i = 0; i < m->n; i++) {
		today += same_pair(&m->slot[i].s, as) && as->made_us - m->slot[i].s.made_us < US_PER_DAY;
		open += m->slot[i].s.phase != MATCH_ENDED;
	}
	if (today >= per_day)
		return fail(why, ERR_CAP,
		            "these two organisations have had as many sessions within a day as the settings allow");
	if (open >= MATCHES_OPEN_MAX || m->n == MATCHES_MAX)
		return fail(why, ERR_CAP, "too many sessions are open or remembered; end one, or try again tomorrow");
	return ERR_OK;
}

enum err matches_propose(struct matches *m, const struct match_session *as, uint64_t per_day, match_note note,
                         void *ctx, char id[MATCH_ID_CHARS + 1], const char **why)
{
	struct match_session *s;
	unsigned char random[MATCH_ID_CHARS / 2];
	enum err e;

	pthread_mutex_lock(&m->lock);
	e = tend(m, as->made_us);
	if (e == ERR_OK)
		e = check_room(m, as, per_day, why);
	if (e != ERR_OK)
		return leave(m, e);
	m->slot[m->n] = (struct slot){ .s = *as };
	s = &m->slot[m->n].s;
	memcpy(s->text[0], as->terms.purpose.p, as->terms.purpose.n);
	memcpy(s->text[1], as->terms.basis.p, as->terms.basis.n);
	point_texts(s);
	randombytes_buf(random, sizeof(random));
	sodium_bin2hex(s->id, sizeof(s->id), random, sizeof(random));
	randombytes_buf(s->terms.session, sizeof(s->terms.session));
	s->phase = MATCH_PROPOSED;
	memcpy(id, s->id, sizeof(s->id));
	e = note(ctx, s);
	if (e == ERR_OK)
		e = match_store(m->d, s);
	if (e == ERR_OK)
		m->n++;
	else if (match_remove(m->d, s) != ERR_OK)
		e = ERR_IO; /* it may be there again after a restart, as one that nobody has consented to */
	return leave(m, e);
}

/* Stores the changed copy and takes it over. */
static enum err become(struct matches *m, struct match_session *s, struct match_session *next, match_note note,
                       void *ctx)
{
	enum err e = note(ctx, next);

	if (e == ERR_OK)
		e = match_store(m->d, next);
	if (e == ERR_OK)
		copy(s, next);
	return e;
}

/* A side has agreed when one of its people has, and a second one where there are two. */
static bool has_agreed(const struct match_session *s, int side)
{
	return s->person[side][0] != 0 && (!s->two[side] || s->second[side][0] != 0);
}

static enum err agree(struct match_session *s, int side, const char *person, bool two, const char **why)
{
	if (s->phase != MATCH_PROPOSED || has_agreed(s, side))
		return fail(why, ERR_RANGE,
		            s->phase != MATCH_PROPOSED ? "the session is not waiting for consent"
		                                       : "your side has agreed; a person of the other organisation consents");
	if (s->person[side][0] == 0) {
		snprintf(s->person[side], sizeof(s->person[side]), "%s", person);
		s->two[side] = two;
	} else if (strcmp(s->person[side], person) == 0) {
		return fail(why, ERR_RANGE, "a second person of your organisation has to agree: four eyes");
	} else {
		snprintf(s->second[side], sizeof(s->second[side]), "%s", person);
	}
	if (has_agreed(s, 0) && has_agreed(s, 1))
		s->phase = MATCH_AGREED;
	return ERR_OK;
}

enum err matches_consent(struct matches *m, struct text id, const char *who, const char *person, bool two,
                         int64_t now_us, match_note note, void *ctx, const char **why)
{
	struct match_session s, next;
	int side;
	enum err e = take(m, id, who, now_us, &side, &s);

	if (e != ERR_OK)
		return e;
	copy(&next, &s);
	e = agree(&next, side, person, two, why);
	return give(m, &s, e == ERR_OK ? become(m, &s, &next, note, ctx) : e);
}

enum err matches_end(struct matches *m, struct text id, const char *who, int64_t now_us, match_note note, void *ctx,
                     const char **why)
{
	struct match_session s;
	int side;
	enum err e = take(m, id, who, now_us, &side, &s);

	if (e != ERR_OK)
		return e;
	if (s.phase == MATCH_ENDED)
		return give(m, &s, fail(why, ERR_RANGE, "the session has ended already"));
	e = note(ctx, &s);
	return give(m, &s, e == ERR_OK ? end(m->d, &s) : e);
}

/* ---- messages ---- */

static int sender_of(enum match_step step)
{
	return step == MATCH_ANSWER ? 1 : 0;
}

/* The bytes that a message has by its head; 0: its head is not whole yet; 1: it can be none. */
static uint64_t whole_bytes(struct text head, uint32_t size)
{
	const unsigned char *p = (const unsigned char *)head.p;
	uint64_t own, back;

	if (head.n < MATCH_HEAD_BYTES)
		return 0;
	own = (uint64_t)p[12] | (uint64_t)p[13] << 8 | (uint64_t)p[14] << 16 | (uint64_t)p[15] << 24;
	back = (uint64_t)p[16] | (uint64_t)p[17] << 8 | (uint64_t)p[18] << 16 | (uint64_t)p[19] << 24;
	if (own > size || back > size)
		return 1;
	return match_message_bytes((size_t)(p[20] | p[21] << 8) + (size_t)(p[22] | p[23] << 8), own, back);
}

static enum err check_message(const struct match_session *s, const struct match_message *msg, enum match_step step,
                              const char **why)
{
	const struct match_terms *a = &s->terms, *b = &msg->terms;

	if (msg->step != step)
		return fail(why, ERR_FORMAT, "a message of another step");
	if (memcmp(a->session, b->session, MATCH_SESSION_BYTES) != 0 || a->form != b->form || a->learns != b->learns ||
	    !text_eq(a->purpose, b->purpose) || !text_eq(a->basis, b->basis))
		return fail(why, ERR_FORMAT, "a message of another session, or with other terms than were agreed to");
	if (memcmp(msg->previous, s->last, MATCH_HASH_BYTES) != 0)
		return fail(why, ERR_FORMAT, "a message that does not follow upon the one before");
	if (msg->n_back > 0 && msg->n_back != s->items[step == MATCH_FINISH])
		return fail(why, ERR_FORMAT, "not as many points given back as were sent");
	return ERR_OK;
}

/* The message is there as a whole: the session goes on, or the message goes. */
static enum err complete(struct matches *m, struct match_session *s, enum match_step step,
                         const struct match_limits *limits, match_note note, void *ctx, const char **why)
{
	struct match_message msg;
	struct match_session next;
	struct buf b;
	enum err e;

	buf_init(&b, MATCH_MESSAGE_BYTES_MAX + 1);
	e = match_read_file(m->d, s, step, 0, s->bytes[step - 1], &b);
	if (e == ERR_OK) {
		e = match_message_read(&msg, buf_view(&b), limits, why);
		if (e == ERR_OK)
			e = check_message(s, &msg, step, why);
		e = e == ERR_RANGE ? ERR_FORMAT : e;
	}
	if (e == ERR_OK) {
		copy(&next, s);
		next.phase = (enum match_phase)(MATCH_AGREED + step);
		memcpy(next.last, msg.hash, sizeof(next.last));
		if (step != MATCH_FINISH)
			next.items[step - 1] = msg.n_own;
		e = become(m, s, &next, note, ctx);
	} else if (e == ERR_FORMAT) {
		s->bytes[step - 1] = 0;
		if (match_remove_message(m->d, s, step) != ERR_OK)
			e = ERR_IO;
	}
	buf_release(&b);
	return e;
}

static enum err check_turn(const struct match_session *s, int side, enum match_step step, const char **why)
{
	if (side != sender_of(step))
		return fail(why, ERR_RANGE, "this message is for the other side to send");
	if (step == MATCH_FINISH && (s->terms.learns & MATCH_ANSWERER) == 0)
		return fail(why, ERR_RANGE, "only the offerer learns: there is no such message");
	if (s->phase != (enum match_phase)(MATCH_AGREED + step - 1))
		return fail(why, ERR_RANGE, "the session is not waiting for this message");
	return ERR_OK;
}

/* The piece is in order: it is stored, and looked at if the message is whole with it. */
static enum err take_piece(struct matches *m, struct match_session *s, enum match_step step, uint64_t at,
                           struct text piece, const struct match_limits *limits, match_note note, void *ctx,
                           const char **why)
{
	struct match_limits narrow = *limits;
	struct buf head;
	uint64_t whole;
	enum err e = match_append(m->d, s, step, at, piece);

	if (e != ERR_OK)
		return e;
	s->bytes[step - 1] = at + piece.n;
	buf_init(&head, MATCH_HEAD_BYTES + 1);
	e = match_read_file(m->d, s, step, 0, MATCH_HEAD_BYTES, &head);
	whole = e == ERR_OK ? whole_bytes(buf_view(&head), s->size) : 0;
	buf_release(&head);
	narrow.most = s->size < narrow.most ? s->size : narrow.most;
	if (e == ERR_OK && whole > 0 &&
	    s->bytes[step - 1] >= whole) /* one that can be none is wrong however it goes on: its whole is 1 */
		e = complete(m, s, step, &narrow, note, ctx, why);
	return e;
}

enum err matches_put(struct matches *m, struct text id, const char *who, enum match_step step, uint64_t at,
                     struct text piece, const struct match_limits *limits, int64_t now_us, match_note note, void *ctx,
                     uint64_t *have, const char **why)
{
	struct match_session s;
	int side;
	enum err e = take(m, id, who, now_us, &side, &s);

	*have = 0;
	if (e != ERR_OK)
		return e;
	e = check_turn(&s, side, step, why);
	if (e == ERR_OK)
		e = match_file_bytes(m->d, &s, step, &s.bytes[step - 1]);
	if (e == ERR_OK && at != s.bytes[step - 1])
		e = fail(why, ERR_LATE, "the message does not end there; go on where it does");
	else if (e == ERR_OK && at + piece.n > match_message_bytes(2 * MATCH_TEXT_MAX, s.size, s.size))
		e = fail(why, ERR_CAP, "the message is longer than one of the agreed size can be");
	else if (e == ERR_OK)
		e = take_piece(m, &s, step, at, piece, limits, note, ctx, why);
	*have = s.bytes[step - 1];
	return give(m, &s, e);
}

static enum err fetch(struct matches *m, const struct match_session *s, int side, enum match_step step, uint64_t from,
                      match_note note, void *ctx, struct buf *out, const char **why)
{
	uint64_t n;
	enum err e = ERR_OK;

	if (side == sender_of(step))
		return fail(why, ERR_RANGE, "this message is your own");
	if (s->phase < (enum match_phase)(MATCH_AGREED + step) || s->phase == MATCH_ENDED)
		return fail(why, ERR_RANGE, "this message is not there, or not any more");
	if (from > s->bytes[step - 1])
		return fail(why, ERR_RANGE, "the message is not so long");
	n = s->bytes[step - 1] - from < MATCH_PIECE_MAX ? s->bytes[step - 1] - from : MATCH_PIECE_MAX;
	if (from == 0)
		e = note(ctx, s);
	return e == ERR_OK ? match_read_file(m->d, s, step, from, n, out) : e;
}

enum err matches_fetch(struct matches *m, struct text id, const char *who, enum match_step step, uint64_t from,
                       int64_t now_us, match_note note, void *ctx, struct buf *out, const char **why)
{
	struct match_session s;
	int side;
	enum err e = take(m, id, who, now_us, &side, &s);

	return e == ERR_OK ? give(m, &s, fetch(m, &s, side, step, from, note, ctx, out, why)) : e;
}
