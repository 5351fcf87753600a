/* day_houses.c - banks and operators: desks that read the evidence, and machines that carry out orders and answer. */
#include <stdio.h>
#include "base/clock.h"
#include "day/day_int.h"

/* ---- desks ---- */

/* What reading the evidence comes to: sure, or not. The reader does not know the truth, and is right as often as the habits say. The draw hangs on the card or
 * account and not on its object, whose number moves with every record before it: so what changes elsewhere does not make another reader of this one. */
static bool convinced(struct day *d, const struct desk_object *o)
{
	uint32_t i = who_of_token(d, o->subject.token, o->subject.kind);

	return day_chance(d, i != NONE && who_criminal(d, i) ? HABIT_SURE_P : HABIT_WRONG_P, o->subject.token.w[0], 0);
}

static int64_t operator_begin(struct day *d, struct seat *s, const struct desk_object *o)
{
	s->good = convinced(d, o);
	return day_span(d, HABIT_CARD_S, o->id, o->version);
}

static struct desk_command house_command(uint32_t kind, uint32_t step, const struct desk_object *o,
                                         const struct seat *s)
{
	struct desk_command x = day_command(kind, step, o->id, s);

	x.organisation = o->organisation;
	return x;
}

/* Grave or proposed so: suspended at once, if a leader approves. Else the holder verifies within a day. */
static void operator_finish(struct day *d, struct seat *s, const struct desk_object *o)
{
	int64_t proposed = desk_i(o, CARD_F_PROPOSED);
	bool grave = o->grade >= 2 || proposed == MEASURE_OF_SUSPEND || proposed == MEASURE_OF_BAR_OUTGOING;
	uint32_t step = !s->good ? CARD_DO_CLEAR : grave ? CARD_DO_ASK_SUSPENSION : CARD_DO_NOTIFY;
	struct desk_command x = house_command(DESK_CARD, step, o, s);

	if (o->state != CARD_SUSPECT)
		return;
	if (s->good) {
		desk_give_i(&x, grave ? CARD_F_ASKED_BASIS : CARD_F_BASIS, BASIS_AFL_11);
		desk_give_positions(&x, CARD_F_EVIDENCE, o->value[CARD_F_EVIDENCE].positions.p,
		                    (uint32_t)o->value[CARD_F_EVIDENCE].positions.n);
	}
	(void)day_do(d, &x);
}

const struct script operator_script = { operator_begin, operator_finish };

static int64_t bank_begin(struct day *d, struct seat *s, const struct desk_object *o)
{
	s->good = convinced(d, o);
	return day_span(d, HABIT_ACCOUNT_S, o->id, o->version);
}

static void bank_finish(struct day *d, struct seat *s, const struct desk_object *o)
{
	bool grave = o->grade >= 2 || desk_i(o, ACCOUNT_F_PROPOSED) == MEASURE_OF_LIMIT;
	uint32_t step = !s->good ? ACCOUNT_DO_UNWATCH : grave ? ACCOUNT_DO_LIMIT : ACCOUNT_DO_NOTIFY;
	struct desk_command x = house_command(DESK_ACCOUNT, step, o, s);

	if (o->state != ACCOUNT_WATCHED)
		return;
	if (s->good) {
		desk_give_i(&x, ACCOUNT_F_BASIS, BASIS_AFL_18);
		desk_give_positions(&x, ACCOUNT_F_EVIDENCE, o->value[ACCOUNT_F_EVIDENCE].positions.p,
		                    (uint32_t)o->value[ACCOUNT_F_EVIDENCE].positions.n);
	}
	if (s->good && grave)
		desk_give_i(&x, ACCOUNT_F_DAILY_LIMIT, d->o->habit[HABIT_LIMIT_YUAN] * (int64_t)100);
	(void)day_do(d, &x);
}

const struct script bank_script = { bank_begin, bank_finish };

/* ---- orders and their answers ---- */

static struct desk_command answer(uint32_t kind, uint32_t step, const struct desk_object *o)
{
	return day_command_by(kind, step, o->id, USER_CONNECTOR, ROLE_CONNECTOR, o);
}

static void bank_stops(struct day *d, const struct desk_message *m, const struct desk_object *o)
{
	uint32_t i = who_of_token(d, o->subject.token, o->subject.kind);
	bool network = day_chance(d, HABIT_NETWORK_P, o->id, m->detail),
		 differs = day_chance(d, HABIT_MISMATCH_P, o->id, 0);
	struct desk_command x = answer(DESK_STOP, network ? STOP_DO_ATTEMPT_FAILED : STOP_DO_ANSWER, o);

	if ((o->state != STOP_SENT && o->state != STOP_LANDED) || day_chance(d, HABIT_SILENT_P, o->id, m->detail))
		return;
	desk_give_i(&x, STOP_F_RESULT, network ? RETURN_NETWORK : i == NONE ? RETURN_NOT_FOUND : RETURN_OK);
	if (!network && i != NONE)
		desk_give_i(&x, STOP_F_MATCH, differs ? STOP_NAME_DIFFERS : STOP_MATCHED);
	if (!network && i != NONE && !differs) {
		desk_give_i(&x, STOP_F_STOPPED, d->now_us);
		desk_give_i(&x, STOP_F_BALANCE, day_who(d, i)->tainted);
	}
	(void)day_do(d, &x);
}

static void bank_freezes(struct day *d, const struct desk_object *o)
{
	struct desk_command x = answer(DESK_FREEZE, FREEZE_DO_ANSWER, o);
	uint32_t i = who_of_token(d, o->subject.token, o->subject.kind);

	if (o->state != FREEZE_SENT)
		return;
	desk_give_i(&x, FREEZE_F_RESULT, RETURN_OK);
	desk_give_i(&x, FREEZE_F_FROZEN, d->now_us);
	desk_give_i(&x, FREEZE_F_FROZEN_AMOUNT, i != NONE ? day_who(d, i)->tainted : 0);
	(void)day_do(d, &x);
}

static void bank_extends(struct day *d, const struct desk_object *o)
{
	struct desk_command x = answer(DESK_STOP, STOP_DO_EXTENDED, o);

	desk_give_i(&x, STOP_F_RESULT, RETURN_OK);
	if (o->state == STOP_STOPPED)
		(void)day_do(d, &x);
}

/* It is done, and whoever ordered it gets a receipt. */
static void act(struct day *d, struct desk_entity about, const struct desk_object *o, uint8_t on, uint8_t off)
{
	uint32_t i = who_of_token(d, about.token, about.kind);
	struct desk_command x;
	char code[32];
	int n = snprintf(code, sizeof(code), "R%06llu", (unsigned long long)(hash_mix(o->id) % 1000000));

	if (i == NONE)
		return;
	day_who(d, i)->block = (uint8_t)((day_who(d, i)->block & ~off) | on);
	if (o->kind != DESK_CARD && o->kind != DESK_ACCOUNT)
		return;
	x = answer(o->kind, o->kind == DESK_CARD ? CARD_DO_RECEIPT : ACCOUNT_DO_RECEIPT, o);
	desk_give_code(&x, o->kind == DESK_CARD ? CARD_F_RECEIPT : ACCOUNT_F_RECEIPT, text_of(code, (size_t)n));
	(void)day_do(d, &x);
}

void message_done(struct day *d, size_t i)
{
	struct desk_message m = d->memory.message.p[i];
	struct desk_object o = *world_object(d, m.object);

	switch (m.kind) {
	case DESK_MESSAGE_LABEL: day_fail(d, record_label(d, &m, &o)); break;
	case DESK_MESSAGE_BANK_STOP: bank_stops(d, &m, &o); break;
	case DESK_MESSAGE_BANK_FREEZE: bank_freezes(d, &o); break;
	case DESK_MESSAGE_BANK_STOP_EXTEND: bank_extends(d, &o); break;
	case DESK_MESSAGE_BANK_LIMIT: act(d, o.subject, &o, o.state == ACCOUNT_LIMITED ? BLOCK_LIMIT : 0, 0); break;
	case DESK_MESSAGE_BANK_COUNTER_ONLY:
		act(d, o.subject, &o, o.state == ACCOUNT_COUNTER_ONLY ? BLOCK_COUNTER : 0, BLOCK_LIMIT);
		break;
	case DESK_MESSAGE_BANK_RESTORE: act(d, o.subject, &o, 0, BLOCK_LIMIT | BLOCK_COUNTER); break;
	case DESK_MESSAGE_OPERATOR_BAR: act(d, o.subject, &o, o.state == CARD_RESTRICTED ? BLOCK_BAR : 0, 0); break;
	case DESK_MESSAGE_OPERATOR_SUSPEND:
		act(d, o.subject, &o, o.state == CARD_SUSPENDED ? BLOCK_SUSPEND : 0, BLOCK_BAR);
		break;
	case DESK_MESSAGE_OPERATOR_RESTORE:
		if (o.kind == DESK_WARNING)
			act(d, m.about, &o, 0, BLOCK_LINE);
		else
			act(d, o.subject, &o, 0, BLOCK_BAR | BLOCK_SUSPEND);
		break;
	case DESK_MESSAGE_OPERATOR_HELP: act(d, m.about, &o, desk_has(&o, WARNING_F_MEASURE) ? BLOCK_LINE : 0, 0); break;
	default: break;
	}
}

/* What happens because of a message, and when. Those that nobody here waits for are counted with all others. */
void message_heard(struct day *d, size_t i)
{
	const struct desk_message *m = &d->memory.message.p[i];
	const struct desk_object *o = world_object(d, m->object);

	switch (m->kind) {
	case DESK_MESSAGE_BANK_STOP:
	case DESK_MESSAGE_BANK_FREEZE:
	case DESK_MESSAGE_BANK_STOP_EXTEND:
		day_later(d, m->time_us + day_span(d, HABIT_BANK_S, m->id, 0), AGENDA_MESSAGE, i);
		break;
	case DESK_MESSAGE_BANK_LIMIT:
	case DESK_MESSAGE_BANK_COUNTER_ONLY:
	case DESK_MESSAGE_BANK_RESTORE:
	case DESK_MESSAGE_OPERATOR_BAR:
	case DESK_MESSAGE_OPERATOR_SUSPEND:
	case DESK_MESSAGE_OPERATOR_RESTORE:
	case DESK_MESSAGE_OPERATOR_HELP:
		day_later(d, m->time_us + day_span(d, HABIT_ACT_S, m->id, 0), AGENDA_MESSAGE, i);
		break;
	case DESK_MESSAGE_AI_CALL:
		day_later(d, m->time_us + day_span(d, HABIT_AI_S, m->id, 0), AGENDA_AI_HEARD, m->object);
		break;
	case DESK_MESSAGE_SMS:
		d->r->sms++;
		(void)people_believe(d, who_person(d, o), HABIT_BELIEVES_SMS_P, o->id, o->version);
		break;
	case DESK_MESSAGE_NOTICE: people_noticed(d, o); break;
	case DESK_MESSAGE_LABEL: day_later(d, m->time_us + US_PER_SECOND, AGENDA_MESSAGE, i); break;
	default: break;
	}
}
