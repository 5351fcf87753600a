/* registry_hold.c - who holds a card or an account and in which district people, outlets and cells are, as journaled events told. What comes waits in memory and is written in order of the table, thousands at a time; until
 * then it is found where it waits. What is in no table is known not to be, so the first load of millions asks for nothing. */
#include <stdlib.h>
#include "store/registry_int.h"

/* ---- what waits ---- */

static uint32_t *bucket(struct registry_cache *c, struct desk_entity thing)
{
	return &c->by_thing.bucket[registry_key_hash(0, thing) & c->by_thing.mask];
}

static struct registry_held *waiting(struct registry_cache *c, struct desk_entity thing)
{
	uint32_t i = *bucket(c, thing);

	while (i && !(c->held[i].thing.kind == thing.kind && token_eq(c->held[i].thing.token, thing.token)))
		i = c->held[i].next;
	return i ? &c->held[i] : NULL;
}

static int by_thing(const void *a, const void *b)
{
	const struct registry_held *x = a, *y = b;

	for (int i = 0; i < 2; i++)
		if (x->thing.token.w[i] != y->thing.token.w[i])
			return (int64_t)x->thing.token.w[i] < (int64_t)y->thing.token.w[i] ? -1 : 1;
	return x->thing.kind - y->thing.kind;
}

static struct registry_cell number(uint64_t v)
{
	return (struct registry_cell){ CELL_NUMBER, (int64_t)v, { NULL, 0 } };
}

static enum err new_holding(struct registry *r, uint32_t *at, struct registry_cell *cell)
{
	const struct registry_held *x;

	if (*at == r->cache.by_thing.n)
		return ERR_ABSENT;
	x = &r->cache.held[++*at];
	cell[0] = number(x->thing.token.w[0]);
	cell[1] = number(x->thing.token.w[1]);
	cell[2] = number(x->thing.kind);
	cell[3] = number(x->h.person.w[0]);
	cell[4] = number(x->h.person.w[1]);
	cell[5] = number(x->h.phone.w[0]);
	cell[6] = number(x->h.phone.w[1]);
	cell[7] = number(x->h.position);
	cell[8] = number(x->h.district);
	return ERR_OK;
}

enum err registry_held_write(struct registry *r)
{
	struct registry_cache *c = &r->cache;

	if (c->by_thing.n == 0 || r->failed != ERR_OK)
		return r->failed;
	qsort(c->held + 1, c->by_thing.n, sizeof(*c->held), by_thing);
	r->failed = registry_feed(r, W_HOLD, new_holding);
	registry_table_clear(&c->by_thing);
	return r->failed;
}

/* ---- for everybody ---- */

static void bind_token(sqlite3_stmt *q, int at, struct token t)
{
	sqlite3_bind_int64(q, at, (int64_t)t.w[0]);
	sqlite3_bind_int64(q, at + 1, (int64_t)t.w[1]);
}

static struct token token_at(sqlite3_stmt *q, int i)
{
	return (struct token){ { (uint64_t)sqlite3_column_int64(q, i), (uint64_t)sqlite3_column_int64(q, i + 1) } };
}

enum err registry_hold(struct registry *r, struct desk_entity thing, const struct registry_holding *h)
{
	struct registry_cache *c = &r->cache;
	struct registry_held *x = waiting(c, thing);

	CHECK(r->writing);
	if (x == NULL && c->by_thing.n == c->slots_max)
		r->failed = registry_held_write(r);
	if (r->failed != ERR_OK)
		return r->failed;
	if (x == NULL) {
		x = &c->held[++c->by_thing.n];
		x->thing = thing;
		x->next = *bucket(c, thing);
		*bucket(c, thing) = c->by_thing.n;
	}
	x->h = *h;
	registry_see(c, 0, thing);
	if (thing.kind == DESK_PHONE)
		registry_see(c, 0, (struct desk_entity){ DESK_PERSON, h->person });
	return ERR_OK;
}

enum err registry_holder(struct registry *r, struct desk_entity thing, struct registry_holding *out)
{
	sqlite3_stmt *q = r->store.statement[W_HOLDER];
	const struct registry_held *x = waiting(&r->cache, thing);
	enum err e;

	if (x != NULL) {
		*out = x->h;
		return ERR_OK;
	}
	if (!registry_seen(&r->cache, 0, thing))
		return ERR_ABSENT;

	bind_token(q, 1, thing.token);
	sqlite3_bind_int(q, 3, thing.kind);
	e = store_step(q);
	if (e == ERR_OK)
		*out = (struct registry_holding){ token_at(q, 0), token_at(q, 2), (uint64_t)sqlite3_column_int64(q, 4),
			                              (uint16_t)sqlite3_column_int(q, 5) };
	sqlite3_reset(q);
	return e;
}

enum err registry_phone_of(struct registry *r, struct token person, struct token *phone)
{
	sqlite3_stmt *q = r->store.statement[W_PHONE_OF];
	enum err e;

	if (!registry_seen(&r->cache, 0, (struct desk_entity){ DESK_PERSON, person }))
		return ERR_ABSENT;
	e = r->writing ? registry_held_write(r) : ERR_OK; /* the table has them in the order asked for */
	if (e != ERR_OK)
		return e;

	bind_token(q, 1, person);
	e = store_step(q);
	if (e == ERR_OK)
		*phone = token_at(q, 0);
	sqlite3_reset(q);
	return e;
}
