/* projection.c - see projection.h. */
#include "gateway/projection.h"
#include "desk/measure.h"
#include "gateway/district.h"
#include "gateway/labels.h"
#include "gateway/verdict.h"
#include "policy/policy.h"

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

/* ---- how much came ---- */

static enum err count(struct projection *p, enum registry_traffic_what what, const char *name, int64_t n)
{
	struct text t = text_z(name);
	const struct record *r = &p->record;
	enum err e;

	if (p->o.registry == NULL)
		return ERR_OK;
	e = registry_traffic_add(p->o.registry, r->time, r->organisation, what, t, n);
	if (e != ERR_CAP)
		return e;
	e = p->o.begin == NULL ? ERR_OK : p->o.begin(p->o.ctx);
	return e == ERR_OK ? registry_traffic_add(p->o.registry, r->time, r->organisation, what, t, n) : e;
}

static enum err count_event(struct projection *p)
{
	const struct schema *s = p->written == NULL ? NULL : &p->written->schema;
	int type = record_event_type(&p->record);
	char name[SCHEMA_NAME_MAX + 1];

	if (s == NULL || type < 0 || (uint32_t)type >= s->n_events || s->event[type].name.n > SCHEMA_NAME_MAX)
		return ERR_OK;
	memcpy(name, s->event[type].name.p, s->event[type].name.n);
	name[s->event[type].name.n] = 0;
	return count(p, TRAFFIC_EVENTS, name, 1);
}

/* A decision is as severe as the most severe of its live alerts, which come one by one. */
static enum err count_alert(struct projection *p, const struct alert_line *l)
{
	uint8_t was = p->decided == l->position ? p->worst : 0;
	enum err e = count(p, TRAFFIC_ALERTS, policy_severity_name((enum severity)l->severity), 1);
	bool first = p->decided != l->position;

	p->decided = l->position;
	p->worst = l->severity > was ? l->severity : was;
	if (e == ERR_OK && !first && p->worst != was)
		e = count(p, TRAFFIC_DECISIONS, policy_severity_name((enum severity)was), -1);
	if (e == ERR_OK && (first || p->worst != was))
		e = count(p, TRAFFIC_DECISIONS, policy_severity_name((enum severity)p->worst), 1);
	for (uint32_t i = 0; e == ERR_OK && i < l->n; i++)
		if (l->measure[i].measure != 0)
			e = count(p, TRAFFIC_PROPOSED, policy_measure_name((enum measure)(l->measure[i].measure - 1)), 1);
	return e;
}

/* ---- who holds what ---- */

static bool understand(struct projection *p)
{
	if (!p->understood)
		p->understood = p->record.kind == RECORD_EVENT && p->written != NULL &&
		                record_event_take(p->written->recast, &p->record, &p->event, NULL) == ERR_OK;
	return p->understood;
}

static bool none(struct token t)
{
	return t.w[0] == 0 && t.w[1] == 0;
}

static struct desk_entity thing(const struct alert_entity *e)
{
	enum desk_entity_kind kind = none(e->token) ? DESK_ENTITY_NONE : desk_entity_named(e->kind);

	return (struct desk_entity){ .kind = (uint8_t)kind,
		                         .token = kind == DESK_ENTITY_NONE ? (struct token){ { 0, 0 } } : e->token };
}

/* Schemas are the policies', and none says what an event means; so its name does, as in the shipped one. */
static bool tells_openings(const struct schema_event *t)
{
	return text_eq(t->name, TEXT("open_card")) || text_eq(t->name, TEXT("open_account"));
}

static bool tells_holders(const struct schema_event *t)
{
	return tells_openings(t) || text_eq(t->name, TEXT("bind"));
}

static bool tells_places(const struct schema_event *t)
{
	return text_eq(t->name, TEXT("place"));
}

/* What is told counts from here on; what is not told stays, but for phone and district when it is somebody else's. Nothing new: nothing is written. */
static enum err hold(struct projection *p, struct desk_entity x, struct registry_holding h, bool *touched)
{
	struct registry_holding was = { .position = 0 };
	enum err e = registry_holder(p->o.registry, x, &was);

	if (e != ERR_OK && e != ERR_ABSENT)
		return e;
	if (none(h.person))
		h.person = was.person;
	if (none(h.phone) && token_eq(h.person, was.person))
		h.phone = was.phone;
	if (h.district == 0 && token_eq(h.person, was.person))
		h.district = was.district;
	if (token_eq(h.person, was.person) && token_eq(h.phone, was.phone)) {
		if (h.district == was.district)
			return ERR_OK;
		h.position = e == ERR_OK ? was.position : h.position; /* since when it is theirs */
	}
	*touched = true;
	e = p->o.begin == NULL ? ERR_OK : p->o.begin(p->o.ctx);
	return e == ERR_OK ? registry_hold(p->o.registry, x, &h) : e;
}

static enum err district_of(struct projection *p, struct desk_entity x, uint16_t *out)
{
	struct registry_holding h = { .position = 0 };
	enum err e = x.kind == DESK_ENTITY_NONE ? ERR_ABSENT : registry_holder(p->o.registry, x, &h);

	*out = h.district;
	return e == ERR_ABSENT ? ERR_OK : e;
}

/* What an event of this kind brings: things with their district, whose they are, and where that was. */
struct holding_told {
	uint32_t n, persons;
	struct desk_entity thing[SCHEMA_IDENTS_MAX];
	struct desk_entity outlet;
	struct registry_holding of;
	struct desk_opening opening; /* of the last thing */
};

static void told_entity(struct holding_told *h, struct text kind, struct token token, const struct schema_event *t)
{
	struct desk_entity x = thing(&(struct alert_entity){ kind, token });

	if (text_eq(kind, TEXT("outlet")) && !none(token))
		h->outlet = x = (struct desk_entity){ DESK_PLACE, token };
	if (text_eq(kind, TEXT("agent")))
		h->opening.agent = token;
	if (text_eq(kind, TEXT("clerk")))
		h->opening.clerk = token;
	if (tells_places(t)) {
		if (x.kind == DESK_PLACE || x.kind == DESK_CELL)
			h->thing[h->n++] = x;
	} else if (x.kind == DESK_PERSON) {
		h->of.person = x.token;
		h->persons++;
	} else if (x.kind == DESK_PHONE && text_eq(t->name, TEXT("open_account"))) {
		h->of.phone = x.token; /* the account's, whoever holds it */
	} else if (x.kind == DESK_PHONE || x.kind == DESK_BANK_ACCOUNT) {
		h->thing[h->n++] = x;
	}
}

static void told(struct projection *p, const struct schema *s, const struct schema_event *t, struct holding_told *h)
{
	for (uint32_t i = 0; i < t->n_fields; i++) {
		const struct schema_field *f = &t->field[i];

		if (p->event.value[i] == VALUE_MISSING)
			continue;
		if (f->type.dim == DIM_ENTITY) {
			uint32_t n = h->n;

			told_entity(h, s->entity[f->type.entity].name, p->event.ident[f->slot].token, t);
			if (h->n > n)
				h->opening.organisation = institution_of(&p->institutions, &p->event.ident[f->slot].attrs);
		} else if (f->type.dim == DIM_BOOL && text_eq(f->name, TEXT("remote"))) {
			h->opening.remote = p->event.value[i] != 0;
		} else if (f->type.dim == DIM_TEXT && text_eq(f->name, TEXT("district"))) {
			h->of.district = district_number(p->event.str[f->slot]);
			p->counts.districts += h->of.district == 0;
		}
	}
}

/* Where a person lives is what an event said last; as long as none has, it is where the outlet was that they came to. */
static enum err settle_person(struct projection *p, const struct holding_told *h, uint16_t outlet, bool *touched)
{
	struct desk_entity person = { DESK_PERSON, h->of.person };
	struct registry_holding r = { .person = h->of.person, .position = h->of.position, .district = h->of.district };
	uint16_t known = 0;
	enum err e = ERR_OK;

	if (h->persons == 0)
		return ERR_OK;
	if (r.district == 0 && outlet != 0) {
		e = district_of(p, person, &known);
		r.district = known == 0 ? outlet : 0;
	}
	return e == ERR_OK && r.district != 0 ? hold(p, person, r, touched) : e;
}

/* What outlets, agents and clerks are judged by; an event that opens several things at once says of none which it was. */
static enum err see_opening(struct projection *p, struct holding_told *h, bool *touched)
{
	enum err e;

	if (h->n != 1)
		return ERR_OK;
	h->opening.position = p->record.position;
	h->opening.time_us = p->record.time;
	h->opening.thing = h->thing[0];
	h->opening.outlet = h->outlet.token;
	h->opening.person = h->of.person;
	*touched = true;
	e = p->o.begin == NULL ? ERR_OK : p->o.begin(p->o.ctx);
	return e == ERR_OK ? registry_open_add(p->o.registry, &h->opening) : e;
}

/* An opening or a binding with at most one person, or where outlets and cells are. */
static enum err see_holders(struct projection *p, bool *touched)
{
	const struct schema *s = p->written == NULL ? NULL : &p->written->schema;
	int type = record_event_type(&p->record);
	struct holding_told h = { .of.position = p->record.position };
	uint16_t outlet = 0;
	enum err e;

	if (p->o.registry == NULL || s == NULL || type < 0 || (uint32_t)type >= s->n_events ||
	    !(tells_holders(&s->event[type]) || tells_places(&s->event[type])) || !understand(p))
		return ERR_OK;
	told(p, s, &s->event[type], &h);
	if (h.persons > 1)
		return ERR_OK;
	e = tells_places(&s->event[type]) ? ERR_OK : district_of(p, h.outlet, &outlet);
	if (e == ERR_OK)
		e = settle_person(p, &h, outlet, touched);
	h.of.district = h.of.district != 0 ? h.of.district : outlet;
	for (uint32_t i = 0; i < h.n && e == ERR_OK; i++)
		e = hold(p, h.thing[i], h.of, touched);
	return e == ERR_OK && tells_openings(&s->event[type]) ? see_opening(p, &h, touched) : e;
}

/* The one entity of that kind that the alert's event names. */
static struct desk_entity only(struct projection *p, enum desk_entity_kind kind)
{
	const struct schema *s = understand(p) ? &p->written->schema : NULL;
	struct desk_entity found = { .kind = DESK_ENTITY_NONE };

	for (uint32_t i = 0; s != NULL && i < s->event[p->event.type].n_fields; i++) {
		const struct schema_field *f = &s->event[p->event.type].field[i];
		struct desk_entity x;

		if (f->type.dim != DIM_ENTITY || p->event.value[i] == VALUE_MISSING)
			continue;
		x = thing(&(struct alert_entity){ s->entity[f->type.entity].name, p->event.ident[f->slot].token });
		if (x.kind == kind && found.kind != DESK_ENTITY_NONE)
			return (struct desk_entity){ .kind = DESK_ENTITY_NONE };
		if (x.kind == kind)
			found = x;
	}
	return found;
}

/* Whose station goes there: where the person lives; where the card or account was opened, if nobody knows that; where the cell is that a device was seen in. */
static enum err place(struct projection *p, struct desk_alert *a, uint16_t opened)
{
	struct desk_entity at = a->about.kind == DESK_DEVICE ? only(p, DESK_CELL) : a->about;
	enum err e = ERR_OK;

	if (a->person.kind == DESK_PERSON)
		e = district_of(p, a->person, &a->district);
	if (e == ERR_OK && a->district == 0)
		a->district = opened;
	if (e == ERR_OK && a->district == 0 && at.kind == DESK_CELL)
		e = district_of(p, at, &a->district);
	return e;
}

/* Who holds what the alert is about, by which phone they can be reached, and where, as far as the alert itself does not say. */
static enum err know(struct projection *p, struct desk_alert *a)
{
	struct registry_holding h = { .position = 0 };
	enum err e = ERR_ABSENT;

	if (p->o.registry == NULL)
		return ERR_OK;
	if (a->about.kind == DESK_PHONE || a->about.kind == DESK_BANK_ACCOUNT)
		e = registry_holder(p->o.registry, a->about, &h);
	if (a->person.kind == DESK_ENTITY_NONE && !none(h.person))
		a->person = (struct desk_entity){ DESK_PERSON, h.person };
	if ((e == ERR_OK || e == ERR_ABSENT) && a->phone.kind == DESK_ENTITY_NONE) {
		struct token phone = h.phone;

		e = a->person.kind == DESK_PERSON ? registry_phone_of(p->o.registry, a->person.token, &phone) : ERR_ABSENT;
		if (!none(phone))
			a->phone = (struct desk_entity){ DESK_PHONE, phone };
	}
	return e == ERR_OK || e == ERR_ABSENT ? place(p, a, h.district) : e;
}

static enum err see_verdict(struct projection *p, const struct record *r, bool *touched)
{
	struct registry_verdict v;
	enum err e;

	if (p->o.registry == NULL || !verdict_take(r, &v))
		return ERR_OK;
	*touched = true;
	e = p->o.begin == NULL ? ERR_OK : p->o.begin(p->o.ctx);
	return e == ERR_OK ? registry_judge(p->o.registry, &v) : e;
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
	case RECORD_ACT: p->news |= institutions_take(&p->institutions, r->payload); return see_verdict(p, r, touched);
	case RECORD_EVENT:
		see_label(p, r);
		e = count_event(p);
		return e == ERR_OK ? see_holders(p, touched) : e;
	default: return ERR_OK;
	}
}

/* ---- alerts ---- */

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
	if (a->about.kind == DESK_PHONE)
		a->phone = a->about;
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
		                    .scam = scam_named(l->scam),
		                    .evidence = { .n = 1, .p = { l->position } } };
	enum err e;

	aim(l, m, &a);
	if (a.about.kind == DESK_ENTITY_NONE || a.measure == 0) {
		p->counts.unknown++;
		return ERR_OK;
	}
	e = know(p, &a);
	if (e != ERR_OK)
		return e;
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
	p->counts.scams += l.scam.n > 0 && scam_named(l.scam) == 0;
	e = count_alert(p, &l);
	for (uint32_t i = 0; i < l.n && e == ERR_OK; i++) {
		*touched = true;
		e = propose(p, &l, &l.measure[i]);
	}
	return e;
}
