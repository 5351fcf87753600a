/* registry.c - the registry's file: its tables, its transactions, its place. See registry.h and registry_int.h. */
#include "store/registry.h"
#include "base/mem.h"
#include "store/registry_int.h"

#define VERSION 6
#define APPLICATION 1146835527 /* "DKRG" */
#define AS_TEXT(x) #x
#define TEXT_OF(x) AS_TEXT(x)

/* Lists begin with equal values and end in what they are ordered by; the row's id comes last in every index. What is NULL is in no index WHERE ... IS NOT NULL. */
static const char schema[] =
	"CREATE TABLE object(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, state INTEGER NOT NULL, grade INTEGER NOT NULL,"
	" organisation INTEGER, district INTEGER, maker INTEGER, changed INTEGER NOT NULL, position INTEGER NOT NULL,"
	" urgency INTEGER, due INTEGER, found INTEGER, body BLOB NOT NULL);"
	"CREATE INDEX object_state ON object(kind, state);"
	"CREATE INDEX object_organisation ON object(kind, organisation, state) WHERE organisation IS NOT NULL;"
	"CREATE INDEX object_district ON object(kind, district, state) WHERE district IS NOT NULL;"
	"CREATE INDEX object_maker ON object(kind, maker, state) WHERE maker IS NOT NULL;"
	"CREATE INDEX urgent ON object(kind, state, urgency) WHERE urgency IS NOT NULL;"
	"CREATE INDEX urgent_organisation ON object(kind, organisation, state, urgency)"
	" WHERE urgency IS NOT NULL AND organisation IS NOT NULL;"
	"CREATE INDEX urgent_district ON object(kind, district, state, urgency)"
	" WHERE urgency IS NOT NULL AND district IS NOT NULL;"
	"CREATE INDEX object_changed ON object(kind, state, changed);"
	"CREATE INDEX object_due ON object(kind, due) WHERE due IS NOT NULL;"
	"CREATE INDEX object_found ON object(found) WHERE found IS NOT NULL;"
	"CREATE TABLE about(token_0 INTEGER NOT NULL, token_1 INTEGER NOT NULL, what INTEGER NOT NULL, id INTEGER NOT NULL,"
	" PRIMARY KEY(token_0, token_1, what, id)) WITHOUT ROWID;"
	"CREATE TABLE about_young(token_0 INTEGER NOT NULL, token_1 INTEGER NOT NULL, what INTEGER NOT NULL, id INTEGER NOT NULL,"
	" PRIMARY KEY(token_0, token_1, what, id)) WITHOUT ROWID;"
	"CREATE TABLE history(position INTEGER NOT NULL, object INTEGER NOT NULL, before INTEGER NOT NULL,"
	" version INTEGER NOT NULL, rows BLOB NOT NULL, PRIMARY KEY(position, object)) WITHOUT ROWID;"
	"CREATE TABLE message(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, body BLOB NOT NULL, object BLOB NOT NULL);"
	"CREATE INDEX message_kind ON message(kind);"
	"CREATE TABLE outcome(position INTEGER PRIMARY KEY, refusal INTEGER NOT NULL, field INTEGER NOT NULL, state INTEGER NOT NULL,"
	" object INTEGER NOT NULL, version INTEGER NOT NULL, touched INTEGER NOT NULL, messages INTEGER NOT NULL);"
	"CREATE TABLE holding(token_0 INTEGER NOT NULL, token_1 INTEGER NOT NULL, kind INTEGER NOT NULL,"
	" person_0 INTEGER NOT NULL, person_1 INTEGER NOT NULL, phone_0 INTEGER NOT NULL, phone_1 INTEGER NOT NULL,"
	" position INTEGER NOT NULL, district INTEGER NOT NULL, PRIMARY KEY(token_0, token_1, kind)) WITHOUT ROWID;"
	"CREATE INDEX holding_person ON holding(person_0, person_1, position) WHERE kind = 2;"
	"CREATE TABLE opening(time INTEGER NOT NULL, position INTEGER NOT NULL, kind INTEGER NOT NULL,"
	" token_0 INTEGER NOT NULL, token_1 INTEGER NOT NULL, outlet_0 INTEGER NOT NULL, outlet_1 INTEGER NOT NULL,"
	" agent_0 INTEGER NOT NULL, agent_1 INTEGER NOT NULL, clerk_0 INTEGER NOT NULL, clerk_1 INTEGER NOT NULL,"
	" person_0 INTEGER NOT NULL, person_1 INTEGER NOT NULL, organisation INTEGER NOT NULL, remote INTEGER NOT NULL,"
	" PRIMARY KEY(time, position, kind)) WITHOUT ROWID;"
	"CREATE INDEX opening_thing ON opening(token_0, token_1);"
	"CREATE TABLE figure_hour(start INTEGER NOT NULL, what INTEGER NOT NULL, at INTEGER NOT NULL, n INTEGER NOT NULL,"
	" PRIMARY KEY(start, what, at)) WITHOUT ROWID;"
	"CREATE TABLE figure_day(start INTEGER NOT NULL, what INTEGER NOT NULL, at INTEGER NOT NULL, n INTEGER NOT NULL,"
	" PRIMARY KEY(start, what, at)) WITHOUT ROWID;"
	"CREATE TABLE place(one INTEGER PRIMARY KEY CHECK(one = 1), position INTEGER NOT NULL, now_us INTEGER NOT NULL);"
	"INSERT INTO place VALUES(1, 0, 0);"
	"CREATE TABLE note(one INTEGER PRIMARY KEY CHECK(one = 1), bytes BLOB NOT NULL);"
	"PRAGMA application_id=" TEXT_OF(APPLICATION) ";"
												  "PRAGMA user_version=" TEXT_OF(VERSION);

static enum err number(struct store *s, const char *sql, int64_t *out)
{
	sqlite3_stmt *q = NULL;
	enum err e = store_prepare(s, sql, &q);

	if (e == ERR_OK)
		e = store_step(q);
	if (e == ERR_OK)
		*out = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return e;
}

/* Came later; what is in it follows from acts that older journals have none of, so a registry without it lacks nothing. */
static const char verdicts[] =
	"CREATE TABLE IF NOT EXISTS verdict(alert INTEGER NOT NULL, rule BLOB NOT NULL, right INTEGER NOT NULL, by BLOB NOT NULL,"
	" organisation INTEGER NOT NULL, time INTEGER NOT NULL, act INTEGER NOT NULL, PRIMARY KEY(alert, rule)) WITHOUT ROWID";

/* A file without tables becomes a registry; any other must be one. Both in one transaction, so that a half made one is never seen. */
static enum err make(struct registry *r, struct buf *why)
{
	int64_t tables = 0, application = 0, version = 0;
	bool foreign = false;
	enum err e = store_run(&r->store, "BEGIN IMMEDIATE");

	if (e == ERR_OK)
		e = number(&r->store, "SELECT count(*) FROM sqlite_master", &tables);
	if (e == ERR_OK)
		e = number(&r->store, "PRAGMA application_id", &application);
	if (e == ERR_OK)
		e = number(&r->store, "PRAGMA user_version", &version);
	if (e == ERR_OK && tables == 0 && application == 0 && version == 0)
		e = store_run(&r->store, schema);
	else if (e == ERR_OK)
		foreign = application != APPLICATION || version != VERSION;
	if (e == ERR_OK && !foreign)
		e = store_run(&r->store, verdicts);
	if (e == ERR_OK && !foreign)
		e = store_run(&r->store, registry_traffic_schema);
	if (e != ERR_OK)
		store_tell(&r->store, r->path, e, why);
	if (foreign) {
		buf_printf(why,
		           "%s: not a registry of this version; move it away and make it again with: duanka registry rebuild",
		           r->path);
		e = ERR_FORMAT;
	}
	return store_end(&r->store, e);
}

enum err registry_open(struct registry **out, const char *path, struct buf *why)
{
	return registry_open_sized(out, path, REGISTRY_SLOTS, why);
}

enum err registry_open_sized(struct registry **out, const char *path, uint32_t slots, struct buf *why)
{
	struct registry *r = mem_alloc(sizeof(*r));
	enum err e = ERR_OK;

	if (r == NULL)
		return ERR_MEMORY;
	buf_init(&r->bytes, DESK_OBJECT_BYTES_MAX);
	CHECK(pthread_mutex_init(&r->lock, NULL) == 0 && pthread_cond_init(&r->given_back, NULL) == 0);
	r->path = mem_copy_text(path, strlen(path));
	if (r->path == NULL || registry_cache_open(&r->cache, slots) != ERR_OK ||
	    registry_tallies_open(&r->tallies) != ERR_OK || registry_traffic_open(&r->traffic) != ERR_OK)
		e = ERR_MEMORY;
	if (e == ERR_OK)
		e = store_open_as(&r->store, path, STORE_DERIVED, why);
	if (e == ERR_OK)
		e = make(r, why);
	if (e == ERR_OK)
		e = registry_world_open(r, why);
	if (e != ERR_OK) {
		registry_close(r);
		return e;
	}
	*out = r;
	return ERR_OK;
}

void registry_close(struct registry *r)
{
	if (r == NULL)
		return;
	if (r->writing)
		registry_rollback(r);
	registry_readers_close(r);
	registry_world_close(r);
	store_close(&r->store);
	registry_cache_close(&r->cache);
	registry_tallies_close(&r->tallies);
	registry_traffic_close(&r->traffic);
	pthread_mutex_destroy(&r->lock);
	pthread_cond_destroy(&r->given_back);
	buf_release(&r->bytes);
	mem_free(r->path);
	mem_free(r);
}

const struct desk_world *registry_world(struct registry *r)
{
	return &r->world;
}

enum err registry_begin(struct registry *r)
{
	enum err e;

	CHECK(!r->writing);
	e = sqlite3_get_autocommit(r->store.db) ? ERR_OK : store_run(&r->store, "ROLLBACK"); /* one that failed */
	if (e == ERR_OK)
		e = store_run(&r->store, "BEGIN IMMEDIATE");
	r->writing = e == ERR_OK;
	r->failed = ERR_OK;
	return e;
}

/* Whatever failed: nothing of the transaction is there. */
static void undo(struct registry *r)
{
	r->writing = false;
	sqlite3_exec(r->store.db, "ROLLBACK", NULL, NULL, NULL);
	registry_cache_forget(&r->cache);
	registry_tallies_forget(&r->tallies);
	registry_traffic_forget(&r->traffic);
}

void registry_rollback(struct registry *r)
{
	CHECK(r->writing);
	undo(r);
}

enum err registry_settle(struct registry *r, uint64_t position, const struct desk_outcome *o)
{
	sqlite3_stmt *q = r->store.statement[W_OUTCOME];

	CHECK(r->writing);
	if (r->failed != ERR_OK)
		return r->failed;
	sqlite3_bind_int64(q, 1, (int64_t)position);
	sqlite3_bind_int(q, 2, (int)o->refusal);
	sqlite3_bind_int(q, 3, o->field);
	sqlite3_bind_int(q, 4, o->state);
	sqlite3_bind_int64(q, 5, (int64_t)o->object);
	sqlite3_bind_int64(q, 6, o->version);
	sqlite3_bind_int64(q, 7, o->touched);
	sqlite3_bind_int64(q, 8, o->messages);
	return r->failed = store_do(q);
}

enum err registry_commit(struct registry *r, uint64_t position, int64_t now_us)
{
	sqlite3_stmt *q = r->store.statement[W_PLACE];
	enum err e;

	CHECK(r->writing);
	e = registry_flush(r);
	if (e == ERR_OK)
		e = registry_keys_age(r);
	if (e == ERR_OK)
		e = registry_tallies_flush(r);
	if (e == ERR_OK)
		e = registry_traffic_flush(r);
	if (e == ERR_OK)
		e = registry_traffic_age(r, now_us);
	if (e == ERR_OK) {
		sqlite3_bind_int64(q, 1, (int64_t)position);
		sqlite3_bind_int64(q, 2, now_us);
		e = store_do(q);
	}
	if (e == ERR_OK)
		e = store_run(&r->store, "COMMIT");
	if (e != ERR_OK)
		undo(r);
	r->writing = false;
	return e;
}

enum err registry_note(struct registry *r, struct text note)
{
	sqlite3_stmt *q = NULL;
	enum err e;

	CHECK(r->writing);
	if (note.n > REGISTRY_NOTE_MAX)
		return ERR_CAP;
	e = store_prepare(&r->store, "INSERT OR REPLACE INTO note VALUES(1, ?1)", &q);
	if (e == ERR_OK) {
		sqlite3_bind_blob64(q, 1, note.p, note.n, SQLITE_STATIC);
		e = store_do(q);
	}
	sqlite3_finalize(q);
	return e;
}
