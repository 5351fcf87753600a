/* simulate_place.h - a directory for what is simulated: new and kept, or temporary and removed. Its journal is not synced: nothing of what is made up needs to survive a power failure. */
#ifndef DUANKA_APP_SIMULATE_PLACE_H
#define DUANKA_APP_SIMULATE_PLACE_H
#include "app/serve_load.h"
#include "base/disk.h"
#include "base/hash.h"

struct simulate_place {
	char dir[DATA_PATH_BYTES];
	bool kept, opened;
	struct disk disk;
};

/* keep: a directory that is not there yet, in which the token key is left, too; NULL: a temporary one. False after a message; close it all the same. */
bool simulate_place_open(struct simulate_place *p, const char *keep, const struct hash_key *key);
void simulate_place_close(struct simulate_place *p);

/* "duanka simulate: PATH: WHAT"; false */
bool simulate_say(const char *path, const char *what);

#endif
