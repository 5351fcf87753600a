/* test_campaign.c - a campaign's life at the desk: what a plan must say, four eyes, beginning and end by themselves, who measures, and its texts: hours, one a number and day, one a campaign. */
#include "tests/test.h"
#include "base/clock.h"
#include "desk/campaign.h"
#include "desk/desk_int.h"
#include "desk/material.h"
#include "desk/publication.h"
#include "desk/warning.h"
#include "tests/unit/desk_world.h"

static struct bench b;

static int set_up(void **state)
{
	(void)state;
	bench_init(&b, T0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	bench_release(&b);
	return 0;
}

static uint64_t material(void)
{
	struct desk_command *c = say(&b, DESK_MATERIAL, MATERIAL_DO_WRITE, 0, ROLE_EDITOR);
	uint64_t needed = desk_material.step[MATERIAL_DO_WRITE].needed, id;

	for (uint32_t f = 1; f < desk_material.n_fields; f++)
		if (needed >> f & 1) {
			if (desk_material.field[f].type == DESK_TEXT)
				give_ref(c, f);
			else
				desk_give_i(c, f, 1);
		}
	id = must(&b);
	say(&b, DESK_MATERIAL, MATERIAL_DO_SUBMIT, id, ROLE_EDITOR);
	must(&b);
	say(&b, DESK_MATERIAL, MATERIAL_DO_APPROVE, id, ROLE_EDITOR)->user = 999;
	must(&b);
	return id;
}

static struct desk_command *plan(enum campaign_manner manner, uint64_t about)
{
	struct desk_command *c = say(&b, DESK_CAMPAIGN, CAMPAIGN_DO_PLAN, 0, ROLE_MEDIA);

	desk_give_i(c, CAMPAIGN_F_MANNER, manner);
	desk_give_i(c, CAMPAIGN_F_AUDIENCE, manner == CAMPAIGN_FLOOD ? AUDIENCE_EVERYBODY : AUDIENCE_ELDERLY);
	desk_give_i(c, CAMPAIGN_F_STARTS, b.now + US_PER_DAY);
	desk_give_i(c, CAMPAIGN_F_ENDS, b.now + 31 * US_PER_DAY);
	desk_give_i(c, CAMPAIGN_F_EFFECT, 300);
	desk_give_i(c, CAMPAIGN_F_BASE, 20000);
	desk_give_i(c, CAMPAIGN_F_SEED, 7);
	desk_give_i(c, CAMPAIGN_F_CHANNELS, 1 << CHANNEL_SMS);
	if (about)
		desk_give_id(c, CAMPAIGN_F_MATERIAL, about);
	return c;
}

static struct desk_command *segment(uint64_t id, int64_t size, int64_t held)
{
	struct desk_command *c = say(&b, DESK_CAMPAIGN, CAMPAIGN_DO_SEGMENT, id, ROLE_MEDIA);
	unsigned char digest[CAMPAIGN_DIGEST_BYTES] = { 1, 255 };
	char letters[2 * CAMPAIGN_DIGEST_BYTES + 1];

	campaign_digest_print(digest, letters);
	desk_give_i(c, CAMPAIGN_F_SIZE, size);
	desk_give_i(c, CAMPAIGN_F_HELD, held);
	desk_give_i(c, CAMPAIGN_F_POWER_AT, 800);
	desk_give_code(c, CAMPAIGN_F_DIGEST, text_z(letters));
	return c;
}

static uint64_t approved(uint64_t about)
{
	uint64_t id;

	plan(CAMPAIGN_DRIP, about);
	id = must(&b);
	segment(id, 1000, 200);
	must(&b);
	say(&b, DESK_CAMPAIGN, CAMPAIGN_DO_APPROVE, id, ROLE_EDITOR);
	must(&b);
	return id;
}

static void a_plan_says_what_will_count(void **state)
{
	struct desk_command *c;
	uint64_t id;

	(void)state;
	plan(CAMPAIGN_DRIP, 0);
	id = must(&b);
	assert_int_equal(desk_i(the(&b, id), CAMPAIGN_F_HOLD_OUT), 200);
	assert_int_equal(desk_i(the(&b, id), CAMPAIGN_F_ALPHA), 50);
	assert_int_equal(desk_i(the(&b, id), CAMPAIGN_F_OUTCOME), CAMPAIGN_VICTIMS); /* not moved by reporting */
	assert_int_equal(desk_i(the(&b, id), CAMPAIGN_F_TEXTS_MAX), 2);
	c = plan(CAMPAIGN_DRIP, 0);
	desk_give_i(c, CAMPAIGN_F_STARTS, b.now);
	refuse(&b, DESK_REFUSED_TIME);
	c = plan(CAMPAIGN_DRIP, 0);
	desk_give_i(c, CAMPAIGN_F_ENDS, b.now + US_PER_DAY);
	refuse(&b, DESK_REFUSED_TIME);
	c = plan(CAMPAIGN_FLOOD, 0);
	desk_give_i(c, CAMPAIGN_F_AUDIENCE, AUDIENCE_ELDERLY);
	refuse(&b, DESK_REFUSED_FIELD_VALUE);
	c = plan(CAMPAIGN_DRIP, 0);
	desk_give_i(c, CAMPAIGN_F_WAVES, 3);
	refuse(&b, DESK_REFUSED_FIELD_VALUE);
	c = plan(CAMPAIGN_DRIP, 0);
	desk_give_i(c, CAMPAIGN_F_TEXTS_MAX, 3); /* more than the limit of all campaigns */
	refuse(&b, DESK_REFUSED_FIELD_VALUE);
	c = plan(CAMPAIGN_DRIP, 0);
	c->given &= ~F(CAMPAIGN_F_SEED);
	c->value[CAMPAIGN_F_SEED].i = 0;
	refuse(&b, DESK_REFUSED_FIELD_MISSING);
}

static void small_groups_and_lone_approvers_are_refused(void **state)
{
	uint64_t id;

	(void)state;
	plan(CAMPAIGN_DRIP, 0);
	id = must(&b);
	segment(id, 49, 10);
	refuse(&b, DESK_REFUSED_FIELD_VALUE);
	segment(id, 1000, 0);
	refuse(&b, DESK_REFUSED_FIELD_VALUE);
	segment(id, 1000, 1000);
	refuse(&b, DESK_REFUSED_FIELD_VALUE);
	say(&b, DESK_CAMPAIGN, CAMPAIGN_DO_APPROVE, id, ROLE_EDITOR);
	refuse(&b, DESK_REFUSED_STATE);
	segment(id, 50, 10);
	must(&b);
	say(&b, DESK_CAMPAIGN, CAMPAIGN_DO_APPROVE, id, ROLE_LEADER)->user = 100 + ROLE_MEDIA;
	refuse(&b, DESK_REFUSED_FOUR_EYES);
	say(&b, DESK_CAMPAIGN, CAMPAIGN_DO_CHANGE, id, ROLE_MEDIA);
	desk_give_i(&b.c, CAMPAIGN_F_SEED, 8);
	refuse(&b, DESK_REFUSED_FIELD_EXTRA); /* drawn once: who changes the plan does not draw again */
	say(&b, DESK_CAMPAIGN, CAMPAIGN_DO_CHANGE, id, ROLE_MEDIA);
	desk_give_i(&b.c, CAMPAIGN_F_EFFECT, 250);
	must(&b); /* another plan: the segment is not its own */
	assert_int_equal(desk_i(the(&b, id), CAMPAIGN_F_SEED), 7);
	assert_int_equal(state_of(&b, id), CAMPAIGN_PLANNED);
	assert_false(desk_has(the(&b, id), CAMPAIGN_F_DIGEST));
	say(&b, DESK_CAMPAIGN, CAMPAIGN_DO_APPROVE, id, ROLE_LEADER);
	refuse(&b, DESK_REFUSED_STATE);
}

static void measure(uint64_t id, uint64_t user)
{
	struct desk_command *c = say(&b, DESK_CAMPAIGN, CAMPAIGN_DO_MEASURE, id, ROLE_ANALYST);

	c->user = user ? user : c->user;
	desk_give_i(c, CAMPAIGN_F_VERDICT, CAMPAIGN_NOT_SHOWN);
	desk_give_i(c, CAMPAIGN_F_AS_OF, 1);
	desk_give_code(c, CAMPAIGN_F_REPORT, TEXT("abc"));
}

static void it_lives_by_itself_and_is_measured_late_enough(void **state)
{
	uint64_t id = approved(0);
	int64_t planned = b.now;

	(void)state;
	pass(&b, US_PER_DAY - 1);
	assert_int_equal(state_of(&b, id), CAMPAIGN_APPROVED);
	pass(&b, 1);
	assert_int_equal(state_of(&b, id), CAMPAIGN_RUNNING);
	assert_int_equal(desk_i(the(&b, id), CAMPAIGN_F_BEGAN), planned + US_PER_DAY);
	measure(id, 0);
	refuse(&b, DESK_REFUSED_STATE);
	pass(&b, 30 * US_PER_DAY);
	assert_int_equal(state_of(&b, id), CAMPAIGN_ENDED);
	measure(id, 0);
	refuse(&b, DESK_REFUSED_TOO_EARLY);
	pass(&b, 14 * US_PER_DAY - 1);
	measure(id, 0);
	refuse(&b, DESK_REFUSED_TOO_EARLY);
	pass(&b, 1);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), 1);
	measure(id, 100 + ROLE_MEDIA); /* who planned it */
	refuse(&b, DESK_REFUSED_FOUR_EYES);
	say(&b, DESK_CAMPAIGN, CAMPAIGN_DO_STOP, id, ROLE_LEADER);
	give_ref(&b.c, CAMPAIGN_F_REASON);
	refuse(&b, DESK_REFUSED_STATE); /* what is over can't be made unmeasured */
	measure(id, 0);
	must(&b);
	assert_int_equal(state_of(&b, id), CAMPAIGN_MEASURED);
}

static void it_can_be_stopped_and_is_then_never_measured(void **state)
{
	uint64_t id = approved(0);

	(void)state;
	pass(&b, 2 * US_PER_DAY);
	say(&b, DESK_CAMPAIGN, CAMPAIGN_DO_STOP, id, ROLE_CITY_LEADER);
	refuse(&b, DESK_REFUSED_FIELD_MISSING);
	say(&b, DESK_CAMPAIGN, CAMPAIGN_DO_STOP, id, ROLE_CITY_LEADER);
	give_ref(&b.c, CAMPAIGN_F_REASON);
	must(&b);
	pass(&b, 60 * US_PER_DAY);
	assert_int_equal(state_of(&b, id), CAMPAIGN_STOPPED);
	measure(id, 0);
	refuse(&b, DESK_REFUSED_STATE);
}

/* ---- texts ---- */

static void text(uint64_t campaign, uint64_t phone)
{
	struct desk_command *c = say(&b, DESK_PUBLICATION, PUBLICATION_DO_TEXT, 0, ROLE_ANALYST);

	desk_give_id(c, PUBLICATION_F_CAMPAIGN, campaign);
	desk_give_token(c, PUBLICATION_F_PHONE, token_n(phone));
}

static void texts_go_by_day_and_once(void **state)
{
	uint64_t about = material(), first = approved(about), second = approved(about), third = approved(about), id;

	(void)state;
	text(first, 1);
	refuse(&b, DESK_REFUSED_NOT_IN_FORCE);
	pass(&b, US_PER_DAY); /* 08:00 */
	text(first, 1);
	id = must(&b);
	assert_int_equal(state_of(&b, id), PUBLICATION_OUT);
	assert_true(token_eq(the(&b, id)->subject.token, token_n(1)));
	assert_int_equal(the(&b, id)->also.token.w[1], first);
	text(first, 1);
	refuse(&b, DESK_REFUSED_SAME);
	text(second, 1); /* another campaign, the same day: tomorrow */
	id = must(&b);
	assert_int_equal(state_of(&b, id), PUBLICATION_SCHEDULED);
	pass(&b, 23 * US_PER_HOUR - 1);
	assert_int_equal(state_of(&b, id), PUBLICATION_SCHEDULED);
	pass(&b, 1); /* 07:00 */
	assert_int_equal(state_of(&b, id), PUBLICATION_OUT);
	text(third, 1); /* two of all campaigns within thirty days */
	refuse(&b, DESK_REFUSED_SENT_TODAY);
	pass(&b, 13 * US_PER_HOUR); /* 20:00 */
	text(first, 2);
	id = must(&b);
	assert_int_equal(state_of(&b, id), PUBLICATION_SCHEDULED);
	say(&b, DESK_CAMPAIGN, CAMPAIGN_DO_STOP, first, ROLE_LEADER);
	give_ref(&b.c, CAMPAIGN_F_REASON);
	must(&b);
	pass(&b, US_PER_DAY);
	assert_int_equal(state_of(&b, id), PUBLICATION_WITHDRAWN);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, id), 0);
}

static uint64_t warn(uint64_t phone)
{
	struct desk_command *c = say(&b, DESK_WARNING, WARNING_DO_ADD, 0, ROLE_ANALYST);

	desk_give_i(c, WARNING_F_GRADE, 1);
	desk_give_i(c, WARNING_F_TYPE, WARNING_CONTACT);
	desk_give_token(c, WARNING_F_PHONE, token_n(phone));
	give_evidence(c, WARNING_F_EVIDENCE);
	return must(&b);
}

static void publicity_gives_way_to_warnings(void **state)
{
	uint64_t id = approved(material()), w, p;

	(void)state;
	pass(&b, US_PER_DAY);
	w = warn(1);
	say(&b, DESK_WARNING, WARNING_DO_ISSUE, w, ROLE_LEADER);
	must(&b);
	say(&b, DESK_WARNING, WARNING_DO_SIGN, w, ROLE_DISSUASION);
	must(&b);
	say(&b, DESK_WARNING, WARNING_DO_SMS, w, ROLE_DISSUASION);
	must(&b);
	text(id, 1); /* the number has had a warning today */
	p = must(&b);
	assert_int_equal(state_of(&b, p), PUBLICATION_SCHEDULED);
	text(id, 2);
	p = must(&b);
	assert_int_equal(state_of(&b, p), PUBLICATION_OUT);
	w = warn(2);
	say(&b, DESK_WARNING, WARNING_DO_ISSUE, w, ROLE_LEADER);
	must(&b);
	say(&b, DESK_WARNING, WARNING_DO_SIGN, w, ROLE_DISSUASION);
	must(&b);
	say(&b, DESK_WARNING, WARNING_DO_SMS, w, ROLE_DISSUASION); /* a leaflet does not hold back a warning */
	must(&b);
	say(&b, DESK_WARNING, WARNING_DO_SMS, w, ROLE_DISSUASION);
	refuse(&b, DESK_REFUSED_SENT_TODAY);
}

static void digests_are_codes(void **state)
{
	unsigned char digest[CAMPAIGN_DIGEST_BYTES];
	char letters[2 * CAMPAIGN_DIGEST_BYTES + 1];

	(void)state;
	for (uint32_t i = 0; i < sizeof(digest); i++)
		digest[i] = (unsigned char)(9 * i + 0x11);
	campaign_digest_print(digest, letters);
	assert_int_equal(strlen(letters), 64);
	assert_true(desk_code_ok(text_z(letters)));
	assert_memory_equal(letters, "bbbkcd", 6);
}

int main(void)
{
#define LIFE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		LIFE(a_plan_says_what_will_count),
		LIFE(small_groups_and_lone_approvers_are_refused),
		LIFE(it_lives_by_itself_and_is_measured_late_enough),
		LIFE(it_can_be_stopped_and_is_then_never_measured),
		LIFE(texts_go_by_day_and_once),
		LIFE(publicity_gives_way_to_warnings),
		cmocka_unit_test(digests_are_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
