/* assessment.c - monthly sheets; see assessment.h. */
#include "desk/assessment.h"
#include "desk/desk_int.h"

/* ---- scores ---- */

enum {
	PARTS_LEAST = 2
};
struct points {
	int64_t got, could; /* got in hundredths */
	uint32_t parts;
};

/* n of d parts of `points`; nothing to go by: d is 0. */
static void part(struct points *p, int64_t points, int64_t n, int64_t d)
{
	if (d <= 0)
		return;
	p->parts++;
	p->could += points;
	p->got += points * 100 * (n < d ? n : d) / d;
}

static int64_t score(struct points p)
{
	return p.parts < PARTS_LEAST ? -1 : p.got * 100 / p.could;
}

/* Not more than before is all of it. */
static void growth(struct points *p, int64_t points, int64_t now, int64_t before)
{
	part(p, points, before + 1, now + 1);
}

struct assessment_scores assessment_scores(const int64_t v[ASSESSMENT_F_FIELDS], uint64_t has)
{
	struct points work = { .got = 0 }, safe = { .got = 0 };
	int64_t complaints = v[ASSESSMENT_F_COMPLAINTS] < 5 ? v[ASSESSMENT_F_COMPLAINTS] : 5;

	if (has & F(ASSESSMENT_F_ORDERS))
		part(&work, 30, v[ASSESSMENT_F_ORDERS_IN_TIME], v[ASSESSMENT_F_ORDERS]);
	if (has & F(ASSESSMENT_F_INSPECTION))
		part(&work, 30, v[ASSESSMENT_F_INSPECTION], 100);
	if (has & F(ASSESSMENT_F_STAFF))
		part(&work, 20, v[ASSESSMENT_F_TRAINED], v[ASSESSMENT_F_STAFF]);
	if (has & F(ASSESSMENT_F_COMPLAINTS))
		part(&work, 20, 5 - complaints, 5);
	if (v[ASSESSMENT_F_OPENED] <= 0) /* who opens nothing is not safe, there is nothing to go by */
		return (struct assessment_scores){ score(work), -1 };
	part(&safe, 50, v[ASSESSMENT_F_MEAN], v[ASSESSMENT_F_ESTIMATE]);
	growth(&safe, 20, v[ASSESSMENT_F_FOUND], v[ASSESSMENT_F_FOUND_BEFORE]);
	growth(&safe, 20, v[ASSESSMENT_F_FOUND], v[ASSESSMENT_F_FOUND_YEAR]);
	part(&safe, 10, 2 - v[ASSESSMENT_F_TOP], 2);
	return (struct assessment_scores){ score(work), score(safe) };
}

/* ---- the sheet ---- */

/* Above what an id of an object or a limit's number can be, so that nothing else is found by it. */
struct desk_entity assessment_of(uint16_t organisation)
{
	return (struct desk_entity){ DESK_NUMBER, { { 1, organisation } } };
}

static bool other_of_month(struct desk_turn *t)
{
	uint64_t id = UINT64_MAX;

	for (uint32_t i = 0; i < DESK_ABOUT_MAX; i++) {
		const struct desk_object *o;

		id = turn_about(t, DESK_ASSESSMENT, t->o->subject, id);
		o = turn_peek(t, id);
		if (!o)
			return false;
		if (o->id != t->o->id && o->state != ASSESSMENT_WITHDRAWN &&
		    desk_i(o, ASSESSMENT_F_MONTH) == desk_i(t->o, ASSESSMENT_F_MONTH))
			return true;
	}
	return false;
}

static enum desk_refusal whole_month(struct desk_turn *t)
{
	int64_t month_us = desk_i(t->o, ASSESSMENT_F_MONTH);
	struct civil c;

	clock_to_civil(month_us, clock_offset(&clock_shanghai, month_us), &c);
	t->d->bad_field = ASSESSMENT_F_MONTH;
	if (c.day != 1 || desk_day(month_us) != month_us)
		return DESK_REFUSED_FIELD_VALUE;
	if (desk_months_after(month_us, 1) > t->now)
		return DESK_REFUSED_TOO_EARLY;
	t->d->bad_field = 0;
	return DESK_OK;
}

static enum desk_refusal compute(struct desk_turn *t)
{
	int64_t v[ASSESSMENT_F_FIELDS] = { 0 };
	const struct desk_object *u;
	struct assessment_scores s;
	enum desk_refusal no = whole_month(t);

	if (no != DESK_OK)
		return no;
	if (desk_has(t->o, ASSESSMENT_F_OUTLET)) {
		u = turn_peek(t, desk_id(t->o, ASSESSMENT_F_OUTLET));
		if (!u || u->kind != DESK_OUTLET || u->organisation != desk_i(t->o, ASSESSMENT_F_ORGANISATION))
			return DESK_REFUSED_ABSENT;
	} else {
		t->o->subject = assessment_of((uint16_t)desk_i(t->o, ASSESSMENT_F_ORGANISATION));
	}
	if (other_of_month(t))
		return DESK_REFUSED_OTHER_OPEN;
	for (uint32_t f = ASSESSMENT_FIGURES_FIRST; f <= ASSESSMENT_FIGURES_LAST; f++)
		v[f] = desk_i(t->o, f);
	s = assessment_scores(v, t->o->has);
	if (s.performance >= 0)
		desk_set_i(t->o, ASSESSMENT_F_PERFORMANCE, s.performance);
	if (s.security >= 0)
		desk_set_i(t->o, ASSESSMENT_F_SECURITY, s.security);
	desk_set_i(t->o, ASSESSMENT_F_TALK, v[ASSESSMENT_F_TOP] == 2);
	return DESK_OK;
}

static enum desk_refusal propose(struct desk_turn *t)
{
	int64_t until_us = t->now + turn_limit(t, LIMIT_ASSESSMENT_OBJECTION);

	desk_set_i(t->o, ASSESSMENT_F_UNTIL, until_us);
	turn_timer(t, ASSESSMENT_T_OBJECTION, until_us);
	turn_send(t, DESK_MESSAGE_NOTICE, 0);
	return DESK_OK;
}

static enum desk_refusal object(struct desk_turn *t)
{
	if (t->now >= desk_i(t->o, ASSESSMENT_F_UNTIL))
		return DESK_REFUSED_TOO_LATE;
	turn_timer(t, ASSESSMENT_T_OBJECTION, 0);
	return turn_alarm(t);
}

/* Without an objection not before the unit's time is over. What departs from the figures, or answers an objection, says why. */
static enum desk_refusal decide(struct desk_turn *t)
{
	bool departs = turn_given(t, ASSESSMENT_F_DECIDED_PERFORMANCE) || turn_given(t, ASSESSMENT_F_DECIDED_SECURITY);

	if (t->before == ASSESSMENT_PROPOSED && t->now < desk_i(t->o, ASSESSMENT_F_UNTIL))
		return DESK_REFUSED_TOO_EARLY;
	if ((departs || t->before == ASSESSMENT_OBJECTED) && !turn_given(t, ASSESSMENT_F_REASON))
		return turn_missing(t, ASSESSMENT_F_REASON);
	if (!turn_given(t, ASSESSMENT_F_DECIDED_PERFORMANCE))
		desk_copy(t->o, ASSESSMENT_F_DECIDED_PERFORMANCE, t->o, ASSESSMENT_F_PERFORMANCE);
	if (!turn_given(t, ASSESSMENT_F_DECIDED_SECURITY))
		desk_copy(t->o, ASSESSMENT_F_DECIDED_SECURITY, t->o, ASSESSMENT_F_SECURITY);
	turn_timer(t, ASSESSMENT_T_OBJECTION, 0);
	return DESK_OK;
}

static enum desk_refusal publish(struct desk_turn *t)
{
	turn_send(t, DESK_MESSAGE_NOTICE, 0);
	return DESK_OK;
}

static enum desk_refusal withdraw(struct desk_turn *t)
{
	turn_timer(t, ASSESSMENT_T_OBJECTION, 0);
	return DESK_OK;
}

/* ---- the table ---- */

static const struct desk_state state[ASSESSMENT_STATES] = {
	[ASSESSMENT_COMPUTED] = { "computed", "已测算", false },  [ASSESSMENT_PROPOSED] = { "proposed", "已提出", false },
	[ASSESSMENT_OBJECTED] = { "objected", "有异议", false },  [ASSESSMENT_DECIDED] = { "decided", "已审定", false },
	[ASSESSMENT_PUBLISHED] = { "published", "已通报", true }, [ASSESSMENT_WITHDRAWN] = { "withdrawn", "已撤回", true },
};
#define COUNT(name, zh)                                     \
	{                                                       \
		name, zh, DESK_INTEGER, .max = ASSESSMENT_COUNT_MAX \
	}
#define SCORE(name, zh)                                     \
	{                                                       \
		name, zh, DESK_INTEGER, .max = ASSESSMENT_SCORE_MAX \
	}
static const struct desk_field field[ASSESSMENT_F_FIELDS] = {
	[ASSESSMENT_F_MONTH] = { "month", "考核月份", DESK_TIME },
	[ASSESSMENT_F_OUTLET] = { "outlet", "网点", DESK_OBJECT, DESK_OUTLET },
	[ASSESSMENT_F_ORGANISATION] = { "organisation", "单位", DESK_INTEGER, .max = 65535 },
	[ASSESSMENT_F_DISTRICT] = { "district", "辖区", DESK_INTEGER, .max = 65535 },
	[ASSESSMENT_F_POSITION] = { "position", "数据截至流水", DESK_INTEGER, .max = INT64_MAX },
	[ASSESSMENT_F_DIGEST] = { "digest", "数据摘要", DESK_CODE },
	[ASSESSMENT_F_OPENED] = COUNT("opened", "近十二个月开户开卡数"),
	[ASSESSMENT_F_INVOLVED] = COUNT("involved", "其中当月涉案数"),
	[ASSESSMENT_F_ESTIMATE] = { "estimate", "涉案率估计（百万分之）", DESK_INTEGER, .max = 1000000 },
	[ASSESSMENT_F_MEAN] = { "mean", "同类平均涉案率（百万分之）", DESK_INTEGER, .max = 1000000 },
	[ASSESSMENT_F_FOUND] = COUNT("found", "当月涉案卡户数"),
	[ASSESSMENT_F_FOUND_BEFORE] = COUNT("found_before", "上月涉案卡户数"),
	[ASSESSMENT_F_FOUND_YEAR] = COUNT("found_year", "上年同月涉案卡户数"),
	[ASSESSMENT_F_TOP] = { "top", "连续重点关注月数", DESK_INTEGER, .max = 2 },
	[ASSESSMENT_F_ORDERS] = COUNT("orders", "指令数"),
	[ASSESSMENT_F_ORDERS_IN_TIME] = COUNT("orders_in_time", "及时反馈指令数"),
	[ASSESSMENT_F_INSPECTION] = { "inspection", "检查得分", DESK_INTEGER, .max = 100 },
	[ASSESSMENT_F_STAFF] = COUNT("staff", "员工数"),
	[ASSESSMENT_F_TRAINED] = COUNT("trained", "培训合格员工数"),
	[ASSESSMENT_F_COMPLAINTS] = COUNT("complaints", "申诉成立数"),
	[ASSESSMENT_F_PERFORMANCE] = SCORE("performance", "实绩得分（百分之一分）"),
	[ASSESSMENT_F_SECURITY] = SCORE("security", "网络安全得分（百分之一分）"),
	[ASSESSMENT_F_TALK] = { "talk", "建议告诫谈话", DESK_INTEGER, .max = 1 },
	[ASSESSMENT_F_OBJECTION] = { "objection", "异议", DESK_TEXT },
	[ASSESSMENT_F_REASON] = { "reason", "审定理由", DESK_TEXT },
	[ASSESSMENT_F_DECIDED_PERFORMANCE] = SCORE("decided_performance", "审定实绩得分"),
	[ASSESSMENT_F_DECIDED_SECURITY] = SCORE("decided_security", "审定网络安全得分"),
	[ASSESSMENT_F_UNTIL] = { "until", "异议截止", DESK_TIME },
	[ASSESSMENT_F_NOTE] = { "note", "说明", DESK_TEXT },
};
#define FIGURES                                                                                            \
	(F(ASSESSMENT_F_OPENED) | F(ASSESSMENT_F_INVOLVED) | F(ASSESSMENT_F_ESTIMATE) | F(ASSESSMENT_F_MEAN) | \
	 F(ASSESSMENT_F_FOUND) | F(ASSESSMENT_F_FOUND_BEFORE) | F(ASSESSMENT_F_FOUND_YEAR) | F(ASSESSMENT_F_TOP))
#define FIGURES_IF_KNOWN                                                                                            \
	(F(ASSESSMENT_F_ORDERS) | F(ASSESSMENT_F_ORDERS_IN_TIME) | F(ASSESSMENT_F_INSPECTION) | F(ASSESSMENT_F_STAFF) | \
	 F(ASSESSMENT_F_TRAINED) | F(ASSESSMENT_F_COMPLAINTS))
#define KEEPERS (R(INSPECTOR) | R(LEADER) | R(SECRETARY))
static const struct desk_step step[ASSESSMENT_DO_STEPS] = {
	[ASSESSMENT_DO_COMPUTE] = { "compute", "测算", S_NEW, S(ASSESSMENT_COMPUTED), KEEPERS, DESK_BY_SERVICE,
	                            F(ASSESSMENT_F_MONTH) | F(ASSESSMENT_F_ORGANISATION) | F(ASSESSMENT_F_POSITION) |
	                                F(ASSESSMENT_F_DIGEST) | FIGURES,
	                            F(ASSESSMENT_F_OUTLET) | F(ASSESSMENT_F_DISTRICT) | FIGURES_IF_KNOWN, NULL, compute },
	[ASSESSMENT_DO_PROPOSE] = { "propose", "提出", S(ASSESSMENT_COMPUTED), S(ASSESSMENT_PROPOSED), KEEPERS,
	                            DESK_PROPOSES, 0, F(ASSESSMENT_F_NOTE), NULL, propose },
	[ASSESSMENT_DO_OBJECT] = { "object", "提出异议", S(ASSESSMENT_PROPOSED), S(ASSESSMENT_OBJECTED),
	                           R(CHANNEL) | R(DELEGATE), 0, F(ASSESSMENT_F_OBJECTION), 0, NULL, object },
	[ASSESSMENT_DO_DECIDE] = { "decide", "审定", S(ASSESSMENT_PROPOSED) | S(ASSESSMENT_OBJECTED), S(ASSESSMENT_DECIDED),
	                           R(LEADER) | R(CITY_LEADER), DESK_FOUR_EYES, 0,
	                           F(ASSESSMENT_F_DECIDED_PERFORMANCE) | F(ASSESSMENT_F_DECIDED_SECURITY) |
	                               F(ASSESSMENT_F_REASON),
	                           NULL, decide },
	[ASSESSMENT_DO_PUBLISH] = { "publish", "通报单位", S(ASSESSMENT_DECIDED), S(ASSESSMENT_PUBLISHED), KEEPERS, 0, 0,
	                            F(ASSESSMENT_F_NOTE), NULL, publish },
	[ASSESSMENT_DO_WITHDRAW] = { "withdraw", "撤回",
	                             S(ASSESSMENT_COMPUTED) | S(ASSESSMENT_PROPOSED) | S(ASSESSMENT_OBJECTED),
	                             S(ASSESSMENT_WITHDRAWN), KEEPERS, 0, F(ASSESSMENT_F_REASON), 0, NULL, withdraw },
	[ASSESSMENT_DO_TIME_OVER] = { "time-over", "异议期满", S(ASSESSMENT_PROPOSED), 0, 0, DESK_BY_TIMER, 0, 0, NULL,
	                              turn_alarm },
};
static const struct desk_timer timer[ASSESSMENT_T_TIMERS] = {
	[ASSESSMENT_T_OBJECTION] = { "objection", "异议期限", ASSESSMENT_DO_TIME_OVER },
};

const struct desk_machine desk_assessment = {
	.kind = DESK_ASSESSMENT,
	.letters = "SH",
	.name = "assessment",
	.zh = "考核表",
	.route = "assessments",
	.in_head = { .subject = { ASSESSMENT_F_OUTLET },
	             .organisation = ASSESSMENT_F_ORGANISATION,
	             .district = ASSESSMENT_F_DISTRICT },
	.n_states = ASSESSMENT_STATES,
	.n_fields = ASSESSMENT_F_FIELDS,
	.n_steps = ASSESSMENT_DO_STEPS,
	.n_timers = ASSESSMENT_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
