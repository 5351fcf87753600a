/* pace.h - work beside decisions takes its share of the machine and no more.
 *
 * A low priority alone does not do it: decisions sleep while the disk syncs, and whoever works in those moments takes the caches and the next time slice with him. So a job works
 * in small pieces, and while decisions are made it sleeps between them as long as it takes to stay within PACE_PERCENT of all processors together. When nobody asks for
 * decisions it does not sleep at all. */
#ifndef DUANKA_GATEWAY_PACE_H
#define DUANKA_GATEWAY_PACE_H
#include "gateway/writer.h"

enum {
	PACE_PERCENT = 15
};

struct pace {
	struct writer *writer;
	uint64_t events;         /* that had come to the writer before this piece */
	int64_t cpu_ns, wall_ns; /* when it began */
	double share;            /* of one processor: 1 is all of it */
};

void pace_begin(struct pace *p, struct writer *w);
/* How long a job that has its share of a processor sleeps after a piece that took so long. What it waited for a processor it has given already. Never over 200 ms, so
 * that a job that is given up hears of it soon. */
int64_t pace_pause_ns(double share, int64_t cpu_ns, int64_t wall_ns);
/* At the end of a piece of some milliseconds, on the thread that did it. The next one begins. */
void pace_give_way(struct pace *p);

#endif
