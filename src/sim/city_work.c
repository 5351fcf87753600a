/* city_work.c - people and desks whose work looks like fraud to a naive rule: couriers, drivers, sellers, recruiters, call
 * centres, clinics, a taxi desk, meters. A detector that cannot tell them from criminals is no use. */
#include "sim/city_int.h"

struct trade {
	uint8_t job, from_h, to_h, days_off; /* of weekends, per cent who rest */
	uint16_t least, most;                /* calls a day */
	uint16_t known;                      /* per mille to people called before */
	uint16_t answered, back;             /* per mille */
	uint16_t talk_s;
	bool moves;     /* from cell to cell */
	uint32_t reach; /* how many people its customers are drawn from: 0 the whole city */
};

static const struct trade trades[] = {
	{ JOB_COURIER, 8, 20, 10, 60, 140, 150, 720, 420, 22, true, 1500 },
	{ JOB_DRIVER, 6, 23, 30, 8, 22, 50, 850, 250, 18, true, 0 },
	{ JOB_SELLER, 9, 19, 30, 15, 60, 380, 560, 220, 70, false, 0 },
	{ JOB_RECRUITER, 9, 18, 90, 12, 35, 250, 600, 260, 110, false, 0 },
	{ JOB_SHOPKEEPER, 8, 21, 20, 0, 14, 500, 750, 300, 40, false, 2500 },
};

static uint32_t customer(const struct city *c, uint32_t i, const struct trade *t, struct dice *d)
{
	uint32_t r = dice_below(d, t->reach ? t->reach : c->people);

	if (dice_chance(d, t->known)) /* one of forty or so */
		r = (uint32_t)(hash_mix(c->salt + i * 41ULL + dice_below(d, 40)) % (t->reach ? t->reach : c->people));
	uint32_t who = (i + 1 + r) % c->people;
	return people_answers_for(c, who, d) ? who : (who + 1 + dice_below(d, 900)) % c->people;
}

static void work_call(struct city *c, uint32_t i, const struct trade *t, struct dice *d, int32_t at_s)
{
	uint32_t who = customer(c, i, t, d);
	struct ev e = { .at_s = at_s, .type = EV_CALL, .a = people_phone(c, i), .b = people_phone(c, who) };
	bool answered = dice_chance(d, t->answered);

	if (people_card_opened(c, i) < c->hour_from_s) /* a card for work */
		e.a = sample_phone(c->people + i);
	uint64_t work = e.a;
	e.device = people_device(c, i, at_s);
	e.cell = t->moves ? people_home(c, who) : people_place(c, i, at_s);
	int64_t talk_s = dice_below(d, (uint32_t)(2 * t->talk_s));
	e.v = answered ? 4 + talk_s * (1 + dice_chance(d, 120) * 4) : 0;
	city_life(c, &e);
	if (!dice_chance(d, answered ? t->back / 3U : t->back))
		return;
	e.at_s += 60 + (int32_t)dice_below(d, 1500);
	e.a = people_phone(c, who);
	e.b = work;
	e.device = people_device(c, who, e.at_s);
	e.cell = people_place(c, who, e.at_s);
	e.v = 5 + (int64_t)dice_below(d, (uint32_t)(2 * t->talk_s));
	city_life(c, &e);
}

static void worker(struct city *c, uint32_t i, const struct trade *t, int hour)
{
	struct dice d = dice_for(c, i + 0x70000000ULL, (uint64_t)(c->hour_from_s / HOUR_S));
	uint64_t h = hash_mix(c->salt + i * 13ULL + (uint64_t)(c->hour_from_s / DAY_S));

	if (hour < t->from_h || hour >= t->to_h || (people_weekend(c, c->hour_from_s) && h % 100 < t->days_off))
		return;
	/* so many on this day, the person's own level within the trade's range */
	uint32_t level = (uint32_t)(hash_mix(c->salt + i) % (t->most - t->least + 1U));
	uint32_t day = t->least + (level * (70 + (uint32_t)(h >> 8) % 60)) / 100, hours = (uint32_t)(t->to_h - t->from_h);
	uint32_t n = (day + dice_below(&d, hours)) / hours;
	for (uint32_t k = 0; k < n; k++)
		work_call(c, i, t, &d, c->hour_from_s + (int32_t)dice_below(&d, HOUR_S));
}

/* Somebody rings a whole list within the hour: a teacher the parents, a family its wedding guests, a shop its customers.
 * Those who were asleep or busy call back. */
static void ring_list(struct city *c, uint32_t i, bool strangers)
{
	struct dice d = dice_for(c, i + 0x71000000ULL, (uint64_t)(c->hour_from_s / HOUR_S));
	uint32_t n = 12 + dice_below(&d, 24);

	for (uint32_t k = 0; k < n; k++) {
		uint32_t who = strangers ? dice_below(&d, c->people) : people_friend(c, i, 2 + k);
		struct ev e = { .at_s = c->hour_from_s + (int32_t)(k * HOUR_S / n + dice_below(&d, 60)), .type = EV_CALL };
		e.a = people_phone(c, i);
		e.b = people_phone(c, who);
		e.v = dice_chance(&d, strangers ? 560 : 800) ? 20 + dice_below(&d, strangers ? 140 : 240) : 0;
		e.device = people_device(c, i, e.at_s);
		e.cell = people_place(c, i, c->hour_from_s);
		city_life(c, &e);
		if (e.v || !dice_chance(&d, strangers ? 220 : 600))
			continue;
		e.at_s += 60 + (int32_t)dice_below(&d, 2400);
		e.a = people_phone(c, who);
		e.b = people_phone(c, i);
		e.v = 15 + dice_below(&d, 100);
		e.device = people_device(c, who, e.at_s);
		e.cell = people_place(c, who, e.at_s);
		city_life(c, &e);
	}
}

static void lists_rung(struct city *c, int hour)
{
	if (hour < 9 || hour > 20)
		return;
	for (uint32_t i = 0; i < c->people && !c->err; i++) {
		uint64_t h = hash_mix(c->salt ^ (i * 0x2545f4914f6cdd1dULL + (uint64_t)(c->hour_from_s / HOUR_S)));
		bool seller = c->job[i] == JOB_SELLER || c->job[i] == JOB_RECRUITER;
		if (seller ? h % 1000 < 3 : h % 1000000 < 4)
			ring_list(c, i, seller);
	}
}

/* A fixed line or short code that calls n of the people within the hour; some call back. */
static void desk(struct city *c, uint64_t phone, uint32_t n, uint32_t back)
{
	struct dice d = dice_for(c, phone, (uint64_t)(c->hour_from_s / HOUR_S));

	for (uint32_t k = 0; k < n; k++) {
		uint32_t who = dice_below(&d, c->people);
		struct ev e = { .at_s = c->hour_from_s + (int32_t)dice_below(&d, HOUR_S), .type = EV_CALL, .a = phone };
		e.b = people_phone(c, who);
		e.v = dice_chance(&d, 550) ? 10 + dice_below(&d, 120) : 0;
		city_life(c, &e);
		if (!dice_chance(&d, back))
			continue;
		e.at_s += 120;
		e.a = people_phone(c, who);
		e.b = phone;
		e.v = 20;
		e.device = people_device(c, who, e.at_s);
		e.cell = people_place(c, who, e.at_s);
		city_life(c, &e);
	}
}

static void desks(struct city *c, int hour)
{
	if (hour >= 9 && hour < 18) {
		desk(c, 95588, 20 + c->people / 1500, 20);
		desk(c, 4006695566, 15 + c->people / 1900, 40);
		for (uint32_t k = 0; k < 1 + c->people / 8000; k++)
			desk(c, PHONE_FORM(FORM_ZERO, 53282710000 + k % 9000), 6, 150);
	}
	/* the taxi desk talks to the same sixty drivers all day */
	for (uint32_t k = 0; k < 12; k++) {
		struct dice d = dice_for(c, 53283678888ULL + k, (uint64_t)(c->hour_from_s / HOUR_S));
		struct ev e = { .at_s = c->hour_from_s + (int32_t)dice_below(&d, HOUR_S), .type = EV_CALL, .v = 8 };
		e.a = PHONE_FORM(FORM_ZERO, 53283678888);
		e.b = people_phone(c, (uint32_t)(hash_mix(c->salt + dice_below(&d, 60)) % c->people));
		city_life(c, &e);
	}
}

/* Meters and locks: one card for every 150 people tells its reading once a day. */
static void meters(struct city *c)
{
	uint32_t n = c->people / 150;

	for (uint32_t k = 0; k < n; k++) {
		uint64_t h = hash_mix(c->salt + k * 5ULL);
		if ((int)(h % 24) != c->hour_from_s / HOUR_S % 24)
			continue;
		struct ev e = { .at_s = c->hour_from_s + (int32_t)(h >> 8) % HOUR_S, .type = EV_DATA, .a = sample_iot(k) };
		if (e.at_s < c->hour_from_s)
			e.at_s += HOUR_S;
		e.device = 1 + 8 * c->people + k;
		city_life(c, &e);
	}
}

void work_hour(struct city *c)
{
	int hour = c->hour_from_s / HOUR_S % 24;

	for (uint32_t i = 0; i < c->people && !c->err; i++)
		for (size_t k = 0; k < ARRAY_LEN(trades); k++)
			if (c->job[i] == trades[k].job)
				worker(c, i, &trades[k], hour);
	lists_rung(c, hour);
	desks(c, hour);
	meters(c);
}
