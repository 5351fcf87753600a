/* alertlog_world.h - a file of alerts and all that was ever told, for test_alertlog.c and test_alertlog_lives.c.
 *
 * A world knows all alerts of all positions by arithmetic. It tells them, takes snapshots (no more than a position here), lets the journal's beginning go (names of
 * segments, since the alerts look no deeper), and ends in some way; after each start the replay tells what a shard would tell. */
#ifndef DUANKA_TESTS_ALERTLOG_WORLD_H
#define DUANKA_TESTS_ALERTLOG_WORLD_H
#include "base/rng.h"
#include "gateway/alertlog.h"
#include "tests/sim/disk_virtual.h"

enum {
	WORLD_POSITIONS = 600
};

struct world {
	struct rng rng;
	struct disk disk;
	struct alertlog *log;
	uint64_t segment_bytes;
	uint64_t position; /* the last that is in the journal */
	uint64_t snapshot; /* of this position; 0: none */
	uint64_t kept_from;
	uint64_t lost_from, lost_to; /* numbers that nobody can tell again */
};

uint32_t world_alerts_at(uint64_t position); /* 0 to 3 */
void world_line(struct buf *b, uint64_t position, uint32_t i);
/* Of the first alert at or behind a position. */
uint64_t world_number_of(uint64_t position);
struct disk_virtual *world_make(struct world *w, uint64_t seed); /* on a disk of its own, started */
enum err world_start(struct world *w);
void world_stop(struct world *w);
/* Every number has its alert, every position is found, and nothing else is there. */
void world_check(struct world *w);
/* A group of events; on failure the service is dead. */
enum err world_go_on(struct world *w, uint64_t n);
enum err world_snapshot(struct world *w);
void world_keep_from(struct world *w, uint64_t position);

struct world_names { /* of the folder of alerts */
	char name[200][64];
	uint32_t n;
};
uint32_t world_list(struct world *w, struct world_names *k);

#endif
