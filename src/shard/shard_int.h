/* shard_int.h - the parts of a shard, shared by its files.
 *
 * record_json.c a record as people see it
 * generation.c  a policy, its plan and its engine as one thing
 * replay.c      records read back (replay_int.h)
 * repeats.c     idempotency keys and the answers that go with them
 * snapshot.c    all of it in one file and back
 * shard.c       the path */
#ifndef DUANKA_SHARD_SHARD_INT_H
#define DUANKA_SHARD_SHARD_INT_H
#include "shard/shard.h"

enum {
	SHARD_ALERT_BYTES_MAX = 64 << 20,
	SHARD_REPEAT_BYTES_MAX = 64 << 10 /* of alerts kept with one key */
};

struct generation {
	struct policy policy;
	struct plan *plan;
	struct engine *engine;
	struct shower shower;
	struct buf payload; /* of its POLICY record; policy texts point into it */
	uint64_t plan_digest;
};

struct generation_options {
	const struct hash_key *key;
	policy_reader *read_zone;
	void *zone_ctx;
	struct engine_options engine;
	int64_t lateness_us;
	struct engine_sink sink;
	bool *silent; /* true while history is filled in: the sink then looks away */
};

enum err generation_new(struct generation **out, struct text payload, const struct generation_options *o,
                        struct buf *errors) MUST_CHECK;
void generation_free(struct generation *g);
/* The files of a POLICY record's payload (POLICY_FILES_MAX of them at most); what stays of t are the lists. */
enum err policy_files_take(struct text *t, struct policy_file *file, uint16_t *n) MUST_CHECK;
struct list_entry { /* the payload of a LIST record, which list points into */
	struct text list;
	int64_t until_us;
	bool is_text;
	int64_t fingerprint; /* of a text */
	struct ident ident;
};
enum err list_entry_take(struct text t, struct list_entry *out) MUST_CHECK;
/* A LIST record's payload into the engine. */
enum err generation_list(struct generation *g, struct text payload) MUST_CHECK;

struct repeats;
struct repeat {
	unsigned char key[RECORD_KEY_BYTES];
	uint64_t position;
	int64_t score;
	uint8_t severity, outcome;
	uint32_t n_alerts, alerts_bytes;
	char *alerts;
};
enum err repeats_new(struct repeats **out, uint32_t max) MUST_CHECK;
void repeats_free(struct repeats *r);
const struct repeat *repeats_find(const struct repeats *r, const unsigned char *key);
/* The oldest goes when there is no room. alerts is copied. */
enum err repeats_add(struct repeats *r, const struct repeat *e) MUST_CHECK;
/* Corrects what was added with this key, once it is decided. */
enum err repeats_decide(struct repeats *r, const struct repeat *e) MUST_CHECK;
enum err repeats_state(struct repeats *r, const struct engine_stream *s) MUST_CHECK;
void repeats_clear(struct repeats *r);

/* Opens the newest whole snapshot with a position below `next`; what it holds is read through io in the order it was written. */
struct snapshot_file {
	struct disk *d;
	int fd;
	uint64_t at, end;
	unsigned char *buffer;
	size_t n, taken;
	void *hash; /* crypto_generichash_state while writing */
	enum err err;
};
enum err snapshot_create(struct snapshot_file *f, struct disk *d, const struct hash_key *key,
                         uint64_t position) MUST_CHECK;
enum err snapshot_write(void *file, void *p, size_t n) MUST_CHECK;
enum err snapshot_finish(struct snapshot_file *f, uint64_t position, uint32_t kept) MUST_CHECK;
void snapshot_abandon(struct snapshot_file *f);
/* ERR_ABSENT: there is none below `next`; *unfit counts those that were passed over. */
enum err snapshot_open(struct snapshot_file *f, struct disk *d, const struct hash_key *key, uint64_t below,
                       uint64_t *position, uint32_t *unfit) MUST_CHECK;
enum err snapshot_read(void *file, void *p, size_t n) MUST_CHECK;
void snapshot_close(struct snapshot_file *f);

#endif
