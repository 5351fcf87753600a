/* test_desk_model.c - random lives of stops, freezes, cards and listings against models of a few lines that were written from the law and not from the tables. */
#include "tests/test.h"
#include "tests/unit/desk_draw.h"
#include "tests/unit/desk_world.h"
#include "desk/card.h"
#include "desk/discipline.h"
#include "desk/freeze.h"
#include "desk/measure.h"
#include "desk/stop.h"

#define MIN US_PER_MINUTE
#define H US_PER_HOUR
#define D US_PER_DAY

static struct bench b;

/* A stop, from the notice 银发〔2016〕86号: 48 hours from the stop moment, twice at most, a mismatch never, three more attempts. */

struct stop_model {
	enum stop_state state; /* 0: there is none that is open */
	int64_t sent, end, answer_due;
	int tries, stops, extension; /* extension: 0, 1 asked, 2 sent, 3 given */
	bool papers;
	uint64_t proposer;
};

static bool open_stop(const struct stop_model *m)
{
	return m->state >= STOP_DRAFT && m->state <= STOP_STOPPED;
}

static void model_again(struct stop_model *m, int64_t at)
{
	if (m->tries == 4) {
		m->state = STOP_FAILED;
	} else {
		m->state = STOP_SENT;
		m->tries++;
		m->answer_due = at + 10 * MIN;
	}
}

static void model_stop_time(struct stop_model *m, int64_t now)
{
	while ((m->state == STOP_SENT || m->state == STOP_LANDED) && m->answer_due <= now)
		model_again(m, m->answer_due);
	if (m->state == STOP_STOPPED && m->end <= now)
		m->state = STOP_EXPIRED;
}

static bool model_answer(struct stop_model *m, int64_t result, int64_t match, int64_t at, int64_t now)
{
	if (m->state != STOP_SENT && m->state != STOP_LANDED)
		return false;
	switch (result) {
	case RETURN_OK: break;
	case RETURN_TIMEOUT:
	case RETURN_NETWORK: model_again(m, now); return true;
	case RETURN_DUPLICATE: m->state = STOP_LANDED; return true;
	case RETURN_NOT_FOUND: m->state = STOP_NOT_FOUND; return true;
	default: m->state = STOP_FAILED; return true;
	}
	if (match == 0 || (match == STOP_MATCHED && at == 0))
		return false;
	m->state = match == STOP_MATCHED ? STOP_STOPPED : STOP_MISMATCH;
	if (match == STOP_MATCHED) {
		at = at < m->sent ? m->sent : at > now ? now : at;
		m->stops++;
		m->end = at + 48 * H;
	}
	return true;
}

static bool model_extension(struct stop_model *m, const struct desk_command *c)
{
	bool given = c->value[STOP_F_RESULT].i == RETURN_OK;

	if (m->state != STOP_STOPPED)
		return false;
	switch (c->step) {
	case STOP_DO_PAPERS:
		if (m->papers || c->user == m->proposer)
			return false;
		m->papers = true;
		return true;
	case STOP_DO_ASK_EXTENSION:
		if (!m->papers || m->extension == 2 || m->stops == 2)
			return false;
		m->extension = 1;
		m->proposer = c->user;
		return true;
	case STOP_DO_EXTEND:
		if (m->extension != 1 || c->user == m->proposer)
			return false;
		m->extension = 2;
		return true;
	case STOP_DO_EXTENDED:
		if (m->extension != 2)
			return false;
		m->extension = given ? 3 : 0;
		m->stops += given;
		m->end += given ? 48 * H : 0;
		return true;
	default: m->state = STOP_RELEASED; return true;
	}
}

static bool model_act_first(struct stop_model *m, const struct desk_command *c, int64_t now)
{
	int64_t at = c->value[STOP_F_STOPPED].i;

	if (c->object ? m->state != STOP_DRAFT : open_stop(m))
		return false;
	if (m->stops == 2 || at > now || at <= now - 48 * H)
		return false;
	*m = (struct stop_model){ .state = STOP_STOPPED, .stops = m->stops + 1, .end = at + 48 * H, .proposer = c->user };
	return true;
}

static bool model_stop(struct stop_model *m, const struct desk_command *c, int64_t now)
{
	bool asked = m->state == STOP_SENT || m->state == STOP_LANDED;

	switch (c->step) {
	case STOP_DO_DRAFT:
		if (open_stop(m) || m->stops == 2)
			return false;
		*m = (struct stop_model){ .state = STOP_DRAFT, .stops = m->stops, .proposer = c->user, .papers = true };
		return true;
	case STOP_DO_APPROVE:
		if (m->state != STOP_DRAFT || c->user == m->proposer)
			return false;
		m->state = STOP_SENT;
		m->sent = now;
		m->tries = 1;
		m->answer_due = now + 10 * MIN;
		return true;
	case STOP_DO_CANCEL:
	case STOP_DO_RECALL:
		if (c->step == STOP_DO_CANCEL ? m->state != STOP_DRAFT : !asked)
			return false;
		m->state = STOP_CANCELLED;
		return true;
	case STOP_DO_LANDED:
		if (m->state != STOP_SENT)
			return false;
		m->state = STOP_LANDED;
		return true;
	case STOP_DO_ATTEMPT_FAILED:
		if (asked)
			model_again(m, now);
		return asked;
	case STOP_DO_ANSWER:
		return model_answer(m, c->value[STOP_F_RESULT].i, c->value[STOP_F_MATCH].i, c->value[STOP_F_STOPPED].i, now);
	case STOP_DO_ACT_FIRST: return model_act_first(m, c, now);
	default: return model_extension(m, c);
	}
}

static void say_stop(struct rng *r, uint64_t current, uint32_t step)
{
	static const int64_t results[] = { RETURN_OK,      RETURN_OK,        RETURN_OK,    RETURN_DUPLICATE,
		                               RETURN_TIMEOUT, RETURN_NOT_FOUND, RETURN_FORMAT };
	bool make = step == STOP_DO_DRAFT || (step == STOP_DO_ACT_FIRST && (current == 0 || rng_chance(r, 500000)));
	const struct desk_step *s = &desk_stop.step[step];
	enum desk_role role = (enum desk_role)__builtin_ctz(s->roles);
	struct desk_command *c = say(&b, DESK_STOP, step, make ? 0 : current, role);

	c->user = 1 + rng_below(r, 2);
	if (make) {
		desk_give_token(c, STOP_F_ACCOUNT, token_n(1));
		desk_give_i(c, STOP_F_BANK, BANK_ORG);
		desk_give_i(c, STOP_F_AMOUNT, 5);
	}
	if (step == STOP_DO_DRAFT || step == STOP_DO_ACT_FIRST) {
		desk_give_i(c, STOP_F_BASIS, BASIS_AFL_20);
		give_evidence(c, STOP_F_EVIDENCE);
	}
	if (step == STOP_DO_ANSWER || step == STOP_DO_EXTENDED)
		desk_give_i(c, STOP_F_RESULT, results[rng_below(r, ARRAY_LEN(results))]);
	if (step == STOP_DO_ANSWER && rng_chance(r, 900000))
		desk_give_i(c, STOP_F_MATCH, rng_chance(r, 800000) ? 1 : rng_between(r, 2, 5));
	if (step == STOP_DO_ACT_FIRST || (step == STOP_DO_ANSWER && rng_chance(r, 900000)))
		desk_give_i(c, STOP_F_STOPPED, b.now + MIN - draw_time(r));
	if (step == STOP_DO_RELEASE)
		desk_give_i(c, STOP_F_CAUSE, STOP_CAUSE_DECIDED);
}

static void stops_are_as_the_model_says(void **state)
{
	static const uint8_t steps[] = { STOP_DO_DRAFT,     STOP_DO_APPROVE,        STOP_DO_CANCEL,  STOP_DO_LANDED,
		                             STOP_DO_ANSWER,    STOP_DO_ATTEMPT_FAILED, STOP_DO_PAPERS,  STOP_DO_ASK_EXTENSION,
		                             STOP_DO_EXTEND,    STOP_DO_EXTENDED,       STOP_DO_RELEASE, STOP_DO_RECALL,
		                             STOP_DO_ACT_FIRST, STOP_DO_ANSWER,         STOP_DO_APPROVE, STOP_DO_ASK_EXTENSION,
		                             STOP_DO_EXTEND,    STOP_DO_EXTENDED,       STOP_DO_EXTEND,  STOP_DO_EXTENDED };
	uint64_t in_force = 0, extended = 0;
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(23));
	for (uint64_t n = test_cases(4000); n > 0; n--) {
		struct stop_model m = { 0 };
		uint64_t current = 0;

		bench_clear(&b, T0);
		for (int i = 0; i < 40; i++) {
			uint32_t step;
			bool yes;

			if (rng_chance(&r, 200000))
				pass(&b, draw_time(&r));
			model_stop_time(&m, b.now);
			step = steps[rng_below(&r, ARRAY_LEN(steps))];
			for (int k = 0; k < 20 && !rng_chance(&r, 100000) &&
			                (desk_stop.step[step].from >> (current ? state_of(&b, current) : 0) & 1) == 0;
			     k++)
				step = steps[rng_below(&r, ARRAY_LEN(steps))]; /* mostly one that may be taken */
			say_stop(&r, current, step);
			if (b.c.object == 0 && b.c.step != STOP_DO_DRAFT && b.c.step != STOP_DO_ACT_FIRST)
				continue;
			yes = model_stop(&m, &b.c, b.now);
			assert_int_equal(hear(&b) == DESK_OK, yes);
			current = yes ? b.out.object : current;
			model_stop_time(&m, b.now);
			if (current) {
				assert_int_equal(state_of(&b, current), m.state);
				if (m.state == STOP_STOPPED)
					assert_int_equal(desk_i(the(&b, current), STOP_F_END), m.end);
			}
			in_force += yes && m.state == STOP_STOPPED;
			extended += yes && m.extension == 3;
			assert_true(m.stops <= 2);
		}
		check_world(&b);
	}
	print_message("%llu steps in force, %llu extended\n", (unsigned long long)in_force, (unsigned long long)extended);
	assert_true(in_force > 0 && extended > 0);
}

/* Freezes of one account: one in force, the oldest that waits comes next; months by the calendar. */

enum {
	FREEZES = 5
};

struct freeze_model {
	enum freeze_state state[FREEZES];
	uint64_t id[FREEZES];
	int64_t months[FREEZES], end[FREEZES], until[FREEZES], due[FREEZES];
	int tries[FREEZES], n;
};

static int frozen_now(const struct freeze_model *m)
{
	for (int i = 0; i < m->n; i++)
		if (m->state[i] == FREEZE_FROZEN)
			return i;
	return -1;
}

static void model_freeze(struct freeze_model *m, int i, int64_t at)
{
	m->state[i] = FREEZE_FROZEN;
	m->end[i] = desk_months_after(at, m->months[i]);
}

static void model_next(struct freeze_model *m, int64_t at)
{
	for (int i = 0; i < m->n; i++) {
		if (m->state[i] == FREEZE_QUEUED) {
			if (m->until[i] <= at)
				model_freeze(m, i, at);
			return;
		}
	}
}

/* The next thing that happens by itself, in order of time and then of age. */
static bool model_freeze_time(struct freeze_model *m, int64_t now)
{
	int64_t first = now + 1;
	int who = -1;

	for (int i = 0; i < m->n; i++) {
		int64_t at = m->state[i] == FREEZE_FROZEN                      ? m->end[i]
		             : m->state[i] == FREEZE_SENT                      ? m->due[i]
		             : m->state[i] == FREEZE_QUEUED && m->until[i] > 0 ? m->until[i]
		                                                               : now + 1;
		if (at < first) {
			first = at;
			who = i;
		}
	}
	if (who < 0)
		return false;
	if (m->state[who] == FREEZE_FROZEN) {
		m->state[who] = FREEZE_EXPIRED;
		model_next(m, first);
	} else if (m->state[who] == FREEZE_SENT) {
		if (m->tries[who]++ == 4)
			m->state[who] = FREEZE_REFUSED;
		m->due[who] = first + H;
	} else {
		m->until[who] = 0;
		if (frozen_now(m) < 0)
			model_freeze(m, who, first);
	}
	return true;
}

static void freeze_request(struct rng *r, struct freeze_model *m)
{
	struct desk_command *c = say(&b, DESK_FREEZE, FREEZE_DO_REQUEST, 0, ROLE_STOP_SEAT);
	int i = m->n++;

	m->months[i] = rng_between(r, 1, 6);
	desk_give_token(c, FREEZE_F_ACCOUNT, token_n(1));
	desk_give_i(c, FREEZE_F_BANK, BANK_ORG);
	desk_give_i(c, FREEZE_F_SCOPE, FREEZE_FULL);
	desk_give_code(c, FREEZE_F_CASE_NO, TEXT("A-1"));
	desk_give_i(c, FREEZE_F_BASIS, BASIS_CPL_144);
	desk_give_i(c, FREEZE_F_MONTHS, m->months[i]);
	give_evidence(c, FREEZE_F_EVIDENCE);
	m->id[i] = must(&b);
	say(&b, DESK_FREEZE, FREEZE_DO_APPROVE, m->id[i], ROLE_LEADER);
	must(&b);
	m->state[i] = FREEZE_SENT;
	m->tries[i] = 1;
	m->due[i] = b.now + H;
}

static void freeze_answer(struct rng *r, struct freeze_model *m, int i)
{
	struct desk_command *c = say(&b, DESK_FREEZE, FREEZE_DO_ANSWER, m->id[i], ROLE_CONNECTOR);
	bool possible = m->state[i] == FREEZE_SENT || m->state[i] == FREEZE_QUEUED;
	int64_t earlier = rng_chance(r, 300000) ? b.now + 1 + (int64_t)rng_below(r, 40 * (uint64_t)D) : 0;

	desk_give_i(c, FREEZE_F_RESULT, RETURN_OK);
	desk_give_i(c, FREEZE_F_FROZEN, b.now);
	if (earlier)
		desk_give_i(c, FREEZE_F_EARLIER_UNTIL, earlier);
	assert_int_equal(hear(&b) == DESK_OK, possible);
	if (!possible)
		return;
	if (earlier)
		m->until[i] = earlier;
	if (earlier || frozen_now(m) >= 0)
		m->state[i] = FREEZE_QUEUED;
	else
		model_freeze(m, i, b.now);
}

static void freezes_are_as_the_model_says(void **state)
{
	uint64_t turns = 0;
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(24));
	for (uint64_t n = test_cases(2000); n > 0; n--) {
		struct freeze_model m = { 0 };

		bench_clear(&b, T0);
		for (int k = 0; k < 30; k++) {
			int i = m.n ? (int)rng_below(&r, (uint64_t)m.n) : 0;
			bool held;

			pass(&b, rng_chance(&r, 300000) ? draw_time(&r) : rng_chance(&r, 100000) ? 31 * D : MIN);
			while (model_freeze_time(&m, b.now))
				turns++;
			if (m.n == 0 || (m.n < FREEZES && rng_chance(&r, 200000))) {
				freeze_request(&r, &m);
			} else if (rng_chance(&r, 700000)) {
				freeze_answer(&r, &m, i);
			} else {
				held = m.state[i] == FREEZE_FROZEN;
				say(&b, DESK_FREEZE, FREEZE_DO_RELEASE, m.id[i], ROLE_LEADER);
				if (hear(&b) == DESK_OK) {
					assert_true(held || m.state[i] == FREEZE_QUEUED);
					m.state[i] = FREEZE_RELEASED;
					if (held)
						model_next(&m, b.now);
				} else {
					assert_false(held || m.state[i] == FREEZE_QUEUED);
				}
			}
			for (i = 0; i < m.n; i++) {
				assert_int_equal(state_of(&b, m.id[i]), m.state[i]);
				if (m.state[i] == FREEZE_FROZEN)
					assert_int_equal(desk_i(the(&b, m.id[i]), FREEZE_F_END), m.end[i]);
			}
			check_world(&b);
		}
	}
	print_message("%llu turns\n", (unsigned long long)turns);
}

/* A card: 24 hours to verify, seven days restricted, 90 days at most; passing frees at any time. */

struct card_model {
	enum card_state state;
	int64_t verify, suspend, end;
	bool asked;
};

static void model_card_time(struct card_model *m, int64_t now)
{
	if (m->state == CARD_NOTIFIED && m->verify <= now)
		*m = (struct card_model){ CARD_RESTRICTED, 0, m->verify + 7 * D, m->verify + 90 * D, m->asked };
	if (m->state == CARD_RESTRICTED && m->suspend <= now)
		*m = (struct card_model){ CARD_SUSPENDED, 0, 0, m->suspend + 90 * D, m->asked };
	if ((m->state == CARD_RESTRICTED || m->state == CARD_SUSPENDED) && m->end <= now)
		*m = (struct card_model){ .state = CARD_NORMAL };
}

static bool model_card(struct card_model *m, uint32_t step, int64_t now)
{
	bool held = m->state == CARD_NOTIFIED || m->state == CARD_RESTRICTED || m->state == CARD_SUSPENDED;

	switch (step) {
	case CARD_DO_LIST:
		if (m->state != CARD_NORMAL && m->state != CARD_SUSPECT && m->state != CARD_SLEEPING)
			return false;
		m->state = CARD_SUSPECT;
		return true;
	case CARD_DO_NOTIFY:
		if (m->state != CARD_SUSPECT)
			return false;
		m->state = CARD_NOTIFIED;
		m->verify = now + 24 * H;
		return true;
	case CARD_DO_FAIL:
		if (m->state != CARD_NOTIFIED)
			return false;
		*m = (struct card_model){ CARD_RESTRICTED, 0, now + 7 * D, now + 90 * D, m->asked };
		return true;
	case CARD_DO_PASS:
	case CARD_DO_LIFT:
		if (held)
			*m = (struct card_model){ .state = CARD_NORMAL };
		return held;
	case CARD_DO_ASK_SUSPENSION:
		if (m->state == CARD_SUSPENDED || m->state == CARD_SLEEPING)
			return false;
		m->asked = true;
		return true;
	case CARD_DO_SUSPEND:
		if (!m->asked || m->state == CARD_SUSPENDED || m->state == CARD_SLEEPING)
			return false;
		*m = (struct card_model){ CARD_SUSPENDED, 0, 0, now + 90 * D, true };
		return true;
	case CARD_DO_SLEEP:
		if (m->state != CARD_NORMAL)
			return false;
		m->state = CARD_SLEEPING;
		return true;
	default: return false;
	}
}

static void say_card(uint64_t id, uint32_t step)
{
	enum desk_role role = step == CARD_DO_SUSPEND ? ROLE_LEADER : ROLE_OPERATOR_DESK;
	struct desk_command *c = say(&b, DESK_CARD, step, id, role);

	if (step == CARD_DO_LIST) {
		desk_give_token(c, CARD_F_PHONE, token_n(1));
		desk_give_i(c, CARD_F_OPERATOR, BANK_ORG);
		desk_give_i(c, CARD_F_LEVEL, 1);
	}
	if (step == CARD_DO_LIST || step == CARD_DO_ASK_SUSPENSION) {
		desk_give_i(c, step == CARD_DO_LIST ? CARD_F_BASIS : CARD_F_ASKED_BASIS, BASIS_AFL_11);
		give_evidence(c, CARD_F_EVIDENCE);
	}
}

static void cards_are_as_the_model_says(void **state)
{
	static const uint8_t steps[] = { CARD_DO_LIST, CARD_DO_NOTIFY,         CARD_DO_FAIL,    CARD_DO_PASS,
		                             CARD_DO_LIFT, CARD_DO_ASK_SUSPENSION, CARD_DO_SUSPEND, CARD_DO_SLEEP,
		                             CARD_DO_LIST, CARD_DO_NOTIFY };
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(25));
	for (uint64_t n = test_cases(3000); n > 0; n--) {
		struct card_model m = { .state = CARD_SUSPECT };
		uint64_t id;

		bench_clear(&b, T0);
		say_card(0, CARD_DO_LIST);
		id = must(&b);
		for (int i = 0; i < 40; i++) {
			uint32_t step = steps[rng_below(&r, ARRAY_LEN(steps))];

			if (rng_chance(&r, 400000))
				pass(&b, draw_time(&r));
			model_card_time(&m, b.now);
			say_card(id, step);
			assert_int_equal(hear(&b) == DESK_OK, model_card(&m, step, b.now));
			assert_int_equal(state_of(&b, id), m.state);
		}
		check_world(&b);
		assert_int_equal(b.desk->unfit, 0);
	}
}

/* Listings of one person: two or three years, consecutive ones five years together. */
static void listings_are_as_the_model_says(void **state)
{
	struct rng r;
	uint64_t chained = 0, refused = 0;

	(void)state;
	rng_seed(&r, test_seed(26));
	for (uint64_t n = test_cases(1500); n > 0; n--) {
		int64_t chain = 0, last_end = 0;

		bench_clear(&b, T0);
		for (int i = 0; i < 6; i++) {
			bool punished = rng_chance(&r, 500000);
			struct desk_command *c = say(&b, DESK_DISCIPLINE, DISCIPLINE_DO_PROPOSE, 0, ROLE_STATION);

			desk_give_token(c, DISCIPLINE_F_PERSON, token_n(1));
			desk_give_i(c, DISCIPLINE_F_GROUND, punished ? GROUND_PUNISHED : GROUND_FALSE_IDENTITY);
			desk_give_i(c, DISCIPLINE_F_BASIS, BASIS_AFL_31);
			desk_give_code(c, DISCIPLINE_F_JUDGEMENT, TEXT("J-1"));
			give_evidence(c, DISCIPLINE_F_EVIDENCE);
			uint64_t id = must(&b);
			say(&b, DESK_DISCIPLINE, DISCIPLINE_DO_IDENTIFY, id, ROLE_DISCIPLINE);
			must(&b);
			give_ref(say(&b, DESK_DISCIPLINE, DISCIPLINE_DO_NOTIFY, id, ROLE_DISCIPLINE), DISCIPLINE_F_NOTICE);
			must(&b);
			pass(&b, 3 * D + (int64_t)rng_below(&r, 60) * D);
			int64_t begun = last_end && b.now - last_end <= 30 * D ? chain : b.now;
			int64_t end = desk_months_after(b.now, punished ? 36 : 24), most = desk_months_after(begun, 60);
			end = end < most ? end : most;
			say(&b, DESK_DISCIPLINE, DISCIPLINE_DO_ACTIVATE, id, ROLE_DISCIPLINE);
			if (end <= b.now) {
				assert_int_equal(hear(&b), DESK_REFUSED_CHAIN);
				refused++;
				give_ref(say(&b, DESK_DISCIPLINE, DISCIPLINE_DO_REVOKE, id, ROLE_DISCIPLINE), DISCIPLINE_F_REMARK);
				must(&b);
				continue;
			}
			must(&b);
			chained += begun != b.now;
			assert_int_equal(desk_i(the(&b, id), DISCIPLINE_F_END), end);
			check_world(&b);
			pass(&b, end - b.now);
			assert_int_equal(state_of(&b, id), DISCIPLINE_EXPIRED);
			chain = begun;
			last_end = end;
		}
	}
	assert_true(chained > 0 && refused > 0);
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
		cmocka_unit_test(stops_are_as_the_model_says),
		cmocka_unit_test(freezes_are_as_the_model_says),
		cmocka_unit_test(cards_are_as_the_model_says),
		cmocka_unit_test(listings_are_as_the_model_says),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
