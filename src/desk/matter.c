/* matter.c - joint matters; see matter.h. */
#include "desk/matter.h"
#include "desk/desk_int.h"
#include "desk/meeting.h"

/* Whether who commands may read o: a matter cannot be made about what its maker doesn't see, or it would tell whether that is there. */
static bool sees(const struct desk_turn *t, const struct desk_object *o)
{
	return (desk_machine(o->kind)->shared >> o->state & 1) ||
	       desk_in_scope(t->c->roles, o, t->c->user, t->c->organisation, t->c->district);
}

static bool about_something(int64_t sort)
{
	return sort == MATTER_PROPOSAL || sort == MATTER_PART || sort == MATTER_DECISION;
}

static enum desk_refusal look_at_subject(struct desk_turn *t)
{
	const struct desk_object *o = turn_peek(t, desk_id(t->o, MATTER_F_ABOUT));

	if (!desk_has(t->o, MATTER_F_ABOUT))
		return about_something(desk_i(t->o, MATTER_F_SORT)) ? turn_missing(t, MATTER_F_ABOUT) : DESK_OK;
	return o && sees(t, o) ? DESK_OK : DESK_REFUSED_ABSENT;
}

/* A meeting whose agenda is still open. */
static enum desk_refusal look_at_meeting(struct desk_turn *t)
{
	const struct desk_object *o;

	if (!turn_given(t, MATTER_F_MEETING))
		return DESK_OK;
	o = turn_peek(t, desk_id(t->o, MATTER_F_MEETING));
	if (!o || o->kind != DESK_MEETING)
		return DESK_REFUSED_ABSENT;
	return o->state == MEETING_PLANNED || o->state == MEETING_CALLED ? DESK_OK : DESK_REFUSED_TOO_LATE;
}

static enum desk_refusal raise(struct desk_turn *t)
{
	desk_set_i(t->o, MATTER_F_RAISED_BY, t->c->organisation);
	turn_timer(t, MATTER_T_ANSWER, t->now + turn_limit(t, LIMIT_MATTER_ANSWER));
	return look_at_subject(t);
}

static enum desk_refusal list(struct desk_turn *t)
{
	return look_at_meeting(t);
}

/* From now on its owner has until the deadline. */
static enum desk_refusal hand_over(struct desk_turn *t)
{
	int64_t deadline = desk_i(t->o, MATTER_F_DEADLINE);

	if (deadline <= t->now) {
		t->d->bad_field = MATTER_F_DEADLINE;
		return DESK_REFUSED_TIME;
	}
	turn_timer(t, MATTER_T_ANSWER, 0);
	turn_timer(t, MATTER_T_CHECK, 0);
	turn_timer(t, MATTER_T_DUE, deadline);
	turn_ahead(t, MATTER_T_SOON, deadline, turn_limit(t, LIMIT_MATTER_SOON));
	return DESK_OK;
}

static enum desk_refusal decide(struct desk_turn *t)
{
	const struct desk_object *m = turn_peek(t, desk_id(t->o, MATTER_F_MEETING));

	if (turn_given(t, MATTER_F_MEETING) && (!m || m->kind != DESK_MEETING))
		return DESK_REFUSED_ABSENT;
	desk_set_i(t->o, MATTER_F_DECIDED, t->now);
	return hand_over(t);
}

static enum desk_refusal note(struct desk_turn *t)
{
	desk_set_i(t->o, MATTER_F_DECIDED, t->now);
	return DESK_OK;
}

/* The secretary gives somebody a part, or writes down what a meeting decided. */
static enum desk_refusal set(struct desk_turn *t)
{
	enum desk_refusal no = look_at_subject(t);

	desk_set_i(t->o, MATTER_F_RAISED_BY, t->c->organisation);
	return no == DESK_OK ? decide(t) : no;
}

static enum desk_refusal report(struct desk_turn *t)
{
	desk_set_i(t->o, MATTER_F_REPORTS, desk_i(t->o, MATTER_F_REPORTS) + 1);
	return DESK_OK;
}

static enum desk_refusal finish(struct desk_turn *t)
{
	turn_timer(t, MATTER_T_SOON, 0);
	turn_timer(t, MATTER_T_DUE, 0);
	turn_timer(t, MATTER_T_CHECK, t->now + turn_limit(t, LIMIT_MATTER_CHECK));
	return DESK_OK;
}

static enum desk_refusal late(struct desk_turn *t)
{
	desk_set_i(t->o, MATTER_F_LATE, desk_i(t->o, MATTER_F_LATE) + 1);
	return turn_alarm(t);
}

static const struct desk_choice sort_choice[] = {
	[MATTER_OF_ALL] = { "matter", "要事联商" },     [MATTER_SERVICE] = { "service", "服务联抓" },
	[MATTER_PROPOSAL] = { "proposal", "意见建议" }, [MATTER_PART] = { "part", "活动分工" },
	[MATTER_DECISION] = { "decision", "会议决定" },
};
static const struct desk_choices sorts = { ARRAY_LEN(sort_choice), sort_choice };

static const struct desk_state state[MATTER_STATES] = {
	[MATTER_RAISED] = { "raised", "已提出", false },      [MATTER_LISTED] = { "listed", "已列入", false },
	[MATTER_ASSIGNED] = { "assigned", "办理中", false },  [MATTER_DONE] = { "done", "待核验", false },
	[MATTER_SETTLED] = { "settled", "已销号", true },     [MATTER_DECLINED] = { "declined", "未采纳", true },
	[MATTER_WITHDRAWN] = { "withdrawn", "已撤回", true },
};
static const struct desk_field field[MATTER_F_FIELDS] = {
	[MATTER_F_SORT] = { "sort", "类别", DESK_CHOICE, .choices = &sorts },
	[MATTER_F_ABOUT] = { "about", "关联事项", DESK_OBJECT },
	[MATTER_F_MEETING] = { "meeting", "所属会议", DESK_OBJECT, DESK_MEETING },
	[MATTER_F_TITLE] = { "title", "标题", DESK_TEXT },
	[MATTER_F_TEXT] = { "text", "事由", DESK_TEXT },
	[MATTER_F_PROPOSAL] = { "proposal", "建议", DESK_TEXT },
	[MATTER_F_OWNER] = { "owner", "牵头单位", DESK_INTEGER, .min = 1, .max = 65535 },
	[MATTER_F_RAISED_BY] = { "raised_by", "提出单位", DESK_INTEGER, .max = 65535 },
	[MATTER_F_HELPERS] = { "helpers", "配合单位", DESK_TEXT },
	[MATTER_F_DEADLINE] = { "deadline", "办理期限", DESK_TIME },
	[MATTER_F_DECISION] = { "decision", "议定意见", DESK_TEXT },
	[MATTER_F_DECIDED] = { "decided", "议定时间", DESK_TIME },
	[MATTER_F_PROGRESS] = { "progress", "进展", DESK_TEXT },
	[MATTER_F_REPORTS] = { "reports", "进展次数", DESK_INTEGER, .max = INT32_MAX },
	[MATTER_F_RESULT] = { "result", "办理结果", DESK_TEXT },
	[MATTER_F_REASON] = { "reason", "理由", DESK_TEXT },
	[MATTER_F_DISTRICT] = { "district", "辖区", DESK_INTEGER, .max = 65535 },
	[MATTER_F_LATE] = { "late", "逾期次数", DESK_INTEGER, .max = INT32_MAX },
	[MATTER_F_PAPER] = { "paper", "附件", DESK_FILE },
};
#define MEMBERS (R(DELEGATE) | R(BANK_DESK) | R(OPERATOR_DESK))
#define TEXTS (F(MATTER_F_TEXT) | F(MATTER_F_PROPOSAL) | F(MATTER_F_PAPER))
static const struct desk_step step[MATTER_DO_STEPS] = {
	[MATTER_DO_RAISE] = { "raise", "提出", S_NEW, S(MATTER_RAISED), MEMBERS | R(SECRETARY) | R(LEADER) | R(EDITOR), 0,
	                      F(MATTER_F_SORT) | F(MATTER_F_TITLE), TEXTS | F(MATTER_F_ABOUT) | F(MATTER_F_DISTRICT), NULL,
	                      raise },
	[MATTER_DO_AMEND] = { "amend", "修改", S(MATTER_RAISED), 0, MEMBERS | R(SECRETARY), 0, 0, TEXTS | F(MATTER_F_TITLE),
	                      NULL, NULL },
	[MATTER_DO_WITHDRAW] = { "withdraw", "撤回", S(MATTER_RAISED), S(MATTER_WITHDRAWN), MEMBERS | R(SECRETARY), 0, 0,
	                         F(MATTER_F_REASON), NULL, NULL },
	[MATTER_DO_LIST] = { "list", "列入议题", S(MATTER_RAISED), S(MATTER_LISTED), R(SECRETARY), 0, 0,
	                     F(MATTER_F_MEETING), NULL, list },
	[MATTER_DO_DECLINE] = { "decline", "不予采纳", S(MATTER_RAISED) | S(MATTER_LISTED), S(MATTER_DECLINED),
	                        R(SECRETARY) | R(LEADER), 0, F(MATTER_F_REASON), 0, NULL, NULL },
	[MATTER_DO_POSTPONE] = { "postpone", "转下次会议", S(MATTER_LISTED), 0, R(SECRETARY), 0, F(MATTER_F_MEETING),
	                         F(MATTER_F_REASON), NULL, list },
	[MATTER_DO_DECIDE] = { "decide", "议定交办", S(MATTER_LISTED), S(MATTER_ASSIGNED), R(SECRETARY) | R(LEADER), 0,
	                       F(MATTER_F_DECISION) | F(MATTER_F_OWNER) | F(MATTER_F_DEADLINE),
	                       F(MATTER_F_HELPERS) | F(MATTER_F_MEETING), NULL, decide },
	[MATTER_DO_NOTE] = { "note", "议定备案", S(MATTER_LISTED), S(MATTER_SETTLED), R(SECRETARY) | R(LEADER), 0,
	                     F(MATTER_F_DECISION), 0, NULL, note },
	[MATTER_DO_SET] = { "set", "直接交办", S_NEW, S(MATTER_ASSIGNED), R(SECRETARY), 0,
	                    F(MATTER_F_SORT) | F(MATTER_F_TITLE) | F(MATTER_F_OWNER) | F(MATTER_F_DEADLINE),
	                    TEXTS | F(MATTER_F_ABOUT) | F(MATTER_F_MEETING) | F(MATTER_F_HELPERS) | F(MATTER_F_DECISION) |
	                        F(MATTER_F_DISTRICT),
	                    NULL, set },
	[MATTER_DO_REPORT] = { "report", "报告进展", S(MATTER_ASSIGNED), 0, MEMBERS | R(SECRETARY), 0, F(MATTER_F_PROGRESS),
	                       F(MATTER_F_PAPER), NULL, report },
	[MATTER_DO_FINISH] = { "finish", "办结", S(MATTER_ASSIGNED), S(MATTER_DONE), MEMBERS | R(SECRETARY), DESK_PROPOSES,
	                       F(MATTER_F_RESULT), F(MATTER_F_PAPER), NULL, finish },
	[MATTER_DO_ACCEPT] = { "accept", "核验销号", S(MATTER_DONE), S(MATTER_SETTLED), R(SECRETARY) | R(LEADER),
	                       DESK_FOUR_EYES, 0, 0, NULL, NULL },
	[MATTER_DO_RETURN] = { "return", "退回", S(MATTER_DONE), S(MATTER_ASSIGNED), R(SECRETARY) | R(LEADER), 0,
	                       F(MATTER_F_REASON) | F(MATTER_F_DEADLINE), 0, NULL, hand_over },
	[MATTER_DO_EXTEND] = { "extend", "延期", S(MATTER_ASSIGNED), 0, R(SECRETARY), 0,
	                       F(MATTER_F_DEADLINE) | F(MATTER_F_REASON), 0, NULL, hand_over },
	[MATTER_DO_REASSIGN] = { "reassign", "改派", S(MATTER_ASSIGNED), 0, R(SECRETARY), 0,
	                         F(MATTER_F_OWNER) | F(MATTER_F_REASON), F(MATTER_F_HELPERS), NULL, NULL },
	[MATTER_DO_SOON] = { "soon", "将到期", S(MATTER_ASSIGNED), 0, 0, DESK_BY_TIMER, 0, 0, NULL, turn_alarm },
	[MATTER_DO_LATE] = { "late", "逾期", S(MATTER_ASSIGNED), 0, 0, DESK_BY_TIMER, 0, 0, NULL, late },
	[MATTER_DO_LATE_ANSWER] = { "late-answer", "未答复", S(MATTER_RAISED) | S(MATTER_LISTED), 0, 0, DESK_BY_TIMER, 0, 0,
	                            NULL, turn_alarm },
	[MATTER_DO_LATE_CHECK] = { "late-check", "未核验", S(MATTER_DONE), 0, 0, DESK_BY_TIMER, 0, 0, NULL, turn_alarm },
};
static const struct desk_timer timer[MATTER_T_TIMERS] = {
	[MATTER_T_ANSWER] = { "answer", "答复时限", MATTER_DO_LATE_ANSWER },
	[MATTER_T_SOON] = { "soon", "到期提醒", MATTER_DO_SOON },
	[MATTER_T_DUE] = { "due", "办理期限", MATTER_DO_LATE },
	[MATTER_T_CHECK] = { "check", "核验时限", MATTER_DO_LATE_CHECK },
};

const struct desk_machine desk_matter = {
	.kind = DESK_MATTER,
	.letters = "MT",
	.name = "matter",
	.zh = "联盟事项",
	.route = "matters",
	.shared = S(MATTER_LISTED) | S(MATTER_ASSIGNED) | S(MATTER_DONE) | S(MATTER_SETTLED),
	.in_head = { .subject = { MATTER_F_ABOUT },
	             .also = { MATTER_F_MEETING },
	             .organisation = MATTER_F_OWNER,
	             .district = MATTER_F_DISTRICT },
	.n_states = MATTER_STATES,
	.n_fields = MATTER_F_FIELDS,
	.n_steps = MATTER_DO_STEPS,
	.n_timers = MATTER_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
