/* test_paper.c - papers: what goes in is cleaned; no text becomes markup, whatever it is; the same paper gives the same bytes; each allocation fails once. */
#include "tests/test.h"
#include <stdio.h>
#include "base/mem.h"
#include "base/rng.h"
#include "sheet/paper.h"

static void render(const struct paper *p, enum paper_format f, struct buf *out)
{
	buf_init(out, PAPER_OUT_MAX);
	assert_int_equal(paper_render(p, f, out), ERR_OK);
}

static bool has(const struct buf *b, const char *z)
{
	return text_contains(buf_view(b), text_z(z));
}

static void what_goes_in_is_cleaned(void **state)
{
	struct paper p;
	struct buf b;

	(void)state;
	paper_init(&p, false);
	paper_paragraph(&p, TEXT("a\x01\x1b[31mb\xe2\x80\xae"
	                         "c\xff"
	                         "d\te\xc2\xad"
	                         "f\xf3\xa0\x81\x81g\xed\xa0\x80h"));
	paper_paragraph(&p, TEXT("z\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81z"));
	paper_paragraph(&p, TEXT("  one\n\n \ntwo\nthree  \n"));
	paper_paragraph(&p, TEXT(" \n \n"));
	render(&p, PAPER_HTML, &b);
	assert_true(has(&b, "<p>a[31mbc\xef\xbf\xbd"
	                    "d efg\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdh</p>"));
	assert_true(has(&b, "<p>z\xcc\x81\xcc\x81z</p>"));
	assert_true(has(&b, "<p>one</p>\n<p>two\nthree</p>\n</body>"));
	buf_release(&b);
	paper_release(&p);
}

static const char *const hostile[] = { "<script>alert(1)</script>",
	                                   "</td></tr></table><img src=x onerror=alert(1)>",
	                                   "\"><svg onload=1>",
	                                   "'; DROP -- &amp; &#60;",
	                                   "# heading\n## more\n- item\n1. one\n    code\n> quote\n---\n***",
	                                   "| a | b |\n|---|---|",
	                                   "```\ncode\n```\n~~~",
	                                   "[x](javascript:alert(1)) ![y](http://evil/?) <http://evil>",
	                                   "http://evil www.evil.example $x$ \\ \\\\",
	                                   "\xe2\x80\xaetxt.exe\xe2\x80\xa9 next",
	                                   "<span size='99999999'>pango</span> &nbsp;",
	                                   "\n\n\n",
	                                   "",
	                                   "=====\n+ x\n10) y\n  2. z" };

/* A paper of every kind of part with texts that t gives. */
static void fill(struct paper *p, struct text (*t)(void *ctx), void *ctx)
{
	paper_title(p, t(ctx));
	for (uint32_t i = 1; i <= 3; i++)
		paper_heading(p, i, t(ctx));
	paper_note(p, t(ctx));
	paper_item(p, t(ctx));
	paper_item(p, t(ctx));
	paper_table(p, 3);
	for (uint32_t i = 0; i < 3; i++)
		paper_column(p, t(ctx), i == 2);
	for (uint32_t i = 0; i < 12; i++)
		paper_cell(p, t(ctx));
	for (uint32_t k = 0; k <= PAPER_FUNNEL; k++) {
		paper_figure(p, (enum paper_figure)k, t(ctx), 2, k);
		paper_series(p, t(ctx));
		paper_series(p, t(ctx));
		for (uint32_t i = 0; i < 5; i++) {
			paper_point(p, t(ctx));
			paper_value(p, i == 3 ? PAPER_NOTHING : (int64_t)i * 1000);
			paper_value(p, i == 4 ? INT64_MAX : -(int64_t)i);
		}
	}
}

static struct text harmless(void *ctx)
{
	(void)ctx;
	return TEXT("x");
}

static struct text any_hostile(void *ctx)
{
	return text_z(hostile[rng_below(ctx, ARRAY_LEN(hostile))]);
}

static struct text any_bytes(void *ctx)
{
	static char z[64];
	size_t n = rng_below(ctx, sizeof(z));

	for (size_t i = 0; i < n; i++)
		z[i] =
			rng_chance(ctx, 500000) ? "<>&\"'|\\`*_[](){}#+-.!~$:/\n "[rng_below(ctx, 28)] : (char)rng_below(ctx, 256);
	return text_of(z, n);
}

static uint64_t count(const struct buf *b, const char *set)
{
	uint64_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		n += b->p[i] != 0 && strchr(set, b->p[i]) != NULL;
	return n;
}

/* Marks that no backslash stands before. */
static uint64_t bare(const struct buf *b, const char *set)
{
	uint64_t n = 0;

	for (size_t i = 0; i < b->n; i++) {
		if (b->p[i] == '\\')
			i++;
		else
			n += strchr(set, b->p[i]) != NULL;
	}
	return n;
}

static void no_text_becomes_markup(void **state)
{
	struct text (*const draw[])(void *) = { any_hostile, any_bytes };
	struct paper p;
	struct buf html, md, b;
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(31));
	paper_init(&p, true);
	fill(&p, harmless, NULL);
	render(&p, PAPER_HTML, &html);
	render(&p, PAPER_MARKDOWN, &md);
	paper_release(&p);
	for (uint32_t i = 0; i < 300; i++) {
		paper_init(&p, true);
		fill(&p, draw[i % 2], &r);
		render(&p, PAPER_HTML, &b);
		/* An empty word is no word: texts of figures are never left out, so the number of tags is the same. */
		assert_int_equal(count(&b, "<"), count(&html, "<"));
		assert_int_equal(count(&b, ">"), count(&html, ">"));
		assert_true(text_utf8_valid(buf_view(&b)) && !has(&b, "<script") && !has(&b, "<img"));
		buf_release(&b);
		render(&p, PAPER_MARKDOWN, &b);
		assert_int_equal(bare(&b, "<>`|[]{}_~$&"), bare(&md, "<>`|[]{}_~$&"));
		assert_int_equal(bare(&b, "#*"), bare(&md, "#*"));
		assert_true(text_utf8_valid(buf_view(&b)));
		buf_release(&b);
		paper_release(&p);
	}
	buf_release(&html);
	buf_release(&md);
}

static void markdown_as_it_is(void **state)
{
	struct paper p;
	struct buf b;

	(void)state;
	paper_init(&p, false);
	paper_title(&p, TEXT("T"));
	paper_paragraph(&p, TEXT("1. no list\n- nor this\nwww.x http://y"));
	paper_item(&p, TEXT("a|b"));
	paper_table(&p, 2);
	paper_column(&p, TEXT("name"), false);
	paper_column(&p, TEXT("n"), true);
	paper_cell(&p, TEXT("x\ny"));
	paper_cell(&p, TEXT("1"));
	paper_figure(&p, PAPER_BARS, TEXT("F"), 1, 2);
	paper_series(&p, TEXT("s"));
	paper_point(&p, TEXT("p"));
	paper_value(&p, -123456789);
	paper_point(&p, TEXT("q"));
	paper_value(&p, 5);
	render(&p, PAPER_MARKDOWN, &b);
	assert_string_equal(b.p, "# T\n\n1\\. no list\\\n\\- nor this\\\nwww\\.x http\\://y\n\n- a\\|b\n\n"
	                         "| name | n |\n|---|---:|\n| x y | 1 |\n\n"
	                         "**F**\n\n|  | s |\n|---|---:|\n| p | -1,234,567.89 |\n| q | 0.05 |\n\n");
	buf_release(&b);
	paper_release(&p);
}

/* Pages of a PDF: their objects are not compressed. */
static uint32_t pages(const struct buf *b)
{
	uint32_t n = 0;

	for (size_t i = 0; i + 12 < b->n; i++)
		n += memcmp(b->p + i, "/Type /Page", 11) == 0 && b->p[i + 11] != 's';
	return n;
}

static void a_pdf_is_the_same_twice_and_has_no_date(void **state)
{
	struct paper p;
	struct buf one, two;
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(32));
	paper_init(&p, true);
	fill(&p, any_hostile, &r);
	paper_paragraph(&p, TEXT("反诈断卡 أبجد \xf0\x9f\x98\x80"));
	render(&p, PAPER_PDF, &one);
	render(&p, PAPER_PDF, &two);
	assert_int_equal(one.n, two.n);
	assert_memory_equal(one.p, two.p, one.n);
	assert_true(has(&one, "%PDF-") && !has(&one, "CreationDate") && !has(&one, "/JavaScript"));
	buf_release(&one);
	buf_release(&two);
	paper_release(&p);
}

static void long_tables_go_on(void **state)
{
	struct paper p;
	struct buf b;
	char z[4000];

	(void)state;
	memset(z, 'w', sizeof(z));
	paper_init(&p, false);
	paper_table(&p, 2);
	paper_column(&p, TEXT("head"), false);
	paper_column(&p, text_of(z, 100), true);
	for (uint32_t i = 0; i < 300; i++) {
		paper_cell(&p, TEXT("x"));
		paper_cell(&p, i == 150 ? text_of(z, sizeof(z)) : TEXT("1"));
	}
	render(&p, PAPER_PDF, &b);
	assert_in_range(pages(&b), 6, 20);
	buf_release(&b);
	paper_release(&p);
	/* A head that fills pages is shown once. */
	paper_init(&p, false);
	paper_table(&p, 12);
	for (uint32_t i = 0; i < 12; i++)
		paper_column(&p, text_of(z, sizeof(z)), false);
	for (uint32_t i = 0; i < 24; i++)
		paper_cell(&p, TEXT("x"));
	render(&p, PAPER_PDF, &b);
	assert_in_range(pages(&b), 2, 40);
	buf_release(&b);
	paper_release(&p);
}

static void too_much_is_refused(void **state)
{
	struct paper p;
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	buf_z(&b, "before");
	paper_init(&p, false);
	paper_paragraph(&p, TEXT("more than there is room for in so small a buffer, which stays as it was"));
	for (int f = 0; f < PAPER_FORMATS; f++) {
		b.max = 50;
		assert_int_equal(paper_render(&p, (enum paper_format)f, &b), ERR_CAP);
		assert_string_equal(b.p, "before");
		assert_int_equal(b.err, ERR_OK);
	}
	for (uint32_t i = 0; i < PAPER_PARTS_MAX; i++)
		paper_item(&p, TEXT(""));
	assert_int_equal(paper_err(&p), ERR_CAP);
	assert_int_equal(paper_html(&p, &b), ERR_CAP);
	buf_release(&b);
	paper_release(&p);
}

/* Each allocation of ours fails once, while the paper is made and while it is rendered. */
static void memory_fails_anywhere(void **state)
{
	uint32_t failed = 0;

	(void)state;
	for (int f = 0; f < PAPER_FORMATS; f++) {
		for (uint64_t nth = 1;; nth++) {
			int64_t live = mem_live();
			struct paper p;
			struct buf b;
			enum err e;

			buf_init(&b, PAPER_OUT_MAX);
			paper_init(&p, true);
			mem_fail_at(nth);
			fill(&p, harmless, NULL);
			e = paper_render(&p, (enum paper_format)f, &b);
			bool reached = mem_count() >= nth;
			mem_fail_at(0);
			assert_int_equal(e != ERR_OK, reached);
			assert_true(e == ERR_OK || (e == ERR_MEMORY && b.n == 0));
			failed += e != ERR_OK;
			buf_release(&b);
			paper_release(&p);
			assert_int_equal(mem_live(), live);
			if (!reached)
				break;
		}
	}
	print_message("%u failures\n", failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_goes_in_is_cleaned), cmocka_unit_test(no_text_becomes_markup),
		cmocka_unit_test(markdown_as_it_is),       cmocka_unit_test(a_pdf_is_the_same_twice_and_has_no_date),
		cmocka_unit_test(long_tables_go_on),       cmocka_unit_test(too_much_is_refused),
		cmocka_unit_test(memory_fails_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
