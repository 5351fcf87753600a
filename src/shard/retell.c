/* retell.c - what a journal would decide again, or would have decided under another policy: for `duanka replay` and for judging that a
 * replay gives the same bytes. Nothing is written. */
#include "base/mem.h"
#include "shard/replay_int.h"
#include "show/alert_json.h"

struct retell {
	struct shard_replay *r;
	struct generation *g;
	struct buf line;
	enum err err;
};

static void see_alert(void *ctx, const struct shower *s, const struct alert *a)
{
	struct retell *t = ctx;

	if (a->event->position < t->r->tell_from || a->event->time < t->r->from_us ||
	    (t->r->to_us != 0 && a->event->time > t->r->to_us))
		return;
	t->r->alerts++;
	buf_clear(&t->line);
	alert_json(&t->line, s, a, "journal", t->r->evidence_max);
	if (t->line.err != ERR_OK)
		t->err = t->line.err;
	else if (t->r->alert != NULL)
		t->r->alert(t->r->ctx, a->event->position, buf_view(&t->line));
}

static enum err on_group(void *ctx, const struct replay_group *g)
{
	(void)g;
	return ((struct retell *)ctx)->err;
}

enum err shard_replay(struct shard_replay *r, struct buf *why)
{
	struct retell t = { .r = r };
	struct generation_options o = { .key = r->key,
		                            .read_zone = r->read_zone,
		                            .zone_ctx = r->zone_ctx,
		                            .engine = r->engine,
		                            .lateness_us = r->lateness_us,
		                            .hear = see_alert,
		                            .ctx = &t };
	struct replay run = { .disk = r->disk,
		                  .options = &o,
		                  .g = &t.g,
		                  .end = r->end,
		                  .follow_policies = r->policy.n == 0,
		                  .on_group = on_group,
		                  .ctx = &t };
	enum err e = r->policy.n == 0 ? ERR_OK : generation_new(&t.g, r->policy, &o, why);

	r->alerts = 0;
	buf_init(&t.line, SHARD_ALERT_BYTES_MAX);
	if (e == ERR_OK)
		e = replay_run(&run, why);
	r->records = run.records;
	r->events = run.events;
	buf_release(&t.line);
	generation_free(t.g);
	return e;
}
