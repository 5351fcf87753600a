/* keys_file.h - DIRECTORY/api-keys.ndjson as it is changed: read, changed, replaced as a whole.
 *
 * So that two at a time do not lose one of their changes, whoever changes it holds the lock of DIRECTORY/api-keys.lock from before reading until after writing: other threads, and `duanka keys` beside a
 * service. The lock is a file of its own, since the keys file is another one after each change. What a service goes by changes with its next reload. */
#ifndef DUANKA_GATEWAY_KEYS_FILE_H
#define DUANKA_GATEWAY_KEYS_FILE_H
#include "gateway/tenants.h"

enum {
	KEYS_FILE_MAX = 8 << 20,
	KEYS_PATH_BYTES = 4096
};

struct keys_file {
	char path[KEYS_PATH_BYTES];
	int lock; /* -1: none */
	struct keys keys;
};

/* change: waits for the lock. No file is one without keys. On an error why has one line, and there is nothing to close. */
enum err keys_file_open(struct keys_file *f, const char *data, bool change, struct buf *why) MUST_CHECK;
/* Only with the lock. New files are for the owner only, by the process's umask. why as above; then the old file is as it was, but for a folder
 * that could not be synced: the new one stands, and may not outlive a power cut. */
enum err keys_file_store(struct keys_file *f, struct buf *why) MUST_CHECK;
void keys_file_close(struct keys_file *f);

#endif
