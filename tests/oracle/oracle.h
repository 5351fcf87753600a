/* oracle.h - random policies of every kind of expression, random streams, and a judge that asks engine and SQLite.
 *
 * world.c        the schema that all cases share, and every path that leads from an event to a typed value
 * draw.c         literals, conditions and values of a wanted type, by chance
 * draw_agg.c     aggregates, preceded by, first_time
 * draw_policy.c  lets, rules, exemptions and features around them
 * draw_stream.c  events whose times are made to fall on the edges of the policy's windows
 * judge.c        one case through the engine and through SQLite, value by value
 * judge_rules.c  the same for alerts
 * shrink.c       a failing case made small
 *
 * gen.c draws the usual shapes of policies over many events; these files draw by type, so that whatever the checker
 * accepts can come up anywhere: any expression as a looked-up key, a filter, an aggregated value or a part of another. */
#ifndef DUANKA_TESTS_ORACLE_ORACLE_H
#define DUANKA_TESTS_ORACLE_ORACLE_H
#include "base/buf.h"
#include "base/rng.h"
#include "engine/engine.h"

enum {
	WORLD_EVENTS = 6,
	WORLD_PATHS_MAX = 160, /* from one event */
	WORLD_PATH_BYTES = 56,
	WORLD_PLAIN_BYTES = IDENT_SHOWN_BYTES,
	WORLD_LISTS = 3,
	WORLD_ENTRIES = 4, /* of each list */
	WORLD_TAGS = 8,
	WORLD_FIELDS = 8, /* of an event */
	DECLS_MAX = 16,
	EVENTS_MAX = 420,
	DRAWN_WINDOWS_MAX = 64
};

/* What came up over a run: a class that never did is a hole in the test. */
/* clang-format off */
#define SEEN(X) \
	X(LATE) X(TOO_LATE) X(TIE) X(EDGE) X(DUPLICATE) X(BUSY) X(HUGE_VALUES) X(MISSING_FIELD) X(COUNT) X(SUM) \
	X(AVG) X(STDDEV) X(MIN) X(MAX) X(DISTINCT) X(FIRST) X(LAST) X(GAP) X(SHARE) X(NESTED) X(NESTED_TWICE) \
	X(VALUE_NESTED) X(OTHER_EVENT) X(PATH_KEY) X(MANY_KEYS) X(TEXT_KEY) X(LOOKUP_EXPR) X(LOOKUP_AGG) X(FILTER) \
	X(EXCLUDING) X(LIST) X(RISK) X(PRECEDED) X(FIRST_TIME) X(AGE) X(ELSE) X(KNOWN) X(BETWEEN) X(IN) X(LOGIC) \
	X(LET) X(CLOCK) X(ZONE) X(LOCAL) X(TEXT_CALL) X(TEMPLATE) X(ARITHMETIC) X(ROUND) X(IDENT) X(RULE) X(SHADOW) \
	X(EVERY) X(EXEMPT) X(ALERT) X(EXEMPTED) X(SUPPRESSED) X(VALUE_REAL) X(VALUE_ENTITY) X(VALUE_TEXT) \
	X(VALUE_TIME) X(VALUE_BOOL) X(VALUE_WHOLE) X(VALUE_COMPARED) X(VALUE_MISSING) X(BATCHES)
/* clang-format on */

enum seen {
#define X(name) SEEN_##name,
	SEEN(X)
#undef X
	SEEN_CLASSES
};

struct path { /* how a value is reached from an event: "callee.holder.city" */
	char text[WORLD_PATH_BYTES];
	struct type type;
	uint8_t steps; /* 1: a field */
	bool ident;    /* ends in an attribute of the identifier */
};

struct world {
	struct hash_key key;
	struct policy policy; /* of world_text alone */
	uint32_t n_paths[WORLD_EVENTS];
	struct path path[WORLD_EVENTS][WORLD_PATHS_MAX];
};
extern const char world_text[];
extern const char *const world_tags[WORLD_TAGS];
extern const char *const world_lists[WORLD_LISTS];
void world_init(struct world *w);
void world_release(struct world *w);
/* Entity i of a kind, as plain text and as identity. */
void world_plain(const struct world *w, uint32_t kind, int64_t i, char *out);
void world_ident(const struct world *w, uint32_t kind, int64_t i, struct ident *out);
/* Entry i of a list: the entity's or tag's number, and when it ends. */
int64_t world_entry(uint32_t list, uint32_t i, int64_t *until_us);
enum err world_zone(void *ctx, struct arena *a, struct text name, struct text *out);
extern const int64_t world_start_us;

struct plain_event { /* as both sides take it; entities and texts by number */
	uint32_t type;
	int64_t time_us;
	int64_t value[WORLD_FIELDS];
};

struct decl { /* one declaration after the world's; a case shrinks by leaving some out */
	char *text;
	bool off;
};

struct oracle_case {
	uint32_t n_decls, n_events;
	struct decl decl[DECLS_MAX];
	struct plain_event event[EVENTS_MAX];
	int64_t lateness_us;
	uint32_t batch_max;
	uint64_t batch_seed;
};
void case_release(struct oracle_case *c);

struct let_drawn {
	uint32_t context;
	struct type type;
	uint32_t level; /* of the aggregates in it */
};

struct draw {
	struct rng rng;
	const struct world *w;
	struct buf text;
	uint64_t seen[SEEN_CLASSES];
	/* about the case at hand */
	bool busy;      /* many events of one type on few keys: rings leave the scan for running totals */
	bool huge;      /* values up to the limits, so no multiplication */
	bool excluding; /* inside a lookup of an aggregate that excludes this event */
	uint32_t level; /* how many aggregates stand around the place */
	bool in_value;  /* of an aggregate: what is drawn will be summed */
	uint32_t busy_event;
	uint32_t used[WORLD_EVENTS];
	uint32_t n_windows;
	int64_t window_us[DRAWN_WINDOWS_MAX];
	uint32_t n_lets;
	struct let_drawn let[DECLS_MAX];
	uint32_t level_max, deepest; /* allowed here, and reached */
};

uint64_t draw_below(struct draw *d, uint64_t n);
bool draw_chance(struct draw *d, uint32_t percent);
/* An expression of that type in the context of an event, appended to d->text; depth bounds its size. */
void draw_expr(struct draw *d, uint32_t context, struct type t, int depth);
void draw_bool(struct draw *d, uint32_t context, int depth);
const struct path *draw_path(struct draw *d, uint32_t context, struct type t); /* NULL: there is none */
bool draw_same_type(struct type a, struct type b);
/* draw_agg.c. draw_agg: false, and nothing appended, if no aggregate gives that type. */
bool draw_agg(struct draw *d, uint32_t context, struct type t, int depth);
void draw_share(struct draw *d, uint32_t context, int depth);
void draw_preceded(struct draw *d, uint32_t context, int depth);
void draw_first_time(struct draw *d, uint32_t context);
/* draw_policy.c, draw_stream.c */
void draw_policy(struct draw *d, struct oracle_case *c);
void draw_stream(struct draw *d, struct oracle_case *c);

enum verdict {
	SAME,
	DIFFERENT,
	REFUSED,  /* the policy does not load */
	TOO_LARGE /* the planner has no room for it */
};
/* Says in why what differs. breaks: adds 1 to a value of the engine's, to see it noticed. */
enum verdict judge(const struct world *w, const struct oracle_case *c, uint64_t *seen, bool breaks, struct buf *why);
void case_policy(const struct oracle_case *c, struct buf *out); /* without the world */
void case_print(const struct world *w, const struct oracle_case *c);
/* Leaves out declarations and events as long as the case still fails. */
void shrink(const struct world *w, struct oracle_case *c, bool breaks, struct buf *why);
#endif
