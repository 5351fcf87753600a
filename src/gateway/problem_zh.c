/* problem_zh.c - what problems say, in Chinese, by the English: their titles here, their details in
 * problem_zh_details.c, and those that a format puts together in problem_zh_patterns.c. The English is the key, so that
 * what is said stands where it is said and nowhere else; tests/e2e/problems_zh.sh follows every literal and every format
 * that comes to be a title or a detail, and fails on one that has no Chinese here, and on what nobody says any more. What
 * has both languages in one needs none. Sorted by the bytes of the English: what a search needs. */
#include "gateway/problem_zh_int.h"
#include "gateway/problem_zh.h"
#include <stdlib.h>
#include <string.h>

enum {
	ZH_BYTES_MAX = 1 << 14, /* of a detail; a longer one stays English */
	DEPTH_MAX = 2           /* from here on, what stands in a place is no pattern */
};

const struct problem_words problem_titles[] = {
	{ "\"fields\" is a list of names", "\"fields\" 应为字段名列表" },
	{ "\"object\" is the id of an object", "\"object\" 应为业务编号" },
	{ "\"step\" names the step that makes the object", "\"step\" 应为新建业务对象的步骤名" },
	{ "A client certificate is needed", "须有客户端证书" },
	{ "A limit is met", "已达上限" },
	{ "A person has to say this", "须由本人登录办理，密钥不行" },
	{ "A reason is needed", "须填写事由" },
	{ "A snapshot is being written", "正在写快照" },
	{ "A valid key is needed", "须有有效密钥" },
	{ "Another change is on its way", "另一项变更正在进行" },
	{ "Another policy came in between", "其间策略已变更" },
	{ "How messages fare can't be read now", "暂时无法读取消息收发情况" },
	{ "Idempotency-Key is not usable", "Idempotency-Key 不可用" },
	{ "If-Match is not usable", "If-Match 不可用" },
	{ "It was decided already", "已经决定过" },
	{ "It was decided meanwhile", "其间已有人决定" },
	{ "It was walked, but what came of it can't be kept", "已核对，但结果无法保存" },
	{ "Keys can't be changed here", "此处不能变更密钥" },
	{ "Method not allowed", "不支持此方法" },
	{ "No decision stands at this position", "此序号没有决定" },
	{ "No session can begin now", "暂时无法建立会话" },
	{ "No such alert", "没有此警报" },
	{ "No such decision", "没有此决定" },
	{ "No such entity", "没有此实体" },
	{ "No such job", "没有此任务" },
	{ "No such key", "没有此密钥" },
	{ "No such key can be made", "不能生成这样的密钥" },
	{ "No such list", "没有此名单" },
	{ "No such message", "没有此消息" },
	{ "No such path", "没有此地址" },
	{ "No such picture", "没有此图片" },
	{ "No such policy", "没有此策略" },
	{ "No such proposal", "没有此提案" },
	{ "No such record", "没有此记录" },
	{ "No such rule", "没有此规则" },
	{ "No such session", "没有此会话" },
	{ "Not now, or not you", "当前状态不允许，或不由您办理" },
	{ "Not ready", "尚未就绪" },
	{ "Nothing can be reloaded", "没有可重新载入的设置" },
	{ "Nothing is known of this token", "没有此令牌的记录" },
	{ "Nothing was changed", "没有任何变更" },
	{ "Out of memory", "内存不足" },
	{ "Private matching is between organisations", "隐私求交只在单位之间进行" },
	{ "Proposals are not kept here", "此处不保存提案" },
	{ "Say which version of the object you have seen", "须说明所见对象的版本" },
	{ "Some entries are wrong", "部分条目有误" },
	{ "Something of it can't be read now", "部分内容暂时无法读取" },
	{ "Something of the answer can't be read now", "部分结果暂时无法读取" },
	{ "Texts and identifiers can't be kept now", "暂时无法保存文本和标识" },
	{ "The address is not usable", "地址不可用" },
	{ "The address is too long", "地址过长" },
	{ "The alerts can't be read", "无法读取警报" },
	{ "The answer could not be noted", "结果无法记录" },
	{ "The batch has more events than this organisation may send at once", "一次发送的事件超过本单位上限" },
	{ "The body is not what this path takes", "请求内容不符合此接口" },
	{ "The body is too large", "请求内容过大" },
	{ "The check can't be made now", "暂时无法核查" },
	{ "The client certificate is another organisation's", "客户端证书属于另一单位" },
	{ "The credentials can't be read now", "暂时无法读取凭据" },
	{ "The credentials can't be used now", "暂时无法使用凭据" },
	{ "The credentials can't be written now", "暂时无法写入凭据" },
	{ "The desk can't be used now", "业务台暂时不可用" },
	{ "The desk does not know who asks", "业务台不认识请求人" },
	{ "The desk's registry can't be read now", "暂时无法读取台账" },
	{ "The dictionary can't be used", "令牌词典不可用" },
	{ "The entry is damaged", "该条目已损坏" },
	{ "The event could not be journaled", "事件无法写入日志" },
	{ "The event was not taken", "事件未接收" },
	{ "The event was taken, but the quarantine can't be written", "事件已接收，但隔离区无法写入" },
	{ "The file can't be checked for viruses now", "暂时无法对文件查毒" },
	{ "The file can't be kept now", "暂时无法保存文件" },
	{ "The file can't be read", "无法读取文件" },
	{ "The form can't be read", "无法读取表单" },
	{ "The journal can't be read", "无法读取日志" },
	{ "The journal can't be read or written", "无法读写日志" },
	{ "The journal can't be written", "无法写入日志" },
	{ "The key is revoked in the file, but still good here", "密钥已在文件中吊销，但此处仍有效" },
	{ "The keys file can't be used", "密钥文件不可用" },
	{ "The keys file can't be written", "无法写入密钥文件" },
	{ "The message does not end there", "消息在此处没有结束" },
	{ "The message is not in a state for this", "消息当前状态不允许此操作" },
	{ "The message is wrong and was removed", "消息有误，已移除" },
	{ "The month is not over", "当月尚未结束" },
	{ "The organisation's secret can't be read", "无法读取该单位的密钥" },
	{ "The picture can't be read", "无法读取图片" },
	{ "The policy can't be read", "无法读取策略" },
	{ "The policy has just changed", "策略刚刚变更" },
	{ "The policy is too large", "策略过大" },
	{ "The policy is wrong", "策略有错误" },
	{ "The policy's windows do not fit into memory", "策略的窗口超出内存" },
	{ "The proposal's texts are damaged", "提案文本已损坏" },
	{ "The proposal's texts are not those that were proposed", "提案文本与提出时不一致" },
	{ "The proposals can't be read or written", "无法读写提案" },
	{ "The quarantine can't be read", "无法读取隔离区" },
	{ "The quarantine can't be used", "隔离区不可用" },
	{ "The quarantine can't be written", "无法写入隔离区" },
	{ "The queue is full", "队列已满" },
	{ "The reason is too long", "事由过长" },
	{ "The record is damaged", "记录已损坏" },
	{ "The record of this decision has expired", "此决定的记录已过期" },
	{ "The registry can't be read", "无法读取台账" },
	{ "The report can't be kept now", "暂时无法保存报告" },
	{ "The request can be read in two ways", "请求有歧义" },
	{ "The request does not come from the desk's own page", "请求不是来自本系统页面" },
	{ "The request does not prove that it comes from the desk's own page", "请求未能证明来自本系统页面，请刷新" },
	{ "The request is wrong", "请求有误" },
	{ "The rule has this mode already", "规则已是此状态" },
	{ "The schema does not extend the one in force", "新结构不是现行结构的扩展" },
	{ "The service is overloaded or stopping", "服务过载或正在停止" },
	{ "The service is stopping", "服务正在停止" },
	{ "The service is stopping or out of memory", "服务正在停止或内存不足" },
	{ "The service stops, or the journal can't be written", "服务正在停止，或日志无法写入" },
	{ "The session can't be ended now", "暂时无法结束会话" },
	{ "The session can't be read or written", "无法读写会话" },
	{ "The sheet is too large", "报表过大" },
	{ "The signature is not right", "签名不正确" },
	{ "The snapshot could not be written", "快照写入失败" },
	{ "The text is gone", "文本已不在" },
	{ "The verdict is journaled, but the desk's registry can't be brought up to date",
	  "反馈已记入日志，但台账暂时无法更新" },
	{ "There are no entries", "没有条目" },
	{ "There are too many entries", "条目过多" },
	{ "There is no console here", "此服务未启用控制台" },
	{ "There is no desk here", "此服务未启用业务台" },
	{ "There is no private matching here", "此服务未启用隐私求交" },
	{ "There is no room for another key", "密钥数量已达上限" },
	{ "There is no room for more files", "文件空间已满" },
	{ "There is no such kind of entity", "没有此类实体" },
	{ "There is no such kind of message", "没有此类消息" },
	{ "There is no such path", "没有此地址" },
	{ "There is no such person, card or account", "没有此人、卡或账户" },
	{ "There is no such state", "没有此状态" },
	{ "These are more than one answer counts", "数量超过一次可统计的上限" },
	{ "These are no terms of a matching", "求交条款不合格式" },
	{ "These figures are not for you", "您无权查看这些数字" },
	{ "These moves are not in the talk", "对话中没有这些选项" },
	{ "This is for sessions", "须登录办理" },
	{ "This is no identifier of that kind", "标识格式与类别不符" },
	{ "This is no message of the case platform", "不是案件平台报文" },
	{ "This is no message's id", "不是消息编号" },
	{ "This is no object's id", "不是业务编号" },
	{ "This is no receipt", "不是回执号" },
	{ "This is no report of plays", "不是播放记录" },
	{ "This is not a token", "不是令牌" },
	{ "This is not for you", "您无权办理" },
	{ "This key may not do that", "此密钥无此权限" },
	{ "This organisation has no such connector", "该单位没有此接口" },
	{ "This organisation may not see that", "本单位无权查看" },
	{ "This organisation sends more than it may", "本单位发送超过限额" },
	{ "This record was dropped", "此记录已丢弃" },
	{ "This record was mended", "此记录已修复" },
	{ "This result does not fit the command", "结果与命令不符" },
	{ "This user's roles may not do that", "您的角色无此权限" },
	{ "Too large for the journal", "超过日志记录上限" },
	{ "Too many alerts", "警报过多" },
	{ "Too many jobs wait", "排队任务过多" },
	{ "Too many log in at this moment", "当前登录人数过多，请稍后再试" },
	{ "Too many proposals wait, or this one is too large", "待批提案过多，或此提案过大" },
	{ "Too many requests without a valid key came from this address", "此地址无效请求过多" },
	{ "Too many streams are open", "打开的实时连接过多" },
	{ "Too many tokens were asked for", "查询令牌过多" },
	{ "What is hidden can't be read now", "暂时无法读取隐藏内容" },
	{ "What the last walk came to can't be read", "无法读取上次核对结果" },
	{ "Whom this alert is about is not yours to know", "您无权知道此警报的对象" },
	{ "X-Budget-Ms is not usable", "X-Budget-Ms 不可用" },
	{ "You don't speak for your organisation", "您不能代表本单位" },
	{ "Your roles do not send messages again", "您的角色不能重发消息" },
};
const size_t problem_titles_n = sizeof(problem_titles) / sizeof(problem_titles[0]);

static int by_english(const void *key, const void *words)
{
	const struct text *en = key;

	return text_cmp(*en, text_z(((const struct problem_words *)words)->en));
}

static const char *find(struct text en, const struct problem_words *words, size_t n)
{
	const struct problem_words *w = bsearch(&en, words, n, sizeof(*words), by_english);

	return w == NULL ? NULL : w->zh;
}

/* ---- what a format put together ---- */

/* The words of a pattern up to its next place; *pattern: NULL behind the last. */
static struct text words_of(const char **pattern)
{
	struct text words = text_z(*pattern);
	const char *place = strstr(*pattern, "{}");

	if (place != NULL)
		words.n = (size_t)(place - *pattern);
	*pattern = place == NULL ? NULL : place + 2;
	return words;
}

static const char *last_in(struct text t, struct text words)
{
	const char *at = t.n < words.n ? NULL : t.p + (t.n - words.n);

	return at != NULL && memcmp(at, words.p, words.n) == 0 ? at : NULL;
}

bool problem_zh_fits(struct text en, const char *pattern, struct text place[PLACES_MAX])
{
	struct text words = words_of(&pattern);
	const char *at = text_starts(en, words) ? en.p : NULL;

	while (at != NULL && pattern != NULL) {
		en = text_of(at + words.n, en.n - (size_t)(at - en.p) - words.n);
		words = words_of(&pattern);
		at = pattern == NULL ? last_in(en, words) : memmem(en.p, en.n, words.p, words.n);
		if (at != NULL)
			*place++ = text_of(en.p, (size_t)(at - en.p));
	}
	return at != NULL;
}

/* depth: how often it is the text in a place of another. */
static bool detail_zh(struct text en, unsigned depth, struct buf *zh);

static void put_pattern(struct buf *zh, const char *words, const struct text place[PLACES_MAX], unsigned depth)
{
	size_t n;

	while (words[n = strcspn(words, "{<")] != '\0') {
		struct text x = place[words[n + 1] - '1'];

		buf_add(zh, words, n);
		if (words[n] == '{' || !detail_zh(x, depth + 1, zh))
			buf_text(zh, x);
		words += n + 3;
	}
	buf_z(zh, words);
}

static bool detail_zh(struct text en, unsigned depth, struct buf *zh)
{
	const char *literal = find(en, problem_details, problem_details_n);
	struct text place[PLACES_MAX];
	size_t i = 0;

	if (literal != NULL) {
		buf_z(zh, literal);
		return true;
	}
	while (i < problem_patterns_n && !problem_zh_fits(en, problem_patterns[i].en, place))
		i++;
	if (i == problem_patterns_n || depth == DEPTH_MAX)
		return false;
	put_pattern(zh, problem_patterns[i].zh, place, depth);
	return true;
}

/* ---- telling ---- */

static void put(struct buf *b, const char *name, struct text en, struct text zh)
{
	buf_printf(b, "\"%s\":", name);
	buf_json(b, en);
	if (zh.n > 0) {
		buf_printf(b, ",\"%s_zh\":", name);
		buf_json(b, zh);
	}
}

const char *problem_title_zh(struct text en)
{
	return find(en, problem_titles, problem_titles_n);
}

bool problem_detail_zh(struct text en, struct buf *zh)
{
	return detail_zh(en, 0, zh);
}

void problem_title(struct buf *b, const char *title)
{
	const char *zh = problem_title_zh(text_z(title));

	put(b, "title", text_z(title), text_z(zh == NULL ? "" : zh));
}

void problem_detail(struct buf *b, struct text detail)
{
	struct buf zh;

	buf_init(&zh, ZH_BYTES_MAX);
	problem_detail_zh(detail, &zh);
	put(b, "detail", detail, zh.err == ERR_OK ? buf_view(&zh) : TEXT(""));
	buf_release(&zh);
}
