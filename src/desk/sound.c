/* sound.c - see sound.h. */
#include "desk/sound.h"
#include "base/clock.h"
#include "desk/account.h"
#include "desk/card.h"
#include "desk/discipline.h"
#include "desk/freeze.h"
#include "desk/inspection.h"
#include "desk/measure.h"
#include "desk/outlet.h"
#include "desk/stop.h"
#include "desk/supply.h"
#include "desk/warning.h"

struct sound {
	const struct desk_world *w;
	int64_t now;
	struct buf *why;
	enum err err; /* of the world */
	const struct desk_object *of;
	struct desk_object other;
};

/* The object's name goes before the first complaint. */
static bool must(struct sound *s, bool holds, const char *what)
{
	if (holds || s->err != ERR_OK)
		return s->err == ERR_OK;
	desk_id_print(s->why, s->of->kind, s->of->id);
	buf_printf(s->why, " (%s): %s", desk_machine(s->of->kind)->state[s->of->state].name, what);
	s->err = ERR_FORMAT;
	return false;
}

/* NULL: there is none. */
static const struct desk_object *load(struct sound *s, uint64_t id)
{
	enum err e = id ? s->w->load(s->w->ctx, id, &s->other) : ERR_ABSENT;

	if (e != ERR_OK && e != ERR_ABSENT && s->err == ERR_OK)
		s->err = e;
	return e == ERR_OK ? &s->other : NULL;
}

static bool same(struct desk_entity a, struct desk_entity b)
{
	return a.kind == b.kind && token_eq(a.token, b.token);
}

/* Calls see for each object of the kind whose subject is e. */
static int64_t sum(struct sound *s, enum desk_kind kind, struct desk_entity e,
                   int64_t (*see)(const struct desk_object *o, uint32_t x), uint32_t x)
{
	uint64_t id = UINT64_MAX;
	int64_t n = 0;

	while (s->err == ERR_OK) {
		enum err err = s->w->about(s->w->ctx, (uint8_t)kind, e, id, &id);
		const struct desk_object *o = err == ERR_OK ? load(s, id) : NULL;

		if (err == ERR_ABSENT)
			break;
		if (err != ERR_OK)
			s->err = err;
		if (o && same(o->subject, e))
			n += see(o, x);
	}
	return n;
}

static int64_t in_states(const struct desk_object *o, uint32_t states)
{
	return states >> o->state & 1;
}

/* Each stop that was ever in force counts once, and once more for an extension. */
static int64_t stop_times(const struct desk_object *o, uint32_t unused)
{
	(void)unused;
	return desk_has(o, STOP_F_END) ? 1 + (desk_i(o, STOP_F_EXTENSION) == STOP_EXTENSION_GIVEN) : 0;
}

static bool measure_in_force(struct sound *s, uint32_t field, uint32_t measure)
{
	const struct desk_object *m = load(s, desk_id(s->of, field));

	return m && m->kind == DESK_MEASURE && m->state == MEASURE_IN_FORCE && desk_id(m, MEASURE_F_OBJECT) == s->of->id &&
	       (measure == 0 || desk_i(m, MEASURE_F_MEASURE) == measure);
}

static void check_measure(struct sound *s, const struct desk_object *m)
{
	uint32_t measure = (uint32_t)desk_i(m, MEASURE_F_MEASURE);
	bool automatic = desk_i(m, MEASURE_F_AUTOMATIC) != 0, late = desk_i(m, MEASURE_F_LATE_PAPERS) != 0;

	must(s, desk_basis_allows((uint32_t)desk_i(m, MEASURE_F_BASIS), measure), "its basis does not allow the measure");
	must(s, m->value[MEASURE_F_EVIDENCE].positions.n > 0, "no evidence");
	must(s, automatic || desk_i(m, MEASURE_F_ACTOR) > 0, "nobody has imposed it");
	must(s, desk_has(m, MEASURE_F_NOTICE) && desk_has(m, MEASURE_F_START) && desk_has(m, MEASURE_F_REMEDY),
	     "no notice, no start or no remedy");
	must(s, desk_i(m, MEASURE_F_END) > desk_i(m, MEASURE_F_START), "no end after its start");
	must(s, desk_has(m, MEASURE_F_APPEAL) && desk_has(m, MEASURE_F_OBJECT), "belongs to nothing");
	if (desk_measure_approved(measure) && !automatic && !late)
		must(s, desk_i(m, MEASURE_F_APPROVER) > 0 && desk_i(m, MEASURE_F_APPROVER) != desk_i(m, MEASURE_F_ACTOR),
		     "no approver, or the one who imposed it");
	must(s, m->state != MEASURE_IN_FORCE || desk_i(m, MEASURE_F_END) > s->now, "in force after its end");
	must(s, desk_i(m, MEASURE_F_APPEAL) != APPEAL_STATE_GRANTED || m->state != MEASURE_IN_FORCE,
	     "in force although the objection was granted");
}

static void check_stop(struct sound *s, const struct desk_object *o)
{
	must(s, sum(s, DESK_STOP, o->subject, stop_times, 0) <= 2, "the account was stopped a third time");
	must(s, desk_i(o, STOP_F_TRIES) <= 4, "sent more than four times");
	if (o->state != STOP_STOPPED)
		return;
	must(s, measure_in_force(s, STOP_F_MEASURE, MEASURE_OF_STOP), "stopped without an entry in the ledger");
	must(s, desk_i(o, STOP_F_END) - desk_i(o, STOP_F_STOPPED) <= 96 * US_PER_HOUR, "longer than 96 hours");
	must(s, desk_i(o, STOP_F_MATCH) <= STOP_MATCHED, "stopped although it did not match");
}

static void check_account(struct sound *s, const struct desk_object *o)
{
	if (o->state == ACCOUNT_NOTIFIED || o->state == ACCOUNT_LIMITED || o->state == ACCOUNT_COUNTER_ONLY)
		must(s, measure_in_force(s, ACCOUNT_F_MEASURE, 0), "restricted without an entry in the ledger");
	if (o->state == ACCOUNT_CLOSED)
		return;
	must(s, desk_i(o, ACCOUNT_F_STOPS) == sum(s, DESK_STOP, o->subject, stop_times, 0),
	     "its stops are counted wrongly");
	must(s, desk_has(o, ACCOUNT_F_STOP) == sum(s, DESK_STOP, o->subject, in_states, 1u << STOP_STOPPED),
	     "it does not know the stop in force");
	must(s, desk_has(o, ACCOUNT_F_FREEZE) == sum(s, DESK_FREEZE, o->subject, in_states, 1u << FREEZE_FROZEN),
	     "it does not know the freeze in force");
}

static void check_card(struct sound *s, const struct desk_object *o)
{
	if (o->state == CARD_NOTIFIED || o->state == CARD_RESTRICTED || o->state == CARD_SUSPENDED)
		must(s, measure_in_force(s, CARD_F_MEASURE, 0), "restricted without an entry in the ledger");
	else
		must(s, !desk_has(o, CARD_F_MEASURE), "free, and a measure is left");
}

static void check_kind(struct sound *s, const struct desk_object *o)
{
	switch (o->kind) {
	case DESK_MEASURE: check_measure(s, o); break;
	case DESK_STOP: check_stop(s, o); break;
	case DESK_FREEZE:
		must(s, o->state != FREEZE_FROZEN || measure_in_force(s, FREEZE_F_MEASURE, MEASURE_OF_FREEZE),
		     "frozen without an entry in the ledger");
		break;
	case DESK_CARD: check_card(s, o); break;
	case DESK_ACCOUNT: check_account(s, o); break;
	case DESK_DISCIPLINE:
		if (o->state != DISCIPLINE_ACTIVE)
			break;
		must(s, measure_in_force(s, DISCIPLINE_F_MEASURE, MEASURE_OF_DISCIPLINE),
		     "active without an entry in the ledger");
		must(s, desk_has(o, DISCIPLINE_F_NOTICED), "active without a written notice");
		must(s, desk_i(o, DISCIPLINE_F_END) <= desk_months_after(desk_i(o, DISCIPLINE_F_CHAIN_START), 60),
		     "longer than five years together");
		break;
	case DESK_OUTLET:
		must(s, (o->state == OUTLET_SUSPENDED) == measure_in_force(s, OUTLET_F_MEASURE, MEASURE_OF_SUSPEND_OPENINGS),
		     "its openings are suspended without an entry in the ledger, or the other way about");
		break;
	case DESK_SUPPLY: must(s, supply_sound(o), "its pieces don't add up"); break;
	default: break;
	}
}

enum err desk_sound(const struct desk_world *w, const struct desk_object *o, int64_t now_us, struct buf *why)
{
	static const uint32_t one_open[DESK_KINDS] = { [DESK_STOP] = 0xf << STOP_DRAFT,
		                                           [DESK_FREEZE] = 1 << FREEZE_FROZEN,
		                                           [DESK_WARNING] = 0x1ff << WARNING_GRADED,
		                                           [DESK_CARD] = 0x1f << CARD_NORMAL | 1 << CARD_SLEEPING,
		                                           [DESK_ACCOUNT] = 0x1f << ACCOUNT_NORMAL,
		                                           [DESK_DISCIPLINE] = 0x1f << DISCIPLINE_PROPOSED,
		                                           [DESK_OUTLET] = 0x7f << OUTLET_LISTED,
		                                           [DESK_INSPECTION] = 3 << INSPECTION_PLANNED,
		                                           [DESK_KIT] = 1 << KIT_APPROVED };
	const struct desk_machine *m = desk_machine(o->kind);
	struct sound s = { .w = w, .now = now_us, .why = why, .of = o };

	CHECK(m && o->state > 0 && o->state < m->n_states); /* else it is not an object at all */
	for (uint32_t i = 0; i < DESK_TIMERS_MAX; i++) {
		must(&s, o->due_us[i] == 0 || o->due_us[i] > now_us, "a time limit has passed and nothing was done");
		must(&s, o->due_us[i] == 0 || !m->state[o->state].final, "final, and a time limit runs");
	}
	for (uint32_t f = 1; f < m->n_fields; f++)
		must(&s, !desk_has(o, f) || desk_value_ok(&m->field[f], &o->value[f]),
		     m->field[f].name ? m->field[f].name : "an unused field");
	must(&s, o->approver == 0 || o->approver != o->proposer, "approved by who proposed it");
	if (o->subject.kind && one_open[o->kind])
		must(&s, sum(&s, o->kind, o->subject, in_states, one_open[o->kind]) <= 1,
		     "a second open one about the same subject");
	check_kind(&s, o);
	return s.err;
}
