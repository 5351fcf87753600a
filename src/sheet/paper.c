/* paper.c - parts of a paper, and the cleaning of what goes in; see paper.h. */
#include "sheet/paper_int.h"
#include <stdio.h>
#include "base/mem.h"

enum {
	LINE_MAX_BYTES = 4096, /* of paper_printf */
	MARKS_MAX = 2
};

const char *const paper_format_names[PAPER_FORMATS] = {
	[PAPER_MARKDOWN] = "md", [PAPER_HTML] = "html", [PAPER_PDF] = "pdf"
};
const char *const paper_media[PAPER_FORMATS] = { [PAPER_MARKDOWN] = "text/markdown; charset=utf-8",
	                                             [PAPER_HTML] = "text/html; charset=utf-8",
	                                             [PAPER_PDF] = "application/pdf" };

void paper_init(struct paper *p, bool zh)
{
	*p = (struct paper){ .zh = zh };
	buf_init(&p->text, PAPER_TEXT_MAX);
}

void paper_release(struct paper *p)
{
	buf_release(&p->text);
	mem_free(p->part);
	p->part = NULL;
	p->n = p->cap = 0;
}

enum err paper_err(const struct paper *p)
{
	return p->err != ERR_OK ? p->err : p->text.err;
}

/* ---- text on its way in ---- */

/* The length of the sound character that t begins with; 0: there is none. */
static size_t sound(struct text t)
{
	unsigned char c = (unsigned char)t.p[0];
	size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;

	return n != 0 && n <= t.n && text_utf8_valid(text_of(t.p, n)) ? n : 0;
}

uint32_t paper_rune(struct text t, size_t *n)
{
	static const unsigned char mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t r;

	*n = sound(t);
	CHECK(*n > 0);
	r = (unsigned char)t.p[0] & mask[*n];
	for (size_t i = 1; i < *n; i++)
		r = r << 6 | ((unsigned char)t.p[i] & 0x3f);
	return r;
}

/* What a reader can't see but what moves or hides the text around it: controls, marks of direction, joiners without width, tags, what is no character. */
static bool unseen(uint32_t r)
{
	static const uint32_t range[][2] = { { 0, 0x1f },          { 0x7f, 0x9f },     { 0xad, 0xad },
		                                 { 0x61c, 0x61c },     { 0x180e, 0x180e }, { 0x200b, 0x200f },
		                                 { 0x202a, 0x202e },   { 0x2060, 0x206f }, { 0xfdd0, 0xfdef },
		                                 { 0xfeff, 0xfeff },   { 0xfff0, 0xfffb }, { 0xfffe, 0xffff },
		                                 { 0xe0000, 0x10ffff } };

	for (size_t i = 0; i < ARRAY_LEN(range); i++)
		if (r >= range[i][0] && r <= range[i][1])
			return true;
	return (r & 0xfffe) == 0xfffe;
}

static bool combines(uint32_t r)
{
	return (r >= 0x300 && r <= 0x36f) || (r >= 0x483 && r <= 0x489) || (r >= 0x1ab0 && r <= 0x1aff) ||
	       (r >= 0x1dc0 && r <= 0x1dff) || (r >= 0x20d0 && r <= 0x20ff) || (r >= 0xfe20 && r <= 0xfe2f);
}

/* Appends t clean; line ends stay, blanks of any kind are blanks. More than two marks on a letter would grow into the lines around it. */
static void clean(struct buf *b, struct text t)
{
	uint32_t marks = 0;

	while (t.n > 0) {
		size_t n = sound(t);
		uint32_t r = n == 0 ? 0xfffd : paper_rune(t, &n);

		marks = combines(r) ? marks + 1 : 0;
		if (r == '\n' || r == 0x2028 || r == 0x2029)
			buf_char(b, '\n');
		else if (r == '\t')
			buf_char(b, ' ');
		else if (n == 0)
			buf_z(b, "\xef\xbf\xbd");
		else if (!unseen(r) && marks <= MARKS_MAX)
			buf_add(b, t.p, n);
		t.p += n == 0 ? 1 : n;
		t.n -= n == 0 ? 1 : n;
	}
}

static struct paper_part *add(struct paper *p, enum paper_kind kind, struct text t)
{
	struct paper_part *more;
	uint32_t cap = p->cap == 0 ? 64 : p->cap * 2, at = (uint32_t)p->text.n;

	if (paper_err(p) != ERR_OK)
		return NULL;
	if (p->n == PAPER_PARTS_MAX) {
		p->err = ERR_CAP;
		return NULL;
	}
	if (p->n == p->cap) {
		more = mem_resize(p->part, cap * sizeof(*more));
		if (more == NULL) {
			p->err = ERR_MEMORY;
			return NULL;
		}
		p->part = more;
		p->cap = cap;
	}
	clean(&p->text, t);
	if (p->text.err != ERR_OK)
		return NULL;
	p->part[p->n] = (struct paper_part){ .kind = (uint8_t)kind, .at = at, .len = (uint32_t)(p->text.n - at) };
	return &p->part[p->n++];
}

/* ---- blocks ---- */

void paper_title(struct paper *p, struct text t)
{
	(void)add(p, PAPER_TITLE, t);
}

void paper_heading(struct paper *p, uint32_t level, struct text t)
{
	struct paper_part *x = add(p, PAPER_HEADING, t);

	CHECK(level >= 1 && level <= 3);
	if (x != NULL)
		x->level = (uint8_t)level;
}

static bool blank_line(struct text t, size_t at, size_t *n)
{
	*n = 1;
	while (at + *n < t.n && (t.p[at + *n] == ' ' || t.p[at + *n] == '\r' || t.p[at + *n] == '\t'))
		++*n;
	return at + *n < t.n && t.p[at + *n] == '\n';
}

void paper_paragraph(struct paper *p, struct text t)
{
	size_t n;

	t = text_trim(t);
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] == '\n' && blank_line(t, i, &n)) {
			(void)add(p, PAPER_PARAGRAPH, text_trim(text_of(t.p, i)));
			t = text_trim(text_of(t.p + i + n, t.n - i - n));
			i = 0;
		}
	if (t.n > 0)
		(void)add(p, PAPER_PARAGRAPH, t);
}

void paper_note(struct paper *p, struct text t)
{
	(void)add(p, PAPER_NOTE, t);
}

void paper_item(struct paper *p, struct text t)
{
	(void)add(p, PAPER_ITEM, t);
}

void paper_printf(struct paper *p, enum paper_kind kind, const char *fmt, ...)
{
	struct buf b;
	va_list ap;

	buf_init(&b, LINE_MAX_BYTES);
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	if (b.err != ERR_OK && p->err == ERR_OK)
		p->err = b.err;
	(void)add(p, kind, buf_view(&b));
	buf_release(&b);
}

void paper_table(struct paper *p, uint32_t columns)
{
	struct paper_part *x = add(p, PAPER_TABLE, TEXT(""));

	CHECK(columns >= 1 && columns <= PAPER_COLUMNS_MAX);
	if (x != NULL)
		x->n = columns;
}

void paper_column(struct paper *p, struct text head, bool right)
{
	struct paper_part *x = add(p, PAPER_COLUMN, head);

	if (x != NULL)
		x->right = right;
}

void paper_cell(struct paper *p, struct text t)
{
	(void)add(p, PAPER_CELL, text_trim(t));
}

void paper_figure(struct paper *p, enum paper_figure kind, struct text title, uint32_t series, uint32_t decimals)
{
	struct paper_part *x = add(p, PAPER_FIGURE, title);

	CHECK(series >= 1 && series <= PAPER_SERIES_MAX && decimals <= 6);
	if (x == NULL)
		return;
	x->level = (uint8_t)kind;
	x->n = series;
	x->decimals = (uint8_t)decimals;
}

void paper_series(struct paper *p, struct text name)
{
	(void)add(p, PAPER_SERIES, name);
}

void paper_point(struct paper *p, struct text label)
{
	(void)add(p, PAPER_POINT, label);
}

void paper_value(struct paper *p, int64_t v)
{
	struct paper_part *x = add(p, PAPER_VALUE, TEXT(""));

	if (x != NULL)
		x->value = v;
}

/* ---- for renderers ---- */

uint32_t paper_after(const struct paper *p, uint32_t i)
{
	while (i < p->n && (p->part[i].kind == PAPER_COLUMN || p->part[i].kind == PAPER_CELL ||
	                    (p->part[i].kind >= PAPER_SERIES && p->part[i].kind <= PAPER_VALUE)))
		i++;
	return i;
}

struct text paper_number(char z[PAPER_NUMBER_BYTES], int64_t v, uint32_t decimals)
{
	char digit[24];
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	int n, whole;
	size_t at = 0;

	if (v == PAPER_NOTHING)
		return TEXT("–");
	n = snprintf(digit, sizeof(digit), "%0*llu", (int)decimals + 1, (unsigned long long)u);
	whole = n - (int)decimals;
	if (v < 0)
		z[at++] = '-';
	for (int i = 0; i < n; i++) {
		if (i > 0 && i < whole && (whole - i) % 3 == 0)
			z[at++] = ',';
		if (i == whole)
			z[at++] = '.';
		z[at++] = digit[i];
	}
	return text_of(z, at);
}

enum err paper_render(const struct paper *p, enum paper_format f, struct buf *out)
{
	return f == PAPER_MARKDOWN ? paper_markdown(p, out) : f == PAPER_HTML ? paper_html(p, out) : paper_pdf(p, out);
}
