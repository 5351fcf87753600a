/* scorecard_int.h - between scorecard.c, which chooses and weighs the features, and scorecard_bins.c, which cuts them. */
#ifndef DUANKA_BENCH_SCORECARD_INT_H
#define DUANKA_BENCH_SCORECARD_INT_H
#include "scorecard.h"

struct card_training {
	const signed char *label; /* by row of the sheet */
	const uint32_t *rows;
	size_t n, frauds;
};

/* On failure f may hold memory: card_feature_release. */
bool card_cut_feature(struct card_feature *f, const struct card_training *t, const struct sheet_column *c,
                      const struct card_options *o);
bool card_feature_alloc(struct card_feature *f, int bins_max);
void card_feature_release(struct card_feature *f);

#endif
