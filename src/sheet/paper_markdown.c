/* paper_markdown.c - a paper as Markdown (CommonMark with tables); a figure is the table of its values. No text of a paper can become markup: whatever could begin any stands behind a backslash. */
#include "sheet/paper_int.h"

/* Anywhere in a line. */
static bool is_mark(char c)
{
	return memchr("\\`*_{}[]<>|~$&#", c, 15) != NULL;
}

/* Only where a line begins. */
static bool begins_block(struct text t, size_t i)
{
	size_t k = i;

	while (k < t.n && t.p[k] >= '0' && t.p[k] <= '9')
		k++;
	return k > i && k < t.n && (t.p[k] == '.' || t.p[k] == ')');
}

/* cell: a line end is a blank; else a hard one. */
static void put(struct buf *b, struct text t, bool cell)
{
	bool begin = true;

	for (size_t i = 0; i < t.n; i++) {
		char c = t.p[i];

		if (c == '\n') {
			buf_z(b, cell ? " " : "\\\n");
			begin = !cell;
			continue;
		}
		if (begin && c == ' ')
			continue; /* four of them would be code */
		if (begin && begins_block(t, i)) {
			for (; t.p[i] >= '0' && t.p[i] <= '9'; i++)
				buf_char(b, t.p[i]);
			buf_char(b, '\\');
			c = t.p[i];
		} else if (is_mark(c) || (begin && memchr("+-=:", c, 4) != NULL) ||
		           (c == ':' && i + 1 < t.n && t.p[i + 1] == '/') ||
		           (c == '.' && i >= 3 && memcmp(t.p + i - 3, "www", 3) == 0)) {
			buf_char(b, '\\');
		}
		buf_char(b, c);
		begin = false;
	}
}

static void line(struct buf *b, const char *before, struct text t)
{
	buf_z(b, before);
	put(b, t, before[0] == '#');
	buf_z(b, "\n\n");
}

static uint32_t table(struct buf *b, const struct paper *p, uint32_t at)
{
	uint32_t n = p->part[at].n, end = paper_after(p, at + 1);

	for (uint32_t i = at + 1; i < end; i++) {
		bool last = (i - at) % n == 0;

		buf_z(b, (i - at) % n == 1 || n == 1 ? "| " : "");
		put(b, paper_text(p, &p->part[i]), true);
		buf_z(b, last ? " |\n" : " | ");
		for (uint32_t c = 0; i == at + n && c < n; c++)
			buf_printf(b, "%s%s%s", c == 0 ? "|" : "", p->part[at + 1 + c].right ? "---:|" : "---|",
			           c + 1 == n ? "\n" : "");
	}
	buf_char(b, '\n');
	return end;
}

static uint32_t figure(struct buf *b, const struct paper *p, uint32_t at)
{
	struct paper_drawing d;
	char z[PAPER_NUMBER_BYTES];

	paper_drawing_of(p, at, &d);
	buf_z(b, "**");
	put(b, paper_text(p, &p->part[at]), true);
	buf_z(b, "**\n\n|  |");
	for (uint32_t s = 0; s < d.series; s++) {
		buf_char(b, ' ');
		put(b, paper_series_of(&d, s), true);
		buf_z(b, " |");
	}
	buf_z(b, "\n|---|");
	for (uint32_t s = 0; s < d.series; s++)
		buf_z(b, "---:|");
	for (uint32_t i = 0; i < d.points; i++) {
		buf_z(b, "\n| ");
		put(b, paper_label_of(&d, i), true);
		for (uint32_t s = 0; s < d.series; s++) {
			buf_z(b, " | ");
			buf_text(b, paper_number(z, paper_value_of(&d, i, s), d.decimals));
		}
		buf_z(b, " |");
	}
	buf_z(b, "\n\n");
	return paper_after(p, at + 1);
}

static uint32_t put_part(struct buf *b, const struct paper *p, uint32_t i)
{
	static const char *const before[] = { "# ", "## ", "### ", "#### " };
	const struct paper_part *x = &p->part[i];
	struct text t = paper_text(p, x);
	bool last = i + 1 == p->n || p->part[i + 1].kind != PAPER_ITEM;

	switch (x->kind) {
	case PAPER_TITLE: line(b, before[0], t); break;
	case PAPER_HEADING: line(b, before[x->level], t); break;
	case PAPER_ITEM:
		buf_z(b, "- ");
		put(b, t, true);
		buf_z(b, last ? "\n\n" : "\n");
		break;
	case PAPER_TABLE: return table(b, p, i);
	case PAPER_FIGURE: return figure(b, p, i);
	default: line(b, "", t); break;
	}
	return i + 1;
}

enum err paper_markdown(const struct paper *p, struct buf *out)
{
	struct buf b;
	enum err e = paper_err(p);

	buf_init(&b, PAPER_OUT_MAX);
	for (uint32_t i = 0; e == ERR_OK && i < p->n;)
		i = put_part(&b, p, i);
	e = e == ERR_OK ? b.err : e;
	if (e == ERR_OK)
		e = buf_reserve(out, b.n);
	if (e == ERR_OK)
		buf_add(out, b.p, b.n);
	buf_release(&b);
	return e;
}
