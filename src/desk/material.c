/* material.c - the library of publicity; see material.h. */
#include "desk/material.h"
#include "desk/desk_int.h"
#include "desk/incident.h"

#define AUTHORS (R(MEDIA) | R(EDITOR) | R(DELEGATE) | R(CHANNEL))
#define TEXTS                                                                                         \
	(F(MATERIAL_F_TITLE) | F(MATERIAL_F_SUMMARY) | F(MATERIAL_F_BODY) | F(MATERIAL_F_TITLE_EN) |      \
	 F(MATERIAL_F_SUMMARY_EN) | F(MATERIAL_F_BODY_EN) | F(MATERIAL_F_PICTURE) | F(MATERIAL_F_UNTIL) | \
	 F(MATERIAL_F_SCAM) | F(MATERIAL_F_AUDIENCE))
#define MADE_OF (F(MATERIAL_F_AUDIENCE) | F(MATERIAL_F_TITLE) | F(MATERIAL_F_SUMMARY))

static enum desk_refusal end_ahead(struct desk_turn *t)
{
	if (desk_has(t->o, MATERIAL_F_UNTIL) && desk_i(t->o, MATERIAL_F_UNTIL) <= t->now) {
		t->d->bad_field = MATERIAL_F_UNTIL;
		return DESK_REFUSED_TIME;
	}
	return DESK_OK;
}

static enum desk_refusal write_one(struct desk_turn *t)
{
	t->o->organisation = t->c->organisation;
	desk_set_i(t->o, MATERIAL_F_EDITION, 1);
	return end_ahead(t);
}

static enum desk_refusal approve(struct desk_turn *t)
{
	enum desk_refusal no = end_ahead(t);

	if (no == DESK_OK) {
		desk_set_i(t->o, MATERIAL_F_APPROVED, t->now);
		turn_timer(t, MATERIAL_T_END, desk_i(t->o, MATERIAL_F_UNTIL));
	}
	return no;
}

static enum desk_refusal revise(struct desk_turn *t)
{
	desk_set_i(t->o, MATERIAL_F_EDITION, desk_i(t->o, MATERIAL_F_EDITION) + 1);
	desk_unset(t->o, MATERIAL_F_APPROVED);
	if (!turn_given(t, MATERIAL_F_UNTIL) && t->before == MATERIAL_EXPIRED)
		desk_unset(t->o, MATERIAL_F_UNTIL);
	turn_timer(t, MATERIAL_T_END, 0);
	return end_ahead(t);
}

static enum desk_refusal withdraw(struct desk_turn *t)
{
	turn_timer(t, MATERIAL_T_END, 0);
	return DESK_OK;
}

static const struct desk_choice audience_choice[] = {
	[1] = { "everybody", "全体市民" },
	[2] = { "elderly", "老年人" },
	[3] = { "students", "学生" },
	[4] = { "parents", "家长" },
	[5] = { "finance-staff", "财务人员" },
	[6] = { "merchants", "商户" },
	[7] = { "new-phone-users", "新入网用户" },
	[8] = { "bank-customers", "银行客户" },
	[9] = { "staff", "网点员工" },
};
const struct desk_choices desk_audiences = { ARRAY_LEN(audience_choice), audience_choice };

static const struct desk_state state[MATERIAL_STATES] = {
	[MATERIAL_DRAFT] = { "draft", "草稿", false },          [MATERIAL_SUBMITTED] = { "submitted", "待审核", false },
	[MATERIAL_APPROVED] = { "approved", "已审核", false },  [MATERIAL_EXPIRED] = { "expired", "已过期", false },
	[MATERIAL_WITHDRAWN] = { "withdrawn", "已撤回", true },
};
static const struct desk_field field[MATERIAL_F_FIELDS] = {
	[MATERIAL_F_SCAM] = { "scam", "诈骗类型", DESK_CHOICE, .choices = &desk_scams },
	[MATERIAL_F_AUDIENCE] = { "audience", "受众", DESK_CHOICE, .choices = &desk_audiences },
	[MATERIAL_F_TITLE] = { "title", "标题", DESK_TEXT },
	[MATERIAL_F_SUMMARY] = { "summary", "摘要", DESK_TEXT },
	[MATERIAL_F_BODY] = { "body", "正文", DESK_TEXT },
	[MATERIAL_F_TITLE_EN] = { "title_en", "英文标题", DESK_TEXT },
	[MATERIAL_F_SUMMARY_EN] = { "summary_en", "英文摘要", DESK_TEXT },
	[MATERIAL_F_BODY_EN] = { "body_en", "英文正文", DESK_TEXT },
	[MATERIAL_F_PICTURE] = { "picture", "图片", DESK_FILE },
	[MATERIAL_F_EDITION] = { "edition", "版次", DESK_INTEGER, .min = 1, .max = INT32_MAX },
	[MATERIAL_F_UNTIL] = { "until", "有效期至", DESK_TIME },
	[MATERIAL_F_REASON] = { "reason", "理由", DESK_TEXT },
	[MATERIAL_F_APPROVED] = { "approved", "审核时间", DESK_TIME },
};
static const struct desk_step step[MATERIAL_DO_STEPS] = {
	[MATERIAL_DO_WRITE] = { "write", "撰写", S_NEW, S(MATERIAL_DRAFT), AUTHORS, 0, MADE_OF, TEXTS & ~MADE_OF, NULL,
	                        write_one },
	[MATERIAL_DO_EDIT] = { "edit", "修改", S(MATERIAL_DRAFT), 0, AUTHORS, 0, 0, TEXTS, NULL, end_ahead },
	[MATERIAL_DO_SUBMIT] = { "submit", "送审", S(MATERIAL_DRAFT), S(MATERIAL_SUBMITTED), AUTHORS, DESK_PROPOSES, 0, 0,
	                         NULL, NULL },
	[MATERIAL_DO_APPROVE] = { "approve", "审核通过", S(MATERIAL_SUBMITTED), S(MATERIAL_APPROVED), R(EDITOR),
	                          DESK_FOUR_EYES, 0, F(MATERIAL_F_UNTIL), NULL, approve },
	[MATERIAL_DO_SEND_BACK] = { "send-back", "退回", S(MATERIAL_SUBMITTED), S(MATERIAL_DRAFT), R(EDITOR), 0,
	                            F(MATERIAL_F_REASON), 0, NULL, NULL },
	[MATERIAL_DO_REVISE] = { "revise", "修订", S(MATERIAL_APPROVED) | S(MATERIAL_EXPIRED), S(MATERIAL_DRAFT), AUTHORS,
	                         0, 0, TEXTS, NULL, revise },
	[MATERIAL_DO_WITHDRAW] = { "withdraw", "撤回",
	                           S(MATERIAL_DRAFT) | S(MATERIAL_SUBMITTED) | S(MATERIAL_APPROVED) | S(MATERIAL_EXPIRED),
	                           S(MATERIAL_WITHDRAWN), AUTHORS | R(LEADER), 0, F(MATERIAL_F_REASON), 0, NULL, withdraw },
	[MATERIAL_DO_EXPIRE] = { "expire", "到期", S(MATERIAL_APPROVED), S(MATERIAL_EXPIRED), 0, DESK_BY_TIMER, 0, 0, NULL,
	                         NULL },
};
static const struct desk_timer timer[MATERIAL_T_TIMERS] = {
	[MATERIAL_T_END] = { "end", "有效期", MATERIAL_DO_EXPIRE },
};

const struct desk_machine desk_material = {
	.kind = DESK_MATERIAL,
	.letters = "MA",
	.name = "material",
	.zh = "宣传素材",
	.route = "materials",
	.shared = S(MATERIAL_APPROVED),
	.n_states = MATERIAL_STATES,
	.n_fields = MATERIAL_F_FIELDS,
	.n_steps = MATERIAL_DO_STEPS,
	.n_timers = MATERIAL_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
