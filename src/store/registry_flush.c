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
	GROUP_DUE = 32,
	GROUP_FOUND = 64
};

static uint32_t groups(const struct registry_head *x, const struct registry_head *y)
{
	return (x->state != y->state ? GROUP_STATE : 0u) | (x->organisation != y->organisation ? GROUP_ORGANISATION : 0u) |
	       (x->district != y->district ? GROUP_DISTRICT : 0u) | (x->changed != y->changed ? GROUP_CHANGED : 0u) |
	       (x->urgency != y->urgency ? GROUP_URGENCY : 0u) | (x->due != y->due ? GROUP_DUE : 0u) |
	       (x->found != y->found ? GROUP_FOUND : 0u);
}

static enum err update_of(struct registry *r, uint32_t groups, sqlite3_stmt **out)
{
	static const char *const set[] = { ", state = ?3",    ", organisation = ?5", ", district = ?6", ", changed = ?8",
		                               ", urgency = ?10", ", due = ?11",         ", found = ?12" };
	struct buf sql;
	enum err e = ERR_OK;

	if (r->update[groups] == NULL) {
		buf_init(&sql, 1024);
		buf_z(&sql, "UPDATE object SET grade = ?4, position = ?9, body = ?13");
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

static enum err encode(struct registry *r, const struct desk_object *o)
{
	buf_clear(&r->bytes);
	desk_object_put(&r->bytes, o);
	return r->bytes.err;
}

static enum err update_object(struct registry *r, struct registry_slot *s)
{
	struct registry_head h;
	sqlite3_stmt *q;
	enum err e = encode(r, &s->object);

	registry_head_of(&s->object, &h);
	if (e == ERR_OK)
		e = update_of(r, groups(&h, &s->was), &q);
	if (e != ERR_OK)
		return e;
	sqlite3_bind_int64(q, 1, (int64_t)s->object.id);
	sqlite3_bind_int64(q, 3, h.state);
	sqlite3_bind_int64(q, 4, h.grade);
	bind_but(q, 5, h.organisation, 0);
	bind_but(q, 6, h.district, 0);
	sqlite3_bind_int64(q, 8, h.changed);
	sqlite3_bind_int64(q, 9, (int64_t)s->position);
	bind_but(q, 10, h.urgency, -1);
	bind_but(q, 11, h.due, -1);
	bind_but(q, 12, h.found, 0);
	sqlite3_bind_blob(q, 13, r->bytes.p, (int)r->bytes.n, SQLITE_STATIC);
	s->was = h;
	return store_do(q);
}

static struct registry_cell number(int64_t v)
{
	return (struct registry_cell){ CELL_NUMBER, v, { NULL, 0 } };
}

static struct registry_cell number_but(int64_t v, int64_t none)
{
	return v == none ? (struct registry_cell){ .what = CELL_NONE } : number(v);
}

static struct registry_cell bytes(const struct buf *b)
{
	return (struct registry_cell){ CELL_BYTES, 0, buf_view(b) };
}

/* Of the slots in order, those that the table does not have yet. */
static enum err new_object(struct registry *r, uint32_t *at, struct registry_cell *cell)
{
	struct registry_cache *c = &r->cache;
	struct registry_head *h;
	struct registry_slot *s;
	enum err e;

	while (*at < c->n_order && c->slot[c->order[*at].number].stored)
		++*at;
	if (*at == c->n_order)
		return ERR_ABSENT;
	s = &c->slot[c->order[(*at)++].number];
	h = &s->was;
	registry_head_of(&s->object, h);
	e = encode(r, &s->object);
	cell[0] = number((int64_t)s->object.id);
	cell[1] = number(h->kind);
	cell[2] = number(h->state);
	cell[3] = number(h->grade);
	cell[4] = number_but(h->organisation, 0);
	cell[5] = number_but(h->district, 0);
	cell[6] = number_but(h->maker, 0);
	cell[7] = number(h->changed);
	cell[8] = number((int64_t)s->position);
	cell[9] = number_but(h->urgency, -1);
	cell[10] = number_but(h->due, -1);
	cell[11] = number_but(h->found, 0);
	cell[12] = bytes(&r->bytes);
	return e;
}

/* ---- keys ---- */

static void change(struct registry_cache *c, const struct desk_object *o, struct desk_entity e, bool gone)
{
	if (e.kind != DESK_ENTITY_NONE)
		c->change[c->n_change++] = (struct registry_key_change){ e, o->kind, gone, o->id };
}

static void changes(struct registry_cache *c, struct registry_slot *s)
{
	const struct desk_object *o = &s->object;
	bool same = s->stored && o->also.kind == s->was_also.kind && token_eq(o->also.token, s->was_also.token);

	if (!s->stored)
		change(c, o, o->subject, false);
	if (s->stored && !same)
		change(c, o, s->was_also, true);
	if (!same)
		change(c, o, o->also, false);
	s->was_also = o->also;
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

/* Of the changes in order, the keys that come. */
static enum err new_key(struct registry *r, uint32_t *at, struct registry_cell *cell)
{
	struct registry_cache *c = &r->cache;
	const struct registry_key_change *x;

	while (*at < c->n_change && c->change[*at].gone)
		++*at;
	if (*at == c->n_change)
		return ERR_ABSENT;
	x = &c->change[(*at)++];
	cell[0] = number((int64_t)x->entity.token.w[0]);
	cell[1] = number((int64_t)x->entity.token.w[1]);
	cell[2] = number(x->kind * DESK_ENTITY_KINDS + x->entity.kind);
	cell[3] = number((int64_t)x->id);
	c->n_young++;
	return ERR_OK;
}

static enum err write_keys(struct registry *r)
{
	struct registry_cache *c = &r->cache;
	enum err e;

	qsort(c->change, c->n_change, sizeof(*c->change), by_key);
	e = registry_feed(r, W_ABOUT_ADD, new_key);
	for (uint32_t i = 0; i < c->n_change && e == ERR_OK; i++) {
		const struct registry_key_change *x = &c->change[i];

		if (!x->gone)
			continue;
		e = write_key(r, x, W_ABOUT_REMOVE);
		if (e == ERR_OK && sqlite3_changes(r->store.db) == 0)
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

/* A chunk follows the one that the object's slot still names. */
static enum err new_rows(struct registry *r, uint32_t *at, struct registry_cell *cell)
{
	struct registry_cache *c = &r->cache;
	const struct registry_row_at *first;
	struct registry_slot *s;
	uint64_t position;

	if (*at == c->n_rows)
		return ERR_ABSENT;
	first = &c->row[*at];
	s = registry_slot_find(c, first->object);
	CHECK(s != NULL && s->dirty);
	*at += chunk(r, first, c->n_rows - *at, &position);
	cell[0] = number((int64_t)position);
	cell[1] = number((int64_t)first->object);
	cell[2] = number((int64_t)s->was_position);
	cell[3] = number(first->version);
	cell[4] = bytes(&r->bytes);
	s->was_position = position;
	return r->bytes.err;
}

/* Those of objects nobody knew came in this order already. */
static bool in_order(const struct registry_cache *c)
{
	uint32_t i = 1;

	while (i < c->n_rows && c->row[i - 1].object <= c->row[i].object)
		i++;
	return i >= c->n_rows;
}

/* Before the objects, whose rows name the last chunk. */
static enum err write_rows(struct registry *r)
{
	struct registry_cache *c = &r->cache;
	enum err e;

	if (c->n_rows == 0)
		return ERR_OK;
	if (!in_order(c))
		qsort(c->row, c->n_rows, sizeof(*c->row), by_object);
	e = registry_feed(r, W_HISTORY, new_rows);
	c->n_rows = 0;
	buf_clear(&c->rows);
	return e;
}

/* ---- messages ---- */

static enum err new_message(struct registry *r, uint32_t *at, struct registry_cell *cell)
{
	const struct registry_cache *c = &r->cache;
	const struct registry_message_at *x;
	const char *p;

	if (*at == c->n_messages)
		return ERR_ABSENT;
	x = &c->message[(*at)++];
	p = c->messages.p + x->at;
	cell[0] = number((int64_t)x->id);
	cell[1] = number(x->kind);
	cell[2] = (struct registry_cell){ CELL_BYTES, 0, text_of(p, x->n_body) };
	cell[3] = (struct registry_cell){ CELL_BYTES, 0, text_of(p + x->n_body, x->n_object) };
	return ERR_OK;
}

static enum err write_messages(struct registry *r)
{
	struct registry_cache *c = &r->cache;
	enum err e = c->n_messages == 0 ? ERR_OK : registry_feed(r, W_MESSAGE, new_message);

	c->n_messages = 0;
	buf_clear(&c->messages);
	return e;
}

/* ---- all of it ---- */

static int by_id(const void *a, const void *b)
{
	return by_number((int64_t)((const struct registry_slot_at *)a)->id,
	                 (int64_t)((const struct registry_slot_at *)b)->id);
}

/* The slots that wait, in order of their ids, and what changes by what they are found. */
static void gather(struct registry_cache *c)
{
	c->n_order = c->n_change = 0;
	for (uint32_t i = 1; i <= c->by_id.n && c->n_order < c->n_dirty; i++)
		if (c->slot[i].dirty)
			c->order[c->n_order++] = (struct registry_slot_at){ c->slot[i].object.id, i };
	qsort(c->order, c->n_order, sizeof(*c->order), by_id);
	for (uint32_t i = 0; i < c->n_order; i++)
		changes(c, &c->slot[c->order[i].number]);
}

static enum err write_objects(struct registry *r)
{
	struct registry_cache *c = &r->cache;
	enum err e = registry_feed(r, W_INSERT, new_object);

	for (uint32_t i = 0; i < c->n_order && e == ERR_OK; i++) {
		struct registry_slot *s = &c->slot[c->order[i].number];

		if (s->stored)
			e = update_object(r, s);
		s->stored = true;
		s->dirty = false;
	}
	return e;
}

enum err registry_flush(struct registry *r)
{
	struct registry_cache *c = &r->cache;
	enum err e = registry_held_write(r);

	if (e == ERR_OK)
		e = registry_openings_write(r);
	if (e == ERR_OK)
		e = write_messages(r);
	if (e == ERR_OK)
		e = write_rows(r);
	gather(c);
	if (e == ERR_OK && c->n_order > 0)
		e = write_objects(r);
	if (e == ERR_OK && c->n_change > 0)
		e = write_keys(r);
	for (uint32_t i = 1; i <= c->by_key.n && c->n_dirty_nodes > 0; i++)
		c->node[i].dirty = false;
	c->n_dirty = c->n_dirty_nodes = 0;
	return r->failed = e;
}
