/* reading.c - see reading.h. */
#include "gateway/reading.h"

void reading_init(struct reading *r, struct edition *first)
{
	CHECK(pthread_mutex_init(&r->lock, NULL) == 0);
	r->now = edition_keep(first);
}

void reading_release(struct reading *r)
{
	edition_drop(r->now);
	pthread_mutex_destroy(&r->lock);
}

struct edition *reading_take(struct reading *r)
{
	struct edition *e;

	pthread_mutex_lock(&r->lock);
	e = edition_keep(r->now);
	pthread_mutex_unlock(&r->lock);
	return e;
}

void reading_swap(struct reading *r, struct edition *e)
{
	struct edition *before;

	pthread_mutex_lock(&r->lock);
	before = r->now;
	r->now = edition_keep(e);
	pthread_mutex_unlock(&r->lock);
	edition_drop(before);
}
