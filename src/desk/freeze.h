/* freeze.h - a freeze (冻结): at most six calendar months, renewable without limit of number, queued behind an earlier freezer (轮候).
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_FREEZE_H
#define DUANKA_DESK_FREEZE_H
#include "desk/machine.h"

enum freeze_scope {
	FREEZE_LIMITED = 1,
	FREEZE_FULL = 2
};
enum freeze_renewal {
	FREEZE_RENEWAL_ASKED = 1,
	FREEZE_RENEWAL_SENT = 2
};

enum freeze_state {
	FREEZE_DRAFT = 1,
	FREEZE_SENT = 2,
	FREEZE_QUEUED = 3, /* an earlier freezer holds the account */
	FREEZE_FROZEN = 4, /* in force */
	FREEZE_RELEASED = 5,
	FREEZE_EXPIRED = 6,
	FREEZE_REFUSED = 7, /* the bank cannot, or no answer after all attempts */
	FREEZE_CANCELLED = 8,
	FREEZE_STATES = 9
};

enum freeze_field {
	FREEZE_F_ACCOUNT = 1,
	FREEZE_F_BANK = 2,
	FREEZE_F_SCOPE = 3,
	FREEZE_F_AMOUNT = 4,
	FREEZE_F_INCIDENT = 5,
	FREEZE_F_STOP = 6, /* it was converted from */
	FREEZE_F_CASE_NO = 7,
	FREEZE_F_REASON = 8,
	FREEZE_F_EVIDENCE = 9,
	FREEZE_F_BASIS = 10,
	FREEZE_F_MONTHS = 11, /* 1..6 */
	FREEZE_F_OFFICER_1 = 12,
	FREEZE_F_OFFICER_2 = 13,
	FREEZE_F_ATTACHMENTS = 14,
	FREEZE_F_RESULT = 15,
	FREEZE_F_FROZEN_AMOUNT = 16,
	FREEZE_F_AVAILABLE = 17,
	FREEZE_F_EARLIER_FREEZER = 18,
	FREEZE_F_EARLIER_AMOUNT = 19,
	FREEZE_F_EARLIER_UNTIL = 20,
	FREEZE_F_FROZEN = 21, /* when it took effect */
	FREEZE_F_END = 22,
	FREEZE_F_TRIES = 23,
	FREEZE_F_MEASURE = 24,
	FREEZE_F_RELEASE_REASON = 25,
	FREEZE_F_RELEASED = 26,
	FREEZE_F_PERSON = 27,
	FREEZE_F_RENEWALS = 28,
	FREEZE_F_RENEW_MONTHS = 29,
	FREEZE_F_RENEWAL = 30,
	FREEZE_F_ACCOUNT_NAME = 31,
	FREEZE_F_BEHIND = 32, /* our own earlier freeze */
	FREEZE_F_BANK_REMARK = 33,
	FREEZE_F_FIELDS = 34
};

enum freeze_step {
	FREEZE_DO_REQUEST = 1,
	FREEZE_DO_APPROVE = 2,
	FREEZE_DO_CANCEL = 3,
	FREEZE_DO_LANDED = 4,
	FREEZE_DO_ANSWER = 5,
	FREEZE_DO_ATTEMPT_FAILED = 6,
	FREEZE_DO_OVERDUE = 7,
	FREEZE_DO_TURN = 8, /* the earlier freeze is over */
	FREEZE_DO_ASK_RENEWAL = 9,
	FREEZE_DO_RENEW = 10,
	FREEZE_DO_RENEWED = 11, /* the bank's answer to it */
	FREEZE_DO_RELEASE = 12,
	FREEZE_DO_RELEASE_BY_APPEAL = 13,
	FREEZE_DO_EXPIRE = 14,
	FREEZE_DO_ALARM_1 = 15,
	FREEZE_DO_ALARM_2 = 16,
	FREEZE_DO_RECALL = 17,
	FREEZE_DO_STRAY_ANSWER = 18,
	FREEZE_DO_STEPS = 19
};

enum freeze_timer {
	FREEZE_T_ANSWER = 0,
	FREEZE_T_QUEUE = 1,
	FREEZE_T_EXPIRE = 2,
	FREEZE_T_ALARM_1 = 3,
	FREEZE_T_ALARM_2 = 4,
	FREEZE_T_TIMERS = 5
};

extern const struct desk_machine desk_freeze;

#endif
