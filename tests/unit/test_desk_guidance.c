/* test_desk_guidance.c - installs and follows: one for each number and thing, counted when they have lasted, and what is doubtful is looked at. */
#include "tests/test.h"
#include "tests/unit/desk_world.h"
#include "base/clock.h"
#include "desk/guidance.h"

#define H US_PER_HOUR
#define D US_PER_DAY

static struct bench b;

static struct desk_command *report(uint64_t phone, uint32_t what, uint64_t device, uint64_t user)
{
	struct desk_command *c = say(&b, DESK_GUIDANCE, GUIDANCE_DO_REPORT, 0, ROLE_BANK_OUTLET);

	c->user = user;
	desk_give_token(c, GUIDANCE_F_PHONE, token_n(phone));
	desk_give_i(c, GUIDANCE_F_WHAT, what);
	if (device != 0)
		desk_give_token(c, GUIDANCE_F_ON, token_n(device));
	return c;
}

static void settle(uint64_t id, int64_t active, uint32_t becomes)
{
	desk_give_i(say(&b, DESK_GUIDANCE, GUIDANCE_DO_SETTLE, id, ROLE_TRAINER), GUIDANCE_F_ACTIVE, active);
	must(&b);
	assert_int_equal(state_of(&b, id), becomes);
}

static void an_install_counts_once_and_late(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	report(1, GUIDANCE_APP, 0, 101);
	uint64_t id = must(&b);
	report(1, GUIDANCE_APP, 0, 102);
	refuse(&b, DESK_REFUSED_OTHER_OPEN);
	report(1, GUIDANCE_ACCOUNT, 0, 102);
	uint64_t other = must(&b);
	say(&b, DESK_GUIDANCE, GUIDANCE_DO_WITHDRAW, other, ROLE_BANK_OUTLET)->user = 101;
	refuse(&b, DESK_REFUSED_SCOPE);
	say(&b, DESK_GUIDANCE, GUIDANCE_DO_WITHDRAW, other, ROLE_BANK_OUTLET)->user = 102;
	must(&b);
	report(1, GUIDANCE_ACCOUNT, 0, 102); /* the first was a mistake */
	must(&b);
	desk_give_i(say(&b, DESK_GUIDANCE, GUIDANCE_DO_SETTLE, id, ROLE_TRAINER), GUIDANCE_F_ACTIVE, 1);
	refuse(&b, DESK_REFUSED_STATE);
	pass(&b, 14 * D - 1);
	assert_int_equal(state_of(&b, id), GUIDANCE_REPORTED);
	pass(&b, 1);
	assert_int_equal(state_of(&b, id), GUIDANCE_DUE);
	settle(id, 1, GUIDANCE_CONFIRMED);
	say(&b, DESK_GUIDANCE, GUIDANCE_DO_UNINSTALL, id, ROLE_CONNECTOR);
	must(&b);
	assert_int_equal(desk_i(the(&b, id), GUIDANCE_F_FINDINGS), 0);
	report(1, GUIDANCE_APP, 0, 101); /* installed again: it had its turn */
	refuse(&b, DESK_REFUSED_SAME);
	report(2, GUIDANCE_APP, 0, 101);
	id = must(&b);
	say(&b, DESK_GUIDANCE, GUIDANCE_DO_UNINSTALL, id, ROLE_CONNECTOR);
	must(&b);
	assert_int_equal(desk_i(the(&b, id), GUIDANCE_F_FINDINGS), GUIDANCE_GONE);
}

static void what_is_doubtful_is_held(void **state)
{
	uint64_t id[40];

	(void)state;
	bench_clear(&b, T0);
	for (uint32_t i = 0; i < 4; i++) { /* four numbers on one device: the fourth is looked at */
		report(10 + i, GUIDANCE_APP, 7, 200 + i);
		id[i] = must(&b);
		pass(&b, H);
	}
	pass(&b, 14 * D);
	for (uint32_t i = 0; i < 4; i++)
		settle(id[i], 1, i < 3 ? GUIDANCE_CONFIRMED : GUIDANCE_HELD);
	assert_int_equal(desk_i(the(&b, id[3]), GUIDANCE_F_FINDINGS), GUIDANCE_DEVICE);
	for (uint32_t i = 0; i < 22; i++) { /* more than twenty within one hour */
		b.now += 2 * US_PER_MINUTE;
		report(100 + i, GUIDANCE_APP, 0, 300);
		id[i] = must(&b);
	}
	pass(&b, 15 * D);
	for (uint32_t i = 0; i < 22; i++)
		settle(id[i], 1, i < 20 ? GUIDANCE_CONFIRMED : GUIDANCE_HELD);
	assert_int_equal(desk_i(the(&b, id[21]), GUIDANCE_F_FINDINGS), GUIDANCE_RATE);
	report(500, GUIDANCE_APP, 0, 301); /* nothing was heard of the number since */
	id[30] = must(&b);
	pass(&b, 14 * D);
	settle(id[30], 0, GUIDANCE_HELD);
	assert_int_equal(desk_i(the(&b, id[30]), GUIDANCE_F_FINDINGS), GUIDANCE_INACTIVE);
	give_ref(say(&b, DESK_GUIDANCE, GUIDANCE_DO_CONFIRM, id[30], ROLE_INSPECTOR), GUIDANCE_F_REASON);
	must(&b);
	give_ref(say(&b, DESK_GUIDANCE, GUIDANCE_DO_REJECT, id[21], ROLE_INSPECTOR), GUIDANCE_F_REASON);
	must(&b);
	give_ref(say(&b, DESK_GUIDANCE, GUIDANCE_DO_REJECT, id[20], ROLE_BANK_OUTLET), GUIDANCE_F_REASON);
	refuse(&b, DESK_REFUSED_ROLE);
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
		cmocka_unit_test(an_install_counts_once_and_late),
		cmocka_unit_test(what_is_doubtful_is_held),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
