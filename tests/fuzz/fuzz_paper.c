/* fuzz_paper.c - any bytes as the texts of a paper: every rendering succeeds, is sound UTF-8 where it is text, and has the tags that the parts have and no others. */
#include "sheet/paper.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static uint64_t tags(const struct buf *b)
{
	uint64_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		n += b->p[i] == '<';
	return n;
}

static void make(struct paper *x, struct text t)
{
	size_t half = t.n / 2;

	paper_init(x, false);
	paper_title(x, text_of(t.p, half));
	paper_note(x, t);
	paper_table(x, 2);
	paper_column(x, t, false);
	paper_column(x, text_of(t.p + half, t.n - half), true);
	paper_cell(x, t);
	paper_cell(x, t);
	paper_figure(x, PAPER_BARS, t, 1, 0);
	paper_series(x, t);
	paper_point(x, t);
	paper_value(x, (int64_t)(t.n % 7));
}

static void rendered(struct text t, enum paper_format f, struct buf *b)
{
	struct paper x;

	buf_init(b, PAPER_OUT_MAX);
	make(&x, t);
	CHECK(paper_render(&x, f, b) == ERR_OK);
	CHECK(f == PAPER_PDF || text_utf8_valid(buf_view(b)));
	paper_release(&x);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct text t = text_of((const char *)p, n < 4096 ? n : 4096);
	struct buf a, b;

	rendered(t, PAPER_MARKDOWN, &a);
	buf_release(&a);
	rendered(t, PAPER_HTML, &a);
	rendered(TEXT("x"), PAPER_HTML, &b);
	CHECK(tags(&a) == tags(&b));
	buf_release(&a);
	buf_release(&b);
	if (n % 16 == 0) { /* pages are dear */
		rendered(t, PAPER_PDF, &a);
		buf_release(&a);
	}
	return 0;
}
