/* city_life.c - what ordinary people do in an hour with their telephones, and the sparse history before the first day.
 *
 * Who calls whom decides both directions: a conversation that i begins is in two of five cases begun by the other side, so
 * that people who call much are also called much. Rates are lognormal over people, as those of real subscribers are. */
#include "sim/city_int.h"

enum {
	LEVELS = 64,
	SMS_LEVELS = 8,
	CALLS_MEDIAN_MILLI = 1500, /* conversations begun a day by the person in the middle */
	ANSWERED = 620,            /* per mille */
	FLIPPED = 380,             /* and more for those who call much: they are sought, too */
	CITY_CODE = 532,
};

static uint32_t poisson(const uint16_t t[8], uint16_t r)
{
	uint32_t k = 0;

	while (k < 7 && r >= t[k])
		k++;
	return k;
}

/* A number that is no resident's: a business of the city, or a mobile elsewhere. */
static uint64_t elsewhere(const struct city *c, uint32_t i, struct dice *d)
{
	uint64_t r = dice_next(d);

	if (r >> 60 < 14) /* one of the few that this person knows */
		r = hash_mix(c->salt + i * 61ULL + (r >> 32) % 5);

	if (r & 1)
		return PHONE_FORM(FORM_ZERO, CITY_CODE * 100000000ULL + 80000000 + (r >> 8) % 40000);
	return 13810000000ULL + (r >> 8) % 5000000;
}

static void call_on(struct city *c, const struct ev *e, struct dice *d, uint32_t callee)
{
	struct ev again = *e;

	again.at_s += 40 + (int32_t)dice_below(d, 900);
	if (callee != UINT32_MAX && dice_chance(d, 500)) { /* the other one calls back */
		again.a = e->b;
		again.b = e->a;
		again.device = people_device(c, callee, again.at_s);
		again.cell = people_place(c, callee, again.at_s);
	}
	again.v = dice_chance(d, 700) ? people_talk(c, callee == UINT32_MAX ? 0 : callee, d) : 0;
	city_life(c, &again);
}

static void call(struct city *c, uint32_t i, struct dice *d)
{
	int32_t at_s = c->hour_from_s + (int32_t)dice_below(d, HOUR_S);
	uint32_t j = people_contact(c, i, d), caller = i, callee = j;
	struct ev e = { .at_s = at_s, .type = EV_CALL };

	bool out_of_town = dice_chance(d, 60);
	if (dice_chance(d, FLIPPED + c->rate[i] * 3U)) {
		caller = j;
		callee = i;
	}
	e.a = people_phone(c, caller);
	e.b = people_phone(c, callee);
	if (caller == i && dice_chance(d, 250) && people_card_opened(c, i) < c->hour_from_s)
		e.a = sample_phone(c->people + i);
	e.device = people_device(c, caller, at_s);
	e.cell = people_place(c, caller, at_s);
	e.flag = c->job[caller] == JOB_TRAVELLER && hash_mix(caller + (uint64_t)(at_s / DAY_S / 3)) % 3 == 0;
	if (out_of_town && caller == i) {
		e.b = elsewhere(c, i, d);
		callee = UINT32_MAX;
	} else if (out_of_town) {
		e.a = elsewhere(c, i, d);
		e.device = e.cell = NOBODY;
	}
	e.v = dice_chance(d, ANSWERED) ? people_talk(c, i, d) : 0;
	city_life(c, &e);
	if (e.v == 0 && !out_of_town && dice_chance(d, 450))
		call_on(c, &e, d, callee);
}

/* Relatives and business partners abroad: the same number every week or so, and long talks. */
static void overseas(struct city *c, uint32_t i, struct dice *d)
{
	static const uint64_t country[] = { 1, 61, 81, 82, 44, 49, 65, 7 };
	uint64_t h = hash_mix(c->salt + i * 77ULL);
	struct ev e = { .at_s = c->hour_from_s + (int32_t)dice_below(d, HOUR_S), .type = EV_CALL };

	e.a = PHONE_FORM(FORM_PLUS, country[h % 8] * 1000000000ULL + (h >> 8) % 900000000 + 100000000);
	if (dice_chance(d, 120)) /* a hotel, a shop, a new number */
		e.a = PHONE_FORM(FORM_PLUS, country[h % 8] * 1000000000ULL + dice_next(d) % 900000000 + 100000000);
	e.b = people_phone(c, i);
	e.v = dice_chance(d, 700) ? people_talk(c, i, d) * 5 : 0;
	if (e.v > 5400)
		e.v = 5400;
	city_life(c, &e);
}

static void text(struct city *c, uint32_t i, struct dice *d, int hour)
{
	static const struct {
		uint64_t port;
		uint8_t text, weight;
	} ports[] = { { 106575000001, TEXT_OTP, 30 },  { 106980095588, TEXT_BANK, 22 },  { 106550100011, TEXT_PARCEL, 12 },
		          { 106925800588, TEXT_SHOP, 14 }, { 10086, TEXT_BILL, 9 },          { 106575123061, TEXT_CLINIC, 3 },
		          { 12306, TEXT_TICKET, 3 },       { 106550532110, TEXT_SCHOOL, 4 }, { 106980096110, TEXT_NOTICE, 3 } };
	uint32_t r = dice_below(d, 100), k = 0;
	struct ev e = { .at_s = c->hour_from_s + (int32_t)dice_below(d, HOUR_S), .type = EV_SMS };

	while (k + 1 < ARRAY_LEN(ports) && r >= ports[k].weight)
		r -= ports[k++].weight;
	/* some have dealings with hundreds of senders, some with a dozen */
	static const uint8_t senders[SMS_LEVELS] = { 1, 2, 4, 9, 18, 40, 70, 120 };
	e.a = ports[k].port + (k < 4 ? dice_below(d, senders[hash_mix(c->salt + i * 91ULL) % SMS_LEVELS]) : 0);
	e.text = ports[k].text;
	if (e.text == TEXT_SHOP && (hour < 8 || hour > 20))
		e.text = TEXT_OTP;
	e.b = people_phone(c, i);
	e.v = (int64_t)(dice_next(d) >> 1);
	city_life(c, &e);
}

static void chat(struct city *c, uint32_t i, struct dice *d)
{
	struct ev e = { .at_s = c->hour_from_s + (int32_t)dice_below(d, HOUR_S), .type = EV_SMS, .text = TEXT_CHAT };

	e.a = people_phone(c, i);
	e.b = people_phone(c, people_contact(c, i, d));
	e.v = (int64_t)(dice_next(d) >> 1);
	e.device = people_device(c, i, e.at_s);
	e.cell = people_place(c, i, e.at_s);
	city_life(c, &e);
}

/* One greeting to everybody one knows: twenty to forty equal texts within minutes, and innocent. */
static void greet(struct city *c, uint32_t i, struct dice *d)
{
	uint32_t n = 10 + dice_below(d, 30), wave = (uint32_t)dice_next(d);
	int32_t at_s = c->hour_from_s + (int32_t)dice_below(d, HOUR_S);

	for (uint32_t k = 0; k < n; k++) {
		struct ev e = { .at_s = at_s + (int32_t)k * 15, .type = EV_SMS, .text = TEXT_FESTIVAL, .wave = wave };
		e.v = wave;
		e.a = people_phone(c, i);
		e.b = people_phone(c, people_friend(c, i, k));
		e.device = people_device(c, i, at_s);
		city_life(c, &e);
	}
}

struct rates {
	uint16_t calls[LEVELS][8], sms[SMS_LEVELS][8];
	uint32_t own_sms, overseas; /* of 65536 */
};

static void rates_for(const struct city *c, struct rates *r, int hour)
{
	bool weekend = people_weekend(c, c->hour_from_s), festival = people_festival(c, c->hour_from_s);
	double share = people_rhythm(hour) / 1000.0 * (weekend ? 0.8 : 1.08);

	for (int k = 0; k < LEVELS; k++) {
		double mean = CALLS_MEDIAN_MILLI / 1000.0 * math_exp(1.4 * math_normal((k + 0.5) / LEVELS));
		math_poisson(r->calls[k], (mean > 30 ? 30 : mean) * share);
	}
	for (int k = 0; k < SMS_LEVELS; k++)
		math_poisson(r->sms[k], 4.0 * math_exp(0.75 * math_normal((k + 0.5) / SMS_LEVELS)) * share);
	r->own_sms = (uint32_t)(0.27 * share * 65536 * (festival ? 4 : 1));
	r->overseas = (uint32_t)(0.25 * share * 65536);
}

void life_hour(struct city *c)
{
	struct rates rates;
	int hour = c->hour_from_s / HOUR_S % 24;
	bool festival = people_festival(c, c->hour_from_s);

	rates_for(c, &rates, hour);
	for (uint32_t i = 0; i < c->people && !c->err; i++) {
		struct dice d = dice_for(c, i, (uint64_t)(c->hour_from_s / HOUR_S));
		uint64_t r = dice_next(&d), s = hash_mix(c->salt ^ i);
		bool quiet = c->job[i] == JOB_QUIET;
		for (uint32_t n = poisson(rates.calls[c->rate[i]], (uint16_t)r); n > 0; n--)
			call(c, i, &d);
		for (uint32_t n = poisson(rates.sms[quiet ? 0 : s % SMS_LEVELS], (uint16_t)(r >> 16)); n > 0; n--)
			text(c, i, &d, hour);
		if ((uint16_t)(r >> 32) < rates.own_sms && !quiet)
			chat(c, i, &d);
		if (s >> 8 < UINT64_MAX / 256 / 100 && (uint16_t)(r >> 48) < rates.overseas)
			overseas(c, i, &d);
		if (hour == (festival ? 20 : 18) && s >> 40 == (festival ? s >> 40 : 0) && dice_below(&d, 100000) < 150)
			greet(c, i, &d);
	}
}

/* ---- the history ---- */

static void bind(struct city *c, uint32_t i, int32_t at_s, uint64_t phone, uint64_t account_1)
{
	struct ev e = { .at_s = at_s, .type = EV_BIND, .person = i + 1 };

	e.a = phone;
	e.b = account_1;
	city_life(c, &e);
}

uint32_t life_outlets(const struct city *c)
{
	return 1 + c->people / 2500 % 60000;
}

uint32_t life_agents(const struct city *c)
{
	return 1 + c->people / 400 % 60000;
}

/* An agent has no counter; of the others one in eight opens from home. h decides. */
struct counter life_counter(uint16_t outlet, uint16_t agent, uint64_t h)
{
	struct counter at = { .outlet = outlet, .agent = agent };

	if (agent == 0 && h % 8 == 0)
		at.remote = true;
	else if (agent == 0)
		at.clerk = (uint8_t)(1 + (h >> 8) % OUTLET_CLERKS);
	return at;
}

/* Outlets belong to the banks by turns. Where there are fewer than banks each opens for all. */
uint16_t life_outlet_of(const struct city *c, uint16_t outlet, uint32_t account)
{
	uint32_t n = life_outlets(c), first = (outlet - 1U) / BANKS * BANKS, at = first + 1 + ident_bank_of(account);

	return n < BANKS ? outlet : (uint16_t)(at > n ? at - BANKS : at);
}

static void opened(struct city *c, uint32_t i, int32_t at_s, enum ev_type type, bool second)
{
	struct ev e = { .at_s = at_s, .type = (uint8_t)type, .person = i + 1 };
	uint64_t h = hash_mix(c->salt + i * 3ULL + (uint64_t)type);

	e.a = type == EV_OPEN_CARD && second ? sample_phone(c->people + i) : people_phone(c, i);
	e.b = type == EV_OPEN_ACCOUNT ? (second ? c->people + i : i) + 1 : 0;
	if (second) { /* of the first one nobody remembers */
		uint16_t agent = (uint16_t)((h >> 40) % 3 ? 0 : 1 + (h >> 42) % life_agents(c));
		struct counter at = life_counter((uint16_t)(1 + (h >> 16) % life_outlets(c)), agent, hash_mix(h));

		e.outlet = e.b ? life_outlet_of(c, at.outlet, (uint32_t)(e.b - 1)) : at.outlet;
		e.agent = at.agent;
		e.clerk = at.clerk;
		e.remote = at.remote;
	}
	city_life(c, &e);
}

/* "This is my new number": some ring their friends with a new card, one after the other. */
static void tell_friends(struct city *c, uint32_t i, int32_t at_s)
{
	struct dice d = dice_for(c, i + 0x72000000ULL, 1);

	if (!dice_chance(&d, 50))
		return;
	for (uint32_t k = 0, n = 3 + dice_below(&d, 6); k < n; k++) {
		struct ev e = { .type = EV_CALL,
			            .a = sample_phone(c->people + i),
			            .b = people_phone(c, people_friend(c, i, k)) };
		at_s += 120 + (int32_t)dice_below(&d, 700);
		e.at_s = at_s;
		e.v = dice_chance(&d, 750) ? 20 + dice_below(&d, 200) : 0;
		e.device = people_device(c, i, at_s);
		e.cell = people_place(c, i, at_s);
		city_life(c, &e);
	}
}

/* The second cards and accounts that are opened in this hour, or day of the history. */
void life_openings(struct city *c)
{
	for (uint32_t i = 0; i < c->people && !c->err; i++) {
		int32_t card_s = people_card_opened(c, i), account_s = people_account_opened(c, i);
		if (card_s >= c->hour_from_s && card_s < c->hour_to_s) {
			opened(c, i, card_s, EV_OPEN_CARD, true);
			if (card_s >= 0)
				tell_friends(c, i, card_s);
		}
		if (account_s >= c->hour_from_s && account_s < c->hour_to_s)
			opened(c, i, account_s, EV_OPEN_ACCOUNT, true);
	}
}

/* First cards and accounts are older than what the parties keep days of: they are told as of two years ago. */
void life_stock(struct city *c)
{
	for (uint32_t i = 0; i < c->people && !c->err; i++) {
		int32_t at_s = c->hour_from_s + (int32_t)(hash_mix(i + 1) % (uint64_t)(c->hour_to_s - c->hour_from_s));
		opened(c, i, at_s, EV_OPEN_CARD, false);
		opened(c, i, at_s, EV_OPEN_ACCOUNT, false);
	}
}

/* On the eve the operators tell where their cells are. */
static void places(struct city *c)
{
	for (uint32_t cell = 1; cell <= people_cells(c) && !c->err; cell++) {
		struct ev e = { .at_s = c->hour_from_s, .type = EV_PLACE, .cell = cell };

		city_life(c, &e);
	}
}

/* On the eve the parties tell who holds what. */
static void eve(struct city *c, uint32_t i)
{
	int32_t at_s = c->hour_from_s + (int32_t)(hash_mix(i) % DAY_S), until_s = c->hour_from_s;
	bool card = people_card_opened(c, i) < until_s, account = people_account_opened(c, i) < until_s;

	bind(c, i, at_s, people_phone(c, i), i + 1);
	if (card || account)
		bind(c, i, at_s, card ? sample_phone(c->people + i) : 0, account ? c->people + i + 1 : 0);
}

/* A longer talk from each card on two days of the history: cards in use are not silent ones. */
static void old_talks(struct city *c, uint32_t i, int32_t day, struct dice *d)
{
	struct ev e = { .at_s = day * DAY_S + 8 * HOUR_S + (int32_t)dice_below(d, 13 * HOUR_S), .type = EV_CALL };

	e.a = people_phone(c, i);
	e.b = people_phone(c, people_friend(c, i, 2 + dice_below(d, 4)));
	e.v = dice_between(d, 200, 900);
	e.device = people_device(c, i, e.at_s);
	e.cell = people_place(c, i, e.at_s);
	city_life(c, &e);
	if (people_card_opened(c, i) >= e.at_s)
		return;
	e.a = sample_phone(c->people + i);
	e.at_s += 1000;
	city_life(c, &e);
}

/* Each day of the history: openings, and some payments between those who pay each other anyway. */
void history_day(struct city *c, int32_t day)
{
	uint32_t days = (uint32_t)c->o.history_days;

	life_openings(c);
	if (day == -1)
		places(c);
	for (uint32_t i = 0; i < c->people && !c->err; i++) {
		struct dice d = dice_for(c, i, (uint64_t)day + 0x100000000ULL);
		uint64_t h = hash_mix(c->salt ^ (i + 0x5bd1e995ULL) * 0x9e3779b97f4a7c15ULL);
		for (uint32_t k = 0; k < 4; k++, h >>= 12) {
			if ((h & 4095) % days != (uint32_t)-day - 1 || c->job[i] == JOB_QUIET)
				continue;
			struct ev e = { .at_s = day * DAY_S + 8 * HOUR_S, .type = EV_TRANSFER, .a = i + 1 };
			e.at_s += (int32_t)dice_below(&d, 14 * HOUR_S);
			e.b = (k == 3 ? c->people + i : people_friend(c, i, k)) + 1;
			if (k == 3 && people_account_opened(c, i) >= e.at_s)
				continue;
			e.v = 100 * dice_between(&d, 20, k == 3 ? 8000 : 1500);
			e.channel = CHANNEL_MOBILE;
			e.device = people_device(c, i, e.at_s);
			city_life(c, &e);
		}
		uint32_t talked = (uint32_t)(h % days), ago = (uint32_t)-day - 1;
		if ((ago == talked || ago == (talked + days / 2) % days) && c->job[i] != JOB_QUIET)
			old_talks(c, i, day, &d);
		if (day == -1)
			eve(c, i);
	}
}
