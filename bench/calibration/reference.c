/* reference.c - the real side: quantiles by class from sichuan/train.csv, and the small file that keeps them.
 *
 * The file (sichuan-quantiles.csv) is what the report reads, so that it needs no data set; --reference makes it again. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "bench/calibration/calibration.h"

enum {
	ROWS_MAX = 1000000,
	FIXED = 5, /* columns before the levels */
	NUMBER_BYTES = 64
};

static const char *const fixed[FIXED] = { "measure", "class", "n", "missing", "mean" };

/* A finite number and nothing else. */
static bool to_number(struct text t, double *out)
{
	char z[NUMBER_BYTES], *end;
	if (t.n == 0 || t.n >= sizeof(z))
		return false;
	memcpy(z, t.p, t.n);
	z[t.n] = 0;
	*out = strtod(z, &end);
	return *end == 0 && isfinite(*out);
}

struct training {
	double *value[FEATURES][CLASSES];
	uint64_t n[FEATURES][CLASSES], missing[FEATURES][CLASSES];
	uint64_t rows, cap;
};

static bool room(struct training *t)
{
	if (t->rows < t->cap)
		return true;
	uint64_t cap = t->cap ? t->cap * 2 : 4096;
	for (int i = 0; i < FEATURES; i++)
		for (int k = 0; k < CLASSES; k++) {
			double *p = mem_resize(t->value[i][k], cap * sizeof(*p));
			if (!p)
				return false;
			t->value[i][k] = p;
		}
	t->cap = cap;
	return true;
}

/* cell[FEATURES] is the label. */
static enum err add_row(struct training *t, const struct text *cell)
{
	int k = text_eq(cell[FEATURES], TEXT("0")) ? CLASS_ORDINARY : text_eq(cell[FEATURES], TEXT("1")) ? CLASS_FRAUD : -1;
	if (k < 0 || t->rows >= ROWS_MAX)
		return ERR_FORMAT;
	if (!room(t))
		return ERR_MEMORY;
	t->rows++;
	for (int i = 0; i < FEATURES; i++) {
		double v;
		if (cell[i].n == 0)
			t->missing[i][k]++;
		else if (to_number(cell[i], &v))
			t->value[i][k][t->n[i][k]++] = v;
		else
			return ERR_FORMAT;
	}
	return ERR_OK;
}

static enum err each_row(struct lines *l, struct training *t, struct buf *problem)
{
	const char *names[FEATURES + 1];
	struct columns cols;
	struct text cell[FEATURES + 1];
	for (int i = 0; i < FEATURES; i++)
		names[i] = features[i].name;
	names[FEATURES] = "label";
	enum err e = columns_find(l, names, FEATURES + 1, &cols);
	for (int i = 0; e == ERR_OK && i <= FEATURES; i++)
		if (cols.at[i] < 0) {
			buf_printf(problem, "%s:1: no column %s", l->path, names[i]);
			e = ERR_FORMAT;
		}
	while (e == ERR_OK) {
		e = columns_next(l, &cols, cell);
		if (e == ERR_OK)
			e = add_row(t, cell);
		if (e == ERR_FORMAT)
			buf_printf(problem, "%s:%llu: not numbers and a label 0 or 1", l->path, (unsigned long long)l->line);
	}
	return e == ERR_STOPPED ? ERR_OK : e;
}

static enum err open_named(const char *path, struct lines *l, struct buf *problem)
{
	enum err e = lines_open(l, path, true);
	if (e != ERR_OK)
		buf_printf(problem, "%s: %s", path, e == ERR_MEMORY ? err_name(e) : strerror(errno));
	return e;
}

enum err reference_compute(const char *data_dir, struct figures *f, struct buf *problem)
{
	struct training t = { 0 };
	struct lines l;
	struct buf path;
	buf_init(&path, 4096);
	buf_printf(&path, "%s/sichuan/train.csv", data_dir);
	figures_init(f);
	enum err e = path.err ? path.err : open_named(path.p, &l, problem);
	if (e == ERR_OK) {
		e = each_row(&l, &t, problem);
		lines_close(&l);
	}
	for (int i = 0; i < FEATURES; i++)
		for (int k = 0; k < CLASSES; k++) {
			if (e == ERR_OK)
				summary_of(&f->feature[i][k], t.value[i][k], t.n[i][k], t.missing[i][k]);
			mem_free(t.value[i][k]);
		}
	buf_release(&path);
	return e == ERR_OK ? reference_profile(data_dir, f, problem) : e;
}

static void write_row(const char *name, const char *class, const struct summary *s, struct buf *out)
{
	buf_printf(out, "%s,%s,%llu,%llu,", name, class, (unsigned long long)s->n, (unsigned long long)s->missing);
	if (!isnan(s->mean))
		buf_printf(out, "%.6g", s->mean);
	for (int i = 0; i < LEVELS; i++)
		if (isnan(s->q[i]))
			buf_char(out, ',');
		else
			buf_printf(out, ",%.6g", s->q[i]);
	buf_char(out, '\n');
}

void reference_write(const struct figures *f, struct buf *out)
{
	buf_z(
		out,
		"# Real telecom subscribers of Sichuan, August 2019 to March 2020, some of them frauds: statistics, no records.\n"
		"# Made by `calibration --reference DATA_DIR`. Quantiles are nearest ranks, without the rows where the\n"
		"# column is empty (missing).\n"
		"# Classes ordinary and fraud: label 0 and 1 of sichuan/train.csv, 4,886 rows of the node features in\n"
		"# github.com/xxhu94/GAT-COBO, data/Sichuan.zip, commit abd3f235167a73190be2ab26b26f428fc6ebeb78\n"
		"# (Apache-2.0), which has 6,106. Their source is the Sichuan digital innovation\n"
		"# competition of 2020.\n"
		"# Class all: pandas-profiling statistics of the raw tables in github.com/AiIsBetter/sichuan_voice_phishing2020,\n"
		"# commit 16f334883f689af31ae9d288949db51a52cffc81: calls (train_voc), messages and holders (train_sms, train_user\n"
		"# of March 2020). Shares stand in the column mean.\n");
	for (int i = 0; i < FIXED; i++)
		buf_printf(out, "%s,", fixed[i]);
	for (int i = 0; i < LEVELS; i++)
		buf_printf(out, "%s%s", level_names[i], i + 1 < LEVELS ? "," : "\n");
	for (int i = 0; i < FEATURES; i++)
		for (int k = 0; k < CLASSES; k++)
			write_row(features[i].name, class_names[k], &f->feature[i][k], out);
	for (int i = 0; i < OVERALLS; i++)
		write_row(overalls[i].name, "all", &f->overall[i], out);
}

static struct summary *row_of(struct figures *f, struct text name, struct text class)
{
	int i = overall_find(name);
	if (i >= 0)
		return text_eq(class, TEXT("all")) ? &f->overall[i] : NULL;
	i = feature_find(name);
	for (int k = 0; i >= 0 && k < CLASSES; k++)
		if (text_eq(class, text_z(class_names[k])))
			return &f->feature[i][k];
	return NULL;
}

static bool read_row(struct figures *f, const struct text *cell)
{
	int64_t n, missing;
	struct summary *s = row_of(f, cell[0], cell[1]);
	if (!s || text_to_int(cell[2], &n) != ERR_OK || text_to_int(cell[3], &missing) != ERR_OK || n < 0 || missing < 0)
		return false;
	s->n = (uint64_t)n;
	s->missing = (uint64_t)missing;
	for (int i = FIXED - 1; i < FIXED + LEVELS; i++) {
		double v = NAN;
		if (cell[i].n && !to_number(cell[i], &v))
			return false;
		if (i < FIXED)
			s->mean = v;
		else
			s->q[i - FIXED] = v;
	}
	return true;
}

enum err reference_read(const char *path, struct figures *f, struct buf *problem)
{
	const char *names[FIXED + LEVELS];
	struct columns cols;
	struct text cell[FIXED + LEVELS];
	struct lines l;
	uint64_t rows = 0;
	for (int i = 0; i < FIXED + LEVELS; i++)
		names[i] = i < FIXED ? fixed[i] : level_names[i - FIXED];
	figures_init(f);
	enum err e = open_named(path, &l, problem);
	if (e != ERR_OK)
		return e;
	e = columns_find(&l, names, FIXED + LEVELS, &cols);
	while (e == ERR_OK) {
		e = columns_next(&l, &cols, cell);
		if (e == ERR_OK && !read_row(f, cell))
			e = ERR_FORMAT;
		rows += e == ERR_OK;
	}
	if (e == ERR_STOPPED)
		e = rows == FEATURES * CLASSES + OVERALLS ? ERR_OK : ERR_FORMAT;
	if (e != ERR_OK)
		buf_printf(problem, "%s:%llu: not the quantiles that --reference writes", path, (unsigned long long)l.line);
	lines_close(&l);
	return e;
}
