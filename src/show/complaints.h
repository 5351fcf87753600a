/* complaints.h - what is wrong with a policy, for machines: the lines that policy_load and plan_new say, taken apart again. */
#ifndef DUANKA_SHOW_COMPLAINTS_H
#define DUANKA_SHOW_COMPLAINTS_H
#include "base/buf.h"

/* A JSON array of {"path","line","column","kind","message"}; kind: error or note. A line without a place has kind and message only. Paths must have no
 * colon in them. */
void complaints_json(struct buf *b, struct text messages);

#endif
