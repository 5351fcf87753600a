/* outbox_receipt.c - what operators, banks and senders say about commands and texts, as commands of the desk. */
#include "desk/account.h"
#include "desk/card.h"
#include "desk/warning.h"
#include "gateway/outbox_int.h"

/* What a result means for a card, an account or a warning; 0: nothing. */
static uint32_t step_for(const struct desk_object *x, uint8_t message, enum command_result r)
{
	bool held;

	if (message >= DESK_MESSAGE_DISPATCH) /* about the object, and no measure of its own */
		return 0;
	switch (x->kind) {
	case DESK_CARD:
		held = x->state == CARD_NOTIFIED || x->state == CARD_RESTRICTED || x->state == CARD_SUSPENDED;
		if (r == COMMAND_PASSED)
			return held ? CARD_DO_PASS : 0;
		if (r == COMMAND_NOT_PASSED)
			return x->state == CARD_NOTIFIED ? CARD_DO_FAIL : 0;
		return r == COMMAND_DONE && x->state != CARD_CANCELLED ? CARD_DO_RECEIPT : 0;
	case DESK_ACCOUNT:
		held = x->state == ACCOUNT_NOTIFIED || x->state == ACCOUNT_LIMITED || x->state == ACCOUNT_COUNTER_ONLY;
		if (r == COMMAND_PASSED)
			return held ? ACCOUNT_DO_PASS : 0;
		if (r == COMMAND_NOT_PASSED)
			return x->state == ACCOUNT_NOTIFIED ? ACCOUNT_DO_FAIL : 0;
		return r == COMMAND_DONE && x->state != ACCOUNT_CLOSED ? ACCOUNT_DO_RECEIPT : 0;
	case DESK_WARNING:
		return message == DESK_MESSAGE_AI_CALL && r >= COMMAND_REACHED && x->state >= WARNING_ISSUED &&
		               x->state <= WARNING_VISITING
		           ? WARNING_DO_AI_RESULT
		           : 0;
	default: return 0;
	}
}

static bool is_verify(uint8_t kind)
{
	return kind == DESK_MESSAGE_OPERATOR_VERIFY || kind == DESK_MESSAGE_BANK_VERIFY;
}

/* Which results may come for which message. */
static bool fits(uint8_t kind, enum command_result r)
{
	if (r == COMMAND_PASSED || r == COMMAND_NOT_PASSED)
		return is_verify(kind);
	return r < COMMAND_REACHED || kind == DESK_MESSAGE_AI_CALL;
}

static enum err give(struct outbox *o, const struct command_receipt *r)
{
	static const uint8_t call[] = { [COMMAND_REACHED] = CALL_REACHED,
		                            [COMMAND_NO_ANSWER] = CALL_NO_ANSWER,
		                            [COMMAND_CALL_REFUSED] = CALL_REFUSED,
		                            [COMMAND_BUSY] = CALL_BUSY,
		                            [COMMAND_WRONG_NUMBER] = CALL_WRONG_NUMBER };
	struct desk_command *c = &o->order.command;
	bool card = c->kind == DESK_CARD;
	unsigned char ref[DESK_REF_BYTES];
	uint32_t remark = card ? CARD_F_REMARK : c->kind == DESK_ACCOUNT ? ACCOUNT_F_REMARK : WARNING_F_NOTE;
	enum err e;

	if (c->kind == DESK_WARNING)
		desk_give_i(c, WARNING_F_CALL_RESULT, call[r->result]);
	else if (r->result == COMMAND_DONE)
		desk_give_code(c, card ? CARD_F_RECEIPT : ACCOUNT_F_RECEIPT, r->receipt.n > 0 ? r->receipt : TEXT("done"));
	if (r->remark.n == 0)
		return ERR_OK;
	e = o->o.world.keep(o->o.world.ctx, r->remark, ref);
	if (e == ERR_OK)
		desk_give_ref(c, remark, ref);
	return e;
}

static enum err tell_desk(struct outbox *o, const struct delivery_row *row, const struct command_receipt *r)
{
	enum err e = registry_load(o->o.registry, row->object, &o->answered);
	uint32_t step = e == ERR_OK ? step_for(&o->answered, row->kind, r->result) : 0;
	struct buf what;

	if (e == ERR_ABSENT || (e == ERR_OK && step == 0))
		return ERR_OK;
	if (e != ERR_OK)
		return e;
	outbox_order(o, &o->answered, step);
	e = give(o, r);
	if (e != ERR_OK)
		return e;
	buf_init(&what, 256);
	buf_printf(&what, "%s %.*s", command_result_name(r->result), (int)r->receipt.n, r->receipt.p);
	e = what.err == ERR_OK ? outbox_tell(o, row->id, buf_view(&what)) : what.err;
	buf_release(&what);
	return e;
}

/* How the message goes on. */
static void go_on(struct outbox *o, const struct config *c, const struct delivery_row *row, enum command_result r,
                  struct outbox_verdict *v)
{
	int64_t now = outbox_now(o);
	bool more =
		is_verify(row->kind) || row->kind == DESK_MESSAGE_AI_CALL; /* the verdict on the person is still to come */

	*v = (struct outbox_verdict){ .state = DELIVERY_DONE, .why = "", .told = true };
	switch (r) {
	case COMMAND_RECEIVED:
		v->state = DELIVERY_RECEIPTED;
		v->told = row->state != DELIVERY_RECEIPTED;
		v->next_us = now + outbox_wait(o, c->outbox_poll_us, c->outbox_backoff_most_us, row->polls + 1);
		if (row->kind == DESK_MESSAGE_SMS || row->kind == DESK_MESSAGE_NOTICE || row->kind == DESK_MESSAGE_RECEIPT ||
		    row->kind == DESK_MESSAGE_FEEDBACK)
			*v = (struct outbox_verdict){ .state = DELIVERY_DONE, .why = "", .told = true };
		else if (row->sent_us != 0 && now - row->sent_us >= c->outbox_give_up_us)
			*v = (struct outbox_verdict){ .state = more ? DELIVERY_DONE : DELIVERY_DEAD, .why = "no-answer" };
		break;
	case COMMAND_DONE:
		if (!more)
			break;
		v->state = DELIVERY_RECEIPTED; /* told by itself; nobody asks */
		v->next_us = 0;
		break;
	case COMMAND_REFUSED:
		v->state = DELIVERY_DEAD;
		v->why = "refused";
		break;
	case COMMAND_FAILED:
		v->why = "failed";
		v->state = now - row->made_us >= c->outbox_give_up_us ? DELIVERY_DEAD : DELIVERY_WAITING;
		if (v->state == DELIVERY_WAITING)
			v->next_us = now + outbox_wait(o, c->outbox_backoff_us, c->outbox_backoff_most_us, row->attempts + 1);
		break;
	default: break;
	}
}

enum err outbox_take_receipt(struct outbox *o, struct delivery_row *row, const struct command_receipt *r,
                             struct outbox_verdict *v)
{
	const struct in_force *f;
	enum err e;

	if (!fits(row->kind, r->result))
		return ERR_RANGE;
	f = live_take(o->o.live);
	pthread_mutex_lock(&o->answer_lock);
	e = tell_desk(o, row, r);
	if (e == ERR_OK)
		go_on(o, &f->config, row, r->result, v);
	v->receipt = r->receipt;
	pthread_mutex_unlock(&o->answer_lock);
	in_force_free(f);
	return e;
}
