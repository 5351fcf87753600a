/* calibration.c - the options and the words around the comparison.
 *
 *   calibration DIR                   a Markdown report of the simulated city in DIR beside the real set
 *   calibration --reference DATA_DIR  the real set's quantiles, as sichuan-quantiles.csv keeps them */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "base/file.h"
#include "bench/calibration/calibration.h"

enum {
	REPORT_BYTES_MAX = 16 << 20
};

static const char usage[] =
	"usage: calibration DIR [--data DATA_DIR | --quantiles FILE] [--markdown | --json] [--svg FILE] [--check] [-q]\n"
	"       calibration --reference DATA_DIR\n"
	"Sets a simulated city (calls.csv, sms.ndjson and truth.csv in DIR; openings.csv and binds.csv where there) beside the\n"
	"statistics of real subscribers in Sichuan, quantile by quantile.\n"
	"  --data DATA_DIR       compute the real side from DATA_DIR/sichuan and DATA_DIR/sichuan_profile\n"
	"  --quantiles FILE      the real side's quantiles (" CALIBRATION_QUANTILES ")\n"
	"  --markdown, --json    the report's form (Markdown)\n"
	"  --svg FILE            a figure as well\n"
	"  --check               exit with 1 if a bound is broken, and name each on standard error\n"
	"  -q                    no progress\n"
	"  --reference DATA_DIR  write the real side's quantiles to standard output, and stop\n";

struct options {
	const char *dir, *data, *quantiles, *svg, *reference;
	bool json, check, quiet;
};

/* 0: run; else the exit status + 1. */
static int read_options(int argc, char **argv, struct options *o)
{
	for (int i = 1; i < argc; i++) {
		const char *a = argv[i], **value = NULL;
		if (!strcmp(a, "--help") || !strcmp(a, "-h")) {
			fputs(usage, stdout);
			return 1;
		}
		if (!strcmp(a, "--data"))
			value = &o->data;
		else if (!strcmp(a, "--quantiles"))
			value = &o->quantiles;
		else if (!strcmp(a, "--svg"))
			value = &o->svg;
		else if (!strcmp(a, "--reference"))
			value = &o->reference;
		else if (!strcmp(a, "--json") || !strcmp(a, "--markdown"))
			o->json = !strcmp(a, "--json");
		else if (!strcmp(a, "--check"))
			o->check = true;
		else if (!strcmp(a, "-q"))
			o->quiet = true;
		else if (*a != '-' && !o->dir)
			o->dir = a;
		else {
			fprintf(stderr, "calibration: %s: unknown option; see --help\n", a);
			return 3;
		}
		if (value && i + 1 == argc) {
			fprintf(stderr, "calibration: %s needs a value; see --help\n", a);
			return 3;
		}
		if (value)
			*value = argv[++i];
	}
	if (!o->dir == !o->reference) {
		fprintf(stderr, "calibration: name one folder: calibration DIR, or calibration --reference DATA_DIR\n");
		return 3;
	}
	return 0;
}

/* Standard output for "-". 0, or 2 after saying why not. */
static int put(const char *path, struct buf *text)
{
	struct outfile o;
	if (text->err != ERR_OK) {
		fprintf(stderr, "calibration: %s\n", err_name(text->err));
		return 2;
	}
	enum err e = outfile_open(&o, path);
	if (e == ERR_OK)
		e = outfile_text(&o, buf_view(text));
	enum err closed = outfile_close(&o);
	if (e == ERR_OK)
		e = closed;
	if (e != ERR_OK)
		fprintf(stderr, "calibration: %s: %s\n", path, e == ERR_MEMORY ? err_name(e) : strerror(errno));
	return e == ERR_OK ? 0 : 2;
}

static int report(const struct options *o, const struct comparison *c, struct buf *text)
{
	(o->json ? report_json : report_markdown)(c, text);
	int status = put("-", text);
	if (status == 0 && o->svg) {
		buf_clear(text);
		report_svg(c, text);
		status = put(o->svg, text);
	}
	if (status || !o->check)
		return status;
	buf_clear(text);
	uint64_t n = report_broken(c, text);
	if (text->n)
		fputs(text->p, stderr);
	return n ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct options o = { .quantiles = CALIBRATION_QUANTILES };
	struct figures real, simulated;
	struct city_counts counts;
	struct buf text, problem;
	int status = read_options(argc, argv, &o);
	if (status)
		return status - 1;
	buf_init(&text, REPORT_BYTES_MAX);
	buf_init(&problem, 1 << 16);
	const char *data = o.reference ? o.reference : o.data;
	enum err e = data ? reference_compute(data, &real, &problem) : reference_read(o.quantiles, &real, &problem);
	if (e == ERR_OK && o.reference) {
		reference_write(&real, &text);
		status = put("-", &text);
	} else if (e == ERR_OK) {
		e = city_read(o.dir, o.quiet, &simulated, &counts, &problem);
		if (e == ERR_OK)
			status = report(&o, &(struct comparison){ o.dir, &real, &simulated, &counts }, &text);
	}
	if (e != ERR_OK) {
		fprintf(stderr, "calibration: %s\n", problem.n ? problem.p : err_name(e));
		status = 2;
	}
	buf_release(&text);
	buf_release(&problem);
	return status;
}
