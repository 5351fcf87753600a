/* names.h - the identifiers behind tokens on their way: sealed into the batch of the events that name them, read back from the journal, folded into
 * the dictionary (doc/decisions/0008).
 *
 * names_pack runs on the writer's thread and waits for nobody. All else may wait for SQLite and for a long journal, and runs on any thread
 * that may; one at a time folds. The journal is the only way between the two, so that after a crash the same reading goes on
 * where the dictionary says it was. */
#ifndef DUANKA_GATEWAY_NAMES_H
#define DUANKA_GATEWAY_NAMES_H
#include <stdatomic.h>
#include "base/disk.h"
#include "shard/shard.h"
#include "store/dictionary.h"

struct names;
/* d and disk (of the journal) are borrowed. When somebody was seen last is noted to grain_days (from 1), as the first of them: within them nobody is
 * packed or written again. */
enum err names_new(struct names **out, struct dictionary *d, struct disk *disk, int64_t (*now_us)(void),
                   int32_t grain_days) MUST_CHECK;
void names_free(struct names *n); /* NULL is fine */
/* Once the journal is open, with the position that its next record gets: a new dictionary begins here. *ahead: the dictionary has seen a longer journal
 * than this one (a copy was put back, or it was made anew); it goes on here. */
enum err names_begin(struct names *n, uint64_t next, bool *ahead) MUST_CHECK;

/* For shard_options.names; ctx is the names. */
enum err names_pack(void *ctx, const struct schema *schema, struct event *const *event, uint32_t n,
                    struct buf *out) MUST_CHECK;
/* For shard_options.names_listed. */
enum err names_pack_listed(void *ctx, uint8_t kind, const struct shard_entry *entry, uint32_t n,
                           struct buf *out) MUST_CHECK;
/* Has somebody who is being erased packed anew when they come again. On the thread that packs. */
void names_forget(struct names *n, struct token t, uint8_t kind);

/* Folds what the journal holds before position `end`, which must be durable. ERR_STOPPED: *stop (may be NULL); the next call goes on. */
enum err names_catch_up(struct names *n, uint64_t end, const atomic_bool *stop) MUST_CHECK;
/* The entry, also if it is still on its way; end as above. ERR_ABSENT: never seen, or erased. */
enum err names_reveal(struct names *n, uint64_t end, struct token t, uint8_t kind, char *plain, size_t *len) MUST_CHECK;
/* Erases the entry, and the keys under which it lies in the journal. act journals the deed, calls names_forget on the packing thread before the next
 * group, and says at which position the deed stands; its error ends it all before anything is erased. Whoever comes again behind that position
 * is known again. ERR_ABSENT: there was none. */
enum err names_erase(struct names *n, struct token t, uint8_t kind, enum err (*act)(void *ctx, uint64_t *position),
                     void *ctx) MUST_CHECK;
/* Destroys old names keys. fence says a position behind which nothing stands under keys that were there before it was called. */
enum err names_turn(struct names *n, enum err (*fence)(void *ctx, uint64_t *position), void *ctx) MUST_CHECK;

struct names_counts {
	uint64_t folded; /* everything before this position */
	uint64_t unopened, failures;
};
void names_counts(const struct names *n, struct names_counts *out);

#endif
