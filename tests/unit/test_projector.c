/* test_projector.c - what came of commands, many at a time, the same key again, a registry that fails, one that was killed, and the end of it all. */
#include "tests/test.h"
#include <sched.h>
#include <stdatomic.h>
#include "base/mem.h"
#include "desk/card.h"
#include "tests/sim/sqlite_faults.h"
#include "tests/unit/desk_service.h"

static void test_gate(void **state)
{
	struct life *l = *state;
	struct desk_order o[3];
	struct desk_outcome out;
	struct writer_counts w;

	service_card(&o[0], 1);
	service_card(&o[1], 2);
	service_card(&o[2], 1);
	assert_int_equal(desk_gate_do(l->gate, 0, o, 3), ERR_OK);
	assert_int_equal(o[0].outcome.refusal, DESK_OK);
	assert_int_equal(o[0].outcome.object, o[0].position << DESK_ID_SHIFT);
	assert_int_equal(o[1].position, o[0].position + 1);
	assert_true(o[2].repeated && !o[0].repeated);
	assert_int_equal(o[2].position, o[0].position);
	assert_memory_equal(&o[2].outcome, &o[0].outcome, sizeof(out));
	o[0].command.organisation = 4; /* another organisation's key of the same bytes */
	assert_int_equal(desk_gate_do(l->gate, 0, o, 1), ERR_OK);
	assert_false(o[0].repeated);
	assert_int_equal(o[0].outcome.refusal, DESK_REFUSED_OTHER_OPEN);
	o[1].command.roles = 1u << ROLE_MEDIA;
	o[1].keyed = false;
	assert_int_equal(desk_gate_do(l->gate, 0, &o[1], 1), ERR_OK);
	assert_int_equal(o[1].outcome.refusal, DESK_REFUSED_ROLE);
	assert_int_equal(registry_outcome(l->registry, o[1].position, &out), ERR_OK);
	assert_int_equal(out.refusal, DESK_REFUSED_ROLE);
	service_calls(l, "13800138000");
	assert_int_equal(projector_wait(l->projector, shard_next(l->j.shard) - 1, &out), ERR_ABSENT); /* an event */
	assert_int_equal(service_cards(l), 3);
	writer_counts(l->writer, &w);
	assert_int_equal(w.commands, 5);
	assert_int_equal(w.events, 2);
	assert_int_equal(w.repeated, 0);
	service_judge(l);
}

static void test_many(void **state)
{
	struct life *l = *state;

	service_many(l);
	service_judge(l);
	assert_int_equal(service_cards(l), SERVICE_CARDS);
}

static void test_failing(void **state)
{
	struct life *l = *state;
	struct projector_counts c;
	uint64_t seed = test_seed(11);

	sqlite_fail_chance(20000, seed);
	service_many(l);
	sqlite_fail_chance(0, 0);
	service_judge(l);
	assert_int_equal(service_cards(l), SERVICE_CARDS);
	projector_counts(l->projector, &c);
	assert_true(c.failures > 0 && service_said > 0);
	assert_int_equal(c.unread, 0);
}

static void test_killed(void **state)
{
	struct life *l = *state;
	struct desk_order o;
	struct desk_outcome out;

	service_many(l);
	service_stop(l); /* wherever it was */
	service_start(l);
	service_card(&o, 1001);
	assert_int_equal(desk_gate_do(l->gate, 0, &o, 1), ERR_OK);
	assert_true(o.repeated);
	assert_int_equal(o.outcome.refusal, DESK_OK);
	assert_int_equal(registry_outcome(l->registry, o.position, &out), ERR_OK);
	service_judge(l);
	assert_int_equal(service_cards(l), SERVICE_CARDS);
}

static void committed(void *ctx, uint64_t position)
{
	atomic_store((_Atomic uint64_t *)ctx, position);
}

/* Whoever waits when it stops is told, and a listener that left is not called. */
static void test_stops(void **state)
{
	struct life *l = *state;
	_Atomic uint64_t seen = 0;
	struct projector_listener listener = { .committed = committed, .ctx = &seen };
	struct desk_outcome out;
	struct desk_order o;

	projector_listen(l->projector, &listener);
	service_card(&o, 5);
	assert_int_equal(desk_gate_do(l->gate, 0, &o, 1), ERR_OK);
	while (seen < o.position) /* it is told behind those who wait */
		sched_yield();
	projector_unlisten(l->projector, &listener);
	seen = 0;
	service_card(&o, 6);
	assert_int_equal(desk_gate_do(l->gate, 0, &o, 1), ERR_OK);
	assert_int_equal(seen, 0);
	projector_stop(l->projector);
	assert_int_equal(projector_wait(l->projector, o.position + 1, &out), ERR_STOPPED);
	assert_int_equal(projector_wait(l->projector, o.position, &out), ERR_OK);
	service_card(&o, 7);
	assert_int_equal(desk_gate_do(l->gate, 0, &o, 1), ERR_STOPPED); /* journaled, and not applied */
	service_start_again(l);
	assert_int_equal(desk_gate_do(l->gate, 0, &o, 1), ERR_OK);
	assert_true(o.repeated);
	assert_int_equal(o.outcome.refusal, DESK_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_gate, service_set_up, service_tear_down),
		cmocka_unit_test_setup_teardown(test_many, service_set_up, service_tear_down),
		cmocka_unit_test_setup_teardown(test_failing, service_set_up, service_tear_down),
		cmocka_unit_test_setup_teardown(test_killed, service_set_up, service_tear_down),
		cmocka_unit_test_setup_teardown(test_stops, service_set_up, service_tear_down),
	};

	sqlite_faults_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
