/* curve_svg.c - a plain hand-made SVG; see curve_svg.h.
 *
 * Each curve begins at the highest sum of scores and goes right as the threshold falls. Recall runs from 0 to 100 %, precision up
 * to the least round share that holds every point: at a true base rate it is low. The curves differ in colour and dashes, so
 * that they can be told apart on paper too. */
#include "score/curve_svg.h"
#include <math.h>
#include <stdio.h>

enum {
	WIDTH = 720,
	HEIGHT = 520,
	LEFT = 72,
	TOP = 56,
	SIDE_X = 440, /* of the field */
	SIDE_Y = 380,
	LEGEND_X = LEFT + SIDE_X + 24,
	LABEL_ROOM = 34, /* between two thresholds written beside a curve */
};

static const struct {
	const char *colour, *dash; /* Okabe and Ito's palette, which the colour-blind can tell apart */
} styles[] = {
	{ "#0072B2", "none" }, { "#D55E00", "7 3" },      { "#009E73", "2 3" }, { "#CC79A7", "9 3 2 3" },
	{ "#E69F00", "4 4" },  { "#56B4E9", "12 4 2 4" }, { "#000000", "1 2" },
};

struct drawing {
	struct buf *b;
	const struct score_figures *f;
	const struct curve_words *w;
	double top; /* precision at the upper end */
};

static double recall_of(const struct score_point *p)
{
	return p->all > 0 ? (double)p->found / (double)p->all : 0;
}

static double precision_of(const struct score_point *p)
{
	return p->alerted > 0 ? (double)p->found / (double)p->alerted : 0;
}

static double x_of(double recall)
{
	return LEFT + SIDE_X * recall;
}

static double y_of(const struct drawing *d, double precision)
{
	return TOP + SIDE_Y * (1 - precision / d->top);
}

static double top_of(const struct score_figures *f)
{
	static const double tops[] = { 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1 };
	double most = 0;
	size_t i = 0;

	for (uint32_t c = 0; c < f->n_curves; c++)
		for (uint32_t k = 0; k < f->curve[c].n; k++)
			most = fmax(most, precision_of(&f->curve[c].point[k]));
	while (i + 1 < ARRAY_LEN(tops) && tops[i] < most)
		i++;
	return most > 0 ? tops[i] : 1;
}

/* Names come from files. */
static void escaped(struct buf *b, const char *z)
{
	for (; *z != 0; z++)
		if (*z == '<' || *z == '>' || *z == '&' || *z == '"')
			buf_printf(b, "&#%d;", *z);
		else if ((unsigned char)*z >= ' ')
			buf_char(b, *z);
}

static void put_label(struct buf *b, double x, double y, const char *anchor, const char *z)
{
	buf_printf(b, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
	escaped(b, z);
	buf_z(b, "</text>\n");
}

static void put_axes(const struct drawing *d)
{
	struct buf *b = d->b;
	char percent[16];

	for (int i = 0; i <= 10; i += 2) {
		double share = i / 10.0, x = x_of(share), y = y_of(d, share * d->top);

		buf_printf(b, "<path d=\"M%d %.1fH%d M%.1f %dV%d\" stroke=\"#ddd\" fill=\"none\"/>\n", LEFT, y, LEFT + SIDE_X,
		           x, TOP, TOP + SIDE_Y);
		snprintf(percent, sizeof(percent), "%d %%", 10 * i);
		put_label(b, x, TOP + SIDE_Y + 18, "middle", percent);
		snprintf(percent, sizeof(percent), "%.3g %%", 100 * share * d->top);
		put_label(b, LEFT - 8, y + 4, "end", percent);
	}
	buf_printf(b, "<path d=\"M%d %dV%dH%d\" stroke=\"#000\" fill=\"none\"/>\n", LEFT, TOP, TOP + SIDE_Y, LEFT + SIDE_X);
	put_label(b, LEFT + SIDE_X / 2.0, TOP + SIDE_Y + 42, "middle", d->w->recall);
	buf_printf(b, "<text transform=\"translate(20 %d) rotate(-90)\" text-anchor=\"middle\">", TOP + SIDE_Y / 2);
	escaped(b, d->w->precision);
	buf_z(b, "</text>\n");
}

/* Thresholds, where there is room for them. */
static void put_thresholds(const struct drawing *d, const struct score_curve *c, const char *colour)
{
	double last_x = -LABEL_ROOM, last_y = -LABEL_ROOM;

	buf_printf(d->b, "<g fill=\"%s\" font-size=\"10\">\n", colour);
	for (uint32_t i = 0; i < c->n; i++) {
		double x = x_of(recall_of(&c->point[i])), y = y_of(d, precision_of(&c->point[i]));

		if (fabs(x - last_x) < LABEL_ROOM && fabs(y - last_y) < LABEL_ROOM)
			continue;
		buf_printf(d->b, "<text x=\"%.1f\" y=\"%.1f\">%lld</text>\n", x + 4, y - 5, (long long)c->point[i].threshold);
		last_x = x;
		last_y = y;
	}
	buf_z(d->b, "</g>\n");
}

static void put_curve(const struct drawing *d, uint32_t at)
{
	const struct score_curve *c = &d->f->curve[at];
	const char *colour = styles[at % ARRAY_LEN(styles)].colour, *dash = styles[at % ARRAY_LEN(styles)].dash;

	buf_printf(d->b, "<g stroke=\"%s\" fill=\"none\" stroke-width=\"2\">\n<polyline stroke-dasharray=\"%s\" points=\"",
	           colour, dash);
	for (uint32_t i = 0; i < c->n; i++)
		buf_printf(d->b, "%.1f,%.1f ", x_of(recall_of(&c->point[i])), y_of(d, precision_of(&c->point[i])));
	buf_z(d->b, "\"/>\n");
	for (uint32_t i = 0; i < c->n; i++)
		buf_printf(d->b, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\"/>\n", x_of(recall_of(&c->point[i])),
		           y_of(d, precision_of(&c->point[i])));
	buf_z(d->b, "</g>\n");
	put_thresholds(d, c, colour);
}

static void put_legend(const struct drawing *d)
{
	struct buf *b = d->b;
	int y = TOP + 8;

	for (uint32_t i = 0; i < d->f->n_curves; i++, y += 40) {
		const struct score_curve *c = &d->f->curve[i];
		char counts[120];

		buf_printf(b, "<path d=\"M%d %dh36\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\"/>\n", LEGEND_X, y,
		           styles[i % ARRAY_LEN(styles)].colour, styles[i % ARRAY_LEN(styles)].dash);
		put_label(b, LEGEND_X + 44, y + 4, "start", d->f->kinds->kind[c->kind].name);
		snprintf(counts, sizeof(counts), "%s %llu / %llu", d->w->found, (unsigned long long)c->point[c->n - 1].found,
		         (unsigned long long)c->point[c->n - 1].all);
		put_label(b, LEGEND_X + 44, y + 20, "start", counts);
	}
	if (d->f->n_curves == 0)
		put_label(b, LEFT + SIDE_X / 2.0, TOP + SIDE_Y / 2.0, "middle", d->w->none);
	else
		put_label(b, LEFT, HEIGHT - 14, "start", d->w->threshold);
}

void curve_svg(struct buf *b, const struct score_figures *f, const struct curve_words *w)
{
	struct drawing d = { b, f, w, top_of(f) };

	buf_printf(b,
	           "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
	           "font-family=\"sans-serif\" font-size=\"13\">\n<title>",
	           WIDTH, HEIGHT, WIDTH, HEIGHT);
	escaped(b, w->title);
	buf_printf(b, "</title>\n<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n<g font-size=\"16\">", WIDTH, HEIGHT);
	put_label(b, LEFT, 30, "start", w->title);
	buf_z(b, "</g>\n");
	put_axes(&d);
	for (uint32_t i = 0; i < f->n_curves; i++)
		put_curve(&d, i);
	put_legend(&d);
	buf_z(b, "</svg>\n");
}
