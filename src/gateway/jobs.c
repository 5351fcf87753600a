/* jobs.c - see jobs.h. */
#include "gateway/jobs.h"
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/mem.h"
#include "gateway/desk_show.h"
#include "gateway/problem_zh.h"

enum {
	THREADS = JOBS_RUNNING_MAX + 1
};

struct job {
	uint64_t id; /* 0: this place is free */
	struct job_order o;
	char why[ACT_WHY_MAX];
	enum job_state state;
	int64_t made_us, begun_us, ended_us;
	struct buf result; /* or, of a failed one, its problem */
	_Atomic bool stop;
	_Atomic uint64_t done, total;
};

struct jobs {
	pthread_mutex_t lock;
	pthread_cond_t more;
	pthread_t thread[THREADS];
	uint32_t n_threads;
	bool stopping;
	uint64_t next_id;
	int64_t (*now_us)(void);
	struct job job[JOBS_KEPT_MAX];
};

static bool is_over(const struct job *j)
{
	return j->state >= JOB_DONE;
}

/* ---- with the lock held ---- */

static struct job *find(struct jobs *js, uint64_t id)
{
	for (uint32_t i = 0; i < JOBS_KEPT_MAX; i++)
		if (js->job[i].id == id && id != 0)
			return &js->job[i];
	return NULL;
}

static uint32_t count(const struct jobs *js, enum job_state state, const char *kind)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < JOBS_KEPT_MAX; i++)
		n += js->job[i].id != 0 && js->job[i].state == state && (kind == NULL || strcmp(js->job[i].o.kind, kind) == 0);
	return n;
}

/* Of those that are as urgent. */
static uint32_t count_such(const struct jobs *js, enum job_state state, bool urgent)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < JOBS_KEPT_MAX; i++)
		n += js->job[i].id != 0 && js->job[i].state == state && js->job[i].o.urgent == urgent;
	return n;
}

static uint32_t most(bool urgent, uint32_t others)
{
	return urgent ? 1 : others;
}

/* The one that has waited longest, whose kind does not run, and for which there is a thread. */
static struct job *pick(struct jobs *js)
{
	struct job *best = NULL;

	for (uint32_t i = 0; i < JOBS_KEPT_MAX; i++) {
		struct job *j = &js->job[i];

		if (j->id != 0 && j->state == JOB_WAITING && (best == NULL || j->id < best->id) &&
		    count(js, JOB_RUNNING, j->o.kind) == 0 &&
		    count_such(js, JOB_RUNNING, j->o.urgent) < most(j->o.urgent, JOBS_RUNNING_MAX))
			best = j;
	}
	return best;
}

static struct job *place(struct jobs *js)
{
	struct job *oldest = NULL;

	for (uint32_t i = 0; i < JOBS_KEPT_MAX; i++) {
		struct job *j = &js->job[i];

		if (j->id == 0)
			return j;
		if (is_over(j) && (oldest == NULL || j->id < oldest->id))
			oldest = j;
	}
	if (oldest != NULL)
		buf_release(&oldest->result);
	return oldest; /* never NULL: fewer wait and run than are kept */
}
_Static_assert(JOBS_RUNNING_MAX + JOBS_WAITING_MAX + 2 < JOBS_KEPT_MAX, "there is always one to forget");

static void end(struct jobs *js, struct job *j, enum job_state state)
{
	j->ended_us = js->now_us();
	j->state = state;
}

/* ---- threads ---- */

static void *work(void *arg)
{
	struct jobs *js = arg;

	/* Of this thread only: Linux keeps a nice value for each. */
	(void)setpriority(PRIO_PROCESS, (id_t)gettid(), JOB_NICE);
	pthread_mutex_lock(&js->lock);
	for (;;) {
		struct job *j = js->stopping ? NULL : pick(js);
		enum job_state state;

		if (j == NULL && js->stopping)
			break;
		if (j == NULL) {
			pthread_cond_wait(&js->more, &js->lock);
			continue;
		}
		j->state = JOB_RUNNING;
		j->begun_us = js->now_us();
		pthread_mutex_unlock(&js->lock);
		state = j->o.run(j, j->o.ctx);
		j->o.release(j->o.ctx);
		pthread_mutex_lock(&js->lock);
		if (state == JOB_DONE && j->result.err != ERR_OK)
			state =
				job_fail(j, "memory", "Out of memory", TEXT("the work was done, but its result did not fit"), TEXT(""));
		end(js, j, state);
		pthread_cond_broadcast(&js->more); /* another of its kind may begin */
	}
	pthread_mutex_unlock(&js->lock);
	return NULL;
}

enum err jobs_start(struct jobs **out, int64_t (*now_us)(void))
{
	struct jobs *js = mem_alloc(sizeof(*js));

	if (js == NULL)
		return ERR_MEMORY;
	js->now_us = now_us;
	js->next_id = (uint64_t)(now_us() / 1000);
	CHECK(pthread_mutex_init(&js->lock, NULL) == 0);
	CHECK(pthread_cond_init(&js->more, NULL) == 0);
	for (; js->n_threads < THREADS; js->n_threads++)
		if (pthread_create(&js->thread[js->n_threads], NULL, work, js) != 0) {
			jobs_stop(js);
			return ERR_MEMORY;
		}
	*out = js;
	return ERR_OK;
}

void jobs_stop(struct jobs *js)
{
	if (js == NULL)
		return;
	pthread_mutex_lock(&js->lock);
	js->stopping = true;
	for (uint32_t i = 0; i < JOBS_KEPT_MAX; i++)
		js->job[i].stop = true;
	pthread_cond_broadcast(&js->more);
	pthread_mutex_unlock(&js->lock);
	for (uint32_t i = 0; i < js->n_threads; i++)
		pthread_join(js->thread[i], NULL);
	for (uint32_t i = 0; i < JOBS_KEPT_MAX; i++) {
		if (js->job[i].id != 0 && js->job[i].state == JOB_WAITING)
			js->job[i].o.release(js->job[i].o.ctx);
		buf_release(&js->job[i].result);
	}
	pthread_cond_destroy(&js->more);
	pthread_mutex_destroy(&js->lock);
	mem_free(js);
}

/* ---- asked from outside ---- */

static bool same_caller(const struct caller *a, const struct caller *b)
{
	return a->user == b->user && (a->user != 0 || strcmp(a->key_id, b->key_id) == 0);
}

static enum err admit(struct jobs *js, const struct job_order *o, uint64_t *id)
{
	for (uint32_t i = 0; i < JOBS_KEPT_MAX; i++) {
		const struct job *j = &js->job[i];

		if (j->id != 0 && !is_over(j) && strcmp(j->o.kind, o->kind) == 0 &&
		    (o->lonely || (o->one_each && same_caller(&j->o.who, &o->who)))) {
			*id = j->id;
			return ERR_STOPPED;
		}
	}
	return js->stopping || count_such(js, JOB_WAITING, o->urgent) >= most(o->urgent, JOBS_WAITING_MAX) ? ERR_CAP
	                                                                                                   : ERR_OK;
}

enum err jobs_submit(struct jobs *js, const struct job_order *o, uint64_t *id)
{
	struct job *j;
	enum err e;

	CHECK(o->why.n <= ACT_WHY_MAX && (o->lonely || !o->urgent));
	pthread_mutex_lock(&js->lock);
	e = admit(js, o, id);
	if (e == ERR_OK) {
		j = place(js);
		memset(j, 0, sizeof(*j));
		*id = j->id = js->next_id++;
		j->o = *o;
		memcpy(j->why, o->why.p, o->why.n);
		j->o.why = text_of(j->why, o->why.n);
		j->made_us = js->now_us();
		buf_init(&j->result, JOB_RESULT_MAX);
		pthread_cond_signal(&js->more);
	}
	pthread_mutex_unlock(&js->lock);
	return e;
}

uint32_t jobs_unfinished(struct jobs *js)
{
	uint32_t n;

	pthread_mutex_lock(&js->lock);
	n = count(js, JOB_WAITING, NULL) + count(js, JOB_RUNNING, NULL);
	pthread_mutex_unlock(&js->lock);
	return n;
}

bool jobs_abort(struct jobs *js, uint64_t id)
{
	struct job *j;
	void (*release)(void *ctx) = NULL;
	void *ctx = NULL;

	pthread_mutex_lock(&js->lock);
	j = find(js, id);
	if (j != NULL) {
		j->stop = true;
		if (j->state == JOB_WAITING) {
			release = j->o.release;
			ctx = j->o.ctx;
			end(js, j, JOB_ABORTED);
		}
	}
	pthread_mutex_unlock(&js->lock);
	if (release != NULL)
		release(ctx);
	return j != NULL;
}

/* ---- printing ---- */

static void put_time(struct buf *b, const char *name, int64_t us)
{
	buf_printf(b, ",\"%s\":", name);
	if (us == 0) {
		buf_z(b, "null");
		return;
	}
	buf_char(b, '"');
	clock_format(b, us, &clock_shanghai);
	buf_char(b, '"');
}

static void put_job(struct buf *b, const struct job *j, bool whole)
{
	static const char *const states[] = { "waiting", "running", "done", "failed", "aborted" };
	uint64_t done = atomic_load(&j->done), total = atomic_load(&j->total);
	char who[CALLER_NAME_MAX + 1];

	caller_name(&j->o.who, who);
	buf_printf(b, "{\"id\":\"%" PRIu64 "\",\"kind\":\"%s\",\"state\":\"%s\",\"who\":", j->id, j->o.kind,
	           states[j->state]);
	buf_json(b, text_z(who));
	buf_z(b, ",\"user\":");
	desk_put_user(b, j->o.who.user);
	buf_z(b, ",\"why\":");
	buf_json(b, j->o.why);
	put_time(b, "made", j->made_us);
	put_time(b, "begun", j->begun_us);
	put_time(b, "ended", j->ended_us);
	buf_printf(b, ",\"progress\":%.3f,\"done\":%" PRIu64 ",\"total\":%" PRIu64,
	           j->state == JOB_DONE ? 1.0
	           : total == 0         ? 0.0
	                                : (double)done / (double)total,
	           done, total);
	if (whole && (j->state == JOB_DONE || j->state == JOB_FAILED)) {
		buf_z(b, j->state == JOB_DONE ? ",\"result\":" : ",\"error\":");
		buf_text(b, buf_view(&j->result));
	}
	buf_char(b, '}');
}

void jobs_print(struct jobs *js, struct buf *b)
{
	const char *comma = "";
	uint64_t below = UINT64_MAX;

	pthread_mutex_lock(&js->lock);
	buf_char(b, '[');
	for (;;) {
		const struct job *next = NULL;

		for (uint32_t i = 0; i < JOBS_KEPT_MAX; i++)
			if (js->job[i].id != 0 && js->job[i].id < below && (next == NULL || js->job[i].id > next->id))
				next = &js->job[i];
		if (next == NULL)
			break;
		buf_z(b, comma);
		put_job(b, next, false);
		comma = ",";
		below = next->id;
	}
	buf_char(b, ']');
	pthread_mutex_unlock(&js->lock);
}

bool job_print(struct jobs *js, uint64_t id, struct buf *b)
{
	const struct job *j;

	pthread_mutex_lock(&js->lock);
	j = find(js, id);
	if (j != NULL)
		put_job(b, j, true);
	pthread_mutex_unlock(&js->lock);
	return j != NULL;
}

bool job_begun_by(struct jobs *js, uint64_t id, struct caller *who)
{
	const struct job *j;

	pthread_mutex_lock(&js->lock);
	j = find(js, id);
	if (j != NULL)
		*who = j->o.who;
	pthread_mutex_unlock(&js->lock);
	return j != NULL;
}

uint64_t jobs_unfinished_of(struct jobs *js, const char *kind)
{
	uint64_t id = 0;

	pthread_mutex_lock(&js->lock);
	for (uint32_t i = 0; i < JOBS_KEPT_MAX; i++) {
		const struct job *j = &js->job[i];

		if (j->id != 0 && !is_over(j) && strcmp(j->o.kind, kind) == 0 && (id == 0 || j->id < id))
			id = j->id;
	}
	pthread_mutex_unlock(&js->lock);
	return id;
}

/* ---- for a job that runs ---- */

bool job_stopped(const struct job *j)
{
	return atomic_load_explicit(&j->stop, memory_order_relaxed);
}

void job_progress(struct job *j, uint64_t done, uint64_t total)
{
	atomic_store_explicit(&j->done, done, memory_order_relaxed);
	atomic_store_explicit(&j->total, total, memory_order_relaxed);
}

struct buf *job_result(struct job *j)
{
	return &j->result;
}

enum job_state job_fail(struct job *j, const char *type, const char *title, struct text detail, struct text errors)
{
	struct buf *b = &j->result;

	buf_clear(b);
	buf_printf(b, "{\"type\":\"urn:duanka:problem:%s\",", type);
	problem_title(b, title);
	buf_char(b, ',');
	problem_detail(b, detail);
	if (errors.n > 0) {
		buf_z(b, ",\"errors\":");
		buf_text(b, errors);
	}
	buf_char(b, '}');
	if (b->err != ERR_OK) { /* not even that fits: at least it is an object */
		buf_clear(b);
		buf_z(b, "{}");
	}
	return JOB_FAILED;
}
