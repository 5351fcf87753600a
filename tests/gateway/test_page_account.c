/* test_page_account.c - what members change of their account, and readers who point at posts: equal answers, and nothing told of what is not shown. */
#include "tests/test.h"
#include "store/credentials.h"
#include "tests/gateway/page_world.h"

/* Pointing at a post: one answer, whoever did so before and whatever a moderator thinks; nothing is there that is not shown. */
static void test_telling(void **state)
{
	char path[80], reply[80], first[512];

	(void)state;
	joins(&li, "li.lei", "海边的人");
	get(&li, "/zh/new");
	SEND(&li, "/zh/new", "title", "a title", "body", "two");
	moderate("topics", "approve", "{}");
	first_topic(path, "/tell");
	get(&li, "/zh/me");
	for (int i = 0; i < 4; i++) {
		get(&nobody, path);
		heard_status(&h, 200);
		SEND(&nobody, path, "as", "fraud");
		heard_status(&h, 303);
		snprintf(first, sizeof(first), "%s", strstr(h.head.p, "Location: "));
		assert_non_null(strstr(first, "?sent=told"));
		if (i == 2)
			moderate("topics", "keep", "{}");
	}
	first_topic(reply, "/reply");
	get(&li, path);
	SEND(&li, reply, "body", "see www.example.org"); /* a link waits */
	heard_status(&h, 303);
	served_ask(&s, "/v1/replies?state=waiting", s.key[MODERATOR], "", NULL, &h);
	snprintf(reply, sizeof(reply), "/en/board/%.*s/tell", (int)strcspn(strstr(h.body.p, "\"id\":\"RP-") + 6, "\""),
	         strstr(h.body.p, "\"id\":\"RP-") + 6);
	get(&nobody, path);
	SEND(&nobody, reply, "as", "fraud");
	heard_status(&h, 404); /* it waits: nobody knows of it */
	moderate("replies", "approve", "{}");
	SEND(&nobody, reply, "as", "fraud");
	heard_status(&h, 303);
	moderate("topics", "hide", "{\"ground\":\"fraud\"}");
	SEND(&nobody, path, "as", "fraud");
	heard_status(&h, 404);
	SEND(&nobody, reply, "as", "fraud");
	heard_status(&h, 404); /* with its topic */
	get(&nobody, "/en/board/MB-65536/tell");
	heard_status(&h, 404);
}

/* Another password: wrong, weak, locked, right; then the old one is none, and other sessions are over. */
static void test_account(void **state)
{
	struct visitor elsewhere = { .form = "" };

	(void)state;
	joins(&li, "li.lei", "海边的人");
	get(&elsewhere, "/zh/login");
	SEND(&elsewhere, "/zh/login", "login", "li.lei", "password", "long-enough-1");
	heard_status(&h, 303);
	get(&nobody, "/zh/me/password");
	heard_status(&h, 303);
	get(&li, "/zh/me/password");
	SEND(&li, "/zh/me/password", "old", "long-enough-1", "password", "short");
	heard_status(&h, 422);
	SEND(&li, "/zh/me/password", "old", "long-enough-0", "password", "long-enough-2");
	heard_status(&h, 422);
	heard_hides(&h, "long-enough");
	SEND(&li, "/zh/me/password", "old", "long-enough-1", "password", "long-enough-2");
	heard_status(&h, 303);
	get(&li, "/zh/me");
	heard_status(&h, 200);
	get(&elsewhere, "/zh/me");
	heard_status(&h, 303);
	get(&elsewhere, "/zh/login");
	SEND(&elsewhere, "/zh/login", "login", "li.lei", "password", "long-enough-1");
	heard_status(&h, 422);
	served_clock++; /* of two logins at one moment the second is refused, as of two codes */
	get(&elsewhere, "/zh/login");
	SEND(&elsewhere, "/zh/login", "login", "li.lei", "password", "long-enough-2");
	heard_status(&h, 303);
	for (int i = 0; i < LOGIN_FREE; i++) {
		get(&li, "/zh/me/password");
		SEND(&li, "/zh/me/password", "old", "wrong-wrong-wrong", "password", "long-enough-3");
		heard_status(&h, 422);
	}
	get(&li, "/zh/me/password");
	SEND(&li, "/zh/me/password", "old", "long-enough-2", "password", "long-enough-3"); /* locked reads like wrong */
	heard_status(&h, 422);
	heard_says(&h, "现在的口令不对");
	/* Another name: not an office's, and whoever has it is new again. */
	get(&li, "/zh/me/name");
	SEND(&li, "/zh/me/name", "name", "反诈中心");
	heard_status(&h, 422);
	SEND(&li, "/zh/me/name", "name", "山里的人");
	heard_status(&h, 303);
	get(&li, "/zh/me");
	heard_says(&h, "<h1>山里的人</h1>");
	served_ask(&s, "/v1/members?state=new", s.key[MODERATOR], "", NULL, &h);
	heard_says(&h, "山里的人");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_telling, begin, take_down),
		cmocka_unit_test_setup_teardown(test_account, begin, take_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
