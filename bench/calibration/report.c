/* report.c - the comparison as Markdown, and the list of broken bounds. */
#include <math.h>
#include "base/clock.h"
#include "bench/calibration/calibration.h"

enum {
	REAL_DAYS = 244 /* 1 August 2019 to 31 March 2020 */
};

static void put_number(struct buf *out, double v)
{
	if (isnan(v))
		buf_z(out, "–");
	else
		buf_printf(out, fabs(v) >= 100 ? "%.0f" : "%.3g", v);
}

static void put_cells(struct buf *out, const struct summary *s, const struct verdict *v)
{
	for (int i = 0; i < LEVELS; i++) {
		bool broken = v && v->judged && v->broken[i];
		buf_z(out, broken ? " **" : " ");
		put_number(out, s->q[i]);
		buf_z(out, broken ? "** |" : " |");
	}
}

static const char *level_name(int level)
{
	return level == LEVELS ? "mean" : level_names[level];
}

static void put_distance(struct buf *out, const struct measure *m, const struct verdict *v)
{
	if (v->worst < 0)
		return;
	if (m->scale == SCALE_SHARE)
		buf_printf(out, "%.2f", v->distance);
	else
		buf_printf(out, "×%.2f", exp(v->distance));
	if (v->worst < LEVELS)
		buf_printf(out, " at %s", level_name(v->worst));
}

static void put_verdict(struct buf *out, const struct verdict *v)
{
	buf_z(out, !v->judged ? v->why : v->within ? "within" : "**outside**");
	for (int i = 0; v->judged && i < LEVELS; i++)
		if (v->broken[i])
			buf_printf(out, " %s", level_names[i]);
	if (v->judged && v->mean_broken)
		buf_z(out, " mean");
}

static void put_bounds(struct buf *out, const struct measure *m)
{
	if (m->middle <= 0)
		buf_z(out, "none");
	else if (m->scale == SCALE_SHARE)
		buf_printf(out, "±%g", m->middle);
	else
		buf_printf(out, "×%g", m->middle);
	if (m->outer > 0)
		buf_printf(out, m->scale == SCALE_SHARE ? " (±%g)" : " (×%g)", m->outer);
	if (m->slack > 0)
		buf_printf(out, " or %g apart", m->slack);
}

static void put_head(const struct comparison *c, struct buf *out)
{
	const struct city_counts *n = c->counts;
	buf_z(out, "# Calibration: a simulated city beside Sichuan 2019-08 to 2020-03\n\n");
	buf_printf(out,
	           "Simulated: %llu subscribers (%llu ordinary, %llu fraud; %llu suspects of other roles left out), "
	           "%llu calls of which %llu answered, %llu messages",
	           (unsigned long long)(n->subscribers[0] + n->subscribers[1]), (unsigned long long)n->subscribers[0],
	           (unsigned long long)n->subscribers[1], (unsigned long long)n->left_out, (unsigned long long)n->calls,
	           (unsigned long long)n->answered, (unsigned long long)n->sms);
	if (n->last_us) {
		buf_z(out, ", ");
		clock_format_short(out, n->first_us, &clock_shanghai);
		buf_z(out, " to ");
		clock_format_short(out, n->last_us, &clock_shanghai);
	}
	int64_t days = (n->last_us - n->first_us + US_PER_DAY - 1) / US_PER_DAY;
	if (days < REAL_DAYS * 9 / 10 || days > REAL_DAYS * 11 / 10)
		buf_printf(out, " (%lld days: counts, days and months of so short or long a run do not compare)",
		           (long long)days);
	buf_printf(out, "; %llu of %llu lines passed over as bad. ", (unsigned long long)n->bad,
	           (unsigned long long)n->lines);
	buf_printf(
		out,
		"Real: %llu ordinary and %llu fraud subscribers, %d days.\n\n"
		"A subscriber is a mobile number that called from a device; only answered calls count, on both sides. "
		"Quantiles are nearest ranks over the subscribers that have the value. Hours and days are local "
		"(Asia/Shanghai). Distance: the largest factor (of shares: difference) between the two at any of the "
		"quantiles. Bounds hold at p25, p50 and p75, the wider one in brackets at p10 and p90; p5, p95 and p99 are "
		"shown, not judged. A value in bold breaks its bound.\n\n",
		(unsigned long long)c->real->feature[FEATURE_CALLS][CLASS_ORDINARY].n,
		(unsigned long long)c->real->feature[FEATURE_CALLS][CLASS_FRAUD].n, REAL_DAYS);
}

static void put_feature(const struct comparison *c, enum feature f, struct buf *out)
{
	const struct measure *m = &features[f];
	for (int k = 0; k < CLASSES; k++) {
		const struct summary *real = &c->real->feature[f][k], *simulated = &c->simulated->feature[f][k];
		struct verdict v;
		judge_feature(f, real, simulated, &v);
		if (k == 0)
			buf_printf(out, "| %s | %s | real |", m->title, class_names[k]);
		else
			buf_printf(out, "| `%s` | %s | real |", m->name, class_names[k]);
		put_cells(out, real, NULL);
		buf_z(out, " ");
		put_bounds(out, m);
		buf_z(out, " | |\n| | | simulated |");
		put_cells(out, simulated, &v);
		buf_z(out, " ");
		put_distance(out, m, &v);
		buf_z(out, " | ");
		put_verdict(out, &v);
		buf_z(out, " |\n");
	}
}

static void put_overall(const struct comparison *c, struct buf *out)
{
	const struct summary *real = &c->real->overall[OVERALL_TALK], *simulated = &c->simulated->overall[OVERALL_TALK];
	struct verdict v;
	judge_overall(OVERALL_TALK, real, simulated, &v);
	buf_z(
		out,
		"\n## All records\n\nA call or message counts once for each subscriber that takes part. The simulated classes "
		"are weighed as in the real set: 1,962 of 6,106 subscribers are frauds. Of the talk, the wider bound holds at "
		"p5 and p95.\n\n| | | mean | p5 | p10 | p25 | p50 | p75 | p90 | p95 | p99 | bound, distance | verdict |\n"
		"|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|---|\n");
	buf_printf(out, "| %s | real | ", overalls[OVERALL_TALK].title);
	put_number(out, real->mean);
	buf_z(out, " |");
	put_cells(out, real, NULL);
	buf_z(out, " ");
	put_bounds(out, &overalls[OVERALL_TALK]);
	buf_z(out, " | |\n| | simulated | ");
	put_number(out, simulated->mean);
	buf_z(out, " |");
	put_cells(out, simulated, &v);
	buf_z(out, " ");
	put_distance(out, &overalls[OVERALL_TALK], &v);
	buf_z(out, " | ");
	put_verdict(out, &v);
	buf_z(out, " |\n\n| share | real | simulated | bound | verdict |\n|---|--:|--:|---|---|\n");
	for (int i = OVERALL_TALK + 1; i < OVERALLS; i++) {
		judge_overall((enum overall)i, &c->real->overall[i], &c->simulated->overall[i], &v);
		buf_printf(out, "| %s | %.1f %% | ", overalls[i].title, c->real->overall[i].mean * 100);
		if (isnan(c->simulated->overall[i].mean))
			buf_z(out, "–");
		else
			buf_printf(out, "%.1f %%", c->simulated->overall[i].mean * 100);
		buf_z(out, " | ");
		put_bounds(out, &overalls[i]);
		buf_z(out, " | ");
		put_verdict(out, &v);
		buf_z(out, " |\n");
	}
	if (!c->counts->has_cards)
		buf_z(out, "\nCards of a holder are not measured: the folder has neither openings.csv nor binds.csv.\n");
}

static void broken_level(const struct measure *m, const char *class, int level, bool overall,
                         const struct summary *real, const struct summary *simulated, struct buf *out)
{
	double r = level < LEVELS ? real->q[level] : real->mean, s = level < LEVELS ? simulated->q[level] : simulated->mean;
	buf_printf(out, "outside: %s, %s, %s: real ", m->name, class, level_name(level));
	put_number(out, r);
	buf_z(out, ", simulated ");
	put_number(out, s);
	buf_printf(out, m->scale == SCALE_SHARE ? " (bound ±%g)\n" : " (bound ×%g)\n", bound_at(m, overall, level));
}

static uint64_t broken(const struct measure *m, const char *class, bool overall, const struct verdict *v,
                       const struct summary *real, const struct summary *simulated, struct buf *out)
{
	uint64_t n = 0;
	for (int i = 0; i <= LEVELS; i++) {
		if (!v->judged || !(i < LEVELS ? v->broken[i] : v->mean_broken))
			continue;
		broken_level(m, class, i, overall, real, simulated, out);
		n++;
	}
	return n;
}

uint64_t report_broken(const struct comparison *c, struct buf *out)
{
	uint64_t n = 0;
	struct verdict v;
	for (int k = 0; k < CLASSES; k++) {
		if (c->counts->subscribers[k] < CLASS_ENOUGH) {
			buf_printf(out, "outside: %s: %llu subscribers, %d are needed to judge\n", class_names[k],
			           (unsigned long long)c->counts->subscribers[k], CLASS_ENOUGH);
			n++;
		}
		for (int i = 0; i < FEATURES; i++) {
			const struct summary *real = &c->real->feature[i][k], *simulated = &c->simulated->feature[i][k];
			judge_feature((enum feature)i, real, simulated, &v);
			if (!v.judged && features[i].middle > 0 && c->counts->subscribers[k] >= CLASS_ENOUGH) {
				buf_printf(out, "outside: %s, %s: %llu subscribers have it, %d are needed to judge\n", features[i].name,
				           class_names[k], (unsigned long long)simulated->n, CLASS_ENOUGH);
				n++;
			}
			n += broken(&features[i], class_names[k], false, &v, real, simulated, out);
		}
	}
	for (int i = 0; i < OVERALLS; i++) {
		judge_overall((enum overall)i, &c->real->overall[i], &c->simulated->overall[i], &v);
		n += broken(&overalls[i], "all", true, &v, &c->real->overall[i], &c->simulated->overall[i], out);
	}
	return n;
}

void report_markdown(const struct comparison *c, struct buf *out)
{
	struct buf list;
	put_head(c, out);
	buf_z(out, "| feature | class | | p5 | p10 | p25 | p50 | p75 | p90 | p95 | p99 | bound, distance | verdict |\n"
	           "|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|---|---|\n");
	for (int i = 0; i < FEATURES; i++)
		put_feature(c, (enum feature)i, out);
	buf_z(
		out,
		"\n`month_ids` counts months with mobile data, which calls and messages do not show; the simulated side counts "
		"months with a call or a message, and nothing is judged.\n");
	put_overall(c, out);
	buf_init(&list, 1 << 20);
	uint64_t n = report_broken(c, &list);
	buf_printf(out, "\n## Bounds broken: %llu\n\n", (unsigned long long)n);
	for (const char *p = n && !list.err ? list.p : ""; *p;) {
		const char *nl = strchr(p, '\n');
		size_t line = nl ? (size_t)(nl - p) : strlen(p);
		size_t skip = text_starts(text_of(p, line), TEXT("outside: ")) ? sizeof("outside: ") - 1 : 0;
		buf_z(out, "- ");
		buf_add(out, p + skip, line - skip);
		buf_char(out, '\n');
		p += line + (nl != NULL);
	}
	buf_release(&list);
}
