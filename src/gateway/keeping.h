/* keeping.h - what has to be done about dictionary and quarantine from time to time: two duties for one thread that may wait. */
#ifndef DUANKA_GATEWAY_KEEPING_H
#define DUANKA_GATEWAY_KEEPING_H
#include "gateway/live.h"
#include "gateway/names.h"
#include "gateway/writer.h"
#include "store/held.h"

#define KEEPING_FOLD_EVERY_US ((int64_t)5000000)
#define KEEPING_TEND_EVERY_US ((int64_t)60000000)

struct keeping { /* all borrowed */
	struct names *names;
	struct dictionary *dictionary;
	struct held_box *held;
	struct writer *writer;
	int64_t (*now_us)(void);
	struct live
		*live; /* how long entries and records stay: looked up each time; an entry goes up to grain_days later */
	int32_t grain_days; /* as for names_new */
	/* its own */
	int32_t turned_day;
	_Atomic uint64_t entries_expired, records_expired, failures;
};

/* How exactly names (names.h) note when somebody was seen last: to a thirty-second of what is kept, 34 days for three years. */
int32_t keeping_grain(int64_t dictionary_keep_us);

/* ctx is a struct keeping. keeping_fold: what was journaled goes into the dictionary. keeping_tend: old entries and old records go, rows move to the newest
 * data key, and once a day the names keys are destroyed. Both stop early once *stop; a failure is counted, and the next call goes on. */
void keeping_fold(void *ctx, const volatile bool *stop);
void keeping_tend(void *ctx, const volatile bool *stop);

#endif
