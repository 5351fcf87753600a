/* campaign_year.h - half a year of a made-up town with a campaign in it, through the real pipeline: events of openings and calls alert in the engine and become warnings, commands are journaled and
 * projected, the roster is read from the journal, the segment drawn by lot, texts and receipts are objects, reports of fraud come as commands; and at the end the report is made of the registry.
 *
 * What is true is known here and nowhere else: whoever a scam contacts becomes a victim with chance `base`, and, if the campaign reached them, with base * (1 - effect); and whoever it reached may report attempts that nobody saw, which prevents nothing. A policy of its own warns whoever is called twice
 * within the hour by a number that nobody knows, so that each contact is seen. No clock and no random source: the same options give the same journal to the byte. */
#ifndef DUANKA_DAY_CAMPAIGN_YEAR_H
#define DUANKA_DAY_CAMPAIGN_YEAR_H
#include "base/disk.h"
#include "base/hash.h"
#include "gateway/measuring.h"

enum {
	CAMPAIGN_YEAR_PEOPLE_MAX = 100000,
	CAMPAIGN_YEAR_DISTRICTS_MAX = 200
};

extern const struct hash_key campaign_year_key; /* of all tokens in it: made-up data needs no secret */

struct campaign_year {
	uint64_t seed;
	int64_t start_us;
	uint32_t people;
	double contact, base,
		effect;     /* chances; effect: share of victims that the campaign prevents among those whom it reaches */
	double reached; /* share of texts that are receipted */
	double
		reports; /* chance that somebody whom it reached, and whom no scam was seen to contact, reports an attempt: it raises reporting and prevents nothing */
	enum campaign_outcome outcome; /* of a drip by which it is judged; a flood is judged by victims */
	uint32_t hold_out_permille;
	bool stop;  /* it is stopped at the end */
	bool early; /* the report is asked for half way */
	uint32_t districts,
		waves; /* 0: a drip; else a flood over so many, in which the campaign acts on whoever lives where it is */
	struct disk *disk; /* of the journal, empty; borrowed */
	const char *
		folder; /* registry.sqlite comes there, and campaigns/roster and campaigns/CA-N.segment; both folders are there */
};

/* 1,000 people, of whom a scam contacts 40 %, and 25 % of those fall for it; half held out, 95 % of the texts receipted; effect 0.5, judged by conversion, seed 1, from 2026-03-01. */
void campaign_year_defaults(struct campaign_year *y);
/* ERR_RANGE: options beyond the limits or without sense; ERR_IO, ERR_MEMORY; why may have a line. */
enum err campaign_year_run(const struct campaign_year *y, struct measured *out, struct buf *why) MUST_CHECK;
/* Of a drip: power by the exact test, with what of the effect is left when only so many are reached. */
double campaign_year_power(const struct campaign_year *y);

#endif
