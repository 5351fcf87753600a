/* paper_flow.h - private to the PDF of a paper: pages of A4 that fill from the top, and text as lines of a layout.
 *
 * A paper flows twice: dry, to know how many pages there are, and then with ink. Nothing that depends on whether there is ink may change where anything stands. */
#ifndef DUANKA_SHEET_PAPER_FLOW_H
#define DUANKA_SHEET_PAPER_FLOW_H
#include "sheet/paper_int.h"

/* As cairo and pango declare them, so that this header needs neither. */
typedef struct _cairo cairo_t;
typedef struct _PangoContext PangoContext;
typedef struct _PangoLayout PangoLayout;

/* Points; the page is A4. */
#define FLOW_WIDTH 595.28
#define FLOW_HEIGHT 841.89
#define FLOW_MARGIN 56.0
#define FLOW_INNER (FLOW_WIDTH - 2 * FLOW_MARGIN)
#define FLOW_TOP 52.0
#define FLOW_BOTTOM (FLOW_HEIGHT - 56.0)

struct flow {
	const struct paper *p;
	cairo_t *cairo; /* NULL: dry */
	PangoContext *pango;
	double y;
	uint32_t page, pages; /* this one from 1; all of them, once known */
	bool too_many;
};

struct flow_style {
	double size;
	bool bold;
	uint32_t colour;
};

/* A layout of t in a column; NULL: no memory. Given back with g_object_unref. right: lines stand at its right edge. */
PangoLayout *flow_layout(struct flow *f, struct text t, const struct flow_style *s, double width, bool right);
uint32_t flow_lines(PangoLayout *l);
/* Height of n lines from `from` on. */
double flow_high(PangoLayout *l, uint32_t from, uint32_t n);
/* How many lines from `from` on fit into `high`. */
uint32_t flow_fit(PangoLayout *l, uint32_t from, double high);
/* Draws n lines with their top left at x, y. */
void flow_draw(struct flow *f, PangoLayout *l, uint32_t from, uint32_t n, double x, double y, uint32_t colour);
void flow_fill(struct flow *f, double x, double y, double w, double h, uint32_t colour);

double flow_left(const struct flow *f); /* height left on the page */
void flow_page(struct flow *f);         /* begins the next page */

/* paper_table.c: the table at part `at`; returns the part behind it. */
uint32_t flow_table(struct flow *f, uint32_t at);

#endif
