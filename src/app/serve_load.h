/* serve_load.h - what the commands about a data directory share: its parts, its lock, and a policy directory as a journal's record. */
#ifndef DUANKA_APP_SERVE_LOAD_H
#define DUANKA_APP_SERVE_LOAD_H
#include "app/load.h"
#include "base/disk.h"
#include "gateway/tenants.h"

enum {
	DATA_PATH_BYTES = 4096
};

/* A POLICY record's payload from a directory and its lists. False after messages. */
bool serve_policy(const char *dir, const char *lists_dir, const struct hash_key *key, int64_t lateness_us,
                  struct buf *out);
/* The key that made the tokens of a data directory: path, or DIRECTORY/token.key (made if make). */
bool serve_key(const char *data, const char *path, bool make, struct hash_key *out);
/* The API keys of a data directory: none yet is an error unless anonymous. why: one line. Released by keys_release. */
enum err serve_api_keys(const char *data, bool anonymous, struct keys *out, struct buf *why) MUST_CHECK;
/* The directory as a disk; made if make, with the folders above it. False after a message. */
bool serve_disk(const char *data, bool make, struct disk *out);
/* One process at a time may write there; the lock goes with the process. */
bool serve_lock(const char *data);
int64_t serve_now_us(void);

#endif
