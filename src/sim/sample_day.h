/* sample_day.h - a made-up day of a city's calls, messages and money, with its fraudsters, as files.
 *
 * For the demonstration, for scoring the shipped policies (truth.csv says who is who) and, with more people, for
 * benchmarks. The same options give the same bytes on every machine: one seeded generator, integer arithmetic only.
 * All numbers are invented; prefixes, lengths and check characters are real, so that they pass canonicalisation. It is
 * not a model of a real city's statistics beyond the few that doc/ names, and nobody should train on it. */
#ifndef DUANKA_SIM_SAMPLE_DAY_H
#define DUANKA_SIM_SAMPLE_DAY_H
#include "base/err.h"
#include "base/check.h"
#include <stdint.h>

enum {
	SAMPLE_PEOPLE_DEFAULT = 8000,
	SAMPLE_PEOPLE_MIN = 600,
	SAMPLE_PEOPLE_MAX = 20 * 1000 * 1000,
	SAMPLE_DAYS_MAX = 60,
};

struct sample_options {
	int64_t people, days;
	uint64_t seed;
	int32_t bad_lines; /* 0: none; 1: a few dozen records that must be quarantined */
};

struct sample_counts {
	uint64_t events, bad, bytes;
};

/* Writes calls.csv, sms.ndjson, transfers.csv, cash.csv, openings.csv, binds.csv and truth.csv into the folder, which
 * must exist. On failure the folder holds a part; ERR_IO leaves errno. */
enum err sample_day_write(const struct sample_options *o, const char *dir, struct sample_counts *counts) MUST_CHECK;

#endif
