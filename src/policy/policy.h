/* policy.h - a policy as the checker leaves it: names resolved, types checked, lets and sugar expanded.
 *
 * The path: source texts -> tokens (lex.c) -> syntax tree (parse.c) -> this (check*.c) -> plan (plan.h) -> engine.
 * Everything here lives in the policy's arena, is immutable once policy_load has returned, and is freed as a whole by
 * policy_release. What a policy means is said once, by the expression tree; the planner compiles it and sql.c prints it,
 * and the oracle test holds the two against each other.
 *
 * Every expression belongs to one event type, its context: the event at hand. The context of a rule is the rule's event. The context
 * of an aggregate's keys, value and filter is the aggregated event, at the moment when that event came in. Only an
 * X_AGG node joins two contexts: its lookup expressions belong to the outer one. */
#ifndef DUANKA_POLICY_POLICY_H
#define DUANKA_POLICY_POLICY_H
#include "base/arena.h"
#include "base/clock.h"
#include "event/schema.h"
#include "policy/ringplan.h"

enum {
	POLICY_FILES_MAX = 256,
	POLICY_TEXT_MAX = 4 << 20, /* bytes of one file */
	POLICY_RULES_MAX = 1024,
	POLICY_AGGS_MAX = 4096,
	POLICY_KEYS_MAX = 4, /* of one aggregate */
	POLICY_MEASURES_MAX = 8,
	POLICY_DEPTH_MAX = 64, /* nesting of expressions */
	POLICY_LISTS_MAX = 64,
	POLICY_ZONES_MAX = 16,
	POLICY_TEST_ENTRIES_MAX = 256, /* that one test puts on lists */
	POLICY_ERRORS_MAX = 50,        /* after that many the checker stops */
};

struct span {            /* where something is written */
	uint32_t file;       /* index into policy.file */
	uint32_t line, col;  /* from 1; col counts characters (code points) */
	uint32_t start, end; /* byte offsets in the file: the text as written */
};

/* X(name, operands, symbol as SQL and messages write it) */
#define EXPR_OPS(X)                                                                                                    \
	X(INT, 0, "")      /* .i: a whole constant of any dimension: 30, 5min, 100 yuan, true, an instant */               \
	X(REAL, 0, "")     /* .r: 0.8 */                                                                                   \
	X(TEXT, 0, "")     /* .text */                                                                                     \
	X(FIELD, 0, "")    /* .index: a field of the context's event */                                                    \
	X(TIME, 0, "")     /* the context event's time */                                                                  \
	X(ATTR, 1, ".")    /* a.index: a declared attribute of the entity a, as last set at an earlier or this position */ \
	X(IDENT, 1, ".")   /* a.index: an attribute of the identifier, enum ident_attr */                                  \
	X(RISK, 1, "risk") /* highest decision score about the entity a at earlier positions within 30 days; 0 if none */  \
	X(AGG, 0, "")      /* .agg, .lookup, .excluding_this */                                                            \
	X(NEG, 1, "-")                                                                                                     \
	X(ADD, 2, "+")                                                                                                     \
	X(SUB, 2, "-")                                                                                                     \
	X(MUL, 2, "*")                                                                                                     \
	X(DIV, 2, "/") /* always real; by zero: missing */                                                                 \
	X(EQ, 2, "=")                                                                                                      \
	X(NE, 2, "!=")                                                                                                     \
	X(LT, 2, "<")                                                                                                      \
	X(LE, 2, "<=")                                                                                                     \
	X(GT, 2, ">")                                                                                                      \
	X(GE, 2, ">=")                                                                                                     \
	X(AND, 2, "and") /* three-valued, as in SQL */                                                                     \
	X(OR, 2, "or")                                                                                                     \
	X(NOT, 1, "not")                                                                                                   \
	X(KNOWN, 1, "is known")                                                                                            \
	X(ELSE, 2, "else")       /* a, or b where a is missing */                                                          \
	X(TOREAL, 1, "")         /* whole to real, put in by the checker wherever the two meet */                          \
	X(IN_LIST, 1, "in list") /* .index: list; true until the entry expires, at the event's time; missing if a is */    \
	X(CALL, 0, "") /* .index: builtin (builtins.h), .arg; of hour, weekday, clock: .arg[0] the instant, .arg[1], if
	                     * there, an X_INT: the zone's index in policy.zone */

enum expr_op {
#define X(name, n, symbol) X_##name,
	EXPR_OPS(X)
#undef X
	X_OP_COUNT
};

enum ident_attr { /* X_IDENT's index; what an identifier tells by itself */
	IDENT_ATTR_KIND,
	IDENT_ATTR_REGION,
	IDENT_ATTR_CARRIER,
	IDENT_ATTR_BANK,       /* texts */
	IDENT_ATTR_BIRTH_YEAR, /* number */
	IDENT_ATTRS
};

struct agg { /* one aggregate, as defined, without the place that reads it */
	enum ring_func func;
	uint32_t event; /* index into schema.event */
	uint32_t n_keys;
	struct expr *key[POLICY_KEYS_MAX]; /* context: event; DIM_ENTITY, or DIM_TEXT */
	struct expr *value;                /* context: event; whole; NULL for count and gap functions */
	struct expr *filter;               /* context: event; bool; NULL = all */
	int64_t window_us;
	struct span span; /* where it is first defined; in a let, the place in the let */
};

struct expr {
	enum expr_op op;
	struct type type;
	struct span span; /* of the source it came from (sugar keeps the sugar's span) */
	struct expr *a, *b;
	int64_t i;
	double r;
	struct text text;
	uint32_t index;
	struct agg *agg;
	struct expr *lookup[POLICY_KEYS_MAX]; /* X_AGG: context of the reader, one a key, of the key's type */
	bool excluding_this;
	struct expr *arg[3]; /* X_CALL */
	uint32_t n_args;
};

struct list {
	struct text name, path; /* path relative to the policy directory */
	struct type type;       /* DIM_ENTITY or DIM_TEXT */
	struct span span;
};

enum severity {
	SEVERITY_NONE,
	SEVERITY_BLUE,
	SEVERITY_YELLOW,
	SEVERITY_RED,
	SEVERITY_PURPLE
};

/* The lawful vocabulary. X(name, written in policies, Chinese) */
#define MEASURES(X)                             \
	X(TAG, "tag", "标记")                       \
	X(WARN, "warn", "预警劝阻")                 \
	X(VERIFY, "verify", "核验")                 \
	X(REVERIFY, "re-verify", "重新实名核验")    \
	X(DELAY, "delay", "延迟到账")               \
	X(LIMIT, "limit", "限制功能")               \
	X(BAR_OUTGOING, "bar-outgoing", "限制呼出") \
	X(SUSPEND, "suspend", "暂停服务")           \
	X(STOP_PAYMENT, "stop-payment", "紧急止付") \
	X(REPORT, "report", "报告公安机关")

enum measure {
#define X(name, en, zh) MEASURE_##name,
	MEASURES(X)
#undef X
	MEASURE_COUNT
};

struct measure_proposal {
	enum measure measure;
	struct expr *target; /* DIM_ENTITY */
	int64_t duration_us; /* 0 = none given */
	struct text basis;   /* never empty */
};

enum rule_mode {
	RULE_LIVE,
	RULE_SHADOW,
	RULE_OFF,
	RULE_MODES
};

struct template_part { /* of a because text: literal bytes, or the value of an expression */
	struct text text;
	struct expr *expr; /* NULL: text */
	struct template_part *next;
};

struct rule {
	struct text name;
	enum rule_mode mode;
	uint32_t event;
	struct expr *about; /* DIM_ENTITY */
	struct expr *when;  /* DIM_BOOL */
	enum severity severity;
	int64_t score; /* 0..1000 */
	uint32_t n_measures;
	struct measure_proposal measure[POLICY_MEASURES_MAX];
	uint32_t n_notify;
	struct text notify[4];
	int64_t every_us; /* at most one alert about an entity in this time; 0 = each event alerts */
	struct template_part *because_en, *because_zh; /* either may be NULL, not both */
	struct text source;                            /* where the signal comes from; may be empty */
	struct text
		scam; /* the class of fraud that a hit means, by its name at the desk; empty: the rule fits several. Not looked up here */
	struct span scam_span;
	struct text written; /* the whole rule as written */
	struct span span;
	struct span mode_span; /* of the word; empty, behind the name, if there is none */
};

struct exempt {
	struct text name;
	uint32_t event;
	struct expr *about, *when;
	int64_t until_us; /* INT64_MAX never given: the checker demands an end */
	uint32_t n_rules; /* 0 = from all */
	uint32_t *rule;   /* indexes into policy.rule */
	struct span span;
};

struct feature { /* a value computed for every event of a type: exported, and what the oracle compares */
	struct text name;
	uint32_t event;
	struct expr *expr;
	struct span span;
};

/* Policy tests, as written; values are texts, turned into events by event_build when the test runs. */
struct ptest_field {
	struct text name, value; /* value without quotes and units as event_build takes it; {i} still in it */
	struct span span;
};
struct ptest_step {
	uint32_t event;
	int64_t at_us, every_us; /* the nth repetition is at at_us + n * every_us */
	int64_t repeat;          /* >= 1 */
	uint32_t n_fields;
	struct ptest_field field[SCHEMA_FIELDS_MAX];
	struct span span;
};
struct
	ptest_entry { /* on a list while the test runs, and nothing else is: value is one that its file could have (list_value_make) */
	uint32_t list;
	struct text value;
};
struct ptest_expect {
	bool fires; /* expect RULE ...; expect no RULE ... */
	uint32_t rule;
	struct text about;   /* plain identifier, or empty */
	struct text because; /* a substring of the because text in either language, or empty */
	int64_t times;       /* exactly so many alerts; -1 = at least one */
	struct span span;
};
struct ptest {
	struct text name;
	uint32_t n_steps, n_entries, n_expects;
	struct ptest_step *step;
	struct ptest_entry *entry;
	struct ptest_expect *expect;
	struct span span;
};

struct setter {           /* event clause: sets phone.holder = person */
	uint32_t field, attr; /* the entity named by this field of the event gets this attribute */
	struct expr *value;   /* context: the event; a missing value sets nothing */
};
struct setters {
	uint32_t n;
	struct setter set[SCHEMA_FIELDS_MAX];
};

struct policy_file {
	struct text path, text;
};

struct policy {
	struct arena arena;
	uint32_t n_files;
	struct policy_file file[POLICY_FILES_MAX];
	struct schema schema;
	struct setters setters[SCHEMA_EVENTS_MAX];
	uint32_t n_lists, n_zones, n_rules, n_exempts, n_features, n_tests;
	struct list list[POLICY_LISTS_MAX];
	struct zone zone[POLICY_ZONES_MAX]; /* zone[0] is the default: `zone "..."`, else Asia/Shanghai */
	struct rule *rule;
	struct exempt *exempt;
	struct feature *feature;
	struct ptest *test;
	uint32_t ring_cap; /* `cap 100000 events per key then evict`; default 1,000,000, evict */
	enum ring_full ring_full;
};

/* Reads a file the policy names (a zone's TZif bytes). ERR_ABSENT if there is none. The bytes live in the arena. */
typedef enum err policy_reader(void *ctx, struct arena *a, struct text name, struct text *out);

/* Sources in; files are taken in the order of their paths, so that directory order cannot matter. On ERR_FORMAT every
 * message found stands in errors, one a line: path:line:col: error: what is wrong; what would be right. */
enum err policy_load(struct policy *p, const struct policy_file *files, uint32_t n_files, policy_reader *read_zone,
                     void *ctx, struct buf *errors) MUST_CHECK;
void policy_release(struct policy *p);

/* The SQL meaning, in SQLite's dialect. Tables: one an event type, `CREATE TABLE "call"(pos INTEGER PRIMARY KEY, t
 * INTEGER, "caller", ...)`; entities and texts as their tokens or plain texts, money in fen, durations and times in
 * microseconds, truth as 0/1; alerts in alert(pos, t, kind, about, rule, score); lists in list(name, value, until);
 * identifier attributes in ident(kind, id, number_kind, region, carrier, bank, birth_year).
 * policy_sql_expr prints e as a scalar SQL expression over a row `alias` of its context's table. */
void policy_sql_schema(struct buf *b, const struct policy *p);
void policy_sql_expr(struct buf *b, const struct policy *p, uint32_t context, const struct expr *e, const char *alias);

/* Appends the text of the file in which a rule stands, with another mode: its word changed, or put in behind the name. Every other byte is
 * as it was. */
void policy_with_mode(struct buf *b, const struct policy *p, const struct rule *r, enum rule_mode mode);

struct hash_key;    /* base/hash.h */
struct list_reader; /* event/list.h */
/* How the values of list number i are read; whom they are told is left open. */
struct list_reader policy_list_reader(const struct policy *p, uint32_t i, const struct hash_key *key);

struct text policy_span_text(const struct policy *p, struct span s);
const char *policy_op_symbol(enum expr_op op);
const char *policy_measure_name(enum measure m);
const char *policy_measure_name_zh(enum measure m);
const char *policy_mode_name(enum rule_mode m); /* "live", "shadow", "off" */
const char *policy_severity_name(enum severity s);
const char *policy_severity_name_zh(enum severity s);
const char *policy_func_name(enum ring_func f);
/* "number", "money", "duration", ..., or the entity's name; for messages. */
void policy_type_name(struct buf *b, const struct policy *p, struct type t);

#endif
