/* test_lastknown.c - the beginning of an alert read back, and the table of last decisions against a plain list. */
#include "tests/test.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "gateway/lastknown.h"

static void put_line(struct buf *b, uint64_t position, int64_t time_us, const char *mode, int64_t score,
                     const char *severity, struct token about)
{
	buf_clear(b);
	buf_printf(b, "{\"id\":\"%llu.r\",\"position\":%llu,\"time\":\"", (unsigned long long)position,
	           (unsigned long long)position);
	clock_format(b, time_us, &clock_shanghai);
	buf_printf(b,
	           "\",\"rule\":\"r\",\"mode\":\"%s\",\"severity\":\"blue\",\"score\":1,\"decision\":{\"score\":%lld,"
	           "\"severity\":\"%s\"},\"about\":{\"kind\":\"phone\",\"token\":\"%016llx%016llx\",\"shown\":\"x\"}}\n",
	           mode, (long long)score, severity, (unsigned long long)about.w[0], (unsigned long long)about.w[1]);
}

static void test_head(void **state)
{
	struct token t = { { 0x0123456789abcdefULL, 0xfedcba9876543210ULL } };
	struct alert_head h;
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 16);
	put_line(&b, 77, 1772409600123456, "live", 120, "purple", t);
	assert_true(alert_head_read(buf_view(&b), &h));
	assert_int_equal(h.position, 77);
	assert_int_equal(h.time_us, 1772409600123456);
	assert_true(h.live);
	assert_int_equal(h.score, 120);
	assert_int_equal(h.severity, SEVERITY_PURPLE);
	assert_true(token_eq(h.about, t));
	for (size_t n = 0; n < b.n; n++) { /* cut off anywhere before the token's end, it is none */
		bool whole = strstr(b.p, "\",\"shown\"") < b.p + n;

		assert_int_equal(alert_head_read(text_of(b.p, n), &h), whole);
	}
	for (size_t n = 0; b.p[n] != 'x'; n++) { /* any byte changed: another alert or none, never a crash */
		char saved = b.p[n];

		b.p[n] = '~';
		(void)alert_head_read(buf_view(&b), &h);
		b.p[n] = 0;
		(void)alert_head_read(buf_view(&b), &h);
		b.p[n] = saved;
	}
	put_line(&b, 0, 0, "live", 1, "red", t);
	assert_false(alert_head_read(buf_view(&b), &h));
	put_line(&b, 1, 0, "shadow", 0, "none", t);
	assert_true(alert_head_read(buf_view(&b), &h));
	assert_false(h.live);
	put_line(&b, 1, 0, "live", 1, "pink", t);
	assert_false(alert_head_read(buf_view(&b), &h));
	buf_release(&b);
}

static void test_rules(void **state)
{
	struct token a = { { 1, 1 } }, b = { { 2, 2 } }, c = { { 3, 3 } }, both[] = { a, b };
	int64_t now = 1772409600 * US_PER_SECOND;
	struct lastknown *l;
	struct alert_head h;
	struct buf line;

	(void)state;
	buf_init(&line, 1 << 16);
	assert_int_equal(lastknown_new(&l), ERR_OK);
	assert_false(lastknown_find(l, &a, 1, now, &h));
	assert_false(lastknown_find(l, NULL, 0, now, &h));
	put_line(&line, 5, now, "live", 40, "red", a);
	lastknown_note(l, buf_view(&line));
	put_line(&line, 6, now, "shadow", 90, "purple", a); /* computed, not acted on */
	lastknown_note(l, buf_view(&line));
	lastknown_note(l, TEXT("not an alert\n"));
	assert_true(lastknown_find(l, &a, 1, now, &h));
	assert_int_equal(h.position, 5);
	put_line(&line, 7, now, "live", 10, "blue", b);
	lastknown_note(l, buf_view(&line));
	assert_true(lastknown_find(l, both, 2, now, &h)); /* the newest, not the worst */
	assert_int_equal(h.position, 7);
	put_line(&line, 8, now, "live", 20, "yellow", a);
	lastknown_note(l, buf_view(&line));
	put_line(&line, 8, now, "live", 60, "red", b); /* of one event the graver */
	lastknown_note(l, buf_view(&line));
	assert_true(lastknown_find(l, both, 2, now, &h));
	assert_int_equal(h.severity, SEVERITY_RED);
	assert_true(lastknown_find(l, both, 2, now + 30 * US_PER_DAY, &h));
	assert_false(lastknown_find(l, both, 2, now + 30 * US_PER_DAY + 1, &h));
	assert_true(lastknown_find(l, both, 2, now - US_PER_DAY, &h)); /* a late event */
	assert_false(lastknown_find(l, &c, 1, now, &h));
	lastknown_free(l);
	lastknown_free(NULL);
	buf_release(&line);
}

/* A full set forgets the entity whose alert is the oldest, and nothing else. */
static void test_forgets(void **state)
{
	int64_t now = 1772409600 * US_PER_SECOND;
	struct lastknown *l;
	struct alert_head h;
	struct buf line;
	uint64_t seed = test_seed(4);
	struct {
		uint64_t id, position;
	} kept[LASTKNOWN_WAYS] = { { 0, 0 } };
	struct rng rng;

	(void)state;
	rng_seed(&rng, seed);
	buf_init(&line, 1 << 16);
	assert_int_equal(lastknown_new(&l), ERR_OK);
	for (uint64_t position = 1; position < 3000; position++) {
		uint64_t id = rng_below(&rng, 20) + 1;
		uint32_t to = 0;

		put_line(&line, position, now, "live", 1, "blue", (struct token){ { id, 7 + id * LASTKNOWN_SETS } });
		lastknown_note(l, buf_view(&line));
		for (uint32_t i = 0; i < LASTKNOWN_WAYS; i++)
			to = kept[i].position < kept[to].position ? i : to;
		for (uint32_t i = 0; i < LASTKNOWN_WAYS; i++)
			to = kept[i].id == id ? i : to;
		kept[to].id = id;
		kept[to].position = position;
		for (uint64_t k = 1; k <= 20; k++) {
			struct token t = { { k, 7 + k * LASTKNOWN_SETS } };
			uint64_t want = 0;

			for (uint32_t i = 0; i < LASTKNOWN_WAYS; i++)
				want = kept[i].id == k ? kept[i].position : want;
			assert_int_equal(lastknown_find(l, &t, 1, now, &h), want != 0);
			assert_int_equal(h.position, want);
		}
	}
	lastknown_free(l);
	buf_release(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_head), cmocka_unit_test(test_rules),
		                                cmocka_unit_test(test_forgets) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
