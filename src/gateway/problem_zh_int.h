/* problem_zh_int.h - the tables behind problem_zh.h, each sorted by the bytes of the English. */
#ifndef DUANKA_GATEWAY_PROBLEM_ZH_INT_H
#define DUANKA_GATEWAY_PROBLEM_ZH_INT_H
#include <stddef.h>
#include "base/text.h"

struct problem_words {
	const char *en, *zh;
};
enum {
	PLACES_MAX = 5 /* of a pattern: {} in the English, {1} to {5} or <1> to <5> in the Chinese */
};
extern const struct problem_words problem_titles[], problem_details[], problem_patterns[];
extern const size_t problem_titles_n, problem_details_n, problem_patterns_n;
/* Are these the pattern's words from end to end? Then with what in its places: each as short as can be, so that nothing is
 * tried twice. What stands in a place may be anybody's, and look like anything. */
bool problem_zh_fits(struct text en, const char *pattern, struct text place[PLACES_MAX]);

#endif
