/* motions.h - changes of the policy that somebody has moved and somebody else has to approve.
 * DIRECTORY/motions.sqlite.
 *
 * The journal has the acts: that it was moved, refused, or put in force, with who and why. Here lie the texts that
 * it is about, and who said what, durable before it is answered. A motion counts from when its act is journaled
 * (motions_noted); one whose act never came is gone at the next start.
 * Who decides about one claims it first, so that of two who decide at once one comes too late before anything was
 * done. Bounded: so many wait that are about the policy in force, so many of one proposer, so many are kept; the
 * oldest of those that are settled or stale go first. Any thread may call. */
#ifndef DUANKA_STORE_MOTIONS_H
#define DUANKA_STORE_MOTIONS_H
#include "base/buf.h"

enum {
	MOTIONS_WAITING_MAX = 20,
	MOTIONS_OWN_MAX = 5, /* of those that wait: one proposer's */
	MOTIONS_KEPT_MAX = 100,
	MOTION_BYTES_MAX = 8 << 20 /* of its texts */
};

enum motion_state {
	MOTION_WAITING,
	MOTION_APPROVED, /* its job was begun; what came of that the journal knows */
	MOTION_REFUSED,
	MOTION_CLAIMED /* somebody is deciding about it */
};

struct motion {
	uint64_t id;
	enum motion_state state;
	int64_t made_us, settled_us;
	uint64_t made_user, settled_user; /* at the desk; 0: none */
	struct text made_by, settled_by;  /* as acts name them */
	struct text act, members, why,
		settled_why; /* act: of the change; members: the act's own, as JSON, each with a comma before */
	struct text digest;
	uint64_t base;     /* position of the policy that it was made against */
	uint64_t position; /* of its act */
	uint64_t job;      /* that puts it in force */
	struct text texts; /* payload of the policy; not in lists */
};

struct motions;
enum err motions_open(struct motions **out, const char *path, struct buf *why) MUST_CHECK;
void motions_close(struct motions *m); /* NULL is fine */
/* made_*, act, members, why, digest, base, texts of m. Those that wait count if they have the same base: others are
 * stale. ERR_CAP: too many wait, or texts are too large. ERR_RANGE: too many of its proposer (made_user, or made_by
 * of none) wait. */
enum err motions_add(struct motions *ms, const struct motion *m, uint64_t *id) MUST_CHECK;
enum err motions_noted(struct motions *ms, uint64_t id, uint64_t position) MUST_CHECK;
enum err motions_drop(struct motions *ms, uint64_t id) MUST_CHECK; /* its act never came */
/* If the motion is still as `was` says (id, state, job), nobody else can claim it. ERR_ABSENT: it is not. A claim
 * ends by motions_settle, by motions_unclaim, or at the next start, as motions_unclaim does. */
enum err motions_claim(struct motions *ms, const struct motion *was) MUST_CHECK;
enum err motions_unclaim(struct motions *ms, uint64_t id) MUST_CHECK; /* it is again as it was */
/* settled_*, state and job of m, of a motion that was claimed. ERR_ABSENT: it was not. */
enum err motions_settle(struct motions *ms, uint64_t id, const struct motion *m) MUST_CHECK;
/* The newest first; texts point into memory that is good until visit returns, which calls nothing here. */
enum err motions_list(struct motions *ms, void (*visit)(void *ctx, const struct motion *m), void *ctx) MUST_CHECK;
enum err motions_one(struct motions *ms, uint64_t id, void (*visit)(void *ctx, const struct motion *m),
                     void *ctx) MUST_CHECK; /* ERR_ABSENT */

#endif
