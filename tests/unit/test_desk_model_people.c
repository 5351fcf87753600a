/* test_desk_model_people.c - random lives of objections and accounts against models of a few lines, written from what the desk promises and not from its tables. */
#include "tests/test.h"
#include "tests/unit/desk_draw.h"
#include "tests/unit/desk_world.h"
#include "desk/account.h"
#include "desk/appeal.h"
#include "desk/card.h"
#include "desk/measure.h"

#define MIN US_PER_MINUTE
#define H US_PER_HOUR
#define D US_PER_DAY

static struct bench b;

/* An objection to the bar of a card. */

struct appeal_model {
	enum appeal_state state;
	bool by_person, automatic;
	uint64_t decider;
	int64_t close;
};

static bool model_appeal(struct appeal_model *m, const struct desk_command *c, int64_t now)
{
	uint64_t user = c->user;
	bool imposed_it = user == 100 + ROLE_OPERATOR_DESK, other = !imposed_it && user != m->decider;

	switch (c->step) {
	case APPEAL_DO_ACCEPT:
	case APPEAL_DO_REJECT:
		if (m->state != APPEAL_FILED)
			return false;
		m->state = c->step == APPEAL_DO_ACCEPT ? APPEAL_ACCEPTED : APPEAL_REJECTED;
		return true;
	case APPEAL_DO_CHECK:
		if (m->state != APPEAL_ACCEPTED)
			return false;
		m->state = APPEAL_CHECKING;
		return true;
	case APPEAL_DO_REFER:
		if (m->state == APPEAL_DENIED) {
			if (!m->automatic)
				return false;
			*m = (struct appeal_model){ .state = APPEAL_CHECKING, .by_person = true, .automatic = true };
			return true;
		}
		if (m->state > APPEAL_CHECKING || m->by_person)
			return false;
		m->by_person = true;
		return true;
	case APPEAL_DO_GRANT:
		if ((m->state != APPEAL_CHECKING && m->state != APPEAL_RECONSIDERING) || !other)
			return false;
		m->state = APPEAL_GRANTED;
		return true;
	case APPEAL_DO_DENY:
	case APPEAL_DO_UPHOLD:
		if (m->state != (c->step == APPEAL_DO_DENY ? APPEAL_CHECKING : APPEAL_RECONSIDERING) || !other)
			return false;
		m->state = c->step == APPEAL_DO_DENY ? APPEAL_DENIED : APPEAL_UPHELD;
		m->automatic = false;
		m->decider = user;
		m->close = now + 60 * D;
		return true;
	case APPEAL_DO_AUTO_DENY:
		if ((m->state != APPEAL_ACCEPTED && m->state != APPEAL_CHECKING) || m->by_person)
			return false;
		m->state = APPEAL_DENIED;
		m->automatic = true;
		m->decider = 0;
		m->close = now + 60 * D;
		return true;
	case APPEAL_DO_RECONSIDER:
		if (m->state != APPEAL_DENIED)
			return false;
		m->state = APPEAL_RECONSIDERING;
		return true;
	default: /* withdraw */
		if (m->state > APPEAL_CHECKING && m->state != APPEAL_DENIED && m->state != APPEAL_RECONSIDERING)
			return false;
		m->state = APPEAL_WITHDRAWN;
		return true;
	}
}

static uint64_t restricted_card(void)
{
	struct desk_command *c = say(&b, DESK_CARD, CARD_DO_LIST, 0, ROLE_OPERATOR_DESK);

	desk_give_token(c, CARD_F_PHONE, token_n(1));
	desk_give_i(c, CARD_F_OPERATOR, BANK_ORG);
	desk_give_i(c, CARD_F_LEVEL, 1);
	desk_give_i(c, CARD_F_BASIS, BASIS_AFL_11);
	give_evidence(c, CARD_F_EVIDENCE);
	uint64_t id = must(&b);
	say(&b, DESK_CARD, CARD_DO_NOTIFY, id, ROLE_OPERATOR_DESK);
	must(&b);
	say(&b, DESK_CARD, CARD_DO_FAIL, id, ROLE_OPERATOR_DESK);
	must(&b);
	return id;
}

static void objections_are_as_the_model_says(void **state)
{
	static const uint8_t steps[] = { APPEAL_DO_ACCEPT,   APPEAL_DO_REJECT,   APPEAL_DO_CHECK,      APPEAL_DO_REFER,
		                             APPEAL_DO_GRANT,    APPEAL_DO_DENY,     APPEAL_DO_RECONSIDER, APPEAL_DO_UPHOLD,
		                             APPEAL_DO_WITHDRAW, APPEAL_DO_AUTO_DENY };
	static const int64_t limit[] = { H, D, 3 * D, 60 * D };
	uint64_t granted = 0, upheld = 0;
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(32));
	for (uint64_t n = test_cases(5000); n > 0; n--) {
		struct appeal_model m = { .state = APPEAL_FILED };

		bench_clear(&b, T0);
		uint64_t card = restricted_card(), measure = desk_id(the(&b, card), CARD_F_MEASURE);
		struct desk_command *c = say(&b, DESK_APPEAL, APPEAL_DO_FILE, 0, ROLE_CITIZEN);
		desk_give_id(c, APPEAL_F_TARGET, measure);
		give_ref(c, APPEAL_F_REASON);
		uint64_t id = must(&b);
		for (int i = 0; i < 12; i++) {
			uint32_t step = steps[rng_below(&r, ARRAY_LEN(steps))];

			if (rng_chance(&r, 200000))
				pass(&b, draw_near(&r, limit, rng_chance(&r, 300000) ? 4 : 2));
			if (m.state == APPEAL_DENIED && m.close <= b.now)
				m.state = APPEAL_UPHELD;
			c = say(&b, DESK_APPEAL, step, id, step == APPEAL_DO_AUTO_DENY ? ROLE_CONNECTOR : ROLE_APPEALS);
			if (step != APPEAL_DO_AUTO_DENY)
				c->user = rng_chance(&r, 200000) ? 100 + ROLE_OPERATOR_DESK : 1 + rng_below(&r, 2);
			if (desk_appeal.step[step].needed)
				give_ref(c, APPEAL_F_DECISION);
			bool live = state_of(&b, measure) == MEASURE_IN_FORCE, yes = model_appeal(&m, c, b.now);
			assert_int_equal(hear(&b) == DESK_OK, yes);
			assert_int_equal(state_of(&b, id), m.state);
			if (yes && m.state == APPEAL_GRANTED) {
				granted++;
				assert_int_equal(state_of(&b, measure), live ? MEASURE_RELEASED : MEASURE_ENDED);
				if (live)
					assert_int_equal(state_of(&b, card), CARD_NORMAL);
				assert_int_equal(desk_i(the(&b, measure), MEASURE_F_APPEAL), APPEAL_STATE_GRANTED);
			}
			upheld += m.state == APPEAL_UPHELD;
			check_world(&b);
		}
	}
	print_message("%llu granted, %llu upheld\n", (unsigned long long)granted, (unsigned long long)upheld);
	assert_true(granted > 0 && upheld > 0);
}

/* An account: three days to verify, 90 days at most, four eyes for counter-only. */

struct account_model {
	enum account_state state;
	int64_t verify, end;
	uint64_t asker;
};

static bool model_account(struct account_model *m, const struct desk_command *c, int64_t now)
{
	bool held = m->state >= ACCOUNT_NOTIFIED && m->state <= ACCOUNT_COUNTER_ONLY;

	switch (c->step) {
	case ACCOUNT_DO_WATCH:
		if (m->state > ACCOUNT_WATCHED)
			return false;
		m->state = ACCOUNT_WATCHED;
		return true;
	case ACCOUNT_DO_NOTIFY:
		if (m->state > ACCOUNT_WATCHED)
			return false;
		*m = (struct account_model){ ACCOUNT_NOTIFIED, now + 3 * D, 0, m->asker };
		return true;
	case ACCOUNT_DO_LIMIT:
	case ACCOUNT_DO_FAIL:
		if (c->step == ACCOUNT_DO_LIMIT ? m->state > ACCOUNT_NOTIFIED : m->state != ACCOUNT_NOTIFIED)
			return false;
		*m = (struct account_model){ ACCOUNT_LIMITED, 0, now + 90 * D, m->asker };
		return true;
	case ACCOUNT_DO_ASK_COUNTER_ONLY:
		if (m->state == ACCOUNT_COUNTER_ONLY)
			return false;
		m->asker = c->user;
		return true;
	case ACCOUNT_DO_COUNTER_ONLY:
		if (m->state == ACCOUNT_COUNTER_ONLY || m->asker == 0 || m->asker == c->user)
			return false;
		*m = (struct account_model){ ACCOUNT_COUNTER_ONLY, 0, now + 90 * D, m->asker };
		return true;
	default: /* pass, lift */
		if (held)
			*m = (struct account_model){ .state = ACCOUNT_NORMAL };
		return held;
	}
}

static void accounts_are_as_the_model_says(void **state)
{
	static const uint8_t steps[] = {
		ACCOUNT_DO_WATCH, ACCOUNT_DO_NOTIFY,           ACCOUNT_DO_LIMIT,       ACCOUNT_DO_FAIL, ACCOUNT_DO_PASS,
		ACCOUNT_DO_LIFT,  ACCOUNT_DO_ASK_COUNTER_ONLY, ACCOUNT_DO_COUNTER_ONLY
	};
	static const int64_t limit[] = { 30 * MIN, H, D, 3 * D, 90 * D };
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(33));
	for (uint64_t n = test_cases(3000); n > 0; n--) {
		struct account_model m = { .state = ACCOUNT_NORMAL };

		bench_clear(&b, T0);
		struct desk_command *c = say(&b, DESK_ACCOUNT, ACCOUNT_DO_REGISTER, 0, ROLE_BANK_DESK);
		desk_give_token(c, ACCOUNT_F_ACCOUNT, token_n(1));
		desk_give_i(c, ACCOUNT_F_BANK, BANK_ORG);
		uint64_t id = must(&b);
		for (int i = 0; i < 30; i++) {
			uint32_t step = steps[rng_below(&r, ARRAY_LEN(steps))];

			if (rng_chance(&r, 300000))
				pass(&b, draw_near(&r, limit, ARRAY_LEN(limit)));
			if (m.state == ACCOUNT_NOTIFIED && m.verify <= b.now)
				m = (struct account_model){ ACCOUNT_COUNTER_ONLY, 0, m.verify + 90 * D, m.asker };
			if (m.state > ACCOUNT_NOTIFIED && m.end <= b.now)
				m = (struct account_model){ .state = ACCOUNT_NORMAL };
			c = say(&b, DESK_ACCOUNT, step, id, ROLE_BANK_DESK);
			c->user = 1 + rng_below(&r, 3);
			if (step == ACCOUNT_DO_ASK_COUNTER_ONLY)
				desk_give_i(c, ACCOUNT_F_ASKED_BASIS, BASIS_YF_2019_85);
			else if (desk_account.step[step].needed)
				desk_give_i(c, ACCOUNT_F_BASIS, BASIS_AFL_18);
			if (desk_account.step[step].needed)
				give_evidence(c, ACCOUNT_F_EVIDENCE);
			if (step == ACCOUNT_DO_LIMIT)
				desk_give_i(c, ACCOUNT_F_DAILY_LIMIT, 100000);
			/* The basis of a notice must stand for what follows; that of an approved counter-only does not stand for a limit. */
			bool yes = model_account(&m, c, b.now);
			assert_int_equal(hear(&b) == DESK_OK, yes);
			assert_int_equal(state_of(&b, id), m.state);
			check_world(&b);
		}
		assert_int_equal(b.desk->unfit, 0);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objections_are_as_the_model_says),
		cmocka_unit_test(accounts_are_as_the_model_says),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
