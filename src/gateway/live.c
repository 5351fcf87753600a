/* live.c - see live.h. The lock is held for a few instructions: it makes reading the pointer and counting the reference one step. */
#include "gateway/live.h"
#include <pthread.h>
#include "base/mem.h"

struct live {
	pthread_mutex_t lock;
	struct in_force *now;
};

struct in_force *in_force_new(void)
{
	struct in_force *f = mem_alloc(sizeof(*f));

	if (f != NULL)
		f->references = 1;
	return f;
}

void in_force_free(const struct in_force *f)
{
	struct in_force *own = (struct in_force *)(uintptr_t)f;

	if (own == NULL || atomic_fetch_sub(&own->references, 1) > 1)
		return;
	keys_release(&own->keys);
	mem_free(own);
}

enum err live_new(struct live **out, struct in_force *first)
{
	struct live *l = mem_alloc(sizeof(*l));

	if (l == NULL)
		return ERR_MEMORY;
	CHECK(pthread_mutex_init(&l->lock, NULL) == 0);
	l->now = first;
	*out = l;
	return ERR_OK;
}

const struct in_force *live_take(struct live *l)
{
	struct in_force *f;

	pthread_mutex_lock(&l->lock);
	f = l->now;
	atomic_fetch_add(&f->references, 1);
	pthread_mutex_unlock(&l->lock);
	return f;
}

void live_swap(struct live *l, struct in_force *next)
{
	struct in_force *old;

	pthread_mutex_lock(&l->lock);
	old = l->now;
	next->generation = old->generation + 1;
	l->now = next;
	pthread_mutex_unlock(&l->lock);
	in_force_free(old);
}

void live_free(struct live *l)
{
	if (l == NULL)
		return;
	in_force_free(l->now);
	pthread_mutex_destroy(&l->lock);
	mem_free(l);
}
