/* dictionary_rows.c - entries: adding, looking up, erasing; and tending, which walks over all of them little by little. */
#include "store/dictionary_int.h"

enum {
	BOX_MAX = NONCE_BYTES + DICTIONARY_PLAIN_MAX + TAG_BYTES
};

static void bind_row(sqlite3_stmt *q, const unsigned char token[TOKEN_BYTES], int kind)
{
	sqlite3_bind_blob(q, 1, token, TOKEN_BYTES, SQLITE_STATIC);
	sqlite3_bind_int(q, 2, kind);
}

enum err row_add(struct dictionary *d, const struct dictionary_entry *x, int32_t day, bool *added)
{
	sqlite3_stmt *q = d->store.statement[Q_SEEN];
	const struct data_key *k = key_newest(d, FOR_ROWS);
	unsigned char token[TOKEN_BYTES], box[BOX_MAX];
	struct bound to;
	size_t n;
	enum err e;

	put_token(token, x->token);
	bind_row(q, token, x->kind);
	sqlite3_bind_int(q, 3, day);
	e = store_do(q);
	if (e != ERR_OK || sqlite3_changes(d->store.db) > 0)
		return e;
	to = bound_to(token, x->kind, k->number);
	n = box_put(box, k->key, text_of((char *)to.b, sizeof(to.b)), x->plain);
	q = d->store.statement[Q_ADD];
	bind_row(q, token, x->kind);
	sqlite3_bind_int64(q, 3, k->number);
	sqlite3_bind_int(q, 4, day);
	sqlite3_bind_blob(q, 5, box, (int)n, SQLITE_STATIC);
	e = store_do(q);
	*added = e == ERR_OK && sqlite3_changes(d->store.db) > 0;
	return e;
}

enum err dictionary_add(struct dictionary *d, const struct dictionary_entry *x, size_t n, int32_t day)
{
	uint64_t added = 0;
	enum err e;

	pthread_mutex_lock(&d->store.lock);
	e = store_run(&d->store, "BEGIN IMMEDIATE");
	if (e == ERR_OK) {
		for (size_t i = 0; i < n && e == ERR_OK; i++) {
			bool is_new = false;

			e = row_add(d, &x[i], day, &is_new);
			added += is_new;
		}
		if (e == ERR_OK)
			e = state_put(d, d->folded, d->entries + added);
		e = store_end(&d->store, e);
	}
	if (e == ERR_OK)
		d->entries += added;
	pthread_mutex_unlock(&d->store.lock);
	return e;
}

static enum err open_row(const struct dictionary *d, const unsigned char token[TOKEN_BYTES], uint8_t kind,
                         sqlite3_stmt *q, int key_column, int box_column, char *plain, size_t *n)
{
	const struct data_key *k = key_of(d, FOR_ROWS, (uint32_t)sqlite3_column_int64(q, key_column));
	struct bound to;

	if (k == NULL)
		return ERR_FORMAT;
	to = bound_to(token, kind, k->number);
	return box_take(sqlite3_column_blob(q, box_column), (size_t)sqlite3_column_bytes(q, box_column), k->key,
	                text_of((char *)to.b, sizeof(to.b)), plain, DICTIONARY_PLAIN_MAX, n);
}

enum err dictionary_reveal(struct dictionary *d, struct token t, uint8_t kind, char *plain, size_t *n)
{
	sqlite3_stmt *q = d->store.statement[Q_GET];
	unsigned char token[TOKEN_BYTES];
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

static enum err erase_row(struct dictionary *d, const unsigned char token[TOKEN_BYTES], int kind)
{
	sqlite3_stmt *q = d->store.statement[Q_ERASE];
	enum err e;

	bind_row(q, token, kind);
	e = store_do(q);
	return e == ERR_OK && sqlite3_changes(d->store.db) == 0 ? ERR_ABSENT : e;
}

enum err dictionary_erase(struct dictionary *d, struct token t, uint8_t kind, uint32_t number)
{
	unsigned char token[TOKEN_BYTES];
	enum err e, cut;

	put_token(token, t);
	pthread_mutex_lock(&d->store.lock);
	e = store_run(&d->store, "BEGIN IMMEDIATE");
	if (e == ERR_OK) {
		e = erase_row(d, token, kind);
		if (e == ERR_OK)
			e = key_drop(d, FOR_NAMES, number);
		if (e == ERR_OK)
			e = state_put(d, d->folded, d->entries - 1);
		e = store_end(&d->store, e);
	}
	key_dropped(d, FOR_NAMES, e == ERR_OK);
	if (e == ERR_OK)
		d->entries--;
	cut = store_cut(&d->store); /* also when it is absent: the cut of an earlier erasure may have failed */
	pthread_mutex_unlock(&d->store.lock);
	return cut != ERR_OK && (e == ERR_OK || e == ERR_ABSENT) ? cut : e;
}

uint64_t dictionary_count(const struct dictionary *d)
{
	return d->entries;
}

/* ---- tending ---- */

static enum err renew(struct dictionary *d, const unsigned char token[TOKEN_BYTES], int kind, sqlite3_stmt *row)
{
	sqlite3_stmt *q = d->store.statement[Q_RENEW];
	const struct data_key *k = key_newest(d, FOR_ROWS);
	struct bound to = bound_to(token, (uint8_t)kind, k->number);
	unsigned char box[BOX_MAX];
	char plain[DICTIONARY_PLAIN_MAX];
	size_t n;
	enum err e = open_row(d, token, (uint8_t)kind, row, 2, 4, plain, &n);

	if (e != ERR_OK)
		return e;
	n = box_put(box, k->key, text_of((char *)to.b, sizeof(to.b)), text_of(plain, n));
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
	uint32_t number;
	int32_t day;
	enum err e;

	bind_row(q, d->at, d->at_kind);
	e = store_step(q);
	if (e != ERR_OK || sqlite3_column_bytes(q, 0) != TOKEN_BYTES) {
		sqlite3_reset(q);
		return e == ERR_OK ? ERR_FORMAT : e;
	}
	memcpy(d->at, sqlite3_column_blob(q, 0), TOKEN_BYTES);
	d->at_kind = sqlite3_column_int(q, 1);
	number = (uint32_t)sqlite3_column_int64(q, 2);
	day = sqlite3_column_int(q, 3);
	out->seen++;
	if (day >= before_day && number != key_newest(d, FOR_ROWS)->number) {
		e = renew(d, d->at, d->at_kind, q);
		out->renewed += e == ERR_OK;
		if (e == ERR_FORMAT) { /* a damaged row stays, and its key: a reveal will say so */
			d->round_left = number < d->round_left ? number : d->round_left;
			e = ERR_OK;
		}
	}
	sqlite3_reset(q);
	if (day < before_day) {
		e = erase_row(d, d->at, d->at_kind);
		out->expired += e == ERR_OK;
	}
	return e;
}

/* After a round every row stands under the key that was the newest when it began, or a later one, but for damaged rows. */
static enum err round_ends(struct dictionary *d, int32_t sealed_before_day)
{
	sqlite3_stmt *q = d->store.statement[Q_SEALED_DROP];
	enum err e;

	sqlite3_bind_int(q, 1, sealed_before_day);
	e = store_do(q);
	return e == ERR_OK ? key_drop(d, FOR_ROWS, d->round_left < d->round_newest ? d->round_left : d->round_newest) : e;
}

struct place {
	unsigned char at[TOKEN_BYTES];
	int kind;
};

static enum err tend(struct dictionary *d, int32_t before_day, int32_t sealed_before_day, uint32_t rows_max,
                     struct dictionary_tended *out)
{
	enum err e = ERR_OK;

	if (d->at_kind < 0) {
		d->round_newest = key_newest(d, FOR_ROWS)->number;
		d->round_left = UINT32_MAX;
	}
	for (uint32_t i = 0; i < rows_max && e == ERR_OK; i++)
		e = tend_one(d, before_day, out);
	if (e == ERR_ABSENT) {
		out->round = true;
		memset(d->at, 0, sizeof(d->at));
		d->at_kind = -1;
		e = round_ends(d, sealed_before_day);
	}
	if (e == ERR_OK && out->expired > 0)
		e = state_put(d, d->folded, d->entries - out->expired);
	return e;
}

enum err dictionary_tend(struct dictionary *d, int32_t before_day, int32_t sealed_before_day, uint32_t rows_max,
                         struct dictionary_tended *out)
{
	struct place was;
	enum err e;

	*out = (struct dictionary_tended){ .seen = 0 };
	pthread_mutex_lock(&d->store.lock);
	memcpy(was.at, d->at, sizeof(was.at));
	was.kind = d->at_kind;
	e = store_run(&d->store, "BEGIN IMMEDIATE");
	if (e == ERR_OK)
		e = store_end(&d->store, tend(d, before_day, sealed_before_day, rows_max, out));
	key_dropped(d, FOR_ROWS, e == ERR_OK);
	if (e == ERR_OK) {
		d->entries -= out->expired;
		d->sealed_key = 0; /* what was noted may have gone */
	} else {
		memcpy(d->at, was.at, sizeof(d->at));
		d->at_kind = was.kind;
		*out = (struct dictionary_tended){ .seen = 0 };
	}
	pthread_mutex_unlock(&d->store.lock);
	return e;
}
