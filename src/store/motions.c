/* motions.c - see motions.h. */
#include "store/motions.h"
#include "base/mem.h"
#include "store/store_int.h"

enum {
	M_ADD,
	M_WAITING,
	M_OWN,
	M_TRIM,
	M_NOTED,
	M_DROP,
	M_CLAIM,
	M_UNCLAIM,
	M_SETTLE,
	M_LIST,
	M_ONE,
	M_STATEMENTS
};

struct motions {
	struct store store;
};

static const char schema[] =
	"CREATE TABLE IF NOT EXISTS motion(id INTEGER PRIMARY KEY AUTOINCREMENT, state INTEGER NOT NULL DEFAULT 0, made_us INTEGER NOT NULL,"
	" made_user INTEGER NOT NULL, made_by TEXT NOT NULL, act TEXT NOT NULL, members TEXT NOT NULL, why TEXT NOT NULL, digest TEXT NOT NULL, base INTEGER NOT NULL,"
	" position INTEGER NOT NULL DEFAULT 0, settled_us INTEGER NOT NULL DEFAULT 0, settled_user INTEGER NOT NULL DEFAULT 0, settled_by TEXT NOT NULL DEFAULT '',"
	" settled_why TEXT NOT NULL DEFAULT '', job INTEGER NOT NULL DEFAULT 0, texts BLOB NOT NULL) STRICT";

#define COLUMNS                                                                                                     \
	"id, state, made_us, made_user, made_by, act, members, why, digest, base, position, settled_us, settled_user, " \
	"settled_by, settled_why, job"
/* What was claimed had been approved before, by a job that came to nothing, or it waited. */
#define UNCLAIM "UPDATE motion SET state = (job <> 0) WHERE state = 3"
_Static_assert(MOTION_WAITING == 0 && MOTION_APPROVED == 1 && MOTION_REFUSED == 2 && MOTION_CLAIMED == 3,
               "statements have states as numbers");
static const char *const sql[M_STATEMENTS] = {
	[M_ADD] = "INSERT INTO motion(made_us, made_user, made_by, act, members, why, digest, base, texts) "
			  "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	[M_WAITING] = "SELECT count(*) FROM motion WHERE state IN (0, 3) AND base = ?1",
	[M_OWN] = "SELECT count(*) FROM motion WHERE state IN (0, 3) AND base = ?1 AND made_user = ?2 "
			  "AND (made_user <> 0 OR made_by = ?3)",
	[M_TRIM] = "DELETE FROM motion WHERE (state IN (1, 2) OR (state = 0 AND base <> ?2)) "
			   "AND id <= (SELECT id FROM motion ORDER BY id DESC LIMIT 1 OFFSET ?1)",
	[M_NOTED] = "UPDATE motion SET position = ?2 WHERE id = ?1",
	[M_DROP] = "DELETE FROM motion WHERE id = ?1 AND position = 0",
	[M_CLAIM] = "UPDATE motion SET state = 3 WHERE id = ?1 AND state = ?2 AND job = ?3",
	[M_UNCLAIM] = UNCLAIM " AND id = ?1",
	[M_SETTLE] =
		"UPDATE motion SET state = ?2, settled_us = ?3, settled_user = ?4, settled_by = ?5, settled_why = ?6, job = ?7 "
		"WHERE id = ?1 AND state = 3",
	[M_LIST] = "SELECT " COLUMNS " FROM motion WHERE position > 0 ORDER BY id DESC",
	[M_ONE] = "SELECT " COLUMNS ", texts FROM motion WHERE position > 0 AND id = ?1",
};

enum err motions_open(struct motions **out, const char *path, struct buf *why)
{
	struct motions *ms = mem_alloc(sizeof(*ms));
	enum err e;

	if (ms == NULL)
		return ERR_MEMORY;
	e = store_open(&ms->store, path, schema, sql, M_STATEMENTS, why);
	if (e == ERR_OK)
		e = store_run(&ms->store, "DELETE FROM motion WHERE position = 0; " UNCLAIM);
	if (e == ERR_OK)
		*out = ms;
	else
		motions_close(ms);
	return e;
}

void motions_close(struct motions *ms)
{
	if (ms == NULL)
		return;
	store_close(&ms->store);
	mem_free(ms);
}

/* ---- rows ---- */

static void bind_text(sqlite3_stmt *q, int at, struct text t)
{
	sqlite3_bind_text(q, at, t.n > 0 ? t.p : "", (int)t.n, SQLITE_STATIC);
}

static struct text text_at(sqlite3_stmt *q, int at)
{
	const char *p = (const char *)sqlite3_column_text(q, at);

	return text_of(p == NULL ? "" : p, p == NULL ? 0 : (size_t)sqlite3_column_bytes(q, at));
}

static struct motion row(sqlite3_stmt *q, bool with_texts)
{
	struct motion m = { .id = (uint64_t)sqlite3_column_int64(q, 0),
		                .state = (enum motion_state)sqlite3_column_int(q, 1),
		                .made_us = sqlite3_column_int64(q, 2),
		                .made_user = (uint64_t)sqlite3_column_int64(q, 3),
		                .made_by = text_at(q, 4),
		                .act = text_at(q, 5),
		                .members = text_at(q, 6),
		                .why = text_at(q, 7),
		                .digest = text_at(q, 8),
		                .base = (uint64_t)sqlite3_column_int64(q, 9),
		                .position = (uint64_t)sqlite3_column_int64(q, 10),
		                .settled_us = sqlite3_column_int64(q, 11),
		                .settled_user = (uint64_t)sqlite3_column_int64(q, 12),
		                .settled_by = text_at(q, 13),
		                .settled_why = text_at(q, 14),
		                .job = (uint64_t)sqlite3_column_int64(q, 15) };

	if (with_texts) {
		const char *p = sqlite3_column_blob(q, 16);

		m.texts = text_of(p == NULL ? "" : p, p == NULL ? 0 : (size_t)sqlite3_column_bytes(q, 16));
	}
	return m;
}

/* ---- changes ---- */

static enum err count(sqlite3_stmt *q, sqlite3_int64 *n)
{
	enum err e = store_step(q);

	*n = e == ERR_OK ? sqlite3_column_int64(q, 0) : 0;
	sqlite3_reset(q);
	return e;
}

/* ERR_CAP, ERR_RANGE: too many wait. */
static enum err room(struct motions *ms, const struct motion *m)
{
	sqlite3_stmt *all = ms->store.statement[M_WAITING], *own = ms->store.statement[M_OWN];
	sqlite3_int64 n_all, n_own;
	enum err e;

	sqlite3_bind_int64(all, 1, (sqlite3_int64)m->base);
	sqlite3_bind_int64(own, 1, (sqlite3_int64)m->base);
	sqlite3_bind_int64(own, 2, (sqlite3_int64)m->made_user);
	bind_text(own, 3, m->made_by);
	e = count(all, &n_all);
	if (e == ERR_OK)
		e = count(own, &n_own);
	sqlite3_clear_bindings(own);
	if (e != ERR_OK)
		return e;
	return n_own >= MOTIONS_OWN_MAX ? ERR_RANGE : n_all >= MOTIONS_WAITING_MAX ? ERR_CAP : ERR_OK;
}

static enum err add(struct motions *ms, const struct motion *m, uint64_t *id)
{
	sqlite3_stmt *q;
	enum err e = room(ms, m);

	if (e != ERR_OK)
		return e;
	q = ms->store.statement[M_ADD];
	sqlite3_bind_int64(q, 1, m->made_us);
	sqlite3_bind_int64(q, 2, (sqlite3_int64)m->made_user);
	bind_text(q, 3, m->made_by);
	bind_text(q, 4, m->act);
	bind_text(q, 5, m->members);
	bind_text(q, 6, m->why);
	bind_text(q, 7, m->digest);
	sqlite3_bind_int64(q, 8, (sqlite3_int64)m->base);
	sqlite3_bind_blob(q, 9, m->texts.n > 0 ? m->texts.p : "", (int)m->texts.n, SQLITE_STATIC);
	e = store_do(q);
	sqlite3_clear_bindings(q);
	if (e != ERR_OK)
		return e;
	*id = (uint64_t)sqlite3_last_insert_rowid(ms->store.db);
	sqlite3_bind_int64(ms->store.statement[M_TRIM], 1, MOTIONS_KEPT_MAX);
	sqlite3_bind_int64(ms->store.statement[M_TRIM], 2, (sqlite3_int64)m->base);
	return store_do(ms->store.statement[M_TRIM]);
}

enum err motions_add(struct motions *ms, const struct motion *m, uint64_t *id)
{
	enum err e;

	if (m->texts.n > MOTION_BYTES_MAX)
		return ERR_CAP;
	pthread_mutex_lock(&ms->store.lock);
	e = store_run(&ms->store, "BEGIN IMMEDIATE");
	if (e == ERR_OK)
		e = store_end(&ms->store, add(ms, m, id));
	pthread_mutex_unlock(&ms->store.lock);
	return e;
}

enum err motions_noted(struct motions *ms, uint64_t id, uint64_t position)
{
	sqlite3_stmt *q = ms->store.statement[M_NOTED];
	enum err e;

	pthread_mutex_lock(&ms->store.lock);
	sqlite3_bind_int64(q, 1, (sqlite3_int64)id);
	sqlite3_bind_int64(q, 2, (sqlite3_int64)position);
	e = store_do(q);
	pthread_mutex_unlock(&ms->store.lock);
	return e;
}

enum err motions_drop(struct motions *ms, uint64_t id)
{
	sqlite3_stmt *q = ms->store.statement[M_DROP];
	enum err e;

	pthread_mutex_lock(&ms->store.lock);
	sqlite3_bind_int64(q, 1, (sqlite3_int64)id);
	e = store_do(q);
	pthread_mutex_unlock(&ms->store.lock);
	return e;
}

/* ERR_ABSENT: nothing was as it should be. */
static enum err change(struct motions *ms, sqlite3_stmt *q)
{
	enum err e = store_do(q);

	if (e == ERR_OK && sqlite3_changes(ms->store.db) == 0)
		e = ERR_ABSENT;
	return e;
}

enum err motions_claim(struct motions *ms, const struct motion *was)
{
	sqlite3_stmt *q = ms->store.statement[M_CLAIM];
	enum err e;

	pthread_mutex_lock(&ms->store.lock);
	sqlite3_bind_int64(q, 1, (sqlite3_int64)was->id);
	sqlite3_bind_int(q, 2, (int)was->state);
	sqlite3_bind_int64(q, 3, (sqlite3_int64)was->job);
	e = change(ms, q);
	pthread_mutex_unlock(&ms->store.lock);
	return e;
}

enum err motions_unclaim(struct motions *ms, uint64_t id)
{
	sqlite3_stmt *q = ms->store.statement[M_UNCLAIM];
	enum err e;

	pthread_mutex_lock(&ms->store.lock);
	sqlite3_bind_int64(q, 1, (sqlite3_int64)id);
	e = change(ms, q);
	pthread_mutex_unlock(&ms->store.lock);
	return e;
}

enum err motions_settle(struct motions *ms, uint64_t id, const struct motion *m)
{
	sqlite3_stmt *q = ms->store.statement[M_SETTLE];
	enum err e;

	pthread_mutex_lock(&ms->store.lock);
	sqlite3_bind_int64(q, 1, (sqlite3_int64)id);
	sqlite3_bind_int(q, 2, (int)m->state);
	sqlite3_bind_int64(q, 3, m->settled_us);
	sqlite3_bind_int64(q, 4, (sqlite3_int64)m->settled_user);
	bind_text(q, 5, m->settled_by);
	bind_text(q, 6, m->settled_why);
	sqlite3_bind_int64(q, 7, (sqlite3_int64)m->job);
	e = change(ms, q);
	pthread_mutex_unlock(&ms->store.lock);
	return e;
}

/* ---- reading ---- */

enum err motions_list(struct motions *ms, void (*visit)(void *ctx, const struct motion *m), void *ctx)
{
	sqlite3_stmt *q = ms->store.statement[M_LIST];
	enum err e;

	pthread_mutex_lock(&ms->store.lock);
	while ((e = store_step(q)) == ERR_OK) {
		struct motion m = row(q, false);

		visit(ctx, &m);
	}
	sqlite3_reset(q);
	pthread_mutex_unlock(&ms->store.lock);
	return e == ERR_ABSENT ? ERR_OK : e;
}

enum err motions_one(struct motions *ms, uint64_t id, void (*visit)(void *ctx, const struct motion *m), void *ctx)
{
	sqlite3_stmt *q = ms->store.statement[M_ONE];
	enum err e;

	pthread_mutex_lock(&ms->store.lock);
	sqlite3_bind_int64(q, 1, (sqlite3_int64)id);
	e = store_step(q);
	if (e == ERR_OK) {
		struct motion m = row(q, true);

		visit(ctx, &m);
	}
	sqlite3_reset(q);
	pthread_mutex_unlock(&ms->store.lock);
	return e;
}
