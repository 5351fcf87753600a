/* outbox_case.c - orders to banks as messages of the case platform. */
#include <inttypes.h>
#include <stdio.h>
#include "base/clock.h"
#include "desk/freeze.h"
#include "desk/account.h"
#include "desk/card.h"
#include "desk/clue.h"
#include "desk/query.h"
#include "desk/stop.h"
#include "gateway/outbox_int.h"
#include "gateway/outbox_list.h"

void outbox_revealed(struct outbox_request *r, const char *field)
{
	size_t n = strlen(r->revealed);

	CHECK(n + strlen(field) + 2 <= sizeof(r->revealed));
	snprintf(r->revealed + n, sizeof(r->revealed) - n, "%s%s", n == 0 ? "" : ",", field);
}

enum err outbox_reveal(struct outbox *o, struct outbox_request *r, const char *field, struct desk_entity e)
{
	buf_clear(&o->plain);
	outbox_revealed(r, field);
	return o->o.world.reveal(o->o.world.ctx, e, &o->plain);
}

enum err outbox_reveal_text(struct outbox *o, struct outbox_request *r, const char *field, uint32_t number)
{
	buf_clear(&o->plain);
	outbox_revealed(r, field);
	return o->o.world.text(o->o.world.ctx, o->object.value[number].ref, &o->plain);
}

/* Fields of stops and freezes that stand under the same names in a message. */
static const struct place {
	uint8_t account, name, reason, release_reason, case_no, officer_1, officer_2, attachments;
} places[] = {
	{ STOP_F_ACCOUNT, STOP_F_ACCOUNT_NAME, STOP_F_REASON, STOP_F_RELEASE_REASON, STOP_F_CASE_NO, STOP_F_OFFICER_1,
	  STOP_F_OFFICER_2, STOP_F_ATTACHMENTS },
	{ FREEZE_F_ACCOUNT, FREEZE_F_ACCOUNT_NAME, FREEZE_F_REASON, FREEZE_F_RELEASE_REASON, FREEZE_F_CASE_NO,
	  FREEZE_F_OFFICER_1, FREEZE_F_OFFICER_2, FREEZE_F_ATTACHMENTS },
};

struct making {
	struct outbox *o;
	struct outbox_request *r;
	enum err err;
};

static void put_entity(struct making *k, enum case_field f, const char *name, uint32_t field, uint8_t kind)
{
	struct desk_object *x = &k->o->object;

	if (k->err != ERR_OK || !desk_has(x, field))
		return;
	k->err = outbox_reveal(k->o, k->r, name, (struct desk_entity){ .kind = kind, .token = x->value[field].token });
	if (k->err == ERR_OK)
		case_put(&k->o->draft, f, buf_view(&k->o->plain));
}

static void put_text(struct making *k, enum case_field f, const char *name, uint32_t field)
{
	if (k->err != ERR_OK || !desk_has(&k->o->object, field))
		return;
	k->err = outbox_reveal_text(k->o, k->r, name, field);
	if (k->err == ERR_ABSENT && f != CASE_F_ACCOUNT_NAME) /* words that were erased; the order goes without them */
		k->err = ERR_OK;
	else if (k->err == ERR_OK)
		case_put(&k->o->draft, f, buf_view(&k->o->plain));
}

static void put_code(struct making *k, enum case_field f, uint32_t field)
{
	const struct desk_code *c = &k->o->object.value[field].code;

	if (desk_has(&k->o->object, field))
		case_put(&k->o->draft, f, text_of(c->p, c->n));
}

static void put_original(struct making *k)
{
	struct case_message *d = &k->o->draft;
	char z[24];

	snprintf(z, sizeof(z), "%c%016" PRIX64, k->o->object.kind == DESK_STOP ? 'S' : 'F', k->o->object.id);
	case_put(d, CASE_F_ORIGINAL, text_z(z));
}

static void put_stop(struct making *k)
{
	const struct desk_object *x = &k->o->object;
	struct case_message *d = &k->o->draft;
	int64_t type = desk_i(x, STOP_F_APPLICATION), urgency = desk_i(x, STOP_F_URGENCY);

	case_put_number(d, CASE_F_TYPE, type > 0 ? type - 1 : 0);
	case_put_number(d, CASE_F_URGENCY, urgency > 0 ? urgency : 2);
	case_put(d, CASE_F_CURRENCY, TEXT("CNY"));
	case_put_yuan(d, CASE_F_AMOUNT, desk_i(x, STOP_F_AMOUNT));
	if (desk_has(x, STOP_F_PAID))
		case_put_time(d, CASE_F_PAID, desk_i(x, STOP_F_PAID));
	put_entity(k, CASE_F_OUT_ACCOUNT, "payer", STOP_F_PAYER, DESK_BANK_ACCOUNT);
}

static void put_freeze(struct making *k)
{
	const struct desk_object *x = &k->o->object;
	struct case_message *d = &k->o->draft;

	case_put_number(d, CASE_F_FREEZE_TYPE, desk_i(x, FREEZE_F_SCOPE));
	case_put_number(d, CASE_F_MONTHS, desk_i(x, FREEZE_F_MONTHS));
	case_put(d, CASE_F_CURRENCY, TEXT("CNY"));
	if (desk_has(x, FREEZE_F_AMOUNT))
		case_put_yuan(d, CASE_F_FREEZE_AMOUNT, desk_i(x, FREEZE_F_AMOUNT));
}

/* What the kinds of order have of their own. */
static void put_own(struct making *k, uint32_t code)
{
	const struct desk_object *x = &k->o->object;
	struct case_message *d = &k->o->draft;

	switch (code) {
	case CASE_STOP: put_stop(k); return;
	case CASE_FREEZE: put_freeze(k); return;
	case CASE_STOP_EXTEND: /* the second stop begins at the end of the first, and is as long */
		case_put_time(d, CASE_F_START, desk_i(x, STOP_F_END));
		case_put_time(d, CASE_F_END, desk_i(x, STOP_F_END) + 48 * US_PER_HOUR);
		break;
	case CASE_FREEZE_RENEW:
		case_put_number(d, CASE_F_MONTHS, desk_i(x, FREEZE_F_RENEW_MONTHS));
		case_put_time(d, CASE_F_START, desk_i(x, FREEZE_F_END));
		break;
	default: break;
	}
	put_original(k);
}

static void put_asked(struct making *k, const struct config *c)
{
	case_put_time(&k->o->draft, CASE_F_ASKED, k->o->message.time_us);
	case_put(&k->o->draft, CASE_F_APPLICANT, text_z(c->outbox_applicant[0] != 0 ? c->outbox_applicant : "duanka"));
}

static void put_order(struct making *k, const struct config *c, uint32_t code)
{
	const struct place *p = &places[k->o->object.kind == DESK_FREEZE];
	bool release = code == CASE_STOP_RELEASE || code == CASE_FREEZE_RELEASE;

	put_asked(k, c);
	put_code(k, CASE_F_CASE_NO, p->case_no);
	put_entity(k, CASE_F_ACCOUNT, "account", p->account, DESK_BANK_ACCOUNT);
	put_text(k, CASE_F_ACCOUNT_NAME, "account_name", p->name);
	put_text(k, CASE_F_REASON, release ? "release_reason" : "reason", release ? p->release_reason : p->reason);
	put_text(k, CASE_F_OFFICER_1, "officer_1", p->officer_1);
	put_text(k, CASE_F_OFFICER_2, "officer_2", p->officer_2);
	if (code == CASE_STOP || code == CASE_FREEZE)
		put_text(k, CASE_F_ATTACHMENTS, "attachments", p->attachments);
	put_own(k, code);
}

/* A question, or the end of following: about the account, or, of all accounts, the customer. */
static void put_question(struct making *k, const struct config *c, uint32_t code)
{
	const struct desk_object *x = &k->o->object;
	struct case_message *d = &k->o->draft;
	char z[24];

	put_asked(k, c);
	put_code(k, CASE_F_CASE_NO, QUERY_F_CASE_NO);
	put_text(k, CASE_F_REASON, "purpose", QUERY_F_PURPOSE);
	if (code == CASE_ACCOUNTS)
		put_entity(k, CASE_F_HOLDER_ID, "person", QUERY_F_PERSON, DESK_PERSON);
	else
		put_entity(k, CASE_F_ACCOUNT, "account", QUERY_F_ACCOUNT, DESK_BANK_ACCOUNT);
	if (code != CASE_FOLLOW_END)
		put_text(k, CASE_F_ATTACHMENTS, "papers", QUERY_F_PAPERS);
	switch (code) {
	case CASE_MOVEMENTS:
		case_put_time(d, CASE_F_FROM, desk_i(x, QUERY_F_FROM));
		case_put_time(d, CASE_F_UNTIL, desk_i(x, QUERY_F_UNTIL));
		break;
	case CASE_FOLLOW: case_put_number(d, CASE_F_DAYS, desk_i(x, QUERY_F_DAYS)); break;
	case CASE_FOLLOW_END:
		snprintf(z, sizeof(z), "Q%016" PRIX64, x->id);
		case_put(d, CASE_F_ORIGINAL, text_z(z));
		break;
	default: break;
	}
}

/* Feedback to a report has the application that the bank gave it. */
static void put_feedback(struct making *k)
{
	const struct desk_object *x = &k->o->object;
	struct case_message *d = &k->o->draft;
	int64_t finding = desk_i(x, CLUE_F_FINDING);

	if (!desk_has(x, CLUE_F_APPLICATION)) {
		k->err = ERR_ABSENT;
		return;
	}
	case_put_number(d, CASE_F_RETURN, 100000);
	case_put_number(d, CASE_F_RESULT, finding > 0 ? finding - 1 : 0);
	case_put_time(d, CASE_F_TOLD, k->o->message.time_us);
	put_code(k, CASE_F_CASE_NO, CLUE_F_CASE_NO);
	put_text(k, CASE_F_REMARK, "feedback", CLUE_F_FEEDBACK);
	buf_clear(&k->o->plain);
	if (k->err == ERR_OK)
		k->err = k->o->o.world.text(k->o->o.world.ctx, x->value[CLUE_F_APPLICATION].ref, &k->o->plain);
	if (k->err == ERR_OK && k->o->plain.n > DELIVERY_APPLICATION_MAX)
		k->err = ERR_FORMAT;
	if (k->err == ERR_OK) { /* its own number, told back to it */
		snprintf(k->r->application, sizeof(k->r->application), "%.*s", (int)k->o->plain.n, k->o->plain.p);
		d->application = text_z(k->r->application);
	}
}

/* An involved account, or the holder of an involved card. */
static void put_list(struct making *k, const struct config *c)
{
	struct desk_object *x = &k->o->object;
	struct case_message *d = &k->o->draft;
	bool account = x->kind == DESK_ACCOUNT;
	uint32_t field = account ? ACCOUNT_F_ACCOUNT : CARD_F_PERSON;
	char hash[LIST_HASH_CHARS + 1];

	case_put_time(d, CASE_F_ASKED, k->o->message.time_us);
	case_put_number(d, CASE_F_LIST, k->o->message.detail);
	if ((!account && x->kind != DESK_CARD) || !desk_has(x, field)) {
		k->err = ERR_FORMAT;
		return;
	}
	k->err = outbox_reveal(
		k->o, k->r, account ? "account_hash" : "person_hash",
		(struct desk_entity){ .kind = account ? DESK_BANK_ACCOUNT : DESK_PERSON, .token = x->value[field].token });
	if (k->err != ERR_OK)
		return;
	outbox_list_hash(text_z(c->outbox_list_salt), account ? TEXT("") : TEXT("01_"), buf_view(&k->o->plain), hash);
	case_put(d, CASE_F_HASH, text_z(hash));
}

enum err outbox_make_case(struct outbox *o, const struct config *c, const struct tenant *t,
                          const struct delivery_row *row, struct outbox_request *r)
{
	uint32_t code = outbox_case_code(row);
	struct making k = { .o = o, .r = r };
	struct case_message *d = &o->draft;
	char serial[24];

	case_start(d, code, false);
	snprintf(serial, sizeof(serial), "%016" PRIX64, row->id);
	d->mode = TEXT("01");
	d->to = case_keep(d, text_z(t->name));
	d->serial = case_keep(d, text_z(serial));
	d->application = text_z(row->application);
	if (o->object.kind == DESK_STOP || o->object.kind == DESK_FREEZE)
		put_order(&k, c, code);
	else if (o->object.kind == DESK_QUERY)
		put_question(&k, c, code);
	else if (code == CASE_REPORT_TOLD && o->object.kind == DESK_CLUE)
		put_feedback(&k);
	else if (code == CASE_PUSH)
		put_list(&k, c);
	else
		k.err = ERR_FORMAT;
	if (k.err == ERR_OK)
		k.err = case_write(d, &r->body, NULL);
	explicit_bzero(d->store, sizeof(d->store));
	return k.err;
}
