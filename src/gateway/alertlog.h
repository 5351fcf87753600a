/* alertlog.h - the alerts as they were told, in order: DIRECTORY/alerts.ndjson and where each line begins.
 *
 * Derived, never truth. It is synced before every snapshot, so a restart keeps what lies before the snapshot and takes the rest from the replay: none is
 * missing, none is double. How many bytes were synced is noted in DIRECTORY/alerts.synced: when the file has less at the next start, a snapshot would
 * leave a gap, and the whole journal is replayed instead. So the file may be deleted or shortened: the alerts of all records that are still kept come back.
 * One thread appends; any thread reads. An alert's number counts from 0 and is the cursor that readers go on from. */
#ifndef DUANKA_GATEWAY_ALERTLOG_H
#define DUANKA_GATEWAY_ALERTLOG_H
#include "base/buf.h"
#include "gateway/lastknown.h"

enum {
	ALERTLOG_LINE_MAX = 1 << 20
};

struct alertlog;
/* why: one line on failure. */
enum err alertlog_open(struct alertlog **out, const char *path, struct buf *why) MUST_CHECK;
void alertlog_close(struct alertlog *l);
/* Has the file less than was noted as synced? Then the replay has to begin at the beginning (shard_options.whole). */
bool alertlog_lacks(const struct alertlog *l);
struct lastknown *alertlog_last_known(struct alertlog *l); /* fed with every line; the alertlog's */
/* For shard_options.alert: ctx is the alertlog. Passes over what is there already. */
void alertlog_hear(void *ctx, uint64_t position, struct text line);
enum err alertlog_flush(struct alertlog *l) MUST_CHECK; /* lines heard become readable; wakes those who wait */
enum err alertlog_sync(struct alertlog *l) MUST_CHECK;
uint64_t alertlog_count(struct alertlog *l);
/* Line `number` with its line end into b (cleared before). ERR_ABSENT: there is none yet. */
enum err alertlog_read(struct alertlog *l, uint64_t number, struct buf *b, uint64_t *position) MUST_CHECK;
/* The first alert at or behind a position. */
uint64_t alertlog_find(struct alertlog *l, uint64_t position);

/* Position in the id that a line begins with. False: it is no line of alerts. */
bool alertlog_position(struct text line, uint64_t *position);

/* Somebody who waits for more than `number` alerts: called once, from the appending thread, without locks. False: there is more already. */
struct alertlog_waiter {
	struct alertlog_waiter *next;
	void (*wake)(struct alertlog_waiter *w);
};
bool alertlog_wait(struct alertlog *l, uint64_t number, struct alertlog_waiter *w,
                   void (*before_sleep)(struct alertlog_waiter *w));
void alertlog_wake(struct alertlog *l); /* all who wait, for whatever reason */

#endif
