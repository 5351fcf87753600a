/* test_expressions.c - the oracle over the whole language: see oracle.h. DUANKA_ORACLE_SEED and DUANKA_ORACLE_CASES choose the
 * run, DUANKA_ORACLE_CASE one case of it; a failing case is made small before it is printed. */
#include "tests/test.h"
#include <inttypes.h>
#include "base/mem.h"
#include "tests/oracle/oracle.h"

enum {
	CASES = 10000,
	BROKEN_CASES = 40
};

static uint64_t number_of(const char *name, uint64_t otherwise)
{
	const char *z = getenv(name);

	return z ? strtoull(z, NULL, 10) : otherwise;
}

static void draw_case(struct draw *d, struct oracle_case *c, uint64_t seed, uint64_t number)
{
	rng_seed(&d->rng, seed * 1000003 + number);
	buf_clear(&d->text);
	draw_policy(d, c);
	draw_stream(d, c);
}

static void fail_small(const struct world *w, struct oracle_case *c, uint64_t seed, uint64_t number, struct buf *why)
{
	fprintf(stderr, "case %" PRIu64 " of seed %" PRIu64 " differs: %.*s", number, seed, (int)why->n, why->p);
	shrink(w, c, false, why);
	fprintf(stderr, "\nmade small:\n");
	case_print(w, c);
	fprintf(stderr, "%.*s\n", (int)why->n, why->p);
	fail_msg("DUANKA_ORACLE_SEED=%" PRIu64 " DUANKA_ORACLE_CASE=%" PRIu64, seed, number);
}

static void check_seen(const uint64_t *seen, bool all)
{
	static const char *const names[] = {
#define X(name) #name,
		SEEN(X)
#undef X
	};

	for (int i = 0; i < SEEN_CLASSES; i++)
		printf("%s %s %" PRIu64, i ? "," : "drawn:", names[i], seen[i]);
	printf("\n");
	for (int i = 0; all && i < SEEN_CLASSES; i++)
		if (seen[i] == 0)
			fail_msg("no case had %s", names[i]);
}

struct bench {
	struct world world;
	struct draw draw;
	struct oracle_case c;
	struct buf why;
};

static int set_up(void **state)
{
	struct bench *b = mem_alloc(sizeof(*b));

	world_init(&b->world);
	b->draw.w = &b->world;
	buf_init(&b->draw.text, 1 << 20);
	buf_init(&b->why, 8 << 20);
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	buf_release(&b->draw.text);
	buf_release(&b->why);
	world_release(&b->world);
	mem_free(b);
	return 0;
}

static void test_engine_agrees_with_sqlite(void **state)
{
	struct bench *b = *state;
	uint64_t seed = number_of("DUANKA_ORACLE_SEED", test_seed(20260301)),
			 only = number_of("DUANKA_ORACLE_CASE", UINT64_MAX);
	uint64_t cases = number_of("DUANKA_ORACLE_CASES", test_cases(CASES)), too_large = 0;

	memset(b->draw.seen, 0, sizeof(b->draw.seen));
	for (uint64_t i = only == UINT64_MAX ? 0 : only; i < (only == UINT64_MAX ? cases : only + 1); i++) {
		enum verdict v;

		draw_case(&b->draw, &b->c, seed, i);
		buf_clear(&b->why);
		if (only != UINT64_MAX)
			case_print(&b->world, &b->c);
		v = judge(&b->world, &b->c, b->draw.seen, false, &b->why);
		if (v == REFUSED) {
			case_print(&b->world, &b->c);
			fprintf(stderr, "%.*s", (int)b->why.n, b->why.p);
			fail_msg("case %" PRIu64 " of seed %" PRIu64 " does not load", i, seed);
		}
		if (v == DIFFERENT)
			fail_small(&b->world, &b->c, seed, i, &b->why);
		too_large += v == TOO_LARGE;
		case_release(&b->c);
	}
	printf("%" PRIu64 " cases of seed %" PRIu64 ", %" PRIu64 " too large for the planner\n", cases, seed, too_large);
	assert_true(too_large * 100 <= cases);
	check_seen(b->draw.seen, only == UINT64_MAX && cases >= 5000);
}

/* The judge must be able to say no: one bit of one feature is changed, and no case with a value to change may pass. */
static void test_a_wrong_value_is_noticed(void **state)
{
	struct bench *b = *state;
	uint32_t noticed = 0;

	for (uint64_t i = 0; i < BROKEN_CASES; i++) {
		draw_case(&b->draw, &b->c, 7, i);
		buf_clear(&b->why);
		noticed += judge(&b->world, &b->c, NULL, true, &b->why) == DIFFERENT;
		if (noticed == 1 && b->c.n_events > 1) { /* and the shrinker brings it down to one event */
			shrink(&b->world, &b->c, true, &b->why);
			assert_int_equal(b->c.n_events, 1);
		}
		case_release(&b->c);
	}
	assert_true(noticed > BROKEN_CASES * 8 / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_engine_agrees_with_sqlite),
		                                cmocka_unit_test(test_a_wrong_value_is_noticed) };

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
