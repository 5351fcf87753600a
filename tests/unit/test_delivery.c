/* test_delivery.c - rows are taken over once, together with how far that is; what is due comes in order of time; a newer attempt overtakes; a failed write changes nothing. */
#include "tests/test.h"
#include <sqlite3.h>
#include <unistd.h>
#include "store/delivery.h"
#include "tests/sim/sqlite_faults.h"

static char folder[] = "/tmp/duanka-delivery-XXXXXX", path[64];

static void clean(void)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal" };
	char z[80];

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		snprintf(z, sizeof(z), "%s%s", path, ends[i]);
		unlink(z);
	}
}

static struct delivery *opened(void)
{
	struct delivery *d = NULL;
	struct buf why;

	buf_init(&why, 1024);
	assert_int_equal(delivery_open(&d, path, &why), ERR_OK);
	buf_release(&why);
	return d;
}

static struct delivery_row row(uint64_t id, uint32_t receiver, int64_t next_us, const char *application)
{
	struct delivery_row r = { .id = id,
		                      .kind = 1,
		                      .state = next_us > 0 ? DELIVERY_WAITING : DELIVERY_SEAT,
		                      .organisation = 7,
		                      .receiver = receiver,
		                      .object = id * 10,
		                      .next_us = next_us,
		                      .made_us = 1000,
		                      .changed_us = 1000 };

	snprintf(r.application, sizeof(r.application), "%s", application);
	return r;
}

static void test_taking(void **state)
{
	struct delivery_row r[3] = { row(1, 7, 50, "S1"), row(2, 8, 20, ""), row(3, RECEIVER_SEATS, 0, "") }, got;
	struct delivery *d = opened();

	(void)state;
	assert_int_equal(delivery_taken(d), 0);
	assert_int_equal(delivery_take(d, r, 3, 5), ERR_OK);
	assert_int_equal(delivery_taken(d), 5);
	r[0].attempts = 9; /* what is there already stays as it is */
	assert_int_equal(delivery_take(d, r, 1, 4), ERR_OK);
	assert_int_equal(delivery_taken(d), 5);
	assert_int_equal(delivery_load(d, 1, 0, &got), ERR_OK);
	assert_int_equal(got.attempts, 0);
	assert_int_equal(delivery_load(d, 9, 0, &got), ERR_ABSENT);
	delivery_close(d);
	d = opened(); /* all of it is on the disk */
	assert_int_equal(delivery_taken(d), 5);
	assert_int_equal(delivery_of_application(d, TEXT("S1"), 7, &got), ERR_OK);
	assert_int_equal(got.id, 1);
	assert_string_equal(got.application, "S1");
	assert_int_equal(delivery_of_application(d, TEXT("S1"), 8, &got), ERR_ABSENT); /* another bank's */
	assert_int_equal(delivery_of_application(d, TEXT(""), 8, &got), ERR_ABSENT);
	delivery_close(d);
	clean();
}

static void test_due(void **state)
{
	struct delivery_row r[] = { row(1, 7, 50, ""), row(2, 8, 20, ""), row(3, 7, 40, ""), row(4, 7, 60, "") }, got[8];
	uint32_t receiver[4], n;
	struct delivery *d = opened();
	int64_t due;

	(void)state;
	assert_int_equal(delivery_take(d, r, 4, 4), ERR_OK);
	assert_int_equal(delivery_receivers(d, 1, 4, receiver, &n), ERR_OK);
	assert_int_equal(n, 2);
	assert_int_equal(receiver[0], 7);
	assert_int_equal(receiver[1], 8);
	assert_int_equal(delivery_due(d, 7, 50, 8, got, &n), ERR_OK);
	assert_int_equal(n, 2);
	assert_int_equal(got[0].id, 3);
	assert_int_equal(got[1].id, 1);
	assert_int_equal(delivery_next(d, 7, 50, &due), ERR_OK);
	assert_int_equal(due, 60);
	assert_int_equal(delivery_next(d, 9, 0, &due), ERR_OK);
	assert_true(due == INT64_MAX);
	got[0].state = DELIVERY_DONE;
	got[0].next_us = 0;
	snprintf(got[0].why, sizeof(got[0].why), "x");
	assert_int_equal(delivery_save(d, got, 1), ERR_OK);
	assert_int_equal(delivery_load(d, 3, 0, got), ERR_OK);
	assert_string_equal(got[0].why, "x");
	assert_int_equal(delivery_next(d, 7, 0, &due), ERR_OK);
	assert_int_equal(due, 50);
	delivery_close(d);
	clean();
}

static void test_overtaken(void **state)
{
	struct delivery_row r[] = { row(1, 7, 50, "S1"), row(2, 8, 20, "S1") }, newer = row(5, 7, 90, "S1"), got;
	struct delivery *d = opened();

	(void)state;
	assert_int_equal(delivery_take(d, r, 2, 2), ERR_OK);
	assert_int_equal(delivery_take(d, &newer, 1, 5), ERR_OK);
	assert_int_equal(delivery_load(d, 1, 0, &got), ERR_OK);
	assert_int_equal(got.state, DELIVERY_DONE);
	assert_int_equal(got.next_us, 0);
	assert_string_equal(got.why, "overtaken");
	assert_int_equal(delivery_load(d, 2, 0, &got), ERR_OK); /* another receiver's */
	assert_int_equal(got.state, DELIVERY_WAITING);
	assert_int_equal(delivery_of_application(d, TEXT("S1"), 7, &got), ERR_OK);
	assert_int_equal(got.id, 5);
	delivery_close(d);
	clean();
}

struct listed {
	uint32_t n, most;
	uint64_t id[16];
};

static bool list_one(void *ctx, const struct delivery_row *r)
{
	struct listed *l = ctx;

	l->id[l->n++] = r->id;
	return l->n < l->most;
}

static void test_lists(void **state)
{
	struct delivery *d = opened();
	struct delivery_query q = { 0 };
	struct listed l = { .most = 16 };
	struct delivery_counts c;
	uint64_t removed;

	(void)state;
	for (uint64_t i = 1; i <= 10; i++) {
		struct delivery_row r = row(i, i % 2 ? 7 : RECEIVER_SEATS, i % 2 ? 50 : 0, "");

		r.kind = (uint8_t)(i % 3 + 1);
		assert_int_equal(delivery_take(d, &r, 1, i), ERR_OK);
	}
	assert_int_equal(delivery_list(d, &q, 4, list_one, &l), ERR_OK);
	assert_int_equal(l.n, 4);
	assert_int_equal(l.id[0], 10);
	q = (struct delivery_query){ .states = 1u << DELIVERY_SEAT, .before = 9 };
	l = (struct listed){ .most = 2 };
	assert_int_equal(delivery_list(d, &q, 100, list_one, &l), ERR_OK);
	assert_int_equal(l.n, 2);
	assert_int_equal(l.id[0], 8);
	assert_int_equal(l.id[1], 6);
	q = (struct delivery_query){ .kinds = 1 << 2, .receiver = 7, .object = 70 };
	l = (struct listed){ .most = 16 };
	assert_int_equal(delivery_list(d, &q, 100, list_one, &l), ERR_OK);
	assert_int_equal(l.n, 1);
	assert_int_equal(l.id[0], 7);
	assert_int_equal(delivery_counts(d, &c), ERR_OK);
	assert_int_equal(c.in_state[DELIVERY_WAITING], 5);
	assert_int_equal(c.in_state[DELIVERY_SEAT], 5);
	assert_int_equal(delivery_expire(d, INT64_MAX, 100, &removed), ERR_OK);
	assert_int_equal(removed, 0); /* only what is done goes */
	delivery_close(d);
	clean();
}

/* Each write fails once: afterwards either all of it is there or nothing. */
static void test_faults(void **state)
{
	struct delivery *d = opened();
	struct delivery_row r[2] = { row(1, 7, 50, "S1"), row(2, 7, 60, "S2") }, got;
	enum err e = ERR_IO;

	(void)state;
	for (uint64_t nth = 1; e != ERR_OK; nth++) {
		assert_true(nth < 200);
		sqlite_fail_at(nth);
		e = delivery_take(d, r, 2, 2);
		sqlite_fail_at(0);
		if (e != ERR_OK) {
			assert_int_equal(delivery_taken(d), 0);
			assert_int_equal(delivery_load(d, 1, 0, &got), ERR_ABSENT);
		}
	}
	assert_int_equal(delivery_taken(d), 2);
	r[0].attempts = r[1].attempts = 3;
	e = ERR_IO;
	for (uint64_t nth = 1; e != ERR_OK; nth++) {
		assert_true(nth < 200);
		sqlite_fail_at(nth);
		e = delivery_save(d, r, 2);
		sqlite_fail_at(0);
		assert_int_equal(delivery_load(d, 2, 0, &got), ERR_OK);
		assert_int_equal(got.attempts, e == ERR_OK ? 3 : 0);
	}
	delivery_close(d);
	clean();
}

static void test_names(void **state)
{
	enum delivery_state s;
	char z[16];

	(void)state;
	for (int i = DELIVERY_WAITING; i < DELIVERY_STATES; i++) {
		assert_true(delivery_state_find(text_z(delivery_state_name((enum delivery_state)i)), &s));
		assert_int_equal(s, i);
	}
	assert_false(delivery_state_find(TEXT("all"), &s));
	delivery_receiver_name(RECEIVER_SEATS, z);
	assert_string_equal(z, "seats");
	delivery_receiver_name(17, z);
	assert_string_equal(z, "17");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_taking), cmocka_unit_test(test_due),    cmocka_unit_test(test_overtaken),
		cmocka_unit_test(test_lists),  cmocka_unit_test(test_faults), cmocka_unit_test(test_names),
	};
	int failed;

	sqlite_faults_install();
	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(path, sizeof(path), "%s/delivery.sqlite", folder);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	clean();
	rmdir(folder);
	return failed;
}
