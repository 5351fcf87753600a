/* sample_day_work.c - those who look suspicious to a naive rule and are not: couriers, a taxi dispatcher, call centres,
 * clinics, sales people, shops at a festival, employers on payday, landlords, people who greet everybody.
 *
 * Their numbers do not depend on the seed, so that lists shipped with the policies can name them (all couriers but
 * every fourth are listed as known callers; every employer but every fourth as a known payer). */
#include "sim/sample_day_int.h"
#include "base/hash.h"

enum {
	WORK_DEVICE_AT = 500000,
	AREA_PEOPLE = 900,
};

static void courier(struct city *c, uint64_t k, int64_t day_s)
{
	int64_t n = rng_between(&c->rng, 50, 150);
	uint64_t area = hash_mix(k) % (uint64_t)c->people;
	for (int64_t j = 0; j < n; j++) {
		int64_t s = 8 * HOUR_S + (int64_t)rng_below(&c->rng, 12 * HOUR_S);
		uint64_t door = (area + rng_below(&c->rng, AREA_PEOPLE)) % (uint64_t)c->people;
		struct rec r = { .time_s = day_s + s, .type = REC_CALL, .a = ident_courier(k), .b = sample_phone(door) };
		bool answered = rng_chance(&c->rng, 720000);
		r.v = answered ? 5 + rng_exponential(&c->rng, 20) : 0;
		r.device = sample_device(WORK_DEVICE_AT + k);
		r.cell = ident_home_cell(door);
		day_add(c, &r);
		if (!rng_chance(&c->rng, answered ? 150000 : 600000))
			continue;
		r.time_s += 30 + rng_exponential(&c->rng, 600);
		if (r.time_s >= day_s + DAY_S)
			continue;
		r.a = sample_phone(door);
		r.b = ident_courier(k);
		r.v = 5 + rng_exponential(&c->rng, 25);
		r.device = sample_device(door);
		day_add(c, &r);
	}
}

/* A fixed line or short code that calls n of the people at, at + step, ...; some call back. */
static void caller_desk(struct city *c, uint64_t phone, int64_t n, uint64_t step, uint32_t back, int64_t day_s)
{
	for (int64_t j = 0; j < n; j++) {
		uint64_t who = (phone + (uint64_t)j * step) % (uint64_t)c->people;
		struct rec r = { .time_s = day_s + 9 * HOUR_S + (int64_t)rng_below(&c->rng, 9 * HOUR_S), .type = REC_CALL };
		r.a = phone;
		r.b = sample_phone(who);
		r.v = rng_chance(&c->rng, 550000) ? 10 + rng_exponential(&c->rng, 60) : 0;
		day_add(c, &r);
		if (!rng_chance(&c->rng, back))
			continue;
		r.time_s += 120;
		r.a = sample_phone(who);
		r.b = phone;
		r.v = 20;
		r.device = sample_device(who);
		r.cell = ident_home_cell(who);
		day_add(c, &r);
	}
}

/* The dispatcher talks to the same sixty drivers all day; customers call in. */
static void dispatcher(struct city *c, int64_t day_s)
{
	uint64_t desk = PHONE_FORM(FORM_ZERO, 53283678888);
	for (int64_t j = 0; j < 300; j++) {
		struct rec r = { .time_s = day_s + life_second(c), .type = REC_CALL, .a = desk, .v = 8 };
		r.b = sample_phone(hash_mix(rng_below(&c->rng, 60)) % (uint64_t)c->people);
		day_add(c, &r);
		uint64_t who = life_any(c);
		r = (struct rec){
			.time_s = day_s + life_second(c), .type = REC_CALL, .a = sample_phone(who), .b = desk, .v = 30
		};
		r.device = sample_device(who);
		r.cell = ident_home_cell(who);
		day_add(c, &r);
	}
}

/* Three in ten thousand sell houses or insurance: many strangers a day, who call back, from all over the town. */
static void seller(struct city *c, uint64_t i, int64_t day_s)
{
	int64_t n = rng_between(&c->rng, 20, 34);
	for (int64_t j = 0; j < n; j++) {
		uint64_t who = life_any(c);
		struct rec r = { .time_s = day_s + 9 * HOUR_S + (int64_t)rng_below(&c->rng, 9 * HOUR_S), .type = REC_CALL };
		r.a = sample_phone(i);
		r.b = sample_phone(who);
		r.v = rng_chance(&c->rng, 650000) ? 10 + rng_exponential(&c->rng, 150) : 0;
		r.device = sample_device(i);
		r.cell = 20000 + (uint32_t)rng_below(&c->rng, 12);
		day_add(c, &r);
		if (!rng_chance(&c->rng, 300000))
			continue;
		r.time_s += 900;
		r.a = sample_phone(who);
		r.b = sample_phone(i);
		r.device = sample_device(who);
		r.cell = ident_home_cell(who);
		day_add(c, &r);
	}
}

static void shop(struct city *c, uint64_t k, int64_t day_s)
{
	int64_t n = rng_between(&c->rng, 30, 90), sum = 0;
	for (int64_t j = 0; j < n; j++) {
		uint64_t who = life_any(c);
		struct rec r = { .time_s = day_s + 8 * HOUR_S + (int64_t)rng_below(&c->rng, 13 * HOUR_S),
			             .type = REC_TRANSFER };
		r.a = sample_account(who);
		r.b = sample_account(SHOP_AT + k);
		r.v = 500 + rng_exponential(&c->rng, 8000);
		r.channel = CHANNEL_WALLET;
		r.device = sample_device(who);
		sum += r.v;
		day_add(c, &r);
	}
	struct rec r = { .time_s = day_s + 22 * HOUR_S + (int64_t)rng_below(&c->rng, 1800), .type = REC_TRANSFER };
	r.a = sample_account(SHOP_AT + k); /* the day's takings to the owner */
	r.b = sample_account(hash_mix(k) % (uint64_t)c->people);
	r.v = sum - sum % 10000;
	r.channel = CHANNEL_MOBILE;
	day_add(c, &r);
}

/* A customer pays a large bill in the morning and wages leave in the afternoon: one in, many out, the same sum. */
static void employer(struct city *c, uint64_t k, int64_t day_s)
{
	int64_t n = rng_between(&c->rng, 10, 60), sum = 0;
	for (int64_t j = 0; j < n; j++) {
		struct rec r = { .time_s = day_s + 15 * HOUR_S + j,
			             .type = REC_TRANSFER,
			             .a = sample_account(EMPLOYER_AT + k) };
		r.b = sample_account((k * 61 + (uint64_t)j * (uint64_t)c->works) % (uint64_t)c->people);
		r.v = 10000 * rng_between(&c->rng, 35, 140);
		r.channel = CHANNEL_ONLINE;
		sum += r.v;
		day_add(c, &r);
	}
	struct rec r = { .time_s = day_s + 10 * HOUR_S, .type = REC_TRANSFER, .a = sample_account(EMPLOYER_AT + 1000 + k) };
	r.b = sample_account(EMPLOYER_AT + k);
	r.v = sum;
	r.channel = CHANNEL_ONLINE;
	if (k % 4 != 3) /* the unlisted ones pay from savings */
		day_add(c, &r);
}

static void landlord(struct city *c, uint64_t i, int64_t day_s)
{
	for (uint64_t j = 0; j < 4; j++) {
		uint64_t who = (i + 17 + 31 * j) % (uint64_t)c->people;
		struct rec r = { .time_s = day_s + life_second(c), .type = REC_TRANSFER, .a = sample_account(who) };
		r.b = sample_account(i);
		r.v = 10000 * rng_between(&c->rng, 12, 45);
		r.channel = CHANNEL_MOBILE;
		r.device = sample_device(who);
		day_add(c, &r);
	}
}

/* Red packets of the same sum to a dozen relatives, or one greeting to all: the festival's fan-outs. */
static void greeter(struct city *c, uint64_t i, int64_t day_s)
{
	int64_t n = rng_between(&c->rng, 10, 18), at_s = day_s + 18 * HOUR_S + (int64_t)rng_below(&c->rng, 3 * HOUR_S);
	bool money = rng_chance(&c->rng, 500000);
	for (int64_t j = 0; j < n; j++) {
		uint64_t who = (i + 3 * (uint64_t)j + 5) % (uint64_t)c->people;
		struct rec r = { .time_s = at_s + 20 * j, .type = money ? REC_TRANSFER : REC_SMS };
		r.a = money ? sample_account(i) : sample_phone(i);
		r.b = money ? sample_account(who) : sample_phone(who);
		r.v = 8800;
		r.template = TEXT_FESTIVAL;
		r.channel = CHANNEL_WALLET;
		r.device = sample_device(i);
		day_add(c, &r);
	}
}

void work_day(struct city *c, int64_t day_s)
{
	uint64_t people = (uint64_t)c->people;
	for (uint64_t k = 0; k < (uint64_t)c->couriers; k++)
		courier(c, k, day_s);
	dispatcher(c, day_s);
	caller_desk(c, 95588, 250 + c->people / 60, 13, 20000, day_s);
	caller_desk(c, 4006695566, 200 + c->people / 60, 29, 40000, day_s);
	for (uint64_t k = 0; k < 1 + people / 2000; k++)
		caller_desk(c, PHONE_FORM(FORM_ZERO, 53282710000 + k * 111), 45, 7, 150000, day_s);
	for (uint64_t k = 0; k < 1 + people / 3000; k++)
		seller(c, hash_mix(k + 77) % people, day_s);
	for (uint64_t k = 0; k < 1 + people / 300; k++)
		shop(c, k, day_s);
	for (uint64_t k = 0; k < 1 + people / 800; k++)
		employer(c, k, day_s);
	for (uint64_t k = 0; k < 1 + people / 500; k++)
		landlord(c, hash_mix(k + 177) % people, day_s);
	for (uint64_t k = 0; k < 1 + people / 400; k++)
		greeter(c, hash_mix(k + 277) % people, day_s);
}
