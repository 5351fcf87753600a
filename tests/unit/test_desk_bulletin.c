/* test_desk_bulletin.c - who has read a bulletin is counted once, however much they have read since. */
#include "tests/test.h"
#include "tests/unit/desk_world.h"
#include "base/clock.h"
#include "base/rng.h"
#include "desk/bulletin.h"
#include "desk/outlet.h"

static struct bench b;

static struct desk_command *with_refs(struct desk_command *c)
{
	const struct desk_machine *m = desk_machine(c->kind);

	for (uint32_t f = 1; f < m->n_fields; f++)
		if ((m->step[c->step].needed >> f & 1) && m->field[f].type == DESK_TEXT)
			give_ref(c, f);
	return c;
}

static uint64_t bulletin(void)
{
	uint64_t id;

	with_refs(say(&b, DESK_BULLETIN, BULLETIN_DO_DRAFT, 0, ROLE_EDITOR));
	id = must(&b);
	say(&b, DESK_BULLETIN, BULLETIN_DO_SUBMIT, id, ROLE_EDITOR);
	must(&b);
	say(&b, DESK_BULLETIN, BULLETIN_DO_PUBLISH, id, ROLE_LEADER);
	return must(&b);
}

static uint64_t outlet(uint64_t n)
{
	struct desk_command *c = with_refs(say(&b, DESK_OUTLET, OUTLET_DO_LIST, 0, ROLE_CHANNEL));

	desk_give_i(c, OUTLET_F_TYPE, 1);
	desk_give_token(c, OUTLET_F_PLACE, token_n(n));
	desk_give_i(c, OUTLET_F_ORGANISATION, BANK_ORG);
	return must(&b);
}

static struct desk_command *reading(uint64_t of, uint64_t by)
{
	struct desk_command *c = say(&b, DESK_READING, READING_DO_READ, 0, ROLE_BANK_OUTLET);

	desk_give_id(c, READING_F_BULLETIN, of);
	desk_give_id(c, READING_F_OUTLET, by);
	return c;
}

static void nobody_reads_twice(void **state)
{
	uint64_t first, two[2], others[200];

	(void)state;
	bench_clear(&b, T0);
	two[0] = outlet(1);
	two[1] = outlet(2);
	for (uint32_t i = 0; i < ARRAY_LEN(others) / 2; i++)
		others[i] = bulletin();
	first = bulletin();
	for (uint32_t i = ARRAY_LEN(others) / 2; i < ARRAY_LEN(others); i++)
		others[i] = bulletin();
	reading(first, two[0]);
	must(&b);
	for (uint32_t i = 0; i < ARRAY_LEN(others); i++) {
		reading(others[i], two[0]);
		must(&b);
		reading(first, two[0]);
		refuse(&b, DESK_REFUSED_SAME);
	}
	reading(first, two[1]); /* another one's receipts are not theirs */
	must(&b);
	reading(first, two[1]);
	refuse(&b, DESK_REFUSED_SAME);
	check_world(&b);
}

/* Any order, against a table of what was read. */
static void as_a_table_says(void **state)
{
	enum {
		BULLETINS = 90,
		READERS = 4
	};
	uint64_t of[BULLETINS], by[READERS];
	bool read[BULLETINS][READERS] = { { false } };
	uint32_t n = 0;
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(36));
	bench_clear(&b, T0);
	for (uint32_t i = 0; i < READERS; i++)
		by[i] = outlet(i + 1);
	for (uint32_t i = 0; i < 1200; i++) {
		uint32_t k, w = (uint32_t)rng_below(&r, READERS);

		if (n < BULLETINS && (n == 0 || rng_chance(&r, 100000)))
			of[n++] = bulletin();
		k = (uint32_t)rng_below(&r, n);
		reading(of[k], by[w]);
		if (read[k][w])
			refuse(&b, DESK_REFUSED_SAME);
		else
			must(&b);
		read[k][w] = true;
	}
	check_world(&b);
}

static int init(void **state)
{
	(void)state;
	bench_init(&b, T0);
	return 0;
}

static int done(void **state)
{
	(void)state;
	bench_release(&b);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_reads_twice),
		cmocka_unit_test(as_a_table_says),
	};

	return cmocka_run_group_tests(tests, init, done);
}
