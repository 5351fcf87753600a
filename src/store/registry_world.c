/* registry_world.c - the desk's world on the registry: what its writer loads, looks up, saves and sends. */
#include "store/registry_int.h"

#define DUE(kind) \
	"SELECT due AS due, id AS id FROM object INDEXED BY object_due WHERE kind = " #kind " AND due IS NOT NULL "
#define KEY "token_0 = ?1 AND token_1 = ?2 AND what = ?3"
#define OR_DUE(kind) "UNION ALL " DUE(kind)

static const char *const sql[W_STATEMENTS] = {
	[W_LOAD] = "SELECT body, position FROM object WHERE id = ?1",
	[W_INSERT] =
		"INSERT OR FAIL INTO object(id, kind, state, grade, organisation, district, maker, changed, position, urgency, due, found, body) "
		"SELECT c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12 FROM waiting",
	[W_ABOUT] = "SELECT id FROM about WHERE " KEY " AND id < ?4 UNION ALL SELECT id FROM about_young WHERE " KEY
				" AND id < ?4 ORDER BY 1 DESC LIMIT ?5",
	[W_ABOUT_ADD] = "INSERT OR FAIL INTO about_young SELECT c0, c1, c2, c3 FROM waiting",
	[W_SEEN] =
		"SELECT token_0, token_1, what, 1 FROM about UNION ALL SELECT token_0, token_1, what, 1 FROM about_young "
		"UNION ALL SELECT token_0, token_1, kind, 0 FROM holding "
		"UNION ALL SELECT person_0, person_1, 1, 0 FROM holding INDEXED BY holding_person WHERE kind = 2",
	[W_ABOUT_REMOVE] = "DELETE FROM about_young WHERE " KEY " AND id = ?4",
	[W_ABOUT_REMOVE_OLD] = "DELETE FROM about WHERE " KEY " AND id = ?4",
	[W_AGE] =
		"INSERT INTO about SELECT * FROM about_young WHERE token_0 BETWEEN ?1 AND ?2 ORDER BY token_0, token_1, what, id",
	[W_AGED] = "DELETE FROM about_young WHERE token_0 BETWEEN ?1 AND ?2",
	[W_YOUNG] = "SELECT count(*) FROM about_young",
	[W_DUE] = DUE(1) OR_DUE(2) OR_DUE(3) OR_DUE(4) OR_DUE(5) OR_DUE(6) OR_DUE(7) OR_DUE(8) OR_DUE(9) OR_DUE(10)
		OR_DUE(11) OR_DUE(12) OR_DUE(13) OR_DUE(14) OR_DUE(15) OR_DUE(16) OR_DUE(17) OR_DUE(18) OR_DUE(19) OR_DUE(20)
			OR_DUE(21) OR_DUE(22) OR_DUE(23) OR_DUE(24) OR_DUE(25) OR_DUE(26) OR_DUE(27) OR_DUE(28) OR_DUE(29)
				OR_DUE(30) OR_DUE(31) OR_DUE(32) OR_DUE(33) OR_DUE(34) OR_DUE(35) OR_DUE(36) OR_DUE(37)
					OR_DUE(38) "ORDER BY 1, 2 LIMIT ?1",
	[W_HISTORY] = "INSERT OR FAIL INTO history SELECT c0, c1, c2, c3, c4 FROM waiting WHERE true "
				  "ON CONFLICT DO UPDATE SET rows = CAST(rows || excluded.rows AS BLOB)",
	[W_MESSAGE] = "INSERT OR FAIL INTO message SELECT c0, c1, c2, c3 FROM waiting",
	[W_OUTCOME] = "INSERT OR REPLACE INTO outcome VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[W_PLACE] = "UPDATE place SET position = ?1, now_us = ?2",
	[W_ID_MAX] = "SELECT max(id) FROM object",
	[W_HOLD] =
		"INSERT OR FAIL INTO holding SELECT c0, c1, c2, c3, c4, c5, c6, c7, c8 FROM waiting WHERE true "
		"ON CONFLICT DO UPDATE SET person_0 = excluded.person_0, person_1 = excluded.person_1, "
		"phone_0 = excluded.phone_0, phone_1 = excluded.phone_1, position = excluded.position, district = excluded.district",
	[W_HOLDER] = "SELECT person_0, person_1, phone_0, phone_1, position, district FROM holding "
				 "WHERE token_0 = ?1 AND token_1 = ?2 AND kind = ?3",
	[W_PHONE_OF] = "SELECT token_0, token_1 FROM holding INDEXED BY holding_person "
				   "WHERE person_0 = ?1 AND person_1 = ?2 AND kind = 2 "
				   "ORDER BY position DESC, token_0 DESC, token_1 DESC LIMIT 1",
	[W_OPENING] =
		"INSERT OR FAIL INTO opening SELECT c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14 FROM waiting",
	[W_FIGURE_HOUR] = "INSERT INTO figure_hour VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET n = n + excluded.n",
	[W_FIGURE_DAY] = "INSERT INTO figure_day VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET n = n + excluded.n",
};
_Static_assert(DESK_KINDS == 39, "W_DUE names every kind");
_Static_assert(DESK_PERSON == 1 && DESK_PHONE == 2, "W_SEEN, W_PHONE_OF and its index name them");
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

void registry_head_of(const struct desk_object *o, struct registry_head *out)
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
		                           .urgency = desk_machine(o->kind)->state[o->state].final ? -1 : desk_next(o),
		                           .due = due == INT64_MAX ? -1 : due,
		                           .found = desk_found_us(o) };
}

enum err registry_load_row(struct registry *r, uint64_t id, struct desk_object *out, uint64_t *position)
{
	sqlite3_stmt *q = r->store.statement[W_LOAD];
	enum err e;

	sqlite3_bind_int64(q, 1, (int64_t)id);
	e = store_step(q);
	if (e == ERR_OK)
		e = desk_object_take(registry_column(q, 0), out);
	if (e == ERR_OK && out->id != id)
		e = ERR_FORMAT;
	*position = (uint64_t)sqlite3_column_int64(q, 1);
	sqlite3_reset(q);
	return e;
}

void registry_bind_key(sqlite3_stmt *q, uint8_t kind, struct desk_entity e, uint64_t id)
{
	sqlite3_bind_int64(q, 1, (int64_t)e.token.w[0]);
	sqlite3_bind_int64(q, 2, (int64_t)e.token.w[1]);
	sqlite3_bind_int(q, 3, kind * DESK_ENTITY_KINDS + e.kind);
	sqlite3_bind_int64(q, 4, id > INT64_MAX ? INT64_MAX : (int64_t)id);
}

/* What fails once has failed until the rollback: what is in memory may be half of something. */
static enum err told(struct registry *r, enum err e)
{
	if (e != ERR_OK && e != ERR_ABSENT)
		r->failed = e;
	return e;
}

static enum err number(struct registry *r, uint32_t statement, uint64_t *out)
{
	sqlite3_stmt *q = r->store.statement[statement];
	enum err e = store_step(q);

	if (e == ERR_OK)
		*out = (uint64_t)sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	return e;
}

static enum err see_all(struct registry *r)
{
	sqlite3_stmt *q = r->store.statement[W_SEEN];
	enum err e;

	if (r->cache.seen_known)
		return ERR_OK;
	while ((e = store_step(q)) == ERR_OK) {
		int what = sqlite3_column_int(q, 2);
		bool object = sqlite3_column_int(q, 3) != 0; /* and not a holding */
		struct desk_entity x = { (uint8_t)(object ? what % DESK_ENTITY_KINDS : what),
			                     { { (uint64_t)sqlite3_column_int64(q, 0), (uint64_t)sqlite3_column_int64(q, 1) } } };

		registry_see(&r->cache, (uint8_t)(object ? what / DESK_ENTITY_KINDS : 0), x);
	}
	sqlite3_reset(q);
	r->cache.seen_known = e == ERR_ABSENT;
	return e == ERR_ABSENT ? ERR_OK : e;
}

/* What the tables hold is asked when it is first needed, since a rollback may have taken some of it. */
static enum err ready(struct registry *r)
{
	struct registry_cache *c = &r->cache;
	enum err e = r->failed;

	CHECK(r->writing);
	if (e != ERR_OK || c->known)
		return e;
	e = number(r, W_ID_MAX, &c->id_max);
	if (e == ERR_OK)
		e = number(r, W_YOUNG, &c->n_young);
	if (e == ERR_OK)
		e = see_all(r);
	c->known = e == ERR_OK;
	return told(r, e);
}

static enum err load(void *ctx, uint64_t id, struct desk_object *out)
{
	struct registry *r = ctx;
	struct registry_slot *s;
	enum err e = ready(r);

	if (e == ERR_OK)
		e = told(r, registry_slot_of(r, id, &s));
	if (e == ERR_OK)
		*out = s->object;
	return e;
}

static enum err about(void *ctx, uint8_t kind, struct desk_entity e, uint64_t before, uint64_t *id)
{
	struct registry *r = ctx;
	enum err err = ready(r);

	return err != ERR_OK ? err : told(r, registry_node_ask(r, kind, e, before, id));
}

static enum err due(void *ctx, int64_t until_us, struct desk_due *out)
{
	struct registry *r = ctx;
	enum err e = ready(r);

	return e != ERR_OK ? e : told(r, registry_due_first(r, until_us, out));
}

static enum err row_room(struct registry *r)
{
	const struct registry_cache *c = &r->cache;

	return c->n_rows < REGISTRY_ROWS && c->rows.n + DESK_ROW_BYTES_MAX <= c->rows.max ? ERR_OK : registry_flush(r);
}

static enum err save_row(struct registry_cache *c, const struct desk_object *o, const struct desk_trace *t)
{
	struct registry_row_at *row = &c->row[c->n_rows++];

	*row = (struct registry_row_at){ o->id, t->position, o->version, (uint32_t)c->rows.n, 0 };
	desk_row_put(&c->rows, t, o->version, o->state);
	row->n = (uint32_t)c->rows.n - row->at;
	return c->rows.err;
}

static bool same(struct desk_entity x, struct desk_entity y)
{
	return x.kind == y.kind && token_eq(x.token, y.token);
}

/* The object waits with its row before its keys do: whatever is written in between to make room is then written as a whole. */
static enum err save_object(struct registry *r, const struct desk_object *o, const struct desk_trace *t)
{
	struct registry_cache *c = &r->cache;
	struct registry_head is, before = { .due = -1 };
	struct desk_entity also = { 0 };
	struct registry_slot *s;
	bool fresh = false;
	enum err e = registry_slot_of(r, o->id, &s);

	if (e == ERR_OK) {
		registry_head_of(&s->object, &before);
		also = s->object.also;
	} else if (e == ERR_ABSENT) {
		fresh = true;
		e = registry_slot_new(r, o->id, &s);
	}
	if (e != ERR_OK)
		return e;
	s->object = *o;
	s->position = t->position;
	c->n_dirty += !s->dirty;
	s->dirty = true;
	c->id_max = o->id > c->id_max ? o->id : c->id_max;
	e = save_row(c, o, t);
	registry_head_of(o, &is);
	if (is.due != -1 && is.due != before.due)
		registry_due_add(c, is.due, o->id);
	if (e == ERR_OK && fresh)
		e = registry_node_change(r, o->kind, o->subject, o->id, false);
	if (e != ERR_OK || same(also, o->also))
		return e;
	e = registry_node_change(r, o->kind, also, o->id, true);
	return e == ERR_OK ? registry_node_change(r, o->kind, o->also, o->id, false) : e;
}

static enum err count(struct registry *r, const struct desk_object *o, const struct desk_trace *t)
{
	struct registry_slot *s;
	enum err e = registry_slot_of(r, o->id, &s);

	if (e == ERR_OK)
		r->tallies.before = s->object; /* looking for others may take its place */
	return e == ERR_OK || e == ERR_ABSENT ? registry_count_save(r, e == ERR_OK ? &r->tallies.before : NULL, o, t) : e;
}

static enum err save(void *ctx, const struct desk_object *o, const struct desk_trace *t)
{
	struct registry *r = ctx;
	enum err e = ready(r);

	if (e == ERR_OK)
		e = count(r, o, t);
	if (e == ERR_OK)
		e = row_room(r);
	if (e == ERR_OK)
		e = save_object(r, o, t);
	return told(r, e);
}

static enum err message_room(struct registry *r)
{
	const struct registry_cache *c = &r->cache;

	return c->n_messages < REGISTRY_MESSAGES && c->messages.n + 2 * DESK_OBJECT_BYTES_MAX <= c->messages.max
	           ? ERR_OK
	           : registry_flush(r);
}

static enum err send(void *ctx, const struct desk_message *m)
{
	struct registry *r = ctx;
	struct registry_cache *c = &r->cache;
	struct registry_message_at x = { .id = m->id, .kind = m->kind };
	struct registry_slot *s;
	enum err e = ready(r);

	if (e == ERR_OK)
		e = message_room(r);
	if (e == ERR_OK)
		e = registry_slot_of(r, m->object, &s);
	if (e != ERR_OK)
		return told(r, e == ERR_ABSENT ? ERR_FORMAT
		                               : e); /* a message about nothing: its object would have been saved before */
	x.at = (uint32_t)c->messages.n;
	desk_message_put(&c->messages, m);
	x.n_body = (uint32_t)c->messages.n - x.at;
	desk_object_put(&c->messages, &s->object);
	x.n_object = (uint32_t)c->messages.n - x.at - x.n_body;
	c->message[c->n_messages++] = x;
	e = c->messages.err;
	return told(r, e == ERR_OK ? registry_count_send(r, m, &s->object) : e);
}

enum err registry_world_open(struct registry *r, struct buf *why)
{
	enum err e = registry_feed_open(r);

	for (uint32_t i = 0; e == ERR_OK && i < W_STATEMENTS; i++)
		e = store_prepare(&r->store, sql[i], &r->store.statement[i]);
	if (e != ERR_OK)
		store_tell(&r->store, r->path, e, why);
	r->world = (struct desk_world){ r, load, about, due, save, send };
	return e;
}

void registry_world_close(struct registry *r)
{
	for (uint32_t i = 0; i < ARRAY_LEN(r->update); i++)
		sqlite3_finalize(r->update[i]);
}
