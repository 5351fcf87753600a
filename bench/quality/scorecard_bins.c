/* scorecard_bins.c - cuts one feature into bins (scorecard.h): many of about equal size first, then neighbours that tell fraud
 * from innocence alike are merged, those that differ least first, until all that are left differ and are few enough. */
#include "scorecard_int.h"
#include "base/mem.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

double card_woe(double fraud, double innocent, double all_fraud, double all_innocent)
{
	return log((fraud + 0.5) / (all_fraud + 0.5)) - log((innocent + 0.5) / (all_innocent + 0.5));
}

int card_bin(const struct card_feature *f, double v)
{
	if (isnan(v))
		return 0;
	if (f->coded)
		return v >= 0 && v < f->n_bins - 1 ? (int)v + 1 : 0;
	int bin = 1;
	while (bin < f->n_bins - 1 && v >= f->edge[bin - 1])
		bin++;
	return bin;
}

bool card_feature_alloc(struct card_feature *f, int bins_max)
{
	size_t n = (size_t)bins_max;
	f->edge = mem_alloc_array(n, sizeof *f->edge);
	f->woe = mem_alloc_array(n, sizeof *f->woe);
	f->rows = mem_alloc_array(n, sizeof *f->rows);
	f->fraud = mem_alloc_array(n, sizeof *f->fraud);
	f->points = mem_alloc_array(n, sizeof *f->points);
	return f->edge && f->woe && f->rows && f->fraud && f->points;
}

void card_feature_release(struct card_feature *f)
{
	mem_free(f->edge);
	mem_free(f->woe);
	mem_free(f->rows);
	mem_free(f->fraud);
	mem_free(f->points);
	memset(f, 0, sizeof *f);
}

static int by_value(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;
	return a < b ? -1 : a > b;
}

/* Edges between runs of about equal size. Equal values stay together, so there may be fewer. */
static bool cut(struct card_feature *f, const struct card_training *t, const double *v, int start_bins)
{
	double *known = mem_alloc_array(t->n, sizeof *known);
	if (!known)
		return false;
	size_t n = 0;
	for (size_t i = 0; i < t->n; i++)
		if (!isnan(v[t->rows[i]]))
			known[n++] = v[t->rows[i]];
	qsort(known, n, sizeof *known, by_value);
	int edges = 0;
	for (int b = 1; b < start_bins && n > 0; b++) {
		double at = known[n * (size_t)b / (size_t)start_bins];
		if (at > known[0] && (edges == 0 || at > f->edge[edges - 1]))
			f->edge[edges++] = at;
	}
	f->n_bins = edges + 2;
	mem_free(known);
	return true;
}

static void count(struct card_feature *f, const struct card_training *t, const double *v)
{
	for (size_t i = 0; i < t->n; i++) {
		int bin = card_bin(f, v[t->rows[i]]);
		f->rows[bin]++;
		f->fraud[bin] += t->label[t->rows[i]] == 1;
	}
}

/* Chi-square of the table of two bins and two classes, with half a row added to each cell. */
static double difference(const struct card_feature *f, int a, int b)
{
	double fa = f->fraud[a] + 0.5, ga = f->rows[a] - f->fraud[a] + 0.5;
	double fb = f->fraud[b] + 0.5, gb = f->rows[b] - f->fraud[b] + 0.5;
	double n = fa + ga + fb + gb, cross = fa * gb - fb * ga;
	return n * cross * cross / ((fa + ga) * (fb + gb) * (fa + fb) * (ga + gb));
}

static void merge(struct card_feature *f, const struct card_options *o)
{
	while (f->n_bins > 2) {
		int least = 1;
		double least_difference = INFINITY;
		for (int b = 1; b + 1 < f->n_bins; b++) {
			double d = difference(f, b, b + 1);
			if (d < least_difference) {
				least = b;
				least_difference = d;
			}
		}
		if (least_difference >= o->chi_square && f->n_bins - 1 <= o->bins)
			return;
		f->rows[least] += f->rows[least + 1];
		f->fraud[least] += f->fraud[least + 1];
		size_t after = (size_t)(f->n_bins - least - 2);
		memmove(&f->rows[least + 1], &f->rows[least + 2], after * sizeof *f->rows);
		memmove(&f->fraud[least + 1], &f->fraud[least + 2], after * sizeof *f->fraud);
		memmove(&f->edge[least - 1], &f->edge[least], after * sizeof *f->edge);
		f->n_bins--;
	}
}

/* prior: so many average rows are added to each bin. A bin without rows says nothing. */
static void weigh(struct card_feature *f, const struct card_training *t, double prior, bool missing_is_nothing)
{
	double frauds = (double)t->frauds, innocents = (double)t->n - frauds, rate = frauds / (double)t->n;
	f->iv = 0;
	for (int b = 0; b < f->n_bins; b++) {
		double fraud = f->fraud[b], innocent = f->rows[b] - fraud;
		if (f->rows[b] == 0 || (b == 0 && missing_is_nothing))
			f->woe[b] = 0;
		else if (prior > 0)
			f->woe[b] = log((fraud + prior * rate) / (innocent + prior * (1 - rate))) - log(frauds / innocents);
		else
			f->woe[b] = card_woe(fraud, innocent, frauds, innocents);
		f->iv += (fraud / frauds - innocent / innocents) * f->woe[b];
	}
}

bool card_cut_feature(struct card_feature *f, const struct card_training *t, const struct sheet_column *c,
                      const struct card_options *o)
{
	f->coded = c->coded;
	if (!card_feature_alloc(f, c->coded ? (int)c->codes + 1 : CARD_BINS_MAX))
		return false;
	if (c->coded)
		f->n_bins = (int)c->codes + 1;
	else if (!cut(f, t, c->v, o->start_bins))
		return false;
	count(f, t, c->v);
	if (!c->coded)
		merge(f, o);
	weigh(f, t, c->coded ? o->code_rows : 0, o->missing_is_nothing);
	return true;
}
