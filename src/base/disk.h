/* disk.h - the file operations that durability rests on, behind one table, so that the whole of journal, snapshots and recovery runs
 * on a real directory or on a simulated disk that tears writes, fills up, forgets what was not synced and flips bits.
 *
 * Names are relative to one directory ("journal/000.seg"); folders in them exist already or are made by make_folder. Every call
 * either does all of its work or returns an error; ERR_IO leaves errno, ERR_ABSENT means no such file. A write is durable only after
 * sync of that file; a new, renamed or removed name only after sync_folder. After a failed sync nothing may be assumed about what
 * was written since the last good one: never sync again as if it could make up for it. */
#ifndef DUANKA_BASE_DISK_H
#define DUANKA_BASE_DISK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/check.h"
#include "base/err.h"

enum disk_mode {
	DISK_READ,  /* ERR_ABSENT if it is not there */
	DISK_WRITE, /* read and write, made if it is not there */
	DISK_NEW    /* made; ERR_IO with EEXIST if it is there */
};

enum {
	DISK_NAME_MAX = 255
};

struct disk {
	void *ctx;
	enum err (*open)(void *ctx, const char *name, enum disk_mode mode, int *fd);
	/* Reads up to n bytes; *got < n only at the end of the file. */
	enum err (*read_at)(void *ctx, int fd, uint64_t at, void *p, size_t n, size_t *got);
	enum err (*write_at)(void *ctx, int fd, uint64_t at, const void *p, size_t n);
	enum err (*sync)(void *ctx, int fd); /* data and size */
	enum err (*size)(void *ctx, int fd, uint64_t *bytes);
	enum err (*truncate)(void *ctx, int fd, uint64_t bytes);
	void (*close)(void *ctx, int fd);
	enum err (*rename)(void *ctx, const char *from, const char *to); /* replaces to */
	enum err (*remove)(void *ctx, const char *name);
	enum err (*make_folder)(void *ctx, const char *name); /* ERR_OK if it is there already */
	enum err (*sync_folder)(void *ctx, const char *name); /* "" is the directory itself */
	/* Visits the names in a folder in byte order, without . and .. ; ERR_ABSENT if there is no such folder. */
	enum err (*list)(void *ctx, const char *folder, void (*visit)(void *ctx, const char *name), void *visit_ctx);
	enum err (*free_bytes)(void *ctx, uint64_t *bytes); /* left for us on this file system */
	/* A hint: these bytes will be asked for soon. Returns at once, and many are brought at the same time. NULL: it makes no difference here. */
	void (*will_read)(void *ctx, int fd, uint64_t at, uint64_t n);
};

/* A directory of the system. It must exist. The disk owns the directory's descriptor until disk_real_close. Changing operations
 * can be made to fail by number like all others (file_fail_at, file.h). */
enum err disk_real_open(struct disk *out, const char *directory) MUST_CHECK;
void disk_real_close(struct disk *d);

#endif
