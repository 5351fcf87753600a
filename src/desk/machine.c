/* machine.c - roles, refusals, the list of machines, and what a value may be. */
#include "desk/machine.h"
#include "desk/account.h"
#include "desk/appeal.h"
#include "desk/asset.h"
#include "desk/bulletin.h"
#include "desk/attempt.h"
#include "desk/assessment.h"
#include "desk/campaign.h"
#include "desk/card.h"
#include "desk/clue.h"
#include "desk/correction.h"
#include "desk/course.h"
#include "desk/desk_int.h"
#include "desk/device_report.h"
#include "desk/discipline.h"
#include "desk/freeze.h"
#include "desk/guidance.h"
#include "desk/incident.h"
#include "desk/joint_event.h"
#include "desk/matter.h"
#include "desk/meeting.h"
#include "desk/inspection.h"
#include "desk/member.h"
#include "desk/outlet.h"
#include "desk/query.h"
#include "desk/reply.h"
#include "desk/question.h"
#include "desk/stop.h"
#include "desk/supply.h"
#include "desk/material.h"
#include "desk/publication.h"
#include "desk/screen.h"
#include "desk/slot.h"
#include "desk/threshold.h"
#include "desk/topic.h"
#include "desk/user.h"
#include "desk/warning.h"

const struct desk_role_info desk_roles[DESK_ROLES] = {
	[ROLE_SYSTEM] = { "system", "系统", DESK_SCOPE_ALL },
	[ROLE_CONNECTOR] = { "connector", "接口", DESK_SCOPE_ORG },
	[ROLE_INTAKE] = { "intake", "接警席", DESK_SCOPE_ALL },
	[ROLE_STOP_SEAT] = { "stop-seat", "止付席", DESK_SCOPE_ALL },
	[ROLE_DISSUASION] = { "dissuasion", "劝阻席", DESK_SCOPE_ALL },
	[ROLE_ANALYST] = { "analyst", "研判席", DESK_SCOPE_ALL },
	[ROLE_LEADER] = { "leader", "值班长", DESK_SCOPE_ALL },
	[ROLE_DISPATCHER] = { "dispatcher", "派单席", DESK_SCOPE_ALL },
	[ROLE_APPEALS] = { "appeals", "申诉专员", DESK_SCOPE_ALL },
	[ROLE_DISCIPLINE] = { "discipline", "惩戒专员", DESK_SCOPE_ALL },
	[ROLE_PROVINCE] = { "province", "省级审批", DESK_SCOPE_ALL },
	[ROLE_QUALITY] = { "quality", "质检专员", DESK_SCOPE_ALL },
	[ROLE_STATION] = { "station", "派出所民警", DESK_SCOPE_DISTRICT },
	[ROLE_GRID] = { "grid", "网格员", DESK_SCOPE_DISTRICT },
	[ROLE_BANK_DESK] = { "bank-desk", "银行反诈席", DESK_SCOPE_ORG },
	[ROLE_BANK_OUTLET] = { "bank-outlet", "银行网点", DESK_SCOPE_ORG },
	[ROLE_OPERATOR_DESK] = { "operator-desk", "运营商反诈席", DESK_SCOPE_ORG },
	[ROLE_OPERATOR_OUTLET] = { "operator-outlet", "营业网点", DESK_SCOPE_ORG },
	[ROLE_MEDIA] = { "media", "宣传编辑", DESK_SCOPE_OWN },
	[ROLE_AUDITOR] = { "auditor", "审计员", DESK_SCOPE_ALL },
	[ROLE_CITY_LEADER] = { "city-leader", "市级领导", DESK_SCOPE_ALL },
	[ROLE_CITIZEN] = { "citizen", "市民", DESK_SCOPE_OWN },
	[ROLE_ADMIN] = { "admin", "管理员", DESK_SCOPE_ALL },
	[ROLE_CHANNEL] = { "channel", "渠道管理员", DESK_SCOPE_ORG },
	[ROLE_INSPECTOR] = { "inspector", "网点检查员", DESK_SCOPE_ALL },
	[ROLE_EDITOR] = { "editor", "宣传审核", DESK_SCOPE_ALL },
	[ROLE_TRAINER] = { "trainer", "培训专员", DESK_SCOPE_ALL },
	[ROLE_SECRETARY] = { "secretary", "联盟秘书处", DESK_SCOPE_ALL },
	[ROLE_DELEGATE] = { "delegate", "成员单位代表", DESK_SCOPE_ORG },
	[ROLE_MODERATOR] = { "moderator", "版块管理员", DESK_SCOPE_ALL },
};

const struct desk_refusal_info desk_refusals[DESK_REFUSALS_COUNT] = {
#define X(name, code, en, zh) [DESK_REFUSED_##name] = { code, en, zh },
	DESK_REFUSALS(X)
#undef X
};

const struct desk_machine *desk_machine(uint32_t kind)
{
	static const struct desk_machine *const machine[DESK_KINDS] = {
		[DESK_INCIDENT] = &desk_incident,
		[DESK_WARNING] = &desk_warning,
		[DESK_CARD] = &desk_card,
		[DESK_ACCOUNT] = &desk_account,
		[DESK_STOP] = &desk_stop,
		[DESK_FREEZE] = &desk_freeze,
		[DESK_DISCIPLINE] = &desk_discipline,
		[DESK_APPEAL] = &desk_appeal,
		[DESK_CLUE] = &desk_clue,
		[DESK_DEVICE_REPORT] = &desk_device_report,
		[DESK_MEASURE] = &desk_measure,
		[DESK_USER] = &desk_user,
		[DESK_LIMIT] = &desk_threshold,
		[DESK_MATTER] = &desk_matter,
		[DESK_MEETING] = &desk_meeting,
		[DESK_JOINT_EVENT] = &desk_joint_event,
		[DESK_ASSET] = &desk_asset,
		[DESK_OUTLET] = &desk_outlet,
		[DESK_SUPPLY] = &desk_supply,
		[DESK_INSPECTION] = &desk_inspection,
		[DESK_CORRECTION] = &desk_correction,
		[DESK_KIT] = &desk_kit,
		[DESK_MEMBER] = &desk_member,
		[DESK_TOPIC] = &desk_topic,
		[DESK_REPLY] = &desk_reply,
		[DESK_QUERY] = &desk_query,
		[DESK_MATERIAL] = &desk_material,
		[DESK_PUBLICATION] = &desk_publication,
		[DESK_SCREEN] = &desk_screen,
		[DESK_SLOT] = &desk_slot,
		[DESK_BULLETIN] = &desk_bulletin,
		[DESK_READING] = &desk_reading,
		[DESK_COURSE] = &desk_course,
		[DESK_QUESTION] = &desk_question,
		[DESK_ATTEMPT] = &desk_attempt,
		[DESK_GUIDANCE] = &desk_guidance,
		[DESK_ASSESSMENT] = &desk_assessment,
		[DESK_CAMPAIGN] = &desk_campaign,
	};

	return kind < DESK_KINDS ? machine[kind] : NULL;
}

uint32_t desk_kind_after(uint32_t kind)
{
	do
		kind++;
	while (kind < DESK_KINDS && !desk_machine(kind));
	return kind < DESK_KINDS ? kind : 0;
}

enum desk_scope desk_scope_of(const struct desk_machine *m, uint32_t role)
{
	return m->own >> role & 1 ? DESK_SCOPE_OWN : desk_roles[role].scope;
}

static bool named(const char *z, struct text name)
{
	return z && text_eq(name, text_z(z));
}

uint32_t desk_kind_find(struct text name)
{
	for (uint32_t k = desk_kind_after(0); k != 0; k = desk_kind_after(k)) {
		const struct desk_machine *m = desk_machine(k);

		if (named(m->name, name) || named(m->route, name))
			return k;
	}
	return 0;
}

uint32_t desk_field_find(const struct desk_machine *m, struct text n)
{
	for (uint32_t i = 1; i < m->n_fields; i++)
		if (named(m->field[i].name, n))
			return i;
	return 0;
}

uint32_t desk_step_find(const struct desk_machine *m, struct text n)
{
	for (uint32_t i = 1; i < m->n_steps; i++)
		if (named(m->step[i].name, n))
			return i;
	return 0;
}

uint32_t desk_state_find(const struct desk_machine *m, struct text n)
{
	for (uint32_t i = 1; i < m->n_states; i++)
		if (named(m->state[i].name, n))
			return i;
	return 0;
}

uint32_t desk_role_find(struct text n)
{
	uint32_t i = 0;

	while (i < DESK_ROLES && !named(desk_roles[i].name, n))
		i++;
	return i;
}

uint32_t desk_choice_find(const struct desk_choices *c, struct text n)
{
	for (uint32_t i = 1; i < c->n; i++)
		if (named(c->choice[i].name, n))
			return i;
	return 0;
}

bool desk_may(const struct desk_step *s, uint32_t roles)
{
	return (s->flags & (DESK_INTERNAL | DESK_BY_TIMER)) == 0 && (s->roles & roles) != 0;
}

bool desk_code_ok(struct text t)
{
	uint32_t digits = 0;

	for (size_t i = 0; i < t.n && i <= DESK_CODE_MAX; i++) {
		char c = t.p[i];
		bool digit = c >= '0' && c <= '9';

		digits = digit ? digits + 1 : 0;
		if (digits > DESK_DIGITS_MAX)
			return false;
		if (!digit && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && c != '_' && c != '.' && c != '-')
			return false;
	}
	return t.n > 0 && t.n <= DESK_CODE_MAX;
}

static bool all_zero(const void *p, size_t n)
{
	const unsigned char *c = p;
	uint64_t any = 0;

	for (uint64_t word; n >= sizeof(word); n -= sizeof(word), c += sizeof(word)) {
		memcpy(&word, c, sizeof(word));
		any |= word;
	}
	for (; n > 0; n--)
		any |= *c++;
	return any == 0;
}

static bool positions_ok(const struct desk_positions *p)
{
	if (p->n == 0 || p->n > DESK_POSITIONS_MAX || p->p[0] == 0)
		return false;
	for (uint64_t i = 1; i < DESK_POSITIONS_MAX; i++)
		if (i < p->n ? p->p[i] <= p->p[i - 1] : p->p[i] != 0)
			return false;
	return true;
}

/* Whether all bytes behind the part that the type uses are zero: equal values are then equal bytes. */
static bool rest_zero(const union desk_value *v, size_t used)
{
	return all_zero((const char *)v + used, sizeof(*v) - used);
}

bool desk_field_given(const struct desk_field *f)
{
	return f->name != NULL && !f->drawn && !f->counted;
}

bool desk_value_ok(const struct desk_field *f, const union desk_value *v)
{
	switch (f->type) {
	case DESK_NO_TYPE: return false;
	case DESK_INTEGER: return v->i >= f->min && v->i <= f->max && rest_zero(v, sizeof(v->i));
	case DESK_MONEY: return v->i >= 0 && v->i <= MONEY_FEN_MAX && rest_zero(v, sizeof(v->i));
	case DESK_TIME: return v->i >= TIME_US_MIN && v->i <= TIME_US_MAX && rest_zero(v, sizeof(v->i));
	case DESK_DURATION: return v->i >= 0 && v->i <= 36525 * US_PER_DAY && rest_zero(v, sizeof(v->i));
	case DESK_CHOICE:
		return v->i >= 1 && v->i < f->choices->n && f->choices->choice[v->i].name && rest_zero(v, sizeof(v->i));
	case DESK_ENTITY: return !all_zero(&v->token, sizeof(v->token)) && rest_zero(v, sizeof(v->token));
	case DESK_OBJECT: return v->id != 0 && rest_zero(v, sizeof(v->id));
	case DESK_REF:
	case DESK_TEXT:
	case DESK_FILE: return !all_zero(v->ref, sizeof(v->ref)) && rest_zero(v, sizeof(v->ref));
	case DESK_CODE:
		return v->code.n <= DESK_CODE_MAX && desk_code_ok(text_of(v->code.p, v->code.n)) &&
		       rest_zero(v, 1 + (size_t)v->code.n);
	case DESK_POSITIONS: return positions_ok(&v->positions);
	}
	return false;
}

/* Values of an object. */

void desk_set_i(struct desk_object *o, uint32_t field, int64_t v)
{
	memset(&o->value[field], 0, sizeof(o->value[field]));
	o->value[field].i = v;
	o->has |= F(field);
}

void desk_set_id(struct desk_object *o, uint32_t field, uint64_t id)
{
	memset(&o->value[field], 0, sizeof(o->value[field]));
	o->value[field].id = id;
	o->has |= F(field);
}

void desk_copy(struct desk_object *to, uint32_t to_field, const struct desk_object *from, uint32_t field)
{
	if (desk_has(from, field)) {
		to->value[to_field] = from->value[field];
		to->has |= F(to_field);
	}
}

void desk_unset(struct desk_object *o, uint32_t field)
{
	memset(&o->value[field], 0, sizeof(o->value[field]));
	o->has &= ~F(field);
}

struct desk_entity desk_entity_of(const struct desk_object *o, uint32_t field)
{
	const struct desk_field *f = &desk_machine(o->kind)->field[field];

	if (!desk_has(o, field))
		return (struct desk_entity){ 0 };
	if (f->type == DESK_OBJECT)
		return desk_thing(desk_id(o, field));
	return f->type == DESK_ENTITY ? (struct desk_entity){ f->entity, o->value[field].token }
	                              : (struct desk_entity){ 0 };
}

/* What a table promises to all who read it. */
static void step_check(const struct desk_machine *m, const struct desk_step *s)
{
	uint64_t fields = 0;
	uint32_t states = 0;
	bool inner = (s->flags & (DESK_INTERNAL | DESK_BY_TIMER)) != 0;

	for (uint32_t i = 1; i < m->n_fields; i++)
		fields |= m->field[i].name ? F(i) : 0;
	for (uint32_t i = 1; i < m->n_states; i++)
		states |= m->state[i].name ? S(i) : 0;
	CHECK(s->zh && s->from && (s->from & ~(states | S_NEW)) == 0 && (s->to & ~states) == 0);
	CHECK((s->needed & ~fields) == 0 && (s->allowed & ~fields) == 0 && (s->needed & s->allowed) == 0);
	CHECK((s->roles == 0) == inner && (s->roles & R(SYSTEM)) == 0);
	CHECK(!(s->from & S_NEW) || s->to != 0);
	CHECK(!(s->flags & DESK_FOUR_EYES) || !inner);
	CHECK(s->to == 0 || (s->to & (s->to - 1)) == 0 || s->rule);
}

void desk_table_check(const struct desk_machine *m)
{
	CHECK(m->n_states <= DESK_STATES_MAX && m->n_fields <= DESK_FIELDS_MAX && m->n_steps <= DESK_STEPS_MAX &&
	      m->n_timers <= DESK_TIMERS_MAX);
	for (uint32_t i = 1; i < m->n_fields; i++) {
		const struct desk_field *f = &m->field[i];

		CHECK(!f->name || (f->zh && f->type != DESK_NO_TYPE && (f->type != DESK_CHOICE || f->choices) &&
		                   (f->type != DESK_INTEGER || f->min < f->max)));
	}
	for (uint32_t i = 1; i < m->n_steps; i++)
		if (m->step[i].name)
			step_check(m, &m->step[i]);
	for (uint32_t i = 0; i < m->n_timers; i++)
		CHECK(m->timer[i].step < m->n_steps && (m->step[m->timer[i].step].flags & DESK_BY_TIMER));
}
