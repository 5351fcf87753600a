/* member.c - residents who write on the board, and what topics and replies ask about them; see member.h. */
#include "desk/member.h"
#include "desk/desk_int.h"

/* ---- for topics and replies ---- */

static const struct desk_choice ground_choice[] = {
	[1] = { "fraud", "涉嫌诈骗" },
	[2] = { "advertising", "广告引流" },
	[3] = { "personal-data", "泄露个人信息" },
	[4] = { "abuse", "侮辱谩骂" },
	[5] = { "false", "不实信息" },
	[6] = { "off-topic", "与主题无关" },
	[7] = { "unlawful", "其他违法信息" },
	[8] = { "other", "其他" },
};
const struct desk_choices board_grounds = { ARRAY_LEN(ground_choice), ground_choice };

enum desk_refusal member_writes(struct desk_turn *t, uint32_t field, uint32_t holds, bool *waits)
{
	const struct desk_object *m;

	*waits = false;
	if (!desk_has(t->o, field))
		return t->c->roles & ~R(CITIZEN) ? DESK_OK : turn_missing(t, field);
	if ((t->c->roles & R(CITIZEN)) == 0)
		return DESK_REFUSED_FIELD_EXTRA;
	m = turn_peek(t, desk_id(t->o, field));
	if (!m || m->kind != DESK_MEMBER)
		return DESK_REFUSED_ABSENT;
	if (m->made_by != t->c->user)
		return DESK_REFUSED_SCOPE;
	*waits = m->state == MEMBER_NEW || desk_i(t->o, holds) != 0;
	return m->state == MEMBER_NEW || m->state == MEMBER_TRUSTED ? DESK_OK : DESK_REFUSED_USER;
}

enum desk_refusal member_own(struct desk_turn *t, uint32_t field)
{
	if (desk_id(t->o, field) != desk_id(t->was, field))
		return DESK_REFUSED_SCOPE;
	if (t->c->roles != R(CITIZEN) && t->o->made_by != t->c->user)
		return DESK_REFUSED_ROLE; /* only who wrote it */
	/* The public has made all, so it names the member. */
	return t->c->roles == R(CITIZEN) && !turn_given(t, field) ? turn_missing(t, field) : DESK_OK;
}

enum desk_refusal member_judged(struct desk_turn *t, uint32_t field, bool good)
{
	const struct desk_object *m = desk_has(t->o, field) ? turn_peek(t, desk_id(t->o, field)) : NULL;

	if (!m || (m->state != MEMBER_NEW && m->state != MEMBER_TRUSTED))
		return DESK_OK;
	return turn_step(t, DESK_MEMBER, good ? MEMBER_DO_APPROVED : MEMBER_DO_REFUSED, m->id);
}

enum desk_refusal member_pointed(struct desk_turn *t, uint32_t field, uint32_t timer)
{
	int64_t n = desk_i(t->o, field);

	desk_set_i(t->o, field, n < BOARD_POINTED_MAX ? n + 1 : n);
	if (t->o->due_us[timer] == 0)
		turn_timer(t, timer, t->now + turn_limit(t, LIMIT_BOARD_LOOK));
	return DESK_OK;
}

enum desk_refusal member_late_look(struct desk_turn *t, uint32_t field, uint32_t timer)
{
	if (desk_has(t->o, field))
		turn_timer(t, timer, t->now + turn_limit(t, LIMIT_BOARD_LOOK));
	return turn_alarm(t);
}

void member_looked_at(struct desk_turn *t, uint32_t field, uint32_t field_as, uint32_t timer)
{
	desk_unset(t->o, field);
	desk_unset(t->o, field_as);
	turn_timer(t, timer, 0);
}

/* ---- members ---- */

static enum desk_refusal approved(struct desk_turn *t)
{
	int64_t n = desk_i(t->o, MEMBER_F_APPROVED);

	if (n < turn_limit(t, LIMIT_MEMBER_TRUST))
		desk_set_i(t->o, MEMBER_F_APPROVED, ++n);
	t->o->state = n >= turn_limit(t, LIMIT_MEMBER_TRUST) ? MEMBER_TRUSTED : MEMBER_NEW;
	return DESK_OK;
}

static enum desk_refusal refused(struct desk_turn *t)
{
	desk_set_i(t->o, MEMBER_F_APPROVED, 0);
	return DESK_OK;
}

static enum desk_refusal ban(struct desk_turn *t)
{
	struct imposed i = { .measure = MEASURE_OF_BAN,
		                 .end_us = desk_i(t->o, MEMBER_F_UNTIL),
		                 .basis = MEMBER_F_BASIS,
		                 .evidence = MEMBER_F_EVIDENCE,
		                 .reason = MEMBER_F_REASON };

	desk_set_i(t->o, MEMBER_F_BEFORE, t->before);
	turn_timer(t, MEMBER_T_BAN, i.end_us);
	return turn_impose(t, MEMBER_F_MEASURE, &i);
}

static enum desk_refusal over(struct desk_turn *t, enum measure_cause cause)
{
	turn_timer(t, MEMBER_T_BAN, 0);
	desk_unset(t->o, MEMBER_F_UNTIL);
	return turn_end_measure(t, MEMBER_F_MEASURE, cause);
}

/* Writes again; as before, unless it was for what they had written. */
static enum desk_refusal write_again(struct desk_turn *t, uint32_t state_then, enum measure_cause cause)
{
	t->o->state = (uint8_t)state_then;
	desk_unset(t->o, MEMBER_F_BEFORE);
	if (state_then == MEMBER_NEW)
		desk_set_i(t->o, MEMBER_F_APPROVED, 0);
	return over(t, cause);
}

static uint32_t before(const struct desk_turn *t)
{
	return desk_i(t->o, MEMBER_F_BEFORE) == MEMBER_TRUSTED ? MEMBER_TRUSTED : MEMBER_NEW;
}

static enum desk_refusal lift(struct desk_turn *t)
{
	return write_again(t, before(t), CAUSE_LIFTED);
}

static enum desk_refusal release_by_appeal(struct desk_turn *t)
{
	return write_again(t, before(t), CAUSE_APPEAL);
}

static enum desk_refusal end_ban(struct desk_turn *t)
{
	return write_again(t, MEMBER_NEW, CAUSE_EXPIRED);
}

static enum desk_refusal leave(struct desk_turn *t)
{
	return over(t, CAUSE_LIFTED);
}

static enum desk_refusal rename_member(struct desk_turn *t)
{
	return write_again(t, MEMBER_NEW, CAUSE_LIFTED); /* the new name is seen by a moderator with what they write next */
}

static const struct desk_state state[MEMBER_STATES] = {
	[MEMBER_NEW] = { "new", "新用户", false },
	[MEMBER_TRUSTED] = { "trusted", "可信用户", false },
	[MEMBER_BANNED] = { "banned", "禁言", false },
	[MEMBER_LEFT] = { "left", "已注销", true },
};
static const struct desk_field field[MEMBER_F_FIELDS] = {
	[MEMBER_F_NAME] = { "name", "昵称", DESK_TEXT },
	[MEMBER_F_APPROVED] = { "approved", "已通过发言数", DESK_INTEGER, .max = 1000 },
	[MEMBER_F_BASIS] = { "basis", "依据", DESK_CHOICE, .choices = &desk_bases },
	[MEMBER_F_EVIDENCE] = { "evidence", "证据", DESK_POSITIONS },
	[MEMBER_F_REASON] = { "reason", "理由", DESK_REF },
	[MEMBER_F_UNTIL] = { "until", "禁言至", DESK_TIME },
	[MEMBER_F_MEASURE] = { "measure", "台账", DESK_OBJECT, DESK_MEASURE },
	[MEMBER_F_BEFORE] = { "before", "禁言前状态", DESK_INTEGER, .min = 1, .max = MEMBER_STATES - 1 },
	[MEMBER_F_NOTE] = { "note", "说明", DESK_TEXT },
};
#define WRITING (S(MEMBER_NEW) | S(MEMBER_TRUSTED))
static const struct desk_step step[MEMBER_DO_STEPS] = {
	[MEMBER_DO_REGISTER] = { "register", "注册", S_NEW, S(MEMBER_NEW), R(CITIZEN), 0, F(MEMBER_F_NAME), 0, NULL, NULL },
	[MEMBER_DO_APPROVED] = { "approved", "发言通过", WRITING, WRITING, 0, DESK_INTERNAL, 0, 0, NULL, approved },
	[MEMBER_DO_REFUSED] = { "refused", "发言未通过", WRITING, S(MEMBER_NEW), 0, DESK_INTERNAL, 0, 0, NULL, refused },
	[MEMBER_DO_BAN] = { "ban", "禁言", WRITING, S(MEMBER_BANNED), R(MODERATOR), 0,
	                    F(MEMBER_F_BASIS) | F(MEMBER_F_EVIDENCE) | F(MEMBER_F_REASON) | F(MEMBER_F_UNTIL),
	                    F(MEMBER_F_NOTE), "COMMENTS-2022", ban },
	[MEMBER_DO_LIFT] = { "lift", "解除禁言", S(MEMBER_BANNED), WRITING, R(MODERATOR), 0, 0, F(MEMBER_F_NOTE), NULL,
	                     lift },
	[MEMBER_DO_RELEASE_BY_APPEAL] = { "release-by-appeal", "申诉解除", S(MEMBER_BANNED), WRITING, 0, DESK_INTERNAL, 0,
	                                  0, "COMMENTS-2022", release_by_appeal },
	[MEMBER_DO_END_BAN] = { "end-ban", "禁言期满", S(MEMBER_BANNED), S(MEMBER_NEW), 0, DESK_BY_TIMER, 0, 0, NULL,
	                        end_ban },
	[MEMBER_DO_LEAVE] = { "leave", "注销", WRITING | S(MEMBER_BANNED), S(MEMBER_LEFT), R(CITIZEN) | R(MODERATOR), 0, 0,
	                      F(MEMBER_F_NOTE), "PIPL 15, 47", leave },
	[MEMBER_DO_RENAME] = { "rename", "更改昵称", WRITING, S(MEMBER_NEW), R(CITIZEN) | R(MODERATOR), 0, F(MEMBER_F_NAME),
	                       F(MEMBER_F_NOTE), NULL, rename_member },
};
static const struct desk_timer timer[MEMBER_T_TIMERS] = {
	[MEMBER_T_BAN] = { "ban", "禁言期满", MEMBER_DO_END_BAN },
};

const struct desk_machine desk_member = {
	.kind = DESK_MEMBER,
	.letters = "MB",
	.name = "member",
	.zh = "版块用户",
	.route = "members",
	.n_states = MEMBER_STATES,
	.n_fields = MEMBER_F_FIELDS,
	.n_steps = MEMBER_DO_STEPS,
	.n_timers = MEMBER_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
