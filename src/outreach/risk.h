/* risk.h - which outlets, agents and clerks sell cards and accounts that turn up in fraud (开户开卡渠道风险): counts, estimates with limits, ranks. Pure; the caller brings openings and findings.
 *
 * For one month. A unit is an outlet, an agent or a clerk of one organisation, or the organisation itself, for cards and accounts each. Of a unit counts
 *   opened     what it opened in the twelve months that end with the month
 *   involved   of that, what was found involved in the month (涉案)
 * so that the involved of two months are different ones and two months in a row say more than one. The estimate is Bayes' with a prior fitted to all units of the same level and thing: the share is Beta(a, b)
 * before, Beta(a + involved, b + opened - involved) after. a and b follow from the factorial moments, in whole numbers until the last division:
 *   mean = sum k / sum n,   mean square = sum k(k-1) / sum n(n-1),   n opened, k involved,
 * bounded so that a >= 1: the prior is worth at least one involved card or account. Hence a unit with one of them never has its lower limit above the mean, however little it sold, and one with nothing lies below the mean.
 * Ranks go by the lower limit. In the top group (重点关注) are those of the first RISK_TOP_PERCENT whose lower limit lies above the mean; twice in a row: a warning talk (告诫谈话) is proposed, by no machine carried out.
 *
 * What is fed in which order does not matter: everything is counted, and what ties is ordered by its name. The caller owns openings; units are the risk's. */
#ifndef DUANKA_OUTREACH_RISK_H
#define DUANKA_OUTREACH_RISK_H
#include "desk/opening.h"

enum {
	RISK_UNITS_MAX = 1 << 20,
	RISK_MONTH_MAX = 1 << 22, /* openings of the month */
	RISK_YEAR_MONTHS = 12,
	RISK_TOP_PERCENT = 5,
	RISK_EARLY_DAYS = 30,
	RISK_NIGHT_FROM = 22, /* hours, local */
	RISK_NIGHT_TO = 6,
	RISK_BATCH_PERSON = 3, /* openings for one person within an hour */
	RISK_BATCH_SELLER = 20 /* by one agent, or by one clerk, within an hour */
};
#define RISK_LIMIT 0.05 /* of the lower limit; the upper one is 1 - that */

enum risk_level {
	RISK_OUTLET,
	RISK_AGENT,
	RISK_CLERK,
	RISK_ORGANISATION,
	RISK_LEVELS
};
extern const char *const risk_level_names[RISK_LEVELS], *const risk_level_zh[RISK_LEVELS];

enum risk_span { /* of findings */
	RISK_NOW,    /* the month */
	RISK_BEFORE, /* the one before */
	RISK_YEAR,   /* the same a year earlier */
	RISK_SPANS
};

struct risk_unit {
	uint8_t level, thing;
	uint16_t organisation;
	struct token token;                   /* zero of an organisation */
	uint64_t opened[2], involved[2];      /* by RISK_NOW and RISK_BEFORE, as told above */
	uint64_t found[RISK_SPANS];           /* found involved, whenever opened */
	uint64_t early;                       /* of found[RISK_NOW]: within RISK_EARLY_DAYS of opening */
	uint64_t month, night, batch, remote; /* openings of the month, and of these at night, in a batch, remote */
	/* made by risk_settle */
	double estimate, lower, upper; /* shares */
	uint32_t rank[2];              /* from 1, among its level and thing, of either month; 0: nothing opened */
	bool top[2];                   /* in the top group of either month */
};
struct risk_prior {
	uint64_t units, opened, involved;
	double a, b; /* 0: nothing was opened */
};

struct risk;
/* month_us: the first moment of the month, local. */
enum err risk_new(struct risk **out, int64_t month_us) MUST_CHECK;
void risk_free(struct risk *r);              /* NULL is fine */
int64_t risk_from_us(const struct risk *r);  /* openings from here on matter: */
int64_t risk_until_us(const struct risk *r); /* up to here, which is the month's end */
/* ERR_CAP: more units, or openings in the month, than there may be. Those outside of the year and the month before it are passed over. */
enum err risk_open(struct risk *r, const struct desk_opening *o) MUST_CHECK;
/* Whether what was found then is counted at all. */
bool risk_counts(const struct risk *r, int64_t found_us);
/* Its card or account was found involved then, for the first time since it was opened. */
enum err risk_find(struct risk *r, const struct desk_opening *o, int64_t found_us) MUST_CHECK;
/* Estimates, limits, ranks, once, at the end. */
enum err risk_settle(struct risk *r) MUST_CHECK;
/* In order of level, thing, rank; those that opened nothing last. */
const struct risk_unit *risk_units(const struct risk *r, uint32_t *n);
const struct risk_prior *risk_prior(const struct risk *r, enum risk_level level, uint8_t thing, enum risk_span span);
/* Whether a talk is to be proposed: in the top group of both months. */
static inline bool risk_talk(const struct risk_unit *u)
{
	return u->top[RISK_NOW] && u->top[RISK_BEFORE];
}

/* The prior of sums: of n, k, n(n-1), k(k-1) over all units. */
struct risk_sums {
	uint64_t units, n, k;
	unsigned __int128 nn, kk;
};
struct risk_prior risk_fit(const struct risk_sums *s);
/* Found again: findings of all things in any order become those that are the first since an opening. */
struct risk_finding {
	struct desk_entity thing;
	int64_t found_us;
	uint64_t object; /* that says so */
	uint8_t kind;    /* its kind */
};
void risk_findings_sort(struct risk_finding *f, size_t n);
/* Whether f[i], sorted, is the first of its thing at or behind opened_us. */
bool risk_finding_first(const struct risk_finding *f, size_t i, int64_t opened_us);

/* risk_batch.c: marks those that are among `least` or more of one key within an hour. Ties in time are together. */
struct risk_moment {
	struct token key;
	int64_t time_us;
	uint32_t opening; /* index into marks */
};
void risk_batches(struct risk_moment *m, size_t n, uint32_t least, bool *marks);

#endif
