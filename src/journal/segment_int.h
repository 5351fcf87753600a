/* segment_int.h - heads of segments and batches as bytes; shared by the writer, the reader and the audit. */
#ifndef DUANKA_JOURNAL_SEGMENT_INT_H
#define DUANKA_JOURNAL_SEGMENT_INT_H
#include "journal/journal.h"

#define SEGMENT_MAGIC "DKSEG001"
#define BATCH_MAGIC 0x31424b44u /* "DKB1" */
#define JOURNAL_FOLDER "journal"

enum {
	BATCH_PREAMBLE = 1, /* its record takes no position */
	SEGMENT_NAMES_MAX = 1 << 20
};

struct segment_head {
	unsigned char id[JOURNAL_ID_BYTES];
	uint64_t first;
	int64_t made_us;
	unsigned char chain[JOURNAL_CHAIN_BYTES]; /* before its first batch */
};

struct batch_head {
	uint32_t payload_bytes, records, flags;
	uint64_t first, checksum;
	unsigned char chain[JOURNAL_CHAIN_BYTES];
};

void segment_head_put(unsigned char out[JOURNAL_SEGMENT_HEAD_BYTES], const struct segment_head *h);
bool segment_head_take(const unsigned char in[JOURNAL_SEGMENT_HEAD_BYTES], struct segment_head *h);
/* Fills in checksum and chain (h->chain is the chain before) and writes the head. */
void batch_head_put(unsigned char out[JOURNAL_BATCH_HEAD_BYTES], struct batch_head *h, struct text payload);
bool batch_head_take(const unsigned char in[JOURNAL_BATCH_HEAD_BYTES], struct batch_head *h); /* false: no such head */
bool batch_checksum_ok(const unsigned char head[JOURNAL_BATCH_HEAD_BYTES], const struct batch_head *h,
                       struct text payload);
void batch_chain(const unsigned char before[JOURNAL_CHAIN_BYTES], const unsigned char head[JOURNAL_BATCH_HEAD_BYTES],
                 struct text payload, unsigned char out[JOURNAL_CHAIN_BYTES]);

void segment_name(uint64_t first, char name[JOURNAL_NAME_BYTES]);
void index_name(uint64_t first, char name[JOURNAL_NAME_BYTES]); /* of the segment's index (contacts.h) */
/* The first position out of a name in the journal's folder, if it is 20 digits and this ending. */
bool segment_name_take(const char *name, const char *ending, uint64_t *first);
/* One whole batch at an offset into b (head not included). ERR_ABSENT: the file ends exactly there; ERR_FORMAT: what is there is
 * no whole batch. */
enum err batch_read(struct disk *d, int fd, uint64_t at, struct buf *b, struct batch_head *h,
                    unsigned char head[JOURNAL_BATCH_HEAD_BYTES]) MUST_CHECK;
/* *follows: a whole batch begins somewhere at or behind `at`. Then what stands before it was not torn by a crash. */
enum err batch_follows(struct disk *d, int fd, uint64_t at, struct buf *scratch, bool *follows) MUST_CHECK;
/* batch_read for the last segment, beside its writer: bytes that are no whole batch, and that none follows, are a write on its way, or
 * torn: the end of what is there (ERR_ABSENT). */
enum err batch_read_last(struct disk *d, int fd, uint64_t at, struct buf *b, struct batch_head *h,
                         unsigned char head[JOURNAL_BATCH_HEAD_BYTES]) MUST_CHECK;
/* The segment's head. ERR_FORMAT: too short or damaged. */
enum err segment_head_read(struct disk *d, int fd, struct segment_head *h) MUST_CHECK;

#endif
