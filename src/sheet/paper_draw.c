/* paper_draw.c - a figure as boxes, lines and words; see paper_int.h.
 *
 * Three of the four kinds are rows: a label at the left, bars to the right of it. Where a text stands is computed without knowing the font: a wide character is as wide as the size of
 * the letters, any other 0.62 of it, which no font here exceeds on the average of a word; what does not fit ends with an ellipsis. */
#include <stdio.h>
#include "sheet/paper_int.h"

#define INK 0x222222
#define FAINT 0xd8d8d8
#define SMALL 8.5
#define DIGIT 0.62  /* of the size: width of a character that is not wide */
#define LABEL 150.0 /* the most that is left for labels */
#define LEGEND 20.0 /* how high it is */
#define BAR 9.0
#define GAP 7.0
#define LINE_HIGH 150.0

static const uint32_t colours[PAPER_SERIES_MAX] = { 0x1f5fa8, 0xe08a1e, 0x7a9e3b, 0xb0413e, 0x6b5b95, 0x8c8c8c };

/* ---- the figure's values ---- */

static uint32_t point_at(const struct paper_drawing *d, uint32_t point)
{
	return d->at + 1 + d->series + point * (1 + d->series);
}

struct text paper_series_of(const struct paper_drawing *d, uint32_t s)
{
	return paper_text(d->p, &d->p->part[d->at + 1 + s]);
}

struct text paper_label_of(const struct paper_drawing *d, uint32_t point)
{
	return paper_text(d->p, &d->p->part[point_at(d, point)]);
}

int64_t paper_value_of(const struct paper_drawing *d, uint32_t point, uint32_t s)
{
	return d->p->part[point_at(d, point) + 1 + s].value;
}

/* What is drawn of a value: what is not known, or below nothing where bars begin at nothing, has no length. */
static int64_t drawn(int64_t v)
{
	return v == PAPER_NOTHING || v < 0 ? 0 : v;
}

static int64_t sum_of(const struct paper_drawing *d, uint32_t point)
{
	int64_t sum = 0;

	for (uint32_t s = 0; s < d->series; s++)
		if (__builtin_add_overflow(sum, drawn(paper_value_of(d, point, s)), &sum))
			return INT64_MAX;
	return sum;
}

/* 1, 2 or 5 times a power of ten, at least v. */
static int64_t rounded_up(int64_t v)
{
	int64_t step = 1;

	while (step < v) {
		if (step > INT64_MAX / 10)
			return v;
		if (2 * step >= v)
			return 2 * step;
		if (5 * step >= v)
			return 5 * step;
		step *= 10;
	}
	return step;
}

static double width_of(struct text t, double size, size_t fits_in, size_t *bytes)
{
	double w = 0;

	*bytes = 0;
	while (t.n > 0) {
		size_t n;
		uint32_t r = paper_rune(t, &n);
		double more = (r >= 0x1100 ? 1.0 : DIGIT) * size;

		if (w + more > (double)fits_in)
			break;
		w += more;
		*bytes += n;
		t.p += n;
		t.n -= n;
	}
	return w;
}

static double left_of(const struct paper_drawing *d)
{
	double most = 0;
	size_t n;

	for (uint32_t i = 0; i < d->shown; i++) {
		double w = width_of(paper_label_of(d, i), SMALL, (size_t)LABEL - 8, &n);

		most = n < paper_label_of(d, i).n ? LABEL - 8 : w > most ? w : most;
	}
	return most + 8;
}

/* The width of the widest value that stands in the figure. */
static double widest(const struct paper_drawing *d)
{
	size_t n = 0;

	for (uint32_t i = 0; i < d->shown; i++)
		for (uint32_t s = 0; s < d->series; s++) {
			int64_t v = d->kind == PAPER_STACKED ? sum_of(d, i) : paper_value_of(d, i, s);
			char z[PAPER_NUMBER_BYTES];
			struct text t = paper_number(z, v, d->decimals);

			n = t.n > n ? t.n : n;
		}
	return (double)(n + (d->kind == PAPER_FUNNEL ? strlen(" (100.0%)") : 0)) * DIGIT * SMALL;
}

static double scale_wide(const struct paper_drawing *d)
{
	char z[PAPER_NUMBER_BYTES];

	return (double)paper_number(z, d->most, d->decimals).n * DIGIT * SMALL;
}

void paper_drawing_of(const struct paper *p, uint32_t at, struct paper_drawing *d)
{
	const struct paper_part *x = &p->part[at];
	uint32_t rows;

	*d = (struct paper_drawing){
		.p = p, .at = at, .kind = (enum paper_figure)x->level, .series = x->n, .decimals = x->decimals
	};
	d->points = (paper_after(p, at + 1) - at - 1 - d->series) / (1 + d->series);
	CHECK(paper_after(p, at + 1) == at + 1 + d->series + d->points * (1 + d->series));
	d->shown = d->kind == PAPER_LINES ? d->points : d->points < PAPER_ROWS_MAX ? d->points : PAPER_ROWS_MAX;
	if (d->kind == PAPER_LINES && d->shown > PAPER_POINTS_MAX)
		d->shown = PAPER_POINTS_MAX;
	for (uint32_t i = 0; i < d->shown; i++)
		for (uint32_t s = 0; s < (d->kind == PAPER_FUNNEL ? 1 : d->series); s++) {
			int64_t v = d->kind == PAPER_STACKED ? sum_of(d, i) : drawn(paper_value_of(d, i, s));

			d->most = v > d->most ? v : d->most;
		}
	if (d->kind == PAPER_LINES)
		d->most = rounded_up(d->most);
	d->left = left_of(d);
	d->room = PAPER_WIDTH - d->left - 8 - widest(d); /* behind the longest bar stands its value */
	d->top = d->series > 1 && d->kind != PAPER_FUNNEL ? LEGEND : 6;
	rows = d->kind == PAPER_BARS ? d->series : 1;
	d->height = d->kind == PAPER_LINES ? d->top + LINE_HIGH + 20 : d->top + d->shown * (rows * BAR + GAP) + 4;
	d->most = d->most == 0 ? 1 : d->most;
}

/* ---- words ---- */

/* As much of it as fits. Line ends are blanks. */
static void word(const struct paper_pen *pen, double x, double y, double room, enum paper_anchor a, struct text t)
{
	char z[512];
	size_t n, end = strlen("…");

	if (t.n > sizeof(z) - 8)
		t.n = sizeof(z) - 8;
	while (t.n > 0 && !text_utf8_valid(t))
		t.n--;
	(void)width_of(t, SMALL, (size_t)room, &n);
	if (n < t.n)
		(void)width_of(t, SMALL, (size_t)(room - SMALL), &n);
	memcpy(z, t.p, n);
	for (size_t i = 0; i < n; i++)
		z[i] = z[i] == '\n' ? ' ' : z[i];
	if (n < t.n)
		memcpy(z + n, "…", end);
	pen->word(pen->ctx, x, y, SMALL, a, INK, text_of(z, n < t.n ? n + end : n));
}

static void number(const struct paper_pen *pen, double x, double y, enum paper_anchor a, int64_t v, uint32_t decimals)
{
	char z[PAPER_NUMBER_BYTES];

	pen->word(pen->ctx, x, y, SMALL, a, INK, paper_number(z, v, decimals));
}

static void legend(const struct paper_drawing *d, const struct paper_pen *pen)
{
	double each = PAPER_WIDTH / d->series;

	for (uint32_t s = 0; s < d->series && d->top == LEGEND; s++) {
		pen->box(pen->ctx, s * each, 3, 8, 8, colours[s]);
		word(pen, s * each + 12, 10.5, each - 18, PAPER_LEFT, paper_series_of(d, s));
	}
}

/* ---- kinds ---- */

static double long_as(const struct paper_drawing *d, int64_t v)
{
	return d->room * (double)v / (double)d->most;
}

static void bars(const struct paper_drawing *d, const struct paper_pen *pen)
{
	for (uint32_t i = 0; i < d->shown; i++) {
		double y = d->top + i * (d->series * BAR + GAP);

		word(pen, d->left - 6, y + d->series * BAR / 2 + 3, d->left - 6, PAPER_RIGHT, paper_label_of(d, i));
		for (uint32_t s = 0; s < d->series; s++) {
			int64_t v = paper_value_of(d, i, s);
			double w = long_as(d, drawn(v));

			pen->box(pen->ctx, d->left, y + s * BAR, w, BAR - 1, colours[s]);
			number(pen, d->left + w + 4, y + s * BAR + 7, PAPER_LEFT, v, d->decimals);
		}
	}
}

static void stacked(const struct paper_drawing *d, const struct paper_pen *pen)
{
	for (uint32_t i = 0; i < d->shown; i++) {
		double y = d->top + i * (BAR + GAP), x = d->left;

		word(pen, d->left - 6, y + 7.5, d->left - 6, PAPER_RIGHT, paper_label_of(d, i));
		for (uint32_t s = 0; s < d->series; s++) {
			double w = long_as(d, drawn(paper_value_of(d, i, s)));

			pen->box(pen->ctx, x, y, w, BAR, colours[s]);
			x += w;
		}
		number(pen, x + 4, y + 7.5, PAPER_LEFT, sum_of(d, i), d->decimals);
	}
}

static void funnel(const struct paper_drawing *d, const struct paper_pen *pen)
{
	int64_t first = d->shown > 0 ? drawn(paper_value_of(d, 0, 0)) : 0;

	for (uint32_t i = 0; i < d->shown; i++) {
		int64_t v = paper_value_of(d, i, 0);
		double y = d->top + i * (BAR + GAP), w = long_as(d, drawn(v));
		char z[PAPER_NUMBER_BYTES], with[2 * PAPER_NUMBER_BYTES];
		struct text t = paper_number(z, v, d->decimals);

		word(pen, d->left - 6, y + 7.5, d->left - 6, PAPER_RIGHT, paper_label_of(d, i));
		pen->box(pen->ctx, d->left + (d->room - w) / 2, y, w, BAR + 2, colours[0]);
		if (i > 0 && v != PAPER_NOTHING && drawn(v) <= first && first > 0)
			t = text_of(with, (size_t)snprintf(with, sizeof(with), "%.*s (%.1f%%)", (int)t.n, t.p,
			                                   100.0 * (double)drawn(v) / (double)first));
		pen->word(pen->ctx, d->left + d->room + 4, y + 7.5, SMALL, PAPER_LEFT, INK, t);
	}
}

static double high(const struct paper_drawing *d, int64_t v)
{
	return d->top + LINE_HIGH * (1 - (double)drawn(v) / (double)d->most);
}

/* A line ends where a value is not known, and goes on behind it. */
static void one_line(const struct paper_drawing *d, const struct paper_pen *pen, uint32_t s, double left, double step)
{
	double xy[2 * PAPER_POINTS_MAX];
	uint32_t n = 0;

	for (uint32_t i = 0; i <= d->shown; i++) {
		int64_t v = i < d->shown ? paper_value_of(d, i, s) : PAPER_NOTHING;

		if (v != PAPER_NOTHING) {
			xy[2 * n] = left + i * step;
			xy[2 * n++ + 1] = high(d, v);
			continue;
		}
		if (n == 1)
			pen->box(pen->ctx, xy[0] - 1, xy[1] - 1, 2, 2, colours[s]);
		else if (n > 1)
			pen->line(pen->ctx, xy, n, 1.4, colours[s]);
		n = 0;
	}
}

static void lines(const struct paper_drawing *d, const struct paper_pen *pen)
{
	double left = scale_wide(d) + 8, step = d->shown > 1 ? (PAPER_WIDTH - left - 24) / (d->shown - 1) : 0;
	uint32_t each = d->shown / 8 + 1;

	for (uint32_t k = 0; k <= 4; k++) {
		int64_t v = d->most / 4 * k + d->most % 4 * k / 4;
		double y = d->top + LINE_HIGH * (1 - k / 4.0), xy[] = { left, y, PAPER_WIDTH - 24, y };

		if (d->most < 4 && k != 0 && k != 4)
			continue;
		pen->line(pen->ctx, xy, 2, 0.5, FAINT);
		number(pen, left - 4, y + 3, PAPER_RIGHT, v, d->decimals);
	}
	for (uint32_t i = 0; i < d->shown; i += each)
		word(pen, left + i * step, d->top + LINE_HIGH + 12, (step * each > 24 ? step * each : 24) - 4, PAPER_MIDDLE,
		     paper_label_of(d, i));
	for (uint32_t s = 0; s < d->series; s++)
		one_line(d, pen, s, left, step);
}

void paper_draw(const struct paper_drawing *d, const struct paper_pen *pen)
{
	static void (*const draw[])(const struct paper_drawing *, const struct paper_pen *) = {
		[PAPER_BARS] = bars, [PAPER_LINES] = lines, [PAPER_STACKED] = stacked, [PAPER_FUNNEL] = funnel
	};

	legend(d, pen);
	draw[d->kind](d, pen);
}
