/* serve_reload.h - settings and API keys read again while the service runs: at SIGHUP, or when somebody with the right asks over HTTP.
 *
 * All or nothing: what was read replaces what is in force as one piece, or a message says why not and nothing has changed. */
#ifndef DUANKA_APP_SERVE_RELOAD_H
#define DUANKA_APP_SERVE_RELOAD_H
#include <pthread.h>
#include "app/notify.h"
#include "app/serve_options.h"
#include "gateway/alertlog.h"
#include "gateway/live.h"
#include "gateway/writer.h"

struct reload {
	const struct serve_options *options;
	struct live *live;
	struct alertlog *log; /* whoever waits for alerts is woken, and asked for the key again */
	struct notify *notify;
	struct writer
		*writer; /* whose cards and accounts are whose is journaled by it; NULL: the desk is off, or nothing runs yet */
	pthread_mutex_t lock; /* one at a time */
};

/* Settings from all sources and the API keys of the data directory, checked. NULL: why has a line for each error. */
struct in_force *serve_in_force(const struct serve_options *o, struct buf *why) MUST_CHECK;
/* ctx: a struct reload. Any thread may call. True: why has the names of what changed. False: a line for each error; nothing has changed.
 * Either is said on standard error as well. */
bool service_reload(void *ctx, struct buf *why);

#endif
