/* tender.c - see tender.h. */
#include "gateway/tender.h"
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/mem.h"
#include "journal/contacts.h"

enum {
	WHY_MAX = 4096,
	NICENESS = 10 /* decisions come first */
};

struct job {
	struct tender_duty duty;
	struct tender_counts counts;
	bool due;
	int64_t due_us; /* of those with a time of their own */
};

struct tender {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t change;
	atomic_bool stop;
	struct job job[TENDER_DUTIES_MAX];
	uint32_t n;
	void (*tell)(const char *name, enum err e, const char *why);
};

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * US_PER_SECOND + t.tv_nsec / 1000;
}

/* With the lock held: a duty that is due, or NULL and *until when one will be (INT64_MAX: only when woken). */
static struct job *next_job(struct tender *t, int64_t *until)
{
	*until = INT64_MAX;
	for (uint32_t i = 0; i < t->n; i++) {
		struct job *j = &t->job[i];

		if (j->due || (j->duty.every_us > 0 && j->due_us <= now_us()))
			return j;
		if (j->duty.every_us > 0 && j->due_us < *until)
			*until = j->due_us;
	}
	return NULL;
}

static void wait_until(struct tender *t, int64_t until)
{
	struct timespec at = { .tv_sec = until / US_PER_SECOND, .tv_nsec = until % US_PER_SECOND * 1000 };

	if (until == INT64_MAX)
		pthread_cond_wait(&t->change, &t->lock);
	else
		pthread_cond_timedwait(&t->change, &t->lock, &at);
}

/* With the lock held, which is given up for the work. */
static void work(struct tender *t, struct job *j, struct buf *why)
{
	bool failed_before = j->counts.last != ERR_OK;
	enum err e;

	j->due = false;
	pthread_mutex_unlock(&t->lock);
	buf_clear(why);
	e = j->duty.run(j->duty.ctx, &t->stop, why);
	if (e != ERR_OK && e != ERR_STOPPED && !failed_before && t->tell != NULL)
		t->tell(j->duty.name, e, why->n > 0 ? why->p : e == ERR_IO ? strerror(errno) : err_name(e));
	pthread_mutex_lock(&t->lock);
	j->counts.runs++;
	j->counts.failures += e != ERR_OK && e != ERR_STOPPED;
	j->counts.last = e == ERR_STOPPED ? ERR_OK : e;
	j->due_us = now_us() + j->duty.every_us;
}

static void *run(void *arg)
{
	struct tender *t = arg;
	struct buf why;

	(void)setpriority(PRIO_PROCESS, (id_t)gettid(),
	                  NICENESS); /* of this thread; without it things only go less smoothly */
	buf_init(&why, WHY_MAX);
	pthread_mutex_lock(&t->lock);
	while (!atomic_load(&t->stop)) {
		int64_t until;
		struct job *j = next_job(t, &until);

		if (j != NULL)
			work(t, j, &why);
		else
			wait_until(t, until);
	}
	pthread_mutex_unlock(&t->lock);
	buf_release(&why);
	return NULL;
}

enum err tender_start(struct tender **out, const struct tender_duty *duty, uint32_t n,
                      void (*tell)(const char *name, enum err e, const char *why))
{
	struct tender *t = mem_alloc(sizeof(*t));
	pthread_condattr_t monotonic;

	CHECK(n <= TENDER_DUTIES_MAX);
	if (t == NULL)
		return ERR_MEMORY;
	t->n = n;
	t->tell = tell;
	for (uint32_t i = 0; i < n; i++)
		t->job[i] = (struct job){ .duty = duty[i], .due = true };
	CHECK(pthread_mutex_init(&t->lock, NULL) == 0);
	CHECK(pthread_condattr_init(&monotonic) == 0 && pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0);
	CHECK(pthread_cond_init(&t->change, &monotonic) == 0);
	pthread_condattr_destroy(&monotonic);
	if (pthread_create(&t->thread, NULL, run, t) != 0) {
		mem_free(t);
		return ERR_MEMORY;
	}
	*out = t;
	return ERR_OK;
}

void tender_wake(struct tender *t)
{
	pthread_mutex_lock(&t->lock);
	for (uint32_t i = 0; i < t->n; i++)
		t->job[i].due |= t->job[i].duty.every_us == 0;
	pthread_cond_signal(&t->change);
	pthread_mutex_unlock(&t->lock);
}

void tender_counts(struct tender *t, uint32_t duty, struct tender_counts *out)
{
	CHECK(duty < t->n);
	pthread_mutex_lock(&t->lock);
	*out = t->job[duty].counts;
	pthread_mutex_unlock(&t->lock);
}

void tender_stop(struct tender *t)
{
	if (t == NULL)
		return;
	pthread_mutex_lock(&t->lock);
	atomic_store(&t->stop, true);
	pthread_cond_signal(&t->change);
	pthread_mutex_unlock(&t->lock);
	pthread_join(t->thread, NULL);
	pthread_cond_destroy(&t->change);
	pthread_mutex_destroy(&t->lock);
	mem_free(t);
}

/* ---- indexing ---- */

static enum err index_segments(void *ctx, const atomic_bool *stop, struct buf *why)
{
	return contacts_index_all(ctx, stop, NULL, why);
}

struct tender_duty tender_indexing(struct disk *journal)
{
	return (struct tender_duty){ .name = "indexing the journal", .run = index_segments, .ctx = journal };
}
