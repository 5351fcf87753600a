/* outbox_answer.c - what banks say about orders, as commands of the desk.
 *
 * A bank may say the same thing twice, late, or after the order was given up. Each thing said has a key of its own, so that the second time changes nothing; and what is said about an order that
 * is over goes to the step for strays, which has a stop released that must not be. */
#include <stdio.h>
#include "desk/freeze.h"
#include "desk/stop.h"
#include "gateway/outbox_int.h"

enum {
	NAME_SPACE_OUTBOX = 0x4f555442 /* keeps these idempotency keys apart from others */
};

/* ---- telling ---- */

void outbox_order(struct outbox *o, const struct desk_object *object, uint32_t step)
{
	struct desk_command *c = &o->order.command;

	o->order = (struct desk_order){ .keyed = true };
	desk_command_init(c, (enum desk_kind)object->kind, step, object->id);
	c->user = OUTBOX_USER;
	c->roles = 1u << ROLE_CONNECTOR;
	c->organisation = object->organisation;
	c->district = object->district;
}

/* Whatever an institution wrote, a command holds only what its fields can. */
static bool values_fit(const struct desk_command *c)
{
	const struct desk_machine *m = desk_machine(c->kind);

	for (uint32_t i = 1; i < m->n_fields; i++)
		if (c->given >> i & 1 && !desk_value_ok(&m->field[i], &c->value[i]))
			return false;
	return true;
}

enum err outbox_tell(struct outbox *o, uint64_t message, struct text what)
{
	struct token key;
	struct buf b;
	enum err e;

	if (!values_fit(&o->order.command))
		return ERR_FORMAT;
	buf_init(&b, 2 * CASE_BYTES_MAX);
	buf_printf(&b, "%llu ", (unsigned long long)message);
	buf_text(&b, what);
	e = b.err;
	key = hash_token(o->o.key, NAME_SPACE_OUTBOX, buf_view(&b));
	buf_release(&b);
	if (e != ERR_OK)
		return e;
	memcpy(o->order.key, &key, RECORD_KEY_BYTES);
	e = o->o.world.tell(o->o.world.ctx, &o->order, 1);
	if (e == ERR_OK) {
		o->counts.commands++;
		o->counts.repeated += o->order.repeated;
		o->counts.refused += o->order.outcome.refusal != DESK_OK;
	}
	return e;
}

/* What was said, but for what may differ when the same thing is said twice. */
static void content(const struct case_message *m, struct buf *b)
{
	static const uint8_t fields[] = { CASE_F_RETURN,  CASE_F_RESULT,         CASE_F_START,
		                              CASE_F_BALANCE, CASE_F_FROZEN_AMOUNT,  CASE_F_AVAILABLE,
		                              CASE_F_EARLIER, CASE_F_EARLIER_AMOUNT, CASE_F_EARLIER_UNTIL };

	buf_printf(b, "%u", m->code);
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		buf_char(b, '|');
		buf_text(b, m->value[fields[i]]);
	}
}

static void give_yuan(struct outbox *o, uint32_t field, const struct case_message *m, enum case_field f)
{
	if (case_has(m, f))
		desk_give_i(&o->order.command, field, case_yuan(m, f));
}

static void give_time(struct outbox *o, uint32_t field, const struct case_message *m, enum case_field f)
{
	if (case_has(m, f))
		desk_give_i(&o->order.command, field, case_time(m, f));
}

/* The bank's words are sealed. A second time they get another reference, and the command is the first one's all the same. */
static enum err give_words(struct outbox *o, uint32_t field, const struct case_message *m, enum case_field f)
{
	unsigned char ref[DESK_REF_BYTES];
	enum err e;

	if (!case_has(m, f))
		return ERR_OK;
	e = o->o.world.keep(o->o.world.ctx, m->value[f], ref);
	if (e == ERR_OK)
		desk_give_ref(&o->order.command, field, ref);
	return e;
}

/* ---- what a feedback comes to ---- */

static bool answers_the_desk(uint8_t kind)
{
	return outbox_is_order(kind) || kind == DESK_MESSAGE_BANK_STOP_EXTEND || kind == DESK_MESSAGE_BANK_FREEZE_RENEW;
}

struct said {
	int64_t code;  /* return code as the desk takes it */
	int64_t match; /* of a stop: enum stop_match; 0: nothing about it */
	bool stopped;  /* the bank says that it holds the money */
	bool queued;
};

/* False: it says nothing definite. */
static bool understand(const struct case_message *m, struct said *s)
{
	int64_t result = case_number(m, CASE_F_RESULT);

	*s = (struct said){ .code = case_number(m, CASE_F_RETURN) };
	if (s->code != RETURN_OK)
		return s->code > 0;
	s->stopped = case_has(m, CASE_F_START);
	switch (result) {
	case CASE_DONE:
		s->match = STOP_MATCHED;
		s->stopped = true;
		return true;
	case CASE_NAME_DIFFERS: s->match = STOP_NAME_DIFFERS; return true;
	case CASE_NUMBER_DIFFERS: s->match = STOP_NUMBER_DIFFERS; return true;
	case CASE_AMOUNT_DIFFERS: s->match = STOP_AMOUNT_DIFFERS; return true;
	case CASE_TIME_DIFFERS: s->match = STOP_TIME_DIFFERS; return true;
	case CASE_NO_ACCOUNT: s->code = RETURN_NOT_FOUND; return true;
	case CASE_QUEUED: s->queued = true; return true;
	case CASE_REFUSED: s->code = RETURN_UNAUTHORISED; return true;
	default: return false;
	}
}

#define S(state) (1u << (state))
static uint32_t stop_step(const struct desk_object *x, const struct said *s)
{
	uint32_t in = S(x->state);

	if (in & (S(STOP_SENT) | S(STOP_LANDED)))
		return STOP_DO_ANSWER;
	if (s->stopped && in & (S(STOP_FAILED) | S(STOP_CANCELLED) | S(STOP_MISMATCH) | S(STOP_NOT_FOUND) |
	                        S(STOP_RELEASED) | S(STOP_EXPIRED)))
		return STOP_DO_STRAY_ANSWER;
	return 0;
}

static uint32_t freeze_step(const struct desk_object *x, const struct said *s)
{
	uint32_t in = S(x->state);

	if (in & (S(FREEZE_SENT) | S(FREEZE_QUEUED)))
		return FREEZE_DO_ANSWER;
	if ((s->stopped || s->queued) &&
	    in & (S(FREEZE_RELEASED) | S(FREEZE_EXPIRED) | S(FREEZE_REFUSED) | S(FREEZE_CANCELLED)))
		return FREEZE_DO_STRAY_ANSWER;
	return 0;
}

static enum err give_stop(struct outbox *o, const struct case_message *m, const struct said *s, uint32_t step)
{
	enum err e;

	desk_give_i(&o->order.command, STOP_F_RESULT, s->code);
	if (case_has(m, CASE_F_STATE))
		desk_give_i(&o->order.command, STOP_F_REQUEST_STATE, case_number(m, CASE_F_STATE));
	e = give_words(o, STOP_F_BANK_REMARK, m, CASE_F_REMARK);
	if (step != STOP_DO_ANSWER || e != ERR_OK)
		return e;
	if (s->code == RETURN_OK) {
		if (s->match == 0 || (s->match == STOP_MATCHED && !case_has(m, CASE_F_START)))
			return ERR_FORMAT;
		desk_give_i(&o->order.command, STOP_F_MATCH, s->match);
		give_time(o, STOP_F_STOPPED, m, CASE_F_START);
		give_yuan(o, STOP_F_BALANCE, m, CASE_F_BALANCE);
	}
	return give_words(o, STOP_F_BANK_OFFICER, m, CASE_F_BANK_OFFICER);
}

static enum err give_freeze(struct outbox *o, const struct case_message *m, const struct said *s, uint32_t step)
{
	struct desk_command *c = &o->order.command;

	desk_give_i(c, FREEZE_F_RESULT, s->code);
	if (step == FREEZE_DO_ANSWER && s->code == RETURN_OK) {
		if (!s->queued && !case_has(m, CASE_F_START))
			return ERR_FORMAT;
		if (s->queued && !case_has(m, CASE_F_EARLIER_UNTIL) && !case_has(m, CASE_F_EARLIER))
			return ERR_FORMAT;
		give_time(o, FREEZE_F_FROZEN, m, CASE_F_START);
		give_yuan(o, FREEZE_F_FROZEN_AMOUNT, m, CASE_F_FROZEN_AMOUNT);
		give_yuan(o, FREEZE_F_AVAILABLE, m, CASE_F_AVAILABLE);
		give_yuan(o, FREEZE_F_EARLIER_AMOUNT, m, CASE_F_EARLIER_AMOUNT);
		give_time(o, FREEZE_F_EARLIER_UNTIL, m, CASE_F_EARLIER_UNTIL);
		if (case_has(m, CASE_F_EARLIER))
			desk_give_code(c, FREEZE_F_EARLIER_FREEZER,
			               m->value[CASE_F_EARLIER].n <= DESK_CODE_MAX && desk_code_ok(m->value[CASE_F_EARLIER])
			                   ? m->value[CASE_F_EARLIER]
			                   : TEXT("other"));
	}
	return give_words(o, FREEZE_F_BANK_REMARK, m, CASE_F_REMARK);
}

/* Begins the command for the order's state as it is. *step 0: the desk knows already, or has nothing for it. */
static enum err begin(struct outbox *o, uint8_t kind, const struct case_message *m, const struct said *s,
                      uint32_t *step)
{
	const struct desk_object *x = &o->answered;

	*step = 0;
	switch (kind) {
	case DESK_MESSAGE_BANK_STOP: *step = stop_step(x, s); break;
	case DESK_MESSAGE_BANK_FREEZE: *step = freeze_step(x, s); break;
	case DESK_MESSAGE_BANK_STOP_EXTEND: *step = x->state == STOP_STOPPED ? STOP_DO_EXTENDED : 0; break;
	case DESK_MESSAGE_BANK_FREEZE_RENEW: *step = x->state == FREEZE_FROZEN ? FREEZE_DO_RENEWED : 0; break;
	default: break;
	}
	if (*step == 0)
		return ERR_OK;
	outbox_order(o, x, *step);
	return x->kind == DESK_STOP ? give_stop(o, m, s, *step) : give_freeze(o, m, s, *step);
}

enum err outbox_stands(struct outbox *o, uint8_t kind, uint64_t object, bool *stands)
{
	struct desk_object x;
	enum err e;

	*stands = true;
	if (!answers_the_desk(kind) && !outbox_is_question(kind))
		return ERR_OK;
	e = registry_load(o->o.registry, object, &x);
	if (e == ERR_OK)
		*stands = !desk_machine(x.kind)->state[x.state].final;
	return e == ERR_ABSENT ? ERR_OK : e; /* a registry that is just being made again knows it later */
}

/* The desk may have gone on between the look and the command: then another look. Refused twice: there is nothing for it. */
static enum err tell_desk(struct outbox *o, const struct delivery_row *row, const struct case_message *m,
                          const struct said *s)
{
	struct buf what;
	uint32_t step;
	enum err e = ERR_OK;

	buf_init(&what, 2048);
	content(m, &what);
	for (int tries = 0; tries < 2; tries++) {
		e = registry_load(o->o.registry, row->object, &o->answered);
		if (e == ERR_OK)
			e = begin(o, row->kind, m, s, &step);
		if (e == ERR_OK && step != 0)
			e = what.err == ERR_OK ? outbox_tell(o, row->id, buf_view(&what)) : what.err;
		if (e != ERR_OK || step == 0 || o->order.outcome.refusal != DESK_REFUSED_STATE || o->order.repeated)
			break;
		buf_z(&what, " again"); /* the refusal belongs to the first key */
	}
	buf_release(&what);
	return e == ERR_ABSENT ? ERR_OK : e;
}

/* ---- rows ---- */

static void done(struct outbox_verdict *v, const struct said *s)
{
	static const struct {
		int64_t code;
		const char *why;
	} whys[] = { { RETURN_FORMAT, "return-200001" },
		         { RETURN_TIMEOUT, "return-200002" },
		         { RETURN_UNAUTHORISED, "return-200004" },
		         { RETURN_NOT_FOUND, "return-200010" },
		         { RETURN_NETWORK, "return-603202" } };

	*v = (struct outbox_verdict){ .state = DELIVERY_DONE,
		                          .why = s->code == RETURN_OK ? "" : "return-other",
		                          .told = true };
	for (size_t i = 0; i < ARRAY_LEN(whys); i++)
		if (whys[i].code == s->code)
			v->why = whys[i].why;
}

/* A release or such that the bank did not carry out: nobody but people can mend it. Or the network between its own machines failed: again. */
static void not_done(struct outbox *o, const struct config *c, const struct delivery_row *row, const struct said *s,
                     struct outbox_verdict *v)
{
	if (s->code == RETURN_TIMEOUT || s->code == RETURN_NETWORK) {
		bool late = outbox_now(o) - row->made_us >= c->outbox_give_up_us;

		v->state = late ? DELIVERY_DEAD : DELIVERY_WAITING;
		v->next_us =
			late ? 0
				 : outbox_now(o) + outbox_wait(o, c->outbox_backoff_us, c->outbox_backoff_most_us, row->attempts + 1);
	} else if (s->code != RETURN_NOT_FOUND) { /* an account that is not there holds nothing */
		v->state = DELIVERY_DEAD;
		v->next_us = 0;
	}
}

/* It has the order and works on it: ask for the answer from time to time. */
static enum err awaited(struct outbox *o, const struct config *c, struct delivery_row *row,
                        const struct case_message *m, struct outbox_verdict *v)
{
	int64_t state = case_number(m, CASE_F_STATE), now = outbox_now(o);
	bool landed = case_number(m, CASE_F_RETURN) == RETURN_DUPLICATE || state >= 10 * CASE_STAGE_LANDED;
	enum err e = ERR_OK;

	*v = (struct outbox_verdict){ .state = landed ? DELIVERY_RECEIPTED : DELIVERY_SENT,
		                          .next_us = now + outbox_wait(o, c->outbox_poll_us, c->outbox_backoff_most_us,
		                                                       row->polls + 1),
		                          .why = "",
		                          .told = landed && row->state != DELIVERY_RECEIPTED };
	if (row->sent_us != 0 && now - row->sent_us >= c->outbox_give_up_us) {
		v->state = DELIVERY_DEAD;
		v->next_us = 0;
		v->why = "no-answer";
	}
	if (!landed || row->kind != DESK_MESSAGE_BANK_STOP)
		return ERR_OK;
	e = registry_load(o->o.registry, row->object, &o->answered);
	if (e == ERR_OK && o->answered.state == STOP_SENT) {
		outbox_order(o, &o->answered, STOP_DO_LANDED);
		if (state >= 0)
			desk_give_i(&o->order.command, STOP_F_REQUEST_STATE, state);
		e = outbox_tell(o, row->id, TEXT("landed"));
	}
	return e;
}

static enum err take(struct outbox *o, const struct config *c, struct delivery_row *row, const struct case_message *m,
                     struct outbox_verdict *v)
{
	int64_t code = case_number(m, CASE_F_RETURN);
	struct said s;
	enum err e = ERR_OK;

	if (m->response && (code == RETURN_OK || code == RETURN_DUPLICATE) && case_form(m->code)->answer == 0) {
		*v = (struct outbox_verdict){ .state = DELIVERY_DONE, .why = "", .told = true };
		return ERR_OK; /* there is no more to come */
	}
	if ((m->response && code == RETURN_OK) || code == RETURN_DUPLICATE)
		return awaited(o, c, row, m, v);
	if (m->response && row->state != DELIVERY_WAITING && code == RETURN_NOT_FOUND) {
		/* asked for an answer: it has lost the order, or never had it */
		*v = (struct outbox_verdict){ .state = DELIVERY_WAITING, .next_us = outbox_now(o), .why = "lost" };
		return ERR_OK;
	}
	if (outbox_is_question(row->kind) || row->kind == DESK_MESSAGE_BANK_FOLLOW_END) {
		e = outbox_take_answer(o, row, m, &s.code);
		done(v, &s);
		if (s.code == RETURN_TIMEOUT || s.code == RETURN_NETWORK)
			not_done(o, c, row, &s, v);
		return e;
	}
	if (!understand(m, &s))
		return ERR_FORMAT;
	if (row->kind != DESK_MESSAGE_BANK_STOP && s.code == RETURN_OK && s.match != STOP_MATCHED && !s.queued)
		s.code = RETURN_UNAUTHORISED; /* only a stop knows mismatches; everything else was carried out or was not */
	if (answers_the_desk(row->kind))
		e = tell_desk(o, row, m, &s);
	done(v, &s);
	if (!answers_the_desk(row->kind) && s.code != RETURN_OK)
		not_done(o, c, row, &s, v);
	return e;
}

enum err outbox_take_case(struct outbox *o, struct delivery_row *row, const struct case_message *m,
                          struct outbox_verdict *v)
{
	const struct in_force *f = live_take(o->o.live);
	enum err e;

	pthread_mutex_lock(&o->answer_lock);
	e = take(o, &f->config, row, m, v);
	pthread_mutex_unlock(&o->answer_lock);
	in_force_free(f);
	return e;
}

enum err outbox_tell_failed(struct outbox *o, const struct delivery_row *row)
{
	bool stop = row->kind == DESK_MESSAGE_BANK_STOP;
	enum err e;

	pthread_mutex_lock(&o->answer_lock);
	e = registry_load(o->o.registry, row->object, &o->answered);
	if (e == ERR_OK &&
	    (stop ? (S(o->answered.state) & (S(STOP_SENT) | S(STOP_LANDED))) != 0 : o->answered.state == FREEZE_SENT)) {
		outbox_order(o, &o->answered, stop ? STOP_DO_ATTEMPT_FAILED : FREEZE_DO_ATTEMPT_FAILED);
		desk_give_i(&o->order.command, stop ? STOP_F_RESULT : FREEZE_F_RESULT, RETURN_NETWORK);
		e = outbox_tell(o, row->id, TEXT("failed"));
	}
	pthread_mutex_unlock(&o->answer_lock);
	return e == ERR_ABSENT ? ERR_OK : e;
}
