/* serve_store.h - what lies beside the journal of a data directory: the master key, the dictionary, the sealed quarantine. */
#ifndef DUANKA_APP_SERVE_STORE_H
#define DUANKA_APP_SERVE_STORE_H
#include "gateway/names.h"
#include "store/held.h"
#include "store/motions.h"

struct serve_store {
	struct dictionary *dictionary;
	struct names *names;
	struct held_box *held;
};

/* Opens all of it; disk is the data directory's. master NULL: DATA/master.key. grain_days as for names_new. make: dictionary and key are made if neither is there. A plain quarantine.ndjson of
 * an older service is taken into the box and removed. False after a message; serve_store_close in any case. */
bool serve_store_open(struct serve_store *s, const char *data, const char *master, struct disk *disk,
                      int32_t grain_days, bool make);
/* Once the journal is open: next is the position that its next record gets. False after a message. */
bool serve_store_begin(struct serve_store *s, const char *data, uint64_t next);
/* DATA/motions.sqlite. False after a message. */
bool serve_motions_open(struct motions **out, const char *data);
void serve_store_close(struct serve_store *s);
/* The path's key, 32 bytes, made if it is not there and make. False after a message. */
bool serve_master(const char *path, bool make, unsigned char out[DICTIONARY_MASTER_BYTES]);

#endif
