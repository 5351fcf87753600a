/* day_names.c - who is who: the desk knows tokens, the city knows numbers, and here they meet. Who holds a card or an account is learned as a bank or an operator
 * learns it, from openings and bindings; what somebody really is stands here, too, and no seat reads it. */
#include "day/day_int.h"

enum {
	CRIMINAL = 1U << ROLE_SIMBOX | 1U << ROLE_BURST | 1U << ROLE_SLEEPING | 1U << ROLE_GATEWAY_VOICE |
	           1U << ROLE_GATEWAY_LINE | 1U << ROLE_CALLER | 1U << ROLE_SPAMMER | 1U << ROLE_IOT | 1U << ROLE_MULE |
	           1U << ROLE_OPENER | 1U << ROLE_AGENT | 1U << ROLE_GOLD
};

struct who *day_who(struct day *d, uint32_t i)
{
	return &d->who.p[i];
}

static uint32_t found(const struct map *m, struct map_key k)
{
	const uint32_t *at = map_find(m, k);

	return at ? *at : NONE;
}

uint32_t who_of_token(const struct day *d, struct token t, uint32_t kind)
{
	return found(&d->by_token, (struct map_key){ { t.w[0], t.w[1], kind } });
}

uint32_t who_of_number(const struct day *d, uint32_t kind, uint64_t number)
{
	return found(&d->by_number, (struct map_key){ { kind, number } });
}

uint16_t house_of_carrier(uint32_t carrier)
{
	return (uint16_t)(ORG_OPERATOR + carrier % OPERATORS);
}

uint16_t house_of_bank(uint32_t bank)
{
	return (uint16_t)(ORG_BANK + bank % BANK_HOUSES);
}

static uint16_t organisation(uint32_t kind, const struct ident *ident)
{
	return kind == DESK_PHONE          ? house_of_carrier(ident->attrs.carrier)
	       : kind == DESK_BANK_ACCOUNT ? house_of_bank(ident->attrs.bank)
	                                   : 0;
}

/* One card written in two ways stays the first. */
static enum err number_put(struct day *d, uint32_t kind, uint64_t number, uint32_t i)
{
	uint32_t *at;
	bool fresh;
	enum err e = number ? map_put(&d->by_number, (struct map_key){ { kind, number } }, &at, &fresh) : ERR_OK;

	if (e == ERR_OK && number && fresh)
		*at = i;
	return e;
}

uint32_t who_put(struct day *d, uint32_t kind, uint64_t number, const struct ident *ident)
{
	struct who w = {
		.token = ident->token, .number = number, .kind = (uint8_t)kind, .organisation = organisation(kind, ident)
	};
	uint32_t *at, i = (uint32_t)d->who.n;
	bool fresh;
	enum err e = map_put(&d->by_token, (struct map_key){ { w.token.w[0], w.token.w[1], kind } }, &at, &fresh);

	if (e == ERR_OK && fresh) {
		*at = i;
		if (!day_add(d, d->who, w))
			return NONE;
	}
	i = e == ERR_OK ? *at : NONE;
	if (e == ERR_OK && (fresh || (number && d->who.p[i].number == 0))) { /* the truth may have named it first */
		d->who.p[i].number = number;
		e = number_put(d, kind, number, i);
	}
	day_fail(d, e);
	return e == ERR_OK ? i : NONE;
}

struct cs *day_case(struct day *d, uint32_t i)
{
	return &d->cs.p[i];
}

uint32_t case_of(struct day *d, uint32_t crime)
{
	struct cs fresh_case = { .victim = NONE };
	uint32_t *at;
	bool fresh;
	enum err e = map_put(&d->by_crime, (struct map_key){ { crime } }, &at, &fresh);

	day_fail(d, e);
	if (e != ERR_OK)
		return NONE;
	if (fresh) {
		*at = (uint32_t)d->cs.n;
		if (!day_add(d, d->cs, fresh_case))
			return NONE;
	}
	return *at;
}

bool who_criminal(const struct day *d, uint32_t i)
{
	const struct who *w = &d->who.p[i];

	return (w->roles & CRIMINAL) != 0;
}

uint32_t who_person(const struct day *d, const struct desk_object *o)
{
	struct desk_entity by[] = { o->subject, o->also };

	for (size_t k = 0; k < ARRAY_LEN(by); k++) {
		uint32_t i = by[k].kind ? who_of_token(d, by[k].token, by[k].kind) : NONE;

		if (i != NONE && by[k].kind == DESK_PERSON)
			return i;
		if (i != NONE && d->who.p[i].holder != NONE)
			return d->who.p[i].holder;
	}
	return NONE;
}

/* The stations share the city's districts. Where the desk knows no district, the centre finds out whose it is: by chance here, for all that it has to do with the crime. */
uint16_t who_area(const struct day *d, const struct desk_object *o)
{
	uint64_t n = (uint64_t)d->o->habit[HABIT_DISTRICTS];
	uint32_t person;

	for (uint32_t k = 0; k < CITY_DISTRICTS && o->district != 0; k++)
		if (city_district(k) % 10000 == o->district) /* as gateway/district.h numbers them */
			return (uint16_t)(1 + k % n);
	if (o->kind == DESK_DEVICE_REPORT)
		return (uint16_t)(1 + o->subject.token.w[0] % n);
	person = who_person(d, o);
	return (uint16_t)(1 + hash_mix(person != NONE ? d->who.p[person].number : 0) % n);
}
