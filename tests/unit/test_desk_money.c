/* test_desk_money.c - stop orders and reports of fraud, at their exact limits: the last microsecond before and the one after. */
#include "tests/test.h"
#include "tests/unit/desk_world.h"
#include "base/clock.h"
#include "desk/account.h"
#include "desk/incident.h"
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

static void a_stop_lasts_48_hours(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t id = stopped(1);

	assert_int_equal(the(&b, id)->organisation, BANK_ORG);
	pass(&b, 48 * H - 1);
	assert_int_equal(state_of(&b, id), STOP_STOPPED);
	assert_int_equal(account_object(1)->value[ACCOUNT_F_STOP].id, id);
	pass(&b, 1);
	assert_int_equal(state_of(&b, id), STOP_EXPIRED);
	assert_int_equal(desk_i(the(&b, id), STOP_F_RELEASED), T0 + 48 * H);
	assert_false(desk_has(account_object(1), ACCOUNT_F_STOP));
	check_world(&b);
}

/* However rarely ticks come, and when a command is the next record. */
static void the_end_does_not_wait_for_a_tick(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t id = stopped(1);

	b.now += 48 * H;
	desk_give_i(say(&b, DESK_STOP, STOP_DO_RELEASE, id, ROLE_LEADER), STOP_F_CAUSE, STOP_CAUSE_DECIDED);
	refuse(&b, DESK_REFUSED_STATE);
	assert_int_equal(desk_i(the(&b, id), STOP_F_RELEASED), T0 + 48 * H);
	/* A year in one tick: alarms and the end at their own times. */
	bench_clear(&b, T0);
	id = stopped(1);
	pass(&b, 365 * US_PER_DAY);
	assert_int_equal(desk_i(the(&b, id), STOP_F_RELEASED), T0 + 48 * H);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), 3);
	check_world(&b);
}

static void alarms_come_12_4_and_1_hours_before(void **state)
{
	static const int ahead[] = { 12, 4, 1 };

	(void)state;
	bench_clear(&b, T0);
	uint64_t id = stopped(1);
	for (uint32_t i = 0; i < ARRAY_LEN(ahead); i++) {
		pass(&b, T0 + (48 - ahead[i]) * H - 1 - b.now);
		assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), i);
		pass(&b, 1);
		assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), i + 1);
		assert_int_equal(b.world.message[b.world.n_messages - 1].detail, STOP_T_ALARM_1 + i + 1);
	}
}

static void never_a_third_stop(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	for (int i = 0; i < 2; i++) {
		stopped(1);
		pass(&b, 48 * H);
	}
	assert_int_equal(desk_i(account_object(1), ACCOUNT_F_STOPS), 2);
	struct desk_command *c = say(&b, DESK_STOP, STOP_DO_DRAFT, 0, ROLE_STOP_SEAT);
	desk_give_token(c, STOP_F_ACCOUNT, token_n(1));
	desk_give_i(c, STOP_F_BANK, BANK_ORG);
	desk_give_i(c, STOP_F_AMOUNT, 1);
	desk_give_i(c, STOP_F_BASIS, BASIS_AFL_20);
	give_evidence(c, STOP_F_EVIDENCE);
	refuse(&b, DESK_REFUSED_STOP_TIMES);
	c = say(&b, DESK_STOP, STOP_DO_ACT_FIRST, 0, ROLE_BANK_DESK);
	desk_give_token(c, STOP_F_ACCOUNT, token_n(1));
	desk_give_i(c, STOP_F_BANK, BANK_ORG);
	desk_give_i(c, STOP_F_AMOUNT, 1);
	desk_give_i(c, STOP_F_BASIS, BASIS_AFL_20);
	desk_give_i(c, STOP_F_STOPPED, b.now);
	give_evidence(c, STOP_F_EVIDENCE);
	refuse(&b, DESK_REFUSED_STOP_TIMES);
	/* Nor after the account's object was closed and made again. */
	step(account_object(1)->id, ACCOUNT_DO_CLOSE, ROLE_BANK_DESK);
	c = say(&b, DESK_ACCOUNT, ACCOUNT_DO_REGISTER, 0, ROLE_BANK_DESK);
	desk_give_token(c, ACCOUNT_F_ACCOUNT, token_n(1));
	desk_give_i(c, ACCOUNT_F_BANK, BANK_ORG);
	assert_int_equal(desk_i(the(&b, must(&b)), ACCOUNT_F_STOPS), 2);
	check_world(&b);
}

static void an_extension_is_the_second_and_last(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t id = stopped(1);

	step(id, STOP_DO_ASK_EXTENSION, ROLE_STOP_SEAT);
	say(&b, DESK_STOP, STOP_DO_EXTEND, id, ROLE_LEADER)->user = 100 + ROLE_STOP_SEAT;
	refuse(&b, DESK_REFUSED_FOUR_EYES);
	step(id, STOP_DO_EXTEND, ROLE_LEADER);
	assert_int_equal(messages(&b, DESK_MESSAGE_BANK_STOP_EXTEND, id), 1);
	desk_give_i(say(&b, DESK_STOP, STOP_DO_EXTENDED, id, ROLE_CONNECTOR), STOP_F_RESULT, RETURN_OK);
	must(&b);
	assert_int_equal(desk_i(the(&b, id), STOP_F_END), T0 + 96 * H);
	say(&b, DESK_STOP, STOP_DO_ASK_EXTENSION, id, ROLE_STOP_SEAT);
	refuse(&b, DESK_REFUSED_STOP_TIMES);
	check_world(&b);
	pass(&b, 96 * H - 1);
	assert_int_equal(state_of(&b, id), STOP_STOPPED);
	pass(&b, 1);
	assert_int_equal(state_of(&b, id), STOP_EXPIRED);
	/* One that the bank refuses leaves the first stop as it was, and may be asked for again. */
	bench_clear(&b, T0);
	id = stopped(1);
	step(id, STOP_DO_ASK_EXTENSION, ROLE_STOP_SEAT);
	step(id, STOP_DO_EXTEND, ROLE_LEADER);
	desk_give_i(say(&b, DESK_STOP, STOP_DO_EXTENDED, id, ROLE_CONNECTOR), STOP_F_RESULT, RETURN_UNAUTHORISED);
	must(&b);
	assert_int_equal(desk_i(the(&b, id), STOP_F_END), T0 + 48 * H);
	step(id, STOP_DO_ASK_EXTENSION, ROLE_STOP_SEAT);
}

static void a_mismatch_never_stops(void **state)
{
	(void)state;
	for (int64_t match = STOP_NAME_DIFFERS; match <= STOP_TIME_DIFFERS; match++) {
		bench_clear(&b, T0);
		uint64_t id = draft(1);

		step(id, STOP_DO_APPROVE, ROLE_LEADER);
		answer_with(id, RETURN_OK, match, match == STOP_NAME_DIFFERS ? b.now : 0);
		must(&b);
		assert_int_equal(state_of(&b, id), STOP_MISMATCH);
		assert_null(newest(&b, DESK_MEASURE));
		assert_int_equal(desk_i(account_object(1), ACCOUNT_F_STOPS), 0);
		/* The bank that stopped all the same is told to release. */
		assert_int_equal(messages(&b, DESK_MESSAGE_BANK_STOP_RELEASE, id), match == STOP_NAME_DIFFERS);
	}
}

static void an_order_is_sent_again_three_times(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t id = draft(1);

	step(id, STOP_DO_APPROVE, ROLE_LEADER);
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(messages(&b, DESK_MESSAGE_BANK_STOP, id), i + 1);
		if (i == 1) {
			answer_with(id, RETURN_TIMEOUT, 0, 0);
			must(&b);
		} else {
			pass(&b, 10 * US_PER_MINUTE - 1);
			assert_int_equal(messages(&b, DESK_MESSAGE_BANK_STOP, id), i + 1);
			pass(&b, 1);
		}
	}
	assert_int_equal(messages(&b, DESK_MESSAGE_BANK_STOP, id), 4);
	step(id, STOP_DO_ATTEMPT_FAILED, ROLE_CONNECTOR);
	assert_int_equal(state_of(&b, id), STOP_FAILED);
	assert_int_equal(messages(&b, DESK_MESSAGE_BANK_STOP, id), 4);
	/* It stopped after all, unheard: it has to let go. */
	desk_give_i(say(&b, DESK_STOP, STOP_DO_STRAY_ANSWER, id, ROLE_CONNECTOR), STOP_F_RESULT, RETURN_OK);
	must(&b);
	assert_int_equal(messages(&b, DESK_MESSAGE_BANK_STOP_RELEASE, id), 1);
}

static void duplicates_are_recognised(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t id = draft(1);

	step(id, STOP_DO_APPROVE, ROLE_LEADER);
	pass(&b, 10 * US_PER_MINUTE); /* sent twice now */
	answer_with(id, RETURN_DUPLICATE, 0, 0);
	must(&b);
	assert_int_equal(state_of(&b, id), STOP_LANDED);
	answer_with(id, RETURN_OK, STOP_MATCHED, b.now);
	must(&b);
	assert_int_equal(state_of(&b, id), STOP_STOPPED);
	answer_with(id, RETURN_OK, STOP_MATCHED, b.now); /* the second answer */
	refuse(&b, DESK_REFUSED_STATE);
	assert_int_equal(desk_i(account_object(1), ACCOUNT_F_STOPS), 1);
}

static void one_order_at_a_time_and_four_eyes(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t id = draft(1);
	struct desk_command first = b.c;

	b.c = first;
	refuse(&b, DESK_REFUSED_OTHER_OPEN);
	say(&b, DESK_STOP, STOP_DO_APPROVE, id, ROLE_STOP_SEAT);
	refuse(&b, DESK_REFUSED_ROLE);
	say(&b, DESK_STOP, STOP_DO_APPROVE, id, ROLE_LEADER)->user = 100 + ROLE_STOP_SEAT;
	refuse(&b, DESK_REFUSED_FOUR_EYES);
	say(&b, DESK_STOP, STOP_DO_APPROVE, id, ROLE_LEADER)->version = 2;
	refuse(&b, DESK_REFUSED_VERSION);
	say(&b, DESK_STOP, STOP_DO_APPROVE, id, ROLE_LEADER)->version = 1;
	must(&b);
	say(&b, DESK_STOP, STOP_DO_LANDED, id, ROLE_CONNECTOR)->organisation = 8;
	refuse(&b, DESK_REFUSED_SCOPE);
	desk_give_i(say(&b, DESK_STOP, STOP_DO_ANSWER, id, ROLE_BANK_DESK), STOP_F_RESULT, RETURN_OK);
	refuse(&b, DESK_REFUSED_FIELD_MISSING);
	assert_int_equal(b.out.field, STOP_F_MATCH);
	step(id, STOP_DO_LANDED, ROLE_CONNECTOR);
	answer_with(id, RETURN_OK, STOP_MATCHED, b.now);
	must(&b);
	check_world(&b);
	const struct desk_object *m = the(&b, desk_id(the(&b, id), STOP_F_MEASURE));
	assert_int_equal(desk_i(m, MEASURE_F_ACTOR), 100 + ROLE_STOP_SEAT);
	assert_int_equal(desk_i(m, MEASURE_F_APPROVER), 100 + ROLE_LEADER);
	assert_int_equal(messages(&b, DESK_MESSAGE_NOTICE, m->id), 1);
}

static void the_bank_acts_first(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	struct desk_command *c = say(&b, DESK_STOP, STOP_DO_ACT_FIRST, 0, ROLE_BANK_DESK);

	desk_give_token(c, STOP_F_ACCOUNT, token_n(1));
	desk_give_i(c, STOP_F_BANK, BANK_ORG);
	desk_give_i(c, STOP_F_AMOUNT, 1);
	desk_give_i(c, STOP_F_BASIS, BASIS_YF_2016_86);
	desk_give_i(c, STOP_F_STOPPED, b.now + 1);
	give_evidence(c, STOP_F_EVIDENCE);
	refuse(&b, DESK_REFUSED_TIME);
	desk_give_i(c, STOP_F_STOPPED, b.now - H);
	c->organisation = 8;
	refuse(&b, DESK_REFUSED_SCOPE);
	c->organisation = BANK_ORG;
	uint64_t id = must(&b);
	assert_int_equal(state_of(&b, id), STOP_STOPPED);
	assert_int_equal(desk_i(the(&b, id), STOP_F_END), T0 + 47 * H);
	say(&b, DESK_STOP, STOP_DO_ASK_EXTENSION, id, ROLE_STOP_SEAT);
	refuse(&b, DESK_REFUSED_NO_PAPERS);
	check_world(&b);
	pass(&b, 24 * H - 1);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), 0);
	pass(&b, 1);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), 1);
	step(id, STOP_DO_PAPERS, ROLE_LEADER);
	const struct desk_object *m = the(&b, desk_id(the(&b, id), STOP_F_MEASURE));
	assert_int_equal(desk_i(m, MEASURE_F_APPROVER), 100 + ROLE_LEADER);
	assert_int_equal(desk_i(m, MEASURE_F_LATE_PAPERS), 0);
	check_world(&b);
	step(id, STOP_DO_ASK_EXTENSION, ROLE_STOP_SEAT);
}

static void set_limit(uint32_t limit, int64_t value)
{
	struct desk_command *c = say(&b, DESK_LIMIT, THRESHOLD_DO_ASK, 0, ROLE_ADMIN);

	desk_give_token(c, THRESHOLD_F_LIMIT, (struct token){ { 0, limit } });
	desk_give_i(c, THRESHOLD_F_VALUE, value);
	step(must(&b), THRESHOLD_DO_APPROVE, ROLE_CITY_LEADER);
	assert_int_equal(b.desk->limits.value[limit], value);
}

/* An answer that comes after its own end: nothing stays in force. */
static void an_answer_too_late_is_over_at_once(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	set_limit(LIMIT_STOP_PERIOD, H);
	set_limit(LIMIT_STOP_ANSWER, 24 * H);
	uint64_t id = draft(1);
	step(id, STOP_DO_APPROVE, ROLE_LEADER);
	pass(&b, H);
	answer_with(id, RETURN_OK, STOP_MATCHED, T0 - 5); /* a clock that is slow: the order had not gone out by then */
	must(&b);
	assert_int_equal(b.out.state, STOP_STOPPED);
	assert_int_equal(state_of(&b, id), STOP_EXPIRED);
	assert_int_equal(desk_i(the(&b, id), STOP_F_STOPPED), T0);
	assert_int_equal(desk_i(the(&b, id), STOP_F_RELEASED), T0 + H);
	check_world(&b);
}

/* One record cannot make more objects than ids have room for: what is still due waits for the next record, at its own time. */
static void a_full_record_leaves_the_rest(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t id = stopped(1);

	b.desk->n_made = DESK_PER_RECORD - DESK_TOUCHED_MAX + 1;
	assert_int_equal(desk_tick(b.desk, b.position, b.now + 48 * H), ERR_OK);
	assert_int_equal(state_of(&b, id), STOP_STOPPED);
	assert_int_equal(b.desk->postponed, 1);
	say(&b, DESK_STOP, STOP_DO_ASK_EXTENSION, id, ROLE_STOP_SEAT);
	assert_int_equal(desk_apply(b.desk, b.position, b.now, &b.c, &b.out), ERR_OK);
	assert_int_equal(b.out.refusal, DESK_REFUSED_DEEP);
	b.now += 48 * H;
	pass(&b, 5);
	assert_int_equal(state_of(&b, id), STOP_EXPIRED);
	assert_int_equal(desk_i(the(&b, id), STOP_F_RELEASED), T0 + 48 * H);
}

static void limits_end_where_the_law_ends(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	struct desk_command *c = say(&b, DESK_LIMIT, THRESHOLD_DO_ASK, 0, ROLE_ADMIN);

	desk_give_token(c, THRESHOLD_F_LIMIT, (struct token){ { 0, LIMIT_STOP_PERIOD } });
	desk_give_i(c, THRESHOLD_F_VALUE, 48 * H + 1);
	refuse(&b, DESK_REFUSED_FIELD_VALUE);
	desk_give_i(c, THRESHOLD_F_VALUE, 47 * H);
	uint64_t id = must(&b);
	say(&b, DESK_LIMIT, THRESHOLD_DO_APPROVE, id, ROLE_ADMIN);
	refuse(&b, DESK_REFUSED_FOUR_EYES);
	assert_int_equal(b.desk->limits.value[LIMIT_STOP_PERIOD], 48 * H);
	step(id, THRESHOLD_DO_APPROVE, ROLE_CITY_LEADER);
	/* A desk that starts anew knows it; the next change replaces it. */
	desk_init(b.desk, &b.world.functions, b.now);
	assert_int_equal(desk_start(b.desk), ERR_OK);
	assert_int_equal(b.desk->limits.value[LIMIT_STOP_PERIOD], 47 * H);
	set_limit(LIMIT_STOP_PERIOD, 46 * H);
	assert_int_equal(state_of(&b, id), THRESHOLD_REPLACED);
}

/* Reports. */

static struct desk_command *report(void)
{
	struct desk_command *c = say(&b, DESK_INCIDENT, INCIDENT_DO_RECEIVE, 0, ROLE_INTAKE);

	desk_give_i(c, INCIDENT_F_CHANNEL, 2);
	desk_give_token(c, INCIDENT_F_VICTIM, token_n(50));
	desk_give_token(c, INCIDENT_F_PAYEE, token_n(1));
	desk_give_i(c, INCIDENT_F_PAYEE_BANK, BANK_ORG);
	desk_give_i(c, INCIDENT_F_AMOUNT, 500000);
	desk_give_i(c, INCIDENT_F_PAID, b.now - US_PER_MINUTE);
	return c;
}

static void a_report_drafts_the_first_stop(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	report();
	uint64_t id = must(&b), stop = desk_id(the(&b, id), INCIDENT_F_STOP);

	assert_int_equal(state_of(&b, id), INCIDENT_DISPATCHED);
	assert_int_equal(state_of(&b, stop), STOP_DRAFT);
	assert_int_equal(the(&b, stop)->value[STOP_F_INCIDENT].id, id);
	/* A second victim of the same account joins the order. */
	report();
	desk_give_token(&b.c, INCIDENT_F_VICTIM, token_n(51));
	uint64_t other = must(&b);
	assert_int_equal(desk_id(the(&b, other), INCIDENT_F_STOP), stop);
	step(stop, STOP_DO_APPROVE, ROLE_LEADER);
	answer_with(stop, RETURN_OK, STOP_MATCHED, b.now);
	must(&b);
	step(other, INCIDENT_DO_NOT_FRAUD, ROLE_LEADER); /* not the report that the order is of */
	assert_int_equal(state_of(&b, stop), STOP_STOPPED);
	step(id, INCIDENT_DO_NOT_FRAUD, ROLE_LEADER);
	assert_int_equal(state_of(&b, stop), STOP_RELEASED);
	assert_int_equal(messages(&b, DESK_MESSAGE_BANK_STOP_RELEASE, stop), 1);
	check_world(&b);
}

static void a_report_without_facts_becomes_late(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	desk_give_i(say(&b, DESK_INCIDENT, INCIDENT_DO_RECEIVE, 0, ROLE_INTAKE), INCIDENT_F_CHANNEL, 1);
	refuse(&b, DESK_REFUSED_FIELD_MISSING);
	desk_give_token(&b.c, INCIDENT_F_CALLER, token_n(60));
	uint64_t id = must(&b);
	pass(&b, 5 * US_PER_MINUTE - 1);
	assert_int_equal(desk_i(the(&b, id), INCIDENT_F_LATE), 0);
	pass(&b, 1);
	assert_int_equal(desk_i(the(&b, id), INCIDENT_F_LATE), 1);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), 1);
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
		cmocka_unit_test(a_stop_lasts_48_hours),
		cmocka_unit_test(the_end_does_not_wait_for_a_tick),
		cmocka_unit_test(alarms_come_12_4_and_1_hours_before),
		cmocka_unit_test(never_a_third_stop),
		cmocka_unit_test(an_extension_is_the_second_and_last),
		cmocka_unit_test(a_mismatch_never_stops),
		cmocka_unit_test(an_order_is_sent_again_three_times),
		cmocka_unit_test(duplicates_are_recognised),
		cmocka_unit_test(one_order_at_a_time_and_four_eyes),
		cmocka_unit_test(the_bank_acts_first),
		cmocka_unit_test(an_answer_too_late_is_over_at_once),
		cmocka_unit_test(a_full_record_leaves_the_rest),
		cmocka_unit_test(limits_end_where_the_law_ends),
		cmocka_unit_test(a_report_drafts_the_first_stop),
		cmocka_unit_test(a_report_without_facts_becomes_late),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
