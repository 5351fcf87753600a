/* score_json.h - figures for machines: one JSON object, keys in a fixed order, null where nothing can be said. */
#ifndef DUANKA_SCORE_SCORE_JSON_H
#define DUANKA_SCORE_SCORE_JSON_H
#include "score/score.h"

void score_json(struct buf *b, const struct score_figures *f);
void score_json_group(struct buf *b, const struct score_figures *f,
                      const struct score_group *g);              /* one group, an object */
void score_json_rate(struct buf *b, const struct score_rate *r); /* {"hit","all","value","low","high"} */

#endif
