/* test_quarantine.c - quarantine lines are JSON that any reader takes, whatever the raw bytes are. */
#include "tests/test.h"
#include <jansson.h>
#include <unistd.h>
#include "base/file.h"
#include "event/quarantine.h"
#include "event/source.h"

static json_t *line_of(struct buf *b, const struct bad *bad)
{
	json_error_t e;
	buf_clear(b);
	quarantine_line(b, bad);
	assert_int_equal(b->err, ERR_OK);
	assert_int_equal(b->p[b->n - 1], '\n');
	json_t *j = json_loadb(b->p, b->n, JSON_REJECT_DUPLICATES, &e);
	assert_non_null(j);
	return j;
}

static void test_every_reason(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, QUARANTINE_LINE_MAX);
	for (int r = BAD_NONE; r < BAD_REASONS; r++) {
		struct bad bad = { .reason = (enum bad_reason)r,
			               .path = TEXT("a \"b\".csv"),
			               .line = 7,
			               .offset = 99,
			               .field = TEXT("金额"),
			               .raw = TEXT("x,\"y\"\t\n"),
			               .n = 3,
			               .wanted = 4 };
		json_t *j = line_of(&b, &bad);
		assert_string_equal(json_string_value(json_object_get(j, "source")), "a \"b\".csv");
		assert_int_equal(json_integer_value(json_object_get(j, "line")), 7);
		assert_int_equal(json_integer_value(json_object_get(j, "offset")), 99);
		assert_string_equal(json_string_value(json_object_get(j, "reason")), bad_reason_name(bad.reason));
		assert_string_equal(json_string_value(json_object_get(j, "raw")), "x,\"y\"\t\n");
		assert_true(json_string_length(json_object_get(j, "message_en")) > 0);
		assert_true(json_string_length(json_object_get(j, "message_zh")) > 0);
		json_decref(j);
	}
	struct bad columns = {
		.reason = BAD_COLUMNS, .path = TEXT(""), .field = TEXT(""), .raw = TEXT(""), .n = 3, .wanted = 4
	};
	json_t *j = line_of(&b, &columns);
	assert_string_equal(json_string_value(json_object_get(j, "message_en")), "3 columns where 4 are expected");
	json_decref(j);
	buf_release(&b);
}

static void test_base64(void **state)
{
	(void)state;
	static const char *const want[] = { "/w==", "/wE=", "/wEC", "/wECAw==" };
	struct buf b;
	buf_init(&b, QUARANTINE_LINE_MAX);
	for (size_t n = 1; n <= 4; n++) {
		struct bad bad = {
			.reason = BAD_ENCODING, .path = TEXT("-"), .field = TEXT(""), .raw = { "\xff\x01\x02\x03", n }
		};
		json_t *j = line_of(&b, &bad);
		assert_null(json_object_get(j, "raw"));
		assert_string_equal(json_string_value(json_object_get(j, "raw_base64")), want[n - 1]);
		json_decref(j);
	}
	buf_release(&b);
}

static void test_largest(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, QUARANTINE_LINE_MAX);
	char *raw = malloc(EVENT_RAW_MAX);
	memset(raw, 1, EVENT_RAW_MAX);
	struct bad bad = { .reason = BAD_NUL, .path = TEXT("-"), .field = TEXT(""), .raw = { raw, EVENT_RAW_MAX } };
	json_decref(line_of(&b, &bad));
	free(raw);
	buf_release(&b);
}

static void test_full_disk(void **state)
{
	(void)state;
	char path[] = "/tmp/duanka-quarantine-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	struct bad bad = { .reason = BAD_NUL, .path = TEXT("-"), .field = TEXT(""), .raw = TEXT("x") };
	for (uint64_t nth = 1;; nth++) {
		struct outfile o;
		struct buf b;
		buf_init(&b, QUARANTINE_LINE_MAX);
		file_fail_at(nth);
		enum err e = outfile_open(&o, path);
		if (e == ERR_OK)
			e = source_quarantine(&o, &b, &bad);
		enum err closed = outfile_close(&o);
		bool reached = file_count() >= nth;
		file_fail_at(0);
		buf_release(&b);
		assert_int_equal(reached, e != ERR_OK || closed != ERR_OK);
		if (!reached)
			break;
	}
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_reason),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_largest),
		cmocka_unit_test(test_full_disk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
