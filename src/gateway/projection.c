/* projection.c - see projection.h. */
#include "gateway/projection.h"
#include "desk/measure.h"
#include "gateway/labels.h"

void projection_init(struct projection *p, const struct projection_options *o, int64_t now_us)
{
	memset(p, 0, sizeof(*p));
	p->o = *o;
	desk_init(&p->desk, o->world, now_us);
}

enum err projection_start(struct projection *p)
{
	return desk_start(&p->desk);
}

void projection_release(struct projection *p)
{
	written_free(p->written);
	p->written = NULL;
}

/* ---- records ---- */

static enum err command(struct projection *p, const struct record *r)
{
	struct desk_outcome out = { .refusal = DESK_REFUSED_STEP };
	struct text payload;
	enum err e = ERR_OK;

	p->counts.commands++;
	if (record_unkeyed(r, NULL, &payload) && desk_command_take(payload, &p->command, NULL) == ERR_OK)
		e = desk_apply(&p->desk, r->position, r->time, &p->command, &out);
	else
		p->counts.unread++;
	if (e != ERR_OK)
		return e;
	p->counts.refused += out.refusal != DESK_OK;
	return p->o.settle == NULL ? ERR_OK : p->o.settle(p->o.ctx, r->position, &out);
}

static void see_label(struct projection *p, const struct record *r)
{
	unsigned char key[RECORD_KEY_BYTES];
	struct text payload;
	uint64_t message;

	if ((r->flags & RECORD_KEYED) == 0 || !record_unkeyed(r, key, &payload) || !label_key_take(key, &message) ||
	    message <= p->labels)
		return;
	p->labels = message;
	p->news = true;
}

enum err projection_record(struct projection *p, const struct record *r, bool *touched)
{
	enum err e = ERR_OK;

	p->record = *r;
	p->understood = false;
	switch (r->kind) {
	case RECORD_SCHEMA:
		e = written_follow(&p->written, r->payload);
		return e == ERR_FORMAT ? ERR_OK
		                       : e; /* its events are not understood then, and their alerts are about nobody's cards */
	case RECORD_COMMAND: *touched = true; return command(p, r);
	case RECORD_TICK: *touched = true; return desk_tick(&p->desk, r->position, r->time);
	case RECORD_ACT: p->news |= institutions_take(&p->institutions, r->payload); return ERR_OK;
	case RECORD_EVENT: see_label(p, r); return ERR_OK;
	default: return ERR_OK;
	}
}

/* ---- alerts ---- */

static bool understand(struct projection *p)
{
	if (!p->understood)
		p->understood = p->record.kind == RECORD_EVENT && p->written != NULL &&
		                record_event_take(p->written->recast, &p->record, &p->event, NULL) == ERR_OK;
	return p->understood;
}

static bool moves_money(struct projection *p)
{
	const struct schema_event *t = understand(p) ? &p->written->schema.event[p->event.type] : NULL;

	for (uint32_t i = 0; t != NULL && i < t->n_fields; i++)
		if (t->field[i].type.dim == DIM_MONEY && p->event.value[i] != VALUE_MISSING)
			return true;
	return false;
}

static uint16_t whose(struct projection *p, struct token about)
{
	const struct schema_event *t = understand(p) ? &p->written->schema.event[p->event.type] : NULL;

	for (uint32_t i = 0; t != NULL && i < t->n_fields; i++) {
		const struct schema_field *f = &t->field[i];

		if (f->type.dim == DIM_ENTITY && p->event.value[i] != VALUE_MISSING &&
		    token_eq(p->event.ident[f->slot].token, about))
			return institution_of(&p->institutions, &p->event.ident[f->slot].attrs);
	}
	return 0;
}

static struct desk_entity thing(const struct alert_entity *e)
{
	enum desk_entity_kind kind =
		e->token.w[0] == 0 && e->token.w[1] == 0 ? DESK_ENTITY_NONE : desk_entity_named(e->kind);

	return (struct desk_entity){ .kind = (uint8_t)kind,
		                         .token = kind == DESK_ENTITY_NONE ? (struct token){ { 0, 0 } } : e->token };
}

/* Whom the measure is about, and how to reach them. A person is warned by the card or account that the event names: the one whose holder the rule speaks of. */
static void aim(const struct alert_line *l, const struct alert_measure *m, struct desk_alert *a)
{
	struct alert_entity at;
	struct desk_entity by = { .kind = DESK_ENTITY_NONE };

	a->about = thing(&m->target);
	if (alert_line_field(l, m->field, &at))
		by = thing(&at);
	if (by.kind == DESK_PHONE)
		a->phone = by;
	if (a->about.kind == DESK_PERSON) {
		a->person = a->about;
		if (m->measure == MEASURE_OF_WARN && by.kind == DESK_BANK_ACCOUNT)
			a->about = by;
	} else if (m->measure == MEASURE_OF_WARN && a->about.kind == DESK_ENTITY_NONE) {
		a->about = by; /* the holder is not known */
	}
}

static enum err propose(struct projection *p, const struct alert_line *l, const struct alert_measure *m)
{
	struct desk_outcome out;
	struct desk_alert a = { .position = l->position,
		                    .time_us = p->desk.now_us == 0 || l->time_us < p->desk.now_us ? l->time_us : p->desk.now_us,
		                    .measure = m->measure,
		                    .basis = m->basis,
		                    .grade = l->grade,
		                    .fund = moves_money(p),
		                    .rule = rule_code(l->rule),
		                    .evidence = { .n = 1, .p = { l->position } } };

	aim(l, m, &a);
	if (a.about.kind == DESK_ENTITY_NONE || a.measure == 0) {
		p->counts.unknown++;
		return ERR_OK;
	}
	a.organisation = whose(p, a.about.token);
	p->counts.proposals++;
	return desk_alert(&p->desk, &a, &out);
}

enum err projection_alert(struct projection *p, struct text line, bool *touched)
{
	struct alert_line l;
	enum err e = ERR_OK;

	if (!alert_line_read(line, &l) || l.position != p->record.position) {
		p->counts.unread++;
		return ERR_OK;
	}
	if (!l.live)
		return ERR_OK;
	p->counts.alerts++;
	for (uint32_t i = 0; i < l.n && e == ERR_OK; i++) {
		*touched = true;
		e = propose(p, &l, &l.measure[i]);
	}
	return e;
}
