/* test_desk_card.c - cards, listings and objections: exact limits, who may, and what follows from what. */
#include "tests/test.h"
#include "tests/unit/desk_world.h"
#include "base/clock.h"
#include "desk/account.h"
#include "desk/appeal.h"
#include "desk/card.h"
#include "desk/discipline.h"
#include "desk/measure.h"

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

static uint64_t notified(uint64_t phone)
{
	list(phone, 90);
	uint64_t id = must(&b);

	step(id, CARD_DO_NOTIFY, ROLE_OPERATOR_DESK);
	return id;
}

static void a_card_is_verified_within_24_hours(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t id = notified(1);

	assert_int_equal(desk_i(the(&b, id), CARD_F_METHOD), 3); /* graded by level */
	assert_int_equal(messages(&b, DESK_MESSAGE_OPERATOR_VERIFY, id), 1);
	pass(&b, 24 * H - 1);
	assert_int_equal(state_of(&b, id), CARD_NOTIFIED);
	pass(&b, 1);
	assert_int_equal(state_of(&b, id), CARD_RESTRICTED);
	assert_int_equal(messages(&b, DESK_MESSAGE_OPERATOR_BAR, id), 1);
	check_world(&b);
	pass(&b, 7 * D - 1);
	assert_int_equal(state_of(&b, id), CARD_RESTRICTED);
	pass(&b, 1);
	assert_int_equal(state_of(&b, id), CARD_SUSPENDED);
	check_world(&b);
	pass(&b, 90 * D - 1);
	assert_int_equal(state_of(&b, id), CARD_SUSPENDED);
	pass(&b, 1);
	assert_int_equal(state_of(&b, id), CARD_NORMAL); /* nothing lasts for ever */
	assert_int_equal(messages(&b, DESK_MESSAGE_OPERATOR_RESTORE, id), 1);
	check_world(&b);
}

static void passing_frees_at_once(void **state)
{
	(void)state;
	for (int late = 0; late < 3; late++) {
		bench_clear(&b, T0);
		uint64_t id = notified(1);

		if (late)
			pass(&b, late == 1 ? 24 * H : 10 * D);
		step(id, CARD_DO_PASS, ROLE_OPERATOR_OUTLET);
		assert_int_equal(state_of(&b, id), CARD_NORMAL);
		assert_int_equal(messages(&b, DESK_MESSAGE_OPERATOR_RESTORE, id), late > 0);
		assert_int_equal(newest(&b, DESK_MEASURE)->state, MEASURE_ENDED);
		pass(&b, 365 * D);
		assert_int_equal(state_of(&b, id), CARD_NORMAL);
		check_world(&b);
	}
}

static void a_suspension_wants_an_approver(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	list(1, 90);
	uint64_t id = must(&b);

	say(&b, DESK_CARD, CARD_DO_SUSPEND, id, ROLE_LEADER);
	refuse(&b, DESK_REFUSED_STATE);
	struct desk_command *c = say(&b, DESK_CARD, CARD_DO_ASK_SUSPENSION, id, ROLE_OPERATOR_DESK);
	desk_give_i(c, CARD_F_ASKED_BASIS, BASIS_AFL_12);
	give_evidence(c, CARD_F_EVIDENCE);
	refuse(&b, DESK_REFUSED_NO_BASIS);
	desk_give_i(c, CARD_F_ASKED_BASIS, BASIS_AFL_14);
	must(&b);
	say(&b, DESK_CARD, CARD_DO_SUSPEND, id, ROLE_OPERATOR_DESK);
	refuse(&b, DESK_REFUSED_FOUR_EYES);
	step(id, CARD_DO_SUSPEND, ROLE_LEADER);
	assert_int_equal(state_of(&b, id), CARD_SUSPENDED);
	pass(&b, 15 * US_PER_MINUTE);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), 1); /* no receipt */
	check_world(&b);
}

static void a_card_of_a_thing_is_suspended_on_violation(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	struct desk_command *c = say(&b, DESK_CARD, CARD_DO_REGISTER, 0, ROLE_OPERATOR_DESK);

	desk_give_token(c, CARD_F_PHONE, token_n(1));
	desk_give_i(c, CARD_F_OPERATOR, BANK_ORG);
	desk_give_i(c, CARD_F_THING, 1);
	desk_give_i(c, CARD_F_SCENE, 1);
	uint64_t thing = must(&b);
	desk_give_i(c, CARD_F_THING, 0);
	desk_give_token(c, CARD_F_PHONE, token_n(2));
	uint64_t person = must(&b);
	for (uint64_t id = thing;; id = person) {
		c = say(&b, DESK_CARD, CARD_DO_VIOLATION, id, ROLE_OPERATOR_DESK);
		desk_give_i(c, CARD_F_VIOLATION, 1);
		desk_give_i(c, CARD_F_BASIS, BASIS_AFL_12);
		give_evidence(c, CARD_F_EVIDENCE);
		if (id == person)
			break;
		must(&b);
		assert_int_equal(state_of(&b, id), CARD_SUSPENDED);
	}
	refuse(&b, DESK_REFUSED_STATE);
	check_world(&b);
}

static void an_involved_card_only_makes_proposals(void **state)
{
	uint64_t card[3], account;

	(void)state;
	bench_clear(&b, T0);
	for (uint64_t i = 0; i < 3; i++) {
		list(1 + i, i < 2 ? 90 : 91);
		card[i] = must(&b);
	}
	struct desk_command *c = say(&b, DESK_ACCOUNT, ACCOUNT_DO_REGISTER, 0, ROLE_BANK_DESK);
	desk_give_token(c, ACCOUNT_F_ACCOUNT, token_n(1));
	desk_give_token(c, ACCOUNT_F_PERSON, token_n(90));
	desk_give_i(c, ACCOUNT_F_BANK, BANK_ORG);
	account = must(&b);
	c = say(&b, DESK_CARD, CARD_DO_INVOLVE, card[0], ROLE_ANALYST);
	desk_give_code(c, CARD_F_CASE_NO, TEXT("A-7"));
	give_evidence(c, CARD_F_EVIDENCE);
	must(&b);
	assert_int_equal(messages(&b, DESK_MESSAGE_PROPOSAL, card[0]), 0);
	assert_int_equal(messages(&b, DESK_MESSAGE_PROPOSAL, card[1]), 1);
	assert_int_equal(messages(&b, DESK_MESSAGE_PROPOSAL, card[2]), 0);
	assert_int_equal(messages(&b, DESK_MESSAGE_PROPOSAL, account), 1);
	assert_int_equal(messages(&b, DESK_MESSAGE_INTERNET_CHECK, card[0]), 1);
	assert_int_equal(state_of(&b, card[1]), CARD_SUSPECT); /* as it was */
	assert_int_equal(state_of(&b, account), ACCOUNT_NORMAL);
	assert_null(newest(&b, DESK_MEASURE));
	b.c = *c;
	refuse(&b, DESK_REFUSED_SAME);
}

/* Listings. */

static uint64_t proposed(int64_t ground, int64_t items)
{
	struct desk_command *c = say(&b, DESK_DISCIPLINE, DISCIPLINE_DO_PROPOSE, 0, ROLE_STATION);

	desk_give_token(c, DISCIPLINE_F_PERSON, token_n(90));
	desk_give_i(c, DISCIPLINE_F_GROUND, ground);
	desk_give_i(c, DISCIPLINE_F_BASIS, BASIS_JOINT_2024);
	desk_give_i(c, DISCIPLINE_F_ITEMS, items);
	if (ground == GROUND_PUNISHED)
		desk_give_code(c, DISCIPLINE_F_JUDGEMENT, TEXT("2026-7-11"));
	give_evidence(c, DISCIPLINE_F_EVIDENCE);
	return must(&b);
}

static uint64_t noticed(int64_t ground, int64_t items)
{
	uint64_t id = proposed(ground, items);

	step(id, DISCIPLINE_DO_IDENTIFY, ROLE_DISCIPLINE);
	give_ref(say(&b, DESK_DISCIPLINE, DISCIPLINE_DO_NOTIFY, id, ROLE_DISCIPLINE), DISCIPLINE_F_NOTICE);
	must(&b);
	return id;
}

static uint64_t active(int64_t ground, int64_t items)
{
	uint64_t id = noticed(ground, items);

	pass(&b, 3 * D);
	step(id, DISCIPLINE_DO_ACTIVATE, ROLE_DISCIPLINE);
	return id;
}

static void the_city_identifies_and_the_province_approves(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t id = proposed(GROUND_TRADED, 2);

	say(&b, DESK_DISCIPLINE, DISCIPLINE_DO_IDENTIFY, id, ROLE_STATION); /* a district may only propose */
	refuse(&b, DESK_REFUSED_ROLE);
	say(&b, DESK_DISCIPLINE, DISCIPLINE_DO_IDENTIFY, id, ROLE_DISCIPLINE); /* two items are below the count */
	refuse(&b, DESK_REFUSED_GROUND);
	give_evidence(say(&b, DESK_DISCIPLINE, DISCIPLINE_DO_ADD_EVIDENCE, id, ROLE_STATION), DISCIPLINE_F_EVIDENCE);
	desk_give_i(&b.c, DISCIPLINE_F_ITEMS, 3);
	must(&b);
	step(id, DISCIPLINE_DO_IDENTIFY, ROLE_DISCIPLINE);
	assert_int_equal(state_of(&b, id), DISCIPLINE_IDENTIFIED);
	say(&b, DESK_DISCIPLINE, DISCIPLINE_DO_ACTIVATE, id, ROLE_DISCIPLINE); /* no notice yet */
	refuse(&b, DESK_REFUSED_STATE);
	bench_clear(&b, T0);
	id = proposed(GROUND_SERIOUS, 1);
	step(id, DISCIPLINE_DO_IDENTIFY, ROLE_DISCIPLINE);
	assert_int_equal(state_of(&b, id), DISCIPLINE_TO_PROVINCE);
	desk_give_code(say(&b, DESK_DISCIPLINE, DISCIPLINE_DO_APPROVE_PROVINCE, id, ROLE_DISCIPLINE),
	               DISCIPLINE_F_PROVINCE_NO, TEXT("S-1"));
	refuse(&b, DESK_REFUSED_ROLE);
	desk_give_code(say(&b, DESK_DISCIPLINE, DISCIPLINE_DO_APPROVE_PROVINCE, id, ROLE_PROVINCE),
	               DISCIPLINE_F_PROVINCE_NO, TEXT("S-1"));
	must(&b);
	assert_int_equal(state_of(&b, id), DISCIPLINE_IDENTIFIED);
}

static void a_listing_lasts_two_or_three_years(void **state)
{
	(void)state;
	for (int punished = 0; punished < 2; punished++) {
		bench_clear(&b, T0);
		uint64_t id = noticed(punished ? GROUND_PUNISHED : GROUND_TRADED, 3);

		pass(&b, 3 * D - 1);
		say(&b, DESK_DISCIPLINE, DISCIPLINE_DO_ACTIVATE, id, ROLE_DISCIPLINE);
		refuse(&b, DESK_REFUSED_TOO_EARLY);
		pass(&b, 1);
		must(&b);
		int64_t end = desk_months_after(b.now, punished ? 36 : 24);
		assert_int_equal(desk_i(the(&b, id), DISCIPLINE_F_END), end);
		assert_int_equal(messages(&b, DESK_MESSAGE_DISCIPLINE, id), 1);
		check_world(&b);
		pass(&b, end - 1 - b.now);
		assert_int_equal(state_of(&b, id), DISCIPLINE_ACTIVE);
		pass(&b, 1);
		assert_int_equal(state_of(&b, id), DISCIPLINE_EXPIRED);
		assert_int_equal(messages(&b, DESK_MESSAGE_DISCIPLINE_END, id), 1);
		check_world(&b);
	}
}

static void consecutive_listings_last_five_years_together(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t id = active(GROUND_PUNISHED, 0);
	int64_t begun = b.now;

	pass(&b, desk_i(the(&b, id), DISCIPLINE_F_END) - b.now);
	uint64_t second = active(GROUND_PUNISHED, 0); /* three days later: consecutive */
	assert_int_equal(the(&b, second)->value[DISCIPLINE_F_PREVIOUS].id, id);
	assert_int_equal(desk_i(the(&b, second), DISCIPLINE_F_END), desk_months_after(begun, 60));
	check_world(&b);
	pass(&b, desk_months_after(begun, 60) - b.now);
	uint64_t third = noticed(GROUND_PUNISHED, 0);
	pass(&b, 3 * D);
	say(&b, DESK_DISCIPLINE, DISCIPLINE_DO_ACTIVATE, third, ROLE_DISCIPLINE);
	refuse(&b, DESK_REFUSED_CHAIN);
	pass(&b, 40 * D); /* after a gap a new chain begins */
	must(&b);
	check_world(&b);
}

static void one_card_is_kept(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	list(1, 90);
	uint64_t kept = must(&b);
	list(2, 90);
	uint64_t other = must(&b);
	uint64_t id = noticed(GROUND_TRADED, 5);

	struct desk_command *c = say(&b, DESK_CARD, CARD_DO_INVOLVE, other, ROLE_ANALYST);
	desk_give_code(c, CARD_F_CASE_NO, TEXT("A-7"));
	give_evidence(c, CARD_F_EVIDENCE);
	must(&b);
	pass(&b, 3 * D);
	desk_give_token(say(&b, DESK_DISCIPLINE, DISCIPLINE_DO_ACTIVATE, id, ROLE_DISCIPLINE), DISCIPLINE_F_KEPT_CARD,
	                token_n(2));
	refuse(&b, DESK_REFUSED_KEPT_CARD);
	desk_give_token(&b.c, DISCIPLINE_F_KEPT_CARD, token_n(1));
	must(&b);
	assert_false(desk_has(the(&b, kept), CARD_F_DISCIPLINED));
	assert_true(desk_has(the(&b, other), CARD_F_DISCIPLINED));
	give_ref(say(&b, DESK_DISCIPLINE, DISCIPLINE_DO_REVOKE, id, ROLE_DISCIPLINE), DISCIPLINE_F_REMARK);
	must(&b);
	assert_false(desk_has(the(&b, other), CARD_F_DISCIPLINED));
	check_world(&b);
}

/* Objections. */

static uint64_t filed(uint64_t target)
{
	struct desk_command *c = say(&b, DESK_APPEAL, APPEAL_DO_FILE, 0, ROLE_CITIZEN);

	desk_give_id(c, APPEAL_F_TARGET, target);
	give_ref(c, APPEAL_F_REASON);
	return must(&b);
}

static struct desk_command *decide(uint64_t id, uint32_t step_of, enum desk_role role)
{
	struct desk_command *c = say(&b, DESK_APPEAL, step_of, id, role);

	give_ref(c, APPEAL_F_DECISION);
	return c;
}

static void a_granted_objection_releases_in_the_same_step(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t card = notified(1), measure, id;

	pass(&b, 24 * H);
	measure = desk_id(the(&b, card), CARD_F_MEASURE);
	id = filed(measure);
	assert_int_equal(desk_i(the(&b, measure), MEASURE_F_APPEAL), APPEAL_STATE_OPEN);
	b.c.version = 0;
	refuse(&b, DESK_REFUSED_OTHER_OPEN);
	step(id, APPEAL_DO_ACCEPT, ROLE_APPEALS);
	step(id, APPEAL_DO_CHECK, ROLE_APPEALS);
	say(&b, DESK_APPEAL, APPEAL_DO_GRANT, id, ROLE_APPEALS);
	refuse(&b, DESK_REFUSED_FIELD_MISSING); /* a decision has a reason */
	uint64_t at = b.position + 1;
	decide(id, APPEAL_DO_GRANT, ROLE_APPEALS);
	must(&b);
	assert_int_equal(b.position, at);
	assert_int_equal(state_of(&b, card), CARD_NORMAL);
	assert_int_equal(state_of(&b, measure), MEASURE_RELEASED);
	assert_int_equal(desk_i(the(&b, measure), MEASURE_F_APPEAL), APPEAL_STATE_GRANTED);
	assert_int_equal(messages(&b, DESK_MESSAGE_OPERATOR_RESTORE, card), 1);
	check_world(&b);
	pass(&b, 365 * D);
	assert_int_equal(state_of(&b, card), CARD_NORMAL);
}

static void an_objection_to_a_listing(void **state)
{
	(void)state;
	for (int late = 0; late < 2; late++) {
		bench_clear(&b, T0);
		uint64_t d = late ? active(GROUND_TRADED, 3) : noticed(GROUND_TRADED, 3);
		uint64_t id = filed(late ? desk_id(the(&b, d), DISCIPLINE_F_MEASURE) : d);

		step(id, APPEAL_DO_ACCEPT, ROLE_APPEALS);
		step(id, APPEAL_DO_CHECK, ROLE_APPEALS);
		decide(id, APPEAL_DO_GRANT, ROLE_APPEALS)->user = 100 + ROLE_DISCIPLINE; /* who identified does not decide */
		refuse(&b, DESK_REFUSED_FOUR_EYES);
		decide(id, APPEAL_DO_GRANT, ROLE_APPEALS);
		must(&b);
		assert_int_equal(state_of(&b, d), DISCIPLINE_REVOKED);
		assert_int_equal(messages(&b, DESK_MESSAGE_DISCIPLINE_END, d), (uint32_t)late);
		check_world(&b);
	}
}

static void a_machine_may_deny_unless_a_person_is_wanted(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t card = notified(1), measure = desk_id(the(&b, card), CARD_F_MEASURE), id = filed(measure);

	step(id, APPEAL_DO_ACCEPT, ROLE_APPEALS);
	decide(id, APPEAL_DO_AUTO_DENY, ROLE_CONNECTOR);
	must(&b);
	assert_int_equal(state_of(&b, id), APPEAL_DENIED);
	step(id, APPEAL_DO_REFER, ROLE_CITIZEN);
	assert_int_equal(state_of(&b, id), APPEAL_CHECKING);
	decide(id, APPEAL_DO_AUTO_DENY, ROLE_CONNECTOR);
	refuse(&b, DESK_REFUSED_PERSON_MUST);
	decide(id, APPEAL_DO_DENY, ROLE_APPEALS);
	must(&b);
	step(id, APPEAL_DO_RECONSIDER, ROLE_CITIZEN);
	decide(id, APPEAL_DO_UPHOLD, ROLE_APPEALS);
	refuse(&b, DESK_REFUSED_FOUR_EYES); /* reconsidered by somebody else */
	b.c.user = 999;
	must(&b);
	assert_int_equal(state_of(&b, id), APPEAL_UPHELD);
	assert_int_equal(desk_i(the(&b, measure), MEASURE_F_APPEAL), APPEAL_STATE_DENIED);
	/* Somebody else's objection is not one's own. */
	id = filed(desk_id(the(&b, card), CARD_F_MEASURE));
	say(&b, DESK_APPEAL, APPEAL_DO_WITHDRAW, id, ROLE_CITIZEN)->user = 555;
	refuse(&b, DESK_REFUSED_SCOPE);
}

static void objections_have_their_times(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	list(1, 90);
	uint64_t card = must(&b);
	give_evidence(say(&b, DESK_CARD, CARD_DO_ASK_SUSPENSION, card, ROLE_OPERATOR_DESK), CARD_F_EVIDENCE);
	desk_give_i(&b.c, CARD_F_ASKED_BASIS, BASIS_AFL_14);
	must(&b);
	step(card, CARD_DO_SUSPEND, ROLE_LEADER);
	uint64_t id = filed(desk_id(the(&b, card), CARD_F_MEASURE));

	pass(&b, 3 * D - 1);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), 0);
	pass(&b, 1);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), 1);
	step(id, APPEAL_DO_ACCEPT, ROLE_APPEALS);
	step(id, APPEAL_DO_CHECK, ROLE_APPEALS);
	pass(&b, 15 * D - 1);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), 1);
	pass(&b, 1);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), 2);
	decide(id, APPEAL_DO_DENY, ROLE_APPEALS);
	must(&b);
	pass(&b, 60 * D - 1);
	assert_int_equal(state_of(&b, id), APPEAL_DENIED);
	pass(&b, 1);
	assert_int_equal(state_of(&b, id), APPEAL_UPHELD);
	say(&b, DESK_APPEAL, APPEAL_DO_RECONSIDER, id, ROLE_CITIZEN);
	refuse(&b, DESK_REFUSED_STATE);
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
		cmocka_unit_test(a_card_is_verified_within_24_hours),
		cmocka_unit_test(passing_frees_at_once),
		cmocka_unit_test(a_suspension_wants_an_approver),
		cmocka_unit_test(a_card_of_a_thing_is_suspended_on_violation),
		cmocka_unit_test(an_involved_card_only_makes_proposals),
		cmocka_unit_test(the_city_identifies_and_the_province_approves),
		cmocka_unit_test(a_listing_lasts_two_or_three_years),
		cmocka_unit_test(consecutive_listings_last_five_years_together),
		cmocka_unit_test(one_card_is_kept),
		cmocka_unit_test(a_granted_objection_releases_in_the_same_step),
		cmocka_unit_test(an_objection_to_a_listing),
		cmocka_unit_test(a_machine_may_deny_unless_a_person_is_wanted),
		cmocka_unit_test(objections_have_their_times),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
