/* test_completion.c - sums by outlet against sums made one by one; and the file of questions: what is right, what is wrong and where. */
#include "tests/test.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/rng.h"
#include "outreach/completion.h"
#include "outreach/question_text.h"

enum {
	MOST = 60
};

static void outlets_are_complete_when_all_have_passed(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(41));
	for (uint64_t k = test_cases(5000); k > 0; k--) {
		struct completion_member m[MOST], was[MOST];
		struct completion_outlet out[MOST];
		uint32_t n = (uint32_t)rng_below(&r, MOST), outlets, staff = 0;
		int64_t now = 1000;

		for (uint32_t i = 0; i < n; i++)
			m[i] = (struct completion_member){ .outlet = { { rng_below(&r, 3), rng_below(&r, 3) } },
				                               .user = i + 1,
				                               .until_us = rng_chance(&r, 300000) ? 0 : rng_between(&r, 998, 1003) };
		memcpy(was, m, sizeof(m));
		outlets = completion_count(m, n, now, out);
		for (uint32_t i = 0; i < outlets; i++) {
			uint32_t of = 0, passed = 0;
			int64_t first = 0;

			for (uint32_t j = 0; j < n; j++) {
				if (!token_eq(was[j].outlet, out[i].outlet))
					continue;
				of++;
				passed += was[j].until_us > now;
				if (was[j].until_us > now && (first == 0 || was[j].until_us < first))
					first = was[j].until_us;
			}
			assert_true(of > 0 && out[i].staff == of && out[i].passed == passed && out[i].until_us == first);
			assert_int_equal(out[i].complete, passed == of);
			for (uint32_t j = 0; j < of; j++)
				assert_true(token_eq(m[out[i].first + j].outlet, out[i].outlet));
			staff += of;
		}
		assert_int_equal(staff, n);
	}
}

static void installs_are_summed_and_ranked(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(42));
	for (uint64_t k = test_cases(5000); k > 0; k--) {
		struct guided was[MOST];
		struct guided_table t;
		struct guided_sum *out;
		uint32_t n = (uint32_t)rng_below(&r, MOST), rows = 0;
		bool by_clerk = rng_chance(&r, 500000);

		for (uint32_t i = 0; i < n; i++)
			was[i] = (struct guided){ .outlet = { { rng_below(&r, 2), rng_below(&r, 3) } },
				                      .clerk = 1 + rng_below(&r, 3),
				                      .state = (uint8_t)rng_between(&r, 1, GUIDANCE_STATES - 1),
				                      .what = (uint8_t)rng_between(&r, 1, GUIDANCE_WHATS - 1) };
		guided_init(&t, by_clerk, MOST);
		for (uint32_t i = 0; i < n; i++)
			assert_int_equal(guided_add(&t, &was[i]), ERR_OK);
		guided_rank(&t);
		out = t.sum;
		for (uint32_t i = 0; i < t.n; i++) {
			uint32_t by[GUIDANCE_STATES] = { 0 }, apps = 0;

			for (uint32_t j = 0; j < n; j++)
				if (token_eq(was[j].outlet, out[i].outlet) && (!by_clerk || was[j].clerk == out[i].clerk)) {
					by[was[j].state]++;
					apps += was[j].state == GUIDANCE_CONFIRMED && was[j].what == GUIDANCE_APP;
					rows++;
				}
			assert_memory_equal(by, out[i].n, sizeof(by));
			assert_int_equal(apps, out[i].confirmed[GUIDANCE_APP]);
			assert_true(i == 0 || out[i - 1].n[GUIDANCE_CONFIRMED] >= out[i].n[GUIDANCE_CONFIRMED]);
		}
		assert_int_equal(rows, n);
		guided_release(&t);
	}
}

/* Room is for outlets or clerks, however many installs they have; without memory the table stays as it is. */
static void sums_have_a_most_and_rows_have_none(void **state)
{
	struct guided g = { .state = GUIDANCE_CONFIRMED, .what = GUIDANCE_APP };
	struct guided_table t;

	(void)state;
	guided_init(&t, false, 300);
	for (uint32_t i = 0; i < 300000; i++) {
		g.outlet.w[0] = i % 300;
		if (t.n == t.cap) {
			mem_fail_at(1);
			assert_int_equal(guided_add(&t, &g), t.n < 300 && i == t.n ? ERR_MEMORY : ERR_OK);
			mem_fail_at(0);
			if (i >= 300)
				continue;
		}
		assert_int_equal(guided_add(&t, &g), ERR_OK);
	}
	assert_int_equal(t.n, 300);
	g.outlet.w[0] = 300;
	assert_int_equal(guided_add(&t, &g), ERR_CAP);
	guided_rank(&t);
	for (uint32_t i = 0; i < 300; i++)
		assert_int_equal(t.sum[i].n[GUIDANCE_CONFIRMED], 1000);
	guided_release(&t);
}

#define GOOD "= a-1 tasks\n? 问 | ask\n+ 对 | right\n- 错 | wrong\n! 因 | why\n"

static void wrong_questions_are_told_with_their_line(void **state)
{
	static const struct {
		const char *text, *why;
		uint32_t line;
	} wrong[] = {
		{ "? 问 | ask\n", "a question begins with =", 1 },
		{ "= a b c\n", "the class of fraud", 1 },
		{ "= a,b tasks\n", "the code is", 1 },
		{ "# c\n\n= a tasks\n? 问 ask\n", "one |", 4 },
		{ "= a tasks\n? 问 | a | b\n", "one |", 2 },
		{ "= a tasks\n? 问 |\n", "both needed", 2 },
		{ "= a tasks\n? 问 | q\n? 问 | q\n", "two ?", 3 },
		{ "= a tasks\n? 问 | q\n+ 对 | r\n+ 对 | r\n", "just one", 4 },
		{ "= a tasks\n? 问 | q\n- 对 | r\n- 对 | r\n! 因 | y\n", "no choice is right", 1 },
		{ "= a tasks\n? 问 | q\n+ 对 | r\n! 因 | y\n", "at least two", 1 },
		{ "= a tasks\n? 问 | q\n+ 对 | r\n- 错 | w\n", "why it is right", 1 },
		{ "= a tasks\n+ 对 | r\n- 错 | w\n! 因 | y\n", "the question is missing", 1 },
		{ "= a tasks\n? 问 | q\n+ 1 | 1\n- 2 | 2\n- 3 | 3\n- 4 | 4\n- 5 | 5\n- 6 | 6\n- 7 | 7\n", "at most six", 9 },
		{ "= a tasks\n? 问 | q\n* 对 | r\n", "a line begins with", 3 },
		{ "= a tasks\n? \xff | q\n", "not UTF-8", 2 },
		{ "= a tasks\n? 问 | q\n! 因 | y\n! 因 | y\n", "two !", 4 },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct question_reader r;
		struct question_text q;
		struct buf all;

		buf_init(&all, 4096); /* what is wrong, and a good one behind it */
		buf_z(&all, wrong[i].text);
		buf_z(&all, GOOD);
		question_reader_init(&r, buf_view(&all));
		assert_int_equal(question_read(&r, &q), QUESTION_BAD);
		if (strstr(r.why, wrong[i].why) == NULL || r.bad_line != wrong[i].line)
			fail_msg("case %u: line %u: %s", i, r.bad_line, r.why);
		assert_int_equal(question_read(&r, &q), QUESTION_READ);
		assert_true(text_eq(q.code, TEXT("a-1")) && q.right == 1 && q.n_choices == 2 &&
		            text_eq(q.choice_en[1], TEXT("wrong")));
		assert_int_equal(question_read(&r, &q), QUESTION_END);
		buf_release(&all);
	}
}

/* What is shipped: at least five of each class, no code twice, nothing too long to be read on a screen. */
static void the_shipped_bank_is_sound(void **state)
{
	struct question_reader r;
	struct question_text q;
	uint32_t of[DESK_SCAMS] = { 0 }, n = 0;
	static struct text codes[1000];
	char path[512];
	struct buf all;
	enum question_read got;

	(void)state;
	snprintf(path, sizeof(path), "%s/training/questions.txt", getenv("SOURCE_DIR") ? getenv("SOURCE_DIR") : ".");
	buf_init(&all, 1 << 20);
	assert_int_equal(file_read_all(path, 1 << 20, &all), ERR_OK);
	question_reader_init(&r, buf_view(&all));
	while ((got = question_read(&r, &q)) != QUESTION_END) {
		assert_int_equal(got, QUESTION_READ);
		for (uint32_t i = 0; i < n; i++)
			assert_false(text_eq(codes[i], q.code));
		assert_true(n < ARRAY_LEN(codes) && q.zh.n <= 360 && q.en.n <= 240);
		for (uint32_t i = 0; i < q.n_choices; i++)
			for (uint32_t j = 0; j < i; j++)
				assert_false(text_eq(q.choice_zh[i], q.choice_zh[j]) || text_eq(q.choice_en[i], q.choice_en[j]));
		codes[n++] = q.code;
		of[q.scam]++;
	}
	assert_true(n >= 60);
	for (uint32_t s = SCAM_TASKS; s <= SCAM_MILITARY; s++)
		assert_true(of[s] >= 5);
	buf_release(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outlets_are_complete_when_all_have_passed),
		cmocka_unit_test(installs_are_summed_and_ranked),
		cmocka_unit_test(sums_have_a_most_and_rows_have_none),
		cmocka_unit_test(wrong_questions_are_told_with_their_line),
		cmocka_unit_test(the_shipped_bank_is_sound),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
