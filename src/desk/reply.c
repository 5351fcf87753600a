/* reply.c - replies on the public board; see reply.h. The topic counts those that are shown. */
#include "desk/reply.h"
#include "desk/desk_int.h"
#include "desk/member.h"
#include "desk/topic.h"

/* One more is shown, or one less. */
static enum desk_refusal count(struct desk_turn *t, bool more)
{
	const struct desk_object *topic = turn_peek(t, desk_id(t->o, REPLY_F_TOPIC));

	if (!topic || topic->kind != DESK_TOPIC)
		return DESK_REFUSED_ABSENT;
	if (!more)
		return turn_step(t, DESK_TOPIC, TOPIC_DO_UNREPLIED, topic->id);
	return topic->state == TOPIC_SHOWN || topic->state == TOPIC_LOCKED
	           ? turn_step(t, DESK_TOPIC, TOPIC_DO_REPLIED, topic->id)
	           : DESK_REFUSED_STATE;
}

static enum desk_refusal reply(struct desk_turn *t)
{
	const struct desk_object *topic = turn_peek(t, desk_id(t->o, REPLY_F_TOPIC));
	bool open = topic && topic->kind == DESK_TOPIC && topic->state == TOPIC_SHOWN, waits;
	enum desk_refusal no = topic && topic->kind == DESK_TOPIC ? DESK_OK : DESK_REFUSED_ABSENT;

	if (no == DESK_OK && !open)
		no = DESK_REFUSED_STATE;
	if (no == DESK_OK)
		no = member_writes(t, REPLY_F_MEMBER, REPLY_F_HOLDS, &waits);
	if (no != DESK_OK)
		return no;
	t->o->organisation = t->c->organisation;
	t->o->state = waits ? REPLY_WAITING : REPLY_SHOWN;
	turn_timer(t, REPLY_T_LOOK, waits ? t->now + turn_limit(t, LIMIT_BOARD_LOOK) : 0);
	return waits ? DESK_OK : count(t, true);
}

static enum desk_refusal approve(struct desk_turn *t)
{
	enum desk_refusal no = member_judged(t, REPLY_F_MEMBER, true);

	turn_timer(t, REPLY_T_LOOK, 0);
	return no == DESK_OK ? count(t, true) : no;
}

static enum desk_refusal reject(struct desk_turn *t)
{
	turn_timer(t, REPLY_T_LOOK, 0);
	return member_judged(t, REPLY_F_MEMBER, false);
}

static enum desk_refusal hide(struct desk_turn *t)
{
	enum desk_refusal no = member_judged(t, REPLY_F_MEMBER, false);

	member_looked_at(t, REPLY_F_POINTED, REPLY_F_POINTED_AS, REPLY_T_LOOK);
	return no == DESK_OK ? count(t, false) : no;
}

static enum desk_refusal show(struct desk_turn *t)
{
	return count(t, true);
}

static enum desk_refusal withdraw(struct desk_turn *t)
{
	enum desk_refusal no = member_own(t, REPLY_F_MEMBER);

	turn_timer(t, REPLY_T_LOOK, 0);
	return no == DESK_OK && t->before == REPLY_SHOWN ? count(t, false) : no;
}

static enum desk_refusal point(struct desk_turn *t)
{
	return member_pointed(t, REPLY_F_POINTED, REPLY_T_LOOK);
}

static enum desk_refusal late_look(struct desk_turn *t)
{
	return member_late_look(t, REPLY_F_POINTED, REPLY_T_LOOK);
}

static enum desk_refusal keep(struct desk_turn *t)
{
	if (!desk_has(t->o, REPLY_F_POINTED))
		return DESK_REFUSED_SAME;
	member_looked_at(t, REPLY_F_POINTED, REPLY_F_POINTED_AS, REPLY_T_LOOK);
	return DESK_OK;
}

static const struct desk_state state[REPLY_STATES] = {
	[REPLY_WAITING] = { "waiting", "待审核", false },
	[REPLY_SHOWN] = { "shown", "已公开", false },
	[REPLY_HIDDEN] = { "hidden", "已隐藏", false },
	[REPLY_WITHDRAWN] = { "withdrawn", "作者撤回", true },
};
static const struct desk_field field[REPLY_F_FIELDS] = {
	[REPLY_F_TOPIC] = { "topic", "主题帖", DESK_OBJECT, DESK_TOPIC },
	[REPLY_F_MEMBER] = { "member", "回复用户", DESK_OBJECT, DESK_MEMBER },
	[REPLY_F_BODY] = { "body", "内容", DESK_TEXT },
	[REPLY_F_HOLDS] = { "holds", "含链接或号码", DESK_INTEGER, .max = 3 },
	[REPLY_F_GROUND] = { "ground", "处理理由", DESK_CHOICE, .choices = &board_grounds },
	[REPLY_F_NOTE] = { "note", "处理说明", DESK_TEXT },
	[REPLY_F_ORGANISATION] = { "organisation", "单位", DESK_INTEGER, .max = 65535 },
	[REPLY_F_POINTED] = { "pointed", "读者举报次数", DESK_INTEGER, .max = BOARD_POINTED_MAX },
	[REPLY_F_POINTED_AS] = { "pointed_as", "读者举报理由", DESK_CHOICE, .choices = &board_grounds },
};
#define WRITERS (R(CITIZEN) | R(MEDIA) | R(EDITOR) | R(DELEGATE) | R(MODERATOR))
static const struct desk_step step[REPLY_DO_STEPS] = {
	[REPLY_DO_REPLY] = { "reply", "回复", S_NEW, S(REPLY_WAITING) | S(REPLY_SHOWN), WRITERS, 0,
	                     F(REPLY_F_TOPIC) | F(REPLY_F_BODY), F(REPLY_F_MEMBER) | F(REPLY_F_HOLDS), NULL, reply },
	[REPLY_DO_APPROVE] = { "approve", "审核通过", S(REPLY_WAITING), S(REPLY_SHOWN), R(MODERATOR), 0, 0, F(REPLY_F_NOTE),
	                       "COMMENTS-2022", approve },
	[REPLY_DO_REJECT] = { "reject", "审核不通过", S(REPLY_WAITING), S(REPLY_HIDDEN), R(MODERATOR), 0, F(REPLY_F_GROUND),
	                      F(REPLY_F_NOTE), "COMMENTS-2022", reject },
	[REPLY_DO_HIDE] = { "hide", "隐藏", S(REPLY_SHOWN), S(REPLY_HIDDEN), R(MODERATOR), 0, F(REPLY_F_GROUND),
	                    F(REPLY_F_NOTE), "COMMENTS-2022", hide },
	[REPLY_DO_SHOW] = { "show", "恢复", S(REPLY_HIDDEN), S(REPLY_SHOWN), R(MODERATOR), 0, 0, F(REPLY_F_NOTE), NULL,
	                    show },
	[REPLY_DO_WITHDRAW] = { "withdraw", "撤回", S(REPLY_WAITING) | S(REPLY_SHOWN), S(REPLY_WITHDRAWN),
	                        R(CITIZEN) | R(MEDIA) | R(EDITOR) | R(DELEGATE), 0, 0, F(REPLY_F_MEMBER), NULL, withdraw },
	[REPLY_DO_LATE_LOOK] = { "late-look", "审核超时", S(REPLY_WAITING) | S(REPLY_SHOWN), 0, 0, DESK_BY_TIMER, 0, 0,
	                         NULL, late_look },
	[REPLY_DO_POINT] = { "point", "读者举报", S(REPLY_SHOWN), 0, R(CITIZEN), DESK_OF_ALL, F(REPLY_F_POINTED_AS), 0,
	                     "COMMENTS-2022", point },
	[REPLY_DO_KEEP] = { "keep", "审看后保留", S(REPLY_SHOWN), 0, R(MODERATOR), 0, 0, F(REPLY_F_NOTE), "COMMENTS-2022",
	                    keep },
};
static const struct desk_timer timer[REPLY_T_TIMERS] = {
	[REPLY_T_LOOK] = { "look", "审核时限", REPLY_DO_LATE_LOOK },
};

const struct desk_machine desk_reply = {
	.kind = DESK_REPLY,
	.letters = "RP",
	.name = "reply",
	.zh = "回复",
	.route = "replies",
	.shared = S(REPLY_SHOWN),
	.in_head = { .subject = { REPLY_F_TOPIC }, .also = { REPLY_F_MEMBER }, .organisation = REPLY_F_ORGANISATION },
	.n_states = REPLY_STATES,
	.n_fields = REPLY_F_FIELDS,
	.n_steps = REPLY_DO_STEPS,
	.n_timers = REPLY_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
