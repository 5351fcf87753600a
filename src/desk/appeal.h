/* appeal.h - an objection (申诉) to a measure or to a listing not yet active: accepted, checked, granted - which releases in the same step - or denied with a reason, reconsidered once.
 * A decision that a machine made can be referred to a person, and whoever imposed or approved the measure doesn't decide.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_APPEAL_H
#define DUANKA_DESK_APPEAL_H
#include "desk/machine.h"

enum appeal_state {
	APPEAL_FILED = 1,
	APPEAL_ACCEPTED = 2,
	APPEAL_CHECKING = 3,
	APPEAL_GRANTED = 4,
	APPEAL_DENIED = 5, /* may ask for reconsideration */
	APPEAL_RECONSIDERING = 6,
	APPEAL_UPHELD = 7, /* the denial is final */
	APPEAL_WITHDRAWN = 8,
	APPEAL_REJECTED = 9, /* not accepted, with a reason */
	APPEAL_STATES = 10
};

enum appeal_field {
	APPEAL_F_TARGET = 1, /* a measure, or a discipline before it is active */
	APPEAL_F_PERSON = 2,
	APPEAL_F_CONTACT = 3,
	APPEAL_F_REASON = 4,
	APPEAL_F_PAPERS = 5,
	APPEAL_F_CHANNEL = 6,
	APPEAL_F_RECEIPT = 7,
	APPEAL_F_DECISION = 8,  /* its reason */
	APPEAL_F_BY_PERSON = 9, /* 1: wants a person to decide */
	APPEAL_F_ACCEPTED = 10,
	APPEAL_F_DECIDED = 11,
	APPEAL_F_DECIDER = 12,   /* user; 0 the machine */
	APPEAL_F_AUTOMATIC = 13, /* 1: decided by a machine */
	APPEAL_F_FINDING = 14,
	APPEAL_F_LATE = 15,
	APPEAL_F_PHONE = 16,   /* of the target */
	APPEAL_F_ACCOUNT = 17, /* of the target */
	APPEAL_F_PAPER_1 = 18, /* pictures and papers, APPEAL_PAPERS in a row; texts among them are in PAPERS */
	APPEAL_F_FIELDS = APPEAL_F_PAPER_1 + 8
};

enum appeal_step {
	APPEAL_DO_FILE = 1,
	APPEAL_DO_ACCEPT = 2,
	APPEAL_DO_REJECT = 3,
	APPEAL_DO_CHECK = 4,
	APPEAL_DO_REFER = 5,
	APPEAL_DO_GRANT = 6,
	APPEAL_DO_DENY = 7,
	APPEAL_DO_RECONSIDER = 8,
	APPEAL_DO_UPHOLD = 9,
	APPEAL_DO_WITHDRAW = 10,
	APPEAL_DO_AUTO_GRANT = 11,
	APPEAL_DO_AUTO_DENY = 12,
	APPEAL_DO_LATE_ACCEPT = 13,
	APPEAL_DO_LATE_DECIDE = 14,
	APPEAL_DO_CLOSE = 15,
	APPEAL_DO_STEPS = 16
};

enum appeal_timer {
	APPEAL_T_ACCEPT = 0,
	APPEAL_T_DECIDE = 1,
	APPEAL_T_CLOSE = 2,
	APPEAL_T_TIMERS = 3
};

enum {
	APPEAL_PAPERS = APPEAL_F_FIELDS - APPEAL_F_PAPER_1
};

extern const struct desk_machine desk_appeal;

#endif
