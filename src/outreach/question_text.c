/* question_text.c - reading the file of questions, line by line; see question_text.h. */
#include "outreach/question_text.h"

void question_reader_init(struct question_reader *r, struct text all)
{
	*r = (struct question_reader){ .rest = all, .line = 1 };
	if (r->rest.n >= 3 && memcmp(r->rest.p, "\xef\xbb\xbf", 3) == 0)
		r->rest = text_of(r->rest.p + 3, r->rest.n - 3);
}

/* The next line without its end, trimmed. False: there is none. */
static bool next_line(struct question_reader *r, struct text *out)
{
	const char *nl = r->rest.n == 0 ? NULL : memchr(r->rest.p, '\n', r->rest.n);
	size_t n = nl == NULL ? r->rest.n : (size_t)(nl - r->rest.p);

	if (r->rest.n == 0)
		return false;
	*out = text_trim(text_of(r->rest.p, n));
	n += nl != NULL;
	r->rest = text_of(r->rest.p + n, r->rest.n - n);
	r->line++;
	return true;
}

static bool means_nothing(struct text t)
{
	return t.n == 0 || t.p[0] == '#';
}

static bool bad(struct question_reader *r, uint32_t line, const char *why)
{
	r->bad_line = line;
	r->why = why;
	return false;
}

/* "= CODE CLASS" */
static bool read_head(struct question_reader *r, struct text t, struct question_text *q)
{
	struct text rest = text_trim(text_of(t.p + 1, t.n - 1)), class;
	size_t n = 0;

	while (n < rest.n && rest.p[n] != ' ' && rest.p[n] != '\t')
		n++;
	q->code = text_of(rest.p, n);
	class = text_trim(text_of(rest.p + n, rest.n - n));
	q->scam = desk_choice_find(&desk_scams, class);
	if (!desk_code_ok(q->code))
		return bad(r, q->line, "the code is 1 to 64 letters, digits, _ . and -: = tasks-01 tasks");
	return q->scam != 0 || bad(r, q->line,
	                           "the class of fraud is one of tasks, customer-service, investment, loan, credit-record, "
	                           "shopping, police, acquaintance, game, dating, cyber-crime, military, other");
}

/* "? Chinese | English" */
static bool read_pair(struct question_reader *r, struct text t, uint32_t line, struct text *zh, struct text *en)
{
	const char *bar = memchr(t.p, '|', t.n);
	size_t n = bar == NULL ? 0 : (size_t)(bar - t.p);

	if (bar == NULL || memchr(bar + 1, '|', t.n - n - 1) != NULL)
		return bad(r, line, "a line has its Chinese, one |, and its English");
	*zh = text_trim(text_of(t.p + 1, n - 1));
	*en = text_trim(text_of(bar + 1, t.n - n - 1));
	return (zh->n > 0 && en->n > 0) || bad(r, line, "Chinese and English are both needed: ? 中文 | English");
}

static bool read_choice(struct question_reader *r, struct text t, uint32_t line, struct question_text *q)
{
	uint32_t k = q->n_choices;

	if (k == QUIZ_CHOICES_MAX)
		return bad(r, line, "a question has at most six choices");
	if (t.p[0] == '+' && q->right != 0)
		return bad(r, line, "just one choice is right: begin the others with -");
	q->n_choices++;
	q->right = t.p[0] == '+' ? k + 1 : q->right;
	return read_pair(r, t, line, &q->choice_zh[k], &q->choice_en[k]);
}

static bool read_part(struct question_reader *r, struct text t, uint32_t line, struct question_text *q)
{
	if (t.n > QUESTION_LINE_MAX)
		return bad(r, line, "a line has at most 2,000 bytes");
	if (!text_utf8_valid(t))
		return bad(r, line, "this is not UTF-8; save the file as UTF-8");
	switch (t.p[0]) {
	case '?': return q->zh.n == 0 ? read_pair(r, t, line, &q->zh, &q->en) : bad(r, line, "there are two ? lines");
	case '+':
	case '-': return read_choice(r, t, line, q);
	case '!':
		return q->why_zh.n == 0 ? read_pair(r, t, line, &q->why_zh, &q->why_en) : bad(r, line, "there are two ! lines");
	default: return bad(r, line, "a line begins with = ? + - ! or #");
	}
}

static bool whole(struct question_reader *r, const struct question_text *q)
{
	if (q->zh.n == 0)
		return bad(r, q->line, "the question is missing: ? 中文 | English");
	if (q->n_choices < 2)
		return bad(r, q->line, "a question has at least two choices: one + and one -");
	if (q->right == 0)
		return bad(r, q->line, "no choice is right: begin one with +");
	return q->why_zh.n > 0 || bad(r, q->line, "why it is right is missing: ! 中文 | English");
}

static bool begins(const struct question_reader *r)
{
	struct question_reader ahead = *r;
	struct text t;

	return next_line(&ahead, &t) && t.n > 0 && t.p[0] == '=';
}

enum question_read question_read(struct question_reader *r, struct question_text *out)
{
	struct text t;
	bool ok;

	*out = (struct question_text){ 0 };
	do
		if (!next_line(r, &t))
			return QUESTION_END;
	while (means_nothing(t));
	out->line = r->line - 1;
	ok = t.p[0] == '='
	         ? t.n <= QUESTION_LINE_MAX ? read_head(r, t, out) : bad(r, out->line, "a line has at most 2,000 bytes")
	         : bad(r, out->line, "a question begins with = CODE CLASS");
	while (!begins(r) && next_line(r, &t))
		if (ok && !means_nothing(t))
			ok = read_part(r, t, r->line - 1, out);
	ok = ok && whole(r, out);
	return ok ? QUESTION_READ : QUESTION_BAD;
}
