/* sheet.c - see sheet.h. */
#include "sheet.h"
#include "base/file.h"
#include "base/mem.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FILE_BYTES_MAX = 512 << 20,
	NUMBER_BYTES_MAX = 63
};

bool sheet_init(struct sheet *s, size_t n_rows)
{
	memset(s, 0, sizeof *s);
	s->n_rows = n_rows;
	return n_rows > 0;
}

void sheet_release(struct sheet *s)
{
	for (int c = 0; c < s->n_columns; c++)
		mem_free(s->column[c].v);
	s->n_columns = 0;
}

struct sheet_column *sheet_add(struct sheet *s, const char *name)
{
	if (s->n_columns == SHEET_COLUMNS_MAX)
		return NULL;
	struct sheet_column *c = &s->column[s->n_columns];
	c->v = mem_alloc_array(s->n_rows, sizeof *c->v);
	if (!c->v)
		return NULL;
	snprintf(c->name, sizeof c->name, "%s", name);
	for (size_t i = 0; i < s->n_rows; i++)
		c->v[i] = NAN;
	s->n_columns++;
	return c;
}

const struct sheet_column *sheet_find(const struct sheet *s, const char *name)
{
	for (int c = 0; c < s->n_columns; c++)
		if (strcmp(s->column[c].name, name) == 0)
			return &s->column[c];
	return NULL;
}

bool sheet_absent(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f) {
		printf("skipped: no data at %s\n", path);
		return true;
	}
	fclose(f);
	return false;
}

bool sheet_read_file(const char *path, struct buf *b)
{
	buf_init(b, FILE_BYTES_MAX);
	enum err e = file_read_all(path, FILE_BYTES_MAX, b);
	if (e == ERR_OK && b->n > 0)
		return true;
	buf_release(b);
	fprintf(stderr, "%s: %s\n", path, e == ERR_OK ? "empty" : err_name(e));
	return false;
}

bool sheet_line(struct text *rest, struct text *line)
{
	if (rest->n == 0)
		return false;
	const char *end = memchr(rest->p, '\n', rest->n);
	size_t n = end ? (size_t)(end - rest->p) : rest->n;
	size_t taken = end ? n + 1 : n;
	*line = text_of(rest->p, n);
	if (line->n > 0 && line->p[line->n - 1] == '\r')
		line->n--;
	*rest = text_of(rest->p + taken, rest->n - taken);
	return true;
}

int sheet_cells(struct text line, struct text *cell, int max)
{
	int n = 0;
	for (;;) {
		const char *comma = line.n ? memchr(line.p, ',', line.n) : NULL;
		size_t bytes = comma ? (size_t)(comma - line.p) : line.n;
		if (n < max)
			cell[n++] = text_of(line.p, bytes);
		if (!comma)
			return n;
		line = text_of(line.p + bytes + 1, line.n - bytes - 1);
	}
}

double sheet_number(struct text t)
{
	char z[NUMBER_BYTES_MAX + 1], *end;
	if (t.n == 0 || t.n > NUMBER_BYTES_MAX)
		return NAN;
	memcpy(z, t.p, t.n);
	z[t.n] = 0;
	double v = strtod(z, &end);
	return *end == 0 && isfinite(v) ? v : NAN;
}

static size_t count_lines(struct text rest)
{
	size_t n = 0;
	struct text line;
	while (sheet_line(&rest, &line))
		n += line.n > 0;
	return n;
}

/* Column c of the sheet is cell at[c] of each line; the first line says which cells are numbers. */
static bool choose_columns(struct sheet *s, struct text header, struct text first, int at[SHEET_COLUMNS_MAX])
{
	struct text name[SHEET_COLUMNS_MAX], cell[SHEET_COLUMNS_MAX];
	int n = sheet_cells(header, name, SHEET_COLUMNS_MAX);
	if (sheet_cells(first, cell, SHEET_COLUMNS_MAX) != n)
		return false;
	for (int i = 0; i < n; i++) {
		char z[SHEET_NAME_BYTES];
		if (cell[i].n > 0 && isnan(sheet_number(cell[i])))
			continue;
		snprintf(z, sizeof z, "%.*s", (int)name[i].n, name[i].p);
		at[s->n_columns] = i;
		if (!sheet_add(s, z))
			return false;
	}
	return s->n_columns > 0;
}

static bool fill(struct sheet *s, struct text rest, const int *at)
{
	struct text line, cell[SHEET_COLUMNS_MAX];
	size_t row = 0;
	while (sheet_line(&rest, &line)) {
		if (line.n == 0)
			continue;
		int n = sheet_cells(line, cell, SHEET_COLUMNS_MAX);
		for (int c = 0; c < s->n_columns; c++)
			if (at[c] < n)
				s->column[c].v[row] = sheet_number(cell[at[c]]);
			else
				return false;
		row++;
	}
	return row == s->n_rows;
}

bool sheet_read_csv(struct sheet *s, const char *path)
{
	struct buf b;
	struct text header, first, rest, rest_after_first;
	int at[SHEET_COLUMNS_MAX];
	memset(s, 0, sizeof *s);
	if (!sheet_read_file(path, &b))
		return false;
	rest = buf_view(&b);
	bool good = sheet_line(&rest, &header);
	rest_after_first = rest;
	good = good && sheet_line(&rest_after_first, &first) && sheet_init(s, count_lines(rest)) &&
	       choose_columns(s, header, first, at) && fill(s, rest, at);
	buf_release(&b);
	if (!good) {
		fprintf(stderr, "%s: lines of different lengths, or no memory\n", path);
		sheet_release(s);
	}
	return good;
}

bool sheet_codes_init(struct sheet_codes *c, uint32_t most)
{
	memset(c, 0, sizeof *c);
	for (c->cap = 16; c->cap < 2 * (uint64_t)most; c->cap *= 2)
		if (c->cap >= (uint32_t)1 << 30)
			return false;
	c->slot = mem_alloc_array(c->cap, sizeof *c->slot);
	c->name = mem_alloc_array(c->cap / 2, sizeof *c->name);
	if (c->slot && c->name)
		return true;
	sheet_codes_release(c);
	return false;
}

uint32_t sheet_code(struct sheet_codes *c, struct text name)
{
	uint64_t hash = 14695981039346656037u; /* FNV-1a */
	for (size_t i = 0; i < name.n; i++)
		hash = (hash ^ (unsigned char)name.p[i]) * 1099511628211u;
	uint32_t at = (uint32_t)(hash >> 32 ^ hash) & (c->cap - 1);
	for (; c->slot[at]; at = (at + 1) & (c->cap - 1))
		if (text_eq(c->name[c->slot[at] - 1], name))
			return c->slot[at] - 1;
	if (c->n == c->cap / 2)
		return UINT32_MAX;
	c->name[c->n] = name;
	c->slot[at] = ++c->n;
	return c->n - 1;
}

void sheet_codes_release(struct sheet_codes *c)
{
	mem_free(c->slot);
	mem_free(c->name);
	memset(c, 0, sizeof *c);
}
