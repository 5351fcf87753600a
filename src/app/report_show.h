/* report_show.h - an answer about the desk's figures (gateway/figures.h) as people read it: a table on a terminal, Markdown, or rows of CSV. The same answer gives the same bytes, whether a service or
 * a registry gave it. */
#ifndef DUANKA_APP_REPORT_SHOW_H
#define DUANKA_APP_REPORT_SHOW_H
#include <jansson.h>
#include "base/buf.h"
#include "show/lang.h"

enum report_of {
	REPORT_DAY,
	REPORT_WEEK,
	REPORT_MONTH
};

/* A row for each figure that is something in one of the spans, with columns for what it is compared with; then the groups, a row each. */
void report_show(struct buf *b, const json_t *answer, enum report_of of, enum lang l, bool markdown);
/* span,from,to,group,figure,part,item,value: everything, in plain numbers, times in seconds and money in fen. */
void report_csv(struct buf *b, const json_t *answer);

#endif
