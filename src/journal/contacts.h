/* contacts.h - where an entity occurs in the journal, so that "who called, texted or paid this number in the last 30 days" is answered
 * in milliseconds over hundreds of millions of records.
 *
 * Beside each sealed segment journal/FIRST.seg may lie journal/FIRST.idx, made from it (delete it and it is made anew). Integers are little
 * endian; a place is a batch's offset in the segment and a record's number in the batch:
 *   head (128 bytes): "DKIDX001", u64 first position, u64 next position, u64 bytes of the segment, u64 events, i64 least and i64 greatest
 *                     event time, u64 SCHEMA records behind the preamble, 32 bytes chain behind the last batch, zeros, u64 XXH3 of the 120 bytes before
 *   directory:        u64 offset of each bucket and of the end; there are B + 1 buckets, B = 1 + segment bytes / 65536
 *   bucket:           u64 XXH3 of the rest, seeded with the head's checksum + the bucket's number; entries, ascending: u64 first word of
 *                     a token, varint bytes, then the places of the records that name it, ascending: varint distance of the batch's offset from the
 *                     one before (from 0), varint number in the batch (less the one before and 1, in the same batch)
 * Tokens are keyed hashes, so they lie evenly: bucket = word * B >> 64, and a search is a read of the head, of two numbers and of one
 * bucket of some KiB. The last bucket has the SCHEMA records behind the preamble under the word 0.
 *
 * An index is believed only if it belongs to this very segment: the chain at its end is the one that the next segment's head begins with.
 * What it says is checked again: against the bucket's checksum, the batch's, and the record's tokens. One that does not fit is passed
 * over and its segment scanned; so is a segment without one, as the one that is being written. Both ways lead to the same list of
 * places, and from there on there is one path.
 * All of it reads only, but contacts_index and contacts_index_all, which one thread at a time may call; safe beside a writer. */
#ifndef DUANKA_JOURNAL_CONTACTS_H
#define DUANKA_JOURNAL_CONTACTS_H
#include <stdatomic.h>
#include "journal/journal.h"
#include "journal/written.h"

/* Writes FIRST.idx for a sealed segment: temporary file, sync, rename; an older one is replaced. Memory: 16 bytes a place, for at most 4 million
 * places (or one bucket's) at a time; a segment with more of them is read several times. ERR_ABSENT: there is no such segment, or none
 * behind it; ERR_FORMAT: it is damaged (why, if not NULL, says where); ERR_STOPPED: *stop (may be NULL) became true. On error there is no new index. */
enum err contacts_index(struct disk *d, uint64_t first, const atomic_bool *stop, struct buf *why) MUST_CHECK;
/* Does so for all sealed segments without an index that belongs to them, the newest first, and removes indexes without a segment and what
 * an interrupted run left. A damaged segment is passed over, and ERR_FORMAT returned at the end. made may be NULL. */
enum err contacts_index_all(struct disk *d, const atomic_bool *stop, uint32_t *made, struct buf *why) MUST_CHECK;

enum {
	CONTACTS_ANY_KIND = 0xff
};

struct contacts_query {
	struct token token;
	uint8_t kind;           /* index in the schema, which it keeps for ever; or CONTACTS_ANY_KIND */
	int64_t from_us, to_us; /* event times, both inclusive */
	uint64_t end;           /* positions from there on are not looked at; UINT64_MAX: all are */
	uint64_t most;          /* records handed out at most: the newest positions */
	/* Others beside the token, ascending by their words: a record that names any of them is handed out, once. What has no index is read once for all of them. */
	const struct token *also;
	size_t n_also;
	uint64_t work; /* done at most, but for the step that meets it; 0: as much as it takes. See stats.work */
};
struct contacts_stats {
	uint64_t segments, indexed, scanned; /* looked at; by index; by scan */
	uint64_t unfit,
		unfit_first; /* of those scanned: because the index did not fit; the newest of these segments, by its first position */
	uint64_t records; /* handed out */
	uint64_t work;    /* places looked at, tokens looked up in an index, pages of 4096 bytes scanned */
	uint64_t last;    /* position of the one handed out last: `end` of a query that goes on behind it */
	uint64_t
		reached; /* everything from this position on was looked at: `end` of a query that goes on, also where nothing was handed out; 0: all was */
	bool more;   /* `most` was met, and there are more; or `work`, and there may be */
};
/* Calls visit for each EVENT record that names the token, newest position first, and returns when there are no more, when visit returns false,
 * at `most` or at `work`: so the newest few of a busy number cost as little as those of a quiet one. The record's payload and the schema live for the call.
 * ERR_FORMAT: a segment is damaged, or one is missing; why (may be NULL) says where; what was handed out before is right. */
enum err contacts_find(struct disk *d, const struct contacts_query *q, struct contacts_stats *stats,
                       bool (*visit)(void *ctx, const struct record *r, const struct written *w), void *ctx,
                       struct buf *why) MUST_CHECK;

#endif
