/* outfile.c - buffered output that cannot lose a failure: it is kept until outfile_close has returned it. */
#include "base/file.h"
#include "base/file_int.h"
#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static enum err failed(struct outfile *o, enum err e)
{
	if (o->err == ERR_OK) {
		o->err = e;
		o->err_no = errno;
	}
	errno = o->err_no;
	return o->err;
}

static enum err open_with(struct outfile *o, const char *path, int flags)
{
	*o = (struct outfile){ .fd = -1 };
	o->p = mem_alloc(OUTFILE_BUFFER_BYTES);
	if (!o->p) {
		errno = ENOMEM;
		return failed(o, ERR_MEMORY);
	}
	o->fd = strcmp(path, "-") == 0 ? STDOUT_FILENO : file_open_new(path, flags);
	if (o->fd >= 0)
		return ERR_OK;
	int why = errno;
	mem_free(o->p);
	o->p = NULL;
	errno = why;
	return failed(o, ERR_IO);
}

enum err outfile_open(struct outfile *o, const char *path)
{
	return open_with(o, path, O_TRUNC);
}

enum err outfile_append(struct outfile *o, const char *path)
{
	return open_with(o, path, O_APPEND);
}

enum err outfile_flush(struct outfile *o)
{
	if (o->err != ERR_OK)
		return failed(o, o->err);
	enum err e = file_write_fd(o->fd, o->p, o->n, &o->written_bytes);
	o->n = 0;
	return e == ERR_OK ? e : failed(o, e);
}

enum err outfile_write(struct outfile *o, const void *p, size_t n)
{
	if (UNLIKELY(o->err != ERR_OK))
		return failed(o, o->err);
	if (UNLIKELY(n > OUTFILE_BUFFER_BYTES - o->n)) {
		enum err e = outfile_flush(o);
		if (e != ERR_OK)
			return e;
		if (n >= OUTFILE_BUFFER_BYTES) {
			e = file_write_fd(o->fd, p, n, &o->written_bytes);
			return e == ERR_OK ? e : failed(o, e);
		}
	}
	if (n)
		memcpy(o->p + o->n, p, n);
	o->n += n;
	return ERR_OK;
}

enum err outfile_text(struct outfile *o, struct text t)
{
	return outfile_write(o, t.p, t.n);
}

enum err outfile_close(struct outfile *o)
{
	if (!o->p) /* never opened, or closed before */
		return o->err == ERR_OK ? ERR_OK : failed(o, o->err);
	enum err e = outfile_flush(o);
	if (o->fd != STDOUT_FILENO) {
		enum err closed = file_close_fd(o->fd);
		if (e == ERR_OK && closed != ERR_OK)
			e = failed(o, closed);
	}
	mem_free(o->p);
	o->p = NULL;
	o->fd = -1;
	if (e != ERR_OK)
		errno = o->err_no;
	return e;
}
