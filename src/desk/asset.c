/* asset.c - shared brand assets and their versions; see asset.h. */
#include "desk/asset.h"
#include "desk/desk_int.h"

/* A new version follows an approved one, of the same organisation unless the secretary makes it; one at a time. */
static enum desk_refusal draft(struct desk_turn *t)
{
	uint64_t id = desk_id(t->o, ASSET_F_PREVIOUS);
	const struct desk_object *p = turn_peek(t, id);

	desk_set_i(t->o, ASSET_F_VERSION, 1);
	if (id == 0)
		return DESK_OK;
	if (!p || p->kind != DESK_ASSET)
		return DESK_REFUSED_ABSENT;
	if (!desk_in_scope(t->c->roles, p, t->c->user, t->c->organisation, t->c->district))
		return p->state == ASSET_APPROVED ? DESK_REFUSED_SCOPE : DESK_REFUSED_ABSENT;
	if (p->state != ASSET_APPROVED)
		return DESK_REFUSED_NOT_IN_FORCE;
	desk_set_i(t->o, ASSET_F_VERSION, desk_i(p, ASSET_F_VERSION) + 1);
	desk_set_id(t->o, ASSET_F_FIRST, desk_has(p, ASSET_F_FIRST) ? desk_id(p, ASSET_F_FIRST) : id);
	return turn_open_about(t, DESK_ASSET, desk_thing(id)) ? DESK_REFUSED_OTHER_OPEN : DESK_OK;
}

/* Something to look at, and under which terms. */
static enum desk_refusal propose(struct desk_turn *t)
{
	if (!desk_has(t->o, ASSET_F_FILE) && !desk_has(t->o, ASSET_F_TEXT))
		return turn_missing(t, ASSET_F_FILE);
	turn_timer(t, ASSET_T_DECIDE, t->now + turn_limit(t, LIMIT_ASSET_DECIDE));
	return DESK_OK;
}

/* One that was withdrawn meanwhile is not touched. */
static enum desk_refusal approve(struct desk_turn *t)
{
	uint64_t id = desk_id(t->o, ASSET_F_PREVIOUS);
	const struct desk_object *p = turn_peek(t, id);

	turn_timer(t, ASSET_T_DECIDE, 0);
	return p && p->state == ASSET_APPROVED ? turn_step(t, DESK_ASSET, ASSET_DO_SUPERSEDE, id) : DESK_OK;
}

static enum desk_refusal send_back(struct desk_turn *t)
{
	turn_timer(t, ASSET_T_DECIDE, 0);
	return DESK_OK;
}

static enum desk_refusal late(struct desk_turn *t)
{
	desk_set_i(t->o, ASSET_F_LATE, desk_i(t->o, ASSET_F_LATE) + 1);
	return turn_alarm(t);
}

static const struct desk_choice sort_choice[] = {
	[1] = { "logo", "标识" },   [2] = { "slogan", "标语" },   [3] = { "poster", "海报版式" }, [4] = { "sign", "牌匾" },
	[5] = { "script", "脚本" }, [6] = { "template", "模板" }, [7] = { "mascot", "形象" },     [8] = { "other", "其他" },
};
static const struct desk_choices sorts = { ARRAY_LEN(sort_choice), sort_choice };
static const struct desk_choice licence_choice[] = {
	[1] = { "members", "成员单位使用" },
	[2] = { "credited", "署名使用" },
	[3] = { "open", "公开使用" },
	[4] = { "asked", "一事一批" },
};
static const struct desk_choices licences = { ARRAY_LEN(licence_choice), licence_choice };

static const struct desk_state state[ASSET_STATES] = {
	[ASSET_DRAFT] = { "draft", "草拟", false },        [ASSET_PROPOSED] = { "proposed", "待审定", false },
	[ASSET_APPROVED] = { "approved", "启用", false },  [ASSET_SUPERSEDED] = { "superseded", "旧版", true },
	[ASSET_REJECTED] = { "rejected", "未通过", true }, [ASSET_WITHDRAWN] = { "withdrawn", "停用", true },
	[ASSET_DROPPED] = { "dropped", "放弃", true },
};
static const struct desk_field field[ASSET_F_FIELDS] = {
	[ASSET_F_SORT] = { "sort", "类别", DESK_CHOICE, .choices = &sorts },
	[ASSET_F_NAME] = { "name", "名称", DESK_TEXT },
	[ASSET_F_PREVIOUS] = { "previous", "上一版", DESK_OBJECT, DESK_ASSET },
	[ASSET_F_FIRST] = { "first", "首版", DESK_OBJECT, DESK_ASSET },
	[ASSET_F_VERSION] = { "edition", "版次", DESK_INTEGER, .min = 1, .max = INT32_MAX },
	[ASSET_F_FILE] = { "file", "文件", DESK_FILE },
	[ASSET_F_TEXT] = { "text", "说明", DESK_TEXT },
	[ASSET_F_LICENCE] = { "licence", "使用许可", DESK_CHOICE, .choices = &licences },
	[ASSET_F_LICENCE_NOTE] = { "licence_note", "许可说明", DESK_TEXT },
	[ASSET_F_REASON] = { "reason", "理由", DESK_TEXT },
	[ASSET_F_LATE] = { "late", "审定逾期", DESK_INTEGER, .max = INT32_MAX },
};
#define MAKERS (R(DELEGATE) | R(SECRETARY) | R(EDITOR) | R(BANK_DESK) | R(OPERATOR_DESK))
#define CONTENT (F(ASSET_F_FILE) | F(ASSET_F_TEXT) | F(ASSET_F_LICENCE_NOTE))
static const struct desk_step step[ASSET_DO_STEPS] = {
	[ASSET_DO_DRAFT] = { "draft", "草拟", S_NEW, S(ASSET_DRAFT), MAKERS, 0,
	                     F(ASSET_F_SORT) | F(ASSET_F_NAME) | F(ASSET_F_LICENCE), CONTENT | F(ASSET_F_PREVIOUS), NULL,
	                     draft },
	[ASSET_DO_AMEND] = { "amend", "修改", S(ASSET_DRAFT), 0, MAKERS, 0, 0,
	                     CONTENT | F(ASSET_F_NAME) | F(ASSET_F_LICENCE), NULL, NULL },
	[ASSET_DO_PROPOSE] = { "propose", "报审", S(ASSET_DRAFT), S(ASSET_PROPOSED), MAKERS, DESK_PROPOSES, 0, CONTENT,
	                       NULL, propose },
	[ASSET_DO_APPROVE] = { "approve", "审定启用", S(ASSET_PROPOSED), S(ASSET_APPROVED), R(SECRETARY) | R(LEADER),
	                       DESK_FOUR_EYES, 0, F(ASSET_F_LICENCE_NOTE), NULL, approve },
	[ASSET_DO_RETURN] = { "return", "退回", S(ASSET_PROPOSED), S(ASSET_DRAFT), R(SECRETARY) | R(LEADER), 0,
	                      F(ASSET_F_REASON), 0, NULL, send_back },
	[ASSET_DO_REJECT] = { "reject", "不予通过", S(ASSET_PROPOSED), S(ASSET_REJECTED), R(SECRETARY) | R(LEADER), 0,
	                      F(ASSET_F_REASON), 0, NULL, NULL },
	[ASSET_DO_DROP] = { "drop", "放弃", S(ASSET_DRAFT), S(ASSET_DROPPED), MAKERS, 0, 0, 0, NULL, NULL },
	[ASSET_DO_WITHDRAW] = { "withdraw", "停用", S(ASSET_APPROVED), S(ASSET_WITHDRAWN), R(SECRETARY) | R(LEADER), 0,
	                        F(ASSET_F_REASON), 0, NULL, NULL },
	[ASSET_DO_SUPERSEDE] = { "supersede", "被新版替代", S(ASSET_APPROVED), S(ASSET_SUPERSEDED), 0, DESK_INTERNAL, 0, 0,
	                         NULL, NULL },
	[ASSET_DO_LATE] = { "late", "审定逾期", S(ASSET_PROPOSED), 0, 0, DESK_BY_TIMER, 0, 0, NULL, late },
};
static const struct desk_timer timer[ASSET_T_TIMERS] = {
	[ASSET_T_DECIDE] = { "decide", "审定时限", ASSET_DO_LATE },
};

const struct desk_machine desk_asset = {
	.kind = DESK_ASSET,
	.letters = "AS",
	.name = "asset",
	.zh = "品牌资产",
	.route = "assets",
	.shared = S(ASSET_APPROVED) | S(ASSET_SUPERSEDED) | S(ASSET_WITHDRAWN),
	.in_head = { .subject = { ASSET_F_PREVIOUS }, .also = { ASSET_F_FIRST } },
	.n_states = ASSET_STATES,
	.n_fields = ASSET_F_FIELDS,
	.n_steps = ASSET_DO_STEPS,
	.n_timers = ASSET_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
