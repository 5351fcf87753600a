/* city_people.c - who lives here: age, work, household, friends, cells, devices. All of it follows from a person's index by
 * arithmetic; two bytes a person are kept because they are asked for so often.
 *
 * Friendship is a reflection, j = r - i within a block, so that it is mutual without a table; ranks near 0 lie in small
 * blocks (house, neighbourhood, workplace), far ones anywhere in the city. How often a rank is called falls off like the
 * contacts of real subscribers: the closest gets a fifth of the calls, some dozens share the last tenth. */
#include "sim/city_int.h"
#include "base/clock.h"
#include "base/mem.h"

enum {
	HOUSE_PEOPLE = 3,
	CELL_PEOPLE = 90,
	WORK_PEOPLE = 12,
	BLOCK_PEOPLE = 2000,
	STRANGER = 980 /* per mille of contacts that are friends of some rank */
};

static uint64_t trait(const struct city *c, uint32_t i, uint32_t which)
{
	return hash_mix(c->salt + i * 0x9e3779b97f4a7c15ULL + which * 0xd1342543de82ef95ULL);
}

int people_age(const struct city *c, uint32_t i)
{
	int64_t born = clock_days_from_civil(BIRTH_YEAR_FIRST, 1, 1) + ident_birth_day(i);
	return (int)((c->o.start_day - born) / 365);
}

static enum job job_of(const struct city *c, uint32_t i)
{
	static const struct {
		uint16_t of_10000;
		uint8_t job;
	} jobs[] = { { 9, JOB_COURIER },      { 16, JOB_DRIVER },   { 15, JOB_SELLER },      { 5, JOB_RECRUITER },
		         { 100, JOB_SHOPKEEPER }, { 30, JOB_LANDLORD }, { 10, JOB_GROUP_BUYER }, { 60, JOB_FINANCE },
		         { 60, JOB_TRAVELLER },   { 6500, JOB_OFFICE } };
	uint64_t h = trait(c, i, 1) % 10000;
	int age = people_age(c, i);

	if (trait(c, i, 2) % 1000 < 60)
		return JOB_QUIET;
	if (age < 23)
		return JOB_STUDENT;
	if (age > 61)
		return h < 30 ? JOB_LANDLORD : JOB_RETIRED;
	for (size_t k = 0; k < ARRAY_LEN(jobs); k++) {
		if (h < jobs[k].of_10000)
			return (enum job)jobs[k].job;
		h -= jobs[k].of_10000;
	}
	return JOB_NONE;
}

uint32_t people_cells(const struct city *c)
{
	return c->people / CELL_PEOPLE + 1 + c->works / 8 + 1;
}

enum err people_init(struct city *c)
{
	c->rate = mem_alloc(c->people);
	c->job = mem_alloc(c->people);
	if (!c->rate || !c->job)
		return ERR_MEMORY;
	c->works = c->people / WORK_PEOPLE;
	for (uint32_t i = 0; i < c->people; i++) {
		c->job[i] = (uint8_t)job_of(c, i);
		c->rate[i] = (uint8_t)(trait(c, i, 3) % 64);
		if (c->job[i] == JOB_QUIET)
			c->rate[i] = (uint8_t)(c->rate[i] % 16 + 6);
	}
	for (uint32_t k = 0; k < ARRAY_LEN(c->friend_at); k++)
		c->friend_at[k] = hash_mix(c->salt ^ (k + 1) * 0x2545f4914f6cdd1dULL);
	c->population[WHAT_PERSON] = c->people;
	c->population[WHAT_PHONE] = c->people;
	for (uint32_t i = 0; i < c->people; i++)
		c->population[WHAT_PHONE] += people_card_opened(c, i) < (int32_t)(c->o.days * DAY_S);
	c->population[WHAT_DEVICE] = c->people;
	c->population[WHAT_CELL] = people_cells(c);
	return ERR_OK;
}

void people_release(struct city *c)
{
	mem_free(c->rate);
	mem_free(c->job);
}

bool people_in_group(const struct city *c, uint32_t i, enum group g)
{
	int age = people_age(c, i);

	switch (g) {
	case GROUP_MINOR: return age < 20;
	case GROUP_STUDENT: return c->job[i] == JOB_STUDENT;
	case GROUP_YOUNG: return age >= 20 && age <= 40;
	case GROUP_ADULT: return age > 40 && age <= 60;
	case GROUP_ELDERLY: return age > 60;
	case GROUP_FINANCE: return c->job[i] == JOB_FINANCE;
	default: return c->job[i] == JOB_SHOPKEEPER;
	}
}

enum {
	NEVER_S = INT32_MAX,
	CARD_DAYS = 600, /* second cards and accounts were opened over so many days, and go on being */
	ACCOUNT_DAYS = 750
};

static int32_t opened_s(uint64_t h, uint32_t percent, uint32_t days)
{
	uint32_t r = (uint32_t)(h % 100);
	int32_t day = (int32_t)((h >> 32) % days);

	if (r >= 2 * percent)
		return NEVER_S;
	return (r < percent ? -day - 2 : day) * DAY_S + 9 * HOUR_S + (int32_t)((h >> 16) % (8 * HOUR_S));
}

int32_t people_card_opened(const struct city *c, uint32_t i)
{
	return c->job[i] == JOB_QUIET ? NEVER_S : opened_s(trait(c, i, 4), 27, CARD_DAYS);
}

int32_t people_account_opened(const struct city *c, uint32_t i)
{
	return c->job[i] == JOB_QUIET ? NEVER_S : opened_s(trait(c, i, 5), 45, ACCOUNT_DAYS);
}

uint64_t people_phone(const struct city *c, uint32_t i)
{
	(void)c;
	return sample_phone(i);
}

/* Most keep a telephone for years; some change it every other month. */
uint32_t people_device(const struct city *c, uint32_t i, int32_t at_s)
{
	uint64_t h = trait(c, i, 6);
	uint32_t period = h % 20 == 0 ? 60 : 300 + (uint32_t)(h >> 32) % 900;
	uint32_t generation = (uint32_t)((at_s / DAY_S) + 4000 + (int32_t)(h >> 8 & 1023)) / period;

	return 1 + i + generation % 8 * c->people;
}

static uint32_t homes(const struct city *c)
{
	return c->people / CELL_PEOPLE + 1;
}

uint32_t people_home(const struct city *c, uint32_t i)
{
	(void)c;
	return 1 + i / CELL_PEOPLE;
}

/* Administrative code, and how many of 1000 people live there: about as the census of 2020 counted them. */
static const struct {
	uint32_t code, of_1000;
} districts[CITY_DISTRICTS] = { { 370202, 48 },  { 370203, 109 }, { 370211, 189 }, { 370212, 50 },  { 370213, 73 },
	                            { 370214, 110 }, { 370215, 133 }, { 370281, 98 },  { 370283, 118 }, { 370285, 72 } };

uint32_t city_district(uint32_t i)
{
	return districts[i].code;
}

/* Neighbours live in one district: that of their cell. */
uint32_t people_district(const struct city *c, uint32_t cell)
{
	uint32_t h = (uint32_t)(trait(c, cell, 10) % 1000), k = 0;

	for (; k < CITY_DISTRICTS - 1 && h >= districts[k].of_1000; k++)
		h -= districts[k].of_1000;
	return k;
}

uint32_t people_odd_cell(struct city *c)
{
	return 1 + (uint32_t)rng_below(&c->crime, homes(c));
}

uint32_t people_place(const struct city *c, uint32_t i, int32_t at_s)
{
	int hour = (at_s % DAY_S + DAY_S) % DAY_S / HOUR_S;
	uint64_t h = hash_mix(trait(c, i, 7) + (uint64_t)(at_s / 1800));
	enum job job = (enum job)c->job[i];

	if (job == JOB_COURIER || job == JOB_DRIVER || h % 100 < 6)
		return 1 + (uint32_t)((h >> 8) % homes(c));
	if (hour < 9 || hour >= 18 || job == JOB_RETIRED || people_weekend(c, at_s))
		return people_home(c, i);
	return 1 + homes(c) + i % c->works / 8;
}

uint32_t people_friend(const struct city *c, uint32_t i, uint32_t rank)
{
	uint32_t n = c->people, base, size, other;

	if (rank < 2) {
		base = i / HOUSE_PEOPLE * HOUSE_PEOPLE;
		size = HOUSE_PEOPLE;
		other = base + (i % size + 1 + rank) % size;
	} else if (rank < 12) {
		base = i / BLOCK_PEOPLE * BLOCK_PEOPLE;
		size = n - base < BLOCK_PEOPLE ? n - base : BLOCK_PEOPLE;
		other = base + (uint32_t)((c->friend_at[rank] + size - (i - base)) % size);
	} else if (rank < 16) {
		size = n / c->works;
		other = i % c->works + c->works * (uint32_t)((c->friend_at[rank] + size - i / c->works % size) % size);
	} else {
		other = (uint32_t)((c->friend_at[rank] % n + n - i) % n);
	}
	return other < n ? other : i;
}

/* A third of the people talk mostly to a few, a third to many. */
static uint32_t rank_draw(const struct city *c, uint32_t i, struct dice *d)
{
	static const uint16_t closest[] = { 200, 310, 390, 450, 500, 545, 580, 610 };
	uint32_t r = dice_below(d, 1000);
	uint64_t way = trait(c, i, 8) % 3;

	if (way == 0)
		r = r * r / 1000;
	else if (way == 1)
		r = 999 - (999 - r) * (999 - r) / 999;
	for (uint32_t k = 0; k < ARRAY_LEN(closest); k++)
		if (r < closest[k])
			return k;
	if (r < 850)
		return 8 + (r - 610) / 30;
	return r < STRANGER ? 16 + (r - 850) * 24 / (STRANGER - 850) : UINT32_MAX;
}

/* Who calls little is called little. */
bool people_answers_for(const struct city *c, uint32_t i, struct dice *d)
{
	return dice_below(d, 80) < c->rate[i] + 6U;
}

uint32_t people_contact(const struct city *c, uint32_t i, struct dice *d)
{
	uint32_t other = i;

	for (int k = 0; k < 3; k++) {
		uint32_t rank = rank_draw(c, i, d);
		other = rank == UINT32_MAX ? dice_below(d, c->people) : people_friend(c, i, rank);
		if (people_answers_for(c, other, d))
			break;
	}
	return other != i ? other : (i + 1) % c->people;
}

/* Talk in seconds of answered calls by quantile, of 1024: a curve through the published ones of a provincial operator
 * (p5 7, p25 17, p50 34, p75 73, p95 282 seconds), logarithmic between them. */
int64_t people_talk(const struct city *c, uint32_t i, struct dice *d)
{
	static const struct {
		uint16_t at, low, high;
	} piece[] = { { 51, 1, 7 },     { 256, 7, 17 },     { 512, 17, 34 },     { 768, 34, 73 },
		          { 973, 73, 282 }, { 1014, 282, 850 }, { 1023, 850, 2600 }, { 1024, 2600, 7200 } };
	static const uint16_t person[] = { 42, 52, 62, 74, 88, 105, 135, 230 };
	uint32_t r = dice_below(d, 1024), k = 0, from = 0;

	while (r >= piece[k].at)
		from = piece[k++].at;
	/* a line in a square's scale: close to logarithmic, and whole numbers only */
	int64_t t = (int64_t)(r - from) * 1000 / (piece[k].at - from);
	int64_t span = piece[k].high - piece[k].low;
	int64_t s = piece[k].low + span * (t * 600 + t * t * 400 / 1000) / 1000000;
	s = s * person[trait(c, i, 9) % 8] / 100;
	return s > 0 ? s : 1;
}

/* ---- days ---- */

static int32_t day_of(const struct city *c, int32_t at_s)
{
	int32_t d = at_s / DAY_S - (at_s % DAY_S < 0);
	return (int32_t)c->o.start_day + d;
}

/* Public holidays of mainland China, first and last day; the Spring Festival among them. Years beyond have none. */
static const struct {
	int32_t from_y, from_m, from_d;
	uint8_t days;
	bool spring;
} holidays[] = {
	{ 2025, 1, 28, 8, true },  { 2025, 4, 4, 3, false },  { 2025, 5, 1, 5, false },  { 2025, 10, 1, 8, false },
	{ 2026, 1, 1, 3, false },  { 2026, 2, 15, 9, true },  { 2026, 4, 4, 3, false },  { 2026, 5, 1, 5, false },
	{ 2026, 6, 19, 3, false }, { 2026, 9, 25, 3, false }, { 2026, 10, 1, 7, false }, { 2027, 2, 5, 8, true },
};

static int holiday(const struct city *c, int32_t at_s)
{
	int64_t d = day_of(c, at_s);

	for (size_t k = 0; k < ARRAY_LEN(holidays); k++) {
		int64_t from = clock_days_from_civil(holidays[k].from_y, holidays[k].from_m, holidays[k].from_d);
		if (d >= from && d < from + holidays[k].days)
			return holidays[k].spring ? 2 : 1;
	}
	return 0;
}

bool people_weekend(const struct city *c, int32_t at_s)
{
	int weekday = (int)((day_of(c, at_s) + 3) % 7); /* 1970-01-01 was a Thursday; 0 = Monday */
	return weekday >= 5 || holiday(c, at_s) != 0;
}

bool people_festival(const struct city *c, int32_t at_s)
{
	return holiday(c, at_s) == 2;
}

uint32_t people_rhythm(int hour)
{
	static const uint16_t rhythm[24] = { 4,  2,  1,  1,  2,  6,  18, 38, 66, 82, 84, 78,
		                                 60, 52, 60, 66, 70, 74, 72, 62, 48, 32, 16, 6 };
	return rhythm[hour];
}
