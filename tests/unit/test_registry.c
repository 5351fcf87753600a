/* test_registry.c - the registry beside the desk's world in memory: the same records, cut at random into transactions, with writes that fail and files that are opened again,
 * give the same objects and messages and one digest; lists, pages and counts are judged by looking at every object. */
#include "tests/test.h"
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tests/sim/sqlite_faults.h"
#include "tests/unit/desk_draw.h"
#include "tests/unit/desk_lives.h"
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
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
