/* city_phones.c - phones in the hands of gangs: SIM boxes, new and sleeping cards, gateway pairs, mass texting, cards for
 * things that call people, openings in series.
 *
 * An operation is a number of cards; each card is an item of the agenda that calls or texts and puts itself there again. */
#include "sim/city_int.h"

static const enum role role_of[PHONES_KINDS] = { ROLE_SIMBOX,  ROLE_BURST, ROLE_SLEEPING, ROLE_GATEWAY_VOICE,
	                                             ROLE_SPAMMER, ROLE_IOT,   ROLE_OPENER };

static struct label card_label(const struct card *k, enum stage stage)
{
	return (struct label){ k->crime, k->block->name, k->role, 0, stage, WHAT_PHONE, k->phone };
}

static bool turned(const struct card *k, int32_t at_s) /* the gang has changed its ways */
{
	return k->harder && at_s > k->from_s + (k->until_s - k->from_s) / 2;
}

static uint32_t card_device(const struct card *k)
{
	return k->device_at + (uint32_t)(k->made / 120 + (int32_t)k->phone % 97) % k->devices;
}

static uint32_t card_cell(const struct card *k)
{
	return k->cell_at + (uint32_t)(k->phone + (uint64_t)k->made / 60) % k->cells;
}

static uint32_t gang_device(struct city *c, uint32_t n)
{
	uint32_t first = 1 + 9 * c->people + c->spare * 4;
	(void)n;
	return first;
}

/* ---- planning ---- */

static void open_cards(struct city *c, const struct scene_block *b, struct card *k, int32_t age_s)
{
	struct counter at = crime_counter(c, 400);
	struct label l = card_label(k, STAGE_OPEN);

	k->opened_s = k->from_s - age_s;
	if (k->lent)
		return;
	if (b->phones == PHONES_NEWCARD || b->phones == PHONES_SIMBOX || b->phones == PHONES_SLEEPING ||
	    b->phones == PHONES_GATEWAY || b->phones == PHONES_IOT) {
		crime_crooked(c, b, &at, &k->opened_s, k->from_s);
		crime_open_card(c, k->phone, k->person, &at, b->phones == PHONES_IOT, k->opened_s, &l);
	}
}

/* Persons who open accounts and cards in series, for sale; often through one agent. */
static void plan_openings(struct city *c, const struct scene_block *b, int32_t day_s)
{
	uint32_t crime = ++c->crimes, n = (uint32_t)crime_pick(c, crime_span(c, b, KEY_CARDS, false));
	uint32_t days = (uint32_t)crime_pick(c, crime_span(c, b, KEY_DAYS, false));
	int64_t batch = crime_pick(c, crime_span(c, b, KEY_BATCH, false));
	struct counter usual = crime_counter(c, 1000), at = usual;
	uint32_t person = 0;
	int32_t first_s = 0;
	uint64_t phone = 0;

	batch += batch == 0;
	for (uint32_t k = 0; k < n && !c->err; k++) {
		int32_t at_s = day_s + (int32_t)(days * k / n) * DAY_S + 9 * HOUR_S + (int32_t)rng_below(&c->crime, 8 * HOUR_S);
		if (k % (uint32_t)batch == 0) { /* so many for one person */
			person = ++c->spare;
			phone = sample_phone(person);
			at = usual;
			first_s = at_s;
			if (crime_crooked(c, b, &at, &first_s, INT32_MAX))
				at_s = first_s;
		} else if (at.crooked) { /* one after the other, while the door is shut */
			at_s = first_s + (int32_t)(k % (uint32_t)batch) * 5 * MINUTE_S;
		}
		struct label l = { crime, b->name, ROLE_OPENER, 0, STAGE_OPEN, WHAT_PERSON, person };
		crime_open_account(c, city_new_account_at(c, &at), person, phone, &at, at_s, &l);
		if (!c->err)
			c->opening.p[c->opening.n - 1].series = !at.crooked && n / (uint32_t)batch >= 3;
		if (rng_chance(&c->crime, 500000))
			crime_open_card(c, sample_phone(++c->spare), person, &at, false, at_s + 600, &l);
	}
}

static void plan_card(struct city *c, const struct scene_block *b, struct card k)
{
	if (!city_add(c, c->card, k))
		return;
	struct card *p = &c->card.p[c->card.n - 1];
	open_cards(c, b, p, (int32_t)crime_pick(c, crime_span(c, b, KEY_AGE, false)));
	if (k.role != ROLE_GATEWAY_LINE) /* it speaks when the other does */
		city_todo(c, p->from_s + (int32_t)rng_below(&c->crime, 1200), DO_CARD, c->card.n - 1);
}

void phones_plan(struct city *c, const struct scene_block *b, int32_t day_s)
{
	if (b->phones == PHONES_OPENING) {
		plan_openings(c, b, day_s);
		return;
	}
	uint32_t crime = ++c->crimes, n = (uint32_t)crime_pick(c, crime_span(c, b, KEY_CARDS, false));
	struct range active = crime_span(c, b, KEY_ACTIVE, false);
	struct card k = { .block = b, .crime = crime, .operation = crime, .role = role_of[b->phones] };

	k.from_s = day_s + (int32_t)active.lo * HOUR_S + (int32_t)rng_below(&c->crime, 2 * HOUR_S);
	struct range days = crime_span(c, b, KEY_DAYS, false);
	int64_t u = (int64_t)rng_below(&c->crime, 1001); /* most last a few days, some for weeks */
	k.until_s = k.from_s + (int32_t)(days.lo + (days.hi - days.lo) * u / 1000 * u / 1000 * u / 1000) * DAY_S;
	k.devices = (uint32_t)crime_pick(c, crime_span(c, b, KEY_DEVICES, false));
	k.devices += k.devices == 0;
	k.device_at = gang_device(c, k.devices);
	k.cells = (uint32_t)crime_pick(c, crime_span(c, b, KEY_CELLS, false));
	k.cells += k.cells == 0;
	k.cell_at = people_odd_cell(c);
	k.harder = crime_chance(c, crime_span(c, b, KEY_CHANGE, false));
	for (uint32_t i = 0; i < n && !c->err; i++) {
		k.person = ++c->spare;
		k.phone = b->phones == PHONES_IOT ? sample_iot(1000000 + c->spare) : sample_phone(k.person);
		k.calls_day = (int32_t)crime_pick(c, crime_span(c, b, KEY_CALLS, false));
		k.calls_day += k.calls_day == 0;
		struct range back = crime_span(c, b, KEY_BACK, false);
		int64_t v = (int64_t)rng_below(&c->crime, 1001);
		k.back =
			(uint32_t)(back.lo + (back.hi - back.lo) * v / 1000 * v / 1000 * v / 1000); /* mostly near the lower end */
		k.session_s = (int32_t)crime_pick(c, crime_span(c, b, KEY_SESSION, false));
		k.pair = 0;
		if (b->phones == PHONES_GATEWAY) { /* the line that holds the gang's end, planned right after */
			k.pair = c->card.n + 2;
			plan_card(c, b, k);
			k.role = ROLE_GATEWAY_LINE;
			k.pair = c->card.n;
			k.person = ++c->spare;
			k.phone = sample_phone(k.person);
			plan_card(c, b, k);
			k.role = ROLE_GATEWAY_VOICE;
			continue;
		}
		k.lent = crime_chance(c, crime_span(c, b, KEY_LENT, false));
		if (k.lent) { /* a resident rents out the card of everyday life */
			k.person = (uint32_t)rng_below(&c->crime, c->people);
			k.phone = people_phone(c, k.person);
		}
		plan_card(c, b, k);
	}
	c->spare += k.devices / 4 + 1; /* the devices' numbers are taken */
	c->population[WHAT_PHONE] += n;
}

/* ---- at work ---- */

static void known(struct city *c, struct card *k, int32_t at_s)
{
	if (k->known)
		return;
	k->known = true;
	writer_entity(c, WHAT_PHONE, k->phone, at_s, k->block->name, k->crime, k->role, 0);
	if (k->block->phones == PHONES_SIMBOX || k->block->phones == PHONES_GATEWAY) {
		writer_entity(c, WHAT_DEVICE, card_device(k), at_s, k->block->name, k->crime, k->role, 0);
		writer_entity(c, WHAT_CELL, card_cell(k), at_s, k->block->name, k->crime, k->role, 0);
	}
}

static void call_back(struct city *c, const struct card *k, uint32_t who, int32_t at_s)
{
	struct ev e = { .type = EV_CALL, .a = people_phone(c, who), .b = k->phone };

	e.at_s = at_s + 60 + (int32_t)rng_below(&c->crime, 3600);
	e.v = rng_chance(&c->crime, 500000) ? 5 + (int64_t)rng_below(&c->crime, 40) : 0;
	e.device = people_device(c, who, e.at_s);
	e.cell = people_place(c, who, e.at_s);
	city_life(c, &e);
}

/* The gang's end of a gateway: a long session with the controller while the other phone talks. */
static void hold_line(struct city *c, const struct card *voice, int32_t at_s, int64_t talk_s)
{
	struct card *line = &c->card.p[voice->pair - 1];
	struct ev e = { .at_s = at_s, .type = EV_CALL, .a = line->phone, .device = voice->device_at + 1 };

	known(c, line, at_s);
	e.b = PHONE_FORM(FORM_PLAIN, 13810000000ULL + hash_mix(line->phone) % 5000000);
	e.v = talk_s + 30;
	e.cell = card_cell(voice);
	struct label l = card_label(line, STAGE_CONTACT);
	city_emit(c, &e, &l);
}

/* Gangs register accounts with their cards all day: codes come in from the usual ports. */
static void code_arrives(struct city *c, const struct card *k, int32_t at_s)
{
	struct ev e = { .at_s = at_s + 30 + (int32_t)rng_below(&c->crime, 1800), .type = EV_SMS, .text = TEXT_OTP };

	static const uint8_t senders[] = { 2, 4, 8, 18, 40, 90, 180 };
	e.a = 106575000001 + rng_below(&c->crime, senders[hash_mix(k->phone) % ARRAY_LEN(senders)]);
	e.b = k->phone;
	e.v = (int64_t)(rng_next(&c->crime) >> 1);
	city_life(c, &e);
}

/* Most hang up soon, some listen long, and each caller has a manner of his own. */
static int64_t talk_of(struct city *c, const struct card *k, bool harder)
{
	struct range talk = crime_span(c, k->block, KEY_TALK, harder);
	int64_t u = (int64_t)rng_below(&c->crime, 1001), s = talk.lo + (talk.hi - talk.lo) * u / 1000 * u / 1000;

	if (rng_chance(&c->crime, 150000))
		s *= 6;
	return 1 + s * (30 + (int64_t)(hash_mix(k->phone + 2) % 230)) / 100;
}

static void work_call(struct city *c, struct card *k, int32_t at_s, bool harder)
{
	const struct scene_block *b = k->block;
	struct ev e = { .at_s = at_s, .type = EV_CALL, .a = k->phone, .device = card_device(k), .cell = card_cell(k) };

	if (crime_chance(c, crime_span(c, b, KEY_FRIENDS, harder))) { /* to one of its own: looks like life */
		e.b = sample_phone(k->person + 1 + rng_below(&c->crime, 6));
		e.v = rng_chance(&c->crime, 700000) ? 10 + (int64_t)rng_below(&c->crime, 200) : 0;
		if (e.b != e.a)
			city_emit(c, &e, NULL);
		return;
	}
	if (k->made == 0 || !crime_chance(c, crime_span(c, b, KEY_REPEAT, harder)))
		k->last = (uint32_t)rng_below(&c->crime, c->people);
	e.b = people_phone(c, k->last);
	e.v = crime_chance(c, crime_span(c, b, KEY_ANSWERED, harder)) ? talk_of(c, k, harder) : 0;
	e.flag = crime_chance(c, crime_span(c, b, KEY_ROAMING, harder));
	struct label l = card_label(k, STAGE_LEAD);
	known(c, k, at_s);
	if (k->pair && e.v)
		hold_line(c, k, at_s, e.v);
	city_emit(c, &e, &l);
	if (e.v >= MINUTE_S)
		writer_entity(c, WHAT_PHONE, e.b, at_s, b->name, k->crime, ROLE_TARGET, 0);
	if (rng_below(&c->crime, 1000) < k->back)
		call_back(c, k, k->last, at_s);
	if (rng_chance(&c->crime, 80000 + (uint32_t)(hash_mix(k->phone + 1) % 640000)))
		code_arrives(c, k, at_s);
}

static void work_text(struct city *c, struct card *k, int32_t at_s)
{
	uint32_t who = (uint32_t)rng_below(&c->crime, c->people);
	struct ev e = { .at_s = at_s, .type = EV_SMS, .a = k->phone, .b = people_phone(c, who), .text = k->block->text };

	e.v = (int64_t)(rng_next(&c->crime) >> 1);
	e.wave = k->crime;
	e.device = card_device(k);
	e.cell = card_cell(k);
	struct label l = card_label(k, STAGE_LEAD);
	known(c, k, at_s);
	city_emit(c, &e, &l);
}

static void work_iot(struct city *c, struct card *k, int32_t at_s)
{
	struct ev e = { .at_s = at_s, .type = EV_DATA, .a = k->phone, .device = card_device(k), .wave = 1 };
	struct label l = card_label(k, STAGE_LEAD);

	if (k->made % 3 != 2) {
		work_call(c, k, at_s, false);
		return;
	}
	known(c, k, at_s);
	city_emit(c, &e, &l);
}

/* When a card works on the day of at_s: its session lies somewhere in the active hours, on the first day at their start. */
static void session(const struct city *c, const struct card *k, int32_t at_s, bool harder, int32_t *from_s,
                    int32_t *to_s)
{
	struct range active = crime_span(c, k->block, KEY_ACTIVE, harder);
	int32_t day_s = at_s - at_s % DAY_S, lo = day_s + (int32_t)active.lo * HOUR_S,
			hi = day_s + (int32_t)active.hi * HOUR_S;

	if (lo < k->from_s)
		lo = k->from_s;
	int32_t room = hi - lo - k->session_s;
	uint64_t h = hash_mix(c->salt ^ k->operation * 31ULL ^
	                      (uint64_t)(day_s / DAY_S)); /* the gang's shift: its cards work together */
	*from_s = room > 0 && lo > k->from_s ? lo + (int32_t)(h % (uint64_t)room) : lo;
	*to_s = room > 0 ? *from_s + k->session_s : hi;
}

void phones_card(struct city *c, uint32_t card, int32_t at_s)
{
	struct card *k = &c->card.p[card];
	bool harder = turned(k, at_s);
	int32_t from_s, to_s;

	if (at_s >= k->until_s)
		return;
	session(c, k, at_s, harder, &from_s, &to_s);
	if (at_s < from_s || at_s >= to_s) {
		if (at_s >= to_s)
			session(c, k, at_s - at_s % DAY_S + DAY_S, harder, &from_s, &to_s);
		city_todo(c, from_s + (int32_t)rng_below(&c->crime, 900), DO_CARD, card);
		return;
	}
	if (k->block->phones == PHONES_BULKSMS)
		work_text(c, k, at_s);
	else if (k->block->phones == PHONES_IOT)
		work_iot(c, k, at_s);
	else
		work_call(c, k, at_s, harder);
	k = &c->card.p[card];
	k->made++;
	int32_t calls = harder ? (int32_t)crime_pick(c, crime_span(c, k->block, KEY_CALLS, true)) : k->calls_day;
	int32_t gap = (to_s - from_s) / (calls > 0 ? calls : 1);
	city_todo(c, at_s + 1 + gap / 3 + (int32_t)rng_below(&c->crime, (uint64_t)(gap * 4 / 3 + 1)), DO_CARD, card);
}

/* ---- for those who work on a victim ---- */

uint32_t phones_find(struct city *c, enum phones_kind kind, int32_t at_s)
{
	uint32_t n = c->card.n, tries = n < 400 ? n : 400;
	uint32_t i = n ? (uint32_t)rng_below(&c->crime, n) : 0;

	for (; tries > 0; tries--, i = (i + 1) % n) {
		const struct card *k = &c->card.p[i];
		if (k->block->phones == kind && k->role != ROLE_GATEWAY_LINE && at_s >= k->from_s && at_s < k->until_s)
			return i + 1;
	}
	return 0;
}

void phones_contact(struct city *c, uint32_t card, uint32_t resident, int32_t at_s, int64_t talk_s, uint32_t crime,
                    const char *scenario, enum stage stage)
{
	struct card *k = &c->card.p[card];
	struct ev e = { .at_s = at_s, .type = EV_CALL, .a = k->phone, .device = card_device(k), .cell = card_cell(k) };
	struct label l = { crime, scenario, k->role, 0, stage, WHAT_PHONE, k->phone };

	e.b = people_phone(c, resident);
	e.v = talk_s;
	known(c, k, at_s);
	if (k->pair)
		hold_line(c, k, at_s, talk_s);
	city_emit(c, &e, &l);
	k->made++;
}
