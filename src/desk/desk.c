/* desk.c - the interpreter; see desk.h. take_step is the path of every command, timer and consequence. */
#include "desk/desk_int.h"
#include "desk/threshold.h"
#include "desk/user.h"

void desk_init(struct desk *d, const struct desk_world *w, int64_t now_us)
{
	memset(d, 0, sizeof(*d));
	d->world = w;
	d->now_us = now_us;
	desk_limits_usual(&d->limits);
	for (uint32_t kind = desk_kind_after(0); kind != 0; kind = desk_kind_after(kind))
		desk_table_check(desk_machine(kind));
}

enum err desk_start(struct desk *d)
{
	for (uint32_t n = 1; n < DESK_LIMITS; n++) {
		struct desk_entity e = { DESK_NUMBER, { { 0, n } } };
		struct desk_object *o = &d->peeked;
		uint64_t id = UINT64_MAX;

		for (uint32_t k = 0; k < DESK_ABOUT_MAX; k++) {
			enum err err = d->world->about(d->world->ctx, DESK_LIMIT, e, id, &id);

			if (err == ERR_ABSENT)
				break;
			if (err != ERR_OK || (err = d->world->load(d->world->ctx, id, o)) != ERR_OK)
				return err;
			if (o->state == THRESHOLD_IN_FORCE) {
				err = desk_limits_set(&d->limits, n, desk_i(o, THRESHOLD_F_VALUE));
				if (err != ERR_OK)
					return err;
				break;
			}
		}
	}
	return ERR_OK;
}

/* The work area. */

static void work_begin(struct desk *d)
{
	d->err = ERR_OK;
	d->deep = false;
	d->bad_field = 0;
	d->n_touched = d->n_messages = 0;
}

static struct desk_touched *work_find(struct desk *d, uint64_t id)
{
	for (uint32_t i = 0; i < d->n_touched; i++)
		if (d->touched[i].object.id == id)
			return &d->touched[i];
	return NULL;
}

/* The slot to load or make the next object in; it counts once n_touched is raised. NULL: full. */
static struct desk_touched *work_slot(struct desk *d)
{
	struct desk_touched *w = d->n_touched < DESK_TOUCHED_MAX ? &d->touched[d->n_touched] : NULL;

	if (w)
		memset(w, 0, sizeof(*w));
	return w;
}

static enum desk_refusal work_load(struct desk *d, uint64_t id, struct desk_touched **out)
{
	struct desk_touched *w = work_find(d, id);
	enum err err;

	*out = w;
	if (w)
		return DESK_OK;
	w = work_slot(d);
	if (!w)
		return DESK_REFUSED_DEEP;
	err = d->world->load(d->world->ctx, id, &w->object);
	if (err != ERR_OK) {
		d->err = err == ERR_ABSENT ? d->err : err;
		return DESK_REFUSED_ABSENT;
	}
	d->n_touched++;
	w->before = w->object.state;
	*out = w;
	return DESK_OK;
}

static enum desk_refusal work_make(struct desk *d, const struct desk_command *c, int64_t now, struct desk_touched **out)
{
	struct desk_touched *w = work_slot(d);

	if (!w || d->n_made >= DESK_PER_RECORD)
		return DESK_REFUSED_DEEP;
	w->object = (struct desk_object){ .kind = c->kind,
		                              .id = d->position << DESK_ID_SHIFT | d->n_made++,
		                              .organisation = c->organisation,
		                              .district = c->district,
		                              .made_us = now,
		                              .made_by = c->user };
	d->n_touched++;
	*out = w;
	return DESK_OK;
}

static enum err work_write(struct desk *d, const struct desk_command *c, int64_t now)
{
	enum err err = d->err;

	for (uint32_t i = 0; i < d->n_touched && err == ERR_OK; i++) {
		const struct desk_touched *w = &d->touched[i];
		struct desk_trace trace = {
			d->position, now, w->step, w->before, c->user, c->roles, c->organisation, w->cause
		};

		if (!w->dirty)
			continue;
		for (uint32_t k = 0; k < DESK_TIMERS_MAX; k++)
			d->overdue |= w->object.due_us[k] && w->object.due_us[k] <= d->now_us;
		err = d->world->save(d->world->ctx, &w->object, &trace);
		if (err == ERR_OK && w->object.kind == DESK_LIMIT && w->object.state == THRESHOLD_IN_FORCE)
			err = desk_limits_set(&d->limits, (uint32_t)w->object.value[THRESHOLD_F_LIMIT].token.w[1],
			                      desk_i(&w->object, THRESHOLD_F_VALUE));
	}
	for (uint32_t i = 0; i < d->n_messages && err == ERR_OK; i++) {
		struct desk_message *m = &d->message[i];
		const struct desk_touched *w = work_find(d, m->object);

		m->version = w ? w->object.version : 0;
		m->id = d->position << DESK_ID_SHIFT | d->n_sent++;
		err = d->world->send(d->world->ctx, m);
	}
	return err;
}

/* The checks. */

const struct desk_object *desk_peek(struct desk *d, uint64_t id)
{
	struct desk_touched *w = work_find(d, id);
	enum err err;

	if (w)
		return &w->object;
	err = d->world->load(d->world->ctx, id, &d->peeked);
	if (err != ERR_OK && err != ERR_ABSENT)
		d->err = err;
	return err == ERR_OK ? &d->peeked : NULL;
}

/* Somebody who is active and has these roles, here and in this place. */
static enum desk_refusal check_user(struct desk *d, const struct desk_command *c)
{
	const struct desk_object *u;

	if (c->user == 0 || c->roles == 0 || (c->roles & R(SYSTEM)) || c->roles >> DESK_ROLES)
		return DESK_REFUSED_USER;
	if (c->user < DESK_USER_FIRST)
		return DESK_OK;
	u = desk_peek(d, c->user);
	if (!u || u->kind != DESK_USER || u->state != USER_ACTIVE || (c->roles & ~(uint32_t)desk_i(u, USER_F_ROLES)))
		return DESK_REFUSED_USER;
	return u->organisation == c->organisation && u->district == c->district ? DESK_OK : DESK_REFUSED_USER;
}

bool desk_in_scope(uint32_t roles, const struct desk_object *o, uint64_t user, uint16_t organisation, uint16_t district)
{
	const bool reaches[] = { [DESK_SCOPE_ALL] = true,
		                     [DESK_SCOPE_ORG] = o->organisation == organisation,
		                     [DESK_SCOPE_DISTRICT] = o->district == district,
		                     [DESK_SCOPE_OWN] = o->made_by == user };

	for (uint32_t r = 0; r < DESK_ROLES; r++)
		if ((roles >> r & 1) && reaches[desk_scope_of(desk_machine(o->kind), r)])
			return true;
	return false;
}

bool desk_step_reaches(const struct desk_step *s, uint32_t roles, const struct desk_object *o, uint64_t user,
                       uint16_t organisation, uint16_t district)
{
	return (s->flags & DESK_OF_ALL) || desk_in_scope(s->roles & roles, o, user, organisation, district);
}

static enum desk_refusal check_role(const struct desk_step *s, const struct desk_object *o,
                                    const struct desk_command *c)
{
	if (s->flags & (DESK_INTERNAL | DESK_BY_TIMER))
		return DESK_REFUSED_INTERNAL;
	if ((s->roles & c->roles) == 0)
		return DESK_REFUSED_ROLE;
	return desk_step_reaches(s, c->roles, o, c->user, c->organisation, c->district) ? DESK_OK : DESK_REFUSED_SCOPE;
}

static enum desk_refusal check_fields(struct desk *d, const struct desk_machine *m, const struct desk_step *s,
                                      const struct desk_command *c)
{
	uint64_t missing = s->needed & ~c->given, extra = c->given & ~(s->needed | s->allowed);

	if (missing | extra) {
		d->bad_field = (uint8_t)__builtin_ctzll(missing ? missing : extra);
		return missing ? DESK_REFUSED_FIELD_MISSING : DESK_REFUSED_FIELD_EXTRA;
	}
	for (uint32_t f = 1; f < m->n_fields; f++) {
		if ((c->given >> f & 1) && !desk_value_ok(&m->field[f], &c->value[f])) {
			d->bad_field = (uint8_t)f;
			return DESK_REFUSED_FIELD_VALUE;
		}
	}
	return DESK_OK;
}

/* The step itself. */

static void merge(struct desk_object *o, const struct desk_machine *m, const struct desk_command *c)
{
	for (uint32_t f = 1; f < m->n_fields; f++) {
		if (c->given >> f & 1) {
			o->value[f] = c->value[f];
			o->has |= F(f);
		}
	}
}

static struct desk_entity head_entity(const struct desk_object *o, const uint8_t *fields, struct desk_entity but)
{
	for (uint32_t i = 0; i < 4 && fields[i]; i++) {
		struct desk_entity e = desk_entity_of(o, fields[i]);

		if (e.kind != DESK_ENTITY_NONE && (e.kind != but.kind || !token_eq(e.token, but.token)))
			return e;
	}
	return (struct desk_entity){ 0 };
}

static void head(struct desk_object *o, const struct desk_machine *m)
{
	const struct desk_head_fields *h = &m->in_head;

	if (o->subject.kind == DESK_ENTITY_NONE)
		o->subject = head_entity(o, h->subject, (struct desk_entity){ 0 });
	o->also = head_entity(o, h->also, o->subject);
	if (h->organisation && desk_has(o, h->organisation))
		o->organisation = (uint16_t)desk_i(o, h->organisation);
	if (h->district && desk_has(o, h->district))
		o->district = (uint16_t)desk_i(o, h->district);
	if (h->grade)
		o->grade = (uint8_t)desk_i(o, h->grade);
}

/* What must hold before anything is changed. A consequence (depth > 0) has been let in by the step that it follows from. */
static enum desk_refusal check_before(struct desk *d, const struct desk_machine *m, const struct desk_step *s,
                                      const struct desk_command *c, const struct desk_object *o, uint32_t depth)
{
	enum desk_refusal no = DESK_OK;

	if (depth == 0 && c->version != 0 && c->version != o->version)
		return DESK_REFUSED_VERSION;
	if ((s->from >> o->state & 1) == 0)
		return DESK_REFUSED_STATE;
	if (depth == 0 && o->state != 0)
		no = check_role(s, o, c);
	if (no == DESK_OK)
		no = check_fields(d, m, s, c);
	if (no == DESK_OK && depth == 0 && (s->flags & DESK_FOUR_EYES) && o->proposer == c->user)
		no = DESK_REFUSED_FOUR_EYES;
	return no;
}

/* Whether the object is still about what it was made for. */
static bool same_subject(struct desk *d, const struct desk_object *o, const struct desk_machine *m)
{
	for (uint32_t i = 0; i < 4 && m->in_head.subject[i]; i++) {
		struct desk_entity e = desk_entity_of(o, m->in_head.subject[i]);

		d->bad_field = m->in_head.subject[i];
		if (e.kind == o->subject.kind && e.kind != DESK_ENTITY_NONE && !token_eq(e.token, o->subject.token))
			return false;
	}
	d->bad_field = 0;
	return true;
}

static enum desk_refusal change(struct desk_turn *t)
{
	struct desk_object *o = t->o, was = *o;
	enum desk_refusal no = DESK_OK;

	t->was = &was;
	merge(o, t->m, t->c);
	head(o, t->m);
	if (!same_subject(t->d, o, t->m))
		return DESK_REFUSED_FIELD_VALUE;
	if (t->before == 0 && t->depth == 0)
		no = check_role(t->s, o, t->c);
	if (no != DESK_OK)
		return no;
	if (t->s->flags & DESK_PROPOSES) {
		o->proposer = t->c->user;
		o->approver = 0;
	}
	if (t->s->flags & DESK_FOUR_EYES)
		o->approver = t->c->user;
	if (t->s->to && (t->s->to & (t->s->to - 1)) == 0)
		o->state = (uint8_t)__builtin_ctz(t->s->to);
	o->version++;
	o->changed_us = t->now;
	if (t->s->rule)
		no = t->s->rule(t);
	if (no == DESK_OK && t->d->deep)
		no = DESK_REFUSED_DEEP;
	if (no != DESK_OK || t->d->err != ERR_OK)
		return no;
	CHECK(t->s->to ? t->s->to >> o->state & 1 : o->state == t->before);
	if (t->m->state[o->state].final)
		memset(o->due_us, 0, sizeof(o->due_us));
	head(o, t->m);
	return DESK_OK;
}

/* depth 0: a command from outside; more: a consequence, or a timer's or an alert's step. */
enum desk_refusal desk_take_step(struct desk *d, const struct desk_command *c, int64_t now, uint32_t depth,
                                 uint64_t cause, struct desk_object **out)
{
	const struct desk_machine *m = desk_machine(c->kind);
	struct desk_touched *w = NULL;
	struct desk_turn t = { .d = d, .m = m, .c = c, .now = now, .depth = depth };
	enum desk_refusal no;

	if (!m)
		return DESK_REFUSED_KIND;
	if (c->step == 0 || c->step >= m->n_steps || !m->step[c->step].name)
		return DESK_REFUSED_STEP;
	if (depth > DESK_DEPTH_MAX)
		return DESK_REFUSED_DEEP;
	t.s = &m->step[c->step];
	no = depth == 0 ? check_user(d, c) : DESK_OK;
	if (no == DESK_OK)
		no = c->object ? work_load(d, c->object, &w) : work_make(d, c, now, &w);
	if (no != DESK_OK)
		return no;
	if (w->object.kind != c->kind)
		return DESK_REFUSED_ABSENT;
	*out = t.o = &w->object;
	t.before = t.o->state;
	no = check_before(d, m, t.s, c, t.o, depth);
	if (no == DESK_OK)
		no = change(&t);
	if (no == DESK_OK) {
		w->dirty = true;
		w->step = c->step;
		w->cause = w->cause ? w->cause : cause;
	}
	return no;
}

static enum err finish(struct desk *d, const struct desk_command *c, int64_t now, enum desk_refusal no,
                       const struct desk_object *o, struct desk_outcome *out)
{
	enum err err = d->err;

	*out = (struct desk_outcome){ .refusal = no, .field = d->bad_field, .object = o ? o->id : c->object };
	if (err != ERR_OK)
		return err;
	if (no != DESK_OK) {
		d->refused++;
		d->n_made = d->n_made_before;
		d->n_touched = 0; /* as it is, not as it was about to become */
		o = c->object ? desk_peek(d, c->object) : NULL;
		out->object = o && o->kind == c->kind ? o->id : 0;
		out->state = out->object ? o->state : 0;
		out->version = out->object ? o->version : 0;
		return d->err;
	}
	d->accepted++;
	for (uint32_t i = 0; i < d->n_touched; i++)
		out->touched += d->touched[i].dirty;
	out->messages = d->n_messages;
	out->state = o->state;
	out->version = o->version;
	return work_write(d, c, now);
}

/* Time. */

static void at_position(struct desk *d, uint64_t position)
{
	CHECK(position >= d->position);
	if (position != d->position)
		d->n_made = d->n_sent = 0;
	d->position = position;
}

static bool room(const struct desk *d)
{
	return d->n_made + DESK_TOUCHED_MAX <= DESK_PER_RECORD && d->n_sent + DESK_MESSAGES_MAX <= DESK_PER_RECORD;
}

/* One timer: its step as the system's command at the due time. A step that is refused leaves the object as it is, without the timer, and somebody hears of it. */
static enum err fire(struct desk *d, const struct desk_due *due)
{
	struct desk_command *c = &d->timer_command;
	struct desk_touched *w;
	struct desk_object *o = NULL;
	struct desk_outcome out;
	const struct desk_machine *m;
	enum desk_refusal no;

	work_begin(d);
	d->n_made_before = d->n_made;
	no = work_load(d, due->id, &w);
	if (no != DESK_OK)
		return d->err != ERR_OK ? d->err : ERR_FORMAT; /* a timer without its object: the registry is damaged */
	m = desk_machine(w->object.kind);
	CHECK(m && due->timer < m->n_timers);
	desk_command_init(c, m->kind, m->timer[due->timer].step, due->id);
	c->roles = R(SYSTEM);
	w->object.due_us[due->timer] = 0;
	no = desk_take_step(d, c, due->due_us, 1, 0, &o);
	d->fired++;
	if (no != DESK_OK && d->err == ERR_OK) {
		d->refused++;
		d->n_made = d->n_made_before;
		work_begin(d);
		if (work_load(d, due->id, &w) != DESK_OK)
			return d->err;
		w->object.due_us[due->timer] = 0;
		w->dirty = true;
		d->unfit++;
		d->message[d->n_messages++] = (struct desk_message){ .kind = DESK_MESSAGE_ALARM,
			                                                 .detail = (uint8_t)(due->timer + 1),
			                                                 .organisation = w->object.organisation,
			                                                 .district = w->object.district,
			                                                 .object = due->id,
			                                                 .time_us = due->due_us };
		return work_write(d, c, due->due_us);
	}
	return finish(d, c, due->due_us, no, o, &out);
}

static enum err fire_all(struct desk *d, int64_t until_us)
{
	struct desk_due due;
	enum err err;

	d->overdue = false;
	while ((err = d->world->due(d->world->ctx, until_us, &due)) == ERR_OK) {
		if (!room(d)) {
			d->postponed++;
			return ERR_OK;
		}
		d->now_us = due.due_us > d->now_us ? due.due_us : d->now_us;
		err = fire(d, &due);
		if (err != ERR_OK)
			return err;
	}
	return err == ERR_ABSENT ? ERR_OK : err;
}

enum err desk_pass_time(struct desk *d, uint64_t position, int64_t time_us)
{
	int64_t until = time_us > d->now_us ? time_us : d->now_us;
	enum err err;

	at_position(d, position);
	err = fire_all(d, until);
	d->now_us = until;
	return err;
}

enum err desk_tick(struct desk *d, uint64_t position, int64_t time_us)
{
	return desk_pass_time(d, position, time_us);
}

static enum err apply(struct desk *d, const struct desk_command *c, uint32_t depth, struct desk_outcome *out)
{
	struct desk_object *o = NULL;
	enum desk_refusal no;
	enum err err;

	work_begin(d);
	d->n_made_before = d->n_made;
	no = room(d) ? desk_take_step(d, c, d->now_us, depth, 0, &o) : DESK_REFUSED_DEEP;
	err = finish(d, c, d->now_us, no, o, out);
	return err == ERR_OK && d->overdue ? fire_all(d, d->now_us) : err; /* it came too late: what had an end has ended */
}

enum err desk_apply(struct desk *d, uint64_t position, int64_t time_us, const struct desk_command *c,
                    struct desk_outcome *out)
{
	enum err err = desk_pass_time(d, position, time_us);

	return err != ERR_OK ? err : apply(d, c, 0, out);
}

enum err desk_apply_system(struct desk *d, const struct desk_command *c, struct desk_outcome *out)
{
	return apply(d, c, 1, out);
}
