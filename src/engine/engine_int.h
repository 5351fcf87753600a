/* engine_int.h - the engine's inside, shared by its own files.
 *
 * engine.c   making, freeing, numbers, and engine_apply: the whole path on one screen
 * entity.c   identities into rows, how entities look
 * lists.c    who stands on a list, and until when
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

struct view_state {       /* of a view, for the event at hand */
	uint64_t read_serial; /* the event it was last read for */
	uint64_t slot_serial; /* ... and its slot last looked up for, */
	uint32_t slot;        /* which then was this */
	uint32_t flags;       /* enum ring_flag, as read */
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
	uint32_t rows_met
		[PLAN_SPACES_MAX]; /* of entities: rows of events applied so far, without those of later events of the batch */
	struct cold *cold[SCHEMA_ENTITIES_MAX];
	size_t cold_bytes;
	uint8_t *plain;
	size_t plain_used, plain_cap;
	struct list_set list[POLICY_LISTS_MAX];
	/* the VM */
	union value *reg;
	struct view_state *view;
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
static inline uint64_t entity_hash(struct token t)
{
	return t.w[0];
}

/* lists.c */
bool list_has(const struct list_set *l, int64_t value, int64_t time_us);

/* window.c */
uint32_t *window_slot(struct engine *g, uint32_t ring, uint32_t key, bool make, uint32_t *row);
void window_read(struct engine *g, uint32_t view);
bool window_holds(struct engine *g, const struct plan_bound *b); /* false: its counts and distinct counts are less */
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
