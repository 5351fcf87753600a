/* test_scene.c - scenario files: a good one means what it says, and each mistake is told with its place, word for word. */
#include "tests/test.h"
#include "base/mem.h"
#include "sim/city_text.h"
#include "sim/scene.h"

static struct scene *scene;

static int make(void **state)
{
	(void)state;
	scene = mem_alloc(sizeof(*scene));
	return scene == NULL;
}

static int drop(void **state)
{
	(void)state;
	mem_free(scene);
	return 0;
}

static bool parse(struct text t, struct buf *errors)
{
	buf_init(errors, 1 << 16);
	bool ok = scene_parse(scene, "f", t, errors);
	assert_true(ok == (errors->n == 0));
	assert_true(text_utf8_valid(buf_view(errors)));
	return ok;
}

static void says(const char *file, const char *want)
{
	struct buf errors;
	parse(text_z(file), &errors);
	if (!text_eq(buf_view(&errors), text_z(want)))
		fail_msg("of\n%s\nit says\n%s\nnot\n%s", file, errors.n ? errors.p : "nothing", want);
	buf_release(&errors);
}

static void spans(const struct dial *d, int64_t a, int64_t b, int64_t c, int64_t e, int64_t f, int64_t g)
{
	const int64_t want[] = { a, b, c, e, f, g };
	for (int k = 0; k < DIFFICULTIES; k++)
		if (d->d[k].lo != want[2 * k] || d->d[k].hi != want[2 * k + 1])
			fail_msg("column %d is %lld..%lld", k, (long long)d->d[k].lo, (long long)d->d[k].hi);
}

static const char good[] = "# a comment\n"
						   "\n"
						   "scam one-1 \"刷单 返利\" # and another\n"
						   "\trate 0.125 | 1 | 2.5\r\n"
						   "  from-day 3\n"
						   "  victims student 4 elderly 1000\n"
						   "  call overseas 30..90s | 1min | 1.5h..10h\n"
						   "  sms task from port\n"
						   "  wait 0s..1d\n"
						   "  repeat 2..4\n"
						   "    pay 100..400.55 to new\n"
						   "    repeat 1\n"
						   "      pay 50..90% balance | 10% balance | 1% balance\n"
						   "    end\n"
						   "    quit 12.5%\n"
						   "  end\n"
						   "  pay 120..150% last to new\n"
						   "  refund 110..130%\n"
						   "  login\n"
						   "  open\n"
						   "  borrow 10000\n"
						   "  cash 1..2\n"
						   "  night\n"
						   "  report 45% after 1h..3d | 2h..4d | 5d\n"
						   "phones bulk-sms texts t\n"
						   "  rate 1\n"
						   "  cards 1 | 2..3 | 4..512\n"
						   "  days 1\n"
						   "  text loan\n"
						   "mules m \"M\"\n"
						   "  rate 1\n"
						   "  levels 1..6\n"
						   "  width 2\n"
						   "  dwell 1..8min\n"
						   "  serves 1\n"
						   "  typology fan-in 2 cycle 1\n"
						   "  cashout gold 7";

/* What is tested with a share of the balance: one `balance` after all values, as doc/scenarios.md has it. */
static void test_good(void **state)
{
	(void)state;
	struct buf errors;
	char file[sizeof(good)];
	char *share = memcpy(file, good, sizeof(good));
	share = strstr(share, "50..90% balance | 10% balance | 1% balance");
	assert_non_null(share);
	memcpy(share, "50..90%         | 10%         | 1% balance", 42);
	if (!parse(text_z(file), &errors))
		fail_msg("%s", errors.p);
	buf_release(&errors);
	assert_int_equal(scene->n_blocks, 3);
	const struct scene_block *b = &scene->block[0];
	assert_true(b->kind == BLOCK_SCAM && !strcmp(b->name, "one-1") && !strcmp(b->title, "刷单 返利") && b->line == 3);
	assert_true(b->given[KEY_RATE] && b->given[KEY_FROM_DAY] && !b->given[KEY_UNTIL_DAY]);
	spans(&b->key[KEY_RATE], 125, 125, 1000, 1000, 2500, 2500);
	spans(&b->key[KEY_FROM_DAY], 3, 3, 3, 3, 3, 3);
	assert_true(b->key[KEY_UNTIL_DAY].d[HARD].lo == 100000);
	assert_true(b->group[GROUP_STUDENT] == 4 && b->group[GROUP_ELDERLY] == 1000 && b->group[GROUP_MINOR] == 0);
	assert_int_equal(b->n_steps, 18);
	const struct scene_step *s = b->step;
	assert_true(s[0].op == STEP_CALL && s[0].from == FROM_OVERSEAS && s[0].line == 7);
	spans(&s[0].a, 30, 90, 60, 60, 5400, 36000);
	assert_true(s[1].op == STEP_SMS && s[1].from == FROM_PORT && s[1].text == TEXT_TASK);
	spans(&s[2].a, 0, 86400, 0, 86400, 0, 86400);
	assert_true(s[3].op == STEP_REPEAT && s[3].jump == 9 && s[3].a.d[EASY].hi == 4);
	assert_true(s[4].op == STEP_PAY && s[4].amount == AMOUNT_FEN && s[4].to_new);
	spans(&s[4].a, 10000, 40055, 10000, 40055, 10000, 40055);
	assert_true(s[5].op == STEP_REPEAT && s[5].jump == 7 && s[7].op == STEP_END && s[7].jump == 5);
	assert_true(s[6].amount == AMOUNT_BALANCE && !s[6].to_new);
	spans(&s[6].a, 500, 900, 100, 100, 10, 10);
	assert_true(s[8].op == STEP_QUIT && s[8].a.d[EASY].lo == 125 && s[9].op == STEP_END && s[9].jump == 3);
	assert_true(s[10].amount == AMOUNT_LAST && s[10].to_new && s[10].a.d[HARD].hi == 1500);
	assert_true(s[17].op == STEP_REPORT && s[17].a.d[EASY].lo == 450);
	spans(&s[17].b, 3600, 3 * 86400, 7200, 4 * 86400, 5 * 86400, 5 * 86400);
	b = &scene->block[1];
	assert_true(b->kind == BLOCK_PHONES && b->phones == PHONES_BULKSMS && b->text == TEXT_LOAN);
	assert_true(!strcmp(b->title, "t") && b->way[WAY_ATM] == 1 && b->typology[TYPOLOGY_PASS] == 1);
	spans(&b->key[KEY_CARDS], 1, 1, 2, 3, 4, 512);
	spans(&b->key[KEY_TALK], 10, 90, 10, 90, 10, 90);
	b = &scene->block[2];
	assert_true(b->kind == BLOCK_MULES && b->key[KEY_DWELL].d[EASY].hi == 480 && b->way[WAY_ATM] == 0);
	assert_true(b->typology[TYPOLOGY_FAN_IN] == 2 && b->typology[TYPOLOGY_PASS] == 0 && b->way[WAY_GOLD] == 7);
}

static void test_built_in(void **state)
{
	(void)state;
	struct buf errors;
	bool kinds[3] = { false }, phones[PHONES_KINDS] = { false };
	if (!parse(scene_default(), &errors))
		fail_msg("%s", errors.p);
	buf_release(&errors);
	for (uint32_t i = 0; i < scene->n_blocks; i++) {
		kinds[scene->block[i].kind] = true;
		phones[scene->block[i].phones] |= scene->block[i].kind == BLOCK_PHONES;
	}
	assert_true(kinds[BLOCK_SCAM] && kinds[BLOCK_PHONES] && kinds[BLOCK_MULES]);
	for (int k = 0; k < PHONES_KINDS; k++)
		assert_true(phones[k]);
}

/* Lines 1 to 3 of a scam that is whole; what is said stands after it. */
#define SCAM "scam s \"S\"\nrate 1\nvictims young 1\n"
#define ENDED "wait 1s\n"
#define PHONES "phones iot p \"P\"\nrate 1\ncards 1\ndays 1\n"
#define MULES "mules m \"M\"\nrate 1\nlevels 1\nwidth 1\ndwell 1s\nserves 1\n"
#define LONG_31 "abcdefghijklmnopqrstuvwxyz01234"
#define LONG_95 LONG_31 " " LONG_31 " " LONG_31

static const struct {
	const char *file, *says;
} wrong[] = {
	/* words */
	{ SCAM ENDED "colour 3", "f:5:1: error: colour is no key and no step; doc/scenarios.md lists both\n" },
	{ SCAM ENDED "  Rate 3", "f:5:3: error: Rate is no key and no step; doc/scenarios.md lists both\n" },
	{ SCAM ENDED "\"rate\" 3", "f:5:2: error: rate stands twice in this block\n" },
	{ "rate 3", "f:1:1: error: a file begins with a block: scam, phones or mules\n" },
	{ "", "f:1:1: error: the file has no block: scam, phones or mules\n" },
	{ "# nothing\n\n", "f:2:1: error: the file has no block: scam, phones or mules\n" },
	{ SCAM ENDED "wait 1s 2s", "f:5:9: error: 2s is too much here\n" },
	{ SCAM ENDED "login now", "f:5:7: error: now is too much here\n" },
	{ SCAM ENDED "1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1",
	  "f:5:81: error: more than 40 words in a line\n" },
	{ "scam s \"S", "f:1:8: error: the quote does not end; close it with \"\n" },
	/* blocks */
	{ SCAM ENDED PHONES SCAM ENDED, "f:9:1: error: s stands in line 1 already; each name is used once\n"
	                                "f:10:1: error: rate stands twice in this block\n"
	                                "f:11:1: error: victims means nothing in a block of phones\n"
	                                "f:12:1: error: wait is a step of a scam, and this block is phones\n" },
	{ "scam", "f:1:5: error: the name is missing or longer than 31 bytes\n" },
	{ "scam s", "f:1:7: error: the title is missing or longer than 95 bytes\n" },
	{ "scam s \"\"", "f:1:9: error: the title is missing or longer than 95 bytes\n" },
	{ "scam " LONG_31 "5 x", "f:1:6: error: the name is missing or longer than 31 bytes\n" },
	{ "scam " LONG_31 " \"" LONG_95 "6\"", "f:1:39: error: the title is missing or longer than 95 bytes\n" },
	{ "scam s \"a, b\"",
	  "f:1:1: error: a title has no comma, quote, backslash or tab: it goes into CSV and JSON as it is\n" },
	{ "scam s a\"b",
	  "f:1:1: error: a title has no comma, quote, backslash or tab: it goes into CSV and JSON as it is\n" },
	{ "scam S_1 x", "f:1:1: error: a name has small letters, digits and - only, not S_1\n" },
	{ "scam s \"a\" b\nrate 1\nvictims young 1\nlogin", "f:1:12: error: b is too much here\n" },
	{ "phones boxes x \"X\"",
	  "f:1:8: error: the kind of phones is missing or unknown (boxes); it is one of simbox, newcard, "
	  "sleeping, gateway, bulk-sms, iot, opening\n" },
	{ "phones",
	  "f:1:7: error: the kind of phones is missing or unknown (); it is one of simbox, newcard, sleeping, gateway, "
	  "bulk-sms, iot, opening\n" },
	{ SCAM ENDED "typology cycle 1", "f:5:1: error: typology means nothing in a block of scam\n" },
	{ SCAM ENDED "cashout atm 1", "f:5:1: error: cashout means nothing in a block of scam\n" },
	{ MULES "text loan", "f:7:1: error: text means nothing in a block of mules\n" },
	{ PHONES "active 9", "f:1:1: error: p never works: active is from an hour to a later one, like 9..18\n" },
	/* what is lacking */
	{ "scam s x", "f:1:1: error: s lacks rate, like 0.4 or 0.2..0.6\n"
	              "f:1:1: error: s lacks victims, like `victims young 3 elderly 1`\n" },
	{ SCAM, "f:1:1: error: s lacks steps: call, sms, wait, pay, ...\n" },
	{ "# c\nphones iot p x", "f:2:1: error: p lacks rate, like 0.4 or 0.2..0.6\n"
	                         "f:2:1: error: p lacks cards, like 12 or 5..30\n"
	                         "f:2:1: error: p lacks days, like 12 or 5..30\n" },
	{ "mules m x\nrate 1", "f:1:1: error: m lacks levels, like 12 or 5..30\n"
	                       "f:1:1: error: m lacks width, like 12 or 5..30\n"
	                       "f:1:1: error: m lacks dwell, like 90s, 5..20min or 1h..2d\n"
	                       "f:1:1: error: m lacks serves, like 12 or 5..30\n" },
	/* values */
	{ SCAM ENDED "from-day", "f:5:9: error: here a value is written like 12 or 5..30, not \n" },
	{ SCAM ENDED "from-day 3d", "f:5:10: error: here a value is written like 12 or 5..30, not 3d\n" },
	{ SCAM "wait 5", "f:4:6: error: here a value is written like 90s, 5..20min or 1h..2d, not 5\n" },
	{ SCAM "quit 5", "f:4:6: error: here a value is written like 40% or 5..12.5%, not 5\n" },
	{ SCAM "pay 5yuan", "f:4:5: error: here a value is written like 300 or 100..500 (yuan), not 5yuan\n" },
	{ SCAM "wait 2h..5min", "f:4:6: error: 2h..5min begins after its end; write the smaller one first\n" },
	{ SCAM "pay 2..1.99", "f:4:5: error: 2..1.99 begins after its end; write the smaller one first\n" },
	{ SCAM "wait 366d", "f:4:6: error: 366d is too much; the most is 31536000 in the unit kept\n" },
	{ SCAM "wait 999999999999999d",
	  "f:4:6: error: 999999999999999d is too much; the most is 31536000 in the unit kept\n" },
	{ SCAM "pay 1000000000.01",
	  "f:4:5: error: 1000000000.01 is too much; the most is 100000000000 in the unit kept\n" },
	{ SCAM "report 101% after 1h", "f:4:8: error: 101% is too much; the most is 1000 in the unit kept\n" },
	{ SCAM "wait 1s | 2s", "f:4:13: error: write one value, or three: easy | medium | hard\n" },
	{ SCAM "wait 1s | 2s | 3s | 4s", "f:4:19: error: | is too much here\n" },
	{ SCAM "wait 1s |", "f:4:10: error: here a value is written like 90s, 5..20min or 1h..2d, not \n" },
	{ SCAM "wait 1s 2s 3s", "f:4:9: error: 2s is too much here\n" },
	{ SCAM "wait | 1s | 2s", "f:4:6: error: here a value is written like 90s, 5..20min or 1h..2d, not |\n" },
	/* weights and names */
	{ SCAM ENDED "victims",
	  "f:5:8: error: the group is missing or unknown (); it is one of minor, student, young, adult, "
	  "elderly, finance, merchant\n" },
	{ SCAM ENDED "victims young", "f:5:14: error: after young stands its weight, 1 to 1000\n" },
	{ SCAM ENDED "victims young 0", "f:5:15: error: after young stands its weight, 1 to 1000\n" },
	{ SCAM ENDED "victims young 1001", "f:5:15: error: after young stands its weight, 1 to 1000\n" },
	{ SCAM ENDED "victims young 1.5", "f:5:15: error: after young stands its weight, 1 to 1000\n" },
	{ MULES "typology ring 1", "f:7:10: error: the typology is missing or unknown (ring); it is one of pass-through, "
	                           "fan-out, fan-in, scatter-gather, gather-scatter, cycle\n" },
	{ MULES "cashout atm 1 bank 2",
	  "f:7:15: error: the way is missing or unknown (bank); it is one of atm, counter, gold, "
	  "outside\n" },
	{ SCAM "sms hello from port", "f:4:5: error: there is no text hello; doc/scenarios.md lists them\n" },
	{ SCAM "sms", "f:4:4: error: there is no text ; doc/scenarios.md lists them\n" },
	{ SCAM "sms loan port", "f:4:10: error: here stands the word from\n" },
	{ SCAM "sms loan from", "f:4:14: error: the sender is missing or unknown (); it is one of overseas, spoofed, box, "
	                        "gateway, newcard, mobile, port\n" },
	{ SCAM "call port 1s", "f:4:6: error: who calls is missing or unknown (port); it is one of overseas, spoofed, box, "
	                       "gateway, newcard, mobile\n" },
	{ SCAM "pay 5 to old", "f:4:10: error: here stands the word new\n" },
	{ SCAM "pay 5 too new", "f:4:7: error: here stands the word to\n" },
	{ SCAM "report 5% in 1h", "f:4:11: error: here stands the word after\n" },
	/* keys where they mean nothing, twice; steps where there is no script */
	{ SCAM ENDED "cards 3", "f:5:1: error: cards means nothing in a block of scam\n" },
	{ PHONES "serves 3", "f:5:1: error: serves means nothing in a block of phones\n" },
	{ MULES "calls 3", "f:7:1: error: calls means nothing in a block of mules\n" },
	{ PHONES "cards 3", "f:5:1: error: cards stands twice in this block\n" },
	{ PHONES "wait 1s", "f:5:1: error: wait is a step of a scam, and this block is phones\n" },
	/* repeats */
	{ SCAM "login\nend", "f:5:1: error: there is no repeat to end\n" },
	{ SCAM "repeat 2\nlogin", "f:5:1: error: a repeat has no end\n" },
	{ SCAM "repeat 2\nlogin\nmules m x", "f:6:1: error: a repeat is still open; write its end before\n"
	                                     "f:6:1: error: a repeat has no end\n" },
	{ SCAM "repeat 1\nrepeat 1\nrepeat 1\nrepeat 1\nrepeat 1\nend\nend\nend\nend",
	  "f:8:1: error: repeats stand at most 4 deep in each other\n" },
	{ SCAM "repeat 1001\nend", "f:4:8: error: 1001 is too much; the most is 1000 in the unit kept\n" },
};

static void test_errors(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		says(wrong[i].file, wrong[i].says);
}

static void test_bad_values(void **state)
{
	(void)state;
	static const char *const bad[] = { "5m",       "5S",      "-5s",    "+5s",  "5s..",    "..5s",
		                               "5.s",      ".5s",     "1.2.3s", "s",    "1.2345s", "1234567890123456s",
		                               "1..2..3s", "1h...2h", "5%",     "1,5s", "１s",     "1e3s" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		char file[200], want[200];
		snprintf(file, sizeof(file), SCAM "wait %s", bad[i]);
		snprintf(want, sizeof(want), "f:4:6: error: here a value is written like 90s, 5..20min or 1h..2d, not %s\n",
		         bad[i]);
		says(file, want);
	}
}

static void test_bytes(void **state)
{
	(void)state;
	static const char nul[] = SCAM ENDED "scam a\0b c";
	static const char not_utf8[] = "f:1:1: error: a scenario file is UTF-8 text of at most 1048576 bytes\n";
	struct buf errors, big;
	parse(TEXT(nul), &errors);
	assert_text(buf_view(&errors), "f:5:7: error: a control character; a scenario file is plain text\n");
	buf_release(&errors);
	says(SCAM "login \x1b[2J", "f:4:7: error: a control character; a scenario file is plain text\n");
	says(SCAM ENDED "# \xff", not_utf8);
	says("\xef\xbb", not_utf8);
	/* A long word is cut where a character ends: 13 of 3 bytes. */
	says(SCAM ENDED "转转转转转转转转转转转转转转 1",
	     "f:5:1: error: 转转转转转转转转转转转转转 is no key and no step; doc/scenarios.md lists both\n");
	buf_init(&big, SCENE_BYTES_MAX + 1);
	buf_z(&big, SCAM "sms ");
	while (big.n < SCENE_BYTES_MAX)
		buf_char(&big, 'x');
	parse(buf_view(&big), &errors);
	assert_text(buf_view(&errors), "f:4:5: error: there is no text xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; "
	                               "doc/scenarios.md lists them\n");
	buf_release(&errors);
	buf_char(&big, '\n');
	parse(buf_view(&big), &errors);
	assert_text(buf_view(&errors), not_utf8);
	buf_release(&errors);
	buf_release(&big);
}

/* The last of what fits, and the first that does not. */
static void test_caps(void **state)
{
	(void)state;
	struct buf file, errors;
	char more[100];
	buf_init(&file, 1 << 16);
	for (int i = 0; i <= SCENE_BLOCKS_MAX; i++) {
		if (i == SCENE_BLOCKS_MAX) {
			assert_true(parse(buf_view(&file), &errors));
			buf_release(&errors);
		}
		buf_printf(&file, "scam s%d \"S\"\nvictims young 1\nlogin\nrate 1\n", i);
	}
	parse(buf_view(&file), &errors);
	snprintf(more, sizeof(more), "f:%d:1: error: more than 64 blocks\n", 4 * SCENE_BLOCKS_MAX + 1);
	assert_true(text_starts(buf_view(&errors), text_z(more)));
	buf_release(&errors);
	buf_clear(&file);
	buf_z(&file, SCAM);
	for (int i = 0; i <= SCENE_STEPS_MAX; i++) {
		if (i == SCENE_STEPS_MAX) {
			assert_true(parse(buf_view(&file), &errors));
			buf_release(&errors);
		}
		buf_z(&file, "login\n");
	}
	parse(buf_view(&file), &errors);
	assert_text(buf_view(&errors), "f:52:1: error: more than 48 steps\n");
	buf_release(&errors);
	for (int i = 0; i < 100; i++)
		buf_z(&file, "what\n");
	parse(buf_view(&file), &errors);
	size_t lines = 0;
	for (size_t i = 0; i < errors.n; i++)
		lines += errors.p[i] == '\n';
	assert_int_equal(lines, 20);
	buf_release(&errors);
	buf_release(&file);
}

/* A file that cannot be told of is still refused, and nothing is lost. */
static void test_no_memory(void **state)
{
	(void)state;
	struct buf errors;
	buf_init(&errors, 1 << 16);
	mem_fail_at(1);
	assert_false(scene_parse(scene, "f", text_z("what\n"), &errors));
	mem_fail_at(0);
	buf_release(&errors);
	buf_init(&errors, 10);
	assert_false(scene_parse(scene, "f", text_z("what\nwhat\n"), &errors));
	buf_release(&errors);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),       cmocka_unit_test(test_built_in), cmocka_unit_test(test_errors),
		cmocka_unit_test(test_bad_values), cmocka_unit_test(test_bytes),    cmocka_unit_test(test_caps),
		cmocka_unit_test(test_no_memory),
	};
	return cmocka_run_group_tests(tests, make, drop);
}
