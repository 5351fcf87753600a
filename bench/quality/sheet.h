/* sheet.h - a table of numbers, column by column, as the scorecard wants it. An empty or unreadable cell is NAN.
 *
 * sheet_read_csv reads the published tables as they are: a header, one record a line (CRLF or LF), no quoting. The sheet owns its
 * memory; sheet_release gives it back. Programs of bench/quality stop with a message where a file is broken: they judge,
 * they don't serve. */
#ifndef DUANKA_BENCH_SHEET_H
#define DUANKA_BENCH_SHEET_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"

enum {
	SHEET_COLUMNS_MAX = 96,
	SHEET_NAME_BYTES = 40
};

struct sheet_column {
	char name[SHEET_NAME_BYTES];
	double *v;      /* one a row */
	bool coded;     /* whole numbers from 0 that name things instead of measuring them */
	uint32_t codes; /* if coded: how many */
};

struct sheet {
	size_t n_rows;
	int n_columns;
	struct sheet_column column[SHEET_COLUMNS_MAX];
};

bool sheet_init(struct sheet *s, size_t n_rows);
void sheet_release(struct sheet *s);
struct sheet_column *sheet_add(struct sheet *s, const char *name); /* a new column of NAN; NULL: no memory or no room */
const struct sheet_column *sheet_find(const struct sheet *s, const char *name); /* NULL: no such column */
/* Numbers only; a column whose first cell is no number is left out. False with a line on standard error. */
bool sheet_read_csv(struct sheet *s, const char *path);

/* Says "skipped: no data at PATH" on standard output where there is no such file: the caller then ends with 0. */
bool sheet_absent(const char *path);
/* The whole file; false with a line on standard error. */
bool sheet_read_file(const char *path, struct buf *b);
/* The next line without its end; false at the end of the text. */
bool sheet_line(struct text *rest, struct text *line);
/* Splits at commas; cells beyond max are dropped. Returns how many. */
int sheet_cells(struct text line, struct text *cell, int max);
double sheet_number(struct text t); /* NAN if it isn't one */

/* Names to codes 0, 1, 2 ... in the order of their first appearance. */
struct sheet_codes {
	struct text *name;
	uint32_t *slot; /* code + 1, open addressing */
	uint32_t n, cap;
};
bool sheet_codes_init(struct sheet_codes *c, uint32_t most); /* room for that many different names */
uint32_t sheet_code(struct sheet_codes *c,
                    struct text name); /* UINT32_MAX when it is full. The name's bytes must stay */
void sheet_codes_release(struct sheet_codes *c);

#endif
