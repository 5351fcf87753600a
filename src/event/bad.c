/* bad.c - the texts of bad.h. */
#include "event/bad.h"

static const struct {
	const char *name, *en, *zh;
} reason_text[BAD_REASONS] = {
	[BAD_NONE] = { "none", "nothing is wrong", "没有问题" },
	[BAD_COLUMNS] = { "columns", "wrong number of columns", "列数不对" },
	[BAD_TOO_LONG] = { "too_long", "the record is longer than 65,536 bytes; raw is its beginning",
	                   "记录超过65,536字节；原文只保留开头" },
	[BAD_NUL] = { "nul", "the record holds a NUL byte", "记录中有NUL字节" },
	[BAD_ENCODING] = { "encoding", "the bytes are not in the declared encoding", "字节与声明的字符编码不符" },
	[BAD_QUOTE] = { "quote", "a quoted field does not end, or goes on after its closing quote",
	                "引号没有闭合，或闭合后还有内容" },
	[BAD_JSON] = { "json", "not one flat JSON object", "不是一个平面JSON对象" },
	[BAD_EVENT_TYPE] = { "event_type", "no such event type", "没有这种事件类型" },
	[BAD_MISSING] = { "missing", "a required field is missing", "缺少必填字段" },
	[BAD_UNKNOWN_FIELD] = { "unknown_field", "no such field", "没有这个字段" },
	[BAD_TIME] = { "time", "not a time, or a date that does not exist", "不是时间，或日期不存在" },
	[BAD_TIME_RANGE] = { "time_range", "the time is not between 2000 and 2100", "时间不在2000年至2100年之间" },
	[BAD_TIME_AHEAD] = { "time_ahead", "the time lies further ahead of the service's clock than its --skew allows",
	                     "时间超前于服务时钟，超过 --skew 允许的范围" },
	[BAD_TIME_JUMP] = { "time_jump", "time jumps ahead and the next record goes back",
	                    "时间突然超前，下一条记录又退回" },
	[BAD_LATE] = { "late", "later than the allowed lateness", "迟到超过允许的时限" },
	[BAD_NUMBER] = { "number", "not a whole number", "不是整数" },
	[BAD_NEGATIVE] = { "negative", "a duration cannot be negative", "时长不能为负数" },
	[BAD_RANGE] = { "range", "the value is larger than can be held", "数值超出可容纳的范围" },
	[BAD_AMOUNT] = { "amount", "not an amount: digits with at most two decimals are",
	                 "不是金额：应为数字，最多两位小数" },
	[BAD_IDENT] = { "identifier", "not a valid identifier", "号码或标识的格式不对" },
	[BAD_BOOL] = { "bool", "not a truth value: true, false, yes, no, 1 and 0 are",
	               "不是真假值：应为true、false、yes、no、1或0" },
	[BAD_TEXT] = { "text", "the text is longer than 4,096 bytes", "文本超过4,096字节" },
	[BAD_HEADER] = { "header", "the columns fit no event type; a mapping file is needed",
	                 "各列与任何事件类型都不符，需要映射文件" },
	[BAD_TRUNCATED] = { "truncated", "the compressed data ends early or is damaged; the records before it count",
	                    "压缩数据不完整或已损坏；此前的记录有效" },
	[BAD_READ] = { "read", "the file could not be read on", "文件无法继续读取" },
};

const char *bad_reason_name(enum bad_reason r)
{
	return (unsigned)r < BAD_REASONS ? reason_text[r].name : "unknown";
}

void bad_message_en(struct buf *b, const struct bad *bad)
{
	if (bad->reason == BAD_TIME_JUMP)
		buf_printf(b, "time jumps ahead by %lld days and the next record goes back", (long long)bad->n);
	else if (bad->reason == BAD_COLUMNS && bad->wanted)
		buf_printf(b, "%lld columns where %lld are expected", (long long)bad->n, (long long)bad->wanted);
	else
		buf_z(b, bad->why ? bad->why : reason_text[bad->reason].en);
	if (bad->reason == BAD_READ && bad->n)
		buf_printf(b, ": %s", strerrordesc_np((int)bad->n) ? strerrordesc_np((int)bad->n) : "unknown error");
}

void bad_message_zh(struct buf *b, const struct bad *bad)
{
	if (bad->reason == BAD_TIME_JUMP)
		buf_printf(b, "时间突然超前%lld天，下一条记录又退回", (long long)bad->n);
	else if (bad->reason == BAD_COLUMNS && bad->wanted)
		buf_printf(b, "应有%lld列，实有%lld列", (long long)bad->wanted, (long long)bad->n);
	else
		buf_z(b, reason_text[bad->reason].zh);
}
