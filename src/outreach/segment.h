/* segment.h - who belongs to a campaign: people as rows of tokens and small facts, an audience as a rule on them, and the lot that holds some of them out. Pure: rows come and go as bytes.
 *
 * A row holds what events and lists have told: year of birth (from the identity number, at decode), when the number was opened, when a scam was in touch, which campaigns' texts came, and in which members' lists the
 * person stands with their consent. No name, no number. One row a person, so that nobody is drawn twice; who holds several phones is texted on the one that became theirs last.
 *
 * The lot is a keyed hash of the campaign and the person. It can be computed again by whoever has the installation's key; nobody can pick whom it takes, and nobody without the key can know. */
#ifndef DUANKA_OUTREACH_SEGMENT_H
#define DUANKA_OUTREACH_SEGMENT_H
#include "desk/campaign.h"

enum {
	RECIPIENT_BYTES = 48, /* of a row in a roster */
	MEMBER_BYTES = 40,    /* of a row in a segment */
	RECIPIENT_TEXTS = 3,
	SEGMENT_TEXT_DAYS = 30
};

enum recipient_list { /* bits: in a member's list, and consents to be written to because of it */
	LIST_STUDENTS = 1,
	LIST_FINANCE = 2,
	LIST_PARENTS = 4
};
enum recipient_flag {
	RECIPIENT_MOBILE = 1,  /* the phone can be texted */
	RECIPIENT_REFUSED = 2, /* wants no such texts */
	RECIPIENT_WARNED = 4   /* has an open warning */
};

/* Days are those since 1970-01-01, local time; 0: never, or not known. */
struct recipient {
	struct token person, phone; /* person: the phone's own token where the holder is not known */
	uint16_t birth_year, district, opened_day, contacted_day;
	uint16_t texted_day[RECIPIENT_TEXTS]; /* of campaigns, newest first */
	uint8_t lists, flags;
};
void recipient_put(const struct recipient *r, unsigned char out[RECIPIENT_BYTES]);
void recipient_take(const unsigned char in[RECIPIENT_BYTES], struct recipient *out);

struct segment_rule {
	enum campaign_audience audience;
	uint16_t year, day; /* today */
	uint16_t district;  /* 0: everywhere */
	uint16_t texts_max; /* within SEGMENT_TEXT_DAYS, this campaign's included; 1 to RECIPIENT_TEXTS */
	bool texts;         /* people are texted: they need a phone for it, and have not refused */
	bool without_warned;
};

/* Why somebody is not in a segment; the first that holds. X(NAME, name, Chinese) */
#define SEGMENT_WHYS(X)                                            \
	X(IN, "in", "入选")                                            \
	X(ELSEWHERE, "elsewhere", "不在辖区")                          \
	X(AUDIENCE, "not-of-the-audience", "不属于该人群（或未同意）") \
	X(NO_PHONE, "no-phone", "无可接收短信的号码")                  \
	X(REFUSED, "refused", "拒收宣传短信")                          \
	X(WARNED, "open-warning", "预警处置中")                        \
	X(TEXTED, "texted-enough", "已达短信上限")
enum segment_why {
#define X(name, en, zh) SEGMENT_##name,
	SEGMENT_WHYS(X)
#undef X
	SEGMENT_WHY_COUNT
};
extern const struct segment_why_info {
	const char *name, *zh;
} segment_whys[SEGMENT_WHY_COUNT];

enum {
	SEGMENT_AGE_ELDERLY = 60, /* 老年人权益保障法 Art 2 */
	SEGMENT_NEW_DAYS = 90,    /* ours */
	SEGMENT_LATELY_DAYS = 30  /* ours */
};
enum segment_why segment_judge(const struct segment_rule *rule, const struct recipient *r);

/* The lot of a campaign. */
struct segment_lot {
	struct hash_key key;
	uint64_t campaign, seed;
	uint64_t below; /* a hash below it: held out */
};
void segment_lot_init(struct segment_lot *lot, const struct hash_key *key, uint64_t campaign, uint64_t seed,
                      uint32_t hold_out_permille);
bool segment_held(const struct segment_lot *lot, struct token person);
/* Districts of a flood are few, so exactly the share is held out: start[k] becomes the wave (from 0) from which the k-th of n districts has the campaign, `waves` if never. In order of their hashes; with several
 * waves nobody is held out for good unless the share says so, and waves are of equal size as far as it goes. */
void segment_deal(const struct segment_lot *lot, const uint16_t *district, uint32_t n, uint32_t hold_out_permille,
                  uint32_t waves, uint32_t *start);

struct
	member { /* of a segment: a person, or of a flood a district, with w[1] = its number and phone.w[1] = its people */
	struct token person, phone;
	uint16_t district;
	uint8_t wave; /* 0: from the beginning */
	bool held;
};
void member_put(const struct member *m, unsigned char out[MEMBER_BYTES]);
void member_take(const unsigned char in[MEMBER_BYTES], struct member *out);

#endif
