/* test_publicity.c - what a screen shows, against a naive judge; feeds that hold anything; print; lengths; e-mails without a way into their header; growth of methods, and none where there is none. */
#include "tests/test.h"
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include "base/clock.h"
#include "base/rng.h"
#include "desk/publication.h"
#include "gateway/feed.h"
#include "outreach/channel.h"
#include "outreach/method.h"
#include "outreach/playlist.h"
#include "outreach/print.h"

#define T0 ((int64_t)1772323200 * US_PER_SECOND) /* 2026-03-01T08:00:00+08:00, a Sunday */

/* ---- playlists ---- */

static bool naive(const struct playlist_slot *s, const struct playlist_screen *w, int64_t now)
{
	struct civil c;
	int32_t day, from = s->from_hour, to = s->to_hour;

	clock_to_civil(now, 8 * 3600, &c);
	if ((s->screen && s->screen != w->id) || (s->outlet && s->outlet != w->outlet) ||
	    (s->organisation && s->organisation != w->organisation) || (s->district && s->district != w->district) ||
	    now < s->starts_us || (s->until_us && now >= s->until_us))
		return false;
	if (s->emergency)
		return true;
	if (to == 0)
		to = 24;
	if (from == s->to_hour)
		return s->weekdays == 0 || (s->weekdays >> (c.weekday - 1) & 1);
	day = c.weekday - 1;
	if (from < to)
		return (s->weekdays == 0 || (s->weekdays >> day & 1)) && c.hour >= from && c.hour < to;
	if (c.hour < to)
		day = (day + 6) % 7;
	else if (c.hour < from)
		return false;
	return s->weekdays == 0 || (s->weekdays >> day & 1);
}

static void test_playlists(void **state)
{
	struct playlist_slot slot[30];
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(71));
	for (uint64_t n = test_cases(20000); n > 0; n--) {
		struct playlist_screen w = { 1 + rng_below(&r, 2), rng_below(&r, 3), (uint16_t)rng_below(&r, 3),
			                         (uint16_t)rng_below(&r, 3) };
		int64_t now = T0 + (int64_t)rng_below(&r, 14 * 24) * US_PER_HOUR;
		uint32_t out[PLAYLIST_MAX], got, want = 0, k = (uint32_t)rng_below(&r, 30);
		bool emergency, urgent = false;

		for (uint32_t i = 0; i < k; i++) {
			slot[i] =
				(struct playlist_slot){ .id = 1000 - i,
				                        .material = i,
				                        .screen = rng_below(&r, 4) ? 0 : 1 + rng_below(&r, 2),
				                        .outlet = rng_below(&r, 4) ? 0 : rng_below(&r, 3),
				                        .organisation = (uint16_t)(rng_below(&r, 2) ? 0 : rng_below(&r, 3)),
				                        .starts_us = rng_below(&r, 2) ? 0 : T0 + (int64_t)rng_below(&r, 9) * US_PER_DAY,
				                        .until_us = rng_below(&r, 2) ? 0 : T0 + (int64_t)rng_below(&r, 14) * US_PER_DAY,
				                        .weekdays = (uint8_t)(rng_below(&r, 2) ? 0 : rng_below(&r, 128)),
				                        .from_hour = (uint8_t)(rng_below(&r, 2) ? 0 : rng_below(&r, 24)),
				                        .to_hour = (uint8_t)(rng_below(&r, 2) ? 0 : 1 + rng_below(&r, 24)),
				                        .priority = (uint8_t)rng_below(&r, 4),
				                        .emergency = rng_below(&r, 40) == 0 };
			urgent = urgent || (slot[i].emergency && naive(&slot[i], &w, now));
		}
		got = playlist_make(slot, k, &w, now, out, &emergency);
		assert_int_equal(emergency, urgent);
		for (uint32_t i = 0; i < k; i++)
			want += naive(&slot[i], &w, now) && (!urgent || slot[i].emergency);
		assert_int_equal(got, want);
		for (uint32_t i = 0; i < got; i++) {
			const struct playlist_slot *s = &slot[out[i]], *before = i > 0 ? &slot[out[i - 1]] : NULL;

			assert_true(naive(s, &w, now) && (!urgent || s->emergency));
			assert_true(before == NULL || before->priority > s->priority ||
			            (before->priority == s->priority && before->id < s->id));
		}
	}
}

static void test_a_playlist_ends(void **state)
{
	static struct playlist_slot slot[PLAYLIST_MAX + 50];
	struct playlist_screen w = { 1, 0, 0, 0 };
	uint32_t out[PLAYLIST_MAX];
	bool emergency;

	(void)state;
	for (uint32_t i = 0; i < PLAYLIST_MAX + 50; i++)
		slot[i] = (struct playlist_slot){ .id = i + 1, .priority = (uint8_t)(i % 10) };
	assert_int_equal(playlist_make(slot, PLAYLIST_MAX + 50, &w, T0, out, &emergency), PLAYLIST_MAX);
	for (uint32_t i = 1; i < PLAYLIST_MAX; i++)
		assert_true(slot[out[i - 1]].priority >= slot[out[i]].priority);
	assert_true(slot[out[PLAYLIST_MAX - 1]].priority >= 3); /* the least give way */
}

/* ---- feeds: a small strict reader of XML, which knows what these feeds use ---- */

static const char *name_end(const char *p)
{
	return p + strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:");
}

static void entity(const char **p)
{
	static const char *const known[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&#96;" };

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strncmp(*p, known[i], strlen(known[i])) == 0) {
			*p += strlen(known[i]);
			return;
		}
	fail_msg("a bare ampersand: %.20s", *p);
}

static void well_formed(const struct buf *b, uint32_t *items)
{
	char open[32][40];
	uint32_t depth = 0;
	const char *p = b->p;

	assert_true(text_utf8_valid(buf_view(b)));
	assert_int_equal(strlen(b->p), b->n);
	assert_memory_equal(p, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", 39);
	*items = 0;
	for (p += 39; *p != 0;) {
		const char *end;

		assert_true((unsigned char)*p >= 0x20 || *p == '\n' || *p == '\t');
		if (*p == '&') {
			entity(&p);
			continue;
		}
		assert_true(*p != '>' && (*p != ']' || strncmp(p, "]]>", 3) != 0));
		if (*p != '<') {
			assert_true(depth > 0 || *p == '\n');
			p++;
			continue;
		}
		if (p[1] == '/') {
			end = name_end(p + 2);
			assert_true(depth > 0 && *end == '>');
			depth--;
			assert_int_equal(strlen(open[depth]), end - p - 2);
			assert_memory_equal(open[depth], p + 2, end - p - 2);
			p = end + 1;
			continue;
		}
		end = name_end(p + 1);
		assert_true(end > p + 1 && end - p < 40 && depth < 32);
		memcpy(open[depth], p + 1, (size_t)(end - p - 1));
		open[depth][end - p - 1] = 0;
		*items += strcmp(open[depth], "item") == 0 || strcmp(open[depth], "entry") == 0;
		for (p = end; *p == ' ';) { /* name="value" */
			p = name_end(p + 1);
			assert_memory_equal(p, "=\"", 2);
			for (p += 2; *p != '"';) {
				assert_true(*p != '<' && *p != 0 && (unsigned char)*p >= 0x20);
				if (*p == '&')
					entity(&p);
				else
					p++;
			}
			p++;
		}
		if (*p == '/')
			p++;
		else
			depth++;
		assert_true(*p == '>');
		p++;
	}
	assert_int_equal(depth, 0);
}

static size_t hostile(struct rng *r, char *z, size_t max)
{
	static const char *const pieces[] = { "]]>",
		                                  "<script>alert(1)</script>",
		                                  "<!--",
		                                  "-->",
		                                  "&",
		                                  "&amp;",
		                                  "\"",
		                                  "'",
		                                  "\x01",
		                                  "\x1b[2J",
		                                  "\x7f",
		                                  "\xe2\x80\xae",
		                                  "\xef\xbf\xbe",
		                                  "\xff",
		                                  "\xc0\x80",
		                                  "\xed\xa0\x80",
		                                  "反诈",
		                                  "\xf0\x9f\x98\x80",
		                                  "\n",
		                                  "</title>",
		                                  "<![CDATA[",
		                                  "\r\nBcc: x@y.z\r\n\r\n",
		                                  "%0d%0a" };
	size_t n = 0;

	while (n < max - 32 && !rng_chance(r, 60000)) {
		const char *p = pieces[rng_below(r, ARRAY_LEN(pieces))];

		memcpy(z + n, p, strlen(p));
		n += strlen(p);
	}
	return n;
}

static void test_feeds_hold_anything(void **state)
{
	static char words[3][3000];
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(72));
	for (uint64_t n = test_cases(1500); n > 0; n--) {
		struct feed_item item[3] = { 0 };
		struct feed f = { .title = "t<&>",
			              .description = "d",
			              .language = "zh-CN",
			              .home_url = "https://a/?x=1&y=2",
			              .self_url = "https://a/f",
			              .changed_us = T0,
			              .n = 3,
			              .item = item };

		for (uint32_t i = 0; i < 3; i++)
			item[i] = (struct feed_item){ .id = "urn:uuid:1",
				                          .url = "https://a/1?a=1&b=2",
				                          .picture_url = i == 1 ? "https://a/p" : NULL,
				                          .title = text_of(words[i], hostile(&r, words[i], sizeof(words[i]))),
				                          .summary = text_of(words[i], rng_below(&r, 50)),
				                          .body = TEXT("x\xe2\x80\xaey"),
				                          .category = i == 2 ? "a<b" : NULL,
				                          .out_us = T0,
				                          .changed_us = T0 };
		for (int form = 0; form < FEED_FORMS; form++) {
			struct buf b;
			uint32_t items;

			buf_init(&b, FEED_BYTES_MAX);
			feed_put(&b, (enum feed_form)form, &f);
			assert_int_equal(b.err, ERR_OK);
			assert_false(text_contains(buf_view(&b), TEXT("\xe2\x80\xae")) ||
			             text_contains(buf_view(&b), TEXT("u202e")));
			if (form == FEED_JSON) {
				json_error_t e;
				json_t *j = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &e);

				assert_non_null(j);
				assert_int_equal(json_array_size(json_object_get(j, "items")), 3);
				json_decref(j);
			} else {
				well_formed(&b, &items);
				assert_int_equal(items, 3);
			}
			buf_release(&b);
		}
	}
}

static void test_a_huge_body_is_cut(void **state)
{
	static char huge[60000];
	struct buf b;

	(void)state;
	for (size_t i = 0; i + 3 <= sizeof(huge); i += 3)
		memcpy(huge + i, "诈", 3);
	buf_init(&b, FEED_BYTES_MAX);
	feed_cut(&b, text_of(huge, sizeof(huge)), FEED_BODY_MAX);
	assert_true(b.n <= FEED_BODY_MAX + 3 && text_utf8_valid(buf_view(&b)));
	assert_memory_equal(b.p + b.n - 3, "…", 3);
	buf_release(&b);
}

/* ---- print ---- */

static void test_print(void **state)
{
	struct print_count count = { 0, 0 };
	struct buf b;

	(void)state;
	assert_int_equal(print_columns(TEXT("ab诈骗")), 6);
	assert_int_equal(print_characters(TEXT("a b\n诈")), 4);
	buf_init(&b, 1 << 20);
	print_set(&b, TEXT("凡是要求先付款的，都是诈骗。转账之前想一想。"), 16, &count);
	assert_string_equal(b.p, "凡是要求先付款\n的，都是诈骗。转\n账之前想一想。\n");
	assert_int_equal(count.characters, 22);
	assert_int_equal(count.lines, 3);
	buf_clear(&b);
	print_set(&b, TEXT("call 96110 immediately, please"), 16, &count);
	assert_string_equal(b.p, "call 96110\nimmediately,\nplease\n");
	buf_clear(&b);
	print_markdown(&b, TEXT("# <b>*x*</b>\n[y](z)"));
	assert_string_equal(b.p, "\\# \\<b\\>\\*x\\*\\</b\\> \\[y\\]\\(z\\)");
	buf_release(&b);
}

static void test_print_keeps_every_character(void **state)
{
	static const char *const pieces[] = { "反", "诈", "，", "。", "（", "）", "ab", "1", " ", "《", "》", "x-y" };
	char z[600];
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(73));
	for (uint64_t n = test_cases(5000); n > 0; n--) {
		struct print_count count = { 0, 0 };
		uint32_t width = 16 + (uint32_t)rng_below(&r, 30), k = 0, line = 0;
		uint64_t want = 0;
		struct buf b;

		while (k < 500 && !rng_chance(&r, 15000)) {
			const char *p = pieces[rng_below(&r, ARRAY_LEN(pieces))];

			memcpy(z + k, p, strlen(p));
			k += (uint32_t)strlen(p);
			want += p[0] == ' ' ? 0 : print_characters(text_z(p));
		}
		buf_init(&b, 1 << 20);
		print_set(&b, text_of(z, k), width, &count);
		assert_int_equal(count.characters, want);
		for (uint32_t i = 0; i < b.n; i++)
			if (b.p[i] == '\n') {
				assert_true(print_columns(text_of(b.p + line, i - line)) <= width);
				line = i + 1;
			}
		buf_release(&b);
	}
}

/* ---- channels and e-mail ---- */

static void test_lengths(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	channel_cut(&b, TEXT("反诈宣传"), 4);
	assert_string_equal(b.p, "反诈宣传");
	buf_clear(&b);
	channel_cut(&b, TEXT("反诈宣传片"), 4);
	assert_string_equal(b.p, "反诈宣…");
	buf_clear(&b);
	channel_cut(&b,
	            TEXT("a\x01\xff"
	                 "b\x7f"),
	            4);
	assert_string_equal(b.p, "ab");
	buf_release(&b);
	assert_int_equal(channel_limits(CHANNEL_WECHAT).title, 64);
	assert_int_equal(channel_limits(CHANNEL_WEB).title, 0);
}

static void test_no_way_into_a_header(void **state)
{
	static const char *const bad[] = {
		"a@b\r\nRCPT TO:<x@y>", "a b@c.d", "a@b@c", "@b.c", "a@", "<a@b.c>", "a@b.c>", "a@.c", "-a@b.c", ""
	};
	static char words[3000];
	struct rng r;

	(void)state;
	assert_true(mail_address_ok(TEXT("fz.list+a@example.cn")));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(mail_address_ok(text_z(bad[i])));
	rng_seed(&r, test_seed(74));
	for (uint64_t n = test_cases(1000); n > 0; n--) {
		struct text t = text_of(words, hostile(&r, words, sizeof(words)));
		const char *body;
		uint32_t headers = 0;
		struct buf b;

		buf_init(&b, 1 << 20);
		mail_put(&b, &(struct mail){ TEXT("a@b.cn"), TEXT("l@b.cn"), t, t, "X-65536", T0 });
		assert_int_equal(b.err, ERR_OK);
		body = strstr(b.p, "\r\n\r\n");
		assert_non_null(body);
		for (const char *p = b.p; p < body;) {
			const char *end = strstr(p, "\r\n");

			headers += p[0] != ' ';
			assert_true(end - p <= 78);
			p = end + 2;
		}
		assert_int_equal(headers, 9);
		for (size_t i = 0; i < b.n; i++) {
			assert_true((unsigned char)b.p[i] < 0x7f);
			assert_true((b.p[i] == '\n') == (i > 0 && b.p[i - 1] == '\r'));
		}
		buf_release(&b);
	}
}

/* ---- methods ---- */

static void add_noise(struct method *m, struct rng *r, int64_t end, uint32_t a_week, uint64_t *position)
{
	static const char *const what[] = { "您的快递", "会议通知", "生日快乐", "验证码是",
		                                "天气预报", "账单已出", "航班延误", "体检报告" };

	for (int week = METHOD_WEEKS; week >= 0; week--)
		for (uint32_t i = 0; i < a_week; i++) {
			char z[200];
			int64_t at = end - 7 * US_PER_DAY * week - 1 - (int64_t)rng_below(r, 7 * 86400) * US_PER_SECOND;

			snprintf(z, sizeof(z), "%s%s%c%c%c%c%c%c%c%c，请注意查收", what[rng_below(r, 8)], what[rng_below(r, 8)],
			         'a' + (int)rng_below(r, 26), 'a' + (int)rng_below(r, 26), 'a' + (int)rng_below(r, 26),
			         'a' + (int)rng_below(r, 26), 'a' + (int)rng_below(r, 26), 'a' + (int)rng_below(r, 26),
			         'a' + (int)rng_below(r, 26), 'a' + (int)rng_below(r, 26));
			assert_int_equal(method_message(m, text_z(z), at, ++*position), ERR_OK);
			assert_int_equal(method_item(m, METHOD_SCAM, text_z(what[rng_below(r, 4)]), at, *position), ERR_OK);
		}
}

static void test_a_new_method_is_found(void **state)
{
	static struct method_finding found[METHOD_FINDINGS_MAX];
	struct method *m;
	uint64_t position = 0;
	uint32_t n;
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(75));
	assert_int_equal(method_new(&m, T0), ERR_OK);
	add_noise(m, &r, T0, 200, &position);
	for (uint32_t i = 0; i < 40; i++) { /* names and numbers differ; one text folds into the other */
		char z[200];

		snprintf(z, sizeof(z), "尊敬的%s，您的百万保障即将到期扣费%u元，请下载会议软件联系客服关闭",
		         i % 2 ? "张三" : "欧阳娜", 1000 + i);
		assert_int_equal(method_message(m, text_z(z), T0 - US_PER_DAY + i, ++position), ERR_OK);
		assert_int_equal(method_item(m, METHOD_SCAM, TEXT("new"), T0 - US_PER_DAY + i, position), ERR_OK);
	}
	n = method_find(m, found);
	assert_int_equal(n, 2);
	for (uint32_t i = 0; i < n; i++) {
		assert_int_equal(found[i].seen, 40);
		assert_int_equal(found[i].before, 0);
		assert_int_equal(found[i].n_positions, METHOD_POSITIONS);
		assert_true(found[i].p < 1e-9);
		if (found[i].sign == METHOD_MESSAGES) {
			assert_true(text_contains(found[i].words, TEXT("请下载会议软件联系客服关闭")) ||
			            text_contains(found[i].words, TEXT("下载会议软件联系客服关闭")));
			assert_false(text_contains(found[i].words, TEXT("张三")));
			assert_false(text_contains(found[i].words, TEXT("欧阳")));
		} else {
			assert_string_equal(found[i].name, "new");
		}
	}
	method_free(m);
}

/* Where nothing grows, next to nothing is proposed: 200 worlds, a false alarm in one of a hundred at most by design, and the floors besides. */
static void test_no_alarm_without_growth(void **state)
{
	static struct method_finding found[METHOD_FINDINGS_MAX];
	uint32_t alarms = 0, worlds = (uint32_t)test_cases(60);
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(76));
	for (uint32_t i = 0; i < worlds; i++) {
		struct method *m;
		uint64_t position = 0;

		assert_int_equal(method_new(&m, T0), ERR_OK);
		add_noise(m, &r, T0, 100, &position);
		alarms += method_find(m, found) > 0;
		method_free(m);
	}
	print_message("%u worlds, %u with an alarm\n", worlds, alarms);
	assert_true(alarms * 20 <= worlds);
}

/* Exact sums in whole numbers beside it. */
static void test_tail(void **state)
{
	(void)state;
	for (uint64_t n = 1; n <= 30; n++)
		for (uint64_t x = 0; x <= n; x++) {
			double sum = 0, choose = 1;

			for (uint64_t k = 0; k <= n; k++) {
				sum += k >= x ? choose * pow(0.25, (double)k) * pow(0.75, (double)(n - k)) : 0;
				choose = choose * (double)(n - k) / (double)(k + 1);
			}
			if ((double)x > 0.25 * (double)n)
				assert_true(fabs(method_tail(n, 0.25, x) - sum) < 1e-12);
			else
				assert_true(method_tail(n, 0.25, x) == 1);
		}
}

static void test_more_clusters_than_room(void **state)
{
	static struct method_finding found[METHOD_FINDINGS_MAX];
	struct method_counts counts;
	struct method *m;
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(77));
	assert_int_equal(method_new(&m, T0), ERR_OK);
	for (uint64_t i = 0; i < METHOD_CLUSTERS * 2; i++) {
		char z[64];

		for (int k = 0; k < 40; k++)
			z[k] = (char)('a' + (int)rng_below(&r, 26));
		assert_int_equal(method_message(m, text_of(z, 40), T0 - 1, i + 1), ERR_OK);
	}
	method_counts(m, &counts);
	assert_int_equal(counts.messages, METHOD_CLUSTERS * 2);
	assert_true(counts.clusters <= METHOD_CLUSTERS && counts.dropped > 0);
	assert_int_equal(method_find(m, found), 0);
	method_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_playlists),
		cmocka_unit_test(test_a_playlist_ends),
		cmocka_unit_test(test_feeds_hold_anything),
		cmocka_unit_test(test_a_huge_body_is_cut),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_print_keeps_every_character),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_no_way_into_a_header),
		cmocka_unit_test(test_a_new_method_is_found),
		cmocka_unit_test(test_no_alarm_without_growth),
		cmocka_unit_test(test_tail),
		cmocka_unit_test(test_more_clusters_than_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
