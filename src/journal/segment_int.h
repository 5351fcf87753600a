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

/* The first positions of all segments, ascending; mem_free *first. */
enum err segment_list(struct disk *d, uint64_t **first, size_t *n) MUST_CHECK;
void segment_name(uint64_t first, char name[JOURNAL_NAME_BYTES]);
/* One whole batch at an offset into b (head not included). ERR_ABSENT: the file ends exactly there; ERR_FORMAT: what is there is
 * no whole batch. */
enum err batch_read(struct disk *d, int fd, uint64_t at, struct buf *b, struct batch_head *h,
                    unsigned char head[JOURNAL_BATCH_HEAD_BYTES]) MUST_CHECK;
/* The segment's head. ERR_FORMAT: too short or damaged. */
enum err segment_head_read(struct disk *d, int fd, struct segment_head *h) MUST_CHECK;

#endif
