/* fill.c - see fill.h. */
#include "shard/fill.h"
#include "base/mem.h"
#include "shard/fill_int.h"

/* Changes of lists that this policy knows will follow it; those of others go into its payload, where they change nothing but are carried
 * along. */
static enum err see_record(void *ctx, const struct record *r)
{
	struct fill *f = ctx;
	bool known = r->kind == RECORD_LIST && generation_has_list(f->g, r);
	struct buf *to = known ? &f->tail : &f->g->edition->payload;

	if (r->kind != RECORD_LIST || r->position < f->since)
		return ERR_OK;
	record_put(to, r);
	f->n_tail += known;
	return to->err;
}

static enum err see_group(void *ctx, const struct replay_group *group)
{
	struct fill *f = ctx;

	for (uint32_t i = 0; i < group->n; i++)
		f->event(f->o.ctx, f->g->policy, &group->event[i]);
	return ERR_OK;
}

enum err fill_open(struct fill **out, const struct fill_options *o, const struct shard_draft *draft, struct buf *errors)
{
	struct fill *f = mem_alloc(sizeof(*f));
	enum err e;

	if (f == NULL)
		return ERR_MEMORY;
	f->o = (struct generation_options){ .key = o->key,
		                                .read_zone = o->read_zone,
		                                .zone_ctx = o->zone_ctx,
		                                .engine = o->engine,
		                                .lateness_us = o->lateness_us,
		                                .hear = o->alert,
		                                .ctx = o->ctx };
	f->event = o->event;
	f->base = draft->base;
	f->since = draft->since;
	buf_init(&f->tail, FILL_TAIL_MAX);
	e = generation_new(&f->g, buf_view(&draft->payload), &f->o, errors);
	if (e == ERR_OK) {
		f->replay = (struct replay){ .disk = o->disk, .options = &f->o, .g = &f->g, .on_record = see_record, .ctx = f };
		f->replay.on_group = o->event == NULL ? NULL : see_group;
		e = replay_open(&f->replay, errors);
	}
	if (e != ERR_OK) {
		fill_free(f);
		return e;
	}
	*out = f;
	return ERR_OK;
}

enum err fill_on(struct fill *f, uint64_t end, uint64_t most, struct buf *why)
{
	uint64_t from = fill_next(f);
	enum err e;

	if (from >= end)
		return ERR_OK;
	if (end - from > most)
		end = from + most;
	e = replay_on(&f->replay, end, why);
	if (e == ERR_OK && f->replay.next != end) {
		buf_printf(why, "journal: the records from position %llu on are not there", (unsigned long long)f->replay.next);
		e = ERR_FORMAT;
	}
	if (f->tail.err == ERR_CAP || f->g->edition->payload.err == ERR_CAP)
		buf_z(why, "the lists changed too much while the windows were being filled; try again");
	return e;
}

uint64_t fill_next(const struct fill *f)
{
	return f->replay.next;
}

uint64_t fill_events(const struct fill *f)
{
	return f->replay.events;
}

void fill_stats(const struct fill *f, struct engine_stats *out)
{
	engine_stats(f->g->engine, out);
}

bool fill_fits(const struct fill *f)
{
	struct engine_stats s;

	fill_stats(f, &s);
	return s.no_memory == 0;
}

const struct policy *fill_policy(const struct fill *f)
{
	return f->g->policy;
}

void fill_free(struct fill *f)
{
	if (f == NULL)
		return;
	replay_close(&f->replay);
	generation_free(f->g);
	buf_release(&f->tail);
	mem_free(f);
}
