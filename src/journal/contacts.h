/* contacts.h - where an entity occurs in the journal, so that "who called, texted or paid this number in the last 30 days" is answered
 * in milliseconds over hundreds of millions of records.
 *
 * Beside each sealed segment journal/FIRST.seg may lie journal/FIRST.idx, made from it (delete it and it is made anew):
 *   head (64 bytes): "DKIDX001", u64 first position, u64 next position, u64 bytes of the segment, u64 entries, u64 bytes of places,
 *                    u64 zero, u64 XXH3 of the 56 bytes before
 *   pages of 4096 bytes: 255 entries (u64 first word of a token, u64 offset of its places from the end of the pages), ascending; zeros;
 *                    u64 XXH3 of the 4088 bytes before
 *   places of each entry: u32 bytes, u32 XXH3 (low half) of these, then varints: for each record that names the token the distance of its batch's offset from the
 *                    one before and its number in the batch, ascending
 * Tokens are keyed hashes, so they lie evenly: a page is found by interpolation with two or three reads. Whatever an index says is
 * checked against the batch (checksum) and the record (its tokens); an index that does not fit is passed over and the segment scanned.
 * A segment without index, as the one that is being written, is scanned: a token stands in a record as its 16 bytes, so only batches
 * that hold these bytes are looked into.
 * Reads only, but contacts_index; safe beside a writer. */
#ifndef DUANKA_JOURNAL_CONTACTS_H
#define DUANKA_JOURNAL_CONTACTS_H
#include "journal/journal.h"

/* Writes FIRST.idx for a sealed segment: temporary file, sync, rename. Memory: 16 bytes a place. */
enum err contacts_index(struct disk *d, uint64_t first) MUST_CHECK;
/* Does so for all sealed segments that lack one; stops early (ERR_STOPPED) once *stop. made may be NULL. */
enum err contacts_index_all(struct disk *d, const volatile bool *stop, uint32_t *made) MUST_CHECK;

struct contacts_query {
	struct token token;
	int64_t from_us, to_us; /* event times, both inclusive */
	uint64_t end;           /* positions from there on are not looked at */
	uint64_t most;          /* records handed out at most: the newest positions */
};
struct contacts_stats {
	uint64_t segments, indexed, scanned, unfit; /* segments looked at; by index; by scan; whose index did not fit */
	uint64_t found, records;                    /* events that name the token; handed out */
	bool more;                                  /* there were more than `most` */
};
/* Calls visit for each EVENT record that names the token, newest position first. The record's payload lives for the call;
 * schema is the SCHEMA payload that it was written under. visit returns false to stop. ERR_FORMAT: a segment is damaged; why (may be NULL) says where. */
enum err contacts_find(struct disk *d, const struct contacts_query *q, struct contacts_stats *stats,
                       bool (*visit)(void *ctx, const struct record *r, struct text schema), void *ctx,
                       struct buf *why) MUST_CHECK;

#endif
