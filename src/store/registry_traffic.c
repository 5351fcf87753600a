/* registry_traffic.c - how many events came and what was decided about them, by the hour: sums beside the desk's figures, in the transactions that move the registry's place on.
 *
 * What is counted waits in memory and is written when the place is; so a record counts once, whatever fails. A registry that was made before there were these sums counts from its place on, and says so
 * (registry_traffic_since). So they follow from the journal only in a registry that was made with them, and are no part of the digest. Rows older than TRAFFIC_KEPT_US go, once a day of the desk. */
#include "base/clock.h"
#include "base/mem.h"
#include "store/registry_int.h"

enum {
	SLOTS = 1 << 12, /* a power of two */
	FULL = SLOTS / 4 * 3
};
#define TRAFFIC_KEPT_US (400 * US_PER_DAY)

const char registry_traffic_schema[] =
	"CREATE TABLE IF NOT EXISTS traffic(start INTEGER NOT NULL, what INTEGER NOT NULL, name TEXT NOT NULL,"
	" organisation INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY(start, what, name, organisation)) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS traffic_from(one INTEGER PRIMARY KEY CHECK(one = 1), position INTEGER NOT NULL,"
	" time INTEGER NOT NULL);"
	"INSERT OR IGNORE INTO traffic_from SELECT 1, position, now_us FROM place";

enum err registry_traffic_open(struct registry_traffic *t)
{
	t->slot = mem_alloc_array(SLOTS, sizeof(*t->slot));
	return t->slot == NULL ? ERR_MEMORY : ERR_OK;
}

void registry_traffic_close(struct registry_traffic *t)
{
	mem_free(t->slot);
}

void registry_traffic_forget(struct registry_traffic *t)
{
	if (t->n > 0)
		memset(t->slot, 0, SLOTS * sizeof(*t->slot));
	t->n = 0;
}

static uint32_t bucket(const struct registry_traffic_cell *c)
{
	uint64_t h = hash_mix((uint64_t)c->start_us ^ (uint64_t)c->organisation << 48 ^ (uint64_t)c->what << 40);

	for (uint32_t i = 0; i < c->n_name; i++)
		h = (h ^ (unsigned char)c->name[i]) * 0x100000001b3ULL;
	return (uint32_t)hash_mix(h) & (SLOTS - 1);
}

static bool same(const struct registry_traffic_cell *x, const struct registry_traffic_cell *y)
{
	return x->start_us == y->start_us && x->what == y->what && x->organisation == y->organisation &&
	       x->n_name == y->n_name && memcmp(x->name, y->name, x->n_name) == 0;
}

static enum err write_cell(sqlite3_stmt *q, const struct registry_traffic_cell *c)
{
	if (c->what == 0 || c->count == 0)
		return ERR_OK;
	sqlite3_bind_int64(q, 1, c->start_us);
	sqlite3_bind_int(q, 2, c->what);
	sqlite3_bind_text(q, 3, c->name, c->n_name, SQLITE_STATIC);
	sqlite3_bind_int(q, 4, c->organisation);
	sqlite3_bind_int64(q, 5, c->count);
	return store_do(q);
}

enum err registry_traffic_flush(struct registry *r)
{
	struct registry_traffic *t = &r->traffic;
	sqlite3_stmt *q = NULL;
	enum err e = ERR_OK;

	if (t->n > 0)
		e = store_prepare(&r->store,
		                  "INSERT INTO traffic VALUES(?1, ?2, ?3, ?4, ?5)"
		                  " ON CONFLICT(start, what, name, organisation) DO UPDATE SET n = n + excluded.n",
		                  &q);
	for (uint32_t i = 0; e == ERR_OK && t->n > 0 && i < SLOTS; i++)
		e = write_cell(q, &t->slot[i]);
	sqlite3_finalize(q);
	registry_traffic_forget(t);
	return e;
}

enum err registry_traffic_age(struct registry *r, int64_t now_us)
{
	sqlite3_stmt *q = NULL;
	enum err e;

	if (desk_day(now_us) == r->traffic.aged_us)
		return ERR_OK;
	e = store_prepare(&r->store, "DELETE FROM traffic WHERE start < ?1", &q);
	if (e == ERR_OK) {
		sqlite3_bind_int64(q, 1, now_us - TRAFFIC_KEPT_US);
		e = store_do(q);
	}
	sqlite3_finalize(q);
	r->traffic.aged_us = e == ERR_OK ? desk_day(now_us) : r->traffic.aged_us;
	return e;
}

enum err registry_traffic_add(struct registry *r, int64_t time_us, uint16_t organisation,
                              enum registry_traffic_what what, struct text name, int64_t n)
{
	struct registry_traffic *t = &r->traffic;
	struct registry_traffic_cell c = { .organisation = organisation, .what = (uint8_t)what, .count = n };
	int64_t into = time_us % US_PER_HOUR;
	uint32_t i;

	if (t->n == FULL) {
		enum err e = r->writing ? registry_traffic_flush(r) : ERR_CAP;

		if (e != ERR_OK)
			return e;
	}
	CHECK(name.n <= sizeof(c.name));
	c.start_us = time_us - (into < 0 ? into + US_PER_HOUR : into);
	c.n_name = (uint8_t)name.n;
	memcpy(c.name, name.p, name.n);
	for (i = bucket(&c); t->slot[i].what != 0; i = (i + 1) & (SLOTS - 1))
		if (same(&t->slot[i], &c)) {
			t->slot[i].count += n;
			return ERR_OK;
		}
	t->slot[i] = c;
	t->n++;
	return ERR_OK;
}

enum err registry_traffic(struct registry *r, int64_t from_us, int64_t to_us,
                          void (*visit)(void *ctx, const struct registry_traffic_row *x), void *ctx)
{
	struct registry_reader *d;
	sqlite3_stmt *q;
	enum err e = registry_reader_take(r, &d);

	if (e != ERR_OK)
		return e;
	e = registry_reader_statement(
		d, "SELECT start, what, name, organisation, n FROM traffic WHERE start >= ?1 AND start < ?2 AND n <> 0", &q);
	if (e == ERR_OK) {
		sqlite3_bind_int64(q, 1, from_us);
		sqlite3_bind_int64(q, 2, to_us);
		while ((e = store_step(q)) == ERR_OK) {
			struct registry_traffic_row x = { .start_us = sqlite3_column_int64(q, 0),
				                              .what = (uint8_t)sqlite3_column_int(q, 1),
				                              .name = registry_column(q, 2),
				                              .organisation = (uint16_t)sqlite3_column_int(q, 3),
				                              .n = sqlite3_column_int64(q, 4) };

			visit(ctx, &x);
		}
		sqlite3_reset(q);
	}
	registry_reader_give(r, d);
	return e == ERR_ABSENT ? ERR_OK : e;
}

enum err registry_traffic_since(struct registry *r, uint64_t *position, int64_t *time_us)
{
	struct registry_reader *d;
	sqlite3_stmt *q;
	enum err e = registry_reader_take(r, &d);

	if (e != ERR_OK)
		return e;
	e = registry_reader_statement(d, "SELECT position, time FROM traffic_from", &q);
	if (e == ERR_OK) {
		e = store_step(q);
		if (e == ERR_OK) {
			*position = (uint64_t)sqlite3_column_int64(q, 0);
			*time_us = sqlite3_column_int64(q, 1);
		}
		sqlite3_reset(q);
	}
	registry_reader_give(r, d);
	return e;
}
