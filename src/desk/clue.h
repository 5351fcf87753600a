/* clue.h - a clue (线索) that a citizen or an institution brings: receipt, check, and an answer to who brought it.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_CLUE_H
#define DUANKA_DESK_CLUE_H
#include "desk/machine.h"

enum clue_state {
	CLUE_RECEIVED = 1,
	CLUE_PASSED_ON = 2,
	CLUE_VERIFIED = 3,
	CLUE_REJECTED = 4,
	CLUE_FED_BACK = 5,
	CLUE_WITHDRAWN = 6, /* by who reported */
	CLUE_STATES = 7
};

enum clue_field {
	CLUE_F_WHAT = 1,
	CLUE_F_PHONE = 2,
	CLUE_F_ACCOUNT = 3,
	CLUE_F_LINK = 4,
	CLUE_F_PERSON = 5,
	CLUE_F_NOTE = 6,
	CLUE_F_REPORTER = 7, /* how to answer */
	CLUE_F_RECEIPT = 8,
	CLUE_F_FINDING = 9,
	CLUE_F_FEEDBACK = 10,
	CLUE_F_PASSED_TO = 11, /* organisation */
	CLUE_F_DISTRICT = 12,
	CLUE_F_EVIDENCE = 13,
	CLUE_F_CASE_NO = 14,
	CLUE_F_LATE = 15,
	CLUE_F_WHEN = 16,   /* what is reported happened */
	CLUE_F_AMOUNT = 17, /* money that has gone, and when: what a report of fraud needs, with the account it went to */
	CLUE_F_PAID = 18,
	CLUE_F_REWARD = 19,      /* to who brought it */
	CLUE_F_INSTITUTION = 20, /* organisation that gave it; set by the desk */
	CLUE_F_APPLICATION = 21, /* under which it knows it: sealed, since its numbers may be anything */
	CLUE_F_FORM = 22,        /* kind of the case platform's message */
	CLUE_F_FEATURE = 23,     /* feature code */
	CLUE_F_FIELDS = 24
};

enum clue_step {
	CLUE_DO_REPORT = 1,
	CLUE_DO_PASS_ON = 2,
	CLUE_DO_VERIFY = 3,
	CLUE_DO_REJECT = 4,
	CLUE_DO_FEED_BACK = 5,
	CLUE_DO_LATE_CHECK = 6,
	CLUE_DO_LATE_FEEDBACK = 7,
	CLUE_DO_WITHDRAW = 8,
	CLUE_DO_STEPS = 9
};

enum clue_timer {
	CLUE_T_CHECK = 0,
	CLUE_T_FEEDBACK = 1,
	CLUE_T_TIMERS = 2
};

extern const struct desk_machine desk_clue;

#endif
