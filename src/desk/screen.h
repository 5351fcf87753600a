/* screen.h - a screen at an outlet: an address that any browser shows full-screen. Its secret is a keyed hash of its number and its turn, so nothing is stored; a new turn makes the old address void.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_SCREEN_H
#define DUANKA_DESK_SCREEN_H
#include "desk/machine.h"

enum screen_state {
	SCREEN_ACTIVE = 1,
	SCREEN_RETIRED = 2,
	SCREEN_STATES = 3
};

enum screen_field {
	SCREEN_F_NAME = 1,
	SCREEN_F_OUTLET = 2,
	SCREEN_F_ORGANISATION = 3,
	SCREEN_F_DISTRICT = 4,
	SCREEN_F_LANGUAGE = 5,
	SCREEN_F_TURN = 6, /* of its address; set by the desk */
	SCREEN_F_REASON = 7,
	SCREEN_F_FIELDS = 8
};

enum screen_language {
	SCREEN_ZH = 1,
	SCREEN_EN = 2,
	SCREEN_BOTH = 3
};

enum screen_step {
	SCREEN_DO_SET_UP = 1,
	SCREEN_DO_CHANGE = 2,
	SCREEN_DO_ROTATE = 3,
	SCREEN_DO_RETIRE = 4,
	SCREEN_DO_STEPS = 5
};

extern const struct desk_machine desk_screen;

#endif
