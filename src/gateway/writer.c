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
#include "gateway/deadlines.h"

struct snapshot_ask { /* somebody waits for a snapshot */
	struct writer_snapshot told;
	int64_t begun_us; /* 0: not yet */
	enum err err;
	bool done;
};

struct writer {
	struct writer_options o;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct lanes lanes;
	struct tender *tender;
	struct writer_task *task, **last_task;
	pthread_cond_t task_done;
	bool stopping;
	struct writer_counts counts;
	struct shard_item group[SHARD_ITEMS_MAX];
	int64_t last_pass_us; /* monotonic; the others are wall time */
	int64_t last_tick_us, last_snapshot_us, last_expiry_us;
	bool snapshot_soon;
	_Atomic uint32_t segment_holders;
	pid_t child;                /* writes a snapshot; 0: none */
	struct snapshot_ask *asked; /* under the lock */
};

bool writer_submit(struct writer *w, struct ask *a)
{
	bool ok;

	pthread_mutex_lock(&w->lock);
	ok = !w->stopping && !w->counts.dead && lanes_put(&w->lanes, a);
	if (!ok) {
		w->counts.shed += a->n;
	} else {
		if (w->counts.behind_since_us == 0)
			w->counts.behind_since_us = w->o.now_us();
		pthread_cond_signal(&w->more);
	}
	pthread_mutex_unlock(&w->lock);
	return ok;
}

void writer_tender(struct writer *w, struct tender *t)
{
	pthread_mutex_lock(&w->lock);
	w->tender = t;
	pthread_mutex_unlock(&w->lock);
}

static void wake_tender(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	if (w->tender != NULL)
		tender_wake(w->tender);
	pthread_mutex_unlock(&w->lock);
}

void writer_lanes(struct writer *w, uint32_t lanes)
{
	pthread_mutex_lock(&w->lock);
	share_divide(&w->lanes.share, lanes);
	pthread_mutex_unlock(&w->lock);
}

static void count(struct writer *w, const struct shard_item *item, uint32_t n)
{
	struct writer_counts *c = &w->counts;

	c->groups++;
	for (uint32_t i = 0; i < n; i++) {
		const struct shard_answer *a = &item[i].answer;

		c->commands += item[i].event == NULL;
		if (item[i].event == NULL)
			continue;
		c->events++;
		c->repeated += a->repeated;
		c->accepted += !a->repeated && a->outcome == ERR_OK;
		c->late += !a->repeated && a->outcome == ERR_LATE;
		c->refused += !a->repeated && a->outcome == ERR_CAP;
		c->alerts += a->repeated ? 0 : a->n_alerts;
	}
	c->next = shard_next(w->o.shard);
	shard_chain(w->o.shard, c->chain);
}

/* Whoever reads behind the writer may go on. */
static void decided(struct writer *w, bool ok)
{
	if (ok && w->o.decided != NULL)
		w->o.decided(w->o.ctx, shard_next(w->o.shard));
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
	w->counts.behind_since_us = w->lanes.turn == NULL ? 0 : w->o.now_us();
	w->counts.dead |= e != ERR_OK;
	pthread_mutex_unlock(&w->lock);
	decided(w, e == ERR_OK);
	at = 0;
	for (struct ask *a = asks, *next; a != NULL; a = next) {
		next = a->next; /* done may free the ask */
		memcpy(a->item, w->group + at, a->n * sizeof(*a->item));
		at += a->n;
		a->done(a->ctx, e == ERR_OK ? ERR_OK : ERR_STOPPED);
	}
}

/* With the lock held. */
static void tell_snapshot(struct writer *w, enum err e)
{
	struct snapshot_ask *k = w->asked;

	k->err = e;
	k->done = true;
	w->asked = NULL;
	pthread_cond_broadcast(&w->task_done);
}

static void reap(struct writer *w, bool wait)
{
	int status;
	pid_t pid = w->child == 0 ? 0 : waitpid(w->child, &status, wait ? 0 : WNOHANG);
	bool ok;

	if (pid <= 0)
		return;
	ok = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	pthread_mutex_lock(&w->lock);
	if (ok) {
		w->counts.snapshots++;
		w->counts.snapshot_us = w->o.now_us();
	} else {
		w->counts.snapshots_failed++;
	}
	if (w->asked != NULL && w->asked->begun_us != 0) {
		struct writer_snapshot *told = &w->asked->told;

		told->duration_us = w->o.now_us() - w->asked->begun_us;
		tell_snapshot(w, ok ? shard_snapshot_bytes(w->o.shard, told->position, &told->bytes) : ERR_IO);
	}
	pthread_mutex_unlock(&w->lock);
	w->child = 0;
}

/* How many stay is what the settings say when the next one is taken. */
static void keep_as_set(struct writer *w)
{
	const struct in_force *f = live_take(w->o.live);

	shard_keep(w->o.shard, (uint32_t)f->config.snapshots);
	in_force_free(f);
}

/* The child has the whole state as of this moment, copied by the system only where it changes. False: it was not begun. */
static bool snapshot(struct writer *w)
{
	pid_t us = getpid(), pid;
	bool begun;

	keep_as_set(w);
	begun = alertlog_sync(w->o.log) == ERR_OK && shard_snapshot_begin(w->o.shard) == ERR_OK;
	pid = begun ? fork() : -1;
	if (pid == 0) { /* it goes with us: else it would keep the directory's lock when we are killed */
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != us)
			_exit(1);
		_exit(shard_snapshot_write(w->o.shard) == ERR_OK ? 0 : 1);
	}
	if (begun)
		shard_snapshot_end(w->o.shard);
	if (pid > 0) {
		w->child = pid;
		return true;
	}
	pthread_mutex_lock(&w->lock);
	w->counts.snapshots_failed++;
	pthread_mutex_unlock(&w->lock);
	return false;
}

/* One that is asked for begins when the one before is done. */
static void snapshot_asked(struct writer *w)
{
	struct snapshot_ask *k;
	bool begun;

	reap(w, false);
	if (w->child != 0)
		return;
	pthread_mutex_lock(&w->lock);
	k = w->asked;
	if (k != NULL && (w->counts.dead || w->stopping)) {
		tell_snapshot(w, ERR_STOPPED);
		k = NULL;
	}
	pthread_mutex_unlock(&w->lock);
	if (k == NULL)
		return;
	k->told.position = shard_next(w->o.shard) - 1;
	k->begun_us = w->o.now_us();
	begun = snapshot(w);
	if (begun)
		return;
	pthread_mutex_lock(&w->lock);
	tell_snapshot(w, ERR_IO);
	pthread_mutex_unlock(&w->lock);
}

enum err writer_snapshot(struct writer *w, struct writer_snapshot *out)
{
	struct snapshot_ask k = { .err = ERR_STOPPED };

	pthread_mutex_lock(&w->lock);
	if (w->asked != NULL) {
		k.err = ERR_CAP;
	} else if (!w->stopping && !w->counts.dead) {
		w->asked = &k;
		pthread_cond_signal(&w->more);
		while (!k.done)
			pthread_cond_wait(&w->task_done, &w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	*out = k.told;
	return k.err;
}

void writer_hold_segments(struct writer *w)
{
	w->segment_holders++;
}

void writer_unhold_segments(struct writer *w)
{
	w->segment_holders--;
}

void writer_snapshot_soon(struct writer *w)
{
	w->snapshot_soon = true;
}

/* How long ago something was; ticks and snapshots have wall time. Set back, the clock does not put off what is to come by more than its time. */
static int64_t since(int64_t *last_us, int64_t now_us)
{
	*last_us = *last_us < now_us ? *last_us : now_us;
	return now_us - *last_us;
}

/* Old segments go once an hour, and the alerts about them. What can't be removed is tried again; nothing depends on its being gone. */
static enum err let_go(struct writer *w, int64_t keep_us, int64_t now_us, uint32_t *removed)
{
	uint64_t kept = UINT64_MAX;
	enum err e = ERR_OK, alerts;

	*removed = 0;
	if (since(&w->last_expiry_us, now_us) < US_PER_HOUR || w->segment_holders > 0)
		return ERR_OK;
	w->last_expiry_us = now_us;
	if (w->o.kept != NULL) {
		e = shard_aged(w->o.shard, now_us - keep_us, &kept);
		kept = e == ERR_OK ? w->o.kept(w->o.ctx, kept) : 0; /* all of it is needed, or nobody knows */
		e = e == ERR_ABSENT ? ERR_OK : e;
	}
	if (e == ERR_OK)
		e = shard_expire(w->o.shard, now_us - keep_us, kept, removed);
	alerts = alertlog_expire(w->o.log);
	return e != ERR_OK ? e : alerts;
}

static void pass_time(struct writer *w)
{
	const struct in_force *f = live_take(w->o.live);
	int64_t now_us = w->o.now_us();
	bool dead = false;
	uint32_t removed;
	enum err e;

	w->last_pass_us = deadlines_now_us();
	reap(w, false);
	if (since(&w->last_tick_us, now_us) >= f->config.tick_us) {
		w->last_tick_us = now_us;
		dead = shard_note(w->o.shard, RECORD_TICK, now_us, 0, TEXT("")) != ERR_OK;
		alertlog_wake(w->o.log); /* streams that are idle send a sign of life */
	}
	if (!dead && w->child == 0 && (w->snapshot_soon || since(&w->last_snapshot_us, now_us) >= f->config.snapshot_us)) {
		w->last_snapshot_us = now_us;
		w->snapshot_soon = false;
		(void)snapshot(w); /* counted; the next one is tried in its time */
	}
	decided(w, !dead);
	e = let_go(w, f->config.keep_us, now_us, &removed);
	in_force_free(f);
	pthread_mutex_lock(&w->lock);
	w->counts.segments_expired += removed;
	w->counts.expiries_failed += e != ERR_OK;
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
		decided(w, !dead);
		pthread_mutex_lock(&w->lock);
		w->counts.dead |= dead;
		w->counts.next = shard_next(w->o.shard);
		shard_chain(w->o.shard, w->counts.chain);
	}
	t->done = true;
	pthread_cond_broadcast(&w->task_done);
}

/* By the monotonic clock, so that nobody who sets the time makes the writer sleep or spin. */
static struct timespec in_a_while(int64_t us)
{
	us += deadlines_now_us();
	return (struct timespec){ .tv_sec = us / US_PER_SECOND, .tv_nsec = us % US_PER_SECOND * 1000 };
}

static void *run(void *arg)
{
	struct writer *w = arg;

	for (;;) {
		struct ask *asks;
		uint32_t n;
		bool over;

		pthread_mutex_lock(&w->lock);
		if (w->lanes.turn == NULL && w->task == NULL && !w->stopping && (w->asked == NULL || w->child != 0)) {
			struct timespec until = in_a_while(w->asked == NULL ? US_PER_SECOND : US_PER_SECOND / 100);

			pthread_cond_timedwait(&w->more, &w->lock, &until);
		}
		run_task(w);
		asks = lanes_take(&w->lanes, SHARD_ITEMS_MAX, &n);
		over = asks == NULL && w->task == NULL && w->stopping;
		pthread_mutex_unlock(&w->lock);
		if (over)
			break;
		if (asks != NULL)
			serve_group(w, asks, n);
		snapshot_asked(w);
		if (asks == NULL || w->snapshot_soon || deadlines_now_us() - w->last_pass_us >= US_PER_SECOND)
			pass_time(w);
		if (shard_sealed(w->o.shard))
			wake_tender(w);
	}
	reap(w, true); /* a child goes with the thread that made it */
	return NULL;
}

enum err writer_start(struct writer **out, const struct writer_options *o)
{
	struct writer *w = mem_alloc(sizeof(*w));
	const struct in_force *f;
	pthread_condattr_t monotonic;

	if (w == NULL)
		return ERR_MEMORY;
	w->o = *o;
	f = live_take(o->live);
	lanes_init(&w->lanes, f->config.queue, 1);
	in_force_free(f);
	w->last_task = &w->task;
	w->counts.next = shard_next(o->shard);
	shard_chain(o->shard, w->counts.chain);
	w->last_tick_us = w->last_snapshot_us = o->now_us();
	CHECK(pthread_mutex_init(&w->lock, NULL) == 0);
	CHECK(pthread_condattr_init(&monotonic) == 0 && pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0);
	CHECK(pthread_cond_init(&w->more, &monotonic) == 0);
	pthread_condattr_destroy(&monotonic);
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
	out->queued = (uint32_t)w->lanes.share.total;
	pthread_mutex_unlock(&w->lock);
}

bool writer_stalled(const struct writer_counts *c, int64_t now_us, int64_t stall_us)
{
	return c->behind_since_us != 0 && now_us - c->behind_since_us > stall_us;
}

bool writer_stop(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_signal(&w->more);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	snapshot_asked(w); /* one that had not begun is told that it does not */
	if (w->counts.dead || alertlog_sync(w->o.log) != ERR_OK)
		return false;
	keep_as_set(w);
	return shard_snapshot(w->o.shard) == ERR_OK;
}

void writer_free(struct writer *w)
{
	pthread_cond_destroy(&w->more);
	pthread_cond_destroy(&w->task_done);
	pthread_mutex_destroy(&w->lock);
	mem_free(w);
}
