/* test_desk_warning.c - alerts become one live warning a person; deadlines by grade, messages by day, outcomes, reviews, transfers, and what is learned from them. */
#include "tests/test.h"
#include "tests/unit/desk_world.h"
#include "base/clock.h"
#include "base/rng.h"
#include "desk/account.h"
#include "desk/card.h"
#include "desk/device_report.h"
#include "desk/incident.h"
#include "desk/measure.h"
#include "desk/warning.h"

#define MIN US_PER_MINUTE
#define H US_PER_HOUR
#define D US_PER_DAY

enum {
	BLUE,
	YELLOW,
	RED,
	PURPLE
};

static struct bench b;

static void step(uint64_t id, uint32_t step_of, enum desk_role role)
{
	say(&b, (enum desk_kind)the(&b, id)->kind, step_of, id, role);
	must(&b);
}

static struct desk_alert alert_about(uint32_t measure, enum desk_entity_kind kind, uint64_t n, uint32_t grade)
{
	return (struct desk_alert){ .measure = (uint8_t)measure,
		                        .grade = (uint8_t)grade,
		                        .about = { (uint8_t)kind, token_n(n) },
		                        .district = 3,
		                        .rule = { 9, "sim_boxes" },
		                        .evidence = { 1, { 5 } } };
}

static uint64_t hit(struct desk_alert a)
{
	a.position = ++b.position;
	a.time_us = b.now;
	assert_int_equal(desk_alert(b.desk, &a, &b.out), ERR_OK);
	assert_int_equal(b.out.refusal, DESK_OK);
	return b.out.object;
}

/* A warning about a person and their phone, as an alert makes it. */
static uint64_t warned(uint64_t person, uint32_t grade)
{
	struct desk_alert a = alert_about(MEASURE_OF_WARN, DESK_PERSON, person, grade);

	a.phone = (struct desk_entity){ DESK_PHONE, token_n(1000 + person) };
	return hit(a);
}

static void call(uint64_t id, int64_t result)
{
	desk_give_i(say(&b, DESK_WARNING, WARNING_DO_CALL, id, ROLE_DISSUASION), WARNING_F_CALL_RESULT, result);
	must(&b);
}

static struct desk_command *feed_back(uint64_t id, int64_t outcome)
{
	struct desk_command *c = say(&b, DESK_WARNING, WARNING_DO_FEED_BACK, id, ROLE_STATION);

	desk_give_i(c, WARNING_F_OUTCOME, outcome);
	return c;
}

static int64_t field(uint64_t id, uint32_t f)
{
	return desk_i(the(&b, id), f);
}

static void alerts_are_fused_per_person(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	struct desk_alert by_phone = alert_about(MEASURE_OF_WARN, DESK_PHONE, 1001, YELLOW);
	uint64_t id = hit(by_phone); /* only the phone is known */

	by_phone.person = (struct desk_entity){ DESK_PERSON, token_n(1) };
	assert_int_equal(hit(by_phone), id);
	struct desk_alert by_person = alert_about(MEASURE_OF_WARN, DESK_PERSON, 1, BLUE);
	by_person.phone = (struct desk_entity){ DESK_PHONE, token_n(1002) }; /* another phone of theirs */
	by_person.fund = true;
	assert_int_equal(hit(by_person), id);
	assert_int_equal(field(id, WARNING_F_HITS), 3);
	assert_int_equal(field(id, WARNING_F_GRADE), YELLOW);
	assert_int_equal(field(id, WARNING_F_TYPE), WARNING_FUND); /* the graver kind stays */
	assert_true(token_eq(the(&b, id)->subject.token, token_n(1001)));
	assert_int_equal(the(&b, id)->also.kind, DESK_PERSON);
	by_phone.person.token = token_n(2); /* the same phone, somebody else */
	assert_int_not_equal(hit(by_phone), id);
	check_world(&b);
	/* A second open warning about the person cannot be added by hand either. */
	struct desk_command *c = say(&b, DESK_WARNING, WARNING_DO_ADD, 0, ROLE_ANALYST);
	desk_give_i(c, WARNING_F_GRADE, RED);
	desk_give_i(c, WARNING_F_TYPE, WARNING_CONTACT);
	give_evidence(c, WARNING_F_EVIDENCE);
	desk_give_token(c, WARNING_F_PERSON, token_n(1));
	refuse(&b, DESK_REFUSED_OTHER_OPEN);
	c->object = id;
	must(&b);
	assert_int_equal(field(id, WARNING_F_GRADE), RED);
	assert_int_equal(state_of(&b, id), WARNING_ISSUED);
}

static void light_grades_wait_and_grave_ones_go_out(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t yellow = warned(1, YELLOW), red = warned(2, RED), purple = warned(3, PURPLE);

	assert_int_equal(state_of(&b, yellow), WARNING_GRADED);
	assert_int_equal(state_of(&b, red), WARNING_ISSUED);
	assert_int_equal(messages(&b, DESK_MESSAGE_DISPATCH, purple), 1);
	pass(&b, MIN - 1);
	assert_int_equal(state_of(&b, yellow), WARNING_GRADED);
	pass(&b, 1);
	assert_int_equal(state_of(&b, yellow), WARNING_ISSUED);
	assert_int_equal(messages(&b, DESK_MESSAGE_DISPATCH, yellow), 0);
}

/* What is late when, by grade: sign, contact, settle. */
static void deadlines_by_grade(void **state)
{
	static const int64_t limit[4][3] = { [YELLOW] = { 30 * MIN, 4 * H, 24 * H },
		                                 [RED] = { 5 * MIN, 15 * MIN, 60 * MIN },
		                                 [PURPLE] = { MIN, 3 * MIN, 30 * MIN } };

	(void)state;
	for (uint32_t grade = YELLOW; grade <= PURPLE; grade++) {
		bench_clear(&b, T0);
		uint64_t id = warned(1, grade);

		if (grade == YELLOW)
			pass(&b, MIN);
		int64_t issued = b.now;
		assert_int_equal(field(id, WARNING_F_ISSUED), issued);
		for (uint32_t i = 0; i < 3; i++) {
			int64_t late = (1 << i) - 1;

			pass(&b, issued + limit[grade][i] - 1 - b.now);
			assert_int_equal(field(id, WARNING_F_LATE), late);
			pass(&b, 1);
			assert_int_equal(field(id, WARNING_F_LATE), late | 1 << i);
			assert_int_equal(field(id, WARNING_F_ESCALATED), i + 1);
			assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), i + 1);
		}
		check_world(&b);
	}
}

static void blue_warnings_are_messages_by_day(void **state)
{
	(void)state;
	bench_clear(&b, desk_day(T0) + 20 * H - MIN - 1); /* issued in the last microsecond before eight in the evening */
	uint64_t id = warned(1, BLUE);

	pass(&b, MIN);
	assert_int_equal(messages(&b, DESK_MESSAGE_SMS, id), 1);
	pass(&b, 24 * H);
	assert_int_equal(state_of(&b, id), WARNING_CLOSED);
	assert_int_equal(field(id, WARNING_F_LATE), 0);
	bench_clear(&b, desk_day(T0) + 20 * H - MIN); /* issued at eight: next morning at seven */
	id = warned(1, BLUE);
	pass(&b, MIN);
	assert_int_equal(messages(&b, DESK_MESSAGE_SMS, id), 0);
	pass(&b, 11 * H - 1);
	assert_int_equal(messages(&b, DESK_MESSAGE_SMS, id), 0);
	pass(&b, 1);
	assert_int_equal(messages(&b, DESK_MESSAGE_SMS, id), 1);
	assert_int_equal(field(id, WARNING_F_SMS), desk_day(T0) + D + 7 * H);
	assert_int_equal(field(id, WARNING_F_LATE), 0);
}

static void curfew_and_one_message_a_day(void **state)
{
	(void)state;
	bench_clear(&b, desk_day(T0) + 19 * H);
	uint64_t id = warned(1, YELLOW);

	pass(&b, MIN);
	step(id, WARNING_DO_SMS, ROLE_DISSUASION);
	refuse(&b, DESK_REFUSED_SENT_TODAY);
	/* The same number under another warning has had its message too. */
	struct desk_alert a = alert_about(MEASURE_OF_WARN, DESK_PERSON, 2, YELLOW);
	a.phone = (struct desk_entity){ DESK_PHONE, token_n(1001) };
	uint64_t other = hit(a);
	pass(&b, MIN);
	say(&b, DESK_WARNING, WARNING_DO_SMS, other, ROLE_DISSUASION);
	refuse(&b, DESK_REFUSED_SENT_TODAY);
	pass(&b, desk_day(T0) + 20 * H - b.now);
	refuse(&b, DESK_REFUSED_CURFEW);
	pass(&b, 11 * H - 1);
	refuse(&b, DESK_REFUSED_CURFEW);
	pass(&b, 1);
	must(&b);
	say(&b, DESK_WARNING, WARNING_DO_SMS, id, ROLE_DISSUASION);
	refuse(&b, DESK_REFUSED_SENT_TODAY);
	/* Grave grades know no curfew and no count. */
	step(id, WARNING_DO_UPGRADE, ROLE_DISSUASION);
	pass(&b, 15 * H);
	step(id, WARNING_DO_SMS, ROLE_DISSUASION);
	step(id, WARNING_DO_SMS, ROLE_DISSUASION);
}

static void unreachable_people_climb(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t id = warned(1, YELLOW);

	pass(&b, MIN);
	step(id, WARNING_DO_SIGN, ROLE_DISSUASION);
	assert_int_equal(field(id, WARNING_F_OWNER), 100 + ROLE_DISSUASION);
	call(id, CALL_NO_ANSWER);
	call(id, CALL_BUSY);
	assert_int_equal(field(id, WARNING_F_GRADE), YELLOW);
	call(id, CALL_NO_ANSWER);
	assert_int_equal(field(id, WARNING_F_GRADE), RED);
	assert_int_equal(the(&b, id)->grade, RED);
	assert_int_equal(messages(&b, DESK_MESSAGE_DISPATCH, id), 1);
	assert_true(the(&b, id)->due_us[WARNING_T_CALL] <= b.now + 15 * MIN);
	call(id, CALL_REFUSED);
	assert_int_equal(field(id, WARNING_F_GRADE), PURPLE);
	say(&b, DESK_WARNING, WARNING_DO_UPGRADE, id, ROLE_GRID);
	refuse(&b, DESK_REFUSED_SAME);
}

static void a_red_warning_is_met_and_learned_from(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t id = warned(1, RED);

	say(&b, DESK_WARNING, WARNING_DO_SIGN, id, ROLE_STATION)->district = 4;
	refuse(&b, DESK_REFUSED_SCOPE);
	step(id, WARNING_DO_SIGN, ROLE_STATION);
	call(id, CALL_REACHED);
	feed_back(id, OUTCOME_PERSUADED); /* red: face to face */
	refuse(&b, DESK_REFUSED_OUTCOME);
	step(id, WARNING_DO_VISIT, ROLE_STATION);
	give_ref(say(&b, DESK_WARNING, WARNING_DO_MEET, id, ROLE_GRID), WARNING_F_PROOF);
	refuse(&b, DESK_REFUSED_ROLE);
	give_ref(say(&b, DESK_WARNING, WARNING_DO_MEET, id, ROLE_STATION), WARNING_F_PROOF);
	refuse(&b, DESK_REFUSED_OUTCOME); /* is it the right person? */
	step(id, WARNING_DO_VERIFY_IDENTITY, ROLE_STATION);
	give_ref(say(&b, DESK_WARNING, WARNING_DO_MEET, id, ROLE_STATION), WARNING_F_PROOF);
	must(&b);
	feed_back(id, OUTCOME_PERSUADED);
	must(&b);
	say(&b, DESK_WARNING, WARNING_DO_REVIEW, id, ROLE_QUALITY)->user = 100 + ROLE_STATION;
	refuse(&b, DESK_REFUSED_FOUR_EYES);
	pass(&b, D); /* nobody reviews: a red one waits */
	assert_int_equal(state_of(&b, id), WARNING_FED_BACK);
	give_ref(say(&b, DESK_WARNING, WARNING_DO_SEND_BACK, id, ROLE_QUALITY), WARNING_F_NOTE);
	must(&b);
	assert_int_equal(state_of(&b, id), WARNING_SIGNED);
	assert_int_equal(field(id, WARNING_F_OUTCOME), OUTCOME_BACK_CHECK);
	step(id, WARNING_DO_VISIT, ROLE_STATION);
	give_ref(say(&b, DESK_WARNING, WARNING_DO_MEET, id, ROLE_STATION), WARNING_F_PROOF);
	must(&b);
	feed_back(id, OUTCOME_PERSUADED);
	must(&b);
	step(id, WARNING_DO_REVIEW, ROLE_QUALITY);
	assert_int_equal(state_of(&b, id), WARNING_REVIEWED);
	assert_int_equal(messages(&b, DESK_MESSAGE_LABEL, id), 1);
	assert_int_equal(b.world.message[b.world.n_messages - 1].detail, 1);
	assert_memory_equal(b.world.message[b.world.n_messages - 1].rule.p, "sim_boxes", 9);
	desk_give_i(say(&b, DESK_WARNING, WARNING_DO_REVISIT, id, ROLE_GRID), WARNING_F_OUTCOME, OUTCOME_PERSUADED);
	must(&b);
	assert_int_equal(state_of(&b, id), WARNING_CLOSED);
}

static void what_is_not_true_is_a_label_too(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t id = warned(1, YELLOW);

	pass(&b, MIN);
	step(id, WARNING_DO_SIGN, ROLE_GRID);
	feed_back(id, OUTCOME_OPERATOR);
	refuse(&b, DESK_REFUSED_OUTCOME);
	feed_back(id, OUTCOME_NOT_TRUE);
	must(&b);
	pass(&b, D); /* a light one passes by itself */
	assert_int_equal(state_of(&b, id), WARNING_CLOSED);
	assert_int_equal(messages(&b, DESK_MESSAGE_LABEL, id), 1);
	assert_int_equal(b.world.message[b.world.n_messages - 1].detail, 2);
	assert_true(token_eq(b.world.message[b.world.n_messages - 1].about.token, token_n(1)));
}

static void people_who_are_not_found(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t id = warned(1, YELLOW);

	pass(&b, MIN);
	step(id, WARNING_DO_SIGN, ROLE_GRID);
	desk_give_i(say(&b, DESK_WARNING, WARNING_DO_NOT_FOUND, id, ROLE_GRID), WARNING_F_OUTCOME, OUTCOME_NOT_FOUND);
	refuse(&b, DESK_REFUSED_OUTCOME); /* nobody has looked */
	step(id, WARNING_DO_VISIT, ROLE_GRID);
	desk_give_i(say(&b, DESK_WARNING, WARNING_DO_NOT_FOUND, id, ROLE_GRID), WARNING_F_OUTCOME, OUTCOME_NOT_FOUND_YET);
	must(&b);
	assert_int_equal(state_of(&b, id), WARNING_SIGNED);
	assert_int_equal(field(id, WARNING_F_GRADE), RED);
	step(id, WARNING_DO_VISIT, ROLE_STATION);
	desk_give_i(say(&b, DESK_WARNING, WARNING_DO_NOT_FOUND, id, ROLE_STATION), WARNING_F_OUTCOME, OUTCOME_NOT_FOUND);
	must(&b);
	step(id, WARNING_DO_REVIEW, ROLE_LEADER);
	assert_int_equal(state_of(&b, id), WARNING_CLOSED);
	assert_int_equal(messages(&b, DESK_MESSAGE_LABEL, id), 0);
}

static void another_district_takes_over(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t id = warned(1, RED);
	int64_t face = the(&b, id)->due_us[WARNING_T_FACE];

	step(id, WARNING_DO_SIGN, ROLE_STATION);
	desk_give_i(say(&b, DESK_WARNING, WARNING_DO_TRANSFER, id, ROLE_STATION), WARNING_F_TO_DISTRICT, 3);
	refuse(&b, DESK_REFUSED_SAME);
	desk_give_i(&b.c, WARNING_F_TO_DISTRICT, 9);
	must(&b);
	give_ref(say(&b, DESK_WARNING, WARNING_DO_REFUSE_TRANSFER, id, ROLE_LEADER), WARNING_F_NOTE);
	must(&b);
	assert_int_equal(state_of(&b, id), WARNING_SIGNED);
	desk_give_i(say(&b, DESK_WARNING, WARNING_DO_TRANSFER, id, ROLE_STATION), WARNING_F_TO_DISTRICT, 9);
	must(&b);
	pass(&b, 10 * MIN);
	say(&b, DESK_WARNING, WARNING_DO_ACCEPT_TRANSFER, id, ROLE_LEADER)->user = 100 + ROLE_STATION;
	refuse(&b, DESK_REFUSED_FOUR_EYES);
	step(id, WARNING_DO_ACCEPT_TRANSFER, ROLE_LEADER);
	assert_int_equal(the(&b, id)->district, 9);
	assert_int_equal(state_of(&b, id), WARNING_ISSUED);
	assert_int_equal(the(&b, id)->due_us[WARNING_T_SIGN], b.now + 5 * MIN);
	assert_int_equal(the(&b, id)->due_us[WARNING_T_FACE], face); /* a transfer wins no time */
}

static void the_operator_holds_a_victims_line(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t id = warned(1, PURPLE);

	step(id, WARNING_DO_SIGN, ROLE_DISSUASION);
	say(&b, DESK_WARNING, WARNING_DO_ASK_OPERATOR, id, ROLE_DISSUASION);
	refuse(&b, DESK_REFUSED_OUTCOME);
	call(id, CALL_BUSY);
	step(id, WARNING_DO_ASK_OPERATOR, ROLE_DISSUASION);
	step(id, WARNING_DO_OPERATOR_HELP, ROLE_LEADER);
	uint64_t measure = desk_id(the(&b, id), WARNING_F_MEASURE);
	assert_int_equal(messages(&b, DESK_MESSAGE_OPERATOR_HELP, id), 1);
	check_world(&b);
	pass(&b, 2 * H - 1);
	assert_int_equal(state_of(&b, measure), MEASURE_IN_FORCE);
	pass(&b, 1);
	assert_int_equal(state_of(&b, measure), MEASURE_ENDED);
	assert_int_equal(messages(&b, DESK_MESSAGE_OPERATOR_RESTORE, measure), 1);
	check_world(&b);
}

static void warned_and_cheated_all_the_same(void **state)
{
	(void)state;
	for (int late = 0; late < 2; late++) {
		bench_clear(&b, T0);
		uint64_t id = warned(1, RED);

		pass(&b, 30 * D + late);
		struct desk_command *c = say(&b, DESK_INCIDENT, INCIDENT_DO_RECEIVE, 0, ROLE_INTAKE);
		desk_give_i(c, INCIDENT_F_CHANNEL, 1);
		desk_give_token(c, INCIDENT_F_VICTIM, token_n(1));
		uint64_t incident = must(&b);
		assert_int_equal(field(id, WARNING_F_VICTIM), late ? 0 : b.now);
		assert_int_equal(desk_id(the(&b, incident), INCIDENT_F_WARNED), late ? 0 : id);
	}
}

static void alerts_only_propose(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t card = hit(alert_about(MEASURE_OF_SUSPEND, DESK_PHONE, 1, RED));

	assert_int_equal(state_of(&b, card), CARD_SUSPECT);
	assert_int_equal(messages(&b, DESK_MESSAGE_PROPOSAL, card), 1);
	assert_int_equal(b.world.message[0].detail, MEASURE_OF_SUSPEND);
	assert_int_equal(hit(alert_about(MEASURE_OF_REVERIFY, DESK_PHONE, 1, YELLOW)), card);
	uint64_t account = hit(alert_about(MEASURE_OF_STOP, DESK_BANK_ACCOUNT, 1, PURPLE));
	assert_int_equal(state_of(&b, account), ACCOUNT_WATCHED);
	assert_int_equal(hit(alert_about(MEASURE_OF_LIMIT, DESK_BANK_ACCOUNT, 1, RED)), account);
	uint64_t device = hit(alert_about(MEASURE_OF_REPORT, DESK_DEVICE, 1, RED));
	assert_int_equal(state_of(&b, device), DEVICE_REPORTED);
	assert_null(newest(&b, DESK_MEASURE));
	assert_int_equal(messages(&b, DESK_MESSAGE_OPERATOR_SUSPEND, 0) + messages(&b, DESK_MESSAGE_BANK_STOP, 0), 0);
	/* A card under a measure keeps its state and gets the proposal. */
	say(&b, DESK_CARD, CARD_DO_NOTIFY, card, ROLE_OPERATOR_DESK)->organisation = 0;
	must(&b);
	assert_int_equal(hit(alert_about(MEASURE_OF_SUSPEND, DESK_PHONE, 1, RED)), card);
	assert_int_equal(state_of(&b, card), CARD_NOTIFIED);
	check_world(&b);
	struct desk_alert tag = alert_about(MEASURE_OF_TAG, DESK_PHONE, 9, RED);
	tag.position = ++b.position;
	tag.time_us = b.now;
	assert_int_equal(desk_alert(b.desk, &tag, &b.out), ERR_OK);
	assert_int_equal(b.out.refusal, DESK_REFUSED_KIND);
}

/* The key orders like the three things that it is made of. */
static void the_next_for_a_seat(void **state)
{
	struct rng r;
	struct desk_object o[2];

	(void)state;
	rng_seed(&r, test_seed(7));
	memset(o, 0, sizeof(o));
	for (int n = 0; n < 20000; n++) {
		int64_t due[2], made[2];

		for (int i = 0; i < 2; i++) {
			o[i].grade = (uint8_t)rng_below(&r, 4);
			due[i] = T0 + ((int64_t)rng_below(&r, 3) << 20) * 1000;
			made[i] = T0 - (((int64_t)rng_below(&r, 1000) << 23));
			o[i].due_us[rng_below(&r, 2)] = due[i];
			o[i].due_us[3] = due[i] + 5;
			o[i].made_us = made[i];
		}
		for (int i = 0; i < 2; i++)
			for (int k = 0; k < 3; k++)
				due[i] = k < 2 && o[i].due_us[k] && o[i].due_us[k] < due[i] ? o[i].due_us[k] : due[i];
		int64_t a = desk_next(&o[0]), z = desk_next(&o[1]);
		assert_true(a >= 0 && z >= 0);
		if (o[0].grade != o[1].grade)
			assert_int_equal(a<z, o[0].grade> o[1].grade);
		else if (due[0] != due[1])
			assert_int_equal(a < z, due[0] < due[1]);
		else
			assert_int_equal(a < z, made[0] < made[1]);
		memset(o[0].due_us, 0, sizeof(o[0].due_us));
		memset(o[1].due_us, 0, sizeof(o[1].due_us));
	}
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

static uint64_t warned_of(uint64_t person, uint32_t grade, uint32_t scam, uint16_t district)
{
	struct desk_alert a = alert_about(MEASURE_OF_WARN, DESK_PERSON, person, grade);

	a.scam = (uint8_t)scam;
	a.district = district;
	return hit(a);
}

/* The graver alert's class of fraud counts, of equally grave ones the first one's; a district that is known stays. */
static void several_classes_and_districts(void **state)
{
	uint64_t id;

	(void)state;
	bench_clear(&b, T0);
	id = warned_of(1, BLUE, 0, 0);
	assert_int_equal(field(id, WARNING_F_SCAM), 0);
	assert_int_equal(warned_of(1, BLUE, SCAM_LOAN, 202), id); /* fills in what lacks */
	assert_int_equal(field(id, WARNING_F_SCAM), SCAM_LOAN);
	assert_int_equal(the(&b, id)->district, 202);
	assert_int_equal(warned_of(1, BLUE, SCAM_GAME, 203), id);
	assert_int_equal(field(id, WARNING_F_SCAM), SCAM_LOAN);
	assert_int_equal(warned_of(1, RED, SCAM_POLICE, 203), id);
	assert_int_equal(field(id, WARNING_F_SCAM), SCAM_POLICE);
	assert_int_equal(warned_of(1, PURPLE, 0, 0), id); /* takes nothing away */
	assert_int_equal(warned_of(1, YELLOW, SCAM_TASKS, 0), id);
	assert_int_equal(field(id, WARNING_F_SCAM), SCAM_POLICE);
	assert_int_equal(field(id, WARNING_F_GRADE), PURPLE);
	assert_int_equal(the(&b, id)->district, 202);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alerts_are_fused_per_person),
		cmocka_unit_test(light_grades_wait_and_grave_ones_go_out),
		cmocka_unit_test(deadlines_by_grade),
		cmocka_unit_test(blue_warnings_are_messages_by_day),
		cmocka_unit_test(curfew_and_one_message_a_day),
		cmocka_unit_test(unreachable_people_climb),
		cmocka_unit_test(a_red_warning_is_met_and_learned_from),
		cmocka_unit_test(what_is_not_true_is_a_label_too),
		cmocka_unit_test(people_who_are_not_found),
		cmocka_unit_test(another_district_takes_over),
		cmocka_unit_test(the_operator_holds_a_victims_line),
		cmocka_unit_test(warned_and_cheated_all_the_same),
		cmocka_unit_test(alerts_only_propose),
		cmocka_unit_test(several_classes_and_districts),
		cmocka_unit_test(the_next_for_a_seat),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
