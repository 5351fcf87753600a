/* meeting.c - meetings of the alliance; see meeting.h. */
#include "desk/meeting.h"
#include "desk/desk_int.h"

static enum desk_refusal in_order(struct desk_turn *t)
{
	t->d->bad_field = MEETING_F_UNTIL;
	if (desk_has(t->o, MEETING_F_UNTIL) && desk_i(t->o, MEETING_F_UNTIL) <= desk_i(t->o, MEETING_F_WHEN))
		return DESK_REFUSED_TIME;
	t->d->bad_field = 0;
	return DESK_OK;
}

static enum desk_refusal remind(struct desk_turn *t)
{
	if (t->o->state == MEETING_CALLED)
		turn_ahead(t, MEETING_T_SOON, desk_i(t->o, MEETING_F_WHEN), turn_limit(t, LIMIT_MEETING_SOON));
	return in_order(t);
}

static enum desk_refusal hold(struct desk_turn *t)
{
	if (desk_i(t->o, MEETING_F_WHEN) > t->now)
		return DESK_REFUSED_TOO_EARLY;
	turn_timer(t, MEETING_T_SOON, 0);
	turn_timer(t, MEETING_T_MINUTES, t->now + turn_limit(t, LIMIT_MEETING_MINUTES));
	return in_order(t);
}

static enum desk_refusal late_minutes(struct desk_turn *t)
{
	desk_set_i(t->o, MEETING_F_LATE, desk_i(t->o, MEETING_F_LATE) + 1);
	return turn_alarm(t);
}

static enum desk_refusal send_back(struct desk_turn *t)
{
	turn_timer(t, MEETING_T_MINUTES, t->now + turn_limit(t, LIMIT_MEETING_MINUTES));
	return DESK_OK;
}

static const struct desk_choice sort_choice[] = {
	[1] = { "joint", "联席会议" },
	[2] = { "liaison", "联络员会议" },
	[3] = { "consultation", "专题会商" },
	[4] = { "emergency", "应急会商" },
};
static const struct desk_choices sorts = { ARRAY_LEN(sort_choice), sort_choice };

static const struct desk_state state[MEETING_STATES] = {
	[MEETING_PLANNED] = { "planned", "筹备中", false },    [MEETING_CALLED] = { "called", "已通知", false },
	[MEETING_HELD] = { "held", "已召开", false },          [MEETING_MINUTED] = { "minuted", "纪要待核", false },
	[MEETING_CONFIRMED] = { "confirmed", "已印发", true }, [MEETING_CANCELLED] = { "cancelled", "已取消", true },
};
static const struct desk_field field[MEETING_F_FIELDS] = {
	[MEETING_F_SORT] = { "sort", "会议类别", DESK_CHOICE, .choices = &sorts },
	[MEETING_F_TITLE] = { "title", "会议名称", DESK_TEXT },
	[MEETING_F_WHEN] = { "when", "开始时间", DESK_TIME },
	[MEETING_F_UNTIL] = { "until", "结束时间", DESK_TIME },
	[MEETING_F_PLACE] = { "place", "地点", DESK_TEXT },
	[MEETING_F_AGENDA] = { "agenda", "议程说明", DESK_TEXT },
	[MEETING_F_CHAIR] = { "chair", "主持单位", DESK_TEXT },
	[MEETING_F_INVITED] = { "invited", "参会单位", DESK_TEXT },
	[MEETING_F_PRESENT] = { "present", "到会单位", DESK_TEXT },
	[MEETING_F_ABSENT] = { "absent", "缺席单位", DESK_TEXT },
	[MEETING_F_NAMES] = { "names", "签到名单", DESK_REF },
	[MEETING_F_MINUTES] = { "minutes", "会议纪要", DESK_TEXT },
	[MEETING_F_DECISIONS] = { "decisions", "其他议定事项", DESK_TEXT },
	[MEETING_F_NEXT] = { "next", "下次会议", DESK_TIME },
	[MEETING_F_REASON] = { "reason", "理由", DESK_TEXT },
	[MEETING_F_PAPER] = { "paper", "附件", DESK_FILE },
	[MEETING_F_LATE] = { "late", "纪要逾期", DESK_INTEGER, .max = INT32_MAX },
};
#define PLANS \
	(F(MEETING_F_UNTIL) | F(MEETING_F_PLACE) | F(MEETING_F_AGENDA) | F(MEETING_F_CHAIR) | F(MEETING_F_INVITED))
static const struct desk_step step[MEETING_DO_STEPS] = {
	[MEETING_DO_PLAN] = { "plan", "筹备", S_NEW, S(MEETING_PLANNED), R(SECRETARY) | R(LEADER), 0,
	                      F(MEETING_F_SORT) | F(MEETING_F_TITLE) | F(MEETING_F_WHEN), PLANS, NULL, in_order },
	[MEETING_DO_AMEND] = { "amend", "调整", S(MEETING_PLANNED) | S(MEETING_CALLED), 0, R(SECRETARY), 0, 0,
	                       PLANS | F(MEETING_F_TITLE) | F(MEETING_F_WHEN) | F(MEETING_F_REASON), NULL, remind },
	[MEETING_DO_CALL] = { "call", "通知", S(MEETING_PLANNED), S(MEETING_CALLED), R(SECRETARY), 0, 0, PLANS, NULL,
	                      remind },
	[MEETING_DO_HOLD] = { "hold", "召开", S(MEETING_CALLED), S(MEETING_HELD), R(SECRETARY), 0, F(MEETING_F_PRESENT),
	                      F(MEETING_F_ABSENT) | F(MEETING_F_NAMES) | F(MEETING_F_WHEN) | F(MEETING_F_UNTIL) |
	                          F(MEETING_F_CHAIR) | F(MEETING_F_PAPER),
	                      NULL, hold },
	[MEETING_DO_MINUTE] = { "minute", "起草纪要", S(MEETING_HELD) | S(MEETING_MINUTED), S(MEETING_MINUTED),
	                        R(SECRETARY), DESK_PROPOSES, F(MEETING_F_MINUTES),
	                        F(MEETING_F_DECISIONS) | F(MEETING_F_NEXT) | F(MEETING_F_PRESENT) | F(MEETING_F_ABSENT),
	                        NULL, NULL },
	[MEETING_DO_CONFIRM] = { "confirm", "核发纪要", S(MEETING_MINUTED), S(MEETING_CONFIRMED),
	                         R(SECRETARY) | R(LEADER) | R(CITY_LEADER), DESK_FOUR_EYES, 0, 0, NULL, NULL },
	[MEETING_DO_RETURN] = { "return", "退回纪要", S(MEETING_MINUTED), S(MEETING_HELD),
	                        R(SECRETARY) | R(LEADER) | R(CITY_LEADER), 0, F(MEETING_F_REASON), 0, NULL, send_back },
	[MEETING_DO_CANCEL] = { "cancel", "取消", S(MEETING_PLANNED) | S(MEETING_CALLED), S(MEETING_CANCELLED),
	                        R(SECRETARY) | R(LEADER), 0, F(MEETING_F_REASON), 0, NULL, NULL },
	[MEETING_DO_SOON] = { "soon", "将召开", S(MEETING_CALLED), 0, 0, DESK_BY_TIMER, 0, 0, NULL, turn_alarm },
	[MEETING_DO_LATE_MINUTES] = { "late-minutes", "纪要逾期", S(MEETING_HELD) | S(MEETING_MINUTED), 0, 0, DESK_BY_TIMER,
	                              0, 0, NULL, late_minutes },
};
static const struct desk_timer timer[MEETING_T_TIMERS] = {
	[MEETING_T_SOON] = { "soon", "会前提醒", MEETING_DO_SOON },
	[MEETING_T_MINUTES] = { "minutes", "纪要时限", MEETING_DO_LATE_MINUTES },
};

const struct desk_machine desk_meeting = {
	.kind = DESK_MEETING,
	.letters = "ME",
	.name = "meeting",
	.zh = "联盟会议",
	.route = "meetings",
	.shared = S(MEETING_CALLED) | S(MEETING_HELD) | S(MEETING_MINUTED) | S(MEETING_CONFIRMED) | S(MEETING_CANCELLED),
	.n_states = MEETING_STATES,
	.n_fields = MEETING_F_FIELDS,
	.n_steps = MEETING_DO_STEPS,
	.n_timers = MEETING_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
