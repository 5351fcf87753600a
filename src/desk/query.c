/* query.c - questions to banks and their answers; see query.h. */
#include "desk/query.h"
#include "desk/desk_int.h"

enum {
	OK = 100000, /* the bank's return code for what was done */
	COUNT_MAX = 1000000000
};

/* What the question needs beside what every one has. */
static enum desk_refusal look(struct desk_turn *t, int64_t what)
{
	const struct desk_object *o = t->o;
	uint32_t about = what == QUERY_ACCOUNTS ? QUERY_F_PERSON : QUERY_F_ACCOUNT;

	if (!desk_has(o, about))
		return turn_missing(t, about);
	if (what == QUERY_MOVEMENTS && !desk_has(o, QUERY_F_FROM))
		return turn_missing(t, QUERY_F_FROM);
	if (what == QUERY_MOVEMENTS && !desk_has(o, QUERY_F_UNTIL))
		return turn_missing(t, QUERY_F_UNTIL);
	if (what == QUERY_MOVEMENTS && desk_i(o, QUERY_F_UNTIL) <= desk_i(o, QUERY_F_FROM))
		return DESK_REFUSED_TIME;
	if (what == QUERY_FOLLOW && !desk_has(o, QUERY_F_DAYS))
		return turn_missing(t, QUERY_F_DAYS);
	return what == QUERY_FOLLOW && desk_i(o, QUERY_F_DAYS) > turn_limit(t, LIMIT_QUERY_DAYS) ? DESK_REFUSED_PERIOD
	                                                                                         : DESK_OK;
}

static enum desk_refusal ask(struct desk_turn *t)
{
	static const uint8_t message[] = { [QUERY_HOLDER] = DESK_MESSAGE_BANK_HOLDER,
		                               [QUERY_MOVEMENTS] = DESK_MESSAGE_BANK_MOVEMENTS,
		                               [QUERY_FOLLOW] = DESK_MESSAGE_BANK_FOLLOW,
		                               [QUERY_ACCOUNTS] = DESK_MESSAGE_BANK_ACCOUNTS };
	int64_t what = desk_i(t->o, QUERY_F_WHAT);
	enum desk_refusal no = look(t, what);

	if (no != DESK_OK)
		return no;
	turn_timer(t, QUERY_T_ANSWER, t->now + turn_limit(t, LIMIT_QUERY_ANSWER));
	turn_send(t, message[what], 0);
	return DESK_OK;
}

static void count(struct desk_turn *t, uint32_t field, int64_t more)
{
	int64_t n = desk_i(t->was, field) + more;

	desk_set_i(t->o, field, n > COUNT_MAX ? COUNT_MAX : n);
}

/* The first answer decides; what follows adds to it. */
static enum desk_refusal answer(struct desk_turn *t)
{
	bool ok = desk_i(t->o, QUERY_F_RESULT) == OK;

	if (t->before != QUERY_ENDING) /* movements are no answer to the end */
		turn_timer(t, QUERY_T_ANSWER, 0);
	desk_set_i(t->o, QUERY_F_ANSWERED, t->now);
	count(t, QUERY_F_PARTS, 1);
	count(t, QUERY_F_ROWS, turn_given(t, QUERY_F_ROWS) ? desk_i(t->o, QUERY_F_ROWS) : 0);
	count(t, QUERY_F_EVENTS, turn_given(t, QUERY_F_EVENTS) ? desk_i(t->o, QUERY_F_EVENTS) : 0);
	t->o->state = t->before;
	if (t->before == QUERY_FOLLOWING || t->before == QUERY_ENDING)
		return DESK_OK;
	t->o->state = !ok ? QUERY_REFUSED : desk_i(t->o, QUERY_F_WHAT) == QUERY_FOLLOW ? QUERY_FOLLOWING : QUERY_ANSWERED;
	if (t->o->state == QUERY_FOLLOWING) {
		desk_set_i(t->o, QUERY_F_END, t->now + desk_i(t->o, QUERY_F_DAYS) * US_PER_DAY);
		turn_timer(t, QUERY_T_END, desk_i(t->o, QUERY_F_END));
	}
	return DESK_OK;
}

static enum desk_refusal end(struct desk_turn *t)
{
	turn_timer(t, QUERY_T_ANSWER, t->now + turn_limit(t, LIMIT_QUERY_ANSWER));
	turn_send(t, DESK_MESSAGE_BANK_FOLLOW_END, 0);
	return DESK_OK;
}

/* A bank that does not end it goes on telling: the seats see that it was not ended. */
static enum desk_refusal ended(struct desk_turn *t)
{
	bool ok = desk_i(t->o, QUERY_F_RESULT) == OK;

	turn_timer(t, QUERY_T_ANSWER, 0);
	t->o->state = ok ? QUERY_ENDED : QUERY_FOLLOWING;
	if (!ok)
		return turn_alarm(t);
	turn_timer(t, QUERY_T_END, 0);
	return DESK_OK;
}

static enum desk_refusal expire(struct desk_turn *t)
{
	turn_timer(t, QUERY_T_ANSWER, 0);
	return DESK_OK;
}

static enum desk_refusal late(struct desk_turn *t)
{
	desk_set_i(t->o, QUERY_F_LATE, 1);
	return turn_alarm(t);
}

/* A bank that took it all the same is told to stop. */
static enum desk_refusal cancel(struct desk_turn *t)
{
	turn_timer(t, QUERY_T_ANSWER, 0);
	if (desk_i(t->o, QUERY_F_WHAT) == QUERY_FOLLOW)
		turn_send(t, DESK_MESSAGE_BANK_FOLLOW_END, 0);
	return DESK_OK;
}

static const struct desk_choice what_choice[] = {
	[QUERY_HOLDER] = { "holder", "持卡主体" },
	[QUERY_MOVEMENTS] = { "movements", "交易明细" },
	[QUERY_FOLLOW] = { "follow", "动态查询" },
	[QUERY_ACCOUNTS] = { "accounts", "客户全账户" },
};
static const struct desk_choices whats = { ARRAY_LEN(what_choice), what_choice };

static const struct desk_state state[QUERY_STATES] = {
	[QUERY_SENT] = { "sent", "已发送", false },           [QUERY_ANSWERED] = { "answered", "已反馈", true },
	[QUERY_FOLLOWING] = { "following", "动态中", false }, [QUERY_ENDING] = { "ending", "解除中", false },
	[QUERY_ENDED] = { "ended", "已解除", true },          [QUERY_REFUSED] = { "refused", "未查询", true },
	[QUERY_CANCELLED] = { "cancelled", "已撤销", true },
};
static const struct desk_field field[QUERY_F_FIELDS] = {
	[QUERY_F_WHAT] = { "what", "查询内容", DESK_CHOICE, .choices = &whats },
	[QUERY_F_ACCOUNT] = { "account", "账户", DESK_ENTITY, DESK_BANK_ACCOUNT },
	[QUERY_F_PERSON] = { "person", "客户", DESK_ENTITY, DESK_PERSON },
	[QUERY_F_BANK] = { "bank", "银行", DESK_INTEGER, .min = 1, .max = 65535 },
	[QUERY_F_PURPOSE] = { "purpose", "查询目的", DESK_REF },
	[QUERY_F_CASE_NO] = { "case_no", "案件编号", DESK_CODE },
	[QUERY_F_FROM] = { "from", "起始时间", DESK_TIME },
	[QUERY_F_UNTIL] = { "until", "截止时间", DESK_TIME },
	[QUERY_F_DAYS] = { "days", "动态天数", DESK_INTEGER, .min = 1, .max = 100 },
	[QUERY_F_PAPERS] = { "papers", "法律文书", DESK_REF },
	[QUERY_F_RESULT] = { "result", "返回码", DESK_INTEGER, .min = 100000, .max = 999999 },
	[QUERY_F_ANSWER] = { "answer", "反馈内容", DESK_REF },
	[QUERY_F_PARTS] = { "parts", "反馈次数", DESK_INTEGER, .max = COUNT_MAX },
	[QUERY_F_ROWS] = { "rows", "反馈条数", DESK_INTEGER, .max = COUNT_MAX },
	[QUERY_F_EVENTS] = { "events", "入链笔数", DESK_INTEGER, .max = COUNT_MAX },
	[QUERY_F_BALANCE] = { "balance", "余额", DESK_MONEY },
	[QUERY_F_HOLDER] = { "holder", "持有人", DESK_ENTITY, DESK_PERSON },
	[QUERY_F_PHONE] = { "phone", "预留号码", DESK_ENTITY, DESK_PHONE },
	[QUERY_F_REMARK] = { "remark", "反馈说明", DESK_REF },
	[QUERY_F_ANSWERED] = { "answered", "反馈时间", DESK_TIME },
	[QUERY_F_END] = { "end", "动态截止", DESK_TIME },
	[QUERY_F_DISTRICT] = { "district", "辖区", DESK_INTEGER, .max = 65535 },
	[QUERY_F_LATE] = { "late", "超时", DESK_INTEGER, .max = 1 },
};
#define ASKERS (R(STOP_SEAT) | R(ANALYST) | R(LEADER))
static const struct desk_step step[QUERY_DO_STEPS] = {
	[QUERY_DO_ASK] = { "ask", "发起查询", S_NEW, S(QUERY_SENT), ASKERS, DESK_ASKS,
	                   F(QUERY_F_WHAT) | F(QUERY_F_BANK) | F(QUERY_F_PURPOSE) | F(QUERY_F_CASE_NO),
	                   F(QUERY_F_ACCOUNT) | F(QUERY_F_PERSON) | F(QUERY_F_FROM) | F(QUERY_F_UNTIL) | F(QUERY_F_DAYS) |
	                       F(QUERY_F_PAPERS) | F(QUERY_F_DISTRICT),
	                   "AFL 20", ask },
	[QUERY_DO_ANSWER] = { "answer", "银行反馈", S(QUERY_SENT) | S(QUERY_FOLLOWING) | S(QUERY_ENDING),
	                      S(QUERY_ANSWERED) | S(QUERY_FOLLOWING) | S(QUERY_ENDING) | S(QUERY_REFUSED), R(CONNECTOR), 0,
	                      F(QUERY_F_RESULT),
	                      F(QUERY_F_ANSWER) | F(QUERY_F_ROWS) | F(QUERY_F_EVENTS) | F(QUERY_F_BALANCE) |
	                          F(QUERY_F_HOLDER) | F(QUERY_F_PHONE) | F(QUERY_F_REMARK),
	                      "AFL 20", answer },
	[QUERY_DO_END] = { "end", "解除动态", S(QUERY_FOLLOWING), S(QUERY_ENDING), ASKERS, 0, 0, 0, NULL, end },
	[QUERY_DO_ENDED] = { "ended", "解除反馈", S(QUERY_ENDING), S(QUERY_ENDED) | S(QUERY_FOLLOWING), R(CONNECTOR), 0,
	                     F(QUERY_F_RESULT), F(QUERY_F_REMARK), NULL, ended },
	[QUERY_DO_EXPIRE] = { "expire", "动态到期", S(QUERY_FOLLOWING) | S(QUERY_ENDING), S(QUERY_ENDED), 0, DESK_BY_TIMER,
	                      0, 0, NULL, expire },
	[QUERY_DO_LATE] = { "late-answer", "反馈超时", S(QUERY_SENT) | S(QUERY_FOLLOWING) | S(QUERY_ENDING), 0, 0,
	                    DESK_BY_TIMER, 0, 0, NULL, late },
	[QUERY_DO_CANCEL] = { "cancel", "撤销", S(QUERY_SENT), S(QUERY_CANCELLED), ASKERS, 0, 0, 0, NULL, cancel },
};
static const struct desk_timer timer[QUERY_T_TIMERS] = {
	[QUERY_T_ANSWER] = { "answer", "反馈时限", QUERY_DO_LATE },
	[QUERY_T_END] = { "end", "动态到期", QUERY_DO_EXPIRE },
};

const struct desk_machine desk_query = {
	.kind = DESK_QUERY,
	.letters = "Q",
	.name = "query",
	.zh = "协查",
	.route = "queries",
	.in_head = { .subject = { QUERY_F_ACCOUNT, QUERY_F_PERSON },
	             .also = { QUERY_F_PERSON, QUERY_F_HOLDER },
	             .organisation = QUERY_F_BANK,
	             .district = QUERY_F_DISTRICT },
	.n_states = QUERY_STATES,
	.n_fields = QUERY_F_FIELDS,
	.n_steps = QUERY_DO_STEPS,
	.n_timers = QUERY_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
