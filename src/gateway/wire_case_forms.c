/* wire_case_forms.c - which messages the case platform knows, and which fields each takes; see wire_case.h. */
#include "gateway/wire_case.h"

#define B(name) ((uint64_t)1 << CASE_F_##name)
#define FILE_OF                                                                                                   \
	(B(CASE_NO) | B(CASE_TYPE) | B(URGENCY) | B(REASON) | B(ASKED) | B(APPLICANT) | B(OFFICER_1) | B(OFFICER_2) | \
	 B(ATTACHMENTS) | B(REMARK))
#define WHOSE (B(BANK) | B(ACCOUNT_TYPE) | B(ACCOUNT_NAME) | B(ACCOUNT))
#define TOLD \
	(B(RETURN) | B(STATE) | B(RESULT) | B(CAUSE) | B(REMARK) | B(BANK_OFFICER) | B(TOLD) | B(ACCOUNT) | B(ACCOUNT_NAME))
#define PAID_OUT (B(OUT_BANK) | B(OUT_NAME) | B(OUT_ACCOUNT) | B(CURRENCY) | B(AMOUNT) | B(PAID))
#define HOLDERS (B(HOLDER) | B(HOLDER_TYPE) | B(HOLDER_ID) | B(HOLDER_PHONE) | B(HOLDER_ADDRESS))
#define REPORTED                                                                                                     \
	(WHOSE | HOLDERS | PAID_OUT | B(FEATURE) | B(EVENT_TIME) | B(NOTE) | B(REPORTER) | B(REPORTER_PHONE) | B(TOLD) | \
	 B(BANK_OFFICER) | B(ORIGINAL))

static const struct case_form forms[] = {
	{ CASE_STOP, CASE_STOP_TOLD, "stop", "紧急止付", true, false,
	  B(TYPE) | B(ACCOUNT) | B(AMOUNT) | B(CURRENCY) | B(ASKED),
	  FILE_OF | WHOSE | PAID_OUT | B(TYPE) | B(ORIGINAL) | B(START) | B(END) },
	{ CASE_STOP_TOLD, 0, "stop-told", "止付反馈", false, false, B(RETURN), TOLD | B(BALANCE) | B(START) | B(END) },
	{ CASE_STOP_RELEASE, CASE_STOP_RELEASE_TOLD, "stop-release", "止付解除", true, false,
	  B(ORIGINAL) | B(ACCOUNT) | B(ASKED), FILE_OF | WHOSE | B(ORIGINAL) },
	{ CASE_STOP_RELEASE_TOLD, 0, "stop-release-told", "止付解除反馈", false, false, B(RETURN), TOLD | B(END) },
	{ CASE_STOP_EXTEND, CASE_STOP_EXTEND_TOLD, "stop-extend", "止付延期", true, false,
	  B(ORIGINAL) | B(ACCOUNT) | B(ASKED) | B(END), FILE_OF | WHOSE | B(ORIGINAL) | B(START) | B(END) },
	{ CASE_STOP_EXTEND_TOLD, 0, "stop-extend-told", "止付延期反馈", false, false, B(RETURN), TOLD | B(START) | B(END) },
	{ CASE_FREEZE, CASE_FREEZE_TOLD, "freeze", "冻结", true, false, B(FREEZE_TYPE) | B(ACCOUNT) | B(MONTHS) | B(ASKED),
	  FILE_OF | WHOSE | B(ORIGINAL) | B(FREEZE_TYPE) | B(FREEZE_AMOUNT) | B(CURRENCY) | B(MONTHS) | B(START) | B(END) },
	{ CASE_FREEZE_TOLD, 0, "freeze-told", "冻结反馈", false, false, B(RETURN),
	  TOLD | B(FROZEN_AMOUNT) | B(AVAILABLE) | B(EARLIER) | B(EARLIER_AMOUNT) | B(EARLIER_UNTIL) | B(START) | B(END) },
	{ CASE_FREEZE_RELEASE, CASE_FREEZE_RELEASE_TOLD, "freeze-release", "冻结解除", true, false,
	  B(ORIGINAL) | B(ACCOUNT) | B(ASKED), FILE_OF | WHOSE | B(ORIGINAL) },
	{ CASE_FREEZE_RELEASE_TOLD, 0, "freeze-release-told", "冻结解除反馈", false, false, B(RETURN), TOLD | B(END) },
	{ CASE_FREEZE_RENEW, CASE_FREEZE_RENEW_TOLD, "freeze-renew", "冻结延期", true, false,
	  B(ORIGINAL) | B(ACCOUNT) | B(MONTHS) | B(ASKED), FILE_OF | WHOSE | B(ORIGINAL) | B(MONTHS) | B(START) | B(END) },
	{ CASE_FREEZE_RENEW_TOLD, 0, "freeze-renew-told", "冻结延期反馈", false, false, B(RETURN),
	  TOLD | B(START) | B(END) },
	{ CASE_MOVEMENTS, CASE_MOVEMENTS_TOLD, "movements", "交易明细查询", true, false,
	  B(ACCOUNT) | B(ASKED) | B(FROM) | B(UNTIL), FILE_OF | WHOSE | B(FROM) | B(UNTIL) },
	{ CASE_MOVEMENTS_TOLD, 0, "movements-told", "交易明细反馈", false, true, B(RETURN), TOLD | B(BALANCE) },
	{ CASE_HOLDER, CASE_HOLDER_TOLD, "holder", "持卡主体查询", true, false, B(ACCOUNT) | B(ASKED), FILE_OF | WHOSE },
	{ CASE_HOLDER_TOLD, 0, "holder-told", "持卡主体反馈", false, false, B(RETURN), TOLD | HOLDERS },
	{ CASE_FOLLOW, CASE_FOLLOW_TOLD, "follow", "账户动态查询", true, false, B(ACCOUNT) | B(ASKED) | B(DAYS),
	  FILE_OF | WHOSE | B(DAYS) | B(START) | B(END) },
	{ CASE_FOLLOW_TOLD, 0, "follow-told", "账户动态反馈", false, true, B(RETURN), TOLD | B(BALANCE) },
	{ CASE_FOLLOW_END, CASE_FOLLOW_END_TOLD, "follow-end", "动态查询解除", true, false,
	  B(ORIGINAL) | B(ACCOUNT) | B(ASKED), FILE_OF | WHOSE | B(ORIGINAL) },
	{ CASE_FOLLOW_END_TOLD, 0, "follow-end-told", "动态查询解除反馈", false, false, B(RETURN), TOLD },
	{ CASE_ACCOUNTS, CASE_ACCOUNTS_TOLD, "accounts", "客户全账户查询", true, false, B(HOLDER_ID) | B(ASKED),
	  FILE_OF | HOLDERS },
	{ CASE_ACCOUNTS_TOLD, 0, "accounts-told", "客户全账户反馈", false, true, B(RETURN), TOLD | HOLDERS },
	{ CASE_REPORT, CASE_REPORT_TOLD, "report", "案件举报", false, true, B(EVENT_TIME), REPORTED },
	{ CASE_REPORT_TOLD, 0, "report-told", "案件举报反馈", true, false, B(RETURN), TOLD | B(CASE_NO) },
	{ CASE_OPENING, 0, "opening", "异常开卡", false, true, B(FEATURE) | B(EVENT_TIME), REPORTED },
	{ CASE_INVOLVED, 0, "involved", "涉案账户", false, true, B(FEATURE) | B(EVENT_TIME) | B(ACCOUNT), REPORTED },
	{ CASE_EVENT, 0, "event", "异常事件", false, true, B(FEATURE) | B(EVENT_TIME) | B(ACCOUNT), REPORTED },
	{ CASE_PUSH, 0, "push", "涉案信息推送", true, false, B(LIST) | B(HASH) | B(ASKED),
	  B(LIST) | B(HASH) | B(ASKED) | B(END) | B(REMARK) },
};

const struct case_form *case_form_at(uint32_t i)
{
	return i < ARRAY_LEN(forms) ? &forms[i] : NULL;
}

const struct case_form *case_form(uint32_t code)
{
	for (uint32_t i = 0; i < ARRAY_LEN(forms); i++)
		if (forms[i].code == code)
			return &forms[i];
	return NULL;
}
