/* limits.c - the table of limits with their sources; see limits.h. Ranges of limits that the law sets end where the law ends. */
#include "desk/limits.h"
#include "base/clock.h"

#define S_ US_PER_SECOND
#define MIN_ US_PER_MINUTE
#define H_ US_PER_HOUR
#define D_ US_PER_DAY
#define US DESK_UNIT_US
#define LAW true
#define PROPOSAL false
#define OURS "proposal"

#define BY_GRADE(NAME, name, en, zh, blue, yellow, red, purple)                                                 \
	[LIMIT_WARNING_##NAME##                                                                                     \
		_BLUE] = { "warning_" name "_blue", US, blue, S_, 30 * D_, PROPOSAL, OURS, en " (blue)", zh "（蓝）" }, \
		[LIMIT_WARNING_##NAME##_YELLOW] = { "warning_" name "_yellow",                                          \
		                                    US,                                                                 \
		                                    yellow,                                                             \
		                                    S_,                                                                 \
		                                    30 * D_,                                                            \
		                                    PROPOSAL,                                                           \
		                                    OURS,                                                               \
		                                    en " (yellow)",                                                     \
		                                    zh "（黄）" },                                                      \
		[LIMIT_WARNING_##NAME##                                                                                 \
			_RED] = { "warning_" name "_red", US, red, S_, 30 * D_, PROPOSAL, OURS, en " (red)", zh "（红）" }, \
		[LIMIT_WARNING_##NAME##_PURPLE] = {                                                                     \
			"warning_" name "_purple", US, purple, S_, 30 * D_, PROPOSAL, OURS, en " (purple)", zh "（紫）"  \
		}

const struct desk_limit_info desk_limit_infos[DESK_LIMITS] = {
	[LIMIT_STOP_PERIOD] = { "stop_period", US, 48 * H_, H_, 48 * H_, LAW, "银发〔2016〕86号", "a stop lasts",
	                        "止付期限" },
	[LIMIT_STOP_TIMES] = { "stop_times", DESK_UNIT_COUNT, 2, 1, 2, LAW, "银发〔2016〕86号",
	                       "stops of one account, extensions included", "同一账户止付次数（含延期）" },
	[LIMIT_STOP_RETRIES] = { "stop_retries", DESK_UNIT_COUNT, 3, 0, 3, PROPOSAL,
	                         "a bank's implementation of the platform", "an order is sent again", "止付报文重发次数" },
	[LIMIT_STOP_ANSWER] = { "stop_answer", US, 10 * MIN_, S_, D_, PROPOSAL, OURS, "a bank answers a stop order within",
	                        "银行止付反馈时限" },
	[LIMIT_STOP_ALARM_1] = { "stop_alarm_1", US, 12 * H_, MIN_, 48 * H_, PROPOSAL, OURS, "first alarm before the end",
	                         "止付到期首次提醒" },
	[LIMIT_STOP_ALARM_2] = { "stop_alarm_2", US, 4 * H_, MIN_, 48 * H_, PROPOSAL, OURS, "second alarm before the end",
	                         "止付到期二次提醒" },
	[LIMIT_STOP_ALARM_3] = { "stop_alarm_3", US, H_, MIN_, 48 * H_, PROPOSAL, OURS, "third alarm before the end",
	                         "止付到期三次提醒" },
	[LIMIT_STOP_PAPERS] = { "stop_papers", US, 24 * H_, MIN_, 48 * H_, PROPOSAL, OURS,
	                        "papers of a bank that acted first are due within", "先行止付补手续时限" },
	[LIMIT_FREEZE_MONTHS] = { "freeze_months", DESK_UNIT_MONTHS, 6, 1, 6, LAW, "deposits: six months, renewable",
	                          "a freeze, and each renewal, lasts at most", "冻结（续冻）最长期限" },
	[LIMIT_FREEZE_ANSWER] = { "freeze_answer", US, H_, S_, 7 * D_, PROPOSAL, OURS, "a bank answers a freeze within",
	                          "银行冻结反馈时限" },
	[LIMIT_FREEZE_RENEW] = { "freeze_renew", US, 30 * D_, H_, 60 * D_, PROPOSAL, OURS,
	                         "a freeze can be renewed this long before its end", "续冻提前期" },
	[LIMIT_FREEZE_ALARM_1] = { "freeze_alarm_1", US, 7 * D_, MIN_, 60 * D_, PROPOSAL, OURS,
	                           "first alarm before the end of a freeze", "冻结到期首次提醒" },
	[LIMIT_FREEZE_ALARM_2] = { "freeze_alarm_2", US, D_, MIN_, 60 * D_, PROPOSAL, OURS,
	                           "second alarm before the end of a freeze", "冻结到期二次提醒" },
	[LIMIT_CARD_VERIFY] = { "card_verify", US, 24 * H_, 24 * H_, 24 * H_, LAW, "notice of MIIT and MPS, June 2021",
	                        "a card's holder verifies within", "涉诈电话卡二次实人认证时限" },
	[LIMIT_CARD_SUSPEND] = { "card_suspend", US, 7 * D_, 24 * H_, 90 * D_, PROPOSAL, OURS,
	                         "a restricted card not verified is suspended after", "限制后仍未核验转停机时限" },
	[LIMIT_CARD_HOLD] = { "card_hold", US, 90 * D_, D_, 180 * D_, PROPOSAL, OURS,
	                      "restriction or suspension of a card ends at the latest after", "限制、停机最长期限" },
	[LIMIT_CARD_RECEIPT] = { "card_receipt", US, 15 * MIN_, S_, D_, PROPOSAL, OURS,
	                         "an operator confirms an order within", "运营商执行回执时限" },
	[LIMIT_ACCOUNT_VERIFY] = { "account_verify", US, 3 * D_, D_, 30 * D_, PROPOSAL,
	                           "银发〔2016〕261号, the number of days is not sure",
	                           "an account's holder verifies within", "账户身份重新核实时限" },
	[LIMIT_ACCOUNT_HOLD] = { "account_hold", US, 90 * D_, D_, 180 * D_, PROPOSAL, OURS,
	                         "a limit on an account ends at the latest after", "账户限制最长期限" },
	[LIMIT_ACCOUNT_RECEIPT] = { "account_receipt", US, 30 * MIN_, S_, D_, PROPOSAL, OURS,
	                            "a bank confirms a limit within", "银行执行回执时限" },
	[LIMIT_DISCIPLINE_COUNT] = { "discipline_count", DESK_UNIT_COUNT, 3, 3, 10, LAW, "联合惩戒办法 2024",
	                             "items, times or people from which the city identifies", "认定数量标准" },
	[LIMIT_DISCIPLINE_SHORT] = { "discipline_short", DESK_UNIT_MONTHS, 24, 1, 24, LAW, "联合惩戒办法 2024",
	                             "discipline of people identified by the police", "认定对象惩戒期限" },
	[LIMIT_DISCIPLINE_LONG] = { "discipline_long", DESK_UNIT_MONTHS, 36, 1, 36, LAW, "联合惩戒办法 2024",
	                            "discipline of people criminally punished", "受刑事处罚对象惩戒期限" },
	[LIMIT_DISCIPLINE_CHAIN] = { "discipline_chain", DESK_UNIT_MONTHS, 60, 1, 60, LAW, "联合惩戒办法 2024",
	                             "consecutive listings last together at most", "连续惩戒最长期限" },
	[LIMIT_DISCIPLINE_GAP] = { "discipline_gap", US, 30 * D_, 0, 365 * D_, PROPOSAL, OURS,
	                           "a listing this soon after another one is consecutive", "连续惩戒间隔认定" },
	[LIMIT_DISCIPLINE_WAIT] = { "discipline_wait", US, 3 * D_, S_, 60 * D_, PROPOSAL, OURS,
	                            "from the written notice to the start at least", "书面告知至生效最短间隔" },
	[LIMIT_APPEAL_ACCEPT] = { "appeal_accept", US, 3 * D_, MIN_, 30 * D_, PROPOSAL, OURS,
	                          "an objection is accepted or not within", "申诉受理时限" },
	[LIMIT_APPEAL_DECIDE] = { "appeal_decide", US, 15 * D_, MIN_, 60 * D_, PROPOSAL, OURS,
	                          "an accepted objection is decided within", "申诉办结时限" },
	[LIMIT_APPEAL_RECONSIDER] = { "appeal_reconsider", US, 60 * D_, D_, 365 * D_, PROPOSAL, OURS,
	                              "reconsideration may be asked for within", "申请复核期限" },
	[LIMIT_DEVICE_RECEIVE] = { "device_receive", US, 15 * MIN_, S_, D_, PROPOSAL, OURS,
	                           "police receive a report of a device within", "涉诈设备报告签收时限" },
	[LIMIT_DEVICE_VISIT] = { "device_visit", US, 2 * H_, MIN_, 7 * D_, PROPOSAL, OURS,
	                         "the place of a device is visited within", "涉诈设备现场处置时限" },
	[LIMIT_CLUE_CHECK] = { "clue_check", US, D_, MIN_, 30 * D_, PROPOSAL, OURS, "a clue is checked within",
	                       "线索核查时限" },
	[LIMIT_CLUE_FEEDBACK] = { "clue_feedback", US, 7 * D_, MIN_, 60 * D_, PROPOSAL, OURS,
	                          "who gave a clue is answered within", "线索反馈时限" },
	[LIMIT_INCIDENT_STOP] = { "incident_stop", US, 5 * MIN_, S_, D_, PROPOSAL, OURS,
	                          "first stop order after a report within", "接警至首次止付时限" },
	[LIMIT_WARNING_FUSE] = { "warning_fuse", US, MIN_, S_, H_, PROPOSAL, OURS,
	                         "blue and yellow warnings wait for more alerts", "预警融合等待时间" },
	BY_GRADE(SIGN, "sign", "a warning is signed within", "预警签收时限", 24 * H_, 30 * MIN_, 5 * MIN_, MIN_),
	BY_GRADE(CALL, "call", "first contact within", "预警首次联系时限", 10 * MIN_, 4 * H_, 15 * MIN_, 3 * MIN_),
	BY_GRADE(FACE, "face", "settled, met where a visit is due, within", "预警办结（见面）时限", 24 * H_, 24 * H_,
	         60 * MIN_, 30 * MIN_),
	[LIMIT_WARNING_CALLS] = { "warning_calls", DESK_UNIT_COUNT, 3, 1, 10, PROPOSAL, OURS,
	                          "calls without an answer until the warning climbs", "未接通升级次数" },
	[LIMIT_WARNING_SMS_FROM] = { "warning_sms_from", DESK_UNIT_HOUR, 7, 0, 23, PROPOSAL, "an operator's rule of 2016",
	                             "messages of light grades from", "短信允许开始时刻" },
	[LIMIT_WARNING_SMS_TO] = { "warning_sms_to", DESK_UNIT_HOUR, 20, 1, 24, PROPOSAL, "an operator's rule of 2016",
	                           "messages of light grades until", "短信允许结束时刻" },
	[LIMIT_WARNING_SMS_DAY] = { "warning_sms_day", DESK_UNIT_COUNT, 1, 1, 10, PROPOSAL, "an operator's rule of 2016",
	                            "messages of light grades to one number a day", "同一号码每日短信条数" },
	[LIMIT_WARNING_REVIEW] = { "warning_review", US, D_, MIN_, 30 * D_, PROPOSAL, OURS, "feedback is reviewed within",
	                           "反馈倒查时限" },
	[LIMIT_WARNING_REVISIT] = { "warning_revisit", US, 3 * D_, MIN_, 30 * D_, PROPOSAL, OURS, "return visit within",
	                            "回访时限" },
	[LIMIT_WARNING_VICTIM] = { "warning_victim", US, 30 * D_, D_, 365 * D_, PROPOSAL, OURS,
	                           "cheated within this time after a warning counts as such", "预后被骗统计期" },
	[LIMIT_WARNING_HELP] = { "warning_help", US, 2 * H_, MIN_, 24 * H_, PROPOSAL, OURS,
	                         "a victim's line is held at the operator at most", "受害人号码保护性停机时限" },
	[LIMIT_QUERY_ANSWER] = { "query_answer", US, 30 * MIN_, S_, 7 * D_, PROPOSAL, OURS,
	                         "a bank answers a question within", "银行协查反馈时限" },
	[LIMIT_QUERY_DAYS] = { "query_days", DESK_UNIT_COUNT, 100, 1, 100, PROPOSAL,
	                       "the platform's sister interface: at most 100 days",
	                       "an account is followed for days at most", "账户动态查询最长天数" },
	[LIMIT_FREEZE_RETRIES] = { "freeze_retries", DESK_UNIT_COUNT, 3, 0, 3, PROPOSAL,
	                           "a bank's implementation of the platform", "a freeze is sent again",
	                           "冻结报文重发次数" },
	[LIMIT_MATTER_ANSWER] = { "matter_answer", US, 7 * D_, H_, 60 * D_, PROPOSAL, OURS,
	                          "a joint matter raised is listed, decided or declined within", "联盟事项答复时限" },
	[LIMIT_MATTER_SOON] = { "matter_soon", US, 3 * D_, MIN_, 30 * D_, PROPOSAL, OURS,
	                        "alarm before the deadline of a joint matter", "联盟事项到期提醒" },
	[LIMIT_MATTER_CHECK] = { "matter_check", US, 5 * D_, H_, 60 * D_, PROPOSAL, OURS,
	                         "a joint matter done is checked within", "联盟事项核验时限" },
	[LIMIT_MEETING_SOON] = { "meeting_soon", US, D_, MIN_, 30 * D_, PROPOSAL, OURS, "alarm before a meeting",
	                         "会前提醒" },
	[LIMIT_MEETING_MINUTES] = { "meeting_minutes", US, 5 * D_, H_, 60 * D_, PROPOSAL, OURS,
	                            "minutes of a meeting are confirmed within", "会议纪要印发时限" },
	[LIMIT_JOINT_EVENT_SOON] = { "joint_event_soon", US, 2 * D_, MIN_, 30 * D_, PROPOSAL, OURS,
	                             "alarm before a joint event", "联办活动提醒" },
	[LIMIT_JOINT_EVENT_RESULT] = { "joint_event_result", US, 7 * D_, H_, 60 * D_, PROPOSAL, OURS,
	                               "the result of a joint event is told within", "联办活动总结时限" },
	[LIMIT_ASSET_DECIDE] = { "asset_decide", US, 10 * D_, H_, 60 * D_, PROPOSAL, OURS,
	                         "a brand asset proposed is decided within", "品牌资产审定时限" },
	[LIMIT_OUTLET_LICENCE] = { "outlet_licence", US, 60 * D_, D_, 366 * D_, PROPOSAL, OURS,
	                           "alarm before an outlet's licence to open ends", "网点开户许可到期提醒" },
	[LIMIT_OUTLET_SUSPENSION] = { "outlet_suspension", DESK_UNIT_MONTHS, 6, 1, 6, LAW, "银发〔2016〕261号",
	                              "openings of an outlet are suspended at most", "暂停网点开户开卡最长期限" },
	[LIMIT_INSPECTION_LATE] = { "inspection_late", US, D_, H_, 60 * D_, PROPOSAL, OURS,
	                            "an inspection is done so long after its planned time at the latest", "检查延迟时限" },
	[LIMIT_INSPECTION_CONFIRM] = { "inspection_confirm", US, 3 * D_, H_, 60 * D_, PROPOSAL, OURS,
	                               "an inspection is confirmed within", "检查确认时限" },
	[LIMIT_INSPECTION_PASS] = { "inspection_pass", DESK_UNIT_COUNT, 80, 1, 100, PROPOSAL, OURS,
	                            "an inspection is passed from", "检查合格分数" },
	[LIMIT_INSPECTION_DEMO] = { "inspection_demo", DESK_UNIT_COUNT, 90, 1, 100, PROPOSAL, OURS,
	                            "a demo outlet has at least", "示范网点分数" },
	[LIMIT_INSPECTION_TALK] = { "inspection_talk", DESK_UNIT_COUNT, 60, 0, 100, PROPOSAL, OURS,
	                            "a warning talk is due below", "告诫谈话分数" },
	[LIMIT_CORRECTION] = { "correction", US, 7 * D_, H_, 90 * D_, PROPOSAL, OURS,
	                       "what an inspection found is corrected within", "整改时限" },
	[LIMIT_CORRECTION_SOON] = { "correction_soon", US, 2 * D_, H_, 30 * D_, PROPOSAL, OURS,
	                            "alarm before a correction is due", "整改到期提醒" },
	[LIMIT_MEMBER_TRUST] = { "member_trust", DESK_UNIT_COUNT, 1, 1, 100, PROPOSAL, OURS,
	                         "posts let through until a member's posts are shown at once", "新用户转可信所需通过数" },
	[LIMIT_MEMBER_BAN] = { "member_ban", US, 180 * D_, H_, 366 * D_, PROPOSAL, OURS, "a member is banned at most",
	                       "禁言最长期限" },
	[LIMIT_BOARD_LOOK] = { "board_look", US, D_, MIN_, 7 * D_, PROPOSAL, OURS, "a post that waits is looked at within",
	                       "发言审核时限" },
	[LIMIT_BULLETIN_READ] = { "bulletin_read", US, 2 * D_, H_, 30 * D_, PROPOSAL, OURS,
	                          "outlets and seats have read a bulletin within", "通报阅知时限" },
	[LIMIT_SCREEN_OVERRIDE] = { "screen_override", US, D_, MIN_, 7 * D_, PROPOSAL, OURS,
	                            "an emergency override of screens lasts at most", "屏幕紧急插播最长时间" },
	[LIMIT_TRAINING_ATTEMPTS] = { "training_attempts", DESK_UNIT_COUNT, 3, 1, 20, PROPOSAL, OURS,
	                              "attempts of one person at one course in a day", "同一课程每日测验次数" },
	[LIMIT_TRAINING_DRILLS] = { "training_drills", DESK_UNIT_COUNT, 10, 1, 50, PROPOSAL, OURS,
	                            "attempts of one person at one drill in a day", "同一剧本每日演练次数" },
	[LIMIT_TRAINING_DRILL_TIME] = { "training_drill_time", US, 30 * MIN_, MIN_, 4 * H_, PROPOSAL, OURS,
	                                "a drill is answered within", "演练作答时限" },
	[LIMIT_TRAINING_DRILL_MONTHS] = { "training_drill_months", DESK_UNIT_MONTHS, 12, 1, 36, PROPOSAL, OURS,
	                                  "a drill passed is good for", "演练合格有效期" },
	[LIMIT_GUIDANCE_CHECK] = { "guidance_check", US, 14 * D_, D_, 90 * D_, PROPOSAL, OURS,
	                           "an install or follow counts after, if it lasted", "安装关注核查期" },
	[LIMIT_GUIDANCE_DEVICE] = { "guidance_device", DESK_UNIT_COUNT, 3, 1, 20, PROPOSAL, OURS,
	                            "numbers on one device before somebody looks", "同一终端引导号码数" },
	[LIMIT_GUIDANCE_RATE] = { "guidance_rate", DESK_UNIT_COUNT, 20, 1, 200, PROPOSAL, OURS,
	                          "installs and follows with one clerk's help in an hour before somebody looks",
	                          "同一员工每小时引导次数" },
	[LIMIT_ASSESSMENT_OBJECTION] = { "assessment_objection", US, 7 * D_, D_, 60 * D_, PROPOSAL, OURS,
	                                 "a unit objects to its monthly sheet within", "月度考核异议期限" },
	[LIMIT_CAMPAIGN_GROUP] = { "campaign_group", DESK_UNIT_COUNT, 50, 10, 100000, PROPOSAL, OURS,
	                           "people in a campaign's segment at least", "宣传人群最小规模" },
	[LIMIT_CAMPAIGN_TEXTS] = { "campaign_texts", DESK_UNIT_COUNT, 2, 1, 3, PROPOSAL, OURS,
	                           "texts of campaigns to one person within 30 days at most", "三十日内宣传短信上限" },
};

void desk_limits_usual(struct desk_limits *out)
{
	out->value[0] = 0;
	for (uint32_t i = 1; i < DESK_LIMITS; i++)
		out->value[i] = desk_limit_infos[i].usual;
}

enum err desk_limits_set(struct desk_limits *l, uint32_t limit, int64_t value)
{
	const struct desk_limit_info *info = &desk_limit_infos[limit < DESK_LIMITS ? limit : 0];

	if (!info->name)
		return ERR_ABSENT;
	if (value < info->least || value > info->most)
		return ERR_RANGE;
	l->value[limit] = value;
	return ERR_OK;
}

uint32_t desk_limit_find(struct text name)
{
	for (uint32_t i = 1; i < DESK_LIMITS; i++)
		if (desk_limit_infos[i].name && text_eq(name, text_z(desk_limit_infos[i].name)))
			return i;
	return 0;
}

void desk_limit_print(struct buf *b, uint32_t limit, int64_t value)
{
	switch (desk_limit_infos[limit].unit) {
	case DESK_UNIT_US:
		if (value % H_ == 0 && value < 4 * D_)
			buf_printf(b, "%dh", (int)(value / H_));
		else
			clock_format_duration(b, value);
		break;
	case DESK_UNIT_MONTHS: buf_printf(b, "%d months", (int)value); break;
	case DESK_UNIT_COUNT: buf_int(b, value); break;
	case DESK_UNIT_HOUR: buf_printf(b, "%02d:00", (int)value); break;
	}
}
