/* cross.h - a scorecard judged on rows it has not seen: stratified folds, and one printed line of figures. */
#ifndef DUANKA_BENCH_CROSS_H
#define DUANKA_BENCH_CROSS_H
#include "measures.h"
#include "scorecard.h"

enum {
	CROSS_FOLDS = 5
};

struct cross_result {
	struct measure_row *row; /* one a labelled row, scored in points by the card of the other folds */
	size_t n;
	double fold_auc[CROSS_FOLDS];
	int features; /* most on a card */
};

/* rows: the labelled rows. The seed decides the folds, each with its share of both classes. False: no memory. */
bool cross_validate(struct cross_result *r, const struct sheet *s, const signed char *label, const uint32_t *rows,
                    size_t n, const bool skip[SHEET_COLUMNS_MAX], const struct card_options *o, uint64_t seed);
void cross_release(struct cross_result *r);
/* Scores the test rows with a card of the training rows. */
bool cross_split(struct cross_result *r, const struct sheet *s, const signed char *label, const uint32_t *train,
                 size_t n_train, const uint32_t *test, size_t n_test, const bool skip[SHEET_COLUMNS_MAX],
                 const struct card_options *o);

/* The card as a table: feature, bin, rows, fraud among them, points. Coded features: the dearest and cheapest codes only,
 * with the names given by name(arg, column, code). */
void cross_print_card(const struct card *k, const struct sheet *s,
                      struct text (*name)(const void *arg, int column, uint32_t code), const void *arg);

#endif
