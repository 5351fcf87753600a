/* sample_day_crime.c - phone crimes: SIM boxes, new and sleeping cards, gateways, forged numbers, mass messages,
 * openings in series, cards for things that call people.
 *
 * Each function plays one scenario of the day, with identities that nobody else has, and says in truth.csv who did
 * what. Figures follow what is published about each; where the policies state a threshold, some cases are near it. */
#include "sim/sample_day_int.h"
#include "base/hash.h"

enum {
	CRIME_CELL_AT = 30000,
	CRIME_DEVICE_AT = 700000
};

uint64_t crime_person(struct city *c)
{
	return ++c->spare;
}

static uint64_t phone_of(uint64_t person)
{
	return sample_phone(person - 1);
}

static uint64_t device_of(uint64_t person)
{
	return sample_device(CRIME_DEVICE_AT + person);
}

static uint32_t cell_of(uint64_t person)
{
	return CRIME_CELL_AT + (uint32_t)(hash_mix(person) % 3000);
}

void crime_bind(struct city *c, uint64_t person, uint64_t phone, uint64_t account, int64_t time_s)
{
	struct rec r = { .time_s = time_s, .type = REC_BIND, .person = person, .a = phone, .b = account };
	plan_add(c, &r);
}

void crime_open_account(struct city *c, uint64_t person, uint64_t account, uint64_t phone, uint8_t bank, uint16_t agent,
                        int64_t time_s)
{
	struct rec r = { .time_s = time_s, .type = REC_OPEN_ACCOUNT, .person = person, .a = phone, .b = account };
	r.agent = agent;
	r.outlet = (uint16_t)(1 + hash_mix(account + bank) % 400);
	plan_add(c, &r);
}

void crime_open_card(struct city *c, uint64_t person, uint64_t phone, uint16_t agent, bool iot, int64_t time_s)
{
	struct rec r = { .time_s = time_s, .type = REC_OPEN_CARD, .person = person, .a = phone, .flag = iot };
	r.agent = agent;
	r.outlet = (uint16_t)(1 + hash_mix(phone) % 300);
	plan_add(c, &r);
}

struct rec crime_call(uint64_t from, uint64_t to, int64_t time_s, int64_t talk_s, uint64_t device, uint32_t cell)
{
	return (struct rec){
		.time_s = time_s, .type = REC_CALL, .a = from, .b = to, .v = talk_s, .device = device, .cell = cell
	};
}

/* n calls to strangers between from_s and to_s; one in `repeat` goes to the number before, `back` of a million return. */
struct burst {
	int64_t n, from_s, to_s, talk_s;
	uint32_t repeat, back;
	uint64_t device;
	uint32_t cell;
	bool roaming;
};

/* Somebody who lives here and is called or texted. */
static uint64_t stranger(struct city *c, const char *scenario)
{
	uint64_t phone = sample_phone(life_any(c));
	truth_phone(c, phone, "contacted", scenario);
	return phone;
}

static void call_burst(struct city *c, uint64_t from, const struct burst *b)
{
	uint64_t who = life_any(c), stride = 1 + life_any(c) / 64 * 2;
	for (int64_t k = 0; k < b->n; k++) {
		if (!b->repeat || k % b->repeat)
			who = (who + stride) % (uint64_t)c->people;
		int64_t at_s = b->from_s + (b->to_s - b->from_s) * k / b->n + (int64_t)rng_below(&c->rng, 20);
		int64_t talk_s = rng_chance(&c->rng, 450000) ? 3 + rng_exponential(&c->rng, b->talk_s) : 0;
		struct rec r = crime_call(from, sample_phone(who), at_s, talk_s, b->device, b->cell);
		r.flag = b->roaming;
		plan_add(c, &r);
		if (talk_s >= MINUTE_S)
			truth_phone(c, sample_phone(who), "contacted", "burst");
		if (rng_chance(&c->rng, b->back)) {
			r = crime_call(sample_phone(who), from, at_s + 300, 20, sample_device(who), ident_home_cell(who));
			plan_add(c, &r);
		}
	}
}

/* Eight SIMs in one box: some over the strict measured line (R-a), some only over the loose one (R-b). */
static void sim_box(struct city *c, int64_t day_s)
{
	uint64_t box = c->spare + 1;
	char imei[24] = { 0 };
	buf_printf(&c->truth, "cell,532-%05u-%u,place,simbox\n", cell_of(box) / 3, 1 + cell_of(box) % 3);
	ident_phone_text(device_of(box), imei); /* plain digits are written alike */
	truth_text(c, "device", imei, "device", "simbox");
	for (uint32_t k = 0; k < 8; k++) {
		uint64_t person = crime_person(c), phone = phone_of(person);
		crime_open_card(c, person, phone, 0, false, day_s - (20 + k) * DAY_S);
		bool strict = k < 5;
		struct burst b = { .n = strict ? 36 + k * 5 : 26, .from_s = day_s + 9 * HOUR_S + k * 120 };
		b.to_s = day_s + (strict ? 13 : 12) * HOUR_S;
		b.talk_s = 40;
		b.repeat = strict ? 12 : 5;
		b.back = strict ? 60000 : 200000;
		b.device = device_of(box);
		b.cell = cell_of(box);
		call_burst(c, phone, &b);
		truth_phone(c, phone, "suspect", strict ? "simbox" : "simbox-weak");
	}
}

static void new_card(struct city *c, int64_t day_s)
{
	uint64_t person = crime_person(c), phone = phone_of(person);
	crime_open_card(c, person, phone, 7, false, day_s - 14 * HOUR_S);
	struct burst b = { .n = 28, .from_s = day_s + 10 * HOUR_S, .to_s = day_s + 12 * HOUR_S, .talk_s = 60, .repeat = 3 };
	b.device = device_of(person);
	b.cell = cell_of(person);
	call_burst(c, phone, &b);
	truth_phone(c, phone, "suspect", "new-card");
}

static void sleeping_card(struct city *c, int64_t day_s)
{
	uint64_t person = crime_person(c), phone = phone_of(person);
	crime_open_card(c, person, phone, 11, false, day_s - 150 * DAY_S);
	struct burst b = { .n = 30, .from_s = day_s + 14 * HOUR_S, .to_s = day_s + 16 * HOUR_S, .talk_s = 60, .repeat = 4 };
	b.device = device_of(person);
	b.cell = cell_of(person);
	b.roaming = true;
	call_burst(c, phone, &b);
	truth_phone(c, phone, "suspect", "sleeping-card");
}

/* Two phones and an audio cable: one holds the line to the gang's number, the other calls victims meanwhile. */
static void gateway(struct city *c, int64_t day_s)
{
	uint64_t a = crime_person(c), b = crime_person(c), boss = crime_person(c);
	uint32_t cell = cell_of(a);
	for (int64_t k = 0; k < 8; k++) {
		int64_t at_s = day_s + 13 * HOUR_S + k * 15 * MINUTE_S, talk_s = 300 + 20 * k;
		struct rec r = crime_call(phone_of(a), phone_of(boss), at_s, talk_s + 40, device_of(a), cell);
		plan_add(c, &r);
		r = crime_call(phone_of(b), stranger(c, "gateway"), at_s + 20, talk_s, device_of(b), cell);
		plan_add(c, &r);
	}
	truth_phone(c, phone_of(a), "suspect", "gateway");
	truth_phone(c, phone_of(b), "suspect", "gateway");
	truth_phone(c, phone_of(boss), "controller", "gateway");
}

static void forged_callers(struct city *c, int64_t day_s)
{
	static const uint64_t forged[] = { PHONE_FORM(FORM_PLUS86, 110), PHONE_FORM(FORM_0086, 96110),
		                               PHONE_FORM(FORM_PLUS86, 95588) };
	for (size_t f = 0; f < ARRAY_LEN(forged); f++) {
		for (int64_t k = 0; k < 6; k++) {
			struct rec r = crime_call(forged[f], stranger(c, "spoofed"), day_s + 10 * HOUR_S + k * 600, 30 * k, 0, 0);
			plan_add(c, &r);
		}
		truth_phone(c, forged[f], "suspect", "spoofed");
	}
}

static void overseas(struct city *c, int64_t day_s)
{
	uint64_t phone = PHONE_FORM(FORM_PLUS, 85261000000 + rng_below(&c->rng, 999999));
	for (int64_t k = 0; k < 16; k++) {
		struct rec r =
			crime_call(phone, stranger(c, "overseas"), day_s + 9 * HOUR_S + k * 300, k % 3 ? 0 : 40 * k, 0, 0);
		plan_add(c, &r);
	}
	truth_phone(c, phone, "suspect", "overseas");
}

static void mass_texts(struct city *c, int64_t day_s)
{
	for (uint16_t t = TEXT_LOAN; t <= TEXT_REFUND; t++) {
		uint64_t person = crime_person(c);
		uint64_t from = t == TEXT_REFUND ? 106559990000 + rng_below(&c->rng, 10000) : phone_of(person);
		int64_t at_s = day_s + (10 + 3 * (t - TEXT_LOAN)) * HOUR_S;
		for (int64_t k = 0; k < 60; k++) {
			struct rec r = { .time_s = at_s + 8 * k, .type = REC_SMS, .a = from, .b = stranger(c, "mass-sms") };
			r.template = t;
			r.v = (int64_t)rng_below(&c->rng, 1 << 20);
			r.cell = t == TEXT_REFUND ? 0 : cell_of(person);
			plan_add(c, &r);
		}
		truth_phone(c, from, "suspect", "mass-sms");
	}
}

/* Six phones share the work: one text, a dozen receivers each. */
static void text_ring(struct city *c, int64_t day_s)
{
	for (int64_t k = 0; k < 6; k++) {
		uint64_t person = crime_person(c);
		for (int64_t j = 0; j < 12; j++) {
			struct rec r = { .time_s = day_s + 15 * HOUR_S + 150 * j + 20 * k, .type = REC_SMS, .a = phone_of(person) };
			r.b = stranger(c, "text-ring");
			r.template = TEXT_LOAN;
			r.v = (int64_t)rng_below(&c->rng, 1 << 20);
			r.cell = cell_of(person);
			plan_add(c, &r);
		}
		truth_phone(c, phone_of(person), "suspect", "text-ring");
	}
}

/* A dialler: fifty calls in three quarters of an hour, hardly anybody answers. */
static void storm(struct city *c, int64_t day_s)
{
	uint64_t person = crime_person(c);
	struct burst b = {
		.n = 50, .from_s = day_s + 11 * HOUR_S, .to_s = day_s + 11 * HOUR_S + 45 * MINUTE_S, .talk_s = 6
	};
	b.device = device_of(person);
	b.cell = cell_of(person);
	call_burst(c, phone_of(person), &b);
	truth_phone(c, phone_of(person), "suspect", "storm");
}

static void thing_card(struct city *c, int64_t day_s)
{
	uint64_t person = crime_person(c), phone = sample_iot(person);
	crime_open_card(c, person, phone, 0, true, day_s - 40 * DAY_S);
	struct burst b = { .n = 12, .from_s = day_s + 11 * HOUR_S, .to_s = day_s + 13 * HOUR_S, .talk_s = 40 };
	b.device = device_of(person);
	b.cell = cell_of(person);
	call_burst(c, phone, &b);
	truth_phone(c, phone, "suspect", "iot-call");
}

/* One holder, six cards within two weeks. */
static void card_collector(struct city *c, int64_t day_s)
{
	uint64_t person = crime_person(c);
	for (int64_t k = 0; k < 6; k++) {
		uint64_t phone = phone_of(crime_person(c));
		crime_open_card(c, person, phone, 0, false, day_s - (13 - 2 * k) * DAY_S + 11 * HOUR_S);
	}
	truth_person(c, person, "suspect", "many-cards");
}

/* An agent who opens fourteen cards in two evenings for people brought along, three of whom leave one contact phone. */
static void agent_batch(struct city *c, int64_t day_s)
{
	uint16_t agent = (uint16_t)(9000 + rng_below(&c->rng, 900));
	for (int64_t k = 0; k < 14; k++) {
		uint64_t person = crime_person(c);
		crime_open_card(c, person, phone_of(person), agent, false,
		                day_s - (k < 7 ? 1 : 0) * DAY_S + 20 * HOUR_S + k * 240);
	}
	char t[8] = "DL0000";
	for (int k = 5, v = agent; v; k--, v /= 10)
		t[k] = (char)('0' + v % 10);
	truth_text(c, "agent", t, "suspect", "agent-batch");
}

void crime_day(struct city *c, int64_t day_s)
{
	int64_t sets = 1 + c->people / 30000;
	for (int64_t k = 0; k < sets && !c->err; k++) {
		sim_box(c, day_s);
		for (int j = 0; j < 3; j++) {
			new_card(c, day_s);
			sleeping_card(c, day_s);
			overseas(c, day_s);
		}
		gateway(c, day_s);
		gateway(c, day_s + 2 * HOUR_S);
		mass_texts(c, day_s);
		text_ring(c, day_s);
		storm(c, day_s);
		thing_card(c, day_s);
		thing_card(c, day_s + HOUR_S);
		card_collector(c, day_s);
		agent_batch(c, day_s);
	}
	forged_callers(c, day_s);
}
