/* registry_feed.c - rows that wait, as a table that SQLite reads. INSERT ... SELECT ... FROM waiting is one statement for thousands of rows: it opens the table and its
 * indexes once, and binds nothing. A statement a row spent a third of its time on being begun and ended.
 *
 * The table has no name in any schema and no content of its own: whoever writes says where its rows come from, and they are made one at a time while SQLite asks for them. What failed there is
 * told as it was. */
#include "store/registry_int.h"

struct cursor {
	sqlite3_vtab_cursor base;
	struct registry *r;
	bool end;
};
struct table {
	sqlite3_vtab base;
	struct registry *r;
	struct cursor cursor; /* there is one reader */
};

static int connect(sqlite3 *db, void *registry, int n, const char *const *args, sqlite3_vtab **out, char **why)
{
	struct registry *r = registry;
	struct table *t = sqlite3_malloc(sizeof(*t));

	(void)n;
	(void)args;
	(void)why;
	if (t == NULL)
		return SQLITE_NOMEM;
	*t = (struct table){ .r = r };
	*out = &t->base;
	return sqlite3_declare_vtab(
		db, "CREATE TABLE waiting(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14)");
}
_Static_assert(REGISTRY_CELLS == 15, "as declared");

static int disconnect(sqlite3_vtab *t)
{
	sqlite3_free(t);
	return SQLITE_OK;
}

static int best_index(sqlite3_vtab *t, sqlite3_index_info *i)
{
	(void)t;
	i->estimatedCost = 1000;
	return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *vtab, sqlite3_vtab_cursor **out)
{
	struct table *t = (struct table *)vtab;

	t->cursor = (struct cursor){ .r = t->r };
	*out = &t->cursor.base;
	return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *c)
{
	(void)c;
	return SQLITE_OK;
}

static int next(sqlite3_vtab_cursor *cursor)
{
	struct cursor *c = (struct cursor *)cursor;
	struct registry_feed *f = &c->r->feed;
	enum err e = f->row(c->r, &f->at, f->cell);

	c->end = e != ERR_OK;
	if (e == ERR_OK || e == ERR_ABSENT)
		return SQLITE_OK;
	f->e = e;
	return SQLITE_ABORT;
}

static int first(sqlite3_vtab_cursor *c, int number, const char *text, int n, sqlite3_value **args)
{
	(void)number;
	(void)text;
	(void)n;
	(void)args;
	return next(c);
}

static int end(sqlite3_vtab_cursor *c)
{
	return ((struct cursor *)c)->end;
}

static int column(sqlite3_vtab_cursor *cursor, sqlite3_context *to, int i)
{
	const struct registry_cell *x = &((struct cursor *)cursor)->r->feed.cell[i];

	if (x->what == CELL_NUMBER)
		sqlite3_result_int64(to, x->number);
	else if (x->what == CELL_BYTES)
		sqlite3_result_blob64(to, x->bytes.p, x->bytes.n, SQLITE_STATIC); /* good until the next row */
	return SQLITE_OK;
}

static int rowid(sqlite3_vtab_cursor *c, sqlite3_int64 *out)
{
	*out = ((struct cursor *)c)->r->feed.at;
	return SQLITE_OK;
}

enum err registry_feed_open(struct registry *r)
{
	static const sqlite3_module module = { .xConnect = connect,
		                                   .xBestIndex = best_index,
		                                   .xDisconnect = disconnect,
		                                   .xOpen = open_cursor,
		                                   .xClose = close_cursor,
		                                   .xFilter = first,
		                                   .xNext = next,
		                                   .xEof = end,
		                                   .xColumn = column,
		                                   .xRowid = rowid };
	int code = sqlite3_create_module(r->store.db, "waiting", &module, r);

	return code == SQLITE_OK ? ERR_OK : code == SQLITE_NOMEM ? ERR_MEMORY : ERR_IO;
}

enum err registry_feed(struct registry *r, uint32_t statement, registry_row_source *row)
{
	enum err e;

	r->feed = (struct registry_feed){ .row = row };
	e = store_do(r->store.statement[statement]);
	return r->feed.e != ERR_OK ? r->feed.e : e;
}
