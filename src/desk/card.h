/* card.h - a phone card (电话卡), of a person or of a thing (物联网卡): suspected, told to verify within 24 hours, restricted to incoming, suspended; back to normal
 * at once when verification or an appeal succeeds. Nothing spreads by itself: an involved card makes proposals about its holder's other cards and accounts.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_CARD_H
#define DUANKA_DESK_CARD_H
#include "desk/machine.h"

extern const struct desk_choices desk_verify_methods; /* by level: message 1, app 2, video 3, counter 4 */

enum card_state {
	CARD_NORMAL = 1,
	CARD_SUSPECT = 2,
	CARD_NOTIFIED = 3,   /* told to verify */
	CARD_RESTRICTED = 4, /* incoming only */
	CARD_SUSPENDED = 5,
	CARD_CANCELLED = 6,
	CARD_SLEEPING = 7, /* unused for long */
	CARD_STATES = 8
};

enum card_field {
	CARD_F_PHONE = 1,
	CARD_F_OPERATOR = 2, /* number of the organisation */
	CARD_F_PERSON = 3,   /* holder */
	CARD_F_LEVEL = 4,    /* 0..3, as grades */
	CARD_F_METHOD = 5,   /* of verification */
	CARD_F_BASIS = 6,
	CARD_F_EVIDENCE = 7,
	CARD_F_RULE = 8,
	CARD_F_REASON = 9,
	CARD_F_THING = 10, /* 1: card of a thing */
	CARD_F_SCENE = 11,
	CARD_F_DEVICE = 12, /* the card is locked to */
	CARD_F_FUNCTIONS = 13,
	CARD_F_DISTRICT = 14,
	CARD_F_NOTIFIED = 15,
	CARD_F_VERIFIED = 16,
	CARD_F_MEASURE = 17,  /* in force */
	CARD_F_INVOLVED = 18, /* 1: in a case */
	CARD_F_CASE_NO = 19,
	CARD_F_PROPOSED_BY = 20, /* object that led to the proposal */
	CARD_F_PROPOSED = 21,    /* measure proposed */
	CARD_F_RECEIPT = 22,     /* of the operator */
	CARD_F_END = 23,         /* of the measure in force */
	CARD_F_DISCIPLINED = 24, /* until */
	CARD_F_REMARK = 25,
	CARD_F_VIOLATION = 26, /* by a card of a thing */
	CARD_F_CELL = 27,
	CARD_F_ASKED_BASIS = 28, /* of the suspension asked for */
	CARD_F_FOUND = 29,       /* when it was found involved */
	CARD_F_FIELDS = 30
};

enum card_step {
	CARD_DO_REGISTER = 1,
	CARD_DO_LIST = 2,
	CARD_DO_CLEAR = 3,
	CARD_DO_NOTIFY = 4,
	CARD_DO_PASS = 5,
	CARD_DO_FAIL = 6,
	CARD_DO_OVERDUE = 7,     /* 24 h over: restricted */
	CARD_DO_SUSPEND_DUE = 8, /* still not verified: suspended */
	CARD_DO_ASK_SUSPENSION = 9,
	CARD_DO_SUSPEND = 10,
	CARD_DO_VIOLATION = 11,
	CARD_DO_LIFT = 12,
	CARD_DO_RELEASE_BY_APPEAL = 13,
	CARD_DO_EXPIRE = 14,
	CARD_DO_INVOLVE = 15,
	CARD_DO_PROPOSE = 16,
	CARD_DO_SLEEP = 17,
	CARD_DO_WAKE = 18,
	CARD_DO_RECEIPT = 19,
	CARD_DO_UNANSWERED = 20,
	CARD_DO_CANCEL = 21,
	CARD_DO_DISCIPLINE = 22,
	CARD_DO_DISCIPLINE_END = 23,
	CARD_DO_UNINVOLVE = 24, /* an involvement is taken back */
	CARD_DO_STEPS = 25
};

enum card_timer {
	CARD_T_VERIFY = 0,
	CARD_T_SUSPEND = 1,
	CARD_T_END = 2,
	CARD_T_RECEIPT = 3,
	CARD_T_TIMERS = 4
};

extern const struct desk_machine desk_card;

#endif
