/* city_text.c - templates and the few marks in them: #4 four digits, @4 four digits of the campaign, ~ a decoration or
 * nothing, ^ a blank or nothing. The first digit is never 0. */
#include "sim/city_text.h"
#include "base/hash.h"

struct wording {
	const char *name, *url;
	const char *body[6]; /* spellings: chosen by the campaign for fraud, by the message otherwise */
};

static const struct wording words[TEXTS] = {
	[TEXT_OTP] = { NULL,
	               NULL,
	               { "【银行】验证码#6，5分钟内有效，请勿告诉他人。", "【商城】您的登录验证码是#6，请勿泄露。",
	                 "【出行】验证码#4，用于手机登录，10分钟内有效。" } },
	[TEXT_BANK] = { NULL,
	                NULL,
	                { "【银行】您尾号#4的账户发生交易#3.#2元，如非本人操作请致电客服。",
	                  "【银行】您账户#4于今日消费人民币#2.#2元，余额#4.#2元。",
	                  "【银行】您尾号#4的信用卡本期账单#4.#2元，请按时还款。" } },
	[TEXT_PARCEL] = { NULL,
	                  NULL,
	                  { "【驿站】您的包裹已到，取件码#1-#1-#4", "【快递】您的快件#8正在派送，请保持电话畅通。",
	                    "【驿站】#1-#2-#4取货码，请今日来取。" } },
	[TEXT_CLINIC] = { NULL,
	                  NULL,
	                  { "【社区医院】提醒您#1号诊室按预约时间就诊。", "【医院】您预约的检查在#1楼，请空腹。" } },
	[TEXT_SHOP] = { NULL,
	                "http://dian.example/h",
	                { "【利群】会员日满#300减#2，退订回T", "【超市】本周鲜果#1折起，拒收请回R",
	                  "【商场】积分#4即将到期，请到店兑换，拒收请回R" } },
	[TEXT_BILL] = { NULL,
	                NULL,
	                { "【移动】您本月已用流量#1.#1GB，话费余额#2.#2元。",
	                  "【电力】您户号#8本月电费#3.#2元，请及时缴纳。", "【燃气】户号#7，余额#2.#2元。" } },
	[TEXT_TICKET] = { NULL,
	                  NULL,
	                  { "【铁路】您已购#1月#1日G#3次#1车#1A号。", "【航旅】您的航班已开放值机，座位#2C。" } },
	[TEXT_SCHOOL] = { NULL,
	                  NULL,
	                  { "【学校】#1年级家长会本周五#1点召开，请准时参加。",
	                    "【幼儿园】明日气温下降，请给孩子添衣。" } },
	[TEXT_NOTICE] = { NULL,
	                  NULL,
	                  { "【反诈中心】转账之前多核实，有疑问请拨96110。", "【气象台】今夜有大风，请注意安全。",
	                    "【社区】本周六上午#1点停水，请提前储水。" } },
	[TEXT_CHAT] = { NULL,
	                NULL,
	                { "到家了吗", "晚上一起吃饭吧~", "好的，收到", "快递帮我拿一下，取件码#4", "周末回来吗",
	                  "钱转你了#3，查一下" } },
	[TEXT_FESTIVAL] = { NULL, NULL, { "祝您和家人节日快乐，万事如意！", "新年好！恭喜发财，身体健康！" } },
	[TEXT_LOAN] = { "loan",
	                "http://jisudai-@4.example/d",
	                { "【极^速^贷】~尊敬的用户您有#2000元额度待领取，免抵押当天到账~详询客服#4",
	                  "【闪^电借】~您的额度#1万已批，点击领取，今日#2点前有效~",
	                  "急用钱？~#1分钟放款，无视征信^，回1办理~" } },
	[TEXT_TASK] = { "task",
	                NULL,
	                { "手机兼^职~动动手指日结#3元，佣金秒到~加群编号#6", "招聘点赞员~每单#1-#2元，当天结算~，联系Q#9",
	                  "在家就能做~关注一个#1元^，多劳多得，加V：a#6" } },
	[TEXT_REFUND] = { "refund",
	                  "http://kefu-@4.example/r",
	                  { "【商城客服】您的订单#8商品异常，现需为您双倍退款~，请点击链接办理",
	                    "【快递理赔】您的快件#8丢失~，请点击链接领取#3元赔付",
	                    "【直播会员】将于今日扣费#3元~，取消请联系客服" } },
	[TEXT_CREDIT] = { "credit",
	                  "http://zhengxin-@4.example/x",
	                  { "【征信中心】您的学生贷账户未注销~，将影响征信，请今日处理#4",
	                    "【金融监管】您的百万保障将扣费#3元~，如需关闭请致电#8" } },
	[TEXT_STOCK] = { "stock",
	                 "http://gupiao-@4.example/g",
	                 { "牛^股推荐~老师带单，昨日收益#2%~进群领取代码#6",
	                   "内部消息~新项目日息#1%^，名额#2个，加V：g#6" } },
	[TEXT_POLICE] = { "police",
	                  "http://anquan-@4.example/p",
	                  { "【公安】您涉嫌案件#8，请点击查看通缉令~", "【社保局】您的医保卡将停用~请致电#8核实" } },
	[TEXT_GAME] = { "game",
	                "http://youxi-@4.example/y",
	                { "高价收号~皮肤#1折，账号#6已有人出价#3元", "免费领#3钻石~加Q#9" } },
	[TEXT_GOODS] = { "goods", NULL, { "低价出#2新手机~#3元包邮，加V：m#6", "内部福利~烟酒#1折^，微信#9" } },
	[TEXT_ADVERT] = { "advert", NULL, { "临街旺铺招租#3平~电话#8", "装修全包#3元每平~到店有礼，退订回T" } },
};

int city_text_index(struct text name)
{
	for (int i = TEXT_ORDINARY; i < TEXTS; i++)
		if (text_eq(name, text_z(words[i].name)))
			return i;
	return -1;
}

static const char *const decorations[] = { "", "☆", "◆", "🔥", "✅", "●", "!!", "❤", "" };

struct draw {
	uint64_t message, campaign;
};

static uint64_t next(uint64_t *x)
{
	*x += 0x9e3779b97f4a7c15ULL;
	return hash_mix(*x);
}

static char *digits(char *out, unsigned n, uint64_t r)
{
	*out++ = (char)('1' + r % 9);
	r /= 9;
	for (unsigned k = 1; k < n; k++, r /= 10)
		*out++ = (char)('0' + r % 10);
	return out;
}

static char *fill(char *out, const char *z, struct draw *d)
{
	for (; *z; z++) {
		if ((*z == '#' || *z == '@') && z[1] >= '1' && z[1] <= '9') {
			out = digits(out, (unsigned)(z[1] - '0'), next(*z == '#' ? &d->message : &d->campaign));
			z++;
		} else if (*z == '~') {
			const char *t = decorations[next(&d->message) % ARRAY_LEN(decorations)];
			while (*t)
				*out++ = *t++;
		} else if (*z == '^') {
			if (next(&d->message) & 1)
				*out++ = ' ';
		} else {
			*out++ = *z;
		}
	}
	return out;
}

/* Longest template: 150 bytes; each mark adds at most 9. The unit test fills all of them. */
size_t city_text_body(char *out, int text, uint64_t variant, uint64_t wave)
{
	const struct wording *w = &words[text];
	struct draw d = { variant, wave };
	uint64_t n = 0;

	while (n < ARRAY_LEN(w->body) && w->body[n])
		n++;
	return (size_t)(fill(out, w->body[(text < TEXT_ORDINARY ? next(&d.message) : next(&d.campaign)) % n], &d) - out);
}

size_t city_text_url(char *out, int text, uint64_t variant, uint64_t wave)
{
	struct draw d = { variant, wave };

	return words[text].url ? (size_t)(fill(out, words[text].url, &d) - out) : 0;
}
