/* generation.c - a policy text made into something that decides: edition, plan and engine, made and freed together. */
#include <xxhash.h>
#include "base/mem.h"
#include "shard/shard_int.h"

enum {
	PLAN_TEXT_MAX = 64 << 20
};

/* What a snapshot must agree with: layout and programs, and the sizes that this build gives to things. */
static enum err digest(struct generation *g)
{
	struct buf b;
	enum err e;

	buf_init(&b, PLAN_TEXT_MAX);
	plan_print(&b, g->plan);
	buf_printf(&b, "%zu %zu", sizeof(struct engine_stats), sizeof(struct ident_attrs));
	e = b.err;
	g->plan_digest = e == ERR_OK ? XXH3_64bits(b.p, b.n) : 0;
	buf_release(&b);
	return e;
}

static void see_alert(void *ctx, const struct alert *a)
{
	struct generation *g = ctx;

	if (!g->silent && g->hear != NULL)
		g->hear(g->ctx, &g->shower, a);
}

static enum err take_lists(struct generation *g, struct text lists)
{
	struct record r;

	while (lists.n > 0) {
		enum err e = record_take(&lists, &r);

		if (e == ERR_OK)
			e = r.kind == RECORD_LIST ? generation_list(g, &r) : ERR_FORMAT;
		if (e != ERR_OK)
			return e;
	}
	return ERR_OK;
}

enum err generation_new(struct generation **out, struct text payload, const struct generation_options *o,
                        struct buf *errors)
{
	struct generation *g = mem_alloc(sizeof(*g));
	struct engine_sink sink = { .ctx = g, .alert = see_alert };
	enum err e;

	if (g == NULL)
		return ERR_MEMORY;
	g->hear = o->hear;
	g->ctx = o->ctx;
	e = edition_new(&g->edition, payload, o->read_zone, o->zone_ctx, errors);
	if (e == ERR_OK) {
		g->policy = &g->edition->policy;
		g->shower = (struct shower){ .policy = g->policy, .provenance = true };
		e = plan_new(&g->plan, g->policy, o->key, o->lateness_us, errors);
	}
	if (e == ERR_OK)
		e = engine_new(&g->engine, g->plan, o->key, &o->engine, &sink);
	if (e == ERR_OK)
		e = digest(g);
	if (e == ERR_OK)
		e = take_lists(g, edition_lists(g->edition));
	if (e != ERR_OK) {
		generation_free(g);
		return e;
	}
	*out = g;
	return ERR_OK;
}

void generation_free(struct generation *g)
{
	if (g == NULL)
		return;
	engine_free(g->engine);
	if (g->plan != NULL)
		plan_free(g->plan);
	edition_drop(g->edition);
	mem_free(g);
}
