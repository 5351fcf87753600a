/* sample_day_main.c - duanka-sample-day: the options and the words around sample_day_write. */
#include "sim/sample_day.h"
#include "base/text.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char usage[] =
	"usage: duanka-sample-day [--people N] [--days D] [--seed S] [--clean] [-o] DIR\n"
	"Writes a made-up day (from 2026-03-02) of calls, messages and money, with its fraudsters, into DIR:\n"
	"calls.csv sms.ndjson transfers.csv cash.csv openings.csv binds.csv, and truth.csv, which says who is who.\n"
	"  --people N  600 to 20000000 (8000)\n"
	"  --days D    1 to 60 (1)\n"
	"  --seed S    another city (1)\n"
	"  --clean     without the few bad records\n";

static int fail(const char *what, const char *which)
{
	fprintf(stderr, "duanka-sample-day: %s: %s\n", which, what);
	return 1;
}

static bool number(const char *z, int64_t *out)
{
	return z && text_to_int(text_z(z), out) == ERR_OK && *out >= 0;
}

/* 0: run; else the exit status + 1. */
static int options(int argc, char **argv, struct sample_options *o, const char **dir)
{
	int64_t seed = 1;
	for (int i = 1; i < argc; i++) {
		const char *a = argv[i], *next = i + 1 < argc ? argv[i + 1] : NULL;
		if (!strcmp(a, "--help") || !strcmp(a, "-h")) {
			fputs(usage, stdout);
			return 1;
		}
		bool ok = true;
		if (!strcmp(a, "--people"))
			ok = number(next, &o->people), i++;
		else if (!strcmp(a, "--days"))
			ok = number(next, &o->days), i++;
		else if (!strcmp(a, "--seed"))
			ok = number(next, &seed), i++;
		else if (!strcmp(a, "--clean"))
			o->bad_lines = 0;
		else if (!strcmp(a, "-o"))
			*dir = next, i++;
		else if (*a != '-' && !*dir)
			*dir = a;
		else
			return 1 + fail("unknown option; see --help", a);
		if (!ok)
			return 1 + fail("needs a whole number, 0 or more", a);
	}
	o->seed = (uint64_t)seed;
	if (!*dir)
		return 1 + fail("where to write? duanka-sample-day -o DIR", "no folder");
	return 0;
}

int main(int argc, char **argv)
{
	struct sample_options o = { SAMPLE_PEOPLE_DEFAULT, 1, 1, 1 };
	const char *dir = NULL;
	int stop = options(argc, argv, &o, &dir);
	if (stop)
		return stop - 1;
	if (mkdir(dir, 0777) && errno != EEXIST)
		return fail(strerror(errno), dir);
	struct sample_counts n = { 0 };
	enum err err = sample_day_write(&o, dir, &n);
	if (err == ERR_RANGE)
		return fail("must be 600 to 20000000, and days 1 to 60", "people");
	if (err)
		return fail(err == ERR_IO ? strerror(errno) : err_name(err), dir);
	printf("%s: %llu events, %llu bad records, %llu bytes\n", dir, (unsigned long long)n.events,
	       (unsigned long long)n.bad, (unsigned long long)n.bytes);
	return 0;
}
