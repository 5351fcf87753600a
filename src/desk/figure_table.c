/* figure_table.c - the figures as a table: names, words, units, parts, meanings; see figure.h. */
#include "base/clock.h"
#include "desk/clue.h"
#include "desk/device_report.h"
#include "desk/discipline.h"
#include "desk/figure.h"
#include "desk/incident.h"
#include "desk/measure.h"
#include "desk/warning.h"

/* Rows begin with name, English, Chinese. */
#define COUNT(parts_) .unit = FIGURE_COUNT, .parts = FIGURE_##parts_
#define MONEY(parts_) .unit = FIGURE_MONEY, .parts = FIGURE_##parts_
#define RATE(parts_) .unit = FIGURE_RATE, .parts = FIGURE_##parts_
#define TIME(parts_) .unit = FIGURE_TIME, .parts = FIGURE_##parts_
#define STATES(kind_, parts_) .unit = FIGURE_CHOICE, .parts = FIGURE_##parts_, .kind = DESK_##kind_
#define CHOICE(kind_, field_, parts_) \
	.unit = FIGURE_CHOICE, .parts = FIGURE_##parts_, .kind = DESK_##kind_, .field = (field_)
#define FIELD(kind_, field_) .unit = FIGURE_COUNT, .parts = FIGURE_BY_FIELD, .kind = DESK_##kind_, .field = (field_)
#define MINUTES(n) ((n)*60)
#define DAYS(n) ((n)*86400)

const struct desk_figure_info desk_figures[DESK_FIGURES] = {
	[FIGURE_WARNINGS] = { "warnings", "Warnings", "预警", COUNT(BY_GRADE),
	                      .what = "warnings made, by the grade they have now", .from = "W made" },
	[FIGURE_WARNING_STATES] = { "warning_states", "Warnings, by state", "预警状态", STATES(WARNING, BY_GRADE),
	                            .what = "the state they are in now", .from = "W state" },
	[FIGURE_WARNING_OUTCOMES] = { "warning_outcomes", "Warnings, by outcome", "预警反馈结果",
	                              CHOICE(WARNING, WARNING_F_OUTCOME, BY_GRADE),
	                              .what = "outcome codes of those that were fed back or closed",
	                              .from = "W outcome, fed_back, state" },
	[FIGURE_MESSAGE_ONLY] = { "message_only", "Message only", "仅短信", COUNT(BY_GRADE),
	                          .what = "blue ones that had a message and are neither fed back nor closed",
	                          .from = "W sms, fed_back, state" },
	[FIGURE_WARNINGS_OPEN] = { "warnings_open", "Not settled", "未办结", COUNT(BY_GRADE),
	                           .what = "neither fed back, closed, nor message only", .from = "W fed_back, state" },
	[FIGURE_HITS] = { "hits", "Alerts fused", "融合告警", COUNT(BY_GRADE),
	                  .what = "alerts and contacts fused into them", .from = "W hits" },
	[FIGURE_SIGNED_IN_TIME] = { "signed_in_time", "Signed in time", "签收及时率", RATE(BY_GRADE),
	                            .what = "yellow and up: signed before limit warning_sign_*, of those signed or late",
	                            .from = "W signed, late" },
	[FIGURE_CONTACTED_IN_TIME] = { "contacted_in_time", "Contacted in time", "联系及时率", RATE(BY_GRADE),
	                               .what =
	                                   "first contact before limit warning_call_*, of those contacted, met, messaged (blue) or late",
	                               .from = "W contacted, met, sms, late" },
	[FIGURE_SETTLED_IN_TIME] = { "settled_in_time", "Settled in time", "办结及时率", RATE(BY_GRADE),
	                             .what = "met or fed back before limit warning_face_*, of those settled or late",
	                             .from = "W fed_back, late" },
	[FIGURE_REACHED] = { "contact_rate", "Contact rate", "联系率", RATE(BY_GRADE),
	                     .what = "yellow and up: spoken to or met, of those issued",
	                     .from = "W contacted, met, issued" },
	[FIGURE_MET] = { "face_rate", "Face rate", "见面率", RATE(BY_GRADE), .what = "red and purple: met, of those issued",
	                 .from = "W met, issued" },
	[FIGURE_TIME_TO_SIGN] = { "time_to_sign", "Time to sign", "签收用时", TIME(BY_GRADE),
	                          .what = "from issue to signing", .from = "W issued, signed" },
	[FIGURE_TIME_TO_CONTACT] = { "time_to_contact", "Time to first contact", "首次联系用时", TIME(BY_GRADE),
	                             .what = "from issue to the first contact, or the meeting if nobody called",
	                             .from = "W issued, contacted, met" },
	[FIGURE_TIME_TO_MEET] = { "time_to_meet", "Time to meet", "见面用时", TIME(BY_GRADE),
	                          .what = "from issue to the meeting", .from = "W issued, met" },
	[FIGURE_ESCALATED] = { "escalations", "Escalations", "升级督办", COUNT(BY_GRADE),
	                       .what = "times that the leader was told of a step that was late", .from = "W escalated" },
	[FIGURE_UPGRADED] = { "upgrades", "Upgrades", "升级预警", COUNT(BY_GRADE),
	                      .what = "times that a grade went up, by hand or for being unreachable",
	                      .from = "W upgraded" },
	[FIGURE_CHEATED_AFTER] = { "post_warning_victims", "Cheated after persuasion", "预后被骗率", RATE(BY_GRADE),
	                           .what =
	                               "cheated later than the feedback that they were persuaded, of those persuaded; told by "
	                               "a report of fraud within limit warning_victim of issue, or on the return visit",
	                           .from = "W outcome, fed_back, victim" },
	[FIGURE_TIME_TO_CHEATED] = { "time_to_victim", "Time to being cheated", "预后被骗间隔", TIME(BY_GRADE),
	                             .within_s = { DAYS(1), DAYS(7), DAYS(30) },
	                             .what = "from that feedback to when the desk heard of it",
	                             .from = "W fed_back, victim" },
	[FIGURE_FALSE_ALARMS] = { "false_alarms", "False alarms", "误报率", RATE(BY_GRADE),
	                          .what = "outcome not-true, of those whose outcome says whether the rule was right",
	                          .from = "W outcome, fed_back" },
	[FIGURE_WARNING_SCAMS] = { "warning_scams", "Warnings, by scam", "预警诈骗类型", COUNT(BY_SCAM),
	                           .what = "the type of scam they have now", .from = "W scam" },
	[FIGURE_LABELS] = { "wrong_labels", "Labels: wrong", "标注为误报", RATE(WHOLE), .happened = true,
	                    .what = "findings told to the engine that say the rule was wrong, of all",
	                    .from = "message label" },
	[FIGURE_INCIDENTS] = { "incidents", "Reports of fraud", "警情", COUNT(BY_SCAM), .what = "reports taken",
	                       .from = "I made, scam" },
	[FIGURE_INCIDENT_STATES] = { "incident_states", "Reports, by state", "警情状态", STATES(INCIDENT, WHOLE),
	                             .what = "the state they are in now", .from = "I state" },
	[FIGURE_INCIDENTS_FILED] = { "incidents_filed", "Reports filed", "立案率", RATE(WHOLE),
	                             .what = "with a case number, of all reports", .from = "I case_no" },
	[FIGURE_FIRST_STOP_IN_TIME] = { "first_stop_in_time", "First stop order in time", "首次止付及时率", RATE(WHOLE),
	                                .what = "before limit incident_stop, of those with an order or late",
	                                .from = "I stop, late" },
	[FIGURE_TIME_TO_FIRST_STOP] = { "time_to_first_stop", "Pickup to first stop order", "接警至首次止付", TIME(WHOLE),
	                                .within_s = { MINUTES(2), MINUTES(5) },
	                                .what = "from taking the report to the first stop order that serves it",
	                                .from = "step by which I got its stop" },
	[FIGURE_INCIDENT_AMOUNT] = { "incident_amount", "Amount reported", "涉案金额", MONEY(BY_SCAM),
	                             .what = "of the payment that the report names", .from = "I amount" },
	[FIGURE_INCIDENT_LOSS] = { "incident_loss", "Loss", "损失金额", MONEY(BY_SCAM),
	                           .what = "what the victim lost in all", .from = "I loss" },
	[FIGURE_WARNED_BEFORE] = { "warned_before", "Reports by people warned", "曾预警警情占比", RATE(WHOLE),
	                           .what =
	                               "whose victim or caller had been warned within limit warning_victim, of all reports",
	                           .from = "I warned" },
	[FIGURE_STOPS] = { "stops", "Stop orders", "止付指令", COUNT(WHOLE), .what = "drafted", .from = "S made" },
	[FIGURE_STOP_STATES] = { "stop_states", "Stop orders, by result", "止付结果", STATES(STOP, WHOLE),
	                         .what = "the state they are in now: mismatch, released, converted, expired ...",
	                         .from = "S state" },
	[FIGURE_STOPS_SENT] = { "stops_sent", "Stop orders sent", "已发送止付", COUNT(WHOLE), .what = "sent to the bank",
	                        .from = "S sent" },
	[FIGURE_STOPS_IN_FORCE] = { "stops_in_force", "Stops that took effect", "止付成功", COUNT(WHOLE),
	                            .what = "that came into force, whatever became of them", .from = "S end" },
	[FIGURE_STOPS_REPEATED] = { "stops_repeated", "Stop orders sent again", "重发止付", COUNT(WHOLE),
	                            .what = "sent more than once", .from = "S tries" },
	[FIGURE_STOPS_EXTENDED] = { "stops_extended", "Stops extended", "止付延期", COUNT(WHOLE),
	                            .what = "whose extension is in force", .from = "S extension" },
	[FIGURE_STOPPED_AMOUNT] = { "stopped_amount", "Amount stopped", "止付金额", MONEY(WHOLE),
	                            .what = "what lay in the account when it was stopped", .from = "S balance, end" },
	[FIGURE_TIME_TO_ANSWER] = { "time_to_answer", "Bank's answer to a stop order", "银行反馈用时", TIME(WHOLE),
	                            .within_s = { MINUTES(5), MINUTES(10) },
	                            .what =
	                                "from first sending to the bank's answer; 10 min is the usual limit stop_answer",
	                            .from = "step that ended waiting; S sent" },
	[FIGURE_REPORT_TO_STOP] = { "report_to_stop", "Pickup to stop", "接警至止付", TIME(WHOLE),
	                            .within_s = { MINUTES(5), MINUTES(30) },
	                            .what = "from taking the report to the stop moment that the bank states",
	                            .from = "S stopped, incident; I made" },
	[FIGURE_PAYMENT_TO_STOP] = { "payment_to_stop", "Payment to stop", "转账至止付", TIME(WHOLE),
	                             .within_s = { MINUTES(30) }, .what = "from the payment to the stop moment",
	                             .from = "S paid, stopped" },
	[FIGURE_FREEZES] = { "freezes", "Freezes", "冻结", COUNT(WHOLE), .what = "asked for", .from = "F made" },
	[FIGURE_FREEZE_STATES] = { "freeze_states", "Freezes, by state", "冻结状态", STATES(FREEZE, WHOLE),
	                           .what = "the state they are in now", .from = "F state" },
	[FIGURE_FREEZES_IN_FORCE] = { "freezes_in_force", "Freezes that took effect", "冻结成功", COUNT(WHOLE),
	                              .what = "that came into force, whatever became of them", .from = "F end" },
	[FIGURE_FROZEN_AMOUNT] = { "frozen_amount", "Amount frozen", "冻结金额", MONEY(WHOLE), .what = "as the bank told",
	                           .from = "F frozen_amount" },
	[FIGURE_CARDS] = { "cards", "Cards looked at", "研判号卡", COUNT(WHOLE),
	                   .what = "phone cards that the desk came to know", .from = "C made" },
	[FIGURE_CARD_STATES] = { "card_states", "Cards, by state", "号卡状态", STATES(CARD, WHOLE),
	                         .what = "the state they are in now", .from = "C state" },
	[FIGURE_CARDS_CLEARED] = { "cards_cleared", "Cards cleared", "排除号卡", COUNT(WHOLE),
	                           .what = "normal, without having been told to verify", .from = "C state, notified" },
	[FIGURE_CARDS_VERIFIED] = { "cards_verified", "Cards verified", "核验通过号卡", COUNT(WHOLE),
	                            .what = "whose holder verified", .from = "C verified" },
	[FIGURE_ACCOUNTS] = { "accounts", "Accounts looked at", "研判账户", COUNT(WHOLE),
	                      .what = "accounts that the desk came to know", .from = "A made" },
	[FIGURE_ACCOUNT_STATES] = { "account_states", "Accounts, by state", "账户状态", STATES(ACCOUNT, WHOLE),
	                            .what = "the state they are in now", .from = "A state" },
	[FIGURE_ACCOUNTS_CLEARED] = { "accounts_cleared", "Accounts cleared", "排除账户", COUNT(WHOLE),
	                              .what = "normal, never stopped, without verification", .from = "A state, stops" },
	[FIGURE_ACCOUNTS_VERIFIED] = { "accounts_verified", "Accounts verified", "核验通过账户", COUNT(WHOLE),
	                               .what = "whose holder verified", .from = "A verified" },
	[FIGURE_MEASURES] = { "measures", "Measures", "措施", COUNT(BY_MEASURE), .what = "imposed, as in the ledger",
	                      .from = "M made, measure" },
	[FIGURE_MEASURES_IN_FORCE] = { "measures_in_force", "Measures in force", "在效措施", COUNT(BY_MEASURE),
	                               .what = "of those imposed in the span, in force now", .from = "M state" },
	[FIGURE_MEASURES_ENDED] = { "measures_ended", "Measures ended", "终止措施",
	                            CHOICE(MEASURE, MEASURE_F_CAUSE, BY_MEASURE), .happened = true,
	                            .what =
	                                "ended in the span, by cause; appeal: released because an objection was granted",
	                            .from = "M ended, cause" },
	[FIGURE_TIME_IN_FORCE] = { "time_in_force", "Time in force", "措施持续", TIME(BY_MEASURE), .happened = true,
	                           .what = "from start to end, of those ended in the span", .from = "M start, ended" },
	[FIGURE_APPEALS] = { "appeals", "Objections", "申诉", COUNT(WHOLE), .what = "filed", .from = "P made" },
	[FIGURE_APPEAL_STATES] = { "appeal_states", "Objections, by result", "申诉结果", STATES(APPEAL, WHOLE),
	                           .what = "the state that those filed in the span are in now", .from = "P state" },
	[FIGURE_APPEAL_DECISIONS] = { "appeal_decisions", "Objections decided", "申诉决定", STATES(APPEAL, WHOLE),
	                              .happened = true, .what = "last decided in the span, by their state now",
	                              .from = "P decided, state" },
	[FIGURE_TIME_TO_DECIDE] = { "time_to_decide", "Filing to decision", "申诉至决定", TIME(WHOLE), .happened = true,
	                            .within_s = { DAYS(3), DAYS(15) },
	                            .what = "of those decided in the span; 15 days is the usual limit appeal_decide",
	                            .from = "P made, decided" },
	[FIGURE_TIME_TO_RELEASE] = { "time_to_release", "Filing to release", "申诉至解除", TIME(WHOLE), .happened = true,
	                             .what = "of those granted in the span; granting releases in the same step",
	                             .from = "P made, decided, state" },
	[FIGURE_LISTINGS] = { "listings", "Listings proposed", "联合惩戒", FIELD(DISCIPLINE, DISCIPLINE_F_GROUND),
	                      .what = "by ground", .from = "D made, ground" },
	[FIGURE_LISTING_STATES] = { "listing_states", "Listings, by state", "联合惩戒状态", STATES(DISCIPLINE, WHOLE),
	                            .what = "the state they are in now", .from = "D state" },
	[FIGURE_CLUES] = { "clues", "Clues", "线索", FIELD(CLUE, CLUE_F_WHAT), .what = "brought, by what they are about",
	                   .from = "L made, what" },
	[FIGURE_CLUE_STATES] = { "clue_states", "Clues, by state", "线索状态", STATES(CLUE, WHOLE),
	                         .what = "the state they are in now", .from = "L state" },
	[FIGURE_DEVICE_REPORTS] = { "device_reports", "Reports of devices", "涉诈设备", FIELD(DEVICE_REPORT, DEVICE_F_WHAT),
	                            .what = "by what they are", .from = "R made, what" },
	[FIGURE_DEVICE_STATES] = { "device_states", "Reports of devices, by state", "设备报告状态",
	                           STATES(DEVICE_REPORT, WHOLE), .what = "the state they are in now", .from = "R state" },
	[FIGURE_MESSAGES] = { "messages", "Messages", "消息", COUNT(BY_MESSAGE), .happened = true,
	                      .what = "that left the desk, by kind: sms, ai-call, notice, orders ...", .from = "messages" },
	[FIGURE_ALARMS] = { "alarms", "Alarms", "告警提示", COUNT(BY_KIND), .happened = true,
	                    .what = "that something is late or about to end, by what it is about",
	                    .from = "message alarm" },
	[FIGURE_DEAD_LETTERS] = { "dead_letters", "Dead letters", "投递失败", COUNT(BY_MESSAGE), .happened = true,
	                          .what = "messages made in the span that are given up now",
	                          .from = "delivery state dead (not derived from the journal)" },
};

_Static_assert((int)DESK_KINDS <= (int)FIGURE_PARTS_MAX && (int)DESK_MESSAGE_KINDS <= (int)FIGURE_PARTS_MAX,
               "parts have a bit each");

static const struct desk_choice grades[FIGURE_GRADES] = {
	{ "blue", "蓝" }, { "yellow", "黄" }, { "red", "红" }, { "purple", "紫" }
};
static const char *const message_names[DESK_MESSAGE_KINDS] = {
#define X(name, number, text, what) [number] = text,
	DESK_MESSAGES(X)
#undef X
};

static const char *choice(const struct desk_choices *c, int64_t at, const char **zh)
{
	if (at < 0 || at >= c->n || (at > 0 && c->choice[at].name == NULL))
		return NULL;
	*zh = at == 0 ? "未知" : c->choice[at].zh;
	return at == 0 ? "unknown" : c->choice[at].name;
}

const char *desk_figure_part(const struct desk_figure_info *f, uint32_t part, const char **zh)
{
	switch (f->parts) {
	case FIGURE_BY_GRADE:
		*zh = part < FIGURE_GRADES ? grades[part].zh : "";
		return part < FIGURE_GRADES ? grades[part].name : NULL;
	case FIGURE_BY_SCAM: return choice(&desk_scams, part, zh);
	case FIGURE_BY_MEASURE: return choice(&desk_measures, part, zh);
	case FIGURE_BY_MESSAGE: *zh = part < DESK_MESSAGE_KINDS ? message_names[part] : NULL; return *zh;
	case FIGURE_BY_KIND:
		if (desk_machine(part) == NULL)
			return NULL;
		*zh = desk_machine(part)->zh;
		return desk_machine(part)->name;
	case FIGURE_BY_FIELD: return choice(desk_machine(f->kind)->field[f->field].choices, part, zh);
	case FIGURE_WHOLE: break;
	}
	return NULL;
}

const char *desk_figure_choice(const struct desk_figure_info *f, int64_t at, const char **zh)
{
	const struct desk_machine *m = desk_machine(f->kind);

	if (f->unit != FIGURE_CHOICE)
		return NULL;
	if (f->field != 0)
		return choice(m->field[f->field].choices, at, zh);
	if (at < 1 || at >= m->n_states || m->state[at].name == NULL)
		return NULL;
	*zh = m->state[at].zh;
	return m->state[at].name;
}

uint32_t desk_figure_find(struct text name)
{
	for (uint32_t i = 1; i < DESK_FIGURES; i++)
		if (text_eq(name, text_z(desk_figures[i].name)))
			return i;
	return 0;
}

void desk_figures_print(struct buf *out)
{
	static const char *const unit[] = { "count", "money, fen", "rate", "time", "choice" };
	static const char *const parts[] = { "", "grade", "scam", "measure", "kind of message", "kind of object", NULL };

	buf_z(out, "| figure | 中文 | unit | by | counts | what | from |\n|---|---|---|---|---|---|---|\n");
	for (uint32_t i = 1; i < DESK_FIGURES; i++) {
		const struct desk_figure_info *f = &desk_figures[i];
		const char *by = f->parts == FIGURE_BY_FIELD ? desk_machine(f->kind)->field[f->field].name : parts[f->parts];

		buf_printf(out, "| `%s` | %s | %s | %s | %s | %s", f->name, f->zh, unit[f->unit], by,
		           f->happened ? "when it happened" : "when made", f->what);
		for (uint32_t k = 0; k < FIGURE_WITHIN_MAX && f->within_s[k]; k++) {
			buf_z(out, k == 0 ? "; within " : ", ");
			clock_format_duration(out, f->within_s[k] * US_PER_SECOND);
		}
		buf_printf(out, " | %s |\n", f->from);
	}
}
