/* keeping.h - what has to be done about dictionary, quarantine and sealed texts from time to time: two duties of the upkeep (tender.h). Both stop early and go on the next time. */
#ifndef DUANKA_GATEWAY_KEEPING_H
#define DUANKA_GATEWAY_KEEPING_H
#include "gateway/live.h"
#include "gateway/names.h"
#include "gateway/tender.h"
#include "gateway/writer.h"
#include "store/held.h"
#include "store/texts.h"

struct keeping { /* all borrowed */
	struct names *names;
	struct dictionary *dictionary;
	struct held_box *held;
	struct texts *texts; /* NULL: there are none */
	struct writer *writer;
	int64_t (*now_us)(void);
	struct live
		*live; /* how long entries and records stay: looked up each time; an entry goes up to grain_days later */
	int32_t grain_days; /* as for names_new */
	/* its own */
	int32_t turned_day;
	_Atomic uint64_t entries_expired, records_expired, texts_renewed, failures;
};

/* How exactly names (names.h) note when somebody was seen last: to a thirty-second of what is kept, 34 days for three years. */
int32_t keeping_grain(int64_t dictionary_keep_us);

/* What was journaled goes into the dictionary. */
struct tender_duty keeping_folding(struct keeping *k);
/* Old entries and old records go, rows move to the newest data key, and once a day the names keys are destroyed. Texts are sealed anew before the
 * key they lie under may go: they stay as long as somebody refers to them. */
struct tender_duty keeping_tending(struct keeping *k);

#endif
