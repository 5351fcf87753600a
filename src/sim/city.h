/* city.h - a made-up city with known truth: its ordinary life, the people who look suspicious and are not, and crimes.
 *
 * Out comes what the parties of the alliance would see (calls, messages, transfers, cash, openings, bindings, logins,
 * reports), and truth.csv, which says of every criminal event and entity which crime it belongs to. The same options give
 * the same bytes on every machine: integer arithmetic and basic IEEE operations only, no libm, no clock.
 *
 * Identifiers are invented: mobile blocks of Qingdao, card prefixes of real banks, ID numbers with correct check
 * characters. Whether anybody has one of them is chance. */
#ifndef DUANKA_SIM_CITY_H
#define DUANKA_SIM_CITY_H
#include "base/buf.h"
#include "sim/scene.h"

enum {
	CITY_PEOPLE_MIN = 1000,
	CITY_PEOPLE_MAX = 20000000,
	CITY_DAYS_MAX = 3650,
	CITY_HISTORY_MAX = 365,
	CITY_CRIME_MAX = 100000, /* per cent of the scenario file's rates */
};

/* What happens; each has its file, cards and accounts share openings.csv. */
enum ev_type {
	EV_CALL,
	EV_SMS,
	EV_DATA,
	EV_TRANSFER,
	EV_CASH,
	EV_OPEN_CARD,
	EV_OPEN_ACCOUNT,
	EV_BIND,
	EV_LOGIN,
	EV_REPORT,
	EV_TYPES
};

struct city_options {
	int64_t people, days;
	uint64_t seed;
	int64_t start_day;    /* days since 1970-01-01 of the first day, local */
	int64_t history_days; /* sparse history before it: openings, who holds what, who pays whom; 0 = bindings only */
	enum difficulty difficulty;
	int64_t crime_percent; /* of the rates in the scenario file: 100 as it stands, 0 none */
	uint32_t only;         /* bit mask of ev_type that is written; all of it happens */
	const char *dir;       /* files go there, made if absent; NULL: one stream of NDJSON to standard output */
	/* Before each line of the stream, with its time after the first day's midnight; waits as it likes. NULL: no waiting.
	 * It may say false to flush what is written and be asked again: so nobody waits for a line that was made long ago. */
	bool (*pace)(void *ctx, int32_t at_s, bool flushed);
	void *pace_ctx;
};

struct city_counts {
	uint64_t events[EV_TYPES]; /* written */
	uint64_t criminal;         /* of them */
	uint64_t declined;         /* payments that found too little money: no event */
	uint64_t bytes;
	uint64_t crimes;
};

struct city;

/* Fills the defaults: 200,000 people, 7 days from 2026-03-02, seed 1, 60 days of history, medium. */
void city_defaults(struct city_options *o);
/* scene is borrowed until city_close. ERR_RANGE for options beyond the limits above, ERR_MEMORY, ERR_IO (errno). */
enum err city_open(struct city **out, const struct city_options *o, const struct scene *scene) MUST_CHECK;
/* One more hour of the city. *more: whether there is another. After a failure only city_close. */
enum err city_step(struct city *c, bool *more) MUST_CHECK;
/* Hours done and in all, for progress; the first hour includes the history. */
void city_progress(const struct city *c, int64_t *done, int64_t *total);
void city_counts(const struct city *c, struct city_counts *out);
/* Writes what is known at the end (populations into truth.csv, balances.csv, lists), closes the files, frees c. May be
 * called early: everything written is whole lines, and truth.csv is true of them. */
enum err city_close(struct city *c) MUST_CHECK;

#endif
