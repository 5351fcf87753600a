/* engine.h - events in order go in, decisions come out.
 *
 * The engine is single-threaded, reads no clock and does no I/O; after engine_new it allocates nothing. It owns the
 * entities, their attributes and their rings; it borrows the policy's plan, which must outlive it, and each batch of events
 * for the length of one call. What it finds it tells its sink during that call. */
#ifndef DUANKA_ENGINE_ENGINE_H
#define DUANKA_ENGINE_ENGINE_H
#include "event/event.h"
#include "policy/plan.h"

enum {
	ENGINE_BATCH_MAX = 64,       /* events in one call of engine_apply */
	ENGINE_COMPARISONS_MAX = 64, /* told for one alert */
};

struct engine_options {
	size_t state_bytes_max; /* windows; default 4 GiB; address space only until used */
	uint64_t entities_max;  /* of each kind; default 16 M; also the cap for pairs and texts used as keys */
	bool keep_plain;        /* keep plain identifiers in memory, for --reveal */
};
void engine_options_default(struct engine_options *o);

struct engine;
struct alert;

struct entity_ref {
	uint8_t kind;   /* index into schema.entity */
	uint32_t index; /* dense, from 1; 0 = none */
};

struct engine_sink {
	void *ctx;
	void (*alert)(void *ctx, const struct alert *a);
	/* Values of the features on this event's type, in the order of policy.feature. May be NULL. */
	void (*features)(void *ctx, const struct event *e, const union value *values, uint32_t n);
};

struct comparison {          /* one comparison of a rule's condition that took part, with what it compared */
	const struct expr *expr; /* X_EQ..X_GE, X_IN_LIST or another bool leaf; expr->a and ->b carry type and span */
	union value left, right; /* of expr->a and expr->b where they exist; entities as index */
	int truth;               /* 1, 0, or -1 = missing */
};

struct alert {
	const struct engine *engine;
	const struct event *event;
	uint32_t rule; /* index into policy.rule */
	struct entity_ref about;
	enum rule_mode mode;             /* live or shadow */
	int64_t decision_score;          /* sum over the live rules that hit on this event about this entity */
	enum severity decision_severity; /* maximum over them */
	uint32_t n_comparisons;
	struct comparison comparison[ENGINE_COMPARISONS_MAX];
	struct entity_ref target[POLICY_MEASURES_MAX]; /* of each proposed measure; index 0 = not known */
	uint32_t flags;                                /* enum ring_flag over the rings that were read */
};

/* ERR_MEMORY or ERR_CAP when the options ask for more than there is. sink is copied. */
enum err engine_new(struct engine **out, const struct plan *plan, const struct hash_key *key,
                    const struct engine_options *o, const struct engine_sink *sink) MUST_CHECK;
void engine_free(struct engine *g);

/* An entry of list `list` (index into policy.list): an entity's identity, or a text's fingerprint. Before the first event, or
 * between batches. It counts for events before until_us. Added twice: the longer validity counts. ERR_CAP: there is no room for the
 * entity or the entry, and nothing changed but that the entity may be known now. */
enum err engine_list_add(struct engine *g, uint32_t list, const struct ident *ident, int64_t fingerprint,
                         int64_t until_us) MUST_CHECK;
/* The same, but this validity counts, whatever was known; until_us 0: the entry goes, if it is there. */
enum err engine_list_set(struct engine *g, uint32_t list, const struct ident *ident, int64_t fingerprint,
                         int64_t until_us) MUST_CHECK;
/* Memory for n entries more, so that adding them fails only for want of a place for an entity. ERR_MEMORY, ERR_CAP: nothing has changed. */
enum err engine_list_reserve(struct engine *g, uint32_t list, uint32_t n) MUST_CHECK;
/* False: it is not on the list. */
bool engine_list_until(const struct engine *g, uint32_t list, struct token token, int64_t fingerprint,
                       int64_t *until_us);
uint32_t engine_list_count(const struct engine *g, uint32_t list);
struct list_entry {
	uint64_t key; /* entries are read in its order; never 0 */
	struct entity_ref entity;
	int64_t fingerprint; /* of a text */
	int64_t until_us;
};
/* The first `most` entries whose key is greater than `after` (0: from the start) into out, by key; how many. One walk over the list. */
uint32_t engine_list_read(const struct engine *g, uint32_t list, uint64_t after, struct list_entry *out, uint32_t most);
/* The key that an entry has or would have; 0: the entity is not known. */
uint64_t engine_list_key(const struct engine *g, uint32_t list, struct token token, int64_t fingerprint);

/* Applies n <= ENGINE_BATCH_MAX events in this order. Gives each accepted event whose position is 0 the next one; a journal gives
 * positions itself. outcome[i] is ERR_OK, ERR_LATE
 * (older than the newest time by more than the lateness: nothing happened), or ERR_CAP (a new entity was refused:
 * nothing happened). */
void engine_apply(struct engine *g, struct event *const *events, uint32_t n, enum err *outcome);

/* The whole state in one walk: io is called for each piece in a fixed order, to write it out (loading false) or to fill it in (true,
 * on a new engine of the same plan and options). Deterministic: equal histories give equal bytes, and an engine that was loaded goes on
 * like the one that was saved. ERR_FORMAT: a size, count, index or handle is impossible; the engine may then only be freed. Errors of io are
 * handed on. Who loads must know that the bytes are what was saved (a keyed checksum): state_check.c says what is believed all the same. */
struct engine_stream {
	void *ctx;
	enum err (*io)(void *ctx, void *p, size_t n);
	bool loading;
};
enum err engine_state(struct engine *g, const struct engine_stream *s) MUST_CHECK;

struct engine_rule_stats {
	uint64_t hits;       /* the condition held */
	uint64_t exempted;   /* ... and an exemption took it away */
	uint64_t suppressed; /* ... and `every` kept it from alerting again */
	uint64_t alerts;     /* told to the sink */
};
struct engine_stats {
	uint64_t accepted, late, refused;
	uint64_t entities[SCHEMA_ENTITIES_MAX];
	uint64_t keys;                                       /* pairs and texts used as keys, now alive */
	uint64_t evicted, ring_refused, sketched, no_memory; /* what caps did */
	size_t state_bytes;                                  /* windows in use */
	size_t entity_bytes;
	int64_t newest_us;
};
void engine_stats(const struct engine *g, struct engine_stats *out);
/* The earliest time that an event may have now without being late. INT64_MIN: any, there was none yet. */
int64_t engine_earliest_us(const struct engine *g);
/* The newest time of an event so far. INT64_MAX: there was none yet. */
int64_t engine_newest_us(const struct engine *g);
const struct engine_rule_stats *engine_rule_stats(const struct engine *g, uint32_t rule);

/* How an entity looks. plain.p is NULL unless the engine keeps plain forms. */
struct entity_view {
	struct token token;
	struct ident_attrs attrs;
	const char *shown;
	struct text plain;
};
void engine_entity(const struct engine *g, struct entity_ref e, struct entity_view *out);
/* The name behind the value of an identifier attribute (enum ident_attr): "mobile", "青岛"; "" if there is none. */
const char *engine_ident_name(const struct engine *g, enum ident_attr which, int64_t fingerprint);
struct entity_ref engine_find(const struct engine *g, uint8_t kind, struct token t); /* index 0: never seen */

/* Evidence: what stood in the windows that an alert's rule read, aggregate by aggregate. Valid during the alert call. */
struct evidence_event {
	int64_t time_us;
	uint32_t n;                       /* columns kept in the ring */
	const struct expr *const *column; /* their expressions (context: the aggregated event) */
	const int64_t *value;             /* entities as index into their kind, texts as fingerprint */
};
struct evidence {
	const struct expr *expr; /* the X_AGG node */
	union value value;
	uint64_t events; /* in the window, filter applied */
	uint32_t flags;  /* enum ring_flag */
};
uint32_t engine_evidence_count(const struct alert *a);
/* Visits at most `most` newest events of evidence i, oldest first. */
void engine_evidence(const struct alert *a, uint32_t i, uint32_t most, struct evidence *out,
                     void (*visit)(void *ctx, const struct evidence_event *e), void *ctx);
/* What a rule compares on the event that was applied last, whether or not it hit: for tests and for asking why not. False if
 * the last event was not taken or is of another type. out is good until the next engine_apply. */
bool engine_compare(struct engine *g, uint32_t rule, struct alert *out);
/* The value of any expression in the context of the alert's event, for because texts. */
union value engine_value(const struct alert *a, const struct expr *e);

#endif
