/* workers.c - see workers.h. */
#include "gateway/workers.h"
#include "base/mem.h"

struct workers {
	struct queue queue;
	pthread_t thread[WORKERS_MAX];
	uint32_t n;
};

static void *run(void *arg)
{
	struct workers *w = arg;
	struct work *work;

	while ((work = queue_pop(&w->queue)) != NULL)
		work->run(work->ctx);
	return NULL;
}

enum err workers_start(struct workers **out, uint32_t threads, uint32_t queue_max)
{
	struct workers *w = mem_alloc(sizeof(*w));
	enum err e = w == NULL ? ERR_MEMORY : queue_init(&w->queue, queue_max);

	CHECK(threads > 0 && threads <= WORKERS_MAX);
	if (e != ERR_OK) {
		mem_free(w);
		return e;
	}
	for (; w->n < threads && e == ERR_OK; w->n += e == ERR_OK)
		e = pthread_create(&w->thread[w->n], NULL, run, w) == 0 ? ERR_OK : ERR_MEMORY;
	if (e != ERR_OK) {
		workers_stop(w);
		return e;
	}
	*out = w;
	return ERR_OK;
}

bool workers_submit(struct workers *w, struct work *work)
{
	return queue_try_push(&w->queue, work);
}

void workers_stop(struct workers *w)
{
	if (w == NULL)
		return;
	queue_close(&w->queue);
	for (uint32_t i = 0; i < w->n; i++)
		pthread_join(w->thread[i], NULL);
	queue_release(&w->queue);
	mem_free(w);
}
