/* wire_case.h - messages of the case platform (电信网络新型违法犯罪交易风险事件管理平台) as XML: one table of fields, one of messages.
 *
 *   <Request><Head><Mode>01</Mode><To>..</To><TxCode>100101</TxCode><TransSerialNumber>..</TransSerialNumber></Head>
 *            <Body><ApplicationID>..</ApplicationID> fields, <Rows><Row>..</Row></Rows> </Body></Request>
 *   <Response>  the same head, <Body> with ApplicationID, ReturnCode, RequestState, BusinessRemark
 *
 * A Request is a message of its own: an order, a query, a report, and also the feedback to one (100102 answers 100101). A Response says only that a message was taken, by a return code, and how
 * far it is, by the request state. Kinds of message, fields and codes follow the platform; names of elements are ours where none is published.
 *
 * A message is texts that point into somebody else's bytes. Strict both ways: a field must be known, allowed in this message, of its form, and there at most once; needed ones must be there. */
#ifndef DUANKA_GATEWAY_WIRE_CASE_H
#define DUANKA_GATEWAY_WIRE_CASE_H
#include "gateway/wire_xml.h"

enum {
	CASE_BYTES_MAX = 256 << 10, /* of a message, both ways */
	CASE_ROWS_MAX = 500,
	CASE_ROW_FIELDS_MAX = 12,
	CASE_STORE_BYTES = 16 << 10
};

enum case_kind { /* the form of a field's text */
	CASE_WORDS,  /* any text, at most max characters */
	CASE_DIGITS, /* exactly max digits; 0: any number of them, to 32 */
	CASE_CODE,   /* letters, digits, _ . - ; at most max */
	CASE_YUAN,   /* 1234.50 */
	CASE_TIME,   /* YYYYMMDDhhmmss in local time, UTC+8 */
	CASE_COUNT   /* a whole number to max */
};

/* X(NAME, element, kind, max) */
#define CASE_FIELDS(X)                                        \
	X(TYPE, "ApplicationType", CASE_DIGITS, 2)                \
	X(ORIGINAL, "OriginalApplicationID", CASE_CODE, 32)       \
	X(CASE_NO, "CaseNumber", CASE_CODE, 64)                   \
	X(CASE_TYPE, "CaseType", CASE_CODE, 32)                   \
	X(URGENCY, "EmergencyLevel", CASE_DIGITS, 2)              \
	X(OUT_BANK, "TransferOutBankID", CASE_CODE, 32)           \
	X(OUT_NAME, "TransferOutAccountName", CASE_WORDS, 100)    \
	X(OUT_ACCOUNT, "TransferOutAccountNumber", CASE_CODE, 40) \
	X(CURRENCY, "Currency", CASE_CODE, 3)                     \
	X(AMOUNT, "TransferAmount", CASE_YUAN, 0)                 \
	X(PAID, "TransferTime", CASE_TIME, 0)                     \
	X(BANK, "BankID", CASE_CODE, 32)                          \
	X(ACCOUNT_TYPE, "AccountType", CASE_DIGITS, 2)            \
	X(ACCOUNT_NAME, "AccountName", CASE_WORDS, 100)           \
	X(ACCOUNT, "AccountNumber", CASE_CODE, 40)                \
	X(REASON, "Reason", CASE_WORDS, 1000)                     \
	X(START, "StartTime", CASE_TIME, 0)                       \
	X(END, "ExpireTime", CASE_TIME, 0)                        \
	X(ASKED, "ApplicationTime", CASE_TIME, 0)                 \
	X(APPLICANT, "ApplicationOrgName", CASE_WORDS, 100)       \
	X(OFFICER_1, "OperatorName", CASE_WORDS, 200)             \
	X(OFFICER_2, "InvestigatorName", CASE_WORDS, 200)         \
	X(ATTACHMENTS, "Attachments", CASE_WORDS, 1000)           \
	X(FREEZE_TYPE, "FreezeType", CASE_DIGITS, 2)              \
	X(FREEZE_AMOUNT, "FreezeAmount", CASE_YUAN, 0)            \
	X(MONTHS, "Months", CASE_COUNT, 100)                      \
	X(RETURN, "ReturnCode", CASE_DIGITS, 6)                   \
	X(STATE, "RequestState", CASE_DIGITS, 2)                  \
	X(RESULT, "Result", CASE_DIGITS, 4)                       \
	X(BALANCE, "AccountBalance", CASE_YUAN, 0)                \
	X(FROZEN_AMOUNT, "FrozenAmount", CASE_YUAN, 0)            \
	X(AVAILABLE, "AvailableBalance", CASE_YUAN, 0)            \
	X(EARLIER, "EarlierFreezer", CASE_WORDS, 100)             \
	X(EARLIER_AMOUNT, "EarlierAmount", CASE_YUAN, 0)          \
	X(EARLIER_UNTIL, "EarlierExpireTime", CASE_TIME, 0)       \
	X(CAUSE, "FailureCause", CASE_WORDS, 500)                 \
	X(REMARK, "FeedbackRemark", CASE_WORDS, 1000)             \
	X(BANK_OFFICER, "FeedbackOperatorName", CASE_WORDS, 200)  \
	X(TOLD, "FeedbackTime", CASE_TIME, 0)                     \
	X(FROM, "QueryFrom", CASE_TIME, 0)                        \
	X(UNTIL, "QueryUntil", CASE_TIME, 0)                      \
	X(DAYS, "SubscriptionDays", CASE_COUNT, 100)              \
	X(HOLDER, "HolderName", CASE_WORDS, 100)                  \
	X(HOLDER_TYPE, "HolderIDType", CASE_DIGITS, 2)            \
	X(HOLDER_ID, "HolderIDNumber", CASE_CODE, 40)             \
	X(HOLDER_PHONE, "HolderPhone", CASE_DIGITS, 0)            \
	X(HOLDER_ADDRESS, "HolderAddress", CASE_WORDS, 300)       \
	X(FEATURE, "FeatureCode", CASE_DIGITS, 4)                 \
	X(EVENT_TIME, "EventTime", CASE_TIME, 0)                  \
	X(NOTE, "EventRemark", CASE_WORDS, 1000)                  \
	X(LIST, "ListType", CASE_DIGITS, 1)                       \
	X(HASH, "SubjectHash", CASE_CODE, 64)                     \
	X(REPORTER, "ReporterName", CASE_WORDS, 100)              \
	X(REPORTER_PHONE, "ReporterPhone", CASE_DIGITS, 0)

enum case_field {
#define X(name, element, kind, max) CASE_F_##name,
	CASE_FIELDS(X)
#undef X
	CASE_FIELDS_COUNT
};
_Static_assert(CASE_FIELDS_COUNT <= 64, "sets of fields are 64 bits");

/* Of a row: a movement of money, an account of a customer, an event reported. */
#define CASE_ROW_FIELDS(X)                     \
	X(TIME, "Time", CASE_TIME, 0)              \
	X(DIRECTION, "Direction", CASE_DIGITS, 1)  \
	X(AMOUNT, "Amount", CASE_YUAN, 0)          \
	X(BALANCE, "Balance", CASE_YUAN, 0)        \
	X(ACCOUNT, "AccountNumber", CASE_CODE, 40) \
	X(NAME, "AccountName", CASE_WORDS, 100)    \
	X(BANK, "BankID", CASE_CODE, 32)           \
	X(CLASS, "AccountClass", CASE_DIGITS, 1)   \
	X(STATUS, "AccountStatus", CASE_CODE, 16)  \
	X(CHANNEL, "Channel", CASE_CODE, 16)       \
	X(ADDRESS, "IPAddress", CASE_WORDS, 45)    \
	X(FEATURE, "FeatureCode", CASE_DIGITS, 4)

enum case_row_field {
#define X(name, element, kind, max) CASE_R_##name,
	CASE_ROW_FIELDS(X)
#undef X
	CASE_ROW_FIELDS_COUNT
};
_Static_assert((int)CASE_ROW_FIELDS_COUNT <= (int)CASE_ROW_FIELDS_MAX, "rows have room for all fields");

enum case_code {
	CASE_STOP = 100101,
	CASE_STOP_TOLD = 100102,
	CASE_STOP_RELEASE = 100103,
	CASE_STOP_RELEASE_TOLD = 100104,
	CASE_STOP_EXTEND = 100105,
	CASE_STOP_EXTEND_TOLD = 100106,
	CASE_FREEZE = 100201,
	CASE_FREEZE_TOLD = 100202,
	CASE_FREEZE_RELEASE = 100203,
	CASE_FREEZE_RELEASE_TOLD = 100204,
	CASE_FREEZE_RENEW = 100205,
	CASE_FREEZE_RENEW_TOLD = 100206,
	CASE_MOVEMENTS = 100301,
	CASE_MOVEMENTS_TOLD = 100302,
	CASE_HOLDER = 100303,
	CASE_HOLDER_TOLD = 100304,
	CASE_FOLLOW = 100305,
	CASE_FOLLOW_TOLD = 100306,
	CASE_FOLLOW_END = 100307,
	CASE_FOLLOW_END_TOLD = 100308,
	CASE_ACCOUNTS = 100309,
	CASE_ACCOUNTS_TOLD = 100310,
	CASE_REPORT = 100401, /* a case, bank to police */
	CASE_REPORT_TOLD = 100402,
	CASE_OPENING = 100403,  /* an unusual opening */
	CASE_INVOLVED = 100404, /* an involved account */
	CASE_EVENT = 100405,    /* an unusual event */
	CASE_PUSH = 100501      /* involved accounts and people, police to bank */
};

/* Results of an order, four digits; numbers are ours. */
enum case_result {
	CASE_DONE = 0,
	CASE_NAME_DIFFERS = 1,
	CASE_NUMBER_DIFFERS = 2,
	CASE_AMOUNT_DIFFERS = 3,
	CASE_TIME_DIFFERS = 4,
	CASE_NO_ACCOUNT = 5,
	CASE_QUEUED = 6, /* behind an earlier freezer */
	CASE_REFUSED = 9999
};

/* The two digits of a request state. */
enum case_stage {
	CASE_STAGE_NEW = 0,
	CASE_STAGE_LANDED = 1,
	CASE_STAGE_CORE = 2,
	CASE_STAGE_FETCHED = 3,
	CASE_STAGE_TOLD = 4
};
enum case_stage_result {
	CASE_STATE_NEW = 0,
	CASE_STATE_FAILED = 1,
	CASE_STATE_OK = 2,
	CASE_STATE_TIMEOUT = 3,
	CASE_STATE_BUSY = 9
};

struct case_form {
	uint32_t code, answer; /* answer: the code of its feedback; 0: none */
	const char *name, *zh;
	bool to_bank;
	bool rows;
	uint64_t needed, allowed; /* bits 1 << CASE_F_ */
};
const struct case_form *case_form(uint32_t code); /* NULL: unknown */
const struct case_form *case_form_at(uint32_t i); /* NULL behind the last */

struct case_row {
	struct text value[CASE_ROW_FIELDS_MAX]; /* p NULL: not there */
};
struct case_message {
	bool response;
	uint32_t code;
	struct text mode, to, serial, application;
	struct text value[CASE_FIELDS_COUNT]; /* p NULL: not there */
	uint32_t n_rows;
	struct case_row *row; /* the caller's room for CASE_ROWS_MAX rows; NULL: rows are refused */
	/* room for what is printed while a message is made (case_put_...) */
	size_t store_n;
	bool full;
	char store[CASE_STORE_BYTES];
};

/* out->row stays as it is. scratch has room for xml.n bytes. ERR_FORMAT: why (may be NULL) says which part. Texts point into xml and scratch. */
enum err case_read(struct text xml, char *scratch, struct case_message *out, const char **why) MUST_CHECK;
/* ERR_FORMAT: a field is missing, not allowed, or not of its form; *why names it. Appended to out. */
enum err case_write(const struct case_message *m, struct buf *out, const char **why) MUST_CHECK;

/* ---- making one ---- */
void case_start(struct case_message *m, uint32_t code, bool response);
/* Copies. Too much for the store: case_write then refuses. */
struct text case_keep(struct case_message *m, struct text t);
void case_put(struct case_message *m, enum case_field f,
              struct text t); /* copied; words are cut at their maximum; an empty one is left out */
void case_put_number(struct case_message *m, enum case_field f, int64_t v); /* with as many digits as the field has */
void case_put_yuan(struct case_message *m, enum case_field f, int64_t fen);
void case_put_time(struct case_message *m, enum case_field f, int64_t us);

static inline bool case_has(const struct case_message *m, enum case_field f)
{
	return m->value[f].p != NULL;
}
int64_t case_number(const struct case_message *m, enum case_field f); /* -1: not there */
int64_t case_yuan(const struct case_message *m, enum case_field f);   /* fen; -1: not there */
int64_t case_time(const struct case_message *m, enum case_field f);   /* microseconds; 0: not there */
int64_t case_row_yuan(const struct case_row *r, enum case_row_field f);
int64_t case_row_time(const struct case_row *r, enum case_row_field f);
const char *case_field_name(int f); /* the element's */
const char *case_row_field_name(int f);

#endif
