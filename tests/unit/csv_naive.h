/* csv_naive.h - the CSV reader as one would explain it, byte by byte: the judge of csv.c. */
#ifndef DUANKA_TESTS_UNIT_CSV_NAIVE_H
#define DUANKA_TESTS_UNIT_CSV_NAIVE_H
#include "event/csv.h"

static inline enum csv_status naive_broken(const char *p, size_t n, bool last, struct csv_row *row)
{
	size_t i = 0;
	while (i < n && p[i] != '\n')
		i++;
	if (i == n && !last)
		return CSV_MORE;
	row->bytes = (uint32_t)(i < n ? i + 1 : n);
	row->raw_bytes = (uint32_t)(i < n && i > 0 && p[i - 1] == '\r' ? i - 1 : i);
	row->lines = 1;
	row->n_cells = 0;
	return CSV_QUOTE;
}

static inline void naive_cell(struct csv_row *row, size_t from, size_t end, bool quoted, bool doubled)
{
	if (row->n_cells < CSV_CELLS_MAX)
		row->cell[row->n_cells] = (struct csv_cell){ (uint32_t)from, (uint32_t)(end - from), quoted, doubled };
	row->n_cells++;
}

static inline enum csv_status csv_naive(const struct csv_dialect *d, const char *p, size_t n, bool last,
                                        struct csv_row *row)
{
	enum {
		START,
		BARE,
		QUOTED,
		CLOSED
	} state = START;
	size_t from = 0, close = 0;
	bool doubled = false;
	row->n_cells = 0;
	row->lines = 1;
	for (size_t i = 0; i <= n; i++) {
		bool over = i == n;
		char c = over ? 0 : p[i];
		if (state == START) {
			from = i;
			doubled = false;
			state = BARE;
			if (!over && d->quote && c == d->quote) {
				state = QUOTED;
				from++;
				continue;
			}
		}
		if (state == QUOTED) {
			if (over)
				return last ? naive_broken(p, n, last, row) : CSV_MORE;
			if (c == '\n' && ++row->lines > CSV_QUOTED_LINES_MAX)
				return naive_broken(p, n, last, row);
			if (c == d->quote) {
				close = i;
				state = CLOSED;
			}
			continue;
		}
		if (state == CLOSED && !over && c == d->quote) {
			doubled = true;
			state = QUOTED;
			continue;
		}
		if (over && !last)
			return CSV_MORE;
		if (state == CLOSED && !over && c == '\r') {
			if (i + 1 == n)
				return last ? naive_broken(p, n, last, row) : CSV_MORE;
			if (p[i + 1] == '\n')
				continue;
		}
		bool ends_row = over || c == '\n';
		if (!ends_row && c != d->delimiter) {
			if (state == CLOSED)
				return naive_broken(p, n, last, row);
			continue;
		}
		bool cr = ends_row && !over && i > 0 && p[i - 1] == '\r';
		naive_cell(row, from, state == CLOSED ? close : cr && i > from ? i - 1 : i, state == CLOSED, doubled);
		if (ends_row) {
			row->bytes = (uint32_t)(over ? n : i + 1);
			row->raw_bytes = (uint32_t)(cr ? i - 1 : i);
			return CSV_ROW;
		}
		state = START;
	}
	return CSV_MORE;
}

/* Both readers over the whole input; NULL, or what they differ in. */
static inline const char *csv_compare(const struct csv_dialect *d, const char *p, size_t n, struct csv_row *a,
                                      struct csv_row *b)
{
	while (n) {
		for (int last = 0; last < 2; last++) {
			enum csv_status x = csv_row(d, p, n, last, a), y = csv_naive(d, p, n, last, b);
			if (x != y)
				return "status";
			if (x != CSV_MORE && (a->bytes != b->bytes || a->raw_bytes != b->raw_bytes || a->lines != b->lines ||
			                      a->n_cells != b->n_cells))
				return "sizes";
			for (uint32_t i = 0; x == CSV_ROW && i < a->n_cells && i < CSV_CELLS_MAX; i++)
				if (a->cell[i].at != b->cell[i].at || a->cell[i].n != b->cell[i].n ||
				    a->cell[i].quoted != b->cell[i].quoted || a->cell[i].doubled != b->cell[i].doubled)
					return "cells";
			for (uint32_t i = 0; x == CSV_ROW && !a->unusual && i < a->bytes; i++)
				if (p[i] <= 0)
					return "unusual";
		}
		if (a->bytes == 0)
			return "progress";
		p += a->bytes;
		n -= a->bytes;
	}
	return NULL;
}

#endif
