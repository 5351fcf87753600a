/* source_read.c - bytes from a file, a pipe or a compressed file. gzip and zstd are told by their first bytes, whatever the
 * name; several members in one file follow each other as the tools of those formats do it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/mem.h"
#include "event/source_int.h"

static void *gz_alloc(void *unused, unsigned n, unsigned size)
{
	(void)unused;
	return mem_alloc_array(n, size);
}

static void gz_free(void *unused, void *p)
{
	(void)unused;
	mem_free(p);
}

enum err reader_open(struct reader *r, const char *path, int wake_fd, sem_t *permits)
{
	*r = (struct reader){ .fd = -1, .wake_fd = wake_fd, .permits = permits };
	r->fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (r->fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? ERR_ABSENT : ERR_IO;
	struct stat st;
	if (fstat(r->fd, &st) != 0)
		return ERR_IO;
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return ERR_IO;
	}
	r->regular = S_ISREG(st.st_mode);
	r->size_bytes = r->regular && st.st_size > 0 ? (uint64_t)st.st_size : 0;
	r->in = mem_alloc(SOURCE_IN_BYTES);
	return r->in ? ERR_OK : ERR_MEMORY;
}

void reader_close(struct reader *r)
{
	if (r->kind == READER_GZIP)
		inflateEnd(&r->gz);
	ZSTD_freeDCtx(r->zst);
	if (r->fd > STDIN_FILENO)
		close(r->fd);
	r->fd = -1;
	r->zst = NULL;
	r->kind = READER_UNKNOWN;
	mem_free(r->in);
	r->in = NULL;
}

static void wait_permit(sem_t *permits)
{
	while (sem_wait(permits) != 0) {
	}
}

static enum err read_some(struct reader *r, void *out, size_t cap, size_t *n)
{
	enum err e = ERR_OK;
	ssize_t k = -1;
	sem_post(r->permits);
	for (;;) {
		struct pollfd p[2] = { { .fd = r->wake_fd, .events = POLLIN }, { .fd = r->fd, .events = POLLIN } };
		if (poll(p, 2, -1) < 0 && errno == EINTR)
			continue;
		if (p[0].revents) {
			e = ERR_STOPPED;
			break;
		}
		k = read(r->fd, out, cap);
		if (k >= 0)
			break;
		if (errno != EINTR && errno != EAGAIN) {
			e = ERR_IO;
			break;
		}
	}
	int cause = errno;
	wait_permit(r->permits);
	errno = cause;
	if (e != ERR_OK)
		return e;
	r->in_end = k == 0;
	*n = (size_t)k;
	atomic_fetch_add(&r->done_bytes, (unsigned long long)k);
	return ERR_OK;
}

static enum err refill(struct reader *r)
{
	if (r->in_at) {
		memmove(r->in, r->in + r->in_at, r->in_n - r->in_at);
		r->in_n -= r->in_at;
		r->in_at = 0;
	}
	size_t n = 0;
	enum err e = read_some(r, r->in + r->in_n, SOURCE_IN_BYTES - r->in_n, &n);
	r->in_n += n;
	return e;
}

static enum err recognise(struct reader *r)
{
	static const unsigned char gz[] = { 0x1f, 0x8b, 0x08 }, zst[] = { 0x28, 0xb5, 0x2f, 0xfd };
	while (r->in_n < sizeof zst && !r->in_end) {
		/* A pipe may bring one byte at a time: wait only as long as what is there could be a magic number. */
		if (r->in_n && memcmp(r->in, gz, r->in_n < 3 ? r->in_n : 3) != 0 && memcmp(r->in, zst, r->in_n) != 0)
			break;
		if (r->in_n >= sizeof gz && memcmp(r->in, gz, sizeof gz) == 0)
			break;
		enum err e = refill(r);
		if (e != ERR_OK)
			return e;
	}
	if (r->in_n >= sizeof gz && memcmp(r->in, gz, sizeof gz) == 0) {
		r->gz = (z_stream){ .zalloc = gz_alloc, .zfree = gz_free };
		if (inflateInit2(&r->gz, 15 + 16) != Z_OK)
			return ERR_MEMORY;
		r->kind = READER_GZIP;
	} else if (r->in_n >= sizeof zst && memcmp(r->in, zst, sizeof zst) == 0) {
		r->zst = ZSTD_createDCtx();
		if (!r->zst)
			return ERR_MEMORY;
		r->kind = READER_ZSTD;
	} else {
		r->kind = READER_PLAIN;
	}
	return ERR_OK;
}

/* After a member only another member or padding of zeroes may follow. */
static enum err gz_step(struct reader *r, char *out, size_t cap, size_t *n)
{
	if (r->at_edge) {
		while (r->in_at < r->in_n && r->in[r->in_at] == 0)
			r->in_at++;
		if (r->in_at == r->in_n)
			return ERR_OK;
		if (inflateReset(&r->gz) != Z_OK)
			return ERR_FORMAT;
		r->at_edge = false;
	}
	r->gz.next_in = r->in + r->in_at;
	r->gz.avail_in = (uInt)(r->in_n - r->in_at);
	r->gz.next_out = (unsigned char *)out;
	r->gz.avail_out = (uInt)cap;
	int z = inflate(&r->gz, Z_NO_FLUSH);
	r->in_at = r->in_n - r->gz.avail_in;
	*n = cap - r->gz.avail_out;
	r->at_edge = z == Z_STREAM_END;
	if (z == Z_MEM_ERROR)
		return ERR_MEMORY;
	return z == Z_OK || z == Z_STREAM_END || z == Z_BUF_ERROR ? ERR_OK : ERR_FORMAT;
}

static enum err zst_step(struct reader *r, char *out, size_t cap, size_t *n)
{
	ZSTD_inBuffer in = { r->in, r->in_n, r->in_at };
	ZSTD_outBuffer o = { out, cap, 0 };
	size_t z = ZSTD_decompressStream(r->zst, &o, &in);
	r->in_at = in.pos;
	*n = o.pos;
	r->at_edge = z == 0;
	return ZSTD_isError(z) ? ERR_FORMAT : ERR_OK;
}

enum err reader_fill(struct reader *r, char *out, size_t cap, size_t *n)
{
	*n = 0;
	enum err e = r->kind == READER_UNKNOWN ? recognise(r) : ERR_OK;
	if (e != ERR_OK)
		return e;
	if (r->kind == READER_PLAIN) {
		if (r->in_at < r->in_n) {
			*n = r->in_n - r->in_at < cap ? r->in_n - r->in_at : cap;
			memcpy(out, r->in + r->in_at, *n);
			r->in_at += *n;
			return ERR_OK;
		}
		return r->in_end ? ERR_OK : read_some(r, out, cap, n);
	}
	for (;;) {
		/* A decompressor may still hold bytes when its input is used up. */
		if (r->in_at < r->in_n || !r->at_edge) {
			e = r->kind == READER_GZIP ? gz_step(r, out, cap, n) : zst_step(r, out, cap, n);
			if (e != ERR_OK || *n)
				return e;
		}
		if (r->in_at < r->in_n)
			continue;
		if (r->in_end)
			return r->at_edge ? ERR_OK : ERR_FORMAT;
		e = refill(r);
		if (e != ERR_OK)
			return e;
	}
}
