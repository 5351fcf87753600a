/* plandata.h - the inside of a plan, for the planner that fills it, the printer and the engine.
 *
 * Registers: the event's time, its fields, temporaries, the constants of the whole plan, then the accumulators of every view. The
 * first two and the constants are ready when a program starts, a view's accumulators from its NEED on. */
#ifndef DUANKA_POLICY_PLANDATA_H
#define DUANKA_POLICY_PLANDATA_H
#include "policy/builtins.h"
#include "policy/plan.h"

enum {
	PLAN_REG_TIME = 0,
	PLAN_REG_FIELD = 1, /* of the first field */
	PLAN_REG_TEMP = PLAN_REG_FIELD + SCHEMA_FIELDS_MAX,
	PLAN_RINGS_MAX = 512,
	PLAN_VIEWS_MAX = 1024,
	PLAN_EARLY_MAX = 8, /* composite keys of an event type that are prefetched */
	PLAN_KEYS_MAX = PLAN_VIEWS_MAX + PLAN_RINGS_MAX,
	PLAN_SPACES_MAX = 64,      /* key spaces: entity kinds, then composite keys */
	PLAN_SPACE_RINGS_MAX = 64, /* rings in one key space */
	PLAN_INSNS_MAX = 65535,
	PLAN_REGS_MAX = 16384, /* temporaries; as many constants; as many accumulators in views */
	PLAN_CALLS_MAX = 1024,
	PLAN_BOUNDS_MAX = 8192,
	PLAN_EXPLAIN_MAX = 128, /* values told about one rule */
	PLAN_HITS_MAX = 256,    /* rules on one event type */
};
/* What every row begins with (engine/table.h): its key words, a link and a flag word. */
static inline uint32_t table_head_bytes(uint32_t key_words)
{
	return 8 * key_words + 8;
}

#define PLAN_RISK_WINDOW_US ((int64_t)30 * 86400 * 1000000)

/* A key space: rows that are found by their key and hold one slot for each ring keyed this way. */
struct plan_space {
	bool entity; /* index < schema.n_entities: its entities; key = token */
	uint8_t entity_kind;
	uint32_t n_keys; /* composite: key parts (1 for a single text) */
	struct type key_type[POLICY_KEYS_MAX];
	uint32_t n_rings;
	uint32_t ring[PLAN_SPACE_RINGS_MAX]; /* index into plan.ring, by slot */
	/* row layout, bytes from the row's start; see table.h for what comes before head_bytes */
	uint32_t ident_off;                   /* entities: struct ident_attrs */
	uint32_t attr_time_off;               /* entities: int64 each, one for each declared attribute */
	uint32_t attr_off[SCHEMA_ATTRS_MAX];  /* ... and its value: */
	uint8_t attr_width[SCHEMA_ATTRS_MAX]; /* bytes: 1 (bool), 4 (entity) or 8 */
	uint32_t slot_off;                    /* uint32 each */
	uint32_t row_bytes;
};

struct plan_ring {       /* what each event looks at comes first */
	uint32_t insert_key; /* index into plan.row_key: where the event at hand goes */
	uint32_t slot_at;    /* bytes from a row's start to the ring's slot */
	uint32_t before;     /* 1 + the first view that leaves out the event at hand; 0 = none */
	bool alerts;         /* the engine's own: alerts about the entities of a space */
	uint16_t filter_reg[RING_FILTERS_MAX];
	uint16_t col_reg[RING_COLS_MAX];
	struct ring_plan rp;
	uint32_t event;
	uint32_t level; /* 1 + the deepest aggregate inside its keys, values and filters */
	uint32_t space, slot;
	uint32_t n_keys;
	struct expr *key[POLICY_KEYS_MAX];
	struct expr *col[RING_COLS_MAX];
	struct expr *filter[RING_FILTERS_MAX];
};

/* A row of a key space named by expressions over an event type. Rings and views that mean the same row share it, so that it
 * is looked up once an event. */
struct plan_key {
	uint32_t context, space, n;
	uint16_t reg[POLICY_KEYS_MAX];
	bool entity; /* the one register is the row */
	bool early;  /* fields and attributes of fields: the row can be prefetched before the program runs */
	struct expr *expr[POLICY_KEYS_MAX];
};

/* One reading of a ring in the context of one event type. */
struct plan_view {
	uint32_t context; /* event type */
	uint32_t ring;
	bool before;          /* excluding this, and the ring takes this event type: read before this event goes in */
	bool sure;            /* looked at for every event of the type */
	uint32_t next_before; /* of the same ring: 1 + the next such view; 0 = none */
	struct expr *lookup[POLICY_KEYS_MAX];
	uint32_t key; /* index into plan.row_key */
	uint32_t out; /* register of its first accumulator; ring.n_accs of them */
};

struct plan_bound { /* so many events at least in a window, whatever its filters say */
	uint32_t view, least;
	int64_t window_us;
};

struct plan_call { /* one call of a builtin */
	enum builtin f;
	uint32_t n_args;
	uint8_t field[3]; /* text argument: slot in event.str, or 0xff */
	struct text constant[3];
	const struct zone *zone;
	bool real;
};

struct plan_explain { /* a value that can be told about a rule or a feature */
	const struct expr *expr;
	uint16_t reg;
};

struct plan_rule {
	uint32_t code; /* cold program: computes every value below */
	uint32_t n_values;
	struct plan_explain value[PLAN_EXPLAIN_MAX];
	uint32_t n_comparisons;
	const struct expr *comparison[PLAN_EXPLAIN_MAX];
	uint32_t n_aggs; /* X_AGG nodes in the condition */
	const struct expr *agg[PLAN_EXPLAIN_MAX];
	uint16_t target_reg[POLICY_MEASURES_MAX];
};

struct plan_prefetch { /* rings of an event type that are keyed by one of its own fields */
	uint8_t ident, space;
	uint16_t slot;
};

struct plan_ident { /* a field that names an entity */
	uint8_t field, slot, kind;
};

struct plan_program {
	uint32_t n_idents;
	struct plan_ident ident[SCHEMA_IDENTS_MAX];
	uint32_t code, code_end; /* hot part; ends with END */
	uint32_t code_feature;   /* features' part */
	uint32_t n_features;
	uint32_t feature[64]; /* index into policy.feature */
	uint16_t feature_reg[64];
	uint32_t n_prefetch;
	struct plan_prefetch prefetch[64];
	uint32_t n_early;
	uint32_t early[PLAN_EARLY_MAX]; /* composite keys to prefetch: index into plan.row_key */
	uint32_t n_rings;               /* rings this type goes into, by level */
	uint32_t ring[PLAN_SPACE_RINGS_MAX];
};

struct plan {
	struct arena arena;
	const struct policy *policy;
	struct hash_key key;
	int64_t lateness_us;
	uint32_t n_spaces, n_rings, n_views, n_keys, n_insns, n_temps, n_regs, n_consts, n_calls, n_bounds, n_out;
	struct plan_space space[PLAN_SPACES_MAX];
	struct plan_ring *ring;
	struct plan_view *view;
	struct plan_key *row_key;
	struct insn *insn;
	union value *constant;
	bool *constant_real;
	struct plan_call *call;
	struct plan_bound *bound;
	struct plan_rule *rule;                              /* as policy.rule */
	uint32_t alert_ring[SCHEMA_ENTITIES_MAX];            /* index into ring, or UINT32_MAX */
	int64_t *kind_fp, *carrier_fp, *region_fp, *bank_fp; /* fingerprints of identifier attributes' names */
	struct plan_program program[SCHEMA_EVENTS_MAX];
};

/* Same expression in the same context. */
bool expr_equal(const struct expr *a, const struct expr *b);
/* How deep aggregates nest in e: 0 = none. */
uint32_t expr_level(const struct expr *e);
/* Calls f for e and everything below it in the same context: lookups yes, an aggregate's own keys and filter no. */
void expr_walk(const struct expr *e, void (*f)(void *ctx, const struct expr *e), void *ctx);
/* Which view and accumulator an X_AGG node reads in a context; false only before the plan is whole. */
bool plan_find(const struct plan *p, uint32_t context, const struct expr *agg, uint32_t *view, uint32_t *acc);
/* codegen.c */
enum err plan_codegen(struct plan *p, struct buf *errors) MUST_CHECK;
/* ERR_FORMAT and a message if a program could leave its bounds. */
enum err plan_verify(const struct plan *p, struct buf *errors) MUST_CHECK;

#endif
