/* course.c - courses, approved by four eyes; see course.h. */
#include "desk/course.h"
#include "desk/attempt.h"
#include "desk/desk_int.h"
#include "desk/quiz.h"

#define R_SEATS (R_CENTRE | R(APPEALS) | R(DISCIPLINE) | R(QUALITY) | R(STATION) | R(BANK_DESK) | R(OPERATOR_DESK))

uint32_t course_roles(enum course_audience a)
{
	static const uint32_t roles[COURSE_AUDIENCES] = {
		[COURSE_FOR_BANKS] = R(BANK_OUTLET),
		[COURSE_FOR_OPERATORS] = R(OPERATOR_OUTLET),
		[COURSE_FOR_OUTLETS] = R(BANK_OUTLET) | R(OPERATOR_OUTLET),
		[COURSE_FOR_GRID] = R(GRID) | R(CITIZEN),
		[COURSE_FOR_SEATS] = R_SEATS,
		[COURSE_FOR_ALL] = (1u << DESK_ROLES) - 1 - R(SYSTEM) - R(CONNECTOR),
	};

	return a < COURSE_AUDIENCES ? roles[a] : 0;
}

/* A course that nobody could be asked enough questions of is none. */
static enum desk_refusal enough(struct desk_turn *t)
{
	struct quiz_pool pool;

	attempt_pool(t, (uint32_t)desk_i(t->o, COURSE_F_SCAMS), &pool);
	return quiz_pool_size(&pool) >= desk_i(t->o, COURSE_F_QUESTIONS) ? DESK_OK : DESK_REFUSED_FEW_QUESTIONS;
}

static const struct desk_choice audience_choice[COURSE_AUDIENCES] = {
	[COURSE_FOR_BANKS] = { "bank-outlets", "银行网点员工" },
	[COURSE_FOR_OPERATORS] = { "operator-outlets", "营业厅和代理点员工" },
	[COURSE_FOR_OUTLETS] = { "outlets", "银行网点和营业厅员工" },
	[COURSE_FOR_GRID] = { "grid", "网格员和志愿者" },
	[COURSE_FOR_SEATS] = { "seats", "反诈中心和各单位坐席" },
	[COURSE_FOR_ALL] = { "all", "全体人员" },
};
static const struct desk_choices audiences = { ARRAY_LEN(audience_choice), audience_choice };

static const struct desk_state state[COURSE_STATES] = {
	[COURSE_DRAFT] = { "draft", "草稿", false },
	[COURSE_PROPOSED] = { "proposed", "待审批", false },
	[COURSE_IN_FORCE] = { "in-force", "已发布", false },
	[COURSE_WITHDRAWN] = { "withdrawn", "已撤下", true },
};
static const struct desk_field field[COURSE_F_FIELDS] = {
	[COURSE_F_TITLE] = { "title", "课程名称", DESK_TEXT },
	[COURSE_F_TITLE_EN] = { "title_en", "课程名称（英文）", DESK_TEXT },
	[COURSE_F_AUDIENCE] = { "audience", "培训对象", DESK_CHOICE, .choices = &audiences },
	[COURSE_F_SCAMS] = { "scams", "诈骗类型", DESK_INTEGER, .min = 2, .max = ((int64_t)1 << DESK_SCAMS) - 1 },
	[COURSE_F_TEXT] = { "text", "学习材料", DESK_TEXT },
	[COURSE_F_PAPER] = { "paper", "材料文件", DESK_FILE },
	[COURSE_F_QUESTIONS] = { "questions", "抽题数", DESK_INTEGER, .min = 1, .max = QUIZ_QUESTIONS_MAX },
	[COURSE_F_PASS] = { "pass", "合格线（百分比）", DESK_INTEGER, .min = 50, .max = 100 },
	[COURSE_F_MONTHS] = { "months", "有效期（月）", DESK_INTEGER, .min = 1, .max = 36 },
	[COURSE_F_MINUTES] = { "minutes", "答题时间（分钟）", DESK_INTEGER, .min = 1, .max = 240 },
	[COURSE_F_NOTE] = { "note", "意见", DESK_TEXT },
};
#define WHAT                                                                                                   \
	(F(COURSE_F_TITLE) | F(COURSE_F_AUDIENCE) | F(COURSE_F_SCAMS) | F(COURSE_F_QUESTIONS) | F(COURSE_F_PASS) | \
	 F(COURSE_F_MONTHS) | F(COURSE_F_MINUTES))
#define MORE (F(COURSE_F_TITLE_EN) | F(COURSE_F_TEXT) | F(COURSE_F_PAPER))
static const struct desk_step step[COURSE_DO_STEPS] = {
	[COURSE_DO_DRAFT] = { "draft", "起草", S_NEW, S(COURSE_DRAFT), R(TRAINER), 0, WHAT, MORE, "AFL 8, 30", NULL },
	[COURSE_DO_EDIT] = { "edit", "修改", S(COURSE_DRAFT), S(COURSE_DRAFT), R(TRAINER), 0, 0, WHAT | MORE, NULL, NULL },
	[COURSE_DO_PROPOSE] = { "propose", "报审", S(COURSE_DRAFT), S(COURSE_PROPOSED), R(TRAINER), DESK_PROPOSES, 0, 0,
	                        NULL, enough },
	[COURSE_DO_APPROVE] = { "approve", "批准发布", S(COURSE_PROPOSED), S(COURSE_IN_FORCE),
	                        R(TRAINER) | R(EDITOR) | R(LEADER), DESK_FOUR_EYES, 0, F(COURSE_F_NOTE), NULL, enough },
	[COURSE_DO_REFUSE] = { "refuse", "退回", S(COURSE_PROPOSED), S(COURSE_DRAFT), R(TRAINER) | R(EDITOR) | R(LEADER), 0,
	                       F(COURSE_F_NOTE), 0, NULL, NULL },
	[COURSE_DO_WITHDRAW] = { "withdraw", "撤下", S(COURSE_DRAFT) | S(COURSE_PROPOSED) | S(COURSE_IN_FORCE),
	                         S(COURSE_WITHDRAWN), R(TRAINER) | R(LEADER), 0, 0, F(COURSE_F_NOTE), NULL, NULL },
};

const struct desk_machine desk_course = {
	.kind = DESK_COURSE,
	.letters = "CR",
	.name = "course",
	.zh = "培训课程",
	.route = "courses",
	.shared = S(COURSE_IN_FORCE) | S(COURSE_WITHDRAWN),
	.n_states = COURSE_STATES,
	.n_fields = COURSE_F_FIELDS,
	.n_steps = COURSE_DO_STEPS,
	.state = state,
	.field = field,
	.step = step,
};
