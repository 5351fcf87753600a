/* writer.c - see writer.h. */
#include "gateway/writer.h"
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/mem.h"

struct writer {
	struct writer_options o;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct ask *first, **last;
	struct writer_task *task, **last_task;
	pthread_cond_t task_done;
	bool stopping;
	struct writer_counts counts;
	struct shard_item group[SHARD_ITEMS_MAX];
	int64_t next_tick_us, next_snapshot_us;
	pid_t child;
};

bool writer_submit(struct writer *w, struct ask *a)
{
	bool ok;

	CHECK(a->n > 0 && a->n <= SHARD_ITEMS_MAX);
	pthread_mutex_lock(&w->lock);
	ok = !w->stopping && !w->counts.dead && w->counts.queued + a->n <= w->o.queue_events_max;
	if (ok) {
		a->next = NULL;
		*w->last = a;
		w->last = &a->next;
		w->counts.queued += a->n;
		pthread_cond_signal(&w->more);
	} else {
		w->counts.shed += a->n;
	}
	pthread_mutex_unlock(&w->lock);
	return ok;
}

/* With the lock held: the asks that make the next group. */
static struct ask *gather(struct writer *w, uint32_t *n)
{
	struct ask *from = w->first, *a = from, *end = NULL;

	*n = 0;
	while (a != NULL && *n + a->n <= SHARD_ITEMS_MAX) {
		*n += a->n;
		end = a;
		a = a->next;
	}
	w->first = a;
	if (a == NULL)
		w->last = &w->first;
	if (end != NULL)
		end->next = NULL;
	w->counts.queued -= *n;
	return from;
}

static void count(struct writer *w, const struct shard_item *item, uint32_t n)
{
	struct writer_counts *c = &w->counts;

	c->groups++;
	c->events += n;
	for (uint32_t i = 0; i < n; i++) {
		const struct shard_answer *a = &item[i].answer;

		c->repeated += a->repeated;
		c->accepted += !a->repeated && a->outcome == ERR_OK;
		c->late += !a->repeated && a->outcome == ERR_LATE;
		c->refused += !a->repeated && a->outcome == ERR_CAP;
		c->alerts += a->repeated ? 0 : a->n_alerts;
	}
	c->next = shard_next(w->o.shard);
	shard_chain(w->o.shard, c->chain);
}

static void serve_group(struct writer *w, struct ask *asks, uint32_t n)
{
	uint32_t at = 0;
	enum err e;

	for (const struct ask *a = asks; a != NULL; a = a->next) {
		memcpy(w->group + at, a->item, a->n * sizeof(*a->item));
		at += a->n;
	}
	e = shard_apply(w->o.shard, w->group, n);
	if (e == ERR_OK)
		e = alertlog_flush(w->o.log);
	pthread_mutex_lock(&w->lock);
	if (e == ERR_OK)
		count(w, w->group, n);
	w->counts.last_group_us = w->o.now_us();
	w->counts.dead |= e != ERR_OK;
	pthread_mutex_unlock(&w->lock);
	at = 0;
	for (struct ask *a = asks, *next; a != NULL; a = next) {
		next = a->next; /* done may free the ask */
		memcpy(a->item, w->group + at, a->n * sizeof(*a->item));
		at += a->n;
		a->done(a->ctx, e == ERR_OK ? ERR_OK : ERR_STOPPED);
	}
}

static void reap(struct writer *w, bool wait)
{
	int status;
	pid_t pid = w->child == 0 ? 0 : waitpid(w->child, &status, wait ? 0 : WNOHANG);

	if (pid <= 0)
		return;
	pthread_mutex_lock(&w->lock);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		w->counts.snapshots++;
		w->counts.snapshot_us = w->o.now_us();
	} else {
		w->counts.snapshots_failed++;
	}
	pthread_mutex_unlock(&w->lock);
	w->child = 0;
}

/* A snapshot that outlived its service would write into the next one's. */
static void die_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
		_exit(1);
}

/* The child has the whole state as of this moment, copied by the system only where it changes. */
static void snapshot(struct writer *w)
{
	pid_t pid, self = getpid();

	reap(w, false);
	if (w->child != 0 || alertlog_sync(w->o.log) != ERR_OK)
		return;
	pid = fork();
	if (pid == 0)
		die_with(self);
	if (pid == 0)
		_exit(shard_snapshot(w->o.shard) == ERR_OK ? 0 : 1);
	if (pid > 0) {
		w->child = pid;
		return;
	}
	pthread_mutex_lock(&w->lock);
	w->counts.snapshots_failed++;
	pthread_mutex_unlock(&w->lock);
}

void writer_snapshot_soon(struct writer *w)
{
	w->next_snapshot_us = 0;
}

static bool snapshot_is_due(const struct writer *w, int64_t now_us)
{
	return w->o.snapshot_every_us > 0 && now_us >= w->next_snapshot_us;
}

static void pass_time(struct writer *w)
{
	int64_t now_us = w->o.now_us();
	bool dead = false;

	reap(w, false);
	if (w->o.tick_us > 0 && now_us >= w->next_tick_us) {
		w->next_tick_us = now_us + w->o.tick_us;
		dead = shard_note(w->o.shard, RECORD_TICK, now_us, 0, TEXT("")) != ERR_OK;
		alertlog_wake(w->o.log); /* streams that are idle send a sign of life */
	}
	if (snapshot_is_due(w, now_us) && w->child == 0 && !dead) {
		w->next_snapshot_us = now_us + w->o.snapshot_every_us;
		snapshot(w);
	}
	pthread_mutex_lock(&w->lock);
	w->counts.ticks++;
	w->counts.dead |= dead;
	w->counts.next = shard_next(w->o.shard);
	shard_chain(w->o.shard, w->counts.chain);
	engine_stats(shard_engine(w->o.shard), &w->counts.engine);
	w->counts.newest_us = w->counts.engine.newest_us;
	pthread_mutex_unlock(&w->lock);
}

bool writer_do(struct writer *w, void (*run)(void *ctx, struct shard *s), void *ctx)
{
	struct writer_task t = { .run = run, .ctx = ctx };

	pthread_mutex_lock(&w->lock);
	if (!w->stopping && !w->counts.dead) {
		*w->last_task = &t;
		w->last_task = &t.next;
		pthread_cond_signal(&w->more);
		while (!t.done)
			pthread_cond_wait(&w->task_done, &w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	return t.ran;
}

/* Tasks one by one, so that a group of events waits for one at most. With the lock held; gives it away while a task runs. */
static void run_task(struct writer *w)
{
	struct writer_task *t = w->task;
	bool dead;

	if (t == NULL)
		return;
	w->task = t->next;
	if (w->task == NULL)
		w->last_task = &w->task;
	t->ran = !w->counts.dead;
	if (t->ran) {
		pthread_mutex_unlock(&w->lock);
		t->run(t->ctx, w->o.shard);
		dead = alertlog_flush(w->o.log) != ERR_OK || shard_dead(w->o.shard);
		pthread_mutex_lock(&w->lock);
		w->counts.dead |= dead;
		w->counts.next = shard_next(w->o.shard);
		shard_chain(w->o.shard, w->counts.chain);
	}
	t->done = true;
	pthread_cond_broadcast(&w->task_done);
}

static struct timespec in_a_while(int64_t us)
{
	return (struct timespec){ .tv_sec = us / US_PER_SECOND, .tv_nsec = us % US_PER_SECOND * 1000 };
}

static void *run(void *arg)
{
	struct writer *w = arg;

	for (;;) {
		struct ask *asks;
		uint32_t n;
		int64_t now_us;
		bool over;

		pthread_mutex_lock(&w->lock);
		if (w->first == NULL && w->task == NULL && !w->stopping) {
			struct timespec until = in_a_while(w->o.now_us() + US_PER_SECOND);

			pthread_cond_timedwait(&w->more, &w->lock, &until);
		}
		run_task(w);
		asks = gather(w, &n);
		over = asks == NULL && w->task == NULL && w->stopping;
		pthread_mutex_unlock(&w->lock);
		if (over)
			break;
		if (asks != NULL)
			serve_group(w, asks, n);
		now_us = w->o.now_us();
		if (asks == NULL || now_us >= w->next_tick_us || snapshot_is_due(w, now_us))
			pass_time(w);
	}
	return NULL;
}

enum err writer_start(struct writer **out, const struct writer_options *o)
{
	struct writer *w = mem_alloc(sizeof(*w));

	if (w == NULL)
		return ERR_MEMORY;
	w->o = *o;
	w->last = &w->first;
	w->last_task = &w->task;
	w->counts.next = shard_next(o->shard);
	shard_chain(o->shard, w->counts.chain);
	w->counts.last_group_us = o->now_us();
	w->next_snapshot_us = o->now_us() + o->snapshot_every_us;
	CHECK(pthread_mutex_init(&w->lock, NULL) == 0);
	CHECK(pthread_cond_init(&w->more, NULL) == 0);
	CHECK(pthread_cond_init(&w->task_done, NULL) == 0);
	if (pthread_create(&w->thread, NULL, run, w) != 0) {
		mem_free(w);
		return ERR_MEMORY;
	}
	*out = w;
	return ERR_OK;
}

void writer_counts(struct writer *w, struct writer_counts *out)
{
	pthread_mutex_lock(&w->lock);
	*out = w->counts;
	pthread_mutex_unlock(&w->lock);
}

bool writer_stop(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_signal(&w->more);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	reap(w, true);
	if (w->counts.dead || alertlog_sync(w->o.log) != ERR_OK)
		return false;
	return shard_snapshot(w->o.shard) == ERR_OK;
}

void writer_free(struct writer *w)
{
	pthread_cond_destroy(&w->more);
	pthread_cond_destroy(&w->task_done);
	pthread_mutex_destroy(&w->lock);
	mem_free(w);
}
