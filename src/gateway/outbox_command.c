/* outbox_command.c - commands to operators and banks, and texts to people, as JSON. */
#include <stdio.h>
#include "base/clock.h"
#include "base/money.h"
#include "desk/account.h"
#include "desk/appeal.h"
#include "desk/card.h"
#include "desk/clue.h"
#include "desk/device_report.h"
#include "desk/discipline.h"
#include "desk/incident.h"
#include "desk/measure.h"
#include "desk/warning.h"
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
	                                                      [DESK_MESSAGE_NOTICE] = "sms",
	                                                      [DESK_MESSAGE_DISPATCH] = "dispatch",
	                                                      [DESK_MESSAGE_RECEIPT] = "receipt",
	                                                      [DESK_MESSAGE_FEEDBACK] = "feedback",
	                                                      [DESK_MESSAGE_DISCIPLINE] = "discipline",
	                                                      [DESK_MESSAGE_DISCIPLINE_END] = "discipline-end",
	                                                      [DESK_MESSAGE_INTERNET_CHECK] = "check-accounts" };

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

/* ---- to those who take a kind of message ---- */

struct writing {
	struct outbox *o;
	struct outbox_request *r;
	enum err err;
};

static void put_token(struct writing *w, const char *name, uint32_t field, uint8_t kind)
{
	struct desk_object *x = &w->o->object;

	if (w->err != ERR_OK || !desk_has(x, field))
		return;
	w->err = outbox_reveal(w->o, w->r, name, (struct desk_entity){ .kind = kind, .token = x->value[field].token });
	if (w->err == ERR_OK)
		command_text(&w->r->body, name, buf_view(&w->o->plain));
}

static void put_sealed(struct writing *w, const char *name, uint32_t field)
{
	if (w->err != ERR_OK || field == 0 || !desk_has(&w->o->object, field))
		return;
	w->err = outbox_reveal_text(w->o, w->r, name, field);
	if (w->err == ERR_OK)
		command_text(&w->r->body, name, buf_view(&w->o->plain));
	else if (w->err == ERR_ABSENT) /* erased: without it */
		w->err = ERR_OK;
}

static void put_code(struct writing *w, const char *name, uint32_t field)
{
	const struct desk_object *x = &w->o->object;

	if (desk_has(x, field))
		command_text(&w->r->body, name, text_of(x->value[field].code.p, x->value[field].code.n));
}

static void put_check(struct writing *w)
{
	put_token(w, "phone", CARD_F_PHONE, DESK_PHONE);
	put_code(w, "case_no", CARD_F_CASE_NO);
	command_text(&w->r->body, "basis", TEXT("AFL-23"));
}

static void put_listing(struct writing *w)
{
	const struct desk_object *x = &w->o->object;

	put_token(w, "person", DISCIPLINE_F_PERSON, DESK_PERSON);
	put_choice(&w->r->body, "basis", &desk_bases, desk_i(x, DISCIPLINE_F_BASIS));
	put_choice(&w->r->body, "ground", desk_discipline.field[DISCIPLINE_F_GROUND].choices,
	           desk_i(x, DISCIPLINE_F_GROUND));
	put_object(&w->r->body, "measure", DESK_MEASURE, desk_id(x, DISCIPLINE_F_MEASURE));
	put_time(&w->r->body, "start", desk_i(x, DISCIPLINE_F_START));
	put_time(&w->r->body, "until", desk_i(x, DISCIPLINE_F_END));
	put_token(w, "kept_phone", DISCIPLINE_F_KEPT_CARD, DESK_PHONE);
}

/* Whom to look for, and why; who goes there asks the desk for more. */
static void put_visit(struct writing *w)
{
	const struct desk_object *x = &w->o->object;

	command_number(&w->r->body, "district", w->o->message.district);
	if (x->kind == DESK_WARNING) {
		command_number(&w->r->body, "grade", desk_i(x, WARNING_F_GRADE));
		put_choice(&w->r->body, "scam", &desk_scams, desk_i(x, WARNING_F_SCAM));
		put_token(w, "person", WARNING_F_PERSON, DESK_PERSON);
		put_token(w, "phone", WARNING_F_PHONE, DESK_PHONE);
	} else if (x->kind == DESK_DEVICE_REPORT) {
		put_choice(&w->r->body, "what", desk_device_report.field[DEVICE_F_WHAT].choices, desk_i(x, DEVICE_F_WHAT));
		put_sealed(w, "address", DEVICE_F_ADDRESS);
	}
}

static uint32_t told_field(const struct desk_object *x)
{
	return x->kind == DESK_CLUE ? CLUE_F_FEEDBACK : x->kind == DESK_APPEAL ? APPEAL_F_DECISION : 0;
}

/* To the institution that reported. */
static void put_told(struct writing *w, bool feedback)
{
	const struct desk_object *x = &w->o->object;

	command_text(&w->r->body, "state", text_z(desk_machine(x->kind)->state[x->state].name));
	if (x->kind == DESK_CLUE)
		put_choice(&w->r->body, "finding", desk_clue.field[CLUE_F_FINDING].choices, desk_i(x, CLUE_F_FINDING));
	if (feedback)
		put_sealed(w, "text", told_field(x));
}

static enum err put_for_takers(struct outbox *o, const struct delivery_row *row, struct outbox_request *r)
{
	struct writing w = { .o = o, .r = r };

	put_object(&r->body, "object", o->object.kind, o->object.id);
	switch (row->kind) {
	case DESK_MESSAGE_INTERNET_CHECK: put_check(&w); break;
	case DESK_MESSAGE_DISCIPLINE:
	case DESK_MESSAGE_DISCIPLINE_END: put_listing(&w); break;
	case DESK_MESSAGE_DISPATCH: put_visit(&w); break;
	default: put_told(&w, row->kind == DESK_MESSAGE_FEEDBACK); break;
	}
	put_time(&r->body, "time", o->message.time_us);
	command_end(&r->body);
	return w.err == ERR_OK ? r->body.err : w.err;
}

/* ---- about a card or an account, and to people ---- */

/* A mobile or fixed number as people write it down. */
static bool is_phone(struct text t)
{
	size_t digits = 0;

	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] >= '0' && t.p[i] <= '9')
			digits++;
		else if (!(t.p[i] == '+' && i == 0) && t.p[i] != '-' && t.p[i] != ' ')
			return false;
	return digits >= 7 && digits <= 15;
}

/* ERR_RANGE: what they left is no number; people find the way. */
static enum err put_contact(struct outbox *o, struct outbox_request *r)
{
	enum err e = outbox_reveal_text(o, r, "contact", outbox_contact(&o->object));
	struct text t = text_trim(buf_view(&o->plain));

	if (e == ERR_OK && !is_phone(t))
		return ERR_RANGE;
	if (e == ERR_OK)
		command_text(&r->body, "phone", t);
	return e;
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
	uint32_t told = told_field(&o->object);
	struct buf words;
	enum err e = ERR_OK;

	buf_clear(&o->plain);
	if (row->kind == DESK_MESSAGE_NOTICE && o->object.kind == DESK_MEASURE && desk_has(&o->object, MEASURE_F_REASON)) {
		e = outbox_reveal_text(o, r, "reason", MEASURE_F_REASON);
		if (e == ERR_OK)
			reason = buf_view(&o->plain);
		e = e == ERR_ABSENT ? ERR_OK : e;
	}
	if (row->kind == DESK_MESSAGE_FEEDBACK && told != 0 && desk_has(&o->object, told)) {
		e = outbox_reveal_text(o, r, "feedback", told);
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
	{ K(DISCIPLINE) | K(DISCIPLINE_END), DESK_MESSAGE_DISCIPLINE_END },
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

	*out = stands ? PLACE_NOW : PLACE_OVER;
	if (e != ERR_OK || !stands)
		return e;
	return row->kind == DESK_MESSAGE_PUBLISH ? outbox_place_of_publication(o, row, out) : place_of_command(o, row, out);
}

static bool has_words(uint8_t kind)
{
	return kind == DESK_MESSAGE_SMS || kind == DESK_MESSAGE_AI_CALL || kind == DESK_MESSAGE_NOTICE ||
	       kind == DESK_MESSAGE_RECEIPT || kind == DESK_MESSAGE_FEEDBACK;
}

enum err outbox_make_command(struct outbox *o, const struct tenant *t, const struct delivery_row *row,
                             struct outbox_request *r)
{
	const char *command = row->kind < DESK_MESSAGE_KINDS ? commands[row->kind] : NULL;
	bool person = t->connector == CONNECTOR_SENDER || t->connector == CONNECTOR_SPOOL;
	bool answer = row->kind == DESK_MESSAGE_RECEIPT || row->kind == DESK_MESSAGE_FEEDBACK;
	struct buf *b = &r->body;
	enum err e;

	if (command == NULL)
		return ERR_FORMAT;
	command_begin(b, row->id, person && answer ? "sms" : command);
	if (row->kind == DESK_MESSAGE_DISPATCH || row->kind >= DESK_MESSAGE_DISCIPLINE || (answer && !person))
		return put_for_takers(o, row, r);
	e = answer ? put_contact(o, r) : put_whose(o, r);
	if (o->object.kind == DESK_ACCOUNT)
		put_account(b, &o->object);
	else if (o->object.kind == DESK_CARD)
		put_card(b, &o->object);
	put_time(b, "time", o->message.time_us);
	if (e == ERR_OK && has_words(row->kind))
		e = put_words(o, row, r);
	command_end(b);
	return e == ERR_OK ? b->err : e;
}
