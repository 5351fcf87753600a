/* stop.h - a stop order (紧急止付): 48 hours from the moment of stopping, at most twice an account.
 *
 * The bank checks name, number, amount and time: match -> it stops, mismatch -> it must not. No answer -> sent again, at most three times. A bank may act first and
 * bring the papers later; without papers there is no extension and no conversion. An extension is the second and last stop.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_STOP_H
#define DUANKA_DESK_STOP_H
#include "desk/machine.h"

enum stop_match {
	STOP_MATCHED = 1,
	STOP_NAME_DIFFERS = 2,
	STOP_NUMBER_DIFFERS = 3,
	STOP_AMOUNT_DIFFERS = 4,
	STOP_TIME_DIFFERS = 5
};
enum stop_papers {
	STOP_PAPERS_COMPLETE = 1,
	STOP_PAPERS_MISSING = 2
};
enum stop_extension {
	STOP_EXTENSION_ASKED = 1,
	STOP_EXTENSION_SENT = 2,
	STOP_EXTENSION_GIVEN = 3
};
enum stop_cause {
	STOP_CAUSE_DECIDED = 1,
	STOP_CAUSE_APPEAL = 2,
	STOP_CAUSE_NOT_FRAUD = 3
};
enum desk_return { /* codes of the case platform */
	RETURN_OK = 100000,
	RETURN_FORMAT = 200001,
	RETURN_TIMEOUT = 200002,
	RETURN_DUPLICATE = 200003,
	RETURN_UNAUTHORISED = 200004, /* .. 200009 */
	RETURN_NOT_FOUND = 200010,
	RETURN_NETWORK = 603202
};

enum stop_state {
	STOP_DRAFT = 1,
	STOP_SENT = 2,
	STOP_LANDED = 3,  /* the bank has it */
	STOP_STOPPED = 4, /* in force */
	STOP_MISMATCH = 5,
	STOP_NOT_FOUND = 6,
	STOP_FAILED = 7, /* refused for form, or no answer after all attempts */
	STOP_RELEASED = 8,
	STOP_CONVERTED = 9, /* into a freeze */
	STOP_EXPIRED = 10,  /* released by itself at its end */
	STOP_CANCELLED = 11,
	STOP_STATES = 12
};

enum stop_field {
	STOP_F_ACCOUNT = 1,
	STOP_F_BANK = 2, /* number of the organisation */
	STOP_F_AMOUNT = 3,
	STOP_F_INCIDENT = 4,
	STOP_F_CASE_NO = 5,
	STOP_F_URGENCY = 6,
	STOP_F_REASON = 7,
	STOP_F_EVIDENCE = 8,
	STOP_F_BASIS = 9,
	STOP_F_ACCOUNT_NAME = 10,
	STOP_F_PAYER = 11,
	STOP_F_PAID = 12,
	STOP_F_APPLICATION = 13, /* the platform's application type */
	STOP_F_OFFICER_1 = 14,
	STOP_F_OFFICER_2 = 15,
	STOP_F_PAPERS = 16,
	STOP_F_ATTACHMENTS = 17,
	STOP_F_RESULT = 18, /* return code of the platform: 100000 .. */
	STOP_F_MATCH = 19,
	STOP_F_BALANCE = 20,
	STOP_F_STOPPED = 21, /* the stop moment as the bank states it */
	STOP_F_END = 22,
	STOP_F_TRIES = 23, /* messages sent so far */
	STOP_F_EXTENSION = 24,
	STOP_F_FREEZE = 25,  /* it is being converted into */
	STOP_F_MEASURE = 26, /* its entry in the ledger */
	STOP_F_RELEASE_REASON = 27,
	STOP_F_BANK_REMARK = 28,
	STOP_F_RELEASED = 29,
	STOP_F_BANK_OFFICER = 30,
	STOP_F_REQUEST_STATE = 31, /* two digits: stage, result */
	STOP_F_PERSON = 32,
	STOP_F_SENT = 33,   /* when it was first sent */
	STOP_F_MONTHS = 34, /* of the freeze it becomes */
	STOP_F_CAUSE = 35,
	STOP_F_FIELDS = 36
};

enum stop_step {
	STOP_DO_DRAFT = 1,
	STOP_DO_APPROVE = 2,
	STOP_DO_CANCEL = 3,
	STOP_DO_LANDED = 4,
	STOP_DO_ANSWER = 5,
	STOP_DO_ATTEMPT_FAILED = 6, /* network error */
	STOP_DO_OVERDUE = 7,        /* no answer in time */
	STOP_DO_ACT_FIRST = 8,
	STOP_DO_PAPERS = 9,
	STOP_DO_ASK_EXTENSION = 10,
	STOP_DO_EXTEND = 11,
	STOP_DO_EXTENDED = 12, /* the bank's answer to it */
	STOP_DO_CONVERT = 13,
	STOP_DO_CONVERTED = 14,
	STOP_DO_RELEASE = 15,
	STOP_DO_RELEASE_BY_APPEAL = 16,
	STOP_DO_EXPIRE = 17,
	STOP_DO_ALARM_1 = 18,
	STOP_DO_ALARM_2 = 19,
	STOP_DO_ALARM_3 = 20,
	STOP_DO_RECALL = 21,
	STOP_DO_STRAY_ANSWER = 22, /* the bank stopped what was given up: release it */
	STOP_DO_PAPERS_LATE = 23,
	STOP_DO_STEPS = 24
};

enum stop_timer {
	STOP_T_ANSWER = 0,
	STOP_T_EXPIRE = 1,
	STOP_T_ALARM_1 = 2,
	STOP_T_ALARM_2 = 3,
	STOP_T_ALARM_3 = 4,
	STOP_T_PAPERS = 5,
	STOP_T_TIMERS = 6
};

extern const struct desk_machine desk_stop;

#endif
