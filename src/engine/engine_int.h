/* engine_int.h - the engine's inside, shared by its own files.
 *
 * engine.c   making, freeing, numbers, and engine_apply: the whole path on one screen
 * entity.c   identities into rows, lists, how entities look
 * vm.c       the bytecode
 * window.c   rings put to use: read a view, put an event in, sweep what is over
 * alert.c    from hits to decisions and alerts with their values and evidence
 * look.c     an entity as it stands, for people who ask */
#ifndef DUANKA_ENGINE_ENGINE_INT_H
#define DUANKA_ENGINE_ENGINE_INT_H
#include "engine/engine.h"
#include "engine/ring.h"
#include "engine/table.h"
#include "policy/plandata.h"

struct cold { /* of an entity: what only people look at */
	char shown[IDENT_SHOWN_BYTES];
	uint32_t plain_n;
	uint64_t plain_at;
};

struct list_set { /* open addressing; key 0 = empty */
	uint64_t *key;
	int64_t *until_us;
	uint32_t n, cap; /* cap is a power of two, or 0 */
};

struct hit {
	uint32_t rule;
	uint32_t about;
	bool silent; /* kept from alerting by `every` */
};

struct key_row { /* where a key's row was found for the event at hand */
	uint64_t serial;
	uint32_t row;
};

struct inserted { /* into which row a ring took the event at hand */
	uint64_t serial;
	uint32_t row, mask;
};

struct sweep { /* of one key space: where the hand stands and up to when it is paid for */
	uint32_t next;
	int64_t credit_us;
	int64_t period_us; /* one round */
};

struct engine {
	const struct plan *plan;
	const struct policy *policy;
	struct hash_key key;
	struct engine_options options;
	struct engine_sink sink;
	struct slab slab;
	struct ring_store store;
	struct table table[PLAN_SPACES_MAX];
	struct cold *cold[SCHEMA_ENTITIES_MAX];
	size_t cold_bytes;
	uint8_t *plain;
	size_t plain_used, plain_cap;
	struct list_set list[POLICY_LISTS_MAX];
	/* the VM */
	union value *reg;
	union value *out;      /* results of views */
	uint64_t *view_serial; /* the event a view was last read for */
	uint32_t *view_flags;
	struct key_row *key_row;   /* by key */
	struct inserted *inserted; /* by ring */
	uint32_t n_hits;
	struct hit *hit;
	/* the event at hand */
	const struct event *event;
	uint64_t serial;
	/* time and counts */
	int64_t newest_us;
	uint64_t position;
	struct sweep sweep[PLAN_SPACES_MAX];
	struct engine_stats stats;
	struct engine_rule_stats *rule_stats;
	struct alert *alert; /* scratch for telling */
	union value *alert_out;
	union value *feature_out;
};

/* entity.c */
enum err entity_tables_init(struct engine *g) MUST_CHECK;
void entity_tables_release(struct engine *g);
uint32_t entity_resolve(struct engine *g, uint32_t kind, const struct ident *id); /* 0: refused */
/* A declared attribute as last set; VALUE_MISSING if the entity is, or it was never set. */
int64_t entity_attr(const struct engine *g, uint32_t kind, int64_t entity, uint32_t attr);
bool list_find(const struct list_set *l, int64_t value, int64_t *until_us); /* false: it is not in the list */
bool list_has(const struct list_set *l, int64_t value, int64_t time_us);
static inline uint64_t entity_hash(struct token t)
{
	return t.w[0];
}

/* window.c */
uint32_t *window_slot(struct engine *g, uint32_t ring, uint32_t key, bool make, uint32_t *row);
void window_read(struct engine *g, uint32_t view);
void window_insert(struct engine *g, uint32_t ring);
int64_t window_risk(struct engine *g, uint32_t kind, int64_t entity);
uint32_t *window_alert_slot(struct engine *g, uint32_t kind, uint32_t entity);
void window_sweep(struct engine *g);

/* vm.c: runs from `pc` to END. */
void vm_run(struct engine *g, uint32_t pc);

/* state_check.c: ERR_FORMAT: a loaded state leaves its areas. */
enum err state_check(const struct engine *g) MUST_CHECK;

/* alert.c */
void alert_tell(struct engine *g);

#endif
