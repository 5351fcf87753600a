/* http_quarantine.c - records that could not be taken: looked at, mended, dropped.
 *
 * A list tells why and where, never what: the record itself holds identifiers as they came, so reading one is an act with a reason. A mended
 * record goes the way of every event, marked RECORD_MENDED, under the idempotency key that it was sent with or under one of its own: if the service dies between the journal and
 * the box, mending again finds the first decision; so does whoever sends a record again that was mended meanwhile. */
#include <inttypes.h>
#include "base/clock.h"
#include "base/mem.h"
#include "event/quarantine.h"
#include "gateway/http_int.h"

enum {
	LIST_MOST = 1000,
	RECORD_BYTES_MAX = DICTIONARY_SEALED_MAX + 64,
	NAME_SPACE_MENDED = 0x4d454e44 /* keeps these idempotency keys apart from tokens and from askers' keys */
};

struct about { /* what is known of a held record beside its bytes */
	uint64_t number, line, position;
	int64_t time_us;
	uint16_t organisation;
	enum held_state state;
	bool keyed;
	unsigned char key[HELD_KEY_BYTES];
};

/* ---- looking ---- */

/* A record is its sender's: others see it if they see everything. */
static bool may_see(const struct request *r, uint16_t organisation)
{
	return tenant_sees_all(r->tenant) || (organisation != 0 && organisation == r->who.organisation);
}

static void put_held(struct buf *b, const struct held *x)
{
	buf_printf(b, "{\"number\":%" PRIu64 ",\"time\":\"", x->number);
	clock_format(b, x->time_us, &clock_shanghai);
	buf_printf(b, "\",\"organisation\":%u,\"state\":\"%s\",\"line\":%" PRIu64, x->organisation,
	           held_state_name(x->state), x->line);
	if (x->position > 0)
		buf_printf(b, ",\"position\":%" PRIu64, x->position);
	buf_z(b, ",\"reason\":");
	buf_json(b, x->reason);
	buf_z(b, ",\"field\":");
	buf_json(b, x->field);
	buf_z(b, ",\"message_en\":");
	buf_json(b, x->message_en);
	buf_z(b, ",\"message_zh\":");
	buf_json(b, x->message_zh);
}

struct listing {
	struct request *r;
	uint64_t n, last;
};

static void list_one(void *ctx, const struct held *x)
{
	struct listing *l = ctx;

	l->last = x->number;
	if (l->n++ > 0)
		buf_char(&l->r->out, ',');
	put_held(&l->r->out, x);
	buf_char(&l->r->out, '}');
}

static void run_list(struct request *r)
{
	uint64_t after, most;
	const char *z = request_query(r, "state");
	int32_t of = tenant_sees_all(r->tenant) ? HELD_ALL : r->who.organisation;
	struct listing l = { .r = r };
	enum held_state state = HELD_OPEN;

	if (!request_number(r, "after", 0, INT64_MAX, &after) || !request_limit(r, 100, LIST_MOST, &most))
		return;
	l.last = after;
	if (z != NULL && !held_state_find(z, &state)) {
		answer_problem(r, 400, "state", "There is no such state", "there are open, mended, dropped and all");
		return;
	}
	buf_z(&r->out, "{\"records\":[");
	if (of != 0 && held_list(r->h->o.keep->held, of, after, state, (uint32_t)most, list_one, &l) != ERR_OK) {
		answer_problem(r, 503, "quarantine", "The quarantine can't be read", "try again later");
		return;
	}
	buf_printf(&r->out, "],\"after\":%" PRIu64 "}\n", l.last);
	r->status = 200;
}

/* ---- one ---- */

static bool take_number(struct request *r, uint64_t *number)
{
	int64_t v;

	if (text_to_int(r->arg[0], &v) == ERR_OK && v > 0) {
		*number = (uint64_t)v;
		return true;
	}
	answer_problem(r, 404, "unknown", "No such record", "a record is named by its number");
	return false;
}

static void answer_no_record(struct request *r, enum err e)
{
	if (e == ERR_ABSENT)
		answer_problem(r, 404, "unknown", "No such record", "it was never there, or has aged out");
	else if (e == ERR_FORMAT)
		answer_problem(r, 500, "damaged", "The record is damaged", "restore the quarantine from a copy, or drop it");
	else
		answer_problem(r, 503, "quarantine", "The quarantine can't be used", err_name(e));
}

static void note_about(void *ctx, const struct held *x)
{
	struct about *a = ctx;

	*a = (struct about){ .number = x->number,
		                 .line = x->line,
		                 .position = x->position,
		                 .time_us = x->time_us,
		                 .organisation = x->organisation,
		                 .state = x->state,
		                 .keyed = x->key != NULL };
	if (x->key != NULL)
		memcpy(a->key, x->key, HELD_KEY_BYTES);
}

/* raw is initialised, and the caller's to release. False: the answer is set. */
static bool fetch(struct request *r, struct buf *raw, struct about *about)
{
	uint64_t number;
	enum err e;

	buf_init(raw, RECORD_BYTES_MAX);
	if (!take_number(r, &number))
		return false;
	e = held_record(r->h->o.keep->held, number, raw, note_about, about);
	if (e == ERR_OK && !may_see(r, about->organisation))
		e = ERR_ABSENT;
	if (e != ERR_OK)
		answer_no_record(r, e);
	return e == ERR_OK;
}

static bool journal_act(struct request *r, const char *name, const struct about *about, struct text why)
{
	struct buf act;
	uint64_t position;

	act_begin(&act, name, &r->who, why);
	act_number(&act, "record", (int64_t)about->number);
	return http_act(r, &act, NULL, NULL, &position);
}

static void put_whole(void *ctx, const struct held *x)
{
	put_held(ctx, x);
}

static void show(struct request *r, const struct about *about)
{
	struct buf raw;
	enum err e;

	buf_init(&raw, RECORD_BYTES_MAX);
	e = held_record(r->h->o.keep->held, about->number, &raw, put_whole, &r->out);
	if (e == ERR_OK) {
		if (about->state != HELD_DROPPED)
			quarantine_raw(&r->out, "record", buf_view(&raw));
		buf_z(&r->out, "}\n");
		r->status = 200;
	} else {
		answer_no_record(r, e);
	}
	buf_release(&raw);
}

static void run_one(struct request *r)
{
	const char *why = request_query(r, "reason");
	struct about about;
	struct buf raw;

	if (why == NULL || why[0] == 0 || strlen(why) > ACT_WHY_MAX || !text_utf8_valid(text_z(why))) {
		answer_problem(r, 400, "reason", "A reason is needed",
		               "the record holds identifiers as they came: say why it is looked at, as ?reason=");
		return;
	}
	if (!request_reason(r, "reason", text_z(why)))
		return;
	if (fetch(r, &raw, &about) && journal_act(r, "record_read", &about, text_z(why)))
		show(r, &about);
	buf_release(&raw);
}

/* ---- dropping ---- */

static void answer_settled(struct request *r, uint64_t number, enum held_state state, uint64_t position)
{
	buf_printf(&r->out, "{\"number\":%" PRIu64 ",\"state\":\"%s\"", number, held_state_name(state));
	if (position > 0)
		buf_printf(&r->out, ",\"position\":%" PRIu64, position);
	buf_z(&r->out, ",\"repeated\":true}\n");
	r->status = 200;
}

static void drop(struct request *r, const struct about *about, struct text why)
{
	enum err e;

	if (about->state == HELD_DROPPED) {
		answer_settled(r, about->number, HELD_DROPPED, 0);
		return;
	}
	if (about->state == HELD_MENDED) {
		answer_problem(r, 409, "mended", "This record was mended", "an event came of it, which stays");
		return;
	}
	if (!journal_act(r, "record_drop", about, why))
		return;
	e = held_settle(r->h->o.keep->held, about->number, HELD_DROPPED, 0);
	if (e == ERR_OK) {
		buf_printf(&r->out, "{\"number\":%" PRIu64 ",\"state\":\"dropped\",\"repeated\":false}\n", about->number);
		r->status = 200;
	} else {
		answer_no_record(r, e);
	}
}

static void run_drop(struct request *r)
{
	struct body_member m = { .name = "reason", .max = ACT_WHY_MAX, .needed = true, .reason = true };
	struct about about;
	struct buf raw;

	if (!request_body(r, &m, 1))
		return;
	if (fetch(r, &raw, &about))
		drop(r, &about, m.value);
	buf_release(&raw);
}

/* ---- mending ---- */

struct mending {
	struct request *r;
	const struct about *about;
	struct shard_item item;
	pthread_mutex_t lock;
	pthread_cond_t decided;
	bool done;
	enum err err;
};

/* On the writer's thread, where the alerts' texts are good. */
static void mended(void *ctx, enum err e)
{
	struct mending *m = ctx;
	struct buf *kept = &m->r->briefs;

	if (e == ERR_OK) {
		buf_text(kept, m->item.answer.alerts);
		m->item.answer.alerts = buf_view(kept);
	}
	pthread_mutex_lock(&m->lock);
	m->err = e == ERR_OK ? kept->err : e;
	m->done = true;
	pthread_cond_signal(&m->decided);
	pthread_mutex_unlock(&m->lock);
}

/* A worker waits here, not one of HTTP's threads. */
static void submit_and_wait(struct mending *m)
{
	struct ask ask = { .item = &m->item, .n = 1, .lane = m->r->slot, .done = mended, .ctx = m };

	CHECK(pthread_mutex_init(&m->lock, NULL) == 0);
	CHECK(pthread_cond_init(&m->decided, NULL) == 0);
	if (writer_submit(m->r->h->o.writer, &ask)) {
		pthread_mutex_lock(&m->lock);
		while (!m->done)
			pthread_cond_wait(&m->decided, &m->lock);
		pthread_mutex_unlock(&m->lock);
	} else {
		m->err = ERR_CAP;
	}
	pthread_cond_destroy(&m->decided);
	pthread_mutex_destroy(&m->lock);
}

static void key_of(struct request *r, const struct about *about, unsigned char key[RECORD_KEY_BYTES])
{
	struct buf b;
	struct token t;

	if (about->keyed) {
		memcpy(key, about->key, RECORD_KEY_BYTES);
		return;
	}
	buf_init(&b, 128);
	buf_printf(&b, "%" PRIu64 " %" PRId64, about->number, about->time_us);
	t = hash_token(r->h->o.key, NAME_SPACE_MENDED, buf_view(&b));
	memcpy(key, &t, RECORD_KEY_BYTES);
	buf_release(&b);
}

static void answer_mended(struct mending *m)
{
	struct buf *b = &m->r->out;

	buf_printf(b, "{\"number\":%" PRIu64 ",\"state\":\"mended\",", m->about->number);
	answer_put(m->r, b, &m->item.answer);
	buf_z(b, "}\n");
	m->r->status = 200;
}

static void take_mended(struct request *r, const struct about *about, struct taken *t)
{
	struct mending m = { .r = r, .about = about };
	enum err e;

	m.item =
		(struct shard_item){ .event = &t->event, .keyed = true, .mended = true, .organisation = about->organisation };
	key_of(r, about, m.item.key);
	submit_and_wait(&m);
	if (m.err != ERR_OK) {
		answer_problem(r, 503, m.err == ERR_CAP ? "overload" : "journal", "The event could not be journaled",
		               "mend the record again later: if it was taken after all, the first decision is told");
		return;
	}
	e = held_settle(r->h->o.keep->held, about->number, HELD_MENDED, m.item.answer.position);
	if (e != ERR_OK && e != ERR_ABSENT) /* absent: somebody else settled it at the same time */
		answer_problem(r, 503, "quarantine", "The event was taken, but the quarantine can't be written",
		               "mend the record again later: the first decision is told");
	else
		answer_mended(&m);
}

static void mend(struct request *r, const struct about *about, struct text record, struct text why)
{
	struct taken *t = mem_alloc(sizeof(*t));
	struct bad bad;

	if (t == NULL)
		answer_problem(r, 503, "memory", "Out of memory", "try again");
	else if (request_policy(r), !http_decode(r, text_trim(record), about->line, t, &bad))
		answer_bad(r, &bad);
	else if (journal_act(r, "record_mend", about, why))
		take_mended(r, about, t);
	if (t != NULL)
		mem_free(t->scratch);
	mem_free(t);
}

static void run_mend(struct request *r)
{
	struct body_member m[] = { { .name = "record", .max = EVENT_RAW_MAX },
		                       { .name = "reason", .max = ACT_WHY_MAX, .reason = true } };
	struct about about;
	struct buf raw;

	if (!request_body(r, m, ARRAY_LEN(m)))
		return;
	if (fetch(r, &raw, &about)) {
		if (about.state == HELD_OPEN)
			mend(r, &about, m[0].value.n > 0 ? m[0].value : buf_view(&raw), m[1].value);
		else if (about.state == HELD_MENDED)
			answer_settled(r, about.number, HELD_MENDED, about.position);
		else
			answer_problem(r, 409, "dropped", "This record was dropped", "its bytes are gone");
	}
	buf_release(&raw);
}

const struct route http_quarantine_routes[] = {
	{ "GET", "/v1/quarantine", SCOPE_QUARANTINE, ROUTE_SLOW, run_list },
	{ "GET", "/v1/quarantine/*", SCOPE_QUARANTINE, ROUTE_SLOW, run_one },
	{ "POST", "/v1/quarantine/*/mend", SCOPE_QUARANTINE, ROUTE_SLOW, run_mend },
	{ "POST", "/v1/quarantine/*/drop", SCOPE_QUARANTINE, ROUTE_SLOW, run_drop },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
