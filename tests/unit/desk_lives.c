/* desk_lives.c - see desk_lives.h. */
#include "tests/test.h"
#include "tests/unit/desk_lives.h"
#include "tests/unit/desk_draw.h"
#include "base/clock.h"
#include "desk/assessment.h"
#include "desk/campaign.h"
#include "desk/freeze.h"
#include "desk/stop.h"

static uint64_t draw_object(struct bench *b, struct rng *r, uint32_t kind)
{
	uint64_t id = 0;
	uint32_t seen = 0;

	for (uint32_t i = b->world.n > 60 ? b->world.n - 60 : 0; i < b->world.n; i++)
		if (kind == 0 || b->world.object[i].kind == kind)
			if (rng_below(r, ++seen) == 0)
				id = b->world.object[i].id;
	return id;
}

/* A step that the object's state allows, if we find one soon. */
static uint32_t likely_step(struct rng *r, const struct desk_machine *m, uint32_t state_of_it)
{
	uint32_t s = 1;

	for (uint32_t i = 0; i < 30; i++) {
		s = draw_step(r, m);
		if ((m->step[s].from >> state_of_it & 1) && m->step[s].roles)
			break;
	}
	return s;
}

static uint32_t draw_role(struct rng *r, uint32_t roles)
{
	uint32_t role;

	do
		role = 1 + (uint32_t)rng_below(r, DESK_ROLES - 1);
	while (roles && !rng_chance(r, 20000) && (roles >> role & 1) == 0);
	return role;
}

/* A campaign that could be: of people, soon, for a while. */
static void likely_campaign(struct bench *b, struct rng *r, struct desk_command *c, uint32_t f)
{
	switch (f) {
	case CAMPAIGN_F_MANNER: c->value[f].i = CAMPAIGN_DRIP; break;
	case CAMPAIGN_F_WAVES: c->value[f].i = 1; break;
	case CAMPAIGN_F_TEXTS_MAX: c->value[f].i = 1 + (int64_t)rng_below(r, 2); break;
	case CAMPAIGN_F_STARTS: c->value[f].i = b->now + 1 + (int64_t)rng_below(r, (uint64_t)US_PER_DAY); break;
	case CAMPAIGN_F_ENDS: c->value[f].i = b->now + 2 * US_PER_DAY; break;
	case CAMPAIGN_F_FOLLOW: c->value[f].i = (int64_t)rng_below(r, 30 * (uint64_t)US_PER_DAY); break;
	case CAMPAIGN_F_SIZE: c->value[f].i = 1000; break;
	case CAMPAIGN_F_HELD: c->value[f].i = 200; break;
	case CAMPAIGN_F_AS_OF: c->value[f].i = 1; break;
	default: break;
	}
}

static void likely_value(struct bench *b, struct rng *r, struct desk_command *c, uint32_t f)
{
	const struct desk_field *field = &desk_machine(c->kind)->field[f];

	draw_field(r, c, f, b->now, false);
	if (c->kind == DESK_CAMPAIGN && rng_chance(r, 900000))
		likely_campaign(b, r, c, f);
	if (field->type == DESK_OBJECT) {
		uint64_t id = draw_object(b, r, field->entity ? field->entity : DESK_MEASURE);

		c->value[f].id = id ? id : c->value[f].id;
	}
	if (f == desk_machine(c->kind)->in_head.organisation && rng_chance(r, 900000))
		c->value[f].i = BANK_ORG;
	if (c->kind == DESK_ASSESSMENT && f == ASSESSMENT_F_MONTH) { /* one that is over */
		struct civil day;

		clock_to_civil(b->now, clock_offset(&clock_shanghai, b->now), &day);
		c->value[f].i = desk_months_after(desk_day(b->now) - (day.day - 1) * US_PER_DAY, -1 - (int64_t)rng_below(r, 3));
	}
	if (c->kind == DESK_STOP && f == STOP_F_RESULT)
		c->value[f].i = rng_chance(r, 700000) ? RETURN_OK : RETURN_FORMAT + (int64_t)rng_below(r, 3);
	if (c->kind == DESK_FREEZE && f == FREEZE_F_RESULT)
		c->value[f].i = RETURN_OK;
	if (c->kind == DESK_STOP && f == STOP_F_MATCH && rng_chance(r, 700000))
		c->value[f].i = STOP_MATCHED;
}

void lives_draw(struct bench *b, struct rng *r)
{
	uint32_t kind = draw_kind(r);
	const struct desk_machine *m;
	uint64_t id;
	uint32_t step;
	struct desk_command *c;

	if (b->world.n > 0 && rng_chance(r, 500000)) /* go on with what there is: there are many kinds */
		kind = b->world.object[b->world.n - 1 - rng_below(r, b->world.n < 6 ? b->world.n : 6)].kind;
	if (kind == DESK_LIMIT || kind == DESK_MEASURE || kind == DESK_USER)
		kind = DESK_STOP + (uint32_t)rng_below(r, 4);
	m = desk_machine(kind);
	id = rng_chance(r, 250000) ? 0 : draw_object(b, r, kind);
	step = likely_step(r, m, id ? the(b, id)->state : 0);
	c = say(b, (enum desk_kind)kind, step, id, (enum desk_role)draw_role(r, m->step[step].roles));
	c->user = rng_chance(r, 300000) ? 1 : c->user;
	for (uint32_t f = 1; f < m->n_fields; f++)
		if ((m->step[step].needed >> f & 1) || ((m->step[step].allowed >> f & 1) && rng_chance(r, 500000)))
			likely_value(b, r, c, f);
	if (id)
		for (uint32_t f = 1; f < m->n_fields; f++) /* mostly about what it is about */
			if ((c->given >> f & 1) && m->field[f].type == DESK_ENTITY && desk_has(the(b, id), f))
				c->value[f] = the(b, id)->value[f];
}
