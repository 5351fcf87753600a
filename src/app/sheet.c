/* sheet.c - see sheet.h. */
#include "app/sheet.h"
#include <stdio.h>
#include "show/lang.h"

/* How many bytes of z fit into width columns. */
static size_t fitting(const char *z, size_t width)
{
	size_t n = strlen(z);

	while (n > 0 && lang_width(text_of(z, n)) > width)
		do
			n--;
		while (n > 0 && ((unsigned char)z[n] & 0xc0) == 0x80);
	return n;
}

static void put_markdown(struct sheet *s, const char *z)
{
	buf_z(s->b, s->at == 0 ? "| " : " ");
	for (; *z != 0; z++) {
		if (*z == '|')
			buf_char(s->b, '\\');
		buf_char(s->b, (unsigned char)*z < ' ' ? ' ' : *z);
	}
	buf_z(s->b, " |");
}

static void put_padded(struct sheet *s, const char *z)
{
	const struct sheet_column *c = &s->column[s->at];
	size_t n = c->left ? fitting(z, c->width) : strlen(z), width = lang_width(text_of(z, n));
	size_t pad = c->width > width ? c->width - width : 0;

	if (s->at > 0)
		buf_z(s->b, "  ");
	for (size_t i = 0; i < pad && !c->left; i++)
		buf_char(s->b, ' ');
	for (size_t i = 0; i < n; i++)
		buf_char(s->b, (unsigned char)z[i] < ' ' ? ' ' : z[i]);
	for (size_t i = 0; i < pad && c->left && s->at + 1 < s->n; i++)
		buf_char(s->b, ' ');
}

void sheet_cell(struct sheet *s, const char *z)
{
	z = z != NULL ? z : "";
	if (s->markdown)
		put_markdown(s, z);
	else
		put_padded(s, z);
	if (++s->at < s->n)
		return;
	buf_char(s->b, '\n');
	s->at = 0;
}

void sheet_printf(struct sheet *s, const char *fmt, ...)
{
	char z[SHEET_CELL_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(z, sizeof(z), fmt, ap);
	va_end(ap);
	sheet_cell(s, z);
}

void sheet_begin(struct sheet *s, struct buf *b, bool markdown, const struct sheet_column *c, uint32_t n)
{
	CHECK(n > 0 && n <= SHEET_COLUMNS_MAX);
	*s = (struct sheet){ .b = b, .markdown = markdown, .n = n };
	memcpy(s->column, c, n * sizeof(*c));
	for (uint32_t i = 0; i < n; i++)
		sheet_cell(s, c[i].head);
	for (uint32_t i = 0; i < n && markdown; i++)
		buf_printf(b, "%s%s|%s", i == 0 ? "|" : "", c[i].left ? "---" : "---:", i + 1 == n ? "\n" : "");
}
