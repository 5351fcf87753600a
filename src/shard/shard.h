/* shard.h - one engine with its journal: events go in, are durable, decided and answered, and after any crash it is as if nothing had
 * happened.
 *
 * One thread calls. shard_apply takes a group of events: each gets a position and becomes a record, the engine decides, the records are
 * committed as one batch, and only then are answers and alerts handed out. Since the engine is deterministic, reading the journal
 * again gives the same decisions: recovery is the newest snapshot and a replay of what came after it.
 * A command to the desk is a record among the events, in the order in which all of them came; the engine never sees it.
 * An event that is late or that there is no room for is a record like any other; its outcome follows from the journal.
 * A repeated idempotency key gets the first answer again and leaves no record; repeats_max keys are remembered, and each organisation has its room
 * among them, which others can't fill (base/rooms.h).
 * After a failed commit the shard refuses everything (ERR_STOPPED): the process has to be started anew.
 *
 * Payloads of records: POLICY = u16 files, each u16 n, path, u32 n, text; then LIST records, the lists that its windows are filled with.
 * LIST = u8 n, list, i64 valid until, then u8 0 and an entity (record.h; of the kind that the policy says: by older versions), u8 1 and the fingerprint
 * of a text, or u8 2, u8 kind and an entity. With RECORD_NEWEST this validity counts, and 0 takes the entry away.
 * A change of policy is one batch: an ACT that tells of it, POLICY, SCHEMA, and the LIST records that came while its windows were being
 * filled, once more (doc/decisions/0010). */
#ifndef DUANKA_SHARD_SHARD_H
#define DUANKA_SHARD_SHARD_H
#include "journal/journal.h"
#include "shard/edition.h"
#include "show/show.h"

enum {
	SHARD_ITEMS_MAX = 512,
	SHARD_CATCH_UP_MAX = 1024,       /* records that a new policy may lag behind when it takes over */
	SHARD_LIST_ENTRIES_MAX = 400000, /* in all lists: so many fit into a POLICY record */
	SHARD_LIST_CHANGES_MAX = 4096,   /* in one call of shard_lists */
	SHARD_DRAFT_ENTRIES = 4096,      /* in one call of shard_draft_on */
	SHARD_VERSIONS_MAX = 1000        /* policies remembered */
};

struct shard_entry;
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
	/* Open without a snapshot, so that all alerts are told again. A journal that has let go of its beginning is opened from a snapshot all the same:
	 * without the records before, the windows would have other values. */
	bool whole;
	/* Each alert as a line of JSON (alert_json.h), after it is durable; also those met while the journal is replayed. */
	void (*alert)(void *ctx, uint64_t position, struct text line);
	void *ctx;
	/* Once for each group that is about to be journaled: what makes its tokens readable again, as the payload of a NAMES record in the same batch, so that
	 * no event is durable without it. out is empty before; left empty: no record. An error stops the shard. NULL: tokens stay tokens. */
	enum err (*names)(void *ctx, const struct schema *schema, struct event *const *event, uint32_t n, struct buf *out);
	/* The same for entries of a list of this kind that are set; those without plain bytes in ident are passed over. On an error out is as it was, and the
	 * change is refused. */
	enum err (*names_listed)(void *ctx, uint8_t kind, const struct shard_entry *entry, uint32_t n, struct buf *out);
	void *names_ctx;
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
	struct event
		*event; /* with its bytes; source is set to the organisation, line and offset to 0. NULL: an act or a command */
	struct text act; /* JSON: an ACT record that tells of what follows it in the group; empty: a command */
	struct text
		command; /* to the desk (desk/command.h), the asker's bytes: it becomes a record in its place among the events, and no more */
	int64_t time_us;    /* of the act or the command */
	bool keyed, mended; /* mended: out of quarantine */
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
/* How many snapshots stay from now on, 1 at least. */
void shard_keep(struct shard *s, uint32_t snapshots);
/* Writes a snapshot of this very position and removes the oldest. A failure leaves the older ones. */
enum err shard_snapshot(struct shard *s) MUST_CHECK;
/* The same in three steps, of which the second may run in a forked child: it neither allocates nor frees, since another thread may have held the
 * allocator's locks at the fork. Begin, fork, write in the child, end in both or in the parent only; nothing is applied in between by who writes. After
 * a failed begin there is nothing to end. */
enum err shard_snapshot_begin(struct shard *s) MUST_CHECK;
enum err shard_snapshot_write(struct shard *s) MUST_CHECK;
void shard_snapshot_end(struct shard *s);
/* Lets go of whole segments that are older than keep_from_us and that neither a recovery from the oldest kept snapshot nor one without a snapshot
 * needs: those before both that snapshot's position and the record of the policy in force, and before `kept` (UINT64_MAX: nobody else needs any). *removed: how many. On error what was
 * removed stays so. */
enum err shard_expire(struct shard *s, int64_t keep_from_us, uint64_t kept, uint32_t *removed) MUST_CHECK;
/* The position that the journal would then begin with, if nobody else needs any. ERR_ABSENT: all of it is needed. */
enum err shard_aged(struct shard *s, int64_t keep_from_us, uint64_t *stays) MUST_CHECK;
/* The size of a snapshot's file. ERR_ABSENT: there is none of this position. */
enum err shard_snapshot_bytes(const struct shard *s, uint64_t position, uint64_t *bytes) MUST_CHECK;
uint64_t shard_next(const struct shard *s);
bool shard_sealed(struct shard *s); /* true once after a segment of the journal was sealed: it may be indexed */
void shard_chain(const struct shard *s, unsigned char chain[JOURNAL_CHAIN_BYTES]);
bool shard_dead(const struct shard *s);
const struct engine *shard_engine(const struct shard *s);
const struct policy *shard_policy_in_force(const struct shard *s);
struct edition *shard_edition(struct shard *s); /* in force; keep it (edition_keep) to read it on another thread */

/* ---- changes; change.c ---- */

struct shard_act { /* an ACT record: what was done, by whom, why */
	int64_t time_us;
	uint16_t organisation;
	struct text payload; /* JSON; empty: no record */
};

/* Another policy takes effect at the next position, its windows filled from the journal. Of payload the files count; its LIST records only for
 * lists that this journal does not know yet: the others begin as they stand. ERR_FORMAT: errors has what is wrong, and nothing has changed. */
enum err shard_policy(struct shard *s, struct text payload, const struct shard_act *act, struct buf *errors) MUST_CHECK;

/* The same with its three steps apart, so that the long one (fill.h) can be done elsewhere while decisions go on:
 *   a draft     init anywhere, on here, as often as it takes, end anywhere
 *   a fill      fill_open and fill_on there
 *   shard_adopt here
 * Entries of lists are drafted piece by piece too. One that changes between two pieces stands in the draft as it was or as it became; either way its change lies
 * behind `since` and follows the policy (doc/decisions/0010). */
struct shard_draft {
	struct text files, fresh; /* of the payload that was given; borrowed until the end */
	struct buf payload;       /* of the POLICY record to be */
	struct edition *in_force; /* when it began */
	uint64_t base;            /* its position */
	uint64_t since;           /* LIST records from here on follow the policy */
	uint32_t list;            /* which comes next */
	uint64_t after;           /* which entry of it was last */
	bool done;                /* all lists are in it */
};
/* ERR_FORMAT: payload is damaged. */
enum err shard_draft_init(struct shard_draft *d, struct text payload) MUST_CHECK;
/* The next SHARD_DRAFT_ENTRIES entries. ERR_ABSENT: another policy came in between; ERR_CAP: policy and lists are too large for a record. */
enum err shard_draft_on(struct shard *s, struct shard_draft *d) MUST_CHECK;
enum err shard_draft_end(struct shard_draft *d) MUST_CHECK;
/* All of it at once. Release in any case. */
enum err shard_draft(struct shard *s, struct text payload, struct shard_draft *d) MUST_CHECK;
void shard_draft_release(struct shard_draft *d);
struct fill;
/* Puts what was filled in force at the next position. fill_free frees what was in force before. ERR_LATE: it lags behind by more than SHARD_CATCH_UP_MAX records; fill on
 * and come again. ERR_ABSENT: another policy came in between. ERR_CAP: too much for one batch, or its windows do not fit. why says so. Nothing has changed then, but after
 * any other error the shard may be dead. Only after ERR_LATE may the fill be used again. */
enum err shard_adopt(struct shard *s, struct fill *f, const struct shard_act *act, struct buf *why) MUST_CHECK;

struct shard_version { /* a policy that was in force */
	uint64_t position; /* of its POLICY record */
	int64_t time_us;
	unsigned char digest[EDITION_DIGEST_BYTES];
	char *act; /* payload of the ACT that told of it; NULL: none */
	uint32_t act_n;
};
/* The newest SHARD_VERSIONS_MAX, the oldest first: the last one is in force. Good until the next change. */
const struct shard_version *shard_versions(const struct shard *s, uint32_t *n);

struct shard_entry {
	const struct ident *ident;     /* NULL: a text. With its plain bytes, if they are known */
	int64_t fingerprint, until_us; /* until_us 0: it goes */
	enum shard_entry_outcome {
		SHARD_ENTRY_SAME,
		SHARD_ENTRY_CHANGED,
		SHARD_ENTRY_NO_ROOM
	} outcome; /* out; only changes leave a record */
};
/* Changes entries of a list of the policy in force, as one batch with the act that tells of it; if nothing changes, there is no record, but perhaps one that makes tokens readable. ERR_ABSENT:
 * no such list; ERR_CAP: too much for one batch; ERR_MEMORY: nothing has changed. After any other error the shard is dead. */
enum err shard_lists(struct shard *s, struct text list, struct shard_entry *entry, uint32_t n,
                     const struct shard_act *act) MUST_CHECK;
/* An entity as the engine knows it; plain is empty. */
void shard_ident(const struct engine *g, struct entity_ref e, struct ident *out);
/* A LIST record. ident: NULL for a list of texts. */
void shard_list_put(struct buf *b, const struct list *list, const struct ident *ident, int64_t fingerprint,
                    int64_t until_us);

/* Replays records [from, end) of a journal under a policy of one's own: what would have been decided. alert is called with each alert line from position `tell_from` on. */
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
	int64_t from_us, to_us; /* of events that alerts are told of, both inclusive; to_us 0: without end */
	void (*alert)(void *ctx, uint64_t position, struct text line);
	void *ctx;
	uint64_t records, events, alerts; /* out */
};
enum err shard_replay(struct shard_replay *r, struct buf *why) MUST_CHECK;

#endif
