/* pace.c - see pace.h. */
#include "gateway/pace.h"
#include <time.h>
#include <unistd.h>

enum {
	NS_PER_SECOND = 1000000000,
	SLEEP_NS_MAX = 200000000
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

int64_t pace_pause_ns(double share, int64_t cpu_ns, int64_t wall_ns)
{
	double pause = (double)cpu_ns / share - (double)wall_ns;

	return pause <= 0 ? 0 : pause < SLEEP_NS_MAX ? (int64_t)pause : SLEEP_NS_MAX;
}

void pace_give_way(struct pace *p)
{
	uint64_t events = events_of(p->writer);
	int64_t cpu_ns = now_ns(CLOCK_THREAD_CPUTIME_ID) - p->cpu_ns, wall_ns = now_ns(CLOCK_MONOTONIC) - p->wall_ns;
	struct timespec pause = { .tv_nsec = events == p->events ? 0 : pace_pause_ns(p->share, cpu_ns, wall_ns) };

	if (pause.tv_nsec > 0)
		nanosleep(&pause, NULL);
	begin(p, events);
}
