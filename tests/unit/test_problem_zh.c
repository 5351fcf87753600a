/* test_problem_zh.c - the tables of titles and details in Chinese: each sorted and without doubles, and written beside
 * the English; and the patterns of what a format put together, whatever stands in their places. */
#include <stdio.h>
#include "tests/test.h"
#include "gateway/problem_zh.h"
#include "gateway/problem_zh_int.h"

static bool is_chinese(const char *zh)
{
	return text_utf8_valid(text_z(zh)) && zh[strspn(zh, " !\"#$%&'()*+,-./0123456789:;<=>?{}")] != '\0';
}

static void check_table(const struct problem_words *words, size_t n, size_t least)
{
	assert_true(n >= least);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && text_cmp(text_z(words[i - 1].en), text_z(words[i].en)) >= 0)
			fail_msg("\"%s\" stands behind \"%s\"", words[i].en, words[i - 1].en);
		if (!is_chinese(words[i].zh))
			fail_msg("\"%s\" has no Chinese", words[i].en);
	}
}

/* Of a detail; "": it has none. */
static const char *zh_of(struct text en)
{
	static char out[1 << 15];
	struct buf zh;
	bool has;

	buf_init(&zh, sizeof(out) - 1);
	has = problem_detail_zh(en, &zh);
	assert_int_equal(has, zh.n > 0);
	assert_int_equal(zh.err, ERR_OK);
	memcpy(out, buf_view(&zh).p, zh.n);
	out[zh.n] = '\0';
	buf_release(&zh);
	return out;
}

static void test_tables(void **state)
{
	(void)state;
	check_table(problem_titles, problem_titles_n, 100);
	check_table(problem_details, problem_details_n, 100);
	check_table(problem_patterns, problem_patterns_n, 30);
	for (size_t i = 0; i < problem_titles_n; i++)
		assert_ptr_equal(problem_title_zh(text_z(problem_titles[i].en)), problem_titles[i].zh);
	for (size_t i = 0; i < problem_details_n; i++)
		assert_string_equal(zh_of(text_z(problem_details[i].en)), problem_details[i].zh);
	assert_null(problem_title_zh(TEXT("")));
	assert_null(problem_title_zh(TEXT("~")));
	assert_string_equal(zh_of(TEXT("")), "");
	assert_string_equal(zh_of(TEXT("~")), "");
}

/* The pattern with x in all places; how many they are. */
static unsigned sample(const char *pattern, struct buf *out)
{
	const char *place;
	unsigned n = 0;

	for (; (place = strstr(pattern, "{}")) != NULL; pattern = place + 2, n++) {
		buf_add(out, pattern, (size_t)(place - pattern));
		buf_char(out, 'x');
	}
	buf_z(out, pattern);
	return n;
}

/* The same places in both languages, each once: {1} or <1>. */
static void check_places(const struct problem_words *w, unsigned places)
{
	unsigned seen = 0, n = 0;

	assert_in_range(places, 1, PLACES_MAX);
	if (strstr(w->en, "{}{}") != NULL)
		fail_msg("where one place of \"%s\" ends can't be told", w->en);
	for (const char *z = w->zh; (z = strpbrk(z, "{<")) != NULL; z += 3, n++) {
		if (z[1] < '1' || z[1] > (char)('0' + places) || z[2] != (z[0] == '{' ? '}' : '>'))
			fail_msg("\"%s\" has a place that is none: %s", w->en, z);
		seen |= 1u << (z[1] - '1');
	}
	if (n != places || seen != (1u << places) - 1)
		fail_msg("\"%s\" has not each of its %u places once in Chinese", w->en, places);
}

/* Each fits its own sample, and no other one's: which one is found does not depend on their order. */
static void test_patterns(void **state)
{
	struct text place[PLACES_MAX];
	struct buf text;

	(void)state;
	buf_init(&text, 1 << 12);
	for (size_t i = 0; i < problem_patterns_n; i++) {
		buf_clear(&text);
		check_places(&problem_patterns[i], sample(problem_patterns[i].en, &text));
		for (size_t k = 0; k < problem_patterns_n; k++)
			if (problem_zh_fits(buf_view(&text), problem_patterns[k].en, place) != (i == k))
				fail_msg("\"%s\" and \"%s\": %s", text.p, problem_patterns[k].en,
				         i == k ? "it does not fit itself" : "it fits another one");
	}
	buf_release(&text);
}

static void test_places(void **state)
{
	(void)state;
	/* at the beginning and at the end */
	assert_string_equal(zh_of(TEXT("limit is a whole number from 0 to 7")), "limit 为 0 至 7 的整数");
	/* within */
	assert_string_equal(zh_of(TEXT("event card is missing")), "缺少事件 card");
	assert_string_equal(zh_of(TEXT("event  is missing")), "缺少事件 ");
	assert_string_equal(zh_of(TEXT(" is true or false")), " 为 true 或 false");
	/* not whole */
	assert_string_equal(zh_of(TEXT("event is missing")), ""); /* the words may not overlap */
	assert_string_equal(zh_of(TEXT("event card is missing!")), "");
	assert_string_equal(zh_of(TEXT("an event card is missing")), "");
	assert_string_equal(zh_of(text_of("limit is a whole number from 0 to 7", 30)), "");
	assert_string_equal(zh_of(TEXT("at most ")), "");
	/* a text that does not end where its memory does */
	assert_string_equal(zh_of(text_of("limit is true or false, and more", 22)), "limit 为 true 或 false");
}

static void test_place_that_is_a_detail(void **state)
{
	(void)state;
	assert_string_equal(zh_of(TEXT("\"why\" is needed (at most 9 bytes)")), "\"why\" 必填（不超过 9 字节）");
	assert_string_equal(zh_of(TEXT("\"is needed\" is a text (at most 9 bytes)")),
	                    "\"is needed\" 为文本（不超过 9 字节）");
	assert_string_equal(zh_of(TEXT("\"why\" is new to us (at most 9 bytes)")), "\"why\" is new to us（不超过 9 字节）");
}

#define RUNNING                                                                                                        \
	". A running service takes only a schema that extends the one in force; to change it otherwise, stop the service " \
	"and start it with --adopt"
#define RUNNING_ZH "。运行中的服务只接受现行结构的扩展；要作其他变更，请停止服务，再以 --adopt 启动"

/* One within another: no further than that, whoever wrote what stands there. */
static void test_depth(void **state)
{
	(void)state;
	assert_string_equal(zh_of(TEXT("event card is missing" RUNNING)), "缺少事件 card" RUNNING_ZH);
	assert_string_equal(zh_of(TEXT("stopping" RUNNING)), "正在停止" RUNNING_ZH);
	assert_string_equal(zh_of(TEXT("stopping" RUNNING RUNNING)), "正在停止" RUNNING_ZH RUNNING_ZH);
	assert_string_equal(zh_of(TEXT("stopping" RUNNING RUNNING RUNNING)), "stopping" RUNNING RUNNING_ZH RUNNING_ZH);
}

/* What stands in a place is told as it is, also when it looks like a pattern, a place or its end. */
static void test_hostile(void **state)
{
	struct buf b, zh;

	(void)state;
	assert_string_equal(zh_of(TEXT("{}: two files have this path: two files have this path")),
	                    "{}: two files have this path：有两个文件用此路径");
	assert_string_equal(zh_of(TEXT("<1>{2}{9}%s: two files have this path")), "<1>{2}{9}%s：有两个文件用此路径");
	assert_string_equal(zh_of(TEXT("stopping: two files have this path")), "stopping：有两个文件用此路径");
	assert_string_equal(zh_of(TEXT("job 1 is not over; wait for it, or DELETE /v1/jobs/ is not over; wait for it, or "
	                               "DELETE /v1/jobs/2")),
	                    "任务 1 尚未结束；请等待，或 DELETE /v1/jobs/ is not over; wait for it, or DELETE /v1/jobs/2");
	assert_string_equal(zh_of(text_of("a\0b: two files have this path", 29)), "a"); /* whole behind the zero byte */
	buf_init(&b, 1 << 20);
	problem_detail(&b, TEXT("\"\xff\n\": two files have this path"));
	assert_string_equal(b.p, "\"detail\":\"\\\"\xef\xbf\xbd\\n\\\": two files have this path\","
	                         "\"detail_zh\":\"\\\"\xef\xbf\xbd\\n\\\"：有两个文件用此路径\"");
	buf_clear(&b);
	buf_init(&zh, 1 << 20);
	for (int i = 0; i < 1 << 15; i++) /* longer than any */
		buf_z(&zh, ": two ");
	buf_z(&zh, ": two files have this path");
	assert_int_equal(zh.err, ERR_OK);
	problem_detail(&b, buf_view(&zh));
	assert_int_equal(b.n, zh.n + strlen("\"detail\":\"\""));
	buf_release(&zh);
	buf_release(&b);
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
	                    "\"title\":\"No such screen 没有这个屏幕\"\"detail\":\"limit is a whole number from 0 to 7\","
	                    "\"detail_zh\":\"limit 为 0 至 7 的整数\"");
	buf_clear(&b);
	problem_detail(&b, TEXT("/etc/keys: no such file"));
	assert_string_equal(b.p, "\"detail\":\"/etc/keys: no such file\"");
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),  cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_places),  cmocka_unit_test(test_place_that_is_a_detail),
		cmocka_unit_test(test_depth),   cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
