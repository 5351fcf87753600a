/* workers.h - a few threads for work that may take milliseconds: looking through the journal, the dictionary, checking a policy.
 *
 * HTTP's own threads must never wait, so a request that has to is suspended and carried on by a worker, which may read files, ask SQLite and
 * wait for the writer (writer_do). The queue before them is bounded and refuses when it is full. */
#ifndef DUANKA_GATEWAY_WORKERS_H
#define DUANKA_GATEWAY_WORKERS_H
#include <stdint.h>
#include "base/queue.h"

enum {
	WORKERS_MAX = 16
};

struct work {
	void (*run)(void *ctx);
	void *ctx;
};

struct workers;
enum err workers_start(struct workers **out, uint32_t threads, uint32_t queue_max) MUST_CHECK;
/* False: the queue is full, or they are being stopped. work is the caller's and must live until run has returned. */
bool workers_submit(struct workers *w, struct work *work) MUST_CHECK;
void workers_stop(struct workers *w); /* does what is queued, joins the threads, frees; NULL is fine */

#endif
