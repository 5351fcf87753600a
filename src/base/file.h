/* file.h - whole files in and out, and checked output. Every write that matters to a user goes through here.
 *
 * Every operation that changes a file (open, write, sync, rename, close) can be made to fail by number (file_fail_at),
 * as with mem_fail_at, so that a full disk is tested at every point where it can happen. On ERR_IO errno says why. */
#ifndef DUANKA_BASE_FILE_H
#define DUANKA_BASE_FILE_H
#include "base/buf.h"

/* Appends the file's bytes to b. ERR_CAP if it has more than max_bytes or b cannot hold them, ERR_ABSENT if there is no
 * such file (errno is ENOENT or ENOTDIR), ERR_IO otherwise. After a failure b may hold a part. */
enum err file_read_all(const char *path, size_t max_bytes, struct buf *b) MUST_CHECK;
/* Replaces the file as a whole: a temporary one beside it is written, synced and renamed. On failure the old file is
 * as it was and the temporary one is gone. */
enum err file_write_all(const char *path, struct text t) MUST_CHECK;

/* Writes zeros over the file's bytes, syncs, and removes it: for files with secrets. What lies under the file (copies of a file system or a drive that
 * never writes in place) is out of reach. ERR_ABSENT: there is none. ERR_IO: it is still there, whole or in part. */
enum err file_wipe(const char *path) MUST_CHECK;
/* Wipes what file_write_all(path) of processes that are no more has left beside path; *n files. */
enum err file_wipe_stale(const char *path, uint32_t *n) MUST_CHECK;

enum {
	OUTFILE_BUFFER_BYTES = 256 * 1024
};

/* Buffered output. A failure is sticky: every later call returns it, and errno is set to its cause again. The outfile
 * owns its descriptor (standard output excepted) and its buffer until outfile_close. */
struct outfile {
	int fd;
	enum err err;
	int err_no; /* errno of the failure */
	char *p;
	size_t n;
	uint64_t written_bytes; /* accepted by the system */
};

enum err outfile_open(struct outfile *o, const char *path) MUST_CHECK;   /* truncates; "-" is standard output */
enum err outfile_append(struct outfile *o, const char *path) MUST_CHECK; /* goes on behind what is there */
enum err outfile_write(struct outfile *o, const void *p, size_t n) MUST_CHECK;
enum err outfile_text(struct outfile *o, struct text t) MUST_CHECK;
enum err outfile_flush(struct outfile *o) MUST_CHECK;
/* Flushes, closes, gives back the memory whatever happened; ERR_OK means that all bytes reached the system. A second
 * call, or one after a failed outfile_open, does nothing. */
enum err outfile_close(struct outfile *o) MUST_CHECK;

/* Fault injection, for tests: the nth changing operation from now fails with ENOSPC, once (0 = never). */
void file_fail_at(uint64_t nth);
uint64_t file_count(void); /* such operations since the last file_fail_at */

#endif
