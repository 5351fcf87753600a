/* gen.h - random policies as text and random streams to run them on; shared by the oracle's files.
 *
 * Everything is drawn together: which event is aggregated, by which keys, looked up by what, over which window, with which
 * filter. Streams have few entities, whole-second times (so that ties and exact window edges are common), bursts, pauses,
 * late events and missing fields. */
#ifndef DUANKA_TESTS_ORACLE_GEN_H
#define DUANKA_TESTS_ORACLE_GEN_H
#include "base/buf.h"
#include "base/clock.h"
#include "base/rng.h"
#include "event/event.h"

enum {
	GEN_FEATURES = 4,
	GEN_EVENTS_MAX = 700,
	GEN_LATENESS_S = 600
};

/* What was drawn, counted over a run: a class that never came up is a hole in the test. */
#define GEN_CLASSES(X) \
	X(LATE)            \
	X(TIE)             \
	X(BUSY)            \
	X(EXCLUDING)       \
	X(NESTED)          \
	X(CROSS_EVENT)     \
	X(PATH_KEY)        \
	X(PAIR_KEY)        \
	X(TEXT_KEY)        \
	X(FILTER)          \
	X(LIST)            \
	X(RISK)            \
	X(PRECEDED)        \
	X(FIRST_TIME)      \
	X(SHARE)           \
	X(GAP)             \
	X(DISTINCT)        \
	X(EXTREME)         \
	X(SPREAD)          \
	X(EDGE)            \
	X(CLOCK)           \
	X(AGE)             \
	X(ELSE)            \
	X(TEMPLATE)        \
	X(REAL)

enum gen_class {
#define X(name) GEN_##name,
	GEN_CLASSES(X)
#undef X
	GEN_CLASS_COUNT
};

struct gen {
	struct rng rng;
	uint64_t seen[GEN_CLASS_COUNT];
};

extern const char gen_schema[];
void gen_policy(struct gen *g, struct buf *b); /* schema and GEN_FEATURES features f0, f1, ... */

struct gen_event { /* plain, as both sides take it */
	uint32_t type; /* 0 call, 1 transfer, 2 bind: in the schema's order */
	int64_t time_us;
	int64_t value[6]; /* VALUE_MISSING, or an entity's or text's number, or the value */
};

uint32_t gen_stream(struct gen *g, struct gen_event *out);
/* Names of entities and texts: p3, a1, x2; tags. */
void gen_name(char *z, size_t n, char kind, int64_t i);
extern const char *const gen_tags[];
enum {
	GEN_TAGS = 5
};

#endif
