/* cross.c - see cross.h. */
#include "cross.h"
#include "base/mem.h"
#include "base/rng.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

void cross_release(struct cross_result *r)
{
	mem_free(r->row);
	memset(r, 0, sizeof *r);
}

/* Each class is shuffled by itself (Fisher and Yates) and dealt out in turn. */
static bool deal(const signed char *label, const uint32_t *rows, size_t n, uint64_t seed, unsigned char *fold)
{
	uint32_t *order = mem_alloc_array(n, sizeof *order);
	if (!order)
		return false;
	struct rng rng;
	rng_seed(&rng, seed);
	for (int class = 0; class < 2; class ++) {
		size_t m = 0;
		for (size_t i = 0; i < n; i++)
			if (label[rows[i]] == class)
				order[m++] = (uint32_t)i;
		for (size_t i = m; i > 1; i--) {
			size_t j = (size_t)rng_below(&rng, i);
			uint32_t swap = order[i - 1];
			order[i - 1] = order[j];
			order[j] = swap;
		}
		for (size_t i = 0; i < m; i++)
			fold[order[i]] = (unsigned char)(i % CROSS_FOLDS);
	}
	mem_free(order);
	return true;
}

static void score(struct cross_result *r, const struct card *k, const struct sheet *s, const signed char *label,
                  const uint32_t *rows, size_t n)
{
	int features = 0;
	for (int i = 0; i < k->n_features; i++)
		features += k->feature[i].weight > 0;
	if (features > r->features)
		r->features = features;
	for (size_t i = 0; i < n; i++)
		r->row[r->n++] = (struct measure_row){ card_score(k, s, rows[i]), label[rows[i]] };
}

static bool score_split(struct cross_result *r, const struct sheet *s, const signed char *label, const uint32_t *train,
                        size_t n_train, const uint32_t *test, size_t n_test, const bool *skip,
                        const struct card_options *o)
{
	struct card k;
	if (!card_fit(&k, s, label, train, n_train, skip, o))
		return false;
	score(r, &k, s, label, test, n_test);
	card_release(&k);
	return true;
}

bool cross_validate(struct cross_result *r, const struct sheet *s, const signed char *label, const uint32_t *rows,
                    size_t n, const bool skip[SHEET_COLUMNS_MAX], const struct card_options *o, uint64_t seed)
{
	memset(r, 0, sizeof *r);
	r->row = mem_alloc_array(n, sizeof *r->row);
	unsigned char *fold = mem_alloc(n);
	uint32_t *train = mem_alloc_array(n, sizeof *train), *test = mem_alloc_array(n, sizeof *test);
	bool good = r->row && fold && train && test && deal(label, rows, n, seed, fold);
	for (int f = 0; good && f < CROSS_FOLDS; f++) {
		size_t a = 0, b = 0, before = r->n;
		for (size_t i = 0; i < n; i++)
			if (fold[i] == f)
				test[b++] = rows[i];
			else
				train[a++] = rows[i];
		good = score_split(r, s, label, train, a, test, b, skip, o);
		r->fold_auc[f] = good ? measure_auc(&r->row[before], r->n - before) : 0;
	}
	mem_free(fold);
	mem_free(train);
	mem_free(test);
	if (!good)
		cross_release(r);
	return good;
}

bool cross_split(struct cross_result *r, const struct sheet *s, const signed char *label, const uint32_t *train,
                 size_t n_train, const uint32_t *test, size_t n_test, const bool skip[SHEET_COLUMNS_MAX],
                 const struct card_options *o)
{
	memset(r, 0, sizeof *r);
	r->row = mem_alloc_array(n_test, sizeof *r->row);
	bool good = r->row && score_split(r, s, label, train, n_train, test, n_test, skip, o);
	if (!good)
		cross_release(r);
	return good;
}

static void print_bin(const struct card_feature *f, const struct sheet *s, int bin, struct text code)
{
	char range[2 * 32];
	if (bin == 0)
		snprintf(range, sizeof range, "missing");
	else if (f->coded)
		snprintf(range, sizeof range, "%.*s", (int)code.n, code.p);
	else if (f->n_bins == 2)
		snprintf(range, sizeof range, "any value");
	else if (bin == 1)
		snprintf(range, sizeof range, "below %.4g", f->edge[0]);
	else if (bin == f->n_bins - 1)
		snprintf(range, sizeof range, "%.4g and more", f->edge[bin - 2]);
	else
		snprintf(range, sizeof range, "%.4g to %.4g", f->edge[bin - 2], f->edge[bin - 1]);
	printf("| %s | %s | %u | %u | %+d |\n", s->column[f->column].name, range, f->rows[bin], f->fraud[bin],
	       f->points[bin]);
}

/* Of hundreds of codes those few that move the sum most, among those seen often enough to look at. */
static void print_codes(const struct card_feature *f, const struct sheet *s,
                        struct text (*name)(const void *arg, int column, uint32_t code), const void *arg)
{
	enum {
		SHOWN = 6,
		ROWS_LEAST = 20
	};
	bool shown[1 << 12] = { false };
	for (int i = 0; i < SHOWN; i++) {
		int best = 0;
		for (int b = 1; b < f->n_bins && b < 1 << 12; b++)
			if (!shown[b] && f->rows[b] >= ROWS_LEAST && fabs(f->woe[b]) > (best ? fabs(f->woe[best]) : 0))
				best = b;
		if (!best)
			return;
		shown[best] = true;
		print_bin(f, s, best, name(arg, f->column, (uint32_t)best - 1));
	}
	printf("| %s | %d other values | | | |\n", s->column[f->column].name, f->n_bins - 1 - SHOWN);
}

void cross_print_card(const struct card *k, const struct sheet *s,
                      struct text (*name)(const void *arg, int column, uint32_t code), const void *arg)
{
	printf("| feature | bin | rows | of these fraud | points |\n|---|---|---:|---:|---:|\n");
	printf("| (everybody) | | | | %+d |\n", k->base_points);
	for (int i = 0; i < k->n_features; i++) {
		const struct card_feature *f = &k->feature[i];
		if (f->weight <= 0)
			continue;
		if (f->coded) {
			print_codes(f, s, name, arg);
			continue;
		}
		for (int b = 0; b < f->n_bins; b++)
			if (f->rows[b] > 0)
				print_bin(f, s, b, TEXT(""));
	}
}
