/* paper_table.c - tables of a PDF: how wide columns are, rows over pages, heads on each of them.
 *
 * Columns share the page as their widest cells are wide, if all fit; else those that are wider than their share give way and wrap, between words as long as there is room for
 * whole words. A row that fits on a page is not torn; one that doesn't goes on where the
 * next page begins, line by line. */
#include <pango/pangocairo.h>
#include "sheet/paper_flow.h"

#define PAD_X 4.0
#define PAD_Y 2.5
#define RULE 0xbbbbbb
#define HEAD_GROUND 0xeef2f7

static const struct flow_style cell_style = { 9, false, 0x222222 }, head_style = { 9, true, 0x222222 };

enum {
	MEASURED_MAX = 2000 /* rows looked at for the widths; those behind wrap if they must */
};

struct table {
	struct flow *f;
	uint32_t at, columns, rows;
	double wide[PAPER_COLUMNS_MAX];
	PangoLayout *head[PAPER_COLUMNS_MAX];
	double head_high;
	bool repeats;
};

static struct text cell(const struct table *t, uint32_t row, uint32_t column) /* row 0: heads */
{
	return paper_text(t->f->p, &t->f->p->part[t->at + 1 + row * t->columns + column]);
}

/* How wide it is if nothing makes it wrap; words: its longest word. */
static double natural(struct flow *f, struct text t, const struct flow_style *s, bool words)
{
	PangoLayout *l = flow_layout(f, t, s, words ? 0 : 4000, false);
	PangoRectangle r;

	if (words)
		pango_layout_set_wrap(l, PANGO_WRAP_WORD);
	pango_layout_get_extents(l, NULL, &r);
	g_object_unref(l);
	return (double)r.width / PANGO_SCALE + 0.5;
}

/* Those that want less than an equal share of what is left get what they want; the rest share alike. */
static void share(const double *want, uint32_t n, double room, double *out)
{
	bool settled[PAPER_COLUMNS_MAX] = { false };
	uint32_t open = n;

	for (bool again = true; again && open > 0;) {
		double each = room / open;

		again = false;
		for (uint32_t c = 0; c < n; c++)
			if (!settled[c] && want[c] <= each) {
				out[c] = want[c];
				room -= want[c];
				settled[c] = again = true;
				open--;
			}
	}
	for (uint32_t c = 0; c < n; c++)
		if (!settled[c])
			out[c] = room / open;
}

/* The widest of each column; the sum of them. */
static double widest(struct table *t, bool words, double most, double *out)
{
	double sum = 0;

	for (uint32_t c = 0; c < t->columns; c++) {
		out[c] = 0;
		for (uint32_t r = 0; r < t->rows + 1 && r <= MEASURED_MAX; r++) {
			double w = natural(t->f, cell(t, r, c), r == 0 ? &head_style : &cell_style, words);

			out[c] = w > out[c] ? w : out[c];
		}
		out[c] = out[c] < most ? out[c] : most;
		sum += out[c];
	}
	return sum;
}

static void set_widths(struct table *t)
{
	double room = FLOW_INNER - 2 * PAD_X * t->columns, want[PAPER_COLUMNS_MAX], word[PAPER_COLUMNS_MAX];
	double sum = widest(t, false, 4000, want), words;

	for (uint32_t c = 0; c < t->columns && sum <= room; c++)
		t->wide[c] = sum > 0 ? want[c] * room / sum : room / t->columns;
	if (sum <= room)
		return;
	words = widest(t, true, room / 3, word);
	for (uint32_t c = 0; c < t->columns; c++) {
		word[c] = words <= room ? word[c] : 0; /* no room for whole words: they break */
		want[c] = want[c] > word[c] ? want[c] - word[c] : 0;
	}
	share(want, t->columns, words <= room ? room - words : room, t->wide);
	for (uint32_t c = 0; c < t->columns; c++)
		t->wide[c] += word[c];
}

static void lay_row(struct table *t, uint32_t row, PangoLayout **l)
{
	for (uint32_t c = 0; c < t->columns; c++)
		l[c] = flow_layout(t->f, cell(t, row, c), row == 0 ? &head_style : &cell_style, t->wide[c],
		                   t->f->p->part[t->at + 1 + c].right);
}

static double high_of(const struct table *t, PangoLayout **l, const uint32_t *from)
{
	double high = 0;

	for (uint32_t c = 0; c < t->columns; c++) {
		double h = flow_high(l[c], from[c], UINT32_MAX);

		high = h > high ? h : high;
	}
	return high + 2 * PAD_Y;
}

static void rules(struct table *t, double y, double high)
{
	double x = FLOW_MARGIN;

	flow_fill(t->f, x, y, FLOW_INNER, 0.5, RULE);
	flow_fill(t->f, x, y + high, FLOW_INNER, 0.5, RULE);
	for (uint32_t c = 0; c <= t->columns; c++) {
		flow_fill(t->f, x - (c == t->columns ? 0.5 : 0), y, 0.5, high, RULE);
		x += c < t->columns ? t->wide[c] + 2 * PAD_X : 0;
	}
}

/* Lines of each cell from `from` on that fit into `high`, which moves on behind them. */
static void put_lines(struct table *t, PangoLayout **l, uint32_t *from, double high, uint32_t colour)
{
	double x = FLOW_MARGIN;

	for (uint32_t c = 0; c < t->columns; c++) {
		uint32_t n = flow_fit(l[c], from[c], high - 2 * PAD_Y + 0.01);

		flow_draw(t->f, l[c], from[c], n, x + PAD_X, t->f->y + PAD_Y, colour);
		from[c] += n;
		x += t->wide[c] + 2 * PAD_X;
	}
	rules(t, t->f->y, high);
	t->f->y += high;
}

static void put_head(struct table *t)
{
	uint32_t from[PAPER_COLUMNS_MAX] = { 0 };

	flow_fill(t->f, FLOW_MARGIN, t->f->y, FLOW_INNER, t->head_high, HEAD_GROUND);
	put_lines(t, t->head, from, t->head_high, head_style.colour);
}

static void next_page(struct table *t)
{
	flow_page(t->f);
	if (t->repeats)
		put_head(t);
}

static bool done(const struct table *t, PangoLayout **l, const uint32_t *from)
{
	for (uint32_t c = 0; c < t->columns; c++)
		if (from[c] < flow_lines(l[c]))
			return false;
	return true;
}

static void put_row(struct table *t, uint32_t row)
{
	PangoLayout *l[PAPER_COLUMNS_MAX];
	uint32_t from[PAPER_COLUMNS_MAX] = { 0 };
	double page = FLOW_BOTTOM - FLOW_TOP - (t->repeats ? t->head_high : 0), high;

	lay_row(t, row, l);
	high = high_of(t, l, from);
	if (high > flow_left(t->f) && (high <= page || flow_left(t->f) < page / 4))
		next_page(t);
	while (!done(t, l, from) && !t->f->too_many) {
		high = high_of(t, l, from);
		put_lines(t, l, from, high < flow_left(t->f) ? high : flow_left(t->f), cell_style.colour);
		if (!done(t, l, from))
			next_page(t);
	}
	for (uint32_t c = 0; c < t->columns; c++)
		g_object_unref(l[c]);
}

uint32_t flow_table(struct flow *f, uint32_t at)
{
	struct table t = { .f = f, .at = at, .columns = f->p->part[at].n };
	uint32_t end = paper_after(f->p, at + 1), none[PAPER_COLUMNS_MAX] = { 0 };

	CHECK((end - at - 1) % t.columns == 0 && end > at + t.columns);
	t.rows = (end - at - 1) / t.columns - 1;
	f->y += f->y > FLOW_TOP ? 4 : 0;
	set_widths(&t);
	lay_row(&t, 0, t.head);
	t.head_high = high_of(&t, t.head, none);
	t.repeats = t.head_high < (FLOW_BOTTOM - FLOW_TOP) / 3;
	if (t.head_high + 3 * cell_style.size > flow_left(f) && f->y > FLOW_TOP)
		flow_page(f);
	if (t.repeats)
		put_head(&t);
	else
		put_row(&t, 0);
	for (uint32_t r = 1; r <= t.rows && !f->too_many; r++)
		put_row(&t, r);
	for (uint32_t c = 0; c < t.columns; c++)
		g_object_unref(t.head[c]);
	f->y += 8;
	return end;
}
