/* publication.c - materials on channels; see publication.h. */
#include "desk/publication.h"
#include "desk/campaign.h"
#include "desk/desk_int.h"
#include "desk/material.h"

bool publication_sends(int64_t channel)
{
	return channel == CHANNEL_WECHAT || channel == CHANNEL_WEIBO || channel == CHANNEL_DOUYIN ||
	       channel == CHANNEL_EMAIL || channel == CHANNEL_SMS || channel == CHANNEL_NEWSPAPER;
}

/* The first moment from `at` on at which a text may go to the phone: today, or tomorrow, and then it is looked at again. */
static int64_t text_time(struct desk_turn *t, int64_t at)
{
	at = turn_text_hour(t, at);
	return turn_texted(t, desk_entity_of(t->o, PUBLICATION_F_PHONE), at) ? turn_text_hour(t, desk_day(at) + US_PER_DAY)
	                                                                     : at;
}

/* ---- steps ---- */

static enum desk_refusal wrong(struct desk_turn *t, uint32_t field, enum desk_refusal no)
{
	t->d->bad_field = (uint8_t)field;
	return no;
}

static enum desk_refusal plan(struct desk_turn *t)
{
	int64_t channel = desk_i(t->o, PUBLICATION_F_CHANNEL);
	bool text = channel == CHANNEL_SMS;
	const struct desk_object *m = turn_peek(t, desk_id(t->o, PUBLICATION_F_MATERIAL));

	if (!m || m->kind != DESK_MATERIAL)
		return wrong(t, PUBLICATION_F_MATERIAL, DESK_REFUSED_ABSENT);
	if (text != desk_has(t->o, PUBLICATION_F_PHONE))
		return text ? turn_missing(t, PUBLICATION_F_PHONE) : wrong(t, PUBLICATION_F_PHONE, DESK_REFUSED_FIELD_EXTRA);
	if (publication_sends(channel) && !text && channel != CHANNEL_NEWSPAPER &&
	    !desk_has(t->o, PUBLICATION_F_ORGANISATION))
		return turn_missing(t, PUBLICATION_F_ORGANISATION);
	if (desk_has(t->o, PUBLICATION_F_UNTIL) && desk_i(t->o, PUBLICATION_F_UNTIL) <= t->now)
		return wrong(t, PUBLICATION_F_UNTIL, DESK_REFUSED_TIME);
	return DESK_OK;
}

static void tell_channel(struct desk_turn *t, uint32_t what)
{
	struct desk_message *m;

	if (!publication_sends(desk_i(t->o, PUBLICATION_F_CHANNEL)))
		return;
	m = turn_send(t, DESK_MESSAGE_PUBLISH, what);
	if (m && desk_has(t->o, PUBLICATION_F_PHONE))
		m->about = desk_entity_of(t->o, PUBLICATION_F_PHONE);
}

/* Whether the campaign that it belongs to, if any, goes on. */
static bool wanted(struct desk_turn *t)
{
	const struct desk_object *c =
		desk_has(t->o, PUBLICATION_F_CAMPAIGN) ? turn_peek(t, desk_id(t->o, PUBLICATION_F_CAMPAIGN)) : NULL;

	return !desk_has(t->o, PUBLICATION_F_CAMPAIGN) || (c && c->kind == DESK_CAMPAIGN && c->state == CAMPAIGN_RUNNING);
}

/* Out now, or as soon as it may. */
static enum desk_refusal go_out(struct desk_turn *t)
{
	const struct desk_object *m = turn_peek(t, desk_id(t->o, PUBLICATION_F_MATERIAL));
	int64_t starts = desk_i(t->o, PUBLICATION_F_STARTS), at = starts > t->now ? starts : t->now, edition;

	if (!m || m->state != MATERIAL_APPROVED)
		return wrong(t, PUBLICATION_F_MATERIAL, DESK_REFUSED_NOT_IN_FORCE);
	edition = desk_i(m, MATERIAL_F_EDITION);
	if (desk_has(t->o, PUBLICATION_F_PHONE))
		at = text_time(t, at);
	if (desk_has(t->o, PUBLICATION_F_UNTIL) && desk_i(t->o, PUBLICATION_F_UNTIL) <= at)
		return wrong(t, PUBLICATION_F_UNTIL, DESK_REFUSED_TOO_LATE);
	if (at > t->now) {
		t->o->state = PUBLICATION_SCHEDULED;
		turn_timer(t, PUBLICATION_T_START, at);
		return DESK_OK;
	}
	t->o->state = PUBLICATION_OUT;
	desk_set_i(t->o, PUBLICATION_F_OUT, t->now);
	desk_set_i(t->o, PUBLICATION_F_EDITION, edition);
	turn_timer(t, PUBLICATION_T_START, 0);
	turn_timer(t, PUBLICATION_T_END, desk_i(t->o, PUBLICATION_F_UNTIL));
	tell_channel(t, PUBLISH_SHOW);
	return DESK_OK;
}

/* A text of a campaign: two people approved all of them with the campaign, so nobody approves each. One to a phone. */
static enum desk_refusal text(struct desk_turn *t)
{
	const struct desk_object *c = turn_peek(t, desk_id(t->o, PUBLICATION_F_CAMPAIGN));
	struct desk_entity phone = desk_entity_of(t->o, PUBLICATION_F_PHONE);
	int64_t most = c && c->kind == DESK_CAMPAIGN ? desk_i(c, CAMPAIGN_F_TEXTS_MAX) : 0, had = 0;
	uint64_t id = UINT64_MAX;

	if (!c || c->kind != DESK_CAMPAIGN)
		return wrong(t, PUBLICATION_F_CAMPAIGN, DESK_REFUSED_ABSENT);
	if (c->state != CAMPAIGN_RUNNING || desk_i(c, CAMPAIGN_F_MANNER) != CAMPAIGN_DRIP ||
	    !desk_has(c, CAMPAIGN_F_MATERIAL) || (desk_i(c, CAMPAIGN_F_CHANNELS) >> CHANNEL_SMS & 1) == 0)
		return wrong(t, PUBLICATION_F_CAMPAIGN, DESK_REFUSED_NOT_IN_FORCE);
	desk_copy(t->o, PUBLICATION_F_MATERIAL, c, CAMPAIGN_F_MATERIAL);
	desk_copy(t->o, PUBLICATION_F_UNTIL, c, CAMPAIGN_F_ENDS);
	desk_set_i(t->o, PUBLICATION_F_CHANNEL, CHANNEL_SMS);
	for (uint32_t i = 0; i < DESK_ABOUT_MAX && (id = turn_about(t, DESK_PUBLICATION, phone, id)) != 0; i++) {
		const struct desk_object *o = turn_peek(t, id);

		if (o && id != t->o->id && desk_id(o, PUBLICATION_F_CAMPAIGN) == desk_id(t->o, PUBLICATION_F_CAMPAIGN))
			return DESK_REFUSED_SAME;
		had += o && id != t->o->id && desk_has(o, PUBLICATION_F_CAMPAIGN) && o->state != PUBLICATION_WITHDRAWN &&
		       o->made_us > t->now - 30 * US_PER_DAY;
	}
	return had < most ? go_out(t) : DESK_REFUSED_SENT_TODAY;
}

/* By the timer: what may not go out any more is withdrawn, and the seats are told; but for texts of a campaign that is over, of which there may be thousands. */
static enum desk_refusal go_out_in_time(struct desk_turn *t)
{
	bool goes_on = wanted(t);
	enum desk_refusal no = goes_on ? go_out(t) : DESK_REFUSED_NOT_IN_FORCE;

	if (no == DESK_OK)
		return no;
	t->d->bad_field = 0;
	t->o->state = PUBLICATION_WITHDRAWN;
	turn_timer(t, PUBLICATION_T_START, 0);
	return goes_on ? turn_alarm(t) : DESK_OK;
}

static enum desk_refusal count(struct desk_turn *t)
{
	desk_set_i(t->o, PUBLICATION_F_COUNTED, t->now);
	return DESK_OK;
}

static enum desk_refusal over(struct desk_turn *t)
{
	turn_timer(t, PUBLICATION_T_START, 0);
	turn_timer(t, PUBLICATION_T_END, 0);
	if (t->before == PUBLICATION_OUT && desk_i(t->o, PUBLICATION_F_CHANNEL) != CHANNEL_SMS &&
	    desk_i(t->o, PUBLICATION_F_CHANNEL) != CHANNEL_EMAIL &&
	    desk_i(t->o, PUBLICATION_F_CHANNEL) != CHANNEL_NEWSPAPER)
		tell_channel(t, PUBLISH_TAKE_DOWN);
	return DESK_OK;
}

static const struct desk_choice channel_choice[PUBLICATION_CHANNELS] = {
	[CHANNEL_NEWSPAPER] = { "newspaper", "报纸" },
	[CHANNEL_APP] = { "app", "App" },
	[CHANNEL_WEB] = { "web", "网站" },
	[CHANNEL_WECHAT] = { "wechat", "微信" },
	[CHANNEL_WEIBO] = { "weibo", "微博" },
	[CHANNEL_DOUYIN] = { "douyin", "抖音" },
	[CHANNEL_SMS] = { "sms", "短信" },
	[CHANNEL_EMAIL] = { "email", "电子邮件" },
	[CHANNEL_SCREENS] = { "screens", "网点屏幕" },
};
const struct desk_choices desk_channels = { PUBLICATION_CHANNELS, channel_choice };

static const struct desk_state state[PUBLICATION_STATES] = {
	[PUBLICATION_PLANNED] = { "planned", "待发布审核", false },
	[PUBLICATION_SCHEDULED] = { "scheduled", "待发布", false },
	[PUBLICATION_OUT] = { "out", "已发布", false },
	[PUBLICATION_ENDED] = { "ended", "已结束", true },
	[PUBLICATION_WITHDRAWN] = { "withdrawn", "已撤下", true },
};
static const struct desk_field field[PUBLICATION_F_FIELDS] = {
	[PUBLICATION_F_MATERIAL] = { "material", "素材", DESK_OBJECT, DESK_MATERIAL },
	[PUBLICATION_F_CHANNEL] = { "channel", "渠道", DESK_CHOICE, .choices = &desk_channels },
	[PUBLICATION_F_ORGANISATION] = { "organisation", "渠道单位", DESK_INTEGER, .min = 1, .max = 65535 },
	[PUBLICATION_F_PHONE] = { "phone", "接收号码", DESK_ENTITY, DESK_PHONE },
	[PUBLICATION_F_STARTS] = { "starts", "发布时间", DESK_TIME },
	[PUBLICATION_F_UNTIL] = { "until", "截止时间", DESK_TIME },
	[PUBLICATION_F_OUT] = { "out", "实际发布时间", DESK_TIME },
	[PUBLICATION_F_RECEIPT] = { "receipt", "回执号", DESK_CODE },
	[PUBLICATION_F_REACH] = { "reach", "触达人数", DESK_INTEGER, .max = INT32_MAX },
	[PUBLICATION_F_READS] = { "reads", "阅读数", DESK_INTEGER, .max = INT32_MAX },
	[PUBLICATION_F_SHARES] = { "shares", "转发数", DESK_INTEGER, .max = INT32_MAX },
	[PUBLICATION_F_COUNTED] = { "counted", "统计时间", DESK_TIME },
	[PUBLICATION_F_REASON] = { "reason", "撤下理由", DESK_TEXT },
	[PUBLICATION_F_ADDRESS] = { "address", "发布链接", DESK_TEXT, .link = true },
	[PUBLICATION_F_EDITION] = { "edition", "素材版次", DESK_INTEGER, .min = 1, .max = INT32_MAX },
	[PUBLICATION_F_CAMPAIGN] = { "campaign", "宣传活动", DESK_OBJECT, DESK_CAMPAIGN },
};
#define PLANNERS (R(MEDIA) | R(EDITOR) | R(LEADER))
#define OPEN (S(PUBLICATION_PLANNED) | S(PUBLICATION_SCHEDULED) | S(PUBLICATION_OUT))
static const struct desk_step step[PUBLICATION_DO_STEPS] = {
	[PUBLICATION_DO_PLAN] = { "plan", "拟发布", S_NEW, S(PUBLICATION_PLANNED), PLANNERS, DESK_PROPOSES,
	                          F(PUBLICATION_F_MATERIAL) | F(PUBLICATION_F_CHANNEL),
	                          F(PUBLICATION_F_ORGANISATION) | F(PUBLICATION_F_PHONE) | F(PUBLICATION_F_STARTS) |
	                              F(PUBLICATION_F_UNTIL),
	                          NULL, plan },
	[PUBLICATION_DO_PUBLISH] = { "publish", "批准发布", S(PUBLICATION_PLANNED),
	                             S(PUBLICATION_SCHEDULED) | S(PUBLICATION_OUT), R(EDITOR) | R(LEADER), DESK_FOUR_EYES,
	                             0, 0, NULL, go_out },
	[PUBLICATION_DO_GO_OUT] = { "go-out", "到时发布", S(PUBLICATION_SCHEDULED),
	                            S(PUBLICATION_SCHEDULED) | S(PUBLICATION_OUT) | S(PUBLICATION_WITHDRAWN), 0,
	                            DESK_BY_TIMER, 0, 0, NULL, go_out_in_time },
	[PUBLICATION_DO_RECEIPT] = { "receipt", "渠道回执", S(PUBLICATION_OUT), 0, R(CONNECTOR) | R(EDITOR) | R(MEDIA), 0,
	                             0, F(PUBLICATION_F_RECEIPT) | F(PUBLICATION_F_ADDRESS), NULL, NULL },
	[PUBLICATION_DO_COUNT] = { "count", "回传触达", S(PUBLICATION_OUT), 0, R(CONNECTOR) | R(EDITOR), 0,
	                           F(PUBLICATION_F_REACH), F(PUBLICATION_F_READS) | F(PUBLICATION_F_SHARES), NULL, count },
	[PUBLICATION_DO_WITHDRAW] = { "withdraw", "撤下", OPEN, S(PUBLICATION_WITHDRAWN), PLANNERS, 0,
	                              F(PUBLICATION_F_REASON), 0, NULL, over },
	[PUBLICATION_DO_END] = { "end", "到期结束", S(PUBLICATION_OUT), S(PUBLICATION_ENDED), 0, DESK_BY_TIMER, 0, 0, NULL,
	                         over },
	[PUBLICATION_DO_TEXT] = { "text", "活动短信", S_NEW, S(PUBLICATION_SCHEDULED) | S(PUBLICATION_OUT), R(ANALYST), 0,
	                          F(PUBLICATION_F_CAMPAIGN) | F(PUBLICATION_F_PHONE), 0, NULL, text },
};
static const struct desk_timer timer[PUBLICATION_T_TIMERS] = {
	[PUBLICATION_T_START] = { "start", "发布时间", PUBLICATION_DO_GO_OUT },
	[PUBLICATION_T_END] = { "end", "截止时间", PUBLICATION_DO_END },
};

const struct desk_machine desk_publication = {
	.kind = DESK_PUBLICATION,
	.letters = "PU",
	.name = "publication",
	.zh = "发布",
	.route = "publications",
	.in_head = { .subject = { PUBLICATION_F_PHONE, PUBLICATION_F_MATERIAL },
	             .also = { PUBLICATION_F_CAMPAIGN, PUBLICATION_F_MATERIAL },
	             .organisation = PUBLICATION_F_ORGANISATION },
	.n_states = PUBLICATION_STATES,
	.n_fields = PUBLICATION_F_FIELDS,
	.n_steps = PUBLICATION_DO_STEPS,
	.n_timers = PUBLICATION_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
