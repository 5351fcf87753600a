/* change.c - what changes while a shard lives: the policy, and the lists. See shard.h and doc/decisions/0010.
 *
 *   draft   the files, and the lists as they stand: what the POLICY record will say
 *   fill    windows from every record so far, with these lists (fill.c; on whatever thread)
 *   adopt   what came since is read too, then ACT, POLICY, SCHEMA as one batch, and behind them the LIST records that came since the draft:
 *           so the windows are those of the draft's lists, and the lists are those of now, in life as in every replay. */
#include <inttypes.h>
#include "base/mem.h"
#include "shard/fill_int.h"

/* ---- records ---- */

static void put(struct shard *s, enum record_kind kind, uint8_t flags, const struct shard_act *act, struct text payload)
{
	struct record r = { .kind = (uint8_t)kind,
		                .flags = flags,
		                .organisation = act->organisation,
		                .time = act->time_us,
		                .payload = payload };

	record_put(&s->records, &r);
}

static uint32_t put_act(struct shard *s, const struct shard_act *act)
{
	buf_clear(&s->records);
	if (act->payload.n == 0)
		return 0;
	put(s, RECORD_ACT, RECORD_LEADS, act, act->payload);
	return 1;
}

/* Tells versions of the records in `records`, which were committed from position `first` on. */
static enum err remember(struct shard *s, uint64_t first)
{
	struct text rest = buf_view(&s->records);
	struct record r;
	enum err e = ERR_OK;

	while (e == ERR_OK && rest.n > 0) {
		e = record_take(&rest, &r);
		r.position = first++;
		if (e == ERR_OK)
			e = versions_see(&s->versions, &r);
	}
	return e;
}

enum err change_commit(struct shard *s, struct generation *g, const struct shard_act *act, struct text tail,
                       uint32_t n_tail)
{
	uint64_t first = journal_next(s->journal);
	uint32_t n = put_act(s, act) + 2;
	enum err e;

	buf_clear(&s->schema);
	record_schema_put(&s->schema, &g->policy->schema);
	put(s, RECORD_POLICY, 0, act, buf_view(&g->edition->payload));
	put(s, RECORD_SCHEMA, 0, act, buf_view(&s->schema));
	buf_text(&s->records, tail);
	e = s->records.err != ERR_OK ? s->records.err : s->schema.err;
	if (e == ERR_OK)
		e = journal_reserve(s->journal, s->records.n, s->schema.n);
	if (e != ERR_OK)
		return e;
	/* From here on what fails is final: the journal may have the record. */
	e = journal_schema(s->journal, buf_view(&s->schema));
	if (e == ERR_OK)
		e = journal_commit(s->journal, buf_view(&s->records), n + n_tail);
	if (e == ERR_OK)
		e = remember(s, first);
	s->dead = e != ERR_OK;
	g->edition->position = first + n - 2;
	return e;
}

/* ---- another policy ---- */

enum err shard_draft_init(struct shard_draft *d, struct text payload)
{
	struct policy_file *file = mem_alloc_array(POLICY_FILES_MAX, sizeof(*file));
	uint16_t n;
	enum err e;

	*d = (struct shard_draft){ .in_force = NULL };
	buf_init(&d->payload, RECORD_PAYLOAD_MAX);
	e = file == NULL ? ERR_MEMORY : edition_take_files(payload, file, &n, &d->fresh);
	mem_free(file);
	if (e != ERR_OK)
		return e;
	d->files = text_of(payload.p, payload.n - d->fresh.n);
	buf_text(&d->payload, d->files);
	return d->payload.err;
}

enum err shard_draft_on(struct shard *s, struct shard_draft *d)
{
	enum err e = ERR_OK;

	if (d->in_force == NULL) {
		d->in_force = edition_keep(s->g->edition);
		d->base = d->in_force->position;
		d->since = journal_next(s->journal);
	}
	if (d->in_force != s->g->edition)
		return ERR_ABSENT;
	if (d->list < s->g->policy->n_lists)
		e = lists_put_some(s->g, &d->list, &d->after, SHARD_DRAFT_ENTRIES, &d->payload);
	d->done = d->list >= s->g->policy->n_lists;
	return e;
}

enum err shard_draft_end(struct shard_draft *d)
{
	CHECK(d->done);
	return lists_put_others(d->in_force, d->fresh, &d->payload);
}

enum err shard_draft(struct shard *s, struct text payload, struct shard_draft *d)
{
	enum err e = shard_draft_init(d, payload);

	while (e == ERR_OK && !d->done)
		e = shard_draft_on(s, d);
	return e == ERR_OK ? shard_draft_end(d) : e;
}

void shard_draft_release(struct shard_draft *d)
{
	edition_drop(d->in_force);
	buf_release(&d->payload);
	*d = (struct shard_draft){ .in_force = NULL };
}

void shard_fill_options(const struct shard *s, struct fill_options *out)
{
	*out = (struct fill_options){ .disk = s->o.disk,
		                          .key = s->o.key,
		                          .read_zone = s->o.read_zone,
		                          .zone_ctx = s->o.zone_ctx,
		                          .engine = s->o.engine,
		                          .lateness_us = s->o.lateness_us };
}

/* The lists as they became while the windows were being filled. */
static enum err take_tail(struct fill *f)
{
	struct text rest = buf_view(&f->tail);
	struct record r;
	enum err e = ERR_OK;

	f->taken = true;
	while (e == ERR_OK && rest.n > 0) {
		e = record_take(&rest, &r);
		if (e == ERR_OK)
			e = generation_list(f->g, &r);
		if (e == ERR_CAP) /* as the replay has it */
			e = ERR_OK;
	}
	return e;
}

enum err shard_adopt(struct shard *s, struct fill *f, const struct shard_act *act, struct buf *why)
{
	uint64_t next = journal_next(s->journal);
	struct generation *old = s->g;
	struct generation_options o = shard_generation_options(s);
	enum err e;

	CHECK(!f->taken);
	if (s->dead)
		return ERR_STOPPED;
	if (f->base != old->edition->position) {
		buf_printf(why, "the policy of position %" PRIu64 " came in between; begin again from it",
		           old->edition->position);
		return ERR_ABSENT;
	}
	if (next - fill_next(f) > SHARD_CATCH_UP_MAX)
		return ERR_LATE;
	e = fill_on(f, next, SHARD_CATCH_UP_MAX, why);
	if (e == ERR_OK)
		e = take_tail(f);
	if (e == ERR_OK)
		e = change_commit(s, f->g, act, buf_view(&f->tail), f->n_tail);
	if (e != ERR_OK && !s->dead) {
		if (e == ERR_CAP && why->n == 0)
			buf_z(
				why,
				"the policy, its lists and what changed in them meanwhile are too large for one batch of the journal");
		return e;
	}
	f->g->hear = o.hear; /* also when the shard is dead: what is in force is what the journal may have */
	f->g->ctx = o.ctx;
	s->g = f->g;
	f->g = old;
	return e;
}

static enum err same_kinds(const struct policy *now, const struct policy *then, struct buf *errors)
{
	bool ok = now->schema.n_entities <= then->schema.n_entities;

	for (uint32_t i = 0; ok && i < now->schema.n_entities; i++)
		ok = text_eq(now->schema.entity[i].name, then->schema.entity[i].name);
	if (ok)
		return ERR_OK;
	buf_z(
		errors,
		"the kinds of entities must stay as they are, in their order, because tokens are made with it; new ones may follow\n");
	return ERR_FORMAT;
}

enum err shard_policy(struct shard *s, struct text payload, const struct shard_act *act, struct buf *errors)
{
	struct fill_options o;
	struct shard_draft draft;
	struct fill *f = NULL;
	enum err e;

	if (s->dead)
		return ERR_STOPPED;
	shard_fill_options(s, &o);
	e = shard_draft(s, payload, &draft);
	if (e == ERR_OK)
		e = fill_open(&f, &o, &draft, errors);
	shard_draft_release(&draft);
	if (e == ERR_OK)
		e = same_kinds(s->g->policy, fill_policy(f), errors);
	if (e == ERR_OK)
		e = fill_on(f, journal_next(s->journal), UINT64_MAX, errors);
	if (e == ERR_OK)
		e = shard_adopt(s, f, act, errors);
	fill_free(f);
	return e;
}

const struct shard_version *shard_versions(const struct shard *s, uint32_t *n)
{
	*n = s->versions.n;
	return s->versions.version;
}

/* ---- lists ---- */

static int list_named(const struct policy *p, struct text name)
{
	for (uint32_t i = 0; i < p->n_lists; i++)
		if (text_eq(p->list[i].name, name))
			return (int)i;
	return -1;
}

static uint64_t entries_of(const struct generation *g)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < g->policy->n_lists; i++)
		n += engine_list_count(g->engine, i);
	return n;
}

/* One entry into the engine, and into records if that changed anything. */
static enum err set_entry(struct shard *s, uint32_t list, struct shard_entry *e, const struct record *head)
{
	struct engine *g = s->g->engine;
	const struct list *l = &s->g->policy->list[list];
	struct token token = e->ident == NULL ? (struct token){ { 0, 0 } } : e->ident->token;
	int64_t until_us = 0;
	enum err err;

	engine_list_until(g, list, token, e->fingerprint, &until_us);
	e->outcome = SHARD_ENTRY_SAME;
	if (until_us == e->until_us)
		return ERR_OK;
	e->outcome = SHARD_ENTRY_NO_ROOM;
	if (until_us == 0 && entries_of(s->g) >= SHARD_LIST_ENTRIES_MAX)
		return ERR_OK;
	err = engine_list_set(g, list, e->ident, e->fingerprint, e->until_us);
	if (err != ERR_OK)
		return err == ERR_CAP ? ERR_OK : err;
	e->outcome = SHARD_ENTRY_CHANGED;
	list_put(&s->records, head, l, e->ident, e->fingerprint, e->until_us);
	return s->records.err;
}

enum {
	LIST_NAMED_HEAD = 256, /* of a NAMES payload, and for each entry */
	LIST_NAMED_MAX = EVENT_IDENT_MAX + 64
};

/* Entries that are not there and are to be; one that is named twice is counted twice. */
static uint32_t new_entries(const struct engine *g, uint32_t list, const struct shard_entry *entry, uint32_t n)
{
	uint32_t fresh = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct token token = entry[i].ident == NULL ? (struct token){ { 0, 0 } } : entry[i].ident->token;
		int64_t until_us;

		fresh += entry[i].until_us != 0 && !engine_list_until(g, list, token, entry[i].fingerprint, &until_us);
	}
	return fresh;
}

/* The act, and memory for all that may follow: whatever fails here has changed nothing. *led: records that are put. */
static enum err make_room(struct shard *s, uint32_t list, const struct shard_entry *entry, uint32_t n,
                          const struct shard_act *act, uint32_t *led)
{
	const struct list *l = &s->g->policy->list[list];
	size_t most = RECORD_HEAD_BYTES + LIST_NAMED_HEAD + n * (LIST_RECORD_MAX + l->name.n + LIST_NAMED_MAX);
	enum err e;

	*led = put_act(s, act);
	e = s->records.err != ERR_OK ? s->records.err : buf_reserve(&s->records, most);
	if (e == ERR_OK)
		e = journal_reserve(s->journal, s->records.n + most, 0);
	if (e == ERR_OK)
		e = engine_list_reserve(s->g->engine, list, new_entries(s->g->engine, list, entry, n));
	buf_clear(&s->names);
	if (e == ERR_OK && s->o.names_listed != NULL && l->type.dim == DIM_ENTITY)
		e = s->o.names_listed(s->o.names_ctx, l->type.entity, entry, n, &s->names);
	CHECK(s->names.n <= LIST_NAMED_HEAD + n * LIST_NAMED_MAX);
	return e;
}

/* As the last record of the batch. *n more records, none or one. */
static void put_listed(struct shard *s, const struct shard_act *act, uint32_t changed, uint32_t *n)
{
	if (changed == 0) {
		buf_clear(&s->records); /* nothing that the act would tell of */
		*n = 0;
	}
	if (s->names.n > 0) {
		put(s, RECORD_NAMES, 0, act, buf_view(&s->names));
		++*n;
	}
}

enum err shard_lists(struct shard *s, struct text list, struct shard_entry *entry, uint32_t n,
                     const struct shard_act *act)
{
	struct record head = {
		.kind = RECORD_LIST, .flags = RECORD_NEWEST, .organisation = act->organisation, .time = act->time_us
	};
	int l = list_named(s->g->policy, list);
	uint32_t led, changed = 0;
	enum err e;

	if (s->dead)
		return ERR_STOPPED;
	if (l < 0)
		return ERR_ABSENT;
	if (n > SHARD_LIST_CHANGES_MAX)
		return ERR_CAP;
	e = make_room(s, (uint32_t)l, entry, n, act, &led);
	if (e != ERR_OK)
		return e;
	/* From here on nothing can fail but the disk. */
	for (uint32_t i = 0; i < n && e == ERR_OK; i++) {
		e = set_entry(s, (uint32_t)l, &entry[i], &head);
		changed += entry[i].outcome == SHARD_ENTRY_CHANGED;
	}
	led += changed;
	put_listed(s, act, changed, &led);
	if (e == ERR_OK && led > 0)
		e = journal_commit(s->journal, buf_view(&s->records), led);
	s->dead = e != ERR_OK;
	return e;
}
