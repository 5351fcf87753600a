/* dictionary.c - opening, and the keys: data keys for rows and other bytes, names keys for what is packed into the journal. See dictionary.h. */
#include "store/dictionary.h"
#include "base/mem.h"
#include "store/dictionary_int.h"

_Static_assert((int)KEY_BYTES == (int)DICTIONARY_MASTER_BYTES, "the master key wraps data keys with the same cipher");

static const char schema[] =
	"CREATE TABLE IF NOT EXISTS data_key(purpose INTEGER, number INTEGER, box BLOB NOT NULL, PRIMARY KEY(purpose, number)) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS entry(token BLOB, kind INTEGER, key INTEGER NOT NULL, day INTEGER NOT NULL, box BLOB NOT NULL,"
	" PRIMARY KEY(token, kind)) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS sealed_under(key INTEGER PRIMARY KEY, day INTEGER NOT NULL);"
	"CREATE TABLE IF NOT EXISTS state(id INTEGER PRIMARY KEY CHECK(id = 1), folded INTEGER NOT NULL, entries INTEGER NOT NULL);"
	"INSERT OR IGNORE INTO state VALUES(1, 0, 0);";

static const char *const sql[Q_STATEMENTS] = {
	[Q_KEYS] = "SELECT purpose, number, box FROM data_key ORDER BY purpose, number",
	[Q_KEY_PUT] = "INSERT OR REPLACE INTO data_key(purpose, number, box) VALUES(?1, ?2, ?3)",
	[Q_KEY_DROP] = ("DELETE FROM data_key WHERE purpose = ?1 AND number = ?2 AND "
	                "(?1 <> 0 OR NOT EXISTS (SELECT 1 FROM sealed_under WHERE key = ?2))"),
	[Q_STATE] = "SELECT folded, entries FROM state",
	[Q_STATE_PUT] = "UPDATE state SET folded = ?1, entries = ?2",
	[Q_SEEN] = "UPDATE entry SET day = ?3 WHERE token = ?1 AND kind = ?2 AND day < ?3",
	[Q_ADD] = "INSERT OR IGNORE INTO entry(token, kind, key, day, box) VALUES(?1, ?2, ?3, ?4, ?5)",
	[Q_GET] = "SELECT key, box FROM entry WHERE token = ?1 AND kind = ?2",
	[Q_ERASE] = "DELETE FROM entry WHERE token = ?1 AND kind = ?2",
	[Q_WALK] =
		"SELECT token, kind, key, day, box FROM entry WHERE (token, kind) > (?1, ?2) ORDER BY token, kind LIMIT 1",
	[Q_RENEW] = "UPDATE entry SET key = ?3, box = ?4 WHERE token = ?1 AND kind = ?2",
	[Q_SEALED] = ("INSERT INTO sealed_under(key, day) VALUES(?1, ?2) "
	              "ON CONFLICT(key) DO UPDATE SET day = excluded.day WHERE day < excluded.day"),
	[Q_SEALED_DROP] = "DELETE FROM sealed_under WHERE day < ?1",
};

const struct data_key *key_of(const struct dictionary *d, enum purpose p, uint32_t number)
{
	for (uint32_t i = d->ring[p].n; i > 0; i--)
		if (d->ring[p].key[i - 1].number == number)
			return &d->ring[p].key[i - 1];
	return NULL;
}

const struct data_key *key_newest(const struct dictionary *d, enum purpose p)
{
	return &d->ring[p].key[d->ring[p].n - 1];
}

/* ---- keys as they are written ---- */

struct wrapping { /* what a wrapped key is tied to */
	unsigned char b[1 + NUMBER_BYTES];
};

static struct wrapping wrapping(enum purpose p, uint32_t number)
{
	struct wrapping w = { .b = { (unsigned char)p } };

	put_number(w.b + 1, number);
	return w;
}

static enum err write_key(struct dictionary *d, enum purpose p, const struct data_key *k, const unsigned char *master)
{
	unsigned char box[NONCE_BYTES + KEY_BYTES + TAG_BYTES];
	sqlite3_stmt *q = d->store.statement[Q_KEY_PUT];
	struct wrapping w = wrapping(p, k->number);
	size_t n = box_put(box, master, text_of((char *)w.b, sizeof(w.b)), text_of((const char *)k->key, sizeof(k->key)));

	sqlite3_bind_int(q, 1, (int)p);
	sqlite3_bind_int64(q, 2, k->number);
	sqlite3_bind_blob(q, 3, box, (int)n, SQLITE_STATIC);
	return store_do(q);
}

static enum err make_key(struct dictionary *d, enum purpose p)
{
	struct keyring *ring = &d->ring[p];
	struct data_key k = { .number = ring->n == 0 ? 1 : key_newest(d, p)->number + 1 };
	enum err e;

	if (ring->n == KEYS_MAX)
		return ERR_CAP;
	randombytes_buf(k.key, sizeof(k.key));
	e = write_key(d, p, &k, d->master);
	if (e == ERR_OK) {
		pthread_mutex_lock(&d->names_lock);
		ring->key[ring->n++] = k;
		pthread_mutex_unlock(&d->names_lock);
	}
	sodium_memzero(&k, sizeof(k));
	return e;
}

static enum err take_key(struct dictionary *d, sqlite3_stmt *q)
{
	int p = sqlite3_column_int(q, 0);
	struct data_key *k;
	struct wrapping w;
	size_t n;
	enum err e;

	if (p < 0 || p >= PURPOSES || d->ring[p].n == KEYS_MAX)
		return ERR_FORMAT;
	k = &d->ring[p].key[d->ring[p].n];
	k->number = (uint32_t)sqlite3_column_int64(q, 1);
	w = wrapping((enum purpose)p, k->number);
	e = box_take(sqlite3_column_blob(q, 2), (size_t)sqlite3_column_bytes(q, 2), d->master,
	             text_of((char *)w.b, sizeof(w.b)), (char *)k->key, KEY_BYTES, &n);
	if (e == ERR_OK && n != KEY_BYTES)
		e = ERR_FORMAT;
	d->ring[p].n += e == ERR_OK;
	return e;
}

static enum err read_keys(struct dictionary *d, struct buf *why)
{
	sqlite3_stmt *q = d->store.statement[Q_KEYS];
	enum err e;

	while ((e = store_step(q)) == ERR_OK)
		if ((e = take_key(d, q)) != ERR_OK) {
			buf_z(why, "the master key does not open this dictionary; name the right one");
			break;
		}
	sqlite3_reset(q);
	e = e == ERR_ABSENT ? ERR_OK : e;
	for (int p = 0; p < PURPOSES && e == ERR_OK; p++)
		if (d->ring[p].n == 0)
			e = make_key(d, (enum purpose)p);
	return e;
}

static enum err read_state(struct dictionary *d)
{
	sqlite3_stmt *q = d->store.statement[Q_STATE];
	enum err e = store_step(q);

	if (e == ERR_OK) {
		d->folded = (uint64_t)sqlite3_column_int64(q, 0);
		d->entries = (uint64_t)sqlite3_column_int64(q, 1);
	}
	sqlite3_reset(q);
	return e == ERR_ABSENT ? ERR_FORMAT : e;
}

enum err state_put(struct dictionary *d, uint64_t folded, uint64_t entries)
{
	sqlite3_stmt *q = d->store.statement[Q_STATE_PUT];

	sqlite3_bind_int64(q, 1, (int64_t)folded);
	sqlite3_bind_int64(q, 2, (int64_t)entries);
	return store_do(q);
}

/* ---- opening ---- */

static bool room(struct dictionary *d)
{
	d->lately = mem_area(DICTIONARY_LATELY_BYTES);
	for (int p = 0; p < PURPOSES; p++)
		d->ring[p].key = mem_alloc_array(KEYS_MAX, sizeof(*d->ring[p].key));
	return d->lately != NULL && d->ring[FOR_ROWS].key != NULL && d->ring[FOR_NAMES].key != NULL;
}

enum err dictionary_open(struct dictionary **out, const char *path, const unsigned char *master, struct buf *why)
{
	struct dictionary *d = mem_alloc(sizeof(*d));
	enum err e;

	if (d == NULL)
		return ERR_MEMORY;
	memcpy(d->master, master, sizeof(d->master));
	d->at_kind = -1;
	CHECK(pthread_mutex_init(&d->names_lock, NULL) == 0);
	e = store_open(&d->store, path, schema, sql, Q_STATEMENTS, why);
	if (e == ERR_OK)
		e = room(d) ? read_keys(d, why) : ERR_MEMORY;
	if (e == ERR_OK)
		e = read_state(d);
	if (e != ERR_OK) {
		dictionary_close(d);
		return e;
	}
	*out = d;
	return ERR_OK;
}

void dictionary_close(struct dictionary *d)
{
	if (d == NULL)
		return;
	store_close(&d->store);
	for (int p = 0; p < PURPOSES; p++) {
		if (d->ring[p].key != NULL)
			sodium_memzero(d->ring[p].key, KEYS_MAX * sizeof(*d->ring[p].key));
		mem_free(d->ring[p].key);
	}
	if (d->lately != NULL)
		mem_area_free(d->lately, DICTIONARY_LATELY_BYTES);
	pthread_mutex_destroy(&d->names_lock);
	sodium_memzero(d->master, sizeof(d->master));
	mem_free(d);
}

/* ---- a key's life ---- */

enum err dictionary_rotate(struct dictionary *d)
{
	enum err e;

	pthread_mutex_lock(&d->store.lock);
	e = make_key(d, FOR_ROWS);
	pthread_mutex_unlock(&d->store.lock);
	return e;
}

enum err dictionary_turn(struct dictionary *d, uint32_t *number)
{
	enum err e;

	pthread_mutex_lock(&d->store.lock);
	e = make_key(d, FOR_NAMES);
	*number = key_newest(d, FOR_NAMES)->number;
	pthread_mutex_unlock(&d->store.lock);
	return e;
}

enum err key_drop(struct dictionary *d, enum purpose p, uint32_t below)
{
	struct keyring *ring = &d->ring[p];
	enum err e = ERR_OK;

	for (uint32_t i = 0; i + 1 < ring->n && e == ERR_OK; i++) {
		sqlite3_stmt *q = d->store.statement[Q_KEY_DROP];

		if (ring->key[i].number >= below)
			break;
		sqlite3_bind_int(q, 1, (int)p);
		sqlite3_bind_int64(q, 2, ring->key[i].number);
		e = store_do(q);
		ring->key[i].going = e == ERR_OK && sqlite3_changes(d->store.db) > 0;
	}
	return e;
}

void key_dropped(struct dictionary *d, enum purpose p, bool committed)
{
	struct keyring *ring = &d->ring[p];
	uint32_t n = 0;

	pthread_mutex_lock(&d->names_lock);
	for (uint32_t i = 0; i < ring->n; i++) {
		if (ring->key[i].going && committed)
			continue;
		ring->key[i].going = false;
		ring->key[n++] = ring->key[i];
	}
	if (n < ring->n)
		sodium_memzero(&ring->key[n], (ring->n - n) * sizeof(*ring->key));
	ring->n = n;
	pthread_mutex_unlock(&d->names_lock);
}

enum err dictionary_retire(struct dictionary *d, uint32_t number)
{
	enum err e;

	pthread_mutex_lock(&d->store.lock);
	e = store_run(&d->store, "BEGIN IMMEDIATE");
	if (e == ERR_OK)
		e = store_end(&d->store, key_drop(d, FOR_NAMES, number));
	key_dropped(d, FOR_NAMES, e == ERR_OK);
	if (e == ERR_OK)
		e = store_cut(&d->store);
	pthread_mutex_unlock(&d->store.lock);
	return e;
}

enum err dictionary_rewrap(struct dictionary *d, const unsigned char *new_master)
{
	enum err e;

	pthread_mutex_lock(&d->store.lock);
	e = store_run(&d->store, "BEGIN IMMEDIATE");
	if (e == ERR_OK) {
		for (int p = 0; p < PURPOSES; p++)
			for (uint32_t i = 0; e == ERR_OK && i < d->ring[p].n; i++)
				e = write_key(d, (enum purpose)p, &d->ring[p].key[i], new_master);
		e = store_end(&d->store, e);
	}
	if (e == ERR_OK) {
		memcpy(d->master, new_master, sizeof(d->master));
		e = store_cut(&d->store);
	}
	pthread_mutex_unlock(&d->store.lock);
	return e;
}
