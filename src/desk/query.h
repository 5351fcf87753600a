/* query.h - a question to a bank about an account or a customer (协查): who holds an account, its movements in a time, its movements from now on, all accounts of a customer. 1003xx of the case platform.
 *
 * Nobody is restricted, but somebody's secrets are told: so it has a purpose and a case, who asked stands in the journal as an act, and what comes back is sealed.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_QUERY_H
#define DUANKA_DESK_QUERY_H
#include "desk/machine.h"

enum query_what {
	QUERY_HOLDER = 1,
	QUERY_MOVEMENTS = 2,
	QUERY_FOLLOW = 3, /* movements as they happen, for some days */
	QUERY_ACCOUNTS = 4
};

enum query_state {
	QUERY_SENT = 1,
	QUERY_ANSWERED = 2,
	QUERY_FOLLOWING = 3,
	QUERY_ENDING = 4, /* the bank was told to stop */
	QUERY_ENDED = 5,
	QUERY_REFUSED = 6,
	QUERY_CANCELLED = 7,
	QUERY_STATES = 8
};

enum query_field {
	QUERY_F_WHAT = 1,
	QUERY_F_ACCOUNT = 2,
	QUERY_F_PERSON = 3,
	QUERY_F_BANK = 4,
	QUERY_F_PURPOSE = 5,
	QUERY_F_CASE_NO = 6,
	QUERY_F_FROM = 7, /* of movements */
	QUERY_F_UNTIL = 8,
	QUERY_F_DAYS = 9, /* of following */
	QUERY_F_PAPERS = 10,
	QUERY_F_RESULT = 11, /* return code */
	QUERY_F_ANSWER = 12, /* the newest part, sealed */
	QUERY_F_PARTS = 13,  /* answers so far; set by the desk */
	QUERY_F_ROWS = 14,   /* movements or accounts told so far */
	QUERY_F_EVENTS = 15, /* movements that are events of the journal now */
	QUERY_F_BALANCE = 16,
	QUERY_F_HOLDER = 17,
	QUERY_F_PHONE = 18,
	QUERY_F_REMARK = 19,
	QUERY_F_ANSWERED = 20,
	QUERY_F_END = 21, /* of following */
	QUERY_F_DISTRICT = 22,
	QUERY_F_LATE = 23,
	QUERY_F_FIELDS = 24
};

enum query_step {
	QUERY_DO_ASK = 1,
	QUERY_DO_ANSWER = 2,
	QUERY_DO_END = 3,
	QUERY_DO_ENDED = 4,
	QUERY_DO_EXPIRE = 5,
	QUERY_DO_LATE = 6,
	QUERY_DO_CANCEL = 7,
	QUERY_DO_STEPS = 8
};

enum query_timer {
	QUERY_T_ANSWER = 0,
	QUERY_T_END = 1,
	QUERY_T_TIMERS = 2
};

extern const struct desk_machine desk_query;

#endif
