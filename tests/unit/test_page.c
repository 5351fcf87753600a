/* test_page.c - whatever a value holds, it stays a value: no tag, no attribute, no other site, and nothing that turns the words around. */
#include "tests/test.h"
#include "base/rng.h"
#include "gateway/page.h"

static struct buf b;

static int init(void **state)
{
	(void)state;
	buf_init(&b, 1 << 20);
	return 0;
}

static int done(void **state)
{
	(void)state;
	buf_release(&b);
	return 0;
}

static void is(const char *want)
{
	buf_char(&b, 0);
	assert_string_equal(b.p, want);
	buf_clear(&b);
}

static void texts(void **state)
{
	(void)state;
	page_text(&b, TEXT("<script>alert('1')</script> & \"x\" `y`"));
	is("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;x&quot; &#96;y&#96;");
	page_text(&b, TEXT("反诈 🙂\xff\xc0\xaf\xed\xa0\x80 a\x01\x7f\r"
	                   "b"));
	is("反诈 🙂\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd ab");
	page_text(&b, TEXT("a\xe2\x80\xae"
	                   "b\xe2\x81\xa6"
	                   "c\xc2\x85"));
	is("abc");
	page_json(&b, TEXT("a\xe2\x80\xae"
	                   "b\"\\\n\x01\xff\xe2\x81\xa6"
	                   "反\xef\xbb\xbf\x7f"));
	is("\"ab\\\"\\\\\\n\xef\xbf\xbd反\"");
	page_member(&b, "title", TEXT("\xe2\x80\xaex"));
	is(",\"title\":\"x\"");
	page_text(&b, text_of("\xe5\x8f", 2)); /* cut off */
	is("\xef\xbf\xbd\xef\xbf\xbd");
	page_paragraphs(&b, TEXT("one\r\ntwo <b>\n\n\n three"));
	is("<p>one<br>\ntwo &lt;b&gt;</p>\n<p>three</p>\n");
	page_paragraphs(&b, TEXT("\n\n"));
	is("");
}

/* What could hide within a number, an address or a name is gone before anybody looks for one. */
static void what_readers_see(void **state)
{
	static const char *const hidden[] = { "\xe2\x80\x8b", "\xe2\x80\x8d", "\xe2\x80\x8e",
		                                  "\xe2\x80\xae", "\xe2\x81\xa0", "\xef\xbb\xbf",
		                                  "\xc2\xad",     "\xc2\x85",     "\r" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(hidden); i++) {
		char z[32];

		snprintf(z, sizeof(z), "138%s1234反", hidden[i]);
		assert_false(page_all_seen(text_z(z)));
		page_seen(&b, text_z(z));
		is("1381234反");
	}
	assert_true(page_all_seen(TEXT("13812345678 <b>反\n🙂")));
}

static void places(void **state)
{
	(void)state;
	page_attr(&b, "value", TEXT("\" onfocus=\"x"));
	is(" value=\"&quot; onfocus=&quot;x\"");
	PAGE_URL(&b, "href", "/zh/board/%/print?q=%&page=%", TEXT("../..//evil.example"), TEXT("a&b=\"<' 反"), TEXT("2"));
	is(" href=\"/zh/board/..%2F..%2F%2Fevil.example/print?q=a%26b%3D%22%3C%27%20%E5%8F%8D&amp;page=2\"");
	PAGE_URL(&b, "src", "/zh/members/%", TEXT(".."));
	is(" src=\"/zh/members/%2E%2E\"");
	PAGE_PATH(&b, "/en/board");
	is("/en/board");
	PAGE_PATH(&b, "/en/board/%", TEXT("x\r\nSet-Cookie: a=b"));
	is("/en/board/x%0D%0ASet-Cookie%3A%20a%3Db");
}

/* No bytes at all give one of the characters that markup is made of, or a text that is not UTF-8. */
static void anything(void **state)
{
	struct rng r;
	char z[64];

	(void)state;
	rng_seed(&r, test_seed(7));
	for (uint32_t i = 0; i < 20000; i++) {
		size_t n = rng_below(&r, sizeof(z) + 1);

		for (size_t k = 0; k < n; k++)
			z[k] =
				(char)(rng_chance(&r, 500000) ? "<>\"'&`/=\n\xe2\x80\xae"[rng_below(&r, 12)] : (int)rng_below(&r, 256));
		page_text(&b, text_of(z, n));
		assert_true(text_utf8_valid(buf_view(&b)));
		for (size_t k = 0; k < b.n; k++)
			assert_null(b.p[k] == 0 ? "" : strchr("<>\"'`", b.p[k]));
		buf_clear(&b);
		PAGE_URL(&b, "href", "/x/%", text_of(z, n));
		for (size_t k = sizeof(" href=\"/x/") - 1; k + 1 < b.n; k++)
			assert_non_null(strchr("%ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~", b.p[k]));
		buf_clear(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(texts), cmocka_unit_test(what_readers_see),
		                                cmocka_unit_test(places), cmocka_unit_test(anything) };

	return cmocka_run_group_tests(tests, init, done);
}
