/* turn.c - what rules are written with: looking around, consequences, timers, messages; see desk_int.h. */
#include "desk/desk_int.h"

const struct desk_object *turn_peek(struct desk_turn *t, uint64_t id)
{
	return id ? desk_peek(t->d, id) : NULL;
}

uint64_t desk_about(struct desk *d, uint32_t kind, struct desk_entity e, uint64_t before)
{
	uint64_t id = 0;
	enum err err;

	if (e.kind == DESK_ENTITY_NONE)
		return 0;
	err = d->world->about(d->world->ctx, (uint8_t)kind, e, before, &id);
	if (err != ERR_OK) {
		d->err = err == ERR_ABSENT ? d->err : err;
		id = 0;
	}
	for (uint32_t i = 0; i < d->n_touched; i++) {
		const struct desk_object *o = &d->touched[i].object;
		bool about = (o->subject.kind == e.kind && token_eq(o->subject.token, e.token)) ||
		             (o->also.kind == e.kind && token_eq(o->also.token, e.token));

		if (o->kind == kind && about && o->state != 0 && o->id < before && o->id > id)
			id = o->id;
	}
	return id;
}

uint64_t turn_about(struct desk_turn *t, uint32_t kind, struct desk_entity e, uint64_t before)
{
	return desk_about(t->d, kind, e, before);
}

uint64_t desk_open_about(struct desk *d, uint32_t kind, struct desk_entity e, uint64_t but)
{
	const struct desk_machine *m = desk_machine(kind);
	uint64_t id = UINT64_MAX;

	for (uint32_t i = 0; i < DESK_ABOUT_MAX; i++) {
		const struct desk_object *o;

		id = desk_about(d, kind, e, id);
		o = id ? desk_peek(d, id) : NULL;
		if (!o)
			return 0;
		if (id != but && !m->state[o->state].final)
			return id;
	}
	return 0;
}

uint64_t turn_open_about(struct desk_turn *t, uint32_t kind, struct desk_entity e)
{
	return desk_open_about(t->d, kind, e, t->o->id);
}

void turn_command(struct desk_turn *t, struct desk_command *c, uint32_t kind, uint32_t step, uint64_t object)
{
	desk_command_init(c, kind, step, object);
	c->user = t->c->user;
	c->roles = t->c->roles;
	c->organisation = t->c->organisation;
	c->district = t->c->district;
}

enum desk_refusal turn_do(struct desk_turn *t, const struct desk_command *c, uint64_t *made)
{
	struct desk_object *o = NULL;
	enum desk_refusal no = desk_take_step(t->d, c, t->now, t->depth + 1, t->o->id, &o);

	if (made)
		*made = no == DESK_OK ? o->id : 0;
	return no;
}

enum desk_refusal turn_step(struct desk_turn *t, uint32_t kind, uint32_t step, uint64_t object)
{
	struct desk_command c;

	turn_command(t, &c, kind, step, object);
	return turn_do(t, &c, NULL);
}

void turn_timer(struct desk_turn *t, uint32_t timer, int64_t at_us)
{
	CHECK(timer < t->m->n_timers);
	t->o->due_us[timer] = at_us;
}

void turn_ahead(struct desk_turn *t, uint32_t timer, int64_t at_us, int64_t ahead_us)
{
	turn_timer(t, timer, at_us - ahead_us > t->now ? at_us - ahead_us : 0);
}

struct desk_message *turn_send(struct desk_turn *t, enum desk_message_kind kind, uint32_t detail)
{
	struct desk *d = t->d;
	struct desk_message *m = &d->message[d->n_messages];

	if (d->n_messages < DESK_MESSAGES_MAX - 1)
		d->n_messages++;
	else
		d->deep = true; /* the last place is overwritten, and the command refused */
	*m = (struct desk_message){ .kind = (uint8_t)kind,
		                        .detail = (uint8_t)detail,
		                        .organisation = t->o->organisation,
		                        .district = t->o->district,
		                        .object = t->o->id,
		                        .time_us = t->now };
	return m;
}

void turn_give(const struct desk_turn *t, struct desk_command *c, uint32_t field, uint32_t from)
{
	if (desk_has(t->o, from)) {
		c->value[field] = t->o->value[from];
		c->given |= F(field);
	}
}

enum desk_refusal turn_missing(struct desk_turn *t, uint32_t field)
{
	t->d->bad_field = (uint8_t)field;
	return DESK_REFUSED_FIELD_MISSING;
}

enum desk_refusal turn_alarm(struct desk_turn *t)
{
	uint32_t timer = 0;

	while (timer < t->m->n_timers && t->m->timer[timer].step != t->c->step)
		timer++;
	turn_send(t, DESK_MESSAGE_ALARM, timer < t->m->n_timers ? timer + 1 : 0);
	return DESK_OK;
}

/* One open object about a subject: whoever wants to make a second one works on the first. */
enum desk_refusal desk_only_one(struct desk_turn *t)
{
	uint32_t subject = t->m->in_head.subject[0];

	if (t->before != 0)
		return DESK_OK;
	if (t->o->subject.kind == DESK_ENTITY_NONE)
		return turn_missing(t, subject);
	return turn_open_about(t, t->m->kind, t->o->subject) ? DESK_REFUSED_OTHER_OPEN : DESK_OK;
}
