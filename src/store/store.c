/* store.c - see store_int.h. */
#include "store/store_int.h"
#include "base/mem.h"

static enum err error_of(int code)
{
	switch (code) {
	case SQLITE_OK:
	case SQLITE_DONE: return ERR_OK;
	case SQLITE_NOMEM: return ERR_MEMORY;
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT: return ERR_FORMAT;
	default: return ERR_IO;
	}
}

enum err store_run(struct store *s, const char *sql)
{
	return error_of(sqlite3_exec(s->db, sql, NULL, NULL, NULL));
}

enum err store_end(struct store *s, enum err e)
{
	if (e == ERR_OK)
		e = store_run(s, "COMMIT");
	if (e != ERR_OK)
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return e;
}

enum err store_cut(struct store *s)
{
	return error_of(sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL));
}

enum err store_step(sqlite3_stmt *q)
{
	int code = sqlite3_step(q);

	return code == SQLITE_ROW ? ERR_OK : code == SQLITE_DONE ? ERR_ABSENT : error_of(code);
}

enum err store_do(sqlite3_stmt *q)
{
	enum err e = store_step(q);

	sqlite3_reset(q);
	sqlite3_clear_bindings(q);
	return e == ERR_ABSENT ? ERR_OK : e;
}

void store_tell(struct store *s, const char *path, enum err e, struct buf *why)
{
	buf_printf(why, "%s: %s", path,
	           s->db == NULL || sqlite3_errcode(s->db) == SQLITE_OK ? err_name(e) : sqlite3_errmsg(s->db));
}

enum err store_prepare(struct store *s, const char *sql, sqlite3_stmt **out)
{
	return error_of(sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL));
}

enum err store_open_as(struct store *s, const char *path, enum store_use use, struct buf *why)
{
	static const char *const pragmas[] = {
		[STORE_TRUTH] =
			("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA cache_size=-65536; "
		     "PRAGMA wal_autocheckpoint=16384"),
		[STORE_DERIVED] =
			"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536; PRAGMA wal_autocheckpoint=16384",
		[STORE_READER] = "PRAGMA query_only=ON; PRAGMA cache_size=-16384",
	};
	int flags = use == STORE_READER ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	enum err e;

	*s = (struct store){ .db = NULL };
	CHECK(pthread_mutex_init(&s->lock, NULL) == 0);
	e = error_of(sqlite3_open_v2(path, &s->db, flags | SQLITE_OPEN_NOMUTEX, NULL));
	if (e == ERR_OK)
		e = store_run(s, "PRAGMA trusted_schema=OFF; PRAGMA busy_timeout=2000");
	if (e == ERR_OK)
		e = store_run(s, pragmas[use]);
	if (e != ERR_OK)
		store_tell(s, path, e, why);
	return e;
}

enum err store_open(struct store *s, const char *path, const char *schema, const char *const *sql, uint32_t n,
                    struct buf *why)
{
	enum err e = store_open_as(s, path, STORE_TRUTH, why);

	CHECK(n <= STORE_STATEMENTS_MAX);
	if (e != ERR_OK)
		return e;
	e = store_run(s, schema);
	if (e == ERR_OK)
		e = store_cut(s); /* one that a crash prevented */
	for (uint32_t i = 0; e == ERR_OK && i < n; i++)
		e = store_prepare(s, sql[i], &s->statement[i]);
	if (e != ERR_OK)
		store_tell(s, path, e, why);
	return e;
}

void store_close(struct store *s)
{
	for (uint32_t i = 0; i < STORE_STATEMENTS_MAX; i++)
		sqlite3_finalize(s->statement[i]);
	sqlite3_close(s->db);
	pthread_mutex_destroy(&s->lock);
}
