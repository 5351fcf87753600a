/* views.c - see views.h. */
#include "store/views.h"
#include "base/mem.h"
#include "store/store_int.h"

enum {
	V_ADD,
	V_OF,
	V_STATEMENTS
};

struct views {
	struct store store;
};

static const char schema[] = "CREATE TABLE IF NOT EXISTS view(id INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT";
static const char *const sql[V_STATEMENTS] = {
	[V_ADD] = "INSERT INTO view(id, n) VALUES(?1, ?2) ON CONFLICT DO UPDATE SET n = n + ?2",
	[V_OF] = "SELECT n FROM view WHERE id = ?1",
};

enum err views_open(struct views **out, const char *path, struct buf *why)
{
	struct views *v = mem_alloc(sizeof(*v));
	enum err e;

	if (v == NULL)
		return ERR_MEMORY;
	e = store_open(&v->store, path, schema, sql, V_STATEMENTS, why);
	if (e == ERR_OK)
		*out = v;
	else
		views_close(v);
	return e;
}

void views_close(struct views *v)
{
	if (v == NULL)
		return;
	store_close(&v->store);
	mem_free(v);
}

enum err views_add(struct views *v, const struct view_count *count, size_t n)
{
	enum err e;

	pthread_mutex_lock(&v->store.lock);
	e = store_run(&v->store, "BEGIN IMMEDIATE");
	if (e == ERR_OK) {
		for (size_t i = 0; e == ERR_OK && i < n; i++) {
			sqlite3_bind_int64(v->store.statement[V_ADD], 1, (sqlite3_int64)count[i].id);
			sqlite3_bind_int64(v->store.statement[V_ADD], 2, (sqlite3_int64)count[i].n);
			e = store_do(v->store.statement[V_ADD]);
		}
		e = store_end(&v->store, e);
	}
	pthread_mutex_unlock(&v->store.lock);
	return e;
}

enum err views_of(struct views *v, uint64_t id, uint64_t *n)
{
	sqlite3_stmt *q = v->store.statement[V_OF];
	enum err e;

	*n = 0;
	pthread_mutex_lock(&v->store.lock);
	sqlite3_bind_int64(q, 1, (sqlite3_int64)id);
	e = store_step(q);
	if (e == ERR_OK)
		*n = (uint64_t)sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	pthread_mutex_unlock(&v->store.lock);
	return e == ERR_ABSENT ? ERR_OK : e;
}
