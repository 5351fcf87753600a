/* registry_flush.c - from the cache into the tables: objects in order of their ids, keys in order of the index, rows of history by object; each page of the file is
 * then touched once, not once for every record. An object that was changed a thousand times is written once, and only the indexes in which something of it changed. */
#include <stdlib.h>
#include "store/registry_int.h"

/* ---- objects ---- */

/* The columns of an index each: what did not change is not written, and its indexes are left alone. */
enum group {
	GROUP_STATE = 1,
	GROUP_ORGANISATION = 2,
	GROUP_DISTRICT = 4,
	GROUP_CHANGED = 8,
	GROUP_URGENCY = 16,
	GROUP_DUE = 32
};

static uint32_t groups(const struct registry_head *x, const struct registry_head *y)
{
	return (x->state != y->state ? GROUP_STATE : 0u) | (x->organisation != y->organisation ? GROUP_ORGANISATION : 0u) |
	       (x->district != y->district ? GROUP_DISTRICT : 0u) | (x->changed != y->changed ? GROUP_CHANGED : 0u) |
	       (x->urgency != y->urgency ? GROUP_URGENCY : 0u) | (x->due != y->due ? GROUP_DUE : 0u);
}

static enum err update_of(struct registry *r, uint32_t groups, sqlite3_stmt **out)
{
	static const char *const set[] = { ", state = ?3",   ", organisation = ?5", ", district = ?6",
		                               ", changed = ?8", ", urgency = ?10",     ", due = ?11" };
	struct buf sql;
	enum err e = ERR_OK;

	if (r->update[groups] == NULL) {
		buf_init(&sql, 1024);
		buf_z(&sql, "UPDATE object SET grade = ?4, position = ?9, body = ?12");
		for (uint32_t i = 0; i < ARRAY_LEN(set); i++)
			if (groups >> i & 1)
				buf_z(&sql, set[i]);
		buf_z(&sql, " WHERE id = ?1");
		e = sql.err != ERR_OK ? sql.err : store_prepare(&r->store, sql.p, &r->update[groups]);
		buf_release(&sql);
	}
	*out = r->update[groups];
	return e;
}

static void bind_but(sqlite3_stmt *q, int at, int64_t v, int64_t none)
{
	if (v == none)
		sqlite3_bind_null(q, at);
	else
		sqlite3_bind_int64(q, at, v);
}

static enum err write_object(struct registry *r, struct registry_slot *s)
{
	sqlite3_stmt *q = r->store.statement[W_INSERT];
	struct registry_head h;
	enum err e = ERR_OK;

	registry_head_of(&s->object, &h);
	buf_clear(&r->bytes);
	desk_object_put(&r->bytes, &s->object);
	if (s->stored)
		e = update_of(r, groups(&h, &s->was), &q);
	if (e != ERR_OK || r->bytes.err != ERR_OK)
		return e != ERR_OK ? e : r->bytes.err;
	sqlite3_bind_int64(q, 1, (int64_t)s->object.id);
	sqlite3_bind_int64(q, 2, h.kind);
	sqlite3_bind_int64(q, 3, h.state);
	sqlite3_bind_int64(q, 4, h.grade);
	bind_but(q, 5, h.organisation, 0);
	bind_but(q, 6, h.district, 0);
	bind_but(q, 7, h.maker, 0);
	sqlite3_bind_int64(q, 8, h.changed);
	sqlite3_bind_int64(q, 9, (int64_t)s->position);
	bind_but(q, 10, h.urgency, -1);
	bind_but(q, 11, h.due, -1);
	sqlite3_bind_blob(q, 12, r->bytes.p, (int)r->bytes.n, SQLITE_STATIC);
	e = store_do(q);
	s->was = h;
	return e;
}

/* ---- keys ---- */

static uint32_t change(struct registry_cache *c, uint32_t n, const struct desk_object *o, struct desk_entity e,
                       bool gone)
{
	if (e.kind != DESK_ENTITY_NONE)
		c->change[n++] = (struct registry_key_change){ e, o->kind, gone, o->id };
	return n;
}

static uint32_t changes(struct registry_cache *c, uint32_t n, struct registry_slot *s)
{
	const struct desk_object *o = &s->object;
	bool same = s->stored && o->also.kind == s->was_also.kind && token_eq(o->also.token, s->was_also.token);

	if (!s->stored)
		n = change(c, n, o, o->subject, false);
	if (s->stored && !same)
		n = change(c, n, o, s->was_also, true);
	if (!same)
		n = change(c, n, o, o->also, false);
	s->was_also = o->also;
	return n;
}

static int by_number(int64_t x, int64_t y)
{
	return (x > y) - (x < y);
}

static int by_key(const void *a, const void *b)
{
	const struct registry_key_change *x = a, *y = b;
	int by = by_number((int64_t)x->entity.token.w[0], (int64_t)y->entity.token.w[0]);

	if (by == 0)
		by = by_number((int64_t)x->entity.token.w[1], (int64_t)y->entity.token.w[1]);
	if (by == 0)
		by = by_number(x->kind * DESK_ENTITY_KINDS + x->entity.kind, y->kind * DESK_ENTITY_KINDS + y->entity.kind);
	return by ? by : by_number((int64_t)x->id, (int64_t)y->id);
}

static enum err write_key(struct registry *r, const struct registry_key_change *x, uint32_t statement)
{
	sqlite3_stmt *q = r->store.statement[statement];

	registry_bind_key(q, x->kind, x->entity, x->id);
	return store_do(q);
}

static enum err write_keys(struct registry *r, uint32_t n)
{
	struct registry_cache *c = &r->cache;
	enum err e = ERR_OK;

	qsort(c->change, n, sizeof(*c->change), by_key);
	for (uint32_t i = 0; i < n && e == ERR_OK; i++) {
		const struct registry_key_change *x = &c->change[i];

		e = write_key(r, x, x->gone ? W_ABOUT_REMOVE : W_ABOUT_ADD);
		if (!x->gone)
			c->n_young++;
		else if (e == ERR_OK && sqlite3_changes(r->store.db) == 0)
			e = write_key(r, x, W_ABOUT_REMOVE_OLD);
		else
			c->n_young--;
	}
	return e;
}

/* The part's tokens, as the signed numbers that they are in the tables. */
enum err registry_keys_age(struct registry *r)
{
	static const uint32_t statements[] = { W_AGE, W_AGED };
	struct registry_cache *c = &r->cache;
	const uint64_t part = UINT64_MAX / REGISTRY_AGES + 1;
	int64_t from = (int64_t)((uint64_t)INT64_MIN + c->age * part);
	enum err e = r->failed;

	if (c->n_young < (uint64_t)c->slots_max * REGISTRY_YOUNG_PER_SLOT)
		return e;
	for (uint32_t i = 0; i < ARRAY_LEN(statements) && e == ERR_OK; i++) {
		sqlite3_stmt *q = r->store.statement[statements[i]];

		sqlite3_bind_int64(q, 1, from);
		sqlite3_bind_int64(q, 2, (int64_t)((uint64_t)from + (part - 1)));
		e = store_do(q);
	}
	if (e == ERR_OK)
		c->n_young -= (uint64_t)sqlite3_changes64(r->store.db);
	c->age = (c->age + 1) % REGISTRY_AGES;
	return r->failed = e;
}

/* ---- history ---- */

static int by_object(const void *a, const void *b)
{
	const struct registry_row_at *x = a, *y = b;
	int by = by_number((int64_t)x->object, (int64_t)y->object);

	return by ? by : by_number(x->at, y->at); /* as they came */
}

/* A chunk of an object's rows: from the first on, as many as go into a row of the table. Returns how many; position: the last one's. */
static uint32_t chunk(struct registry *r, const struct registry_row_at *first, uint32_t n, uint64_t *position)
{
	uint32_t i = 0;

	buf_clear(&r->bytes);
	do {
		buf_add(&r->bytes, r->cache.rows.p + first[i].at, first[i].n);
		*position = first[i++].position;
	} while (i < n && first[i].object == first->object && r->bytes.n + first[i].n <= REGISTRY_CHUNK_MAX);
	return i;
}

/* Before the objects: each chunk follows the one that the object's row still names. */
static enum err write_rows(struct registry *r)
{
	struct registry_cache *c = &r->cache;
	sqlite3_stmt *q = r->store.statement[W_HISTORY];
	enum err e = ERR_OK;

	qsort(c->row, c->n_rows, sizeof(*c->row), by_object);
	for (uint32_t i = 0, n; i < c->n_rows && e == ERR_OK; i += n) {
		const struct registry_row_at *first = &c->row[i];
		struct registry_slot *s = registry_slot_find(c, first->object);
		uint64_t position;

		CHECK(s != NULL && s->dirty);
		n = chunk(r, first, c->n_rows - i, &position);
		sqlite3_bind_int64(q, 1, (int64_t)position);
		sqlite3_bind_int64(q, 2, (int64_t)first->object);
		sqlite3_bind_int64(q, 3, (int64_t)s->was_position);
		sqlite3_bind_int64(q, 4, first->version);
		sqlite3_bind_blob(q, 5, r->bytes.p, (int)r->bytes.n, SQLITE_STATIC);
		e = r->bytes.err != ERR_OK ? r->bytes.err : store_do(q);
		s->was_position = position;
	}
	c->n_rows = 0;
	buf_clear(&c->rows);
	return e;
}

static int by_id(const void *a, const void *b, void *slots)
{
	const struct registry_slot *s = slots;

	return by_number((int64_t)s[*(const uint32_t *)a].object.id, (int64_t)s[*(const uint32_t *)b].object.id);
}

enum err registry_flush(struct registry *r)
{
	struct registry_cache *c = &r->cache;
	uint32_t n = 0, n_changes = 0;
	enum err e = r->failed;

	if (e == ERR_OK)
		e = write_rows(r);
	for (uint32_t i = 1; i <= c->by_id.n && c->n_dirty > 0; i++)
		if (c->slot[i].dirty)
			c->order[n++] = i;
	qsort_r(c->order, n, sizeof(*c->order), by_id, c->slot);
	for (uint32_t i = 0; i < n && e == ERR_OK; i++) {
		struct registry_slot *s = &c->slot[c->order[i]];

		n_changes = changes(c, n_changes, s);
		e = write_object(r, s);
		s->stored = true;
		s->dirty = false;
	}
	c->n_dirty = 0;
	if (e == ERR_OK)
		e = write_keys(r, n_changes);
	for (uint32_t i = 1; i <= c->by_key.n && c->n_dirty_nodes > 0; i++)
		c->node[i].dirty = false;
	c->n_dirty_nodes = 0;
	return r->failed = e;
}
