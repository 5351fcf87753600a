/* ringplan.h - the layout of one ring: all aggregates that share an event type and a key.
 *
 * Idea: for each key value (say, one caller) the engine keeps one time-ordered array of small packed tuples, one for each
 * event that at least one of the ring's filters lets through. A window is a tail of that array; a filter is a bit in the
 * tuple; an aggregate is (function, filter, column, window). So thirty aggregates over the calls of a caller cost one
 * tuple of about 15 bytes an event, and one lookup.
 * The planner fills the first part, ring_plan_finish computes the rest; after that it never changes. */
#ifndef DUANKA_POLICY_RINGPLAN_H
#define DUANKA_POLICY_RINGPLAN_H
#include "base/check.h"
#include "base/err.h"
#include "base/value.h"

enum {
	RING_COLS_MAX = 16,
	RING_FILTERS_MAX = 32,
	RING_WINDOWS_MAX = 24,
	RING_ACCS_MAX = 128,
	RING_ALL = 0xff,           /* acc.filter: every event of the ring's type and key, whatever its filters say */
	RING_NONE = 0xff,          /* acc.col: the function needs no column */
	RING_EVENTS_MAX = 1 << 24, /* tuples in one ring, whatever the cap says */
};

/* X(name, needs a column, result is real) */
#define RING_FUNCS(X)                                                                                                  \
	X(COUNT, 0, 0)  /* events; with a column: events whose column is known */                                          \
	X(SUM, 1, 0)    /* exact in 128 bits, saturating to int64; 0 when nothing is there */                              \
	X(AVG, 1, 1)    /* exact sum / count of known values, one division; missing when nothing is there */               \
	X(STDDEV, 1, 1) /* of the population, from exact sums: q = floor(S/n), sqrt((sum((x-q)^2) - r^2/n) / n) */         \
	X(MIN, 1, 0)    /* missing when nothing is there, as MAX, FIRST, LAST */                                           \
	X(MAX, 1, 0)                                                                                                       \
	X(DISTINCT, 1, 0) /* different known values */                                                                     \
	X(FIRST, 1, 0)    /* the column of the earliest event by (time, position), known or missing */                     \
	X(LAST, 1, 0)     /* ... of the latest */                                                                          \
	X(GAP_AVG, 0, 1) /* gaps between neighbouring events in (time, position) order, microseconds; missing below two */ \
	X(GAP_STDDEV, 0, 1)                                                                                                \
	X(GAP_MIN, 0, 0)                                                                                                   \
	X(GAP_MAX, 0, 0)

enum ring_func {
#define X(name, col, real) RING_##name,
	RING_FUNCS(X)
#undef X
	RING_FUNC_COUNT
};

/* What happens when a ring holds cap events. Each occurrence is counted and marks the ring's later results. */
enum ring_full {
	RING_EVICT,  /* the oldest event goes: results are lower bounds for the windows that reach so far back */
	RING_REFUSE, /* the new event is not stored */
	RING_SKETCH, /* keep the events of a 1/2^k sample of the values of sketch_col (or of events, if RING_NONE), chosen by
	              * hash; counts, sums and distinct counts are scaled by 2^k: unbiased, relative standard error of a distinct
	              * count about 1/sqrt(values kept); min, max, first, last, averages are those of the sample */
};

struct ring_col {
	uint8_t width;  /* bytes: 1, 4, 5, 6 or 8 */
	bool is_signed; /* missing is the least value if signed, else all ones */
	uint16_t off;   /* derived: byte offset in the tuple */
};

struct ring_acc {
	uint8_t func;   /* enum ring_func */
	uint8_t filter; /* bit number, or RING_ALL */
	uint8_t col;    /* or RING_NONE */
	uint8_t window; /* index into window_us */
};

struct ring_group { /* one (filter, column), and which totals its accs need */
	uint8_t filter, col;
	bool sums, extremes, distinct, gaps;
};

struct ring_plan {
	/* what an insertion looks at; keep_us to tuple_bytes are derived by ring_plan_finish, the rest is filled by the planner */
	int64_t keep_us;    /* the longest window + lateness: older tuples serve nobody */
	uint8_t time_bytes; /* 5 if keep_us < 2^39, else 6: time modulo 2^(8 time_bytes), unwrapped from the newest tuple */
	uint8_t mask_bytes; /* 0, 1, 2 or 4 */
	uint16_t tuple_bytes;
	uint32_t n_cols, n_filters;
	uint32_t cap; /* events, 1..RING_EVENTS_MAX */
	enum ring_full full;
	uint8_t sketch_col;
	bool keep_unfiltered; /* an acc with RING_ALL exists: store events that no filter passed, too */
	struct ring_col col[RING_COLS_MAX];
	/* filled by the planner */
	uint32_t n_windows, n_accs;
	int64_t window_us[RING_WINDOWS_MAX]; /* ascending, no two alike */
	struct ring_acc acc[RING_ACCS_MAX];  /* no two alike */
	int64_t lateness_us;
	/* derived by ring_plan_finish */
	struct ring_group group[RING_ACCS_MAX]; /* accs that look at the same tuples */
	uint32_t n_groups;
	uint8_t group_of[RING_ACCS_MAX];
	uint8_t acc_by_window[RING_ACCS_MAX];       /* accs in ascending order of window */
	uint32_t window_accs[RING_WINDOWS_MAX + 1]; /* where each window's accs begin in acc_by_window */
	uint32_t big_bytes;                         /* of the incremental state, allocated only for busy rings */
	uint32_t acc_off[RING_ACCS_MAX];            /* where in that state an acc keeps its numbers */
	uint32_t map_off;                           /* ... and where the value maps are named */
	uint8_t map_of[RING_ACCS_MAX];              /* DISTINCT accs of one group share one value -> last occurrence map */
	uint8_t map_col[RING_ACCS_MAX];             /* column of a map */
	uint8_t map_window[RING_ACCS_MAX];          /* longest window that uses a map */
	uint32_t n_maps;
	union value empty[RING_ACCS_MAX]; /* what a ring without events answers */
};

/* ERR_RANGE if a count is over its maximum. Pure. */
enum err ring_plan_finish(struct ring_plan *p) MUST_CHECK;

#endif
