/* scorecard.c - see scorecard.h: which features stay, what they weigh, and the points. Bins are made in scorecard_bins.c, the
 * regression in logistic.c. Features leave one at a time: first those that would count against their own evidence (a weight
 * below zero: a reader could not follow), then, down to the number asked for, the one whose points spread least. */
#include "scorecard_int.h"
#include "base/mem.h"
#include <math.h>
#include <string.h>

struct card_options card_defaults(void)
{
	return (
		struct card_options){ .bins = 6, .start_bins = 20, .chi_square = 10, .min_iv = 0.02, .code_rows = 20, .l2 = 1 };
}

void card_release(struct card *k)
{
	for (int i = 0; i < k->n_features; i++)
		card_feature_release(&k->feature[i]);
	k->n_features = 0;
}

/* What the search for weights works on: the features still in, their evidence by row, their weights. */
struct search {
	int k, feature[CARD_FEATURES_MAX]; /* of the card */
	double *x;
	double w[CARD_FEATURES_MAX + 1];
	signed char *y;
};

static void evidence(const struct card *k, const struct sheet *s, const struct card_training *t, struct search *q)
{
	for (int j = 0; j < q->k; j++) {
		const struct card_feature *f = &k->feature[q->feature[j]];
		const double *v = s->column[f->column].v;
		for (size_t i = 0; i < t->n; i++)
			q->x[i * (size_t)q->k + (size_t)j] = f->woe[card_bin(f, v[t->rows[i]])];
	}
}

static double spread(const struct card_feature *f, double weight)
{
	double n = 0, sum = 0, squares = 0;
	for (int b = 0; b < f->n_bins; b++) {
		n += f->rows[b];
		sum += f->rows[b] * f->woe[b];
		squares += f->rows[b] * f->woe[b] * f->woe[b];
	}
	double variance = squares / n - sum / n * (sum / n);
	return weight * sqrt(variance > 0 ? variance : 0);
}

/* The place of the feature that should leave next, or -1. */
static int weakest(const struct card *k, const struct search *q, int features)
{
	int at = -1;
	double least = INFINITY;
	for (int j = 0; j < q->k; j++) {
		double worth = spread(&k->feature[q->feature[j]], q->w[j]);
		if (worth < least) {
			least = worth;
			at = j;
		}
	}
	return least <= 0 || (features > 0 && q->k > features) ? at : -1;
}

static void leave(struct search *q, int at)
{
	for (int j = at; j + 1 < q->k; j++)
		q->feature[j] = q->feature[j + 1];
	for (int j = at; j < q->k; j++) /* the intercept follows the weights */
		q->w[j] = q->w[j + 1];
	q->k--;
}

static bool search(struct card *k, const struct sheet *s, const struct card_training *t, const struct card_options *o,
                   struct search *q)
{
	for (int j = 0; j < q->k; j++)
		q->w[j] = 0.5;
	q->w[q->k] = log((double)t->frauds / (double)(t->n - t->frauds));
	for (;;) {
		evidence(k, s, t, q);
		if (!card_logistic(q->x, q->y, t->n, q->k, o->l2, q->w))
			return false;
		int at = weakest(k, q, o->features);
		if (at < 0)
			return true;
		leave(q, at);
	}
}

static void to_points(struct card *k, const struct search *q)
{
	double scale = CARD_POINTS_TO_DOUBLE / log(2);
	k->intercept = q->w[q->k];
	k->base_points = (int)lround(k->intercept * scale);
	for (int j = 0; j < q->k; j++) {
		struct card_feature *f = &k->feature[q->feature[j]];
		f->weight = q->w[j];
		for (int b = 0; b < f->n_bins; b++)
			f->points[b] = (int)lround(f->weight * f->woe[b] * scale);
	}
}

static bool cut_all(struct card *k, const struct sheet *s, const struct card_training *t, const bool *skip,
                    const struct card_options *o)
{
	for (int c = 0; c < s->n_columns; c++) {
		if (skip[c])
			continue;
		struct card_feature *f = &k->feature[k->n_features++];
		f->column = c;
		if (!card_cut_feature(f, t, &s->column[c], o))
			return false;
		if (f->iv < o->min_iv) {
			card_feature_release(f);
			k->n_features--;
		}
	}
	return true;
}

bool card_fit(struct card *k, const struct sheet *s, const signed char *label, const uint32_t *rows, size_t n,
              const bool skip[SHEET_COLUMNS_MAX], const struct card_options *o)
{
	struct card_training t = { label, rows, n, 0 };
	struct search q = { 0 };
	memset(k, 0, sizeof *k);
	for (size_t i = 0; i < n; i++)
		t.frauds += label[rows[i]] == 1;
	if (t.frauds == 0 || t.frauds == n)
		return false;
	bool good = cut_all(k, s, &t, skip, o);
	q.k = k->n_features;
	for (int j = 0; j < q.k; j++)
		q.feature[j] = j;
	q.x = mem_alloc_array(n * (size_t)(q.k + 1), sizeof *q.x);
	q.y = mem_alloc_array(n, sizeof *q.y);
	if (good && q.x && q.y) {
		for (size_t i = 0; i < n; i++)
			q.y[i] = label[rows[i]];
		good = search(k, s, &t, o, &q);
	} else {
		good = false;
	}
	if (good)
		to_points(k, &q);
	else
		card_release(k);
	mem_free(q.x);
	mem_free(q.y);
	return good;
}

int card_score(const struct card *k, const struct sheet *s, size_t row)
{
	int sum = k->base_points;
	for (int i = 0; i < k->n_features; i++) {
		const struct card_feature *f = &k->feature[i];
		if (f->weight > 0)
			sum += f->points[card_bin(f, s->column[f->column].v[row])];
	}
	return sum;
}

double card_probability(int points)
{
	return 1 / (1 + exp2(-(double)points / CARD_POINTS_TO_DOUBLE));
}
