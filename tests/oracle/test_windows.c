/* test_windows.c - the oracle: random policies over random streams, in the engine and in SQLite, every value compared.
 *
 * The engine runs the compiled plan; SQLite runs the SQL that the printer makes of the same checked tree, straight from the
 * definition of a window. Whole values must be equal, real ones bit for bit; only stddev and gap_stddev, whose SQL takes two
 * passes in floating point where the engine has exact sums, may differ by 1e-9 of the value plus 1e-3.
 * A failing case is printed with its seed, policy and events: DUANKA_TEST_SEED=... repeats a run, DUANKA_ORACLE_CASE=n one case. */
#include "tests/test.h"
#include <inttypes.h>
#include <math.h>
#include <sqlite3.h>
#include "base/mem.h"
#include "engine/engine.h"
#include "engine/engine_int.h"
#include "policy/sql.h"
#include "tests/oracle/gen.h"

enum {
	CASES = 10000,
	PHONE = 0,
	ACCOUNT = 1,
	PERSON = 2,
	DEVICE = 3,
	NAME_MAX_BYTES = 16,
	KNOWN_PHONES = 2
};
static const int64_t known_until_us[KNOWN_PHONES] = { INT64_MAX, (int64_t)1772480800 * US_PER_SECOND };
static const char kind_letter[] = { 'p', 'a', 'h', 'd' };

struct result {
	union value v[GEN_FEATURES];
};

struct run {
	struct policy policy;
	struct plan *plan;
	struct hash_key key;
	struct engine *engine;
	sqlite3 *db;
	struct gen_event event[GEN_EVENTS_MAX];
	uint32_t n_events;
	struct result got[GEN_EVENTS_MAX + 1]; /* by position */
	sqlite3_stmt *alert;
	uint64_t busy_reads;
};

static void run_sql(sqlite3 *db, const char *sql)
{
	char *why = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s in: %s", why, sql);
}

static void template_sql(sqlite3_context *c, int n, sqlite3_value **v)
{
	char out[EVENT_TEXT_MAX];
	struct text t;

	(void)n;
	if (sqlite3_value_type(v[0]) == SQLITE_NULL)
		return;
	t = text_of((const char *)sqlite3_value_text(v[0]), (size_t)sqlite3_value_bytes(v[0]));
	sqlite3_result_text(c, out, (int)builtin_template(t, out), SQLITE_TRANSIENT);
}

static struct token token_of(const struct run *r, uint32_t kind, int64_t i)
{
	char z[NAME_MAX_BYTES];

	gen_name(z, sizeof(z), kind_letter[kind], i);
	return hash_token(&r->key, kind, text_z(z));
}

/* ---- the engine's side ---- */

static void to_event(const struct run *r, const struct gen_event *g, struct event *e)
{
	const struct schema_event *t = &r->policy.schema.event[g->type];

	memset(e, 0, sizeof(*e));
	e->type = g->type;
	e->time = g->time_us;
	for (uint32_t i = 0; i < SCHEMA_FIELDS_MAX; i++)
		e->value[i] = VALUE_MISSING;
	for (uint32_t i = 0; i < t->n_fields; i++) {
		const struct schema_field *f = &t->field[i];
		struct ident *id = &e->ident[f->slot];

		if (g->value[i] == VALUE_MISSING)
			continue;
		e->value[i] = g->value[i];
		if (f->type.dim == DIM_ENTITY) {
			e->value[i] = 0;
			id->token = token_of(r, f->type.entity, g->value[i]);
			gen_name(id->shown, sizeof(id->shown), kind_letter[f->type.entity], g->value[i]);
		} else if (f->type.dim == DIM_TEXT) {
			e->str[f->slot] = text_z(gen_tags[g->value[i]]);
			e->value[i] = hash_fingerprint(&r->key, e->str[f->slot]);
		}
	}
}

static void see_features(void *ctx, const struct event *e, const union value *v, uint32_t n)
{
	struct run *r = ctx;
	uint32_t k = 0;

	for (uint32_t i = 0; i < r->policy.n_features && k < n; i++)
		if (r->policy.feature[i].event == e->type)
			r->got[e->position].v[i] = v[k++];
}

static void see_alert(void *ctx, const struct alert *a)
{
	struct run *r = ctx;
	struct entity_view who;

	engine_entity(a->engine, a->about, &who);
	sqlite3_reset(r->alert);
	sqlite3_bind_int64(r->alert, 1, (int64_t)a->event->position);
	sqlite3_bind_int64(r->alert, 2, a->event->time);
	sqlite3_bind_text(r->alert, 3, r->policy.schema.entity[a->about.kind].name.p,
	                  (int)r->policy.schema.entity[a->about.kind].name.n, SQLITE_STATIC);
	sqlite3_bind_text(r->alert, 4, who.shown, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int64(r->alert, 5, a->decision_score);
	assert_int_equal(sqlite3_step(r->alert), SQLITE_DONE);
}

/* Applies the stream in random batches; accepted events get their positions into SQLite's tables, too. */
static void insert_row(struct run *r, sqlite3_stmt *const *insert, const struct gen_event *g, uint64_t position)
{
	const struct schema_event *t = &r->policy.schema.event[g->type];
	sqlite3_stmt *st = insert[g->type];
	char z[NAME_MAX_BYTES];

	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
	sqlite3_bind_int64(st, 1, (int64_t)position);
	sqlite3_bind_int64(st, 2, g->time_us);
	for (uint32_t i = 0; i < t->n_fields; i++) {
		if (g->value[i] == VALUE_MISSING)
			continue;
		if (t->field[i].type.dim == DIM_ENTITY) {
			gen_name(z, sizeof(z), kind_letter[t->field[i].type.entity], g->value[i]);
			sqlite3_bind_text(st, (int)i + 3, z, -1, SQLITE_TRANSIENT);
		} else if (t->field[i].type.dim == DIM_TEXT) {
			sqlite3_bind_text(st, (int)i + 3, gen_tags[g->value[i]], -1, SQLITE_STATIC);
		} else {
			sqlite3_bind_int64(st, (int)i + 3, g->value[i]);
		}
	}
	assert_int_equal(sqlite3_step(st), SQLITE_DONE);
}

static void apply_stream(struct run *r, struct rng *rng, sqlite3_stmt *const *insert, uint32_t batch_max)
{
	static struct event e[ENGINE_BATCH_MAX];
	struct event *p[ENGINE_BATCH_MAX];
	enum err outcome[ENGINE_BATCH_MAX];

	for (uint32_t at = 0; at < r->n_events;) {
		uint32_t n = 1 + (uint32_t)rng_below(rng, batch_max);

		n = n < r->n_events - at ? n : r->n_events - at;
		for (uint32_t i = 0; i < n; i++) {
			to_event(r, &r->event[at + i], &e[i]);
			p[i] = &e[i];
		}
		engine_apply(r->engine, p, n, outcome);
		for (uint32_t i = 0; i < n; i++) {
			assert_true(outcome[i] == ERR_OK || outcome[i] == ERR_LATE);
			if (outcome[i] == ERR_OK && insert != NULL)
				insert_row(r, insert, &r->event[at + i], e[i].position);
		}
		at += n;
	}
}

static void new_engine(struct run *r, bool alerts)
{
	struct engine_options o = { .state_bytes_max = 8 << 20, .entities_max = 4096 };
	struct engine_sink sink = { .ctx = r, .features = see_features, .alert = alerts ? see_alert : NULL };

	assert_int_equal(engine_new(&r->engine, r->plan, &r->key, &o, &sink), ERR_OK);
	for (int64_t i = 0; i < KNOWN_PHONES; i++) {
		struct ident id = { .token = token_of(r, PHONE, i) };

		gen_name(id.shown, sizeof(id.shown), kind_letter[PHONE], i);
		assert_int_equal(engine_list_add(r->engine, 0, &id, 0, known_until_us[i]), ERR_OK);
	}
}

/* ---- SQLite's side ---- */

static void prepare(struct run *r, sqlite3_stmt **insert)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	for (uint32_t i = 0; i < r->policy.schema.n_events; i++) {
		const struct schema_event *t = &r->policy.schema.event[i];

		buf_clear(&b);
		buf_printf(&b, "INSERT INTO \"%.*s\" VALUES(?,?", (int)t->name.n, t->name.p);
		for (uint32_t k = 0; k < t->n_fields; k++)
			buf_z(&b, ",?");
		buf_z(&b, ")");
		if (sqlite3_prepare_v2(r->db, b.p, -1, &insert[i], NULL) != SQLITE_OK)
			fail_msg("%s in %s", sqlite3_errmsg(r->db), b.p);
	}
	buf_release(&b);
	assert_int_equal(sqlite3_prepare_v2(r->db, "INSERT INTO alert VALUES(?,?,?,?,'',?)", -1, &r->alert, NULL),
	                 SQLITE_OK);
}

static void fill_list(struct run *r)
{
	for (int64_t i = 0; i < KNOWN_PHONES; i++) {
		char sql[160], z[NAME_MAX_BYTES];

		gen_name(z, sizeof(z), 'p', i);
		snprintf(sql, sizeof(sql), "INSERT INTO list VALUES('known','%s',%" PRId64 ")", z, known_until_us[i]);
		run_sql(r->db, sql);
	}
}

static bool holds_stddev(const struct expr *e)
{
	if (e == NULL)
		return false;
	if (e->op == X_AGG && (e->agg->func == RING_STDDEV || e->agg->func == RING_GAP_STDDEV))
		return true;
	return holds_stddev(e->a) || holds_stddev(e->b);
}

static bool same(const struct run *r, const struct expr *e, sqlite3_stmt *st, union value got, char *z, size_t zn)
{
	bool null = sqlite3_column_type(st, 1) == SQLITE_NULL;
	struct entity_view who;

	if (e->type.real) {
		double want = sqlite3_column_double(st, 1);

		snprintf(z, zn, "got %.17g, SQL says %s%.17g", got.r, null ? "null " : "", want);
		if (null || isnan(got.r))
			return null && isnan(got.r);
		return got.r == want || (holds_stddev(e) && fabs(got.r - want) <= fabs(want) * 1e-9 + 1e-3);
	}
	snprintf(z, zn, "got %" PRId64 ", SQL says %s", got.i, null ? "null" : (const char *)sqlite3_column_text(st, 1));
	if (null || got.i == VALUE_MISSING)
		return null && got.i == VALUE_MISSING;
	if (e->type.dim == DIM_TEXT)
		return got.i == hash_fingerprint(&r->key, text_z((const char *)sqlite3_column_text(st, 1)));
	if (e->type.dim != DIM_ENTITY)
		return sqlite3_column_int64(st, 1) == got.i;
	engine_entity(r->engine, (struct entity_ref){ e->type.entity, (uint32_t)got.i }, &who);
	return strcmp(who.shown, (const char *)sqlite3_column_text(st, 1)) == 0;
}

static void print_case(const struct run *r, const char *policy)
{
	print_error("%s", policy + strlen(gen_schema));
	for (uint32_t i = 0; i < r->n_events; i++) {
		const struct gen_event *g = &r->event[i];

		print_error("%u %s t=%" PRId64 ":", i, r->policy.schema.event[g->type].name.p, g->time_us);
		for (int k = 0; k < 6; k++)
			g->value[k] == VALUE_MISSING ? print_error(" -") : print_error(" %" PRId64, g->value[k]);
		print_error("\n");
	}
}

/* Compares one feature over all its events; false at the first difference, said in z. */
static bool compare(const struct run *r, uint32_t i, char *z, size_t zn)
{
	const struct feature *f = &r->policy.feature[i];
	sqlite3_stmt *st;
	struct buf b;
	bool ok = true;
	char what[200];

	buf_init(&b, 1 << 20);
	buf_z(&b, "SELECT e.pos, ");
	policy_sql_expr(&b, &r->policy, f->event, f->expr, "e");
	buf_printf(&b, " FROM \"%.*s\" AS e ORDER BY e.pos", (int)r->policy.schema.event[f->event].name.n,
	           r->policy.schema.event[f->event].name.p);
	if (sqlite3_prepare_v2(r->db, b.p, -1, &st, NULL) != SQLITE_OK)
		fail_msg("%s in %s", sqlite3_errmsg(r->db), b.p);
	while (ok && sqlite3_step(st) == SQLITE_ROW) {
		int64_t position = sqlite3_column_int64(st, 0);

		ok = same(r, f->expr, st, r->got[position].v[i], what, sizeof(what));
		if (!ok)
			snprintf(z, zn, "%s at position %" PRId64 ": %s\n%s", f->name.p, position, what, b.p);
	}
	sqlite3_finalize(st);
	buf_release(&b);
	return ok;
}

static void load(struct run *r, const char *text)
{
	struct policy_file file = { TEXT("oracle.dk"), text_z(text) };
	struct buf b;

	buf_init(&b, 1 << 20);
	if (policy_load(&r->policy, &file, 1, NULL, NULL, &b) != ERR_OK ||
	    plan_new(&r->plan, &r->policy, &r->key, (int64_t)GEN_LATENESS_S * US_PER_SECOND, &b) != ERR_OK)
		fail_msg("%s%s", b.p, text);
	buf_clear(&b);
	policy_sql_schema(&b, &r->policy);
	run_sql(r->db, b.p);
	run_sql(r->db,
	        "CREATE INDEX c1 ON \"call\"(t); CREATE INDEX t1 ON \"transfer\"(t); CREATE INDEX a1 ON alert(about)");
	buf_release(&b);
}

/* The same stream in batches of one: nothing may change. */
static void check_batches(struct run *r, struct rng *rng)
{
	struct result *before = mem_alloc(sizeof(r->got));
	struct engine *first = r->engine;

	memcpy(before, r->got, sizeof(r->got));
	new_engine(r, false);
	apply_stream(r, rng, NULL, 1);
	assert_memory_equal(before, r->got, sizeof(r->got));
	engine_free(r->engine);
	r->engine = first;
	mem_free(before);
}

static void one_case(uint64_t seed, uint64_t number, struct gen *g)
{
	struct run *r = mem_alloc(sizeof(*r));
	sqlite3_stmt *insert[SCHEMA_EVENTS_MAX] = { NULL };
	struct buf policy;
	char z[8192];

	rng_seed(&g->rng, seed * 1000003 + number);
	buf_init(&policy, 1 << 20);
	gen_policy(g, &policy);
	assert_int_equal(sqlite3_open(":memory:", &r->db), SQLITE_OK);
	sqlite3_create_function(r->db, "template", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, template_sql, NULL, NULL);
	run_sql(r->db, "BEGIN");
	load(r, policy.p);
	r->n_events = gen_stream(g, r->event);
	prepare(r, insert);
	fill_list(r);
	new_engine(r, true);
	apply_stream(r, &g->rng, insert, ENGINE_BATCH_MAX);
	if (getenv("DUANKA_ORACLE_BREAK") != NULL && r->policy.n_features > 0) /* shows that a wrong value is noticed */
		for (uint32_t i = 1; i <= r->n_events; i++)
			r->got[i].v[0].i++;
	for (uint32_t i = 0; i < r->policy.n_features; i++)
		if (!compare(r, i, z, sizeof(z))) {
			print_case(r, policy.p);
			fail_msg("case %" PRIu64 " of seed %" PRIu64 ": %s", number, seed, z);
		}
	if (number % 16 == 0)
		check_batches(r, &g->rng);
	for (uint32_t i = 0; i < r->policy.schema.n_events; i++)
		sqlite3_finalize(insert[i]);
	sqlite3_finalize(r->alert);
	sqlite3_close(r->db);
	engine_free(r->engine);
	plan_free(r->plan);
	policy_release(&r->policy);
	buf_release(&policy);
	mem_free(r);
}

static void test_engine_agrees_with_sqlite(void **state)
{
	static const char *const names[] = {
#define X(name) #name,
		GEN_CLASSES(X)
#undef X
	};
	struct gen *g = mem_alloc(sizeof(*g));
	uint64_t seed = test_seed(20261123), cases = test_cases(CASES);
	const char *only = getenv("DUANKA_ORACLE_CASE");

	(void)state;
	for (uint64_t i = only ? strtoull(only, NULL, 10) : 0; i < (only ? strtoull(only, NULL, 10) + 1 : cases); i++)
		one_case(seed, i, g);
	printf("%" PRIu64 " cases; drawn:", cases);
	for (int i = 0; i < GEN_CLASS_COUNT; i++) {
		printf(" %s %" PRIu64, names[i], g->seen[i]);
		if (only == NULL && cases >= 500)
			assert_true(g->seen[i] > 0);
	}
	printf("\n");
	mem_free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_engine_agrees_with_sqlite) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
