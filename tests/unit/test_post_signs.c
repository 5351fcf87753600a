/* test_post_signs.c - numbers and links of posts in every writing that was thought of, ordinary texts that must pass, names as they are read, and that any bytes are taken. */
#include "tests/test.h"
#include "base/rng.h"
#include "gateway/post_signs.h"

static const struct {
	const char *in, *out;
} numbers[] = {
	{ "13900000001", "139********" },
	{ "139 0000 0001", "139 **** ****" },
	{ "1.3.9.0.0.0.0.0.0.0.1", "1.3.9.*.*.*.*.*.*.*.*" },
	{ "139/0000/0001", "139/****/****" },
	{ "139_0000_0001", "139_****_****" },
	{ "139·0000·0001", "139·****·****" },
	{ "139,0000,0001", "139,****,****" },
	{ "139、0000、0001", "139、****、****" },
	{ "139 . . . 0000 - - - 0001", "139 . . . **** - - - ****" },
	{ "139\n0000\n0001", "139\n****\n****" },
	{ "①③⑨⓪⓪⓪⓪⓪⓪⓪①", "①③⑨＊＊＊＊＊＊＊＊" },
	{ "❶❸❾⓿⓿⓿⓿⓿⓿⓿❶", "❶❸❾＊＊＊＊＊＊＊＊" },
	{ "⑬900000001", "⑬9********" },
	{ "一三九零零零零零零零一", "一三九＊＊＊＊＊＊＊＊" },
	{ "幺三九〇〇〇〇〇〇〇幺", "幺三九＊＊＊＊＊＊＊＊" },
	{ "壹叁玖零零零零零零零壹", "壹叁玖＊＊＊＊＊＊＊＊" },
	{ "1三9零0〇0零00一", "1三9＊*＊*＊**＊" },
	{ "１３９００００００００１", "１３９＊＊＊＊＊＊＊＊＊" },
	{ "１３９．００００．０００１", "１３９．＊＊＊＊．＊＊＊＊" },
	{ "139。0000。0001", "139。****。****" },
	{ "139点0000点0001", "139点****点****" },
	{ "1️⃣3️⃣9️⃣0️⃣0️⃣0️⃣0️⃣0️⃣0️⃣0️⃣1️⃣",
	  "1️⃣3️⃣9️⃣*️⃣*️⃣*️⃣*️⃣*️⃣*️⃣*️⃣*️⃣" },
	{ "¹³⁹⁰⁰⁰⁰⁰⁰⁰¹", "¹³⁹＊＊＊＊＊＊＊＊" },
	{ "0532-83678888", "053*-********" },
	{ "微信号8367888", "微信号836****" },
	{ "110 139 0000 0001", "110 *** **** ****" },
	{ "2026-11-26 139 0000 0001", "202*-**-** *** **** ****" },
	{ "1990-12-31 678", "199*-**-** ***" },
	{ "13:50 01:23 456", "13:5* **:** ***" },
	{ "11010119900307002X", "110***************" },
	{ "192.168.100.200", "192.***.***.***" },
	{ "20261126", "202*****" },
	{ "138O013800O", "138********" },
	{ "138OO\ufe0f138OOO", "138**\ufe0f******" }, /* with a selector of a variant in it, */
	{ "138O\u0301O138OOO", "138*\u0301*******" }, /* an accent, */
	{ "138O\u034fO138OOO", "138*\u034f*******" }, /* a joiner, */
	{ "13\u115f8OO138OOO", "13\u115f8********" }, /* a filler */
	{ "38OO138OO\u04cf", "38O******\uff0a" },
	{ "138o0138ooo", "138********" },
	{ "l3800138000", "l38********" },
	{ "I38OOl38OOO", "I38********" },
	{ "l39OOOOOOOl", "l39********" },
	{ "微信138O013800O加我", "微信138********加我" },
	{ "(138O013800O)", "(138********)" },
	{ "**138O013800O**", "**138**********" },
	{ "138ОО138ооо", "138＊＊***＊＊＊" }, /* Cyrillic */
	{ "138ΟΟ138οοο", "138＊＊***＊＊＊" }, /* Greek */
	{ "ｌ３８Ｏ０１３８ＯＯｏ", "ｌ３８＊＊＊＊＊＊＊＊" },
	{ "一三八O零一三八OOO", "一三八*＊＊＊＊***" },
	{ "0532-83O78OO8", "053*-********" },
	{ "110 l38OO138OOO", "110 ***********" },
	{ "abc1380013800O", "abc138*******O" }, /* another letter is in the word */
	{ "|3800138000", "|380*******" },
};

static const char *const innocent[] = {
	"",
	"123456",
	"请拨打110、96110、12381。",
	"110, 96110, 12381",
	"96110 是反诈劝阻专线，12381 发短信提醒，95588 是工行客服",
	"第1、2、3条",
	"第一、二、三、四、五、六、七条",
	"1、2、3、4、5、6、7、8",
	"客服电话 400-669-5566",
	"2026-11-26",
	"2026.11.26",
	"2026/11/26 9:30",
	"2026年11月26日 09:30-11:30",
	"二〇二六年十一月二十六日",
	"9:00-11:30",
	"损失3000元，又转5000元",
	"每月3000-5000元",
	"1,234,567.89元",
	"¥12,800.50",
	"12345.67元",
	"骗走三千二百元",
	"三八妇女节、五四青年节",
	"100个人里有99个",
	"a.b",
	"Thank you. It was OK. No.1",
	"好的。OK",
	"下午3点AM",
	"你好.Hello",
	"ISO9001",
	"通过ISO9OO1认证",
	"COVID-19",
	"No. 10",
	"WiFi 6",
	"O2O",
	"O2O 2026",
	"H2O CO2 I2C",
	"鲁O12345",
	"鲁BO1234",
	"京AOO123I，鲁O·l2345",
	"I5-12400",
	"Illinois 60601",
	"IOI 2026-11-26",
	"lololololol",
	"lololololol1",
	"OOOOOOOO",
	"5l、10l、20l、50l",
	"100l、200l",
	"1l*12",
	"110|96110|12381",
	"1|2|3|4|5|6|7|8",
	"二OO八年五月十二日",
	"2OO8-O5-12",
	"ГО12345О",
	"ΟΔΟ12345",
	"oO0Oo0oO0x1",
	"l2345O",
	"Lo12345",
	"él23456",
};

static const char *const links[] = {
	"http://evil.example/a",
	"https:/evil.c",
	"http:evil",
	"HTTPS：／／ＥＶＩＬ",
	"h t t p : //x",
	"www.evil",
	"ｗｗｗ．ｅｖｉｌ",
	"example.com",
	"example。com",
	"ｅｘａｍｐｌｅ．ｃｏｍ",
	"example点com",
	"example 点 com",
	"example . com",
	"example. com",
	"ⓔⓥⓘⓛ.ⓒⓞⓜ",
	"evil｡com",
	"看这里：骗子.com",
	"骗子。com",
	"例子.中国",
	"t.me/abc",
	"a@b.example",
};

static struct buf out;

static void test_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		buf_clear(&out);
		post_mask(text_z(numbers[i].in), &out);
		if (!post_number_in(text_z(numbers[i].in)) || !text_eq(buf_view(&out), text_z(numbers[i].out)))
			fail_msg("%s became %.*s and not %s", numbers[i].in, (int)out.n, out.p, numbers[i].out);
	}
}

static void test_innocent(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(innocent); i++) {
		buf_clear(&out);
		post_mask(text_z(innocent[i]), &out);
		if (post_number_in(text_z(innocent[i])) || !text_eq(buf_view(&out), text_z(innocent[i])))
			fail_msg("%s became %.*s", innocent[i], (int)out.n, out.p);
		if (post_link_in(text_z(innocent[i])))
			fail_msg("a link in: %s", innocent[i]);
	}
}

static void test_links(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(links); i++)
		if (!post_link_in(text_z(links[i])))
			fail_msg("no link in: %s", links[i]);
}

static void test_read(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "公 安 局", "公安局" },  { "公·安-局", "公安局" }, { "Ａｄｍｉｎ", "admin" },     { "a.d.m.i.n", "admin" },
		{ "九六一一〇", "96110" }, { "①①⓪", "110" },         { "海边的人 2", "海边的人2" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		buf_clear(&out);
		post_read(text_z(cases[i].in), &out);
		if (!text_eq(buf_view(&out), text_z(cases[i].out)))
			fail_msg("%s is read as %.*s", cases[i].in, (int)out.n, out.p);
	}
}

/* Any bytes; and what is masked is found no more than before, and keeps everything that is no digit. */
static void test_anything(void **state)
{
	static const char *const parts[] = { "1", "3", "①",  "⑫",  "九",  "。", ".", " ",  "-", "a", "元",   "\xff", "\xe4",
		                                 "x", ":", "09", "点", "www", "O",  "l", "ｏ", "О", "|", "138O", "*" };
	struct rng r;
	char z[256];

	(void)state;
	rng_seed(&r, test_seed(7));
	for (uint32_t i = 0; i < 20000; i++) {
		size_t n = 0, want = rng_below(&r, 60);

		for (size_t k = 0; k < want; k++)
			n += (size_t)snprintf(z + n, sizeof(z) - n, "%s", parts[rng_below(&r, ARRAY_LEN(parts))]);
		buf_clear(&out);
		post_mask(text_of(z, n), &out);
		assert_int_equal(out.err, ERR_OK);
		assert_int_equal(text_eq(buf_view(&out), text_of(z, n)), !post_number_in(text_of(z, n)));
		if (post_number_in(buf_view(&out)))
			fail_msg("%.*s became %.*s", (int)n, z, (int)out.n, out.p);
		(void)post_link_in(text_of(z, n));
		buf_clear(&out);
		post_read(text_of(z, n), &out);
	}
}

static int begin(void **state)
{
	(void)state;
	buf_init(&out, 4096);
	return 0;
}

static int end(void **state)
{
	(void)state;
	buf_release(&out);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers), cmocka_unit_test(test_innocent), cmocka_unit_test(test_links),
		cmocka_unit_test(test_read),    cmocka_unit_test(test_anything),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
