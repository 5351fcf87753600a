/* test_problem_zh.c - the tables of titles and details in Chinese: each sorted and without doubles, and written beside
 * the English. */
#include "tests/test.h"
#include "gateway/problem_zh.h"
#include "gateway/problem_zh_int.h"

static void check_table(const struct problem_words *words, size_t n, const char *(*find)(struct text en))
{
	assert_true(n > 100);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && text_cmp(text_z(words[i - 1].en), text_z(words[i].en)) >= 0)
			fail_msg("\"%s\" stands behind \"%s\"", words[i].en, words[i - 1].en);
		if (find(text_z(words[i].en)) != words[i].zh)
			fail_msg("\"%s\" is not found", words[i].en);
		if (!text_utf8_valid(text_z(words[i].zh)) ||
		    words[i].zh[strspn(words[i].zh, " !\"#$%&'()*+,-./0123456789")] == '\0')
			fail_msg("\"%s\" has no Chinese", words[i].en);
	}
	assert_null(find(TEXT("")));
	assert_null(find(TEXT("~")));
}

static void test_tables(void **state)
{
	(void)state;
	check_table(problem_titles, problem_titles_n, problem_title_zh);
	check_table(problem_details, problem_details_n, problem_detail_zh);
}

static void test_written(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 12);
	buf_char(&b, '{');
	problem_title(&b, "Out of memory");
	buf_char(&b, ',');
	problem_detail(&b, text_of("try again later, and more", 15)); /* not ended by a zero byte */
	assert_int_equal(b.err, ERR_OK);
	assert_string_equal(b.p, "{\"title\":\"Out of memory\",\"title_zh\":\"内存不足\","
	                         "\"detail\":\"try again later\",\"detail_zh\":\"请稍后重试\"");
	buf_clear(&b);
	problem_title(&b, "No such screen 没有这个屏幕"); /* both in one */
	problem_detail(&b, TEXT("limit is a whole number from 0 to 7"));
	assert_string_equal(b.p,
	                    "\"title\":\"No such screen 没有这个屏幕\"\"detail\":\"limit is a whole number from 0 to 7\"");
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_tables), cmocka_unit_test(test_written) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
