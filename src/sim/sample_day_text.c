/* sample_day_text.c - what the messages say: templates with a few changing parts.
 *
 * The fraudulent ones change digits, blanks, symbols and lookalike words from one receiver to the next, as the real
 * ones do to pass filters. Every text is invented. */
#include "sim/sample_day_int.h"
#include "base/hash.h"

static uint32_t pick(int64_t variant, uint32_t salt, uint32_t n)
{
	return (uint32_t)(hash_mix((uint64_t)variant * 31 + salt) % n);
}

static void chat(int64_t v, struct buf *out)
{
	static const char *const say[] = {
		"到家了吗",   "晚上一起吃饭吧", "好的，收到", "明天几点开会", "快递帮我拿一下",
		"孩子接到了", "路上堵车，晚到", "周末回来吗", "药记得按时吃", "钱转你了，查一下"
	};
	static const char *const end[] = { "", "～", "！", "，谢谢", "。", " 好吗" };
	buf_z(out, say[pick(v, 1, ARRAY_LEN(say))]);
	buf_z(out, end[pick(v, 2, ARRAY_LEN(end))]);
}

static void loan(int64_t v, struct buf *out)
{
	static const char *const greet[] = { "【极速贷】", "【极 速 贷】", "【极速贷★】" };
	static const char *const face[] = { "☆", "◆", "🔥", "✅", "" };
	buf_z(out, greet[pick(v, 1, ARRAY_LEN(greet))]);
	buf_printf(out, "尊敬的用户%s您有%u元额度待领取，免抵押当天到账%s详询客服%04u", face[pick(v, 2, 5)],
	           20000 + 1000 * pick(v, 3, 180), face[pick(v, 4, 5)], pick(v, 5, 10000));
}

static void task(int64_t v, struct buf *out)
{
	static const char *const face[] = { "", "→", "●", "!!", "❤" };
	buf_printf(out, "手机兼职%s动动手指日结%u元，佣金秒到%s加群编号%u", face[pick(v, 1, 5)], 200 + 10 * pick(v, 2, 60),
	           face[pick(v, 3, 5)], 100000 + pick(v, 4, 900000));
}

static void refund(int64_t v, struct buf *out)
{
	buf_printf(out, "【商城客服】您的订单%08u商品异常，现需为您双倍退款，请点击链接办理", pick(v, 1, 100000000));
}

void text_body(uint16_t template, int64_t v, struct buf *out)
{
	switch (template) {
	case TEXT_OTP: buf_printf(out, "【银行】验证码%06u，5分钟内有效，请勿告诉他人。", pick(v, 1, 1000000)); break;
	case TEXT_BANK:
		buf_printf(out, "【银行】您尾号%04u的账户发生交易%u.%02u元，如非本人操作请致电客服。", pick(v, 1, 10000),
		           1 + pick(v, 2, 3000), pick(v, 3, 100));
		break;
	case TEXT_PARCEL:
		buf_printf(out, "【驿站】您的包裹已到，取件码%u-%u-%04u", 1 + pick(v, 1, 20), 1 + pick(v, 2, 6),
		           pick(v, 3, 10000));
		break;
	case TEXT_CLINIC:
		buf_printf(out, "【社区医院】提醒您%u:%02u按预约时间就诊。", 8 + pick(v, 1, 9), 15 * pick(v, 2, 4));
		break;
	case TEXT_SHOP:
		buf_printf(out, "【利群】会员日满%u减%u，退订回T", 100 + 100 * pick(v, 1, 3), 10 + 10 * pick(v, 2, 3));
		break;
	case TEXT_FESTIVAL: buf_z(out, "祝您和家人元宵节快乐，万事如意！"); break;
	case TEXT_LOAN: loan(v, out); break;
	case TEXT_TASK: task(v, out); break;
	case TEXT_REFUND: refund(v, out); break;
	default: chat(v, out); break;
	}
}

void text_url(uint16_t template, int64_t v, struct buf *out)
{
	(void)v;
	if (template == TEXT_LOAN)
		buf_z(out, "http://jisudai-ap.example/d");
	else if (template == TEXT_REFUND)
		buf_z(out, "http://kefu-tuikuan.example/r");
}
