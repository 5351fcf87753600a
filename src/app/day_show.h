/* day_show.h - the report of a simulated day: for a shift leader on a terminal of 100 columns, or as JSON. */
#ifndef DUANKA_APP_DAY_SHOW_H
#define DUANKA_APP_DAY_SHOW_H
#include "day/day.h"
#include "show/lang.h"

void day_show(struct buf *b, const struct day_report *r, enum lang l);
void day_json(struct buf *b, const struct day_report *r);
/* Seats and assumptions with their origin, as Markdown tables; doc/desk-day.md has them. */
void day_show_habits(struct buf *b);

#endif
