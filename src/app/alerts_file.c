/* alerts_file.c - see alerts_file.h. */
#include "app/alerts_file.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/mem.h"
#include "gateway/alertlog.h"

#define FOLDER "alerts"

enum {
	CHUNK = 1 << 20,
	BYTES_MAX = ALERTLOG_LINE_MAX * 2 + CHUNK
};

static void see(void *ctx, const char *name)
{
	struct alerts_file *f = ctx;
	uint64_t number = 0, *more;

	if (strlen(name) != 27 || strspn(name, "0123456789") != 20 || strcmp(name + 20, ".ndjson") != 0 || f->err != ERR_OK)
		return;
	for (int i = 0; i < 20; i++)
		number = number * 10 + (uint64_t)(name[i] - '0');
	more = mem_resize(f->number, (f->n + 1) * sizeof(*more));
	if (more == NULL) {
		f->err = ERR_MEMORY;
		return;
	}
	f->number = more;
	f->number[f->n++] = number;
}

enum err alerts_file_open(struct alerts_file *f, struct disk *data)
{
	enum err e;

	*f = (struct alerts_file){ .data = data, .fd = -1, .chunk = mem_alloc(CHUNK) };
	buf_init(&f->bytes, BYTES_MAX);
	e = f->chunk == NULL ? ERR_MEMORY : data->list(data->ctx, FOLDER, see, f);
	if (e == ERR_OK)
		e = f->err;
	return e == ERR_OK && f->n == 0 ? ERR_ABSENT : e;
}

void alerts_file_close(struct alerts_file *f)
{
	if (f->fd >= 0)
		f->data->close(f->data->ctx, f->fd);
	buf_release(&f->bytes);
	mem_free(f->chunk);
	mem_free(f->number);
	*f = (struct alerts_file){ .fd = -1 };
}

static enum err open_file(struct alerts_file *f)
{
	char name[64];

	if (f->fd >= 0)
		return ERR_OK;
	snprintf(name, sizeof(name), FOLDER "/%020" PRIu64 ".ndjson", f->number[f->file]);
	f->at = 0;
	return f->data->open(f->data->ctx, name, DISK_READ, &f->fd);
}

/* More bytes of this file, or the next file's. ERR_ABSENT: there are none. */
static enum err read_more(struct alerts_file *f)
{
	size_t got = 0;
	enum err e = f->n == 0 ? ERR_ABSENT : open_file(f);

	if (e == ERR_OK)
		e = f->data->read_at(f->data->ctx, f->fd, f->at, f->chunk, CHUNK, &got);
	if (e != ERR_OK && e != ERR_ABSENT) /* absent: it went since it was listed, with the records that it is about */
		return e;
	if (got == 0) {
		if (f->file + 1 >= f->n)
			return ERR_ABSENT;
		if (f->fd >= 0)
			f->data->close(f->data->ctx, f->fd);
		f->fd = -1;
		f->file++;
		return ERR_OK;
	}
	if (f->taken > 0) {
		memmove(f->bytes.p, f->bytes.p + f->taken, f->bytes.n - f->taken);
		f->bytes.n -= f->taken;
		f->taken = 0;
	}
	buf_add(&f->bytes, f->chunk, got);
	f->at += got;
	return f->bytes.err;
}

/* The line at `taken`, so that it can be looked at. */
static enum err hold(struct alerts_file *f)
{
	enum err e = ERR_OK;

	if (f->held)
		return ERR_OK;
	while (e == ERR_OK) {
		struct text rest = text_of(f->bytes.n > 0 ? f->bytes.p + f->taken : "", f->bytes.n - f->taken);
		const char *end = rest.n > 0 ? memchr(rest.p, '\n', rest.n) : NULL;

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

enum err alerts_file_last(struct disk *data, uint64_t *position)
{
	struct alerts_file f;
	enum err e = alerts_file_open(&f, data);

	*position = 0;
	if (e == ERR_OK && f.n > 1) /* the last one may be empty yet */
		f.file = f.n - 2;
	while (e == ERR_OK && (e = hold(&f)) == ERR_OK) {
		*position = f.position;
		step(&f);
	}
	alerts_file_close(&f);
	return e == ERR_ABSENT ? ERR_OK : e;
}
