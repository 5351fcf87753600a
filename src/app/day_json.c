/* day_json.c - the report of a simulated day as one JSON object: the same figures as for people, and a few more. Durations are seconds, money is fen. */
#include "app/day_show.h"
#include <stddef.h>
#include <string.h>
#include "base/clock.h"
#include "desk/measure.h"
#include "desk/warning.h"

static const char *const grade[DAY_GRADES] = { "blue", "yellow", "red", "purple" };

static void name(struct buf *b, const char *z)
{
	char last = b->n ? b->p[b->n - 1] : '{';

	if (last != '{' && last != '[')
		buf_char(b, ',');
	buf_json(b, text_z(z));
	buf_char(b, ':');
}

static void number(struct buf *b, const char *z, uint64_t v)
{
	name(b, z);
	buf_int(b, (int64_t)v);
}

static void rate(struct buf *b, const char *z, const struct day_rate *r)
{
	name(b, z);
	buf_char(b, '{');
	number(b, "hit", r->hit);
	number(b, "all", r->all);
	buf_char(b, '}');
}

static void spread(struct buf *b, const char *z, const struct day_spread *x)
{
	name(b, z);
	buf_char(b, '{');
	number(b, "n", x->n);
	if (x->n) {
		number(b, "median_s", (uint64_t)x->median_s);
		number(b, "p90_s", (uint64_t)x->p90_s);
		number(b, "most_s", (uint64_t)x->most_s);
	}
	buf_char(b, '}');
}

static void warnings(struct buf *b, const struct day_report *r)
{
	name(b, "warnings");
	buf_char(b, '{');
	for (int g = 0; g < DAY_GRADES; g++) {
		name(b, grade[g]);
		buf_char(b, '{');
		number(b, "alerts", r->alerts_grade[g]);
		number(b, "warnings", r->warnings[g]);
		number(b, "open", r->open[g]);
		number(b, "message_only", r->messages_only[g]);
		rate(b, "signed_in_time", &r->sign[g]);
		rate(b, "contacted_in_time", &r->contact[g]);
		rate(b, "settled_in_time", &r->settle[g]);
		spread(b, "first_contact", &r->to_contact[g]);
		name(b, "outcomes");
		buf_char(b, '{');
		number(b, "none", r->outcome[g][0]);
		for (uint32_t k = 1; k < DAY_OUTCOMES && k < 11; k++)
			number(b, desk_warning.field[WARNING_F_OUTCOME].choices->choice[k].name, r->outcome[g][k]);
		buf_z(b, "}}");
	}
	buf_char(b, '}');
	number(b, "hits", r->hits);
	rate(b, "contact_rate", &r->reached);
	rate(b, "face_rate", &r->met);
	rate(b, "paid_after_warning", &r->post_warning);
	rate(b, "paid_after_contact", &r->post_contact);
}

/* Plain figures, by their names in day.h; all are 8 bytes. */
#define N(field)                                   \
	{                                              \
#field, offsetof(struct day_report, field) \
	}
static const struct {
	const char *name;
	size_t at;
} figure[] = {
	N(calls),
	N(calls_reached),
	N(ai_calls),
	N(ai_reached),
	N(sms),
	N(visits),
	N(visits_found),
	N(incidents),
	N(incidents_filed),
	N(incidents_late),
	N(stops),
	N(stop_sent),
	N(stop_stopped),
	N(stop_mismatch),
	N(stop_not_found),
	N(stop_failed),
	N(stop_retried),
	N(stop_extended),
	N(stop_converted),
	N(stop_released),
	N(stop_expired),
	N(stop_cancelled),
	N(stop_open),
	N(freezes),
	N(frozen),
	N(cards),
	N(cards_false),
	N(cards_cleared),
	N(cards_verified),
	N(accounts),
	N(accounts_false),
	N(accounts_cleared),
	N(accounts_verified),
	N(false_people),
	N(failed_payments),
	N(failed_calls),
	N(device_reports),
	N(devices_found),
	N(devices_not_found),
	N(appeals),
	N(appeals_granted),
	N(appeals_denied),
	N(appeals_open),
	N(appeals_right),
	N(cases),
	N(spared),
	N(partly),
	N(never_reached),
	N(warned_victims),
	N(criminal_calls_without),
	N(criminal_calls_stopped),
	N(commands),
	N(refused),
	N(overtaken),
	N(objects),
	N(messages),
	N(unfit),
	N(unsound),
	N(stopped_fen),
	N(failed_fen),
	N(loss_without_fen),
	N(loss_with_fen),
	N(cash_without_fen),
	N(cash_with_fen),
	N(held_fen),
};
#undef N

static void measures(struct buf *b, const struct day_report *r)
{
	name(b, "measures");
	buf_char(b, '{');
	for (uint32_t m = 1; m < DESK_MEASURES; m++) {
		if (r->measures[m] == 0)
			continue;
		name(b, desk_measures.choice[m].name);
		buf_char(b, '{');
		number(b, "imposed", r->measures[m]);
		number(b, "on_innocents", r->measures_false[m]);
		spread(b, "they_lasted", &r->false_lasted[m]);
		buf_char(b, '}');
	}
	buf_char(b, '}');
}

static void seats(struct buf *b, const struct day_report *r)
{
	name(b, "seats");
	buf_char(b, '{');
	for (uint32_t g = 0; g < DAY_GROUPS_COUNT; g++) {
		name(b, day_groups[g].name);
		buf_char(b, '{');
		number(b, "by_day", r->group[g].by_day);
		number(b, "by_night", r->group[g].by_night);
		number(b, "acts", r->group[g].acts);
		number(b, "busy_s", (uint64_t)r->group[g].busy_s);
		number(b, "duty_s", (uint64_t)r->group[g].duty_s);
		spread(b, "waited", &r->group[g].waited);
		buf_char(b, '}');
	}
	buf_char(b, '}');
}

void day_json(struct buf *b, const struct day_report *r)
{
	buf_z(b, "{\"duanka\":\"desk-day/1\",\"from\":\"");
	clock_format(b, r->from_us, &clock_shanghai);
	buf_z(b, "\",\"until\":\"");
	clock_format(b, r->until_us, &clock_shanghai);
	buf_printf(b, "\",\"whole\":%s", r->whole ? "true" : "false");
	number(b, "people", r->people);
	number(b, "days", (uint64_t)r->days);
	number(b, "seed", r->seed);
	number(b, "crime_percent", (uint64_t)r->crime_percent);
	number(b, "events", r->events);
	number(b, "crimes", r->crimes);
	number(b, "alerts", r->alerts);
	number(b, "shadow", r->shadow);
	number(b, "proposals", r->proposals);
	number(b, "unknown", r->unknown);
	warnings(b, r);
	for (size_t i = 0; i < ARRAY_LEN(figure); i++) {
		uint64_t v;

		memcpy(&v, (const char *)r + figure[i].at, sizeof(v));
		number(b, figure[i].name, v);
	}
	spread(b, "report_to_stop", &r->report_to_stop);
	spread(b, "transfer_to_stop", &r->transfer_to_stop);
	spread(b, "to_release", &r->to_release);
	measures(b, r);
	seats(b, r);
	buf_z(b, "}\n");
}
