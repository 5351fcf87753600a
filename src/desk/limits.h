/* limits.h - time limits and counts of the desk as data: each has a name, a default, a range that the law or good sense allows, and the source
 * of both.
 *
 * A limit that the law sets can only be made stricter for the office: its range ends where the law ends. A limit that is our own proposal says
 * so in its source. Limits in force are part of the registry (objects of kind DESK_LIMIT) and are changed by journaled commands, so that a replay knows
 * which limit held when. A change counts for timers that are set afterwards; running ones keep the end that people were told.
 * Numbers are on disk (in commands and objects): never change one, append before DESK_LIMITS. */
#ifndef DUANKA_DESK_LIMITS_H
#define DUANKA_DESK_LIMITS_H
#include "base/buf.h"

enum desk_unit {
	DESK_UNIT_US,     /* a duration in microseconds */
	DESK_UNIT_MONTHS, /* calendar months, local time */
	DESK_UNIT_COUNT,
	DESK_UNIT_HOUR /* hour of the local day, 0..24 */
};

enum desk_limit {
	LIMIT_STOP_PERIOD = 1,
	LIMIT_STOP_TIMES = 2,
	LIMIT_STOP_RETRIES = 3,
	LIMIT_STOP_ANSWER = 4,
	LIMIT_STOP_ALARM_1 = 5,
	LIMIT_STOP_ALARM_2 = 6,
	LIMIT_STOP_ALARM_3 = 7,
	LIMIT_STOP_PAPERS = 8,
	LIMIT_FREEZE_MONTHS = 9,
	LIMIT_FREEZE_ANSWER = 10,
	LIMIT_FREEZE_RENEW = 11,
	LIMIT_FREEZE_ALARM_1 = 12,
	LIMIT_FREEZE_ALARM_2 = 13,
	LIMIT_CARD_VERIFY = 14,
	LIMIT_CARD_SUSPEND = 15,
	LIMIT_CARD_HOLD = 16,
	LIMIT_CARD_RECEIPT = 17,
	LIMIT_ACCOUNT_VERIFY = 18,
	LIMIT_ACCOUNT_HOLD = 19,
	LIMIT_ACCOUNT_RECEIPT = 20,
	LIMIT_DISCIPLINE_COUNT = 21,
	LIMIT_DISCIPLINE_SHORT = 22,
	LIMIT_DISCIPLINE_LONG = 23,
	LIMIT_DISCIPLINE_CHAIN = 24,
	LIMIT_DISCIPLINE_WAIT = 25,
	LIMIT_APPEAL_ACCEPT = 26,
	LIMIT_APPEAL_DECIDE = 27,
	LIMIT_APPEAL_RECONSIDER = 28,
	LIMIT_DEVICE_RECEIVE = 29,
	LIMIT_DEVICE_VISIT = 30,
	LIMIT_CLUE_CHECK = 31,
	LIMIT_CLUE_FEEDBACK = 32,
	LIMIT_INCIDENT_STOP = 33,
	LIMIT_WARNING_FUSE = 34,
	LIMIT_WARNING_SIGN_BLUE = 35, /* these four by grade: LIMIT_WARNING_SIGN_BLUE + grade */
	LIMIT_WARNING_SIGN_YELLOW = 36,
	LIMIT_WARNING_SIGN_RED = 37,
	LIMIT_WARNING_SIGN_PURPLE = 38,
	LIMIT_WARNING_CALL_BLUE = 39, /* first contact: call, AI call or, for blue, message */
	LIMIT_WARNING_CALL_YELLOW = 40,
	LIMIT_WARNING_CALL_RED = 41,
	LIMIT_WARNING_CALL_PURPLE = 42,
	LIMIT_WARNING_FACE_BLUE = 43, /* settled: met where a visit is due, else fed back */
	LIMIT_WARNING_FACE_YELLOW = 44,
	LIMIT_WARNING_FACE_RED = 45,
	LIMIT_WARNING_FACE_PURPLE = 46,
	LIMIT_WARNING_CALLS = 47,
	LIMIT_WARNING_SMS_FROM = 48,
	LIMIT_WARNING_SMS_TO = 49,
	LIMIT_WARNING_SMS_DAY = 50,
	LIMIT_WARNING_REVIEW = 51,
	LIMIT_WARNING_REVISIT = 52,
	LIMIT_WARNING_VICTIM = 53,
	LIMIT_WARNING_HELP = 54,
	LIMIT_FREEZE_RETRIES = 55,
	LIMIT_DISCIPLINE_GAP = 56,
	LIMIT_QUERY_ANSWER = 57,
	LIMIT_QUERY_DAYS = 58,
	LIMIT_OUTLET_LICENCE = 59,
	LIMIT_OUTLET_SUSPENSION = 60,
	LIMIT_INSPECTION_LATE = 61,
	LIMIT_INSPECTION_CONFIRM = 62,
	LIMIT_INSPECTION_PASS = 63,
	LIMIT_INSPECTION_DEMO = 64,
	LIMIT_INSPECTION_TALK = 65,
	LIMIT_CORRECTION = 66,
	LIMIT_CORRECTION_SOON = 67,
	LIMIT_MEMBER_TRUST = 68,
	LIMIT_MEMBER_BAN = 69,
	LIMIT_BOARD_LOOK = 70,
	LIMIT_TRAINING_ATTEMPTS = 71,
	LIMIT_TRAINING_DRILLS = 72,
	LIMIT_TRAINING_DRILL_TIME = 73,
	LIMIT_TRAINING_DRILL_MONTHS = 74,
	LIMIT_GUIDANCE_CHECK = 75,
	LIMIT_GUIDANCE_DEVICE = 76,
	LIMIT_GUIDANCE_RATE = 77,
	LIMIT_BULLETIN_READ = 78,
	LIMIT_SCREEN_OVERRIDE = 79,
	LIMIT_ASSESSMENT_OBJECTION = 80,
	LIMIT_CAMPAIGN_GROUP = 81,
	LIMIT_CAMPAIGN_TEXTS = 82,
	LIMIT_MATTER_ANSWER = 83,
	LIMIT_MATTER_SOON = 84,
	LIMIT_MATTER_CHECK = 85,
	LIMIT_MEETING_SOON = 86,
	LIMIT_MEETING_MINUTES = 87,
	LIMIT_JOINT_EVENT_SOON = 88,
	LIMIT_JOINT_EVENT_RESULT = 89,
	LIMIT_ASSET_DECIDE = 90,
	DESK_LIMITS = 91
};

struct desk_limit_info {
	const char *name; /* as in the settings: [desk] stop_period = "48h"; NULL: number not used */
	enum desk_unit unit;
	int64_t usual, least, most; /* in its unit */
	bool law;                   /* false: a proposal of ours */
	const char *source, *en, *zh;
};

struct desk_limits {
	int64_t value[DESK_LIMITS]; /* [0] is not used */
};

extern const struct desk_limit_info desk_limit_infos[DESK_LIMITS];

void desk_limits_usual(struct desk_limits *out);
/* ERR_ABSENT: no such limit; ERR_RANGE: outside what is allowed, nothing is changed. */
enum err desk_limits_set(struct desk_limits *l, uint32_t limit, int64_t value) MUST_CHECK;
uint32_t desk_limit_find(struct text name); /* 0: none */
/* A value as people read it: 48h, 6 months, 2, 07:00. */
void desk_limit_print(struct buf *b, uint32_t limit, int64_t value);

#endif
