/* registry_read.c - reading beside the writer: connections for whoever reads, and all that is read but lists. */
#include "base/mem.h"
#include "store/registry_int.h"

/* ---- readers ---- */

static void reader_close(struct registry_reader *d)
{
	if (!d->open)
		return;
	for (uint32_t k = 0; k < REGISTRY_CACHED; k++) {
		sqlite3_finalize(d->cached[k].q);
		d->cached[k] = (struct registry_statement){ NULL, 0 };
	}
	store_close(&d->store);
	d->open = false;
}

enum err registry_reader_take(struct registry *r, struct registry_reader **out)
{
	struct registry_reader *d = NULL;
	enum err e = ERR_OK;
	struct buf why;

	pthread_mutex_lock(&r->lock);
	for (;;) {
		for (uint32_t i = 0; i < REGISTRY_READERS; i++) /* one that is open already, if there is one */
			if (!r->reader[i].busy && (d == NULL || r->reader[i].open > d->open))
				d = &r->reader[i];
		if (d != NULL)
			break;
		pthread_cond_wait(&r->given_back, &r->lock);
	}
	d->busy = true;
	pthread_mutex_unlock(&r->lock);
	*out = d;
	if (d->open)
		return ERR_OK;
	buf_init(&why, 0);
	e = store_open_as(&d->store, r->path, STORE_READER, &why);
	buf_release(&why);
	if (e == ERR_OK) {
		d->open = true;
		return ERR_OK;
	}
	store_close(&d->store);
	registry_reader_give(r, d);
	return e;
}

void registry_reader_give(struct registry *r, struct registry_reader *d)
{
	if (d->open && !sqlite3_get_autocommit(d->store.db)) /* even the end of its transaction failed */
		reader_close(d);
	pthread_mutex_lock(&r->lock);
	d->busy = false;
	pthread_cond_signal(&r->given_back);
	pthread_mutex_unlock(&r->lock);
}

void registry_readers_close(struct registry *r)
{
	for (uint32_t i = 0; i < REGISTRY_READERS; i++) {
		CHECK(!r->reader[i].busy);
		reader_close(&r->reader[i]);
	}
}

enum err registry_reader_statement(struct registry_reader *d, const char *sql, sqlite3_stmt **out)
{
	struct registry_statement *least = &d->cached[0];
	enum err e;

	d->uses++;
	for (uint32_t i = 0; i < REGISTRY_CACHED; i++) {
		struct registry_statement *c = &d->cached[i];

		if (c->q != NULL && strcmp(sqlite3_sql(c->q), sql) == 0) {
			c->used = d->uses;
			*out = c->q;
			sqlite3_clear_bindings(c->q);
			return ERR_OK;
		}
		if (c->used < least->used)
			least = c;
	}
	sqlite3_finalize(least->q);
	least->q = NULL;
	e = store_prepare(&d->store, sql, &least->q);
	least->used = e == ERR_OK ? d->uses : 0;
	*out = least->q;
	return e;
}

struct text registry_column(sqlite3_stmt *q, int i)
{
	const char *p = sqlite3_column_blob(q, i);

	return text_of(p ? p : "", p ? (size_t)sqlite3_column_bytes(q, i) : 0);
}

/* ---- pages ---- */

struct entry { /* before its bytes */
	int64_t key;
	size_t n;
};

void registry_page_init(struct registry_page *p)
{
	memset(p, 0, sizeof(*p));
	buf_init(&p->bytes, (size_t)64 << 20);
}

void registry_page_release(struct registry_page *p)
{
	buf_release(&p->bytes);
}

void registry_page_add(struct registry_page *p, int64_t key, struct text object)
{
	struct entry x = { key, object.n };

	buf_add(&p->bytes, &x, sizeof(x));
	buf_text(&p->bytes, object);
}

enum err registry_page_fill(struct registry_page *p, sqlite3_stmt *q, uint32_t most)
{
	enum err e = ERR_OK;

	for (uint32_t n = 0; n < most && (e = store_step(q)) == ERR_OK; n++)
		registry_page_add(p, sqlite3_column_int64(q, 0), registry_column(q, 2));
	sqlite3_reset(q);
	if (e == ERR_ABSENT)
		e = ERR_OK;
	return e != ERR_OK ? e : p->bytes.err;
}

bool registry_page_bytes(struct registry_page *p, int64_t *key, struct text *t)
{
	struct entry x;

	if (p->at == p->bytes.n)
		return false;
	memcpy(&x, p->bytes.p + p->at, sizeof(x));
	*key = x.key;
	*t = text_of(p->bytes.p + p->at + sizeof(x), x.n);
	p->at += sizeof(x) + x.n;
	return true;
}

bool registry_page_next(struct registry_page *p, int64_t *key, enum err *e)
{
	struct text t;

	if (!registry_page_bytes(p, key, &t))
		return false;
	*e = desk_object_take(t, &p->object);
	return *e == ERR_OK;
}

/* ---- single rows ---- */

static int64_t clamped(uint64_t id) /* none is greater than INT64_MAX */
{
	return id > INT64_MAX ? INT64_MAX : (int64_t)id;
}

static void answered(struct registry *r, struct registry_reader *d, sqlite3_stmt *q)
{
	sqlite3_reset(q);
	registry_reader_give(r, d);
}

/* A reader with the statement and its values. */
static enum err ask(struct registry *r, const char *sql, const int64_t value[3], struct registry_reader **d,
                    sqlite3_stmt **q)
{
	enum err e = registry_reader_take(r, d);

	if (e != ERR_OK)
		return e;
	e = registry_reader_statement(*d, sql, q);
	for (int i = 0; e == ERR_OK && i < 3; i++)
		sqlite3_bind_int64(*q, i + 1, value[i]); /* those that the statement has */
	if (e != ERR_OK)
		answered(r, *d, *q);
	return e;
}

/* The same, stepped to its only row. */
static enum err ask_row(struct registry *r, const char *sql, uint64_t value, struct registry_reader **d,
                        sqlite3_stmt **q)
{
	enum err e = ask(r, sql, (int64_t[3]){ clamped(value) }, d, q);

	if (e != ERR_OK)
		return e;
	e = store_step(*q);
	if (e != ERR_OK)
		answered(r, *d, *q);
	return e;
}

enum err registry_place(struct registry *r, uint64_t *position, int64_t *now_us)
{
	struct registry_reader *d;
	sqlite3_stmt *q;
	enum err e = ask_row(r, "SELECT position, now_us FROM place WHERE one = ?1", 1, &d, &q);

	if (e != ERR_OK)
		return e == ERR_ABSENT ? ERR_FORMAT : e;
	*position = (uint64_t)sqlite3_column_int64(q, 0);
	*now_us = sqlite3_column_int64(q, 1);
	answered(r, d, q);
	return ERR_OK;
}

enum err registry_noted(struct registry *r, struct buf *note)
{
	struct registry_reader *d;
	sqlite3_stmt *q;
	enum err e = ask_row(r, "SELECT bytes FROM note WHERE one = ?1", 1, &d, &q);

	if (e != ERR_OK)
		return e == ERR_ABSENT ? ERR_OK : e;
	buf_text(note, registry_column(q, 0));
	answered(r, d, q);
	return note->err;
}

enum err registry_outcome(struct registry *r, uint64_t position, struct desk_outcome *out)
{
	struct registry_reader *d;
	sqlite3_stmt *q;
	int64_t refusal;
	enum err e =
		ask_row(r, "SELECT refusal, field, state, object, version, touched, messages FROM outcome WHERE position = ?1",
	            position, &d, &q);

	if (e != ERR_OK)
		return e;
	refusal = sqlite3_column_int64(q, 0);
	*out = (struct desk_outcome){ .refusal = (enum desk_refusal)refusal,
		                          .field = (uint8_t)sqlite3_column_int(q, 1),
		                          .state = (uint8_t)sqlite3_column_int(q, 2),
		                          .object = (uint64_t)sqlite3_column_int64(q, 3),
		                          .version = (uint32_t)sqlite3_column_int64(q, 4),
		                          .touched = (uint32_t)sqlite3_column_int64(q, 5),
		                          .messages = (uint32_t)sqlite3_column_int64(q, 6) };
	answered(r, d, q);
	return refusal < 0 || refusal >= DESK_REFUSALS_COUNT ? ERR_FORMAT : ERR_OK;
}

enum err registry_load(struct registry *r, uint64_t id, struct desk_object *out)
{
	struct registry_reader *d;
	sqlite3_stmt *q;
	enum err e = ask_row(r, "SELECT body FROM object WHERE id = ?1", id, &d, &q);

	if (e != ERR_OK)
		return e;
	e = desk_object_take(registry_column(q, 0), out);
	answered(r, d, q);
	return e;
}

enum err registry_message(struct registry *r, uint64_t id, struct desk_message *m, struct desk_object *o)
{
	struct registry_reader *d;
	sqlite3_stmt *q;
	enum err e = ask_row(r, "SELECT body, object FROM message WHERE id = ?1", id, &d, &q);

	if (e != ERR_OK)
		return e;
	e = desk_message_take(registry_column(q, 0), m);
	if (e == ERR_OK)
		e = desk_object_take(registry_column(q, 1), o);
	answered(r, d, q);
	return e;
}

/* ---- rows in order ---- */

/* The positions of an object's chunks, newest first, back to the one that has version `from`. */
static enum err chain(struct registry_reader *d, uint64_t id, uint32_t from, struct buf *out)
{
	sqlite3_stmt *q;
	int64_t position = 0, version = INT64_MAX;
	enum err e = registry_reader_statement(d, "SELECT position FROM object WHERE id = ?1", &q);

	if (e == ERR_OK) {
		sqlite3_bind_int64(q, 1, clamped(id));
		e = store_step(q);
		if (e == ERR_OK)
			position = sqlite3_column_int64(q, 0);
		sqlite3_reset(q);
	}
	while (e == ERR_OK && position != 0 && version > from) {
		buf_add(out, &position, sizeof(position));
		e = registry_reader_statement(d, "SELECT before, version FROM history WHERE position = ?1 AND object = ?2", &q);
		if (e != ERR_OK)
			break;
		sqlite3_bind_int64(q, 1, position);
		sqlite3_bind_int64(q, 2, clamped(id));
		e = store_step(q);
		if (e == ERR_ABSENT || (e == ERR_OK && sqlite3_column_int64(q, 0) >= position))
			e = ERR_FORMAT; /* a chain that breaks off, or that does not go back */
		if (e == ERR_OK) {
			position = sqlite3_column_int64(q, 0);
			version = sqlite3_column_int64(q, 1);
		}
		sqlite3_reset(q);
	}
	return e != ERR_OK ? e : out->err;
}

static enum err chunk_at(struct registry_reader *d, uint64_t id, int64_t position, struct buf *out)
{
	sqlite3_stmt *q;
	enum err e = registry_reader_statement(d, "SELECT rows FROM history WHERE position = ?1 AND object = ?2", &q);

	if (e != ERR_OK)
		return e;
	buf_clear(out);
	sqlite3_bind_int64(q, 1, position);
	sqlite3_bind_int64(q, 2, clamped(id));
	e = store_step(q);
	if (e == ERR_OK)
		buf_text(out, registry_column(q, 0));
	sqlite3_reset(q);
	return e == ERR_ABSENT ? ERR_FORMAT : e != ERR_OK ? e : out->err;
}

enum err registry_chunks(struct registry_reader *d, uint64_t id, uint32_t from,
                         bool (*visit)(void *ctx, struct text rows), void *ctx)
{
	struct buf positions, rows;
	int64_t position;
	enum err e;

	buf_init(&positions, (size_t)64 << 20);
	buf_init(&rows, (size_t)1 << 20);
	e = chain(d, id, from, &positions);
	for (size_t n = positions.n; e == ERR_OK && n > 0; n -= sizeof(position)) {
		memcpy(&position, positions.p + n - sizeof(position), sizeof(position));
		e = chunk_at(d, id, position, &rows);
		if (e == ERR_OK && !visit(ctx, buf_view(&rows)))
			break;
	}
	buf_release(&positions);
	buf_release(&rows);
	return e == ERR_ABSENT ? ERR_OK : e; /* no such object: no history */
}

struct wanted { /* rows of history on their way to who asked */
	struct registry_page page;
	uint32_t from, left;
	enum err e;
};

static bool take_rows(void *ctx, struct text rows)
{
	struct wanted *w = ctx;
	struct registry_row h;

	while (w->left > 0 && rows.n > 0) {
		struct text one = rows;

		w->e = desk_row_take(&rows, &h.trace, &h.version, &h.state);
		if (w->e != ERR_OK)
			return false;
		one.n -= rows.n;
		if (h.version < w->from)
			continue;
		registry_page_add(&w->page, 0, one);
		w->left--;
	}
	return w->left > 0;
}

enum err registry_history(struct registry *r, uint64_t id, uint32_t from, uint32_t most,
                          bool (*visit)(void *ctx, const struct registry_row *h), void *ctx)
{
	struct wanted w = { .from = from, .left = most };
	struct registry_reader *d;
	struct text t;
	int64_t key;
	enum err e = registry_reader_take(r, &d);

	if (e != ERR_OK)
		return e;
	registry_page_init(&w.page);
	e = store_run(&d->store, "BEGIN"); /* object and chain of one moment */
	if (e == ERR_OK)
		e = registry_chunks(d, id, from, take_rows, &w);
	sqlite3_exec(d->store.db, "ROLLBACK", NULL, NULL, NULL);
	registry_reader_give(r, d);
	if (e == ERR_OK)
		e = w.e != ERR_OK ? w.e : w.page.bytes.err;
	while (e == ERR_OK && registry_page_bytes(&w.page, &key, &t)) {
		struct registry_row h;

		e = desk_row_take(&t, &h.trace, &h.version, &h.state);
		if (e == ERR_OK && !visit(ctx, &h))
			break;
	}
	registry_page_release(&w.page);
	return e;
}

/* History by position; what is not the object's last row there is passed over, since the object comes again. */
enum err registry_changes(struct registry *r, uint64_t position, uint32_t most,
                          bool (*visit)(void *ctx, uint64_t position, const struct desk_object *o), void *ctx)
{
	static const char sql[] = "SELECT h.position, o.id, o.body FROM history h CROSS JOIN object o ON o.id = h.object "
							  "WHERE h.position > ?1 AND o.position = h.position ORDER BY h.position, h.object";
	struct registry_page page;
	struct registry_reader *d;
	sqlite3_stmt *q;
	int64_t at, last = 0;
	enum err e = ask(r, sql, (int64_t[3]){ clamped(position) }, &d, &q);

	if (e != ERR_OK)
		return e;
	registry_page_init(&page);
	for (uint32_t n = 0; (e = store_step(q)) == ERR_OK; n++) {
		at = sqlite3_column_int64(q, 0);
		if (n >= most && at != last) /* what one record changed is not cut */
			break;
		last = at;
		registry_page_add(&page, at, registry_column(q, 2));
	}
	answered(r, d, q);
	e = e == ERR_OK || e == ERR_ABSENT ? page.bytes.err : e;
	while (e == ERR_OK && registry_page_next(&page, &at, &e) && visit(ctx, (uint64_t)at, &page.object))
		;
	registry_page_release(&page);
	return e;
}

static void messages_sql(struct buf *b, uint64_t kinds)
{
	const char *before = "";

	for (uint32_t k = kinds ? 1 : DESK_MESSAGE_KINDS; k < DESK_MESSAGE_KINDS; k++) {
		if ((kinds >> k & 1) == 0)
			continue;
		buf_printf(
			b,
			"%sSELECT id AS k, body AS body, object AS object FROM message INDEXED BY message_kind WHERE kind = %u AND id > ?1",
			before, k);
		before = " UNION ALL ";
	}
	if (kinds == 0)
		buf_z(b, "SELECT id, body, object FROM message WHERE id > ?1");
	buf_z(b, " ORDER BY 1 LIMIT ?2");
}

enum err registry_messages(struct registry *r, uint64_t after, uint64_t kinds, uint32_t most,
                           bool (*visit)(void *ctx, const struct desk_message *m, const struct desk_object *o),
                           void *ctx)
{
	const uint64_t known = ((uint64_t)1 << DESK_MESSAGE_KINDS) - 2;
	struct registry_page page;
	struct registry_reader *d;
	struct desk_message m;
	struct buf sql;
	sqlite3_stmt *q;
	struct text t;
	int64_t id;
	enum err e;

	if (kinds && (kinds & known) == 0)
		return ERR_OK;
	buf_init(&sql, REGISTRY_SQL_MAX);
	messages_sql(&sql, kinds & known);
	e = sql.err != ERR_OK ? sql.err : ask(r, sql.p, (int64_t[3]){ clamped(after), most }, &d, &q);
	buf_release(&sql);
	if (e != ERR_OK)
		return e;
	registry_page_init(&page);
	while ((e = store_step(q)) == ERR_OK) {
		registry_page_add(&page, 0, registry_column(q, 1));
		registry_page_add(&page, 0, registry_column(q, 2));
	}
	answered(r, d, q);
	e = e == ERR_ABSENT ? page.bytes.err : e;
	while (e == ERR_OK && registry_page_bytes(&page, &id, &t)) {
		e = desk_message_take(t, &m);
		if (e == ERR_OK && (!registry_page_next(&page, &id, &e) || !visit(ctx, &m, &page.object)))
			break;
	}
	registry_page_release(&page);
	return e;
}
