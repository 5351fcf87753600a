/* measure.c - what is compared, how far apart it may be, and the judgement.
 *
 * The bounds are ours: wide enough that another seed of the same city passes, narrow enough that a detector tuned on the
 * city meets the real set's shapes. p5, p95 and p99 are shown and not judged: a class of some hundred subscribers has too
 * few there. This is not a statistical test; with thousands of subscribers every test would reject. */
#include <math.h>
#include <stdlib.h>
#include "base/check.h"
#include "bench/calibration/calibration.h"

const double level_p[LEVELS] = { .05, .10, .25, .50, .75, .90, .95, .99 };
const char *const level_names[LEVELS] = { "p5", "p10", "p25", "p50", "p75", "p90", "p95", "p99" };
const char *const class_names[CLASSES] = { "ordinary", "fraud" };

const struct measure features[FEATURES] = {
	[FEATURE_CALLS] = { "opposite_count", "answered calls, in and out", SCALE_FACTOR, 1.5, 2, 3, 0 },
	[FEATURE_OPPOSITES] = { "opposite_unique", "different numbers talked with", SCALE_FACTOR, 1.5, 2, 2, 0 },
	[FEATURE_OUTGOING] = { "voc_calltype1", "outgoing share of calls", SCALE_SHARE, .1, .2, 0, 1 },
	[FEATURE_PER_OPPOSITE] = { "phone2opposite_mean", "calls per number, mean", SCALE_FACTOR, 1.5, 2, .2, 0 },
	[FEATURE_PER_OPPOSITE_MAX] = { "phone2opposite_max", "calls with one number, most", SCALE_FACTOR, 1.5, 2, 1, 0 },
	[FEATURE_TALK_MEAN] = { "call_dur_mean", "talk of a call, mean (s)", SCALE_FACTOR, 1.5, 2, 0, 0 },
	[FEATURE_TALK_MEDIAN] = { "call_dur_median", "talk of a call, median (s)", SCALE_FACTOR, 1.5, 2, 0, 0 },
	[FEATURE_HOURS] = { "voc_hour_nunique", "hours of the day with calls", SCALE_FACTOR, 1.5, 2, 1, 24 },
	[FEATURE_DAYS] = { "voc_day_nunique", "days of the month with calls", SCALE_FACTOR, 1.5, 2, 1, 31 },
	[FEATURE_DEVICES] = { "imeis", "devices", SCALE_FACTOR, 1.5, 2, 1, 0 },
	[FEATURE_SMS] = { "sms_count", "messages, in and out", SCALE_FACTOR, 1.5, 2, 3, 0 },
	[FEATURE_SMS_PEERS] = { "sms_nunique", "different numbers of messages", SCALE_FACTOR, 1.5, 2, 2, 0 },
	[FEATURE_SMS_RECEIVED] = { "calltype_rate", "received share of messages", SCALE_SHARE, .1, .2, 0, 1 },
	/* The column counts months with mobile data (flow_month = flow_sum / month_ids in every row), which the city's calls
	 * and messages don't show: the simulated side is months with a call or a message. So: shown, not judged. */
	[FEATURE_MONTHS] = { "month_ids", "months active", SCALE_FACTOR, 0, 0, 0, 9 },
};

const struct measure overalls[OVERALLS] = {
	[OVERALL_TALK] = { "talk", "talk of an answered call (s)", SCALE_FACTOR, 1.5, 2, 0, 0 },
	[OVERALL_OUTGOING] = { "records_outgoing", "outgoing share of call records", SCALE_SHARE, .1, 0, 0, 1 },
	[OVERALL_SMS_SENT] = { "sms_sent", "sent share of message records", SCALE_SHARE, .05, 0, 0, 1 },
	[OVERALL_CARDS_1] = { "cards_1", "subscribers whose holder has 1 card", SCALE_SHARE, .1, 0, 0, 1 },
	[OVERALL_CARDS_2] = { "cards_2", "2 cards", SCALE_SHARE, .05, 0, 0, 1 },
	[OVERALL_CARDS_3] = { "cards_3", "3 cards", SCALE_SHARE, .05, 0, 0, 1 },
	[OVERALL_CARDS_4] = { "cards_4", "4 cards", SCALE_SHARE, .05, 0, 0, 1 },
	[OVERALL_CARDS_5] = { "cards_5", "5 cards", SCALE_SHARE, .05, 0, 0, 1 },
};

static void summary_init(struct summary *s)
{
	*s = (struct summary){ .mean = NAN };
	for (int i = 0; i < LEVELS; i++)
		s->q[i] = NAN;
}

void figures_init(struct figures *f)
{
	for (int i = 0; i < FEATURES; i++)
		for (int c = 0; c < CLASSES; c++)
			summary_init(&f->feature[i][c]);
	for (int i = 0; i < OVERALLS; i++)
		summary_init(&f->overall[i]);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

void summary_of(struct summary *s, double *values, uint64_t n, uint64_t missing)
{
	summary_init(s);
	s->n = n;
	s->missing = missing;
	if (n == 0)
		return;
	qsort(values, n, sizeof(*values), by_value);
	double sum = 0;
	for (uint64_t i = 0; i < n; i++)
		sum += values[i];
	s->mean = sum / (double)n;
	for (int i = 0; i < LEVELS; i++) {
		double rank = ceil(level_p[i] * (double)n - 1e-9); /* .1 * 30 is a little above 3 */
		uint64_t at = rank < 1 ? 0 : (uint64_t)rank - 1;
		s->q[i] = values[at < n ? at : n - 1];
	}
}

static int find(const struct measure *m, int n, struct text name)
{
	for (int i = 0; i < n; i++)
		if (text_eq(name, text_z(m[i].name)))
			return i;
	return -1;
}

int feature_find(struct text name)
{
	return find(features, FEATURES, name);
}

int overall_find(struct text name)
{
	return find(overalls, OVERALLS, name);
}

double bound_at(const struct measure *m, bool overall, int level)
{
	if (level == LEVELS) /* the mean */
		return overall ? m->middle : 0;
	if (level >= LEVEL_P25 && level <= LEVEL_P75)
		return m->middle;
	if (overall ? level == LEVEL_P5 || level == LEVEL_P95 : level == LEVEL_P10 || level == LEVEL_P90)
		return m->outer;
	return 0;
}

/* Zero has no logarithm: counts below one half are taken as one half. */
static double distance(const struct measure *m, double real, double simulated)
{
	if (m->scale == SCALE_SHARE)
		return fabs(simulated - real);
	return fabs(log(fmax(simulated, .5) / fmax(real, .5)));
}

static bool breaks(const struct measure *m, double bound, double real, double simulated)
{
	if (bound <= 0 || fabs(simulated - real) <= m->slack + 1e-9)
		return false;
	return distance(m, real, simulated) > (m->scale == SCALE_SHARE ? bound : log(bound)) + 1e-9;
}

static void judge(const struct measure *m, bool overall, const struct summary *real, const struct summary *simulated,
                  struct verdict *v)
{
	*v = (struct verdict){ .within = true, .worst = -1 };
	for (int i = 0; i <= LEVELS; i++) {
		double r = i < LEVELS ? real->q[i] : real->mean, s = i < LEVELS ? simulated->q[i] : simulated->mean;
		if (isnan(r) || isnan(s) || (i == LEVELS && !overall))
			continue;
		double d = distance(m, r, s);
		if (v->worst < 0 || d > v->distance) {
			v->distance = d;
			v->worst = i;
		}
		bool broken = breaks(m, bound_at(m, overall, i), r, s);
		if (i < LEVELS)
			v->broken[i] = broken;
		else
			v->mean_broken = broken;
		v->within = v->within && !broken;
	}
	if (v->worst < 0)
		v->why = "not measured";
	else if (m->middle <= 0)
		v->why = "no bound";
	v->judged = !v->why;
}

void judge_feature(enum feature f, const struct summary *real, const struct summary *simulated, struct verdict *v)
{
	judge(&features[f], false, real, simulated, v);
	if (simulated->n < CLASS_ENOUGH && features[f].middle > 0) {
		v->why = "too few";
		v->judged = false;
	}
}

void judge_overall(enum overall o, const struct summary *real, const struct summary *simulated, struct verdict *v)
{
	judge(&overalls[o], true, real, simulated, v);
}
