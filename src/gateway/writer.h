/* writer.h - the one thread that owns the shard, and the bounded queue before it.
 *
 * HTTP threads decode events and submit asks; the writer takes as many as fit into a group, has them made durable and decided, and
 * tells each ask. While one group is on its way to the disk the next one gathers: that is the group commit, no timer needed. A full
 * queue refuses at once (load is shed and counted), it never grows; each organisation has a lane in it that others
 * can't fill (lanes.h). Between groups the writer writes ticks and starts snapshots in a
 * forked child, so that decisions go on meanwhile; how often, and how many snapshots stay, is looked up each time (live.h). */
#ifndef DUANKA_GATEWAY_WRITER_H
#define DUANKA_GATEWAY_WRITER_H
#include "gateway/alertlog.h"
#include "gateway/lanes.h"
#include "gateway/live.h"
#include "gateway/tender.h"

/* Whatever else needs the shard: an act, a change of a list, a new policy, a look at an entity. */
struct writer_task {
	struct writer_task *next;
	void (*run)(void *ctx, struct shard *s); /* on the writer's thread, between groups: decisions wait for it */
	void *ctx;
	bool done, ran;
};

struct writer_options {
	struct shard *shard; /* the writer's from now on, until writer_stop has returned */
	struct alertlog *log;
	struct live *live;
	int64_t (*now_us)(void);
};

struct writer_counts {
	uint64_t groups, events, accepted, late, refused, repeated, alerts, shed, ticks, snapshots, snapshots_failed;
	uint64_t segments_expired,
		expiries_failed; /* expiries_failed: old segments that could not be removed, tried again */
	uint32_t queued;
	uint64_t next; /* position */
	int64_t newest_us, snapshot_us;
	int64_t behind_since_us;    /* since then events wait and no group was done; 0: none wait */
	struct engine_stats engine; /* as of the last tick */
	unsigned char chain[JOURNAL_CHAIN_BYTES];
	bool dead;
};

struct writer;
enum err writer_start(struct writer **out, const struct writer_options *o) MUST_CHECK;
/* Woken from now on when a segment of the journal is sealed; NULL: nobody, and the one before may go. Any thread. */
void writer_tender(struct writer *w, struct tender *t);
/* How many lanes the queue is divided among: 1 when it starts. Any thread. */
void writer_lanes(struct writer *w, uint32_t lanes);
/* False: the queue, or this lane's part of it, is full, or the writer has stopped; the ask is still the caller's. */
bool writer_submit(struct writer *w, struct ask *a);
/* Has run called on the writer's thread and waits for it; alerts that came of it are readable then. False: the writer has stopped or
 * died, and run was not called. Any thread but the writer's and HTTP's own. */
bool writer_do(struct writer *w, void (*run)(void *ctx, struct shard *s), void *ctx) MUST_CHECK;
/* Has a snapshot written of the state as it then is, and waits until it is on the disk; decisions go on meanwhile. ERR_CAP: somebody else
 * waits for one; ERR_IO: it could not be written, older ones are kept; ERR_STOPPED: the writer stops or died. Any thread but the writer's
 * and HTTP's own. */
struct writer_snapshot {
	uint64_t position, bytes;
	int64_t duration_us;
};
enum err writer_snapshot(struct writer *w, struct writer_snapshot *out) MUST_CHECK;
/* While somebody holds them, no segments of the journal are let go of: a policy's windows are being filled from them. Any thread. */
void writer_hold_segments(struct writer *w);
void writer_unhold_segments(struct writer *w);
/* On the writer's thread, from a task: takes a snapshot as soon as may be, so that a restart need not fill a new policy's windows again. */
void writer_snapshot_soon(struct writer *w);
void writer_counts(struct writer *w, struct writer_counts *out);
/* Events wait, and for longer than stall_us none was done. */
bool writer_stalled(const struct writer_counts *c, int64_t now_us, int64_t stall_us);
/* Drains the queue, takes a last snapshot, joins the thread. False if the shard had died. */
bool writer_stop(struct writer *w);
void writer_free(struct writer *w);

#endif
