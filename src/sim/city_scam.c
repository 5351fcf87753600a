/* city_scam.c - cases: one victim, and the steps of a scam's script until the victim stops, is out of money or reports. */
#include "sim/city_int.h"

static struct range step_span(const struct city *c, const struct dial *d)
{
	return d->d[c->o.difficulty];
}

void cases_plan(struct city *c, const struct scene_block *b, int32_t day_s)
{
	struct victim_case k = { .block = b, .crime = ++c->crimes, .victim = crime_stranger(c, b) };

	if (city_add(c, c->cases, k))
		city_todo(c, day_s + 8 * HOUR_S + (int32_t)rng_below(&c->crime, 13 * HOUR_S), DO_CASE, c->cases.n - 1);
}

/* ---- truth ---- */

static void about_victim(struct city *c, struct victim_case *k, enum role role)
{
	const char *name = k->block->name;

	writer_entity(c, WHAT_PHONE, people_phone(c, k->victim), k->first_s, name, k->crime, role, 0);
	writer_entity(c, WHAT_PERSON, k->victim, k->first_s, name, k->crime, role, 0);
	writer_entity(c, WHAT_ACCOUNT, k->victim, k->first_s, name, k->crime, role, 0);
	if (k->own)
		writer_entity(c, WHAT_ACCOUNT, k->own - 1, k->first_s, name, k->crime, role, 0);
}

static void contacted(struct city *c, struct victim_case *k, int32_t at_s)
{
	if (k->target_known)
		return;
	k->target_known = true;
	k->first_s = at_s;
	about_victim(c, k, ROLE_TARGET);
}

static void cheated(struct city *c, struct victim_case *k, int32_t at_s)
{
	contacted(c, k, at_s);
	if (!k->victim_known)
		about_victim(c, k, ROLE_VICTIM);
	k->victim_known = true;
}

/* ---- contact ---- */

static uint64_t overseas(struct city *c)
{
	static const uint64_t country[] = { 95, 855, 856, 63, 44, 1, 60, 971 };
	int form = rng_chance(&c->crime, 700000) ? FORM_PLUS : FORM_00;
	uint64_t prefix = country[rng_below(&c->crime, 8)];

	return PHONE_FORM(form, prefix * 1000000000ULL + 200000000 + rng_below(&c->crime, 700000000));
}

static uint64_t spoofed(struct city *c)
{
	static const uint64_t number[] = { 110, 96110, 95588, 12389, 10086 };
	int form = rng_chance(&c->crime, 500000) ? FORM_PLUS86 : FORM_0086;

	return PHONE_FORM(form, number[rng_below(&c->crime, 5)]);
}

/* The number that talks to this victim: a card of a running operation, or one of the gang's own. */
static void take_phone(struct city *c, struct victim_case *k, enum from from, int32_t at_s)
{
	static const enum phones_kind kind[FROMS] = {
		[FROM_BOX] = PHONES_SIMBOX, [FROM_GATEWAY] = PHONES_GATEWAY, [FROM_NEWCARD] = PHONES_NEWCARD
	};

	k->card = 0;
	if (from == FROM_OVERSEAS)
		k->phone = overseas(c);
	else if (from == FROM_SPOOFED)
		k->phone = spoofed(c);
	else if (from == FROM_PORT)
		k->phone = 106550000000ULL + rng_below(&c->crime, 99999999);
	else if (from != FROM_MOBILE)
		k->card = phones_find(c, kind[from], at_s);
	else if (rng_chance(&c->crime, 600000)) /* a gang's own phone is often one of its working cards */
		k->card = phones_find(c, rng_chance(&c->crime, 500000) ? PHONES_NEWCARD : PHONES_GATEWAY, at_s);
	if (k->card || from == FROM_OVERSEAS || from == FROM_SPOOFED || from == FROM_PORT)
		return;
	c->population[WHAT_PHONE]++;
	k->phone = sample_phone(++c->spare);
}

static void call(struct city *c, struct victim_case *k, const struct scene_step *p, int32_t at_s, int64_t talk_s)
{
	enum stage stage = k->target_known ? STAGE_GROOM : STAGE_CONTACT;

	if (!k->phone && !k->card)
		take_phone(c, k, p->from, at_s);
	else if (k->block->step[k->at].from != FROM_MOBILE && k->at > 0 && rng_chance(&c->crime, 300000))
		take_phone(c, k, p->from, at_s);
	if (k->card) {
		phones_contact(c, k->card - 1, k->victim, at_s, talk_s, k->crime, k->block->name, stage);
	} else {
		struct label l = { k->crime, k->block->name, ROLE_CALLER, 0, stage, WHAT_PHONE, k->phone };
		struct ev e = { .at_s = at_s, .type = EV_CALL, .a = k->phone, .b = people_phone(c, k->victim), .v = talk_s };
		bool real = k->phone >> 56 == FORM_PLAIN;
		e.device = real ? 1 + 9 * c->people + (uint32_t)(hash_mix(k->phone) % 100000000) : NOBODY;
		e.cell = real ? people_odd_cell(c) : NOBODY;
		writer_entity(c, WHAT_PHONE, k->phone, at_s, k->block->name, k->crime, ROLE_CALLER, 0);
		city_emit(c, &e, &l);
	}
	contacted(c, k, at_s);
}

static void sms(struct city *c, struct victim_case *k, const struct scene_step *p, int32_t at_s)
{
	struct ev e = { .at_s = at_s, .type = EV_SMS, .b = people_phone(c, k->victim), .text = p->text };
	uint64_t kept = k->phone;
	uint32_t card = k->card;

	take_phone(c, k, p->from, at_s);
	e.a = k->card ? c->card.p[k->card - 1].phone : k->phone;
	e.v = (int64_t)(rng_next(&c->crime) >> 1);
	e.wave = k->crime / 8;
	struct label l = { k->crime, k->block->name, ROLE_SPAMMER, 0, STAGE_LEAD, WHAT_PHONE, e.a };
	writer_entity(c, WHAT_PHONE, e.a, at_s, k->block->name, k->crime, ROLE_SPAMMER, 0);
	city_emit(c, &e, &l);
	contacted(c, k, at_s);
	k->phone = kept;
	k->card = card;
}

/* ---- money ---- */

static int64_t amount(struct city *c, const struct victim_case *k, const struct scene_step *p, int64_t has)
{
	int64_t x = crime_pick(c, step_span(c, &p->a));

	if (p->amount == AMOUNT_BALANCE)
		x = has / 1000 * x;
	if (p->amount == AMOUNT_LAST)
		x = k->last_fen / 1000 * x;
	if (x > 200000 && rng_chance(&c->crime, 500000))
		x -= x % 10000;
	return x;
}

static bool pay(struct city *c, uint32_t cs, const struct scene_step *p, int32_t at_s)
{
	struct victim_case *k = &c->cases.p[cs];
	uint64_t from = k->own ? k->own : k->victim + 1ULL;
	int64_t has = *city_balance(c, from), fen = amount(c, k, p, has);
	struct ev e = { .at_s = at_s, .type = EV_TRANSFER, .a = from, .channel = CHANNEL_MOBILE };
	struct label l = { k->crime, k->block->name, ROLE_VICTIM, 0, STAGE_TRANSFER, WHAT_ACCOUNT, from - 1 };

	if (fen > has)
		fen = has / 100 * 95;
	if (fen < 2000)
		return false; /* nothing left: the gang loses interest */
	if (!k->mule)
		k->mule = mules_find(c, at_s);
	else if (p->to_new)
		k->mule = mules_another(c, k->mule - 1) + 1;
	e.b = k->mule ? c->mule.p[k->mule - 1].account + 1ULL : OUT_AT + 220001 + k->crime % 9000;
	e.v = fen;
	e.device = people_device(c, k->victim, at_s);
	if (e.a == e.b || !city_emit(c, &e, &l))
		return false;
	cheated(c, k, at_s);
	k->last_fen = fen;
	k->lost_fen += fen;
	if (k->mule)
		mules_received(c, k->mule - 1, fen, at_s);
	else
		writer_entity(c, WHAT_ACCOUNT, e.b - 1, at_s, k->block->name, k->crime, ROLE_MULE, 0);
	return true;
}

/* Bait: some of it comes back, with a profit, so that the next sum is larger. */
static void refund(struct city *c, struct victim_case *k, const struct scene_step *p, int32_t at_s)
{
	struct ev e = { .at_s = at_s, .type = EV_TRANSFER, .b = k->victim + 1ULL, .channel = CHANNEL_MOBILE };

	e.a = OUT_AT + 230001 + k->crime % 9000;
	e.v = k->last_fen * crime_pick(c, step_span(c, &p->a)) / 1000;
	struct label l = { k->crime, k->block->name, ROLE_MULE, 0, STAGE_BAIT, WHAT_ACCOUNT, e.a - 1 };
	if (city_emit(c, &e, &l))
		writer_entity(c, WHAT_ACCOUNT, l.about, at_s, k->block->name, k->crime, ROLE_MULE, 0);
}

static void borrow(struct city *c, struct victim_case *k, const struct scene_step *p, int32_t at_s)
{
	struct ev e = {
		.at_s = at_s, .type = EV_TRANSFER, .a = OUT_AT + 1 + rng_below(&c->crime, LENDERS), .b = k->victim + 1ULL
	};
	struct label l = { k->crime, k->block->name, ROLE_VICTIM, 0, STAGE_GROOM, WHAT_ACCOUNT, k->victim };

	e.v = amount(c, k, p, 0);
	e.channel = CHANNEL_ONLINE;
	city_emit(c, &e, &l);
}

static void login(struct city *c, struct victim_case *k, int32_t at_s)
{
	struct ev e = { .at_s = at_s, .type = EV_LOGIN, .a = k->victim + 1ULL, .b = people_phone(c, k->victim) };
	struct label l = { k->crime, k->block->name, ROLE_VICTIM, 0, STAGE_GROOM, WHAT_ACCOUNT, k->victim };

	e.device = 1 + 9 * c->people + (uint32_t)(hash_mix(k->crime) % 100000000);
	city_emit(c, &e, &l);
}

/* An account of the victim's own, as the false policeman wants it; everything goes there first. */
static void open_own(struct city *c, uint32_t cs, int32_t at_s)
{
	struct victim_case *k = &c->cases.p[cs];
	uint32_t account = city_new_account(c);
	struct ev e = { .at_s = at_s, .type = EV_OPEN_ACCOUNT, .person = k->victim + 1, .b = account + 1ULL };
	struct label l = { k->crime, k->block->name, ROLE_VICTIM, 0, STAGE_GROOM, WHAT_ACCOUNT, account };

	e.a = people_phone(c, k->victim);
	struct counter at = life_counter((uint16_t)(1 + rng_below(&c->crime, life_outlets(c))), 0, hash_mix(k->crime));
	e.outlet = life_outlet_of(c, at.outlet, account);
	e.clerk = at.clerk;
	e.remote = at.remote;
	city_emit(c, &e, &l);
	k->own = account + 1ULL;
	struct ev t = { .at_s = at_s, .type = EV_TRANSFER, .a = k->victim + 1ULL, .b = k->own, .channel = CHANNEL_COUNTER };
	t.v = *city_balance(c, t.a) / 100 * 95;
	l.about = k->victim;
	if (t.v > 0)
		city_emit(c, &t, &l);
}

static void cash(struct city *c, struct victim_case *k, const struct scene_step *p, int32_t at_s)
{
	uint64_t from = k->own ? k->own : k->victim + 1ULL;
	int64_t has = *city_balance(c, from);
	struct ev e = { .at_s = at_s, .type = EV_CASH, .a = from, .v = amount(c, k, p, has) };
	struct label l = { k->crime, k->block->name, ROLE_VICTIM, 0, STAGE_TRANSFER, WHAT_ACCOUNT, from - 1 };

	if (e.v > has)
		e.v = has / 100 * 95;
	e.v -= e.v % 10000;
	e.cell = 1 + (uint32_t)rng_below(&c->crime, 1 + c->people / 2000);
	if (!city_emit(c, &e, &l))
		return;
	cheated(c, k, at_s);
	k->last_fen = e.v;
	k->lost_fen += e.v;
}

void cases_report(struct city *c, uint32_t cs, int32_t at_s)
{
	struct victim_case *k = &c->cases.p[cs];
	struct ev e = { .at_s = at_s, .type = EV_REPORT, .person = k->victim + 1 };
	struct label l = { k->crime, k->block->name, ROLE_VICTIM, 0, STAGE_REPORT, WHAT_PERSON, k->victim };

	e.a = k->card ? c->card.p[k->card - 1].phone : k->phone;
	e.b = k->mule ? c->mule.p[k->mule - 1].account + 1ULL : 0;
	e.wave = (uint32_t)(k->block - c->scene->block) + 1;
	if (e.a || e.b)
		city_emit(c, &e, &l);
}

/* ---- the script ---- */

/* Where to go on after a step of no duration; *wait_s is how long until then. False: the case is over. */
static bool step(struct city *c, uint32_t cs, int32_t at_s, int64_t *wait_s)
{
	struct victim_case *k = &c->cases.p[cs];
	const struct scene_step *p = &k->block->step[k->at];

	*wait_s = 0;
	switch (p->op) {
	case STEP_CALL:
		*wait_s = crime_pick(c, step_span(c, &p->a));
		call(c, k, p, at_s, *wait_s);
		*wait_s += 20 + (int64_t)rng_below(&c->crime, 400);
		break;
	case STEP_SMS: sms(c, k, p, at_s); break;
	case STEP_WAIT: *wait_s = crime_pick(c, step_span(c, &p->a)); break;
	case STEP_NIGHT: *wait_s = DAY_S - at_s % DAY_S + 9 * HOUR_S; break;
	case STEP_PAY:
		if (!pay(c, cs, p, at_s))
			return false;
		*wait_s = 30 + (int64_t)rng_below(&c->crime, 200);
		break;
	case STEP_REFUND: refund(c, k, p, at_s); break;
	case STEP_REPEAT:
		k->loop[k->loops++] = (uint16_t)crime_pick(c, step_span(c, &p->a));
		if (k->loop[k->loops - 1] == 0) {
			k->loops--;
			k->at = p->jump;
		}
		break;
	case STEP_END:
		if (k->loop[k->loops - 1] > 1) {
			k->loop[k->loops - 1]--;
			k->at = p->jump;
		} else {
			k->loops--;
		}
		break;
	case STEP_QUIT: return !crime_chance(c, step_span(c, &p->a));
	case STEP_BORROW: borrow(c, k, p, at_s); break;
	case STEP_LOGIN: login(c, k, at_s); break;
	case STEP_OPEN: open_own(c, cs, at_s); break;
	case STEP_CASH: cash(c, k, p, at_s); break;
	default:
		if (!crime_chance(c, step_span(c, &p->a)))
			break;
		city_todo(c, at_s + (int32_t)crime_pick(c, step_span(c, &p->b)), DO_REPORT, cs);
		return false;
	}
	return true;
}

void cases_step(struct city *c, uint32_t cs, int32_t at_s)
{
	int64_t wait_s = 0;

	while (wait_s == 0 && !c->err && c->cases.p[cs].at < c->cases.p[cs].block->n_steps) {
		if (!step(c, cs, at_s, &wait_s))
			return;
		c->cases.p[cs].at++;
	}
	if (wait_s == 0 || at_s + wait_s > c->o.days * DAY_S)
		return;
	int32_t next = at_s + (int32_t)wait_s;
	city_todo(c, wait_s >= HOUR_S ? crime_daytime(c, next, 8, 22) : next, DO_CASE, cs);
}
