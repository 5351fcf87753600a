/* reply.h - a reply to a topic of the public board (topic.h). Shown only in state shown, and only while its topic is.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_REPLY_H
#define DUANKA_DESK_REPLY_H
#include "desk/machine.h"

enum reply_state {
	REPLY_WAITING = 1,
	REPLY_SHOWN = 2,
	REPLY_HIDDEN = 3,
	REPLY_WITHDRAWN = 4,
	REPLY_STATES = 5
};

enum reply_field {
	REPLY_F_TOPIC = 1,
	REPLY_F_MEMBER = 2,
	/* 3 is not used any more */
	REPLY_F_BODY = 4,
	REPLY_F_HOLDS = 5,
	REPLY_F_GROUND = 6,
	REPLY_F_NOTE = 7,
	REPLY_F_ORGANISATION = 8,
	REPLY_F_POINTED = 9, /* as of a topic */
	REPLY_F_POINTED_AS = 10,
	REPLY_F_FIELDS = 11
};

enum reply_step {
	REPLY_DO_REPLY = 1,
	REPLY_DO_APPROVE = 2,
	REPLY_DO_REJECT = 3,
	REPLY_DO_HIDE = 4,
	REPLY_DO_SHOW = 5,
	REPLY_DO_WITHDRAW = 6,
	REPLY_DO_LATE_LOOK = 7,
	REPLY_DO_POINT = 8,
	REPLY_DO_KEEP = 9,
	REPLY_DO_STEPS = 10
};

enum reply_timer {
	REPLY_T_LOOK = 0,
	REPLY_T_TIMERS = 1
};

extern const struct desk_machine desk_reply;

#endif
