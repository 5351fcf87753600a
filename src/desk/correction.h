/* correction.h - what an outlet has to put right until when (整改): set by a confirmed inspection for each item that was wrong or missing, or by an inspector by hand; reported with a photograph by the outlet, accepted by
 * somebody else.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_CORRECTION_H
#define DUANKA_DESK_CORRECTION_H
#include "desk/kit.h"

enum correction_state {
	CORRECTION_OPEN = 1,
	CORRECTION_REPORTED = 2,
	CORRECTION_DONE = 3,
	CORRECTION_VOID = 4,
	CORRECTION_STATES = 5
};
enum correction_fault {
	FAULT_WRONG = 1,
	FAULT_MISSING = 2
};

enum correction_field {
	CORRECTION_F_OUTLET = 1,
	CORRECTION_F_INSPECTION = 2,
	CORRECTION_F_ITEM = 3,
	CORRECTION_F_FAULT = 4,
	CORRECTION_F_DEADLINE = 5,
	CORRECTION_F_PHOTO = 6,
	CORRECTION_F_NOTE = 7,
	CORRECTION_F_LATE = 8,
	CORRECTION_F_ORGANISATION = 9,
	CORRECTION_F_DISTRICT = 10,
	CORRECTION_F_FIELDS = 11
};

enum correction_step {
	CORRECTION_DO_SET = 1,
	CORRECTION_DO_REPORT = 2,
	CORRECTION_DO_ACCEPT = 3,
	CORRECTION_DO_SEND_BACK = 4,
	CORRECTION_DO_WAIVE = 5,
	CORRECTION_DO_VOID = 6,
	CORRECTION_DO_SOON = 7,
	CORRECTION_DO_LATE = 8,
	CORRECTION_DO_STEPS = 9
};

enum correction_timer {
	CORRECTION_T_SOON = 0,
	CORRECTION_T_LATE = 1,
	CORRECTION_T_TIMERS = 2
};

extern const struct desk_machine desk_correction;

struct desk_turn;
/* Whether the outlet has an open one about the item: there is one at a time. */
bool correction_open(struct desk_turn *t, uint64_t outlet, uint32_t item);

#endif
