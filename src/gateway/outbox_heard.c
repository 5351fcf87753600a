/* outbox_heard.c - what came of a request, what institutions send by themselves, and what people do about a message. */
#include <inttypes.h>
#include <stdio.h>
#include "base/mem.h"
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
	const struct case_form *form = case_form(outbox_case_code(row));
	struct case_message *m = mem_alloc(sizeof(*m));
	char *scratch = m == NULL ? NULL : mem_alloc(r->answer.n + 1);
	enum err e;

	if (m != NULL && form->answer != 0 && case_form(form->answer)->rows)
		m->row = mem_alloc_array(CASE_ROWS_MAX, sizeof(*m->row));
	e = scratch == NULL ? ERR_MEMORY : case_read(buf_view(&r->answer), scratch, m, NULL);
	if (e == ERR_OK &&
	    (!text_eq(m->application, text_z(r->application)) || m->code != (m->response ? form->code : form->answer)))
		e = ERR_FORMAT;
	if (e == ERR_OK)
		e = outbox_take_case(o, row, m, v);
	if (m != NULL)
		mem_free(m->row);
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
	e = outbox_case_code(row) != 0 ? read_case(o, r, row, v) : read_receipt(o, r, row, v);
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

	if (delivery_load(o->o.delivery, r->id, r->copy, &row) == ERR_OK && row.state != DELIVERY_DONE) {
		fine = answered(o, r, &row, &v, why);
		if (!fine)
			failed(o, &f->config, &row, why, &v);
		v.attempted = !r->poll;
		v.polled = r->poll;
		v.disclosed = r->revealed[0] != 0;
		if (outbox_settle(o, r->id, r->copy, &v) != ERR_OK)
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
	form = e == ERR_OK ? case_form(outbox_case_code(&row)) : NULL;
	if (e == ERR_OK && (form == NULL || form->answer != m->code))
		e = ERR_FORMAT;
	if (e == ERR_OK)
		e = outbox_take_case(o, &row, m, &v);
	if (e == ERR_OK)
		e = outbox_settle(o, row.id, row.copy, &v);
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
	} else if (m->code <= CASE_ACCOUNTS_TOLD) {
		e = take_feedback(o, organisation, m, &code, &remark);
	} else if (m->code >= CASE_REPORT && m->code <= CASE_EVENT) {
		pthread_mutex_lock(&o->answer_lock);
		e = outbox_take_report(o, organisation, m, &code, &remark);
		pthread_mutex_unlock(&o->answer_lock);
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
	enum err e = delivery_load(o->o.delivery, r->id, organisation, &row);

	if (e == ERR_ABSENT)
		e = delivery_load(o->o.delivery, r->id, 0, &row);
	if (e == ERR_OK && (row.receiver != organisation || outbox_case_code(&row) != 0))
		e = ERR_ABSENT; /* somebody else's: as if it were not there */
	if (e == ERR_ABSENT)
		o->counts.unknown++;
	if (e == ERR_OK)
		e = outbox_take_receipt(o, &row, r, &v);
	return e == ERR_OK ? outbox_settle(o, row.id, row.copy, &v) : e;
}

/* ---- people ---- */

enum err outbox_resend(struct outbox *o, uint64_t id, uint16_t copy)
{
	const struct in_force *f = live_take(o->o.live);
	struct desk_message *m = mem_alloc(sizeof(*m));
	struct desk_object *x = mem_alloc(sizeof(*x));
	struct delivery_row row;
	enum outbox_place place = PLACE_NOW;
	enum err e = m == NULL || x == NULL ? ERR_MEMORY : ERR_OK;

	pthread_mutex_lock(&o->lock);
	if (e == ERR_OK)
		e = delivery_load(o->o.delivery, id, copy, &row);
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

enum err outbox_read(struct outbox *o, uint64_t id, uint16_t copy)
{
	struct outbox_verdict v = { .state = DELIVERY_DONE, .why = "", .told = true };
	struct delivery_row row;
	enum err e = delivery_load(o->o.delivery, id, copy, &row);

	if (e == ERR_OK && row.receiver != RECEIVER_SEATS)
		e = ERR_RANGE;
	return e == ERR_OK ? outbox_settle(o, id, copy, &v) : e;
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

void outbox_circuit_of(struct outbox *o, uint32_t receiver, struct outbox_circuit_state *out)
{
	*out = (struct outbox_circuit_state){ 0 };
	for (uint32_t i = 0; i < o->n_circuits; i++)
		if (o->circuit[i].receiver == receiver)
			*out =
				(struct outbox_circuit_state){ o->circuit[i].failures, o->circuit[i].n_under_way,
				                               o->circuit[i].open_until_us > outbox_now(o) ? o->circuit[i].open_until_us
				                                                                           : 0 };
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
