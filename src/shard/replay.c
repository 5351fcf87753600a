/* replay.c - the journal read back. Groups are the engine's, not the journal's: the engine's answers do not depend on how events are
 * grouped, so none of this needs to know how they once came. */
#include "shard/replay_int.h"
#include "base/mem.h"

struct group {
	struct replay_group told;
	char *bytes; /* payloads, because texts of events point into them */
	size_t used;
	struct recast *recast;
	struct buf schema; /* as read last */
};

enum {
	GROUP_BYTES = ENGINE_BATCH_MAX * RECORD_EVENT_MAX
};

static enum err apply(struct replay *r, struct group *g)
{
	struct event *event[ENGINE_BATCH_MAX];
	enum err e = ERR_OK;

	if (g->told.n == 0)
		return ERR_OK;
	for (uint32_t i = 0; i < g->told.n; i++)
		event[i] = &g->told.event[i];
	engine_apply((*r->g)->engine, event, g->told.n, g->told.outcome);
	r->events += g->told.n;
	if (r->on_group != NULL)
		e = r->on_group(r->ctx, &g->told);
	g->told.n = 0;
	g->used = 0;
	return e;
}

static enum err understand(struct replay *r, struct group *g)
{
	recast_free(g->recast);
	g->recast = NULL;
	if (*r->g == NULL || g->schema.n == 0)
		return ERR_OK;
	return recast_new(&g->recast, buf_view(&g->schema), &(*r->g)->policy->schema, r->options->key);
}

static enum err take_event(struct replay *r, struct group *g, const struct record *record)
{
	struct record own = *record;
	char *bytes = g->bytes + g->used;
	enum err e;

	if (*r->g == NULL) /* its policy's record went with older segments: nothing says what it meant */
		return ERR_OK;
	if (g->recast == NULL)
		return ERR_FORMAT;
	if (record->payload.n > RECORD_EVENT_MAX)
		return ERR_FORMAT;
	memcpy(bytes, record->payload.p, record->payload.n);
	own.payload.p = bytes;
	e = record_event_take(g->recast, &own, &g->told.event[g->told.n], g->told.key[g->told.n]);
	if (e == ERR_ABSENT) /* the policy has no such event any more */
		return ERR_OK;
	if (e != ERR_OK)
		return e;
	g->told.keyed[g->told.n++] = (record->flags & RECORD_KEYED) != 0;
	g->used += record->payload.n;
	return g->told.n == ENGINE_BATCH_MAX ? apply(r, g) : ERR_OK;
}

static enum err take_policy(struct replay *r, struct group *g, const struct record *record, struct buf *why)
{
	struct generation *next;
	enum err e = generation_new(&next, record->payload, r->options, why);

	if (e != ERR_OK)
		return e;
	e = replay_fill(r->disk, r->options, next, record->position, why);
	if (e != ERR_OK) {
		generation_free(next);
		return e;
	}
	next->edition->position = record->position;
	generation_free(*r->g);
	*r->g = next;
	return understand(r, g);
}

static enum err take(struct replay *r, struct group *g, const struct record *record, struct buf *why)
{
	enum err e = ERR_OK;

	if (record->kind == RECORD_EVENT)
		return take_event(r, g, record);
	if (record->kind == RECORD_COMMAND)
		e = apply(r, g); /* keys are remembered in the order in which they came */
	if (e == ERR_OK && r->on_record != NULL)
		e = r->on_record(r->ctx, record);
	if (e != ERR_OK)
		return e;
	if (record->kind == RECORD_SCHEMA && text_eq(record->payload, buf_view(&g->schema)))
		return ERR_OK;
	if (record->kind == RECORD_SCHEMA || record->kind == RECORD_POLICY || record->kind == RECORD_LIST)
		e = apply(r, g); /* what came before was decided before */
	if (e != ERR_OK)
		return e;
	if (record->kind == RECORD_SCHEMA) {
		buf_clear(&g->schema);
		buf_text(&g->schema, record->payload);
		return g->schema.err == ERR_OK ? understand(r, g) : g->schema.err;
	}
	if (record->kind == RECORD_POLICY && r->follow_policies)
		return take_policy(r, g, record, why);
	if (record->kind == RECORD_LIST && *r->g != NULL && r->follow_policies)
		e = generation_list(*r->g, record);
	return e == ERR_CAP ? ERR_OK : e; /* an engine of fewer entities than in life: as with an event, nothing happens */
}

static enum err loop(struct replay *r, struct group *g, struct journal_reader *reader, struct buf *why)
{
	struct record record;
	enum err e;

	while ((e = journal_read(reader, &record, why)) == ERR_OK) {
		if (record.position != 0 && record.position < r->from && record.kind != RECORD_SCHEMA)
			continue;
		r->records += record.position != 0 && record.position >= r->from;
		if (record.position != 0)
			r->next = record.position + 1;
		e = take(r, g, &record, why);
		if (e != ERR_OK) {
			if (e == ERR_FORMAT && why->n == 0)
				buf_printf(why, "journal: the record at position %llu can't be read",
				           (unsigned long long)record.position);
			return e;
		}
	}
	return e == ERR_ABSENT ? apply(r, g) : e;
}

enum err replay_open(struct replay *r, struct buf *why)
{
	struct group *g;
	enum err e = journal_reader_open(&r->reader, r->disk, r->from, r->from);

	r->records = r->events = 0;
	if (e != ERR_OK) {
		buf_printf(why, "journal: position %llu is not there: %s", (unsigned long long)r->from, err_name(e));
		return e == ERR_ABSENT ? ERR_FORMAT : e;
	}
	r->next = journal_reader_next(r->reader);
	r->group = g = mem_alloc(sizeof(*g));
	if (g == NULL)
		return ERR_MEMORY;
	buf_init(&g->schema, RECORD_PAYLOAD_MAX);
	g->bytes = mem_area(GROUP_BYTES);
	return g->bytes == NULL ? ERR_MEMORY : ERR_OK;
}

enum err replay_on(struct replay *r, uint64_t end, struct buf *why)
{
	journal_reader_end(r->reader, end);
	return loop(r, r->group, r->reader, why);
}

void replay_close(struct replay *r)
{
	struct group *g = r->group;

	if (g != NULL) {
		if (g->bytes != NULL)
			mem_area_free(g->bytes, GROUP_BYTES);
		recast_free(g->recast);
		buf_release(&g->schema);
		mem_free(g);
	}
	journal_reader_close(r->reader);
	r->group = NULL;
	r->reader = NULL;
}

enum err replay_run(struct replay *r, struct buf *why)
{
	enum err e;

	r->records = r->events = 0;
	if (r->from >= r->end)
		return ERR_OK;
	e = replay_open(r, why);
	if (e == ERR_OK)
		e = replay_on(r, r->end, why);
	replay_close(r);
	return e;
}

enum err replay_fill(struct disk *d, const struct generation_options *o, struct generation *g, uint64_t end,
                     struct buf *why)
{
	struct replay r = { .disk = d, .options = o, .g = &g, .end = end };
	enum err e;

	if (end <= 1)
		return ERR_OK;
	g->silent = true;
	e = replay_run(&r, why);
	g->silent = false;
	return e;
}
