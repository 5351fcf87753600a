/* test_registry_lists.c - what is read from a registry: lists, pages and counts judged by looking at every object, how SQLite goes about them, messages, changes, and readers
 * beside the writer. */
#include "tests/test.h"
#include "tests/unit/registry_life.h"
#include <pthread.h>
#include <sqlite3.h>
#include "base/clock.h"
#include "tests/sim/sqlite_faults.h"

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

	for (uint32_t i = 0; i < life.b.world.n; i++)
		if (fits(&life.b.world.object[i], q))
			expected[n++] = (struct expected){ key_in(&life.b.world.object[i], q->order), life.b.world.object[i].id };
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
	const struct desk_object *some = &life.b.world.object[rng_below(r, life.b.world.n)];

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

		life_live(&r, 300);
		life_whole();
		g = life_open();
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
			q.after = false;
			l.at = 0;
			assert_int_equal(registry_each(g, &q, see_hit, &l), ERR_OK);
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
	life_live(&r, 300);
	life_whole();
	g = life_open();
	assert_int_equal(sqlite3_open(life.path, &db), SQLITE_OK);
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

/* ---- walks ---- */

enum {
	PAGE = REGISTRY_PAGE_MAX
};

/* Objects with the numbers from + 1..to, each changed later than the one before. */
static void make(struct registry *g, uint32_t from, uint32_t to)
{
	const struct desk_world *w = registry_world(g);

	assert_int_equal(registry_begin(g), ERR_OK);
	for (uint32_t i = from + 1; i <= to; i++) {
		struct desk_object o = { .kind = DESK_READING, .state = 1, .version = 1, .id = (uint64_t)i << DESK_ID_SHIFT };
		struct desk_trace t = { .position = i, .time_us = T0 + i };

		o.made_us = o.changed_us = t.time_us;
		assert_int_equal(w->save(w->ctx, &o, &t), ERR_OK);
	}
	assert_int_equal(registry_commit(g, to, T0 + to), ERR_OK);
}

static struct registry *made(uint32_t n)
{
	struct registry *g;

	life_clean();
	g = life_open();
	if (n > 0)
		make(g, 0, n);
	return g;
}

struct walked {
	struct registry *g;
	uint32_t n, first, last; /* how many came; numbers */
	bool down;
	uint32_t end_at;            /* visit ends there, with an error of its own; 0: does not */
	uint32_t add_at, add;       /* when so many came, one of this number is made */
	uint32_t no_memory_at;      /* when so many came, what SQLite asks for next is not there */
	uint32_t again_at, n_again; /* when so many came, another walk; how many that had */
	enum err e;
};

static bool see_in_turn(void *ctx, const struct registry_hit *h)
{
	struct walked *w = ctx;
	uint32_t number = (uint32_t)(h->object->id >> DESK_ID_SHIFT);

	assert_true(w->n == 0 || number == (w->down ? w->last - 1 : w->last + 1));
	w->first = w->n == 0 ? number : w->first;
	w->last = number;
	w->n++;
	if (w->n == w->add_at)
		make(w->g, w->add - 1, w->add);
	if (w->n == w->no_memory_at)
		sqlite_memory_fail_at(1);
	if (w->n == w->again_at) {
		struct walked inner = { .g = w->g };

		assert_int_equal(registry_each(w->g, &(struct registry_query){ .kind = DESK_READING }, see_in_turn, &inner),
		                 ERR_OK);
		w->n_again = inner.n;
	}
	w->e = w->n == w->end_at ? ERR_RANGE : ERR_OK;
	return w->e == ERR_OK;
}

static enum err walk(struct walked *w)
{
	struct registry_query q = { .kind = DESK_READING, .order = w->down ? REGISTRY_BY_CHANGE : REGISTRY_BY_ID };
	enum err e = registry_each(w->g, &q, see_in_turn, w);

	assert_true(!q.after && q.after_id == 0 && q.after_key == 0);
	return e;
}

static void walks_have_every_page(void **state)
{
	static const uint32_t n[] = { 0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE, 2 * PAGE + 3 };
	struct registry *g = made(0);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(n); i++) {
		struct registry_query rest = {
			.kind = DESK_READING, .after = true, .after_key = 5L << 16, .after_id = 5 << 16
		};
		struct walked up = { .g = g }, down = { .g = g, .down = true }, behind = { .g = g };

		if (i > 0)
			make(g, n[i - 1], n[i]);
		assert_int_equal(walk(&up), ERR_OK);
		assert_true(up.n == n[i] && up.first == (n[i] > 0) && up.last == n[i]);
		assert_int_equal(walk(&down), ERR_OK);
		assert_true(down.n == n[i] && down.first == n[i] && down.last == (n[i] > 0));
		assert_int_equal(registry_each(g, &rest, see_in_turn, &behind), ERR_OK);
		assert_int_equal(behind.n, n[i] > 5 ? n[i] - 5 : 0);
	}
	registry_close(g);
}

static void walks_end_where_visit_says(void **state)
{
	static const uint32_t end[] = { 1, 7, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE };
	struct registry *g = made(2 * PAGE);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(end); i++) {
		struct walked w = { .g = g, .end_at = end[i] };

		assert_int_equal(walk(&w), ERR_OK);
		assert_true(w.n == end[i] && w.e == ERR_RANGE);
	}
	registry_close(g);
}

static void what_is_made_meanwhile_comes_behind(void **state)
{
	struct walked full = { .add_at = 5, .add = PAGE + 1, .again_at = 6 }, last = { .add_at = 5, .add = PAGE },
				  down = { .add_at = 5, .add = PAGE + 6, .down = true };

	(void)state;
	full.g = made(PAGE);
	assert_int_equal(walk(&full), ERR_OK);
	assert_true(full.n == PAGE + 1 && full.n_again == PAGE + 1);
	registry_close(full.g);
	last.g = made(PAGE - 1);
	assert_int_equal(walk(&last), ERR_OK);
	assert_int_equal(last.n, PAGE - 1);
	registry_close(last.g);
	down.g = made(PAGE + 5);
	assert_int_equal(walk(&down), ERR_OK);
	assert_true(down.n == PAGE + 5 && down.first == PAGE + 5 && down.last == 1);
	registry_close(down.g);
}

static void a_page_that_cannot_be_read_ends_a_walk(void **state)
{
	struct registry *g = made(PAGE + 1);
	struct walked w = { .g = g, .no_memory_at = PAGE }, after = { .g = g };

	(void)state;
	assert_int_equal(walk(&w), ERR_MEMORY);
	sqlite_memory_fail_at(0);
	assert_true(w.n == PAGE && w.e == ERR_OK);
	assert_int_equal(walk(&after), ERR_OK);
	assert_int_equal(after.n, PAGE + 1);
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
	while ((k->wanted >> life.b.world.message[k->at].kind & 1) == 0)
		k->at++;
	assert_true(life.b.world.message[k->at++].id == m->id);
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
	life_live(&r, 300);
	life_whole();
	g = life_open();
	for (uint32_t i = 0; i < 50; i++) {
		struct kinds k = { .wanted = rng_next(&r) & rng_next(&r) & (((uint64_t)1 << DESK_MESSAGE_KINDS) - 2) };
		uint64_t before = 1;

		while (k.wanted && before != k.last) {
			before = k.last;
			assert_int_equal(registry_messages(g, k.last, k.wanted, 1 + (uint32_t)rng_below(&r, 9), see_kind, &k),
			                 ERR_OK);
			before = k.last == 0 ? 0 : before;
		}
		for (uint32_t left = k.at; k.wanted && left < life.b.world.n_messages; left++)
			assert_true((k.wanted >> life.b.world.message[left].kind & 1) == 0);
	}
	assert_true(life.b.world.n_messages > 10);
	assert_int_equal(registry_message(g, life.b.world.message[5].id, &m, &o), ERR_OK);
	assert_true(m.id == life.b.world.message[5].id && o.id == m.object);
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
	while (life.b.world.object[i].id != o->id)
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
		life_live(&r, 200);
		life_clean();
		life.slots = n % 2 ? REGISTRY_SLOTS : 3;
		g = life_open();
		done = life_go_on(g);
		while (done < life.n_deeds) {
			uint32_t to = done + 1 + (uint32_t)rng_below(&r, 20), before;

			to = to < life.n_deeds ? to : life.n_deeds;
			assert_int_equal(life_transact(g, done, to), ERR_OK);
			done = to;
			for (before = UINT32_MAX; before != f.n && rng_chance(&r, 900000);) {
				before = f.n;
				assert_int_equal(registry_changes(g, f.position, 1 + (uint32_t)rng_below(&r, 10), see_change, &f),
				                 ERR_OK);
			}
		}
		assert_int_equal(registry_changes(g, f.position, UINT32_MAX, see_change, &f), ERR_OK);
		for (uint32_t i = 0; i < life.b.world.n; i++)
			assert_int_equal(f.version[i], life.b.world.object[i].version);
		registry_close(g);
	}
	life.slots = REGISTRY_SLOTS;
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
		there = position > 0 && life.deed[position - 1].what == COMMAND;
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
	life_live(&r, RECORDS_MAX);
	life_whole();
	life_clean();
	g = life_open();
	for (int i = 0; i < 3; i++) {
		x[i] = (struct reading){ .g = g };
		assert_int_equal(pthread_create(&thread[i], NULL, read_on, &x[i]), 0);
	}
	snprintf(copy, sizeof(copy), "%s/copy.sqlite", life.folder);
	desk_init(&life.desk, registry_world(g), T0);
	for (uint32_t i = 0; i < life.n_deeds; i++) {
		assert_int_equal(life_transact(g, i, i + 1), ERR_OK);
		if (i == life.n_deeds / 2)
			assert_int_equal(registry_copy(g, copy), ERR_OK);
	}
	for (int i = 0; i < 3; i++) {
		x[i].stop = true;
		pthread_join(thread[i], NULL);
		assert_false(x[i].wrong);
	}
	assert_int_equal(registry_copy(g, copy), ERR_IO); /* there is one */
	registry_close(g);
	life_clean();
	assert_int_equal(rename(copy, life.path), 0);
	g = life_open(); /* the copy goes on from its own place, to the same end */
	assert_int_equal(life_go_on(g), life.n_deeds / 2 + 1);
	g = life_relive(g, &r, 10, 0);
	assert_int_equal(life_go_on(g), life.n_deeds);
	life_same_world(g);
	registry_close(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_right),
		cmocka_unit_test(no_list_scans),
		cmocka_unit_test(walks_have_every_page),
		cmocka_unit_test(walks_end_where_visit_says),
		cmocka_unit_test(what_is_made_meanwhile_comes_behind),
		cmocka_unit_test(a_page_that_cannot_be_read_ends_a_walk),
		cmocka_unit_test(messages_by_kind),
		cmocka_unit_test(changes_come_in_order),
		cmocka_unit_test(readers_and_writer_go_on_together),
	};
	return cmocka_run_group_tests(tests, life_setup, life_teardown);
}
