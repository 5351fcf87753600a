/* figures.h - figures of the desk gathered, merged and shown: the entries of a registry (desk/figure.h), or of objects in memory, in any order, come to the same figures and bytes.
 *
 * Entries are put under a group (a district, an organisation, an hour, a day, or group 0: everything) and merged at once, so memory grows with what differs and not with what happened. Whoever
 * gathers figures_settle()s before asking. */
#ifndef DUANKA_SHOW_FIGURES_H
#define DUANKA_SHOW_FIGURES_H
#include "base/buf.h"
#include "desk/figure.h"

enum {
	FIGURES_CELLS_MAX = 1 << 22,
	FIGURES_ALL_PARTS = -1
};

struct figures_cell {
	uint32_t group;
	uint8_t figure, part;
	int64_t at, n;
};
struct figures { /* the caller's; fields are figures.c's own */
	struct figures_cell *cell;
	uint32_t *slot; /* number of a cell, from 1; 0: none */
	uint32_t n, cap, slots;
	bool settled;
	enum err err; /* sticky: ERR_MEMORY, or ERR_CAP */
};

void figures_init(struct figures *f);
void figures_release(struct figures *f);
void figures_add(struct figures *f, uint32_t group, uint32_t figure, uint32_t part, int64_t at, int64_t n);
/* Brings the cells in order. Nothing may be added afterwards. What went wrong before, if anything. */
enum err figures_settle(struct figures *f) MUST_CHECK;

struct figures_spread { /* seconds */
	int64_t n, median_s, p90_s, most_s;
	int64_t within[FIGURE_WITHIN_MAX]; /* how many took no longer than the figure's targets */
};
/* part: FIGURES_ALL_PARTS, or one. */
int64_t figures_sum(const struct figures *f, uint32_t group, uint32_t figure, int part);
int64_t figures_at(const struct figures *f, uint32_t group, uint32_t figure, int part, int64_t at);
void figures_spread(const struct figures *f, uint32_t group, uint32_t figure, int part, struct figures_spread *out);

/* The next group that has something; 0: none. */
uint32_t figures_group_after(const struct figures *f, uint32_t group);

/* Figures of the group as one JSON object: each has "all", and each part that is not nothing by its name. every: also those that are nothing. */
void figures_json(struct buf *b, const struct figures *f, uint32_t group, bool every);

/* The same of these figures only, those that are nothing as well. */
void figures_json_of(struct buf *b, const struct figures *f, uint32_t group, const uint8_t *figure, size_t n);

#endif
