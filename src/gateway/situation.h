/* situation.h - what a wall shows, in one answer: today so far; today, yesterday and a week ago up to the end of the last
 * full hour; the hours of these days, the ten districts, what is open now, the way from alerts to loss, and the newest
 * bulletins.
 *
 * Figures are the desk's (figures.h), by the same sums, names and units; how many events came and what was decided is the
 * registry's traffic. Both are kept by the hour, so days are compared by full hours. No token, no name. doc/figures.md tells
 * what each means. */
#ifndef DUANKA_GATEWAY_SITUATION_H
#define DUANKA_GATEWAY_SITUATION_H
#include "gateway/figures.h"

/* of: organisation and district, as for figures_now. What was decided about events is not known by district, so it is null
 * for who sees only one. Appended to out, of which what lies before n_tag is another when anything shown is another. */
enum err situation_answer(struct registry *r, const struct figures_question *of, struct buf *out,
                          size_t *n_tag) MUST_CHECK;

#endif
