/* texts.c - see texts.h. */
#include "store/texts.h"
#include "base/clock.h"
#include "base/mem.h"
#include "store/store_int.h"

static const char schema[] =
	"CREATE TABLE IF NOT EXISTS texts(ref BLOB PRIMARY KEY CHECK(length(ref) = 16), day INTEGER NOT NULL, box BLOB NOT NULL);"
	"CREATE INDEX IF NOT EXISTS texts_day ON texts(day);";

enum {
	Q_ADD,
	Q_GET,
	Q_ERASE,
	Q_OLD,
	Q_RENEW,
	Q_COUNT,
	Q_STATEMENTS
};

static const char *const sql[] = {
	"INSERT INTO texts VALUES(?1, ?2, ?3)",
	"SELECT box FROM texts WHERE ref = ?1",
	"DELETE FROM texts WHERE ref = ?1",
	"SELECT ref, box FROM texts WHERE day < ?1 ORDER BY day LIMIT 1",
	"UPDATE texts SET day = ?2, box = coalesce(?3, box) WHERE ref = ?1",
	"SELECT count(*) FROM texts",
};

struct texts {
	struct store store;
	struct dictionary *d;
	struct buf sealed, plain;
	_Atomic uint64_t n;
};

struct context { /* what a text's box is tied to */
	char b[13 + TEXT_REF_BYTES];
};

static struct text context(struct context *c, const unsigned char ref[TEXT_REF_BYTES])
{
	memcpy(c->b, "duanka text: ", 13);
	memcpy(c->b + 13, ref, TEXT_REF_BYTES);
	return text_of(c->b, sizeof(c->b));
}

static struct text column(sqlite3_stmt *q, int i)
{
	const char *p = sqlite3_column_blob(q, i);

	return text_of(p ? p : "", p ? (size_t)sqlite3_column_bytes(q, i) : 0);
}

static enum err count(struct texts *t)
{
	sqlite3_stmt *q = t->store.statement[Q_COUNT];
	enum err e = store_step(q);

	if (e == ERR_OK)
		t->n = (uint64_t)sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	return e;
}

enum err texts_open(struct texts **out, const char *path, struct dictionary *d, struct buf *why)
{
	struct texts *t = mem_alloc(sizeof(*t));
	enum err e;

	if (t == NULL)
		return ERR_MEMORY;
	t->d = d;
	buf_init(&t->sealed, TEXT_BYTES_MAX + 256);
	buf_init(&t->plain, TEXT_BYTES_MAX);
	e = store_open(&t->store, path, schema, sql, Q_STATEMENTS, why);
	if (e == ERR_OK)
		e = count(t);
	if (e != ERR_OK) {
		texts_close(t);
		return e;
	}
	*out = t;
	return ERR_OK;
}

static void wipe(struct buf *b)
{
	if (b->p != NULL)
		explicit_bzero(b->p, b->cap);
	buf_clear(b);
}

void texts_close(struct texts *t)
{
	if (t == NULL)
		return;
	store_close(&t->store);
	wipe(&t->plain);
	buf_release(&t->sealed);
	buf_release(&t->plain);
	mem_free(t);
}

/* Binds the sealed text to the statement's third value; the ref to its first, the day to its second. */
static enum err put(struct texts *t, uint32_t statement, const unsigned char ref[TEXT_REF_BYTES], struct text plain,
                    int32_t day)
{
	sqlite3_stmt *q = t->store.statement[statement];
	struct context c;
	enum err e;

	buf_clear(&t->sealed);
	e = dictionary_seal(t->d, context(&c, ref), plain, day, &t->sealed);
	if (e != ERR_OK)
		return e;
	sqlite3_bind_blob(q, 1, ref, TEXT_REF_BYTES, SQLITE_STATIC);
	sqlite3_bind_int(q, 2, day);
	sqlite3_bind_blob(q, 3, t->sealed.p, (int)t->sealed.n, SQLITE_STATIC);
	return store_do(q);
}

enum err texts_add(struct texts *t, const unsigned char (*ref)[TEXT_REF_BYTES], const struct text *plain, size_t n,
                   int64_t now_us)
{
	static const unsigned char none[TEXT_REF_BYTES];
	enum err e;

	for (size_t i = 0; i < n; i++) {
		CHECK(memcmp(ref[i], none, sizeof(none)) != 0);
		if (plain[i].n == 0 || plain[i].n > TEXT_BYTES_MAX || !text_utf8_valid(plain[i]))
			return ERR_RANGE;
	}
	pthread_mutex_lock(&t->store.lock);
	e = store_run(&t->store, "BEGIN IMMEDIATE");
	if (e == ERR_OK) {
		for (size_t i = 0; i < n && e == ERR_OK; i++)
			e = put(t, Q_ADD, ref[i], plain[i], (int32_t)(now_us / US_PER_DAY));
		e = store_end(&t->store, e);
	}
	if (e == ERR_OK)
		t->n += n;
	pthread_mutex_unlock(&t->store.lock);
	return e;
}

enum err texts_change(struct texts *t, const unsigned char ref[TEXT_REF_BYTES], struct text plain, int64_t now_us)
{
	enum err e;

	if (plain.n == 0 || plain.n > TEXT_BYTES_MAX || !text_utf8_valid(plain))
		return ERR_RANGE;
	pthread_mutex_lock(&t->store.lock);
	e = put(t, Q_RENEW, ref, plain, (int32_t)(now_us / US_PER_DAY));
	if (e == ERR_OK && sqlite3_changes(t->store.db) == 0)
		e = ERR_ABSENT;
	pthread_mutex_unlock(&t->store.lock);
	return e;
}

enum err texts_read(struct texts *t, const unsigned char ref[TEXT_REF_BYTES], struct buf *plain)
{
	sqlite3_stmt *q = t->store.statement[Q_GET];
	struct context c;
	enum err e;

	pthread_mutex_lock(&t->store.lock);
	sqlite3_bind_blob(q, 1, ref, TEXT_REF_BYTES, SQLITE_STATIC);
	e = store_step(q);
	if (e == ERR_OK)
		e = dictionary_unseal(t->d, context(&c, ref), column(q, 0), plain);
	sqlite3_reset(q);
	pthread_mutex_unlock(&t->store.lock);
	return e;
}

enum err texts_erase(struct texts *t, const unsigned char ref[TEXT_REF_BYTES])
{
	sqlite3_stmt *q = t->store.statement[Q_ERASE];
	enum err e;

	pthread_mutex_lock(&t->store.lock);
	sqlite3_bind_blob(q, 1, ref, TEXT_REF_BYTES, SQLITE_STATIC);
	e = store_do(q);
	if (e == ERR_OK && sqlite3_changes(t->store.db) == 0)
		e = ERR_ABSENT;
	if (e == ERR_OK) {
		t->n--;
		e = store_cut(&t->store);
	}
	pthread_mutex_unlock(&t->store.lock);
	return e;
}

static enum err put_day(struct texts *t, const unsigned char ref[TEXT_REF_BYTES], int32_t day)
{
	sqlite3_stmt *q = t->store.statement[Q_RENEW];

	sqlite3_bind_blob(q, 1, ref, TEXT_REF_BYTES, SQLITE_STATIC);
	sqlite3_bind_int(q, 2, day);
	return store_do(q);
}

/* The text sealed longest ago, if it was before that day, under the newest key. */
static enum err renew_one(struct texts *t, int32_t before_day, int32_t day)
{
	sqlite3_stmt *q = t->store.statement[Q_OLD];
	unsigned char ref[TEXT_REF_BYTES];
	struct context c;
	enum err e;

	sqlite3_bind_int(q, 1, before_day);
	e = store_step(q);
	if (e == ERR_OK) {
		struct text name = column(q, 0), box = column(q, 1);

		if (name.n != TEXT_REF_BYTES) { /* nobody can ask for it */
			sqlite3_reset(q);
			return ERR_FORMAT;
		}
		memcpy(ref, name.p, TEXT_REF_BYTES);
		e = dictionary_unseal(t->d, context(&c, ref), box, &t->plain);
	}
	sqlite3_reset(q);
	if (e == ERR_OK)
		e = put(t, Q_RENEW, ref, buf_view(&t->plain), day);
	else if (e == ERR_FORMAT) /* damaged: it stays as it is, and does not keep the others waiting */
		e = put_day(t, ref, day);
	wipe(&t->plain);
	return e;
}

enum err texts_renew(struct texts *t, int32_t before_day, int32_t day, uint32_t most, uint32_t *n)
{
	enum err e;

	CHECK(before_day <= day);
	pthread_mutex_lock(&t->store.lock);
	*n = 0;
	e = store_run(&t->store, "BEGIN IMMEDIATE");
	if (e == ERR_OK) {
		while (*n < most && (e = renew_one(t, before_day, day)) == ERR_OK)
			++*n;
		e = store_end(&t->store, e == ERR_ABSENT ? ERR_OK : e);
	}
	if (e != ERR_OK)
		*n = 0;
	pthread_mutex_unlock(&t->store.lock);
	return e;
}

uint64_t texts_count(const struct texts *t)
{
	return t->n;
}
