/* kit.h - what the standard wants of a kind of outlet (标准配置): "uniform as a whole, adjusted locally" (整体统一、局部调整). A kit is a number of pieces of each item for one type of
 * outlet, ordinary or flagship, in versions: one person drafts it, another approves it, and the one before it is replaced. What an outlet departs from it stands in its supplies (supply.h).
 * Numbers are on disk: append, never change. */
#ifndef DUANKA_DESK_KIT_H
#define DUANKA_DESK_KIT_H
#include "desk/desk.h"

enum kit_item { /* bits of an inspection's checklist: 1 << (item - 1) */
	ITEM_PAPER_SIGN = 1,
	ITEM_ACRYLIC_SIGN = 2,
	ITEM_POSTER_CARD = 3,    /* 断卡 */
	ITEM_POSTER_APP = 4,     /* 国家反诈中心App */
	ITEM_POSTER_ACCOUNT = 5, /* the police's service account */
	ITEM_POSTER_SCREEN = 6,
	ITEM_TV_LOOP = 7,
	ITEM_STAND = 8,
	ITEM_NOTICE_96110 = 9,
	ITEM_QUIZ = 10, /* staff have passed it */
	KIT_ITEMS = 11
};
extern const struct desk_choices kit_items;

enum outlet_type {
	OUTLET_TYPE_BANK = 1,
	OUTLET_TYPE_HALL = 2,
	OUTLET_TYPE_AGENT = 3,
	OUTLET_TYPE_SELF_SERVICE = 4,
	OUTLET_TYPES = 5
};
extern const struct desk_choices outlet_types;

enum kit_state {
	KIT_DRAFT = 1,
	KIT_APPROVED = 2,
	KIT_REPLACED = 3,
	KIT_REJECTED = 4,
	KIT_STATES = 5
};

enum kit_field {
	KIT_F_TYPE = 1,
	KIT_F_FLAGSHIP = 2,
	KIT_F_KEY = 3,    /* type and flagship in one number, by which the kit is found; set by the desk */
	KIT_F_PIECES = 3, /* of item i: KIT_F_PIECES + i, 4..13 */
	KIT_F_VERSION = 14,
	KIT_F_NOTE = 15,
	KIT_F_FIELDS = 16
};

enum kit_step {
	KIT_DO_DRAFT = 1,
	KIT_DO_CHANGE = 2,
	KIT_DO_APPROVE = 3,
	KIT_DO_REJECT = 4,
	KIT_DO_REPLACE = 5,
	KIT_DO_STEPS = 6
};

enum {
	KIT_PIECES_MAX = 100000
};

extern const struct desk_machine desk_kit;

/* What a kit is found by. */
struct desk_entity kit_key(uint32_t type, bool flagship);
static inline int64_t kit_pieces(const struct desk_object *kit, uint32_t item)
{
	return desk_i(kit, KIT_F_PIECES + item);
}

#endif
