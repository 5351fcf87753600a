/* question_text.h - questions of the bank as people write them (题库文件): a text file, one question after the other, each line Chinese | English.
 *
 *   = tasks-01 tasks                         a code, and the class of fraud
 *   ? 先垫付再返利，这是什么？ | First you pay, then they pay back. What is it?
 *   + 刷单诈骗 | A scam with paid tasks       the right choice; just one
 *   - 正规兼职 | A proper job                 others; two to six choices in all
 *   ! 先要钱的“兼职”都是诈骗。 | A job that wants your money first is a scam.      why
 *
 * Empty lines and lines that begin with # are passed over. A question that is wrong is told with its line and what would be right, and reading goes on with the next one.
 * Pure: the text is borrowed, and what comes out points into it. */
#ifndef DUANKA_OUTREACH_QUESTION_TEXT_H
#define DUANKA_OUTREACH_QUESTION_TEXT_H
#include "base/text.h"
#include "desk/quiz.h"

enum {
	QUESTION_LINE_MAX = 2000 /* bytes */
};

struct question_text {
	struct text code, zh, en, why_zh, why_en;
	struct text choice_zh[QUIZ_CHOICES_MAX], choice_en[QUIZ_CHOICES_MAX];
	uint32_t scam;             /* enum desk_scam */
	uint32_t n_choices, right; /* right: from 1 */
	uint32_t line;             /* where it begins */
};

struct question_reader {
	struct text rest;
	uint32_t line; /* of the next one */
	uint32_t bad_line;
	const char *why; /* of what was wrong */
};

enum question_read {
	QUESTION_END,
	QUESTION_READ,
	QUESTION_BAD /* bad_line and why are set; read on */
};
void question_reader_init(struct question_reader *r, struct text all);
enum question_read question_read(struct question_reader *r, struct question_text *out);

#endif
