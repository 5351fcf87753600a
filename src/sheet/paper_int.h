/* paper_int.h - what the renderers of papers share: walking over parts, the figure as a drawing, numbers as people read them. */
#ifndef DUANKA_SHEET_PAPER_INT_H
#define DUANKA_SHEET_PAPER_INT_H
#include "sheet/paper.h"

static inline struct text paper_text(const struct paper *p, const struct paper_part *x)
{
	return text_of(p->text.p == NULL ? "" : p->text.p + x->at, x->len);
}
/* The number of the first part from i on that does not belong to a table or figure before it. */
uint32_t paper_after(const struct paper *p, uint32_t i);
/* One character of sound UTF-8, and how many bytes it has; t is not empty. */
uint32_t paper_rune(struct text t, size_t *n);
enum {
	PAPER_NUMBER_BYTES = 40
};
/* 12,345.6 in units of 10^-decimals, in z; a dash for PAPER_NOTHING. */
struct text paper_number(char z[PAPER_NUMBER_BYTES], int64_t v, uint32_t decimals);

/* Whom a figure is drawn with. Units are points, y goes down, texts stand on their base line. */
enum paper_anchor {
	PAPER_LEFT,
	PAPER_MIDDLE,
	PAPER_RIGHT
};
struct paper_pen {
	void *ctx;
	void (*box)(void *ctx, double x, double y, double w, double h, uint32_t colour);
	/* n points as x, y, x, y ... */
	void (*line)(void *ctx, const double *xy, uint32_t n, double width, uint32_t colour);
	void (*word)(void *ctx, double x, double y, double size, enum paper_anchor a, uint32_t colour, struct text t);
};
#define PAPER_WIDTH 480.0 /* of every figure */

struct paper_drawing { /* a figure with its scale */
	const struct paper *p;
	uint32_t at; /* part of the FIGURE */
	enum paper_figure kind;
	uint32_t series, points, shown, decimals;
	int64_t most, least; /* values of the scale */
	double height, top, left,
		room; /* left: where bars begin; top: where it begins below its legend; room: for the longest bar */
};
void paper_drawing_of(const struct paper *p, uint32_t at, struct paper_drawing *d);
void paper_draw(const struct paper_drawing *d, const struct paper_pen *pen);
struct text paper_series_of(const struct paper_drawing *d, uint32_t s);
struct text paper_label_of(const struct paper_drawing *d, uint32_t point);
int64_t paper_value_of(const struct paper_drawing *d, uint32_t point, uint32_t s);

#endif
