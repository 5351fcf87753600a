/* figures_naive.c - see figures_naive.h. One row a figure: which objects, which part, which value, how many, when; as doc/figures.md words it. */
#include "tests/unit/figures_naive.h"
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

#define HAS(f) desk_has(o, f)
#define I(f) desk_i(o, f)
#define S(us) ((us) / 1000000)
#define LATE(bit) ((I(WARNING_F_LATE) & (bit)) != 0)

static bool settled(const struct desk_object *o)
{
	return HAS(WARNING_F_FED_BACK) || o->state == WARNING_CLOSED;
}
static bool messaged(const struct desk_object *o)
{
	return o->grade == 0 && HAS(WARNING_F_SMS);
}
static bool spoken(const struct desk_object *o)
{
	return HAS(WARNING_F_CONTACTED) || HAS(WARNING_F_MET);
}
static bool cheated_later(const struct desk_object *o)
{
	return HAS(WARNING_F_FED_BACK) && HAS(WARNING_F_VICTIM) && I(WARNING_F_VICTIM) > I(WARNING_F_FED_BACK);
}
static bool persuaded(const struct desk_object *o)
{
	return HAS(WARNING_F_FED_BACK) &&
	       (I(WARNING_F_OUTCOME) == OUTCOME_PERSUADED || (I(WARNING_F_OUTCOME) == OUTCOME_CHEATED && cheated_later(o)));
}
static bool judged(const struct desk_object *o)
{
	int64_t x = I(WARNING_F_OUTCOME);

	return HAS(WARNING_F_FED_BACK) &&
	       (x == OUTCOME_PERSUADED || x == OUTCOME_REVISIT || x == OUTCOME_CHEATED || x == OUTCOME_NOT_TRUE);
}

/* X(figure, kind, counts, part, at, n, time) */
#define W DESK_WARNING
#define G o->grade
#define MADE o->made_us
#define ROWS(X)                                                                                                        \
	X(WARNINGS, W, true, G, 0, 1, MADE)                                                                                \
	X(WARNING_STATES, W, true, G, o->state, 1, MADE)                                                                   \
	X(WARNING_OUTCOMES, W, settled(o), G, I(WARNING_F_OUTCOME), 1, MADE)                                               \
	X(MESSAGE_ONLY, W, !settled(o) && messaged(o), G, 0, 1, MADE)                                                      \
	X(WARNINGS_OPEN, W, !settled(o) && !messaged(o), G, 0, 1, MADE)                                                    \
	X(HITS, W, true, G, 0, I(WARNING_F_HITS), MADE)                                                                    \
	X(SIGNED_IN_TIME, W, G >= 1 && (HAS(WARNING_F_SIGNED) || LATE(1)), G, !LATE(1), 1, MADE)                           \
	X(CONTACTED_IN_TIME, W, spoken(o) || messaged(o) || LATE(2), G, !LATE(2), 1, MADE)                                 \
	X(SETTLED_IN_TIME, W, HAS(WARNING_F_FED_BACK) || (messaged(o) && o->state == WARNING_CLOSED) || LATE(4), G,        \
	  !LATE(4), 1, MADE)                                                                                               \
	X(REACHED, W, G >= 1 && I(WARNING_F_ISSUED) > 0, G, spoken(o), 1, MADE)                                            \
	X(MET, W, G >= 2 && I(WARNING_F_ISSUED) > 0, G, HAS(WARNING_F_MET), 1, MADE)                                       \
	X(TIME_TO_SIGN, W, HAS(WARNING_F_SIGNED), G, S(I(WARNING_F_SIGNED) - I(WARNING_F_ISSUED)), 1, MADE)                \
	X(TIME_TO_CONTACT, W, spoken(o), G,                                                                                \
	  S(I(HAS(WARNING_F_CONTACTED) ? WARNING_F_CONTACTED : WARNING_F_MET) - I(WARNING_F_ISSUED)), 1, MADE)             \
	X(TIME_TO_MEET, W, HAS(WARNING_F_MET), G, S(I(WARNING_F_MET) - I(WARNING_F_ISSUED)), 1, MADE)                      \
	X(ESCALATED, W, true, G, 0, I(WARNING_F_ESCALATED), MADE)                                                          \
	X(UPGRADED, W, true, G, 0, I(WARNING_F_UPGRADED), MADE)                                                            \
	X(CHEATED_AFTER, W, persuaded(o), G, cheated_later(o), 1, MADE)                                                    \
	X(TIME_TO_CHEATED, W, persuaded(o) && cheated_later(o), G, S(I(WARNING_F_VICTIM) - I(WARNING_F_FED_BACK)), 1,      \
	  MADE)                                                                                                            \
	X(FALSE_ALARMS, W, judged(o), G, I(WARNING_F_OUTCOME) == OUTCOME_NOT_TRUE, 1, MADE)                                \
	X(WARNING_SCAMS, W, true, I(WARNING_F_SCAM), 0, 1, MADE)                                                           \
	X(INCIDENTS, DESK_INCIDENT, true, I(INCIDENT_F_SCAM), 0, 1, MADE)                                                  \
	X(INCIDENT_STATES, DESK_INCIDENT, true, 0, o->state, 1, MADE)                                                      \
	X(INCIDENTS_FILED, DESK_INCIDENT, true, 0, HAS(INCIDENT_F_CASE_NO), 1, MADE)                                       \
	X(FIRST_STOP_IN_TIME, DESK_INCIDENT, HAS(INCIDENT_F_STOP) || HAS(INCIDENT_F_LATE), 0, !HAS(INCIDENT_F_LATE), 1,    \
	  MADE)                                                                                                            \
	X(INCIDENT_AMOUNT, DESK_INCIDENT, true, I(INCIDENT_F_SCAM), 0, I(INCIDENT_F_AMOUNT), MADE)                         \
	X(INCIDENT_LOSS, DESK_INCIDENT, true, I(INCIDENT_F_SCAM), 0, I(INCIDENT_F_LOSS), MADE)                             \
	X(WARNED_BEFORE, DESK_INCIDENT, true, 0, HAS(INCIDENT_F_WARNED), 1, MADE)                                          \
	X(STOPS, DESK_STOP, true, 0, 0, 1, MADE)                                                                           \
	X(STOP_STATES, DESK_STOP, true, 0, o->state, 1, MADE)                                                              \
	X(STOPS_SENT, DESK_STOP, HAS(STOP_F_SENT), 0, 0, 1, MADE)                                                          \
	X(STOPS_IN_FORCE, DESK_STOP, HAS(STOP_F_END), 0, 0, 1, MADE)                                                       \
	X(STOPS_REPEATED, DESK_STOP, I(STOP_F_TRIES) > 1, 0, 0, 1, MADE)                                                   \
	X(STOPS_EXTENDED, DESK_STOP, I(STOP_F_EXTENSION) == STOP_EXTENSION_GIVEN, 0, 0, 1, MADE)                           \
	X(STOPPED_AMOUNT, DESK_STOP, HAS(STOP_F_END), 0, 0, I(STOP_F_BALANCE), MADE)                                       \
	X(PAYMENT_TO_STOP, DESK_STOP, HAS(STOP_F_END) && HAS(STOP_F_PAID), 0, S(I(STOP_F_STOPPED) - I(STOP_F_PAID)), 1,    \
	  MADE)                                                                                                            \
	X(FREEZES, DESK_FREEZE, true, 0, 0, 1, MADE)                                                                       \
	X(FREEZE_STATES, DESK_FREEZE, true, 0, o->state, 1, MADE)                                                          \
	X(FREEZES_IN_FORCE, DESK_FREEZE, HAS(FREEZE_F_END), 0, 0, 1, MADE)                                                 \
	X(FROZEN_AMOUNT, DESK_FREEZE, HAS(FREEZE_F_END), 0, 0, I(FREEZE_F_FROZEN_AMOUNT), MADE)                            \
	X(CARDS, DESK_CARD, true, 0, 0, 1, MADE)                                                                           \
	X(CARD_STATES, DESK_CARD, true, 0, o->state, 1, MADE)                                                              \
	X(CARDS_CLEARED, DESK_CARD, o->state == CARD_NORMAL && !HAS(CARD_F_NOTIFIED) && !HAS(CARD_F_ASKED_BASIS), 0, 0, 1, \
	  MADE)                                                                                                            \
	X(CARDS_VERIFIED, DESK_CARD, HAS(CARD_F_VERIFIED), 0, 0, 1, MADE)                                                  \
	X(ACCOUNTS, DESK_ACCOUNT, true, 0, 0, 1, MADE)                                                                     \
	X(ACCOUNT_STATES, DESK_ACCOUNT, true, 0, o->state, 1, MADE)                                                        \
	X(ACCOUNTS_CLEARED, DESK_ACCOUNT,                                                                                  \
	  o->state == ACCOUNT_NORMAL && !HAS(ACCOUNT_F_VERIFIED) && I(ACCOUNT_F_STOPS) == 0, 0, 0, 1, MADE)                \
	X(ACCOUNTS_VERIFIED, DESK_ACCOUNT, HAS(ACCOUNT_F_VERIFIED), 0, 0, 1, MADE)                                         \
	X(MEASURES, DESK_MEASURE, true, I(MEASURE_F_MEASURE), 0, 1, MADE)                                                  \
	X(MEASURES_IN_FORCE, DESK_MEASURE, o->state == MEASURE_IN_FORCE, I(MEASURE_F_MEASURE), 0, 1, MADE)                 \
	X(MEASURES_ENDED, DESK_MEASURE, o->state != MEASURE_IN_FORCE, I(MEASURE_F_MEASURE), I(MEASURE_F_CAUSE), 1,         \
	  I(MEASURE_F_ENDED))                                                                                              \
	X(TIME_IN_FORCE, DESK_MEASURE, o->state != MEASURE_IN_FORCE, I(MEASURE_F_MEASURE),                                 \
	  S(I(MEASURE_F_ENDED) - I(MEASURE_F_START)), 1, I(MEASURE_F_ENDED))                                               \
	X(APPEALS, DESK_APPEAL, true, 0, 0, 1, MADE)                                                                       \
	X(APPEAL_STATES, DESK_APPEAL, true, 0, o->state, 1, MADE)                                                          \
	X(APPEAL_DECISIONS, DESK_APPEAL, HAS(APPEAL_F_DECIDED), 0, o->state, 1, I(APPEAL_F_DECIDED))                       \
	X(TIME_TO_DECIDE, DESK_APPEAL, HAS(APPEAL_F_DECIDED), 0, S(I(APPEAL_F_DECIDED) - MADE), 1, I(APPEAL_F_DECIDED))    \
	X(TIME_TO_RELEASE, DESK_APPEAL, HAS(APPEAL_F_DECIDED) && o->state == APPEAL_GRANTED, 0,                            \
	  S(I(APPEAL_F_DECIDED) - MADE), 1, I(APPEAL_F_DECIDED))                                                           \
	X(LISTINGS, DESK_DISCIPLINE, true, I(DISCIPLINE_F_GROUND), 0, 1, MADE)                                             \
	X(LISTING_STATES, DESK_DISCIPLINE, true, 0, o->state, 1, MADE)                                                     \
	X(CLUES, DESK_CLUE, true, I(CLUE_F_WHAT), 0, 1, MADE)                                                              \
	X(CLUE_STATES, DESK_CLUE, true, 0, o->state, 1, MADE)                                                              \
	X(DEVICE_REPORTS, DESK_DEVICE_REPORT, true, I(DEVICE_F_WHAT), 0, 1, MADE)                                          \
	X(DEVICE_STATES, DESK_DEVICE_REPORT, true, 0, o->state, 1, MADE)

struct row {
	uint8_t figure, kind;
	bool (*counts)(const struct desk_object *o);
	int64_t (*part)(const struct desk_object *o), (*at)(const struct desk_object *o), (*n)(const struct desk_object *o),
		(*time)(const struct desk_object *o);
};

#define UNUSED __attribute__((unused))
#define FUNCTIONS(figure, kind, counts_, part_, at_, n_, time_)      \
	static bool figure##_counts(UNUSED const struct desk_object *o)  \
	{                                                                \
		return (counts_);                                            \
	}                                                                \
	static int64_t figure##_part(UNUSED const struct desk_object *o) \
	{                                                                \
		return (part_);                                              \
	}                                                                \
	static int64_t figure##_at(UNUSED const struct desk_object *o)   \
	{                                                                \
		return (at_);                                                \
	}                                                                \
	static int64_t figure##_n(UNUSED const struct desk_object *o)    \
	{                                                                \
		return (n_);                                                 \
	}                                                                \
	static int64_t figure##_time(UNUSED const struct desk_object *o) \
	{                                                                \
		return (time_);                                              \
	}
ROWS(FUNCTIONS)

static const struct row rows[] = {
#define ROW(figure, kind, ...) \
	{ FIGURE_##figure, kind, figure##_counts, figure##_part, figure##_at, figure##_n, figure##_time },
	ROWS(ROW)
};

static void put(const struct desk_counter *to, const struct desk_object *o, uint32_t figure, int64_t time_us,
                int64_t part, int64_t at, int64_t n)
{
	to->add(to->ctx, &(struct desk_entry){ .time_us = time_us,
	                                       .organisation = o->organisation,
	                                       .district = o->district,
	                                       .figure = (uint8_t)figure,
	                                       .part = (uint8_t)part,
	                                       .at = at,
	                                       .n = n });
}

/* The version before this one; NULL: it was made by this. */
static const struct desk_object *before(const struct history *h, uint32_t i)
{
	for (uint32_t k = i; k-- > 0;)
		if (h->version[k].o.id == h->version[i].o.id)
			return &h->version[k].o;
	return NULL;
}

static const struct desk_object *newest(const struct history *h, uint64_t id)
{
	for (uint32_t k = h->n; k-- > 0;)
		if (h->version[k].o.id == id)
			return &h->version[k].o;
	return NULL;
}

static void moments(const struct history *h, uint32_t i, const struct desk_counter *to)
{
	const struct desk_object *o = &h->version[i].o, *was = before(h, i);
	const struct desk_trace *t = &h->version[i].t;

	if (o->kind == DESK_INCIDENT && HAS(INCIDENT_F_STOP) && !(was && desk_has(was, INCIDENT_F_STOP)))
		put(to, o, FIGURE_TIME_TO_FIRST_STOP, o->made_us, 0, S(t->time_us - o->made_us), 1);
	if (o->kind == DESK_STOP && HAS(STOP_F_SENT) && was && (was->state == STOP_SENT || was->state == STOP_LANDED) &&
	    (o->state == STOP_STOPPED || o->state == STOP_MISMATCH || o->state == STOP_NOT_FOUND ||
	     (o->state == STOP_FAILED && t->step == STOP_DO_ANSWER)))
		put(to, o, FIGURE_TIME_TO_ANSWER, o->made_us, 0, S(t->time_us - I(STOP_F_SENT)), 1);
}

static void last_version(const struct history *h, const struct desk_object *o, const struct desk_counter *to)
{
	const struct desk_object *report = o->kind == DESK_STOP ? newest(h, desk_id(o, STOP_F_INCIDENT)) : NULL;

	for (uint32_t k = 0; k < sizeof(rows) / sizeof(*rows); k++)
		if (rows[k].kind == o->kind && rows[k].counts(o))
			put(to, o, rows[k].figure, rows[k].time(o), rows[k].part(o), rows[k].at(o), rows[k].n(o));
	if (report && HAS(STOP_F_END))
		put(to, o, FIGURE_REPORT_TO_STOP, o->made_us, 0, S(I(STOP_F_STOPPED) - report->made_us), 1);
}

void naive_count(const struct history *h, const struct desk_counter *to)
{
	for (uint32_t i = 0; i < h->n; i++) {
		moments(h, i, to);
		if (newest(h, h->version[i].o.id) == &h->version[i].o)
			last_version(h, &h->version[i].o, to);
	}
	for (uint32_t i = 0; i < h->n_messages; i++) {
		const struct desk_message *m = &h->message[i];
		struct desk_object o = { .organisation = m->organisation, .district = m->district };

		put(to, &o, FIGURE_MESSAGES, m->time_us, m->kind, 0, 1);
		if (m->kind == DESK_MESSAGE_ALARM)
			put(to, &o, FIGURE_ALARMS, m->time_us, newest(h, m->object)->kind, 0, 1);
		if (m->kind == DESK_MESSAGE_LABEL)
			put(to, &o, FIGURE_LABELS, m->time_us, 0, m->detail == 2, 1);
	}
}
