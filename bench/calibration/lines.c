/* lines.c - a file line by line, and the cells of a CSV file by the names of its columns. Streaming: one buffer of
 * LINE_MAX_BYTES, whatever the file's size; how far it is goes to standard error when that is a terminal. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/mem.h"
#include "bench/calibration/calibration.h"
#include "event/csv.h"

enum {
	SAY_EVERY_BYTES = 16 << 20
};

enum err lines_open(struct lines *l, const char *path, bool quiet)
{
	struct stat st;
	*l = (struct lines){ .path = path, .fd = -1, .quiet = quiet || !isatty(STDERR_FILENO) };
	l->fd = open(path, O_RDONLY | O_CLOEXEC); /* last: errno says why not */
	if (l->fd < 0)
		return errno == ENOENT ? ERR_ABSENT : ERR_IO;
	l->p = mem_alloc(LINE_MAX_BYTES + 1);
	if (!l->p) {
		lines_close(l);
		return ERR_MEMORY;
	}
	if (fstat(l->fd, &st) == 0)
		l->size_bytes = (uint64_t)st.st_size;
	return ERR_OK;
}

void lines_close(struct lines *l)
{
	if (l->said)
		fprintf(stderr, "\r\033[K");
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	mem_free(l->p);
	l->p = NULL;
}

static void say(struct lines *l)
{
	if (l->quiet || l->read_bytes < l->said + SAY_EVERY_BYTES)
		return;
	l->said = l->read_bytes;
	fprintf(stderr, "\r\033[K%s: %llu %%, %llu lines", l->path,
	        (unsigned long long)(l->size_bytes ? l->read_bytes * 100 / l->size_bytes : 0), (unsigned long long)l->line);
}

/* Moves the rest to the front and reads on; false: nothing more, or no room. */
static enum err fill(struct lines *l)
{
	memmove(l->p, l->p + l->at, l->n - l->at);
	l->n -= l->at;
	l->at = 0;
	ssize_t got = read(l->fd, l->p + l->n, LINE_MAX_BYTES - l->n);
	if (got < 0)
		return errno == EINTR ? ERR_OK : ERR_IO;
	l->n += (size_t)got;
	l->read_bytes += (uint64_t)got;
	l->end = got == 0;
	say(l);
	return ERR_OK;
}

enum err lines_next(struct lines *l, struct text *line)
{
	bool skipping = false;
	for (;;) {
		char *start = l->p + l->at, *nl = memchr(start, '\n', l->n - l->at);
		size_t n = nl ? (size_t)(nl - start) : l->n - l->at;
		if (nl || (l->end && (n || skipping))) {
			l->at += n + (nl != NULL);
			l->line++;
			if (n && start[n - 1] == '\r')
				n--;
			start[n] = 0;
			*line = text_of(start, skipping ? 0 : n);
			return ERR_OK;
		}
		if (l->end)
			return ERR_STOPPED;
		if (n == LINE_MAX_BYTES) {
			skipping = true;
			l->at = l->n;
		}
		enum err e = fill(l);
		if (e != ERR_OK)
			return e;
	}
}

static enum err cut(struct text line, struct csv_row *row)
{
	static const struct csv_dialect comma = { ',', '"' };
	if (line.n == 0 || csv_row(&comma, line.p, line.n, true, row) != CSV_ROW)
		return ERR_FORMAT;
	return ERR_OK;
}

static struct text cell(struct text line, const struct csv_row *row, int i)
{
	if (i < 0 || (uint32_t)i >= row->n_cells || i >= CSV_CELLS_MAX)
		return text_of("", 0);
	return text_of(line.p + row->cell[i].at, row->cell[i].n);
}

enum err columns_find(struct lines *l, const char *const *names, uint32_t n, struct columns *c)
{
	struct text line;
	struct csv_row row;
	CHECK(n <= CELLS_WANTED_MAX);
	*c = (struct columns){ .n = n };
	do {
		enum err e = lines_next(l, &line);
		if (e != ERR_OK)
			return e == ERR_STOPPED ? ERR_FORMAT : e;
	} while (line.n == 0 || line.p[0] == '#');
	if (cut(line, &row) != ERR_OK)
		return ERR_FORMAT;
	for (uint32_t k = 0; k < n; k++) {
		c->at[k] = -1;
		for (uint32_t i = 0; i < row.n_cells && i < CSV_CELLS_MAX; i++)
			if (text_eq(cell(line, &row, (int)i), text_z(names[k])))
				c->at[k] = (int)i;
	}
	return ERR_OK;
}

enum err columns_next(struct lines *l, const struct columns *c, struct text *cells)
{
	struct text line;
	struct csv_row row;
	enum err e = lines_next(l, &line);
	if (e == ERR_OK)
		e = cut(line, &row);
	for (uint32_t k = 0; e == ERR_OK && k < c->n; k++)
		cells[k] = cell(line, &row, c->at[k]);
	return e;
}
