/* measure.h - an entry of the lawful ledger (处置台账): one measure on one person, card or account, or on the outlet that it belongs to. It is made by the step that imposes the measure and by nothing else, and refuses to be made
 * without basis, evidence, actor, approver where the law wants one, notice, start and end.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_MEASURE_H
#define DUANKA_DESK_MEASURE_H
#include "desk/machine.h"

enum desk_measure { /* 1..10: the measures that policies may propose, in their order (policy.h: enum measure + 1) */
	MEASURE_OF_TAG = 1,
	MEASURE_OF_WARN = 2,
	MEASURE_OF_VERIFY = 3,
	MEASURE_OF_REVERIFY = 4,
	MEASURE_OF_DELAY = 5,
	MEASURE_OF_LIMIT = 6,
	MEASURE_OF_BAR_OUTGOING = 7,
	MEASURE_OF_SUSPEND = 8,
	MEASURE_OF_STOP = 9,
	MEASURE_OF_REPORT = 10,
	MEASURE_OF_FREEZE = 11,
	MEASURE_OF_COUNTER_ONLY = 12,
	MEASURE_OF_DISCIPLINE = 13,
	MEASURE_OF_HOLD_LINE = 14, /* a victim's own line, for a short while */
	MEASURE_OF_SUSPEND_THING = 15,
	MEASURE_OF_SUSPEND_OPENINGS = 16, /* of an outlet or agent */
	DESK_MEASURES = 17
};
enum desk_basis { /* articles; desk_bases has their names */
	BASIS_AFL_11 = 1,
	BASIS_AFL_12 = 2,
	BASIS_AFL_14 = 3,
	BASIS_AFL_18 = 4,
	BASIS_AFL_20 = 5,
	BASIS_AFL_24 = 6,
	BASIS_AFL_31 = 7,
	BASIS_AFL_34 = 8,
	BASIS_YF_2016_86 = 9,
	BASIS_YF_2016_261 = 10,
	BASIS_YF_2019_85 = 11,
	BASIS_MIIT_2021 = 12,
	BASIS_IOT_2020 = 13,
	BASIS_JOINT_2024 = 14,
	BASIS_CPL_144 = 15,
	BASIS_AFL_9 = 16,
	DESK_BASES = 17
};
enum measure_appeal {
	APPEAL_STATE_NONE = 1,
	APPEAL_STATE_OPEN = 2,
	APPEAL_STATE_GRANTED = 3,
	APPEAL_STATE_DENIED = 4
};
enum measure_cause {
	CAUSE_EXPIRED = 1,
	CAUSE_LIFTED = 2,
	CAUSE_APPEAL = 3,
	CAUSE_VERIFIED = 4,
	CAUSE_CONVERTED = 5,
	CAUSE_REPLACED = 6
};
extern const struct desk_choices desk_measures, desk_bases, desk_remedies;
/* Whether the basis allows the measure. */
bool desk_basis_allows(uint32_t basis, uint32_t measure);
bool desk_measure_approved(uint32_t measure); /* the law, or our order of work, wants an approver */

enum measure_state {
	MEASURE_IN_FORCE = 1,
	MEASURE_ENDED = 2,    /* expired, lifted, replaced or converted */
	MEASURE_RELEASED = 3, /* by a granted appeal */
	MEASURE_STATES = 4
};

enum measure_field {
	MEASURE_F_MEASURE = 1,
	MEASURE_F_BASIS = 2,
	MEASURE_F_EVIDENCE = 3,
	MEASURE_F_OBJECT = 4, /* that it belongs to */
	MEASURE_F_PHONE = 5,
	MEASURE_F_ACCOUNT = 6,
	MEASURE_F_PERSON = 7,
	MEASURE_F_ACTOR = 8, /* user; 0 for an automatic one */
	MEASURE_F_APPROVER = 9,
	MEASURE_F_NOTICE = 10,
	MEASURE_F_START = 11,
	MEASURE_F_END = 12,
	MEASURE_F_APPEAL = 13,
	MEASURE_F_APPEAL_OBJECT = 14,
	MEASURE_F_REASON = 15,
	MEASURE_F_ENDED = 16,
	MEASURE_F_CAUSE = 17,
	MEASURE_F_AUTOMATIC = 18, /* 1: a time limit imposed it */
	MEASURE_F_REMEDY = 19,    /* where to object */
	MEASURE_F_ORGANISATION = 20,
	MEASURE_F_LATE_PAPERS = 21, /* 1: carried out first, approver still to come */
	MEASURE_F_DISTRICT = 22,
	MEASURE_F_FIELDS = 23
};

enum measure_step {
	MEASURE_DO_IMPOSE = 1,
	MEASURE_DO_END = 2,
	MEASURE_DO_PROLONG = 3,
	MEASURE_DO_APPROVE = 4,
	MEASURE_DO_APPEAL_FILED = 5,
	MEASURE_DO_APPEAL_DECIDED = 6,
	MEASURE_DO_RELEASE_BY_APPEAL = 7,
	MEASURE_DO_EXPIRE = 8,
	MEASURE_DO_STEPS = 9
};

enum measure_timer {
	MEASURE_T_END = 0, /* of measures that no object of their own ends */
	MEASURE_T_TIMERS = 1
};

extern const struct desk_machine desk_measure;

#endif
