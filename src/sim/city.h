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
	CITY_DISTRICTS = 10,     /* of Qingdao; openings and bindings tell in which a person lives */
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
	EV_PLACE, /* where a cell is */
	EV_TYPES
};

enum stage { /* of a crime */
	STAGE_RECRUIT,
	STAGE_OPEN,
	STAGE_TEST,
	STAGE_LEAD,
	STAGE_CONTACT,
	STAGE_GROOM,
	STAGE_BAIT,
	STAGE_TRANSFER,
	STAGE_LAYER,
	STAGE_CASHOUT,
	STAGE_REPORT
};
enum role { /* in a crime */
	ROLE_SIMBOX,
	ROLE_BURST,
	ROLE_SLEEPING,
	ROLE_GATEWAY_VOICE,
	ROLE_GATEWAY_LINE,
	ROLE_CALLER,
	ROLE_SPAMMER,
	ROLE_IOT,
	ROLE_MULE,
	ROLE_OPENER,
	ROLE_AGENT,
	ROLE_GOLD,
	ROLE_VICTIM,
	ROLE_TARGET,
	ROLE_OUTLET,
	ROLE_CLERK
};
enum what { /* kinds of entity in truth.csv */
	WHAT_PHONE,
	WHAT_ACCOUNT,
	WHAT_PERSON,
	WHAT_DEVICE,
	WHAT_CELL,
	WHAT_OUTLET,
	WHAT_AGENT,
	WHAT_CLERK,
	WHATS
};

/* One event that is about to be seen, for a watcher. Phones are as numbers.h writes them, accounts and persons are index + 1; 0: none. */
struct city_deed {
	int32_t at_s; /* since the first day's local midnight; negative in the history */
	enum ev_type type;
	uint64_t from,
		to; /* phones of calls and messages; accounts of transfers and cash; phone and account of openings, bindings and reports; account and phone of logins */
	uint32_t person; /* of openings and bindings: the holder; of reports: the victim */
	int64_t fen;     /* of transfers and cash */
	int64_t talk_s;
	uint32_t crime; /* it belongs to; 0: nobody's. What follows is of crimes only */
	const char *scenario;
	enum stage stage;
	enum role role;
	uint8_t level; /* of a mule */
};

/* Somebody who stands between the city and those who see its events. The city itself takes no notice of what a watcher keeps back: it goes on
 * as it would have, so that two watchers of one seed see the same city. */
struct city_watcher {
	void *ctx;
	/* False: nobody sees this event. It may lower d->fen (above 0): so much less was paid. */
	bool (*allow)(void *ctx, struct city_deed *d);
	/* The event as a line of NDJSON without its line end. Good during the call. */
	enum err (*happened)(void *ctx, const struct city_deed *d, struct text line);
	/* A row of truth: who somebody is from now on. */
	void (*known)(void *ctx, enum what what, struct text identifier, int32_t at_s, uint32_t crime, enum role role);
	/* Before anything happens: entries of the lists that the shipped rules exempt. */
	enum err (*listed)(void *ctx, const char *list, struct text identifier);
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
	 * It may say ERR_ABSENT to have what is written flushed and be asked again: so nobody waits for a line that was made long ago. Any
	 * other error is the city's, and the line is not written. */
	enum err (*pace)(void *ctx, int32_t at_s, bool flushed);
	void *pace_ctx;
	/* Instead of files and stream, if not NULL: borrowed until city_close. An error of its functions is the city's. */
	const struct city_watcher *watcher;
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
uint32_t city_district(uint32_t i); /* 370202 ...: administrative code of district i < CITY_DISTRICTS */
void city_counts(const struct city *c, struct city_counts *out);
/* Writes what is known at the end (populations into truth.csv, balances.csv, lists), closes the files, frees c. May be
 * called early: everything written is whole lines, and truth.csv is true of them. */
enum err city_close(struct city *c) MUST_CHECK;

#endif
