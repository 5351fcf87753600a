/* score_show.c - see score_show.h. First the three targets, then all live rules, victims, rules one by one, scenarios. */
#include "app/score_show.h"
#include <math.h>
#include <stdio.h>
#include "app/sheet.h"
#include "base/clock.h"

/* X(id, English, Chinese) */
#define SCORE_WORDS(X)                                                                                             \
	X(SCORED, "alerts scored", "条预警参与评分")                                                                   \
	X(OUTSIDE, "passed over (time, rule or severity)", "条因时间、规则或等级未计")                                 \
	X(DAYS, "days", "天")                                                                                          \
	X(TARGETS, "Targets (live rules; accusations count from yellow on)", "目标（正式规则；指认类预警自黄色起计）") \
	X(TARGET, "target", "目标")                                                                                    \
	X(CARDS, "SIM boxes and bursts: within 30 min of first call", "卡池与爆量卡：首次呼叫后30分钟内发现")          \
	X(PAIRS, "gateway pairs: within 30 min of first call", "简易组网：首次呼叫后30分钟内发现")                     \
	X(MULES, "level-1 mules: before the second outgoing transfer", "一级账户：第二笔转出之前发现")                 \
	X(COACHED, "coached transfers: held before any money left", "受骗转账：资金转出之前劝阻或延迟")                \
	X(COACHED_ANY, "  ... before the last of it left", "　……最后一笔转出之前")                                     \
	X(FOUND, "found", "发现")                                                                                      \
	X(RECALL, "recall", "召回率")                                                                                  \
	X(PRECISION, "precision", "精确率")                                                                            \
	X(INTERVAL, "95 %", "95%区间")                                                                                 \
	X(FALSE, "false", "误报")                                                                                      \
	X(FALSE_ALERTS, "false alerts", "误报条数")                                                                    \
	X(PERMILLION, "per million", "每百万")                                                                         \
	X(OF_CARDS, "phones", "号码")                                                                                  \
	X(OF_ACCOUNTS, "accounts", "账户")                                                                             \
	X(OF_TRANSFERS, "transfers", "转账")                                                                           \
	X(LIVE, "All live rules, by kind of entity", "全部正式规则，按对象类型")                                       \
	X(SHADOW, "All shadow rules, by kind of entity", "全部影子规则，按对象类型")                                   \
	X(RATES, "False alarms and time, all live rules", "误报率与时间，全部正式规则")                                \
	X(KIND, "kind", "类型")                                                                                        \
	X(WARNED, "warned", "劝阻")                                                                                    \
	X(ACCUSED, "accused", "指认")                                                                                  \
	X(ALERTS, "alerts", "预警")                                                                                    \
	X(INNOCENT, "innocent", "无辜总数")                                                                            \
	X(FALSE_PM, "false/M", "误报/M")                                                                               \
	X(FALSE_PMD, "a day", "每日")                                                                                  \
	X(ALERTS_PM, "alerts/M", "条/M")                                                                               \
	X(PROJECTED, "projected", "推算")                                                                              \
	X(MEDIAN, "median", "中位用时")                                                                                \
	X(P90, "p90", "90分位")                                                                                        \
	X(HALF_HOUR, "<=30min", "30分钟内")                                                                            \
	X(CALLS, "calls bef/after", "此前/此后呼叫")                                                                   \
	X(VICTIMS, "Victims and money", "受害人与资金")                                                                \
	X(OF, "of", "范围")                                                                                            \
	X(LIVE_RULES, "live rules", "正式规则")                                                                        \
	X(SHADOW_RULES, "shadow rules", "影子规则")                                                                    \
	X(BEFORE, "in time", "及时发现")                                                                               \
	X(EVER, "at all", "终被发现")                                                                                  \
	X(SPARED, "spared", "免于接触")                                                                                \
	X(GONE_FEN, "gone", "已转出")                                                                                  \
	X(SPARED_FEN, "still there", "尚可保全")                                                                       \
	X(LOST_FEN, "never found", "未发现")                                                                           \
	X(DELAYED, "delayed", "延迟")                                                                                  \
	X(DELAYED_FEN, "delayed money", "延迟金额")                                                                    \
	X(FALSE_DELAYS, "false/M", "误延/M")                                                                           \
	X(RULES, "Rules", "各规则")                                                                                    \
	X(RULES_NOTE, "  * warns a victim; others accuse a suspect.  (shadow) does not count above.",                  \
	  "  * 为劝阻受害人；其余为指认嫌疑对象。(影子) 不计入上表。")                                                 \
	X(RULE, "rule", "规则")                                                                                        \
	X(RULES_VICTIMS, "Rules that found a victim or delayed", "发现受害人或延迟转账的规则")                         \
	X(SCENARIOS, "Scenarios (live rules)", "各场景（正式规则）")                                                   \
	X(SCENARIO, "scenario", "场景")                                                                                \
	X(PHONES, "phones", "号码")                                                                                    \
	X(ACCOUNTS, "accounts", "账户")                                                                                \
	X(PERSONS, "persons", "人员")                                                                                  \
	X(SHADOW_MARK, "(shadow)", "(影子)")                                                                           \
	X(CURVE_TITLE, "Precision and recall by entity, live rules that accuse",                                       \
	  "按对象的精确率与召回率（指认类正式规则）")                                                                  \
	X(CURVE_NOTE, "Numbers: threshold of the scores of an entity's rules, added up",                               \
	  "数字：对象所触规则评分之和的阈值")                                                                          \
	X(CURVE_NONE, "No live rule accused a kind that has suspects", "没有正式规则指认任何有嫌疑对象的类型")

enum score_word {
#define X(id, en, zh) SW_##id,
	SCORE_WORDS(X)
#undef X
};

static const char *say(enum lang l, enum score_word w)
{
	static const char *const words[][2] = {
#define X(id, en, zh) { en, zh },
		SCORE_WORDS(X)
#undef X
	};

	return words[w][l == LANG_ZH];
}

struct page {
	struct buf *b;
	const struct score_figures *f;
	enum lang l;
	bool markdown;
};

/* ---- cells ---- */

static void found_cell(struct sheet *s, const struct score_rate *r)
{
	sheet_printf(s, "%llu/%llu", (unsigned long long)r->hit, (unsigned long long)r->all);
}

static void share_cell(struct sheet *s, const struct score_rate *r)
{
	if (r->all == 0)
		sheet_cell(s, "-");
	else
		sheet_printf(s, "%.1f %%", 100 * r->value);
}

static void interval_cell(struct sheet *s, const struct score_rate *r)
{
	if (r->all == 0)
		sheet_cell(s, "-");
	else
		sheet_printf(s, "%.1f-%.1f", 100 * r->low, 100 * r->high);
}

/* 12/13 92 % */
static void short_cell(struct sheet *s, const struct score_rate *r)
{
	if (r->all == 0)
		sheet_cell(s, "-");
	else
		sheet_printf(s, "%llu/%llu %.0f %%", (unsigned long long)r->hit, (unsigned long long)r->all, 100 * r->value);
}

/* 92 % (67-99) */
static void bounded_cell(struct sheet *s, const struct score_rate *r)
{
	if (r->all == 0)
		sheet_cell(s, "-");
	else
		sheet_printf(s, "%.0f %% (%.0f-%.0f)", 100 * r->value, 100 * r->low, 100 * r->high);
}

static void count_cell(struct sheet *s, uint64_t n)
{
	sheet_printf(s, "%llu", (unsigned long long)n);
}

static void real_cell(struct sheet *s, double v)
{
	if (!isfinite(v))
		sheet_cell(s, "-");
	else
		sheet_printf(s, v < 100 ? "%.1f" : "%.0f", v);
}

static void percent_cell(struct sheet *s, double v)
{
	if (isfinite(v))
		sheet_printf(s, "%.1f %%", 100 * v);
	else
		sheet_cell(s, "-");
}

static void duration_cell(struct sheet *s, int64_t us)
{
	struct buf b;

	buf_init(&b, 200);
	if (us < 0)
		buf_char(&b, '-');
	else /* beyond a minute seconds only take room */
		clock_format_duration(&b, us < US_PER_MINUTE    ? us / US_PER_SECOND * US_PER_SECOND
		                          : us < 2 * US_PER_DAY ? us / US_PER_MINUTE * US_PER_MINUTE
		                                                : us / US_PER_HOUR * US_PER_HOUR);
	sheet_cell(s, b.err == ERR_OK ? b.p : "-");
	buf_release(&b);
}

static void money_cell(struct sheet *s, int64_t fen)
{
	char plain[24], out[40];
	size_t n, k = 0;

	n = (size_t)snprintf(plain, sizeof(plain), "%lld", (long long)(fen / 100));
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			out[k++] = ',';
		out[k++] = plain[i];
	}
	out[k] = 0;
	sheet_printf(s, "¥%s", out);
}

static void head(const struct page *p, enum score_word w)
{
	buf_printf(p->b, p->markdown ? "\n## %s\n\n" : "\n%s\n", say(p->l, w));
}

/* ---- sections ---- */

static void target_row(const struct page *p, struct sheet *s, enum score_word name, const struct score_rate *r,
                       uint64_t wrong, double permillion, enum score_word of)
{
	sheet_cell(s, say(p->l, name));
	found_cell(s, r);
	share_cell(s, r);
	interval_cell(s, r);
	count_cell(s, wrong);
	real_cell(s, permillion);
	sheet_cell(s, say(p->l, of));
}

static void show_targets(const struct page *p)
{
	const struct score_targets *t = &p->f->targets;
	struct sheet s;
	const struct sheet_column c[] = { { say(p->l, SW_TARGET), 51, true }, { say(p->l, SW_FOUND), 9, false },
		                              { say(p->l, SW_RECALL), 7, false }, { say(p->l, SW_INTERVAL), 10, false },
		                              { say(p->l, SW_FALSE), 6, false },  { say(p->l, SW_PERMILLION), 11, false },
		                              { say(p->l, SW_OF), 9, true } };

	head(p, SW_TARGETS);
	sheet_begin(&s, p->b, p->markdown, c, ARRAY_LEN(c));
	target_row(p, &s, SW_CARDS, &t->cards, t->cards_false, t->cards_false_permillion, SW_OF_CARDS);
	target_row(p, &s, SW_PAIRS, &t->pairs, t->cards_false, t->cards_false_permillion, SW_OF_CARDS);
	target_row(p, &s, SW_MULES, &t->mules, t->mules_false, t->mules_false_permillion, SW_OF_ACCOUNTS);
	target_row(p, &s, SW_COACHED, &t->coached, t->coached_false, t->coached_false_permillion, SW_OF_TRANSFERS);
	target_row(p, &s, SW_COACHED_ANY, &t->coached_any, t->coached_false, t->coached_false_permillion, SW_OF_TRANSFERS);
}

static void kind_cell(const struct page *p, struct sheet *s, const struct score_entities *r)
{
	sheet_printf(s, "%s %s", p->f->kinds->kind[r->kind].name, say(p->l, r->warns ? SW_WARNED : SW_ACCUSED));
}

static void show_kinds(const struct page *p, const struct score_group *g, enum score_word title)
{
	struct sheet s;
	const struct sheet_column c[] = { { say(p->l, SW_KIND), 18, true },      { say(p->l, SW_ALERTS), 9, false },
		                              { say(p->l, SW_FOUND), 13, false },    { say(p->l, SW_RECALL), 7, false },
		                              { say(p->l, SW_INTERVAL), 10, false }, { say(p->l, SW_PRECISION), 9, false },
		                              { say(p->l, SW_INTERVAL), 10, false }, { say(p->l, SW_FALSE), 7, false },
		                              { say(p->l, SW_PROJECTED), 10, false } };

	if (g->n_rows == 0)
		return;
	head(p, title);
	sheet_begin(&s, p->b, p->markdown, c, ARRAY_LEN(c));
	for (uint32_t i = 0; i < g->n_rows; i++) {
		const struct score_entities *r = &g->row[i];

		kind_cell(p, &s, r);
		count_cell(&s, r->alerts);
		found_cell(&s, &r->recall);
		share_cell(&s, &r->recall);
		interval_cell(&s, &r->recall);
		share_cell(&s, &r->precision);
		interval_cell(&s, &r->precision);
		count_cell(&s, r->false_entities);
		percent_cell(&s, r->precision_projected);
	}
}

static void show_rates(const struct page *p)
{
	const struct score_group *g = &p->f->live;
	struct sheet s;
	const struct sheet_column c[] = { { say(p->l, SW_KIND), 15, true },      { say(p->l, SW_INNOCENT), 10, false },
		                              { say(p->l, SW_FALSE_PM), 9, false },  { say(p->l, SW_FALSE_PMD), 7, false },
		                              { say(p->l, SW_ALERTS_PM), 8, false }, { say(p->l, SW_FALSE_PMD), 7, false },
		                              { say(p->l, SW_MEDIAN), 9, false },    { say(p->l, SW_P90), 9, false },
		                              { say(p->l, SW_HALF_HOUR), 8, false }, { say(p->l, SW_CALLS), 15, false } };

	if (g->n_rows == 0)
		return;
	head(p, SW_RATES);
	sheet_begin(&s, p->b, p->markdown, c, ARRAY_LEN(c));
	for (uint32_t i = 0; i < g->n_rows; i++) {
		const struct score_entities *r = &g->row[i];

		kind_cell(p, &s, r);
		if (r->innocent < 0)
			sheet_cell(&s, "-");
		else
			count_cell(&s, (uint64_t)r->innocent);
		real_cell(&s, r->false_entities_permillion);
		real_cell(&s, r->false_entities_permillion_day);
		real_cell(&s, r->false_alerts_permillion);
		real_cell(&s, r->false_alerts_permillion_day);
		duration_cell(&s, r->delay_us_median);
		duration_cell(&s, r->delay_us_p90);
		share_cell(&s, &r->within_30min);
		sheet_printf(&s, "%llu/%llu", (unsigned long long)r->calls_before, (unsigned long long)r->calls_after);
	}
}

static void victims_row(struct sheet *s, const char *name, const struct score_group *g)
{
	const struct score_victims *v = &g->victims;

	sheet_cell(s, name);
	short_cell(s, &v->before);
	short_cell(s, &v->ever);
	count_cell(s, v->spared);
	money_cell(s, v->gone_fen);
	money_cell(s, v->spared_fen);
	money_cell(s, v->lost_fen);
	if (g->delays.any)
		short_cell(s, &g->delays.crimes);
	else
		sheet_cell(s, "-");
	real_cell(s, g->delays.any ? g->delays.false_permillion : NAN);
}

static void begin_victims(const struct page *p, struct sheet *s, enum score_word first)
{
	const struct sheet_column c[] = { { say(p->l, first), 20, true },          { say(p->l, SW_BEFORE), 11, false },
		                              { say(p->l, SW_EVER), 11, false },       { say(p->l, SW_SPARED), 8, false },
		                              { say(p->l, SW_GONE_FEN), 11, false },   { say(p->l, SW_SPARED_FEN), 11, false },
		                              { say(p->l, SW_LOST_FEN), 11, false },   { say(p->l, SW_DELAYED), 9, false },
		                              { say(p->l, SW_FALSE_DELAYS), 7, false } };

	sheet_begin(s, p->b, p->markdown, c, ARRAY_LEN(c));
}

static void show_victims(const struct page *p)
{
	struct sheet s;

	head(p, SW_VICTIMS);
	begin_victims(p, &s, SW_OF);
	victims_row(&s, say(p->l, SW_LIVE_RULES), &p->f->live);
	if (p->f->shadow.alerts > 0)
		victims_row(&s, say(p->l, SW_SHADOW_RULES), &p->f->shadow);
}

static void rule_name(const struct page *p, const struct score_group *g, char *out, size_t n)
{
	snprintf(out, n, "%.*s%s%s", (int)g->name.n, g->name.p, g->shadow ? " " : "",
	         g->shadow ? say(p->l, SW_SHADOW_MARK) : "");
}

static void show_rules(const struct page *p)
{
	struct sheet s;
	const struct sheet_column c[] = { { say(p->l, SW_RULE), 24, true },       { say(p->l, SW_KIND), 8, true },
		                              { say(p->l, SW_FOUND), 9, false },      { say(p->l, SW_RECALL), 14, false },
		                              { say(p->l, SW_PRECISION), 14, false }, { say(p->l, SW_FALSE), 5, false },
		                              { say(p->l, SW_FALSE_PM), 7, false },   { say(p->l, SW_MEDIAN), 9, false },
		                              { say(p->l, SW_PROJECTED), 9, false } };
	char name[SCORE_RULE_NAME_MAX + 20];

	head(p, SW_RULES);
	sheet_begin(&s, p->b, p->markdown, c, ARRAY_LEN(c));
	for (uint32_t i = 0; i < p->f->n_rules; i++)
		for (uint32_t k = 0; k < p->f->rule[i].n_rows; k++) {
			const struct score_entities *r = &p->f->rule[i].row[k];

			rule_name(p, &p->f->rule[i], name, sizeof(name));
			sheet_cell(&s, name);
			sheet_printf(&s, "%s%s", p->f->kinds->kind[r->kind].name, r->warns ? "*" : "");
			found_cell(&s, &r->recall);
			bounded_cell(&s, &r->recall);
			bounded_cell(&s, &r->precision);
			count_cell(&s, r->false_entities);
			real_cell(&s, r->false_entities_permillion);
			duration_cell(&s, r->delay_us_median);
			percent_cell(&s, r->precision_projected);
		}
	buf_printf(p->b, p->markdown ? "\n%s\n" : "%s\n", say(p->l, SW_RULES_NOTE));
	head(p, SW_RULES_VICTIMS);
	begin_victims(p, &s, SW_RULE);
	for (uint32_t i = 0; i < p->f->n_rules; i++) {
		if (p->f->rule[i].victims.ever.hit == 0 && !p->f->rule[i].delays.any)
			continue;
		rule_name(p, &p->f->rule[i], name, sizeof(name));
		victims_row(&s, name, &p->f->rule[i]);
	}
}

static void show_scenarios(const struct page *p)
{
	struct sheet s;
	const struct sheet_column c[] = { { say(p->l, SW_SCENARIO), 17, true },  { say(p->l, SW_PHONES), 12, false },
		                              { say(p->l, SW_ACCOUNTS), 12, false }, { say(p->l, SW_PERSONS), 12, false },
		                              { say(p->l, SW_HALF_HOUR), 8, false }, { say(p->l, SW_MEDIAN), 9, false },
		                              { say(p->l, SW_BEFORE), 12, false },   { say(p->l, SW_EVER), 9, false },
		                              { say(p->l, SW_DELAYED), 8, false } };
	char name[SHEET_CELL_MAX];

	head(p, SW_SCENARIOS);
	sheet_begin(&s, p->b, p->markdown, c, ARRAY_LEN(c));
	for (uint32_t i = 0; i < p->f->n_scenarios; i++) {
		const struct score_scenario *x = &p->f->scenario[i];

		snprintf(name, sizeof(name), "%.*s", (int)x->name.n, x->name.p);
		sheet_cell(&s, name);
		short_cell(&s, &x->phones);
		short_cell(&s, &x->accounts);
		short_cell(&s, &x->persons);
		share_cell(&s, &x->within_30min);
		duration_cell(&s, x->delay_us_median);
		short_cell(&s, &x->victims.before);
		found_cell(&s, &x->victims.ever);
		share_cell(&s, &x->delayed);
	}
}

void score_show(struct buf *b, const struct score_figures *f, enum lang l, bool markdown)
{
	struct page p = { b, f, l, markdown };

	clock_format_short(b, f->from_us, &clock_shanghai);
	buf_z(b, " - ");
	clock_format_short(b, f->until_us, &clock_shanghai);
	buf_printf(b, " (%llu %s): %llu %s, %llu %s\n", (unsigned long long)f->days, say(l, SW_DAYS),
	           (unsigned long long)f->alerts, say(l, SW_SCORED), (unsigned long long)f->alerts_outside,
	           say(l, SW_OUTSIDE));
	show_targets(&p);
	show_kinds(&p, &f->live, SW_LIVE);
	show_rates(&p);
	show_victims(&p);
	show_kinds(&p, &f->shadow, SW_SHADOW);
	show_rules(&p);
	show_scenarios(&p);
}

void score_show_curve_words(enum lang l, struct curve_words *w)
{
	*w = (struct curve_words){ say(l, SW_CURVE_TITLE), say(l, SW_RECALL), say(l, SW_PRECISION),
		                       say(l, SW_CURVE_NOTE),  say(l, SW_FOUND),  say(l, SW_CURVE_NONE) };
}
