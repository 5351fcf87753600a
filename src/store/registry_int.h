/* registry_int.h - the parts of the registry: its tables, the writer (registry.c, registry_world.c) and the readers (registry_read.c, registry_list.c).
 *
 * Tables:
 *   object   a row an object: the columns that lists go by, and the object's bytes (desk/bytes.h), which alone are the content
 *   about    by what an object is found: its subject and its second key. Tokens come in no order, so that rows that come would touch every page of a large table; they
 *            come into about_young, and move in order, a part of all tokens at a time
 *   history  rows of one object, several in a row of the table when they came in one transaction, bytes one after the other, by the last one's position: so the table only
 *            grows at its end. version is the first one's; before is the position of what the table has of this object before it, and object.position of the
 *            last: a chain
 *   message  a row a message, with the object as it was when it was sent
 *   outcome  what came of a command, by its position
 *   holding  a row a card or an account: who holds it, where it was opened, and since which record; a row a person, an outlet or a cell whose district is known
 *   opening  a row each time that a card or an account was opened: where, by whom, for whom
 *   figure_hour, figure_day  sums (desk/figure.h); what: organisation, district, figure and part in one number, since there are millions of rows
 *   verdict  a row an alert that somebody looked at and found right or wrong
 *   traffic  how many events came and what was decided about them, by the hour; traffic_from: since when
 *   place    the position and time up to which everything is in
 *   note     what whoever writes keeps for itself */
#ifndef DUANKA_STORE_REGISTRY_INT_H
#define DUANKA_STORE_REGISTRY_INT_H
#include "desk/bytes.h"
#include "event/schema.h"
#include "store/registry.h"
#include "store/store_int.h"

enum {
	REGISTRY_READERS = 8,     /* connections beside the writer; who wants one more waits */
	REGISTRY_CACHED = 32,     /* statements that a reader keeps */
	REGISTRY_CHUNK_MAX = 900, /* bytes of history in one row of the table, so that it needs no overflow page */
	REGISTRY_SQL_MAX = 1 << 16
};

struct registry_statement {
	sqlite3_stmt *q;
	uint64_t used; /* when, for what to give up */
};
struct registry_reader {
	struct store store;
	bool open, busy;
	uint64_t uses;
	struct registry_statement cached[REGISTRY_CACHED];
};

/* What lists go by. */
struct registry_head {
	int64_t kind, state, grade, organisation, district, maker, changed;
	int64_t urgency, due; /* -1: not open; nothing due */
	int64_t found;        /* 0: not involved */
};

/* ---- the writer: a cache that is written at the end of a transaction, or earlier when it is full ---- */

enum {
	REGISTRY_SLOTS = 16384,      /* objects in memory */
	REGISTRY_NODES_PER_SLOT = 4, /* keys in memory, for each of them */
	REGISTRY_NODE_IDS = 6,       /* newest ids of a key */
	REGISTRY_SEEN_PER_SLOT =
		128,               /* words of the filter; a power of two of slots has 16 MiB, good for ten million keys */
	REGISTRY_ROWS = 65536, /* rows of history that wait */
	REGISTRY_ROWS_BYTES_MAX = 8 << 20,
	REGISTRY_OPENINGS = 16384, /* that wait */
	REGISTRY_MESSAGES = 16384, /* that wait */
	REGISTRY_MESSAGES_BYTES_MAX = 16 << 20,
	REGISTRY_YOUNG_PER_SLOT = 4, /* rows of about_young from which on some move on */
	REGISTRY_AGES = 16,          /* in so many parts */
	REGISTRY_DUE = 16384,        /* objects in the queue of what is due */
	REGISTRY_DUE_TAKEN = 4096    /* that many are read into it at once */
};

struct registry_slot {
	struct desk_object object;
	uint64_t position;        /* of the record that changed it last */
	uint64_t was_position;    /* as in the table; 0: not stored */
	struct registry_head was; /* as in the table, if it is stored */
	struct desk_entity was_also;
	bool dirty, stored, seen; /* seen: looked at since the hand came by */
	uint32_t next;            /* of the same bucket; numbers of slots count from 1 */
};

/* The newest objects about a thing. All that have an id from ids[n - 1] on are in ids; all: there are none below either. */
struct registry_node {
	struct desk_entity entity;
	uint8_t kind, n;
	bool all, dirty, seen; /* dirty: what is saved about it is not in the table yet */
	uint32_t next;
	uint64_t ids[REGISTRY_NODE_IDS]; /* newest first */
};

struct registry_held {
	struct desk_entity thing;
	struct registry_holding h;
	uint32_t next;
};
struct registry_row_at {
	uint64_t object;
	uint64_t position;
	uint32_t version, at, n;
};
struct registry_message_at {
	uint64_t id;
	uint32_t at, n_body, n_object; /* in cache.messages: the message, then its object */
	uint8_t kind;
};
struct registry_key_change {
	struct desk_entity entity;
	uint8_t kind;
	bool gone;
	uint64_t id;
};
struct registry_slot_at {
	uint64_t id;
	uint32_t number;
};
struct registry_due_at {
	int64_t due_us;
	uint64_t id;
};

/* ---- rows on their way into a table (registry_feed.c) ---- */

enum {
	REGISTRY_CELLS = 15
};
struct registry_cell {
	enum {
		CELL_NONE,
		CELL_NUMBER,
		CELL_BYTES
	} what;
	int64_t number;
	struct text bytes;
};
struct registry;
/* The row at *at, which is moved on. ERR_ABSENT: there is none any more. Bytes are good until the next call. */
typedef enum err registry_row_source(struct registry *r, uint32_t *at, struct registry_cell *cell);
struct registry_feed {
	registry_row_source *row;
	uint32_t at;
	enum err e;
	struct registry_cell cell[REGISTRY_CELLS];
};

/* Hashed numbers: a bucket holds the number of the first, each holds the next one's; 0: none. */
struct registry_table {
	uint32_t *bucket;
	uint32_t mask, n, hand; /* n: numbers in use, from 1; hand: who goes next when all are */
};

struct registry_cache {
	uint32_t slots_max, nodes_max, n_dirty, n_dirty_nodes, n_rows;
	struct desk_object loaded;
	struct registry_slot *slot; /* [0] is not used */
	struct registry_node *node;
	struct registry_held *held;   /* [0] is not used; as many as slots */
	struct desk_opening *opening; /* that wait */
	uint32_t n_openings;
	struct registry_table by_id, by_key, by_thing;
	/* Which keys the tables may have rows of (a Bloom filter, a word a key): what was never seen is not asked for. It only grows, so a rollback does not matter to it. */
	uint64_t *seen;
	uint64_t seen_mask;
	bool seen_known; /* all that the tables have is in it */
	struct registry_row_at *row;
	struct buf rows;                     /* their bytes */
	struct registry_message_at *message; /* as they came, which is in order */
	uint32_t n_messages;
	struct buf messages;
	/* of one flush */
	struct registry_slot_at *order;
	struct registry_key_change *change;
	uint32_t n_order, n_change;
	/* A heap of (due, id): every object that has something due up to `known_to` is in it, and some that have it no longer. */
	struct registry_due_at *due;
	uint32_t n_due;
	bool due_known;
	struct registry_due_at known_to;
	bool known;       /* n_young and id_max */
	uint64_t n_young; /* rows of about_young */
	uint32_t age;     /* the part that moves next */
	uint64_t id_max;  /* of all objects: a higher one is new */
};

/* What waits to be added to the sums; registry_figures.c. */
struct registry_tally { /* what 0: free */
	int64_t start_us, what, at, n;
	bool day;
};
struct registry_tallies {
	struct registry_tally *slot;
	uint32_t n;
	struct desk_object before; /* of the save at hand */
};

/* What waits of the traffic; registry_traffic.c. */
struct registry_traffic_cell { /* what 0: free */
	int64_t start_us, count;
	uint16_t organisation;
	uint8_t what, n_name;
	char name[SCHEMA_NAME_MAX];
};
struct registry_traffic {
	struct registry_traffic_cell *slot;
	uint32_t n;
	int64_t aged_us; /* the day on which old rows went */
};

struct registry {
	char *path;
	/* the writer */
	struct store store;
	struct registry_feed feed;
	sqlite3_stmt *update[128]; /* by the groups of columns that change; made when needed */
	struct desk_world world;
	struct registry_cache cache;
	struct registry_tallies tallies;
	struct registry_traffic traffic;
	bool writing;
	enum err failed; /* in this transaction: nothing more of it is tried */
	struct buf bytes;
	/* the readers */
	pthread_mutex_t lock;
	pthread_cond_t given_back;
	struct registry_reader reader[REGISTRY_READERS];
};

void registry_head_of(const struct desk_object *o, struct registry_head *out);
uint32_t registry_open_states(uint32_t kind); /* bits: those that are not final */
uint32_t registry_all_states(uint32_t kind);

/* The writer's statements. */
enum {
	W_LOAD,
	W_INSERT,
	W_ABOUT,
	W_ABOUT_ADD,
	W_SEEN,
	W_ABOUT_REMOVE,
	W_ABOUT_REMOVE_OLD,
	W_AGE,
	W_AGED,
	W_YOUNG,
	W_DUE,
	W_HISTORY,
	W_MESSAGE,
	W_OUTCOME,
	W_PLACE,
	W_ID_MAX,
	W_HOLD,
	W_HOLDER,
	W_PHONE_OF,
	W_OPENING,
	W_FIGURE_HOUR,
	W_FIGURE_DAY,
	W_STATEMENTS
};
/* registry_open with so many objects in memory, at least one. */
enum err registry_open_sized(struct registry **out, const char *path, uint32_t slots, struct buf *why) MUST_CHECK;
enum err registry_world_open(struct registry *r, struct buf *why) MUST_CHECK;
void registry_world_close(struct registry *r);
/* Everything that waits is written; nothing is dirty then. */
enum err registry_flush(struct registry *r) MUST_CHECK;
enum err registry_keys_age(struct registry *r) MUST_CHECK; /* a part of about_young moves on, if there is much of it */
enum err registry_load_row(struct registry *r, uint64_t id, struct desk_object *out,
                           uint64_t *position) MUST_CHECK;       /* as the table has it; ERR_ABSENT */
enum err registry_held_write(struct registry *r) MUST_CHECK;     /* the holdings that wait */
enum err registry_openings_write(struct registry *r) MUST_CHECK; /* the openings that wait */
enum err registry_feed_open(struct registry *r) MUST_CHECK;
enum err registry_feed(struct registry *r, uint32_t statement, registry_row_source *row) MUST_CHECK;
void registry_bind_key(sqlite3_stmt *q, uint8_t kind, struct desk_entity e, uint64_t id);

enum err registry_cache_open(struct registry_cache *c, uint32_t slots) MUST_CHECK;
void registry_cache_close(struct registry_cache *c);
void registry_cache_forget(struct registry_cache *c); /* after a rollback: nothing that is in memory counts */
struct registry_slot *registry_slot_find(struct registry_cache *c, uint64_t id); /* NULL: not in memory */
/* The object's slot, loaded if need be. ERR_ABSENT. Good until the next call. */
enum err registry_slot_of(struct registry *r, uint64_t id, struct registry_slot **out) MUST_CHECK;
enum err registry_slot_new(struct registry *r, uint64_t id, struct registry_slot **out) MUST_CHECK;
/* The newest object of the kind about e below `before`. ERR_ABSENT. */
enum err registry_node_ask(struct registry *r, uint8_t kind, struct desk_entity e, uint64_t before,
                           uint64_t *id) MUST_CHECK;
/* An object is about e from now on, or no longer. e.kind 0: nothing. */
enum err registry_node_change(struct registry *r, uint8_t kind, struct desk_entity e, uint64_t id,
                              bool gone) MUST_CHECK;
enum err registry_due_first(struct registry *r, int64_t until_us, struct desk_due *out) MUST_CHECK;
void registry_due_add(struct registry_cache *c, int64_t due_us, uint64_t id);

/* False: no table has a row of it, and nothing waits. Kind 0: who holds what. */
uint64_t registry_key_hash(uint8_t kind, struct desk_entity e);
void registry_table_clear(struct registry_table *t);
bool registry_seen(const struct registry_cache *c, uint8_t kind, struct desk_entity e);
void registry_see(struct registry_cache *c, uint8_t kind, struct desk_entity e);
enum err registry_tallies_open(struct registry_tallies *t) MUST_CHECK;
void registry_tallies_close(struct registry_tallies *t);
void registry_tallies_forget(struct registry_tallies *t); /* after a rollback */
enum err registry_tallies_flush(struct registry *r) MUST_CHECK;
/* An object is saved, a message sent: what they count for waits. before: NULL when it was made. */
enum err registry_count_save(struct registry *r, const struct desk_object *before, const struct desk_object *o,
                             const struct desk_trace *t) MUST_CHECK;
enum err registry_count_send(struct registry *r, const struct desk_message *m, const struct desk_object *o) MUST_CHECK;

extern const char registry_traffic_schema[];
enum err registry_traffic_open(struct registry_traffic *t) MUST_CHECK;
void registry_traffic_close(struct registry_traffic *t);
void registry_traffic_forget(struct registry_traffic *t); /* after a rollback */
enum err registry_traffic_flush(struct registry *r) MUST_CHECK;
enum err registry_traffic_age(struct registry *r, int64_t now_us) MUST_CHECK; /* in a transaction */

/* A reader, for this thread until it is given back. */
enum err registry_reader_take(struct registry *r, struct registry_reader **out) MUST_CHECK;
void registry_reader_give(struct registry *r, struct registry_reader *d);
void registry_readers_close(struct registry *r);
/* The statement of this text, reset and without values. The reader keeps it. */
enum err registry_reader_statement(struct registry_reader *d, const char *sql, sqlite3_stmt **out) MUST_CHECK;
struct text registry_column(sqlite3_stmt *q, int i); /* a blob */

/* A page of keys and objects: filled while the reader is held, looked at when it was given back, so that whoever looks may take their time. */
struct registry_page {
	struct buf bytes;
	size_t at;
	struct desk_object object;
};
void registry_page_init(struct registry_page *p);
void registry_page_release(struct registry_page *p);
/* Rows of (key, id, bytes), as many as come but at most `most`. */
enum err registry_page_fill(struct registry_page *p, sqlite3_stmt *q, uint32_t most) MUST_CHECK;
void registry_page_add(struct registry_page *p, int64_t key, struct text object);
bool registry_page_bytes(struct registry_page *p, int64_t *key, struct text *t); /* the next one; false at the end */
/* The next one, in p->object; false at the end, or with *e when its bytes are damaged. */
bool registry_page_next(struct registry_page *p, int64_t *key, enum err *e);

/* An object's rows of history, oldest first, chunk by chunk, from the one that has version `from` on. The caller holds a read transaction. */
enum err registry_chunks(struct registry_reader *d, uint64_t id, uint32_t from,
                         bool (*visit)(void *ctx, struct text rows), void *ctx) MUST_CHECK;

/* The text of a list's statement, and what its numbered values are. For tests as well: they ask SQLite how it would go about it. */
enum {
	LIST_KIND = 1,
	LIST_ORGANISATION,
	LIST_DISTRICT,
	LIST_MAKER,
	LIST_GRADE,
	LIST_URGENCY, /* the last one of this grade */
	LIST_FROM,
	LIST_TO,
	LIST_KEY,
	LIST_ID,
	LIST_MOST,
	LIST_TOKEN_0,
	LIST_TOKEN_1,
	LIST_WHAT
};
enum registry_driver { /* what a list begins with */
	DRIVER_ENTITY,
	DRIVER_MAKER,
	DRIVER_ORGANISATION,
	DRIVER_DISTRICT,
	DRIVER_GRADE,
	DRIVER_ORDER
};
enum registry_wanted {
	WANT_PAGE,
	WANT_COUNT
};
void registry_list_sql(struct buf *b, const struct registry_query *q, enum registry_driver by, enum registry_wanted w);
/* The drivers to try: each narrows the kind to what may be few. */
bool registry_driver_given(const struct registry_query *q, enum registry_driver by);

#endif
