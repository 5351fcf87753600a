/* sheet.h - a small table for people, written row by row: padded columns on a terminal, or Markdown. */
#ifndef DUANKA_APP_SHEET_H
#define DUANKA_APP_SHEET_H
#include "base/buf.h"

enum {
	SHEET_COLUMNS_MAX = 12,
	SHEET_CELL_MAX = 320, /* bytes */
};

struct sheet_column {
	const char *head;
	uint32_t width; /* columns of the terminal; longer text at the left is cut, a number never is */
	bool left;      /* else to the right */
};

struct sheet {
	struct buf *b; /* borrowed */
	bool markdown;
	uint32_t n, at;
	struct sheet_column column[SHEET_COLUMNS_MAX];
};

/* Begins a table with its heads. */
void sheet_begin(struct sheet *s, struct buf *b, bool markdown, const struct sheet_column *c, uint32_t n);
/* The next cell; the row ends with the last column. NULL is empty. */
void sheet_cell(struct sheet *s, const char *z);
void sheet_printf(struct sheet *s, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
