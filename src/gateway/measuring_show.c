/* measuring_show.c - the report of a campaign, in Chinese or English, and as JSON. It says what is shown, what is not, and why; a figure by itself is never called an effect. */
#include <inttypes.h>
#include <math.h>
#include "base/clock.h"
#include "gateway/measuring.h"

/* ---- words ---- */

static const char *pick(enum lang l, const char *en, const char *zh)
{
	return l == LANG_ZH ? zh : en;
}

const char *measured_words(const struct measured *m, enum lang l)
{
	if (m->timing == EFFECT_STOPPED)
		return pick(l, "No effect is claimed: the campaign was stopped, and the moment was chosen by somebody.",
		            "不作效果结论：活动被中止，中止时点系人为选择。");
	if (m->timing == EFFECT_TOO_EARLY)
		return pick(l, "No effect is claimed: it is not over. The outcome is not counted before then.",
		            "不作效果结论：活动及观察期尚未结束，此前不统计结果。");
	switch (measured_verdict(m)) {
	case CAMPAIGN_HELPED: return pick(l, "The campaign helped.", "活动有效。");
	case CAMPAIGN_HARMED: return pick(l, "The campaign did harm.", "活动产生反效果。");
	case CAMPAIGN_TOO_FEW:
		return pick(l, "No effect is claimed: there were too few cases for any to be shown.",
		            "不作效果结论：案例过少，无论结果如何均不足以证明。");
	case CAMPAIGN_NOT_COMPARABLE:
		return pick(l, "No effect is claimed: scams did not contact the two groups alike, so they can't be compared.",
		            "不作效果结论：两组被诈骗联系的比例不同，不可比较。");
	case CAMPAIGN_NOT_SHOWN: break;
	}
	return pick(l, "No effect is claimed: the data do not show one. That is not proof that there is none.",
	            "不作效果结论：数据未显示效果，但不能据此认定无效。");
}

/* ---- numbers; a division by nothing is "-", and JSON's null ---- */

static void put_share(struct buf *b, double v)
{
	if (isfinite(v))
		buf_printf(b, "%.3f %%", 100 * v);
	else
		buf_z(b, v > 0 ? "+inf" : v < 0 ? "-inf" : "-");
}

static void put_number(struct buf *b, const char *name, double v)
{
	if (isfinite(v))
		buf_printf(b, ",\"%s\":%.9g", name, v);
	else
		buf_printf(b, ",\"%s\":null", name);
}

static void put_interval(struct buf *b, struct chance_interval i)
{
	put_share(b, i.low);
	buf_z(b, " .. ");
	put_share(b, i.high);
}

/* ---- text ---- */

static void text_arm(struct buf *b, const char *name, const struct effect_arm *a, enum lang l)
{
	buf_printf(b, "  %s: %" PRIu64 " %s, %" PRIu64 " %s, %" PRIu64 " %s, %" PRIu64 " %s, %" PRIu64 " %s\n", name,
	           a->people, pick(l, "people", "人"), a->reached, pick(l, "reached", "人触达"), a->contacted,
	           pick(l, "contacted by a scam", "人被诈骗联系"), a->victims, pick(l, "victims", "人受骗"), a->reports,
	           pick(l, "reports without a loss", "人未受损举报"));
}

static void text_drip(struct buf *b, const struct measured *m, enum lang l)
{
	const struct effect *e = &m->effect;

	text_arm(b, pick(l, "assigned", "分配组"), &m->arm[0], l);
	text_arm(b, pick(l, "held out", "留出组"), &m->arm[1], l);
	buf_z(b, pick(l, "As assigned (intention to treat)\n  assigned ", "按分配分析（意向性分析）\n  分配组 "));
	buf_printf(b, "%" PRIu64 "/%" PRIu64 " = ", e->assigned.x, e->assigned.n);
	put_share(b, e->rate);
	buf_printf(b, pick(l, ", held out %" PRIu64 "/%" PRIu64 " = ", "，留出组 %" PRIu64 "/%" PRIu64 " = "),
	           e->held_out.x, e->held_out.n);
	put_share(b, e->rate_held);
	buf_z(b, pick(l, "\n  difference ", "\n  差值 "));
	put_share(b, e->difference);
	buf_printf(b, pick(l, ", %g %% interval ", "，%g %% 区间 "), 100 * (1 - m->plan.alpha));
	put_interval(b, e->interval);
	buf_printf(b, ", p = %.4g\n", e->p);
	if (isfinite(e->compliers)) {
		buf_z(b, pick(l, "In those whom it reached (complier's effect; the interval follows from the one above)\n  ",
		              "对实际触达者（依从者效应，区间由上推得）\n  "));
		put_share(b, e->compliers);
		buf_z(b, ", ");
		put_interval(b, e->compliers_interval);
		buf_char(b, '\n');
	}
	if (e->contact_p < EFFECT_CONTACT_P)
		buf_z(
			b,
			pick(
				l,
				"Beware: the two groups were not contacted alike, so that the share among the contacted compares unlike people.\n",
				"注意：两组被诈骗联系的比例不同，被联系者之间不可直接比较。\n"));
	if (e->verdict == CAMPAIGN_NOT_SHOWN && e->rules_out_worth)
		buf_z(b, pick(l, "A change as large as the one worth knowing is ruled out.\n",
		              "可排除达到预设最小有意义幅度的变化。\n"));
}

static void text_flood(struct buf *b, const struct measured *m, enum lang l)
{
	const struct cluster_effect *c = &m->cluster;

	buf_printf(b,
	           pick(l, "  %" PRIu32 " districts, %" PRIu32 " periods; %" PRIu64 " of %" PRIu64 "\n",
	                "  %" PRIu32 " 个辖区，%" PRIu32 " 个时段；%" PRIu64 " / %" PRIu64 "\n"),
	           m->n_districts, m->periods, m->events, m->among);
	buf_z(b, pick(l, "Between districts at the same time\n  difference ", "同期辖区间比较\n  差值 "));
	put_share(b, c->difference);
	buf_printf(b, pick(l, ", %g %% interval ", "，%g %% 区间 "), 100 * (1 - m->plan.alpha));
	put_interval(b, c->interval);
	buf_printf(b, pick(l, ", p = %.4g (at best %.4g with so many districts)\n", "，p = %.4g（此辖区数下最小 %.4g）\n"),
	           c->p, c->least_p);
	if (isfinite(c->contact_p))
		buf_printf(b, pick(l, "  contacted alike: p = %.4g\n", "  被诈骗联系比例是否一致：p = %.4g\n"), c->contact_p);
}

void measured_text(const struct measured *m, enum lang l, struct buf *b)
{
	const struct desk_object *o = &m->campaign;
	const struct desk_choice *outcome = &campaign_outcomes.choice[m->plan.outcome];
	const struct desk_choice *audience = &campaign_audiences.choice[desk_i(o, CAMPAIGN_F_AUDIENCE)];

	buf_z(b, pick(l, "Campaign ", "宣传活动 "));
	desk_id_print(b, DESK_CAMPAIGN, o->id);
	buf_printf(b, ": %s, %s\n", pick(l, m->flood ? "flood" : "drip", m->flood ? "大水漫灌" : "精准滴灌"),
	           pick(l, audience->name, audience->zh));
	buf_printf(b, pick(l, "  judged by: %s; error %g %%\n", "  主要指标：%s；显著性水平 %g %%\n"),
	           pick(l, outcome->name, outcome->zh), 100 * m->plan.alpha);
	buf_printf(b,
	           pick(l, "  %" PRIu64 " %s, %" PRIu64 " held out; %" PRIu64 " texts, %" PRIu64 " receipts\n",
	                "  %" PRIu64 " %s，留出 %" PRIu64 "；短信 %" PRIu64 "，回执 %" PRIu64 "\n"),
	           m->size, pick(l, m->flood ? "districts" : "people", m->flood ? "个辖区" : "人"), m->held, m->texts,
	           m->receipts);
	if (m->measure_at_us != 0) {
		buf_z(b, pick(l, "  counts until ", "  观察至 "));
		clock_format_short(b, m->measure_at_us, &clock_shanghai);
		buf_char(b, '\n');
	}
	if (m->timing == EFFECT_OVER)
		(m->flood ? text_flood : text_drip)(b, m, l);
	buf_printf(b, "%s\n", measured_words(m, l));
}

/* ---- JSON ---- */

static void json_arm(struct buf *b, const char *name, const struct effect_arm *a)
{
	buf_printf(b,
	           ",\"%s\":{\"people\":%" PRIu64 ",\"reached\":%" PRIu64 ",\"contacted\":%" PRIu64
	           ",\"contacted_reached\":%" PRIu64 ",\"contacted_victims\":%" PRIu64 ",\"victims\":%" PRIu64
	           ",\"victims_reached\":%" PRIu64 ",\"reports\":%" PRIu64 "}",
	           name, a->people, a->reached, a->contacted, a->contacted_reached, a->contacted_victims, a->victims,
	           a->victims_reached, a->reports);
}

static void json_drip(struct buf *b, const struct measured *m)
{
	const struct effect *e = &m->effect;

	json_arm(b, "assigned", &m->arm[0]);
	json_arm(b, "held_out", &m->arm[1]);
	put_number(b, "rate", e->rate);
	put_number(b, "rate_held_out", e->rate_held);
	put_number(b, "difference", e->difference);
	put_number(b, "low", e->interval.low);
	put_number(b, "high", e->interval.high);
	put_number(b, "p", e->p);
	put_number(b, "compliers", e->compliers);
	put_number(b, "compliers_low", e->compliers_interval.low);
	put_number(b, "compliers_high", e->compliers_interval.high);
	put_number(b, "contact_p", e->contact_p);
	buf_printf(b, ",\"rules_out_worth\":%s", e->rules_out_worth ? "true" : "false");
}

void measured_json(const struct measured *m, struct buf *b)
{
	static const char *const timings[] = {
		[EFFECT_OVER] = "over", [EFFECT_TOO_EARLY] = "too-early", [EFFECT_STOPPED] = "stopped"
	};
	enum campaign_verdict v = measured_verdict(m);

	buf_z(b, "{\"campaign\":\"");
	desk_id_print(b, DESK_CAMPAIGN, m->campaign.id);
	buf_printf(b,
	           "\",\"manner\":\"%s\",\"outcome\":\"%s\",\"position\":%" PRIu64
	           ",\"timing\":\"%s\",\"claimed\":%s,\"verdict\":\"%s\""
	           ",\"size\":%" PRIu64 ",\"held\":%" PRIu64 ",\"texts\":%" PRIu64 ",\"receipts\":%" PRIu64,
	           m->flood ? "flood" : "drip", campaign_outcomes.choice[m->plan.outcome].name, m->position,
	           timings[m->timing], v == CAMPAIGN_HELPED || v == CAMPAIGN_HARMED ? "true" : "false",
	           campaign_verdicts.choice[v].name, m->size, m->held, m->texts, m->receipts);
	put_number(b, "alpha", m->plan.alpha);
	if (m->timing == EFFECT_OVER && m->flood) {
		buf_printf(b, ",\"districts\":%" PRIu32 ",\"periods\":%" PRIu32 ",\"events\":%" PRIu64 ",\"among\":%" PRIu64,
		           m->n_districts, m->periods, m->events, m->among);
		put_number(b, "difference", m->cluster.difference);
		put_number(b, "low", m->cluster.interval.low);
		put_number(b, "high", m->cluster.interval.high);
		put_number(b, "p", m->cluster.p);
		put_number(b, "least_p", m->cluster.least_p);
		put_number(b, "contact_p", m->cluster.contact_p);
	} else if (m->timing == EFFECT_OVER) {
		json_drip(b, m);
	}
	buf_z(b, "}\n");
}
