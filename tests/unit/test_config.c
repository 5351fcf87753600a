/* test_config.c - the table of settings, and settings files: what is read, and the exact message for what is wrong. */
#include "tests/test.h"
#include "base/clock.h"
#include "base/mem.h"
#include "gateway/config.h"

static struct config *config;
static struct buf why;

static int set_up(void **state)
{
	(void)state;
	config = mem_alloc(sizeof(*config));
	buf_init(&why, CONFIG_MESSAGES_MAX);
	return config == NULL;
}

static int tear_down(void **state)
{
	(void)state;
	mem_free(config);
	buf_release(&why);
	return 0;
}

static enum err read_text(struct config *c, struct text file)
{
	buf_clear(&why);
	config_default(c);
	return config_read(c, "duanka.toml", file, &why);
}

static void good(const char *file)
{
	if (read_text(config, text_z(file)) != ERR_OK)
		fail_msg("%s", why.p);
	assert_int_equal(why.n, 0);
}

/* All messages; each begins with the file's name, which message leaves out. */
static void bad(const char *file, const char *message)
{
	static const char name[] = "duanka.toml:";
	struct buf got;

	buf_init(&got, CONFIG_MESSAGES_MAX);
	assert_int_equal(read_text(config, text_z(file)), ERR_FORMAT);
	for (const char *p = why.p, *end; *p != 0; p = end) {
		end = strchr(p, '\n') + 1;
		assert_int_equal(strncmp(p, name, strlen(name)), 0);
		buf_add(&got, p + strlen(name), (size_t)(end - p) - strlen(name));
	}
	if (strcmp(got.p, message) != 0)
		fail_msg("\n%s is not\n%s", got.p, message);
	buf_release(&got);
}

/* ---- the table ---- */

static void test_defaults(void **state)
{
	(void)state;
	config_default(config);
	assert_string_equal(config->data, "");
	assert_string_equal(config->policy, "policy");
	assert_string_equal(config->listen, "127.0.0.1:8460");
	assert_int_equal(config->threads, 2);
	assert_int_equal(config->body_bytes, 16 << 20);
	assert_int_equal(config->request_us, US_PER_MINUTE);
	assert_int_equal(config->keep_us, 3650 * US_PER_DAY);
	assert_int_equal(config->state_bytes, (uint64_t)4 << 30);
	assert_int_equal(config->snapshot_us, US_PER_HOUR);
	assert_true(config->dictionary);
	assert_false(config->anonymous);
	assert_int_equal(config->n_tenants, 0);
	assert_int_equal(config_check(config, &why), ERR_OK);
}

static void names_differ(const struct setting *table)
{
	for (const struct setting *s = table; s->name != NULL; s++) {
		assert_true(s->en[0] != 0 && s->zh[0] != 0);
		assert_true(strlen(s->name) < 48); /* fits a variable's name */
		for (const struct setting *t = table; t != s; t++) {
			assert_string_not_equal(s->name, t->name);
			assert_true(s->option == NULL || t->option == NULL || strcmp(s->option, t->option) != 0);
			assert_true(s->letter == 0 || s->letter != t->letter);
			assert_true(s->at != t->at);
		}
	}
}

static void test_table(void **state)
{
	(void)state;
	names_differ(config_settings);
	names_differ(config_tenant_settings);
}

/* ---- files ---- */

static const char whole[] = "\xef\xbb\xbf# a comment 注释\r\n"
							"[http] # here too\n"
							"listen = \"[::1]:0\"\n"
							"\t threads\t=\t4 # four\n"
							"anonymous = true\n"
							"\"idle\" = \"1500ms\"\n"
							"[ journal ]\n"
							"segment = \"4GiB\"\n"
							"[quarantine]\n"
							"records = 5_000\n"
							"[data]\n"
							"directory = \"/var/\\u4e2d\\U00010348\\\"\\\\x 国\"\n"
							"\n"
							"[tenant.bank-1]\n"
							"number = 7\n"
							"rate = 100\n"
							"budget = \"50ms\"\n"
							"exception = \"last-known\"\n"
							"sees = [\n"
							"  \"self:*.*\", # its own\n"
							"\n"
							"  \"telecom-1:call.callee\",\n"
							"]\n"
							"[tenant.\"工商 银行\"]\n"
							"number = 8\n"
							"simulate = true\n"
							"sees = []";

static void test_whole(void **state)
{
	const struct tenant *t;

	(void)state;
	good(whole);
	assert_string_equal(config->listen, "[::1]:0");
	assert_int_equal(config->threads, 4);
	assert_true(config->anonymous);
	assert_int_equal(config->idle_us, 1500000);
	assert_int_equal(config->segment_bytes, (uint64_t)4 << 30);
	assert_int_equal(config->quarantine_max, 5000);
	assert_string_equal(config->data, "/var/中𐍈\"\\x 国");
	assert_int_equal(config->n_tenants, 2);
	t = config_tenant(config, "bank-1");
	assert_non_null(t);
	assert_int_equal(t->number, 7);
	assert_int_equal(t->rate, 100);
	assert_int_equal(t->burst, 0);
	assert_int_equal(t->budget_us, 50000);
	assert_int_equal(t->exception, EXCEPTION_LAST_KNOWN);
	assert_int_equal(t->n_sees, 2);
	assert_string_equal(t->sees[1], "telecom-1:call.callee");
	t = config_tenant(config, "工商 银行");
	assert_non_null(t);
	assert_true(t->simulate);
	assert_int_equal(t->n_sees, 0);
	assert_null(config_tenant(config, "bank-2"));
	assert_int_equal(config_check(config, &why), ERR_OK);
	good("");
	good("\n\n# nothing");
	good("[tenant.a]\nnumber = 1");
	assert_string_equal(config->tenant[0].sees[0], "self:*.*");
}

static void test_form(void **state)
{
	(void)state;
	bad("[http\nthreads = 2\n", "1:6: error: the name of the table does not end; close it with ]\n"
	                            "2:1: error: threads stands before the first table; write it below [http]\n");
	bad("[http] threads = 2", "1:8: error: something follows on the line; begin a new line, or a comment with #\n");
	bad("[[http]]", "1:1: error: lists of tables are not taken; write one pair of brackets\n");
	bad("[]", "1:2: error: a name is missing; names are letters, digits, - and _, or stand in double quotes\n");
	bad("[a.b.c]", "1:6: error: this name has too many parts; 2 with a dot between is the most\n");
	bad("[http]\nthreads 2", "2:9: error: a = is missing after the name; write NAME = VALUE\n");
	bad("[http]\nthreads = # none",
	    "2:11: error: a value is missing after =; write a number, true, false, a text \"...\" or a list [\"...\"]\n");
	bad("[http]\nlisten = 127.0.0.1:1",
	    "2:10: error: 127.0.0.1:1 is no number that is taken here; write decimal digits, or a text in double quotes\n");
	bad("[http]\nlisten = localhost",
	    "2:10: error: localhost is neither a number nor true or false; a text stands in double quotes\n");
	bad("[http]\nlisten = 'x'", "2:10: error: texts in single quotes are not taken; write it in double quotes\n");
	bad("[http]\nlisten = \"\"\"x\"\"\"",
	    "2:10: error: texts over several lines are not taken; write it on one line in double quotes\n");
	bad("[http]\nlisten = \"x", "2:10: error: the text does not end on its line; close it with \"\n");
	bad("[http]\nlisten = \"\\q\"",
	    "2:11: error: there is no such escape; there are \\\" \\\\ \\b \\t \\n \\f \\r \\uXXXX \\UXXXXXXXX\n");
	bad("[http]\nlisten = \"中\\u12\"", "2:12: error: this escape is not whole; \\u takes 4 hexadecimal digits\n");
	bad("[http]\nlisten = \"\\ud800\"", "2:11: error: this is no character of Unicode; write the character itself\n");
	bad("[http]\nlisten = \"a\tb\"",
	    "2:10: error: the text holds a control character (0x09); http.listen takes none\n");
	bad("[http]\nlisten = \"a\001b\"", "2:12: error: a control character (0x01); a settings file is plain text\n");
	bad("# a\001b", "1:4: error: a control character (0x01); a settings file is plain text\n");
	bad("[http]\rthreads = 2", "1:7: error: something follows on the line; begin a new line, or a comment with #\n");
	bad("[http]\nlisten = { a = 1 }",
	    "2:10: error: tables in braces are not taken; write [TABLE] on a line of its own and its keys below\n");
	bad("[http]\nlisten.x = 1", "2:1: error: a name with a dot is not taken here; write [listen] and x = below it\n");
	bad("http.threads = 2", "1:1: error: a name with a dot is not taken here; write [http] and threads = below it\n");
	bad("thread = 2",
	    "1:1: error: thread stands before the first table, and no table has such a setting; see duanka serve --settings\n");
}

static void test_numbers(void **state)
{
	static const char *const no[] = { "07", "1_", "_1", "1__0", "0x10", "1.5", "1e3", "+4", "-1", "2026-01-01" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(no); i++) {
		char file[64], message[200];

		snprintf(file, sizeof(file), "[http]\nthreads = %s", no[i]);
		snprintf(message, sizeof(message), "2:11: error: %s is %s\n", no[i],
		         no[i][0] == '_' ? "neither a number nor true or false; a text stands in double quotes"
		                         : "no number that is taken here; write decimal digits, or a text in double quotes");
		bad(file, message);
	}
	good("[http]\nthreads = 6_4");
	assert_int_equal(config->threads, 64);
	good("[engine]\nskew = \"0s\"");
	bad("[http]\nthreads = 99999999999999999999999",
	    "2:11: error: 99999999999999999999999 is too much; http.threads takes a whole number from 1 to 64\n");
	bad("[http]\nthreads = 0", "2:11: error: 0 is too little; http.threads takes a whole number from 1 to 64\n");
	bad("[service]\ntick = \"2d\"", "2:8: error: \"2d\" is too much; service.tick takes \"1s\" to \"1h\"\n");
	bad("[service]\ntick = \"999999999999999999d\"",
	    "2:8: error: \"999999999999999999d\" is too much; service.tick takes \"1s\" to \"1h\"\n");
	bad("[service]\ntick = \"999ms\"", "2:8: error: \"999ms\" is too little; service.tick takes \"1s\" to \"1h\"\n");
	bad("[service]\ntick = \"10 s\"", "2:8: error: \"10 s\" is not a duration (a number with ms, s, min, h or d); "
	                                  "service.tick takes \"1s\" to \"1h\"\n");
	bad("[service]\ntick = \"s\"", "2:8: error: \"s\" is not a duration (a number with ms, s, min, h or d); "
	                               "service.tick takes \"1s\" to \"1h\"\n");
	bad("[http]\nbody = \"16MB\"", "2:8: error: \"16MB\" is not a size (a number with KiB, MiB, GiB or TiB); "
	                               "http.body takes \"64KiB\" to \"256MiB\"\n");
}

static void test_meaning(void **state)
{
	(void)state;
	bad("[htp]\nthreads = 0", "1:2: error: there is no table [htp]; did you mean [http]?\n");
	bad("[nothing]",
	    "1:2: error: there is no table [nothing]; there are [data], [policy], [keys], [http], [tls], [journal], "
	    "[desk], [files], [methods], [screens], [dictionary], [quarantine], [engine], [service], [outbox], [public], [match], [tenant.NAME]\n");
	bad("[tenant]", "1:2: error: [tenant] is no table; write [tenant.NAME], one for each organisation\n");
	bad("[http.a]", "1:2: error: [http] has no tables in it; write [http]\n");
	bad("[http]\n[tls]\n[http]\n", "3:2: error: [http] stands twice, first in line 1; put its settings together\n");
	bad("[http]\nlisen = \"\"", "2:1: error: there is no setting lisen here; did you mean listen?\n");
	bad("[policy]\nfile = \"\"", "2:1: error: there is no setting file here; there are directory, lists\n");
	bad("[http]\nthreads = 2\n\nthreads = 2", "4:1: error: http.threads is set twice, first in line 2; leave one\n");
	bad("[http]\nthreads = \"2\"", "2:11: error: this is a text; http.threads takes a whole number from 1 to 64\n");
	bad("[http]\nidle = 30", "2:8: error: this is a number; http.idle takes \"1s\" to \"1h\"\n");
	bad("[http]\nanonymous = \"no\"", "2:13: error: this is a text; http.anonymous takes true or false\n");
	bad("[http]\nlisten = true", "2:10: error: this is true or false; http.listen takes a text of at most 127 bytes\n");
	bad("[http]\nlisten = [\"a\"]", "2:10: error: this is a list; http.listen takes a text of at most 127 bytes\n");
}

static void test_tenants(void **state)
{
	(void)state;
	bad("[tenant.a]\nrate = 5\n[http]\nthreads = 0\n",
	    "1:9: error: [tenant.a] has no number; write number = 1 to 65535, one that was never another's\n"
	    "4:11: error: 0 is too little; http.threads takes a whole number from 1 to 64\n");
	bad("[tenant.a]",
	    "1:9: error: [tenant.a] has no number; write number = 1 to 65535, one that was never another's\n");
	bad("[tenant.a]\nnumber = 0", "2:10: error: 0 is too little; number takes a whole number from 1 to 65535\n");
	bad("[tenant.a]\nnumber = 1\n[tenant.\"a\"]\nnumber = 2",
	    "3:9: error: [tenant.a] stands twice, first in line 1; put its settings together\n");
	bad("[tenant.\"\"]",
	    "1:9: error: an organisation's name has 1 to 32 bytes and no control characters; shorten it\n");
	bad("[tenant.a23456789012345678901234567890123]",
	    "1:9: error: an organisation's name has 1 to 32 bytes and no control characters; shorten it\n");
	bad("[tenant.\"a\\nb\"]",
	    "1:9: error: an organisation's name has 1 to 32 bytes and no control characters; shorten it\n");
	bad("[tenant.a]\nnumber = 1\nlisten = \"\"",
	    "3:1: error: there is no setting listen here; there are number, title, rate, burst, budget, exception, simulate, "
	    "client_cn, connector, connector_url, commands_url, connector_secret, connector_ca, mail_from, mail_to, connector_timeout, takes, districts, carriers, "
	    "banks, sees\n");
	bad("[tenant.a]\nnumber = 1\nexception = \"open\"",
	    "3:13: error: \"open\" is none of them; exception takes \"fail-open\", \"fail-closed\" or \"last-known\"\n");
	bad("[tenant.a]\nnumber = 1\nsees = [\"self:*.*\",\n\"self\"]",
	    "4:1: error: \"self\" is not of that form; sees takes a list of at most 64 texts ORGANISATION:EVENT.FIELD, as "
	    "[\"self:*.*\"]\n");
	bad("[tenant.a]\nnumber = 1\nsees = [1]\n",
	    "3:9: error: this is no text; a list holds texts in double quotes with commas between, and ends with ]\n");
	bad("[tenant.a]\nnumber = 1\nsees = [\n\"self:*.*\"\n\"self:*.*\"\n]\nrate = -\n",
	    "5:1: error: a comma is missing after a text of the list; write , or ]\n"
	    "7:8: error: - is no number that is taken here; write decimal digits, or a text in double quotes\n");
	bad("[tenant.a]\nnumber = 1\nsees = [\n\"self:*.*\",\n", "3:8: error: the list does not end; close it with ]\n");
}

static void test_sees(void **state)
{
	static const char *const no[] = { ":a.b", "a:.b", "a:b.", "a:b", "a.b", "a:b.c.d", "a: b.c", "" };

	(void)state;
	good("[tenant.a]\nnumber = 1\nsees = [\"*:*.*\", \"a:b:c.d\", \"机构 一:call.caller\"]");
	for (size_t i = 0; i < ARRAY_LEN(no); i++) {
		char file[80];

		snprintf(file, sizeof(file), "[tenant.a]\nnumber = 1\nsees = [\"%s\"]", no[i]);
		assert_int_equal(read_text(config, text_z(file)), ERR_FORMAT);
	}
}

static void test_maxima(void **state)
{
	struct buf b;
	size_t lines = 0;

	(void)state;
	buf_init(&b, CONFIG_FILE_MAX);
	buf_z(&b, "[http]\n"); /* more errors than are told */
	for (int i = 0; i < 30; i++)
		buf_z(&b, "x\n");
	assert_int_equal(read_text(config, buf_view(&b)), ERR_FORMAT);
	for (size_t i = 0; i < why.n; i++)
		lines += why.p[i] == '\n';
	assert_int_equal(lines, CONFIG_ERRORS_MAX);
	buf_clear(&b); /* a text of 1023 bytes, and one more */
	buf_printf(&b, "[data]\ndirectory = \"%0*d\"", CONFIG_TEXT_MAX - 1, 0);
	good(b.p);
	buf_clear(&b);
	buf_printf(&b, "[data]\ndirectory = \"%0*d\"", CONFIG_TEXT_MAX, 0);
	bad(b.p, "2:13: error: the text is too long; 1023 bytes is the most\n");
	buf_clear(&b);
	buf_printf(&b, "[http]\nlisten = \"%0*d\"", 128, 0);
	bad(b.p, "2:10: error: the text has 128 bytes; http.listen takes at most 127\n");
	buf_clear(&b);
	for (int i = 1; i <= TENANTS_MAX; i++)
		buf_printf(&b, "[tenant.t%d]\nnumber = %d\n", i, i);
	good(b.p);
	assert_int_equal(config_check(config, &why), ERR_OK);
	buf_z(&b, "[tenant.x]\nnumber = 1000\n");
	bad(b.p, "513:9: error: this is one organisation too many; there can be 256\n");
	buf_clear(&b);
	buf_z(&b, "[tenant.a]\nnumber = 1\nsees = [");
	for (int i = 0; i < TENANT_SEES_MAX; i++)
		buf_z(&b, "\"*:*.*\",");
	buf_z(&b, "]");
	good(b.p);
	b.p[--b.n] = 0;
	buf_z(&b, "\"*:*.*\"]");
	bad(b.p, "3:521: error: this is one text too many; a list holds at most 64\n");
	buf_release(&b);
}

static void test_bytes(void **state)
{
	(void)state;
	bad("# 中\n\n# 中\xff", "3:4: error: this is no UTF-8; save the file as UTF-8\n");
	bad("# \xed\xa0\x80", "1:3: error: this is no UTF-8; save the file as UTF-8\n");
	assert_int_equal(read_text(config, text_of("[http]\0", 7)), ERR_FORMAT);
	assert_int_equal(read_text(config, text_of("[http]\nidle = \0", 15)), ERR_FORMAT);
	assert_string_equal(
		why.p,
		"duanka.toml:2:8: error: a value is missing after =; write a number, true, false, a text \"...\" or a list [\"...\"]\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults), cmocka_unit_test(test_table),   cmocka_unit_test(test_whole),
		cmocka_unit_test(test_form),     cmocka_unit_test(test_numbers), cmocka_unit_test(test_meaning),
		cmocka_unit_test(test_tenants),  cmocka_unit_test(test_sees),    cmocka_unit_test(test_maxima),
		cmocka_unit_test(test_bytes),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
