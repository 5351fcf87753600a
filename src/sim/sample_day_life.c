/* sample_day_life.c - ordinary people: they call the same few people again and again, text, pay and withdraw.
 *
 * Contacts are heavy-tailed: the first of sixteen gets several times the calls of the last. A friend is a reflection
 * (r - i) mod N, so that friendship is mutual without a table. Who lives together or works together is arithmetic too:
 * the city needs no memory per person. */
#include "sim/sample_day_int.h"
#include "base/hash.h"

enum {
	CALLS_MEAN = 4, /* attempts a day: 50 M by 12.7 M cards */
	CALLS_MAX = 40,
	TALK_MEAN_S = 80,
	ANSWERED = 600000, /* of a million */
	HISTORY_DAYS = 120,
};

/* Calls by hour of the day, of a thousand. */
static const uint16_t rhythm[24] = { 4,  2,  1,  1,  2,  6,  18, 38, 66, 82, 84, 78,
	                                 60, 52, 60, 66, 70, 74, 72, 62, 48, 32, 16, 6 };

int64_t life_second(struct city *c)
{
	int64_t x = (int64_t)rng_below(&c->rng, 1000);
	int h = 0;
	while (h < 23 && x >= rhythm[h])
		x -= rhythm[h++];
	return h * HOUR_S + (int64_t)rng_below(&c->rng, HOUR_S);
}

uint64_t life_any(struct city *c)
{
	return rng_below(&c->rng, (uint64_t)c->people);
}

static uint64_t contact(struct city *c, uint64_t i)
{
	uint64_t n = (uint64_t)c->people, works = (uint64_t)c->works;
	uint64_t k = rng_below(&c->rng, rng_below(&c->rng, 16) + 1);
	uint64_t other;
	if (k < 2)
		other = i / 3 * 3 + (i % 3 + 1 + k) % 3;
	else if (k < 8)
		other = (c->friend_at[k] + n - i) % n;
	else
		other = i % works + works * (hash_mix(i / works + k) % 12);
	return other < n && other != i ? other : (i + 1) % n;
}

static uint32_t where(uint64_t i, int64_t second)
{
	bool at_work = second >= 9 * HOUR_S && second < 18 * HOUR_S;
	return at_work ? 20000 + (uint32_t)(hash_mix(i) % 997) : ident_home_cell(i);
}

static void life_calls(struct city *c, uint64_t i, int64_t day_s)
{
	int64_t n = rng_exponential(&c->rng, CALLS_MEAN * 1000) / 1000;
	if (n > CALLS_MAX)
		n = CALLS_MAX;
	for (int64_t k = 0; k < n; k++) {
		int64_t s = life_second(c);
		struct rec r = {
			.time_s = day_s + s, .type = REC_CALL, .a = sample_phone(i), .b = sample_phone(contact(c, i))
		};
		r.v = rng_chance(&c->rng, ANSWERED) ? 1 + rng_exponential(&c->rng, TALK_MEAN_S) : 0;
		r.device = sample_device(i);
		r.cell = where(i, s);
		day_add(c, &r);
	}
}

static void life_texts(struct city *c, uint64_t i, int64_t day_s)
{
	static const uint64_t ports[] = { 106575000001, 106980095588, 106550100011, 106925800588 };
	static const uint16_t port_template[] = { TEXT_OTP, TEXT_BANK, TEXT_PARCEL, TEXT_SHOP };
	if (rng_chance(&c->rng, 300000)) {
		int64_t s = life_second(c);
		struct rec r = { .time_s = day_s + s, .type = REC_SMS, .a = sample_phone(i), .b = sample_phone(contact(c, i)) };
		r.template = TEXT_CHAT;
		r.v = (int64_t)rng_below(&c->rng, 1 << 20);
		r.cell = where(i, s);
		day_add(c, &r);
	}
	for (uint32_t k = 0; k < 4; k++) {
		if (!rng_chance(&c->rng, k < 2 ? 350000 : 120000))
			continue;
		struct rec r = { .time_s = day_s + life_second(c), .type = REC_SMS, .a = ports[k], .b = sample_phone(i) };
		r.template = port_template[k];
		r.v = (int64_t)rng_below(&c->rng, 1 << 20);
		day_add(c, &r);
	}
}

/* Everyday payments are small and odd; now and then somebody moves a larger round sum to family. */
static int64_t life_amount(struct city *c)
{
	if (rng_chance(&c->rng, 15000))
		return 100000 * rng_between(&c->rng, 2, 30);
	if (rng_chance(&c->rng, 250000))
		return 100 * rng_between(&c->rng, 1, 200); /* a red packet */
	return 100 + rng_exponential(&c->rng, 12000);
}

static void life_money(struct city *c, uint64_t i, int64_t day_s)
{
	int64_t n = rng_exponential(&c->rng, 1200) / 1000;
	for (int64_t k = 0; k < n && k < 8; k++) {
		struct rec r = { .time_s = day_s + life_second(c), .type = REC_TRANSFER, .a = sample_account(i) };
		r.b = sample_account(contact(c, i));
		r.v = life_amount(c);
		r.channel = rng_chance(&c->rng, 600000) ? CHANNEL_WALLET : CHANNEL_MOBILE;
		r.device = sample_device(i);
		day_add(c, &r);
	}
	if (rng_chance(&c->rng, 12000)) {
		struct rec r = { .time_s = day_s + life_second(c), .type = REC_CASH, .a = sample_account(i) };
		r.v = 10000 * rng_between(&c->rng, 1, 50);
		r.bank = ident_bank_of(i);
		r.cell = (uint32_t)rng_between(&c->rng, 1, 900);
		day_add(c, &r);
	}
}

void life_day(struct city *c, int64_t day_s)
{
	for (uint64_t i = 0; i < (uint64_t)c->people && !c->err; i++) {
		life_calls(c, i, day_s);
		life_texts(c, i, day_s);
		life_money(c, i, day_s);
	}
}

static int64_t opening_s(struct city *c) /* some day of the last months, in office hours */
{
	int64_t day = rng_between(&c->rng, 1, HISTORY_DAYS);
	return c->start_s - day * DAY_S + 9 * HOUR_S + (int64_t)rng_below(&c->rng, 8 * HOUR_S);
}

static uint16_t agent(struct city *c) /* 0: opened without one; an agent opens two or three a month */
{
	int64_t agents = c->people / 200 < 8000 ? c->people / 200 : 8000;
	return (uint16_t)rng_between(&c->rng, 0, agents);
}

/* Who holds what, as told by the parties on the eve; and the openings of the last months. */
void life_history(struct city *c)
{
	for (uint64_t i = 0; i < (uint64_t)c->people && !c->err; i++) {
		int64_t eve_s = c->start_s - DAY_S + (int64_t)(i % 72000);
		if (i % 3 != 2 || hash_mix(i) % 10) /* some children use a parent's card: no binding of their own */
			crime_bind(c, i + 1, sample_phone(i), sample_account(i), eve_s);
		if (rng_chance(&c->rng, 50000)) {
			uint16_t by = agent(c);
			crime_open_account(c, i + 1, sample_account(i), sample_phone(i), 0, by, opening_s(c));
		}
		if (rng_chance(&c->rng, 40000)) {
			uint16_t by = agent(c);
			crime_open_card(c, i + 1, sample_phone(i), by, false, opening_s(c));
		}
	}
}
