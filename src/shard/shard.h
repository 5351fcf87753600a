/* shard.h - one engine with its journal: events go in, are durable, decided and answered, and after any crash it is as if nothing had
 * happened.
 *
 * One thread calls. shard_apply takes a group of events: each gets a position and becomes a record, the engine decides, the records are
 * committed as one batch, and only then are answers and alerts handed out. Since the engine is deterministic, reading the journal
 * again gives the same decisions: recovery is the newest snapshot and a replay of what came after it.
 * An event that is late or that there is no room for is a record like any other; its outcome follows from the journal.
 * A repeated idempotency key gets the first answer again and leaves no record; the last repeats_max keys are remembered.
 * After a failed commit the shard refuses everything (ERR_STOPPED): the process has to be started anew.
 *
 * Payloads of records: POLICY = u16 files, each u16 n, path, u32 n, text; then LIST records, the policy's lists as they stand when it takes
 * effect. LIST = u8 n, list, i64 valid until, then u8 0 and an entity (record.h) or u8 1 and the fingerprint of a text. */
#ifndef DUANKA_SHARD_SHARD_H
#define DUANKA_SHARD_SHARD_H
#include "journal/journal.h"
#include "show/show.h"

enum {
	SHARD_ITEMS_MAX = 512
};

struct shard_options {
	struct disk *disk; /* borrowed, like key */
	const struct hash_key *key;
	policy_reader *read_zone;
	void *zone_ctx;
	struct engine_options engine;
	int64_t lateness_us, now_us;
	uint64_t segment_bytes_max; /* 0: journal's default */
	unsigned char journal_id[JOURNAL_ID_BYTES];
	uint32_t repeats_max, snapshots_kept, evidence_max;
	struct text policy; /* payload of a POLICY record: taken when the journal is new; it must compile in any case */
	/* Each alert as a line of JSON (alert_json.h), after it is durable; also those met while the journal is replayed. */
	void (*alert)(void *ctx, uint64_t position, struct text line);
	void *ctx;
};

struct shard_found {
	struct journal_found journal;
	uint64_t snapshot;        /* position; 0: none was used */
	uint32_t snapshots_unfit; /* damaged, ahead of the journal, or of another build */
	uint64_t replayed;        /* records */
};

struct shard_answer {
	enum err outcome; /* ERR_OK, ERR_LATE, ERR_CAP */
	bool repeated;
	uint64_t position;
	enum severity severity; /* over the live rules that hit */
	int64_t score;          /* the highest decision about one entity */
	uint32_t n_alerts;
	struct text alerts; /* brief JSON objects with commas between; good until the next shard_apply */
};

struct shard_item {
	struct event *event; /* with its bytes; source is set to the organisation, line and offset to 0 */
	bool keyed;
	unsigned char key[RECORD_KEY_BYTES];
	uint16_t organisation; /* the number of the tenant that brings it; 0: none */
	struct shard_answer answer;
};

struct shard;
/* ERR_FORMAT and ERR_IO: why says what, where, and what would help. */
enum err shard_open(struct shard **out, const struct shard_options *o, struct shard_found *found,
                    struct buf *why) MUST_CHECK;
void shard_close(struct shard *s);
/* n <= SHARD_ITEMS_MAX. On error nothing may be answered, and the shard is dead. */
enum err shard_apply(struct shard *s, struct shard_item *item, uint32_t n) MUST_CHECK;
/* A record without consequences for the engine: a tick, an act. */
enum err shard_note(struct shard *s, enum record_kind kind, int64_t time_us, uint16_t organisation,
                    struct text payload) MUST_CHECK;
/* Another policy takes effect at the next position, its windows filled from the journal. ERR_FORMAT: errors has what is wrong, and
 * nothing has changed. */
enum err shard_policy(struct shard *s, struct text payload, int64_t time_us, struct buf *errors) MUST_CHECK;
/* Writes a snapshot of this very position and removes the oldest. A failure leaves the older ones. May run in a forked child. */
enum err shard_snapshot(struct shard *s) MUST_CHECK;
uint64_t shard_next(const struct shard *s);
void shard_chain(const struct shard *s, unsigned char chain[JOURNAL_CHAIN_BYTES]);
/* The POLICY payload in force. */
struct text shard_policy_payload(const struct shard *s);
bool shard_dead(const struct shard *s);
const struct engine *shard_engine(const struct shard *s);
const struct policy *shard_policy_in_force(const struct shard *s);
/* Payload of a POLICY record from files; LIST records by shard_list_put may be added behind. */
void shard_policy_put(struct buf *b, const struct policy_file *file, uint32_t n);
/* A LIST record. ident NULL: a text, by its fingerprint. */
void shard_list_put(struct buf *b, struct text list, const struct ident *ident, int64_t fingerprint, int64_t until_us);

/* Replays records [from, end) of a journal under a policy of one's own: what would have been decided. see is called with each alert line from position `tell_from` on. */
struct shard_replay {
	struct disk *disk;
	const struct hash_key *key;
	policy_reader *read_zone;
	void *zone_ctx;
	struct engine_options engine;
	int64_t lateness_us;
	uint32_t evidence_max;
	struct text policy; /* empty: the policies of the journal */
	uint64_t tell_from, end;
	void (*alert)(void *ctx, uint64_t position, struct text line);
	void *ctx;
	uint64_t records, events, alerts; /* out */
};
enum err shard_replay(struct shard_replay *r, struct buf *why) MUST_CHECK;

#endif
