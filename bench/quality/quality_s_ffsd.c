/* quality_s_ffsd.c - S-FFSD, simulated card payments with labels: what the shipped bank rules find in them, and what a table of
 * points learnt from a policy's features does. Prints Markdown. Usage: quality_s_ffsd FOLDER ALERTS FEATURES [SEED], where ALERTS
 * comes from the shipped policy and FEATURES from s_ffsd-policy (real.sh makes both). Labels: 1 fraud, 0 normal, 2 unknown.
 * The label column is read here, to judge, and by no policy. */
#include "cross.h"
#include "base/mem.h"
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SEED = 20220601,
	UNKNOWN = 2,
	CELLS = 7,
	RULES_MAX = 64,
	SHORT_CARD = 15,
	NAMED = 3 /* Target, Location, Type: columns whose values are names */
};

static const char *const named[NAMED] = { "target", "location", "type" };
static const int named_cell[NAMED] = { 2, 4, 5 };

struct data {
	struct buf file;
	size_t n;
	struct text *source, *target; /* by payment */
	signed char *label;
	double *time;
	struct sheet_codes codes[NAMED];
	struct sheet sheet;
	uint64_t seed;
};

static bool init(struct data *d)
{
	struct text rest = buf_view(&d->file), line;
	while (sheet_line(&rest, &line))
		d->n++;
	d->n--; /* the header */
	d->source = mem_alloc_array(d->n + 1, sizeof *d->source);
	d->target = mem_alloc_array(d->n + 1, sizeof *d->target);
	d->label = mem_alloc(d->n + 1);
	d->time = mem_alloc_array(d->n + 1, sizeof *d->time);
	bool good = d->source && d->target && d->label && d->time && sheet_init(&d->sheet, d->n);
	for (int i = 0; i < NAMED; i++)
		good = good && sheet_codes_init(&d->codes[i], (uint32_t)d->n);
	return good;
}

static bool load(struct data *d)
{
	struct text rest, line, cell[CELLS];
	if (!init(d))
		return false;
	rest = buf_view(&d->file);
	bool good = sheet_line(&rest, &line);
	for (int i = 0; i < NAMED; i++)
		good = sheet_add(&d->sheet, named[i]) && good;
	for (size_t row = 0; good && row < d->n; row++) {
		good = sheet_line(&rest, &line) && sheet_cells(line, cell, CELLS) == CELLS;
		if (!good)
			break;
		d->source[row] = cell[1];
		d->target[row] = cell[2];
		d->time[row] = sheet_number(cell[0]);
		double label = sheet_number(cell[6]);
		d->label[row] = label == 0 ? 0 : label == 1 ? 1 : UNKNOWN;
		for (int i = 0; i < NAMED; i++)
			d->sheet.column[i].v[row] = sheet_code(&d->codes[i], cell[named_cell[i]]);
	}
	for (int i = 0; good && i < NAMED; i++) {
		d->sheet.column[i].coded = true;
		d->sheet.column[i].codes = d->codes[i].n;
	}
	return good;
}

static void release(struct data *d)
{
	for (int i = 0; i < NAMED; i++)
		sheet_codes_release(&d->codes[i]);
	sheet_release(&d->sheet);
	mem_free(d->source);
	mem_free(d->target);
	mem_free(d->label);
	mem_free(d->time);
	buf_release(&d->file);
}

/* ---- the shipped rules ---- */

struct rule {
	char name[64];
	size_t alerts, at[3];   /* the payments that raised them, by label */
	size_t after[3];        /* payments of accused accounts from the alert on, by label */
	unsigned char *accused; /* by payment */
};

/* Everything that the accused account pays, or is paid, from this payment on. */
static void accuse(const struct data *d, struct rule *r, size_t row, struct text who)
{
	bool pays = text_eq(d->source[row], who);
	const struct text *name = pays ? d->source : d->target;
	for (size_t i = row; i < d->n; i++)
		if (text_eq(name[i], who))
			r->accused[i] = 1;
}

static struct rule *rule_of(const struct data *d, struct rule *rules, int *n, const char *name)
{
	for (int i = 0; i < *n; i++)
		if (strcmp(rules[i].name, name) == 0)
			return &rules[i];
	if (*n == RULES_MAX)
		return NULL;
	struct rule *r = &rules[*n];
	snprintf(r->name, sizeof r->name, "%s", name);
	r->accused = mem_alloc(d->n);
	return r->accused ? ++*n, r : NULL;
}

static bool take_alert(const struct data *d, struct rule *rules, int *n, struct text line)
{
	json_t *alert = json_loadb(line.p, line.n, 0, NULL);
	const char *name = json_string_value(json_object_get(alert, "rule"));
	const char *who = json_string_value(json_object_get(json_object_get(alert, "about"), "plain"));
	json_int_t position = json_integer_value(json_object_get(alert, "position"));
	bool good = alert != NULL;
	if (name && who && position >= 1 && (size_t)position <= d->n) {
		size_t row = (size_t)position - 1;
		struct rule *one = rule_of(d, rules, n, name), *all = rule_of(d, rules, n, "any rule");
		good = one && all;
		for (int i = 0; good && i < 2; i++) {
			struct rule *r = i ? all : one;
			r->alerts++;
			r->at[d->label[row]]++;
			accuse(d, r, row, text_z(who));
		}
	}
	json_decref(alert);
	return good;
}

static void print_rule(const struct data *d, struct rule *r, const size_t all[3])
{
	for (size_t i = 0; i < d->n; i++)
		if (r->accused[i])
			r->after[d->label[i]]++;
	size_t known = r->after[0] + r->after[1];
	struct measure_range p = measure_wilson(r->after[1], known), q = measure_wilson(r->after[1], all[1]);
	printf("| %s | %zu | %zu / %zu / %zu | %zu / %zu / %zu | %.1f %% (%.1f-%.1f) | %.2f %% (%.2f-%.2f) |\n", r->name,
	       r->alerts, r->at[1], r->at[0], r->at[UNKNOWN], r->after[1], r->after[0], r->after[UNKNOWN],
	       known ? 100 * (double)r->after[1] / (double)known : NAN, 100 * p.low, 100 * p.high,
	       100 * (double)r->after[1] / (double)all[1], 100 * q.low, 100 * q.high);
}

static bool judge_rules(const struct data *d, const char *path)
{
	struct rule rules[RULES_MAX] = { 0 };
	struct buf b;
	struct text rest, line;
	int n = 0;
	size_t all[3] = { 0 };
	if (!sheet_read_file(path, &b))
		return false;
	rest = buf_view(&b);
	bool good = true;
	while (good && sheet_line(&rest, &line))
		good = line.n == 0 || take_alert(d, rules, &n, line);
	buf_release(&b);
	for (size_t i = 0; i < d->n; i++)
		all[d->label[i]]++;
	printf(
		"### Shipped bank rules on S-FFSD\n\n%zu payments: %zu fraud, %zu normal, %zu unknown. Counts are fraud / normal / "
		"unknown; precision leaves the unknown out (by chance it would be %.1f %%). An account counts as accused from its "
		"alert on.\n\n",
		d->n, all[1], all[0], all[UNKNOWN], 100 * (double)all[1] / (double)(all[0] + all[1]));
	printf(
		"| rule | alerts | raised by | payments of accused accounts | precision | recall |\n|---|---:|---|---|---|---|\n");
	for (int i = 0; good && i < n; i++) /* the second is all of them together */
		if (i != 1)
			print_rule(d, &rules[i], all);
	if (good && n > 1)
		print_rule(d, &rules[1], all);
	if (n == 0)
		printf("| (none fired) | 0 | | | | |\n");
	for (int i = 0; i < n; i++)
		mem_free(rules[i].accused);
	return good;
}

/* ---- points from features ---- */

static bool take_features(struct data *d, struct text line)
{
	json_t *object = json_loadb(line.p, line.n, 0, NULL), *value;
	const char *key;
	json_int_t position = json_integer_value(json_object_get(object, "position"));
	bool good = position >= 1 && (size_t)position <= d->n;
	json_object_foreach(object, key, value)
	{
		if (!good || strcmp(key, "position") == 0 || !(json_is_number(value) || json_is_null(value)))
			continue;
		struct sheet_column *c = (struct sheet_column *)sheet_find(&d->sheet, key);
		if (!c)
			c = sheet_add(&d->sheet, key);
		good = c != NULL;
		if (good && json_is_number(value))
			c->v[position - 1] = json_number_value(value);
	}
	json_decref(object);
	return good;
}

static bool load_features(struct data *d, const char *path)
{
	struct buf b;
	struct text rest, line;
	if (!sheet_read_file(path, &b))
		return false;
	rest = buf_view(&b);
	bool good = true;
	while (good && sheet_line(&rest, &line))
		good = take_features(d, line);
	buf_release(&b);
	return good;
}

struct variant {
	const char *name;
	bool features, names;
	int most;
};

static const struct variant variants[] = {
	{ "policy features", true, false, 0 },
	{ "policy features, short card", true, false, SHORT_CARD },
	{ "names of target, location and type only", false, true, 0 },
	{ "policy features and names", true, true, 0 },
	{ "policy features and names, short card", true, true, SHORT_CARD },
};

static void choose(const struct data *d, const struct variant *v, bool skip[SHEET_COLUMNS_MAX])
{
	for (int c = 0; c < d->sheet.n_columns; c++)
		skip[c] = c < NAMED ? !v->names : !v->features;
}

/* The line in points that would have been best on these rows, by macro F1. */
static double best_line(struct cross_result *r)
{
	double best = 0, best_f1 = -1;
	for (int line = -400; line <= 400; line += 2) {
		struct measure_counts c = measure_at(r->row, r->n, line);
		double f1 = measure_f1_macro(&c);
		if (f1 > best_f1) {
			best_f1 = f1;
			best = line;
		}
	}
	return best;
}

static void print_result(const struct variant *v, const char *split, struct cross_result *r, const double *line)
{
	struct measure_counts c = measure_at(r->row, r->n, 0);
	printf("| %s | %s | %d | %zu | %.3f | %.3f | %.3f | %.3f | %.1f %% |", v->name, split, r->features, r->n,
	       measure_auc(r->row, r->n), measure_f1_macro(&c), measure_f1(&c), measure_average_precision(r->row, r->n),
	       100 * measure_recall_at_fpr(r->row, r->n, 0.005));
	if (line) {
		c = measure_at(r->row, r->n, *line);
		printf(" %.3f (%+.0f points)", measure_f1_macro(&c), *line);
	}
	printf(" |\n");
}

static bool judge_variant(const struct data *d, const struct variant *v, const uint32_t *rows, size_t n_train, size_t n)
{
	bool skip[SHEET_COLUMNS_MAX] = { false };
	struct card_options o = card_defaults();
	struct cross_result r;
	choose(d, v, skip);
	o.features = v->most;
	/* The line, too, is chosen before the test begins: on the last fifth of the training time, by a card of the rest. */
	size_t n_early = n_train - n_train / 5;
	if (!cross_split(&r, &d->sheet, d->label, rows, n_early, rows + n_early, n_train - n_early, skip, &o))
		return false;
	double line = best_line(&r);
	cross_release(&r);
	if (!cross_split(&r, &d->sheet, d->label, rows, n_train, rows + n_train, n - n_train, skip, &o))
		return false;
	print_result(v, "first 70 % of time, then the rest", &r, &line);
	cross_release(&r);
	if (!cross_validate(&r, &d->sheet, d->label, rows, n, skip, &o, d->seed))
		return false;
	print_result(v, "random, 5 folds", &r, NULL);
	cross_release(&r);
	return true;
}

static struct text code_name(const void *arg, int column, uint32_t code)
{
	const struct data *d = arg;
	return d->codes[column].name[code];
}

static bool print_card(const struct data *d, const uint32_t *rows, size_t n_train)
{
	const struct variant *v = &variants[ARRAY_LEN(variants) - 1];
	bool skip[SHEET_COLUMNS_MAX] = { false };
	struct card_options o = card_defaults();
	struct card k;
	choose(d, v, skip);
	o.features = v->most;
	if (!card_fit(&k, &d->sheet, d->label, rows, n_train, skip, &o))
		return false;
	printf("\n### The card: %s\n\nLearnt from the first 70 %% of time. Amounts in fen, times in microseconds.\n\n",
	       v->name);
	cross_print_card(&k, &d->sheet, code_name, d);
	card_release(&k);
	return true;
}

static bool judge_cards(const struct data *d)
{
	uint32_t *rows = mem_alloc_array(d->n, sizeof *rows);
	size_t n = 0, n_train = 0;
	if (!rows)
		return false;
	double first = d->time[0], last = d->time[d->n - 1];
	for (size_t i = 0; i < d->n; i++) {
		if (d->label[i] == UNKNOWN)
			continue;
		rows[n++] = (uint32_t)i;
		if (d->time[i] < first + 0.7 * (last - first))
			n_train = n;
	}
	printf(
		"\n### Points from a policy's features on S-FFSD\n\n%zu labelled payments, %zu of them in the first 70 %% of time; seed "
		"of the folds %llu. F1 at even odds.\n\n",
		n, n_train, (unsigned long long)d->seed);
	printf(
		"| what the card sees | split | features | tested | AUC | F1 macro | F1 fraud | AP | recall at 0.5 %% FPR | F1 macro, line chosen earlier |\n"
		"|---|---|---:|---:|---:|---:|---:|---:|---:|---|\n");
	bool good = true;
	for (size_t i = 0; good && i < ARRAY_LEN(variants); i++)
		good = judge_variant(d, &variants[i], rows, n_train, n);
	printf("| published: GTAN (graph network) | random, one fifth tested | | | 0.829 | 0.734 | | 0.659 | | |\n"
	       "| published: RGTAN (graph network) | random | | | 0.846 | 0.751 | | 0.694 | | |\n");
	good = good && print_card(d, rows, n_train);
	mem_free(rows);
	return good;
}

int main(int argc, char **argv)
{
	char path[4096];
	if (argc < 4) {
		fprintf(stderr, "usage: quality_s_ffsd FOLDER ALERTS FEATURES [SEED]\n");
		return 1;
	}
	snprintf(path, sizeof path, "%s/s_ffsd/transfers.csv", argv[1]);
	if (sheet_absent(path))
		return 0;
	struct data d = { .seed = argc > 4 ? strtoull(argv[4], NULL, 10) : SEED };
	if (!sheet_read_file(path, &d.file))
		return 1;
	bool good = load(&d) && judge_rules(&d, argv[2]) && load_features(&d, argv[3]) && judge_cards(&d);
	if (!good)
		fprintf(stderr, "%s: can't be judged (not as expected, or no memory)\n", path);
	release(&d);
	return good ? 0 : 1;
}
