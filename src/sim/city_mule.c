/* city_mule.c - mule networks: levels of rented accounts that pass a victim's money on and turn it into cash.
 *
 * The shapes are those published with AMLSim: pass-through, fan-out, fan-in, scatter-gather, gather-scatter, cycle. What an
 * account passes on is what it received and has; so money is conserved whatever else happens to the account. */
#include "sim/city_int.h"

enum {
	SMALL_FEN = 100000
};

static struct label mule_label(const struct mule *m, enum stage stage)
{
	return (struct label){ m->crime, m->block->name, ROLE_MULE, m->level, stage, WHAT_ACCOUNT, m->account };
}

/* ---- planning ---- */

static void open_mule(struct city *c, struct mule *m, int32_t from_s)
{
	const struct scene_block *b = m->block;
	bool dormant = crime_chance(c, crime_span(c, b, KEY_DORMANT, false));
	int64_t age_s =
		dormant ? rng_between(&c->crime, 190, 400) * DAY_S : crime_pick(c, crime_span(c, b, KEY_AGE, false));
	bool resident = rng_chance(&c->crime, 500000);
	struct counter at = crime_counter(c, 300);

	if (crime_chance(c, crime_span(c, b, KEY_ORDINARY, false))) { /* a resident lends the account of everyday life */
		do
			m->person = (uint32_t)rng_below(&c->crime, c->people);
		while (c->job[m->person] == JOB_QUIET);
		m->account = m->person;
		m->device = people_device(c, m->person, from_s);
		return;
	}
	m->person = resident ? (uint32_t)rng_below(&c->crime, c->people) : ++c->spare;
	m->device = 1 + 9 * c->people + c->spare * 4;
	c->spare += 2;
	int32_t at_s = from_s - (int32_t)age_s;
	at_s = at_s - at_s % DAY_S + 9 * HOUR_S + (int32_t)rng_below(&c->crime, 8 * HOUR_S);
	if (at_s >= from_s)
		at_s = from_s - HOUR_S;
	crime_crooked(c, b, &at, &at_s, from_s);
	m->account = city_new_account_at(c, &at);
	struct label l = mule_label(m, STAGE_OPEN);
	crime_open_account(c, m->account, m->person, sample_phone(m->person), &at, at_s, &l);
}

static void test_payment(struct city *c, struct mule *m, int32_t from_s);

void mules_plan(struct city *c, const struct scene_block *b, int32_t day_s)
{
	struct network w = { .block = b, .crime = ++c->crimes, .first_mule = c->mule.n };
	uint32_t sum = 0, r;

	w.levels = (uint8_t)crime_pick(c, crime_span(c, b, KEY_LEVELS, false));
	w.levels += w.levels == 0;
	w.width = (uint8_t)crime_pick(c, crime_span(c, b, KEY_WIDTH, false));
	w.width += w.width == 0;
	w.serves = (int32_t)crime_pick(c, crime_span(c, b, KEY_VICTIMS, false));
	w.from_s = day_s + (int32_t)rng_below(&c->crime, 12 * HOUR_S);
	w.until_s = w.from_s + 4 * DAY_S;
	for (int k = 0; k < TYPOLOGIES; k++)
		sum += b->typology[k];
	r = (uint32_t)rng_below(&c->crime, sum);
	for (int k = 0; k < TYPOLOGIES; k++) {
		if (r < b->typology[k]) {
			w.typology = (enum typology)k;
			break;
		}
		r -= b->typology[k];
	}
	if (!city_add(c, c->network, w))
		return;
	for (uint32_t i = 0; i < (uint32_t)w.levels * w.width && !c->err; i++) {
		struct mule m = { .block = b, .crime = w.crime, .network = c->network.n - 1 };
		m.level = (uint8_t)(1 + i / w.width);
		m.index = (uint8_t)(i % w.width);
		open_mule(c, &m, w.from_s);
		if (!city_add(c, c->mule, m))
			return;
		if (crime_chance(c, crime_span(c, b, KEY_TEST, false)))
			test_payment(c, &c->mule.p[c->mule.n - 1], w.from_s);
	}
}

/* A small sum from the gang, to see that the account still works. */
static void test_payment(struct city *c, struct mule *m, int32_t from_s)
{
	struct opening o = { .ev = { .at_s = from_s + (int32_t)rng_below(&c->crime, 4 * HOUR_S), .type = EV_TRANSFER } };

	o.ev.a = OUT_AT + 200000 + m->crime % 5000 + 1;
	o.ev.b = m->account + 1ULL;
	o.ev.v = rng_between(&c->crime, 1, 10000);
	o.ev.channel = CHANNEL_MOBILE;
	o.label = mule_label(m, STAGE_TEST);
	if (city_add(c, c->opening, o))
		city_todo(c, o.ev.at_s, DO_OPEN, c->opening.n - 1);
}

/* ---- for those who cheat ---- */

uint32_t mules_find(struct city *c, int32_t at_s)
{
	uint32_t n = c->network.n, i = n ? (uint32_t)rng_below(&c->crime, n) : 0;

	for (uint32_t k = 0; k < 2 * n;
	     k++, i = (i + 1) % n) { /* the second time round those whose days are over serve, too */
		struct network *w = &c->network.p[i];
		if (w->from_s > at_s || (k < n && (w->until_s < at_s || w->serves <= 0)))
			continue;
		w->serves--;
		return w->first_mule + (uint32_t)rng_below(&c->crime, w->width) + 1;
	}
	return 0;
}

uint32_t mules_another(struct city *c, uint32_t mule)
{
	const struct network *w = &c->network.p[c->mule.p[mule].network];
	return w->first_mule + (c->mule.p[mule].index + 1U) % w->width;
}

void mules_received(struct city *c, uint32_t mule, int64_t fen, int32_t at_s)
{
	struct mule *m = &c->mule.p[mule];
	const struct network *w = &c->network.p[m->network];

	if (!m->known)
		writer_entity(c, WHAT_ACCOUNT, m->account, at_s, m->block->name, m->crime, ROLE_MULE, m->level);
	m->known = true;
	m->held += fen;
	if (m->passing)
		return;
	m->passing = true;
	enum scene_key wait = m->level == w->levels ? KEY_CASHOUT : KEY_DWELL;
	int64_t dwell_s = crime_pick(c, crime_span(c, m->block, wait, false));
	if (fen < SMALL_FEN) /* nobody hurries for that; more may come */
		dwell_s *= 5;
	city_todo(c, at_s + 20 + (int32_t)dwell_s, DO_MULE, mule);
}

/* Which account of the next level gets the k-th part. */
static uint32_t next_account(const struct network *w, const struct mule *m, uint32_t k)
{
	bool gather = w->typology == TYPOLOGY_FAN_IN || (w->typology == TYPOLOGY_SCATTER_GATHER && m->level % 2 == 0) ||
	              (w->typology == TYPOLOGY_GATHER_SCATTER && m->level % 2 == 1);
	bool straight = w->typology == TYPOLOGY_PASS || w->typology == TYPOLOGY_CYCLE;
	uint32_t at = gather ? 0 : straight ? m->index : m->index + k;

	return w->first_mule + (uint32_t)m->level * w->width + at % w->width;
}

static enum outlet_way way_out(struct city *c, const struct mule *m)
{
	uint32_t sum = 0, k = 0, r;

	for (int i = 0; i < WAYS; i++)
		sum += m->block->way[i];
	r = (uint32_t)(hash_mix(m->account) % sum);
	(void)c;
	while (r >= m->block->way[k])
		r -= m->block->way[k++];
	return (enum outlet_way)k;
}

/* The last level: cash at machines or a counter, gold, or away to where nobody follows here. */
static int64_t cash_out(struct city *c, const struct mule *m, int32_t at_s, int64_t fen)
{
	enum outlet_way way = way_out(c, m);
	struct label l = mule_label(m, STAGE_CASHOUT);
	struct ev e = { .at_s = at_s, .type = EV_CASH, .a = m->account + 1ULL, .v = fen };

	if (way == WAY_ATM && e.v > 300000)
		e.v = 10000 * rng_between(&c->crime, 15, 30);
	if (way == WAY_COUNTER && e.v > 4990000)
		e.v = 4900000;
	e.cell = 1 + (uint32_t)rng_below(&c->crime, 1 + c->people / 2000);
	if (way == WAY_GOLD || way == WAY_OUTSIDE) {
		e.type = EV_TRANSFER;
		e.cell = NOBODY;
		e.b = way == WAY_GOLD ? OUT_AT + 300001 + hash_mix(m->network) % 20
		                      : OUT_AT + 210001 + hash_mix(m->network) % 5000;
		e.channel = way == WAY_GOLD ? CHANNEL_POS : CHANNEL_MOBILE;
		e.device = m->device;
	}
	return city_emit(c, &e, &l) ? e.v : 0;
}

static int64_t pass_on(struct city *c, const struct mule *m, uint32_t to, int32_t at_s, int64_t fen)
{
	struct label l = mule_label(m, STAGE_LAYER);
	struct ev e = { .at_s = at_s, .type = EV_TRANSFER, .a = m->account + 1ULL, .v = fen, .channel = CHANNEL_MOBILE };

	e.b = c->mule.p[to].account + 1ULL;
	e.device = m->device;
	if (!city_emit(c, &e, &l))
		return 0;
	mules_received(c, to, fen, at_s);
	return fen;
}

/* One payment of those that an account still has to make. */
void mules_pass(struct city *c, uint32_t mule, int32_t at_s)
{
	struct mule *m = &c->mule.p[mule];
	const struct network *w = &c->network.p[m->network];
	bool last = m->level == w->levels, back = last && w->typology == TYPOLOGY_CYCLE && w->levels > 1 && m->parts == 0;

	if (m->parts == 0) {
		m->parts = (uint8_t)crime_pick(c, crime_span(c, m->block, KEY_SPLIT, false));
		if (m->parts == 0 || m->held < 5 * SMALL_FEN) /* small sums are not worth dividing */
			m->parts = 1;
		m->held -= m->held * crime_pick(c, crime_span(c, m->block, KEY_KEEP, false)) / 1000;
	}
	int64_t fen = m->held, has = *city_balance(c, m->account + 1ULL);
	if (m->parts > 1)
		fen = m->held / m->parts * rng_between(&c->crime, 850, 1150) / 1000;
	if (fen > 100000 && rng_chance(&c->crime, 700000))
		fen -= fen % 10000;
	fen = fen < has ? fen : has;
	if (back && fen > 100000) /* a cycle: some of it begins again, the rest leaves */
		fen = pass_on(c, m, w->first_mule, at_s, fen / 10);
	else if (last)
		fen = cash_out(c, m, at_s, fen);
	else
		fen = pass_on(c, m, next_account(w, m, m->parts), at_s, fen);
	m = &c->mule.p[mule];
	m->held -= fen;
	if (!last || m->parts > 1)
		m->parts--;
	int64_t rest = *city_balance(c, m->account + 1ULL);
	if (fen <= 0 || m->held < 5000 || rest < 5000 || (!last && m->parts == 0)) {
		m->held = m->parts = 0;
		m->passing = false;
		return;
	}
	city_todo(c, at_s + 30 + (int32_t)rng_below(&c->crime, last ? 1500 : 240), DO_MULE, mule);
}
