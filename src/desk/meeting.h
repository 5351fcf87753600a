/* meeting.h - a meeting of the alliance (联席会议): called, held, minuted, confirmed by a second person.
 *
 * Its agenda is the matters that name it (matter.h), its decisions are what those matters were decided to. Who was there stands twice: organisations and roles as a text that all members
 * read, the names on the sign-in sheet sealed. Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_MEETING_H
#define DUANKA_DESK_MEETING_H
#include "desk/machine.h"

enum meeting_state {
	MEETING_PLANNED = 1,
	MEETING_CALLED = 2,
	MEETING_HELD = 3,
	MEETING_MINUTED = 4,
	MEETING_CONFIRMED = 5,
	MEETING_CANCELLED = 6,
	MEETING_STATES = 7
};

enum meeting_field {
	MEETING_F_SORT = 1,
	MEETING_F_TITLE = 2,
	MEETING_F_WHEN = 3,
	MEETING_F_UNTIL = 4,
	MEETING_F_PLACE = 5,
	MEETING_F_AGENDA = 6,
	MEETING_F_CHAIR = 7,   /* an office, not a name */
	MEETING_F_INVITED = 8, /* organisations and roles */
	MEETING_F_PRESENT = 9,
	MEETING_F_ABSENT = 10,
	MEETING_F_NAMES = 11, /* sealed */
	MEETING_F_MINUTES = 12,
	MEETING_F_DECISIONS = 13, /* beyond those of its matters */
	MEETING_F_NEXT = 14,
	MEETING_F_REASON = 15,
	MEETING_F_PAPER = 16,
	MEETING_F_LATE = 17,
	MEETING_F_FIELDS = 18
};

enum meeting_step {
	MEETING_DO_PLAN = 1,
	MEETING_DO_AMEND = 2,
	MEETING_DO_CALL = 3,
	MEETING_DO_HOLD = 4,
	MEETING_DO_MINUTE = 5,
	MEETING_DO_CONFIRM = 6,
	MEETING_DO_RETURN = 7,
	MEETING_DO_CANCEL = 8,
	MEETING_DO_SOON = 9,
	MEETING_DO_LATE_MINUTES = 10,
	MEETING_DO_STEPS = 11
};

enum meeting_timer {
	MEETING_T_SOON = 0,
	MEETING_T_MINUTES = 1,
	MEETING_T_TIMERS = 2
};

extern const struct desk_machine desk_meeting;

#endif
