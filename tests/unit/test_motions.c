/* test_motions.c - proposed changes of the policy as they lie on the disk: what counts when, bounds, what is settled once. */
#include "tests/test.h"
#include <unistd.h>
#include "base/mem.h"
#include "store/motions.h"

static char directory[64], path[96];
static struct motions *ms;
static struct motion seen;
static uint32_t n_seen;
static char texts[64];

static void open_store(void)
{
	struct buf why;

	buf_init(&why, 4096);
	assert_int_equal(motions_open(&ms, path, &why), ERR_OK);
	buf_release(&why);
}

static int set_up(void **state)
{
	(void)state;
	snprintf(directory, sizeof(directory), "/tmp/duanka-motions-XXXXXX");
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/motions.sqlite", directory);
	open_store();
	return 0;
}

static int take_down(void **state)
{
	static const char *const tails[] = { "", "-wal", "-shm" };
	char z[128];

	(void)state;
	motions_close(ms);
	for (size_t i = 0; i < ARRAY_LEN(tails); i++) {
		snprintf(z, sizeof(z), "%s%s", path, tails[i]);
		unlink(z);
	}
	rmdir(directory);
	return 0;
}

static void see(void *ctx, const struct motion *m)
{
	(void)ctx;
	if (n_seen++ > 0)
		return;
	seen = *m;
	snprintf(texts, sizeof(texts), "%.*s", (int)m->texts.n, m->texts.p);
	assert_text(m->made_by, "police/ab");
	assert_text(m->members, ",\"rule\":\"a\"");
	seen.made_by = seen.settled_by = seen.act = seen.members = seen.why = seen.settled_why = seen.digest = seen.texts =
		TEXT("");
}

static uint32_t list(void)
{
	n_seen = 0;
	assert_int_equal(motions_list(ms, see, NULL), ERR_OK);
	return n_seen;
}

static enum err one(uint64_t id)
{
	n_seen = 0;
	return motions_one(ms, id, see, NULL);
}

static enum err add_of(uint64_t *id, uint64_t user, uint64_t base)
{
	struct motion m = { .made_us = 7,
		                .made_user = user,
		                .made_by = TEXT("police/ab"),
		                .act = TEXT("rule-mode"),
		                .members = TEXT(",\"rule\":\"a\""),
		                .why = TEXT("try"),
		                .digest = TEXT("d1"),
		                .base = base,
		                .texts = TEXT("the\ntexts") };

	return motions_add(ms, &m, id);
}

static enum err add(uint64_t *id)
{
	return add_of(id, 65536, 3);
}

/* One that counts, of somebody of whom none waits. */
static uint64_t add_of_another(uint64_t base)
{
	static uint64_t user = 70000;
	uint64_t id;

	assert_int_equal(add_of(&id, user++, base), ERR_OK);
	assert_int_equal(motions_noted(ms, id, 1), ERR_OK);
	return id;
}

static void settle(uint64_t id, enum motion_state to, enum err e)
{
	struct motion was = { .id = id }, now = { .state = to,
		                                      .settled_us = 9,
		                                      .settled_by = TEXT("police/cd"),
		                                      .settled_why = TEXT("seen"),
		                                      .job = to == MOTION_APPROVED ? 5 : 0 };

	assert_int_equal(motions_claim(ms, &was), e);
	assert_int_equal(motions_settle(ms, id, &now), e);
}

/* One without its act is nobody's, and gone after the next start; one with it stays. */
static void test_counts_with_its_act(void **state)
{
	uint64_t a, b, c;

	(void)state;
	assert_int_equal(add(&a), ERR_OK);
	assert_int_equal(add(&b), ERR_OK);
	assert_int_equal(add(&c), ERR_OK);
	assert_int_equal(list(), 0);
	assert_int_equal(one(a), ERR_ABSENT);
	assert_int_equal(motions_noted(ms, a, 12), ERR_OK);
	assert_int_equal(motions_drop(ms, a), ERR_OK); /* too late: it counts */
	assert_int_equal(motions_drop(ms, c), ERR_OK);
	assert_int_equal(list(), 1);
	motions_close(ms);
	open_store();
	assert_int_equal(motions_noted(ms, b, 13), ERR_OK); /* it is not there any more */
	assert_int_equal(list(), 1);
	assert_int_equal(one(a), ERR_OK);
	assert_int_equal(seen.id, a);
	assert_int_equal(seen.position, 12);
	assert_int_equal(seen.base, 3);
	assert_int_equal(seen.made_user, 65536);
	assert_string_equal(texts, "the\ntexts");
}

static void test_settled_once(void **state)
{
	uint64_t id;
	struct motion was = { .state = MOTION_APPROVED, .job = 5 }, again = { .state = MOTION_APPROVED, .job = 6 };

	(void)state;
	assert_int_equal(add(&id), ERR_OK);
	assert_int_equal(motions_noted(ms, id, 12), ERR_OK);
	settle(id, MOTION_APPROVED, ERR_OK);
	settle(id, MOTION_REFUSED, ERR_ABSENT); /* it is not as it was */
	assert_int_equal(one(id), ERR_OK);
	assert_int_equal(seen.state, MOTION_APPROVED);
	assert_int_equal(seen.job, 5);
	was.id = id;
	assert_int_equal(motions_claim(ms, &was), ERR_OK); /* its job came to nothing */
	assert_int_equal(motions_settle(ms, id, &again), ERR_OK);
	settle(id + 1, MOTION_REFUSED, ERR_ABSENT);
}

/* Of two who decide one has it, until it is let go, which a start does as well; then it is as it was. */
static void test_claimed_once(void **state)
{
	struct motion waiting = { .state = MOTION_WAITING }, approved = { .state = MOTION_APPROVED, .job = 5 };

	(void)state;
	waiting.id = approved.id = add_of_another(3);
	assert_int_equal(motions_claim(ms, &waiting), ERR_OK);
	assert_int_equal(motions_claim(ms, &waiting), ERR_ABSENT);
	assert_int_equal(one(waiting.id), ERR_OK);
	assert_int_equal(seen.state, MOTION_CLAIMED);
	assert_int_equal(motions_unclaim(ms, waiting.id), ERR_OK);
	assert_int_equal(motions_unclaim(ms, waiting.id), ERR_ABSENT);
	assert_int_equal(motions_settle(ms, waiting.id, &approved), ERR_ABSENT);
	assert_int_equal(motions_claim(ms, &waiting), ERR_OK);
	motions_close(ms);
	open_store();
	assert_int_equal(motions_claim(ms, &waiting), ERR_OK);
	assert_int_equal(motions_settle(ms, waiting.id, &approved), ERR_OK);
	assert_int_equal(motions_claim(ms, &approved), ERR_OK);
	assert_int_equal(motions_unclaim(ms, waiting.id), ERR_OK);
	assert_int_equal(one(waiting.id), ERR_OK);
	assert_int_equal(seen.state, MOTION_APPROVED);
	assert_int_equal(seen.job, 5);
}

static void test_bounds(void **state)
{
	struct motion large = { .texts = text_of(texts, MOTION_BYTES_MAX + 1) };
	uint64_t id, last = 0;

	(void)state;
	assert_int_equal(motions_add(ms, &large, &id), ERR_CAP);
	for (int i = 0; i < MOTIONS_WAITING_MAX; i++)
		add_of_another(3);
	assert_int_equal(add(&id), ERR_CAP);
	settle(1, MOTION_REFUSED, ERR_OK);
	for (int i = 0; i < 2 * MOTIONS_KEPT_MAX; i++) {
		assert_int_equal(add(&id), ERR_OK);
		assert_true(id > last); /* no number twice */
		last = id;
		assert_int_equal(motions_noted(ms, id, 1), ERR_OK);
		settle(id, MOTION_REFUSED, ERR_OK);
	}
	assert_int_equal(list(), MOTIONS_KEPT_MAX + MOTIONS_WAITING_MAX - 1); /* those that wait stay */
	assert_int_equal(one(1), ERR_ABSENT);
	assert_int_equal(one(2), ERR_OK);
	assert_int_equal(one(last), ERR_OK);
}

/* One proposer has so many; of keys each is one. Those that are about another policy take nobody's place, and go in time. */
static void test_own_and_stale(void **state)
{
	uint64_t id, user = 70000;

	(void)state;
	for (int i = 0; i < MOTIONS_OWN_MAX; i++) {
		assert_int_equal(add(&id), ERR_OK);
		assert_int_equal(motions_noted(ms, id, 1), ERR_OK);
		assert_int_equal(add_of(&id, 0, 3), ERR_OK);
		assert_int_equal(motions_noted(ms, id, 1), ERR_OK);
	}
	assert_int_equal(add(&id), ERR_RANGE);
	assert_int_equal(add_of(&id, 0, 3), ERR_RANGE);
	assert_int_equal(add_of(&id, user, 3), ERR_OK);
	settle(1, MOTION_REFUSED, ERR_OK);
	assert_int_equal(add(&id), ERR_OK);
	for (uint64_t i = 0; i < 2 * MOTIONS_KEPT_MAX; i++)
		add_of_another(4 + i); /* each about another policy */
	assert_int_equal(one(1), ERR_ABSENT);
	assert_int_equal(one(3), ERR_ABSENT);
	assert_int_equal(list(), MOTIONS_KEPT_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(test_counts_with_its_act, set_up, take_down),
		                                cmocka_unit_test_setup_teardown(test_settled_once, set_up, take_down),
		                                cmocka_unit_test_setup_teardown(test_claimed_once, set_up, take_down),
		                                cmocka_unit_test_setup_teardown(test_own_and_stale, set_up, take_down),
		                                cmocka_unit_test_setup_teardown(test_bounds, set_up, take_down) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
