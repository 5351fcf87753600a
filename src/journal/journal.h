/* journal.h - the one source of truth: records in order, in append-only segments, durable in groups, chained by hashes.
 *
 * journal/SEGMENT where SEGMENT is the position of its first record in 20 digits and ".seg":
 *   head (128 bytes): "DKSEG001", 16 bytes journal id, u64 first position, i64 time made, 32 bytes chain before the first batch, zeros, u64 XXH3 of all that
 *   batches: u32 "DKB1", u32 payload bytes, u32 records, u32 1 = preamble, u64 first position, u64 XXH3 of the 24 bytes
 *            before, the chain and the payload, 32 bytes chain = BLAKE2b-256(chain before, the same 24 bytes, payload), payload = records
 * A batch is what one fdatasync made durable. The first batch of a segment is its preamble: one SCHEMA record that takes no position.
 *
 * Recovery: batches of the last segment are read to the end. Bytes behind the last whole batch are a torn tail: they are kept aside in
 * journal/torn-POSITION, cut off, and told about. If a whole batch follows the damage, it was not a torn write but a damaged
 * disk, and the journal does not open: nothing that was acknowledged is ever dropped silently.
 * A failed write or sync is final: the journal refuses everything from then on (ERR_STOPPED) and the process has to be started
 * anew, which reads what really is on the disk.
 *
 * One thread appends. Readers have their own descriptors and see what was committed. */
#ifndef DUANKA_JOURNAL_JOURNAL_H
#define DUANKA_JOURNAL_JOURNAL_H
#include "base/disk.h"
#include "journal/record.h"

enum {
	JOURNAL_CHAIN_BYTES = 32,
	JOURNAL_ID_BYTES = 16,
	JOURNAL_SEGMENT_HEAD_BYTES = 128,
	JOURNAL_BATCH_HEAD_BYTES = 64,
	JOURNAL_BATCH_MAX = 64 << 20, /* payload */
	JOURNAL_NAME_BYTES = 48
};

struct journal_options {
	uint64_t segment_bytes_max;         /* a new segment begins when this is reached; default 128 MiB */
	unsigned char id[JOURNAL_ID_BYTES]; /* for a new journal: random, by the caller */
	int64_t now_us;                     /* told by the caller, kept in segment heads */
};

struct journal_found {    /* what journal_open saw */
	bool made;            /* there was none */
	uint64_t first, next; /* positions: the oldest kept, the next to be given */
	uint64_t segments;
	uint64_t torn_bytes;                /* cut off; 0 = the journal ended cleanly */
	char torn_name[JOURNAL_NAME_BYTES]; /* where they are kept */
};

struct journal;
/* The schema payload is the caller's SCHEMA record, written at the head of each new segment (journal_schema changes it). On ERR_FORMAT
 * and ERR_IO, why has one line: file, offset, what is wrong, what would help. */
enum err journal_open(struct journal **out, struct disk *d, const struct journal_options *o, struct text schema,
                      struct journal_found *found, struct buf *why) MUST_CHECK;
void journal_close(struct journal *j); /* nothing is pending: every commit was durable */

/* Appends n records (their heads and payloads one after the other, by record_put) as one batch and makes it durable. Their positions are
 * journal_next()... ERR_CAP: over JOURNAL_BATCH_MAX; ERR_IO: final, see above. */
enum err journal_commit(struct journal *j, struct text records, uint32_t n) MUST_CHECK;
/* Memory for a batch of n bytes, and for a schema of schema_n bytes (0: the one there is): after it, journal_schema and journal_commit of no more do not
 * fail for want of it. ERR_MEMORY, ERR_CAP (over JOURNAL_BATCH_MAX): nothing has changed. */
enum err journal_reserve(struct journal *j, size_t n, size_t schema_n) MUST_CHECK;
/* What segments from now on note as the time they were made, which journal_expire goes by. Never goes back. */
void journal_now(struct journal *j, int64_t now_us);
uint64_t journal_next(const struct journal *j);
void journal_chain(const struct journal *j, unsigned char chain[JOURNAL_CHAIN_BYTES]);
/* The schema that segments from now on begin with. Copied. The caller also commits it as a record where it takes effect. */
enum err journal_schema(struct journal *j, struct text payload) MUST_CHECK;
/* True once after a new segment was begun: the one before is sealed and may be indexed. name gets its file name. */
bool journal_sealed(struct journal *j, char name[JOURNAL_NAME_BYTES]);
/* Removes whole segments, and their indexes, whose last record is older than keep_from_us and whose records all lie before `before`. Never the
 * last one. Cheap when there is nothing to remove: one listing and one head. A crash on the way leaves each segment there or not. */
enum err journal_expire(struct journal *j, int64_t keep_from_us, uint64_t before, uint32_t *removed) MUST_CHECK;

/* What journal_expire would leave: the first position of the first segment that stays. */
enum err journal_aged(struct journal *j, int64_t keep_from_us, uint64_t before, uint64_t *stays) MUST_CHECK;

/* Reads records in order. from 0: from the oldest that is kept. end: positions from there on are not read (UINT64_MAX: to the end of what is whole). */
struct journal_reader;
enum err journal_reader_open(struct journal_reader **out, struct disk *d, uint64_t from,
                             uint64_t end) MUST_CHECK; /* ERR_ABSENT: from is no longer, or not yet, there */
/* ERR_ABSENT at the end, ERR_FORMAT at damage or where a segment is missing (why, if not NULL, says where). Safe beside the writer: a
 * batch that is not whole yet is the end, and may be asked for again. The payload lives until the next call. SCHEMA records at the head
 * of segments are handed out too, with position 0, and those before `from`, so that a reader always knows the schema before the first event. */
enum err journal_read(struct journal_reader *r, struct record *out, struct buf *why) MUST_CHECK;
void journal_reader_end(struct journal_reader *r, uint64_t end); /* go on up to here */
uint64_t journal_reader_next(const struct journal_reader *r);    /* position of the record that it comes to next */
/* First positions of the segments, ascending; mem_free *first. */
enum err journal_segments(struct disk *d, uint64_t **first, size_t *n) MUST_CHECK;
/* Where the record handed out last lies, and the chain behind its batch: for indexes. */
struct journal_place {
	uint64_t segment;  /* its first position */
	uint64_t batch_at; /* byte in the file */
	uint32_t index;    /* of the record in its batch */
	bool preamble;
	unsigned char chain[JOURNAL_CHAIN_BYTES];
};
const struct journal_place *journal_reader_place(const struct journal_reader *r);
/* The records of this batch that were not handed out yet, as bytes; and passing over them. */
struct text journal_reader_rest(const struct journal_reader *r);
void journal_reader_pass(struct journal_reader *r);
void journal_reader_close(struct journal_reader *r);

/* Walks the whole journal: order, checksums, chain. bad is called for each thing wrong, with one line each. head (may be NULL): a chain value that was
 * noted down at an earlier time and must be passed on the way; position: where (0: anywhere). */
struct journal_audit {
	uint64_t segments, batches, records, first, last, bytes;
	unsigned char chain[JOURNAL_CHAIN_BYTES]; /* at the end */
	bool head_seen;
	uint64_t wrong;
};
enum err journal_verify(struct disk *d, const unsigned char *head, struct journal_audit *out,
                        void (*bad)(void *ctx, const char *line), void *ctx) MUST_CHECK;

/* The same of a journal that is being written, up to before position `end` (UINT64_MAX: all of it). */
struct journal_verify_options {
	const unsigned char *head; /* NULL: none was noted */
	uint64_t end;
	void (*bad)(void *ctx, const char *line); /* NULL: nobody hears */
	bool (*go_on)(void *ctx,
	              const struct journal_audit *a); /* now and then: how far it is. False: ERR_STOPPED. NULL: yes */
	void *ctx;
};
enum err journal_verify_to(struct disk *d, const struct journal_verify_options *o,
                           struct journal_audit *out) MUST_CHECK;

/* What there is: cheap, since only heads are read. ERR_ABSENT: no journal. */
struct journal_size {
	uint64_t first, segments, bytes; /* first: the oldest position */
	int64_t oldest_us;               /* when the oldest segment was begun */
};
enum err journal_size(struct disk *d, struct journal_size *out) MUST_CHECK;
/* When the segment was begun, as journal_now told it. ERR_ABSENT: it is gone. */
enum err journal_begun(struct disk *d, uint64_t first, int64_t *begun_us) MUST_CHECK;
/* The first position of the last segment that was begun no later than then: whatever was written since lies in it or behind it. The oldest there is if all were begun later. ERR_ABSENT: no journal. */
enum err journal_since(struct disk *d, int64_t then_us, uint64_t *first) MUST_CHECK;

#endif
