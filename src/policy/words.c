/* words.c - see words.h. */
#include "policy/words.h"
#include "policy/builtins.h"

static const struct policy_word words[] = {
	{ WORD_DECLARATION, "entity", "entity phone { holder: person }", "a kind of thing that appears again and again",
	  "声明一类实体及其属性" },
	{ WORD_DECLARATION, "event", "event call { caller: phone, talk: duration }", "a type of event and its fields",
	  "声明一类事件及其字段" },
	{ WORD_DECLARATION, "list", "list \"name\" of phone from \"file.csv\"", "a list that rules may ask", "声明名单" },
	{ WORD_DECLARATION, "let", "let name = expression", "gives an expression a name", "给表达式命名" },
	{ WORD_DECLARATION, "rule", "rule name on event about field when condition then alert red because \"...\"",
	  "what to look for, and what to propose", "规则：查什么、建议什么" },
	{ WORD_DECLARATION, "exempt", "exempt name on event about field until 2027-01-01 when condition from rule",
	  "whom rules pass over, until when", "豁免：规则在期限内不适用于谁" },
	{ WORD_DECLARATION, "feature", "feature name on event = expression", "a value told for every event of a type",
	  "特征：为每个事件计算的值" },
	{ WORD_DECLARATION, "zone", "zone \"Asia/Shanghai\"", "the time zone of local times", "本地时间所用时区" },
	{ WORD_DECLARATION, "cap", "cap 100000 events per key then evict", "how many events a key may hold",
	  "每个键保存的事件数上限" },
	{ WORD_DECLARATION, "test", "test \"what it shows\" { ... expect rule }", "events, and which rules they must hit",
	  "策略测试：给出事件及应命中的规则" },
	{ WORD_RESERVED, "and", "a and b", "both", "且" },
	{ WORD_RESERVED, "or", "a or b", "one of the two, or both", "或" },
	{ WORD_RESERVED, "not", "not a", "the contrary", "非" },
	{ WORD_RESERVED, "in", "x in list \"name\", x in (a, b)", "is one of", "属于名单或所列各项" },
	{ WORD_RESERVED, "is", "x is missing, x is known", "whether there is a value", "是否有值" },
	{ WORD_RESERVED, "between", "x between a and b", "from a to b, both included", "介于两者之间（含两端）" },
	{ WORD_RESERVED, "else", "a else b", "b where a is missing", "缺失时取后者" },
	{ WORD_RESERVED, "by", "count(call by caller over 1h)", "the key of a window", "按何者分组" },
	{ WORD_RESERVED, "over", "over 1h", "how far back a window reaches", "时间窗口长度" },
	{ WORD_RESERVED, "where", "where condition", "only those events of the window", "仅计满足条件的事件" },
	{ WORD_RESERVED, "excluding", "excluding this", "without the event at hand", "不含当前事件" },
	{ WORD_RESERVED, "of", "distinct(callee of call by caller over 1h)", "of which events; of which kind",
	  "何种事件；何类" },
	{ WORD_RESERVED, "preceded", "preceded by call(callee = caller) within 2h", "an earlier event was there",
	  "此前曾有某事件" },
	{ WORD_RESERVED, "within", "within 2h", "how long before", "在多长时间之内" },
	{ WORD_RESERVED, "when", "when condition", "the condition of a rule", "规则的条件" },
	{ WORD_RESERVED, "then", "then alert red, score 80", "what a rule does", "规则的动作" },
	{ WORD_RESERVED, "this", "this.caller", "the event at hand", "当前事件" },
	{ WORD_RESERVED, "true", "true", "", "真" },
	{ WORD_RESERVED, "false", "false", "", "假" },
	{ WORD_CLAUSE, "live", "rule name live", "its alerts count", "生效：预警计入处置" },
	{ WORD_CLAUSE, "shadow", "rule name shadow", "it only watches", "试运行：只观察不处置" },
	{ WORD_CLAUSE, "off", "rule name off", "it is not asked", "停用" },
	{ WORD_CLAUSE, "on", "on call", "the event of a rule", "针对何种事件" },
	{ WORD_CLAUSE, "about", "about caller", "whom an alert is about", "预警针对谁" },
	{ WORD_CLAUSE, "until", "until 2027-01-01", "when an exemption ends", "豁免到期日" },
	{ WORD_CLAUSE, "from", "from rule, from all", "which rules; which file", "豁免哪些规则；名单取自哪个文件" },
	{ WORD_CLAUSE, "all", "from all", "all rules", "全部规则" },
	{ WORD_CLAUSE, "alert", "alert red", "the grade of the alert", "预警等级" },
	{ WORD_CLAUSE, "score", "score 80", "0 to 1000", "风险分，0 至 1000" },
	{ WORD_CLAUSE, "propose", "propose delay(payee, 24h) basis \"...\"", "a measure, to whom, for how long",
	  "建议措施：对谁、多久" },
	{ WORD_CLAUSE, "basis", "basis \"反电信网络诈骗法第18条\"", "the law that allows the measure", "措施的法律依据" },
	{ WORD_CLAUSE, "notify", "notify \"96110\"", "who is told", "通知谁" },
	{ WORD_CLAUSE, "every", "every 1h", "at most one alert about the same in this time",
	  "同一对象在此时长内至多一条预警" },
	{ WORD_CLAUSE, "because", "because en \"...\" zh \"...\"", "why, with {values}", "理由，可含 {数值}" },
	{ WORD_CLAUSE, "source", "source \"...\"", "where the figures come from", "数据出处" },
	{ WORD_CLAUSE, "scam", "scam \"police\"", "the class of fraud", "诈骗类型" },
	{ WORD_CLAUSE, "sets", "sets phone.holder = person", "what an event sets about an entity", "事件设置实体的属性" },
	{ WORD_CLAUSE, "missing", "x is missing", "there is no value", "缺失" },
	{ WORD_CLAUSE, "known", "x is known", "there is a value", "已知" },
	{ WORD_CLAUSE, "at", "at 2026-03-01 08:00", "when the event of a test happens", "测试事件的时间" },
	{ WORD_CLAUSE, "repeat", "repeat 30 every 10s", "the event again and again", "重复事件" },
	{ WORD_CLAUSE, "has", "list \"name\" has \"13800138000\"", "what a test puts on a list", "测试中放入名单的条目" },
	{ WORD_CLAUSE, "expect", "expect rule about \"...\", expect no rule", "what a test demands", "测试的期望" },
};

/* By enum ring_func. */
static const struct {
	const char *form, *en, *zh;
} aggregates[] = {
	[RING_COUNT] = { "count(event by key over window)", "how many events", "事件数" },
	[RING_SUM] = { "sum(value by key over window)", "sum of known values; 0 if there are none", "合计" },
	[RING_AVG] = { "avg(value by key over window)", "mean; missing if there are none", "平均值" },
	[RING_STDDEV] = { "stddev(value by key over window)", "standard deviation", "标准差" },
	[RING_MIN] = { "min(value by key over window)", "least value", "最小值" },
	[RING_MAX] = { "max(value by key over window)", "greatest value", "最大值" },
	[RING_DISTINCT] = { "distinct(value by key over window)", "how many different values", "不同值的个数" },
	[RING_FIRST] = { "first(value by key over window)", "value of the earliest event", "最早事件的值" },
	[RING_LAST] = { "last(value by key over window)", "value of the latest event", "最近事件的值" },
	[RING_GAP_AVG] = { "gap_avg(event by key over window)", "mean time between neighbours", "相邻事件平均间隔" },
	[RING_GAP_STDDEV] = { "gap_stddev(event by key over window)", "standard deviation of the times between neighbours",
	                      "相邻事件间隔的标准差" },
	[RING_GAP_MIN] = { "gap_min(event by key over window)", "shortest time between neighbours", "相邻事件最短间隔" },
	[RING_GAP_MAX] = { "gap_max(event by key over window)", "longest time between neighbours", "相邻事件最长间隔" },
};
_Static_assert(ARRAY_LEN(aggregates) == RING_FUNC_COUNT, "each function over events has its help");

static const struct policy_function forms[] = {
	{ FUNCTION_AGGREGATE, "share", "share(condition by key over window)", "part of the events where it holds, 0 to 1",
	  "满足条件的事件占比，0 至 1" },
	{ FUNCTION_FORM, "first_time", "first_time(a -> b over window)", "no earlier event with the same two",
	  "窗口内首次出现的一对" },
	{ FUNCTION_FORM, "preceded by", "preceded by event(field = x, condition) within window",
	  "an earlier event with these fields was there", "窗口内此前曾有符合条件的事件" },
	{ FUNCTION_FORM, "age", "age(x)", "time since the entity was opened", "开立至今的时长" },
	{ FUNCTION_FORM, "risk", "risk(x)", "highest score about the entity within 30 days before",
	  "近 30 天该实体的最高风险分" },
	{ FUNCTION_FORM, "clock between", "clock between 22:00 and 06:00 in \"zone\"",
	  "local time of day lies in this span; may pass midnight", "当地时刻在此区间内，可跨零点" },
};

static const struct policy_function scalars[] = {
#define X(id, name, sig, doc, doc_zh) { FUNCTION_SCALAR, name, sig, doc, doc_zh },
	BUILTINS(X)
#undef X
};

const struct policy_word *policy_word(uint32_t i)
{
	return i < ARRAY_LEN(words) ? &words[i] : NULL;
}

const struct policy_function *policy_function(uint32_t i, struct policy_function *room)
{
	if (i < ARRAY_LEN(scalars))
		return &scalars[i];
	i -= ARRAY_LEN(scalars);
	if (i < RING_FUNC_COUNT) {
		*room = (struct policy_function){ FUNCTION_AGGREGATE, policy_func_name((enum ring_func)i), aggregates[i].form,
			                              aggregates[i].en, aggregates[i].zh };
		return room;
	}
	i -= RING_FUNC_COUNT;
	return i < ARRAY_LEN(forms) ? &forms[i] : NULL;
}
