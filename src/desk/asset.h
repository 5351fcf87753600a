/* asset.h - a brand asset that the members share (品牌同筑): a logo, a slogan, the layout of a poster, with the licence under which members use it.
 *
 * A new version is an object of its own that names the one before it, so the old ones stay as they were, readable, with who approved them. When the new one is approved the old one is
 * superseded in the same step. All versions name the first one. Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_ASSET_H
#define DUANKA_DESK_ASSET_H
#include "desk/machine.h"

enum asset_state {
	ASSET_DRAFT = 1,
	ASSET_PROPOSED = 2,
	ASSET_APPROVED = 3,
	ASSET_SUPERSEDED = 4,
	ASSET_REJECTED = 5,
	ASSET_WITHDRAWN = 6,
	ASSET_DROPPED = 7,
	ASSET_STATES = 8
};

enum asset_field {
	ASSET_F_SORT = 1,
	ASSET_F_NAME = 2,
	ASSET_F_PREVIOUS = 3,
	ASSET_F_FIRST = 4,
	ASSET_F_VERSION = 5,
	ASSET_F_FILE = 6,
	ASSET_F_TEXT = 7,
	ASSET_F_LICENCE = 8,
	ASSET_F_LICENCE_NOTE = 9,
	ASSET_F_REASON = 10,
	ASSET_F_LATE = 11,
	ASSET_F_FIELDS = 12
};

enum asset_step {
	ASSET_DO_DRAFT = 1,
	ASSET_DO_AMEND = 2,
	ASSET_DO_PROPOSE = 3,
	ASSET_DO_APPROVE = 4,
	ASSET_DO_RETURN = 5,
	ASSET_DO_REJECT = 6,
	ASSET_DO_DROP = 7,
	ASSET_DO_WITHDRAW = 8,
	ASSET_DO_SUPERSEDE = 9,
	ASSET_DO_LATE = 10,
	ASSET_DO_STEPS = 11
};

enum asset_timer {
	ASSET_T_DECIDE = 0,
	ASSET_T_TIMERS = 1
};

extern const struct desk_machine desk_asset;

#endif
