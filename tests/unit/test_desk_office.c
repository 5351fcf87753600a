/* test_desk_office.c - reports of devices, clues, users, and what the ledger refuses. */
#include "tests/test.h"
#include "tests/unit/desk_world.h"
#include "base/clock.h"
#include "desk/card.h"
#include "desk/clue.h"
#include "desk/desk_int.h"
#include "desk/device_report.h"
#include "desk/measure.h"
#include "desk/query.h"
#include "desk/user.h"

#define H US_PER_HOUR
#define D US_PER_DAY

static struct bench b;

static void step(uint64_t id, uint32_t step_of, enum desk_role role)
{
	say(&b, (enum desk_kind)the(&b, id)->kind, step_of, id, role);
	must(&b);
}

static struct desk_command *list(uint64_t phone, uint64_t person)
{
	struct desk_command *c = say(&b, DESK_CARD, CARD_DO_LIST, 0, ROLE_OPERATOR_DESK);

	desk_give_token(c, CARD_F_PHONE, token_n(phone));
	desk_give_token(c, CARD_F_PERSON, token_n(person));
	desk_give_i(c, CARD_F_OPERATOR, BANK_ORG);
	desk_give_i(c, CARD_F_LEVEL, 2);
	desk_give_i(c, CARD_F_BASIS, BASIS_AFL_11);
	give_evidence(c, CARD_F_EVIDENCE);
	return c;
}

static void a_device_is_reported_received_and_visited(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	struct desk_command *c = say(&b, DESK_DEVICE_REPORT, DEVICE_DO_REPORT, 0, ROLE_OPERATOR_DESK);

	desk_give_i(c, DEVICE_F_WHAT, 1);
	give_evidence(c, DEVICE_F_EVIDENCE);
	desk_give_i(c, DEVICE_F_OPERATOR, BANK_ORG);
	refuse(&b, DESK_REFUSED_FIELD_MISSING);
	desk_give_token(c, DEVICE_F_DEVICE, token_n(4));
	desk_give_code(c, DEVICE_F_RULE, TEXT("sim_box"));
	desk_give_i(c, DEVICE_F_DISTRICT, 3);
	uint64_t id = must(&b);
	pass(&b, 15 * US_PER_MINUTE - 1);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), 0);
	pass(&b, 1);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), 1);
	say(&b, DESK_DEVICE_REPORT, DEVICE_DO_RECEIVE, id, ROLE_STATION)->district = 4;
	refuse(&b, DESK_REFUSED_SCOPE);
	step(id, DEVICE_DO_RECEIVE, ROLE_STATION);
	pass(&b, 2 * H);
	assert_int_equal(desk_i(the(&b, id), DEVICE_F_LATE), 3);
	step(id, DEVICE_DO_VISIT, ROLE_STATION);
	step(id, DEVICE_DO_FOUND, ROLE_STATION);
	assert_int_equal(messages(&b, DESK_MESSAGE_LABEL, id), 1);
	assert_int_equal(messages(&b, DESK_MESSAGE_FEEDBACK, id), 1);
	step(id, DEVICE_DO_CLOSE, ROLE_STATION);
}

static void a_clue_is_answered(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	desk_give_i(say(&b, DESK_CLUE, CLUE_DO_REPORT, 0, ROLE_CITIZEN), CLUE_F_WHAT, 4);
	uint64_t id = must(&b);

	assert_int_equal(messages(&b, DESK_MESSAGE_RECEIPT, id), 1);
	desk_give_i(say(&b, DESK_CLUE, CLUE_DO_PASS_ON, id, ROLE_ANALYST), CLUE_F_PASSED_TO, BANK_ORG);
	must(&b);
	pass(&b, D - 1);
	assert_int_equal(desk_i(the(&b, id), CLUE_F_LATE), 0);
	pass(&b, 1);
	assert_int_equal(desk_i(the(&b, id), CLUE_F_LATE), 1);
	desk_give_i(say(&b, DESK_CLUE, CLUE_DO_VERIFY, id, ROLE_BANK_DESK), CLUE_F_FINDING, 1);
	must(&b);
	pass(&b, 6 * D);
	assert_int_equal(desk_i(the(&b, id), CLUE_F_LATE), 3);
	give_ref(say(&b, DESK_CLUE, CLUE_DO_FEED_BACK, id, ROLE_INTAKE), CLUE_F_FEEDBACK);
	must(&b);
	assert_int_equal(state_of(&b, id), CLUE_FED_BACK);
}

/* It was passed on to the bank, but the bank did not bring it. */
static void who_brought_a_clue_takes_it_back(void **state)
{
	uint64_t theirs, its;

	(void)state;
	bench_clear(&b, T0);
	desk_give_i(say(&b, DESK_CLUE, CLUE_DO_REPORT, 0, ROLE_CITIZEN), CLUE_F_WHAT, 4);
	theirs = must(&b);
	desk_give_i(say(&b, DESK_CLUE, CLUE_DO_PASS_ON, theirs, ROLE_ANALYST), CLUE_F_PASSED_TO, BANK_ORG);
	must(&b);
	say(&b, DESK_CLUE, CLUE_DO_WITHDRAW, theirs, ROLE_CONNECTOR);
	refuse(&b, DESK_REFUSED_ROLE);
	desk_give_i(say(&b, DESK_CLUE, CLUE_DO_REPORT, 0, ROLE_CONNECTOR), CLUE_F_WHAT, 4);
	its = must(&b);
	step(its, CLUE_DO_WITHDRAW, ROLE_CONNECTOR);
	assert_int_equal(state_of(&b, its), CLUE_WITHDRAWN);
}

static void give_answer(uint64_t id)
{
	struct desk_command *c = say(&b, DESK_QUERY, QUERY_DO_ANSWER, id, ROLE_CONNECTOR);

	desk_give_i(c, QUERY_F_RESULT, 100000);
	must(&b);
}

/* A bank that was told to stop and goes on telling has not answered that. */
static void movements_are_no_answer_to_the_end(void **state)
{
	struct desk_command *c;
	uint64_t id;

	(void)state;
	bench_clear(&b, T0);
	c = say(&b, DESK_QUERY, QUERY_DO_ASK, 0, ROLE_ANALYST);
	desk_give_i(c, QUERY_F_WHAT, QUERY_FOLLOW);
	desk_give_token(c, QUERY_F_ACCOUNT, token_n(5));
	desk_give_i(c, QUERY_F_BANK, BANK_ORG);
	give_ref(c, QUERY_F_PURPOSE);
	desk_give_code(c, QUERY_F_CASE_NO, TEXT("A-7"));
	desk_give_i(c, QUERY_F_DAYS, 3);
	id = must(&b);
	give_answer(id);
	pass(&b, D);
	assert_int_equal(desk_i(the(&b, id), QUERY_F_LATE), 0);
	step(id, QUERY_DO_END, ROLE_ANALYST);
	give_answer(id);
	assert_int_equal(state_of(&b, id), QUERY_ENDING);
	pass(&b, 30 * US_PER_MINUTE - 1);
	assert_int_equal(desk_i(the(&b, id), QUERY_F_LATE), 0);
	pass(&b, 1);
	assert_int_equal(desk_i(the(&b, id), QUERY_F_LATE), 1);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), 1);
}

static void nobody_gives_roles_alone(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	struct desk_command *c = say(&b, DESK_USER, USER_DO_INVITE, 0, ROLE_ADMIN);

	desk_give_code(c, USER_F_LOGIN, TEXT("li.na"));
	desk_give_i(c, USER_F_ROLES, 1);
	refuse(&b, DESK_REFUSED_FIELD_VALUE); /* the system is nobody's role */
	desk_give_i(c, USER_F_ROLES, 1 << ROLE_OPERATOR_DESK);
	desk_give_i(c, USER_F_ORGANISATION, BANK_ORG);
	desk_give_i(c, USER_F_DISTRICT, 3);
	desk_give_i(c, USER_F_UNTIL, T0 + 100 * D);
	uint64_t id = must(&b);
	list(1, 90)->user = id;
	refuse(&b, DESK_REFUSED_USER); /* not active yet */
	say(&b, DESK_USER, USER_DO_ACTIVATE, id, ROLE_ADMIN);
	refuse(&b, DESK_REFUSED_FOUR_EYES);
	b.c.user = 5;
	must(&b);
	list(1, 90)->user = id;
	b.c.organisation = 8; /* not this user's */
	refuse(&b, DESK_REFUSED_USER);
	list(1, 90)->user = id;
	must(&b);
	list(2, 90)->user = id;
	b.c.roles |= 1 << ROLE_LEADER; /* a role that the user does not hold */
	refuse(&b, DESK_REFUSED_USER);
	say(&b, DESK_USER, USER_DO_CHANGE_SECRET, id, ROLE_OPERATOR_DESK)->user = id;
	give_ref(&b.c, USER_F_SECRET);
	must(&b);
	b.c.user = 77;
	refuse(&b, DESK_REFUSED_SCOPE);
	desk_give_i(say(&b, DESK_USER, USER_DO_ASK_ROLES, id, ROLE_ADMIN), USER_F_NEW_ROLES, 1 << ROLE_LEADER);
	must(&b);
	say(&b, DESK_USER, USER_DO_GIVE_ROLES, id, ROLE_ADMIN);
	refuse(&b, DESK_REFUSED_FOUR_EYES);
	b.c.user = 5;
	must(&b);
	assert_int_equal(desk_i(the(&b, id), USER_F_ROLES), 1 << ROLE_LEADER);
	pass(&b, 100 * D - 1);
	assert_int_equal(state_of(&b, id), USER_ACTIVE);
	pass(&b, 1);
	assert_int_equal(state_of(&b, id), USER_LEFT);
}

/* The ledger itself, whoever imposes: each thing that a measure must have is missing in turn. */
static void the_ledger_refuses(void **state)
{
	static const struct {
		uint32_t field;
		int64_t value; /* -1: not given */
		enum desk_refusal no;
	} wrong[] = { { MEASURE_F_BASIS, BASIS_AFL_11, DESK_REFUSED_NO_BASIS },
		          { MEASURE_F_BASIS, -1, DESK_REFUSED_NO_BASIS },
		          { MEASURE_F_EVIDENCE, -1, DESK_REFUSED_NO_EVIDENCE },
		          { MEASURE_F_ACTOR, 0, DESK_REFUSED_USER },
		          { MEASURE_F_APPROVER, 0, DESK_REFUSED_NO_APPROVER },
		          { MEASURE_F_APPROVER, -1, DESK_REFUSED_NO_APPROVER },
		          { MEASURE_F_NOTICE, -1, DESK_REFUSED_NO_NOTICE },
		          { MEASURE_F_START, -1, DESK_REFUSED_NO_END },
		          { MEASURE_F_END, -1, DESK_REFUSED_NO_END },
		          { MEASURE_F_END, T0, DESK_REFUSED_NO_END },
		          { MEASURE_F_END, T0 + 48 * H + 1, DESK_REFUSED_NO_END },
		          { MEASURE_F_END, T0 + 48 * H, DESK_OK },
		          { MEASURE_F_END, T0 + 1, DESK_OK } };

	(void)state;
	bench_clear(&b, T0);
	assert_int_equal(desk_pass_time(b.desk, ++b.position, b.now), ERR_OK);
	for (uint32_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct desk_command *c = say(&b, DESK_MEASURE, MEASURE_DO_IMPOSE, 0, ROLE_LEADER);

		desk_give_i(c, MEASURE_F_MEASURE, MEASURE_OF_STOP);
		desk_give_i(c, MEASURE_F_BASIS, BASIS_AFL_20);
		give_evidence(c, MEASURE_F_EVIDENCE);
		desk_give_id(c, MEASURE_F_OBJECT, 5);
		desk_give_token(c, MEASURE_F_ACCOUNT, token_n(1));
		desk_give_i(c, MEASURE_F_ACTOR, 1);
		desk_give_i(c, MEASURE_F_APPROVER, 2);
		desk_give_i(c, MEASURE_F_NOTICE, T0);
		desk_give_i(c, MEASURE_F_START, T0);
		desk_give_i(c, MEASURE_F_END, T0 + 47 * H);
		if (wrong[i].value >= 0)
			desk_give_i(c, wrong[i].field, wrong[i].value);
		else
			c->given &= ~((uint64_t)1 << wrong[i].field);
		assert_int_equal(desk_apply_system(b.desk, c, &b.out), ERR_OK);
		assert_int_equal(b.out.refusal, wrong[i].no);
		assert_int_equal(b.out.object,
		                 wrong[i].no == DESK_OK ? (b.position << DESK_ID_SHIFT) + (i - 11) : 0); /* no id is lost */
	}
	say(&b, DESK_MEASURE, MEASURE_DO_IMPOSE, 0, ROLE_LEADER); /* and never by anybody directly */
	refuse(&b, DESK_REFUSED_INTERNAL);
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
		cmocka_unit_test(a_device_is_reported_received_and_visited),
		cmocka_unit_test(a_clue_is_answered),
		cmocka_unit_test(who_brought_a_clue_takes_it_back),
		cmocka_unit_test(movements_are_no_answer_to_the_end),
		cmocka_unit_test(nobody_gives_roles_alone),
		cmocka_unit_test(the_ledger_refuses),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
