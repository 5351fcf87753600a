/* replay_int.h - records read back into an engine: for recovery, for the history of a new policy, for `duanka replay`. */
#ifndef DUANKA_SHARD_REPLAY_INT_H
#define DUANKA_SHARD_REPLAY_INT_H
#include "shard/shard_int.h"

struct replay_group { /* events that the engine has just decided */
	uint32_t n;
	struct event event[ENGINE_BATCH_MAX];
	enum err outcome[ENGINE_BATCH_MAX];
	bool keyed[ENGINE_BATCH_MAX];
	unsigned char key[ENGINE_BATCH_MAX][RECORD_KEY_BYTES];
};

struct replay {
	struct disk *disk;
	const struct generation_options *options;
	struct generation **g; /* NULL inside: the first POLICY record makes it */
	uint64_t from, end;    /* from 0: the oldest record that is kept */
	bool follow_policies;  /* false: *g stays as it is, whatever policies and lists the journal has */
	enum err (*on_group)(void *ctx, const struct replay_group *group); /* may be NULL */
	/* Each record but events, before it is taken. May be NULL. */
	enum err (*on_record)(void *ctx, const struct record *record);
	void *ctx;
	uint64_t records, events, next; /* out; next: position of the record that is read next */
	struct journal_reader *reader;  /* between replay_open and replay_close */
	struct group *group;
};
/* [from, end) at once. */
enum err replay_run(struct replay *r, struct buf *why) MUST_CHECK;
/* The same piece by piece: replay_on goes on to `end`. replay_close is fine after a failed replay_open, and without one. */
enum err replay_open(struct replay *r, struct buf *why) MUST_CHECK;
enum err replay_on(struct replay *r, uint64_t end, struct buf *why) MUST_CHECK;
void replay_close(struct replay *r);
/* The whole journal before `end` into a new generation, silently. */
enum err replay_fill(struct disk *d, const struct generation_options *o, struct generation *g, uint64_t end,
                     struct buf *why) MUST_CHECK;

#endif
