/* file.c - the system's file calls with every result looked at: short writes go on, EINTR is tried again, a refusal is
 * an enum err with errno kept. The counter of injected failures is, as in mem.c, shared by all threads for tests. */
#include "base/file.h"
#include "base/mem.h"
#include "base/file_int.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	READ_BYTES = 64 * 1024,
	PATH_BYTES_MAX = 4096,
	TEMP_TRIES = 100
};

static _Atomic uint64_t file_counter;
static _Atomic uint64_t file_failing;

bool file_refused(void)
{
	uint64_t nth = atomic_fetch_add_explicit(&file_counter, 1, memory_order_relaxed) + 1;
	uint64_t fail = atomic_load_explicit(&file_failing, memory_order_relaxed);
	if (fail == 0 || nth != fail)
		return false;
	errno = ENOSPC;
	return true;
}

void file_fail_at(uint64_t nth)
{
	atomic_store(&file_failing, nth);
	atomic_store(&file_counter, 0);
}

uint64_t file_count(void)
{
	return atomic_load(&file_counter);
}

int file_open_new(const char *path, int flags)
{
	int fd;
	if (file_refused())
		return -1;
	do
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0666);
	while (fd < 0 && errno == EINTR);
	return fd;
}

enum err file_write_fd(int fd, const char *p, size_t n, uint64_t *written_bytes)
{
	while (n) {
		if (file_refused())
			return ERR_IO;
		ssize_t k = write(fd, p, n);
		if (k > 0) {
			p += k;
			n -= (size_t)k;
			*written_bytes += (uint64_t)k;
		} else if (k < 0 && errno == EAGAIN) { /* standard output that somebody made non-blocking */
			struct pollfd wait = { .fd = fd, .events = POLLOUT };
			if (poll(&wait, 1, -1) < 0 && errno != EINTR)
				return ERR_IO;
		} else if (k < 0 && errno != EINTR) {
			return ERR_IO;
		}
	}
	return ERR_OK;
}

enum err file_close_fd(int fd)
{
	bool refused = file_refused();
	int e = close(fd);
	if (refused) {
		errno = ENOSPC;
		return ERR_IO;
	}
	return e == 0 || errno == EINTR ? ERR_OK : ERR_IO; /* Linux has closed it in either case */
}

static enum err read_fd(int fd, size_t max_bytes, struct buf *b)
{
	char *chunk = mem_alloc(READ_BYTES);
	enum err e = chunk ? ERR_OK : ERR_MEMORY;
	size_t left = max_bytes;
	while (e == ERR_OK) {
		ssize_t k = read(fd, chunk, READ_BYTES);
		if (k == 0)
			break;
		if (k < 0) {
			e = errno == EINTR ? ERR_OK : ERR_IO;
			continue;
		}
		if ((size_t)k > left) {
			e = ERR_CAP;
			continue;
		}
		left -= (size_t)k;
		buf_add(b, chunk, (size_t)k);
		e = b->err;
	}
	int why = errno;
	mem_free(chunk);
	errno = why;
	return e;
}

enum err file_read_all(const char *path, size_t max_bytes, struct buf *b)
{
	int fd;
	do
		fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? ERR_ABSENT : ERR_IO;
	enum err e = read_fd(fd, max_bytes, b);
	int why = errno;
	close(fd); /* nothing was written */
	errno = why;
	return e;
}

/* Where the folder of path ends in it, into folder as a path of its own. */
static size_t folder_of(const char *path, char folder[PATH_BYTES_MAX])
{
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) + 1 : 0;
	memcpy(folder, n ? path : ".", n ? n : 1);
	folder[n ? n : 1] = 0;
	return n;
}

/* The rename is only durable when its folder is. */
static enum err sync_folder(const char *path)
{
	char folder[PATH_BYTES_MAX];
	folder_of(path, folder);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return ERR_IO;
	bool ok = !file_refused() && (fsync(fd) == 0 || errno == EINVAL); /* some file systems cannot */
	int why = errno;
	close(fd);
	errno = why;
	return ok ? ERR_OK : ERR_IO;
}

static enum err write_temp(int fd, struct text t)
{
	uint64_t written = 0;
	enum err e = file_write_fd(fd, t.p, t.n, &written);
	if (e == ERR_OK && (file_refused() || (fsync(fd) != 0 && errno != EINVAL)))
		e = ERR_IO;
	int why = errno;
	enum err closed = file_close_fd(fd);
	if (e != ERR_OK)
		errno = why;
	return e != ERR_OK ? e : closed;
}

enum err file_write_all(const char *path, struct text t)
{
	char temp[PATH_BYTES_MAX];
	int fd = -1;
	for (int i = 0; fd < 0 && i < TEMP_TRIES; i++) {
		int n = snprintf(temp, sizeof temp, "%s.%ld.%d.tmp", path, (long)getpid(), i);
		if (n < 0 || (size_t)n >= sizeof temp) {
			errno = ENAMETOOLONG;
			return ERR_IO;
		}
		fd = file_open_new(temp, O_EXCL);
		if (fd < 0 && errno != EEXIST)
			return ERR_IO;
	}
	if (fd < 0)
		return ERR_IO;
	enum err e = write_temp(fd, t);
	if (e == ERR_OK && (file_refused() || rename(temp, path) != 0))
		e = ERR_IO;
	if (e != ERR_OK) {
		int why = errno;
		if (file_wipe(temp) != ERR_OK)
			unlink(temp);
		errno = why;
		return e;
	}
	return sync_folder(path);
}

/* ---- what must not be left behind ---- */

static enum err write_zeros(int fd)
{
	static const char zeros[READ_BYTES];
	uint64_t written = 0;
	struct stat s;
	enum err e = fstat(fd, &s) == 0 ? ERR_OK : ERR_IO;
	while (e == ERR_OK && written < (uint64_t)s.st_size) {
		uint64_t left = (uint64_t)s.st_size - written;
		e = file_write_fd(fd, zeros, left < sizeof zeros ? (size_t)left : sizeof zeros, &written);
	}
	if (e == ERR_OK && (file_refused() || (fsync(fd) != 0 && errno != EINVAL)))
		e = ERR_IO;
	return e;
}

enum err file_wipe(const char *path)
{
	int fd;
	do
		fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? ERR_ABSENT : ERR_IO;
	enum err e = write_zeros(fd);
	int why = errno;
	close(fd); /* what was written has been synced */
	errno = why;
	if (e == ERR_OK && (file_refused() || unlink(path) != 0))
		e = ERR_IO;
	return e;
}

/* The process that a temporary file of `base` (n bytes) belongs to; 0: it is none. */
static long writer_of(const char *name, const char *base, size_t n)
{
	char *end;
	long pid;
	if (strncmp(name, base, n) != 0 || name[n] != '.' || name[n + 1] < '1' || name[n + 1] > '9')
		return 0;
	pid = strtol(name + n + 1, &end, 10);
	if (*end != '.' || end[1] < '0' || end[1] > '9')
		return 0;
	strtol(end + 1, &end, 10);
	return strcmp(end, ".tmp") == 0 ? pid : 0;
}

enum err file_wipe_stale(const char *path, uint32_t *n)
{
	char folder[PATH_BYTES_MAX], temp[PATH_BYTES_MAX + 256];
	*n = 0;
	if (strlen(path) >= PATH_BYTES_MAX) {
		errno = ENAMETOOLONG;
		return ERR_IO;
	}
	size_t at = folder_of(path, folder);
	DIR *d = opendir(folder);
	if (!d)
		return errno == ENOENT || errno == ENOTDIR ? ERR_OK : ERR_IO;
	enum err e = ERR_OK;
	for (const struct dirent *f = readdir(d); f && e == ERR_OK; f = readdir(d)) {
		long pid = writer_of(f->d_name, path + at, strlen(path + at));
		if (pid == 0 || (pid != (long)getpid() && (kill((pid_t)pid, 0) == 0 || errno == EPERM)))
			continue; /* another one's, or still being written */
		snprintf(temp, sizeof temp, "%.*s%s", (int)at, path, f->d_name);
		e = file_wipe(temp);
		*n += e == ERR_OK;
	}
	int why = errno;
	closedir(d);
	errno = why;
	return e;
}
