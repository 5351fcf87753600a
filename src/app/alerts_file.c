/* alerts_file.c - see alerts_file.h. */
#include "app/alerts_file.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "gateway/alertlog.h"

enum {
	CHUNK = 1 << 20,
	BYTES_MAX = ALERTLOG_LINE_MAX * 2 + CHUNK
};

enum err alerts_file_open(struct alerts_file *f, const char *path)
{
	*f = (struct alerts_file){ .fd = open(path, O_RDONLY | O_CLOEXEC) };
	buf_init(&f->bytes, BYTES_MAX);
	return f->fd >= 0 ? ERR_OK : errno == ENOENT ? ERR_ABSENT : ERR_IO;
}

void alerts_file_close(struct alerts_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	buf_release(&f->bytes);
	f->fd = -1;
}

static enum err read_more(struct alerts_file *f)
{
	static char chunk[CHUNK];
	ssize_t n = pread(f->fd, chunk, sizeof(chunk), (off_t)f->at);

	if (n < 0)
		return ERR_IO;
	if (n == 0)
		return ERR_ABSENT;
	if (f->taken > 0) {
		memmove(f->bytes.p, f->bytes.p + f->taken, f->bytes.n - f->taken);
		f->bytes.n -= f->taken;
		f->taken = 0;
	}
	buf_add(&f->bytes, chunk, (size_t)n);
	f->at += (uint64_t)n;
	return f->bytes.err;
}

/* The line at `taken` into held. */
static enum err hold(struct alerts_file *f)
{
	const char *end = NULL;
	enum err e = ERR_OK;

	if (f->held)
		return ERR_OK;
	while (e == ERR_OK) {
		struct text rest = text_of(f->bytes.n > 0 ? f->bytes.p + f->taken : "", f->bytes.n - f->taken);

		end = rest.n > 0 ? memchr(rest.p, '\n', rest.n) : NULL;
		if (end != NULL) {
			f->line = (size_t)(end - rest.p) + 1;
			f->held = true;
			return alertlog_position(text_of(rest.p, f->line), &f->position) ? ERR_OK : ERR_FORMAT;
		}
		e = read_more(f);
	}
	return e;
}

static void step(struct alerts_file *f)
{
	f->taken += f->line;
	f->held = false;
}

static enum err begin(void *ctx, uint64_t position)
{
	struct alerts_file *f = ctx;
	enum err e;

	while ((e = hold(f)) == ERR_OK && f->position < position)
		step(f);
	return e == ERR_ABSENT ? ERR_OK : e;
}

static enum err next(void *ctx, struct buf *line, uint64_t *position)
{
	struct alerts_file *f = ctx;
	enum err e = hold(f);

	if (e != ERR_OK)
		return e;
	buf_clear(line);
	buf_add(line, f->bytes.p + f->taken, f->line);
	*position = f->position;
	step(f);
	return line->err;
}

struct alert_source alerts_file_source(struct alerts_file *f)
{
	return (struct alert_source){ .begin = begin, .next = next, .ctx = f };
}

enum err alerts_file_last(const char *path, uint64_t *position)
{
	struct alerts_file f;
	struct stat st;
	enum err e = alerts_file_open(&f, path);

	*position = 0;
	if (e == ERR_OK && fstat(f.fd, &st) != 0)
		e = ERR_IO;
	if (e == ERR_OK && st.st_size > ALERTLOG_LINE_MAX) { /* the last whole line begins behind here, or soon after */
		f.at = (uint64_t)st.st_size - ALERTLOG_LINE_MAX;
		do
			e = read_more(&f);
		while (e == ERR_OK && memchr(f.bytes.p, '\n', f.bytes.n) == NULL);
		if (e == ERR_OK)
			f.taken = (size_t)((const char *)memchr(f.bytes.p, '\n', f.bytes.n) - f.bytes.p) + 1;
	}
	while (e == ERR_OK && (e = hold(&f)) == ERR_OK) {
		*position = f.position;
		step(&f);
	}
	alerts_file_close(&f);
	return e == ERR_ABSENT ? ERR_OK : e;
}
