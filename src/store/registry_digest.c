/* registry_digest.c - the registry as a whole: a digest of its content, and a copy of its file. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>
#include "base/mem.h"
#include "store/registry_int.h"

/* Tables in order, rows in order of their keys: numbers as 8 bytes, bytes behind their number. Indexes follow from the objects' bytes. */
static const char *const part[] = {
	"SELECT position, now_us FROM place",
	"SELECT id, position, body FROM object ORDER BY id",
	"SELECT id, body, object FROM message ORDER BY id",
	"SELECT token_0, token_1, kind, person_0, person_1, phone_0, phone_1, position, district FROM holding ORDER BY 1, 2, 3",
	"SELECT time, position, kind, token_0, token_1, outlet_0, outlet_1, agent_0, agent_1, clerk_0, clerk_1, person_0, person_1, organisation, remote FROM opening ORDER BY 1, 2, 3",
	"SELECT start, what, at, n FROM figure_hour WHERE n <> 0 ORDER BY 1, 2, 3",
	"SELECT start, what, at, n FROM figure_day WHERE n <> 0 ORDER BY 1, 2, 3",
	"SELECT alert, rule, right, by, organisation, time, act FROM verdict ORDER BY alert, rule",
	"SELECT position, refusal, field, state, object, version, touched, messages FROM outcome ORDER BY position",
};

static void take_number(crypto_generichash_state *h, uint64_t v)
{
	unsigned char c[8];

	for (int i = 0; i < 8; i++)
		c[i] = (unsigned char)(v >> 8 * i);
	crypto_generichash_update(h, c, sizeof(c));
}

static enum err take_part(struct registry_reader *d, const char *sql, crypto_generichash_state *h)
{
	sqlite3_stmt *q;
	enum err e = registry_reader_statement(d, sql, &q);

	if (e != ERR_OK)
		return e;
	while ((e = store_step(q)) == ERR_OK) {
		for (int i = 0; i < sqlite3_column_count(q); i++) {
			struct text t;

			if (sqlite3_column_type(q, i) != SQLITE_BLOB) {
				take_number(h, (uint64_t)sqlite3_column_int64(q, i));
				continue;
			}
			t = registry_column(q, i);
			take_number(h, t.n);
			crypto_generichash_update(h, (const unsigned char *)t.p, t.n);
		}
	}
	sqlite3_reset(q);
	take_number(h, UINT64_MAX);
	return e == ERR_ABSENT ? ERR_OK : e;
}

static bool take_rows(void *ctx, struct text rows)
{
	crypto_generichash_update(ctx, (const unsigned char *)rows.p, rows.n);
	return true;
}

/* Each object's rows are one sequence, however they were cut; they go along the chains, so that a broken one is noticed. */
static enum err take_history(struct registry_reader *d, crypto_generichash_state *h)
{
	sqlite3_stmt *q;
	enum err e = registry_reader_statement(d, "SELECT id FROM object ORDER BY id", &q);

	while (e == ERR_OK && (e = store_step(q)) == ERR_OK) {
		take_number(h, (uint64_t)sqlite3_column_int64(q, 0));
		e = registry_chunks(d, (uint64_t)sqlite3_column_int64(q, 0), 0, take_rows, h);
	}
	sqlite3_reset(q);
	return e == ERR_ABSENT ? ERR_OK : e;
}

enum err registry_digest(struct registry *r, unsigned char out[REGISTRY_DIGEST_BYTES])
{
	crypto_generichash_state h;
	struct registry_reader *d;
	enum err e = registry_reader_take(r, &d);

	if (e != ERR_OK)
		return e;
	crypto_generichash_init(&h, NULL, 0, REGISTRY_DIGEST_BYTES);
	e = store_run(&d->store, "BEGIN"); /* one state of it all */
	for (uint32_t i = 0; e == ERR_OK && i < ARRAY_LEN(part); i++)
		e = take_part(d, part[i], &h);
	if (e == ERR_OK)
		e = take_history(d, &h);
	sqlite3_exec(d->store.db, "ROLLBACK", NULL, NULL, NULL);
	registry_reader_give(r, d);
	crypto_generichash_final(&h, out, REGISTRY_DIGEST_BYTES);
	return e;
}

/* In one step: one state of the whole, which in WAL hinders nobody. */
static enum err backup(struct registry_reader *d, const char *path)
{
	struct store to;
	sqlite3_backup *b;
	struct buf why;
	int code;
	enum err e;

	buf_init(&why, 0);
	e = store_open_as(&to, path, STORE_TRUTH, &why);
	buf_release(&why);
	if (e == ERR_OK) {
		b = sqlite3_backup_init(to.db, "main", d->store.db, "main");
		code = b == NULL ? sqlite3_errcode(to.db) : sqlite3_backup_step(b, -1);
		sqlite3_backup_finish(b);
		e = code == SQLITE_DONE      ? store_cut(&to)
		    : code == SQLITE_NOMEM   ? ERR_MEMORY
		    : code == SQLITE_CORRUPT ? ERR_FORMAT
		                             : ERR_IO;
	}
	store_close(&to);
	return e;
}

enum err registry_copy(struct registry *r, const char *path)
{
	struct registry_reader *d;
	struct buf part_path;
	enum err e;

	if (access(path, F_OK) == 0) {
		errno = EEXIST;
		return ERR_IO;
	}
	buf_init(&part_path, 4096);
	buf_printf(&part_path, "%s.part", path);
	e = part_path.err != ERR_OK ? part_path.err : registry_reader_take(r, &d);
	if (e == ERR_OK) {
		unlink(part_path.p); /* of one that was interrupted */
		e = backup(d, part_path.p);
		registry_reader_give(r, d);
		if (e == ERR_OK && rename(part_path.p, path) != 0)
			e = ERR_IO;
		if (e != ERR_OK)
			unlink(part_path.p);
	}
	buf_release(&part_path);
	return e;
}
