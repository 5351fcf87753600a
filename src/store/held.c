/* held.c - see held.h. */
#include "store/held.h"
#include <stdio.h>
#include "base/clock.h"
#include "base/mem.h"
#include "base/rooms.h"
#include "store/store_int.h"

static const char schema[] =
	"CREATE TABLE IF NOT EXISTS held(number INTEGER PRIMARY KEY AUTOINCREMENT, time_us INTEGER NOT NULL, organisation INTEGER NOT NULL,"
	" state INTEGER NOT NULL, line INTEGER NOT NULL, position INTEGER NOT NULL, reason TEXT NOT NULL, field TEXT NOT NULL,"
	" message_en TEXT NOT NULL, message_zh TEXT NOT NULL, box BLOB NOT NULL);"
	"CREATE INDEX IF NOT EXISTS held_open ON held(number) WHERE state = 0;"
	"CREATE INDEX IF NOT EXISTS held_time ON held(time_us);"
	"CREATE INDEX IF NOT EXISTS held_organisation ON held(organisation, number);"
	"CREATE TABLE IF NOT EXISTS held_key(key BLOB PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE UNIQUE INDEX IF NOT EXISTS held_key_number ON held_key(number);"
	"CREATE TRIGGER IF NOT EXISTS held_gone AFTER DELETE ON held BEGIN DELETE FROM held_key WHERE number = old.number; END;";

enum {
	Q_ADD,
	Q_KNOWN,
	Q_ADD_KEY,
	Q_LIST,
	Q_LIST_OF,
	Q_GET,
	Q_SETTLE,
	Q_EXPIRE,
	Q_GIVE_WAY,
	Q_COUNT,
	Q_COUNT_ROOMS,
	Q_STATEMENTS
};

#define COLUMNS "number, time_us, organisation, state, line, position, reason, field, message_en, message_zh"
static const char *const sql[] = {
	("INSERT INTO held(time_us, organisation, state, line, position, reason, field, message_en, message_zh, box) "
	 "VALUES(?1, ?2, 0, ?3, 0, ?4, ?5, ?6, ?7, ?8)"),
	"SELECT 1 FROM held_key WHERE key = ?1",
	"INSERT INTO held_key(key, number) VALUES(?1, last_insert_rowid())",
	("SELECT " COLUMNS " FROM held WHERE number > ?1 AND (?2 < 0 OR state = ?2) ORDER BY number LIMIT ?3"),
	("SELECT " COLUMNS
	 " FROM held WHERE organisation = ?4 AND number > ?1 AND (?2 < 0 OR state = ?2) ORDER BY number LIMIT ?3"),
	("SELECT " COLUMNS
	 ", box, (SELECT key FROM held_key WHERE held_key.number = held.number) FROM held WHERE number = ?1"),
	"UPDATE held SET state = ?2, position = ?3, box = CASE WHEN ?2 = 2 THEN x'' ELSE box END WHERE number = ?1 AND state = 0",
	"DELETE FROM held WHERE number IN (SELECT number FROM held WHERE time_us < ?1 ORDER BY time_us LIMIT ?2)",
	"DELETE FROM held WHERE number IN (SELECT number FROM held WHERE organisation = ?1 ORDER BY number LIMIT ?2)",
	"SELECT count(*) FROM held WHERE state = 0",
	"SELECT organisation, count(*) FROM held GROUP BY organisation",
};

_Static_assert(HELD_DROPPED == 2, "as the statement that settles has it");

struct held_box {
	struct store store;
	struct dictionary *d;
	struct buf sealed, en, zh;
	struct rooms rooms; /* records in whatever state; under the store's lock */
	bool miscounted;    /* they could not be counted again after a change */
	_Atomic uint64_t open;
};

struct context { /* what a record's box is tied to */
	char z[80];
};

static struct text context(struct context *c, int64_t time_us, int organisation, int64_t line)
{
	int n = snprintf(c->z, sizeof(c->z), "duanka quarantine %lld %d %lld", (long long)time_us, organisation,
	                 (long long)line);

	return text_of(c->z, (size_t)n);
}

const char *held_state_name(enum held_state s)
{
	static const char *const name[] = { "open", "mended", "dropped", "all" };

	return name[s];
}

bool held_state_find(const char *z, enum held_state *out)
{
	for (int s = HELD_OPEN; s <= HELD_STATES; s++)
		if (strcmp(z, held_state_name((enum held_state)s)) == 0) {
			*out = (enum held_state)s;
			return true;
		}
	return false;
}

static enum err count_rooms(struct held_box *h)
{
	sqlite3_stmt *q = h->store.statement[Q_COUNT_ROOMS];
	enum err e;

	rooms_clear(&h->rooms);
	while ((e = store_step(q)) == ERR_OK) {
		struct room *room;

		e = rooms_of(&h->rooms, (uint32_t)sqlite3_column_int(q, 0), &room);
		if (e != ERR_OK)
			break;
		rooms_add(&h->rooms, room, (uint64_t)sqlite3_column_int64(q, 1));
	}
	sqlite3_reset(q);
	return e == ERR_ABSENT ? ERR_OK : e;
}

static enum err count(struct held_box *h)
{
	sqlite3_stmt *q = h->store.statement[Q_COUNT];
	enum err e = store_step(q);

	if (e == ERR_OK)
		h->open = (uint64_t)sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	if (e == ERR_OK)
		e = count_rooms(h);
	h->miscounted = e != ERR_OK;
	return e;
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
	if (e == ERR_OK)
		e = count(h);
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
	rooms_release(&h->rooms);
	mem_free(h);
}

static void bind_text(sqlite3_stmt *q, int at, struct text t)
{
	sqlite3_bind_text(q, at, t.p, (int)t.n, SQLITE_STATIC);
}

static enum err add_one(struct held_box *h, const struct bad *bad, int64_t now_us, uint16_t organisation)
{
	sqlite3_stmt *q = h->store.statement[Q_ADD];
	struct bad told = *bad;
	struct text raw = bad->raw;
	struct context c;
	enum err e;

	if (raw.n > DICTIONARY_SEALED_MAX)
		raw.n = DICTIONARY_SEALED_MAX;
	if (told.reason == BAD_UNKNOWN_FIELD || !text_utf8_valid(told.field))
		told.field = TEXT("");
	buf_clear(&h->en);
	buf_clear(&h->zh);
	bad_message_en(&h->en, &told);
	bad_message_zh(&h->zh, &told);
	e = dictionary_seal(h->d, context(&c, now_us, organisation, (int64_t)bad->line), raw,
	                    (int32_t)(now_us / US_PER_DAY), &h->sealed);
	if (e == ERR_OK)
		e = h->en.err != ERR_OK ? h->en.err : h->zh.err;
	if (e != ERR_OK)
		return e;
	sqlite3_bind_int64(q, 1, now_us);
	sqlite3_bind_int(q, 2, organisation);
	sqlite3_bind_int64(q, 3, (int64_t)bad->line);
	bind_text(q, 4, text_z(bad_reason_name(bad->reason)));
	bind_text(q, 5, told.field);
	bind_text(q, 6, buf_view(&h->en));
	bind_text(q, 7, buf_view(&h->zh));
	sqlite3_bind_blob(q, 8, h->sealed.p, (int)h->sealed.n, SQLITE_STATIC);
	return store_do(q);
}

/* ERR_ABSENT: no record with this key. */
static enum err known(struct held_box *h, const unsigned char *key)
{
	sqlite3_stmt *q = h->store.statement[Q_KNOWN];
	enum err e;

	sqlite3_bind_blob(q, 1, key, HELD_KEY_BYTES, SQLITE_STATIC);
	e = store_step(q);
	sqlite3_reset(q);
	sqlite3_clear_bindings(q);
	return e;
}

static enum err add_keyed(struct held_box *h, const struct bad *bad, const unsigned char *key, int64_t now_us,
                          uint16_t organisation, uint64_t *added)
{
	sqlite3_stmt *q = h->store.statement[Q_ADD_KEY];
	enum err e = key == NULL ? ERR_ABSENT : known(h, key);

	if (e != ERR_ABSENT)
		return e;
	e = add_one(h, bad, now_us, organisation);
	*added += e == ERR_OK;
	if (e != ERR_OK || key == NULL)
		return e;
	sqlite3_bind_blob(q, 1, key, HELD_KEY_BYTES, SQLITE_STATIC);
	return store_do(q);
}

enum err held_add(struct held_box *h, const struct bad *bad, const unsigned char (*key)[HELD_KEY_BYTES], size_t n,
                  int64_t now_us, uint16_t organisation, uint64_t *added)
{
	struct room *room;
	enum err e;

	*added = 0;
	pthread_mutex_lock(&h->store.lock);
	e = rooms_of(&h->rooms, organisation, &room);
	if (e == ERR_OK)
		e = store_run(&h->store, "BEGIN IMMEDIATE");
	if (e == ERR_OK) {
		for (size_t i = 0; i < n && e == ERR_OK; i++)
			e = add_keyed(h, &bad[i], key == NULL ? NULL : key[i], now_us, organisation, added);
		e = store_end(&h->store, e);
	}
	if (e == ERR_OK) {
		h->open += *added;
		rooms_add(&h->rooms, room, *added);
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

enum err held_list(struct held_box *h, int32_t organisation, uint64_t after, enum held_state state, uint32_t most,
                   void (*visit)(void *ctx, const struct held *x), void *ctx)
{
	sqlite3_stmt *q = h->store.statement[organisation == HELD_ALL ? Q_LIST : Q_LIST_OF];
	enum err e;

	pthread_mutex_lock(&h->store.lock);
	sqlite3_bind_int64(q, 1, (int64_t)after);
	sqlite3_bind_int(q, 2, state == HELD_STATES ? -1 : (int)state);
	sqlite3_bind_int64(q, 3, most);
	if (organisation != HELD_ALL)
		sqlite3_bind_int(q, 4, organisation);
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
		struct context c;

		if (sqlite3_column_bytes(q, 11) == HELD_KEY_BYTES)
			x.key = sqlite3_column_blob(q, 11);
		buf_clear(raw);
		if (x.state != HELD_DROPPED)
			e = box == NULL ? ERR_FORMAT
			                : dictionary_unseal(h->d, context(&c, x.time_us, x.organisation, (int64_t)x.line),
			                                    text_of(box, (size_t)sqlite3_column_bytes(q, 10)), raw);
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
	if (e == ERR_OK)
		h->open--;
	if (e == ERR_OK && to == HELD_DROPPED)
		e = store_cut(&h->store);
	pthread_mutex_unlock(&h->store.lock);
	return e;
}

static enum err remove_some(struct held_box *h, int which, int64_t first, int64_t second, uint64_t *removed)
{
	sqlite3_stmt *q = h->store.statement[which];
	enum err e;

	sqlite3_bind_int64(q, 1, first);
	sqlite3_bind_int64(q, 2, second);
	e = store_do(q);
	*removed += e == ERR_OK ? (uint64_t)sqlite3_changes(h->store.db) : 0;
	return e;
}

/* The rooms are counted down here; whether it is so is counted afterwards. */
static enum err give_way(struct held_box *h, uint64_t most, uint64_t *removed)
{
	enum err e = ERR_OK;

	for (uint32_t i = 0; i < h->rooms.n; i++)
		h->rooms.room[i].first = 0;
	for (uint32_t i = 0; i < HELD_EXPIRED_MAX && h->rooms.total > most; i++) {
		struct room *room = rooms_fullest(&h->rooms);

		room->first++;
		rooms_take(&h->rooms, room, 1);
	}
	for (uint32_t i = 0; i < h->rooms.n && e == ERR_OK; i++)
		if (h->rooms.room[i].first > 0)
			e = remove_some(h, Q_GIVE_WAY, h->rooms.room[i].number, h->rooms.room[i].first, removed);
	return e;
}

enum err held_expire(struct held_box *h, int64_t before_us, uint64_t most, uint64_t *removed)
{
	uint64_t n = 0;
	enum err e;

	*removed = 0;
	pthread_mutex_lock(&h->store.lock);
	e = store_run(&h->store, "BEGIN IMMEDIATE");
	if (e == ERR_OK) {
		e = remove_some(h, Q_EXPIRE, before_us, HELD_EXPIRED_MAX, &n);
		if (e == ERR_OK && (n > 0 || h->miscounted))
			e = count_rooms(h);
		if (e == ERR_OK)
			e = give_way(h, most, &n);
		e = store_end(&h->store, e);
		if (e == ERR_OK)
			*removed = n;
		if (n > 0 || h->miscounted) {
			enum err counted = count(h);

			e = e == ERR_OK ? counted : e;
		}
		if (e == ERR_OK && n > 0)
			e = store_cut(&h->store);
	}
	pthread_mutex_unlock(&h->store.lock);
	return e;
}

uint64_t held_open_count(const struct held_box *h)
{
	return h->open;
}
