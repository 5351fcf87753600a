/* test_registry.c - the registry beside the desk's world in memory: the same records, cut at random into transactions, with writes that fail and files that are opened again,
 * give the same objects and messages and one digest; lists, pages and counts are judged by looking at every object. */
#include "tests/test.h"
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tests/sim/sqlite_faults.h"
#include "tests/unit/desk_draw.h"
#include "tests/unit/desk_lives.h"
#include "base/file.h"
#include "base/mem.h"
#include "desk/measure.h"
#include "store/registry_int.h"

enum {
	RECORDS_MAX = 400
};

struct deed { /* a record of the journal */
	uint64_t position;
	int64_t time_us;
	enum {
		TICK,
		COMMAND,
		ALERT
	} what;
	struct desk_command command;
	struct desk_alert alert;
	struct desk_outcome outcome;
};

static struct bench b;
static struct deed deed[RECORDS_MAX];
static uint32_t n_deeds;
static struct desk desk;
static char folder[] = "/tmp/duanka-registry-XXXXXX", path[64];

static void clean(void)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	char z[80];

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		snprintf(z, sizeof(z), "%s%s", path, ends[i]);
		unlink(z);
	}
}

static uint32_t slots = REGISTRY_SLOTS; /* objects that the next registry has in memory */

static struct registry *open_it(void)
{
	struct registry *r = NULL;
	struct buf why;

	buf_init(&why, 4096);
	if (registry_open_sized(&r, path, slots, &why) != ERR_OK)
		fail_msg("%s", why.p);
	buf_release(&why);
	return r;
}

static void draw_alert(struct rng *r, struct desk_alert *a)
{
	static const uint8_t measure[] = { MEASURE_OF_WARN, MEASURE_OF_WARN, MEASURE_OF_WARN, MEASURE_OF_WARN + 1,
		                               MEASURE_OF_REPORT };

	*a = (struct desk_alert){ .position = b.position,
		                      .time_us = b.now,
		                      .measure = measure[rng_below(r, ARRAY_LEN(measure))],
		                      .grade = (uint8_t)rng_below(r, 4),
		                      .fund = rng_chance(r, 500000),
		                      .about = { (uint8_t)(1 + rng_below(r, DESK_DEVICE)), token_n(rng_below(r, 3)) },
		                      .organisation = rng_chance(r, 500000) ? BANK_ORG : 0,
		                      .district = (uint16_t)rng_below(r, 4),
		                      .evidence = { .n = 1, .p = { b.position } } };
	if (rng_chance(r, 500000))
		a->person = (struct desk_entity){ DESK_PERSON, token_n(rng_below(r, 5)) };
	if (rng_chance(r, 500000))
		a->phone = (struct desk_entity){ DESK_PHONE, token_n(rng_below(r, 5)) };
}

/* A life in memory, and the records that led to it. */
static void live(struct rng *r, uint32_t n)
{
	bench_clear(&b, T0);
	for (n_deeds = 0; n_deeds < n; n_deeds++) {
		struct deed *d = &deed[n_deeds];
		uint32_t what = (uint32_t)rng_below(r, 8);

		b.now += rng_chance(r, 200000) ? draw_time(r) : (int64_t)rng_below(r, 3);
		*d = (struct deed){ .position = ++b.position,
			                .time_us = b.now,
			                .what = what == 0  ? TICK
			                        : what < 3 ? ALERT
			                                   : COMMAND };
		if (d->what == TICK) {
			assert_int_equal(desk_tick(b.desk, b.position, b.now), ERR_OK);
		} else if (d->what == ALERT) {
			draw_alert(r, &d->alert);
			assert_int_equal(desk_alert(b.desk, &d->alert, &d->outcome), ERR_OK);
		} else {
			lives_draw(&b, r);
			d->command = b.c;
			assert_int_equal(desk_apply(b.desk, b.position, b.now, &b.c, &d->outcome), ERR_OK);
		}
	}
}

static enum err redo(struct registry *r, struct deed *d)
{
	struct desk_outcome out;
	enum err e;

	if (d->what == TICK)
		return desk_tick(&desk, d->position, d->time_us);
	if (d->what == ALERT)
		return desk_alert(&desk, &d->alert, &out);
	e = desk_apply(&desk, d->position, d->time_us, &d->command, &out);
	if (e == ERR_OK)
		assert_memory_equal(&out, &d->outcome, sizeof(out));
	return e == ERR_OK ? registry_settle(r, d->position, &out) : e;
}

/* Applies deeds from..to as one transaction. */
static enum err transact(struct registry *r, uint32_t from, uint32_t to)
{
	enum err e = registry_begin(r);

	if (e != ERR_OK)
		return e;
	for (uint32_t i = from; e == ERR_OK && i < to; i++)
		e = redo(r, &deed[i]);
	if (e == ERR_OK)
		return registry_commit(r, deed[to - 1].position, desk.now_us);
	registry_rollback(r);
	return e;
}

/* The desk as it goes on from what is committed. Returns how many deeds are in. */
static uint32_t go_on(struct registry *r)
{
	uint64_t position;
	int64_t now;
	uint32_t n = 0;

	assert_int_equal(registry_place(r, &position, &now), ERR_OK);
	desk_init(&desk, registry_world(r), position ? now : T0);
	assert_int_equal(registry_begin(r), ERR_OK);
	assert_int_equal(desk_start(&desk), ERR_OK);
	registry_rollback(r);
	while (n < n_deeds && deed[n].position <= position)
		n++;
	return n;
}

static struct registry *relive(struct registry *r, struct rng *rng, uint32_t longest, uint32_t reopen)
{
	uint32_t done = go_on(r);

	while (done < n_deeds) {
		uint32_t to = done + 1 + (uint32_t)rng_below(rng, longest);

		to = to < n_deeds ? to : n_deeds;
		if (transact(r, done, to) != ERR_OK) {
			done = go_on(r);
			continue;
		}
		done = to;
		if (rng_chance(rng, reopen)) {
			registry_close(r);
			r = open_it();
			assert_int_equal(go_on(r), done);
		}
	}
	return r;
}

static void same_object(const struct desk_object *x, const struct desk_object *y)
{
	struct buf p, q;

	buf_init(&p, DESK_OBJECT_BYTES_MAX);
	buf_init(&q, DESK_OBJECT_BYTES_MAX);
	desk_object_put(&p, x);
	desk_object_put(&q, y);
	assert_true(p.err == ERR_OK && text_eq(buf_view(&p), buf_view(&q)));
	buf_release(&p);
	buf_release(&q);
}

struct seen {
	uint32_t n, rows;
};

static bool see_message(void *ctx, const struct desk_message *m, const struct desk_object *o)
{
	struct seen *s = ctx;
	const struct desk_message *w = &b.world.message[s->n++];

	assert_true(m->id == w->id && m->kind == w->kind && m->detail == w->detail && m->organisation == w->organisation &&
	            m->district == w->district && m->object == w->object && m->version == w->version &&
	            m->about.kind == w->about.kind && token_eq(m->about.token, w->about.token) &&
	            m->time_us == w->time_us && m->rule.n == w->rule.n);
	assert_true(o->id == m->object && (m->version == 0 || o->version == m->version));
	return true;
}

static bool see_row(void *ctx, const struct registry_row *h)
{
	struct seen *s = ctx;

	assert_true(h->version > s->n);
	s->n = h->version;
	s->rows++;
	return true;
}

static void same_world(struct registry *r)
{
	struct desk_object o;
	struct desk_outcome out;
	struct seen s = { 0 };
	uint32_t rows = 0;

	for (uint32_t i = 0; i < b.world.n; i++) {
		struct seen h = { 0 };

		assert_int_equal(registry_load(r, b.world.object[i].id, &o), ERR_OK);
		same_object(&o, &b.world.object[i]);
		assert_int_equal(registry_history(r, o.id, 0, UINT32_MAX, see_row, &h), ERR_OK);
		assert_int_equal(h.n, o.version);
		rows += h.rows;
	}
	assert_int_equal(rows, b.world.n_traces);
	assert_int_equal(registry_messages(r, 0, 0, UINT32_MAX, see_message, &s), ERR_OK);
	assert_int_equal(s.n, b.world.n_messages);
	for (uint32_t i = 0; i < n_deeds; i++) {
		if (deed[i].what != COMMAND) {
			assert_int_equal(registry_outcome(r, deed[i].position, &out), ERR_ABSENT);
			continue;
		}
		assert_int_equal(registry_outcome(r, deed[i].position, &out), ERR_OK);
		assert_memory_equal(&out, &deed[i].outcome, sizeof(out));
	}
}

static void any_cut_gives_the_same(void **state)
{
	struct rng r;
	unsigned char first[REGISTRY_DIGEST_BYTES], other[REGISTRY_DIGEST_BYTES];

	(void)state;
	rng_seed(&r, test_seed(31));
	for (uint64_t n = test_cases(40); n > 0; n--) {
		static const uint32_t sizes[] = { 1, 2, 3, 5, 17, REGISTRY_SLOTS };

		slots = sizes[n % ARRAY_LEN(sizes)];
		live(&r, 200);
		for (uint32_t longest = 1; longest < 1000; longest *= 10) {
			clean();
			struct registry *g = relive(open_it(), &r, longest, longest == 1 ? 0 : 100000);

			same_world(g);
			assert_int_equal(registry_digest(g, longest == 1 ? first : other), ERR_OK);
			if (longest > 1)
				assert_memory_equal(first, other, sizeof(first));
			registry_close(g);
		}
	}
}

/* ---- faults ---- */

static unsigned char right[REGISTRY_DIGEST_BYTES];

static void relive_whole(void)
{
	struct rng r;
	struct registry *g;

	clean();
	rng_seed(&r, 1);
	g = relive(open_it(), &r, 50, 0);
	assert_int_equal(registry_digest(g, right), ERR_OK);
	registry_close(g);
}

static void same_digest(struct registry *g)
{
	unsigned char is[REGISTRY_DIGEST_BYTES];

	assert_int_equal(registry_digest(g, is), ERR_OK);
	assert_memory_equal(is, right, sizeof(is));
}

/* The nth write, sync, allocation of SQLite's or of ours fails: what was committed is there, the rest comes again, and the whole is the same. */
static void what_fails_is_undone(void **state)
{
	static void (*const fail_at[])(uint64_t) = { sqlite_fail_at, sqlite_memory_fail_at, mem_fail_at };
	static uint64_t (*const counted[])(void) = { sqlite_count, sqlite_memory_count, mem_count };
	uint64_t failures = 0;
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(32));
	live(&r, 60);
	relive_whole();
	slots = 5;
	for (uint32_t k = 0; k < ARRAY_LEN(fail_at); k++) {
		for (uint64_t nth = 1, n = 0; n < test_cases(400); n++, nth += 1 + rng_below(&r, nth / 20 + 1)) {
			struct registry *g = NULL;
			struct buf why;
			bool failed;
			uint32_t done = 0;

			clean();
			buf_init(&why, 4096);
			fail_at[k](nth);
			if (registry_open_sized(&g, path, slots, &why) != ERR_OK) {
				failures++;
				assert_null(g);
				fail_at[k](0);
				g = open_it();
			}
			buf_release(&why);
			desk_init(&desk, registry_world(g), T0);
			for (uint32_t to; done < n_deeds; done = to) {
				to = done + 20 < n_deeds ? done + 20 : n_deeds;
				if (transact(g, done, to) != ERR_OK)
					break;
			}
			failed = done < n_deeds;
			failures += failed;
			if (counted[k]() < nth && !failed)
				n = UINT64_MAX - 1; /* it took less than that */
			fail_at[k](0);
			if (failed && rng_chance(&r, 500000)) { /* the process died with it */
				registry_close(g);
				g = open_it();
			}
			g = relive(g, &r, 20, 0);
			same_digest(g);
			registry_close(g);
		}
	}
	slots = REGISTRY_SLOTS;
	print_message("%llu failures\n", (unsigned long long)failures);
	assert_true(failures > 100 || test_cases(100) < 100);
}

/* Readers tell what fails as well, and the next one does not suffer from it. */
static void a_failing_read_is_told(void **state)
{
	struct registry_query q = { .kind = DESK_WARNING, .order = REGISTRY_BY_CHANGE };
	struct registry *g;
	struct rng r;
	uint64_t failures = 0;
	uint64_t n;

	(void)state;
	rng_seed(&r, test_seed(33));
	live(&r, 100);
	relive_whole();
	for (uint64_t k = 0; k < 2; k++) {
		for (uint64_t nth = 1; nth < 2000; nth++) {
			unsigned char is[REGISTRY_DIGEST_BYTES];
			enum err e;
			bool over;

			g = open_it();
			k ? mem_fail_at(nth) : sqlite_memory_fail_at(nth);
			e = registry_digest(g, is);
			if (e == ERR_OK)
				e = registry_count(g, &q, 100, &n);
			over = (k ? mem_count() : sqlite_memory_count()) < nth;
			k ? mem_fail_at(0) : sqlite_memory_fail_at(0);
			assert_true(e == ERR_OK || e == ERR_MEMORY || e == ERR_IO);
			failures += e != ERR_OK;
			same_digest(g);
			registry_close(g);
			if (over)
				break;
		}
	}
	print_message("%llu failures\n", (unsigned long long)failures);
	assert_true(failures > 10);
}

/* Any byte of the file is another: an error or the same content, never a crash; and a file that is none is told in one line. */
static void a_damaged_file_is_told(void **state)
{
	struct buf whole, why;
	struct rng r;
	uint64_t told = 0;

	(void)state;
	rng_seed(&r, test_seed(34));
	live(&r, 100);
	relive_whole();
	buf_init(&whole, (size_t)64 << 20);
	buf_init(&why, 4096);
	assert_int_equal(file_read_all(path, whole.max, &whole), ERR_OK);
	for (uint64_t n = test_cases(300); n > 0; n--) {
		struct registry *g = NULL;
		unsigned char is[REGISTRY_DIGEST_BYTES];
		struct desk_object o;
		size_t at = rng_chance(&r, 200000) ? rng_below(&r, 100) : rng_below(&r, whole.n);
		char was = whole.p[at];
		enum err e;

		clean();
		whole.p[at] = (char)(was ^ (1 << rng_below(&r, 8)));
		assert_int_equal(file_write_all(path, buf_view(&whole)), ERR_OK);
		whole.p[at] = was;
		buf_clear(&why);
		e = registry_open(&g, path, &why);
		if (e != ERR_OK) {
			assert_true(why.n > 0 && memchr(why.p, '\n', why.n) == NULL);
			told++;
			continue;
		}
		e = registry_digest(g, is);
		told += e != ERR_OK;
		for (uint32_t i = 0; i < b.world.n; i++)
			(void)!registry_load(g, b.world.object[i].id, &o);
		registry_close(g);
	}
	clean();
	assert_int_equal(file_write_all(path, TEXT("not a registry at all, but text\n")), ERR_OK);
	buf_clear(&why);
	struct registry *g = NULL;
	assert_int_equal(registry_open(&g, path, &why), ERR_FORMAT);
	assert_true(why.n > 0 && memchr(why.p, '\n', why.n) == NULL);
	clean();
	sqlite3 *db;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE t(x)", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	buf_clear(&why);
	assert_int_equal(registry_open(&g, path, &why), ERR_FORMAT);
	assert_true(text_contains(buf_view(&why), TEXT("not a registry of this version")));
	buf_release(&whole);
	buf_release(&why);
	print_message("%llu told\n", (unsigned long long)told);
}

/* ---- lists ---- */

static bool fits(const struct desk_object *o, const struct registry_query *q)
{
	const struct desk_machine *m = desk_machine(o->kind);
	bool about = (o->subject.kind == q->entity.kind && token_eq(o->subject.token, q->entity.token)) ||
	             (o->also.kind == q->entity.kind && token_eq(o->also.token, q->entity.token));
	bool due = false;

	for (uint32_t i = 0; i < DESK_TIMERS_MAX; i++)
		due |= o->due_us[i] != 0;
	return o->kind == q->kind && (q->states == 0 || (q->states >> o->state & 1)) && o->grade >= q->grade_from &&
	       !((q->open || q->order == REGISTRY_BY_URGENCY) && m->state[o->state].final) &&
	       (!q->of_organisation || o->organisation == q->organisation) &&
	       (!q->of_district || o->district == q->district) && (!q->of_maker || o->made_by == q->maker) &&
	       (q->entity.kind == 0 || about) && (q->changed_from_us == 0 || o->changed_us >= q->changed_from_us) &&
	       (q->changed_to_us == 0 || o->changed_us < q->changed_to_us) && (q->order != REGISTRY_BY_DUE || due);
}

static int64_t key_in(const struct desk_object *o, enum registry_order order)
{
	struct registry_head h;

	registry_head_of(o, &h);
	return order == REGISTRY_BY_ID       ? (int64_t)o->id
	       : order == REGISTRY_BY_CHANGE ? o->changed_us
	       : order == REGISTRY_BY_DUE    ? h.due
	                                     : desk_next(o);
}

struct expected {
	int64_t key;
	uint64_t id;
};
static struct expected expected[WORLD_OBJECTS_MAX];

static int by_expected(const void *a, const void *c)
{
	const struct expected *x = a, *y = c;

	return x->key != y->key ? (x->key > y->key) - (x->key < y->key) : (x->id > y->id) - (x->id < y->id);
}

static uint32_t expect(const struct registry_query *q)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b.world.n; i++)
		if (fits(&b.world.object[i], q))
			expected[n++] = (struct expected){ key_in(&b.world.object[i], q->order), b.world.object[i].id };
	qsort(expected, n, sizeof(*expected), by_expected);
	for (uint32_t i = 0; q->order == REGISTRY_BY_CHANGE && i < n / 2; i++) {
		struct expected x = expected[i];

		expected[i] = expected[n - 1 - i];
		expected[n - 1 - i] = x;
	}
	return n;
}

static void draw_query(struct rng *r, struct registry_query *q)
{
	const struct desk_object *some = &b.world.object[rng_below(r, b.world.n)];

	*q = (struct registry_query){ .kind = some->kind,
		                          .order = (enum registry_order)rng_below(r, 4),
		                          .open = rng_chance(r, 300000) };
	if (rng_chance(r, 400000))
		q->states = (uint32_t)rng_below(r, UINT32_MAX) & (uint32_t)rng_below(r, UINT32_MAX);
	if (rng_chance(r, 300000))
		q->grade_from = (int16_t)rng_below(r, 5);
	if ((q->of_organisation = rng_chance(r, 300000)))
		q->organisation = some->organisation ? some->organisation : 99;
	if ((q->of_district = rng_chance(r, 300000)))
		q->district = some->district ? some->district : 99;
	if ((q->of_maker = rng_chance(r, 300000)))
		q->maker = some->made_by ? some->made_by : 99;
	if (rng_chance(r, 200000))
		q->entity = rng_chance(r, 500000) ? some->subject : some->also;
	if (rng_chance(r, 200000))
		q->changed_from_us = some->changed_us;
	if (rng_chance(r, 200000))
		q->changed_to_us = some->changed_us + (int64_t)rng_below(r, 2) * US_PER_HOUR;
}

struct listing {
	uint32_t at, n;
	struct registry_query *q;
};

static bool see_hit(void *ctx, const struct registry_hit *h)
{
	struct listing *l = ctx;

	assert_true(l->at < l->n);
	assert_true(h->key == expected[l->at].key && h->object->id == expected[l->at].id);
	l->q->after = true;
	l->q->after_key = h->key;
	l->q->after_id = h->object->id;
	l->at++;
	return true;
}

static void lists_are_right(void **state)
{
	struct rng r;
	uint64_t listed = 0;

	(void)state;
	rng_seed(&r, test_seed(35));
	for (uint64_t n = test_cases(20); n > 0; n--) {
		struct registry *g;

		live(&r, 300);
		relive_whole();
		g = open_it();
		for (uint32_t i = 0; i < 200; i++) {
			struct registry_query q;
			struct listing l = { .q = &q };
			uint32_t page = 1 + (uint32_t)rng_below(&r, 20);
			uint64_t count;

			draw_query(&r, &q);
			l.n = expect(&q);
			assert_int_equal(registry_count(g, &q, UINT64_MAX, &count), ERR_OK);
			assert_int_equal(count, l.n);
			assert_int_equal(registry_count(g, &q, 3, &count), ERR_OK);
			assert_int_equal(count, l.n < 3 ? l.n : 3);
			for (uint32_t before = UINT32_MAX; before != l.at;) {
				before = l.at;
				assert_int_equal(registry_list(g, &q, page, see_hit, &l), ERR_OK);
			}
			assert_int_equal(l.at, l.n);
			listed += l.n;
		}
		registry_close(g);
	}
	print_message("%llu listed\n", (unsigned long long)listed);
}
/* How SQLite goes about it: an index (or the row's own key) for each table, never all of a table, and no sorting where the order is an index's. */
static uint64_t ties; /* ranges that go on within an equal key */

static uint64_t explain(sqlite3 *db, const char *sql, bool ordered)
{
	sqlite3_stmt *q;
	struct buf z;
	uint64_t steps = 0;

	buf_init(&z, 1 << 17);
	buf_printf(&z, "EXPLAIN QUERY PLAN %s", sql);
	assert_int_equal(z.err, ERR_OK);
	if (sqlite3_prepare_v2(db, z.p, -1, &q, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sqlite3_errmsg(db), sql);
	while (sqlite3_step(q) == SQLITE_ROW) {
		const char *how = (const char *)sqlite3_column_text(q, 3);

		steps += strncmp(how, "SEARCH ", 7) == 0;
		if (strncmp(how, "SCAN ", 5) == 0 && strncmp(how, "SCAN (subquery", 14) != 0 && strcmp(how, "SCAN a") != 0)
			fail_msg("%s: %s", how, sql);
		ties += strstr(how, "rowid") != NULL;
		if (ordered && strstr(how, "TEMP B-TREE") != NULL)
			fail_msg("%s: %s", how, sql);
	}
	sqlite3_finalize(q);
	buf_release(&z);
	return steps;
}

static void no_list_scans(void **state)
{
	struct registry *g;
	struct registry_query q;
	struct buf sql;
	struct rng r;
	sqlite3 *db;
	uint64_t steps = 0;

	(void)state;
	rng_seed(&r, test_seed(36));
	live(&r, 300);
	relive_whole();
	g = open_it();
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	buf_init(&sql, REGISTRY_SQL_MAX);
	for (uint64_t n = test_cases(2000); n > 0; n--) {
		draw_query(&r, &q);
		q.after = rng_chance(&r, 500000);
		if (q.states && (q.states & registry_open_states(q.kind)) == 0)
			continue;
		for (enum registry_driver by = DRIVER_ENTITY; by <= DRIVER_ORDER; by++) {
			bool place = (by == DRIVER_ORGANISATION || by == DRIVER_DISTRICT) &&
			             (q.order == REGISTRY_BY_URGENCY || q.order == REGISTRY_BY_ID);

			if (!registry_driver_given(&q, by))
				continue;
			buf_clear(&sql);
			registry_list_sql(&sql, &q, by, WANT_PAGE);
			ties = 0;
			steps += explain(db, sql.p, by == DRIVER_ORDER || place);
			assert_true(!(q.after && (by == DRIVER_ORDER || place)) || ties > 0);
			buf_clear(&sql);
			registry_list_sql(&sql, &q, by, WANT_COUNT);
			steps += explain(db, sql.p, false);
		}
	}
	assert_true(steps > 1000);
	buf_release(&sql);
	sqlite3_close(db);
	registry_close(g);
}

/* ---- messages, changes ---- */

struct kinds {
	uint64_t wanted;
	uint32_t at;
	uint64_t last;
};

static bool see_kind(void *ctx, const struct desk_message *m, const struct desk_object *o)
{
	struct kinds *k = ctx;

	assert_true(o->id == m->object && m->id > k->last);
	while ((k->wanted >> b.world.message[k->at].kind & 1) == 0)
		k->at++;
	assert_true(b.world.message[k->at++].id == m->id);
	k->last = m->id;
	return true;
}

static void messages_by_kind(void **state)
{
	struct registry *g;
	struct desk_message m;
	struct desk_object o;
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(37));
	live(&r, 300);
	relive_whole();
	g = open_it();
	for (uint32_t i = 0; i < 50; i++) {
		struct kinds k = { .wanted = rng_next(&r) & rng_next(&r) & (((uint64_t)1 << DESK_MESSAGE_KINDS) - 2) };
		uint64_t before = 1;

		while (k.wanted && before != k.last) {
			before = k.last;
			assert_int_equal(registry_messages(g, k.last, k.wanted, 1 + (uint32_t)rng_below(&r, 9), see_kind, &k),
			                 ERR_OK);
			before = k.last == 0 ? 0 : before;
		}
		for (uint32_t left = k.at; k.wanted && left < b.world.n_messages; left++)
			assert_true((k.wanted >> b.world.message[left].kind & 1) == 0);
	}
	assert_true(b.world.n_messages > 10);
	assert_int_equal(registry_message(g, b.world.message[5].id, &m, &o), ERR_OK);
	assert_true(m.id == b.world.message[5].id && o.id == m.object);
	assert_int_equal(registry_message(g, UINT64_MAX, &m, &o), ERR_ABSENT);
	assert_int_equal(registry_load(g, UINT64_MAX, &o), ERR_ABSENT);
	registry_close(g);
}

struct followed {
	uint64_t position, version[WORLD_OBJECTS_MAX];
	uint32_t n;
};

static bool see_change(void *ctx, uint64_t position, const struct desk_object *o)
{
	struct followed *f = ctx;
	uint32_t i = 0;

	assert_true(position >= f->position);
	f->position = position;
	f->n++;
	while (b.world.object[i].id != o->id)
		i++;
	f->version[i] = o->version;
	return true;
}

/* Who follows, whenever they ask, has every object as it is at last. */
static void changes_come_in_order(void **state)
{
	static struct followed f;
	struct registry *g;
	struct rng r;
	uint32_t done;

	(void)state;
	rng_seed(&r, test_seed(38));
	for (uint64_t n = test_cases(20); n > 0; n--) {
		memset(&f, 0, sizeof(f));
		live(&r, 200);
		clean();
		slots = n % 2 ? REGISTRY_SLOTS : 3;
		g = open_it();
		done = go_on(g);
		while (done < n_deeds) {
			uint32_t to = done + 1 + (uint32_t)rng_below(&r, 20), before;

			to = to < n_deeds ? to : n_deeds;
			assert_int_equal(transact(g, done, to), ERR_OK);
			done = to;
			for (before = UINT32_MAX; before != f.n && rng_chance(&r, 900000);) {
				before = f.n;
				assert_int_equal(registry_changes(g, f.position, 1 + (uint32_t)rng_below(&r, 10), see_change, &f),
				                 ERR_OK);
			}
		}
		assert_int_equal(registry_changes(g, f.position, UINT32_MAX, see_change, &f), ERR_OK);
		for (uint32_t i = 0; i < b.world.n; i++)
			assert_int_equal(f.version[i], b.world.object[i].version);
		registry_close(g);
	}
	slots = REGISTRY_SLOTS;
}

/* ---- beside the writer ---- */

struct reading {
	struct registry *g;
	_Atomic bool stop;
	uint64_t reads;
	bool wrong;
};

/* A transaction here is one deed. So the last object's outcome is there whenever its position is. */
static void *read_on(void *arg)
{
	struct reading *x = arg;
	struct registry_query q = { .kind = DESK_WARNING, .open = true, .order = REGISTRY_BY_URGENCY };

	for (uint64_t last = 0; !x->stop; x->reads++) {
		uint64_t position, n;
		int64_t now;
		struct desk_outcome out;
		unsigned char is[REGISTRY_DIGEST_BYTES];
		bool there;

		if (registry_place(x->g, &position, &now) != ERR_OK || position < last ||
		    registry_count(x->g, &q, 1000, &n) != ERR_OK)
			x->wrong = true;
		last = position;
		there = position > 0 && deed[position - 1].what == COMMAND;
		if (there && registry_outcome(x->g, position, &out) != ERR_OK)
			x->wrong = true;
		if (x->reads % 16 == 0 && registry_digest(x->g, is) != ERR_OK)
			x->wrong = true;
	}
	return NULL;
}

static void readers_and_writer_go_on_together(void **state)
{
	struct reading x[3];
	pthread_t thread[3];
	struct registry *g;
	struct rng r;
	char copy[80];

	(void)state;
	rng_seed(&r, test_seed(39));
	live(&r, RECORDS_MAX);
	relive_whole();
	clean();
	g = open_it();
	for (int i = 0; i < 3; i++) {
		x[i] = (struct reading){ .g = g };
		assert_int_equal(pthread_create(&thread[i], NULL, read_on, &x[i]), 0);
	}
	snprintf(copy, sizeof(copy), "%s/copy.sqlite", folder);
	desk_init(&desk, registry_world(g), T0);
	for (uint32_t i = 0; i < n_deeds; i++) {
		assert_int_equal(transact(g, i, i + 1), ERR_OK);
		if (i == n_deeds / 2)
			assert_int_equal(registry_copy(g, copy), ERR_OK);
	}
	for (int i = 0; i < 3; i++) {
		x[i].stop = true;
		pthread_join(thread[i], NULL);
		assert_false(x[i].wrong);
	}
	assert_int_equal(registry_copy(g, copy), ERR_IO); /* there is one */
	registry_close(g);
	clean();
	assert_int_equal(rename(copy, path), 0);
	g = open_it(); /* the copy goes on from its own place, to the same end */
	assert_int_equal(go_on(g), n_deeds / 2 + 1);
	g = relive(g, &r, 10, 0);
	assert_int_equal(go_on(g), n_deeds);
	same_world(g);
	registry_close(g);
}

static int setup(void **state)
{
	(void)state;
	sqlite_faults_install();
	bench_init(&b, T0);
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/registry.sqlite", folder);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	bench_release(&b);
	clean();
	rmdir(folder);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_cut_gives_the_same),
		cmocka_unit_test(what_fails_is_undone),
		cmocka_unit_test(a_failing_read_is_told),
		cmocka_unit_test(a_damaged_file_is_told),
		cmocka_unit_test(lists_are_right),
		cmocka_unit_test(no_list_scans),
		cmocka_unit_test(messages_by_kind),
		cmocka_unit_test(changes_come_in_order),
		cmocka_unit_test(readers_and_writer_go_on_together),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
