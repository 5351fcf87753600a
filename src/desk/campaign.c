/* campaign.c - the table of campaigns; see campaign.h. */
#include "desk/campaign.h"
#include "desk/desk_int.h"
#include "desk/incident.h"

static enum desk_refusal wrong(struct desk_turn *t, uint32_t field, enum desk_refusal no)
{
	t->d->bad_field = (uint8_t)field;
	return no;
}

/* ---- the plan ---- */

void campaign_usual(struct desk_object *o)
{
	static const struct {
		uint8_t field;
		int64_t value;
	} values[] = {
		{ CAMPAIGN_F_FOLLOW, 14 * US_PER_DAY },
		{ CAMPAIGN_F_HOLD_OUT, 200 },
		{ CAMPAIGN_F_ALPHA, 50 },
		{ CAMPAIGN_F_POWER, 800 },
		{ CAMPAIGN_F_WAVES, 1 },
		{ CAMPAIGN_F_OUTCOME, CAMPAIGN_VICTIMS },
		{ CAMPAIGN_F_WARNED, 1 },
		{ CAMPAIGN_F_CONTACT, 1000000 },
		{ CAMPAIGN_F_ICC, 100 },
	};

	for (uint32_t i = 0; i < ARRAY_LEN(values); i++)
		if (!desk_has(o, values[i].field))
			desk_set_i(o, values[i].field, values[i].value);
}

/* A plan, or another one for the same campaign: the segment that was there is not the plan's any more. */
static enum desk_refusal plan(struct desk_turn *t)
{
	static const uint8_t stale[] = { CAMPAIGN_F_SIZE, CAMPAIGN_F_HELD, CAMPAIGN_F_DIGEST, CAMPAIGN_F_POWER_AT };
	struct desk_object *o = t->o;
	bool flood = desk_i(o, CAMPAIGN_F_MANNER) == CAMPAIGN_FLOOD;

	campaign_usual(o);
	if (!desk_has(o, CAMPAIGN_F_TEXTS_MAX))
		desk_set_i(o, CAMPAIGN_F_TEXTS_MAX, turn_limit(t, LIMIT_CAMPAIGN_TEXTS));
	if (desk_i(o, CAMPAIGN_F_TEXTS_MAX) > turn_limit(t, LIMIT_CAMPAIGN_TEXTS))
		return wrong(t, CAMPAIGN_F_TEXTS_MAX, DESK_REFUSED_FIELD_VALUE);
	if (desk_i(o, CAMPAIGN_F_STARTS) <= t->now)
		return wrong(t, CAMPAIGN_F_STARTS, DESK_REFUSED_TIME);
	if (desk_i(o, CAMPAIGN_F_ENDS) <= desk_i(o, CAMPAIGN_F_STARTS) ||
	    desk_i(o, CAMPAIGN_F_ENDS) - desk_i(o, CAMPAIGN_F_STARTS) > 366 * US_PER_DAY)
		return wrong(t, CAMPAIGN_F_ENDS, DESK_REFUSED_TIME);
	if (desk_i(o, CAMPAIGN_F_FOLLOW) > 366 * US_PER_DAY)
		return wrong(t, CAMPAIGN_F_FOLLOW, DESK_REFUSED_FIELD_VALUE);
	if (flood ? desk_i(o, CAMPAIGN_F_AUDIENCE) != AUDIENCE_EVERYBODY : desk_i(o, CAMPAIGN_F_WAVES) != 1)
		return wrong(t, flood ? CAMPAIGN_F_AUDIENCE : CAMPAIGN_F_WAVES, DESK_REFUSED_FIELD_VALUE);
	for (uint32_t i = 0; i < ARRAY_LEN(stale); i++)
		desk_unset(o, stale[i]);
	return DESK_OK;
}

/* No group so small that it points at people, and both arms are there. */
static enum desk_refusal segment(struct desk_turn *t)
{
	int64_t size = desk_i(t->o, CAMPAIGN_F_SIZE), held = desk_i(t->o, CAMPAIGN_F_HELD);
	int64_t least = desk_i(t->o, CAMPAIGN_F_MANNER) == CAMPAIGN_FLOOD ? 2 : turn_limit(t, LIMIT_CAMPAIGN_GROUP);

	if (size < least)
		return wrong(t, CAMPAIGN_F_SIZE, DESK_REFUSED_FIELD_VALUE);
	if (held >= size || (held == 0 && desk_i(t->o, CAMPAIGN_F_WAVES) == 1))
		return wrong(t, CAMPAIGN_F_HELD, DESK_REFUSED_FIELD_VALUE);
	return DESK_OK;
}

static enum desk_refusal approve(struct desk_turn *t)
{
	if (desk_i(t->o, CAMPAIGN_F_ENDS) <= t->now)
		return DESK_REFUSED_TOO_LATE;
	turn_timer(t, CAMPAIGN_T_BEGIN,
	           desk_i(t->o, CAMPAIGN_F_STARTS) > t->now ? desk_i(t->o, CAMPAIGN_F_STARTS) : t->now);
	turn_timer(t, CAMPAIGN_T_END, desk_i(t->o, CAMPAIGN_F_ENDS));
	return DESK_OK;
}

/* ---- its life ---- */

static enum desk_refusal begin(struct desk_turn *t)
{
	turn_timer(t, CAMPAIGN_T_BEGIN, 0);
	desk_set_i(t->o, CAMPAIGN_F_BEGAN, t->now);
	return DESK_OK;
}

static enum desk_refusal end(struct desk_turn *t)
{
	turn_timer(t, CAMPAIGN_T_END, 0);
	desk_set_i(t->o, CAMPAIGN_F_OVER, t->now);
	desk_set_i(t->o, CAMPAIGN_F_MEASURE_AT, t->now + desk_i(t->o, CAMPAIGN_F_FOLLOW));
	turn_timer(t, CAMPAIGN_T_MEASURE, desk_i(t->o, CAMPAIGN_F_MEASURE_AT));
	return DESK_OK;
}

static enum desk_refusal stop(struct desk_turn *t)
{
	for (uint32_t i = 0; i < CAMPAIGN_T_TIMERS; i++)
		turn_timer(t, i, 0);
	desk_set_i(t->o, CAMPAIGN_F_OVER, t->now);
	return DESK_OK;
}

static enum desk_refusal measure(struct desk_turn *t)
{
	if (t->now < desk_i(t->o, CAMPAIGN_F_MEASURE_AT))
		return DESK_REFUSED_TOO_EARLY;
	if (t->c->user == t->o->proposer)
		return DESK_REFUSED_FOUR_EYES;
	if ((uint64_t)desk_i(t->o, CAMPAIGN_F_AS_OF) > t->d->position)
		return wrong(t, CAMPAIGN_F_AS_OF, DESK_REFUSED_FIELD_VALUE);
	turn_timer(t, CAMPAIGN_T_MEASURE, 0);
	return DESK_OK;
}

/* ---- the table ---- */

static const struct desk_choice manner_choice[] = {
	[CAMPAIGN_FLOOD] = { "flood", "大水漫灌" },
	[CAMPAIGN_DRIP] = { "drip", "精准滴灌" },
};
const struct desk_choices campaign_manners = { ARRAY_LEN(manner_choice), manner_choice };
static const struct desk_choice audience_choice[] = {
	[AUDIENCE_EVERYBODY] = { "everybody", "全体市民" },
	[AUDIENCE_ELDERLY] = { "elderly", "老年人" },
	[AUDIENCE_STUDENTS] = { "students", "学生" },
	[AUDIENCE_FINANCE] = { "finance-staff", "财务人员" },
	[AUDIENCE_PARENTS] = { "parents", "学生家长" },
	[AUDIENCE_NEW_PHONE] = { "new-phone", "新入网用户" },
	[AUDIENCE_CONTACTED] = { "contacted", "近期被诈骗联系的人" },
};
const struct desk_choices campaign_audiences = { ARRAY_LEN(audience_choice), audience_choice };
static const struct desk_choice outcome_choice[] = {
	[CAMPAIGN_CONVERSION] = { "conversion", "被联系后受骗率" },
	[CAMPAIGN_VICTIMS] = { "victims", "受骗率" },
	[CAMPAIGN_REPORTS] = { "reports", "未受损举报率" },
};
const struct desk_choices campaign_outcomes = { ARRAY_LEN(outcome_choice), outcome_choice };
static const struct desk_choice verdict_choice[] = {
	[CAMPAIGN_HELPED] = { "helped", "有效" },
	[CAMPAIGN_HARMED] = { "harmed", "反效果" },
	[CAMPAIGN_NOT_SHOWN] = { "not-shown", "数据未显示效果" },
	[CAMPAIGN_TOO_FEW] = { "too-few", "样本不足" },
	[CAMPAIGN_NOT_COMPARABLE] = { "not-comparable", "两组不可比" },
};
const struct desk_choices campaign_verdicts = { ARRAY_LEN(verdict_choice), verdict_choice };

static const struct desk_state state[CAMPAIGN_STATES] = {
	[CAMPAIGN_PLANNED] = { "planned", "已拟定", false },   [CAMPAIGN_SEGMENTED] = { "segmented", "已分群", false },
	[CAMPAIGN_APPROVED] = { "approved", "已批准", false }, [CAMPAIGN_RUNNING] = { "running", "进行中", false },
	[CAMPAIGN_ENDED] = { "ended", "已结束待评估", false }, [CAMPAIGN_MEASURED] = { "measured", "已评估", true },
	[CAMPAIGN_STOPPED] = { "stopped", "已中止", true },
};
static const struct desk_field field[CAMPAIGN_F_FIELDS] = {
	[CAMPAIGN_F_MANNER] = { "manner", "方式", DESK_CHOICE, .choices = &campaign_manners },
	[CAMPAIGN_F_AUDIENCE] = { "audience", "人群", DESK_CHOICE, .choices = &campaign_audiences },
	[CAMPAIGN_F_SCAM] = { "scam", "诈骗类型", DESK_CHOICE, .choices = &desk_scams },
	[CAMPAIGN_F_MATERIAL] = { "material", "素材", DESK_OBJECT, DESK_MATERIAL },
	[CAMPAIGN_F_TITLE] = { "title", "名称", DESK_TEXT },
	[CAMPAIGN_F_CHANNELS] = { "channels", "渠道", DESK_INTEGER, .min = 1, .max = 65535 },
	[CAMPAIGN_F_STARTS] = { "starts", "开始时间", DESK_TIME },
	[CAMPAIGN_F_ENDS] = { "ends", "结束时间", DESK_TIME },
	[CAMPAIGN_F_FOLLOW] = { "follow", "结束后观察期", DESK_DURATION },
	[CAMPAIGN_F_HOLD_OUT] = { "hold_out", "留出比例（千分之）", DESK_INTEGER, .min = 10, .max = 900 },
	[CAMPAIGN_F_EFFECT] = { "effect", "最小有意义变化（千分之）", DESK_INTEGER, .min = 10, .max = 2000 },
	[CAMPAIGN_F_BASE] = { "base", "预期基准率（百万分之）", DESK_INTEGER, .min = 1, .max = 999999 },
	[CAMPAIGN_F_OUTCOME] = { "outcome", "主要指标", DESK_CHOICE, .choices = &campaign_outcomes },
	[CAMPAIGN_F_ALPHA] = { "alpha", "显著性水平（千分之）", DESK_INTEGER, .min = 1, .max = 100 },
	[CAMPAIGN_F_POWER] = { "power", "检验效能（千分之）", DESK_INTEGER, .min = 500, .max = 990 },
	[CAMPAIGN_F_SEED] = { "seed", "随机种子", DESK_INTEGER, .max = INT64_MAX, .drawn = true },
	[CAMPAIGN_F_WAVES] = { "waves", "批次数", DESK_INTEGER, .min = 1, .max = 12 },
	[CAMPAIGN_F_DISTRICT] = { "district", "辖区", DESK_INTEGER, .max = 65535 },
	[CAMPAIGN_F_TEXTS_MAX] = { "texts_max", "三十日内短信上限", DESK_INTEGER, .min = 1, .max = 3 },
	[CAMPAIGN_F_WARNED] = { "without_warned", "排除预警中人员", DESK_INTEGER, .max = 1 },
	[CAMPAIGN_F_SIZE] = { "size", "人群规模", DESK_INTEGER, .max = INT32_MAX, .counted = true },
	[CAMPAIGN_F_HELD] = { "held", "留出规模", DESK_INTEGER, .max = INT32_MAX, .counted = true },
	[CAMPAIGN_F_DIGEST] = { "digest", "人群摘要", DESK_CODE, .counted = true },
	[CAMPAIGN_F_POWER_AT] = { "power_at", "该规模下效能（千分之）", DESK_INTEGER, .max = 1000, .counted = true },
	[CAMPAIGN_F_BEGAN] = { "began", "实际开始", DESK_TIME },
	[CAMPAIGN_F_OVER] = { "over", "实际结束", DESK_TIME },
	[CAMPAIGN_F_VERDICT] = { "verdict", "结论", DESK_CHOICE, .choices = &campaign_verdicts, .counted = true },
	[CAMPAIGN_F_AS_OF] = { "as_of", "评估截至流水", DESK_INTEGER, .min = 1, .max = (int64_t)1 << 47, .counted = true },
	[CAMPAIGN_F_REPORT] = { "report", "评估报告摘要", DESK_CODE, .counted = true },
	[CAMPAIGN_F_REASON] = { "reason", "中止理由", DESK_TEXT },
	[CAMPAIGN_F_MEASURE_AT] = { "measure_at", "可评估时间", DESK_TIME },
	[CAMPAIGN_F_CONTACT] = { "contact_rate", "预期被联系率（百万分之）", DESK_INTEGER, .min = 1, .max = 1000000 },
	[CAMPAIGN_F_ICC] = { "icc", "辖区内相关（百万分之）", DESK_INTEGER, .max = 999999 },
};
#define PLANNERS (R(MEDIA) | R(EDITOR) | R(ANALYST) | R(LEADER))
#define OPEN (S(CAMPAIGN_PLANNED) | S(CAMPAIGN_SEGMENTED) | S(CAMPAIGN_APPROVED) | S(CAMPAIGN_RUNNING))
#define PLAN                                                                                     \
	(F(CAMPAIGN_F_MANNER) | F(CAMPAIGN_F_AUDIENCE) | F(CAMPAIGN_F_STARTS) | F(CAMPAIGN_F_ENDS) | \
	 F(CAMPAIGN_F_EFFECT) | F(CAMPAIGN_F_BASE))
#define PLAN_TOO                                                                                    \
	(F(CAMPAIGN_F_SCAM) | F(CAMPAIGN_F_MATERIAL) | F(CAMPAIGN_F_TITLE) | F(CAMPAIGN_F_CHANNELS) |   \
	 F(CAMPAIGN_F_FOLLOW) | F(CAMPAIGN_F_HOLD_OUT) | F(CAMPAIGN_F_OUTCOME) | F(CAMPAIGN_F_ALPHA) |  \
	 F(CAMPAIGN_F_POWER) | F(CAMPAIGN_F_WAVES) | F(CAMPAIGN_F_DISTRICT) | F(CAMPAIGN_F_TEXTS_MAX) | \
	 F(CAMPAIGN_F_WARNED) | F(CAMPAIGN_F_CONTACT) | F(CAMPAIGN_F_ICC))
static const struct desk_step step[CAMPAIGN_DO_STEPS] = {
	[CAMPAIGN_DO_PLAN] = { "plan", "拟定", S_NEW, S(CAMPAIGN_PLANNED), PLANNERS, DESK_PROPOSES,
	                       PLAN | F(CAMPAIGN_F_SEED), PLAN_TOO, NULL, plan },
	[CAMPAIGN_DO_CHANGE] = { "change", "修改", S(CAMPAIGN_PLANNED) | S(CAMPAIGN_SEGMENTED), S(CAMPAIGN_PLANNED),
	                         PLANNERS, DESK_PROPOSES, 0, PLAN | PLAN_TOO, NULL, plan },
	[CAMPAIGN_DO_SEGMENT] = { "segment", "分群", S(CAMPAIGN_PLANNED) | S(CAMPAIGN_SEGMENTED), S(CAMPAIGN_SEGMENTED),
	                          PLANNERS, 0,
	                          F(CAMPAIGN_F_SIZE) | F(CAMPAIGN_F_HELD) | F(CAMPAIGN_F_DIGEST) | F(CAMPAIGN_F_POWER_AT),
	                          0, NULL, segment },
	[CAMPAIGN_DO_APPROVE] = { "approve", "批准", S(CAMPAIGN_SEGMENTED), S(CAMPAIGN_APPROVED), R(EDITOR) | R(LEADER),
	                          DESK_FOUR_EYES, 0, 0, NULL, approve },
	[CAMPAIGN_DO_BEGIN] = { "begin", "开始", S(CAMPAIGN_APPROVED), S(CAMPAIGN_RUNNING), 0, DESK_BY_TIMER, 0, 0, NULL,
	                        begin },
	[CAMPAIGN_DO_END] = { "end", "结束", S(CAMPAIGN_RUNNING), S(CAMPAIGN_ENDED), 0, DESK_BY_TIMER, 0, 0, NULL, end },
	[CAMPAIGN_DO_MEASURE] = { "measure", "评估", S(CAMPAIGN_ENDED), S(CAMPAIGN_MEASURED),
	                          R(ANALYST) | R(QUALITY) | R(LEADER) | R(EDITOR), DESK_BY_PERSON,
	                          F(CAMPAIGN_F_VERDICT) | F(CAMPAIGN_F_AS_OF) | F(CAMPAIGN_F_REPORT), 0, NULL, measure },
	[CAMPAIGN_DO_STOP] = { "stop", "中止", OPEN, S(CAMPAIGN_STOPPED), PLANNERS | R(CITY_LEADER), 0,
	                       F(CAMPAIGN_F_REASON), 0, NULL, stop },
	[CAMPAIGN_DO_MEASURE_DUE] = { "measure-due", "评估到期", S(CAMPAIGN_ENDED), 0, 0, DESK_BY_TIMER, 0, 0, NULL,
	                              turn_alarm },
};
static const struct desk_timer timer[CAMPAIGN_T_TIMERS] = {
	[CAMPAIGN_T_BEGIN] = { "begin", "开始", CAMPAIGN_DO_BEGIN },
	[CAMPAIGN_T_END] = { "end", "结束", CAMPAIGN_DO_END },
	[CAMPAIGN_T_MEASURE] = { "measure", "评估到期", CAMPAIGN_DO_MEASURE_DUE },
};

const struct desk_machine desk_campaign = {
	.kind = DESK_CAMPAIGN,
	.letters = "CA",
	.name = "campaign",
	.zh = "宣传活动",
	.route = "campaigns",
	.in_head = { .also = { CAMPAIGN_F_MATERIAL }, .district = CAMPAIGN_F_DISTRICT },
	.n_states = CAMPAIGN_STATES,
	.n_fields = CAMPAIGN_F_FIELDS,
	.n_steps = CAMPAIGN_DO_STEPS,
	.n_timers = CAMPAIGN_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};

void campaign_digest_print(const unsigned char digest[CAMPAIGN_DIGEST_BYTES], char out[2 * CAMPAIGN_DIGEST_BYTES + 1])
{
	for (uint32_t i = 0; i < CAMPAIGN_DIGEST_BYTES; i++) {
		out[2 * i] = (char)('a' + (digest[i] >> 4));
		out[2 * i + 1] = (char)('a' + (digest[i] & 15));
	}
	out[2 * CAMPAIGN_DIGEST_BYTES] = 0;
}
