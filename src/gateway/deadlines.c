/* deadlines.c - see deadlines.h. A binary heap under one lock, and a thread that sleeps until its top is due. */
#include "gateway/deadlines.h"
#include <pthread.h>
#include <time.h>
#include "base/clock.h"
#include "base/mem.h"

struct deadlines {
	pthread_mutex_t lock;
	pthread_cond_t nearer; /* there is a new top, or it is time to stop */
	pthread_t thread;
	struct deadline_heap heap;
	void (*passed)(struct deadline *d);
	bool stopping;
};

/* ---- the heap ---- */

static void place(struct deadline_heap *h, uint32_t i, struct deadline *d)
{
	h->slot[i] = d;
	d->place = i + 1;
}

static void rise(struct deadline_heap *h, uint32_t i, struct deadline *d)
{
	for (; i > 0 && h->slot[(i - 1) / 2]->at_us > d->at_us; i = (i - 1) / 2)
		place(h, i, h->slot[(i - 1) / 2]);
	place(h, i, d);
}

static void sink(struct deadline_heap *h, uint32_t i, struct deadline *d)
{
	for (;;) {
		uint32_t k = 2 * i + 1;

		if (k + 1 < h->n && h->slot[k + 1]->at_us < h->slot[k]->at_us)
			k++;
		if (k >= h->n || h->slot[k]->at_us >= d->at_us)
			break;
		place(h, i, h->slot[k]);
		i = k;
	}
	rise(h, i, d);
}

void deadline_heap_put(struct deadline_heap *h, struct deadline *d)
{
	CHECK(h->n < h->cap && d->place == 0);
	rise(h, h->n++, d);
}

void deadline_heap_drop(struct deadline_heap *h, struct deadline *d)
{
	uint32_t i = d->place - 1;

	if (d->place == 0)
		return;
	d->place = 0;
	if (i != --h->n)
		sink(h, i, h->slot[h->n]);
}

/* ---- the thread ---- */

int64_t deadlines_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * US_PER_SECOND + t.tv_nsec / 1000;
}

static void *watch(void *arg)
{
	struct deadlines *ds = arg;

	pthread_mutex_lock(&ds->lock);
	while (!ds->stopping) {
		struct deadline *d = ds->heap.n == 0 ? NULL : ds->heap.slot[0];

		if (d == NULL) {
			pthread_cond_wait(&ds->nearer, &ds->lock);
		} else if (d->at_us > deadlines_now_us()) {
			struct timespec until = { .tv_sec = d->at_us / US_PER_SECOND, .tv_nsec = d->at_us % US_PER_SECOND * 1000 };

			pthread_cond_timedwait(&ds->nearer, &ds->lock, &until);
		} else {
			deadline_heap_drop(&ds->heap, d);
			d->over = true;
			pthread_mutex_unlock(&ds->lock);
			ds->passed(d);
			pthread_mutex_lock(&ds->lock);
		}
	}
	pthread_mutex_unlock(&ds->lock);
	return NULL;
}

enum err deadlines_start(struct deadlines **out, uint32_t max, void (*passed)(struct deadline *d))
{
	struct deadlines *ds = mem_alloc(sizeof(*ds));
	pthread_condattr_t monotonic;

	if (ds == NULL)
		return ERR_MEMORY;
	ds->passed = passed;
	ds->heap = (struct deadline_heap){ .slot = mem_alloc_array(max, sizeof(*ds->heap.slot)), .cap = max };
	CHECK(pthread_mutex_init(&ds->lock, NULL) == 0 && pthread_condattr_init(&monotonic) == 0);
	CHECK(pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0);
	CHECK(pthread_cond_init(&ds->nearer, &monotonic) == 0);
	pthread_condattr_destroy(&monotonic);
	if (ds->heap.slot == NULL || pthread_create(&ds->thread, NULL, watch, ds) != 0) {
		mem_free(ds->heap.slot);
		mem_free(ds);
		return ERR_MEMORY;
	}
	*out = ds;
	return ERR_OK;
}

void deadlines_stop(struct deadlines *ds)
{
	if (ds == NULL)
		return;
	pthread_mutex_lock(&ds->lock);
	ds->stopping = true;
	pthread_cond_signal(&ds->nearer);
	pthread_mutex_unlock(&ds->lock);
	pthread_join(ds->thread, NULL);
	pthread_cond_destroy(&ds->nearer);
	pthread_mutex_destroy(&ds->lock);
	mem_free(ds->heap.slot);
	mem_free(ds);
}

void deadline_begin(struct deadline *d, int64_t at_us)
{
	*d = (struct deadline){ .at_us = at_us };
}

void deadlines_add(struct deadlines *ds, struct deadline *d)
{
	if (d->at_us == DEADLINE_NEVER)
		return;
	pthread_mutex_lock(&ds->lock);
	if (!d->over) {
		deadline_heap_put(&ds->heap, d);
		if (d->place == 1)
			pthread_cond_signal(&ds->nearer);
	}
	pthread_mutex_unlock(&ds->lock);
}

bool deadlines_end(struct deadlines *ds, struct deadline *d)
{
	bool watched = d->at_us != DEADLINE_NEVER, ours;

	if (watched)
		pthread_mutex_lock(&ds->lock);
	ours = !d->over;
	d->over = true;
	if (watched) {
		deadline_heap_drop(&ds->heap, d);
		pthread_mutex_unlock(&ds->lock);
	}
	return ours;
}
