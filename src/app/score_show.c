/* score_show.c - see score_show.h. For now the JSON stands in. */
#include "app/score_show.h"
#include "score/score_json.h"

void score_show(struct buf *b, const struct score_figures *f, enum lang l, bool markdown)
{
	(void)l, (void)markdown;
	score_json(b, f);
}

void score_show_curve_words(enum lang l, struct curve_words *w)
{
	(void)l;
	*w = (struct curve_words){ "Precision and recall over thresholds of the summed score", "recall", "precision",
		                       "numbers: the threshold", "no suspects of any kind were alerted" };
}
