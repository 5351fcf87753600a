/* contacts.h - where an entity occurs in the journal, so that "who called, texted or paid this number in the last 30 days" is answered
 * in milliseconds over hundreds of millions of records.
 *
 * Beside each sealed segment SEGMENT.seg lies SEGMENT.idx (made from the segment; delete it and it is made anew): the tokens of all
 * entities in the segment in ascending order, each with the places (offset of the batch, number of the record in it) of its EVENT records. Small enough
 * to be searched by a few page reads. The segment that is being written is indexed in memory while it is appended to.
 * Damaged or missing index files are made anew from the segment and never believed. */
#ifndef DUANKA_JOURNAL_CONTACTS_H
#define DUANKA_JOURNAL_CONTACTS_H
#include "journal/journal.h"

/* Writes SEGMENT.idx for a sealed segment (name as from journal_sealed): temporary file, sync, rename. */
enum err contacts_index(struct disk *d, const char *segment_name) MUST_CHECK;

/* The segment being written. Not thread-safe: its owner locks. */
struct contacts_live;
enum err contacts_live_new(struct contacts_live **out) MUST_CHECK;
void contacts_live_free(struct contacts_live *l);
/* Notes every entity of an EVENT record by the position of the record. ERR_MEMORY. */
enum err contacts_live_add(struct contacts_live *l, const struct token *token, uint32_t n,
                           uint64_t position) MUST_CHECK;
/* Forgets positions before `position` (their segment is sealed and indexed). */
void contacts_live_drop(struct contacts_live *l, uint64_t position);
/* Positions of a token, ascending; returns how many there are in all, writes at most max. */
size_t contacts_live_find(const struct contacts_live *l, struct token t, uint64_t *position, size_t max);

struct contacts_query {
	struct token token;
	int64_t from_us, to_us; /* event times, both inclusive */
	uint64_t end;           /* positions from there on are not looked at */
	uint64_t most;          /* records to hand out at most; the newest are kept */
	uint64_t live_from;     /* records from this position on are found through live; 0: there is no live index, scan */
	const uint64_t *live;   /* contacts_live_find, ascending */
	size_t n_live;
};
struct contacts_stats {
	uint64_t segments, places, records; /* segments looked at, places found, records handed out */
	bool more;                          /* there were more than `most` */
};
/* Calls visit for each EVENT record that names the token, oldest first. The record's payload lives for the call; schema is the SCHEMA
 * payload that it was written under. Segments without an index are scanned (and said so in stats->scanned by the caller's
 * own eyes: slow, never wrong). */
enum err contacts_find(struct disk *d, const struct contacts_query *q, struct contacts_stats *stats,
                       void (*visit)(void *ctx, const struct record *r, struct text schema), void *ctx) MUST_CHECK;

#endif
