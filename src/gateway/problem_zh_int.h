/* problem_zh_int.h - the tables behind problem_zh.h, each sorted by the bytes of the English. */
#ifndef DUANKA_GATEWAY_PROBLEM_ZH_INT_H
#define DUANKA_GATEWAY_PROBLEM_ZH_INT_H
#include <stddef.h>

struct problem_words {
	const char *en, *zh;
};
extern const struct problem_words problem_titles[], problem_details[];
extern const size_t problem_titles_n, problem_details_n;

#endif
