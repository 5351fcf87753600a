/* assessment.h - the monthly sheet of a unit (月度考核表): an outlet, or a bank or operator as a whole. Two scores of 0..100, in hundredths: performance (实绩) and cybersecurity (网络安全).
 *
 *   computed -> proposed -> (objected) -> decided -> published        withdrawn
 *
 * Its figures are those that the service counted up to a position of the journal, none is typed in; what they come to follows from them here, so that anybody can compute it again. The unit has time to object; another person than the
 * one who proposed decides, and gives a reason where the decision departs from the figures or follows an objection. Nothing follows by itself: that a warning talk is proposed (talk) stands in the sheet for people to act on.
 *
 * Performance: points of those parts that there are figures of, as a share of the points that these could give; no score of fewer than two parts, so that nobody is perfect because nobody objected.
 *   orders       30  answered in time, of all
 *   inspection   30  score of the last one / 100
 *   training     20  staff with a pass of any course that is in force, of all; drills don't count
 *   complaints   20  less 4 for each objection against a measure of the unit that was granted
 * Cybersecurity, likewise, of units that opened anything in the twelve months:
 *   involved     50  mean of the kind / the unit's estimate, at most 1: of its openings (outreach/risk.h)
 *   month        20  found involved: no more than the month before, else (before + 1) / (now + 1)
 *   year         20  the same against a year ago
 *   top          10  not in the top group of risk; 5 in it; 0 in it for the second month in a row
 * Whole numbers, rounded down. Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_ASSESSMENT_H
#define DUANKA_DESK_ASSESSMENT_H
#include "desk/desk.h"

enum {
	ASSESSMENT_SCORE_MAX = 10000, /* 100 points */
	ASSESSMENT_COUNT_MAX = 1000000000
};

enum assessment_state {
	ASSESSMENT_COMPUTED = 1,
	ASSESSMENT_PROPOSED = 2,
	ASSESSMENT_OBJECTED = 3,
	ASSESSMENT_DECIDED = 4,
	ASSESSMENT_PUBLISHED = 5,
	ASSESSMENT_WITHDRAWN = 6,
	ASSESSMENT_STATES = 7
};

enum assessment_field {
	ASSESSMENT_F_MONTH = 1,  /* its first moment, local */
	ASSESSMENT_F_OUTLET = 2, /* not there: the organisation as a whole */
	ASSESSMENT_F_ORGANISATION = 3,
	ASSESSMENT_F_POSITION = 4, /* the figures are those of the journal up to here */
	ASSESSMENT_F_DIGEST = 5,   /* of the figures */
	/* the figures */
	ASSESSMENT_F_OPENED = 6,   /* in twelve months */
	ASSESSMENT_F_INVOLVED = 7, /* of these, found in the month */
	ASSESSMENT_F_ESTIMATE = 8, /* involved in a million openings, estimated */
	ASSESSMENT_F_MEAN = 9,     /* the mean of the kind, likewise */
	ASSESSMENT_F_FOUND = 10,   /* in the month, whenever opened */
	ASSESSMENT_F_FOUND_BEFORE = 11,
	ASSESSMENT_F_FOUND_YEAR = 12,
	ASSESSMENT_F_TOP = 13, /* months in a row in the top group: 0, 1, 2 */
	ASSESSMENT_F_ORDERS = 14,
	ASSESSMENT_F_ORDERS_IN_TIME = 15,
	ASSESSMENT_F_INSPECTION = 16,
	ASSESSMENT_F_STAFF = 17,
	ASSESSMENT_F_TRAINED = 18,
	ASSESSMENT_F_COMPLAINTS = 19,
	/* made from them */
	ASSESSMENT_F_PERFORMANCE = 20,
	ASSESSMENT_F_SECURITY = 21,
	ASSESSMENT_F_TALK = 22,
	/* by people */
	ASSESSMENT_F_OBJECTION = 23,
	ASSESSMENT_F_REASON = 24,
	ASSESSMENT_F_DECIDED_PERFORMANCE = 25,
	ASSESSMENT_F_DECIDED_SECURITY = 26,
	ASSESSMENT_F_UNTIL = 27, /* the unit may object until */
	ASSESSMENT_F_NOTE = 28,
	ASSESSMENT_F_DISTRICT = 29,
	ASSESSMENT_F_FIELDS = 30
};
#define ASSESSMENT_FIGURES_FIRST ASSESSMENT_F_OPENED
#define ASSESSMENT_FIGURES_LAST ASSESSMENT_F_COMPLAINTS

enum assessment_step {
	ASSESSMENT_DO_COMPUTE = 1,
	ASSESSMENT_DO_PROPOSE = 2,
	ASSESSMENT_DO_OBJECT = 3,
	ASSESSMENT_DO_DECIDE = 4,
	ASSESSMENT_DO_PUBLISH = 5,
	ASSESSMENT_DO_WITHDRAW = 6,
	ASSESSMENT_DO_TIME_OVER = 7,
	ASSESSMENT_DO_STEPS = 8
};

enum assessment_timer {
	ASSESSMENT_T_OBJECTION = 0,
	ASSESSMENT_T_TIMERS = 1
};

struct assessment_scores {
	int64_t performance, security; /* hundredths of a point; -1: nothing to go by */
};
/* Of figures by their field numbers; has: bits of those that there are. */
struct assessment_scores assessment_scores(const int64_t figure[ASSESSMENT_F_FIELDS], uint64_t has);

/* What a sheet of the organisation as a whole is about: its number. */
struct desk_entity assessment_of(uint16_t organisation);

extern const struct desk_machine desk_assessment;

#endif
