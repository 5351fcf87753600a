/* pace.c - see pace.h. */
#include "gateway/pace.h"
#include <time.h>
#include <unistd.h>

enum {
	NS_PER_SECOND = 1000000000,
	SLEEP_NS_MAX = 200000000 /* a job that is given up hears of it soon */
};

static int64_t now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * NS_PER_SECOND + t.tv_nsec;
}

static void begin(struct pace *p, uint64_t events)
{
	p->events = events;
	p->cpu_ns = now_ns(CLOCK_THREAD_CPUTIME_ID);
	p->wall_ns = now_ns(CLOCK_MONOTONIC);
}

static uint64_t events_of(struct writer *w)
{
	struct writer_counts c;

	writer_counts(w, &c);
	return c.events;
}

void pace_begin(struct pace *p, struct writer *w)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	double share = (double)(processors < 1 ? 1 : processors) * PACE_PERCENT / 100;

	*p = (struct pace){ .writer = w, .share = share < 1 ? share : 1 };
	begin(p, events_of(w));
}

void pace_give_way(struct pace *p)
{
	uint64_t events = events_of(p->writer);
	int64_t cpu_ns = now_ns(CLOCK_THREAD_CPUTIME_ID) - p->cpu_ns, wall_ns = now_ns(CLOCK_MONOTONIC) - p->wall_ns;
	int64_t sleep_ns =
		(int64_t)((double)cpu_ns / p->share) - wall_ns; /* what it waited for a processor, it has given already */

	if (events != p->events && sleep_ns > 0) {
		struct timespec t = { .tv_nsec = sleep_ns < SLEEP_NS_MAX ? sleep_ns : SLEEP_NS_MAX };

		nanosleep(&t, NULL);
	}
	begin(p, events);
}
