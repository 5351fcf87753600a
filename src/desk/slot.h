/* slot.h - when a material is on which screens: the lines of playlists.
 *
 * A slot is for all screens that fit everything it names (screen, outlet, organisation, district); one that names nothing is for all. An emergency slot replaces all others while it lasts; a shift leader puts
 * it on alone, because it must be seen within seconds, and it ends by itself.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_SLOT_H
#define DUANKA_DESK_SLOT_H
#include "desk/machine.h"

enum slot_state {
	SLOT_PLANNED = 1,
	SLOT_ON = 2,
	SLOT_ENDED = 3,
	SLOT_WITHDRAWN = 4,
	SLOT_STATES = 5
};

enum slot_field {
	SLOT_F_MATERIAL = 1,
	SLOT_F_SCREEN = 2,
	SLOT_F_OUTLET = 3,
	SLOT_F_ORGANISATION = 4,
	SLOT_F_DISTRICT = 5,
	SLOT_F_STARTS = 6,
	SLOT_F_UNTIL = 7,
	SLOT_F_WEEKDAYS = 8,  /* bits: 1 Monday .. 64 Sunday */
	SLOT_F_FROM_HOUR = 9, /* of the local day; from 20 to 6 goes over midnight */
	SLOT_F_TO_HOUR = 10,
	SLOT_F_SECONDS = 11,
	SLOT_F_PRIORITY = 12,
	SLOT_F_EMERGENCY = 13, /* 1; set by the desk */
	SLOT_F_REASON = 14,
	SLOT_F_FIELDS = 15
};

enum slot_step {
	SLOT_DO_PLAN = 1,
	SLOT_DO_APPROVE = 2,
	SLOT_DO_OVERRIDE = 3,
	SLOT_DO_WITHDRAW = 4,
	SLOT_DO_END = 5,
	SLOT_DO_STEPS = 6
};

enum slot_timer {
	SLOT_T_END = 0,
	SLOT_T_TIMERS = 1
};

enum {
	SLOT_SECONDS_USUAL = 15,
	SLOT_SECONDS_LEAST = 3,
	SLOT_SECONDS_MOST = 600
};

extern const struct desk_machine desk_slot;

#endif
