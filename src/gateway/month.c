/* month.c - the month's report: gathering, the summary, warnings, money; see month.h. The other chapters are in month_parts.c. */
#include <inttypes.h>
#include <stdio.h>
#include "base/clock.h"
#include "base/money.h"
#include "gateway/month_int.h"

const char *month_in(const struct month_report *r, const char *en, const char *zh)
{
	return r->m->zh ? zh : en;
}

/* ---- the span ---- */

enum err month_parse(struct text t, int64_t *from_us)
{
	struct civil c;
	char day[32];
	int64_t us;

	if (t.n != 7 && t.n != 10)
		return ERR_FORMAT;
	snprintf(day, sizeof(day), "%.*s%sT00:00:00", (int)t.n, t.p, t.n == 7 ? "-01" : "");
	if (clock_parse(text_z(day), &clock_shanghai, &us) != ERR_OK || us < US_PER_DAY * 400)
		return ERR_FORMAT; /* the year before must not lie before 1970 */
	clock_to_civil(us, clock_offset(&clock_shanghai, us), &c);
	*from_us = desk_day(us) - (c.day - 1) * US_PER_DAY;
	return ERR_OK;
}

/* ---- gathering ---- */

struct gathering {
	struct month_report *r;
	enum month_span span;
};

static void gather(void *ctx, const struct desk_entry *x)
{
	struct gathering *g = ctx;
	struct month_report *r = g->r;
	const uint32_t group[MONTH_BYS] = { 1u + x->district, 1u + x->organisation,
		                                1u + (uint32_t)((x->time_us - r->from_us[MONTH_THIS]) / US_PER_DAY) };

	figures_add(&r->span[g->span], 0, x->figure, x->part, x->at, x->n);
	for (uint32_t b = 0; g->span == MONTH_THIS && b < MONTH_BYS; b++)
		figures_add(&r->by[b], group[b], x->figure, x->part, x->at, x->n);
}

static enum err gather_all(struct month_report *r)
{
	static const int64_t months[MONTH_SPANS] = { 0, -1, -12 };
	enum err e = registry_place(r->registry, &r->position, &r->now_us);

	for (uint32_t s = 0; s < MONTH_SPANS; s++) {
		struct gathering g = { r, (enum month_span)s };
		struct registry_span q = { .of_organisation = r->m->of_organisation,
			                       .of_district = r->m->of_district,
			                       .organisation = r->m->organisation,
			                       .district = r->m->district };

		q.from_us = r->from_us[s] = desk_months_after(r->m->from_us, months[s]);
		q.to_us = r->to_us[s] = desk_months_after(r->m->from_us, months[s] + 1);
		if (e == ERR_OK)
			e = registry_figures(r->registry, &q, gather, &g);
		if (e == ERR_OK)
			e = figures_settle(&r->span[s]);
	}
	for (uint32_t b = 0; b < MONTH_BYS && e == ERR_OK; b++)
		e = figures_settle(&r->by[b]);
	return e;
}

/* ---- cells ---- */

void month_chapter(struct month_report *r, const char *en, const char *zh)
{
	static const char *const number[] = { "一", "二", "三", "四", "五", "六", "七", "八", "九", "十" };
	char z[256];

	CHECK(r->chapter < ARRAY_LEN(number));
	if (r->m->zh)
		snprintf(z, sizeof(z), "%s、%s", number[r->chapter], zh);
	else
		snprintf(z, sizeof(z), "%u. %s", r->chapter + 1, en);
	r->chapter++;
	paper_heading(r->p, 1, text_z(z));
}

void month_left_out(struct month_report *r, const char *en, const char *zh)
{
	paper_printf(r->p, PAPER_NOTE,
	             month_in(r, "Left out, the registry has nothing of it: %s.", "台账中无相关数据，略去：%s。"),
	             month_in(r, en, zh));
}

void month_count(struct buf *b, int64_t n)
{
	char z[32];
	int len = snprintf(z, sizeof(z), "%" PRId64, n);

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0 && z[i - 1] != '-')
			buf_char(b, ',');
		buf_char(b, z[i]);
	}
}

int64_t month_sum(const struct month_report *r, enum month_span s, uint32_t figure, int part)
{
	return figures_sum(&r->span[s], 0, figure, part);
}

static int64_t hits(const struct month_report *r, enum month_span s, uint32_t figure, int part)
{
	return figures_at(&r->span[s], 0, figure, part, 1);
}

static void put_value(const struct month_report *r, struct buf *b, enum month_span s, uint32_t figure, int part)
{
	int64_t all = month_sum(r, s, figure, part);
	struct figures_spread spread;

	switch (desk_figures[figure].unit) {
	case FIGURE_MONEY: money_format(b, all); break;
	case FIGURE_RATE:
		if (all > 0)
			buf_printf(b, "%.1f%%", 100.0 * (double)hits(r, s, figure, part) / (double)all);
		else
			buf_z(b, "–");
		break;
	case FIGURE_TIME:
		figures_spread(&r->span[s], 0, figure, part, &spread);
		if (spread.n > 0)
			clock_format_duration(b, spread.median_s * US_PER_SECOND);
		else
			buf_z(b, "–");
		break;
	default: month_count(b, all); break;
	}
}

/* What a change is measured by. False: nothing to measure. */
static bool measure(const struct month_report *r, enum month_span s, uint32_t figure, int part, double *out)
{
	int64_t all = month_sum(r, s, figure, part);
	struct figures_spread spread;

	switch (desk_figures[figure].unit) {
	case FIGURE_RATE: *out = all > 0 ? 100.0 * (double)hits(r, s, figure, part) / (double)all : 0; return all > 0;
	case FIGURE_TIME:
		figures_spread(&r->span[s], 0, figure, part, &spread);
		*out = (double)spread.median_s;
		return spread.n > 0;
	default: *out = (double)all; return true;
	}
}

static void put_change(const struct month_report *r, struct buf *b, enum month_span s, uint32_t figure, int part)
{
	bool rate = desk_figures[figure].unit == FIGURE_RATE;
	double is, was;

	if (!measure(r, MONTH_THIS, figure, part, &is) || !measure(r, s, figure, part, &was) || (!rate && was <= 0))
		buf_z(b, "–");
	else if (rate)
		buf_printf(b, month_in(r, "%+.1f pp", "%+.1f个百分点"), is - was);
	else
		buf_printf(b, "%+.1f%%", (is - was) * 100 / was);
}

static void cell_of(struct month_report *r,
                    void (*put)(const struct month_report *, struct buf *, enum month_span, uint32_t, int),
                    enum month_span s, uint32_t figure, int part)
{
	struct buf b;

	buf_init(&b, 256);
	put(r, &b, s, figure, part);
	paper_cell(r->p, buf_view(&b));
	buf_release(&b);
}

void month_cells(struct month_report *r, uint32_t figure, int part)
{
	cell_of(r, put_value, MONTH_THIS, figure, part);
	for (uint32_t s = MONTH_BEFORE; s < MONTH_SPANS; s++) {
		cell_of(r, put_value, (enum month_span)s, figure, part);
		cell_of(r, put_change, (enum month_span)s, figure, part);
	}
}

void month_compared_heads(struct month_report *r, const char *en, const char *zh)
{
	paper_table(r->p, 6);
	paper_column(r->p, text_z(month_in(r, en, zh)), false);
	paper_column(r->p, text_z(month_in(r, "this month", "本月")), true);
	paper_column(r->p, text_z(month_in(r, "month before", "上月")), true);
	paper_column(r->p, text_z(month_in(r, "change", "环比")), true);
	paper_column(r->p, text_z(month_in(r, "year before", "去年同月")), true);
	paper_column(r->p, text_z(month_in(r, "change", "同比")), true);
}

static void compared(struct month_report *r, const uint8_t *figure, uint32_t n)
{
	month_compared_heads(r, "figure", "指标");
	for (uint32_t i = 0; i < n; i++) {
		paper_cell(r->p, text_z(month_in(r, desk_figures[figure[i]].en, desk_figures[figure[i]].zh)));
		month_cells(r, figure[i], FIGURES_ALL_PARTS);
	}
}

/* ---- chapters ---- */

static void summary(struct month_report *r)
{
	static const uint8_t figure[] = { FIGURE_WARNINGS,       FIGURE_INCIDENTS,      FIGURE_INCIDENT_LOSS,
		                              FIGURE_STOPS_IN_FORCE, FIGURE_STOPPED_AMOUNT, FIGURE_FROZEN_AMOUNT,
		                              FIGURE_MEASURES,       FIGURE_APPEALS,        FIGURE_CLUES,
		                              FIGURE_DEVICE_REPORTS };

	month_chapter(r, "Summary", "总体情况");
	compared(r, figure, ARRAY_LEN(figure));
}

static void by_grade(struct month_report *r)
{
	const struct desk_figure_info *f = &desk_figures[FIGURE_WARNINGS];
	const char *name, *zh = "";

	paper_figure(r->p, PAPER_BARS, text_z(month_in(r, "Warnings by grade", "各等级预警（条）")), MONTH_SPANS, 0);
	paper_series(r->p, text_z(month_in(r, "this month", "本月")));
	paper_series(r->p, text_z(month_in(r, "month before", "上月")));
	paper_series(r->p, text_z(month_in(r, "year before", "去年同月")));
	for (uint32_t part = 0; part < FIGURE_GRADES; part++) {
		name = desk_figure_part(f, part, &zh);
		paper_point(r->p, text_z(month_in(r, name, zh)));
		for (uint32_t s = 0; s < MONTH_SPANS; s++)
			paper_value(r->p, month_sum(r, (enum month_span)s, FIGURE_WARNINGS, (int)part));
	}
}

static void by_day(struct month_report *r)
{
	uint32_t days = (uint32_t)((r->to_us[MONTH_THIS] - r->from_us[MONTH_THIS]) / US_PER_DAY);
	char z[16];

	paper_figure(r->p, PAPER_LINES, text_z(month_in(r, "Day by day", "逐日预警与警情")), 2, 0);
	paper_series(r->p, text_z(month_in(r, "warnings", "预警")));
	paper_series(r->p, text_z(month_in(r, "reports of fraud", "警情")));
	for (uint32_t d = 0; d < days; d++) {
		bool over = r->from_us[MONTH_THIS] + d * US_PER_DAY >= r->now_us; /* it has not come yet */

		snprintf(z, sizeof(z), "%u", d + 1);
		paper_point(r->p, text_z(z));
		paper_value(r->p, over ? PAPER_NOTHING
		                       : figures_sum(&r->by[MONTH_BY_DAY], d + 1, FIGURE_WARNINGS, FIGURES_ALL_PARTS));
		paper_value(r->p, over ? PAPER_NOTHING
		                       : figures_sum(&r->by[MONTH_BY_DAY], d + 1, FIGURE_INCIDENTS, FIGURES_ALL_PARTS));
	}
}

static void warnings(struct month_report *r)
{
	static const uint8_t figure[] = { FIGURE_SIGNED_IN_TIME,
		                              FIGURE_CONTACTED_IN_TIME,
		                              FIGURE_SETTLED_IN_TIME,
		                              FIGURE_REACHED,
		                              FIGURE_MET,
		                              FIGURE_TIME_TO_SIGN,
		                              FIGURE_TIME_TO_CONTACT,
		                              FIGURE_TIME_TO_MEET,
		                              FIGURE_CHEATED_AFTER,
		                              FIGURE_FALSE_ALARMS,
		                              FIGURE_ESCALATED };

	if (month_sum(r, MONTH_THIS, FIGURE_WARNINGS, FIGURES_ALL_PARTS) == 0 &&
	    month_sum(r, MONTH_BEFORE, FIGURE_WARNINGS, FIGURES_ALL_PARTS) == 0) {
		month_left_out(r, "warnings", "预警劝阻");
		return;
	}
	month_chapter(r, "Warnings and dissuasion", "预警劝阻");
	by_grade(r);
	by_day(r);
	compared(r, figure, ARRAY_LEN(figure));
	paper_note(r->p, text_z(month_in(r, "Times are medians.", "用时为中位数。")));
}

static void money(struct month_report *r)
{
	static const uint8_t figure[] = { FIGURE_STOPS,
		                              FIGURE_STOPS_SENT,
		                              FIGURE_STOPS_IN_FORCE,
		                              FIGURE_STOPPED_AMOUNT,
		                              FIGURE_FREEZES_IN_FORCE,
		                              FIGURE_FROZEN_AMOUNT,
		                              FIGURE_FIRST_STOP_IN_TIME,
		                              FIGURE_TIME_TO_ANSWER,
		                              FIGURE_REPORT_TO_STOP,
		                              FIGURE_PAYMENT_TO_STOP };

	if (month_sum(r, MONTH_THIS, FIGURE_STOPS, FIGURES_ALL_PARTS) == 0 &&
	    month_sum(r, MONTH_BEFORE, FIGURE_STOPS, FIGURES_ALL_PARTS) == 0) {
		month_left_out(r, "stops and freezes", "止付冻结");
		return;
	}
	month_chapter(r, "Money stopped and frozen", "止付冻结");
	paper_figure(r->p, PAPER_FUNNEL, text_z(month_in(r, "Stop orders", "止付指令（笔）")), 1, 0);
	paper_series(r->p, TEXT(""));
	for (uint32_t i = 0; i < 3; i++) {
		paper_point(r->p, text_z(month_in(r, desk_figures[figure[i]].en, desk_figures[figure[i]].zh)));
		paper_value(r->p, month_sum(r, MONTH_THIS, figure[i], FIGURES_ALL_PARTS));
	}
	compared(r, figure, ARRAY_LEN(figure));
}

static void head(struct month_report *r)
{
	struct civil c;
	struct buf b;

	buf_init(&b, 1024);
	clock_to_civil(r->m->from_us, clock_offset(&clock_shanghai, r->m->from_us), &c);
	buf_printf(&b, month_in(r, "Joint anti-fraud report, %d-%02d", "反诈联盟月报（%d年%d月）"), c.year, c.month);
	paper_title(r->p, buf_view(&b));
	if (r->m->of_organisation)
		paper_printf(r->p, PAPER_PARAGRAPH, month_in(r, "Of organisation %u only.", "仅限单位%u。"),
		             r->m->organisation);
	if (r->m->of_district)
		paper_printf(r->p, PAPER_PARAGRAPH, month_in(r, "Of district %u only.", "仅限辖区%u。"), r->m->district);
	buf_clear(&b);
	clock_format_short(&b, r->now_us, &clock_shanghai);
	paper_printf(r->p, PAPER_NOTE, month_in(r, "As of %s, position %" PRIu64 ".", "数据截至%s，流水位置%" PRIu64 "。"),
	             b.p == NULL ? "" : b.p, r->position);
	if (r->now_us < r->to_us[MONTH_THIS])
		paper_note(r->p, text_z(month_in(r, "The month is not over: it is compared with whole months.",
		                                 "本月尚未结束，对比口径为完整月份。")));
	buf_release(&b);
}

enum err month_write(struct registry *registry, const struct month *m, struct paper *p)
{
	struct month_report r = { .registry = registry, .m = m, .p = p };

	for (uint32_t s = 0; s < MONTH_SPANS; s++)
		figures_init(&r.span[s]);
	for (uint32_t b = 0; b < MONTH_BYS; b++)
		figures_init(&r.by[b]);
	r.err = gather_all(&r);
	if (r.err == ERR_OK) {
		head(&r);
		summary(&r);
		warnings(&r);
		month_incidents(&r);
		money(&r);
		month_places(&r);
		month_involved(&r);
		month_joint(&r);
		month_campaigns(&r);
	}
	for (uint32_t s = 0; s < MONTH_SPANS; s++)
		figures_release(&r.span[s]);
	for (uint32_t b = 0; b < MONTH_BYS; b++)
		figures_release(&r.by[b]);
	return r.err != ERR_OK ? r.err : paper_err(p);
}
