/* held.c - see held.h. */
#include "store/held.h"
#include "base/mem.h"
#include "store/store_int.h"

static const char schema[] =
	"CREATE TABLE IF NOT EXISTS held(number INTEGER PRIMARY KEY AUTOINCREMENT, time_us INTEGER NOT NULL, organisation INTEGER NOT NULL,"
	" state INTEGER NOT NULL, line INTEGER NOT NULL, position INTEGER NOT NULL, reason TEXT NOT NULL, field TEXT NOT NULL,"
	" message_en TEXT NOT NULL, message_zh TEXT NOT NULL, box BLOB NOT NULL);"
	"CREATE INDEX IF NOT EXISTS held_open ON held(number) WHERE state = 0;";

enum {
	Q_ADD,
	Q_LIST,
	Q_GET,
	Q_SETTLE,
	Q_EXPIRE,
	Q_COUNT,
	Q_STATEMENTS
};

#define COLUMNS "number, time_us, organisation, state, line, position, reason, field, message_en, message_zh"
static const char *const sql[] = {
	("INSERT INTO held(time_us, organisation, state, line, position, reason, field, message_en, message_zh, box) "
	 "VALUES(?1, ?2, 0, ?3, 0, ?4, ?5, ?6, ?7, ?8)"),
	("SELECT " COLUMNS " FROM held WHERE number > ?1 AND (?2 < 0 OR state = ?2) ORDER BY number LIMIT ?3"),
	("SELECT " COLUMNS ", box FROM held WHERE number = ?1"),
	"UPDATE held SET state = ?2, position = ?3 WHERE number = ?1 AND state = 0",
	"DELETE FROM held WHERE time_us < ?1 OR number <= (SELECT max(number) FROM held) - ?2",
	"SELECT count(*) FROM held WHERE state = 0",
};

struct held_box {
	struct store store;
	struct dictionary *d;
	struct buf sealed, en, zh;
};

#define CONTEXT TEXT("duanka quarantine")

const char *held_state_name(enum held_state s)
{
	static const char *const name[] = { "open", "mended", "dropped", "all" };

	return name[s];
}

enum err held_open(struct held_box **out, const char *path, struct dictionary *d, struct buf *why)
{
	struct held_box *h = mem_alloc(sizeof(*h));
	enum err e;

	if (h == NULL)
		return ERR_MEMORY;
	h->d = d;
	buf_init(&h->sealed, DICTIONARY_SEALED_MAX + 256);
	buf_init(&h->en, 1 << 16);
	buf_init(&h->zh, 1 << 16);
	e = store_open(&h->store, path, schema, sql, Q_STATEMENTS, why);
	if (e != ERR_OK) {
		held_close(h);
		return e;
	}
	*out = h;
	return ERR_OK;
}

void held_close(struct held_box *h)
{
	if (h == NULL)
		return;
	store_close(&h->store);
	buf_release(&h->sealed);
	buf_release(&h->en);
	buf_release(&h->zh);
	mem_free(h);
}

static void bind_text(sqlite3_stmt *q, int at, struct text t)
{
	sqlite3_bind_text(q, at, t.p, (int)t.n, SQLITE_STATIC);
}

enum err held_add(struct held_box *h, const struct bad *bad, int64_t now_us, uint16_t organisation)
{
	sqlite3_stmt *q = h->store.statement[Q_ADD];
	struct text raw = bad->raw;
	enum err e;

	if (raw.n > DICTIONARY_SEALED_MAX)
		raw.n = DICTIONARY_SEALED_MAX;
	pthread_mutex_lock(&h->store.lock);
	buf_clear(&h->en);
	buf_clear(&h->zh);
	bad_message_en(&h->en, bad);
	bad_message_zh(&h->zh, bad);
	e = dictionary_seal(h->d, CONTEXT, raw, &h->sealed);
	if (e == ERR_OK)
		e = h->en.err != ERR_OK ? h->en.err : h->zh.err;
	if (e == ERR_OK) {
		sqlite3_bind_int64(q, 1, now_us);
		sqlite3_bind_int(q, 2, organisation);
		sqlite3_bind_int64(q, 3, (int64_t)bad->line);
		bind_text(q, 4, text_z(bad_reason_name(bad->reason)));
		bind_text(q, 5, text_utf8_valid(bad->field) ? bad->field : TEXT("?"));
		bind_text(q, 6, buf_view(&h->en));
		bind_text(q, 7, buf_view(&h->zh));
		sqlite3_bind_blob(q, 8, h->sealed.p, (int)h->sealed.n, SQLITE_STATIC);
		e = store_do(q);
	}
	pthread_mutex_unlock(&h->store.lock);
	return e;
}

static struct text column(sqlite3_stmt *q, int i)
{
	const char *p = (const char *)sqlite3_column_text(q, i);

	return p == NULL ? TEXT("") : text_of(p, (size_t)sqlite3_column_bytes(q, i));
}

static struct held row(sqlite3_stmt *q)
{
	int state = sqlite3_column_int(q, 3);

	return (struct held){ .number = (uint64_t)sqlite3_column_int64(q, 0),
		                  .time_us = sqlite3_column_int64(q, 1),
		                  .organisation = (uint16_t)sqlite3_column_int(q, 2),
		                  .state = state < 0 || state >= HELD_STATES ? HELD_DROPPED : (enum held_state)state,
		                  .line = (uint64_t)sqlite3_column_int64(q, 4),
		                  .position = (uint64_t)sqlite3_column_int64(q, 5),
		                  .reason = column(q, 6),
		                  .field = column(q, 7),
		                  .message_en = column(q, 8),
		                  .message_zh = column(q, 9) };
}

enum err held_list(struct held_box *h, uint64_t after, enum held_state state, uint32_t most,
                   void (*visit)(void *ctx, const struct held *x), void *ctx)
{
	sqlite3_stmt *q = h->store.statement[Q_LIST];
	enum err e;

	pthread_mutex_lock(&h->store.lock);
	sqlite3_bind_int64(q, 1, (int64_t)after);
	sqlite3_bind_int(q, 2, state == HELD_STATES ? -1 : (int)state);
	sqlite3_bind_int64(q, 3, most);
	while ((e = store_step(q)) == ERR_OK) {
		struct held x = row(q);

		visit(ctx, &x);
	}
	sqlite3_reset(q);
	pthread_mutex_unlock(&h->store.lock);
	return e == ERR_ABSENT ? ERR_OK : e;
}

enum err held_record(struct held_box *h, uint64_t number, struct buf *raw,
                     void (*visit)(void *ctx, const struct held *x), void *ctx)
{
	sqlite3_stmt *q = h->store.statement[Q_GET];
	enum err e;

	pthread_mutex_lock(&h->store.lock);
	sqlite3_bind_int64(q, 1, (int64_t)number);
	e = store_step(q);
	if (e == ERR_OK) {
		struct held x = row(q);
		const char *box = sqlite3_column_blob(q, 10);

		e = box == NULL ? ERR_FORMAT
		                : dictionary_unseal(h->d, CONTEXT, text_of(box, (size_t)sqlite3_column_bytes(q, 10)), raw);
		if (e == ERR_OK && visit != NULL)
			visit(ctx, &x);
	}
	sqlite3_reset(q);
	pthread_mutex_unlock(&h->store.lock);
	return e;
}

enum err held_settle(struct held_box *h, uint64_t number, enum held_state to, uint64_t position)
{
	sqlite3_stmt *q = h->store.statement[Q_SETTLE];
	enum err e;

	pthread_mutex_lock(&h->store.lock);
	sqlite3_bind_int64(q, 1, (int64_t)number);
	sqlite3_bind_int(q, 2, (int)to);
	sqlite3_bind_int64(q, 3, (int64_t)position);
	e = store_do(q);
	if (e == ERR_OK && sqlite3_changes(h->store.db) == 0)
		e = ERR_ABSENT;
	pthread_mutex_unlock(&h->store.lock);
	return e;
}

enum err held_expire(struct held_box *h, int64_t before_us, uint64_t most, uint64_t *removed)
{
	sqlite3_stmt *q = h->store.statement[Q_EXPIRE];
	enum err e;

	pthread_mutex_lock(&h->store.lock);
	sqlite3_bind_int64(q, 1, before_us);
	sqlite3_bind_int64(q, 2, most > INT64_MAX / 2 ? INT64_MAX / 2 : (int64_t)most);
	e = store_do(q);
	*removed = e == ERR_OK ? (uint64_t)sqlite3_changes(h->store.db) : 0;
	pthread_mutex_unlock(&h->store.lock);
	return e;
}

enum err held_count(struct held_box *h, uint64_t *open)
{
	sqlite3_stmt *q = h->store.statement[Q_COUNT];
	enum err e;

	pthread_mutex_lock(&h->store.lock);
	e = store_step(q);
	if (e == ERR_OK)
		*open = (uint64_t)sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	pthread_mutex_unlock(&h->store.lock);
	return e;
}
