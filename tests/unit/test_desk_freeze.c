/* test_desk_freeze.c - freezes by calendar months, in turn, renewed, out of a stop; and the verification of accounts. */
#include "tests/test.h"
#include "tests/unit/desk_world.h"
#include "base/clock.h"
#include "desk/account.h"
#include "desk/freeze.h"
#include "desk/measure.h"
#include "desk/stop.h"
#include "desk/threshold.h"

#define H US_PER_HOUR

static struct bench b;

static uint64_t draft(uint64_t account)
{
	struct desk_command *c = say(&b, DESK_STOP, STOP_DO_DRAFT, 0, ROLE_STOP_SEAT);

	desk_give_token(c, STOP_F_ACCOUNT, token_n(account));
	desk_give_i(c, STOP_F_BANK, BANK_ORG);
	desk_give_i(c, STOP_F_AMOUNT, 1000000);
	desk_give_i(c, STOP_F_BASIS, BASIS_YF_2016_86);
	give_evidence(c, STOP_F_EVIDENCE);
	return must(&b);
}

static void step(uint64_t id, uint32_t step_of, enum desk_role role)
{
	say(&b, (enum desk_kind)the(&b, id)->kind, step_of, id, role);
	must(&b);
}

static struct desk_command *answer_with(uint64_t id, int64_t result, int64_t match, int64_t stopped)
{
	struct desk_command *c = say(&b, DESK_STOP, STOP_DO_ANSWER, id, ROLE_CONNECTOR);

	desk_give_i(c, STOP_F_RESULT, result);
	if (match)
		desk_give_i(c, STOP_F_MATCH, match);
	if (stopped)
		desk_give_i(c, STOP_F_STOPPED, stopped);
	return c;
}

/* Drafted, approved, answered: in force from now on. */
static uint64_t stopped(uint64_t account)
{
	uint64_t id = draft(account);

	step(id, STOP_DO_APPROVE, ROLE_LEADER);
	answer_with(id, RETURN_OK, STOP_MATCHED, b.now);
	must(&b);
	assert_int_equal(state_of(&b, id), STOP_STOPPED);
	return id;
}

static const struct desk_object *account_object(uint64_t account)
{
	for (uint32_t i = 0; i < b.world.n; i++)
		if (b.world.object[i].kind == DESK_ACCOUNT && token_eq(b.world.object[i].subject.token, token_n(account)))
			return &b.world.object[i];
	return NULL;
}

static uint64_t freeze_requested(uint64_t account, int64_t months)
{
	struct desk_command *c = say(&b, DESK_FREEZE, FREEZE_DO_REQUEST, 0, ROLE_STOP_SEAT);

	desk_give_token(c, FREEZE_F_ACCOUNT, token_n(account));
	desk_give_i(c, FREEZE_F_BANK, BANK_ORG);
	desk_give_i(c, FREEZE_F_SCOPE, FREEZE_FULL);
	desk_give_code(c, FREEZE_F_CASE_NO, TEXT("A-2026-1"));
	desk_give_i(c, FREEZE_F_BASIS, BASIS_CPL_144);
	desk_give_i(c, FREEZE_F_MONTHS, months);
	give_evidence(c, FREEZE_F_EVIDENCE);
	uint64_t id = must(&b);
	step(id, FREEZE_DO_APPROVE, ROLE_LEADER);
	return id;
}

static void freeze_answer(uint64_t id, int64_t result, int64_t earlier)
{
	struct desk_command *c = say(&b, DESK_FREEZE, FREEZE_DO_ANSWER, id, ROLE_CONNECTOR);

	desk_give_i(c, FREEZE_F_RESULT, result);
	if (earlier)
		desk_give_i(c, FREEZE_F_EARLIER_UNTIL, earlier);
	else
		desk_give_i(c, FREEZE_F_FROZEN, b.now);
	must(&b);
}

static int64_t local(int32_t y, int32_t m, int32_t d)
{
	struct civil c = { .year = y, .month = m, .day = d, .hour = 8 };
	int64_t us;

	assert_int_equal(clock_from_civil(&c, 8 * 3600, &us), ERR_OK);
	return us;
}

static void a_freeze_lasts_calendar_months(void **state)
{
	(void)state;
	bench_clear(&b, local(2026, 8, 31));
	uint64_t id = freeze_requested(1, 6);

	freeze_answer(id, RETURN_OK, 0);
	assert_int_equal(state_of(&b, id), FREEZE_FROZEN);
	assert_int_equal(desk_i(the(&b, id), FREEZE_F_END), local(2027, 2, 28));
	desk_give_i(say(&b, DESK_FREEZE, FREEZE_DO_ASK_RENEWAL, id, ROLE_STOP_SEAT), FREEZE_F_RENEW_MONTHS, 6);
	refuse(&b, DESK_REFUSED_TOO_EARLY);
	pass(&b, local(2027, 1, 29) - 1 - b.now);
	refuse(&b, DESK_REFUSED_TOO_EARLY);
	pass(&b, 1); /* 30 days before */
	must(&b);
	step(id, FREEZE_DO_RENEW, ROLE_LEADER);
	desk_give_i(say(&b, DESK_FREEZE, FREEZE_DO_RENEWED, id, ROLE_CONNECTOR), FREEZE_F_RESULT, RETURN_OK);
	must(&b);
	assert_int_equal(desk_i(the(&b, id), FREEZE_F_END), local(2027, 8, 28));
	check_world(&b);
	pass(&b, local(2027, 8, 28) - 1 - b.now);
	assert_int_equal(state_of(&b, id), FREEZE_FROZEN);
	pass(&b, 1);
	assert_int_equal(state_of(&b, id), FREEZE_EXPIRED);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), 2);
	check_world(&b);
}

static void freezes_wait_for_their_turn(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t first = freeze_requested(1, 1), second, third;

	freeze_answer(first, RETURN_OK, b.now + 5 * US_PER_DAY); /* somebody else's freeze comes before */
	assert_int_equal(state_of(&b, first), FREEZE_QUEUED);
	pass(&b, 5 * US_PER_DAY - 1);
	assert_int_equal(state_of(&b, first), FREEZE_QUEUED);
	pass(&b, 1);
	assert_int_equal(state_of(&b, first), FREEZE_FROZEN);
	assert_int_equal(desk_i(the(&b, first), FREEZE_F_END), desk_months_after(T0 + 5 * US_PER_DAY, 1));
	second = freeze_requested(1, 2);
	third = freeze_requested(1, 3);
	freeze_answer(third, RETURN_OK, 0);
	freeze_answer(second, RETURN_OK, 0);
	assert_int_equal(state_of(&b, second), FREEZE_QUEUED);
	assert_int_equal(the(&b, second)->value[FREEZE_F_BEHIND].id, first);
	check_world(&b);
	step(first, FREEZE_DO_RELEASE, ROLE_LEADER);
	assert_int_equal(state_of(&b, second), FREEZE_FROZEN);
	assert_int_equal(state_of(&b, third), FREEZE_QUEUED);
	check_world(&b);
	pass(&b, desk_months_after(b.now, 2) - b.now);
	assert_int_equal(state_of(&b, second), FREEZE_EXPIRED);
	assert_int_equal(state_of(&b, third), FREEZE_FROZEN);
	check_world(&b);
}

static void a_stop_becomes_a_freeze(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t id = stopped(1);
	struct desk_command *c = say(&b, DESK_STOP, STOP_DO_CONVERT, id, ROLE_STOP_SEAT);

	desk_give_code(c, STOP_F_CASE_NO, TEXT("A-1"));
	desk_give_i(c, STOP_F_MONTHS, 6);
	must(&b);
	uint64_t freeze = desk_id(the(&b, id), STOP_F_FREEZE);
	assert_int_equal(state_of(&b, freeze), FREEZE_DRAFT);
	step(freeze, FREEZE_DO_APPROVE, ROLE_LEADER);
	assert_int_equal(state_of(&b, id), STOP_STOPPED);
	pass(&b, H);
	freeze_answer(freeze, RETURN_OK, 0);
	assert_int_equal(state_of(&b, freeze), FREEZE_FROZEN);
	assert_int_equal(state_of(&b, id), STOP_CONVERTED);
	assert_int_equal(account_object(1)->value[ACCOUNT_F_FREEZE].id, freeze);
	assert_false(desk_has(account_object(1), ACCOUNT_F_STOP));
	check_world(&b);
}

static void an_account_is_verified_limited_and_freed(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	struct desk_command *c = say(&b, DESK_ACCOUNT, ACCOUNT_DO_WATCH, 0, ROLE_BANK_DESK);

	desk_give_token(c, ACCOUNT_F_ACCOUNT, token_n(1));
	desk_give_i(c, ACCOUNT_F_BANK, BANK_ORG);
	desk_give_i(c, ACCOUNT_F_BASIS, BASIS_AFL_18);
	give_evidence(c, ACCOUNT_F_EVIDENCE);
	uint64_t id = must(&b);
	c = say(&b, DESK_ACCOUNT, ACCOUNT_DO_NOTIFY, id, ROLE_BANK_DESK);
	desk_give_i(c, ACCOUNT_F_BASIS, BASIS_AFL_34);
	give_evidence(c, ACCOUNT_F_EVIDENCE);
	refuse(&b, DESK_REFUSED_NO_BASIS);
	desk_give_i(c, ACCOUNT_F_BASIS, BASIS_YF_2016_261);
	must(&b);
	pass(&b, 3 * US_PER_DAY - 1);
	assert_int_equal(state_of(&b, id), ACCOUNT_NOTIFIED);
	pass(&b, 1);
	assert_int_equal(state_of(&b, id), ACCOUNT_COUNTER_ONLY);
	assert_int_equal(desk_i(newest(&b, DESK_MEASURE), MEASURE_F_AUTOMATIC), 1);
	check_world(&b);
	step(id, ACCOUNT_DO_PASS, ROLE_BANK_OUTLET);
	assert_int_equal(state_of(&b, id), ACCOUNT_NORMAL);
	assert_int_equal(messages(&b, DESK_MESSAGE_BANK_RESTORE, id), 1);
	say(&b, DESK_ACCOUNT, ACCOUNT_DO_COUNTER_ONLY, id, ROLE_LEADER); /* nobody has asked for it */
	refuse(&b, DESK_REFUSED_STATE);
	check_world(&b);
}

/* The limit was lowered after the request: the freeze ends by what holds when it begins. */
static void a_limit_lowered_since(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t id = freeze_requested(1, 6);
	struct desk_command *c = say(&b, DESK_LIMIT, THRESHOLD_DO_ASK, 0, ROLE_ADMIN);

	desk_give_token(c, THRESHOLD_F_LIMIT, (struct token){ { 0, LIMIT_FREEZE_MONTHS } });
	desk_give_i(c, THRESHOLD_F_VALUE, 3);
	step(must(&b), THRESHOLD_DO_APPROVE, ROLE_CITY_LEADER);
	freeze_answer(id, RETURN_OK, 0);
	assert_int_equal(desk_i(the(&b, id), FREEZE_F_END), desk_months_after(T0, 3));
	check_world(&b);
}

static int setup(void **state)
{
	(void)state;
	bench_init(&b, T0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	bench_release(&b);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_freeze_lasts_calendar_months),
		cmocka_unit_test(freezes_wait_for_their_turn),
		cmocka_unit_test(a_stop_becomes_a_freeze),
		cmocka_unit_test(a_limit_lowered_since),
		cmocka_unit_test(an_account_is_verified_limited_and_freed),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
