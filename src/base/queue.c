/* queue.c - a ring of pointers under one mutex. */
#include "base/queue.h"
#include "base/mem.h"

enum err queue_init(struct queue *q, size_t cap)
{
	CHECK(cap > 0);
	*q = (struct queue){ .cap = cap };
	q->slot = mem_alloc_array(cap, sizeof *q->slot);
	if (!q->slot)
		return ERR_MEMORY;
	/* With default attributes these three cannot fail on Linux; if they do, nothing threaded can work. */
	CHECK(pthread_mutex_init(&q->lock, NULL) == 0);
	CHECK(pthread_cond_init(&q->not_empty, NULL) == 0);
	CHECK(pthread_cond_init(&q->not_full, NULL) == 0);
	return ERR_OK;
}

void queue_release(struct queue *q)
{
	if (!q->slot)
		return;
	pthread_cond_destroy(&q->not_full);
	pthread_cond_destroy(&q->not_empty);
	pthread_mutex_destroy(&q->lock);
	mem_free(q->slot);
	q->slot = NULL;
}

static bool push(struct queue *q, void *p, bool wait)
{
	CHECK(p != NULL); /* NULL means the end to queue_pop */
	pthread_mutex_lock(&q->lock);
	while (wait && q->n == q->cap && !q->closed)
		pthread_cond_wait(&q->not_full, &q->lock);
	bool ok = !q->closed && q->n < q->cap;
	if (ok) {
		size_t tail = q->head + q->n;
		q->slot[tail < q->cap ? tail : tail - q->cap] = p;
		q->n++;
		pthread_cond_signal(&q->not_empty);
	}
	pthread_mutex_unlock(&q->lock);
	return ok;
}

bool queue_push(struct queue *q, void *p)
{
	return push(q, p, true);
}

bool queue_try_push(struct queue *q, void *p)
{
	return push(q, p, false);
}

void *queue_pop(struct queue *q)
{
	void *p = NULL;
	pthread_mutex_lock(&q->lock);
	while (q->n == 0 && !q->closed)
		pthread_cond_wait(&q->not_empty, &q->lock);
	if (q->n) {
		p = q->slot[q->head];
		q->head = q->head + 1 < q->cap ? q->head + 1 : 0;
		q->n--;
		pthread_cond_signal(&q->not_full);
	}
	pthread_mutex_unlock(&q->lock);
	return p;
}

void queue_close(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	pthread_cond_broadcast(&q->not_empty);
	pthread_cond_broadcast(&q->not_full);
	pthread_mutex_unlock(&q->lock);
}
