/* test_public.c - what people without a key may report and ask over HTTP, and what they must not learn: equal answers, rates, receipts, nothing in plain in any file. */
#include "tests/test.h"
#include <ftw.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "journal/journal.h"
#include "tests/gateway/public_world.h"

/* ---- reports ---- */

static void test_report(void **state)
{
	char path[160], object[32], step[64];

	(void)state;
	ask("/v1/public/reports",
	    "{\"phone\":\"139 1234 5678\",\"text\":\"he said he is a judge\",\"when\":\"2026-03-01 08:00\","
	    "\"contact\":\"li.lei at example.org\",\"account\":\"6222021234567890123\",\"amount\":\"1200.50\"}");
	heard_status(&h, 201);
	heard_hides(&h, "13912345678");
	snprintf(object, sizeof(object), "%s", heard_member(&h, "object"));
	assert_int_equal(object[0], 'L');
	receipt_path(path, "reports", "");
	ask(path, NULL);
	heard_status(&h, 200);
	assert_string_equal(heard_member(&h, "object"), object);
	assert_string_equal(heard_member(&h, "state"), "received");
	heard_says(&h, "we have your report");
	heard_says(&h, "\"reward\":null");
	served_ask(&s, path, NULL, "", NULL, &h);
	heard_says(&h, "已收到您的举报");
	/* the desk has it, by tokens */
	snprintf(step, sizeof(step), "/v1/clues/%s", object);
	served_ask(&s, step, s.key[ANALYST], "", NULL, &h);
	heard_status(&h, 200);
	heard_says(&h, "\"what\":{\"name\":\"phone\"");
	heard_says(&h, "139****5678");
	heard_says(&h, "\"amount\":1200.5");
	heard_says(&h, "\"when\":\"2026-03-01T08:00:00+08:00\"");
	heard_hides(&h, "judge");
	assert_null(strstr(h.body.p, strrchr(path, '/') + 1)); /* the receipt is nowhere but with who has it */
	snprintf(step, sizeof(step), "/v1/clues/%s/verify", object);
	post(ANALYST, step, "{\"finding\":\"fraud\"}");
	heard_status(&h, 200);
	snprintf(step, sizeof(step), "/v1/clues/%s/feed-back", object);
	post(ANALYST, step, "{\"feedback\":\"thank you, it was\",\"reward\":\"500.05\"}");
	heard_status(&h, 200);
	ask(path, NULL);
	heard_says(&h, "\"feedback\":\"thank you, it was\",\"reward\":500.05");
}

static void test_report_wrong(void **state)
{
	static const char *const wrong[][2] = {
		{ "{}", "text" },
		{ "{\"phone\":\"not a phone\"}", "phone" },
		{ "{\"account\":\"他的账户\"}", "account" },
		{ "{\"text\":\"x\",\"when\":\"2099-01-01 00:00\"}", "when" },
		{ "{\"text\":\"x\",\"paid\":\"soon\"}", "paid" },
		{ "{\"text\":\"x\",\"amount\":\"1.005\"}", "amount" },
		{ "{\"text\":\"x\",\"what\":\"bogus\"}", "what" },
		{ "{\"text\":5}", "text" },
		{ "{\"text\":\"x\",\"receipt\":\"abc\"}", "" },
	};
	struct buf b;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		ask("/v1/public/reports", wrong[i][0]);
		heard_status(&h, 422);
		heard_says(&h, "urn:duanka:problem:public-input");
		assert_string_equal(heard_member(&h, "field"), wrong[i][1]);
	}
	buf_init(&b, 1 << 20);
	buf_z(&b, "{\"text\":\"");
	for (int i = 0; i < 8001; i++)
		buf_char(&b, 'x');
	buf_z(&b, "\"}");
	ask("/v1/public/reports", b.p);
	heard_status(&h, 422);
	for (int i = 0; i < 100000; i++)
		buf_char(&b, ' ');
	ask("/v1/public/reports", b.p);
	heard_status(&h, 413);
	buf_release(&b);
	ask("/v1/public/reports", "[]");
	heard_status(&h, 400);
}

/* Whatever is wrong with a receipt, the answer is one and the same, to the byte. */
static void test_receipts(void **state)
{
	char path[160], other[160], first[2048];
	size_t n;

	(void)state;
	ask("/v1/public/reports", "{\"text\":\"one\"}");
	receipt_path(path, "reports", "");
	ask("/v1/public/reports", "{\"text\":\"two\"}");
	receipt_path(other, "reports", "");
	assert_string_not_equal(path, other);
	ask("/v1/public/reports/L-1-0000", NULL);
	heard_status(&h, 404);
	snprintf(first, sizeof(first), "%s", h.body.p);
	n = strlen(path);
	for (size_t i = strlen("/v1/public/reports/"); i < n; i++) { /* any letter another one */
		char z[160];

		snprintf(z, sizeof(z), "%s", path);
		if (z[i] == '-')
			continue;
		z[i] = z[i] == '2' ? '3' : '2';
		ask(z, NULL);
		heard_status(&h, 404);
		assert_string_equal(h.body.p, first);
	}
	/* the number of one and the secret of the other; the object's number alone; as an objection's */
	n = strcspn(path + 21, "-") + 21;
	snprintf(first, sizeof(first), "%.*s%s", (int)n, path, other + strcspn(other + 21, "-") + 21);
	ask(first, NULL);
	heard_status(&h, 404);
	snprintf(first, sizeof(first), "%.*s", (int)n, path);
	ask(first, NULL);
	heard_status(&h, 404);
	snprintf(first, sizeof(first), "/v1/public/appeals/%s", strrchr(path, '/') + 1);
	ask(first, NULL);
	heard_status(&h, 404);
	/* as people type it */
	for (char *p = strrchr(path, '/'); *p != 0; p++)
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p - 'A' + 'a' : *p);
	ask(path, NULL);
	heard_status(&h, 200);
}

/* ---- is it known? ---- */

static void test_check(void **state)
{
	char unknown[4096];

	(void)state;
	post(LISTS, "/v1/lists/published", "{\"entries\":[{\"value\":\"13800138001\"}],\"why\":\"published\"}");
	heard_status(&h, 200);
	post(LISTS, "/v1/lists/secret", "{\"entries\":[{\"value\":\"13800138002\"}],\"why\":\"suspects\"}");
	heard_status(&h, 200);
	post(LISTS, "/v1/lists/links", "{\"entries\":[{\"value\":\"fraud.example\"}],\"why\":\"published\"}");
	heard_status(&h, 200);
	ask("/v1/public/check", "{\"phone\":\"138 0013 8001\"}");
	heard_status(&h, 200);
	heard_says(&h, "\"listed\":true");
	ask("/v1/public/check", "{\"phone\":\"13800138009\"}");
	heard_says(&h, "\"listed\":false");
	heard_says(&h, "96110");
	snprintf(unknown, sizeof(unknown), "%s", h.body.p);
	/* on a list that is not public, a suspect card, reported, warned of: nothing of it shows */
	ask("/v1/public/check", "{\"phone\":\"13800138002\"}");
	assert_string_equal(h.body.p, unknown);
	post(
		OPERATOR, "/v1/cards",
		"{\"step\":\"list\",\"phone\":\"13800138003\",\"operator\":21,\"level\":1,\"basis\":\"AFL-11\",\"evidence\":[1]}");
	heard_status(&h, 201);
	post(ANALYST, "/v1/warnings", "{\"grade\":2,\"type\":\"contact\",\"evidence\":[1],\"phone\":\"13800138003\"}");
	heard_status(&h, 201);
	ask("/v1/public/reports", "{\"phone\":\"13800138003\"}");
	heard_status(&h, 201);
	ask("/v1/public/check", "{\"phone\":\"13800138003\"}");
	assert_string_equal(h.body.p, unknown);
	ask("/v1/public/check", "{\"link\":\"https://fraud.example/pay?x=1\"}");
	heard_says(&h, "\"listed\":true");
	ask("/v1/public/check", "{\"link\":\"https://good.example/fraud.example\"}");
	heard_says(&h, "\"listed\":false");
	ask("/v1/public/check", "{\"phone\":\"13800138001\",\"link\":\"x\"}");
	heard_status(&h, 422);
	ask("/v1/public/check", "{}");
	heard_status(&h, 422);
}

static void test_message(void **state)
{
	(void)state;
	ask("/v1/public/check",
	    "{\"message\":\"我是公安局民警，您涉嫌洗钱，请把资金转到安全账户配合调查，此事保密，不许告诉家人，否则马上逮捕\"}");
	heard_status(&h, 200);
	assert_string_equal(heard_member(&h, "reads_like.name"), "police");
	ask("/v1/public/check", "{\"message\":\"今晚回家吃饭吗？我买了菜。\"}");
	heard_says(&h, "\"reads_like\":null");
	heard_says(&h, "\"listed\":false");
	ask("/v1/public/check", "{\"message\":\"Your parcel is waiting.\"}");
	heard_says(&h, "\"reads_like\":null");
}

/* ---- how often, and whether at all ---- */

static void test_rates(void **state)
{
	(void)state;
	filings = 2;
	served_reload(&s, &options);
	ask("/v1/public/reports", "{\"text\":\"1\"}");
	heard_status(&h, 201);
	ask("/v1/public/reports", "{\"text\":\"2\"}");
	heard_status(&h, 201);
	ask("/v1/public/reports", "{\"text\":\"3\"}");
	heard_status(&h, 429);
	assert_non_null(strstr(h.head.p, "Retry-After: 1800\r\n"));
	ask("/v1/public/check", "{\"phone\":\"13800138001\"}");
	heard_status(&h, 200);
	served_clock += 30 * US_PER_MINUTE;
	ask("/v1/public/reports", "{\"text\":\"3\"}");
	heard_status(&h, 201);
	proofs = 3;
	served_reload(&s, &options);
	for (int i = 0; i < 3; i++) {
		ask("/v1/public/reports/L-1-0000", NULL);
		heard_status(&h, 404);
	}
	ask("/v1/public/restrictions", "{}");
	heard_status(&h, 429);
	requests = 1;
	served_reload(&s, &options);
	served_clock += US_PER_HOUR;
	ask("/v1/public/96110", NULL);
	heard_status(&h, 200);
	ask("/v1/public/96110", NULL);
	heard_status(&h, 429);
	requests = 100000;
	all = 1;
	served_reload(&s, &options);
	served_clock += US_PER_HOUR;
	ask("/v1/public/96110", NULL);
	heard_status(&h, 200);
	ask("/v1/public/96110", NULL);
	heard_status(&h, 429);
	enabled = false;
	served_reload(&s, &options);
	served_clock += US_PER_HOUR;
	ask("/v1/public/96110", NULL);
	heard_status(&h, 404);
	ask("/v1/public/reports", "{\"text\":\"3\"}");
	heard_status(&h, 404);
}

/* ---- what stays behind ---- */

static const char *const planted[] = { "13912345678", "6222021234567890123", "110101199003074610", "李雷韩梅梅",
	                                   "127.0.0.1" };
static char secret[64];
static uint32_t files_seen;

static int look_into(const char *path, const struct stat *st, int what, struct FTW *at)
{
	struct buf b;

	(void)st;
	(void)at;
	if (what != FTW_F)
		return 0;
	files_seen++;
	buf_init(&b, 1 << 28);
	assert_int_equal(file_read_all(path, 1 << 28, &b), ERR_OK);
	for (size_t i = 0; b.n > 0 && i < ARRAY_LEN(planted); i++)
		if (memmem(b.p, b.n, planted[i], strlen(planted[i])) != NULL)
			fail_msg("%s holds %s", path, planted[i]);
	assert_true(b.n == 0 || memmem(b.p, b.n, secret, strlen(secret)) == NULL);
	buf_release(&b);
	return 0;
}

static uint32_t acts(const char *name)
{
	struct journal_reader *reader;
	struct record x;
	char act[128];
	uint32_t n = 0;

	snprintf(act, sizeof(act), "{\"act\":\"%s\",\"who\":\"public/citizen\",\"role\":\"citizen\"", name);
	assert_int_equal(journal_reader_open(&reader, &s.disk, 0, UINT64_MAX), ERR_OK);
	while (journal_read(reader, &x, NULL) == ERR_OK)
		n += x.kind == RECORD_ACT && x.payload.n > strlen(act) && memcmp(x.payload.p, act, strlen(act)) == 0;
	journal_reader_close(reader);
	return n;
}

static void test_planted(void **state)
{
	char m[32], code[PROOF_TEXT_MAX], body[512], path[160];

	(void)state;
	ask("/v1/public/reports",
	    "{\"phone\":\"13912345678\",\"account\":\"6222021234567890123\",\"link\":\"http://x.example/13912345678\","
	    "\"text\":\"李雷韩梅梅 13912345678 6222021234567890123\",\"contact\":\"13912345678\"}");
	heard_status(&h, 201);
	receipt_path(path, "reports", "");
	snprintf(secret, sizeof(secret), "%s", strchr(heard_member(&h, "receipt") + 2, '-') + 1);
	ask(path, NULL);
	heard_status(&h, 200);
	ask("/v1/public/check", "{\"phone\":\"13912345678\"}");
	ask("/v1/public/check", "{\"message\":\"李雷韩梅梅 13912345678\"}");
	impose(m);
	code_of(m, code);
	snprintf(body, sizeof(body),
	         "{\"code\":\"%s\",\"digits\":\"5678\",\"text\":\"李雷韩梅梅 13912345678\",\"contact\":\"13912345678\"}",
	         code);
	ask("/v1/public/appeals", body);
	heard_status(&h, 201);
	snprintf(body, sizeof(body), "{\"code\":\"%s\",\"digits\":\"5678\"}", code);
	ask("/v1/public/restrictions", body);
	heard_status(&h, 200);
	assert_int_equal(acts("view"), 2);
	assert_int_equal(acts("check"), 2);
	served_restart(&s, &options);
	files_seen = 0;
	assert_int_equal(nftw(s.directory, look_into, 8, FTW_PHYS), 0);
	assert_true(files_seen >= 4);
	ask(path,
	    NULL); /* the receipt outlives the service: the dictionary and its keys are in memory only, the object is not */
	heard_status(&h, 200);
}

/* ---- memory ---- */

/* Without memory of its own. False: the connection was closed. */
static bool ask_plainly(const char *path, const char *body, char *answer, size_t size)
{
	char request[1024];
	int fd = served_connect(&s);
	size_t n = 0;
	ssize_t k;

	snprintf(request, sizeof(request),
	         "POST %s HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s", path, strlen(body),
	         body);
	assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), (ssize_t)strlen(request));
	while (n + 1 < size && (k = recv(fd, answer + n, size - 1 - n, 0)) > 0)
		n += (size_t)k;
	answer[n] = 0;
	close(fd);
	return n > 0;
}

/* Each allocation on the way fails once: an answer that says so, or a closed connection. */
static void test_memory(void **state)
{
	static const char *const asked[][2] = {
		{ "/v1/public/reports", "{\"phone\":\"13912345678\",\"text\":\"x\",\"contact\":\"y\"}" },
		{ "/v1/public/check", "{\"phone\":\"13912345678\"}" },
		{ "/v1/public/restrictions", "{\"code\":\"M-1-0000\",\"digits\":\"5678\"}" },
	};
	static const char *const statuses[] = { "HTTP/1.1 20", "HTTP/1.1 404", "HTTP/1.1 422", "HTTP/1.1 50" };
	uint64_t good = 0, refused = 0, most = test_cases(40);
	char answer[65536];

	for (size_t which = 0; which < ARRAY_LEN(asked); which++)
		for (uint64_t n = 1; n <= most; n++) {
			bool known = false;

			assert_int_equal(take_down(state), 0);
			assert_int_equal(set_up(state), 0);
			s.may_die = true; /* memory that the shard lacks ends it */
			mem_fail_at(n);
			known = !ask_plainly(asked[which][0], asked[which][1], answer, sizeof(answer));
			mem_fail_at(0);
			for (size_t i = 0; !known && i < ARRAY_LEN(statuses); i++)
				known = strncmp(answer, statuses[i], strlen(statuses[i])) == 0;
			if (!known)
				fail_msg("request %zu, allocation %llu: %s", which, (unsigned long long)n, answer);
			good += strncmp(answer, "HTTP/1.1 20", 11) == 0;
			refused += strncmp(answer, "HTTP/1.1 50", 11) == 0;
		}
	assert_true(good > 0 && refused > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_report, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_report_wrong, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_receipts, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_check, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_message, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_rates, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_planted, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_memory, set_up, take_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
