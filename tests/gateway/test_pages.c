/* test_pages.c - the public pages against people who mean no good: markup in every field and header, forms of other sites, guessing of logins, large bodies, what isn't shown; and that whatever comes, the
 * answer is a page whose only links lead to this site and that has no script. */
#include "tests/test.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "gateway/board.h"
#include "tests/gateway/page_world.h"

/* A number is masked whatever invisible stands within it. */
static void test_hidden_numbers(void **state)
{
	char path[80];

	(void)state;
	joins(&li, "li.lei", "李雷");
	get(&li, "/zh/new");
	SEND(&li, "/zh/new", "title",
	     "call 138\xe2\x80\x8e"
	     "1234\xe2\x80\x8b"
	     "5678",
	     "body", "evil\xe2\x80\x8e.com");
	heard_status(&h, 303);
	if (strstr(h.head.p, "/me?sent=waiting") != NULL)
		moderate("topics", "approve", "{}");
	first_topic(path, "");
	get(&li, path);
	heard_status(&h, 200);
	heard_says(&h, "call 138");
	heard_hides(&h, "1234");
	heard_hides(&h, "5678");
}

static const char *const evils[] = { "<script>alert(1)</script>",
	                                 "\"><img src=x onerror=alert(1)>",
	                                 "' onmouseover='x",
	                                 "</title></textarea><svg onload=x>",
	                                 "javascript:alert(1)",
	                                 "&lt;b&gt; &#60;b&#62;",
	                                 "\xe2\x80\xae<b>",
	                                 "<!--",
	                                 "]]><b>" };

/* In an address, and in every field of every form. */
static void everywhere_else(const char *evil)
{
	char path[80];

	struct buf b;

	buf_init(&b, 8192);
	buf_z(&b, "/zh/board?q=");
	encode(&b, evil, strlen(evil));
	get(&nobody, b.p);
	heard_status(&h, 200);
	is_harmless();
	buf_clear(&b);
	buf_z(&b, "/zh/");
	encode(&b, evil, strcspn(evil, "/"));
	get(&nobody, b.p);
	heard_status(&h, 404);
	is_harmless();
	buf_release(&b);
	get(&nobody, "/zh/report");
	SEND(&nobody, "/zh/report", "phone", evil, "text", evil, "link", evil, "amount", evil, "contact", evil);
	is_harmless();
	get(&nobody, "/en/login");
	SEND(&nobody, "/en/login", "login", evil, "password", evil);
	is_harmless();
	get(&nobody, "/en/check");
	SEND(&nobody, "/en/check", "message", evil);
	is_harmless();
	first_topic(path, "/tell");
	get(&nobody, path);
	heard_status(&h, 200);
	is_harmless();
	SEND(&nobody, path, "as", evil);
	heard_status(&h, 422);
	is_harmless();
	get(&nobody, "/en/status");
	SEND(&nobody, "/en/status/again", "receipt", evil);
	heard_status(&h, 404);
	is_harmless();
	get(&li, "/zh/me/name");
	SEND(&li, "/zh/me/name", "name", evil);
	is_harmless();
	get(&li, "/zh/me/password");
	SEND(&li, "/zh/me/password", "old", evil, "password", evil);
	is_harmless();
}

static void test_markup_everywhere(void **state)
{
	char path[80];

	(void)state;
	joins(&li, "li.lei", "<b>\"'&");
	for (size_t i = 0; i < ARRAY_LEN(evils); i++) {
		get(&li, "/zh/new");
		SEND(&li, "/zh/new", "title", evils[i], "body", evils[i]);
		heard_status(&h, 303);
		if (strstr(h.head.p, "/me?sent=waiting") != NULL)
			moderate("topics", "approve", "{}");
		first_topic(path, "");
		get(&li, path);
		heard_status(&h, 200);
		is_harmless();
		first_topic(path, "/reply");
		get(&li, "/zh/new");
		SEND(&li, path, "body", evils[i]);
		heard_status(&h, 303);
		if (strstr(h.head.p, "sent=waiting") != NULL)
			moderate("replies", "approve", "{}");
		first_topic(path, "");
		get(&nobody, path);
		heard_status(&h, 200);
		is_harmless();
		first_topic(path, "/print");
		get(&nobody, path);
		is_harmless();
		get(&li, "/zh/me");
		is_harmless();
	}
	for (size_t i = 0; i < ARRAY_LEN(evils); i++)
		everywhere_else(evils[i]);
}

static void test_other_sites(void **state)
{
	static const char *const posts[] = {
		"/zh/login",     "/zh/register",    "/zh/logout",        "/zh/new",
		"/zh/me/appeal", "/zh/me/leave",    "/zh/check",         "/zh/report",
		"/zh/status",    "/zh/restriction", "/zh/appeal",        "/zh/96110",
		"/zh/me/name",   "/zh/me/password", "/zh/status/person", "/zh/board/TO-1/tell"
	};
	struct visitor other;
	char z[512];

	(void)state;
	joins(&li, "li.lei", "海边的人");
	get(&mei, "/zh/login");
	for (size_t i = 0; i < ARRAY_LEN(posts); i++) {
		other = li;
		other.csrf[0] ^= 1;
		SEND(&other, posts[i], "text", "x");
		heard_status(&h, 403);
		is_harmless();
		other = li;
		snprintf(other.csrf, sizeof(other.csrf), "%s", mei.csrf);
		SEND(&other, posts[i], "text", "x");
		heard_status(&h, 403);
		other = li;
		memset(other.form, 0, sizeof(other.form)); /* a browser that sends no cookie of ours */
		SEND(&other, posts[i], "text", "x");
		heard_status(&h, 403);
	}
	get(&li, "/zh/me");
	headers_of(&li, "Content-Type: text/plain\r\n", z); /* what other sites' forms can send */
	served_ask(&s, "/zh/me/leave", NULL, z, "csrf=x", &h);
	heard_status(&h, 400);
	get(&li, "/zh/me");
	heard_status(&h, 200);
}

static void test_guessing(void **state)
{
	char wrong[4096];
	struct buf first;

	(void)state;
	joins(&li, "li.lei", "海边的人");
	buf_init(&first, 1 << 20);
	for (int i = 0; i < LOGIN_FREE + 3; i++) { /* locked by now */
		get(&nobody, "/zh/login");
		SEND(&nobody, "/zh/login", "login", "li.lei", "password", "wrong-wrong-wrong");
		heard_status(&h, 422);
		if (i == 0)
			buf_text(&first, buf_view(&h.body));
		assert_true(text_eq(buf_view(&first), buf_view(&h.body)));
	}
	get(&nobody, "/zh/login");
	SEND(&nobody, "/zh/login", "login", "li.lei", "password", "long-enough-1"); /* right, and locked reads like wrong */
	heard_status(&h, 422);
	assert_true(text_eq(buf_view(&first), buf_view(&h.body)));
	get(&nobody, "/zh/login");
	SEND(&nobody, "/zh/login", "login", "nobody.is", "password", "wrong-wrong-wrong");
	heard_status(&h, 422);
	assert_true(text_eq(buf_view(&first), buf_view(&h.body)));
	served_clock += LOGIN_LOCK_MAX_US;
	get(&nobody, "/zh/login");
	SEND(&nobody, "/zh/login", "login", "li.lei", "password", "long-enough-1");
	heard_status(&h, 303);
	/* nobody is a page: members who wrote nothing, ids that are none, other kinds */
	get(&mei, "/zh/members/MB-1");
	heard_status(&h, 404);
	snprintf(wrong, sizeof(wrong), "%.4000s", h.body.p);
	get(&mei, "/zh/members/MB-65536");
	heard_status(&h, 404);
	buf_release(&first);
}

static void test_hidden(void **state)
{
	char path[80], other[100];

	(void)state;
	joins(&li, "li.lei", "海边的人");
	joins(&mei, "mei.mei", "Mei");
	get(&li, "/zh/new");
	SEND(&li, "/zh/new", "title", "a title of hers", "body", "two");
	served_ask(&s, "/v1/topics?state=waiting", s.key[MODERATOR], "", NULL, &h);
	snprintf(path, sizeof(path), "/en/board/%.*s", (int)strcspn(strstr(h.body.p, "\"id\":\"TO-") + 6, "\""),
	         strstr(h.body.p, "\"id\":\"TO-") + 6);
	get(&mei, path);
	heard_status(&h, 404);
	get(&mei, "/en/me");
	heard_hides(&h, "a title of hers");
	snprintf(other, sizeof(other), "%s/reply", path);
	SEND(&mei, other, "body", "x");
	heard_status(&h, 404);
	snprintf(other, sizeof(other), "/en/own/%s/withdraw", strrchr(path, '/') + 1);
	SEND(&mei, other, "x", "x");
	heard_status(&h, 404);
	get(&li, "/zh/me");
	heard_says(&h, "a title of hers");
	moderate("topics", "approve", "{}");
	get(&mei, path);
	heard_status(&h, 200);
	moderate("topics", "hide", "{\"ground\":\"fraud\"}");
	get(&mei, path);
	heard_status(&h, 404);
	get(&nobody, "/en/board");
	heard_hides(&h, "TO-");
	get(&li, "/zh/me");
	heard_says(&h, "涉嫌诈骗");
	SEND(&li, other, "x", "x"); /* hidden: nothing to take back */
	heard_status(&h, 409);
}

static void test_sizes_and_rates(void **state)
{
	char z[512], *large = malloc((1 << 20) + 1);

	(void)state;
	assert_non_null(large);
	memset(large, 'a', 1 << 20);
	large[1 << 20] = 0;
	get(&nobody, "/zh/login");
	headers_of(&nobody, "Content-Type: multipart/form-data; boundary=b\r\n", z);
	served_ask(&s, "/zh/new", NULL, z, large, &h); /* large ones are for those who are logged in */
	heard_status(&h, 413);
	is_harmless();
	joins(&li, "li.lei", "海边的人");
	headers_of(&li, "Content-Type: multipart/form-data; boundary=b\r\n", z);
	served_ask(&s, "/zh/new", NULL, z, large, &h);
	heard_status(&h, 400);
	/* An objection comes with papers, from anybody; it costs a filing before the body comes. */
	memset(&nobody, 0, sizeof(nobody));
	get(&nobody, "/zh/restriction");
	headers_of(&nobody, "Content-Type: multipart/form-data; boundary=b\r\n", z);
	served_ask(&s, "/zh/appeal", NULL, z, large, &h);
	heard_status(&h, 400);
	served_ask(&s, "/zh/check", NULL, z, large, &h);
	heard_status(&h, 413);
	filings = 1;
	served_reload(&s, &options);
	served_ask(&s, "/zh/appeal", NULL, z, large, &h);
	heard_status(&h, 429);
	is_harmless();
	served_ask(&s, "/zh/check", NULL, z, "x", &h);
	heard_status(&h, 400);
	free(large);
	enabled = false;
	served_reload(&s, &options);
	get(&nobody, "/zh/board");
	heard_status(&h, 404);
}

/* Whatever memory is short while the board is filled or followed: an error, and the next one sees all. */
static void test_short_of_memory(void **state)
{
	const struct board_post *topic[BOARD_PAGE];
	struct board *board;
	uint32_t total, failed = 0;
	char path[80];

	(void)state;
	joins(&li, "li.lei", "海边的人");
	get(&li, "/zh/new");
	SEND(&li, "/zh/new", "title", "a title of hers", "body", "two");
	moderate("topics", "approve", "{}");
	first_topic(path, "");
	for (uint64_t nth = 1; nth <= 40; nth++) {
		enum err e;

		assert_int_equal(board_new(&board, s.registry, s.texts, s.views, BOARD_POSTS_MAX), ERR_OK);
		mem_fail_at(nth);
		e = board_enter(board);
		mem_fail_at(0);
		if (e == ERR_OK)
			board_leave(board, served_clock);
		else
			failed++;
		assert_true(e == ERR_OK || e == ERR_MEMORY);
		assert_int_equal(board_enter(board), ERR_OK);
		assert_int_equal(board_list(board, &(struct board_asked){ .page = 0 }, topic, &total), 1);
		assert_string_equal(topic[0]->title, "a title of hers");
		assert_string_equal(board_author(board, topic[0]), "海边的人");
		board_viewed(board, topic[0]);
		board_leave(board, served_clock);
		board_free(board);
	}
	assert_true(failed > 5);
	served_restart(&s, &options); /* views were kept: 40 of them, and none of a page */
	get(&nobody, path);
	heard_status(&h, 200);
	heard_says(&h, "views\u00a041");
}

/* What members write fills places of its own: those who register take none, and an organisation's are left. What has no place is counted. */
static void test_full(void **state)
{
	static const char *const staffs = "{\"title\":\"of the police\",\"body\":\"three\"}";
	const struct board_post *topic[BOARD_PAGE];
	struct board *board;
	uint32_t total;

	(void)state;
	joins(&mei, "mei.mei", "Mei");
	joins(&li, "li.lei", "海边的人");
	get(&li, "/zh/new");
	SEND(&li, "/zh/new", "title", "the first", "body", "one");
	moderate("topics", "approve", "{}");
	get(&li, "/zh/new");
	SEND(&li, "/zh/new", "title", "the second", "body", "two");
	served_ask(&s, "/v1/topics", s.key[MODERATOR], "", "{\"title\":\"x\",\"body\":\"y\",\"signed\":\"the mayor\"}", &h);
	heard_status(&h, 422);
	served_ask(&s, "/v1/topics", s.key[MODERATOR], "", staffs, &h);
	heard_status(&h, 201);
	get(&nobody, "/en/board");
	heard_says(&h, "of the police");
	heard_says(&h, "<bdi>police</bdi>"); /* without a title an organisation's name */
	heard_says(&h, "the second");
	assert_int_equal(board_new(&board, s.registry, s.texts, s.views, 1), ERR_OK);
	assert_int_equal(board_enter(board), ERR_OK);
	assert_int_equal(board_list(board, &(struct board_asked){ .page = 0 }, topic, &total), 2);
	assert_string_equal(topic[0]->title, "of the police");
	assert_string_equal(topic[1]->title, "the first");
	assert_string_equal(board_author(board, topic[1]), "海边的人");
	assert_int_equal(board_counts(board).posts, 2);
	assert_int_equal(board_counts(board).beyond, 1);
	board_leave(board, served_clock);
	served_ask(&s, "/v1/desk/board", s.key[MODERATOR], "", NULL, &h);
	heard_status(&h, 200);
	heard_says(&h, "{\"posts\":3,\"most\":327680,\"beyond\":0}");
	get(&li, "/zh/me/name");
	SEND(&li, "/zh/me/name", "name", "公 安 局");
	heard_status(&h, 422);
	SEND(&li, "/zh/me/name", "name", "山边的人");
	heard_status(&h, 303);
	assert_int_equal(board_enter(board), ERR_OK);
	assert_string_equal(board_author(board, topic[1]), "山边的人");
	board_leave(board, served_clock);
	board_free(board);
}

/* Anything at all in a form gives a page. */
static void test_anything(void **state)
{
	static const char *const paths[] = { "/zh/login",  "/zh/register",    "/zh/new",    "/zh/check", "/zh/report",
		                                 "/zh/status", "/zh/restriction", "/zh/appeal", "/zh/96110" };
	struct rng r;
	char z[512], body[512];

	(void)state;
	rng_seed(&r, test_seed(36));
	get(&nobody, "/zh/login");
	for (uint32_t i = 0; i < 400; i++) {
		size_t n = (size_t)snprintf(body, sizeof(body), "csrf=%s&", nobody.csrf);
		size_t more = rng_below(&r, 200);

		for (size_t k = 0; k < more; k++)
			body[n++] = "abclogin=&%0123<>\"'+-_.text"[rng_below(&r, 27)];
		body[n] = 0;
		headers_of(&nobody, "Content-Type: application/x-www-form-urlencoded\r\n", z);
		served_ask(&s, paths[rng_below(&r, ARRAY_LEN(paths))], NULL, z, body, &h);
		is_harmless();
		assert_true(strstr(h.head.p, "HTTP/1.1 5") == NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_hidden_numbers, begin, take_down),
		cmocka_unit_test_setup_teardown(test_markup_everywhere, begin, take_down),
		cmocka_unit_test_setup_teardown(test_other_sites, begin, take_down),
		cmocka_unit_test_setup_teardown(test_guessing, begin, take_down),
		cmocka_unit_test_setup_teardown(test_hidden, begin, take_down),
		cmocka_unit_test_setup_teardown(test_sizes_and_rates, begin, take_down),
		cmocka_unit_test_setup_teardown(test_short_of_memory, begin, take_down),
		cmocka_unit_test_setup_teardown(test_full, begin, take_down),
		cmocka_unit_test_setup_teardown(test_anything, begin, take_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
