/* test_registry.c - the registry beside the desk's world in memory: the same records, cut at random into transactions, with writes that fail and files that are opened again,
 * give the same objects and messages and one digest. */
#include "tests/test.h"
#include "tests/unit/registry_life.h"
#include <sqlite3.h>
#include "tests/sim/sqlite_faults.h"
#include "base/file.h"
#include "base/mem.h"

static void any_cut_gives_the_same(void **state)
{
	struct rng r;
	unsigned char first[REGISTRY_DIGEST_BYTES], other[REGISTRY_DIGEST_BYTES];

	(void)state;
	rng_seed(&r, test_seed(31));
	for (uint64_t n = test_cases(40); n > 0; n--) {
		static const uint32_t sizes[] = { 1, 2, 3, 5, 17, REGISTRY_SLOTS };

		life.slots = sizes[n % ARRAY_LEN(sizes)];
		life_live(&r, 200);
		for (uint32_t longest = 1; longest < 1000; longest *= 10) {
			life_clean();
			struct registry *g = life_relive(life_open(), &r, longest, longest == 1 ? 0 : 100000);

			life_same_world(g);
			assert_int_equal(registry_digest(g, longest == 1 ? first : other), ERR_OK);
			if (longest > 1)
				assert_memory_equal(first, other, sizeof(first));
			registry_close(g);
		}
	}
}

/* ---- faults ---- */

/* The registry and the naive world answer alike: what is about a thing, and what is due. */
static uint64_t ask_both(const struct desk_world *w, struct rng *r, uint64_t position)
{
	const struct desk_world *naive = &life.b.world.functions;

	for (uint32_t i = 0; i < 6; i++) {
		struct desk_entity e = { (uint8_t)(1 + rng_below(r, 2)),
			                     token_n(rng_below(r, rng_chance(r, 500000) ? 25 : 9)) };
		uint64_t before = rng_chance(r, 500000) ? UINT64_MAX : (1 + rng_below(r, position)) << DESK_ID_SHIFT, x = 0,
				 y = 0;
		enum err is = naive->about(naive->ctx, DESK_WARNING, e, before, &x);
		struct desk_due p, q;

		assert_int_equal(w->about(w->ctx, DESK_WARNING, e, before, &y), is);
		assert_true(is == ERR_ABSENT || x == y);
		if (naive->due(naive->ctx, (int64_t)rng_below(r, 1000), &p) != ERR_OK)
			continue;
		assert_int_equal(w->due(w->ctx, p.due_us, &q), ERR_OK);
		assert_true(p.due_us == q.due_us && p.id == q.id && p.timer == q.timer);
		assert_int_equal(w->due(w->ctx, p.due_us - 1, &q), ERR_ABSENT);
	}
	return 6;
}

/* One thing of many objects, and many things: more than is in memory at once, in every order of saving, asking, committing and rolling back. */
static void keys_are_found_whatever_waits(void **state)
{
	const struct desk_world *naive = &life.b.world.functions, *w;
	struct desk_trace t = { .step = 1 };
	uint64_t asked = 0;
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(40));
	for (uint64_t n = test_cases(30); n > 0; n--) {
		struct registry *g;
		uint64_t kept = 0;

		life_clean();
		bench_clear(&life.b, T0);
		life.slots = 1 + (uint32_t)rng_below(&r, 24);
		g = life_open();
		w = registry_world(g);
		assert_int_equal(registry_begin(g), ERR_OK);
		for (t.position = 1; t.position < 400; t.position++) {
			struct memory_world *m = &life.b.world;
			struct desk_object o = { .kind = DESK_WARNING,
				                     .state = 1,
				                     .version = 1,
				                     .id = t.position << DESK_ID_SHIFT,
				                     .subject = { DESK_PERSON, token_n(rng_below(&r, 9)) } };

			if (m->n && rng_chance(&r, 500000)) {
				o = m->object[rng_below(&r, m->n)];
				o.version++;
			}
			if (rng_chance(&r, 800000))
				o.also = (struct desk_entity){ DESK_PHONE, token_n(rng_below(&r, 25)) };
			o.due_us[rng_below(&r, 3)] = rng_chance(&r, 500000) ? 0 : (int64_t)(1 + rng_below(&r, 1000));
			t.time_us = (int64_t)t.position;
			assert_int_equal(naive->save(naive->ctx, &o, &t), ERR_OK);
			assert_int_equal(w->save(w->ctx, &o, &t), ERR_OK);
			asked += ask_both(w, &r, t.position);
			if (rng_chance(&r, 30000)) {
				assert_int_equal(registry_commit(g, kept = t.position, 1), ERR_OK);
				assert_int_equal(registry_begin(g), ERR_OK);
			}
		}
		registry_rollback(g);
		for (uint32_t i = 0; i < life.b.world.n; i++) { /* what came behind the last commit is gone */
			struct desk_object o;

			if (life.b.world.object[i].id >> DESK_ID_SHIFT > kept)
				assert_int_equal(registry_load(g, life.b.world.object[i].id, &o), ERR_ABSENT);
			else
				assert_int_equal(registry_load(g, life.b.world.object[i].id, &o), ERR_OK);
		}
		registry_close(g);
	}
	life.slots = REGISTRY_SLOTS;
	print_message("%llu asked\n", (unsigned long long)asked);
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
	life_live(&r, 60);
	life_whole();
	life.slots = 5;
	for (uint32_t k = 0; k < ARRAY_LEN(fail_at); k++) {
		for (uint64_t nth = 1, n = 0; n < test_cases(400); n++, nth += 1 + rng_below(&r, nth / 20 + 1)) {
			struct registry *g = NULL;
			struct buf why;
			bool failed;
			uint32_t done = 0;

			life_clean();
			buf_init(&why, 4096);
			fail_at[k](nth);
			if (registry_open_sized(&g, life.path, life.slots, &why) != ERR_OK) {
				failures++;
				assert_null(g);
				fail_at[k](0);
				g = life_open();
			}
			buf_release(&why);
			desk_init(&life.desk, registry_world(g), T0);
			for (uint32_t to; done < life.n_deeds; done = to) {
				to = done + 20 < life.n_deeds ? done + 20 : life.n_deeds;
				if (life_transact(g, done, to) != ERR_OK)
					break;
			}
			failed = done < life.n_deeds;
			failures += failed;
			if (counted[k]() < nth && !failed)
				n = UINT64_MAX - 1; /* it took less than that */
			fail_at[k](0);
			if (failed && rng_chance(&r, 500000)) { /* the process died with it */
				registry_close(g);
				g = life_open();
			}
			g = life_relive(g, &r, 20, 0);
			life_same_digest(g);
			registry_close(g);
		}
	}
	life.slots = REGISTRY_SLOTS;
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
	life_live(&r, 100);
	life_whole();
	for (uint64_t k = 0; k < 2; k++) {
		for (uint64_t nth = 1; nth < 2000; nth++) {
			unsigned char is[REGISTRY_DIGEST_BYTES];
			enum err e;
			bool over;

			g = life_open();
			k ? mem_fail_at(nth) : sqlite_memory_fail_at(nth);
			e = registry_digest(g, is);
			if (e == ERR_OK)
				e = registry_count(g, &q, 100, &n);
			over = (k ? mem_count() : sqlite_memory_count()) < nth;
			k ? mem_fail_at(0) : sqlite_memory_fail_at(0);
			assert_true(e == ERR_OK || e == ERR_MEMORY || e == ERR_IO);
			failures += e != ERR_OK;
			life_same_digest(g);
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
	life_live(&r, 100);
	life_whole();
	buf_init(&whole, (size_t)64 << 20);
	buf_init(&why, 4096);
	assert_int_equal(file_read_all(life.path, whole.max, &whole), ERR_OK);
	for (uint64_t n = test_cases(300); n > 0; n--) {
		struct registry *g = NULL;
		unsigned char is[REGISTRY_DIGEST_BYTES];
		struct desk_object o;
		size_t at = rng_chance(&r, 200000) ? rng_below(&r, 100) : rng_below(&r, whole.n);
		char was = whole.p[at];
		enum err e;

		life_clean();
		whole.p[at] = (char)(was ^ (1 << rng_below(&r, 8)));
		assert_int_equal(file_write_all(life.path, buf_view(&whole)), ERR_OK);
		whole.p[at] = was;
		buf_clear(&why);
		e = registry_open(&g, life.path, &why);
		if (e != ERR_OK) {
			assert_true(why.n > 0 && memchr(why.p, '\n', why.n) == NULL);
			told++;
			continue;
		}
		e = registry_digest(g, is);
		told += e != ERR_OK;
		for (uint32_t i = 0; i < life.b.world.n; i++)
			(void)!registry_load(g, life.b.world.object[i].id, &o);
		registry_close(g);
	}
	life_clean();
	assert_int_equal(file_write_all(life.path, TEXT("not a registry at all, but text\n")), ERR_OK);
	buf_clear(&why);
	struct registry *g = NULL;
	assert_int_equal(registry_open(&g, life.path, &why), ERR_FORMAT);
	assert_true(why.n > 0 && memchr(why.p, '\n', why.n) == NULL);
	life_clean();
	sqlite3 *db;
	assert_int_equal(sqlite3_open(life.path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE t(x)", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	buf_clear(&why);
	assert_int_equal(registry_open(&g, life.path, &why), ERR_FORMAT);
	assert_true(text_contains(buf_view(&why), TEXT("not a registry of this version")));
	buf_release(&whole);
	buf_release(&why);
	print_message("%llu told\n", (unsigned long long)told);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_cut_gives_the_same), cmocka_unit_test(keys_are_found_whatever_waits),
		cmocka_unit_test(what_fails_is_undone),   cmocka_unit_test(a_failing_read_is_told),
		cmocka_unit_test(a_damaged_file_is_told),
	};
	return cmocka_run_group_tests(tests, life_setup, life_teardown);
}
