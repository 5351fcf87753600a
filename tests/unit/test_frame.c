/* test_frame.c - targets and framing headers: what is taken, and what could be read in two ways. */
#include "tests/test.h"
#include "gateway/frame.h"

static bool target_ok(const char *z)
{
	bool too_long;

	return frame_target(z, &too_long) == NULL && !too_long;
}

static void test_targets(void **state)
{
	static const char *const good[] = {
		"/", "/v1/health", "/v1/explain/12.%E8%A7%84", "/a?b=%2F%5C&c=d", "/\xe8\xa7\x84", "/a/../b", "/?"
	};
	static const char *const bad[] = { "",     "*",    "v1",    "http://x/", "/%",     "/%2",  "/%2x",
		                               "/%x2", "/%00", "/%2f",  "/%2F",      "/%5c",   "/%5C", "/a?b=%00",
		                               "/a?%", "/a b", "/a\tb", "/a\x7f",    "/a?b c", "/a\r" };
	char z[FRAME_PATH_MAX + 3];
	bool too_long;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		if (!target_ok(good[i]))
			fail_msg("%s is refused", good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (target_ok(bad[i]))
			fail_msg("%s is taken", bad[i]);
	memset(z, 'a', sizeof(z));
	z[0] = '/';
	z[FRAME_PATH_MAX] = 0;
	assert_true(target_ok(z));
	z[FRAME_PATH_MAX] = '?'; /* only the path is bounded here, the library bounds the rest */
	z[FRAME_PATH_MAX + 2] = 0;
	assert_true(target_ok(z));
	z[FRAME_PATH_MAX] = 'a';
	assert_non_null(frame_target(z, &too_long));
	assert_true(too_long);
}

struct header {
	const char *name, *value;
};

static const char *judge(const struct header *h, size_t n, const char *version)
{
	struct frame f = { 0 };

	for (size_t i = 0; i < n; i++)
		frame_header(&f, text_z(h[i].name), text_z(h[i].value));
	return frame_headers(&f, version);
}

#define JUDGE(version, ...)                       \
	judge((const struct header[]){ __VA_ARGS__ }, \
	      sizeof((const struct header[]){ __VA_ARGS__ }) / sizeof(struct header), version)

static void test_headers(void **state)
{
	const struct header length = { "content-LENGTH", "5" }, chunked = { "Transfer-Encoding", "Chunked" };

	(void)state;
	assert_null(judge(NULL, 0, "HTTP/1.0"));
	assert_null(JUDGE("HTTP/1.1", { "Host", "x" }, length, { "X", "" }, { "X", "" }));
	assert_null(JUDGE("HTTP/1.1", { "Host", "x" }, chunked, { "Authorization", "a" }, { "Idempotency-Key", "b" }));
	assert_non_null(JUDGE("HTTP/1.1", length, length));
	assert_non_null(JUDGE("HTTP/1.1", length, chunked));
	assert_non_null(JUDGE("HTTP/1.1", chunked, length));
	assert_non_null(JUDGE("HTTP/1.1", chunked, chunked));
	assert_non_null(JUDGE("HTTP/1.0", chunked));
	assert_non_null(JUDGE("HTTP/1.1", { "Transfer-Encoding", "identity" }));
	assert_non_null(JUDGE("HTTP/1.1", { "Transfer-Encoding", "gzip, chunked" }));
	assert_non_null(JUDGE("HTTP/1.1", { "Transfer-Encoding", "" }));
	assert_non_null(JUDGE("HTTP/1.1", { "Host", "x" }, { "host", "y" }));
	assert_non_null(JUDGE("HTTP/1.1", { "Authorization", "x" }, { "authorization", "x" }));
	assert_non_null(JUDGE("HTTP/1.1", { "Idempotency-Key", "x" }, { "Idempotency-Key", "x" }));
	assert_non_null(JUDGE("HTTP/1.1", { "Content-Length ", "5" }));
	assert_non_null(JUDGE("HTTP/1.1", { "X\tY", "5" }));
	assert_non_null(JUDGE("HTTP/1.1", { "", "5" }));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_targets), cmocka_unit_test(test_headers) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
