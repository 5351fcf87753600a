/* figure.h - what is counted of the desk: each figure once, with its name, what it means and how it follows from an object, a step or a message.
 *
 * Idea: a figure is a sum over small entries (when, whose, which figure, which part, at which value, how many). An object as it is makes entries by a pure function, so whoever keeps sums
 * takes away the entries of what the object was and adds those of what it is: sums are then always what a count of all objects would give, and cost nothing to read. Where an object
 * does not keep a moment (an order's answer), the step that brought it makes the entry, once. A message makes its own.
 *
 * Values: a count and money add up n; a rate has value 1 for hits and 0 for the rest; a time has seconds as its value, so that medians are exact; a choice has the number of a
 * state or choice. Entries name nobody: organisation and district are those that work on the object.
 * Numbers of figures are in the registry: append, never change. Whoever changes what a figure counts makes the registry's version another one (store/registry.c). */
#ifndef DUANKA_DESK_FIGURE_H
#define DUANKA_DESK_FIGURE_H
#include "desk/desk.h"

enum desk_figure {
	FIGURE_WARNINGS = 1,
	FIGURE_WARNING_STATES = 2,
	FIGURE_WARNING_OUTCOMES = 3,
	FIGURE_MESSAGE_ONLY = 4,
	FIGURE_WARNINGS_OPEN = 5,
	FIGURE_HITS = 6,
	FIGURE_SIGNED_IN_TIME = 7,
	FIGURE_CONTACTED_IN_TIME = 8,
	FIGURE_SETTLED_IN_TIME = 9,
	FIGURE_REACHED = 10,
	FIGURE_MET = 11,
	FIGURE_TIME_TO_SIGN = 12,
	FIGURE_TIME_TO_CONTACT = 13,
	FIGURE_TIME_TO_MEET = 14,
	FIGURE_ESCALATED = 15,
	FIGURE_UPGRADED = 16,
	FIGURE_CHEATED_AFTER = 17,
	FIGURE_TIME_TO_CHEATED = 18,
	FIGURE_FALSE_ALARMS = 19,
	FIGURE_WARNING_SCAMS = 20,
	FIGURE_LABELS = 21,
	FIGURE_INCIDENTS = 22,
	FIGURE_INCIDENT_STATES = 23,
	FIGURE_INCIDENTS_FILED = 24,
	FIGURE_FIRST_STOP_IN_TIME = 25,
	FIGURE_TIME_TO_FIRST_STOP = 26,
	FIGURE_INCIDENT_AMOUNT = 27,
	FIGURE_INCIDENT_LOSS = 28,
	FIGURE_WARNED_BEFORE = 29,
	FIGURE_STOPS = 30,
	FIGURE_STOP_STATES = 31,
	FIGURE_STOPS_SENT = 32,
	FIGURE_STOPS_IN_FORCE = 33,
	FIGURE_STOPS_REPEATED = 34,
	FIGURE_STOPS_EXTENDED = 35,
	FIGURE_STOPPED_AMOUNT = 36,
	FIGURE_TIME_TO_ANSWER = 37,
	FIGURE_REPORT_TO_STOP = 38,
	FIGURE_PAYMENT_TO_STOP = 39,
	FIGURE_FREEZES = 40,
	FIGURE_FREEZE_STATES = 41,
	FIGURE_FREEZES_IN_FORCE = 42,
	FIGURE_FROZEN_AMOUNT = 43,
	FIGURE_CARDS = 44,
	FIGURE_CARD_STATES = 45,
	FIGURE_CARDS_CLEARED = 46,
	FIGURE_CARDS_VERIFIED = 47,
	FIGURE_ACCOUNTS = 48,
	FIGURE_ACCOUNT_STATES = 49,
	FIGURE_ACCOUNTS_CLEARED = 50,
	FIGURE_ACCOUNTS_VERIFIED = 51,
	FIGURE_MEASURES = 52,
	FIGURE_MEASURES_IN_FORCE = 53,
	FIGURE_MEASURES_ENDED = 54,
	FIGURE_TIME_IN_FORCE = 55,
	FIGURE_APPEALS = 56,
	FIGURE_APPEAL_STATES = 57,
	FIGURE_APPEAL_DECISIONS = 58,
	FIGURE_TIME_TO_DECIDE = 59,
	FIGURE_TIME_TO_RELEASE = 60,
	FIGURE_LISTINGS = 61,
	FIGURE_LISTING_STATES = 62,
	FIGURE_CLUES = 63,
	FIGURE_CLUE_STATES = 64,
	FIGURE_DEVICE_REPORTS = 65,
	FIGURE_DEVICE_STATES = 66,
	FIGURE_MESSAGES = 67,
	FIGURE_ALARMS = 68,
	FIGURE_DEAD_LETTERS = 69, /* not of the registry: whoever knows how messages fare adds it */
	DESK_FIGURES = 70
};

enum desk_figure_unit {
	FIGURE_COUNT,
	FIGURE_MONEY, /* fen */
	FIGURE_RATE,
	FIGURE_TIME, /* seconds */
	FIGURE_CHOICE
};

enum desk_figure_parts { /* what a figure is divided by */
	FIGURE_WHOLE,
	FIGURE_BY_GRADE,
	FIGURE_BY_SCAM, /* 0: not known */
	FIGURE_BY_MEASURE,
	FIGURE_BY_MESSAGE, /* kinds of message */
	FIGURE_BY_KIND,    /* kinds of object */
	FIGURE_BY_FIELD    /* choices of choice_field of choice_kind; 0: not given */
};

enum {
	FIGURE_GRADES = 4,
	FIGURE_WITHIN_MAX = 3,
	FIGURE_PARTS_MAX = 64
};

struct desk_figure_info {
	const char *name, *en, *zh;
	enum desk_figure_unit unit;
	enum desk_figure_parts parts;
	uint8_t kind;                        /* enum desk_kind: of the states of a CHOICE, or whose field has the choices */
	uint8_t field;                       /* 0: states */
	int32_t within_s[FIGURE_WITHIN_MAX]; /* of a TIME: targets; 0: none */
	bool happened;                       /* counts when it happened; else when the object was made */
	const char *what, *from;             /* what it means; the fields, steps or messages that it follows from */
};
extern const struct desk_figure_info desk_figures[DESK_FIGURES]; /* from 1 */
uint32_t desk_figure_find(struct text name);                     /* 0: none */
/* A part's and a value's names; NULL: no such part, or the number is not used. */
const char *desk_figure_part(const struct desk_figure_info *f, uint32_t part, const char **zh);
const char *desk_figure_choice(const struct desk_figure_info *f, int64_t at, const char **zh);
/* Rows of a Markdown table: name, Chinese, unit, parts, what, from. doc/figures.md has this text. */
void desk_figures_print(struct buf *out);

struct desk_entry {
	int64_t time_us; /* of which hour and day it is */
	uint16_t organisation, district;
	uint8_t figure, part;
	int64_t at;
	int64_t n;
};

struct desk_counter { /* where entries go; never fails: whoever keeps them remembers */
	void (*add)(void *ctx, const struct desk_entry *x);
	void *ctx;
};

/* Entries of an object as it is, times sign (1 or -1). reported_us: of a stop order, when the report that it names was made; 0: none. */
void desk_count_object(const struct desk_object *o, int64_t reported_us, int sign, const struct desk_counter *to);
/* Entries of what happened between two versions. before: NULL when it was made. */
void desk_count_step(const struct desk_object *before, const struct desk_object *o, const struct desk_trace *t,
                     const struct desk_counter *to);
/* Of a message about o. */
void desk_count_message(const struct desk_message *m, const struct desk_object *o, const struct desk_counter *to);

#endif
