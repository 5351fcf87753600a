/* bulletin.h - a bulletin about a new method (新手法通报), and its receipts (readings).
 *
 * A search for new methods, or a person, makes a draft with evidence; editors finish it, a second one publishes it, and it goes to all outlets and seats at once. Who has read it says so, once each; what is read behind
 * the time is marked, and when the time is over the seats get an alarm. Nothing is published by itself.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_BULLETIN_H
#define DUANKA_DESK_BULLETIN_H
#include "desk/machine.h"

enum bulletin_state {
	BULLETIN_DRAFT = 1,
	BULLETIN_SUBMITTED = 2,
	BULLETIN_PUBLISHED = 3,
	BULLETIN_CLOSED = 4,
	BULLETIN_DROPPED = 5,
	BULLETIN_STATES = 6
};

enum bulletin_field {
	BULLETIN_F_SCAM = 1,
	BULLETIN_F_TITLE = 2,
	BULLETIN_F_TEXT = 3,
	BULLETIN_F_EVIDENCE = 4,
	BULLETIN_F_SIGN = 5,   /* what grew */
	BULLETIN_F_METHOD = 6, /* by which it is known again */
	BULLETIN_F_SEEN = 7,   /* in the week */
	BULLETIN_F_BEFORE = 8, /* in the weeks before */
	BULLETIN_F_WEEK = 9,   /* its beginning */
	BULLETIN_F_READ_BY = 10,
	BULLETIN_F_LATE = 11, /* 1: the time to read it is over */
	BULLETIN_F_MATERIAL = 12,
	BULLETIN_F_REASON = 13,
	BULLETIN_F_PUBLISHED = 14,
	BULLETIN_F_FIELDS = 15
};

enum bulletin_sign {
	SIGN_CLUSTER = 1, /* near-duplicate messages */
	SIGN_SCAM = 2,    /* share of a type of scam among reports and warnings */
	SIGN_RULE = 3,    /* share of a rule among warnings */
	SIGN_PERSON = 4   /* somebody noticed */
};

enum bulletin_step {
	BULLETIN_DO_DRAFT = 1,
	BULLETIN_DO_EDIT = 2,
	BULLETIN_DO_SUBMIT = 3,
	BULLETIN_DO_PUBLISH = 4,
	BULLETIN_DO_SEND_BACK = 5,
	BULLETIN_DO_DROP = 6,
	BULLETIN_DO_CLOSE = 7,
	BULLETIN_DO_LATE = 8,
	BULLETIN_DO_STEPS = 9
};

enum bulletin_timer {
	BULLETIN_T_READ = 0,
	BULLETIN_T_TIMERS = 1
};

enum reading_state {
	READING_READ = 1,
	READING_STATES = 2
};

enum reading_field {
	READING_F_BULLETIN = 1,
	READING_F_OUTLET = 2,
	READING_F_READER = 3, /* who logged in; set by the desk where no outlet is named */
	READING_F_LATE = 4,
	READING_F_ORGANISATION = 5,
	READING_F_DISTRICT = 6,
	READING_F_FIELDS = 7
};

enum reading_step {
	READING_DO_READ = 1,
	READING_DO_STEPS = 2
};

extern const struct desk_machine desk_bulletin, desk_reading;

#endif
