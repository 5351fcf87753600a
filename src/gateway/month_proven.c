/* month_proven.c - chapters of the month's report on what was found out: cards and accounts that were found involved, by who sold them, beside the month and the year before
 * (outlet_sheet.h); and what campaigns came to (desk/campaign.h). */
#include <inttypes.h>
#include <stdio.h>
#include "desk/campaign.h"
#include "gateway/month_int.h"
#include "gateway/outlet_sheet.h"

static void cell(struct month_report *r, int64_t n)
{
	char z[32];

	snprintf(z, sizeof(z), "%" PRId64, n);
	paper_cell(r->p, text_z(z));
}

/* "12 (8/9)": of so many so many. */
static void cell_of(struct month_report *r, const struct outlet_sheet *s, uint32_t all, uint32_t of)
{
	char z[64];

	if ((s->has >> all & 1) == 0)
		snprintf(z, sizeof(z), "-");
	else
		snprintf(z, sizeof(z), "%" PRId64 "/%" PRId64, s->value[of], s->value[all]);
	paper_cell(r->p, text_z(z));
}

static bool is_shown(const struct month_report *r, const struct outlet_sheet *s)
{
	return s->outlet == 0 && (!r->m->of_organisation || s->organisation == r->m->organisation);
}

void month_involved(struct month_report *r)
{
	struct outlet_sheets all;
	uint32_t shown = 0;

	month_chapter(r, "Cards and accounts found involved", "涉案号卡与账户");
	if (r->err != ERR_OK || r->m->of_district) { /* openings are the members', not the districts' */
		month_left_out(r, "who sold what was found involved", "涉案号卡与账户开立单位");
		return;
	}
	r->err = outlet_sheets_load(r->registry, r->m->from_us, &all);
	if (r->err != ERR_OK)
		return;
	for (size_t i = 0; i < all.n; i++)
		shown += is_shown(r, &all.sheet[i]);
	if (shown == 0) {
		month_left_out(r, "who sold what was found involved", "涉案号卡与账户开立单位");
		outlet_sheets_release(&all);
		return;
	}
	paper_table(r->p, 7);
	paper_column(r->p, text_z(month_in(r, "organisation", "成员单位")), false);
	paper_column(r->p, text_z(month_in(r, "opened", "本月开立")), true);
	paper_column(r->p, text_z(month_in(r, "of them involved", "其中涉案")), true);
	paper_column(r->p, text_z(month_in(r, "found in the month", "本月发现")), true);
	paper_column(r->p, text_z(month_in(r, "month before", "上月")), true);
	paper_column(r->p, text_z(month_in(r, "year before", "上年同月")), true);
	paper_column(r->p, text_z(month_in(r, "staff trained", "员工培训合格")), true);
	for (size_t i = 0; i < all.n; i++) {
		const struct outlet_sheet *s = &all.sheet[i];
		char z[32];

		if (!is_shown(r, s))
			continue;
		snprintf(z, sizeof(z), month_in(r, "org. %u", "单位%u"), s->organisation);
		paper_cell(r->p, text_z(z));
		cell(r, s->value[ASSESSMENT_F_OPENED]);
		cell(r, s->value[ASSESSMENT_F_INVOLVED]);
		cell(r, s->value[ASSESSMENT_F_FOUND]);
		cell(r, s->value[ASSESSMENT_F_FOUND_BEFORE]);
		cell(r, s->value[ASSESSMENT_F_FOUND_YEAR]);
		cell_of(r, s, ASSESSMENT_F_STAFF, ASSESSMENT_F_TRAINED);
	}
	outlet_sheets_release(&all);
}

/* ---- campaigns ---- */

static bool measured(void *ctx, const struct registry_hit *h)
{
	struct month_report *r = ctx;
	const struct desk_object *o = h->object;
	const struct desk_machine *m = desk_machine(DESK_CAMPAIGN);
	struct buf id;

	buf_init(&id, 64);
	desk_id_print(&id, o->kind, o->id);
	paper_cell(r->p, buf_view(&id));
	for (uint32_t i = 0; i < 2; i++) {
		uint32_t f = i == 0 ? CAMPAIGN_F_AUDIENCE : CAMPAIGN_F_VERDICT;
		const struct desk_choice *c = desk_has(o, f) ? &m->field[f].choices->choice[desk_i(o, f)] : NULL;

		paper_cell(r->p, c == NULL ? TEXT("-") : text_z(month_in(r, c->name, c->zh)));
	}
	cell(r, desk_i(o, CAMPAIGN_F_SIZE));
	cell(r, desk_i(o, CAMPAIGN_F_HELD));
	buf_release(&id);
	return true;
}

void month_campaigns(struct month_report *r)
{
	struct registry_query q = month_objects(r, DESK_CAMPAIGN, 1u << CAMPAIGN_MEASURED, true);
	uint64_t n = 0;

	if (r->err == ERR_OK)
		r->err = registry_count(r->registry, &q, REGISTRY_PAGE_MAX, &n);
	if (r->err != ERR_OK)
		return;
	if (n == 0) {
		month_left_out(r, "campaigns measured in the month", "本月完成评估的宣传活动");
		return;
	}
	paper_heading(r->p, 2, text_z(month_in(r, "Campaigns measured in the month", "本月完成评估的宣传活动")));
	paper_table(r->p, 5);
	paper_column(r->p, text_z(month_in(r, "campaign", "活动")), false);
	paper_column(r->p, text_z(month_in(r, "audience", "人群")), false);
	paper_column(r->p, text_z(month_in(r, "what the data say", "评估结论")), false);
	paper_column(r->p, text_z(month_in(r, "people", "人数")), true);
	paper_column(r->p, text_z(month_in(r, "held out", "对照")), true);
	r->err = registry_list(r->registry, &q, REGISTRY_PAGE_MAX, measured, r);
}
