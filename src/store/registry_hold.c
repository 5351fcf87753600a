/* registry_hold.c - who holds a card or an account and in which district people, outlets and cells are, as journaled events told: written through to the table and asked there, so that a rollback has nothing to forget. */
#include "store/registry_int.h"

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
	sqlite3_stmt *q = r->store.statement[W_HOLD];

	CHECK(r->writing);
	if (r->failed != ERR_OK)
		return r->failed;
	bind_token(q, 1, thing.token);
	sqlite3_bind_int(q, 3, thing.kind);
	bind_token(q, 4, h->person);
	bind_token(q, 6, h->phone);
	sqlite3_bind_int64(q, 8, (int64_t)h->position);
	sqlite3_bind_int(q, 9, h->district);
	return r->failed = store_do(q);
}

enum err registry_holder(struct registry *r, struct desk_entity thing, struct registry_holding *out)
{
	sqlite3_stmt *q = r->store.statement[W_HOLDER];
	enum err e;

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

	bind_token(q, 1, person);
	e = store_step(q);
	if (e == ERR_OK)
		*phone = token_at(q, 0);
	sqlite3_reset(q);
	return e;
}
