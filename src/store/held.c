/* held.c - see held.h. */
#include "store/held.h"
#include <stdio.h>
#include "base/clock.h"
#include "base/mem.h"
#include "store/store_int.h"

static const char schema[] =
	"CREATE TABLE IF NOT EXISTS held(number INTEGER PRIMARY KEY AUTOINCREMENT, time_us INTEGER NOT NULL, organisation INTEGER NOT NULL,"
	" state INTEGER NOT NULL, line INTEGER NOT NULL, position INTEGER NOT NULL, reason TEXT NOT NULL, field TEXT NOT NULL,"
	" message_en TEXT NOT NULL, message_zh TEXT NOT NULL, box BLOB NOT NULL);"
	"CREATE INDEX IF NOT EXISTS held_open ON held(number) WHERE state = 0;"
	"CREATE INDEX IF NOT EXISTS held_time ON held(time_us);";

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
	"UPDATE held SET state = ?2, position = ?3, box = CASE WHEN ?2 = 2 THEN x'' ELSE box END WHERE number = ?1 AND state = 0",
	("DELETE FROM held WHERE number IN (SELECT number FROM held WHERE time_us < ?1 ORDER BY time_us LIMIT ?3) OR number IN "
	 "(SELECT number FROM held WHERE number <= (SELECT max(number) FROM held) - ?2 ORDER BY number LIMIT ?3)"),
	"SELECT count(*) FROM held WHERE state = 0",
};

_Static_assert(HELD_DROPPED == 2, "as the statement that settles has it");

struct held_box {
	struct store store;
	struct dictionary *d;
	struct buf sealed, en, zh;
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

static enum err count_open(struct held_box *h)
{
	sqlite3_stmt *q = h->store.statement[Q_COUNT];
	enum err e = store_step(q);

	if (e == ERR_OK)
		h->open = (uint64_t)sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
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
		e = count_open(h);
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

enum err held_add(struct held_box *h, const struct bad *bad, size_t n, int64_t now_us, uint16_t organisation)
{
	enum err e;

	pthread_mutex_lock(&h->store.lock);
	e = store_run(&h->store, "BEGIN IMMEDIATE");
	if (e == ERR_OK) {
		for (size_t i = 0; i < n && e == ERR_OK; i++)
			e = add_one(h, &bad[i], now_us, organisation);
		e = store_end(&h->store, e);
	}
	if (e == ERR_OK)
		h->open += n;
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
		struct context c;

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

enum err held_expire(struct held_box *h, int64_t before_us, uint64_t most, uint64_t *removed)
{
	sqlite3_stmt *q = h->store.statement[Q_EXPIRE];
	enum err e;

	pthread_mutex_lock(&h->store.lock);
	sqlite3_bind_int64(q, 1, before_us);
	sqlite3_bind_int64(q, 2, most > INT64_MAX / 2 ? INT64_MAX / 2 : (int64_t)most);
	sqlite3_bind_int(q, 3, HELD_EXPIRED_MAX);
	e = store_do(q);
	*removed = e == ERR_OK ? (uint64_t)sqlite3_changes(h->store.db) : 0;
	if (*removed > 0) {
		e = count_open(h);
		if (e == ERR_OK)
			e = store_cut(&h->store);
	}
	pthread_mutex_unlock(&h->store.lock);
	return e;
}

uint64_t held_open_count(const struct held_box *h)
{
	return h->open;
}
