/* joint_event.c - events that members hold together; see joint_event.h. */
#include "desk/joint_event.h"
#include "desk/desk_int.h"

/* It ends after it begins; once it is open somebody hears of it before it begins, and that it has not been told how it went. */
static enum desk_refusal in_order(struct desk_turn *t)
{
	int64_t when = desk_i(t->o, JOINT_EVENT_F_WHEN), until = desk_i(t->o, JOINT_EVENT_F_UNTIL);

	t->d->bad_field = JOINT_EVENT_F_UNTIL;
	if (desk_has(t->o, JOINT_EVENT_F_UNTIL) && until <= when)
		return DESK_REFUSED_TIME;
	t->d->bad_field = 0;
	if (t->o->state != JOINT_EVENT_OPEN && t->o->state != JOINT_EVENT_CHANGED)
		return DESK_OK;
	turn_ahead(t, JOINT_EVENT_T_SOON, when, turn_limit(t, LIMIT_JOINT_EVENT_SOON));
	turn_timer(t, JOINT_EVENT_T_RESULT, (until > when ? until : when) + turn_limit(t, LIMIT_JOINT_EVENT_RESULT));
	return DESK_OK;
}

static enum desk_refusal amend(struct desk_turn *t)
{
	const struct desk_object *o = turn_peek(t, desk_id(t->o, JOINT_EVENT_F_MATERIAL));

	if (turn_given(t, JOINT_EVENT_F_MATERIAL) && (!o || o->kind != DESK_MATERIAL))
		return DESK_REFUSED_ABSENT;
	return in_order(t);
}

/* Of several changes at a time there is one author, so that whoever approves has made none of them. */
static enum desk_refusal change(struct desk_turn *t)
{
	if (t->c->given == 0)
		return DESK_REFUSED_SAME;
	if (t->before == JOINT_EVENT_CHANGED && t->was->proposer != t->c->user)
		return DESK_REFUSED_SCOPE;
	return amend(t);
}

/* Back to the draft; what was approved is so no more. */
static enum desk_refusal send_back(struct desk_turn *t)
{
	turn_timer(t, JOINT_EVENT_T_SOON, 0);
	turn_timer(t, JOINT_EVENT_T_RESULT, 0);
	return DESK_OK;
}

static enum desk_refusal hold(struct desk_turn *t)
{
	if (desk_i(t->o, JOINT_EVENT_F_WHEN) > t->now)
		return DESK_REFUSED_TOO_EARLY;
	turn_timer(t, JOINT_EVENT_T_SOON, 0);
	return DESK_OK;
}

static enum desk_refusal late(struct desk_turn *t)
{
	desk_set_i(t->o, JOINT_EVENT_F_LATE, desk_i(t->o, JOINT_EVENT_F_LATE) + 1);
	return turn_alarm(t);
}

static const struct desk_choice sort_choice[] = {
	[1] = { "fair", "广场宣传" },     [2] = { "community", "进社区" }, [3] = { "campus", "进校园" },
	[4] = { "enterprise", "进企业" }, [5] = { "village", "进农村" },   [6] = { "door", "入户走访" },
	[7] = { "press", "新闻通气会" },  [8] = { "outlet", "网点联动" },  [9] = { "drill", "反诈演练" },
	[10] = { "other", "其他" },
};
static const struct desk_choices sorts = { ARRAY_LEN(sort_choice), sort_choice };

static const struct desk_state state[JOINT_EVENT_STATES] = {
	[JOINT_EVENT_DRAFT] = { "draft", "草拟", false },
	[JOINT_EVENT_PROPOSED] = { "proposed", "待审批", false },
	[JOINT_EVENT_OPEN] = { "open", "筹办中", false },
	[JOINT_EVENT_HELD] = { "held", "已举办", false },
	[JOINT_EVENT_CLOSED] = { "closed", "已总结", true },
	[JOINT_EVENT_CANCELLED] = { "cancelled", "已取消", true },
	[JOINT_EVENT_WITHDRAWN] = { "withdrawn", "已撤回", true },
	[JOINT_EVENT_CHANGED] = { "changed", "已变更待审批", false },
};
#define COUNTED DESK_INTEGER, .max = INT32_MAX
static const struct desk_field field[JOINT_EVENT_F_FIELDS] = {
	[JOINT_EVENT_F_SORT] = { "sort", "活动形式", DESK_CHOICE, .choices = &sorts },
	[JOINT_EVENT_F_TITLE] = { "title", "活动名称", DESK_TEXT },
	[JOINT_EVENT_F_WHEN] = { "when", "开始时间", DESK_TIME },
	[JOINT_EVENT_F_UNTIL] = { "until", "结束时间", DESK_TIME },
	[JOINT_EVENT_F_PLACE] = { "place", "地点", DESK_TEXT },
	[JOINT_EVENT_F_DISTRICT] = { "district", "辖区", DESK_INTEGER, .max = 65535 },
	[JOINT_EVENT_F_PLAN] = { "plan", "方案", DESK_TEXT },
	[JOINT_EVENT_F_ROLES] = { "roles", "成员分工", DESK_TEXT },
	[JOINT_EVENT_F_MATERIAL] = { "material", "宣传素材", DESK_OBJECT, DESK_MATERIAL },
	[JOINT_EVENT_F_KIT] = { "kit", "物料", DESK_TEXT },
	[JOINT_EVENT_F_PHOTO_1] = { "photo_1", "照片一", DESK_FILE },
	[JOINT_EVENT_F_PHOTO_2] = { "photo_2", "照片二", DESK_FILE },
	[JOINT_EVENT_F_PHOTO_3] = { "photo_3", "照片三", DESK_FILE },
	[JOINT_EVENT_F_PHOTO_4] = { "photo_4", "照片四", DESK_FILE },
	[JOINT_EVENT_F_PRESS] = { "press", "媒体名单", DESK_REF },
	[JOINT_EVENT_F_PRESS_N] = { "press_n", "媒体家数", COUNTED },
	[JOINT_EVENT_F_RESULT] = { "result", "活动成效", DESK_TEXT },
	[JOINT_EVENT_F_REACHED] = { "reached", "受众人数", COUNTED },
	[JOINT_EVENT_F_HANDED] = { "handed", "发放资料", COUNTED },
	[JOINT_EVENT_F_INSTALLS] = { "installs", "协助安装注册", COUNTED },
	[JOINT_EVENT_F_CLUES] = { "clues", "收到线索", COUNTED },
	[JOINT_EVENT_F_REASON] = { "reason", "理由", DESK_TEXT },
	[JOINT_EVENT_F_LATE] = { "late", "总结逾期", COUNTED },
};
#define READY (S(JOINT_EVENT_OPEN) | S(JOINT_EVENT_CHANGED))
#define HOSTS (R(DELEGATE) | R(SECRETARY) | R(BANK_DESK) | R(OPERATOR_DESK) | R(EDITOR))
#define PLANS                                                                                              \
	(F(JOINT_EVENT_F_UNTIL) | F(JOINT_EVENT_F_PLACE) | F(JOINT_EVENT_F_DISTRICT) | F(JOINT_EVENT_F_PLAN) | \
	 F(JOINT_EVENT_F_ROLES) | F(JOINT_EVENT_F_MATERIAL) | F(JOINT_EVENT_F_KIT))
#define PHOTOS \
	(F(JOINT_EVENT_F_PHOTO_1) | F(JOINT_EVENT_F_PHOTO_2) | F(JOINT_EVENT_F_PHOTO_3) | F(JOINT_EVENT_F_PHOTO_4))
static const struct desk_step step[JOINT_EVENT_DO_STEPS] = {
	[JOINT_EVENT_DO_DRAFT] = { "draft", "草拟", S_NEW, S(JOINT_EVENT_DRAFT), HOSTS, 0,
	                           F(JOINT_EVENT_F_SORT) | F(JOINT_EVENT_F_TITLE) | F(JOINT_EVENT_F_WHEN), PLANS, NULL,
	                           amend },
	[JOINT_EVENT_DO_AMEND] = { "amend", "修改", S(JOINT_EVENT_DRAFT), 0, HOSTS, 0, 0,
	                           PLANS | F(JOINT_EVENT_F_TITLE) | F(JOINT_EVENT_F_WHEN), NULL, amend },
	[JOINT_EVENT_DO_PROPOSE] = { "propose", "报批", S(JOINT_EVENT_DRAFT), S(JOINT_EVENT_PROPOSED), HOSTS, DESK_PROPOSES,
	                             0, 0, NULL, NULL },
	[JOINT_EVENT_DO_OPEN] = { "open", "批准", S(JOINT_EVENT_PROPOSED) | S(JOINT_EVENT_CHANGED), S(JOINT_EVENT_OPEN),
	                          R(SECRETARY) | R(LEADER), DESK_FOUR_EYES, 0, 0, NULL, in_order },
	[JOINT_EVENT_DO_RETURN] = { "return", "退回", S(JOINT_EVENT_PROPOSED) | S(JOINT_EVENT_CHANGED),
	                            S(JOINT_EVENT_DRAFT), R(SECRETARY) | R(LEADER), 0, F(JOINT_EVENT_F_REASON), 0, NULL,
	                            send_back },
	[JOINT_EVENT_DO_PRESS] = { "press", "登记媒体", READY | S(JOINT_EVENT_HELD), 0, HOSTS, 0,
	                           F(JOINT_EVENT_F_PRESS) | F(JOINT_EVENT_F_PRESS_N), 0, NULL, NULL },
	[JOINT_EVENT_DO_HOLD] = { "hold", "举办", S(JOINT_EVENT_OPEN), S(JOINT_EVENT_HELD), HOSTS, 0, 0, PHOTOS, NULL,
	                          hold },
	[JOINT_EVENT_DO_PHOTO] = { "photo", "补充照片", S(JOINT_EVENT_HELD), 0, HOSTS, 0, 0, PHOTOS, NULL, NULL },
	[JOINT_EVENT_DO_CLOSE] = { "close", "总结", S(JOINT_EVENT_HELD), S(JOINT_EVENT_CLOSED), HOSTS, 0,
	                           F(JOINT_EVENT_F_RESULT) | F(JOINT_EVENT_F_REACHED),
	                           PHOTOS | F(JOINT_EVENT_F_HANDED) | F(JOINT_EVENT_F_INSTALLS) | F(JOINT_EVENT_F_CLUES),
	                           NULL, NULL },
	[JOINT_EVENT_DO_CANCEL] = { "cancel", "取消", READY, S(JOINT_EVENT_CANCELLED), R(SECRETARY) | R(LEADER), 0,
	                            F(JOINT_EVENT_F_REASON), 0, NULL, NULL },
	[JOINT_EVENT_DO_WITHDRAW] = { "withdraw", "撤回", S(JOINT_EVENT_DRAFT) | S(JOINT_EVENT_PROPOSED),
	                              S(JOINT_EVENT_WITHDRAWN), HOSTS, 0, 0, F(JOINT_EVENT_F_REASON), NULL, NULL },
	[JOINT_EVENT_DO_SOON] = { "soon", "将举办", READY, 0, 0, DESK_BY_TIMER, 0, 0, NULL, turn_alarm },
	[JOINT_EVENT_DO_LATE_RESULT] = { "late-result", "未总结", READY | S(JOINT_EVENT_HELD), 0, 0, DESK_BY_TIMER, 0, 0,
	                                 NULL, late },
	[JOINT_EVENT_DO_CHANGE] = { "change", "变更", READY, S(JOINT_EVENT_CHANGED), HOSTS, DESK_PROPOSES, 0,
	                            PLANS | F(JOINT_EVENT_F_TITLE) | F(JOINT_EVENT_F_WHEN), NULL, change },
};
static const struct desk_timer timer[JOINT_EVENT_T_TIMERS] = {
	[JOINT_EVENT_T_SOON] = { "soon", "活动提醒", JOINT_EVENT_DO_SOON },
	[JOINT_EVENT_T_RESULT] = { "result", "总结时限", JOINT_EVENT_DO_LATE_RESULT },
};

const struct desk_machine desk_joint_event = {
	.kind = DESK_JOINT_EVENT,
	.letters = "EV",
	.name = "joint-event",
	.zh = "联办活动",
	.route = "joint-events",
	.shared = READY | S(JOINT_EVENT_HELD) | S(JOINT_EVENT_CLOSED) | S(JOINT_EVENT_CANCELLED),
	.in_head = { .also = { JOINT_EVENT_F_MATERIAL }, .district = JOINT_EVENT_F_DISTRICT },
	.n_states = JOINT_EVENT_STATES,
	.n_fields = JOINT_EVENT_F_FIELDS,
	.n_steps = JOINT_EVENT_DO_STEPS,
	.n_timers = JOINT_EVENT_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
