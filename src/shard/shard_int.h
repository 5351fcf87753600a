/* shard_int.h - the parts of a shard, shared by its files.
 *
 * edition.c     a policy's texts and what they mean
 * record_json.c a record as people see it
 * generation.c  an edition, its plan and its engine as one thing
 * lists.c       lists as records
 * replay.c      records read back (replay_int.h)
 * fill.c        a generation filled from the journal, piece by piece
 * change.c      another policy takes the place of the one in force; lists change
 * versions.c    the policies that were in force
 * repeats.c     idempotency keys and the answers that go with them
 * snapshot.c    all of it in one file and back
 * shard.c       the path */
#ifndef DUANKA_SHARD_SHARD_INT_H
#define DUANKA_SHARD_SHARD_INT_H
#include "shard/fill.h"
#include "shard/shard.h"

enum {
	SHARD_ALERT_BYTES_MAX = 64 << 20,
	SHARD_REPEAT_BYTES_MAX = 64 << 10 /* of alerts kept with one key */
};

struct generation {
	struct edition *edition;
	const struct policy *policy; /* the edition's */
	struct plan *plan;
	struct engine *engine;
	struct shower shower;
	uint64_t plan_digest;
	bool silent; /* history is being filled in: nobody is told */
	void (*hear)(void *ctx, const struct shower *s, const struct alert *a);
	void *ctx;
};

struct generation_options {
	const struct hash_key *key;
	policy_reader *read_zone;
	void *zone_ctx;
	struct engine_options engine;
	int64_t lateness_us;
	void (*hear)(void *ctx, const struct shower *s, const struct alert *a); /* NULL: nobody listens */
	void *ctx;
};

enum err generation_new(struct generation **out, struct text payload, const struct generation_options *o,
                        struct buf *errors) MUST_CHECK;
void generation_free(struct generation *g);

/* ---- lists.c ---- */

enum {
	LIST_KIND_UNKNOWN = 0xff,
	LIST_RECORD_MAX = RECORD_HEAD_BYTES + 1 + 8 + 2 + 25 + IDENT_SHOWN_BYTES /* and the list's name */
};
struct list_record { /* the payload of a LIST record, which list points into */
	struct text list;
	int64_t until_us;
	bool text;
	uint8_t kind;        /* of an entity, or LIST_KIND_UNKNOWN */
	struct ident ident;  /* of an entity */
	int64_t fingerprint; /* of a text */
};
bool list_record_take(struct text payload, struct list_record *out); /* false: damaged */
/* A LIST record into the engine. ERR_CAP: there is no room for the entry. */
enum err generation_list(struct generation *g, const struct record *r) MUST_CHECK;
bool generation_has_list(const struct generation *g, const struct record *r);
/* LIST records of the next `most` entries of list *list behind key *after, as they stand; moves both on, to the next list with 0 behind the last entry. */
enum err lists_put_some(const struct generation *g, uint32_t *list, uint64_t *after, uint32_t most,
                        struct buf *out) MUST_CHECK;
/* LIST records of what the edition in force carries along without declaring it, and those of `fresh` whose lists are not known at all. */
enum err lists_put_others(const struct edition *in_force, struct text fresh, struct buf *out) MUST_CHECK;
/* head: kind, flags, time, organisation. */
void list_put(struct buf *b, const struct record *head, const struct list *list, const struct ident *ident,
              int64_t fingerprint, int64_t until_us);

/* ---- versions.c ---- */

struct versions {
	struct shard_version *version; /* the oldest first */
	uint32_t n, cap;
	struct buf act; /* a leading ACT record, and where it stands: tells of a policy that follows it */
	uint64_t act_at;
};
void versions_init(struct versions *v);
void versions_clear(struct versions *v);
void versions_release(struct versions *v);
/* A record on its way past: an ACT that leads, a POLICY. */
enum err versions_see(struct versions *v, const struct record *r) MUST_CHECK;
enum err versions_state(struct versions *v, const struct engine_stream *s) MUST_CHECK;

/* ---- shard.c ---- */

struct told { /* an alert of the group at hand */
	uint64_t position;
	size_t line_at, line_n, brief_at, brief_n;
	int64_t score;
	enum severity severity;
};

/* ---- snapshot.c ---- */

enum {
	SNAPSHOT_LISTED_MAX = 64
};
struct snapshot_listing {
	uint64_t position[SNAPSHOT_LISTED_MAX]; /* ascending */
	uint32_t n;
};
struct snapshot_file {
	struct disk *d;
	int fd;
	uint64_t at, end;
	unsigned char *buffer;
	size_t n;
	bool roomless;                 /* of a version in which idempotency keys had no rooms */
	void *hash;                    /* crypto_generichash_state while writing */
	struct snapshot_listing there; /* while writing: which there are, with this one */
};

struct shard {
	struct shard_options o;
	struct journal *journal;
	struct generation *g;
	struct repeats *repeats;
	struct versions versions;
	struct snapshot_file snapshot; /* being written */
	struct buf records, names, lines, briefs, schema;
	struct told *told;
	uint32_t n_told, told_cap;
	struct shard_item *fresh[SHARD_ITEMS_MAX];
	size_t fresh_at[SHARD_ITEMS_MAX]; /* where their records begin */
	uint32_t n_fresh;
	enum err err; /* while telling */
	bool dead;
};
struct generation_options shard_generation_options(struct shard *s);

/* ---- change.c ---- */

/* The act (if there is one), POLICY, SCHEMA and then `tail` (LIST records) as one batch: the change takes effect as a whole or not at all. */
enum err change_commit(struct shard *s, struct generation *g, const struct shard_act *act, struct text tail,
                       uint32_t n_tail) MUST_CHECK;

/* ---- repeats.c ---- */

struct repeats;
struct repeat {
	unsigned char key[RECORD_KEY_BYTES];
	uint64_t position;
	int64_t score;
	uint8_t severity, outcome;
	uint16_t organisation; /* in whose room it is */
	uint32_t n_alerts, alerts_bytes;
	char *alerts;
};
enum err repeats_new(struct repeats **out, uint32_t max) MUST_CHECK;
void repeats_free(struct repeats *r);
const struct repeat *repeats_find(const struct repeats *r, const unsigned char *key);
/* One that is not there yet; alerts is copied. Between two calls of repeats_trim: SHARD_ITEMS_MAX at most. */
enum err repeats_add(struct repeats *r, const struct repeat *e) MUST_CHECK;
/* Lets go of what is beyond max, the oldest of who has the most first. In which groups it is called makes no difference to what stays. */
void repeats_trim(struct repeats *r);
/* Corrects what was added with this key, once it is decided. */
enum err repeats_decide(struct repeats *r, const struct repeat *e) MUST_CHECK;
/* roomless, loading only: it was written when all shared one room; those keys stand in room 0, where they are found as ever. */
enum err repeats_state(struct repeats *r, const struct engine_stream *s, bool roomless) MUST_CHECK;
void repeats_clear(struct repeats *r);

/* Writing: create, then start, write and finish, which neither allocate nor free (a forked child may call them while other threads held the
 * allocator's locks), then close, whatever came of it. */
enum err snapshot_create(struct snapshot_file *f, struct disk *d, const struct hash_key *key,
                         uint64_t position) MUST_CHECK; /* on error there is nothing to close */
enum err snapshot_start(struct snapshot_file *f, uint64_t position) MUST_CHECK;
enum err snapshot_write(void *file, void *p, size_t n) MUST_CHECK;
enum err snapshot_finish(struct snapshot_file *f, uint64_t position, uint32_t kept) MUST_CHECK;
enum err snapshot_oldest(struct disk *d,
                         uint64_t *position) MUST_CHECK; /* of the oldest kept. ERR_ABSENT: there is none */
enum err snapshot_bytes(struct disk *d, uint64_t position, uint64_t *bytes) MUST_CHECK; /* ERR_ABSENT */
/* Opens the newest whole snapshot with a position below `below`; what it holds is read through io in the order it was written. ERR_ABSENT: there
 * is none; *unfit counts those that were passed over. */
enum err snapshot_open(struct snapshot_file *f, struct disk *d, const struct hash_key *key, uint64_t below,
                       uint64_t *position, uint32_t *unfit) MUST_CHECK;
enum err snapshot_read(void *file, void *p, size_t n) MUST_CHECK;
void snapshot_close(struct snapshot_file *f);

#endif
