/* question.c - questions of the bank: proposed by one trainer, put in use by another; see question.h. */
#include "desk/question.h"
#include "desk/desk_int.h"
#include "desk/quiz.h"

static enum desk_refusal propose(struct desk_turn *t)
{
	struct desk_object *o = t->o;

	if (desk_i(o, QUESTION_F_RIGHT) > desk_i(o, QUESTION_F_N_CHOICES)) {
		t->d->bad_field = QUESTION_F_RIGHT;
		return DESK_REFUSED_FIELD_VALUE;
	}
	o->value[QUESTION_F_CLASS].token = (struct token){ { 0, (uint64_t)desk_i(o, QUESTION_F_SCAM) } };
	o->has |= F(QUESTION_F_CLASS);
	return DESK_OK;
}

static const struct desk_state state[QUESTION_STATES] = {
	[QUESTION_PROPOSED] = { "proposed", "待审核", false },
	[QUESTION_IN_USE] = { "in-use", "在用", false },
	[QUESTION_REFUSED] = { "refused", "未通过", true },
	[QUESTION_WITHDRAWN] = { "withdrawn", "停用", true },
};
static const struct desk_field field[QUESTION_F_FIELDS] = {
	[QUESTION_F_CODE] = { "code", "题号", DESK_CODE },
	[QUESTION_F_SCAM] = { "scam", "诈骗类型", DESK_CHOICE, .choices = &desk_scams },
	[QUESTION_F_CLASS] = { "class", "类型编号", DESK_ENTITY, DESK_NUMBER },
	[QUESTION_F_ZH] = { "zh", "题干", DESK_TEXT },
	[QUESTION_F_EN] = { "en", "题干（英文）", DESK_TEXT },
	[QUESTION_F_CHOICES_ZH] = { "choices_zh", "选项", DESK_TEXT },
	[QUESTION_F_CHOICES_EN] = { "choices_en", "选项（英文）", DESK_TEXT },
	[QUESTION_F_N_CHOICES] = { "n_choices", "选项数", DESK_INTEGER, .min = 2, .max = QUIZ_CHOICES_MAX },
	[QUESTION_F_RIGHT] = { "right", "正确选项", DESK_INTEGER, .min = 1, .max = QUIZ_CHOICES_MAX },
	[QUESTION_F_WHY_ZH] = { "why_zh", "解析", DESK_TEXT },
	[QUESTION_F_WHY_EN] = { "why_en", "解析（英文）", DESK_TEXT },
	[QUESTION_F_NOTE] = { "note", "审核意见", DESK_TEXT },
};
#define ASKED                                                                                                   \
	(F(QUESTION_F_CODE) | F(QUESTION_F_SCAM) | F(QUESTION_F_ZH) | F(QUESTION_F_EN) | F(QUESTION_F_CHOICES_ZH) | \
	 F(QUESTION_F_CHOICES_EN) | F(QUESTION_F_N_CHOICES) | F(QUESTION_F_RIGHT) | F(QUESTION_F_WHY_ZH) |          \
	 F(QUESTION_F_WHY_EN))
static const struct desk_step step[QUESTION_DO_STEPS] = {
	[QUESTION_DO_PROPOSE] = { "propose", "拟题", S_NEW, S(QUESTION_PROPOSED), R(TRAINER), DESK_PROPOSES, ASKED, 0,
	                          "AFL 8, 30", propose },
	[QUESTION_DO_APPROVE] = { "approve", "审核通过", S(QUESTION_PROPOSED), S(QUESTION_IN_USE), R(TRAINER) | R(EDITOR),
	                          DESK_FOUR_EYES, 0, F(QUESTION_F_NOTE), NULL, NULL },
	[QUESTION_DO_REFUSE] = { "refuse", "审核不通过", S(QUESTION_PROPOSED), S(QUESTION_REFUSED), R(TRAINER) | R(EDITOR),
	                         0, F(QUESTION_F_NOTE), 0, NULL, NULL },
	[QUESTION_DO_WITHDRAW] = { "withdraw", "停用", S(QUESTION_PROPOSED) | S(QUESTION_IN_USE), S(QUESTION_WITHDRAWN),
	                           R(TRAINER) | R(EDITOR), 0, 0, F(QUESTION_F_NOTE), NULL, NULL },
};

const struct desk_machine desk_question = {
	.kind = DESK_QUESTION,
	.letters = "QU",
	.name = "question",
	.zh = "题目",
	.route = "questions",
	.own = (1u << DESK_ROLES) - 1 - (R(TRAINER) | R(EDITOR) | R(AUDITOR)),
	.in_head = { .subject = { QUESTION_F_CLASS } },
	.n_states = QUESTION_STATES,
	.n_fields = QUESTION_F_FIELDS,
	.n_steps = QUESTION_DO_STEPS,
	.state = state,
	.field = field,
	.step = step,
};
