/* outbox_route.c - which message goes where. Whatever has no connector that takes it goes to the seats of its organisation: people do what no machine does. */
#include <inttypes.h>
#include <stdio.h>
#include "base/clock.h"
#include "desk/appeal.h"
#include "desk/card.h"
#include "desk/clue.h"
#include "desk/device_report.h"
#include "desk/measure.h"
#include "desk/warning.h"
#include "gateway/outbox_int.h"

/* A warning by text or by machine that comes so much later helps nobody, and frightens: a person decides whether it still goes. */
#define PERISHES_US US_PER_HOUR

enum way {
	WAY_SEATS,
	WAY_CASE,     /* an order of the case platform, to the organisation */
	WAY_COMMANDS, /* a command, to the organisation */
	WAY_SENDER,   /* to a person, by the sender */
	WAY_TAKERS,   /* commands, to each that takes this kind */
	WAY_BANKS,    /* of the case platform, to each of its banks */
	WAY_REPORTER  /* to who reported: an institution by its connector, a person by the sender */
};

static const struct {
	uint8_t way;
	uint32_t code;
} ways[DESK_MESSAGE_KINDS] = {
	[DESK_MESSAGE_BANK_STOP] = { WAY_CASE, CASE_STOP },
	[DESK_MESSAGE_BANK_STOP_RELEASE] = { WAY_CASE, CASE_STOP_RELEASE },
	[DESK_MESSAGE_BANK_STOP_EXTEND] = { WAY_CASE, CASE_STOP_EXTEND },
	[DESK_MESSAGE_BANK_FREEZE] = { WAY_CASE, CASE_FREEZE },
	[DESK_MESSAGE_BANK_FREEZE_RELEASE] = { WAY_CASE, CASE_FREEZE_RELEASE },
	[DESK_MESSAGE_BANK_FREEZE_RENEW] = { WAY_CASE, CASE_FREEZE_RENEW },
	[DESK_MESSAGE_BANK_LIMIT] = { WAY_COMMANDS },
	[DESK_MESSAGE_BANK_COUNTER_ONLY] = { WAY_COMMANDS },
	[DESK_MESSAGE_BANK_VERIFY] = { WAY_COMMANDS },
	[DESK_MESSAGE_BANK_RESTORE] = { WAY_COMMANDS },
	[DESK_MESSAGE_OPERATOR_VERIFY] = { WAY_COMMANDS },
	[DESK_MESSAGE_OPERATOR_BAR] = { WAY_COMMANDS },
	[DESK_MESSAGE_OPERATOR_SUSPEND] = { WAY_COMMANDS },
	[DESK_MESSAGE_OPERATOR_RESTORE] = { WAY_COMMANDS },
	[DESK_MESSAGE_OPERATOR_HELP] = { WAY_COMMANDS },
	[DESK_MESSAGE_SMS] = { WAY_SENDER },
	[DESK_MESSAGE_AI_CALL] = { WAY_SENDER },
	[DESK_MESSAGE_NOTICE] = { WAY_SENDER },
	[DESK_MESSAGE_DISPATCH] = { WAY_TAKERS },
	[DESK_MESSAGE_DISCIPLINE] = { WAY_TAKERS },
	[DESK_MESSAGE_DISCIPLINE_END] = { WAY_TAKERS },
	[DESK_MESSAGE_INTERNET_CHECK] = { WAY_TAKERS },
	[DESK_MESSAGE_RECEIPT] = { WAY_REPORTER },
	[DESK_MESSAGE_FEEDBACK] = { WAY_REPORTER, CASE_REPORT_TOLD },
	[DESK_MESSAGE_BANK_HOLDER] = { WAY_CASE, CASE_HOLDER },
	[DESK_MESSAGE_BANK_MOVEMENTS] = { WAY_CASE, CASE_MOVEMENTS },
	[DESK_MESSAGE_BANK_FOLLOW] = { WAY_CASE, CASE_FOLLOW },
	[DESK_MESSAGE_BANK_FOLLOW_END] = { WAY_CASE, CASE_FOLLOW_END },
	[DESK_MESSAGE_BANK_ACCOUNTS] = { WAY_CASE, CASE_ACCOUNTS },
	[DESK_MESSAGE_BANK_LIST] = { WAY_BANKS, CASE_PUSH },
};

/* What goes as a message of the case platform has an application there. */
uint32_t outbox_case_code(const struct delivery_row *row)
{
	return row->kind < DESK_MESSAGE_KINDS && row->application[0] != 0 ? ways[row->kind].code : 0;
}

bool outbox_is_question(uint8_t kind)
{
	return kind == DESK_MESSAGE_BANK_HOLDER || kind == DESK_MESSAGE_BANK_MOVEMENTS ||
	       kind == DESK_MESSAGE_BANK_FOLLOW || kind == DESK_MESSAGE_BANK_ACCOUNTS;
}

bool outbox_is_order(uint8_t kind)
{
	return kind == DESK_MESSAGE_BANK_STOP || kind == DESK_MESSAGE_BANK_FREEZE;
}

const struct tenant *outbox_tenant(const struct config *c, uint32_t receiver)
{
	const struct tenant *t =
		receiver == 0 || receiver > UINT16_MAX ? NULL : tenant_numbered(c->tenant, c->n_tenants, (uint16_t)receiver);

	return t != NULL && t->connector != CONNECTOR_NONE ? t : NULL;
}

static bool takes(const struct tenant *t, uint32_t way)
{
	switch (way) {
	case WAY_CASE:
	case WAY_BANKS: return t->connector == CONNECTOR_CASE;
	case WAY_COMMANDS:
	case WAY_TAKERS:
		return t->connector == CONNECTOR_COMMANDS || (t->connector == CONNECTOR_CASE && t->commands_url[0] != 0);
	case WAY_SENDER: return t->connector == CONNECTOR_SENDER || t->connector == CONNECTOR_SPOOL;
	default: return false;
	}
}

/* ---- to how many ---- */

static bool in_district(const struct tenant *t, uint16_t district)
{
	char z[8];

	snprintf(z, sizeof(z), "%u", district);
	return t->districts[0] == 0 || tenant_names(t->districts, text_z(z));
}

static bool wants(const struct tenant *t, const struct desk_message *m)
{
	if (!takes(t, ways[m->kind].way))
		return false;
	switch (m->kind) {
	case DESK_MESSAGE_INTERNET_CHECK: return tenant_names(t->takes, TEXT("internet-check"));
	case DESK_MESSAGE_DISCIPLINE:
	case DESK_MESSAGE_DISCIPLINE_END: return tenant_names(t->takes, TEXT("discipline"));
	case DESK_MESSAGE_DISPATCH: return tenant_names(t->takes, TEXT("dispatch")) && in_district(t, m->district);
	default: return m->kind == DESK_MESSAGE_BANK_LIST;
	}
}

uint32_t outbox_copies(const struct config *c, const struct desk_message *m, uint16_t copy[OUTBOX_COPIES_MAX])
{
	uint32_t way = m->kind < DESK_MESSAGE_KINDS ? ways[m->kind].way : WAY_SEATS, n = 0;

	copy[0] = 0;
	if ((way != WAY_TAKERS && way != WAY_BANKS) || (way == WAY_BANKS && c->outbox_list_salt[0] == 0))
		return 1;
	if (m->kind == DESK_MESSAGE_DISPATCH)
		n = 1; /* the district's people see it as before, whatever their station's system does */
	for (uint32_t i = 0; i < c->n_tenants; i++)
		if (wants(&c->tenant[i], m))
			copy[n++] = c->tenant[i].number;
	return n > 0 ? n : 1;
}

/* ---- whom it is about ---- */

static bool first_hit(void *ctx, const struct registry_hit *h)
{
	*(struct desk_object *)ctx = *h->object;
	return false;
}

/* The newest card of this phone or person. */
static bool card_of(struct registry *r, struct desk_entity e, struct desk_object *out)
{
	struct registry_query q = { .kind = DESK_CARD, .entity = e, .open = true, .order = REGISTRY_BY_CHANGE };

	out->kind = 0;
	return e.kind != DESK_ENTITY_NONE && registry_list(r, &q, 1, first_hit, out) == ERR_OK && out->kind != 0;
}

static struct desk_entity entity(const struct desk_object *o, uint32_t field, uint8_t kind)
{
	return desk_has(o, field) ? (struct desk_entity){ .kind = kind, .token = o->value[field].token }
	                          : (struct desk_entity){ .kind = DESK_ENTITY_NONE };
}

struct desk_entity outbox_phone_of(struct registry *r, struct desk_entity about, const struct desk_object *x)
{
	struct desk_entity person = { .kind = DESK_ENTITY_NONE };
	struct desk_object card;

	if (about.kind == DESK_PHONE)
		return about;
	if (x->kind == DESK_MEASURE && desk_has(x, MEASURE_F_PHONE))
		return entity(x, MEASURE_F_PHONE, DESK_PHONE);
	if (x->kind == DESK_CARD)
		return entity(x, CARD_F_PHONE, DESK_PHONE);
	if (x->kind == DESK_WARNING && desk_has(x, WARNING_F_PHONE))
		return entity(x, WARNING_F_PHONE, DESK_PHONE);
	if (x->subject.kind == DESK_PERSON)
		person = x->subject;
	else if (x->also.kind == DESK_PERSON)
		person = x->also;
	return card_of(r, person, &card) ? entity(&card, CARD_F_PHONE, DESK_PHONE)
	                                 : (struct desk_entity){ .kind = DESK_ENTITY_NONE };
}

struct desk_entity outbox_phone(struct outbox *o, const struct desk_message *m, const struct desk_object *x)
{
	return outbox_phone_of(o->o.registry, m->about, x);
}

/* The operator of the phone that a warning or a measure is about. */
static uint32_t operator_of(struct outbox *o, const struct desk_message *m, const struct desk_object *x)
{
	struct desk_object card;

	return card_of(o->o.registry, outbox_phone(o, m, x), &card) ? card.organisation : 0;
}

static uint32_t sender(const struct config *c)
{
	for (uint32_t i = 0; i < c->n_tenants; i++)
		if (takes(&c->tenant[i], WAY_SENDER))
			return c->tenant[i].number;
	return 0;
}

uint32_t outbox_reporter(const struct desk_object *x)
{
	if (x->kind == DESK_CLUE)
		return (uint32_t)desk_i(x, CLUE_F_INSTITUTION);
	return x->kind == DESK_DEVICE_REPORT ? (uint32_t)desk_i(x, DEVICE_F_OPERATOR) : 0;
}

uint32_t outbox_contact(const struct desk_object *x)
{
	uint32_t field = x->kind == DESK_CLUE ? CLUE_F_REPORTER : x->kind == DESK_APPEAL ? APPEAL_F_CONTACT : 0;

	return field != 0 && desk_has(x, field) ? field : 0;
}

/* It came by the case platform. */
static bool has_form(const struct desk_object *x)
{
	return x->kind == DESK_CLUE && desk_has(x, CLUE_F_FORM);
}

/* An institution's connector, if it has one that takes it; else the sender, if a person can be reached by it. */
static uint32_t to_reporter(const struct config *c, const struct desk_object *x)
{
	const struct tenant *t = outbox_tenant(c, outbox_reporter(x));

	if (t != NULL && (takes(t, WAY_COMMANDS) ||
	                  (t->connector == CONNECTOR_CASE && has_form(x) && desk_i(x, CLUE_F_FORM) == CASE_REPORT)))
		return t->number;
	return outbox_contact(x) != 0 ? sender(c) : 0;
}

static bool to_operator(uint8_t kind)
{
	return kind >= DESK_MESSAGE_OPERATOR_VERIFY && kind <= DESK_MESSAGE_OPERATOR_HELP;
}

static uint32_t receiver_of(struct outbox *o, const struct config *c, const struct desk_message *m,
                            const struct desk_object *x, const struct delivery_row *row)
{
	uint32_t way = m->kind < DESK_MESSAGE_KINDS ? ways[m->kind].way : WAY_SEATS, to = m->organisation;
	const struct tenant *t;

	if (way == WAY_TAKERS || way == WAY_BANKS)
		to = row->copy;
	else if (way == WAY_REPORTER)
		to = to_reporter(c, x);
	else if (way == WAY_SENDER)
		to = outbox_phone(o, m, x).kind == DESK_ENTITY_NONE ? 0 : sender(c);
	else if (to_operator(m->kind) && x->kind != DESK_CARD)
		to = operator_of(o, m, x);
	t = outbox_tenant(c, to);
	return t != NULL && (way == WAY_REPORTER || takes(t, way)) ? to : RECEIVER_SEATS;
}

/* What the bank knows the order by. All attempts of one stop or freeze are one application, so that it recognises them; everything else is one of its own. */
static void application(const struct desk_message *m, const struct desk_object *x, uint32_t receiver,
                        char out[DELIVERY_APPLICATION_MAX + 1])
{
	char letter = m->kind == DESK_MESSAGE_BANK_STOP     ? 'S'
	              : m->kind == DESK_MESSAGE_BANK_FREEZE ? 'F'
	              : outbox_is_question(m->kind)         ? 'Q'
	                                                    : 'M';
	bool as_case = m->kind < DESK_MESSAGE_KINDS && ways[m->kind].code != 0;

	if (ways[m->kind].way == WAY_REPORTER) /* the case platform has feedback for one kind of report */
		as_case =
			as_case && x->kind == DESK_CLUE && desk_i(x, CLUE_F_FORM) == CASE_REPORT && receiver == outbox_reporter(x);
	out[0] = 0;
	if (as_case)
		snprintf(out, DELIVERY_APPLICATION_MAX + 1, "%c%016" PRIX64, letter, letter == 'M' ? m->id : m->object);
}

/* An installation that catches up with an old journal finds old warnings. */
static bool perished(const struct desk_message *m, const struct delivery_row *row)
{
	return (m->kind == DESK_MESSAGE_SMS || m->kind == DESK_MESSAGE_AI_CALL) &&
	       row->changed_us - row->made_us > PERISHES_US;
}

void outbox_route(struct outbox *o, const struct config *c, const struct desk_message *m, const struct desk_object *x,
                  struct delivery_row *row)
{
	row->receiver = receiver_of(o, c, m, x, row);
	application(m, x, row->receiver, row->application);
	if (m->kind == DESK_MESSAGE_RECEIPT && has_form(x)) {
		row->state = DELIVERY_DONE; /* the reply to the report said so */
		row->receiver = outbox_reporter(x);
		row->next_us = 0;
		snprintf(row->why, sizeof(row->why), "replied");
		return;
	}
	if (row->receiver == RECEIVER_SEATS) {
		row->state = DELIVERY_SEAT;
		row->next_us = 0;
		return;
	}
	if (perished(m, row)) {
		row->state = DELIVERY_DEAD;
		row->next_us = 0;
		snprintf(row->why, sizeof(row->why), "stale");
		return;
	}
	row->state = DELIVERY_WAITING;
	row->next_us = row->made_us;
	if (outbox_is_order(m->kind) &&
	    m->detail > 0) /* the desk's own later attempts do not follow on each other's heels */
		row->next_us += outbox_wait(o, c->outbox_backoff_us, c->outbox_backoff_most_us, m->detail);
}
