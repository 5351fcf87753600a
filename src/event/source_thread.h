/* source_thread.h - one source's thread and its batches. Private to source*.c. */
#ifndef DUANKA_EVENT_SOURCE_THREAD_H
#define DUANKA_EVENT_SOURCE_THREAD_H
#include "event/source_int.h"

enum err source_init(struct source *s, const struct source_options *o, const struct source_spec *spec, int wake_fd,
                     sem_t *permits,
                     atomic_bool *stop) MUST_CHECK; /* after a failure source_release is due all the same */
enum err source_start(struct source *s) MUST_CHECK;
void source_join(struct source *s); /* closes its queues and waits for its thread */
void source_release(struct source *s);

#endif
