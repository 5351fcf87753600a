/* disk.c - a directory of the system as a disk. Names are resolved below one directory descriptor, never outside it. */
#include "base/disk.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include "base/file_int.h"
#include "base/mem.h"

struct real {
	int dir;
};

static int dir_of(void *ctx)
{
	return ((struct real *)ctx)->dir;
}

static enum err failed(void)
{
	return errno == ENOENT ? ERR_ABSENT : ERR_IO;
}

static enum err real_open(void *ctx, const char *name, enum disk_mode mode, int *fd)
{
	int flags = mode == DISK_READ ? O_RDONLY : mode == DISK_NEW ? O_RDWR | O_CREAT | O_EXCL : O_RDWR | O_CREAT;

	if (mode != DISK_READ && file_refused())
		return ERR_IO;
	*fd = openat(dir_of(ctx), name, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
	return *fd < 0 ? failed() : ERR_OK;
}

static enum err real_read_at(void *ctx, int fd, uint64_t at, void *p, size_t n, size_t *got)
{
	(void)ctx;
	*got = 0;
	while (*got < n) {
		ssize_t k = pread(fd, (char *)p + *got, n - *got, (off_t)(at + *got));

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return ERR_IO;
		if (k == 0)
			break;
		*got += (size_t)k;
	}
	return ERR_OK;
}

static enum err real_write_at(void *ctx, int fd, uint64_t at, const void *p, size_t n)
{
	size_t done = 0;

	(void)ctx;
	while (done < n) {
		ssize_t k;

		if (file_refused())
			return ERR_IO;
		k = pwrite(fd, (const char *)p + done, n - done, (off_t)(at + done));
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return ERR_IO;
		done += (size_t)k;
	}
	return ERR_OK;
}

static enum err real_sync(void *ctx, int fd)
{
	(void)ctx;
	return file_refused() || fdatasync(fd) != 0 ? ERR_IO : ERR_OK;
}

static enum err real_size(void *ctx, int fd, uint64_t *bytes)
{
	struct stat st;

	(void)ctx;
	if (fstat(fd, &st) != 0)
		return ERR_IO;
	*bytes = (uint64_t)st.st_size;
	return ERR_OK;
}

static enum err real_truncate(void *ctx, int fd, uint64_t bytes)
{
	(void)ctx;
	return file_refused() || ftruncate(fd, (off_t)bytes) != 0 ? ERR_IO : ERR_OK;
}

static void real_close(void *ctx, int fd)
{
	(void)ctx;
	close(fd); /* what matters was synced */
}

static enum err real_rename(void *ctx, const char *from, const char *to)
{
	return file_refused() || renameat(dir_of(ctx), from, dir_of(ctx), to) != 0 ? failed() : ERR_OK;
}

static enum err real_remove(void *ctx, const char *name)
{
	return file_refused() || unlinkat(dir_of(ctx), name, 0) != 0 ? failed() : ERR_OK;
}

static enum err real_make_folder(void *ctx, const char *name)
{
	if (file_refused())
		return ERR_IO;
	return mkdirat(dir_of(ctx), name, 0700) == 0 || errno == EEXIST ? ERR_OK : ERR_IO;
}

static enum err real_sync_folder(void *ctx, const char *name)
{
	int fd = openat(dir_of(ctx), name[0] == 0 ? "." : name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return failed();
	ok = !file_refused() && (fsync(fd) == 0 || errno == EINVAL);
	close(fd);
	return ok ? ERR_OK : ERR_IO;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum err read_names(DIR *d, char ***out, size_t *n)
{
	size_t cap = 0;
	const struct dirent *e;

	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (*n == cap) {
			char **more = mem_resize(*out, (cap = cap == 0 ? 64 : 2 * cap) * sizeof(*more));

			if (more == NULL)
				return ERR_MEMORY;
			*out = more;
		}
		(*out)[*n] = mem_copy_text(e->d_name, strlen(e->d_name));
		if ((*out)[*n] == NULL)
			return ERR_MEMORY;
		(*n)++;
	}
	return ERR_OK;
}

static enum err real_list(void *ctx, const char *folder, void (*visit)(void *ctx, const char *name), void *visit_ctx)
{
	int fd = openat(dir_of(ctx), folder[0] == 0 ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	char **name = NULL;
	size_t n = 0;
	enum err e;

	if (d == NULL) {
		e = failed();
		if (fd >= 0)
			close(fd);
		return e;
	}
	e = read_names(d, &name, &n);
	closedir(d);
	if (e == ERR_OK && n > 0)
		qsort(name, n, sizeof(*name), by_name);
	for (size_t i = 0; i < n; i++) {
		if (e == ERR_OK)
			visit(visit_ctx, name[i]);
		mem_free(name[i]);
	}
	mem_free(name);
	return e;
}

static enum err real_free_bytes(void *ctx, uint64_t *bytes)
{
	struct statvfs v;

	if (fstatvfs(dir_of(ctx), &v) != 0)
		return ERR_IO;
	*bytes = (uint64_t)v.f_bavail * v.f_frsize;
	return ERR_OK;
}

static void real_will_read(void *ctx, int fd, uint64_t at, uint64_t n)
{
	(void)ctx;
	(void)posix_fadvise(fd, (off_t)at, (off_t)n, POSIX_FADV_WILLNEED);
}

enum err disk_real_open(struct disk *out, const char *directory)
{
	struct real *r = mem_alloc(sizeof(*r));

	if (r == NULL)
		return ERR_MEMORY;
	r->dir = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->dir < 0) {
		enum err e = failed();

		mem_free(r);
		return e;
	}
	*out = (struct disk){ .ctx = r,
		                  .open = real_open,
		                  .read_at = real_read_at,
		                  .write_at = real_write_at,
		                  .sync = real_sync,
		                  .size = real_size,
		                  .truncate = real_truncate,
		                  .close = real_close,
		                  .rename = real_rename,
		                  .remove = real_remove,
		                  .make_folder = real_make_folder,
		                  .sync_folder = real_sync_folder,
		                  .list = real_list,
		                  .free_bytes = real_free_bytes,
		                  .will_read = real_will_read };
	return ERR_OK;
}

void disk_real_close(struct disk *d)
{
	struct real *r = d->ctx;

	if (r == NULL)
		return;
	close(r->dir);
	mem_free(r);
	d->ctx = NULL;
}
