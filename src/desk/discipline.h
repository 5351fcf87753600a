/* discipline.h - a listing for joint discipline (联合惩戒): proposed, identified by the city (below the count: approved by the province), written notice, active for two or three years,
 * consecutive listings at most five years.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_DISCIPLINE_H
#define DUANKA_DESK_DISCIPLINE_H
#include "desk/machine.h"

enum discipline_ground {       /* which article's list */
	GROUND_PUNISHED = 1,       /* criminally punished: three years */
	GROUND_TRADED = 2,         /* three items, times or people: two years */
	GROUND_REAL_NAME_HELP = 3, /* the same counts */
	GROUND_FALSE_IDENTITY = 4, /* fake identity or agency */
	GROUND_SERIOUS = 5         /* below the counts but serious: the province approves */
};

enum discipline_state {
	DISCIPLINE_PROPOSED = 1,
	DISCIPLINE_IDENTIFIED = 2,
	DISCIPLINE_TO_PROVINCE = 3,
	DISCIPLINE_NOTICED = 4,
	DISCIPLINE_ACTIVE = 5,
	DISCIPLINE_REVOKED = 6,
	DISCIPLINE_EXPIRED = 7,
	DISCIPLINE_REPAIRED = 8, /* credit repaired */
	DISCIPLINE_REJECTED = 9,
	DISCIPLINE_STATES = 10
};

enum discipline_field {
	DISCIPLINE_F_PERSON = 1,
	DISCIPLINE_F_GROUND = 2,
	DISCIPLINE_F_ITEMS = 3, /* cards, accounts, lines traded */
	DISCIPLINE_F_TIMES = 4,
	DISCIPLINE_F_PEOPLE = 5,
	DISCIPLINE_F_JUDGEMENT = 6, /* number of the court's judgement */
	DISCIPLINE_F_EVIDENCE = 7,
	DISCIPLINE_F_BASIS = 8,
	DISCIPLINE_F_REASON = 9,
	DISCIPLINE_F_NOTICE = 10, /* the written notice */
	DISCIPLINE_F_NOTICED = 11,
	DISCIPLINE_F_START = 12,
	DISCIPLINE_F_END = 13,
	DISCIPLINE_F_CHAIN_START = 14, /* of consecutive listings */
	DISCIPLINE_F_MEASURE = 15,
	DISCIPLINE_F_KEPT_CARD = 16,   /* one card for daily life, not involved */
	DISCIPLINE_F_PROVINCE_NO = 17, /* number of the province's approval */
	DISCIPLINE_F_DISTRICT = 18,
	DISCIPLINE_F_REMARK = 19,
	DISCIPLINE_F_CASE_NO = 20,
	DISCIPLINE_F_PREVIOUS = 21, /* listing that this one follows */
	DISCIPLINE_F_REPAIR = 22,   /* 1: asked for */
	DISCIPLINE_F_FIELDS = 23
};

enum discipline_step {
	DISCIPLINE_DO_PROPOSE = 1,
	DISCIPLINE_DO_ADD_EVIDENCE = 2,
	DISCIPLINE_DO_IDENTIFY = 3,
	DISCIPLINE_DO_REJECT = 4,
	DISCIPLINE_DO_APPROVE_PROVINCE = 5,
	DISCIPLINE_DO_NOTIFY = 6,
	DISCIPLINE_DO_ACTIVATE = 7,
	DISCIPLINE_DO_REVOKE = 8,
	DISCIPLINE_DO_RELEASE_BY_APPEAL = 9,
	DISCIPLINE_DO_EXPIRE = 10,
	DISCIPLINE_DO_ASK_REPAIR = 11,
	DISCIPLINE_DO_REPAIR = 12,
	DISCIPLINE_DO_STEPS = 13
};

enum discipline_timer {
	DISCIPLINE_T_EXPIRE = 0,
	DISCIPLINE_T_TIMERS = 1
};

extern const struct desk_machine desk_discipline;

#endif
