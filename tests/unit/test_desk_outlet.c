/* test_desk_outlet.c - outlets: kits by two people, supplies that follow them, every piece accounted for in random lives, inspections with their score and corrections, awards, and suspensions that the ledger has. */
#include "tests/test.h"
#include "tests/unit/desk_world.h"
#include "base/clock.h"
#include "base/rng.h"
#include "desk/appeal.h"
#include "desk/correction.h"
#include "desk/desk_int.h"
#include "desk/inspection.h"
#include "desk/outlet.h"
#include "desk/screen.h"
#include "desk/supply.h"

#define D US_PER_DAY

static struct bench b;

static uint64_t step(uint64_t id, uint32_t step_of, enum desk_role role)
{
	say(&b, (enum desk_kind)the(&b, id)->kind, step_of, id, role);
	return must(&b);
}

static struct desk_command *draft(uint32_t type, int64_t paper, int64_t acrylic)
{
	struct desk_command *c = say(&b, DESK_KIT, KIT_DO_DRAFT, 0, ROLE_SECRETARY);

	desk_give_i(c, KIT_F_TYPE, type);
	desk_give_i(c, KIT_F_PIECES + ITEM_PAPER_SIGN, paper);
	desk_give_i(c, KIT_F_PIECES + ITEM_ACRYLIC_SIGN, acrylic);
	desk_give_i(c, KIT_F_PIECES + ITEM_QUIZ, 1);
	return c;
}

static uint64_t kit(uint32_t type, int64_t paper, int64_t acrylic)
{
	draft(type, paper, acrylic);
	return step(must(&b), KIT_DO_APPROVE, ROLE_LEADER);
}

static struct desk_command *listing(uint64_t code, uint32_t type)
{
	struct desk_command *c = say(&b, DESK_OUTLET, OUTLET_DO_LIST, 0, ROLE_CHANNEL);

	desk_give_token(c, OUTLET_F_PLACE, token_n(code));
	desk_give_i(c, OUTLET_F_TYPE, type);
	give_ref(c, OUTLET_F_NAME);
	desk_give_i(c, OUTLET_F_ORGANISATION, BANK_ORG);
	desk_give_i(c, OUTLET_F_DISTRICT, 3);
	return c;
}

static uint64_t outlet(uint64_t code)
{
	listing(code, OUTLET_TYPE_BANK);
	return must(&b);
}

static uint64_t supply(uint64_t of, uint32_t item)
{
	for (uint32_t i = 0; i < b.world.n; i++)
		if (b.world.object[i].kind == DESK_SUPPLY && desk_id(&b.world.object[i], SUPPLY_F_OUTLET) == of &&
		    desk_i(&b.world.object[i], SUPPLY_F_ITEM) == item)
			return b.world.object[i].id;
	return 0;
}

static struct desk_command *moving(uint64_t id, uint32_t step_of, int64_t pieces)
{
	struct desk_command *c = say(&b, DESK_SUPPLY, step_of, id, ROLE_CHANNEL);

	desk_give_i(c, SUPPLY_F_PIECES, pieces);
	if (step_of == SUPPLY_DO_PLACE)
		give_ref(c, SUPPLY_F_PHOTO);
	return c;
}

static void move(uint64_t id, uint32_t step_of, int64_t pieces)
{
	moving(id, step_of, pieces);
	must(&b);
}

static void equip(uint64_t of)
{
	for (uint32_t i = 1; i < KIT_ITEMS; i++) {
		uint64_t s = supply(of, i);
		int64_t n = s ? supply_needed(the(&b, s)) : 0;

		for (uint32_t m = SUPPLY_DO_ORDER; n > 0 && m <= SUPPLY_DO_PLACE; m++)
			if (m != SUPPLY_DO_CANCEL_ORDER)
				move(s, m, n);
	}
}

static void two_people_make_a_kit(void **state)
{
	uint64_t first, second;

	(void)state;
	bench_clear(&b, T0);
	draft(OUTLET_TYPE_BANK, 8, 4);
	first = must(&b);
	say(&b, DESK_KIT, KIT_DO_APPROVE, first, ROLE_SECRETARY); /* who drafted it */
	refuse(&b, DESK_REFUSED_FOUR_EYES);
	step(first, KIT_DO_APPROVE, ROLE_LEADER);
	second = kit(OUTLET_TYPE_BANK, 9, 4);
	assert_int_equal(state_of(&b, first), KIT_REPLACED);
	assert_int_equal(desk_i(the(&b, second), KIT_F_VERSION), 2);
	assert_int_equal(desk_i(the(&b, kit(OUTLET_TYPE_HALL, 1, 1)), KIT_F_VERSION), 1);
	assert_int_equal(state_of(&b, second), KIT_APPROVED); /* of another type */
	check_world(&b);
}

static void supplies_follow_the_kit(void **state)
{
	uint64_t o, paper, acrylic;
	struct desk_command *c;

	(void)state;
	bench_clear(&b, T0);
	o = outlet(1);
	assert_int_equal(supply(o, ITEM_PAPER_SIGN), 0);
	say(&b, DESK_OUTLET, OUTLET_DO_FOLLOW_KIT, o, ROLE_CHANNEL);
	refuse(&b, DESK_REFUSED_FIELD_MISSING); /* there is no kit */
	kit(OUTLET_TYPE_BANK, 8, 0);
	step(o, OUTLET_DO_FOLLOW_KIT, ROLE_CHANNEL);
	paper = supply(o, ITEM_PAPER_SIGN);
	assert_int_equal(supply_needed(the(&b, paper)), 8);
	assert_int_equal(supply(o, ITEM_ACRYLIC_SIGN), 0);
	assert_int_equal(the(&b, paper)->organisation, BANK_ORG);
	/* A number of its own: asked for with a reason, approved by somebody else; a new kit leaves it. */
	c = say(&b, DESK_SUPPLY, SUPPLY_DO_ASK_LOCAL, paper, ROLE_CHANNEL);
	desk_give_i(c, SUPPLY_F_ASKED, 11);
	refuse(&b, DESK_REFUSED_FIELD_MISSING);
	give_ref(c, SUPPLY_F_REASON);
	must(&b);
	assert_int_equal(supply_needed(the(&b, paper)), 8);
	c = say(&b, DESK_SUPPLY, SUPPLY_DO_APPROVE_LOCAL, paper, ROLE_INSPECTOR);
	c->user = 100 + ROLE_CHANNEL;
	refuse(&b, DESK_REFUSED_FOUR_EYES);
	step(paper, SUPPLY_DO_APPROVE_LOCAL, ROLE_INSPECTOR);
	assert_int_equal(supply_needed(the(&b, paper)), 11);
	say(&b, DESK_SUPPLY, SUPPLY_DO_APPROVE_LOCAL, paper, ROLE_LEADER); /* nothing is asked any more */
	refuse(&b, DESK_REFUSED_STATE);
	kit(OUTLET_TYPE_BANK, 9, 4);
	step(o, OUTLET_DO_FOLLOW_KIT, ROLE_CHANNEL);
	acrylic = supply(o, ITEM_ACRYLIC_SIGN);
	assert_int_equal(supply_needed(the(&b, acrylic)), 4);
	assert_int_equal(desk_i(the(&b, paper), SUPPLY_F_WANTED), 9);
	assert_int_equal(supply_needed(the(&b, paper)), 11);
	/* Its own outlets only, one open outlet a place, and a place or an agent. */
	c = listing(2, OUTLET_TYPE_BANK);
	desk_give_i(c, OUTLET_F_ORGANISATION, 8);
	refuse(&b, DESK_REFUSED_SCOPE);
	listing(1, OUTLET_TYPE_BANK);
	refuse(&b, DESK_REFUSED_OTHER_OPEN);
	c = listing(3, OUTLET_TYPE_BANK);
	c->given &= ~F(OUTLET_F_PLACE);
	memset(&c->value[OUTLET_F_PLACE], 0, sizeof(c->value[0]));
	refuse(&b, DESK_REFUSED_FIELD_MISSING);
	check_world(&b);
}

/* Pieces one by one in lists of names: where each of them is. */
struct naive {
	uint32_t on_the_way, store, placed, lost;
};

static bool naive_moves(struct naive *x, uint32_t step_of, uint32_t n)
{
	uint32_t *from = NULL, *to = NULL;

	switch (step_of) {
	case SUPPLY_DO_ORDER: to = &x->on_the_way; break;
	case SUPPLY_DO_CANCEL_ORDER: from = &x->on_the_way; break;
	case SUPPLY_DO_RECEIVE: from = &x->on_the_way, to = &x->store; break;
	case SUPPLY_DO_PLACE: from = &x->store, to = &x->placed; break;
	case SUPPLY_DO_TAKE_DOWN: from = &x->placed, to = &x->store; break;
	case SUPPLY_DO_LOSE: from = &x->store, to = &x->lost; break;
	case SUPPLY_DO_SPOIL: from = &x->placed, to = &x->lost; break;
	}
	if (from && *from < n)
		return false;
	if (from)
		*from -= n;
	if (to)
		*to += n;
	return true;
}

static void every_piece_is_somewhere(void **state)
{
	struct rng r;
	uint64_t moved = 0, refused = 0;

	(void)state;
	rng_seed(&r, test_seed(33));
	for (uint64_t cases = test_cases(300); cases > 0; cases--) {
		struct naive x = { 0 };
		uint64_t s;

		bench_clear(&b, T0);
		kit(OUTLET_TYPE_BANK, (int64_t)rng_below(&r, 6), 4);
		s = supply(outlet(1), ITEM_PAPER_SIGN);
		for (uint32_t i = 0; s && i < 60; i++) {
			uint32_t m = SUPPLY_DO_ORDER + (uint32_t)rng_below(&r, SUPPLY_DO_CLOSE - SUPPLY_DO_ORDER);
			uint32_t n = 1 + (uint32_t)rng_below(&r, 5);
			const struct desk_object *o;

			moving(s, m, n);
			if (naive_moves(&x, m, n)) {
				must(&b);
				moved++;
			} else {
				refuse(&b, DESK_REFUSED_FIELD_VALUE);
				refused++;
			}
			o = the(&b, s);
			assert_int_equal(desk_i(o, SUPPLY_F_ORDERED) - desk_i(o, SUPPLY_F_RECEIVED), x.on_the_way);
			assert_int_equal(supply_in_store(o), x.store);
			assert_int_equal(desk_i(o, SUPPLY_F_PLACED), x.placed);
			assert_int_equal(desk_i(o, SUPPLY_F_LOST), x.lost);
			assert_int_equal(o->state == SUPPLY_COMPLETE, x.placed >= supply_needed(o));
		}
		check_world(&b);
	}
	print_message("%llu movements, %llu refused\n", (unsigned long long)moved, (unsigned long long)refused);
	assert_true(moved > 0 && refused > 0);
}

static void scores(void **state)
{
	static const uint32_t weight[] = { 1, 1, 1, 1, 1, 1, 1, 1, 2, 3 };
	struct rng r;

	(void)state;
	assert_int_equal(inspection_score(0x3ff, 0, 0), 100);
	assert_int_equal(inspection_score(0, 0x3ff, 0), 50);
	assert_int_equal(inspection_score(0, 0, 0x3ff), 0);
	assert_int_equal(inspection_score(0x1ff, 0, 0x200), 76); /* all but the quiz: 10 of 13 */
	rng_seed(&r, test_seed(34));
	for (uint64_t n = test_cases(5000); n > 0; n--) {
		uint32_t set[3] = { 0 }, half = 0, all = 0, score;

		for (uint32_t i = 0; i < 10; i++) {
			uint32_t where = (uint32_t)rng_below(&r, 4);

			if (where == 3)
				continue;
			set[where] |= 1u << i;
			half += (2 - where) * weight[i];
			all += weight[i];
		}
		if (all == 0)
			continue;
		score = inspection_score(set[0], set[1], set[2]);
		assert_true(score * 2 * all <= 100 * half && (score + 1) * 2 * all > 100 * half); /* the floor */
		if (set[2]) /* finding what was missing never lowers it */
			assert_true(inspection_score(set[0] | set[2], set[1], 0) >= score);
	}
}

static uint64_t inspect(uint64_t of, uint32_t right, uint32_t wrong, uint32_t missing)
{
	struct desk_command *c = say(&b, DESK_INSPECTION, INSPECTION_DO_PLAN, 0, ROLE_INSPECTOR);
	uint64_t id;

	desk_give_id(c, INSPECTION_F_OUTLET, of);
	desk_give_i(c, INSPECTION_F_PLANNED, b.now + D);
	id = must(&b);
	c = say(&b, DESK_INSPECTION, INSPECTION_DO_DO, id, ROLE_INSPECTOR);
	desk_give_i(c, INSPECTION_F_RIGHT, right);
	desk_give_i(c, INSPECTION_F_WRONG, wrong);
	desk_give_i(c, INSPECTION_F_MISSING, missing);
	return must(&b);
}

#define BIT(item) (1u << ((item)-1))
#define ALL (BIT(ITEM_PAPER_SIGN) | BIT(ITEM_ACRYLIC_SIGN) | BIT(ITEM_QUIZ))

static void from_listed_to_demo(void **state)
{
	uint64_t o, in, co;
	struct desk_command *c;

	(void)state;
	bench_clear(&b, T0);
	kit(OUTLET_TYPE_BANK, 8, 4);
	o = outlet(1);
	c = say(&b, DESK_OUTLET, OUTLET_DO_TRAIN, o, ROLE_TRAINER);
	desk_give_i(c, OUTLET_F_STAFF, 6);
	must(&b);
	say(&b, DESK_OUTLET, OUTLET_DO_EQUIP, o, ROLE_CHANNEL);
	refuse(&b, DESK_REFUSED_OUTCOME);
	equip(o);
	step(o, OUTLET_DO_EQUIP, ROLE_CHANNEL);
	/* Wrong: 40 of 100. A correction for each fault, a talk is due, and no rank. */
	in = inspect(o, 0, BIT(ITEM_PAPER_SIGN) | BIT(ITEM_QUIZ), BIT(ITEM_ACRYLIC_SIGN));
	say(&b, DESK_INSPECTION, INSPECTION_DO_CONFIRM, in, ROLE_INSPECTOR);
	refuse(&b, DESK_REFUSED_FOUR_EYES);
	step(in, INSPECTION_DO_CONFIRM, ROLE_LEADER);
	assert_int_equal(desk_i(the(&b, o), OUTLET_F_SCORE), 40);
	assert_int_equal(state_of(&b, o), OUTLET_EQUIPPED);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, in), 1);
	co = newest(&b, DESK_CORRECTION)->id;
	assert_int_equal(desk_i(the(&b, co), CORRECTION_F_ITEM), ITEM_QUIZ);
	pass(&b, 5 * D);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, co), 1);
	pass(&b, 2 * D);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, co), 2);
	assert_int_equal(desk_i(the(&b, co), CORRECTION_F_LATE), 1);
	for (uint32_t i = 0; i < b.world.n; i++)
		if (b.world.object[i].kind == DESK_CORRECTION) {
			co = b.world.object[i].id;
			c = say(&b, DESK_CORRECTION, CORRECTION_DO_REPORT, co, ROLE_CHANNEL);
			give_ref(c, CORRECTION_F_PHOTO);
			must(&b);
			if (desk_i(the(&b, co), CORRECTION_F_ITEM) != ITEM_QUIZ)
				step(co, CORRECTION_DO_ACCEPT, ROLE_INSPECTOR);
		}
	/* Right: inspected; a demo outlet when nothing is left to correct, by a third person. */
	in = inspect(o, ALL, 0, 0);
	step(in, INSPECTION_DO_CONFIRM, ROLE_LEADER);
	assert_int_equal(state_of(&b, o), OUTLET_INSPECTED);
	say(&b, DESK_OUTLET, OUTLET_DO_AWARD, o, ROLE_LEADER); /* who confirmed */
	refuse(&b, DESK_REFUSED_FOUR_EYES);
	say(&b, DESK_OUTLET, OUTLET_DO_AWARD, o, ROLE_SECRETARY);
	refuse(&b, DESK_REFUSED_OTHER_OPEN);
	co = newest(&b, DESK_CORRECTION)->id;
	step(co, CORRECTION_DO_ACCEPT, ROLE_LEADER);
	step(o, OUTLET_DO_AWARD, ROLE_SECRETARY);
	assert_int_equal(state_of(&b, o), OUTLET_DEMO);
	/* Half right later: the rank goes. */
	step(inspect(o, 0, ALL, 0), INSPECTION_DO_CONFIRM, ROLE_LEADER);
	assert_int_equal(state_of(&b, o), OUTLET_EQUIPPED);
	check_world(&b);
}

/* One correction an item at a time: a second inspection leaves the deadline as it is. */
static void one_correction_an_item(void **state)
{
	uint64_t o, first;
	struct desk_command *c;
	uint32_t n = 0;

	(void)state;
	bench_clear(&b, T0);
	kit(OUTLET_TYPE_BANK, 8, 4);
	o = outlet(1);
	step(inspect(o, BIT(ITEM_PAPER_SIGN) | BIT(ITEM_ACRYLIC_SIGN), 0, BIT(ITEM_QUIZ)), INSPECTION_DO_CONFIRM,
	     ROLE_LEADER);
	first = newest(&b, DESK_CORRECTION)->id;
	c = say(&b, DESK_CORRECTION, CORRECTION_DO_SET, 0, ROLE_INSPECTOR);
	desk_give_id(c, CORRECTION_F_OUTLET, o);
	desk_give_i(c, CORRECTION_F_ITEM, ITEM_QUIZ);
	desk_give_i(c, CORRECTION_F_FAULT, FAULT_WRONG);
	refuse(&b, DESK_REFUSED_OTHER_OPEN);
	step(inspect(o, 0, BIT(ITEM_PAPER_SIGN) | BIT(ITEM_ACRYLIC_SIGN), BIT(ITEM_QUIZ)), INSPECTION_DO_CONFIRM,
	     ROLE_LEADER);
	for (uint32_t i = 0; i < b.world.n; i++)
		n += b.world.object[i].kind == DESK_CORRECTION;
	assert_int_equal(n, 3);
	c = say(&b, DESK_OUTLET, OUTLET_DO_CANCEL, o, ROLE_CHANNEL);
	give_ref(c, OUTLET_F_REASON);
	must(&b);
	assert_int_equal(state_of(&b, first), CORRECTION_VOID);
	check_world(&b);
}

static void checklists_cover_what_is_needed(void **state)
{
	uint64_t o, in;
	struct desk_command *c;

	(void)state;
	bench_clear(&b, T0);
	kit(OUTLET_TYPE_BANK, 8, 4);
	o = outlet(1);
	c = say(&b, DESK_INSPECTION, INSPECTION_DO_PLAN, 0, ROLE_INSPECTOR);
	desk_give_id(c, INSPECTION_F_OUTLET, o);
	desk_give_i(c, INSPECTION_F_PLANNED, b.now);
	in = must(&b);
	static const uint32_t wrong[][3] = { { ALL, BIT(ITEM_QUIZ), 0 },
		                                 { ALL, 0, BIT(ITEM_QUIZ) },
		                                 { ALL & ~BIT(ITEM_QUIZ), 0, 0 },
		                                 { ALL | BIT(ITEM_STAND), 0, 0 },
		                                 { 0, 0, 0 } };
	for (uint32_t i = 0; i < ARRAY_LEN(wrong); i++) {
		c = say(&b, DESK_INSPECTION, INSPECTION_DO_DO, in, ROLE_INSPECTOR);
		for (uint32_t k = 0; k < 3; k++)
			desk_give_i(c, INSPECTION_F_RIGHT + k, wrong[i][k]);
		refuse(&b, DESK_REFUSED_FIELD_VALUE);
	}
	pass(&b, D); /* late */
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, in), 1);
	check_world(&b);
}

static struct desk_command *asking(uint64_t o, int64_t until, uint32_t basis)
{
	struct desk_command *c = say(&b, DESK_OUTLET, OUTLET_DO_ASK_SUSPENSION, o, ROLE_INSPECTOR);

	desk_give_i(c, OUTLET_F_BASIS, basis);
	give_evidence(c, OUTLET_F_EVIDENCE);
	desk_give_i(c, OUTLET_F_UNTIL, until);
	give_ref(c, OUTLET_F_GROUNDS);
	return c;
}

static void a_suspension_stands_in_the_ledger(void **state)
{
	uint64_t o, m, appeal;
	struct desk_command *c;
	int64_t until;

	(void)state;
	bench_clear(&b, T0);
	o = outlet(1);
	until = b.now + 30 * D;
	asking(o, until, BASIS_AFL_18);
	refuse(&b, DESK_REFUSED_NO_BASIS);
	asking(o, b.now, BASIS_AFL_9);
	refuse(&b, DESK_REFUSED_NO_END);
	asking(o, desk_months_after(b.now, 6) + 1, BASIS_AFL_9);
	refuse(&b, DESK_REFUSED_NO_END);
	c = asking(o, until, BASIS_AFL_9);
	c->given &= ~F(OUTLET_F_GROUNDS);
	memset(&c->value[OUTLET_F_GROUNDS], 0, sizeof(c->value[0]));
	refuse(&b, DESK_REFUSED_FIELD_MISSING);
	say(&b, DESK_OUTLET, OUTLET_DO_SUSPEND, o, ROLE_LEADER); /* nobody has asked */
	refuse(&b, DESK_REFUSED_STATE);
	asking(o, until, BASIS_AFL_9);
	must(&b);
	assert_int_equal(state_of(&b, o), OUTLET_LISTED);
	c = say(&b, DESK_OUTLET, OUTLET_DO_SUSPEND, o, ROLE_LEADER);
	c->user = 100 + ROLE_INSPECTOR;
	refuse(&b, DESK_REFUSED_FOUR_EYES);
	step(o, OUTLET_DO_SUSPEND, ROLE_LEADER);
	assert_int_equal(state_of(&b, o), OUTLET_SUSPENDED);
	m = newest(&b, DESK_MEASURE)->id;
	assert_int_equal(the(&b, m)->subject.kind, DESK_THING);
	assert_int_equal(the(&b, m)->subject.token.w[1], o);
	assert_int_equal(desk_i(the(&b, m), MEASURE_F_END), until);
	assert_int_equal(desk_i(the(&b, m), MEASURE_F_ACTOR), 100 + ROLE_INSPECTOR);
	assert_int_equal(desk_i(the(&b, m), MEASURE_F_APPROVER), 100 + ROLE_LEADER);
	assert_int_equal(messages(&b, DESK_MESSAGE_NOTICE, m), 1);
	check_world(&b);
	/* An objection that holds: it is what it was before, in the same step. */
	c = say(&b, DESK_APPEAL, APPEAL_DO_FILE, 0, ROLE_APPEALS);
	desk_give_id(c, APPEAL_F_TARGET, m);
	give_ref(c, APPEAL_F_REASON);
	appeal = must(&b);
	assert_int_equal(the(&b, appeal)->subject.token.w[1], o);
	step(appeal, APPEAL_DO_ACCEPT, ROLE_APPEALS);
	step(appeal, APPEAL_DO_CHECK, ROLE_APPEALS);
	c = say(&b, DESK_APPEAL, APPEAL_DO_GRANT, appeal, ROLE_APPEALS);
	give_ref(c, APPEAL_F_DECISION);
	must(&b);
	assert_int_equal(state_of(&b, m), MEASURE_RELEASED);
	assert_int_equal(state_of(&b, o), OUTLET_LISTED);
	check_world(&b);
	/* The end comes to the microsecond, and the outlet is warned from then on. */
	until = b.now + D;
	asking(o, until, BASIS_YF_2016_261);
	must(&b);
	step(o, OUTLET_DO_SUSPEND, ROLE_LEADER);
	for (int role = ROLE_CHANNEL; role <= ROLE_INSPECTOR; role++) { /* to be listed anew, free of it */
		c = say(&b, DESK_OUTLET, OUTLET_DO_CANCEL, o, (enum desk_role)role);
		give_ref(c, OUTLET_F_REASON);
		refuse(&b, DESK_REFUSED_ROLE);
	}
	pass(&b, D - 1);
	assert_int_equal(state_of(&b, o), OUTLET_SUSPENDED);
	pass(&b, 1);
	assert_int_equal(state_of(&b, o), OUTLET_WARNED);
	check_world(&b);
}

/* A warning talk meanwhile has evidence of its own: what was proposed is what is approved. */
static void a_talk_leaves_what_was_asked_for(void **state)
{
	uint64_t o;
	struct desk_command *c;
	union desk_value proposed;

	(void)state;
	bench_clear(&b, T0);
	o = outlet(1);
	asking(o, b.now + 30 * D, BASIS_AFL_9);
	must(&b);
	proposed = the(&b, o)->value[OUTLET_F_EVIDENCE];
	c = say(&b, DESK_OUTLET, OUTLET_DO_WARN, o, ROLE_INSPECTOR);
	give_ref(c, OUTLET_F_REASON);
	c->value[OUTLET_F_EVIDENCE].positions = (struct desk_positions){ 2, { 77, 78 } };
	c->given |= F(OUTLET_F_EVIDENCE);
	must(&b);
	assert_memory_equal(&the(&b, o)->value[OUTLET_F_EVIDENCE], &proposed, sizeof(proposed));
	assert_int_equal(the(&b, o)->value[OUTLET_F_TALK_EVIDENCE].positions.p[0], 77);
	step(o, OUTLET_DO_SUSPEND, ROLE_LEADER);
	assert_memory_equal(&newest(&b, DESK_MEASURE)->value[MEASURE_F_EVIDENCE], &proposed, sizeof(proposed));
	check_world(&b);
	/* And without one there is none. */
	o = outlet(2);
	c = say(&b, DESK_OUTLET, OUTLET_DO_WARN, o, ROLE_INSPECTOR);
	give_ref(c, OUTLET_F_REASON);
	give_evidence(c, OUTLET_F_EVIDENCE);
	must(&b);
	assert_false(desk_has(the(&b, o), OUTLET_F_EVIDENCE));
	assert_true(desk_has(the(&b, o), OUTLET_F_TALK_EVIDENCE));
	check_world(&b);
}

/* A member's people put screens into its own outlets. */
static void screens_stand_at_home(void **state)
{
	struct desk_command *c;
	uint64_t o;

	(void)state;
	bench_clear(&b, T0);
	kit(OUTLET_TYPE_BANK, 8, 4);
	o = outlet(1);
	c = say(&b, DESK_SCREEN, SCREEN_DO_SET_UP, 0, ROLE_CHANNEL);
	c->organisation = BANK_ORG + 1;
	give_ref(c, SCREEN_F_NAME);
	desk_give_id(c, SCREEN_F_OUTLET, o);
	refuse(&b, DESK_REFUSED_ROLE);
	c->organisation = BANK_ORG;
	assert_int_equal(the(&b, must(&b))->organisation, BANK_ORG);
}

static void licences_end_and_outlets_go(void **state)
{
	uint64_t o, s;
	struct desk_command *c;

	(void)state;
	bench_clear(&b, T0);
	kit(OUTLET_TYPE_BANK, 8, 4);
	c = listing(1, OUTLET_TYPE_BANK);
	desk_give_i(c, OUTLET_F_LICENCE_END, T0 + 90 * D);
	o = must(&b);
	pass(&b, 30 * D);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, o), 1);
	pass(&b, 60 * D);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, o), 2);
	c = say(&b, DESK_OUTLET, OUTLET_DO_LICENSE, o, ROLE_CHANNEL);
	desk_give_code(c, OUTLET_F_LICENCE, TEXT("L-7"));
	desk_give_i(c, OUTLET_F_LICENCE_END, b.now);
	refuse(&b, DESK_REFUSED_TIME);
	desk_give_i(c, OUTLET_F_LICENCE_END, b.now + 365 * D);
	must(&b);
	s = supply(o, ITEM_PAPER_SIGN);
	c = say(&b, DESK_OUTLET, OUTLET_DO_CANCEL, o, ROLE_CHANNEL);
	give_ref(c, OUTLET_F_REASON);
	must(&b);
	assert_int_equal(state_of(&b, s), SUPPLY_CLOSED);
	outlet(1); /* the place can be listed anew */
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
		cmocka_unit_test(two_people_make_a_kit),
		cmocka_unit_test(supplies_follow_the_kit),
		cmocka_unit_test(every_piece_is_somewhere),
		cmocka_unit_test(scores),
		cmocka_unit_test(from_listed_to_demo),
		cmocka_unit_test(one_correction_an_item),
		cmocka_unit_test(checklists_cover_what_is_needed),
		cmocka_unit_test(a_suspension_stands_in_the_ledger),
		cmocka_unit_test(a_talk_leaves_what_was_asked_for),
		cmocka_unit_test(screens_stand_at_home),
		cmocka_unit_test(licences_end_and_outlets_go),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
