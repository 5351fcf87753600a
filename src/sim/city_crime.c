/* city_crime.c - what all crimes share: the plan of a run, draws from the scenario file's values, openings. */
#include "sim/city_int.h"

int64_t crime_pick(struct city *c, struct range s)
{
	return rng_between(&c->crime, s.lo, s.hi);
}

struct range crime_span(const struct city *c, const struct scene_block *b, enum scene_key k, bool harder)
{
	uint32_t d = (uint32_t)c->o.difficulty + harder;
	return b->key[k].d[d < DIFFICULTIES ? d : HARD];
}

bool crime_chance(struct city *c, struct range permille)
{
	uint64_t line = (uint64_t)crime_pick(
		c, permille); /* first this draw, then that: C leaves the order open within one expression */
	return rng_below(&c->crime, 1000) < line;
}

uint32_t crime_stranger(struct city *c, const struct scene_block *b)
{
	uint32_t sum = 0, i = 0, g = 0;

	for (int k = 0; k < GROUPS; k++)
		sum += b->group[k];
	if (sum == 0)
		return (uint32_t)rng_below(&c->crime, c->people);
	uint32_t r = (uint32_t)rng_below(&c->crime, sum);
	while (r >= b->group[g])
		r -= b->group[g++];
	for (int k = 0; k < 5000; k++) { /* a group may be empty in a small city: then anybody */
		i = (uint32_t)rng_below(&c->crime, c->people);
		if (c->job[i] != JOB_QUIET && people_in_group(c, i, (enum group)g))
			break;
	}
	return i;
}

int32_t crime_daytime(struct city *c, int32_t at_s, int from_h, int to_h)
{
	int32_t in_day = (at_s % DAY_S + DAY_S) % DAY_S;

	if (in_day >= from_h * HOUR_S && in_day < to_h * HOUR_S)
		return at_s;
	int32_t next = at_s - in_day + from_h * HOUR_S + (in_day >= to_h * HOUR_S ? DAY_S : 0);
	return next + (int32_t)rng_below(&c->crime, 2 * HOUR_S);
}

static void plan_opening(struct city *c, const struct ev *e, const struct label *label)
{
	struct opening o = { .ev = *e };

	if (label)
		o.label = *label;
	if (city_add(c, c->opening, o))
		city_todo(c, e->at_s, DO_OPEN, c->opening.n - 1);
}

void crime_open_account(struct city *c, uint32_t account, uint32_t person, uint64_t phone, uint16_t outlet,
                        uint16_t agent, int32_t at_s, const struct label *label)
{
	struct ev e = { .at_s = at_s, .type = EV_OPEN_ACCOUNT, .person = person + 1, .a = phone, .b = account + 1ULL };

	e.outlet = outlet;
	e.agent = agent;
	plan_opening(c, &e, label);
}

void crime_open_card(struct city *c, uint64_t phone, uint32_t person, uint16_t outlet, uint16_t agent, bool iot,
                     int32_t at_s, const struct label *label)
{
	struct ev e = { .at_s = at_s, .type = EV_OPEN_CARD, .person = person + 1, .a = phone, .flag = iot };

	e.outlet = outlet;
	e.agent = agent;
	plan_opening(c, &e, label);
}

void crime_opened(struct city *c, const struct opening *o)
{
	const struct label *l = &o->label;

	if (l->crime == 0 || l->role != ROLE_OPENER || o->ev.type != EV_OPEN_ACCOUNT)
		return;
	writer_entity(c, WHAT_PERSON, l->about, o->ev.at_s, l->scenario, l->crime, ROLE_OPENER, 0);
	if (o->series)
		writer_entity(c, WHAT_AGENT, o->ev.agent, o->ev.at_s, l->scenario, l->crime, ROLE_AGENT, 0);
}

/* How many begin on a day: the expected number's whole part, and its fraction by chance. */
static int64_t how_many(struct city *c, const struct scene_block *b)
{
	int64_t rate = crime_pick(c, crime_span(c, b, KEY_RATE, false));          /* thousandths for 100,000 people */
	int64_t millionths = rate * c->o.people / 100 * c->o.crime_percent / 100; /* of one */

	return millionths / 1000000 + (int64_t)((int64_t)rng_below(&c->crime, 1000000) < millionths % 1000000);
}

void crime_plan(struct city *c)
{
	/* Money must have somewhere to go on the first day already: networks first, then those who send it there. */
	static const enum block_kind order[] = { BLOCK_MULES, BLOCK_PHONES, BLOCK_SCAM };

	for (int64_t d = 0; d < c->o.days && !c->err; d++) {
		for (size_t k = 0; k < ARRAY_LEN(order); k++) {
			for (uint32_t i = 0; i < c->scene->n_blocks; i++) {
				const struct scene_block *b = &c->scene->block[i];
				if (b->kind != order[k] || d < b->key[KEY_FROM_DAY].d[c->o.difficulty].lo ||
				    d > b->key[KEY_UNTIL_DAY].d[c->o.difficulty].hi)
					continue;
				for (int64_t n = how_many(c, b); n > 0 && !c->err; n--) {
					if (b->kind == BLOCK_MULES)
						mules_plan(c, b, (int32_t)(d * DAY_S));
					else if (b->kind == BLOCK_PHONES)
						phones_plan(c, b, (int32_t)(d * DAY_S));
					else
						cases_plan(c, b, (int32_t)(d * DAY_S));
				}
			}
		}
	}
}
