/* cmd_simulate_campaign.c - duanka simulate campaign: half-years of a made-up town with a campaign of which it is known whether it helps, one to look at or many in a table. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "app/args.h"
#include "app/commands.h"
#include "app/simulate.h"
#include "app/simulate_place.h"
#include "base/clock.h"
#include "base/mem.h"
#include "day/campaign_year.h"

static const char help[] =
	"Usage: duanka simulate campaign [options] -o DIR       one half-year, kept in the new directory DIR, and its report\n"
	"       duanka simulate campaign [options] --years N    N half-years, each with a seed of its own, in a table\n"
	"\n"
	"Plays half a year of a made-up town with a campaign in it through journal, engine, desk, registry, roster, lot, texts, receipts and\n"
	"report (doc/campaigns.md). A scam contacts some of the people; of these some fall for it, and fewer of those whom the campaign\n"
	"reached, if it helps. `duanka campaign report CA-N --data DIR` reports on it once more. The same options give the same bytes.\n"
	"模拟半年宣传活动（真实效果已知），检验评估报告能否分辨有效与无效。\n"
	"\n"
	"  -o, --output DIR     journal, registry, roster and segment; must not be there yet\n"
	"      --years N        1 to 10000: how often the report claims an effect, beside the power computed beforehand\n"
	"      --effect N       per cent of the victims that it prevents among those whom it reaches, 0 to 100 (default 50); 0: it does nothing\n"
	"      --people N       50 to 100000 (default 1000)\n"
	"      --contacted N    per cent of them that a scam contacts (default 40)\n"
	"      --base N         per cent of these that fall for it without a campaign (default 25)\n"
	"      --reached N      per cent of the texts that are receipted (default 95)\n"
	"      --reports N      per cent of those reached, and not seen to be contacted, who report an attempt because of it (default 0)\n"
	"      --outcome NAME   by which it is judged: conversion (default) or victims\n"
	"      --hold-out N     per cent held out by lot, 1 to 90 (default 50)\n"
	"      --districts N    a flood over so many districts, 2 to 200, instead of texts to people\n"
	"      --waves N        of a flood (default 1)\n"
	"      --seed N         of the first (default 1)\n"
	"      --start DATE     when it begins (default 2026-03-01)\n"
	"      --format text|json, --lang en|zh   of the report\n"
	"\n"
	"Exit status: 0 done, 1 could not run.\n";

enum {
	O_OUTPUT = 16,
	O_YEARS,
	O_EFFECT,
	O_PEOPLE,
	O_CONTACTED,
	O_BASE,
	O_REACHED,
	O_REPORTS,
	O_OUTCOME,
	O_HOLD_OUT,
	O_DISTRICTS,
	O_WAVES,
	O_SEED,
	O_START,
	O_FORMAT,
	O_LANG,
	O_HELP
};

static const struct args_option options[] = {
	{ "--output", 'o', true, O_OUTPUT },   { "--years", 0, true, O_YEARS },         { "--effect", 0, true, O_EFFECT },
	{ "--people", 0, true, O_PEOPLE },     { "--contacted", 0, true, O_CONTACTED }, { "--base", 0, true, O_BASE },
	{ "--reports", 0, true, O_REPORTS },   { "--outcome", 0, true, O_OUTCOME },     { "--reached", 0, true, O_REACHED },
	{ "--hold-out", 0, true, O_HOLD_OUT }, { "--districts", 0, true, O_DISTRICTS }, { "--waves", 0, true, O_WAVES },
	{ "--seed", 0, true, O_SEED },         { "--start", 0, true, O_START },         { "--format", 'f', true, O_FORMAT },
	{ "--lang", 0, true, O_LANG },         { "--help", 'h', false, O_HELP },
};

struct asked {
	struct campaign_year o;
	const char *dir;
	int64_t years;
	bool help, json;
	enum lang lang;
};

static bool wrong(const char *what)
{
	fprintf(stderr, "duanka simulate: %s; see duanka simulate campaign --help\n", what);
	return false;
}

static bool share(struct args *a, const char *name, const char *value, int64_t least, double *out)
{
	int64_t n;

	if (!args_number(a, name, value, least, 100, &n))
		return false;
	*out = (double)n / 100;
	return true;
}

static bool number(struct args *a, const char *name, const char *value, int64_t least, int64_t most, uint32_t *out)
{
	int64_t n;

	if (!args_number(a, name, value, least, most, &n))
		return false;
	*out = (uint32_t)n;
	return true;
}

static bool start(const char *value, int64_t *us)
{
	int64_t day;

	if (!simulate_start(value, &day))
		return false;
	*us = day * US_PER_DAY;
	return true;
}

static bool option(struct asked *k, struct args *a, int which, const char *value)
{
	struct campaign_year *o = &k->o;
	int64_t n;

	switch (which) {
	case O_OUTPUT: k->dir = value; return true;
	case O_YEARS: return args_number(a, "--years", value, 1, 10000, &k->years);
	case O_EFFECT: return share(a, "--effect", value, 0, &o->effect);
	case O_PEOPLE: return number(a, "--people", value, 50, CAMPAIGN_YEAR_PEOPLE_MAX, &o->people);
	case O_CONTACTED: return share(a, "--contacted", value, 1, &o->contact);
	case O_BASE: return share(a, "--base", value, 1, &o->base);
	case O_REACHED: return share(a, "--reached", value, 0, &o->reached);
	case O_REPORTS: return share(a, "--reports", value, 0, &o->reports);
	case O_OUTCOME:
		o->outcome = strcmp(value, "victims") == 0 ? CAMPAIGN_VICTIMS : CAMPAIGN_CONVERSION;
		return o->outcome == CAMPAIGN_VICTIMS || strcmp(value, "conversion") == 0 ||
		       wrong("--outcome is conversion or victims");
	case O_HOLD_OUT:
		if (!number(a, "--hold-out", value, 1, 90, &o->hold_out_permille))
			return false;
		o->hold_out_permille *= 10;
		return true;
	case O_DISTRICTS: return number(a, "--districts", value, 2, CAMPAIGN_YEAR_DISTRICTS_MAX, &o->districts);
	case O_WAVES: return number(a, "--waves", value, 1, CLUSTER_PERIODS_MAX, &o->waves);
	case O_SEED:
		if (!args_number(a, "--seed", value, 0, INT32_MAX, &n))
			return false;
		o->seed = (uint64_t)n;
		return true;
	case O_START: return start(value, &o->start_us);
	case O_FORMAT:
		k->json = strcmp(value, "json") == 0;
		return k->json || strcmp(value, "text") == 0 || wrong("--format is text or json");
	case O_LANG: return lang_parse(value, &k->lang) || wrong("--lang is en or zh");
	case O_HELP: k->help = true; return true;
	default: return wrong("it takes no operand");
	}
}

static bool parse(struct asked *k, int argc, char **argv)
{
	struct args a = { argc, argv, 1, "simulate" };
	const char *value;
	int which;

	campaign_year_defaults(&k->o);
	k->o.waves = 1;
	k->lang = lang_of_environment();
	while ((which = args_next(&a, options, ARRAY_LEN(options), &value)) != ARGS_END && !k->help)
		if (which == ARGS_WRONG || !option(k, &a, which, value))
			return false;
	if (k->help)
		return true;
	if ((k->dir == NULL) == (k->years == 0))
		return wrong("either -o DIR or --years N");
	if (k->o.waves > 1 && k->o.waves >= k->o.districts)
		return wrong("a flood has fewer --waves than --districts");
	return true;
}

/* ---- a year ---- */

static bool play(const struct asked *k, uint64_t seed, struct measured *m)
{
	struct simulate_place place = { .dir = "" };
	struct campaign_year o = k->o;
	char folder[DATA_PATH_BYTES + 32];
	struct buf why;
	enum err e = ERR_OK;
	bool ok = simulate_place_open(&place, k->dir, &campaign_year_key);

	buf_init(&why, 1 << 16);
	if (ok) {
		snprintf(folder, sizeof(folder), "%s/campaigns", place.dir);
		o.seed = seed;
		o.disk = &place.disk;
		o.folder = place.dir;
		e = mkdir(folder, 0700) != 0 ? ERR_IO : campaign_year_run(&o, m, &why);
		ok = e == ERR_OK || simulate_say(place.dir, why.n > 0        ? why.p
		                                            : e == ERR_RANGE ? "people, shares and districts do not go together"
		                                            : e == ERR_IO    ? strerror(errno)
		                                                             : err_name(e));
	}
	buf_release(&why);
	simulate_place_close(&place);
	return ok;
}

static bool one(const struct asked *k, struct measured *m)
{
	struct buf b;
	bool ok = play(k, k->o.seed, m);

	buf_init(&b, 1 << 16);
	if (ok && k->json)
		measured_json(m, &b);
	else if (ok)
		measured_text(m, k->lang, &b);
	if (ok && (b.err != ERR_OK || fwrite(b.p, 1, b.n, stdout) != b.n || fflush(stdout) != 0))
		ok = simulate_say("standard output", strerror(errno));
	buf_release(&b);
	return ok;
}

/* What a drip's difference truly is, among those contacted or among all. Of a flood it depends on waves, and is not shown. */
static bool table(const struct asked *k, struct measured *m)
{
	double truth = -k->o.base * k->o.effect * k->o.reached, difference = 0, n = (double)k->years;
	uint64_t helped = 0, harmed = 0, covered = 0;

	truth *= k->o.outcome == CAMPAIGN_VICTIMS ? k->o.contact : 1;
	for (int64_t i = 0; i < k->years; i++) {
		enum campaign_verdict v;

		if (!play(k, k->o.seed + (uint64_t)i, m))
			return false;
		v = measured_verdict(m);
		helped += v == CAMPAIGN_HELPED;
		harmed += v == CAMPAIGN_HARMED;
		covered += !m->flood && m->effect.interval.low <= truth && truth <= m->effect.interval.high;
		difference += (m->flood ? m->cluster.difference : m->effect.difference) / n;
	}
	printf("%-8s %6s %8s %9s %8s %8s %9s\n", "effect", "years", "computed", "change", "helped", "harmed", "covered");
	printf("%6.0f %% %6" PRId64, 100 * k->o.effect, k->years);
	if (k->o.districts)
		printf(" %8s %9.4f %8.3f %8.3f %9s\n", "-", difference, (double)helped / n, (double)harmed / n, "-");
	else
		printf(" %8.4f %9.4f %8.3f %8.3f %9.3f\n", k->o.effect > 0 ? campaign_year_power(&k->o) : 0.05, difference,
		       (double)helped / n, (double)harmed / n, (double)covered / n);
	return true;
}

int cmd_simulate_campaign(int argc, char **argv)
{
	struct asked k = { .dir = NULL };
	struct measured *m;
	bool ok;

	if (!parse(&k, argc, argv))
		return EXIT_COULD_NOT_RUN;
	if (k.help) {
		fputs(help, stdout);
		return EXIT_ACCEPTED;
	}
	m = mem_alloc(sizeof(*m));
	ok = m != NULL ? (k.dir ? one : table)(&k, m) : simulate_say("campaign", "no memory");
	mem_free(m);
	return ok ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
}
