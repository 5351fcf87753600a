/* plays.c - see plays.h. */
#include "store/plays.h"
#include "base/mem.h"
#include "store/store_int.h"

static const char schema[] =
	"CREATE TABLE IF NOT EXISTS play(hour INTEGER NOT NULL, screen INTEGER NOT NULL, material INTEGER NOT NULL, n INTEGER NOT NULL,"
	" PRIMARY KEY(hour, screen, material)) WITHOUT ROWID;"
	"CREATE INDEX IF NOT EXISTS play_material ON play(material, hour);"
	"CREATE INDEX IF NOT EXISTS play_screen ON play(screen, hour);"
	"CREATE TABLE IF NOT EXISTS seen(screen INTEGER PRIMARY KEY, report INTEGER NOT NULL, seen_us INTEGER NOT NULL);";

enum {
	Q_LAST,
	Q_REPORT,
	Q_ADD,
	Q_SEEN,
	Q_SEEN_LIST,
	Q_LIST,
	Q_LIST_SCREEN,
	Q_LIST_MATERIAL,
	Q_EXPIRE,
	Q_STATEMENTS
};

#define ROWS "SELECT screen, material, hour, n FROM play WHERE hour >= ?1 AND hour < ?2 "
#define ORDERED "ORDER BY hour, screen, material LIMIT ?3"
static const char *const sql[] = {
	"SELECT report FROM seen WHERE screen = ?1",
	("INSERT INTO seen(screen, report, seen_us) VALUES(?1, ?2, ?3) ON CONFLICT(screen) DO UPDATE SET report = ?2, "
	 "seen_us = max(seen_us, ?3)"),
	("INSERT INTO play(hour, screen, material, n) VALUES(?1, ?2, ?3, min(?4, ?5)) ON CONFLICT(hour, screen, material) DO "
	 "UPDATE SET n = min(n + ?4, ?5)"),
	("INSERT INTO seen(screen, report, seen_us) VALUES(?1, 0, ?2) ON CONFLICT(screen) DO UPDATE SET seen_us = "
	 "max(seen_us, ?2)"),
	"SELECT screen, seen_us FROM seen ORDER BY screen",
	ROWS ORDERED,
	ROWS "AND screen = ?4 AND (?5 = 0 OR material = ?5) " ORDERED,
	ROWS "AND material = ?5 " ORDERED,
	"DELETE FROM play WHERE hour < ?1",
};

struct plays {
	struct store store;
};

enum err plays_open(struct plays **out, const char *path, struct buf *why)
{
	struct plays *p = mem_alloc(sizeof(*p));
	enum err e;

	if (p == NULL)
		return ERR_MEMORY;
	e = store_open(&p->store, path, schema, sql, Q_STATEMENTS, why);
	if (e != ERR_OK) {
		plays_close(p);
		return e;
	}
	*out = p;
	return ERR_OK;
}

void plays_close(struct plays *p)
{
	if (p == NULL)
		return;
	store_close(&p->store);
	mem_free(p);
}

static enum err bind_do(sqlite3_stmt *q, int n, const int64_t *v)
{
	for (int i = 0; i < n; i++)
		sqlite3_bind_int64(q, i + 1, v[i]);
	return store_do(q);
}

static enum err last_report(struct plays *p, uint64_t screen, uint64_t *number)
{
	sqlite3_stmt *q = p->store.statement[Q_LAST];
	enum err e;

	*number = 0;
	sqlite3_bind_int64(q, 1, (int64_t)screen);
	e = store_step(q);
	if (e == ERR_OK)
		*number = (uint64_t)sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	return e == ERR_ABSENT ? ERR_OK : e;
}

enum err plays_add(struct plays *p, uint64_t screen, uint64_t number, int64_t now_us, const struct play *play,
                   uint32_t n, bool *counted)
{
	uint64_t last;
	enum err e;

	*counted = false;
	pthread_mutex_lock(&p->store.lock);
	e = store_run(&p->store, "BEGIN IMMEDIATE");
	if (e == ERR_OK) {
		e = last_report(p, screen, &last);
		*counted = e == ERR_OK && number > last;
		if (*counted)
			e = bind_do(p->store.statement[Q_REPORT], 3, (int64_t[]){ (int64_t)screen, (int64_t)number, now_us });
		for (uint32_t i = 0; i < n && *counted && e == ERR_OK; i++)
			e = bind_do(
				p->store.statement[Q_ADD], 5,
				(int64_t[]){ play[i].hour, (int64_t)screen, (int64_t)play[i].material, play[i].n, PLAYS_AN_HOUR_MAX });
		e = store_end(&p->store, e);
	}
	pthread_mutex_unlock(&p->store.lock);
	*counted = *counted && e == ERR_OK;
	return e;
}

enum err plays_seen(struct plays *p, const struct screen_seen *s, uint32_t n)
{
	enum err e;

	pthread_mutex_lock(&p->store.lock);
	e = store_run(&p->store, "BEGIN IMMEDIATE");
	if (e == ERR_OK) {
		for (uint32_t i = 0; i < n && e == ERR_OK; i++)
			e = bind_do(p->store.statement[Q_SEEN], 2, (int64_t[]){ (int64_t)s[i].screen, s[i].seen_us });
		e = store_end(&p->store, e);
	}
	pthread_mutex_unlock(&p->store.lock);
	return e;
}

enum err plays_seen_list(struct plays *p, bool (*visit)(void *ctx, const struct screen_seen *s), void *ctx)
{
	sqlite3_stmt *q = p->store.statement[Q_SEEN_LIST];
	enum err e;

	pthread_mutex_lock(&p->store.lock);
	while ((e = store_step(q)) == ERR_OK) {
		struct screen_seen s = { (uint64_t)sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1) };

		if (!visit(ctx, &s))
			break;
	}
	sqlite3_reset(q);
	pthread_mutex_unlock(&p->store.lock);
	return e == ERR_ABSENT ? ERR_OK : e;
}

enum err plays_list(struct plays *p, uint64_t screen, uint64_t material, int64_t from, int64_t to, uint32_t most,
                    bool (*visit)(void *ctx, const struct play_row *r), void *ctx)
{
	sqlite3_stmt *q = p->store.statement[screen != 0 ? Q_LIST_SCREEN : material != 0 ? Q_LIST_MATERIAL : Q_LIST];
	enum err e;

	pthread_mutex_lock(&p->store.lock);
	sqlite3_bind_int64(q, 1, from);
	sqlite3_bind_int64(q, 2, to);
	sqlite3_bind_int64(q, 3, most);
	if (screen != 0)
		sqlite3_bind_int64(q, 4, (int64_t)screen);
	if (screen != 0 || material != 0)
		sqlite3_bind_int64(q, 5, (int64_t)material);
	while ((e = store_step(q)) == ERR_OK) {
		struct play_row r = { (uint64_t)sqlite3_column_int64(q, 0), (uint64_t)sqlite3_column_int64(q, 1),
			                  sqlite3_column_int64(q, 2), (uint64_t)sqlite3_column_int64(q, 3) };

		if (!visit(ctx, &r))
			break;
	}
	sqlite3_reset(q);
	pthread_mutex_unlock(&p->store.lock);
	return e == ERR_ABSENT ? ERR_OK : e;
}

enum err plays_expire(struct plays *p, int64_t before_hour)
{
	enum err e;

	pthread_mutex_lock(&p->store.lock);
	e = bind_do(p->store.statement[Q_EXPIRE], 1, &before_hour);
	pthread_mutex_unlock(&p->store.lock);
	return e;
}
