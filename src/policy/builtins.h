/* builtins.h - scalar functions of the policy language: one block each in builtins.c, one line in this list.
 *
 * A builtin is pure: from the numbers of its arguments (and, for functions of a text, the bytes of the event's field) to
 * one number. Missing in, missing out, unless it says otherwise. */
#ifndef DUANKA_POLICY_BUILTINS_H
#define DUANKA_POLICY_BUILTINS_H
#include "base/clock.h"
#include "base/hash.h"
#include "event/schema.h"

/* X(id, name, signature, one line for the reference, the same in Chinese) */
#define BUILTINS(X)                                                                                                \
	X(HOUR, "hour", "time zone? -> number", "local hour 0..23 of an instant, in the named or default zone",        \
	  "当地小时，0 至 23")                                                                                         \
	X(WEEKDAY, "weekday", "time zone? -> number", "1 = Monday ... 7 = Sunday, local", "星期，1 为周一，7 为周日")  \
	X(CLOCK, "clock", "time zone? -> duration", "time of day since local midnight", "当地零点以来的时长")          \
	X(ABS, "abs", "any -> same", "absolute value", "绝对值")                                                       \
	X(ROUND, "round", "real -> whole", "nearest whole value of the same measure, halves away from zero",           \
	  "四舍五入取整")                                                                                              \
	X(LEAST, "least", "any any -> same", "the smaller of two; missing if either is", "两者较小者，任一缺失则缺失") \
	X(GREATEST, "greatest", "any any -> same", "the larger of two; missing if either is",                          \
	  "两者较大者，任一缺失则缺失")                                                                                \
	X(LENGTH, "length", "field -> number", "characters (code points) of a text field", "文本字段的字数")           \
	X(CONTAINS, "contains", "field constant -> bool", "whether a text field contains the constant, byte for byte", \
	  "文本字段是否含有给定文字")                                                                                  \
	X(STARTS_WITH, "starts_with", "field constant -> bool", "whether a text field starts with the constant",       \
	  "文本字段是否以给定文字开头")                                                                                \
	X(TEMPLATE, "template", "field -> text",                                                                       \
	  "the text without digits, blanks, punctuation, symbols and links: equal for "                                \
	  "messages made from one template",                                                                           \
	  "去掉数字、空格、标点、符号和链接后的文本，同一模板的短信相同")

enum builtin {
#define X(id, name, sig, doc, doc_zh) BUILTIN_##id,
	BUILTINS(X)
#undef X
	BUILTIN_COUNT
};

/* What a call sees. For functions of a field, bytes[i] is the text of argument i (field or constant). */
struct builtin_args {
	union value v[3];
	struct text bytes[3];
	const struct zone *zone;    /* HOUR, WEEKDAY, CLOCK */
	const struct hash_key *key; /* for TEMPLATE's fingerprint */
	bool real;                  /* the arguments (ABS, LEAST, GREATEST) are real */
};
union value builtin_eval(enum builtin f, const struct builtin_args *a);
/* What template(t) keeps of t, into out (EVENT_TEXT_MAX bytes); returns how many. Also the tests' SQL function. */
size_t builtin_template(struct text t, char *out);

const char *builtin_name(enum builtin f);
int builtin_find(struct text name); /* -1: none */

#endif
