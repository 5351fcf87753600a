/* quality_sichuan.c - Sichuan 2020, real subscribers with labels: what simple rules and a points table find, and what a city
 * would get out of it where fraud is rare. Prints Markdown. Usage: quality_sichuan FOLDER [SEED], FOLDER/sichuan/train.csv.
 *
 * The rows are whole months of a subscriber. So the rules' lines are judged here, not the shipped rules themselves, which
 * look at one day. */
#include "cross.h"
#include "base/mem.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SEED = 20200331,
	SHORT_CARD = 12,
	VARIANT_WITHOUT = 6
};

static const double bases[] = { 0.0002, 0.001 };

struct data {
	struct sheet sheet;
	signed char *label;
	uint32_t *rows;
	size_t n, frauds;
	uint64_t seed;
};

static bool load(struct data *d, const char *path)
{
	if (!sheet_read_csv(&d->sheet, path))
		return false;
	const struct sheet_column *label = sheet_find(&d->sheet, "label");
	d->n = d->sheet.n_rows;
	d->label = mem_alloc(d->n);
	d->rows = mem_alloc_array(d->n, sizeof *d->rows);
	if (!label || !d->label || !d->rows)
		return false;
	for (size_t i = 0; i < d->n; i++) {
		d->label[i] = label->v[i] == 1;
		d->rows[i] = (uint32_t)i;
		d->frauds += (size_t)d->label[i];
	}
	return true;
}

static double at(const struct data *d, const char *column, size_t row)
{
	const struct sheet_column *c = sheet_find(&d->sheet, column);
	return c ? c->v[row] : NAN;
}

/* Comparisons with a missing value don't hold, as in a policy. */
struct line {
	const char *name, *column, *text;
	double dispersion, outgoing, calls, devices, days_most;
};

static bool holds(const struct data *d, const struct line *r, size_t row)
{
	double calls = at(d, "opposite_count", row);
	return at(d, "opposite_unique", row) / calls >= r->dispersion && calls >= r->calls &&
	       (r->outgoing == 0 || at(d, "voc_calltype1", row) >= r->outgoing) &&
	       (r->devices == 0 || at(d, "imeis", row) >= r->devices) &&
	       (r->days_most == 0 || at(d, "voc_day_nunique", row) <= r->days_most);
}

/* Nobody innocent was hit: the precision itself is unknown, only that it is not below the worst corner. */
static void projected(double recall, double fpr, struct measure_range recalls, struct measure_range fprs, double base)
{
	double worst = 100 * measure_precision_at_base(recalls.low, fprs.high, base);
	double best = 100 * measure_precision_at_base(recalls.high, fprs.low, base);
	if (fpr > 0)
		printf(" %.1f %% (%.1f-%.1f) |", 100 * measure_precision_at_base(recall, fpr, base), worst, best);
	else
		printf(" at least %.1f %% |", worst);
}

static void per_cent(double part, struct measure_range r)
{
	printf(" %.2f %% (%.2f-%.2f) |", 100 * part, 100 * r.low, 100 * r.high);
}

static void judge_line(const struct data *d, const struct line *r)
{
	size_t tp = 0, fp = 0, innocents = d->n - d->frauds;
	for (size_t i = 0; i < d->n; i++)
		if (holds(d, r, i))
			d->label[i] ? tp++ : fp++;
	double recall = (double)tp / (double)d->frauds, fpr = (double)fp / (double)innocents;
	struct measure_range recalls = measure_wilson(tp, d->frauds), fprs = measure_wilson(fp, innocents);
	printf("| %s %s | %zu of %zu:", r->name, r->text, tp, d->frauds);
	per_cent(recall, recalls);
	printf(" %zu of %zu:", fp, innocents);
	per_cent(fpr, fprs);
	for (size_t b = 0; b < ARRAY_LEN(bases); b++)
		projected(recall, fpr, recalls, fprs, bases[b]);
	printf("\n");
}

/* Those with a column become features of a card, as a policy's rules could. */
static const struct line lines[] = {
	{ "R-a", "line_ra", "(dispersion >= 0.8, outgoing >= 0.8, calls >= 30)", 0.8, 0.8, 30, 0, 0 },
	{ "R-b", "line_rb", "(0.7, 0.7, 20)", 0.7, 0.7, 20, 0, 0 },
	{ "R-c", "line_rc", "(dispersion >= 0.5, calls >= 20, active on <= 5 days)", 0.5, 0, 20, 0, 5 },
	{ "R-a with R-c", NULL, "(0.8, 0.8, 30, <= 5 days)", 0.8, 0.8, 30, 0, 5 },
	{ "devices alone", NULL, "(IMEIs >= 3)", 0, 0, 0, 3, 0 },
};

static bool add_lines(struct data *d)
{
	for (size_t l = 0; l < ARRAY_LEN(lines); l++) {
		if (!lines[l].column)
			continue;
		struct sheet_column *c = sheet_add(&d->sheet, lines[l].column);
		if (!c)
			return false;
		for (size_t i = 0; i < d->n; i++)
			c->v[i] = holds(d, &lines[l], i);
	}
	return true;
}

static void judge_lines(const struct data *d)
{
	printf("### Lines on a month of calls\n\n%zu subscribers, %zu of them fraud (%.1f %%). Brackets: Wilson's 95 %% "
	       "interval; for the projected precision its worst and best corner.\n\n",
	       d->n, d->frauds, 100 * (double)d->frauds / (double)d->n);
	printf(
		"| line | recall | false positives | precision if 0.02 %% are fraud | precision if 0.1 %% |\n|---|---|---|---|---|\n");
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		judge_line(d, &lines[i]);
	printf("\n");
}

/* ---- points ---- */

struct variant {
	const char *name;
	const char *without[VARIANT_WITHOUT]; /* beginnings of column names */
	int features;
	bool missing_is_nothing;
};

static const struct variant variants[] = {
	{ "all columns", { "line_", NULL }, 0, false },
	{ "all columns, short card", { "line_", NULL }, SHORT_CARD, false },
	{ "without arpu_*", { "line_", "arpu_", NULL }, 0, false },
	{ "... a missing value is no evidence", { "line_", "arpu_", NULL }, 0, true },
	{ "... and with the lines R-a, R-b, R-c", { "arpu_", NULL }, 0, true },
	{ "calls and messages only", { "line_", "arpu_", "flow_", "month_ids", "busi_count" }, 0, false },
	{ "... a missing value is no evidence", { "line_", "arpu_", "flow_", "month_ids", "busi_count" }, 0, true },
	{ "... and with the lines", { "arpu_", "flow_", "month_ids", "busi_count", NULL }, 0, true },
	{ "... and without places", { "arpu_", "flow_", "month_ids", "busi_count", "city_", "county_" }, 0, true },
	{ "calls, messages and the lines, short", { "arpu_", "flow_", "month_ids", "busi_count", NULL }, SHORT_CARD, true },
};

static void choose(const struct data *d, const struct variant *v, bool skip[SHEET_COLUMNS_MAX])
{
	for (int c = 0; c < d->sheet.n_columns; c++) {
		const char *name = d->sheet.column[c].name;
		skip[c] = strcmp(name, "label") == 0;
		for (int i = 0; i < VARIANT_WITHOUT && v->without[i]; i++)
			skip[c] = skip[c] || strncmp(name, v->without[i], strlen(v->without[i])) == 0;
	}
}

static bool judge_variant(const struct data *d, const struct variant *v)
{
	bool skip[SHEET_COLUMNS_MAX] = { false };
	struct card_options o = card_defaults();
	struct cross_result r;
	choose(d, v, skip);
	o.features = v->features;
	o.missing_is_nothing = v->missing_is_nothing;
	if (!cross_validate(&r, &d->sheet, d->label, d->rows, d->n, skip, &o, d->seed))
		return false;
	double low = 1, high = 0, sum = 0;
	for (int f = 0; f < CROSS_FOLDS; f++) {
		low = fmin(low, r.fold_auc[f]);
		high = fmax(high, r.fold_auc[f]);
		sum += r.fold_auc[f];
	}
	struct measure_counts c = measure_at(r.row, r.n, 0);
	double recall = measure_recall_at_fpr(r.row, r.n, 0.001);
	printf("| %s | %d | %.2f (%.2f-%.2f) | %.2f | %.2f | %.2f | %.1f %% | %.1f %% | %.0f %% | %.0f %% |\n", v->name,
	       r.features, 100 * sum / CROSS_FOLDS, 100 * low, 100 * high, 100 * measure_accuracy(&c), 100 * measure_f1(&c),
	       100 * measure_f1_macro(&c), 100 * recall, 100 * measure_recall_at_fpr(r.row, r.n, 0.005),
	       100 * measure_precision_at_base(recall, 0.001, bases[0]),
	       100 * measure_precision_at_base(recall, 0.001, bases[1]));
	cross_release(&r);
	return true;
}

static bool print_card(const struct data *d, const struct variant *v)
{
	bool skip[SHEET_COLUMNS_MAX] = { false };
	struct card_options o = card_defaults();
	struct card k;
	choose(d, v, skip);
	o.features = v->features;
	o.missing_is_nothing = v->missing_is_nothing;
	if (!card_fit(&k, &d->sheet, d->label, d->rows, d->n, skip, &o))
		return false;
	printf(
		"\n### The card: calls, messages and lines, short\n\nLearnt from all rows, to be read. Add up one line for each feature; a sum of 0 or more is "
		"more likely fraud than not *in this data, where a third is fraud*. %d points double the odds. Where one in 5,000 "
		"is fraud, take %.0f points off first.\n\n",
		CARD_POINTS_TO_DOUBLE, CARD_POINTS_TO_DOUBLE * log2((double)d->frauds / (double)(d->n - d->frauds) * 4999));
	cross_print_card(&k, &d->sheet, NULL, NULL);
	card_release(&k);
	return true;
}

static bool judge_cards(const struct data *d)
{
	printf(
		"### A table of points\n\nStratified %d-fold cross-validation, seed %llu; bins, choice of features and weights "
		"from the other folds only. Scores are whole points as a person adds them. F1 and accuracy at even odds.\n\n",
		CROSS_FOLDS, (unsigned long long)d->seed);
	printf(
		"| columns | features | AUC (folds) | accuracy | F1 fraud | F1 macro | recall at 0.1 %% FPR | at 0.5 %% | precision at 0.1 %% FPR if 0.02 %% are fraud | if 0.1 %% |\n"
		"|---|---:|---|---:|---:|---:|---:|---:|---:|---:|\n");
	for (size_t i = 0; i < ARRAY_LEN(variants); i++)
		if (!judge_variant(d, &variants[i]))
			return false;
	printf("| published: GDFGAT (graph, its own split) | | 94.5 | 93.3 | 92.1 (which F1 is not said) | | | | | |\n"
	       "| published: GAT-COBO, rerun (graph) | | 95.0 | | | | | | | |\n"
	       "| published: LightGBM | | | about 88 | | | | | | |\n");
	return print_card(d, &variants[ARRAY_LEN(variants) - 1]);
}

int main(int argc, char **argv)
{
	char path[4096];
	if (argc < 2) {
		fprintf(stderr, "usage: quality_sichuan FOLDER [SEED]\n");
		return 1;
	}
	snprintf(path, sizeof path, "%s/sichuan/train.csv", argv[1]);
	if (sheet_absent(path))
		return 0;
	struct data d = { .seed = argc > 2 ? strtoull(argv[2], NULL, 10) : SEED };
	bool good = load(&d, path);
	if (good) {
		judge_lines(&d);
		good = add_lines(&d) && judge_cards(&d);
	}
	if (!good)
		fprintf(stderr, "%s: can't be judged (no label column, or no memory)\n", path);
	sheet_release(&d.sheet);
	mem_free(d.label);
	mem_free(d.rows);
	return good ? 0 : 1;
}
