/* summary.h - what a run found, for people, on one screen. */
#ifndef DUANKA_APP_SUMMARY_H
#define DUANKA_APP_SUMMARY_H
#include "app/run.h"

/* colour: the output is a terminal; columns: how wide it is. seconds: wall time of the run. */
void summary_print(struct buf *b, const struct run *r, double seconds, bool colour, size_t columns, bool interrupted);
/* Quarantined records: what decoders refused and what came too late or found no room. */
uint64_t summary_quarantined(const struct run *r);

#endif
