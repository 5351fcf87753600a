/* topic.h - a topic of the public board, by a resident (then it names the member) or by media and members of the alliance (then it stands for the organisation of who posted it, whose name is the settings' and nobody's to write).
 * What the public is shown is in state shown or locked; nothing else of the board is.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_TOPIC_H
#define DUANKA_DESK_TOPIC_H
#include "desk/machine.h"

enum topic_state {
	TOPIC_WAITING = 1, /* for a moderator */
	TOPIC_SHOWN = 2,
	TOPIC_LOCKED = 3, /* shown, and nobody replies any more */
	TOPIC_HIDDEN = 4,
	TOPIC_WITHDRAWN = 5,
	TOPIC_STATES = 6
};

enum topic_field {
	TOPIC_F_MEMBER = 1,
	/* 2 is not used any more */
	TOPIC_F_TITLE = 3,
	TOPIC_F_BODY = 4,
	TOPIC_F_PICTURE_1 = 5, /* four in a row */
	TOPIC_F_PICTURE_2 = 6,
	TOPIC_F_PICTURE_3 = 7,
	TOPIC_F_PICTURE_4 = 8,
	TOPIC_F_HOLDS = 9, /* bits of enum board_holds */
	TOPIC_F_PINNED = 10,
	TOPIC_F_GROUND = 11,
	TOPIC_F_NOTE = 12,
	TOPIC_F_REPLIES = 13, /* shown ones */
	TOPIC_F_LAST = 14,    /* when the last of them came */
	TOPIC_F_ORGANISATION = 15,
	TOPIC_F_POINTED = 16,    /* how often readers pointed at it since a moderator looked */
	TOPIC_F_POINTED_AS = 17, /* what the last of them said it is */
	TOPIC_F_FIELDS = 18
};

enum topic_step {
	TOPIC_DO_POST = 1,
	TOPIC_DO_APPROVE = 2,
	TOPIC_DO_REJECT = 3,
	TOPIC_DO_HIDE = 4,
	TOPIC_DO_SHOW = 5,
	TOPIC_DO_LOCK = 6,
	TOPIC_DO_UNLOCK = 7,
	TOPIC_DO_PIN = 8,
	TOPIC_DO_UNPIN = 9,
	TOPIC_DO_WITHDRAW = 10,
	TOPIC_DO_REPLIED = 11,
	TOPIC_DO_UNREPLIED = 12,
	TOPIC_DO_LATE_LOOK = 13,
	TOPIC_DO_POINT = 14, /* a reader means that a moderator should look */
	TOPIC_DO_KEEP = 15,  /* the moderator has, and it stays */
	TOPIC_DO_STEPS = 16
};

enum topic_timer {
	TOPIC_T_LOOK = 0,
	TOPIC_T_TIMERS = 1
};

enum {
	TOPIC_PICTURES = 4
};

extern const struct desk_machine desk_topic;

#endif
