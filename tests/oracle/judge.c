/* judge.c - one case: the engine runs the plan, SQLite the SQL of the same tree; each value of each feature on each event is
 * compared. Whole values must be equal and real ones bit for bit. Only where a stddev takes part and values are so large that
 * the sum of squares leaves 64 bits does the SQL compute in floating point where the engine is exact: there 1e-9 of the
 * value is allowed. */
#include <inttypes.h>
#include <math.h>
#include "base/mem.h"
#include "policy/builtins.h"
#include "policy/sql.h"
#include "event/ident.h"
#include "tests/oracle/judge_int.h"

void judge_see(struct judging *j, enum seen s)
{
	if (j->seen != NULL)
		j->seen[s]++;
}

static void run_sql(struct judging *j, const char *sql)
{
	char *what = NULL;

	if (sqlite3_exec(j->db, sql, NULL, NULL, &what) != SQLITE_OK)
		fail_msg("%s in: %s", what, sql);
}

sqlite3_stmt *judge_prepare(struct judging *j, const char *sql)
{
	sqlite3_stmt *st;

	if (sqlite3_prepare_v2(j->db, sql, -1, &st, NULL) != SQLITE_OK)
		fail_msg("%s in %s", sqlite3_errmsg(j->db), sql);
	return st;
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

/* ---- the engine's side ---- */

static void to_event(const struct world *w, const struct plain_event *p, struct event *e)
{
	const struct schema_event *t = &w->policy.schema.event[p->type];

	memset(e, 0, sizeof(*e));
	e->type = p->type;
	e->time = p->time_us;
	for (uint32_t i = 0; i < t->n_fields; i++) {
		const struct schema_field *f = &t->field[i];

		e->value[i] = p->value[i];
		if (p->value[i] == VALUE_MISSING)
			continue;
		if (f->type.dim == DIM_ENTITY) {
			e->value[i] = 0;
			world_ident(w, f->type.entity, p->value[i], &e->ident[f->slot]);
		} else if (f->type.dim == DIM_TEXT) {
			e->str[f->slot] = text_z(world_tags[p->value[i]]);
			e->value[i] = hash_fingerprint(&w->key, e->str[f->slot]);
		}
	}
}

static void see_features(void *ctx, const struct event *e, const union value *v, uint32_t n)
{
	struct judging *j = ctx;
	uint32_t k = 0;

	for (uint32_t i = 0; i < j->policy->n_features && k < n; i++)
		if (j->policy->feature[i].event == e->type)
			j->out->value[e->position][i] = v[k++];
}

static void see_alert(void *ctx, const struct alert *a)
{
	struct judging *j = ctx;
	struct got_alert *g = &j->out->alert[j->out->n_alerts++];
	struct entity_view who;

	assert_true(j->out->n_alerts <= ALERTS_MAX);
	engine_entity(a->engine, a->about, &who);
	*g = (struct got_alert){ .position = a->event->position,
		                     .time_us = a->event->time,
		                     .rule = a->rule,
		                     .score = a->decision_score,
		                     .mode = a->mode };
	snprintf(g->about, sizeof(g->about), "%s", who.shown);
	judge_see(j, SEEN_ALERT);
}

static struct engine *new_engine(struct judging *j)
{
	struct engine_options o = { .state_bytes_max = 8 << 20, .entities_max = 4096 };
	struct engine_sink sink = { .ctx = j, .features = see_features, .alert = see_alert };
	struct engine *g;

	assert_int_equal(engine_new(&g, j->plan, &j->w->key, &o, &sink), ERR_OK);
	for (uint32_t l = 0; l < j->policy->n_lists; l++)
		for (uint32_t i = 0; i < WORLD_ENTRIES; i++) {
			int64_t until_us, v = world_entry(l, i, &until_us);
			struct ident id;

			if (j->policy->list[l].type.dim == DIM_ENTITY)
				world_ident(j->w, j->policy->list[l].type.entity, v, &id);
			assert_int_equal(engine_list_add(g, l, &id, hash_fingerprint(&j->w->key, text_z(world_tags[v])), until_us),
			                 ERR_OK);
		}
	return g;
}

static void apply(struct judging *j, uint32_t batch_max)
{
	static struct event e[ENGINE_BATCH_MAX];
	struct event *p[ENGINE_BATCH_MAX];
	enum err outcome[ENGINE_BATCH_MAX];
	int64_t newest_us = INT64_MIN + j->c->lateness_us;
	struct rng rng;

	rng_seed(&rng, j->c->batch_seed);
	for (uint32_t at = 0; at < j->c->n_events;) {
		uint32_t n = 1 + (uint32_t)rng_below(&rng, batch_max);

		n = n < j->c->n_events - at ? n : j->c->n_events - at;
		for (uint32_t i = 0; i < n; i++) {
			to_event(j->w, &j->c->event[at + i], &e[i]);
			p[i] = &e[i];
		}
		engine_apply(j->engine, p, n, outcome);
		for (uint32_t i = 0; i < n; i++) {
			assert_int_equal(outcome[i], e[i].time < newest_us - j->c->lateness_us ? ERR_LATE : ERR_OK);
			if (e[i].time > newest_us)
				newest_us = e[i].time;
			if (outcome[i] == ERR_OK) {
				j->at[e[i].position] = (struct plain_event *)&j->c->event[at + i];
				j->out->accepted = e[i].position;
			}
		}
		at += n;
	}
}

/* ---- SQLite's side ---- */

static void bind_field(struct judging *j, sqlite3_stmt *st, int at, const struct schema_field *f, int64_t v)
{
	char plain[WORLD_PLAIN_BYTES];

	if (v == VALUE_MISSING) {
		sqlite3_bind_null(st, at);
	} else if (f->type.dim == DIM_ENTITY) {
		world_plain(j->w, f->type.entity, v, plain);
		sqlite3_bind_text(st, at, plain, -1, SQLITE_TRANSIENT);
	} else if (f->type.dim == DIM_TEXT) {
		sqlite3_bind_text(st, at, world_tags[v], -1, SQLITE_STATIC);
	} else {
		sqlite3_bind_int64(st, at, v);
	}
}

static void insert_events(struct judging *j)
{
	const struct schema *s = &j->policy->schema;
	sqlite3_stmt *insert[WORLD_EVENTS];
	char sql[256];

	for (uint32_t i = 0; i < WORLD_EVENTS; i++) {
		snprintf(sql, sizeof(sql), "INSERT INTO \"%.*s\" VALUES(?,?%.*s)", (int)s->event[i].name.n, s->event[i].name.p,
		         (int)(2 * s->event[i].n_fields), ",?,?,?,?,?,?,?,?,?,?");
		insert[i] = judge_prepare(j, sql);
	}
	for (uint64_t pos = 1; pos <= j->out->accepted; pos++) {
		const struct plain_event *e = j->at[pos];
		sqlite3_stmt *st = insert[e->type];

		sqlite3_bind_int64(st, 1, (int64_t)pos);
		sqlite3_bind_int64(st, 2, e->time_us);
		for (uint32_t k = 0; k < s->event[e->type].n_fields; k++)
			bind_field(j, st, (int)k + 3, &s->event[e->type].field[k], e->value[k]);
		assert_int_equal(sqlite3_step(st), SQLITE_DONE);
		sqlite3_reset(st);
	}
	for (uint32_t i = 0; i < WORLD_EVENTS; i++)
		sqlite3_finalize(insert[i]);
}

static void insert_lists(struct judging *j)
{
	sqlite3_stmt *st = judge_prepare(j, "INSERT INTO list VALUES(?,?,?)");

	for (uint32_t l = 0; l < WORLD_LISTS; l++)
		for (uint32_t i = 0; i < WORLD_ENTRIES; i++) {
			int64_t until_us, v = world_entry(l, i, &until_us);
			struct schema_field f = { .type = j->policy->list[l].type };

			sqlite3_bind_text(st, 1, world_lists[l], -1, SQLITE_STATIC);
			bind_field(j, st, 2, &f, v);
			sqlite3_bind_int64(st, 3, until_us);
			assert_int_equal(sqlite3_step(st), SQLITE_DONE);
			sqlite3_reset(st);
		}
	sqlite3_finalize(st);
}

static void bind_name(sqlite3_stmt *st, int at, const char *z)
{
	if (z == NULL || z[0] == 0)
		sqlite3_bind_null(st, at);
	else
		sqlite3_bind_text(st, at, z, -1, SQLITE_STATIC);
}

static void insert_idents(struct judging *j)
{
	sqlite3_stmt *st = judge_prepare(j, "INSERT INTO ident VALUES(?,?,?,?,?,?,?)");

	for (uint32_t kind = 0; kind < 3; kind++)
		for (int64_t i = 0; i < 40; i++) {
			const struct schema_entity *en = &j->policy->schema.entity[kind];
			struct ident id;

			world_ident(j->w, kind, i, &id);
			sqlite3_bind_text(st, 1, en->name.p, (int)en->name.n, SQLITE_STATIC);
			sqlite3_bind_text(st, 2, id.shown, -1, SQLITE_TRANSIENT);
			bind_name(st, 3, id.attrs.kind ? ident_kind_name(id.attrs.kind) : NULL);
			bind_name(st, 4, id.attrs.region ? ident_region_name(id.attrs.region) : NULL);
			bind_name(st, 5, id.attrs.carrier ? ident_carrier_name(id.attrs.carrier) : NULL);
			bind_name(st, 6, id.attrs.bank ? ident_bank_name(id.attrs.bank) : NULL);
			id.attrs.birth_year ? sqlite3_bind_int64(st, 7, id.attrs.birth_year) : sqlite3_bind_null(st, 7);
			assert_int_equal(sqlite3_step(st), SQLITE_DONE);
			sqlite3_reset(st);
		}
	sqlite3_finalize(st);
}

static void insert_alerts(struct judging *j)
{
	sqlite3_stmt *st = judge_prepare(j, "INSERT INTO alert VALUES(?,?,?,?,?,?)");

	for (uint32_t i = 0; i < j->out->n_alerts; i++) {
		const struct got_alert *a = &j->out->alert[i];
		const struct rule *r = &j->policy->rule[a->rule];
		struct text kind = j->policy->schema.entity[r->about->type.entity].name;

		sqlite3_bind_int64(st, 1, (int64_t)a->position);
		sqlite3_bind_int64(st, 2, a->time_us);
		sqlite3_bind_text(st, 3, kind.p, (int)kind.n, SQLITE_STATIC);
		sqlite3_bind_text(st, 4, a->about, -1, SQLITE_STATIC);
		sqlite3_bind_text(st, 5, r->name.p, (int)r->name.n, SQLITE_STATIC);
		a->mode == RULE_LIVE ? sqlite3_bind_int64(st, 6, a->score) : sqlite3_bind_null(st, 6);
		assert_int_equal(sqlite3_step(st), SQLITE_DONE);
		sqlite3_reset(st);
	}
	sqlite3_finalize(st);
}

static void open_db(struct judging *j)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	policy_sql_schema(&b, j->policy);
	assert_int_equal(sqlite3_open(":memory:", &j->db), SQLITE_OK);
	sqlite3_create_function(j->db, "template", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, template_sql, NULL, NULL);
	run_sql(j, "BEGIN");
	run_sql(j, b.p);
	if (j->c->n_events > 100)
		run_sql(j, "CREATE INDEX i1 ON call(t); CREATE INDEX i2 ON sms(t); CREATE INDEX i3 ON transfer(t)");
	run_sql(j, "CREATE INDEX i4 ON ident(id)");
	insert_events(j);
	insert_lists(j);
	insert_idents(j);
	insert_alerts(j);
	buf_release(&b);
}

/* ---- comparing ---- */

static bool holds_stddev(const struct expr *e)
{
	bool yes = false;

	if (e == NULL)
		return false;
	if (e->op == X_AGG) {
		yes = e->agg->func == RING_STDDEV || e->agg->func == RING_GAP_STDDEV || holds_stddev(e->agg->value) ||
		      holds_stddev(e->agg->filter);
		for (uint32_t i = 0; i < e->agg->n_keys; i++)
			yes |= holds_stddev(e->lookup[i]);
	}
	for (uint32_t i = 0; i < e->n_args; i++)
		yes |= holds_stddev(e->arg[i]);
	return yes || holds_stddev(e->a) || holds_stddev(e->b);
}

static bool same_real(const struct expr *e, double got, double want)
{
	return memcmp(&got, &want, sizeof(got)) == 0 || got == want ||
	       (holds_stddev(e) && fabs(got - want) <= fabs(want) * 1e-9);
}

static bool same(struct judging *j, const struct expr *e, sqlite3_stmt *st, union value got, char *z, size_t zn)
{
	bool null = sqlite3_column_type(st, 1) == SQLITE_NULL;
	const char *want = (const char *)sqlite3_column_text(st, 1);
	struct entity_view who;

	judge_see(j, SEEN_VALUE_COMPARED);
	if (null)
		judge_see(j, SEEN_VALUE_MISSING);
	if (e->type.real) {
		snprintf(z, zn, "got %.17g, SQL says %s%.17g", got.r, null ? "null " : "", sqlite3_column_double(st, 1));
		return null || isnan(got.r) ? null && isnan(got.r) : same_real(e, got.r, sqlite3_column_double(st, 1));
	}
	snprintf(z, zn, "got %" PRId64 ", SQL says %s", got.i, null ? "null" : want);
	if (null || got.i == VALUE_MISSING)
		return null && got.i == VALUE_MISSING;
	if (e->type.dim == DIM_TEXT)
		return got.i == hash_fingerprint(&j->w->key, text_z(want));
	if (e->type.dim != DIM_ENTITY)
		return sqlite3_column_type(st, 1) == SQLITE_INTEGER && sqlite3_column_int64(st, 1) == got.i;
	engine_entity(j->engine, (struct entity_ref){ e->type.entity, (uint32_t)got.i }, &who);
	return strcmp(who.shown, want) == 0;
}

static bool compare(struct judging *j, uint32_t i)
{
	const struct feature *f = &j->policy->feature[i];
	struct text table = j->policy->schema.event[f->event].name;
	sqlite3_stmt *st;
	struct buf b;
	bool ok = true;
	char what[200];

	buf_init(&b, 4 << 20);
	buf_z(&b, "SELECT e.pos, ");
	policy_sql_expr(&b, j->policy, f->event, f->expr, "e");
	buf_printf(&b, " FROM \"%.*s\" AS e ORDER BY e.pos", (int)table.n, table.p);
	assert_int_equal(b.err, ERR_OK);
	st = judge_prepare(j, b.p);
	while (ok) {
		int step = sqlite3_step(st);
		int64_t position;

		if (step != SQLITE_ROW && step != SQLITE_DONE)
			fail_msg("%s in %s", sqlite3_errmsg(j->db), b.p);
		if (step == SQLITE_DONE)
			break;
		position = sqlite3_column_int64(st, 0);
		ok = same(j, f->expr, st, j->out->value[position][i], what, sizeof(what));
		if (!ok)
			buf_printf(j->why, "%.*s at position %" PRId64 ": %s\n%s\n", (int)f->name.n, f->name.p, position, what,
			           b.p);
	}
	sqlite3_finalize(st);
	buf_release(&b);
	return ok;
}

static void count_types(struct judging *j)
{
	for (uint32_t i = 0; i < j->policy->n_features; i++) {
		struct type t = j->policy->feature[i].expr->type;

		judge_see(j, t.real                ? SEEN_VALUE_REAL
		             : t.dim == DIM_ENTITY ? SEEN_VALUE_ENTITY
		             : t.dim == DIM_TEXT   ? SEEN_VALUE_TEXT
		             : t.dim == DIM_TIME   ? SEEN_VALUE_TIME
		             : t.dim == DIM_BOOL   ? SEEN_VALUE_BOOL
		                                   : SEEN_VALUE_WHOLE);
	}
}

/* The same stream cut in other ways: nothing may change. */
static bool same_in_batches(struct judging *j)
{
	static const uint32_t batch_max[] = { 1, 7, ENGINE_BATCH_MAX };
	struct engine *first_engine = j->engine;
	struct judged *first = j->out;
	bool ok = true;

	judge_see(j, SEEN_BATCHES);
	for (int i = 0; i < 3 && ok; i++) {
		j->out = mem_alloc(sizeof(*j->out));
		j->engine = new_engine(j);
		apply(j, batch_max[i]);
		ok = memcmp(j->out, first, sizeof(*first)) == 0;
		if (!ok)
			buf_printf(j->why, "batches of up to %u give other values or alerts than %u\n", batch_max[i],
			           j->c->batch_max);
		engine_free(j->engine);
		mem_free(j->out);
	}
	j->engine = first_engine;
	j->out = first;
	return ok;
}

static enum verdict load(struct judging *j)
{
	struct policy_file file = { .path = TEXT("case.dk") };
	struct buf b;
	enum verdict v = SAME;

	buf_init(&b, 1 << 20);
	buf_z(&b, world_text);
	case_policy(j->c, &b);
	file.text = buf_view(&b);
	if (policy_load(j->policy, &file, 1, world_zone, NULL, j->why) != ERR_OK) {
		v = REFUSED;
	} else if (plan_new(&j->plan, j->policy, &j->w->key, j->c->lateness_us, j->why) != ERR_OK) {
		policy_release(j->policy);
		v = TOO_LARGE;
	}
	buf_release(&b);
	return v;
}

/* One value of the first feature that has any is made another. */
static void break_one(struct judging *j)
{
	for (uint32_t i = 0; i < j->policy->n_features; i++)
		for (uint64_t pos = 1; pos <= j->out->accepted; pos++) {
			union value *v = &j->out->value[pos][i];

			if (j->at[pos]->type != j->policy->feature[i].event)
				continue;
			if (j->policy->feature[i].expr->type.real)
				v->r = isnan(v->r) ? 0 : v->r + 1 + fabs(v->r);
			else
				v->i ^= 1;
			return;
		}
}

static bool agree(struct judging *j, bool breaks)
{
	bool ok = true;

	if (breaks)
		break_one(j);
	for (uint32_t i = 0; i < j->policy->n_features && ok; i++)
		ok = compare(j, i);
	return ok && judge_rules(j) && (j->c->batch_seed % 8 != 0 || breaks || same_in_batches(j));
}

enum verdict judge(const struct world *w, const struct oracle_case *c, uint64_t *seen, bool breaks, struct buf *why)
{
	struct judging *j = mem_alloc(sizeof(*j));
	enum verdict v;

	*j = (struct judging){ .w = w, .c = c, .seen = seen, .why = why };
	j->policy = mem_alloc(sizeof(*j->policy));
	j->out = mem_alloc(sizeof(*j->out));
	v = load(j);
	if (v == SAME) {
		assert_true(j->policy->n_features <= FEATURES_MAX);
		count_types(j);
		j->engine = new_engine(j);
		apply(j, c->batch_max);
		open_db(j);
		v = agree(j, breaks) ? SAME : DIFFERENT;
		sqlite3_close(j->db);
		engine_free(j->engine);
		plan_free(j->plan);
		policy_release(j->policy);
	}
	mem_free(j->out);
	mem_free(j->policy);
	mem_free(j);
	return v;
}
