/* test_openings.c - openings and findings in the registry: from journaled events, against a list of what was said; findings against a look at every object of random lives; whatever write fails, and made again. */
#include "tests/test.h"
#include <unistd.h>
#include "base/mem.h"
#include "base/rng.h"
#include "desk/account.h"
#include "desk/stop.h"
#include "gateway/outlet_sheet.h"
#include "tests/sim/sqlite_faults.h"
#include "tests/unit/registry_life.h"

/* ---- what the table holds ---- */

enum {
	OPENINGS = 40000 /* more than wait in memory */
};
static struct desk_opening said[OPENINGS];
static uint32_t heard;

static void draw(struct rng *r, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		said[i] = (struct desk_opening){ .position = i + 1,
			                             .time_us = T0 + (int64_t)i * 1000 + (int64_t)rng_below(r, 5000),
			                             .thing = { rng_below(r, 2) ? DESK_PHONE : DESK_BANK_ACCOUNT,
			                                        token_n(1 + rng_below(r, n / 2)) },
			                             .outlet = token_n(rng_below(r, 5)),
			                             .agent = token_n(rng_below(r, 5)),
			                             .clerk = token_n(rng_below(r, 5)),
			                             .person = token_n(1 + rng_below(r, 500)),
			                             .organisation = (uint16_t)rng_below(r, 3),
			                             .remote = rng_below(r, 2) };
}

static int by_time(const void *a, const void *b)
{
	const struct desk_opening *x = a, *y = b;

	if (x->time_us != y->time_us)
		return x->time_us < y->time_us ? -1 : 1;
	return (x->position > y->position) - (x->position < y->position);
}

static bool same(const struct desk_opening *x, const struct desk_opening *y)
{
	return x->position == y->position && x->time_us == y->time_us && x->thing.kind == y->thing.kind &&
	       token_eq(x->thing.token, y->thing.token) && token_eq(x->outlet, y->outlet) && token_eq(x->agent, y->agent) &&
	       token_eq(x->clerk, y->clerk) && token_eq(x->person, y->person) && x->organisation == y->organisation &&
	       x->remote == y->remote;
}

static bool in_order(void *ctx, const struct desk_opening *o)
{
	uint32_t *from = ctx;

	assert_true(same(o, &said[*from + heard]));
	heard++;
	return true;
}

static void what_was_said_is_there(void **state)
{
	struct registry *r;
	struct desk_opening o;
	struct rng rng;
	uint32_t from = 0;

	(void)state;
	rng_seed(&rng, test_seed(95));
	draw(&rng, OPENINGS);
	life_clean();
	life.slots = 64;
	r = life_open();
	for (uint32_t i = 0; i < OPENINGS;) {
		uint32_t n = 1 + (uint32_t)rng_below(&rng, 30000);

		assert_int_equal(registry_begin(r), ERR_OK);
		for (; n > 0 && i < OPENINGS; n--)
			assert_int_equal(registry_open_add(r, &said[i++]), ERR_OK);
		assert_int_equal(registry_commit(r, i, T0), ERR_OK);
	}
	qsort(said, OPENINGS, sizeof(said[0]), by_time);
	heard = 0;
	assert_int_equal(registry_openings(r, 0, INT64_MAX, in_order, &from), ERR_OK);
	assert_int_equal(heard, OPENINGS);
	while (said[from].time_us < T0 + 10000000)
		from++;
	heard = 0;
	assert_int_equal(registry_openings(r, T0 + 10000000, T0 + 20000000, in_order, &from), ERR_OK);
	assert_true(heard > 9000 && said[from + heard].time_us >= T0 + 20000000);
	for (int i = 0; i < 2000; i++) { /* the last one up to then */
		struct desk_entity x = { rng_below(&rng, 2) ? DESK_PHONE : DESK_BANK_ACCOUNT,
			                     token_n(1 + rng_below(&rng, OPENINGS / 2)) };
		int64_t at_us = T0 + (int64_t)rng_below(&rng, OPENINGS * 1000);
		const struct desk_opening *last = NULL;
		enum err e = registry_opening_of(r, x, at_us, &o);

		for (uint32_t k = 0; k < OPENINGS && said[k].time_us <= at_us; k++)
			if (said[k].thing.kind == x.kind && token_eq(said[k].thing.token, x.token))
				last = &said[k];
		assert_int_equal(e, last == NULL ? ERR_ABSENT : ERR_OK);
		assert_true(last == NULL || same(&o, last));
	}
	registry_close(r);
}

/* A transaction that fails leaves nothing, and the same again comes to the same content. */
static void whatever_write_fails(void **state)
{
	unsigned char right[REGISTRY_DIGEST_BYTES], digest[REGISTRY_DIGEST_BYTES];
	struct rng rng;
	bool done = false;

	(void)state;
	rng_seed(&rng, test_seed(96));
	draw(&rng, 300);
	for (uint64_t nth = 0; !done; nth++) {
		struct registry *r;
		enum err e;

		life_clean();
		r = life_open();
		sqlite_fail_at(nth);
		for (int again = 0; again < 2; again++) {
			e = registry_begin(r);
			for (uint32_t i = 0; i < 300 && e == ERR_OK; i++)
				e = registry_open_add(r, &said[i]);
			if (e == ERR_OK)
				e = registry_commit(r, 300, T0);
			else if (r->writing)
				registry_rollback(r);
			if (e == ERR_OK)
				break;
			sqlite_fail_at(0);
		}
		done = nth > 0 && sqlite_count() < nth;
		sqlite_fail_at(0);
		assert_int_equal(e, ERR_OK);
		assert_int_equal(registry_digest(r, nth == 0 ? right : digest), ERR_OK);
		assert_true(nth == 0 || memcmp(right, digest, sizeof(right)) == 0);
		registry_close(r);
	}
}

/* ---- findings ---- */

static uint32_t n_found;
static int64_t last_us;

static bool found(void *ctx, const struct desk_object *o)
{
	const struct life *l = ctx;
	const struct desk_object *is = NULL;

	for (uint32_t i = 0; i < l->b.world.n; i++)
		if (l->b.world.object[i].id == o->id)
			is = &l->b.world.object[i];
	assert_non_null(is);
	assert_true(desk_found_us(is) == desk_found_us(o) && desk_found_us(o) >= last_us);
	last_us = desk_found_us(o);
	n_found++;
	return true;
}

static void findings_are_those_of_all_objects(void **state)
{
	uint64_t all = 0;
	struct rng rng;

	(void)state;
	rng_seed(&rng, test_seed(97));
	for (int i = 0; i < 30; i++) {
		struct registry *r;
		uint32_t n = 0;

		life.slots = i % 2 ? 4 : 512;
		life_live(&rng, 300);
		life_whole();
		r = life_open();
		for (uint32_t k = 0; k < life.b.world.n; k++)
			n += desk_found_us(&life.b.world.object[k]) != 0;
		n_found = 0;
		last_us = 0;
		assert_int_equal(registry_findings(r, INT64_MAX, found, &life), ERR_OK);
		assert_int_equal(n_found, n);
		all += n;
		registry_close(r);
	}
	print_message("%llu findings\n", (unsigned long long)all);
	assert_true(all > 5);
}

static void what_proved_wrong_is_no_finding(void **state)
{
	static struct desk_object o;

	(void)state;
	o = (struct desk_object){ .kind = DESK_STOP, .state = STOP_STOPPED };
	assert_int_equal(desk_found_us(&o), 0);
	o.value[STOP_F_STOPPED].i = 7;
	assert_int_equal(desk_found_us(&o), 7);
	o.value[STOP_F_CAUSE].i = STOP_CAUSE_DECIDED;
	assert_int_equal(desk_found_us(&o), 7);
	o.value[STOP_F_CAUSE].i = STOP_CAUSE_NOT_FRAUD;
	assert_int_equal(desk_found_us(&o), 0);
	o.value[STOP_F_CAUSE].i = STOP_CAUSE_APPEAL;
	assert_int_equal(desk_found_us(&o), 0);
	o = (struct desk_object){ .kind = DESK_ACCOUNT };
	o.value[ACCOUNT_F_INVOLVED].i = 1;
	o.value[ACCOUNT_F_FOUND].i = 9;
	assert_int_equal(desk_found_us(&o), 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_said_is_there),
		cmocka_unit_test(whatever_write_fails),
		cmocka_unit_test(findings_are_those_of_all_objects),
		cmocka_unit_test(what_proved_wrong_is_no_finding),
	};

	return cmocka_run_group_tests(tests, life_setup, life_teardown);
}
