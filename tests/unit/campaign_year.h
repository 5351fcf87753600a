/* campaign_year.h - half a year of a made-up town with a campaign in it, through the real pipeline: events of openings and calls alert in the engine and become warnings, commands are journaled and
 * projected, the roster is read from the journal, the segment drawn by lot, texts and receipts are objects, reports of fraud come as commands; and at the end the report is made of the registry.
 *
 * What is true is known here and nowhere else: whoever a scam contacts becomes a victim with chance `base`, and, if the campaign's text reached them, with base * (1 - effect). */
#ifndef DUANKA_TESTS_CAMPAIGN_YEAR_H
#define DUANKA_TESTS_CAMPAIGN_YEAR_H
#include "gateway/measuring.h"

struct year_options {
	uint64_t seed;
	uint32_t people;
	double contact, base,
		effect;     /* chances; effect: share of victims that the text prevents in those whom it reaches */
	double reached; /* share of texts that are receipted */
	uint32_t hold_out_permille;
	bool stop;  /* it is stopped half way */
	bool early; /* the report is asked for before the end */
	uint32_t
		districts;  /* 0: a drip; else a flood over so many, in which the campaign acts on whoever lives where it is */
	uint32_t waves; /* of a flood */
};
/* folder: a new one, for the registry and the files; it is emptied. */
void year_run(const struct year_options *o, const char *folder, struct measured *out);
/* Power by the exact test, with what of the effect is left when only so many are reached. */
double year_power(const struct year_options *o);

#endif
