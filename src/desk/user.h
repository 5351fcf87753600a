/* user.h - a person who works at the desk (用户): roles, organisation and district are given by one administrator and approved by another. Secrets lie sealed elsewhere.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_USER_H
#define DUANKA_DESK_USER_H
#include "desk/machine.h"

enum user_state {
	USER_INVITED = 1,
	USER_ACTIVE = 2,
	USER_LOCKED = 3,
	USER_LEFT = 4,
	USER_STATES = 5
};

enum user_field {
	USER_F_NAME = 1,
	USER_F_LOGIN = 2,
	USER_F_ROLES = 3, /* bits */
	USER_F_ORGANISATION = 4,
	USER_F_DISTRICT = 5,
	USER_F_SECRET = 6,    /* password's hash, sealed */
	USER_F_UNTIL = 7,     /* access ends by itself */
	USER_F_NEW_ROLES = 8, /* asked for */
	USER_F_DUTY = 9,
	USER_F_NOTE = 10,
	USER_F_TOTP = 11,     /* sealed */
	USER_F_FAILURES = 12, /* wrong passwords in a row */
	USER_F_OUTLET = 13,   /* where they work */
	USER_F_FIELDS = 14
};

enum user_step {
	USER_DO_INVITE = 1,
	USER_DO_ACTIVATE = 2,
	USER_DO_ASK_ROLES = 3,
	USER_DO_GIVE_ROLES = 4,
	USER_DO_LOCK = 5,
	USER_DO_UNLOCK = 6,
	USER_DO_LEAVE = 7,
	USER_DO_CHANGE_SECRET = 8,
	USER_DO_EXPIRE = 9,
	USER_DO_MOVE = 10,
	USER_DO_STEPS = 11
};

enum user_timer {
	USER_T_UNTIL = 0,
	USER_T_TIMERS = 1
};

extern const struct desk_machine desk_user;

#endif
