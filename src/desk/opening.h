/* opening.h - where a card or an account came from, and that it was found involved (涉案): the two halves of what outlets, agents and clerks are judged by.
 *
 * An opening is what an event told. A finding is what an object of the desk says of its subject: a card or account in a case, an account stopped by order, as long as neither has proved wrong. */
#ifndef DUANKA_DESK_OPENING_H
#define DUANKA_DESK_OPENING_H
#include "desk/desk.h"

struct desk_opening {
	uint64_t position; /* in the journal; tells openings of one time apart */
	int64_t time_us;
	struct desk_entity thing;                  /* DESK_PHONE or DESK_BANK_ACCOUNT */
	struct token outlet, agent, clerk, person; /* zero: not told */
	uint16_t organisation;                     /* whose card or account it is; 0: not known */
	bool remote;                               /* opened without coming to the counter */
};

/* Since when the object says that its subject is involved; 0: it does not, or not any more. */
int64_t desk_found_us(const struct desk_object *o);

#endif
