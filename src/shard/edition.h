/* edition.h - a policy as it was journaled: its texts, what they mean, the lists that came with it. Immutable once it is in force, and counted, so that
 * whoever reads by it may finish in peace when another one takes its place. The engine that decides by it is not part of it. */
#ifndef DUANKA_SHARD_EDITION_H
#define DUANKA_SHARD_EDITION_H
#include <stdatomic.h>
#include "policy/policy.h"

struct edition {
	_Atomic uint32_t holders;
	struct buf payload; /* of its POLICY record: files, then LIST records */
	size_t files_n;     /* bytes of the files at its beginning */
	struct policy policy;
	uint64_t position; /* of its POLICY record; 0: not in force yet */
};

/* One holder: the caller. ERR_FORMAT: errors (appended to) has what is wrong, as policy_load says it. */
enum err edition_new(struct edition **out, struct text payload, policy_reader *read_zone, void *zone_ctx,
                     struct buf *errors) MUST_CHECK;
struct edition *edition_keep(struct edition *e);
void edition_drop(struct edition *e); /* NULL is fine */

static inline struct text edition_files(const struct edition *e)
{
	return text_of(buf_view(&e->payload).p, e->files_n);
}
static inline struct text edition_lists(const struct edition *e)
{
	return text_of(buf_view(&e->payload).p + e->files_n, e->payload.n - e->files_n);
}

/* The files of a payload; *rest: the LIST records behind them. file holds POLICY_FILES_MAX; texts point into the payload. ERR_FORMAT: damaged. */
enum err edition_take_files(struct text payload, struct policy_file *file, uint16_t *n, struct text *rest) MUST_CHECK;
enum {
	EDITION_DIGEST_BYTES = 32
};
/* BLAKE2b-256 of the files (edition_files): equal texts under equal paths have equal digests, whatever their lists. */
void edition_digest(struct text files, unsigned char out[EDITION_DIGEST_BYTES]);
/* Appends files as a payload begins. */
void edition_put_files(struct buf *b, const struct policy_file *file, uint32_t n);

#endif
