/* warning.h - a warning (预警): one live, graded warning a person, into which all alerts and contacts about them are fused, and the work that talks them out of it.
 *
 * Steps: issue 下发, sign 签收, call or message, find and visit 上门寻找, verify identity 核实身份, meet 见面宣防, feed back 反馈, review 倒查, return visit 回访. What is late or unreachable climbs.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_WARNING_H
#define DUANKA_DESK_WARNING_H
#include "desk/machine.h"

enum warning_type {
	WARNING_FUND = 1,
	WARNING_CONTACT = 2
};
enum warning_call {
	CALL_REACHED = 1,
	CALL_NO_ANSWER = 2,
	CALL_REFUSED = 3,
	CALL_BUSY = 4,
	CALL_WRONG_NUMBER = 5
};
enum warning_outcome {
	OUTCOME_NOT_FOUND_YET = 1, /* 暂时找不到 */
	OUTCOME_NOT_FOUND = 2,     /* 确实找不到 */
	OUTCOME_PERSUADED = 3,     /* 已劝阻 */
	OUTCOME_NOT_TRUE = 4,      /* 不符 */
	OUTCOME_REPEATED = 5,      /* 重复预警 */
	OUTCOME_OPERATOR = 6,      /* 运营商协助 */
	OUTCOME_TRANSFER = 7,      /* 移交审核 */
	OUTCOME_REVISIT = 8,       /* 重访 */
	OUTCOME_BACK_CHECK = 9,    /* 反查 */
	OUTCOME_CHEATED = 10       /* 已被骗 */
};

enum warning_state {
	WARNING_GRADED = 1, /* fused, not yet issued */
	WARNING_ISSUED = 2,
	WARNING_SIGNED = 3,
	WARNING_CONTACTED = 4,
	WARNING_VISITING = 5, /* somebody is on the way */
	WARNING_MET = 6,
	WARNING_FED_BACK = 7,
	WARNING_REVIEWED = 8,     /* a return visit is due */
	WARNING_TRANSFERRING = 9, /* the other district's acceptance is awaited */
	WARNING_CLOSED = 10,
	WARNING_STATES = 11
};

enum warning_field {
	WARNING_F_PERSON = 1,
	WARNING_F_PHONE = 2,
	WARNING_F_GRADE = 3, /* 0 blue, 1 yellow, 2 red, 3 purple */
	WARNING_F_TYPE = 4,  /* fund or contact */
	WARNING_F_SCAM = 5,
	WARNING_F_RULE = 6,
	WARNING_F_EVIDENCE = 7,
	WARNING_F_SUSPECT = 8, /* the fraud number */
	WARNING_F_AMOUNT = 9,
	WARNING_F_HITS = 10, /* alerts and contacts fused */
	WARNING_F_DISTRICT = 11,
	WARNING_F_OUTCOME = 12,
	WARNING_F_NOTE = 13,
	WARNING_F_OWNER = 14, /* user who signed */
	WARNING_F_CALLS = 15, /* without an answer */
	WARNING_F_CALL_RESULT = 16,
	WARNING_F_IDENTITY = 17, /* 1: verified */
	WARNING_F_PROOF = 18,    /* of the meeting */
	WARNING_F_SMS = 19,      /* last message */
	WARNING_F_ISSUED = 20,
	WARNING_F_SIGNED = 21,
	WARNING_F_CONTACTED = 22,
	WARNING_F_MET = 23,
	WARNING_F_FED_BACK = 24,
	WARNING_F_REVIEWED = 25,
	WARNING_F_TO_DISTRICT = 26, /* asked for */
	WARNING_F_VICTIM = 27,      /* when they were cheated after all */
	WARNING_F_INCIDENT = 28,
	WARNING_F_ESCALATED = 29, /* times */
	WARNING_F_MEASURE = 30,   /* short hold of the victim's line */
	WARNING_F_LATE = 31,      /* bits: 1 sign, 2 contact, 4 settle */
	WARNING_F_ACCOUNT = 32,
	WARNING_F_LINK = 33,
	WARNING_F_UPGRADED = 34, /* times, by hand or for being unreachable */
	WARNING_F_AI = 35,       /* last automatic call */
	WARNING_F_BASIS = 36,
	WARNING_F_SMS_TODAY = 37, /* messages on the day of the last one */
	WARNING_F_FIELDS = 38
};

enum warning_step {
	WARNING_DO_ALERT = 1, /* from the engine */
	WARNING_DO_ADD = 2,   /* by an analyst, from a list of contacts */
	WARNING_DO_ISSUE = 3,
	WARNING_DO_SIGN = 4,
	WARNING_DO_CALL = 5,
	WARNING_DO_AI_CALL = 6,
	WARNING_DO_AI_RESULT = 7,
	WARNING_DO_SMS = 8,
	WARNING_DO_VISIT = 9,
	WARNING_DO_VERIFY_IDENTITY = 10,
	WARNING_DO_MEET = 11,
	WARNING_DO_NOT_FOUND = 12,
	WARNING_DO_FEED_BACK = 13,
	WARNING_DO_REVIEW = 14,
	WARNING_DO_SEND_BACK = 15,
	WARNING_DO_REVISIT = 16,
	WARNING_DO_CLOSE = 17,
	WARNING_DO_UPGRADE = 18,
	WARNING_DO_TRANSFER = 19,
	WARNING_DO_ACCEPT_TRANSFER = 20,
	WARNING_DO_REFUSE_TRANSFER = 21,
	WARNING_DO_ASK_OPERATOR = 22,
	WARNING_DO_OPERATOR_HELP = 23,
	WARNING_DO_VICTIMISED = 24,
	WARNING_DO_ISSUE_DUE = 25,
	WARNING_DO_LATE_SIGN = 26,
	WARNING_DO_LATE_CALL = 27,
	WARNING_DO_LATE_FACE = 28,
	WARNING_DO_LATE_REVIEW = 29,
	WARNING_DO_LATE_REVISIT = 30,
	WARNING_DO_RELEASE_BY_APPEAL = 31, /* the hold of the line ends */
	WARNING_DO_STEPS = 32
};

enum warning_timer {
	WARNING_T_ISSUE = 0,
	WARNING_T_SIGN = 1,
	WARNING_T_CALL = 2,
	WARNING_T_FACE = 3,
	WARNING_T_REVIEW = 4,
	WARNING_T_REVISIT = 5,
	WARNING_T_TIMERS = 6
};

extern const struct desk_machine desk_warning;

#endif
