/* projector.c - see projector.h. The thread owns `projecting`; what is shared lies under the lock, which is never held while anything is read or written. */
#include "gateway/projector.h"
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include "base/clock.h"
#include "base/mem.h"
#include "gateway/pace.h"

enum {
	RETRY_TIMES_MAX = 64
};
#define RETRY_US (US_PER_SECOND / 10)

struct projector {
	struct projector_options o;
	pthread_t thread;
	struct projecting *at; /* the thread's; NULL: to be opened */
	struct projector_log log;
	bool begun;              /* it was opened once */
	uint64_t seen;           /* upto, when this piece of work began */
	int64_t cpu_us, wall_us; /* then */
	int64_t retry_us;        /* the next time; 0: nothing is wrong */
	pthread_mutex_t lock;
	pthread_cond_t more, known;
	/* under the lock */
	uint64_t upto;
	bool stopping;
	uint32_t waiting;                       /* for what came of a command */
	struct projector_counts counts, before; /* before: of what was closed after failures */
	uint64_t n_kept; /* outcomes ever kept; the last PROJECTING_KEPT stand in kept, in order of positions */
	struct projecting_outcome kept[PROJECTING_KEPT];
	pthread_mutex_t listening; /* of the listeners; held while they are called */
	struct projector_listener *listeners;
};

static int64_t monotonic_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * US_PER_SECOND + t.tv_nsec / 1000;
}

static int64_t own_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * US_PER_SECOND + t.tv_nsec / 1000;
}

/* ---- alerts ---- */

static enum err log_begin(void *ctx, uint64_t position)
{
	struct projector_log *l = ctx;

	return alertlog_find(l->log, position, &l->number);
}

static enum err log_next(void *ctx, struct buf *line, uint64_t *position)
{
	struct projector_log *l = ctx;
	enum err e = alertlog_read(l->log, &l->number, line, position);

	l->number += e == ERR_OK;
	return e;
}

struct alert_source projector_alerts(struct projector_log *l, struct alertlog *log)
{
	*l = (struct projector_log){ .log = log };
	return (struct alert_source){ .begin = log_begin, .next = log_next, .ctx = l };
}

/* ---- the thread ---- */

static void tell(struct projector *p, const char *line)
{
	if (p->o.tell != NULL)
		p->o.tell(line);
}

/* With the lock held. waited: unless somebody waits for a command. */
static void until(struct projector *p, int64_t at_us, bool waited)
{
	struct timespec t = { .tv_sec = at_us / US_PER_SECOND, .tv_nsec = at_us % US_PER_SECOND * 1000 };

	while (!p->stopping && !(waited && p->waiting > 0) && monotonic_us() < at_us)
		pthread_cond_timedwait(&p->more, &p->lock, &t);
}

/* With the lock held. */
static void piece_begins(struct projector *p)
{
	p->seen = p->upto;
	p->cpu_us = own_us();
	p->wall_us = monotonic_us();
}

/* At the end of a piece of work. Whoever waits for a command ends the pause; what the thread waited for a processor it has given already. */
static void give_way(void *ctx)
{
	struct projector *p = ctx;
	int64_t now_us = monotonic_us();

	pthread_mutex_lock(&p->lock);
	if (p->upto != p->seen) { /* decisions are made */
		int64_t pause_ns =
			pace_pause_ns((double)p->o.percent / 100, (own_us() - p->cpu_us) * 1000, (now_us - p->wall_us) * 1000);

		until(p, now_us + pause_ns / 1000, true);
	}
	piece_begins(p);
	pthread_mutex_unlock(&p->lock);
}

static enum err open_at(struct projector *p)
{
	struct projecting_options o = { .journal = p->o.journal,
		                            .registry = p->o.registry,
		                            .alerts = projector_alerts(&p->log, p->o.log),
		                            .rest = give_way,
		                            .rest_ctx = p };
	uint64_t place = 0, begins = 0;
	int64_t now_us;
	char line[160];
	enum err e = registry_place(p->o.registry, &place, &now_us);

	if (e == ERR_OK)
		e = projecting_open(&p->at, &o, &begins);
	if (e != ERR_OK)
		return e;
	if (begins > place + 1 && !p->begun) {
		snprintf(line, sizeof(line),
		         "the registry is known up to position %" PRIu64
		         "; the journal has let go of what followed, and it goes on at %" PRIu64,
		         place, begins);
		tell(p, line);
	}
	p->begun = true;
	pthread_mutex_lock(&p->lock);
	p->counts.position = begins - 1;
	pthread_mutex_unlock(&p->lock);
	return ERR_OK;
}

/* With the lock held. */
static void add_counts(struct projector *p)
{
	const struct projection *s = projecting_state(p->at);
	struct projector_counts *c = &p->counts, *b = &p->before;

	c->position = projecting_next(p->at) - 1;
	c->commands = b->commands + s->counts.commands;
	c->refused = b->refused + s->counts.refused;
	c->alerts = b->alerts + s->counts.alerts;
	c->unread = b->unread + s->counts.unread;
	c->unknown = b->unknown + s->counts.unknown;
	c->scams = b->scams + s->counts.scams;
	c->districts = b->districts + s->counts.districts;
	c->timers = b->timers + s->desk.fired;
	c->unfit = b->unfit + s->desk.unfit;
}

static void publish(struct projector *p, int64_t began_us)
{
	uint64_t position;
	uint32_t n;
	const struct projecting_outcome *o = projecting_outcomes(p->at, &n);

	pthread_mutex_lock(&p->lock);
	for (uint32_t i = 0; i < n; i++)
		p->kept[p->n_kept++ % PROJECTING_KEPT] = o[i];
	add_counts(p);
	p->counts.batches++;
	p->counts.batch_us = monotonic_us() - began_us;
	p->counts.failing = false;
	position = p->counts.position;
	pthread_cond_broadcast(&p->known);
	pthread_mutex_unlock(&p->lock);
	pthread_mutex_lock(&p->listening);
	for (struct projector_listener *l = p->listeners; l != NULL; l = l->next)
		l->committed(l->ctx, position);
	pthread_mutex_unlock(&p->listening);
}

/* What is in the registry stays; what was not committed is read again. */
static void failed(struct projector *p, enum err e)
{
	char line[160];

	projecting_close(p->at);
	p->at = NULL;
	if (p->retry_us == 0) {
		snprintf(line, sizeof(line),
		         "the registry can't be brought up to date (%s); decisions go on, and it is tried again", err_name(e));
		tell(p, line);
		p->retry_us = p->o.retry_us;
	} else if (p->retry_us < RETRY_TIMES_MAX * p->o.retry_us) {
		p->retry_us *= 2;
	}
	pthread_mutex_lock(&p->lock);
	p->before = p->counts;
	p->counts.failures++;
	p->counts.failing = true;
	pthread_cond_broadcast(&p->known);
	pthread_mutex_unlock(&p->lock);
}

/* False: it stops. */
static bool wait_for_more(struct projector *p, uint64_t *upto)
{
	bool go;

	pthread_mutex_lock(&p->lock);
	if (p->retry_us > 0)
		until(p, monotonic_us() + p->retry_us, false);
	while (!p->stopping && p->at != NULL && p->upto <= projecting_next(p->at))
		pthread_cond_wait(&p->more, &p->lock);
	go = !p->stopping;
	*upto = p->upto;
	piece_begins(p);
	pthread_mutex_unlock(&p->lock);
	return go;
}

static void *run(void *arg)
{
	struct projector *p = arg;
	uint64_t upto;

	while (wait_for_more(p, &upto)) {
		int64_t began_us = monotonic_us();
		enum err e = p->at == NULL ? open_at(p) : ERR_OK;
		bool more;

		if (e == ERR_OK && upto > projecting_next(p->at))
			e = projecting_batch(p->at, upto, &more);
		if (e != ERR_OK) {
			failed(p, e);
			continue;
		}
		p->retry_us = 0;
		publish(p, began_us);
		give_way(p);
	}
	projecting_close(p->at);
	p->at = NULL;
	return NULL;
}

/* ---- for everybody ---- */

enum err projector_start(struct projector **out, const struct projector_options *o)
{
	struct projector *p = mem_alloc(sizeof(*p));
	pthread_condattr_t monotonic;

	if (p == NULL)
		return ERR_MEMORY;
	p->o = *o;
	p->o.retry_us = o->retry_us > 0 ? o->retry_us : RETRY_US;
	p->o.percent = o->percent > 0 ? o->percent : PROJECTOR_PERCENT;
	CHECK(pthread_mutex_init(&p->lock, NULL) == 0 && pthread_mutex_init(&p->listening, NULL) == 0 &&
	      pthread_condattr_init(&monotonic) == 0 && pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0 &&
	      pthread_cond_init(&p->more, &monotonic) == 0 && pthread_cond_init(&p->known, NULL) == 0);
	pthread_condattr_destroy(&monotonic);
	if (pthread_create(&p->thread, NULL, run, p) != 0) {
		projector_free(p);
		return ERR_MEMORY;
	}
	*out = p;
	return ERR_OK;
}

void projector_upto(struct projector *p, uint64_t next)
{
	pthread_mutex_lock(&p->lock);
	if (next > p->upto) {
		p->upto = next;
		pthread_cond_signal(&p->more);
	}
	pthread_mutex_unlock(&p->lock);
}

/* Among those kept. With the lock held. */
static const struct projecting_outcome *kept(const struct projector *p, uint64_t position)
{
	uint64_t low = p->n_kept > PROJECTING_KEPT ? p->n_kept - PROJECTING_KEPT : 0, high = p->n_kept;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (p->kept[middle % PROJECTING_KEPT].position < position)
			low = middle + 1;
		else
			high = middle;
	}
	return low < p->n_kept && p->kept[low % PROJECTING_KEPT].position == position ? &p->kept[low % PROJECTING_KEPT]
	                                                                              : NULL;
}

/* With the lock held. */
static bool reached(struct projector *p, uint64_t position)
{
	p->waiting++;
	pthread_cond_signal(&p->more); /* it may rest */
	while (p->counts.position < position && !p->stopping && !p->counts.failing)
		pthread_cond_wait(&p->known, &p->lock);
	p->waiting--;
	return p->counts.position >= position;
}

enum err projector_reach(struct projector *p, uint64_t position)
{
	bool there;

	pthread_mutex_lock(&p->lock);
	there = reached(p, position);
	pthread_mutex_unlock(&p->lock);
	return there ? ERR_OK : ERR_STOPPED;
}

enum err projector_wait(struct projector *p, uint64_t position, struct desk_outcome *out)
{
	const struct projecting_outcome *found;
	bool there;

	pthread_mutex_lock(&p->lock);
	there = reached(p, position);
	found = there ? kept(p, position) : NULL;
	if (found != NULL)
		*out = found->outcome;
	pthread_mutex_unlock(&p->lock);
	if (!there)
		return ERR_STOPPED;
	return found != NULL ? ERR_OK : registry_outcome(p->o.registry, position, out);
}

void projector_listen(struct projector *p, struct projector_listener *l)
{
	pthread_mutex_lock(&p->listening);
	l->next = p->listeners;
	p->listeners = l;
	pthread_mutex_unlock(&p->listening);
}

void projector_unlisten(struct projector *p, struct projector_listener *l)
{
	pthread_mutex_lock(&p->listening);
	for (struct projector_listener **at = &p->listeners; *at != NULL; at = &(*at)->next)
		if (*at == l) {
			*at = l->next;
			break;
		}
	pthread_mutex_unlock(&p->listening);
}

void projector_counts(struct projector *p, struct projector_counts *out)
{
	pthread_mutex_lock(&p->lock);
	*out = p->counts;
	out->next = p->upto;
	pthread_mutex_unlock(&p->lock);
}

void projector_stop(struct projector *p)
{
	pthread_mutex_lock(&p->lock);
	p->stopping = true;
	pthread_cond_signal(&p->more);
	pthread_cond_broadcast(&p->known);
	pthread_mutex_unlock(&p->lock);
	pthread_join(p->thread, NULL);
}

void projector_free(struct projector *p)
{
	if (p == NULL)
		return;
	pthread_cond_destroy(&p->more);
	pthread_cond_destroy(&p->known);
	pthread_mutex_destroy(&p->listening);
	pthread_mutex_destroy(&p->lock);
	mem_free(p);
}
