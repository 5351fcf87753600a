/* test_desk_board.c - the public board at the desk: who waits for a moderator, who speaks for whom, what a ban needs and how it ends, what a topic counts. A model beside it says after each of many random
 * steps who would be trusted and what would be shown. */
#include "tests/test.h"
#include "tests/unit/desk_world.h"
#include "base/clock.h"
#include "base/rng.h"
#include "desk/appeal.h"
#include "desk/desk_int.h"
#include "desk/member.h"
#include "desk/reply.h"
#include "desk/topic.h"

static struct bench b;

static uint64_t join(void)
{
	give_ref(say(&b, DESK_MEMBER, MEMBER_DO_REGISTER, 0, ROLE_CITIZEN), MEMBER_F_NAME);
	return must(&b);
}

static struct desk_command *posting(uint64_t member, int64_t holds)
{
	struct desk_command *c = say(&b, DESK_TOPIC, TOPIC_DO_POST, 0, ROLE_CITIZEN);

	desk_give_id(c, TOPIC_F_MEMBER, member);
	desk_give_i(c, TOPIC_F_HOLDS, holds);
	give_ref(c, TOPIC_F_TITLE);
	give_ref(c, TOPIC_F_BODY);
	return c;
}

static uint64_t post(uint64_t member, int64_t holds)
{
	posting(member, holds);
	return must(&b);
}

static struct desk_command *replying(uint64_t topic, uint64_t member, int64_t holds)
{
	struct desk_command *c = say(&b, DESK_REPLY, REPLY_DO_REPLY, 0, ROLE_CITIZEN);

	desk_give_id(c, REPLY_F_TOPIC, topic);
	desk_give_id(c, REPLY_F_MEMBER, member);
	desk_give_i(c, REPLY_F_HOLDS, holds);
	give_ref(c, REPLY_F_BODY);
	return c;
}

static uint64_t reply(uint64_t topic, uint64_t member, int64_t holds)
{
	replying(topic, member, holds);
	return must(&b);
}

static void moderate(uint64_t id, uint32_t step)
{
	struct desk_command *c = say(&b, (enum desk_kind)the(&b, id)->kind, step, id, ROLE_MODERATOR);

	if (c->kind == DESK_TOPIC && (step == TOPIC_DO_REJECT || step == TOPIC_DO_HIDE))
		desk_give_i(c, TOPIC_F_GROUND, 2);
	if (c->kind == DESK_REPLY && (step == REPLY_DO_REJECT || step == REPLY_DO_HIDE))
		desk_give_i(c, REPLY_F_GROUND, 2);
	must(&b);
}

static struct desk_command *banning(uint64_t member, int64_t until_us)
{
	struct desk_command *c = say(&b, DESK_MEMBER, MEMBER_DO_BAN, member, ROLE_MODERATOR);

	desk_give_i(c, MEMBER_F_BASIS, BASIS_COMMENTS_2022);
	give_evidence(c, MEMBER_F_EVIDENCE);
	give_ref(c, MEMBER_F_REASON);
	desk_give_i(c, MEMBER_F_UNTIL, until_us);
	return c;
}

static void who_is_new_waits(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t member = join(), first = post(member, 0), other;

	assert_int_equal(state_of(&b, first), TOPIC_WAITING);
	assert_int_equal(state_of(&b, post(member, 0)), TOPIC_WAITING);
	say(&b, DESK_TOPIC, TOPIC_DO_APPROVE, first, ROLE_CITIZEN);
	refuse(&b, DESK_REFUSED_ROLE);
	pass(&b, US_PER_DAY - 1);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, first), 0);
	pass(&b, 1);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, first), 1);
	moderate(first, TOPIC_DO_APPROVE);
	assert_int_equal(state_of(&b, member), MEMBER_TRUSTED);
	other = post(member, 0);
	assert_int_equal(state_of(&b, other), TOPIC_SHOWN);
	assert_int_equal(state_of(&b, post(member, BOARD_HOLDS_LINK)), TOPIC_WAITING);
	assert_int_equal(state_of(&b, reply(other, member, BOARD_HOLDS_NUMBER)), REPLY_WAITING);
	assert_int_equal(state_of(&b, reply(other, member, 0)), REPLY_SHOWN);
	for (uint32_t i = 0; i < 4; i++) { /* nothing but a person reads a picture */
		give_ref(posting(member, 0), TOPIC_F_PICTURE_1 + i);
		assert_int_equal(state_of(&b, must(&b)), TOPIC_WAITING);
	}
	moderate(other, TOPIC_DO_HIDE);
	assert_int_equal(state_of(&b, member), MEMBER_NEW);
	assert_int_equal(state_of(&b, post(member, 0)), TOPIC_WAITING);
}

static void nobody_speaks_for_another(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t mine = join(), yours = join(), topic = post(mine, 0);

	posting(mine, 0)->user = 7; /* a key of the keys file with the role */
	refuse(&b, DESK_REFUSED_SCOPE);
	posting(topic, 0);
	refuse(&b, DESK_REFUSED_ABSENT);
	posting(mine, 0)->given &= ~F(TOPIC_F_MEMBER);
	b.c.value[TOPIC_F_MEMBER].id = 0;
	refuse(&b, DESK_REFUSED_FIELD_MISSING);
	give_ref(posting(mine, 0), 2); /* once a name to sign with */
	refuse(&b, DESK_REFUSED_FIELD_EXTRA);
	posting(mine, 0)->roles = 1u << ROLE_MEDIA;
	refuse(&b, DESK_REFUSED_FIELD_EXTRA);
	desk_give_id(say(&b, DESK_TOPIC, TOPIC_DO_WITHDRAW, topic, ROLE_CITIZEN), TOPIC_F_MEMBER, yours);
	refuse(&b, DESK_REFUSED_FIELD_VALUE); /* what a topic is about never changes */
	say(&b, DESK_TOPIC, TOPIC_DO_WITHDRAW, topic, ROLE_CITIZEN);
	refuse(&b, DESK_REFUSED_FIELD_MISSING);
	say(&b, DESK_TOPIC, TOPIC_DO_WITHDRAW, topic, ROLE_EDITOR);
	refuse(&b, DESK_REFUSED_ROLE); /* it reads "withdrawn by its author" */
	desk_give_id(say(&b, DESK_TOPIC, TOPIC_DO_WITHDRAW, topic, ROLE_CITIZEN), TOPIC_F_MEMBER, mine);
	must(&b);
}

static void a_locked_topic_takes_no_replies(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t member = join(), topic = post(member, 0), r;

	replying(topic, member, 0);
	refuse(&b, DESK_REFUSED_STATE); /* it waits */
	moderate(topic, TOPIC_DO_APPROVE);
	r = reply(topic, member, 0);
	assert_int_equal(desk_i(the(&b, topic), TOPIC_F_REPLIES), 1);
	moderate(topic, TOPIC_DO_LOCK);
	replying(topic, member, 0);
	refuse(&b, DESK_REFUSED_STATE);
	moderate(r, REPLY_DO_HIDE);
	assert_int_equal(desk_i(the(&b, topic), TOPIC_F_REPLIES), 0);
	moderate(topic, TOPIC_DO_PIN);
	say(&b, DESK_TOPIC, TOPIC_DO_PIN, topic, ROLE_MODERATOR);
	refuse(&b, DESK_REFUSED_SAME);
	replying(member, member, 0);
	refuse(&b, DESK_REFUSED_ABSENT);
}

static struct desk_command *pointing(uint64_t id)
{
	struct desk_command *c =
		say(&b, (enum desk_kind)the(&b, id)->kind,
	        the(&b, id)->kind == DESK_TOPIC ? (uint32_t)TOPIC_DO_POINT : (uint32_t)REPLY_DO_POINT, id, ROLE_CITIZEN);

	desk_give_i(c, c->kind == DESK_TOPIC ? (uint32_t)TOPIC_F_POINTED_AS : (uint32_t)REPLY_F_POINTED_AS, 1);
	return c;
}

/* Whoever wrote it, readers may point at what is shown. It waits for a moderator then, stays shown, and its author is none the worse for it. */
static void readers_point_at_posts(void **state)
{
	uint64_t member, topic, by_member, by_media;
	struct desk_command *c;

	(void)state;
	bench_clear(&b, T0);
	c = say(&b, DESK_TOPIC, TOPIC_DO_POST, 0, ROLE_MEDIA);
	give_ref(c, TOPIC_F_TITLE);
	give_ref(c, TOPIC_F_BODY);
	topic = must(&b);
	member = join();
	by_member = reply(topic, member, 0);
	pointing(by_member);
	refuse(&b, DESK_REFUSED_STATE); /* it waits anyway, and is shown to nobody */
	moderate(by_member, REPLY_DO_APPROVE);
	c = say(&b, DESK_REPLY, REPLY_DO_REPLY, 0, ROLE_MEDIA);
	desk_give_id(c, REPLY_F_TOPIC, topic);
	give_ref(c, REPLY_F_BODY);
	by_media = must(&b);
	for (uint32_t i = 0; i < 3; i++) {
		const uint64_t id[] = { topic, by_member, by_media };

		say(&b, (enum desk_kind)the(&b, id[i])->kind, i == 0 ? (uint32_t)TOPIC_DO_KEEP : (uint32_t)REPLY_DO_KEEP, id[i],
		    ROLE_MODERATOR);
		refuse(&b, DESK_REFUSED_SAME); /* nobody pointed at it */
		pointing(id[i]);
		must(&b);
		assert_int_equal(the(&b, id[i])->due_us[0], b.now + US_PER_DAY);
		b.now += US_PER_HOUR;
		pointing(id[i]);
		must(&b); /* the first one sets the time */
		assert_int_equal(the(&b, id[i])->due_us[0], b.now + US_PER_DAY - US_PER_HOUR);
		assert_int_equal(state_of(&b, id[i]), i == 0 ? (uint32_t)TOPIC_SHOWN : (uint32_t)REPLY_SHOWN);
		assert_int_equal(desk_i(the(&b, id[i]), i == 0 ? (uint32_t)TOPIC_F_POINTED : (uint32_t)REPLY_F_POINTED), 2);
	}
	assert_int_equal(desk_i(the(&b, member), MEMBER_F_APPROVED), 1);
	moderate(by_member, REPLY_DO_KEEP);
	assert_int_equal(the(&b, by_member)->due_us[0], 0);
	assert_false(desk_has(the(&b, by_member), REPLY_F_POINTED) || desk_has(the(&b, by_member), REPLY_F_POINTED_AS));
	pass(&b, US_PER_DAY);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, topic), 1);
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, by_member), 0);
	pointing(topic);
	must(&b);
	pass(&b, the(&b, topic)->due_us[0] -
	             b.now); /* still nobody has looked: it stays in the list, with an alarm each time */
	assert_int_equal(messages(&b, DESK_MESSAGE_ALARM, topic), 2);
	assert_int_equal(the(&b, topic)->due_us[0], b.now + US_PER_DAY);
	moderate(topic, TOPIC_DO_HIDE);
	assert_false(desk_has(the(&b, topic), TOPIC_F_POINTED));
	moderate(by_media, REPLY_DO_HIDE);
	assert_int_equal(the(&b, by_media)->due_us[0], 0);
	pointing(topic);
	refuse(&b, DESK_REFUSED_STATE);
	check_world(&b);
}

static void a_ban_is_a_measure(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t member = join(), topic = post(member, 0), measure;

	moderate(topic, TOPIC_DO_APPROVE);
	banning(member, b.now + 181 * US_PER_DAY);
	refuse(&b, DESK_REFUSED_NO_END);
	banning(member, b.now - 1);
	refuse(&b, DESK_REFUSED_NO_END);
	desk_give_i(banning(member, b.now + US_PER_DAY), MEMBER_F_BASIS, BASIS_AFL_31);
	refuse(&b, DESK_REFUSED_NO_BASIS);
	banning(member, b.now + 180 * US_PER_DAY)->given &= ~F(MEMBER_F_REASON);
	memset(&b.c.value[MEMBER_F_REASON], 0, sizeof(b.c.value[0]));
	refuse(&b, DESK_REFUSED_FIELD_MISSING);
	banning(member, b.now + 3 * US_PER_DAY);
	must(&b);
	measure = desk_id(the(&b, member), MEMBER_F_MEASURE);
	assert_int_equal(the(&b, measure)->subject.kind, DESK_THING); /* and nobody's number */
	assert_int_equal(the(&b, measure)->subject.token.w[1], member);
	assert_int_equal(the(&b, measure)->also.kind, DESK_ENTITY_NONE);
	assert_int_equal(desk_i(the(&b, measure), MEASURE_F_REMEDY), 5);
	assert_int_equal(messages(&b, DESK_MESSAGE_NOTICE, measure), 0); /* the member's page is the notice */
	posting(member, 0);
	refuse(&b, DESK_REFUSED_USER);
	replying(topic, member, 0);
	refuse(&b, DESK_REFUSED_USER);
	pass(&b, 3 * US_PER_DAY - 1);
	assert_int_equal(state_of(&b, member), MEMBER_BANNED);
	pass(&b, 1);
	assert_int_equal(state_of(&b, member), MEMBER_NEW);
	assert_int_equal(state_of(&b, measure), MEASURE_ENDED);
	assert_int_equal(desk_i(the(&b, measure), MEASURE_F_CAUSE), CAUSE_EXPIRED);
}

static void an_objection_ends_a_ban(void **state)
{
	(void)state;
	bench_clear(&b, T0);
	uint64_t member = join(), topic = post(member, 0), appeal;
	struct desk_command *c;

	moderate(topic, TOPIC_DO_APPROVE);
	banning(member, b.now + 3 * US_PER_DAY);
	must(&b);
	c = say(&b, DESK_APPEAL, APPEAL_DO_FILE, 0, ROLE_CITIZEN);
	desk_give_id(c, APPEAL_F_TARGET, desk_id(the(&b, member), MEMBER_F_MEASURE));
	give_ref(c, APPEAL_F_REASON);
	appeal = must(&b);
	say(&b, DESK_APPEAL, APPEAL_DO_ACCEPT, appeal, ROLE_APPEALS);
	must(&b);
	say(&b, DESK_APPEAL, APPEAL_DO_CHECK, appeal, ROLE_APPEALS);
	must(&b);
	give_ref(say(&b, DESK_APPEAL, APPEAL_DO_GRANT, appeal, ROLE_APPEALS), APPEAL_F_DECISION);
	b.c.user = 100 + ROLE_MODERATOR; /* who imposed it */
	refuse(&b, DESK_REFUSED_FOUR_EYES);
	give_ref(say(&b, DESK_APPEAL, APPEAL_DO_GRANT, appeal, ROLE_APPEALS), APPEAL_F_DECISION);
	must(&b);
	assert_int_equal(state_of(&b, member), MEMBER_TRUSTED);
	assert_int_equal(state_of(&b, post(member, 0)), TOPIC_SHOWN);
	banning(member, b.now + US_PER_DAY);
	must(&b);
	say(&b, DESK_MEMBER, MEMBER_DO_LEAVE, member, ROLE_CITIZEN);
	must(&b);
	posting(member, 0);
	refuse(&b, DESK_REFUSED_USER);
}

/* ---- against a model ---- */

enum {
	MEMBERS = 4,
	POSTS = 200
};
static struct {
	uint64_t member[MEMBERS];
	bool trusted[MEMBERS], banned[MEMBERS];
	uint32_t n;
	struct {
		uint64_t id;
		uint32_t by, topic; /* topic: index + 1; 0: it is one */
		bool shown, waits;
	} post[POSTS];
} model;

static void model_post(struct rng *r, uint32_t by)
{
	bool topic = model.n == 0 || rng_chance(r, 300000);
	uint32_t on = model.n > 0 ? (uint32_t)rng_below(r, model.n) : 0;
	int64_t holds = rng_chance(r, 200000) ? 1 : 0;

	while (!topic && model.post[on].topic != 0)
		on = model.post[on].topic - 1;
	if (topic)
		posting(model.member[by], holds);
	else
		replying(model.post[on].id, model.member[by], holds);
	if (!topic && !model.post[on].shown) {
		refuse(&b, DESK_REFUSED_STATE);
		return;
	}
	if (model.banned[by]) {
		refuse(&b, DESK_REFUSED_USER);
		return;
	}
	model.post[model.n].id = must(&b);
	model.post[model.n].by = by;
	model.post[model.n].topic = topic ? 0 : on + 1;
	model.post[model.n].waits = !model.trusted[by] || holds != 0;
	model.post[model.n].shown = !model.post[model.n].waits;
	model.n++;
}

static void model_moderate(struct rng *r)
{
	uint32_t i = (uint32_t)rng_below(r, model.n), by = model.post[i].by;
	bool topic = model.post[i].topic == 0, good = rng_chance(r, 600000);
	bool topic_shown = topic || model.post[model.post[i].topic - 1].shown;

	if (model.post[i].waits) {
		if (good && !topic_shown) {
			say(&b, DESK_REPLY, REPLY_DO_APPROVE, model.post[i].id, ROLE_MODERATOR);
			refuse(&b, DESK_REFUSED_STATE);
			return;
		}
		moderate(model.post[i].id, topic ? (good ? (uint32_t)TOPIC_DO_APPROVE : (uint32_t)TOPIC_DO_REJECT)
		                                 : (good ? (uint32_t)REPLY_DO_APPROVE : (uint32_t)REPLY_DO_REJECT));
		model.post[i].waits = false;
		model.post[i].shown = good;
		if (!model.banned[by])
			model.trusted[by] = good;
	} else if (model.post[i].shown && !good) {
		moderate(model.post[i].id, topic ? (uint32_t)TOPIC_DO_HIDE : (uint32_t)REPLY_DO_HIDE);
		model.post[i].shown = false;
		if (!model.banned[by])
			model.trusted[by] = false;
	}
}

static void model_ban(struct rng *r)
{
	uint32_t by = (uint32_t)rng_below(r, MEMBERS);

	if (model.banned[by]) {
		say(&b, DESK_MEMBER, MEMBER_DO_LIFT, model.member[by], ROLE_MODERATOR);
		must(&b);
		model.banned[by] = false;
	} else {
		banning(model.member[by], b.now + US_PER_DAY);
		must(&b);
		model.banned[by] = true;
	}
}

static void model_agrees(void)
{
	for (uint32_t i = 0; i < MEMBERS; i++)
		assert_int_equal(state_of(&b, model.member[i]), model.banned[i]    ? MEMBER_BANNED
		                                                : model.trusted[i] ? MEMBER_TRUSTED
		                                                                   : MEMBER_NEW);
	for (uint32_t i = 0; i < model.n; i++) {
		uint32_t shown = 0;

		assert_int_equal(state_of(&b, model.post[i].id) ==
		                     (model.post[i].topic == 0 ? (uint32_t)TOPIC_SHOWN : (uint32_t)REPLY_SHOWN),
		                 model.post[i].shown);
		if (model.post[i].topic != 0)
			continue;
		for (uint32_t k = 0; k < model.n; k++)
			shown += model.post[k].topic == i + 1 && model.post[k].shown;
		assert_int_equal(desk_i(the(&b, model.post[i].id), TOPIC_F_REPLIES), shown);
	}
}

static void any_life_agrees_with_the_model(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(34));
	for (uint32_t life = 0; life < 10; life++) {
		bench_clear(&b, T0);
		memset(&model, 0, sizeof(model));
		for (uint32_t i = 0; i < MEMBERS; i++)
			model.member[i] = join();
		for (uint32_t i = 0; i < 300 && model.n < POSTS; i++) {
			uint32_t what = (uint32_t)rng_below(&r, 10);

			b.now += US_PER_SECOND;
			if (what < 5 || model.n == 0)
				model_post(&r, (uint32_t)rng_below(&r, MEMBERS));
			else if (what < 9)
				model_moderate(&r);
			else
				model_ban(&r);
			model_agrees();
		}
		check_world(&b);
	}
}

static int init(void **state)
{
	(void)state;
	bench_init(&b, T0);
	return 0;
}

static int done(void **state)
{
	(void)state;
	bench_release(&b);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_new_waits),
		cmocka_unit_test(nobody_speaks_for_another),
		cmocka_unit_test(a_locked_topic_takes_no_replies),
		cmocka_unit_test(readers_point_at_posts),
		cmocka_unit_test(a_ban_is_a_measure),
		cmocka_unit_test(an_objection_ends_a_ban),
		cmocka_unit_test(any_life_agrees_with_the_model),
	};

	return cmocka_run_group_tests(tests, init, done);
}
