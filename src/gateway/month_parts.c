/* month_parts.c - the month's report: reports of fraud by type, districts and organisations, involved numbers and accounts, and joint work; see month_int.h. */
#include <stdio.h>
#include <stdlib.h>
#include "base/money.h"
#include "gateway/month_int.h"

enum {
	TYPES_DRAWN_MAX = 12,
	STATE_COUNT_MAX = 1000000
};

static void cell_count(struct month_report *r, int64_t n)
{
	struct buf b;

	buf_init(&b, 64);
	month_count(&b, n);
	paper_cell(r->p, buf_view(&b));
	buf_release(&b);
}

static void cell_money(struct month_report *r, int64_t fen)
{
	struct buf b;

	buf_init(&b, 64);
	money_format(&b, fen);
	paper_cell(r->p, buf_view(&b));
	buf_release(&b);
}

/* ---- reports of fraud ---- */

struct type {
	uint32_t part;
	int64_t n;
};

static int more_first(const void *a, const void *b)
{
	const struct type *x = a, *y = b;

	return x->n != y->n ? (x->n < y->n ? 1 : -1) : x->part < y->part ? -1 : 1;
}

/* Types that something was reported of in this month or the month before, most first. */
static uint32_t types(const struct month_report *r, struct type out[FIGURE_PARTS_MAX])
{
	uint32_t n = 0;
	const char *zh;

	for (uint32_t part = 0; part < FIGURE_PARTS_MAX; part++) {
		int64_t now = month_sum(r, MONTH_THIS, FIGURE_INCIDENTS, (int)part);

		if (desk_figure_part(&desk_figures[FIGURE_INCIDENTS], part, &zh) != NULL &&
		    (now != 0 || month_sum(r, MONTH_BEFORE, FIGURE_INCIDENTS, (int)part) != 0))
			out[n++] = (struct type){ part, now };
	}
	qsort(out, n, sizeof(*out), more_first);
	return n;
}

static const char *type_name(const struct month_report *r, uint32_t part)
{
	const char *zh = "", *name = desk_figure_part(&desk_figures[FIGURE_INCIDENTS], part, &zh);

	return month_in(r, name, zh);
}

void month_incidents(struct month_report *r)
{
	struct type type[FIGURE_PARTS_MAX];
	uint32_t n = types(r, type);

	if (n == 0) {
		month_left_out(r, "reports of fraud", "警情");
		return;
	}
	month_chapter(r, "Reports of fraud by type", "警情类型");
	paper_figure(r->p, PAPER_BARS, text_z(month_in(r, "Reports by type", "各类型警情（起）")), MONTH_SPANS, 0);
	paper_series(r->p, text_z(month_in(r, "this month", "本月")));
	paper_series(r->p, text_z(month_in(r, "month before", "上月")));
	paper_series(r->p, text_z(month_in(r, "year before", "去年同月")));
	for (uint32_t i = 0; i < n && i < TYPES_DRAWN_MAX; i++) {
		paper_point(r->p, text_z(type_name(r, type[i].part)));
		for (uint32_t s = 0; s < MONTH_SPANS; s++)
			paper_value(r->p, month_sum(r, (enum month_span)s, FIGURE_INCIDENTS, (int)type[i].part));
	}
	month_compared_heads(r, "loss by type", "损失金额");
	for (uint32_t i = 0; i < n; i++) {
		paper_cell(r->p, text_z(type_name(r, type[i].part)));
		month_cells(r, FIGURE_INCIDENT_LOSS, (int)type[i].part);
	}
}

/* ---- places and members ---- */

static void rate_cell(struct month_report *r, const struct figures *f, uint32_t group, uint32_t figure)
{
	int64_t all = figures_sum(f, group, figure, FIGURES_ALL_PARTS);
	char z[32] = "–";

	if (all > 0)
		snprintf(z, sizeof(z), "%.1f%%",
		         100.0 * (double)figures_at(f, group, figure, FIGURES_ALL_PARTS, 1) / (double)all);
	paper_cell(r->p, text_z(z));
}

static void group_name(struct month_report *r, enum month_by by, uint32_t group)
{
	char z[64];

	if (group == 1)
		snprintf(z, sizeof(z), "%s", month_in(r, "not known", "未归属"));
	else
		snprintf(z, sizeof(z),
		         month_in(r, by == MONTH_BY_DISTRICT ? "district %u" : "org. %u",
		                  by == MONTH_BY_DISTRICT ? "辖区%u" : "单位%u"),
		         group - 1);
	paper_cell(r->p, text_z(z));
}

static void groups(struct month_report *r, enum month_by by, const char *en, const char *zh)
{
	static const uint8_t shown[] = { FIGURE_WARNINGS,      FIGURE_SETTLED_IN_TIME, FIGURE_INCIDENTS,
		                             FIGURE_INCIDENT_LOSS, FIGURE_STOPS_IN_FORCE,  FIGURE_STOPPED_AMOUNT,
		                             FIGURE_CARDS,         FIGURE_ACCOUNTS };
	const struct figures *f = &r->by[by];

	paper_heading(r->p, 2, text_z(month_in(r, en, zh)));
	paper_table(r->p, 1 + ARRAY_LEN(shown));
	paper_column(r->p, text_z(month_in(r, en, zh)), false);
	for (size_t k = 0; k < ARRAY_LEN(shown); k++)
		paper_column(r->p, text_z(month_in(r, desk_figures[shown[k]].en, desk_figures[shown[k]].zh)), true);
	for (uint32_t g = figures_group_after(f, 0); g != 0; g = figures_group_after(f, g)) {
		group_name(r, by, g);
		for (size_t k = 0; k < ARRAY_LEN(shown); k++) {
			int64_t n = figures_sum(f, g, shown[k], FIGURES_ALL_PARTS);

			if (desk_figures[shown[k]].unit == FIGURE_RATE)
				rate_cell(r, f, g, shown[k]);
			else if (desk_figures[shown[k]].unit == FIGURE_MONEY)
				cell_money(r, n);
			else
				cell_count(r, n);
		}
	}
}

static void growth(struct month_report *r)
{
	static const uint8_t figure[] = { FIGURE_CARDS, FIGURE_CARDS_CLEARED, FIGURE_ACCOUNTS, FIGURE_ACCOUNTS_CLEARED };

	month_chapter(r, "Numbers and accounts under suspicion", "涉诈号卡与账户增减");
	month_compared_heads(r, "figure", "指标");
	for (size_t i = 0; i < ARRAY_LEN(figure); i++) {
		paper_cell(r->p, text_z(month_in(r, desk_figures[figure[i]].en, desk_figures[figure[i]].zh)));
		month_cells(r, figure[i], FIGURES_ALL_PARTS);
	}
	paper_note(r->p, text_z(month_in(r, "Looked at, not proven: what was cleared stands beside it.",
	                                 "为研判数量，并非认定数量；排除数量一并列出。")));
}

void month_places(struct month_report *r)
{
	growth(r);
	month_chapter(r, "Districts and members", "辖区与成员单位");
	if (figures_group_after(&r->by[MONTH_BY_DISTRICT], 0) == 0) {
		month_left_out(r, "districts and members", "辖区与成员单位");
		return;
	}
	groups(r, MONTH_BY_DISTRICT, "District", "辖区");
	groups(r, MONTH_BY_ORGANISATION, "Organisation", "成员单位");
}

/* ---- joint work: kinds of the desk by state ---- */

struct registry_query month_objects(const struct month_report *r, uint32_t kind, uint32_t states, bool moved)
{
	return (struct registry_query){ .kind = (uint8_t)kind,
		                            .states = states,
		                            .of_organisation = r->m->of_organisation,
		                            .of_district = r->m->of_district,
		                            .organisation = r->m->organisation,
		                            .district = r->m->district,
		                            .changed_from_us = moved ? r->from_us[MONTH_THIS] : 0,
		                            .changed_to_us = moved ? r->to_us[MONTH_THIS] : 0 };
}

static int64_t count(struct month_report *r, uint32_t kind, uint32_t state, bool moved)
{
	struct registry_query q = month_objects(r, kind, state == 0 ? 0 : 1u << state, moved);
	uint64_t n = 0;
	enum err e;

	e = r->err == ERR_OK ? registry_count(r->registry, &q, STATE_COUNT_MAX, &n) : r->err;
	r->err = e;
	return (int64_t)n;
}

/* Rows of one kind; false: there is nothing of it. */
static bool states(struct month_report *r, const struct desk_machine *m)
{
	if (count(r, m->kind, 0, false) == 0)
		return false;
	for (uint32_t s = 1; s < m->n_states; s++) {
		int64_t n;

		if (m->state[s].name == NULL || (n = count(r, m->kind, s, false)) == 0)
			continue;
		paper_cell(r->p, text_z(month_in(r, m->name, m->zh)));
		paper_cell(r->p, text_z(month_in(r, m->state[s].name, m->state[s].zh)));
		cell_count(r, n);
		cell_count(r, count(r, m->kind, s, true));
	}
	return true;
}

static void states_heads(struct month_report *r)
{
	paper_table(r->p, 4);
	paper_column(r->p, text_z(month_in(r, "kind", "事项")), false);
	paper_column(r->p, text_z(month_in(r, "state", "状态")), false);
	paper_column(r->p, text_z(month_in(r, "now", "现有")), true);
	paper_column(r->p, text_z(month_in(r, "came to it in the month", "本月进入")), true);
}

static void part(struct month_report *r, const char *en, const char *zh, const uint8_t *kind, uint32_t n)
{
	bool any = false;

	for (uint32_t i = 0; i < n; i++)
		any = any || (desk_machine(kind[i]) != NULL && count(r, kind[i], 0, false) > 0);
	if (!any) {
		month_left_out(r, en, zh);
		return;
	}
	paper_heading(r->p, 2, text_z(month_in(r, en, zh)));
	states_heads(r);
	for (uint32_t i = 0; i < n; i++)
		if (desk_machine(kind[i]) != NULL)
			(void)states(r, desk_machine(kind[i]));
}

void month_joint(struct month_report *r)
{
	static const uint8_t alliance[] = { DESK_MATTER, DESK_MEETING, DESK_JOINT_EVENT, DESK_ASSET },
						 outlets[] = { DESK_OUTLET, DESK_SUPPLY, DESK_INSPECTION, DESK_CORRECTION, DESK_ASSESSMENT },
						 publicity[] = { DESK_MATERIAL, DESK_PUBLICATION, DESK_BULLETIN, DESK_CAMPAIGN },
						 training[] = { DESK_COURSE, DESK_QUESTION, DESK_ATTEMPT, DESK_GUIDANCE };

	month_chapter(r, "Joint work", "联盟工作");
	part(r, "Joint matters, meetings, events, assets", "要事联商、活动联办、服务联抓、品牌同筑", alliance,
	     ARRAY_LEN(alliance));
	part(r, "Outlets", "网点", outlets, ARRAY_LEN(outlets));
	part(r, "Publicity and campaigns", "宣传与精准活动", publicity, ARRAY_LEN(publicity));
	part(r, "Training and guidance", "培训与安装引导", training, ARRAY_LEN(training));
}
