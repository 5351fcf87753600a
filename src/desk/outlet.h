/* outlet.h - a place, or an agent, where a bank or an operator opens accounts and cards (网点、渠道): what it is, its licence to open, and how far it is with publicity.
 *
 *   listed -> trained -> equipped -> inspected -> demo      warned, suspended (until), cancelled
 *
 * When it is listed, or told to follow the kit, it gets a supply for each item of the kit of its type (supply.h). Suspending its openings is a measure of the ledger: one person asks, with basis, reason, evidence and
 * end, another approves, notice goes out, and who objects is answered like anybody. When it ends the outlet is warned still, until it passes an inspection; when it is lifted or an objection holds, it is what it was before.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_OUTLET_H
#define DUANKA_DESK_OUTLET_H
#include "desk/kit.h"

enum outlet_state {
	OUTLET_LISTED = 1,
	OUTLET_TRAINED = 2,
	OUTLET_EQUIPPED = 3,
	OUTLET_INSPECTED = 4,
	OUTLET_DEMO = 5,
	OUTLET_WARNED = 6,
	OUTLET_SUSPENDED = 7,
	OUTLET_CANCELLED = 8,
	OUTLET_STATES = 9
};

enum outlet_field {
	OUTLET_F_PLACE = 1, /* as events name it */
	OUTLET_F_AGENT = 2,
	OUTLET_F_ORGANISATION = 3,
	OUTLET_F_DISTRICT = 4,
	OUTLET_F_TYPE = 5,
	OUTLET_F_FLAGSHIP = 6,
	OUTLET_F_NAME = 7,
	OUTLET_F_ADDRESS = 8,
	OUTLET_F_CLERK = 9, /* who answers for it */
	OUTLET_F_LICENCE = 10,
	OUTLET_F_LICENCE_END = 11,
	OUTLET_F_KIT = 12,   /* version that its supplies follow */
	OUTLET_F_STAFF = 13, /* trained */
	OUTLET_F_SCORE = 14, /* of the last inspection that was confirmed */
	OUTLET_F_INSPECTION = 15,
	OUTLET_F_REASON = 16, /* of a warning talk, a cancellation */
	OUTLET_F_TALK = 17,   /* its minutes */
	OUTLET_F_BASIS = 18,
	OUTLET_F_EVIDENCE = 19,
	OUTLET_F_UNTIL = 20,
	OUTLET_F_MEASURE = 21,
	OUTLET_F_BEFORE = 22, /* state before it was suspended */
	OUTLET_F_NOTE = 23,
	OUTLET_F_GROUNDS = 24, /* of a suspension; sealed: it may tell of people */
	OUTLET_F_CODE =
		25, /* the same that OUTLET_F_PLACE or _AGENT has as a token, as its owner writes it: tables are compared by it */
	OUTLET_F_TALK_EVIDENCE = 26, /* of a warning talk: given as evidence */
	OUTLET_F_FIELDS = 27
};

enum outlet_step {
	OUTLET_DO_LIST = 1,
	OUTLET_DO_CORRECT = 2,
	OUTLET_DO_FOLLOW_KIT = 3,
	OUTLET_DO_LICENSE = 4,
	OUTLET_DO_TRAIN = 5,
	OUTLET_DO_EQUIP = 6,
	OUTLET_DO_PASS = 7,
	OUTLET_DO_SCORE = 8,
	OUTLET_DO_AWARD = 9,
	OUTLET_DO_END_AWARD = 10,
	OUTLET_DO_WARN = 11,
	OUTLET_DO_ASK_SUSPENSION = 12,
	OUTLET_DO_SUSPEND = 13,
	OUTLET_DO_LIFT = 14,
	OUTLET_DO_RELEASE_BY_APPEAL = 15,
	OUTLET_DO_END_SUSPENSION = 16,
	OUTLET_DO_CANCEL = 17,
	OUTLET_DO_LICENCE_SOON = 18,
	OUTLET_DO_LICENCE_OVER = 19,
	OUTLET_DO_REFUSE_SUSPENSION = 20,
	OUTLET_DO_STEPS = 21
};

enum outlet_timer {
	OUTLET_T_SUSPENSION = 0,
	OUTLET_T_LICENCE_SOON = 1,
	OUTLET_T_LICENCE_OVER = 2,
	OUTLET_T_TIMERS = 3
};

extern const struct desk_machine desk_outlet;

#endif
