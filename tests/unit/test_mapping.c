/* test_mapping.c - mapping files: what they say, where an error is, and the built-in ones. */
#include "tests/test.h"
#include "base/file.h"
#include "event/mapping.h"
#include "tests/unit/schema_default.h"

struct fixture {
	struct schema schema;
	struct arena arena;
	struct mapping *m;
	struct mapping_error error;
	struct mapping_binding at;
	struct event ev;
	char bytes[EVENT_BUILD_BYTES];
	enum bad_reason reason;
	struct text field;
};

static enum err parse(struct fixture *f, const char *z)
{
	f->schema = schema_default();
	arena_init(&f->arena, 1 << 22);
	return mapping_parse(text_z(z), TEXT("test.map"), &f->schema, NULL, &f->arena, &f->m, &f->error);
}

static enum mapping_result apply(struct fixture *f, const struct text *cells, size_t n)
{
	struct event_builder b = { .schema = &f->schema, .key = &test_key, .bytes = f->bytes, .cap = sizeof f->bytes };
	return mapping_apply(f->m, &f->at, cells, n, &b, &f->ev, &f->reason, &f->field);
}

static void test_header(void **state)
{
	(void)state;
	struct fixture f;
	assert_int_equal(parse(&f, "# money\n"
	                           "skip when state = \"FAILED\"\n"
	                           "event transfer\n"
	                           "payer = from prefix \"B-\" opaque\n"
	                           "payee = column \"to\"  # quoted\n"
	                           "amount = column amt in fen\n"
	                           "channel = kind map \"0\" -> \"counter\", \"1\" -> \"phone\"\n"
	                           "time = when as epoch ms\n"),
	                 ERR_OK);
	struct text header[] = { TEXT("state"), TEXT("when"), TEXT("amt"), TEXT("from"), TEXT("to"), TEXT("kind") },
				missing;
	assert_int_equal(mapping_bind(f.m, header, 5, &f.at, &missing), ERR_ABSENT);
	assert_text(missing, "kind");
	assert_int_equal(mapping_bind(f.m, header, 6, &f.at, &missing), ERR_OK);
	struct text row[] = { TEXT("OK"), TEXT("1772323200000"), TEXT("1234"), TEXT("x"), TEXT("y"), TEXT("1"), TEXT("") };
	assert_int_equal(apply(&f, row, 6), MAPPING_EVENT);
	assert_int_equal(f.ev.time, 1772323200000000);
	assert_int_equal(f.ev.value[2], 1234);
	assert_text(f.ev.ident[0].plain, "B-x");
	assert_text(f.ev.str[0], "phone");
	assert_int_equal(apply(&f, row, 7), MAPPING_EVENT); /* a delimiter at the line's end */
	assert_int_equal(apply(&f, row, 5), MAPPING_BAD);
	assert_int_equal(f.reason, BAD_COLUMNS);
	row[0] = TEXT("FAILED");
	assert_int_equal(apply(&f, row, 6), MAPPING_SKIPPED);
	row[0] = TEXT("OK");
	row[2] = TEXT("-");
	assert_int_equal(apply(&f, row, 6), MAPPING_BAD);
	assert_int_equal(f.reason, BAD_AMOUNT);
	assert_text(f.field, "amount");
	arena_release(&f.arena);
}

static void test_by_value(void **state)
{
	(void)state;
	struct fixture f;
	assert_int_equal(
		parse(&f, "header no\nzone +09:00\ntime = column 1 as \"%Y%m%d%H%M%S\"\n"
	              "event call when column 2 = \"V\"\ncaller = column 3\ncallee = column 4\ntalk = column 5 in min\n"
	              "event sms when column 2 = \"S\"\nsender = column 3\nreceiver = column 4\nbody = \"\"\n"),
		ERR_OK);
	struct text missing;
	assert_int_equal(mapping_bind(f.m, NULL, 0, &f.at, &missing), ERR_OK);
	struct text row[] = { TEXT("20260301090000"), TEXT("V"), TEXT("13800138000"), TEXT("110"), TEXT("2") };
	assert_int_equal(apply(&f, row, 5), MAPPING_EVENT);
	assert_int_equal(f.ev.type, EVENT_CALL);
	assert_int_equal(f.ev.time, 1772323200000000);
	assert_int_equal(f.ev.value[2], 120000000);
	row[1] = TEXT("S");
	assert_int_equal(apply(&f, row, 5), MAPPING_EVENT);
	assert_int_equal(f.ev.type, EVENT_SMS);
	row[1] = TEXT("X");
	assert_int_equal(apply(&f, row, 5), MAPPING_BAD);
	assert_int_equal(f.reason, BAD_EVENT_TYPE);
	row[1] = TEXT("V");
	assert_int_equal(apply(&f, row, 4), MAPPING_BAD);
	assert_int_equal(f.reason, BAD_MISSING);
	assert_text(f.field, "talk");
	arena_release(&f.arena);
}

static void test_errors(void **state)
{
	(void)state;
	static const struct {
		const char *z;
		uint32_t line, col;
		const char *says;
	} c[] = {
		{ "", 1, 1, "event NAME" },
		{ "event party\n", 1, 7, "declares no event \"party\"" },
		{ "\n  evnt call\n", 2, 3, "neither a setting" },
		{ "event call\ncaller = a\ncallee = b\ntalk = c\n", 1, 7, "needs a line \"time = COLUMN\"" },
		{ "event call\ntime = t\ncaller = a\ncallee = b\n", 1, 7, "needs a line \"talk = COLUMN\"" },
		{ "event call\nspeaker = a\n", 2, 1, "has no field \"speaker\"" },
		{ "event call\ncaller = a in yuan\n", 2, 15, "only amounts and durations" },
		{ "event call\ntalk = a in yuan\n", 2, 13, "one of: s ms us min" },
		{ "event call\ntalk = a as iso\n", 2, 10, "belongs to times only" },
		{ "event call\ntime = a as \"%Q\"\n", 2, 13, "a time pattern knows" },
		{ "event call\ntime = a zone Mars/Base\n", 2, 15, "there is no zone" },
		{ "header no\nevent call\ncaller = a\n", 3, 10, "needs a number" },
		{ "header no\ncolumns a, b\nevent call\ncaller = c\n", 4, 10, "no column \"c\"" },
		{ "header no\ncolumns a, a\n", 2, 12, "two columns are called" },
		{ "delimiter \";;\"\n", 1, 11, "one ASCII character" },
		{ "encoding latin1\n", 1, 10, "one of: utf-8 gb18030" },
		{ "event call\ncaller = \"x\n", 2, 10, "has to end on its line" },
		{ "event call\ncaller = a\ncaller = b\n", 3, 1, "there twice" },
		{ "event call\ncaller = a b\n", 2, 12, "after a column come" },
		{ "event call\nheader no\n", 2, 1, "before the first event" },
		{ "event call\nevent sms\n", 2, 7, "takes all records" },
		{ "format ndjson\nencoding gb18030\nevent bind\ntime = t\nperson = p\n", 5, 11, "always UTF-8" },
		{ "skip if a = \"b\"\n", 1, 6, "skip when COLUMN" },
		{ "\xff\n", 1, 1, "UTF-8" },
	};
	for (size_t i = 0; i < ARRAY_LEN(c); i++) {
		struct fixture f;
		if (parse(&f, c[i].z) != ERR_FORMAT)
			fail_msg("taken: %s", c[i].z);
		if (f.error.line != c[i].line || f.error.col != c[i].col || !strstr(f.error.text, c[i].says))
			fail_msg("%s -> %u:%u: %s", c[i].z, f.error.line, f.error.col, f.error.text);
		arena_release(&f.arena);
	}
}

static void test_builtins(void **state)
{
	(void)state;
	assert_int_equal(mapping_builtins, 3);
	for (size_t i = 0; i < mapping_builtins; i++) {
		struct fixture f;
		if (parse(&f, mapping_builtin[i].text) != ERR_OK)
			fail_msg("%s:%u:%u: %s", mapping_builtin[i].name, f.error.line, f.error.col, f.error.text);
		assert_true(f.m->width >= 11);
		arena_release(&f.arena);
	}
}

static void test_examples(void **state)
{
	(void)state;
	static const char *const name[] = { "s_ffsd", "amlsim", "collegemsg" };
	for (size_t i = 0; i < ARRAY_LEN(name); i++) {
		char path[512];
		struct buf b;
		struct fixture f;
		const char *root = getenv("SOURCE_DIR");
		snprintf(path, sizeof path, "%s/mappings/examples/%s.map", root ? root : ".", name[i]);
		buf_init(&b, MAPPING_BYTES_MAX);
		assert_int_equal(file_read_all(path, MAPPING_BYTES_MAX, &b), ERR_OK);
		if (parse(&f, b.p) != ERR_OK)
			fail_msg("%s:%u:%u: %s", path, f.error.line, f.error.col, f.error.text);
		arena_release(&f.arena);
		buf_release(&b);
	}
}

static void test_own_header(void **state)
{
	(void)state;
	struct schema s = schema_default();
	struct arena a;
	arena_init(&a, 1 << 20);
	struct mapping *m;
	const char *why;
	struct text which;
	struct text call[] = { TEXT("time"), TEXT("caller"), TEXT("callee"), TEXT("talk") };
	assert_int_equal(mapping_of_header(call, 4, ',', &s, &a, &m, &why, &which), ERR_OK);
	assert_int_equal(m->event[0].type, EVENT_CALL);
	assert_int_equal(mapping_of_header(call, 3, ',', &s, &a, &m, &why, &which), ERR_ABSENT);
	assert_int_equal(mapping_of_header(call + 1, 3, ',', &s, &a, &m, &why, &which), ERR_ABSENT);
	assert_non_null(strstr(why, "time"));
	call[3] = TEXT("mood");
	assert_int_equal(mapping_of_header(call, 4, ',', &s, &a, &m, &why, &which), ERR_ABSENT);
	assert_text(which, "mood");
	struct text any[] = { TEXT("event"), TEXT("time"), TEXT("caller"), TEXT("amount") };
	assert_int_equal(mapping_of_header(any, 4, ',', &s, &a, &m, &why, &which), ERR_OK);
	assert_int_equal(m->n_events, TEST_EVENTS);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header),   cmocka_unit_test(test_by_value),   cmocka_unit_test(test_errors),
		cmocka_unit_test(test_builtins), cmocka_unit_test(test_own_header), cmocka_unit_test(test_examples),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
