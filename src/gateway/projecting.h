/* projecting.h - records and alerts read side by side and brought into the registry in batches, each with the place it goes up to: what the projector's
 * thread and `duanka registry rebuild` both do.
 *
 * A batch ends at `end`, or when it is large or took long; so somebody who waits for one command is answered at once, and a burst is committed thousands at a
 * time. Records that change nothing, most events, need no transaction: the place is moved on only now and then for their sake.
 * After an error nothing of the batch is in the registry; close, and open anew. */
#ifndef DUANKA_GATEWAY_PROJECTING_H
#define DUANKA_GATEWAY_PROJECTING_H
#include "gateway/projection.h"
#include "journal/journal.h"
#include "store/registry.h"

enum {
	PROJECTING_BATCH_MAX = 8192,  /* records in one batch */
	PROJECTING_BATCH_MS = 100,    /* a batch that took longer is closed */
	PROJECTING_PLACE_MAX = 65536, /* records that may be read again after a crash */
	PROJECTING_KEPT = 16384       /* outcomes kept for those who ask soon */
};

struct alert_source { /* alerts in the order in which they were told */
	/* Passes over those before `position`. */
	enum err (*begin)(void *ctx, uint64_t position);
	/* The next line into line (cleared). ERR_ABSENT: there is none yet. */
	enum err (*next)(void *ctx, struct buf *line, uint64_t *position);
	void *ctx;
};

struct projecting_options {
	struct disk *journal;
	struct registry *registry;
	struct alert_source alerts;
	void (*rest)(
		void *ctx); /* called every few milliseconds of a batch, to give way to others. NULL: nobody else is there */
	void *rest_ctx;
};

struct projecting_outcome {
	uint64_t position;
	struct desk_outcome outcome;
};

struct projecting; /* one thread's */
/* begins: where it goes on. Not at the record behind the registry's place: what lay between is no longer in the journal. ERR_FORMAT: the registry has seen a longer journal than
 * this one. */
enum err projecting_open(struct projecting **out, const struct projecting_options *o, uint64_t *begins) MUST_CHECK;
void projecting_close(struct projecting *p); /* NULL is fine; what was not committed is rolled back */
/* One batch of what lies before `end`. *more: there is more. */
enum err projecting_batch(struct projecting *p, uint64_t end, bool *more) MUST_CHECK;
/* Commits the place as well, whatever came before it. */
enum err projecting_settle(struct projecting *p) MUST_CHECK;
uint64_t projecting_next(
	const struct projecting
		*p); /* position of the record that comes next: all before it is in the registry, or changes nothing in it */
/* What came of the commands of the last batch, in order. */
const struct projecting_outcome *projecting_outcomes(const struct projecting *p, uint32_t *n);
/* What a registry's note says: the act with the institutions in force at its place (appended; nothing: none yet), and the last label. */
enum err projecting_institutions(struct registry *r, struct buf *act) MUST_CHECK;
enum err projecting_labels(struct registry *r, uint64_t *message) MUST_CHECK;
const struct projection *projecting_state(const struct projecting *p);

#endif
