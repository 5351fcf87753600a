/* curve_svg.c - a plain hand-made SVG; see curve_svg.h.
 *
 * Each curve begins at the highest sum of scores and goes right as the threshold falls. Both axes run from 0 to 100 %. The curves
 * differ in colour, dashes and marks, so that they can be told apart on paper too. */
#include "score/curve_svg.h"
#include <stdio.h>

enum {
	WIDTH = 720,
	HEIGHT = 520,
	LEFT = 72,
	TOP = 56,
	SIDE_X = 440, /* of the field */
	SIDE_Y = 380,
	LEGEND_X = LEFT + SIDE_X + 24,
	LABELS_MAX = 4, /* thresholds written beside one curve */
};

static const struct {
	const char *colour, *dash; /* Okabe and Ito's palette, which the colour-blind can tell apart */
} styles[] = {
	{ "#0072B2", "none" }, { "#D55E00", "7 3" },      { "#009E73", "2 3" }, { "#CC79A7", "9 3 2 3" },
	{ "#E69F00", "4 4" },  { "#56B4E9", "12 4 2 4" }, { "#000000", "1 2" },
};

static double x_of(double share)
{
	return LEFT + SIDE_X * share;
}

static double y_of(double share)
{
	return TOP + SIDE_Y * (1 - share);
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

static void put_axes(struct buf *b, const struct curve_words *w)
{
	char percent[16];

	for (int i = 0; i <= 10; i += 2) {
		double share = i / 10.0;

		buf_printf(b, "<path d=\"M%.1f %.1fH%d M%.1f %.1fV%d\" stroke=\"#ddd\" fill=\"none\"/>\n", x_of(0), y_of(share),
		           LEFT + SIDE_X, x_of(share), y_of(0), TOP);
		snprintf(percent, sizeof(percent), "%d %%", 10 * i);
		put_label(b, x_of(share), y_of(0) + 18, "middle", percent);
		put_label(b, x_of(0) - 8, y_of(share) + 4, "end", percent);
	}
	buf_printf(b, "<path d=\"M%d %dV%dH%d\" stroke=\"#000\" fill=\"none\"/>\n", LEFT, TOP, TOP + SIDE_Y, LEFT + SIDE_X);
	put_label(b, LEFT + SIDE_X / 2.0, TOP + SIDE_Y + 42, "middle", w->recall);
	buf_printf(b, "<text transform=\"translate(20 %d) rotate(-90)\" text-anchor=\"middle\">", TOP + SIDE_Y / 2);
	escaped(b, w->precision);
	buf_z(b, "</text>\n");
}

static double recall_of(const struct score_point *p)
{
	return p->all > 0 ? (double)p->found / (double)p->all : 0;
}

static double precision_of(const struct score_point *p)
{
	return p->alerted > 0 ? (double)p->found / (double)p->alerted : 0;
}

static void put_curve(struct buf *b, const struct score_curve *c, uint32_t at)
{
	const char *colour = styles[at % ARRAY_LEN(styles)].colour, *dash = styles[at % ARRAY_LEN(styles)].dash;
	uint32_t every = (c->n + LABELS_MAX - 1) / LABELS_MAX;

	buf_printf(b, "<g stroke=\"%s\" fill=\"none\" stroke-width=\"2\">\n<polyline stroke-dasharray=\"%s\" points=\"",
	           colour, dash);
	for (uint32_t i = 0; i < c->n; i++)
		buf_printf(b, "%.1f,%.1f ", x_of(recall_of(&c->point[i])), y_of(precision_of(&c->point[i])));
	buf_z(b, "\"/>\n");
	for (uint32_t i = 0; i < c->n; i++)
		buf_printf(b, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\"/>\n", x_of(recall_of(&c->point[i])),
		           y_of(precision_of(&c->point[i])));
	buf_printf(b, "</g>\n<g fill=\"%s\" font-size=\"10\">\n", colour);
	for (uint32_t i = 0; i < c->n; i++)
		if (i % every == 0 || i + 1 == c->n)
			buf_printf(b, "<text x=\"%.1f\" y=\"%.1f\">%lld</text>\n", x_of(recall_of(&c->point[i])) + 4,
			           y_of(precision_of(&c->point[i])) - 5, (long long)c->point[i].threshold);
	buf_z(b, "</g>\n");
}

static void put_legend(struct buf *b, const struct score_figures *f, const struct curve_words *w)
{
	int y = TOP + 8;

	for (uint32_t i = 0; i < f->n_curves; i++, y += 40) {
		const struct score_curve *c = &f->curve[i];
		char counts[64];

		buf_printf(b, "<path d=\"M%d %dh36\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\"/>\n", LEGEND_X, y,
		           styles[i % ARRAY_LEN(styles)].colour, styles[i % ARRAY_LEN(styles)].dash);
		put_label(b, LEGEND_X + 44, y + 4, "start", f->kinds->kind[c->kind].name);
		snprintf(counts, sizeof(counts), "%llu / %llu", (unsigned long long)c->point[c->n - 1].found,
		         (unsigned long long)c->point[c->n - 1].all);
		put_label(b, LEGEND_X + 44, y + 20, "start", counts);
	}
	if (f->n_curves == 0)
		put_label(b, LEFT + SIDE_X / 2.0, TOP + SIDE_Y / 2.0, "middle", w->none);
	else
		put_label(b, LEFT, HEIGHT - 14, "start", w->threshold);
}

void curve_svg(struct buf *b, const struct score_figures *f, const struct curve_words *w)
{
	buf_printf(b,
	           "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
	           "font-family=\"sans-serif\" font-size=\"13\">\n<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n",
	           WIDTH, HEIGHT, WIDTH, HEIGHT, WIDTH, HEIGHT);
	buf_printf(b, "<title>");
	escaped(b, w->title);
	buf_z(b, "</title>\n<g font-size=\"16\">");
	put_label(b, LEFT, 30, "start", w->title);
	buf_z(b, "</g>\n");
	put_axes(b, w);
	for (uint32_t i = 0; i < f->n_curves; i++)
		put_curve(b, &f->curve[i], i);
	put_legend(b, f, w);
	buf_z(b, "</svg>\n");
}
