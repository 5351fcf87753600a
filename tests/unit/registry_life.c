/* registry_life.c - see registry_life.h. */
#include "tests/test.h"
#include "tests/unit/registry_life.h"
#include <unistd.h>
#include "tests/sim/sqlite_faults.h"
#include "tests/unit/desk_draw.h"
#include "tests/unit/desk_lives.h"
#include "desk/measure.h"

struct life life = { .slots = REGISTRY_SLOTS, .folder = "/tmp/duanka-registry-XXXXXX" };

void life_clean(void)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	char z[80];

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		snprintf(z, sizeof(z), "%s%s", life.path, ends[i]);
		unlink(z);
	}
}

struct registry *life_open(void)
{
	struct registry *r = NULL;
	struct buf why;

	buf_init(&why, 4096);
	if (registry_open_sized(&r, life.path, life.slots, &why) != ERR_OK)
		fail_msg("%s", why.p);
	buf_release(&why);
	return r;
}

static void draw_alert(struct rng *r, struct desk_alert *a)
{
	static const uint8_t measure[] = { MEASURE_OF_WARN, MEASURE_OF_WARN, MEASURE_OF_WARN, MEASURE_OF_WARN + 1,
		                               MEASURE_OF_REPORT };

	*a = (struct desk_alert){ .position = life.b.position,
		                      .time_us = life.b.now,
		                      .measure = measure[rng_below(r, ARRAY_LEN(measure))],
		                      .grade = (uint8_t)rng_below(r, 4),
		                      .fund = rng_chance(r, 500000),
		                      .about = { (uint8_t)(1 + rng_below(r, DESK_DEVICE)), token_n(rng_below(r, 3)) },
		                      .organisation = rng_chance(r, 500000) ? BANK_ORG : 0,
		                      .district = (uint16_t)rng_below(r, 4),
		                      .evidence = { .n = 1, .p = { life.b.position } } };
	if (rng_chance(r, 500000))
		a->person = (struct desk_entity){ DESK_PERSON, token_n(rng_below(r, 5)) };
	if (rng_chance(r, 500000))
		a->phone = (struct desk_entity){ DESK_PHONE, token_n(rng_below(r, 5)) };
}

/* A life in memory, and the records that led to it. */
void life_live(struct rng *r, uint32_t n)
{
	bench_clear(&life.b, T0);
	for (life.n_deeds = 0; life.n_deeds < n; life.n_deeds++) {
		struct deed *d = &life.deed[life.n_deeds];
		uint32_t what = (uint32_t)rng_below(r, 8);

		life.b.now += rng_chance(r, 200000) ? draw_time(r) : (int64_t)rng_below(r, 3);
		*d = (struct deed){ .position = ++life.b.position,
			                .time_us = life.b.now,
			                .what = what == 0  ? TICK
			                        : what < 3 ? ALERT
			                                   : COMMAND };
		if (d->what == TICK) {
			assert_int_equal(desk_tick(life.b.desk, life.b.position, life.b.now), ERR_OK);
		} else if (d->what == ALERT) {
			draw_alert(r, &d->alert);
			assert_int_equal(desk_alert(life.b.desk, &d->alert, &d->outcome), ERR_OK);
		} else {
			lives_draw(&life.b, r);
			d->command = life.b.c;
			assert_int_equal(desk_apply(life.b.desk, life.b.position, life.b.now, &life.b.c, &d->outcome), ERR_OK);
		}
	}
}

static void same_outcome(const struct desk_outcome *x, const struct desk_outcome *y)
{
	assert_true(x->refusal == y->refusal && x->field == y->field && x->state == y->state && x->object == y->object &&
	            x->version == y->version && x->touched == y->touched && x->messages == y->messages);
}

static enum err redo(struct registry *r, struct deed *d)
{
	struct desk_outcome out;
	enum err e;

	if (d->what == TICK)
		return desk_tick(&life.desk, d->position, d->time_us);
	if (d->what == ALERT)
		return desk_alert(&life.desk, &d->alert, &out);
	e = desk_apply(&life.desk, d->position, d->time_us, &d->command, &out);
	if (e == ERR_OK)
		same_outcome(&out, &d->outcome);
	return e == ERR_OK ? registry_settle(r, d->position, &out) : e;
}

enum err life_transact(struct registry *r, uint32_t from, uint32_t to)
{
	enum err e = registry_begin(r);

	if (e != ERR_OK)
		return e;
	for (uint32_t i = from; e == ERR_OK && i < to; i++)
		e = redo(r, &life.deed[i]);
	if (e == ERR_OK)
		return registry_commit(r, life.deed[to - 1].position, life.desk.now_us);
	registry_rollback(r);
	return e;
}

uint32_t life_go_on(struct registry *r)
{
	uint64_t position;
	int64_t now;
	uint32_t n = 0;

	assert_int_equal(registry_place(r, &position, &now), ERR_OK);
	desk_init(&life.desk, registry_world(r), position ? now : T0);
	assert_int_equal(registry_begin(r), ERR_OK);
	assert_int_equal(desk_start(&life.desk), ERR_OK);
	registry_rollback(r);
	while (n < life.n_deeds && life.deed[n].position <= position)
		n++;
	return n;
}

struct registry *life_relive(struct registry *r, struct rng *rng, uint32_t longest, uint32_t reopen)
{
	uint32_t done = life_go_on(r);

	while (done < life.n_deeds) {
		uint32_t to = done + 1 + (uint32_t)rng_below(rng, longest);

		to = to < life.n_deeds ? to : life.n_deeds;
		if (life_transact(r, done, to) != ERR_OK) {
			done = life_go_on(r);
			continue;
		}
		done = to;
		if (rng_chance(rng, reopen)) {
			registry_close(r);
			r = life_open();
			assert_int_equal(life_go_on(r), done);
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
	const struct desk_message *w = &life.b.world.message[s->n++];

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

void life_same_world(struct registry *r)
{
	struct desk_object o;
	struct desk_outcome out;
	struct seen s = { 0 };
	uint32_t rows = 0;

	for (uint32_t i = 0; i < life.b.world.n; i++) {
		struct seen h = { 0 };

		assert_int_equal(registry_load(r, life.b.world.object[i].id, &o), ERR_OK);
		same_object(&o, &life.b.world.object[i]);
		assert_int_equal(registry_history(r, o.id, 0, UINT32_MAX, see_row, &h), ERR_OK);
		assert_int_equal(h.n, o.version);
		rows += h.rows;
	}
	assert_int_equal(rows, life.b.world.n_traces);
	assert_int_equal(registry_messages(r, 0, 0, UINT32_MAX, see_message, &s), ERR_OK);
	assert_int_equal(s.n, life.b.world.n_messages);
	for (uint32_t i = 0; i < life.n_deeds; i++) {
		if (life.deed[i].what != COMMAND) {
			assert_int_equal(registry_outcome(r, life.deed[i].position, &out), ERR_ABSENT);
			continue;
		}
		assert_int_equal(registry_outcome(r, life.deed[i].position, &out), ERR_OK);
		same_outcome(&out, &life.deed[i].outcome);
	}
}

void life_whole(void)
{
	struct rng r;
	struct registry *g;

	life_clean();
	rng_seed(&r, 1);
	g = life_relive(life_open(), &r, 50, 0);
	assert_int_equal(registry_digest(g, life.right), ERR_OK);
	registry_close(g);
}

void life_same_digest(struct registry *g)
{
	unsigned char is[REGISTRY_DIGEST_BYTES];

	assert_int_equal(registry_digest(g, is), ERR_OK);
	assert_memory_equal(is, life.right, sizeof(is));
}

int life_setup(void **state)
{
	(void)state;
	sqlite_faults_install();
	bench_init(&life.b, T0);
	if (mkdtemp(life.folder) == NULL)
		return -1;
	snprintf(life.path, sizeof(life.path), "%s/registry.sqlite", life.folder);
	return 0;
}

int life_teardown(void **state)
{
	(void)state;
	bench_release(&life.b);
	life_clean();
	rmdir(life.folder);
	return 0;
}
