/* figures_naive.h - the figures counted naively: for each figure one look through every object and its whole history. It shares the table of names with the desk, and no counting. */
#ifndef DUANKA_TESTS_FIGURES_NAIVE_H
#define DUANKA_TESTS_FIGURES_NAIVE_H
#include "desk/figure.h"

enum {
	HISTORY_MAX = 8192
};

struct saved {
	struct desk_object o;
	struct desk_trace t;
};
struct history { /* in the order of saving */
	struct saved *version;
	struct desk_message *message;
	uint32_t n, n_messages;
};

void naive_count(const struct history *h, const struct desk_counter *to);

#endif
