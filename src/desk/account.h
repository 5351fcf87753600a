/* account.h - a bank or payment account (账户): watched, told to verify, limited, counter only (只收不付). Stop orders and freezes are objects of their own; an account knows how
 * often it was stopped and which stop and freeze are in force, so that nothing needs to be put back when they end.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_ACCOUNT_H
#define DUANKA_DESK_ACCOUNT_H
#include "desk/machine.h"

enum account_state {
	ACCOUNT_NORMAL = 1,
	ACCOUNT_WATCHED = 2,
	ACCOUNT_NOTIFIED = 3, /* told to verify */
	ACCOUNT_LIMITED = 4,
	ACCOUNT_COUNTER_ONLY = 5, /* no non-counter outflow */
	ACCOUNT_CLOSED = 6,
	ACCOUNT_STATES = 7
};

enum account_field {
	ACCOUNT_F_ACCOUNT = 1,
	ACCOUNT_F_BANK = 2,
	ACCOUNT_F_PERSON = 3,
	ACCOUNT_F_LEVEL = 4,
	ACCOUNT_F_CLASS = 5,
	ACCOUNT_F_BASIS = 6,
	ACCOUNT_F_EVIDENCE = 7,
	ACCOUNT_F_RULE = 8,
	ACCOUNT_F_REASON = 9,
	ACCOUNT_F_DAILY_LIMIT = 10, /* non-counter */
	ACCOUNT_F_INVOLVED = 11,
	ACCOUNT_F_CHAIN_LEVEL = 12, /* hands that the money passed */
	ACCOUNT_F_CASE_NO = 13,
	ACCOUNT_F_STOPS = 14,  /* set by the desk: stops that were ever in force, extensions included */
	ACCOUNT_F_STOP = 15,   /* in force */
	ACCOUNT_F_FREEZE = 16, /* in force */
	ACCOUNT_F_MEASURE = 17,
	ACCOUNT_F_END = 18,
	ACCOUNT_F_NOTIFIED = 19,
	ACCOUNT_F_VERIFIED = 20,
	ACCOUNT_F_PROPOSED_BY = 21,
	ACCOUNT_F_PROPOSED = 22,
	ACCOUNT_F_RECEIPT = 23,
	ACCOUNT_F_METHOD = 24,
	ACCOUNT_F_DISTRICT = 25,
	ACCOUNT_F_REMARK = 26,
	ACCOUNT_F_DISCIPLINED = 27,
	ACCOUNT_F_ASKED_BASIS = 28, /* of the measure asked for */
	ACCOUNT_F_REPORTED = 29,    /* the clue by which an institution reports it as involved; set by the desk */
	ACCOUNT_F_REPORTED_AS = 30, /* feature code of the case platform */
	ACCOUNT_F_FIELDS = 31
};

enum account_step {
	ACCOUNT_DO_REGISTER = 1,
	ACCOUNT_DO_WATCH = 2,
	ACCOUNT_DO_UNWATCH = 3,
	ACCOUNT_DO_NOTIFY = 4,
	ACCOUNT_DO_PASS = 5,
	ACCOUNT_DO_FAIL = 6,
	ACCOUNT_DO_OVERDUE = 7,
	ACCOUNT_DO_LIMIT = 8,
	ACCOUNT_DO_ASK_COUNTER_ONLY = 9,
	ACCOUNT_DO_COUNTER_ONLY = 10,
	ACCOUNT_DO_LIFT = 11,
	ACCOUNT_DO_RELEASE_BY_APPEAL = 12,
	ACCOUNT_DO_EXPIRE = 13,
	ACCOUNT_DO_INVOLVE = 14,
	ACCOUNT_DO_PROPOSE = 15,
	ACCOUNT_DO_RECEIPT = 16,
	ACCOUNT_DO_UNANSWERED = 17,
	ACCOUNT_DO_CLOSE = 18,
	ACCOUNT_DO_STOP_BEGAN = 19,
	ACCOUNT_DO_STOP_ENDED = 20,
	ACCOUNT_DO_FREEZE_BEGAN = 21,
	ACCOUNT_DO_FREEZE_ENDED = 22,
	ACCOUNT_DO_DISCIPLINE = 23,
	ACCOUNT_DO_DISCIPLINE_END = 24,
	ACCOUNT_DO_REPORT = 25,
	ACCOUNT_DO_UNREPORT = 26,
	ACCOUNT_DO_STEPS = 27
};

enum account_timer {
	ACCOUNT_T_VERIFY = 0,
	ACCOUNT_T_END = 1,
	ACCOUNT_T_RECEIPT = 2,
	ACCOUNT_T_TIMERS = 3
};

extern const struct desk_machine desk_account;

#endif
