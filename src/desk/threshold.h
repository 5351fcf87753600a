/* threshold.h - a changed limit of limits.h (限值): asked for by one, approved by another, in force from then on.
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_THRESHOLD_H
#define DUANKA_DESK_THRESHOLD_H
#include "desk/machine.h"

enum threshold_state {
	THRESHOLD_ASKED = 1,
	THRESHOLD_IN_FORCE = 2,
	THRESHOLD_WITHDRAWN = 3,
	THRESHOLD_REPLACED = 4,
	THRESHOLD_STATES = 5
};

enum threshold_field {
	THRESHOLD_F_LIMIT = 1, /* token.w[1] = enum desk_limit */
	THRESHOLD_F_VALUE = 2, /* in the limit's unit */
	THRESHOLD_F_REASON = 3,
	THRESHOLD_F_FIELDS = 4
};

enum threshold_step {
	THRESHOLD_DO_ASK = 1,
	THRESHOLD_DO_APPROVE = 2,
	THRESHOLD_DO_WITHDRAW = 3,
	THRESHOLD_DO_REPLACE = 4,
	THRESHOLD_DO_STEPS = 5
};

extern const struct desk_machine desk_threshold;

#endif
