/* registry_int.h - the parts of the registry: its tables, the writer (registry.c, registry_world.c) and the readers (registry_read.c, registry_list.c).
 *
 * Tables:
 *   object   a row an object: the columns that lists go by, and the object's bytes (desk/bytes.h), which alone are the content
 *   about    by what an object is found: its subject and its second key
 *   history  rows of one object, several in a row of the table when they came in one transaction: bytes one after the other, by the first one's version
 *   message  a row a message, with the object as it was when it was sent
 *   outcome  what came of a command, by its position
 *   place    the position and time up to which everything is in
 *   note     what whoever writes keeps for itself */
#ifndef DUANKA_STORE_REGISTRY_INT_H
#define DUANKA_STORE_REGISTRY_INT_H
#include "desk/bytes.h"
#include "store/registry.h"
#include "store/store_int.h"

enum {
	REGISTRY_READERS = 8,     /* connections beside the writer; who wants one more waits */
	REGISTRY_CACHED = 32,     /* statements that a reader keeps */
	REGISTRY_CHUNK_MAX = 900, /* bytes of history in one row of the table, so that it needs no overflow page */
	REGISTRY_SQL_MAX = 1 << 16
};

struct registry_statement {
	sqlite3_stmt *q;
	uint64_t used; /* when, for what to give up */
};
struct registry_reader {
	struct store store;
	bool open, busy;
	uint64_t uses;
	struct registry_statement cached[REGISTRY_CACHED];
};

struct registry {
	char *path;
	/* the writer */
	struct store store;
	struct desk_world world;
	bool writing;
	struct buf bytes, before; /* an object or a message on its way */
	struct desk_object object;
	/* the readers */
	pthread_mutex_t lock;
	pthread_cond_t given_back;
	struct registry_reader reader[REGISTRY_READERS];
};

/* What lists go by. */
struct registry_head {
	int64_t kind, state, grade, organisation, district, maker, changed, position;
	int64_t urgency, due; /* -1: not open; nothing due */
};
void registry_head_of(const struct desk_object *o, uint64_t position, struct registry_head *out);
uint32_t registry_open_states(uint32_t kind); /* bits: those that are not final */
uint32_t registry_all_states(uint32_t kind);

/* The writer's statements. */
enum {
	W_LOAD,
	W_SAVE,
	W_ABOUT,
	W_ABOUT_ADD,
	W_ABOUT_REMOVE,
	W_DUE,
	W_HISTORY,
	W_MESSAGE,
	W_OUTCOME,
	W_PLACE,
	W_STATEMENTS
};
/* The writer's world. */
enum err registry_world_open(struct registry *r, struct buf *why) MUST_CHECK;
enum err registry_world_flush(struct registry *r) MUST_CHECK; /* everything that waits is written */
void registry_world_forget(struct registry *r);               /* after a rollback: nothing that is in memory counts */

/* A reader, for this thread until it is given back. */
enum err registry_reader_take(struct registry *r, struct registry_reader **out) MUST_CHECK;
void registry_reader_give(struct registry *r, struct registry_reader *d);
void registry_readers_close(struct registry *r);
/* The statement of this text, reset and without values. The reader keeps it. */
enum err registry_reader_statement(struct registry_reader *d, const char *sql, sqlite3_stmt **out) MUST_CHECK;
struct text registry_column(sqlite3_stmt *q, int i); /* a blob */

/* A page of keys and objects: filled while the reader is held, looked at when it was given back, so that whoever looks may take their time. */
struct registry_page {
	struct buf bytes;
	size_t at;
	struct desk_object object;
};
void registry_page_init(struct registry_page *p);
void registry_page_release(struct registry_page *p);
/* Rows of (key, id, bytes), as many as come but at most `most`. */
enum err registry_page_fill(struct registry_page *p, sqlite3_stmt *q, uint32_t most) MUST_CHECK;
void registry_page_add(struct registry_page *p, int64_t key, struct text object);
bool registry_page_bytes(struct registry_page *p, int64_t *key, struct text *t); /* the next one; false at the end */
/* The next one, in p->object; false at the end, or with *e when its bytes are damaged. */
bool registry_page_next(struct registry_page *p, int64_t *key, enum err *e);

/* The text of a list's statement, and what its numbered values are. For tests as well: they ask SQLite how it would go about it. */
enum {
	LIST_KIND = 1,
	LIST_ORGANISATION,
	LIST_DISTRICT,
	LIST_MAKER,
	LIST_GRADE,
	LIST_URGENCY, /* the last one of this grade */
	LIST_FROM,
	LIST_TO,
	LIST_KEY,
	LIST_ID,
	LIST_MOST,
	LIST_TOKEN_0,
	LIST_TOKEN_1,
	LIST_WHAT
};
enum registry_driver { /* what a list begins with */
	DRIVER_ENTITY,
	DRIVER_MAKER,
	DRIVER_ORGANISATION,
	DRIVER_DISTRICT,
	DRIVER_GRADE,
	DRIVER_ORDER
};
enum registry_wanted {
	WANT_PAGE,
	WANT_COUNT
};
void registry_list_sql(struct buf *b, const struct registry_query *q, enum registry_driver by, enum registry_wanted w);
/* The drivers to try: each narrows the kind to what may be few. */
bool registry_driver_given(const struct registry_query *q, enum registry_driver by);

#endif
