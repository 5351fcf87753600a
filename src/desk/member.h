/* member.h - a resident who writes on the public board: new (what they write waits for a moderator), trusted, banned for a while, or gone.
 * Who logs in as which member is decided at the boundary (store/credentials.h); the desk believes a command of the public that names one, and nobody else's.
 * A ban is a measure of the ledger: with basis, evidence, reason, notice, end and appeal. It is about the member and no number: whatever number somebody types when they register need not be theirs. So nobody
 * but the member is told of it, on their own page.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_MEMBER_H
#define DUANKA_DESK_MEMBER_H
#include "desk/machine.h"

enum member_state {
	MEMBER_NEW = 1,
	MEMBER_TRUSTED = 2,
	MEMBER_BANNED = 3,
	MEMBER_LEFT = 4,
	MEMBER_STATES = 5
};

enum member_field {
	MEMBER_F_NAME = 1, /* as everybody reads it: chosen, not a person's name */
	/* 2 is not used any more */
	MEMBER_F_APPROVED = 3, /* posts that a moderator has let through since the last refused one */
	MEMBER_F_BASIS = 4,
	MEMBER_F_EVIDENCE = 5,
	MEMBER_F_REASON = 6,
	MEMBER_F_UNTIL = 7,
	MEMBER_F_MEASURE = 8,
	MEMBER_F_BEFORE = 9, /* state before the ban */
	MEMBER_F_NOTE = 10,
	MEMBER_F_FIELDS = 11
};

enum member_step {
	MEMBER_DO_REGISTER = 1,
	MEMBER_DO_APPROVED = 2,
	MEMBER_DO_REFUSED = 3,
	MEMBER_DO_BAN = 4,
	MEMBER_DO_LIFT = 5,
	MEMBER_DO_RELEASE_BY_APPEAL = 6,
	MEMBER_DO_END_BAN = 7,
	MEMBER_DO_LEAVE = 8,
	MEMBER_DO_RENAME = 9,
	MEMBER_DO_STEPS = 10
};

enum member_timer {
	MEMBER_T_BAN = 0,
	MEMBER_T_TIMERS = 1
};

extern const struct desk_machine desk_member;

/* For topics and replies. Of the public the member in `field` has to be there, of the public too, and not banned; staff name none. *waits: what they write is shown only when a moderator has seen it:
 * the member is new, or what it holds (a bit for links, one for numbers) needs a look; pictures are the topic's own to see. */
struct desk_turn;
enum desk_refusal member_writes(struct desk_turn *t, uint32_t field, uint32_t holds, bool *waits) MUST_CHECK;
/* Whether the step is the author's own doing, or a moderator's. */
enum desk_refusal member_own(struct desk_turn *t, uint32_t field) MUST_CHECK;
/* A moderator has let it through, or not. No member: nothing. */
enum desk_refusal member_judged(struct desk_turn *t, uint32_t field, bool good) MUST_CHECK;

/* A reader means that a moderator should look: counted in `field`, and the first one sets the timer. Who wrote it is none the worse for it. */
enum desk_refusal member_pointed(struct desk_turn *t, uint32_t field, uint32_t timer) MUST_CHECK;
/* The time is over: an alarm; what a reader pointed at is still to be looked at, so the time begins anew. */
enum desk_refusal member_late_look(struct desk_turn *t, uint32_t field, uint32_t timer) MUST_CHECK;
/* A moderator has looked: both fields are empty and the timer is off. */
void member_looked_at(struct desk_turn *t, uint32_t field, uint32_t field_as, uint32_t timer);

/* What topics and replies have in common. */
extern const struct desk_choices board_grounds;
enum {
	BOARD_POINTED_MAX = 9999
};
enum board_holds {
	BOARD_HOLDS_LINK = 1,
	BOARD_HOLDS_NUMBER = 2
};

#endif
