/* truth_int.h - the truth as score reads it: plain arrays, in order after truth_finish. */
#ifndef DUANKA_SCORE_TRUTH_INT_H
#define DUANKA_SCORE_TRUTH_INT_H
#include "base/arena.h"
#include "base/clock.h"
#include "score/map.h"
#include "score/truth.h"

/* X(id, written, suspect) */
#define TRUTH_ROLES(X)                      \
	X(SIMBOX, "simbox", true)               \
	X(BURST, "burst", true)                 \
	X(SLEEPING, "sleeping", true)           \
	X(GATEWAY_VOICE, "gateway_voice", true) \
	X(GATEWAY_LINE, "gateway_line", true)   \
	X(CALLER, "caller", true)               \
	X(SPAMMER, "spammer", true)             \
	X(IOT, "iot", true)                     \
	X(MULE, "mule", true)                   \
	X(OPENER, "opener", true)               \
	X(AGENT, "agent", true)                 \
	X(OUTLET, "outlet", true)               \
	X(CLERK, "clerk", true)                 \
	X(GOLD, "gold", true)                   \
	X(VICTIM, "victim", false)              \
	X(TARGET, "target", false)

enum truth_role {
	ROLE_NONE,
#define X(id, written, suspect) ROLE_##id,
	TRUTH_ROLES(X)
#undef X
	ROLE_COUNT
};

/* X(id, written) */
#define TRUTH_STAGES(X)     \
	X(RECRUIT, "recruit")   \
	X(OPEN, "open")         \
	X(TEST, "test")         \
	X(LEAD, "lead")         \
	X(CONTACT, "contact")   \
	X(GROOM, "groom")       \
	X(BAIT, "bait")         \
	X(TRANSFER, "transfer") \
	X(LAYER, "layer")       \
	X(CASHOUT, "cashout")   \
	X(REPORT, "report")

enum truth_stage {
	STAGE_NONE,
#define X(id, written) STAGE_##id,
	TRUTH_STAGES(X)
#undef X
	STAGE_COUNT
};

/* X(id, written, form of who acts; IDENT_OPAQUE: one of several) */
#define TRUTH_TYPES(X)                            \
	X(CALL, "call", IDENT_PHONE)                  \
	X(SMS, "sms", IDENT_PHONE)                    \
	X(TRANSFER, "transfer", IDENT_ACCOUNT)        \
	X(CASH, "cash", IDENT_ACCOUNT)                \
	X(OPEN_CARD, "open_card", IDENT_OPAQUE)       \
	X(OPEN_ACCOUNT, "open_account", IDENT_OPAQUE) \
	X(BIND, "bind", IDENT_OPAQUE)                 \
	X(LOGIN, "login", IDENT_OPAQUE)               \
	X(DATA_USE, "data_use", IDENT_PHONE)          \
	X(REPORT, "report", IDENT_OPAQUE)             \
	X(PLACE, "place", IDENT_OPAQUE)

enum truth_type {
#define X(id, written, form) TYPE_##id,
	TRUTH_TYPES(X)
#undef X
	TYPE_COUNT
};

struct truth_entity {
	struct token token;
	uint32_t kind;
	uint32_t row_at, n_rows;     /* in truth.row */
	uint32_t event_at, n_events; /* in truth.by_entity */
};

struct truth_row {
	int64_t time_us;
	uint32_t entity, crime, scenario;
	uint8_t role, level;
};

struct truth_event {
	struct map_key place;
	struct map_key about; /* until truth_finish */
	int64_t time_us, amount_fen;
	uint32_t entity; /* who acts, if labelled; else 0 */
	uint32_t crime, scenario;
	uint32_t same; /* another event at the same place, + 1; 0: none */
	uint8_t type, stage;
};

struct truth_crime {
	int64_t number;
	int64_t last_us; /* of its events, or of its rows if it has none */
	uint32_t scenario;
	uint32_t row_at, n_rows;                     /* in truth.by_crime */
	uint32_t event_at, n_events;                 /* in truth.event */
	int64_t transfer_first_us, transfer_last_us; /* of stage transfer; TIME_US_MAX and TIME_US_MIN: none */
	int64_t transfer_fen;
	bool victim; /* has one */
};

struct truth {
	struct truth_kinds kinds;
	struct hash_key key;
	struct truth_sink sink;
	struct arena names;
	uint64_t line, bad, rows;
	bool header, finished;
	int64_t start_us, newest_us;
	int64_t population[SCHEMA_ENTITIES_MAX], type_population[TYPE_COUNT]; /* -1: unknown */
	uint32_t n_scenarios;
	struct text scenario[TRUTH_SCENARIOS_MAX]; /* by name after truth_finish; in names */
	struct map entity_map, crime_map, place_map;
	struct truth_entity *entity; /* [0] is nobody */
	struct truth_row *row;       /* by entity, time */
	struct truth_event *event;   /* by crime, time */
	struct truth_crime *crime;   /* [0] is none */
	uint32_t *by_crime;          /* indexes of row */
	uint32_t *by_entity;         /* indexes of event */
	size_t n_entities, n_rows, n_events, n_crimes;
	size_t cap_entities, cap_rows, cap_events, cap_crimes;
};

/* Sums of money stop at the largest number: hostile amounts must not wrap. */
static inline void truth_add_fen(int64_t *sum, int64_t fen)
{
	if (__builtin_add_overflow(*sum, fen, sum))
		*sum = INT64_MAX;
}
bool truth_role_suspect(enum truth_role r);
static inline bool truth_role_protected(enum truth_role r)
{
	return r == ROLE_VICTIM || r == ROLE_TARGET;
}
/* The key of an event's place: file's last name without .gz and .zst, and line. */
enum {
	TRUTH_PLACE_LINE_BITS = 48
};
struct map_key truth_place(const struct truth *t, struct text file, uint64_t line);
uint32_t truth_entity_find(const struct truth *t, uint32_t kind, struct token token);    /* 0: not labelled */
const struct truth_event *truth_event_find(const struct truth *t, struct map_key place); /* NULL: not criminal */
int truth_kind_of_form(const struct truth_kinds *k, enum ident_form form);               /* -1: none */
/* Puts rows in order; truth_finish's work. */
enum err truth_order(struct truth *t) MUST_CHECK;

#endif
