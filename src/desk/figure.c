/* figure.c - what objects, steps and messages count for; see figure.h. Each function below reads one kind of object and knows nothing of sums. */
#include "desk/figure.h"
#include "base/clock.h"
#include "desk/account.h"
#include "desk/appeal.h"
#include "desk/card.h"
#include "desk/clue.h"
#include "desk/device_report.h"
#include "desk/discipline.h"
#include "desk/freeze.h"
#include "desk/incident.h"
#include "desk/measure.h"
#include "desk/stop.h"
#include "desk/warning.h"

struct tally { /* an object on its way into entries */
	const struct desk_counter *to;
	struct desk_entry x; /* figure, at and n are each entry's own */
	int sign;
};

static void put(struct tally *t, enum desk_figure figure, int64_t at, int64_t n)
{
	if (n == 0)
		return;
	t->x.figure = (uint8_t)figure;
	t->x.at = at;
	t->x.n = n * t->sign;
	t->to->add(t->to->ctx, &t->x);
}

static void count(struct tally *t, enum desk_figure figure, int64_t n)
{
	put(t, figure, 0, n);
}

static void rate(struct tally *t, enum desk_figure figure, bool counts, bool hit)
{
	put(t, figure, hit, counts);
}

/* Time that ran backwards, by a bank's clock, is kept as it is. */
static void lasted(struct tally *t, enum desk_figure figure, int64_t us)
{
	put(t, figure, us / US_PER_SECOND, 1);
}

/* ---- warnings ---- */

static void warning_in_time(struct tally *t, const struct desk_object *o)
{
	int64_t late = desk_i(o, WARNING_F_LATE), issued = desk_i(o, WARNING_F_ISSUED);
	bool contacted = desk_has(o, WARNING_F_CONTACTED), met = desk_has(o, WARNING_F_MET),
		 is_signed = desk_has(o, WARNING_F_SIGNED);
	bool messaged = o->grade == 0 && desk_has(o, WARNING_F_SMS),
		 settled = desk_has(o, WARNING_F_FED_BACK) || (messaged && o->state == WARNING_CLOSED);

	rate(t, FIGURE_SIGNED_IN_TIME, o->grade > 0 && (is_signed || (late & 1)), (late & 1) == 0);
	rate(t, FIGURE_CONTACTED_IN_TIME, contacted || met || messaged || (late & 2), (late & 2) == 0);
	rate(t, FIGURE_SETTLED_IN_TIME, settled || (late & 4), (late & 4) == 0);
	rate(t, FIGURE_REACHED, o->grade > 0 && issued > 0, contacted || met);
	rate(t, FIGURE_MET, o->grade > 1 && issued > 0, met);
	if (is_signed)
		lasted(t, FIGURE_TIME_TO_SIGN, desk_i(o, WARNING_F_SIGNED) - issued);
	if (contacted || met)
		lasted(t, FIGURE_TIME_TO_CONTACT,
		       (contacted ? desk_i(o, WARNING_F_CONTACTED) : desk_i(o, WARNING_F_MET)) - issued);
	if (met)
		lasted(t, FIGURE_TIME_TO_MEET, desk_i(o, WARNING_F_MET) - issued);
}

/* What came of it. Cheated after all: told by a report, or on the return visit, later than the feedback that they were persuaded. */
static void warning_outcome(struct tally *t, const struct desk_object *o)
{
	int64_t outcome = desk_i(o, WARNING_F_OUTCOME),
			after_us = desk_i(o, WARNING_F_VICTIM) - desk_i(o, WARNING_F_FED_BACK);
	bool fed_back = desk_has(o, WARNING_F_FED_BACK), messaged = o->grade == 0 && desk_has(o, WARNING_F_SMS);
	bool after = fed_back && desk_has(o, WARNING_F_VICTIM) && after_us > 0;
	bool persuaded = fed_back && (outcome == OUTCOME_PERSUADED || (outcome == OUTCOME_CHEATED && after));
	bool right = outcome == OUTCOME_PERSUADED || outcome == OUTCOME_REVISIT || outcome == OUTCOME_CHEATED;

	if (fed_back || o->state == WARNING_CLOSED)
		put(t, FIGURE_WARNING_OUTCOMES, outcome, 1);
	else
		count(t, messaged ? FIGURE_MESSAGE_ONLY : FIGURE_WARNINGS_OPEN, 1);
	rate(t, FIGURE_CHEATED_AFTER, persuaded, after);
	if (persuaded && after)
		lasted(t, FIGURE_TIME_TO_CHEATED, after_us);
	rate(t, FIGURE_FALSE_ALARMS, fed_back && (right || outcome == OUTCOME_NOT_TRUE), !right);
}

static void warning(struct tally *t, const struct desk_object *o)
{
	t->x.part = (uint8_t)desk_i(o, WARNING_F_SCAM);
	count(t, FIGURE_WARNING_SCAMS, 1);
	t->x.part = o->grade;
	count(t, FIGURE_WARNINGS, 1);
	put(t, FIGURE_WARNING_STATES, o->state, 1);
	count(t, FIGURE_HITS, desk_i(o, WARNING_F_HITS));
	count(t, FIGURE_ESCALATED, desk_i(o, WARNING_F_ESCALATED));
	count(t, FIGURE_UPGRADED, desk_i(o, WARNING_F_UPGRADED));
	warning_in_time(t, o);
	warning_outcome(t, o);
}

/* ---- reports and orders ---- */

static void incident(struct tally *t, const struct desk_object *o)
{
	bool late = desk_has(o, INCIDENT_F_LATE);

	put(t, FIGURE_INCIDENT_STATES, o->state, 1);
	rate(t, FIGURE_INCIDENTS_FILED, true, desk_has(o, INCIDENT_F_CASE_NO));
	rate(t, FIGURE_FIRST_STOP_IN_TIME, desk_has(o, INCIDENT_F_STOP) || late, !late);
	rate(t, FIGURE_WARNED_BEFORE, true, desk_has(o, INCIDENT_F_WARNED));
	t->x.part = (uint8_t)desk_i(o, INCIDENT_F_SCAM);
	count(t, FIGURE_INCIDENTS, 1);
	count(t, FIGURE_INCIDENT_AMOUNT, desk_i(o, INCIDENT_F_AMOUNT));
	count(t, FIGURE_INCIDENT_LOSS, desk_i(o, INCIDENT_F_LOSS));
}

static void stop(struct tally *t, const struct desk_object *o, int64_t reported_us)
{
	bool stopped = desk_has(o, STOP_F_END);

	count(t, FIGURE_STOPS, 1);
	put(t, FIGURE_STOP_STATES, o->state, 1);
	count(t, FIGURE_STOPS_SENT, desk_has(o, STOP_F_SENT));
	count(t, FIGURE_STOPS_IN_FORCE, stopped);
	count(t, FIGURE_STOPS_REPEATED, desk_i(o, STOP_F_TRIES) > 1);
	count(t, FIGURE_STOPS_EXTENDED, desk_i(o, STOP_F_EXTENSION) == STOP_EXTENSION_GIVEN);
	if (!stopped)
		return;
	count(t, FIGURE_STOPPED_AMOUNT, desk_i(o, STOP_F_BALANCE));
	if (reported_us != 0)
		lasted(t, FIGURE_REPORT_TO_STOP, desk_i(o, STOP_F_STOPPED) - reported_us);
	if (desk_has(o, STOP_F_PAID))
		lasted(t, FIGURE_PAYMENT_TO_STOP, desk_i(o, STOP_F_STOPPED) - desk_i(o, STOP_F_PAID));
}

static void freeze(struct tally *t, const struct desk_object *o)
{
	bool frozen = desk_has(o, FREEZE_F_END);

	count(t, FIGURE_FREEZES, 1);
	put(t, FIGURE_FREEZE_STATES, o->state, 1);
	count(t, FIGURE_FREEZES_IN_FORCE, frozen);
	if (frozen)
		count(t, FIGURE_FROZEN_AMOUNT, desk_i(o, FREEZE_F_FROZEN_AMOUNT));
}

/* ---- cards, accounts, the ledger ---- */

static void card(struct tally *t, const struct desk_object *o)
{
	count(t, FIGURE_CARDS, 1);
	put(t, FIGURE_CARD_STATES, o->state, 1);
	count(t, FIGURE_CARDS_CLEARED,
	      o->state == CARD_NORMAL && !desk_has(o, CARD_F_NOTIFIED) && !desk_has(o, CARD_F_ASKED_BASIS));
	count(t, FIGURE_CARDS_VERIFIED, desk_has(o, CARD_F_VERIFIED));
}

static void account(struct tally *t, const struct desk_object *o)
{
	bool verified = desk_has(o, ACCOUNT_F_VERIFIED);

	count(t, FIGURE_ACCOUNTS, 1);
	put(t, FIGURE_ACCOUNT_STATES, o->state, 1);
	count(t, FIGURE_ACCOUNTS_CLEARED, o->state == ACCOUNT_NORMAL && !verified && desk_i(o, ACCOUNT_F_STOPS) == 0);
	count(t, FIGURE_ACCOUNTS_VERIFIED, verified);
}

static void measure(struct tally *t, const struct desk_object *o)
{
	t->x.part = (uint8_t)desk_i(o, MEASURE_F_MEASURE);
	count(t, FIGURE_MEASURES, 1);
	if (o->state == MEASURE_IN_FORCE) {
		count(t, FIGURE_MEASURES_IN_FORCE, 1);
		return;
	}
	t->x.time_us = desk_i(o, MEASURE_F_ENDED);
	put(t, FIGURE_MEASURES_ENDED, desk_i(o, MEASURE_F_CAUSE), 1);
	lasted(t, FIGURE_TIME_IN_FORCE, desk_i(o, MEASURE_F_ENDED) - desk_i(o, MEASURE_F_START));
}

static void appeal(struct tally *t, const struct desk_object *o)
{
	int64_t took_us = desk_i(o, APPEAL_F_DECIDED) - o->made_us;

	count(t, FIGURE_APPEALS, 1);
	put(t, FIGURE_APPEAL_STATES, o->state, 1);
	if (!desk_has(o, APPEAL_F_DECIDED))
		return;
	t->x.time_us = desk_i(o, APPEAL_F_DECIDED);
	put(t, FIGURE_APPEAL_DECISIONS, o->state, 1);
	lasted(t, FIGURE_TIME_TO_DECIDE, took_us);
	if (o->state == APPEAL_GRANTED)
		lasted(t, FIGURE_TIME_TO_RELEASE, took_us);
}

/* ---- the rest ---- */

static void parted(struct tally *t, enum desk_figure made, enum desk_figure states, const struct desk_object *o,
                   uint32_t field)
{
	put(t, states, o->state, 1);
	t->x.part = (uint8_t)desk_i(o, field);
	count(t, made, 1);
}

void desk_count_object(const struct desk_object *o, int64_t reported_us, int sign, const struct desk_counter *to)
{
	struct tally t = { to, { .time_us = o->made_us, .organisation = o->organisation, .district = o->district }, sign };

	switch (o->kind) {
	case DESK_WARNING: warning(&t, o); break;
	case DESK_INCIDENT: incident(&t, o); break;
	case DESK_STOP: stop(&t, o, reported_us); break;
	case DESK_FREEZE: freeze(&t, o); break;
	case DESK_CARD: card(&t, o); break;
	case DESK_ACCOUNT: account(&t, o); break;
	case DESK_MEASURE: measure(&t, o); break;
	case DESK_APPEAL: appeal(&t, o); break;
	case DESK_DISCIPLINE: parted(&t, FIGURE_LISTINGS, FIGURE_LISTING_STATES, o, DISCIPLINE_F_GROUND); break;
	case DESK_CLUE: parted(&t, FIGURE_CLUES, FIGURE_CLUE_STATES, o, CLUE_F_WHAT); break;
	case DESK_DEVICE_REPORT: parted(&t, FIGURE_DEVICE_REPORTS, FIGURE_DEVICE_STATES, o, DEVICE_F_WHAT); break;
	default: break; /* users and limits are nobody's work */
	}
}

static bool answered(const struct desk_object *before, const struct desk_object *o, const struct desk_trace *t)
{
	return (before->state == STOP_SENT || before->state == STOP_LANDED) &&
	       (o->state == STOP_STOPPED || o->state == STOP_MISMATCH || o->state == STOP_NOT_FOUND ||
	        (o->state == STOP_FAILED && t->step == STOP_DO_ANSWER));
}

void desk_count_step(const struct desk_object *before, const struct desk_object *o, const struct desk_trace *t,
                     const struct desk_counter *to)
{
	struct tally x = { to, { .time_us = o->made_us, .organisation = o->organisation, .district = o->district }, 1 };

	if (o->kind == DESK_INCIDENT && desk_has(o, INCIDENT_F_STOP) &&
	    (before == NULL || !desk_has(before, INCIDENT_F_STOP)))
		lasted(&x, FIGURE_TIME_TO_FIRST_STOP, t->time_us - o->made_us);
	if (o->kind == DESK_STOP && before != NULL && desk_has(o, STOP_F_SENT) && answered(before, o, t))
		lasted(&x, FIGURE_TIME_TO_ANSWER, t->time_us - desk_i(o, STOP_F_SENT));
}

void desk_count_message(const struct desk_message *m, const struct desk_object *o, const struct desk_counter *to)
{
	struct tally t = { to, { .time_us = m->time_us, .organisation = m->organisation, .district = m->district }, 1 };

	t.x.part = m->kind;
	count(&t, FIGURE_MESSAGES, 1);
	t.x.part = o->kind;
	if (m->kind == DESK_MESSAGE_ALARM)
		count(&t, FIGURE_ALARMS, 1);
	t.x.part = 0;
	if (m->kind == DESK_MESSAGE_LABEL)
		rate(&t, FIGURE_LABELS, true, m->detail == 2);
}
