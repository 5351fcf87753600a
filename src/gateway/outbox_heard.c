/* outbox_heard.c - what came of a request, what institutions send by themselves, and what people do about a message. */
#include <inttypes.h>
#include <stdio.h>
#include "base/mem.h"
#include "desk/clue.h"
#include "desk/stop.h"
#include "gateway/outbox_int.h"

static void came_back(struct outbox *o, struct circuit *c, uint64_t id)
{
	for (uint32_t i = 0; i < c->n_under_way; i++)
		if (c->under_way[i].id == id) {
			c->under_way[i] = c->under_way[--c->n_under_way];
			o->n_under_way--;
			return;
		}
}

static void note_health(struct outbox *o, struct circuit *c, const struct config *s, bool reached)
{
	if (reached) {
		c->failures = 0;
		c->open_until_us = 0;
	} else if (++c->failures >= OUTBOX_TRIP) {
		c->open_until_us = outbox_now(o) + outbox_wait(o, s->outbox_backoff_us, s->outbox_backoff_most_us,
		                                               c->failures - OUTBOX_TRIP + 1);
	}
}

/* ---- the answer to a request ---- */

static const char *const fates[] = { "", "connect", "timeout", "tls", "broken" };

/* It did not get through, or nothing that makes sense came back. */
static void failed(struct outbox *o, const struct config *c, const struct delivery_row *row, const char *why,
                   struct outbox_verdict *v)
{
	int64_t now = outbox_now(o);
	bool push = row->state == DELIVERY_WAITING;
	int64_t since = push ? row->made_us : row->sent_us;
	uint32_t n = (push ? row->attempts : row->polls) + 1;

	o->counts.failures++;
	*v = (struct outbox_verdict){ .state = row->state,
		                          .next_us = now + outbox_wait(o, push ? c->outbox_backoff_us : c->outbox_poll_us,
		                                                       c->outbox_backoff_most_us, n),
		                          .why = why };
	if (push && outbox_is_order(row->kind) ? n >= c->outbox_attempts : now - since >= c->outbox_give_up_us) {
		if (push && outbox_is_order(row->kind) && outbox_tell_failed(o, row) != ERR_OK)
			return; /* once more, and then the desk is told */
		v->state = DELIVERY_DEAD;
		v->next_us = 0;
	}
}

/* The body as one of the case platform. */
static enum err read_case(struct outbox *o, struct outbox_request *r, struct delivery_row *row,
                          struct outbox_verdict *v)
{
	const struct case_form *form = case_form(outbox_case_code(row->kind));
	struct case_message *m = mem_alloc(sizeof(*m));
	char *scratch = m == NULL ? NULL : mem_alloc(r->answer.n + 1);
	enum err e = scratch == NULL ? ERR_MEMORY : case_read(buf_view(&r->answer), scratch, m, NULL);

	if (e == ERR_OK &&
	    (!text_eq(m->application, text_z(row->application)) || m->code != (m->response ? form->code : form->answer)))
		e = ERR_FORMAT;
	if (e == ERR_OK)
		e = outbox_take_case(o, row, m, v);
	mem_free(scratch);
	mem_free(m);
	return e;
}

static enum err read_receipt(struct outbox *o, struct outbox_request *r, struct delivery_row *row,
                             struct outbox_verdict *v)
{
	struct command_receipt receipt = { .id = row->id, .result = COMMAND_RECEIVED };
	char *scratch;
	enum err e = ERR_OK;

	if (r->connector == CONNECTOR_SPOOL || r->connector == CONNECTOR_MAIL) {
		*v = (struct outbox_verdict){ .state = DELIVERY_DONE, .why = "" };
		return ERR_OK;
	}
	if (text_trim(buf_view(&r->answer)).n == 0) /* taken, and no more said */
		return outbox_take_receipt(o, row, &receipt, v);
	scratch = mem_alloc(r->answer.n + 1);
	e = scratch == NULL ? ERR_MEMORY : command_receipt_read(buf_view(&r->answer), scratch, &receipt, NULL);
	if (e == ERR_OK && receipt.id != row->id)
		e = ERR_FORMAT;
	if (e == ERR_OK)
		e = outbox_take_receipt(o, row, &receipt, v);
	mem_free(scratch);
	return e;
}

/* True: something came back that the message goes on with. */
static bool answered(struct outbox *o, struct outbox_request *r, struct delivery_row *row, struct outbox_verdict *v,
                     char why[DELIVERY_WHY_MAX])
{
	enum err e;

	if (r->fate != OUTBOX_ANSWERED || r->status < 200 || r->status > 299) {
		if (r->fate != OUTBOX_ANSWERED)
			snprintf(why, DELIVERY_WHY_MAX, "%s", fates[r->fate]);
		else
			snprintf(why, DELIVERY_WHY_MAX, "http-%d", r->status);
		return false;
	}
	e = outbox_case_code(row->kind) != 0 ? read_case(o, r, row, v) : read_receipt(o, r, row, v);
	if (e != ERR_OK)
		snprintf(why, DELIVERY_WHY_MAX, "%s", e == ERR_FORMAT || e == ERR_RANGE ? "answer" : "desk");
	o->counts.answered += e == ERR_OK;
	return e == ERR_OK;
}

void outbox_heard(struct outbox *o, struct outbox_request *r)
{
	const struct in_force *f = live_take(o->o.live);
	struct circuit *k = outbox_circuit(o, r->receiver);
	char why[DELIVERY_WHY_MAX] = "";
	struct delivery_row row;
	struct outbox_verdict v;
	bool fine = false;

	if (delivery_load(o->o.delivery, r->id, &row) == ERR_OK && row.state != DELIVERY_DONE) {
		fine = answered(o, r, &row, &v, why);
		if (!fine)
			failed(o, &f->config, &row, why, &v);
		v.attempted = !r->poll;
		v.polled = r->poll;
		v.disclosed = r->revealed[0] != 0;
		if (outbox_settle(o, r->id, &v) != ERR_OK)
			o->counts.failures++; /* it stays as it was, and is done again */
	}
	if (k != NULL) {
		came_back(o, k, r->id);
		note_health(o, k, &f->config, r->fate == OUTBOX_ANSWERED && r->status < 500 && r->status != 429);
	}
	outbox_request_free(r);
	in_force_free(f);
}

/* ---- what comes by itself ---- */

static void respond(struct case_message *reply, const struct case_message *m, int64_t code, const char *remark)
{
	case_start(reply, m->code, true);
	reply->mode = m->mode;
	reply->to = TEXT("duanka");
	reply->serial = m->serial;
	reply->application = m->application;
	case_put_number(reply, CASE_F_RETURN, code);
	case_put(reply, CASE_F_REMARK, text_z(remark));
}

static bool put_entity(struct outbox *o, struct desk_command *c, uint32_t field, uint8_t kind, struct text plain)
{
	struct token t;

	if (plain.n == 0 || o->o.world.token(o->o.world.ctx, kind, plain, &t) != ERR_OK)
		return false;
	desk_give_token(c, field, t);
	return true;
}

/* A report of a bank (1004xx) becomes a clue; what it says in words is sealed. */
static enum err take_report(struct outbox *o, uint16_t organisation, const struct case_message *m, const char **wrong)
{
	struct desk_command *c = &o->order.command;
	unsigned char ref[DESK_REF_BYTES];
	struct buf what;
	bool who;
	enum err e = ERR_OK;

	*wrong = "";
	o->order = (struct desk_order){ .keyed = true };
	desk_command_init(c, DESK_CLUE, CLUE_DO_REPORT, 0);
	c->user = OUTBOX_USER;
	c->roles = 1u << ROLE_CONNECTOR;
	c->organisation = organisation;
	desk_give_i(c, CLUE_F_WHAT, case_has(m, CASE_F_ACCOUNT) ? 3 : case_has(m, CASE_F_HOLDER_ID) ? 6 : 9);
	who = put_entity(o, c, CLUE_F_ACCOUNT, DESK_BANK_ACCOUNT, m->value[CASE_F_ACCOUNT]);
	who |= put_entity(o, c, CLUE_F_PHONE, DESK_PHONE, m->value[CASE_F_HOLDER_PHONE]);
	if (!who) {
		*wrong = "a report names an account or a phone";
		return ERR_FORMAT;
	}
	if (case_has(m, CASE_F_NOTE)) {
		e = o->o.world.keep(o->o.world.ctx, m->value[CASE_F_NOTE], ref);
		if (e == ERR_OK)
			desk_give_ref(c, CLUE_F_NOTE, ref);
	}
	if (e != ERR_OK)
		return e;
	buf_init(&what, 256);
	buf_printf(&what, "report %u %u %.*s %.*s", organisation, m->code, (int)m->serial.n, m->serial.p,
	           (int)m->application.n, m->application.p);
	e = what.err == ERR_OK ? outbox_tell(o, 0, buf_view(&what)) : what.err;
	buf_release(&what);
	return e;
}

static enum err take_feedback(struct outbox *o, uint16_t organisation, const struct case_message *m, int64_t *code,
                              const char **remark)
{
	struct outbox_verdict v;
	struct delivery_row row;
	const struct case_form *form;
	enum err e = delivery_of_application(o->o.delivery, m->application, organisation, &row);

	if (e == ERR_ABSENT) { /* not there, or another bank's: the same answer, so that nothing can be learned */
		o->counts.unknown++;
		*code = RETURN_UNAUTHORISED;
		*remark = "no such application";
		return ERR_OK;
	}
	form = e == ERR_OK ? case_form(outbox_case_code(row.kind)) : NULL;
	if (e == ERR_OK && (form == NULL || form->answer != m->code))
		e = ERR_FORMAT;
	if (e == ERR_OK)
		e = outbox_take_case(o, &row, m, &v);
	if (e == ERR_OK)
		e = outbox_settle(o, row.id, &v);
	if (e != ERR_FORMAT)
		return e;
	*code = RETURN_FORMAT;
	*remark = "not an answer to this application";
	return ERR_OK;
}

enum err outbox_case(struct outbox *o, uint16_t organisation, const struct case_message *m, struct case_message *reply)
{
	const struct case_form *form = case_form(m->code);
	const char *remark = "";
	int64_t code = RETURN_OK;
	enum err e = ERR_OK;

	if (m->response || form == NULL || form->to_bank) {
		code = RETURN_FORMAT;
		remark = "banks send feedback and reports";
	} else if (m->code < CASE_MOVEMENTS) {
		e = take_feedback(o, organisation, m, &code, &remark);
	} else if (m->code >= CASE_REPORT && m->code <= CASE_EVENT) {
		pthread_mutex_lock(&o->answer_lock);
		e = take_report(o, organisation, m, &remark);
		code = e == ERR_FORMAT ? RETURN_FORMAT : o->order.repeated ? RETURN_DUPLICATE : RETURN_OK;
		pthread_mutex_unlock(&o->answer_lock);
		e = e == ERR_FORMAT ? ERR_OK : e;
	} else {
		code = RETURN_UNAUTHORISED;
		remark = "nothing was asked for by this application";
	}
	if (e == ERR_OK)
		respond(reply, m, code, remark);
	return e;
}

enum err outbox_receipt(struct outbox *o, uint16_t organisation, const struct command_receipt *r)
{
	struct outbox_verdict v;
	struct delivery_row row;
	enum err e = delivery_load(o->o.delivery, r->id, &row);

	if (e == ERR_OK && (row.receiver != organisation || outbox_case_code(row.kind) != 0))
		e = ERR_ABSENT; /* somebody else's: as if it were not there */
	if (e == ERR_ABSENT)
		o->counts.unknown++;
	if (e == ERR_OK)
		e = outbox_take_receipt(o, &row, r, &v);
	return e == ERR_OK ? outbox_settle(o, row.id, &v) : e;
}

/* ---- people ---- */

enum err outbox_resend(struct outbox *o, uint64_t id)
{
	const struct in_force *f = live_take(o->o.live);
	struct desk_message *m = mem_alloc(sizeof(*m));
	struct desk_object *x = mem_alloc(sizeof(*x));
	struct delivery_row row;
	enum outbox_place place = PLACE_NOW;
	enum err e = m == NULL || x == NULL ? ERR_MEMORY : ERR_OK;

	pthread_mutex_lock(&o->lock);
	if (e == ERR_OK)
		e = delivery_load(o->o.delivery, id, &row);
	pthread_mutex_unlock(&o->lock);
	if (e == ERR_OK && row.state != DELIVERY_DEAD && row.state != DELIVERY_WAITING && row.state != DELIVERY_SEAT)
		e = ERR_RANGE;
	if (e == ERR_OK)
		e = outbox_place(o, &row, &place);
	if (e == ERR_OK && place == PLACE_OVER)
		e = ERR_RANGE; /* a new order needs a new approval */
	if (e == ERR_OK)
		e = registry_message(o->o.registry, id, m, x);
	if (e == ERR_OK) {
		row.made_us = row.changed_us = outbox_now(o); /* its time begins anew */
		outbox_route(o, &f->config, m, x, &row);
		if (row.receiver == RECEIVER_SEATS)
			e = ERR_RANGE;
	}
	if (e == ERR_OK) {
		row.next_us = row.changed_us;
		row.attempts = row.polls = 0;
		row.sent_us = 0;
		snprintf(row.why, sizeof(row.why), "resent");
		pthread_mutex_lock(&o->lock);
		e = delivery_save(o->o.delivery, &row, 1);
		pthread_mutex_unlock(&o->lock);
	}
	mem_free(m);
	mem_free(x);
	in_force_free(f);
	return e;
}

enum err outbox_read(struct outbox *o, uint64_t id)
{
	struct outbox_verdict v = { .state = DELIVERY_DONE, .why = "", .told = true };
	struct delivery_row row;
	enum err e = delivery_load(o->o.delivery, id, &row);

	if (e == ERR_OK && row.receiver != RECEIVER_SEATS)
		e = ERR_RANGE;
	return e == ERR_OK ? outbox_settle(o, id, &v) : e;
}

void outbox_counts(struct outbox *o, struct outbox_counts *out)
{
	int64_t now = outbox_now(o);

	*out = (struct outbox_counts){ .taken = o->counts.taken,
		                           .sent = o->counts.sent,
		                           .polls = o->counts.polls,
		                           .answered = o->counts.answered,
		                           .failures = o->counts.failures,
		                           .dead = o->counts.dead,
		                           .commands = o->counts.commands,
		                           .refused = o->counts.refused,
		                           .repeated = o->counts.repeated,
		                           .unknown = o->counts.unknown,
		                           .under_way = o->n_under_way };
	for (uint32_t i = 0; i < o->n_circuits; i++)
		out->open_circuits += o->circuit[i].open_until_us > now;
}

void outbox_metrics(struct outbox *o, struct buf *b)
{
	struct outbox_counts c;

	outbox_counts(o, &c);
	const struct {
		const char *name, *help, *type;
		uint64_t v;
	} rows[] = {
		{ "outbox_taken_total", "Messages taken over from the desk.", "counter", c.taken },
		{ "outbox_sent_total", "Requests sent, polls not counted.", "counter", c.sent },
		{ "outbox_polls_total", "Times that an answer was asked for.", "counter", c.polls },
		{ "outbox_failures_total", "Requests that came to nothing.", "counter", c.failures },
		{ "outbox_dead_total", "Messages that became dead letters.", "counter", c.dead },
		{ "outbox_commands_total", "Answers that became commands.", "counter", c.commands },
		{ "outbox_refused_total", "Such commands that the desk refused.", "counter", c.refused },
		{ "outbox_repeated_total", "Such commands that had been told before.", "counter", c.repeated },
		{ "outbox_unknown_total", "Answers to nothing that was sent to whoever answered.", "counter", c.unknown },
		{ "outbox_open_circuits", "Institutions that are not asked for a while.", "gauge", c.open_circuits },
		{ "outbox_under_way", "Requests under way.", "gauge", c.under_way },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		buf_printf(b, "# HELP duanka_%s %s\n# TYPE duanka_%s %s\nduanka_%s %" PRIu64 "\n", rows[i].name, rows[i].help,
		           rows[i].name, rows[i].type, rows[i].name, rows[i].v);
}
