/* guidance.c - installs and follows: reported once, checked after a period, counted when sound; see guidance.h.
 *
 * An object has one second key. While it waits that is the clerk, so that an hour's haste is seen; when the period is over it is the device. */
#include "desk/guidance.h"
#include "desk/desk_int.h"
#include "desk/user.h"

/* One for each number and thing, whatever became of the first: but for a mistake that was taken back. */
static enum desk_refusal look_for_another(struct desk_turn *t)
{
	uint64_t id = UINT64_MAX;

	for (uint32_t i = 0; i < DESK_ABOUT_MAX; i++) {
		const struct desk_object *o;

		id = turn_about(t, DESK_GUIDANCE, desk_entity_of(t->o, GUIDANCE_F_PHONE), id);
		o = turn_peek(t, id);
		if (o == NULL)
			return DESK_OK;
		if (id == t->o->id || desk_i(o, GUIDANCE_F_WHAT) != desk_i(t->o, GUIDANCE_F_WHAT) ||
		    o->state == GUIDANCE_WITHDRAWN)
			continue;
		return t->m->state[o->state].final ? DESK_REFUSED_SAME : DESK_REFUSED_OTHER_OPEN;
	}
	return DESK_REFUSED_SAME; /* a number with so much history has had its turn */
}

/* How many are about e and were made since, up to DESK_ABOUT_MAX; this one is not among them. */
static int64_t how_many(struct desk_turn *t, struct desk_entity e, int64_t since_us)
{
	uint64_t id = UINT64_MAX;
	int64_t n = 0;

	for (uint32_t i = 0; i < DESK_ABOUT_MAX && e.kind != DESK_ENTITY_NONE; i++) {
		const struct desk_object *o;

		id = turn_about(t, DESK_GUIDANCE, e, id);
		o = turn_peek(t, id);
		if (o == NULL || o->made_us < since_us)
			break;
		n += id != t->o->id && o->state != GUIDANCE_WITHDRAWN;
	}
	return n;
}

static void find(struct desk_turn *t, int64_t finding)
{
	desk_set_i(t->o, GUIDANCE_F_FINDINGS, desk_i(t->o, GUIDANCE_F_FINDINGS) | finding);
}

static enum desk_refusal report(struct desk_turn *t)
{
	const struct desk_object *u = t->c->user < DESK_USER_FIRST ? NULL : turn_peek(t, t->c->user);
	struct desk_entity clerk = desk_thing(t->c->user);

	if (u != NULL && desk_has(u, USER_F_OUTLET))
		desk_copy(t->o, GUIDANCE_F_OUTLET, u, USER_F_OUTLET);
	desk_set_id(t->o, GUIDANCE_F_CLERK, t->c->user);
	desk_set_i(t->o, GUIDANCE_F_FINDINGS, 0);
	if (how_many(t, clerk, t->now - US_PER_HOUR + 1) >= turn_limit(t, LIMIT_GUIDANCE_RATE))
		find(t, GUIDANCE_RATE);
	turn_timer(t, GUIDANCE_T_CHECK, t->now + turn_limit(t, LIMIT_GUIDANCE_CHECK));
	return look_for_another(t);
}

/* One's own, before anybody looked. */
static enum desk_refusal withdraw(struct desk_turn *t)
{
	return t->c->user == t->o->made_by ? DESK_OK : DESK_REFUSED_SCOPE;
}

static enum desk_refusal fall_due(struct desk_turn *t)
{
	if (desk_has(t->o, GUIDANCE_F_ON))
		desk_copy(t->o, GUIDANCE_F_DEVICE, t->o, GUIDANCE_F_ON);
	if (how_many(t, desk_entity_of(t->o, GUIDANCE_F_DEVICE), 0) >= turn_limit(t, LIMIT_GUIDANCE_DEVICE))
		find(t, GUIDANCE_DEVICE);
	return DESK_OK;
}

/* Not by who reported it. */
static enum desk_refusal by_another(struct desk_turn *t)
{
	return t->c->user == t->o->made_by ? DESK_REFUSED_FOUR_EYES : DESK_OK;
}

static enum desk_refusal settle(struct desk_turn *t)
{
	if (desk_i(t->o, GUIDANCE_F_ACTIVE) == 0)
		find(t, GUIDANCE_INACTIVE);
	t->o->state = desk_i(t->o, GUIDANCE_F_FINDINGS) == 0 ? GUIDANCE_CONFIRMED : GUIDANCE_HELD;
	return by_another(t);
}

static enum desk_refusal uninstall(struct desk_turn *t)
{
	if (t->before == GUIDANCE_REPORTED)
		find(t, GUIDANCE_GONE);
	return DESK_OK;
}

static const struct desk_choice what_choice[GUIDANCE_WHATS] = {
	[GUIDANCE_APP] = { "app", "国家反诈中心App" },
	[GUIDANCE_ACCOUNT] = { "service-account", "公安服务号" },
};
static const struct desk_choices whats = { ARRAY_LEN(what_choice), what_choice };

static const struct desk_state state[GUIDANCE_STATES] = {
	[GUIDANCE_REPORTED] = { "reported", "已登记", false },
	[GUIDANCE_DUE] = { "due", "待核查", false },
	[GUIDANCE_CONFIRMED] = { "confirmed", "已确认", false },
	[GUIDANCE_HELD] = { "held", "存疑待审", false },
	[GUIDANCE_REJECTED] = { "rejected", "不计入", true },
	[GUIDANCE_UNINSTALLED] = { "uninstalled", "已卸载或取关", true },
	[GUIDANCE_WITHDRAWN] = { "withdrawn", "已撤回", true },
};
static const struct desk_field field[GUIDANCE_F_FIELDS] = {
	[GUIDANCE_F_WHAT] = { "what", "引导事项", DESK_CHOICE, .choices = &whats },
	[GUIDANCE_F_PHONE] = { "phone", "号码", DESK_ENTITY, DESK_PHONE },
	[GUIDANCE_F_ON] = { "on", "所用终端", DESK_ENTITY, DESK_DEVICE },
	[GUIDANCE_F_DEVICE] = { "device", "核查终端", DESK_ENTITY, DESK_DEVICE },
	[GUIDANCE_F_CLERK] = { "clerk", "引导人", DESK_OBJECT, DESK_USER },
	[GUIDANCE_F_OUTLET] = { "outlet", "网点", DESK_ENTITY, DESK_PLACE },
	[GUIDANCE_F_ACTIVE] = { "active", "核查期内有使用记录", DESK_INTEGER, .max = 1 },
	[GUIDANCE_F_FINDINGS] = { "findings", "疑点", DESK_INTEGER, .max = GUIDANCE_FINDINGS - 1 },
	[GUIDANCE_F_REASON] = { "reason", "理由", DESK_TEXT },
};
#define HELPERS (R(BANK_OUTLET) | R(OPERATOR_OUTLET) | R(GRID) | R(STATION))
#define CHECKERS (R(TRAINER) | R(INSPECTOR))
static const struct desk_step step[GUIDANCE_DO_STEPS] = {
	[GUIDANCE_DO_REPORT] = { "report", "登记", S_NEW, S(GUIDANCE_REPORTED), HELPERS, 0,
	                         F(GUIDANCE_F_WHAT) | F(GUIDANCE_F_PHONE), F(GUIDANCE_F_ON), "AFL 8, 30", report },
	[GUIDANCE_DO_WITHDRAW] = { "withdraw", "撤回", S(GUIDANCE_REPORTED), S(GUIDANCE_WITHDRAWN), HELPERS, 0, 0,
	                           F(GUIDANCE_F_REASON), NULL, withdraw },
	[GUIDANCE_DO_FALL_DUE] = { "fall-due", "核查期满", S(GUIDANCE_REPORTED), S(GUIDANCE_DUE), 0, DESK_BY_TIMER, 0, 0,
	                           NULL, fall_due },
	[GUIDANCE_DO_SETTLE] = { "settle", "核查", S(GUIDANCE_DUE), S(GUIDANCE_CONFIRMED) | S(GUIDANCE_HELD),
	                         CHECKERS | R(CONNECTOR), DESK_BY_SERVICE, F(GUIDANCE_F_ACTIVE), 0, NULL, settle },
	[GUIDANCE_DO_CONFIRM] = { "confirm", "复核确认", S(GUIDANCE_HELD), S(GUIDANCE_CONFIRMED), CHECKERS, DESK_BY_PERSON,
	                          F(GUIDANCE_F_REASON), 0, NULL, by_another },
	[GUIDANCE_DO_REJECT] = { "reject", "不计入", S(GUIDANCE_DUE) | S(GUIDANCE_HELD), S(GUIDANCE_REJECTED), CHECKERS,
	                         DESK_BY_PERSON, F(GUIDANCE_F_REASON), 0, NULL, by_another },
	[GUIDANCE_DO_UNINSTALL] = { "uninstall", "卸载或取关",
	                            S(GUIDANCE_REPORTED) | S(GUIDANCE_DUE) | S(GUIDANCE_CONFIRMED) | S(GUIDANCE_HELD),
	                            S(GUIDANCE_UNINSTALLED), HELPERS | CHECKERS | R(CONNECTOR), 0, 0, F(GUIDANCE_F_REASON),
	                            NULL, uninstall },
};
static const struct desk_timer timer[GUIDANCE_T_TIMERS] = {
	[GUIDANCE_T_CHECK] = { "check", "核查期", GUIDANCE_DO_FALL_DUE },
};

const struct desk_machine desk_guidance = {
	.kind = DESK_GUIDANCE,
	.letters = "GU",
	.name = "guidance",
	.zh = "推广引导",
	.route = "guidances",
	.own = R(BANK_OUTLET) | R(OPERATOR_OUTLET) | R(GRID) | R(STATION),
	.in_head = { .subject = { GUIDANCE_F_PHONE }, .also = { GUIDANCE_F_DEVICE, GUIDANCE_F_CLERK } },
	.n_states = GUIDANCE_STATES,
	.n_fields = GUIDANCE_F_FIELDS,
	.n_steps = GUIDANCE_DO_STEPS,
	.n_timers = GUIDANCE_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
