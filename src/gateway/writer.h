/* writer.h - the one thread that owns the shard, and the bounded queue before it.
 *
 * HTTP threads decode events and submit asks; the writer takes as many as fit into a group, has them made durable and decided, and
 * tells each ask. While one group is on its way to the disk the next one gathers: that is the group commit, no timer needed. A full
 * queue refuses at once (load is shed and counted), it never grows; each organisation has a lane in it that others can't fill (lanes.h). Between groups the writer writes ticks and starts snapshots in a
 * forked child, so that decisions go on meanwhile. */
#ifndef DUANKA_GATEWAY_WRITER_H
#define DUANKA_GATEWAY_WRITER_H
#include "gateway/alertlog.h"
#include "gateway/lanes.h"

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
	uint32_t queue_events_max;
	int64_t tick_us, snapshot_every_us; /* 0: none */
	int64_t (*now_us)(void);
};

struct writer_counts {
	uint64_t groups, events, accepted, late, refused, repeated, alerts, shed, ticks, snapshots, snapshots_failed;
	uint32_t queued;
	uint64_t next; /* position */
	int64_t newest_us, snapshot_us, last_group_us;
	struct engine_stats engine; /* as of the last tick */
	unsigned char chain[JOURNAL_CHAIN_BYTES];
	bool dead;
};

struct writer;
enum err writer_start(struct writer **out, const struct writer_options *o) MUST_CHECK;
/* How many lanes the queue is divided among: 1 when it starts. Any thread. */
void writer_lanes(struct writer *w, uint32_t lanes);
/* False: the queue, or this lane's part of it, is full, or the writer has stopped; the ask is still the caller's. */
bool writer_submit(struct writer *w, struct ask *a);
/* Has run called on the writer's thread and waits for it; alerts that came of it are readable then. False: the writer has stopped or
 * died, and run was not called. Any thread but the writer's and HTTP's own. */
bool writer_do(struct writer *w, void (*run)(void *ctx, struct shard *s), void *ctx) MUST_CHECK;
void writer_counts(struct writer *w, struct writer_counts *out);
/* Drains the queue, takes a last snapshot, joins the thread. False if the shard had died. */
bool writer_stop(struct writer *w);
void writer_free(struct writer *w);

#endif
