/* joint_event.h - an event that members of the alliance hold together (活动联办): draft, approval by a second person, held, closed with its result. What is changed
 * after that is approved again, by somebody else than who changed it; meanwhile members see it, marked as changed.
 *
 * Who does what for it is a matter about it of sort "part" (matter.h), with its owner and its deadline. The press list (names and phones of journalists) is sealed; how many there were is
 * not. Photos are files of the event. Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_JOINT_EVENT_H
#define DUANKA_DESK_JOINT_EVENT_H
#include "desk/machine.h"

enum joint_event_state {
	JOINT_EVENT_DRAFT = 1,
	JOINT_EVENT_PROPOSED = 2,
	JOINT_EVENT_OPEN = 3,
	JOINT_EVENT_HELD = 4,
	JOINT_EVENT_CLOSED = 5,
	JOINT_EVENT_CANCELLED = 6,
	JOINT_EVENT_WITHDRAWN = 7,
	JOINT_EVENT_CHANGED =
		8, /* after it was approved: everybody still reads it, and it is held only when it was approved again */
	JOINT_EVENT_STATES = 9
};

enum joint_event_field {
	JOINT_EVENT_F_SORT = 1,
	JOINT_EVENT_F_TITLE = 2,
	JOINT_EVENT_F_WHEN = 3,
	JOINT_EVENT_F_UNTIL = 4,
	JOINT_EVENT_F_PLACE = 5,
	JOINT_EVENT_F_DISTRICT = 6,
	JOINT_EVENT_F_PLAN = 7,
	JOINT_EVENT_F_ROLES = 8,    /* who takes part and as what, in a text; parts with a deadline are matters */
	JOINT_EVENT_F_MATERIAL = 9, /* a material of the library */
	JOINT_EVENT_F_KIT = 10,     /* what else is brought */
	JOINT_EVENT_F_PHOTO_1 = 11,
	JOINT_EVENT_F_PHOTO_2 = 12,
	JOINT_EVENT_F_PHOTO_3 = 13,
	JOINT_EVENT_F_PHOTO_4 = 14,
	JOINT_EVENT_F_PRESS = 15, /* sealed */
	JOINT_EVENT_F_PRESS_N = 16,
	JOINT_EVENT_F_RESULT = 17,
	JOINT_EVENT_F_REACHED = 18,
	JOINT_EVENT_F_HANDED = 19,
	JOINT_EVENT_F_INSTALLS = 20,
	JOINT_EVENT_F_CLUES = 21,
	JOINT_EVENT_F_REASON = 22,
	JOINT_EVENT_F_LATE = 23,
	JOINT_EVENT_F_FIELDS = 24
};

enum joint_event_step {
	JOINT_EVENT_DO_DRAFT = 1,
	JOINT_EVENT_DO_AMEND = 2,
	JOINT_EVENT_DO_PROPOSE = 3,
	JOINT_EVENT_DO_OPEN = 4,
	JOINT_EVENT_DO_RETURN = 5,
	JOINT_EVENT_DO_PRESS = 6,
	JOINT_EVENT_DO_HOLD = 7,
	JOINT_EVENT_DO_PHOTO = 8,
	JOINT_EVENT_DO_CLOSE = 9,
	JOINT_EVENT_DO_CANCEL = 10,
	JOINT_EVENT_DO_WITHDRAW = 11,
	JOINT_EVENT_DO_SOON = 12,
	JOINT_EVENT_DO_LATE_RESULT = 13,
	JOINT_EVENT_DO_CHANGE = 14,
	JOINT_EVENT_DO_STEPS = 15
};

enum joint_event_timer {
	JOINT_EVENT_T_SOON = 0,
	JOINT_EVENT_T_RESULT = 1,
	JOINT_EVENT_T_TIMERS = 2
};

extern const struct desk_machine desk_joint_event;

#endif
