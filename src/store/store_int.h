/* store_int.h - SQLite as this folder uses it: one file, one connection, one lock, statements made once. */
#ifndef DUANKA_STORE_STORE_INT_H
#define DUANKA_STORE_STORE_INT_H
#include <pthread.h>
#include <sqlite3.h>
#include "base/buf.h"

enum {
	STORE_STATEMENTS_MAX = 24
};

enum store_use {
	STORE_TRUTH,   /* synchronous=FULL (what is committed survives a power cut), secure_delete */
	STORE_DERIVED, /* synchronous=NORMAL: a power cut may take the last transactions, which can be made again */
	STORE_READER   /* beside the writer of a derived one; writes nothing */
};

struct store {
	sqlite3 *db;
	pthread_mutex_t lock;
	sqlite3_stmt *statement[STORE_STATEMENTS_MAX];
};

/* Opens or makes (but for a reader) path, WAL, and no more. One thread at a time. After a failure store_close as well. */
enum err store_open_as(struct store *s, const char *path, enum store_use use, struct buf *why) MUST_CHECK;
enum err store_prepare(struct store *s, const char *sql, sqlite3_stmt **out) MUST_CHECK;
void store_tell(struct store *s, const char *path, enum err e, struct buf *why); /* one line about what went wrong */
/* As STORE_TRUTH, with the tables of `schema` and n statements. */
enum err store_open(struct store *s, const char *path, const char *schema, const char *const *sql, uint32_t n,
                    struct buf *why) MUST_CHECK;
void store_close(struct store *s);
enum err store_run(struct store *s, const char *sql) MUST_CHECK; /* without results */
/* COMMIT if e is ERR_OK; ROLLBACK if it is not, or if that failed. */
enum err store_end(struct store *s, enum err e) MUST_CHECK;
/* Moves what stands in the write-ahead log into the file and cuts the log off: only then is what was deleted gone from both. */
enum err store_cut(struct store *s) MUST_CHECK;
/* ERR_OK: a row is there; ERR_ABSENT: no more. The caller resets the statement. */
enum err store_step(sqlite3_stmt *q) MUST_CHECK;
enum err store_do(sqlite3_stmt *q) MUST_CHECK; /* one without results, and resets it */

#endif
