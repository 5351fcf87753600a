/* fill.h - a policy's windows filled from the journal, piece by piece, on a thread of one's own, while the service goes on.
 *
 * The journal is read with a reader of one's own, up to a position that the caller knows to be durable; so nothing is shared with who writes it. What
 * comes of it is the same however the work was cut. Besides events, LIST records behind the draft are noted for shard_adopt. */
#ifndef DUANKA_SHARD_FILL_H
#define DUANKA_SHARD_FILL_H
#include "shard/shard.h"

struct fill_options { /* borrowed, and the same as those of the shard: shard_fill_options */
	struct disk *disk;
	const struct hash_key *key;
	policy_reader *read_zone;
	void *zone_ctx;
	struct engine_options engine;
	int64_t lateness_us;
	/* Each alert on the way; NULL: nobody listens. */
	void (*alert)(void *ctx, const struct shower *s, const struct alert *a);
	/* Each event, after it was applied, whatever came of it; NULL: nobody listens. */
	void (*event)(void *ctx, const struct policy *p, const struct event *e);
	void *ctx;
};
void shard_fill_options(const struct shard *s, struct fill_options *out);

struct fill;
/* Compiles the draft, whose payload is copied. ERR_FORMAT: errors has what is wrong. Any thread. */
enum err fill_open(struct fill **out, const struct fill_options *o, const struct shard_draft *draft,
                   struct buf *errors) MUST_CHECK;
/* Reads on, by at most `most` records and not to `end` or beyond, which must be durable. */
enum err fill_on(struct fill *f, uint64_t end, uint64_t most, struct buf *why) MUST_CHECK;
uint64_t fill_next(const struct fill *f); /* position of the record to be read next */
uint64_t fill_events(const struct fill *f);
/* False: some event found no room in the windows: --state-max is too small for this policy, and its windows are incomplete. */
bool fill_fits(const struct fill *f);
const struct policy *fill_policy(const struct fill *f);
void fill_stats(const struct fill *f, struct engine_stats *out);
void fill_free(struct fill *f); /* NULL is fine */

#endif
