/* registry_world.c - the desk's world on the registry: what its writer loads, looks up, saves and sends. */
#include "store/registry_int.h"

#define DUE(kind) \
	"SELECT due AS due, id AS id FROM object INDEXED BY object_due WHERE kind = " #kind " AND due IS NOT NULL "
#define OR_DUE(kind) "UNION ALL " DUE(kind)

static const char *const sql[W_STATEMENTS] = {
	[W_LOAD] = "SELECT body FROM object WHERE id = ?1",
	[W_SAVE] =
		"INSERT OR REPLACE INTO object(id, kind, state, grade, organisation, district, maker, changed, position, urgency, due, body) "
		"VALUES(?1, ?2, ?3, ?4, nullif(?5, 0), nullif(?6, 0), nullif(?7, 0), ?8, ?9, nullif(?10, -1), nullif(?11, -1), ?12)",
	[W_ABOUT] =
		"SELECT id FROM about WHERE token_0 = ?1 AND token_1 = ?2 AND what = ?3 AND id < ?4 ORDER BY id DESC LIMIT ?5",
	[W_ABOUT_ADD] = "INSERT INTO about VALUES(?1, ?2, ?3, ?4)",
	[W_ABOUT_REMOVE] = "DELETE FROM about WHERE token_0 = ?1 AND token_1 = ?2 AND what = ?3 AND id = ?4",
	[W_DUE] = DUE(1) OR_DUE(2) OR_DUE(3) OR_DUE(4) OR_DUE(5) OR_DUE(6) OR_DUE(7) OR_DUE(8) OR_DUE(9) OR_DUE(10)
		OR_DUE(11) OR_DUE(12) OR_DUE(13) "ORDER BY 1, 2 LIMIT ?1",
	[W_HISTORY] = "INSERT INTO history VALUES(?1, ?2, ?3)",
	[W_MESSAGE] = "INSERT INTO message VALUES(?1, ?2, ?3, ?4)",
	[W_OUTCOME] = "INSERT OR REPLACE INTO outcome VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[W_PLACE] = "UPDATE place SET position = ?1, now_us = ?2",
};
_Static_assert(DESK_KINDS == 14, "W_DUE names every kind");
_Static_assert((int)W_STATEMENTS <= (int)STORE_STATEMENTS_MAX, "the store's place for them");

uint32_t registry_all_states(uint32_t kind)
{
	const struct desk_machine *m = desk_machine(kind);
	uint32_t states = 0;

	for (uint32_t s = 1; s < m->n_states; s++)
		states |= (uint32_t)(m->state[s].name != NULL) << s;
	return states;
}

uint32_t registry_open_states(uint32_t kind)
{
	const struct desk_machine *m = desk_machine(kind);
	uint32_t states = registry_all_states(kind);

	for (uint32_t s = 1; s < m->n_states; s++)
		if (m->state[s].final)
			states &= ~(1u << s);
	return states;
}

void registry_head_of(const struct desk_object *o, uint64_t position, struct registry_head *out)
{
	int64_t due = INT64_MAX;

	for (uint32_t i = 0; i < DESK_TIMERS_MAX; i++)
		if (o->due_us[i] && o->due_us[i] < due)
			due = o->due_us[i];
	*out = (struct registry_head){ .kind = o->kind,
		                           .state = o->state,
		                           .grade = o->grade,
		                           .organisation = o->organisation,
		                           .district = o->district,
		                           .maker = (int64_t)o->made_by,
		                           .changed = o->changed_us,
		                           .position = (int64_t)position,
		                           .urgency = desk_machine(o->kind)->state[o->state].final ? -1 : desk_next(o),
		                           .due = due == INT64_MAX ? -1 : due };
}

static enum err load(void *ctx, uint64_t id, struct desk_object *out)
{
	struct registry *r = ctx;
	sqlite3_stmt *q = r->store.statement[W_LOAD];
	enum err e;

	sqlite3_bind_int64(q, 1, (int64_t)id);
	e = store_step(q);
	if (e == ERR_OK)
		e = desk_object_take(registry_column(q, 0), out);
	sqlite3_reset(q);
	return e;
}

static void bind_key(sqlite3_stmt *q, uint8_t kind, struct desk_entity e, uint64_t id)
{
	sqlite3_bind_int64(q, 1, (int64_t)e.token.w[0]);
	sqlite3_bind_int64(q, 2, (int64_t)e.token.w[1]);
	sqlite3_bind_int(q, 3, kind * DESK_ENTITY_KINDS + e.kind);
	sqlite3_bind_int64(q, 4, id > INT64_MAX ? INT64_MAX : (int64_t)id);
}

static enum err about(void *ctx, uint8_t kind, struct desk_entity e, uint64_t before, uint64_t *id)
{
	struct registry *r = ctx;
	sqlite3_stmt *q = r->store.statement[W_ABOUT];
	enum err err;

	bind_key(q, kind, e, before);
	sqlite3_bind_int(q, 5, 1);
	err = store_step(q);
	if (err == ERR_OK)
		*id = (uint64_t)sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	return err;
}

static enum err due(void *ctx, int64_t until_us, struct desk_due *out)
{
	struct registry *r = ctx;
	sqlite3_stmt *q = r->store.statement[W_DUE];
	enum err e;

	sqlite3_bind_int(q, 1, 1);
	e = store_step(q);
	if (e == ERR_OK)
		*out = (struct desk_due){ .due_us = sqlite3_column_int64(q, 0), .id = (uint64_t)sqlite3_column_int64(q, 1) };
	sqlite3_reset(q);
	if (e == ERR_OK && out->due_us > until_us)
		e = ERR_ABSENT;
	if (e == ERR_OK)
		e = load(r, out->id, &r->object);
	while (e == ERR_OK && r->object.due_us[out->timer] != out->due_us)
		if (++out->timer == DESK_TIMERS_MAX)
			return ERR_FORMAT;
	return e;
}

static enum err key(struct registry *r, const struct desk_object *o, struct desk_entity e, uint32_t statement)
{
	sqlite3_stmt *q = r->store.statement[statement];

	if (e.kind == DESK_ENTITY_NONE)
		return ERR_OK;
	bind_key(q, o->kind, e, o->id);
	return store_do(q);
}

static enum err write_keys(struct registry *r, const struct desk_object *o)
{
	enum err e = load(r, o->id, &r->object);

	if (e == ERR_OK)
		e = key(r, &r->object, r->object.subject, W_ABOUT_REMOVE);
	if (e == ERR_OK)
		e = key(r, &r->object, r->object.also, W_ABOUT_REMOVE);
	if (e == ERR_ABSENT || e == ERR_OK)
		e = key(r, o, o->subject, W_ABOUT_ADD);
	return e == ERR_OK ? key(r, o, o->also, W_ABOUT_ADD) : e;
}

static enum err write_row(struct registry *r, const struct desk_object *o, const struct desk_trace *t)
{
	sqlite3_stmt *q = r->store.statement[W_HISTORY];

	buf_clear(&r->bytes);
	desk_row_put(&r->bytes, t, o->version, o->state);
	sqlite3_bind_int64(q, 1, (int64_t)o->id);
	sqlite3_bind_int64(q, 2, o->version);
	sqlite3_bind_blob(q, 3, r->bytes.p, (int)r->bytes.n, SQLITE_STATIC);
	return r->bytes.err != ERR_OK ? r->bytes.err : store_do(q);
}

static enum err save(void *ctx, const struct desk_object *o, const struct desk_trace *t)
{
	struct registry *r = ctx;
	sqlite3_stmt *q = r->store.statement[W_SAVE];
	struct registry_head h;
	enum err e = write_keys(r, o);

	if (e == ERR_OK)
		e = write_row(r, o, t);
	if (e != ERR_OK)
		return e;
	registry_head_of(o, t->position, &h);
	buf_clear(&r->bytes);
	desk_object_put(&r->bytes, o);
	if (r->bytes.err != ERR_OK)
		return r->bytes.err;
	sqlite3_bind_int64(q, 1, (int64_t)o->id);
	sqlite3_bind_int64(q, 2, h.kind);
	sqlite3_bind_int64(q, 3, h.state);
	sqlite3_bind_int64(q, 4, h.grade);
	sqlite3_bind_int64(q, 5, h.organisation);
	sqlite3_bind_int64(q, 6, h.district);
	sqlite3_bind_int64(q, 7, h.maker);
	sqlite3_bind_int64(q, 8, h.changed);
	sqlite3_bind_int64(q, 9, h.position);
	sqlite3_bind_int64(q, 10, h.urgency);
	sqlite3_bind_int64(q, 11, h.due);
	sqlite3_bind_blob(q, 12, r->bytes.p, (int)r->bytes.n, SQLITE_STATIC);
	return store_do(q);
}

static enum err send(void *ctx, const struct desk_message *m)
{
	struct registry *r = ctx;
	sqlite3_stmt *q = r->store.statement[W_MESSAGE];
	enum err e = load(r, m->object, &r->object);

	if (e != ERR_OK)
		return e == ERR_ABSENT ? ERR_FORMAT : e;
	buf_clear(&r->before);
	buf_clear(&r->bytes);
	desk_object_put(&r->before, &r->object);
	desk_message_put(&r->bytes, m);
	if (r->bytes.err != ERR_OK || r->before.err != ERR_OK)
		return ERR_MEMORY;
	sqlite3_bind_int64(q, 1, (int64_t)m->id);
	sqlite3_bind_int(q, 2, m->kind);
	sqlite3_bind_blob(q, 3, r->bytes.p, (int)r->bytes.n, SQLITE_STATIC);
	sqlite3_bind_blob(q, 4, r->before.p, (int)r->before.n, SQLITE_STATIC);
	return store_do(q);
}

enum err registry_world_flush(struct registry *r)
{
	(void)r;
	return ERR_OK;
}

void registry_world_forget(struct registry *r)
{
	(void)r;
}

enum err registry_world_open(struct registry *r, struct buf *why)
{
	enum err e = ERR_OK;

	for (uint32_t i = 0; e == ERR_OK && i < W_STATEMENTS; i++)
		e = store_prepare(&r->store, sql[i], &r->store.statement[i]);
	if (e != ERR_OK)
		store_tell(&r->store, r->path, e, why);
	r->world = (struct desk_world){ r, load, about, due, save, send };
	return e;
}
