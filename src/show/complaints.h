/* complaints.h - what is wrong with a policy, for machines: the lines that policy_load and plan_new say, taken apart again. */
#ifndef DUANKA_SHOW_COMPLAINTS_H
#define DUANKA_SHOW_COMPLAINTS_H
#include "base/buf.h"

/* A JSON array of {"path","line","column","kind","message","remedy"}; kind: error or note; remedy: what stands behind the last "; " of the message, null if nothing does.
 * A line without a place has kind, message and remedy only. Paths must have no
 * colon in them. */
void complaints_json(struct buf *b, struct text messages);

#endif
