/* tender.h - the slow upkeep of a service: one thread that does its duties one after the other, so that neither the writer nor an asker ever
 * waits for them. The list of duties is the caller's; indexing sealed segments is one of them (tender_indexing).
 *
 * A duty that takes long looks at *stop and returns ERR_STOPPED soon after it became true. A duty that fails is tried again when it is due
 * again; the first failure in a row is told. */
#ifndef DUANKA_GATEWAY_TENDER_H
#define DUANKA_GATEWAY_TENDER_H
#include <stdatomic.h>
#include "base/buf.h"
#include "base/disk.h"

enum {
	TENDER_DUTIES_MAX = 16
};

struct tender_duty {
	const char *name; /* for messages; lives as long as the tender */
	/* why: cleared before; what is wrong, in one line. */
	enum err (*run)(void *ctx, const atomic_bool *stop, struct buf *why);
	void *ctx;
	int64_t every_us; /* at the start, and so long after it was done; 0: at the start, and after each tender_wake */
};

struct tender_counts { /* of one duty */
	uint64_t runs, failures;
	enum err last;
};

struct tender;
/* n <= TENDER_DUTIES_MAX; the list is copied. tell (may be NULL) is called from the thread with one line when a duty begins to fail. */
enum err tender_start(struct tender **out, const struct tender_duty *duty, uint32_t n,
                      void (*tell)(const char *name, enum err e, const char *why)) MUST_CHECK;
/* Duties without a time of their own are due, once more if one is at work. From any thread; never waits for a duty. */
void tender_wake(struct tender *t);
void tender_counts(struct tender *t, uint32_t duty, struct tender_counts *out);
/* What is at work is stopped; then the thread is gone and t freed. NULL is fine. */
void tender_stop(struct tender *t);

/* Indexes the journal's sealed segments that lack one (contacts_index_all). The disk must outlive the tender; it is used beside the writer. */
struct tender_duty tender_indexing(struct disk *journal);

#endif
