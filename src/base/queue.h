/* queue.h - a bounded blocking queue of pointers between two or more threads (mutex and condition variables: it moves
 * batches, not events). The queue owns nothing that passes through it. */
#ifndef DUANKA_BASE_QUEUE_H
#define DUANKA_BASE_QUEUE_H
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"
#include "base/check.h"

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t not_empty, not_full;
	void **slot;
	size_t cap, head, n;
	bool closed;
};

enum err queue_init(struct queue *q, size_t cap) MUST_CHECK;
void queue_release(struct queue *q);
bool queue_push(struct queue *q, void *p);     /* blocks while full; false if closed (p is still the caller's) */
bool queue_try_push(struct queue *q, void *p); /* never blocks; false if full or closed */
void *queue_pop(struct queue *q);              /* blocks while empty; NULL when closed and drained */
void queue_close(struct queue *q);             /* pushes fail from now on, pops drain what is there */

#endif
