/* test_desk_model_warning.c - random lives of warnings against a model written from what the desk promises and not from its tables: state, grade, district, what is late, every deadline. */
#include "tests/test.h"
#include "tests/unit/desk_draw.h"
#include "tests/unit/desk_world.h"
#include "desk/measure.h"
#include "desk/warning.h"

#define MIN US_PER_MINUTE
#define H US_PER_HOUR
#define D US_PER_DAY

static struct bench b;

/* A warning about a person without a phone, so that no message plays a part. Times by grade: sign, contact, settle. */

static const int64_t by_grade[4][3] = { { 24 * H, 10 * MIN, 24 * H },
	                                    { 30 * MIN, 4 * H, 24 * H },
	                                    { 5 * MIN, 15 * MIN, 60 * MIN },
	                                    { MIN, 3 * MIN, 30 * MIN } };

struct warning_model {
	enum warning_state state;
	int grade, calls, late, outcome, district, to;
	int64_t due[WARNING_T_TIMERS];
	bool spoken, identity, owner, looked;
	uint64_t feeder, asker;
};

static void nearer(int64_t *due, int64_t at)
{
	*due = *due == 0 || *due > at ? at : *due;
}

static void model_issue(struct warning_model *m, int64_t now)
{
	m->state = WARNING_ISSUED;
	m->due[WARNING_T_ISSUE] = m->due[WARNING_T_REVIEW] = m->due[WARNING_T_REVISIT] = 0;
	m->due[WARNING_T_SIGN] = now + by_grade[m->grade][0];
	m->due[WARNING_T_CALL] = now + by_grade[m->grade][1];
	nearer(&m->due[WARNING_T_FACE], now + by_grade[m->grade][2]);
	m->owner = false;
}

static void model_risen(struct warning_model *m, int64_t now)
{
	if (m->state == WARNING_GRADED) {
		if (m->grade >= 2)
			model_issue(m, now);
		return;
	}
	if (m->state == WARNING_FED_BACK || m->state == WARNING_REVIEWED) {
		model_issue(m, now);
		return;
	}
	if (m->state == WARNING_ISSUED)
		nearer(&m->due[WARNING_T_SIGN], now + by_grade[m->grade][0]);
	if (m->state == WARNING_ISSUED || m->state == WARNING_SIGNED || m->state == WARNING_TRANSFERRING)
		nearer(&m->due[WARNING_T_CALL], now + by_grade[m->grade][1]);
	nearer(&m->due[WARNING_T_FACE], now + by_grade[m->grade][2]);
}

static void model_climb(struct warning_model *m, int64_t now)
{
	m->calls = 0;
	m->looked = true;
	if (m->grade == 3)
		return;
	m->grade++;
	model_risen(m, now);
}

static bool seen_again(const struct warning_model *m)
{
	return (m->outcome == OUTCOME_PERSUADED || m->outcome == OUTCOME_REVISIT || m->outcome == OUTCOME_CHEATED) &&
	       m->grade > 0;
}

static void model_done(struct warning_model *m)
{
	m->state = WARNING_CLOSED;
	memset(m->due, 0, sizeof(m->due));
}

static void model_reviewed(struct warning_model *m, int64_t now)
{
	m->due[WARNING_T_REVIEW] = 0;
	if (seen_again(m)) {
		m->state = WARNING_REVIEWED;
		m->due[WARNING_T_REVISIT] = now + 3 * D;
	} else {
		model_done(m);
	}
}

static bool model_warning_time(struct warning_model *m, int64_t now)
{
	int which = -1;
	int64_t at;

	for (int i = 0; i < WARNING_T_TIMERS; i++)
		if (m->due[i] && m->due[i] <= now && (which < 0 || m->due[i] < m->due[which]))
			which = i;
	if (which < 0)
		return false;
	at = m->due[which];
	m->due[which] = 0;
	switch (which) {
	case WARNING_T_ISSUE: model_issue(m, at); break;
	case WARNING_T_SIGN: m->late |= 1; break;
	case WARNING_T_CALL: m->late |= 2; break;
	case WARNING_T_FACE: m->late |= 4; break;
	case WARNING_T_REVIEW:
		if (m->grade <= 1)
			model_reviewed(m, at);
		break;
	default:
		if (m->grade <= 1)
			model_done(m);
	}
	return true;
}

static void model_fed_back(struct warning_model *m, uint64_t user, int64_t now)
{
	memset(m->due, 0, sizeof(m->due));
	m->state = WARNING_FED_BACK;
	m->due[WARNING_T_REVIEW] = now + D;
	m->feeder = user;
}

static void model_work_again(struct warning_model *m, int64_t now)
{
	m->state = WARNING_SIGNED;
	m->due[WARNING_T_REVIEW] = m->due[WARNING_T_REVISIT] = 0;
	m->due[WARNING_T_CALL] = now + by_grade[m->grade][1];
	m->due[WARNING_T_FACE] = now + by_grade[m->grade][2];
}

/* What may be said of a person's warning: whether, and what follows. */
static bool model_outcome(struct warning_model *m, int outcome, uint64_t user, int64_t now)
{
	bool in_hand = m->state == WARNING_SIGNED || m->state == WARNING_CONTACTED || m->state == WARNING_VISITING;
	bool met = m->state == WARNING_MET, ok;

	if (!in_hand && !met)
		return false;
	switch (outcome) {
	case OUTCOME_PERSUADED:
	case OUTCOME_REVISIT: ok = met || (m->grade <= 1 && m->spoken); break;
	case OUTCOME_CHEATED:
	case OUTCOME_NOT_TRUE:
	case OUTCOME_REPEATED: ok = true; break;
	default: ok = false;
	}
	if (ok) {
		m->outcome = outcome;
		model_fed_back(m, user, now);
	}
	return ok;
}

static bool model_call(struct warning_model *m, int result, int64_t now)
{
	if (m->state != WARNING_SIGNED && m->state != WARNING_CONTACTED && m->state != WARNING_VISITING)
		return false;
	if (result == CALL_REACHED) {
		m->calls = 0;
		m->spoken = true;
		m->due[WARNING_T_CALL] = 0;
		if (m->state == WARNING_SIGNED) {
			m->state = WARNING_CONTACTED;
			m->due[WARNING_T_SIGN] = 0;
		}
	} else if (result == CALL_REFUSED || ++m->calls == 3) {
		model_climb(m, now);
	}
	return true;
}

static bool model_not_found(struct warning_model *m, int outcome, uint64_t user, int64_t now)
{
	bool in_hand = m->state == WARNING_SIGNED || m->state == WARNING_CONTACTED || m->state == WARNING_VISITING;

	if (!in_hand || (m->state != WARNING_VISITING && m->calls == 0 && !m->looked))
		return false;
	m->outcome = outcome;
	if (outcome == OUTCOME_NOT_FOUND) {
		model_fed_back(m, user, now);
	} else {
		m->state = WARNING_SIGNED;
		model_climb(m, now);
	}
	return true;
}

static bool model_move(struct warning_model *m, const struct desk_command *c, int64_t now)
{
	bool out = m->state >= WARNING_ISSUED && m->state <= WARNING_VISITING;

	if (c->step == WARNING_DO_UPGRADE) {
		if (!out || m->grade == 3)
			return false;
		model_climb(m, now);
		return true;
	}
	if (c->step == WARNING_DO_TRANSFER) {
		if (!out || c->value[WARNING_F_TO_DISTRICT].i == m->district)
			return false;
		m->state = WARNING_TRANSFERRING;
		m->to = (int)c->value[WARNING_F_TO_DISTRICT].i;
		m->asker = c->user;
		return true;
	}
	if (m->state != WARNING_TRANSFERRING || (c->step == WARNING_DO_ACCEPT_TRANSFER && c->user == m->asker))
		return false;
	if (c->step == WARNING_DO_ACCEPT_TRANSFER) {
		m->district = m->to;
		model_issue(m, now);
	} else {
		m->state = m->owner ? WARNING_SIGNED : WARNING_ISSUED;
	}
	return true;
}

static bool model_review(struct warning_model *m, const struct desk_command *c, int64_t now)
{
	int outcome = (int)c->value[WARNING_F_OUTCOME].i;

	switch (c->step) {
	case WARNING_DO_REVIEW:
		if (m->state != WARNING_FED_BACK || c->user == m->feeder)
			return false;
		model_reviewed(m, now);
		return true;
	case WARNING_DO_SEND_BACK:
		if ((m->state != WARNING_FED_BACK && m->state != WARNING_REVIEWED) || c->user == m->feeder)
			return false;
		m->outcome = OUTCOME_BACK_CHECK;
		model_work_again(m, now);
		return true;
	case WARNING_DO_REVISIT:
		if (m->state != WARNING_REVIEWED ||
		    (outcome != OUTCOME_REVISIT && outcome != OUTCOME_CHEATED && outcome != OUTCOME_PERSUADED))
			return false;
		m->outcome = outcome;
		if (outcome == OUTCOME_REVISIT)
			model_work_again(m, now);
		else
			model_done(m);
		return true;
	default: /* close */
		if (m->state == WARNING_REVIEWED) {
			model_done(m);
			return true;
		}
		if ((m->state != WARNING_GRADED && m->state != WARNING_ISSUED) ||
		    (outcome != OUTCOME_NOT_TRUE && outcome != OUTCOME_REPEATED))
			return false;
		m->outcome = outcome;
		model_done(m);
		return true;
	}
}

static bool model_warning(struct warning_model *m, const struct desk_command *c, int64_t now)
{
	switch (c->step) {
	case WARNING_DO_ISSUE:
		if (m->state != WARNING_GRADED)
			return false;
		model_issue(m, now);
		return true;
	case WARNING_DO_SIGN:
		if (m->state != WARNING_ISSUED)
			return false;
		m->state = WARNING_SIGNED;
		m->owner = true;
		m->due[WARNING_T_SIGN] = 0;
		return true;
	case WARNING_DO_CALL: return model_call(m, (int)c->value[WARNING_F_CALL_RESULT].i, now);
	case WARNING_DO_VISIT:
		if (m->state != WARNING_SIGNED && m->state != WARNING_CONTACTED)
			return false;
		m->state = WARNING_VISITING;
		return true;
	case WARNING_DO_VERIFY_IDENTITY:
		if (m->state != WARNING_CONTACTED && m->state != WARNING_VISITING)
			return false;
		m->identity = true;
		return true;
	case WARNING_DO_MEET:
		if (m->state != WARNING_VISITING || !m->identity || (m->grade >= 2 && c->roles != 1 << ROLE_STATION))
			return false;
		m->state = WARNING_MET;
		m->due[WARNING_T_CALL] = 0;
		return true;
	case WARNING_DO_NOT_FOUND: return model_not_found(m, (int)c->value[WARNING_F_OUTCOME].i, c->user, now);
	case WARNING_DO_FEED_BACK: return model_outcome(m, (int)c->value[WARNING_F_OUTCOME].i, c->user, now);
	case WARNING_DO_UPGRADE:
	case WARNING_DO_TRANSFER:
	case WARNING_DO_ACCEPT_TRANSFER:
	case WARNING_DO_REFUSE_TRANSFER: return model_move(m, c, now);
	default: return model_review(m, c, now);
	}
}

static void say_warning(struct rng *r, uint64_t id, uint32_t step)
{
	static const uint8_t field_role[WARNING_DO_STEPS] = {
		[WARNING_DO_ISSUE] = ROLE_DISPATCHER,       [WARNING_DO_REVIEW] = ROLE_QUALITY,
		[WARNING_DO_SEND_BACK] = ROLE_QUALITY,      [WARNING_DO_CLOSE] = ROLE_LEADER,
		[WARNING_DO_ACCEPT_TRANSFER] = ROLE_LEADER, [WARNING_DO_REFUSE_TRANSFER] = ROLE_LEADER,
	};
	bool grid = step == WARNING_DO_MEET && rng_chance(r, 300000);
	enum desk_role role = (enum desk_role)field_role[step];
	struct desk_command *c = say(&b, DESK_WARNING, step, id, role ? role : grid ? ROLE_GRID : ROLE_STATION);

	c->district = (uint16_t)desk_i(the(&b, id), WARNING_F_DISTRICT);
	c->user = 1 + rng_below(r, 3);
	if (step == WARNING_DO_CALL)
		desk_give_i(c, WARNING_F_CALL_RESULT, rng_between(r, CALL_REACHED, CALL_WRONG_NUMBER));
	if (step == WARNING_DO_MEET)
		give_ref(c, WARNING_F_PROOF);
	if (step == WARNING_DO_NOT_FOUND)
		desk_give_i(c, WARNING_F_OUTCOME, rng_between(r, OUTCOME_NOT_FOUND_YET, OUTCOME_NOT_FOUND));
	if (step == WARNING_DO_FEED_BACK || step == WARNING_DO_REVISIT || step == WARNING_DO_CLOSE)
		desk_give_i(c, WARNING_F_OUTCOME, rng_between(r, OUTCOME_NOT_FOUND_YET, OUTCOME_CHEATED));
	if (step == WARNING_DO_TRANSFER)
		desk_give_i(c, WARNING_F_TO_DISTRICT, rng_between(r, 3, 4));
	if (step == WARNING_DO_REFUSE_TRANSFER || step == WARNING_DO_SEND_BACK)
		give_ref(c, WARNING_F_NOTE);
}

static uint64_t alert(struct warning_model *m, uint32_t grade)
{
	struct desk_alert a = { .position = ++b.position,
		                    .time_us = b.now,
		                    .measure = MEASURE_OF_WARN,
		                    .grade = (uint8_t)grade,
		                    .about = { DESK_PERSON, token_n(1) },
		                    .district = 3,
		                    .evidence = { 1, { 5 } } };

	assert_int_equal(desk_alert(b.desk, &a, &b.out), ERR_OK);
	assert_int_equal(b.out.refusal, DESK_OK);
	if (m->state == 0 || m->state == WARNING_CLOSED) {
		*m = (struct warning_model){ .state = WARNING_GRADED, .grade = (int)grade, .district = 3 };
		m->due[WARNING_T_ISSUE] = b.now + MIN;
		model_risen(m, b.now);
	} else if ((int)grade > m->grade) {
		m->grade = (int)grade;
		model_risen(m, b.now);
	}
	return b.out.object;
}

static void same_warning(const struct warning_model *m, uint64_t id)
{
	const struct desk_object *o = the(&b, id);

	assert_int_equal(o->state, m->state);
	assert_int_equal(o->grade, m->grade);
	assert_int_equal(o->district, m->district);
	assert_int_equal(desk_i(o, WARNING_F_LATE), m->late);
	for (int i = 0; i < WARNING_T_TIMERS; i++)
		assert_int_equal(o->due_us[i], m->due[i]);
}

static void warnings_are_as_the_model_says(void **state)
{
	static const uint8_t steps[] = { WARNING_DO_ISSUE,
		                             WARNING_DO_SIGN,
		                             WARNING_DO_CALL,
		                             WARNING_DO_VISIT,
		                             WARNING_DO_VERIFY_IDENTITY,
		                             WARNING_DO_MEET,
		                             WARNING_DO_NOT_FOUND,
		                             WARNING_DO_FEED_BACK,
		                             WARNING_DO_REVIEW,
		                             WARNING_DO_SEND_BACK,
		                             WARNING_DO_REVISIT,
		                             WARNING_DO_CLOSE,
		                             WARNING_DO_UPGRADE,
		                             WARNING_DO_TRANSFER,
		                             WARNING_DO_ACCEPT_TRANSFER,
		                             WARNING_DO_REFUSE_TRANSFER };
	static const int64_t limit[] = {
		MIN, 3 * MIN, 5 * MIN, 10 * MIN, 15 * MIN, 30 * MIN, 60 * MIN, 4 * H, 24 * H, 3 * D
	};
	uint64_t closed = 0, accepted = 0;
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(31));
	for (uint64_t n = test_cases(5000); n > 0; n--) {
		struct warning_model m = { 0 };
		uint64_t id;

		bench_clear(&b, T0);
		id = alert(&m, (uint32_t)rng_below(&r, 4));
		for (int i = 0; i < 50; i++) {
			uint32_t step = steps[rng_below(&r, ARRAY_LEN(steps))];
			bool yes;

			for (int k = 0; k < 10 && (desk_warning.step[step].from >> m.state & 1) == 0; k++)
				step = steps[rng_below(&r, ARRAY_LEN(steps))];
			pass(&b, rng_chance(&r, 200000) ? draw_near(&r, limit, rng_chance(&r, 200000) ? ARRAY_LEN(limit) : 5)
			                                : 1000000);
			while (model_warning_time(&m, b.now))
				;
			if (rng_chance(&r, m.state == WARNING_CLOSED ? 500000 : 50000)) {
				closed += m.state == WARNING_CLOSED;
				id = alert(&m, (uint32_t)rng_below(&r, 4));
				same_warning(&m, id);
				continue;
			}
			say_warning(&r, id, step);
			yes = model_warning(&m, &b.c, b.now);
			if ((hear(&b) == DESK_OK) != yes)
				print_message("%s: %s, model %d\n", desk_warning.step[step].name, desk_refusals[b.out.refusal].name,
				              yes);
			assert_int_equal(b.out.refusal == DESK_OK, yes);
			accepted += yes;
			same_warning(&m, id);
		}
		check_world(&b);
		assert_int_equal(b.desk->unfit, 0);
	}
	print_message("%llu steps accepted, %llu warnings closed and begun anew\n", (unsigned long long)accepted,
	              (unsigned long long)closed);
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
		cmocka_unit_test(warnings_are_as_the_model_says),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
