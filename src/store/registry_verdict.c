/* registry_verdict.c - what analysts found of alerts: the last verdict about each. Few, since people give them; so nothing waits and nothing is cached. */
#include "store/registry_int.h"

enum err registry_judge(struct registry *r, const struct registry_verdict *v)
{
	sqlite3_stmt *q = NULL;
	enum err e;

	CHECK(r->writing);
	if (r->failed != ERR_OK)
		return r->failed;
	e = store_prepare(&r->store, "INSERT OR REPLACE INTO verdict VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)", &q);
	if (e == ERR_OK) {
		sqlite3_bind_int64(q, 1, (int64_t)v->alert);
		sqlite3_bind_blob64(q, 2, v->rule, strlen(v->rule), SQLITE_STATIC);
		sqlite3_bind_int(q, 3, v->right);
		sqlite3_bind_blob64(q, 4, v->by, strlen(v->by), SQLITE_STATIC);
		sqlite3_bind_int(q, 5, v->organisation);
		sqlite3_bind_int64(q, 6, v->time_us);
		sqlite3_bind_int64(q, 7, (int64_t)v->act);
		e = store_do(q);
	}
	sqlite3_finalize(q);
	return r->failed = e;
}

/* False: it is longer than any that was put in. */
static bool copy(char *out, size_t cap, struct text t)
{
	if (t.n >= cap)
		return false;
	memcpy(out, t.p, t.n);
	out[t.n] = 0;
	return true;
}

static enum err take_row(sqlite3_stmt *q, struct registry_verdict *v)
{
	bool ok =
		copy(v->rule, sizeof(v->rule), registry_column(q, 0)) && copy(v->by, sizeof(v->by), registry_column(q, 2));

	v->right = sqlite3_column_int(q, 1) != 0;
	v->organisation = (uint16_t)sqlite3_column_int(q, 3);
	v->time_us = sqlite3_column_int64(q, 4);
	v->act = (uint64_t)sqlite3_column_int64(q, 5);
	return ok ? ERR_OK : ERR_FORMAT;
}

enum err registry_verdicts(struct registry *r, uint64_t alert,
                           void (*visit)(void *ctx, const struct registry_verdict *v), void *ctx)
{
	struct registry_verdict v = { .alert = alert };
	struct registry_reader *d;
	sqlite3_stmt *q = NULL;
	enum err e = registry_reader_take(r, &d);

	if (e != ERR_OK)
		return e;
	e = registry_reader_statement(d, "SELECT rule, right, by, organisation, time, act FROM verdict WHERE alert = ?1",
	                              &q);
	if (e == ERR_OK)
		sqlite3_bind_int64(q, 1, (int64_t)alert);
	while (e == ERR_OK && (e = store_step(q)) == ERR_OK && (e = take_row(q, &v)) == ERR_OK)
		visit(ctx, &v);
	if (q != NULL)
		sqlite3_reset(q);
	registry_reader_give(r, d);
	return e == ERR_ABSENT ? ERR_OK : e;
}
