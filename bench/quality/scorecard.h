/* scorecard.h - a table of points, learnt from labelled rows, that a person can add up with a pencil.
 *
 * Each feature is cut into a few bins; a bin is worth its weight of evidence (the log of how much more often fraud falls into it
 * than innocence does), weighed by a logistic regression that knows that features overlap, and rounded to whole points. 20
 * points double the odds of fraud; a sum of 0 is even odds. Everything is deterministic double arithmetic: equal rows give equal
 * cards. All of it, bins and choice of features included, looks at the training rows only.
 *
 * Sources: weight of evidence as in credit scoring (Siddiqi 2006); merging bins by chi-square (Kerber 1992); Newton's method
 * with an L2 penalty. It is no gradient boosting and sees no interactions: that is the price of being readable. */
#ifndef DUANKA_BENCH_SCORECARD_H
#define DUANKA_BENCH_SCORECARD_H
#include "sheet.h"

enum {
	CARD_BINS_MAX = 24, /* of a measured feature, the one for missing values included */
	CARD_FEATURES_MAX = SHEET_COLUMNS_MAX,
	CARD_POINTS_TO_DOUBLE = 20
};

struct card_options {
	int bins;                /* of a measured feature, without the missing one: at most CARD_BINS_MAX - 1 */
	int start_bins;          /* cut first into so many of about equal size, then merged; at most CARD_BINS_MAX - 1 */
	double chi_square;       /* neighbours that differ by less are merged */
	double min_iv;           /* features with less information value are left out */
	double code_rows;        /* a coded value is believed as if so many average rows had been seen before */
	double l2;               /* of the regression's weights, in rows */
	bool missing_is_nothing; /* a missing value gets no points: nobody is accused of what isn't known */
	int features;            /* at most so many; the weakest leave one by one. 0: no limit */
};
struct card_options card_defaults(void);

struct card_feature {
	int column; /* of the sheet */
	bool coded;
	int n_bins;     /* bin 0: missing. Measured: bin b holds edge[b - 2] <= v < edge[b - 1]. Coded: bin = code + 1 */
	double *edge;   /* n_bins - 2, rising */
	double *woe;    /* by bin */
	uint32_t *rows; /* training rows by bin */
	uint32_t *fraud;
	double iv;
	double weight; /* 0: not on the card */
	int *points;   /* by bin */
};

struct card {
	int n_features;
	struct card_feature feature[CARD_FEATURES_MAX];
	double intercept;
	int base_points;
};

/* rows: indexes of the training rows; label by row of the sheet, 0 or 1 for each of them. skip[c]: column c is no feature.
 * False: no memory, or a class lacks. */
bool card_fit(struct card *k, const struct sheet *s, const signed char *label, const uint32_t *rows, size_t n,
              const bool skip[SHEET_COLUMNS_MAX], const struct card_options *o);
void card_release(struct card *k);
int card_bin(const struct card_feature *f, double v);
int card_score(const struct card *k, const struct sheet *s, size_t row); /* whole points, as a person would add them */
double card_probability(int points);
/* The weight of evidence of a bin, positive for fraud; half a row is added to both so that it is finite. */
double card_woe(double fraud, double innocent, double all_fraud, double all_innocent);

/* Logistic regression: x has n rows of k values; w gets k weights and then the intercept, and is where the search starts. The
 * penalty l2/2 * |w|^2 spares the intercept. Returns the number of Newton steps, 0 for no memory or no convergence. */
int card_logistic(const double *x, const signed char *y, size_t n, int k, double l2, double *w);

#endif
