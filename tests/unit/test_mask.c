/* test_mask.c - which numbers are hidden in texts and which stay; that nothing else changes by it, over random texts; and that an event, also one that went through
 * the journal, is as equal or different as the text that came. */
#include "tests/test.h"
#include "base/mem.h"
#include "base/rng.h"
#include "event/event_build.h"
#include "event/mask.h"
#include "gateway/decode.h"
#include "journal/record.h"
#include "policy/builtins.h"
#include "policy/policy.h"

static const struct hash_key key = { { 4 } };

static const struct {
	const char *in, *out; /* out NULL: as it is */
} cases[] = {
	{ "", NULL },
	{ "123456", NULL },
	{ "验证码123456，5分钟内有效", NULL },
	{ "请拨打95588或96110", NULL },
	{ "请拨打95588、96110、12381", NULL },
	{ "1234567", "123****" },
	{ "联系13800138000。", "联系138********。" },
	{ "138 0013 8000", "138 **** ****" },
	{ "138-0013-8000", "138-****-****" },
	{ "1 3 8 0 0 1 3 8 0 0 0", "1 3 8 * * * * * * * *" },
	{ "138 - 0013 -8000", "138 - **** -****" },
	{ "138    0013    8000", NULL }, /* four blanks end a number */
	{ "+86 13800138000", "+86 1**********" },
	{ "１３８００１３８０００", "１３８＊＊＊＊＊＊＊＊" },
	{ "１３８－００１３　８０００", "１３８－＊＊＊＊　＊＊＊＊" },
	{ "13８00１38000", "13８**＊*****" },
	{ "卡号6222021953902682094转", "卡号622****************转" },
	{ "11010119900307002X", "110***************" },
	{ "11010119900307002x，", "110***************，" },
	{ "１１０１０１１９９００３０７００２Ｘ", "１１０＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊" },
	{ "110101 19900307 002X", "110*** ******** ****" },
	{ "1234567X", "123****X" },
	{ "0532-83678888", "053*-********" },
	{ "400-669-5566", NULL },
	{ "4006695566", NULL },
	{ "８００８１０１２３４", NULL },
	{ "40066955661", "400********" },
	{ "4006695566 13800138000", "400******* ***********" },
	{ "192.168.100.200", NULL },
	{ "2001:db8:0:1234:5678:9abc:1:2", NULL },
	{ "http://kefu-tuikuan.example/r", NULL },
	{ "http://12345678.example/r", NULL },
	{ "http://a.12345678.example/r?to=13800138000", "http://a.12345678.example/r?to=138********" },
	{ "http://a.example/13800138000", "http://a.example/138********" },
	{ "https://a.example:8080/1234567#13800138000", "https://a.example:8080/123****#138********" },
	{ "http://13800138000@a.example/", "http://138********@a.example/" },
	{ "http://13800138000.example:x@a.example/", "http://138********.example:x@a.example/" },
	{ "http://13800138000", "http://138********" },
	{ "http://13800138000.5", "http://138********.5" },
	{ "http://13800138000.", "http://138********." },
	{ "看www.1234567.example/1234567", "看www.1234567.example/123****" },
	{ "www.1234567", "www.123****" },
	{ "xwww.1234567.example", "xwww.123****.example" },
	{ "Call 13800138000.Now", "Call 138********.Now" },
	{ "138********", NULL },
	{ "a\u00a0138\u00a00013\u00a08000", "a\u00a0138\u00a0****\u00a0****" },
	{ "138\u20130013\u20148000", "138\u2013****\u2014****" },
	{ "x1234567", "x123****" },
	{ "尾号 8000", NULL },
};

static struct text masked(struct text t, char *out)
{
	if (!mask_finds(t))
		return t;
	mask_put(t, out);
	return text_of(out, t.n);
}

static void test_cases_by_hand(void **state)
{
	char out[EVENT_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_text(masked(text_z(cases[i].in), out), cases[i].out == NULL ? cases[i].in : cases[i].out);
}

static const char *const piece[] = {
	"1",    "2",      "0",       "9",   "8",      "400", "７",   "０",          " ",       "-",   "　",
	"－",   "\u2013", "a",       "q",   ".",      ".",   "/",    "http",        "http://", "://", "www.",
	"@",    ":",      "example", ".cn", "号",     "，",  "*",    "＊",          "?=",      "??",  "138",
	"0013", "8000",   "\n",      "é",   "\u00a0", "😀",   "1380", "13800138000", "%",       "#",   ".q",
};

static size_t draw(struct rng *g, char *z)
{
	size_t n = 0;
	uint64_t pieces = rng_below(g, 40);

	for (uint64_t i = 0; i < pieces; i++) {
		const char *p = piece[rng_below(g, ARRAY_LEN(piece))];

		memcpy(z + n, p, strlen(p));
		n += strlen(p);
	}
	return n;
}

static void test_nothing_else_changes(void **state)
{
	static char z[4096], out[4096], again[4096], plain[4096], after[4096];
	struct rng g;
	uint64_t hidden = 0;

	(void)state;
	rng_seed(&g, test_seed(12));
	for (uint64_t i = 0; i < test_cases(300000); i++) {
		struct text t = text_of(z, draw(&g, z)), m = masked(t, out);
		size_t n;

		assert_true(text_utf8_valid(m));
		assert_int_equal(m.n, t.n);
		assert_true(text_eq(masked(m, again), m));
		n = builtin_template(t, plain);
		if (n != builtin_template(m, after) || memcmp(plain, after, n) != 0)
			fail_msg("\"%.*s\" and \"%.*s\" have other templates", (int)t.n, t.p, (int)m.n, m.p);
		hidden += m.p == out;
	}
	assert_true(hidden > test_cases(300000) / 20);
}

/* ---- in events ---- */

static const char policy_text[] =
	"entity phone\nevent sms { sender: phone, receiver: phone, body: text, url: text? }\n";

static enum err no_zone(void *ctx, struct arena *a, struct text name, struct text *out)
{
	(void)ctx;
	(void)a;
	(void)name;
	(void)out;
	return ERR_ABSENT;
}

static void policy_of(struct policy *p)
{
	struct policy_file f = { TEXT("0.dk"), TEXT(policy_text) };
	struct buf why;

	buf_init(&why, 1 << 16);
	assert_int_equal(policy_load(p, &f, 1, no_zone, NULL, &why), ERR_OK);
	buf_release(&why);
}

static void take(const struct policy *p, struct taken *t, const char *body)
{
	struct decoder d = { .schema = &p->schema, .key = &key, .latest_us = INT64_MAX };
	static char line[8][512];
	static unsigned at;
	char *z = line[at++ % 8];
	struct bad bad;

	snprintf(z, sizeof(line[0]),
	         "{\"event\":\"sms\",\"time\":\"2026-03-02T10:00:00+08:00\",\"sender\":\"13800138000\",\"body\":\"%s\","
	         "\"url\":\"http://a.example/13900139000\",\"receiver\":\"13900139000\"}",
	         body);
	assert_true(decode_event(&d, text_z(z), t, &bad));
}

/* Equal texts are equal, others are not, though what is kept of them is: before the journal and behind it. */
static void test_equality_survives(void **state)
{
	static struct taken a, b, escaped;
	struct policy p;
	struct recast *r;
	struct buf schema, bytes;
	struct record record;
	struct event e;
	struct text rest;

	(void)state;
	policy_of(&p);
	take(&p, &a, "请联系13800138000退款");
	take(&p, &b, "请联系13800138001退款");
	take(&p, &escaped, "\\u8bf7联系1380013800\\u0030退款");
	assert_text(a.event.str[0], "请联系138********退款");
	assert_text(a.event.str[1], "http://a.example/139********");
	assert_text(a.event.ident[0].plain, "13800138000");
	assert_text(a.event.ident[1].plain, "13900139000");
	assert_true(text_eq(a.event.str[0], b.event.str[0]) && text_eq(a.event.str[0], escaped.event.str[0]));
	assert_int_equal(a.event.value[2], hash_fingerprint(&key, TEXT("请联系13800138000退款")));
	assert_int_equal(a.event.value[2], escaped.event.value[2]);
	assert_int_not_equal(a.event.value[2], b.event.value[2]);
	buf_init(&schema, 1 << 16);
	buf_init(&bytes, 1 << 16);
	record_schema_put(&schema, &p.schema);
	assert_int_equal(recast_new(&r, buf_view(&schema), &p.schema, &key), ERR_OK);
	record_event_put(&bytes, &p.schema, &a.event);
	record = (struct record){ .kind = RECORD_EVENT, .payload = buf_view(&bytes) };
	assert_false(text_contains(record.payload, TEXT("13800138000")));
	assert_false(text_contains(record.payload, TEXT("13900139000")));
	assert_int_equal(record_event_take(r, &record, &e, NULL), ERR_OK);
	for (int i = 0; i < 4; i++)
		assert_int_equal(e.value[i], a.event.value[i]);
	assert_int_equal(e.masked, 3);
	assert_text(e.str[0], "请联系138********退款");
	/* written again it is the same */
	buf_clear(&schema);
	record_event_put(&schema, &p.schema, &e);
	assert_true(text_eq(buf_view(&schema), record.payload));
	/* cut off anywhere, or with a length that is too large, it is damaged */
	rest = record.payload;
	for (size_t n = 0; n < rest.n; n++) {
		record.payload = text_of(rest.p, n);
		assert_int_equal(record_event_take(r, &record, &e, NULL), ERR_FORMAT);
	}
	recast_free(r);
	buf_release(&schema);
	buf_release(&bytes);
	mem_free(a.scratch);
	mem_free(b.scratch);
	mem_free(escaped.scratch);
	policy_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases_by_hand),
		cmocka_unit_test(test_nothing_else_changes),
		cmocka_unit_test(test_equality_survives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
