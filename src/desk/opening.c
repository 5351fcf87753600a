/* opening.c - see opening.h. */
#include "desk/opening.h"
#include "desk/account.h"
#include "desk/card.h"
#include "desk/stop.h"

/* Whatever became of the order: money that had come from a fraud was there. Unless it was released because it was none, or upon an objection. */
static int64_t stopped(const struct desk_object *o)
{
	int64_t cause = desk_i(o, STOP_F_CAUSE);

	return cause == STOP_CAUSE_NOT_FRAUD || cause == STOP_CAUSE_APPEAL ? 0 : desk_i(o, STOP_F_STOPPED);
}

int64_t desk_found_us(const struct desk_object *o)
{
	switch (o->kind) {
	case DESK_CARD: return desk_i(o, CARD_F_FOUND);
	case DESK_ACCOUNT: return desk_i(o, ACCOUNT_F_FOUND);
	case DESK_STOP: return stopped(o);
	default: return 0;
	}
}
