/* deadlines.h - things that must be answered by a time, each answered once: by whoever has the answer, or by the one thread that watches
 * the clock.
 *
 * A deadline lies in its owner's memory and ends exactly once: deadlines_end returns true to one caller, or `passed` is called for it on the
 * watching thread. Whoever ends it has the owner's thing for himself and must answer it; the other one keeps his hands off. That is all
 * there is to a request that the writer and the clock both want to answer. The clock is the system's monotonic one. */
#ifndef DUANKA_GATEWAY_DEADLINES_H
#define DUANKA_GATEWAY_DEADLINES_H
#include <stdbool.h>
#include <stdint.h>
#include "base/check.h"
#include "base/err.h"

#define DEADLINE_NEVER INT64_MAX

struct deadline {
	int64_t at_us;
	uint32_t place; /* 1 + index in the heap; 0: not in it */
	bool over;
};

/* The nearest one is on top. Borrowed memory for cap of them. */
struct deadline_heap {
	struct deadline **slot;
	uint32_t n, cap;
};
void deadline_heap_put(struct deadline_heap *h, struct deadline *d);  /* there must be room, and it must not be in it */
void deadline_heap_drop(struct deadline_heap *h, struct deadline *d); /* if it is in it */

struct deadlines;
/* At most max at a time. passed: on the watching thread, without locks; the deadline may be gone when it returns. */
enum err deadlines_start(struct deadlines **out, uint32_t max, void (*passed)(struct deadline *d)) MUST_CHECK;
/* Nobody may add or end any more. Those that are still there never pass. NULL is fine. */
void deadlines_stop(struct deadlines *ds);
/* Begins it: not over, and nobody else knows it yet. */
void deadline_begin(struct deadline *d, int64_t at_us);
/* Watches it from now on, unless it has been ended meanwhile. One that is past already passes at once; DEADLINE_NEVER is
 * not watched, and only one thread may end it. */
void deadlines_add(struct deadlines *ds, struct deadline *d);
/* True: it is over by this call. */
bool deadlines_end(struct deadlines *ds, struct deadline *d) MUST_CHECK;
int64_t deadlines_now_us(void);

#endif
