/* dictionary.c - see dictionary.h. A row's box is nonce (24 bytes) and ciphertext; its data key is named by number. */
#include "store/dictionary.h"
#include <sodium.h>
#include <stdio.h>
#include "base/mem.h"
#include "store/store_int.h"

enum {
	KEY_BYTES = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
	NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	BOX_MAX = NONCE_BYTES + DICTIONARY_PLAIN_MAX + TAG_BYTES,
	KEYS_MAX = 1000,
	LATELY = 1 << 20, /* entries; a power of two */
	NUMBER_BYTES = 4
};

_Static_assert((int)KEY_BYTES == (int)DICTIONARY_MASTER_BYTES, "the master key wraps data keys with the same cipher");

static const char schema[] =
	"CREATE TABLE IF NOT EXISTS data_key(number INTEGER PRIMARY KEY, box BLOB NOT NULL);"
	"CREATE TABLE IF NOT EXISTS entry(token BLOB, kind INTEGER, key INTEGER NOT NULL, day INTEGER NOT NULL, box BLOB NOT NULL,"
	" PRIMARY KEY(token, kind)) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS sealed_under(key INTEGER PRIMARY KEY, day INTEGER NOT NULL);";

enum {
	Q_KEYS,
	Q_KEY_PUT,
	Q_ADD,
	Q_GET,
	Q_ERASE,
	Q_WALK,
	Q_RENEW,
	Q_COUNT,
	Q_STATEMENTS
};

static const char *const sql[] = {
	"SELECT number, box FROM data_key ORDER BY number",
	"INSERT OR REPLACE INTO data_key(number, box) VALUES(?1, ?2)",
	("INSERT INTO entry(token, kind, key, day, box) VALUES(?1, ?2, ?3, ?4, ?5) "
	 "ON CONFLICT(token, kind) DO UPDATE SET day = excluded.day WHERE day < excluded.day"),
	"SELECT key, box FROM entry WHERE token = ?1 AND kind = ?2",
	"DELETE FROM entry WHERE token = ?1 AND kind = ?2",
	"SELECT token, kind, key, day, box FROM entry WHERE (token, kind) > (?1, ?2) ORDER BY token, kind LIMIT 1",
	"UPDATE entry SET key = ?3, box = ?4 WHERE token = ?1 AND kind = ?2",
	"SELECT count(*) FROM entry",
};

struct data_key {
	uint32_t number;
	unsigned char key[KEY_BYTES];
};

struct dictionary {
	struct store store;
	unsigned char master[KEY_BYTES];
	struct data_key *key; /* ascending; the last is the newest */
	uint32_t n_keys;
	uint64_t *lately;     /* by hash of token, kind and day */
	unsigned char at[16]; /* where tending goes on */
	int at_kind;
};

/* ---- boxes ---- */

struct bound { /* what a row's box is tied to */
	unsigned char b[16 + 1 + NUMBER_BYTES];
};

static void put_token(unsigned char out[16], struct token t)
{
	for (int i = 0; i < 16; i++) /* as it is shown: most significant byte first, so that rows lie in that order */
		out[i] = (unsigned char)(t.w[i / 8] >> (56 - 8 * (i % 8)));
}

static struct bound bound_to(const unsigned char token[16], uint8_t kind, uint32_t number)
{
	struct bound x;

	memcpy(x.b, token, 16);
	x.b[16] = kind;
	for (int i = 0; i < NUMBER_BYTES; i++)
		x.b[17 + i] = (unsigned char)(number >> 8 * i);
	return x;
}

static size_t box_put(unsigned char *out, const unsigned char *key, struct text aad, struct text plain)
{
	unsigned long long n;

	randombytes_buf(out, NONCE_BYTES);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE_BYTES, &n, (const unsigned char *)plain.p, plain.n,
	                                           (const unsigned char *)aad.p, aad.n, NULL, out, key);
	return NONCE_BYTES + (size_t)n;
}

static enum err box_take(const unsigned char *box, size_t box_n, const unsigned char *key, struct text aad, char *plain,
                         size_t cap, size_t *n)
{
	unsigned long long got;

	if (box == NULL || box_n < NONCE_BYTES + TAG_BYTES || box_n - NONCE_BYTES - TAG_BYTES > cap ||
	    crypto_aead_xchacha20poly1305_ietf_decrypt((unsigned char *)plain, &got, NULL, box + NONCE_BYTES,
	                                               box_n - NONCE_BYTES, (const unsigned char *)aad.p, aad.n, box,
	                                               key) != 0)
		return ERR_FORMAT;
	*n = (size_t)got;
	return ERR_OK;
}

static const struct data_key *key_of(const struct dictionary *d, uint32_t number)
{
	for (uint32_t i = d->n_keys; i > 0; i--)
		if (d->key[i - 1].number == number)
			return &d->key[i - 1];
	return NULL;
}

static const struct data_key *newest(const struct dictionary *d)
{
	return &d->key[d->n_keys - 1];
}

static struct text bytes(const void *p, size_t n)
{
	return text_of(p, n);
}

/* ---- data keys ---- */

static enum err write_key(struct dictionary *d, const struct data_key *k, const unsigned char *master)
{
	unsigned char box[NONCE_BYTES + KEY_BYTES + TAG_BYTES];
	sqlite3_stmt *q = d->store.statement[Q_KEY_PUT];
	size_t n = box_put(box, master, bytes(&k->number, NUMBER_BYTES), bytes(k->key, KEY_BYTES));

	sqlite3_bind_int64(q, 1, k->number);
	sqlite3_bind_blob(q, 2, box, (int)n, SQLITE_STATIC);
	return store_do(q);
}

static enum err make_key(struct dictionary *d)
{
	struct data_key *k = &d->key[d->n_keys];
	enum err e;

	if (d->n_keys == KEYS_MAX)
		return ERR_CAP;
	k->number = d->n_keys == 0 ? 1 : newest(d)->number + 1;
	randombytes_buf(k->key, KEY_BYTES);
	e = write_key(d, k, d->master);
	d->n_keys += e == ERR_OK;
	return e;
}

static enum err read_keys(struct dictionary *d, struct buf *why)
{
	sqlite3_stmt *q = d->store.statement[Q_KEYS];
	enum err e;

	while ((e = store_step(q)) == ERR_OK) {
		struct data_key *k = &d->key[d->n_keys];
		size_t n;

		if (d->n_keys == KEYS_MAX) {
			e = ERR_FORMAT;
			break;
		}
		k->number = (uint32_t)sqlite3_column_int64(q, 0);
		e = box_take(sqlite3_column_blob(q, 1), (size_t)sqlite3_column_bytes(q, 1), d->master,
		             bytes(&k->number, NUMBER_BYTES), (char *)k->key, KEY_BYTES, &n);
		if (e == ERR_OK && n != KEY_BYTES)
			e = ERR_FORMAT;
		if (e != ERR_OK) {
			buf_z(why, "the master key does not open this dictionary; name the right one");
			break;
		}
		d->n_keys++;
	}
	sqlite3_reset(q);
	if (e != ERR_ABSENT)
		return e;
	return d->n_keys == 0 ? make_key(d) : ERR_OK;
}

enum err dictionary_open(struct dictionary **out, const char *path, const unsigned char *master, struct buf *why)
{
	struct dictionary *d = mem_alloc(sizeof(*d));
	enum err e;

	if (d == NULL)
		return ERR_MEMORY;
	memcpy(d->master, master, sizeof(d->master));
	d->at_kind = -1;
	d->key = mem_alloc_array(KEYS_MAX, sizeof(*d->key));
	d->lately = mem_alloc_array(LATELY, sizeof(*d->lately));
	e = store_open(&d->store, path, schema, sql, Q_STATEMENTS, why);
	if (e == ERR_OK)
		e = d->key == NULL || d->lately == NULL ? ERR_MEMORY : read_keys(d, why);
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
	if (d->key != NULL)
		sodium_memzero(d->key, KEYS_MAX * sizeof(*d->key));
	sodium_memzero(d->master, sizeof(d->master));
	mem_free(d->key);
	mem_free(d->lately);
	mem_free(d);
}

enum err dictionary_rotate(struct dictionary *d)
{
	enum err e;

	pthread_mutex_lock(&d->store.lock);
	e = make_key(d);
	pthread_mutex_unlock(&d->store.lock);
	return e;
}

enum err dictionary_rewrap(struct dictionary *d, const unsigned char *new_master)
{
	enum err e;

	pthread_mutex_lock(&d->store.lock);
	e = store_run(&d->store, "BEGIN IMMEDIATE");
	for (uint32_t i = 0; e == ERR_OK && i < d->n_keys; i++)
		e = write_key(d, &d->key[i], new_master);
	if (e == ERR_OK)
		e = store_run(&d->store, "COMMIT");
	if (e == ERR_OK) {
		memcpy(d->master, new_master, sizeof(d->master));
		e = store_run(&d->store, "PRAGMA wal_checkpoint(TRUNCATE)");
	} else {
		sqlite3_exec(d->store.db, "ROLLBACK", NULL, NULL, NULL);
	}
	pthread_mutex_unlock(&d->store.lock);
	return e;
}

/* ---- entries ---- */

static uint64_t late_word(const struct dictionary_entry *e, int32_t day)
{
	return hash_mix(hash_mix(hash_mix(e->token.w[0] + (uint32_t)day) + e->token.w[1]) + e->kind) | 1;
}

static enum err add_one(struct dictionary *d, const struct dictionary_entry *x, int32_t day)
{
	sqlite3_stmt *q = d->store.statement[Q_ADD];
	const struct data_key *k = newest(d);
	unsigned char token[16], box[BOX_MAX];
	struct bound to;
	size_t n;

	CHECK(x->plain.n <= DICTIONARY_PLAIN_MAX);
	put_token(token, x->token);
	to = bound_to(token, x->kind, k->number);
	n = box_put(box, k->key, bytes(to.b, sizeof(to.b)), x->plain);
	sqlite3_bind_blob(q, 1, token, 16, SQLITE_STATIC);
	sqlite3_bind_int(q, 2, x->kind);
	sqlite3_bind_int64(q, 3, k->number);
	sqlite3_bind_int(q, 4, day);
	sqlite3_bind_blob(q, 5, box, (int)n, SQLITE_STATIC);
	return store_do(q);
}

enum err dictionary_add(struct dictionary *d, const struct dictionary_entry *x, size_t n, int32_t day)
{
	enum err e = ERR_OK;
	bool begun = false;

	pthread_mutex_lock(&d->store.lock);
	for (size_t i = 0; i < n && e == ERR_OK; i++) {
		uint64_t word = late_word(&x[i], day), *place = &d->lately[word >> 8 & (LATELY - 1)];

		if (*place == word)
			continue;
		if (!begun)
			e = store_run(&d->store, "BEGIN IMMEDIATE");
		begun = true;
		if (e == ERR_OK)
			e = add_one(d, &x[i], day);
		*place = word; /* forgotten below if it does not come to stay */
	}
	if (begun && e == ERR_OK)
		e = store_run(&d->store, "COMMIT");
	if (e != ERR_OK) {
		sqlite3_exec(d->store.db, "ROLLBACK", NULL, NULL, NULL);
		memset(d->lately, 0, LATELY * sizeof(*d->lately));
	}
	pthread_mutex_unlock(&d->store.lock);
	return e;
}

static enum err open_row(const struct dictionary *d, const unsigned char token[16], uint8_t kind, sqlite3_stmt *q,
                         int key_column, int box_column, char *plain, size_t *n)
{
	const struct data_key *k = key_of(d, (uint32_t)sqlite3_column_int64(q, key_column));
	struct bound to;

	if (k == NULL)
		return ERR_FORMAT;
	to = bound_to(token, kind, k->number);
	return box_take(sqlite3_column_blob(q, box_column), (size_t)sqlite3_column_bytes(q, box_column), k->key,
	                bytes(to.b, sizeof(to.b)), plain, DICTIONARY_PLAIN_MAX, n);
}

static void bind_row(sqlite3_stmt *q, const unsigned char token[16], int kind)
{
	sqlite3_bind_blob(q, 1, token, 16, SQLITE_STATIC);
	sqlite3_bind_int(q, 2, kind);
}

enum err dictionary_reveal(struct dictionary *d, struct token t, uint8_t kind, char *plain, size_t *n)
{
	sqlite3_stmt *q = d->store.statement[Q_GET];
	unsigned char token[16];
	enum err e;

	put_token(token, t);
	pthread_mutex_lock(&d->store.lock);
	bind_row(q, token, kind);
	e = store_step(q);
	if (e == ERR_OK)
		e = open_row(d, token, kind, q, 0, 1, plain, n);
	sqlite3_reset(q);
	pthread_mutex_unlock(&d->store.lock);
	return e;
}

enum err dictionary_erase(struct dictionary *d, struct token t, uint8_t kind)
{
	sqlite3_stmt *q = d->store.statement[Q_ERASE];
	unsigned char token[16];
	enum err e;

	put_token(token, t);
	pthread_mutex_lock(&d->store.lock);
	bind_row(q, token, kind);
	e = store_do(q);
	if (e == ERR_OK && sqlite3_changes(d->store.db) == 0)
		e = ERR_ABSENT;
	if (e == ERR_OK) {
		memset(d->lately, 0, LATELY * sizeof(*d->lately)); /* it may come again */
		e = store_run(&d->store, "PRAGMA wal_checkpoint(TRUNCATE)");
	}
	pthread_mutex_unlock(&d->store.lock);
	return e;
}

enum err dictionary_count(struct dictionary *d, uint64_t *entries)
{
	sqlite3_stmt *q = d->store.statement[Q_COUNT];
	enum err e;

	pthread_mutex_lock(&d->store.lock);
	e = store_step(q);
	if (e == ERR_OK)
		*entries = (uint64_t)sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	pthread_mutex_unlock(&d->store.lock);
	return e;
}

/* ---- tending ---- */

static enum err renew(struct dictionary *d, const unsigned char token[16], int kind, sqlite3_stmt *row)
{
	sqlite3_stmt *q = d->store.statement[Q_RENEW];
	const struct data_key *k = newest(d);
	struct bound to = bound_to(token, (uint8_t)kind, k->number);
	unsigned char box[BOX_MAX];
	char plain[DICTIONARY_PLAIN_MAX];
	size_t n;
	enum err e = open_row(d, token, (uint8_t)kind, row, 2, 4, plain, &n);

	if (e != ERR_OK)
		return e;
	n = box_put(box, k->key, bytes(to.b, sizeof(to.b)), bytes(plain, n));
	sodium_memzero(plain, sizeof(plain));
	bind_row(q, token, kind);
	sqlite3_bind_int64(q, 3, k->number);
	sqlite3_bind_blob(q, 4, box, (int)n, SQLITE_STATIC);
	return store_do(q);
}

/* The row behind d->at. ERR_ABSENT: none is left. */
static enum err tend_one(struct dictionary *d, int32_t before_day, struct dictionary_tended *out)
{
	sqlite3_stmt *q = d->store.statement[Q_WALK];
	int32_t day;
	bool old;
	enum err e;

	bind_row(q, d->at, d->at_kind);
	e = store_step(q);
	if (e != ERR_OK || sqlite3_column_bytes(q, 0) != 16) {
		sqlite3_reset(q);
		return e == ERR_OK ? ERR_FORMAT : e;
	}
	memcpy(d->at, sqlite3_column_blob(q, 0), 16);
	d->at_kind = sqlite3_column_int(q, 1);
	old = (uint32_t)sqlite3_column_int64(q, 2) != newest(d)->number;
	day = sqlite3_column_int(q, 3);
	out->seen++;
	if (day >= before_day && old) {
		e = renew(d, d->at, d->at_kind, q);
		out->renewed += e == ERR_OK;
		e = e == ERR_FORMAT ? ERR_OK : e; /* a damaged row stays: a reveal will say so */
	}
	sqlite3_reset(q);
	if (day < before_day) {
		q = d->store.statement[Q_ERASE];
		bind_row(q, d->at, d->at_kind);
		e = store_do(q);
		out->expired += e == ERR_OK;
	}
	return e;
}

static enum err drop_keys(struct dictionary *d)
{
	enum err e =
		store_run(&d->store, "DELETE FROM data_key WHERE number < (SELECT max(number) FROM data_key) AND "
	                         "number NOT IN (SELECT key FROM entry) AND number NOT IN (SELECT key FROM sealed_under)");

	if (e != ERR_OK || sqlite3_changes(d->store.db) == 0)
		return e;
	d->n_keys = 0;
	return read_keys(d, &(struct buf){ .max = 256 });
}

enum err dictionary_tend(struct dictionary *d, int32_t before_day, uint32_t rows_max, struct dictionary_tended *out)
{
	enum err e;

	*out = (struct dictionary_tended){ .seen = 0 };
	pthread_mutex_lock(&d->store.lock);
	e = store_run(&d->store, "BEGIN IMMEDIATE");
	for (uint32_t i = 0; i < rows_max && e == ERR_OK; i++)
		e = tend_one(d, before_day, out);
	if (e == ERR_ABSENT) {
		out->round = true;
		memset(d->at, 0, sizeof(d->at));
		d->at_kind = -1;
		e = drop_keys(d);
	}
	if (e == ERR_OK)
		e = store_run(&d->store, "COMMIT");
	if (e != ERR_OK)
		sqlite3_exec(d->store.db, "ROLLBACK", NULL, NULL, NULL);
	else if (out->expired > 0)
		memset(d->lately, 0, LATELY * sizeof(*d->lately));
	pthread_mutex_unlock(&d->store.lock);
	return e;
}

/* ---- other bytes ---- */

enum err dictionary_seal(struct dictionary *d, struct text context, struct text plain, struct buf *out)
{
	unsigned char *box = plain.n > DICTIONARY_SEALED_MAX ? NULL : mem_alloc(NONCE_BYTES + plain.n + TAG_BYTES);
	struct data_key k;
	char note[120];

	if (box == NULL)
		return plain.n > DICTIONARY_SEALED_MAX ? ERR_CAP : ERR_MEMORY;
	pthread_mutex_lock(&d->store.lock);
	k = *newest(d);
	snprintf(note, sizeof(note), "INSERT OR IGNORE INTO sealed_under(key, day) VALUES(%u, 0)", k.number);
	if (store_run(&d->store, note) != ERR_OK) {
		pthread_mutex_unlock(&d->store.lock);
		mem_free(box);
		return ERR_IO;
	}
	pthread_mutex_unlock(&d->store.lock);
	buf_clear(out);
	buf_add(out, &k.number, NUMBER_BYTES);
	buf_add(out, box, box_put(box, k.key, context, plain));
	sodium_memzero(&k, sizeof(k));
	mem_free(box);
	return out->err;
}

enum err dictionary_unseal(struct dictionary *d, struct text context, struct text sealed, struct buf *plain)
{
	const struct data_key *known;
	struct data_key k;
	uint32_t number;
	char *p;
	size_t n;
	enum err e;

	if (sealed.n < NUMBER_BYTES + NONCE_BYTES + TAG_BYTES || sealed.n > DICTIONARY_SEALED_MAX + 64)
		return ERR_FORMAT;
	memcpy(&number, sealed.p, NUMBER_BYTES);
	pthread_mutex_lock(&d->store.lock);
	known = key_of(d, number);
	k = known == NULL ? (struct data_key){ .number = 0 } : *known;
	pthread_mutex_unlock(&d->store.lock);
	p = known == NULL ? NULL : mem_alloc(sealed.n);
	if (p == NULL)
		return known == NULL ? ERR_FORMAT : ERR_MEMORY;
	e = box_take((const unsigned char *)sealed.p + NUMBER_BYTES, sealed.n - NUMBER_BYTES, k.key, context, p, sealed.n,
	             &n);
	sodium_memzero(&k, sizeof(k));
	buf_clear(plain);
	if (e == ERR_OK)
		buf_add(plain, p, n);
	sodium_memzero(p, sealed.n);
	mem_free(p);
	return e == ERR_OK ? plain->err : e;
}
