/* outbox.c - turns of the outbox; see outbox.h. */
#include "gateway/outbox_int.h"
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include "base/clock.h"
#include "base/mem.h"

enum {
	TAKEN_AT_ONCE = 256,
	PLAIN_MAX = 64 << 10,
	EXPIRED_AT_ONCE = 1000
};

enum err outbox_new(struct outbox **out, const struct outbox_options *options)
{
	struct outbox *o = mem_alloc(sizeof(*o));

	if (o == NULL)
		return ERR_MEMORY;
	o->o = *options;
	CHECK(pthread_mutex_init(&o->lock, NULL) == 0);
	CHECK(pthread_mutex_init(&o->answer_lock, NULL) == 0);
	rng_seed(&o->rng, options->seed);
	buf_init(&o->plain, PLAIN_MAX);
	*out = o;
	return ERR_OK;
}

void outbox_free(struct outbox *o)
{
	if (o == NULL)
		return;
	pthread_mutex_destroy(&o->lock);
	pthread_mutex_destroy(&o->answer_lock);
	buf_release(&o->plain);
	mem_free(o);
}

void outbox_request_free(struct outbox_request *r)
{
	if (r == NULL)
		return;
	if (r->body.p != NULL)
		sodium_memzero(r->body.p, r->body.cap);
	if (r->answer.p != NULL)
		sodium_memzero(r->answer.p, r->answer.cap);
	buf_release(&r->body);
	buf_release(&r->answer);
	sodium_memzero(&r->password, sizeof(r->password));
	mem_free(r);
}

int64_t outbox_wait(struct outbox *o, int64_t first_us, int64_t most_us, uint32_t failures)
{
	int64_t wait = first_us, spread;

	for (uint32_t i = 1; i < failures && wait < most_us; i++)
		wait *= 2;
	wait = wait > most_us ? most_us : wait;
	pthread_mutex_lock(&o->lock);
	spread = rng_between(&o->rng, -wait / 4, 0); /* never longer than the most */
	pthread_mutex_unlock(&o->lock);
	return wait + spread;
}

/* ---- taking over ---- */

struct taking {
	struct outbox *o;
	const struct config *c;
	int64_t now_us;
	uint32_t n, seen;
	bool full; /* for the next round */
	uint64_t last;
	struct delivery_row row[TAKEN_AT_ONCE + OUTBOX_COPIES_MAX];
};

static bool take_one(void *ctx, const struct desk_message *m, const struct desk_object *x)
{
	struct taking *t = ctx;
	uint16_t copy[OUTBOX_COPIES_MAX];
	uint32_t copies;

	t->seen++;
	t->last = m->id;
	if (m->kind == DESK_MESSAGE_LABEL)
		return true; /* the engine's, which reads them itself */
	copies = outbox_copies(t->c, m, copy);
	for (uint32_t i = 0; i < copies; i++) {
		struct delivery_row *row = &t->row[t->n++];

		*row = (struct delivery_row){ .id = m->id,
			                          .copy = copy[i],
			                          .kind = m->kind,
			                          .organisation = m->organisation,
			                          .district = m->district,
			                          .object = m->object,
			                          .made_us = m->time_us,
			                          .changed_us = t->now_us };
		outbox_route(t->o, t->c, m, x, row);
	}
	t->full = t->n >= TAKEN_AT_ONCE;
	return !t->full;
}

static enum err take_over(struct outbox *o, const struct config *c)
{
	struct taking *t = mem_alloc(sizeof(*t));
	enum err e = t == NULL ? ERR_MEMORY : ERR_OK;

	while (e == ERR_OK) {
		uint64_t from = delivery_taken(o->o.delivery);

		*t = (struct taking){ .o = o, .c = c, .now_us = outbox_now(o), .last = from };
		e = registry_messages(o->o.registry, from, 0, TAKEN_AT_ONCE, take_one, t);
		if (e != ERR_OK || t->seen == 0)
			break;
		e = delivery_take(o->o.delivery, t->row, t->n, t->last);
		if (e == ERR_OK)
			o->counts.taken += t->n;
		if (t->seen < TAKEN_AT_ONCE && !t->full)
			break;
	}
	mem_free(t);
	return e;
}

/* ---- circuits ---- */

struct circuit *outbox_circuit(struct outbox *o, uint32_t receiver)
{
	for (uint32_t i = 0; i < o->n_circuits; i++)
		if (o->circuit[i].receiver == receiver)
			return &o->circuit[i];
	for (uint32_t i = 0; i < o->n_circuits; i++) /* of an organisation that is gone */
		if (o->n_circuits == OUTBOX_RECEIVERS_MAX && o->circuit[i].n_under_way == 0) {
			o->circuit[i] = (struct circuit){ .receiver = receiver };
			return &o->circuit[i];
		}
	if (o->n_circuits == OUTBOX_RECEIVERS_MAX)
		return NULL;
	o->circuit[o->n_circuits].receiver = receiver; /* the others are zero */
	return &o->circuit[o->n_circuits++];
}

/* One request about an object at a time, so that none overtakes another on the way. n: those that are about to be sent. */
static bool under_way(const struct circuit *c, struct outbox_request **r, uint32_t n, const struct delivery_row *row)
{
	for (uint32_t i = 0; i < c->n_under_way; i++)
		if (c->under_way[i].id == row->id || c->under_way[i].object == row->object)
			return true;
	for (uint32_t i = 0; i < n; i++)
		if (r[i]->object == row->object)
			return true;
	return false;
}

/* Of short messages to people who reported one at a time, since two may be for one number. */
static bool answer_under_way(const struct tenant *t, const struct circuit *c, struct outbox_request **r, uint32_t n,
                             const struct delivery_row *row)
{
	bool any = false;

	if (t == NULL || !outbox_answers_person(t, row->kind))
		return false;
	for (uint32_t i = 0; i < c->n_under_way; i++)
		any = any || outbox_answers_person(t, c->under_way[i].kind);
	for (uint32_t i = 0; i < n; i++)
		any = any || outbox_answers_person(t, r[i]->kind);
	return any;
}

/* ---- rows ---- */

static bool is_over(enum delivery_state s)
{
	return s == DELIVERY_DONE;
}

enum err outbox_settle(struct outbox *o, uint64_t id, uint16_t copy, const struct outbox_verdict *v)
{
	struct delivery_row row;
	enum err e;

	pthread_mutex_lock(&o->lock);
	e = delivery_load(o->o.delivery, id, copy, &row);
	if (e == ERR_OK && !is_over(row.state)) {
		bool back = row.state == DELIVERY_RECEIPTED && v->state == DELIVERY_SENT;

		row.state = back ? DELIVERY_RECEIPTED : v->state;
		row.next_us = v->next_us;
		row.receipts += v->told;
		row.attempts += v->attempted;
		row.polls += v->polled;
		row.disclosed |= v->disclosed;
		if (row.sent_us == 0 && v->state != DELIVERY_WAITING && v->state != DELIVERY_DEAD)
			row.sent_us = outbox_now(o);
		row.changed_us = outbox_now(o);
		snprintf(row.why, sizeof(row.why), "%s", v->why);
		if (v->receipt.n > 0)
			snprintf(row.receipt, sizeof(row.receipt), "%.*s", (int)v->receipt.n, v->receipt.p);
		o->counts.dead += v->state == DELIVERY_DEAD;
		e = delivery_save(o->o.delivery, &row, 1);
	}
	pthread_mutex_unlock(&o->lock);
	return e == ERR_ABSENT ? ERR_OK : e;
}

/* ---- sending ---- */

static void sign(struct outbox *o, const struct tenant *t, struct outbox_request *r, enum err *e)
{
	const struct sign_request what = { r->poll ? TEXT("GET") : TEXT("POST"), sign_target(text_z(r->url)),
		                               buf_view(&r->body) };
	struct sign_secret s;

	if (r->connector == CONNECTOR_SPOOL || (r->connector == CONNECTOR_MAIL && t->connector_secret[0] == 0))
		return;
	*e = o->o.world.secret(o->o.world.ctx, t, &s);
	if (*e == ERR_OK && r->connector == CONNECTOR_MAIL)
		r->password = s;
	else if (*e == ERR_OK)
		sign_make(&s, outbox_now(o), &what, r->time, r->signature);
	sodium_memzero(&s, sizeof(s));
}

static enum err address(const struct tenant *t, const struct delivery_row *row, bool as_case, struct outbox_request *r)
{
	const char *url = !as_case && t->connector == CONNECTOR_CASE ? t->commands_url : t->connector_url;
	int n;

	if (t->connector == CONNECTOR_SPOOL)
		n = snprintf(r->url, sizeof(r->url), "%s/X-%" PRIu64 ".json", url, row->id);
	else if (r->poll && as_case)
		n = snprintf(r->url, sizeof(r->url), "%s?application=%s&code=%u", url, row->application, outbox_case_code(row));
	else if (r->poll)
		n = snprintf(r->url, sizeof(r->url), "%s?id=X-%" PRIu64, url, row->id);
	else
		n = snprintf(r->url, sizeof(r->url), "%s", url);
	snprintf(r->ca, sizeof(r->ca), "%s", t->connector_ca);
	r->type = as_case ? "application/xml; charset=utf-8" : "application/json";
	return n > 0 && (size_t)n < sizeof(r->url) ? ERR_OK : ERR_CAP;
}

/* A request for the row. Errors: outbox_make_case. */
static enum err make(struct outbox *o, const struct config *c, const struct tenant *t, const struct delivery_row *row,
                     struct outbox_request **out)
{
	struct outbox_request *r = mem_alloc(sizeof(*r));
	bool as_case = outbox_case_code(row) != 0;
	enum err e;

	if (r == NULL)
		return ERR_MEMORY;
	*r = (struct outbox_request){ .id = row->id,
		                          .copy = row->copy,
		                          .object = row->object,
		                          .receiver = row->receiver,
		                          .kind = row->kind,
		                          .poll = row->state != DELIVERY_WAITING,
		                          .connector = t->connector,
		                          .timeout_us = t->connector_timeout_us };
	memcpy(r->application, row->application, sizeof(r->application));
	buf_init(&r->body, CASE_BYTES_MAX);
	buf_init(&r->answer, OUTBOX_ANSWER_MAX);
	e = address(t, row, as_case, r);
	if (e == ERR_OK && !r->poll) {
		e = registry_message(o->o.registry, row->id, &o->message, &o->object);
		if (e == ERR_ABSENT)
			e = ERR_STOPPED; /* the registry is being made again, and comes to it */
		if (e == ERR_OK)
			e = as_case                             ? outbox_make_case(o, c, t, row, r)
			    : row->kind == DESK_MESSAGE_PUBLISH ? outbox_make_publication(o, c, t, row, r)
			                                        : outbox_make_command(o, t, row, r);
		if (o->plain.p != NULL)
			sodium_memzero(o->plain.p, o->plain.cap);
	}
	if (e == ERR_OK)
		sign(o, t, r, &e);
	if (e == ERR_OK)
		*out = r;
	else
		outbox_request_free(r);
	return e;
}

/* The organisation has no connector any more, or only people can do it: they read it. */
static enum err to_seats(struct outbox *o, const struct delivery_row *row)
{
	struct delivery_row r = *row;
	enum err e;

	pthread_mutex_lock(&o->lock);
	r.receiver = RECEIVER_SEATS;
	r.state = DELIVERY_SEAT;
	r.next_us = 0;
	r.changed_us = outbox_now(o);
	e = delivery_save(o->o.delivery, &r, 1);
	pthread_mutex_unlock(&o->lock);
	return e;
}

/* A row that could not even be made into a request. */
static enum err not_made(struct outbox *o, const struct config *c, const struct delivery_row *row, enum err e)
{
	struct outbox_verdict v = { .state = row->state,
		                        .next_us =
		                            outbox_now(o) + outbox_wait(o, c->outbox_backoff_us, c->outbox_backoff_most_us, 3),
		                        .why = e == ERR_MEMORY    ? "memory"
		                               : e == ERR_STOPPED ? "registry"
		                                                  : "reveal" };

	if (e == ERR_RANGE)
		return to_seats(o, row);
	if (e == ERR_ABSENT || e == ERR_FORMAT || e == ERR_CAP)
		v = (struct outbox_verdict){ .state = DELIVERY_DEAD, .why = e == ERR_ABSENT ? "erased" : "content" };
	return outbox_settle(o, row->id, row->copy, &v);
}

/* Hands requests to the world; acts stand in the journal before. */
static enum err send_all(struct outbox *o, struct circuit *k, struct outbox_request **r, uint32_t n)
{
	struct outbox_request *personal[OUTBOX_AT_ONCE];
	uint32_t n_personal = 0, done = 0;
	enum err e = ERR_OK;

	for (uint32_t i = 0; i < n; i++)
		if (r[i]->revealed[0] != 0)
			personal[n_personal++] = r[i];
	if (n_personal > 0)
		e = o->o.world.disclose(o->o.world.ctx, personal, n_personal);
	for (; e == ERR_OK && done < n; done++) {
		uint64_t id = r[done]->id, object = r[done]->object;
		uint8_t kind = r[done]->kind;
		bool poll = r[done]->poll;

		e = o->o.world.send(o->o.world.ctx, r[done]);
		if (e != ERR_OK)
			break;
		k->under_way[k->n_under_way].id = id;
		k->under_way[k->n_under_way].kind = kind;
		k->under_way[k->n_under_way++].object = object;
		o->n_under_way++;
		o->counts.sent += !poll;
		o->counts.polls += poll;
	}
	for (uint32_t i = done; i < n; i++)
		outbox_request_free(r[i]);
	return e;
}

/* What becomes of a message that may not be sent now. One that waits comes again as after so many failures. */
static const struct {
	enum delivery_state state;
	uint32_t failures;
	const char *why;
} put_off[] = {
	[PLACE_BEHIND] = { DELIVERY_WAITING, 1, "behind" },
	[PLACE_UNASKED] = { DELIVERY_WAITING, UINT32_MAX, "refusals" }, /* until people mend it: the longest wait */
	[PLACE_OVER] = { DELIVERY_DONE, 0, "overtaken" },
};

/* Whether it is its turn. If the desk has gone on while it waited, it is done; behind another one it waits. */
static enum err its_turn(struct outbox *o, const struct config *c, const struct tenant *t,
                         const struct delivery_row *row, bool *yes)
{
	enum outbox_place place = PLACE_NOW;
	int64_t quiet_until = 0;
	struct outbox_verdict v = { .state = DELIVERY_WAITING, .why = "quiet" };
	enum err e = row->state == DELIVERY_WAITING ? outbox_place(o, row, &place) : ERR_OK;

	if (e == ERR_OK && place == PLACE_NOW && row->state == DELIVERY_WAITING && outbox_answers_person(t, row->kind))
		e = outbox_quiet_until(o, row, &quiet_until);
	*yes = place == PLACE_NOW && quiet_until == 0;
	v.next_us = quiet_until;
	if (place != PLACE_NOW) {
		v = (struct outbox_verdict){ .state = put_off[place].state, .why = put_off[place].why };
		if (v.state == DELIVERY_WAITING)
			v.next_us = outbox_now(o) +
			            outbox_wait(o, c->outbox_backoff_us, c->outbox_backoff_most_us, put_off[place].failures);
	}
	return e == ERR_OK && !*yes ? outbox_settle(o, row->id, row->copy, &v) : e;
}

static enum err send_due(struct outbox *o, const struct config *c, struct circuit *k)
{
	const struct tenant *t = outbox_tenant(c, k->receiver);
	struct delivery_row row[2 * OUTBOX_AT_ONCE];
	struct outbox_request *r[OUTBOX_AT_ONCE];
	uint32_t n = 0, n_rows, most = k->failures >= OUTBOX_TRIP ? 1 : OUTBOX_AT_ONCE;
	enum err e = delivery_due(o->o.delivery, k->receiver, outbox_now(o), ARRAY_LEN(row), row, &n_rows);

	for (uint32_t i = 0;
	     e == ERR_OK && i < n_rows && k->n_under_way + n < most && o->n_under_way + n < OUTBOX_ALL_AT_ONCE; i++) {
		bool now = false;
		enum err made;

		if (under_way(k, r, n, &row[i]) || answer_under_way(t, k, r, n, &row[i]))
			continue;
		e = t == NULL ? to_seats(o, &row[i]) : its_turn(o, c, t, &row[i], &now);
		if (e != ERR_OK || !now)
			continue;
		made = make(o, c, t, &row[i], &r[n]);
		if (made == ERR_OK)
			n++;
		else
			e = not_made(o, c, &row[i], made);
	}
	if (e != ERR_OK) {
		for (uint32_t i = 0; i < n; i++)
			outbox_request_free(r[i]);
		return e;
	}
	return send_all(o, k, r, n);
}

static void sooner(int64_t *next_us, int64_t us)
{
	*next_us = us < *next_us ? us : *next_us;
}

static enum err serve_all(struct outbox *o, const struct config *c, int64_t *next_us)
{
	uint32_t receiver[OUTBOX_RECEIVERS_MAX], n;
	enum err e = delivery_receivers(o->o.delivery, 1, OUTBOX_RECEIVERS_MAX, receiver, &n);

	for (uint32_t i = 0; e == ERR_OK && i < n; i++) {
		struct circuit *k = outbox_circuit(o, receiver[i]);
		int64_t due = INT64_MAX, now = outbox_now(o);

		if (k == NULL)
			continue;
		if (k->open_until_us > now) {
			sooner(next_us, k->open_until_us);
			continue;
		}
		e = send_due(o, c, k);
		if (e == ERR_CAP)
			e = ERR_OK; /* when something has come back */
		if (e == ERR_OK)
			e = delivery_next(o->o.delivery, k->receiver, now, &due);
		sooner(next_us, due);
	}
	return e;
}

enum err outbox_turn(struct outbox *o, int64_t *next_us)
{
	const struct in_force *f = live_take(o->o.live);
	int64_t now = outbox_now(o);
	uint64_t removed = 0;
	enum err e;

	*next_us = INT64_MAX;
	e = take_over(o, &f->config);
	if (e == ERR_OK)
		e = serve_all(o, &f->config, next_us);
	if (e == ERR_OK && now - o->expired_us >= US_PER_HOUR) {
		e = delivery_expire(o->o.delivery, now - f->config.outbox_keep_us, EXPIRED_AT_ONCE, &removed);
		o->expired_us = removed == EXPIRED_AT_ONCE ? 0 : now;
	}
	in_force_free(f);
	return e;
}
