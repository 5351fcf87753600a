/* alertlog.h - the alerts as they were told, in order: DIRECTORY/alerts/NUMBER.ndjson, where NUMBER is that of its first alert.
 *
 * An alert's number counts from 0, is never given to another one, and is the cursor that readers go on from. Beside each file NUMBER.idx says where its lines begin, so
 * that memory holds a few words for each file and nothing for an alert. Alerts whose records the journal has let go of are no longer shown from that moment on; their
 * files go when all of their alerts have. A reader who comes with a number that is no longer there goes on at the next that is, and sees how many he missed.
 *
 * Derived, never truth. It is synced before every snapshot, and DIRECTORY/alerts.synced says how far; what lies behind that is cut off at the next start, since the replay
 * tells it again: none is missing, none is double. When files have less than was noted, a snapshot would leave a gap, and the whole journal is replayed
 * instead. So files may be deleted or shortened while the service does not run: the alerts of all records come back, with their numbers, as long as the journal has its beginning.
 * If it has not, what is lost stays lost and its numbers stay unused. DIRECTORY/alerts.ndjson of an older version is taken over.
 * One thread appends; any thread reads. */
#ifndef DUANKA_GATEWAY_ALERTLOG_H
#define DUANKA_GATEWAY_ALERTLOG_H
#include "base/buf.h"
#include "base/disk.h"
#include "gateway/lastknown.h"

enum {
	ALERTLOG_LINE_MAX = 1 << 20
};

struct alertlog;
/* disk: the data directory, borrowed; also where the journal is. segment_bytes: a new file begins when this is reached, or after a million positions; 0: 64 MiB. why:
 * one line on failure. */
enum err alertlog_open(struct alertlog **out, struct disk *disk, uint64_t segment_bytes, struct buf *why) MUST_CHECK;
void alertlog_close(struct alertlog *l);
/* Are alerts missing that were there once? Then the replay has to begin at the beginning (shard_options.whole). */
bool alertlog_lacks(const struct alertlog *l);
struct lastknown *alertlog_last_known(struct alertlog *l); /* fed with every line; the alertlog's */
/* For shard_options.alert: ctx is the alertlog. Passes over what is there already. */
void alertlog_hear(void *ctx, uint64_t position, struct text line);
enum err alertlog_flush(struct alertlog *l) MUST_CHECK; /* lines heard become readable; wakes those who wait */
/* What was heard is on the disk, and noted to be. Not between two alerts of one position. After a failed sync nothing can be told any more: the process has to be started anew. */
enum err alertlog_sync(struct alertlog *l) MUST_CHECK;
/* Alerts whose records the journal has let go of are gone from now on. On failure files may be left that are not read any more, and go the next time.
 * On the appending thread. */
enum err alertlog_expire(struct alertlog *l) MUST_CHECK;
uint64_t alertlog_first(
	struct alertlog *l); /* the number of the oldest that is kept; alertlog_count if there is none */
uint64_t alertlog_count(struct alertlog *l); /* the number that the next one gets */
/* Line *number, or if it is no longer there the next that is (*number says which), with its line end into b (cleared before). ERR_ABSENT: there is none
 * yet, and *number is as it was. */
enum err alertlog_read(struct alertlog *l, uint64_t *number, struct buf *b, uint64_t *position) MUST_CHECK;
/* The first alert at or behind a position. */
enum err alertlog_find(struct alertlog *l, uint64_t position, uint64_t *number) MUST_CHECK;

/* Somebody who waits for more than `number` alerts: called once, from the appending thread, without locks. False: there is more already. */
struct alertlog_waiter {
	struct alertlog_waiter *next;
	void (*wake)(struct alertlog_waiter *w);
};
bool alertlog_wait(struct alertlog *l, uint64_t number, struct alertlog_waiter *w,
                   void (*before_sleep)(struct alertlog_waiter *w));
/* All who wait, for whatever reason. When it returns nobody else is in the middle of waking one either. */
void alertlog_wake(struct alertlog *l);

#endif
