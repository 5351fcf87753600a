/* test_outbox_faults.c - memory that runs out at each point between an order and its answer: the order still gets there, and takes effect once. */
#include "tests/test.h"
#include <sodium.h>
#include "base/mem.h"
#include "desk/stop.h"
#include "tests/unit/outbox_world.h"

enum {
	POINTS = 60, /* more allocations than there are before the answer is told; then the world stops the injection */
	ROUNDS = 40
};

static bool is_stopped(uint64_t id)
{
	struct desk_object o;

	return registry_load(w.registry, id, &o) == ERR_OK && o.state == STOP_STOPPED;
}

/* The order, with one failure on the way. Returns how many requests it took. */
static uint32_t run(uint64_t nth)
{
	uint64_t id = stop_order_at(1, BANK);
	uint32_t sent = 0;
	int64_t next;

	mem_fail_at(nth);
	for (int i = 0; i < ROUNDS && !is_stopped(id); i++) {
		enum err e = outbox_turn(w.outbox, &next);

		assert_true(e == ERR_OK || e == ERR_MEMORY);
		if (to(BANK) != NULL) {
			back(to(BANK), OUTBOX_ANSWERED, 200, message("Request", "100102", id, 'S', STOPPED));
			sent++;
		}
		w.now += US_PER_MINUTE;
	}
	mem_fail_at(0);
	assert_true(is_stopped(id));
	for (int i = 0; i < ROUNDS && row_of(id, DESK_MESSAGE_BANK_STOP).state != DELIVERY_DONE; i++) {
		turn();
		if (to(BANK) != NULL)
			back(to(BANK), OUTBOX_ANSWERED, 200, message("Request", "100102", id, 'S', STOPPED));
		w.now += US_PER_MINUTE;
	}
	assert_int_equal(row_of(id, DESK_MESSAGE_BANK_STOP).state, DELIVERY_DONE);
	return sent;
}

static void test_memory(void **state)
{
	uint32_t again = 0;

	for (uint64_t nth = 0; nth <= POINTS; nth++) {
		again += run(nth) > 1;
		tear_down(state);
		set_up(state);
	}
	assert_true(again > 0); /* some of them hit the answer itself */
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(test_memory, set_up, tear_down) };

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
