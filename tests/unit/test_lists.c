/* test_lists.c - a policy's lists against a model: a plain array in which every operation is looked up from the start. Few values and many
 * removals, so that probing runs over holes; then pages are read, and the state is saved and loaded. */
#include "tests/test.h"
#include "base/mem.h"
#include "base/rng.h"
#include "engine/engine_int.h"
#include "event/ident.h"

enum {
	VALUES = 300,
	ROUNDS = 20000
};

static const struct hash_key key = { { 3, 1, 4 } };
static const char text[] =
	"entity phone\nevent call { caller: phone, words: text }\n"
	"list \"phones\" of phone from \"a.csv\"\nlist \"words\" of text from \"b.csv\"\n"
	"rule r on call about caller when caller in list \"phones\" then alert red because \"on it\"\n";

struct world {
	struct policy policy;
	struct plan *plan;
	struct engine *engine;
	struct ident ident[VALUES];
	char plain[VALUES][EVENT_IDENT_MAX];
	int64_t fingerprint[VALUES];
	int64_t until[2][VALUES]; /* the model; 0: not on the list */
};

static enum err no_zone(void *ctx, struct arena *a, struct text name, struct text *out)
{
	(void)ctx;
	(void)a;
	(void)name;
	(void)out;
	return ERR_ABSENT;
}

static void engine_make(struct world *w, struct engine **out)
{
	struct engine_options o = { .state_bytes_max = 1 << 20, .entities_max = 4096 };
	struct engine_sink sink = { .ctx = NULL };

	assert_int_equal(engine_new(out, w->plan, &key, &o, &sink), ERR_OK);
}

static void world_make(struct world *w)
{
	struct policy_file f = { TEXT("p.dk"), TEXT(text) };
	struct buf errors;

	memset(w, 0, sizeof(*w));
	buf_init(&errors, 1 << 16);
	assert_int_equal(policy_load(&w->policy, &f, 1, no_zone, NULL, &errors), ERR_OK);
	assert_int_equal(plan_new(&w->plan, &w->policy, &key, 0, &errors), ERR_OK);
	engine_make(w, &w->engine);
	buf_release(&errors);
	for (uint32_t i = 0; i < VALUES; i++) {
		char z[32];
		const char *why;

		snprintf(z, sizeof(z), "1380013%04u", i);
		assert_int_equal(ident_make(&key, IDENT_PHONE, 0, IDENT_STRICT, text_z(z), w->plain[i], &w->ident[i], &why),
		                 ERR_OK);
		w->fingerprint[i] = i == 0 ? 0 : hash_fingerprint(&key, text_z(z)); /* 0 is a value like any other */
	}
}

static void world_release(struct world *w)
{
	engine_free(w->engine);
	plan_free(w->plan);
	policy_release(&w->policy);
}

static void change(struct world *w, struct engine *g, uint32_t list, uint32_t i, int64_t until, bool set)
{
	const struct ident *id = list == 0 ? &w->ident[i] : NULL;
	int64_t *model = &w->until[list][i];

	if (set)
		assert_int_equal(engine_list_set(g, list, id, w->fingerprint[i], until), ERR_OK);
	else
		assert_int_equal(engine_list_add(g, list, id, w->fingerprint[i], until), ERR_OK);
	if (set || *model < until)
		*model = until;
}

static void check_value(struct world *w, uint32_t list, uint32_t i)
{
	const struct engine *g = w->engine;
	uint64_t k = engine_list_key(g, list, w->ident[i].token, w->fingerprint[i]);
	int64_t value = list == 0 ? (int64_t)k : w->fingerprint[i], until = w->until[list][i], told = 0;

	assert_int_equal(engine_list_until(g, list, w->ident[i].token, w->fingerprint[i], &told), until != 0);
	assert_true(until == 0 || told == until);
	if (k == 0) {
		assert_int_equal(until, 0);
		return;
	}
	assert_int_equal(list_has(&g->list[list], value, until - 1), until != 0);
	assert_false(list_has(&g->list[list], value, until));
}

/* Pages of some size, one after the other, are the whole list, in order, each entry once. */
static void check_pages(struct world *w, uint32_t list, uint32_t page)
{
	struct list_entry e[VALUES + 1];
	uint64_t after = 0;
	uint32_t seen = 0, n, want = 0;

	for (uint32_t i = 0; i < VALUES; i++)
		want += w->until[list][i] != 0;
	while ((n = engine_list_read(w->engine, list, after, e, page)) > 0) {
		for (uint32_t i = 0; i < n; i++) {
			uint32_t v = 0;

			assert_true(e[i].key > after);
			after = e[i].key;
			while (v < VALUES && engine_list_key(w->engine, list, w->ident[v].token, w->fingerprint[v]) != e[i].key)
				v++;
			assert_true(v < VALUES);
			assert_int_equal(e[i].until_us, w->until[list][v]);
			assert_true(list == 0 ? e[i].entity.index != 0 : e[i].fingerprint == w->fingerprint[v]);
		}
		seen += n;
	}
	assert_int_equal(seen, want);
	assert_int_equal(engine_list_count(w->engine, list), want);
}

struct bytes {
	struct buf b;
	size_t at;
};

static enum err save(void *ctx, void *p, size_t n)
{
	struct bytes *s = ctx;

	buf_add(&s->b, p, n);
	return s->b.err;
}

static enum err load(void *ctx, void *p, size_t n)
{
	struct bytes *s = ctx;

	if (n > s->b.n - s->at)
		return ERR_FORMAT;
	memcpy(p, s->b.p + s->at, n);
	s->at += n;
	return ERR_OK;
}

static void check_state(struct world *w)
{
	struct bytes first, again;
	struct engine_stream out = { &first, save, false }, in = { &first, load, true },
						 out_again = { &again, save, false };
	struct engine *other;

	memset(&first, 0, sizeof(first));
	memset(&again, 0, sizeof(again));
	buf_init(&first.b, 64 << 20);
	buf_init(&again.b, 64 << 20);
	assert_int_equal(engine_state(w->engine, &out), ERR_OK);
	engine_make(w, &other);
	assert_int_equal(engine_list_add(other, 1, NULL, 77, 9),
	                 ERR_OK); /* a policy's own list is there before it is loaded */
	assert_int_equal(engine_state(other, &in), ERR_OK);
	assert_int_equal(engine_state(other, &out_again), ERR_OK);
	assert_int_equal(first.b.n, again.b.n);
	assert_memory_equal(first.b.p, again.b.p, first.b.n);
	engine_free(w->engine);
	w->engine = other;
	buf_release(&first.b);
	buf_release(&again.b);
}

static void test_against_a_model(void **state)
{
	static struct world w;
	struct rng rng;

	(void)state;
	rng_seed(&rng, test_seed(11));
	world_make(&w);
	for (uint32_t round = 0; round < ROUNDS; round++) {
		uint32_t list = (uint32_t)rng_below(&rng, 2), i = (uint32_t)rng_below(&rng, VALUES);
		uint64_t what = rng_below(&rng, 10);

		change(&w, w.engine, list, i, what < 5 ? 0 : rng_between(&rng, 1, 50), what < 8);
		check_value(&w, list, i);
		check_value(&w, list, (uint32_t)rng_below(&rng, VALUES));
		if (round % 1000 == 999) {
			check_pages(&w, list, 1 + (uint32_t)rng_below(&rng, VALUES));
			check_state(&w);
		}
	}
	for (uint32_t i = 0; i < VALUES; i++) {
		check_value(&w, 0, i);
		check_value(&w, 1, i);
	}
	world_release(&w);
}

/* A removal names no new entity; a shortened validity is shorter; the longer one counts where entries are added. */
static void test_what_counts(void **state)
{
	static struct world w;
	struct engine_stats s;

	(void)state;
	world_make(&w);
	assert_int_equal(engine_list_set(w.engine, 0, &w.ident[5], 0, 0), ERR_OK);
	engine_stats(w.engine, &s);
	assert_int_equal(s.entities[0], 0);
	change(&w, w.engine, 0, 5, 100, false);
	change(&w, w.engine, 0, 5, 50, false);
	assert_int_equal(w.until[0][5], 100);
	check_value(&w, 0, 5);
	change(&w, w.engine, 0, 5, 50, true);
	check_value(&w, 0, 5);
	change(&w, w.engine, 0, 5, 0, true);
	check_value(&w, 0, 5);
	assert_int_equal(engine_list_count(w.engine, 0), 0);
	world_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_against_a_model), cmocka_unit_test(test_what_counts) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
