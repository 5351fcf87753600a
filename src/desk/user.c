/* user.c - people who work at the desk; see user.h. Nobody gives roles alone: one administrator asks, another one approves. */
#include "desk/user.h"
#include "desk/desk_int.h"

static enum desk_refusal roles_ok(struct desk_turn *t, uint32_t field_of)
{
	if (desk_i(t->o, field_of) & (int64_t)R(SYSTEM)) {
		t->d->bad_field = (uint8_t)field_of;
		return DESK_REFUSED_FIELD_VALUE;
	}
	return DESK_OK;
}

static enum desk_refusal invite(struct desk_turn *t)
{
	if (desk_has(t->o, USER_F_UNTIL)) {
		if (desk_i(t->o, USER_F_UNTIL) <= t->now)
			return DESK_REFUSED_TIME;
		turn_timer(t, USER_T_UNTIL, desk_i(t->o, USER_F_UNTIL));
	}
	return roles_ok(t, USER_F_ROLES);
}

static enum desk_refusal ask_roles(struct desk_turn *t)
{
	return roles_ok(t, USER_F_NEW_ROLES);
}

static enum desk_refusal give_roles(struct desk_turn *t)
{
	if (!desk_has(t->o, USER_F_NEW_ROLES))
		return DESK_REFUSED_STATE;
	desk_copy(t->o, USER_F_ROLES, t->o, USER_F_NEW_ROLES);
	desk_unset(t->o, USER_F_NEW_ROLES);
	return DESK_OK;
}

/* One's own, or an administrator's doing. */
static enum desk_refusal change_secret(struct desk_turn *t)
{
	return t->c->user == t->o->id || (t->c->roles & R(ADMIN)) ? DESK_OK : DESK_REFUSED_SCOPE;
}

static enum desk_refusal expire(struct desk_turn *t)
{
	turn_send(t, DESK_MESSAGE_ALARM, USER_T_UNTIL + 1);
	return DESK_OK;
}

static const struct desk_state state[USER_STATES] = {
	[USER_INVITED] = { "invited", "待审批", false },
	[USER_ACTIVE] = { "active", "启用", false },
	[USER_LOCKED] = { "locked", "锁定", false },
	[USER_LEFT] = { "left", "离职", true },
};
static const struct desk_field field[USER_F_FIELDS] = {
	[USER_F_NAME] = { "name", "姓名", DESK_REF },
	[USER_F_LOGIN] = { "login", "登录名", DESK_CODE },
	[USER_F_ROLES] = { "roles", "角色", DESK_INTEGER, .min = 0, .max = ((int64_t)1 << DESK_ROLES) - 1 },
	[USER_F_ORGANISATION] = { "organisation", "单位", DESK_INTEGER, .max = 65535 },
	[USER_F_DISTRICT] = { "district", "辖区", DESK_INTEGER, .max = 65535 },
	[USER_F_SECRET] = { "secret", "口令", DESK_REF },
	[USER_F_UNTIL] = { "until", "有效期至", DESK_TIME },
	[USER_F_NEW_ROLES] = { "new_roles", "申请角色", DESK_INTEGER, .min = 0, .max = ((int64_t)1 << DESK_ROLES) - 1 },
	[USER_F_DUTY] = { "duty", "岗位", DESK_CODE },
	[USER_F_NOTE] = { "note", "备注", DESK_REF },
	[USER_F_TOTP] = { "totp", "动态口令", DESK_REF },
	[USER_F_FAILURES] = { "failures", "连续失败次数", DESK_INTEGER, .max = 1000 },
	[USER_F_OUTLET] = { "outlet", "所在网点", DESK_ENTITY, DESK_PLACE },
};
#define EVERYBODY ((1u << DESK_ROLES) - 1 - R(SYSTEM))
#define MEANS (F(USER_F_SECRET) | F(USER_F_TOTP))
static const struct desk_step step[USER_DO_STEPS] = {
	[USER_DO_INVITE] = { "invite", "登记", S_NEW, S(USER_INVITED), R(ADMIN), DESK_PROPOSES,
	                     F(USER_F_LOGIN) | F(USER_F_ROLES),
	                     F(USER_F_NAME) | F(USER_F_ORGANISATION) | F(USER_F_DISTRICT) | F(USER_F_UNTIL) |
	                         F(USER_F_DUTY) | F(USER_F_NOTE) | F(USER_F_OUTLET) | MEANS,
	                     NULL, invite },
	[USER_DO_ACTIVATE] = { "activate", "审批启用", S(USER_INVITED), S(USER_ACTIVE), R(ADMIN), DESK_FOUR_EYES, 0, MEANS,
	                       NULL, NULL },
	[USER_DO_ASK_ROLES] = { "ask-roles", "申请变更角色", S(USER_ACTIVE) | S(USER_LOCKED), 0, R(ADMIN), DESK_PROPOSES,
	                        F(USER_F_NEW_ROLES), F(USER_F_NOTE), NULL, ask_roles },
	[USER_DO_GIVE_ROLES] = { "give-roles", "审批角色", S(USER_ACTIVE) | S(USER_LOCKED), 0, R(ADMIN), DESK_FOUR_EYES, 0,
	                         0, NULL, give_roles },
	[USER_DO_LOCK] = { "lock", "锁定", S(USER_INVITED) | S(USER_ACTIVE), S(USER_LOCKED), R(ADMIN) | R(CONNECTOR), 0, 0,
	                   F(USER_F_FAILURES) | F(USER_F_NOTE), NULL, NULL },
	[USER_DO_UNLOCK] = { "unlock", "解锁", S(USER_LOCKED), S(USER_ACTIVE), R(ADMIN), DESK_FOUR_EYES, 0,
	                     F(USER_F_NOTE) | MEANS, NULL, NULL },
	[USER_DO_LEAVE] = { "leave", "离职", S(USER_INVITED) | S(USER_ACTIVE) | S(USER_LOCKED), S(USER_LEFT), R(ADMIN), 0,
	                    0, F(USER_F_NOTE), NULL, NULL },
	[USER_DO_CHANGE_SECRET] = { "change-secret", "更换口令", S(USER_INVITED) | S(USER_ACTIVE), 0, EVERYBODY, 0, 0,
	                            MEANS, NULL, change_secret },
	[USER_DO_EXPIRE] = { "expire", "到期", S(USER_INVITED) | S(USER_ACTIVE) | S(USER_LOCKED), S(USER_LEFT), 0,
	                     DESK_BY_TIMER, 0, 0, NULL, expire },
	[USER_DO_MOVE] = { "move", "调动", S(USER_INVITED) | S(USER_ACTIVE) | S(USER_LOCKED), 0, R(ADMIN), 0, 0,
	                   F(USER_F_ORGANISATION) | F(USER_F_DISTRICT) | F(USER_F_DUTY) | F(USER_F_NAME) | F(USER_F_NOTE) |
	                       F(USER_F_OUTLET),
	                   NULL, NULL },
};
static const struct desk_timer timer[USER_T_TIMERS] = {
	[USER_T_UNTIL] = { "until", "有效期", USER_DO_EXPIRE },
};

const struct desk_machine desk_user = {
	.kind = DESK_USER,
	.letters = "U",
	.name = "user",
	.zh = "用户",
	.route = "users",
	.in_head = { .also = { USER_F_OUTLET }, .organisation = USER_F_ORGANISATION, .district = USER_F_DISTRICT },
	.n_states = USER_STATES,
	.n_fields = USER_F_FIELDS,
	.n_steps = USER_DO_STEPS,
	.n_timers = USER_T_TIMERS,
	.state = state,
	.field = field,
	.step = step,
	.timer = timer,
};
