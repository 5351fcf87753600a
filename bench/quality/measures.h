/* measures.h - what a detector is worth on labelled rows: intervals, AUC, average precision, recall at a false positive rate.
 *
 * Scores are higher for more suspicious rows; labels are 1 fraud, 0 innocent. Rows of equal score are never told apart: ties
 * count half in the AUC and come in together everywhere else, so the order of rows never matters. */
#ifndef DUANKA_BENCH_MEASURES_H
#define DUANKA_BENCH_MEASURES_H
#include <stdbool.h>
#include <stddef.h>

struct measure_row {
	double score;
	int label;
};

struct measure_range {
	double low, high;
};

/* Wilson's 95 % interval of hits out of n (Wilson 1927); 0 to 1 for n = 0. */
struct measure_range measure_wilson(size_t hits, size_t n);
/* The part of alerts that would be right where a part `base` of all is fraud. NAN if nothing is ever alerted. */
double measure_precision_at_base(double recall, double fpr, double base);

/* These sort the rows by falling score. NAN where one of the classes lacks. */
double measure_auc(struct measure_row *row, size_t n);
double measure_average_precision(struct measure_row *row, size_t n);
/* The recall of the lowest line whose false positives are at most fpr of the innocent rows. */
double measure_recall_at_fpr(struct measure_row *row, size_t n, double fpr);

struct measure_counts {
	size_t tp, fp, tn, fn;
};
/* Fraud is called where score >= line. */
struct measure_counts measure_at(const struct measure_row *row, size_t n, double line);
double measure_accuracy(const struct measure_counts *c);
double measure_f1(const struct measure_counts *c);       /* of the fraud class */
double measure_f1_macro(const struct measure_counts *c); /* mean of both classes: what most papers print */

#endif
