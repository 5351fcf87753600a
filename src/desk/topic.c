/* topic.c - topics of the public board; see topic.h. */
#include "desk/topic.h"
#include "desk/desk_int.h"
#include "desk/member.h"

static bool pictured(const struct desk_object *o)
{
	return desk_has(o, TOPIC_F_PICTURE_1) || desk_has(o, TOPIC_F_PICTURE_2) || desk_has(o, TOPIC_F_PICTURE_3) ||
	       desk_has(o, TOPIC_F_PICTURE_4);
}

/* Of the public: by the member's standing, and with a picture it waits, since nothing but a person reads one. Staff and media are shown at once. */
static enum desk_refusal post(struct desk_turn *t)
{
	bool waits;
	enum desk_refusal no = member_writes(t, TOPIC_F_MEMBER, TOPIC_F_HOLDS, &waits);

	if (no != DESK_OK)
		return no;
	waits = waits || (desk_has(t->o, TOPIC_F_MEMBER) && pictured(t->o));
	t->o->organisation = t->c->organisation;
	t->o->state = waits ? TOPIC_WAITING : TOPIC_SHOWN;
	turn_timer(t, TOPIC_T_LOOK, waits ? t->now + turn_limit(t, LIMIT_BOARD_LOOK) : 0);
	return DESK_OK;
}

static enum desk_refusal approve(struct desk_turn *t)
{
	turn_timer(t, TOPIC_T_LOOK, 0);
	return member_judged(t, TOPIC_F_MEMBER, true);
}

static enum desk_refusal reject(struct desk_turn *t)
{
	turn_timer(t, TOPIC_T_LOOK, 0);
	return member_judged(t, TOPIC_F_MEMBER, false);
}

static enum desk_refusal hide(struct desk_turn *t)
{
	member_looked_at(t, TOPIC_F_POINTED, TOPIC_F_POINTED_AS, TOPIC_T_LOOK);
	return member_judged(t, TOPIC_F_MEMBER, false);
}

static enum desk_refusal pin(struct desk_turn *t)
{
	int64_t to = t->c->step == TOPIC_DO_PIN;

	if (desk_i(t->o, TOPIC_F_PINNED) == to)
		return DESK_REFUSED_SAME;
	desk_set_i(t->o, TOPIC_F_PINNED, to);
	return DESK_OK;
}

static enum desk_refusal withdraw(struct desk_turn *t)
{
	turn_timer(t, TOPIC_T_LOOK, 0);
	return member_own(t, TOPIC_F_MEMBER);
}

static enum desk_refusal replied(struct desk_turn *t)
{
	desk_set_i(t->o, TOPIC_F_REPLIES, desk_i(t->o, TOPIC_F_REPLIES) + 1);
	desk_set_i(t->o, TOPIC_F_LAST, t->now);
	return DESK_OK;
}

static enum desk_refusal unreplied(struct desk_turn *t)
{
	int64_t n = desk_i(t->o, TOPIC_F_REPLIES);

	desk_set_i(t->o, TOPIC_F_REPLIES, n > 0 ? n - 1 : 0);
	return DESK_OK;
}

static enum desk_refusal point(struct desk_turn *t)
{
	return member_pointed(t, TOPIC_F_POINTED, TOPIC_T_LOOK);
}

static enum desk_refusal late_look(struct desk_turn *t)
{
	return member_late_look(t, TOPIC_F_POINTED, TOPIC_T_LOOK);
}

static enum desk_refusal keep(struct desk_turn *t)
{
	if (!desk_has(t->o, TOPIC_F_POINTED))
		return DESK_REFUSED_SAME;
	member_looked_at(t, TOPIC_F_POINTED, TOPIC_F_POINTED_AS, TOPIC_T_LOOK);
	return DESK_OK;
}

static const struct desk_state state[TOPIC_STATES] = {
	[TOPIC_WAITING] = { "waiting", "待审核", false },      [TOPIC_SHOWN] = { "shown", "已公开", false },
	[TOPIC_LOCKED] = { "locked", "已锁定", false },        [TOPIC_HIDDEN] = { "hidden", "已隐藏", false },
	[TOPIC_WITHDRAWN] = { "withdrawn", "作者撤回", true },
};
static const struct desk_field field[TOPIC_F_FIELDS] = {
	[TOPIC_F_MEMBER] = { "member", "发帖用户", DESK_OBJECT, DESK_MEMBER },
	[TOPIC_F_TITLE] = { "title", "标题", DESK_TEXT },
	[TOPIC_F_BODY] = { "body", "正文", DESK_TEXT },
	[TOPIC_F_PICTURE_1] = { "picture_1", "图片一", DESK_FILE },
	[TOPIC_F_PICTURE_2] = { "picture_2", "图片二", DESK_FILE },
	[TOPIC_F_PICTURE_3] = { "picture_3", "图片三", DESK_FILE },
	[TOPIC_F_PICTURE_4] = { "picture_4", "图片四", DESK_FILE },
	[TOPIC_F_HOLDS] = { "holds", "含链接或号码", DESK_INTEGER, .max = 3 },
	[TOPIC_F_PINNED] = { "pinned", "置顶", DESK_INTEGER, .max = 1 },
	[TOPIC_F_GROUND] = { "ground", "处理理由", DESK_CHOICE, .choices = &board_grounds },
	[TOPIC_F_NOTE] = { "note", "处理说明", DESK_TEXT },
	[TOPIC_F_REPLIES] = { "replies", "回复数", DESK_INTEGER, .max = INT64_MAX },
	[TOPIC_F_LAST] = { "last", "最后回复", DESK_TIME },
	[TOPIC_F_ORGANISATION] = { "organisation", "单位", DESK_INTEGER, .max = 65535 },
	[TOPIC_F_POINTED] = { "pointed", "读者举报次数", DESK_INTEGER, .max = BOARD_POINTED_MAX },
	[TOPIC_F_POINTED_AS] = { "pointed_as", "读者举报理由", DESK_CHOICE, .choices = &board_grounds },
};
#define OPEN (S(TOPIC_SHOWN) | S(TOPIC_LOCKED))
#define WRITERS (R(CITIZEN) | R(MEDIA) | R(EDITOR) | R(DELEGATE) | R(MODERATOR))
static const struct desk_step step[TOPIC_DO_STEPS] = {
	[TOPIC_DO_POST] = { "post", "发帖", S_NEW, S(TOPIC_WAITING) | S(TOPIC_SHOWN), WRITERS, 0,
	                    F(TOPIC_F_TITLE) | F(TOPIC_F_BODY),
	                    F(TOPIC_F_MEMBER) | F(TOPIC_F_PICTURE_1) | F(TOPIC_F_PICTURE_2) | F(TOPIC_F_PICTURE_3) |
	                        F(TOPIC_F_PICTURE_4) | F(TOPIC_F_HOLDS),
	                    NULL, post },
	[TOPIC_DO_APPROVE] = { "approve", "审核通过", S(TOPIC_WAITING), S(TOPIC_SHOWN), R(MODERATOR), 0, 0, F(TOPIC_F_NOTE),
	                       "COMMENTS-2022", approve },
	[TOPIC_DO_REJECT] = { "reject", "审核不通过", S(TOPIC_WAITING), S(TOPIC_HIDDEN), R(MODERATOR), 0, F(TOPIC_F_GROUND),
	                      F(TOPIC_F_NOTE), "COMMENTS-2022", reject },
	[TOPIC_DO_HIDE] = { "hide", "隐藏", OPEN, S(TOPIC_HIDDEN), R(MODERATOR), 0, F(TOPIC_F_GROUND), F(TOPIC_F_NOTE),
	                    "COMMENTS-2022", hide },
	[TOPIC_DO_SHOW] = { "show", "恢复", S(TOPIC_HIDDEN), S(TOPIC_SHOWN), R(MODERATOR), 0, 0, F(TOPIC_F_NOTE), NULL,
	                    NULL },
	[TOPIC_DO_LOCK] = { "lock", "锁定", S(TOPIC_SHOWN), S(TOPIC_LOCKED), R(MODERATOR), 0, 0, F(TOPIC_F_NOTE), NULL,
	                    NULL },
	[TOPIC_DO_UNLOCK] = { "unlock", "解锁", S(TOPIC_LOCKED), S(TOPIC_SHOWN), R(MODERATOR), 0, 0, F(TOPIC_F_NOTE), NULL,
	                      NULL },
	[TOPIC_DO_PIN] = { "pin", "置顶", OPEN, 0, R(MODERATOR), 0, 0, 0, NULL, pin },
	[TOPIC_DO_UNPIN] = { "unpin", "取消置顶", OPEN, 0, R(MODERATOR), 0, 0, 0, NULL, pin },
	[TOPIC_DO_WITHDRAW] = { "withdraw", "撤回", S(TOPIC_WAITING) | OPEN, S(TOPIC_WITHDRAWN),
	                        R(CITIZEN) | R(MEDIA) | R(EDITOR) | R(DELEGATE), 0, 0, F(TOPIC_F_MEMBER), NULL, withdraw },
	[TOPIC_DO_REPLIED] = { "replied", "有新回复", OPEN, 0, 0, DESK_INTERNAL, 0, 0, NULL, replied },
	[TOPIC_DO_UNREPLIED] = { "unreplied", "回复减少", S(TOPIC_WAITING) | OPEN | S(TOPIC_HIDDEN) | S(TOPIC_WITHDRAWN), 0,
	                         0, DESK_INTERNAL, 0, 0, NULL, unreplied },
	[TOPIC_DO_LATE_LOOK] = { "late-look", "审核超时", S(TOPIC_WAITING) | OPEN, 0, 0, DESK_BY_TIMER, 0, 0, NULL,
	                         late_look },
	[TOPIC_DO_POINT] = { "point", "读者举报", OPEN, 0, R(CITIZEN), DESK_OF_ALL, F(TOPIC_F_POINTED_AS), 0,
	                     "COMMENTS-2022", point },
	[TOPIC_DO_KEEP] = { "keep", "审看后保留", OPEN, 0, R(MODERATOR), 0, 0, F(TOPIC_F_NOTE), "COMMENTS-2022", keep },
};
static const struct desk_timer timer[TOPIC_T_TIMERS] = {
	[TOPIC_T_LOOK] = { "look", "审核时限", TOPIC_DO_LATE_LOOK },
};

const struct desk_machine desk_topic = {
	.kind = DESK_TOPIC,
	.letters = "TO",
	.name = "topic",
	.zh = "主题帖",
	.route = "topics",
	.shared = OPEN,
	.in_head = { .subject = { TOPIC_F_MEMBER }, .organisation = TOPIC_F_ORGANISATION },
	.n_states = TOPIC_STATES,
	.n_fields = TOPIC_F_FIELDS,
	.n_steps = TOPIC_DO_STEPS,
	.n_timers = TOPIC_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
