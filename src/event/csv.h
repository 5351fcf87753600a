/* csv.h - one CSV record at a time out of a window of bytes (RFC 4180, any single-byte delimiter).
 *
 * A quote opens a quoted field only at its start; within one, delimiters and line ends are text and a doubled quote is
 * one. Lines end with LF or CRLF. Nothing is copied: cells are offsets into the record. */
#ifndef DUANKA_EVENT_CSV_H
#define DUANKA_EVENT_CSV_H
#include "base/text.h"

enum {
	CSV_CELLS_MAX = 256,
	CSV_QUOTED_LINES_MAX = 64 /* line ends within one record; beyond that a quote was forgotten */
};

struct csv_dialect {
	char delimiter;
	char quote; /* 0: no quoting */
};

struct csv_cell {
	uint32_t at, n; /* without its quotes */
	bool quoted;
	bool doubled; /* holds doubled quotes: csv_undouble */
};

struct csv_row {
	uint32_t n_cells; /* those beyond CSV_CELLS_MAX are counted, but not kept */
	uint32_t bytes;   /* with the line end */
	uint32_t raw_bytes;
	uint32_t lines; /* line ends passed */
	bool unusual;   /* may hold NUL or non-ASCII bytes; never false if it does */
	struct csv_cell cell[CSV_CELLS_MAX];
};

enum csv_status {
	CSV_ROW,
	CSV_MORE, /* no end of record within n bytes */
	CSV_QUOTE /* quoting is broken; bytes, raw_bytes and lines are those of the first line */
};

/* last: nothing comes after these n bytes, so the end of the bytes ends the record. n > 0 and below 2^31. */
enum csv_status csv_row(const struct csv_dialect *d, const char *p, size_t n, bool last, struct csv_row *row);
/* Halves doubled quotes; out has room for n bytes. Returns the length. */
size_t csv_undouble(char quote, const char *p, size_t n, char *out);

#endif
