/* svg.c - the comparison as small multiples: a panel a feature, quantile curves of both classes.
 *
 * Across: the quantiles, spaced as those of a normal distribution. Up: the value, on a logarithmic scale unless the
 * measure has a largest value. Solid: real; dashed: simulated; the band is where the bounds let the dashed curve be, and
 * a cross marks a point outside it. No scripts, no outside fonts. */
#include <math.h>
#include "bench/calibration/calibration.h"

enum {
	COLUMNS = 4,
	PANELS = FEATURES + 1,
	CELL_W = 310,
	CELL_H = 224,
	LEFT = 46, /* of a panel's cell to its plot */
	TOP = 30,
	PLOT_W = 246,
	PLOT_H = 156,
	HEAD_H = 84,
	MARGIN = 18
};

static const double normal[LEVELS] = { -1.645, -1.282, -.674, 0, .674, 1.282, 1.645, 2.326 };
static const char *const colour[CLASSES] = { "#1d5fa8", "#c2410c" };
static const char all_colour[] = "#3f6b3a";

struct panel {
	const struct measure *m;
	double x, y; /* of the plot's upper left corner */
	double lo, hi;
	bool overall;
};

static double across(const struct panel *p, int level)
{
	return p->x + 6 + (normal[level] - normal[0]) / (normal[LEVELS - 1] - normal[0]) * (PLOT_W - 12);
}

static double up(const struct panel *p, double v)
{
	double part;
	if (p->m->axis_max > 0)
		part = v / p->hi;
	else
		part = log(fmax(v, .5) / p->lo) / log(p->hi / p->lo);
	return p->y + PLOT_H * (1 - fmin(fmax(part, 0), 1));
}

static void widen(struct panel *p, const struct summary *s)
{
	for (int i = 0; i < LEVELS; i++) {
		if (isnan(s->q[i]))
			continue;
		double v = fmax(s->q[i], .5);
		p->lo = p->lo > 0 && p->lo < v ? p->lo : v;
		p->hi = p->hi > v ? p->hi : v;
	}
}

static void put_tick(struct buf *out, const struct panel *p, double v)
{
	double y = up(p, v);
	buf_printf(out, "<path class=\"g\" d=\"M%.1f %.1fh%d\"/>", p->x, y, PLOT_W);
	buf_printf(out, "<text class=\"t\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">", p->x - 5, y + 3.5);
	buf_printf(out, v >= 1000 ? "%gk</text>\n" : "%g</text>\n", v >= 1000 ? v / 1000 : v);
}

static void put_ticks(struct buf *out, const struct panel *p)
{
	static const double step[] = { 1, 2, 5 };
	if (p->m->axis_max > 0) {
		double by = p->m->axis_max <= 1 ? .25 : p->m->axis_max <= 9 ? 2 : p->m->axis_max <= 24 ? 6 : 10;
		for (double v = 0; v <= p->hi + 1e-9; v += by)
			put_tick(out, p, v);
		return;
	}
	bool wide = p->hi / p->lo > 300;
	for (double decade = 1; decade <= p->hi; decade *= 10)
		for (int i = 0; i < (wide ? 1 : 3); i++)
			if (decade * step[i] >= p->lo && decade * step[i] <= p->hi)
				put_tick(out, p, decade * step[i]);
}

static void put_frame(struct buf *out, const struct panel *p)
{
	static const int labelled[] = { LEVEL_P5, LEVEL_P25, LEVEL_P50, LEVEL_P75, LEVEL_P95, LEVEL_P99 };
	buf_printf(out, "<text class=\"h\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", p->x, p->y - 12, p->m->title);
	put_ticks(out, p);
	for (size_t i = 0; i < ARRAY_LEN(labelled); i++)
		buf_printf(out, "<text class=\"t\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>\n",
		           across(p, labelled[i]), p->y + PLOT_H + 14, level_names[labelled[i]]);
	buf_printf(out, "<path class=\"a\" d=\"M%.1f %.1fh%d\"/>\n", p->x, p->y + PLOT_H, PLOT_W);
}

/* Where the simulated value may be. */
static double edge(const struct measure *m, double real, double bound, int sign)
{
	double v = m->scale == SCALE_SHARE ? real + sign * bound : sign > 0 ? real * bound : real / bound;
	double slack = real + sign * m->slack;
	v = sign > 0 ? fmax(v, slack) : fmin(v, slack);
	return m->scale == SCALE_SHARE ? fmin(fmax(v, 0), 1) : v;
}

static void put_band(struct buf *out, const struct panel *p, const struct summary *real, const char *ink)
{
	const char *op = "M";
	bool any = false;
	for (int turn = 0; turn < 2; turn++)
		for (int i = 0; i < LEVELS; i++) {
			int level = turn ? LEVELS - 1 - i : i;
			double bound = bound_at(p->m, p->overall, level);
			if (bound <= 0 || isnan(real->q[level]))
				continue;
			if (!any)
				buf_printf(out, "<path fill=\"%s\" fill-opacity=\".11\" d=\"", ink);
			any = true;
			double v = edge(p->m, real->q[level], bound, turn ? -1 : 1);
			buf_printf(out, "%s%.1f %.1f", op, across(p, level), up(p, v));
			op = "L";
		}
	if (any)
		buf_z(out, "Z\"/>\n");
}

static void put_curve(struct buf *out, const struct panel *p, const struct summary *s, const char *ink, bool dashed)
{
	const char *op = "M";
	bool any = false;
	for (int i = 0; i < LEVELS; i++) {
		if (isnan(s->q[i]))
			continue;
		if (!any)
			buf_printf(out, "<path class=\"%s\" stroke=\"%s\" d=\"", dashed ? "s" : "r", ink);
		any = true;
		buf_printf(out, "%s%.1f %.1f", op, across(p, i), up(p, s->q[i]));
		op = "L";
	}
	if (any)
		buf_z(out, "\"/>\n");
}

static void put_points(struct buf *out, const struct panel *p, const struct summary *s, const struct verdict *v,
                       const char *ink)
{
	for (int i = 0; i < LEVELS; i++) {
		if (isnan(s->q[i]))
			continue;
		double x = across(p, i), y = up(p, s->q[i]);
		if (v->judged && v->broken[i])
			buf_printf(out, "<path class=\"x\" stroke=\"%s\" d=\"M%.1f %.1fl8 8m0 -8l-8 8\"/>\n", ink, x - 4, y - 4);
		else
			buf_printf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\" fill=\"#fff\" stroke=\"%s\"/>\n", x, y, ink);
	}
}

static void put_pair(struct buf *out, const struct panel *p, const struct summary *real,
                     const struct summary *simulated, const struct verdict *v, const char *ink)
{
	put_band(out, p, real, ink);
	put_curve(out, p, real, ink, false);
	put_curve(out, p, simulated, ink, true);
	put_points(out, p, simulated, v, ink);
}

static void place(struct panel *p, int at)
{
	p->x = MARGIN + at % COLUMNS * CELL_W + LEFT;
	p->y = HEAD_H + at / COLUMNS * CELL_H + TOP;
	if (p->m->axis_max > 0)
		p->hi = p->m->axis_max;
	p->hi *= p->m->axis_max > 0 ? 1 : 1.2;
	p->lo /= 1.2;
	if (p->hi <= p->lo * 1.5)
		p->hi = p->lo * 10 + 1;
}

static void put_feature(const struct comparison *c, enum feature f, struct buf *out)
{
	struct panel p = { .m = &features[f] };
	struct verdict v;
	for (int k = 0; k < CLASSES; k++) {
		widen(&p, &c->real->feature[f][k]);
		widen(&p, &c->simulated->feature[f][k]);
	}
	place(&p, (int)f);
	put_frame(out, &p);
	for (int k = 0; k < CLASSES; k++) {
		judge_feature(f, &c->real->feature[f][k], &c->simulated->feature[f][k], &v);
		put_pair(out, &p, &c->real->feature[f][k], &c->simulated->feature[f][k], &v, colour[k]);
	}
}

static void put_talk(const struct comparison *c, struct buf *out)
{
	const struct summary *real = &c->real->overall[OVERALL_TALK], *simulated = &c->simulated->overall[OVERALL_TALK];
	struct panel p = { .m = &overalls[OVERALL_TALK], .overall = true };
	struct verdict v;
	widen(&p, real);
	widen(&p, simulated);
	place(&p, FEATURES);
	put_frame(out, &p);
	judge_overall(OVERALL_TALK, real, simulated, &v);
	put_pair(out, &p, real, simulated, &v, all_colour);
}

static void put_key(struct buf *out, double x, const char *class, const char *ink, const char *what, double width)
{
	if (class)
		buf_printf(out, "<path class=\"%s\" stroke=\"%s\" d=\"M%.0f 62h34\"/>", class, ink, x);
	else
		buf_printf(out, "<rect x=\"%.0f\" y=\"56\" width=\"34\" height=\"12\" fill=\"%s\" fill-opacity=\".16\"/>", x,
		           ink);
	buf_printf(out, "<text class=\"k\" x=\"%.0f\" y=\"66\">%s</text>\n", x + width, what);
}

void report_svg(const struct comparison *c, struct buf *out)
{
	int w = 2 * MARGIN + COLUMNS * CELL_W, h = HEAD_H + (PANELS + COLUMNS - 1) / COLUMNS * CELL_H + MARGIN;
	buf_printf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">\n", w,
	           h, w, h);
	buf_z(out, "<title>Simulated city and real subscribers, quantile by quantile</title>\n<style>"
	           "text{font-family:'Noto Sans','DejaVu Sans',Arial,sans-serif;fill:#222}"
	           ".h{font-size:12.5px;font-weight:600}.t{font-size:10px;fill:#555}.k{font-size:12px}"
	           ".T{font-size:18px;font-weight:600}"
	           ".g{stroke:#e6e6e6;fill:none}.a{stroke:#888;fill:none}"
	           ".r{fill:none;stroke-width:2}.s{fill:none;stroke-width:1.6;stroke-dasharray:5 3.5}"
	           ".x{fill:none;stroke-width:2}</style>\n");
	buf_printf(out, "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n", w, h);
	buf_printf(out,
	           "<text class=\"T\" x=\"%d\" y=\"32\">Simulated city and real subscribers of Sichuan: quantiles per "
	           "subscriber</text>\n",
	           MARGIN);
	put_key(out, MARGIN, "r", colour[0], "ordinary, real", 40);
	put_key(out, MARGIN + 150, "s", colour[0], "ordinary, simulated", 40);
	put_key(out, MARGIN + 335, "r", colour[1], "fraud, real", 40);
	put_key(out, MARGIN + 465, "s", colour[1], "fraud, simulated", 40);
	put_key(out, MARGIN + 630, NULL, colour[0], "within the bounds", 40);
	buf_printf(out, "<path class=\"x\" stroke=\"#444\" d=\"M%d 58l8 8m0 -8l-8 8\"/>", MARGIN + 800);
	buf_printf(out, "<text class=\"k\" x=\"%d\" y=\"66\">outside</text>\n", MARGIN + 816);
	put_key(out, MARGIN + 890, "r", all_colour, "all call records", 40);
	for (int i = 0; i < FEATURES; i++)
		put_feature(c, (enum feature)i, out);
	put_talk(c, out);
	buf_z(out, "</svg>\n");
}
