/* histories.h - the life of a shard on a simulated disk, and what an auditor keeps of it; shared by test_histories.c (life),
 * histories_change.c (policies and lists change) and histories_audit.c (the reckoning). */
#ifndef DUANKA_TESTS_SIM_HISTORIES_H
#define DUANKA_TESTS_SIM_HISTORIES_H
#include "base/rng.h"
#include "event/event_build.h"
#include "shard/fill.h"
#include "shard/shard.h"
#include "tests/sim/disk_virtual.h"

enum {
	EVENTS = 400,
	GROUP = 24,
	ALERTS_MAX = 1 << 14,
	BYTES_PER_EVENT = EVENT_BUILD_BYTES + 64,
	POLICIES = 3,
	LISTS = 3,
	LISTED = 9 /* different values that come onto a list */
};

struct made { /* one event of a history, and what came of it */
	struct event event;
	char bytes[BYTES_PER_EVENT];
	unsigned char key[RECORD_KEY_BYTES];
	bool acknowledged;
	struct shard_answer answer;
	char *alerts;
};

struct listed { /* a value of a list, as acknowledged */
	struct ident ident;
	char plain[EVENT_IDENT_MAX];
	int64_t fingerprint, until_us; /* 0: not on it */
	int64_t asked_us;              /* of a change that was not answered: it may have come or not */
	bool open;
};

struct history {
	uint64_t seed;
	struct rng rng;
	struct disk_virtual *v;
	struct disk disk;
	struct shard *shard;
	struct shard_options o;
	struct buf policy[POLICIES];
	struct schema *schema;
	struct made *made;
	char **line; /* alerts told, as they came */
	uint32_t n_lines;
	struct shard_draft draft; /* of a change on its way */
	bool drafting;
	struct fill *fill; /* once it is drafted */
	struct listed listed[LISTS][LISTED];
	uint64_t crashes, refusals, repeats, changes, background, aborts, entries;
};

extern const struct hash_key history_key;
extern const char *const history_policies[POLICIES];
extern const char *const history_lists[LISTS];

enum err history_no_zone(void *ctx, struct arena *a, struct text name, struct text *out);
void history_hear(void *ctx, uint64_t position, struct text line);
void history_fails(const struct history *h, const char *what);
void history_crash(struct history *h);

/* histories_change.c */
void history_lists_make(struct history *h);
/* Something of a change: a piece of a draft, some records on, an adoption, an abort; or a whole one at once. */
void history_change(struct history *h);
void history_change_lists(struct history *h);
void history_abort(struct history *h);
/* After a restart: what was open is decided now. */
void history_lists_settle(struct history *h);

/* histories_audit.c */
void history_audit(struct history *h);

#endif
