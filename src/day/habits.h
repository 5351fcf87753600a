/* habits.h - what the simulated day assumes about people, seats and institutions: numbers with their origin, each of which can be set for a run.
 *
 * Seats read and talk, institutions answer, people believe or do not: none of that is in any data that we may have. So all of it stands in this one list, is printed
 * by --print-assumptions, and a reader who knows better says --set NAME=VALUE. Durations are drawn evenly between half and one and a half of the
 * value given; shares are in per mille. */
#ifndef DUANKA_DAY_HABITS_H
#define DUANKA_DAY_HABITS_H
#include <stdint.h>
#include "base/text.h"

/* X(NAME, "name", unit, usual, least, most, "what", "origin"); unit: s seconds, p per mille, n a number */
#define DAY_HABITS(X)                                                                                              \
	X(INTAKE_S, "intake_call", 's', 150, 10, 3600, "intake: a report until its facts are in one form",             \
	  "proposal; target of the first stop order <= 2-5 min")                                                       \
	X(FILE_S, "filing", 's', 420, 10, 7200, "intake: filing a case", "proposal")                                   \
	X(FILE_AFTER_S, "filing_after", 's', 2700, 60, 86400, "a report ripens before it is filed", "proposal")        \
	X(READ_S, "stop_draft", 's', 90, 10, 3600, "stop seat: reading a proposal and drafting an order", "proposal")  \
	X(APPROVE_S, "approval", 's', 60, 5, 3600, "leader: reading and approving", "proposal")                        \
	X(RING_S, "ring", 's', 35, 5, 300, "dissuasion: a call that nobody answers", "proposal")                       \
	X(TALK_S, "talk", 's', 240, 20, 3600, "dissuasion: a call that is answered", "proposal")                       \
	X(NOTE_S, "note", 's', 40, 5, 600, "dissuasion: feedback on what a machine's call found", "proposal")          \
	X(AGAIN_S, "call_again", 's', 480, 30, 86400, "after a call without an answer, the next", "proposal")          \
	X(BUSY_S, "busy_again", 's', 180, 10, 86400, "after a busy line, the next", "proposal")                        \
	X(TRAVEL_S, "travel", 's', 600, 60, 7200, "station: from signing to the door",                                 \
	  "9 min door to door were reported of Jinjiang")                                                              \
	X(VISIT_S, "visit", 's', 900, 60, 7200, "station: at the door", "proposal")                                    \
	X(SEARCH_S, "search", 's', 2700, 60, 36000, "station: a visit to where a device is",                           \
	  "proposal; operators' target for such devices is 15-30 min")                                                 \
	X(REVIEW_S, "review", 's', 100, 5, 3600, "quality: a feedback", "proposal")                                    \
	X(CARD_S, "card_look", 's', 150, 10, 3600, "operator: reading the evidence about a card", "proposal")          \
	X(ACCOUNT_S, "account_look", 's', 200, 10, 3600, "bank: reading the evidence about an account", "proposal")    \
	X(APPEAL_S, "appeal_step", 's', 900, 30, 86400, "appeals: each of acceptance, check and decision", "proposal") \
	X(BANK_S, "bank_answer", 's', 120, 1, 86400, "a bank answers a stop order",                                    \
	  "minute-level stop payment is the police's target")                                                          \
	X(ACT_S, "institution_acts", 's', 240, 1, 86400, "an institution carries out a measure",                       \
	  "15-60 min from detection to suspension were reported")                                                      \
	X(AI_S, "ai_call", 's', 90, 1, 3600, "a machine's call", "proposal")                                           \
	X(VERIFY_S, "verify_after", 's', 14400, 60, 864000, "an innocent holder verifies after",                       \
	  "proposal; the notice gives 24 h")                                                                           \
	X(OBJECT_S, "objection_after", 's', 7200, 60, 864000, "an innocent holder objects after", "proposal")          \
	X(ANSWERS_P, "answers", 'p', 600, 0, 1000, "a call by a person is answered",                                   \
	  "answer rate of all calls about 60 %, proposal")                                                             \
	X(ANSWERS_AI_P, "answers_ai", 'p', 450, 0, 1000, "a machine's call is answered", "proposal")                   \
	X(REFUSES_P, "refuses", 'p', 60, 0, 1000, "hangs up on hearing who calls", "proposal")                         \
	X(HOME_P, "found", 'p', 780, 0, 1000, "a visit finds the person", "proposal")                                  \
	X(BELIEVES_P, "believes_call", 'p', 550, 0, 1000, "a victim believes a person's call", "proposal")             \
	X(BELIEVES_AI_P, "believes_ai", 'p', 250, 0, 1000, "a victim believes a machine's call", "proposal")           \
	X(BELIEVES_SMS_P, "believes_sms", 'p', 60, 0, 1000, "a victim believes a message", "proposal")                 \
	X(BELIEVES_FACE_P, "believes_face", 'p', 920, 0, 1000, "a victim believes somebody at the door", "proposal")   \
	X(SURE_P, "sure", 'p', 800, 0, 1000, "evidence about a criminal's card or account convinces who reads it",     \
	  "proposal")                                                                                                  \
	X(WRONG_P, "wrongly_sure", 'p', 150, 0, 1000, "evidence about an innocent one convinces them too", "proposal") \
	X(VERIFIES_P, "verifies", 'p', 850, 0, 1000, "an innocent holder verifies in time", "proposal")                \
	X(OBJECTS_P, "objects", 'p', 600, 0, 1000, "an innocent holder objects to a restriction", "proposal")          \
	X(BLUFFS_P, "bluffs", 'p', 60, 0, 1000, "a criminal objects, too", "proposal")                                 \
	X(FAIR_P, "decides_right", 'p', 960, 0, 1000, "an objection is decided rightly", "proposal")                   \
	X(MISMATCH_P, "bank_mismatch", 'p', 30, 0, 1000, "name or number on an order differs", "proposal")             \
	X(NETWORK_P, "bank_network", 'p', 40, 0, 1000, "an order fails on the way (603202, 200002)", "proposal")       \
	X(SILENT_P, "bank_silent", 'p', 20, 0, 1000, "a bank does not answer an order", "proposal")                    \
	X(LIMIT_YUAN, "daily_limit", 'n', 5000, 0, 1000000, "what a limited account may still pay out a day, yuan",    \
	  "proposal")                                                                                                  \
	X(DISTRICTS, "districts", 'n', 4, 1, 10, "stations' areas, which share the ten districts of the city",         \
	  "proposal; 231 stations for 10 million people were reported")

enum day_habit {
#define X(NAME, name, unit, usual, least, most, what, origin) HABIT_##NAME,
	DAY_HABITS(X)
#undef X
	DAY_HABITS_COUNT
};

struct day_habit_info {
	const char *name;
	char unit;
	int32_t usual, least, most;
	const char *what, *origin;
};
extern const struct day_habit_info day_habits[DAY_HABITS_COUNT];

/* Who works. X(NAME, "name", English, Chinese, seats by day 08-20, at night, for each of, "who they are") */
#define DAY_GROUPS(X)                                                                          \
	X(INTAKE, "intake", "intake", "接警席", 1, 1, "110 and 96110")                             \
	X(STOP, "stop", "stop payment", "止付席", 1, 1, "the centre's stop-payment seats")         \
	X(DISSUASION, "dissuasion", "dissuasion", "劝阻席", 2, 1, "96110 calling out")             \
	X(LEADER, "leader", "shift leaders", "值班长", 1, 1, "who approves")                       \
	X(QUALITY, "quality", "quality", "倒查席", 1, 0, "who reviews feedback")                   \
	X(APPEALS, "appeals", "appeals", "申诉席", 1, 0, "who decides objections")                 \
	X(STATION, "station", "stations", "派出所", 2, 1, "patrols, for each area")                \
	X(OPERATOR, "operator", "operator desks", "运营商席", 1, 1, "for each of three operators") \
	X(BANK, "bank", "bank desks", "银行席", 1, 1, "for each of eight banks")

enum day_group {
#define X(NAME, name, en, zh, by_day, by_night, who) GROUP_##NAME,
	DAY_GROUPS(X)
#undef X
	DAY_GROUPS_COUNT
};
struct day_group_info {
	const char *name, *en, *zh;
	uint16_t by_day, by_night;
	const char *who;
};
extern const struct day_group_info day_groups[DAY_GROUPS_COUNT];

enum {
	DAY_SHIFT_FROM = 8, /* hours of the local day */
	DAY_SHIFT_TO = 20,
	DAY_SEATS_MAX = 200 /* of a group in one place */
};

#endif
