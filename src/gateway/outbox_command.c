/* outbox_command.c - commands to operators and banks, and texts to people, as JSON. */
#include <stdio.h>
#include "base/clock.h"
#include "base/money.h"
#include "desk/account.h"
#include "desk/card.h"
#include "desk/measure.h"
#include "gateway/outbox_int.h"
#include "gateway/outbox_text.h"

static const char *const commands[DESK_MESSAGE_KINDS] = { [DESK_MESSAGE_BANK_LIMIT] = "limit",
	                                                      [DESK_MESSAGE_BANK_COUNTER_ONLY] = "counter-only",
	                                                      [DESK_MESSAGE_BANK_VERIFY] = "verify",
	                                                      [DESK_MESSAGE_BANK_RESTORE] = "restore",
	                                                      [DESK_MESSAGE_OPERATOR_VERIFY] = "verify",
	                                                      [DESK_MESSAGE_OPERATOR_BAR] = "bar-outgoing",
	                                                      [DESK_MESSAGE_OPERATOR_SUSPEND] = "suspend",
	                                                      [DESK_MESSAGE_OPERATOR_RESTORE] = "restore",
	                                                      [DESK_MESSAGE_OPERATOR_HELP] = "hold",
	                                                      [DESK_MESSAGE_SMS] = "sms",
	                                                      [DESK_MESSAGE_AI_CALL] = "call",
	                                                      [DESK_MESSAGE_NOTICE] = "sms" };

static void put_choice(struct buf *b, const char *name, const struct desk_choices *c, int64_t v)
{
	if (v > 0 && v < c->n && c->choice[v].name != NULL)
		command_text(b, name, text_z(c->choice[v].name));
}

static void put_time(struct buf *b, const char *name, int64_t us)
{
	struct buf z;

	if (us == 0)
		return;
	buf_init(&z, 64);
	clock_format(&z, us, &clock_shanghai);
	command_text(b, name, buf_view(&z));
	buf_release(&z);
}

static void put_object(struct buf *b, const char *name, uint32_t kind, uint64_t id)
{
	struct buf z;

	if (id == 0)
		return;
	buf_init(&z, 64);
	desk_id_print(&z, kind, id);
	command_text(b, name, buf_view(&z));
	buf_release(&z);
}

static void put_account(struct buf *b, const struct desk_object *x)
{
	char z[32];

	put_choice(b, "basis", &desk_bases, desk_i(x, ACCOUNT_F_BASIS));
	put_choice(b, "method", &desk_verify_methods, desk_i(x, ACCOUNT_F_METHOD));
	put_object(b, "measure", DESK_MEASURE, desk_id(x, ACCOUNT_F_MEASURE));
	put_time(b, "until", desk_i(x, ACCOUNT_F_END));
	if (desk_has(x, ACCOUNT_F_DAILY_LIMIT)) {
		int64_t fen = desk_i(x, ACCOUNT_F_DAILY_LIMIT);

		snprintf(z, sizeof(z), "%lld.%02lld", (long long)(fen / 100), (long long)(fen % 100));
		command_text(b, "daily_limit", text_z(z));
	}
	command_number(b, "level", desk_i(x, ACCOUNT_F_LEVEL));
}

static void put_card(struct buf *b, const struct desk_object *x)
{
	put_choice(b, "basis", &desk_bases, desk_i(x, CARD_F_BASIS));
	put_choice(b, "method", &desk_verify_methods, desk_i(x, CARD_F_METHOD));
	put_object(b, "measure", DESK_MEASURE, desk_id(x, CARD_F_MEASURE));
	put_time(b, "until", desk_i(x, CARD_F_END));
	command_number(b, "level", desk_i(x, CARD_F_LEVEL));
}

static enum err put_whose(struct outbox *o, struct outbox_request *r)
{
	const struct desk_object *x = &o->object;
	bool account = x->kind == DESK_ACCOUNT;
	struct desk_entity e = account ? x->subject : outbox_phone(o, &o->message, x);
	enum err err;

	if (e.kind == DESK_ENTITY_NONE)
		return ERR_ABSENT;
	err = outbox_reveal(o, r, account ? "account" : "phone", e);
	if (err == ERR_OK)
		command_text(&r->body, account ? "account" : "phone", buf_view(&o->plain));
	return err;
}

/* The words to a person; the reason of a measure is among what is revealed. */
static enum err put_words(struct outbox *o, const struct delivery_row *row, struct outbox_request *r)
{
	struct text reason = TEXT("");
	struct buf words;
	enum err e = ERR_OK;

	buf_clear(&o->plain);
	if (row->kind == DESK_MESSAGE_NOTICE && o->object.kind == DESK_MEASURE && desk_has(&o->object, MEASURE_F_REASON)) {
		e = outbox_reveal_text(o, r, "reason", MEASURE_F_REASON);
		if (e == ERR_OK)
			reason = buf_view(&o->plain);
		e = e == ERR_ABSENT ? ERR_OK : e;
	}
	buf_init(&words, OUTBOX_TEXT_MAX);
	if (e == ERR_OK) {
		outbox_words(o->o.key, &o->message, &o->object, reason, &words);
		e = words.err;
	}
	if (e == ERR_OK)
		command_text(&r->body, "text", buf_view(&words));
	if (words.p != NULL)
		explicit_bzero(words.p, words.cap);
	buf_release(&words);
	return e;
}

/* ---- the order of commands ---- */

#define K(kind) ((uint64_t)1 << DESK_MESSAGE_##kind)
static const struct {
	uint64_t kinds; /* each replaces what the ones before it set at the institution */
	uint8_t lifting;
} families[] = {
	{ K(BANK_LIMIT) | K(BANK_COUNTER_ONLY) | K(BANK_RESTORE), DESK_MESSAGE_BANK_RESTORE },
	{ K(OPERATOR_BAR) | K(OPERATOR_SUSPEND) | K(OPERATOR_RESTORE), DESK_MESSAGE_OPERATOR_RESTORE },
};
#undef K

/* A restriction that comes behind its own end would hold somebody whom the desk has let go. So a restriction with a later command is over, and nothing goes before an earlier lifting. */
static enum err place_of_command(struct outbox *o, const struct delivery_row *row, enum outbox_place *out)
{
	bool later, earlier;
	enum err e;

	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		if ((families[i].kinds >> row->kind & 1) == 0)
			continue;
		e = delivery_neighbours(o->o.delivery, row, families[i].kinds, families[i].lifting, &later, &earlier);
		if (e == ERR_OK && later && (row->kind != families[i].lifting || row->state != DELIVERY_WAITING))
			*out = PLACE_OVER;
		else if (e == ERR_OK && earlier)
			*out = PLACE_BEHIND;
		return e;
	}
	return ERR_OK;
}

enum err outbox_place(struct outbox *o, const struct delivery_row *row, enum outbox_place *out)
{
	bool stands;
	enum err e = outbox_stands(o, row->kind, row->object, &stands);

	if (e == ERR_OK && row->kind == DESK_MESSAGE_PUBLISH)
		e = outbox_publication_stands(o, row, &stands);
	*out = stands ? PLACE_NOW : PLACE_OVER;
	return e == ERR_OK && stands ? place_of_command(o, row, out) : e;
}

enum err outbox_make_command(struct outbox *o, const struct config *c, const struct delivery_row *row,
                             struct outbox_request *r)
{
	const char *command = row->kind < DESK_MESSAGE_KINDS ? commands[row->kind] : NULL;
	struct buf *b = &r->body;
	enum err e;

	(void)c;
	if (command == NULL)
		return ERR_FORMAT;
	command_begin(b, row->id, command);
	e = put_whose(o, r);
	if (o->object.kind == DESK_ACCOUNT)
		put_account(b, &o->object);
	else if (o->object.kind == DESK_CARD)
		put_card(b, &o->object);
	put_time(b, "time", o->message.time_us);
	if (e == ERR_OK &&
	    (row->kind == DESK_MESSAGE_SMS || row->kind == DESK_MESSAGE_AI_CALL || row->kind == DESK_MESSAGE_NOTICE))
		e = put_words(o, row, r);
	command_end(b);
	return e == ERR_OK ? b->err : e;
}
