/* curve_svg.h - precision against recall as a picture: one curve an entity kind, one point a threshold. */
#ifndef DUANKA_SCORE_CURVE_SVG_H
#define DUANKA_SCORE_CURVE_SVG_H
#include "score/score.h"

struct curve_words { /* in the reader's language */
	const char *title, *recall, *precision, *threshold, *found, *none;
};

void curve_svg(struct buf *b, const struct score_figures *f, const struct curve_words *w);

#endif
