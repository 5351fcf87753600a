/* sample_day_crime_money.c - money crimes: openings in series, mules, tests before big sums, cash, coached victims.
 *
 * Like sample_day_crime.c: one function a scenario, fresh identities, and a line of truth for each part played. */
#include "sim/sample_day_int.h"
#include "base/hash.h"

struct rec crime_transfer(uint64_t from, uint64_t to, int64_t time_s, int64_t fen)
{
	struct rec r = { .time_s = time_s, .type = REC_TRANSFER, .a = from, .b = to, .v = fen, .channel = CHANNEL_MOBILE };
	r.device = sample_device(800000 + from % 100000);
	return r;
}

/* Somebody who lives here and is cheated: his account. */
static uint64_t victim(struct city *c, const char *scenario)
{
	uint64_t who = life_any(c);
	truth_account(c, sample_account(who), "victim", scenario);
	truth_person(c, who + 1, "victim", scenario);
	return sample_account(who);
}

static void pay(struct city *c, uint64_t from, uint64_t to, int64_t time_s, int64_t fen)
{
	struct rec r = crime_transfer(from, to, time_s, fen);
	plan_add(c, &r);
}

/* A person of the crime's with an account, opened `age_days` before (0: unknown). */
static uint64_t mule(struct city *c, int64_t day_s, int64_t age_days, const char *scenario)
{
	uint64_t person = crime_person(c), account = sample_account(person);
	if (age_days)
		crime_open_account(c, person, account, sample_phone(person), 0, 0, day_s - age_days * DAY_S + 10 * HOUR_S);
	crime_bind(c, person, sample_phone(person), account, day_s - DAY_S);
	if (scenario)
		truth_account(c, account, "mule", scenario);
	return account;
}

static void frequent_openings(struct city *c, int64_t day_s)
{
	uint64_t person = crime_person(c);
	for (int64_t k = 0; k < 4; k++)
		crime_open_account(c, person, sample_account(crime_person(c)), sample_phone(person), 0, 0,
		                   day_s - (3 - k) * DAY_S + 10 * HOUR_S + k * 600);
	truth_person(c, person, "suspect", "frequent-openings");
}

static void cumulative_openings(struct city *c, int64_t day_s)
{
	uint64_t person = crime_person(c);
	for (int64_t k = 0; k < 11; k++)
		crime_open_account(c, person, sample_account(crime_person(c)), sample_phone(person), 0, 0,
		                   day_s - (80 - 8 * k) * DAY_S + 11 * HOUR_S);
	truth_person(c, person, "suspect", "cumulative-openings");
}

/* Four persons open accounts and leave the same phone. */
static void shared_phone(struct city *c, int64_t day_s)
{
	uint64_t phone = sample_phone(crime_person(c));
	for (int64_t k = 0; k < 5; k++) {
		uint64_t person = crime_person(c);
		crime_open_account(c, person, sample_account(person), phone, 0, 0, day_s - 6 * DAY_S + k * DAY_S + 15 * HOUR_S);
	}
	truth_phone(c, phone, "suspect", "shared-phone");
}

/* Six victims pay in, two large sums leave within minutes, the next level splits them over eight. */
static void mule_chain(struct city *c, int64_t day_s)
{
	uint64_t first = mule(c, day_s, 12, "fan-in"), second = mule(c, day_s, 9, "fan-out"), sum = 0;
	int64_t at_s = day_s + 10 * HOUR_S + (int64_t)rng_below(&c->rng, 6 * HOUR_S);
	for (int64_t k = 0; k < 6; k++) {
		int64_t fen = 10000 * rng_between(&c->rng, 60, 300);
		sum += (uint64_t)fen;
		pay(c, victim(c, "fan-in"), first, at_s + 300 * k, fen);
	}
	int64_t half = (int64_t)sum / 2 / 10000 * 10000;
	pay(c, first, second, at_s + 1800, half);
	pay(c, first, second, at_s + 1860, half - 50000);
	int64_t part = (2 * half - 100000) / 8 / 100 * 100;
	for (int64_t k = 0; k < 8; k++)
		pay(c, second, mule(c, day_s, 0, NULL), at_s + 2100 + 45 * k, part - 1300 * k);
}

static void pass_through(struct city *c, int64_t day_s)
{
	uint64_t account = mule(c, day_s, 25, "pass-through");
	int64_t at_s = day_s + 11 * HOUR_S + (int64_t)rng_below(&c->rng, 4 * HOUR_S);
	for (int64_t k = 0; k < 2; k++) {
		int64_t fen = 4000000 + 500000 * rng_between(&c->rng, 1, 8);
		pay(c, victim(c, "pass-through"), account, at_s + k * HOUR_S, fen);
		pay(c, account, mule(c, day_s, 0, NULL), at_s + k * HOUR_S + 240, fen - 20000);
	}
}

static void test_then_big(struct city *c, int64_t day_s)
{
	uint64_t account = mule(c, day_s, 20, NULL), to = mule(c, day_s, 18, "test-then-big");
	int64_t at_s = day_s + 16 * HOUR_S;
	pay(c, account, to, at_s, 100);
	pay(c, account, to, at_s + 420, 4900000);
	truth_account(c, account, "mule", "test-then-big");
}

static void equal_repeats(struct city *c, int64_t day_s)
{
	uint64_t from = victim(c, "equal-repeats"), to = mule(c, day_s, 15, "equal-repeats");
	for (int64_t k = 0; k < 5; k++)
		pay(c, from, to, day_s + 15 * HOUR_S + k * 600, 499900 + 10 * k);
}

static void night_burst(struct city *c, int64_t day_s)
{
	uint64_t account = mule(c, day_s, 30, "night-burst");
	for (int64_t k = 0; k < 12; k++) {
		uint64_t to = mule(c, day_s, 0, NULL);
		pay(c, account, to, day_s + 2 * HOUR_S + 300 * k, 10000 * rng_between(&c->rng, 20, 90));
	}
}

static void cash_out(struct city *c, int64_t day_s)
{
	uint64_t person = crime_person(c), account = sample_account(person);
	crime_bind(c, person, sample_phone(person), account, day_s - DAY_S);
	int64_t at_s = day_s + 17 * HOUR_S;
	pay(c, mule(c, day_s, 0, NULL), account, at_s, 6500000);
	static const uint8_t bank[] = { 0, 1, 2, 3 };
	for (int64_t k = 0; k < 4; k++) {
		struct rec r = {
			.time_s = at_s + 600 + 900 * k, .type = REC_CASH, .a = account, .v = 1600000, .bank = bank[k]
		};
		r.cell = 100 + (uint32_t)k;
		plan_add(c, &r);
	}
	truth_account(c, account, "mule", "cash-out");
}

/* A long call from overseas or from a forged customer service, the money leaves while the victim is still shaking. */
static void coached(struct city *c, int64_t day_s, int64_t k)
{
	uint64_t cheated;
	do
		cheated = life_any(c);
	while (cheated % 3 == 2); /* somebody who is bound for sure */
	uint64_t from = PHONE_FORM(FORM_PLUS, 44740000000 + rng_below(&c->rng, 99999999));
	int64_t at_s = day_s + (9 + 2 * k) * HOUR_S;
	uint64_t to = mule(c, day_s, 8 + k, "coached");
	for (int64_t j = 0; j < 6; j++) {
		uint64_t who = j == 5 ? cheated : life_any(c);
		struct rec r = crime_call(from, sample_phone(who), at_s + 120 * j, j == 5 ? 2100 : 4 * j, 0, 0);
		plan_add(c, &r);
		truth_phone(c, sample_phone(who), "contacted", "coached");
	}
	pay(c, sample_account(cheated), to, at_s + 45 * MINUTE_S, 3000000 + 1000000 * k);
	pay(c, sample_account(cheated), to, at_s + 58 * MINUTE_S, 4980000);
	pay(c, to, mule(c, day_s, 0, NULL), at_s + 64 * MINUTE_S, 7900000 + 1000000 * k);
	truth_phone(c, from, "suspect", "coached");
	truth_account(c, sample_account(cheated), "victim", "coached");
	truth_person(c, cheated + 1, "victim", "coached");
}

/* Small tasks with small refunds, then larger and larger "orders" to one new payee after the other. */
static void task_victim(struct city *c, int64_t day_s)
{
	static const int64_t fen[] = { 10000, 30000, 100000, 350000, 980000, 2600000 };
	uint64_t cheated = victim(c, "task");
	for (size_t k = 0; k < ARRAY_LEN(fen); k++) {
		uint64_t to = mule(c, day_s, k > 2 ? 10 : 0, k > 2 ? "task" : NULL);
		int64_t at_s = day_s + 13 * HOUR_S + (int64_t)k * 40 * MINUTE_S;
		pay(c, cheated, to, at_s, fen[k]);
		if (k < 2)
			pay(c, to, cheated, at_s + 900, fen[k] + fen[k] / 5);
	}
}

/* Twelve people brought along by an agent, an account each. */
static void agent_accounts(struct city *c, int64_t day_s)
{
	uint16_t agent = (uint16_t)(9900 + rng_below(&c->rng, 90));
	for (int64_t k = 0; k < 12; k++) {
		uint64_t person = crime_person(c);
		crime_open_account(c, person, sample_account(person), sample_phone(person), 0, agent,
		                   day_s - (k < 6 ? 1 : 0) * DAY_S + 10 * HOUR_S + k * 600);
	}
	buf_printf(&c->truth, "agent,DL%04u,suspect,agent-accounts\n", agent);
}

/* An account opened long ago and never used sends six large sums within half an hour. */
static void dormant_account(struct city *c, int64_t day_s)
{
	uint64_t account = mule(c, day_s, 140, "dormant");
	for (int64_t k = 0; k < 6; k++)
		pay(c, account, mule(c, day_s, 0, NULL), day_s + 14 * HOUR_S + 300 * k, 1200000 + 7000 * k);
}

/* A victim who fetches cash after the call; one who pays after a link; one whom a domestic number talks round. */
static void coached_otherwise(struct city *c, int64_t day_s)
{
	uint64_t who[3];
	for (int i = 0; i < 3; i++) {
		do
			who[i] = life_any(c);
		while (who[i] % 3 == 2);
		truth_person(c, who[i] + 1, "victim", i == 0 ? "coached-cash" : i == 1 ? "link" : "coached-stranger");
		truth_phone(c, sample_phone(who[i]), "contacted", "coached");
	}
	uint64_t from = PHONE_FORM(FORM_PLUS, 44750000000 + rng_below(&c->rng, 99999999)), caller = crime_person(c);
	struct rec r = crime_call(from, sample_phone(who[0]), day_s + 9 * HOUR_S, 2400, 0, 0);
	plan_add(c, &r);
	r = (struct rec){ .time_s = day_s + 10 * HOUR_S, .type = REC_CASH, .a = sample_account(who[0]), .v = 4000000 };
	r.cell = 77;
	plan_add(c, &r);
	r = (struct rec){ .time_s = day_s + 17 * HOUR_S, .type = REC_SMS, .a = 106559990007, .b = sample_phone(who[1]) };
	r.template = TEXT_REFUND;
	plan_add(c, &r);
	truth_phone(c, 106559990007, "suspect", "link");
	pay(c, sample_account(who[1]), mule(c, day_s, 14, "link"), day_s + 18 * HOUR_S, 680000);
	r = crime_call(sample_phone(caller), sample_phone(who[2]), day_s + 19 * HOUR_S, 3000, 0, 0);
	plan_add(c, &r);
	pay(c, sample_account(who[2]), mule(c, day_s, 11, "coached-stranger"), day_s + 20 * HOUR_S, 9900000);
}

void crime_money_day(struct city *c, int64_t day_s)
{
	int64_t sets = 1 + c->people / 30000;
	for (int64_t k = 0; k < sets && !c->err; k++) {
		for (int j = 0; j < 3; j++)
			frequent_openings(c, day_s);
		cumulative_openings(c, day_s);
		shared_phone(c, day_s);
		for (int j = 0; j < 3; j++)
			mule_chain(c, day_s);
		pass_through(c, day_s);
		pass_through(c, day_s);
		test_then_big(c, day_s);
		equal_repeats(c, day_s);
		night_burst(c, day_s);
		agent_accounts(c, day_s);
		dormant_account(c, day_s);
		coached_otherwise(c, day_s);
		cash_out(c, day_s);
		for (int64_t j = 0; j < 4; j++)
			coached(c, day_s, j);
		task_victim(c, day_s);
		task_victim(c, day_s + HOUR_S);
	}
}
