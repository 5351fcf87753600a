/* day_people.c - citizens: victims who believe or do not and who report, holders who verify or object. */
#include "base/clock.h"
#include "day/day_int.h"

bool people_believe(struct day *d, uint32_t person, enum day_habit how, uint64_t id, uint64_t n)
{
	struct who *w = day_who(d, person);

	if (person == NONE || w->cs == NONE)
		return true; /* nobody wants their money: there is nothing to believe */
	w->persuaded = w->persuaded || day_chance(d, how, id, n);
	return w->persuaded;
}

void people_spoken(struct day *d, uint32_t person)
{
	struct who *w = day_who(d, person);

	if (person != NONE && w->spoken_us == 0)
		w->spoken_us = d->now_us;
}

void people_call(struct day *d, uint32_t cs, int64_t at_us)
{
	struct cs *c = day_case(d, cs);

	if (c->reported || c->with_fen == 0 || c->victim == NONE || d->o->idle)
		return;
	c->reported = true;
	day_later(d, at_us, AGENDA_REPORT, cs);
}

/* The holder has read the notice. */
void people_noticed(struct day *d, const struct desk_object *m)
{
	uint32_t i = who_of_token(d, m->subject.token, m->subject.kind);
	int64_t measure = desk_i(m, MEASURE_F_MEASURE), verify_us = d->now_us + day_span(d, HABIT_VERIFY_S, m->id, 0);
	bool guilty = i != NONE && who_criminal(d, i),
		 objects = day_chance(d, guilty ? HABIT_BLUFFS_P : HABIT_OBJECTS_P, m->id, 0);

	if (measure == MEASURE_OF_HOLD_LINE)
		return;
	if (measure == MEASURE_OF_REVERIFY) {
		if (day_chance(d, guilty ? HABIT_BLUFFS_P : HABIT_VERIFIES_P, m->id, 1))
			day_later(d, verify_us, AGENDA_VERIFY, desk_id(m, MEASURE_F_OBJECT));
	} else if (objects) {
		day_later(d, d->now_us + day_span(d, HABIT_OBJECT_S, m->id, 0), AGENDA_OBJECT, m->id);
	} else if (!guilty && day_chance(d, HABIT_VERIFIES_P, m->id, 1)) {
		day_later(d, verify_us, AGENDA_VERIFY, desk_id(m, MEASURE_F_OBJECT));
	}
}

void people_verify(struct day *d, uint64_t id)
{
	const struct desk_object *o = world_object(d, id);
	uint32_t i = o ? who_of_token(d, o->subject.token, o->subject.kind) : NONE;
	bool card = o && o->kind == DESK_CARD, guilty = i != NONE && who_criminal(d, i);
	uint32_t step = card ? (guilty ? CARD_DO_FAIL : CARD_DO_PASS) : guilty ? ACCOUNT_DO_FAIL : ACCOUNT_DO_PASS;
	struct desk_command x;

	if (o == NULL || (o->kind != DESK_CARD && o->kind != DESK_ACCOUNT) ||
	    (desk_machine(o->kind)->step[step].from >> o->state & 1) == 0)
		return;
	x = day_command_by(o->kind, step, id, USER_CITIZEN, card ? ROLE_OPERATOR_OUTLET : ROLE_BANK_OUTLET, o);
	(void)day_do(d, &x);
}

void people_object(struct day *d, uint64_t measure)
{
	const struct desk_object *m = world_object(d, measure);
	struct desk_command x;

	if (m == NULL || m->state != MEASURE_IN_FORCE)
		return;
	x = day_command_by(DESK_APPEAL, APPEAL_DO_FILE, 0, USER_CITIZEN, ROLE_CITIZEN, m);
	desk_give_id(&x, APPEAL_F_TARGET, measure);
	desk_give_i(&x, APPEAL_F_CHANNEL, 1);
	day_ref(d, &x, APPEAL_F_REASON);
	(void)day_do(d, &x);
}
