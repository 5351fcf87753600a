/* day_police.c - the scripts of the centre: intake, stop seat, leader, quality, appeals. */
#include <stdio.h>
#include "base/clock.h"
#include "day/day_int.h"

/* ---- intake: a victim on the line, then the filing of the case ---- */

int64_t intake_begin_call(struct day *d, struct seat *s)
{
	return day_span(d, HABIT_INTAKE_S, s->cs, 0);
}

static void entity(struct desk_command *c, uint32_t field, const struct who *w)
{
	desk_give_token(c, field, w->token);
}

/* The key facts in one form; if account, bank, amount and time are among them, the desk drafts the stop order in this step. */
void intake_finish_call(struct day *d, struct seat *s)
{
	struct cs *c = day_case(d, s->cs);
	struct who *v = day_who(d, c->victim);
	struct desk_command x = day_command(DESK_INCIDENT, INCIDENT_DO_RECEIVE, 0, s);

	desk_give_i(&x, INCIDENT_F_CHANNEL, 1 + (int64_t)(day_dice(d, HABIT_INTAKE_S, s->cs, 1) % 2));
	entity(&x, INCIDENT_F_VICTIM, v);
	if (v->phone != NONE)
		entity(&x, INCIDENT_F_CALLER, day_who(d, v->phone));
	if (c->payee != NONE) {
		entity(&x, INCIDENT_F_PAYEE, day_who(d, c->payee));
		desk_give_i(&x, INCIDENT_F_PAYEE_BANK, day_who(d, c->payee)->organisation);
	}
	desk_give_i(&x, INCIDENT_F_AMOUNT, c->last_fen);
	desk_give_i(&x, INCIDENT_F_PAID, c->last_us);
	desk_give_i(&x, INCIDENT_F_LOSS, c->with_fen);
	(void)day_do(d, &x);
}

static int64_t intake_begin(struct day *d, struct seat *s, const struct desk_object *o)
{
	return s->object ? day_span(d, HABIT_FILE_S, o->id, 0) : 0;
}

static struct text case_no(uint64_t id, char out[32])
{
	int n = snprintf(out, 32, "A%06llu", (unsigned long long)(hash_mix(id) % 1000000));

	return text_of(out, (size_t)n);
}

static void intake_finish(struct day *d, struct seat *s, const struct desk_object *o)
{
	struct desk_command x = day_command(DESK_INCIDENT, INCIDENT_DO_FILE, s->object, s);
	char number[32];

	desk_give_code(&x, INCIDENT_F_CASE_NO, case_no(o->id, number));
	(void)day_do(d, &x);
}

const struct script intake_script = { intake_begin, intake_finish };

/* ---- the stop seat: orders because of alerts, and what becomes of a stop ---- */

static int64_t stop_begin(struct day *d, struct seat *s, const struct desk_object *o)
{
	return day_span(d, HABIT_READ_S, o->id, o->version + (uint64_t)s->what);
}

static void draft(struct day *d, struct seat *s, const struct desk_object *o)
{
	struct desk_command x = day_command(DESK_STOP, STOP_DO_DRAFT, 0, s);
	uint32_t i = who_of_token(d, o->subject.token, o->subject.kind);
	int64_t fen = i != NONE && day_who(d, i)->tainted > 0 ? day_who(d, i)->tainted : 100;

	if (i != NONE)
		day_who(d, i)->drafted = true;
	desk_give_token(&x, STOP_F_ACCOUNT, o->subject.token);
	desk_give_i(&x, STOP_F_BANK, o->organisation ? o->organisation : ORG_BANK);
	desk_give_i(&x, STOP_F_AMOUNT, fen);
	desk_give_i(&x, STOP_F_BASIS, BASIS_YF_2016_86);
	desk_give_positions(&x, STOP_F_EVIDENCE, o->value[ACCOUNT_F_EVIDENCE].positions.p,
	                    (uint32_t)o->value[ACCOUNT_F_EVIDENCE].positions.n);
	(void)day_do(d, &x);
}

static bool may_extend(struct day *d, const struct desk_object *o)
{
	uint64_t id = 0;
	enum err e = d->inner->about(d->inner->ctx, DESK_ACCOUNT, o->subject, UINT64_MAX, &id);
	const struct desk_object *a = e == ERR_OK ? world_object(d, id) : NULL;

	if (e != ERR_OK && e != ERR_ABSENT)
		day_fail(d, e);
	return a && desk_i(a, ACCOUNT_F_STOPS) < d->projection->desk.limits.value[LIMIT_STOP_TIMES];
}

/* A filed case makes a freeze of it; without one it is extended once, if it may be, or let go. */
static void settle(struct day *d, struct seat *s, const struct desk_object *o)
{
	const struct desk_object *i = world_object(d, desk_id(o, STOP_F_INCIDENT));
	bool filed = i && i->state == INCIDENT_FILED;
	uint32_t step = filed ? STOP_DO_CONVERT : may_extend(d, o) ? STOP_DO_ASK_EXTENSION : STOP_DO_RELEASE;
	struct desk_command x = day_command(DESK_STOP, step, o->id, s);
	char number[32];

	if (filed) {
		desk_give_code(&x, STOP_F_CASE_NO, case_no(i->id, number));
		desk_give_i(&x, STOP_F_MONTHS, 6);
	}
	if (step == STOP_DO_RELEASE)
		desk_give_i(&x, STOP_F_CAUSE, STOP_CAUSE_DECIDED);
	(void)day_do(d, &x);
}

static void stop_finish(struct day *d, struct seat *s, const struct desk_object *o)
{
	struct desk_object copy = *o;

	if (o->kind == DESK_ACCOUNT && o->state == ACCOUNT_WATCHED)
		draft(d, s, &copy);
	else if (o->kind == DESK_STOP && o->state == STOP_STOPPED)
		settle(d, s, &copy);
}

const struct script stop_script = { stop_begin, stop_finish };

/* ---- the leader approves, after reading ---- */

static int64_t leader_begin(struct day *d, struct seat *s, const struct desk_object *o)
{
	(void)s;
	return day_span(d, HABIT_APPROVE_S, o->id, o->version);
}

static void leader_finish(struct day *d, struct seat *s, const struct desk_object *o)
{
	uint32_t step = 0;
	struct desk_command x;

	if (o->kind == DESK_STOP)
		step = o->state == STOP_DRAFT ? STOP_DO_APPROVE : o->state == STOP_STOPPED ? STOP_DO_EXTEND : 0;
	else if (o->kind == DESK_FREEZE)
		step = o->state == FREEZE_DRAFT ? FREEZE_DO_APPROVE : 0;
	else if (o->kind == DESK_CARD)
		step = o->state != CARD_SUSPENDED && o->proposer ? CARD_DO_SUSPEND : 0;
	else if (o->kind == DESK_WARNING)
		step = desk_i(o, WARNING_F_OUTCOME) == OUTCOME_OPERATOR ? WARNING_DO_OPERATOR_HELP : 0;
	if (step == 0)
		return;
	x = day_command(o->kind, step, o->id, s);
	(void)day_do(d, &x);
}

const struct script leader_script = { leader_begin, leader_finish };

/* ---- quality ---- */

static int64_t quality_begin(struct day *d, struct seat *s, const struct desk_object *o)
{
	(void)s;
	return day_span(d, HABIT_REVIEW_S, o->id, o->version);
}

static void quality_finish(struct day *d, struct seat *s, const struct desk_object *o)
{
	struct desk_command x = day_command(DESK_WARNING, WARNING_DO_REVIEW, o->id, s);

	if (o->state == WARNING_FED_BACK)
		(void)day_do(d, &x);
}

const struct script quality_script = { quality_begin, quality_finish };

/* ---- appeals: acceptance, check, decision ---- */

static int64_t appeals_begin(struct day *d, struct seat *s, const struct desk_object *o)
{
	(void)s;
	return day_span(d, HABIT_APPEAL_S, o->id, o->state);
}

static void appeals_finish(struct day *d, struct seat *s, const struct desk_object *o)
{
	static const uint8_t next[APPEAL_STATES] = {
		[APPEAL_FILED] = APPEAL_DO_ACCEPT, [APPEAL_ACCEPTED] = APPEAL_DO_CHECK
	};
	uint32_t i = who_of_token(d, o->subject.token, o->subject.kind);
	bool guilty = i != NONE && who_criminal(d, i), right = day_chance(d, HABIT_FAIR_P, o->id, 0);
	uint32_t step = next[o->state] ? next[o->state] : guilty == right ? APPEAL_DO_DENY : APPEAL_DO_GRANT;
	struct desk_command x = day_command(DESK_APPEAL, step, o->id, s);

	if (step == APPEAL_DO_DENY || step == APPEAL_DO_GRANT)
		day_ref(d, &x, APPEAL_F_DECISION);
	if (desk_machine(DESK_APPEAL)->step[step].from >> o->state & 1)
		(void)day_do(d, &x);
}

const struct script appeals_script = { appeals_begin, appeals_finish };
