/* fuzz_run.c - any bytes as a policy: what loads and fits runs over a stream of its own events, one by one and in batches, with the
 * same values and alerts; and the SQL of its schema, features and rules is SQL to SQLite.
 *
 * Values are not compared with SQLite's here: a changed constant soon leaves 64 bits, where the two may differ. That is
 * the oracle's work (tests/oracle). */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/clock.h"
#include "base/mem.h"
#include "engine/engine.h"
#include "policy/sql.h"

enum {
	EVENTS = 96,
	ENTITIES = 3,
	SQL_MAX = 1 << 22,
	STATEMENT_MAX = 1 << 16 /* longer ones may meet SQLite's own limits */
};

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

struct told { /* what an engine told, in a hash of everything */
	uint64_t hash, n;
};

static const struct hash_key key = { { 7 } };

static void tell(struct told *t, uint64_t v)
{
	t->hash = hash_mix(t->hash ^ v) + 1;
	t->n++;
}

static void see_features(void *ctx, const struct event *e, const union value *v, uint32_t n)
{
	tell(ctx, e->position);
	for (uint32_t i = 0; i < n; i++)
		tell(ctx, (uint64_t)v[i].i);
}

static void see_alert(void *ctx, const struct alert *a)
{
	tell(ctx, a->event->position);
	tell(ctx, a->rule);
	tell(ctx, a->about.index);
	tell(ctx, (uint64_t)a->decision_score);
}

static void fill(const struct policy *p, uint32_t i, struct event *e)
{
	const struct schema_event *t;
	static const char *const tags[] = { "a", "b 12", "灰度" };

	memset(e, 0, sizeof(*e));
	e->type = i * 5 / 3 % p->schema.n_events;
	e->time = (int64_t)1772380800 * US_PER_SECOND + (int64_t)(i / 3 * (i % 4)) * US_PER_SECOND;
	t = &p->schema.event[e->type];
	for (uint32_t k = 0; k < t->n_fields; k++) {
		const struct schema_field *f = &t->field[k];
		uint32_t r = (uint32_t)(hash_mix(i * 64 + k + 1) >> 32);
		char plain[2] = { (char)('a' + r % ENTITIES), 0 };

		e->value[k] = VALUE_MISSING;
		if (f->optional && r % 5 == 0)
			continue;
		e->value[k] = f->type.dim == DIM_BOOL ? r % 2 : f->type.dim == DIM_TIME ? e->time : (int64_t)(r % 700) * 1000;
		if (f->type.dim == DIM_ENTITY) {
			e->value[k] = 0;
			e->ident[f->slot].token = hash_token(&key, f->type.entity, text_of(plain, 1));
			e->ident[f->slot].attrs.birth_year = (uint16_t)(r % 2 * 1980);
		} else if (f->type.dim == DIM_TEXT) {
			e->str[f->slot] = text_z(tags[r % 3]);
			e->value[k] = hash_fingerprint(&key, e->str[f->slot]);
		}
	}
}

static bool run(const struct plan *plan, const struct policy *p, uint32_t batch, struct event *e, struct told *told)
{
	struct engine_options o = { .state_bytes_max = 4 << 20, .entities_max = 512 };
	struct engine_sink sink = { .ctx = told, .features = see_features, .alert = see_alert };
	struct event *at[EVENTS];
	enum err outcome[EVENTS];
	struct engine *g;

	if (engine_new(&g, plan, &key, &o, &sink) != ERR_OK)
		return false;
	for (uint32_t i = 0; i < EVENTS; i++) {
		fill(p, i, &e[i]);
		at[i] = &e[i];
	}
	for (uint32_t i = 0; i < EVENTS; i += batch)
		engine_apply(g, at + i, EVENTS - i < batch ? EVENTS - i : batch, outcome);
	engine_free(g);
	return true;
}

static void run_both(const struct policy *p, struct buf *b)
{
	struct event *e = mem_alloc_array(EVENTS, sizeof(*e));
	struct told one = { 0 }, many = { 0 };
	struct plan *plan;

	if (e != NULL && p->schema.n_events > 0 && plan_new(&plan, p, &key, 5 * US_PER_SECOND, b) == ERR_OK) {
		if (run(plan, p, 1, e, &one) && run(plan, p, 7, e, &many) && (one.hash != many.hash || one.n != many.n))
			abort();
		plan_free(plan);
	}
	mem_free(e);
}

/* ---- SQL ---- */

static void no_template(sqlite3_context *c, int n, sqlite3_value **v)
{
	(void)n;
	(void)v;
	sqlite3_result_null(c);
}

static void prepare(sqlite3 *db, const struct policy *p, uint32_t event, const struct expr *e)
{
	sqlite3_stmt *st = NULL;
	struct buf b;

	buf_init(&b, SQL_MAX);
	buf_z(&b, "SELECT ");
	policy_sql_expr(&b, p, event, e, "e");
	buf_z(&b, " FROM \"");
	buf_text(&b, p->schema.event[event].name);
	buf_z(&b, "\" AS e");
	if (b.err == ERR_OK && b.n < STATEMENT_MAX && sqlite3_prepare_v2(db, b.p, -1, &st, NULL) != SQLITE_OK &&
	    strstr(sqlite3_errmsg(db), "stack overflow") == NULL && strstr(sqlite3_errmsg(db), "too ") == NULL &&
	    strstr(sqlite3_errmsg(db), "at most") == NULL) {
		fprintf(stderr, "%s\n%s\n", sqlite3_errmsg(db), b.p);
		abort();
	}
	sqlite3_finalize(st);
	buf_release(&b);
}

static void prepare_all(const struct policy *p)
{
	sqlite3 *db;
	struct buf b;

	buf_init(&b, SQL_MAX);
	policy_sql_schema(&b, p);
	if (sqlite3_open(":memory:", &db) != SQLITE_OK ||
	    sqlite3_create_function(db, "template", 1, SQLITE_UTF8, NULL, no_template, NULL, NULL) != SQLITE_OK)
		abort();
	if (b.err == ERR_OK && sqlite3_exec(db, b.p, NULL, NULL, NULL) != SQLITE_OK) {
		fprintf(stderr, "%s\n%s\n", sqlite3_errmsg(db), b.p);
		abort();
	}
	for (uint32_t i = 0; i < p->n_features; i++)
		prepare(db, p, p->feature[i].event, p->feature[i].expr);
	for (uint32_t i = 0; i < p->n_rules; i++)
		prepare(db, p, p->rule[i].event, p->rule[i].when);
	sqlite3_close(db);
	buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct policy *policy = mem_alloc(sizeof(*policy));
	struct policy_file file = { TEXT("fuzz.dk"), text_of((const char *)p, n) };
	struct buf b;

	if (policy == NULL)
		return 0;
	buf_init(&b, SQL_MAX);
	if (policy_load(policy, &file, 1, NULL, NULL, &b) == ERR_OK) {
		run_both(policy, &b);
		prepare_all(policy);
		policy_release(policy);
	}
	buf_release(&b);
	mem_free(policy);
	return 0;
}
