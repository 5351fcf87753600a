/* test_desk_alliance.c - the alliance's work: who may raise, decide and finish a matter and what the clock says meanwhile; meetings, joint events, brand assets; what nobody learns about
 * what is not theirs. */
#include "tests/test.h"
#include "tests/unit/desk_world.h"
#include "base/clock.h"
#include "base/rng.h"
#include "desk/asset.h"
#include "desk/desk_int.h"
#include "desk/joint_event.h"
#include "desk/matter.h"
#include "desk/meeting.h"

#define H US_PER_HOUR
#define D US_PER_DAY
#define OTHER_ORG 8

static struct bench b;

static struct desk_command *with_refs(struct desk_command *c)
{
	const struct desk_machine *m = desk_machine(c->kind);

	for (uint32_t f = 1; f < m->n_fields; f++)
		if ((m->step[c->step].needed >> f & 1) && m->field[f].type == DESK_TEXT)
			give_ref(c, f);
	return c;
}

static struct desk_command *to(uint64_t id, uint32_t step, enum desk_role role)
{
	return with_refs(say(&b, (enum desk_kind)the(&b, id)->kind, step, id, role));
}

static uint64_t raise(uint32_t sort, uint64_t about)
{
	struct desk_command *c = with_refs(say(&b, DESK_MATTER, MATTER_DO_RAISE, 0, ROLE_DELEGATE));

	desk_give_i(c, MATTER_F_SORT, sort);
	if (about)
		desk_give_id(c, MATTER_F_ABOUT, about);
	return hear(&b) == DESK_OK ? b.out.object : 0;
}

static void decide(uint64_t id, uint16_t owner, int64_t deadline)
{
	struct desk_command *c = to(id, MATTER_DO_DECIDE, ROLE_SECRETARY);

	desk_give_i(c, MATTER_F_OWNER, owner);
	desk_give_i(c, MATTER_F_DEADLINE, deadline);
}

static uint64_t meeting(int64_t when)
{
	struct desk_command *c = with_refs(say(&b, DESK_MEETING, MEETING_DO_PLAN, 0, ROLE_SECRETARY));

	desk_give_i(c, MEETING_F_SORT, 1);
	desk_give_i(c, MEETING_F_WHEN, when);
	return must(&b);
}

static void a_matter_goes_its_way(void **state)
{
	uint64_t id;

	(void)state;
	bench_clear(&b, T0);
	id = raise(MATTER_OF_ALL, 0);
	assert_int_equal(desk_i(the(&b, id), MATTER_F_RAISED_BY), BANK_ORG);
	decide(id, OTHER_ORG, T0 + 10 * D);
	refuse(&b, DESK_REFUSED_STATE); /* not on the list yet */
	to(id, MATTER_DO_LIST, ROLE_DELEGATE);
	refuse(&b, DESK_REFUSED_ROLE);
	to(id, MATTER_DO_LIST, ROLE_SECRETARY);
	must(&b);
	decide(id, OTHER_ORG, b.now);
	refuse(&b, DESK_REFUSED_TIME); /* a deadline that is over */
	decide(id, OTHER_ORG, T0 + 10 * D);
	must(&b);
	assert_int_equal(the(&b, id)->organisation, OTHER_ORG);
	to(id, MATTER_DO_FINISH, ROLE_DELEGATE);
	refuse(&b, DESK_REFUSED_SCOPE); /* who raised it does not own it */
	to(id, MATTER_DO_REPORT, ROLE_DELEGATE)->organisation = OTHER_ORG;
	must(&b);
	pass(&b, 7 * D - (b.now - T0) - 1);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), 0);
	pass(&b, 1);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), 1);
	pass(&b, 3 * D - 1);
	assert_int_equal(desk_i(the(&b, id), MATTER_F_LATE), 0);
	pass(&b, 1);
	assert_int_equal(desk_i(the(&b, id), MATTER_F_LATE), 1);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), 2);
	to(id, MATTER_DO_FINISH, ROLE_DELEGATE)->organisation = OTHER_ORG;
	must(&b);
	desk_give_i(to(id, MATTER_DO_RETURN, ROLE_SECRETARY), MATTER_F_DEADLINE, b.now + D);
	must(&b);
	to(id, MATTER_DO_FINISH, ROLE_SECRETARY);
	must(&b);
	to(id, MATTER_DO_ACCEPT, ROLE_SECRETARY);
	refuse(&b, DESK_REFUSED_FOUR_EYES); /* the same person */
	pass(&b, 5 * D);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), 3); /* nobody checked */
	to(id, MATTER_DO_ACCEPT, ROLE_LEADER);
	must(&b);
	assert_int_equal(state_of(&b, id), MATTER_SETTLED);
	assert_int_equal(desk_i(the(&b, id), MATTER_F_REPORTS), 1);
}

static void what_is_raised_is_answered(void **state)
{
	uint64_t id;

	(void)state;
	bench_clear(&b, T0);
	id = raise(MATTER_SERVICE, 0);
	pass(&b, 7 * D);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), 1);
	to(id, MATTER_DO_DECLINE, ROLE_SECRETARY);
	must(&b);
	assert_int_equal(state_of(&b, id), MATTER_DECLINED);
}

/* A matter about what its maker doesn't see is refused like one about nothing. */
static void nobody_learns_what_is_there(void **state)
{
	uint64_t theirs, ours;

	(void)state;
	bench_clear(&b, T0);
	say(&b, DESK_MATTER, MATTER_DO_RAISE, 0, ROLE_DELEGATE)->organisation = OTHER_ORG;
	with_refs(&b.c);
	desk_give_i(&b.c, MATTER_F_SORT, MATTER_OF_ALL);
	theirs = must(&b);
	assert_int_equal(raise(MATTER_PROPOSAL, theirs), 0);
	assert_int_equal(b.out.refusal, DESK_REFUSED_ABSENT);
	assert_int_equal(raise(MATTER_PROPOSAL, 99u << 16), 0);
	assert_int_equal(b.out.refusal, DESK_REFUSED_ABSENT);
	assert_int_equal(raise(MATTER_PROPOSAL, 0), 0);
	assert_int_equal(b.out.refusal, DESK_REFUSED_FIELD_MISSING);
	to(theirs, MATTER_DO_LIST, ROLE_SECRETARY);
	must(&b);
	ours = raise(MATTER_PROPOSAL, theirs); /* everybody reads it now */
	assert_int_not_equal(ours, 0);
	assert_true(token_eq(the(&b, ours)->subject.token, desk_thing(theirs).token));
	to(theirs, MATTER_DO_WITHDRAW, ROLE_DELEGATE);
	refuse(&b, DESK_REFUSED_STATE);
	to(ours, MATTER_DO_AMEND, ROLE_DELEGATE)->organisation = OTHER_ORG;
	refuse(&b, DESK_REFUSED_SCOPE);
}

static void a_meeting_is_held_and_minuted(void **state)
{
	uint64_t id, matter;

	(void)state;
	bench_clear(&b, T0);
	id = meeting(T0 + 3 * D);
	matter = raise(MATTER_OF_ALL, 0);
	desk_give_id(to(matter, MATTER_DO_LIST, ROLE_SECRETARY), MATTER_F_MEETING, id);
	must(&b);
	assert_true(token_eq(the(&b, matter)->also.token, desk_thing(id).token));
	desk_give_i(to(id, MEETING_DO_CALL, ROLE_SECRETARY), MEETING_F_UNTIL, T0 + 3 * D);
	refuse(&b, DESK_REFUSED_TIME); /* it ends as it begins */
	to(id, MEETING_DO_CALL, ROLE_SECRETARY);
	must(&b);
	pass(&b, 2 * D - (b.now - T0));
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), 1);
	to(id, MEETING_DO_HOLD, ROLE_SECRETARY);
	refuse(&b, DESK_REFUSED_TOO_EARLY);
	pass(&b, D);
	to(id, MEETING_DO_HOLD, ROLE_SECRETARY);
	must(&b);
	desk_give_id(to(matter, MATTER_DO_POSTPONE, ROLE_SECRETARY), MATTER_F_MEETING, id);
	refuse(&b, DESK_REFUSED_TOO_LATE); /* its agenda is closed */
	to(id, MEETING_DO_MINUTE, ROLE_SECRETARY);
	must(&b);
	to(id, MEETING_DO_CONFIRM, ROLE_SECRETARY);
	refuse(&b, DESK_REFUSED_FOUR_EYES);
	pass(&b, 5 * D);
	assert_int_equal(desk_i(the(&b, id), MEETING_F_LATE), 1);
	to(id, MEETING_DO_RETURN, ROLE_LEADER);
	must(&b);
	to(id, MEETING_DO_MINUTE, ROLE_SECRETARY);
	must(&b);
	to(id, MEETING_DO_CONFIRM, ROLE_CITY_LEADER);
	must(&b);
	assert_int_equal(state_of(&b, id), MEETING_CONFIRMED);
}

static void an_event_is_approved_held_and_told(void **state)
{
	struct desk_command *c;
	uint64_t id;

	(void)state;
	bench_clear(&b, T0);
	c = with_refs(say(&b, DESK_JOINT_EVENT, JOINT_EVENT_DO_DRAFT, 0, ROLE_DELEGATE));
	desk_give_i(c, JOINT_EVENT_F_SORT, 1);
	desk_give_i(c, JOINT_EVENT_F_WHEN, T0 + 5 * D);
	id = must(&b);
	to(id, JOINT_EVENT_DO_PROPOSE, ROLE_DELEGATE)->organisation = OTHER_ORG;
	refuse(&b, DESK_REFUSED_SCOPE);
	to(id, JOINT_EVENT_DO_PROPOSE, ROLE_DELEGATE);
	must(&b);
	to(id, JOINT_EVENT_DO_OPEN, ROLE_SECRETARY);
	must(&b);
	to(id, JOINT_EVENT_DO_CHANGE, ROLE_DELEGATE)->organisation = OTHER_ORG;
	refuse(&b, DESK_REFUSED_SCOPE); /* shared is read, not written */
	to(id, JOINT_EVENT_DO_HOLD, ROLE_DELEGATE);
	refuse(&b, DESK_REFUSED_TOO_EARLY);
	pass(&b, 3 * D - (b.now - T0));
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), 1);
	pass(&b, 2 * D);
	to(id, JOINT_EVENT_DO_HOLD, ROLE_DELEGATE);
	must(&b);
	pass(&b, 7 * D);
	assert_int_equal(desk_i(the(&b, id), JOINT_EVENT_F_LATE), 1);
	desk_give_i(to(id, JOINT_EVENT_DO_CLOSE, ROLE_DELEGATE), JOINT_EVENT_F_REACHED, 1200);
	must(&b);
	assert_int_equal(state_of(&b, id), JOINT_EVENT_CLOSED);
}

static uint64_t opened_event(void)
{
	struct desk_command *c = with_refs(say(&b, DESK_JOINT_EVENT, JOINT_EVENT_DO_DRAFT, 0, ROLE_DELEGATE));
	uint64_t id;

	desk_give_i(c, JOINT_EVENT_F_SORT, 1);
	desk_give_i(c, JOINT_EVENT_F_WHEN, b.now + 5 * D);
	id = must(&b);
	to(id, JOINT_EVENT_DO_PROPOSE, ROLE_DELEGATE);
	must(&b);
	to(id, JOINT_EVENT_DO_OPEN, ROLE_SECRETARY);
	must(&b);
	return id;
}

static struct desk_command *changing(uint64_t id, enum desk_role role, int64_t when)
{
	struct desk_command *c = to(id, JOINT_EVENT_DO_CHANGE, role);

	desk_give_i(c, JOINT_EVENT_F_WHEN, when);
	return c;
}

static void a_change_is_approved_again(void **state)
{
	int64_t when;
	uint64_t id;

	(void)state;
	bench_clear(&b, T0);
	id = opened_event();
	when = desk_i(the(&b, id), JOINT_EVENT_F_WHEN);
	to(id, JOINT_EVENT_DO_AMEND, ROLE_DELEGATE);
	refuse(&b, DESK_REFUSED_STATE);
	to(id, JOINT_EVENT_DO_CHANGE, ROLE_DELEGATE);
	refuse(&b, DESK_REFUSED_SAME);
	changing(id, ROLE_DELEGATE, when + D)->organisation = OTHER_ORG;
	refuse(&b, DESK_REFUSED_SCOPE);
	desk_give_id(changing(id, ROLE_DELEGATE, when + D), JOINT_EVENT_F_MATERIAL, id);
	refuse(&b, DESK_REFUSED_ABSENT); /* no material */
	changing(id, ROLE_SECRETARY, when + D);
	must(&b);
	assert_int_equal(state_of(&b, id), JOINT_EVENT_CHANGED);
	assert_true(desk_joint_event.shared >> JOINT_EVENT_CHANGED & 1);
	to(id, JOINT_EVENT_DO_OPEN, ROLE_SECRETARY);
	refuse(&b, DESK_REFUSED_FOUR_EYES);
	changing(id, ROLE_DELEGATE, when + 2 * D);
	refuse(&b, DESK_REFUSED_SCOPE); /* else who approves might have made a part of it */
	changing(id, ROLE_SECRETARY, when + 2 * D);
	must(&b);
	pass(&b, when + 2 * D - b.now); /* its reminder and the time of its result went along */
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), 1);
	to(id, JOINT_EVENT_DO_HOLD, ROLE_DELEGATE);
	refuse(&b, DESK_REFUSED_STATE);
	to(id, JOINT_EVENT_DO_OPEN, ROLE_LEADER);
	must(&b);
	to(id, JOINT_EVENT_DO_HOLD, ROLE_DELEGATE);
	must(&b);
	/* Sent back it is a draft: nobody is reminded of it. */
	id = opened_event();
	changing(id, ROLE_DELEGATE, b.now + 9 * D);
	must(&b);
	to(id, JOINT_EVENT_DO_RETURN, ROLE_SECRETARY);
	must(&b);
	assert_int_equal(state_of(&b, id), JOINT_EVENT_DRAFT);
	pass(&b, 30 * D);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), 0);
	check_world(&b);
}

/* Whatever three people do in whatever order: what an event is when it is held, somebody has approved who did not write it. */
static void what_is_held_was_approved_by_another(void **state)
{
	static const enum desk_role role[] = { ROLE_DELEGATE, ROLE_SECRETARY, ROLE_LEADER };
	uint64_t id, author = 0, approver = 0;
	uint32_t held = 0;
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(35));
	for (uint32_t life = 0; life < 200; life++) {
		bench_clear(&b, T0);
		id = opened_event();
		author = 100 + ROLE_DELEGATE;
		approver = 100 + ROLE_SECRETARY;
		for (uint32_t i = 0; i < 20 && state_of(&b, id) != JOINT_EVENT_HELD; i++) {
			static const uint8_t steps[] = { JOINT_EVENT_DO_CHANGE, JOINT_EVENT_DO_CHANGE,  JOINT_EVENT_DO_OPEN,
				                             JOINT_EVENT_DO_OPEN,   JOINT_EVENT_DO_PROPOSE, JOINT_EVENT_DO_RETURN,
				                             JOINT_EVENT_DO_HOLD };
			uint8_t step = steps[rng_below(&r, ARRAY_LEN(steps))];
			struct desk_command *c = to(id, step, role[rng_below(&r, ARRAY_LEN(role))]);

			if (step == JOINT_EVENT_DO_CHANGE)
				desk_give_i(c, JOINT_EVENT_F_WHEN, b.now + (int64_t)rng_below(&r, 3) * D);
			if (hear(&b) == DESK_OK && (step == JOINT_EVENT_DO_CHANGE || step == JOINT_EVENT_DO_PROPOSE)) {
				author = b.c.user;
				approver = 0;
			} else if (b.out.refusal == DESK_OK && step == JOINT_EVENT_DO_OPEN) {
				approver = b.c.user;
			}
			pass(&b, D / 2);
		}
		if (state_of(&b, id) == JOINT_EVENT_HELD) {
			assert_true(approver != 0 && approver != author);
			held++;
		}
		check_world(&b);
	}
	assert_true(held > 20);
}

static uint64_t draft(uint64_t previous, uint16_t organisation)
{
	struct desk_command *c = with_refs(say(&b, DESK_ASSET, ASSET_DO_DRAFT, 0, ROLE_DELEGATE));

	c->organisation = organisation;
	desk_give_i(c, ASSET_F_SORT, 1);
	desk_give_i(c, ASSET_F_LICENCE, 1);
	give_ref(c, ASSET_F_TEXT);
	if (previous)
		desk_give_id(c, ASSET_F_PREVIOUS, previous);
	return hear(&b) == DESK_OK ? b.out.object : 0;
}

static void approve(uint64_t id)
{
	to(id, ASSET_DO_PROPOSE, ROLE_DELEGATE);
	must(&b);
	to(id, ASSET_DO_APPROVE, ROLE_SECRETARY);
	must(&b);
}

static void old_versions_are_kept(void **state)
{
	uint64_t one, two, three;

	(void)state;
	bench_clear(&b, T0);
	one = draft(0, BANK_ORG);
	assert_int_equal(draft(one, BANK_ORG), 0);
	assert_int_equal(b.out.refusal, DESK_REFUSED_NOT_IN_FORCE);
	assert_int_equal(draft(one, OTHER_ORG), 0);
	assert_int_equal(b.out.refusal, DESK_REFUSED_ABSENT); /* another's draft is not there */
	approve(one);
	assert_int_equal(draft(one, OTHER_ORG), 0);
	assert_int_equal(b.out.refusal, DESK_REFUSED_SCOPE);
	two = draft(one, BANK_ORG);
	assert_int_equal(desk_i(the(&b, two), ASSET_F_VERSION), 2);
	assert_int_equal(draft(one, BANK_ORG), 0);
	assert_int_equal(b.out.refusal, DESK_REFUSED_OTHER_OPEN);
	assert_int_equal(state_of(&b, one), ASSET_APPROVED);
	approve(two);
	assert_int_equal(state_of(&b, one), ASSET_SUPERSEDED);
	three = draft(two, BANK_ORG);
	to(two, ASSET_DO_WITHDRAW, ROLE_SECRETARY);
	must(&b);
	approve(three);
	assert_int_equal(state_of(&b, two), ASSET_WITHDRAWN); /* what was withdrawn stays so */
	assert_int_equal(desk_id(the(&b, three), ASSET_F_FIRST), one);
	assert_int_equal(desk_i(the(&b, three), ASSET_F_VERSION), 3);
}

/* Whatever is done to assets: of those that share a first one at most one is in use, editions count up, and a superseded one has an approved successor somewhere behind it. */
static void check_assets(void)
{
	for (uint32_t i = 0; i < b.world.n; i++) {
		const struct desk_object *o = &b.world.object[i];
		uint64_t first = desk_has(o, ASSET_F_FIRST) ? desk_id(o, ASSET_F_FIRST) : o->id;
		const struct desk_object *p = desk_has(o, ASSET_F_PREVIOUS) ? the(&b, desk_id(o, ASSET_F_PREVIOUS)) : NULL;
		bool followed = false;

		assert_int_equal(desk_i(o, ASSET_F_VERSION), p ? desk_i(p, ASSET_F_VERSION) + 1 : 1);
		for (uint32_t k = 0; k < b.world.n; k++) {
			const struct desk_object *x = &b.world.object[k];
			bool same = x->id == first || desk_id(x, ASSET_F_FIRST) == first;

			assert_false(same && k != i && o->state == ASSET_APPROVED && x->state == ASSET_APPROVED);
			followed = followed ||
			           (desk_id(x, ASSET_F_PREVIOUS) == o->id && x->approver != 0 &&
			            (x->state == ASSET_APPROVED || x->state == ASSET_SUPERSEDED || x->state == ASSET_WITHDRAWN));
		}
		assert_true(o->state != ASSET_SUPERSEDED || followed);
		assert_true(o->state != ASSET_APPROVED || (o->approver != 0 && o->approver != o->proposer));
	}
}

static void any_life_of_assets(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(41));
	for (uint32_t life = 0; life < 40; life++) {
		bench_clear(&b, T0);
		for (uint32_t i = 0; i < 80; i++) {
			uint64_t id = b.world.n == 0 ? 0 : b.world.object[rng_below(&r, b.world.n)].id;
			uint32_t step = 1 + (uint32_t)rng_below(&r, ASSET_DO_STEPS - 1);

			if (id == 0 || step == ASSET_DO_DRAFT) {
				(void)draft(rng_chance(&r, 700000) ? id : 0, rng_chance(&r, 800000) ? BANK_ORG : OTHER_ORG);
			} else {
				struct desk_command *c = to(id, step, rng_chance(&r, 500000) ? ROLE_SECRETARY : ROLE_DELEGATE);

				c->user = 100 + rng_below(&r, 3);
				(void)hear(&b);
			}
			if (rng_chance(&r, 100000))
				pass(&b, (int64_t)rng_below(&r, 12) * D);
			check_assets();
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_matter_goes_its_way),
		cmocka_unit_test(what_is_raised_is_answered),
		cmocka_unit_test(nobody_learns_what_is_there),
		cmocka_unit_test(a_meeting_is_held_and_minuted),
		cmocka_unit_test(an_event_is_approved_held_and_told),
		cmocka_unit_test(a_change_is_approved_again),
		cmocka_unit_test(what_is_held_was_approved_by_another),
		cmocka_unit_test(old_versions_are_kept),
		cmocka_unit_test(any_life_of_assets),
	};
	int failed;

	bench_init(&b, T0);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	bench_release(&b);
	return failed;
}
