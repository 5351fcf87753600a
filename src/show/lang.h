/* lang.h - the two languages that people read. Every fixed text of the commands stands once in this list, in both. */
#ifndef DUANKA_SHOW_LANG_H
#define DUANKA_SHOW_LANG_H
#include "base/text.h"

enum lang {
	LANG_EN,
	LANG_ZH
};

/* X(id, English, Chinese) */
#define WORDS(X)                                                                                                      \
	X(EVENTS_READ, "records read", "读取记录")                                                                        \
	X(ACCEPTED, "accepted", "接受")                                                                                   \
	X(QUARANTINED, "quarantined", "隔离")                                                                             \
	X(SKIPPED, "skipped by mapping", "映射跳过")                                                                      \
	X(ALERTS, "alerts", "预警")                                                                                       \
	X(BY_REASON, "Quarantine, by reason", "隔离原因")                                                                 \
	X(BY_RULE, "Alerts, by rule", "各规则预警")                                                                       \
	X(SUSPECTS, "Busiest suspects", "重点可疑对象")                                                                   \
	X(LIMITS, "Limits that were met", "触及的上限")                                                                   \
	X(LIMIT_EVICTED, "events evicted from full windows", "从满窗口移出的事件")                                        \
	X(LIMIT_REFUSED, "events refused by full windows", "被满窗口拒绝的事件")                                          \
	X(LIMIT_SKETCHED, "events left to a sample", "改用抽样的事件")                                                    \
	X(LIMIT_MEMORY, "events without room in windows (raise --state-max)", "窗口内存不足的事件（请增大 --state-max）") \
	X(UNKNOWN_KEYS, "keys that no field uses", "未使用的键")                                                          \
	X(TIME, "time", "用时")                                                                                           \
	X(STATE, "memory for windows and entities", "窗口与实体占用内存")                                                 \
	X(PER_SECOND, "records a second", "条/秒")                                                                        \
	X(SHADOW, "shadow", "影子")                                                                                       \
	X(SUPPRESSED, "repeats held back", "重复未报")                                                                    \
	X(EXEMPTED, "exempted", "豁免")                                                                                   \
	X(SCORE, "score", "评分")                                                                                         \
	X(NONE, "none", "无")                                                                                             \
	X(FIRST_AT, "first at", "首条在")                                                                                 \
	X(INTERRUPTED, "Interrupted: this is the result so far.", "已中断：以下为截至目前的结果。")                       \
	X(ALERTS_IN, "alerts in", "预警文件")                                                                             \
	X(QUARANTINE_IN, "quarantine in", "隔离文件")                                                                     \
	X(RULE_AS_WRITTEN, "The rule as written", "规则原文")                                                             \
	X(COMPARED, "What it compared", "比较的值")                                                                       \
	X(WINDOWS, "What stood in its windows", "窗口中的事件")                                                           \
	X(MEASURES, "Proposed measures", "建议措施")                                                                      \
	X(BASIS, "basis", "依据")                                                                                         \
	X(ABOUT, "about", "对象")                                                                                         \
	X(WHEN, "when", "时间")                                                                                           \
	X(WHERE, "where", "位置")                                                                                         \
	X(WHY, "why", "原因")                                                                                             \
	X(SOURCE, "origin", "出处")                                                                                       \
	X(DECISION, "decision", "决定")                                                                                   \
	X(EVENT, "event", "事件")                                                                                         \
	X(NOTIFY, "notify", "通知")                                                                                       \
	X(HOLDS, "holds", "成立")                                                                                         \
	X(FAILS, "does not hold", "不成立")                                                                               \
	X(UNKNOWN, "unknown", "未知")                                                                                     \
	X(OLDER, "older ones not kept", "更早的未保留")                                                                   \
	X(FLAG_EVICTED, "incomplete: the window was full and its oldest events were evicted",                             \
	  "不完整：窗口已满，最旧事件被移出")                                                                             \
	X(FLAG_REFUSED, "incomplete: the window was full and refused events", "不完整：窗口已满，部分事件被拒绝")         \
	X(FLAG_SKETCH, "estimated from a sample: the window was over its cap", "抽样估计：窗口超过上限")

enum word {
#define X(id, en, zh) WORD_##id,
	WORDS(X)
#undef X
	WORD_COUNT
};

const char *word(enum lang l, enum word w);
/* From LC_ALL, LC_MESSAGES, LANG, in this order: zh... is Chinese, everything else English. */
enum lang lang_of_environment(void);
bool lang_parse(const char *z, enum lang *out);
/* Columns a text takes on a terminal: wide characters take two. */
size_t lang_width(struct text t);

#endif
