/* score_show.h - figures of a score for people: tables for a terminal of 115 columns, or in Markdown. */
#ifndef DUANKA_APP_SCORE_SHOW_H
#define DUANKA_APP_SCORE_SHOW_H
#include "show/lang.h"
#include "score/curve_svg.h"
#include "score/score.h"

void score_show(struct buf *b, const struct score_figures *f, enum lang l, bool markdown);
void score_show_curve_words(enum lang l, struct curve_words *w);

#endif
