/* serve_reload.c - see serve_reload.h. */
#include "app/serve_reload.h"
#include <inttypes.h>
#include <stdio.h>
#include "app/serve_desk.h"
#include "app/serve_load.h"

struct in_force *serve_in_force(const struct serve_options *o, struct buf *why)
{
	struct in_force *f = in_force_new();
	enum err e = f == NULL ? ERR_MEMORY : serve_config(o, &f->config, why);

	if (e == ERR_OK)
		e = serve_data_default(&f->config, why);
	if (e == ERR_OK)
		e = serve_api_keys(f->config.data, f->config.anonymous, &f->keys, why);
	if (e == ERR_OK)
		return f;
	if (e == ERR_MEMORY)
		buf_z(why, "settings: error: there is too little memory to read them\n");
	in_force_free(f);
	return NULL;
}

/* False: something would have to change that can't. */
static bool may_follow(const struct config *old, const struct config *next, struct buf *why)
{
	struct buf names;
	bool ok;

	buf_init(&names, CONFIG_MESSAGES_MAX);
	config_fixed_changes(old, next, &names);
	ok = names.err == ERR_OK && names.n == 0;
	if (!ok)
		buf_printf(why,
		           "settings: error: a running service can't change %s; start it again, or put back what was there\n",
		           names.n == 0 ? "them" : names.p);
	buf_release(&names);
	return ok;
}

static bool reload(struct reload *r, struct buf *why)
{
	const struct in_force *old = live_take(r->live);
	struct in_force *next = serve_in_force(r->options, why);
	bool ok = next != NULL && may_follow(&old->config, &next->config, why);

	if (ok) {
		buf_clear(why);
		config_live_changes(&old->config, &next->config, why);
		fprintf(stderr, "duanka: settings reloaded; changed: %s; %" PRIu32 " API keys\n", why->n > 0 ? why->p : "none",
		        next->keys.n);
		if (r->writer != NULL && old->config.desk)
			serve_desk_reloaded(r->writer, &old->config, &next->config);
		live_swap(r->live, next);
		alertlog_wake(r->log);
	} else {
		in_force_free(next);
		fprintf(stderr, "%sduanka: settings not reloaded; those of before stay in force\n", why->n > 0 ? why->p : "");
	}
	in_force_free(old);
	return ok;
}

bool service_reload(void *ctx, struct buf *why)
{
	struct reload *r = ctx;
	bool ok;

	pthread_mutex_lock(&r->lock);
	notify_reloading(r->notify);
	ok = reload(r, why);
	notify_say(r->notify, "READY=1\nSTATUS=%s", ok ? "settings reloaded" : "settings not reloaded: see the log");
	pthread_mutex_unlock(&r->lock);
	return ok;
}
