/* fuzz_questions.c - bytes that claim to be a file of questions. Whatever they are: reading ends, what is wrong has a line and a reason, what is taken lies in the text and is whole. */
#include "base/check.h"
#include "outreach/question_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void within(struct text all, struct text t)
{
	CHECK(t.n > 0 && t.n <= QUESTION_LINE_MAX && t.p >= all.p && t.p + t.n <= all.p + all.n && text_utf8_valid(t));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct text all = text_of((const char *)p, n);
	struct question_reader r;
	struct question_text q;
	enum question_read got;
	uint32_t line = 0;

	question_reader_init(&r, all);
	while ((got = question_read(&r, &q)) != QUESTION_END) {
		CHECK(q.line > line && r.line > q.line);
		line = q.line;
		if (got == QUESTION_BAD) {
			CHECK(r.why != NULL && r.bad_line >= q.line && r.bad_line < r.line);
			continue;
		}
		CHECK(desk_code_ok(q.code) && q.scam > 0 && q.scam < DESK_SCAMS);
		CHECK(q.n_choices >= 2 && q.n_choices <= QUIZ_CHOICES_MAX && q.right >= 1 && q.right <= q.n_choices);
		within(all, q.zh);
		within(all, q.en);
		within(all, q.why_zh);
		within(all, q.why_en);
		for (uint32_t i = 0; i < q.n_choices; i++) {
			within(all, q.choice_zh[i]);
			within(all, q.choice_en[i]);
		}
	}
	return 0;
}
