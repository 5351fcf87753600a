/* delivery.c - see delivery.h. */
#include "store/delivery.h"
#include <inttypes.h>
#include <stdio.h>
#include "base/mem.h"
#include "store/store_int.h"

/* What was written when a message had one receiver moves over: `delivery` is the table of that time. */
static const char schema[] =
	"BEGIN IMMEDIATE;"
	"CREATE TABLE IF NOT EXISTS sending(id INTEGER NOT NULL, copy INTEGER NOT NULL, kind INTEGER NOT NULL, state INTEGER NOT NULL, organisation INTEGER NOT NULL,"
	" district INTEGER NOT NULL, receiver INTEGER NOT NULL, object INTEGER NOT NULL, attempts INTEGER NOT NULL, polls INTEGER NOT NULL,"
	" receipts INTEGER NOT NULL, next_us INTEGER NOT NULL, made_us INTEGER NOT NULL, changed_us INTEGER NOT NULL, sent_us INTEGER NOT NULL,"
	" disclosed INTEGER NOT NULL, why TEXT NOT NULL, application TEXT NOT NULL,"
	" receipt TEXT NOT NULL, PRIMARY KEY(id, copy)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS delivery(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, state INTEGER NOT NULL, organisation INTEGER NOT NULL,"
	" district INTEGER NOT NULL, receiver INTEGER NOT NULL, object INTEGER NOT NULL, attempts INTEGER NOT NULL, polls INTEGER NOT NULL,"
	" receipts INTEGER NOT NULL, next_us INTEGER NOT NULL, made_us INTEGER NOT NULL, changed_us INTEGER NOT NULL, sent_us INTEGER NOT NULL,"
	" disclosed INTEGER NOT NULL, why TEXT NOT NULL, application TEXT NOT NULL) STRICT;"
	"INSERT OR IGNORE INTO sending SELECT id, 0, kind, state, organisation, district, receiver, object, attempts, polls, receipts, next_us,"
	" made_us, changed_us, sent_us, disclosed, why, application, '' FROM delivery;"
	"DROP TABLE delivery;"
	"CREATE INDEX IF NOT EXISTS sending_due ON sending(receiver, next_us, id, copy) WHERE next_us > 0;"
	"CREATE INDEX IF NOT EXISTS sending_application ON sending(application, receiver, id) WHERE application <> '';"
	"CREATE INDEX IF NOT EXISTS sending_state ON sending(state, id);"
	"CREATE INDEX IF NOT EXISTS sending_object ON sending(object, id);"
	"CREATE TABLE IF NOT EXISTS place(one INTEGER PRIMARY KEY CHECK(one = 1), taken INTEGER NOT NULL) STRICT;"
	"INSERT OR IGNORE INTO place VALUES(1, 0);"
	"COMMIT;";

enum {
	Q_TAKE,
	Q_OVERTAKE,
	Q_PLACE,
	Q_TAKEN,
	Q_SAVE,
	Q_LOAD,
	Q_APPLICATION,
	Q_RECEIVER,
	Q_DUE,
	Q_NEXT,
	Q_NEIGHBOURS,
	Q_LIST,
	Q_COUNTS,
	Q_OF_OBJECT,
	Q_OWED,
	Q_EXPIRE,
	Q_STATEMENTS
};

#define COLUMNS                                                                                                                    \
	"id, kind, state, organisation, district, receiver, object, attempts, polls, receipts, next_us, made_us, changed_us, sent_us," \
	" disclosed, why, application, copy, receipt"
static const char *const sql[] = {
	[Q_TAKE] = "INSERT OR IGNORE INTO sending(" COLUMNS
			   ") VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19)",
	[Q_OVERTAKE] =
		"UPDATE sending SET state = 4, next_us = 0, changed_us = ?4, why = 'overtaken' WHERE application = ?1 AND receiver = ?2 AND "
		"id < ?3 AND state IN (1, 2, 3, 5)",
	[Q_PLACE] = "UPDATE place SET taken = ?1 WHERE taken < ?1",
	[Q_TAKEN] = "SELECT taken FROM place",
	[Q_SAVE] =
		"UPDATE sending SET state=?3, receiver=?6, attempts=?8, polls=?9, receipts=?10, next_us=?11, changed_us=?13, sent_us=?14,"
		" disclosed=?15, why=?16, application=?17, receipt=?19 WHERE id=?1 AND copy=?18",
	[Q_LOAD] = "SELECT " COLUMNS " FROM sending WHERE id = ?1 AND copy = ?2",
	[Q_APPLICATION] =
		"SELECT " COLUMNS
		" FROM sending WHERE application = ?1 AND application <> '' AND receiver = ?2 ORDER BY id DESC LIMIT 1",
	[Q_RECEIVER] = "SELECT receiver FROM sending WHERE next_us > 0 AND receiver >= ?1 ORDER BY receiver LIMIT 1",
	[Q_DUE] = "SELECT " COLUMNS
			  " FROM sending WHERE next_us > 0 AND receiver = ?1 AND next_us <= ?2 ORDER BY next_us, id, copy LIMIT ?3",
	[Q_NEXT] = "SELECT min(next_us) FROM sending WHERE next_us > 0 AND receiver = ?1 AND next_us > ?2",
	[Q_NEIGHBOURS] =
		"SELECT coalesce(max(id > ?2), 0), coalesce(max(id < ?2 AND state = 1 AND kind = ?5), 0) FROM sending"
		" WHERE object = ?1 AND receiver = ?3 AND (?4 >> kind) & 1",
	[Q_LIST] =
		"SELECT " COLUMNS
		" FROM sending WHERE (id, copy) < (?1, ?9) AND (?2 = 0 OR (?2 >> state) & 1) AND (?3 = 0 OR (?3 >> kind) & 1)"
		" AND (?4 = 0 OR receiver = ?4) AND (?5 = 0 OR object = ?5) AND (?6 = 0 OR organisation = ?7)"
		" ORDER BY id DESC, copy DESC LIMIT ?8",
	[Q_COUNTS] = "SELECT state, count(*) FROM sending GROUP BY state",
	[Q_OF_OBJECT] =
		"SELECT " COLUMNS " FROM sending WHERE object = ?1 AND kind = ?2 ORDER BY id DESC, copy DESC LIMIT 1",
	[Q_OWED] = "SELECT count(*), coalesce(sum(made_us < ?2), 0), coalesce(min(made_us), 0) FROM sending"
			   " WHERE state IN (1, 5, 6) AND kind = ?1",
	[Q_EXPIRE] =
		"DELETE FROM sending WHERE (id, copy) IN (SELECT id, copy FROM sending WHERE state = 4 AND changed_us < ?1 ORDER BY id LIMIT ?2)",
};

struct delivery {
	struct store store;
};

const char *delivery_state_name(enum delivery_state s)
{
	static const char *const name[DELIVERY_STATES] = { "all", "waiting", "sent", "receipted", "done", "dead", "seat" };

	return name[s];
}

bool delivery_state_find(struct text name, enum delivery_state *out)
{
	for (int s = DELIVERY_WAITING; s < DELIVERY_STATES; s++)
		if (text_eq(name, text_z(delivery_state_name((enum delivery_state)s)))) {
			*out = (enum delivery_state)s;
			return true;
		}
	return false;
}

void delivery_receiver_name(uint32_t receiver, char out[16])
{
	if (receiver == RECEIVER_SEATS)
		snprintf(out, 16, "seats");
	else
		snprintf(out, 16, "%u", receiver);
}

enum err delivery_open(struct delivery **out, const char *path, struct buf *why)
{
	struct delivery *d = mem_alloc(sizeof(*d));
	enum err e;

	if (d == NULL)
		return ERR_MEMORY;
	e = store_open(&d->store, path, schema, sql, Q_STATEMENTS, why);
	if (e != ERR_OK) {
		delivery_close(d);
		return e;
	}
	*out = d;
	return ERR_OK;
}

void delivery_close(struct delivery *d)
{
	if (d == NULL)
		return;
	store_close(&d->store);
	mem_free(d);
}

/* ---- rows ---- */

static void bind_row(sqlite3_stmt *q, const struct delivery_row *r)
{
	const int64_t v[] = { (int64_t)r->id,     r->kind,     (int64_t)r->state, r->organisation, r->district, r->receiver,
		                  (int64_t)r->object, r->attempts, r->polls,          r->receipts,     r->next_us,  r->made_us,
		                  r->changed_us,      r->sent_us,  r->disclosed };

	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		sqlite3_bind_int64(q, (int)i + 1, v[i]);
	sqlite3_bind_text(q, 16, r->why, -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 17, r->application, -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 18, r->copy);
	sqlite3_bind_text(q, 19, r->receipt, -1, SQLITE_STATIC);
}

static void column_text(sqlite3_stmt *q, int i, char *out, size_t cap)
{
	const char *z = (const char *)sqlite3_column_text(q, i);

	snprintf(out, cap, "%s", z == NULL ? "" : z);
}

static void read_row(sqlite3_stmt *q, struct delivery_row *r)
{
	int state = sqlite3_column_int(q, 2);

	*r = (struct delivery_row){ .id = (uint64_t)sqlite3_column_int64(q, 0),
		                        .kind = (uint8_t)sqlite3_column_int(q, 1),
		                        .state =
		                            state <= 0 || state >= DELIVERY_STATES ? DELIVERY_DEAD : (enum delivery_state)state,
		                        .organisation = (uint16_t)sqlite3_column_int(q, 3),
		                        .district = (uint16_t)sqlite3_column_int(q, 4),
		                        .receiver = (uint32_t)sqlite3_column_int64(q, 5),
		                        .object = (uint64_t)sqlite3_column_int64(q, 6),
		                        .attempts = (uint32_t)sqlite3_column_int64(q, 7),
		                        .polls = (uint32_t)sqlite3_column_int64(q, 8),
		                        .receipts = (uint32_t)sqlite3_column_int64(q, 9),
		                        .next_us = sqlite3_column_int64(q, 10),
		                        .made_us = sqlite3_column_int64(q, 11),
		                        .changed_us = sqlite3_column_int64(q, 12),
		                        .sent_us = sqlite3_column_int64(q, 13),
		                        .disclosed = sqlite3_column_int(q, 14) != 0 };
	column_text(q, 15, r->why, sizeof(r->why));
	column_text(q, 16, r->application, sizeof(r->application));
	r->copy = (uint16_t)sqlite3_column_int(q, 17);
	column_text(q, 18, r->receipt, sizeof(r->receipt));
}

static enum err take_one(struct delivery *d, const struct delivery_row *r)
{
	sqlite3_stmt *q = d->store.statement[Q_TAKE];
	enum err e;

	bind_row(q, r);
	e = store_do(q);
	if (e != ERR_OK || r->application[0] == 0)
		return e;
	q = d->store.statement[Q_OVERTAKE];
	sqlite3_bind_text(q, 1, r->application, -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 2, r->receiver);
	sqlite3_bind_int64(q, 3, (int64_t)r->id);
	sqlite3_bind_int64(q, 4, r->changed_us);
	return store_do(q);
}

static enum err note_place(struct delivery *d, uint64_t taken)
{
	sqlite3_stmt *q = d->store.statement[Q_PLACE];

	sqlite3_bind_int64(q, 1, (int64_t)taken);
	return store_do(q);
}

enum err delivery_take(struct delivery *d, const struct delivery_row *row, size_t n, uint64_t taken)
{
	enum err e;

	pthread_mutex_lock(&d->store.lock);
	e = store_run(&d->store, "BEGIN IMMEDIATE");
	if (e == ERR_OK) {
		for (size_t i = 0; e == ERR_OK && i < n; i++)
			e = take_one(d, &row[i]);
		if (e == ERR_OK)
			e = note_place(d, taken);
		e = store_end(&d->store, e);
	}
	pthread_mutex_unlock(&d->store.lock);
	return e;
}

static enum err one_number(struct delivery *d, int statement, int64_t *out)
{
	sqlite3_stmt *q = d->store.statement[statement];
	enum err e = store_step(q);

	if (e == ERR_OK)
		*out = sqlite3_column_type(q, 0) == SQLITE_NULL ? INT64_MAX : sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	return e;
}

uint64_t delivery_taken(struct delivery *d)
{
	int64_t v = 0;
	enum err e;

	pthread_mutex_lock(&d->store.lock);
	e = one_number(d, Q_TAKEN, &v);
	pthread_mutex_unlock(&d->store.lock);
	return e == ERR_OK ? (uint64_t)v : 0; /* what is there is not taken twice */
}

enum err delivery_save(struct delivery *d, const struct delivery_row *row, size_t n)
{
	sqlite3_stmt *q = d->store.statement[Q_SAVE];
	enum err e;

	pthread_mutex_lock(&d->store.lock);
	e = store_run(&d->store, "BEGIN IMMEDIATE");
	if (e == ERR_OK) {
		for (size_t i = 0; e == ERR_OK && i < n; i++) {
			bind_row(q, &row[i]);
			e = store_do(q);
		}
		e = store_end(&d->store, e);
	}
	pthread_mutex_unlock(&d->store.lock);
	return e;
}

static enum err one_row(struct delivery *d, sqlite3_stmt *q, struct delivery_row *out)
{
	enum err e = store_step(q);

	if (e == ERR_OK)
		read_row(q, out);
	sqlite3_reset(q);
	sqlite3_clear_bindings(q);
	pthread_mutex_unlock(&d->store.lock);
	return e;
}

enum err delivery_load(struct delivery *d, uint64_t id, uint16_t copy, struct delivery_row *out)
{
	sqlite3_stmt *q = d->store.statement[Q_LOAD];

	pthread_mutex_lock(&d->store.lock);
	sqlite3_bind_int64(q, 1, (int64_t)id);
	sqlite3_bind_int64(q, 2, copy);
	return one_row(d, q, out);
}

enum err delivery_of_application(struct delivery *d, struct text application, uint32_t receiver,
                                 struct delivery_row *out)
{
	sqlite3_stmt *q = d->store.statement[Q_APPLICATION];

	pthread_mutex_lock(&d->store.lock);
	sqlite3_bind_text(q, 1, application.p, (int)application.n, SQLITE_STATIC);
	sqlite3_bind_int64(q, 2, receiver);
	return one_row(d, q, out);
}

/* ---- what is to be done ---- */

enum err delivery_receivers(struct delivery *d, uint32_t from, uint32_t most, uint32_t *receiver, uint32_t *n)
{
	sqlite3_stmt *q = d->store.statement[Q_RECEIVER];
	enum err e = ERR_OK;

	*n = 0;
	pthread_mutex_lock(&d->store.lock);
	while (e == ERR_OK && *n < most) {
		sqlite3_bind_int64(q, 1, from);
		e = store_step(q);
		if (e == ERR_OK) {
			receiver[*n] = (uint32_t)sqlite3_column_int64(q, 0);
			from = receiver[(*n)++] + 1; /* one look into the index for each */
		}
		sqlite3_reset(q);
	}
	pthread_mutex_unlock(&d->store.lock);
	return e == ERR_ABSENT ? ERR_OK : e;
}

enum err delivery_due(struct delivery *d, uint32_t receiver, int64_t until_us, uint32_t most, struct delivery_row *row,
                      uint32_t *n)
{
	sqlite3_stmt *q = d->store.statement[Q_DUE];
	enum err e;

	*n = 0;
	pthread_mutex_lock(&d->store.lock);
	sqlite3_bind_int64(q, 1, receiver);
	sqlite3_bind_int64(q, 2, until_us);
	sqlite3_bind_int64(q, 3, most);
	while ((e = store_step(q)) == ERR_OK)
		read_row(q, &row[(*n)++]);
	sqlite3_reset(q);
	pthread_mutex_unlock(&d->store.lock);
	return e == ERR_ABSENT ? ERR_OK : e;
}

enum err delivery_next(struct delivery *d, uint32_t receiver, int64_t after_us, int64_t *due_us)
{
	enum err e;

	*due_us = INT64_MAX;
	pthread_mutex_lock(&d->store.lock);
	sqlite3_bind_int64(d->store.statement[Q_NEXT], 1, receiver);
	sqlite3_bind_int64(d->store.statement[Q_NEXT], 2, after_us);
	e = one_number(d, Q_NEXT, due_us);
	pthread_mutex_unlock(&d->store.lock);
	return e;
}

enum err delivery_neighbours(struct delivery *d, const struct delivery_row *row, uint64_t kinds, uint8_t first,
                             bool *later, bool *earlier)
{
	sqlite3_stmt *q = d->store.statement[Q_NEIGHBOURS];
	enum err e;

	pthread_mutex_lock(&d->store.lock);
	sqlite3_bind_int64(q, 1, (int64_t)row->object);
	sqlite3_bind_int64(q, 2, (int64_t)row->id);
	sqlite3_bind_int64(q, 3, row->receiver);
	sqlite3_bind_int64(q, 4, (int64_t)kinds);
	sqlite3_bind_int64(q, 5, first);
	e = store_step(q);
	*later = e == ERR_OK && sqlite3_column_int(q, 0) != 0;
	*earlier = e == ERR_OK && sqlite3_column_int(q, 1) != 0;
	sqlite3_reset(q);
	pthread_mutex_unlock(&d->store.lock);
	return e;
}

/* ---- for people ---- */

enum err delivery_list(struct delivery *d, const struct delivery_query *f, uint32_t most,
                       bool (*visit)(void *ctx, const struct delivery_row *r), void *ctx)
{
	sqlite3_stmt *q = d->store.statement[Q_LIST];
	int64_t before = f->before == 0 || f->before > INT64_MAX ? INT64_MAX : (int64_t)f->before;
	struct delivery_row r;
	enum err e;

	pthread_mutex_lock(&d->store.lock);
	sqlite3_bind_int64(q, 1, before);
	sqlite3_bind_int64(q, 2, f->states);
	sqlite3_bind_int64(q, 3, (int64_t)f->kinds);
	sqlite3_bind_int64(q, 4, f->receiver);
	sqlite3_bind_int64(q, 5, (int64_t)f->object);
	sqlite3_bind_int64(q, 6, f->of_organisation);
	sqlite3_bind_int64(q, 7, f->organisation);
	sqlite3_bind_int64(q, 9, f->before_copy);
	sqlite3_bind_int64(q, 8, most < DELIVERY_PAGE_MAX ? most : DELIVERY_PAGE_MAX);
	while ((e = store_step(q)) == ERR_OK) {
		read_row(q, &r);
		if (!visit(ctx, &r))
			break;
	}
	sqlite3_reset(q);
	pthread_mutex_unlock(&d->store.lock);
	return e == ERR_ABSENT ? ERR_OK : e;
}

enum err delivery_counts(struct delivery *d, struct delivery_counts *out)
{
	sqlite3_stmt *q = d->store.statement[Q_COUNTS];
	enum err e;

	*out = (struct delivery_counts){ { 0 } };
	pthread_mutex_lock(&d->store.lock);
	while ((e = store_step(q)) == ERR_OK) {
		int state = sqlite3_column_int(q, 0);

		if (state > 0 && state < DELIVERY_STATES)
			out->in_state[state] = (uint64_t)sqlite3_column_int64(q, 1);
	}
	sqlite3_reset(q);
	pthread_mutex_unlock(&d->store.lock);
	return e == ERR_ABSENT ? ERR_OK : e;
}

static enum err two_numbers(struct store *s, const char *statement, uint32_t receiver, int64_t *n, int64_t *least)
{
	sqlite3_stmt *q = NULL;
	enum err e = store_prepare(s, statement, &q);

	if (e == ERR_OK) {
		sqlite3_bind_int64(q, 1, receiver);
		sqlite3_bind_int64(q, 2, DELIVERY_QUEUE_MAX);
		e = store_step(q);
	}
	if (e == ERR_OK) {
		*n = sqlite3_column_int64(q, 0);
		*least = sqlite3_column_int64(q, 1);
	}
	sqlite3_finalize(q);
	return e;
}

enum err delivery_queue(struct delivery *d, uint32_t receiver, struct delivery_queue *out)
{
	int64_t due = 0, dead = 0, none;
	enum err e;

	pthread_mutex_lock(&d->store.lock);
	e = two_numbers(
		&d->store,
		"SELECT count(*), min(next_us) FROM (SELECT next_us FROM sending WHERE receiver = ?1 AND next_us > 0"
		" ORDER BY next_us LIMIT ?2)",
		receiver, &due, &out->next_us);
	if (e == ERR_OK)
		e = two_numbers(&d->store,
		                "SELECT count(*), 0 FROM (SELECT 1 FROM sending WHERE state = 5 AND receiver = ?1 LIMIT ?2)",
		                receiver, &dead, &none);
	pthread_mutex_unlock(&d->store.lock);
	out->due = (uint64_t)due;
	out->dead = (uint64_t)dead;
	return e;
}
_Static_assert(DELIVERY_DEAD == 5, "as in the statement above");

enum err delivery_of_object(struct delivery *d, uint64_t object, uint8_t kind, struct delivery_row *out)
{
	sqlite3_stmt *q = d->store.statement[Q_OF_OBJECT];
	enum err e;

	pthread_mutex_lock(&d->store.lock);
	sqlite3_bind_int64(q, 1, (sqlite3_int64)object);
	sqlite3_bind_int(q, 2, kind);
	e = one_row(d, q, out);
	pthread_mutex_unlock(&d->store.lock);
	return e;
}

enum err delivery_owed(struct delivery *d, uint8_t kind, int64_t late_us, struct delivery_owed *out)
{
	sqlite3_stmt *q = d->store.statement[Q_OWED];
	enum err e;

	*out = (struct delivery_owed){ 0 };
	pthread_mutex_lock(&d->store.lock);
	sqlite3_bind_int(q, 1, kind);
	sqlite3_bind_int64(q, 2, late_us);
	e = store_step(q);
	if (e == ERR_OK)
		*out = (struct delivery_owed){ (uint64_t)sqlite3_column_int64(q, 0), (uint64_t)sqlite3_column_int64(q, 1),
			                           sqlite3_column_int64(q, 2) };
	sqlite3_reset(q);
	pthread_mutex_unlock(&d->store.lock);
	return e;
}

enum err delivery_expire(struct delivery *d, int64_t before_us, uint32_t most, uint64_t *removed)
{
	sqlite3_stmt *q = d->store.statement[Q_EXPIRE];
	enum err e;

	pthread_mutex_lock(&d->store.lock);
	sqlite3_bind_int64(q, 1, before_us);
	sqlite3_bind_int64(q, 2, most);
	e = store_do(q);
	*removed = e == ERR_OK ? (uint64_t)sqlite3_changes(d->store.db) : 0;
	pthread_mutex_unlock(&d->store.lock);
	return e;
}
