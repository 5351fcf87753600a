/* city_money.c - ordinary money: shops and red packets, wages and rents, group purchases, savings, loans that pay a bill
 * within the hour, second-hand purchases from strangers. Amounts are fen. */
#include "sim/city_int.h"
#include "base/mem.h"

enum {
	PAYMENTS_MILLI = 1000, /* a day and person, all kinds below together */
	PEOPLE_A_SHOP = 200,
	PEOPLE_AN_EMPLOYER = 60,
	WAGE_FEN = 520000,
	RICH = 1LL << 44
};

/* Deposits are lognormal; a student has less. */
void money_init(struct city *c)
{
	c->balances_cap = c->people * 2 + c->people / 16 + 4096;
	c->balance = mem_alloc_array(c->balances_cap, sizeof(*c->balance));
	c->opened_with = mem_alloc_array(c->balances_cap, sizeof(*c->opened_with));
	c->shops = 1 + c->people / PEOPLE_A_SHOP;
	c->employers = 1 + c->people / PEOPLE_AN_EMPLOYER;
	c->shop = mem_alloc_array(c->shops, sizeof(*c->shop));
	c->shop_with = mem_alloc_array(c->shops, sizeof(*c->shop));
	c->employer = mem_alloc_array(c->employers, sizeof(*c->employer));
	c->employer_with = mem_alloc_array(c->employers, sizeof(*c->employer));
	if (!c->balance || !c->opened_with || !c->shop || !c->shop_with || !c->employer || !c->employer_with) {
		c->err = ERR_MEMORY;
		return;
	}
	int64_t level[256];
	for (int k = 0; k < 256; k++)
		level[k] = (int64_t)(1800000 * math_exp(1.3 * math_normal((k + 0.5) / 256)));
	c->balances = c->people * 2;
	c->population[WHAT_ACCOUNT] = c->people + c->shops + c->employers;
	for (uint32_t i = 0; i < c->people; i++) {
		uint64_t h = hash_mix(c->salt ^ i * 31ULL);
		c->balance[i] = level[h & 255] / (c->job[i] == JOB_STUDENT ? 6 : 1) + (int64_t)((h >> 8) % 10000);
		c->opened_with[i] = c->balance[i];
		c->population[WHAT_ACCOUNT] += people_account_opened(c, i) < c->o.days * DAY_S;
	}
	for (uint32_t k = 0; k < c->shops; k++)
		c->shop[k] = c->shop_with[k] = 500000 + (int64_t)(hash_mix(k) % 3000000);
	for (uint32_t k = 0; k < c->employers; k++)
		c->employer[k] = c->employer_with[k] = RICH + (int64_t)(hash_mix(k) % 100000000);
}

static void pay(struct city *c, uint64_t from_1, uint64_t to_1, int32_t at_s, int64_t fen, enum channel channel,
                uint32_t device)
{
	struct ev e = { .at_s = at_s, .type = EV_TRANSFER, .channel = (uint8_t)channel, .device = device };

	e.a = from_1;
	e.b = to_1;
	e.v = fen;
	city_life(c, &e);
}

/* The account that somebody pays from or is paid on: half of those with a second one use it as much as the first. */
static uint64_t account_of(const struct city *c, uint32_t i, struct dice *d)
{
	bool second =
		hash_mix(c->salt + i * 23ULL) & 1 && dice_chance(d, 550) && people_account_opened(c, i) < c->hour_from_s;

	return (second ? c->people + i : i) + 1;
}

static int64_t skewed(struct dice *d, int64_t mean) /* many small, some five times the mean */
{
	int64_t x = dice_between(d, 1, 1000), y = dice_between(d, 1, 1000), z = dice_between(d, 100, 4000);
	return 1 + mean * x / 1000 * y / 1000 * z / 500;
}

/* To somebody never paid before: a craftsman, a tutor, a second-hand dealer, a deposit. A long talk with them may come
 * first. */
static void first_payment(struct city *c, uint32_t i, int32_t at_s, struct dice *d)
{
	uint32_t who = dice_below(d, c->people);
	bool large = dice_chance(d, 80);
	int64_t fen = large ? 100000 * dice_between(d, 20, 600) : 100 * dice_between(d, 50, 4000);

	uint64_t from = account_of(c, i, d), to = account_of(c, who, d);
	pay(c, from, to, at_s, fen, CHANNEL_MOBILE, people_device(c, i, at_s));
	if (!dice_chance(d, large ? 400 : 150))
		return;
	struct ev e = { .type = EV_CALL, .a = people_phone(c, who), .b = people_phone(c, i) };
	e.v = 60 + dice_below(d, 900);
	e.at_s = at_s - (int32_t)e.v - (int32_t)dice_below(d, 1800);
	if (e.at_s < c->hour_from_s)
		return; /* it was in the hour before: not seen */
	e.device = people_device(c, who, e.at_s);
	e.cell = people_place(c, who, e.at_s);
	city_life(c, &e);
}

/* A loan arrives and pays a bill within the hour: money in, money out, and innocent. */
static void loan(struct city *c, uint32_t i, int32_t at_s, struct dice *d)
{
	int64_t fen = 100000 * dice_between(d, 50, 800);
	uint64_t account = account_of(c, i, d);

	pay(c, OUT_AT + 1 + dice_below(d, LENDERS), account, at_s, fen, CHANNEL_ONLINE, NOBODY);
	uint64_t to = dice_below(d, c->people) + 1ULL;
	at_s += 120 + (int32_t)dice_below(d, 5400);
	pay(c, account, to, at_s, fen - dice_between(d, 0, fen / 5), CHANNEL_MOBILE, people_device(c, i, at_s));
}

/* Draws stand in statements of their own throughout: C leaves the order of arguments open, and the city must not. */
static void payment(struct city *c, uint32_t i, struct dice *d)
{
	int32_t at_s = c->hour_from_s + (int32_t)dice_below(d, HOUR_S);
	uint32_t r = dice_below(d, 10000), device = people_device(c, i, at_s), nearby = i / PEOPLE_A_SHOP;
	uint64_t own = account_of(c, i, d), savings = c->people + i + 1ULL, other;
	int64_t fen;

	if (r < 4700) {
		uint32_t reach = dice_below(d, 40) + 1;
		other = SHOP_AT + 1 + (nearby + dice_below(d, reach)) % c->shops;
		pay(c, own, other, at_s, skewed(d, 6000), CHANNEL_WALLET, device);
	} else if (r < 6600) { /* shops elsewhere and online */
		other = OUT_AT + 1001 + dice_below(d, 60000);
		pay(c, own, other, at_s, skewed(d, 12000), CHANNEL_WALLET, device);
	} else if (r < 9150) { /* red packets and small change among friends, or more */
		uint32_t friend = people_contact(c, i, d);
		bool small = r < 8300;
		other = account_of(c, friend, d);
		fen = small ? 100 * dice_between(d, 1, 200) : skewed(d, 90000);
		pay(c, own, other, at_s, fen, small ? CHANNEL_WALLET : CHANNEL_MOBILE, device);
	} else if (r < 9500) { /* to and from savings */
		bool back = dice_chance(d, 400);
		fen = 10000 * dice_between(d, 5, 150);
		if (people_account_opened(c, i) < c->hour_from_s)
			pay(c, back ? savings : i + 1, back ? i + 1 : savings, at_s, fen, CHANNEL_MOBILE, device);
	} else if (r < 9780) { /* from family elsewhere, refunds, sales; and to them */
		other = OUT_AT + 100001 + dice_below(d, 3000000);
		fen = skewed(d, 150000);
		pay(c, r < 9700 ? other : own, r < 9700 ? own : other, at_s, fen, CHANNEL_MOBILE, r < 9700 ? NOBODY : device);
	} else if (r < 9992) {
		first_payment(c, i, at_s, d);
	} else {
		loan(c, i, at_s, d);
	}
}

static void cash(struct city *c, uint32_t i, struct dice *d)
{
	struct ev e = { .at_s = c->hour_from_s + (int32_t)dice_below(d, HOUR_S), .type = EV_CASH, .a = i + 1 };

	e.v = 10000 * dice_between(d, 1, 50);
	e.cell = 1 + dice_below(d, 1 + c->people / 2000);
	city_life(c, &e);
}

static void login(struct city *c, uint32_t i, struct dice *d)
{
	struct ev e = { .at_s = c->hour_from_s + (int32_t)dice_below(d, HOUR_S), .type = EV_LOGIN, .a = i + 1 };

	e.device = people_device(c, i, e.at_s);
	e.b = people_phone(c, i);
	city_life(c, &e);
}

void money_hour(struct city *c)
{
	int hour = c->hour_from_s / HOUR_S % 24;
	uint16_t pays[8];
	uint32_t withdraws = people_rhythm(hour) * 65536 / 1000 * 12 / 1000;

	math_poisson(pays, PAYMENTS_MILLI / 1000.0 * people_rhythm(hour) / 1000);
	for (uint32_t i = 0; i < c->people && !c->err; i++) {
		struct dice d = dice_for(c, i + 0x50000000ULL, (uint64_t)(c->hour_from_s / HOUR_S));
		uint64_t r = dice_next(&d);
		if (c->job[i] == JOB_QUIET)
			continue;
		for (uint32_t n = 0; n < 7 && (uint16_t)r >= pays[n]; n++)
			payment(c, i, &d);
		if ((uint16_t)(r >> 16) < withdraws)
			cash(c, i, &d);
		if ((uint16_t)(r >> 32) < 15 * people_rhythm(hour) / 2)
			login(c, i, &d);
	}
}

/* ---- by the calendar: wages, rents, takings, group purchases ---- */

static int day_of_month(const struct city *c)
{
	int64_t d = c->o.start_day + c->hour_from_s / DAY_S;
	return (int)(d % 30) + 1; /* every month has thirty days here: wages care for the distance only */
}

static void home(struct city *c, uint32_t i, int32_t at_s, int64_t wage, struct dice *d)
{
	uint32_t to = people_friend(c, i, dice_below(d, 2));

	pay(c, i + 1, to + 1, at_s, wage / 100 * dice_between(d, 20, 90), CHANNEL_MOBILE, people_device(c, i, at_s));
}

static void payroll(struct city *c, uint32_t k)
{
	struct dice d = dice_for(c, EMPLOYER_AT + (uint64_t)k, (uint64_t)(c->hour_from_s / HOUR_S));
	int32_t at_s = c->hour_from_s + (int32_t)dice_below(&d, 1800);
	uint32_t n = 0;

	for (uint32_t i = k; i < c->people; i += c->employers) {
		if (c->job[i] == JOB_NONE || c->job[i] == JOB_STUDENT || c->job[i] == JOB_QUIET || c->job[i] == JOB_RETIRED)
			continue;
		int64_t wage = WAGE_FEN / 100 * (60 + (int64_t)(hash_mix(i + c->salt) % 180));
		int32_t t = at_s + (int32_t)n++;
		pay(c, EMPLOYER_AT + 1 + k, i + 1, t, wage, CHANNEL_ONLINE, NOBODY);
		uint32_t r = dice_below(&d, 100);
		t += 600 + (int32_t)dice_below(&d, 6 * HOUR_S);
		if (r < 12 && people_account_opened(c, i) < c->hour_from_s) /* straight into savings: fast, and innocent */
			pay(c, i + 1, c->people + i + 1, t, wage / 100 * dice_between(&d, 50, 95), CHANNEL_MOBILE,
			    people_device(c, i, t));
		else if (r < 30) /* home to the family */
			home(c, i, t, wage, &d);
	}
}

static void rents(struct city *c, uint32_t i)
{
	struct dice d = dice_for(c, i + 0x60000000ULL, (uint64_t)(c->hour_from_s / HOUR_S));

	for (uint32_t k = 0; k < 6; k++) {
		uint32_t who = (uint32_t)(hash_mix(c->salt + i * 7ULL + k) % c->people);
		int32_t at_s = c->hour_from_s + (int32_t)dice_below(&d, HOUR_S);
		if (dice_chance(&d, 800))
			pay(c, who + 1, i + 1, at_s, 10000 * dice_between(&d, 12, 45), CHANNEL_MOBILE, people_device(c, who, at_s));
	}
}

/* Thirty neighbours pay the same sum, and the whole goes to the dealer: code 3006 to the letter, and innocent. */
static void group_purchase(struct city *c, uint32_t i)
{
	struct dice d = dice_for(c, i + 0x61000000ULL, (uint64_t)(c->hour_from_s / HOUR_S));
	int64_t fen = 100 * dice_between(&d, 20, 150), sum = 0;
	uint32_t n = 12 + dice_below(&d, 30);

	for (uint32_t k = 0; k < n; k++) {
		uint32_t who = (i + 1 + dice_below(&d, 600)) % c->people;
		int32_t at_s = c->hour_from_s + (int32_t)dice_below(&d, HOUR_S);
		pay(c, who + 1, i + 1, at_s, fen, CHANNEL_WALLET, people_device(c, who, at_s));
		sum += fen;
	}
	pay(c, i + 1, OUT_AT + 50001 + hash_mix(i) % 50, c->hour_to_s + (int32_t)dice_below(&d, 2 * HOUR_S), sum / 100 * 93,
	    CHANNEL_MOBILE, people_device(c, i, c->hour_to_s));
}

static void takings(struct city *c, uint32_t k)
{
	struct dice d = dice_for(c, SHOP_AT + (uint64_t)k, (uint64_t)(c->hour_from_s / HOUR_S));
	int64_t fen = c->shop[k] - 300000;
	int32_t at_s = c->hour_from_s + (int32_t)dice_below(&d, HOUR_S);

	if (fen > 100000)
		pay(c, SHOP_AT + 1 + k, OUT_AT + 60001 + hash_mix(k) % 400, at_s, fen / 100 * dice_between(&d, 40, 90),
		    CHANNEL_MOBILE, NOBODY);
}

void business_hour(struct city *c)
{
	int hour = c->hour_from_s / HOUR_S % 24, day = day_of_month(c);
	bool weekend = people_weekend(c, c->hour_from_s);

	for (uint32_t k = 0; k < c->employers && !c->err; k++) {
		uint64_t h = hash_mix(k + 3);
		if ((int)(h % 30) + 1 == day && hour == 9 + (int)((h >> 8) % 7))
			payroll(c, k);
	}
	for (uint32_t k = 0; hour == 21 && k < c->shops && !c->err; k++)
		if ((hash_mix(k) + (uint64_t)day) % 3 == 0)
			takings(c, k);
	for (uint32_t i = 0; i < c->people && !c->err; i++) {
		uint64_t h = hash_mix(i + 11 + (uint64_t)(c->hour_from_s / DAY_S) * 0x10001);
		if (c->job[i] == JOB_LANDLORD && day <= 6 && hash_mix(i) % 6 + 1 == (uint64_t)day && hour == 9 + (int)(h % 10))
			rents(c, i);
		if (c->job[i] == JOB_GROUP_BUYER && !weekend && h % 3 == 0 && hour == 10 + (int)((h >> 8) % 8))
			group_purchase(c, i);
	}
}
