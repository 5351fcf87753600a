/* day_show.c - the report of a simulated day for people; see day_show.h. What a shift leader needs first stands first: what was saved, what was late, what is open. */
#include "app/day_show.h"
#include <inttypes.h>
#include <stdio.h>
#include "base/clock.h"
#include "desk/measure.h"
#include "desk/warning.h"

struct sheet { /* a report being written */
	struct buf *b;
	enum lang l;
	const struct day_report *r;
};

static const char *in(const struct sheet *s, const char *en, const char *zh)
{
	return s->l == LANG_ZH ? zh : en;
}

/* Left, or right with a negative width. Columns are those of a terminal. */
static void cell(const struct sheet *s, const char *z, int width)
{
	int n = (int)lang_width(text_z(z)), want = width < 0 ? -width : width;

	if (width < 0 && n < want)
		buf_printf(s->b, "%*s", want - n, "");
	buf_z(s->b, z);
	if (width > 0 && n < want)
		buf_printf(s->b, "%*s", want - n, "");
}

static void head(const struct sheet *s, const char *en, const char *zh)
{
	buf_printf(s->b, "\n%s\n", in(s, en, zh));
}

static void row(const struct sheet *s, const char *en, const char *zh)
{
	buf_z(s->b, "  ");
	cell(s, in(s, en, zh), 24);
}

static const char *thousands(uint64_t v, char out[32])
{
	char t[24];
	int n = snprintf(t, sizeof(t), "%" PRIu64, v), k = 0;

	for (int i = 0; i < n; i++) {
		out[k++] = t[i];
		if ((n - i) % 3 == 1 && i + 1 < n)
			out[k++] = ',';
	}
	out[k] = 0;
	return out;
}

static void number(const struct sheet *s, uint64_t v, int width)
{
	char t[32];

	cell(s, v ? thousands(v, t) : "-", width);
}

static const char *yuan(int64_t fen, char out[40])
{
	char t[32];

	snprintf(out, 40, "¥%s", thousands((uint64_t)(fen / 100), t));
	return out;
}

static const char *span(int64_t seconds, char out[32])
{
	if (seconds < 100)
		snprintf(out, 32, "%" PRId64 "s", seconds);
	else if (seconds < 6000)
		snprintf(out, 32, "%" PRId64 "min", (seconds + 30) / 60);
	else
		snprintf(out, 32, "%" PRId64 "h%02" PRId64, seconds / 3600, seconds / 60 % 60);
	return out;
}

static void lasted(const struct sheet *s, const struct day_spread *x, int64_t seconds, int width)
{
	char t[32];

	cell(s, x->n ? span(seconds, t) : "-", width);
}

/* 12/14 86% */
static void rate(const struct sheet *s, const struct day_rate *r, int width)
{
	char t[64];

	snprintf(t, sizeof(t), "%" PRIu64 "/%" PRIu64 " %3u%%", r->hit, r->all,
	         r->all ? (uint32_t)(r->hit * 100 / r->all) : 0);
	cell(s, r->all ? t : "-", width);
}

static uint32_t percent(uint64_t hit, uint64_t all)
{
	return all ? (uint32_t)(hit * 100 / all) : 0;
}

/* ---- what stands first ---- */

static void title(const struct sheet *s)
{
	const struct day_report *r = s->r;
	char t[32], u[32];

	buf_z(s->b, in(s, "DAY REPORT OF THE DESK   ", "反诈中心值班日报   "));
	clock_format_short(s->b, r->from_us, &clock_shanghai);
	buf_z(s->b, " - ");
	clock_format_short(s->b, r->until_us, &clock_shanghai);
	buf_z(s->b, r->whole ? "\n"
	                     : in(s, "  INTERRUPTED: this is how far it was played\n", "  已中断：以下为截至目前的情况\n"));
	buf_printf(s->b,
	           in(s,
	              "A simulated city: %s people, seed %" PRIu64 ", crime at %" PRId64
	              " %% of the scenario file; %s events.\n",
	              "模拟城市：%s人，种子%" PRIu64 "，犯罪率为场景文件的%" PRId64 "%%；事件%s条。\n"),
	           thousands(r->people, t), r->seed, r->crime_percent, thousands(r->events, u));
	buf_z(s->b, in(s, "Made-up data: it shows how the parts work together, and proves nothing about a real city.\n",
	               "数据均为虚构：只说明各部分如何配合，不能证明真实城市的效果。\n"));
}

static void first_of_all(const struct sheet *s)
{
	const struct day_report *r = s->r;
	struct buf *b = s->b;
	char a[40], c[40];

	head(s, "First of all", "要点");
	row(s, "Victims", "受害人");
	buf_printf(
		b,
		in(s,
	       "%" PRIu64 " about to lose %s; %" PRIu64 " lost nothing (%" PRIu64 " not reached), %" PRIu64 " lost less\n",
	       "无中心时%" PRIu64 "人将损失%s；%" PRIu64 "人未受损（其中%" PRIu64 "人未被接触），%" PRIu64 "人减少损失\n"),
		r->cases, yuan(r->loss_without_fen, a), r->spared, r->never_reached, r->partly);
	row(s, "Money", "资金");
	buf_printf(b, in(s, "%s saved before it left; %s lost", "转出前拦截%s；实际损失%s"),
	           yuan(r->loss_without_fen - r->loss_with_fen, a), yuan(r->loss_with_fen, c));
	buf_printf(b, in(s, " (%s of it held in accounts)\n", "（其中账户内留存%s）\n"), yuan(r->held_fen, a));
	row(s, "In criminals' hands", "已被取走");
	buf_printf(b, in(s, "%s in cash or gone abroad; without a desk %s\n", "取现或转出%s；无中心时%s\n"),
	           yuan(r->cash_with_fen, a), yuan(r->cash_without_fen, c));
	row(s, "Innocent people", "无辜群众");
	buf_printf(
		b,
		in(s, "%" PRIu64 " had a measure on card or account; %" PRIu64 " payments (%s) and %" PRIu64 " calls failed\n",
	       "%" PRIu64 "人的号卡或账户被采取措施；%" PRIu64 "笔付款（%s）、%" PRIu64 "次通话失败\n"),
		r->false_people, r->failed_payments, yuan(r->failed_fen, a), r->failed_calls);
	row(s, "Late", "超时");
	for (int g = DAY_GRADES - 1; g >= 0; g--) {
		static const char *const en[] = { "blue", "yellow", "red", "purple" }, *const zh[] = { "蓝", "黄", "红", "紫" };
		uint64_t late = r->sign[g].all - r->sign[g].hit + r->contact[g].all - r->contact[g].hit + r->settle[g].all -
		                r->settle[g].hit;

		buf_printf(s->b, in(s, "%s %" PRIu64 "  ", "%s%" PRIu64 "  "), in(s, en[g], zh[g]), late);
	}
	buf_printf(s->b,
	           in(s, " limits of warnings; %" PRIu64 " first stop orders\n", "个预警时限；%" PRIu64 "起首次止付\n"),
	           r->incidents_late);
	row(s, "Open at the end", "移交下一班");
	buf_printf(s->b,
	           in(s, "%" PRIu64 " warnings from yellow up, %" PRIu64 " stop orders, %" PRIu64 " objections\n",
	              "黄级及以上预警%" PRIu64 "起，止付%" PRIu64 "笔，申诉%" PRIu64 "件\n"),
	           r->open[1] + r->open[2] + r->open[3], r->stop_open, r->appeals_open);
}

/* ---- alerts and warnings ---- */

static void warnings(const struct sheet *s)
{
	static const char *const en[] = { "blue", "yellow", "red", "purple" }, *const zh[] = { "蓝", "黄", "红", "紫" };
	const struct day_report *r = s->r;

	head(s, "Warnings, by grade", "预警（按等级）");
	buf_z(s->b, "  ");
	cell(s, in(s, "grade", "等级"), 9);
	cell(s, in(s, "alerts", "告警"), -8);
	cell(s, in(s, "warnings", "预警"), -10);
	cell(s, in(s, "signed in time", "签收及时"), -16);
	cell(s, in(s, "contacted", "联系及时"), -16);
	cell(s, in(s, "settled", "办结及时"), -16);
	cell(s, in(s, "first contact", "首次联系"), -14);
	cell(s, "p90", -8);
	buf_char(s->b, '\n');
	for (int g = DAY_GRADES - 1; g >= 0; g--) {
		buf_z(s->b, "  ");
		cell(s, in(s, en[g], zh[g]), 9);
		number(s, r->alerts_grade[g], -8);
		number(s, r->warnings[g], -10);
		rate(s, &r->sign[g], -16);
		rate(s, &r->contact[g], -16);
		rate(s, &r->settle[g], -16);
		lasted(s, &r->to_contact[g], r->to_contact[g].median_s, -14);
		lasted(s, &r->to_contact[g], r->to_contact[g].p90_s, -8);
		buf_char(s->b, '\n');
	}
}

static void outcomes(const struct sheet *s)
{
	static const struct {
		uint8_t outcome;
		const char *en, *zh;
		int width;
	} column[] = { { OUTCOME_PERSUADED, "persuaded", "已劝阻", -11 },
		           { OUTCOME_CHEATED, "cheated", "已被骗", -9 },
		           { OUTCOME_NOT_TRUE, "not true", "不符", -10 },
		           { OUTCOME_REVISIT, "again", "重访", -7 },
		           { OUTCOME_NOT_FOUND, "not found", "找不到", -11 } };
	static const char *const en[] = { "blue", "yellow", "red", "purple" }, *const zh[] = { "蓝", "黄", "红", "紫" };
	const struct day_report *r = s->r;

	head(s, "Warnings, by outcome", "预警（按结果）");
	buf_z(s->b, "  ");
	cell(s, in(s, "grade", "等级"), 9);
	for (size_t k = 0; k < ARRAY_LEN(column); k++)
		cell(s, in(s, column[k].en, column[k].zh), column[k].width);
	cell(s, in(s, "message only", "仅短信"), -14);
	cell(s, in(s, "other", "其他"), -8);
	cell(s, in(s, "open", "未办结"), -8);
	buf_char(s->b, '\n');
	for (int g = DAY_GRADES - 1; g >= 0; g--) {
		uint64_t known = 0, all = 0;

		buf_z(s->b, "  ");
		cell(s, in(s, en[g], zh[g]), 9);
		for (size_t k = 0; k < ARRAY_LEN(column); k++) {
			known += r->outcome[g][column[k].outcome];
			number(s, r->outcome[g][column[k].outcome], column[k].width);
		}
		for (int k = 0; k < DAY_OUTCOMES; k++)
			all += r->outcome[g][k];
		number(s, r->messages_only[g], -14);
		number(s, all - known, -8);
		number(s, r->open[g], -8);
		buf_char(s->b, '\n');
	}
}

static void contacts(const struct sheet *s)
{
	const struct day_report *r = s->r;

	head(s, "Contacts", "触达");
	row(s, "Calls by a person", "人工外呼");
	buf_printf(s->b, in(s, "%" PRIu64 ", answered %u %%", "%" PRIu64 "次，接通%u%%"), r->calls,
	           percent(r->calls_reached, r->calls));
	buf_printf(s->b,
	           in(s, "; by a machine %" PRIu64 ", %u %%; messages %" PRIu64 "\n",
	              "；智能外呼%" PRIu64 "次，%u%%；短信%" PRIu64 "条\n"),
	           r->ai_calls, percent(r->ai_reached, r->ai_calls), r->sms);
	row(s, "Visits", "上门");
	buf_printf(s->b, in(s, "%" PRIu64 ", met at the door %u %%\n", "%" PRIu64 "次，见面%u%%\n"), r->visits,
	           percent(r->visits_found, r->visits));
	row(s, "Contact rate, yellow up", "联系率（黄级以上）");
	rate(s, &r->reached, 16);
	buf_z(s->b, in(s, "face rate, red and purple  ", "见面率（红、紫） "));
	rate(s, &r->met, 0);
	buf_char(s->b, '\n');
	row(s, "Paid after a warning", "预后被骗率");
	rate(s, &r->post_warning, 16);
	buf_z(s->b, in(s, "after being spoken to  ", "联系后仍被骗 "));
	rate(s, &r->post_contact, 0);
	buf_char(s->b, '\n');
}

/* ---- orders ---- */

static void times(const struct sheet *s, const struct day_spread *x)
{
	char t[32], u[32], v[32];

	if (x->n == 0) {
		buf_z(s->b, "-\n");
		return;
	}
	buf_printf(s->b, in(s, "median %s, p90 %s, longest %s\n", "中位%s，九成%s以内，最长%s\n"), span(x->median_s, t),
	           span(x->p90_s, u), span(x->most_s, v));
}

static void orders(const struct sheet *s)
{
	const struct day_report *r = s->r;
	char t[40];

	head(s, "Reports, stop orders and freezes", "警情、止付与冻结");
	row(s, "Reports of fraud", "警情");
	buf_printf(s->b,
	           in(s, "%" PRIu64 ", filed %" PRIu64 ", first stop order late %" PRIu64 "\n",
	              "%" PRIu64 "起，立案%" PRIu64 "起，首次止付超时%" PRIu64 "起\n"),
	           r->incidents, r->incidents_filed, r->incidents_late);
	row(s, "Stop orders", "止付");
	buf_printf(s->b,
	           in(s,
	              "%" PRIu64 " drafted, %" PRIu64 " sent, %" PRIu64 " in force; %s lay there; sent again %" PRIu64 "\n",
	              "拟%" PRIu64 "，发%" PRIu64 "，生效%" PRIu64 "；止付金额%s；重发%" PRIu64 "\n"),
	           r->stops, r->stop_sent, r->stop_stopped, yuan(r->stopped_fen, t), r->stop_retried);
	row(s, "  what became of them", "  结果");
	buf_printf(s->b,
	           in(s,
	              "differ %" PRIu64 ", absent %" PRIu64 ", failed %" PRIu64 ", extended %" PRIu64 ", frozen %" PRIu64
	              ", released %" PRIu64 ", expired %" PRIu64 ", open %" PRIu64 "\n",
	              "不符%" PRIu64 "，无此户%" PRIu64 "，失败%" PRIu64 "，延期%" PRIu64 "，转冻结%" PRIu64
	              "，解除%" PRIu64 "，到期%" PRIu64 "，在办%" PRIu64 "\n"),
	           r->stop_mismatch, r->stop_not_found, r->stop_failed, r->stop_extended, r->stop_converted,
	           r->stop_released, r->stop_expired, r->stop_open);
	row(s, "From call to stop", "接警至止付");
	times(s, &r->report_to_stop);
	row(s, "From payment to stop", "转账至止付");
	times(s, &r->transfer_to_stop);
	row(s, "Freezes", "冻结");
	buf_printf(s->b, in(s, "%" PRIu64 " asked for, %" PRIu64 " in force\n", "申请%" PRIu64 "，生效%" PRIu64 "\n"),
	           r->freezes, r->frozen);
}

static void measures(const struct sheet *s)
{
	const struct day_report *r = s->r;

	head(s, "Measures on cards and accounts", "号卡与账户措施");
	buf_z(s->b, "  ");
	cell(s, in(s, "measure", "措施"), 20);
	cell(s, in(s, "imposed", "采取"), -9);
	cell(s, in(s, "on innocents", "涉无辜"), -14);
	cell(s, in(s, "they lasted", "持续中位"), -14);
	cell(s, "p90", -9);
	cell(s, in(s, "longest", "最长"), -10);
	buf_char(s->b, '\n');
	for (uint32_t m = 1; m < DESK_MEASURES; m++) {
		const struct day_spread *x = &r->false_lasted[m];

		if (r->measures[m] == 0)
			continue;
		buf_z(s->b, "  ");
		cell(s, in(s, desk_measures.choice[m].name, desk_measures.choice[m].zh), 20);
		number(s, r->measures[m], -9);
		number(s, r->measures_false[m], -14);
		lasted(s, x, x->median_s, -14);
		lasted(s, x, x->p90_s, -9);
		lasted(s, x, x->most_s, -10);
		buf_char(s->b, '\n');
	}
	row(s, "Cards looked at", "研判号卡");
	buf_printf(s->b,
	           in(s, "%" PRIu64 ", of innocents %" PRIu64 ", cleared %" PRIu64 ", verified %" PRIu64 "\n",
	              "%" PRIu64 "，其中无辜%" PRIu64 "，排除%" PRIu64 "，核验通过%" PRIu64 "\n"),
	           r->cards, r->cards_false, r->cards_cleared, r->cards_verified);
	row(s, "Accounts looked at", "研判账户");
	buf_printf(s->b,
	           in(s, "%" PRIu64 ", of innocents %" PRIu64 ", cleared %" PRIu64 ", verified %" PRIu64 "\n",
	              "%" PRIu64 "，其中无辜%" PRIu64 "，排除%" PRIu64 "，核验通过%" PRIu64 "\n"),
	           r->accounts, r->accounts_false, r->accounts_cleared, r->accounts_verified);
	row(s, "Reports of devices", "涉诈设备");
	buf_printf(s->b,
	           in(s, "%" PRIu64 ", found %" PRIu64 ", not found %" PRIu64 "\n",
	              "%" PRIu64 "起，查获%" PRIu64 "，未查获%" PRIu64 "\n"),
	           r->device_reports, r->devices_found, r->devices_not_found);
	row(s, "Criminal calls, texts", "涉诈呼叫与短信");
	buf_printf(s->b,
	           in(s, "%" PRIu64 " were made or tried, %" PRIu64 " did not come through (%u %%)\n",
	              "%" PRIu64 "次，拦截%" PRIu64 "次（%u%%）\n"),
	           r->criminal_calls_without, r->criminal_calls_stopped,
	           percent(r->criminal_calls_stopped, r->criminal_calls_without));
}

static void appeals(const struct sheet *s)
{
	const struct day_report *r = s->r;

	head(s, "Objections", "申诉");
	row(s, "Filed", "提交");
	buf_printf(s->b,
	           in(s,
	              "%" PRIu64 ", granted and released %" PRIu64 ", denied %" PRIu64 ", open %" PRIu64
	              "; decided rightly %" PRIu64 "\n",
	              "%" PRIu64 "件，成立并解除%" PRIu64 "，不成立%" PRIu64 "，在办%" PRIu64 "；决定正确%" PRIu64 "\n"),
	           r->appeals, r->appeals_granted, r->appeals_denied, r->appeals_open, r->appeals_right);
	row(s, "From filing to release", "提交至解除");
	times(s, &r->to_release);
}

/* ---- seats ---- */

static void seats(const struct sheet *s)
{
	head(s, "Seats", "坐席");
	buf_z(s->b, "  ");
	cell(s, in(s, "group", "岗位"), 18);
	cell(s, in(s, "day/night", "昼/夜"), -11);
	cell(s, in(s, "acts", "办理"), -8);
	cell(s, in(s, "a seat", "每席"), -9);
	cell(s, in(s, "busy", "忙碌"), -8);
	cell(s, in(s, "waited", "等待中位"), -11);
	cell(s, "p90", -9);
	cell(s, in(s, "longest", "最长"), -10);
	buf_char(s->b, '\n');
	for (uint32_t g = 0; g < DAY_GROUPS_COUNT; g++) {
		const struct day_spread *x = &s->r->group[g].waited;
		uint32_t n = s->r->group[g].by_day > s->r->group[g].by_night ? s->r->group[g].by_day : s->r->group[g].by_night;
		char t[64];

		buf_z(s->b, "  ");
		cell(s, in(s, day_groups[g].en, day_groups[g].zh), 18);
		snprintf(t, sizeof(t), "%u/%u", s->r->group[g].by_day, s->r->group[g].by_night);
		cell(s, t, -11);
		number(s, s->r->group[g].acts, -8);
		snprintf(t, sizeof(t), "%.1f", n ? (double)s->r->group[g].acts / n : 0.0);
		cell(s, t, -9);
		snprintf(t, sizeof(t), "%u%%",
		         s->r->group[g].duty_s ? (uint32_t)(s->r->group[g].busy_s * 100 / s->r->group[g].duty_s) : 0);
		cell(s, t, -8);
		lasted(s, x, x->median_s, -11);
		lasted(s, x, x->p90_s, -9);
		lasted(s, x, x->most_s, -10);
		buf_char(s->b, '\n');
	}
}

static void what_must_hold(const struct sheet *s)
{
	const struct day_report *r = s->r;
	char t[32], u[32], v[32];

	head(s, "What must hold", "底线检查");
	row(s, "Law and order of work", "法律与流程");
	buf_printf(s->b,
	           in(s, "%s objects, %s messages, %s commands; %" PRIu64 " refused, %" PRIu64 " overtaken\n",
	              "对象%s个，消息%s条，操作%s次；拒绝%" PRIu64 "次，被他人抢先%" PRIu64 "次\n"),
	           thousands(r->objects, t), thousands(r->messages, u), thousands(r->commands, v), r->refused,
	           r->overtaken);
	row(s, "", "");
	if (r->unsound == 0 && r->unfit == 0)
		buf_z(s->b, in(s, "no third stop; no measure without basis, approver, notice, end; none past it\n",
		               "无第三次止付；措施均有依据、审批、告知和期限，无逾期在效\n"));
	else
		buf_printf(s->b,
		           in(s, "%" PRIu64 " OBJECTS BREAK A RULE; %" PRIu64 " time limits did not fit\n",
		              "%" PRIu64 "个对象违反底线；%" PRIu64 "个时限无法执行\n"),
		           r->unsound, r->unfit);
}

void day_show(struct buf *b, const struct day_report *r, enum lang l)
{
	struct sheet s = { b, l, r };

	title(&s);
	first_of_all(&s);
	warnings(&s);
	outcomes(&s);
	contacts(&s);
	orders(&s);
	measures(&s);
	appeals(&s);
	seats(&s);
	what_must_hold(&s);
}

void day_show_habits(struct buf *b)
{
	buf_z(b, "| seats | by day, 08-20 | at night | who |\n|---|--:|--:|---|\n");
	for (int k = 0; k < DAY_GROUPS_COUNT; k++)
		buf_printf(b, "| `%s` %s | %u | %u | %s |\n", day_groups[k].name, day_groups[k].zh, day_groups[k].by_day,
		           day_groups[k].by_night, day_groups[k].who);
	buf_z(b, "\n| assumption | value | what | from |\n|---|--:|---|---|\n");
	for (int k = 0; k < DAY_HABITS_COUNT; k++) {
		const struct day_habit_info *h = &day_habits[k];

		buf_printf(b, "| `%s` | %d%s | %s | %s |\n", h->name, h->usual,
		           h->unit == 's'   ? " s"
		           : h->unit == 'p' ? " ‰"
		                            : "",
		           h->what, h->origin);
	}
}
