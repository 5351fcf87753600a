/* effect.h - whether a campaign helped, from the counts of who was assigned to it and who was held out; and how likely it is beforehand that it can be told.
 *
 * Intention to treat comes first: people are compared as they were assigned by lot, whoever was really reached. What reaching did (the complier's effect) follows from it and is never claimed by itself.
 * One outcome, named in the plan, is judged; the others are shown. An effect is claimed only if the campaign is over and was not stopped, the exact test says so at the plan's error, and the interval
 * leaves out zero. Everything else is said to be what it is: too early, stopped, too few, not comparable, or not shown.
 *
 * Conversion is counted among those contacted, so it says something only if the lot's two arms were contacted alike. If they were not, unlike people would be compared, and a campaign could "help" without preventing a
 * single fraud: then the verdict is CAMPAIGN_NOT_COMPARABLE.
 *
 * A flood goes to whole districts, and people of one district are alike. So districts are what is counted: the campaign is compared, at the same time, between districts that have it and those that
 * do not have it yet, and the test deals the starting times out anew, as the lot could have (cluster_judge). */
#ifndef DUANKA_OUTREACH_EFFECT_H
#define DUANKA_OUTREACH_EFFECT_H
#include "desk/campaign.h"
#include "outreach/chance.h"

struct effect_arm {
	uint64_t people, reached;
	uint64_t contacted, contacted_reached; /* by a scam while it counts; and of them those whom the campaign reached */
	uint64_t contacted_victims;            /* of them, those who fell for it */
	uint64_t victims, victims_reached;
	uint64_t reports;
};

struct effect_plan {
	enum campaign_outcome outcome;
	double alpha, power;
	double effect;  /* the smallest relative change worth knowing: 0.5 is half as many */
	double base;    /* the outcome without a campaign */
	double contact; /* share of people whom a scam contacts */
	double held;    /* share held out */
};

enum effect_timing {
	EFFECT_OVER, /* it ended, and its time of observation is over */
	EFFECT_TOO_EARLY,
	EFFECT_STOPPED
};

struct effect {
	enum effect_timing timing;
	enum campaign_verdict verdict;          /* of EFFECT_OVER; else CAMPAIGN_NOT_SHOWN */
	struct chance_share assigned, held_out; /* the outcome, in those that it is counted among */
	double rate, rate_held, difference;     /* NAN: nobody */
	struct chance_interval interval;
	double p;
	bool rules_out_worth; /* not shown, and a change as large as the one worth knowing is outside the interval */
	double compliers;     /* what being reached changed; NAN: nobody was reached */
	struct chance_interval compliers_interval;
	double
		contact_p; /* that a scam contacts both arms alike: a small one says that the campaign changed who is contacted, or that the lot went wrong */
};
/* Of people: below it conversion is not comparable. Of districts, which are too few for such a p, the plan's error takes its place. */
#define EFFECT_CONTACT_P 0.001

/* The outcome of the arm, in those that it is counted among. */
struct chance_share effect_share(enum campaign_outcome outcome, const struct effect_arm *arm);
void effect_judge(const struct effect_plan *p, enum effect_timing timing, const struct effect_arm *assigned,
                  const struct effect_arm *held_out, struct effect *out);

struct effect_power {
	double rate, rate_held; /* expected */
	double power;           /* with `people` */
	uint64_t needed;        /* people, held out included; 0: more than there can be */
};
/* people: in both arms together. */
void effect_plan_power(const struct effect_plan *p, uint64_t people, struct effect_power *out);

/* ---- floods ---- */

enum {
	CLUSTERS_MAX = 512,
	CLUSTER_PERIODS_MAX = 13,
	CLUSTER_DRAWS = 4999
};
struct cluster {
	uint32_t starts; /* period from which it has the campaign; the number of periods: never */
	uint64_t x[CLUSTER_PERIODS_MAX], n[CLUSTER_PERIODS_MAX];
	uint64_t people; /* of conversion, where n is who was contacted; 0: whether alike is not asked */
};
struct cluster_effect {
	enum campaign_verdict verdict;
	double difference;               /* a weighted mean over periods; NAN: never both at a time */
	struct chance_interval interval; /* infinite where the districts are too few for an end */
	double p, least_p;               /* least: what the lot could have given at best */
	double contact_p;                /* as of struct effect, by the same deals; NAN: not asked */
};
/* seed: of the draws; the same one gives the same p. ERR_MEMORY. */
enum err cluster_judge(const struct effect_plan *p, const struct cluster *c, uint32_t n, uint32_t periods,
                       uint64_t seed, struct cluster_effect *out) MUST_CHECK;
/* Power of `clusters` districts of `size` people (or contacted ones) each, by the design effect 1 + (size - 1) icc and Student's t with clusters - 2 degrees of freedom; parallel arms. An approximation: districts of
 * equal size, and a stepped start tells a little less than parallel arms of the same districts. */
double cluster_power(const struct effect_plan *p, uint32_t clusters, uint64_t size, double icc);

#endif
