/* inspection.h - a visit to an outlet (网点检查): planned, done with a checklist and photographs, confirmed by somebody else. What is wrong or missing then becomes a correction each (correction.h), and the score the
 * outlet's.
 *
 * Score. Each item that is needed at the outlet is right, wrong or missing. Right counts its weight, wrong (hung where nobody sees it, out of date, damaged) half of it, missing nothing:
 *   score = floor(100 x sum(weight x (2 right, 1 wrong, 0 missing)) / (2 x sum(weight)))
 * Weights: staff have passed the quiz 3, 96110 notice 2, all else 1 [proposal]. 80 passes, 90 may be a demo outlet, below 60 a warning talk is due (limits.h).
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_INSPECTION_H
#define DUANKA_DESK_INSPECTION_H
#include "desk/kit.h"

enum inspection_state {
	INSPECTION_PLANNED = 1,
	INSPECTION_DONE = 2,
	INSPECTION_CONFIRMED = 3,
	INSPECTION_CANCELLED = 4,
	INSPECTION_STATES = 5
};

enum inspection_field {
	INSPECTION_F_OUTLET = 1,
	INSPECTION_F_PLANNED = 2,
	INSPECTION_F_RIGHT = 3, /* bits 1 << (item - 1) */
	INSPECTION_F_WRONG = 4,
	INSPECTION_F_MISSING = 5,
	INSPECTION_F_SCORE = 6,
	INSPECTION_F_PHOTO_1 = 7,
	INSPECTION_F_PHOTO_2 = 8,
	INSPECTION_F_PHOTO_3 = 9,
	INSPECTION_F_FINDING = 10,
	INSPECTION_F_NOTE = 11,
	INSPECTION_F_DEADLINE = 12, /* of what has to be corrected */
	INSPECTION_F_ORGANISATION = 13,
	INSPECTION_F_DISTRICT = 14,
	INSPECTION_F_LATE = 15,
	INSPECTION_F_FIELDS = 16
};

enum inspection_step {
	INSPECTION_DO_PLAN = 1,
	INSPECTION_DO_MOVE = 2,
	INSPECTION_DO_DO = 3,
	INSPECTION_DO_SEND_BACK = 4,
	INSPECTION_DO_CONFIRM = 5,
	INSPECTION_DO_CANCEL = 6,
	INSPECTION_DO_LATE = 7,
	INSPECTION_DO_LATE_CONFIRM = 8,
	INSPECTION_DO_STEPS = 9
};

enum inspection_timer {
	INSPECTION_T_DO = 0,
	INSPECTION_T_CONFIRM = 1,
	INSPECTION_T_TIMERS = 2
};

extern const struct desk_machine desk_inspection;

/* 0..100 by the formula above; bits of items. The three are disjoint and not all empty. */
uint32_t inspection_score(uint32_t right, uint32_t wrong, uint32_t missing);
uint32_t inspection_weight(uint32_t item);

#endif
