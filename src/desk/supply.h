/* supply.h - one item of the standard at one outlet (物料): what is wanted, and every piece that was ordered, received, put up, taken down or lost.
 *
 * Four counts, each of pieces, say where all of them are:
 *   ordered >= received >= placed + lost      placed: standing at the outlet now; lost: gone for ever, before or after it was put up
 *   on the way = ordered - received, in store = received - placed - lost
 *   to order   = what is needed, less on the way, in store and placed; never below 0
 * Needed is the local number if one was approved, else the kit's. Counts are moved by steps only, each of a number of pieces.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_SUPPLY_H
#define DUANKA_DESK_SUPPLY_H
#include "desk/kit.h"

enum supply_state {
	SUPPLY_SHORT = 1,
	SUPPLY_COMPLETE = 2, /* as many are placed as are needed */
	SUPPLY_CLOSED = 3,
	SUPPLY_STATES = 4
};

enum supply_field {
	SUPPLY_F_OUTLET = 1,
	SUPPLY_F_ITEM = 2,
	SUPPLY_F_WANTED = 3, /* by the kit */
	SUPPLY_F_LOCAL = 4,  /* approved to be needed here instead */
	SUPPLY_F_ASKED = 5,  /* waits for approval */
	SUPPLY_F_REASON = 6,
	SUPPLY_F_ORDERED = 7,
	SUPPLY_F_RECEIVED = 8,
	SUPPLY_F_PLACED = 9,
	SUPPLY_F_LOST = 10,
	SUPPLY_F_PIECES = 11, /* of the last movement */
	SUPPLY_F_PHOTO = 12,
	SUPPLY_F_NOTE = 13,
	SUPPLY_F_ORGANISATION = 14,
	SUPPLY_F_DISTRICT = 15,
	SUPPLY_F_KIT = 16, /* its version */
	SUPPLY_F_FIELDS = 17
};

enum supply_step {
	SUPPLY_DO_WANT = 1,
	SUPPLY_DO_WANT_ANEW = 2,
	SUPPLY_DO_ASK_LOCAL = 3,
	SUPPLY_DO_APPROVE_LOCAL = 4,
	SUPPLY_DO_REFUSE_LOCAL = 5,
	SUPPLY_DO_ORDER = 6,
	SUPPLY_DO_CANCEL_ORDER = 7,
	SUPPLY_DO_RECEIVE = 8,
	SUPPLY_DO_PLACE = 9,
	SUPPLY_DO_TAKE_DOWN = 10,
	SUPPLY_DO_LOSE = 11,
	SUPPLY_DO_SPOIL = 12,
	SUPPLY_DO_CLOSE = 13,
	SUPPLY_DO_STEPS = 14
};

extern const struct desk_machine desk_supply;

static inline int64_t supply_needed(const struct desk_object *o)
{
	return desk_has(o, SUPPLY_F_LOCAL) ? desk_i(o, SUPPLY_F_LOCAL) : desk_i(o, SUPPLY_F_WANTED);
}
static inline int64_t supply_in_store(const struct desk_object *o)
{
	return desk_i(o, SUPPLY_F_RECEIVED) - desk_i(o, SUPPLY_F_PLACED) - desk_i(o, SUPPLY_F_LOST);
}
/* Whether the counts keep what is said above. */
bool supply_sound(const struct desk_object *o);

#endif
