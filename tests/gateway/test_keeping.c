/* test_keeping.c - texts of the desk outlive the keys they were sealed under: tended day by day over years with a new key each month, all are still read; without it they are not. */
#include "tests/test.h"
#include "tests/gateway/served.h"
#include "base/clock.h"

enum {
	DAYS = 400,
	MONTH = 30
};

static struct served s;
static int64_t today_us;
static const unsigned char ref[1][TEXT_REF_BYTES] = { "first" };

static int64_t now_us(void)
{
	return today_us;
}

static void tend(void)
{
	struct tender_duty duty = keeping_tending(&s.keep);
	atomic_bool stop = false;
	struct buf why;

	buf_init(&why, 4096);
	assert_int_equal(duty.run(duty.ctx, &stop, &why), ERR_OK);
	buf_release(&why);
}

static enum err read_text(uint32_t i)
{
	struct buf b;
	enum err e;

	buf_init(&b, TEXT_BYTES_MAX);
	e = texts_read(s.texts, ref[i], &b);
	if (e == ERR_OK)
		assert_true(text_eq(buf_view(&b), TEXT("张三，本人已核实")));
	buf_release(&b);
	return e;
}

static void live(int days)
{
	for (int day = 1; day <= days; day++) {
		today_us += US_PER_DAY;
		if (day % MONTH == 0)
			assert_int_equal(dictionary_rotate(s.dictionary), ERR_OK);
		for (int i = 0; i < 3; i++) /* a round ends when its end is met */
			tend();
	}
}

static void test_texts_outlive_their_keys(void **state)
{
	struct served_options o = { .desk = true };
	struct text plain = TEXT("张三，本人已核实");

	(void)state;
	served_start(&s, &o);
	today_us = served_clock;
	s.keep.now_us = now_us;
	s.keep.texts = s.texts;
	assert_int_equal(texts_add(s.texts, &ref[0], &plain, 1, today_us), ERR_OK);
	live(DAYS);
	assert_int_equal(read_text(0), ERR_OK);
	assert_true(s.keep.texts_renewed >= 2);
	s.keep.texts = NULL; /* nobody sees to them: that is what would become of them */
	live(DAYS);
	assert_int_equal(read_text(0), ERR_FORMAT);
	served_stop(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_texts_outlive_their_keys) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
