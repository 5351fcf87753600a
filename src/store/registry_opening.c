/* registry_opening.c - when, where and by whom cards and accounts were opened, as journaled events told, and which of them were found involved. What comes waits in memory and is written thousands at a time in order of
 * the table, which grows at its end. */
#include <stdlib.h>
#include "base/mem.h"
#include "store/registry_int.h"

#define COLUMNS                                                                                                         \
	"SELECT time, position, kind, token_0, token_1, outlet_0, outlet_1, agent_0, agent_1, clerk_0, clerk_1, person_0, " \
	"person_1, organisation, remote FROM opening "

/* ---- the writer ---- */

static int by_time(const void *a, const void *b)
{
	const struct desk_opening *x = a, *y = b;

	if (x->time_us != y->time_us)
		return x->time_us < y->time_us ? -1 : 1;
	return (x->position > y->position) - (x->position < y->position);
}

static struct registry_cell number(uint64_t v)
{
	return (struct registry_cell){ CELL_NUMBER, (int64_t)v, { NULL, 0 } };
}

static enum err new_opening(struct registry *r, uint32_t *at, struct registry_cell *cell)
{
	const struct desk_opening *o;
	const struct token *token[5];

	if (*at == r->cache.n_openings)
		return ERR_ABSENT;
	o = &r->cache.opening[(*at)++];
	token[0] = &o->thing.token;
	token[1] = &o->outlet;
	token[2] = &o->agent;
	token[3] = &o->clerk;
	token[4] = &o->person;
	cell[0] = number((uint64_t)o->time_us);
	cell[1] = number(o->position);
	cell[2] = number(o->thing.kind);
	for (int i = 0; i < 5; i++) {
		cell[3 + 2 * i] = number(token[i]->w[0]);
		cell[4 + 2 * i] = number(token[i]->w[1]);
	}
	cell[13] = number(o->organisation);
	cell[14] = number(o->remote);
	return ERR_OK;
}

enum err registry_openings_write(struct registry *r)
{
	struct registry_cache *c = &r->cache;

	if (c->n_openings == 0 || r->failed != ERR_OK)
		return r->failed;
	qsort(c->opening, c->n_openings, sizeof(*c->opening), by_time);
	r->failed = registry_feed(r, W_OPENING, new_opening);
	c->n_openings = 0;
	return r->failed;
}

enum err registry_open_add(struct registry *r, const struct desk_opening *o)
{
	struct registry_cache *c = &r->cache;

	CHECK(r->writing);
	if (c->n_openings == REGISTRY_OPENINGS)
		r->failed = registry_openings_write(r);
	if (r->failed != ERR_OK)
		return r->failed;
	c->opening[c->n_openings++] = *o;
	return ERR_OK;
}

/* ---- readers ---- */

static struct token token_at(sqlite3_stmt *q, int i)
{
	return (struct token){ { (uint64_t)sqlite3_column_int64(q, i), (uint64_t)sqlite3_column_int64(q, i + 1) } };
}

static struct desk_opening opening_at(sqlite3_stmt *q)
{
	return (struct desk_opening){ .time_us = sqlite3_column_int64(q, 0),
		                          .position = (uint64_t)sqlite3_column_int64(q, 1),
		                          .thing = { (uint8_t)sqlite3_column_int(q, 2), token_at(q, 3) },
		                          .outlet = token_at(q, 5),
		                          .agent = token_at(q, 7),
		                          .clerk = token_at(q, 9),
		                          .person = token_at(q, 11),
		                          .organisation = (uint16_t)sqlite3_column_int(q, 13),
		                          .remote = sqlite3_column_int(q, 14) != 0 };
}

/* The reader and its statement, for the three below. */
static enum err begin(struct registry *r, const char *sql, struct registry_reader **d, sqlite3_stmt **q)
{
	enum err e = registry_reader_take(r, d);

	if (e != ERR_OK)
		return e;
	e = registry_reader_statement(*d, sql, q);
	if (e != ERR_OK)
		registry_reader_give(r, *d);
	return e;
}

static void end(struct registry *r, struct registry_reader *d, sqlite3_stmt *q)
{
	sqlite3_reset(q);
	registry_reader_give(r, d);
}

enum err registry_openings(struct registry *r, int64_t from_us, int64_t to_us,
                           bool (*visit)(void *ctx, const struct desk_opening *o), void *ctx)
{
	struct registry_reader *d;
	sqlite3_stmt *q;
	bool more = true;
	enum err e = begin(r, COLUMNS "WHERE time >= ?1 AND time < ?2 ORDER BY time, position", &d, &q);

	if (e != ERR_OK)
		return e;
	sqlite3_bind_int64(q, 1, from_us);
	sqlite3_bind_int64(q, 2, to_us);
	while (more && (e = store_step(q)) == ERR_OK) {
		struct desk_opening o = opening_at(q);

		more = visit(ctx, &o);
	}
	end(r, d, q);
	return e == ERR_ABSENT ? ERR_OK : e;
}

enum err registry_opening_of(struct registry *r, struct desk_entity thing, int64_t at_us, struct desk_opening *out)
{
	struct registry_reader *d;
	sqlite3_stmt *q;
	enum err e = begin(r,
	                   COLUMNS "WHERE token_0 = ?1 AND token_1 = ?2 AND kind = ?3 AND time <= ?4 "
	                           "ORDER BY time DESC, position DESC LIMIT 1",
	                   &d, &q);

	if (e != ERR_OK)
		return e;
	sqlite3_bind_int64(q, 1, (int64_t)thing.token.w[0]);
	sqlite3_bind_int64(q, 2, (int64_t)thing.token.w[1]);
	sqlite3_bind_int(q, 3, thing.kind);
	sqlite3_bind_int64(q, 4, at_us);
	e = store_step(q);
	if (e == ERR_OK)
		*out = opening_at(q);
	end(r, d, q);
	return e;
}

enum err registry_findings(struct registry *r, int64_t until_us, bool (*visit)(void *ctx, const struct desk_object *o),
                           void *ctx)
{
	struct desk_object *o = mem_alloc(sizeof(*o));
	struct registry_reader *d;
	sqlite3_stmt *q;
	bool more = true;
	enum err e =
		o == NULL ? ERR_MEMORY : begin(r, "SELECT body FROM object WHERE found < ?1 ORDER BY found, id", &d, &q);

	if (e != ERR_OK) {
		mem_free(o);
		return e;
	}
	sqlite3_bind_int64(q, 1, until_us);
	while (more && (e = store_step(q)) == ERR_OK) {
		e = desk_object_take(registry_column(q, 0), o);
		if (e != ERR_OK)
			break;
		more = visit(ctx, o);
	}
	end(r, d, q);
	mem_free(o);
	return e == ERR_ABSENT ? ERR_OK : e;
}
