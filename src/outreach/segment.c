/* segment.c - see segment.h. */
#include "outreach/segment.h"
#include <string.h>

#define LOT_NAMES 0x6c6f7400U /* "lot": no kind of entity has this number, so that a lot is never a token */

const struct segment_why_info segment_whys[SEGMENT_WHY_COUNT] = {
#define X(name, en, zh) [SEGMENT_##name] = { en, zh },
	SEGMENT_WHYS(X)
#undef X
};

/* ---- rows as bytes, little endian ---- */

static void put(unsigned char *p, uint64_t v, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

static uint64_t take(const unsigned char *p, uint32_t n)
{
	uint64_t v = 0;

	for (uint32_t i = 0; i < n; i++)
		v |= (uint64_t)p[i] << 8 * i;
	return v;
}

static void put_token(unsigned char *p, struct token t)
{
	put(p, t.w[0], 8);
	put(p + 8, t.w[1], 8);
}

static struct token take_token(const unsigned char *p)
{
	return (struct token){ { take(p, 8), take(p + 8, 8) } };
}

void recipient_put(const struct recipient *r, unsigned char out[RECIPIENT_BYTES])
{
	put_token(out, r->person);
	put_token(out + 16, r->phone);
	put(out + 32, r->birth_year, 2);
	put(out + 34, r->district, 2);
	put(out + 36, r->opened_day, 2);
	put(out + 38, r->contacted_day, 2);
	for (uint32_t i = 0; i < RECIPIENT_TEXTS; i++)
		put(out + 40 + 2 * i, r->texted_day[i], 2);
	out[46] = r->lists;
	out[47] = r->flags;
}

void recipient_take(const unsigned char in[RECIPIENT_BYTES], struct recipient *out)
{
	out->person = take_token(in);
	out->phone = take_token(in + 16);
	out->birth_year = (uint16_t)take(in + 32, 2);
	out->district = (uint16_t)take(in + 34, 2);
	out->opened_day = (uint16_t)take(in + 36, 2);
	out->contacted_day = (uint16_t)take(in + 38, 2);
	for (uint32_t i = 0; i < RECIPIENT_TEXTS; i++)
		out->texted_day[i] = (uint16_t)take(in + 40 + 2 * i, 2);
	out->lists = in[46];
	out->flags = in[47];
}

void member_put(const struct member *m, unsigned char out[MEMBER_BYTES])
{
	memset(out, 0, MEMBER_BYTES);
	put_token(out, m->person);
	put_token(out + 16, m->phone);
	put(out + 32, m->district, 2);
	out[34] = m->wave;
	out[35] = m->held;
}

void member_take(const unsigned char in[MEMBER_BYTES], struct member *out)
{
	*out = (struct member){ .person = take_token(in),
		                    .phone = take_token(in + 16),
		                    .district = (uint16_t)take(in + 32, 2),
		                    .wave = in[34],
		                    .held = in[35] != 0 };
}

/* ---- audiences ---- */

static bool within(uint16_t day, uint16_t today, uint16_t days)
{
	return day != 0 && day <= today && today - day < days;
}

static bool belongs(const struct segment_rule *rule, const struct recipient *r)
{
	switch (rule->audience) {
	case AUDIENCE_EVERYBODY: return true;
	case AUDIENCE_ELDERLY: return r->birth_year != 0 && rule->year >= r->birth_year + SEGMENT_AGE_ELDERLY;
	case AUDIENCE_STUDENTS: return (r->lists & LIST_STUDENTS) != 0;
	case AUDIENCE_FINANCE: return (r->lists & LIST_FINANCE) != 0;
	case AUDIENCE_PARENTS: return (r->lists & LIST_PARENTS) != 0;
	case AUDIENCE_NEW_PHONE: return within(r->opened_day, rule->day, SEGMENT_NEW_DAYS);
	case AUDIENCE_CONTACTED: return within(r->contacted_day, rule->day, SEGMENT_LATELY_DAYS);
	case CAMPAIGN_AUDIENCES: break;
	}
	return false;
}

static bool texted_enough(const struct segment_rule *rule, const struct recipient *r)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < RECIPIENT_TEXTS; i++)
		n += within(r->texted_day[i], rule->day, SEGMENT_TEXT_DAYS);
	return n >= rule->texts_max;
}

enum segment_why segment_judge(const struct segment_rule *rule, const struct recipient *r)
{
	if (rule->district != 0 && r->district != rule->district)
		return SEGMENT_ELSEWHERE;
	if (!belongs(rule, r))
		return SEGMENT_AUDIENCE;
	if (!rule->texts)
		return SEGMENT_IN;
	if ((r->flags & RECIPIENT_MOBILE) == 0)
		return SEGMENT_NO_PHONE;
	if ((r->flags & RECIPIENT_REFUSED) != 0)
		return SEGMENT_REFUSED;
	if (rule->without_warned && (r->flags & RECIPIENT_WARNED) != 0)
		return SEGMENT_WARNED;
	return texted_enough(rule, r) ? SEGMENT_TEXTED : SEGMENT_IN;
}

/* ---- the lot ---- */

void segment_lot_init(struct segment_lot *lot, const struct hash_key *key, uint64_t campaign, uint64_t seed,
                      uint32_t hold_out_permille)
{
	*lot = (struct segment_lot){ *key, campaign, seed, UINT64_MAX / 1000 * hold_out_permille };
}

static uint64_t drawn(const struct segment_lot *lot, struct token t)
{
	unsigned char said[32];

	put(said, lot->campaign, 8);
	put(said + 8, lot->seed, 8);
	put_token(said + 16, t);
	return hash_token(&lot->key, LOT_NAMES, text_of((const char *)said, sizeof(said))).w[0];
}

bool segment_held(const struct segment_lot *lot, struct token person)
{
	return drawn(lot, person) < lot->below;
}

void segment_deal(const struct segment_lot *lot, const uint16_t *district, uint32_t n, uint32_t hold_out_permille,
                  uint32_t waves, uint32_t *start)
{
	uint32_t held = (uint32_t)(((uint64_t)n * hold_out_permille + 500) / 1000);

	held += held == 0 && waves == 1 && n > 1;
	held -= held == n;
	for (uint32_t k = 0; k < n; k++) {
		uint64_t mine = drawn(lot, (struct token){ { 0, district[k] } });
		uint32_t rank = 0;

		for (uint32_t i = 0; i < n; i++) {
			uint64_t other = drawn(lot, (struct token){ { 0, district[i] } });

			rank += other < mine || (other == mine && district[i] < district[k]);
		}
		start[k] = rank < held ? waves : (rank - held) * waves / (n - held);
	}
}
