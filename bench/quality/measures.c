/* measures.c - see measures.h. One pass over rows sorted by falling score; a group of equal scores is taken at once. It is
 * not a statistics library: what no report of ours prints is not here. */
#include "measures.h"
#include <math.h>
#include <stdlib.h>

struct measure_range measure_wilson(size_t hits, size_t n)
{
	if (n == 0)
		return (struct measure_range){ 0, 1 };
	const double z = 1.959963984540054;
	double total = (double)n, p = (double)hits / total, z2 = z * z;
	double middle = p + z2 / (2 * total);
	double half = z * sqrt(p * (1 - p) / total + z2 / (4 * total * total));
	double scale = 1 + z2 / total;
	/* The ends are exact where nothing or everything was hit; rounding would put them beside. */
	return (struct measure_range){ hits == 0 ? 0 : (middle - half) / scale, hits == n ? 1 : (middle + half) / scale };
}

double measure_precision_at_base(double recall, double fpr, double base)
{
	double right = recall * base, wrong = fpr * (1 - base);
	return right + wrong > 0 ? right / (right + wrong) : NAN;
}

static int by_falling_score(const void *x, const void *y)
{
	const struct measure_row *a = x, *b = y;
	return a->score > b->score ? -1 : a->score < b->score;
}

/* Sorts; false where one of the classes lacks. */
static bool prepare(struct measure_row *row, size_t n, double *frauds, double *innocents)
{
	*frauds = 0;
	for (size_t i = 0; i < n; i++)
		*frauds += row[i].label;
	*innocents = (double)n - *frauds;
	if (*frauds < 1 || *innocents < 1)
		return false;
	qsort(row, n, sizeof *row, by_falling_score);
	return true;
}

/* Counts the rows from i on that share its score; returns the index behind them. */
static size_t group(const struct measure_row *row, size_t n, size_t i, double *frauds, double *innocents)
{
	size_t end = i;
	*frauds = *innocents = 0;
	for (; end < n && row[end].score == row[i].score; end++)
		*(row[end].label ? frauds : innocents) += 1;
	return end;
}

double measure_auc(struct measure_row *row, size_t n)
{
	double frauds, innocents, area = 0, above = 0, f, g;
	if (!prepare(row, n, &frauds, &innocents))
		return NAN;
	for (size_t i = 0; i < n; above += f) {
		i = group(row, n, i, &f, &g);
		area += g * (above + f / 2);
	}
	return area / (frauds * innocents);
}

double measure_average_precision(struct measure_row *row, size_t n)
{
	double frauds, innocents, sum = 0, tp = 0, fp = 0, f, g;
	if (!prepare(row, n, &frauds, &innocents))
		return NAN;
	for (size_t i = 0; i < n;) {
		i = group(row, n, i, &f, &g);
		tp += f;
		fp += g;
		sum += f * tp / (tp + fp);
	}
	return sum / frauds;
}

double measure_recall_at_fpr(struct measure_row *row, size_t n, double fpr)
{
	double frauds, innocents, tp = 0, fp = 0, f, g;
	if (!prepare(row, n, &frauds, &innocents))
		return NAN;
	for (size_t i = 0; i < n; tp += f, fp += g) {
		i = group(row, n, i, &f, &g);
		if (fp + g > fpr * innocents)
			break;
	}
	return tp / frauds;
}

struct measure_counts measure_at(const struct measure_row *row, size_t n, double line)
{
	struct measure_counts c = { 0 };
	for (size_t i = 0; i < n; i++) {
		bool called = row[i].score >= line;
		if (row[i].label)
			called ? c.tp++ : c.fn++;
		else
			called ? c.fp++ : c.tn++;
	}
	return c;
}

double measure_accuracy(const struct measure_counts *c)
{
	return (double)(c->tp + c->tn) / (double)(c->tp + c->tn + c->fp + c->fn);
}

static double f1(size_t hit, size_t wrong, size_t missed)
{
	size_t n = 2 * hit + wrong + missed;
	return n ? 2 * (double)hit / (double)n : 0;
}

double measure_f1(const struct measure_counts *c)
{
	return f1(c->tp, c->fp, c->fn);
}

double measure_f1_macro(const struct measure_counts *c)
{
	return (f1(c->tp, c->fp, c->fn) + f1(c->tn, c->fn, c->fp)) / 2;
}
