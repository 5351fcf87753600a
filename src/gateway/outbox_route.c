/* outbox_route.c - which message goes where. Whatever has no connector that takes it goes to the seats of its organisation: people do what no machine does. */
#include <inttypes.h>
#include <stdio.h>
#include "base/clock.h"
#include "desk/card.h"
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
	WAY_CHANNEL   /* to whom a channel belongs, or, a text, by the sender */
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
	[DESK_MESSAGE_PUBLISH] = { WAY_CHANNEL },
};

uint32_t outbox_case_code(uint8_t kind)
{
	return kind < DESK_MESSAGE_KINDS ? ways[kind].code : 0;
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
	case WAY_CASE: return t->connector == CONNECTOR_CASE;
	case WAY_COMMANDS:
		return t->connector == CONNECTOR_COMMANDS || (t->connector == CONNECTOR_CASE && t->commands_url[0] != 0);
	case WAY_SENDER: return t->connector == CONNECTOR_SENDER || t->connector == CONNECTOR_SPOOL;
	case WAY_CHANNEL:
		return t->connector == CONNECTOR_COMMANDS || t->connector == CONNECTOR_SPOOL || t->connector == CONNECTOR_MAIL;
	default: return false;
	}
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

static bool to_operator(uint8_t kind)
{
	return kind >= DESK_MESSAGE_OPERATOR_VERIFY && kind <= DESK_MESSAGE_OPERATOR_HELP;
}

static uint32_t receiver_of(struct outbox *o, const struct config *c, const struct desk_message *m,
                            const struct desk_object *x)
{
	uint32_t way = m->kind < DESK_MESSAGE_KINDS ? ways[m->kind].way : WAY_SEATS, to = m->organisation;
	const struct tenant *t;

	if (way == WAY_CHANNEL && m->about.kind == DESK_PHONE)
		way = WAY_SENDER;
	if (way == WAY_SENDER)
		to = outbox_phone(o, m, x).kind == DESK_ENTITY_NONE ? 0 : sender(c);
	else if (to_operator(m->kind) && x->kind != DESK_CARD)
		to = operator_of(o, m, x);
	t = outbox_tenant(c, to);
	return t != NULL && takes(t, way) ? to : RECEIVER_SEATS;
}

/* What the bank knows the order by. All attempts of one stop or freeze are one application, so that it recognises them; everything else is one of its own. */
static void application(const struct desk_message *m, char out[DELIVERY_APPLICATION_MAX + 1])
{
	bool order = outbox_is_order(m->kind);

	if (outbox_case_code(m->kind) == 0)
		out[0] = 0;
	else
		snprintf(out, DELIVERY_APPLICATION_MAX + 1, "%c%016" PRIX64,
		         !order                              ? 'M'
		         : m->kind == DESK_MESSAGE_BANK_STOP ? 'S'
		                                             : 'F',
		         order ? m->object : m->id);
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
	row->receiver = receiver_of(o, c, m, x);
	application(m, row->application);
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
