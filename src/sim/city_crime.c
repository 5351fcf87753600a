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

/* ---- who sells ---- */

struct counter crime_counter(struct city *c, uint32_t agent)
{
	uint16_t by =
		(uint16_t)(agent >= 1000 || rng_chance(&c->crime, agent * 1000) ? 1 + rng_below(&c->crime, life_agents(c)) : 0);
	uint16_t outlet = (uint16_t)(1 + rng_below(&c->crime, life_outlets(c)));

	return life_counter(outlet, by, hash_mix(c->salt + c->seq + c->opening.n));
}

bool crime_crooked(struct city *c, const struct scene_block *b, struct counter *at, int32_t *at_s, int32_t until_s)
{
	uint64_t own = hash_mix(c->salt ^ 0xa0761d6478bd642fULL) /* the city's: all blocks buy there */;

	if (!b->given[KEY_CROOKED] || !crime_chance(c, crime_span(c, b, KEY_CROOKED, false)))
		return false;
	int64_t clerks = crime_pick(c, crime_span(c, b, KEY_CLERKS, false));
	bool night = crime_chance(c, crime_span(c, b, KEY_NIGHT, false));
	*at = (struct counter){ .outlet = (uint16_t)(1 + own % life_outlets(c)), .crooked = true };
	at->remote = crime_chance(c, crime_span(c, b, KEY_REMOTE, false));
	at->clerk = (uint8_t)(1 + ((own >> 32) + rng_below(&c->crime, (uint64_t)(clerks + (clerks == 0)))) % OUTLET_CLERKS);
	if (night) {
		int32_t day_s = *at_s - (*at_s % DAY_S + DAY_S) % DAY_S;
		*at_s = day_s + 22 * HOUR_S + (int32_t)rng_below(&c->crime, 2 * HOUR_S - MINUTE_S);
		if (*at_s >= until_s)
			*at_s -= DAY_S;
	}
	return true;
}

static void plan_sale(struct city *c, struct ev *e, const struct counter *at, const struct label *label)
{
	e->outlet = at->outlet;
	e->agent = at->agent;
	e->clerk = at->clerk;
	e->remote = at->remote;
	plan_opening(c, e, label);
	if (!c->err)
		c->opening.p[c->opening.n - 1].crooked = at->crooked;
}

void crime_open_account(struct city *c, uint32_t account, uint32_t person, uint64_t phone, const struct counter *at,
                        int32_t at_s, const struct label *label)
{
	struct ev e = { .at_s = at_s, .type = EV_OPEN_ACCOUNT, .person = person + 1, .a = phone, .b = account + 1ULL };

	struct counter sold = *at;

	sold.outlet = life_outlet_of(c, at->outlet, account);
	plan_sale(c, &e, &sold, label);
}

void crime_open_card(struct city *c, uint64_t phone, uint32_t person, const struct counter *at, bool iot, int32_t at_s,
                     const struct label *label)
{
	struct ev e = { .at_s = at_s, .type = EV_OPEN_CARD, .person = person + 1, .a = phone, .flag = iot };

	plan_sale(c, &e, at, label);
}

void crime_opened(struct city *c, const struct opening *o)
{
	const struct label *l = &o->label;

	if (o->crooked) {
		uint64_t outlet = 2ULL * o->ev.outlet + (o->ev.type == EV_OPEN_CARD);

		writer_entity(c, WHAT_OUTLET, outlet, o->ev.at_s, l->scenario, l->crime, ROLE_OUTLET, 0);
		writer_entity(c, WHAT_CLERK, outlet << 8 | o->ev.clerk, o->ev.at_s, l->scenario, l->crime, ROLE_CLERK, 0);
	}
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
