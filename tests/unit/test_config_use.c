/* test_config_use.c - settings from the environment and the command line, the rules between them, what differs between two, and the file that
 * shows them and reads back as itself; each allocation fails once. */
#include "tests/test.h"
#include "base/mem.h"
#include "gateway/config.h"

static struct config *config, *other;
static struct buf why;

static int set_up(void **state)
{
	(void)state;
	config = mem_alloc(sizeof(*config));
	other = mem_alloc(sizeof(*other));
	buf_init(&why, CONFIG_MESSAGES_MAX);
	return config == NULL || other == NULL;
}

static int tear_down(void **state)
{
	(void)state;
	mem_free(config);
	mem_free(other);
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

/* ---- other sources ---- */

static void test_set(void **state)
{
	(void)state;
	config_default(config);
	buf_clear(&why);
	assert_int_equal(config_set(config, "--set", "http.threads", TEXT("8"), &why), ERR_OK);
	assert_int_equal(config->threads, 8);
	assert_int_equal(config_set(config, "--set", "http.threads", TEXT("1_0"), &why), ERR_FORMAT);
	assert_int_equal(config_set(config, "--anonymous", "http.anonymous", TEXT("yes"), &why), ERR_FORMAT);
	assert_int_equal(config_set(config, "--listen", "http.listen", TEXT("\xff"), &why), ERR_FORMAT);
	assert_int_equal(config_set(config, "--set", "http.thread", TEXT("8"), &why), ERR_ABSENT);
	assert_int_equal(config_set(config, "--set", "nonsense", TEXT("8"), &why), ERR_ABSENT);
	assert_string_equal(why.p,
	                    "--set: error: 1_0 is not a whole number; http.threads takes a whole number from 1 to 64\n"
	                    "--anonymous: error: yes is neither true nor false; http.anonymous takes true or false\n"
	                    "--listen: error: the text is not UTF-8; http.listen takes UTF-8 only\n"
	                    "--set: error: there is no setting http.thread; did you mean http.threads?\n"
	                    "--set: error: there is no setting nonsense; duanka serve --settings shows all\n");
	assert_int_equal(config->threads, 8);
	assert_string_equal(config->listen, "127.0.0.1:8460");
}

static void test_environment(void **state)
{
	char *good_ones[] = { "PATH=/bin",
		                  "DUANKA=x",
		                  "DUANKA_KEY_FILE=k",
		                  "DUANKA_API_KEY=dk",
		                  "DUANKA_HTTP_LISTEN=[::1]:1",
		                  "DUANKA_HTTP_CONNECTIONS_PER_ADDRESS=9",
		                  "DUANKA_DICTIONARY_ENABLED=false",
		                  NULL };
	char *bad_ones[] = { "DUANKA_HTTP_LISEN=x", "DUANKA_HTTP_THREADS=many", "DUANKA_SOMETHING=",
		                 "DUANKA_TENANT_A=1",   "DUANKA_HTTP_BODY",         NULL };

	(void)state;
	config_default(config);
	buf_clear(&why);
	assert_int_equal(config_environment(config, good_ones, &why), ERR_OK);
	assert_int_equal(why.n, 0);
	assert_string_equal(config->listen, "[::1]:1");
	assert_int_equal(config->connections_per_address, 9);
	assert_false(config->dictionary);
	assert_int_equal(config_environment(config, bad_ones, &why), ERR_FORMAT);
	assert_string_equal(
		why.p,
		"DUANKA_HTTP_LISEN: error: there is no such setting; did you mean DUANKA_HTTP_LISTEN?\n"
		"DUANKA_HTTP_THREADS: error: many is not a whole number; http.threads takes a whole number from 1 to 64\n"
		"DUANKA_SOMETHING: error: there is no such setting; unset it, or see duanka serve --settings\n"
		"DUANKA_TENANT_A: error: there is no such setting; unset it, or see duanka serve --settings\n"
		"DUANKA_HTTP_BODY: error: there is no such setting; did you mean DUANKA_HTTP_BODY?\n");
}

/* ---- rules ---- */

static void check(const char *file, const char *message)
{
	good(file);
	buf_clear(&why);
	assert_int_equal(config_check(config, &why), message[0] == 0 ? ERR_OK : ERR_FORMAT);
	assert_string_equal(why.p == NULL ? "" : why.p, message);
}

static void test_rules(void **state)
{
	(void)state;
	check("[http]\nlisten = \"0.0.0.0:80\"", "");
	check("[http]\nlisten = \"[::]:0\"", "");
	check("[http]\nanonymous = true\nlisten = \"127.8.0.1:0\"", "");
	check("[http]\nanonymous = true\nlisten = \"[::1]:0\"", "");
	check("[http]\nanonymous = true\nlisten = \"0.0.0.0:80\"",
	      "settings: error: http.anonymous goes with a loopback address only; make keys with duanka keys add\n");
	check("[desk]\nsecond_factor = false\n[http]\nlisten = \"127.0.0.1:0\"", "");
	check(
		"[desk]\nsecond_factor = false\n[http]\nlisten = \"10.0.0.1:0\"",
		"settings: error: desk.second_factor = false goes with a loopback address only; whoever reaches the desk from elsewhere needs "
		"a code of an authenticator\n");
	check("[tls]\ncertificate = \"a\"\nclient_ca = \"b\"",
	      "settings: error: tls.certificate and tls.key go together; name both or neither\n");
	check("[tls]\nclient_ca = \"b\"",
	      "settings: error: tls.client_ca needs tls.certificate and tls.key; name them too\n");
	check("[tls]\ncertificate = \"a\"\nkey = \"b\"\nclient_ca = \"c\"\n[tenant.x]\nnumber = 1\nclient_cn = \"d\"", "");
	check("[tenant.self]\nnumber = 5\n[tenant.\"*\"]\nnumber = 6\n",
	      "settings: error: tenant.self: this name means something else in sees; choose another\n"
	      "settings: error: tenant.*: this name means something else in sees; choose another\n");
	check("[tenant.a]\nnumber = 5\n[tenant.b]\nnumber = 5\nburst = 1\nclient_cn = \"x\"",
	      "settings: error: tenant.a and tenant.b both have number 5; give one another\n"
	      "settings: error: tenant.b has burst and no rate; give both or neither\n"
	      "settings: error: tenant.b has client_cn, and client certificates are not asked for; set tls.client_ca\n");
	check(
		"[tenant.a]\nnumber = 5\ncarriers = \"移动,联通\"\n[tenant.b]\nnumber = 6\ncarriers = \" 电信 , 移动,\"\nbanks = \"The Bank\"",
		"settings: error: tenant.a and tenant.b both have carrier \"移动\"; give it to one of them\n"
		"settings: error: tenant.b: there is no bank \"The Bank\"; write it as it stands in account.bank, such as \"中国邮政储蓄银行\"\n");
}

#define BANK "[tenant.b]\nnumber = 5\nconnector = \"case-platform\"\nconnector_secret = \"/etc/duanka/b\"\n"
#define URL_WRONG "settings: error: tenant.b: connector_url; it takes https://HOST/PATH, or http:// on this machine\n"

static void test_connectors(void **state)
{
	static const char *const fine[] = { "https://bank.example/front", "http://127.0.0.1:8080/x", "http://[::1]:1",
		                                "http://localhost/" };
	static const char *const wrong[] = { "",
		                                 "https://",
		                                 "http://bank.example/front",
		                                 "http://127.0.0.1.example/",
		                                 "http://localhost.example/",
		                                 "http://localhost@bank.example/",
		                                 "https://u:p@bank.example/",
		                                 "https://bank.example/?a=b",
		                                 "file:///etc/passwd",
		                                 "https://bank.example/ x" };
	char file[512];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(fine); i++) {
		snprintf(file, sizeof(file), BANK "connector_url = \"%s\"", fine[i]);
		check(file, "");
	}
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		snprintf(file, sizeof(file), BANK "connector_url = \"%s\"", wrong[i]);
		check(file, URL_WRONG);
	}
	check(BANK "connector_url = \"https://b.example\"\ncommands_url = \"http://b.example\"",
	      "settings: error: tenant.b: commands_url; it takes https://HOST/PATH, or http:// on this machine\n");
	check("[tenant.b]\nnumber = 5\nconnector = \"commands\"\nconnector_url = \"https://b.example\"",
	      "settings: error: tenant.b: connector_secret; it names a file, from / on\n");
	check("[tenant.b]\nnumber = 5\nconnector = \"spool\"\nconnector_url = \"spool\"",
	      "settings: error: tenant.b: connector_url; a spool's is a directory, from / on\n");
	check("[tenant.b]\nnumber = 5\nconnector = \"spool\"\nconnector_url = \"/var/spool/duanka\"", "");
}

static void test_listen(void **state)
{
	static const char *const no[] = {
		"",        "8460",          "127.0.0.1",   "127.0.0.1:", "127.0.0.1:-1", "127.0.0.1:65536",
		"::1:80",  "[127.0.0.1]:1", "localhost:1", "[::1]",      ":1",           "[]:1",
		"127.1:1", "127.0.0.1:+1"
	};
	char address[64];
	uint16_t port;

	(void)state;
	config_default(config);
	for (size_t i = 0; i < ARRAY_LEN(no); i++) {
		snprintf(config->listen, sizeof(config->listen), "%s", no[i]);
		if (config_address(config, address, &port))
			fail_msg("%s is taken as an address", no[i]);
	}
	buf_clear(&why);
	assert_int_equal(config_check(config, &why), ERR_FORMAT);
	assert_string_equal(why.p,
	                    "settings: error: http.listen is \"127.0.0.1:+1\"; it takes ADDRESS:PORT, as 127.0.0.1:8460 or "
	                    "[::1]:8460\n");
	snprintf(config->listen, sizeof(config->listen), "[fe80::1]:65535");
	assert_true(config_address(config, address, &port));
	assert_string_equal(address, "fe80::1");
	assert_int_equal(port, 65535);
}

static void test_changes(void **state)
{
	struct buf names;

	(void)state;
	buf_init(&names, 4096);
	assert_int_equal(read_text(other, text_z(whole)), ERR_OK);
	good(whole);
	config_fixed_changes(config, other, &names);
	assert_int_equal(names.n, 0);
	config_live_changes(config, other, &names);
	assert_int_equal(names.n, 0);
	good("");
	config_fixed_changes(config, other, &names);
	assert_string_equal(names.p,
	                    "data.directory, http.listen, http.anonymous, http.threads, http.idle, journal.segment");
	config_live_changes(config, other, &names);
	assert_string_equal(names.p, "quarantine.records, tenant");
	good(whole);
	config->tenant[1].sees[0][0] = 'x';
	config->tenant[1].n_sees = 1;
	config->skew_us++;
	config_live_changes(config, other, &names);
	assert_string_equal(names.p, "engine.skew, tenant");
	buf_release(&names);
}

/* ---- shown ---- */

static void reads_back(const char *file)
{
	struct buf shown, again;

	buf_init(&shown, 1 << 20);
	buf_init(&again, 1 << 20);
	good(file);
	config_print(config, &shown);
	assert_int_equal(shown.err, ERR_OK);
	if (read_text(other, buf_view(&shown)) != ERR_OK)
		fail_msg("%s", why.p);
	config_print(other, &again);
	assert_string_equal(shown.p, again.p);
	config_fixed_changes(config, other, &again);
	assert_int_equal(again.n, 0);
	config_live_changes(config, other, &again);
	assert_int_equal(again.n, 0);
	buf_release(&shown);
	buf_release(&again);
}

/* The shown defaults with their # taken away: what one begins to edit must be right, organisations too. */
static void test_shown(void **state)
{
	struct buf shown, opened;
	size_t from = 0;

	(void)state;
	reads_back("");
	reads_back(whole);
	buf_init(&shown, 1 << 20);
	buf_init(&opened, 1 << 20);
	config_default(config);
	config_print(config, &shown);
	assert_non_null(
		strstr(shown.p, "\n# DUANKA_HTTP_BODY; --body; \"64KiB\" to \"256MiB\"; restart\n#body = \"16MiB\"\n"));
	for (size_t i = 0; i < shown.n; i++)
		if (shown.p[i] == '\n') {
			bool setting = shown.p[from] == '#' && shown.p[from + 1] != ' ' && shown.p[from + 1] != '\n';

			buf_add(&opened, shown.p + from + setting, i + 1 - from - setting);
			from = i + 1;
		}
	assert_int_equal(read_text(other, buf_view(&opened)), ERR_OK);
	config_fixed_changes(config, other, &shown);
	assert_int_equal(shown.n, 0);
	config_live_changes(config, other, &shown);
	assert_string_equal(shown.p, "tenant");
	assert_string_equal(other->tenant[0].name, "bank-1");
	buf_release(&shown);
	buf_release(&opened);
}

/* ---- no memory ---- */

static enum err everything(struct buf *w)
{
	char *environment[] = { "DUANKA_HTTP_LISEN=x", "DUANKA_HTTP_THREADS=many", NULL };
	static const char file[] =
		"[htp]\n[nothing]\n[http]\nlisen = 1\nfile = 2\nthreads = \"2\"\nidle = \"0s\"\n[tenant.a]\n";
	struct buf shown;
	enum err e = ERR_OK;

	config_default(config);
	if (config_read(config, "f", text_z(file), w) == ERR_MEMORY ||
	    config_environment(config, environment, w) == ERR_MEMORY ||
	    config_set(config, "--set", "http.threads", TEXT("0"), w) == ERR_MEMORY ||
	    config_set(config, "--set", "no", TEXT("0"), w) == ERR_MEMORY)
		e = ERR_MEMORY;
	config_default(config);
	config->listen[0] = 0;
	if (config_check(config, w) == ERR_MEMORY)
		e = ERR_MEMORY;
	buf_init(&shown, 1 << 20);
	config_print(config, &shown);
	if (shown.err == ERR_MEMORY)
		e = ERR_MEMORY;
	buf_release(&shown);
	return e;
}

static void test_no_memory(void **state)
{
	uint64_t n;
	struct buf w;

	(void)state;
	buf_init(&w, CONFIG_MESSAGES_MAX);
	mem_fail_at(0);
	assert_int_equal(everything(&w), ERR_OK);
	n = mem_count();
	buf_release(&w);
	assert_true(n > 5);
	for (uint64_t i = 1; i <= n; i++) {
		enum err e;

		buf_init(&w, CONFIG_MESSAGES_MAX);
		mem_fail_at(i);
		e = everything(&w);
		mem_fail_at(0);
		buf_release(&w);
		if (e != ERR_MEMORY)
			fail_msg("allocation %llu failed and nobody said so", (unsigned long long)i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),        cmocka_unit_test(test_environment), cmocka_unit_test(test_rules),
		cmocka_unit_test(test_connectors), cmocka_unit_test(test_listen),      cmocka_unit_test(test_changes),
		cmocka_unit_test(test_shown),      cmocka_unit_test(test_no_memory),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
